//! The values of `RUN --mount=` and `--device=`: one line of comma-separated fields.

use std::ops::Range;

use crate::arguments::Refusal;
use crate::mapped::Word;
use crate::nearest::nearest;

const KEYS: [&str; 19] = [
    "type",
    "from",
    "source",
    "target",
    "readonly",
    "id",
    "sharing",
    "required",
    "size",
    "mode",
    "uid",
    "gid",
    "src",
    "dst",
    "destination",
    "ro",
    "rw",
    "readwrite",
    "env",
];
const TYPES: [&str; 5] = ["bind", "cache", "tmpfs", "secret", "ssh"];
const SHARING: [&str; 3] = ["shared", "private", "locked"];
const SWITCHES: [&str; 5] = ["readonly", "ro", "readwrite", "rw", "required"];

/// One field of a comma-separated line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Field {
    pub(crate) text: String,
    /// Byte offsets in the line, quotes left out.
    pub(crate) range: Range<usize>,
}

/// The fields of a comma-separated line; `None` where its quotes do not fit.
pub(crate) fn fields(line: &str) -> Option<Vec<Field>> {
    let mut found = Vec::new();
    let mut at = 0;
    loop {
        let rest = line.get(at..)?;
        let (field, next) = if rest.starts_with('"') { quoted(line, at)? } else { plain(line, at)? };
        found.push(field);
        if next >= line.len() {
            return Some(found);
        }
        if !line.get(next..)?.starts_with(',') {
            return None;
        }
        at = next + 1;
    }
}

fn plain(line: &str, at: usize) -> Option<(Field, usize)> {
    let rest = line.get(at..)?;
    let length = rest.find(',').unwrap_or(rest.len());
    let text = rest.get(..length)?;
    (!text.contains('"')).then(|| (Field { text: text.to_owned(), range: at..at + length }, at + length))
}

fn quoted(line: &str, at: usize) -> Option<(Field, usize)> {
    let mut text = String::new();
    let mut from = at + 1;
    loop {
        let length = line.get(from..)?.find('"')?;
        text.push_str(line.get(from..from + length)?);
        from += length + 1;
        if !line.get(from..)?.starts_with('"') {
            return Some((Field { text, range: at + 1..from - 1 }, from));
        }
        text.push('"');
        from += 1;
    }
}

/// Checks a mount as far as no variable hides it.
pub(crate) fn check(value: &Word<'_>) -> Result<(), Refusal> {
    let Some(fields) = fields(&value.text) else {
        return Err(Refusal::new(value.span, "the quotes of this mount do not fit"));
    };
    let mut kind = "bind".to_owned();
    for field in &fields {
        let (key, text) = match field.text.split_once('=') {
            Some((key, text)) => (key.to_lowercase(), Some(text)),
            None => (field.text.to_lowercase(), None),
        };
        field_value(value, &mut kind, &key, text)?;
    }
    Ok(())
}

fn field_value(value: &Word<'_>, kind: &mut String, key: &str, text: Option<&str>) -> Result<(), Refusal> {
    let refuse = |message: String| Refusal::new(value.span, message);
    if !KEYS.contains(&key) {
        let refusal = refuse(format!("a mount has no option `{key}`"));
        return Err(match nearest(key, KEYS) {
            Some(meant) => refusal.hint(format!("did you mean `{meant}`?")),
            None => refusal,
        });
    }
    let Some(text) = text else {
        return if SWITCHES.contains(&key) {
            Ok(())
        } else {
            Err(refuse(format!("the option `{key}` of a mount has no value")).hint(format!("write `{key}=value`")))
        };
    };
    if text.contains('$') {
        let variable = text.find('$').is_some_and(|at| at + 1 != text.len());
        return if key == "from" && variable {
            Err(refuse("`from` of a mount takes no variables".to_owned()).hint("name a stage with `FROM … AS name`"))
        } else {
            Ok(())
        };
    }
    let among = |allowed: &[&str], what: &str| {
        let lower = text.to_lowercase();
        if allowed.contains(&lower.as_str()) {
            return Ok(lower);
        }
        let refusal = refuse(format!("`{text}` is no {what} of a mount"));
        Err(match nearest(&lower, allowed.iter().copied()) {
            Some(meant) => refusal.hint(format!("did you mean `{meant}`?")),
            None => refusal,
        })
    };
    match key {
        "type" => *kind = among(&TYPES, "type")?,
        "sharing" => {
            among(&SHARING, "way of sharing")?;
        }
        "readonly" | "ro" | "readwrite" | "rw" | "required" if !is_bool(text) => {
            return Err(refuse(format!("the option `{key}` of a mount is `true` or `false`, not `{text}`")));
        }
        "mode" if !is_number(text, 8) => return Err(refuse(format!("`{text}` is no mode in octal digits"))),
        "uid" | "gid" if !is_number(text, 10) => return Err(refuse(format!("`{text}` is no number of `{key}`"))),
        _ => {}
    }
    Ok(())
}

fn is_bool(text: &str) -> bool {
    matches!(text, "1" | "t" | "T" | "TRUE" | "true" | "True" | "0" | "f" | "F" | "FALSE" | "false" | "False")
}

fn is_number(text: &str, radix: u32) -> bool {
    text.chars().all(|c| c.is_digit(radix)) && u32::from_str_radix(text, radix).is_ok()
}

/// Checks a device request.
pub(crate) fn check_device(value: &Word<'_>) -> Result<(), Refusal> {
    let Some(fields) = fields(&value.text) else {
        return Err(Refusal::new(value.span, "the quotes of this device do not fit"));
    };
    let mut named = false;
    for field in &fields {
        let refuse = |message: String| Err(Refusal::new(value.span, message));
        let (key, text) = match field.text.split_once('=') {
            Some((key, text)) => (key.to_lowercase(), Some(text)),
            None => (field.text.to_lowercase(), None),
        };
        match (key.as_str(), text) {
            ("required", None) => {}
            ("required", Some(text)) if is_bool(text) => {}
            ("required", Some(text)) => return refuse(format!("`required` is `true` or `false`, not `{text}`")),
            ("name", Some(_)) if named => return refuse("the device has two names".to_owned()),
            ("name", Some(text)) => named = !text.is_empty(),
            _ if !named => named = !field.text.is_empty(),
            (_, None) => return refuse(format!("`{}` is no `key=value`", field.text)),
            (key, Some(_)) => return refuse(format!("a device has no option `{key}`")),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::fields;

    #[test]
    fn lines_of_fields() {
        let texts =
            |line: &str| fields(line).map(|found| found.into_iter().map(|field| field.text).collect::<Vec<_>>());
        let some = |texts: &[&str]| Some(texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>());
        assert_eq!(texts("type=bind,target=/a"), some(&["type=bind", "target=/a"]));
        assert_eq!(texts(r#"type=bind,"target=/a,""b""""#), some(&["type=bind", r#"target=/a,"b""#]));
        assert_eq!(texts(""), some(&[""]));
        assert_eq!(texts("a,"), some(&["a", ""]));
        for broken in [r#"a"b"#, r#""a"#, r#""a"b,c"#] {
            assert_eq!(texts(broken), None, "{broken}");
        }
    }
}
