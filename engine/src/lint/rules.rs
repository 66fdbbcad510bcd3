//! Lints of single rules: their heads, conditions, messages and fixes.

use super::Found;
use super::catalog::{
    CONTROL, FIX_KEEPS, IMAGE_TEXT, KIND_GONE, LOOPS, MAIN_ONLY, MESSAGE_TITLE, NEVER_TRUE, NO_CONTROL, PLAIN_MESSAGE,
    REQUIRE_NOT, SAFE_REMOVAL, UNANCHORED, UNTESTED, UNUSED_LET, VACUOUS_ALL,
};
use super::scan::{Scan, words_like};
use policyc_lang::check::ExpectedOutcome;
use policyc_lang::ir::{
    Applicability, Check, Comparison, Const, Edit, Expr, ExprId, Fix, Quantifier, Rule, Shape, Statement, Subject,
};
use policyc_lang::schema::did_you_mean;
use policyc_text::Span;
use std::collections::BTreeSet;

pub(super) fn lint(scan: &Scan<'_>, found: &mut Found) {
    let frameworks = frameworks(scan);
    for rule in scan.rules() {
        head(scan, rule, &frameworks, found);
        conditions(scan, rule, found);
        block(scan, rule, &rule.body, &mut Blocks::default(), found);
    }
}

// Heads

/// The frameworks that rules of the standard library name.
fn frameworks<'s>(scan: &Scan<'s>) -> BTreeSet<&'s str> {
    let program = scan.program;
    let of_library =
        |rule: &&Rule| program.modules.get(rule.module.index()).is_some_and(|module| module.name.starts_with("std."));
    let controls = program.rules.iter().filter(of_library).flat_map(|rule| &rule.controls);
    controls.filter_map(|control| control.split_once(':')).map(|(framework, _)| framework).collect()
}

fn head(scan: &Scan<'_>, rule: &Rule, frameworks: &BTreeSet<&str>, found: &mut Found) {
    for control in &rule.controls {
        // Frameworks of one's own are fine; one that is nearly a known one is a slip.
        let Some((name, _)) = control.split_once(':').filter(|(name, _)| !frameworks.contains(name)) else { continue };
        let Some(near) = did_you_mean(name, frameworks.iter().copied()) else { continue };
        let message = format!("no rule of the library knows the framework `{name}`");
        let hint = format!("did you mean `{near}`?");
        let text = scan.source.text.as_str();
        let start = rule.span.start as usize;
        let at = text.get(start..).and_then(|rest| rest.find(&format!("\"{control}\""))).map(|at| at + start);
        let place = at.map_or(rule.id_span, |at| Span::new(at, at + control.len() + 2));
        found.add(CONTROL, place, message, hint);
    }
    if rule.controls.is_empty() && rule.theme.is_none() && rule.tags.is_empty() {
        let message = format!("`{}` has neither controls nor a theme nor tags", rule.id);
        found.add(NO_CONTROL, rule.id_span, message, "add `controls [\"framework:number\"]` or `tags [\"…\"]`");
    }
    kinds(scan, rule, found);
    if !is_shown(scan, &rule.id) {
        let message = format!("no test shows that `{}` finds anything", rule.id);
        found.add(UNTESTED, rule.id_span, message, format!("add a test with a line marked `#~ {}`", rule.id));
    }
}

/// Whether a test expects the rule to find something.
fn is_shown(scan: &Scan<'_>, id: &str) -> bool {
    scan.compiled.tests.iter().any(|case| {
        let expected = case.expectations.iter().any(|expected| {
            let finds = matches!(expected.outcome, ExpectedOutcome::Fails(_) | ExpectedOutcome::Indeterminate(_));
            expected.rule == id && finds
        });
        // A fixture in a file of its own may hold any mark.
        expected
            || case.fixtures.iter().any(|fixture| match &fixture.text {
                Some(text) => text.lines().filter_map(|line| line.split_once("#~")).any(|(_, marks)| names(marks, id)),
                None => case.module == scan.module,
            })
    })
}

fn names(marks: &str, id: &str) -> bool {
    marks.split([',', ' ', '#', '~', '?']).any(|word| word == id || word.strip_prefix('v') == Some(id))
}

fn kinds(scan: &Scan<'_>, rule: &Rule, found: &mut Found) {
    let Some(types) = scan.context.types else { return };
    // Whoever asks for the version knows which kinds it has.
    if scan.of_rule(rule).iter().any(|id| scan.expr(*id) == Some(&Expr::Cluster)) {
        return;
    }
    for subject in &rule.subject {
        let Subject::Kinds(set) = subject else { continue };
        let Some(set) = scan.program.kind_sets.get(set.index()) else { continue };
        for kind in &set.kinds {
            let known = types.kinds_named(&kind.kind);
            if !known.is_empty() && known.iter().all(|known| !known.served) {
                let version = types.schema().version();
                let message = format!("Kubernetes {version} has no kind `{}`", kind.kind);
                found.add(
                    KIND_GONE,
                    rule.id_span,
                    message,
                    "say for which versions the rule is: `where cluster.version < …`",
                );
            }
        }
    }
}

// Conditions

fn conditions(scan: &Scan<'_>, rule: &Rule, found: &mut Found) {
    let text = rule.span.text(&scan.source.text);
    let all = scan.of_rule(rule);
    // What is only counted is judged by nobody.
    let mut counted = BTreeSet::new();
    for expr in all.iter().filter_map(|id| scan.expr(*id)).filter(|expr| matches!(expr, Expr::Builtin(..))) {
        expr.operands(&mut |operand| {
            counted.insert(operand.index());
        });
    }
    for id in &all {
        match scan.expr(*id) {
            Some(Expr::And(..)) => contradiction(scan, *id, found),
            Some(
                Expr::StartsWith(left, _)
                | Expr::EndsWith(left, _)
                | Expr::Contains(left, _)
                | Expr::Matches(left, _)
                | Expr::Compare(Comparison::Equal | Comparison::NotEqual, left, _),
            ) if is_image(scan, *left) => {
                let message = format!("`{}` is an image, and compared as a text", scan.text(*left));
                found.add(
                    IMAGE_TEXT,
                    scan.span(*id),
                    message,
                    "ask for `.repository`, `.tag` or `.digest`, or use `like`",
                );
            }
            Some(Expr::Field { name, .. })
                if scan.program.name(*name) == "containers"
                    && !counted.contains(&id.index())
                    && words_like(text, "initContainers") == 0 =>
            {
                let message = format!("`{}` are the main containers alone", scan.text(*id));
                found.add(
                    MAIN_ONLY,
                    scan.span(*id),
                    message,
                    "judge `container`, or go through `.containers` of a workload",
                );
            }
            _ => {}
        }
    }
    if let Some(condition) = rule.condition
        && scan.constant(condition) == Some(&Const::Bool(false))
    {
        found.add(NEVER_TRUE, scan.span(condition), "this is never true", "remove the rule, or the condition");
    }
}

fn is_image(scan: &Scan<'_>, id: ExprId) -> bool {
    let shape = match scan.expr(id) {
        Some(Expr::Field { shape, .. } | Expr::Index { shape, .. }) => shape,
        _ => return false,
    };
    scan.program.shapes.get(shape.index()) == Some(&Shape::Image)
}

/// `a == "x" and a == "y"`.
fn contradiction(scan: &Scan<'_>, id: ExprId, found: &mut Found) {
    let mut parts = Vec::new();
    let mut open = vec![id];
    while let Some(part) = open.pop() {
        match scan.expr(part) {
            Some(Expr::And(left, right)) => open.extend([*right, *left]),
            Some(Expr::Compare(Comparison::Equal, left, right)) => {
                if let Some(value) = scan.constant(*right) {
                    parts.push((scan.text(*left), value, part));
                }
            }
            _ => {}
        }
    }
    for (number, (left, value, part)) in parts.iter().enumerate() {
        let other = parts.iter().take(number).find(|(known, other, _)| known == left && other != value);
        if other.is_some() {
            let message = format!("`{left}` cannot have two values at once, so this is never true");
            found.add(NEVER_TRUE, scan.span(*part), message, "write `or`, or `in [..]`");
        }
    }
}

// Statements

#[derive(Default)]
struct Blocks {
    /// How many loops are around.
    loops: usize,
    /// How many of them go over the whole project.
    wide: usize,
}

fn block(scan: &Scan<'_>, rule: &Rule, body: &[Statement], blocks: &mut Blocks, found: &mut Found) {
    for statement in body {
        match statement {
            Statement::Let(_, value) => unused_let(scan, rule, *value, found),
            Statement::For(binder, inner) => {
                let wide = is_wide(scan, binder.source);
                if wide && blocks.wide > 0 && !is_narrowed(scan, binder.condition) {
                    let message = "this goes over the project for each element of a loop that does so too";
                    found.add(
                        LOOPS,
                        scan.span(binder.source),
                        message,
                        "narrow it by namespace, or with `where` and `==`",
                    );
                }
                blocks.loops += 1;
                blocks.wide += usize::from(wide);
                block(scan, rule, inner, blocks, found);
                blocks.loops -= 1;
                blocks.wide -= usize::from(wide);
            }
            Statement::When(_, then, otherwise) => {
                block(scan, rule, then, blocks, found);
                block(scan, rule, otherwise, blocks, found);
            }
            Statement::Check(id) => {
                if let Some(one) = scan.program.checks.get(id.index()) {
                    check(scan, rule, one, blocks, found);
                }
            }
        }
    }
}

/// Whether a loop's source grows with the project.
fn is_wide(scan: &Scan<'_>, source: ExprId) -> bool {
    let text = scan.text(source);
    matches!(scan.expr(source), Some(Expr::Docs { namespace: None, .. })) || text == "project.workloads"
}

fn is_narrowed(scan: &Scan<'_>, condition: Option<ExprId>) -> bool {
    let equal = |id: &ExprId| matches!(scan.expr(*id), Some(Expr::Compare(Comparison::Equal, ..) | Expr::Builtin(..)));
    condition.is_some_and(|condition| scan.within(condition).iter().any(equal))
}

fn unused_let(scan: &Scan<'_>, rule: &Rule, value: ExprId, found: &mut Found) {
    let text = scan.source.text.as_str();
    let before = text.get(..scan.span(value).start as usize).unwrap_or_default();
    let before = before.trim_end_matches(|char: char| char.is_whitespace() || matches!(char, '=' | '('));
    let start = before.rfind(|char: char| !(char.is_alphanumeric() || char == '_')).map_or(0, |at| at + 1);
    let name = before.get(start..).unwrap_or_default();
    if !name.is_empty() && words_like(rule.span.text(text), name) == 1 {
        let message = format!("nothing reads `{name}`");
        found.add(UNUSED_LET, Span::new(start, before.len()), message, "remove it");
    }
}

fn check(scan: &Scan<'_>, rule: &Rule, check: &Check, blocks: &Blocks, found: &mut Found) {
    let text = scan.source.text.as_str();
    let word = Span::new(check.span.start as usize, check.span.start as usize + "require".len());
    match scan.expr(check.condition) {
        // `is not empty` comes to the same, and is said well.
        Some(Expr::Not(_)) if !check.forbid && scan.text(check.condition).starts_with("not ") => {
            found.add(REQUIRE_NOT, word, "`require not` says what `forbid` says", "write `forbid`, without the `not`");
        }
        Some(Expr::Quantifier(Quantifier::All, binder, _)) if !check.forbid && is_read(scan, binder.source) => {
            let list = scan.text(binder.source);
            let whole = rule.span.text(text);
            let asked = [format!("exists {list}"), format!("{list} is not empty"), format!("count({list})")];
            if !asked.iter().any(|asked| whole.contains(asked.as_str())) {
                let message = format!("this holds where there is no `{list}`");
                let hint = format!("ask for the list first: `require {list} is not empty else …`");
                found.add(VACUOUS_ALL, scan.span(check.condition), message, hint);
            }
        }
        _ => {}
    }
    if !check.forbid {
        anchors(scan, check.condition, found);
    }
    message(scan, rule, check, blocks, found);
    fixes(scan, check, found);
}

/// Whether a list comes from a document, and so may be missing.
fn is_read(scan: &Scan<'_>, source: ExprId) -> bool {
    matches!(scan.expr(source), Some(Expr::Field { .. } | Expr::Index { .. } | Expr::ListKey { .. }))
}

/// Regular expressions that a check requires and that are anchored at neither end.
fn anchors(scan: &Scan<'_>, condition: ExprId, found: &mut Found) {
    match scan.expr(condition) {
        Some(Expr::And(left, right) | Expr::Or(left, right)) => {
            anchors(scan, *left, found);
            anchors(scan, *right, found);
        }
        Some(Expr::Matches(_, right)) => {
            let Some(Const::Regex(pattern)) = scan.constant(*right) else { return };
            let source = pattern.source();
            if !["^", "$", "\\A", "\\z"].iter().any(|anchor| source.contains(anchor)) {
                let message = "this matches anywhere in the text";
                found.add(
                    UNANCHORED,
                    scan.span(*right),
                    message,
                    "begin it with `^` and end it with `$`, or use `like`",
                );
            }
        }
        _ => {}
    }
}

fn message(scan: &Scan<'_>, rule: &Rule, check: &Check, blocks: &Blocks, found: &mut Found) {
    let Some(plain) = scan.plain(check.message) else { return };
    let place = scan.span(check.message);
    if plain.trim().eq_ignore_ascii_case(rule.title.trim()) {
        found.add(
            MESSAGE_TITLE,
            place,
            "the message says what the title says",
            "say what is wrong here, with its value",
        );
    } else if blocks.loops > 0 && check.at.is_none() {
        let hint = "name the element in braces, or its place with `at`";
        found.add(PLAIN_MESSAGE, place, "the message is the same for each element of the loop", hint);
    }
}

fn fixes(scan: &Scan<'_>, check: &Check, found: &mut Found) {
    let all = check.fixes.iter().flat_map(|fix| fix.edits.iter().map(move |edit| (fix, edit)));
    // What another edit of the fix puts elsewhere is moved, not lost.
    let is_moved = |fix: &Fix, place: ExprId| {
        let text = scan.text(place);
        fix.edits.iter().any(|edit| matches!(edit, Edit::Set(_, value) if scan.text(*value) == text))
    };
    for (fix, edit) in all {
        match (fix.applicability, edit) {
            // What stands twice may go; a field says something that nothing else says.
            (Applicability::Safe, Edit::Remove(place))
                if matches!(scan.expr(*place), Some(Expr::Field { .. })) && !is_moved(fix, *place) =>
            {
                found.add(
                    SAFE_REMOVAL,
                    scan.span(*place),
                    "a fix that removes this cannot be safe",
                    "call it `unsafe`",
                );
            }
            (_, Edit::Set(place, value)) => {
                let Some(Expr::Compare(Comparison::Equal, left, right)) = scan.expr(check.condition) else { continue };
                let (Some(set), Some(compared)) = (scan.constant(*value), scan.constant(*right)) else { continue };
                if scan.text(*left) == scan.text(*place) && (set == compared) == check.forbid {
                    let message = "the check fails with this value too";
                    found.add(FIX_KEEPS, scan.span(*value), message, "set a value with which it holds");
                }
            }
            _ => {}
        }
    }
}
