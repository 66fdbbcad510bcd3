//! A whole Dockerfile: its head, its stages, what is in force at the end of each.

use std::sync::Arc;

use policyc_dockerfile::shell::{Script, scripts};
use policyc_dockerfile::{Dockerfile, Keyword, Lexer, Origin, Stage, walk};
use policyc_lang::schema::DOCKERFILE;
use policyc_text::{Diagnostic, FileId, Span};

use super::facts::{self, LONGEST_LINE, StageFacts};
use super::instruction::{Effective, Entry, InForce, Teller, check, user};
use super::words::{Known, expand, put};
use super::{API_VERSION, MOST_NODES, too_large};
use crate::yaml::{At, KeyTable, Sketch, Tree};

/// Most inherited labels and variables that are told of a file's stages.
const MOST_INHERITED: usize = 200_000;

/// Most instructions that are too large to be read to their end that are told of.
const MOST_LIMITS: usize = 100;

/// Reads a Dockerfile as a tree.
pub(super) fn tree(file: FileId, name: &str, text: Arc<str>, keys: &KeyTable) -> Tree {
    let source = Arc::clone(&text);
    let read = policyc_dockerfile::read(file, &source);
    let mut sketch = Sketch::new(file, text, keys, MOST_NODES);
    let mut diagnostics = read.diagnostics.clone();
    if !read.instructions.is_empty() {
        let scripts = scripts(&read);
        let limits = scripts.iter().filter_map(|script| script.unread.as_ref()).filter(|unread| unread.limit);
        diagnostics.extend(limits.take(MOST_LIMITS).map(|unread| {
            let message = format!("{}, so not all of this instruction is judged", unread.message);
            Diagnostic::error("dockerfile/limit", file, unread.span, message)
        }));
        Writer::new(&read, scripts, &mut sketch).write(name);
    }
    if sketch.is_full() {
        diagnostics.push(too_large(file));
    }
    sketch.finish(read.comments.clone(), diagnostics)
}

struct Writer<'w, 'k, 't> {
    file: &'w Dockerfile<'t>,
    sketch: &'w mut Sketch<'k>,
    facts: Vec<StageFacts>,
    scripts: std::iter::Peekable<std::vec::IntoIter<Script<'t>>>,
    /// What is in force at the ends of the stages so far.
    ends: Vec<Effective>,
    inherited: usize,
}

impl<'w, 'k, 't> Writer<'w, 'k, 't> {
    fn new(file: &'w Dockerfile<'t>, scripts: Vec<Script<'t>>, sketch: &'w mut Sketch<'k>) -> Self {
        let scripts = scripts.into_iter().peekable();
        Self { file, sketch, facts: facts::stages(file), scripts, ends: Vec::new(), inherited: 0 }
    }

    fn write(&mut self, name: &str) {
        let file = self.file;
        let whole = Span::new(0, file.source.len());
        let first = file.instructions.first().map_or(Span::default(), |first| first.name.span);
        let final_from = file.stages.last().and_then(|stage| file.instructions.get(stage.from));
        let token = final_from.map_or(first, |from| from.name.span);
        self.sketch.map(At::Item, whole, token);
        self.sketch.string(At::Field("apiVersion"), API_VERSION, token);
        self.sketch.string(At::Field("kind"), DOCKERFILE, token);
        self.sketch.map(At::Field("metadata"), token, token);
        self.sketch.string(At::Field("name"), name, token);
        self.sketch.end();
        self.head(name, token);
        let teller = Teller { file, lexer: Lexer::new(file.escape) };
        if file.stages.is_empty() {
            self.sketch.plain(At::Field("fragment"), true, token);
            self.sketch.list(At::Field("parts"), whole);
            self.fragment(whole, token);
        } else {
            self.sketch.list(At::Field("body"), whole);
        }
        let mut effective = Effective::default();
        walk(file, |place, instruction, environment, scope| {
            let force = InForce { environment, scope };
            if instruction.keyword == Some(Keyword::From) {
                self.end_stage(instruction.stage, &mut effective);
                self.begin_stage(instruction.stage, &teller, force);
            }
            let mut script = None;
            while self.scripts.peek().is_some_and(|script| script.instruction <= place) {
                script = self.scripts.next().filter(|script| script.instruction == place);
            }
            teller.tell(self.sketch, place, instruction, script.as_ref(), force);
            if !instruction.refused {
                teller.apply(&mut effective, instruction, force);
            }
        });
        self.sketch.end();
        let last = u32::try_from(self.ends.len()).unwrap_or(u32::MAX);
        self.effective(last, effective, token);
        self.sketch.end();
        self.sketch.end();
        self.sketch.end();
    }

    fn head(&mut self, name: &str, token: Span) {
        self.sketch.string(At::Field("path"), name, token);
        self.sketch.string(At::Field("escape"), &self.file.escape.to_string(), token);
        let directives = &self.file.directives;
        if let (Some(first), Some(last)) = (directives.first(), directives.last()) {
            self.sketch.list(At::Field("directives"), first.span.to(last.span));
            for directive in directives {
                self.sketch.map(At::Item, directive.span, directive.name.span);
                self.sketch.string(At::Field("name"), &directive.name.text.to_lowercase(), directive.name.span);
                self.sketch.string(At::Field("value"), &directive.value.text, directive.value.span);
                self.sketch.end();
            }
            self.sketch.end();
        }
        let teller = Teller { file: self.file, lexer: Lexer::new(self.file.escape) };
        teller.strings(self.sketch, "comments", &self.file.comments);
    }

    /// Text without `FROM` is told as one stage.
    fn fragment(&mut self, whole: Span, token: Span) {
        self.sketch.map(At::Item, whole, token);
        self.sketch.plain(At::Field("index"), 0, token);
        self.sketch.string(At::Field("origin"), "external", token);
        self.numbers("lineage", &[0], false, token);
        self.sketch.plain(At::Field("final_mark"), true, token);
        self.sketch.plain(At::Field("reach_mark"), true, token);
        self.sketch.list(At::Field("body"), whole);
    }

    fn begin_stage(&mut self, index: Option<u32>, teller: &Teller<'_, 't>, force: InForce<'_>) {
        let Some(stage) = index.and_then(|index| self.file.stages.get(index as usize)) else { return };
        let instructions = self.file.instructions.get(stage.from..stage.end).unwrap_or_default();
        let (Some(from), Some(last)) = (instructions.first(), instructions.last()) else { return };
        if stage.index == 0 {
            let whole = Span::new(from.span.start as usize, self.file.source.len());
            self.sketch.list(At::Field("parts"), whole);
        }
        let (span, token) = (from.span.to(last.span), from.name.span);
        self.sketch.map(At::Item, span, token);
        self.sketch.plain(At::Field("index"), stage.index, token);
        if let Some(name) = &stage.name {
            self.sketch.string(At::Field("name"), &name.text, name.span);
        }
        self.origin(stage, teller, force, token);
        let fact = self.facts.get(stage.index as usize).cloned().unwrap_or_default();
        self.numbers("lineage", &fact.lineage, fact.lineage.len() >= LONGEST_LINE, token);
        self.numbers("users", &fact.users, false, token);
        if stage.index as usize + 1 == self.file.stages.len() {
            self.sketch.plain(At::Field("final_mark"), true, token);
        }
        if fact.reaches_final {
            self.sketch.plain(At::Field("reach_mark"), true, token);
        }
        self.sketch.list(At::Field("body"), span);
    }

    /// What a stage is built on: the image is that of its first ancestor.
    fn origin(&mut self, stage: &Stage<'t>, teller: &Teller<'_, 't>, force: InForce<'_>, token: Span) {
        let word = |stage: &Stage<'t>| stage.base.clone();
        let origin = match &stage.origin {
            Origin::Stage(base) => {
                self.sketch.plain(At::Field("base_index"), base, token);
                "stage"
            }
            Origin::Scratch => "scratch",
            Origin::Image(_) | Origin::Unknown => "external",
        };
        self.sketch.string(At::Field("origin"), origin, token);
        let line = self.facts.get(stage.index as usize).and_then(|fact| fact.lineage.last().copied());
        let Some(first) = line.and_then(|index| self.file.stages.get(index as usize)) else { return };
        let Some(base) = word(first) else { return };
        if matches!(first.origin, Origin::Image(_) | Origin::Unknown) {
            put(self.sketch, At::Field("base_image"), &expand(&teller.lexer, &base, force.environment).0, base.span);
        }
    }

    fn numbers(&mut self, field: &'static str, numbers: &[u32], cut: bool, token: Span) {
        if numbers.is_empty() {
            return;
        }
        self.sketch.list(At::Field(field), token);
        if cut {
            self.sketch.incomplete("the line of stages is too long to be followed");
        }
        numbers.iter().for_each(|number| self.sketch.plain(At::Item, number, token));
        self.sketch.end();
    }

    /// Closes the stage before `next`, or what stands before the first one.
    fn end_stage(&mut self, next: Option<u32>, effective: &mut Effective) {
        self.sketch.end();
        let Some(ended) = next.and_then(|next| next.checked_sub(1)) else {
            *effective = Effective::default();
            return;
        };
        let token = self.file.stages.get(ended as usize).and_then(|stage| self.file.instructions.get(stage.from));
        let token = token.map_or(Span::default(), |from| from.name.span);
        let ending = std::mem::take(effective);
        self.effective(ended, ending, token);
        self.sketch.end();
        let base = next.and_then(|next| self.file.stages.get(next as usize));
        if let Some(Origin::Stage(base)) = base.map(|stage| &stage.origin) {
            *effective = self.inherit(*base);
        }
    }

    /// What a stage begins with where it builds on another.
    fn inherit(&mut self, base: u32) -> Effective {
        let Some(base) = self.ends.get(base as usize) else { return Effective::default() };
        let mut inherited = base.clone();
        self.inherited += inherited.env.len() + inherited.labels.len();
        if self.inherited > MOST_INHERITED {
            inherited.env.clear();
            inherited.labels.clear();
        }
        inherited
    }

    fn effective(&mut self, stage: u32, mut effective: Effective, token: Span) {
        effective.env = last_of_each(effective.env);
        effective.labels = last_of_each(effective.labels);
        self.sketch.map(At::Field("effective"), token, token);
        if let Some((known, span)) = &effective.user {
            user(self.sketch, known, *span);
        }
        if let Some((known, span)) = &effective.workdir {
            put(self.sketch, At::Field("workdir"), known, *span);
        }
        for (field, entries) in [("labels", &effective.labels), ("env", &effective.env)] {
            if !entries.is_empty() {
                self.sketch.map(At::Field(field), token, token);
                for Entry { name, name_span, value, span } in entries {
                    put(self.sketch, At::Key(name, *name_span), value, *span);
                }
                self.sketch.end();
            }
        }
        if let Some((text, span)) = &effective.check {
            check(self.sketch, "healthcheck", text.is_none(), text.as_deref().unwrap_or("NONE"), *span);
        }
        for (field, words) in [("cmd", &effective.cmd), ("entrypoint", &effective.entrypoint)] {
            if let Some((words, span)) = words {
                self.sketch.list(At::Field(field), *span);
                words.iter().for_each(|(word, span)| put(self.sketch, At::Item, &Known::Text(word.clone()), *span));
                self.sketch.end();
            }
        }
        self.sketch.end();
        debug_assert_eq!(self.ends.len(), stage as usize, "stages end in their order");
        self.ends.push(effective);
    }
}

/// Of entries with one name the last, in the order of these.
fn last_of_each(entries: Vec<Entry>) -> Vec<Entry> {
    let mut seen = rustc_hash::FxHashSet::default();
    let mut kept: Vec<Entry> = entries.into_iter().rev().filter(|entry| seen.insert(entry.name.clone())).collect();
    kept.reverse();
    kept
}
