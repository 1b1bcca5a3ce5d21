#include <kassay/rbac.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "analysis/rbac_testing.h"
#include "util/banned.h"

#define GET_PODS RULE("''", "'pods'", "'get'")

static bool
may(const struct world *w, struct ka_who who, const char *verb, const char *resource, const char *ns)
{
	struct ka_request req = { .verb = verb, .group = "", .resource = resource, .namespace = ns };

	return ka_rbac_allows(w->rbac, &who, &req, NULL, NULL);
}

/* ---- whom a binding names ---- */

static void
subjects_match_by_kind(void **state)
{
	struct world w = world(CLUSTERROLE("r", GET_PODS) CRB("u", "r", USER("ann")) CRB("g", "r", GROUP("devs"))
				       CRB("s", "r", ACCOUNT("shop", "web")));

	(void)state;
	assert_true(may(&w, user("ann"), "get", "pods", NULL));
	assert_false(may(&w, group("ann"), "get", "pods", NULL));
	assert_false(may(&w, user("devs"), "get", "pods", NULL));
	assert_true(may(&w, group("devs"), "get", "pods", NULL));
	assert_true(may(&w, account("shop", "web"), "get", "pods", "x"));
	assert_false(may(&w, account("other", "web"), "get", "pods", "x"));
	assert_false(may(&w, user("web"), "get", "pods", "x"));
	end(&w);
}

static void
a_user_spelled_like_an_account_is_that_account(void **state)
{
	struct world w = world(CLUSTERROLE("r", GET_PODS) CRB("u", "r", USER("system:serviceaccount:shop:web"))
				       CRB("s", "r", ACCOUNT("shop", "job")));

	(void)state;
	assert_true(may(&w, account("shop", "web"), "get", "pods", NULL));
	assert_true(may(&w, user("system:serviceaccount:shop:job"), "get", "pods", NULL));
	assert_false(may(&w, account("shop", "else"), "get", "pods", NULL));
	end(&w);
}

static void
an_account_without_a_namespace_is_the_bindings_or_nobody(void **state)
{
#define NO_NAMESPACE "{'kind': 'ServiceAccount', 'name': 'web'}"
	struct world w = world(CLUSTERROLE("r", GET_PODS) RB("shop", "b", "ClusterRole", "r", NO_NAMESPACE)
				       CLUSTERROLE("q", RULE("''", "'nodes'", "'get'")) CRB("c", "q", NO_NAMESPACE));

	(void)state;
	assert_true(may(&w, account("shop", "web"), "get", "pods", "shop"));
	assert_false(may(&w, account("default", "web"), "get", "pods", "shop"));
	assert_false(may(&w, account("shop", "web"), "get", "nodes", NULL));
	assert_false(may(&w, account("default", "web"), "get", "nodes", NULL));
	assert_false(may(&w, account("", "web"), "get", "nodes", NULL));
	end(&w);
}

static void
groups_of_accounts_and_users_are_implied(void **state)
{
	static const struct {
		const char *group;
		bool ann, web, node, anonymous;
	} cases[] = {
		{ "system:authenticated", true, true, true, false },
		{ "system:serviceaccounts", false, true, false, false },
		{ "system:serviceaccounts:shop", false, true, false, false },
		{ "system:serviceaccounts:other", false, false, false, false },
		{ "system:nodes", false, false, true, false },
		{ "system:unauthenticated", false, false, false, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char text[2048];
		struct world w;

		snprintf(text, sizeof text, CLUSTERROLE("r", GET_PODS) CRB("b", "r", GROUP("%s")),
			 cases[i].group);
		w = world(text);
		assert_int_equal(may(&w, user("ann"), "get", "pods", NULL), cases[i].ann);
		assert_int_equal(may(&w, account("shop", "web"), "get", "pods", NULL), cases[i].web);
		assert_int_equal(may(&w, user("system:serviceaccount:shop:web"), "get", "pods", NULL),
				 cases[i].web);
		assert_int_equal(may(&w, user("system:node:a"), "get", "pods", NULL), cases[i].node);
		assert_int_equal(may(&w, user("system:anonymous"), "get", "pods", NULL),
				 cases[i].anonymous);
		end(&w);
	}
}

static void
further_groups_count_and_as_given_implies_none(void **state)
{
	struct world w = world(CLUSTERROLE("r", GET_PODS) CRB("b", "r", GROUP("devs")) CLUSTERROLE(
		"q", RULE("''", "'nodes'", "'get'")) CRB("c", "q", GROUP("system:authenticated")));
	const char *devs[] = { "ops", "devs" };
	struct ka_who ann = user("ann");

	(void)state;
	assert_true(may(&w, ann, "get", "nodes", NULL));
	assert_false(may(&w, ann, "get", "pods", NULL));
	ann.groups = (struct ka_strs){ 2, devs };
	assert_true(may(&w, ann, "get", "pods", NULL));
	ann.as_given = true;
	assert_true(may(&w, ann, "get", "pods", NULL));
	assert_false(may(&w, ann, "get", "nodes", NULL));
	end(&w);
}

static void
masters_may_do_everything_without_a_binding(void **state)
{
	struct world w = world(CLUSTERROLE("r", GET_PODS));
	const char *masters[] = { "system:masters" };
	struct ka_who ann = user("ann");
	struct ka_grant by = { .namespace = "set" };

	(void)state;
	ann.groups = (struct ka_strs){ 1, masters };
	assert_true(ka_rbac_allows(w.rbac, &ann, &(struct ka_request){ .verb = "get", .url = "/x" }, &by, NULL));
	assert_null(by.binding);
	assert_true(may(&w, group("system:masters"), "delete", "nodes", NULL));
	end(&w);
}

/* ---- where a binding counts ---- */

static void
a_role_binding_counts_in_its_namespace_alone(void **state)
{
	struct world w = world(
		CLUSTERROLE("r", RULE("''", "'pods', 'nodes'", "'get'") "," URL_RULE("'/metrics'", "'get'"))
			RB("shop", "b", "ClusterRole", "r", USER("ann")));
	struct ka_who ann = user("ann");

	(void)state;
	assert_true(may(&w, ann, "get", "pods", "shop"));
	assert_false(may(&w, ann, "get", "pods", "other"));
	assert_false(may(&w, ann, "get", "pods", NULL));
	assert_false(may(&w, ann, "get", "nodes", NULL));
	assert_false(ka_rbac_allows(w.rbac, &ann, &(struct ka_request){ .verb = "get", .url = "/metrics" }, NULL,
				    NULL));
	end(&w);
}

static void
roles_of_the_same_name_are_told_apart_by_namespace(void **state)
{
	struct world w = world(ROLE("a", "r", GET_PODS) ROLE("b", "r", RULE("''", "'secrets'", "'get'"))
				       CLUSTERROLE("r", RULE("''", "'configmaps'", "'get'"))
					       RB("b", "b", "Role", "r", USER("ann")));

	(void)state;
	assert_true(may(&w, user("ann"), "get", "secrets", "b"));
	assert_false(may(&w, user("ann"), "get", "pods", "b"));
	assert_false(may(&w, user("ann"), "get", "configmaps", "b"));
	end(&w);
}

static void
references_to_nothing_grant_nothing(void **state)
{
	struct world w = world(
		ROLE("shop", "r", GET_PODS) RB("other", "b", "Role", "r", USER("ann"))
			RB("shop", "k", "Pod", "r", USER("ann"))
			"{" RBAC_API "'kind': 'ClusterRoleBinding', 'metadata': {'name': 'c'}, " REF(
				"Role", "r") ", 'subjects': [" USER("ann") "]}");
	size_t n;
	const struct ka_grant *grant = ka_rbac_grants(w.rbac, &n);

	(void)state;
	assert_int_equal(n, 3);
	for (size_t i = 0; i < n; i++)
		assert_null(grant[i].role);
	assert_false(may(&w, user("ann"), "get", "pods", "shop"));
	assert_false(may(&w, user("ann"), "get", "pods", "other"));
	end(&w);
}

static void
the_answer_names_binding_role_subject_and_rule(void **state)
{
	struct world w = world(ROLE("shop", "r", RULE("''", "'secrets'", "'get'") "," GET_PODS)
				       RB("shop", "b", "Role", "r", USER("bob") "," GROUP("devs")));
	struct ka_who devs = group("devs");
	struct ka_request req = { .verb = "get", .group = "", .resource = "pods", .namespace = "shop" };
	const struct ka_rule *rule;
	struct ka_grant by;

	(void)state;
	assert_true(ka_rbac_allows(w.rbac, &devs, &req, &by, &rule));
	assert_string_equal(by.binding->obj.name, "b");
	assert_string_equal(by.role->obj.name, "r");
	assert_string_equal(by.namespace, "shop");
	assert_string_equal(by.subject->name, "devs");
	assert_string_equal(rule->resources.v[0], "pods");
	end(&w);
}

static void
a_cluster_role_binding_answers_before_a_role_binding(void **state)
{
	struct world w = world(CLUSTERROLE("r", GET_PODS) RB("shop", "a", "ClusterRole", "r", USER("ann"))
				       CRB("z", "r", GROUP("system:authenticated")));
	struct ka_who ann = user("ann");
	struct ka_request req = { .verb = "get", .group = "", .resource = "pods", .namespace = "shop" };
	struct ka_grant by;

	(void)state;
	assert_true(ka_rbac_allows(w.rbac, &ann, &req, &by, NULL));
	assert_string_equal(by.binding->obj.name, "z");
	end(&w);
}

/* ---- aggregation ---- */

#define PART(name, labels, select, rules)                                                      \
	"{" RBAC_API "'kind': 'ClusterRole', 'metadata': {'name': '" name "', 'labels': {" labels  \
	"}}, 'aggregationRule': {'clusterRoleSelectors': [" select "]}, 'rules': [" rules "]}\n"
#define PICK(key) "{'matchLabels': {'" key "': 'true'}}"

static bool
role_has(const struct world *w, const char *name, const char *resource)
{
	const struct ka_object *o = ka_graph_find(w->g, KA_CLUSTERROLE, NULL, name);
	size_t n;
	const struct ka_rule *rule = ka_rbac_rules(w->rbac, ka_as_role(o), &n);

	for (size_t i = 0; i < n; i++)
		if (ka_strs_has(&rule[i].resources, resource))
			return true;
	return false;
}

static void
aggregation_reaches_through_other_aggregations(void **state)
{
	struct world w = world(PART("top", "", PICK("to-top"), "") PART("mid", "'to-top': 'true'", PICK("to-mid"),
									 RULE("''", "'b'", "'get'"))
				       PART("low", "'to-mid': 'true'", "", RULE("''", "'c'", "'get'"))
					       PART("off", "'to-mid': 'false'", "", RULE("''", "'d'", "'get'")));

	(void)state;
	assert_true(role_has(&w, "top", "b"));
	assert_true(role_has(&w, "top", "c"));
	assert_false(role_has(&w, "top", "d"));
	assert_true(role_has(&w, "mid", "c"));
	assert_false(role_has(&w, "low", "b"));
	end(&w);
}

static void
aggregation_in_a_circle_ends(void **state)
{
	struct world w = world(PART("a", "'x': 'true'", PICK("y"), RULE("''", "'a'", "'get'"))
				       PART("b", "'y': 'true'", PICK("x"), RULE("''", "'b'", "'get'"))
					       PART("self", "'s': 'true'", PICK("s"), RULE("''", "'s'", "'get'")));

	(void)state;
	assert_true(role_has(&w, "a", "b"));
	assert_true(role_has(&w, "b", "a"));
	assert_true(role_has(&w, "self", "s"));
	end(&w);
}

static void
aggregation_takes_any_of_its_selectors(void **state)
{
	struct world w = world(
		PART("sum", "",
		     PICK("x") ", {'matchExpressions': [{'key': 'y', 'operator': 'Exists'}]}, "
			       "{'matchLabels': {'z': 'true', 'zz': 'true'}}, "
			       "{'matchExpressions': [{'key': 'k', 'operator': 'NotIn', 'values': ['v']}, "
			       "{'key': 'only', 'operator': 'In', 'values': ['n1', 'n2']}]}",
		     "") PART("one", "'x': 'true'", "", RULE("''", "'one'", "'get'"))
			PART("two", "'y': 'whatever'", "", RULE("''", "'two'", "'get'"))
				PART("half", "'z': 'true'", "", RULE("''", "'half'", "'get'"))
					PART("in", "'only': 'n2'", "", RULE("''", "'in'", "'get'"))
						PART("out", "'only': 'n2', 'k': 'v'", "",
						     RULE("''", "'out'", "'get'")));

	(void)state;
	assert_true(role_has(&w, "sum", "one"));
	assert_true(role_has(&w, "sum", "two"));
	assert_false(role_has(&w, "sum", "half"));
	assert_true(role_has(&w, "sum", "in"));
	assert_false(role_has(&w, "sum", "out"));
	end(&w);
}

static void
an_empty_selector_takes_every_cluster_role(void **state)
{
	struct world w = world(PART("sum", "", "{}", "") CLUSTERROLE("x", RULE("''", "'x'", "'get'"))
				       ROLE("shop", "r", RULE("''", "'r'", "'get'")));

	(void)state;
	assert_true(role_has(&w, "sum", "x"));
	assert_false(role_has(&w, "sum", "r"));
	end(&w);
}

static void
the_rules_a_server_returned_are_taken_as_they_are(void **state)
{
	struct world w = world(
		"{" RBAC_API "'kind': 'ClusterRole', 'metadata': {'name': 'sum', 'uid': 'u'}, 'aggregationRule': "
		"{'clusterRoleSelectors': [" PICK("x") "]}, 'rules': [" RULE("''", "'old'", "'get'") "]}\n"
		PART("part", "'x': 'true'", "", RULE("''", "'new'", "'get'")));

	(void)state;
	assert_true(role_has(&w, "sum", "old"));
	assert_false(role_has(&w, "sum", "new"));
	end(&w);
}

static void
parts_of_a_bound_aggregate_are_bound(void **state)
{
	struct world w = world(PART("sum", "", PICK("x"), "") PART("part", "'x': 'true'", "", GET_PODS)
				       CLUSTERROLE("idle", GET_PODS) CRB("nobody", "idle", "")
					       CRB("b", "sum", USER("ann")));

	(void)state;
#define REACH(name) ka_rbac_reach(w.rbac, ka_as_role(ka_graph_find(w.g, KA_CLUSTERROLE, NULL, name)))
	assert_int_equal(REACH("part"), KA_REACH_CLUSTER);
	assert_int_equal(REACH("idle"), KA_REACH_NONE);
	end(&w);
}

/* ---- roles that every cluster has ---- */

static void
manifests_bind_roles_that_they_do_not_hold(void **state)
{
	struct world w = world(CRB("b", "cluster-admin", USER("ann")) RB("shop", "v", "ClusterRole", "view",
									   USER("bob"))
				       PART("mine", "'rbac.authorization.k8s.io/aggregate-to-view': 'true'", "",
					    RULE("'x.io'", "'things'", "'get'")));
	struct ka_who bob = user("bob");
	struct ka_request things = { .verb = "get", .group = "x.io", .resource = "things", .namespace = "shop" };

	(void)state;
	assert_true(may(&w, user("ann"), "delete", "nodes", NULL));
	assert_true(may(&w, bob, "list", "pods", "shop"));
	assert_false(may(&w, bob, "list", "secrets", "shop"));
	assert_true(ka_rbac_allows(w.rbac, &bob, &things, NULL, NULL));
	end(&w);
}

static void
admin_holds_what_edit_and_view_hold(void **state)
{
	struct world w = world(RB("shop", "b", "ClusterRole", "admin", USER("ann")));

	(void)state;
	assert_true(may(&w, user("ann"), "get", "resourcequotas", "shop"));
	assert_true(may(&w, user("ann"), "impersonate", "serviceaccounts", "shop"));
	assert_false(may(&w, user("ann"), "update", "resourcequotas", "shop"));
	end(&w);
}

static void
a_complete_list_without_a_role_means_there_is_none(void **state)
{
	struct world w = world(CRB("b", "cluster-admin", USER("ann")));
	struct ka_rbac *strict;
	struct ka_who ann = user("ann");

	(void)state;
	w.g->source_class = KA_SOURCE_CLUSTER;
	ka_graph_set_evidence(w.g, KA_CLUSTERROLE, KA_EV_COMPLETE, NULL);
	strict = ka_rbac_new(w.g);
	assert_false(ka_rbac_allows(strict, &ann,
				    &(struct ka_request){ .verb = "get", .group = "", .resource = "pods" }, NULL,
				    NULL));
	ka_rbac_free(strict);
	end(&w);
}

/* ---- names ---- */

static void
kubernetes_own_subjects_are_known(void **state)
{
	static const struct {
		struct ka_subject s;
		bool builtin;
	} cases[] = {
		{ { KA_SUBJECT_GROUP, "Group", NULL, "system:masters" }, true },
		{ { KA_SUBJECT_GROUP, "Group", NULL, "system:authenticated" }, false },
		{ { KA_SUBJECT_USER, "User", NULL, "system:kube-scheduler" }, true },
		{ { KA_SUBJECT_USER, "User", NULL, "system:node:n1" }, true },
		{ { KA_SUBJECT_USER, "User", NULL, "system:masters" }, false },
		{ { KA_SUBJECT_SERVICEACCOUNT, "ServiceAccount", "kube-system", "job-controller" }, true },
		{ { KA_SUBJECT_SERVICEACCOUNT, "ServiceAccount", "kube-system", "podcertificaterequestcleaner" }, true },
		{ { KA_SUBJECT_SERVICEACCOUNT, "ServiceAccount", "shop", "job-controller" }, false },
		{ { KA_SUBJECT_SERVICEACCOUNT, "ServiceAccount", "kube-system", "tiller" }, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_int_equal(ka_subject_builtin(&cases[i].s), cases[i].builtin);
}

static void
the_bootstrap_label_alone_makes_no_bootstrap_role(void **state)
{
#define LABELLED(name)                                                                         \
	"{" RBAC_API "'kind': 'ClusterRole', 'metadata': {'name': '" name                          \
	"', 'labels': {'kubernetes.io/bootstrapping': 'rbac-defaults'}}, 'rules': []}\n"
	struct world w = world(LABELLED("cluster-admin") LABELLED("mine") LABELLED("system:kube-dns"));

	(void)state;
#define BOOTSTRAP(name) ka_role_bootstrap(ka_as_role(ka_graph_find(w.g, KA_CLUSTERROLE, NULL, name)))
	assert_true(BOOTSTRAP("cluster-admin"));
	assert_false(BOOTSTRAP("mine"));
	assert_true(BOOTSTRAP("system:kube-dns"));
	end(&w);
}

static void
subjects_are_written_with_their_kind(void **state)
{
	const struct ka_subject web = { KA_SUBJECT_SERVICEACCOUNT, "ServiceAccount", "shop", "web" };
	const struct ka_subject odd = { KA_SUBJECT_UNKNOWN, "Robot", NULL, "r2" };
	char buf[512];

	(void)state;
	assert_string_equal(ka_subject_text(&web, buf), "ServiceAccount:shop:web");
	assert_string_equal(ka_subject_text(&odd, buf), "Robot:r2");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(subjects_match_by_kind),
		cmocka_unit_test(a_user_spelled_like_an_account_is_that_account),
		cmocka_unit_test(an_account_without_a_namespace_is_the_bindings_or_nobody),
		cmocka_unit_test(groups_of_accounts_and_users_are_implied),
		cmocka_unit_test(further_groups_count_and_as_given_implies_none),
		cmocka_unit_test(masters_may_do_everything_without_a_binding),
		cmocka_unit_test(a_role_binding_counts_in_its_namespace_alone),
		cmocka_unit_test(roles_of_the_same_name_are_told_apart_by_namespace),
		cmocka_unit_test(references_to_nothing_grant_nothing),
		cmocka_unit_test(the_answer_names_binding_role_subject_and_rule),
		cmocka_unit_test(a_cluster_role_binding_answers_before_a_role_binding),
		cmocka_unit_test(aggregation_reaches_through_other_aggregations),
		cmocka_unit_test(aggregation_in_a_circle_ends),
		cmocka_unit_test(aggregation_takes_any_of_its_selectors),
		cmocka_unit_test(an_empty_selector_takes_every_cluster_role),
		cmocka_unit_test(the_rules_a_server_returned_are_taken_as_they_are),
		cmocka_unit_test(parts_of_a_bound_aggregate_are_bound),
		cmocka_unit_test(manifests_bind_roles_that_they_do_not_hold),
		cmocka_unit_test(admin_holds_what_edit_and_view_hold),
		cmocka_unit_test(a_complete_list_without_a_role_means_there_is_none),
		cmocka_unit_test(kubernetes_own_subjects_are_known),
		cmocka_unit_test(the_bootstrap_label_alone_makes_no_bootstrap_role),
		cmocka_unit_test(subjects_are_written_with_their_kind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
