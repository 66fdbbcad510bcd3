//! How rules and their statements are laid out, and which of them are left alone because something in them is wrong.

use super::layout::{Gap, Layout, Misfit};
use crate::syntax::ast::{Check, ExprKind, Fix, FixEdit, FixKind, Metadata, Rule, Statement, StatementKind};
use policyc_text::Span;

type Done = Result<(), Misfit>;

/// A line of a rule.
enum Line<'a> {
    Metadata(&'a Metadata),
    Statement(&'a Statement),
}

impl Layout<'_> {
    pub(super) fn rule(&mut self, rule: &Rule) -> Done {
        let metadata = rule.metadata.iter().map(|line| (line.key.span.to(line.value.span), Line::Metadata(line)));
        let body = rule.body.iter().map(|statement| (statement.span, Line::Statement(statement)));
        let mut lines: Vec<(Span, Line<'_>)> = metadata.chain(body).collect();
        lines.sort_by_key(|(span, _)| *span);
        self.only_within(rule.span, lines.iter().map(|(span, _)| *span))?;
        self.named("rule", rule.id.span)?;
        self.space().expect("on")?;
        self.subject(&rule.subject, Gap::Line)?;
        self.space().expect("{")?;
        self.indent(2, |layout| {
            let mut after = None;
            for (span, line) in &lines {
                layout.stray(span.start);
                let head = matches!(line, Line::Metadata(_));
                layout.gap(match after {
                    None => Gap::Hard,
                    Some(true) if head => Gap::Hard,
                    Some(true) => Gap::Blank,
                    Some(false) => Gap::Lines,
                });
                after = Some(head);
                match line {
                    Line::Metadata(_) if layout.is_wrong(*span) => layout.verbatim(*span)?,
                    Line::Metadata(metadata) => layout.metadata(metadata)?,
                    Line::Statement(statement) => layout.statement(statement)?,
                }
            }
            layout.dangling();
            Ok(())
        })?;
        self.gap(if lines.is_empty() { Gap::None } else { Gap::Hard }).expect("}")
    }

    /// Refuses what has a mistake outside of its parts.
    fn only_within(&self, whole: Span, parts: impl Iterator<Item = Span> + Clone) -> Done {
        let mut wrong = self.wrong_in(whole);
        let within = |span: Span| parts.clone().any(|part| part.contains(span));
        if wrong.all(within) { Ok(()) } else { Err(Misfit) }
    }

    fn statements(&mut self, statements: &[Statement]) -> Done {
        self.space().block(statements, |layout, statement| {
            layout.stray(statement.span.start);
            layout.statement(statement)
        })
    }

    /// A statement; one that is wrong, or that this page does not understand, stays as it is.
    fn statement(&mut self, statement: &Statement) -> Done {
        let mark = self.mark();
        if self.try_statement(statement).is_ok() {
            return Ok(());
        }
        self.return_to(&mark);
        self.verbatim(statement.span)
    }

    fn try_statement(&mut self, statement: &Statement) -> Done {
        let (own, other): (&[Statement], &[Statement]) = match &statement.kind {
            StatementKind::For { body, .. } => (body, &[]),
            StatementKind::When { then, otherwise, .. } => (then, otherwise),
            StatementKind::Let { .. } | StatementKind::Check(_) | StatementKind::Bad => (&[], &[]),
        };
        self.only_within(statement.span, own.iter().chain(other).map(|inner| inner.span))?;
        match &statement.kind {
            StatementKind::Let { name, value } => {
                self.named("let", name.span)?;
                self.let_value(value)
            }
            StatementKind::For { binder, body } => {
                self.expect("for")?;
                self.space();
                self.indent(2, |layout| layout.binder(binder))?;
                self.statements(body)
            }
            StatementKind::When { condition, then, otherwise } => {
                self.expect("when")?;
                self.in_chain(4, |layout| layout.space().expr(condition))?;
                self.statements(then)?;
                if self.next_text() == "else" && self.next_span().start < statement.span.end {
                    self.space().expect("else")?;
                    self.statements(otherwise)?;
                }
                Ok(())
            }
            StatementKind::Check(check) => self.check(check),
            StatementKind::Bad => Err(Misfit),
        }
    }

    fn let_value(&mut self, value: &crate::syntax::ast::Expr) -> Done {
        self.space().expect("=")?;
        if matches!(value.kind, ExprKind::List(_) | ExprKind::Record(_)) && self.next_text() != "(" {
            return self.space().expr(value);
        }
        self.group(|layout| layout.indent(2, |layout| layout.gap(Gap::Line).expr(value)))
    }

    fn in_chain(&mut self, columns: usize, write: impl FnOnce(&mut Self) -> Done) -> Done {
        let before = std::mem::replace(&mut self.chain, columns);
        let result = write(self);
        self.chain = before;
        result
    }

    fn check(&mut self, check: &Check) -> Done {
        self.token();
        self.in_chain(4, |layout| layout.space().expr(&check.condition))?;
        let message = check.message.as_ref().ok_or(Misfit)?;
        self.indent(2, |layout| {
            layout.gap(Gap::Hard).clause("else")?;
            layout.space().expr(message)?;
            layout.clauses(check)
        })
    }

    /// `at`, `see`, `help`, `severity` and `fix`, in the order of the author.
    fn clauses(&mut self, check: &Check) -> Done {
        let (mut see, mut fixes) = (check.see.iter().peekable(), check.fixes.iter());
        loop {
            self.gap(Gap::Hard);
            match self.next_text() {
                "at" => {
                    self.clause("at")?;
                    self.space().expr(check.at.as_ref().ok_or(Misfit)?)?;
                }
                "help" => {
                    self.clause("help")?;
                    self.space().expr(check.help.as_ref().ok_or(Misfit)?)?;
                }
                "severity" => {
                    self.clause("severity")?;
                    self.space().expr(check.severity.as_ref().ok_or(Misfit)?)?;
                }
                "see" => {
                    self.clause("see")?;
                    self.space().expr(see.next().ok_or(Misfit)?)?;
                    while self.next_text() == "," {
                        self.expect(",")?;
                        self.space().expr(see.next().ok_or(Misfit)?)?;
                    }
                }
                "fix" => match fixes.next() {
                    Some(fix) => self.fix(fix)?,
                    None => break,
                },
                _ => break,
            }
        }
        self.gap(Gap::None);
        Ok(())
    }

    fn fix(&mut self, fix: &Fix) -> Done {
        self.named("fix", fix.applicability.span)?;
        if self.next_text() == "{" {
            return self.space().block(&fix.edits, |layout, edit| layout.edit(edit));
        }
        fix.edits.iter().try_for_each(|edit| self.space().edit(edit))
    }

    fn edit(&mut self, edit: &FixEdit) -> Done {
        self.token();
        self.space();
        match &edit.kind {
            FixKind::Remove(place) => self.expr(place),
            FixKind::Create(template, name) => {
                self.verbatim(template.span)?;
                self.space().expr(name)
            }
            // In the order of the source, whatever the tree calls first.
            FixKind::Set(a, b)
            | FixKind::Append(a, b)
            | FixKind::Replace(a, b)
            | FixKind::InsertBefore(a, b)
            | FixKind::InsertAfter(a, b) => {
                let (first, second) = if a.span <= b.span { (a, b) } else { (b, a) };
                self.expr(first)?;
                self.space().token();
                self.space().expr(second)
            }
        }
    }
}
