//! What a policy declares.

use crate::ide::policies::plain;
use crate::ide::symbol::{Sort, Symbol};
use policyc_lang::syntax::ast::{File, Item, Name, RowField};
use policyc_text::Span;

/// What a policy declares, in source order.
pub(crate) fn symbols(file: &File) -> Vec<Symbol> {
    file.items.iter().filter_map(of_item).collect()
}

fn of_item(item: &Item) -> Option<Symbol> {
    let named = |sort: Sort, name: &Name, span: Span| Symbol {
        name: name.text.clone(),
        detail: String::new(),
        sort,
        span,
        name_span: name.span,
        children: Vec::new(),
    };
    Some(match item {
        Item::Param(param) => named(Sort::Parameter, &param.name, param.span),
        Item::Type(ty) => named(Sort::Type, &ty.name, ty.span),
        Item::Def(def) => {
            let sort = if def.parameters.is_some() { Sort::Function } else { Sort::Constant };
            named(sort, &def.name, def.span)
        }
        Item::Table(table) => named(Sort::Constant, &table.name, table.span),
        Item::View(view) => {
            let children = view.fields.iter().map(of_field).collect();
            Symbol { children, ..named(Sort::View, &view.name, view.span) }
        }
        Item::Property(property) => named(Sort::Field, &property.name, property.span),
        Item::Kind(kind) => named(Sort::Type, &kind.name, kind.span),
        Item::Rule(rule) => {
            let title = rule.metadata.iter().find(|line| line.key.text == "title");
            let detail = title.and_then(|line| plain(&line.value)).unwrap_or_default();
            Symbol { detail, ..named(Sort::Rule, &rule.id, rule.span) }
        }
        Item::Exempt(exempt) => {
            let ids: Vec<&str> = exempt.rules.iter().map(|name| name.text.as_str()).collect();
            let first = exempt.rules.first()?;
            let name = format!("exempt {}", ids.join(", "));
            Symbol { name, ..named(Sort::Event, first, exempt.span) }
        }
        Item::Use(adopted) => {
            let rule = adopted.rule.parts.last()?;
            let name = adopted.alias.as_ref().unwrap_or(rule);
            Symbol { detail: format!("use {}", rule.text), ..named(Sort::Rule, name, adopted.span) }
        }
        Item::Profile(profile) => named(Sort::Rule, &profile.id, profile.span),
        Item::Test(test) => Symbol {
            name: plain(&test.name).unwrap_or_default(),
            detail: "test".to_owned(),
            sort: Sort::Event,
            span: test.span,
            name_span: test.name.span,
            children: Vec::new(),
        },
        Item::Bad(_) => return None,
    })
}

fn of_field(field: &RowField) -> Symbol {
    Symbol {
        name: field.name.text.clone(),
        detail: String::new(),
        sort: Sort::Field,
        span: field.span,
        name_span: field.name.span,
        children: Vec::new(),
    }
}
