/* One Kubernetes object as compact JSON without what must not or need not be kept: what a
 * snapshot's lines are made of. */
#ifndef KA_MODEL_TRIM_H
#define KA_MODEL_TRIM_H

#include <stdbool.h>

#include <kassay/graph.h>
#include <kassay/out.h>

#include "util/tape.h"

/* Writes root as one line without a newline.  Dropped: managedFields, annotations that no engine
 * reads, a Secret's data and stringData, status but for the fields that checks read.  Values that
 * look secret are written as "kassay-hidden:REASON".  ConfigMap values are left out (the key stays)
 * unless ka_configmap_data_kept().  apiVersion and kind, which items of a typed list lack, come
 * from obj. */
void ka_trim_write(struct ka_out *out, struct ka_tape *t, const struct ka_node *root,
		   const struct ka_object *obj);

/* True for the ConfigMaps whose values are kept: those that configure the cluster itself. */
bool ka_configmap_data_kept(const char *namespace, const char *name);

/* True for a field of a fact that is never kept: in its configz a kubelet shows the headers, tokens
 * and all, that it sends when it asks for static pods. */
bool ka_fact_dropped(struct ka_tape *t, const struct ka_node *key);

#endif
