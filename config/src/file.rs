//! What one `policyc.yaml` says, word by word: forms are checked here, names of rules and parameters are not.

use crate::reader::{Reader, Spanned};
use policyc_engine::yaml::NodeId;
use policyc_lang::schema::KubernetesVersion;
use policyc_lang::values::{Glob, GlobKind, Severity};
use policyc_text::{Diagnostic, FileId, Span};
use std::sync::Arc;

/// The edition of the file's form. There is one.
pub const EDITION: &str = "2026";

/// Keys of the configuration at the root, with a few words each, in the order of the documentation.
pub const KEYS: &[(&str, &str)] = &[
    ("edition", "Edition of this file's form."),
    ("kubernetes", "Kubernetes version to judge for, `1.34`."),
    ("namespace", "Namespace of objects that name none."),
    ("world", "Whether the inputs are all there is (`closed`), or other objects may exist elsewhere (`open`)."),
    ("profile", "Profile whose rules run, in place of `recommended`."),
    ("policies", "Files and folders of own policies and profiles, relative to this file."),
    ("packages", "Folders of policies of others by name, pinned by their content in policyc.lock."),
    ("inputs", "Which files of folders are judged."),
    ("projects", "Folders whose objects have nothing to do with those of other folders."),
    ("external", "Objects that are made elsewhere."),
    ("rules", "Switches, severities and parameters by rule, or by a glob over rules."),
    ("failOn", "Least severity that makes the exit code 1."),
    ("helm", "Files of values by chart, each a scenario that is judged."),
    ("allowOverride", "Settings that files below this one may loosen."),
];

/// Keys of files below the root's; the others concern a run as a whole.
pub const NESTED_KEYS: &[&str] = &["edition", "profile", "inputs", "rules", "failOn"];

/// A configuration file.
#[derive(Clone, Debug, Default)]
pub struct ConfigFile {
    /// Kubernetes version.
    pub kubernetes: Option<Spanned<KubernetesVersion>>,
    /// Namespace of objects that name none.
    pub namespace: Option<Spanned<String>>,
    /// Whether other objects may exist elsewhere.
    pub open: Option<Spanned<bool>>,
    /// Name of a profile.
    pub profile: Option<Spanned<String>>,
    /// Paths of own policies.
    pub policies: Vec<Spanned<String>>,
    /// Names and paths of packages.
    pub packages: Vec<(Spanned<String>, Spanned<String>)>,
    /// Files that are judged; all where none is named.
    pub include: Vec<PathGlob>,
    /// Files that are not judged.
    pub exclude: Vec<PathGlob>,
    /// Folders that are worlds of their own.
    pub projects: Vec<Spanned<String>>,
    /// Objects that are made elsewhere.
    pub external: Vec<External>,
    /// Settings of rules, in source order.
    pub rules: Vec<RuleSetting>,
    /// Least severity that makes the exit code 1.
    pub fail_on: Option<Spanned<Severity>>,
    /// Folders of charts and paths of values.
    pub helm: Vec<(Spanned<String>, Vec<Spanned<String>>)>,
    /// What files below may loosen.
    pub allow: Vec<Spanned<String>>,
    /// The top-level keys that it has, with their places.
    pub keys: Vec<Spanned<String>>,
}

/// A glob over paths; one without special characters names a file or a whole folder.
#[derive(Clone, Debug)]
pub struct PathGlob {
    /// As written, with its place.
    pub text: Spanned<String>,
    glob: Glob,
}

impl PathGlob {
    /// Whether it means a path, given relative to the configuration's folder with `/`.
    #[must_use]
    pub fn matches(&self, path: &str) -> bool {
        let folder = self.text.value.trim_end_matches('/');
        let inside = path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
        let ancestors = || path.match_indices('/').any(|(at, _)| self.glob.matches(&path[..at]));
        self.glob.matches(path) || inside || ancestors()
    }
}

/// Objects that are made elsewhere.
#[derive(Clone, Debug)]
pub struct External {
    /// Their kind.
    pub kind: String,
    /// Their names.
    pub name: Glob,
    /// Their namespaces; any where none is given.
    pub namespace: Option<Glob>,
    /// Where it is said.
    pub span: Span,
}

/// What is said of a rule, or of all that a glob means.
#[derive(Clone, Debug)]
pub struct RuleSetting {
    /// Id or glob.
    pub pattern: Spanned<String>,
    /// The glob, where it is one.
    pub glob: Option<Glob>,
    /// Whether it runs.
    pub on: Option<Spanned<bool>>,
    /// How bad its findings are.
    pub severity: Option<Spanned<Severity>>,
    /// Values of parameters.
    pub params: Vec<ParamSetting>,
    /// Whether comments in the source may allow its findings.
    pub suppress: Option<Spanned<bool>>,
}

/// The value of a parameter.
#[derive(Clone, Debug)]
pub struct ParamSetting {
    /// Its name.
    pub name: Spanned<String>,
    /// As JSON.
    pub value: serde_json::Value,
    /// Where the value stands.
    pub span: Span,
}

/// A file that was read: what it says, its text, and what is wrong with it.
#[derive(Clone, Debug)]
pub struct ReadConfig {
    /// What it says; of use only where no diagnostic is an error.
    pub config: ConfigFile,
    /// Its text.
    pub text: Arc<str>,
    /// What is wrong with it.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads a configuration file. `nested`: it lies below another one, and may say less.
#[must_use]
pub fn read_config(file: FileId, bytes: Vec<u8>, nested: bool) -> ReadConfig {
    let (mut reader, root) = Reader::open(file, bytes, "config/invalid");
    let config = match root {
        Some(root) if reader.is_ok() => read_root(&mut reader, root, nested),
        _ => ConfigFile::default(),
    };
    ReadConfig { config, text: reader.tree.shared_source(), diagnostics: reader.diagnostics }
}

fn read_root(reader: &mut Reader, root: NodeId, nested: bool) -> ConfigFile {
    let known: Vec<&str> = KEYS.iter().map(|(key, _)| *key).collect();
    let mut config = ConfigFile::default();
    for entry in reader.fields(root, "the configuration", &known) {
        let (key, node) = (entry.key.value.as_str(), entry.value);
        if nested && !NESTED_KEYS.contains(&key) {
            let message = format!("`{key}` is said by the configuration at the root alone");
            reader.error(entry.key.span, message).hint =
                Some(format!("a file below it may say `{}`", NESTED_KEYS.join("`, `")));
            continue;
        }
        match key {
            "edition" => {
                reader.word(node, "`edition`", &[(EDITION, ())]);
            }
            "kubernetes" => config.kubernetes = version(reader, node),
            "namespace" => config.namespace = namespace(reader, node),
            "world" => config.open = reader.word(node, "`world`", &[("closed", false), ("open", true)]),
            "profile" => config.profile = reader.text(node, "`profile`"),
            "policies" => config.policies = paths(reader, node, "`policies`"),
            "packages" => config.packages = packages(reader, node),
            "inputs" => inputs(reader, node, nested, &mut config),
            "projects" => config.projects = paths(reader, node, "`projects`"),
            "external" => config.external = external(reader, node),
            "rules" => config.rules = rules(reader, node),
            "failOn" => config.fail_on = severity(reader, node, "`failOn`"),
            "helm" => config.helm = helm(reader, node),
            _ => config.allow = reader.texts(node, "`allowOverride`"),
        }
        config.keys.push(entry.key);
    }
    config
}

fn version(reader: &mut Reader, node: NodeId) -> Option<Spanned<KubernetesVersion>> {
    let Spanned { value, span } = reader.text(node, "`kubernetes`")?;
    match value.parse() {
        Ok(version) => Some(Spanned { value: version, span }),
        Err(error) => {
            let error: policyc_lang::schema::NotAVersion = error;
            reader.error(span, format!("`{value}` is no version: {error}"));
            None
        }
    }
}

fn namespace(reader: &mut Reader, node: NodeId) -> Option<Spanned<String>> {
    let name = reader.text(node, "`namespace`")?;
    if is_label(&name.value) {
        return Some(name);
    }
    let message = format!("`{}` cannot be the name of a namespace", name.value);
    reader.error(name.span, message).hint = Some(LABEL_HINT.to_owned());
    None
}

/// What a namespace may be called.
pub const LABEL_HINT: &str =
    "write at most 63 of the letters `a` to `z`, digits and `-`, a letter or digit at both ends";

/// Whether a text can be the name of a namespace. Source: RFC 1123 labels, as Kubernetes asks of namespaces
/// (`IsDNS1123Label`).
#[must_use]
pub fn is_label(name: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=63).contains(&name.len()) && name.bytes().all(inner) && !name.starts_with('-') && !name.ends_with('-')
}

fn severity(reader: &mut Reader, node: NodeId, what: &str) -> Option<Spanned<Severity>> {
    let words = Severity::ALL.map(|severity| (severity.as_str(), severity));
    reader.word(node, what, &words)
}

fn paths(reader: &mut Reader, node: NodeId, what: &str) -> Vec<Spanned<String>> {
    let texts = reader.texts(node, what);
    texts.into_iter().filter_map(|path| relative(reader, path)).collect()
}

/// A path that does not begin at the root of a disk.
fn relative(reader: &mut Reader, path: Spanned<String>) -> Option<Spanned<String>> {
    let Spanned { value, span } = path;
    if value.starts_with('/') || value.contains('\\') || value.contains("://") || value.get(1..2) == Some(":") {
        reader.error(span, format!("`{value}` is no path relative to this file")).hint =
            Some("write `folder/file`, with `/`".to_owned());
        return None;
    }
    let parts: Vec<&str> = value.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    let value = if parts.is_empty() { ".".to_owned() } else { parts.join("/") };
    Some(Spanned { value, span })
}

fn packages(reader: &mut Reader, node: NodeId) -> Vec<(Spanned<String>, Spanned<String>)> {
    let mut found = Vec::new();
    for entry in reader.entries(node, "`packages`") {
        let path = reader.text(entry.value, "the path of a package").and_then(|path| relative(reader, path));
        if !is_label(&entry.key.value) {
            let message = format!("`{}` cannot be the name of a package", entry.key.value);
            reader.error(entry.key.span, message).hint = Some(LABEL_HINT.to_owned());
        } else if let Some(path) = path {
            found.push((entry.key, path));
        }
    }
    found
}

fn inputs(reader: &mut Reader, node: NodeId, nested: bool, config: &mut ConfigFile) {
    for entry in reader.fields(node, "`inputs`", &["include", "exclude"]) {
        if nested && entry.key.value == "include" {
            let message = "`inputs.include` is said by the configuration at the root alone";
            reader.error(entry.key.span, message);
            continue;
        }
        let what = format!("`inputs.{}`", entry.key.value);
        let globs = path_globs(reader, entry.value, &what);
        if entry.key.value == "include" { config.include = globs } else { config.exclude = globs }
    }
}

fn path_globs(reader: &mut Reader, node: NodeId, what: &str) -> Vec<PathGlob> {
    let mut globs = Vec::new();
    for text in paths(reader, node, what) {
        let parsed = glob(reader, &text, GlobKind::Path);
        globs.extend(parsed.map(|glob| PathGlob { text, glob }));
    }
    globs
}

fn glob(reader: &mut Reader, text: &Spanned<String>, kind: GlobKind) -> Option<Glob> {
    match Glob::parse(&text.value, kind) {
        Ok(glob) => Some(glob),
        Err(error) => {
            reader.error(text.span, error.message).hint = error.hint;
            None
        }
    }
}

fn external(reader: &mut Reader, node: NodeId) -> Vec<External> {
    let mut found = Vec::new();
    for item in reader.items(node, "`external`") {
        let span = reader.span(item);
        let (mut kind, mut name, mut namespace) = (None, None, None);
        for entry in reader.fields(item, "an item of `external`", &["kind", "name", "namespace"]) {
            let what = format!("`{}`", entry.key.value);
            let Some(text) = reader.text(entry.value, &what) else { continue };
            match entry.key.value.as_str() {
                "kind" => kind = Some(text.value),
                "name" => name = glob(reader, &text, GlobKind::Plain),
                _ => namespace = glob(reader, &text, GlobKind::Plain),
            }
        }
        match (kind, name) {
            (Some(kind), Some(name)) => found.push(External { kind, name, namespace, span }),
            _ if reader.is_ok() => {
                reader.error(span, "an external object has a `kind` and a `name`").hint =
                    Some("write `- {kind: ConfigMap, name: kube-root-ca.crt}`".to_owned());
            }
            _ => {}
        }
    }
    found
}

fn rules(reader: &mut Reader, node: NodeId) -> Vec<RuleSetting> {
    let entries = reader.entries(node, "`rules`");
    let mut found = Vec::with_capacity(entries.len());
    for entry in entries {
        let is_glob = entry.key.value.contains(['*', '?', '[', '{']);
        let glob = is_glob.then(|| glob(reader, &entry.key, GlobKind::Plain)).flatten();
        let mut setting =
            RuleSetting { pattern: entry.key, glob, on: None, severity: None, params: Vec::new(), suppress: None };
        rule(reader, entry.value, &mut setting);
        found.push(setting);
    }
    found
}

/// `on`, `off`, a severity, or all of it as a mapping. There the switch is not called `on`: YAML 1.1 reads that key as
/// `true`.
fn rule(reader: &mut Reader, node: NodeId, setting: &mut RuleSetting) {
    use policyc_engine::yaml::{Kind, Resolved};
    let span = reader.span(node);
    if reader.tree.kind(reader.tree.resolve(node)) == Kind::Mapping {
        return rule_fields(reader, node, setting);
    }
    // YAML 1.1 reads `on` and `off` as booleans.
    if let Some(Resolved::Bool(on)) = reader.tree.resolved(node) {
        setting.on = Some(Spanned { value: on, span });
        return;
    }
    let mut words = vec![("on", None), ("off", None)];
    words.extend(Severity::ALL.map(|severity| (severity.as_str(), Some(severity))));
    if let Some(found) = reader.word(node, "a rule's setting", &words) {
        match found.value {
            Some(severity) => setting.severity = Some(Spanned { value: severity, span }),
            None => setting.on = Some(Spanned { value: reader.tree.text(node) == "on", span }),
        }
    }
}

fn rule_fields(reader: &mut Reader, node: NodeId, setting: &mut RuleSetting) {
    for entry in reader.fields(node, "a rule's settings", &["enabled", "severity", "suppress", "params"]) {
        match entry.key.value.as_str() {
            "enabled" => setting.on = reader.boolean(entry.value, "`enabled`"),
            "suppress" => setting.suppress = reader.boolean(entry.value, "`suppress`"),
            "severity" => setting.severity = severity(reader, entry.value, "`severity`"),
            _ => {
                if setting.glob.is_some() {
                    reader.error(entry.key.span, "parameters are set rule by rule, not by a glob");
                    continue;
                }
                for param in reader.entries(entry.value, "`params`") {
                    let span = reader.span(param.value);
                    let value = reader.json(param.value);
                    setting.params.extend(value.map(|value| ParamSetting { name: param.key, value, span }));
                }
            }
        }
    }
}

fn helm(reader: &mut Reader, node: NodeId) -> Vec<(Spanned<String>, Vec<Spanned<String>>)> {
    let mut found = Vec::new();
    for entry in reader.entries(node, "`helm`") {
        let what = format!("the values of `{}`", entry.key.value);
        let values = paths(reader, entry.value, &what);
        if let Some(chart) = relative(reader, entry.key) {
            found.push((chart, values));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{ReadConfig, read_config};
    use policyc_text::{FileId, LineIndex};

    /// Diagnostics as `line:column message (hint)`.
    fn check(text: &str, nested: bool) -> Vec<String> {
        let ReadConfig { diagnostics, text, .. } = read_config(FileId(0), text.as_bytes().to_vec(), nested);
        let index = LineIndex::new(&text);
        let told = diagnostics.iter().map(|diagnostic| {
            let place = index.position(&text, diagnostic.location.span.start);
            let hint = diagnostic.hint.as_ref().map(|hint| format!(" ({hint})")).unwrap_or_default();
            format!("{}:{} {}{hint}", place.line, place.column, diagnostic.message)
        });
        told.collect()
    }

    #[test]
    fn mistakes_have_places_and_suggestions() {
        for (text, expected) in [
            ("", ""),
            ("edition: 2026\n", ""),
            ("rules: {a: off, b: on, c: high, d: {enabled: yes, severity: low, suppress: false}}\n", ""),
            ("edition: 2025\n", "1:10 `2025` is no value of `edition` (did you mean `2026`?)"),
            ("profil: x\n", "1:1 there is no key `profil` in the configuration (did you mean `profile`?)"),
            ("world: close\n", "1:8 `close` is no value of `world` (did you mean `closed`?)"),
            ("failOn: hihg\n", "1:9 `hihg` is no value of `failOn` (did you mean `high`?)"),
            ("kubernetes: latest\n", "1:13 `latest` is no version: a Kubernetes version is written like `1.34`"),
            ("profile: [a]\n", "1:10 `profile` is a text"),
            ("profile: yes\n", "1:10 `profile` is a text, and this is a boolean (quote it)"),
            ("policies: p\n", "1:11 `policies` is a list"),
            ("policies: [/etc]\n", "1:12 `/etc` is no path relative to this file (write `folder/file`, with `/`)"),
            ("rules: [a]\n", "1:8 `rules` is a mapping"),
            ("rules:\n  a: of\n", "2:6 `of` is no value of a rule's setting (did you mean `off`?)"),
            (
                "rules:\n  a: {sevrity: low}\n",
                "2:7 there is no key `sevrity` in a rule's settings (did you mean `severity`?)",
            ),
            ("rules:\n  a*: {params: {b: 1}}\n", "2:8 parameters are set rule by rule, not by a glob"),
            ("inputs: {exclude: ['a[']}\n", "1:20 "),
            ("external: [{kind: Pod}]\n", "1:12 an external object has a `kind` and a `name`"),
            ("world: open\nworld: closed\n", "2:1 `world` stands here a second time"),
            ("world: open\n---\nworld: open\n", "this file holds one document"),
            ("a: [\n", "1:"),
            ("- a\n", "1:1 the configuration is a mapping"),
        ] {
            let told = check(text, false);
            if expected.is_empty() {
                assert!(told.is_empty(), "{text}: {told:?}");
            } else {
                assert!(told.iter().any(|line| line.contains(expected)), "{text}: {told:?}");
            }
        }
    }

    #[test]
    fn a_nested_file_says_less() {
        assert!(check("rules: {a: off}\nfailOn: low\n", true).is_empty());
        let told = check("kubernetes: '1.30'\n", true);
        assert!(told[0].starts_with("1:1 `kubernetes` is said by the configuration at the root alone"), "{told:?}");
    }

    #[test]
    fn globs_mean_files_and_folders() {
        let text = "inputs: {exclude: [vendor, '**/gen/*.yaml', './a/b.yaml', 'x*']}\n";
        let config = read_config(FileId(0), text.as_bytes().to_vec(), false).config;
        let out = |path: &str| config.exclude.iter().any(|glob| glob.matches(path));
        for (path, expected) in [
            ("vendor/a.yaml", true),
            ("vendored/a.yaml", false),
            ("deep/gen/a.yaml", true),
            ("deep/gen/x/a.yaml", false),
            ("a/b.yaml", true),
            ("xy/deep/a.yaml", true),
            ("b/xy/a.yaml", false),
        ] {
            assert_eq!(out(path), expected, "{path}");
        }
    }
}
