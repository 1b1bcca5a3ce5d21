/* NetworkPolicy isolation: which pods are isolated in which direction, and by which policy.  Rules:
 * networking.k8s.io/v1 (types.go); pods with hostNetwork are never subjects, finished pods are left
 * out.  Strings given to this engine (namespaces) are interned ones of the graph. */
#ifndef KASSAY_NET_H
#define KASSAY_NET_H

#include <stdbool.h>
#include <stddef.h>

#include <kassay/graph.h>

struct ka_net;

/* A new engine over a finished graph (borrowed).  Work: policies of a namespace x distinct label
 * sets in it. */
struct ka_net *ka_net_new(const struct ka_graph *g);
void ka_net_free(struct ka_net *net);

/* Directions (KA_INGRESS_DIR | KA_EGRESS_DIR) in which pods with these labels are isolated in this
 * namespace, by NetworkPolicies alone; host network is the caller's to consider (see
 * ka_net_unit). */
unsigned ka_net_isolation(const struct ka_net *net, const char *namespace,
			  const struct ka_kvs *labels);

enum ka_net_scope {
	KA_NET_GOVERNED,  /* NetworkPolicies apply to it */
	KA_NET_HOST,      /* hostNetwork: policies do not govern it */
};
/* The same for a unit of the graph: directions in which every live pod of it is isolated. */
enum ka_net_scope ka_net_unit(const struct ka_net *net, const struct ka_unit *unit,
			      unsigned *ret_isolated);
/* Directions in which a unit that is only a template may or may not be isolated: a policy selects
 * on labels that controllers put on pods when they make them (pod-template-hash ...). */
unsigned ka_net_unit_undecided(const struct ka_net *net, const struct ka_unit *unit);

/* What a policy selects in its namespace: live pods, and templates that no pod runs from. */
struct ka_net_selected {
	size_t pods;        /* selected and governed */
	size_t host_pods;   /* selected, but on the host's network */
	bool undecidable;   /* may select templates: it asks for labels that only live pods carry */
};
struct ka_net_selected ka_net_policy(const struct ka_net *net, const struct ka_netpol *policy);

/* A policy with an empty podSelector that isolates in the given direction(s) and allows nothing
 * there. */
unsigned ka_net_default_deny(const struct ka_net *net, const char *namespace);
/* The number of NetworkPolicies in the namespace. */
size_t ka_net_count(const struct ka_net *net, const char *namespace);
/* The number of policies of other families (Cilium, Calico, Antrea, AdminNetworkPolicy ...) that
 * may bear on pods of the namespace; cluster-scoped ones bear on all.  They are counted, not
 * evaluated: where there are some, "not isolated" is not proved. */
size_t ka_net_other_policies(const struct ka_net *net, const char *namespace);

/* Who might enforce policies here: a known network plugin (its name, for the report) and whether it
 * enforces NetworkPolicy.  KA_UNSET: nothing known was seen.  *ret_by is its DaemonSet, or NULL
 * when it is built into the distribution. */
enum ka_tri ka_net_enforced(const struct ka_net *net, const char **ret_cni,
			    const struct ka_object **ret_by);

#endif
