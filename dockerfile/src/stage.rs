//! Build stages: which instructions belong together, and what each stage is built on.

use crate::instruction::{Arguments, Instruction};
use crate::keyword::Keyword;
use crate::mapped::Word;

/// What a stage is built on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// An earlier stage, by its place.
    Stage(u32),
    /// Nothing: `FROM scratch`.
    Scratch,
    /// An image, with the defaults of build arguments put in.
    Image(String),
    /// A build argument without default decides.
    Unknown,
}

/// One build stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stage<'t> {
    /// Its place, counted from 0.
    pub index: u32,
    /// The place of its `FROM` among the file's instructions.
    pub from: usize,
    /// One past the place of its last instruction.
    pub end: usize,
    /// The name after `AS`.
    pub name: Option<Word<'t>>,
    /// The image or stage after `FROM`, as written.
    pub base: Option<Word<'t>>,
    /// What that is.
    pub origin: Origin,
}

/// Finds the stages, and tells each instruction its own.
pub(crate) fn stages<'t>(instructions: &mut [Instruction<'t>]) -> Vec<Stage<'t>> {
    let mut stages: Vec<Stage<'t>> = Vec::new();
    for (place, instruction) in instructions.iter_mut().enumerate() {
        if instruction.keyword == Some(Keyword::From) {
            let (base, name) = match &instruction.arguments {
                Arguments::Words(words) => (words.first().cloned(), named(words)),
                _ => (None, None),
            };
            let index = u32::try_from(stages.len()).unwrap_or(u32::MAX);
            stages.push(Stage { index, from: place, end: place, name, base, origin: Origin::Unknown });
        }
        instruction.stage = stages.last().map(|stage| stage.index);
        if let Some(stage) = stages.last_mut() {
            stage.end = place + 1;
        }
    }
    stages
}

fn named<'t>(words: &[Word<'t>]) -> Option<Word<'t>> {
    match words {
        [_, by, name] if by.text.eq_ignore_ascii_case("as") => Some(name.clone()),
        _ => None,
    }
}
