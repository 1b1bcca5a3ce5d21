#include <kassay/inventory.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"
#include "util/map.h"
#include "util/str.h"

#include "util/banned.h"

static int
claim_cmp(const struct ka_claimed *a, const char *namespace, const char *name)
{
	int c = strcmp(a->namespace, namespace);

	return c ? c : strcmp(a->name, name);
}

static int
claimed_cmp(const void *va, const void *vb)
{
	const struct ka_claimed *a = va, *b = vb;
	int c = claim_cmp(a, b->namespace, b->name);

	return c ? c : strcmp(a->volume->obj.name, b->volume->obj.name);
}

size_t
ka_claimed_volumes(const struct ka_graph *g, struct ka_claimed **ret)
{
	const struct ka_list *pvs = &g->of[KA_PERSISTENTVOLUME];
	struct ka_claimed *rows = ka_xcalloc(pvs->n + 1, sizeof *rows);
	size_t n = 0;

	for (size_t i = 0; i < pvs->n; i++) {
		const struct ka_volume_object *pv = ka_as_volume_object(pvs->v[i]);

		if (pv->claim_namespace && pv->claim_name)
			rows[n++] = (struct ka_claimed){ pv->claim_namespace, pv->claim_name, pv };
	}
	qsort(rows, n, sizeof *rows, claimed_cmp);
	*ret = rows;
	return n;
}

const struct ka_volume_object *
ka_claim_volume(const struct ka_graph *g, const struct ka_claimed *claimed, size_t n,
		const char *namespace, const char *claim)
{
	const struct ka_object *pvc = ka_graph_find(g, KA_PERSISTENTVOLUMECLAIM, namespace, claim);
	const char *named = pvc ? ka_as_volume_object(pvc)->volume_name : NULL;
	size_t lo = 0, hi = n;

	if (named) {
		const struct ka_object *pv = ka_graph_find(g, KA_PERSISTENTVOLUME, NULL, named);

		return pv ? ka_as_volume_object(pv) : NULL;
	}
	while (namespace && lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (claim_cmp(&claimed[mid], namespace, claim) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return namespace && lo < n && claim_cmp(&claimed[lo], namespace, claim) == 0
		       ? claimed[lo].volume
		       : NULL;
}

/* ---- images ------------------------------------------------------------------------------- */

/* The digest that a live container's image was pulled by, or NULL: without one ("sha256:..." of a
 * local image) nothing can be compared, and an image asked for by digest cannot drift. */
static const char *
pulled_digest(const struct ka_pod *pod, size_t container)
{
	const char *id = pod->image_id ? pod->image_id[container] : NULL;
	const char *image = pod->spec->container[container].image, *at;

	if (!id || !image || strchr(image, '@'))
		return NULL;
	at = strrchr(id, '@');
	return at ? at + 1 : NULL;
}

typedef void drift_fn(void *ctx, const struct ka_pod *pod, const struct ka_container *c,
		      const char *digest);

static void
each_running(const struct ka_graph *g, drift_fn *fn, void *ctx)
{
	const struct ka_list *pods = &g->of[KA_POD];

	for (size_t p = 0; p < pods->n; p++) {
		const struct ka_pod *pod = ka_as_pod(pods->v[p]);

		if (!pod->spec || ka_pod_finished(pod))
			continue;
		for (size_t i = 0; i < pod->spec->ncontainers; i++) {
			const char *digest = pulled_digest(pod, i);

			if (digest)
				fn(ctx, pod, &pod->spec->container[i], digest);
		}
	}
}

struct drift_work {
	struct ka_map seen; /* image -> index of its digest below, DRIFTS when there are two */
	const char **digest;
	size_t ndigests, cap_digests;
	struct ka_drift *row;
	size_t n, cap;
};
#define DRIFTS (UINT32_MAX - 1)

static void
note_digest(void *ctx, const struct ka_pod *pod, const struct ka_container *c, const char *digest)
{
	struct drift_work *w = ctx;
	uint32_t at = ka_map_get(&w->seen, c->image, NULL);

	(void)pod;
	if (at == KA_MAP_NONE) {
		KA_GROW(w->digest, w->ndigests, w->cap_digests);
		w->digest[w->ndigests] = digest;
		ka_map_set(&w->seen, c->image, NULL, (uint32_t)w->ndigests++);
	} else if (at != DRIFTS && w->digest[at] != digest && strcmp(w->digest[at], digest) != 0) {
		ka_map_set(&w->seen, c->image, NULL, DRIFTS);
	}
}

static void
note_row(void *ctx, const struct ka_pod *pod, const struct ka_container *c, const char *digest)
{
	struct drift_work *w = ctx;

	if (ka_map_get(&w->seen, c->image, NULL) != DRIFTS)
		return;
	KA_GROW(w->row, w->n, w->cap);
	w->row[w->n++] = (struct ka_drift){ c->image, digest, pod->top, c->name ? c->name : "" };
}

static int
drift_cmp(const void *va, const void *vb)
{
	const struct ka_drift *a = va, *b = vb;
	int c = ka_str_cmp(a->image, b->image);

	c = c ? c : ka_str_cmp(a->digest, b->digest);
	c = c ? c : ka_str_cmp(a->top->namespace, b->top->namespace);
	c = c ? c : (int)a->top->kind - (int)b->top->kind;
	c = c ? c : ka_str_cmp(a->top->name, b->top->name);
	return c ? c : ka_str_cmp(a->container, b->container);
}

size_t
ka_image_drift(const struct ka_graph *g, struct ka_drift **ret)
{
	struct drift_work w = { .n = 0 };
	size_t n = 0;

	ka_map_init(&w.seen);
	each_running(g, note_digest, &w);
	each_running(g, note_row, &w);
	if (w.n)
		qsort(w.row, w.n, sizeof *w.row, drift_cmp);
	for (size_t i = 0; i < w.n; i++)
		if (!n || drift_cmp(&w.row[n - 1], &w.row[i]) != 0)
			w.row[n++] = w.row[i];
	ka_map_release(&w.seen);
	free(w.digest);
	*ret = w.row;
	return n;
}

/* ---- accounts ----------------------------------------------------------------------------- */

static int
account_cmp(const void *va, const void *vb)
{
	const struct ka_account *a = va, *b = vb;
	int c = strcmp(a->namespace, b->namespace);

	return c ? c : strcmp(a->name, b->name);
}

struct accounts {
	struct ka_account *row;
	size_t n, cap;
};

static void
note_accounts(struct accounts *a, const struct ka_binding *b)
{
	for (size_t i = 0; i < b->nsubjects; i++) {
		const struct ka_subject *who = &b->subject[i];

		if (who->kind != KA_SUBJECT_SERVICEACCOUNT || !who->namespace || !who->name)
			continue;
		KA_GROW(a->row, a->n, a->cap);
		a->row[a->n++] = (struct ka_account){ who->namespace, who->name };
	}
}

size_t
ka_bound_accounts(const struct ka_graph *g, struct ka_account **ret)
{
	static const enum ka_kind kinds[] = { KA_ROLEBINDING, KA_CLUSTERROLEBINDING };
	struct accounts all = { .n = 0 };
	size_t kept = 0;

	for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++)
		for (size_t i = 0; i < g->of[kinds[k]].n; i++)
			note_accounts(&all, ka_as_binding(g->of[kinds[k]].v[i]));
	if (all.n)
		qsort(all.row, all.n, sizeof *all.row, account_cmp);
	for (size_t i = 0; i < all.n; i++)
		if (!kept || account_cmp(&all.row[kept - 1], &all.row[i]) != 0)
			all.row[kept++] = all.row[i];
	*ret = all.row;
	return kept;
}

bool
ka_account_in(const struct ka_account *list, size_t n, const char *namespace, const char *name)
{
	const struct ka_account key = { namespace, name };

	return n && namespace && bsearch(&key, list, n, sizeof *list, account_cmp);
}
