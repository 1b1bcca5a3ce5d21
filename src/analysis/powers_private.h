/* Capabilities from the inside: shared by the powers*.c files and, for what is kept with a ruleset,
 * by the rbac*.c files. */
#ifndef KA_ANALYSIS_POWERS_PRIVATE_H
#define KA_ANALYSIS_POWERS_PRIVATE_H

#include <kassay/powers.h>

#include "util/arena.h"
#include "util/map.h"

/* The permissions that capabilities are made of.  A bit each. */
enum ka_atom {
	KA_ATOM_EVERYTHING,
	KA_ATOM_SECRETS_READ,
	KA_ATOM_SECRETS_CREATE,
	KA_ATOM_PODS_CREATE,
	KA_ATOM_PODS_REWRITE,
	KA_ATOM_PODS_REMOVE,
	KA_ATOM_PODS_STATUS,
	KA_ATOM_CONTROLLERS_CREATE,
	KA_ATOM_CONTROLLERS_REWRITE,
	KA_ATOM_EXEC_CREATE,
	KA_ATOM_EXEC_GET,
	KA_ATOM_EPHEMERAL,
	KA_ATOM_FORWARD_CREATE,
	KA_ATOM_FORWARD_GET,
	KA_ATOM_PROXY,
	KA_ATOM_ROLES_ESCALATE,
	KA_ATOM_ROLES_BIND,
	KA_ATOM_ROLES_CREATE,
	KA_ATOM_ROLES_REWRITE,
	KA_ATOM_CLUSTERROLES_ESCALATE,
	KA_ATOM_CLUSTERROLES_BIND,
	KA_ATOM_CLUSTERROLES_CREATE,
	KA_ATOM_CLUSTERROLES_REWRITE,
	KA_ATOM_BINDINGS_CREATE,
	KA_ATOM_BINDINGS_REWRITE,
	KA_ATOM_CLUSTERBINDINGS_CREATE,
	KA_ATOM_CLUSTERBINDINGS_REWRITE,
	KA_ATOM_BE_USER,
	KA_ATOM_BE_GROUP,
	KA_ATOM_BE_ACCOUNT,
	KA_ATOM_BE_EXTRA,
	KA_ATOM_SEEM_USER, /* constrained impersonation */
	KA_ATOM_SEEM_ACCOUNT,
	KA_ATOM_SEEM_NODE,
	KA_ATOM_AS_USER, /* what may be done so */
	KA_ATOM_AS_ACCOUNT,
	KA_ATOM_AS_NODE,
	KA_ATOM_TOKEN,
	KA_ATOM_CSR_CREATE,
	KA_ATOM_CSR_READ,
	KA_ATOM_CSR_APPROVAL,
	KA_ATOM_CSR_STATUS,
	KA_ATOM_APPROVE_CLIENT,
	KA_ATOM_APPROVE_KUBELET,
	KA_ATOM_APPROVE_OTHER, /* another signer of kubernetes.io */
	KA_ATOM_SIGN,
	KA_ATOM_NODES_PROXY,
	KA_ATOM_NODES_WRITE,
	KA_ATOM_VOLUMES_CREATE,
	KA_ATOM_NAMESPACES_CREATE,
	KA_ATOM_NAMESPACES_RELABEL,
	KA_ATOM_ADMISSION,
	KA_ATOM_APISERVICES,
	KA_ATOM_CRDS,
	KA_ATOM_AWS_AUTH,
	KA_ATOM_SERVICES_WRITE,
	KA_ATOM_SERVICES_STATUS,
	KA_ATOM_ENDPOINTS_WRITE,
	KA_ATOM_EVENTS_DELETE,
	KA_NATOMS,
};
_Static_assert(KA_NATOMS <= 64, "a set of permissions is one word");
#define KA_ATOM(a) ((uint64_t)1 << KA_ATOM_##a)

/* Which permissions rules give: over all objects, over named ones. */
struct ka_atoms {
	uint64_t all, named;
};
/* powers_atoms.c: what each of these rules gives when bound in the whole cluster, *ret_all what they
 * give together.  EVERYTHING stands alone: its rule gives nothing else, see ka_atoms_effective(). */
const struct ka_atoms *ka_rules_atoms(struct ka_arena *arena, const struct ka_rule *rule, size_t n,
				      struct ka_atoms *ret_all);
/* The permissions that count in one namespace: the others are asked for without one. */
uint64_t ka_atoms_namespaced(void);
/* With all that EVERYTHING stands for. */
struct ka_atoms ka_atoms_effective(struct ka_atoms atoms, bool namespaced);
/* How widely they give at least one of the permissions. */
enum ka_width ka_atoms_width(const struct ka_atoms *atoms, uint64_t any);

/* What a way needs besides permissions. */
enum {
	KA_FACT_PRIVILEGED = 1 << 0, /* privileged pods are let into the namespace */
	KA_FACT_GET_UPGRADES = 1 << 1, /* before 1.35 get is enough to open a stream */
	KA_FACT_CONSTRAINED = 1 << 2, /* from 1.35 on impersonation can be constrained */
	KA_FACT_AWS_AUTH = 1 << 3, /* EKS, which reads the ConfigMap of that name */
	KA_FACT_SIGNS_CLIENTS = 1 << 4, /* kubernetes.io/kube-apiserver-client is signed: not on EKS */
};
enum ka_clause_flags {
	/* a grant that gives this is what a finding stands on; the first clause always */
	KA_CLAUSE_KEY = 1 << 0,
	/* speaks of the same object as the others so marked: their names must have one in common */
	KA_CLAUSE_SAME = 1 << 1,
	KA_CLAUSE_WHOLE = 1 << 2,    /* by name is of no use */
	KA_CLAUSE_ANYWHERE = 1 << 3, /* held in any scope whatever */
	KA_CLAUSE_ONE = 1 << 4,      /* one object is as good as all: names do not limit the way */
};
struct ka_clause {
	uint64_t any;
	unsigned flags;
};
/* A way to a capability: all of the clauses, any permission of each. */
struct ka_way {
	enum ka_cap cap;
	const char *what, *leads_to;
	const char *lacks;     /* not enough by itself: what is missing */
	const char *namespace; /* counts there alone; NULL: anywhere */
	bool cluster;          /* only where all of it is held in the whole cluster */
	unsigned facts;
	struct ka_clause clause[KA_POWER_STEPS]; /* ends with any 0 */
};
enum { KA_WAYS_MAX = 64 };
/* powers_table.c: sorted by capability, complete ways before those that lack something. */
const struct ka_way *ka_ways(size_t *ret_n);

/* ---- who holds what, in one scope ---- */

struct ka_rbac;
struct ka_blast_index;
struct ka_powers_cache;
struct ka_powers {
	const struct ka_rbac *rbac;
	uint64_t namespaced;    /* ka_atoms_namespaced() */
	struct ka_atoms *grant; /* by grant, in its scope; EVERYTHING alone */
	/* by what a name holds in a scope (struct ka_held): effective */
	struct ka_atoms *held;
	unsigned *facts;        /* the same for the facts about the scope */
	/* by the first ka_held of a name: the union of all its scopes */
	struct ka_atoms *anywhere;
	unsigned facts_of_cluster, facts_of_server;
	struct ka_map admin; /* namespace, as in the names of rbac -> ka_held of an account */
	struct ka_blast_index *blast;
	struct ka_powers_cache *cache; /* what was asked of names that hold much */
};
/* powers_blast.c: how many objects there are where. */
struct ka_blast_index *ka_blast_index_new(const struct ka_powers *p);
void ka_blast_index_free(struct ka_blast_index *x);

/* Somebody with the groups, as names that occur in bindings. */
struct ka_party {
	size_t n, own; /* own: how many of them are the subject itself, 0 or 1; it is the first */
	bool master;
	uint32_t *head; /* the first ka_held of each name */
	uint32_t *cursor; /* of a walk, by name */
	size_t leading;   /* how many of the names lead it */
	uint32_t *held;   /* room for a view */
	struct ka_atoms anywhere, own_anywhere;
};
/* powers_view.c */
void ka_party_init(struct ka_party *party, const struct ka_powers *p, const struct ka_who *who);
void ka_party_release(struct ka_party *party);
/* What they hold in one scope: there, and in the whole cluster. */
struct ka_view {
	const struct ka_powers *p;
	const char *scope;         /* as in struct ka_held; NULL: the cluster */
	struct ka_atoms have, own; /* all of it; the subject's own */
	struct ka_atoms there, own_there; /* what the scope alone adds */
	struct ka_atoms anywhere;
	unsigned facts;
	const uint32_t *held;      /* the subject's own first, the scope's before the cluster's */
	size_t nheld, nown;
	bool own_scope;            /* the subject itself holds something there */
	const struct ka_party *party;
	/* a grant that must give the key clause; KA_MAP_NONE: any may give all */
	uint32_t key_grant;
	size_t key_clause;
};
/* Borrows the party's room: one view of a party at a time. */
void ka_view_init(struct ka_view *v, const struct ka_powers *p, struct ka_party *party,
		  const char *scope);
/* From namespace to namespace, in order: all where they hold something; `own`: where the subject
 * itself does.  A view for each; false at the end. */
void ka_walk_start(struct ka_party *party, const struct ka_powers *p, bool own);
bool ka_walk_next(struct ka_view *v, const struct ka_powers *p, struct ka_party *party);
/* powers_way.c.  How widely a way is open; facts and scope considered. */
enum ka_width ka_view_width(const struct ka_view *v, const struct ka_way *way);
/* Everything about an open way.  names: an arena for the names, or NULL not to tell them. */
void ka_view_tell(const struct ka_view *v, const struct ka_way *way, enum ka_width width,
		  struct ka_arena *names, struct ka_power *ret);

/* ---- powers_names.c: the grants behind a clause, and their names ---- */

struct ka_powers_cache *ka_powers_cache_new(void);
void ka_powers_cache_free(struct ka_powers_cache *cache);

/* Calls visit for all that may give the clause, by index of struct ka_held, until it returns
 * false. */
typedef bool ka_held_fn(void *arg, const struct ka_clause *clause, uint32_t at);
void ka_view_each(const struct ka_view *v, const struct ka_clause *clause, ka_held_fn *visit, void *arg);
/* The grant that has to give clause number c, or KA_MAP_NONE: any of those held.  A grant by itself is
 * asked about with nobody. */
uint32_t ka_view_grant(const struct ka_view *v, size_t c);
/* What a grant gives, with all that EVERYTHING stands for. */
struct ka_atoms ka_grant_gives(const struct ka_powers *p, uint32_t grant);
/* The same as ka_atoms_width() where EVERYTHING has been resolved. */
enum ka_width ka_atoms_give(struct ka_atoms atoms, uint64_t any);
/* The first of the grants that gives the clause, a row of the table, as widely as any of them. */
uint32_t ka_first_grant(const struct ka_powers *p, const struct ka_clause *clause, uint32_t at);

/* Names, sorted, each once. */
struct ka_names {
	const struct ka_powers *p;
	const char **v; /* to be freed */
	size_t n, cap;
	/* remembered ones, as long as they are all there is: not to be freed */
	const struct ka_strs *lent;
	bool remember; /* the clause is a row of the table */
};
/* The names that clause number c of a way is limited to. */
struct ka_names ka_names_of(const struct ka_view *v, const struct ka_way *way, size_t c, bool remember);
const char *const *ka_names_list(const struct ka_names *names);
/* Leaves in `a` what is in `b` as well. */
void ka_names_intersect(struct ka_names *a, const struct ka_names *b);
/* The names that the permissions are limited to, sorted, each once; free() it. */
const char **ka_view_names(const struct ka_view *v, uint64_t any, size_t *ret_n);

#endif
