//! Fixes of a check that failed: their places and values, computed in the frame of the check. Texts are edited
//! elsewhere.

use super::machine::Evaluator;
use super::origin::{Origin, Step};
use super::value::{Data, Value};
use crate::finding::{EditPlace, EditStep, RawEdit, RawFix};
use policyc_lang::ir::{Applicability, Check, Edit, ExprId};
use serde_json::Value as Json;

impl<'a> Evaluator<'a> {
    /// The fixes of a check; one whose places or values are not known has no edits.
    pub(crate) fn fixes(&mut self, check: &Check) -> Vec<RawFix> {
        let mut out = Vec::new();
        for fix in &check.fixes {
            let mut applicability = fix.applicability;
            let edits: Option<Vec<_>> = fix.edits.iter().map(|edit| self.edit(edit, &mut applicability)).collect();
            out.push(RawFix { applicability, edits: edits.unwrap_or_default() });
        }
        out
    }

    fn edit(&mut self, edit: &Edit, applicability: &mut Applicability) -> Option<RawEdit> {
        Some(match edit {
            Edit::Set(place, value) => RawEdit::Set(self.edit_place(*place, applicability)?, self.edit_value(*value)?),
            Edit::Remove(place) => RawEdit::Remove(self.edit_place(*place, applicability)?),
            Edit::Append(value, place) => {
                RawEdit::Append(self.edit_place(*place, applicability)?, self.edit_value(*value)?)
            }
            Edit::Replace(place, value) => {
                RawEdit::Replace(self.edit_place(*place, applicability)?, self.edit_value(*value)?)
            }
            Edit::InsertBefore(value, place) => {
                RawEdit::InsertBefore(self.edit_place(*place, applicability)?, self.edit_value(*value)?)
            }
            Edit::InsertAfter(value, place) => {
                RawEdit::InsertAfter(self.edit_place(*place, applicability)?, self.edit_value(*value)?)
            }
            Edit::Create(template, name) => {
                let name = self.eval(*name);
                RawEdit::Create(template.clone(), name.as_str()?.to_owned())
            }
        })
    }

    fn edit_value(&mut self, expr: ExprId) -> Option<Json> {
        let value = self.eval(expr);
        self.json(&value)
    }

    // One source node, or what is missing below one. What is reached through an alias is at most unsafe: the anchor
    // has other readers.
    fn edit_place(&mut self, expr: ExprId, applicability: &mut Applicability) -> Option<EditPlace> {
        let value: Value<'a> = self.eval(expr);
        if let Data::List(_) = value.data {
            return None;
        }
        let place = value.origin.place()?;
        if place.alias.is_some() {
            *applicability = (*applicability).min(Applicability::Unsafe);
        }
        let missing = match value.origin {
            Origin::Missing(_, path) => {
                let steps = self.paths.steps(path).into_iter().map(|step| match step {
                    Step::Key(name) => Some(EditStep::Key(self.names.text(name).to_owned())),
                    Step::Index(index) => Some(EditStep::Index(u64::from(index))),
                    // An element that is missing has no place in its list.
                    Step::Element(..) => None,
                });
                steps.collect::<Option<Vec<EditStep>>>()?
            }
            _ => Vec::new(),
        };
        let file = self.world.files()[place.file as usize].id;
        let key = matches!(value.origin, Origin::Key(_));
        let node = u32::try_from(place.node.index()).unwrap_or(u32::MAX);
        Some(EditPlace { file, node, key, missing })
    }
}
