//! From a file's text to its instructions: the outer loop. A mistake costs one instruction.

use policyc_text::{Diagnostic, FileId, Span};

use crate::arguments::{self, Refusal};
use crate::directive::{Directive, directive};
use crate::heredoc::{self, Bodies};
use crate::instruction::{Arguments, Dockerfile, Instruction};
use crate::keyword::Keyword;
use crate::lines::{self, Line, Lines, Logical};
use crate::{scope, stage, template, validate};

/// Longest line that BuildKit reads, in bytes without the `\n`.
const LONGEST_LINE: usize = 65_535;
/// Most instructions that are read of one file; what they take is decided by this, not by the bytes of the file. The
/// longest of thousands of public Dockerfiles has a few hundred.
const MOST_INSTRUCTIONS: usize = 100_000;
/// Most diagnostics for one file.
pub(crate) const MOST_DIAGNOSTICS: usize = 1000;

/// The code of what BuildKit refuses.
const REFUSED: &str = "dockerfile/syntax";

/// Reads a Dockerfile. The text may begin with a byte-order mark; spans are byte offsets in it.
#[must_use]
pub fn read(file: FileId, source: &str) -> Dockerfile<'_> {
    let mut reader = Reader::new(file, source);
    reader.lines();
    if let Some(span) = template::find(source, &reader.instructions) {
        reader.instructions.clear();
        reader.diagnostics = vec![template::diagnostic(file, span)];
        return reader.finish();
    }
    validate::file(&mut reader.instructions, source, file, &mut reader.diagnostics);
    reader.finish()
}

struct Reader<'t> {
    file: FileId,
    source: &'t str,
    escape: char,
    /// Directives may still follow.
    at_top: bool,
    directives: Vec<Directive<'t>>,
    comments: Vec<Span>,
    /// Comments directly above the next instruction.
    above: Vec<Span>,
    instructions: Vec<Instruction<'t>>,
    bodies: Bodies<'t>,
    diagnostics: Vec<Diagnostic>,
}

impl<'t> Reader<'t> {
    fn new(file: FileId, source: &'t str) -> Self {
        Self {
            file,
            source,
            escape: '\\',
            at_top: true,
            directives: Vec::new(),
            comments: Vec::new(),
            above: Vec::new(),
            instructions: Vec::new(),
            bodies: Bodies::default(),
            diagnostics: Vec::new(),
        }
    }

    fn finish(mut self) -> Dockerfile<'t> {
        self.diagnostics.sort_by_key(|diagnostic| diagnostic.location.span);
        if self.diagnostics.len() > MOST_DIAGNOSTICS {
            self.diagnostics.truncate(MOST_DIAGNOSTICS);
        }
        let mut stages = stage::stages(&mut self.instructions);
        scope::origins(self.escape, &self.instructions, &mut stages);
        Dockerfile {
            file: self.file,
            source: self.source,
            directives: self.directives,
            escape: self.escape,
            comments: self.comments,
            instructions: self.instructions,
            stages,
            diagnostics: self.diagnostics,
        }
    }

    fn refuse(&mut self, refusal: Refusal) {
        if self.diagnostics.len() >= MOST_DIAGNOSTICS {
            return;
        }
        let mut diagnostic = Diagnostic::error(REFUSED, self.file, refusal.span, refusal.message);
        diagnostic.hint = refusal.hint;
        self.diagnostics.push(diagnostic);
    }

    fn lines(&mut self) {
        let mut lines = Lines::new(self.source);
        while let Some(line) = lines.next() {
            if lines::is_comment(line.text(self.source)) {
                self.comment(line);
                continue;
            }
            self.at_top = false;
            if self.instructions.len() >= MOST_INSTRUCTIONS {
                return self.stop(line);
            }
            self.check_length(line);
            let after = lines.at();
            let Some(logical) = lines::join(self.source, &mut lines, line, self.escape) else { continue };
            self.check_lengths(after, lines.at());
            self.instruction(logical, &mut lines);
        }
    }

    /// Leaves the rest of the file unread, and says so: this one is told whatever else is wrong.
    fn stop(&mut self, line: Line) {
        let message = format!("the file has more than {MOST_INSTRUCTIONS} instructions, and the rest is not read");
        let span = Span::new(line.start, line.start + 1);
        self.diagnostics.truncate(MOST_DIAGNOSTICS - 1);
        self.diagnostics.push(Diagnostic::error("dockerfile/limit", self.file, span, message));
    }

    fn comment(&mut self, line: Line) {
        self.check_length(line);
        let span = lines::comment_span(self.source, line);
        let found = self.at_top.then(|| directive(self.source, span)).flatten();
        let Some(found) = found else {
            self.at_top = false;
            self.comments.push(span);
            // An empty comment parts a description from what it describes.
            if span.len() == 1 {
                self.above.clear();
            } else {
                self.above.push(span);
            }
            return;
        };
        if self.directives.iter().any(|earlier| earlier.is(&found.name.text)) {
            let message = format!("the parser directive `{}` stands here a second time", found.name.text);
            self.refuse(Refusal::new(found.span, message).hint("keep one of them"));
        } else if found.is("escape") {
            match &*found.value.text {
                "\\" => self.escape = '\\',
                "`" => self.escape = '`',
                other => {
                    let message = format!("`{other}` cannot be the escape character");
                    self.refuse(Refusal::new(found.value.span, message).hint("it is `\\` or `` ` ``"));
                }
            }
        }
        self.directives.push(found);
    }

    fn check_length(&mut self, line: Line) {
        if line.next - line.start > LONGEST_LINE && line.whole(self.source).trim_end_matches('\n').len() > LONGEST_LINE
        {
            let message = format!("the line is longer than {LONGEST_LINE} bytes, which BuildKit does not read");
            let span = Span::new(line.start, line.start + 1);
            self.refuse(Refusal::new(span, message).hint("break the line with a continuation"));
        }
    }

    fn check_lengths(&mut self, from: usize, upto: usize) {
        if upto.saturating_sub(from) <= LONGEST_LINE {
            return;
        }
        let mut lines = Lines::new(self.source);
        lines.seek(from);
        while let Some(line) = lines.next().filter(|line| line.start < upto) {
            self.check_length(line);
        }
    }

    fn instruction(&mut self, logical: Logical<'t>, lines: &mut Lines<'t>) {
        let (mut instruction, refusal) = arguments::instruction(&logical.text, self.escape);
        instruction.span = logical.span;
        instruction.comments = std::mem::take(&mut self.above);
        instruction.comments.extend(&logical.comments);
        instruction.blank_lines = logical.blank_lines;
        self.comments.extend(logical.comments);
        if let Some(refusal) = refusal {
            self.refuse(refusal);
        }
        if takes_heredocs(&instruction) {
            let from = lines.at();
            self.heredocs(&mut instruction, heredoc::in_line(&logical.text), lines);
            self.check_lengths(from, lines.at());
        }
        self.instructions.push(instruction);
    }

    fn heredocs(
        &mut self,
        instruction: &mut Instruction<'t>,
        announced: Vec<crate::instruction::Heredoc<'t>>,
        lines: &mut Lines<'t>,
    ) {
        for mut heredoc in announced {
            if self.bodies.read(self.source, lines, &mut heredoc) {
                instruction.span.end = heredoc.end.end;
                instruction.heredocs.push(heredoc);
                continue;
            }
            let message = format!("no line `{}` ends this here-document", heredoc.name);
            let refusal = Refusal::new(heredoc.word.span, message);
            self.refuse(refusal.hint(format!("write `{}` alone on a line", heredoc.name)));
            instruction.refused = true;
            self.skip_open_body(lines);
            return;
        }
    }

    /// Goes on at the next line that begins like an instruction, so that an open here-document is one mistake.
    fn skip_open_body(&mut self, lines: &mut Lines<'t>) {
        let mut at = lines.at();
        for line in lines.by_ref() {
            let word = line.text(self.source).split(' ').next().unwrap_or_default();
            if Keyword::from_text(word).is_some_and(|keyword| keyword.as_str() == word) {
                break;
            }
            at = line.next;
        }
        lines.seek(at);
    }
}

/// Whether here-documents may follow an instruction, or the one that it triggers.
fn takes_heredocs(instruction: &Instruction<'_>) -> bool {
    let inner = match &instruction.arguments {
        Arguments::Trigger(trigger) => trigger,
        _ => instruction,
    };
    inner.keyword.is_some_and(Keyword::takes_heredocs) && !inner.arguments.is_json() && !inner.refused
}
