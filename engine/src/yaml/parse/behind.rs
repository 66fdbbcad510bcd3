//! What stands behind the topmost value. go-yaml takes only the first document of a text, so most of it counts for
//! nothing; but it looks ahead for the colon of a key, and what it stumbles over there refuses the document.

use super::Parser;
use crate::yaml::build::Built;

impl<'t> Parser<'t, '_, '_> {
    /// Reads on behind the topmost value as far as go-yaml looks ahead; gives where text starts that it passes over.
    pub(super) fn after_root(&mut self) -> Built<Option<u32>> {
        // Keys that may still find their colon: the topmost value, and the first token behind it.
        let mut keys = [self.root_key, None];
        let mut first: Option<usize> = None;
        let mut opened: Option<usize> = None;
        loop {
            let reach = |parser: &Self, key: Option<usize>| key.is_some_and(|start| parser.scan.within_reach(start));
            if first.is_some() && !keys.iter().any(|key| reach(self, *key)) {
                break;
            }
            self.scan.seek();
            if self.scan.is_at_end() {
                break;
            }
            let at = self.scan.at;
            let of_root = reach(self, keys[0]);
            let block = self.scan.flow == 0;
            if block && self.scan.next() == b':' && self.scan.is_blank(at + 1) && !of_root {
                let of_first = reach(self, keys[1]);
                if of_first || reach(self, self.forgotten_key) {
                    self.step(false);
                    first = first.or(Some(at));
                    break;
                }
            }
            let ends_keys = block && matches!(self.scan.next(), b',' | b']' | b'}' | b'|' | b'>');
            // go-yaml forgets that empty brackets could be a key.
            let closes = matches!(self.scan.next(), b']' | b'}');
            if closes && opened.is_some() && opened == keys[1] {
                keys[1] = None;
            }
            opened = matches!(self.scan.next(), b'[' | b'{').then_some(at);
            let may_start = self.scan.may_start;
            let is_word = self.skip_token(of_root)?;
            if ends_keys {
                keys = [None, None];
            }
            if first.is_none() {
                first = Some(at);
                keys[1] = (is_word && may_start && block).then_some(at);
            }
        }
        Ok(first.and_then(|at| self.passed_over(at)).and_then(|at| u32::try_from(at).ok()))
    }

    /// Goes past one token behind the topmost value; says whether it could be a key. A colon makes a mapping of a topmost
    /// value that is finished already.
    pub(super) fn skip_token(&mut self, key_is_open: bool) -> Built<bool> {
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
            b':' if block && blank && (key_is_open || !may_start) => return self.late_colon(),
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

    /// Where text starts, from byte `at` on, that is no mark of a document's end and no directive: what a directive
    /// belongs to stands behind the next `---`, where Kubernetes cuts.
    pub(super) fn passed_over(&self, mut at: usize) -> Option<usize> {
        for line in self.scan.rest(at).split_inclusive('\n') {
            let text = line.trim();
            if !text.is_empty() && !line.starts_with(['%', '#']) && text != "..." {
                return Some(at + line.len() - line.trim_start().len());
            }
            at += line.len();
        }
        None
    }
}
