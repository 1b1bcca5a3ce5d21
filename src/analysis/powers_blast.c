/* The blast radius: how many objects somebody gets at in one step.  Objects are counted once, by
 * namespace and by the names that rules for the whole cluster are limited to, so that a subject costs as
 * much as it holds. */
#include "analysis/powers_private.h"

#include <stdlib.h>
#include <string.h>

#include "analysis/rbac_private.h"
#include "util/alloc.h"
#include "util/banned.h"

#define A KA_ATOM
#define MAKES_PODS (A(PODS_CREATE) | A(CONTROLLERS_CREATE) | A(CONTROLLERS_REWRITE))
#define BE_ACCOUNT (A(TOKEN) | A(BE_ACCOUNT))

enum counted { SECRETS, PODS, ACCOUNTS, NCOUNTED };
static const enum ka_kind kinds[NCOUNTED] = {
	[SECRETS] = KA_SECRET,
	[PODS] = KA_POD,
	[ACCOUNTS] = KA_SERVICEACCOUNT,
};

/* What there is in a namespace, or of a name. */
struct counts {
	uint32_t of[NCOUNTED];
	uint32_t tokened; /* accounts with a token in a Secret */
	uint32_t used;    /* accounts that a pod runs as */
	uint32_t either;
};
struct ka_blast_index {
	struct ka_arena *arena;
	struct ka_map place;  /* namespace, as in the graph -> index into counts */
	struct counts *count;
	struct counts total;
	struct ka_map wanted; /* name, as in the graph -> index into named */
	struct counts *named;
};

/* ---- counting ---- */

static struct counts *
place_of(struct ka_blast_index *x, const char *namespace)
{
	uint32_t at = ka_map_add(&x->place, namespace, NULL, (uint32_t)x->place.n);

	return &x->count[at];
}

static size_t
count_namespaces(const struct ka_graph *g)
{
	size_t n = 0;

	for (size_t k = 0; k < NCOUNTED; k++) {
		const struct ka_list *list = &g->of[kinds[k]];

		for (size_t i = 0; i < list->n; i++)
			n += !i || list->v[i]->namespace != list->v[i - 1]->namespace;
	}
	return n;
}

static void
count_objects(struct ka_blast_index *x, const struct ka_graph *g)
{
	x->count = ka_arena_array(x->arena, count_namespaces(g), sizeof *x->count);
	for (size_t k = 0; k < NCOUNTED; k++) {
		const struct ka_list *list = &g->of[kinds[k]];

		x->total.of[k] = (uint32_t)list->n;
		for (size_t i = 0; i < list->n; i++) {
			uint32_t at = ka_map_get(&x->wanted, list->v[i]->name, NULL);

			place_of(x, list->v[i]->namespace)->of[k]++;
			if (at != KA_MAP_NONE)
				x->named[at].of[k]++;
		}
	}
}

enum { TOKENED = 1 << 0, USED = 1 << 1 };

static void
mark(struct ka_map *accounts, const char *namespace, const char *name, uint32_t flag)
{
	uint32_t have = name ? ka_map_get(accounts, name, namespace) : KA_MAP_NONE;

	if (have != KA_MAP_NONE && !(have & flag))
		ka_map_set(accounts, name, namespace, have | flag);
}

static void
add_account(struct counts *c, uint32_t flags)
{
	c->tokened += flags & TOKENED ? 1 : 0;
	c->used += flags & USED ? 1 : 0;
	c->either += flags ? 1 : 0;
}

/* A token in a Secret says whose it is; a pod holds one unless it is told not to, and whoever may enter
 * it can ask for another by the node: both count. */
static void
count_accounts(struct ka_blast_index *x, const struct ka_graph *g)
{
	const struct ka_list *list = &g->of[KA_SERVICEACCOUNT];
	struct ka_map flags;

	ka_map_init(&flags);
	for (size_t i = 0; i < list->n; i++)
		ka_map_add(&flags, list->v[i]->name, list->v[i]->namespace, 0);
	for (size_t i = 0; i < g->of[KA_SECRET].n; i++) {
		const struct ka_secret *s = ka_as_secret(g->of[KA_SECRET].v[i]);
		const char *of = ka_kvs_get(s->obj.annotations, "kubernetes.io/service-account.name");

		if (!strcmp(s->type, "kubernetes.io/service-account-token"))
			mark(&flags, s->obj.namespace, of, TOKENED);
	}
	for (size_t i = 0; i < g->of[KA_POD].n; i++) {
		const struct ka_pod *pod = ka_as_pod(g->of[KA_POD].v[i]);

		if (pod->spec && !pod->mirror && !ka_pod_finished(pod))
			mark(&flags, pod->obj.namespace, pod->spec->service_account, USED);
	}
	for (size_t i = 0; i < list->n; i++) {
		uint32_t have = ka_map_get(&flags, list->v[i]->name, list->v[i]->namespace);

		add_account(place_of(x, list->v[i]->namespace), have);
		add_account(&x->total, have);
	}
	ka_map_release(&flags);
}

/* The names in rules for the whole cluster. */
static void
gather_wanted(struct ka_blast_index *x, const struct ka_powers *p)
{
	const struct ka_rbac *rbac = p->rbac;
	size_t n = 0;

	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < rbac->ngrants && !rbac->grant[i].namespace; i++) {
			const struct ka_ruleset *rules;

			if (!rbac->grant[i].role || !p->grant[i].named)
				continue;
			rules = ka_role_facts(rbac, rbac->grant[i].role)->rules;
			for (size_t r = 0; r < rules->nrules; r++)
				for (size_t k = 0; k < rules->rule[r].names.n; k++) {
					const char *name = ka_graph_str(rbac->g, rules->rule[r].names.v[k]);

					if (name && pass)
						ka_map_add(&x->wanted, name, NULL, (uint32_t)x->wanted.n);
					n += !pass;
				}
		}
		if (!pass)
			x->named = ka_arena_array(x->arena, n, sizeof *x->named);
	}
}

struct ka_blast_index *
ka_blast_index_new(const struct ka_powers *p)
{
	struct ka_arena *arena = ka_arena_new();
	struct ka_blast_index *x = ka_arena_alloc(arena, sizeof *x);

	x->arena = arena;
	ka_map_init(&x->place);
	ka_map_init(&x->wanted);
	gather_wanted(x, p);
	count_objects(x, p->rbac->g);
	count_accounts(x, p->rbac->g);
	return x;
}

void
ka_blast_index_free(struct ka_blast_index *x)
{
	if (!x)
		return;
	ka_map_release(&x->place);
	ka_map_release(&x->wanted);
	ka_arena_free(x->arena);
}

/* ---- what a view gives ---- */

/* Of each kind all, or the named ones. */
struct gain {
	bool all[NCOUNTED];
	uint64_t named[NCOUNTED]; /* permissions on named ones */
	bool tokened, used;       /* accounts, if not all */
};

static uint64_t
enters_pods(const struct ka_view *v)
{
	uint64_t any = A(EXEC_CREATE) | A(EPHEMERAL) | A(PODS_REWRITE);

	return v->facts & KA_FACT_GET_UPGRADES ? any | A(EXEC_GET) : any;
}

static struct gain
gain_of(const struct ka_view *v)
{
	uint64_t all = v->have.all, some = all | v->have.named, enter = enters_pods(v);
	bool makes_pods = (some & MAKES_PODS) != 0;
	struct gain gain = {
		.all = {
			[SECRETS] = makes_pods || (all & A(SECRETS_READ)),
			[PODS] = (all & (enter | A(NODES_PROXY))) != 0,
			[ACCOUNTS] = makes_pods || (all & BE_ACCOUNT) ||
				     ((some & A(SECRETS_CREATE)) && (some & A(SECRETS_READ))),
		},
		.named = {
			[SECRETS] = v->have.named & A(SECRETS_READ),
			[PODS] = v->have.named & enter,
			[ACCOUNTS] = v->have.named & BE_ACCOUNT,
		},
	};

	gain.tokened = gain.all[SECRETS];
	gain.used = gain.all[PODS];
	return gain;
}

static uint64_t
accounts_of(const struct gain *gain, const struct counts *c)
{
	if (gain->tokened)
		return gain->used ? c->either : c->tokened;
	return gain->used ? c->used : 0;
}

/* How many of the named ones there are, in the namespace or in all. */
static uint64_t
count_named(const struct ka_view *v, const struct ka_blast_index *x, enum counted k, uint64_t any,
	    const char *namespace)
{
	size_t n;
	const char **name = ka_view_names(v, any, &n);
	uint64_t sum = 0;

	for (size_t i = 0; i < n; i++) {
		const struct ka_graph *g = v->p->rbac->g;
		uint32_t at;

		if (namespace) {
			sum += ka_graph_find(g, kinds[k], namespace, name[i]) != NULL;
			continue;
		}
		at = ka_map_get(&x->wanted, ka_graph_str(g, name[i]), NULL);
		sum += at == KA_MAP_NONE ? 0 : x->named[at].of[k];
	}
	free(name);
	return sum;
}

/* Accounts by name come on top of those by Secrets and pods, so far as these do not hold them. */
static uint64_t
gained(const struct ka_view *v, const struct ka_blast_index *x, const struct gain *gain, enum counted k,
       const struct counts *c, const char *namespace)
{
	uint64_t sum, most = c->of[k];

	if (gain->all[k])
		return most;
	sum = k == ACCOUNTS ? accounts_of(gain, c) : 0;
	if (gain->named[k])
		sum += count_named(v, x, k, gain->named[k], namespace);
	return sum < most ? sum : most;
}

/* ---- somebody ---- */

struct sum {
	const struct ka_powers *p;
	const struct ka_blast_index *x;
	struct ka_blast *ret;
	struct gain in_cluster;
	uint64_t of[NCOUNTED];
	bool pods_everywhere;
};

static void
add_nodes(struct sum *s, const struct ka_view *v)
{
	uint64_t nodes = s->p->rbac->g->of[KA_NODE].n;
	uint64_t named = v->have.named & A(NODES_PROXY);
	size_t nways, n;
	const struct ka_way *way = ka_ways(&nways);
	const char **name;

	for (size_t w = 0; w < nways; w++)
		if ((way[w].cap == KA_CAP_TAKE_NODES || way[w].cap == KA_CAP_CREATE_PV) && !way[w].lacks &&
		    ka_view_width(v, &way[w]))
			s->ret->nodes = nodes;
	if (v->have.all & A(NODES_PROXY))
		s->ret->nodes = nodes;
	if (s->ret->nodes == nodes || v->scope || !named)
		return;
	name = ka_view_names(v, named, &n);
	for (size_t i = 0; i < n; i++)
		s->ret->nodes += ka_graph_find(s->p->rbac->g, KA_NODE, NULL, name[i]) != NULL;
	free(name);
}

static bool
makes_itself_administrator(const struct ka_view *v)
{
	static const uint64_t caps = (uint64_t)1 << KA_CAP_EVERYTHING | (uint64_t)1 << KA_CAP_ESCALATE |
				     (uint64_t)1 << KA_CAP_BIND | (uint64_t)1 << KA_CAP_IMPERSONATE |
				     (uint64_t)1 << KA_CAP_CERTIFY_USERS | (uint64_t)1 << KA_CAP_AWS_AUTH;
	size_t nways;
	const struct ka_way *way = ka_ways(&nways);

	for (size_t w = 0; w < nways; w++)
		if ((caps >> way[w].cap & 1) && !way[w].lacks && ka_view_width(v, &way[w]) == KA_WIDTH_ALL)
			return true;
	return false;
}

static void
add_cluster(struct sum *s, const struct ka_view *v)
{
	s->in_cluster = gain_of(v);
	for (size_t k = 0; k < NCOUNTED; k++)
		s->of[k] = gained(v, s->x, &s->in_cluster, (enum counted)k, &s->x->total, NULL);
	s->pods_everywhere = (v->have.all & MAKES_PODS) != 0;
	s->ret->cluster = makes_itself_administrator(v);
	add_nodes(s, v);
}

static const struct counts *
counts_in(const struct sum *s, const char *scope)
{
	static const struct counts nothing;
	const char *namespace = ka_graph_str(s->p->rbac->g, scope);
	uint32_t at = namespace ? ka_map_get(&s->x->place, namespace, NULL) : KA_MAP_NONE;

	return at == KA_MAP_NONE ? &nothing : &s->x->count[at];
}

/* The cluster's part of this namespace goes, what is held there and in the cluster comes. */
static void
add_namespace(struct sum *s, const struct ka_view *v, const struct ka_view *cluster)
{
	const struct counts *c = counts_in(s, v->scope);
	struct gain gain = gain_of(v);

	for (size_t k = 0; k < NCOUNTED; k++) {
		if (s->in_cluster.all[k])
			continue;
		s->of[k] -= gained(cluster, s->x, &s->in_cluster, (enum counted)k, c, v->scope);
		s->of[k] += gained(v, s->x, &gain, (enum counted)k, c, v->scope);
	}
	if (!s->pods_everywhere && ((v->have.all | v->have.named) & MAKES_PODS))
		s->ret->pod_namespaces++;
	add_nodes(s, v);
}

static void
sum_up(struct sum *s, struct ka_party *party)
{
	uint32_t room[64];
	struct ka_view cluster, v;
	struct ka_party alone = *party;

	/* Two views at a time, so the cluster's has its own room. */
	alone.held = party->n <= sizeof room / sizeof *room ? room
							     : ka_xcalloc(party->n, sizeof *room);
	ka_view_init(&cluster, s->p, &alone, NULL);
	add_cluster(s, &cluster);
	ka_walk_start(party, s->p, false);
	while (ka_walk_next(&v, s->p, party))
		add_namespace(s, &v, &cluster);
	if (s->pods_everywhere)
		s->ret->pod_namespaces = s->p->rbac->g->of[KA_NAMESPACE].n;
	if (alone.held != room)
		free(alone.held);
}

static void
take_all(const struct ka_powers *p, struct ka_blast *ret)
{
	const struct ka_graph *g = p->rbac->g;

	*ret = (struct ka_blast){
		.secrets = g->of[KA_SECRET].n,
		.pods = g->of[KA_POD].n,
		.pod_namespaces = g->of[KA_NAMESPACE].n,
		.nodes = g->of[KA_NODE].n,
		.accounts = g->of[KA_SERVICEACCOUNT].n,
		.cluster = true,
	};
}

void
ka_powers_blast(const struct ka_powers *p, const struct ka_who *who, enum ka_powers_which which,
		struct ka_blast *ret)
{
	struct sum s = { .p = p, .x = p->blast, .ret = ret };
	struct ka_party party;

	*ret = (struct ka_blast){ 0 };
	ka_party_init(&party, p, who);
	if (which == KA_POWERS_OWN) {
		party.n = party.own;
		party.anywhere = party.own_anywhere;
	}
	if (party.master) {
		take_all(p, ret);
	} else {
		sum_up(&s, &party);
		ret->secrets = s.of[SECRETS];
		ret->pods = s.of[PODS];
		ret->accounts = s.of[ACCOUNTS];
	}
	ka_party_release(&party);
}
