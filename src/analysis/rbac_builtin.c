/* What Kubernetes itself puts into every cluster, for sources that do not hold it: a manifest that
 * binds cluster-admin binds something, although the role is in no file.  From
 * bootstrappolicy/policy.go (1.37). */
#include "analysis/rbac_private.h"

#include <string.h>

#include "util/str.h"
#include "util/banned.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define LIST(...)                                                                              \
	{                                                                                      \
		COUNT(((const char *const[]){ __VA_ARGS__ })), (const char *const[])           \
		{                                                                              \
			__VA_ARGS__                                                            \
		}                                                                              \
	}
#define READ LIST("get", "list", "watch")
#define WRITE LIST("create", "delete", "deletecollection", "patch", "update")
#define READ_WRITE                                                                             \
	LIST("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch")

/* clang-format off */
static const struct ka_rule cluster_admin_rules[] = {
	{ .verbs = LIST("*"), .groups = LIST("*"), .resources = LIST("*") },
	{ .verbs = LIST("*"), .urls = LIST("*") },
};

static const struct ka_rule admin_rules[] = {
	{ .verbs = LIST("create"), .groups = LIST("authorization.k8s.io"),
	  .resources = LIST("localsubjectaccessreviews") },
	{ .verbs = READ_WRITE, .groups = LIST("rbac.authorization.k8s.io"),
	  .resources = LIST("rolebindings", "roles") },
};

static const struct ka_rule edit_rules[] = {
	{ .verbs = READ, .groups = LIST(""),
	  .resources = LIST("pods/attach", "pods/exec", "pods/portforward", "pods/proxy", "secrets",
			    "services/proxy") },
	{ .verbs = LIST("impersonate"), .groups = LIST(""), .resources = LIST("serviceaccounts") },
	{ .verbs = WRITE, .groups = LIST(""),
	  .resources = LIST("pods", "pods/attach", "pods/exec", "pods/portforward", "pods/proxy") },
	{ .verbs = LIST("create"), .groups = LIST(""),
	  .resources = LIST("pods/eviction", "serviceaccounts/token") },
	{ .verbs = WRITE, .groups = LIST(""),
	  .resources = LIST("configmaps", "persistentvolumeclaims", "replicationcontrollers",
			    "replicationcontrollers/scale", "secrets", "serviceaccounts", "services",
			    "services/proxy") },
	{ .verbs = WRITE, .groups = LIST("", "events.k8s.io"), .resources = LIST("events") },
	{ .verbs = WRITE, .groups = LIST("apps"),
	  .resources = LIST("daemonsets", "deployments", "deployments/rollback", "deployments/scale",
			    "replicasets", "replicasets/scale", "statefulsets",
			    "statefulsets/scale") },
	{ .verbs = WRITE, .groups = LIST("autoscaling"),
	  .resources = LIST("horizontalpodautoscalers") },
	{ .verbs = WRITE, .groups = LIST("batch"), .resources = LIST("cronjobs", "jobs") },
	{ .verbs = WRITE, .groups = LIST("extensions"),
	  .resources = LIST("daemonsets", "deployments", "deployments/rollback", "deployments/scale",
			    "ingresses", "networkpolicies", "replicasets", "replicasets/scale",
			    "replicationcontrollers/scale") },
	{ .verbs = WRITE, .groups = LIST("policy"), .resources = LIST("poddisruptionbudgets") },
	{ .verbs = WRITE, .groups = LIST("networking.k8s.io"),
	  .resources = LIST("ingresses", "networkpolicies") },
	{ .verbs = READ_WRITE, .groups = LIST("coordination.k8s.io"), .resources = LIST("leases") },
	{ .verbs = WRITE, .groups = LIST("resource.k8s.io"),
	  .resources = LIST("resourceclaims", "resourceclaimtemplates") },
};

static const struct ka_rule view_rules[] = {
	{ .verbs = READ, .groups = LIST(""),
	  .resources = LIST("bindings", "configmaps", "endpoints", "limitranges", "namespaces",
			    "namespaces/status", "persistentvolumeclaims",
			    "persistentvolumeclaims/status", "pods", "pods/log", "pods/status",
			    "replicationcontrollers", "replicationcontrollers/scale",
			    "replicationcontrollers/status", "resourcequotas", "resourcequotas/status",
			    "serviceaccounts", "services", "services/status") },
	{ .verbs = READ, .groups = LIST("", "events.k8s.io"), .resources = LIST("events") },
	{ .verbs = READ, .groups = LIST("discovery.k8s.io"), .resources = LIST("endpointslices") },
	{ .verbs = READ, .groups = LIST("apps"),
	  .resources = LIST("controllerrevisions", "daemonsets", "daemonsets/status", "deployments",
			    "deployments/scale", "deployments/status", "replicasets",
			    "replicasets/scale", "replicasets/status", "statefulsets",
			    "statefulsets/scale", "statefulsets/status") },
	{ .verbs = READ, .groups = LIST("autoscaling"),
	  .resources = LIST("horizontalpodautoscalers", "horizontalpodautoscalers/status") },
	{ .verbs = READ, .groups = LIST("batch"),
	  .resources = LIST("cronjobs", "cronjobs/status", "jobs", "jobs/status") },
	{ .verbs = READ, .groups = LIST("extensions"),
	  .resources = LIST("daemonsets", "daemonsets/status", "deployments", "deployments/scale",
			    "deployments/status", "ingresses", "ingresses/status", "networkpolicies",
			    "replicasets", "replicasets/scale", "replicasets/status",
			    "replicationcontrollers/scale") },
	{ .verbs = READ, .groups = LIST("policy"),
	  .resources = LIST("poddisruptionbudgets", "poddisruptionbudgets/status") },
	{ .verbs = READ, .groups = LIST("networking.k8s.io"),
	  .resources = LIST("ingresses", "ingresses/status", "networkpolicies") },
	{ .verbs = READ, .groups = LIST("resource.k8s.io"),
	  .resources = LIST("resourceclaims", "resourceclaims/status", "resourceclaimtemplates") },
};
/* clang-format on */

#define TO "rbac.authorization.k8s.io/aggregate-to-"
#define LABELS(role)                                                                           \
	&(const struct ka_kvs)                                                                 \
	{                                                                                      \
		1, (const struct ka_kv[]){ { TO role, "true" } }                               \
	}
#define SELECTS(role)                                                                          \
	.naggregate = 1, .aggregate = (const struct ka_selector[]){                            \
		{ 1, (const struct ka_sel_req[]){                                              \
			     { TO role, KA_SEL_IN, 1, (const char *const[]){ "true" } } } }    \
	}

#define RULES(list) .nrules = COUNT(list), .rule = list

static const struct ka_kvs no_labels;

#define OBJECT(name_, labels_)                                                                 \
	.obj = { .kind = KA_CLUSTERROLE,                                                       \
		 .ghost = true,                                                                \
		 .api_version = "rbac.authorization.k8s.io/v1",                                \
		 .kind_name = "ClusterRole",                                                   \
		 .name = (name_),                                                                \
		 .labels = (labels_),                                                            \
		 .annotations = &no_labels },                                                  \
	.bootstrap = true

static const struct ka_role roles[] = {
	{ OBJECT("admin", &no_labels), RULES(admin_rules), SELECTS("admin") },
	{ OBJECT("cluster-admin", &no_labels), RULES(cluster_admin_rules) },
	{ OBJECT("edit", LABELS("admin")), RULES(edit_rules), SELECTS("edit") },
	{ OBJECT("view", LABELS("edit")), RULES(view_rules), SELECTS("view") },
};

const struct ka_role *
ka_builtin_roles(size_t *ret_n)
{
	*ret_n = COUNT(roles);
	return roles;
}

bool
ka_role_is_given(const char *namespace, const char *name)
{
	if (namespace) {
		return (!strcmp(namespace, "kube-system") &&
			(!strcmp(name, "extension-apiserver-authentication-reader") ||
			 ka_str_has_prefix(name, "system:"))) ||
		       (!strcmp(namespace, "kube-public") && ka_str_has_prefix(name, "system:"));
	}
	for (size_t i = 0; i < COUNT(roles); i++)
		if (!strcmp(roles[i].obj.name, name))
			return true;
	return ka_str_has_prefix(name, "system:");
}

bool
ka_role_bootstrap(const struct ka_role *role)
{
	return role->bootstrap && role->obj.name &&
	       ka_role_is_given(role->obj.kind == KA_ROLE ? role->obj.namespace : NULL,
				role->obj.name);
}
