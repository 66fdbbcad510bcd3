//! Schedules of CronJobs. Only whether they are valid is known here, not when they are due.

use std::fmt;

use super::ParseError;
use super::duration::Duration;
use super::error::shown;

/// A schedule such as `*/5 9-17 * * mon-fri`, `@daily` or `@every 1h30m`. Compared and printed as written.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Cron(Box<str>);

/// The values of a field, and names for them in lower case.
struct Field {
    name: &'static str,
    min: u64,
    max: u64,
    names: &'static [&'static str],
}

const FIELDS: [Field; 5] = [
    Field { name: "minute", min: 0, max: 59, names: &[] },
    Field { name: "hour", min: 0, max: 23, names: &[] },
    Field { name: "day of the month", min: 1, max: 31, names: &[] },
    Field {
        name: "month",
        min: 1,
        max: 12,
        names: &["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
    },
    Field { name: "day of the week", min: 0, max: 6, names: &["sun", "mon", "tue", "wed", "thu", "fri", "sat"] },
];

const DESCRIPTORS: [&str; 7] = ["@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"];

impl Cron {
    /// Reads a schedule.
    ///
    /// Source: `ParseStandard` of `github.com/robfig/cron` 3.0.1, which Kubernetes uses. The name of a time zone
    /// (`TZ=`, `CRON_TZ=`) is not looked up, only its characters are checked.
    ///
    /// # Errors
    /// If there are not five fields, or a field is malformed or out of its bounds.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let schedule = skip_zone(text)?;
        let offset = text.len() - schedule.len();
        if schedule.starts_with('@') {
            descriptor(schedule, offset)?;
        } else {
            fields(schedule, offset)?;
        }
        Ok(Self(text.into()))
    }

    /// Whether the schedule names its time zone, which CronJobs do not allow (they have `timeZone`).
    #[must_use]
    pub fn has_zone(&self) -> bool {
        self.0.starts_with("TZ=") || self.0.starts_with("CRON_TZ=")
    }
}

/// The schedule behind a time zone.
fn skip_zone(text: &str) -> Result<&str, ParseError> {
    let Some(rest) = text.strip_prefix("TZ=").or_else(|| text.strip_prefix("CRON_TZ=")) else { return Ok(text) };
    let offset = text.len() - rest.len();
    let (zone, schedule) =
        rest.split_once(' ').ok_or_else(|| ParseError::at(text.len(), "there is no schedule after the time zone"))?;
    let is_name = |zone: &str| {
        zone.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/_+-".contains(&byte)) && !zone.starts_with('/')
    };
    if !is_name(zone) {
        return Err(ParseError::at(offset, format!("`{}` is not the name of a time zone", shown(zone))));
    }
    Ok(schedule.trim_start())
}

fn descriptor(schedule: &str, offset: usize) -> Result<(), ParseError> {
    if let Some(span) = schedule.strip_prefix("@every ") {
        // Days are an extension of this language, and Go holds durations in 64 bits.
        let parsed = Duration::parse(span).ok().filter(|_| !span.contains('d'));
        if parsed.is_some_and(|span| i64::try_from(span.nanos()).is_ok()) {
            return Ok(());
        }
        return Err(ParseError::at(offset + "@every ".len(), format!("`{}` is not a duration", shown(span)))
            .with_hint("write hours, minutes and seconds, such as `1h30m`"));
    }
    // What follows a time zone is trimmed at both ends; without one, blanks are part of the name.
    let name = if offset > 0 { schedule.trim_end() } else { schedule };
    if DESCRIPTORS.contains(&name) {
        return Ok(());
    }
    Err(ParseError::at(offset, format!("`{}` is not a known schedule", shown(schedule)))
        .with_hint("write `@yearly`, `@monthly`, `@weekly`, `@daily`, `@hourly` or `@every 1h`"))
}

fn fields(schedule: &str, offset: usize) -> Result<(), ParseError> {
    let found = schedule.split_whitespace().count();
    if found != FIELDS.len() {
        return Err(ParseError::at(offset, format!("a schedule has 5 fields, and here are {found}"))
            .with_hint("the fields are minute, hour, day of the month, month and day of the week"));
    }
    let mut rest = schedule;
    for field in &FIELDS {
        rest = rest.trim_start();
        let (text, after) = rest.split_at(rest.find(char::is_whitespace).unwrap_or(rest.len()));
        let mut place = offset + schedule.len() - rest.len();
        for part in text.split(',') {
            // Empty parts are skipped, as robfig/cron does.
            let checked = if part.is_empty() { Ok(()) } else { check_part(part, field) };
            checked.map_err(|why| {
                ParseError::at(place, format!("`{}` is not valid for the {}: {why}", shown(part), field.name))
            })?;
            place += part.len() + 1;
        }
        rest = after;
    }
    Ok(())
}

/// `value`, `low-high`, `*` or `?`, each with `/step`.
fn check_part(part: &str, field: &Field) -> Result<(), String> {
    let (range, step) = match part.split_once('/') {
        None => (part, None),
        Some((_, step)) if step.contains('/') => return Err("it has more than one `/`".to_owned()),
        Some((range, step)) => (range, Some(step)),
    };
    let (low, high) = match range.split_once('-') {
        None => (range, None),
        Some((low, high)) => (low, Some(high)),
    };
    let (start, end) = if low == "*" || low == "?" {
        // Whatever follows a hyphen here is not looked at by robfig/cron either.
        (field.min, field.max)
    } else {
        let start = value(low, field)?;
        match high {
            Some(high) if high.contains('-') => return Err("it has more than one `-`".to_owned()),
            Some(high) => (start, value(high, field)?),
            None if step.is_some() => (start, field.max),
            None => (start, start),
        }
    };
    if let Some(step) = step
        && number(step)? == 0
    {
        return Err("the step must be positive".to_owned());
    }
    if start < field.min || end > field.max {
        return Err(format!("the values are {} to {}", field.min, field.max));
    }
    if start > end {
        return Err("the range runs backwards".to_owned());
    }
    Ok(())
}

fn value(text: &str, field: &Field) -> Result<u64, String> {
    match field.names.iter().zip(field.min..).find(|(name, _)| name.eq_ignore_ascii_case(text)) {
        Some((_, value)) => Ok(value),
        None => number(text),
    }
}

fn number(text: &str) -> Result<u64, String> {
    // Go reads signed numbers of 64 bits; a minus never gets here alone.
    let number = text.parse::<i64>().ok().and_then(|number| u64::try_from(number).ok());
    number.ok_or_else(|| format!("`{}` is not a number", shown(text)))
}

/// As written.
impl fmt::Display for Cron {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

super::serde_as_text!(Cron);

#[cfg(test)]
mod tests {
    use super::super::testing::round_trip;
    use super::*;

    #[test]
    fn reads() {
        for text in [
            "* * * * *",
            "*/5 9-17 * * mon-fri",
            "0 0 1,15 JAN-Dec ?",
            "0-59/2 23 31 12 6",
            "5/15 * * * *",
            "+5 * * * *",
            "  0   0 * *\t*  ",
            ",1, * * * *",
            "@daily",
            "@midnight",
            "@every 1h30m",
            "@every 0.5s",
            "TZ=UTC 0 0 * * *",
            "CRON_TZ=Europe/Berlin @hourly",
        ] {
            let read = Cron::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(read.to_string(), text);
            round_trip(&read);
        }
        assert!(Cron::parse("TZ=UTC 0 0 * * *").unwrap().has_zone());
        assert!(!Cron::parse("0 0 * * *").unwrap().has_zone());
    }

    #[test]
    fn refuses() {
        for (text, offset, message) in [
            ("", 0, "a schedule has 5 fields, and here are 0"),
            ("* * * *", 0, "a schedule has 5 fields, and here are 4"),
            ("* * * * * *", 0, "a schedule has 5 fields, and here are 6"),
            ("60 * * * *", 0, "`60` is not valid for the minute: the values are 0 to 59"),
            ("0 24 * * *", 2, "`24` is not valid for the hour: the values are 0 to 23"),
            ("0 0 0 * *", 4, "`0` is not valid for the day of the month: the values are 1 to 31"),
            ("0 0 * 13 *", 6, "`13` is not valid for the month: the values are 1 to 12"),
            ("0 0 * * 7", 8, "`7` is not valid for the day of the week: the values are 0 to 6"),
            ("0 0 * * fry", 8, "`fry` is not valid for the day of the week: `fry` is not a number"),
            ("1,5-3 * * * *", 2, "`5-3` is not valid for the minute: the range runs backwards"),
            ("*/0 * * * *", 0, "`*/0` is not valid for the minute: the step must be positive"),
            ("1-2-3 * * * *", 0, "`1-2-3` is not valid for the minute: it has more than one `-`"),
            ("1/2/3 * * * *", 0, "`1/2/3` is not valid for the minute: it has more than one `/`"),
            ("-1 * * * *", 0, "`-1` is not valid for the minute: `` is not a number"),
            ("jan * * * *", 0, "`jan` is not valid for the minute: `jan` is not a number"),
            ("@often", 0, "`@often` is not a known schedule"),
            ("@Daily", 0, "`@Daily` is not a known schedule"),
            ("@every 1d", 7, "`1d` is not a duration"),
            ("@every ", 7, "`` is not a duration"),
            ("TZ=UTC", 6, "there is no schedule after the time zone"),
            ("TZ=../x * * * * *", 3, "`../x` is not the name of a time zone"),
        ] {
            let error = Cron::parse(text).unwrap_err();
            assert_eq!((error.offset, error.message.as_str()), (offset, message), "{text}");
        }
    }
}
