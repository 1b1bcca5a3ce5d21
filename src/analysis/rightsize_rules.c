/* Wants packed into rules: as few as can be without any product of lists giving more than is wanted. */
#include "analysis/rightsize_private.h"

#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"
#include "util/str.h"
#include "util/banned.h"

/* A rule in the making.  Its lists are also kept as texts, so that equal ones are found by sorting. */
struct cell {
	const char *namespace, *group;
	bool url;
	struct ka_strs things; /* resources or URLs */
	struct ka_strs verbs, names;
	const char *verb_key, *name_key; /* name_key NULL: any name */
	unsigned widened;
};

static const char *const verb_order[] = { "get",   "list",  "watch",  "create",
					  "update", "patch", "delete", "deletecollection" };

static size_t
verb_rank(const char *verb)
{
	size_t n = sizeof verb_order / sizeof *verb_order, i = 0;

	while (i < n && strcmp(verb_order[i], verb) != 0)
		i++;
	return i;
}

static int
verb_cmp(const void *a, const void *b)
{
	const char *x = *(const char *const *)a, *y = *(const char *const *)b;
	size_t i = verb_rank(x), k = verb_rank(y);

	return i != k ? (i < k ? -1 : 1) : strcmp(x, y);
}

/* All words with their lengths, so that no two lists look the same. */
static const char *
key_of(struct ka_arena *arena, const struct ka_strs *list)
{
	size_t len = 1;
	char *key, *p;

	for (size_t i = 0; i < list->n; i++)
		len += strlen(list->v[i]) + 1;
	key = p = ka_arena_alloc(arena, len);
	for (size_t i = 0; i < list->n; i++) {
		size_t word = strlen(list->v[i]);

		memcpy(p, list->v[i], word);
		p += word;
		*p++ = '\n'; /* which no word of a rule can have */
	}
	*p = '\0';
	return key;
}

/* ---- one list after another --------------------------------------------------------------- */

static int
thing_cmp(const struct cell *x, const struct cell *y)
{
	int c = ka_str_cmp(x->namespace, y->namespace);

	if (!c)
		c = x->url - y->url;
	return c ? c : ka_str_cmp(x->group, y->group);
}

/* For names: the same verbs on the same resource. */
static int
names_cmp(const void *a, const void *b)
{
	const struct cell *x = a, *y = b;
	int c = thing_cmp(x, y);

	if (!c)
		c = strcmp(x->things.v[0], y->things.v[0]);
	if (!c)
		c = strcmp(x->verb_key, y->verb_key);
	return c ? c : ka_str_cmp(x->name_key, y->name_key);
}

/* For resources and URLs: the same verbs and names. */
static int
things_cmp(const void *a, const void *b)
{
	const struct cell *x = a, *y = b;
	int c = thing_cmp(x, y);

	if (!c)
		c = strcmp(x->verb_key, y->verb_key);
	if (!c)
		c = ka_str_cmp(x->name_key, y->name_key);
	return c ? c : strcmp(x->things.v[0], y->things.v[0]);
}

static int
print_cmp(const void *a, const void *b)
{
	const struct cell *x = a, *y = b;
	int c = thing_cmp(x, y);

	if (!c)
		c = strcmp(x->things.v[0], y->things.v[0]);
	if (!c)
		c = ka_str_cmp(x->name_key, y->name_key);
	return c ? c : strcmp(x->verb_key, y->verb_key);
}

/* Cells of one verb list each from wants that differ in the verb alone. */
static size_t
first_cells(struct ka_sizing *s, struct cell *cell)
{
	size_t n = 0;

	for (size_t i = 0; i < s->nwants; i++) {
		const struct ka_want *w = &s->want[i];
		const char **thing = ka_arena_array(s->arena, 1, sizeof *thing);
		const char **verb = ka_arena_array(s->arena, 1, sizeof *verb);

		*thing = w->url ? w->url : w->resource;
		*verb = w->verb;
		cell[n] = (struct cell){
			.namespace = w->namespace,
			.group = w->group,
			.url = w->url != NULL,
			.things = { 1, thing },
			.verbs = { 1, verb },
			.widened = w->widened,
		};
		if (w->name) {
			const char **name = ka_arena_array(s->arena, 1, sizeof *name);

			*name = w->name;
			cell[n].names = (struct ka_strs){ 1, name };
			cell[n].name_key = w->name;
		}
		cell[n++].verb_key = "";
	}
	return n;
}

static bool
same_but_verbs(const struct cell *a, const struct cell *b)
{
	return names_cmp(a, b) == 0;
}
static bool
same_but_names(const struct cell *a, const struct cell *b)
{
	struct cell x = *a, y = *b;

	if (!a->name_key || !b->name_key)
		return false;
	x.name_key = y.name_key = NULL;
	return names_cmp(&x, &y) == 0;
}
static bool
same_but_things(const struct cell *a, const struct cell *b)
{
	return !thing_cmp(a, b) && !strcmp(a->verb_key, b->verb_key) && !ka_str_cmp(a->name_key, b->name_key);
}

enum { VERBS, NAMES, THINGS };

static struct ka_strs *
list_of(struct cell *c, int which)
{
	return which == VERBS ? &c->verbs : which == NAMES ? &c->names : &c->things;
}

/* Of a run of cells one, which has the words of all in one list. */
static void
join(struct ka_arena *arena, struct cell *run, size_t n, int which)
{
	const char **v = ka_arena_array(arena, n, sizeof *v);
	struct ka_strs *list = list_of(run, which);

	for (size_t i = 0; i < n; i++) {
		v[i] = list_of(&run[i], which)->v[0];
		run->widened |= run[i].widened;
	}
	if (which == VERBS)
		qsort(v, n, sizeof *v, verb_cmp);
	*list = (struct ka_strs){ n, v };
}

/* The cells are sorted so that those to be joined stand together, the words of the list in order. */
static size_t
join_all(struct ka_sizing *s, struct cell *cell, size_t n, int which)
{
	static bool (*const same[])(const struct cell *, const struct cell *) = {
		[VERBS] = same_but_verbs,
		[NAMES] = same_but_names,
		[THINGS] = same_but_things,
	};
	size_t out = 0;

	for (size_t i = 0, k; i < n; i = k) {
		for (k = i + 1; k < n && same[which](&cell[i], &cell[k]); k++)
			;
		join(s->arena, &cell[i], k - i, which == NAMES && !cell[i].name_key ? THINGS : which);
		cell[out] = cell[i];
		if (which == VERBS)
			cell[out].verb_key = key_of(s->arena, &cell[out].verbs);
		if (which == NAMES && cell[out].name_key)
			cell[out].name_key = key_of(s->arena, &cell[out].names);
		out++;
	}
	return out;
}

/* ---- roles -------------------------------------------------------------------------------- */

static struct ka_new_rule
rule_of(struct ka_sizing *s, const struct cell *c)
{
	struct ka_new_rule ret = { .rule = { .verbs = c->verbs }, .widened = c->widened };
	const char **group;

	if (c->url) {
		ret.rule.urls = c->things;
		return ret;
	}
	group = ka_arena_array(s->arena, 1, sizeof *group);
	*group = c->group;
	ret.rule.groups = (struct ka_strs){ 1, group };
	ret.rule.resources = c->things;
	ret.rule.names = c->names;
	return ret;
}

static void
make_roles(struct ka_sizing *s, const struct cell *cell, size_t n)
{
	struct ka_rightsize *ret = s->ret;
	struct ka_new_rule *rule = ka_arena_array(s->arena, n, sizeof *rule);

	ret->role = ka_arena_array(s->arena, n, sizeof *ret->role);
	ret->nrules = n;
	for (size_t i = 0; i < n; i++) {
		rule[i] = rule_of(s, &cell[i]);
		if (!i || ka_str_cmp(cell[i - 1].namespace, cell[i].namespace))
			ret->role[ret->nroles++] = (struct ka_new_role){
				.namespace = cell[i].namespace,
				.rule = &rule[i],
			};
		ret->role[ret->nroles - 1].n++;
	}
}

void
ka_sizing_rules(struct ka_sizing *s)
{
	struct cell *cell = ka_xcalloc(s->nwants + 1, sizeof *cell);
	size_t n = first_cells(s, cell);

	if (n) {
		qsort(cell, n, sizeof *cell, names_cmp);
		n = join_all(s, cell, n, VERBS);
		qsort(cell, n, sizeof *cell, names_cmp);
		n = join_all(s, cell, n, NAMES);
		qsort(cell, n, sizeof *cell, things_cmp);
		n = join_all(s, cell, n, THINGS);
		qsort(cell, n, sizeof *cell, print_cmp);
	}
	make_roles(s, cell, n);
	free(cell);
}
