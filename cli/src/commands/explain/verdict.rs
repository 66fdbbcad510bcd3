//! How a rule judges what stands at a place: each condition with its values, their places and its outcome.

use crate::args::{ExplainArgs, MeaningArgs, SelectionArgs};
use crate::commands::check::{STACK, meaning};
use crate::config::Configuration;
use crate::discover::{self, Found, Source, Wanted};
use crate::library::{Library, unknown};
use crate::render::{Style, escape};
use crate::{Refusal, exit, output};
use policyc_config::file::ConfigFile;
use policyc_engine::builtin::Builtin;
use policyc_engine::check::{Explained, Input, Selection, explain};
use policyc_engine::eval::{Condition, Explanation, Step, StepKind, Verdict};
use policyc_lang::ir::Program;
use policyc_text::{Location, Span};
use std::fmt::Write;
use std::path::PathBuf;

/// Most subjects that are shown.
const MOST_SUBJECTS: usize = 12;
/// Most characters of a value or of a policy's text.
const MOST_TEXT: usize = 100;

/// What is asked about.
pub(in crate::commands) struct Inputs {
    found: Found,
    input: usize,
    line: Option<u32>,
}

impl Inputs {
    /// The file of `FILE` or `FILE:LINE`.
    ///
    /// # Errors
    ///
    /// If there is no such file.
    pub(in crate::commands) fn of(place: &str) -> Result<Self, Refusal> {
        let (file, line) = match place.rsplit_once(':') {
            Some((file, line)) if !PathBuf::from(place).exists() => match line.parse::<u32>() {
                Ok(line) if line > 0 => (file, Some(line)),
                _ => return Err(Refusal::new(format!("`{line}` is no number of a line"))),
            },
            _ => (place, None),
        };
        let path = PathBuf::from(file);
        if path.is_dir() {
            return Err(Refusal::new(format!("`{file}` is a folder")).with_hint(Some("name a file, or a line of one")));
        }
        let found = discover::discover(&[path], Wanted::Manifests).map_err(Refusal::new)?;
        Ok(Self { found, input: 0, line })
    }

    /// The bytes of the file.
    pub(in crate::commands) fn bytes(&self) -> Option<Vec<u8>> {
        discover::read(self.found.sources.values().nth(self.input)?).ok()
    }

    /// Where the file is.
    pub(in crate::commands) fn paths(&self) -> Vec<PathBuf> {
        let source = self.found.sources.values().nth(self.input).cloned();
        source.and_then(Source::path).into_iter().collect()
    }

    /// What the file is called.
    pub(in crate::commands) fn name(&self) -> &str {
        self.found.sources.keys().nth(self.input).map_or("", String::as_str)
    }
}

/// What the selected rules make of what is asked about.
///
/// # Errors
///
/// If nothing stands there that a rule could judge.
pub(in crate::commands) fn judged(
    inputs: &Inputs,
    args: &MeaningArgs,
    config: &ConfigFile,
    selection: &Selection<'_>,
) -> Result<Explained, Refusal> {
    let meaning = meaning(args, config, &inputs.found)?;
    let names: Vec<Input> = inputs.found.sources.keys().map(|name| Input { name: name.as_str().into() }).collect();
    let sources: Vec<&Source> = inputs.found.sources.values().collect();
    let load =
        |place: usize| sources.get(place).map_or_else(|| Err("it is gone".to_owned()), |one| discover::read(one));
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).stack_size(STACK).build();
    let pool = pool.map_err(|error| Refusal::new(format!("cannot start threads: {error}")))?;
    let found = pool.install(|| explain(&names, &load, &meaning, selection, (inputs.input, inputs.line)));
    found.ok_or_else(|| {
        let name = inputs.name();
        match inputs.line {
            Some(line) => Refusal::new(format!("`{name}` has no line {line} that could be judged")),
            None => Refusal::new(format!("there is nothing in `{name}` that could be judged")),
        }
    })
}

/// `policyc explain RULE FILE:LINE`.
pub(super) fn at(args: &ExplainArgs, place: &str) -> Result<u8, Refusal> {
    let inputs = Inputs::of(place)?;
    let config = Configuration::find(&args.policies.config, &inputs.paths(), args.color)?;
    let library = Library::load_with(&args.policies, &config, args.color, |_| {})?;
    let program = library.program();
    let id = args.rule.as_str();
    let Some(instance) = program.instances.iter().find(|instance| instance.id == id) else {
        let known = program.aggregates.iter().any(|sum| sum.id == id) || Builtin::of_id(id).is_some();
        return Err(match known {
            true => Refusal::new(format!("`{id}` has no conditions of its own"))
                .with_hint(Some(format!("`policyc explain {id}` says what it asks for"))),
            false => unknown("rule", id, library.rule_ids()),
        });
    };
    let selection = SelectionArgs { rules: vec![id.to_owned()], profile: None, params: args.params.clone() };
    let setup = config.setup(&library, &selection, args.color)?;
    let selection = setup.selection(program);
    let explained = judged(&inputs, &args.meaning, &config.root(), &selection)?;
    let rule = program.rules.get(instance.rule.index());
    let title = rule.map_or("", |rule| rule.title.as_str());
    let text = rule.map_or("", |rule| text_of_module(program, rule.module.index()));
    let mut page = Page::new(text, &explained, output::style(args.color));
    page.line(0, &page.style.bold(&escape(&format!("{id}: {title}"))));
    if explained.explanations.is_empty() {
        let subjects = rule.map(|rule| rule.subject_names.join(", ")).unwrap_or_default();
        page.line(0, &escape(&format!("not applicable: it judges {subjects}, and there is none here")));
    }
    for explanation in explained.explanations.iter().take(MOST_SUBJECTS) {
        page.subject(explanation);
    }
    if let Some(more) = explained.explanations.len().checked_sub(MOST_SUBJECTS).filter(|more| *more > 0) {
        page.line(0, &format!("and {more} more; name a line"));
    }
    output::print(|out| out.write_all(page.text.as_bytes()))?;
    Ok(exit::CLEAN)
}

pub(in crate::commands) fn text_of_module(program: &Program, module: usize) -> &str {
    program.modules.get(module).map_or("", |module| module.text.as_str())
}

/// A page, line by line.
pub(in crate::commands) struct Page<'p> {
    text: String,
    policy: &'p str,
    explained: &'p Explained,
    style: Style,
}

impl<'p> Page<'p> {
    pub(in crate::commands) fn new(policy: &'p str, explained: &'p Explained, style: Style) -> Self {
        Self { text: String::new(), policy, explained, style }
    }

    pub(in crate::commands) fn into_text(self) -> String {
        self.text
    }

    /// A line; what stands in it has been escaped.
    pub(in crate::commands) fn line(&mut self, depth: usize, text: &str) {
        let _ = writeln!(self.text, "{}{text}", "  ".repeat(depth));
    }

    fn subject(&mut self, explanation: &Explanation) {
        let place = self.place(explanation.location);
        let verdict = self.verdict(explanation.verdict);
        self.text.push('\n');
        self.line(0, &format!("{verdict}: {}{place}", escape(&short(&explanation.subject))));
        let near = explanation.steps.iter().any(|step| step.near);
        // Where the line lies in one element of a loop, the others are told in one line each.
        let mut folded: Option<usize> = None;
        for (number, step) in explanation.steps.iter().enumerate() {
            if folded.is_some_and(|depth| step.depth > depth) {
                continue;
            }
            folded = None;
            if step.kind == StepKind::Item && near && !step.near {
                let inner = explanation.steps.iter().skip(number + 1).take_while(|inner| inner.depth > step.depth);
                let worst = inner.filter_map(|inner| inner.verdict).max().unwrap_or(Verdict::Pass);
                let (verdict, value) = (self.verdict(worst), escape(&short(step.value.as_deref().unwrap_or_default())));
                self.line(step.depth + 1, &self.style.dim(&format!("{value}: {verdict}")));
                folded = Some(step.depth);
                continue;
            }
            self.step(step);
        }
    }

    fn step(&mut self, step: &Step) {
        let (depth, source) = (step.depth + 1, self.source(step.span));
        match step.kind {
            StepKind::Where | StepKind::When => {
                let word = if step.kind == StepKind::Where { "where" } else { "when" };
                self.condition(depth, word, step.condition.as_ref());
            }
            StepKind::Let => {
                let (value, place) = (self.value(step.value.as_deref()), self.place(step.location));
                let name = self.bound_before(step.span);
                self.line(depth, &format!("let {}{value}{place}", escape(&name)));
            }
            StepKind::Item => {
                let (value, place) =
                    (escape(&short(step.value.as_deref().unwrap_or_default())), self.place(step.location));
                self.line(depth, &format!("for {value} in {}{place}", escape(&source)));
            }
            StepKind::Check => {
                let verdict = self.verdict(step.verdict.unwrap_or(Verdict::Pass));
                let silent = if step.silent { ", not told, since an earlier failure explains it" } else { "" };
                let word = source.split(' ').next().unwrap_or_default().to_owned();
                self.line(depth, &format!("{verdict}{silent}"));
                self.condition(depth + 1, &word, step.condition.as_ref());
            }
        }
    }

    /// A condition with its parts, each with what it came to.
    pub(in crate::commands) fn condition(&mut self, depth: usize, word: &str, condition: Option<&Condition>) {
        let Some(condition) = condition else { return };
        let truth = match &condition.truth {
            Ok(true) => "true".to_owned(),
            Ok(false) => "false".to_owned(),
            Err(reason) => format!("cannot be told: {}", escape(reason)),
        };
        let source = escape(&self.source(condition.span));
        let word = if word.is_empty() { String::new() } else { format!("{word} ") };
        self.line(depth, &format!("{word}{source}  {} {}", self.style.dim("→"), self.style.bold(&truth)));
        for part in &condition.parts {
            self.condition(depth + 1, "", Some(part));
        }
        for seen in &condition.values {
            let (value, place) = (self.value(Some(&seen.value)), self.place(seen.location));
            let source = self.source(seen.span);
            // A text that stands for its own value says nothing.
            if source.trim_matches('"') != seen.value {
                self.line(depth + 1, &format!("{}{value}{place}", escape(&source)));
            }
        }
    }

    fn value(&self, value: Option<&str>) -> String {
        let value = value.unwrap_or_default();
        format!(" = {}", self.style.help(&escape(&short(if value.is_empty() { "\"\"" } else { value }))))
    }

    fn place(&self, location: Option<Location>) -> String {
        let Some((name, range)) = location.and_then(|location| self.explained.place(location)) else {
            return String::new();
        };
        let place = format!("  {}:{}:{}", escape(name), range.start.line, range.start.column);
        self.style.dim(&place)
    }

    fn verdict(&self, verdict: Verdict) -> String {
        self.style.bold(match verdict {
            Verdict::NotApplicable => "not applicable",
            Verdict::Pass => "pass",
            Verdict::Indeterminate => "indeterminate",
            Verdict::Fail => "fail",
        })
    }

    /// Text of the policy on one line.
    fn source(&self, span: Span) -> String {
        let words: Vec<&str> = span.text(self.policy).split_whitespace().collect();
        short(&words.join(" "))
    }

    /// The name that a `let` gives the expression at a place.
    fn bound_before(&self, span: Span) -> String {
        let before =
            self.policy.get(..span.start as usize).unwrap_or_default().trim_end_matches(['(', ' ', '\n', '\t']);
        let name = before.trim_end_matches('=').trim_end();
        let start = name.rfind(|char: char| !(char.is_alphanumeric() || char == '_')).map_or(0, |at| at + 1);
        name.get(start..).unwrap_or_default().to_owned()
    }
}

fn short(text: &str) -> String {
    match text.char_indices().nth(MOST_TEXT) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
