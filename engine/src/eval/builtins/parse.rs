//! From texts to values with a form; a text without that form gives absent.

use super::super::machine::Evaluator;
use super::super::names::Name;
use super::super::origin::Origin;
use super::super::value::{Data, Rich, Unknown, Value};
use crate::yaml;
use policyc_lang::ir::Builtin;
use policyc_lang::values::{
    Cidr, Cron, Date, Duration, FsPath, ImageText, Ip, License, Number, Pattern, Purl, Quantity, Version, VersionRange,
};
use policyc_text::FileId;
use serde_json::Value as Json;
use std::rc::Rc;

impl<'a> Evaluator<'a> {
    pub(super) fn parse(&mut self, builtin: Builtin, value: &Value<'a>, origin: Origin) -> Value<'a> {
        let typed = match (builtin, &value.data) {
            (Builtin::Number, Data::Number(_))
            | (Builtin::Quantity, Data::Quantity(_))
            | (Builtin::Duration, Data::Duration(_))
            | (Builtin::Date, Data::Date(_))
            | (Builtin::Ip, Data::Ip(_))
            | (Builtin::Cidr, Data::Cidr(_)) => return value.clone(),
            (Builtin::Semver, _) if value.as_version().is_some() => return value.clone(),
            (Builtin::VersionRange, _) if value.as_version_range().is_some() => return value.clone(),
            (Builtin::Regex, _) if value.as_pattern().is_some() => return value.clone(),
            (Builtin::Number, Data::Quantity(amount)) => Some(Data::Number(amount.to_number())),
            (Builtin::Quantity, Data::Number(number)) => {
                Some(Quantity::from_number(*number).map_or(Data::Absent, Data::Quantity))
            }
            (Builtin::Cidr, Data::Ip(ip)) => Some(Data::Cidr((*ip).into())),
            _ => None,
        };
        if let Some(data) = typed {
            return Value::new(data, origin);
        }
        let Some(text) = value.as_str() else { return Value::absent_at(origin) };
        if !self.fuel.take(text.len() as u64 / 16) {
            return self.out_of_fuel();
        }
        match builtin {
            Builtin::Base64 => base64(text).map_or_else(|| Value::absent_at(origin), |text| Value::text(text, origin)),
            Builtin::Json => match serde_json::from_str::<Json>(text) {
                Ok(json) => self.value_of_json(&json, origin),
                Err(_) => Value::absent_at(origin),
            },
            Builtin::Yaml => self.parse_yaml(text, origin),
            _ => Value::new(self.parse_text(builtin, value, text), origin),
        }
    }

    fn parse_text(&self, builtin: Builtin, value: &Value<'a>, text: &str) -> Data<'a> {
        let rich = |rich: Option<Rich>| rich.map_or(Data::Absent, |rich| Data::Rich(Rc::new(rich)));
        let itself = |good: bool| if good { value.data.clone() } else { Data::Absent };
        match builtin {
            Builtin::Number => Number::parse(text).map_or(Data::Absent, Data::Number),
            Builtin::Quantity => Quantity::parse(text).map_or(Data::Absent, Data::Quantity),
            Builtin::Duration => Duration::parse(text).map_or(Data::Absent, Data::Duration),
            Builtin::Date => Date::parse(text).map_or(Data::Absent, Data::Date),
            Builtin::Ip => Ip::parse(text).map_or(Data::Absent, Data::Ip),
            Builtin::Cidr => Cidr::parse(text).map_or(Data::Absent, Data::Cidr),
            Builtin::Semver => rich(Version::parse(text).ok().map(Rich::Version)),
            Builtin::VersionRange => rich(VersionRange::parse(text).ok().map(Rich::VersionRange)),
            Builtin::Regex => rich(Pattern::parse(text).ok().map(Rich::Pattern)),
            Builtin::Image => match ImageText::parse(text) {
                Ok(ImageText::Known(_)) => value.data.clone(),
                Ok(ImageText::Unknown) => {
                    Data::Unknown(Unknown::new(format!("`{text}` has variables that are not known")))
                }
                Err(_) => Data::Absent,
            },
            Builtin::Path => itself(FsPath::parse(text).is_ok()),
            Builtin::Cron => itself(Cron::parse(text).is_ok()),
            Builtin::Purl => itself(Purl::parse(text).is_ok()),
            Builtin::License => itself(License::parse(text).is_ok()),
            _ => Data::Absent,
        }
    }

    fn value_of_json(&mut self, json: &Json, origin: Origin) -> Value<'a> {
        let data = match json {
            Json::Null => Data::Null,
            Json::Bool(value) => Data::Bool(*value),
            Json::Number(number) => Number::parse(&number.to_string()).map_or(Data::Null, Data::Number),
            Json::String(text) => Data::Owned(text.as_str().into()),
            Json::Array(items) => {
                let items = items.iter().map(|item| self.value_of_json(item, origin)).collect();
                return Value::list(items, origin);
            }
            Json::Object(fields) => {
                let fields: Vec<(Name, Value<'a>)> = fields
                    .iter()
                    .map(|(key, value)| (self.names.intern(key), self.value_of_json(value, origin)))
                    .collect();
                Data::Record(Rc::new(fields))
            }
        };
        Value::new(data, origin)
    }

    // The first document; nothing where the text cannot be read.
    fn parse_yaml(&mut self, text: &str, origin: Origin) -> Value<'a> {
        let tree = yaml::read(FileId(u32::MAX), text.into(), self.plan.keys(), &yaml::Limits::default());
        let root = tree.documents.first().and_then(|document| document.root);
        match root {
            Some(root) if tree.diagnostics.is_empty() => self.value_of_tree(&tree, root, origin),
            _ => Value::absent_at(origin),
        }
    }

    fn value_of_tree(&mut self, tree: &yaml::Tree, node: yaml::NodeId, origin: Origin) -> Value<'a> {
        if !self.fuel.step() {
            return self.out_of_fuel();
        }
        let node = tree.resolve(node);
        let data = match tree.kind(node) {
            yaml::Kind::Mapping => {
                let fields: Vec<(Name, Value<'a>)> = tree
                    .entries(node)
                    .map(|entry| {
                        let value = self.value_of_tree(tree, entry.value, origin);
                        (self.names.intern(tree.key_text(entry.value)), value)
                    })
                    .collect();
                Data::Record(Rc::new(fields))
            }
            yaml::Kind::Sequence => {
                let items = tree.items(node).map(|item| self.value_of_tree(tree, item, origin)).collect();
                return Value::list(items, origin);
            }
            _ => match tree.resolved(node) {
                Some(yaml::Resolved::Bool(value)) => Data::Bool(value),
                Some(yaml::Resolved::Int(value)) => Data::Number(value.into()),
                Some(yaml::Resolved::Float(value)) => Number::from_f64(value).map_or(Data::Null, Data::Number),
                Some(yaml::Resolved::String) => Data::Owned(tree.text(node).into()),
                Some(yaml::Resolved::Null) | None => Data::Null,
            },
        };
        Value::new(data, origin)
    }
}

/// Standard base64 with or without padding, line ends skipped, as UTF-8. Source: RFC 4648, section 4.
pub(in crate::eval) fn base64(text: &str) -> Option<String> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut held) = (0u32, 0u32);
    let mut padding = 0;
    for byte in text.bytes() {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            b'\n' | b'\r' => continue,
            b'=' => {
                padding += 1;
                continue;
            }
            _ => return None,
        };
        if padding > 0 {
            return None;
        }
        bits = bits << 6 | u32::from(value);
        held += 6;
        if held >= 8 {
            held -= 8;
            out.push(u8::try_from(bits >> held & 0xff).ok()?);
            bits &= (1 << held) - 1;
        }
    }
    let rest_is_zero = held < 6 && bits == 0 && padding <= 2;
    rest_is_zero.then_some(())?;
    String::from_utf8(out).ok()
}

#[cfg(test)]
mod tests {
    use super::base64;

    #[test]
    fn base64_of_rfc_4648() {
        for (text, plain) in [
            ("", Some("")),
            ("Zg==", Some("f")),
            ("Zm8=", Some("fo")),
            ("Zm9vYmFy", Some("foobar")),
            ("Zm9v\nYmFy", Some("foobar")),
            ("Zg", Some("f")),
            ("Z", None),
            ("Zg==Zg==", None),
            ("Zh==", None),
            ("Z!", None),
            ("/w==", None),
        ] {
            assert_eq!(base64(text).as_deref(), plain, "{text}");
        }
    }
}
