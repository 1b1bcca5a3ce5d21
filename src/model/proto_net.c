/* networking.k8s.io/v1. */
#include "model/proto_tables.h"
#include "util/banned.h"

ROWS(network_policy_port) = {
	FIELD(1, STR, "protocol"),
	FIELD(2, INT_OR_STR, "port"),
	FIELD(3, INT, "endPort"),
};
static TABLE(network_policy_port);

ROWS(ip_block) = {
	FIELD(1, STR, "cidr"),
	LIST(2, STR, "except"),
};
static TABLE(ip_block);

ROWS(network_policy_peer) = {
	OBJ(1, "podSelector", label_selector),
	OBJ(2, "namespaceSelector", label_selector),
	OBJ(3, "ipBlock", ip_block),
};
static TABLE(network_policy_peer);

ROWS(network_policy_ingress_rule) = {
	OBJS(1, "ports", network_policy_port),
	OBJS(2, "from", network_policy_peer),
};
static TABLE(network_policy_ingress_rule);

ROWS(network_policy_egress_rule) = {
	OBJS(1, "ports", network_policy_port),
	OBJS(2, "to", network_policy_peer),
};
static TABLE(network_policy_egress_rule);

ROWS(network_policy_spec) = {
	OBJ(1, "podSelector", label_selector),
	OBJS(2, "ingress", network_policy_ingress_rule),
	OBJS(3, "egress", network_policy_egress_rule),
	LIST(4, STR, "policyTypes"),
};
static TABLE(network_policy_spec);

ROWS(network_policy) = {
	OBJ(1, "metadata", object_meta),
	OBJ(2, "spec", network_policy_spec),
};
TABLE(network_policy);

ROWS(service_backend_port) = {
	OMIT(1, STR, "name"),
	OMIT(2, INT, "number"),
};
static TABLE(service_backend_port);

ROWS(ingress_service_backend) = {
	FIELD(1, STR, "name"),
	OBJ(2, "port", service_backend_port),
};
static TABLE(ingress_service_backend);

ROWS(ingress_backend) = {
	OBJ(3, "resource", typed_local_object_reference),
	OBJ(4, "service", ingress_service_backend),
};
static TABLE(ingress_backend);

ROWS(ingress_tls) = {
	LIST(1, STR, "hosts"),
	OMIT(2, STR, "secretName"),
};
static TABLE(ingress_tls);

ROWS(http_ingress_path) = {
	OMIT(1, STR, "path"),
	OBJ(2, "backend", ingress_backend),
	OR_NULL(3, STR, "pathType"),
};
static TABLE_NULLS(http_ingress_path);

ROWS(http_ingress_rule_value) = {
	OBJS_OR_NULL(1, "paths", http_ingress_path),
};
static TABLE_NULLS(http_ingress_rule_value);

ROWS(ingress_rule_value) = {
	OBJ(1, "http", http_ingress_rule_value),
};
static TABLE(ingress_rule_value);

ROWS(ingress_rule) = {
	OMIT(1, STR, "host"),
	INLINE(2, ingress_rule_value),
};
static TABLE(ingress_rule);

ROWS(ingress_spec) = {
	OBJ(1, "defaultBackend", ingress_backend),
	OBJS(2, "tls", ingress_tls),
	OBJS(3, "rules", ingress_rule),
	FIELD(4, STR, "ingressClassName"),
};
static TABLE(ingress_spec);

ROWS(ingress) = {
	OBJ(1, "metadata", object_meta),
	OBJ(2, "spec", ingress_spec),
};
TABLE(ingress);
