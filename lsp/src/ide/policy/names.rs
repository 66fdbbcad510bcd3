//! Names that need no types: what items declare, and ids of rules and names of modules wherever they stand.

use policyc_lang::syntax::ast::{File, Item, Name, TestLine};
use policyc_text::Span;

/// What a name in a tree is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Named {
    /// The declaration of something that a module holds: its name.
    Item(String),
    /// The declaration of a field that is added to a type.
    Property(String),
    /// The id of a rule or of what sums up rules.
    Rule(String),
    /// The name of a module.
    Module(String),
    /// A key of the head of a rule.
    Metadata(String),
}

/// A name with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    /// What it is.
    pub(crate) named: Named,
    /// Where.
    pub(crate) span: Span,
    /// Whether it is declared here.
    pub(crate) declares: bool,
}

/// All such names of a file, in no order.
pub(crate) fn all(file: &File) -> Vec<Found> {
    let mut found = Vec::new();
    for (name, declares) in
        file.module.iter().map(|name| (name, true)).chain(file.imports.iter().map(|name| (name, false)))
    {
        let whole: Vec<&str> = name.parts.iter().map(|part| part.text.as_str()).collect();
        found.push(Found { named: Named::Module(whole.join(".")), span: name.span, declares });
    }
    file.items.iter().for_each(|item| of_item(item, &mut found));
    found
}

/// The name at a byte offset, either end included.
pub(crate) fn at(file: &File, offset: u32) -> Option<Found> {
    all(file).into_iter().find(|found| found.span.start <= offset && offset <= found.span.end)
}

fn of_item(item: &Item, found: &mut Vec<Found>) {
    let mut push = |named: Named, name: &Name, declares: bool| found.push(Found { named, span: name.span, declares });
    let item_name = |name: &Name| Named::Item(name.text.clone());
    let rule_id = |name: &Name| Named::Rule(name.text.clone());
    match item {
        Item::Param(param) => push(item_name(&param.name), &param.name, true),
        Item::Type(ty) => push(item_name(&ty.name), &ty.name, true),
        Item::Def(def) => push(item_name(&def.name), &def.name, true),
        Item::Table(table) => push(item_name(&table.name), &table.name, true),
        Item::View(view) => push(item_name(&view.name), &view.name, true),
        Item::Kind(kind) => push(item_name(&kind.name), &kind.name, true),
        Item::Property(property) => push(Named::Property(property.name.text.clone()), &property.name, true),
        Item::Rule(rule) => {
            push(rule_id(&rule.id), &rule.id, true);
            for line in &rule.metadata {
                push(Named::Metadata(line.key.text.clone()), &line.key, false);
            }
        }
        Item::Exempt(exempt) => exempt.rules.iter().for_each(|name| push(rule_id(name), name, false)),
        Item::Use(adopted) => {
            if let Some(last) = adopted.rule.parts.last() {
                push(rule_id(last), last, false);
            }
            if let Some(alias) = &adopted.alias {
                push(rule_id(alias), alias, true);
            }
        }
        Item::Profile(profile) => {
            push(rule_id(&profile.id), &profile.id, true);
            profile.include.iter().for_each(|name| push(rule_id(name), name, false));
        }
        Item::Test(test) => {
            for line in &test.lines {
                match line {
                    TestLine::Expect(expect) => push(rule_id(&expect.rule), &expect.rule, false),
                    TestLine::Param(name, _) if name.parts.len() > 1 => {
                        if let Some(rule) = name.parts.first() {
                            push(rule_id(rule), rule, false);
                        }
                    }
                    _ => {}
                }
            }
        }
        Item::Bad(_) => {}
    }
}

/// Where the fixtures of tests name a rule: behind `#~`, `#~v` and `#~?`, one or more parted by commas.
pub(crate) fn marks(text: &str, id: &str) -> Vec<Span> {
    let belongs = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    for (mark, _) in text.match_indices("#~") {
        let rest = text.get(mark..).unwrap_or_default();
        let list = rest.split(['\n', '\r']).next().unwrap_or_default();
        let list = list.get(2..).and_then(|list| list.split('#').next()).unwrap_or_default();
        for (at, _) in list.match_indices(id) {
            let (start, end) = (mark + 2 + at, mark + 2 + at + id.len());
            let before = start.checked_sub(1).and_then(|place| bytes.get(place)).copied();
            let whole = !before.is_some_and(belongs) && !bytes.get(end).copied().is_some_and(belongs);
            if whole {
                found.push(Span::new(start, end));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::marks;

    #[test]
    fn marks_name_whole_ids() {
        let text = "a: 1 #~ one, one-two\n  #~v one\nb: one #~? two #~ one # one\n#~one";
        let found: Vec<u32> = marks(text, "one").iter().map(|span| span.start).collect();
        assert_eq!(found, [8, 27, 49, 61]);
    }
}
