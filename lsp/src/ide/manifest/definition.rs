//! From a reference in a manifest to what it names.

use super::objects::{Object, node_at, of_file, text_at, that_mention};
use super::path::{At, at};
use crate::ide::File;
use crate::ide::policy::Place;
use crate::ide::snapshot::Files;
use policyc_engine::yaml::{Kind, NodeId, Tree};
use std::sync::Arc;

/// Fields that name an object of a kind: the last keys of the path, and the kind.
const REFERENCES: &[(&[&str], &str)] = &[
    (&["configMapKeyRef", "name"], "ConfigMap"),
    (&["configMapRef", "name"], "ConfigMap"),
    (&["configMap", "name"], "ConfigMap"),
    (&["secretKeyRef", "name"], "Secret"),
    (&["secretRef", "name"], "Secret"),
    (&["secret", "name"], "Secret"),
    (&["secret", "secretName"], "Secret"),
    (&["tls", "secretName"], "Secret"),
    (&["imagePullSecrets", "name"], "Secret"),
    (&["spec", "serviceAccountName"], "ServiceAccount"),
    (&["spec", "serviceAccount"], "ServiceAccount"),
    (&["persistentVolumeClaim", "claimName"], "PersistentVolumeClaim"),
    (&["backend", "serviceName"], "Service"),
    (&["service", "name"], "Service"),
    (&["spec", "serviceName"], "Service"),
    (&["spec", "storageClassName"], "StorageClass"),
    (&["spec", "priorityClassName"], "PriorityClass"),
    (&["spec", "ingressClassName"], "IngressClass"),
    (&["spec", "runtimeClassName"], "RuntimeClass"),
    (&["metadata", "namespace"], "Namespace"),
];

/// References that say the kind themselves.
const TYPED: &[&str] =
    &["roleRef", "subjects", "scaleTargetRef", "targetRef", "issuerRef", "parentRefs", "backendRefs"];

/// Kinds that make pods, with the way to the labels of those.
const WORKLOADS: &[(&str, &[&str])] = &[
    ("Pod", &["metadata", "labels"]),
    ("Deployment", &["spec", "template", "metadata", "labels"]),
    ("StatefulSet", &["spec", "template", "metadata", "labels"]),
    ("DaemonSet", &["spec", "template", "metadata", "labels"]),
    ("ReplicaSet", &["spec", "template", "metadata", "labels"]),
    ("ReplicationController", &["spec", "template", "metadata", "labels"]),
    ("Job", &["spec", "template", "metadata", "labels"]),
    ("CronJob", &["spec", "jobTemplate", "spec", "template", "metadata", "labels"]),
];

/// Selectors of pods, by the kind of the object and the way to the labels.
const SELECTORS: &[(&str, &[&str])] = &[
    ("Service", &["spec", "selector"]),
    ("NetworkPolicy", &["spec", "podSelector", "matchLabels"]),
    ("PodDisruptionBudget", &["spec", "selector", "matchLabels"]),
    ("PodMonitor", &["spec", "selector", "matchLabels"]),
];

/// What the node at a byte offset names.
pub(crate) fn definition(files: &Files, file: &Arc<File>, default: Option<&str>, offset: u32) -> Vec<Place> {
    let tree = file.tree();
    let Some(place) = at(tree, offset) else { return Vec::new() };
    if tree.kind(place.node) == Kind::Alias {
        let span = tree.span(tree.resolve(place.node));
        return vec![Place { file: Arc::clone(file), span }];
    }
    let own = of_file(file, default).into_iter().find(|object| object.node == place.object);
    let Some(own) = own else { return Vec::new() };
    let search = Search { files, default, own: &own };
    search.selected(tree, &place).or_else(|| search.key(tree, &place)).unwrap_or_else(|| search.named(tree, &place))
}

struct Search<'s> {
    files: &'s Files,
    default: Option<&'s str>,
    /// The object that the reference stands in.
    own: &'s Object,
}

impl Search<'_> {
    /// The objects of a kind and name that an object in this namespace means by them.
    fn find(&self, kind: &str, name: &str, namespace: Option<&str>) -> Vec<Object> {
        let namespace = namespace.or(self.own.namespace.as_deref());
        let mut found = that_mention(self.files, kind, self.default);
        found.retain(|object| {
            let reachable =
                object.namespace.is_none() || namespace.is_none() || object.namespace.as_deref() == namespace;
            object.kind == kind && object.name == name && reachable
        });
        found
    }

    /// The workloads that a selector selects.
    fn selected(&self, tree: &Tree, place: &At) -> Option<Vec<Place>> {
        let keys = place.keys();
        let (_, path) = SELECTORS.iter().find(|(kind, path)| *kind == self.own.kind && keys.starts_with(path))?;
        let selector = node_at(tree, place.object, path)?;
        let wanted: Vec<(&str, &str)> =
            tree.entries(selector).map(|entry| (tree.key_text(entry.value), tree.text(entry.value))).collect();
        if wanted.is_empty() {
            return None;
        }
        let mut places = Vec::new();
        for (kind, path) in WORKLOADS {
            let workloads = that_mention(self.files, kind, self.default);
            let same = workloads.iter().filter(|found| found.kind == *kind && found.namespace == self.own.namespace);
            let chosen = same.filter(|found| carries(found.file.tree(), found.node, path, &wanted));
            places.extend(chosen.map(place_of));
        }
        Some(places)
    }

    /// The entry of a ConfigMap or Secret that a reference to a key means.
    fn key(&self, tree: &Tree, place: &At) -> Option<Vec<Place>> {
        let kind = match place.keys().as_slice() {
            [.., "configMapKeyRef", "key"] => "ConfigMap",
            [.., "secretKeyRef", "key"] => "Secret",
            _ => return None,
        };
        let reference = *place.above.last()?;
        let name = text_at(tree, reference, &["name"])?;
        let key = tree.text(place.node);
        let entry = |object: &Object| {
            let tree = object.file.tree();
            let maps = ["data", "stringData", "binaryData"];
            let found = maps.iter().find_map(|map| tree.get_text(node_at(tree, object.node, &[map])?, key));
            let span = found.and_then(|found| tree.key_span(found)).unwrap_or_else(|| object.name_span());
            Place { file: Arc::clone(&object.file), span }
        };
        Some(self.find(kind, name, None).iter().map(entry).collect())
    }

    /// The object that a name names.
    fn named(&self, tree: &Tree, place: &At) -> Vec<Place> {
        let keys = place.keys();
        let name = tree.text(place.node);
        if let Some((_, kind)) = REFERENCES.iter().find(|(path, _)| keys.ends_with(path)) {
            return self.find(kind, name, None).iter().map(place_of).collect();
        }
        let typed = keys.len().checked_sub(2).and_then(|at| keys.get(at)).is_some_and(|key| TYPED.contains(key));
        let Some(reference) = place.above.last().filter(|_| typed && keys.last() == Some(&"name")) else {
            return Vec::new();
        };
        let kind = text_at(tree, *reference, &["kind"]).unwrap_or("Service");
        let namespace = text_at(tree, *reference, &["namespace"]);
        self.find(kind, name, namespace).iter().map(place_of).collect()
    }
}

fn place_of(object: &Object) -> Place {
    Place { file: Arc::clone(&object.file), span: object.name_span() }
}

/// Whether the labels at a path hold all of these.
fn carries(tree: &Tree, object: NodeId, path: &[&str], wanted: &[(&str, &str)]) -> bool {
    node_at(tree, object, path).is_some_and(|labels| {
        wanted.iter().all(|(key, value)| tree.get_text(labels, key).is_some_and(|found| tree.text(found) == *value))
    })
}
