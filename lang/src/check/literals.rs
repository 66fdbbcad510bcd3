//! Literals: numbers, quantities, dates, and strings that fit themselves to the type of their place.

use super::ty::Ty;
use super::{Checker, Typed, hints};
use crate::ir::{Const, Expr};
use crate::schema::did_you_mean;
use crate::values::{
    Cidr, Cron, Date, Duration, Glob, GlobKind, ImageRef, Ip, License, Number, ParseError, Pattern, Purl, Quantity,
    Severity, Version, VersionRange,
};
use policyc_text::Span;

impl Checker<'_> {
    pub(super) fn check_number(&mut self, text: &str, want: Option<&Ty>, span: Span) -> Typed {
        let number = match Number::parse(text) {
            Ok(number) => number,
            Err(error) => return self.bad_literal(&error, &Ty::Number, span),
        };
        let wants_quantity = match want.map(Ty::inner) {
            Some(Ty::Quantity) => true,
            Some(Ty::Union(members)) => members.contains(&Ty::Quantity) && !members.contains(&Ty::Number),
            _ => false,
        };
        if wants_quantity && let Some(quantity) = Quantity::from_number(number) {
            let id = self.emit_const(Const::Quantity(quantity), span);
            return Typed::plain(id, Ty::Quantity);
        }
        let id = self.emit_const(Const::Number(number), span);
        Typed::plain(id, Ty::Number)
    }

    pub(super) fn check_quantity(&mut self, text: &str, _want: Option<&Ty>, span: Span) -> Typed {
        match Quantity::parse(text) {
            Ok(quantity) => {
                let id = self.emit_const(Const::Quantity(quantity), span);
                Typed::plain(id, Ty::Quantity)
            }
            Err(error) => self.bad_literal(&error, &Ty::Quantity, span),
        }
    }

    pub(super) fn check_date(&mut self, text: &str, span: Span) -> Typed {
        match Date::parse(text) {
            Ok(date) => {
                let id = self.emit_const(Const::Date(date), span);
                Typed::plain(id, Ty::Date)
            }
            Err(error) => self.bad_literal(&error, &Ty::Date, span),
        }
    }

    pub(super) fn check_regex(&mut self, source: &str, span: Span) -> Typed {
        match Pattern::parse(source) {
            Ok(pattern) => {
                let id = self.emit_const(Const::Regex(pattern), span);
                Typed::plain(id, Ty::Regex)
            }
            Err(error) => self.bad_literal(&error, &Ty::Regex, span),
        }
    }

    fn bad_literal(&mut self, error: &ParseError, want: &Ty, span: Span) -> Typed {
        let escape = || "a backslash before a character takes it as it is: `\\(`".to_owned();
        self.error(span, error.message.clone()).hint =
            error.hint.clone().or_else(|| if *want == Ty::Regex { Some(escape()) } else { hints::looks(want) });
        self.bad(span)
    }

    /// A string literal, made into what its place expects.
    pub(super) fn check_text_literal(&mut self, text: &str, want: Option<&Ty>, span: Span) -> Typed {
        let want = want.map_or(Ty::String, |want| want.inner().clone());
        match literal_of(text, &want) {
            Ok((value, ty)) => {
                let id = self.emit_const(value, span);
                Typed::plain(id, ty)
            }
            Err(error) => self.bad_literal(&error, &want, span),
        }
    }

    pub(super) fn check_negate(&mut self, inner: &crate::syntax::ast::Expr, want: Option<&Ty>, span: Span) -> Typed {
        let checked = self.check(inner, want);
        if !matches!(checked.ty, Ty::Number | Ty::Quantity | Ty::Duration | Ty::Error | Ty::Dynamic) {
            let ty = self.name_of(&checked.ty);
            self.error(span, format!("`-` needs a number, a quantity or a duration, and this is of type `{ty}`"))
                .hint = Some("make one of a text with `number(…)`, `quantity(…)` or `duration(…)`".to_owned());
            return self.bad(span);
        }
        let id = self.emit(Expr::Negate(checked.id), span);
        Typed::plain(id, checked.ty)
    }
}

/// What a string literal is where `want` is expected; a plain string where no string of its own is meant.
pub(super) fn literal_of(text: &str, want: &Ty) -> Result<(Const, Ty), ParseError> {
    Ok(match want {
        Ty::Glob => (Const::Glob(Glob::parse(text, GlobKind::Plain)?), Ty::Glob),
        Ty::Regex => (Const::Regex(Pattern::parse(text)?), Ty::Regex),
        Ty::Cidr => (Const::Cidr(Cidr::parse(text)?), Ty::Cidr),
        Ty::Ip => (Const::Ip(Ip::parse(text)?), Ty::Ip),
        Ty::Semver => (Const::Semver(Version::parse(text)?), Ty::Semver),
        Ty::VersionRange => (Const::VersionRange(VersionRange::parse(text)?), Ty::VersionRange),
        Ty::Duration => (Const::Duration(Duration::parse(text)?), Ty::Duration),
        Ty::Date => (Const::Date(Date::parse(text)?), Ty::Date),
        Ty::Severity => (Const::Severity(Severity::parse(text)?), Ty::Severity),
        Ty::Quantity => (Const::Quantity(Quantity::parse(text)?), Ty::Quantity),
        Ty::Image => {
            ImageRef::parse(text)?;
            (Const::String(text.to_owned()), Ty::Image)
        }
        Ty::Cron => {
            Cron::parse(text)?;
            (Const::String(text.to_owned()), Ty::Cron)
        }
        Ty::Purl => {
            Purl::parse(text)?;
            (Const::String(text.to_owned()), Ty::Purl)
        }
        Ty::License => {
            License::parse(text)?;
            (Const::String(text.to_owned()), Ty::License)
        }
        Ty::Path => (Const::String(text.to_owned()), Ty::Path),
        Ty::Enum(words) => {
            if !words.iter().any(|word| word == text) {
                return Err(unknown_word(text, words));
            }
            (Const::String(text.to_owned()), Ty::Enum(words.clone()))
        }
        Ty::Union(members) => return literal_of_union(text, members),
        _ => (Const::String(text.to_owned()), Ty::String),
    })
}

fn literal_of_union(text: &str, members: &[Ty]) -> Result<(Const, Ty), ParseError> {
    if members.iter().any(|member| matches!(member, Ty::String | Ty::Dynamic)) {
        return Ok((Const::String(text.to_owned()), Ty::String));
    }
    let mut first = None;
    for member in members {
        match literal_of(text, member) {
            Ok((value, ty)) if member.accepts(&ty) => return Ok((value, ty)),
            Ok(_) => {}
            Err(error) => first = first.or(Some(error)),
        }
    }
    match first {
        Some(error) => Err(error),
        None => Ok((Const::String(text.to_owned()), Ty::String)),
    }
}

fn unknown_word(text: &str, words: &[String]) -> ParseError {
    let error = ParseError::at(0, format!("`{text}` is none of the values that this can have"));
    let known = words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
    match did_you_mean(text, words.iter().map(String::as_str)) {
        Some(near) => error.with_hint(format!("did you mean `{near}`?")),
        None => error.with_hint(format!("it is one of {known}")),
    }
}
