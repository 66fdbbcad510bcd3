//! What files are judged with, before any of them is opened: rules, types, and what some files say of others.

use super::charts::Charts;
use super::file::Job;
use super::kustomize::Kustomizations;
use super::objects::HeadKeys;
use super::places::Telling;
use super::rules::{self, Rules};
use super::{Frames, Input, Load, Meaning, Selection, infos, types_for};
use crate::builtin::FieldKeys;
use crate::report::RuleInfo;
use policyc_lang::schema::{KubernetesVersion, Types};
use policyc_lang::values::{Date, Severity};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What files are judged with.
pub(super) struct Setup<'p> {
    pub(super) selection: Cow<'p, Selection<'p>>,
    pub(super) types: Types,
    pub(super) version: KubernetesVersion,
    pub(super) notes: Vec<String>,
    pub(super) infos: BTreeMap<String, Arc<RuleInfo>>,
    pub(super) rules: Rules<'p>,
    field_keys: FieldKeys,
    severities: BTreeMap<&'static str, Severity>,
    frames: Frames,
    as_of: Date,
}

/// What some files say of others.
pub(super) struct Neighbours {
    kustomizations: Kustomizations,
    charts: Charts,
}

impl Neighbours {
    pub(super) fn find(inputs: &[Input], load: &Load<'_>) -> Self {
        Self { kustomizations: Kustomizations::find(inputs, load), charts: Charts::find(inputs) }
    }
}

impl<'p> Setup<'p> {
    /// For so many files.
    pub(super) fn new(selection: Cow<'p, Selection<'p>>, meaning: &Meaning, files: usize) -> Self {
        let (types, notes) = types_for(meaning.kubernetes);
        let version = meaning.kubernetes.unwrap_or_else(|| types.schema().version());
        let rules = Rules::new(&selection, meaning, version, &types, files);
        Self {
            infos: infos::of(&selection),
            field_keys: FieldKeys::new(rules.keys()),
            severities: rules::builtin_severities(&selection),
            selection,
            types,
            version,
            notes,
            rules,
            frames: meaning.frames,
            as_of: meaning.as_of,
        }
    }

    pub(super) fn job<'j>(&'j self, neighbours: &'j Neighbours, load: &'j Load<'j>, counting: bool) -> Job<'j> {
        let named = self.rules.need_names() && self.frames != Frames::None;
        Job {
            load,
            types: &self.types,
            enabled: &self.selection.builtins,
            rules: &self.rules,
            telling: Telling {
                infos: &self.infos,
                severities: &self.severities,
                modules: &self.selection.program.modules,
                frames: if named { Frames::All } else { self.frames },
            },
            kustomizations: &neighbours.kustomizations,
            charts: &neighbours.charts,
            head_keys: HeadKeys::new(self.rules.keys()),
            field_keys: &self.field_keys,
            // An aggregate sums up findings.
            counting: counting && !self.rules.need_names(),
            as_of: self.as_of,
            unsuppressible: &self.selection.unsuppressible,
        }
    }
}
