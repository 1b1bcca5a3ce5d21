#include "engine/overlay.h"

#include <stdlib.h>
#include <string.h>

#include "engine/baseline.h"
#include "engine/policy.h"
#include "util/alloc.h"
#include "util/arena.h"

#include "util/banned.h"

static bool
covers(const struct ka_waiver *w, const struct ka_finding *f)
{
	return (!w->kind || ka_glob(w->kind, f->obj->kind_name)) &&
	       (!w->namespace || ka_glob(w->namespace, f->obj->namespace)) &&
	       (!w->name || ka_glob(w->name, f->obj->name)) &&
	       (!w->container || ka_glob(w->container, f->container));
}

/* One waiver over the findings of one check that it names. */
static void
waive(struct ka_waiver *w, struct ka_result *res, struct ka_finding *finding)
{
	for (size_t i = res->first; i < res->first + res->nfindings; i++) {
		if (!covers(w, &finding[i]))
			continue;
		w->hits++;
		if (w->expired || finding[i].waiver)
			continue;
		finding[i].waiver = w;
		res->nwaived++;
	}
}

void
ka_overlay_waivers(struct ka_report *r, struct ka_result *result, struct ka_finding *finding,
		   const struct ka_policy *policy, struct ka_arena *arena)
{
	struct ka_waiver *w;

	if (!policy)
		return;
	w = ka_arena_copy(arena, policy->waiver, policy->nwaivers * sizeof *w);
	r->waiver = w;
	r->nwaivers = policy->nwaivers;
	for (size_t i = 0; i < r->nwaivers; i++) {
		/* Dates of this shape compare as text; the day itself is still covered. */
		w[i].expired = w[i].expires && strncmp(r->generated, w[i].expires, 10) > 0;
		for (size_t j = 0; j < r->nresults; j++)
			if (result[j].nfindings && ka_glob(w[i].check, result[j].check->key))
				waive(&w[i], &result[j], finding);
	}
}

static bool
could_judge(const struct ka_report *r, const char *key)
{
	for (size_t i = 0; i < r->nresults; i++)
		if (strcmp(r->result[i].check->key, key) == 0)
			return r->result[i].status != KA_UNKNOWN;
	return false;
}

void
ka_overlay_baseline(struct ka_report *r, struct ka_finding *finding,
		    const struct ka_baseline *baseline)
{
	bool *met;

	if (!baseline)
		return;
	r->baseline_file = baseline->file;
	met = ka_xcalloc(baseline->n, sizeof *met);
	for (size_t i = 0; i < r->nfindings; i++) {
		size_t at = ka_baseline_find(baseline, finding[i].id);

		if (at == SIZE_MAX)
			continue;
		finding[i].known = true;
		met[at] = true;
	}
	for (size_t i = 0; i < baseline->n; i++)
		if (!met[i] && could_judge(r, baseline->row[i].check))
			r->gone_count++;
	free(met);
}
