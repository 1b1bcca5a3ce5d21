/* What kassay asks an API server for: one list per kind, in one table, which the collector, --dry-run
 * and `kassay role` share. */
#ifndef KA_SOURCE_PLAN_H
#define KA_SOURCE_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include <kassay/graph.h>

/* One list that is asked for where it is served. */
struct ka_ask {
	enum ka_kind kind;
	const char *group;    /* "apps"; "" is the core group */
	const char *resource; /* "deployments"; "*": all that the group serves, as far as `only` fits */
	const char *only;     /* a glob over the kind's name; NULL: any */
	/* versions whose objects the decoders understand, best first, separated by blanks; NULL:
	 * the server's favourite */
	const char *versions;
	/* another group that shows the same objects: not asked for when that is served */
	const char *unless;
	bool cluster_wide; /* custom resources: known to have no namespace */
	/* Secrets: of their values and types nothing crosses the wire, only metadata; which of the
	 * types a list is of, its selector tells */
	const char *secret_type, *selector;
};
/* All of them: first every kind of our own, then the custom resources that checks read. */
const struct ka_ask *ka_asks(size_t *ret_n);

/* A group that discovery could not be had of.  group NULL: of none but the core group. */
struct ka_lost_group {
	const char *group, *reason;
	bool refused; /* by the server, and not broken */
};

/* One thing to ask for; strings are the plan's. */
struct ka_task {
	const struct ka_ask *ask;
	const char *api_version; /* "apps/v1" */
	const char *kind_name;   /* "Deployment" */
	const char *resource;    /* "deployments" */
	const char *namespace;   /* --namespace: this one alone; NULL: all */
	const char *path;        /* "/apis/apps/v1/deployments", without query */
	bool single;             /* one object by its name, not a list */
	bool assumed;            /* discovery was refused: the answer tells whether it is served */
	/* Known before it is asked for: COMPLETE means that it is to be asked, ABSENT and FAILED that
	 * it is not, and why. */
	enum ka_evidence_status status;
	const char *reason;
};
struct ka_plan {
	size_t n;
	struct ka_task *task;
	struct ka_arena *arena; /* private */
};

/* By what is served (sorted or not), what could not be discovered, and --namespace.  Released with
 * ka_plan_release(). */
void ka_plan_make(struct ka_plan *ret, const struct ka_graph *g, const struct ka_lost_group *lost, size_t nlost,
		  const struct ka_strs *namespaces);
void ka_plan_release(struct ka_plan *plan);

/* Path and query of one page: "/api/v1/pods?limit=500&continue=..."; cont NULL: of the first.  Freed with free(). */
char *ka_task_request(const struct ka_task *t, unsigned limit, const char *cont);

#endif
