#include <kassay/rbac.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "analysis/rbac_testing.h"
#include "util/banned.h"

#define GET_PODS RULE("''", "'pods'", "'get'")
#define GET_ALL RULE("'*'", "'*'", "'get'")

/* "binding of subject, ..." as one string. */
static const char *
text(const struct ka_allowance *list, size_t n)
{
	static char line[2048];
	size_t len = 0;
	char subject[512];

	line[0] = '\0';
	for (size_t i = 0; i < n; i++) {
		const struct ka_grant *g = &list[i].grant;

		len += (size_t)snprintf(line + len, sizeof line - len, "%s%s%s%s %s", i ? ", " : "",
					g->namespace ? g->namespace : "", g->namespace ? "/" : "",
					g->binding ? g->binding->obj.name : "-",
					ka_subject_text(g->subject, subject));
	}
	return line;
}

static void
says_who_can(const struct world *w, struct ka_request req, const char *expected)
{
	struct ka_allowance *list;
	size_t n = ka_rbac_who_can(w->rbac, &req, &list);

	assert_string_equal(text(list, n), expected);
	for (size_t i = 1; i < n; i++)
		assert_true(ka_rule_allows(list[i].rule, &req));
	free(list);
}

static void
who_can_names_every_chain(void **state)
{
	struct world w = world(CLUSTERROLE("pods", GET_PODS) CLUSTERROLE("nodes", RULE("''", "'nodes'", "'get'"))
				       ROLE("shop", "own", GET_PODS) CRB("c", "pods", USER("ann") ", " GROUP("devs"))
					       RB("shop", "b", "Role", "own", ACCOUNT("ci", "bot"))
						       RB("other", "b", "ClusterRole", "pods", USER("bob"))
							       CRB("gone", "missing", USER("eve"))
								       CRB("d", "nodes", USER("dan")));

	(void)state;
	says_who_can(&w, (struct ka_request){ .verb = "get", .resource = "pods", .namespace = "shop" },
		     "- Group:system:masters, c User:ann, c Group:devs, shop/b ServiceAccount:ci:bot");
	says_who_can(&w, (struct ka_request){ .verb = "get", .resource = "pods" },
		     "- Group:system:masters, c User:ann, c Group:devs");
	says_who_can(&w, (struct ka_request){ .verb = "get", .resource = "nodes" },
		     "- Group:system:masters, d User:dan");
	says_who_can(&w, (struct ka_request){ .verb = "create", .resource = "pods" }, "- Group:system:masters");
	end(&w);
}

static void
who_can_reach_urls_by_cluster_bindings_alone(void **state)
{
	struct world w = world(CLUSTERROLE("m", URL_RULE("'/metrics*'", "'get'")) CRB("c", "m", USER("ann"))
				       RB("shop", "b", "ClusterRole", "m", USER("bob")));

	(void)state;
	says_who_can(&w, (struct ka_request){ .verb = "get", .url = "/metrics/cadvisor" },
		     "- Group:system:masters, c User:ann");
	end(&w);
}

static void
all_allowances_of_somebody(void **state)
{
	struct world w = world(CLUSTERROLE("pods", GET_PODS) CLUSTERROLE("all", GET_ALL) CRB("c", "pods", USER("ann"))
				       RB("shop", "a", "ClusterRole", "all", GROUP("devs"))
					       RB("shop", "b", "ClusterRole", "pods", GROUP("system:authenticated"))
						       RB("other", "b", "ClusterRole", "pods", USER("ann")));
	const char *const devs[] = { "devs" };
	struct ka_who ann = user("ann");
	struct ka_request req = { .verb = "get", .resource = "pods", .namespace = "shop" };
	struct ka_allowance *list;
	size_t n;

	(void)state;
	ann.groups = (struct ka_strs){ 1, devs };
	n = ka_rbac_allowances(w.rbac, &ann, &req, &list);
	assert_string_equal(text(list, n), "c User:ann, shop/a Group:devs, shop/b Group:system:authenticated");
	free(list);
	end(&w);
}

static void
the_first_subject_of_the_binding_is_named(void **state)
{
	struct world w = world(CLUSTERROLE("pods", GET_PODS)
				       CRB("c", "pods", GROUP("system:serviceaccounts") ", " ACCOUNT("shop", "web")));
	struct ka_who web = account("shop", "web");
	struct ka_request req = { .verb = "get", .resource = "pods" };
	struct ka_grant by;

	(void)state;
	assert_true(ka_rbac_allows(w.rbac, &web, &req, &by, NULL));
	assert_string_equal(by.subject->name, "system:serviceaccounts");
	end(&w);
}

static void
grants_of_somebody_in_all_scopes(void **state)
{
	struct world w = world(CLUSTERROLE("pods", GET_PODS) RB("z", "b", "ClusterRole", "pods", ACCOUNT("shop", "web"))
				       RB("a", "b", "ClusterRole", "pods", USER("system:serviceaccount:shop:web"))
					       CRB("g", "pods", GROUP("system:serviceaccounts:shop"))
						       RB("m", "b", "ClusterRole", "pods", ACCOUNT("shop", "web"))
							       CRB("x", "pods", ACCOUNT("shop", "other")));
	struct ka_who web = account("shop", "web");
	struct ka_grant *grant;
	size_t n = ka_rbac_grants_of(w.rbac, &web, &grant);

	(void)state;
	assert_int_equal(n, 4);
	assert_string_equal(grant[0].binding->obj.name, "g");
	assert_string_equal(grant[1].namespace, "a");
	assert_string_equal(grant[2].namespace, "m");
	assert_string_equal(grant[3].namespace, "z");
	free(grant);
	end(&w);
}

static void
subjects_are_known_once(void **state)
{
	struct world w = world(CLUSTERROLE("pods", GET_PODS) CRB("a", "pods", USER("zoe") ", " USER("system:serviceaccount:shop:web"))
				       RB("b", "b", "ClusterRole", "pods", ACCOUNT("shop", "web") ", " GROUP("devs"))
					       CRB("c", "missing", USER("eve")) CRB("d", "pods", USER("zoe")));
	size_t n;
	const struct ka_subject *s = ka_rbac_subjects(w.rbac, &n);
	char buf[512];

	(void)state;
	assert_int_equal(n, 4);
	assert_string_equal(ka_subject_text(&s[0], buf), "User:eve");
	assert_string_equal(ka_subject_text(&s[1], buf), "User:zoe");
	assert_string_equal(ka_subject_text(&s[2], buf), "Group:devs");
	assert_string_equal(ka_subject_text(&s[3], buf), "ServiceAccount:shop:web");
	end(&w);
}

static void
masters_need_no_grant(void **state)
{
	struct world w = world(CLUSTERROLE("pods", GET_PODS));
	const char *const masters[] = { "system:masters" };
	struct ka_who ann = user("ann");
	struct ka_request req = { .verb = "delete", .resource = "nodes" };
	struct ka_allowance *list;
	size_t n;

	(void)state;
	assert_false(ka_rbac_is_master(&ann));
	ann.groups = (struct ka_strs){ 1, masters };
	assert_true(ka_rbac_is_master(&ann));
	n = ka_rbac_allowances(w.rbac, &ann, &req, &list);
	assert_string_equal(text(list, n), "- Group:system:masters");
	free(list);
	end(&w);
}

/* pkg/registry/rbac/validation/rule.go: the String of each describer. */
static void
reasons_are_in_the_servers_words(void **state)
{
	static const struct {
		const char *user, *namespace, *reason;
	} cases[] = {
		{ "ann", "shop", "RBAC: allowed by ClusterRoleBinding \"c\" of ClusterRole \"pods\" to User \"ann\"" },
		{ "bob", "shop", "RBAC: allowed by RoleBinding \"b/shop\" of ClusterRole \"pods\" to User \"bob\"" },
		{ "system:serviceaccount:ci:bot", "shop",
		  "RBAC: allowed by RoleBinding \"b/shop\" of ClusterRole \"pods\" to ServiceAccount \"bot/ci\"" },
		{ "a\"b\\c\xc3\xa9\n", "shop",
		  "RBAC: allowed by RoleBinding \"b/shop\" of ClusterRole \"pods\" to User \"a\\\"b\\\\c\xc3\xa9\\n\"" },
	};
	struct world w = world(CLUSTERROLE("pods", GET_PODS) CRB("c", "pods", USER("ann"))
				       RB("shop", "b", "ClusterRole", "pods",
					  USER("bob") ", " ACCOUNT("ci", "bot") ", " USER("a\\\"b\\\\c\xc3\xa9\\n")));

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct ka_who who = user(cases[i].user);
		struct ka_request req = { .verb = "get", .resource = "pods", .namespace = cases[i].namespace };
		struct ka_grant by;
		char *reason;

		assert_true(ka_rbac_allows(w.rbac, &who, &req, &by, NULL));
		reason = ka_rbac_reason(&by);
		assert_string_equal(reason, cases[i].reason);
		free(reason);
	}
	end(&w);
}

static void
says_lost(const struct world *w, const char *name, const char *namespace, const char *expected)
{
	struct ka_who who = user(name);
	struct ka_grant *lost;
	size_t n = ka_rbac_lost_grants(w->rbac, &who, namespace, &lost);
	char *reason = ka_rbac_lost_reason(lost, n);

	assert_string_equal(reason, expected);
	free(reason);
	free(lost);
}

/* utilerrors.NewAggregate: one error alone, several in brackets, each text once. */
static void
missing_roles_are_the_reason_of_a_no(void **state)
{
	struct world w = world(CRB("c", "gone", USER("ann")) RB("shop", "b", "Role", "lost", USER("ann"))
				       RB("shop", "d", "Role", "lost", USER("ann")) CRB("e", "gone", USER("eve")));

	(void)state;
	says_lost(&w, "eve", "shop", "RBAC: clusterrole.rbac.authorization.k8s.io \"gone\" not found");
	says_lost(&w, "ann", "shop", "RBAC: [clusterrole.rbac.authorization.k8s.io \"gone\" not found, "
				     "role.rbac.authorization.k8s.io \"lost\" not found]");
	says_lost(&w, "ann", NULL, "RBAC: clusterrole.rbac.authorization.k8s.io \"gone\" not found");
	says_lost(&w, "bob", "shop", "");
	end(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_can_names_every_chain),
		cmocka_unit_test(who_can_reach_urls_by_cluster_bindings_alone),
		cmocka_unit_test(all_allowances_of_somebody),
		cmocka_unit_test(the_first_subject_of_the_binding_is_named),
		cmocka_unit_test(grants_of_somebody_in_all_scopes),
		cmocka_unit_test(subjects_are_known_once),
		cmocka_unit_test(masters_need_no_grant),
		cmocka_unit_test(reasons_are_in_the_servers_words),
		cmocka_unit_test(missing_roles_are_the_reason_of_a_no),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
