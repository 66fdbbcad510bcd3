//! Who can reach whom: what the network policies among the inputs allow between workloads, and to and from outside.
//!
//! Sources: Kubernetes documentation, "Network Policies", and the API `networking.k8s.io/v1` (1.37): policies add up and
//! only allow; a pod is isolated in a direction once a policy for that direction selects it; traffic needs the leave of
//! the sender's egress and of the receiver's ingress. Cilium documentation, "Network Policy", API `cilium.io/v2` (1.18).
//!
//! What cannot be told is told as such and is neither allowed nor denied: labels of namespaces that are not among the
//! inputs, labels that controllers give to pods, what an address block means for pods, rules on layer 7. Whether the
//! network plugin enforces policies, and what firewalls do, no manifest shows.
//!
//! Nothing here reads files or prints; the input is a [`World`].

mod cilium;
mod kubernetes;
mod labels;
mod policy;
mod ports;
mod reach;
mod read;
#[cfg(test)]
mod tests;
mod workload;

pub use ports::{PortSet, Protocol};
pub use reach::{Network, Reach, TooMuch, Verdict};
pub use workload::Workload;

use crate::world::World;
use std::sync::Arc;

/// Whether something holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Sure {
    /// It does not.
    No,
    /// It cannot be told, for this reason.
    Maybe(Arc<str>),
    /// It does.
    Yes,
}

impl Sure {
    fn of(holds: bool) -> Self {
        if holds { Self::Yes } else { Self::No }
    }

    fn maybe(reason: impl Into<Arc<str>>) -> Self {
        Self::Maybe(reason.into())
    }

    fn and(self, other: impl FnOnce() -> Self) -> Self {
        match self {
            Self::No => Self::No,
            Self::Yes => other(),
            Self::Maybe(reason) => {
                if other() == Self::No {
                    Self::No
                } else {
                    Self::Maybe(reason)
                }
            }
        }
    }

    fn or(self, other: impl FnOnce() -> Self) -> Self {
        match self {
            Self::Yes => Self::Yes,
            Self::No => other(),
            Self::Maybe(reason) => {
                if other() == Self::Yes {
                    Self::Yes
                } else {
                    Self::Maybe(reason)
                }
            }
        }
    }

    fn not(self) -> Self {
        match self {
            Self::No => Self::Yes,
            Self::Yes => Self::No,
            maybe @ Self::Maybe(_) => maybe,
        }
    }
}

/// One end of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum End {
    /// A workload, by its place in [`Network::workloads`].
    Workload(usize),
    /// What is no pod of the cluster.
    Outside,
}

/// Which way traffic goes, seen from a pod.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// To the pod.
    Ingress,
    /// From the pod.
    Egress,
}

impl Direction {
    /// As `policyTypes` spells it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ingress => "Ingress",
            Self::Egress => "Egress",
        }
    }
}

/// `1 patch was`, `2 patches were`.
fn count(number: usize, one: &str, many: &str) -> String {
    if number == 1 { format!("1 {one} was") } else { format!("{number} {many} were") }
}

/// The network of a world's workloads.
#[must_use]
pub fn network(world: &World) -> Network {
    let mut notes = Vec::new();
    let workloads = workload::all(world, &mut notes);
    let mut policies = kubernetes::policies(world, &mut notes);
    policies.extend(cilium::policies(world, &mut notes));
    policies.sort_by_key(|policy| policy.object);
    Network::new(workloads, policies, notes)
}
