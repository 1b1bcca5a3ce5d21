/* Who reaches what: plugin/pkg/auth/authorizer/node/graph.go, asked the other way round.  There every
 * object has edges that lead to nodes; here a question walks the pods of one node, of which there are
 * few, so that nothing is kept for each pair. */
#include "analysis/nodeauth_private.h"

#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"
#include "util/arena.h"
#include "util/str.h"
#include "util/banned.h"

/* The ConfigMap in the token volume that the API server adds to pods; the model drops the volume. */
#define ROOT_CA "kube-root-ca.crt"

/* ---- building ---- */

static void
index_pods(struct ka_nodeauth *na)
{
	const struct ka_list *pods = &na->g->of[KA_POD];
	uint32_t *node_of = ka_xcalloc(pods->n + 1, sizeof *node_of);
	size_t *at;

	for (size_t i = 0; i < pods->n; i++) {
		const char *node = ka_as_pod(pods->v[i])->node;

		/* finished pods count until they are gone */
		node_of[i] = KA_MAP_NONE;
		if (!node || !*node)
			continue;
		node_of[i] = ka_map_add(&na->node_at, node, NULL, (uint32_t)na->nnodes);
		if (node_of[i] == na->nnodes)
			na->nnodes++;
	}
	na->first = ka_xcalloc(na->nnodes + 2, sizeof *na->first);
	na->pod = ka_xcalloc(pods->n + 1, sizeof *na->pod);
	for (size_t i = 0; i < pods->n; i++)
		if (node_of[i] != KA_MAP_NONE)
			na->first[node_of[i] + 1]++;
	for (size_t i = 0; i < na->nnodes; i++)
		na->first[i + 1] += na->first[i];
	at = ka_xcalloc(na->nnodes + 1, sizeof *at);
	memcpy(at, na->first, (na->nnodes + 1) * sizeof *at);
	for (size_t i = 0; i < pods->n; i++)
		if (node_of[i] != KA_MAP_NONE)
			na->pod[at[node_of[i]]++] = ka_as_pod(pods->v[i]);
	free(at);
	free(node_of);
}

static int
claim_cmp(const char *namespace, const char *name, const struct ka_volume_object *v)
{
	int c = ka_str_cmp(namespace, v->claim_namespace);

	return c ? c : ka_str_cmp(name, v->claim_name);
}

static int
volume_cmp(const void *a, const void *b)
{
	const struct ka_volume_object *x = *(const struct ka_volume_object *const *)a;
	const struct ka_volume_object *y = *(const struct ka_volume_object *const *)b;

	return claim_cmp(x->claim_namespace, x->claim_name, y);
}

static int
ref_cmp(const struct ka_secret_ref *a, const struct ka_secret_ref *b)
{
	int c = ka_str_cmp(a->namespace, b->namespace);

	return c ? c : ka_str_cmp(a->name, b->name);
}

static int
secret_cmp(const void *a, const void *b)
{
	const struct ka_volume_secret *x = a, *y = b;

	return ref_cmp(&x->ref, &y->ref);
}

static void
index_volumes(struct ka_nodeauth *na)
{
	const struct ka_list *list = &na->g->of[KA_PERSISTENTVOLUME];
	size_t nsecrets = 0;

	na->volume = ka_xcalloc(list->n + 1, sizeof *na->volume);
	for (size_t i = 0; i < list->n; i++) {
		const struct ka_volume_object *v = ka_as_volume_object(list->v[i]);

		if (!v->claim_name)
			continue;
		na->volume[na->nvolumes++] = v;
		nsecrets += v->nsecrets;
	}
	qsort(na->volume, na->nvolumes, sizeof *na->volume, volume_cmp);
	na->secret = ka_xcalloc(nsecrets + 1, sizeof *na->secret);
	for (size_t i = 0; i < na->nvolumes; i++)
		for (size_t k = 0; k < na->volume[i]->nsecrets; k++)
			na->secret[na->nsecrets++] = (struct ka_volume_secret){
				na->volume[i]->secret[k], na->volume[i] };
	qsort(na->secret, na->nsecrets, sizeof *na->secret, secret_cmp);
}

/* "v1.31.14" */
static unsigned
minor_of(const char *version)
{
	const char *dot = version ? strchr(version, '.') : NULL;
	unsigned long minor = dot ? strtoul(dot + 1, NULL, 10) : 0;

	return minor ? (unsigned)minor : 37;
}

struct ka_nodeauth *
ka_nodeauth_new(const struct ka_graph *g)
{
	struct ka_nodeauth *na = ka_xcalloc(1, sizeof *na);

	na->g = g;
	na->minor = minor_of(g->kubernetes_version);
	ka_map_init(&na->node_at);
	index_pods(na);
	index_volumes(na);
	return na;
}

void
ka_nodeauth_free(struct ka_nodeauth *na)
{
	if (!na)
		return;
	ka_map_release(&na->node_at);
	free(na->pod);
	free(na->first);
	free(na->volume);
	free(na->secret);
	free(na);
}

/* ---- what a pod refers to ---- */

/* Called with every name in the pod's namespace; a name in two pieces is first, a dash, second.
 * True ends the walk. */
typedef bool ref_fn(void *arg, enum ka_reached_kind kind, const char *first, const char *second);

static bool
visit_container(const struct ka_container *c, ref_fn *fn, void *arg)
{
	for (size_t i = 0; i < c->nenv_from; i++)
		if (c->env_from[i].ref &&
		    fn(arg, c->env_from[i].from == KA_ENV_SECRET ? KA_NODE_SECRET : KA_NODE_CONFIGMAP,
		       c->env_from[i].ref, NULL))
			return true;
	for (size_t i = 0; i < c->nenv; i++) {
		bool secret = c->env[i].from == KA_ENV_SECRET;

		if (c->env[i].ref && (secret || c->env[i].from == KA_ENV_CONFIGMAP) &&
		    fn(arg, secret ? KA_NODE_SECRET : KA_NODE_CONFIGMAP, c->env[i].ref, NULL))
			return true;
	}
	return false;
}

static bool
visit_names(const struct ka_strs *list, enum ka_reached_kind kind, ref_fn *fn, void *arg)
{
	for (size_t i = 0; i < list->n; i++)
		if (fn(arg, kind, list->v[i], NULL))
			return true;
	return false;
}

static bool
visit_volume(const struct ka_pod *pod, const struct ka_volume *v, ref_fn *fn, void *arg)
{
	if (visit_names(&v->secrets, KA_NODE_SECRET, fn, arg) ||
	    visit_names(&v->configmaps, KA_NODE_CONFIGMAP, fn, arg))
		return true;
	if (!strcmp(v->type, "ephemeral"))
		return fn(arg, KA_NODE_CLAIM, pod->obj.name, v->name);
	if (!v->ref)
		return false;
	if (!strcmp(v->type, "secret"))
		return fn(arg, KA_NODE_SECRET, v->ref, NULL);
	if (!strcmp(v->type, "configMap"))
		return fn(arg, KA_NODE_CONFIGMAP, v->ref, NULL);
	return !strcmp(v->type, "persistentVolumeClaim") && fn(arg, KA_NODE_CLAIM, v->ref, NULL);
}

/* Whether the API server has added its token volume. */
static bool
has_token_volume(const struct ka_nodeauth *na, const struct ka_pod *pod)
{
	const struct ka_object *account;

	if (pod->spec->automount_token != KA_UNSET)
		return pod->spec->automount_token == KA_YES;
	account = ka_graph_find(na->g, KA_SERVICEACCOUNT, pod->obj.namespace, pod->spec->service_account);
	return !account || ka_as_serviceaccount(account)->automount_token != KA_NO;
}

/* AddPod: a mirror pod, which the node itself has made, refers to nothing. */
static bool
visit_pod(const struct ka_nodeauth *na, const struct ka_pod *pod, ref_fn *fn, void *arg)
{
	const struct ka_podspec *spec = pod->spec;

	if (fn(arg, KA_NODE_POD, pod->obj.name, NULL))
		return true;
	if (pod->mirror || !spec)
		return false;
	/* A pod that names no account is given "default" by admission. */
	if (fn(arg, KA_NODE_ACCOUNT, spec->service_account, NULL) ||
	    visit_names(&spec->pull_secrets, KA_NODE_SECRET, fn, arg))
		return true;
	for (size_t i = 0; i < spec->ncontainers; i++)
		if (visit_container(&spec->container[i], fn, arg))
			return true;
	for (size_t i = 0; i < spec->nvolumes; i++)
		if (visit_volume(pod, &spec->volume[i], fn, arg))
			return true;
	return has_token_volume(na, pod) && fn(arg, KA_NODE_CONFIGMAP, ROOT_CA, NULL);
}

/* The pods of a node. */
static size_t
pods_on(const struct ka_nodeauth *na, const char *node, const struct ka_pod *const **ret)
{
	const char *name = ka_graph_str(na->g, node);
	uint32_t at = name ? ka_map_get(&na->node_at, name, NULL) : KA_MAP_NONE;

	if (at == KA_MAP_NONE)
		return 0;
	*ret = na->pod + na->first[at];
	return na->first[at + 1] - na->first[at];
}

/* ---- one object ---- */

struct wanted {
	enum ka_reached_kind kind;
	const char *name;
};

static bool
is_wanted(void *arg, enum ka_reached_kind kind, const char *first, const char *second)
{
	const struct wanted *w = arg;
	size_t len;

	if (kind != w->kind || !first)
		return false;
	if (!second)
		return !strcmp(first, w->name);
	len = strlen(first);
	return !strncmp(first, w->name, len) && w->name[len] == '-' &&
	       !strcmp(w->name + len + 1, second);
}

static bool
pods_refer(const struct ka_nodeauth *na, const char *node, enum ka_reached_kind kind,
	   const char *namespace, const char *name)
{
	struct wanted w = { kind, name };
	const struct ka_pod *const *pod;
	size_t n = pods_on(na, node, &pod);

	for (size_t i = 0; i < n; i++)
		if (!ka_str_cmp(pod[i]->obj.namespace, namespace) &&
		    visit_pod(na, pod[i], is_wanted, &w))
			return true;
	return false;
}

static bool
volume_reached(const struct ka_nodeauth *na, const char *node, const struct ka_volume_object *v)
{
	return v->claim_name &&
	       pods_refer(na, node, KA_NODE_CLAIM, v->claim_namespace, v->claim_name);
}

static bool
volumes_refer(const struct ka_nodeauth *na, const char *node, const struct ka_secret_ref *ref)
{
	size_t low = 0, high = na->nsecrets;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (ref_cmp(&na->secret[middle].ref, ref) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < na->nsecrets && !ref_cmp(&na->secret[low].ref, ref); low++)
		if (volume_reached(na, node, na->secret[low].volume))
			return true;
	return false;
}

bool
ka_node_reaches(const struct ka_nodeauth *na, const char *node, enum ka_reached_kind kind,
		const char *namespace, const char *name)
{
	const struct ka_secret_ref ref = { namespace, name };
	const struct ka_object *volume;

	if (kind == KA_NODE_VOLUME) {
		/* the authorizer's graph has volumes without a namespace */
		volume = namespace && *namespace
				 ? NULL
				 : ka_graph_find(na->g, KA_PERSISTENTVOLUME, NULL, name);
		return volume && volume_reached(na, node, ka_as_volume_object(volume));
	}
	return pods_refer(na, node, kind, namespace, name) ||
	       (kind == KA_NODE_SECRET && volumes_refer(na, node, &ref));
}

enum ka_kind
ka_node_unread(const struct ka_nodeauth *na, enum ka_reached_kind kind)
{
	if (!ka_graph_knows(na->g, KA_POD))
		return KA_POD;
	if ((kind == KA_NODE_VOLUME || kind == KA_NODE_SECRET) &&
	    !ka_graph_knows(na->g, KA_PERSISTENTVOLUME))
		return KA_PERSISTENTVOLUME;
	return KA_NKINDS;
}

/* ---- all objects ---- */

struct gathering {
	struct ka_reach_list *list;
	size_t cap;
	const char *namespace;
};

static void
gather(struct gathering *g, enum ka_reached_kind kind, const char *namespace, const char *name)
{
	KA_GROW(g->list->item, g->list->n, g->cap);
	g->list->item[g->list->n++] = (struct ka_reached){ kind, namespace, name };
}

static bool
gather_ref(void *arg, enum ka_reached_kind kind, const char *first, const char *second)
{
	struct gathering *g = arg;

	if (first && *first)
		gather(g, kind, g->namespace,
		       second ? ka_arena_fmt(g->list->arena, "%s-%s", first, second) : first);
	return false;
}

static int
reached_cmp(const void *a, const void *b)
{
	const struct ka_reached *x = a, *y = b;
	int c = (x->kind > y->kind) - (x->kind < y->kind);

	if (!c)
		c = ka_str_cmp(x->namespace, y->namespace);
	return c ? c : ka_str_cmp(x->name, y->name);
}

static void
sort_and_unite(struct ka_reach_list *list)
{
	size_t n = 0;

	if (list->n)
		qsort(list->item, list->n, sizeof *list->item, reached_cmp);
	for (size_t i = 0; i < list->n; i++)
		if (!n || reached_cmp(&list->item[n - 1], &list->item[i]))
			list->item[n++] = list->item[i];
	list->n = n;
}

/* The volumes of a claim, and their Secrets. */
static void
gather_volumes(struct gathering *g, const struct ka_nodeauth *na, const struct ka_reached *claim)
{
	const char *namespace = claim->namespace, *name = claim->name;
	size_t low = 0, high = na->nvolumes;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (claim_cmp(namespace, name, na->volume[middle]) > 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < na->nvolumes && !claim_cmp(namespace, name, na->volume[low]); low++) {
		const struct ka_volume_object *v = na->volume[low];

		gather(g, KA_NODE_VOLUME, NULL, v->obj.name);
		for (size_t i = 0; i < v->nsecrets; i++)
			gather(g, KA_NODE_SECRET, v->secret[i].namespace, v->secret[i].name);
	}
}

void
ka_nodeauth_reach(const struct ka_nodeauth *na, const char *node, struct ka_reach_list *ret)
{
	struct gathering g = { .list = ret };
	const struct ka_pod *const *pod;
	size_t npods = pods_on(na, node, &pod), n;

	*ret = (struct ka_reach_list){ .arena = ka_arena_new() };
	for (size_t i = 0; i < npods; i++) {
		g.namespace = pod[i]->obj.namespace;
		visit_pod(na, pod[i], gather_ref, &g);
	}
	sort_and_unite(ret);
	n = ret->n;
	for (size_t i = 0; i < n; i++)
		if (ret->item[i].kind == KA_NODE_CLAIM)
			gather_volumes(&g, na, &(const struct ka_reached){ ret->item[i].kind,
									   ret->item[i].namespace,
									   ret->item[i].name });
	sort_and_unite(ret);
	for (size_t i = 0; i < ret->n; i++)
		ret->of[ret->item[i].kind]++;
}

void
ka_reach_list_release(struct ka_reach_list *list)
{
	free(list->item);
	ka_arena_free(list->arena);
	*list = (struct ka_reach_list){ 0 };
}
