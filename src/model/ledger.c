/* What was seen of each kind, when the source does not say so itself. */
#include <stdio.h>
#include <string.h>

#include "model/graph_full.h"
#include "util/alloc.h"
#include "util/banned.h"

static const char *
api_path(struct ka_graph_full *f, const struct ka_kind_info *info)
{
	const char *text = info->group[0] ? ka_arena_fmt(f->keep, "/apis/%s/%s/%s", info->group, info->version,
							 info->resource)
					  : ka_arena_fmt(f->keep, "/api/%s/%s", info->version, info->resource);

	return text;
}

/* What an API server returned carries uids, also a list without items a version; what people write does not. */
static enum ka_source_class
source_class(const struct ka_graph_full *f, const struct ka_seen_lists *lists)
{
	size_t with = 0, without = 0;
	bool answered = false;

	for (int k = 0; k < KA_NKINDS; k++) {
		answered |= lists->resource_version[k] && lists->resource_version[k][0];
		/* Facts come beside either. */
		for (size_t i = 0; !(KA_FACT_KINDS & KA_BIT(k)) && i < f->of[k].n; i++)
			f->of[k].v[i]->uid ? with++ : without++;
	}
	if (!with && !without && answered)
		return KA_SOURCE_DUMP;
	return with > without ? KA_SOURCE_DUMP : KA_SOURCE_MANIFESTS;
}

/* The first node, of those that were read, of which there is no such fact, and how many there are; NULL: all
 * have theirs.  Only the sorted lists are looked at: both are by name. */
static const struct ka_object *
nodes_without(const struct ka_graph_full *f, enum ka_kind k, size_t *ret_n)
{
	const struct ka_objects *nodes = &f->of[KA_NODE], *facts = &f->of[k];
	const struct ka_object *first = NULL;
	size_t at = 0;

	*ret_n = 0;
	if ((k != KA_KUBELETCONFIG && k != KA_NODEFILES) || !facts->n)
		return NULL;
	for (size_t i = 0; i < nodes->n; i++) {
		const char *name = nodes->v[i]->name;

		while (at < facts->n && strcmp(facts->v[at]->name, name) < 0)
			at++;
		if (at < facts->n && strcmp(facts->v[at]->name, name) == 0)
			continue;
		if (!first)
			first = nodes->v[i];
		++*ret_n;
	}
	return first;
}

/* A folder of manifests is a world of its own: what is not in it does not exist, but for nodes, which nobody writes.
 * A saved answer of an API server is not: a kind that is not in it was perhaps not asked for. */
static enum ka_evidence_status
status(const struct ka_graph_full *f, const struct ka_seen_lists *lists, enum ka_kind k)
{
	size_t n;

	if (lists->cut[k] || lists->cut_any || nodes_without(f, k, &n))
		return KA_EV_TRUNCATED;
	if (f->of[k].n || lists->listed[k])
		return KA_EV_COMPLETE;
	if (f->g.source_class == KA_SOURCE_MANIFESTS)
		return (KA_FACT_KINDS | KA_BIT(KA_NODE)) & KA_BIT(k) ? KA_EV_NOT_OFFERED : KA_EV_COMPLETE;
	return k == KA_OTHER ? KA_EV_COMPLETE : KA_EV_NOT_OFFERED;
}

/* NULL when all nodes have their facts. */
static const char *
some_nodes(const struct ka_graph_full *f, enum ka_kind k)
{
	size_t n;
	const struct ka_object *first = nodes_without(f, k, &n);

	return first ? ka_arena_fmt(f->keep, "there are none of %zu of %zu nodes: %s%s", n, f->of[KA_NODE].n,
				    first->name, n > 1 ? " and more" : "")
		     : NULL;
}

static const char *
reason(const struct ka_graph_full *f, enum ka_kind k, enum ka_evidence_status s)
{
	const char *bare = some_nodes(f, k);

	if (bare)
		return bare;
	switch (s) {
	case KA_EV_TRUNCATED:
		return "part of the input could not be read";
	case KA_EV_NOT_OFFERED:
		return f->g.source_class == KA_SOURCE_MANIFESTS ? "manifests do not describe it"
								: "the dump does not hold this kind";
	case KA_EV_COMPLETE:
	case KA_EV_FORBIDDEN:
	case KA_EV_ABSENT:
	case KA_EV_FAILED:
		break;
	}
	return NULL;
}

void
ka_graph_ledger(struct ka_graph_full *f, const struct ka_seen_lists *lists)
{
	uint32_t system;
	const char *name = ka_intern_find(f->in, "kube-system", strlen("kube-system"));

	f->g.source_class = source_class(f, lists);
	for (int k = 0; k < KA_NKINDS; k++) {
		struct ka_evidence *e = &f->g.ledger[k];

		e->status = status(f, lists, (enum ka_kind)k);
		e->count = f->of[k].n;
		e->resource_version = lists->resource_version[k];
		e->reason = reason(f, (enum ka_kind)k, e->status);
		if (!ka_kind_info((enum ka_kind)k)->grant && k != KA_OTHER)
			e->api_path = api_path(f, ka_kind_info((enum ka_kind)k));
	}
	system = name ? ka_map_get(&f->index[KA_NAMESPACE], name, NULL) : KA_MAP_NONE;
	if (system != KA_MAP_NONE)
		f->g.cluster_uid = f->of[KA_NAMESPACE].v[system]->uid;
}

void
ka_graph_facts_beside(struct ka_graph_full *f, const struct ka_seen_lists *lists)
{
	struct ka_evidence *e = &f->g.ledger[KA_NODEFILES];
	const char *bare = some_nodes(f, KA_NODEFILES);

	*e = (struct ka_evidence){ .count = f->of[KA_NODEFILES].n, .status = KA_EV_COMPLETE };
	if (lists->cut[KA_NODEFILES] || lists->cut_any) {
		e->status = KA_EV_TRUNCATED;
		e->reason = "part of the node facts could not be read";
	} else if (!e->count) {
		e->status = KA_EV_NOT_OFFERED;
		e->reason = "no node facts were given";
	} else if (bare) {
		e->status = KA_EV_TRUNCATED;
		e->reason = bare;
	} else if (f->g.ledger[KA_NODE].status != KA_EV_COMPLETE) {
		e->status = KA_EV_TRUNCATED;
		e->reason = "the list of nodes is not complete: others may have none";
	}
}

static void
stray(struct ka_graph_full *f, const struct ka_object *fact)
{
	const char *text = ka_arena_fmt(f->keep, "no node of the cluster is named %s: facts of another one?", fact->name);

	KA_GROW(f->problem, f->g.nproblems, f->problem_cap);
	f->problem[f->g.nproblems++] = (struct ka_problem){
		fact->file, fact->line, false, ka_arena_fmt(f->keep, "NodeFiles %s", fact->name), text };
	f->g.problem = f->problem;
}

void
ka_graph_strays(struct ka_graph_full *f)
{
	const struct ka_objects *nodes = &f->of[KA_NODE], *facts = &f->of[KA_NODEFILES];
	size_t at = 0;

	for (size_t i = 0; nodes->n && i < facts->n; i++) {
		while (at < nodes->n && strcmp(nodes->v[at]->name, facts->v[i]->name) < 0)
			at++;
		if (at == nodes->n || strcmp(nodes->v[at]->name, facts->v[i]->name) != 0)
			stray(f, facts->v[i]);
	}
}
