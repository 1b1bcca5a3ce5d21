/* The graph's own side: building it object by object, finishing it, freeing it. */
#ifndef KA_MODEL_GRAPH_H
#define KA_MODEL_GRAPH_H

#include <stdbool.h>
#include <stdint.h>

#include <kassay/err.h>
#include <kassay/graph.h>

#include "util/tape.h"

/* Releases a finished graph and all that it holds.  NULL is fine. */
void ka_graph_free(struct ka_graph *g);

/* For tests and for sources: says of one kind what was seen.  Strings are copied. */
void ka_graph_set_evidence(struct ka_graph *g, enum ka_kind kind, enum ka_evidence_status status,
			   const char *reason);

#endif
