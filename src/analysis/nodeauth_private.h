/* The inside of the node authorizer: node_graph.c knows who reaches what, nodeauth.c decides. */
#ifndef KA_ANALYSIS_NODEAUTH_PRIVATE_H
#define KA_ANALYSIS_NODEAUTH_PRIVATE_H

#include <kassay/nodeauth.h>

#include "util/map.h"

struct ka_nodeauth {
	const struct ka_graph *g;
	unsigned minor; /* of the API server: 37 in 1.37 */

	/* pods that are bound, side by side by node: pod[first[i]] to pod[first[i + 1] - 1] are on
	 * the node whose name node_at has with i */
	struct ka_map node_at;
	size_t nnodes;
	const struct ka_pod **pod;
	size_t *first;

	/* PersistentVolumes with a claim, sorted by it */
	size_t nvolumes;
	const struct ka_volume_object **volume;
	/* their Secrets, sorted by namespace and name */
	size_t nsecrets;
	struct ka_volume_secret {
		struct ka_secret_ref ref;
		const struct ka_volume_object *volume;
	} *secret;
};

/* True when a path leads from the object to the node. */
bool ka_node_reaches(const struct ka_nodeauth *na, const char *node, enum ka_reached_kind kind,
		     const char *namespace, const char *name);
/* The first kind that was not read and could hold such a path, or KA_NKINDS. */
enum ka_kind ka_node_unread(const struct ka_nodeauth *na, enum ka_reached_kind kind);

#endif
