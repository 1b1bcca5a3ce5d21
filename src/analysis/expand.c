/* Rules over the catalogue. */
#include "analysis/expand.h"

#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"
#include "util/arena.h"
#include "util/hash.h"
#include "util/map.h"
#include "util/banned.h"

/* A role may name thousands of objects and say star for all else. */
#define NAMED_MAX 200000

struct ka_expander {
	const struct ka_rbac *rbac;
	const struct ka_catalogue *cat;
	struct ka_arena *arena;
	struct ka_map of_rules;  /* pointer to rules -> index */
	struct ka_hmap of_content;
	const struct ka_expansion **expansion;
	size_t n, cap;
	/* what is being written out */
	struct ka_row_span *span;
	struct ka_name_span *named;
	struct ka_url_span *url;
	size_t nspans, nnamed, nurls, span_cap, named_cap, url_cap;
	bool cut;
};

struct ka_expander *
ka_expander_new(const struct ka_rbac *rbac, const struct ka_catalogue *cat)
{
	struct ka_expander *x = ka_xcalloc(1, sizeof *x);

	x->rbac = rbac;
	x->cat = cat;
	x->arena = ka_arena_new();
	ka_map_init(&x->of_rules);
	ka_hmap_init(&x->of_content);
	return x;
}

void
ka_expander_free(struct ka_expander *x)
{
	if (!x)
		return;
	ka_map_release(&x->of_rules);
	ka_hmap_release(&x->of_content);
	ka_arena_free(x->arena);
	free(x->expansion);
	free(x->span);
	free(x->named);
	free(x->url);
	free(x);
}

/* ---- resources ---- */

/* A rule's verbs as bits: all that it gives on any row, and those that it spells out. */
struct verb_sets {
	uint64_t given, spelled;
};

static struct verb_sets
verb_sets(const struct ka_catalogue *cat, const struct ka_strs *verbs)
{
	struct verb_sets ret = { 0 };

	for (size_t i = 0; i < verbs->n; i++) {
		if (!strcmp(verbs->v[i], "*"))
			ret.given = UINT64_MAX;
		ret.spelled |= ka_catalogue_verb(cat, verbs->v[i]);
	}
	ret.given |= ret.spelled;
	return ret;
}

/* What is asked with the name of an object: the API refuses a name for the others. */
static uint64_t
nameable(const struct ka_catalogue *cat, const struct ka_resource *row)
{
	if (strchr(row->text, '/'))
		return UINT64_MAX;
	return ~(ka_catalogue_verb(cat, "create") | ka_catalogue_verb(cat, "deletecollection"));
}

static void
add_named(struct ka_expander *x, const struct ka_row_span *span, const struct ka_strs *names)
{
	uint64_t mask = nameable(x->cat, &x->cat->row[span->row]);

	if (!(span->verbs & mask))
		return;
	for (size_t i = 0; i < names->n; i++) {
		if (x->nnamed == NAMED_MAX) {
			x->cut = true;
			return;
		}
		KA_GROW(x->named, x->nnamed, x->named_cap);
		x->named[x->nnamed++] = (struct ka_name_span){ span->row, names->v[i],
								span->verbs & mask, span->exact & mask };
	}
}

static void
add_row(struct ka_expander *x, const struct ka_rule *rule, size_t row, struct verb_sets verbs)
{
	struct ka_row_span span = { .row = (uint32_t)row };

	span.verbs = verbs.given & x->cat->row[row].verbs;
	span.exact = verbs.spelled & x->cat->row[row].verbs;
	if (!span.verbs)
		return;
	if (rule->names.n) {
		add_named(x, &span, &rule->names);
		return;
	}
	KA_GROW(x->span, x->nspans, x->span_cap);
	x->span[x->nspans++] = span;
}

/* ResourceMatches of pkg/apis/rbac/v1/evaluation_helpers.go, for one entry. */
static bool
entry_matches(const char *entry, const char *text)
{
	const char *slash;

	if (!strcmp(entry, "*") || !strcmp(entry, text))
		return true;
	slash = strchr(text, '/');
	return slash && entry[0] == '*' && entry[1] == '/' && !strcmp(entry + 1, slash);
}

static void
add_entry(struct ka_expander *x, const struct ka_rule *rule, const char *group, const char *resource,
	  struct verb_sets verbs)
{
	bool any_group = !strcmp(group, "*");
	size_t n, at;

	if (!any_group && resource[0] != '*') {
		at = ka_catalogue_find(x->cat, group, resource, &n);
		for (size_t i = 0; i < n; i++)
			add_row(x, rule, at + i, verbs);
		return;
	}
	/* here a star decides: nothing is spelled out */
	verbs.spelled = 0;
	for (size_t i = 0; i < x->cat->n; i++)
		if ((any_group || !strcmp(x->cat->row[i].group, group)) &&
		    entry_matches(resource, x->cat->row[i].text))
			add_row(x, rule, i, verbs);
}

/* ---- URLs ---- */

static void
add_url(struct ka_expander *x, const char *verb, const char *url, bool exact)
{
	if (x->nurls == NAMED_MAX) {
		x->cut = true;
		return;
	}
	KA_GROW(x->url, x->nurls, x->url_cap);
	x->url[x->nurls++] = (struct ka_url_span){ verb, url, exact };
}

/* The paths that a pattern stands for; one that stands for none of them is a path of its own. */
static void
add_pattern(struct ka_expander *x, const char *verb, const char *pattern, bool exact)
{
	const struct ka_rule rule = { .verbs = { 1, &verb }, .urls = { 1, &pattern } };
	struct ka_request req = { .verb = verb };
	bool any = false;

	for (size_t i = 0; ka_catalogue_urls[i]; i++) {
		req.url = ka_catalogue_urls[i];
		if (!ka_rule_allows(&rule, &req))
			continue;
		add_url(x, verb, req.url, exact && !strcmp(pattern, req.url));
		any = true;
	}
	if (!any)
		add_url(x, verb, pattern, exact && !strchr(pattern, '*'));
}

static void
add_urls(struct ka_expander *x, const struct ka_rule *rule)
{
	/* Of the paths there are, none is asked for with another verb. */
	bool star = ka_strs_has(&rule->verbs, "*") && !ka_strs_has(&rule->verbs, "get");

	for (size_t u = 0; u < rule->urls.n; u++) {
		if (rule->urls.v[u][0] != '/' && strcmp(rule->urls.v[u], "*") != 0)
			continue;
		if (star)
			add_pattern(x, "get", rule->urls.v[u], false);
		for (size_t v = 0; v < rule->verbs.n; v++)
			if (strcmp(rule->verbs.v[v], "*") != 0)
				add_pattern(x, rule->verbs.v[v], rule->urls.v[u], true);
	}
}

/* ---- sorted, each once ---- */

static int
span_cmp(const void *pa, const void *pb)
{
	const struct ka_row_span *a = pa, *b = pb;

	return (a->row > b->row) - (a->row < b->row);
}

static int
named_cmp(const void *pa, const void *pb)
{
	const struct ka_name_span *a = pa, *b = pb;

	if (a->row != b->row)
		return a->row < b->row ? -1 : 1;
	return a->name == b->name ? 0 : strcmp(a->name, b->name);
}

static int
url_cmp(const void *pa, const void *pb)
{
	const struct ka_url_span *a = pa, *b = pb;
	int c = strcmp(a->url, b->url);

	return c ? c : strcmp(a->verb, b->verb);
}

static void
unite_spans(struct ka_expander *x)
{
	size_t n = 0;

	if (x->nspans)
		qsort(x->span, x->nspans, sizeof *x->span, span_cmp);
	for (size_t i = 0; i < x->nspans; i++) {
		if (n && !span_cmp(&x->span[n - 1], &x->span[i])) {
			x->span[n - 1].verbs |= x->span[i].verbs;
			x->span[n - 1].exact |= x->span[i].exact;
		} else {
			x->span[n++] = x->span[i];
		}
	}
	x->nspans = n;
}

static void
unite_named(struct ka_expander *x)
{
	size_t n = 0;

	if (x->nnamed)
		qsort(x->named, x->nnamed, sizeof *x->named, named_cmp);
	for (size_t i = 0; i < x->nnamed; i++) {
		if (n && !named_cmp(&x->named[n - 1], &x->named[i])) {
			x->named[n - 1].verbs |= x->named[i].verbs;
			x->named[n - 1].exact |= x->named[i].exact;
		} else {
			x->named[n++] = x->named[i];
		}
	}
	x->nnamed = n;
}

static void
unite_urls(struct ka_expander *x)
{
	size_t n = 0;

	if (x->nurls)
		qsort(x->url, x->nurls, sizeof *x->url, url_cmp);
	for (size_t i = 0; i < x->nurls; i++) {
		if (n && !url_cmp(&x->url[n - 1], &x->url[i]))
			x->url[n - 1].exact |= x->url[i].exact;
		else
			x->url[n++] = x->url[i];
	}
	x->nurls = n;
}

/* ---- a role ---- */

static struct ka_expansion *
write_out(struct ka_expander *x, const struct ka_rule *rule, size_t n)
{
	struct ka_expansion *e = ka_arena_alloc(x->arena, sizeof *e);

	x->nspans = x->nnamed = x->nurls = 0;
	x->cut = false;
	for (size_t i = 0; i < n; i++) {
		struct verb_sets verbs = verb_sets(x->cat, &rule[i].verbs);

		for (size_t g = 0; verbs.given && g < rule[i].groups.n; g++)
			for (size_t r = 0; r < rule[i].resources.n; r++)
				add_entry(x, &rule[i], rule[i].groups.v[g], rule[i].resources.v[r], verbs);
		add_urls(x, &rule[i]);
	}
	unite_spans(x);
	unite_named(x);
	unite_urls(x);
	*e = (struct ka_expansion){
		.id = (uint32_t)x->n,
		.nrules = n,
		.rule = rule,
		.nspans = x->nspans,
		.nnamed = x->nnamed,
		.nurls = x->nurls,
		.span = ka_arena_copy(x->arena, x->span, x->nspans * sizeof *x->span),
		.named = ka_arena_copy(x->arena, x->named, x->nnamed * sizeof *x->named),
		.url = ka_arena_copy(x->arena, x->url, x->nurls * sizeof *x->url),
		.cut = x->cut,
	};
	KA_GROW(x->expansion, x->n, x->cap);
	x->expansion[x->n++] = e;
	return e;
}

static void
feed_list(struct ka_hash128 *h, const struct ka_strs *list)
{
	ka_hash128_feed(h, list->n);
	for (size_t i = 0; i < list->n; i++)
		ka_hash128_feed_bytes(h, list->v[i], strlen(list->v[i]));
}

static struct ka_hash128
content(const struct ka_rule *rule, size_t n)
{
	struct ka_hash128 h = ka_hash128_start();

	ka_hash128_feed(&h, n);
	for (size_t i = 0; i < n; i++) {
		feed_list(&h, &rule[i].verbs);
		feed_list(&h, &rule[i].groups);
		feed_list(&h, &rule[i].resources);
		feed_list(&h, &rule[i].names);
		feed_list(&h, &rule[i].urls);
	}
	return h;
}

const struct ka_expansion *
ka_expand(struct ka_expander *x, const struct ka_role *role)
{
	size_t n;
	const struct ka_rule *rule = ka_rbac_rules(x->rbac, role, &n);
	uint32_t at = ka_map_get(&x->of_rules, role, NULL);
	struct ka_hash128 h;
	struct ka_expansion *e;

	if (at != KA_MAP_NONE)
		return x->expansion[at];
	h = content(rule, n);
	e = ka_hmap_get(&x->of_content, h);
	if (!e) {
		e = write_out(x, rule, n);
		ka_hmap_put(&x->of_content, h, e);
	}
	ka_map_set(&x->of_rules, role, NULL, e->id);
	return e;
}

uint64_t
ka_own_namespace_verbs(const struct ka_catalogue *cat, uint32_t row, uint64_t verbs)
{
	const struct ka_resource *r = &cat->row[row];

	/* requestinfo.go: /api/v1/namespaces/X and its subresources are in the namespace X. */
	if (*r->text != 'n' || *r->group || strncmp(r->text, "namespaces", 10) != 0 ||
	    (r->text[10] && r->text[10] != '/'))
		return 0;
	return verbs & (ka_catalogue_verb(cat, "get") | ka_catalogue_verb(cat, "update") |
			ka_catalogue_verb(cat, "patch") | ka_catalogue_verb(cat, "delete"));
}

const char *
ka_dead_here(const struct ka_rule *rule, const struct ka_grant *grant)
{
	const char *why;

	if (ka_rule_dead(rule, grant->role->obj.namespace, &why))
		return why;
	if (!grant->namespace)
		return NULL;
	if (!rule->resources.n)
		return "URLs count only through a ClusterRoleBinding";
	for (size_t i = 0; i < rule->resources.n; i++)
		if (!ka_rule_needs_cluster(rule, rule->resources.v[i]))
			return NULL;
	return "what it names has no namespace, and the binding is in one";
}
