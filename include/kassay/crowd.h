/* How many really are behind a subject: the accounts of a group, the workloads of an account. */
#ifndef KASSAY_CROWD_H
#define KASSAY_CROWD_H

#include <stdbool.h>
#include <stdint.h>

#include <kassay/graph.h>

struct ka_crowds; /* counts over a finished graph */

/* New; the graph is borrowed and must outlive it.  Reads accounts, nodes and pod specs once. */
struct ka_crowds *ka_crowds_new(const struct ka_graph *g);
void ka_crowds_free(struct ka_crowds *crowds);

struct ka_crowd {
	/* others too, whom the cluster does not list: people, and whoever an identity provider
	 * puts into the group */
	bool open;
	uint64_t accounts;  /* service accounts: objects, and those that pods name */
	uint64_t workloads; /* top-level owners whose pods run as one of them */
	uint64_t nodes;
};
/* A service account stands for itself alone: accounts is 1, or 0 when no object and no pod names it. */
struct ka_crowd ka_crowd_of(const struct ka_crowds *crowds, const struct ka_subject *s);

#endif
