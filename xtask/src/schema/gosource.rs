//! Types of configuration files, which no OpenAPI document describes, from the text of their Go sources.
//!
//! Reads only what `gofmt` writes: one field a line, tags in backquotes. Whatever it cannot name becomes dynamic.

use super::model::{Field, Fields, Kind, KindName, Merge, Type, Version};
use super::modules;
use super::swagger::is_deprecated;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A folder of Go sources.
struct Package {
    module: &'static str,
    folder: &'static str,
    /// The API group of its kinds; empty for helpers, which have none.
    group: &'static str,
}

const fn package(module: &'static str, folder: &'static str, group: &'static str) -> Package {
    Package { module, folder, group }
}

const PACKAGES: &[Package] = &[
    package("k8s.io/kubelet", "config/v1beta1", "kubelet.config.k8s.io"),
    package("k8s.io/kubelet", "config/v1", "kubelet.config.k8s.io"),
    package("k8s.io/apiserver", "pkg/apis/audit/v1", "audit.k8s.io"),
    package("k8s.io/apiserver", "pkg/apis/apiserver/v1", "apiserver.config.k8s.io"),
    package("k8s.io/apiserver", "pkg/apis/apiserver/v1beta1", "apiserver.config.k8s.io"),
    package("k8s.io/apiserver", "pkg/apis/apiserver/v1alpha1", "apiserver.config.k8s.io"),
    package("k8s.io/pod-security-admission", "admission/api/v1", "pod-security.admission.config.k8s.io"),
    package("k8s.io/pod-security-admission", "admission/api/v1beta1", "pod-security.admission.config.k8s.io"),
    package("k8s.io/kubernetes", "cmd/kubeadm/app/apis/kubeadm/v1beta4", "kubeadm.k8s.io"),
    package("k8s.io/kubernetes", "cmd/kubeadm/app/apis/bootstraptoken/v1", ""),
    package("k8s.io/component-base", "config/v1alpha1", ""),
    package("k8s.io/component-base", "logs/api/v1", ""),
    package("k8s.io/component-base", "tracing/api/v1", ""),
];

/// Kinds that are registered in another group than the others of their folder: folder, kind, group.
const OTHER_GROUPS: &[(&str, &str, &str)] = &[
    ("pkg/apis/apiserver/v1beta1", "EgressSelectorConfiguration", "apiserver.k8s.io"),
    ("pkg/apis/apiserver/v1alpha1", "EgressSelectorConfiguration", "apiserver.k8s.io"),
    ("pkg/apis/apiserver/v1alpha1", "AdmissionConfiguration", "apiserver.k8s.io"),
];

/// Structs that write themselves as plain values.
const OWN_FORMS: &[(&str, Type)] = &[("BootstrapTokenString", Type::String), ("TimeOrMetaDuration", Type::IntOrString)];

/// Modules besides the main one, whose number differs from theirs in the major version alone.
pub(crate) const MODULES: &[&str] =
    &["k8s.io/apiserver", "k8s.io/component-base", "k8s.io/kubelet", "k8s.io/pod-security-admission"];

/// What `type NAME …` declares.
enum Declared {
    Struct(Vec<Member>),
    Other(Type),
}

/// A line of a struct.
struct Member {
    /// The name in JSON; empty for what is spliced in.
    name: String,
    ty: Type,
    required: bool,
    deprecated: bool,
}

/// Reads the sources of `release`, such as `0.37.2`.
///
/// # Errors
///
/// When a module cannot be had or a file does not read.
pub(crate) fn read_all(release: &str) -> Result<Version, String> {
    let mut declared = BTreeMap::new();
    for package in PACKAGES {
        for path in files(package, release)? {
            let text =
                std::fs::read_to_string(&path).map_err(|error| format!("cannot read `{}`: {error}", path.display()))?;
            read_file(&text, &format!("{}/{}", package.module, package.folder), &mut declared);
        }
    }
    let mut version = Version::default();
    for (name, declaration) in &declared {
        if let Declared::Struct(members) = declaration {
            version.definitions.insert(name.clone(), resolve(members, &declared, 0));
        }
    }
    for package in PACKAGES.iter().filter(|package| !package.group.is_empty()) {
        add_kinds(package, &declared, &mut version)?;
    }
    Ok(version)
}

fn files(package: &Package, release: &str) -> Result<Vec<PathBuf>, String> {
    let release =
        if package.module == "k8s.io/kubernetes" { release.replacen('0', "1", 1) } else { release.to_owned() };
    let folder = modules::source(package.module, &release)?.join(package.folder);
    let entries = std::fs::read_dir(&folder).map_err(|error| format!("cannot list `{}`: {error}", folder.display()))?;
    let mut files: Vec<PathBuf> =
        entries.filter_map(Result::ok).map(|entry| entry.path()).filter(|p| is_source(p)).collect();
    files.sort();
    Ok(files)
}

fn is_source(path: &Path) -> bool {
    let name = path.file_name().and_then(std::ffi::OsStr::to_str).unwrap_or_default();
    name.ends_with(".go") && !name.ends_with("_test.go") && !name.starts_with("zz_generated")
}

/// `k8s.io/api/core/v1` is `io.k8s.api.core.v1` in the OpenAPI documents.
fn package_name(path: &str) -> String {
    format!("io.k8s.{}", path.trim_start_matches("k8s.io/").replace('/', "."))
}

fn read_file(text: &str, path: &str, declared: &mut BTreeMap<String, Declared>) {
    let here = package_name(path);
    let imports = imports(text);
    let naming = Naming { here: &here, imports: &imports };
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let Some((name, rest)) = line.strip_prefix("type ").and_then(|rest| rest.split_once(' ')) else { continue };
        let own_form = OWN_FORMS.iter().find(|(known, _)| *known == name);
        let declaration = if let Some((_, ty)) = own_form {
            Declared::Other(ty.clone())
        } else if rest == "struct {" {
            Declared::Struct(members(&mut lines, &naming))
        } else if rest.starts_with("struct") || rest.starts_with("interface") || rest.starts_with("func") {
            Declared::Other(Type::Dynamic)
        } else {
            Declared::Other(naming.ty(rest.split(" //").next().unwrap_or(rest).trim()))
        };
        declared.insert(format!("{here}.{name}"), declaration);
    }
}

/// Import paths by the name that the file uses.
fn imports(text: &str) -> BTreeMap<String, String> {
    let block = text.split_once("import (").and_then(|(_, rest)| rest.split_once(')')).map_or("", |(block, _)| block);
    let single = text.lines().filter_map(|line| line.strip_prefix("import "));
    let mut imports = BTreeMap::new();
    for line in block.lines().chain(single) {
        let Some((alias, path)) = line.split_once('"') else { continue };
        let path = path.trim_end_matches('"');
        let alias = match alias.trim() {
            "" => path.rsplit('/').next().unwrap_or(path),
            alias => alias,
        };
        imports.insert(alias.to_owned(), path.to_owned());
    }
    imports
}

/// How a file names types.
struct Naming<'f> {
    here: &'f str,
    imports: &'f BTreeMap<String, String>,
}

impl Naming<'_> {
    /// The type that a Go expression means; names stay references until all files are read.
    fn ty(&self, expression: &str) -> Type {
        let expression = expression.trim_start_matches('*');
        if let Some(element) = expression.strip_prefix("[]") {
            return match element {
                "byte" => Type::Bytes,
                _ => Type::List { element: Box::new(self.ty(element)), merge: Merge::Unsaid, keys: Vec::new() },
            };
        }
        if let Some((_, element)) = expression.strip_prefix("map[").and_then(|rest| rest.split_once(']')) {
            return Type::Map(Box::new(self.ty(element)));
        }
        match expression {
            "bool" => Type::Bool,
            "string" => Type::String,
            "int" | "int8" | "int16" | "int32" | "int64" | "uint" | "uint8" | "uint16" | "uint32" | "uint64" => {
                Type::Integer
            }
            "float32" | "float64" => Type::Number,
            name => self.named(name),
        }
    }

    fn named(&self, name: &str) -> Type {
        let Some((alias, name)) = name.split_once('.') else { return Type::Object(format!("{}.{name}", self.here)) };
        let path = self.imports.get(alias).map_or("", String::as_str);
        match (path, name) {
            ("k8s.io/apimachinery/pkg/apis/meta/v1", "Duration") | ("time", "Duration") => Type::Duration,
            ("k8s.io/apimachinery/pkg/apis/meta/v1", "Time") => Type::Time,
            ("k8s.io/apimachinery/pkg/apis/meta/v1", "MicroTime") => Type::MicroTime,
            ("k8s.io/apimachinery/pkg/api/resource", "Quantity" | "QuantityValue") => Type::Quantity,
            ("k8s.io/apimachinery/pkg/types", "UID") => Type::String,
            // Named strings of other packages, which the sources that are read do not hold.
            ("k8s.io/api/core/v1", "HostPathType" | "PullPolicy") => Type::String,
            ("k8s.io/api/core/v1", "ResourceList") => Type::Map(Box::new(Type::Quantity)),
            ("k8s.io/apimachinery/pkg/apis/meta/v1" | "k8s.io/api/core/v1" | "k8s.io/api/authentication/v1", _) => {
                Type::Object(package_name(path) + "." + name)
            }
            _ if path.starts_with("k8s.io/") => Type::Object(package_name(path) + "." + name),
            _ => Type::Dynamic,
        }
    }
}

fn members(lines: &mut std::str::Lines<'_>, naming: &Naming<'_>) -> Vec<Member> {
    let mut members = Vec::new();
    let mut comment = String::new();
    while let Some(line) = lines.next() {
        if line == "}" {
            break;
        }
        let line = line.trim();
        if line.starts_with("/*") {
            let mut last = line;
            while !last.ends_with("*/") {
                let Some(next) = lines.next() else { break };
                last = next;
            }
            continue;
        }
        if let Some(text) = line.strip_prefix("//") {
            comment.push_str(text.trim());
            comment.push('\n');
            continue;
        }
        members.extend(member(line, &comment, naming));
        comment.clear();
    }
    members
}

fn member(line: &str, comment: &str, naming: &Naming<'_>) -> Option<Member> {
    let (declaration, tags) = line.split_once('`').unwrap_or((line, ""));
    let tag = tags.split_once("json:\"").and_then(|(_, rest)| rest.split_once('"')).map(|(tag, _)| tag);
    let mut words = declaration.split_whitespace();
    let first = words.next()?;
    let second = words.next().filter(|word| !word.starts_with("//"));
    let name = match (tag.map(|tag| tag.split(',').next().unwrap_or_default()), second) {
        (Some("-"), _) => return None,
        (Some(""), _) | (None, None) => "",
        (Some(name), _) => name,
        (None, Some(_)) => first,
    };
    Some(Member {
        name: name.to_owned(),
        ty: naming.ty(second.unwrap_or(first)),
        required: comment.lines().any(|line| line == "+required"),
        deprecated: is_deprecated(comment),
    })
}

/// Splices what is embedded and replaces names of plain types by what they are.
fn resolve(members: &[Member], declared: &BTreeMap<String, Declared>, depth: usize) -> Fields {
    let mut fields = Fields::new();
    for member in members {
        if !member.name.is_empty() {
            let ty = settle(&member.ty, declared);
            fields.insert(member.name.clone(), Field { ty, required: member.required, deprecated: member.deprecated });
        } else if is_type_meta(&member.ty) {
            for name in ["apiVersion", "kind"] {
                fields.insert(name.to_owned(), Field { ty: Type::String, required: false, deprecated: false });
            }
        } else if let Type::Object(name) = &member.ty
            && let Some(Declared::Struct(embedded)) = declared.get(name)
            && depth < 8
        {
            fields.append(&mut resolve(embedded, declared, depth + 1));
        }
    }
    fields
}

fn settle(ty: &Type, declared: &BTreeMap<String, Declared>) -> Type {
    match ty {
        Type::List { element, merge, keys } => {
            Type::List { element: Box::new(settle(element, declared)), merge: *merge, keys: keys.clone() }
        }
        Type::Map(element) => Type::Map(Box::new(settle(element, declared))),
        Type::Object(name) => match declared.get(name) {
            Some(Declared::Other(Type::Object(_))) => Type::Dynamic,
            Some(Declared::Other(other)) => settle(other, declared),
            Some(Declared::Struct(_)) => ty.clone(),
            None if name.starts_with("io.k8s.api.") || name.starts_with("io.k8s.apimachinery.pkg.apis.meta.") => {
                ty.clone()
            }
            None => Type::Dynamic,
        },
        other => other.clone(),
    }
}

fn is_type_meta(ty: &Type) -> bool {
    matches!(ty, Type::Object(name) if name == "io.k8s.apimachinery.pkg.apis.meta.v1.TypeMeta")
}

/// A struct with its own `TypeMeta` is a kind.
fn add_kinds(package: &Package, declared: &BTreeMap<String, Declared>, version: &mut Version) -> Result<(), String> {
    let name = package_name(&format!("{}/{}", package.module, package.folder));
    let api_version = package.folder.rsplit('/').next().unwrap_or_default();
    let before = version.kinds.len();
    for (full, declaration) in declared {
        let Some(short) = full.strip_prefix(&name).and_then(|rest| rest.strip_prefix('.')) else { continue };
        let Declared::Struct(members) = declaration else { continue };
        if members.iter().any(|member| member.name.is_empty() && is_type_meta(&member.ty)) {
            let other = OTHER_GROUPS.iter().find(|(folder, kind, _)| *folder == package.folder && *kind == short);
            let kind = KindName {
                group: other.map_or(package.group, |(_, _, group)| group).to_owned(),
                version: api_version.to_owned(),
                kind: short.to_owned(),
            };
            version.kinds.insert(kind, Kind { definition: full.clone(), ..Kind::default() });
        }
    }
    if version.kinds.len() == before {
        return Err(format!("no kinds in `{}/{}`", package.module, package.folder));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, struct_name: &str, expected: &[&str]) {
        let mut declared = BTreeMap::new();
        read_file(text, "k8s.io/example/v1", &mut declared);
        let Some(Declared::Struct(members)) = declared.get(&format!("io.k8s.example.v1.{struct_name}")) else {
            panic!("no struct `{struct_name}`")
        };
        let fields = resolve(members, &declared, 0);
        let told: Vec<String> = fields
            .iter()
            .map(|(name, field)| {
                let required = if field.required { " required" } else { "" };
                let deprecated = if field.deprecated { " deprecated" } else { "" };
                format!("{name}: {:?}{required}{deprecated}", field.ty)
            })
            .collect();
        assert_eq!(told, expected);
    }

    #[test]
    fn reads_structs_as_gofmt_writes_them() {
        let text = r#"
package v1

import (
	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"example.org/other"
)

type Mode string

type Shared struct {
	Color string `json:"color"`
}

type Config struct {
	metav1.TypeMeta `json:",inline"`
	Shared          `json:",inline"`

	/* a note
	   Over string `json:"two lines"` */

	// Deprecated: use color.
	Old *bool `json:"old,omitempty"`
	// +required
	Mode    Mode              `json:"mode"`
	Wait    metav1.Duration   `json:"wait"`
	Taints  []v1.Taint        `json:"taints"`
	Gates   map[string]bool   `json:"gates"`
	Key     []byte            `json:"key"`
	Foreign other.Thing       `json:"foreign"`
	Hidden  string            `json:"-"`
	Untagged int
}
"#;
        check(
            text,
            "Config",
            &[
                "Untagged: Integer",
                "apiVersion: String",
                "color: String",
                "foreign: Dynamic",
                "gates: Map(Bool)",
                "key: Bytes",
                "kind: String",
                "mode: String required",
                "old: Bool deprecated",
                "taints: List { element: Object(\"io.k8s.api.core.v1.Taint\"), merge: Unsaid, keys: [] }",
                "wait: Duration",
            ],
        );
    }
}
