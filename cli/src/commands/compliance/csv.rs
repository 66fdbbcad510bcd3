//! The controls for a spreadsheet, by RFC 4180: one line each.

use super::model::{ControlState, Sheet};
use std::io::{self, Write};

pub(super) fn write(sheet: &Sheet, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(
        b"framework,control,title,source,outcome,pass,fail,undecided,allowed,failing rules,rules,why,left\r\n",
    )?;
    for control in &sheet.controls {
        let ControlState { id, title, source, outcome, rules, why, left } = control;
        let sum = |of: fn(&super::model::Evidence) -> u64| rules.iter().map(of).sum::<u64>().to_string();
        let failing = rules.iter().filter(|rule| rule.fail > 0);
        let cells = [
            sheet.framework.id.clone(),
            id.clone(),
            title.clone(),
            source.clone(),
            outcome.words().to_owned(),
            sum(|rule| rule.pass),
            sum(|rule| rule.fail),
            sum(|rule| rule.undecided),
            sum(|rule| rule.allowed),
            failing.map(|rule| rule.id.as_str()).collect::<Vec<_>>().join(" "),
            rules.iter().map(|rule| rule.id.as_str()).collect::<Vec<_>>().join(" "),
            why.clone(),
            left.clone(),
        ];
        write!(out, "{}\r\n", cells.map(|cell| quoted(&cell)).join(","))?;
    }
    for name in &sheet.unread {
        write!(out, "{},,{},,not read,,,,,,,,\r\n", quoted(&sheet.framework.id), quoted(name))?;
    }
    Ok(())
}

/// A cell; spreadsheets take what begins like a formula for one, unless it is marked as text.
fn quoted(text: &str) -> String {
    let mark = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    match mark.is_empty() && !text.contains([',', '"', '\n', '\r']) {
        true => text.to_owned(),
        false => format!("\"{mark}{}\"", text.replace('"', "\"\"")),
    }
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn cells_are_text() {
        for (text, cell) in
            [("a", "a"), ("a,b", "\"a,b\""), ("a \"b\"", "\"a \"\"b\"\"\""), ("=1+1", "\"'=1+1\""), ("", "")]
        {
            assert_eq!(quoted(text), cell);
        }
    }
}
