//! Documents to be laid out: texts with places where a line may break, and the one algorithm that decides which do. It
//! knows nothing of policies.

/// Widest line, in characters, that a break could make shorter.
pub(super) const WIDTH: usize = 120;

/// Numbers a group, for what depends on whether it was broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct GroupId(pub(super) usize);

/// A piece of output.
#[derive(Clone, Debug)]
pub(super) enum Doc<'t> {
    /// A text; the lines after its first one are written as they are.
    Text(&'t str),
    /// A blank, or a line break where the group is broken.
    Line,
    /// Nothing, or a line break where the group is broken.
    Soft,
    /// A line break.
    Hard,
    /// An empty line.
    Blank,
    /// A comma where the group is broken.
    Comma,
    /// Further to the right by so many columns.
    Indent(usize, Vec<Doc<'t>>),
    /// On one line if that fits, else broken at all its own places. Groups that each begin with their break, one after
    /// the other, fill lines.
    Group(Option<GroupId>, Vec<Doc<'t>>),
    /// A blank where the group was broken, else a line break.
    BlankIfBroken(GroupId),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Flat,
    Broken,
}

#[derive(Clone, Copy)]
struct Job<'d, 't> {
    indent: usize,
    mode: Mode,
    doc: &'d Doc<'t>,
}

/// Writes documents. `newline` is what ends a line.
pub(super) struct Printer<'n> {
    out: String,
    /// Characters on the line so far; the indentation counts once something follows it.
    column: usize,
    /// Indentation that the next text needs.
    pending: usize,
    newline: &'n str,
    broken: Vec<bool>,
}

impl<'n> Printer<'n> {
    pub(super) fn new(newline: &'n str, groups: usize) -> Self {
        Self { out: String::new(), column: 0, pending: 0, newline, broken: vec![false; groups] }
    }

    /// The whole text.
    pub(super) fn print(mut self, docs: &[Doc<'_>]) -> String {
        let mut jobs: Vec<Job<'_, '_>> = Vec::new();
        extend(&mut jobs, 0, Mode::Broken, docs);
        while let Some(Job { indent, mode, doc }) = jobs.pop() {
            match doc {
                Doc::Text(text) => self.text(text),
                Doc::Line if mode == Mode::Flat => self.text(" "),
                Doc::Soft | Doc::Comma if mode == Mode::Flat => {}
                Doc::Line | Doc::Soft | Doc::Hard => self.line(indent, 1),
                Doc::Blank => self.line(indent, 2),
                Doc::Comma => self.text(","),
                Doc::Indent(by, docs) => extend(&mut jobs, indent + by, mode, docs),
                Doc::Group(id, docs) => {
                    let flat = mode == Mode::Flat || self.fits(docs, &jobs);
                    if let Some(broken) = id.and_then(|id| self.broken.get_mut(id.0)) {
                        *broken = !flat;
                    }
                    extend(&mut jobs, indent, if flat { Mode::Flat } else { Mode::Broken }, docs);
                }
                Doc::BlankIfBroken(id) => {
                    let broken = self.broken.get(id.0).copied().unwrap_or_default();
                    if broken { self.text(" ") } else { self.line(indent, 1) }
                }
            }
        }
        self.out
    }

    fn text(&mut self, text: &str) {
        if text.is_empty() || (text == " " && self.pending > 0) {
            return;
        }
        if self.pending > 0 {
            self.out.extend(std::iter::repeat_n(' ', self.pending));
            self.column += self.pending;
            self.pending = 0;
        }
        self.out.push_str(text);
        match text.rsplit_once('\n') {
            Some((_, last)) => self.column = last.chars().count(),
            None => self.column += text.chars().count(),
        }
    }

    fn line(&mut self, indent: usize, times: usize) {
        if self.out.is_empty() {
            return;
        }
        while self.out.ends_with(' ') {
            self.out.pop();
        }
        for _ in 0..times {
            self.out.push_str(self.newline);
        }
        (self.column, self.pending) = (0, indent);
    }

    /// Whether documents fit on the line, laid out flat, with what follows them up to its first break.
    fn fits(&self, docs: &[Doc<'_>], rest: &[Job<'_, '_>]) -> bool {
        let used = self.column + self.pending;
        let Some(mut left) = WIDTH.checked_sub(used) else { return false };
        let mut jobs: Vec<Job<'_, '_>> = Vec::new();
        extend(&mut jobs, 0, Mode::Flat, docs);
        let mut rest = rest.iter().rev();
        let mut own = true;
        loop {
            let Job { mode, doc, .. } = match jobs.pop() {
                Some(job) => job,
                None => match rest.next() {
                    Some(job) => {
                        own = false;
                        *job
                    }
                    None => return true,
                },
            };
            let width = match doc {
                Doc::Text(text) => match text.split_once('\n') {
                    Some((first, _)) => return first.chars().count() <= left,
                    None => text.chars().count(),
                },
                Doc::Line if mode == Mode::Flat => 1,
                Doc::Soft | Doc::Comma if mode == Mode::Flat => 0,
                Doc::Comma => 1,
                // A comment within the documents themselves needs its line end.
                Doc::Line | Doc::Soft | Doc::Hard | Doc::Blank | Doc::BlankIfBroken(_) => return !own,
                Doc::Indent(_, docs) | Doc::Group(_, docs) => {
                    extend(&mut jobs, 0, mode, docs);
                    0
                }
            };
            match left.checked_sub(width) {
                Some(rest) => left = rest,
                None => return false,
            }
        }
    }
}

fn extend<'d, 't>(jobs: &mut Vec<Job<'d, 't>>, indent: usize, mode: Mode, docs: &'d [Doc<'t>]) {
    jobs.extend(docs.iter().rev().map(|doc| Job { indent, mode, doc }));
}
