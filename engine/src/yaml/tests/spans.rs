//! Where keys and values stand.

use super::{dump, tree};

#[track_caller]
fn check(text: &str, want: &str) {
    let want: String =
        want.lines().skip(1).map(|line| format!("{}\n", line.strip_prefix("    ").unwrap_or(line))).collect();
    assert_eq!(dump(text), want, "{text:?}");
}

#[test]
fn block_collections_end_with_their_last_content() {
    check(
        "a:   # c\n  b: 'x'   # d\n\n  # e\nspec:\n  - 1\n  -  - z\n\n",
        "
    Mapping Block 0..51 \"a:   # c\\n  b: 'x'   # d\\n\\n  # e\\nspec:\\n  - 1\\n  -  - z\"
      a#6: Mapping Block 11..17 \"b: 'x'\"
        b#7: Scalar SingleQuoted 14..17 \"'x'\"
      spec#5: Sequence Block 39..51 \"- 1\\n  -  - z\"
        Scalar Plain 41..42 \"1\"
        Sequence Block 48..51 \"- z\"
          Scalar Plain 50..51 \"z\"",
    );
}

#[test]
fn flow_collections_reach_from_bracket_to_bracket() {
    check(
        "{a: [ x , 'y' ], \"b\": {}, c}",
        "
    Mapping Flow 0..28 \"{a: [ x , 'y' ], \\\"b\\\": {}, c}\"
      a#6: Sequence Flow 4..15 \"[ x , 'y' ]\"
        Scalar Plain 6..7 \"x\"
        Scalar SingleQuoted 10..13 \"'y'\"
      \"b\"=b#7: Mapping Flow 22..24 \"{}\"
      c#0: Null Plain 27..27 \"\"",
    );
}

#[test]
fn what_is_not_written_stands_behind_the_colon() {
    check(
        "a:\nb: \nc: !!str\nd: ~\ne:\n-\n- x",
        "
    Mapping Block 0..29 \"a:\\nb: \\nc: !!str\\nd: ~\\ne:\\n-\\n- x\"
      a#6: Null Plain 2..2 \"\"
      b#7: Null Plain 5..5 \"\"
      c#0: Scalar Plain 15..15 \"\"
      d#0: Null Plain 19..20 \"~\"
      e#0: Sequence Block 24..29 \"-\\n- x\"
        Null Plain 25..25 \"\"
        Scalar Plain 28..29 \"x\"",
    );
}

#[test]
fn sequences_start_at_their_dash() {
    for text in ["a:\n- x\n", "a: # -\n-  # - c\n  x\n", "a: &n\n- - x\n", "a:\n  -   x\n", "- - x\n", "a:\r\n-\r\n- x"]
    {
        let tree = tree(text);
        let root = tree.documents[0].root.unwrap();
        let list = tree.get_text(root, "a").unwrap_or(root);
        assert!(tree.span(list).text(text).starts_with('-'), "{text:?}: {:?}", tree.span(list));
    }
}

#[test]
fn block_scalars_are_their_content() {
    check(
        "a: |\n  x\n  y\n\nb: >-\n\n  z\nc: |\nd: plain\n  more",
        "
    Mapping Block 0..45 \"a: |\\n  x\\n  y\\n\\nb: >-\\n\\n  z\\nc: |\\nd: plain\\n  more\"
      a#6: Scalar Literal 7..12 \"x\\n  y\"
      b#7: Scalar Folded 23..24 \"z\"
      c#0: Scalar Literal 30..30 \"\"
      d#0: Scalar Plain 33..45 \"plain\\n  more\"",
    );
}

#[test]
fn keys_and_aliases() {
    check(
        "yes: &x {0x10: 1}\n'a': *x\n<<: *x\n? \"b\\x41\"\n: 1",
        "
    Mapping Block 0..46 \"yes: &x {0x10: 1}\\n'a': *x\\n<<: *x\\n? \\\"b\\\\x41\\\"\\n: 1\"
      yes=true#9: Mapping Flow 8..17 \"{0x10: 1}\"
        0x10=16#10: Scalar Plain 15..16 \"1\"
      'a'=a#6: Alias Plain 23..25 \"*x\"
      <<#0 merge: Alias Plain 30..32 \"*x\"
      \"b\\x41\"=bA#0: Scalar Plain 45..46 \"1\"",
    );
}

#[test]
fn comments_are_kept_with_their_spans() {
    let text = "# policyc: allow x\na: 1 # é\n---\n# only\n---\nb: |\n  # text\n# after\n";
    let tree = tree(text);
    let comments: Vec<&str> = tree.comments.iter().map(|span| span.text(text)).collect();
    assert_eq!(comments, ["# policyc: allow x", "# é", "# only", "# after"]);
}

#[test]
fn long_keys_keep_their_length() {
    let key = "k".repeat(70_000);
    for text in [format!("? {key}\n: 1"), format!("{{\"{key}\": 1}}")] {
        let tree = tree(&text);
        let entry = tree.raw_entries(tree.documents[0].root.unwrap()).next().unwrap();
        assert_eq!(tree.key_text(entry.value), key);
        assert_eq!(tree.key_span(entry.value).unwrap().text(&text).trim_matches('"'), key);
    }
}
