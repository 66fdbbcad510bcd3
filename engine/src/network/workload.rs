//! Workloads as the network sees them: the labels of their pods and namespace, and their ports.

use super::labels::{Labels, NAMESPACE_NAME, Unknown};
use super::ports::Protocol;
use super::read::Part;
use crate::world::{Namespace, Object, World};
use std::sync::Arc;

/// What makes pods, or is one.
#[derive(Clone, Debug)]
pub struct Workload {
    /// `Deployment shop/web`; without namespace where the object names none.
    pub title: Arc<str>,
    /// As written.
    pub kind: Arc<str>,
    /// Its namespace, `(unset)` where the object names none.
    pub namespace: Arc<str>,
    /// `metadata.name`, or `metadata.generateName` with a `*`.
    pub name: Arc<str>,
    /// The file that it stands in.
    pub file: Arc<str>,
    /// Whether its pods share the network of their nodes: policies may not concern them.
    pub host_network: bool,
    /// Place of the object in the world.
    pub(super) object: u32,
    pub(super) labels: Labels,
    pub(super) home: Arc<Home>,
    pub(super) ports: Vec<ContainerPort>,
}

/// A namespace and its labels.
#[derive(Clone, Debug)]
pub(super) struct Home {
    /// Place in [`World::namespaces`].
    pub(super) id: u32,
    /// `None` where objects name none.
    pub(super) name: Option<Arc<str>>,
    pub(super) labels: Labels,
}

/// A port that a container declares.
#[derive(Clone, Debug)]
pub(super) struct ContainerPort {
    pub(super) name: Option<Arc<str>>,
    /// `None` for a word that is none.
    pub(super) protocol: Option<Protocol>,
    /// `None` where it is no port.
    pub(super) number: Option<u16>,
}

/// All workloads of a world, in the order of their namespaces' names, kinds and names.
pub(super) fn all(world: &World, notes: &mut Vec<String>) -> Vec<Workload> {
    let homes: Vec<Arc<Home>> =
        (0..).zip(world.namespaces()).map(|(id, namespace)| Arc::new(home(world, id, namespace))).collect();
    let mut partial = 0;
    let mut all: Vec<Workload> = Vec::new();
    for (id, object) in (0..).zip(world.objects()) {
        let files = world.files();
        let kind = object.kind(files);
        let Some(template) = template(Part::of(world, object), object.group(files), kind) else { continue };
        if world.is_partial(object) {
            partial += 1;
            continue;
        }
        let Some(home) = object.namespace.and_then(|id| homes.get(id as usize)) else { continue };
        all.push(Workload { object: id, ..workload(world, object, kind, template, home) });
    }
    if partial > 0 {
        notes.push(format!(
            "{} not taken for workloads: they belong to kustomizations",
            super::count(partial, "patch", "patches")
        ));
    }
    if all.iter().any(|workload| workload.home.name.is_none()) {
        notes.push(
            "objects that name no namespace are taken to share one of their own; `--namespace` says which".to_owned(),
        );
    }
    all.sort_by(|a, b| (&a.namespace, &a.kind, &a.name, &a.file).cmp(&(&b.namespace, &b.kind, &b.name, &b.file)));
    all
}

/// The pod that an object makes: its metadata and its specification. Nothing for other kinds.
fn template<'w>(object: Part<'w>, group: &str, kind: &str) -> Option<(Option<Part<'w>>, Option<Part<'w>>)> {
    let of = |template: Option<Part<'w>>| {
        (template.and_then(|template| template.get("metadata")), template.and_then(|template| template.get("spec")))
    };
    Some(match (group, kind) {
        ("", "Pod") => of(Some(object)),
        ("", "PodTemplate") => return None,
        ("batch", "CronJob") => of(object.path(&["spec", "jobTemplate", "spec", "template"])),
        ("apps" | "extensions", "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet")
        | ("", "ReplicationController")
        | ("batch", "Job")
        | ("apps.openshift.io" | "", "DeploymentConfig") => of(object.path(&["spec", "template"])),
        _ => return None,
    })
}

fn workload(
    world: &World,
    object: &Object,
    kind: &str,
    (metadata, spec): (Option<Part<'_>>, Option<Part<'_>>),
    home: &Arc<Home>,
) -> Workload {
    let written = Part::of(world, object).get("metadata");
    let name = written.and_then(|metadata| metadata.text_of("name")).map(str::to_owned);
    let generated = || written.and_then(|metadata| metadata.text_of("generateName")).map(|name| format!("{name}*"));
    let name = name.or_else(generated).unwrap_or_else(|| "(unnamed)".to_owned());
    let unknown = if kind == "Pod" { Unknown::None } else { Unknown::OfControllers };
    let title = match &home.name {
        Some(namespace) => format!("{kind} {namespace}/{name}"),
        None => format!("{kind} {name}"),
    };
    Workload {
        title: title.into(),
        kind: kind.into(),
        namespace: world.namespaces()[home.id as usize].name.as_ref().into(),
        name: name.into(),
        file: Arc::clone(&world.file_of(object).name),
        host_network: spec.and_then(|spec| spec.flag("hostNetwork")) == Some(true),
        object: 0,
        labels: Labels::read(metadata.and_then(|metadata| metadata.get("labels")), unknown),
        home: Arc::clone(home),
        ports: spec.map(ports).unwrap_or_default(),
    }
}

// Sidecars among the init containers listen as long as the others.
fn ports(spec: Part<'_>) -> Vec<ContainerPort> {
    let containers = ["containers", "initContainers"].into_iter().flat_map(|key| spec.list(key).unwrap_or_default());
    let ports = containers.flat_map(|container| container.list("ports").unwrap_or_default());
    ports
        .map(|port| ContainerPort {
            name: port.text_of("name").map(Arc::from),
            protocol: port
                .get("protocol")
                .map_or(Some(Protocol::Tcp), |word| Protocol::of(word.text().unwrap_or_default())),
            number: port.get("containerPort").and_then(|port| port.scalar()?.parse().ok()),
        })
        .collect()
}

fn home(world: &World, id: u32, namespace: &Namespace) -> Home {
    let unset = namespace.mentioned.is_some_and(|(_, node)| node.is_none())
        && world.options().default_namespace.is_none()
        && namespace.declared.is_none();
    let name: Option<Arc<str>> = (!unset).then(|| namespace.name.as_ref().into());
    let declared = namespace.declared.and_then(|object| world.objects().get(object as usize));
    let unknown = match (declared, &name) {
        (Some(_), _) => Unknown::None,
        (None, Some(name)) => {
            Unknown::Any(format!("the namespace `{name}` is not among the inputs, and neither are its labels").into())
        }
        (None, None) => Unknown::Any("objects that name no namespace may go to any".into()),
    };
    let written = declared.and_then(|object| Part::of(world, object).path(&["metadata", "labels"]));
    let mut labels = Labels::read(written, unknown);
    if let Some(name) = &name {
        labels.known.insert(NAMESPACE_NAME.into(), Some(Arc::clone(name)));
    }
    Home { id, name, labels }
}
