/* What is in a namespace, and which namespaces are Kubernetes' own. */
#ifndef CHECKS_SPACES_H
#define CHECKS_SPACES_H

#include <stdbool.h>
#include <stddef.h>

#include <kassay/graph.h>

/* kube-system, kube-public, kube-node-lease: made by the API server itself. */
bool ka_space_is_system(const char *namespace);

/* Where the namespace begins in the (sorted) list, or would. */
size_t ka_space_first(const struct ka_list *list, const char *namespace);
/* True when an object of the list is in the namespace. */
bool ka_space_has(const struct ka_list *list, const char *namespace);
/* True when an object of a kind that no engine reads is there. */
bool ka_space_has_custom(const struct ka_graph *g, const char *namespace);
/* True when a pod or a pod template is in the namespace. */
bool ka_space_has_units(const struct ka_graph *g, const char *namespace);

/* The end of the run of units, from i on, that are reported on one and the same owner. */
size_t ka_units_end(const struct ka_graph *g, size_t i);

#endif
