//! The scalar table, each line as kubectl reads it.

use super::shown;
use crate::yaml::Resolved::{self, Bool, Float, Int, Null, String};
use crate::yaml::resolve_plain;

#[test]
fn words() {
    let table: [(&[&str], Resolved); 4] = [
        (&["yes", "Yes", "YES", "y", "Y", "on", "On", "ON", "true", "True", "TRUE"], Bool(true)),
        (&["no", "No", "NO", "n", "N", "off", "Off", "OFF", "false", "False", "FALSE"], Bool(false)),
        (&["", "~", "null", "Null", "NULL"], Null),
        (&["tRue", "yEs", "oN", "nULL", "<<", "=", "y ", "yess", "none"], String),
    ];
    for (words, want) in table {
        for word in words {
            assert_eq!(resolve_plain(word), want, "{word:?}");
        }
    }
}

#[test]
fn numbers() {
    let table = [
        ("0", Int(0)),
        ("-0", Int(0)),
        ("+1", Int(1)),
        ("0777", Int(511)),
        ("0644", Int(420)),
        ("0o17", Int(15)),
        ("0x1F", Int(31)),
        ("-0x1F", Int(-31)),
        ("0b11", Int(3)),
        ("0b-11", Int(-3)),
        ("1_000", Int(1000)),
        ("1_", Int(1)),
        ("_1", String),
        ("08", Int(8)),
        ("0_8", Int(8)),
        ("0o8", String),
        ("1e3", Int(1000)),
        ("1.0", Int(1)),
        ("1.", Int(1)),
        (".5", Float(0.5)),
        (".5_0", Float(0.5)),
        ("0.10", Float(0.1)),
        ("-1.5e-3", Float(-0.0015)),
        ("9223372036854775807", Int(i64::MAX)),
        ("9223372036854775808", Float(9_223_372_036_854_775_808.0)),
        ("12345678901234567890", Float(12_345_678_901_234_567_890.0)),
        ("1e18", Int(1_000_000_000_000_000_000)),
        ("1152921504606846976.0", Int(1_152_921_504_606_847_000)),
        ("1e400", String),
        ("12:30", String),
        ("12:30:45", String),
        ("2001-01-01", String),
        ("1.2.3", String),
        ("-", String),
        ("+", String),
        (".", String),
        ("0x", String),
        ("1e", String),
        ("inf", String),
    ];
    for (text, want) in table {
        assert_eq!(resolve_plain(text), want, "{text:?}");
    }
    for text in [".inf", "-.Inf", "+.INF", ".nan", ".NaN"] {
        assert!(resolve_plain(text).is_refused(), "{text:?}");
    }
}

#[test]
fn only_plain_scalars_resolve() {
    let text =
        "[yes, 'yes', \"yes\", 010, '010', !!str yes, !foo 1, ! 1, !!bool \"no\", !!int '0x10', !!float 1, !!null '']";
    let want = r#"[true,"yes","yes",8,"010","yes","1","1",false,16,1,null]"#;
    assert_eq!(shown(text), want);
    assert_eq!(shown("privileged: \"true\""), r#"{"privileged":"true"}"#);
    assert_eq!(shown("a: |\n  yes\n"), r#"{"a":"yes\n"}"#);
    assert_eq!(shown("a: !!binary aGVs\nb: !!binary /+8="), "{\"a\":\"hel\",\"b\":\"\u{FFFD}\u{FFFD}\"}");
    assert_eq!(shown("a: !!timestamp 2001-12-14t21:59:43.10-05:00"), r#"{"a":"2001-12-14t21:59:43.10-05:00"}"#);
    assert_eq!(shown("a: !!map {b: 1}\nc: !bar [x]"), r#"{"a":{"b":1},"c":["x"]}"#);
}

#[test]
fn what_has_no_json_is_refused() {
    let cases = [
        ("a: .inf", ".inf", "Kubernetes refuses `.inf`: JSON has no such number"),
        ("a: !!float .nan", ".nan", "Kubernetes refuses `.nan`: JSON has no such number"),
        ("a: !!int 1.5", "1.5", "a `!!float` value cannot be read as `!!int`"),
        ("a: !!bool x", "x", "a `!!str` value cannot be read as `!!bool`"),
        ("a: !!timestamp 2001-02-30", "2001-02-30", "a `!!str` value cannot be read as `!!timestamp`"),
        ("a: !!binary '*'", "'*'", "a `!!binary` value is not base64"),
        ("a: \"x\\ud83d\\ude00\"", "\\ud83d", "Kubernetes does not know the escape `\\ud83d`"),
        ("a: \"x\\/\"", "\\/", "Kubernetes does not know the escape `\\/`"),
    ];
    for (text, place, message) in cases {
        assert_eq!(shown(text), format!("(unreadable)\nyaml/kubernetes-refuses {place:?}: {message}"), "{text:?}");
    }
}
