//! Block collections: dashes, keys with and without `?`, and where indentation ends them.

use policyc_text::Span;

use super::{Block, Expect, Parser};
use crate::yaml::build::Built;
use crate::yaml::node::{Kind, Style};
use crate::yaml::scan::{Scalar, refuse};

impl<'t> Parser<'t, '_, '_> {
    /// Ends block collections that are indented deeper than `indent`, a column plus one.
    pub(super) fn unroll(&mut self, indent: usize) -> Built {
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
    pub(super) fn settle(&mut self) -> Built {
        if self.top.kind == Block::LooseSeq {
            if self.top.expect == Expect::Item {
                self.empty()?;
            }
            self.builder.close(None);
            self.pop();
        }
        Ok(())
    }

    /// `-` and a blank.
    pub(super) fn dash(&mut self) -> Built {
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
    pub(super) fn question(&mut self) -> Built {
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
    pub(super) fn colon(&mut self) -> Built {
        if let Some(start) = self.near.as_ref().filter(|near| near.key).map(|near| near.start)
            && self.scan.within_reach(start)
        {
            let key = Scalar { span: Span::empty_at(self.mark), style: Style::Plain, decoded: None };
            return self.key(start, key);
        }
        let may_start = self.scan.may_start;
        if self.scan.flow == 0 {
            if !may_start {
                return self.late_colon();
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

    /// Brings a block mapping to where a key may come.
    pub(super) fn before_key(&mut self) -> Built {
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
    pub(super) fn open_block(&mut self, kind: Kind, block: Block, at: usize) -> Built {
        self.open_block_at(kind, block, at, at - self.scan.line)
    }

    pub(super) fn open_block_at(&mut self, kind: Kind, block: Block, at: usize, column: usize) -> Built {
        let properties = self.held.take();
        self.accept_at(Span::new(at, at))?;
        self.open(kind, Style::Block, Span::empty_at(at), properties)?;
        self.push(block, Expect::Key, at);
        self.scan.indent = column + 1;
        Ok(())
    }

    /// Makes room for a key without `?` that starts at `start`, its properties included.
    pub(super) fn start_key(&mut self, start: usize) -> Built {
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

    /// Whether only a key of the innermost block mapping can start at `start`, on this line.
    #[inline]
    pub(super) fn is_key_column(&self, start: usize) -> bool {
        self.scan.flow == 0 && self.scan.indent > 0 && start.checked_sub(self.scan.line) == Some(self.scan.indent - 1)
    }
}
