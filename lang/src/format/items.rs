//! How a file's items and their lines are laid out.

use super::layout::{Gap, Layout, Misfit};
use crate::syntax::ast::{
    Def, Exempt, Expect, ExpectKind, Expr, ExprKind, Given, Item, Metadata, Name, Param, Profile, Property, RowClause,
    RowField, Subject, Test, TestLine, TypeExpr, Use, View,
};
use policyc_text::Span;

type Done = Result<(), Misfit>;

/// Columns that the key of a line in a rule's head takes.
const METADATA_WIDTH: usize = 8;

/// Blanks to line values up.
const BLANKS: &str = "        ";

impl Layout<'_> {
    pub(super) fn item(&mut self, item: &Item) -> Done {
        match item {
            Item::Param(param) => self.param(param),
            Item::Type(item) => {
                self.named("type", item.name.span)?;
                self.space().expect("=")?;
                self.space().ty(&item.ty)
            }
            Item::Def(def) => self.def(def),
            Item::Table(table) => {
                self.named("table", table.name.span)?;
                self.typed(&table.ty)?;
                self.space().expect("from")?;
                self.space().expr(&table.source)
            }
            Item::View(view) => self.view(view),
            Item::Property(property) => self.property(property),
            Item::Kind(kind) => {
                self.named("kind", kind.name.span)?;
                self.space().expect("=")?;
                self.space().expr(&kind.target)
            }
            Item::Rule(rule) => self.rule(rule),
            Item::Exempt(exempt) => self.exempt(exempt),
            Item::Use(item) => self.use_item(item),
            Item::Profile(profile) => self.profile(profile),
            Item::Test(test) => self.test(test),
            Item::Bad(span) => self.verbatim(*span),
        }
    }

    /// A keyword and a name.
    pub(super) fn named(&mut self, keyword: &str, name: Span) -> Done {
        self.expect(keyword)?;
        self.space().verbatim(name)
    }

    fn typed(&mut self, ty: &TypeExpr) -> Done {
        self.expect(":")?;
        self.space().ty(ty)
    }

    /// `= value`, and `doc "…"` below it, or behind the bracket of a value that takes several lines.
    fn assigned(&mut self, value: &Expr, doc: Option<&Expr>) -> Done {
        self.space().expect("=")?;
        let brackets = matches!(value.kind, ExprKind::List(_) | ExprKind::Record(_));
        let hugged = brackets && self.next_text() != "(";
        let group = self.known_group(|layout| {
            if hugged {
                layout.space().expr(value)
            } else {
                layout.indent(2, |layout| layout.gap(Gap::Line).expr(value))
            }
        })?;
        self.doc(doc, if hugged { Gap::After(group) } else { Gap::Hard })
    }

    fn doc(&mut self, doc: Option<&Expr>, gap: Gap) -> Done {
        let Some(doc) = doc else { return Ok(()) };
        self.indent(2, |layout| {
            layout.gap(gap).expect("doc")?;
            layout.space().expr(doc)
        })
    }

    fn param(&mut self, param: &Param) -> Done {
        self.named("param", param.name.span)?;
        self.typed(&param.ty)?;
        match &param.default {
            Some(value) => self.assigned(value, param.doc.as_ref()),
            None => self.doc(param.doc.as_ref(), Gap::Hard),
        }
    }

    fn def(&mut self, def: &Def) -> Done {
        self.named("def", def.name.span)?;
        if let Some(parameters) = &def.parameters {
            self.bracketed(false, false, parameters, |layout, parameter| layout.binding(parameter))?;
        }
        self.typed(&def.ty)?;
        self.assigned(&def.body, None)
    }

    // Views

    fn property(&mut self, property: &Property) -> Done {
        self.named("view", property.name.span)?;
        self.space().expect("on")?;
        self.space().ty(&property.on)?;
        self.space().verbatim(property.subject.span)?;
        if let Some(ty) = &property.ty {
            self.typed(ty)?;
        }
        self.assigned(&property.value, None)
    }

    fn view(&mut self, view: &View) -> Done {
        self.group(|layout| {
            layout.named("view", view.name.span)?;
            layout.space().verbatim(view.row.span)?;
            if let Some(base) = &view.base {
                layout.space().expect("of")?;
                layout.space().ty(base)?;
            }
            layout.indent(2, |layout| {
                layout.gap(Gap::Line).expect("from")?;
                layout.space().ty(&view.source)?;
                layout.space().verbatim(view.parent.span)?;
                if let Some(name) = &view.property {
                    layout.gap(Gap::Line).expect("as")?;
                    layout.space().verbatim(name.span)?;
                }
                layout.gap(Gap::Line).condition(view.condition.as_ref())
            })
        })?;
        let clauses = view.clauses.iter().map(|clause| (clause.span, Row::Clause(clause)));
        let fields = view.fields.iter().map(|field| (field.span, Row::Field(field)));
        let mut rows: Vec<(Span, Row<'_>)> = clauses.chain(fields).collect();
        rows.sort_by_key(|(span, _)| *span);
        self.space().block(&rows, |layout, (_, row)| match row {
            Row::Clause(clause) => layout.row_clause(clause),
            Row::Field(field) => layout.row_field(field),
        })
    }

    fn row_clause(&mut self, clause: &RowClause) -> Done {
        self.token();
        self.indent(2, |layout| layout.space().expr(&clause.source))?;
        self.space();
        self.group(|layout| {
            layout.expect("{")?;
            layout.indent(2, |layout| {
                for field in &clause.fields {
                    layout.gap(Gap::Line).row_field(field)?;
                }
                layout.dangling();
                Ok(())
            })?;
            layout.gap(if clause.fields.is_empty() { Gap::None } else { Gap::Line }).expect("}")
        })
    }

    fn row_field(&mut self, field: &RowField) -> Done {
        self.verbatim(field.name.span)?;
        if let Some(ty) = &field.ty {
            self.typed(ty)?;
        }
        match &field.value {
            Some(value) => self.assigned(value, field.doc.as_ref()),
            None => self.doc(field.doc.as_ref(), Gap::Hard),
        }
    }

    // Rules

    /// `where cond`; the gap before it has been set.
    fn condition(&mut self, condition: Option<&Expr>) -> Done {
        let Some(condition) = condition else {
            self.gap(Gap::None);
            return Ok(());
        };
        self.expect("where")?;
        self.space().expr(condition)
    }

    /// `T x where cond`.
    pub(super) fn subject(&mut self, subject: &Subject, gap: Gap) -> Done {
        self.space().ty(&subject.ty)?;
        self.space().verbatim(subject.name.span)?;
        self.indent(2, |layout| match gap {
            Gap::Line if subject.condition.is_some() => {
                layout.moved(|layout| layout.condition(subject.condition.as_ref()))
            }
            _ => layout.gap(gap).condition(subject.condition.as_ref()),
        })
    }

    pub(super) fn metadata(&mut self, metadata: &Metadata) -> Done {
        self.padded(metadata.key.span, METADATA_WIDTH)?;
        self.space().expr(&metadata.value)
    }

    /// A word, and blanks up to a width.
    fn padded(&mut self, word: Span, width: usize) -> Done {
        self.verbatim(word)?;
        let missing = width.saturating_sub(word.len());
        self.push(super::doc::Doc::Text(BLANKS.get(..missing).unwrap_or_default()));
        Ok(())
    }

    /// The word that begins a clause of a check, so that what follows lines up.
    pub(super) fn clause(&mut self, word: &str) -> Done {
        let span = self.next_span();
        if self.next_text() != word {
            return Err(Misfit);
        }
        self.padded(span, 4)
    }

    /// `{`, things with a line each, `}`.
    pub(super) fn block<T>(&mut self, items: &[T], mut write: impl FnMut(&mut Self, &T) -> Done) -> Done {
        self.expect("{")?;
        self.indent(2, |layout| {
            for (number, item) in items.iter().enumerate() {
                write(layout.gap(if number == 0 { Gap::Hard } else { Gap::Lines }), item)?;
            }
            layout.dangling();
            Ok(())
        })?;
        self.gap(if items.is_empty() { Gap::None } else { Gap::Hard }).expect("}")
    }

    // Other items

    fn exempt(&mut self, exempt: &Exempt) -> Done {
        self.expect("exempt")?;
        self.space();
        self.names(&exempt.rules)?;
        self.space().expect("for")?;
        self.subject(&exempt.subject, Gap::Hard)?;
        let clauses = [&exempt.because, &exempt.ticket, &exempt.by, &exempt.until];
        let mut clauses: Vec<&Expr> = clauses.into_iter().flatten().collect();
        clauses.sort_by_key(|clause| clause.span);
        self.indent(2, |layout| {
            for clause in clauses {
                layout.gap(Gap::Hard).token();
                layout.space().expr(clause)?;
            }
            Ok(())
        })
    }

    fn names(&mut self, names: &[Name]) -> Done {
        for (number, name) in names.iter().enumerate() {
            if number > 0 {
                self.expect(",")?;
                self.space();
            }
            self.verbatim(name.span)?;
        }
        Ok(())
    }

    fn use_item(&mut self, item: &Use) -> Done {
        self.named("use", item.rule.span)?;
        let clauses = [item.with.as_ref(), item.severity.as_ref()];
        let mut clauses: Vec<&Expr> = clauses.into_iter().flatten().collect();
        clauses.sort_by_key(|clause| clause.span);
        self.group(|layout| {
            layout.indent(2, |layout| {
                if let Some(alias) = &item.alias {
                    layout.gap(Gap::Line).named("as", alias.span)?;
                }
                for (number, clause) in clauses.into_iter().enumerate() {
                    let write = |layout: &mut Self| {
                        layout.token();
                        layout.space().expr(clause)
                    };
                    match number {
                        0 if item.alias.is_none() => write(layout.gap(Gap::Line))?,
                        _ => layout.moved(write)?,
                    }
                }
                Ok(())
            })
        })
    }

    fn profile(&mut self, profile: &Profile) -> Done {
        self.named("profile", profile.id.span)?;
        self.space().expect("{")?;
        self.indent(2, |layout| {
            let mut metadata = profile.metadata.iter();
            while !matches!(layout.next_text(), "}" | "") {
                layout.gap(Gap::Hard);
                if layout.next_text() == "include" {
                    layout.padded(layout.next_span(), METADATA_WIDTH)?;
                    layout.space().include(&profile.include)?;
                } else {
                    layout.metadata(metadata.next().ok_or(Misfit)?)?;
                }
            }
            layout.dangling();
            Ok(())
        })?;
        self.gap(Gap::Hard).expect("}")
    }

    /// The names of one of a profile's lists.
    fn include(&mut self, all: &[Name]) -> Done {
        let end = self.closing().ok_or(Misfit)?;
        let start = self.next_span().start;
        let own: Vec<&Name> = all.iter().filter(|name| start < name.span.start && name.span.end <= end).collect();
        self.bracketed(false, true, &own, |layout, name| layout.verbatim(name.span))
    }

    // Tests

    fn test(&mut self, test: &Test) -> Done {
        self.expect("test")?;
        self.space().expr(&test.name)?;
        self.space().block(&test.lines, |layout, line| layout.test_line(line))
    }

    fn test_line(&mut self, line: &TestLine) -> Done {
        match line {
            TestLine::Param(name, value) => {
                self.named("param", name.span)?;
                self.assigned(value, None)
            }
            TestLine::Setting(name, value) => {
                self.verbatim(name.span)?;
                self.space().expr(value)
            }
            TestLine::Given(given) => self.given(given),
            TestLine::Expect(expect) => self.expectation(expect),
            TestLine::Bad(span) => self.verbatim(*span),
        }
    }

    fn given(&mut self, given: &Given) -> Done {
        self.named("given", given.kind.span)?;
        for part in [&given.file, &given.text].into_iter().flatten() {
            self.space().expr(part)?;
        }
        Ok(())
    }

    fn expectation(&mut self, expect: &Expect) -> Done {
        self.expect("expect")?;
        self.space();
        if let ExpectKind::Fix(text) = &expect.outcome {
            self.named("fix", expect.rule.span)?;
            return self.space().expr(text);
        }
        self.verbatim(expect.rule.span)?;
        self.space().token();
        if let ExpectKind::Fails(Some(path)) | ExpectKind::Indeterminate(Some(path)) = &expect.outcome {
            self.space().expect("at")?;
            self.space().expr(path)?;
        }
        Ok(())
    }
}

/// What stands in a view.
enum Row<'a> {
    Clause(&'a RowClause),
    Field(&'a RowField),
}
