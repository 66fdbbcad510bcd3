//! Which variables have which value at each instruction, as far as the file says so.
//!
//! A base image, a `--build-arg` and the builder can set what the file does not: such values are unknown, never guessed.

use std::borrow::Cow;
use std::collections::HashMap;
use std::rc::Rc;

use crate::instruction::{Arguments, Dockerfile, Instruction, Pair};
use crate::keyword::Keyword;
use crate::lex::{Environment, Lexer, Value};
use crate::stage::{Origin, Stage};

/// Bytes of values that are kept for one file; beyond them values count as unknown.
const MOST_BYTES: usize = 16 << 20;
/// Longest chain of stages that is followed; beyond it what is not found counts as unknown.
const LONGEST_CHAIN: usize = 64;

/// The arguments that the builder sets for every `FROM`, and for stages that declare them.
const PREDEFINED: [&str; 11] = [
    "BUILDPLATFORM",
    "BUILDOS",
    "BUILDOSVERSION",
    "BUILDARCH",
    "BUILDVARIANT",
    "TARGETPLATFORM",
    "TARGETOS",
    "TARGETOSVERSION",
    "TARGETARCH",
    "TARGETVARIANT",
    "TARGETSTAGE",
];
/// The arguments that may be given to a build without being declared; `RUN` sees them.
const PROXIES: [&str; 10] = [
    "HTTP_PROXY",
    "http_proxy",
    "HTTPS_PROXY",
    "https_proxy",
    "FTP_PROXY",
    "ftp_proxy",
    "NO_PROXY",
    "no_proxy",
    "ALL_PROXY",
    "all_proxy",
];

/// Where a variable was set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// Its value; `None` where it is unknown.
    pub value: Option<Rc<str>>,
    /// The place of the instruction that set it last.
    pub instruction: usize,
    /// Set by `ENV`, and so in the image; otherwise by `ARG`.
    pub env: bool,
}

/// The variables in force at one instruction.
#[derive(Clone, Debug)]
pub struct Scope {
    variables: HashMap<String, Variable>,
    /// The stage that this one is built on, at its end.
    parent: Option<Rc<Scope>>,
    /// What is not found may be set all the same.
    open: bool,
}

impl Scope {
    fn new(parent: Option<Rc<Self>>, open: bool) -> Self {
        Self { variables: HashMap::new(), parent, open }
    }

    /// What set a variable; `None` where nothing in the file did.
    #[must_use]
    pub fn variable(&self, name: &str) -> Option<&Variable> {
        self.find(name).ok().flatten()
    }

    /// `Err` where the chain of stages is too long to look through.
    fn find(&self, name: &str) -> Result<Option<&Variable>, ()> {
        let mut scope = Some(self);
        for _ in 0..LONGEST_CHAIN {
            let Some(this) = scope else { return Ok(None) };
            if let Some(variable) = this.variables.get(name) {
                return Ok(Some(variable));
            }
            scope = this.parent.as_deref();
        }
        Err(())
    }
}

impl Environment for Scope {
    fn get(&self, name: &str) -> Value<'_> {
        match self.find(name) {
            Err(()) => Value::Unknown,
            Ok(Some(Variable { value: Some(value), .. })) => Value::Set(Cow::Borrowed(value)),
            Ok(Some(_)) => Value::Unknown,
            Ok(None) if self.open || PROXIES.contains(&name) => Value::Unknown,
            Ok(None) => Value::Unset,
        }
    }
}

/// The arguments before the first `FROM`, and those that the builder adds.
struct Global {
    scope: Scope,
}

impl Environment for Global {
    fn get(&self, name: &str) -> Value<'_> {
        match self.scope.get(name) {
            Value::Unset if PREDEFINED.contains(&name) => Value::Unknown,
            value => value,
        }
    }
}

/// Calls `visit` for each instruction, by its place, with the variables in force before it. A `FROM` sees those that
/// stand before the first one. Triggers of `ONBUILD` are not entered.
pub fn walk<'t>(
    file: &Dockerfile<'t>,
    mut visit: impl FnMut(usize, &Instruction<'t>, &dyn Environment, Option<&Scope>),
) {
    let lexer = Lexer::new(file.escape);
    run(&lexer, &file.instructions, &file.stages, &mut |place, instruction, environment, scope| {
        visit(place, instruction, environment, scope);
    });
}

type Visit<'v, 't> = dyn FnMut(usize, &Instruction<'t>, &dyn Environment, Option<&Scope>) + 'v;

fn run<'t>(lexer: &Lexer, instructions: &[Instruction<'t>], stages: &[Stage<'t>], visit: &mut Visit<'_, 't>) {
    let mut walk = Walk { lexer, budget: MOST_BYTES, ends: Vec::new() };
    let first = stages.first().map_or(instructions.len(), |stage| stage.from);
    let mut global = Global { scope: Scope::new(None, stages.is_empty()) };
    for (place, instruction) in instructions.iter().enumerate().take(first) {
        visit(place, instruction, &global, stages.is_empty().then_some(&global.scope));
        walk.apply(&mut global.scope, place, instruction, None);
    }
    for stage in stages {
        if let Some(from) = instructions.get(stage.from) {
            visit(stage.from, from, &global, None);
        }
        let parent = match stage.origin {
            Origin::Stage(index) => walk.ends.get(index as usize).cloned(),
            _ => None,
        };
        let open = match (&stage.origin, &parent) {
            (Origin::Scratch, _) => false,
            (_, Some(parent)) => parent.open,
            _ => true,
        };
        let mut scope = Scope::new(parent, open);
        for (place, instruction) in instructions.iter().enumerate().take(stage.end).skip(stage.from + 1) {
            visit(place, instruction, &scope, Some(&scope));
            walk.apply(&mut scope, place, instruction, Some(&global));
        }
        walk.ends.push(Rc::new(scope));
    }
}

struct Walk<'w> {
    lexer: &'w Lexer,
    /// Bytes of values that may still be kept.
    budget: usize,
    /// The scopes at the ends of the stages so far.
    ends: Vec<Rc<Scope>>,
}

impl Walk<'_> {
    fn apply(&mut self, scope: &mut Scope, place: usize, instruction: &Instruction<'_>, global: Option<&Global>) {
        let Arguments::Pairs(pairs) = &instruction.arguments else { return };
        match instruction.keyword {
            Some(Keyword::Arg) => {
                for pair in pairs {
                    let name =
                        self.expanded(&pair.name.text, scope).unwrap_or_else(|| pair.name.text.to_string().into());
                    let value = match (&pair.value, global) {
                        (Some(value), _) => self.expanded(&value.text, scope),
                        (None, Some(global)) => match global.get(&pair.name.text) {
                            Value::Set(value) => Some(value.as_ref().into()),
                            Value::Unset | Value::Unknown => None,
                        },
                        (None, None) => None,
                    };
                    self.set(scope, &name, value, place, false);
                }
            }
            // The values of one ENV do not see each other.
            Some(Keyword::Env) => {
                let values: Vec<_> = pairs.iter().map(|pair| self.pair(pair, scope)).collect();
                for (name, value) in values {
                    self.set(scope, &name, value, place, true);
                }
            }
            _ => {}
        }
    }

    fn pair(&mut self, pair: &Pair<'_>, scope: &Scope) -> (Rc<str>, Option<Rc<str>>) {
        let name = self.expanded(&pair.name.text, scope).unwrap_or_else(|| pair.name.text.to_string().into());
        let value = pair.value.as_ref().and_then(|value| self.expanded(&value.text, scope));
        (name, value)
    }

    fn expanded(&mut self, text: &str, scope: &Scope) -> Option<Rc<str>> {
        let expanded = self.lexer.expand(text, scope).ok().filter(|expanded| !expanded.unknown)?;
        self.budget = self.budget.checked_sub(expanded.text.len())?;
        Some(expanded.text.into())
    }

    fn set(&mut self, scope: &mut Scope, name: &str, value: Option<Rc<str>>, instruction: usize, env: bool) {
        scope.variables.insert(name.to_owned(), Variable { value, instruction, env });
    }
}

/// Finds out what each stage is built on: an earlier stage by its name, nothing, or an image.
pub(crate) fn origins<'t>(escape: char, instructions: &[Instruction<'t>], stages: &mut [Stage<'t>]) {
    let lexer = Lexer::new(escape);
    let first = stages.first().map_or(0, |stage| stage.from);
    let mut walk = Walk { lexer: &lexer, budget: MOST_BYTES, ends: Vec::new() };
    let mut global = Global { scope: Scope::new(None, false) };
    for (place, instruction) in instructions.iter().enumerate().take(first) {
        walk.apply(&mut global.scope, place, instruction, None);
    }
    let mut named: HashMap<String, u32> = HashMap::new();
    for stage in stages {
        let base = stage.base.as_ref().and_then(|base| lexer.expand(&base.text, &global).ok());
        stage.origin = match base.filter(|base| !base.unknown && !base.text.is_empty()) {
            None => Origin::Unknown,
            Some(base) => match named.get(&base.text) {
                Some(index) => Origin::Stage(*index),
                None if base.text == "scratch" => Origin::Scratch,
                None => Origin::Image(base.text),
            },
        };
        if let Some(name) = &stage.name {
            named.insert(name.text.to_lowercase(), stage.index);
        }
    }
}

/// The stage that `COPY --from=` or a mount means: a name, or a number.
#[must_use]
pub fn stage_meant(stages: &[Stage<'_>], text: &str) -> Option<u32> {
    if let Ok(index) = text.parse::<u32>() {
        return ((index as usize) < stages.len()).then_some(index);
    }
    let name = text.to_lowercase();
    let named = |stage: &&Stage<'_>| stage.name.as_ref().is_some_and(|own| own.text.to_lowercase() == name);
    stages.iter().rev().find(named).map(|stage| stage.index)
}
