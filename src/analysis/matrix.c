/* The permission matrix: grants by scope, scopes that hold the same united, then resources. */
#include <kassay/matrix.h>

#include <stdlib.h>
#include <string.h>

#include "analysis/expand.h"
#include "util/alloc.h"
#include "util/arena.h"
#include "util/hash.h"
#include "util/map.h"
#include "util/str.h"
#include "util/banned.h"

#define OTHERS_MAX 1000

/* A grant gives something on a row. */
struct given {
	uint32_t row, grant;
};
/* A run of grants in one scope. */
struct run {
	size_t first, n;
	uint32_t class;
};
struct name_given {
	struct ka_name_span span;
	uint32_t grant;
};

struct builder {
	struct ka_matrix *m;
	const struct ka_catalogue *cat;
	struct ka_expander *x;
	const struct ka_grant *grant;        /* all of the subject's */
	const struct ka_expansion **gives;   /* of each grant */
	struct run *run;
	size_t nruns;
	struct ka_matrix_scope *scope;
	size_t nscopes;
	/* by row: in the scope being built, and cluster-wide */
	uint64_t *verbs, *exact, *itself, *everywhere;
	const struct ka_matrix_cell **cluster; /* by row: the cell cluster-wide */
	struct given *given;
	size_t ngiven, given_cap;
	struct name_given *named;
	size_t nnamed, named_cap;
	struct ka_matrix_cell *cell;
	size_t ncells, cell_cap;
	struct ka_matrix_other *other;
	size_t nothers, other_cap;
};

/* ---- what the grants of a scope give ---- */

static void
give(struct builder *b, uint32_t row, uint32_t grant)
{
	KA_GROW(b->given, b->ngiven, b->given_cap);
	b->given[b->ngiven++] = (struct given){ row, grant };
}

static void
give_span(struct builder *b, const struct ka_row_span *span, uint32_t grant, const char *namespace)
{
	uint64_t itself;

	if (!namespace || b->cat->row[span->row].namespaced) {
		b->verbs[span->row] |= span->verbs;
		b->exact[span->row] |= span->exact;
		give(b, span->row, grant);
		return;
	}
	itself = ka_own_namespace_verbs(b->cat, span->row, span->verbs);
	b->itself[span->row] |= itself;
	if (itself)
		give(b, span->row, grant);
}

static void
give_named(struct builder *b, const struct ka_name_span *span, uint32_t grant, const char *namespace)
{
	if (namespace && !b->cat->row[span->row].namespaced) {
		uint64_t itself = ka_own_namespace_verbs(b->cat, span->row, span->verbs);

		if (!itself || strcmp(span->name, namespace) != 0)
			return;
		b->itself[span->row] |= itself;
	} else {
		KA_GROW(b->named, b->nnamed, b->named_cap);
		b->named[b->nnamed++] = (struct name_given){ *span, grant };
	}
	give(b, span->row, grant);
}

static void
give_grant(struct builder *b, const struct ka_expansion *e, uint32_t grant, const char *namespace)
{
	for (size_t i = 0; i < e->nspans; i++)
		give_span(b, &e->span[i], grant, namespace);
	for (size_t i = 0; i < e->nnamed; i++)
		give_named(b, &e->named[i], grant, namespace);
}

static int
given_cmp(const void *pa, const void *pb)
{
	const struct given *a = pa, *b = pb;

	if (a->row != b->row)
		return a->row < b->row ? -1 : 1;
	return (a->grant > b->grant) - (a->grant < b->grant);
}

static int
name_cmp(const void *pa, const void *pb)
{
	const struct ka_name_span *a = pa, *b = pb;

	if (a->row != b->row)
		return a->row < b->row ? -1 : 1;
	return ka_str_cmp(a->name, b->name);
}

/* ---- cells ---- */

static int
matrix_name_cmp(const void *pa, const void *pb)
{
	const struct ka_matrix_name *a = pa, *b = pb;

	return strcmp(a->name, b->name);
}

/* The verbs on one name that the whole cluster gives already. */
static uint64_t
named_everywhere(const struct builder *b, uint32_t row, const char *name)
{
	const struct ka_matrix_cell *cell = b->cluster[row];
	const struct ka_matrix_name key = { .name = name }, *found;

	if (!cell || !cell->nnames)
		return 0;
	found = bsearch(&key, cell->name, cell->nnames, sizeof key, matrix_name_cmp);
	return found ? found->verbs : 0;
}

/* The names of one row, from *at on in the sorted list, less what is held on all objects. */
static void
set_names(struct builder *b, struct ka_matrix_cell *cell, uint32_t row, size_t *at)
{
	size_t first = *at, n = 0;
	struct ka_matrix_name *name;

	while (*at < b->nnamed && b->named[*at].span.row == row)
		++*at;
	name = ka_arena_array(b->m->arena, *at - first, sizeof *name);
	for (size_t i = first; i < *at;) {
		struct ka_name_span sum = b->named[i].span;

		for (i++; i < *at && !name_cmp(&b->named[i].span, &sum); i++) {
			sum.verbs |= b->named[i].span.verbs;
			sum.exact |= b->named[i].span.exact;
		}
		sum.verbs &= ~(b->verbs[row] | b->everywhere[row] | named_everywhere(b, row, sum.name));
		if (sum.verbs)
			name[n++] = (struct ka_matrix_name){ sum.name, sum.verbs, sum.verbs & ~sum.exact };
	}
	cell->nnames = n;
	cell->name = name;
}

/* One row: `at` is the first that is given on it. Returns where the next row begins. */
static size_t
add_cell(struct builder *b, size_t at, size_t *named_at)
{
	uint32_t row = b->given[at].row, *grant;
	struct ka_matrix_cell cell = { .resource = &b->cat->row[row] };
	size_t end = at, n = 0;

	while (end < b->ngiven && b->given[end].row == row)
		end++;
	cell.verbs = b->verbs[row] & ~b->everywhere[row];
	cell.wild = cell.verbs & ~b->exact[row];
	cell.itself = b->itself[row] & ~b->everywhere[row];
	set_names(b, &cell, row, named_at);
	b->verbs[row] = b->exact[row] = b->itself[row] = 0;
	if (!cell.verbs && !cell.itself && !cell.nnames)
		return end;
	grant = ka_arena_array(b->m->arena, end - at, sizeof *grant);
	for (size_t i = at; i < end; i++)
		if (!n || grant[n - 1] != b->given[i].grant)
			grant[n++] = b->given[i].grant;
	cell.grant = grant;
	cell.ngrants = n;
	KA_GROW(b->cell, b->ncells, b->cell_cap);
	b->cell[b->ncells++] = cell;
	return end;
}

static void
set_cells(struct builder *b, struct ka_matrix_scope *s)
{
	size_t named_at = 0;

	if (b->ngiven)
		qsort(b->given, b->ngiven, sizeof *b->given, given_cmp);
	/* a name_given begins with its span */
	if (b->nnamed)
		qsort(b->named, b->nnamed, sizeof *b->named, name_cmp);
	b->ncells = 0;
	for (size_t i = 0; i < b->ngiven;)
		i = add_cell(b, i, &named_at);
	s->cell = ka_arena_copy(b->m->arena, b->cell, b->ncells * sizeof *b->cell);
	s->ncells = b->ncells;
}

/* ---- URLs ---- */

static int
url_cmp(const void *pa, const void *pb)
{
	const struct ka_matrix_url *a = pa, *b = pb;
	int c = strcmp(a->url, b->url);

	return c ? c : strcmp(a->verb, b->verb);
}

static void
set_urls(struct builder *b, struct ka_matrix_scope *s, size_t first)
{
	struct ka_matrix_url *url;
	size_t n = 0, sum = 0;

	for (size_t i = 0; i < s->ngrants; i++)
		n += b->gives[first + i] ? b->gives[first + i]->nurls : 0;
	url = ka_arena_array(b->m->arena, n, sizeof *url);
	n = 0;
	for (size_t i = 0; i < s->ngrants; i++) {
		const struct ka_expansion *e = b->gives[first + i];

		for (size_t u = 0; e && u < e->nurls; u++)
			url[n++] = (struct ka_matrix_url){ e->url[u].verb, e->url[u].url, !e->url[u].exact };
	}
	qsort(url, n, sizeof *url, url_cmp);
	for (size_t i = 0; i < n; i++) {
		if (sum && !url_cmp(&url[sum - 1], &url[i]))
			url[sum - 1].wild = url[sum - 1].wild && url[i].wild;
		else
			url[sum++] = url[i];
	}
	s->url = url;
	s->nurls = sum;
}

/* ---- rules, and what the catalogue does not have ---- */

static void
add_other(struct builder *b, uint32_t grant, const char *group, const char *resource, const char *verb)
{
	if (b->nothers > OTHERS_MAX)
		return;
	KA_GROW(b->other, b->nothers, b->other_cap);
	b->other[b->nothers++] = (struct ka_matrix_other){ grant, group, resource, verb };
}

static void
find_others_of(struct builder *b, const struct ka_rule *rule, uint32_t grant, const char *group, const char *resource)
{
	size_t n, at = ka_catalogue_find(b->cat, group, resource, &n);
	uint64_t known = 0;

	for (size_t i = 0; i < n; i++)
		known |= b->cat->row[at + i].verbs;
	for (size_t v = 0; v < rule->verbs.n; v++) {
		const char *verb = rule->verbs.v[v];

		if (!strcmp(verb, "*") ? !n : !(known & ka_catalogue_verb(b->cat, verb)))
			add_other(b, grant, group, resource, verb);
	}
}

static void
find_others(struct builder *b, const struct ka_rule *rule, uint32_t grant)
{
	for (size_t g = 0; g < rule->groups.n; g++)
		for (size_t r = 0; r < rule->resources.n && b->nothers <= OTHERS_MAX; r++)
			if (strcmp(rule->groups.v[g], "*") != 0 && rule->resources.v[r][0] != '*')
				find_others_of(b, rule, grant, rule->groups.v[g], rule->resources.v[r]);
}

static void
set_rules(struct builder *b, struct ka_matrix_scope *s, size_t first)
{
	struct ka_matrix_rule *rule;
	size_t n = 0;

	b->nothers = 0;
	for (size_t i = 0; i < s->ngrants; i++)
		n += b->gives[first + i] ? b->gives[first + i]->nrules : 0;
	rule = ka_arena_array(b->m->arena, n, sizeof *rule);
	n = 0;
	for (size_t i = 0; i < s->ngrants; i++) {
		const struct ka_expansion *e = b->gives[first + i];

		for (size_t r = 0; e && r < e->nrules; r++) {
			const char *dead = ka_dead_here(&e->rule[r], &s->grant[i]);

			rule[n++] = (struct ka_matrix_rule){ (uint32_t)i, &e->rule[r], dead };
			if (!dead)
				find_others(b, &e->rule[r], (uint32_t)i);
		}
		s->cut = s->cut || (e && e->cut);
	}
	s->rule = rule;
	s->nrules = n;
	if (b->nothers > OTHERS_MAX) {
		b->nothers = OTHERS_MAX;
		s->cut = true;
	}
	s->other = ka_arena_copy(b->m->arena, b->other, b->nothers * sizeof *b->other);
	s->nothers = b->nothers;
}

/* ---- scopes ---- */

static void
build_scope(struct builder *b, struct ka_matrix_scope *s, size_t first)
{
	const char *namespace = s->nnamespaces ? s->namespace[0] : NULL;

	b->ngiven = b->nnamed = 0;
	for (size_t i = 0; i < s->ngrants; i++)
		if (b->gives[first + i])
			give_grant(b, b->gives[first + i], (uint32_t)i, namespace);
	set_cells(b, s);
	if (!namespace)
		set_urls(b, s, first);
	set_rules(b, s, first);
}

static int
id_cmp(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* What makes two namespaces alike: the same rules held in both.  Bindings may have other names; and
 * rules that name the Namespace itself say something else in each. */
static struct ka_hash128
run_hash(const struct builder *b, const struct run *run, uint32_t *ids)
{
	struct ka_hash128 h = ka_hash128_start();
	const char *own = NULL;
	size_t n = 0;

	for (size_t i = run->first; i < run->first + run->n; i++) {
		const struct ka_expansion *e = b->gives[i];

		if (!e)
			continue;
		ids[n++] = e->id;
		for (size_t k = 0; k < e->nnamed; k++)
			if (ka_own_namespace_verbs(b->cat, e->named[k].row, e->named[k].verbs))
				own = b->grant[i].namespace;
	}
	qsort(ids, n, sizeof *ids, id_cmp);
	for (size_t i = 0; i < n; i++)
		if (!i || ids[i] != ids[i - 1])
			ka_hash128_feed(&h, ids[i]);
	if (own)
		ka_hash128_feed_bytes(&h, own, strlen(own));
	return h;
}

static bool
same_names(const struct builder *b, const struct run *x, const struct run *y)
{
	if (x->n != y->n)
		return false;
	for (size_t i = 0; i < x->n; i++) {
		const struct ka_binding *p = b->grant[x->first + i].binding, *q = b->grant[y->first + i].binding;

		if (ka_str_cmp(p->obj.name, q->obj.name) || ka_str_cmp(p->role_kind, q->role_kind) ||
		    ka_str_cmp(p->role_name, q->role_name))
			return false;
	}
	return true;
}

/* Grants are sorted, those of one namespace together. */
static void
find_runs(struct builder *b, size_t ngrants)
{
	b->run = ka_xcalloc(ngrants + 1, sizeof *b->run);
	for (size_t i = 0; i < ngrants; i++) {
		if (i && !ka_str_cmp(b->grant[i].namespace, b->grant[i - 1].namespace)) {
			b->run[b->nruns - 1].n++;
			continue;
		}
		b->run[b->nruns++] = (struct run){ .first = i, .n = 1 };
	}
}

/* Gives every run its class, and every class a scope whose first namespace is that of its first
 * run. */
static struct run **
find_classes(struct builder *b, size_t ngrants)
{
	struct run **first = ka_xcalloc(b->nruns + 1, sizeof(struct run *));
	uint32_t *ids = ka_xcalloc(ngrants + 1, sizeof *ids);
	struct ka_hmap seen;

	ka_hmap_init(&seen);
	for (size_t i = 0; i < b->nruns; i++) {
		bool cluster = !b->grant[b->run[i].first].namespace;
		struct ka_hash128 h = run_hash(b, &b->run[i], ids);
		struct run *same = cluster ? NULL : ka_hmap_get(&seen, h);

		if (!same) {
			same = &b->run[i];
			same->class = (uint32_t)b->nscopes;
			first[b->nscopes++] = same;
			if (!cluster)
				ka_hmap_put(&seen, h, same);
		}
		b->run[i].class = same->class;
	}
	ka_hmap_release(&seen);
	free(ids);
	return first;
}

static void
set_namespaces(struct builder *b, struct run **first)
{
	size_t *count = ka_xcalloc(b->nscopes + 1, sizeof *count);
	const char ***list = ka_xcalloc(b->nscopes + 1, sizeof(const char **));

	for (size_t i = 0; i < b->nruns; i++)
		count[b->run[i].class]++;
	for (size_t i = 0; i < b->nscopes; i++)
		list[i] = ka_arena_array(b->m->arena, count[i], sizeof(const char *));
	for (size_t i = 0; i < b->nruns; i++) {
		const struct run *run = &b->run[i];
		struct ka_matrix_scope *s = &b->scope[run->class];
		const char *namespace = b->grant[run->first].namespace;

		if (!namespace)
			continue;
		list[run->class][s->nnamespaces++] = namespace;
		s->namespace = list[run->class];
		s->alike = s->alike && same_names(b, run, first[run->class]);
	}
	free(count);
	free(list);
}

static void
build_scopes(struct builder *b, size_t ngrants)
{
	struct run **first;

	find_runs(b, ngrants);
	first = find_classes(b, ngrants);
	b->scope = ka_arena_array(b->m->arena, b->nscopes, sizeof *b->scope);
	for (size_t i = 0; i < b->nscopes; i++)
		b->scope[i].alike = true;
	set_namespaces(b, first);
	for (size_t i = 0; i < b->nscopes; i++) {
		struct ka_matrix_scope *s = &b->scope[i];

		s->ngrants = first[i]->n;
		s->grant = ka_arena_copy(b->m->arena, b->grant + first[i]->first, s->ngrants * sizeof *s->grant);
		build_scope(b, s, first[i]->first);
		if (!s->nnamespaces) {
			for (size_t c = 0; c < s->ncells; c++) {
				size_t row = (size_t)(s->cell[c].resource - b->cat->row);

				b->everywhere[row] = s->cell[c].verbs;
				b->cluster[row] = &s->cell[c];
			}
		}
	}
	free(first);
	b->m->scope = b->scope;
	b->m->nscopes = b->nscopes;
}

static size_t
keep_namespace(struct ka_grant *grant, size_t n, const char *namespace)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++)
		if (!namespace || !grant[i].namespace || !strcmp(grant[i].namespace, namespace))
			grant[kept++] = grant[i];
	return kept;
}

static void
release(struct builder *b)
{
	free(b->gives);
	free(b->run);
	free(b->verbs);
	free(b->exact);
	free(b->itself);
	free(b->everywhere);
	free(b->cluster);
	free(b->given);
	free(b->named);
	free(b->cell);
	free(b->other);
}

struct ka_matrix *
ka_matrix_new(const struct ka_rbac *rbac, const struct ka_catalogue *cat, const struct ka_who *who,
	      const char *namespace)
{
	struct ka_matrix *m = ka_xcalloc(1, sizeof *m);
	struct builder b = { .m = m, .cat = cat };
	struct ka_grant *grant;
	size_t n;

	m->arena = ka_arena_new();
	m->master = ka_rbac_is_master(who);
	n = ka_rbac_grants_of(rbac, who, &grant);
	n = keep_namespace(grant, n, namespace);
	/* Expansions hold no more than the matrix points into: roles and the catalogue. */
	b.x = ka_expander_new(rbac, cat);
	b.grant = grant;
	b.gives = ka_xcalloc(n + 1, sizeof(const struct ka_expansion *));
	for (size_t i = 0; i < n; i++)
		b.gives[i] = grant[i].role ? ka_expand(b.x, grant[i].role) : NULL;
	b.verbs = ka_xcalloc(cat->n + 1, sizeof *b.verbs);
	b.exact = ka_xcalloc(cat->n + 1, sizeof *b.exact);
	b.itself = ka_xcalloc(cat->n + 1, sizeof *b.itself);
	b.everywhere = ka_xcalloc(cat->n + 1, sizeof *b.everywhere);
	b.cluster = ka_xcalloc(cat->n + 1, sizeof(const struct ka_matrix_cell *));
	build_scopes(&b, n);
	release(&b);
	ka_expander_free(b.x);
	free(grant);
	return m;
}

void
ka_matrix_free(struct ka_matrix *m)
{
	if (!m)
		return;
	ka_arena_free(m->arena);
	free(m);
}
