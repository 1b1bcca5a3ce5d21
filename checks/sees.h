/* Which requests webhooks and admission policies are asked about. */
#ifndef CHECKS_SEES_H
#define CHECKS_SEES_H

#include <stdbool.h>
#include <stddef.h>

#include <kassay/graph.h>

/* A resource that requests are about. */
struct ka_target {
	const char *group, *resource;
	bool cluster; /* cluster-scoped */
};

/* True when one of the rules matches the operation ("CREATE") on the resource, whatever the
 * object's name. */
bool ka_rules_see(const struct ka_admission_rule *rule, size_t n, const char *operation,
		  const struct ka_target *target);

/* True when the selector matches the Namespace as the API server sees it. */
bool ka_selects_namespace(const struct ka_selector *sel, const struct ka_object *ns);

#endif
