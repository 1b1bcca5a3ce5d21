/* What other tools are known to get wrong about RBAC, each as a question that has to be answered
 * right: rules and names, groups and bindings, who can, and what may be given away. */
#include <kassay/escalate.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "analysis/rbac_rules_testing.h"
#include "analysis/rbac_testing.h"
#include "util/banned.h"

#define RBAC "rbac.authorization.k8s.io"

static bool
rule_allows(const char *text, struct ka_request req)
{
	struct rules *rules = rules_of(text);
	bool yes = ka_rule_allows(rules->rule, &req);

	rules_free(rules);
	return yes;
}

/* One role, bound in ns (NULL: in the whole cluster). */
static struct world
granted(const char *ns, const char *rules, const char *subjects)
{
	struct ka_buf b;
	struct world w;

	ka_buf_init(&b, 1 << 20);
	put_grant(&b, ns, "role", rules, subjects);
	w = world(b.s);
	ka_buf_release(&b);
	return w;
}

static bool
may(const struct world *w, struct ka_who who, struct ka_request req)
{
	return ka_rbac_allows(w->rbac, &who, &req, NULL, NULL);
}

/* True when the subject, as it is written, is among those who can. */
static bool
can(const struct world *w, struct ka_request req, const char *subject)
{
	struct ka_allowance *list;
	size_t n = ka_rbac_who_can(w->rbac, &req, &list);
	bool yes = false;
	char buf[512];

	for (size_t i = 0; i < n; i++)
		yes = yes || !strcmp(ka_subject_text(list[i].grant.subject, buf), subject);
	free(list);
	return yes;
}

#define REQ(...) ((struct ka_request){ __VA_ARGS__ })
#define GET_PODS REQ(.verb = "get", .resource = "pods", .namespace = "shop")

/* ---- rules and names ---- */

static void
kubehound_takes_pods_star_for_a_wildcard(void **state)
{
	(void)state;
	assert_false(rule_allows("create|''|pods/*",
				 REQ(.verb = "create", .resource = "pods", .subresource = "exec")));
}

static void
kubehound_ignores_rules_with_names(void **state)
{
	(void)state;
	assert_true(rule_allows("get|''|secrets|db", REQ(.verb = "get", .resource = "secrets", .name = "db")));
	assert_false(rule_allows("get|''|secrets|db", REQ(.verb = "get", .resource = "secrets", .name = "x")));
	assert_true(rule_allows("create|''|pods/exec|web-0", REQ(.verb = "create", .resource = "pods",
								 .subresource = "exec", .name = "web-0")));
}

static void
kubehound_wants_workloads_in_the_core_group(void **state)
{
	(void)state;
	assert_true(rule_allows("create|apps|deployments",
				REQ(.verb = "create", .group = "apps", .resource = "deployments")));
}

static void
kubehound_calls_roles_critical_by_their_name(void **state)
{
	struct ka_buf b;
	struct world w;

	(void)state;
	ka_buf_init(&b, 1 << 20);
	put_grant(&b, NULL, "view", "get|''|pods", "User:ann");
	put_grant(&b, NULL, "harmless", "*|*|*", "User:bob");
	w = world(b.s);
	ka_buf_release(&b);
	assert_false(may(&w, user("ann"), REQ(.verb = "delete", .resource = "nodes")));
	assert_true(may(&w, user("bob"), REQ(.verb = "delete", .resource = "nodes")));
	end(&w);
}

static void
icekube_takes_a_star_of_names_for_all_names(void **state)
{
	(void)state;
	assert_false(rule_allows("get|''|secrets|*", REQ(.verb = "get", .resource = "secrets", .name = "db")));
}

static void
kubiscan_and_prowler_ignore_api_groups(void **state)
{
	(void)state;
	assert_false(rule_allows("get|metrics.k8s.io|pods", REQ(.verb = "get", .resource = "pods")));
	assert_false(rule_allows("*|example.com|secrets", REQ(.verb = "get", .resource = "secrets")));
	assert_false(rule_allows("bind|example.com|clusterroles",
				 REQ(.verb = "bind", .group = RBAC, .resource = "clusterroles", .name = "x")));
}

static void
kubiscan_wants_get_and_create_on_nodes_proxy(void **state)
{
	(void)state;
	assert_true(rule_allows("get|''|nodes/proxy", REQ(.verb = "get", .resource = "nodes",
							  .subresource = "proxy", .name = "n1")));
	assert_true(rule_allows("create|''|nodes/proxy", REQ(.verb = "create", .resource = "nodes",
							     .subresource = "proxy", .name = "n1")));
}

static void
kubiscan_and_icekube_want_get_pods_for_exec(void **state)
{
	struct world w = granted("shop", "create|''|pods/exec", "User:ann");

	(void)state;
	assert_true(may(&w, user("ann"), REQ(.verb = "create", .resource = "pods", .subresource = "exec",
					     .namespace = "shop", .name = "web")));
	assert_false(may(&w, user("ann"), GET_PODS));
	end(&w);
}

static void
rbac_tool_calls_the_core_group_core(void **state)
{
	(void)state;
	assert_true(rule_allows("get|''|nodes/proxy", REQ(.verb = "get", .group = "", .resource = "nodes",
							  .subresource = "proxy")));
	assert_false(rule_allows("get|core|nodes/proxy", REQ(.verb = "get", .group = "", .resource = "nodes",
							     .subresource = "proxy")));
	assert_non_null(ka_group_dead("core"));
	assert_null(ka_group_dead(""));
}

static void
kubesplaining_misses_star_slash_sub(void **state)
{
	(void)state;
	assert_true(rule_allows("create|''|*/exec",
				REQ(.verb = "create", .resource = "pods", .subresource = "exec")));
}

static void
kubesplaining_accepts_star_slash_star_as_a_signer(void **state)
{
	struct ka_request req = { .verb = "approve", .group = "certificates.k8s.io", .resource = "signers",
				  .name = "kubernetes.io/kube-apiserver-client" };
	(void)state;
	assert_false(rule_allows("approve|certificates.k8s.io|signers|*/*", req));
	/* The API server asks for the domain as well, as this very name. */
	assert_false(rule_allows("approve|certificates.k8s.io|signers|kubernetes.io/*", req));
	req.name = "kubernetes.io/*";
	assert_true(rule_allows("approve|certificates.k8s.io|signers|kubernetes.io/*", req));
	assert_false(rule_allows("approve|certificates.k8s.io|signers|*/*", req));
}

/* ---- groups and bindings ---- */

static void
kubehound_drops_accounts_of_other_namespaces(void **state)
{
	struct world w = granted("shop", "get|''|pods", "ServiceAccount:ci:bot");

	(void)state;
	assert_true(may(&w, account("ci", "bot"), GET_PODS));
	assert_false(may(&w, account("shop", "bot"), GET_PODS));
	end(&w);
}

static void
kubehound_icekube_and_kubesplaining_expand_no_groups_of_accounts(void **state)
{
	struct world all = granted("shop", "get|''|pods", "Group:system:serviceaccounts");
	struct world one = granted("shop", "get|''|pods", "Group:system:serviceaccounts:ci");
	struct world any = granted("shop", "get|''|pods", "Group:system:authenticated");

	(void)state;
	assert_true(may(&all, account("ci", "bot"), GET_PODS));
	assert_true(may(&one, account("ci", "bot"), GET_PODS));
	assert_false(may(&one, account("shop", "bot"), GET_PODS));
	assert_true(may(&any, account("ci", "bot"), GET_PODS));
	end(&all);
	end(&one);
	end(&any);
}

static void
rbac_police_stops_at_the_first_group(void **state)
{
	struct world w = granted("shop", "get|''|pods", "Group:devs,ServiceAccount:shop:web,User:ann");

	(void)state;
	assert_true(may(&w, account("shop", "web"), GET_PODS));
	assert_true(may(&w, user("ann"), GET_PODS));
	end(&w);
}

static void
rbac_police_and_icekube_know_no_masters(void **state)
{
	struct world w = granted("shop", "get|''|pods", "User:ann");

	(void)state;
	assert_true(may(&w, group("system:masters"), REQ(.verb = "delete", .resource = "nodes")));
	end(&w);
}

static void
kubiscan_joins_bindings_and_roles_by_name_alone(void **state)
{
	struct ka_buf b;
	struct world w;

	(void)state;
	ka_buf_init(&b, 1 << 20);
	put_role(&b, NULL, "admin", "*|*|*");
	put_grant(&b, "shop", "admin", "get|''|pods", "User:ann");
	w = world(b.s);
	ka_buf_release(&b);
	assert_true(may(&w, user("ann"), GET_PODS));
	assert_false(may(&w, user("ann"), REQ(.verb = "delete", .resource = "pods", .namespace = "shop")));
	end(&w);
}

static void
checkov_and_kubescape_join_roles_across_namespaces(void **state)
{
	struct ka_buf b;
	struct world w;

	(void)state;
	ka_buf_init(&b, 1 << 20);
	put_role(&b, "other", "reader", "get|''|pods");
	put_binding(&b, "shop", "b", "Role", "reader", "User:ann");
	w = world(b.s);
	ka_buf_release(&b);
	assert_false(may(&w, user("ann"), GET_PODS));
	assert_false(may(&w, user("ann"), REQ(.verb = "get", .resource = "pods", .namespace = "other")));
	end(&w);
}

static void
group_blind_tools_find_nobody(void **state)
{
	static const char *const devs[] = { "devs" };
	struct world w = granted(NULL, "*|*|*", "Group:devs");
	struct ka_who ann = user("ann");

	(void)state;
	assert_false(may(&w, ann, GET_PODS));
	ann.groups = (struct ka_strs){ 1, devs };
	assert_true(may(&w, ann, GET_PODS));
	assert_true(can(&w, GET_PODS, "Group:devs"));
	end(&w);
}

/* ---- who can ---- */

static void
kubectl_who_can_misses_star_slash_sub(void **state)
{
	struct world w = granted("shop", "create|''|*/exec", "User:ann");

	(void)state;
	assert_true(can(&w, REQ(.verb = "create", .resource = "pods", .subresource = "exec",
				.namespace = "shop"), "User:ann"));
	end(&w);
}

static void
kubectl_who_can_misses_url_prefixes(void **state)
{
	struct world w = granted(NULL, "get||||/metrics*", "User:ann");

	(void)state;
	assert_true(can(&w, REQ(.verb = "get", .url = "/metrics/cadvisor"), "User:ann"));
	end(&w);
}

static void
kubectl_who_can_leaves_out_masters(void **state)
{
	struct world w = granted("shop", "get|''|pods", "User:ann");

	(void)state;
	assert_true(can(&w, GET_PODS, "Group:system:masters"));
	assert_true(can(&w, REQ(.verb = "get", .url = "/metrics"), "Group:system:masters"));
	end(&w);
}

static void
kubectl_who_can_confuses_clusterroles_bound_in_a_namespace(void **state)
{
	struct ka_buf b;
	struct world w;

	(void)state;
	ka_buf_init(&b, 1 << 20);
	put_role(&b, NULL, "reader", "get|''|pods,nodes");
	put_binding(&b, "shop", "b", "ClusterRole", "reader", "User:ann");
	w = world(b.s);
	ka_buf_release(&b);
	assert_true(can(&w, GET_PODS, "User:ann"));
	assert_false(can(&w, REQ(.verb = "get", .resource = "pods", .namespace = "other"), "User:ann"));
	assert_false(can(&w, REQ(.verb = "get", .resource = "pods"), "User:ann"));
	assert_false(can(&w, REQ(.verb = "get", .resource = "nodes"), "User:ann"));
	end(&w);
}

static void
rbac_tool_hides_what_is_called_system(void **state)
{
	struct world w = granted(NULL, "get|''|secrets", "User:system:mallory,ServiceAccount:kube-system:dns");

	(void)state;
	assert_true(can(&w, REQ(.verb = "get", .resource = "secrets"), "User:system:mallory"));
	assert_true(can(&w, REQ(.verb = "get", .resource = "secrets"), "ServiceAccount:kube-system:dns"));
	end(&w);
}

/* ---- what may be given away ---- */

static enum ka_write
binds(const struct world *w, struct ka_who who, const char *ns, const char *kind, const char *name)
{
	const struct ka_binding binding = {
		.obj = { .kind = ns ? KA_ROLEBINDING : KA_CLUSTERROLEBINDING, .namespace = ns, .name = "new" },
		.role_group = RBAC,
		.role_kind = kind,
		.role_name = name,
	};
	struct ka_may_write may_write;
	enum ka_write how;

	ka_rbac_may_write_binding(w->rbac, &who, "create", &binding, &may_write);
	how = may_write.how;
	ka_may_write_release(&may_write);
	return how;
}

static void
kubesplaining_takes_writers_of_bindings_for_admins(void **state)
{
	struct world w = granted(NULL, "create|" RBAC "|rolebindings,clusterrolebindings", "User:ann");

	(void)state;
	assert_int_equal(binds(&w, user("ann"), NULL, "ClusterRole", "cluster-admin"), KA_WRITE_UNCOVERED);
	assert_int_equal(binds(&w, user("ann"), "shop", "ClusterRole", "edit"), KA_WRITE_UNCOVERED);
	assert_int_equal(binds(&w, user("ann"), NULL, "ClusterRole", "role"), KA_WRITE_COVERED);
	end(&w);
}

static void
kubesplaining_calls_bind_in_a_namespace_dead(void **state)
{
	struct world w = granted("shop", "create|" RBAC "|rolebindings;bind|" RBAC "|clusterroles|cluster-admin",
				 "User:ann");

	(void)state;
	assert_int_equal(binds(&w, user("ann"), "shop", "ClusterRole", "cluster-admin"), KA_WRITE_BIND);
	assert_int_equal(binds(&w, user("ann"), "other", "ClusterRole", "cluster-admin"), KA_WRITE_NO_VERB);
	end(&w);
}

static void
rbac_police_looks_for_bind_on_bindings(void **state)
{
	struct world w = granted(NULL, "create,bind|" RBAC "|rolebindings,clusterrolebindings", "User:ann");

	(void)state;
	assert_int_equal(binds(&w, user("ann"), NULL, "ClusterRole", "cluster-admin"), KA_WRITE_UNCOVERED);
	end(&w);
}

static void
krane_and_kubiscan_combine_no_roles_of_one_subject(void **state)
{
	struct ka_buf b;
	struct world w;

	(void)state;
	ka_buf_init(&b, 1 << 20);
	put_grant(&b, NULL, "writer", "create|" RBAC "|clusterrolebindings", "User:ann");
	put_grant(&b, NULL, "binder", "bind|" RBAC "|clusterroles", "Group:devs");
	w = world(b.s);
	ka_buf_release(&b);
	assert_int_equal(binds(&w, user("ann"), NULL, "ClusterRole", "cluster-admin"), KA_WRITE_UNCOVERED);
	{
		static const char *const devs[] = { "devs" };
		struct ka_who ann = user("ann");

		ann.groups = (struct ka_strs){ 1, devs };
		assert_int_equal(binds(&w, ann, NULL, "ClusterRole", "cluster-admin"), KA_WRITE_BIND);
	}
	end(&w);
}

static void
rbac_tool_takes_bind_alone_for_enough(void **state)
{
	struct world w = granted(NULL, "bind|" RBAC "|clusterroles", "User:ann");

	(void)state;
	assert_int_equal(binds(&w, user("ann"), NULL, "ClusterRole", "cluster-admin"), KA_WRITE_NO_VERB);
	end(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kubehound_takes_pods_star_for_a_wildcard),
		cmocka_unit_test(kubehound_ignores_rules_with_names),
		cmocka_unit_test(kubehound_wants_workloads_in_the_core_group),
		cmocka_unit_test(kubehound_calls_roles_critical_by_their_name),
		cmocka_unit_test(icekube_takes_a_star_of_names_for_all_names),
		cmocka_unit_test(kubiscan_and_prowler_ignore_api_groups),
		cmocka_unit_test(kubiscan_wants_get_and_create_on_nodes_proxy),
		cmocka_unit_test(kubiscan_and_icekube_want_get_pods_for_exec),
		cmocka_unit_test(rbac_tool_calls_the_core_group_core),
		cmocka_unit_test(kubesplaining_misses_star_slash_sub),
		cmocka_unit_test(kubesplaining_accepts_star_slash_star_as_a_signer),
		cmocka_unit_test(kubehound_drops_accounts_of_other_namespaces),
		cmocka_unit_test(kubehound_icekube_and_kubesplaining_expand_no_groups_of_accounts),
		cmocka_unit_test(rbac_police_stops_at_the_first_group),
		cmocka_unit_test(rbac_police_and_icekube_know_no_masters),
		cmocka_unit_test(kubiscan_joins_bindings_and_roles_by_name_alone),
		cmocka_unit_test(checkov_and_kubescape_join_roles_across_namespaces),
		cmocka_unit_test(group_blind_tools_find_nobody),
		cmocka_unit_test(kubectl_who_can_misses_star_slash_sub),
		cmocka_unit_test(kubectl_who_can_misses_url_prefixes),
		cmocka_unit_test(kubectl_who_can_leaves_out_masters),
		cmocka_unit_test(kubectl_who_can_confuses_clusterroles_bound_in_a_namespace),
		cmocka_unit_test(rbac_tool_hides_what_is_called_system),
		cmocka_unit_test(kubesplaining_takes_writers_of_bindings_for_admins),
		cmocka_unit_test(kubesplaining_calls_bind_in_a_namespace_dead),
		cmocka_unit_test(rbac_police_looks_for_bind_on_bindings),
		cmocka_unit_test(krane_and_kubiscan_combine_no_roles_of_one_subject),
		cmocka_unit_test(rbac_tool_takes_bind_alone_for_enough),
	};

	return cmocka_run_group_tests_name("rbac_defects", tests, NULL, NULL);
}
