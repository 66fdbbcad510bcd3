//! Names as small numbers: those of the program, and those that only documents have.

use crate::yaml::KeyTable;
use policyc_lang::ir::Sym;
use rustc_hash::FxHashMap;
use std::rc::Rc;

/// A name; below the number of the program's names it equals the symbol of that name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Name(u32);

impl From<Sym> for Name {
    fn from(sym: Sym) -> Self {
        Self(sym.0)
    }
}

/// The number of one of the program's names, which are the first of the keys, in their order.
pub(crate) fn symbol(program: &[String], keys: &KeyTable, text: &str) -> Option<Sym> {
    let number = keys.sym(text).0.checked_sub(1)?;
    (program.get(number as usize)? == text).then_some(Sym(number))
}

/// All names of one evaluator.
#[derive(Debug)]
pub(crate) struct Names<'a> {
    program: &'a [String],
    /// Where the program's names are the first, in their order.
    keys: &'a KeyTable,
    more: Vec<Rc<str>>,
    known: FxHashMap<Rc<str>, Name>,
}

impl<'a> Names<'a> {
    /// The program's names.
    pub(crate) fn new(program: &'a [String], keys: &'a KeyTable) -> Self {
        Self { program, keys, more: Vec::new(), known: FxHashMap::default() }
    }

    /// The number of a name.
    pub(crate) fn intern(&mut self, text: &str) -> Name {
        if let Some(sym) = symbol(self.program, self.keys, text) {
            return sym.into();
        }
        if let Some(name) = self.known.get(text) {
            return *name;
        }
        let name = Name(u32::try_from(self.program.len() + self.more.len()).unwrap_or(u32::MAX));
        let text: Rc<str> = text.into();
        self.more.push(text.clone());
        self.known.insert(text, name);
        name
    }

    /// The text of a name.
    pub(crate) fn text(&self, name: Name) -> &str {
        let place = name.0 as usize;
        match self.program.get(place) {
            Some(text) => text,
            None => self.more.get(place - self.program.len()).map_or("", |text| text),
        }
    }
}
