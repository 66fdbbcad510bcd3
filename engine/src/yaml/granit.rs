//! From granit-parser's events to the builder. The only place that sees that crate's types.
//!
//! granit reads YAML 1.2, Kubernetes reads with libyaml's grammar in Go. Where granit takes more than libyaml, or reads
//! the same text differently, the document is refused here, because two readings of one file are a way around a policy.

use std::borrow::Cow;

use granit_parser::{Event, Marker, Parser, ScalarStyle, ScanError, StructureStyle, Tag, options};
use policyc_text::Span;

use super::build::{Builder, Built, Refusal, ScalarEvent};
use super::node::{Kind, Style};

/// What became of one document's text.
pub(super) enum Outcome {
    /// Nothing but comments.
    Empty,
    /// Its nodes are in the builder; the text from `ignored` on is a further document that Kubernetes passes over.
    Built { ignored: Option<u32> },
    /// It is not YAML.
    Broken(Box<Refusal>),
    /// Kubernetes does not take it.
    Refused(Box<Refusal>),
}

/// What to read: one document of a file.
#[derive(Clone, Copy)]
pub(super) struct Source<'t> {
    /// The whole file.
    pub(super) text: &'t str,
    /// The document.
    pub(super) span: Span,
    pub(super) keep_comments: bool,
}

/// Reads one document into the builder and its comments into `comments`.
pub(super) fn read(source: Source<'_>, builder: &mut Builder<'_>, comments: &mut Vec<Span>) -> Outcome {
    let chunk = source.span.text(source.text);
    let options = options! {
        emit_comments: source.keep_comments,
        max_buffered_comment_events: usize::MAX,
        emit_anchor_events: true,
        // A directive needs a `---` behind it, and there Kubernetes has already cut.
        disallow_directives: true,
    };
    let mut parser = Parser::new_from_str_with_options(chunk, options);
    let mut front = Front { source, base: source.span.start, builder, comments };
    let mut started = false;
    loop {
        let (event, span) = match parser.next_event() {
            None => return Outcome::Empty,
            Some(Ok(next)) => next,
            Some(Err(error)) => return Outcome::Broken(front.syntax_error(&error)),
        };
        match event {
            Event::DocumentStart(..) => started = true,
            Event::StreamEnd => return Outcome::Empty,
            Event::DocumentEnd if started => break,
            event => {
                let tag = span.tag_span().map(|tag| front.place(tag.start, tag.end));
                let span = front.place(span.start, span.end);
                let checked = front.check_tag(tag).and_then(|()| front.check_tab(&event, span));
                if let Err(refusal) = checked.and_then(|()| front.event(event, span)) {
                    return Outcome::Refused(refusal);
                }
            }
        }
    }
    Outcome::Built { ignored: front.rest(&mut parser) }
}

struct Front<'t, 'f, 'b> {
    source: Source<'t>,
    base: u32,
    builder: &'f mut Builder<'b>,
    comments: &'f mut Vec<Span>,
}

impl<'t> Front<'t, '_, '_> {
    fn event(&mut self, event: Event<'t>, span: Span) -> Built {
        match event {
            Event::Scalar(text, style, anchor, tag) => self.scalar(text, style, anchor, tag, span),
            Event::MappingStart(style, anchor, _) => self.open(Kind::Mapping, style, span, anchor),
            Event::SequenceStart(style, anchor, _) => self.open(Kind::Sequence, style, span, anchor),
            Event::MappingEnd | Event::SequenceEnd => {
                self.builder.close((!span.is_empty()).then_some(span.end));
                Ok(())
            }
            Event::Alias(anchor) => self.builder.alias(anchor, span),
            Event::UnresolvedAlias(_) => Err(Refusal::new(span, "this alias refers to no anchor before it")),
            Event::Anchor(_, name) => check_anchor(&name, span),
            Event::Comment(..) => {
                self.comments.push(span);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn open(&mut self, kind: Kind, style: StructureStyle, span: Span, anchor: usize) -> Built {
        let (style, span) = match style {
            StructureStyle::Flow => (Style::Flow, span),
            StructureStyle::Block => (Style::Block, Span::empty_at(self.block_start(kind, span.start as usize))),
        };
        self.builder.open(kind, style, span, anchor)
    }

    /// Where a block collection starts. For a sequence that is not indented under its key granit names the place
    /// behind the first dash; that dash is the first thing on its line.
    fn block_start(&self, kind: Kind, start: usize) -> usize {
        let text = self.source.text.as_bytes();
        if kind == Kind::Mapping || text.get(start) == Some(&b'-') {
            return start;
        }
        let line = text[..start].iter().rposition(|byte| matches!(byte, b'\n' | b'\r')).map_or(0, |at| at + 1);
        let dash = line + text[line..start].iter().take_while(|byte| **byte == b' ').count();
        if text.get(dash) == Some(&b'-') { dash } else { start }
    }

    fn scalar(
        &mut self,
        mut text: Cow<'t, str>,
        style: ScalarStyle,
        anchor: usize,
        tag: Option<Cow<'t, Tag>>,
        mut span: Span,
    ) -> Built {
        let style = match style {
            ScalarStyle::SingleQuoted => Style::SingleQuoted,
            ScalarStyle::DoubleQuoted => {
                if let Cow::Owned(_) = text {
                    check_escapes(span.text(self.source.text), span)?;
                }
                Style::DoubleQuoted
            }
            ScalarStyle::Literal | ScalarStyle::Folded => {
                // The event ends behind the last blank line; what a reader would mark ends with the last word.
                let written = span.text(self.source.text).trim_end();
                span = Span::new(span.start as usize, span.start as usize + written.len());
                self.check_block_indent(span)?;
                if matches!(style, ScalarStyle::Literal) { Style::Literal } else { Style::Folded }
            }
            _ => {
                if span.is_empty() {
                    text = Cow::Borrowed("");
                } else if self.builder.in_flow() {
                    self.check_flow_scalar(span)?;
                }
                Style::Plain
            }
        };
        let tag = tag.map(|tag| format!("{}{}", tag.handle(), tag.suffix()));
        self.builder.scalar(ScalarEvent { span, style, text, tag, anchor })
    }

    /// In brackets libyaml takes `?` and `:` before a word as marks of their own, and the colon of `{a:}` as part of the
    /// word.
    fn check_flow_scalar(&self, span: Span) -> Built {
        let written = span.text(self.source.text);
        let rest = self.source.text.get(span.end as usize..).unwrap_or_default();
        let behind = rest.trim_start_matches([' ', '\t', '\n', '\r']);
        if written.starts_with([':', '?']) {
            let mark = Span::new(span.start as usize, span.start as usize + 1);
            return Err(Refusal::new(mark, format!("Kubernetes reads `{}` here as a mark of its own", &written[..1])));
        }
        if let [b':', b',' | b'[' | b']' | b'{' | b'}', ..] = behind.as_bytes() {
            let at = span.end as usize + (rest.len() - behind.len());
            let colon = Span::new(at, at + 1);
            return Err(Refusal::new(colon, "Kubernetes reads this colon as part of the word before it"));
        }
        Ok(())
    }

    /// libyaml wants the text of a block scalar indented even where the scalar is the whole document.
    fn check_block_indent(&self, span: Span) -> Built {
        let before = self.source.text.get(..span.start as usize).unwrap_or_default();
        if span.is_empty() || self.builder.is_open() || !before.ends_with(['\n', '\r']) {
            return Ok(());
        }
        Err(Refusal::new(span, "Kubernetes takes this text only where it is indented"))
    }

    /// To libyaml commas and brackets are part of a tag.
    fn check_tag(&self, tag: Option<Span>) -> Built {
        let Some(tag) = tag else { return Ok(()) };
        match self.source.text.as_bytes().get(tag.end as usize) {
            None | Some(b' ' | b'\t' | b'\n' | b'\r') => Ok(()),
            Some(_) => Err(Refusal::new(tag, "Kubernetes wants a blank behind a tag")),
        }
    }

    /// libyaml takes no tab where a mapping could start.
    fn check_tab(&self, event: &Event<'_>, span: Span) -> Built {
        if !event.is_node() || !self.builder.is_open() || self.builder.in_flow() {
            return Ok(());
        }
        let before = &self.source.text.as_bytes()[..span.start as usize];
        let blanks = before.iter().rev().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        let (before, blanks) = before.split_at(before.len() - blanks);
        match memchr::memchr(b'\t', blanks) {
            Some(at) if before.ends_with(b"-") => {
                let tab = before.len() + at;
                Err(Refusal::new(Span::new(tab, tab + 1), "Kubernetes takes no tab between a dash and its item"))
            }
            _ => Ok(()),
        }
    }

    /// Collects the comments behind the document; gives where a further document starts.
    fn rest<T: granit_parser::BorrowedInput<'t>>(&mut self, parser: &mut Parser<'t, T>) -> Option<u32> {
        loop {
            match parser.next_event() {
                None | Some(Ok((Event::StreamEnd, _))) => return None,
                Some(Ok((Event::Comment(..), span))) => {
                    let span = self.place(span.start, span.end);
                    self.comments.push(span);
                }
                Some(Ok((Event::DocumentStart(..), span))) => return Some(self.place(span.start, span.end).start),
                Some(Ok(_)) => {}
                Some(Err(error)) => {
                    let at = self.offset(error.marker());
                    return (!self.only_directives(at as usize)).then_some(at);
                }
            }
        }
    }

    /// Whether nothing but directives stands from the line of a byte on: what they belong to stands behind the cut.
    fn only_directives(&self, at: usize) -> bool {
        let text = self.source.text;
        let line = text.get(..at).and_then(|before| before.rfind(['\n', '\r'])).map_or(0, |end| end + 1);
        let rest = text.get(line.max(self.base as usize)..self.source.span.end as usize).unwrap_or_default();
        rest.lines().all(|line| line.trim().is_empty() || line.starts_with(['%', '#']) || line.trim_end() == "...")
    }

    fn place(&self, start: Marker, end: Marker) -> Span {
        let (start, end) = (self.offset(&start), self.offset(&end));
        Span { start, end: end.max(start) }
    }

    /// The byte offset in the file of a place that granit names.
    fn offset(&self, marker: &Marker) -> u32 {
        let offset = u32::try_from(marker.byte_offset().unwrap_or_default()).unwrap_or(u32::MAX);
        self.base.saturating_add(offset).min(self.source.span.end)
    }

    fn syntax_error(&self, error: &ScanError) -> Box<Refusal> {
        let start = self.offset(error.marker()) as usize;
        let next = self.source.text.get(start..).and_then(|rest| rest.chars().next());
        let length = next.filter(|next| !matches!(next, '\n' | '\r')).map_or(0, char::len_utf8);
        let reason = lowercase_start(error.kind().to_string().trim_end_matches('.'));
        Box::new(Refusal { span: Span::new(start, start + length), reason, code: "yaml/syntax" })
    }
}

/// Messages start in lowercase, but for names such as YAML.
fn lowercase_start(message: &str) -> String {
    let mut letters = message.chars();
    match (letters.next(), letters.clone().next()) {
        (Some(first), Some(second)) if !second.is_uppercase() => first.to_lowercase().chain(letters).collect(),
        _ => message.to_owned(),
    }
}

/// libyaml knows fewer letters in anchors, and reads what follows them as a new token.
fn check_anchor(name: &str, span: Span) -> Built {
    if name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')) {
        return Ok(());
    }
    Err(Refusal::new(span, format!("Kubernetes takes only letters, digits, `-` and `_` in anchors, not `{name}`")))
}

/// YAML 1.1 has no `\/`, and go-yaml takes no surrogates.
fn check_escapes(quoted: &str, span: Span) -> Built {
    let bytes = quoted.as_bytes();
    let mut at = 0;
    while let Some(found) = bytes.get(at..).and_then(|rest| memchr::memchr(b'\\', rest)) {
        at += found;
        let length = match bytes.get(at + 1) {
            Some(b'/') => 2,
            Some(b'u') if is_surrogate(quoted.get(at + 2..at + 6)) => 6,
            _ => {
                at += 2;
                continue;
            }
        };
        let start = span.start as usize + at;
        let escape = quoted.get(at..at + length).unwrap_or_default();
        return Err(Refusal::new(
            Span::new(start, start + length),
            format!("Kubernetes does not know the escape `{escape}`"),
        ));
    }
    Ok(())
}

fn is_surrogate(digits: Option<&str>) -> bool {
    digits.and_then(|digits| u32::from_str_radix(digits, 16).ok()).is_some_and(|unit| (0xD800..0xE000).contains(&unit))
}
