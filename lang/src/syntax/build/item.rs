//! Items other than views.

use policyc_text::Span;

use super::Builder;
use crate::syntax::ast::{
    Def, DottedName, Exempt, Expect, ExpectKind, Expr, ExprKind, Given, Item, KindItem, Metadata, Name, Param, Profile,
    Rule as RuleItem, Subject, Table, Test, TestLine, TypeItem, Use,
};
use crate::syntax::grammar::{Node, Parts, Rule};

/// What stands between a profile's braces.
#[derive(Default)]
pub(in crate::syntax) struct ProfileBody {
    /// Its head.
    pub(in crate::syntax) metadata: Vec<Metadata>,
    /// All ids of all `include` lines.
    pub(in crate::syntax) include: Vec<Name>,
}

impl Builder<'_> {
    /// `module a.b` or `import a.b`.
    pub(in crate::syntax) fn module(&mut self, node: Node<'_>) -> DottedName {
        self.dotted(&mut Parts::of(node))
    }

    /// Any item.
    pub(in crate::syntax) fn item(&mut self, node: Node<'_>) -> Item {
        match node.as_rule() {
            Rule::rule_item => self.rule(node),
            Rule::param => self.param(node),
            Rule::def => self.def(node),
            Rule::test => self.test(node),
            Rule::property => self.property(node),
            Rule::view => self.view(node),
            Rule::type_item => self.type_item(node),
            Rule::table => self.table(node),
            Rule::kind => self.kind(node),
            Rule::exempt => self.exempt(node),
            Rule::use_item => self.use_item(node),
            Rule::profile => self.profile(node),
            _ => Item::Bad(self.tight_span(&node)),
        }
    }

    fn param(&mut self, node: Node<'_>) -> Item {
        let span = self.tight_span(&node);
        let mut parts = Parts::of(node);
        let name = self.variable(&mut parts);
        let ty = self.ty(&mut parts);
        let default = self.expr_if_any(&mut parts);
        let doc = self.doc(&mut parts);
        Item::Param(Param { name, ty, default, doc, span })
    }

    /// `doc "…"`, where it stands.
    pub(super) fn doc(&mut self, parts: &mut Parts<'_>) -> Option<Expr> {
        parts.next_of(Rule::doc).map(|node| self.string(&mut Parts::of(node)))
    }

    fn type_item(&mut self, node: Node<'_>) -> Item {
        let span = self.tight_span(&node);
        let mut parts = Parts::of(node);
        let name = self.name(&mut parts);
        Item::Type(TypeItem { name, ty: self.ty(&mut parts), span })
    }

    fn def(&mut self, node: Node<'_>) -> Item {
        let span = self.tight_span(&node);
        let mut parts = Parts::of(node);
        let name = self.variable(&mut parts);
        let parameters = parts.next_of(Rule::parameters).map(|node| {
            let bindings: Vec<_> = Parts::of(node).map(|parameter| self.binding(parameter)).collect();
            for binding in &bindings {
                self.note_variable(&binding.name);
            }
            bindings
        });
        let ty = self.ty(&mut parts);
        Item::Def(Def { name, parameters, ty, body: self.expr(&mut parts), span })
    }

    fn table(&mut self, node: Node<'_>) -> Item {
        let span = self.tight_span(&node);
        let mut parts = Parts::of(node);
        let name = self.variable(&mut parts);
        let ty = self.ty(&mut parts);
        Item::Table(Table { name, ty, source: self.string(&mut parts), span })
    }

    fn kind(&mut self, node: Node<'_>) -> Item {
        let span = self.tight_span(&node);
        let mut parts = Parts::of(node);
        let name = self.name(&mut parts);
        Item::Kind(KindItem { name, target: self.string(&mut parts), span })
    }

    fn rule(&mut self, node: Node<'_>) -> Item {
        let span = self.tight_span(&node);
        let mut parts = Parts::of(node);
        let Some(head) = parts.next_of(Rule::rule_head) else { return Item::Bad(span) };
        let (id, subject) = self.rule_head(head);
        let (metadata, body) = self.body(parts);
        Item::Rule(RuleItem { id, subject, metadata, body, span })
    }

    /// `rule id on A | B x where c`.
    pub(in crate::syntax) fn rule_head(&mut self, node: Node<'_>) -> (Name, Subject) {
        let mut parts = Parts::of(node);
        (self.id(&mut parts), self.subject(&mut parts))
    }

    fn subject(&mut self, parts: &mut Parts<'_>) -> Subject {
        let mut inner = parts.next_of(Rule::subject).map_or_else(|| parts.clone(), Parts::of);
        let ty = self.ty(&mut inner);
        let name = self.variable(&mut inner);
        Subject { ty, name, condition: self.condition(&mut inner) }
    }

    fn exempt(&mut self, node: Node<'_>) -> Item {
        let span = self.tight_span(&node);
        let mut parts = Parts::of(node);
        let mut rules = Vec::new();
        while let Some(id) = parts.next_of(Rule::id) {
            let name = self.name_of(&id);
            self.check_id(&name);
            rules.push(name);
        }
        let subject = self.subject(&mut parts);
        let mut exempt = Exempt { rules, subject, because: None, ticket: None, by: None, until: None, span };
        for clause in parts {
            self.exempt_clause(&mut exempt, clause);
        }
        Item::Exempt(exempt)
    }

    fn exempt_clause(&mut self, exempt: &mut Exempt, node: Node<'_>) {
        let span = self.tight_span(&node);
        let mut parts = Parts::of(node);
        let word = parts.next_of(Rule::exempt_kw).map_or("until", |word| word.as_str());
        let value = self.expr(&mut parts);
        if word == "until" {
            self.check_date(&value);
        }
        let slot = match word {
            "because" => &mut exempt.because,
            "ticket" => &mut exempt.ticket,
            "by" => &mut exempt.by,
            _ => &mut exempt.until,
        };
        if slot.is_some() {
            self.twice(span, word);
        } else {
            *slot = Some(value);
        }
    }

    fn check_date(&mut self, value: &Expr) {
        if !matches!(value.kind, ExprKind::Date(_)) {
            self.error(value.span, "this is no date", "write year, month and day with all their digits: `2027-06-30`");
        }
    }

    fn use_item(&mut self, node: Node<'_>) -> Item {
        let span = self.tight_span(&node);
        let mut parts = Parts::of(node);
        let rule = self.dotted(&mut parts);
        let alias = parts.next_of(Rule::as_id).map(|node| self.id(&mut Parts::of(node)));
        let mut item = Use { rule, alias, with: None, severity: None, span };
        for clause in parts {
            let span = self.tight_span(&clause);
            let with = clause.as_rule() == Rule::use_with;
            let mut inner = Parts::of(clause);
            let value = match inner.next_of(Rule::record) {
                Some(record) => self.record(record).expr,
                None => self.expr(&mut inner),
            };
            let slot = if with { &mut item.with } else { &mut item.severity };
            if slot.is_some() {
                self.twice(span, if with { "with" } else { "severity" });
            } else {
                *slot = Some(value);
            }
        }
        Item::Use(item)
    }

    fn profile(&mut self, node: Node<'_>) -> Item {
        let span = self.tight_span(&node);
        let mut parts = Parts::of(node);
        let Some(head) = parts.next_of(Rule::profile_head) else { return Item::Bad(span) };
        let id = self.profile_head(head);
        let mut body = ProfileBody::default();
        for part in parts {
            self.profile_line(&mut body, part);
        }
        Item::Profile(Profile { id, metadata: body.metadata, include: body.include, span })
    }

    /// `profile id`.
    pub(in crate::syntax) fn profile_head(&mut self, node: Node<'_>) -> Name {
        self.id(&mut Parts::of(node))
    }

    /// `include [ids]` or metadata.
    pub(in crate::syntax) fn profile_line(&mut self, body: &mut ProfileBody, node: Node<'_>) {
        if node.as_rule() == Rule::metadata {
            body.metadata.push(self.metadata(node, false));
            return;
        }
        for id in Parts::of(node) {
            let name = self.name_of(&id);
            self.check_id(&name);
            body.include.push(name);
        }
    }

    fn test(&mut self, node: Node<'_>) -> Item {
        let span = self.tight_span(&node);
        let mut parts = Parts::of(node);
        let name = match parts.next_of(Rule::test_head) {
            Some(head) => self.test_head(head),
            None => self.bad_expr(),
        };
        let lines = parts.map(|line| self.test_line(line)).collect();
        Item::Test(Test { name, lines, span })
    }

    /// `test "…"`.
    pub(in crate::syntax) fn test_head(&mut self, node: Node<'_>) -> Expr {
        self.string(&mut Parts::of(node))
    }

    /// A line of a test.
    pub(in crate::syntax) fn test_line(&mut self, node: Node<'_>) -> TestLine {
        let span = self.tight_span(&node);
        let rule = node.as_rule();
        let mut parts = Parts::of(node);
        match rule {
            Rule::test_param => {
                let name = self.dotted(&mut parts);
                TestLine::Param(name, self.expr(&mut parts))
            }
            Rule::setting => self.setting(&mut parts),
            Rule::given => {
                let kind = self.name(&mut parts);
                let file = parts.next_of(Rule::text).map(|node| self.literal(node));
                let text = parts.next_of(Rule::raw).map(|node| self.literal(node));
                TestLine::Given(Given { kind, file, text, span })
            }
            Rule::expect_fix => {
                let rule = self.id(&mut parts);
                let outcome = ExpectKind::Fix(self.string(&mut parts));
                TestLine::Expect(Expect { rule, outcome, span })
            }
            Rule::expect => self.expect(&mut parts, span),
            _ => TestLine::Bad(span),
        }
    }

    fn setting(&mut self, parts: &mut Parts<'_>) -> TestLine {
        let key = match parts.next_of(Rule::setting_key) {
            Some(key) => self.name_of(&key),
            None => self.name(parts),
        };
        let value = self.expr(parts);
        match key.text.as_str() {
            "as_of" => self.check_date(&value),
            "world" if !matches!(&value.kind, ExprKind::Name(word) if word == "open" || word == "closed") => {
                self.error(value.span, "a world is `open` or `closed`", "a closed one holds all that there is");
            }
            _ => {}
        }
        TestLine::Setting(key, value)
    }

    fn expect(&mut self, parts: &mut Parts<'_>, span: Span) -> TestLine {
        let rule = self.id(parts);
        let word = parts.next_of(Rule::outcome);
        let outcome_at = parts.next_of(Rule::outcome_at);
        let at_span = outcome_at.as_ref().map(|node| self.tight_span(node));
        let place = outcome_at.map(|node| self.string(&mut Parts::of(node)));
        let outcome = match word.map_or("", |word| word.as_str()) {
            "fails" => ExpectKind::Fails(place),
            "indeterminate" => ExpectKind::Indeterminate(place),
            word => {
                if let Some(at) = at_span {
                    self.error(at, format!("what {word} has no place"), "only `fails` and `indeterminate` take `at`");
                }
                if word == "skips" { ExpectKind::Skips } else { ExpectKind::Passes }
            }
        };
        TestLine::Expect(Expect { rule, outcome, span })
    }
}
