/* Capabilities of a subject: the union of what all its bindings give, asked scope by scope.
 *
 * Rules become permissions once for every set of rules, those are or-ed once for every name and scope,
 * and each way is then a few comparisons of words: the work grows with bindings, and with what there is
 * to tell. */
#include "analysis/powers_private.h"

#include <kassay/podsec.h>

#include <stdlib.h>
#include <string.h>

#include "analysis/rbac_private.h"
#include "util/alloc.h"
#include "util/banned.h"

/* ---- building ---- */

/* ">= 1.35" of "v1.35.2+k3s1"; unknown is false. */
static bool
is_at_least(const char *version, long major, long minor)
{
	char *end;
	long a, b;

	if (!version || version[0] != 'v')
		return false;
	a = strtol(version + 1, &end, 10);
	if (*end != '.')
		return false;
	b = strtol(end + 1, NULL, 10);
	return a > major || (a == major && b >= minor);
}

static bool
lets_privileged_in(const struct ka_object *namespace)
{
	struct ka_pss_label label;

	ka_pss_label(namespace, KA_PSS_ENFORCE, &label);
	return label.level == KA_PSS_PRIVILEGED;
}

bool
ka_powers_privileged(const struct ka_powers *p, const char *namespace)
{
	const struct ka_list *all = &p->rbac->g->of[KA_NAMESPACE];
	const struct ka_object *o;

	if (namespace) {
		o = ka_graph_find(p->rbac->g, KA_NAMESPACE, NULL, namespace);
		return o && lets_privileged_in(o);
	}
	for (size_t i = 0; i < all->n; i++)
		if (lets_privileged_in(all->v[i]))
			return true;
	return !all->n || !ka_graph_knows(p->rbac->g, KA_NAMESPACE);
}

/* A RoleBinding reaches one Namespace object, that of its own namespace, if the rule does not name
 * others. */
static void
settle_relabel(const struct ka_rbac *rbac, const struct ka_grant *grant, struct ka_atoms *atoms)
{
	const struct ka_ruleset *rules = ka_role_facts(rbac, grant->role)->rules;

	if (!grant->namespace || !(atoms->named & KA_ATOM(NAMESPACES_RELABEL)))
		return;
	atoms->named &= ~KA_ATOM(NAMESPACES_RELABEL);
	for (size_t i = 0; i < rules->nrules; i++)
		if (ka_atoms_width(&rules->given[i], KA_ATOM(NAMESPACES_RELABEL)) &&
		    ka_strs_has(&rules->rule[i].names, grant->namespace))
			atoms->all |= KA_ATOM(NAMESPACES_RELABEL);
}

static void
work_out_grants(struct ka_powers *p)
{
	const struct ka_rbac *rbac = p->rbac;

	for (size_t i = 0; i < rbac->ngrants; i++) {
		const struct ka_grant *grant = &rbac->grant[i];
		struct ka_atoms atoms;

		if (!grant->role)
			continue;
		atoms = ka_role_facts(rbac, grant->role)->rules->atoms;
		if (grant->namespace) {
			atoms.all &= p->namespaced;
			atoms.named &= p->namespaced;
		}
		settle_relabel(rbac, grant, &atoms);
		p->grant[i] = atoms;
	}
}

static void
work_out_held(struct ka_powers *p, uint32_t at)
{
	const struct ka_held *held = &p->rbac->held[at];
	struct ka_atoms sum = { 0, 0 };

	for (uint32_t i = held->first; i < held->first + held->n; i++) {
		struct ka_atoms atoms = p->grant[p->rbac->holding[i].grant];

		sum.all |= atoms.all;
		sum.named |= atoms.named;
	}
	sum = ka_atoms_effective(sum, held->scope != NULL);
	sum.named &= ~sum.all;
	p->held[at] = sum;
	if (held->scope && ka_powers_privileged(p, held->scope))
		p->facts[at] = KA_FACT_PRIVILEGED;
}

static void
work_out_anywhere(struct ka_powers *p)
{
	const struct ka_held *held = p->rbac->held;

	for (uint32_t i = 0; i < p->rbac->nheld; i++) {
		p->anywhere[held[i].head].all |= p->held[i].all;
		p->anywhere[held[i].head].named |= p->held[i].named;
	}
}

/* Without the graph's index, which one made by hand has not. */
static bool
has_aws_auth(const struct ka_graph *g)
{
	const struct ka_list *all = &g->of[KA_CONFIGMAP];

	for (size_t i = 0; i < all->n; i++)
		if (!strcmp(all->v[i]->name, "aws-auth") && all->v[i]->namespace &&
		    !strcmp(all->v[i]->namespace, "kube-system"))
			return true;
	return false;
}

/* The first by name of each namespace. */
static void
find_admins(struct ka_powers *p)
{
	const struct ka_rbac *rbac = p->rbac;

	ka_map_init(&p->admin);
	for (uint32_t i = 0; i < rbac->nheld; i++) {
		const struct ka_held *held = &rbac->held[i];
		const char *namespace;
		uint32_t known;
		char *copy;

		if (held->scope || held->group || !(p->held[i].all & KA_ATOM(EVERYTHING)) ||
		    !ka_username_namespace(held->name, &copy))
			continue;
		namespace = ka_intern_find(rbac->names, copy, strlen(copy));
		free(copy);
		if (!namespace)
			continue;
		known = ka_map_add(&p->admin, namespace, NULL, i);
		if (strcmp(held->name, rbac->held[known].name) < 0)
			ka_map_set(&p->admin, namespace, NULL, i);
	}
}

const char *
ka_powers_admin_in(const struct ka_powers *p, const char *namespace)
{
	const char *known = ka_intern_find(p->rbac->names, namespace, strlen(namespace));
	uint32_t at = known ? ka_map_get(&p->admin, known, NULL) : KA_MAP_NONE;

	return at == KA_MAP_NONE ? NULL : p->rbac->held[at].name;
}

static unsigned
facts_of_server(const struct ka_graph *g)
{
	bool eks = g->distribution && !strcmp(g->distribution, "EKS");
	unsigned facts = eks ? 0 : KA_FACT_SIGNS_CLIENTS;

	if (eks || has_aws_auth(g))
		facts |= KA_FACT_AWS_AUTH;
	if (is_at_least(g->kubernetes_version, 1, 35))
		return facts | KA_FACT_CONSTRAINED;
	return facts | KA_FACT_GET_UPGRADES;
}

struct ka_powers *
ka_powers_new(const struct ka_rbac *rbac)
{
	struct ka_powers *p = ka_xcalloc(1, sizeof *p);

	p->rbac = rbac;
	p->namespaced = ka_atoms_namespaced();
	ka_rbac_atoms(rbac);
	p->grant = ka_xcalloc(rbac->ngrants + 1, sizeof *p->grant);
	p->held = ka_xcalloc(rbac->nheld + 1, sizeof *p->held);
	p->facts = ka_xcalloc(rbac->nheld + 1, sizeof *p->facts);
	p->anywhere = ka_xcalloc(rbac->nheld + 1, sizeof *p->anywhere);
	p->facts_of_server = facts_of_server(rbac->g);
	p->facts_of_cluster = ka_powers_privileged(p, NULL) ? KA_FACT_PRIVILEGED : 0;
	work_out_grants(p);
	for (uint32_t i = 0; i < rbac->nheld; i++)
		work_out_held(p, i);
	work_out_anywhere(p);
	find_admins(p);
	p->cache = ka_powers_cache_new();
	p->blast = ka_blast_index_new(p);
	return p;
}

void
ka_powers_free(struct ka_powers *p)
{
	if (!p)
		return;
	free(p->grant);
	free(p->held);
	free(p->facts);
	free(p->anywhere);
	ka_map_release(&p->admin);
	ka_blast_index_free(p->blast);
	ka_powers_cache_free(p->cache);
	free(p);
}

/* ---- of somebody ---- */

struct telling {
	const struct ka_powers *p;
	struct ka_party *party;
	enum ka_powers_which which;
	struct ka_power_list *list;
	size_t cap;
	enum ka_width in_cluster[KA_WAYS_MAX]; /* how widely each way is open in the whole cluster */
	uint64_t complete_in_cluster;          /* capabilities */
	/* the ways that groups' grants in a namespace may complete: all that matter where the subject
	 * itself holds nothing */
	uint64_t by_groups;
};

static bool
gives(const struct ka_atoms *atoms, const struct ka_clause *clause)
{
	return (atoms->all | atoms->named) & clause->any;
}

/* True when the subject itself gives one of the clauses. */
static bool
own_takes_part(const struct ka_view *v, const struct ka_way *way)
{
	for (size_t c = 0; c < KA_POWER_STEPS && way->clause[c].any; c++)
		if (gives(way->clause[c].flags & KA_CLAUSE_ANYWHERE ? &v->party->own_anywhere : &v->own,
			  &way->clause[c]))
			return true;
	return false;
}

/* True when what is held in the scope alone gives one of the clauses that are asked there. */
static bool
scope_takes_part(const struct ka_view *v, const struct ka_way *way)
{
	for (size_t c = 0; c < KA_POWER_STEPS && way->clause[c].any; c++)
		if (!(way->clause[c].flags & KA_CLAUSE_ANYWHERE) && gives(&v->there, &way->clause[c]))
			return true;
	return false;
}

/* What the scope adds to what is open in the whole cluster. */
static bool
adds(const struct telling *t, const struct ka_view *v, size_t w, const struct ka_way *way)
{
	if (!v->scope || t->in_cluster[w] == KA_WIDTH_NONE)
		return true;
	return t->in_cluster[w] != KA_WIDTH_ALL && scope_takes_part(v, way);
}

static void
tell_way(struct telling *t, const struct ka_view *v, const struct ka_way *way, enum ka_width width)
{
	struct ka_power_list *list = t->list;

	if (width == KA_WIDTH_NAMED && !list->arena)
		list->arena = ka_arena_new();
	KA_GROW(list->power, list->n, t->cap);
	ka_view_tell(v, way, width, list->arena, &list->power[list->n++]);
}

/* What a way shows of a view: one that takes a single permission is the groups' own where they give
 * it, so that of somebody's own there is only what they hold themselves. */
static const struct ka_view *
seen_by(const struct telling *t, const struct ka_view *v, const struct ka_view *own,
	const struct ka_way *way)
{
	return t->which == KA_POWERS_OWN && !way->clause[1].any ? own : v;
}

static struct ka_view
only_own(const struct ka_view *v)
{
	struct ka_view own = *v;

	own.have = v->own;
	own.there = v->own_there;
	own.nheld = v->nown;
	return own;
}

static void
tell_scope(struct telling *t, const struct ka_view *all, uint64_t which)
{
	const struct ka_view own = only_own(all);
	size_t nways;
	const struct ka_way *way = ka_ways(&nways);
	uint64_t complete = t->complete_in_cluster;

	for (size_t w = 0; w < nways; w++) {
		const struct ka_view *v = seen_by(t, all, &own, &way[w]);
		enum ka_width width;

		if (!(which >> w & 1) || (way[w].lacks && (complete >> way[w].cap & 1)))
			continue;
		width = ka_view_width(v, &way[w]);
		if (!v->scope)
			t->in_cluster[w] = width;
		if (!width)
			continue;
		if (!way[w].lacks)
			complete |= (uint64_t)1 << way[w].cap;
		if (adds(t, v, w, &way[w]) && (t->which == KA_POWERS_ALL || own_takes_part(v, &way[w])))
			tell_way(t, v, &way[w], width);
		/* The first row: beside it nothing matters. */
		if (way[w].cap == KA_CAP_EVERYTHING)
			break;
	}
	if (!all->scope)
		t->complete_in_cluster = complete;
}

/* The ways that somebody's own grants begin and groups' grants in some namespace may complete. */
static uint64_t
find_by_groups(const struct telling *t)
{
	uint64_t found = 0;
	size_t nways;
	const struct ka_way *way = ka_ways(&nways);
	struct ka_view v;

	ka_view_init(&v, t->p, t->party, NULL);
	v.have = v.anywhere;
	v.facts = KA_FACT_PRIVILEGED | t->p->facts_of_server;
	for (size_t w = 0; w < nways; w++)
		if (way[w].clause[1].any && own_takes_part(&v, &way[w]) &&
		    ka_view_width(&v, &way[w]) > t->in_cluster[w])
			found |= (uint64_t)1 << w;
	return found;
}

static void
tell_namespaces(struct telling *t)
{
	bool all = t->which == KA_POWERS_ALL;
	struct ka_view v;

	t->by_groups = all ? UINT64_MAX : find_by_groups(t);
	ka_walk_start(t->party, t->p, !t->by_groups);
	while (ka_walk_next(&v, t->p, t->party))
		tell_scope(t, &v, v.own_scope ? UINT64_MAX : t->by_groups);
}

static void
tell_master(struct telling *t)
{
	KA_GROW(t->list->power, t->list->n, t->cap);
	t->list->power[t->list->n++] = (struct ka_power){
		.cap = KA_CAP_EVERYTHING,
		.what = "member of system:masters",
		.leads_to = "the whole cluster, whatever the bindings say",
		.width = KA_WIDTH_ALL,
		.nsteps = 1,
	};
}

void
ka_powers_of(const struct ka_powers *p, const struct ka_who *who, enum ka_powers_which which,
	     struct ka_power_list *ret)
{
	struct ka_party party;
	struct telling t = { .p = p, .party = &party, .which = which, .list = ret };
	struct ka_view v;

	*ret = (struct ka_power_list){ 0 };
	ka_party_init(&party, p, who);
	if (party.master) {
		tell_master(&t);
	} else {
		ka_view_init(&v, p, &party, NULL);
		tell_scope(&t, &v, UINT64_MAX);
		if (!(t.complete_in_cluster >> KA_CAP_EVERYTHING & 1))
			tell_namespaces(&t);
	}
	ka_party_release(&party);
}

void
ka_power_list_release(struct ka_power_list *list)
{
	free(list->power);
	if (list->arena)
		ka_arena_free(list->arena);
	*list = (struct ka_power_list){ 0 };
}
