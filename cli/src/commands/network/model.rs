//! Workloads and what is allowed between them, ready to be shown.

use crate::Refusal;
use crate::args::NetworkArgs;
use crate::exit;
use policyc_engine::network::{Direction, End, Network, TooMuch, Verdict, Workload};
use policyc_engine::report::{PassedOver, Report};
use policyc_lang::values::{Glob, GlobKind};
use policyc_text::Level;
use serde::Serialize;
use std::collections::BTreeSet;

/// Pairs that are looked at.
const MOST_PAIRS: usize = 250_000;
/// What the ends that are no pods are called.
pub(super) const OUTSIDE: &str = "outside";

/// All that is shown.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Picture {
    /// Version of the form of this report.
    version: u32,
    pub(super) workloads: Vec<Node>,
    pub(super) policies: usize,
    /// By sender, then by receiver, each in the order of the workloads; outside comes first.
    pub(super) connections: Vec<Connection>,
    pub(super) sums: Sums,
    /// Names of files that were not read whole; policies in them may allow or deny more.
    pub(super) unread: Vec<String>,
    pub(super) notes: Vec<String>,
    pub(super) exit_code: u8,
    pub(super) exit_reason: &'static str,
}

/// A workload.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Node {
    pub(super) title: String,
    pub(super) kind: String,
    pub(super) namespace: String,
    pub(super) name: String,
    pub(super) file: String,
    pub(super) host_network: bool,
    /// Policies that limit what it receives.
    pub(super) ingress: Vec<String>,
    /// Policies that limit what it sends.
    pub(super) egress: Vec<String>,
}

/// What is allowed from one end to another.
#[derive(Debug, Serialize)]
pub(super) struct Connection {
    pub(super) from: String,
    pub(super) to: String,
    pub(super) verdict: &'static str,
    /// What is allowed for sure.
    pub(super) ports: String,
    /// What may be allowed besides.
    pub(super) perhaps: String,
    /// Outside addresses that are allowed or denied apart from others.
    pub(super) addresses: Vec<String>,
    /// Why something cannot be told.
    pub(super) reasons: Vec<String>,
    pub(super) policies: Vec<String>,
    #[serde(skip)]
    pub(super) word: Verdict,
    #[serde(skip)]
    pub(super) ends: (End, End),
}

impl Connection {
    /// `allowed`, `TCP 80`, `perhaps TCP 80`: what is allowed, in a few words.
    pub(super) fn words(&self) -> String {
        let addresses = self.addresses.join("; ");
        match self.word {
            Verdict::Allowed | Verdict::Denied => self.verdict.to_owned(),
            Verdict::Ports => self.ports.clone(),
            Verdict::Addresses => match self.ports.as_str() {
                "no port" => format!("{} for {addresses}", self.perhaps),
                ports => format!("{ports}; {} for {addresses}", self.perhaps),
            },
            Verdict::Undecided => match self.ports.as_str() {
                "no port" => format!("perhaps {}", self.perhaps),
                ports => format!("{ports}, perhaps {}", self.perhaps),
            },
        }
    }
}

/// Connections by verdict.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(super) struct Sums {
    pub(super) allowed: usize,
    pub(super) ports: usize,
    pub(super) addresses: usize,
    pub(super) undecided: usize,
    pub(super) denied: usize,
}

impl Picture {
    /// What a network shows.
    ///
    /// # Errors
    ///
    /// No workload that is asked for, and more than can be held against each other.
    pub(super) fn new(args: &NetworkArgs, network: &Network, report: &Report, code: u8) -> Result<Self, Refusal> {
        let (from, to) = (chosen(&args.from, network, "--from")?, chosen(&args.to, network, "--to")?);
        if from.len().saturating_mul(to.len()) > MOST_PAIRS {
            let many =
                format!("{} senders and {} receivers are too many to hold against each other", from.len(), to.len());
            return Err(Refusal::new(many).with_hint(Some("name some with `--from` and `--to`")));
        }
        let too_much = |_: TooMuch| {
            let hint = "name some workloads with `--from` and `--to`";
            Refusal::new("there are too many policies to hold against each other").with_hint(Some(hint))
        };
        let title = |end: End| match end {
            End::Workload(place) => {
                network.workloads().get(place).map_or_else(String::new, |one| one.title.to_string())
            }
            End::Outside => OUTSIDE.to_owned(),
        };
        let (mut connections, mut sums) = (Vec::new(), Sums::default());
        for sender in &from {
            for receiver in to.iter().filter(|receiver| *receiver != sender) {
                let reach = network.between(*sender, *receiver).map_err(too_much)?;
                sums.add(reach.verdict);
                let texts = |list: &[std::sync::Arc<str>]| list.iter().map(ToString::to_string).collect();
                connections.push(Connection {
                    from: title(*sender),
                    to: title(*receiver),
                    verdict: reach.verdict.as_str(),
                    ports: reach.certain.text(),
                    perhaps: reach.possible.without(&reach.certain).text(),
                    addresses: texts(&reach.addresses),
                    reasons: texts(&reach.reasons),
                    policies: texts(&reach.policies),
                    word: reach.verdict,
                    ends: (*sender, *receiver),
                });
            }
        }
        let nodes = (0..).zip(network.workloads()).map(|(place, workload)| node(network, place, workload));
        let workloads = nodes.collect::<Result<Vec<Node>, TooMuch>>().map_err(too_much)?;
        let errors = report.diagnostics.iter().filter(|problem| problem.level == Level::Error);
        let unread: BTreeSet<&str> = errors.map(|problem| &*problem.place.file).collect();
        let passed_over = report.passed_over.iter().map(PassedOver::text);
        let exit_reason = if code == exit::CLEAN { "every file was read" } else { exit::reason(code) };
        Ok(Self {
            version: 1,
            workloads,
            policies: network.policies(),
            connections,
            sums,
            unread: unread.into_iter().map(str::to_owned).collect(),
            notes: network.notes().iter().cloned().chain(report.notes.iter().cloned()).chain(passed_over).collect(),
            exit_code: code,
            exit_reason,
        })
    }

    /// The ends that connections have, senders and receivers, in their order.
    pub(super) fn ends(&self) -> (Vec<End>, Vec<End>) {
        let of = |side: fn(&Connection) -> End| {
            let mut all: Vec<End> = self.connections.iter().map(side).collect();
            all.sort_by_key(|end| order(*end));
            all.dedup();
            all
        };
        (of(|one| one.ends.0), of(|one| one.ends.1))
    }

    /// What an end is called.
    pub(super) fn title(&self, end: End) -> &str {
        match end {
            End::Workload(place) => self.workloads.get(place).map_or("", |node| node.title.as_str()),
            End::Outside => OUTSIDE,
        }
    }
}

/// Outside comes first.
pub(super) fn order(end: End) -> usize {
    match end {
        End::Outside => 0,
        End::Workload(place) => place.saturating_add(1),
    }
}

impl Sums {
    fn add(&mut self, verdict: Verdict) {
        let count = match verdict {
            Verdict::Allowed => &mut self.allowed,
            Verdict::Ports => &mut self.ports,
            Verdict::Addresses => &mut self.addresses,
            Verdict::Undecided => &mut self.undecided,
            Verdict::Denied => &mut self.denied,
        };
        *count += 1;
    }
}

fn node(network: &Network, place: usize, workload: &Workload) -> Result<Node, TooMuch> {
    let isolating = |direction| -> Result<Vec<String>, TooMuch> {
        Ok(network.isolating(place, direction)?.iter().map(ToString::to_string).collect())
    };
    Ok(Node {
        title: workload.title.to_string(),
        kind: workload.kind.to_string(),
        namespace: workload.namespace.to_string(),
        name: workload.name.to_string(),
        file: workload.file.to_string(),
        host_network: workload.host_network,
        ingress: isolating(Direction::Ingress)?,
        egress: isolating(Direction::Egress)?,
    })
}

/// The ends that globs mean; all where there are none.
fn chosen(globs: &[String], network: &Network, flag: &str) -> Result<Vec<End>, Refusal> {
    let wanted: Vec<Glob> = globs
        .iter()
        .map(|glob| {
            let wrong = |error: policyc_lang::values::ParseError| {
                Refusal::new(format!("{flag} `{glob}`: {}", error.message)).with_hint(error.hint)
            };
            Glob::parse(glob, GlobKind::Plain).map_err(wrong)
        })
        .collect::<Result<_, _>>()?;
    let all = wanted.is_empty();
    let means = |name: &str| all || wanted.iter().any(|glob| glob.matches(name));
    let mut ends = if means(OUTSIDE) { vec![End::Outside] } else { Vec::new() };
    for (place, workload) in network.workloads().iter().enumerate() {
        if means(&format!("{}/{}", workload.namespace, workload.name)) {
            ends.push(End::Workload(place));
        }
    }
    match ends.is_empty() {
        true => {
            let hint = "globs are over NAMESPACE/NAME, such as `shop/*`";
            Err(Refusal::new(format!("{flag} means no workload")).with_hint(Some(hint)))
        }
        false => Ok(ends),
    }
}
