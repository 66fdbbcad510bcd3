//! Values of a type.

use super::Generator;
use super::names::Names;
use crate::documents::{NUMBERS, QUANTITIES, TEXTS};
use crate::tree::{Arithmetic, Binder, Builtin, Expr, Form, Part};
use crate::types::{Slot, Type};

impl Generator<'_, '_> {
    /// A value of a type; `optional` where it may be absent.
    pub(super) fn value(&mut self, names: &Names, ty: &Type, optional: bool, depth: usize) -> Expr {
        let depth = self.below(depth);
        if depth == 0 || self.choices.percent(55) {
            let paths = self.paths(names, &|slot| slot.ty == *ty && (optional || !slot.optional));
            if let Some(path) = self.choices.pick(&paths) {
                return path.expr.clone();
            }
        }
        if depth == 0 {
            return self.literal(ty);
        }
        match self.choices.below(12) {
            0 => self.literal(ty),
            1 | 2 => self.coalesced(names, ty, optional, depth),
            3 => self.chosen(names, ty, optional, depth),
            4 | 5 => self.called(names, ty, optional, depth),
            6 if optional => self.of_list(names, ty, depth),
            _ => self.own(names, ty, optional, depth),
        }
    }

    /// A plain value; texts stand in for what has no literal.
    pub(super) fn literal(&mut self, ty: &Type) -> Expr {
        let number = |text: &str, ty: Type| match text.strip_prefix('-') {
            None => Expr::new(Form::Number(text.to_owned()), ty.present()),
            Some(text) => {
                let number = Expr::new(Form::Number(text.to_owned()), ty.clone().present());
                Expr::new(Form::Negate(number), ty.present())
            }
        };
        let picked = |choices: &mut crate::choices::Choices<'_>, of: &[&'static str]| {
            choices.pick(of).copied().unwrap_or_default()
        };
        match ty {
            Type::Bool => Expr::condition(Form::Bool(self.choices.percent(50))),
            Type::Number | Type::NumberOrText | Type::Dynamic => number(picked(self.choices, &NUMBERS), Type::Number),
            Type::Quantity => {
                let text = picked(self.choices, &QUANTITIES);
                // A number has no suffix and becomes an amount only beside one.
                let text = if text.bytes().all(|byte| byte.is_ascii_digit()) { "250m" } else { text };
                Expr::new(Form::Quantity(text.to_owned()), Type::Quantity.present())
            }
            Type::Word => {
                let word = picked(self.choices, &crate::types::WORDS);
                Expr::new(Form::Text(word.to_owned()), Type::Word.present())
            }
            Type::List(element) => {
                let length = self.choices.below(4).max(1);
                let items = (0..length).map(|_| self.literal(&element.ty)).collect();
                Expr::new(Form::List(items), ty.clone().present())
            }
            _ => Expr::new(Form::Text(picked(self.choices, &TEXTS).to_owned()), Type::Text.present()),
        }
    }

    /// Whether values of a type can be written down without a document.
    fn has_literal(ty: &Type) -> bool {
        match ty {
            Type::Bool | Type::Number | Type::Text | Type::Quantity => true,
            Type::List(element) => Self::has_literal(&element.ty),
            _ => false,
        }
    }

    /// `a ?? b`.
    fn coalesced(&mut self, names: &Names, ty: &Type, optional: bool, depth: usize) -> Expr {
        let paths = self.paths(names, &|slot| slot.ty == *ty && slot.optional);
        let Some(first) = self.choices.pick(&paths).map(|path| path.expr.clone()) else {
            return self.own(names, ty, optional, depth);
        };
        let second = self.value(names, ty, optional, depth);
        if !Self::has_literal(ty) && second.slot.ty != *ty {
            return if optional { first } else { second };
        }
        let slot = Slot { ty: ty.clone(), optional: second.slot.optional };
        Expr::new(Form::Coalesce(first, second), slot)
    }

    /// `if c then a else b`.
    fn chosen(&mut self, names: &Names, ty: &Type, optional: bool, depth: usize) -> Expr {
        if !Self::has_literal(ty) {
            return self.own(names, ty, optional, depth);
        }
        let (condition, then, otherwise) = match self.guard(names, depth) {
            Some((condition, fact)) if self.choices.percent(60) => {
                let then = self.value(&names.knowing(&fact), ty, optional, depth);
                (condition, then, self.value(names, ty, optional, depth))
            }
            _ => {
                let condition = self.condition(names, depth);
                (condition, self.value(names, ty, optional, depth), self.value(names, ty, optional, depth))
            }
        };
        let optional = then.slot.optional || otherwise.slot.optional;
        Expr::new(Form::If(condition, then, otherwise), Slot { ty: ty.clone(), optional })
    }

    /// A call of a function that gives such a value.
    pub(super) fn called(&mut self, names: &Names, ty: &Type, optional: bool, depth: usize) -> Expr {
        let fitting: Vec<usize> = (0..self.callable.min(self.policy.functions.len()))
            .filter(|place| {
                let result = &self.policy.functions[*place].result;
                result.ty == *ty && (optional || !result.optional)
            })
            .collect();
        let Some(place) = self.choices.pick(&fitting).copied() else {
            return self.own(names, ty, optional, depth);
        };
        let function = self.policy.functions[place].clone();
        let mut arguments = Vec::new();
        for (_, slot) in &function.parameters {
            let argument = self.value(names, &slot.ty, slot.optional, depth);
            if argument.slot.ty != slot.ty {
                return self.literal(ty);
            }
            arguments.push(argument);
        }
        let named = |expr: &Expr| matches!(&*expr.form, Form::Field(..) | Form::Name(_));
        let method = arguments.first().is_some_and(named) && self.choices.percent(40);
        Expr::new(Form::Call(place, arguments, method), function.result)
    }

    /// What only values of a type can be made of.
    fn own(&mut self, names: &Names, ty: &Type, optional: bool, depth: usize) -> Expr {
        match ty {
            Type::Bool => self.condition(names, depth),
            Type::Number => self.number(names, optional, depth),
            Type::Text => self.text(names, optional, depth),
            Type::Quantity => self.quantity(names, optional, depth),
            Type::List(element) => self.list(names, element, optional, depth),
            _ => {
                let paths = self.paths(names, &|slot| slot.ty == *ty && (optional || !slot.optional));
                let path = self.choices.pick(&paths).map(|path| path.expr.clone());
                path.unwrap_or_else(|| self.literal(ty))
            }
        }
    }

    fn number(&mut self, names: &Names, optional: bool, depth: usize) -> Expr {
        let slot = Type::Number.present();
        match self.choices.below(if optional { 8 } else { 6 }) {
            0 | 1 => self.computed(names, &Type::Number, depth),
            2 => {
                let value = self.value(names, &Type::Number, false, depth);
                Expr::new(Form::Negate(value), slot)
            }
            3 => {
                let list = self.any_list(names, depth);
                Expr::new(Form::Builtin(Builtin::Count, vec![list]), slot)
            }
            4 => {
                let text = self.value(names, &Type::Text, optional, depth);
                let slot = Slot { optional: text.slot.optional, ..slot };
                Expr::new(Form::Builtin(Builtin::Length, vec![text]), slot)
            }
            5 => {
                let list = self.value(names, &Type::Number.list(), true, depth);
                Expr::new(Form::Builtin(Builtin::Sum, vec![list]), slot)
            }
            6 => {
                let text = self.value(names, &Type::Text, true, depth);
                Expr::new(Form::Builtin(Builtin::Number, vec![text]), Type::Number.maybe())
            }
            _ => {
                let quantity = self.value(names, &Type::Quantity, true, depth);
                Expr::new(Form::Builtin(Builtin::Number, vec![quantity]), Type::Number.maybe())
            }
        }
    }

    /// `+ - *`.
    fn computed(&mut self, names: &Names, ty: &Type, depth: usize) -> Expr {
        let operator = [Arithmetic::Add, Arithmetic::Subtract, Arithmetic::Multiply][self.choices.below(3)];
        let first = self.value(names, ty, false, depth);
        let second = match (operator, ty) {
            // A product with a fraction could be finer than amounts are counted.
            (Arithmetic::Multiply, Type::Quantity) => Expr::new(Form::Number("3".to_owned()), Type::Number.present()),
            _ => self.value(names, ty, false, depth),
        };
        Expr::new(Form::Arithmetic(operator, first, second), ty.clone().present())
    }

    fn quantity(&mut self, names: &Names, optional: bool, depth: usize) -> Expr {
        match self.choices.below(if optional { 4 } else { 2 }) {
            0 | 1 => self.computed(names, &Type::Quantity, depth),
            2 => {
                let text = self.value(names, &Type::Text, true, depth);
                Expr::new(Form::Builtin(Builtin::Quantity, vec![text]), Type::Quantity.maybe())
            }
            _ => {
                let number = self.value(names, &Type::Number, true, depth);
                Expr::new(Form::Builtin(Builtin::Quantity, vec![number]), Type::Quantity.maybe())
            }
        }
    }

    fn text(&mut self, names: &Names, optional: bool, depth: usize) -> Expr {
        match self.choices.below(6) {
            0 | 1 => {
                let parts = self.parts(names, depth);
                if parts.iter().any(|part| matches!(part, Part::Value(_))) {
                    Expr::new(Form::Template(parts), Type::Text.present())
                } else {
                    self.literal(&Type::Text)
                }
            }
            2 | 3 => {
                let builtin = [Builtin::Lower, Builtin::Upper, Builtin::Trim][self.choices.below(3)];
                let text = self.value(names, &Type::Text, optional, depth);
                let slot = Slot { ty: Type::Text, optional: text.slot.optional };
                Expr::new(Form::Builtin(builtin, vec![text]), slot)
            }
            4 => {
                let value = self.printable(names, depth);
                Expr::new(Form::Builtin(Builtin::Text, vec![value]), Type::Text.present())
            }
            _ => self.literal(&Type::Text),
        }
    }

    /// Parts of a text: words and values. Amounts are left out, since how they look is no business of the language.
    pub(super) fn parts(&mut self, names: &Names, depth: usize) -> Vec<Part> {
        let mut parts = vec![Part::Plain(TEXTS[self.choices.below(TEXTS.len())].to_owned())];
        for _ in 0..self.choices.below(3) {
            parts.push(Part::Value(self.printable(names, depth)));
            parts.push(Part::Plain("; ".to_owned()));
        }
        parts
    }

    /// A value of any type whose look is said.
    fn printable(&mut self, names: &Names, depth: usize) -> Expr {
        let types = [
            Type::Number,
            Type::Text,
            Type::Bool,
            Type::NumberOrText,
            Type::Number.list(),
            Type::Text.list(),
            Type::Dynamic,
            Type::Map(Box::new(Type::Text)),
        ];
        let ty = types[self.choices.below(types.len())].clone();
        if Self::has_literal(&ty) && ty != Type::Bool {
            return self.value(names, &ty, true, depth);
        }
        let paths = self.paths(names, &|slot| slot.ty == ty);
        let path = self.choices.pick(&paths).map(|path| path.expr.clone());
        path.unwrap_or_else(|| self.value(names, &Type::Text, true, depth))
    }

    /// `min max first last` of a list, or an element by its place.
    fn of_list(&mut self, names: &Names, ty: &Type, depth: usize) -> Expr {
        if !matches!(ty, Type::Number | Type::Text | Type::Quantity) {
            return self.own(names, ty, true, depth);
        }
        let list = self.value(names, &ty.clone().list(), true, depth);
        let builtins = [Builtin::Min, Builtin::Max, Builtin::First, Builtin::Last];
        let slot = ty.clone().maybe();
        match self.choices.below(5) {
            4 => {
                let index = self.value(names, &Type::Number, false, depth.min(1));
                Expr::new(Form::Index(list, index), slot)
            }
            place => Expr::new(Form::Builtin(builtins[place], vec![list]), slot),
        }
    }

    /// A list of any elements.
    pub(super) fn any_list(&mut self, names: &Names, depth: usize) -> Expr {
        let paths = self.paths(names, &|slot| matches!(slot.ty, Type::List(_)));
        if let Some(path) = self.choices.pick(&paths).filter(|_| depth == 0)
            && self.choices.percent(60)
        {
            return path.expr.clone();
        }
        match self.choices.below(5) {
            0 => Expr::new(
                Form::Documents(crate::types::Kind::Beta),
                Type::Kind(crate::types::Kind::Beta).list().present(),
            ),
            1 => self.value(names, &Type::Text.list(), true, depth),
            2 => self.value(names, &Type::Number.list(), true, depth),
            _ => match self.choices.pick(&paths) {
                Some(path) => path.expr.clone(),
                None => self.value(names, &Type::Text.list(), true, depth),
            },
        }
    }

    fn list(&mut self, names: &Names, element: &Slot, optional: bool, depth: usize) -> Expr {
        let ty = Type::List(Box::new(element.clone()));
        match self.choices.below(6) {
            0 if element.ty == Type::Text => {
                let text = self.value(names, &Type::Text, optional, depth);
                let separator =
                    Expr::new(Form::Text([",", "b", ""][self.choices.below(3)].to_owned()), Type::Text.present());
                let slot = Slot { ty, optional: text.slot.optional };
                Expr::new(Form::Builtin(Builtin::Split, vec![text, separator]), slot)
            }
            1 => {
                let (one, other) = (self.value(names, &ty, true, depth), self.value(names, &ty, true, depth));
                if one.slot.ty != ty || other.slot.ty != ty {
                    return self.literal(&ty);
                }
                Expr::new(Form::Join(one, other), ty.present())
            }
            2 if Self::has_literal(&element.ty) => {
                let items = (0..=self.choices.below(2)).map(|_| self.value(names, &element.ty, false, depth)).collect();
                Expr::new(Form::List(items), ty.present())
            }
            _ => self.comprehension(names, element, depth),
        }
    }

    /// `[item for x in xs where c]`.
    fn comprehension(&mut self, names: &Names, element: &Slot, depth: usize) -> Expr {
        let ty = Type::List(Box::new(element.clone()));
        let (binder, mut inner) = self.binder(names, depth);
        let mut binders = vec![binder];
        if self.choices.percent(20) {
            let (second, deeper) = self.binder(&inner, depth.min(1));
            binders.push(second);
            inner = deeper;
        }
        let item = self.value(&inner, &element.ty, element.optional, depth);
        if item.slot.ty != element.ty {
            return self.literal(&ty);
        }
        Expr::new(Form::Comprehension(item, binders), ty.present())
    }

    /// `x in xs where c`, with what is in scope behind it.
    pub(super) fn binder(&mut self, names: &Names, depth: usize) -> (Binder, Names) {
        let maps = self.paths(names, &|slot| matches!(slot.ty, Type::Map(_)));
        let (source, key_type) = match self.choices.pick(&maps) {
            Some(path) if self.choices.percent(20) => (path.expr.clone(), Some(Type::Text)),
            _ if self.choices.percent(12) => (self.grouped(names, depth), None),
            _ => (self.any_list(names, depth), None),
        };
        let element = match &source.slot.ty {
            Type::List(element) => (**element).clone(),
            Type::Map(element) => (**element).clone().present(),
            _ => Type::Text.present(),
        };
        let key = match key_type {
            Some(ty) => Some((self.fresh("k"), ty)),
            None if self.choices.percent(12) => Some((self.fresh("k"), Type::Number)),
            None => None,
        };
        let item = self.fresh("x");
        let mut inner = names.clone();
        if let Some((name, ty)) = &key {
            inner = inner.with(name, ty.clone().present());
        }
        inner = inner.with(&item, element);
        let mut condition = None;
        if self.choices.percent(45) {
            match self.guard(&inner, depth) {
                Some((guard, fact)) if self.choices.percent(60) => {
                    inner = inner.knowing(&fact);
                    condition = Some(guard);
                }
                _ => condition = Some(self.condition(&inner, depth)),
            }
        }
        (Binder { key: key.map(|(name, _)| name), item, source, condition }, inner)
    }

    /// `group x in xs by e`, a list of `{key, items}`.
    fn grouped(&mut self, names: &Names, depth: usize) -> Expr {
        let source = self.any_list(names, depth.min(1));
        let Type::List(element) = source.slot.ty.clone() else { return source };
        let item = self.fresh("x");
        let inner = names.with(&item, (*element).clone());
        let condition = if self.choices.percent(30) { Some(self.condition(&inner, depth.min(2))) } else { None };
        let ty = if self.choices.percent(50) { Type::Text } else { Type::Number };
        let by = self.value(&inner, &ty, true, depth.min(2));
        let fields =
            vec![("key".to_owned(), by.slot.ty.clone().present()), ("items".to_owned(), Type::List(element).present())];
        let binder = Box::new(Binder { key: None, item, source, condition });
        Expr::new(Form::Group(binder, by), Type::Record(fields).list().present())
    }
}
