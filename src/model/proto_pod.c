/* core/v1: pods, their templates, and what is little more than one. */
#include "model/proto_tables.h"
#include "util/banned.h"

ROWS(sysctl) = {
	FIELD(1, STR, "name"),
	FIELD(2, STR, "value"),
};
static TABLE(sysctl);

ROWS(pod_security_context) = {
	OBJ(1, "seLinuxOptions", se_linux_options),
	FIELD(2, INT, "runAsUser"),
	FIELD(3, BOOL, "runAsNonRoot"),
	LIST(4, INT, "supplementalGroups"),
	FIELD(5, INT, "fsGroup"),
	FIELD(6, INT, "runAsGroup"),
	OBJS(7, "sysctls", sysctl),
	OBJ(8, "windowsOptions", windows_security_context_options),
	FIELD(9, STR, "fsGroupChangePolicy"),
	OBJ(10, "seccompProfile", seccomp_profile),
	OBJ(11, "appArmorProfile", app_armor_profile),
	FIELD(12, STR, "supplementalGroupsPolicy"),
	FIELD(13, STR, "seLinuxChangePolicy"),
};
static TABLE(pod_security_context);

ROWS(node_selector_requirement) = {
	FIELD(1, STR, "key"),
	FIELD(2, STR, "operator"),
	LIST(3, STR, "values"),
};
static TABLE(node_selector_requirement);

ROWS(node_selector_term) = {
	OBJS(1, "matchExpressions", node_selector_requirement),
	OBJS(2, "matchFields", node_selector_requirement),
};
static TABLE(node_selector_term);

ROWS(node_selector) = {
	OBJS_OR_NULL(1, "nodeSelectorTerms", node_selector_term),
};
TABLE_NULLS(node_selector);

ROWS(preferred_scheduling_term) = {
	FIELD(1, INT, "weight"),
	OBJ(2, "preference", node_selector_term),
};
static TABLE(preferred_scheduling_term);

ROWS(node_affinity) = {
	OBJ(1, "requiredDuringSchedulingIgnoredDuringExecution", node_selector),
	OBJS(2, "preferredDuringSchedulingIgnoredDuringExecution", preferred_scheduling_term),
};
static TABLE(node_affinity);

ROWS(pod_affinity_term) = {
	OBJ(1, "labelSelector", label_selector),
	LIST(2, STR, "namespaces"),
	FIELD(3, STR, "topologyKey"),
	OBJ(4, "namespaceSelector", label_selector),
	LIST(5, STR, "matchLabelKeys"),
	LIST(6, STR, "mismatchLabelKeys"),
};
static TABLE(pod_affinity_term);

ROWS(weighted_pod_affinity_term) = {
	FIELD(1, INT, "weight"),
	OBJ(2, "podAffinityTerm", pod_affinity_term),
};
static TABLE(weighted_pod_affinity_term);

ROWS(pod_affinity) = {
	OBJS(1, "requiredDuringSchedulingIgnoredDuringExecution", pod_affinity_term),
	OBJS(2, "preferredDuringSchedulingIgnoredDuringExecution", weighted_pod_affinity_term),
};
static TABLE(pod_affinity);

ROWS(pod_anti_affinity) = {
	OBJS(1, "requiredDuringSchedulingIgnoredDuringExecution", pod_affinity_term),
	OBJS(2, "preferredDuringSchedulingIgnoredDuringExecution", weighted_pod_affinity_term),
};
static TABLE(pod_anti_affinity);

ROWS(affinity) = {
	OBJ(1, "nodeAffinity", node_affinity),
	OBJ(2, "podAffinity", pod_affinity),
	OBJ(3, "podAntiAffinity", pod_anti_affinity),
};
static TABLE(affinity);

ROWS(toleration) = {
	OMIT(1, STR, "key"),
	OMIT(2, STR, "operator"),
	OMIT(3, STR, "value"),
	OMIT(4, STR, "effect"),
	FIELD(5, INT, "tolerationSeconds"),
};
static TABLE(toleration);

ROWS(host_alias) = {
	FIELD(1, STR, "ip"),
	LIST(2, STR, "hostnames"),
};
static TABLE(host_alias);

ROWS(pod_dns_config_option) = {
	OMIT(1, STR, "name"),
	FIELD(2, STR, "value"),
};
static TABLE(pod_dns_config_option);

ROWS(pod_dns_config) = {
	LIST(1, STR, "nameservers"),
	LIST(2, STR, "searches"),
	OBJS(3, "options", pod_dns_config_option),
};
static TABLE(pod_dns_config);

ROWS(pod_readiness_gate) = {
	FIELD(1, STR, "conditionType"),
};
static TABLE(pod_readiness_gate);

ROWS(topology_spread_constraint) = {
	FIELD(1, INT, "maxSkew"),
	FIELD(2, STR, "topologyKey"),
	FIELD(3, STR, "whenUnsatisfiable"),
	OBJ(4, "labelSelector", label_selector),
	FIELD(5, INT, "minDomains"),
	FIELD(6, STR, "nodeAffinityPolicy"),
	FIELD(7, STR, "nodeTaintsPolicy"),
	LIST(8, STR, "matchLabelKeys"),
};
static TABLE(topology_spread_constraint);

ROWS(pod_os) = {
	FIELD(1, STR, "name"),
};
static TABLE(pod_os);

ROWS(pod_scheduling_gate) = {
	FIELD(1, STR, "name"),
};
static TABLE(pod_scheduling_gate);

ROWS(pod_resource_claim) = {
	FIELD(1, STR, "name"),
	FIELD(3, STR, "resourceClaimName"),
	FIELD(4, STR, "resourceClaimTemplateName"),
};
static TABLE(pod_resource_claim);

ROWS(pod_scheduling_group) = {
	FIELD(1, STR, "podGroupName"),
};
static TABLE(pod_scheduling_group);

ROWS(eviction_responder) = {
	FIELD(1, STR, "name"),
	OR_NULL(2, INT, "priority"),
};
static TABLE_NULLS(eviction_responder);

ROWS(pod_spec) = {
	OBJS(1, "volumes", volume),
	OBJS_OR_NULL(2, "containers", container),
	OMIT(3, STR, "restartPolicy"),
	FIELD(4, INT, "terminationGracePeriodSeconds"),
	FIELD(5, INT, "activeDeadlineSeconds"),
	OMIT(6, STR, "dnsPolicy"),
	MAP(7, STR, "nodeSelector"),
	OMIT(8, STR, "serviceAccountName"),
	OMIT(9, STR, "serviceAccount"),
	OMIT(10, STR, "nodeName"),
	OMIT(11, BOOL, "hostNetwork"),
	OMIT(12, BOOL, "hostPID"),
	OMIT(13, BOOL, "hostIPC"),
	OBJ(14, "securityContext", pod_security_context),
	OBJS(15, "imagePullSecrets", local_object_reference),
	OMIT(16, STR, "hostname"),
	OMIT(17, STR, "subdomain"),
	OBJ(18, "affinity", affinity),
	OMIT(19, STR, "schedulerName"),
	OBJS(20, "initContainers", container),
	FIELD(21, BOOL, "automountServiceAccountToken"),
	OBJS(22, "tolerations", toleration),
	OBJS(23, "hostAliases", host_alias),
	OMIT(24, STR, "priorityClassName"),
	FIELD(25, INT, "priority"),
	OBJ(26, "dnsConfig", pod_dns_config),
	FIELD(27, BOOL, "shareProcessNamespace"),
	OBJS(28, "readinessGates", pod_readiness_gate),
	FIELD(29, STR, "runtimeClassName"),
	FIELD(30, BOOL, "enableServiceLinks"),
	FIELD(31, STR, "preemptionPolicy"),
	MAP(32, QUANTITY, "overhead"),
	OBJS(33, "topologySpreadConstraints", topology_spread_constraint),
	OBJS(34, "ephemeralContainers", ephemeral_container),
	FIELD(35, BOOL, "setHostnameAsFQDN"),
	OBJ(36, "os", pod_os),
	FIELD(37, BOOL, "hostUsers"),
	OBJS(38, "schedulingGates", pod_scheduling_gate),
	OBJS(39, "resourceClaims", pod_resource_claim),
	OBJ(40, "resources", resource_requirements),
	FIELD(41, STR, "hostnameOverride"),
	OBJ(43, "schedulingGroup", pod_scheduling_group),
	OBJS(44, "evictionResponders", eviction_responder),
};
TABLE_NULLS(pod_spec);

/* What trim.c keeps. */
ROWS(container_status) = {
	FIELD(1, STR, "name"),
	FIELD(7, STR, "imageID"),
};
static TABLE(container_status);

ROWS(pod_ip) = {
	FIELD(1, STR, "ip"),
};
static TABLE(pod_ip);

/* What trim.c keeps. */
ROWS(pod_status) = {
	OMIT(1, STR, "phase"),
	OMIT(6, STR, "podIP"),
	OBJS(8, "containerStatuses", container_status),
	OBJS(10, "initContainerStatuses", container_status),
	OBJS(12, "podIPs", pod_ip),
	OBJS(13, "ephemeralContainerStatuses", container_status),
};
static TABLE(pod_status);

ROWS(pod) = {
	OBJ(1, "metadata", object_meta),
	OBJ(2, "spec", pod_spec),
	OBJ(3, "status", pod_status),
};
TABLE(pod);
