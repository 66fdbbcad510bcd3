//! From a stream of scalars, opened and closed collections to the arena. Both the YAML and the JSON front feed it; it
//! knows neither's syntax, but what Kubernetes refuses of well-formed YAML is refused here.

use std::borrow::Cow;

use policyc_text::Span;

use super::keys::{KeyTable, Sym};
use super::limits::Limits;
use super::node::{Kind, MAX_KEY_LENGTH, MERGE, Node, NodeId, ODD_KEY, POOLED, Style, TAGGED};
use super::scalar::{Native, Tag, is_endless, is_null, native, resolve_tagged};
use super::tree::{Duplicate, OddKey, Tagged, Tree};

/// Text of a key that has none; it is seen only where Kubernetes throws the key away.
const NO_KEY: &str = "\0";

/// Why a document cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The smallest span that shows it.
    pub span: Span,
    /// Lowercase, one sentence.
    pub reason: String,
    /// The code that a diagnostic about it has.
    pub code: &'static str,
    /// What would help.
    pub hint: Option<&'static str>,
}

impl Refusal {
    /// Well-formed YAML that Kubernetes does not take.
    pub(super) fn new(span: Span, reason: impl Into<String>) -> Box<Self> {
        Box::new(Self { span, reason: reason.into(), code: "yaml/kubernetes-refuses", hint: None })
    }

    /// Not well-formed, and what would help.
    pub(super) fn syntax(span: Span, reason: impl Into<String>, hint: &'static str) -> Box<Self> {
        Box::new(Self { span, reason: reason.into(), code: "yaml/syntax", hint: Some(hint) })
    }

    /// More than the limits allow.
    pub(super) fn limit(span: Span, reason: impl Into<String>) -> Box<Self> {
        Box::new(Self { span, reason: reason.into(), code: "yaml/limit", hint: None })
    }

    /// Aliases that cannot be written out.
    pub(super) fn aliasing(span: Span, reason: impl Into<String>) -> Box<Self> {
        Box::new(Self { span, reason: reason.into(), code: "yaml/alias-expansion", hint: None })
    }
}

pub(super) type Built<T = ()> = Result<T, Box<Refusal>>;

/// A scalar as its front read it.
pub(super) struct ScalarEvent {
    pub(super) span: Span,
    pub(super) style: Style,
    /// The value, where that is not what stands in the span, quotes left out.
    pub(super) decoded: Option<String>,
    /// Full name of the tag.
    pub(super) tag: Option<String>,
    /// Number of the anchor, 0 where there is none.
    pub(super) anchor: usize,
}

/// A collection that is still open.
struct Frame {
    node: NodeId,
    mapping: bool,
    last_child: u32,
    end: u32,
    key: Option<PendingKey>,
    merges: bool,
    /// Where the hashes of its keys start.
    hashes: usize,
    /// A bit for each hash.
    seen: u64,
    /// Whether two hashes share a bit.
    collides: bool,
}

/// A key whose value has not come yet.
struct PendingKey {
    span: Span,
    sym: Sym,
    style: Style,
    flags: u32,
    alias: bool,
    text: Option<Box<str>>,
}

/// Builds one document into a tree.
pub(super) struct Builder<'b> {
    tree: &'b mut Tree,
    /// The tree's text.
    text: &'b str,
    keys: &'b KeyTable,
    limits: &'b Limits,
    frames: Vec<Frame>,
    /// Hashes of the keys of the open mappings.
    hashes: Vec<u32>,
    // Anchor numbers start at 1 and rise by 1.
    anchors: Vec<Option<NodeId>>,
    root: Option<NodeId>,
    before: Marks,
    uses_aliases: bool,
    /// Mappings with duplicates or merges, in the order in which they ended.
    overlaid: Vec<NodeId>,
    /// What JSON has no form for. Kubernetes refuses it only where no later entry of the same key replaces it.
    doubts: Vec<(NodeId, Box<Refusal>)>,
}

/// How full the tables were before the document.
struct Marks {
    nodes: usize,
    pool: usize,
    pooled: usize,
    odd_keys: usize,
    tagged: usize,
    duplicates: usize,
    effective: usize,
    effective_entries: usize,
}

impl<'b> Builder<'b> {
    pub(super) fn new(tree: &'b mut Tree, text: &'b str, keys: &'b KeyTable, limits: &'b Limits) -> Self {
        let before = Marks {
            nodes: tree.nodes.len(),
            pool: tree.pool.len(),
            pooled: tree.pooled.len(),
            odd_keys: tree.odd_keys.len(),
            tagged: tree.tagged.len(),
            duplicates: tree.duplicates.len(),
            effective: tree.effective.len(),
            effective_entries: tree.effective_entries.len(),
        };
        Self {
            tree,
            text,
            keys,
            limits,
            frames: Vec::with_capacity(16),
            hashes: Vec::with_capacity(64),
            anchors: Vec::new(),
            root: None,
            before,
            uses_aliases: false,
            overlaid: Vec::new(),
            doubts: Vec::new(),
        }
    }

    /// The finished document's topmost node.
    pub(super) fn root(&self) -> Option<NodeId> {
        self.root
    }

    pub(super) fn tree(&self) -> &Tree {
        self.tree
    }

    /// Runs the checks that need the whole document, on the mappings with duplicates or merges and whether aliases
    /// occur; takes the document back where they refuse it.
    pub(super) fn complete(mut self, check: impl FnOnce(&mut Tree, Vec<NodeId>, bool) -> Built) -> Built {
        let overlaid = std::mem::take(&mut self.overlaid);
        let result = check(self.tree, overlaid, self.uses_aliases).and_then(|()| self.settle_doubts());
        if result.is_err() {
            self.discard();
        }
        result
    }

    /// Refuses the first thing in doubt that the document still holds where duplicates are resolved.
    fn settle_doubts(&mut self) -> Built {
        let Some(root) = self.root.filter(|_| !self.doubts.is_empty()) else { return Ok(()) };
        let base = self.before.nodes;
        let mut seen = vec![false; self.tree.nodes.len() - base];
        let mut open = vec![root];
        while let Some(node) = open.pop() {
            let Some(mark) = node.index().checked_sub(base).and_then(|at| seen.get_mut(at)) else { continue };
            if std::mem::replace(mark, true) {
                continue;
            }
            match self.tree.kind(node) {
                Kind::Alias => open.push(self.tree.resolve(node)),
                Kind::Mapping => open.extend(self.tree.entries(node).map(|entry| entry.value)),
                Kind::Sequence => open.extend(self.tree.items(node)),
                Kind::Null | Kind::Scalar => {}
            }
        }
        let held = |node: NodeId| node.index().checked_sub(base).and_then(|at| seen.get(at)).copied() == Some(true);
        match self.doubts.drain(..).find(|(node, _)| held(*node)) {
            Some((_, refusal)) => Err(refusal),
            None => Ok(()),
        }
    }

    /// Takes back everything that the document put into the tree.
    pub(super) fn discard(self) {
        let (tree, before) = (self.tree, self.before);
        tree.nodes.truncate(before.nodes);
        tree.pool.truncate(before.pool);
        tree.pooled.truncate(before.pooled);
        tree.odd_keys.truncate(before.odd_keys);
        tree.tagged.truncate(before.tagged);
        tree.duplicates.truncate(before.duplicates);
        tree.effective.truncate(before.effective);
        tree.effective_entries.truncate(before.effective_entries);
    }

    pub(super) fn scalar(&mut self, event: ScalarEvent) -> Built {
        if self.awaits_key() {
            return self.scalar_key(event);
        }
        let ScalarEvent { span, style, decoded, tag, anchor } = event;
        if let Some(tag) = tag {
            return self.tagged_scalar(span, style, decoded, tag, anchor);
        }
        let text = decoded.as_deref().unwrap_or_else(|| written(self.text, span, style));
        let null = style == Style::Plain && is_null(text);
        let doubt = (style == Style::Plain && is_endless(text)).then(|| no_number(span, text));
        let node = self.push(if null { Kind::Null } else { Kind::Scalar }, style, span)?;
        self.doubts.extend(doubt.map(|refusal| (node, refusal)));
        if let Some(decoded) = decoded {
            self.keep_text(node, &decoded);
        }
        self.anchor(anchor, node);
        Ok(())
    }

    fn tagged_scalar(
        &mut self,
        span: Span,
        style: Style,
        decoded: Option<String>,
        tag: String,
        anchor: usize,
    ) -> Built {
        let text = decoded.as_deref().unwrap_or_else(|| written(self.text, span, style));
        let (value, other) = value_of(span, style, Some(&tag), text)?;
        let endless = matches!(value, Native::Float(number) if !number.is_finite());
        let doubt = endless.then(|| no_number(span, text));
        let kind = if value == Native::Null { Kind::Null } else { Kind::Scalar };
        let node = self.push(kind, style, span)?;
        self.doubts.extend(doubt.map(|refusal| (node, refusal)));
        if let Some(text) = other.or(decoded) {
            self.keep_text(node, &text);
        }
        self.keep_tag(node, tag, value);
        self.anchor(anchor, node);
        Ok(())
    }

    pub(super) fn alias(&mut self, anchor: usize, span: Span) -> Built {
        self.uses_aliases = true;
        let Some(target) = self.anchors.get(anchor).copied().flatten() else {
            return Err(Refusal::syntax(
                span,
                "this alias refers to no anchor before it",
                "put the anchor, `&name`, before the value that the alias stands for",
            ));
        };
        if self.awaits_key() {
            return self.alias_key(target, span);
        }
        let node = self.push(Kind::Alias, Style::Plain, span)?;
        self.tree.nodes[node.index()].child = target.0;
        Ok(())
    }

    /// Opens a mapping or sequence.
    pub(super) fn open(&mut self, kind: Kind, style: Style, span: Span, anchor: usize) -> Built {
        if self.awaits_key() {
            return Err(Refusal::new(span, "Kubernetes refuses keys that are not scalars"));
        }
        if self.frames.len() >= self.limits.depth {
            return Err(Refusal::limit(span, format!("this is nested deeper than {} levels", self.limits.depth)));
        }
        let node = self.push(kind, style, span)?;
        self.anchor(anchor, node);
        let mapping = kind == Kind::Mapping;
        let frame = Frame {
            node,
            mapping,
            last_child: NodeId::NONE,
            end: span.end,
            key: None,
            merges: false,
            hashes: self.hashes.len(),
            seen: 0,
            collides: false,
        };
        self.frames.push(frame);
        Ok(())
    }

    /// Closes the collection opened last; `end` is the end of its bracket, `None` for a block collection.
    pub(super) fn close(&mut self, end: Option<u32>) {
        let Some(frame) = self.frames.pop() else { return };
        let end = end.unwrap_or(frame.end);
        let start = &mut self.tree.nodes[frame.node.index()];
        start.end = end.max(start.start);
        if frame.mapping {
            let equal = frame.collides && has_equal_pair(self.hashes.get_mut(frame.hashes..).unwrap_or_default());
            self.hashes.truncate(frame.hashes);
            let duplicates = equal && self.find_duplicates(frame.node);
            if duplicates || frame.merges {
                self.overlaid.push(frame.node);
            }
        }
        if let Some(parent) = self.frames.last_mut() {
            parent.end = parent.end.max(end);
        }
    }

    fn awaits_key(&self) -> bool {
        self.frames.last().is_some_and(|frame| frame.mapping && frame.key.is_none())
    }

    fn anchor(&mut self, number: usize, node: NodeId) {
        if number == 0 {
            return;
        }
        if self.anchors.len() <= number {
            self.anchors.resize(number + 1, None);
        }
        self.anchors[number] = Some(node);
    }

    /// Adds a node under the innermost open collection.
    fn push(&mut self, kind: Kind, style: Style, span: Span) -> Built<NodeId> {
        let node = self.detached(kind, style, span)?;
        let Some(frame) = self.frames.last_mut() else {
            self.root.get_or_insert(node);
            return Ok(node);
        };
        frame.end = frame.end.max(span.end);
        if let Some(key) = frame.key.take() {
            self.tree.nodes[node.index()].set_key(key.sym, key.span, key.style, key.flags);
            if key.flags & ODD_KEY != 0 {
                let length = key.span.end - key.span.start;
                self.tree.odd_keys.push(OddKey { node, length, alias: key.alias, text: key.text });
            }
        }
        let link = match frame.last_child {
            NodeId::NONE => &mut self.tree.nodes[frame.node.index()].child,
            last => &mut self.tree.nodes[last as usize].next,
        };
        *link = node.0;
        frame.last_child = node.0;
        Ok(node)
    }

    /// Adds a node that no other node links to.
    fn detached(&mut self, kind: Kind, style: Style, span: Span) -> Built<NodeId> {
        let count = self.tree.nodes.len();
        if count >= self.limits.nodes {
            return Err(Refusal::limit(span, format!("the file has more than {} nodes", self.limits.nodes)));
        }
        self.tree.nodes.push(Node::new(kind, style, span));
        Ok(NodeId(u32::try_from(count).unwrap_or(NodeId::NONE)))
    }

    /// Keeps a decoded text, unless the source spells it.
    fn keep_text(&mut self, node: NodeId, text: &str) {
        if self.tree.text(node) == text {
            return;
        }
        let start = self.tree.pool.len();
        self.tree.pool.push_str(text);
        let number = u32::try_from(self.tree.pooled.len()).unwrap_or(NodeId::NONE);
        self.tree.pooled.push(Span::new(start, self.tree.pool.len()));
        let this = &mut self.tree.nodes[node.index()];
        this.child = number;
        this.set(POOLED);
    }

    fn keep_tag(&mut self, node: NodeId, tag: String, value: Native) {
        self.tree.nodes[node.index()].set(TAGGED);
        self.tree.tagged.push(Tagged { node, value, tag: tag.into() });
    }

    fn scalar_key(&mut self, event: ScalarEvent) -> Built {
        let ScalarEvent { span, style, decoded, tag, anchor } = event;
        let source = written(self.text, span, style);
        let text = decoded.as_deref().unwrap_or(source);
        let merge = text == "<<"
            && match tag.as_deref() {
                None => style == Style::Plain,
                Some(tag) => tag == "!" || Tag::from_uri(tag) == Tag::Merge,
            };
        let (value, other) = value_of(span, style, tag.as_deref(), text)?;
        let mut doubt = None;
        let spelled = match value {
            Native::Str => other.as_deref().map(Cow::Borrowed),
            value => value.key().unwrap_or_else(|what| {
                doubt = Some(no_key(span, what));
                Some(Cow::Borrowed(NO_KEY))
            }),
        };
        let name = spelled.as_deref().unwrap_or(text);
        let odd = (spelled.is_some() || decoded.is_some()) && name != source;
        let flags =
            if merge { MERGE } else { 0 } | if odd || span.len() > MAX_KEY_LENGTH as usize { ODD_KEY } else { 0 };
        let (sym, hash) = if merge { (Sym::OTHER, 0) } else { self.keys.find(name) };
        let kept = odd.then(|| name.into());
        self.set_pending(PendingKey { span, sym, style, flags, alias: false, text: kept }, hash);
        if anchor != 0 {
            // An alias may name a key; it then needs a node, which hangs nowhere.
            let kind = if value == Native::Null { Kind::Null } else { Kind::Scalar };
            let endless = matches!(value, Native::Float(number) if !number.is_finite());
            let refusal = endless.then(|| no_number(span, text));
            let node = self.detached(kind, style, span)?;
            self.doubts.extend(refusal.map(|refusal| (node, refusal)));
            if let Some(text) = other.or(decoded) {
                self.keep_text(node, &text);
            }
            if let Some(tag) = tag {
                self.keep_tag(node, tag, value);
            }
            self.anchor(anchor, node);
        }
        self.doubt_entry(doubt);
        Ok(())
    }

    /// Keeps a doubt about the key whose value comes next.
    fn doubt_entry(&mut self, doubt: Option<Box<Refusal>>) {
        if let Some(refusal) = doubt {
            let value = u32::try_from(self.tree.nodes.len()).unwrap_or(NodeId::NONE);
            self.doubts.push((NodeId(value), refusal));
        }
    }

    fn alias_key(&mut self, target: NodeId, span: Span) -> Built {
        let Some(value) = self.tree.native(target) else {
            return Err(Refusal::new(span, "Kubernetes refuses keys that are not scalars"));
        };
        let mut doubt = None;
        let text: Box<str> = match value.key() {
            Ok(Some(spelled)) => spelled.as_ref().into(),
            Ok(None) => self.tree.text(target).into(),
            Err(what) => {
                doubt = Some(no_key(span, what));
                NO_KEY.into()
            }
        };
        let (sym, hash) = self.keys.find(&text);
        let key = PendingKey { span, sym, style: Style::Plain, flags: ODD_KEY, alias: true, text: Some(text) };
        self.set_pending(key, hash);
        self.doubt_entry(doubt);
        Ok(())
    }

    fn set_pending(&mut self, key: PendingKey, hash: u32) {
        if let Some(frame) = self.frames.last_mut() {
            let merge = key.flags & MERGE != 0;
            frame.merges |= merge;
            frame.end = frame.end.max(key.span.end);
            frame.key = Some(key);
            if !merge {
                let bit = 1 << (hash % 64);
                frame.collides |= frame.seen & bit != 0;
                frame.seen |= bit;
                self.hashes.push(hash);
            }
        }
    }

    /// Notes the keys that stand twice; gives whether there are any.
    fn find_duplicates(&mut self, map: NodeId) -> bool {
        let tree = &*self.tree;
        let entries = tree.raw_entries(map).map(|entry| entry.value).filter(|entry| !tree.is_merge(*entry));
        let mut sorted: Vec<(&str, NodeId)> = entries.map(|entry| (tree.key_text(entry), entry)).collect();
        sorted.sort_unstable();
        let pairs = sorted.windows(2).filter(|pair| pair[0].0 == pair[1].0);
        let mut found: Vec<Duplicate> = pairs.map(|pair| Duplicate { earlier: pair[0].1, later: pair[1].1 }).collect();
        found.sort_unstable_by_key(|duplicate| duplicate.later);
        let any = !found.is_empty();
        self.tree.duplicates.append(&mut found);
        any
    }
}

/// Whether two of a mapping's key hashes are equal.
fn has_equal_pair(hashes: &mut [u32]) -> bool {
    if hashes.len() <= 16 {
        return hashes.iter().enumerate().any(|(at, hash)| hashes[..at].contains(hash));
    }
    hashes.sort_unstable();
    hashes.windows(2).any(|pair| pair[0] == pair[1])
}

/// What stands in the span of a scalar, quotes left out.
#[inline]
fn written(text: &str, span: Span, style: Style) -> &str {
    let quotes = usize::from(matches!(style, Style::SingleQuoted | Style::DoubleQuoted));
    text.get(span.start as usize + quotes..(span.end as usize).saturating_sub(quotes)).unwrap_or_default()
}

fn no_number(span: Span, text: &str) -> Box<Refusal> {
    Refusal::new(span, format!("Kubernetes refuses `{text}`: JSON has no such number"))
}

fn no_key(span: Span, what: &str) -> Box<Refusal> {
    Refusal::new(span, format!("Kubernetes refuses {what} as a key"))
}

/// The value of a scalar and its text where that is another than the scalar's.
fn value_of(span: Span, style: Style, tag: Option<&str>, text: &str) -> Built<(Native, Option<String>)> {
    match tag {
        Some(tag) => resolve_tagged(Tag::from_uri(tag), text).map_err(|reason| Refusal::new(span, reason)),
        None if style == Style::Plain => Ok((native(text), None)),
        None => Ok((Native::Str, None)),
    }
}
