//! The rules of policies over files: those that look at one file while it is read, the others over all of them.

use super::file::ReadFile;
use super::{Meaning, Selection};
use crate::eval::{
    Counts, Document, Judged, ListKeys, Plan, Selected, Settings, judge, judge_document, judge_unless, subjects,
};
use crate::finding::{Outcome, RawFinding, Resource};
use crate::fix::Remedy;
use crate::report::{Finding, Place, RuleCounts, RuleInfo, fingerprint};
use crate::world::{Namespaced, World, WorldBuilder, WorldOptions};
use crate::yaml::{KeyTable, Tree};
use policyc_lang::ir::{Aggregate, Const, ParamId, Scope};
use policyc_lang::schema::{KubernetesVersion, TypeRef, Types};
use policyc_lang::values::{Severity, Version};
use policyc_text::FileId;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Rules that are ready to judge.
pub(super) struct Rules<'p> {
    plan: Plan<'p>,
    /// Whether any rule looks at its own document alone.
    local: bool,
    settings: Settings,
    options: WorldOptions,
    /// With their severities.
    sums: Vec<(&'p Aggregate, Severity)>,
    /// Ids that findings may be reported under; others run only to be summed up.
    shown: BTreeSet<String>,
}

/// An object in a file.
type InFile = (Arc<str>, Option<Arc<Resource>>);

/// Where the names of objects stand, by file and object.
pub(super) type Names = BTreeMap<InFile, Place>;

/// Whether to give up what is being done, since nobody wants it any more.
pub(super) type Stop<'s> = dyn Fn() -> bool + Sync + 's;

/// What is kept of a file for rules that look at others.
pub(super) struct Kept<'k> {
    pub(super) file: FileId,
    pub(super) name: &'k Arc<str>,
    pub(super) tree: Arc<Tree>,
    pub(super) partial: bool,
}

impl<'p> Rules<'p> {
    /// The rules of a selection, for so many inputs.
    pub(super) fn new(
        selection: &Selection<'p>,
        meaning: &Meaning,
        version: KubernetesVersion,
        types: &Types,
        inputs: usize,
    ) -> Self {
        let program = selection.program;
        let sums: Vec<&Aggregate> = program.aggregates.iter().filter(|sum| selection.rules.contains(&sum.id)).collect();
        let summed = |id: &String| sums.iter().any(|sum| sum.include.contains(id));
        let sum = |sum: &&'p Aggregate| (*sum, severity_of(selection, &sum.id).unwrap_or(sum.severity));
        let instances = (0..).zip(&program.instances);
        let chosen = instances.filter(|(_, instance)| selection.rules.contains(&instance.id) || summed(&instance.id));
        let selected: Vec<Selected> = chosen
            .map(|(number, instance)| Selected {
                instance: number,
                params: params_of(selection, &instance.id),
                severity: severity_of(selection, &instance.id),
            })
            .collect();
        let version = Version::new(version.major.into(), version.minor.into(), 0);
        let mut shown = selection.rules.clone();
        shown.extend(selection.builtins.iter().map(|rule| rule.id().to_owned()));
        let plan = Plan::new(program, &selected);
        let plan = if inputs < 2 { plan.for_little() } else { plan };
        Self {
            local: plan.has_scope(Scope::Document),
            plan,
            settings: Settings { list_keys: list_keys(types), ..Settings::new(meaning.as_of, version) },
            options: WorldOptions {
                name: String::new(),
                open: meaning.open,
                default_namespace: meaning.namespace.clone(),
                namespaced: namespaced(types),
                external: Arc::clone(&meaning.external),
            },
            sums: sums.iter().map(sum).collect(),
            shown,
        }
    }

    /// Keeps how rules come out on each subject from now on.
    pub(super) fn keep_subjects(&mut self) {
        self.settings.subjects = true;
    }

    /// Ids of the instances, by their numbers.
    pub(super) fn ids(&self) -> Vec<&str> {
        self.plan.instance_ids().map(|id| &**id).collect()
    }

    /// The keys that documents must be read with.
    pub(super) fn keys(&self) -> &KeyTable {
        self.plan.keys()
    }

    /// Whether files must be kept until all are read.
    pub(super) fn need_world(&self) -> bool {
        self.plan.has_scope(Scope::World)
    }

    /// Rules that look at their own document alone, over one file.
    pub(super) fn document(&self, name: &Arc<str>, file: &ReadFile, places: bool) -> Judged {
        self.document_by(name, file, places, &self.settings)
    }

    fn document_by(&self, name: &Arc<str>, file: &ReadFile, places: bool, settings: &Settings) -> Judged {
        if !self.local || file.objects.is_empty() {
            return Judged::default();
        }
        let world = || {
            let mut builder = WorldBuilder::new(self.options.clone());
            builder.add(file.tree.file, Arc::clone(name), Arc::clone(&file.tree), file.partial);
            builder.build()
        };
        let Some(heads) = &file.heads else {
            let world = world();
            return judge(&self.plan, &world, Scope::Document, 0..subjects(&world), settings);
        };
        let (tree, partial) = (&*file.tree, file.partial);
        let document = Document { file: tree.file, tree, partial, heads, places };
        judge_document(&self.plan, document, settings, world)
    }

    /// As [`Rules::document`], told in full and with what would mend each finding.
    pub(super) fn document_with_fixes(&self, name: &Arc<str>, file: &ReadFile) -> Vec<RawFinding> {
        let settings = Settings { fixes: true, ..self.settings.clone() };
        self.document_by(name, file, false, &settings).findings
    }

    /// As [`Rules::world`], with what would mend each finding where that is asked for.
    pub(super) fn world_findings<'k>(&self, files: impl Iterator<Item = Kept<'k>>, fixes: bool) -> Vec<RawFinding> {
        let mut builder = WorldBuilder::new(self.options.clone());
        for Kept { file, name, tree, partial } in files {
            builder.add(file, Arc::clone(name), tree, partial);
        }
        let world = builder.build();
        let settings = Settings { fixes, ..self.settings.clone() };
        judge(&self.plan, &world, Scope::World, 0..subjects(&world), &settings).findings
    }

    /// The instances that one of [`crate::eval::Spotted`] stands for.
    pub(super) fn stands_for(&self, instance: u32) -> &[u32] {
        self.plan.stands_for(instance)
    }

    /// What reports repeat about each rule, by the number of its instance.
    pub(super) fn infos<'i>(&self, infos: &'i BTreeMap<String, Arc<RuleInfo>>) -> Vec<Option<&'i Arc<RuleInfo>>> {
        self.plan.instance_ids().map(|id| infos.get(&**id)).collect()
    }

    /// What the rules are planned as, and with what they are judged.
    pub(super) fn planned(&self) -> (&Plan<'p>, &Settings) {
        (&self.plan, &self.settings)
    }

    /// A world of these files.
    pub(super) fn world_of<'k>(&self, files: impl Iterator<Item = Kept<'k>>) -> World {
        let mut builder = WorldBuilder::new(self.options.clone());
        for Kept { file, name, tree, partial } in files {
            builder.add(file, Arc::clone(name), tree, partial);
        }
        builder.build()
    }

    /// Rules that look at others, over all files; `None` where they were told to stop.
    pub(super) fn world<'k>(&self, files: impl Iterator<Item = Kept<'k>>, stop: &Stop<'_>) -> Option<Judged> {
        let world = self.world_of(files.take_while(|_| !stop()));
        if stop() {
            return None;
        }
        let total = subjects(&world);
        let part = total.div_ceil(rayon::current_num_threads().max(1)).max(1);
        let starts: Vec<usize> = (0..total).step_by(part).collect();
        let judge_part =
            |start: usize| judge_unless(&self.plan, &world, Scope::World, start..start + part, &self.settings, stop);
        let parts: Option<Vec<Judged>> = starts.into_par_iter().map(judge_part).collect();
        let mut whole = Judged::default();
        parts?.into_iter().for_each(|part| whole.merge(part));
        Some(whole)
    }

    /// How the checks of each rule came out.
    pub(super) fn counts(&self, counts: &[Counts]) -> BTreeMap<String, RuleCounts> {
        let of = |counts: &Counts| RuleCounts {
            pass: counts.pass,
            fail: counts.fail,
            indeterminate: counts.indeterminate,
            not_applicable: counts.not_applicable,
        };
        self.plan.instance_ids().zip(counts).map(|(id, counts)| (id.to_string(), of(counts))).collect()
    }

    /// Whether aggregates are selected, which stand at the names of objects.
    pub(super) fn need_names(&self) -> bool {
        !self.sums.is_empty()
    }

    /// Adds the findings of aggregates, one a resource, and drops those that ran only for their sake. The findings are
    /// sorted.
    pub(super) fn sum_up(&self, findings: &mut Vec<Finding>, infos: &BTreeMap<String, Arc<RuleInfo>>, names: &Names) {
        let mut sums = Vec::new();
        for (sum, severity) in &self.sums {
            let mut by_resource: BTreeMap<InFile, Vec<&Finding>> = BTreeMap::new();
            for finding in findings.iter().filter(|finding| sum.include.contains(&finding.rule.id)) {
                let key = (Arc::clone(&finding.place.file), finding.resource.clone());
                by_resource.entry(key).or_default().push(finding);
            }
            let Some(rule) = infos.get(&sum.id) else { continue };
            sums.extend(
                by_resource.iter().filter_map(|(key, parts)| summed((sum, *severity), rule, names.get(key), parts)),
            );
        }
        findings.retain(|finding| self.shown.contains(&finding.rule.id));
        findings.extend(sums);
    }
}

/// One finding for several of one resource.
fn summed(
    (sum, severity): (&Aggregate, Severity),
    rule: &Arc<RuleInfo>,
    place: Option<&Place>,
    parts: &[&Finding],
) -> Option<Finding> {
    let first = parts.first()?;
    let fails = parts.iter().any(|part| part.outcome == Outcome::Fail);
    let subject = first.resource.as_ref().map_or("this object".to_owned(), |resource| {
        let namespace = resource.namespace.as_ref().map(|namespace| format!("{namespace}/")).unwrap_or_default();
        format!("{} `{namespace}{}`", resource.kind, resource.name)
    });
    let ids: BTreeSet<&str> = parts.iter().map(|part| part.rule.id.as_str()).collect();
    let ids: Vec<String> = ids.into_iter().map(|id| format!("`{id}`")).collect();
    Some(Finding {
        outcome: if fails { Outcome::Fail } else { Outcome::Indeterminate },
        severity,
        message: format!("{subject} does not meet `{}`: {}", sum.id, ids.join(", ")),
        help: sum.help.as_deref().map(Arc::from),
        place: place.unwrap_or(&first.place).clone(),
        path: if place.is_some() { "metadata.name".to_owned() } else { first.path.clone() },
        related: parts.iter().map(|part| (part.place.clone(), part.message.clone())).collect(),
        fingerprint: fingerprint(&sum.id, first.resource.as_deref(), "", None),
        rule: Arc::clone(rule),
        remedy: Remedy::None,
        ..(*first).clone()
    })
}

fn params_of(selection: &Selection<'_>, id: &str) -> Vec<(ParamId, Const)> {
    let profile = selection.profile.into_iter().flat_map(|profile| &profile.params);
    let all = profile.chain(&selection.params).filter(|(rule, ..)| rule == id);
    all.map(|(_, param, value)| (*param, value.clone())).collect()
}

/// The severity that a profile gives a rule.
pub(super) fn severity_of(selection: &Selection<'_>, id: &str) -> Option<Severity> {
    let profile = selection.profile?;
    profile.severities.iter().find(|(rule, _)| rule == id).map(|(_, severity)| *severity)
}

/// Severities that a profile gives built-in rules.
pub(super) fn builtin_severities(selection: &Selection<'_>) -> BTreeMap<&'static str, Severity> {
    let told = selection.builtins.iter().filter_map(|rule| Some((rule.id(), severity_of(selection, rule.id())?)));
    told.collect()
}

fn namespaced(types: &Types) -> Namespaced {
    let types = types.clone();
    Arc::new(move |group, kind| {
        types.kinds_named(kind).into_iter().find(|known| known.group == group).map(|known| known.namespaced)
    })
}

/// The key that tells a list's elements apart, by the object's kind and the path of the list.
fn list_keys(types: &Types) -> ListKeys {
    let types = types.clone();
    Arc::new(move |api_version, kind, path| {
        let (group, version) = api_version.rsplit_once('/').unwrap_or(("", api_version));
        let mut ty = TypeRef::Object(types.kind(group, version, kind)?.definition);
        for step in path.split('.') {
            let name = step.split('[').next().unwrap_or_default();
            while let TypeRef::List { element, .. } = ty {
                ty = types.ty(element);
            }
            ty = match ty {
                TypeRef::Object(definition) => types.field(definition, name)?.ty,
                TypeRef::Map(element) => types.ty(element),
                _ => return None,
            };
        }
        let TypeRef::List { list, .. } = ty else { return None };
        let mut keys = types.list_keys(list);
        let first = keys.next();
        let only = if keys.next().is_none() { first } else { None };
        Some(only.map(str::to_owned))
    })
}
