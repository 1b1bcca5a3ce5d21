/* Facts of the tables that Kubernetes tests its authorizer with (1.37): rbac_test.go and
 * subject_locator_test.go of plugin/pkg/auth/authorizer/rbac, rule_test.go of
 * pkg/registry/rbac/validation. */
#include <kassay/rbac.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "analysis/rbac_rules_testing.h"
#include "analysis/rbac_testing.h"
#include "util/banned.h"

/* A role and a binding of it.  Both may lack a namespace; a role without rules is one of a row
 * before. */
struct given {
	const char *role_ns, *role, *rules;
	const char *ns, *binding, *subjects;
};
enum { MAX_GIVEN = 4, MAX_ASKED = 20 };

static struct world
world_of(const struct given *given)
{
	struct ka_buf b;
	struct world w;

	ka_buf_init(&b, 1 << 20);
	for (size_t i = 0; i < MAX_GIVEN && given[i].role; i++) {
		if (given[i].rules)
			put_role(&b, given[i].role_ns, given[i].role, given[i].rules);
		put_binding(&b, given[i].ns, given[i].binding,
			    given[i].role_ns ? "Role" : "ClusterRole", given[i].role,
			    given[i].subjects);
	}
	w = world(b.s);
	ka_buf_release(&b);
	return w;
}

/* A user of just these groups; *text is cut up, *word gets the pieces. */
static struct ka_who
who_of(const char *name, char *text, const char *word[8])
{
	struct ka_who who = user(name);
	char *at = *text ? text : NULL, *one;

	who.as_given = true;
	who.groups.v = word;
	while ((one = rules_piece(&at, ',')))
		word[who.groups.n++] = one;
	return who;
}

/* ---- TestAuthorizer ---- */

static const struct {
	const char *what;
	struct given given[MAX_GIVEN];
	struct {
		const char *user, *groups;
		struct ka_request req;
		bool allowed;
	} asked[MAX_ASKED];
} authorizer_table[] = {
	{
		"everything in one namespace",
		{ { NULL, "admin", "*|*|*||*", "ns1", "b", "User:admin,Group:admins" } },
		{
			{ "admin", "", { .verb = "get", .resource = "Pods", .namespace = "ns1" }, true },
			{ "admin", "", { .verb = "watch", .resource = "Pods", .namespace = "ns1" }, true },
			{ "admin", "group1", { .verb = "watch", .resource = "Foobar", .namespace = "ns1" }, true },
			{ "joe", "admins", { .verb = "watch", .resource = "Foobar", .namespace = "ns1" }, true },
			{ "joe", "group1,admins", { .verb = "watch", .resource = "Foobar", .namespace = "ns1" }, true },
			{ "admin", "", { .verb = "GET", .resource = "Pods", .namespace = "ns2" }, false },
			{ "admin", "", { .verb = "GET", .resource = "Nodes" }, false },
			{ "admin", "admins", { .verb = "GET", .resource = "Pods", .namespace = "ns2" }, false },
			{ "admin", "admins", { .verb = "GET", .resource = "Nodes" }, false },
		},
	},
	{
		"URLs",
		{
			{ NULL, "getter", "get||||/apis", NULL, "a", "User:foo,Group:bar" },
			{ NULL, "all", "*||||/apis", NULL, "b", "User:admin,Group:admin" },
			{ NULL, "prefix", "get||||/apis/*", NULL, "c", "User:prefixed,Group:prefixed" },
		},
		{
			{ "foo", "", { .verb = "get", .url = "/apis" }, true },
			{ NULL, "bar", { .verb = "get", .url = "/apis" }, true },
			{ "admin", "", { .verb = "get", .url = "/apis" }, true },
			{ NULL, "admin", { .verb = "get", .url = "/apis" }, true },
			{ "admin", "", { .verb = "watch", .url = "/apis" }, true },
			{ NULL, "admin", { .verb = "watch", .url = "/apis" }, true },
			{ "prefixed", "", { .verb = "get", .url = "/apis/v1" }, true },
			{ NULL, "prefixed", { .verb = "get", .url = "/apis/v1" }, true },
			{ "prefixed", "", { .verb = "get", .url = "/apis/v1/foobar" }, true },
			{ NULL, "prefixed", { .verb = "get", .url = "/apis/v1/foorbar" }, true },
			{ "foo", "", { .verb = "watch", .url = "/apis" }, false },
			{ NULL, "bar", { .verb = "watch", .url = "/apis" }, false },
			{ "foo", "", { .verb = "get", .url = "/api/v1" }, false },
			{ NULL, "bar", { .verb = "get", .url = "/api/v1" }, false },
			{ "admin", "", { .verb = "get", .url = "/api/v1" }, false },
			{ NULL, "admin", { .verb = "get", .url = "/api/v1" }, false },
			{ "prefixed", "", { .verb = "get", .url = "/api/v1" }, false },
			{ NULL, "prefixed", { .verb = "get", .url = "/api/v1" }, false },
		},
	},
	{
		"a resource without its subresources",
		{ { NULL, "admin", "*|*|pods||*", "ns1", "b", "User:admin,Group:admins" } },
		{
			{ "admin", "", { .verb = "get", .resource = "pods", .namespace = "ns1" }, true },
			{ "admin", "", { .verb = "get", .resource = "pods", .subresource = "status",
					 .namespace = "ns1" }, false },
		},
	},
	{
		"subresources without their resource",
		{ { NULL, "admin", "*|*|pods/status||*;*|*|*/scale||*", "ns1", "b", "User:admin,Group:admins" } },
		{
			{ "admin", "", { .verb = "get", .resource = "pods", .subresource = "status",
					 .namespace = "ns1" }, true },
			{ "admin", "", { .verb = "get", .resource = "pods", .subresource = "scale",
					 .namespace = "ns1" }, true },
			{ "admin", "", { .verb = "get", .resource = "deployments", .subresource = "scale",
					 .namespace = "ns1" }, true },
			{ "admin", "", { .verb = "get", .resource = "anything", .subresource = "scale",
					 .namespace = "ns1" }, true },
			{ "admin", "", { .verb = "get", .resource = "pods", .namespace = "ns1" }, false },
		},
	},
};

static void
the_authorizer_answers_its_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof authorizer_table / sizeof *authorizer_table; i++) {
		struct world w = world_of(authorizer_table[i].given);

		for (size_t k = 0; k < MAX_ASKED && authorizer_table[i].asked[k].req.verb; k++) {
			char *groups = ka_xstrdup(authorizer_table[i].asked[k].groups);
			const char *word[8];
			struct ka_who who = who_of(authorizer_table[i].asked[k].user, groups, word);

			if (ka_rbac_allows(w.rbac, &who, &authorizer_table[i].asked[k].req, NULL, NULL) !=
			    authorizer_table[i].asked[k].allowed)
				fail_msg("%s: question %zu", authorizer_table[i].what, k);
			free(groups);
		}
		end(&w);
	}
}

/* ---- TestRuleMatches ---- */

/* y or n for verb1, then verb2, on: resource1 of group1, of group2, resource2 of group1, of group2. */
static const struct {
	const char *what, *rule, *subresource[4], *answers;
} match_table[] = {
	{ "star of verbs", "*|group1|resource1", { "", "", "", "" }, "ynnnynnn" },
	{ "star of groups", "verb1|*|resource1", { "", "", "", "" }, "yynnnnnn" },
	{ "star of resources", "verb1|group1|*", { "", "", "", "" }, "ynynnnnn" },
	{ "every pair", "verb1,verb2|group1,group2|resource1,resource2", { "", "", "", "" }, "yyyyyyyy" },
	{ "subresource", "*|*|resource1/subresource1",
	  { "subresource1", "subresource2", "subresource1", "subresource1" }, "ynnnynnn" },
};

static void
rules_match_their_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof match_table / sizeof *match_table; i++) {
		struct rules *rules = rules_of(match_table[i].rule);

		for (size_t k = 0; match_table[i].answers[k]; k++) {
			struct ka_request req = {
				.verb = k < 4 ? "verb1" : "verb2",
				.group = k % 2 ? "group2" : "group1",
				.resource = k % 4 < 2 ? "resource1" : "resource2",
				.subresource = match_table[i].subresource[k % 4],
			};

			if (ka_rule_allows(rules->rule, &req) != (match_table[i].answers[k] == 'y'))
				fail_msg("%s: question %zu", match_table[i].what, k);
		}
		rules_free(rules);
	}
}

static const struct {
	const char *what, *rule, *answers; /* verb1 on each URL, then verb2 */
} url_table[] = {
	{ "star", "verb1||||*", "yyyyyyyyyy" "nnnnnnnnnn" },
	{ "prefix", "verb1||||/foo/*", "nyyyynnnnn" "nnnnnnnnnn" },
	{ "star of verbs", "*||||/foo,/foo/bar/one", "ynnynnnnnn" "ynnynnnnnn" },
};

static void
urls_match_their_table(void **state)
{
	static const char *const url[] = { "/foo",	  "/foo/bar",	 "/foo/baz",	    "/foo/bar/one",
					   "/foo/baz/one", "/notfoo",	 "/notfoo/bar",	    "/notfoo/baz",
					   "/notfoo/bar/one", "/notfoo/baz/one" };
	(void)state;
	for (size_t i = 0; i < sizeof url_table / sizeof *url_table; i++) {
		struct rules *rules = rules_of(url_table[i].rule);

		for (size_t k = 0; url_table[i].answers[k]; k++) {
			struct ka_request req = { .verb = k < 10 ? "verb1" : "verb2", .url = url[k % 10] };

			if (ka_rule_allows(rules->rule, &req) != (url_table[i].answers[k] == 'y'))
				fail_msg("%s: %s %s", url_table[i].what, req.verb, req.url);
		}
		rules_free(rules);
	}
}

/* ---- TestDefaultRuleResolver ---- */

static const struct given resolver_world[] = {
	{ "namespace1", "readthings", "GET,WATCH|v1|pods;GET,WATCH|v1|services", "namespace1", "b",
	  "User:foobar,Group:group1" },
	{ NULL, "cluster-admin", "*|*|*", NULL, "c", "User:admin,Group:admin" },
	{ NULL, "write-nodes", "PUT,CREATE,UPDATE|v1|nodes", NULL, "d", "" },
	{ NULL, NULL, NULL, NULL, NULL, NULL },
};

static const struct {
	const char *user, *groups, *namespace;
	const char *rules; /* as they read, one after the other */
} resolver_table[] = {
	{ "foobar", "", "namespace1", "GET, WATCH on pods in v1;GET, WATCH on services in v1;" },
	{ "foobar", "", "namespace2", "" },
	{ "foobar", "admin", "", "* on * in *;" },
	{ NULL, "", "", "" },
};

static void
rules_are_found_by_user_and_namespace(void **state)
{
	struct world w = world_of(resolver_world);

	(void)state;
	for (size_t i = 0; i < sizeof resolver_table / sizeof *resolver_table; i++) {
		char *groups = ka_xstrdup(resolver_table[i].groups), line[1024] = "", buf[256];
		const char *word[8];
		struct ka_who who = who_of(resolver_table[i].user, groups, word);
		struct ka_grant *grant;
		size_t n = ka_rbac_grants_of(w.rbac, &who, &grant), len = 0, nrules;

		for (size_t k = 0; k < n; k++) {
			const struct ka_rule *rule = ka_rbac_rules(w.rbac, grant[k].role, &nrules);

			if (grant[k].namespace && strcmp(grant[k].namespace, resolver_table[i].namespace) != 0)
				continue;
			for (size_t r = 0; r < nrules; r++)
				len += (size_t)snprintf(line + len, sizeof line - len, "%s;",
							ka_rule_text(&rule[r], buf));
		}
		assert_string_equal(line, resolver_table[i].rules);
		free(grant);
		free(groups);
	}
	end(&w);
}

/* ---- TestAppliesTo ---- */

static const struct {
	const char *what, *subjects, *user, *groups, *namespace;
	int index; /* of the subject; -1: none */
} applies_table[] = {
	{ "one subject by its name", "User:foobar", "foobar", "", "", 0 },
	{ "the second of two", "User:barfoo,User:foobar", "foobar", "", "", 1 },
	{ "none of two", "User:barfoo,User:foobar", "zimzam", "", "", -1 },
	{ "a group", "User:barfoo,Group:foobar", "zimzam", "foobar", "", 1 },
	{ "a group whatever the namespace", "User:barfoo,Group:foobar", "zimzam", "foobar", "namespace1", 1 },
	{ "an account of another namespace",
	  "User:barfoo,Group:foobar,ServiceAccount:kube-system:default",
	  "system:serviceaccount:kube-system:default", "", "default", 2 },
	{ "a star is a name", "User:*", "foobar", "", "default", -1 },
	{ "everybody with credentials", "Group:system:authenticated,Group:system:unauthenticated", "foobar",
	  "system:authenticated", "default", 0 },
	{ "everybody without", "Group:system:authenticated,Group:system:unauthenticated",
	  "system:anonymous", "system:unauthenticated", "default", 1 },
};

static void
bindings_apply_to_their_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof applies_table / sizeof *applies_table; i++) {
		bool namespaced = *applies_table[i].namespace;
		const struct given given[MAX_GIVEN] = {
			{ NULL, "r", "get|''|pods", namespaced ? applies_table[i].namespace : NULL, "b",
			  applies_table[i].subjects },
		};
		struct world w = world_of(given);
		char *groups = ka_xstrdup(applies_table[i].groups);
		const char *word[8];
		struct ka_who who = who_of(applies_table[i].user, groups, word);
		struct ka_grant *grant;
		size_t n = ka_rbac_grants_of(w.rbac, &who, &grant);

		if (n != (applies_table[i].index >= 0) ||
		    (n && grant->subject - grant->binding->subject != applies_table[i].index))
			fail_msg("%s", applies_table[i].what);
		free(grant);
		free(groups);
		end(&w);
	}
}

/* ---- TestSubjectLocator ---- */

#define SUPERS "Group:system:masters User:super-admin Group:super-admins "

static const struct {
	const char *what;
	struct given given[MAX_GIVEN];
	struct {
		struct ka_request req;
		const char *subjects;
	} asked[MAX_ASKED];
} locator_table[] = {
	{
		"a star matches a star",
		{
			{ NULL, "admin", "*|*|*||*", NULL, "c", "User:super-admin,Group:super-admins" },
			{ NULL, "admin", NULL, "ns1", "b", "User:admin,Group:admins" },
		},
		{
			{ { .verb = "get", .resource = "Pods", .namespace = "ns1" },
			  SUPERS "User:admin Group:admins " },
			{ { .verb = "*", .resource = "Pods", .namespace = "*" }, SUPERS },
			{ { .verb = "*", .resource = "Pods" }, SUPERS },
		},
	},
	{
		"roles of a namespace work there",
		{
			{ NULL, "admin", "*|*|*||*", NULL, "c", "User:super-admin,Group:super-admins" },
			{ "ns1", "admin", "get|*|Pods||*", "ns1", "b", "User:admin,Group:admins" },
		},
		{
			{ { .verb = "get", .resource = "Pods", .namespace = "ns1" },
			  SUPERS "User:admin Group:admins " },
			{ { .verb = "create", .resource = "Pods", .namespace = "ns1" }, SUPERS },
			{ { .verb = "get", .resource = "Pods", .namespace = "ns2" }, SUPERS },
		},
	},
};

static void
subjects_are_located_as_in_their_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof locator_table / sizeof *locator_table; i++) {
		struct world w = world_of(locator_table[i].given);

		for (size_t k = 0; k < MAX_ASKED && locator_table[i].asked[k].req.verb; k++) {
			struct ka_allowance *list;
			size_t n = ka_rbac_who_can(w.rbac, &locator_table[i].asked[k].req, &list), len = 0;
			char line[1024] = "", buf[512];

			for (size_t a = 0; a < n; a++)
				len += (size_t)snprintf(line + len, sizeof line - len, "%s ",
							ka_subject_text(list[a].grant.subject, buf));
			if (strcmp(line, locator_table[i].asked[k].subjects) != 0)
				fail_msg("%s, question %zu: %s", locator_table[i].what, k, line);
			free(list);
		}
		end(&w);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_authorizer_answers_its_table),
		cmocka_unit_test(rules_match_their_table),
		cmocka_unit_test(urls_match_their_table),
		cmocka_unit_test(rules_are_found_by_user_and_namespace),
		cmocka_unit_test(bindings_apply_to_their_table),
		cmocka_unit_test(subjects_are_located_as_in_their_table),
	};

	return cmocka_run_group_tests_name("rbac_tables", tests, NULL, NULL);
}
