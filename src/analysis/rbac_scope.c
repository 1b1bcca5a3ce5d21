/* Resources without a namespace: what a Role says of them is never asked. */
#include <kassay/catalogue.h>
#include <kassay/rbac.h>

#include <string.h>

#include "util/banned.h"

static bool
is_cluster_scoped(const char *group, const char *resource, size_t len)
{
	/* A request for one Namespace counts as made in it. */
	if (!*group && len == strlen("namespaces") && !strncmp(resource, "namespaces", len))
		return false;
	return ka_cluster_scoped(group, resource, len);
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
