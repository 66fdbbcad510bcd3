//! What of the traffic between two ends is allowed, and why.

use super::policy::{Homes, Meant, Policy, Rule};
use super::ports::PortSet;
use super::workload::{ContainerPort, Workload};
use super::{Direction, End, Sure};
use std::cell::{Cell, OnceCell};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Peers and ports that are looked at for one network at most: enough for a thousand workloads with tens of rules each.
const MOST_STEPS: u64 = 50_000_000;

/// Workloads, and the policies over them.
pub struct Network {
    workloads: Vec<Workload>,
    policies: Vec<Policy>,
    notes: Vec<String>,
    /// Places of workloads by those of their objects.
    by_object: BTreeMap<u32, usize>,
    /// Places of policies by the namespace that they are for; `None` for those that are for any.
    by_home: BTreeMap<Option<u32>, Vec<usize>>,
    /// By workload: policies that may select it, once somebody asked.
    selecting: Vec<OnceCell<Selecting>>,
    steps: Cell<u64>,
    pub(super) most_steps: u64,
}

/// What is allowed from one end to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reach {
    /// In one word.
    pub verdict: Verdict,
    /// What is allowed for sure, between any two of their pods and addresses.
    pub certain: PortSet,
    /// What may be allowed; all that is not in it is denied for sure.
    pub possible: PortSet,
    /// Outside addresses and names that are allowed or denied apart from others, sorted.
    pub addresses: Vec<Arc<str>>,
    /// Why something cannot be told, sorted; empty where all is decided.
    pub reasons: Vec<Arc<str>>,
    /// Policies that concern it, sorted.
    pub policies: Vec<Arc<str>>,
}

/// What is allowed, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Everything.
    Allowed,
    /// Some ports.
    Ports,
    /// Some addresses outside.
    Addresses,
    /// It cannot be told.
    Undecided,
    /// Nothing.
    Denied,
}

impl Verdict {
    /// The word that reports use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Ports => "ports",
            Self::Addresses => "addresses",
            Self::Undecided => "undecided",
            Self::Denied => "denied",
        }
    }
}

/// More policies and workloads than can be held against each other in a bearable time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooMuch;

/// What one end lets through.
struct Side {
    certain: PortSet,
    possible: PortSet,
    addresses: BTreeSet<Arc<str>>,
    reasons: BTreeSet<Arc<str>>,
    policies: BTreeSet<usize>,
}

impl Side {
    fn open() -> Self {
        Self {
            certain: PortSet::all(),
            possible: PortSet::all(),
            addresses: BTreeSet::new(),
            reasons: BTreeSet::new(),
            policies: BTreeSet::new(),
        }
    }
}

/// Places of policies that select something, or may.
type Selecting = Vec<(usize, Sure)>;

/// What a rule names for an end: for sure, and perhaps.
type Named = (PortSet, PortSet);

impl Network {
    /// Finds out which policies select which workloads.
    pub(super) fn new(workloads: Vec<Workload>, policies: Vec<Policy>, notes: Vec<String>) -> Self {
        let mut by_home: BTreeMap<Option<u32>, Vec<usize>> = BTreeMap::new();
        for (place, policy) in policies.iter().enumerate() {
            let home = if let Homes::One(home) = policy.subjects.home { Some(home) } else { None };
            by_home.entry(home).or_default().push(place);
        }
        let by_object = workloads.iter().enumerate().map(|(place, workload)| (workload.object, place)).collect();
        let selecting = vec![OnceCell::new(); workloads.len()];
        Self { workloads, policies, notes, by_object, by_home, selecting, steps: Cell::new(0), most_steps: MOST_STEPS }
    }

    /// The policies that select a workload, or may.
    fn selecting(&self, place: usize) -> Result<&[(usize, Sure)], TooMuch> {
        let (Some(workload), Some(cell)) = (self.workloads.get(place), self.selecting.get(place)) else {
            return Ok(&[]);
        };
        if let Some(known) = cell.get() {
            return Ok(known);
        }
        let mut selecting = Selecting::new();
        let homes = [Some(workload.home.id), None];
        for place in homes.iter().filter_map(|home| self.by_home.get(home)).flatten().copied() {
            let Some(policy) = self.policies.get(place) else { continue };
            self.take(policy.subjects.cost())?;
            let reason = || format!("{} uses the network of its node, where policies may not hold", workload.title);
            match policy.subjects.means(workload) {
                Sure::No => {}
                Sure::Yes if workload.host_network => selecting.push((place, Sure::maybe(reason()))),
                sure => selecting.push((place, sure)),
            }
        }
        Ok(cell.get_or_init(|| selecting))
    }

    /// The workloads, sorted by namespace, kind and name.
    #[must_use]
    pub fn workloads(&self) -> &[Workload] {
        &self.workloads
    }

    /// The workload that an object is, by its place in the world.
    #[must_use]
    pub fn of_object(&self, object: u32) -> Option<usize> {
        self.by_object.get(&object).copied()
    }

    /// What was done so far, in steps of about the same length.
    #[must_use]
    pub fn steps(&self) -> u64 {
        self.steps.get()
    }

    /// How many policies there are.
    #[must_use]
    pub fn policies(&self) -> usize {
        self.policies.len()
    }

    /// What a reader must know, one sentence each.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// Titles of the policies that surely or perhaps deny a workload's traffic in a direction unless it is allowed.
    ///
    /// # Errors
    ///
    /// As [`Network::between`].
    pub fn isolating(&self, workload: usize, direction: Direction) -> Result<Vec<Arc<str>>, TooMuch> {
        let policies = self.selecting(workload)?.iter().filter_map(|(place, _)| self.policies.get(*place));
        let titles = policies.filter(|policy| policy.rules(direction).isolates).map(|policy| Arc::clone(&policy.title));
        Ok(titles.collect::<BTreeSet<_>>().into_iter().collect())
    }

    /// What is allowed from one end to another.
    ///
    /// # Errors
    ///
    /// [`TooMuch`], if so much was asked before that it would take too long.
    pub fn between(&self, from: End, to: End) -> Result<Reach, TooMuch> {
        let egress = self.side(from, Direction::Egress, to, to)?;
        let ingress = self.side(to, Direction::Ingress, from, to)?;
        let certain = egress.certain.and(&ingress.certain);
        let possible = egress.possible.and(&ingress.possible);
        let decided = certain == possible;
        let reasons: Vec<Arc<str>> = match decided {
            true => Vec::new(),
            false => egress.reasons.union(&ingress.reasons).cloned().collect(),
        };
        let verdict = match () {
            () if possible.is_empty() => Verdict::Denied,
            () if certain.is_all() => Verdict::Allowed,
            () if decided => Verdict::Ports,
            () if reasons.is_empty() => Verdict::Addresses,
            () => Verdict::Undecided,
        };
        let addresses = match decided {
            true => Vec::new(),
            false => egress.addresses.union(&ingress.addresses).cloned().collect(),
        };
        let policies = egress.policies.union(&ingress.policies).filter_map(|place| self.policies.get(*place));
        let policies: BTreeSet<Arc<str>> = policies.map(|policy| Arc::clone(&policy.title)).collect();
        Ok(Reach { verdict, certain, possible, addresses, reasons, policies: policies.into_iter().collect() })
    }

    /// What the policies over one end say of traffic with a peer; ports are those of the receiver.
    fn side(&self, end: End, direction: Direction, peer: End, receiver: End) -> Result<Side, TooMuch> {
        let mut side = Side::open();
        let End::Workload(place) = end else { return Ok(side) };
        let ports: &[ContainerPort] = match receiver {
            End::Workload(place) => {
                self.workloads.get(place).map(|workload| workload.ports.as_slice()).unwrap_or_default()
            }
            End::Outside => &[],
        };
        let none = PortSet::default;
        // What policies allow that select for sure, and what those do that may; whether either isolate.
        let (mut sure, mut perhaps, mut isolated, mut by_doubt) = (none(), none(), false, None::<PortSet>);
        let (mut denied, mut may_be_denied) = (none(), none());
        for (place, selects) in self.selecting(place)? {
            let Some(policy) = self.policies.get(*place) else { continue };
            let rules = policy.rules(direction);
            if !rules.concerned {
                continue;
            }
            side.policies.insert(*place);
            let allow = self.named(&rules.allow, peer, ports, &mut side)?;
            let deny = self.named(&rules.deny, peer, ports, &mut side)?;
            perhaps = perhaps.or(&allow.1);
            may_be_denied = may_be_denied.or(&deny.1);
            match selects {
                Sure::Maybe(reason) => {
                    side.reasons.insert(Arc::clone(reason));
                    if rules.isolates {
                        by_doubt = Some(by_doubt.map_or_else(|| allow.0.clone(), |before| before.and(&allow.0)));
                    }
                }
                Sure::Yes | Sure::No => {
                    sure = sure.or(&allow.0);
                    denied = denied.or(&deny.0);
                    isolated |= rules.isolates;
                }
            }
        }
        let (certain, possible) = match (isolated, by_doubt) {
            (true, _) => (sure, perhaps),
            // Nothing is denied if they do not select, and at worst all but what each of them allows.
            (false, Some(allowed)) => (sure.or(&allowed), PortSet::all()),
            (false, None) => (PortSet::all(), PortSet::all()),
        };
        side.certain = certain.without(&may_be_denied);
        side.possible = possible.without(&denied);
        Ok(side)
    }

    /// What rules name for a peer.
    fn named(&self, rules: &[Rule], peer: End, ports: &[ContainerPort], side: &mut Side) -> Result<Named, TooMuch> {
        let mut named = (PortSet::default(), PortSet::default());
        for rule in rules {
            let mut means = Sure::Yes;
            if let Some(peers) = &rule.peers {
                means = Sure::No;
                for one in peers {
                    self.take(one.cost())?;
                    let sure = match one.means(peer, &self.workloads) {
                        Meant::Sure(sure) => sure,
                        Meant::Some(addresses) => {
                            side.addresses.insert(addresses);
                            named.1 = named.1.or(&rule.ports(ports).1);
                            Sure::No
                        }
                    };
                    means = means.or(|| sure);
                }
            }
            self.take(rule.cost())?;
            let (certain, possible) = match means {
                Sure::No => continue,
                Sure::Yes => rule.ports(ports),
                Sure::Maybe(reason) => {
                    side.reasons.insert(reason);
                    (PortSet::default(), rule.ports(ports).1)
                }
            };
            let certain = match &rule.limit {
                Some(limit) => {
                    side.reasons.insert(Arc::clone(limit));
                    PortSet::default()
                }
                None => certain,
            };
            if certain != possible && rule.limit.is_none() && !possible.is_empty() && side.reasons.is_empty() {
                side.reasons.insert("a port cannot be understood".into());
            }
            named = (named.0.or(&certain), named.1.or(&possible));
        }
        Ok(named)
    }

    fn take(&self, steps: u64) -> Result<(), TooMuch> {
        let steps = self.steps.get().saturating_add(steps);
        self.steps.set(steps);
        if steps > self.most_steps { Err(TooMuch) } else { Ok(()) }
    }
}
