//! Names before a value: anchors, aliases and tags; and directives, which stand before a document.

use policyc_text::Span;

use super::class::{BLANK, NAME, URI, class};
use super::{Scanner, refuse};
use crate::yaml::build::Built;

/// A tag as it is written.
pub(in crate::yaml) struct RawTag<'t> {
    pub(in crate::yaml) span: Span,
    /// `!`, `!!`, `!name!`, or nothing for `!<…>` and a lone `!`.
    pub(in crate::yaml) handle: &'t str,
    /// What follows the handle, its escapes decoded.
    pub(in crate::yaml) suffix: String,
}

/// A line that starts with `%`.
pub(in crate::yaml) enum Directive<'t> {
    Version { span: Span, is_supported: bool },
    Tag { span: Span, handle: &'t str, prefix: String },
}

impl<'t> Scanner<'t> {
    /// Reads `&name` or `*name` at the next byte; gives the name.
    pub(in crate::yaml) fn name(&mut self) -> Built<(Span, &'t str)> {
        let start = self.at;
        self.at += 1;
        let name = self.letters();
        let ends =
            self.is_blank(self.at) || matches!(self.next(), b'?' | b':' | b',' | b']' | b'}' | b'%' | b'@' | b'`');
        if name.is_empty() || !ends {
            let end = self.here().end as usize;
            let what = if self.byte(start) == b'&' { "an anchor" } else { "an alias" };
            let reason = format!("the name of {what} holds only letters, digits, `-` and `_`");
            let hint = if self.byte(start) == b'*' { "put text that starts with `*` in quotes" } else { "rename it" };
            return refuse(Span::new(start, end), reason, hint);
        }
        Ok((Span::new(start, self.at), name))
    }

    /// Reads the tag at the next byte.
    pub(in crate::yaml) fn tag(&mut self) -> Built<RawTag<'t>> {
        let start = self.at;
        let mut suffix = String::new();
        let mut handle = "";
        if self.byte(start + 1) == b'<' {
            self.at += 2;
            self.uri(start, &mut suffix)?;
            if suffix.is_empty() || self.next() != b'>' {
                return refuse(Span::new(start, self.at), "this tag has no name or no closing `>`", "write `!<name>`");
            }
            self.at += 1;
        } else {
            handle = self.handle();
            if handle.len() > 1 && handle.ends_with('!') {
                self.uri(start, &mut suffix)?;
                if suffix.is_empty() {
                    return refuse(Span::new(start, self.at), "this tag has no name", "write it as `!!str`");
                }
            } else {
                suffix.push_str(handle.get(1..).unwrap_or_default());
                self.uri(start, &mut suffix)?;
                handle = "!";
                if suffix.is_empty() {
                    (handle, suffix) = ("", "!".to_owned());
                }
            }
        }
        let span = Span::new(start, self.at);
        if !self.is_blank(self.at) {
            return refuse(span, "Kubernetes wants a blank behind a tag", "put a blank behind the tag");
        }
        Ok(RawTag { span, handle, suffix })
    }

    /// Reads the directive at the next byte, up to the end of its line.
    pub(in crate::yaml) fn directive(&mut self) -> Built<Directive<'t>> {
        let start = self.at;
        self.at += 1;
        let name = self.letters();
        let hint = "only `%YAML 1.1` and `%TAG` may start with `%`; put text that starts with `%` in quotes";
        if !self.is_blank(self.at) || !matches!(name, "YAML" | "TAG") {
            return refuse(Span::new(start, self.at), "this is no directive that Kubernetes knows", hint);
        }
        self.blanks();
        let directive = if name == "YAML" {
            let version = self.at;
            let whole = self.digits() && self.next() == b'.' && {
                self.at += 1;
                self.digits()
            };
            let span = Span::new(start, self.at);
            if !whole {
                return refuse(span, "this directive names no version", "write `%YAML 1.1`, or leave the line out");
            }
            let parts = self.slice(version, self.at).split_once('.').unwrap_or_default();
            let number = |digits: &str| digits.parse::<u8>().ok();
            Directive::Version { span, is_supported: number(parts.0) == Some(1) && number(parts.1) == Some(1) }
        } else {
            let handle = if self.next() == b'!' { self.handle() } else { "" };
            let is_handle = handle == "!" || handle.len() > 1 && handle.ends_with('!');
            let blank = class(self.next()) & BLANK != 0;
            self.blanks();
            let mut prefix = String::new();
            self.uri(start, &mut prefix)?;
            let span = Span::new(start, self.at);
            if !is_handle || !blank || prefix.is_empty() || !self.is_blank(self.at) {
                return refuse(span, "this directive names no handle and prefix", "write `%TAG !name! prefix`");
            }
            Directive::Tag { span, handle, prefix }
        };
        self.blanks();
        if self.next() == b'#' {
            self.comment();
        }
        if !self.skip_break() && !self.is_at_end() {
            return refuse(self.here(), "a directive must stand alone on its line", hint);
        }
        Ok(directive)
    }

    fn letters(&mut self) -> &'t str {
        let start = self.at;
        while class(self.next()) & NAME != 0 {
            self.at += 1;
        }
        self.slice(start, self.at)
    }

    /// `!`, letters, and the `!` behind them if there is one.
    fn handle(&mut self) -> &'t str {
        let start = self.at;
        self.at += 1;
        self.letters();
        if self.next() == b'!' {
            self.at += 1;
        }
        self.slice(start, self.at)
    }

    fn blanks(&mut self) {
        while class(self.next()) & BLANK != 0 {
            self.at += 1;
        }
    }

    /// One or two digits, and no more.
    fn digits(&mut self) -> bool {
        let start = self.at;
        while self.next().is_ascii_digit() {
            self.at += 1;
        }
        matches!(self.at - start, 1 | 2)
    }

    /// Appends what may stand in a tag, `%` escapes decoded; bytes that are no text are replaced, since no tag that means
    /// something has them.
    fn uri(&mut self, start: usize, out: &mut String) -> Built {
        loop {
            let run = self.at;
            while class(self.next()) & (NAME | URI) != 0 && self.next() != b'%' {
                self.at += 1;
            }
            out.push_str(self.slice(run, self.at));
            if self.next() != b'%' {
                return Ok(());
            }
            let mut bytes = Vec::new();
            let mut length = 1;
            while bytes.len() < length {
                let Some(byte) = self.octet(bytes.is_empty()) else {
                    let next = self.text.get(self.at..).and_then(|rest| rest.chars().next());
                    let span = Span::new(start, self.at + next.map_or(0, char::len_utf8));
                    return refuse(
                        span,
                        "a `%` in a tag must be followed by two digits of a character's code",
                        "mend it",
                    );
                };
                if bytes.is_empty() {
                    length = match byte {
                        0xF0.. => 4,
                        0xE0.. => 3,
                        0xC0.. => 2,
                        _ => 1,
                    };
                }
                bytes.push(byte);
            }
            out.push_str(&String::from_utf8_lossy(&bytes));
        }
    }

    /// One `%XX`, which must be able to start a character or to continue one.
    fn octet(&mut self, leads: bool) -> Option<u8> {
        let digits = self.text.get(self.at + 1..self.at + 3).filter(|_| self.next() == b'%')?;
        let byte =
            digits.bytes().all(|digit| digit.is_ascii_hexdigit()).then(|| u8::from_str_radix(digits, 16).ok())??;
        let fits = if leads { !matches!(byte, 0x80..0xC0 | 0xF8..) } else { matches!(byte, 0x80..0xC0) };
        fits.then(|| {
            self.at += 3;
            byte
        })
    }
}
