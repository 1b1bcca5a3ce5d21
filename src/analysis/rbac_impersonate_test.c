#include <kassay/impersonate.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "analysis/rbac_rules_testing.h"
#include "analysis/rbac_testing.h"
#include "util/banned.h"

#define AUTHN "authentication.k8s.io"
#define MAX_WORDS 6

struct words {
	const char *v[MAX_WORDS];
};

static struct ka_strs
strs(const struct words *w)
{
	struct ka_strs list = { 0, w->v };

	while (list.n < MAX_WORDS && w->v[list.n])
		list.n++;
	return list;
}

static bool
equal(const struct ka_strs *a, const struct ka_strs *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (strcmp(a->v[i], b->v[i]) != 0)
			return false;
	return true;
}

/* ---- legacy ---- */

/* Who is in a group of such a name has these rules. */
struct given {
	const char *group, *rules;
};

static struct world
world_of(const struct given *given, size_t n, const char *more)
{
	struct ka_buf b;
	struct world w;
	char subject[32];

	ka_buf_init(&b, 1 << 20);
	for (size_t i = 0; i < n; i++) {
		snprintf(subject, sizeof subject, "Group:%s", given[i].group);
		put_grant(&b, NULL, given[i].group, given[i].rules, subject);
	}
	ka_buf_fmt(&b, NULL, "%s", more);
	w = world(b.s);
	ka_buf_release(&b);
	return w;
}

static const struct given legacy_given[] = {
	{ "admin", "*|*|*" },
	{ "wheel", "impersonate|''|users" },
	{ "accounts", "impersonate|''|serviceaccounts" },
	{ "groups", "impersonate|''|groups" },
	{ "scopes", "impersonate|" AUTHN "|userextras/scopes" },
	{ "scope-a", "impersonate|" AUTHN "|userextras/scopes|scope-a" },
	{ "project", "impersonate|" AUTHN "|userextras/project" },
	{ "uid", "impersonate|" AUTHN "|uids|some-uid" },
	{ "extras", "impersonate|" AUTHN "|userextras" },
	{ "only-ann", "impersonate|''|users|ann" },
};

static struct world
legacy_world(void)
{
	return world_of(legacy_given, sizeof legacy_given / sizeof *legacy_given,
			ROLE("foo", "sa", NAMED_RULE("''", "'serviceaccounts'", "'impersonate'", "'default'"))
				RB("foo", "sa", "Role", "sa", GROUP("foo-default")));
}

/* Facts of impersonation_test.go, TestImpersonationFilter. */
static const struct {
	const char *what;
	struct words caller;
	const char *user, *uid;
	struct words groups, scopes;
	struct words now; /* groups when it is allowed; none: it is refused */
} legacy_table[] = {
	{ .what = "nobody gave leave", .user = "anyone" },
	{ .what = "a group without a user", .caller = { { "admin" } }, .groups = { { "some-group" } } },
	{ .what = "extra without a user", .caller = { { "admin" } }, .scopes = { { "scope-a" } } },
	{ .what = "a uid without a user", .caller = { { "admin" } }, .uid = "some-uid" },
	{ .what = "a group that is not allowed", .caller = { { "wheel" } }, .user = "system:admin",
	  .groups = { { "some-group" } } },
	{ .what = "a group that is allowed", .caller = { { "wheel", "groups" } }, .user = "system:admin",
	  .groups = { { "some-group" } }, .now = { { "some-group", "system:authenticated" } } },
	{ .what = "extra that is not allowed", .caller = { { "wheel", "groups" } }, .user = "system:admin",
	  .groups = { { "some-group" } }, .scopes = { { "scope-a" } } },
	{ .what = "another key of extra", .caller = { { "wheel", "groups", "project" } },
	  .user = "system:admin", .groups = { { "some-group" } }, .scopes = { { "scope-a" } } },
	{ .what = "one of two values", .caller = { { "wheel", "groups", "scope-a" } },
	  .user = "system:admin", .groups = { { "some-group" } }, .scopes = { { "scope-a", "scope-b" } } },
	{ .what = "the value that is allowed", .caller = { { "wheel", "scope-a" } },
	  .user = "system:admin", .scopes = { { "scope-a" } }, .now = { { "system:authenticated" } } },
	{ .what = "any value", .caller = { { "wheel", "scopes" } }, .user = "system:admin",
	  .scopes = { { "scope-a", "scope-b" } }, .now = { { "system:authenticated" } } },
	{ .what = "userextras without a key is not its keys", .caller = { { "wheel", "extras" } },
	  .user = "system:admin", .scopes = { { "scope-a" } } },
	{ .what = "a user", .caller = { { "wheel" } }, .user = "tester",
	  .now = { { "system:authenticated" } } },
	{ .what = "an account is no user", .caller = { { "accounts" } }, .user = "tester" },
	{ .what = "an account", .caller = { { "accounts" } }, .user = "system:serviceaccount:foo:default",
	  .now = { { "system:serviceaccounts", "system:serviceaccounts:foo", "system:authenticated" } } },
	{ .what = "a user is no account", .caller = { { "wheel" } },
	  .user = "system:serviceaccount:foo:default" },
	{ .what = "an account of one namespace", .caller = { { "foo-default" } },
	  .user = "system:serviceaccount:foo:default",
	  .now = { { "system:serviceaccounts", "system:serviceaccounts:foo", "system:authenticated" } } },
	{ .what = "not of another", .caller = { { "foo-default" } },
	  .user = "system:serviceaccount:bar:default" },
	{ .what = "what is spelled nearly like an account is a user", .caller = { { "wheel" } },
	  .user = "system:serviceaccount:Foo:default", .now = { { "system:authenticated" } } },
	{ .what = "an account in groups that are given", .caller = { { "accounts", "groups" } },
	  .user = "system:serviceaccount:foo:default", .groups = { { "g" } },
	  .now = { { "g", "system:authenticated" } } },
	{ .what = "anonymous", .caller = { { "admin" } }, .user = "system:anonymous",
	  .now = { { "system:unauthenticated" } } },
	{ .what = "anonymous and its group", .caller = { { "admin" } }, .user = "system:anonymous",
	  .groups = { { "system:unauthenticated" } }, .now = { { "system:unauthenticated" } } },
	{ .what = "who is unauthenticated is not authenticated", .caller = { { "admin" } },
	  .user = "unknown", .groups = { { "system:unauthenticated" } },
	  .now = { { "system:unauthenticated" } } },
	{ .what = "authenticated once", .caller = { { "admin" } }, .user = "unknown",
	  .groups = { { "system:authenticated" } }, .now = { { "system:authenticated" } } },
	{ .what = "authenticated where it stood", .caller = { { "wheel", "groups" } },
	  .user = "system:admin", .groups = { { "system:authenticated", "some-group" } },
	  .now = { { "system:authenticated", "some-group" } } },
	{ .what = "a uid that is allowed", .caller = { { "wheel", "uid" } }, .user = "tester",
	  .uid = "some-uid", .now = { { "system:authenticated" } } },
	{ .what = "another uid", .caller = { { "wheel", "uid" } }, .user = "tester", .uid = "other" },
	{ .what = "all headers", .caller = { { "wheel", "uid", "groups", "scopes" } }, .user = "tester",
	  .uid = "some-uid", .groups = { { "system:authenticated" } },
	  .scopes = { { "scope-a", "scope-b" } }, .now = { { "system:authenticated" } } },
	{ .what = "a group needs leave for the user too", .caller = { { "groups" } }, .user = "ann",
	  .groups = { { "system:masters" } } },
	{ .what = "one user and any group", .caller = { { "only-ann", "groups" } }, .user = "ann",
	  .groups = { { "system:masters" } }, .now = { { "system:masters", "system:authenticated" } } },
	{ .what = "another user", .caller = { { "only-ann" } }, .user = "bob" },
	{ .what = "a node is a user", .caller = { { "wheel" } }, .user = "system:node:n1",
	  .now = { { "system:authenticated" } } },
};

static void
legacy_impersonation_is_that_of_kubernetes(void **state)
{
	struct world w = legacy_world();

	(void)state;
	for (size_t i = 0; i < sizeof legacy_table / sizeof *legacy_table; i++) {
		struct ka_impersonator caller = { .who = user("dev") };
		const struct ka_extra scopes = { "scopes", strs(&legacy_table[i].scopes) };
		const struct ka_impersonated wanted = {
			.user = legacy_table[i].user,
			.uid = legacy_table[i].uid,
			.groups = strs(&legacy_table[i].groups),
			.nextras = scopes.values.n ? 1 : 0,
			.extra = &scopes,
		};
		struct ka_strs now = strs(&legacy_table[i].now);
		struct ka_impersonation got;

		caller.who.groups = strs(&legacy_table[i].caller);
		ka_rbac_impersonate(w.rbac, &caller, &wanted, NULL, &got);
		if (got.allowed != (now.n > 0) || !equal(&got.groups, &now))
			fail_msg("%s", legacy_table[i].what);
		assert_int_equal(got.mode, KA_IMPERSONATE_LEGACY);
		assert_true(got.allowed || got.refusal || !got.need[got.nneeds - 1].allowed);
		ka_impersonation_release(&got);
	}
	end(&w);
}

/* ---- constrained ---- */

static const struct given constrained_given[] = {
	{ "on", "impersonate-on:user-info:list,impersonate-on:serviceaccount:list,"
		"impersonate-on:arbitrary-node:list,impersonate-on:associated-node:list|''|pods" },
	{ "users", "impersonate:user-info|" AUTHN "|users" },
	{ "core-users", "impersonate:user-info|''|users" },
	{ "groups", "impersonate:user-info|" AUTHN "|groups" },
	{ "star-group", "impersonate:user-info|" AUTHN "|groups|*" },
	{ "star-extra", "impersonate:user-info|" AUTHN "|userextras/*|*" },
	{ "scopes", "impersonate:user-info|" AUTHN "|userextras/a.io/scopes" },
	{ "accounts", "impersonate:serviceaccount|" AUTHN "|serviceaccounts" },
	{ "node-n1", "impersonate:arbitrary-node|" AUTHN "|nodes|n1" },
	{ "own-node", "impersonate:associated-node|" AUTHN "|nodes|*" },
	{ "legacy", "impersonate|''|users,groups" },
};

static struct world
constrained_world(void)
{
	return world_of(constrained_given, sizeof constrained_given / sizeof *constrained_given,
			CRB("agent", "own-node", ACCOUNT("foo", "agent"))
				CRB("agent-on", "on", ACCOUNT("foo", "agent")));
}

static const struct {
	const char *what;
	struct words caller;
	const char *user;
	struct words groups;
	const char *key; /* of extra */
	struct words values;
	const char *verb; /* NULL: list */
	struct words now; /* none: it is refused */
	enum ka_impersonation_mode mode;
} constrained_table[] = {
	{ .what = "a user for one verb", .caller = { { "on", "users" } }, .user = "ann",
	  .now = { { "system:authenticated" } }, .mode = KA_IMPERSONATE_USER_INFO },
	{ .what = "not for another verb", .caller = { { "on", "users" } }, .user = "ann", .verb = "get",
	  .mode = KA_IMPERSONATE_USER_INFO },
	{ .what = "leave for the user is needed", .caller = { { "on" } }, .user = "ann",
	  .mode = KA_IMPERSONATE_USER_INFO },
	{ .what = "leave for the verb is needed", .caller = { { "users" } }, .user = "ann",
	  .mode = KA_IMPERSONATE_USER_INFO },
	{ .what = "the core group is that of the legacy mode", .caller = { { "on", "core-users" } },
	  .user = "ann", .mode = KA_IMPERSONATE_USER_INFO },
	{ .what = "the legacy mode comes last", .caller = { { "on", "legacy" } }, .user = "ann",
	  .now = { { "system:authenticated" } }, .mode = KA_IMPERSONATE_LEGACY },
	{ .what = "the constrained one comes first", .caller = { { "on", "users", "legacy" } },
	  .user = "ann", .now = { { "system:authenticated" } }, .mode = KA_IMPERSONATE_USER_INFO },
	{ .what = "a group", .caller = { { "on", "users", "groups" } }, .user = "ann",
	  .groups = { { "g" } }, .now = { { "g", "system:authenticated" } },
	  .mode = KA_IMPERSONATE_USER_INFO },
	{ .what = "masters never", .caller = { { "on", "users", "groups" } }, .user = "ann",
	  .groups = { { "system:masters" } }, .mode = KA_IMPERSONATE_USER_INFO },
	{ .what = "masters in the legacy mode", .caller = { { "on", "users", "groups", "legacy" } },
	  .user = "ann", .groups = { { "system:masters" } },
	  .now = { { "system:masters", "system:authenticated" } }, .mode = KA_IMPERSONATE_LEGACY },
	{ .what = "the empty group never", .caller = { { "on", "users", "groups" } }, .user = "ann",
	  .groups = { { "" } }, .mode = KA_IMPERSONATE_USER_INFO },
	{ .what = "four groups by a star", .caller = { { "on", "users", "star-group" } }, .user = "ann",
	  .groups = { { "a", "b", "c", "d" } },
	  .now = { { "a", "b", "c", "d", "system:authenticated" } }, .mode = KA_IMPERSONATE_USER_INFO },
	{ .what = "three groups not", .caller = { { "on", "users", "star-group" } }, .user = "ann",
	  .groups = { { "a", "b", "c" } }, .mode = KA_IMPERSONATE_USER_INFO },
	{ .what = "extra", .caller = { { "on", "users", "scopes" } }, .user = "ann", .key = "a.io/scopes",
	  .values = { { "x", "y" } }, .now = { { "system:authenticated" } },
	  .mode = KA_IMPERSONATE_USER_INFO },
	{ .what = "four values by a star", .caller = { { "on", "users", "star-extra" } }, .user = "ann",
	  .key = "a.io/scopes", .values = { { "x", "y", "z", "w" } },
	  .now = { { "system:authenticated" } }, .mode = KA_IMPERSONATE_USER_INFO },
	{ .what = "a key without a domain", .caller = { { "on", "users", "scopes" } }, .user = "ann",
	  .key = "scopes", .values = { { "x" } }, .mode = KA_IMPERSONATE_USER_INFO },
	{ .what = "an empty value", .caller = { { "on", "users", "scopes" } }, .user = "ann",
	  .key = "a.io/scopes", .values = { { "" } }, .mode = KA_IMPERSONATE_USER_INFO },
	{ .what = "an account", .caller = { { "on", "accounts" } },
	  .user = "system:serviceaccount:foo:web",
	  .now = { { "system:serviceaccounts", "system:serviceaccounts:foo", "system:authenticated" } },
	  .mode = KA_IMPERSONATE_SERVICEACCOUNT },
	{ .what = "an account with groups only in the legacy mode", .caller = { { "on", "accounts", "users", "groups" } },
	  .user = "system:serviceaccount:foo:web", .groups = { { "g" } }, .mode = KA_IMPERSONATE_LEGACY },
	{ .what = "user-info is not for accounts", .caller = { { "on", "users" } },
	  .user = "system:serviceaccount:foo:web", .mode = KA_IMPERSONATE_SERVICEACCOUNT },
	{ .what = "a node", .caller = { { "on", "node-n1" } }, .user = "system:node:n1",
	  .now = { { "system:nodes", "system:authenticated" } }, .mode = KA_IMPERSONATE_ARBITRARY_NODE },
	{ .what = "another node", .caller = { { "on", "node-n1" } }, .user = "system:node:n2",
	  .mode = KA_IMPERSONATE_ARBITRARY_NODE },
	{ .what = "a name that no node can have is a user", .caller = { { "on", "users" } },
	  .user = "system:node:N_1", .now = { { "system:authenticated" } },
	  .mode = KA_IMPERSONATE_USER_INFO },
};

static void
constrained_impersonation_is_that_of_kubernetes(void **state)
{
	struct world w = constrained_world();

	(void)state;
	for (size_t i = 0; i < sizeof constrained_table / sizeof *constrained_table; i++) {
		struct ka_impersonator caller = { .who = user("dev") };
		const struct ka_extra extra = { constrained_table[i].key, strs(&constrained_table[i].values) };
		const struct ka_impersonated wanted = {
			.user = constrained_table[i].user,
			.groups = strs(&constrained_table[i].groups),
			.nextras = extra.key ? 1 : 0,
			.extra = &extra,
		};
		const struct ka_request req = {
			.verb = constrained_table[i].verb ? constrained_table[i].verb : "list",
			.group = "",
			.resource = "pods",
			.namespace = "foo",
		};
		struct ka_strs now = strs(&constrained_table[i].now);
		struct ka_impersonation got;

		caller.who.groups = strs(&constrained_table[i].caller);
		ka_rbac_impersonate(w.rbac, &caller, &wanted, &req, &got);
		if (got.allowed != (now.n > 0) || !equal(&got.groups, &now) ||
		    got.mode != constrained_table[i].mode)
			fail_msg("%s: %s", constrained_table[i].what, ka_impersonation_mode_name(got.mode));
		ka_impersonation_release(&got);
	}
	end(&w);
}

static void
an_account_may_be_the_node_it_runs_on(void **state)
{
	struct world w = constrained_world();
	struct ka_impersonator caller = { account("foo", "agent"), "n1" };
	const struct ka_impersonated n1 = { .user = "system:node:n1" }, n2 = { .user = "system:node:n2" };
	const struct ka_request req = { .verb = "list", .group = "", .resource = "pods" };
	struct ka_impersonation got;
	struct ka_who who;

	(void)state;
	ka_rbac_impersonate(w.rbac, &caller, &n1, &req, &got);
	assert_true(got.allowed);
	assert_int_equal(got.mode, KA_IMPERSONATE_ASSOCIATED_NODE);
	assert_int_equal(got.nneeds, 2);
	assert_string_equal(got.need[0].req.verb, "impersonate-on:associated-node:list");
	assert_string_equal(got.need[0].by.grant.binding->obj.name, "agent-on");
	assert_string_equal(got.need[1].req.verb, "impersonate:associated-node");
	assert_string_equal(got.need[1].req.name, "*");
	assert_string_equal(got.need[1].by.grant.binding->obj.name, "agent");
	who = ka_impersonated_who(&n1, &got);
	assert_true(ka_strs_has(&who.groups, "system:nodes"));
	ka_impersonation_release(&got);

	ka_rbac_impersonate(w.rbac, &caller, &n2, &req, &got);
	assert_false(got.allowed);
	assert_int_equal(got.mode, KA_IMPERSONATE_ARBITRARY_NODE);
	ka_impersonation_release(&got);
	/* A token that is bound to no node says nothing of one. */
	caller.node = NULL;
	assert_false(ka_rbac_impersonate_in(w.rbac, KA_IMPERSONATE_ASSOCIATED_NODE, &caller, &n1, &req, &got));
	ka_impersonation_release(&got);
	end(&w);
}

static void
every_permission_is_told_with_its_grant(void **state)
{
	struct world w = legacy_world();
	static const struct words groups = { { "wheel", "groups" } }, wanted_groups = { { "x", "y" } };
	struct ka_impersonator caller = { .who = user("dev") };
	const struct ka_impersonated wanted = { .user = "ann", .uid = "u1", .groups = strs(&wanted_groups) };
	struct ka_impersonation got;

	(void)state;
	caller.who.groups = strs(&groups);
	ka_rbac_impersonate(w.rbac, &caller, &wanted, NULL, &got);
	assert_false(got.allowed);
	assert_null(got.refusal);
	assert_int_equal(got.nneeds, 2);
	assert_string_equal(got.need[0].req.resource, "users");
	assert_string_equal(got.need[0].by.grant.binding->obj.name, "wheel");
	assert_string_equal(got.need[1].req.resource, "uids");
	assert_string_equal(got.need[1].req.group, "authentication.k8s.io");
	assert_false(got.need[1].allowed);
	ka_impersonation_release(&got);
	end(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(legacy_impersonation_is_that_of_kubernetes),
		cmocka_unit_test(constrained_impersonation_is_that_of_kubernetes),
		cmocka_unit_test(an_account_may_be_the_node_it_runs_on),
		cmocka_unit_test(every_permission_is_told_with_its_grant),
	};

	return cmocka_run_group_tests_name("rbac_impersonate", tests, NULL, NULL);
}
