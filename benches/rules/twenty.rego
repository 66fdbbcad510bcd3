package twenty

# The checks of twenty.policy, for Rego.

templates := {
	"Deployment", "DaemonSet", "StatefulSet", "ReplicaSet", "ReplicationController", "Job", "DeploymentConfig",
}

pod := input.spec if input.kind == "Pod"

pod := input.spec.template.spec if input.kind in templates

pod := input.spec.jobTemplate.spec.template.spec if input.kind == "CronJob"

is_set(container, key) if container.securityContext[key] != null

in_force(container, key) := container.securityContext[key] if is_set(container, key)

in_force(container, key) := pod.securityContext[key] if not is_set(container, key)

exists(value) if value != null

dangerous := {"ALL", "BPF", "NET_ADMIN", "NET_RAW", "SYS_ADMIN", "SYS_MODULE", "SYS_PTRACE"}

deny contains {"rule": "privileged", "at": i} if {
	some i, c in pod.containers
	c.securityContext.privileged == true
}

deny contains {"rule": "host-network", "at": 0} if pod.hostNetwork == true

deny contains {"rule": "host-pid", "at": 0} if pod.hostPID == true

deny contains {"rule": "host-ipc", "at": 0} if pod.hostIPC == true

deny contains {"rule": "privilege-escalation", "at": i} if {
	some i, c in pod.containers
	not c.securityContext.allowPrivilegeEscalation == false
}

deny contains {"rule": "run-as-non-root", "at": i} if {
	some i, c in pod.containers
	not in_force(c, "runAsNonRoot") == true
}

deny contains {"rule": "run-as-user-root", "at": i} if {
	some i, c in pod.containers
	in_force(c, "runAsUser") == 0
}

deny contains {"rule": "read-only-root", "at": i} if {
	some i, c in pod.containers
	not c.securityContext.readOnlyRootFilesystem == true
}

deny contains {"rule": "drop-all", "at": i} if {
	some i, c in pod.containers
	not "ALL" in c.securityContext.capabilities.drop
}

deny contains {"rule": "dangerous-capability", "at": i} if {
	some i, c in pod.containers
	some x in c.securityContext.capabilities.add
	x in dangerous
}

deny contains {"rule": "tag-latest", "at": i} if {
	some i, c in pod.containers
	endswith(c.image, ":latest")
}

deny contains {"rule": "no-tag", "at": i} if {
	some i, c in pod.containers
	parts := split(c.image, "/")
	not contains(parts[count(parts) - 1], ":")
}

deny contains {"rule": "cpu-limit", "at": i} if {
	some i, c in pod.containers
	not exists(c.resources.limits.cpu)
}

deny contains {"rule": "memory-limit", "at": i} if {
	some i, c in pod.containers
	not exists(c.resources.limits.memory)
}

deny contains {"rule": "cpu-request", "at": i} if {
	some i, c in pod.containers
	not exists(c.resources.requests.cpu)
}

deny contains {"rule": "memory-request", "at": i} if {
	some i, c in pod.containers
	not exists(c.resources.requests.memory)
}

deny contains {"rule": "liveness-probe", "at": i} if {
	some i, c in pod.containers
	not exists(c.livenessProbe)
}

deny contains {"rule": "readiness-probe", "at": i} if {
	some i, c in pod.containers
	not exists(c.readinessProbe)
}

deny contains {"rule": "host-path", "at": i} if {
	some i, v in pod.volumes
	exists(v.hostPath)
}

deny contains {"rule": "automount-token", "at": 0} if not pod_keeps_token_out

pod_keeps_token_out if pod.automountServiceAccountToken == false

pod_keeps_token_out if not pod
