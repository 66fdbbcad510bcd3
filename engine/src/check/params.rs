//! Values of parameters that come as JSON, from a command line or a configuration.

use policyc_lang::ir::{Const, Param, Program};
use policyc_lang::syntax::ast::{Item, TypeExpr, TypeExprKind};
use policyc_lang::syntax::parse;
use policyc_lang::values::{
    Cidr, Date, Duration, Glob, GlobKind, IntRange, Ip, Number, ParseError, Pattern, Quantity, Severity, Version,
    VersionRange,
};
use policyc_text::FileId;
use serde_json::Value;

/// Types that name each other are followed this far.
const DEEPEST: u32 = 32;

/// Reads a value for a parameter.
///
/// # Errors
///
/// A part of a sentence: what does not fit the parameter's type, and where in the value.
pub fn param_value(program: &Program, param: &Param, value: &Value) -> Result<Const, String> {
    let ty = declared(&param.type_text).ok_or_else(|| format!("its type `{}` cannot be given", param.type_text))?;
    Reader { program, param }.read(&ty, value, "", DEEPEST)
}

/// The type that a text says.
fn declared(text: &str) -> Option<TypeExpr> {
    let parsed = parse(FileId(0), &format!("type it = {text}\n"));
    parsed.file.items.into_iter().find_map(|item| match item {
        Item::Type(item) if parsed.diagnostics.is_empty() => Some(item.ty),
        _ => None,
    })
}

struct Reader<'p> {
    program: &'p Program,
    param: &'p Param,
}

impl Reader<'_> {
    fn read(&self, ty: &TypeExpr, value: &Value, path: &str, depth: u32) -> Result<Const, String> {
        let depth = depth.checked_sub(1).ok_or_else(|| "its type is nested too deep".to_owned())?;
        match &ty.kind {
            TypeExprKind::Optional(_) if value.is_null() => Ok(Const::Absent),
            TypeExprKind::Optional(inner) => self.read(inner, value, path, depth),
            TypeExprKind::List(element) => self.list(element, value, path, depth),
            TypeExprKind::Map(element) => self.map(element, value, path, depth),
            TypeExprKind::Record(fields) => {
                let names: Vec<(&str, &TypeExpr)> = fields.iter().map(|f| (&*f.name.text, &f.ty)).collect();
                self.record(&names, value, path, depth)
            }
            TypeExprKind::Literal(word) if value.as_str() == Some(word) => Ok(Const::String(word.clone())),
            TypeExprKind::Literal(word) => Err(misfit(path, &format!("{word:?}"), value)),
            TypeExprKind::Union(types) => self.union(types, value, path, depth),
            TypeExprKind::Name(name) => self.named(name, value, path, depth),
            TypeExprKind::Bad => Err("its type cannot be read".to_owned()),
        }
    }

    fn list(&self, element: &TypeExpr, value: &Value, path: &str, depth: u32) -> Result<Const, String> {
        let elements = value.as_array().ok_or_else(|| misfit(path, "a list", value))?;
        let each = elements.iter().enumerate();
        let read = each.map(|(place, value)| self.read(element, value, &format!("{path}[{place}]"), depth));
        Ok(Const::List(read.collect::<Result<_, _>>()?))
    }

    fn map(&self, element: &TypeExpr, value: &Value, path: &str, depth: u32) -> Result<Const, String> {
        let entries = value.as_object().ok_or_else(|| misfit(path, "an object", value))?;
        let read = entries
            .iter()
            .map(|(key, value)| Ok((key.clone(), self.read(element, value, &format!("{path}.{key}"), depth)?)));
        Ok(Const::Record(read.collect::<Result<_, String>>()?))
    }

    fn record(&self, fields: &[(&str, &TypeExpr)], value: &Value, path: &str, depth: u32) -> Result<Const, String> {
        let entries = value.as_object().ok_or_else(|| misfit(path, "an object", value))?;
        if let Some(key) = entries.keys().find(|key| !fields.iter().any(|(name, _)| name == key)) {
            let names = fields.iter().map(|(name, _)| format!("`{name}`")).collect::<Vec<_>>().join(", ");
            return Err(format!("{}there is no field `{key}`, only {names}", at(path)));
        }
        let read = fields.iter().map(|(name, ty)| match entries.get(*name) {
            Some(value) => Ok(((*name).to_owned(), self.read(ty, value, &format!("{path}.{name}"), depth)?)),
            None if matches!(ty.kind, TypeExprKind::Optional(_)) => Ok(((*name).to_owned(), Const::Absent)),
            None => Err(format!("{}the field `{name}` is missing", at(path))),
        });
        Ok(Const::Record(read.collect::<Result<_, String>>()?))
    }

    fn union(&self, types: &[TypeExpr], value: &Value, path: &str, depth: u32) -> Result<Const, String> {
        let words = types.iter().map(|ty| match &ty.kind {
            TypeExprKind::Literal(word) => format!("{word:?}"),
            TypeExprKind::Name(name) => name.clone(),
            _ => "another form".to_owned(),
        });
        let expected = words.collect::<Vec<_>>().join(" or ");
        let mut fits = types.iter().filter_map(|ty| self.read(ty, value, path, depth).ok());
        fits.next().ok_or_else(|| misfit(path, &expected, value))
    }

    /// A type of the language, or one that a module gives a name to.
    fn named(&self, name: &str, value: &Value, path: &str, depth: u32) -> Result<Const, String> {
        if let Some(read) = scalar(name, value) {
            return read.map_err(|problem| format!("{}{problem}", at(path)));
        }
        let module = self.program.modules.get(self.param.module.index());
        let others = self.program.modules.iter();
        let alias = module.into_iter().chain(others).find_map(|module| {
            parse(FileId(0), &module.text).file.items.into_iter().find_map(|item| match item {
                Item::Type(item) if item.name.text == name => Some(item.ty),
                _ => None,
            })
        });
        match alias {
            Some(ty) => self.read(&ty, value, path, depth),
            None => Err(format!("{}a value of type `{name}` cannot be given", at(path))),
        }
    }
}

/// A value of a type of the language; `None` where the name is none of them.
fn scalar(name: &str, value: &Value) -> Option<Result<Const, String>> {
    let text = || value.as_str().ok_or_else(|| misfit("", &format!("a text ({name})"), value));
    let of = |parsed: Result<Const, ParseError>| {
        parsed.map_err(|error| match error.hint {
            Some(hint) => format!("{}; {hint}", error.message),
            None => error.message,
        })
    };
    let number_or_text = || match value {
        Value::Number(number) => Ok(number.to_string()),
        other => other.as_str().map(str::to_owned).ok_or_else(|| misfit("", &format!("a {name}"), value)),
    };
    Some(match name {
        "bool" => value.as_bool().map(Const::Bool).ok_or_else(|| misfit("", "`true` or `false`", value)),
        "number" => match value {
            Value::Number(number) => of(Number::parse(&number.to_string()).map(Const::Number)),
            _ => Err(misfit("", "a number", value)),
        },
        "string" | "path" | "image" | "license" | "purl" | "cron" | "url" => {
            text().map(|text| Const::String(text.to_owned()))
        }
        "quantity" => number_or_text().and_then(|text| of(Quantity::parse(&text).map(Const::Quantity))),
        "duration" => text().and_then(|text| of(Duration::parse(text).map(Const::Duration))),
        "date" => text().and_then(|text| of(Date::parse(text).map(Const::Date))),
        "severity" => text().and_then(|text| of(Severity::parse(text).map(Const::Severity))),
        "semver" => text().and_then(|text| of(Version::parse(text).map(Const::Semver))),
        "version_range" => text().and_then(|text| of(VersionRange::parse(text).map(Const::VersionRange))),
        "glob" => text().and_then(|text| of(Glob::parse(text, GlobKind::Path).map(Const::Glob))),
        "regex" => text().and_then(|text| of(Pattern::parse(text).map(Const::Regex))),
        "ip" => text().and_then(|text| of(Ip::parse(text).map(Const::Ip))),
        "cidr" => text().and_then(|text| of(Cidr::parse(text).map(Const::Cidr))),
        "range" => number_or_text().and_then(|text| of(IntRange::parse(&text).map(Const::Range))),
        _ => return None,
    })
}

fn misfit(path: &str, expected: &str, value: &Value) -> String {
    let got = match value {
        Value::Null => "null",
        Value::Bool(_) => "a truth value",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    };
    format!("{}{expected} is expected, and {got} given", at(path))
}

fn at(path: &str) -> String {
    if path.is_empty() { String::new() } else { format!("at `{}`: ", path.trim_start_matches('.')) }
}

#[cfg(test)]
mod tests {
    use super::param_value;
    use policyc_lang::ir::{Module, ModuleId, Param, Program};
    use policyc_text::Span;

    fn check(ty: &str, json: &str) -> String {
        let text = "module m\ntype level = \"low\" | \"high\"\ntype loop = list<loop>\n".to_owned();
        let program =
            Program { modules: vec![Module { name: "m".into(), file: "m.policy".into(), text }], ..Program::default() };
        let param = Param {
            module: ModuleId(0),
            name: "p".into(),
            type_text: ty.into(),
            default: None,
            doc: String::new(),
            span: Span::default(),
        };
        match param_value(&program, &param, &serde_json::from_str(json).unwrap()) {
            Ok(value) => format!("{value:?}"),
            Err(problem) => problem,
        }
    }

    #[test]
    fn values_fit_their_types_or_say_why_not() {
        for (ty, json, expected) in [
            ("bool", "true", "Bool(true)"),
            ("bool", "\"true\"", "`true` or `false` is expected, and a text given"),
            ("string?", "null", "Absent"),
            ("list<string>", r#"["a", 1]"#, "at `[1]`: a text (string) is expected, and a number given"),
            ("level", "\"high\"", "String(\"high\")"),
            ("level", "\"up\"", "\"low\" or \"high\" is expected, and a text given"),
            ("{a: string, b: bool?}", r#"{"a": "x"}"#, r#"Record([("a", String("x")), ("b", Absent)])"#),
            ("{a: string}", r#"{"b": 1}"#, "there is no field `b`, only `a`"),
            ("{a: string}", "{}", "the field `a` is missing"),
            ("map<bool>", r#"{"x": true}"#, r#"Record([("x", Bool(true))])"#),
            ("workload", "1", "a value of type `workload` cannot be given"),
            ("severity", "\"bad\"", "`bad` is not a severity; write `info`, `low`, `medium`, `high` or `critical`"),
        ] {
            assert_eq!(check(ty, json), expected, "{ty} from {json}");
        }
    }

    #[test]
    fn types_that_name_themselves_end() {
        assert!(check("loop", &format!("{}{}", "[".repeat(90), "]".repeat(90))).contains("nested too deep"));
    }
}
