//! Anchors and tags: which value they belong to, and what they make of a value that is not written.

use policyc_text::Span;

use super::refusals::no_colon;
use super::{Expect, Parser};
use crate::yaml::build::Built;
use crate::yaml::node::Style;
use crate::yaml::scan::{RawTag, Scalar, refuse};

/// An anchor and a tag whose value has not come yet.
pub(super) struct Properties<'t> {
    pub(super) anchor: Option<&'t str>,
    pub(super) tag: Option<String>,
    pub(super) start: usize,
    pub(super) end: usize,
    /// Whether they could be the start of a key.
    pub(super) key: bool,
    /// Whether they stand where only a key can.
    pub(super) must_be_key: bool,
}

impl<'t> Parser<'t, '_, '_> {
    /// `&` or `!`
    pub(super) fn property(&mut self, sign: u8) -> Built {
        let start = self.scan.at;
        let key = self.scan.may_start;
        if key {
            self.hold()?;
        }
        self.scan.may_start = false;
        let must_be_key = key && self.is_key_column(start);
        let (anchor, tag) = if sign == b'&' {
            (Some(self.scan.name()?.1), None)
        } else {
            let tag = self.scan.tag()?;
            (None, Some(self.full_tag(tag)?))
        };
        let more = Properties { anchor, tag, start, end: self.scan.at, key, must_be_key };
        self.mark = more.end;
        match &mut self.near {
            None => self.near = Some(more),
            Some(near) => {
                if let Err(more) = near.join(more) {
                    self.flush()?;
                    if self.top.expect == Expect::Done {
                        self.scan.at = more.start;
                        return Ok(());
                    }
                    self.near = Some(more);
                }
            }
        }
        Ok(())
    }

    /// At a word on a new line: properties before it are no longer those of a key.
    #[inline]
    pub(super) fn hold(&mut self) -> Built {
        let Some(near) = self.near.take() else { return Ok(()) };
        if near.must_be_key {
            return no_colon(Span::new(near.start, near.end));
        }
        match &mut self.held {
            None => self.held = Some(near),
            Some(held) => {
                if let Err(near) = held.join(near) {
                    self.flush()?;
                    self.held = Some(near);
                }
            }
        }
        Ok(())
    }

    /// The properties of the value that comes now.
    #[inline]
    pub(super) fn take_properties(&mut self) -> Built<Option<Properties<'t>>> {
        if self.held.is_some() && self.near.is_some() {
            self.part()?;
        }
        Ok(self.near.take().or_else(|| self.held.take()))
    }

    /// Brings properties of one value together; where they are those of two, the first is empty.
    pub(super) fn part(&mut self) -> Built {
        let Some(held) = &mut self.held else { return Ok(()) };
        let Some(near) = self.near.take() else { return Ok(()) };
        match held.join(near) {
            Ok(()) => self.near = self.held.take(),
            Err(near) => {
                self.flush()?;
                self.near = Some(near);
            }
        }
        Ok(())
    }

    /// Gives properties without a value one that is empty.
    pub(super) fn flush(&mut self) -> Built {
        if self.held.is_none() && self.near.is_none() {
            return Ok(());
        }
        if let Some(near) = self.near.as_ref().filter(|near| near.must_be_key) {
            return no_colon(Span::new(near.start, near.end));
        }
        let near = self.near.take();
        let mut both = [self.held.take(), near];
        if let [Some(held), more @ Some(_)] = &mut both
            && let Some(near) = more.take()
        {
            *more = held.join(near).err();
        }
        for properties in both.into_iter().flatten() {
            if self.top.expect == Expect::Done {
                return Ok(());
            }
            let place = Span::empty_at(properties.end);
            self.accept_root(properties.key.then_some(properties.start));
            self.accept_at(place)?;
            let scalar = Scalar { span: place, style: Style::Plain, decoded: None };
            self.scalar(scalar, Some(properties))?;
            self.finished()?;
        }
        Ok(())
    }

    /// The full name of a tag.
    pub(super) fn full_tag(&self, tag: RawTag<'_>) -> Built<String> {
        let RawTag { span, handle, suffix } = tag;
        if handle.is_empty() {
            return Ok(suffix);
        }
        let named = self.handles.iter().find(|(name, _)| *name == handle).map(|(_, prefix)| prefix.as_str());
        let prefix = match (named, handle) {
            (Some(prefix), _) => prefix,
            (None, "!") => "!",
            (None, "!!") => "tag:yaml.org,2002:",
            _ => {
                let reason = format!("the tag handle `{handle}` is not known");
                return refuse(span, reason, "write the tag as `!name`, or as `!<full name>`");
            }
        };
        Ok(format!("{prefix}{suffix}"))
    }

    /// Before a word: where it starts if it is a key, its properties included; nothing where no key may start.
    #[inline]
    pub(super) fn before_node(&mut self) -> Built<Option<usize>> {
        if self.scan.may_start {
            self.hold()?;
            return Ok(Some(self.scan.at));
        }
        Ok(self.near.as_ref().filter(|near| near.key).map(|near| near.start))
    }
}

impl<'t> Properties<'t> {
    /// Adds what follows on the same value.
    ///
    /// # Errors
    ///
    /// Gives `more` back where a value would have two anchors or two tags.
    fn join(&mut self, more: Self) -> Result<(), Self> {
        let twice = self.anchor.is_some() && more.anchor.is_some() || self.tag.is_some() && more.tag.is_some();
        if twice {
            return Err(more);
        }
        self.anchor = self.anchor.or(more.anchor);
        self.tag = self.tag.take().or(more.tag);
        self.end = more.end;
        Ok(())
    }
}
