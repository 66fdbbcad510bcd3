//! How values look in texts: those of policies, of messages, and as data for fixes.

use super::access::shorten;
use super::machine::Evaluator;
use super::origin::Origin;
use super::truth::Truth;
use super::value::{Data, ObjectId, Rich, RowId, Unknown, Value};
use crate::report::limit::{MESSAGE, NAME, REASON, VALUE, cap, capped};
use policyc_lang::ir::{Const, Expr, ExprId, TextPart};
use serde_json::Value as Json;
use std::fmt::Write;

/// What stands in messages for values of Secrets.
pub(crate) const MASK: &str = "***";
/// What stands in messages for what is absent.
const NOT_SET: &str = "(not set)";
/// Lists in messages are cut after this many elements.
const MOST_ITEMS: usize = 50;
/// Nested values in messages are cut at this depth.
const MOST_DEPTH: u32 = 8;
/// Characters of a part of an object's title; names that Kubernetes takes have at most 253.
const MOST_TITLE: usize = 253;

/// How a value is printed.
#[derive(Clone, Copy, Debug)]
struct How {
    /// Values of Secrets are masked.
    mask: bool,
    /// What is not known goes without its reason, which has quotes of its own.
    bare: bool,
    /// Characters of a scalar.
    scalar: usize,
    /// Length of the output, in bytes, at which collections stop.
    end: usize,
    /// Levels of nesting that are left.
    depth: u32,
}

impl How {
    /// As texts of policies show values: whole.
    const EXACT: Self = Self { mask: false, bare: false, scalar: usize::MAX, end: usize::MAX, depth: MOST_DEPTH };
    /// As messages show values.
    const MESSAGE: Self = Self { mask: true, scalar: VALUE, end: NAME, ..Self::EXACT };

    fn below(self) -> Self {
        Self { depth: self.depth.saturating_sub(1), ..self }
    }
}

impl<'a> Evaluator<'a> {
    /// Appends a value as texts show it.
    pub(crate) fn print(&mut self, value: &Value<'a>, out: &mut String) {
        self.print_at(value, out, How::EXACT);
    }

    /// A value as messages show it: values of Secrets masked.
    pub(crate) fn print_masked(&mut self, value: &Value<'a>) -> String {
        let mut out = String::new();
        self.print_at(value, &mut out, How::MESSAGE);
        cap(&mut out, NAME);
        out
    }

    fn print_at(&mut self, value: &Value<'a>, out: &mut String, how: How) {
        if how.mask && self.is_secret(value.origin) && !value.is_absent() {
            out.push_str(MASK);
            return;
        }
        if how.depth == 0 || !self.fuel.step() {
            out.push('…');
            return;
        }
        // Writing to a string does not fail.
        let written = match &value.data {
            Data::Absent => write!(out, "{NOT_SET}"),
            Data::Null => write!(out, "null"),
            Data::Unknown(unknown) => {
                print_unknown(unknown, out, how);
                return;
            }
            Data::Bool(value) => write!(out, "{value}"),
            Data::Number(value) => write!(out, "{value}"),
            Data::Str(text) => write!(out, "{}", capped(text, how.scalar)),
            Data::Owned(text) => write!(out, "{}", capped(text, how.scalar)),
            Data::Quantity(value) => write!(out, "{value}"),
            Data::Duration(value) => write!(out, "{value}"),
            Data::Date(value) => write!(out, "{value}"),
            Data::Severity(value) => write!(out, "{value}"),
            Data::Ip(value) => write!(out, "{value}"),
            Data::Cidr(value) => write!(out, "{value}"),
            Data::Range(value) => write!(out, "{value}"),
            Data::Const(constant) => write!(out, "{}", const_text(constant)),
            Data::Rich(rich) => write!(out, "{}", rich_text(rich)),
            Data::Namespace(id) => {
                let name = &self.world.namespaces()[id.0 as usize].name;
                write!(out, "{}", capped(name, how.scalar))
            }
            Data::Project => write!(out, "{}", capped(&self.world.options().name, how.scalar)),
            Data::Cluster => write!(out, "cluster {}", self.settings.cluster.version),
            Data::Object(id) => return self.print_title(*id, out),
            Data::Row(row) => return self.print_row(*row, value, out, how),
            Data::Node(..) | Data::List(_) | Data::ConstList(_) if self.is_list(value) => {
                return self.print_list(value, out, how);
            }
            Data::Node(..) | Data::Record(_) | Data::ConstRecord(_) | Data::List(_) | Data::ConstList(_) => {
                return self.print_map(value, out, how);
            }
        };
        debug_assert!(written.is_ok(), "a string takes everything");
    }

    // An empty list would not be seen.
    fn print_list(&mut self, value: &Value<'a>, out: &mut String, how: How) {
        let Ok((mut elements, incomplete)) = self.elements(value) else { return };
        let mut number = 0;
        while let Some(item) = elements.next_item(self) {
            if number > 0 {
                out.push_str(", ");
            }
            if number == MOST_ITEMS || out.len() > how.end {
                out.push('…');
                return;
            }
            self.print_at(&item, out, how.below());
            number += 1;
        }
        match incomplete {
            _ if number > 0 => {}
            Some(unknown) => print_unknown(&unknown, out, how),
            None => out.push_str("[]"),
        }
    }

    fn print_map(&mut self, value: &Value<'a>, out: &mut String, how: How) {
        let Ok((mut elements, _)) = self.elements(value) else { return };
        out.push('{');
        let mut number = 0;
        while let Some((key, item)) = elements.next_entry(self) {
            if number > 0 {
                out.push_str(", ");
            }
            if number == MOST_ITEMS || out.len() > how.end {
                out.push('…');
                break;
            }
            out.push_str(&capped(key.as_str().unwrap_or_default(), how.scalar));
            out.push_str(": ");
            self.print_at(&item, out, how.below());
            number += 1;
        }
        out.push('}');
    }

    // A view may say how its rows look; else they look like their scalar, or by their name, or as the object they are
    // or stand in.
    fn print_row(&mut self, row: RowId, value: &Value<'a>, out: &mut String, how: How) {
        let program = self.program;
        let view_id = self.rows[row.0 as usize].view;
        let look = self.plan.look_of(view_id);
        if let Some(display) = look.display {
            let shown = self.row_field(value, view_id, display);
            return self.print_at(&shown, out, how.below());
        }
        let own = self.rows[row.0 as usize].own.clone();
        match own.data {
            Data::Object(_) | Data::Namespace(_) | Data::Project | Data::Row(_) => {
                return self.print_at(&own, out, how.below());
            }
            Data::Absent | Data::Node(..) | Data::Record(_) => {}
            _ => return self.print_at(&own, out, how.below()),
        }
        let name = match look.name {
            Some(name) => self.row_field(value, view_id, name),
            None => self.entry(&own, "name"),
        };
        if name.as_str().is_some() {
            return self.print_at(&name, out, how.below());
        }
        match self.object_of(value) {
            Some(object) => self.print_title(object, out),
            None => out.push_str(&program.view(view_id).name),
        }
    }

    /// `Deployment shop/web`, or `Deployment web` where the object names no namespace.
    pub(crate) fn print_title(&self, id: ObjectId, out: &mut String) {
        let files = self.world.files();
        let object = self.object(id);
        let short = |text| capped(text, MOST_TITLE);
        let (kind, name) = (short(object.kind(files)), short(object.name(files).unwrap_or_default()));
        match object.written_namespace(files).filter(|_| object.namespace.is_some()) {
            Some(namespace) => out.extend([&*kind, " ", &*short(namespace), "/", &*name]),
            None if name.trim_end().is_empty() => out.push_str(kind.trim_end()),
            None => out.extend([&*kind, " ", name.trim_end()]),
        }
    }

    /// Why a value, or a part of a list or record, is not known: a text of it would pass for known.
    pub(crate) fn unknown_within(&mut self, value: &Value<'a>) -> Option<Unknown> {
        if let Data::Unknown(unknown) = &value.data {
            return Some(unknown.clone());
        }
        if !self.is_list(value) && !matches!(value.data, Data::Record(_)) && !self.is_map(value) {
            return None;
        }
        let (mut elements, incomplete) = match self.elements(value) {
            Ok(elements) => elements,
            Err(unknown) => return Some(unknown),
        };
        if incomplete.is_some() {
            return incomplete;
        }
        while let Some(item) = elements.next_item(self) {
            if !self.fuel.step() {
                return Some(Unknown::new(super::fuel::BUDGET));
            }
            if let Some(unknown) = self.unknown_within(&item) {
                return Some(unknown);
            }
        }
        None
    }

    /// `Expr::Text`.
    pub(crate) fn text(&mut self, parts: &[TextPart]) -> Value<'a> {
        let mut out = String::new();
        let mut origin = Origin::None;
        for part in parts {
            match part {
                TextPart::Plain(text) => out.push_str(text),
                TextPart::Value(expr) => {
                    let value = self.eval(*expr);
                    if let Some(unknown) = self.unknown_within(&value) {
                        return Value::new(Data::Unknown(unknown), value.origin);
                    }
                    origin = self.derived(origin, value.origin);
                    self.print(&value, &mut out);
                    if !self.fuel.take(out.len() as u64 / 16) {
                        return self.out_of_fuel();
                    }
                }
            }
        }
        Value::text(out, origin)
    }

    /// Appends the text of a message, a help or the like, in which values of Secrets are masked and long ones are cut.
    pub(crate) fn message(&mut self, id: ExprId, out: &mut String) {
        self.push_message(id, out, NAME);
        cap(out, MESSAGE);
    }

    // `most`: characters of a text that is no part of another.
    fn push_message(&mut self, id: ExprId, out: &mut String, most: usize) {
        // Between backticks stands a name: the reason why it is not known would have backticks too.
        let bare = out.bytes().filter(|byte| *byte == b'`').count() % 2 == 1;
        let how = How { bare, scalar: most, ..How::MESSAGE };
        let program = self.program;
        match program.exprs.get(id.index()) {
            Some(Expr::Text(parts)) => {
                for part in parts {
                    if out.len() > 4 * MESSAGE {
                        return;
                    }
                    match part {
                        TextPart::Plain(text) => out.push_str(text),
                        TextPart::Value(expr) => self.push_message(*expr, out, VALUE),
                    }
                }
            }
            Some(Expr::If(condition, then, otherwise)) => match self.truth(*condition) {
                Truth::True => self.push_message(*then, out, most),
                Truth::False => self.push_message(*otherwise, out, most),
                Truth::Unknown(unknown) => print_unknown(&unknown, out, how),
            },
            _ => {
                let value = self.eval(id);
                let mut text = String::new();
                self.print_at(&value, &mut text, how);
                out.push_str(&capped(&text, NAME));
            }
        }
    }

    /// A value as data, for the text that a fix writes. `None` for what has no such form.
    pub(crate) fn json(&mut self, value: &Value<'a>) -> Option<Json> {
        if !self.fuel.step() {
            return None;
        }
        Some(match &value.data {
            Data::Absent | Data::Unknown(_) | Data::Cluster | Data::Project => return None,
            Data::Null => Json::Null,
            Data::Bool(value) => Json::Bool(*value),
            Data::Number(number) => match number.as_i64() {
                Some(number) => number.into(),
                None => serde_json::from_str(&number.to_string()).unwrap_or_else(|_| number.to_string().into()),
            },
            _ if self.is_list(value) => {
                let (items, _) = self.items(value).ok()?;
                Json::Array(items.iter().map(|item| self.json(item)).collect::<Option<_>>()?)
            }
            Data::Row(_) => {
                let scalar = self.scalar_of_row(value.clone());
                match scalar.data {
                    Data::Row(_) if self.is_map(value) => self.json_of_map(value)?,
                    Data::Row(_) => return None,
                    _ => return self.json(&scalar),
                }
            }
            _ if self.is_map(value) => self.json_of_map(value)?,
            _ => {
                let mut text = String::new();
                self.print(value, &mut text);
                Json::String(text)
            }
        })
    }

    fn json_of_map(&mut self, value: &Value<'a>) -> Option<Json> {
        let mut map = serde_json::Map::new();
        for (key, item) in self.entries(value) {
            if !item.is_absent() {
                map.insert(key.into_owned(), self.json(&item)?);
            }
        }
        Some(Json::Object(map))
    }
}

fn print_unknown(unknown: &Unknown, out: &mut String, how: How) {
    if how.bare {
        out.push_str("(unknown)");
    } else {
        out.push_str("(unknown: ");
        out.push_str(&capped(&unknown.reason, how.scalar.max(REASON)));
        out.push(')');
    }
}

fn rich_text(rich: &Rich) -> String {
    match rich {
        Rich::Version(version) => version.to_string(),
        Rich::VersionRange(range) => range.to_string(),
        Rich::Pattern(pattern) => pattern.to_string(),
    }
}

/// A constant as texts show it.
pub(crate) fn const_text(constant: &Const) -> String {
    match constant {
        Const::Absent => NOT_SET.to_owned(),
        Const::Bool(value) => value.to_string(),
        Const::Number(value) => value.to_string(),
        Const::String(value) => value.clone(),
        Const::Quantity(value) => value.to_string(),
        Const::Duration(value) => value.to_string(),
        Const::Date(value) => value.to_string(),
        Const::Severity(value) => value.to_string(),
        Const::Semver(value) => value.to_string(),
        Const::VersionRange(value) => value.to_string(),
        Const::Glob(value) => value.to_string(),
        Const::Regex(value) => value.to_string(),
        Const::Ip(value) => value.to_string(),
        Const::Cidr(value) => value.to_string(),
        Const::Range(value) => value.to_string(),
        Const::List(items) if items.is_empty() => "[]".to_owned(),
        Const::List(items) => shorten(&items.iter().take(MOST_ITEMS).map(const_text).collect::<Vec<_>>().join(", ")),
        Const::Record(fields) => {
            let fields: Vec<_> =
                fields.iter().take(MOST_ITEMS).map(|(name, value)| format!("{name}: {}", const_text(value))).collect();
            shorten(&format!("{{{}}}", fields.join(", ")))
        }
    }
}
