/* What somebody holds in one scope, and whether that opens a way. */
#include "analysis/powers_private.h"

#include <stdlib.h>
#include <string.h>

#include "analysis/rbac_private.h"
#include "util/alloc.h"
#include "util/banned.h"

/* ---- somebody ---- */

static void
add_name(struct ka_party *party, const struct ka_powers *p, const struct ka_map *map, const char *name)
{
	const char *known = name ? ka_intern_find(p->rbac->names, name, strlen(name)) : NULL;
	uint32_t head = known ? ka_map_get(map, known, ka_anywhere) : KA_MAP_NONE;

	if (head == KA_MAP_NONE)
		return;
	party->head[party->n++] = head;
	party->anywhere.all |= p->anywhere[head].all;
	party->anywhere.named |= p->anywhere[head].named;
}

void
ka_party_init(struct ka_party *party, const struct ka_powers *p, const struct ka_who *who)
{
	const struct ka_rbac *rbac = p->rbac;
	struct ka_identity id;
	size_t implied = 0;

	ka_identify(&id, who);
	*party = (struct ka_party){ .master = ka_identity_is_master(&id) };
	/* heads, cursors and two helds for each name */
	party->head = ka_xcalloc(4 * (1 + id.nimplied + id.groups->n), sizeof *party->head);
	party->cursor = party->head + 1 + id.nimplied + id.groups->n;
	party->held = party->cursor + 1 + id.nimplied + id.groups->n;
	if (id.user)
		add_name(party, p, &rbac->users, id.user);
	else if (id.nimplied)
		add_name(party, p, &rbac->groups, id.implied[implied++]);
	party->own = party->n;
	party->own_anywhere = party->anywhere;
	for (; implied < id.nimplied; implied++)
		add_name(party, p, &rbac->groups, id.implied[implied]);
	for (size_t i = 0; i < id.groups->n; i++)
		add_name(party, p, &rbac->groups, id.groups->v[i]);
	ka_identity_release(&id);
}

void
ka_party_release(struct ka_party *party)
{
	free(party->head);
}

/* ---- a view ---- */

/* The chain of a name may be long, so the maps are asked. */
static uint32_t
held_in(const struct ka_rbac *rbac, uint32_t head, const char *scope)
{
	const struct ka_held *held = &rbac->held[head];

	return ka_map_get(held->group ? &rbac->groups : &rbac->users, held->name, scope);
}

static void
add_held(struct ka_view *v, struct ka_party *party, uint32_t at, bool own)
{
	const struct ka_atoms *atoms = &v->p->held[at];

	party->held[v->nheld++] = at;
	v->have.all |= atoms->all;
	v->have.named |= atoms->named;
	if (v->p->rbac->held[at].scope) {
		v->there.all |= atoms->all;
		v->there.named |= atoms->named;
		v->facts |= v->p->facts[at];
		v->own_scope = v->own_scope || own;
	}
	if (own) {
		v->own.all |= atoms->all;
		v->own.named |= atoms->named;
	}
}

static void
start_view(struct ka_view *v, const struct ka_powers *p, struct ka_party *party, const char *scope)
{
	*v = (struct ka_view){ .p = p,
			       .scope = scope,
			       .anywhere = party->anywhere,
			       .facts = p->facts_of_server,
			       .held = party->held,
			       .party = party,
			       .key_grant = KA_MAP_NONE };
	if (!scope)
		v->facts |= p->facts_of_cluster;
}

/* What a name holds in the scope, and after it what it holds in the whole cluster. */
static void
add_name_held(struct ka_view *v, struct ka_party *party, size_t i, uint32_t there)
{
	uint32_t head = party->head[i];

	if (there != KA_MAP_NONE)
		add_held(v, party, there, i < party->own);
	if (!v->p->rbac->held[head].scope)
		add_held(v, party, head, i < party->own);
}

void
ka_view_init(struct ka_view *v, const struct ka_powers *p, struct ka_party *party, const char *scope)
{
	start_view(v, p, party, scope);
	for (size_t i = 0; i < party->n; i++)
		add_name_held(v, party, i,
			      scope ? held_in(p->rbac, party->head[i], scope) : KA_MAP_NONE);
}

void
ka_walk_start(struct ka_party *party, const struct ka_powers *p, bool own)
{
	const struct ka_held *held = p->rbac->held;

	party->leading = own ? party->own : party->n;
	for (size_t i = 0; i < party->leading; i++) {
		party->cursor[i] = party->head[i];
		if (!held[party->head[i]].scope)
			party->cursor[i] = held[party->head[i]].next;
	}
}

bool
ka_walk_next(struct ka_view *v, const struct ka_powers *p, struct ka_party *party)
{
	const struct ka_held *held = p->rbac->held;
	const char *scope = NULL;

	for (size_t i = 0; i < party->leading; i++) {
		uint32_t at = party->cursor[i];

		if (at != KA_MAP_NONE && (!scope || strcmp(held[at].scope, scope) < 0))
			scope = held[at].scope;
	}
	if (!scope)
		return false;
	start_view(v, p, party, scope);
	for (size_t i = 0; i < party->n; i++) {
		uint32_t at = party->cursor[i], there = KA_MAP_NONE;

		if (i >= party->leading) {
			there = held_in(p->rbac, party->head[i], scope);
		} else if (at != KA_MAP_NONE && held[at].scope == scope) {
			there = at;
			party->cursor[i] = held[at].next;
		}
		add_name_held(v, party, i, there);
	}
	return true;
}

/* ---- the grants behind a clause ---- */

typedef bool visit_fn(void *arg, uint32_t grant); /* false: enough */

static bool
visit_held(const struct ka_view *v, uint32_t at, uint64_t any, visit_fn *visit, void *arg)
{
	const struct ka_held *held = &v->p->rbac->held[at];
	const struct ka_atoms *atoms = &v->p->held[at];

	if (!((atoms->all | atoms->named) & any))
		return true;
	for (uint32_t i = held->first; i < held->first + held->n; i++)
		if (!visit(arg, v->p->rbac->holding[i].grant))
			return false;
	return true;
}

/* All grants that may give the clause, until the visitor has enough. */
static void
visit_grants(const struct ka_view *v, const struct ka_way *way, size_t c, visit_fn *visit, void *arg)
{
	const struct ka_clause *clause = &way->clause[c];
	const struct ka_held *held = v->p->rbac->held;

	/* A grant by itself is asked about with nobody. */
	if (v->key_grant != KA_MAP_NONE && (c == v->key_clause || !v->party->n)) {
		visit(arg, v->key_grant);
		return;
	}
	for (size_t i = 0; i < v->nheld; i++)
		if (!visit_held(v, v->held[i], clause->any, visit, arg))
			return;
	if (!(clause->flags & KA_CLAUSE_ANYWHERE))
		return;
	for (size_t i = 0; i < v->party->n; i++)
		for (uint32_t at = v->party->head[i]; at != KA_MAP_NONE; at = held[at].next)
			if (!visit_held(v, at, clause->any, visit, arg))
				return;
}

/* What a grant gives of the clause when it is not all EVERYTHING. */
static struct ka_atoms
grant_gives(const struct ka_powers *p, uint32_t grant)
{
	return ka_atoms_effective(p->grant[grant], p->rbac->grant[grant].namespace != NULL);
}

/* ---- names ---- */

static int
by_name(const void *a, const void *b)
{
	const char *const *x = a, *const *y = b;

	return strcmp(*x, *y);
}

struct names {
	const struct ka_powers *p;
	uint64_t any;
	const char **v;
	size_t n, cap;
};

static void
add_names_of(struct names *names, const struct ka_rule *rule)
{
	for (size_t i = 0; i < rule->names.n; i++) {
		if (!*rule->names.v[i])
			continue;
		KA_GROW(names->v, names->n, names->cap);
		names->v[names->n++] = rule->names.v[i];
	}
}

static bool
gather_names(void *arg, uint32_t grant)
{
	struct names *names = arg;
	const struct ka_ruleset *rules;

	if (!(grant_gives(names->p, grant).named & names->any))
		return true;
	rules = ka_role_facts(names->p->rbac, names->p->rbac->grant[grant].role)->rules;
	for (size_t i = 0; i < rules->nrules; i++)
		if (rules->rule[i].names.n && ka_atoms_width(&rules->given[i], names->any) == KA_WIDTH_NAMED)
			add_names_of(names, &rules->rule[i]);
	return true;
}

/* The names that a clause is limited to, sorted, each once. */
static struct names
names_of(const struct ka_view *v, const struct ka_way *way, size_t c)
{
	struct names names = { .p = v->p, .any = way->clause[c].any };
	size_t kept = 0;

	visit_grants(v, way, c, gather_names, &names);
	if (names.n)
		qsort(names.v, names.n, sizeof *names.v, by_name);
	for (size_t i = 0; i < names.n; i++)
		if (!kept || strcmp(names.v[kept - 1], names.v[i]) != 0)
			names.v[kept++] = names.v[i];
	names.n = kept;
	return names;
}

const char **
ka_view_names(const struct ka_view *v, uint64_t any, size_t *ret_n)
{
	const struct ka_way one = { .clause = { { any, 0 } } };
	struct names names = names_of(v, &one, 0);

	*ret_n = names.n;
	return names.v;
}

static void
intersect(struct names *a, const struct names *b)
{
	size_t kept = 0, j = 0;

	for (size_t i = 0; i < a->n; i++) {
		while (j < b->n && strcmp(b->v[j], a->v[i]) < 0)
			j++;
		if (j < b->n && !strcmp(b->v[j], a->v[i]))
			a->v[kept++] = a->v[i];
	}
	a->n = kept;
}

/* ---- how widely ---- */

/* A request to relabel a namespace is made in it, so that names of namespaces decide here whether a
 * rule counts in the scope at all. */
static bool
relabels_scope(const struct ka_view *v, const struct ka_way *way, size_t c)
{
	struct names names = names_of(v, way, c);
	bool found = false;

	for (size_t i = 0; i < names.n && !found; i++)
		found = !strcmp(names.v[i], v->scope);
	free(names.v);
	return found;
}

static enum ka_width
clause_width(const struct ka_view *v, const struct ka_way *way, size_t c)
{
	const struct ka_clause *clause = &way->clause[c];
	struct ka_atoms have = clause->flags & KA_CLAUSE_ANYWHERE ? v->anywhere : v->have;

	if (v->key_grant != KA_MAP_NONE && c == v->key_clause)
		have = v->p->grant[v->key_grant];
	if (have.all & clause->any)
		return KA_WIDTH_ALL;
	if (clause->flags & KA_CLAUSE_WHOLE || !(have.named & clause->any))
		return KA_WIDTH_NONE;
	if (v->scope && (have.named & clause->any) == KA_ATOM(NAMESPACES_RELABEL))
		return relabels_scope(v, way, c) ? KA_WIDTH_ALL : KA_WIDTH_NONE;
	return KA_WIDTH_NAMED;
}

/* The names that all clauses about the same object allow; n 0 and v NULL when none is limited to
 * names, n 0 and v not NULL when they have none in common. */
static struct names
names_in_common(const struct ka_view *v, const struct ka_way *way, const enum ka_width *width)
{
	struct names common = { 0 };
	bool limited = false;

	for (size_t c = 0; c < KA_POWER_STEPS && way->clause[c].any; c++) {
		struct names more;

		if (!(way->clause[c].flags & KA_CLAUSE_SAME) || width[c] != KA_WIDTH_NAMED)
			continue;
		more = names_of(v, way, c);
		if (limited) {
			intersect(&common, &more);
			free(more.v);
		} else {
			common = more;
		}
		limited = true;
	}
	if (limited && !common.v)
		common.v = ka_xcalloc(1, sizeof *common.v);
	return common;
}

static bool
have_a_name_in_common(const struct ka_view *v, const struct ka_way *way, const enum ka_width *width)
{
	size_t limited = 0;
	struct names common;
	bool yes;

	for (size_t c = 0; c < KA_POWER_STEPS && way->clause[c].any; c++)
		limited += (way->clause[c].flags & KA_CLAUSE_SAME) && width[c] == KA_WIDTH_NAMED;
	if (limited < 2)
		return true;
	common = names_in_common(v, way, width);
	yes = common.n > 0;
	free(common.v);
	return yes;
}

static bool
scope_counts(const struct ka_view *v, const struct ka_way *way)
{
	if (v->scope && (way->cluster || (way->namespace && strcmp(v->scope, way->namespace) != 0)))
		return false;
	return (v->facts & way->facts) == way->facts;
}

/* The width of each clause; KA_WIDTH_NONE when one is missing. */
static enum ka_width
widths(const struct ka_view *v, const struct ka_way *way, enum ka_width *width)
{
	enum ka_width least = KA_WIDTH_ALL;

	for (size_t c = 0; c < KA_POWER_STEPS && way->clause[c].any; c++) {
		width[c] = clause_width(v, way, c);
		if (!width[c])
			return KA_WIDTH_NONE;
		if (width[c] < least && !(way->clause[c].flags & KA_CLAUSE_ONE))
			least = width[c];
	}
	return least;
}

enum ka_width
ka_view_width(const struct ka_view *v, const struct ka_way *way)
{
	enum ka_width width[KA_POWER_STEPS] = { 0 }, least;

	if (!scope_counts(v, way))
		return KA_WIDTH_NONE;
	least = widths(v, way, width);
	if (least && !have_a_name_in_common(v, way, width))
		return KA_WIDTH_NONE;
	return least;
}

/* ---- telling ---- */

struct best {
	const struct ka_powers *p;
	uint64_t any;
	uint32_t grant;
	enum ka_width width;
};

static bool
keep_widest(void *arg, uint32_t grant)
{
	struct best *best = arg;
	struct ka_atoms atoms = grant_gives(best->p, grant);
	enum ka_width width = atoms.all & best->any	? KA_WIDTH_ALL
			      : atoms.named & best->any ? KA_WIDTH_NAMED
							: KA_WIDTH_NONE;

	if (width > best->width) {
		best->width = width;
		best->grant = grant;
	}
	return best->width != KA_WIDTH_ALL;
}

static const struct ka_rule *
widest_rule(const struct ka_rbac *rbac, uint32_t grant, uint64_t any)
{
	const struct ka_ruleset *rules = ka_role_facts(rbac, rbac->grant[grant].role)->rules;
	const struct ka_rule *best = NULL;
	enum ka_width width = KA_WIDTH_NONE;

	for (size_t i = 0; i < rules->nrules && width != KA_WIDTH_ALL; i++) {
		enum ka_width w = ka_atoms_width(&rules->given[i], any);

		if (w > width) {
			width = w;
			best = &rules->rule[i];
		}
	}
	return best;
}

static void
tell_steps(const struct ka_view *v, const struct ka_way *way, struct ka_power *ret)
{
	for (size_t c = 0; c < KA_POWER_STEPS && way->clause[c].any; c++) {
		struct best best = { .p = v->p, .any = way->clause[c].any, .grant = KA_MAP_NONE };

		visit_grants(v, way, c, keep_widest, &best);
		if (best.grant == KA_MAP_NONE)
			continue;
		ret->step[ret->nsteps++] = (struct ka_power_step){
			.grant = v->p->rbac->grant[best.grant],
			.rule = widest_rule(v->p->rbac, best.grant, best.any),
		};
	}
}

static void
tell_names(const struct ka_view *v, const struct ka_way *way, struct ka_arena *arena,
	   struct ka_power *ret)
{
	enum ka_width width[KA_POWER_STEPS] = { 0 };
	struct names names;

	widths(v, way, width);
	names = names_in_common(v, way, width);
	for (size_t c = 0; !names.v && c < KA_POWER_STEPS && way->clause[c].any; c++)
		if (width[c] == KA_WIDTH_NAMED && !(way->clause[c].flags & KA_CLAUSE_ONE))
			names = names_of(v, way, c);
	if (names.n)
		ret->names = (struct ka_strs){
			names.n, ka_arena_copy(arena, names.v, names.n * sizeof *names.v) };
	free(names.v);
}

void
ka_view_tell(const struct ka_view *v, const struct ka_way *way, enum ka_width width,
	     struct ka_arena *names, struct ka_power *ret)
{
	*ret = (struct ka_power){
		.cap = way->cap,
		.what = way->what,
		.leads_to = way->leads_to,
		.lacks = way->lacks,
		.namespace = way->namespace ? way->namespace : v->scope,
		.width = width,
	};
	if ((way->facts & KA_FACT_GET_UPGRADES) && !v->p->rbac->g->kubernetes_version)
		ret->assuming = "the API server is older than 1.35";
	tell_steps(v, way, ret);
	if (width == KA_WIDTH_NAMED && names)
		tell_names(v, way, names, ret);
}
