//! Collections in brackets and braces.

use policyc_text::Span;

use super::{Block, Expect, Parser};
use crate::yaml::build::Built;
use crate::yaml::node::{Kind, Style};
use crate::yaml::scan::refuse;

impl<'t> Parser<'t, '_, '_> {
    /// The kind of the innermost bracket.
    pub(super) fn bracket_kind(&self) -> Block {
        match self.top.kind {
            Block::Pair => Block::FlowSeq,
            kind => kind,
        }
    }

    /// `[` or `{`
    pub(super) fn open_flow(&mut self, bracket: u8) -> Built {
        let at = self.scan.at;
        let start = self.before_node()?;
        if start.is_some_and(|start| self.is_key_column(start)) {
            return refuse(self.scan.here(), "Kubernetes refuses keys that are not scalars", "write the key as a word");
        }
        let properties = self.take_properties()?;
        if self.top.expect == Expect::Done {
            return Ok(());
        }
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
    pub(super) fn close_flow(&mut self, bracket: u8) -> Built {
        if self.scan.flow == 0 {
            self.flush()?;
            if self.top.expect == Expect::Done {
                return Ok(());
            }
            let sign = char::from(bracket);
            return refuse(
                self.scan.here(),
                format!("this `{sign}` closes nothing"),
                "leave it out, or put it in quotes",
            );
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
        if self.mark == self.top.open + 1 {
            // go-yaml forgets that empty brackets could be a key, and when a colon follows it does not notice.
            self.forgotten_key = self.root_key.take_if(|start| *start == self.top.open);
        }
        self.step(false);
        self.scan.flow -= 1;
        self.builder.close(Some(Span::empty_at(self.scan.at).start));
        self.pop();
        self.finished()
    }

    pub(super) fn comma(&mut self) -> Built {
        self.flush()?;
        if self.scan.flow > 0 {
            self.end_entry()?;
        } else if self.top.expect == Expect::Done {
            return Ok(());
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
    pub(super) fn end_entry(&mut self) -> Built {
        match self.top.expect {
            Expect::PairKey | Expect::FlowKey => {
                self.empty()?;
                self.empty()
            }
            Expect::PairColon | Expect::PairValue | Expect::FlowColon | Expect::FlowValue => self.empty(),
            _ => Ok(()),
        }
    }
}
