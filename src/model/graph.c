/* Questions to a finished graph, and its end. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/graph.h"
#include "model/graph_full.h"
#include "util/banned.h"

static const struct ka_graph_full *
full(const struct ka_graph *g)
{
	return (const struct ka_graph_full *)(const void *)g;
}

const char *
ka_graph_str(const struct ka_graph *g, const char *s)
{
	return s ? ka_intern_find(full(g)->in, s, strlen(s)) : NULL;
}

bool
ka_pod_finished(const struct ka_pod *pod)
{
	return pod->phase &&
	       (strcmp(pod->phase, "Succeeded") == 0 || strcmp(pod->phase, "Failed") == 0);
}

const struct ka_object *
ka_graph_find(const struct ka_graph *g, enum ka_kind kind, const char *namespace, const char *name)
{
	const struct ka_graph_full *f = full(g);
	const char *ns = ka_graph_str(g, namespace), *nm = ka_graph_str(g, name);
	uint32_t i;

	if (!nm || (namespace && !ns))
		return NULL;
	i = ka_map_get(&f->index[kind], nm, ns);
	return i == KA_MAP_NONE ? NULL : f->of[kind].v[i];
}

bool
ka_graph_knows(const struct ka_graph *g, enum ka_kind kind)
{
	return g->ledger[kind].status == KA_EV_COMPLETE || g->ledger[kind].status == KA_EV_ABSENT;
}

void
ka_graph_set_evidence(struct ka_graph *g, enum ka_kind kind, enum ka_evidence_status status,
		      const char *reason)
{
	struct ka_graph_full *f = (struct ka_graph_full *)g;

	g->ledger[kind].status = status;
	g->ledger[kind].reason = reason ? ka_arena_strndup(f->keep, reason, strlen(reason)) : NULL;
}

bool
ka_strs_has(const struct ka_strs *list, const char *s)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->v[i] == s || strcmp(list->v[i], s) == 0)
			return true;
	return false;
}

const char *
ka_container_path(const struct ka_container *c, char buf[48])
{
	static const char *const lists[] = {
		[KA_INIT] = "initContainers",
		[KA_REGULAR] = "containers",
		[KA_EPHEMERAL] = "ephemeralContainers",
	};

	snprintf(buf, 48, "%s[%u]", lists[c->type], (unsigned)c->index);
	return buf;
}

void
ka_graph_free(struct ka_graph *g)
{
	struct ka_graph_full *f = (struct ka_graph_full *)g;

	if (!f)
		return;
	for (int k = 0; k < KA_NKINDS; k++) {
		free(f->of[k].v);
		ka_map_release(&f->index[k]);
	}
	free(f->ghosts.v);
	free(f->unit);
	free(f->problem);
	free(f->skipped);
	free(f->served);
	free(f->file);
	ka_intern_free(f->in);
	ka_arena_free(f->arena);
	ka_arena_free(f->keep);
	free(f);
}
