/* rbac.authorization.k8s.io/v1. */
#include "model/proto_tables.h"
#include "util/banned.h"

ROWS(policy_rule) = {
	LIST_OR_NULL(1, STR, "verbs"),
	LIST(2, STR, "apiGroups"),
	LIST(3, STR, "resources"),
	LIST(4, STR, "resourceNames"),
	LIST(5, STR, "nonResourceURLs"),
};
static TABLE_NULLS(policy_rule);

ROWS(role) = {
	OBJ(1, "metadata", object_meta),
	OBJS_OR_NULL(2, "rules", policy_rule),
};
TABLE_NULLS(role);

ROWS(aggregation_rule) = {
	OBJS(1, "clusterRoleSelectors", label_selector),
};
static TABLE(aggregation_rule);

ROWS(cluster_role) = {
	OBJ(1, "metadata", object_meta),
	OBJS_OR_NULL(2, "rules", policy_rule),
	OBJ(3, "aggregationRule", aggregation_rule),
};
TABLE_NULLS(cluster_role);

ROWS(subject) = {
	FIELD(1, STR, "kind"),
	OMIT(2, STR, "apiGroup"),
	FIELD(3, STR, "name"),
	OMIT(4, STR, "namespace"),
};
static TABLE(subject);

ROWS(role_ref) = {
	FIELD(1, STR, "apiGroup"),
	FIELD(2, STR, "kind"),
	FIELD(3, STR, "name"),
};
static TABLE(role_ref);

ROWS(role_binding) = {
	OBJ(1, "metadata", object_meta),
	OBJS(2, "subjects", subject),
	OBJ(3, "roleRef", role_ref),
};
TABLE(role_binding);

ROWS(cluster_role_binding) = {
	OBJ(1, "metadata", object_meta),
	OBJS(2, "subjects", subject),
	OBJ(3, "roleRef", role_ref),
};
TABLE(cluster_role_binding);
