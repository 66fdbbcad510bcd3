//! `grants`: whether a rule of a role allows a verb on a resource. Names of single resources are not looked at.

use super::super::machine::Evaluator;
use super::super::truth::Truth;
use super::super::value::{Data, Unknown, Value};

impl<'a> Evaluator<'a> {
    /// Source: `VerbMatches`, `APIGroupMatches` and `ResourceMatches` of `k8s.io/kubernetes/pkg/apis/rbac/v1`. The
    /// resource is written as for kubectl: `deployments.apps/scale`; the groups of built-in resources are known.
    pub(super) fn grants(&mut self, rule: &Value<'a>, verb: &Value<'a>, resource: &Value<'a>) -> Truth {
        for value in [rule, verb, resource] {
            match &value.data {
                Data::Absent => return Truth::False,
                Data::Unknown(unknown) => return Truth::Unknown(unknown.clone()),
                _ => {}
            }
        }
        let (Some(verb), Some(resource)) = (verb.as_str(), resource.as_str()) else {
            return Truth::Unknown(Unknown::new("a verb and a resource are texts"));
        };
        let wanted = wanted_resource(resource);
        let verbs = self.entry(rule, "verbs");
        let acc = self.any_text(&verbs, |text| text == "*" || text == verb);
        if acc == Truth::False {
            return acc;
        }
        let groups = self.entry(rule, "apiGroups");
        let acc = acc.and(self.any_text(&groups, |text| text == "*" || wanted.group.is_none_or(|group| group == text)));
        if acc == Truth::False {
            return acc;
        }
        let resources = self.entry(rule, "resources");
        acc.and(
            self.any_text(&resources, |text| {
                text == "*" || text == wanted.full || Some(text) == wanted.any_of.as_deref()
            }),
        )
    }

    fn any_text(&mut self, list: &Value<'a>, holds: impl Fn(&str) -> bool) -> Truth {
        let (mut elements, incomplete) = match self.elements(list) {
            Ok(elements) => elements,
            Err(unknown) => return Truth::Unknown(unknown),
        };
        let mut acc = Self::not_found(incomplete);
        while let Some(item) = elements.next_item(self) {
            if !self.fuel.step() {
                return Truth::of(&self.out_of_fuel());
            }
            acc = acc.or(match (&item.data, item.as_str()) {
                (_, Some(text)) => holds(text).into(),
                (Data::Unknown(unknown), _) => Truth::Unknown(unknown.clone()),
                _ => Truth::False,
            });
            if acc == Truth::True {
                break;
            }
        }
        acc
    }
}

/// A resource as rules of roles name it.
pub(in crate::eval) struct WantedResource<'r> {
    /// Its group; `None` where any will do.
    pub(in crate::eval) group: Option<&'r str>,
    /// `deployments/scale`.
    pub(in crate::eval) full: String,
    /// `*/scale`.
    pub(in crate::eval) any_of: Option<String>,
}

/// From a resource as it is written for kubectl.
pub(in crate::eval) fn wanted_resource(resource: &str) -> WantedResource<'_> {
    let (name, sub) = resource.split_once('/').map_or((resource, None), |(name, sub)| (name, Some(sub)));
    let (name, group) = match name.split_once('.') {
        Some((name, group)) => (name, Some(group)),
        None => (name, group_of(name)),
    };
    let full = sub.map_or_else(|| name.to_owned(), |sub| format!("{name}/{sub}"));
    WantedResource { group, full, any_of: sub.map(|sub| format!("*/{sub}")) }
}

/// The API group of a built-in resource of Kubernetes 1.37; `None` for others, which match in any group.
fn group_of(resource: &str) -> Option<&'static str> {
    Some(match resource {
        "bindings"
        | "configmaps"
        | "endpoints"
        | "events"
        | "limitranges"
        | "namespaces"
        | "nodes"
        | "persistentvolumeclaims"
        | "persistentvolumes"
        | "pods"
        | "podtemplates"
        | "replicationcontrollers"
        | "resourcequotas"
        | "secrets"
        | "serviceaccounts"
        | "services"
        | "users"
        | "groups" => "",
        "controllerrevisions" | "daemonsets" | "deployments" | "replicasets" | "statefulsets" => "apps",
        "cronjobs" | "jobs" => "batch",
        "horizontalpodautoscalers" => "autoscaling",
        "ingresses" | "ingressclasses" | "networkpolicies" | "ipaddresses" | "servicecidrs" => "networking.k8s.io",
        "poddisruptionbudgets" | "podsecuritypolicies" => "policy",
        "clusterrolebindings" | "clusterroles" | "rolebindings" | "roles" => "rbac.authorization.k8s.io",
        "storageclasses" | "csidrivers" | "csinodes" | "csistoragecapacities" | "volumeattachments" => "storage.k8s.io",
        "mutatingwebhookconfigurations"
        | "validatingwebhookconfigurations"
        | "validatingadmissionpolicies"
        | "validatingadmissionpolicybindings"
        | "mutatingadmissionpolicies"
        | "mutatingadmissionpolicybindings" => "admissionregistration.k8s.io",
        "customresourcedefinitions" => "apiextensions.k8s.io",
        "apiservices" => "apiregistration.k8s.io",
        "tokenreviews" | "selfsubjectreviews" => "authentication.k8s.io",
        "localsubjectaccessreviews"
        | "selfsubjectaccessreviews"
        | "selfsubjectrulesreviews"
        | "subjectaccessreviews" => "authorization.k8s.io",
        "certificatesigningrequests" | "signers" | "clustertrustbundles" => "certificates.k8s.io",
        "leases" => "coordination.k8s.io",
        "endpointslices" => "discovery.k8s.io",
        "flowschemas" | "prioritylevelconfigurations" => "flowcontrol.apiserver.k8s.io",
        "runtimeclasses" => "node.k8s.io",
        "priorityclasses" => "scheduling.k8s.io",
        _ => return None,
    })
}
