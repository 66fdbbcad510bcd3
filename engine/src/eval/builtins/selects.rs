//! `selects` and `closest`: label selectors, and what they nearly select.

use super::super::machine::Evaluator;
use super::super::truth::Truth;
use super::super::value::{Data, Unknown, Value};
use policyc_lang::ir::Shape;

/// Longest texts between which a distance is computed.
const LONGEST: usize = 64;

impl<'a> Evaluator<'a> {
    /// Whether a selector selects labels. A LabelSelector that is empty selects all, a plain map that is empty none,
    /// and an absent one none. Source: `k8s.io/apimachinery/pkg/apis/meta/v1.LabelSelectorAsSelector`.
    pub(super) fn selects(&mut self, selector: &Value<'a>, labels: &Value<'a>) -> Truth {
        if selector.is_absent() || matches!(selector.data, Data::Null) {
            return Truth::False;
        }
        if let Some(unknown) = selector.as_unknown().or(labels.as_unknown()) {
            return Truth::Unknown(unknown.clone());
        }
        if !self.is_map(selector) {
            return Truth::Unknown(Unknown::new("only a mapping selects"));
        }
        let match_labels = self.entry(selector, "matchLabels");
        let expressions = self.entry(selector, "matchExpressions");
        let plain = match selector.data {
            Data::Node(_, _, Shape::Map(_)) => true,
            Data::Node(_, _, Shape::Object) => false,
            _ => match_labels.is_absent() && expressions.is_absent(),
        };
        if plain {
            let empty = self.is_empty(selector);
            return self.all_equal(selector, labels).and(empty.not());
        }
        let mut acc = self.all_equal(&match_labels, labels);
        let (mut elements, incomplete) = match self.elements(&expressions) {
            Ok(elements) => elements,
            Err(unknown) => return acc.and(Truth::Unknown(unknown)),
        };
        while let Some(expression) = elements.next_item(self) {
            if !self.fuel.step() {
                return Truth::of(&self.out_of_fuel());
            }
            acc = acc.and(self.expression_holds(&expression, labels));
            if acc == Truth::False {
                return acc;
            }
        }
        acc.and(incomplete.map_or(Truth::True, Truth::Unknown))
    }

    fn all_equal(&mut self, wanted: &Value<'a>, labels: &Value<'a>) -> Truth {
        let (mut elements, _) = match self.elements(wanted) {
            Ok(elements) => elements,
            Err(unknown) => return Truth::Unknown(unknown),
        };
        let mut acc = Truth::True;
        while let Some((key, value)) = elements.next_entry(self) {
            if !self.fuel.step() {
                return Truth::of(&self.out_of_fuel());
            }
            let label = self.entry(labels, key.as_str().unwrap_or_default());
            acc = acc.and(self.equal(&label, &value).into());
            if acc == Truth::False {
                return acc;
            }
        }
        acc
    }

    fn expression_holds(&mut self, expression: &Value<'a>, labels: &Value<'a>) -> Truth {
        let key = self.entry(expression, "key");
        let operator = self.entry(expression, "operator");
        let values = self.entry(expression, "values");
        let (Some(key), Some(operator)) = (key.as_str(), operator.as_str()) else {
            return Truth::Unknown(Unknown::new("a selector's expression without key or operator"));
        };
        let label = self.entry(labels, key);
        let exists = match &label.data {
            Data::Unknown(unknown) => return Truth::Unknown(unknown.clone()),
            _ => Truth::from(!label.is_absent()),
        };
        match operator {
            "In" => exists.and(self.contains(&values, &label)),
            "NotIn" => exists.and(self.contains(&values, &label)).not(),
            "Exists" => exists,
            "DoesNotExist" => exists.not(),
            other => Truth::Unknown(Unknown::new(format!("`{other}` is not an operator of selectors"))),
        }
    }

    /// The element of a list that comes nearest to a selector or a text; absent where nothing comes near.
    pub(super) fn closest(&mut self, wanted: &Value<'a>, list: &Value<'a>) -> Value<'a> {
        if wanted.is_absent() || wanted.as_unknown().is_some() {
            return Value::absent();
        }
        let Ok((mut elements, _)) = self.elements(list) else { return Value::absent() };
        let mut best: Option<(usize, Value<'a>)> = None;
        while let Some(item) = elements.next_item(self) {
            if !self.fuel.step() {
                return self.out_of_fuel();
            }
            let nearness = match wanted.as_str() {
                Some(text) => self.nearness_of_name(text, &item),
                None => self.nearness_of_labels(wanted, &item),
            };
            if nearness > best.as_ref().map_or(0, |(before, _)| *before) {
                best = Some((nearness, item));
            }
        }
        best.map_or_else(Value::absent, |(_, item)| item)
    }

    // Equal labels count double, equal keys once.
    fn nearness_of_labels(&mut self, selector: &Value<'a>, item: &Value<'a>) -> usize {
        let match_labels = self.entry(selector, "matchLabels");
        let wanted = if match_labels.is_absent() { selector.clone() } else { match_labels };
        let labels = self.labels_of(item);
        let mut nearness = 0;
        for (key, value) in self.entries(&wanted) {
            let label = self.entry(&labels, &key);
            if !label.is_absent() {
                nearness += 1 + usize::from(self.equal(&label, &value) == Ok(true));
            }
        }
        nearness
    }

    // Of a workload those of its pods, of other things their own.
    fn labels_of(&mut self, item: &Value<'a>) -> Value<'a> {
        let pod = self.named_part(item, "pod");
        let holder = if pod.is_absent() { item.clone() } else { pod };
        let metadata = self.named_part(&holder, "metadata");
        let labels = self.entry(&metadata, "labels");
        if labels.is_absent() { self.named_part(item, "labels") } else { labels }
    }

    /// A field of a row, or a key of whatever it is.
    pub(in crate::eval) fn named_part(&mut self, value: &Value<'a>, name: &str) -> Value<'a> {
        if let Data::Row(row) = value.data {
            let view = self.rows[row.0 as usize].view;
            let program = self.program;
            let fields = &program.view(view).fields;
            if let Some(place) = fields.iter().position(|field| program.name(field.name) == name) {
                return self.row_field(value, view, u32::try_from(place).unwrap_or(u32::MAX));
            }
        }
        self.entry(value, name)
    }

    fn nearness_of_name(&mut self, text: &str, item: &Value<'a>) -> usize {
        let mut name = self.scalar_of_row(item.clone());
        if name.as_str().is_none() {
            name = self.named_part(item, "name");
        }
        if name.as_str().is_none() {
            let metadata = self.entry(item, "metadata");
            name = self.entry(&metadata, "name");
        }
        let Some(name) = name.as_str() else { return 0 };
        if text.len() > LONGEST || name.len() > LONGEST || !self.fuel.take((text.len() * name.len()) as u64 / 16) {
            return 0;
        }
        let distance = edit_distance(text.as_bytes(), name.as_bytes());
        let longest = text.len().max(name.len());
        if distance * 2 > longest { 0 } else { 1 + longest - distance }
    }
}

fn edit_distance(one: &[u8], other: &[u8]) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (line, byte) in one.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = line + 1;
        for (column, twin) in other.iter().enumerate() {
            let replaced = diagonal + usize::from(byte != twin);
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(row[column] + 1).min(diagonal + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::edit_distance;

    #[test]
    fn distances() {
        for (one, other, distance) in
            [("", "", 0), ("web", "web", 0), ("web", "wep", 1), ("web", "we", 1), ("", "ab", 2)]
        {
            assert_eq!(edit_distance(one.as_bytes(), other.as_bytes()), distance, "{one} {other}");
        }
    }
}
