/* Resources without a namespace: what a Role says of them is never asked. */
#include <kassay/rbac.h>

#include <string.h>

#include "util/banned.h"

/* Namespaces are not among them: a request for one of them counts as made in it. */
static const struct {
	const char *group, *resource;
} cluster_scoped[] = {
	{ "", "componentstatuses" },
	{ "", "groups" },
	{ "", "nodes" },
	{ "", "persistentvolumes" },
	{ "", "users" },
	{ "admissionregistration.k8s.io", "mutatingadmissionpolicies" },
	{ "admissionregistration.k8s.io", "mutatingadmissionpolicybindings" },
	{ "admissionregistration.k8s.io", "mutatingwebhookconfigurations" },
	{ "admissionregistration.k8s.io", "validatingadmissionpolicies" },
	{ "admissionregistration.k8s.io", "validatingadmissionpolicybindings" },
	{ "admissionregistration.k8s.io", "validatingwebhookconfigurations" },
	{ "apiextensions.k8s.io", "customresourcedefinitions" },
	{ "apiregistration.k8s.io", "apiservices" },
	{ "authentication.k8s.io", "tokenreviews" },
	{ "authorization.k8s.io", "subjectaccessreviews" },
	{ "certificates.k8s.io", "certificatesigningrequests" },
	{ "certificates.k8s.io", "signers" },
	{ "flowcontrol.apiserver.k8s.io", "flowschemas" },
	{ "flowcontrol.apiserver.k8s.io", "prioritylevelconfigurations" },
	{ "networking.k8s.io", "ingressclasses" },
	{ "node.k8s.io", "runtimeclasses" },
	{ "rbac.authorization.k8s.io", "clusterrolebindings" },
	{ "rbac.authorization.k8s.io", "clusterroles" },
	{ "scheduling.k8s.io", "priorityclasses" },
	{ "storage.k8s.io", "csidrivers" },
	{ "storage.k8s.io", "csinodes" },
	{ "storage.k8s.io", "storageclasses" },
	{ "storage.k8s.io", "volumeattachments" },
};

static bool
is_cluster_scoped(const char *group, const char *resource, size_t len)
{
	for (size_t i = 0; i < sizeof cluster_scoped / sizeof *cluster_scoped; i++)
		if (!strcmp(cluster_scoped[i].group, group) &&
		    strlen(cluster_scoped[i].resource) == len &&
		    !strncmp(cluster_scoped[i].resource, resource, len))
			return true;
	return false;
}

bool
ka_rule_needs_cluster(const struct ka_rule *rule, const char *resource)
{
	/* bind on a ClusterRole is asked in the namespace of the RoleBinding. */
	bool binds = ka_strs_has(&rule->verbs, "*") || ka_strs_has(&rule->verbs, "bind");

	if (!rule->groups.n || (binds && !strcmp(resource, "clusterroles")))
		return false;
	for (size_t i = 0; i < rule->groups.n; i++)
		if (!is_cluster_scoped(rule->groups.v[i], resource, strcspn(resource, "/")))
			return false;
	return true;
}
