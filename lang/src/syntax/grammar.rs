//! The parser that is made of `grammar.pest`. Nothing here has meaning; names of its rules are never shown to anybody.

use pest::iterators::{Pair, Pairs};
use pest_derive::Parser;

/// The generated parser.
#[derive(Parser)]
#[grammar = "syntax/grammar.pest"]
pub(super) struct PolicyGrammar;

/// A node of the generated parser's tree.
pub(super) type Node<'i> = Pair<'i, Rule>;

/// The parts of a node that carry something: keywords are passed over.
#[derive(Clone)]
pub(super) struct Parts<'i> {
    pairs: Pairs<'i, Rule>,
}

impl<'i> Parts<'i> {
    /// The parts of a node.
    pub(super) fn of(node: Node<'i>) -> Self {
        Self { pairs: node.into_inner() }
    }

    /// The next part, if it is of the given rule.
    pub(super) fn next_of(&mut self, rule: Rule) -> Option<Node<'i>> {
        self.next_of_any(|found| found == rule)
    }

    /// The next part, if its rule is fitting.
    pub(super) fn next_of_any(&mut self, fits: impl Fn(Rule) -> bool) -> Option<Node<'i>> {
        self.skip_keywords();
        if self.pairs.peek().is_some_and(|node| fits(node.as_rule())) { self.pairs.next() } else { None }
    }

    fn skip_keywords(&mut self) {
        while self.pairs.peek().is_some_and(|node| is_keyword(node.as_rule())) {
            self.pairs.next();
        }
    }
}

impl<'i> Iterator for Parts<'i> {
    type Item = Node<'i>;

    fn next(&mut self) -> Option<Node<'i>> {
        self.skip_keywords();
        self.pairs.next()
    }
}

/// Whether a rule is a fixed word or sign without content of its own.
fn is_keyword(rule: Rule) -> bool {
    matches!(
        rule,
        Rule::EOI
            | Rule::assign
            | Rule::colon
            | Rule::less
            | Rule::more
            | Rule::kw_append
            | Rule::kw_as
            | Rule::kw_at
            | Rule::kw_by
            | Rule::kw_create
            | Rule::kw_def
            | Rule::kw_doc
            | Rule::kw_else
            | Rule::kw_exempt
            | Rule::kw_expect
            | Rule::kw_fix
            | Rule::kw_for
            | Rule::kw_from
            | Rule::kw_given
            | Rule::kw_group
            | Rule::kw_help
            | Rule::kw_if
            | Rule::kw_import
            | Rule::kw_in
            | Rule::kw_include
            | Rule::kw_insert
            | Rule::kw_is
            | Rule::kw_kind
            | Rule::kw_let
            | Rule::kw_list
            | Rule::kw_map
            | Rule::kw_module
            | Rule::kw_of
            | Rule::kw_on
            | Rule::kw_param
            | Rule::kw_profile
            | Rule::kw_remove
            | Rule::kw_replace
            | Rule::kw_rule
            | Rule::kw_see
            | Rule::kw_set
            | Rule::kw_severity
            | Rule::kw_table
            | Rule::kw_test
            | Rule::kw_then
            | Rule::kw_to
            | Rule::kw_type
            | Rule::kw_use
            | Rule::kw_view
            | Rule::kw_when
            | Rule::kw_where
            | Rule::kw_with
    )
}
