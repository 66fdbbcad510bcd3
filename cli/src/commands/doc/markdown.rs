//! Pages in Markdown: one for each rule, and a list.

use super::RulePage;
use std::fmt::Write;

/// Names and texts of the files.
pub(super) fn files(pages: &[RulePage<'_>]) -> Vec<(String, String)> {
    let mut list = String::from("# Rules\n\n| rule | severity | what it asks for |\n|---|---|---|\n");
    for page in pages {
        let (id, severity, title) = (page.id, page.severity, cell(page.title));
        let _ = writeln!(list, "| [{id}]({id}.md) | {severity} | {title} |");
    }
    let rules = pages.iter().map(|page| (format!("{}.md", page.id), rule(page)));
    std::iter::once(("README.md".to_owned(), list)).chain(rules).collect()
}

fn rule(page: &RulePage<'_>) -> String {
    let mut out = format!("# {}\n\n{}\n\n", page.id, text(page.title));
    let controls = page.controls.join(", ");
    for (name, value) in
        [("Severity", page.severity), ("Judges", &page.judges), ("Theme", page.theme), ("Controls", &controls)]
    {
        if !value.is_empty() {
            let _ = writeln!(out, "- {name}: {}", text(value));
        }
    }
    for paragraph in &page.texts {
        let _ = writeln!(out, "\n{}", text(paragraph));
    }
    if !page.params.is_empty() {
        out.push_str("\n## Parameters\n\n| name | type | default | |\n|---|---|---|---|\n");
        for param in &page.params {
            let default = param.default.as_ref().map_or("must be set".to_owned(), |default| code(default));
            let (name, ty, doc) = (code(param.name), code(param.ty), cell(param.doc));
            let _ = writeln!(out, "| {name} | {ty} | {default} | {doc} |");
        }
    }
    if let Some(example) = &page.example {
        let _ = writeln!(out, "\n## Example\n\n```{}", example.kind);
        for (line, found) in &example.lines {
            // Backquotes in the fixture would end the block.
            let line = line.replace("```", "'''");
            let _ = writeln!(out, "{line}{}", if *found { " # found here" } else { "" });
        }
        out.push_str("```\n");
    }
    out
}

/// Text in which nothing is markup but what policies write as such, in backquotes.
fn text(text: &str) -> String {
    text.replace('<', "&lt;").replace('>', "&gt;")
}

fn cell(text_of_cell: &str) -> String {
    text(text_of_cell).replace('|', "\\|").replace('\n', " ")
}

fn code(value: &str) -> String {
    format!("`{}`", value.replace('`', "'").replace('|', "\\|").replace('\n', " "))
}
