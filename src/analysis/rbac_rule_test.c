#include <kassay/rbac.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "util/banned.h"

/* Up to four strings, as a list that ends at the first NULL. */
struct words {
	const char *v[5];
};

static struct ka_strs
strs(const struct words *w)
{
	struct ka_strs list = { 0, w->v };

	while (w->v[list.n])
		list.n++;
	return list;
}

struct rule_words {
	struct words verbs, groups, resources, names, urls;
};

static struct ka_rule
rule_of(const struct rule_words *w)
{
	return (struct ka_rule){ strs(&w->verbs), strs(&w->groups), strs(&w->resources), strs(&w->names),
				 strs(&w->urls) };
}

#define ANY { { "*" } }
#define CORE { { "" } }

static void
a_rule_matches_as_the_api_server_does(void **state)
{
	static const struct {
		const char *what;
		struct rule_words rule;
		struct ka_request req;
		bool allowed;
	} cases[] = {
		{ "verbs match exactly", { .verbs = { { "get" } }, CORE, { { "pods" } } },
		  { .verb = "get", .group = "", .resource = "pods" }, true },
		{ "one verb is not another", { .verbs = { { "update" } }, CORE, { { "pods" } } },
		  { .verb = "patch", .group = "", .resource = "pods" }, false },
		{ "verbs are case sensitive", { .verbs = { { "Get" } }, CORE, { { "pods" } } },
		  { .verb = "get", .group = "", .resource = "pods" }, false },
		{ "a star in second place counts", { .verbs = { { "get", "*" } }, CORE, { { "pods" } } },
		  { .verb = "delete", .group = "", .resource = "pods" }, true },
		{ "no verbs allow nothing", { .verbs = { { NULL } }, ANY, ANY },
		  { .verb = "get", .group = "", .resource = "pods" }, false },
		{ "the core group is the empty string", { .verbs = ANY, CORE, { { "deployments" } } },
		  { .verb = "get", .group = "apps", .resource = "deployments" }, false },
		{ "groups match exactly", { .verbs = ANY, { { "apps" } }, { { "deployments" } } },
		  { .verb = "get", .group = "apps", .resource = "deployments" }, true },
		{ "no group means core in a request", { .verbs = ANY, CORE, { { "pods" } } },
		  { .verb = "get", .resource = "pods" }, true },
		{ "no groups allow nothing", { .verbs = ANY, { { NULL } }, ANY },
		  { .verb = "get", .group = "", .resource = "pods" }, false },
		{ "a star covers subresources", { .verbs = ANY, CORE, ANY },
		  { .verb = "create", .group = "", .resource = "pods", .subresource = "exec" }, true },
		{ "star and subresource", { .verbs = ANY, CORE, { { "*/exec" } } },
		  { .verb = "create", .group = "", .resource = "pods", .subresource = "exec" }, true },
		{ "star and subresource is not the resource", { .verbs = ANY, CORE, { { "*/exec" } } },
		  { .verb = "create", .group = "", .resource = "pods" }, false },
		{ "star and subresource is not another", { .verbs = ANY, CORE, { { "*/exec" } } },
		  { .verb = "create", .group = "", .resource = "pods", .subresource = "log" }, false },
		{ "a resource is not its subresource", { .verbs = ANY, CORE, { { "pods" } } },
		  { .verb = "create", .group = "", .resource = "pods", .subresource = "exec" }, false },
		{ "a subresource is not its resource", { .verbs = ANY, CORE, { { "pods/exec" } } },
		  { .verb = "create", .group = "", .resource = "pods" }, false },
		{ "resource and subresource", { .verbs = ANY, CORE, { { "pods/exec" } } },
		  { .verb = "create", .group = "", .resource = "pods", .subresource = "exec" }, true },
		{ "a star as subresource is literal", { .verbs = ANY, CORE, { { "pods/*" } } },
		  { .verb = "create", .group = "", .resource = "pods", .subresource = "exec" }, false },
		{ "star slash star is literal", { .verbs = ANY, CORE, { { "*/*" } } },
		  { .verb = "create", .group = "", .resource = "pods", .subresource = "exec" }, false },
		{ "a prefix is not the resource", { .verbs = ANY, CORE, { { "pod" } } },
		  { .verb = "get", .group = "", .resource = "pods" }, false },
		{ "names match exactly", { .verbs = ANY, CORE, { { "secrets" } }, { { "a" } } },
		  { .verb = "get", .group = "", .resource = "secrets", .name = "a" }, true },
		{ "another name", { .verbs = ANY, CORE, { { "secrets" } }, { { "a" } } },
		  { .verb = "get", .group = "", .resource = "secrets", .name = "ab" }, false },
		{ "no name against names", { .verbs = ANY, CORE, { { "secrets" } }, { { "a" } } },
		  { .verb = "list", .group = "", .resource = "secrets", .name = "" }, false },
		{ "a star as a name is literal", { .verbs = ANY, CORE, { { "secrets" } }, { { "*" } } },
		  { .verb = "get", .group = "", .resource = "secrets", .name = "x" }, false },
		{ "the empty name is a name", { .verbs = ANY, CORE, { { "secrets" } }, { { "" } } },
		  { .verb = "list", .group = "", .resource = "secrets" }, true },
		{ "create of a subresource has a name",
		  { .verbs = ANY, CORE, { { "serviceaccounts/token" } }, { { "a" } } },
		  { .verb = "create", .group = "", .resource = "serviceaccounts", .subresource = "token",
		    .name = "a" }, true },
		{ "a URL matches exactly", { .verbs = ANY, .urls = { { "/version" } } },
		  { .verb = "get", .url = "/version" }, true },
		{ "any URL", { .verbs = ANY, .urls = ANY }, { .verb = "get", .url = "/x/y" }, true },
		{ "a URL prefix knows no path boundary", { .verbs = ANY, .urls = { { "/api*" } } },
		  { .verb = "get", .url = "/apis" }, true },
		{ "a URL prefix keeps its slash", { .verbs = ANY, .urls = { { "/healthz/*" } } },
		  { .verb = "get", .url = "/healthz" }, false },
		{ "several stars at the end are one", { .verbs = ANY, .urls = { { "/a**" } } },
		  { .verb = "get", .url = "/ab" }, true },
		{ "a star inside a URL is literal", { .verbs = ANY, .urls = { { "/a*b" } } },
		  { .verb = "get", .url = "/aXb" }, false },
		{ "resources are no URLs", { .verbs = ANY, ANY, ANY }, { .verb = "get", .url = "/version" }, false },
		{ "URLs are no resources", { .verbs = ANY, .urls = ANY },
		  { .verb = "get", .group = "", .resource = "pods" }, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct ka_rule rule = rule_of(&cases[i].rule);

		if (ka_rule_allows(&rule, &cases[i].req) != cases[i].allowed)
			fail_msg("%s", cases[i].what);
	}
}

static void
a_dead_rule_is_told_from_a_live_one(void **state)
{
	static const struct {
		struct rule_words rule;
		bool namespaced;
		const char *why; /* NULL: it lives */
	} cases[] = {
		{ { .verbs = { { "get" } }, CORE, { { "pods" } } }, true, NULL },
		{ { .verbs = { { NULL } }, CORE, { { "pods" } } }, true, "no verbs" },
		{ { .verbs = { { "get" } }, { { NULL } }, { { "pods" } } }, true, "no apiGroups" },
		{ { .verbs = { { "get" } }, CORE }, true, "no resources" },
		{ { .verbs = { { "get" } }, CORE, { { "pods/*" } } }, true, "no wildcard for subresources" },
		{ { .verbs = { { "get" } }, CORE, { { "*/*" } } }, true, "no wildcard for subresources" },
		{ { .verbs = { { "get" } }, CORE, { { "pods/*", "pods" } } }, true, NULL },
		{ { .verbs = { { "get" } }, CORE, { { "*/exec" } } }, true, NULL },
		{ { .verbs = { { "get" } }, CORE, { { "pod*" } } }, true, "literally" },
		{ { .verbs = { { "get" } }, { { "apps/v1" } }, { { "deployments" } } }, true, "version" },
		{ { .verbs = { { "get" } }, { { "core" } }, { { "pods" } } }, true, "empty string" },
		{ { .verbs = { { "get" } }, { { "apps/v1", "apps" } }, { { "deployments" } } }, true, NULL },
		{ { .verbs = { { "get" } }, .urls = { { "/metrics" } } }, true, "only in a ClusterRole" },
		{ { .verbs = { { "get" } }, .urls = { { "/metrics" } } }, false, NULL },
		{ { .verbs = { { "get" } }, .urls = { { "/a*b" } } }, false, "end of a URL" },
		{ { .verbs = { { "get" } }, .urls = { { "metrics" } } }, false, "slash" },
		{ { .verbs = { { "get" } }, .urls = { { "/a*" } } }, false, NULL },
		{ { .verbs = { { "get" } }, CORE, { { "secrets" } }, { { "*" } } }, true, "literally" },
		{ { .verbs = { { "get" } }, CORE, { { "secrets" } }, { { "*", "a" } } }, true, NULL },
		{ { .verbs = { { "impersonate" } }, CORE, { { "users" } }, { { "*" } } }, false, NULL },
		{ { .verbs = { { "bind" } }, { { "rbac.authorization.k8s.io" } }, { { "roles" } }, { { "*" } } },
		  true, NULL },
		{ { .verbs = { { "deletecollection" } }, CORE, { { "pods" } }, { { "a" } } }, true, "no object" },
		/* Server-side apply asks for create by name. */
		{ { .verbs = { { "create" } }, CORE, { { "pods" } }, { { "a" } } }, true, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct ka_rule rule = rule_of(&cases[i].rule);
		const char *why = NULL;
		bool dead = ka_rule_dead(&rule, cases[i].namespaced, &why);

		if (dead != (cases[i].why != NULL))
			fail_msg("case %zu: dead is %d", i, dead);
		if (dead && !strstr(why, cases[i].why))
			fail_msg("case %zu: \"%s\" does not say \"%s\"", i, why, cases[i].why);
	}
}

static void
what_has_no_namespace_is_known(void **state)
{
	static const struct {
		struct rule_words rule;
		bool needs_cluster;
	} cases[] = {
		{ { .verbs = { { "get" } }, CORE, { { "nodes" } } }, true },
		{ { .verbs = { { "get" } }, CORE, { { "nodes/proxy" } } }, true },
		{ { .verbs = { { "get" } }, CORE, { { "nodesets" } } }, false },
		{ { .verbs = { { "get" } }, CORE, { { "namespaces" } } }, false },
		{ { .verbs = { { "get" } }, { { "", "example.com" } }, { { "nodes" } } }, false },
		{ { .verbs = { { "get" } }, ANY, { { "nodes" } } }, false },
		{ { .verbs = { { "get" } }, { { "rbac.authorization.k8s.io" } }, { { "clusterroles" } } },
		  true },
		{ { .verbs = { { "bind" } }, { { "rbac.authorization.k8s.io" } }, { { "clusterroles" } } },
		  false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct ka_rule rule = rule_of(&cases[i].rule);

		if (ka_rule_needs_cluster(&rule, rule.resources.v[0]) != cases[i].needs_cluster)
			fail_msg("case %zu", i);
	}
}

static void
a_rule_is_told_in_one_line(void **state)
{
	const struct rule_words words = { .verbs = { { "get", "list" } }, { { "", "apps" } }, { { "pods", "deployments" } },
					  { { "a" } } };
	const struct rule_words urls = { .verbs = ANY, .urls = { { "/a" } } };
	struct ka_rule rule = rule_of(&words);
	char buf[256];

	(void)state;
	assert_string_equal(ka_rule_text(&rule, buf),
			    "get, list on pods, deployments in \"\", apps named a");
	rule = rule_of(&urls);
	assert_string_equal(ka_rule_text(&rule, buf), "* on URLs /a");
}

static void
a_long_rule_is_cut(void **state)
{
	const char *many[100];
	struct ka_rule rule = { .verbs = { 100, many } };
	char buf[256];

	(void)state;
	for (size_t i = 0; i < 100; i++)
		many[i] = "deletecollection";
	ka_rule_text(&rule, buf);
	assert_int_equal(strlen(buf), 255);
	assert_string_equal(buf + 252, "...");
}

static void
a_request_for_a_namespace_object_is_in_that_namespace(void **state)
{
	struct ka_request one = { .verb = "patch", .group = "", .resource = "namespaces", .name = "shop" };
	struct ka_request all = { .verb = "list", .group = "", .resource = "namespaces" };
	struct ka_request other = { .verb = "get", .group = "x.io", .resource = "namespaces", .name = "shop" };

	(void)state;
	assert_string_equal(ka_request_as_served(one).namespace, "shop");
	assert_null(ka_request_as_served(all).namespace);
	assert_null(ka_request_as_served(other).namespace);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_rule_matches_as_the_api_server_does),
		cmocka_unit_test(a_dead_rule_is_told_from_a_live_one),
		cmocka_unit_test(what_has_no_namespace_is_known),
		cmocka_unit_test(a_rule_is_told_in_one_line),
		cmocka_unit_test(a_long_rule_is_cut),
		cmocka_unit_test(a_request_for_a_namespace_object_is_in_that_namespace),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
