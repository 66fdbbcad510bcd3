//! `walk`: every node below a value.

use super::super::machine::Evaluator;
use super::super::names::Name;
use super::super::origin::push_key;
use super::super::value::{Data, Value};
use std::rc::Rc;

struct Labels {
    key: Name,
    path: Name,
    depth: Name,
    value: Name,
    keys: Name,
}

impl<'a> Evaluator<'a> {
    /// The nodes below a value in source order, as `{key, path, depth, value, keys}`; depth is 1 right below.
    pub(super) fn walk(&mut self, top: &Value<'a>) -> Value<'a> {
        if top.as_unknown().is_some() {
            return top.clone();
        }
        let labels = Labels {
            key: self.names.intern("key"),
            path: self.names.intern("path"),
            depth: self.names.intern("depth"),
            value: self.names.intern("value"),
            keys: self.names.intern("keys"),
        };
        let mut out = Vec::new();
        self.walk_below(top, "", 1, &labels, &mut out);
        if self.fuel.is_empty() {
            return self.out_of_fuel();
        }
        Value::list(out, top.origin)
    }

    fn walk_below(&mut self, value: &Value<'a>, path: &str, depth: i64, labels: &Labels, out: &mut Vec<Value<'a>>) {
        if !self.is_list(value) && !self.is_map(value) {
            return;
        }
        let Ok((mut elements, _)) = self.elements(value) else { return };
        while let Some((key, item)) = elements.next_entry(self) {
            // Paths grow with the depth, so deep nodes cost more.
            if !self.fuel.take(2 + path.len() as u64 / 16) {
                return;
            }
            let mut here = path.to_owned();
            match key.as_str() {
                Some(text) => push_key(&mut here, text),
                None => {
                    here.push('[');
                    self.print(&key, &mut here);
                    here.push(']');
                }
            }
            let keys = if self.is_map(&item) { self.keys_of(&item) } else { Vec::new() };
            let fields = vec![
                (labels.key, key),
                (labels.path, Value::text(here.as_str(), item.origin)),
                (labels.depth, Value::number(depth, item.origin)),
                (labels.value, item.clone()),
                (labels.keys, Value::list(keys, item.origin)),
            ];
            out.push(Value::new(Data::Record(Rc::new(fields)), item.origin));
            self.walk_below(&item, &here, depth + 1, labels, out);
        }
    }

    fn keys_of(&mut self, map: &Value<'a>) -> Vec<Value<'a>> {
        let Ok((mut elements, _)) = self.elements(map) else { return Vec::new() };
        let mut keys = Vec::new();
        while let Some((key, _)) = elements.next_entry(self) {
            if !self.fuel.step() {
                break;
            }
            keys.push(key);
        }
        keys
    }
}
