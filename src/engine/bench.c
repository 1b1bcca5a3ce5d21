#include "engine/bench.h"

#include <string.h>

#include "engine/evidence.h"
#include "util/arena.h"

#include "util/banned.h"

/* How strongly a status decides a control that several checks share. */
static const unsigned char rank[KA_NSTATUSES] = {
	[KA_NA] = 0, [KA_PASS] = 1, [KA_MANUAL] = 2, [KA_UNKNOWN] = 3, [KA_FAIL] = 4,
};

static const struct ka_result *
result_of(const struct ka_report *r, const char *key)
{
	for (size_t i = 0; i < r->nresults; i++)
		if (strcmp(r->result[i].check->key, key) == 0)
			return &r->result[i];
	return NULL;
}

static const struct ka_attestation *
attestation_of(const struct ka_report *r, const struct ka_bench *b, const char *control)
{
	for (size_t i = 0; i < r->nattestations; i++)
		if (strcmp(r->attestation[i].benchmark, b->name) == 0 &&
		    strcmp(r->attestation[i].control, control) == 0)
			return &r->attestation[i];
	return NULL;
}

/* Does the source show the machinery itself?  A folder of manifests does when somebody wrote its
 * static pods down. */
static bool
has_control_plane(const struct ka_graph *g)
{
	if (g->source_class != KA_SOURCE_MANIFESTS || ka_evidence_broken(&g->ledger[KA_POD]))
		return true;
	if (g->of[KA_APIENDPOINT].n || g->of[KA_APIMETRICS].n)
		return true;
	for (size_t i = 0; i < g->of[KA_POD].n; i++) {
		const struct ka_object *o = g->of[KA_POD].v[i];
		const char *tier = ka_kvs_get(o->labels, "tier");

		if (ka_as_pod(o)->mirror ||
		    (o->namespace && strcmp(o->namespace, "kube-system") == 0 && tier &&
		     strcmp(tier, "control-plane") == 0))
			return true;
	}
	return false;
}

static bool
has_nodes(const struct ka_graph *g)
{
	static const enum ka_kind kinds[] = { KA_NODE, KA_KUBELETCONFIG, KA_NODEFILES };

	if (g->source_class != KA_SOURCE_MANIFESTS)
		return true;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (g->of[kinds[i]].n || ka_evidence_broken(&g->ledger[kinds[i]]))
			return true;
	return false;
}

/* Why the source has nothing that the item speaks of, or NULL. */
static const char *
out_of_area(const struct ka_graph *g, enum ka_bench_area area)
{
	switch (area) {
	case KA_AREA_CONTROL_PLANE:
		return has_control_plane(g) ? NULL : "the source has no control plane";
	case KA_AREA_NODE:
		return has_nodes(g) ? NULL : "the source has no nodes";
	case KA_AREA_OBJECTS:
	case KA_AREA_PEOPLE:
		break;
	}
	return NULL;
}

static void
merge(struct ka_control *c, enum ka_status status, const char *reason)
{
	if (rank[status] <= rank[c->status])
		return;
	c->status = status;
	c->reason = reason;
}

/* Fail beats unknown beats pass; where either check will do, a pass beats unknown, provided that
 * every check had its say: one that was not run might have found the fault. */
static void
judge_checks(const struct ka_report *r, struct ka_control *c, struct ka_arena *arena)
{
	const char *const *keys = c->item->keys;
	const struct ka_result *off = NULL;
	bool passed = false, all = true;
	size_t n = 0;

	for (size_t i = 0; keys[i]; i++) {
		const struct ka_result *result = result_of(r, keys[i]);

		if (!result) {
			merge(c, KA_UNKNOWN,
			      ka_arena_fmt(arena, "the check %s was not run", keys[i]));
			all = false;
			continue;
		}
		c->result[n++] = result;
		if (result->switched_off && !off)
			off = result;
		if (i == 0 && result->status == KA_NA)
			c->reason = result->reason;
		passed |= result->status == KA_PASS;
		merge(c, result->status, result->reason);
	}
	if (c->item->either && passed && all && c->status == KA_UNKNOWN) {
		c->status = KA_PASS;
		c->reason = NULL;
	}
	/* What is left of the checks does not make a pass of the whole. */
	if (off && c->status == KA_PASS)
		merge(c, KA_UNKNOWN,
		      ka_arena_fmt(arena, "%s: %s", off->check->key, off->reason));
}

static void
judge(const struct ka_report *r, const struct ka_bench *b, struct ka_control *c,
      struct ka_arena *arena)
{
	const char *none = out_of_area(r->g, c->item->area);

	c->status = KA_NA;
	c->attestation = attestation_of(r, b, c->item->id);
	judge_checks(r, c, arena);
	if (none && c->status != KA_FAIL) {
		c->status = KA_NA;
		c->reason = none;
		return;
	}
	switch (c->item->by) {
	case KA_BY_CHECKS:
		break;
	case KA_BY_PERSON:
		merge(c, KA_MANUAL, c->item->note);
		break;
	case KA_BY_ABSENT:
		merge(c, KA_UNKNOWN, c->item->note);
		break;
	}
}

void
ka_bench_judge(const struct ka_report *r, const struct ka_bench *b, struct ka_arena *arena,
	       struct ka_bench_result *ret)
{
	struct ka_control *control = ka_arena_array(arena, b->count, sizeof *control);
	uint32_t judged, applicable;

	*ret = (struct ka_bench_result){ .bench = b, .ncontrols = b->count, .control = control };
	for (size_t i = 0; i < b->count; i++) {
		control[i].item = &b->item[i];
		judge(r, b, &control[i], arena);
		ret->count[control[i].status]++;
	}
	judged = ret->count[KA_PASS] + ret->count[KA_FAIL];
	applicable = (uint32_t)b->count - ret->count[KA_NA];
	ret->coverage = applicable ? (double)judged / applicable : 0;
	ret->has_score = judged && ret->coverage >= r->min_coverage;
	ret->score = judged ? (double)ret->count[KA_PASS] / judged : 0;
}
