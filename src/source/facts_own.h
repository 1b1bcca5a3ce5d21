/* What the parts of the fact finder share; nobody else includes this. */
#ifndef KA_SOURCE_FACTS_OWN_H
#define KA_SOURCE_FACTS_OWN_H

#include "source/facts.h"
#include "source/metrics.h"
#include "util/arena.h"

enum { KA_PROBES = 3, KA_KEPT_MAPS = 5 };

/* One request without credentials. */
struct ka_probe {
	struct ka_fact_finder *f;
	const char *path;
	char status[8];    /* "401"; "" as long as the API server has not answered */
	char reason[256];
};

struct ka_fact_node {
	struct ka_fact_finder *f;
	const char *name, *ip;
	const struct ka_object *obj;
	bool answered, refused;
	const char *reason; /* why it did not answer */
};

struct ka_fact_finder {
	struct ka_fact_target t;
	struct ka_arena *arena;
	uint32_t of_server, of_kubelets, of_maps; /* files of the builder */

	struct ka_probe probe[KA_PROBES];

	struct ka_metrics *metrics;
	struct ka_evidence metrics_found;

	struct ka_fact_node *node;
	size_t nnodes, cap;
	bool nodes_asked;
	size_t next;       /* of the nodes to be asked */
	bool silence;      /* one gave no answer at all */
	int64_t nodes_end; /* milliseconds of the monotonic clock */
	size_t intended, partial; /* documents of what a kubelet is meant to run with */

	bool map_seen[KA_KEPT_MAPS];
	const struct ka_configmap *kubelet_config;
};

/* Adds {"apiVersion": "kassay/v1", "kind": ..., "metadata": {"name": ...}, "source": ..., "facts":
 * json}.  -1 and *err when json is none. */
int ka_fact_add(struct ka_fact_finder *f, enum ka_kind kind, const char *name, const char *source, const char *json,
		struct ka_err *err);
/* The tape's value as JSON, but for headers that may hold a credential. */
void ka_fact_write(struct ka_out *out, struct ka_tape *t, const struct ka_node *v);
void ka_fact_evidence(struct ka_fact_finder *f, enum ka_kind kind, const struct ka_evidence *e);

/* facts_node.c */
void ka_fact_nodes_ask(struct ka_fact_finder *f);
void ka_fact_nodes_end(struct ka_fact_finder *f);

#endif
