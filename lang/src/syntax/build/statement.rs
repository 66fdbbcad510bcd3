//! Statements, checks with their clauses, fixes, and the lines of a rule's head.

use super::Builder;
use crate::syntax::ast::{
    Binder, Check, Expr, ExprKind, Fix, FixEdit, FixKind, Metadata, Name, Statement, StatementKind,
};
use crate::syntax::grammar::{Node, Parts, Rule};
use crate::syntax::lexis;

impl Builder<'_> {
    /// Metadata and statements, as a rule or a profile has them between its braces.
    pub(super) fn body(&mut self, nodes: Parts<'_>) -> (Vec<Metadata>, Vec<Statement>) {
        let (mut metadata, mut body) = (Vec::new(), Vec::new());
        for node in nodes {
            if node.as_rule() == Rule::metadata {
                metadata.push(self.metadata(node, !body.is_empty()));
            } else {
                body.push(self.statement(node));
            }
        }
        (metadata, body)
    }

    /// A line of a head; `late` where statements stand before it.
    pub(in crate::syntax) fn metadata(&mut self, node: Node<'_>, late: bool) -> Metadata {
        let mut parts = Parts::of(node);
        let key = self.name(&mut parts);
        let value = match parts.next() {
            Some(node) if node.as_rule() == Rule::list => self.list(node).expr,
            Some(node) => self.literal(node),
            None => self.bad_expr(),
        };
        self.check_metadata(&key, &value, late);
        Metadata { key, value }
    }

    fn check_metadata(&mut self, key: &Name, value: &Expr, late: bool) {
        let word = key.text.as_str();
        if !lexis::METADATA_KEYS.contains(&word) {
            self.unknown_key(key);
        } else if late {
            let hint = "move it up to the head of the rule, before the first statement";
            self.error(key.span, format!("`{word}` stands after a statement"), hint);
        } else if lexis::TEXT_METADATA_KEYS.contains(&word)
            && !matches!(value.kind, ExprKind::Text(_) | ExprKind::Raw(_))
        {
            self.error(value.span, format!("`{word}` needs a text"), "put it in double quotes");
        }
    }

    fn unknown_key(&mut self, key: &Name) {
        let word = key.text.as_str();
        if lexis::CLAUSE_KEYWORDS.contains(&word) {
            let hint = "clauses follow the `else` of a `require` or `forbid`";
            self.error(key.span, format!("`{word}` belongs to no check"), hint);
            return;
        }
        let statements = lexis::STATEMENT_KEYWORDS.iter().chain(lexis::METADATA_KEYS).copied();
        let hint = lexis::nearest(word, statements).map_or_else(
            || format!("the keys are {}", lexis::list_of(lexis::METADATA_KEYS)),
            |known| format!("did you mean `{known}`?"),
        );
        self.error(key.span, format!("there is no `{word}` in the head of a rule"), hint);
    }

    /// The statements of a block.
    pub(super) fn block(&mut self, parts: &mut Parts<'_>) -> Vec<Statement> {
        let Some(node) = parts.next_of(Rule::block) else { return Vec::new() };
        Parts::of(node).map(|node| self.statement(node)).collect()
    }

    /// Any statement. Nesting is bounded before the grammar runs.
    pub(in crate::syntax) fn statement(&mut self, node: Node<'_>) -> Statement {
        let span = self.tight_span(&node);
        let rule = node.as_rule();
        let mut parts = Parts::of(node);
        let kind = match rule {
            Rule::let_statement => {
                let name = self.variable(&mut parts);
                StatementKind::Let { name, value: self.expr(&mut parts) }
            }
            Rule::for_statement => {
                let binder = self.for_head(&mut parts);
                StatementKind::For { binder, body: self.block(&mut parts) }
            }
            Rule::when_statement => {
                let condition = self.when_head(&mut parts);
                let then = self.block(&mut parts);
                StatementKind::When { condition, then, otherwise: self.block(&mut parts) }
            }
            Rule::check => StatementKind::Check(Box::new(self.check(parts))),
            _ => StatementKind::Bad,
        };
        Statement { kind, span }
    }

    /// `for x in e [where c]`.
    pub(in crate::syntax) fn for_head(&mut self, parts: &mut Parts<'_>) -> Binder {
        let mut head = parts.next_of(Rule::for_head).map_or_else(|| parts.clone(), Parts::of);
        self.binder(&mut head).binder
    }

    /// `when c`.
    pub(in crate::syntax) fn when_head(&mut self, parts: &mut Parts<'_>) -> Expr {
        let mut head = parts.next_of(Rule::when_head).map_or_else(|| parts.clone(), Parts::of);
        self.expr(&mut head)
    }

    fn check(&mut self, mut parts: Parts<'_>) -> Check {
        let forbid = parts.next_of(Rule::check_kw).is_some_and(|word| word.as_str() == "forbid");
        let mut check = Check {
            forbid,
            condition: self.expr(&mut parts),
            message: None,
            at: None,
            see: Vec::new(),
            help: None,
            severity: None,
            fixes: Vec::new(),
        };
        check.message = parts.next_of(Rule::message).map(|node| self.expr(&mut Parts::of(node)));
        for clause in parts {
            self.clause(&mut check, clause);
        }
        check
    }

    fn clause(&mut self, check: &mut Check, node: Node<'_>) {
        let rule = node.as_rule();
        if rule == Rule::fix {
            check.fixes.push(self.fix(node));
            return;
        }
        let span = self.tight_span(&node);
        let mut parts = Parts::of(node);
        if rule == Rule::see {
            while let Some(expr) = self.expr_if_any(&mut parts) {
                check.see.push(expr);
            }
            return;
        }
        let value = self.expr(&mut parts);
        let (slot, word) = match rule {
            Rule::at => (&mut check.at, "at"),
            Rule::help => (&mut check.help, "help"),
            _ => (&mut check.severity, "severity"),
        };
        if slot.is_some() {
            self.twice(span, word);
        } else {
            *slot = Some(value);
        }
    }

    /// Reports a clause that stands there already.
    pub(super) fn twice(&mut self, span: policyc_text::Span, word: &str) {
        self.error(span, format!("there are two `{word}` clauses"), "leave one of them out");
    }

    fn fix(&mut self, node: Node<'_>) -> Fix {
        let span = self.tight_span(&node);
        let mut parts = Parts::of(node);
        let applicability = match parts.next_of(Rule::applicability) {
            Some(word) => self.name_of(&word),
            None => self.name(&mut parts),
        };
        Fix { applicability, edits: parts.map(|edit| self.edit(edit)).collect(), span }
    }

    fn edit(&mut self, node: Node<'_>) -> FixEdit {
        let span = self.tight_span(&node);
        let rule = node.as_rule();
        let mut parts = Parts::of(node);
        let kind = match rule {
            Rule::remove_edit => FixKind::Remove(self.expr(&mut parts)),
            Rule::create_edit => {
                let template = self.name(&mut parts);
                FixKind::Create(template, self.expr(&mut parts))
            }
            Rule::insert_edit => {
                let value = self.expr(&mut parts);
                let before = parts.next_of(Rule::insert_side).is_some_and(|side| side.as_str() == "before");
                let place = self.expr(&mut parts);
                if before { FixKind::InsertBefore(value, place) } else { FixKind::InsertAfter(value, place) }
            }
            _ => {
                let (first, second) = (self.expr(&mut parts), self.expr(&mut parts));
                match rule {
                    Rule::set_edit => FixKind::Set(first, second),
                    Rule::append_edit => FixKind::Append(first, second),
                    _ => FixKind::Replace(first, second),
                }
            }
        };
        FixEdit { kind, span }
    }
}
