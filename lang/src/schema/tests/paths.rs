//! What real paths hold, in several versions.

use super::{Expect, definition, describe, kubernetes, tell};
use crate::schema::overlay::{OVERLAY, Refined};
use crate::schema::{KubernetesVersion, Schema, TypeRef, Types};

#[test]
fn fields_along_paths() {
    let types = kubernetes("1.36");
    let mut expect = Expect::default();
    for (kind, path, expected) in [
        ("apps/v1/Deployment", "apiVersion", "String"),
        ("apps/v1/Deployment", "metadata", "ObjectMeta"),
        ("apps/v1/Deployment", "metadata.labels", "map of String"),
        ("apps/v1/Deployment", "metadata.creationTimestamp", "Time"),
        ("apps/v1/Deployment", "spec.replicas", "Integer"),
        ("apps/v1/Deployment", "spec.selector", "LabelSelector, required"),
        ("apps/v1/Deployment", "spec.strategy.type", "Recreate|RollingUpdate"),
        ("apps/v1/Deployment", "spec.strategy.rollingUpdate.maxSurge", "IntOrString"),
        ("apps/v1/Deployment", "spec.template.spec.containers", "list of Container by name, required"),
        ("apps/v1/Deployment", "spec.template.spec.containers[].name", "String, required"),
        ("apps/v1/Deployment", "spec.template.spec.containers[].image", "Image"),
        ("apps/v1/Deployment", "spec.template.spec.containers[].imagePullPolicy", "Always|IfNotPresent|Never"),
        ("apps/v1/Deployment", "spec.template.spec.containers[].securityContext.privileged", "Bool"),
        ("apps/v1/Deployment", "spec.template.spec.containers[].resources.limits", "map of Quantity"),
        (
            "apps/v1/Deployment",
            "spec.template.spec.containers[].ports",
            "list of ContainerPort by containerPort+protocol",
        ),
        ("apps/v1/Deployment", "spec.template.spec.containers[].env", "list of EnvVar by name"),
        ("apps/v1/Deployment", "spec.template.spec.containers[].volumeMounts", "list of VolumeMount by mountPath"),
        ("apps/v1/Deployment", "spec.template.spec.containers[].livenessProbe.httpGet.port", "IntOrString, required"),
        ("apps/v1/Deployment", "spec.template.spec.tolerations", "list of Toleration"),
        ("apps/v1/Deployment", "spec.template.spec.volumes[].hostPath.path", "String, required"),
        ("apps/v1/Deployment", "spec.template.spec.nope", "no field `nope`"),
        ("apps/v1/Deployment", "Spec", "no field `Spec`"),
        ("v1/Service", "spec.ports", "list of ServicePort by port+protocol"),
        ("v1/Service", "spec.ports[].targetPort", "IntOrString"),
        ("v1/Secret", "data", "map of Bytes"),
        ("v1/Pod", "spec.hostUsers", "Bool, since 1.25"),
        ("v1/Pod", "spec.securityContext.seccompProfile.type", "Localhost|RuntimeDefault|Unconfined, required"),
        ("networking.k8s.io/v1/NetworkPolicy", "spec.policyTypes", "list of Egress|Ingress"),
        (
            "apiextensions.k8s.io/v1/CustomResourceDefinition",
            "spec.versions[].schema.openAPIV3Schema.default",
            "Dynamic",
        ),
        ("coordination.k8s.io/v1/Lease", "spec.renewTime", "MicroTime"),
        // Groups that 1.36 no longer serves, as their last version had them.
        ("extensions/v1beta1/Ingress", "spec.rules[].http.paths[].backend.servicePort", "IntOrString"),
        ("extensions/v1beta1/Deployment", "spec.template.spec.hostUsers", "Bool, since 1.25"),
        ("extensions/v1beta1/Deployment", "spec.rollbackTo", "RollbackConfig"),
        ("apps/v1beta2/StatefulSet", "spec.serviceName", "String, required"),
        ("batch/v1beta1/CronJob", "spec.jobTemplate.spec.template.spec.containers[].image", "Image"),
        ("policy/v1beta1/PodSecurityPolicy", "spec.privileged", "Bool"),
        // Configuration files.
        ("kubelet.config.k8s.io/v1beta1/KubeletConfiguration", "authentication.anonymous.enabled", "Bool"),
        ("kubelet.config.k8s.io/v1beta1/KubeletConfiguration", "authorization.mode", "AlwaysAllow|Webhook"),
        ("kubelet.config.k8s.io/v1beta1/KubeletConfiguration", "streamingConnectionIdleTimeout", "Duration"),
        ("kubelet.config.k8s.io/v1beta1/KubeletConfiguration", "readOnlyPort", "Integer"),
        ("kubelet.config.k8s.io/v1beta1/KubeletConfiguration", "tlsCipherSuites", "list of String"),
        ("kubelet.config.k8s.io/v1beta1/KubeletConfiguration", "registerWithTaints", "list of Taint"),
        ("kubelet.config.k8s.io/v1beta1/KubeletConfiguration", "/*", "no field `/*`"),
        ("kubelet.config.k8s.io/v1beta1/KubeletConfiguration", "logging.verbosity", "Integer"),
        ("kubelet.config.k8s.io/v1beta1/KubeletConfiguration", "tracing.endpoint", "String"),
        ("kubeadm.k8s.io/v1beta4/InitConfiguration", "bootstrapTokens[].ttl", "Duration"),
        ("kubeadm.k8s.io/v1beta4/InitConfiguration", "bootstrapTokens[].token", "String"),
        ("apiserver.k8s.io/v1beta1/EgressSelectorConfiguration", "egressSelections[].name", "String"),
        ("kubelet.config.k8s.io/v1beta1/KubeletConfiguration", "apiVersion", "String"),
        ("audit.k8s.io/v1/Policy", "rules[].level", "Metadata|None|Request|RequestResponse"),
        (
            "apiserver.config.k8s.io/v1/EncryptionConfiguration",
            "resources[].providers[].aescbc.keys[].secret",
            "String",
        ),
        ("apiserver.config.k8s.io/v1/AdmissionConfiguration", "plugins[].configuration", "Dynamic"),
        (
            "pod-security.admission.config.k8s.io/v1/PodSecurityConfiguration",
            "defaults.enforce",
            "baseline|privileged|restricted",
        ),
        ("kubeadm.k8s.io/v1beta4/ClusterConfiguration", "apiServer.extraArgs[].name", "String"),
    ] {
        expect.that(describe(&types, kind, path), expected, &format!("{kind} {path}"));
    }
    expect.all();
}

#[test]
fn versions_differ() {
    let mut expect = Expect::default();
    for (version, kind, path, expected) in [
        ("1.24", "v1/Pod", "spec.hostUsers", "no field `hostUsers`"),
        ("1.25", "v1/Pod", "spec.hostUsers", "Bool, since 1.25"),
        ("1.21", "extensions/v1beta1/Ingress", "spec.backend.serviceName", "String"),
        ("1.15", "networking.k8s.io/v1/Ingress", "spec.ingressClassName", "String"),
        ("1.15", "v1/Pod", "spec.containers", "list of Container by name, required"),
    ] {
        expect.that(describe(&kubernetes(version), kind, path), expected, &format!("{version} {kind} {path}"));
    }
    expect.all();
    let old = kubernetes("1.24");
    let any = old.field_of_any_version(definition(&old, "PodSpec"), "hostUsers").unwrap();
    assert_eq!((any.ty, any.since), (TypeRef::Bool, "1.25".parse().ok()));
}

#[test]
fn kinds_come_in_the_order_of_preference() {
    let mut expect = Expect::default();
    for (version, name, expected) in [
        ("1.36", "Deployment", "apps/v1 | apps/v1beta2 -1.16, apps/v1beta1 -1.16, extensions/v1beta1 -1.16"),
        ("1.15", "Ingress", "extensions/v1beta1 -1.22, networking.k8s.io/v1beta1 -1.22 | networking.k8s.io/v1 +1.19"),
        ("1.36", "Ingress", "networking.k8s.io/v1 +1.19 | extensions/v1beta1 -1.22, networking.k8s.io/v1beta1 -1.22"),
        ("1.36", "CronJob", "batch/v1 +1.21 | batch/v1beta1 -1.25, batch/v2alpha1 -1.21"),
        ("1.36", "Pod", "v1 | "),
        ("1.36", "PodSecurityPolicy", " | extensions/v1beta1 -1.16, policy/v1beta1 -1.25"),
        ("1.36", "KubeletConfiguration", "kubelet.config.k8s.io/v1beta1 | "),
        ("1.36", "Nothing", " | "),
    ] {
        let types = kubernetes(version);
        let kinds = types.kinds_named(name);
        let tell = |served: bool| {
            let told = kinds.iter().filter(|kind| kind.served == served).map(|kind| {
                let since = kind.since.map_or(String::new(), |since| format!(" +{since}"));
                let removed = kind.removed_in.map_or(String::new(), |removed| format!(" -{removed}"));
                format!("{}{since}{removed}", kind.api_version())
            });
            told.collect::<Vec<_>>().join(", ")
        };
        expect.that(format!("{} | {}", tell(true), tell(false)), expected, &format!("{version} {name}"));
        assert!(kinds.is_sorted_by_key(|kind| !kind.served));
    }
    expect.all();
}

#[test]
fn kinds_know_their_resource_and_scope() {
    for (kind, expected) in [
        (("", "v1", "Pod"), (Some("pods"), true)),
        (("", "v1", "Namespace"), (Some("namespaces"), false)),
        (("", "v1", "Endpoints"), (Some("endpoints"), true)),
        (("rbac.authorization.k8s.io", "v1", "ClusterRole"), (Some("clusterroles"), false)),
        (("rbac.authorization.k8s.io", "v1", "Role"), (Some("roles"), true)),
        (("networking.k8s.io", "v1", "NetworkPolicy"), (Some("networkpolicies"), true)),
        (("policy", "v1beta1", "PodSecurityPolicy"), (Some("podsecuritypolicies"), false)),
        (("policy", "v1", "Eviction"), (None, true)),
        (("audit.k8s.io", "v1", "Policy"), (None, false)),
    ] {
        let found = Schema::newest().kind(kind.0, kind.1, kind.2).unwrap();
        assert_eq!((found.resource, found.namespaced), expected, "{kind:?}");
    }
}

#[test]
fn definitions_come_core_first() {
    let types = Types::new(Schema::newest());
    for (name, expected) in [
        ("Container", "io.k8s.api.core.v1.Container"),
        ("Probe", "io.k8s.api.core.v1.Probe"),
        ("ObjectMeta", "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"),
        ("PodSpec", "io.k8s.api.core.v1.PodSpec"),
        ("Event", "io.k8s.api.core.v1.Event"),
        ("DeploymentSpec", "io.k8s.api.apps.v1.DeploymentSpec"),
        ("Subject", "io.k8s.api.rbac.v1.Subject"),
        ("IngressSpec", "io.k8s.api.networking.v1.IngressSpec"),
    ] {
        let first = definition(&types, name);
        assert_eq!(types.schema().definition_full_name(first), expected);
        assert_eq!(types.definition_name(first), name);
    }
    assert_eq!(types.definitions_named("container").count(), 0);
}

#[test]
fn every_refinement_is_in_the_tables() {
    let types = Types::new(Schema::newest());
    for refinement in OVERLAY {
        let expected = match refinement.becomes {
            Refined::Image => "Image".to_owned(),
            Refined::Words(words) => {
                assert!(words.is_sorted(), "{words:?}");
                words.join("|")
            }
        };
        for name in refinement.definitions {
            for field in refinement.fields {
                let known = types.definitions_named(name).filter_map(|def| types.field_of_any_version(def, field));
                let told: Vec<String> = known.map(|field| tell(&types, field.ty)).collect();
                let refined = told.iter().any(|told| *told == expected || *told == format!("list of {expected}"));
                assert!(refined, "`{name}.{field}` should be `{expected}` but is {told:?}: run `cargo xtask schema`");
            }
        }
    }
}

#[test]
fn the_nearest_version_is_the_last_before() {
    for (wanted, expected) in
        [("1.36", "1.36 same"), ("1.2", "1.15 other"), ("1.99", "1.37 other"), ("2.0", "1.37 other")]
    {
        let (schema, same) = Schema::nearest(wanted.parse::<KubernetesVersion>().unwrap());
        let told = format!("{} {}", schema.version(), if same { "same" } else { "other" });
        assert_eq!(told, expected, "{wanted}");
    }
}

#[test]
fn tables_are_whole() {
    assert!(Schema::versions().is_sorted());
    assert!(Schema::all_names().is_sorted());
    for version in Schema::versions() {
        let (schema, same) = Schema::nearest(*version);
        assert!(same);
        for kind in schema.kinds() {
            assert_eq!(schema.kind(kind.group, kind.version, kind.kind), Some(kind));
            assert!(!schema.definition_name(kind.definition).is_empty());
            for field in schema.fields(kind.definition) {
                assert_eq!(schema.field(kind.definition, field.name), Some(field));
            }
            assert!(schema.field(kind.definition, "kind").is_some(), "{kind:?}");
        }
    }
}

#[test]
fn deprecated_fields_are_marked() {
    let types = Types::new(Schema::newest());
    for (name, field, expected) in [
        ("PodSpec", "serviceAccount", true),
        ("PodSpec", "serviceAccountName", false),
        ("Volume", "gitRepo", true),
        ("CustomResourceDefinitionVersion", "deprecated", false),
    ] {
        let found = types.field(definition(&types, name), field).unwrap();
        assert_eq!(found.deprecated, expected, "{name}.{field}");
    }
}
