#include <kassay/escalate.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "analysis/rbac_rules_testing.h"
#include "analysis/rbac_testing.h"
#include "util/banned.h"

#define RBAC "'rbac.authorization.k8s.io'"
#define WRITER(ns, name) /* writes roles and bindings of a namespace, no more */               \
	ROLE(ns, "writer", RULE(RBAC, "'roles','rolebindings'", "'create','update','patch'"))  \
	RB(ns, "writer-" name, "Role", "writer", USER(name))
#define CLUSTER_WRITER(name)                                                                   \
	CLUSTERROLE("writer", RULE(RBAC, "'clusterroles','clusterrolebindings'",               \
				   "'create','update','patch'"))                               \
	CRB("writer-" name, "writer", USER(name))

static struct ka_role
role(const char *ns, const char *name, const struct rules *rules)
{
	return (struct ka_role){
		.obj = { .kind = ns ? KA_ROLE : KA_CLUSTERROLE, .namespace = ns, .name = name },
		.nrules = rules->n,
		.rule = rules->rule,
	};
}

static struct ka_binding
binding(const char *ns, const char *kind, const char *name)
{
	return (struct ka_binding){
		.obj = { .kind = ns ? KA_ROLEBINDING : KA_CLUSTERROLEBINDING, .namespace = ns, .name = "b" },
		.role_group = "rbac.authorization.k8s.io",
		.role_kind = kind,
		.role_name = name,
	};
}

static enum ka_write
writes_role(const struct world *w, struct ka_who who, const char *verb, const char *ns, const char *text)
{
	struct rules *rules = rules_of(text);
	struct ka_role r = role(ns, "r", rules);
	struct ka_may_write may;
	enum ka_write how;

	ka_rbac_may_write_role(w->rbac, &who, verb, &r, NULL, &may);
	how = may.how;
	assert_true(ka_write_allowed(how) || !may.grant);
	ka_may_write_release(&may);
	rules_free(rules);
	return how;
}

static enum ka_write
writes_binding(const struct world *w, struct ka_who who, const char *ns, const char *kind, const char *name)
{
	struct ka_binding b = binding(ns, kind, name);
	struct ka_may_write may;
	enum ka_write how;

	ka_rbac_may_write_binding(w->rbac, &who, "create", &b, &may);
	how = may.how;
	ka_may_write_release(&may);
	return how;
}

static void
nobody_writes_more_into_a_role_than_he_has(void **state)
{
	struct world w = world(WRITER("shop", "ann") ROLE("shop", "reader", RULE("''", "'pods'", "'get'"))
				       RB("shop", "reader", "Role", "reader", USER("ann"))
					       CLUSTERROLE("nodes", RULE("''", "'nodes'", "'get'"))
						       CRB("nodes", "nodes", GROUP("devs")));
	struct ka_who ann = user("ann"), dev = user("ann");
	const char *devs[] = { "devs" };

	(void)state;
	dev.groups = (struct ka_strs){ 1, devs };
	assert_int_equal(writes_role(&w, ann, "create", "shop", "get|''|pods"), KA_WRITE_COVERED);
	assert_int_equal(writes_role(&w, ann, "create", "shop", "get|''|pods|a"), KA_WRITE_COVERED);
	assert_int_equal(writes_role(&w, ann, "create", "shop", ""), KA_WRITE_COVERED);
	assert_int_equal(writes_role(&w, ann, "patch", "shop", "get,list|''|pods"), KA_WRITE_UNCOVERED);
	assert_int_equal(writes_role(&w, ann, "create", "other", "get|''|pods"), KA_WRITE_NO_VERB);
	assert_int_equal(writes_role(&w, ann, "create", NULL, "get|''|pods"), KA_WRITE_NO_VERB);
	assert_int_equal(writes_role(&w, user("bob"), "create", "shop", ""), KA_WRITE_NO_VERB);
	/* What a group of his has is his. */
	assert_int_equal(writes_role(&w, ann, "create", "shop", "get|''|nodes"), KA_WRITE_UNCOVERED);
	assert_int_equal(writes_role(&w, dev, "create", "shop", "get|''|nodes"), KA_WRITE_COVERED);
	end(&w);
}

static void
a_cluster_role_is_covered_by_cluster_wide_grants_alone(void **state)
{
	struct world w = world(CLUSTER_WRITER("ann") CLUSTERROLE("pods", RULE("''", "'pods'", "'*'"))
				       RB("shop", "pods", "ClusterRole", "pods", USER("ann"))
					       CLUSTERROLE("url", URL_RULE("'/metrics*'", "'get'"))
						       RB("shop", "url", "ClusterRole", "url", USER("ann")));
	(void)state;
	assert_int_equal(writes_role(&w, user("ann"), "create", NULL, "get|''|pods"), KA_WRITE_UNCOVERED);
	assert_int_equal(writes_role(&w, user("ann"), "create", NULL,
				     "create|rbac.authorization.k8s.io|clusterroles|x"), KA_WRITE_COVERED);
	end(&w);
}

static void
masters_are_asked_nothing(void **state)
{
	struct world w = world("");
	struct ka_who ann = user("ann");
	const char *masters[] = { "system:masters" };

	(void)state;
	ann.groups = (struct ka_strs){ 1, masters };
	assert_int_equal(writes_role(&w, ann, "create", "shop", "*|*|*"), KA_WRITE_MASTER);
	assert_int_equal(writes_binding(&w, ann, NULL, "ClusterRole", "gone"), KA_WRITE_MASTER);
	end(&w);
}

static void
escalate_is_asked_with_a_name_only_where_the_url_has_one(void **state)
{
	struct world w = world(WRITER("shop", "ann") ROLE("shop", "esc", NAMED_RULE(RBAC, "'roles'", "'escalate'", "'r'"))
				       RB("shop", "esc", "Role", "esc", USER("ann"))
		WRITER("bar", "bob") ROLE("bar", "esc", RULE(RBAC, "'roles'", "'escalate'"))
				       RB("bar", "esc", "Role", "esc", USER("bob")));

	(void)state;
	assert_int_equal(writes_role(&w, user("ann"), "update", "shop", "*|*|*"), KA_WRITE_ESCALATE);
	assert_int_equal(writes_role(&w, user("ann"), "create", "shop", "*|*|*"), KA_WRITE_UNCOVERED);
	assert_int_equal(writes_role(&w, user("bob"), "create", "bar", "*|*|*"), KA_WRITE_ESCALATE);
	end(&w);
}

/* Whoever has it may escalate anyway. */
static void
an_aggregation_rule_takes_full_authority(void **state)
{
	struct world w = world(CLUSTER_WRITER("ann") CLUSTERROLE("pods", RULE("''", "'pods'", "'*'"))
				       CRB("pods", "pods", USER("ann"))
					       CLUSTERROLE("all", RULE("'*'", "'*'", "'*'"))
						       CRB("all", "all", USER("adm")));
	struct rules *rules = rules_of("get|''|pods");
	struct ka_role plain = role(NULL, "r", rules), aggregated = plain;
	static const struct ka_selector selector;
	struct ka_who ann = user("ann"), adm = user("adm");
	struct ka_may_write may;
	char buf[256];

	(void)state;
	aggregated.naggregate = 1;
	aggregated.aggregate = &selector;
	ka_rbac_may_write_role(w.rbac, &ann, "create", &plain, NULL, &may);
	assert_int_equal(may.how, KA_WRITE_COVERED);
	ka_may_write_release(&may);
	ka_rbac_may_write_role(w.rbac, &ann, "create", &aggregated, NULL, &may);
	assert_int_equal(may.how, KA_WRITE_AGGREGATION);
	assert_string_equal(ka_rule_part_text(&may.missing, buf), "* on * in *");
	ka_may_write_release(&may);
	/* Taking the rule away can loosen, too. */
	ka_rbac_may_write_role(w.rbac, &ann, "update", &plain, &aggregated, &may);
	assert_int_equal(may.how, KA_WRITE_AGGREGATION);
	ka_may_write_release(&may);
	ka_rbac_may_write_role(w.rbac, &adm, "update", &plain, &aggregated, &may);
	assert_int_equal(may.how, KA_WRITE_ESCALATE);
	assert_string_equal(may.special.grant.binding->obj.name, "all");
	ka_may_write_release(&may);
	rules_free(rules);
	end(&w);
}

/* ---- bindings ---- */

static void
bind_is_asked_in_the_namespace_of_the_binding(void **state)
{
	struct world w = world(WRITER("shop", "ann")
		ROLE("shop", "binder", NAMED_RULE(RBAC, "'clusterroles'", "'bind'", "'admin','gone'"))
		RB("shop", "binder", "Role", "binder", USER("ann"))
		CLUSTERROLE("admin", RULE("'*'", "'*'", "'*'")) CLUSTERROLE("root", RULE("'*'", "'*'", "'*'"))
		ROLE("shop", "admin", RULE("''", "'pods'", "'*'")));

	(void)state;
	assert_int_equal(writes_binding(&w, user("ann"), "shop", "ClusterRole", "admin"), KA_WRITE_BIND);
	/* bind comes before the role is looked for */
	assert_int_equal(writes_binding(&w, user("ann"), "shop", "ClusterRole", "gone"), KA_WRITE_BIND);
	assert_int_equal(writes_binding(&w, user("ann"), "shop", "ClusterRole", "root"), KA_WRITE_UNCOVERED);
	assert_int_equal(writes_binding(&w, user("ann"), "shop", "Role", "admin"), KA_WRITE_UNCOVERED);
	assert_int_equal(writes_binding(&w, user("ann"), "shop", "Role", "gone"), KA_WRITE_NO_ROLE);
	assert_int_equal(writes_binding(&w, user("ann"), "shop", "Sudo", "gone"), KA_WRITE_NO_ROLE);
	assert_int_equal(writes_binding(&w, user("ann"), NULL, "ClusterRole", "admin"), KA_WRITE_NO_VERB);
	end(&w);
}

static void
bind_on_bindings_is_no_bind(void **state)
{
	struct world w = world(WRITER("shop", "ann") ROLE("shop", "x", RULE(RBAC, "'rolebindings'", "'bind'"))
		RB("shop", "x", "Role", "x", USER("ann")) ROLE("shop", "y", RULE("''", "'secrets'", "'get'")));

	(void)state;
	assert_int_equal(writes_binding(&w, user("ann"), "shop", "Role", "y"), KA_WRITE_UNCOVERED);
	end(&w);
}

static void
whoever_has_a_role_may_hand_it_on(void **state)
{
	struct world w = world(WRITER("shop", "ann") CLUSTERROLE("peek", RULE("''", "'pods','pods/log'", "'get'") "," URL_RULE("'/x'", "'get'"))
		CLUSTERROLE("wide", RULE("''", "'*'", "'get'")) CRB("a", "wide", USER("ann"))
		RB("shop", "gone", "Role", "nowhere", USER("ann"))
		CLUSTERROLE("other", RULE("''", "'configmaps'", "'get'")) RB("shop", "b", "ClusterRole", "other", USER("ann"))
		CLUSTERROLE("url", URL_RULE("'/*'", "'*'")) RB("shop", "url", "ClusterRole", "url", USER("ann")));
	struct ka_who ann = user("ann");
	struct ka_binding b = binding("shop", "ClusterRole", "peek");
	struct ka_may_write may;

	(void)state;
	/* A URL counts in no namespace, and covers there all the same. */
	ka_rbac_may_write_binding(w.rbac, &ann, "create", &b, &may);
	assert_int_equal(may.how, KA_WRITE_COVERED);
	assert_string_equal(may.verb.grant.binding->obj.name, "writer-ann");
	assert_int_equal(may.ngrants, 2);
	assert_string_equal(may.grant[0].binding->obj.name, "a");
	assert_string_equal(may.grant[1].binding->obj.name, "url");
	ka_may_write_release(&may);
	assert_int_equal(writes_binding(&w, ann, "shop", "ClusterRole", "other"), KA_WRITE_COVERED);
	end(&w);
}

static void
what_is_aggregated_must_be_covered_when_bound(void **state)
{
	struct world w = world(WRITER("shop", "ann")
		"{" RBAC_API "'kind': 'ClusterRole', 'metadata': {'name': 'sum'}, 'aggregationRule':"
		" {'clusterRoleSelectors': [{'matchLabels': {'to': 'sum'}}]}}\n"
		"{" RBAC_API "'kind': 'ClusterRole', 'metadata': {'name': 'part', 'labels': {'to': 'sum'}}, 'rules': ["
		RULE("''", "'secrets'", "'get'") "]}\n");
	struct ka_binding b = binding("shop", "ClusterRole", "sum");
	struct ka_who ann = user("ann");
	struct ka_may_write may;
	char buf[256];

	(void)state;
	ka_rbac_may_write_binding(w.rbac, &ann, "create", &b, &may);
	assert_int_equal(may.how, KA_WRITE_UNCOVERED);
	assert_string_equal(ka_rule_part_text(&may.missing, buf), "get on secrets");
	ka_may_write_release(&may);
	end(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nobody_writes_more_into_a_role_than_he_has),
		cmocka_unit_test(a_cluster_role_is_covered_by_cluster_wide_grants_alone),
		cmocka_unit_test(masters_are_asked_nothing),
		cmocka_unit_test(escalate_is_asked_with_a_name_only_where_the_url_has_one),
		cmocka_unit_test(an_aggregation_rule_takes_full_authority),
		cmocka_unit_test(bind_is_asked_in_the_namespace_of_the_binding),
		cmocka_unit_test(bind_on_bindings_is_no_bind),
		cmocka_unit_test(whoever_has_a_role_may_hand_it_on),
		cmocka_unit_test(what_is_aggregated_must_be_covered_when_bound),
	};

	return cmocka_run_group_tests_name("rbac_escalate", tests, NULL, NULL);
}
