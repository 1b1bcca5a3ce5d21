/* What a role's rules give that leads further: one table of requests that matter, tried on every
 * rule. */
#include "analysis/rbac_private.h"

#include <string.h>

#include "util/str.h"
#include "util/banned.h"

enum {
	GET = 1 << 0,
	LIST = 1 << 1,
	WATCH = 1 << 2,
	CREATE = 1 << 3,
	UPDATE = 1 << 4,
	PATCH = 1 << 5,
	DELETE = 1 << 6,
	DELETECOLLECTION = 1 << 7,
	ESCALATE = 1 << 8,
	BIND = 1 << 9,
	IMPERSONATE = 1 << 10,
	APPROVE = 1 << 11,
	SIGN = 1 << 12,
	ALL_VERBS = (1 << 13) - 1,

	READ = GET | LIST | WATCH,
	WRITE = CREATE | UPDATE | PATCH,
	REWRITE = UPDATE | PATCH,
	HTTP = GET | CREATE | UPDATE | PATCH | DELETE, /* what a proxy maps methods to */
};
static const char *const verb_names[] = {
	"get",	    "list",  "watch",	    "create",
	"update",   "patch", "delete",	    "deletecollection",
	"escalate", "bind",  "impersonate", "approve",
	"sign",
};

enum reach { ANYWHERE, CLUSTER_ONLY };
struct probe {
	enum ka_cap cap;
	const char *group, *resource, *subresource;
	unsigned verbs;
	/* CLUSTER_ONLY: the request has no namespace, so a RoleBinding never counts */
	enum reach reach;
};

#define APPS "apps"
#define RBAC "rbac.authorization.k8s.io"
#define CSR "certificates.k8s.io"
#define ADMISSION "admissionregistration.k8s.io"
#define AUTHN "authentication.k8s.io"

static const struct probe probes[] = {
	{ KA_CAP_READ_SECRETS, "", "secrets", "", READ, ANYWHERE },

	/* A pod's image may change, and the template of what makes pods; a Job's template may
	 * not. */
	{ KA_CAP_CREATE_PODS, "", "pods", "", WRITE, ANYWHERE },
	{ KA_CAP_CREATE_PODS, "", "replicationcontrollers", "", WRITE, ANYWHERE },
	{ KA_CAP_CREATE_PODS, APPS, "deployments", "", WRITE, ANYWHERE },
	{ KA_CAP_CREATE_PODS, APPS, "daemonsets", "", WRITE, ANYWHERE },
	{ KA_CAP_CREATE_PODS, APPS, "statefulsets", "", WRITE, ANYWHERE },
	{ KA_CAP_CREATE_PODS, APPS, "replicasets", "", WRITE, ANYWHERE },
	{ KA_CAP_CREATE_PODS, "batch", "jobs", "", CREATE, ANYWHERE },
	{ KA_CAP_CREATE_PODS, "batch", "cronjobs", "", WRITE, ANYWHERE },

	/* get: before 1.35 a WebSocket upgrade is authorized as one. */
	{ KA_CAP_EXEC, "", "pods", "exec", CREATE | GET, ANYWHERE },
	{ KA_CAP_EXEC, "", "pods", "attach", CREATE | GET, ANYWHERE },
	{ KA_CAP_EXEC, "", "pods", "ephemeralcontainers", REWRITE, ANYWHERE },

	/* escalate on a ClusterRole is asked without a namespace, bind in that of the binding:
	 * pkg/registry/rbac/escalation_check.go. */
	{ KA_CAP_ESCALATE, RBAC, "roles", "", ESCALATE, ANYWHERE },
	{ KA_CAP_ESCALATE, RBAC, "clusterroles", "", ESCALATE, CLUSTER_ONLY },
	{ KA_CAP_BIND, RBAC, "roles", "", BIND, ANYWHERE },
	{ KA_CAP_BIND, RBAC, "clusterroles", "", BIND, ANYWHERE },

	{ KA_CAP_IMPERSONATE, "", "serviceaccounts", "", IMPERSONATE, ANYWHERE },
	{ KA_CAP_IMPERSONATE, "", "users", "", IMPERSONATE, CLUSTER_ONLY },
	{ KA_CAP_IMPERSONATE, "", "groups", "", IMPERSONATE, CLUSTER_ONLY },
	{ KA_CAP_IMPERSONATE, AUTHN, "uids", "", IMPERSONATE, CLUSTER_ONLY },
	{ KA_CAP_IMPERSONATE, AUTHN, "userextras", NULL, IMPERSONATE, CLUSTER_ONLY },

	{ KA_CAP_NODES_PROXY, "", "nodes", "proxy", HTTP, CLUSTER_ONLY },

	{ KA_CAP_APPROVE_CSR, CSR, "certificatesigningrequests", "approval", REWRITE,
	  CLUSTER_ONLY },
	{ KA_CAP_APPROVE_CSR, CSR, "signers", "", APPROVE | SIGN, CLUSTER_ONLY },

	{ KA_CAP_WEBHOOKS, ADMISSION, "validatingwebhookconfigurations", "",
	  WRITE | DELETE | DELETECOLLECTION, CLUSTER_ONLY },
	{ KA_CAP_WEBHOOKS, ADMISSION, "mutatingwebhookconfigurations", "",
	  WRITE | DELETE | DELETECOLLECTION, CLUSTER_ONLY },
	{ KA_CAP_WEBHOOKS, ADMISSION, "validatingadmissionpolicies", "",
	  WRITE | DELETE | DELETECOLLECTION, CLUSTER_ONLY },
	{ KA_CAP_WEBHOOKS, ADMISSION, "validatingadmissionpolicybindings", "",
	  WRITE | DELETE | DELETECOLLECTION, CLUSTER_ONLY },
	{ KA_CAP_WEBHOOKS, ADMISSION, "mutatingadmissionpolicies", "",
	  WRITE | DELETE | DELETECOLLECTION, CLUSTER_ONLY },
	{ KA_CAP_WEBHOOKS, ADMISSION, "mutatingadmissionpolicybindings", "",
	  WRITE | DELETE | DELETECOLLECTION, CLUSTER_ONLY },

	{ KA_CAP_TOKENS, "", "serviceaccounts", "token", CREATE, ANYWHERE },
	{ KA_CAP_CREATE_PV, "", "persistentvolumes", "", CREATE, CLUSTER_ONLY },

	{ KA_CAP_WRITE_RBAC, RBAC, "roles", "", WRITE, ANYWHERE },
	{ KA_CAP_WRITE_RBAC, RBAC, "rolebindings", "", WRITE, ANYWHERE },
	{ KA_CAP_WRITE_RBAC, RBAC, "clusterroles", "", WRITE, CLUSTER_ONLY },
	{ KA_CAP_WRITE_RBAC, RBAC, "clusterrolebindings", "", WRITE, CLUSTER_ONLY },

	/* A request for one Namespace object carries its name as the namespace, so a RoleBinding
	 * counts; labels may change through both subresources as well:
	 * pkg/registry/core/namespace/strategy.go. */
	{ KA_CAP_WRITE_NAMESPACES, "", "namespaces", "", REWRITE, ANYWHERE },
	{ KA_CAP_WRITE_NAMESPACES, "", "namespaces", "status", REWRITE, ANYWHERE },
	{ KA_CAP_WRITE_NAMESPACES, "", "namespaces", "finalize", UPDATE, ANYWHERE },

	{ KA_CAP_WRITE_NODES, "", "nodes", "", REWRITE | DELETE | DELETECOLLECTION, CLUSTER_ONLY },
	{ KA_CAP_WRITE_NODES, "", "nodes", "status", REWRITE, CLUSTER_ONLY },

	{ KA_CAP_PORT_FORWARD, "", "pods", "portforward", CREATE | GET, ANYWHERE },
	{ KA_CAP_PORT_FORWARD, "", "pods", "proxy", HTTP, ANYWHERE },
	{ KA_CAP_PORT_FORWARD, "", "services", "proxy", HTTP, ANYWHERE },

	{ KA_CAP_DELETE_EVENTS, "", "events", "", DELETE | DELETECOLLECTION, ANYWHERE },
	{ KA_CAP_DELETE_EVENTS, "events.k8s.io", "events", "", DELETE | DELETECOLLECTION,
	  ANYWHERE },

	{ KA_CAP_WRITE_APISERVICES, "apiregistration.k8s.io", "apiservices", "", WRITE,
	  CLUSTER_ONLY },
	{ KA_CAP_WRITE_APISERVICES, "apiextensions.k8s.io", "customresourcedefinitions", "", WRITE,
	  CLUSTER_ONLY },
};

/* A rule with what every probe asks of it worked out once. */
struct reading {
	const struct ka_rule *rule;
	unsigned verbs;
	bool any_group, any_resource;
	bool unnamed; /* a request without a name matches */
	bool named;   /* some request with a name matches */
};

static unsigned
verb_bits(const struct ka_strs *verbs)
{
	unsigned bits = 0;

	if (ka_strs_has(verbs, "*"))
		return ALL_VERBS;
	for (size_t i = 0; i < sizeof verb_names / sizeof *verb_names; i++)
		if (ka_strs_has(verbs, verb_names[i]))
			bits |= 1u << i;
	return bits;
}

static struct reading
read_rule(const struct ka_rule *rule)
{
	struct reading r = {
		.rule = rule,
		.verbs = verb_bits(&rule->verbs),
		.any_group = ka_strs_has(&rule->groups, "*"),
		.any_resource = ka_strs_has(&rule->resources, "*"),
		.unnamed = !rule->names.n || ka_strs_has(&rule->names, ""),
		.named = !rule->names.n,
	};

	/* A star is no wildcard here and no name that an object could have. */
	for (size_t i = 0; i < rule->names.n && !r.named; i++)
		r.named = *rule->names.v[i] && strcmp(rule->names.v[i], "*") != 0;
	return r;
}

/* "resource/sub", "*" and "/sub", or any key of userextras (subresource NULL). */
static bool
names_resource(const struct reading *r, const struct probe *p)
{
	size_t len = strlen(p->resource);

	if (r->any_resource)
		return true;
	for (size_t i = 0; i < r->rule->resources.n; i++) {
		const char *entry = r->rule->resources.v[i], *rest = NULL;

		if (!strncmp(entry, p->resource, len))
			rest = entry + len;
		else if (entry[0] == '*' && entry[1] == '/')
			rest = entry + 1;
		if (!rest)
			continue;
		if (!p->subresource ? *rest == '/' && !ka_resource_dead(entry)
		    : *p->subresource ? *rest == '/' && !strcmp(rest + 1, p->subresource)
				      : !*rest)
			return true;
	}
	return false;
}

/* Which of the verbs are of use, and how widely, when the rule is limited to names. */
static enum ka_width
width(const struct reading *r, const struct probe *p, unsigned verbs)
{
	/* list and watch of everything, create of anything: requests that carry no name. */
	unsigned nameless = LIST | WATCH | DELETECOLLECTION;

	if (!p->subresource || !*p->subresource)
		nameless |= CREATE;
	if (!r->rule->names.n)
		return KA_WIDTH_ALL;
	if (r->unnamed && (verbs & nameless))
		return KA_WIDTH_ALL;
	if (!r->named)
		return KA_WIDTH_NONE;
	verbs &= ~(unsigned)DELETECOLLECTION;
	/* Server-side apply creates by a patch with a name, and asks for create with that name:
	 * endpoints/handlers/patch.go.  Any other create has none. */
	if ((nameless & CREATE) && !(r->verbs & PATCH))
		verbs &= ~(unsigned)CREATE;
	return verbs ? KA_WIDTH_NAMED : KA_WIDTH_NONE;
}

/* Signers of other people make certificates that the API server does not trust. */
static bool
signs_for_kubernetes(const struct ka_rule *rule)
{
	if (!rule->names.n)
		return true;
	for (size_t i = 0; i < rule->names.n; i++)
		if (ka_str_has_prefix(rule->names.v[i], "kubernetes.io/"))
			return true;
	return false;
}

static void
give(struct ka_power *power, enum ka_cap cap, enum ka_width w, const struct ka_rule *rule)
{
	if (w <= power->width[cap])
		return;
	power->width[cap] = (uint8_t)w;
	power->rule[cap] = rule;
}

static void
try_rule(const struct reading *r, bool namespaced, struct ka_power *power)
{
	if (!r->rule->names.n && r->verbs == ALL_VERBS && r->any_group && r->any_resource &&
	    ka_strs_has(&r->rule->verbs, "*")) {
		give(power, KA_CAP_EVERYTHING, KA_WIDTH_ALL, r->rule);
		return;
	}
	for (size_t i = 0; i < sizeof probes / sizeof *probes; i++) {
		const struct probe *p = &probes[i];
		unsigned verbs = r->verbs & p->verbs;

		if (!verbs || power->width[p->cap] == KA_WIDTH_ALL ||
		    (namespaced && p->reach == CLUSTER_ONLY))
			continue;
		if (!r->any_group && !ka_strs_has(&r->rule->groups, p->group))
			continue;
		if (!names_resource(r, p))
			continue;
		if ((p->verbs & SIGN) && !signs_for_kubernetes(r->rule))
			continue;
		give(power, p->cap, width(r, p, verbs), r->rule);
	}
}

void
ka_rules_power(const struct ka_rule *rule, size_t n, bool namespaced, struct ka_power *ret)
{
	*ret = (struct ka_power){ 0 };
	for (size_t i = 0; i < n; i++) {
		struct reading r = read_rule(&rule[i]);

		if (r.verbs && (r.any_resource || rule[i].resources.n))
			try_rule(&r, namespaced, ret);
	}
}
