/* From the log to the smallest things that rules must give. */
#include "analysis/rightsize_private.h"

#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"
#include "util/str.h"
#include "util/banned.h"

int
ka_want_cmp(const void *a, const void *b)
{
	const struct ka_want *x = a, *y = b;
	int c = ka_str_cmp(x->namespace, y->namespace);

	if (!c)
		c = ka_str_cmp(x->url, y->url);
	if (!c)
		c = ka_str_cmp(x->group, y->group);
	if (!c)
		c = ka_str_cmp(x->resource, y->resource);
	if (!c)
		c = ka_str_cmp(x->verb, y->verb);
	return c ? c : ka_str_cmp(x->name, y->name);
}

static int
exact_cmp(const void *a, const void *b)
{
	const struct ka_want *x = a, *y = b;
	int c = ka_want_cmp(a, b);

	/* What was asked for comes before what only widening brings. */
	return c ? c : (x->widened > y->widened) - (x->widened < y->widened);
}

static void
add_want(struct ka_sizing *s, struct ka_want want)
{
	KA_GROW(s->want, s->nwants, s->wants_cap);
	s->want[s->nwants++] = want;
}

static const char *
some(const char *s)
{
	return s && *s ? s : NULL;
}

static void
keep(struct ka_sizing *s, const struct ka_actor *a, const struct ka_used *used, struct ka_request req)
{
	KA_GROW(s->kept, s->nkept, s->kept_cap);
	s->kept[s->nkept++] = (struct ka_kept){ used, a, req };
}

/* ---- requests ----------------------------------------------------------------------------- */

/* A word that a rule would take for a wildcard: a star in the path makes such. */
static bool
inexpressible(const struct ka_request *req)
{
	if (!strcmp(req->verb, "*"))
		return true;
	if (!req->resource)
		return ka_str_has_suffix(req->url ? req->url : "*", "*");
	return !strcmp(req->group ? req->group : "", "*") || !strcmp(req->resource, "*") || strchr(req->resource, '/');
}

static struct ka_want
want_of(struct ka_sizing *s, const struct ka_request *req)
{
	struct ka_want want = { .verb = req->verb };

	if (!req->resource) {
		want.url = req->url;
		return want;
	}
	want.namespace = some(req->namespace);
	want.name = some(req->name);
	want.group = req->group ? req->group : "";
	want.resource = req->resource;
	if (some(req->subresource))
		want.resource = ka_arena_fmt(s->arena, "%s/%s", req->resource, req->subresource);
	return want;
}

static struct ka_request
request_of(struct ka_sizing *s, const struct ka_want *want)
{
	const char *slash = want->resource ? strchr(want->resource, '/') : NULL;
	struct ka_request req = { .verb = want->verb, .url = want->url };

	if (want->url)
		return req;
	req.group = want->group;
	req.namespace = want->namespace;
	req.name = want->name;
	req.resource = want->resource;
	if (slash) {
		req.resource = ka_arena_strndup(s->arena, want->resource, (size_t)(slash - want->resource));
		req.subresource = slash + 1;
	}
	return req;
}

/* Many names were used, and the subject holds it for some names alone: it keeps these. */
static bool
want_names(struct ka_sizing *s, const struct ka_actor *a, const struct ka_used *used)
{
	struct ka_request req = used->req;
	bool any = false;
	size_t n;

	for (size_t i = 0; i < a->ndirect; i++) {
		const struct ka_rule *rule = ka_rbac_rules(s->r->rbac, a->direct[i].role, &n);

		if (a->direct[i].namespace && ka_str_cmp(a->direct[i].namespace, req.namespace))
			continue;
		for (size_t k = 0; k < n; k++)
			for (size_t j = 0; j < rule[k].names.n; j++) {
				struct ka_want want;

				req.name = rule[k].names.v[j];
				if (!ka_rule_allows(&rule[k], &req))
					continue;
				want = want_of(s, &req);
				want.widened = KA_GENERALIZE_MANY;
				add_want(s, want);
				if (!any)
					keep(s, a, used, req);
				any = true;
			}
	}
	return any;
}

static void
take_allowed(struct ka_sizing *s, const struct ka_actor *a, const struct ka_used *used)
{
	const struct ka_rbac *rbac = s->r->rbac;
	struct ka_rightsize *ret = s->ret;
	struct ka_want want;

	ret->requests++;
	ret->request_events += used->allowed;
	if (ka_grants_allow(rbac, a->rest, a->nrest, &used->req)) {
		ret->by_groups++;
		keep(s, a, used, used->req);
		return;
	}
	if (!ka_grants_allow(rbac, a->direct, a->ndirect, &used->req)) {
		if (!used->many_names || !want_names(s, a, used))
			ret->gone++;
		return;
	}
	keep(s, a, used, used->req);
	if (inexpressible(&used->req)) {
		ret->inexpressible++;
		return;
	}
	want = want_of(s, &used->req);
	want.widened = used->many_names ? KA_GENERALIZE_MANY : 0;
	add_want(s, want);
}

static void
take(struct ka_sizing *s, const struct ka_actor *a)
{
	for (size_t i = 0; i < a->user->n; i++)
		if (a->user->used[i].allowed)
			take_allowed(s, a, &a->user->used[i]);
}

/* ---- widening ----------------------------------------------------------------------------- */

bool
ka_sizing_widen(struct ka_sizing *s, struct ka_want want, unsigned how)
{
	const struct ka_request req = request_of(s, &want);

	want.widened = how;
	for (size_t i = 0; i < s->nactors; i++)
		if (ka_grants_allow(s->r->rbac, s->actor[i].direct, s->actor[i].ndirect, &req)) {
			add_want(s, want);
			return true;
		}
	return false;
}

static void
add_implied_group(struct ka_sizing *s)
{
	for (size_t i = 0, n = s->nwants; i < n; i++) {
		struct ka_want want = s->want[i];

		if (want.url || !want.name || strcmp(want.verb, "impersonate") != 0 || strcmp(want.resource, "groups") != 0)
			continue;
		want.name = "system:authenticated";
		ka_sizing_widen(s, want, KA_GENERALIZE_ADDED);
	}
}

static bool
is_read(const char *verb)
{
	return !strcmp(verb, "get") || !strcmp(verb, "list") || !strcmp(verb, "watch");
}

static void
widen_informer(struct ka_sizing *s)
{
	static const char *const verbs[] = { "get", "list", "watch" };

	for (size_t i = 0, n = s->nwants; i < n; i++) {
		struct ka_want want = s->want[i];

		for (size_t k = 0; !want.url && is_read(s->want[i].verb) && k < 3; k++)
			if (strcmp(verbs[k], s->want[i].verb) != 0) {
				want.verb = verbs[k];
				ka_sizing_widen(s, want, KA_GENERALIZE_INFORMER);
			}
	}
}

static void
widen_apply(struct ka_sizing *s)
{
	for (size_t i = 0, n = s->nwants; i < n; i++) {
		struct ka_want want = s->want[i];

		if (want.url || strcmp(want.verb, "patch") != 0 || strchr(want.resource, '/'))
			continue;
		want.verb = "get";
		ka_sizing_widen(s, want, KA_GENERALIZE_APPLY);
		want.verb = "create"; /* which is asked without a name */
		want.name = NULL;
		ka_sizing_widen(s, want, KA_GENERALIZE_APPLY);
	}
}

/* Sorted, each once. */
static void
settle(struct ka_sizing *s)
{
	size_t n = 0;

	if (s->nwants)
		qsort(s->want, s->nwants, sizeof *s->want, exact_cmp);
	for (size_t i = 0; i < s->nwants; i++)
		if (!n || ka_want_cmp(&s->want[n - 1], &s->want[i]))
			s->want[n++] = s->want[i];
	s->nwants = n;
}

static void
widen_names(struct ka_sizing *s)
{
	settle(s);
	for (size_t i = 0, n = s->nwants; i < n;) {
		struct ka_want any = s->want[i];
		size_t k = i + 1;

		any.name = s->want[i].name;
		for (; k < n; k++) {
			struct ka_want next = s->want[k];

			next.name = any.name;
			if (ka_want_cmp(&next, &any))
				break;
		}
		if (any.name && k - i > 1) {
			any.name = NULL;
			ka_sizing_widen(s, any, KA_GENERALIZE_NAMES);
		}
		i = k;
	}
}

static int
by_thing_cmp(const void *a, const void *b)
{
	struct ka_want x = *(const struct ka_want *)a, y = *(const struct ka_want *)b;
	int c;

	x.namespace = y.namespace = NULL;
	c = ka_want_cmp(&x, &y);
	return c ? c : ka_want_cmp(a, b);
}

static void
widen_namespaces(struct ka_sizing *s)
{
	settle(s);
	if (s->nwants)
		qsort(s->want, s->nwants, sizeof *s->want, by_thing_cmp);
	for (size_t i = 0, n = s->nwants; i < n;) {
		struct ka_want all = s->want[i];
		size_t k = i + 1;

		all.namespace = NULL;
		for (; k < n; k++) {
			struct ka_want next = s->want[k];

			next.namespace = NULL;
			if (ka_want_cmp(&next, &all))
				break;
		}
		if (s->want[i].namespace && k - i > 1)
			ka_sizing_widen(s, all, KA_GENERALIZE_NAMESPACES);
		i = k;
	}
}

/* ---- what others give already ------------------------------------------------------------- */

static bool
wanted(const struct ka_sizing *s, const struct ka_want *want)
{
	return bsearch(want, s->want, s->nwants, sizeof *want, ka_want_cmp) != NULL;
}

static bool
spare(const struct ka_sizing *s, const struct ka_want *want)
{
	struct ka_want wider = *want;

	wider.name = NULL;
	if (want->name && wanted(s, &wider))
		return true;
	wider.namespace = NULL;
	if (!want->namespace)
		return false;
	if (wanted(s, &wider))
		return true;
	wider.name = want->name;
	return wanted(s, &wider);
}

static void
prune(struct ka_sizing *s)
{
	bool *drop = ka_xcalloc(s->nwants + 1, sizeof *drop);
	size_t n = 0;

	for (size_t i = 0; i < s->nwants; i++)
		drop[i] = spare(s, &s->want[i]);
	for (size_t i = 0; i < s->nwants; i++)
		if (!drop[i])
			s->want[n++] = s->want[i];
	s->nwants = n;
	free(drop);
}

void
ka_sizing_wants(struct ka_sizing *s)
{
	const unsigned how = s->r->opts.generalize;

	for (size_t i = 0; i < s->nactors; i++)
		take(s, &s->actor[i]);
	settle(s);
	add_implied_group(s);
	ka_sizing_unlogged(s);
	if (how & KA_GENERALIZE_INFORMER)
		widen_informer(s);
	if (how & KA_GENERALIZE_APPLY)
		widen_apply(s);
	if (how & KA_GENERALIZE_NAMES)
		widen_names(s);
	if (how & KA_GENERALIZE_NAMESPACES)
		widen_namespaces(s);
	settle(s);
	prune(s);
}
