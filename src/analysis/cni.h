/* Which network plugin runs here, and whether it enforces NetworkPolicy. */
#ifndef KA_ANALYSIS_CNI_H
#define KA_ANALYSIS_CNI_H

#include <kassay/graph.h>

struct ka_cni {
	enum ka_tri enforces;        /* KA_UNSET: no plugin that we know was seen */
	const char *name;            /* "Calico"; NULL with KA_UNSET */
	const struct ka_object *by;  /* its DaemonSet; NULL when the distribution has it built in */
};

/* A plugin that enforces wins over one that does not: Canal is flannel with Calico's policies. */
void ka_cni_find(const struct ka_graph *g, struct ka_cni *ret);

#endif
