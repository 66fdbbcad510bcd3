//! `selects`, `grants` and `walk`, as the evaluator has them.

use super::Quick;
use super::value::{Bail, Data, Quickly, Truth, Value};
use crate::eval::builtins::wanted_resource;
use policyc_lang::ir::{Shape, Sym};

/// Levels of a document that are walked.
const DEEPEST: i64 = 100;

/// The names of the fields of what `walk` gives; of names that no program asks for there are none.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct WalkNames {
    pub(super) key: Option<Sym>,
    pub(super) path: Option<Sym>,
    pub(super) depth: Option<Sym>,
    pub(super) value: Option<Sym>,
    pub(super) keys: Option<Sym>,
}

impl<'a> Quick<'a> {
    /// Whether a selector selects labels.
    pub(super) fn selects(&mut self, selector: Value<'a>, labels: Value<'a>) -> Quickly<bool> {
        if matches!(selector.data, Data::Absent | Data::Null) {
            return Ok(false);
        }
        if selector.is_unknown() || labels.is_unknown() || !self.is_map(&selector) {
            return Err(Bail);
        }
        let match_labels = self.entry(selector, "matchLabels")?;
        let expressions = self.entry(selector, "matchExpressions")?;
        let plain = match selector.data {
            Data::Node(_, Shape::Map(_)) => true,
            Data::Node(_, Shape::Object) => false,
            _ => match_labels.is_absent() && expressions.is_absent(),
        };
        if plain {
            return Ok(self.elements(selector)?.next(self)?.is_some() && self.all_equal(selector, labels)?);
        }
        if !self.all_equal(match_labels, labels)? {
            return Ok(false);
        }
        let mut walk = self.elements(expressions)?;
        while let Some((_, expression)) = walk.next(self)? {
            self.step()?;
            if !self.expression_holds(expression, labels)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn all_equal(&mut self, wanted: Value<'a>, labels: Value<'a>) -> Quickly<bool> {
        let mut walk = self.elements(wanted)?;
        while let Some((key, value)) = walk.next(self)? {
            self.step()?;
            let Data::Str(key) = key.data else { return Err(Bail) };
            let label = self.entry(labels, key)?;
            if !self.equal(&label, &value)?.known()? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn expression_holds(&mut self, expression: Value<'a>, labels: Value<'a>) -> Quickly<bool> {
        let (key, operator) = (self.entry(expression, "key")?, self.entry(expression, "operator")?);
        let (Data::Str(key), Data::Str(operator)) = (key.data, operator.data) else { return Err(Bail) };
        let label = self.entry(labels, key)?;
        if label.is_unknown() {
            return Err(Bail);
        }
        let among = |quick: &mut Self| {
            let values = quick.entry(expression, "values")?;
            let mut found = Truth::False;
            let mut walk = quick.elements(values)?;
            while let Some((_, value)) = walk.next(quick)? {
                quick.step()?;
                found = found.or(quick.equal(&value, &label)?);
            }
            Ok(found.known()? && !label.is_absent())
        };
        match operator {
            "In" => among(self),
            "NotIn" => Ok(!among(self)?),
            "Exists" => Ok(!label.is_absent()),
            "DoesNotExist" => Ok(label.is_absent()),
            _ => Err(Bail),
        }
    }

    /// Whether a rule of a role allows a verb on a resource.
    pub(super) fn grants(&mut self, rule: Value<'a>, verb: Value<'a>, resource: Value<'a>) -> Quickly<bool> {
        let all = [rule, verb, resource];
        if all.iter().any(Value::is_unknown) {
            return Err(Bail);
        }
        if all.iter().any(Value::is_absent) {
            return Ok(false);
        }
        let (Data::Str(verb), Data::Str(resource)) = (verb.data, resource.data) else { return Err(Bail) };
        let verbs = self.entry(rule, "verbs")?;
        if !self.any_text(verbs, |text| text == "*" || text == verb)? {
            return Ok(false);
        }
        let wanted = wanted_resource(resource);
        let groups = self.entry(rule, "apiGroups")?;
        if !self.any_text(groups, |text| text == "*" || wanted.group.is_none_or(|group| group == text))? {
            return Ok(false);
        }
        let resources = self.entry(rule, "resources")?;
        self.any_text(resources, |text| text == "*" || text == wanted.full || Some(text) == wanted.any_of.as_deref())
    }

    fn any_text(&mut self, list: Value<'a>, holds: impl Fn(&str) -> bool) -> Quickly<bool> {
        let mut walk = self.elements(list)?;
        while let Some((_, item)) = walk.next(self)? {
            self.step()?;
            if item.is_unknown() {
                return Err(Bail);
            }
            if self.text(&item).is_some_and(&holds) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Every node below a value down to so many levels; paths, which are long, are not made.
    pub(super) fn walk(&mut self, top: Value<'a>, levels: i64) -> Quickly<Value<'a>> {
        if top.is_unknown() {
            return Err(Bail);
        }
        let made = self.fresh.len();
        self.walk_below(top, 1, levels)?;
        Ok(Value::new(self.keep_list(made)?, top.source))
    }

    fn walk_below(&mut self, value: Value<'a>, depth: i64, levels: i64) -> Quickly<()> {
        if depth > levels || !self.is_list(&value) && !self.is_map(&value) {
            return Ok(());
        }
        if depth > DEEPEST {
            return Err(Bail);
        }
        let names = self.walk_names;
        let mut walk = self.elements(value)?;
        while let Some((key, item)) = walk.next(self)? {
            self.step()?;
            let fields = [
                (names.key, key),
                (names.path, Value::new(Data::Unmade, item.source)),
                (names.depth, Value::new(Data::Int(depth), item.source)),
                (names.value, item),
                (names.keys, Value::new(Data::Unmade, item.source)),
            ];
            let start = u32::try_from(self.records.len()).map_err(|_| Bail)?;
            self.records.extend(fields.into_iter().filter_map(|(name, value)| Some((name?, value))));
            let length = u32::try_from(self.records.len()).map_err(|_| Bail)? - start;
            self.fresh.push(Value::new(Data::Record(start, length), item.source));
            self.walk_below(item, depth + 1, levels)?;
        }
        Ok(())
    }
}
