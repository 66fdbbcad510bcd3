//! `policyc doc`: pages about the rules, with their parameters, controls and examples taken from their tests.

mod html;
mod markdown;

use crate::args::{Color, DocArgs, DocFormat};
use crate::library::Library;
use crate::render::escape;
use crate::{Refusal, exit, output};
use policyc_lang::ir::{Const, Program};
use policyc_lang::syntax::ast::{ExprKind, Item, TestLine};
use policyc_lang::syntax::parse;
use policyc_text::FileId;
use std::path::Path;

/// What a page says of a rule.
pub(super) struct RulePage<'p> {
    pub(super) id: &'p str,
    pub(super) title: &'p str,
    pub(super) severity: &'static str,
    pub(super) theme: &'p str,
    pub(super) judges: String,
    pub(super) controls: &'p [String],
    pub(super) texts: Vec<&'p str>,
    pub(super) params: Vec<ParamPage<'p>>,
    pub(super) example: Option<Example>,
}

/// What a page says of a parameter.
pub(super) struct ParamPage<'p> {
    pub(super) name: &'p str,
    pub(super) ty: &'p str,
    pub(super) default: Option<String>,
    pub(super) doc: &'p str,
}

/// A fixture in which the rule finds something.
pub(super) struct Example {
    /// `yaml`, `dockerfile`.
    pub(super) kind: String,
    /// Its lines, each with whether a finding begins there.
    pub(super) lines: Vec<(String, bool)>,
}

/// Writes the pages.
///
/// # Errors
///
/// If a policy does not compile, or a file cannot be written.
pub(crate) fn doc(args: &DocArgs) -> Result<u8, Refusal> {
    let library = Library::load(&args.policies, Color::Auto)?;
    let pages = pages(library.program());
    let files = match args.format {
        DocFormat::Markdown => markdown::files(&pages),
        DocFormat::Html => vec![("index.html".to_owned(), html::page(&pages))],
    };
    for (name, text) in &files {
        write(&args.to.join(name), text)?;
    }
    let word = if files.len() == 1 { "file" } else { "files" };
    output::print(|out| {
        let folder = escape(&args.to.display().to_string());
        writeln!(out, "{} {word} about {} rules in {folder}", files.len(), pages.len())
    })?;
    Ok(exit::CLEAN)
}

fn write(path: &Path, text: &str) -> Result<(), Refusal> {
    let folder = path.parent().map_or(Ok(()), std::fs::create_dir_all);
    let written = folder.and_then(|()| std::fs::write(path, text));
    written.map_err(|error| Refusal::new(format!("cannot write `{}`: {error}", path.display())))
}

/// All rules by id.
fn pages(program: &Program) -> Vec<RulePage<'_>> {
    let mut pages: Vec<RulePage<'_>> = program
        .instances
        .iter()
        .filter_map(|instance| {
            let rule = program.rules.get(instance.rule.index())?;
            let module = program.modules.get(rule.module.index())?;
            let params = rule.params.iter().filter_map(|id| program.params.get(id.index()));
            Some(RulePage {
                id: &instance.id,
                title: &rule.title,
                severity: instance.severity.unwrap_or(rule.severity).as_str(),
                theme: rule.theme.as_deref().unwrap_or_default(),
                judges: rule.subject_names.join(", "),
                controls: &rule.controls,
                texts: [rule.doc.as_deref(), rule.help.as_deref()].into_iter().flatten().collect(),
                params: params
                    .map(|param| ParamPage {
                        name: &param.name,
                        ty: &param.type_text,
                        default: param.default.as_ref().map(shown),
                        doc: &param.doc,
                    })
                    .collect(),
                example: example(&module.text, &rule.id),
            })
        })
        .collect();
    pages.sort_by_key(|page| page.id);
    pages
}

/// A value as policies write it.
fn shown(value: &Const) -> String {
    match value {
        Const::String(text) => format!("\"{text}\""),
        Const::Glob(glob) => format!("\"{glob}\""),
        Const::Regex(pattern) => format!("/{}/", pattern.source()),
        Const::List(items) => format!("[{}]", items.iter().map(shown).collect::<Vec<_>>().join(", ")),
        Const::Record(fields) => {
            let fields: Vec<String> = fields.iter().map(|(name, value)| format!("{name}: {}", shown(value))).collect();
            format!("{{ {} }}", fields.join(", "))
        }
        Const::Absent => "(not set)".to_owned(),
        Const::Bool(value) => value.to_string(),
        Const::Number(value) => value.to_string(),
        Const::Quantity(value) => value.to_string(),
        Const::Duration(value) => value.to_string(),
        Const::Date(value) => value.to_string(),
        Const::Severity(value) => value.to_string(),
        Const::Semver(value) => format!("\"{value}\""),
        Const::VersionRange(value) => format!("\"{value}\""),
        Const::Ip(value) => format!("\"{value}\""),
        Const::Cidr(value) => format!("\"{value}\""),
        Const::Range(value) => value.to_string(),
    }
}

/// The first fixture of a module that has a mark of the rule.
fn example(text: &str, rule: &str) -> Option<Example> {
    let file = parse(FileId(0), text).file;
    let lines = file.items.iter().filter_map(|item| if let Item::Test(test) = item { Some(&test.lines) } else { None });
    let givens = lines.flatten().filter_map(|line| if let TestLine::Given(given) = line { Some(given) } else { None });
    givens.into_iter().find_map(|given| {
        let ExprKind::Raw(text) = &given.text.as_ref()?.kind else { return None };
        let lines = without_marks(text, rule);
        lines.iter().any(|(_, found)| *found).then(|| Example { kind: given.kind.text.clone(), lines })
    })
}

fn without_marks(text: &str, rule: &str) -> Vec<(String, bool)> {
    let (mut lines, mut next) = (Vec::new(), false);
    for line in text.lines() {
        let (bare, marks) = line.split_once("#~").unwrap_or((line, ""));
        let names = |marks: &str| marks.split([',', ' ', '#', '~']).any(|word| word == rule);
        let (below, here) = match marks.strip_prefix('v') {
            Some(marks) => (names(marks), false),
            None => (false, names(marks)),
        };
        if !bare.trim().is_empty() || marks.is_empty() {
            lines.push((bare.trim_end().to_owned(), here || next));
            next = false;
        }
        next |= below;
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::{example, html, markdown, pages};
    use policyc_lang::check::{Artefact, Source, compile};
    use policyc_lang::schema::{Schema, Types};
    use policyc_text::FileId;

    const POLICY: &str = "module a\n\nparam label: string = \"a<b\"\n  doc \"Which.\"\n\nrule own-a on Pod p {\n  title    \"Pods & <labels>\"\n  severity low\n  controls [\"x:1\"]\n  help     \"Set | it.\"\n\n  require exists p.metadata.labels[label]\n    else \"m\"\n}\n\ntest \"t\" {\n  given yaml \"\"\"\n    kind: Pod\n    metadata: {name: a} #~ own-a\n    \"\"\"\n}\n";

    #[test]
    fn pages_have_what_the_policy_says_and_no_markup_of_it() {
        let source = Source { file: FileId(0), name: "a".to_owned(), text: POLICY.to_owned(), tables: Vec::new() };
        let compiled = compile(&Artefact::default(), &[source], &Types::new(Schema::newest()));
        assert!(compiled.is_ok(), "{:?}", compiled.diagnostics);
        let pages = pages(&compiled.artefact.program);
        let files = markdown::files(&pages);
        let (_, page) = files.iter().find(|(name, _)| name == "own-a.md").unwrap();
        for part in [
            "# own-a",
            "Pods & &lt;labels&gt;",
            "x:1",
            "`label`",
            "\"a<b\"",
            "Which.",
            "Set | it.",
            "  metadata: {name: a} # found here",
        ] {
            assert!(page.contains(part.trim_start()), "{part}: {page}");
        }
        let html = html::page(&pages);
        for part in [
            "id=\"own-a\"",
            "Pods &amp; &lt;labels&gt;",
            "a&lt;b",
            "<mark>metadata: {name: a}</mark>",
            "prefers-color-scheme",
        ] {
            assert!(html.contains(part), "{part}: {html}");
        }
        assert!(
            !html.contains("http://") && !html.contains("https://") && !html.contains("src="),
            "it needs no network"
        );
    }

    #[test]
    fn marks_are_no_part_of_examples() {
        let text =
            "module a\ntest \"t\" {\n  given dockerfile \"\"\"\n    FROM a\n    #~v x, y\n    RUN b\n    \"\"\"\n}\n";
        let lines = example(text, "y").unwrap().lines;
        assert_eq!(lines, [("FROM a".to_owned(), false), ("RUN b".to_owned(), true)]);
        assert!(example(text, "z").is_none());
    }
}
