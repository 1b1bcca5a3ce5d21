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

struct counting {
	const struct measure_world *mw;
	const struct ka_who *who;
	struct ka_grant *grant;
	size_t ngrants;
	struct ka_tally sum;
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

static struct ka_tally
one_by_one(const struct measure_world *mw, const struct ka_who *who)
{
	struct counting c = { .mw = mw, .who = who };

	c.ngrants = ka_rbac_grants_of(mw->w.rbac, who, &c.grant);
	for (size_t i = 0; i < mw->cat->n; i++)
		for (size_t v = 0; v < mw->cat->nverbs; v++) {
			const struct ka_resource *r = &mw->cat->row[i];

			if (!(r->verbs >> v & 1))
				continue;
			for (size_t n = 0; r->namespaced && n < mw->cat->nnamespaces; n++)
				count_scope(&c, r, v, mw->cat->namespace[n]);
			if (!r->namespaced)
				count_scope(&c, r, v, NULL);
		}
	free(c.grant);
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
		struct ka_tally want = one_by_one(&mw, &who);
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
	};

	return cmocka_run_group_tests_name("measure", tests, NULL, NULL);
}
