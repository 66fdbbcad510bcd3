//! Writes the union as Rust source: sorted static tables without any start-up work.

use super::gosource;
use super::merge::{Mask, Union};
use super::model::{KindName, Merge, Type, split};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// Longest line of the generated file.
const WIDTH: usize = 118;

/// The file `tables.rs`.
///
/// # Errors
///
/// When a table overflows its index type or a reference leads nowhere.
pub(crate) fn tables(union: &Union, releases: &[&str]) -> Result<String, String> {
    let order = definition_order(union);
    let index: BTreeMap<&str, usize> = order.iter().enumerate().map(|(index, full)| (*full, index)).collect();
    let mut tables =
        Tables { names: Names::of_things(union), keys: Names::of_fields(union), index, ..Tables::default() };
    let mut definitions = Vec::new();
    let mut fields = Vec::new();
    for full in &order {
        let definition = union.definitions.get(*full).ok_or_else(|| format!("`{full}` is gone"))?;
        let (package, short) = split(full);
        let mask = tables.mask(definition.versions)?;
        definitions.push(format!(
            "d({},{},{},{mask})",
            tables.names.of(short)?,
            tables.names.of(package)?,
            fields.len()
        ));
        for ((name, ty), field) in &definition.fields {
            let name = tables.keys.of(name)?;
            let ty = tables.ty(ty)?;
            let versions = tables.mask(field.versions)?;
            let row = match (field.required, field.deprecated) {
                (0, false) => format!("f({name},{ty},{versions})"),
                (required, false) => format!("r({name},{ty},{versions},{})", tables.mask(required)?),
                (required, true) => format!("o({name},{ty},{versions},{})", tables.mask(required)?),
            };
            fields.push(row);
        }
    }
    let kinds = kinds(union, &mut tables)?;
    write_file(&tables, &definitions, &fields, &kinds, releases)
}

/// Packages whose short names people mean before those of rarer groups, such as the `Subject` of RBAC.
const COMMON: &[&str] = &[
    "io.k8s.api.apps.",
    "io.k8s.api.autoscaling.",
    "io.k8s.api.batch.",
    "io.k8s.api.networking.",
    "io.k8s.api.policy.",
    "io.k8s.api.rbac.",
    "io.k8s.api.storage.",
];

/// Core first, then what all objects share, then the common groups, then what the newest version has, then the most stable.
fn definition_order(union: &Union) -> Vec<&str> {
    let mut order: Vec<&str> = union.definitions.keys().map(String::as_str).collect();
    order.sort_by_cached_key(|full| {
        let (package, short) = split(full);
        let rank = match package {
            "io.k8s.api.core.v1" => 0,
            "io.k8s.apimachinery.pkg.apis.meta.v1" => 1,
            _ if COMMON.iter().any(|group| package.starts_with(group)) => 2,
            _ if package.starts_with("io.k8s.api.") => 3,
            _ => 4,
        };
        let last = union.definitions.get(*full).map_or(0, |definition| last(definition.versions));
        let version = package.rsplit('.').next().unwrap_or_default();
        (short, rank, Reverse(last), stability(version), package)
    });
    order
}

fn last(mask: Mask) -> u32 {
    Mask::BITS - mask.leading_zeros()
}

/// Ascending from the most stable: `v2`, `v1`, `v2beta1`, `v1beta1`, `v1alpha1`.
fn stability(version: &str) -> (u8, Reverse<u32>, Reverse<u32>) {
    let digits = |text: &str| text.parse().unwrap_or(0);
    let rest = version.strip_prefix('v').unwrap_or(version);
    let (major, level, minor) = if let Some((major, minor)) = rest.split_once("beta") {
        (major, 1, minor)
    } else if let Some((major, minor)) = rest.split_once("alpha") {
        (major, 2, minor)
    } else {
        (rest, 0, "0")
    };
    (level, Reverse(digits(major)), Reverse(digits(minor)))
}

/// Texts, sorted, so that an index compares like its text.
#[derive(Default)]
struct Names {
    sorted: Vec<String>,
}

impl Names {
    fn of_fields(union: &Union) -> Self {
        let fields = union.definitions.values().flat_map(|definition| definition.fields.keys());
        let names: BTreeSet<String> = fields.map(|(name, _)| name.clone()).collect();
        Self { sorted: names.into_iter().collect() }
    }

    fn of_things(union: &Union) -> Self {
        let mut names = BTreeSet::from([String::new()]);
        for full in union.definitions.keys() {
            let (package, short) = split(full);
            names.extend([package.to_owned(), short.to_owned()]);
        }
        for (name, kind) in &union.kinds {
            names.extend([name.group.clone(), name.version.clone(), name.kind.clone(), kind.latest.resource.clone()]);
        }
        Self { sorted: names.into_iter().collect() }
    }

    fn of(&self, name: &str) -> Result<u16, String> {
        let index =
            self.sorted.binary_search_by(|known| known.as_str().cmp(name)).map_err(|_| format!("no name `{name}`"))?;
        small(index)
    }
}

fn small(index: usize) -> Result<u16, String> {
    u16::try_from(index).map_err(|_| "a table has more rows than its index can count".to_owned())
}

/// Things that are written once and referred to by index, in the order of first use.
#[derive(Default)]
struct Tables<'u> {
    names: Names,
    keys: Names,
    index: BTreeMap<&'u str, usize>,
    masks: Vec<Mask>,
    types: Vec<String>,
    enums: Vec<String>,
    lists: Vec<String>,
}

fn intern<T: PartialEq>(rows: &mut Vec<T>, row: T) -> Result<u16, String> {
    let index = rows.iter().position(|known| *known == row).unwrap_or_else(|| {
        rows.push(row);
        rows.len() - 1
    });
    small(index)
}

impl Tables<'_> {
    fn mask(&mut self, mask: Mask) -> Result<u16, String> {
        intern(&mut self.masks, mask)
    }

    fn ty(&mut self, ty: &Type) -> Result<u16, String> {
        let row = match ty {
            Type::Bool => "Bool".to_owned(),
            Type::Integer => "Integer".to_owned(),
            Type::Number => "Number".to_owned(),
            Type::String => "String".to_owned(),
            Type::Quantity => "Quantity".to_owned(),
            Type::IntOrString => "IntOrString".to_owned(),
            Type::Time => "Time".to_owned(),
            Type::MicroTime => "MicroTime".to_owned(),
            Type::Duration => "Duration".to_owned(),
            Type::Bytes => "Bytes".to_owned(),
            Type::Dynamic => "Dynamic".to_owned(),
            Type::Image => "Image".to_owned(),
            Type::Enum(words) => format!("e({})", intern(&mut self.enums, format!("&{words:?}"))?),
            Type::Object(name) => {
                let index = self.index.get(name.as_str()).ok_or_else(|| format!("no definition `{name}`"))?;
                format!("j({})", small(*index)?)
            }
            Type::Map(element) => format!("m({})", self.ty(element)?),
            Type::List { element, merge, keys } => {
                let element = self.ty(element)?;
                let merge = match merge {
                    Merge::Unsaid => "Unsaid",
                    Merge::Atomic => "Atomic",
                    Merge::Set => "Set",
                    Merge::Map => "Map",
                };
                format!("l({element},{})", intern(&mut self.lists, format!("(Merge::{merge},&{keys:?})"))?)
            }
        };
        intern(&mut self.types, row)
    }
}

/// Sorted by name; of one name those with a resource of their own come first, then the most stable, then core.
fn kinds(union: &Union, tables: &mut Tables<'_>) -> Result<Vec<String>, String> {
    let mut order: Vec<_> = union.kinds.iter().collect();
    order.sort_by_cached_key(|(name, kind)| {
        let KindName { group, version, kind: text } = (*name).clone();
        (text, kind.latest.resource.is_empty(), stability(&version), group, version)
    });
    let mut rows = Vec::new();
    for (name, kind) in order {
        let definition = tables.index.get(kind.latest.definition.as_str()).copied();
        let definition = definition.ok_or_else(|| format!("no definition `{}`", kind.latest.definition))?;
        rows.push(format!(
            "k({},{},{},{},{},{},{})",
            tables.names.of(&name.kind)?,
            tables.names.of(&name.group)?,
            tables.names.of(&name.version)?,
            small(definition)?,
            tables.names.of(&kind.latest.resource)?,
            u8::from(kind.latest.namespaced),
            tables.mask(kind.versions)?,
        ));
    }
    Ok(rows)
}

fn write_file(
    tables: &Tables<'_>,
    definitions: &[String],
    fields: &[String],
    kinds: &[String],
    releases: &[&str],
) -> Result<String, String> {
    let mut out = String::from(
        "//! Generated by `cargo xtask schema`; see NOTICE.md for sources and licence. Do not edit.\n\n\
         use super::rows::TypeRow::*;\nuse super::rows::*;\n\n",
    );
    let mut versions = Vec::new();
    for release in releases {
        let mut parts = release.split('.');
        let (major, minor) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        versions.push(format!("v({major},{minor})"));
    }
    table(&mut out, "The versions, ascending.", "VERSIONS", "KubernetesVersion", &versions)?;
    let quoted = |names: &Names| names.sorted.iter().map(|name| format!("{name:?}")).collect::<Vec<_>>();
    table(&mut out, "Names of fields, sorted.", "KEYS", "&str", &quoted(&tables.keys))?;
    table(&mut out, "Names of all else, sorted.", "NAMES", "&str", &quoted(&tables.names))?;
    let masks: Vec<String> = tables.masks.iter().map(u32::to_string).collect();
    table(&mut out, "Sets of versions.", "MASKS", "u32", &masks)?;
    table(&mut out, "Words of enums.", "ENUMS", "&[&str]", &tables.enums)?;
    table(&mut out, "How lists are merged, with their keys.", "LISTS", "(Merge, &[&str])", &tables.lists)?;
    table(&mut out, "Types.", "TYPES", "TypeRow", &tables.types)?;
    table(&mut out, "Kinds, by name and preference.", "KINDS", "KindRow", kinds)?;
    table(&mut out, "Definitions, by name and preference.", "DEFINITIONS", "DefinitionRow", definitions)?;
    table(&mut out, "Fields, by definition and name.", "FIELDS", "FieldRow", fields)?;
    Ok(out)
}

fn table(out: &mut String, doc: &str, name: &str, row: &str, rows: &[String]) -> Result<(), String> {
    writeln!(out, "/// {doc}\npub(super) static {name}: &[{row}] = &[").map_err(|error| error.to_string())?;
    let mut line = String::new();
    for row in rows {
        if line.len() + row.len() + 1 > WIDTH {
            out.push_str(&line);
            out.push('\n');
            line.clear();
        }
        line.push_str(row);
        line.push(',');
    }
    out.push_str(&line);
    out.push_str("\n];\n\n");
    Ok(())
}

/// The file `NOTICE.md`.
pub(crate) fn notice(releases: &[&str], configuration: &str) -> String {
    let mut out = String::from(
        "# Origin of `tables.rs`\n\n\
         `tables.rs` is derived from Kubernetes, copyright The Kubernetes Authors, licensed under the Apache License,\n\
         Version 2.0 (<https://www.apache.org/licenses/LICENSE-2.0>). It holds the names and types of kinds and fields\n\
         and no other text. `cargo xtask schema` makes it; the same sources give the same bytes.\n\n\
         | module | version | what is read |\n| --- | --- | --- |\n",
    );
    for release in releases {
        out.push_str(&format!("| `k8s.io/kubernetes` | v{release} | `api/openapi-spec/swagger.json` |\n"));
    }
    for module in gosource::MODULES {
        out.push_str(&format!("| `{module}` | v{configuration} | Go types of configuration files |\n"));
    }
    out.push_str(
        "\nThe kubeadm types come from the newest `k8s.io/kubernetes` above. Configuration files carry no Kubernetes\n\
         version: their types are those of the newest release in every version's view. Which strings are images or\n\
         take one of a few words is written by hand in `overlay.rs`.\n",
    );
    out
}
