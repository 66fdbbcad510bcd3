//! CiliumNetworkPolicies and CiliumClusterwideNetworkPolicies (`cilium.io/v2`), as far as files decide.
//!
//! Denials win over leaves. Blocks of addresses mean no pods. What is on layer 7, or asks for authentication, allows a
//! connection in part, and that is told as not decided.

use super::Sure;
use super::labels::{Ask, Labels, Selector, Unknown};
use super::policy::{Block, Homes, Peer, Pods, Policy, Rule, Rules};
use super::ports::{Protocol, RulePort, RulePorts};
use super::read::Part;
use super::workload::Workload;
use crate::world::World;
use std::sync::Arc;

/// The label that has the name of a pod's namespace.
const NAMESPACE: &str = "io.kubernetes.pod.namespace";
/// What labels of namespaces begin with, on pods.
const OF_NAMESPACE: &str = "io.cilium.k8s.namespace.labels.";
/// What labels begin with that Cilium makes of other things.
const MADE: &str = "io.cilium.k8s.";

/// All policies of Cilium of a world: one for each specification.
pub(super) fn policies(world: &World, notes: &mut Vec<String>) -> Vec<Policy> {
    let (mut all, mut hosts, mut partial) = (Vec::new(), 0, 0);
    for kind in ["CiliumNetworkPolicy", "CiliumClusterwideNetworkPolicy"] {
        for id in world.of_kind(kind).iter().copied() {
            let Some(object) = world.objects().get(id as usize) else { continue };
            if object.group(world.files()) != "cilium.io" {
                continue;
            }
            if world.is_partial(object) {
                partial += 1;
                continue;
            }
            let part = Part::of(world, object);
            let home = if kind == "CiliumNetworkPolicy" { object.namespace } else { None };
            for spec in part.get("spec").into_iter().chain(part.list("specs").unwrap_or_default()) {
                if spec.get("nodeSelector").is_some() {
                    hosts += 1;
                    continue;
                }
                let Some(selector) = spec.get("endpointSelector") else { continue };
                let subjects = pods(selector, home);
                let (ingress, egress) = (rules(spec, "ingress", "from", home), rules(spec, "egress", "to", home));
                let title = super::kubernetes::title(world, object);
                all.push(Policy { object: id, title, subjects, ingress, egress });
            }
        }
    }
    if partial > 0 {
        notes.push(format!(
            "{} not read: what policies of Cilium they change is not known",
            super::count(partial, "patch", "patches")
        ));
    }
    if hosts > 0 {
        notes.push(format!("{} not read that concern nodes, and no pod", super::count(hosts, "policy", "policies")));
    }
    all
}

/// Pods of a policy's namespace; of all namespaces where the policy has none.
fn pods(selector: Part<'_>, home: Option<u32>) -> Pods {
    Pods { home: home.map_or(Homes::Any, Homes::One), pods: Selector::read(selector), cilium: true }
}

/// The same, and pods of other namespaces if the selector speaks of namespaces.
fn peer_pods(selector: Part<'_>, home: Option<u32>) -> Pods {
    let mut pods = pods(selector, home);
    let speaks = |ask: &Ask| bare(&ask.key) == NAMESPACE || bare(&ask.key).starts_with(OF_NAMESPACE);
    if pods.pods.asks.iter().any(speaks) {
        pods.home = Homes::Any;
    }
    pods
}

/// A label without the source that may stand before it.
fn bare(key: &str) -> &str {
    key.strip_prefix("k8s:").or_else(|| key.strip_prefix("any:")).unwrap_or(key)
}

/// Whether a selector means a workload's pods by the labels that Cilium gives them.
pub(super) fn holds(selector: &Selector, workload: &Workload) -> Sure {
    selector.asks.iter().fold(Sure::Yes, |sure, ask| {
        sure.and(|| {
            let key = bare(&ask.key);
            let of = |key: &str, labels: &Labels| Ask { key: key.into(), how: ask.how.clone() }.holds(labels);
            if key == NAMESPACE {
                let known = workload.home.name.iter().map(|name| (NAMESPACE.into(), Some(Arc::clone(name))));
                let unknown = match &workload.home.name {
                    Some(_) => Unknown::None,
                    None => Unknown::Any("objects that name no namespace may go to any".into()),
                };
                return of(key, &Labels { known: known.collect(), unknown });
            }
            match key.strip_prefix(OF_NAMESPACE) {
                Some(key) => of(key, &workload.home.labels),
                None if key.starts_with(MADE) || key.contains(':') => {
                    Sure::maybe(format!("the label `{key}` is made by Cilium"))
                }
                None => of(key, &workload.labels),
            }
        })
    })
}

fn rules(spec: Part<'_>, section: &str, side: &str, home: Option<u32>) -> Rules {
    let of = |key: &str| -> Vec<Rule> {
        spec.list(key).unwrap_or_default().into_iter().flat_map(|part| rule(part, side, home)).collect()
    };
    let denials = format!("{section}Deny");
    let there = |key: &str| spec.list(key).is_some_and(|rules| !rules.is_empty());
    let concerned = there(section) || there(&denials);
    let isolates = spec.get("enableDefaultDeny").and_then(|wish| wish.flag(section)).unwrap_or(concerned);
    Rules { concerned: concerned || isolates, isolates, allow: of(section), deny: of(&denials) }
}

/// One rule for each of its lists of ports, since each may be limited by itself.
fn rule(part: Part<'_>, side: &str, home: Option<u32>) -> Vec<Rule> {
    let peers = peers(part, side, home);
    let (ports, icmp) = (part.list("toPorts"), part.list("icmps").is_some_and(|list| !list.is_empty()));
    let ports = ports.filter(|ports| !ports.is_empty());
    // An empty rule allows nothing: it is how a policy says that it denies.
    if peers.is_none() && ports.is_none() && !icmp {
        return Vec::new();
    }
    let requires = part.list(&format!("{side}Requires")).is_some_and(|list| !list.is_empty());
    let authentication = part.path(&["authentication", "mode"]).and_then(Part::text);
    let limit: Option<Arc<str>> = match (requires, authentication) {
        (true, _) => Some(format!("`{side}Requires` asks for more").into()),
        (false, Some("required" | "test-always-fail")) => Some("the policy asks for authentication".into()),
        (false, _) => None,
    };
    let mut all = Vec::new();
    for one in ports.iter().flatten() {
        let named = one.list("ports").filter(|ports| !ports.is_empty());
        let seventh = ["rules", "serverNames", "listener"]
            .iter()
            .any(|key| one.get(key).is_some_and(|part| !part.is_empty_map()));
        all.push(Rule {
            peers: peers.clone(),
            ports: named.map(|ports| ports.into_iter().map(port).collect()),
            limit: limit.clone().or_else(|| seventh.then(|| "rules on layer 7 allow a part of it".into())),
        });
    }
    if icmp {
        let others = RulePort { protocol: None, port: RulePorts::Others };
        all.push(Rule { peers: peers.clone(), ports: Some(vec![others]), limit: limit.clone() });
    }
    if all.is_empty() {
        all.push(Rule { peers, ports: None, limit });
    }
    all
}

/// Whom a rule means; `None` where it does not say, which is everyone.
fn peers(part: Part<'_>, side: &str, home: Option<u32>) -> Option<Vec<Peer>> {
    let list = |name: &str| part.list(&format!("{side}{name}"));
    let mut all: Option<Vec<Peer>> = None;
    let mut add = |peers: Option<Vec<Peer>>| {
        if let Some(peers) = peers {
            all.get_or_insert_default().extend(peers);
        }
    };
    let endpoint = |selector: Part<'_>| Peer::Pods(peer_pods(selector, home));
    add(list("Endpoints").map(|list| list.into_iter().map(endpoint).collect()));
    add(list("Entities").map(|list| list.into_iter().map(|word| entity(word.text().unwrap_or_default())).collect()));
    let block =
        |text: Option<&str>, except: Vec<Arc<str>>| Peer::Block(Block { outside: true, ..Block::read(text, except) });
    add(list("CIDR").map(|list| list.into_iter().map(|cidr| block(cidr.text(), Vec::new())).collect()));
    let set = |part: Part<'_>| {
        let except = part.list("except").unwrap_or_default();
        let except = except.into_iter().map(|one| one.text().unwrap_or_default().into()).collect();
        match part.get("cidr") {
            Some(cidr) => block(cidr.text(), except),
            None => Peer::Names("a group of addresses".into()),
        }
    };
    add(list("CIDRSet").map(|list| list.into_iter().map(set).collect()));
    let name = |part: Part<'_>| {
        let name = part.text_of("matchName").or_else(|| part.text_of("matchPattern")).unwrap_or("(no name)");
        Peer::Names(name.into())
    };
    add(list("FQDNs").map(|list| list.into_iter().map(name).collect()));
    let services = "Services of Kubernetes stand for addresses that Cilium looks up";
    add(list("Services").map(|list| list.into_iter().map(|_| Peer::Unknown(services.into())).collect()));
    add(list("Groups").map(|list| list.into_iter().map(|_| Peer::Names("a group of the cloud".into())).collect()));
    add(list("Nodes").map(|list| list.into_iter().map(|_| Peer::Elsewhere).collect()));
    all
}

fn entity(word: &str) -> Peer {
    match word {
        "all" => Peer::All,
        "cluster" => Peer::Cluster,
        "world" => Peer::World,
        "world-ipv4" => Peer::Names("IPv4 addresses".into()),
        "world-ipv6" => Peer::Names("IPv6 addresses".into()),
        "host" | "remote-node" | "kube-apiserver" | "health" | "ingress" | "none" => Peer::Elsewhere,
        _ => Peer::Unknown(format!("which pods the entity `{word}` means is known to Cilium").into()),
    }
}

fn port(part: Part<'_>) -> RulePort {
    let word = part.text_of("protocol").unwrap_or("ANY").to_ascii_uppercase();
    let protocol = Protocol::of(&word);
    if matches!(word.as_str(), "ICMP" | "ICMPV6") {
        return RulePort { protocol: None, port: RulePorts::Others };
    }
    if protocol.is_none() && word != "ANY" {
        return RulePort { protocol, port: RulePorts::Broken };
    }
    let number = |key: &str| part.get(key).and_then(Part::scalar).map(str::parse::<u16>);
    let ports = match (number("port"), number("endPort")) {
        (None | Some(Ok(0)), _) => RulePorts::All,
        (Some(Ok(first)), None | Some(Ok(0))) => RulePorts::Range(first, first),
        (Some(Ok(first)), Some(Ok(last))) if first <= last => RulePorts::Range(first, last),
        (Some(Err(_)), None) => match part.text_of("port") {
            Some(name) if name.parse::<u64>().is_err() => RulePorts::Named(name.into()),
            _ => RulePorts::Broken,
        },
        _ => RulePorts::Broken,
    };
    RulePort { protocol, port: ports }
}
