//! Equality and order of values.

use super::machine::Evaluator;
use super::value::{Data, Unknown, Value};
use policyc_lang::values::{Quantity, Version};
use rustc_hash::FxHashMap;
use std::borrow::Cow;
use std::cmp::Ordering;

/// Mappings with more entries than this are compared through a hash table.
const SMALL_MAP: usize = 8;

impl<'a> Evaluator<'a> {
    /// Whether two values are equal: objects, rows, namespaces by identity, others by structure; absent equals nothing.
    pub(crate) fn equal(&mut self, left: &Value<'a>, right: &Value<'a>) -> Result<bool, Unknown> {
        if left.is_absent() || right.is_absent() {
            return Ok(false);
        }
        if let Some(unknown) = left.as_unknown().or(right.as_unknown()) {
            return Err(unknown.clone());
        }
        if let (Some(left), Some(right)) = (left.as_str(), right.as_str()) {
            return Ok(left == right);
        }
        match (&left.data, &right.data) {
            (Data::Absent, _) | (_, Data::Absent) => Ok(false),
            (Data::Null, Data::Null) | (Data::Project, Data::Project) | (Data::Cluster, Data::Cluster) => Ok(true),
            (Data::Bool(left), Data::Bool(right)) => Ok(left == right),
            (Data::Number(left), Data::Number(right)) => Ok(left == right),
            (Data::Quantity(left), Data::Quantity(right)) => Ok(left == right),
            (Data::Quantity(quantity), Data::Number(number)) | (Data::Number(number), Data::Quantity(quantity)) => {
                Ok(Quantity::from_number(*number).is_some_and(|number| number == *quantity))
            }
            (Data::Duration(left), Data::Duration(right)) => Ok(left == right),
            (Data::Date(left), Data::Date(right)) => Ok(left == right),
            (Data::Severity(left), Data::Severity(right)) => Ok(left == right),
            (Data::Severity(severity), _) => Ok(right.as_str() == Some(severity.as_str())),
            (_, Data::Severity(severity)) => Ok(left.as_str() == Some(severity.as_str())),
            (Data::Ip(left), Data::Ip(right)) => Ok(left == right),
            (Data::Cidr(left), Data::Cidr(right)) => Ok(left == right),
            (Data::Range(left), Data::Range(right)) => Ok(left == right),
            (Data::Object(left), Data::Object(right)) => Ok(left == right),
            (Data::Row(left), Data::Row(right)) => Ok(left == right),
            (Data::Namespace(left), Data::Namespace(right)) => Ok(left == right),
            (Data::Row(row), _) => {
                let own = self.rows[row.0 as usize].own.clone();
                self.equal(&own, right)
            }
            (_, Data::Row(row)) => {
                let own = self.rows[row.0 as usize].own.clone();
                self.equal(left, &own)
            }
            _ => self.equal_composite(left, right),
        }
    }

    fn equal_composite(&mut self, left: &Value<'a>, right: &Value<'a>) -> Result<bool, Unknown> {
        if let (Data::Node(file, node, _), Data::Node(other, twin, _)) = (&left.data, &right.data)
            && (file, node) == (other, twin)
        {
            return Ok(true);
        }
        if self.is_list(left) && self.is_list(right) {
            return self.equal_lists(left, right);
        }
        if self.is_map(left) && self.is_map(right) {
            return self.equal_maps(left, right);
        }
        if left.as_version().is_some() || right.as_version().is_some() {
            return Ok(matches!((version_of(left), version_of(right)), (Some(left), Some(right)) if left == right));
        }
        Ok(match (left.as_glob(), right.as_glob()) {
            (Some(left), Some(right)) => left == right,
            _ => match (left.as_version_range(), right.as_version_range()) {
                (Some(left), Some(right)) => left == right,
                _ => matches!((left.as_pattern(), right.as_pattern()), (Some(left), Some(right)) if left == right),
            },
        })
    }

    fn equal_lists(&mut self, left: &Value<'a>, right: &Value<'a>) -> Result<bool, Unknown> {
        let (mut ours, incomplete) = self.elements(left)?;
        let (mut theirs, also) = self.elements(right)?;
        if let Some(unknown) = incomplete.or(also) {
            return Err(unknown);
        }
        // What is not known of one element does not hide that others differ.
        let mut doubt = None;
        loop {
            if !self.fuel.step() {
                return Err(Unknown::new(super::fuel::BUDGET));
            }
            let (one, other) = (ours.next_item(self), theirs.next_item(self));
            match (one, other) {
                (None, None) => return doubt.map_or(Ok(true), Err),
                (Some(one), Some(other)) if one.is_absent() && other.is_absent() => {}
                (Some(one), Some(other)) => match self.equal(&one, &other) {
                    Ok(true) => {}
                    Ok(false) => return Ok(false),
                    Err(unknown) => doubt = doubt.or(Some(unknown)),
                },
                _ => return Ok(false),
            }
        }
    }

    fn equal_maps(&mut self, left: &Value<'a>, right: &Value<'a>) -> Result<bool, Unknown> {
        let (ours, theirs) = (self.entries(left), self.entries(right));
        if ours.len() != theirs.len() {
            return Ok(false);
        }
        let table: FxHashMap<&str, usize> = if theirs.len() > SMALL_MAP {
            theirs.iter().enumerate().map(|(place, (key, _))| (&**key, place)).collect()
        } else {
            FxHashMap::default()
        };
        let mut doubt = None;
        for (key, one) in &ours {
            if !self.fuel.step() {
                return Err(Unknown::new(super::fuel::BUDGET));
            }
            let place = if theirs.len() > SMALL_MAP {
                table.get(&**key).copied()
            } else {
                theirs.iter().position(|(other, _)| other == key)
            };
            let Some((_, other)) = place.and_then(|place| theirs.get(place)) else { return Ok(false) };
            if one.is_absent() && other.is_absent() {
                continue;
            }
            match self.equal(one, other) {
                Ok(true) => {}
                Ok(false) => return Ok(false),
                Err(unknown) => doubt = doubt.or(Some(unknown)),
            }
        }
        doubt.map_or(Ok(true), Err)
    }

    /// The order of two values of one type.
    pub(crate) fn order(&mut self, left: &Value<'a>, right: &Value<'a>) -> Result<Ordering, Unknown> {
        if let Some(unknown) = left.as_unknown().or(right.as_unknown()) {
            return Err(unknown.clone());
        }
        if let (Some(left), Some(right)) = (left.as_str(), right.as_str()) {
            return Ok(left.cmp(right));
        }
        let incomparable = || Unknown::new("two values of different types have no order");
        match (&left.data, &right.data) {
            (Data::Absent, _) => Err(self.not_set(left)),
            (_, Data::Absent) => Err(self.not_set(right)),
            (Data::Number(left), Data::Number(right)) => Ok(left.cmp(right)),
            (Data::Quantity(left), Data::Quantity(right)) => Ok(left.cmp(right)),
            (Data::Quantity(left), Data::Number(right)) => {
                Quantity::from_number(*right).map(|right| left.cmp(&right)).ok_or_else(incomparable)
            }
            (Data::Number(left), Data::Quantity(right)) => {
                Quantity::from_number(*left).map(|left| left.cmp(right)).ok_or_else(incomparable)
            }
            (Data::Duration(left), Data::Duration(right)) => Ok(left.cmp(right)),
            (Data::Date(left), Data::Date(right)) => Ok(left.cmp(right)),
            (Data::Severity(left), Data::Severity(right)) => Ok(left.cmp(right)),
            (Data::Ip(left), Data::Ip(right)) => Ok(left.cmp(right)),
            _ => match (version_of(left), version_of(right)) {
                (Some(one), Some(other)) if left.as_version().is_some() || right.as_version().is_some() => {
                    Ok(one.cmp(&other))
                }
                _ => Err(incomparable()),
            },
        }
    }

    /// The reason of what needs a value that is not there.
    pub(crate) fn not_set(&self, value: &Value<'a>) -> Unknown {
        match value.origin {
            super::origin::Origin::Missing(_, path) => {
                let mut text = String::new();
                self.paths.print(path, &self.names, &mut text);
                if text.is_empty() {
                    Unknown::new("a value is not set")
                } else {
                    Unknown::new(format!("`{text}` is not set"))
                }
            }
            _ => Unknown::new("a value is not set"),
        }
    }

    /// A text that is equal for values that are equal, to group by.
    pub(crate) fn canonical(&mut self, value: &Value<'a>, out: &mut String) {
        if !self.fuel.step() {
            return;
        }
        if let Some(text) = value.as_str() {
            out.push_str(&format!("s{}:{text}", text.len()));
            return;
        }
        match &value.data {
            Data::Object(id) => out.push_str(&format!("o{}", id.0)),
            Data::Row(id) => match self.scalar_of_row(value.clone()) {
                Value { data: Data::Row(_), .. } => out.push_str(&format!("r{}", id.0)),
                scalar => self.canonical(&scalar, out),
            },
            Data::Namespace(id) => out.push_str(&format!("n{}", id.0)),
            Data::Quantity(quantity) => out.push_str(&format!("#{}", quantity.to_number())),
            Data::Number(number) => out.push_str(&format!("#{number}")),
            Data::Severity(severity) => {
                let text = severity.as_str();
                out.push_str(&format!("s{}:{text}", text.len()));
            }
            _ if self.is_list(value) => {
                out.push('[');
                if let Ok((mut elements, _)) = self.elements(value) {
                    while let Some(item) = elements.next_item(self) {
                        self.canonical(&item, out);
                        out.push(',');
                    }
                }
                out.push(']');
            }
            _ if self.is_map(value) => {
                let mut entries = self.entries(value);
                entries.sort_by(|one, other| one.0.cmp(&other.0));
                out.push('{');
                for (key, item) in entries {
                    out.push_str(&format!("{}:{key}=", key.len()));
                    self.canonical(&item, out);
                    out.push(',');
                }
                out.push('}');
            }
            _ => {
                out.push('v');
                self.print(value, out);
            }
        }
    }
}

/// A version, or a text read as one.
pub(crate) fn version_of<'v>(value: &'v Value<'_>) -> Option<Cow<'v, Version>> {
    match value.as_version() {
        Some(version) => Some(Cow::Borrowed(version)),
        None => Version::parse(value.as_str()?).ok().map(Cow::Owned),
    }
}
