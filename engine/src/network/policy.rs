//! What a policy says, whatever its kind.

use super::labels::{Ask, Selector};
use super::ports::{PortSet, RulePort};
use super::workload::{ContainerPort, Workload};
use super::{Direction, End, Sure};
use policyc_lang::values::{Cidr, Ip};
use std::sync::Arc;

/// Rules for the pods that a selector means.
#[derive(Clone, Debug)]
pub(super) struct Policy {
    /// Place of the object in the world.
    pub(super) object: u32,
    /// `NetworkPolicy shop/deny`.
    pub(super) title: Arc<str>,
    pub(super) subjects: Pods,
    pub(super) ingress: Rules,
    pub(super) egress: Rules,
}

impl Policy {
    pub(super) fn rules(&self, direction: Direction) -> &Rules {
        match direction {
            Direction::Ingress => &self.ingress,
            Direction::Egress => &self.egress,
        }
    }
}

/// What a policy says of one direction.
#[derive(Clone, Debug, Default)]
pub(super) struct Rules {
    /// Whether the policy is for this direction at all.
    pub(super) concerned: bool,
    /// Whether what it does not allow is denied.
    pub(super) isolates: bool,
    pub(super) allow: Vec<Rule>,
    /// What is denied, whoever allows it.
    pub(super) deny: Vec<Rule>,
}

/// Peers and ports.
#[derive(Clone, Debug)]
pub(super) struct Rule {
    /// Everyone where there are none.
    pub(super) peers: Option<Vec<Peer>>,
    /// All where there are none.
    pub(super) ports: Option<Vec<RulePort>>,
    /// Why a connection may be allowed in part only.
    pub(super) limit: Option<Arc<str>>,
}

/// Whom a rule means.
#[derive(Clone, Debug)]
pub(super) enum Peer {
    Pods(Pods),
    /// Addresses.
    Block(Block),
    /// Everything, pods too.
    All,
    /// Every pod of the cluster.
    Cluster,
    /// Everything that is not of the cluster.
    World,
    /// What is neither a pod among the inputs nor outside: nodes, the API server.
    Elsewhere,
    /// Somebody outside, by a name: these, as a person reads it.
    Names(Arc<str>),
    /// Nobody can say, for this reason.
    Unknown(Arc<str>),
}

/// Pods by their labels and those of their namespaces.
#[derive(Clone, Debug)]
pub(super) struct Pods {
    pub(super) home: Homes,
    pub(super) pods: Selector,
    /// Whether labels are those that Cilium sees.
    pub(super) cilium: bool,
}

/// Which namespaces.
#[derive(Clone, Debug)]
pub(super) enum Homes {
    /// This one: a place in the world's list.
    One(u32),
    /// Those with such labels.
    Labelled(Selector),
    /// All.
    Any,
}

/// Addresses.
#[derive(Clone, Debug)]
pub(super) struct Block {
    /// `None` where it is no block.
    pub(super) cidr: Option<Cidr>,
    /// What is taken out of it, as written.
    pub(super) except: Vec<Arc<str>>,
    /// As a person reads it.
    pub(super) text: Arc<str>,
    /// Whether pods are never meant, whatever their addresses.
    pub(super) outside: bool,
}

impl Block {
    /// A block with what is taken out of it, as written.
    pub(super) fn read(cidr: Option<&str>, except: Vec<Arc<str>>) -> Self {
        let text = cidr.unwrap_or("(no block)");
        let text = if except.is_empty() { text.to_owned() } else { format!("{text} except {}", except.join(", ")) };
        // A lone address is a block of one.
        let parsed = cidr.and_then(|cidr| Cidr::parse(cidr).ok().or_else(|| Ip::parse(cidr).ok().map(Cidr::from)));
        Self { cidr: parsed, except, text: text.into(), outside: false }
    }

    /// Whether every address of a family is in it.
    pub(super) fn is_everything(&self) -> bool {
        self.cidr.is_some_and(|cidr| cidr.prefix_length() == 0) && self.except.is_empty()
    }
}

impl Pods {
    /// How much it takes to find out, in steps.
    pub(super) fn cost(&self) -> u64 {
        let of = |selector: &Selector| selector.asks.iter().map(Ask::cost).sum::<u64>();
        let home = if let Homes::Labelled(selector) = &self.home { of(selector) } else { 0 };
        1 + home + of(&self.pods)
    }

    /// Whether a workload's pods are meant.
    pub(super) fn means(&self, workload: &Workload) -> Sure {
        let home = match &self.home {
            Homes::One(id) => Sure::of(*id == workload.home.id),
            Homes::Labelled(selector) => selector.holds(&workload.home.labels),
            Homes::Any => Sure::Yes,
        };
        home.and(|| match self.cilium {
            true => super::cilium::holds(&self.pods, workload),
            false => self.pods.holds(&workload.labels),
        })
    }
}

/// How far a rule reaches one end of a connection.
pub(super) enum Meant {
    /// As far as that.
    Sure(Sure),
    /// Some addresses outside: these.
    Some(Arc<str>),
}

impl Peer {
    /// Whether it means an end.
    pub(super) fn means(&self, end: End, workloads: &[Workload]) -> Meant {
        let workload = match end {
            End::Workload(place) => workloads.get(place),
            End::Outside => None,
        };
        let sure = match (self, workload) {
            (Self::All, _) | (Self::Cluster, Some(_)) | (Self::World, None) => Sure::Yes,
            (Self::Unknown(reason), _) => Sure::Maybe(Arc::clone(reason)),
            (Self::Pods(pods), Some(workload)) => match pods.means(workload) {
                // What a pod in its node's network sends comes from the node.
                Sure::Yes if workload.host_network => {
                    Sure::maybe(format!("{} uses the network of its node", workload.title))
                }
                sure => sure,
            },
            (Self::Block(block), Some(_)) if block.outside => Sure::No,
            (Self::Block(block), Some(_)) => match block.cidr {
                Some(_) => {
                    Sure::maybe("addresses of pods stand in no manifest, so that blocks of addresses may mean them")
                }
                None => Sure::maybe("a block of addresses cannot be understood"),
            },
            (Self::Block(block), None) if block.is_everything() => Sure::Yes,
            (Self::Block(block), None) if block.cidr.is_none() => {
                Sure::maybe("a block of addresses cannot be understood")
            }
            (Self::Block(block), None) => return Meant::Some(Arc::clone(&block.text)),
            (Self::Names(names), None) => return Meant::Some(Arc::clone(names)),
            (Self::Cluster | Self::Pods(_) | Self::Elsewhere, None)
            | (Self::World | Self::Elsewhere | Self::Names(_), Some(_)) => Sure::No,
        };
        Meant::Sure(sure)
    }

    /// How much it takes to find out, in steps.
    pub(super) fn cost(&self) -> u64 {
        match self {
            Self::Pods(pods) => pods.cost(),
            _ => 1,
        }
    }
}

impl Rule {
    /// How much it takes to find out its ports, in steps.
    pub(super) fn cost(&self) -> u64 {
        let ports = self.ports.as_ref().map_or(0, Vec::len) as u64;
        1 + ports + ports * ports / 64
    }

    /// The ports that are named: those for sure, and those perhaps.
    pub(super) fn ports(&self, receiver: &[ContainerPort]) -> (PortSet, PortSet) {
        let Some(ports) = &self.ports else { return (PortSet::all(), PortSet::all()) };
        ports
            .iter()
            .map(|port| port.of(receiver))
            .fold(Default::default(), |all: (PortSet, PortSet), one| (all.0.or(&one.0), all.1.or(&one.1)))
    }
}
