/* core/v1: namespaces, nodes, accounts, services, config maps, secrets, quotas. */
#include "model/proto_tables.h"
#include "util/banned.h"

ROWS(namespace_spec) = {
	LIST(1, STR, "finalizers"),
};
static TABLE(namespace_spec);

/* What trim.c keeps. */
ROWS(namespace_status) = {
	OMIT(1, STR, "phase"),
};
static TABLE(namespace_status);

ROWS(namespace) = {
	OBJ(1, "metadata", object_meta),
	OBJ(2, "spec", namespace_spec),
	OBJ(3, "status", namespace_status),
};
TABLE(namespace);

ROWS(taint) = {
	FIELD(1, STR, "key"),
	OMIT(2, STR, "value"),
	FIELD(3, STR, "effect"),
	FIELD(4, TIME, "timeAdded"),
};
static TABLE(taint);

ROWS(config_map_node_config_source) = {
	FIELD(1, STR, "namespace"),
	FIELD(2, STR, "name"),
	OMIT(3, STR, "uid"),
	OMIT(4, STR, "resourceVersion"),
	FIELD(5, STR, "kubeletConfigKey"),
};
static TABLE(config_map_node_config_source);

ROWS(node_config_source) = {
	OBJ(2, "configMap", config_map_node_config_source),
};
static TABLE(node_config_source);

ROWS(node_pod_preemption_policy) = {
	LIST(1, STR, "disableResizePreemption"),
};
static TABLE(node_pod_preemption_policy);

ROWS(node_spec) = {
	OMIT(1, STR, "podCIDR"),
	OMIT(2, STR, "externalID"),
	OMIT(3, STR, "providerID"),
	OMIT(4, BOOL, "unschedulable"),
	OBJS(5, "taints", taint),
	OBJ(6, "configSource", node_config_source),
	LIST(7, STR, "podCIDRs"),
	OBJ(8, "podPreemptionPolicy", node_pod_preemption_policy),
};
static TABLE(node_spec);

ROWS(node_swap_status) = {
	FIELD(1, INT, "capacity"),
};
static TABLE(node_swap_status);

ROWS(node_system_info) = {
	FIELD(1, STR, "machineID"),
	FIELD(2, STR, "systemUUID"),
	FIELD(3, STR, "bootID"),
	FIELD(4, STR, "kernelVersion"),
	FIELD(5, STR, "osImage"),
	FIELD(6, STR, "containerRuntimeVersion"),
	FIELD(7, STR, "kubeletVersion"),
	FIELD(8, STR, "kubeProxyVersion"),
	FIELD(9, STR, "operatingSystem"),
	FIELD(10, STR, "architecture"),
	OBJ(11, "swap", node_swap_status),
	FIELD(12, BOOL, "runningInUserNamespace"),
};
static TABLE(node_system_info);

ROWS(node_address) = {
	FIELD(1, STR, "type"),
	FIELD(2, STR, "address"),
};
static TABLE(node_address);

/* What trim.c keeps. */
ROWS(node_status) = {
	OMIT(3, STR, "phase"),
	OBJS(5, "addresses", node_address),
	OBJ(7, "nodeInfo", node_system_info),
};
static TABLE(node_status);

ROWS(node) = {
	OBJ(1, "metadata", object_meta),
	OBJ(2, "spec", node_spec),
	OBJ(3, "status", node_status),
};
TABLE(node);

ROWS(object_reference) = {
	OMIT(1, STR, "kind"),
	OMIT(2, STR, "namespace"),
	OMIT(3, STR, "name"),
	OMIT(4, STR, "uid"),
	OMIT(5, STR, "apiVersion"),
	OMIT(6, STR, "resourceVersion"),
	OMIT(7, STR, "fieldPath"),
};
TABLE(object_reference);

ROWS(local_object_reference) = {
	OMIT(1, STR, "name"),
};
TABLE(local_object_reference);

ROWS(service_account) = {
	OBJ(1, "metadata", object_meta),
	OBJS(2, "secrets", object_reference),
	OBJS(3, "imagePullSecrets", local_object_reference),
	FIELD(4, BOOL, "automountServiceAccountToken"),
};
TABLE(service_account);

ROWS(pod_template_spec) = {
	OBJ(1, "metadata", object_meta),
	OBJ(2, "spec", pod_spec),
};
TABLE(pod_template_spec);

ROWS(replication_controller_spec) = {
	FIELD(1, INT, "replicas"),
	MAP(2, STR, "selector"),
	OBJ(3, "template", pod_template_spec),
	OMIT(4, INT, "minReadySeconds"),
};
static TABLE(replication_controller_spec);

ROWS(replication_controller) = {
	OBJ(1, "metadata", object_meta),
	OBJ(2, "spec", replication_controller_spec),
};
TABLE(replication_controller);

ROWS(service_port) = {
	OMIT(1, STR, "name"),
	OMIT(2, STR, "protocol"),
	FIELD(3, INT, "port"),
	FIELD(4, INT_OR_STR, "targetPort"),
	OMIT(5, INT, "nodePort"),
	FIELD(6, STR, "appProtocol"),
};
static TABLE(service_port);

ROWS(client_ip_config) = {
	FIELD(1, INT, "timeoutSeconds"),
};
static TABLE(client_ip_config);

ROWS(session_affinity_config) = {
	OBJ(1, "clientIP", client_ip_config),
};
static TABLE(session_affinity_config);

ROWS(service_spec) = {
	OBJS(1, "ports", service_port),
	MAP(2, STR, "selector"),
	OMIT(3, STR, "clusterIP"),
	OMIT(4, STR, "type"),
	LIST(5, STR, "externalIPs"),
	OMIT(7, STR, "sessionAffinity"),
	OMIT(8, STR, "loadBalancerIP"),
	LIST(9, STR, "loadBalancerSourceRanges"),
	OMIT(10, STR, "externalName"),
	OMIT(11, STR, "externalTrafficPolicy"),
	OMIT(12, INT, "healthCheckNodePort"),
	OMIT(13, BOOL, "publishNotReadyAddresses"),
	OBJ(14, "sessionAffinityConfig", session_affinity_config),
	FIELD(17, STR, "ipFamilyPolicy"),
	LIST(18, STR, "clusterIPs"),
	LIST(19, STR, "ipFamilies"),
	FIELD(20, BOOL, "allocateLoadBalancerNodePorts"),
	FIELD(21, STR, "loadBalancerClass"),
	FIELD(22, STR, "internalTrafficPolicy"),
	FIELD(23, STR, "trafficDistribution"),
};
static TABLE(service_spec);

ROWS(service) = {
	OBJ(1, "metadata", object_meta),
	OBJ(2, "spec", service_spec),
};
TABLE(service);

ROWS(secret) = {
	OBJ(1, "metadata", object_meta),
	OMIT(3, STR, "type"),
	FIELD(5, BOOL, "immutable"),
};
TABLE(secret);

ROWS(config_map) = {
	OBJ(1, "metadata", object_meta),
	MAP(2, STR, "data"),
	MAP(3, BYTES, "binaryData"),
	FIELD(4, BOOL, "immutable"),
};
TABLE(config_map);

ROWS(scoped_resource_selector_requirement) = {
	FIELD(1, STR, "scopeName"),
	FIELD(2, STR, "operator"),
	LIST(3, STR, "values"),
};
static TABLE(scoped_resource_selector_requirement);

ROWS(scope_selector) = {
	OBJS(1, "matchExpressions", scoped_resource_selector_requirement),
};
static TABLE(scope_selector);

ROWS(resource_quota_spec) = {
	MAP(1, QUANTITY, "hard"),
	LIST(2, STR, "scopes"),
	OBJ(3, "scopeSelector", scope_selector),
};
static TABLE(resource_quota_spec);

ROWS(resource_quota) = {
	OBJ(1, "metadata", object_meta),
	OBJ(2, "spec", resource_quota_spec),
};
TABLE(resource_quota);

ROWS(limit_range_item) = {
	FIELD(1, STR, "type"),
	MAP(2, QUANTITY, "max"),
	MAP(3, QUANTITY, "min"),
	MAP(4, QUANTITY, "default"),
	MAP(5, QUANTITY, "defaultRequest"),
	MAP(6, QUANTITY, "maxLimitRequestRatio"),
};
static TABLE(limit_range_item);

ROWS(limit_range_spec) = {
	OBJS_OR_NULL(1, "limits", limit_range_item),
};
static TABLE_NULLS(limit_range_spec);

ROWS(limit_range) = {
	OBJ(1, "metadata", object_meta),
	OBJ(2, "spec", limit_range_spec),
};
TABLE(limit_range);
