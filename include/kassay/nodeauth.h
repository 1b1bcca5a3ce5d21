/* The node authorizer: what kubelets may do without any role.  A node reaches what the pods bound to
 * it need, and no RBAC object says so.
 *
 * Rules: plugin/pkg/auth/authorizer/node/{node_authorizer,graph,graph_populator}.go and NodeRules()
 * of plugin/pkg/auth/authorizer/rbac/bootstrappolicy/policy.go of Kubernetes, with feature gates as
 * they are by default in the graph's version (none: 1.37).  Whether the API server asks this
 * authorizer at all, <kassay/authorizers.h> tells.
 *
 * What it allows to be written, the admission plugin NodeRestriction then limits: a node object to
 * its own, without labels below node-restriction.kubernetes.io/ and without new taints; a pod to
 * mirror pods on itself and to the status, eviction and deletion of those bound to it; a token to one
 * bound to such a pod; a lease, a CSINode and a ResourceSlice to its own. */
#ifndef KASSAY_NODEAUTH_H
#define KASSAY_NODEAUTH_H

#include <stdbool.h>
#include <stddef.h>

#include <kassay/rbac.h>

struct ka_nodeauth; /* indexes over a finished graph */

/* The graph is borrowed and must outlive it. */
struct ka_nodeauth *ka_nodeauth_new(const struct ka_graph *g);
void ka_nodeauth_free(struct ka_nodeauth *na);

enum ka_node_answer {
	KA_NODE_NO_OPINION, /* as good as no, unless RBAC allows it */
	KA_NODE_ALLOW,
	KA_NODE_UNKNOWN,    /* it hangs on objects that were not read */
};
/* What the authorizer says of somebody's request: no opinion of anybody but a User
 * "system:node:NAME" in the group system:nodes.  `own_node`: a field selector limits the list, watch
 * or deletecollection to what is on NAME (spec.nodeName).  `reason` gets the authorizer's words, or
 * what was not read; "" when it has none. */
enum ka_node_answer ka_nodeauth_allows(const struct ka_nodeauth *na, const struct ka_who *who,
				       const struct ka_request *req, bool own_node,
				       char reason[256]);

/* What a node reaches through its pods. */
enum ka_reached_kind {
	KA_NODE_POD,
	KA_NODE_SECRET,
	KA_NODE_CONFIGMAP,
	KA_NODE_CLAIM,   /* PersistentVolumeClaims */
	KA_NODE_VOLUME,  /* PersistentVolumes */
	KA_NODE_ACCOUNT, /* ServiceAccounts: read, and tokens made for */
	KA_NODE_NOBJECTS,
};
struct ka_reached {
	enum ka_reached_kind kind;
	const char *namespace; /* NULL: KA_NODE_VOLUME */
	const char *name;      /* it need not exist */
};
struct ka_reach_list {
	size_t n;
	struct ka_reached *item;    /* each once, sorted by kind, namespace, name */
	size_t of[KA_NODE_NOBJECTS]; /* how many of each kind */
	struct ka_arena *arena;
};
/* All that the node of this name reaches; strings are the graph's or the list's. */
void ka_nodeauth_reach(const struct ka_nodeauth *na, const char *node, struct ka_reach_list *ret);
void ka_reach_list_release(struct ka_reach_list *list);

#endif
