/* Discovery, in its two forms. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "source/discovery.h"
#include "util/alloc.h"
#include "util/arena.h"
#include "util/read.h"
#include "util/tape.h"
#include "util/banned.h"

#define AGGREGATED "application/json;g=apidiscovery.k8s.io;v="
#define AS_LIST	   ";as=APIGroupDiscoveryList"

/* The resources of one group and version, where each is asked for alone.  Answers come in any order, and the server's
 * preference is in the order of the questions. */
struct slot {
	struct discover *d;
	const char *group, *version;
	struct ka_served *served;
	size_t n;
};

struct root {
	struct discover *d;
	const char *path; /* "/api" or "/apis" */
	enum ka_api_result result;
	char *reason;
};

struct discover {
	struct ka_api *api;
	struct ka_build *b;
	struct ka_discovery *ret;
	struct root root[2];
	struct slot **slot;
	size_t nslots, cap;
};

static const char *
keep(struct discover *d, const char *s)
{
	return ka_arena_strndup(d->ret->arena, s, strlen(s));
}

static void
lose(struct discover *d, const char *group, const char *version, enum ka_api_result result, const char *reason)
{
	struct ka_discovery *ret = d->ret;
	char why[512];

	KA_GROW(ret->lost, ret->nlost, ret->cap);
	ret->lost[ret->nlost++] = (struct ka_lost_group){
		.group = group ? keep(d, group) : NULL,
		.reason = keep(d, reason),
		.refused = result == KA_API_FORBIDDEN || result == KA_API_UNAUTHORIZED,
	};
	snprintf(why, sizeof why, "%.100s%s%.60s: %.300s", !group ? "/apis" : *group ? group : "/api",
		 version ? "/" : "", version ? version : "", reason);
	ka_build_problem(d->b, 0, NULL, false, why);
}

/* The answer on a tape of its own; NULL, and why it is none. */
static const struct ka_node *
parse(struct ka_tape *t, const struct ka_api_answer *answer, const char **why, struct ka_err *err)
{
	if (answer->result != KA_API_OK) {
		*why = answer->reason;
		return NULL;
	}
	if (ka_json_parse(t, answer->body, answer->len, NULL, err) != 0) {
		*why = err->msg;
		return NULL;
	}
	if (t->node->type != KA_OBJECT) {
		*why = "the answer is no JSON object";
		return NULL;
	}
	return t->node;
}

static const char *
str(struct discover *d, struct ka_tape *t, const struct ka_node *obj, const char *key)
{
	const char *s = ka_build_member(d->b, t, obj, key);

	return s ? s : "";
}

static struct ka_strs
strings(struct discover *d, struct ka_tape *t, const struct ka_node *arr, const char *key, const char *v[KA_SERVED_STRS])
{
	struct ka_strs list = { 0, v };

	for (const struct ka_node *e = ka_tape_first(t, arr); e && list.n < KA_SERVED_STRS;
	     e = ka_tape_after(t, arr, e)) {
		const char *text;
		size_t len;

		if (key && e->type == KA_OBJECT) {
			v[list.n++] = str(d, t, e, key);
		} else if (!key && e->type == KA_STRING) {
			text = ka_tape_text(t, e, &len);
			v[list.n++] = ka_build_str_n(d->b, text, len);
		}
	}
	return list;
}

/* --- everything at once ---------------------------------------------------------------------------------------- */

static void
aggregated_version(struct discover *d, struct ka_tape *t, const char *group, const struct ka_node *v)
{
	const struct ka_node *resources = ka_tape_get(t, v, "resources");
	const char *verbs[KA_SERVED_STRS], *subresources[KA_SERVED_STRS];
	const char *version = str(d, t, v, "version");

	if (strcmp(str(d, t, v, "freshness"), "Stale") == 0)
		lose(d, group, version, KA_API_FAILED, "the API server cannot reach what serves it");
	for (const struct ka_node *r = ka_tape_first(t, resources); r; r = ka_tape_after(t, resources, r)) {
		const struct ka_node *list = ka_tape_get(t, r, "subresources");
		struct ka_served s = {
			.group = group,
			.version = version,
			.resource = str(d, t, r, "resource"),
			.kind = str(d, t, ka_tape_get(t, r, "responseKind"), "kind"),
			.namespaced = strcmp(str(d, t, r, "scope"), "Namespaced") == 0,
			.verbs = strings(d, t, ka_tape_get(t, r, "verbs"), NULL, verbs),
			.subresources = strings(d, t, list, "subresource", subresources),
		};

		if (*s.resource)
			ka_build_served(d->b, &s);
	}
}

static void
aggregated(struct discover *d, struct ka_tape *t, const struct ka_node *root)
{
	const struct ka_node *items = ka_tape_get(t, root, "items");

	for (const struct ka_node *g = ka_tape_first(t, items); g; g = ka_tape_after(t, items, g)) {
		const struct ka_node *versions = ka_tape_get(t, g, "versions"), *v = ka_tape_first(t, versions);
		const char *group = str(d, t, ka_tape_get(t, g, "metadata"), "name");

		for (size_t left = v ? versions->len : 0; left; left--) {
			aggregated_version(d, t, group, v);
			v = ka_tape_after(t, versions, v);
		}
	}
}

/* --- group by group -------------------------------------------------------------------------------------------- */

/* "pods/status" is a subresource of "pods", which comes before it or not. */
static void
legacy_resource(struct slot *s, struct ka_tape *t, const struct ka_node *r)
{
	struct discover *d = s->d;
	const struct ka_node *namespaced = ka_tape_get(t, r, "namespaced");
	const char *verbs[KA_SERVED_STRS];
	struct ka_strs list = strings(d, t, ka_tape_get(t, r, "verbs"), NULL, verbs);

	s->served[s->n++] = (struct ka_served){
		.group = s->group,
		.version = s->version,
		.resource = str(d, t, r, "name"),
		.kind = str(d, t, r, "kind"),
		.namespaced = namespaced && namespaced->type == KA_TRUE,
		.verbs = { list.n, ka_arena_copy(d->ret->arena, verbs, list.n * sizeof *verbs) },
	};
}

static void
on_resources(void *arg, const struct ka_api_answer *answer)
{
	struct slot *s = arg;
	const struct ka_node *root, *list;
	const char *why = "";
	struct ka_err err;
	struct ka_tape t;

	ka_tape_init(&t);
	root = parse(&t, answer, &why, &err);
	list = ka_tape_get(&t, root, "resources");
	if (root && (!list || list->type != KA_ARRAY))
		why = "the answer is no list of resources";
	if (!list || list->type != KA_ARRAY) {
		lose(s->d, s->group, s->version, answer->result, why);
	} else {
		s->served = ka_arena_array(s->d->ret->arena, list->len, sizeof *s->served);
		for (const struct ka_node *r = ka_tape_first(&t, list); r; r = ka_tape_after(&t, list, r))
			if (r->type == KA_OBJECT)
				legacy_resource(s, &t, r);
	}
	ka_tape_release(&t);
}

static void
ask_resources(struct discover *d, const char *group, const char *version)
{
	struct slot *s = ka_arena_alloc(d->ret->arena, sizeof *s);
	char path[512];

	if (!*version)
		return;
	*s = (struct slot){ .d = d, .group = group, .version = version };
	KA_GROW(d->slot, d->nslots, d->cap);
	d->slot[d->nslots++] = s;
	if (*group)
		snprintf(path, sizeof path, "/apis/%s/%s", group, version);
	else
		snprintf(path, sizeof path, "/api/%s", version);
	ka_api_get(d->api, &(struct ka_api_request){ .path = path, .done = on_resources, .arg = s });
}

static void
legacy_group(struct discover *d, struct ka_tape *t, const struct ka_node *g)
{
	const struct ka_node *versions = ka_tape_get(t, g, "versions");
	const char *group = str(d, t, g, "name");
	const char *first = str(d, t, ka_tape_get(t, g, "preferredVersion"), "version");

	ask_resources(d, group, first);
	for (const struct ka_node *v = ka_tape_first(t, versions); v; v = ka_tape_after(t, versions, v)) {
		const char *version = str(d, t, v, "version");

		if (version != first)
			ask_resources(d, group, version);
	}
}

static void
legacy_groups(struct discover *d, struct ka_tape *t, const struct ka_node *list)
{
	for (const struct ka_node *g = ka_tape_first(t, list); g; g = ka_tape_after(t, list, g))
		legacy_group(d, t, g);
}

/* Each resource with the subresources that the same answer names. */
static void
add_slot(struct discover *d, const struct slot *s)
{
	const char *subresources[KA_SERVED_STRS];

	for (size_t i = 0; i < s->n; i++) {
		struct ka_served served = s->served[i];
		size_t len = strlen(served.resource), n = 0;

		if (!len || strchr(served.resource, '/'))
			continue;
		for (size_t k = 0; k < s->n && n < KA_SERVED_STRS; k++)
			if (strncmp(s->served[k].resource, served.resource, len) == 0 &&
			    s->served[k].resource[len] == '/')
				subresources[n++] = s->served[k].resource + len + 1;
		served.subresources = (struct ka_strs){ n, subresources };
		ka_build_served(d->b, &served);
	}
}

/* --- the roots ------------------------------------------------------------------------------------------------- */

static void
on_root(void *arg, const struct ka_api_answer *answer)
{
	struct root *r = arg;
	struct discover *d = r->d;
	const struct ka_node *root, *list;
	const char *why = "", *kind;
	struct ka_err err;
	struct ka_tape t;

	ka_tape_init(&t);
	r->result = answer->result;
	root = parse(&t, answer, &why, &err);
	kind = root ? str(d, &t, root, "kind") : "";
	if (!root) {
		r->result = answer->result == KA_API_OK ? KA_API_FAILED : answer->result;
	} else if (strcmp(kind, "APIGroupDiscoveryList") == 0) {
		aggregated(d, &t, root);
	} else if (strcmp(kind, "APIVersions") == 0) {
		list = ka_tape_get(&t, root, "versions");
		ask_resources(d, "", ka_tape_first(&t, list) ? "v1" : "");
	} else if (strcmp(kind, "APIGroupList") == 0) {
		legacy_groups(d, &t, ka_tape_get(&t, root, "groups"));
	} else {
		r->result = KA_API_FAILED;
		why = "the answer is none that a Kubernetes API server gives";
	}
	if (r->result != KA_API_OK)
		r->reason = ka_xstrdup(why);
	ka_tape_release(&t);
}

/* A server that does not know us, or whose answers are no API's: nothing can be audited.  One that merely refuses
 * discovery can be asked for lists all the same. */
static int
check_roots(struct discover *d, struct ka_err *err)
{
	struct root *core = &d->root[0], *groups = &d->root[1];

	if (core->result != KA_API_OK && core->result != KA_API_FORBIDDEN) {
		enum ka_errc code = core->result == KA_API_UNAUTHORIZED ? KA_EAUTH : KA_EIO;

		return ka_err_set(err, code, "discovery (%s): %s", core->path, core->reason);
	}
	if (core->result != KA_API_OK)
		lose(d, "", NULL, core->result, core->reason);
	if (groups->result != KA_API_OK)
		lose(d, NULL, NULL, groups->result, groups->reason);
	return 0;
}

int
ka_discover(struct ka_api *api, struct ka_build *b, struct ka_discovery *ret, struct ka_err *err)
{
	static const char *const paths[] = { "/api", "/apis" };
	struct discover d = { .api = api, .b = b, .ret = ret };
	int rc;

	*ret = (struct ka_discovery){ .arena = ka_arena_new() };
	for (size_t i = 0; i < 2; i++) {
		d.root[i] = (struct root){ .d = &d, .path = paths[i], .result = KA_API_FAILED };
		ka_api_get(api, &(struct ka_api_request){
			.path = paths[i],
			.accept = AGGREGATED "v2" AS_LIST "," AGGREGATED "v2beta1" AS_LIST ",application/json",
			.done = on_root,
			.arg = &d.root[i],
		});
	}
	rc = ka_api_run(api, err);
	if (rc == 0)
		rc = check_roots(&d, err);
	for (size_t i = 0; i < d.nslots && rc == 0; i++)
		add_slot(&d, d.slot[i]);
	free(d.slot);
	free(d.root[0].reason);
	free(d.root[1].reason);
	return rc;
}

void
ka_discovery_release(struct ka_discovery *d)
{
	free(d->lost);
	if (d->arena)
		ka_arena_free(d->arena);
	*d = (struct ka_discovery){ 0 };
}
