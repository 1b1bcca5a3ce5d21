/* The catalogue: what a wildcard stands for. */
#include <kassay/catalogue.h>

#include <string.h>

#include "analysis/catalogue_private.h"
#include "analysis/rbac_testing.h"

static const struct ka_resource *
row(const struct ka_catalogue *cat, const char *group, const char *text)
{
	size_t n, at = ka_catalogue_find(cat, group, text, &n);

	return n ? &cat->row[at] : NULL;
}

static bool
has(const struct ka_catalogue *cat, const char *group, const char *text, const char *verb)
{
	const struct ka_resource *r = row(cat, group, text);

	return r && (r->verbs & ka_catalogue_verb(cat, verb));
}

static void
the_table_is_sorted_and_its_verbs_are_known(void **state)
{
	struct ka_graph *g = test_world("");
	struct ka_catalogue *cat = ka_catalogue_new(g);

	(void)state;
	for (size_t i = 0; i < ka_api_nrows; i++) {
		const struct ka_api_row *a = &ka_api_rows[i];
		const char *verb = a->verbs;
		int c;

		while (*verb) {
			char one[64];
			size_t len = strcspn(verb, " ");

			snprintf(one, sizeof one, "%.*s", (int)len, verb);
			if (!has(cat, a->group, a->text, one) && strcmp(a->text, "clusterroles") != 0)
				fail_msg("%s %s: %s", a->group, a->text, one);
			verb += len + strspn(verb + len, " ");
		}
		if (!i)
			continue;
		c = strcmp(ka_api_rows[i - 1].group, a->group);
		if (!c)
			c = strcmp(ka_api_rows[i - 1].text, a->text);
		if (c > 0 || (!c && strcmp(a->text, "clusterroles") != 0))
			fail_msg("%s %s is not in order", a->group, a->text);
	}
	assert_false(cat->served);
	assert_int_equal(cat->nnamespaces, 1);
	assert_string_equal(cat->namespace[0], "default");
	ka_catalogue_free(cat);
	ka_graph_free(g);
}

static void
special_verbs_are_only_where_they_mean_something(void **state)
{
	struct ka_graph *g = test_world("");
	struct ka_catalogue *cat = ka_catalogue_new(g);
	size_t n, at;

	(void)state;
	assert_true(has(cat, "", "serviceaccounts", "impersonate"));
	assert_true(has(cat, "", "users", "impersonate"));
	assert_false(has(cat, "", "users", "get"));
	assert_false(has(cat, "", "pods", "impersonate"));
	assert_true(has(cat, "authentication.k8s.io", "uids", "impersonate"));
	assert_true(has(cat, "certificates.k8s.io", "signers", "sign"));
	assert_false(has(cat, "certificates.k8s.io", "certificatesigningrequests", "sign"));
	assert_true(has(cat, "rbac.authorization.k8s.io", "roles", "escalate"));
	assert_true(has(cat, "", "namespaces/finalize", "update"));
	assert_false(has(cat, "", "namespaces", "deletecollection"));
	assert_true(has(cat, "", "nodes/checkpoint", "create"));
	assert_true(has(cat, "resource.k8s.io", "resourceclaims/driver", "associated-node:update"));
	assert_null(row(cat, "", "pod"));
	/* bound across the cluster, or in a namespace */
	at = ka_catalogue_find(cat, "rbac.authorization.k8s.io", "clusterroles", &n);
	assert_int_equal(n, 2);
	assert_false(cat->row[at].namespaced);
	assert_true(cat->row[at + 1].namespaced);
	assert_int_equal(cat->row[at + 1].verbs, ka_catalogue_verb(cat, "bind"));
	ka_catalogue_free(cat);
	ka_graph_free(g);
}

static void
scopes_are_known_with_and_without_a_subresource(void **state)
{
	(void)state;
	assert_true(ka_cluster_scoped("", "nodes", 5));
	assert_true(ka_cluster_scoped("", "nodes/proxy", 5));
	assert_true(ka_cluster_scoped("resource.k8s.io", "deviceclasses", strlen("deviceclasses")));
	assert_false(ka_cluster_scoped("", "pods", 4));
	assert_false(ka_cluster_scoped("example.org", "nodes", 5));
	assert_false(ka_cluster_scoped("", "node", 4));
}

static void
offline_the_resources_that_rules_name_are_assumed(void **state)
{
	struct ka_graph *g = test_world(
		ROLE("shop", "a", RULE("'example.org'", "'widgets', 'widgets/status', 'widgets/finalizers', '*/log'", "'get'"))
		ROLE("shop", "b", RULE("'apps', ''", "'widget'", "'get'"))
		CLUSTERROLE("c", RULE("'authentication.k8s.io'", "'userextras/scopes'", "'impersonate'")));
	struct ka_catalogue *cat = ka_catalogue_new(g);

	(void)state;
	assert_true(has(cat, "example.org", "widgets", "deletecollection"));
	assert_true(row(cat, "example.org", "widgets")->assumed);
	assert_true(row(cat, "example.org", "widgets")->namespaced);
	assert_true(has(cat, "example.org", "widgets/status", "patch"));
	assert_false(has(cat, "example.org", "widgets/status", "create"));
	assert_false(has(cat, "example.org", "widgets/finalizers", "get"));
	assert_true(has(cat, "authentication.k8s.io", "userextras/scopes", "impersonate"));
	/* a group of Kubernetes' own is known to its last resource */
	assert_null(row(cat, "apps", "widget"));
	assert_null(row(cat, "example.org", "*/log"));
	assert_int_equal(cat->nnamespaces, 1);
	assert_string_equal(cat->namespace[0], "shop");
	ka_catalogue_free(cat);
	ka_graph_free(g);
}

static void
what_a_server_serves_replaces_the_table(void **state)
{
	static const char *const verbs[] = { "get", "list", "frob" }, *const subs[] = { "log", "scale", "exec" };
	const struct ka_served served[] = {
		{ "", "v1", "pods", "Pod", true, { 2, verbs }, { 3, subs } },
		{ "", "v1", "serviceaccounts", "ServiceAccount", true, { 2, verbs }, { 0, NULL } },
		{ "example.org", "v1", "widgets", "Widget", false, { 1, verbs }, { 0, NULL } },
		{ "example.org", "v2", "widgets", "Widget", false, { 3, verbs }, { 1, subs } },
	};
	struct ka_graph *g = test_world(ROLE("shop", "a", RULE("'other.org'", "'things'", "'get'")));
	struct ka_graph with = *g;
	struct ka_catalogue *cat;

	(void)state;
	with.served = served;
	with.nserved = sizeof served / sizeof *served;
	cat = ka_catalogue_new(&with);
	assert_true(cat->served);
	assert_null(row(cat, "apps", "deployments"));
	assert_null(row(cat, "other.org", "things"));
	assert_true(has(cat, "", "pods", "list"));
	assert_false(has(cat, "", "pods", "create"));
	assert_true(has(cat, "", "pods/exec", "create"));
	assert_true(has(cat, "", "pods/scale", "patch"));
	assert_true(has(cat, "", "serviceaccounts", "impersonate"));
	assert_true(has(cat, "example.org", "widgets", "frob"));
	assert_false(row(cat, "example.org", "widgets")->namespaced);
	/* virtual ones are nowhere in discovery; those of a resource that is not there mean nothing */
	assert_true(row(cat, "", "users")->virtual);
	assert_null(row(cat, "", "nodes/stats"));
	ka_catalogue_free(cat);
	ka_graph_free(g);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_table_is_sorted_and_its_verbs_are_known),
		cmocka_unit_test(special_verbs_are_only_where_they_mean_something),
		cmocka_unit_test(scopes_are_known_with_and_without_a_subresource),
		cmocka_unit_test(offline_the_resources_that_rules_name_are_assumed),
		cmocka_unit_test(what_a_server_serves_replaces_the_table),
	};

	return cmocka_run_group_tests_name("catalogue", tests, NULL, NULL);
}
