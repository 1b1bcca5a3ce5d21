/* What wildcards in rules stand for: every resource that can be asked about, its verbs, and the
 * namespaces there are.
 *
 * From what the API server said it serves; where the source does not tell (files, a dump) from a
 * table of Kubernetes' own API, and the resources of other groups that rules name. */
#ifndef KASSAY_CATALOGUE_H
#define KASSAY_CATALOGUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <kassay/graph.h>

enum { KA_MAX_VERBS = 64 };

struct ka_resource {
	const char *group; /* "" is the core group */
	const char *text;  /* as in a rule: "pods", "pods/exec" */
	bool namespaced;
	/* exists for authorization alone: users to impersonate, signers, what a kubelet serves */
	bool virtual;
	bool assumed;      /* a rule names it, and nothing tells whether it exists */
	uint64_t verbs;    /* bits: index into ka_catalogue.verb */
};

struct ka_catalogue {
	bool served;       /* the API server told; else it is the built-in table */
	/* sorted by group, text.  One text twice: clusterroles have no namespace, but to bind one
	 * is asked in the namespace of the RoleBinding. */
	size_t n;
	const struct ka_resource *row;
	size_t nverbs;
	const char *verb[KA_MAX_VERBS];
	/* all that an object is in or that is an object, sorted; "default" when there is none */
	size_t nnamespaces;
	const char *const *namespace;
	struct ka_arena *arena; /* of all the above */
};

/* The graph is borrowed and must outlive it. */
struct ka_catalogue *ka_catalogue_new(const struct ka_graph *g);
void ka_catalogue_free(struct ka_catalogue *cat);

/* Index of the first row of this name, the number of such rows in *ret_n: 0 when there is none. */
size_t ka_catalogue_find(const struct ka_catalogue *cat, const char *group, const char *text, size_t *ret_n);
/* The bit of a verb; 0 when no resource has such a verb. */
uint64_t ka_catalogue_verb(const struct ka_catalogue *cat, const char *verb);
/* True when this is one of Kubernetes' own resources and has no namespace.  The resource is `len`
 * bytes long. */
bool ka_cluster_scoped(const char *group, const char *resource, size_t len);

/* The paths of an API server that are no resources, as wildcards in nonResourceURLs stand for them.
 * NULL-ended. */
extern const char *const ka_catalogue_urls[];

#endif
