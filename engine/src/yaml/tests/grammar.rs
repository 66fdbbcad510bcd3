//! The grammar of go-yaml where it is surprising: text, and the JSON of its documents. What is refused has `!` and a word of
//! the message. Every line was compared with sigs.k8s.io/yaml 1.6.0 behind `NewYAMLOrJSONDecoder` of apimachinery 0.37.2.

use super::{json, tree};

#[track_caller]
fn check(cases: &[(&str, &str)]) {
    for (text, want) in cases {
        let tree = tree(text);
        let errors = tree.diagnostics.iter().filter(|it| it.code != "yaml/ignored-document");
        let mut got: Vec<String> = errors.map(|it| format!("!{}", it.message)).collect();
        if got.is_empty() {
            got.extend(tree.documents.iter().filter_map(|it| json(&tree, it)));
        }
        let got = got.join(" ");
        let fits = if let Some(word) = want.strip_prefix('!') {
            got.starts_with('!') && got.contains(word)
        } else {
            got == *want
        };
        assert!(fits, "{text:?}: {got}, expected {want}");
    }
}

#[test]
fn keys() {
    let reach = |letters: usize| format!("{}: 1", "é".repeat(letters));
    check(&[
        ("a : 1", r#"{"a":1}"#),
        ("a\t: 1", r#"{"a":1}"#),
        ("a:1", r#""a:1""#),
        ("a: b: c", "!mapping cannot start"),
        ("a b: c", r#"{"a b":"c"}"#),
        ("'a' : 1", r#"{"a":1}"#),
        ("'a'\n: 1", r#""a""#),
        ("'a\n b': 1", "!mapping cannot start"),
        ("a: 1\nb\nc: 2", "!no `:`"),
        ("a: 1\n b: 2", "!mapping cannot start"),
        ("a: 'x'\n  b: 2", "!indented unlike"),
        ("a:\n  b: 1\n c: 2", "!indented unlike"),
        ("a: 1\n'b'\n", "!no `:`"),
        ("? a\n: b\n? c\nd: e", r#"{"a":"b","c":null,"d":"e"}"#),
        ("?\n  a\n:\n  b", r#"{"a":"b"}"#),
        ("? a : b", "!not scalars"),
        ("[a]: b", "!not scalars"),
        ("a: 1\n[b]: c", "!not scalars"),
        (&reach(1024), &format!("{{\"{}\":1}}", "é".repeat(1024))),
        (&reach(1025), "!mapping cannot start"),
        ("!!str : 1", r#"{"":1}"#),
        ("? !!str\n: 1", r#"{"":1}"#),
        ("a: {~: 1}\na: 2", r#"{"a":2}"#),
        ("a: .nan\na: 2", r#"{"a":2}"#),
        ("a: 1\na: .nan\n---\nb: {x: 1, x: 2}", "!no such number"),
        ("m: &m {~: 1}\nm: 2\nn: {<<: *m}", "!null as a key"),
    ]);
}

#[test]
fn lists() {
    check(&[
        ("- - a\n  - b\n- c", r#"[["a","b"],"c"]"#),
        ("-\n- a\n-\n", r#"[null,"a",null]"#),
        ("a:\n- b\n- c\nd: e", r#"{"a":["b","c"],"d":"e"}"#),
        ("a:\n- b\n-\nc:", r#"{"a":["b",null],"c":null}"#),
        ("- a: 1\n  b: 2\n-\n  c: 3", r#"[{"a":1,"b":2},{"c":3}]"#),
        ("- a\nb: 1", "!list"),
        ("a: - b", "!list cannot start"),
        ("a: 1\n- b", "!among the keys"),
        ("-\tb", "!tab"),
        ("a:\n  - b\n - c", "!indented unlike"),
        ("-a", r#""-a""#),
        ("- -", "[[null]]"),
        ("- ? a\n  : b", r#"[{"a":"b"}]"#),
    ]);
}

#[test]
fn brackets() {
    check(&[
        ("[a:]", r#"["a:"]"#),
        ("{a :, b: 1}", r#"{"a :":null,"b":1}"#),
        ("{a:1}", r#"{"a:1":null}"#),
        ("{\"a\":1}x", "!not JSON"),
        ("['a':1]", r#"[{"a":1}]"#),
        ("[?a]", r#"[{"a":null}]"#),
        ("[a?b]", "!missing"),
        ("[? a : b]", r#"[{"a":"b"}]"#),
        ("[a: b, c]", r#"[{"a":"b"},"c"]"#),
        ("[a, b,]", r#"["a","b"]"#),
        ("[a,, b]", "!nothing stands before"),
        ("[,]", "!nothing stands before"),
        ("[-]", r#"["-"]"#),
        ("[- a]", "!list by dashes"),
        ("[a\n]", r#"["a"]"#),
        ("[a\n: b]", "!no key"),
        ("[a\n b]", r#"["a b"]"#),
        ("[a #c\n, b]", r#"["a","b"]"#),
        ("x: [a\n\t, b]", "!tab"),
        ("x: [\n\ta]", r#"{"x":["a"]}"#),
        ("[a}", "!missing"),
        ("[a", "!never closed"),
        ("x: {a: [b}", "!missing"),
        ("[: a]", "!no key"),
        ("[|]", "!cannot start"),
        ("[!!str]", "!never closed"),
        ("[!!str ]", r#"[""]"#),
        ("{!!str : 1}", r#"{"":1}"#),
        ("{a: 1 b: 2}", "!no key"),
        ("[a]b", r#"["a"]"#),
        ("x: ]", "!closes nothing"),
        ("x: [a]b", "!indented unlike"),
    ]);
}

#[test]
fn words() {
    check(&[
        ("a: b\n c\n\n d", r#"{"a":"b c\nd"}"#),
        ("a: b\nc", "!no `:`"),
        ("a: b #c", r#"{"a":"b"}"#),
        ("a: b#c", r#"{"a":"b#c"}"#),
        ("a: b # c\n d", "!indented unlike"),
        ("a: 'b'#c", r#"{"a":"b"}"#),
        ("a: b\n\tc", "!tab"),
        ("a: b\n \tc", r#"{"a":"b c"}"#),
        ("a: @b", "!`@` cannot start"),
        ("a: `b", "!cannot start"),
        ("a: %b", "!cannot start"),
        ("a: b\n---x", "!nothing but a comment"),
        ("a\n...\n", r#""a""#),
        ("a: ,b", "!comma"),
        ("a: *", "!alias"),
        ("a: x\r\nb: z\r\n", r#"{"a":"x","b":"z"}"#),
        ("a: x\r\r\nb: z", r#"{"a":"x","b":"z"}"#),
        ("a: x\rb: z", r#"{"a":"x","b":"z"}"#),
        ("---\n\u{FEFF}a: 1", "{\"\u{FEFF}a\":1}"),
    ]);
}

#[test]
fn quotes() {
    check(&[
        (
            r#"a: "\x41\u00e9\U0001F600\N\_\L\P\e\0\'\"""#,
            "{\"a\":\"Aé\u{1F600}\u{85}\u{a0}\\u2028\\u2029\\u001b\\u0000'\\\"\"}",
        ),
        (r#"a: "\/""#, "!does not know the escape `\\/`"),
        (r#"a: "\ud83d\ude00""#, "!does not know the escape `\\ud83d`"),
        (r#"a: "\U00110000""#, "!escape"),
        (r#"a: "\x4""#, "!escape"),
        ("a: \"b \\\n   c\"", r#"{"a":"b c"}"#),
        ("a: \"b\n\n  c \"", r#"{"a":"b\nc "}"#),
        ("a: 'b''c\n d'", r#"{"a":"b'c d"}"#),
        ("a: 'b\nc'", r#"{"a":"b c"}"#),
        ("a: 'b\n--- '", "!nothing but a comment"),
        ("a: 'b\n... '", "!before the quote"),
        ("a: 'b", "!never closed"),
        ("a: ' b\t\n\tc '", r#"{"a":" b c "}"#),
    ]);
}

#[test]
fn block_scalars() {
    check(&[
        ("a: |\n b\n  c\n\n\n", r#"{"a":"b\n c\n"}"#),
        ("a: |+\n b\n\n\n", r#"{"a":"b\n\n\n"}"#),
        ("a: |-\n b\n", r#"{"a":"b"}"#),
        ("a: >\n b\n c\n\n d\n  e\n f\n", r#"{"a":"b c\nd\n  e\nf\n"}"#.replace("\\n  e", "\\n e").as_str()),
        ("a: |2\n   b\n", r#"{"a":" b\n"}"#),
        ("a: |2-\n   b\n", r#"{"a":" b"}"#),
        ("a: |0\n b", "!indented by 0"),
        ("a: |\n   \n b\n", "!indented unlike"),
        ("a: |\n\tb", "!tab"),
        ("a: |\n  b\n\tc", "!tab"),
        ("a: | b\n", "!text stands on the line"),
        ("a: |\nb: 1", r#"{"a":"","b":1}"#),
        ("|\na: 1", r#""""#),
        ("- |\n a\n- >-\n b", r#"["a\n","b"]"#),
        ("a: |\n  x\n  ", r#"{"a":"x\n"}"#),
        ("a: |+\n  x\n  ", r#"{"a":"x\n\n"}"#),
    ]);
}

#[test]
fn properties() {
    check(&[
        ("&a b: 1", r#"{"b":1}"#),
        ("&a\nb: *a", "!stands inside"),
        ("a: &a x\nb: &a\n *a : y", "!not scalars"),
        ("a: &x\nb: *x", r#"{"a":null,"b":null}"#),
        ("a: &x !!str\nb: *x", r#"{"a":"","b":""}"#),
        ("a: !!str &x 1\nb: *x", r#"{"a":"1","b":"1"}"#),
        ("a: &x\n- 1\nb: *x", r#"{"a":[1],"b":[1]}"#),
        ("!!map\n&x a: 1", r#"{"a":1}"#),
        ("a: &x &y 1", "!indented unlike"),
        ("a: &x.y 1", "!anchor"),
        ("&a *a", ""),
        ("[!t, b]", r#"["b"]"#),
        ("{a: !t}", "!blank behind a tag"),
        ("a: !h!x 1", "!handle"),
        ("a: !<tag:yaml.org,2002:str> 1", r#"{"a":"1"}"#),
        ("a: !!%69nt '1'", r#"{"a":1}"#),
        ("a: !! 1", "!no name"),
        ("*a : 1", "!no anchor"),
        ("a: &a x\n*a: z", r#"{"a":"x","x":"z"}"#),
        ("a: &a x\n*a : z", r#"{"a":"x","x":"z"}"#),
    ]);
}

#[test]
fn what_follows_the_topmost_value_is_passed_over_as_far_as_nobody_looks_at_it() {
    check(&[
        ("'a' 'b'", r#""a""#),
        ("'a' 'b' @", "!cannot start"),
        ("'a'\n@", "!cannot start"),
        ("'a'\n'b'\n@", "!cannot start"),
        ("'a'\nb\n@", r#""a""#),
        ("[]:", "[]"),
        ("[a]:", "!not scalars"),
        ("  a: 1\nb: 2", r#"{"a":1}"#),
        ("  a: 1\n@", "!cannot start"),
        ("[a]]", r#"["a"]"#),
        ("[]\n[]'", "[]"),
        ("&a\n&k [", ""),
        ("!\n!\n-", r#""""#),
        ("&a\n&k |x", "!text stands"),
        ("&a\n&k x: 1", r#"{"x":1}"#),
        ("&a,", ""),
        ("a: 1\n...\n@", r#"{"a":1}"#),
        ("a: 1\n%YAML 1.1", r#"{"a":1}"#),
        ("a: 1\n%foo", "!no directive"),
        ("%YAML 1.1\n", "!no document behind"),
        ("%YAML 1.2\r---\ra", "!version 1.1"),
        ("%TAG !h! tag:yaml.org,2002:\r---\ra: !h!str 1", r#"{"a":"1"}"#),
        ("---\n%x", "!no directive"),
        ("...\na: 1", "!before it has started"),
    ]);
}
