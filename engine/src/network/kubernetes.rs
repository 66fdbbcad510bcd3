//! NetworkPolicies of Kubernetes (`networking.k8s.io/v1`).

use super::labels::Selector;
use super::policy::{Block, Homes, Peer, Pods, Policy, Rule, Rules};
use super::ports::{Protocol, RulePort, RulePorts};
use super::read::Part;
use crate::world::{Object, World};
use std::sync::Arc;

/// All NetworkPolicies of a world.
pub(super) fn policies(world: &World, notes: &mut Vec<String>) -> Vec<Policy> {
    let (mut all, mut partial, mut foreign) = (Vec::new(), 0, Vec::new());
    for id in world.of_kind("NetworkPolicy").iter().copied() {
        let Some(object) = world.objects().get(id as usize) else { continue };
        match object.group(world.files()) {
            "networking.k8s.io" | "extensions" if world.is_partial(object) => partial += 1,
            "networking.k8s.io" | "extensions" => all.extend(policy(world, id, object)),
            group => foreign.push(format!("NetworkPolicy of `{group}`")),
        }
    }
    for kind in ["AdminNetworkPolicy", "BaselineAdminNetworkPolicy", "ClusterNetworkPolicy", "GlobalNetworkPolicy"] {
        foreign.extend(world.of_kind(kind).iter().map(|_| kind.to_owned()));
    }
    if partial > 0 {
        notes.push(format!(
            "{} not read: what network policies they change is not known",
            super::count(partial, "patch", "patches")
        ));
    }
    foreign.sort_unstable();
    foreign.dedup();
    if !foreign.is_empty() {
        let kinds = foreign.join(", ");
        notes.push(format!("policies of other kinds are not read, and may allow or deny more: {kinds}"));
    }
    all
}

fn policy(world: &World, id: u32, object: &Object) -> Option<Policy> {
    let part = Part::of(world, object);
    let (home, spec) = (object.namespace?, part.get("spec"));
    let selector = spec.and_then(|spec| spec.get("podSelector"));
    let types = spec.and_then(|spec| spec.list("policyTypes"));
    let egress = spec.and_then(|spec| spec.list("egress")).unwrap_or_default();
    let concerned = |direction: &str| match &types {
        Some(types) if !types.is_empty() => types.iter().any(|word| word.text() == Some(direction)),
        // Without types a policy is for ingress, and for egress if it has rules for that.
        _ => direction == "Ingress" || !egress.is_empty(),
    };
    let ingress = spec.and_then(|spec| spec.list("ingress")).unwrap_or_default();
    Some(Policy {
        object: id,
        title: title(world, object),
        subjects: Pods {
            home: Homes::One(home),
            pods: selector.map(Selector::read).unwrap_or_default(),
            cilium: false,
        },
        ingress: rules(concerned("Ingress"), &ingress, "from", home),
        egress: rules(concerned("Egress"), &egress, "to", home),
    })
}

/// `NetworkPolicy shop/deny`.
pub(super) fn title(world: &World, object: &Object) -> Arc<str> {
    let (kind, name) = (object.kind(world.files()), object.name(world.files()).unwrap_or("(unnamed)"));
    match object.written_namespace(world.files()) {
        Some(namespace) => format!("{kind} {namespace}/{name}").into(),
        None => format!("{kind} {name}").into(),
    }
}

fn rules(concerned: bool, rules: &[Part<'_>], peers: &str, home: u32) -> Rules {
    let rule = |rule: &Part<'_>| {
        let peers = rule.list(peers).filter(|peers| !peers.is_empty());
        let ports = rule.list("ports").filter(|ports| !ports.is_empty());
        Rule {
            peers: peers.map(|peers| peers.into_iter().map(|part| peer(part, home)).collect()),
            ports: ports.map(|ports| ports.into_iter().map(port).collect()),
            limit: None,
        }
    };
    let allow = if concerned { rules.iter().map(rule).collect() } else { Vec::new() };
    Rules { concerned, isolates: concerned, allow, deny: Vec::new() }
}

fn peer(part: Part<'_>, home: u32) -> Peer {
    let (pods, namespaces, block) = (part.get("podSelector"), part.get("namespaceSelector"), part.get("ipBlock"));
    match (pods, namespaces, block) {
        (None, None, Some(block)) => {
            let except = block.list("except").unwrap_or_default();
            let except = except.into_iter().map(|one| one.text().unwrap_or_default().into()).collect();
            Peer::Block(Block::read(block.text_of("cidr"), except))
        }
        (None, None, None) => Peer::Unknown("a peer names nobody, which Kubernetes refuses".into()),
        (_, _, Some(_)) => Peer::Unknown("a peer names addresses and pods at once, which Kubernetes refuses".into()),
        (pods, namespaces, None) => Peer::Pods(Pods {
            home: namespaces.map_or(Homes::One(home), |selector| Homes::Labelled(Selector::read(selector))),
            pods: pods.map(Selector::read).unwrap_or_default(),
            cilium: false,
        }),
    }
}

fn port(part: Part<'_>) -> RulePort {
    let protocol = match part.get("protocol") {
        None => Some(Protocol::Tcp),
        Some(word) => Protocol::of(word.text().unwrap_or_default()),
    };
    let number = |part: Part<'_>| part.text().is_none().then(|| part.scalar()?.parse::<u16>().ok()).flatten();
    let ports = match (part.get("port"), part.get("endPort")) {
        _ if protocol.is_none() => RulePorts::Broken,
        (None, None) => RulePorts::All,
        (Some(port), None) => match (port.text(), number(port)) {
            (Some(name), _) => RulePorts::Named(name.into()),
            (None, Some(number)) => RulePorts::Range(number, number),
            (None, None) => RulePorts::Broken,
        },
        (Some(port), Some(end)) => match (number(port), number(end)) {
            (Some(first), Some(last)) if first <= last => RulePorts::Range(first, last),
            _ => RulePorts::Broken,
        },
        (None, Some(_)) => RulePorts::Broken,
    };
    RulePort { protocol, port: ports }
}
