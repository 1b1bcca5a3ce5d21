/* Dangerous capabilities: what a subject may do that leads further, over the union of all its
 * bindings.
 *
 * A capability often needs more than one permission (bind, and a way to write a binding), and they
 * may come from different roles, bindings and groups.  Each is told with the grants that make it,
 * where it holds and how widely.  RBAC alone is looked at, so it is a lower bound. */
#ifndef KASSAY_POWERS_H
#define KASSAY_POWERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <kassay/graph.h>
#include <kassay/rbac.h>

enum ka_cap {
	KA_CAP_EVERYTHING,       /* * on * in *; a member of system:masters */
	KA_CAP_ESCALATE,         /* write rules into roles that one does not hold */
	KA_CAP_BIND,             /* hand out roles that one does not hold */
	KA_CAP_WRITE_RBAC,       /* write roles or bindings, bounded by the cover check */
	KA_CAP_IMPERSONATE,      /* act as another user, account, group or node */
	KA_CAP_TOKENS,           /* create serviceaccounts/token */
	KA_CAP_MINT_TOKENS,      /* have the token controller fill a Secret, and get at it */
	KA_CAP_BOOTSTRAP_TOKENS, /* create bootstrap tokens in kube-system */
	KA_CAP_READ_SECRETS,     /* get, list or watch secrets */
	KA_CAP_CERTIFY_USERS,    /* have a client certificate signed for any name */
	KA_CAP_CERTIFY_NODES,    /* have one signed for a node */
	KA_CAP_SIGN,             /* put certificates of a trusted CA into requests */
	KA_CAP_CREATE_PODS,      /* create pods or what makes them, or rewrite a template */
	KA_CAP_CHANGE_PODS,      /* change what a running pod runs */
	KA_CAP_TAKE_NODES,       /* run a privileged pod where Pod Security lets it */
	KA_CAP_EXEC,             /* enter running containers */
	KA_CAP_PORT_FORWARD,     /* reach ports of pods and services through the API server */
	KA_CAP_STEAL_PODS,       /* drive pods away from other nodes */
	KA_CAP_RELABEL_PODS,     /* write pods/status: labels, conditions */
	KA_CAP_NODES_PROXY,      /* speak to kubelets */
	KA_CAP_WRITE_NODES,      /* update, patch, delete nodes, nodes/status */
	KA_CAP_CREATE_PV,        /* mount any folder of a node through a PersistentVolume */
	KA_CAP_WRITE_NAMESPACES, /* relabel namespaces: Pod Security levels, selectors */
	KA_CAP_WEBHOOKS,         /* write webhook configurations, admission policies and bindings */
	KA_CAP_WRITE_APISERVICES, /* route an API group to a server of one's own */
	KA_CAP_WRITE_CRDS,       /* route conversions of custom resources to one's own */
	KA_CAP_AWS_AUTH,         /* map IAM identities to groups, on EKS */
	KA_CAP_DIVERT_TRAFFIC,   /* write services/status, endpoints, endpointslices */
	KA_CAP_EXTERNAL_IPS,     /* write services, and with them externalIPs */
	KA_CAP_DELETE_EVENTS,    /* delete, deletecollection events */
	KA_NCAPS,
};
struct ka_cap_info {
	const char *key; /* "create-pods" */
	const char *may; /* "X may ..." */
};
const struct ka_cap_info *ka_cap_info(enum ka_cap cap);

/* How wide a capability is: over every object in the scope, or only over named ones
 * (resourceNames). */
enum ka_width { KA_WIDTH_NONE, KA_WIDTH_NAMED, KA_WIDTH_ALL };

enum { KA_POWER_STEPS = 4 };
/* One permission that takes part, and where it comes from. */
struct ka_power_step {
	struct ka_grant grant; /* binding NULL: the group system:masters */
	const struct ka_rule *rule;
};
struct ka_power {
	enum ka_cap cap;
	const char *what;      /* which way to it: "bind roles in RoleBindings" */
	const char *leads_to;  /* "any role, in the namespace" */
	const char *lacks;     /* NULL: complete; else what is missing for it to be of use */
	const char *assuming;  /* what the source does not tell and this rests on; or NULL */
	const char *namespace; /* where it holds; NULL: in the whole cluster */
	/* how many further namespaces it holds in; only from ka_powers_through() */
	size_t more_namespaces;
	enum ka_width width;
	/* KA_WIDTH_NAMED: the objects, those that all named permissions have in common where they speak
	 * of the same one; from ka_powers_of(), for as long as its list and the ka_powers are there */
	struct ka_strs names;
	/* One for each permission that is needed, the one that gives it its meaning first; where
	 * several grants give it, the widest, those of the subject itself before those of its groups. */
	size_t nsteps;
	struct ka_power_step step[KA_POWER_STEPS];
};

struct ka_powers; /* what every name holds, worked out once */

/* New; the engine is borrowed and must outlive it. */
struct ka_powers *ka_powers_new(const struct ka_rbac *rbac);
void ka_powers_free(struct ka_powers *p);

struct ka_power_list {
	size_t n;
	struct ka_power *power;
	struct ka_arena *arena; /* of the names; NULL when there are none */
};
void ka_power_list_release(struct ka_power_list *list);

/* KA_POWERS_OWN leaves out what somebody has by groups alone: all members of a group have that, and
 * it is told of the group. */
enum ka_powers_which { KA_POWERS_ALL, KA_POWERS_OWN };
/* Somebody's capabilities, the implied groups' grants among them: those of the whole cluster first,
 * then by namespace; in each in the order of enum ka_cap.  Where EVERYTHING holds nothing else is
 * told; a capability that lacks something only where there is no complete one.  *ret is the
 * caller's to release. */
void ka_powers_of(const struct ka_powers *p, const struct ka_who *who, enum ka_powers_which which,
		  struct ka_power_list *ret);

/* The capability as it stands on one grant: complete when the subject (one of the binding's), with
 * whatever else it holds, has all that is needed, and the grant gives the permission that gives the
 * capability its meaning.  A rule of everything counts as KA_CAP_EVERYTHING only, so that it is
 * told once.  `grant` is one of ka_rbac_grants().  subject NULL: the grant alone.  False when the
 * grant gives none of it. */
bool ka_powers_through(const struct ka_powers *p, const struct ka_grant *grant,
		       const struct ka_subject *subject, enum ka_cap cap, struct ka_power *ret);
/* The capabilities that ka_powers_through() can be asked for with success, as bits 1 << cap. */
uint64_t ka_powers_at(const struct ka_powers *p, const struct ka_grant *grant);

/* True when the namespace is in the source and no Pod Security label keeps privileged pods out of it.
 * NULL: when there may be such a namespace in the cluster. */
bool ka_powers_privileged(const struct ka_powers *p, const char *namespace);

/* A service account of the namespace that may do everything in the cluster by a grant of its own, or
 * NULL: whoever gets at the accounts there gets at the cluster.  Its user name. */
const char *ka_powers_admin_in(const struct ka_powers *p, const char *namespace);

/* What somebody gets at in one step, by number of objects in the snapshot; resourceNames count. */
struct ka_blast {
	uint64_t secrets;        /* can read, or mount into a pod */
	uint64_t pods;           /* can enter or change */
	uint64_t pod_namespaces; /* can create pods in */
	uint64_t nodes;          /* can command: by kubelet, privileged pod or a volume of the host */
	/* whose tokens can be had: issued, minted, by impersonation, through pods and in Secrets if these
	 * are not limited to names */
	uint64_t accounts;
	bool cluster;            /* may make itself the cluster's administrator at once */
};
/* KA_POWERS_OWN: by the grants that name the subject itself.  For all subjects in turn ask for these,
 * and for the groups as subjects of their own: what a group holds in every namespace would be
 * counted again for each of its members. */
void ka_powers_blast(const struct ka_powers *p, const struct ka_who *who,
		     enum ka_powers_which which, struct ka_blast *ret);

#endif
