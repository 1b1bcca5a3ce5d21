/* The catalogue of resources: from discovery, or from the table of Kubernetes' own API. */
#include "analysis/catalogue_private.h"

#include <kassay/catalogue.h>
#include <kassay/rbac.h>

#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"
#include "util/arena.h"
#include "util/banned.h"

/* In the order in which verbs are written; those of the API's objects first. */
static const char *const known_verbs[] = {
	"get", "list", "watch", "create", "update", "patch", "delete", "deletecollection",
	"approve", "attest", "bind", "escalate", "impersonate", "impersonate:arbitrary-node",
	"impersonate:associated-node", "impersonate:serviceaccount", "impersonate:user-info", "sign",
	"arbitrary-node:patch", "arbitrary-node:update", "associated-node:patch",
	"associated-node:update",
};
#define OBJECT_VERBS ((uint64_t)0xff)

struct builder {
	struct ka_catalogue *cat;
	const struct ka_graph *g;
	struct ka_resource *row;
	size_t n, cap;
};

/* ---- the table of Kubernetes' own ---- */

/* Both as they stand in a row; `len` bytes of text. */
static int
row_cmp(const struct ka_api_row *row, const char *group, const char *text, size_t len)
{
	int c = strcmp(row->group, group);

	if (!c)
		c = strncmp(row->text, text, len);
	return c ? c : row->text[len] != '\0';
}

/* The first row that does not come before. */
static size_t
own_place(const char *group, const char *text, size_t len)
{
	size_t low = 0, high = ka_api_nrows;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (row_cmp(&ka_api_rows[mid], group, text, len) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static const struct ka_api_row *
own_row(const char *group, const char *text, size_t len)
{
	size_t at = own_place(group, text, len);

	return at < ka_api_nrows && !row_cmp(&ka_api_rows[at], group, text, len) ? &ka_api_rows[at] : NULL;
}

bool
ka_cluster_scoped(const char *group, const char *resource, size_t len)
{
	const struct ka_api_row *row = own_row(group, resource, len);

	return row && !(row->flags & KA_API_NAMESPACED);
}

/* Kubernetes' own group, or one that it no longer serves. */
static bool
own_group(const char *group)
{
	size_t at = own_place(group, "", 0);

	return !strcmp(group, "extensions") || (at < ka_api_nrows && !strcmp(ka_api_rows[at].group, group));
}

/* ---- verbs ---- */

static uint64_t
verb_bit(const struct ka_catalogue *cat, const char *verb, size_t len)
{
	for (size_t i = 0; i < cat->nverbs; i++)
		if (!strncmp(cat->verb[i], verb, len) && !cat->verb[i][len])
			return (uint64_t)1 << i;
	return 0;
}

uint64_t
ka_catalogue_verb(const struct ka_catalogue *cat, const char *verb)
{
	return verb_bit(cat, verb, strlen(verb));
}

static uint64_t
verb_bits(const struct ka_catalogue *cat, const char *verbs)
{
	uint64_t ret = 0;

	while (*verbs) {
		size_t len = strcspn(verbs, " ");

		ret |= verb_bit(cat, verbs, len);
		verbs += len + strspn(verbs + len, " ");
	}
	return ret;
}

/* What a server says its resources can, which may be what only it knows. */
static uint64_t
learn_verbs(struct ka_catalogue *cat, const struct ka_strs *verbs)
{
	uint64_t ret = 0;

	for (size_t i = 0; i < verbs->n; i++) {
		if (!ka_catalogue_verb(cat, verbs->v[i]) && cat->nverbs < KA_MAX_VERBS)
			cat->verb[cat->nverbs++] = verbs->v[i];
		ret |= ka_catalogue_verb(cat, verbs->v[i]);
	}
	return ret;
}

/* ---- rows ---- */

static struct ka_resource *
add_row(struct builder *b, const char *group, const char *text, bool namespaced, uint64_t verbs)
{
	KA_GROW(b->row, b->n, b->cap);
	b->row[b->n] = (struct ka_resource){
		.group = group, .text = text, .namespaced = namespaced, .verbs = verbs,
	};
	return &b->row[b->n++];
}

static int
resource_cmp(const void *pa, const void *pb)
{
	const struct ka_resource *a = pa, *b = pb;
	int c = strcmp(a->group, b->group);

	if (!c)
		c = strcmp(a->text, b->text);
	return c ? c : a->namespaced - b->namespaced;
}

/* One resource is there in several versions, and is named by several rules. */
static void
sort_and_unite(struct builder *b)
{
	size_t n = 0;

	if (b->n)
		qsort(b->row, b->n, sizeof *b->row, resource_cmp);
	for (size_t i = 0; i < b->n; i++) {
		if (n && !resource_cmp(&b->row[n - 1], &b->row[i]))
			b->row[n - 1].verbs |= b->row[i].verbs;
		else
			b->row[n++] = b->row[i];
	}
	b->n = n;
}

size_t
ka_catalogue_find(const struct ka_catalogue *cat, const char *group, const char *text, size_t *ret_n)
{
	const struct ka_resource key = { .group = group, .text = text };
	size_t low = 0, high = cat->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (resource_cmp(&cat->row[mid], &key) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	for (*ret_n = 0; low + *ret_n < cat->n; ++*ret_n)
		if (strcmp(cat->row[low + *ret_n].group, group) != 0 ||
		    strcmp(cat->row[low + *ret_n].text, text) != 0)
			break;
	return low;
}

/* ---- what is served ---- */

/* Discovery is kept without the verbs of subresources: those of Kubernetes' own are known, and
 * custom resources have status and scale alone. */
static void
add_subresource(struct builder *b, const struct ka_served *s, const char *name)
{
	char *text = ka_arena_fmt(b->cat->arena, "%s/%s", s->resource, name);
	const struct ka_api_row *own = own_row(s->group, text, strlen(text));

	add_row(b, s->group, text, s->namespaced, verb_bits(b->cat, own ? own->verbs : "get patch update"));
}

static void
add_served(struct builder *b, const struct ka_served *s)
{
	const struct ka_api_row *own = own_row(s->group, s->resource, strlen(s->resource));
	uint64_t verbs = learn_verbs(b->cat, &s->verbs);

	/* what is asked besides of such an object */
	if (own)
		verbs |= verb_bits(b->cat, own->verbs) & ~OBJECT_VERBS;
	add_row(b, s->group, s->resource, s->namespaced, verbs);
	for (size_t i = 0; i < s->subresources.n; i++)
		add_subresource(b, s, s->subresources.v[i]);
}

static bool
is_served(const struct ka_graph *g, const struct ka_api_row *own)
{
	size_t len = strcspn(own->text, "/");

	for (size_t i = 0; i < g->nserved; i++)
		if (!strcmp(g->served[i].group, own->group) && !strncmp(g->served[i].resource, own->text, len) &&
		    !g->served[i].resource[len])
			return true;
	return false;
}

static void
add_own(struct builder *b, const struct ka_api_row *own)
{
	bool virtual = own->flags & KA_API_VIRTUAL;

	/* A subresource that is virtual is one of a resource that is not. */
	if (b->g->nserved && (!virtual || (strchr(own->text, '/') && !is_served(b->g, own))))
		return;
	add_row(b, own->group, own->text, own->flags & KA_API_NAMESPACED,
		verb_bits(b->cat, own->verbs))->virtual = virtual;
}

/* ---- what rules name besides ---- */

static void
add_named(struct builder *b, const char *group, const char *resource)
{
	bool extra = !strcmp(group, "authentication.k8s.io") && !strncmp(resource, "userextras/", 11);
	const char *slash = strchr(resource, '/');
	uint64_t verbs = OBJECT_VERBS;
	struct ka_resource *row;

	/* The keys of what is asserted of users are anybody's to choose. */
	if (extra)
		verbs = verb_bits(b->cat, "impersonate impersonate:user-info");
	else if (b->g->nserved || own_group(group))
		return;
	else if (slash)
		verbs = verb_bits(b->cat, !strcmp(slash, "/finalizers") ? "update" : "get patch update");
	row = add_row(b, group, resource, !extra, verbs);
	row->virtual = extra;
	row->assumed = !extra;
}

static void
add_rule(struct builder *b, const struct ka_rule *rule)
{
	for (size_t i = 0; i < rule->groups.n; i++) {
		const char *group = rule->groups.v[i];

		if (!strcmp(group, "*") || ka_group_dead(group))
			continue;
		for (size_t r = 0; r < rule->resources.n; r++)
			if (rule->resources.v[r][0] != '*' && !ka_resource_dead(rule->resources.v[r]))
				add_named(b, group, rule->resources.v[r]);
	}
}

static void
add_roles(struct builder *b, const struct ka_list *roles)
{
	for (size_t i = 0; i < roles->n; i++) {
		const struct ka_role *role = ka_as_role(roles->v[i]);

		for (size_t r = 0; r < role->nrules; r++)
			add_rule(b, &role->rule[r]);
	}
}

/* ---- namespaces ---- */

static int
text_cmp(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

struct texts {
	const char **v;
	size_t n, cap;
};

static void
add_text(struct texts *list, const char *s)
{
	/* Lists are sorted by namespace and its name is one pointer: most repeat the last. */
	if (!s || (list->n && list->v[list->n - 1] == s))
		return;
	KA_GROW(list->v, list->n, list->cap);
	list->v[list->n++] = s;
}

static void
find_namespaces(struct ka_catalogue *cat, const struct ka_graph *g)
{
	struct texts list = { 0 };
	size_t n = 0;

	for (size_t kind = 0; kind < KA_NKINDS; kind++)
		for (size_t i = 0; i < g->of[kind].n; i++)
			add_text(&list, kind == KA_NAMESPACE ? g->of[kind].v[i]->name
							     : g->of[kind].v[i]->namespace);
	if (!list.n)
		add_text(&list, "default");
	qsort(list.v, list.n, sizeof *list.v, text_cmp);
	for (size_t i = 0; i < list.n; i++)
		if (!n || strcmp(list.v[n - 1], list.v[i]) != 0)
			list.v[n++] = list.v[i];
	cat->namespace = ka_arena_copy(cat->arena, list.v, n * sizeof *list.v);
	cat->nnamespaces = n;
	free(list.v);
}

/* ---- all of it ---- */

struct ka_catalogue *
ka_catalogue_new(const struct ka_graph *g)
{
	struct ka_catalogue *cat = ka_xcalloc(1, sizeof *cat);
	struct builder b = { .cat = cat, .g = g };

	cat->arena = ka_arena_new();
	cat->served = g->nserved > 0;
	for (size_t i = 0; i < sizeof known_verbs / sizeof *known_verbs; i++)
		cat->verb[cat->nverbs++] = known_verbs[i];
	for (size_t i = 0; i < g->nserved; i++)
		add_served(&b, &g->served[i]);
	for (size_t i = 0; i < ka_api_nrows; i++)
		add_own(&b, &ka_api_rows[i]);
	add_roles(&b, &g->of[KA_ROLE]);
	add_roles(&b, &g->of[KA_CLUSTERROLE]);
	sort_and_unite(&b);
	cat->row = ka_arena_copy(cat->arena, b.row, b.n * sizeof *b.row);
	cat->n = b.n;
	free(b.row);
	find_namespaces(cat, g);
	return cat;
}

void
ka_catalogue_free(struct ka_catalogue *cat)
{
	if (!cat)
		return;
	ka_arena_free(cat->arena);
	free(cat);
}
