/* The RBAC engine's inside: shared by the rbac*.c and powers*.c files and rightsize_actor.c, and nobody else. */
#ifndef KA_ANALYSIS_RBAC_PRIVATE_H
#define KA_ANALYSIS_RBAC_PRIVATE_H

#include <kassay/rbac.h>

#include "analysis/powers_private.h"
#include "util/arena.h"
#include "util/intern.h"
#include "util/map.h"

/* Rules after aggregation, and what they give: one for all roles that aggregate the same. */
struct ka_ruleset {
	const struct ka_rule *rule;
	size_t nrules;
	struct ka_ruleset *next;      /* in ka_rbac.sets */
	/* set by ka_rbac_atoms(), so that who only asks questions does not wait for it */
	const struct ka_atoms *given; /* by each rule, bound in the whole cluster */
	struct ka_atoms atoms;        /* by all of them */
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
	/* what the same name holds in another scope, or KA_MAP_NONE: the cluster is the first of the
	 * name if it is among them, the namespaces follow in order */
	uint32_t next;
	uint32_t head, last; /* the first of the name; in that one: the last */
	bool group;    /* in the map of groups */
	/* as in rbac->names; scope NULL: the cluster */
	const char *name, *scope;
};
/* As a scope in the maps of names: the first ka_held of a name, from which `next` leads to all. */
extern const char ka_anywhere[];

/* The subjects, one for each name.  Sorted when they are first asked for: questions do not wait for
 * that. */
struct ka_known {
	struct ka_subject *subject;
	size_t n;
	bool sorted;
};

struct ka_rbac {
	const struct ka_graph *g;
	struct ka_arena *arena;
	struct ka_intern *names; /* our own, so that graphs made by hand need intern nothing */

	size_t nroles, first_clusterrole;
	struct ka_role_facts *role;  /* Roles, ClusterRoles, built-in copies */
	struct ka_map role_at;       /* role pointer -> index */
	struct ka_map role_named;    /* name, namespace -> index */

	struct ka_ruleset *sets;

	size_t ngrants;
	struct ka_grant *grant;

	size_t nheld;
	struct ka_held *held;
	struct ka_holding *holding;
	/* name, scope (NULL: the cluster, or ka_anywhere) -> index into held; a service account is
	 * its user name */
	struct ka_map users, groups;
	struct ka_known *known;
};

/* Who asks, with everything that goes without saying said. */
struct ka_identity {
	char *user;             /* NULL: nobody in particular, a member of the groups */
	char *group;            /* one that had to be composed */
	const char *implied[3];
	size_t nimplied;
	const struct ka_strs *groups;
};
/* rbac_identity.c */
void ka_identify(struct ka_identity *id, const struct ka_who *who);
void ka_identity_release(struct ka_identity *id);
bool ka_identity_is_master(const struct ka_identity *id);
/* appliesTo: the first of the binding's subjects that this is, or NULL. */
const struct ka_subject *ka_identity_in(const struct ka_identity *id, const struct ka_binding *binding);

/* rbac.c: the role that a binding names, also one that is not in the graph; NULL: there is none. */
const struct ka_role *ka_rbac_resolve(const struct ka_rbac *rbac, const struct ka_binding *b);
/* rbac.c: never NULL. */
const struct ka_role_facts *ka_role_facts(const struct ka_rbac *rbac, const struct ka_role *role);
/* rbac_aggregate.c: sets rules and part of every role. */
void ka_rbac_aggregate(struct ka_rbac *rbac);
/* Works out what each set of rules gives, the first time. */
void ka_rbac_atoms(const struct ka_rbac *rbac);
/* rbac_builtin.c: the user-facing ClusterRoles of every cluster. */
const struct ka_role *ka_builtin_roles(size_t *ret_n);
/* rbac_subject.c: "system:serviceaccount:NS:NAME" told apart; false for any other name.
 * *ret_namespace is new. */
bool ka_username_namespace(const char *username, char **ret_namespace);
char *ka_username_of(const char *namespace, const char *name); /* new */

#endif
