//! The sessions of a project: one under the rules that hold everywhere, and one for each folder whose configuration gives
//! rules other parameters.

use crate::ide::configuration::Configuration;
use crate::ide::problems::{self, Problem};
use policyc_engine::check::session::{Content, Reach, Session};
use policyc_engine::check::{Meaning, Selection};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Files under all rules of a project.
pub(super) struct Sessions<'p> {
    configuration: &'p Configuration,
    main: Session<'p>,
    /// By the folder's number in the configuration.
    scoped: Vec<(usize, Session<'p>)>,
}

impl<'p> Sessions<'p> {
    /// Sessions without files.
    pub(super) fn new(
        configuration: &'p Configuration,
        selection: &Selection<'p>,
        scopes: &[(usize, Selection<'p>)],
        meaning: &Meaning,
    ) -> Self {
        let scoped = scopes.iter().map(|(number, selection)| (*number, Session::new(selection, meaning)));
        Self { configuration, main: Session::new(selection, meaning), scoped: scoped.collect() }
    }

    /// Takes in a file, or other bytes of a known one.
    pub(super) fn set(&mut self, name: &Arc<str>, content: &Content) -> Reach {
        for (_, session) in &mut self.scoped {
            session.set(Arc::clone(name), content.clone());
        }
        self.main.set(Arc::clone(name), content.clone())
    }

    /// Lets go of a file.
    pub(super) fn remove(&mut self, name: &str) -> Reach {
        for (_, session) in &mut self.scoped {
            session.remove(name);
        }
        self.main.remove(name)
    }

    /// The names of the files, sorted.
    pub(super) fn names(&self) -> impl Iterator<Item = &Arc<str>> {
        self.main.names()
    }

    /// Judges some of the files that wait for it, and gives their names.
    pub(super) fn catch_up(&mut self, most: usize) -> Vec<Arc<str>> {
        self.main.catch_up(most)
    }

    /// What rules that look at their own document alone say of a file; `None` where there is no such file.
    pub(super) fn problems(&mut self, name: &Arc<str>) -> Option<Vec<Problem>> {
        let configuration = self.configuration;
        let verdict = self.main.verdict(name)?;
        let mut all = problems::of_verdict(name, &verdict, &|finding| configuration.severity(name, finding, None));
        for (number, session) in &mut self.scoped {
            let Some(verdict) = configuration.is_in(name, *number).then(|| session.verdict(name)).flatten() else {
                continue;
            };
            let weigh = |finding: &_| configuration.severity(name, finding, Some(*number));
            all.extend(problems::findings_of(name, &verdict, &weigh));
        }
        Some(all)
    }

    /// What rules that look across files say, by the name of the file. `None` where `stop` says that nobody wants it any
    /// more.
    pub(super) fn across(&mut self, stop: &(dyn Fn() -> bool + Sync)) -> Option<BTreeMap<Arc<str>, Vec<Problem>>> {
        let mut found: BTreeMap<Arc<str>, Vec<Problem>> = BTreeMap::new();
        let configuration = self.configuration;
        let all = std::iter::once((None, &mut self.main));
        for (scope, session) in all.chain(self.scoped.iter_mut().map(|(number, session)| (Some(*number), session))) {
            for (name, findings) in session.across(stop)? {
                let told = findings.iter().filter_map(|finding| {
                    Some(problems::of_finding(finding, configuration.severity(&name, finding, scope)?))
                });
                let told: Vec<Problem> = told.collect();
                if !told.is_empty() {
                    found.entry(Arc::clone(&name)).or_default().extend(told);
                }
            }
        }
        Some(found)
    }
}
