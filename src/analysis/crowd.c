#include <kassay/crowd.h>

#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"
#include "util/map.h"
#include "util/str.h"
#include "util/banned.h"

#define OF_NAMESPACE "system:serviceaccounts:"

/* An account, all of a namespace, or all there are. */
struct count {
	uint64_t accounts, workloads;
	const struct ka_object *last; /* units stand sorted by owner, so one look tells a new one */
};

struct ka_crowds {
	const struct ka_graph *g;
	struct count all;
	struct count *of;
	size_t n, cap;
	struct ka_map at; /* namespace, name (NULL: the namespace) -> index into of */
};

static uint32_t
entry(struct ka_crowds *c, const char *namespace, const char *name)
{
	uint32_t at = ka_map_add(&c->at, namespace, name, (uint32_t)c->n);

	if (at == c->n) {
		KA_GROW(c->of, c->n, c->cap);
		c->of[c->n++] = (struct count){ 0 };
	}
	return at;
}

/* Strings of the graph are interned, so pointers tell them apart. */
static void
meet_account(struct ka_crowds *c, const char *namespace, const char *name)
{
	uint32_t at = entry(c, namespace, name);

	if (c->of[at].accounts)
		return;
	c->of[at].accounts = 1;
	at = entry(c, namespace, NULL);
	c->of[at].accounts++;
	c->all.accounts++;
}

static void
meet_workload(struct count *count, const struct ka_object *owner)
{
	count->workloads += count->last != owner;
	count->last = owner;
}

struct ka_crowds *
ka_crowds_new(const struct ka_graph *g)
{
	struct ka_crowds *c = ka_xcalloc(1, sizeof *c);
	const struct ka_list *accounts = &g->of[KA_SERVICEACCOUNT];

	c->g = g;
	ka_map_init(&c->at);
	for (size_t i = 0; i < accounts->n; i++)
		meet_account(c, accounts->v[i]->namespace, accounts->v[i]->name);
	for (size_t i = 0; i < g->nunits; i++) {
		const struct ka_unit *u = &g->unit[i];
		uint32_t at;

		if (!u->spec || !u->object->namespace)
			continue;
		meet_account(c, u->object->namespace, u->spec->service_account);
		at = entry(c, u->object->namespace, u->spec->service_account);
		meet_workload(&c->of[at], u->object);
		at = entry(c, u->object->namespace, NULL);
		meet_workload(&c->of[at], u->object);
		meet_workload(&c->all, u->object);
	}
	return c;
}

void
ka_crowds_free(struct ka_crowds *c)
{
	if (!c)
		return;
	ka_map_release(&c->at);
	free(c->of);
	free(c);
}

static struct ka_crowd
crowd_at(const struct ka_crowds *c, const char *namespace, const char *name)
{
	const char *ns = namespace ? ka_graph_str(c->g, namespace) : NULL;
	const char *key = name ? ka_graph_str(c->g, name) : NULL;
	uint32_t at = ns && (key || !name) ? ka_map_get(&c->at, ns, key) : KA_MAP_NONE;

	if (at == KA_MAP_NONE)
		return (struct ka_crowd){ 0 };
	return (struct ka_crowd){ .accounts = c->of[at].accounts, .workloads = c->of[at].workloads };
}

static struct ka_crowd
crowd_of_group(const struct ka_crowds *c, const char *group)
{
	struct ka_crowd ret = { 0 };

	if (ka_str_has_prefix(group, OF_NAMESPACE))
		return crowd_at(c, group + strlen(OF_NAMESPACE), NULL);
	if (!strcmp(group, "system:nodes")) {
		ret.nodes = c->g->of[KA_NODE].n;
		return ret;
	}
	ret.open = strcmp(group, "system:serviceaccounts") != 0;
	if (!ret.open || !strcmp(group, "system:authenticated")) {
		ret.accounts = c->all.accounts;
		ret.workloads = c->all.workloads;
	}
	if (!strcmp(group, "system:authenticated"))
		ret.nodes = c->g->of[KA_NODE].n;
	return ret;
}

struct ka_crowd
ka_crowd_of(const struct ka_crowds *c, const struct ka_subject *s)
{
	switch (s->kind) {
	case KA_SUBJECT_SERVICEACCOUNT:
		return crowd_at(c, s->namespace, s->name);
	case KA_SUBJECT_GROUP:
		return crowd_of_group(c, s->name);
	case KA_SUBJECT_USER:
	case KA_SUBJECT_UNKNOWN:
		break;
	}
	return (struct ka_crowd){ 0 };
}
