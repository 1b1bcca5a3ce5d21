/* What k3s and RKE2 write about themselves on their Node: the arguments they were started with. */
#ifndef KA_SOURCE_NODE_ARGS_H
#define KA_SOURCE_NODE_ARGS_H

#include <stdbool.h>

#include <kassay/graph.h>
#include <kassay/out.h>

/* The annotation's key, or NULL when the node has none. */
const char *ka_node_args_key(const struct ka_object *node);

/* Writes {"partial": "true", FIELD: VALUE ...}: of the kubelet-arg in the annotation's value those that
 * are fields of KubeletConfiguration (kubernetes/cmd/kubelet/app/options/options.go).  False, and
 * nothing is written, when there are none, or it is no JSON list of strings. */
bool ka_node_args_write(const char *value, struct ka_out *out);

#endif
