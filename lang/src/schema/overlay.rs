//! What the OpenAPI documents do not say: which strings are images, and which fields take one of a few words.
//!
//! Written by hand and read by `cargo xtask schema`, which bakes it into the tables; a test asks that every entry is
//! found there. Only what the API server validates is an enum here: `emptyDir.medium`, status and condition types
//! and the like stay strings. This file holds data alone, so that the generator can include it.

/// What a field becomes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Refined {
    /// A container image reference.
    Image,
    /// One of these words.
    Words(&'static [&'static str]),
}

/// One refinement: the field of every definition with one of these short Go names.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Refinement {
    /// Short Go names of definitions, in whatever API version.
    pub(crate) definitions: &'static [&'static str],
    /// Names of string fields, or of lists of strings, which are refined in the element.
    pub(crate) fields: &'static [&'static str],
    /// What they are.
    pub(crate) becomes: Refined,
}

const fn words(
    definitions: &'static [&'static str],
    fields: &'static [&'static str],
    words: &'static [&'static str],
) -> Refinement {
    Refinement { definitions, fields, becomes: Refined::Words(words) }
}

const fn image(definitions: &'static [&'static str], fields: &'static [&'static str]) -> Refinement {
    Refinement { definitions, fields, becomes: Refined::Image }
}

/// All refinements. Values are those of every known version together.
pub(crate) const OVERLAY: &[Refinement] = &[
    image(&["Container", "EphemeralContainer"], &["image"]),
    image(&["ImageVolumeSource"], &["reference"]),
    // Pods and containers.
    words(&["Container", "EphemeralContainer"], &["imagePullPolicy"], &["Always", "IfNotPresent", "Never"]),
    words(&["ImageVolumeSource"], &["pullPolicy"], &["Always", "IfNotPresent", "Never"]),
    words(&["Container", "EphemeralContainer", "PodSpec"], &["restartPolicy"], &["Always", "Never", "OnFailure"]),
    words(&["Container", "EphemeralContainer"], &["terminationMessagePolicy"], &["FallbackToLogsOnError", "File"]),
    words(&["ContainerPort", "ServicePort", "EndpointPort", "NetworkPolicyPort"], &["protocol"], PROTOCOLS),
    words(&["ContainerResizePolicy"], &["restartPolicy"], &["NotRequired", "RestartContainer"]),
    words(&["PodSpec"], &["dnsPolicy"], &["ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"]),
    words(&["PodSpec", "PriorityClass"], &["preemptionPolicy"], &["Never", "PreemptLowerPriority"]),
    words(&["PodOS"], &["name"], &["linux", "windows"]),
    words(&["SeccompProfile", "AppArmorProfile"], &["type"], &["Localhost", "RuntimeDefault", "Unconfined"]),
    words(&["SecurityContext"], &["procMount"], &["Default", "Unmasked"]),
    words(&["PodSecurityContext"], &["fsGroupChangePolicy"], &["Always", "OnRootMismatch"]),
    words(&["PodSecurityContext"], &["supplementalGroupsPolicy"], &["Merge", "Strict"]),
    words(&["PodSecurityContext"], &["seLinuxChangePolicy"], &["MountOption", "Recursive"]),
    words(&["HTTPGetAction"], &["scheme"], &["HTTP", "HTTPS"]),
    words(&["VolumeMount"], &["mountPropagation"], &["Bidirectional", "HostToContainer", "None"]),
    words(&["VolumeMount"], &["recursiveReadOnly"], &["Disabled", "Enabled", "IfPossible"]),
    words(&["HostPathVolumeSource"], &["type"], HOST_PATHS),
    // Scheduling.
    words(&["Toleration"], &["operator"], &["Equal", "Exists", "Gt", "Lt"]),
    words(&["Toleration", "Taint"], &["effect"], &["NoExecute", "NoSchedule", "PreferNoSchedule"]),
    words(&["NodeSelectorRequirement"], &["operator"], &["DoesNotExist", "Exists", "Gt", "In", "Lt", "NotIn"]),
    words(&["LabelSelectorRequirement"], &["operator"], &["DoesNotExist", "Exists", "In", "NotIn"]),
    words(&["ScopedResourceSelectorRequirement"], &["operator"], &["DoesNotExist", "Exists", "In", "NotIn"]),
    words(&["TopologySpreadConstraint"], &["whenUnsatisfiable"], &["DoNotSchedule", "ScheduleAnyway"]),
    words(&["TopologySpreadConstraint"], &["nodeAffinityPolicy", "nodeTaintsPolicy"], &["Honor", "Ignore"]),
    // Workloads.
    words(&["DeploymentStrategy"], &["type"], &["Recreate", "RollingUpdate"]),
    words(&["DaemonSetUpdateStrategy"], &["type"], &["OnDelete", "RollingUpdate"]),
    words(&["StatefulSetUpdateStrategy"], &["type"], &["OnDelete", "Recreate", "RollingUpdate"]),
    words(&["StatefulSetSpec"], &["podManagementPolicy"], &["OrderedReady", "Parallel"]),
    words(&["StatefulSetPersistentVolumeClaimRetentionPolicy"], &["whenDeleted", "whenScaled"], &["Delete", "Retain"]),
    words(&["CronJobSpec"], &["concurrencyPolicy"], &["Allow", "Forbid", "Replace"]),
    words(&["JobSpec"], &["completionMode"], &["Indexed", "NonIndexed"]),
    words(&["JobSpec"], &["podReplacementPolicy"], &["Failed", "TerminatingOrFailed"]),
    words(&["PodFailurePolicyRule"], &["action"], &["Count", "FailIndex", "FailJob", "Ignore"]),
    words(&["PodFailurePolicyOnExitCodesRequirement"], &["operator"], &["In", "NotIn"]),
    words(&["PodDisruptionBudgetSpec"], &["unhealthyPodEvictionPolicy"], &["AlwaysAllow", "IfHealthyBudget"]),
    words(&["HPAScalingPolicy"], &["type"], &["Percent", "Pods"]),
    words(&["HPAScalingRules"], &["selectPolicy"], &["Disabled", "Max", "Min"]),
    words(&["MetricTarget"], &["type"], &["AverageValue", "Utilization", "Value"]),
    words(&["MetricSpec"], &["type"], &["ContainerResource", "External", "Object", "Pods", "Resource"]),
    // Services and networks.
    words(&["ServiceSpec"], &["type"], &["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"]),
    words(&["ServiceSpec"], &["sessionAffinity"], &["ClientIP", "None"]),
    words(&["ServiceSpec"], &["externalTrafficPolicy", "internalTrafficPolicy"], &["Cluster", "Local"]),
    words(&["ServiceSpec"], &["ipFamilies"], &["IPv4", "IPv6"]),
    words(&["ServiceSpec"], &["ipFamilyPolicy"], &["PreferDualStack", "RequireDualStack", "SingleStack"]),
    words(&["NetworkPolicySpec"], &["policyTypes"], &["Egress", "Ingress"]),
    words(&["HTTPIngressPath"], &["pathType"], &["Exact", "ImplementationSpecific", "Prefix"]),
    words(&["EndpointSlice"], &["addressType"], &["FQDN", "IPv4", "IPv6"]),
    // Storage.
    words(&["PersistentVolumeSpec", "PersistentVolumeClaimSpec"], &["accessModes"], ACCESS_MODES),
    words(&["PersistentVolumeSpec", "PersistentVolumeClaimSpec"], &["volumeMode"], &["Block", "Filesystem"]),
    words(&["PersistentVolumeSpec"], &["persistentVolumeReclaimPolicy"], &["Delete", "Recycle", "Retain"]),
    words(&["StorageClass"], &["reclaimPolicy"], &["Delete", "Recycle", "Retain"]),
    words(&["StorageClass"], &["volumeBindingMode"], &["Immediate", "WaitForFirstConsumer"]),
    words(&["CSIDriverSpec"], &["fsGroupPolicy"], &["File", "None", "ReadWriteOnceWithFSType"]),
    words(&["CSIDriverSpec"], &["volumeLifecycleModes"], &["Ephemeral", "Persistent"]),
    words(&["AzureDiskVolumeSource"], &["cachingMode"], &["None", "ReadOnly", "ReadWrite"]),
    words(&["AzureDiskVolumeSource"], &["kind"], &["Dedicated", "Managed", "Shared"]),
    // Access and admission.
    words(&["RoleRef"], &["kind"], &["ClusterRole", "Role"]),
    words(&["Subject"], &["kind"], &["Group", "ServiceAccount", "User"]),
    words(WEBHOOKS_AND_POLICIES, &["failurePolicy"], &["Fail", "Ignore"]),
    words(WEBHOOKS, &["matchPolicy"], &["Equivalent", "Exact"]),
    words(&["MatchResources"], &["matchPolicy"], &["Equivalent", "Exact"]),
    words(WEBHOOKS, &["sideEffects"], &["None", "NoneOnDryRun", "Some", "Unknown"]),
    words(&["MutatingWebhook", "MutatingAdmissionPolicySpec"], &["reinvocationPolicy"], &["IfNeeded", "Never"]),
    words(
        &["RuleWithOperations", "NamedRuleWithOperations"],
        &["operations"],
        &["*", "CONNECT", "CREATE", "DELETE", "UPDATE"],
    ),
    words(&["RuleWithOperations", "NamedRuleWithOperations"], &["scope"], &["*", "Cluster", "Namespaced"]),
    words(&["ValidatingAdmissionPolicyBindingSpec"], &["validationActions"], &["Audit", "Deny", "Warn"]),
    words(&["ParamRef"], &["parameterNotFoundAction"], &["Allow", "Deny"]),
    words(&["Mutation"], &["patchType"], &["ApplyConfiguration", "JSONPatch"]),
    words(&["CustomResourceDefinitionSpec"], &["scope"], &["Cluster", "Namespaced"]),
    words(&["CustomResourceConversion"], &["strategy"], &["None", "Webhook"]),
    // Configuration files of the cluster's own programs.
    words(&["PolicyRule"], &["level"], AUDIT_LEVELS),
    words(&["PolicyRule", "Policy"], &["omitStages"], AUDIT_STAGES),
    words(&["KubeletAuthorization"], &["mode"], &["AlwaysAllow", "Webhook"]),
    words(&["PodSecurityDefaults"], &["audit", "enforce", "warn"], &["baseline", "privileged", "restricted"]),
];

const PROTOCOLS: &[&str] = &["SCTP", "TCP", "UDP"];
const ACCESS_MODES: &[&str] = &["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"];
const HOST_PATHS: &[&str] =
    &["", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket"];
const WEBHOOKS: &[&str] = &["ValidatingWebhook", "MutatingWebhook"];
const WEBHOOKS_AND_POLICIES: &[&str] =
    &["ValidatingWebhook", "MutatingWebhook", "ValidatingAdmissionPolicySpec", "MutatingAdmissionPolicySpec"];
const AUDIT_LEVELS: &[&str] = &["Metadata", "None", "Request", "RequestResponse"];
const AUDIT_STAGES: &[&str] = &["Panic", "RequestReceived", "ResponseComplete", "ResponseStarted"];
