/* The RBAC engine's inside: shared by the rbac*.c files and nobody else. */
#ifndef KA_ANALYSIS_RBAC_PRIVATE_H
#define KA_ANALYSIS_RBAC_PRIVATE_H

#include <kassay/rbac.h>

#include "util/arena.h"
#include "util/intern.h"
#include "util/map.h"

/* Rules after aggregation, and what they give: one for all roles that aggregate the same. */
struct ka_ruleset {
	const struct ka_rule *rule;
	size_t nrules;
	struct ka_power power[2];   /* cluster-wide, in one namespace */
};
/* A role and what was worked out about it. */
struct ka_role_facts {
	const struct ka_role *role;
	const struct ka_ruleset *rules;
	/* the roles that are aggregated into it, by index, perhaps itself among them */
	const uint32_t *part;
	size_t nparts;
	enum ka_reach reach;
};

/* One subject of one grant. */
struct ka_holding {
	uint32_t grant, subject;
};
/* What one name holds in one scope: a run of the holdings. */
struct ka_held {
	uint32_t first, n;
};

struct ka_rbac {
	const struct ka_graph *g;
	struct ka_arena *arena;
	struct ka_intern *names; /* our own, so that graphs made by hand need intern nothing */

	size_t nroles, first_clusterrole;
	struct ka_role_facts *role;  /* Roles, ClusterRoles, built-in copies */
	struct ka_map role_at;       /* role pointer -> index */
	struct ka_map role_named;    /* name, namespace -> index */

	size_t ngrants;
	struct ka_grant *grant;

	struct ka_held *held;
	struct ka_holding *holding;
	/* name, scope -> index into held; a service account is its user name */
	struct ka_map users, groups;
};

/* rbac_aggregate.c: sets rules and part of every role. */
void ka_rbac_aggregate(struct ka_rbac *rbac);
/* rbac_power.c: what these rules give. */
void ka_rules_power(const struct ka_rule *rule, size_t n, bool namespaced, struct ka_power *ret);
/* rbac_builtin.c: the user-facing ClusterRoles of every cluster. */
const struct ka_role *ka_builtin_roles(size_t *ret_n);
/* rbac_subject.c: "system:serviceaccount:NS:NAME" told apart; false for any other name.
 * *ret_namespace is new. */
bool ka_username_namespace(const char *username, char **ret_namespace);
char *ka_username_of(const char *namespace, const char *name); /* new */

#endif
