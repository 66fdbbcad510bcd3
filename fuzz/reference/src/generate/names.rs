//! What is in scope: variables with their types, and what is known to be there.

use super::Generator;
use crate::documents::KEYS;
use crate::tree::{Expr, Form};
use crate::types::{Slot, Table, Type};

/// Variables and facts.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    pub(super) variables: Vec<(String, Slot)>,
    /// Paths that are there, as printed.
    facts: Vec<String>,
}

/// A path: names, then fields and indexes by literal.
#[derive(Clone, Debug)]
pub(super) struct Path {
    pub(super) expr: Expr,
    pub(super) text: String,
}

/// Steps from a variable.
const DEEPEST: usize = 5;

impl Names {
    pub(super) fn with(&self, name: &str, slot: Slot) -> Self {
        let mut names = self.clone();
        names.variables.push((name.to_owned(), slot));
        names
    }

    pub(super) fn knowing(&self, fact: &str) -> Self {
        let mut names = self.clone();
        names.facts.push(fact.to_owned());
        names
    }

    /// What is there implies that all above it is.
    fn is_known(&self, path: &str) -> bool {
        self.facts.iter().any(|fact| {
            fact.strip_prefix(path)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('.') || rest.starts_with('['))
        })
    }
}

impl Generator<'_, '_> {
    /// All paths of a type.
    pub(super) fn paths(&mut self, names: &Names, wanted: &dyn Fn(&Slot) -> bool) -> Vec<Path> {
        let mut found = Vec::new();
        let mut roots: Vec<(String, Slot)> =
            self.policy.params.iter().map(|param| (param.name.clone(), param.slot.clone())).collect();
        roots.extend(names.variables.iter().cloned());
        for (name, slot) in roots {
            let slot = Slot { optional: slot.optional && !names.is_known(&name), ..slot };
            let path = Path { expr: Expr::new(Form::Name(name.clone()), slot), text: name };
            self.walk(names, path, DEEPEST, wanted, &mut found);
        }
        found
    }

    fn walk(&mut self, names: &Names, path: Path, depth: usize, wanted: &dyn Fn(&Slot) -> bool, found: &mut Vec<Path>) {
        if wanted(&path.expr.slot) {
            found.push(path.clone());
        }
        if depth == 0 {
            return;
        }
        for (name, slot) in self.fields_of(&path.expr.slot.ty) {
            let text = format!("{}.{name}", path.text);
            let optional = (slot.optional || path.expr.slot.optional) && slot.ty != Type::Dynamic;
            let slot = Slot { optional: optional && !names.is_known(&text), ty: slot.ty };
            let expr = Expr::new(Form::Field(path.expr.clone(), name), slot);
            self.walk(names, Path { expr, text }, depth - 1, wanted, found);
        }
        if let Some((index, text, ty)) = self.indexed(&path) {
            let optional = ty != Type::Dynamic && !names.is_known(&text);
            let expr = Expr::new(Form::Index(path.expr.clone(), index), Slot { ty, optional });
            self.walk(names, Path { expr, text }, 1.min(depth - 1), wanted, found);
        }
    }

    /// A literal index of a list or map.
    fn indexed(&mut self, path: &Path) -> Option<(Expr, String, Type)> {
        let by_text = |key: &str| {
            let expr = Expr::new(Form::Text(key.to_owned()), Type::Text.present());
            (expr, format!("{}[\"{key}\"]", path.text))
        };
        Some(match &path.expr.slot.ty {
            Type::Map(element) => {
                let key = self.choices.pick(&KEYS).copied().unwrap_or_default();
                let (index, text) = by_text(key);
                (index, text, (**element).clone())
            }
            Type::List(element) => match &element.ty {
                // Only a list that the schema keys, not one made of its elements.
                Type::Fields(table) if table.is_keyed() && is_of_schema(&path.expr) && self.choices.percent(50) => {
                    let (index, text) = by_text("main");
                    (index, text, element.ty.clone())
                }
                _ => {
                    let number = ["0", "1"][self.choices.below(2)];
                    let index = Expr::new(Form::Number(number.to_owned()), Type::Number.present());
                    (index, format!("{}[{number}]", path.text), element.ty.clone())
                }
            },
            _ => return None,
        })
    }

    /// Names and types of what may follow a dot.
    fn fields_of(&self, ty: &Type) -> Vec<(String, Slot)> {
        let owned = |fields: Vec<(&'static str, Slot)>| fields.into_iter().map(|(name, slot)| (name.to_owned(), slot));
        match ty {
            Type::Fields(table) => owned(table.fields()).collect(),
            Type::Record(fields) => fields.clone(),
            Type::Kind(kind) => {
                let mut fields: Vec<(String, Slot)> = owned(kind.fields()).collect();
                let properties = self.policy.properties.iter().filter(|property| property.kind == *kind);
                fields.extend(properties.map(|property| (property.name.clone(), property.slot.clone())));
                let views = self.policy.views.iter().enumerate().filter(|(_, view)| view.source == *kind);
                fields.extend(views.map(|(place, view)| (view.property.clone(), Type::Row(place).list().present())));
                fields
            }
            Type::Row(view) => {
                let fields = self.policy.views.get(*view).map(|view| view.fields.as_slice()).unwrap_or_default();
                let declared = fields.iter().map(|(name, slot, _)| (name.clone(), slot.clone()));
                declared.chain(owned(Table::Item.named_fields())).collect()
            }
            Type::Dynamic => ["a", "b"].map(|name| (name.to_owned(), Type::Dynamic.maybe())).into(),
            _ => Vec::new(),
        }
    }
}

fn is_of_schema(list: &Expr) -> bool {
    matches!(&*list.form, Form::Field(base, _) if matches!(base.slot.ty, Type::Fields(_)))
}
