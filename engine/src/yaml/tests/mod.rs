//! Text in, text out.

mod documents;

use policyc_text::FileId;

use super::{Comments, KeyTable, Limits, Tree, read};

const KEYS: [&str; 8] = ["apiVersion", "kind", "metadata", "name", "spec", "a", "b", "privileged"];

fn tree(text: &str) -> Tree {
    let limits = Limits { comments: Comments::Keep, ..Limits::default() };
    read(FileId(0), text.into(), &KeyTable::new(KEYS), &limits)
}
