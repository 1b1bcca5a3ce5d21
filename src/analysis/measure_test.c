/* Counting, against counting one by one. */
#include <kassay/measure.h>

#include <stdlib.h>
#include <string.h>

#include "analysis/rbac_random_testing.h"

struct measure_world {
	struct world w;
	struct ka_catalogue *cat;
	struct ka_measurer *m;
};

static struct measure_world
measured(const char *text)
{
	struct measure_world mw = { .w = world(text) };

	mw.cat = ka_catalogue_new(mw.w.g);
	mw.m = ka_measurer_new(mw.w.rbac, mw.cat);
	return mw;
}

static void
end_measured(struct measure_world *mw)
{
	ka_measurer_free(mw->m);
	ka_catalogue_free(mw->cat);
	end(&mw->w);
}

static struct ka_measure
measure(const struct measure_world *mw, struct ka_who who)
{
	struct ka_measure ret;

	ka_measure(mw->m, &who, &ret);
	return ret;
}

#define NAMESPACE(name) "{'apiVersion': 'v1', 'kind': 'Namespace', 'metadata': {'name': '" name "'}}\n"
#define THREE NAMESPACE("a") NAMESPACE("b") NAMESPACE("c")

static void
the_clusters_share_is_held_in_each_namespace(void **state)
{
	struct measure_world mw = measured(
		THREE CLUSTERROLE("r", RULE("''", "'pods', 'nodes'", "'get', 'list'")) CRB("r", "r", USER("u")));
	struct ka_measure got = measure(&mw, user("u"));

	(void)state;
	/* two verbs on pods in three namespaces, and on nodes */
	assert_int_equal(got.granted.atoms, 8);
	assert_int_equal(got.granted.wild, 0);
	assert_int_equal(got.granted.weight, 8);
	assert_int_equal(got.grants, 1);
	assert_int_equal(got.rules, 1);
	assert_true(got.cluster);
	assert_int_equal(got.namespaces, 0);
	end_measured(&mw);
}

static void
what_is_said_twice_counts_once(void **state)
{
	struct measure_world mw = measured(
		THREE CLUSTERROLE("r", RULE("''", "'secrets'", "'get'"))
		ROLE("a", "r", RULE("''", "'secrets'", "'get', 'list'") ", " NAMED_RULE("''", "'secrets'", "'get', 'update'", "'x', 'y'"))
		CRB("r", "r", USER("u")) CRB("again", "r", GROUP("system:authenticated")) RB("a", "r", "Role", "r", USER("u"))
		RB("a", "again", "ClusterRole", "r", USER("u")));
	struct ka_measure got = measure(&mw, user("u"));

	(void)state;
	/* get in three namespaces, list in one, update of two objects */
	assert_int_equal(got.granted.atoms, 3 + 1 + 2);
	assert_int_equal(got.granted.weight, 40 + 2 * 5);
	assert_int_equal(got.grants, 4);
	assert_int_equal(got.own, 3);
	assert_int_equal(got.namespaces, 1);
	end_measured(&mw);
}

static void
stars_are_told_from_what_is_spelled_out(void **state)
{
	struct measure_world mw = measured(
		THREE ROLE("a", "r", RULE("''", "'configmaps'", "'*', 'get'") ", " RULE("'*'", "'bindings'", "'create'"))
		RB("a", "r", "Role", "r", USER("u")) CLUSTERROLE("urls", URL_RULE("'/healthz*', '/healthz', '/mine'", "'get'"))
		CRB("urls", "urls", USER("u")));
	struct ka_measure got = measure(&mw, user("u"));

	(void)state;
	assert_int_equal(got.granted.atoms, 8 + 1 + 2);
	assert_int_equal(got.granted.wild, 7 + 1);
	assert_int_equal(got.urls, 2);
	end_measured(&mw);
}

static void
rules_that_give_nothing_are_counted_apart(void **state)
{
	struct measure_world mw = measured(
		CLUSTERROLE("r", RULE("''", "'pods/*'", "'get'") ", " RULE("''", "'nodes'", "'get'") ", " URL_RULE("'/x'", "'get'"))
		RB("a", "r", "ClusterRole", "r", USER("u")));
	struct ka_measure got = measure(&mw, user("u"));

	(void)state;
	assert_int_equal(got.granted.atoms, 0);
	assert_int_equal(got.rules, 3);
	assert_int_equal(got.dead, 3);
	assert_true(measure(&mw, group("system:masters")).master);
	end_measured(&mw);
}

static void
weights_are_those_of_the_table(void **state)
{
	static const struct {
		const char *group, *resource, *verb;
		unsigned weight;
	} want[] = {
		{ "", "secrets", "get", 10 },          { "", "secrets", "delete", 2 },
		{ "", "secrets", "update", 5 },        { "", "configmaps", "get", 1 },
		{ "", "pods/exec", "get", 10 },        { "", "pods", "create", 5 },
		{ "", "pods", "get", 1 },              { "", "serviceaccounts", "impersonate", 10 },
		{ "", "nodes", "list", 1 },            { "", "nodes", "delete", 5 },
		{ "", "configmaps", "deletecollection", 2 },
		{ "rbac.authorization.k8s.io", "roles", "escalate", 10 },
		{ "authentication.k8s.io", "userextras/scopes", "impersonate", 10 },
	};
	struct measure_world mw = measured(
		CLUSTERROLE("r", RULE("'authentication.k8s.io'", "'userextras/scopes'", "'impersonate'")));

	(void)state;
	for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
		size_t n, at = ka_catalogue_find(mw.cat, want[i].group, want[i].resource, &n);
		uint64_t bit = ka_catalogue_verb(mw.cat, want[i].verb);

		assert_true(n > 0);
		if (ka_atom_weight(mw.cat, &mw.cat->row[at], bit) != want[i].weight)
			fail_msg("%s %s", want[i].verb, want[i].resource);
	}
	end_measured(&mw);
}

static void
every_weight_is_of_something_there_is(void **state)
{
	struct measure_world mw = measured("");

	(void)state;
	for (const struct ka_weight *w = ka_weights; w->weight; w++) {
		size_t n = 1;

		if (w->resource)
			ka_catalogue_find(mw.cat, w->group, w->resource, &n);
		if (!n)
			fail_msg("%s %s", w->group, w->resource);
	}
	end_measured(&mw);
}

/* ---- one by one ---- */

static const char *const all_names[] = { "a", "b", "n0", "n1", "n2", "n3" };

struct asked {
	const char *verb, *group, *resource, *subresource, *namespace, *name;
};
struct counting {
	const struct measure_world *mw;
	const struct asked *asked; /* what the log says */
	size_t nasked;
	uint64_t used, used_weight;
	const struct ka_who *who;
	struct ka_grant *grant;
	size_t ngrants;
	struct ka_atom_tally sum;
};

static bool
spelled(const struct counting *c, const struct ka_request *req, const char *text)
{
	for (size_t g = 0; g < c->ngrants; g++) {
		size_t n;
		const struct ka_rule *rule = ka_rbac_rules(c->mw->w.rbac, c->grant[g].role, &n);

		if (c->grant[g].namespace && (!req->namespace || strcmp(c->grant[g].namespace, req->namespace) != 0))
			continue;
		for (size_t i = 0; i < n; i++)
			if (ka_rule_allows(&rule[i], req) && ka_strs_has(&rule[i].verbs, req->verb) &&
			    ka_strs_has(&rule[i].groups, req->group) && ka_strs_has(&rule[i].resources, text))
				return true;
	}
	return false;
}

static bool
same_text(const char *a, const char *b)
{
	return !strcmp(a ? a : "", b ? b : "");
}

/* The atom `req` was used by one of the requests. */
static bool
was_used(const struct counting *c, const struct ka_resource *r, const struct ka_request *req)
{
	for (size_t i = 0; i < c->nasked; i++) {
		const struct asked *a = &c->asked[i];
		const struct ka_request as = { a->verb, a->group, a->resource, a->subresource, a->namespace, a->name, NULL };

		if (strcmp(a->verb, req->verb) || strcmp(a->group, req->group) || strcmp(a->resource, req->resource) ||
		    !same_text(a->subresource, req->subresource) || (req->name && !same_text(a->name, req->name)))
			continue;
		/* to bind a ClusterRole in a namespace is another atom than to bind it in the cluster */
		if (!r->namespaced && a->namespace && !strcmp(a->resource, "clusterroles"))
			continue;
		if (r->namespaced && a->namespace && !same_text(a->namespace, req->namespace))
			continue;
		if (ka_rbac_allows(c->mw->w.rbac, c->who, &as, NULL, NULL))
			return true;
	}
	return false;
}

static bool
count_one(struct counting *c, const struct ka_resource *r, size_t v, const char *ns, const char *name)
{
	char resource[128];
	const char *slash = strchr(r->text, '/');
	struct ka_request req = { .verb = c->mw->cat->verb[v], .group = r->group, .namespace = ns, .name = name };

	snprintf(resource, sizeof resource, "%.*s", (int)strcspn(r->text, "/"), r->text);
	req.resource = resource;
	req.subresource = slash ? slash + 1 : NULL;
	if (!ka_rbac_allows(c->mw->w.rbac, c->who, &req, NULL, NULL))
		return false;
	c->sum.atoms++;
	c->sum.wild += !spelled(c, &req, r->text);
	if (was_used(c, r, &req)) {
		c->used++;
		c->used_weight += ka_atom_weight(c->mw->cat, r, (uint64_t)1 << v);
	}
	c->sum.weight += ka_atom_weight(c->mw->cat, r, (uint64_t)1 << v);
	return true;
}

static void
count_scope(struct counting *c, const struct ka_resource *r, size_t v, const char *ns)
{
	const char *verb = c->mw->cat->verb[v];
	bool own = !ns && !*r->group && !strncmp(r->text, "namespaces", 10) && strcmp(verb, "list") != 0 &&
		   strcmp(verb, "watch") != 0;

	if (count_one(c, r, v, ns, NULL))
		return;
	if (!strchr(r->text, '/') && (!strcmp(verb, "create") || !strcmp(verb, "deletecollection")))
		return;
	for (size_t i = 0; i < sizeof all_names / sizeof *all_names; i++)
		count_one(c, r, v, own ? all_names[i] : ns, all_names[i]);
}

static void
count_all(struct counting *c)
{
	const struct measure_world *mw = c->mw;

	c->ngrants = ka_rbac_grants_of(mw->w.rbac, c->who, &c->grant);
	for (size_t i = 0; i < mw->cat->n; i++)
		for (size_t v = 0; v < mw->cat->nverbs; v++) {
			const struct ka_resource *r = &mw->cat->row[i];

			if (!(r->verbs >> v & 1))
				continue;
			for (size_t n = 0; r->namespaced && n < mw->cat->nnamespaces; n++)
				count_scope(c, r, v, mw->cat->namespace[n]);
			if (!r->namespaced)
				count_scope(c, r, v, NULL);
		}
	free(c->grant);
}

static struct ka_atom_tally
one_by_one(const struct measure_world *mw, const struct ka_who *who)
{
	struct counting c = { .mw = mw, .who = who };

	count_all(&c);
	return c.sum;
}

static void
arithmetic_agrees_with_counting_one_by_one(void **state)
{
	static struct random_text text;
	struct ka_who who = user("u");

	(void)state;
	for (uint32_t seed = 1; seed <= 80; seed++) {
		struct measure_world mw = measured(random_world(&text, seed));
		struct ka_atom_tally want = one_by_one(&mw, &who);
		struct ka_measure got = measure(&mw, who);

		got.granted.atoms -= got.urls;
		got.granted.weight -= got.urls;
		if (got.granted.atoms != want.atoms || got.granted.weight != want.weight)
			fail_msg("seed %u: %llu atoms, not %llu; weight %llu, not %llu", seed,
				 (unsigned long long)got.granted.atoms, (unsigned long long)want.atoms,
				 (unsigned long long)got.granted.weight, (unsigned long long)want.weight);
		if (!got.urls && got.granted.wild != want.wild)
			fail_msg("seed %u: %llu wild, not %llu", seed, (unsigned long long)got.granted.wild,
				 (unsigned long long)want.wild);
		/* and nothing is left behind by the one before */
		got = measure(&mw, who);
		assert_int_equal(got.granted.atoms - got.urls, want.atoms);
		end_measured(&mw);
	}
}

/* ---- use ---- */

static struct ka_span
sp(const char *s)
{
	return (struct ka_span){ s ? s : "", s ? strlen(s) : 0 };
}

static void
log_one(struct ka_usage *usage, const struct asked *a)
{
	const struct ka_event e = {
		.stage = KA_STAGE_COMPLETE, .level = KA_LEVEL_METADATA, .decision = KA_DECISION_ALLOW, .code = 200,
		.time = 86400000000, .id = sp(""), .user = sp("u"), .impersonated = sp(""), .verb = sp(a->verb),
		.resource_request = true, .api_group = sp(a->group), .resource = sp(a->resource),
		.subresource = sp(a->subresource), .namespace = sp(a->namespace), .name = sp(a->name), .path = sp(""),
		.query = sp(""), .reason = sp(""), .line = 1,
	};
	struct ka_event copy = e;

	ka_usage_event(usage, &copy);
}

static void
what_was_used_is_taken_from_what_is_granted(void **state)
{
	static const struct asked asked[] = {
		{ "get", "", "pods", NULL, "a", "web" },
		{ "get", "", "pods", NULL, "a", "db" },
		{ "list", "", "pods", NULL, NULL, NULL },
		{ "get", "", "configmaps", NULL, "b", "x" },
		{ "get", "", "configmaps", NULL, "b", "z" },
		{ "delete", "", "nodes", NULL, NULL, "n" },
	};
	struct measure_world mw = measured(
		THREE CLUSTERROLE("r", RULE("''", "'pods'", "'get', 'list', 'update'")) CRB("r", "r", USER("u"))
		ROLE("b", "r", NAMED_RULE("''", "'configmaps'", "'get'", "'x', 'y'") ", " RULE("''", "'secrets'", "'get'"))
		RB("b", "r", "Role", "r", USER("u")));
	struct ka_usage *usage = ka_usage_new();
	struct ka_measure got;

	(void)state;
	for (size_t i = 0; i < sizeof asked / sizeof *asked; i++)
		log_one(usage, &asked[i]);
	ka_usage_end(usage);
	ka_measurer_usage(mw.m, usage);
	got = measure(&mw, user("u"));
	assert_true(got.observed);
	assert_int_equal(got.events, 6);
	assert_int_equal(got.granted.atoms, 9 + 2 + 1);
	/* get in a, list in all three, configmap x */
	assert_int_equal(got.used.atoms, 1 + 3 + 1);
	/* nobody's request for a secret is in this log */
	assert_int_equal(got.unobservable.atoms, 1);
	assert_int_equal(got.unobservable.weight, 10);
	assert_int_equal(got.unused.atoms, 6);
	got = measure(&mw, user("nobody"));
	assert_true(got.observed);
	assert_int_equal(got.used.atoms, 0);
	assert_false(measure(&mw, group("u")).observed);
	ka_usage_free(usage);
	end_measured(&mw);
}

static struct asked
random_request(struct random_text *t)
{
	static const struct asked what[] = {
		{ "get", "", "pods", NULL, NULL, NULL },        { "update", "apps", "deployments", NULL, NULL, NULL },
		{ "get", "", "secrets", NULL, NULL, NULL },     { "get", "", "pods", "exec", NULL, NULL },
		{ "get", "", "namespaces", NULL, NULL, NULL },  { "delete", "", "namespaces", NULL, NULL, NULL },
		{ "delete", "", "nodes", NULL, NULL, NULL },    { "list", "", "pods", NULL, NULL, NULL },
		{ "list", "", "secrets", NULL, NULL, NULL },    { "create", "", "pods", NULL, NULL, NULL },
		{ "get", "apps", "deployments", "scale", NULL, NULL },
		{ "bind", "rbac.authorization.k8s.io", "clusterroles", NULL, NULL, "a" },
	};
	struct asked a = what[random_next(t, sizeof what / sizeof *what)];
	bool cluster = !strcmp(a.resource, "nodes"), plain = !strcmp(a.verb, "list") || !strcmp(a.verb, "create");

	if (!strcmp(a.resource, "namespaces")) {
		a.name = a.namespace = random_namespaces[random_next(t, RANDOM_NS)];
		return a;
	}
	if (!plain)
		a.name = random_names[random_next(t, RANDOM_NAMES)];
	if (!cluster && (!plain || random_next(t, 2)))
		a.namespace = random_namespaces[random_next(t, RANDOM_NS)];
	return a;
}

static void
use_agrees_with_counting_one_by_one(void **state)
{
	static struct random_text text;
	struct ka_who who = user("u");

	(void)state;
	for (uint32_t seed = 1; seed <= 80; seed++) {
		struct measure_world mw = measured(random_world(&text, seed));
		struct ka_usage *usage = ka_usage_new();
		struct asked asked[40];
		struct counting c = { .mw = &mw, .who = &who, .asked = asked, .nasked = 40 };
		struct ka_measure got;

		for (size_t i = 0; i < 40; i++) {
			asked[i] = random_request(&text);
			log_one(usage, &asked[i]);
		}
		ka_usage_end(usage);
		ka_measurer_usage(mw.m, usage);
		count_all(&c);
		got = measure(&mw, who);
		if (got.used.atoms != c.used || got.used.weight != c.used_weight)
			fail_msg("seed %u: %llu used, not %llu", seed, (unsigned long long)got.used.atoms,
				 (unsigned long long)c.used);
		assert_int_equal(got.used.atoms + got.unused.atoms + got.unobservable.atoms, got.granted.atoms);
		assert_int_equal(got.used.weight + got.unused.weight + got.unobservable.weight, got.granted.weight);
		assert_true(got.unused.atoms <= got.granted.atoms);
		ka_usage_free(usage);
		end_measured(&mw);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_clusters_share_is_held_in_each_namespace),
		cmocka_unit_test(what_is_said_twice_counts_once),
		cmocka_unit_test(stars_are_told_from_what_is_spelled_out),
		cmocka_unit_test(rules_that_give_nothing_are_counted_apart),
		cmocka_unit_test(weights_are_those_of_the_table),
		cmocka_unit_test(every_weight_is_of_something_there_is),
		cmocka_unit_test(arithmetic_agrees_with_counting_one_by_one),
		cmocka_unit_test(what_was_used_is_taken_from_what_is_granted),
		cmocka_unit_test(use_agrees_with_counting_one_by_one),
	};

	return cmocka_run_group_tests_name("measure", tests, NULL, NULL);
}
