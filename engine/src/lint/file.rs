//! Lints of a file as a whole: layout, names that nobody uses, exemptions.

use super::Found;
use super::catalog::{EXEMPT_ALL, EXEMPT_EXPIRED, FORMAT, UNUSED_DEF, UNUSED_IMPORT, UNUSED_PARAM};
use super::scan::{Scan, words_like};
use policyc_lang::format::format;
use policyc_lang::ir::{DefId, Expr, ParamId};
use policyc_lang::syntax::ast::DottedName;
use policyc_lang::syntax::parse;
use policyc_text::Span;

/// Modules whose names are known everywhere.
const IMPLICIT: [&str; 2] = ["std.k8s", "std.docker"];

pub(super) fn lint(scan: &Scan<'_>, found: &mut Found) {
    layout(scan, found);
    params(scan, found);
    defs(scan, found);
    imports(scan, found);
    exemptions(scan, found);
}

fn layout(scan: &Scan<'_>, found: &mut Found) {
    let (old, new) = (scan.source.text.as_str(), format(&scan.source.text));
    if old == new {
        return;
    }
    let same: usize = old
        .split_inclusive('\n')
        .zip(new.split_inclusive('\n'))
        .take_while(|(old, new)| old == new)
        .map(|(line, _)| line.len())
        .sum();
    let line = old.get(same..).unwrap_or_default().lines().next().unwrap_or_default();
    let start = same + line.len() - line.trim_start().len();
    let place = Span::new(start, same + line.trim_end().len());
    found.add(FORMAT, place, "the file is not in the language's style from here on", "run `policyc fmt`");
}

fn params(scan: &Scan<'_>, found: &mut Found) {
    for (number, param) in (0..).zip(&scan.program.params).filter(|(_, param)| param.module == scan.module) {
        let reads = |expr: &Expr| *expr == Expr::Param(ParamId(number));
        if !scan.program.exprs.iter().any(reads) && words_like(&scan.source.text, &param.name) < 2 {
            let message = format!("nothing reads the parameter `{}`", param.name);
            found.add(UNUSED_PARAM, param.span, message, "remove it");
        }
    }
}

fn defs(scan: &Scan<'_>, found: &mut Found) {
    // A module without rules is there for others.
    if scan.rules().next().is_none() {
        return;
    }
    for (number, def) in (0..).zip(&scan.program.defs).filter(|(_, def)| def.module == scan.module) {
        let calls = |expr: &Expr| matches!(expr, Expr::Call(called, _) if *called == DefId(number));
        if !scan.program.exprs.iter().any(calls) && words_like(&scan.source.text, &def.name) < 2 {
            let text = &scan.source.text;
            let at = text.find(&format!("def {}", def.name)).map_or(0, |at| at + 4);
            let message = format!("nothing calls `{}`", def.name);
            found.add(UNUSED_DEF, Span::new(at, at + def.name.len()), message, "remove it");
        }
    }
}

fn imports(scan: &Scan<'_>, found: &mut Found) {
    let tree = parse(scan.source.file, &scan.source.text).file;
    for import in &tree.imports {
        let name = dotted(import);
        if IMPLICIT.iter().any(|known| name == *known || name.starts_with(&format!("{known}."))) {
            let message = format!("`{name}` is imported everywhere");
            found.add(UNUSED_IMPORT, import.span, message, "remove the line");
            continue;
        }
        let program = scan.program;
        let modules: Vec<usize> = (0..program.modules.len())
            .filter(|number| {
                let module = &program.modules[*number].name;
                *module == name || module.starts_with(&format!("{name}."))
            })
            .collect();
        let of = |module: usize| modules.contains(&module);
        let params = program.params.iter().filter(|item| of(item.module.index())).map(|item| item.name.as_str());
        let defs = program.defs.iter().filter(|item| of(item.module.index())).map(|item| item.name.as_str());
        let views = program.views.iter().filter(|item| of(item.module.index())).map(|item| item.name.as_str());
        let properties =
            program.properties.iter().filter(|item| of(item.module.index())).map(|item| item.name.as_str());
        let rules = program.rules.iter().filter(|item| of(item.module.index())).map(|item| item.id.as_str());
        let mut names = params.chain(defs).chain(views).chain(properties).chain(rules).peekable();
        // Types and tables leave no names behind: what exports nothing that is known here may export these.
        if names.peek().is_some() && !names.any(|name| words_like(&scan.source.text, name) > 0) {
            let message = format!("nothing of `{name}` is used");
            found.add(UNUSED_IMPORT, import.span, message, "remove the line");
        }
    }
}

fn dotted(name: &DottedName) -> String {
    name.parts.iter().map(|part| part.text.as_str()).collect::<Vec<_>>().join(".")
}

fn exemptions(scan: &Scan<'_>, found: &mut Found) {
    for exemption in scan.program.exemptions.iter().filter(|exemption| exemption.module == scan.module) {
        let first = exemption.span.text(&scan.source.text).lines().next().unwrap_or_default().trim_end().len();
        let start = exemption.span.start as usize;
        let place = Span::new(start, start + first);
        if exemption.until < scan.context.as_of {
            let message = format!("this exemption ended on {}", exemption.until);
            found.add(EXEMPT_EXPIRED, place, message, "remove it");
        }
        if exemption.condition.is_none() {
            let message = "this exemption covers every subject";
            found.add(EXEMPT_ALL, place, message, "say which ones are meant: `where …`");
        }
    }
}
