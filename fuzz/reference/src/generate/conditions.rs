//! Conditions, and those that tell that something is there.

use super::Generator;
use super::names::{Names, Path};
use crate::documents::{KEYS, TEXTS};
use crate::pattern::{Glob, GlobPart, Regex};
use crate::tree::{Builtin, Expr, Form, Operator, Quantifier, Test};
use crate::types::{Slot, Table, Type};

/// Types whose values are compared.
const SCALARS: [Type; 6] = [Type::Number, Type::Text, Type::Bool, Type::Quantity, Type::NumberOrText, Type::Word];

impl Generator<'_, '_> {
    /// A condition.
    pub(super) fn condition(&mut self, names: &Names, depth: usize) -> Expr {
        let depth = self.below(depth);
        if depth == 0 {
            return self.plain(names);
        }
        match self.choices.below(18) {
            0 | 1 => self.both(names, depth),
            2 => self.either(names, depth),
            3 => Expr::condition(Form::Not(self.condition(names, depth))),
            4 | 5 => self.equality(names, depth),
            6 | 7 => self.ordered(names, depth),
            8 => self.membership(names, depth),
            9 => self.pattern(names, depth),
            10 | 11 => self.quantified(names, depth),
            12 => self.asked(names),
            13 => self.called(names, &Type::Bool, false, depth),
            14 => {
                let (first, then) = (self.condition(names, depth), self.condition(names, depth));
                Expr::condition(Form::If(first, then, self.condition(names, depth)))
            }
            15 => self.composite(names, depth),
            16 => {
                let number = self.value(names, &Type::Number, true, depth);
                let from = i64::try_from(self.choices.below(4)).unwrap_or(0);
                Expr::condition(Form::InRange(number, from, from + 7))
            }
            _ => self.plain(names),
        }
    }

    /// A condition of one step.
    fn plain(&mut self, names: &Names) -> Expr {
        let flags = self.paths(names, &|slot| slot.ty == Type::Bool || slot.ty == Type::Dynamic);
        match (self.choices.below(4), self.choices.pick(&flags)) {
            (0, Some(path)) if !path.expr.slot.optional => path.expr.clone(),
            (0 | 1, Some(path)) if path.expr.slot.ty == Type::Bool => {
                let (path, value) = (path.expr.clone(), self.choices.percent(50));
                let operator = if self.choices.percent(30) { Operator::NotEqual } else { Operator::Equal };
                Expr::condition(Form::Operator(operator, path, Expr::condition(Form::Bool(value))))
            }
            (2, _) => self.asked(names),
            _ => self.equality(names, 0),
        }
    }

    /// `and`, often with a left side that says that something of the right side is there.
    fn both(&mut self, names: &Names, depth: usize) -> Expr {
        match self.guard(names, depth) {
            Some((guard, fact)) if self.choices.percent(75) => {
                let rest = self.condition(&names.knowing(&fact), depth);
                Expr::condition(Form::And(guard, rest))
            }
            _ => {
                let first = self.condition(names, depth);
                Expr::condition(Form::And(first, self.condition(names, depth)))
            }
        }
    }

    /// `or`, often with a left side that is false only where something of the right side is there.
    fn either(&mut self, names: &Names, depth: usize) -> Expr {
        match self.gap(names) {
            Some((gap, fact)) if self.choices.percent(60) => {
                let rest = self.condition(&names.knowing(&fact), depth);
                Expr::condition(Form::Or(gap, rest))
            }
            _ => {
                let first = self.condition(names, depth);
                Expr::condition(Form::Or(first, self.condition(names, depth)))
            }
        }
    }

    fn optional_path(&mut self, names: &Names) -> Option<Path> {
        let paths = self.paths(names, &|slot| slot.optional);
        self.choices.pick(&paths).cloned()
    }

    /// A condition that is true only where a path is there, and the path.
    pub(super) fn guard(&mut self, names: &Names, depth: usize) -> Option<(Expr, String)> {
        let Path { expr, text } = self.optional_path(names)?;
        let ty = expr.slot.ty.clone();
        let comparable = SCALARS.contains(&ty);
        let guard = match self.choices.below(9) {
            0 if comparable => {
                let value = self.value(names, &ty, true, depth.min(1));
                Form::Operator(Operator::Equal, expr, value)
            }
            1 if comparable && ty != Type::NumberOrText => {
                let list = self.literal(&ty.list());
                Form::Operator(Operator::In, expr, list)
            }
            2 if can_be_empty(&ty) => Form::Is(expr, true, Test::Empty),
            3 => Form::Is(expr, true, Test::Absent),
            4 => Form::Not(Expr::condition(Form::Is(expr, false, Test::Absent))),
            5 if ty == Type::Text => Form::Operator(Operator::StartsWith, expr, self.literal(&Type::Text)),
            6 if matches!(ty, Type::List(_)) => {
                let item = self.fresh("x");
                let binder = Box::new(crate::tree::Binder { key: None, item, source: expr, condition: None });
                Form::Quantified(Quantifier::Any, binder, None)
            }
            7 => Form::Not(Expr::condition(Form::Not(Expr::condition(Form::Exists(expr))))),
            _ => Form::Exists(expr),
        };
        Some((Expr::condition(guard), text))
    }

    /// A condition that is false only where a path is there, and the path.
    pub(super) fn gap(&mut self, names: &Names) -> Option<(Expr, String)> {
        let Path { expr, text } = self.optional_path(names)?;
        let ty = expr.slot.ty.clone();
        let gap = match self.choices.below(5) {
            0 if SCALARS.contains(&ty) => Form::Operator(Operator::NotEqual, expr, self.literal(&ty)),
            1 if SCALARS.contains(&ty) && ty != Type::NumberOrText => {
                let list = self.literal(&ty.list());
                Form::Operator(Operator::NotIn, expr, list)
            }
            2 if can_be_empty(&ty) => Form::Is(expr, false, Test::Empty),
            3 => Form::Not(Expr::condition(Form::Exists(expr))),
            _ => Form::Is(expr, false, Test::Absent),
        };
        Some((Expr::condition(gap), text))
    }

    /// `==` and `!=`.
    fn equality(&mut self, names: &Names, depth: usize) -> Expr {
        let operator = if self.choices.percent(35) { Operator::NotEqual } else { Operator::Equal };
        let ty = SCALARS[self.choices.below(SCALARS.len())].clone();
        let one = self.value(names, &ty, true, depth);
        // A literal stands in where there is no such value.
        let ty = one.slot.ty.clone();
        let other = match (&ty, self.choices.below(4)) {
            // An amount is compared with a number.
            (Type::Quantity, 0) if one.slot.ty == Type::Quantity && *one.form != Form::Number(String::new()) => {
                Expr::new(Form::Number("2".to_owned()), Type::Quantity.present())
            }
            (Type::NumberOrText, 0 | 1) => self.value(names, &Type::Text, true, depth),
            (Type::Word, 0) => {
                // Literals beside a word have to be words.
                let paths = self.paths(names, &|slot| slot.ty == Type::Text);
                let path = self.choices.pick(&paths).map(|path| path.expr.clone());
                path.unwrap_or_else(|| self.literal(&Type::Word))
            }
            _ => self.value(names, &ty, true, depth),
        };
        // Two literals would fit themselves to each other.
        if matches!(&*one.form, Form::Text(_) | Form::Number(_))
            && matches!(&*other.form, Form::Text(_) | Form::Number(_))
        {
            return self.asked(names);
        }
        let (one, other) =
            if one.slot.ty != Type::Bool && self.choices.percent(25) { (other, one) } else { (one, other) };
        Expr::condition(Form::Operator(operator, one, other))
    }

    /// Equality of lists, maps and items; mappings that stand elsewhere have another type.
    fn composite(&mut self, names: &Names, depth: usize) -> Expr {
        let operator = if self.choices.percent(35) { Operator::NotEqual } else { Operator::Equal };
        let paths =
            self.paths(names, &|slot| matches!(slot.ty, Type::Map(_) | Type::Fields(Table::Item) | Type::Dynamic));
        let Some(path) = self.choices.pick(&paths).map(|path| path.expr.clone()).filter(|_| self.choices.percent(50))
        else {
            let ty = if self.choices.percent(50) { Type::Number.list() } else { Type::Text.list() };
            let (one, other) = (self.value(names, &ty, true, depth), self.value(names, &ty, true, depth));
            return Expr::condition(Form::Operator(operator, one, other));
        };
        let same: Vec<Path> = self.paths(names, &|slot| slot.ty == path.slot.ty);
        let other = self.choices.pick(&same).map_or_else(|| path.clone(), |path| path.expr.clone());
        Expr::condition(Form::Operator(operator, path, other))
    }

    /// `< <= > >=`.
    fn ordered(&mut self, names: &Names, depth: usize) -> Expr {
        let operators = [Operator::Less, Operator::LessEqual, Operator::Greater, Operator::GreaterEqual];
        let operator = operators[self.choices.below(4)];
        let ty = [Type::Number, Type::Quantity, Type::Text][self.choices.below(3)].clone();
        let one = self.value(names, &ty, false, depth);
        let other = self.value(names, &ty, false, depth);
        Expr::condition(Form::Operator(operator, one, other))
    }

    /// `in`, `not in`, `contains`.
    fn membership(&mut self, names: &Names, depth: usize) -> Expr {
        let maps = self.paths(names, &|slot| matches!(slot.ty, Type::Map(_)));
        let form = match (self.choices.below(6), self.choices.pick(&maps)) {
            (0, Some(map)) => {
                let map = map.expr.clone();
                let key = KEYS[self.choices.below(KEYS.len())].to_owned();
                let key = Expr::new(Form::Text(key), Type::Text.present());
                if self.choices.percent(50) {
                    Form::Operator(Operator::Contains, map, key)
                } else {
                    let key = self.value(names, &Type::Text, true, depth);
                    Form::Operator(if self.choices.percent(50) { Operator::In } else { Operator::NotIn }, key, map)
                }
            }
            (1, _) => {
                let (whole, part) =
                    (self.value(names, &Type::Text, true, depth), self.value(names, &Type::Text, true, depth));
                Form::Operator(Operator::Contains, whole, part)
            }
            (choice, _) => {
                let ty = if self.choices.percent(50) { Type::Number } else { Type::Text };
                let list = self.value(names, &ty.clone().list(), true, depth);
                let value = self.value(names, &ty, true, depth);
                match choice {
                    2 => Form::Operator(Operator::Contains, list, value),
                    3 => Form::Operator(Operator::NotIn, value, list),
                    _ => Form::Operator(Operator::In, value, list),
                }
            }
        };
        Expr::condition(form)
    }

    /// `matches`, `like`, `starts with`, `ends with`.
    fn pattern(&mut self, names: &Names, depth: usize) -> Expr {
        let text = self.value(names, &Type::Text, true, depth);
        let form = match self.choices.below(4) {
            0 => Form::Matches(text, self.regex()),
            1 => {
                let globs = (0..=self.choices.below(2)).map(|_| self.glob()).collect();
                Form::Like(text, globs)
            }
            choice => {
                let operator = if choice == 2 { Operator::StartsWith } else { Operator::EndsWith };
                let part = if self.choices.percent(30) {
                    self.value(names, &Type::Text.list(), true, depth)
                } else {
                    self.value(names, &Type::Text, true, depth)
                };
                Form::Operator(operator, text, part)
            }
        };
        Expr::condition(form)
    }

    fn regex(&mut self) -> Regex {
        let mut parts = Vec::new();
        if self.choices.percent(30) {
            parts.push(Regex::Start);
        }
        for _ in 0..=self.choices.below(3) {
            let part = self.regex_part(2);
            parts.push(part);
        }
        if self.choices.percent(30) {
            parts.push(Regex::End);
        }
        Regex::Sequence(parts)
    }

    fn regex_part(&mut self, depth: usize) -> Regex {
        match self.choices.below(if depth == 0 { 3 } else { 5 }) {
            0 => Regex::Letter(['a', 'b', 'w', '1', ' '][self.choices.below(5)]),
            1 => Regex::Any,
            2 => Regex::Class('a', ['b', 'm'][self.choices.below(2)], self.choices.percent(30)),
            3 => Regex::Either(vec![self.regex_part(depth - 1), self.regex_part(depth - 1)]),
            _ => {
                let (least, most) = [(0, None), (1, None), (0, Some(1))][self.choices.below(3)];
                Regex::Repeat(Box::new(self.regex_part(depth - 1)), least, most)
            }
        }
    }

    fn glob(&mut self) -> Glob {
        let parts = (0..=self.choices.below(2)).map(|_| match self.choices.below(5) {
            0 => GlobPart::Text(["a", "b", "ma", "x-", "é"][self.choices.below(5)].to_owned()),
            1 => GlobPart::One,
            2 => GlobPart::Class('a', 'm'),
            3 => GlobPart::Either(vec!["a".to_owned(), "web".to_owned()]),
            _ => GlobPart::Star,
        });
        let mut parts: Vec<GlobPart> = parts.collect();
        // Two stars in a row would be another sign.
        parts.dedup_by(|one, other| *one == GlobPart::Star && *other == GlobPart::Star);
        Glob(parts)
    }

    /// `any`, `all`, `none`.
    fn quantified(&mut self, names: &Names, depth: usize) -> Expr {
        let quantifier = [Quantifier::Any, Quantifier::All, Quantifier::None][self.choices.below(3)];
        let (binder, inner) = self.binder(names, depth);
        let needed = quantifier != Quantifier::Any && binder.condition.is_none();
        let body = if needed || self.choices.percent(80) { Some(self.condition(&inner, depth)) } else { None };
        Expr::condition(Form::Quantified(quantifier, Box::new(binder), body))
    }

    /// `exists`, and the tests of `is`.
    fn asked(&mut self, names: &Names) -> Expr {
        let paths = self.paths(names, &|_| true);
        let Some(path) = self.choices.pick(&paths).map(|path| path.expr.clone()) else {
            return Expr::condition(Form::Bool(true));
        };
        let Slot { ty, .. } = path.slot.clone();
        let negated = self.choices.percent(40);
        let test = match self.choices.below(6) {
            0 if can_be_empty(&ty) => Test::Empty,
            1 => match &ty {
                Type::NumberOrText => [Test::Text, Test::Number][self.choices.below(2)],
                Type::Dynamic => {
                    [Test::Text, Test::Number, Test::Bool, Test::Null, Test::List, Test::Map][self.choices.below(6)]
                }
                Type::List(_) => Test::List,
                Type::Map(_) | Type::Fields(_) => Test::Map,
                Type::Text => Test::Text,
                _ => Test::Absent,
            },
            2 => Test::Absent,
            _ => return Expr::condition(Form::Exists(path)),
        };
        let value = match &ty {
            // Of a path the answer would be known below, and the path have another type there.
            Type::NumberOrText | Type::Dynamic if test != Test::Absent && test != Test::Empty => {
                let slot = Type::List(Box::new(path.slot.clone())).present();
                let list = Expr::new(Form::List(vec![path]), slot);
                Expr::new(Form::Builtin(Builtin::First, vec![list]), ty.maybe())
            }
            _ => path,
        };
        Expr::condition(Form::Is(value, negated, test))
    }

    /// A text in which documents and policies meet.
    pub(super) fn word(&mut self) -> String {
        TEXTS[self.choices.below(TEXTS.len())].to_owned()
    }
}

fn can_be_empty(ty: &Type) -> bool {
    matches!(
        ty,
        Type::Text | Type::Word | Type::List(_) | Type::Map(_) | Type::Fields(_) | Type::NumberOrText | Type::Dynamic
    )
}
