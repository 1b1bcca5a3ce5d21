/* `kassay node`: what is on a node and in no list of the API, as one NodeFiles document
 * (include/kassay/graph.h). */
#ifndef KA_SOURCE_NODE_H
#define KA_SOURCE_NODE_H

#include <kassay/err.h>
#include <kassay/out.h>

struct ka_node_opts {
	const char *root; /* where the node's "/" is; NULL: here */
	const char *name; /* of the node; NULL: the kubelet's --hostname-override, else the host's name */
};

/* Looks at modes and owners; reads only manifests of static pods, the kubelet's configuration, command
 * lines, and the names of users and groups.  What cannot be looked at is in the document.  -1 when the
 * root cannot be opened, or nothing tells the node's name. */
int ka_node_write(const struct ka_node_opts *opts, struct ka_out *out, struct ka_err *err);

#endif
