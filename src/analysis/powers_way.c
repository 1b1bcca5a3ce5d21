/* Whether what somebody holds opens a way, how widely, and what is to be told of it. */
#include "analysis/powers_private.h"

#include <stdlib.h>
#include <string.h>

#include "analysis/rbac_private.h"
#include "util/alloc.h"
#include "util/banned.h"

/* ---- how widely ---- */

/* A request to relabel a namespace is made in it, so that names of namespaces decide here whether a
 * rule counts in the scope at all. */
static bool
relabels_scope(const struct ka_view *v, const struct ka_way *way, size_t c)
{
	struct ka_names names = ka_names_of(v, way, c, true);
	const char *const *name = ka_names_list(&names);
	bool found = false;

	for (size_t i = 0; i < names.n && !found; i++)
		found = !strcmp(name[i], v->scope);
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

/* The names that all clauses about the same object allow; false when none is limited to names. */
static bool
names_in_common(const struct ka_view *v, const struct ka_way *way, const enum ka_width *width,
		struct ka_names *ret)
{
	bool limited = false;

	*ret = (struct ka_names){ 0 };
	for (size_t c = 0; c < KA_POWER_STEPS && way->clause[c].any; c++) {
		struct ka_names more;

		if (!(way->clause[c].flags & KA_CLAUSE_SAME) || width[c] != KA_WIDTH_NAMED)
			continue;
		more = ka_names_of(v, way, c, true);
		if (limited) {
			ka_names_intersect(ret, &more);
			free(more.v);
		} else {
			*ret = more;
		}
		limited = true;
	}
	return limited;
}

static bool
have_a_name_in_common(const struct ka_view *v, const struct ka_way *way, const enum ka_width *width)
{
	size_t limited = 0;
	struct ka_names common;
	bool yes;

	for (size_t c = 0; c < KA_POWER_STEPS && way->clause[c].any; c++)
		limited += (way->clause[c].flags & KA_CLAUSE_SAME) && width[c] == KA_WIDTH_NAMED;
	if (limited < 2)
		return true;
	names_in_common(v, way, width, &common);
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
	uint32_t grant;
	enum ka_width width;
};

static bool
keep_widest(void *arg, const struct ka_clause *clause, uint32_t at)
{
	struct best *best = arg;
	enum ka_width width = ka_atoms_give(best->p->held[at], clause->any);

	if (width > best->width) {
		best->width = width;
		best->grant = ka_first_grant(best->p, clause, at);
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
		struct best best = { .p = v->p, .grant = ka_view_grant(v, c) };

		if (best.grant == KA_MAP_NONE)
			ka_view_each(v, &way->clause[c], keep_widest, &best);
		if (best.grant == KA_MAP_NONE)
			continue;
		ret->step[ret->nsteps++] = (struct ka_power_step){
			.grant = v->p->rbac->grant[best.grant],
			.rule = widest_rule(v->p->rbac, best.grant, way->clause[c].any),
		};
	}
}

static void
tell_names(const struct ka_view *v, const struct ka_way *way, struct ka_arena *arena,
	   struct ka_power *ret)
{
	enum ka_width width[KA_POWER_STEPS] = { 0 };
	struct ka_names names;
	bool told;

	widths(v, way, width);
	told = names_in_common(v, way, width, &names);
	for (size_t c = 0; !told && c < KA_POWER_STEPS && way->clause[c].any; c++) {
		if (width[c] != KA_WIDTH_NAMED || (way->clause[c].flags & KA_CLAUSE_ONE))
			continue;
		names = ka_names_of(v, way, c, true);
		told = true;
	}
	if (names.lent)
		ret->names = *names.lent;
	else if (names.n)
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
