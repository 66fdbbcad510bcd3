//! From the scanner's words to the builder: which word may follow which, where collections start and end, and what stands
//! for a value that is not written.
//!
//! Source: `parserc.go` and, for keys without `?`, `scannerc.go` of go-yaml v2. That library puts tokens into a queue and
//! inserts others before them when a colon shows that a word was a key. Here a word is read up to where its colon would
//! stand before anything is made of it, so that nothing is ever taken back. Nesting is a stack of [`Frame`]s.

mod behind;
mod block;
mod flow;
mod properties;
mod refusals;

use policyc_text::Span;
use rustc_hash::FxHashMap;

use super::build::{Builder, Built, Refusal, ScalarEvent};
use super::node::{Kind, Style};
use super::scan::{Directive, Scalar, Scanner, refuse};
use properties::Properties;
use refusals::{closing_hint, no_colon};

/// What became of one document's text.
pub(super) enum Outcome {
    /// Nothing but comments.
    Empty,
    /// Its nodes are in the builder; the text from `ignored` on is there, but Kubernetes passes over it.
    Built { ignored: Option<u32> },
    /// Kubernetes does not take it.
    Broken(Box<Refusal>),
}

/// What to read: one document of a file.
#[derive(Clone, Copy)]
pub(super) struct Source<'t> {
    /// The whole file.
    pub(super) text: &'t str,
    /// The document.
    pub(super) span: Span,
    pub(super) keep_comments: bool,
    /// Whether line breaks other than `\n` and `\r` may occur in the file.
    pub(super) wide: bool,
}

/// Reads one document into the builder and its comments into `comments`. Gives with the outcome how far the text was
/// read: what stands behind is nothing to Kubernetes, however broken.
pub(super) fn read(source: Source<'_>, builder: &mut Builder<'_>, comments: &mut Vec<Span>) -> (Outcome, usize) {
    let scan = Scanner::new(source, comments);
    let mut parser = Parser {
        scan,
        builder,
        top: Frame { kind: Block::Root, expect: Expect::Root, outer: 0, open: source.span.start as usize },
        frames: Vec::with_capacity(16),
        mark: source.span.start as usize,
        held: None,
        near: None,
        anchors: FxHashMap::default(),
        last_anchor: 0,
        handles: Vec::new(),
        root_key: None,
        forgotten_key: None,
    };
    let outcome = match parser.document() {
        Ok(false) => Outcome::Empty,
        Ok(true) => match parser.after_root() {
            Ok(ignored) => Outcome::Built { ignored },
            Err(refusal) => Outcome::Broken(refusal),
        },
        Err(refusal) => Outcome::Broken(refusal),
    };
    (outcome, parser.scan.at)
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Block {
    Root,
    Map,
    Seq,
    /// A block sequence whose dashes stand in the column of the keys around it.
    LooseSeq,
    FlowSeq,
    FlowMap,
    /// `a: b` in brackets without braces.
    Pair,
}

/// What may come next in the innermost collection.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Expect {
    /// The document's topmost value.
    Root,
    /// Nothing more.
    Done,
    /// A key, in a block mapping.
    Key,
    /// Behind `?`.
    KeyNode,
    /// The colon behind a `?` and its key.
    Colon,
    /// Behind the colon.
    Value,
    /// A dash.
    Dash,
    /// Behind the dash.
    Item,
    /// An item in brackets, or their end.
    FlowItem,
    /// A comma or the end of the brackets.
    FlowSeqNext,
    PairKey,
    PairColon,
    PairValue,
    PairDone,
    /// An entry in braces, or their end.
    FlowEntry,
    /// Behind a word in braces that has no colon: a value that is not written.
    FlowBare,
    FlowKey,
    FlowColon,
    FlowValue,
    /// A comma or the end of the braces.
    FlowMapNext,
}

/// A collection that is still open.
#[derive(Clone, Copy)]
struct Frame {
    kind: Block,
    expect: Expect,
    /// The scanner's indentation around it.
    outer: usize,
    /// Where it starts.
    open: usize,
}

struct Parser<'t, 'f, 'b> {
    scan: Scanner<'t>,
    builder: &'f mut Builder<'b>,
    top: Frame,
    /// Those around `top`.
    frames: Vec<Frame>,
    /// End of the last mark or value, where a value that is not written stands.
    mark: usize,
    /// Properties from lines before that of the next word.
    held: Option<Properties<'t>>,
    /// Properties that may belong to a key.
    near: Option<Properties<'t>>,
    anchors: FxHashMap<&'t str, usize>,
    last_anchor: usize,
    /// Handles and prefixes of `%TAG`.
    handles: Vec<(&'t str, String)>,
    /// Start of the topmost value, if that could have been a key.
    root_key: Option<usize>,
    /// Start of the topmost value, if that is a pair of brackets with nothing between.
    forgotten_key: Option<usize>,
}

impl<'t> Parser<'t, '_, '_> {
    /// Reads up to the end of the topmost value; says whether there is one.
    fn document(&mut self) -> Built<bool> {
        self.prologue()?;
        while self.top.expect != Expect::Done {
            self.scan.seek();
            if self.scan.flow == 0 && self.scan.indent > self.scan.column() + 1 {
                self.unroll(self.scan.column() + 1)?;
                if self.top.expect == Expect::Done {
                    break;
                }
            }
            if self.near.is_some() && self.scan.may_start {
                self.hold()?;
                if self.top.expect == Expect::Done {
                    break;
                }
            }
            let byte = self.scan.next();
            if byte.is_ascii_alphanumeric() {
                self.word(byte)?;
                continue;
            }
            match byte {
                b'-' | b'.' if self.scan.at_document_mark() => return self.document_ends(),
                b'-' if self.scan.is_blank(self.scan.at + 1) => self.dash()?,
                b'?' if self.scan.flow > 0 || self.scan.is_blank(self.scan.at + 1) => self.question()?,
                b':' if self.scan.flow > 0 || self.scan.is_blank(self.scan.at + 1) => self.colon()?,
                b'[' | b'{' => self.open_flow(byte)?,
                b']' | b'}' => self.close_flow(byte)?,
                b',' => self.comma()?,
                b'&' | b'!' => self.property(byte)?,
                b'|' | b'>' if self.scan.flow == 0 => self.block_scalar()?,
                b'%' if self.scan.column() == 0 => {
                    let done = self.document_ends()?;
                    if !done {
                        self.scan.directive()?;
                    }
                    return Ok(done);
                }
                0 => return self.document_ends(),
                b'\t' => {
                    let reason = "a tab stands where only spaces may indent";
                    return refuse(self.scan.here(), reason, "replace the tab with spaces");
                }
                b'|' | b'>' | b'%' | b'@' | b'`' => return self.cannot_start(),
                _ => self.word(byte)?,
            }
        }
        Ok(true)
    }

    /// Directives, and the `---` that may stand before the document.
    fn prologue(&mut self) -> Built {
        let mut directives: Option<Span> = None;
        let mut version = false;
        loop {
            self.scan.seek();
            if self.scan.next() == b'%' && self.scan.column() == 0 {
                self.scan.may_start = false;
                let span = match self.scan.directive()? {
                    Directive::Version { span, .. } if version => {
                        return refuse(span, "the version is named twice", "keep one line `%YAML 1.1`");
                    }
                    Directive::Version { span, is_supported } => {
                        if !is_supported {
                            let reason = "Kubernetes reads only version 1.1 of YAML";
                            return refuse(span, reason, "write `%YAML 1.1`, or leave the line out");
                        }
                        version = true;
                        span
                    }
                    Directive::Tag { span, handle, prefix } => {
                        if self.handles.iter().any(|(known, _)| *known == handle) {
                            return refuse(
                                span,
                                format!("the handle `{handle}` is named twice"),
                                "keep one of the lines",
                            );
                        }
                        self.handles.push((handle, prefix));
                        span
                    }
                };
                directives = Some(span);
                continue;
            }
            let mark = self.scan.at_document_mark();
            if mark && self.scan.next() == b'-' {
                self.scan.at += 3;
                self.scan.may_start = false;
                self.mark = self.scan.at;
                return Ok(());
            }
            if let Some(span) = directives {
                let reason = "Kubernetes finds no document behind this directive";
                return refuse(span, reason, "leave the line out: Kubernetes cuts files at `---` before it reads them");
            }
            if mark {
                return refuse(self.scan.here(), "a document ends here before it has started", "leave the line out");
            }
            return Ok(());
        }
    }

    /// At the end of the text, `---`, `...` or a directive.
    fn document_ends(&mut self) -> Built<bool> {
        if self.scan.flow > 0 {
            let bracket = Span::new(self.top.open, self.top.open + 1);
            let (open, close) = if self.bracket_kind() == Block::FlowMap { ('{', '}') } else { ('[', ']') };
            return refuse(bracket, format!("the `{open}` that opens here is never closed"), closing_hint(close));
        }
        self.unroll(0)?;
        self.flush()?;
        Ok(self.top.expect == Expect::Done)
    }

    fn push(&mut self, kind: Block, expect: Expect, open: usize) {
        self.frames.push(self.top);
        self.top = Frame { kind, expect, outer: self.scan.indent, open };
    }

    fn pop(&mut self) {
        if let Some(frame) = self.frames.pop() {
            self.top = frame;
        }
    }

    /// Any scalar but a block scalar, or an alias.
    fn word(&mut self, byte: u8) -> Built {
        let start = self.before_node()?;
        let must_be_key = start.is_some_and(|start| self.is_key_column(start));
        self.scan.may_start = false;
        if byte == b'*' {
            let (span, name) = self.scan.name()?;
            return self.alias(start, must_be_key, span, name);
        }
        let scalar = match byte {
            b'\'' | b'"' => self.scan.quoted(byte)?,
            _ => self.scan.plain()?,
        };
        match start {
            Some(start) if start >= self.scan.line && self.scan.colon_follows() && self.scan.within_reach(start) => {
                self.key(start, scalar)
            }
            _ if must_be_key => no_colon(scalar.span),
            _ => self.node(start, scalar),
        }
    }

    fn alias(&mut self, start: Option<usize>, must_be_key: bool, span: Span, name: &str) -> Built {
        if let Some(start) = start
            && self.scan.colon_follows()
            && self.scan.within_reach(start)
        {
            if self.near.is_some() {
                return refuse(span, "an alias has no anchor or tag of its own", "leave the anchor or tag out");
            }
            self.start_key(start)?;
            self.builder.alias(self.anchor_number(name), span)?;
            self.after_key();
            return Ok(());
        }
        if must_be_key {
            return no_colon(span);
        }
        self.flush()?;
        if self.top.expect == Expect::Done {
            self.scan.at = span.start as usize;
            return Ok(());
        }
        self.accept_root(start);
        self.accept()?;
        self.builder.alias(self.anchor_number(name), span)?;
        self.mark = span.end as usize;
        self.finished()
    }

    /// The number of an anchor, 0 where none before has the name.
    fn anchor_number(&self, name: &str) -> usize {
        self.anchors.get(name).copied().unwrap_or_default()
    }

    /// `|` or `>`
    fn block_scalar(&mut self) -> Built {
        let start = self.before_node()?;
        if start.is_some_and(|start| start < self.scan.at && self.is_key_column(start)) {
            return no_colon(self.scan.here());
        }
        self.part()?;
        if self.top.expect == Expect::Done {
            return Ok(());
        }
        let scalar = self.scan.block_scalar()?;
        self.scan.may_start = true;
        self.node(None, scalar)
    }

    /// A scalar that is no key.
    fn node(&mut self, start: Option<usize>, scalar: Scalar) -> Built {
        let properties = self.take_properties()?;
        if self.top.expect == Expect::Done {
            self.scan.at = scalar.span.start as usize;
            return Ok(());
        }
        self.accept_root(start);
        self.accept_at(scalar.span)?;
        self.scalar(scalar, properties)?;
        self.finished()
    }

    /// A scalar whose colon follows.
    fn key(&mut self, start: usize, scalar: Scalar) -> Built {
        self.start_key(start)?;
        let properties = self.near.take();
        self.scalar(scalar, properties)?;
        self.after_key();
        Ok(())
    }

    /// Goes behind the colon of a key.
    fn after_key(&mut self) {
        self.step(false);
    }

    fn open(&mut self, kind: Kind, style: Style, span: Span, properties: Option<Properties<'t>>) -> Built {
        let anchor = properties.and_then(|properties| properties.anchor);
        let number = self.anchor(anchor);
        self.builder.open(kind, style, span, number)
    }

    #[inline]
    fn scalar(&mut self, scalar: Scalar, properties: Option<Properties<'t>>) -> Built {
        let Scalar { span, style, decoded } = scalar;
        self.mark = span.end as usize;
        let (anchor, tag) = match properties {
            None => (0, None),
            Some(Properties { anchor, tag, .. }) => (self.anchor(anchor), tag),
        };
        self.builder.scalar(ScalarEvent { span, style, decoded, tag, anchor })
    }

    /// A value that is not written, where the last mark stands.
    fn empty(&mut self) -> Built {
        self.top.expect = match self.top.expect {
            Expect::Colon => Expect::Value,
            Expect::PairColon => Expect::PairValue,
            Expect::FlowColon => Expect::FlowValue,
            expect => expect,
        };
        self.accept()?;
        let scalar = Scalar { span: Span::empty_at(self.mark), style: Style::Plain, decoded: None };
        self.scalar(scalar, None)?;
        self.finished()
    }

    /// Numbers a new anchor; an older one of the same name is forgotten.
    fn anchor(&mut self, name: Option<&'t str>) -> usize {
        let Some(name) = name else { return 0 };
        self.last_anchor += 1;
        self.anchors.insert(name, self.last_anchor);
        self.last_anchor
    }

    /// Goes past one byte.
    #[inline]
    fn step(&mut self, may_start: bool) {
        self.scan.at += 1;
        self.mark = self.scan.at;
        self.scan.may_start = may_start;
    }

    /// Takes the place of a value that comes now.
    #[inline]
    fn accept(&mut self) -> Built {
        self.accept_at(Span::empty_at(self.scan.at))
    }

    #[inline]
    fn accept_at(&mut self, span: Span) -> Built {
        self.top.expect = match self.top.expect {
            Expect::Value => Expect::Key,
            Expect::Item => Expect::Dash,
            Expect::Root => Expect::Done,
            Expect::KeyNode => Expect::Colon,
            Expect::FlowItem => Expect::FlowSeqNext,
            Expect::PairKey => Expect::PairColon,
            Expect::PairValue => Expect::PairDone,
            Expect::FlowEntry => Expect::FlowBare,
            Expect::FlowKey => Expect::FlowColon,
            Expect::FlowValue => Expect::FlowMapNext,
            _ => return self.unexpected(span),
        };
        Ok(())
    }

    fn accept_root(&mut self, start: Option<usize>) {
        if self.top.expect == Expect::Root {
            self.root_key = start;
        }
    }

    /// Behind a value.
    #[inline]
    fn finished(&mut self) -> Built {
        match self.top.expect {
            Expect::PairDone => {
                self.builder.close(None);
                self.pop();
                Ok(())
            }
            Expect::FlowBare => {
                self.top.expect = Expect::FlowValue;
                self.empty()
            }
            _ => Ok(()),
        }
    }
}
