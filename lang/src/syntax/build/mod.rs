//! From the generated parser's nodes to the tree: precedence, escapes, indentation, and the mistakes that the grammar
//! lets pass because they are better explained here.

mod chain;
mod expr;
mod item;
mod literal;
mod statement;
mod types;
mod view;

use policyc_text::{Diagnostic, FileId, Span};

pub(super) use item::ProfileBody;

use super::ast::{DottedName, Expr, ExprKind, Name};
use super::grammar::{Node, Parts, Rule};
use super::lexis;
use super::scan::Token;

/// How deep the tree of one expression may be: what goes over it later may do so by recursion.
pub(super) const MAX_DEPTH: usize = 256;

/// The stable name of what this module and the rest of the parser report.
pub(super) const CODE: &str = "policy/syntax";

/// Names that people bring from other languages for what a rule judges.
const FOREIGN_SUBJECTS: &[&str] = &["input", "self", "this"];

/// Makes trees of nodes, collecting diagnostics on the way.
pub(super) struct Builder<'t> {
    file: FileId,
    /// The file's tokens.
    tokens: &'t [Token],
    /// Where the parsed piece starts in its file, as a byte offset.
    pub(super) base: usize,
    /// What was found so far.
    pub(super) diagnostics: Vec<Diagnostic>,
    /// Uses of `input.x` and the like, to be reported unless something is called so.
    foreign: Vec<Name>,
    /// Which of those words are names in this file.
    bound: Vec<String>,
}

impl<'t> Builder<'t> {
    /// A builder for one file and its tokens.
    pub(super) fn new(file: FileId, tokens: &'t [Token]) -> Self {
        Self { file, tokens, base: 0, diagnostics: Vec::new(), foreign: Vec::new(), bound: Vec::new() }
    }

    /// Reports a mistake, with what to write instead.
    pub(super) fn error(&mut self, span: Span, message: impl Into<String>, hint: impl Into<String>) {
        self.diagnostics.push(Diagnostic::error(CODE, self.file, span, message).with_hint(hint));
    }

    /// Reports uses of `input` and the like where nothing in the file is called so.
    pub(super) fn report_foreign_subjects(&mut self) {
        for name in std::mem::take(&mut self.foreign) {
            if !self.bound.contains(&name.text) {
                let message = format!("there is no `{}` in a policy", name.text);
                let hint = "write the name that the rule's head or a loop gives, as `w` in `on workload w`";
                self.error(name.span, message, hint);
            }
        }
    }

    fn span(&self, node: &Node<'_>) -> Span {
        let span = node.as_span();
        Span::new(self.base + span.start(), self.base + span.end())
    }

    /// The span of a node up to its last token: the grammar lets nodes that may go on take blanks and comments along.
    /// Not for what stands in a text's braces, which has no tokens.
    fn tight_span(&self, node: &Node<'_>) -> Span {
        let span = self.span(node);
        let after = self.tokens.partition_point(|token| token.span.start < span.end);
        let last = after.checked_sub(1).and_then(|last| self.tokens.get(last));
        let end = last.map_or(span.end, |token| token.span.end.min(span.end));
        Span { start: span.start, end: end.max(span.start) }
    }

    fn name_of(&self, node: &Node<'_>) -> Name {
        Name { text: node.as_str().to_owned(), span: self.span(node) }
    }

    /// The next part as a name that is no variable: an item, a type, a template.
    fn name(&self, parts: &mut Parts<'_>) -> Name {
        let node = parts.next_of_any(|rule| matches!(rule, Rule::name | Rule::field_name | Rule::word | Rule::id));
        node.map_or_else(|| Name { text: String::new(), span: Span::empty_at(self.base) }, |node| self.name_of(&node))
    }

    /// The next part as a variable.
    fn variable(&mut self, parts: &mut Parts<'_>) -> Name {
        let name = self.name(parts);
        self.note_variable(&name);
        name
    }

    fn note_variable(&mut self, name: &Name) {
        if FOREIGN_SUBJECTS.contains(&name.text.as_str()) && !self.bound.contains(&name.text) {
            self.bound.push(name.text.clone());
        }
    }

    /// The next part as a rule's or profile's id.
    fn id(&mut self, parts: &mut Parts<'_>) -> Name {
        let name = self.name(parts);
        self.check_id(&name);
        name
    }

    fn check_id(&mut self, name: &Name) {
        if !name.text.is_empty() && !lexis::is_kebab(&name.text) {
            let message = format!("`{}` is no rule id: ids are lowercase words with dashes between them", name.text);
            self.error(name.span, message, format!("write `{}`", lexis::to_kebab(&name.text)));
        }
    }

    fn dotted(&self, parts: &mut Parts<'_>) -> DottedName {
        let Some(node) = parts.next_of(Rule::dotted) else {
            return DottedName { parts: Vec::new(), span: Span::empty_at(self.base) };
        };
        let span = self.span(&node);
        DottedName { parts: Parts::of(node).map(|part| self.name_of(&part)).collect(), span }
    }

    /// The text in the next part, plain or raw.
    fn string(&mut self, parts: &mut Parts<'_>) -> Expr {
        match parts.next_of_any(|rule| matches!(rule, Rule::text | Rule::raw)) {
            Some(node) => self.literal(node),
            None => self.bad_expr(),
        }
    }

    fn bad_expr(&self) -> Expr {
        Expr { kind: ExprKind::Bad, span: Span::empty_at(self.base) }
    }
}
