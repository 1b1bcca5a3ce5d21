/* What is asked for, and where it is served. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kassay/match.h>

#include "source/plan.h"
#include "util/alloc.h"
#include "util/arena.h"
#include "util/str.h"
#include "util/banned.h"

#define RBAC  "rbac.authorization.k8s.io"
#define ADMIT "admissionregistration.k8s.io"
#define NET   "policy.networking.k8s.io"
#define TOKEN "kubernetes.io/service-account-token"

#define OWN(k, g, r, v)	  { .kind = (k), .group = (g), .resource = (r), .versions = (v) }
#define SECRETS(t, s)                                                                                                  \
	{ .kind = KA_SECRET, .group = "", .resource = "secrets", .versions = "v1", .secret_type = (t), .selector = (s) }
#define CUSTOM(g, r, o)	  { .kind = KA_OTHER, .group = (g), .resource = (r), .only = (o) }
#define WIDE(g, r)	  { .kind = KA_OTHER, .group = (g), .resource = (r), .cluster_wide = true }

static const struct ka_ask asks[] = {
	OWN(KA_NAMESPACE, "", "namespaces", "v1"),
	OWN(KA_NODE, "", "nodes", "v1"),
	OWN(KA_SERVICEACCOUNT, "", "serviceaccounts", "v1"),
	OWN(KA_ROLE, RBAC, "roles", "v1 v1beta1"),
	OWN(KA_CLUSTERROLE, RBAC, "clusterroles", "v1 v1beta1"),
	OWN(KA_ROLEBINDING, RBAC, "rolebindings", "v1 v1beta1"),
	OWN(KA_CLUSTERROLEBINDING, RBAC, "clusterrolebindings", "v1 v1beta1"),
	OWN(KA_POD, "", "pods", "v1"),
	OWN(KA_REPLICATIONCONTROLLER, "", "replicationcontrollers", "v1"),
	OWN(KA_REPLICASET, "apps", "replicasets", "v1"),
	OWN(KA_DEPLOYMENT, "apps", "deployments", "v1"),
	OWN(KA_STATEFULSET, "apps", "statefulsets", "v1"),
	OWN(KA_DAEMONSET, "apps", "daemonsets", "v1"),
	OWN(KA_JOB, "batch", "jobs", "v1"),
	OWN(KA_CRONJOB, "batch", "cronjobs", "v1 v1beta1"),
	OWN(KA_NETWORKPOLICY, "networking.k8s.io", "networkpolicies", "v1"),
	OWN(KA_SERVICE, "", "services", "v1"),
	OWN(KA_INGRESS, "networking.k8s.io", "ingresses", "v1 v1beta1"),
	/* A list of metadata does not tell the type, but selects by it (kubernetes/pkg/registry/core/secret/strategy.go),
	 * and a Secret's type never changes: the two lists have no object in common and leave none out. */
	SECRETS(TOKEN, "type=" TOKEN),
	SECRETS(KA_SECRET_OTHER, "type!=" TOKEN),
	OWN(KA_CONFIGMAP, "", "configmaps", "v1"),
	OWN(KA_PERSISTENTVOLUME, "", "persistentvolumes", "v1"),
	OWN(KA_PERSISTENTVOLUMECLAIM, "", "persistentvolumeclaims", "v1"),
	OWN(KA_VALIDATINGWEBHOOKCONFIGURATION, ADMIT, "validatingwebhookconfigurations", "v1"),
	OWN(KA_MUTATINGWEBHOOKCONFIGURATION, ADMIT, "mutatingwebhookconfigurations", "v1"),
	OWN(KA_VALIDATINGADMISSIONPOLICY, ADMIT, "validatingadmissionpolicies", "v1 v1beta1"),
	OWN(KA_VALIDATINGADMISSIONPOLICYBINDING, ADMIT, "validatingadmissionpolicybindings", "v1 v1beta1"),
	OWN(KA_MUTATINGADMISSIONPOLICY, ADMIT, "mutatingadmissionpolicies", "v1 v1beta1 v1alpha1"),
	OWN(KA_MUTATINGADMISSIONPOLICYBINDING, ADMIT, "mutatingadmissionpolicybindings", "v1 v1beta1 v1alpha1"),
	OWN(KA_RESOURCEQUOTA, "", "resourcequotas", "v1"),
	OWN(KA_LIMITRANGE, "", "limitranges", "v1"),

	/* Other network policies, which allow and refuse beside Kubernetes' own: src/analysis/net.c. */
	CUSTOM("cilium.io", "ciliumnetworkpolicies", NULL),
	WIDE("cilium.io", "ciliumclusterwidenetworkpolicies"),
	CUSTOM("projectcalico.org", "networkpolicies", NULL),
	WIDE("projectcalico.org", "globalnetworkpolicies"),
	/* Calico's API server shows the same under the name above. */
	{ .kind = KA_OTHER, .group = "crd.projectcalico.org", .resource = "networkpolicies",
	  .unless = "projectcalico.org" },
	{ .kind = KA_OTHER, .group = "crd.projectcalico.org", .resource = "globalnetworkpolicies",
	  .unless = "projectcalico.org", .cluster_wide = true },
	WIDE(NET, "adminnetworkpolicies"),
	WIDE(NET, "baselineadminnetworkpolicies"),
	WIDE(NET, "clusternetworkpolicies"),
	CUSTOM("crd.antrea.io", "networkpolicies", NULL),
	WIDE("crd.antrea.io", "clusternetworkpolicies"),
	CUSTOM("security.antrea.tanzu.vmware.com", "networkpolicies", NULL),
	WIDE("security.antrea.tanzu.vmware.com", "clusternetworkpolicies"),
	/* Policies of admission engines: checks/coverage.c. */
	CUSTOM("kyverno.io", "policies", NULL),
	WIDE("kyverno.io", "clusterpolicies"),
	CUSTOM("policies.kyverno.io", "*", "*ValidatingPolicy"),
	WIDE("constraints.gatekeeper.sh", "*"),
	CUSTOM("policies.kubewarden.io", "*", "*AdmissionPolicy*"),
	WIDE("security.openshift.io", "securitycontextconstraints"),
};

const struct ka_ask *
ka_asks(size_t *ret_n)
{
	*ret_n = sizeof asks / sizeof *asks;
	return asks;
}

struct planner {
	struct ka_plan *plan;
	const struct ka_graph *g;
	const struct ka_lost_group *lost;
	size_t nlost;
	const struct ka_strs *namespaces;
	size_t cap;
};

static const struct ka_lost_group *
lost_group(const struct planner *p, const char *group)
{
	for (size_t i = 0; i < p->nlost; i++)
		if (p->lost[i].group ? strcmp(p->lost[i].group, group) == 0 : group[0])
			return &p->lost[i];
	return NULL;
}

static bool
serves_group(const struct planner *p, const char *group)
{
	for (size_t i = 0; i < p->g->nserved; i++)
		if (strcmp(p->g->served[i].group, group) == 0)
			return true;
	return false;
}

/* In whatever version. */
static bool
serves(const struct planner *p, const struct ka_ask *ask)
{
	for (size_t i = 0; i < p->g->nserved; i++)
		if (strcmp(p->g->served[i].group, ask->group) == 0 &&
		    strcmp(p->g->served[i].resource, ask->resource) == 0)
			return true;
	return false;
}

static const char *
api_version(struct ka_arena *a, const char *group, const char *version)
{
	return group[0] ? ka_arena_fmt(a, "%s/%s", group, version) : ka_arena_fmt(a, "%s", version);
}

static const char *
path_of(struct ka_arena *a, const struct ka_task *t)
{
	const char *root = strchr(t->api_version, '/') ? "/apis/" : "/api/";

	if (t->single)
		return ka_arena_fmt(a, "%s%s/%s/%s", root, t->api_version, t->resource, t->namespace);
	if (t->namespace)
		return ka_arena_fmt(a, "%s%s/namespaces/%s/%s", root, t->api_version, t->namespace, t->resource);
	return ka_arena_fmt(a, "%s%s/%s", root, t->api_version, t->resource);
}

static void
add(struct planner *p, const struct ka_task *task)
{
	struct ka_task *t;

	KA_GROW(p->plan->task, p->plan->n, p->cap);
	t = &p->plan->task[p->plan->n++];
	*t = *task;
	t->path = path_of(p->plan->arena, t);
}

/* Once, or once a namespace. */
static void
add_each(struct planner *p, const struct ka_task *task, bool namespaced)
{
	struct ka_task t = *task;

	t.single = t.ask->kind == KA_NAMESPACE && p->namespaces->n;
	if (t.status != KA_EV_COMPLETE || !p->namespaces->n || !(namespaced || t.single)) {
		t.single = false;
		add(p, &t);
		return;
	}
	for (size_t i = 0; i < p->namespaces->n; i++) {
		t.namespace = p->namespaces->v[i];
		add(p, &t);
	}
}

static void
add_served(struct planner *p, const struct ka_ask *ask, const struct ka_served *s)
{
	struct ka_task t = { .ask = ask, .status = KA_EV_COMPLETE };
	struct ka_arena *a = p->plan->arena;

	t.api_version = api_version(a, s->group, s->version);
	t.kind_name = ka_arena_strndup(a, s->kind, strlen(s->kind));
	t.resource = ka_arena_strndup(a, s->resource, strlen(s->resource));
	add_each(p, &t, s->namespaced);
}

/* What discovery has not: it does not exist, or nobody knows; in the latter case a kind of our own may as well be asked
 * for, and the answer tells. */
static void
add_unserved(struct planner *p, const struct ka_ask *ask)
{
	const struct ka_lost_group *lost = lost_group(p, ask->group);
	const struct ka_kind_info *info = ka_kind_info(ask->kind);
	struct ka_task t = { .ask = ask, .kind_name = info->kind, .resource = ask->resource };

	if (ask->kind == KA_OTHER && !lost)
		return;
	t.api_version = api_version(p->plan->arena, ask->group, ask->kind == KA_OTHER ? "?" : info->version);
	if (serves(p, ask)) {
		t.status = KA_EV_FAILED;
		t.reason = "served, but not as a list in any version that kassay knows";
		add_each(p, &t, info->namespaced);
		return;
	}
	t.status = !lost ? KA_EV_ABSENT : lost->refused && ask->kind != KA_OTHER ? KA_EV_COMPLETE : KA_EV_FAILED;
	t.assumed = t.status == KA_EV_COMPLETE;
	if (t.status == KA_EV_FAILED)
		t.reason = ka_arena_fmt(p->plan->arena, "what is served under %s is not known: %s",
					ask->group[0] ? ask->group : "v1", lost->reason);
	add_each(p, &t, info->namespaced);
}

static bool
can_list(const struct ka_served *s)
{
	return ka_strs_has(&s->verbs, "list");
}

/* The place in "v1 v1beta1" of a version; smaller is better. */
static size_t
rank(const char *versions, const char *version)
{
	size_t len = strlen(version);

	for (const char *v = versions; *v; v += strcspn(v, " "), v += *v == ' ')
		if (strcspn(v, " ") == len && memcmp(v, version, len) == 0)
			return (size_t)(v - versions);
	return SIZE_MAX;
}

static const struct ka_served *
best(const struct planner *p, const struct ka_ask *ask)
{
	const struct ka_served *ret = NULL;
	size_t best_rank = SIZE_MAX;

	for (size_t i = 0; i < p->g->nserved; i++) {
		const struct ka_served *s = &p->g->served[i];
		size_t r;

		if (strcmp(s->group, ask->group) != 0 || strcmp(s->resource, ask->resource) != 0 || !can_list(s))
			continue;
		r = ask->versions ? rank(ask->versions, s->version) : 0;
		if (r < best_rank) {
			ret = s;
			best_rank = r;
		}
	}
	return ret;
}

/* True when an earlier row of the same resource had the server's favourite version already. */
static bool
other_version(const struct planner *p, size_t i)
{
	const struct ka_served *s = &p->g->served[i];

	for (size_t k = 0; k < i; k++)
		if (strcmp(p->g->served[k].group, s->group) == 0 &&
		    strcmp(p->g->served[k].resource, s->resource) == 0 && can_list(&p->g->served[k]))
			return true;
	return false;
}

static bool
add_whole_group(struct planner *p, const struct ka_ask *ask)
{
	bool any = false;

	for (size_t i = 0; i < p->g->nserved; i++) {
		const struct ka_served *s = &p->g->served[i];

		if (strcmp(s->group, ask->group) != 0 || !can_list(s) || (ask->only && !ka_glob(ask->only, s->kind)))
			continue;
		if (other_version(p, i))
			continue;
		add_served(p, ask, s);
		any = true;
	}
	return any;
}

void
ka_plan_make(struct ka_plan *ret, const struct ka_graph *g, const struct ka_lost_group *lost, size_t nlost,
	     const struct ka_strs *namespaces)
{
	struct planner p = { .plan = ret, .g = g, .lost = lost, .nlost = nlost, .namespaces = namespaces };

	*ret = (struct ka_plan){ .arena = ka_arena_new() };
	for (size_t i = 0; i < sizeof asks / sizeof *asks; i++) {
		const struct ka_ask *ask = &asks[i];
		const struct ka_served *s;

		if (ask->unless && serves_group(&p, ask->unless))
			continue;
		if (strcmp(ask->resource, "*") == 0) {
			if (!add_whole_group(&p, ask))
				add_unserved(&p, ask);
			continue;
		}
		s = best(&p, ask);
		if (s)
			add_served(&p, ask, s);
		else
			add_unserved(&p, ask);
	}
}

void
ka_plan_release(struct ka_plan *plan)
{
	free(plan->task);
	ka_arena_free(plan->arena);
	*plan = (struct ka_plan){ 0 };
}

/* Percent-encoding of all that RFC 3986 does not call unreserved. */
static void
add_encoded(struct ka_buf *b, const char *s)
{
	for (; *s; s++) {
		if (strchr("-._~", *s) || (*s >= '0' && *s <= '9') || (*s >= 'A' && *s <= 'Z') ||
		    (*s >= 'a' && *s <= 'z'))
			ka_buf_add(b, s, 1, NULL);
		else
			ka_buf_fmt(b, NULL, "%%%02X", (unsigned)(unsigned char)*s);
	}
}

char *
ka_task_request(const struct ka_task *t, unsigned limit, const char *cont)
{
	struct ka_buf b;

	ka_buf_init(&b, (size_t)1 << 20);
	ka_buf_fmt(&b, NULL, "%s", t->path);
	if (!t->single) {
		ka_buf_fmt(&b, NULL, "?limit=%u", limit);
		if (t->ask->selector) {
			ka_buf_fmt(&b, NULL, "&fieldSelector=");
			add_encoded(&b, t->ask->selector);
		}
		if (cont) {
			ka_buf_fmt(&b, NULL, "&continue=");
			add_encoded(&b, cont);
		}
	}
	return b.s;
}
