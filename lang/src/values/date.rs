//! Dates and points in time, always in UTC, in the proleptic Gregorian calendar. Nothing here reads a clock.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

use super::ParseError;
use super::duration::Duration;
use super::error::shown;

/// A date, or a point in time of nanosecond precision, of the years 0 to 9999.
///
/// A date compares as its first moment: `2027-06-30` equals `2027-06-30T00:00:00Z`. Printed as `YYYY-MM-DD`, or in
/// RFC 3339 with `Z` if a time was written.
#[derive(Debug, Clone, Copy)]
pub struct Date {
    // INVARIANT: within the years 0 to 9999.
    seconds: i64,
    // INVARIANT: below 1,000,000,000.
    nanos: u32,
    has_time: bool,
}

const DAY: i64 = 86_400;
const NANOS: i128 = 1_000_000_000;

/// The days of 0000-01-01 and of 9999-12-31, counted from 1970-01-01.
const FIRST_DAY: i64 = -719_528;
const LAST_DAY: i64 = 2_932_896;

impl Date {
    /// Reads `YYYY-MM-DD` or a date and time of RFC 3339. Other offsets than `Z` are converted, and what is finer than
    /// a nanosecond is cut off.
    ///
    /// # Errors
    /// If the text is not of that form, or names a day or time that does not exist. Leap seconds (`:60`) are refused,
    /// as Go does.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let refuse = |offset: usize| {
            ParseError::at(offset, format!("`{}` is not a date", shown(text)))
                .with_hint("write `2027-06-30`, or with a time `2027-06-30T12:00:00Z`")
        };
        let mut reader = Reader { bytes: text.as_bytes(), at: 0 };
        let (year, month, day) = reader.date().ok_or_else(|| refuse(reader.at))?;
        let date = Self::from_civil(year, month, day)
            .ok_or_else(|| ParseError::at(0, format!("there is no day `{}`", &text[..reader.at])))?;
        if reader.at == text.len() {
            return Ok(date);
        }
        let (seconds, nanos) = reader.time().ok_or_else(|| refuse(reader.at))?;
        if reader.at < text.len() {
            return Err(refuse(reader.at));
        }
        Self::from_unix(date.seconds + seconds, nanos).ok_or_else(|| refuse(0))
    }

    /// The day of a year (0 to 9999), month (1 to 12) and day (from 1); `None` if there is no such day.
    #[must_use]
    pub fn from_civil(year: i64, month: i64, day: i64) -> Option<Self> {
        let exists =
            (0..=9999).contains(&year) && (1..=12).contains(&month) && (1..=days_of_month(year, month)).contains(&day);
        exists.then(|| Self { seconds: days_from_civil(year, month, day) * DAY, nanos: 0, has_time: false })
    }

    /// The point in time that lies so many seconds after 1970-01-01T00:00:00Z, and nanoseconds after that (below
    /// 1,000,000,000); `None` outside the years 0 to 9999.
    #[must_use]
    pub fn from_unix(seconds: i64, nanos: u32) -> Option<Self> {
        let in_range = (FIRST_DAY..=LAST_DAY).contains(&seconds.div_euclid(DAY)) && i128::from(nanos) < NANOS;
        in_range.then_some(Self { seconds, nanos, has_time: true })
    }

    /// Seconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn unix_seconds(self) -> i64 {
        self.seconds
    }

    /// The day that this point lies in, without its time.
    #[must_use]
    pub fn day(self) -> Self {
        Self { seconds: self.seconds.div_euclid(DAY) * DAY, nanos: 0, has_time: false }
    }

    /// Whether a time was written.
    #[must_use]
    pub fn has_time(self) -> bool {
        self.has_time
    }

    /// The span from the other date to this one.
    #[must_use]
    pub fn since(self, other: Self) -> Duration {
        Duration::from_nanos(self.unix_nanos() - other.unix_nanos())
    }

    /// The date a span later; `None` outside the years 0 to 9999. A date plus whole days stays a date.
    #[must_use]
    pub fn checked_add(self, span: Duration) -> Option<Self> {
        let nanos = self.unix_nanos().checked_add(span.nanos())?;
        let seconds = i64::try_from(nanos.div_euclid(NANOS)).ok()?;
        let moved = Self::from_unix(seconds, u32::try_from(nanos.rem_euclid(NANOS)).ok()?)?;
        Some(Self { has_time: self.has_time || moved != moved.day(), ..moved })
    }

    /// The date a span earlier; `None` outside the years 0 to 9999.
    #[must_use]
    pub fn checked_sub(self, span: Duration) -> Option<Self> {
        self.checked_add(span.checked_neg()?)
    }

    fn unix_nanos(self) -> i128 {
        i128::from(self.seconds) * NANOS + i128::from(self.nanos)
    }
}

fn days_of_month(year: i64, month: i64) -> i64 {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970-01-01. Years are counted from March, so that the leap day is the last; 400 of them have 146,097
/// days, and the month lengths from March on follow `(153 m + 2) / 5`.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let month = (month + 9) % 12;
    let era = year.div_euclid(400);
    let year = year.rem_euclid(400);
    era * 146_097 + year * 365 + year / 4 - year / 100 + (153 * month + 2) / 5 + day - 1 - 719_468
}

/// Year, month and day of a count of days since 1970-01-01; the reverse of `days_from_civil`.
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    // Takes the leap days out, so that every year has 365.
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (era * 400 + year_of_era + i64::from(month <= 2), month, day)
}

struct Reader<'t> {
    bytes: &'t [u8],
    at: usize,
}

impl Reader<'_> {
    fn eat(&mut self, accept: &[u8]) -> Option<u8> {
        let byte = *self.bytes.get(self.at)?;
        accept.contains(&byte).then(|| {
            self.at += 1;
            byte
        })
    }

    /// A number of exactly so many digits.
    fn number(&mut self, digits: usize) -> Option<i64> {
        let mut value = 0;
        for _ in 0..digits {
            value = value * 10 + i64::from(self.eat(b"0123456789")? - b'0');
        }
        Some(value)
    }

    fn date(&mut self) -> Option<(i64, i64, i64)> {
        let year = self.number(4)?;
        self.eat(b"-")?;
        let month = self.number(2)?;
        self.eat(b"-")?;
        Some((year, month, self.number(2)?))
    }

    /// The time behind a date, as seconds and nanoseconds of the day in UTC; seconds may leave the day.
    fn time(&mut self) -> Option<(i64, u32)> {
        self.eat(b"Tt")?;
        let (hours, minutes) = self.hours_and_minutes()?;
        self.eat(b":")?;
        let seconds = self.number(2).filter(|seconds| *seconds < 60)?;
        let nanos = if self.eat(b".").is_some() { self.fraction()? } else { 0 };
        let offset = match self.eat(b"Zz+-")? {
            sign @ (b'+' | b'-') => {
                let (hours, minutes) = self.hours_and_minutes()?;
                (hours * 3600 + minutes * 60) * if sign == b'-' { -1 } else { 1 }
            }
            _ => 0,
        };
        Some((hours * 3600 + minutes * 60 + seconds - offset, nanos))
    }

    fn hours_and_minutes(&mut self) -> Option<(i64, i64)> {
        let hours = self.number(2).filter(|hours| *hours < 24)?;
        self.eat(b":")?;
        Some((hours, self.number(2).filter(|minutes| *minutes < 60)?))
    }

    /// The digits behind the point as nanoseconds; at least one.
    fn fraction(&mut self) -> Option<u32> {
        let mut nanos = u32::from(self.eat(b"0123456789")? - b'0');
        let mut digits = 1;
        while let Some(digit) = self.eat(b"0123456789") {
            if digits < 9 {
                nanos = nanos * 10 + u32::from(digit - b'0');
                digits += 1;
            }
        }
        Some(nanos * 10_u32.pow(9 - digits))
    }
}

impl Ord for Date {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.seconds, self.nanos).cmp(&(other.seconds, other.nanos))
    }
}

impl PartialOrd for Date {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Date {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Date {}

impl Hash for Date {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.seconds, self.nanos).hash(state);
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = civil_from_days(self.seconds.div_euclid(DAY));
        write!(f, "{year:04}-{month:02}-{day:02}")?;
        if !self.has_time {
            return Ok(());
        }
        let second = self.seconds.rem_euclid(DAY);
        write!(f, "T{:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60)?;
        if self.nanos > 0 {
            let digits = format!("{:09}", self.nanos);
            write!(f, ".{}", digits.trim_end_matches('0'))?;
        }
        f.write_str("Z")
    }
}

super::serde_as_text!(Date);

#[cfg(test)]
mod tests {
    use super::super::testing::round_trip;
    use super::*;

    fn date(text: &str) -> Date {
        Date::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    #[test]
    fn reads_and_prints() {
        for (text, unix, printed) in [
            ("1970-01-01", 0, "1970-01-01"),
            ("2000-02-29", 951_782_400, "2000-02-29"),
            ("2027-06-30", 1_814_313_600, "2027-06-30"),
            ("0000-01-01", -62_167_219_200, "0000-01-01"),
            ("9999-12-31", 253_402_214_400, "9999-12-31"),
            ("9999-12-31T23:59:59.999999999Z", 253_402_300_799, "9999-12-31T23:59:59.999999999Z"),
            ("2026-12-31T23:59:59Z", 1_798_761_599, "2026-12-31T23:59:59Z"),
            ("2026-12-31t23:59:59z", 1_798_761_599, "2026-12-31T23:59:59Z"),
            ("2027-01-01T01:00:00+01:00", 1_798_761_600, "2027-01-01T00:00:00Z"),
            ("2026-12-31T22:30:00.5-01:30", 1_798_761_600, "2027-01-01T00:00:00.5Z"),
            ("1969-12-31T23:59:59.25Z", -1, "1969-12-31T23:59:59.25Z"),
            ("2024-02-29T00:00:00.1234567899Z", 1_709_164_800, "2024-02-29T00:00:00.123456789Z"),
        ] {
            let read = date(text);
            assert_eq!((read.unix_seconds(), read.to_string().as_str()), (unix, printed), "{text}");
            round_trip(&read);
        }
    }

    #[test]
    fn refuses() {
        for (text, message) in [
            ("2027-02-30", "there is no day `2027-02-30`"),
            ("1900-02-29", "there is no day `1900-02-29`"),
            ("2027-13-01", "there is no day `2027-13-01`"),
            ("2027-00-01", "there is no day `2027-00-01`"),
            ("2027-01-00", "there is no day `2027-01-00`"),
            ("2027-04-31T00:00:00Z", "there is no day `2027-04-31`"),
            ("", "`` is not a date"),
            ("2027", "`2027` is not a date"),
            ("2027-6-30", "`2027-6-30` is not a date"),
            ("2027-06-30 ", "`2027-06-30 ` is not a date"),
            ("2027-06-30T", "`2027-06-30T` is not a date"),
            ("2027-06-30T12:00:00", "`2027-06-30T12:00:00` is not a date"),
            ("2027-06-30T24:00:00Z", "`2027-06-30T24:00:00Z` is not a date"),
            ("2027-06-30T12:60:00Z", "`2027-06-30T12:60:00Z` is not a date"),
            ("2027-06-30T12:00:60Z", "`2027-06-30T12:00:60Z` is not a date"),
            ("2027-06-30T12:00:00.Z", "`2027-06-30T12:00:00.Z` is not a date"),
            ("2027-06-30T12:00:00Zx", "`2027-06-30T12:00:00Zx` is not a date"),
            ("2027-06-30T12:00:00+24:00", "`2027-06-30T12:00:00+24:00` is not a date"),
            ("0000-01-01T00:00:00+00:01", "`0000-01-01T00:00:00+00:01` is not a date"),
            ("-001-01-01", "`-001-01-01` is not a date"),
            ("２027-01-01", "`２027-01-01` is not a date"),
        ] {
            assert_eq!(Date::parse(text).unwrap_err().message, message);
        }
    }

    #[test]
    fn every_day_comes_back() {
        let mut expected = (0, 1, 1);
        for days in FIRST_DAY..=LAST_DAY {
            assert_eq!(civil_from_days(days), expected);
            let (year, month, day) = expected;
            assert_eq!(days_from_civil(year, month, day), days);
            expected = if day < days_of_month(year, month) {
                (year, month, day + 1)
            } else if month < 12 {
                (year, month + 1, 1)
            } else {
                (year + 1, 1, 1)
            };
        }
        assert_eq!(expected, (10_000, 1, 1));
    }

    #[test]
    fn calculates() {
        let span = |text| Duration::parse(text).unwrap();
        assert_eq!(date("2027-01-01").since(date("2026-12-31")), Duration::DAY);
        assert_eq!(date("2026-12-31T12:00:00Z").since(date("2027-01-01")), span("-12h"));
        assert_eq!(date("9999-12-31").since(date("0000-01-01")), span("3652424d"));
        for (start, step, end) in [
            ("2024-02-28", "1d", "2024-02-29"),
            ("2024-02-28", "36h", "2024-02-29T12:00:00Z"),
            ("2024-03-01", "-1d", "2024-02-29"),
            ("2024-02-28T00:00:00Z", "1d", "2024-02-29T00:00:00Z"),
            ("1970-01-01", "-1ns", "1969-12-31T23:59:59.999999999Z"),
        ] {
            assert_eq!(date(start).checked_add(span(step)).unwrap().to_string(), end, "{start} + {step}");
            assert_eq!(date(end).checked_sub(span(step)), Some(date(start)), "{end} - {step}");
        }
        assert_eq!(date("9999-12-31").checked_add(span("1d")), None);
        assert_eq!(date("0000-01-01").checked_sub(span("1ns")), None);
        assert_eq!(date("2027-01-01").checked_add(Duration::from_nanos(i128::MAX)), None);
        assert_eq!(date("2027-01-01"), date("2027-01-01T00:00:00Z"));
        assert!(date("2027-01-01") < date("2027-01-01T00:00:00.000000001Z"));
        assert_eq!(date("2027-01-01T17:00:00Z").day().to_string(), "2027-01-01");
    }
}
