//! The flags that each instruction takes, and what BuildKit refuses in them.

use crate::arguments::Refusal;
use crate::instruction::{Flag, Instruction};
use crate::keyword::Keyword;
use crate::mount;
use crate::nearest::nearest;

/// How a flag's value is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Takes {
    /// Nothing, `true` or `false`.
    Bool,
    /// One value, once.
    One,
    /// A value, any number of times.
    Many,
}

fn known(keyword: Keyword) -> &'static [(&'static str, Takes)] {
    match keyword {
        Keyword::Add => &[
            ("chown", Takes::One),
            ("chmod", Takes::One),
            ("link", Takes::Bool),
            ("keep-git-dir", Takes::Bool),
            ("checksum", Takes::One),
            ("unpack", Takes::Bool),
            ("exclude", Takes::Many),
        ],
        Keyword::Copy => &[
            ("chown", Takes::One),
            ("from", Takes::One),
            ("chmod", Takes::One),
            ("link", Takes::Bool),
            ("exclude", Takes::Many),
            ("parents", Takes::Bool),
        ],
        Keyword::From => &[("platform", Takes::One)],
        Keyword::Healthcheck => &[
            ("interval", Takes::One),
            ("timeout", Takes::One),
            ("start-period", Takes::One),
            ("start-interval", Takes::One),
            ("retries", Takes::One),
        ],
        Keyword::Run => {
            &[("mount", Takes::Many), ("network", Takes::One), ("security", Takes::One), ("device", Takes::Many)]
        }
        _ => &[],
    }
}

/// Checks the flags of an instruction.
pub(crate) fn check(instruction: &Instruction<'_>, keyword: Keyword) -> Result<(), Refusal> {
    let known = known(keyword);
    // INVARIANT: as many as there are known flags.
    let mut seen: Vec<&str> = Vec::new();
    for flag in &instruction.flags {
        let name = &*flag.name.text;
        let Some((name, takes)) = known.iter().find(|(known, _)| *known == name) else {
            return Err(unknown(flag, keyword));
        };
        if *takes != Takes::Many && seen.contains(name) {
            return Err(Refusal::new(flag.word.span, format!("the flag `--{name}` stands here a second time")));
        }
        if !seen.contains(name) {
            seen.push(name);
        }
        value(flag, *takes)?;
        meaning(flag, keyword)?;
    }
    Ok(())
}

fn unknown(flag: &Flag<'_>, keyword: Keyword) -> Refusal {
    let message = format!("{} has no flag `--{}`", keyword.as_str(), flag.name.text);
    let refusal = Refusal::new(flag.word.span, message);
    match nearest(&flag.name.text, known(keyword).iter().map(|(name, _)| *name)) {
        Some(meant) => refusal.hint(format!("did you mean `--{meant}`?")),
        None => refusal,
    }
}

fn value(flag: &Flag<'_>, takes: Takes) -> Result<(), Refusal> {
    let missing = || Err(Refusal::new(flag.word.span, format!("the flag `--{}` has no value", flag.name.text)));
    match (&flag.value, takes) {
        (None, Takes::Bool) => Ok(()),
        (None, _) => missing(),
        (Some(value), Takes::Bool) if value.text.is_empty() => missing(),
        (Some(value), Takes::Bool) if !["true", "false"].contains(&value.text.to_lowercase().as_str()) => {
            let message = format!("the flag `--{}` is `true` or `false`, not `{}`", flag.name.text, value.text);
            Err(Refusal::new(value.span, message))
        }
        (Some(_), _) => Ok(()),
    }
}

fn meaning(flag: &Flag<'_>, keyword: Keyword) -> Result<(), Refusal> {
    let Some(value) = &flag.value else { return Ok(()) };
    let one_of = |allowed: &[&str], what: &str| {
        if allowed.contains(&&*value.text) {
            return Ok(());
        }
        let refusal = Refusal::new(value.span, format!("`{}` is no {what}", value.text));
        Err(refusal.hint(format!("write {}", listed(allowed))))
    };
    match (keyword, &*flag.name.text) {
        (Keyword::Run, "network") => one_of(&["default", "none", "host"], "network mode"),
        (Keyword::Run, "security") => one_of(&["sandbox", "insecure"], "security mode"),
        (Keyword::Run, "mount") => mount::check(value),
        (Keyword::Run, "device") => mount::check_device(value),
        (Keyword::Healthcheck, "retries") => match value.text.parse::<i32>() {
            Ok(0..) => Ok(()),
            _ if value.text.is_empty() => Ok(()),
            _ => Err(Refusal::new(value.span, format!("`{}` is no number of retries", value.text))),
        },
        (Keyword::Healthcheck, _) if interval(&value.text) => Ok(()),
        (Keyword::Healthcheck, _) => {
            let message = format!("`{}` is no duration of a millisecond or more", value.text);
            Err(Refusal::new(value.span, message).hint("write a number and a unit, for instance `30s`"))
        }
        _ => Ok(()),
    }
}

fn listed(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        Some((last, before)) if !before.is_empty() => format!("{} or {last}", before.join(", ")),
        _ => quoted.concat(),
    }
}

/// Whether a text is a duration in Go's writing that is nothing, zero, or a millisecond or more.
fn interval(text: &str) -> bool {
    if text.is_empty() {
        return true;
    }
    let (negative, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if unsigned == "0" {
        return true;
    }
    let Some(nanoseconds) = nanoseconds(unsigned) else { return false };
    nanoseconds == 0 || (!negative && nanoseconds >= 1_000_000)
}

fn nanoseconds(text: &str) -> Option<u64> {
    let mut rest = text;
    let mut total = 0_u64;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let length = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let number = rest.get(..length)?;
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        if (whole.is_empty() && fraction.is_empty()) || fraction.contains('.') {
            return None;
        }
        rest = rest.get(length..)?;
        let length = rest.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(rest.len());
        let unit = match rest.get(..length)? {
            "ns" => 1_u64,
            "us" | "µs" | "μs" => 1_000,
            "ms" => 1_000_000,
            "s" => 1_000_000_000,
            "m" => 60_000_000_000,
            "h" => 3_600_000_000_000,
            _ => return None,
        };
        rest = rest.get(length..)?;
        let whole = if whole.is_empty() { 0 } else { whole.parse::<u64>().ok()? };
        let mut parts = whole.checked_mul(unit)?;
        let mut scale = unit;
        for digit in fraction.chars().take(20) {
            scale /= 10;
            parts = parts.checked_add(scale * u64::from(digit.to_digit(10)?))?;
        }
        total = total.checked_add(parts).filter(|total| i64::try_from(*total).is_ok())?;
    }
    Some(total)
}

#[cfg(test)]
mod tests {
    use super::interval;

    #[test]
    fn intervals() {
        for good in ["", "0", "0s", "30s", "1m30s", "1.5h", "1ms", "-0", "+5s", ".5s", "-0s"] {
            assert!(interval(good), "{good}");
        }
        for bad in ["30", "5x", "s", "1us", "-5s", ".", ".s", "9999999999h", "1..5s", "5 s"] {
            assert!(!interval(bad), "{bad}");
        }
    }
}
