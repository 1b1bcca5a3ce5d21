/* Which grants give a permission, and which names they are limited to. */
#include "analysis/powers_private.h"

#include <stdlib.h>
#include <string.h>

#include "analysis/rbac_private.h"
#include "util/alloc.h"
#include "util/banned.h"

/* ---- the grants behind a clause ---- */

/* A name that holds more in one scope is asked once for each clause and remembered, or every member
 * of a large group would go through the group's grants again. */
enum { MANY = 16 };

struct ka_powers_cache {
	struct ka_arena *arena;
	struct ka_map names; /* ka_held, clause -> index into list */
	struct ka_map first; /* ka_held, clause -> the first grant that gives it most widely */
	const struct ka_strs **list; /* each in the arena: they are lent while others come */
	size_t n, cap;
};

struct ka_powers_cache *
ka_powers_cache_new(void)
{
	struct ka_powers_cache *cache = ka_xcalloc(1, sizeof *cache);

	cache->arena = ka_arena_new();
	ka_map_init(&cache->names);
	ka_map_init(&cache->first);
	return cache;
}

void
ka_powers_cache_free(struct ka_powers_cache *cache)
{
	if (!cache)
		return;
	ka_map_release(&cache->names);
	ka_map_release(&cache->first);
	ka_arena_free(cache->arena);
	free(cache->list);
	free(cache);
}

void
ka_view_each(const struct ka_view *v, const struct ka_clause *clause, ka_held_fn *visit, void *arg)
{
	const struct ka_held *held = v->p->rbac->held;

	for (size_t i = 0; i < v->nheld; i++)
		if (!visit(arg, clause, v->held[i]))
			return;
	if (!(clause->flags & KA_CLAUSE_ANYWHERE))
		return;
	for (size_t i = 0; i < v->party->n; i++)
		for (uint32_t at = v->party->head[i]; at != KA_MAP_NONE; at = held[at].next)
			if (!visit(arg, clause, at))
				return;
}

uint32_t
ka_view_grant(const struct ka_view *v, size_t c)
{
	return c == v->key_clause || !v->party->n ? v->key_grant : KA_MAP_NONE;
}

struct ka_atoms
ka_grant_gives(const struct ka_powers *p, uint32_t grant)
{
	return ka_atoms_effective(p->grant[grant], p->rbac->grant[grant].namespace != NULL);
}

enum ka_width
ka_atoms_give(struct ka_atoms atoms, uint64_t any)
{
	return atoms.all & any ? KA_WIDTH_ALL : atoms.named & any ? KA_WIDTH_NAMED : KA_WIDTH_NONE;
}

uint32_t
ka_first_grant(const struct ka_powers *p, const struct ka_clause *clause, uint32_t at)
{
	const struct ka_held *held = &p->rbac->held[at];
	enum ka_width width = ka_atoms_give(p->held[at], clause->any);
	uint32_t found = held->n > MANY ? ka_map_get(&p->cache->first, held, clause) : KA_MAP_NONE;

	for (uint32_t i = held->first; found == KA_MAP_NONE && i < held->first + held->n; i++) {
		uint32_t grant = p->rbac->holding[i].grant;

		if (ka_atoms_give(ka_grant_gives(p, grant), clause->any) == width)
			found = grant;
	}
	if (held->n > MANY)
		ka_map_add(&p->cache->first, held, clause, found);
	return found;
}

/* ---- names ---- */

static int
by_name(const void *a, const void *b)
{
	const char *const *x = a, *const *y = b;

	return strcmp(*x, *y);
}

static void
add_names(struct ka_names *names, const struct ka_strs *list)
{
	for (size_t i = 0; i < list->n; i++) {
		if (!*list->v[i])
			continue;
		KA_GROW(names->v, names->n, names->cap);
		names->v[names->n++] = list->v[i];
	}
}

static void
add_names_of_grant(struct ka_names *names, uint64_t any, uint32_t grant)
{
	const struct ka_ruleset *rules;

	if (!(ka_grant_gives(names->p, grant).named & any))
		return;
	rules = ka_role_facts(names->p->rbac, names->p->rbac->grant[grant].role)->rules;
	for (size_t i = 0; i < rules->nrules; i++)
		if (ka_atoms_width(&rules->given[i], any) == KA_WIDTH_NAMED)
			add_names(names, &rules->rule[i].names);
}

/* Sorted, each once. */
static void
settle(struct ka_names *names)
{
	size_t kept = 0;

	if (names->n)
		qsort(names->v, names->n, sizeof *names->v, by_name);
	for (size_t i = 0; i < names->n; i++)
		if (!kept || strcmp(names->v[kept - 1], names->v[i]) != 0)
			names->v[kept++] = names->v[i];
	names->n = kept;
}

static void
add_names_of_held(struct ka_names *names, uint64_t any, uint32_t at)
{
	const struct ka_held *held = &names->p->rbac->held[at];

	for (uint32_t i = held->first; i < held->first + held->n; i++)
		add_names_of_grant(names, any, names->p->rbac->holding[i].grant);
}

static const struct ka_strs *
remembered_names(const struct ka_powers *p, const struct ka_clause *clause, uint32_t at)
{
	struct ka_powers_cache *cache = p->cache;
	uint32_t known = ka_map_add(&cache->names, &p->rbac->held[at], clause, (uint32_t)cache->n);
	struct ka_names names = { .p = p };
	struct ka_strs *list;

	if (known < cache->n)
		return cache->list[known];
	add_names_of_held(&names, clause->any, at);
	settle(&names);
	list = ka_arena_alloc(cache->arena, sizeof *list);
	if (names.n)
		*list = (struct ka_strs){
			names.n, ka_arena_copy(cache->arena, names.v, names.n * sizeof *names.v) };
	free(names.v);
	KA_GROW(cache->list, cache->n, cache->cap);
	cache->list[cache->n++] = list;
	return list;
}

static bool
gather_names(void *arg, const struct ka_clause *clause, uint32_t at)
{
	struct ka_names *names = arg;
	const struct ka_strs *more;

	if (!(names->p->held[at].named & clause->any))
		return true;
	if (names->lent) {
		add_names(names, names->lent);
		names->lent = NULL;
	}
	if (!names->remember || names->p->rbac->held[at].n <= MANY) {
		add_names_of_held(names, clause->any, at);
		return true;
	}
	more = remembered_names(names->p, clause, at);
	if (names->n)
		add_names(names, more);
	else
		names->lent = more;
	return true;
}

struct ka_names
ka_names_of(const struct ka_view *v, const struct ka_way *way, size_t c, bool remember)
{
	struct ka_names names = { .p = v->p, .remember = remember };

	if (ka_view_grant(v, c) != KA_MAP_NONE)
		add_names_of_grant(&names, way->clause[c].any, ka_view_grant(v, c));
	else
		ka_view_each(v, &way->clause[c], gather_names, &names);
	settle(&names);
	if (names.lent && !names.n)
		names.n = names.lent->n;
	return names;
}

const char *const *
ka_names_list(const struct ka_names *names)
{
	return names->lent ? names->lent->v : names->v;
}

const char **
ka_view_names(const struct ka_view *v, uint64_t any, size_t *ret_n)
{
	const struct ka_way one = { .clause = { { any, 0 } } };
	struct ka_names names = ka_names_of(v, &one, 0, false);

	*ret_n = names.n;
	return names.v;
}

void
ka_names_intersect(struct ka_names *a, const struct ka_names *b)
{
	const char *const *x = ka_names_list(a), *const *y = ka_names_list(b);
	const char **both = ka_xcalloc(a->n + 1, sizeof *both);
	size_t kept = 0, j = 0;

	for (size_t i = 0; i < a->n; i++) {
		while (j < b->n && strcmp(y[j], x[i]) < 0)
			j++;
		if (j < b->n && !strcmp(y[j], x[i]))
			both[kept++] = x[i];
	}
	free(a->v);
	a->v = both;
	a->n = kept;
	a->lent = NULL;
}
