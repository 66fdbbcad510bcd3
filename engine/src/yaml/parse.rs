//! From the scanner's words to the builder: which word may follow which, where collections start and end, and what stands
//! for a value that is not written.
//!
//! Source: `parserc.go` and, for keys without `?`, `scannerc.go` of go-yaml v2. That library puts tokens into a queue and
//! inserts others before them when a colon shows that a word was a key. Here a word is read up to where its colon would
//! stand before anything is made of it, so that nothing is ever taken back. Nesting is a stack of [`Frame`]s.

use policyc_text::Span;
use rustc_hash::FxHashMap;

use super::build::{Builder, Built, Refusal, ScalarEvent};
use super::node::{Kind, Style};
use super::scan::{Directive, RawTag, Scalar, Scanner, refuse};

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
}

/// Reads one document into the builder and its comments into `comments`. Gives with the outcome how far the text was
/// read: what stands behind is nothing to Kubernetes, however broken.
pub(super) fn read(source: Source<'_>, builder: &mut Builder<'_>, comments: &mut Vec<Span>) -> (Outcome, usize) {
    let scan = Scanner::new(source.text, source.span, source.keep_comments, comments);
    let mut parser = Parser {
        scan,
        builder,
        top: Frame { kind: Block::Root, expect: Expect::Root, outer: 0, open: source.span.start as usize },
        frames: Vec::new(),
        mark: source.span.start as usize,
        held: None,
        near: None,
        anchors: FxHashMap::default(),
        last_anchor: 0,
        handles: Vec::new(),
        root_key: None,
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

/// An anchor and a tag whose value has not come yet.
struct Properties<'t> {
    anchor: Option<&'t str>,
    tag: Option<String>,
    start: usize,
    end: usize,
    /// Whether they could be the start of a key.
    key: bool,
    /// Whether they stand where only a key can.
    must_be_key: bool,
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
}

const QUOTE_IT: &str = "put text that starts so in quotes";

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
            let byte = self.scan.next();
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
                            return refuse(span, format!("the handle `{handle}` is named twice"), "keep one of the lines");
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

    /// The kind of the innermost bracket.
    fn bracket_kind(&self) -> Block {
        match self.top.kind {
            Block::Pair => Block::FlowSeq,
            kind => kind,
        }
    }

    /// Ends block collections that are indented deeper than `indent`, a column plus one.
    fn unroll(&mut self, indent: usize) -> Built {
        if self.scan.indent <= indent {
            return Ok(());
        }
        self.flush()?;
        while self.scan.indent > indent {
            self.settle()?;
            match self.top.expect {
                Expect::KeyNode => {
                    self.empty()?;
                    self.empty()?;
                }
                Expect::Colon | Expect::Value | Expect::Item => self.empty()?,
                _ => {}
            }
            self.builder.close(None);
            self.scan.indent = self.top.outer;
            self.pop();
        }
        Ok(())
    }

    /// Ends a sequence without indentation of its own, before a word that is no dash.
    fn settle(&mut self) -> Built {
        if self.top.kind == Block::LooseSeq {
            if self.top.expect == Expect::Item {
                self.empty()?;
            }
            self.builder.close(None);
            self.pop();
        }
        Ok(())
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

    /// `-` and a blank.
    fn dash(&mut self) -> Built {
        let at = self.scan.at;
        if self.scan.flow > 0 {
            return refuse(self.scan.here(), "a list by dashes cannot stand in brackets", "part the items with `,`");
        }
        if !self.scan.may_start {
            let hint = "put the `-` on a line of its own, or put the text in quotes";
            return refuse(self.scan.here(), "a list cannot start here", hint);
        }
        self.hold()?;
        let column = self.scan.column();
        if self.scan.indent <= column {
            self.open_block(Kind::Sequence, Block::Seq, at)?;
            self.top.expect = Expect::Item;
        } else {
            match (self.top.kind, self.top.expect) {
                (Block::Map, Expect::Value | Expect::KeyNode) => {
                    self.accept()?;
                    let properties = self.held.take();
                    self.open(Kind::Sequence, Style::Block, Span::empty_at(at), properties)?;
                    self.push(Block::LooseSeq, Expect::Item, at);
                }
                (Block::Seq | Block::LooseSeq, _) => {
                    self.flush()?;
                    if self.top.expect == Expect::Item {
                        self.empty()?;
                    }
                    self.top.expect = Expect::Item;
                }
                _ => {
                    let hint = "put the items under a key of their own";
                    return refuse(self.scan.here(), "a list item stands among the keys of a mapping", hint);
                }
            }
        }
        self.step(true);
        Ok(())
    }

    /// `?`
    fn question(&mut self) -> Built {
        let at = self.scan.at;
        if self.scan.flow > 0 {
            self.flush()?;
            match self.top.expect {
                Expect::FlowItem => {
                    self.top.expect = Expect::FlowSeqNext;
                    self.builder.open(Kind::Mapping, Style::Flow, Span::empty_at(at), 0)?;
                    self.push(Block::Pair, Expect::PairKey, at);
                }
                Expect::FlowEntry => self.top.expect = Expect::FlowKey,
                _ => return self.misplaced(),
            }
            self.step(false);
            return Ok(());
        }
        if !self.scan.may_start {
            return refuse(self.scan.here(), "a key cannot start here", "put it on a line of its own");
        }
        self.hold()?;
        if self.scan.indent <= self.scan.column() {
            self.open_block(Kind::Mapping, Block::Map, at)?;
        } else {
            self.flush()?;
            self.before_key()?;
        }
        self.top.expect = Expect::KeyNode;
        self.step(true);
        Ok(())
    }

    /// `:` that does not stand behind a word.
    fn colon(&mut self) -> Built {
        if let Some(start) = self.near.as_ref().filter(|near| near.key).map(|near| near.start)
            && self.scan.within_reach(start)
        {
            let key = Scalar { span: Span::empty_at(self.mark), style: Style::Plain, decoded: None };
            return self.key(start, key);
        }
        let may_start = self.scan.may_start;
        if self.scan.flow == 0 {
            if !may_start {
                let hint = "put text that holds `: ` in quotes, or indent the mapping on a line of its own";
                return refuse(self.scan.here(), "a mapping cannot start behind another value", hint);
            }
            self.hold()?;
            if self.scan.indent <= self.scan.column() {
                return refuse(self.scan.here(), "no key stands before this colon", "write the key before it");
            }
            self.flush()?;
            self.settle()?;
        } else {
            self.flush()?;
        }
        match self.top.expect {
            Expect::Colon => self.top.expect = Expect::Value,
            Expect::KeyNode => {
                self.empty()?;
                self.top.expect = Expect::Value;
            }
            Expect::PairColon => self.top.expect = Expect::PairValue,
            Expect::PairKey | Expect::FlowKey => return self.empty(),
            Expect::FlowColon => self.top.expect = Expect::FlowValue,
            _ => {
                let hint = "write the key and its colon on one line";
                return refuse(self.scan.here(), "no key stands before this colon", hint);
            }
        }
        self.step(self.scan.flow == 0);
        Ok(())
    }

    /// `[` or `{`
    fn open_flow(&mut self, bracket: u8) -> Built {
        let at = self.scan.at;
        let start = self.before_node()?;
        if start.is_some_and(|start| self.is_key_column(start)) {
            return refuse(self.scan.here(), "Kubernetes refuses keys that are not scalars", "write the key as a word");
        }
        let properties = self.take_properties()?;
        self.accept_root(start);
        self.accept()?;
        let (kind, block, expect) = match bracket {
            b'[' => (Kind::Sequence, Block::FlowSeq, Expect::FlowItem),
            _ => (Kind::Mapping, Block::FlowMap, Expect::FlowEntry),
        };
        self.open(kind, Style::Flow, Span::new(at, at + 1), properties)?;
        self.push(block, expect, at);
        self.scan.flow += 1;
        self.step(true);
        Ok(())
    }

    /// `]` or `}`
    fn close_flow(&mut self, bracket: u8) -> Built {
        if self.scan.flow == 0 {
            let sign = char::from(bracket);
            return refuse(self.scan.here(), format!("this `{sign}` closes nothing"), "leave it out, or put it in quotes");
        }
        self.flush()?;
        self.end_entry()?;
        let fits = match self.top.kind {
            Block::FlowSeq => bracket == b']',
            _ => bracket == b'}',
        };
        if !fits {
            return self.misplaced();
        }
        self.step(false);
        self.scan.flow -= 1;
        self.builder.close(Some(Span::empty_at(self.scan.at).start));
        self.pop();
        self.finished()
    }

    fn comma(&mut self) -> Built {
        if self.scan.flow > 0 {
            self.flush()?;
            self.end_entry()?;
        }
        match self.top.expect {
            Expect::FlowSeqNext => self.top.expect = Expect::FlowItem,
            Expect::FlowMapNext => self.top.expect = Expect::FlowEntry,
            Expect::FlowItem | Expect::FlowEntry => {
                return refuse(self.scan.here(), "nothing stands before this comma", "leave the comma out");
            }
            _ => return refuse(self.scan.here(), "a comma cannot start a value", "put the text in quotes"),
        }
        self.step(true);
        Ok(())
    }

    /// Supplies what an entry in brackets lacks at a comma or at the end.
    fn end_entry(&mut self) -> Built {
        match self.top.expect {
            Expect::PairKey | Expect::FlowKey => {
                self.empty()?;
                self.empty()
            }
            Expect::PairColon | Expect::PairValue | Expect::FlowColon | Expect::FlowValue => self.empty(),
            _ => Ok(()),
        }
    }

    /// `&` or `!`
    fn property(&mut self, sign: u8) -> Built {
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
        let number = self.anchors.get(name).copied().unwrap_or_default();
        if let Some(start) = start
            && self.scan.colon_follows()
            && self.scan.within_reach(start)
        {
            if self.near.is_some() {
                return refuse(span, "an alias has no anchor or tag of its own", "leave the anchor or tag out");
            }
            self.start_key(start)?;
            self.builder.alias(number, span)?;
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
        self.builder.alias(number, span)?;
        self.mark = span.end as usize;
        self.finished()
    }

    /// `|` or `>`
    fn block_scalar(&mut self) -> Built {
        let start = self.before_node()?;
        if start.is_some_and(|start| start < self.scan.at && self.is_key_column(start)) {
            return no_colon(self.scan.here());
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

    /// Makes room for a key without `?` that starts at `start`, its properties included.
    fn start_key(&mut self, start: usize) -> Built {
        if self.scan.flow > 0 {
            match self.top.expect {
                Expect::FlowItem => {
                    self.top.expect = Expect::FlowSeqNext;
                    self.builder.open(Kind::Mapping, Style::Flow, Span::empty_at(start), 0)?;
                    self.push(Block::Pair, Expect::PairValue, start);
                }
                Expect::FlowEntry => self.top.expect = Expect::FlowValue,
                _ => return self.misplaced(),
            }
            return Ok(());
        }
        let column = start - self.scan.line;
        if self.scan.indent <= column {
            let near = self.near.take();
            self.open_block_at(Kind::Mapping, Block::Map, start, column)?;
            self.near = near;
        } else if self.held.is_some() || self.top.expect != Expect::Key {
            let near = self.near.take();
            self.flush()?;
            self.before_key()?;
            self.near = near;
        }
        self.top.expect = Expect::Value;
        Ok(())
    }

    /// Goes behind the colon of a key.
    fn after_key(&mut self) {
        self.step(false);
    }

    /// Brings a block mapping to where a key may come.
    fn before_key(&mut self) -> Built {
        self.settle()?;
        match (self.top.kind, self.top.expect) {
            (Block::Map, Expect::Key) => Ok(()),
            (Block::Map, Expect::KeyNode) => {
                self.empty()?;
                self.empty()
            }
            (Block::Map, Expect::Colon | Expect::Value) => self.empty(),
            _ => {
                let hint = "indent it under an item, or start it with `- `";
                refuse(self.scan.here(), "a key stands among the items of a list", hint)
            }
        }
    }

    /// Opens a block collection that starts at the next byte.
    fn open_block(&mut self, kind: Kind, block: Block, at: usize) -> Built {
        self.open_block_at(kind, block, at, at - self.scan.line)
    }

    fn open_block_at(&mut self, kind: Kind, block: Block, at: usize, column: usize) -> Built {
        let properties = self.held.take();
        self.accept_at(Span::new(at, at))?;
        self.open(kind, Style::Block, Span::empty_at(at), properties)?;
        self.push(block, Expect::Key, at);
        self.scan.indent = column + 1;
        Ok(())
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

    /// Before a word: where it starts if it is a key, its properties included; nothing where no key may start.
    #[inline]
    fn before_node(&mut self) -> Built<Option<usize>> {
        if self.scan.may_start {
            self.hold()?;
            return Ok(Some(self.scan.at));
        }
        Ok(self.near.as_ref().filter(|near| near.key).map(|near| near.start))
    }

    /// Whether only a key of the innermost block mapping can start at `start`, on this line.
    #[inline]
    fn is_key_column(&self, start: usize) -> bool {
        self.scan.flow == 0 && self.scan.indent > 0 && start.checked_sub(self.scan.line) == Some(self.scan.indent - 1)
    }

    /// At a word on a new line: properties before it are no longer those of a key.
    #[inline]
    fn hold(&mut self) -> Built {
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
    fn take_properties(&mut self) -> Built<Option<Properties<'t>>> {
        if self.held.is_none() {
            return Ok(self.near.take());
        }
        let near = self.near.take();
        match (&mut self.held, near) {
            (Some(held), Some(near)) => match held.join(near) {
                Ok(()) => Ok(self.held.take()),
                Err(near) => {
                    self.flush()?;
                    Ok(Some(near))
                }
            },
            _ => Ok(self.held.take()),
        }
    }

    /// Gives properties without a value one that is empty.
    fn flush(&mut self) -> Built {
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
            self.accept_at(place)?;
            let scalar = Scalar { span: place, style: Style::Plain, decoded: None };
            self.scalar(scalar, Some(properties))?;
            self.finished()?;
        }
        Ok(())
    }

    /// The full name of a tag.
    fn full_tag(&self, tag: RawTag<'_>) -> Built<String> {
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

    /// Reads on behind the topmost value as far as go-yaml looks ahead; gives where text starts that it passes over.
    fn after_root(&mut self) -> Built<Option<u32>> {
        let mut key = self.root_key;
        let mut first: Option<usize> = None;
        loop {
            self.scan.seek();
            let at = self.scan.at;
            let alive = key.is_some_and(|start| self.scan.within_reach(start));
            if self.scan.is_at_end() || (first.is_some() && !alive) {
                break;
            }
            let may_start = self.scan.may_start;
            let is_word = self.skip_token(alive)?;
            if first.is_none() {
                first = Some(at);
                if is_word && may_start && !alive {
                    key = Some(at);
                }
            }
        }
        Ok(first.filter(|at| !self.is_nothing(*at)).and_then(|at| u32::try_from(at).ok()))
    }

    /// Goes past one token behind the topmost value; says whether it could be a key. A colon makes a mapping of a topmost
    /// value that is finished already.
    fn skip_token(&mut self, key_is_open: bool) -> Built<bool> {
        let byte = self.scan.next();
        let block = self.scan.flow == 0;
        let blank = self.scan.is_blank(self.scan.at + 1);
        let may_start = self.scan.may_start;
        if self.scan.at_document_mark() {
            self.scan.at += 3;
            self.scan.may_start = false;
            return Ok(false);
        }
        if byte == b'%' && self.scan.column() == 0 {
            self.scan.directive()?;
            return Ok(false);
        }
        match byte {
            b'-' | b'?' if blank && block && !may_start => return self.misplaced(),
            b':' if block && blank && (key_is_open || !may_start) => {
                let hint = "put text that holds `: ` in quotes, or indent the mapping on a line of its own";
                return refuse(self.scan.here(), "a mapping cannot start behind another value", hint);
            }
            b'-' if blank => self.step(true),
            b'?' | b':' if blank || !block => self.step(block),
            b',' => self.step(true),
            b'[' | b'{' => {
                self.scan.flow += 1;
                self.step(true);
                return Ok(true);
            }
            b']' | b'}' => {
                self.scan.flow = self.scan.flow.saturating_sub(1);
                self.step(false);
            }
            b'|' | b'>' if block => {
                self.scan.block_scalar()?;
                self.scan.may_start = true;
            }
            b'\t' | b'|' | b'>' | b'%' | b'@' | b'`' => return self.cannot_start(),
            _ => {
                self.scan.may_start = false;
                match byte {
                    b'&' | b'*' => drop(self.scan.name()?),
                    b'!' => drop(self.scan.tag()?),
                    b'\'' | b'"' => drop(self.scan.quoted(byte)?),
                    _ => drop(self.scan.plain()?),
                }
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether nothing but marks of a document's end and directives stands from byte `at` on: what a directive belongs to
    /// stands behind the next `---`, where Kubernetes cuts.
    fn is_nothing(&self, at: usize) -> bool {
        let rest = self.scan.rest(at);
        rest.lines().all(|line| line.trim().is_empty() || line.starts_with(['%', '#']) || line.trim_end() == "...")
    }

    fn cannot_start<T>(&self) -> Built<T> {
        let reason = match self.scan.next_char() {
            Some('\t') => "a tab stands where only spaces may indent".to_owned(),
            Some(sign) => format!("`{sign}` cannot start a value"),
            None => "a value is missing".to_owned(),
        };
        refuse(self.scan.here(), reason, QUOTE_IT)
    }

    /// A mark in brackets where it cannot stand.
    fn misplaced<T>(&self) -> Built<T> {
        let (reason, hint) = match self.top.expect {
            Expect::FlowSeqNext => ("`,` or `]` is missing before this", "part items with `,` and end the list with `]`"),
            Expect::FlowMapNext => ("`,` or `}` is missing before this", "part entries with `,` and end them with `}`"),
            _ => ("this cannot stand here", "put text that holds such marks in quotes"),
        };
        refuse(self.scan.here(), reason, hint)
    }

    /// A value where none can stand.
    fn unexpected<T>(&self, span: Span) -> Built<T> {
        let span = if span.is_empty() { self.scan.here() } else { span };
        let (reason, hint) = match self.top.expect {
            Expect::Key | Expect::Colon if self.top.kind == Block::Map => {
                ("this is indented unlike the keys of any mapping around it", "align it with the keys that it belongs to")
            }
            Expect::Dash => ("this is indented unlike the items of any list around it", "start it with `- `, or align it"),
            _ => return self.misplaced(),
        };
        refuse(span, reason, hint)
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

fn no_colon<T>(span: Span) -> Built<T> {
    refuse(span, "no `:` follows where a key stands", "write `key: value`, or indent the line under the key before it")
}

fn closing_hint(bracket: char) -> &'static str {
    if bracket == '}' { "close it with `}`" } else { "close it with `]`" }
}
