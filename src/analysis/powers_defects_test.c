/* Where other tools that look for dangerous permissions are wrong, by what they say of a few bindings:
 * each a case of its own, so that a change that makes the same mistake is told by name. */
#include "analysis/powers_testing.h"

#include "util/banned.h"

#define PODS_IN(ns, subject) GRANT_IN(ns, "p", RULE("''", "'pods'", "'create'"), subject)

/* ---- KubeHound ---- */

static void
kubehound_misses_an_exact_grant_of_deployments_in_apps(void **state)
{
	(void)state;
	expect_powers(GRANT_IN("shop", "d", RULE("'apps'", "'deployments'", "'create'"), USER("ann")), user("ann"),
		      "create-pods@shop");
	expect_powers(GRANT_IN("shop", "d", RULE("''", "'deployments'", "'create'"), USER("ann")), user("ann"), "");
}

static void
kubehound_takes_a_star_after_the_slash_for_a_wildcard(void **state)
{
	(void)state;
	expect_powers(GRANT_IN("shop", "e", RULE("''", "'pods/*'", "'create', 'get'"), USER("ann")), user("ann"), "");
	expect_powers(GRANT_IN("shop", "e", RULE("''", "'*/*'", "'*'"), USER("ann")), user("ann"), "");
	expect_powers(GRANT_IN("shop", "e", RULE("''", "'*/exec'", "'create'"), USER("ann")), user("ann"),
		      "exec@shop");
}

static void
kubehound_drops_accounts_of_other_namespaces(void **state)
{
	(void)state;
	expect_powers(PODS_IN("shop", ACCOUNT("bank", "teller")), account("bank", "teller"), "create-pods@shop");
	expect_powers(PODS_IN("shop", ACCOUNT("bank", "teller")), account("shop", "teller"), "");
}

static void
kubehound_does_not_expand_the_groups_of_accounts(void **state)
{
	(void)state;
	expect_powers(PODS_IN("shop", GROUP("system:serviceaccounts")), account("bank", "teller"),
		      "create-pods@shop");
	expect_powers(PODS_IN("shop", GROUP("system:serviceaccounts:bank")), account("bank", "teller"),
		      "create-pods@shop");
	expect_powers(PODS_IN("shop", GROUP("system:serviceaccounts:bank")), account("shop", "web"), "");
	expect_powers(PODS_IN("shop", GROUP("system:authenticated")), account("bank", "teller"), "create-pods@shop");
	expect_powers(PODS_IN("shop", GROUP("system:unauthenticated")), user("system:anonymous"),
		      "create-pods@shop");
}

static void
kubehound_ignores_rules_with_resource_names(void **state)
{
	(void)state;
	expect_powers(GRANT_IN("shop", "t", NAMED_RULE("''", "'serviceaccounts/token'", "'create'", "'web', 'api'"),
			       USER("ann")),
		      user("ann"), "tokens@shop(api,web)");
	expect_powers(GRANT_IN("shop", "e", NAMED_RULE("''", "'pods/exec'", "'create'", "'db-0'"), USER("ann")),
		      user("ann"), "exec@shop(db-0)");
}

static void
kubehound_calls_roles_critical_by_name(void **state)
{
	(void)state;
	expect_powers(GRANT("cluster-admin", RULE("''", "'pods'", "'get'"), USER("ann")), user("ann"), "");
	expect_powers(GRANT("harmless", RULE("'*'", "'*'", "'*'"), USER("ann")), user("ann"), "everything@*");
}

/* PR #299: a role in one place, the right to bind in another. */
static void
kubehound_joins_bind_and_bindings_of_different_namespaces(void **state)
{
	(void)state;
	expect_powers(GRANT_IN("shop", "b", RULE(RBAC_GROUP, "'roles'", "'bind'"), USER("ann"))
			      GRANT_IN("bank", "w", RULE(RBAC_GROUP, "'rolebindings'", "'create'"), USER("ann")),
		      user("ann"), "write-rbac@bank bind@shop?");
}

static void
kubehound_does_not_know_update_and_patch_of_bindings(void **state)
{
	(void)state;
	expect_powers(GRANT("b", RULE(RBAC_GROUP, "'clusterroles'", "'bind'") ","
				 RULE(RBAC_GROUP, "'clusterrolebindings'", "'patch'"), USER("ann")),
		      user("ann"), "bind@* write-rbac@*");
}

/* ---- IceKube ---- */

static void
icekube_takes_a_star_for_any_name(void **state)
{
	(void)state;
	expect_powers(GRANT("s", NAMED_RULE("''", "'secrets'", "'get'", "'*'"), USER("ann")), user("ann"), "");
	expect_powers(GRANT("n", NAMED_RULE("''", "'nodes/proxy'", "'get'", "'*'"), USER("ann")), user("ann"), "");
}

static void
icekube_lets_certificates_be_of_system_masters(void **state)
{
	struct world w = world(GRANT("a", RULE(CSR_GROUP, "'*'", "'*'"), USER("ann")));
	struct ka_powers *p = ka_powers_new(w.rbac);
	struct ka_who ann = user("ann");
	struct ka_power_list list;

	(void)state;
	ka_powers_of(p, &ann, KA_POWERS_ALL, &list);
	assert_int_equal(list.power[0].cap, KA_CAP_CERTIFY_USERS);
	assert_non_null(strstr(list.power[0].leads_to, "but system:masters"));
	ka_power_list_release(&list);
	ka_powers_free(p);
	end(&w);
}

static void
icekube_forgets_to_fetch_the_certificate(void **state)
{
	(void)state;
	expect_powers(GRANT("a", RULE(CSR_GROUP, "'certificatesigningrequests'", "'create'") ","
				 RULE(CSR_GROUP, "'certificatesigningrequests/approval'", "'patch'") ","
				 RULE(CSR_GROUP, "'signers'", "'approve'"), USER("ann")),
		      user("ann"), "certify-users@*?");
}

static void
icekube_has_neither_bind_nor_webhooks(void **state)
{
	(void)state;
	expect_powers(GRANT("w", RULE("'admissionregistration.k8s.io'", "'mutatingwebhookconfigurations'", "'patch'"),
			    USER("ann")),
		      user("ann"), "webhooks@*");
}

static void
icekube_wants_get_pods_for_exec(void **state)
{
	(void)state;
	expect_powers(GRANT_IN("shop", "e", RULE("''", "'pods/exec'", "'create'"), USER("ann")), user("ann"),
		      "exec@shop");
	expect_powers(GRANT_IN("shop", "e", RULE("''", "'pods/ephemeralcontainers'", "'patch'"), USER("ann")),
		      user("ann"), "exec@shop");
}

static void
icekube_lets_escalate_do_without_an_update(void **state)
{
	(void)state;
	expect_powers(GRANT("e", RULE(RBAC_GROUP, "'clusterroles'", "'escalate'"), USER("ann")), user("ann"),
		      "escalate@*?");
}

/* ---- rbac-police ---- */

static void
rbac_police_stops_at_the_first_group(void **state)
{
	(void)state;
	expect_powers(GRANT("x", RULE("'*'", "'*'", "'*'"), GROUP("devs") "," ACCOUNT("shop", "web")),
		      account("shop", "web"), "everything@*");
}

static void
rbac_police_looks_for_bind_on_bindings(void **state)
{
	(void)state;
	expect_powers(GRANT("b", RULE(RBAC_GROUP, "'clusterrolebindings', 'rolebindings'", "'bind', 'create'"),
			    USER("ann")),
		      user("ann"), "write-rbac@*");
	expect_powers(GRANT("b", RULE(RBAC_GROUP, "'clusterroles'", "'bind'") ","
				 RULE(RBAC_GROUP, "'clusterrolebindings'", "'create'"), USER("ann")),
		      user("ann"), "bind@* write-rbac@*");
}

static void
rbac_police_ignores_system_masters(void **state)
{
	struct ka_who ann = user("ann");
	const char *const masters[] = { "system:masters" };

	(void)state;
	ann.groups = (struct ka_strs){ 1, masters };
	expect_powers("", ann, "everything@*");
}

/* ---- KubiScan ---- */

static void
kubiscan_wants_get_and_create_for_nodes_proxy(void **state)
{
	(void)state;
	expect_powers(GRANT("n", RULE("''", "'nodes/proxy'", "'get'"), USER("ann")), user("ann"), "nodes-proxy@*");
	expect_powers(GRANT("n", RULE("''", "'nodes/proxy'", "'create'"), USER("ann")), user("ann"), "nodes-proxy@*");
	expect_powers(GRANT("n", RULE("''", "'nodes/proxy'", "'delete'"), USER("ann")), user("ann"), "");
}

static void
kubiscan_ignores_api_groups(void **state)
{
	(void)state;
	expect_powers(GRANT("s", RULE("'example.com'", "'secrets', 'pods', 'nodes/proxy'", "'*'"), USER("ann")),
		      user("ann"), "");
}

static void
kubiscan_joins_bindings_to_roles_by_name_alone(void **state)
{
	(void)state;
	expect_powers(ROLE("shop", "r", RULE("''", "'secrets'", "'get'")) CLUSTERROLE("r", RULE("''", "'pods'", "'get'"))
			      RB("shop", "b", "ClusterRole", "r", USER("ann")),
		      user("ann"), "");
	expect_powers(ROLE("shop", "r", RULE("''", "'secrets'", "'get'"))
			      RB("bank", "b", "Role", "r", USER("ann")),
		      user("ann"), "");
}

static void
kubiscan_knows_update_of_controllers_but_not_patch(void **state)
{
	(void)state;
	expect_powers(GRANT_IN("shop", "d", RULE("'apps'", "'daemonsets'", "'patch'"), USER("ann")), user("ann"),
		      "create-pods@shop");
}

/* Stars and exact entries that say the same are one grant. */
static void
kubiscan_counts_a_rule_twice(void **state)
{
	(void)state;
	expect_powers(GRANT("s", RULE("'', '*'", "'secrets', '*'", "'get', 'list', 'watch'"), USER("ann")),
		      user("ann"), "read-secrets@* exec@* port-forward@* nodes-proxy@*");
}

/* ---- krane ---- */

static void
krane_combines_permissions_of_one_role_alone(void **state)
{
	(void)state;
	expect_powers(GRANT("a", RULE(RBAC_GROUP, "'clusterroles'", "'escalate'"), USER("ann"))
			      GRANT("b", RULE(RBAC_GROUP, "'clusterroles'", "'update'"), USER("ann")),
		      user("ann"), "escalate@* write-rbac@*");
	expect_powers(GRANT_IN("shop", "a", RULE("''", "'secrets'", "'create'"), USER("ann"))
			      GRANT_IN("shop", "b", RULE("'batch'", "'cronjobs'", "'create'"), USER("ann")),
		      user("ann"), "mint-tokens@shop create-pods@shop");
}

static void
krane_combines_permissions_of_different_subjects_of_a_role(void **state)
{
	(void)state;
	expect_powers(GRANT("a", RULE(RBAC_GROUP, "'clusterroles'", "'escalate'"), USER("ann"))
			      GRANT("b", RULE(RBAC_GROUP, "'clusterroles'", "'update'"), USER("bob")),
		      user("ann"), "escalate@*?");
}

/* ---- rbac-tool ---- */

static void
rbac_tool_never_fires_on_the_core_group(void **state)
{
	(void)state;
	expect_powers(GRANT("n", RULE("''", "'nodes/proxy'", "'get'"), USER("ann")), user("ann"), "nodes-proxy@*");
	expect_powers(GRANT_IN("shop", "e", RULE("''", "'pods/ephemeralcontainers'", "'update'"), USER("ann")),
		      user("ann"), "exec@shop");
	expect_powers(GRANT_IN("shop", "e", RULE("''", "'pods/attach'", "'create'"), USER("ann")), user("ann"),
		      "exec@shop");
	expect_powers(GRANT_IN("shop", "e", RULE("'core'", "'pods/exec'", "'create'"), USER("ann")), user("ann"), "");
}

static void
rbac_tool_leaves_out_the_apps_group(void **state)
{
	(void)state;
	expect_powers(GRANT_IN("shop", "d", RULE("'apps'", "'statefulsets'", "'create'"), USER("ann")), user("ann"),
		      "create-pods@shop");
}

static void
rbac_tool_takes_bind_alone_for_an_escalation(void **state)
{
	(void)state;
	expect_powers(GRANT("b", RULE(RBAC_GROUP, "'clusterroles'", "'bind'"), USER("ann")), user("ann"), "bind@*?");
}

static void
rbac_tool_takes_writing_roles_for_escalation(void **state)
{
	(void)state;
	expect_powers(GRANT("w", RULE(RBAC_GROUP, "'clusterroles'", "'create', 'update', 'patch'"), USER("ann")),
		      user("ann"), "write-rbac@*");
}

static void
rbac_tool_hides_kube_system_and_names_that_begin_with_system(void **state)
{
	(void)state;
	expect_powers(GRANT("x", RULE("''", "'secrets'", "'get'"), ACCOUNT("kube-system", "tiller")),
		      account("kube-system", "tiller"), "read-secrets@*");
	expect_powers(GRANT("x", RULE("''", "'secrets'", "'get'"), USER("system:mine")), user("system:mine"),
		      "read-secrets@*");
}

/* ---- kubesplaining ---- */

static void
kubesplaining_takes_writing_bindings_for_cluster_admin(void **state)
{
	(void)state;
	expect_powers(GRANT("w", RULE(RBAC_GROUP, "'rolebindings', 'clusterrolebindings'", "'create'"), USER("ann")),
		      user("ann"), "write-rbac@*");
}

static void
kubesplaining_calls_bind_on_cluster_roles_in_a_namespace_dead(void **state)
{
	(void)state;
	expect_powers(GRANT_IN("shop", "b", RULE(RBAC_GROUP, "'clusterroles'", "'bind'") ","
				    RULE(RBAC_GROUP, "'rolebindings'", "'create'"), USER("ann")),
		      user("ann"), "bind@shop write-rbac@shop");
}

static void
kubesplaining_takes_any_star_for_a_signer(void **state)
{
#define APPROVES(names)                                                                        \
	GRANT("a", RULE(CSR_GROUP, "'certificatesigningrequests'", "'create', 'get'") ","          \
		   RULE(CSR_GROUP, "'certificatesigningrequests/approval'", "'update'"), USER("ann"))  \
	GRANT("s", NAMED_RULE(CSR_GROUP, "'signers'", "'approve'", names), USER("ann"))
	(void)state;
	expect_powers(APPROVES("'*/*'"), user("ann"), "certify-users@*?");
	expect_powers(APPROVES("'*'"), user("ann"), "certify-users@*?");
	expect_powers(APPROVES("'kubernetes.io/kube-*'"), user("ann"), "certify-users@*?");
	expect_powers(APPROVES("'kubernetes.io/*'"), user("ann"), "certify-users@* certify-nodes@*");
}

static void
kubesplaining_does_not_match_a_star_before_the_slash(void **state)
{
	(void)state;
	expect_powers(GRANT_IN("shop", "e", RULE("''", "'*/token'", "'create'"), USER("ann")), user("ann"),
		      "tokens@shop");
	expect_powers(GRANT("e", RULE("''", "'*/proxy'", "'get'"), USER("ann")), user("ann"),
		      "port-forward@* nodes-proxy@*");
}

/* ---- what several get wrong ---- */

static void
many_take_a_role_binding_for_permission_on_nodes(void **state)
{
	(void)state;
	expect_powers(CLUSTERROLE("n", RULE("''", "'nodes/proxy', 'persistentvolumes'", "'*'"))
			      RB("shop", "n", "ClusterRole", "n", USER("ann")),
		      user("ann"), "");
}

static void
many_take_create_by_name_for_a_permission(void **state)
{
	(void)state;
	expect_powers(GRANT_IN("shop", "p", NAMED_RULE("''", "'pods', 'secrets'", "'create'", "'a'"), USER("ann")),
		      user("ann"), "");
}

static void
many_miss_that_a_role_binding_relabels_its_own_namespace(void **state)
{
	(void)state;
	expect_powers(GRANT_IN("shop", "n", RULE("''", "'namespaces'", "'patch'"), USER("ann")), user("ann"),
		      "write-namespaces@shop");
	expect_powers(GRANT_IN("shop", "n", NAMED_RULE("''", "'namespaces'", "'patch'", "'shop'"), USER("ann")),
		      user("ann"), "write-namespaces@shop");
	expect_powers(GRANT_IN("shop", "n", NAMED_RULE("''", "'namespaces'", "'patch'", "'bank'"), USER("ann")),
		      user("ann"), "");
}

static void
many_miss_what_aggregation_adds(void **state)
{
	(void)state;
	expect_powers("{" RBAC_API "'kind': 'ClusterRole', 'metadata': {'name': 'sum'}, 'aggregationRule': "
		      "{'clusterRoleSelectors': [{'matchLabels': {'to': 'sum'}}]}}\n"
		      "{" RBAC_API "'kind': 'ClusterRole', 'metadata': {'name': 'part', 'labels': {'to': 'sum'}}, 'rules': ["
		      RULE("''", "'pods/exec'", "'create'") "]}\n"
		      CRB("b", "sum", USER("ann")),
		      user("ann"), "exec@*");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kubehound_misses_an_exact_grant_of_deployments_in_apps),
		cmocka_unit_test(kubehound_takes_a_star_after_the_slash_for_a_wildcard),
		cmocka_unit_test(kubehound_drops_accounts_of_other_namespaces),
		cmocka_unit_test(kubehound_does_not_expand_the_groups_of_accounts),
		cmocka_unit_test(kubehound_ignores_rules_with_resource_names),
		cmocka_unit_test(kubehound_calls_roles_critical_by_name),
		cmocka_unit_test(kubehound_joins_bind_and_bindings_of_different_namespaces),
		cmocka_unit_test(kubehound_does_not_know_update_and_patch_of_bindings),
		cmocka_unit_test(icekube_takes_a_star_for_any_name),
		cmocka_unit_test(icekube_lets_certificates_be_of_system_masters),
		cmocka_unit_test(icekube_forgets_to_fetch_the_certificate),
		cmocka_unit_test(icekube_has_neither_bind_nor_webhooks),
		cmocka_unit_test(icekube_wants_get_pods_for_exec),
		cmocka_unit_test(icekube_lets_escalate_do_without_an_update),
		cmocka_unit_test(rbac_police_stops_at_the_first_group),
		cmocka_unit_test(rbac_police_looks_for_bind_on_bindings),
		cmocka_unit_test(rbac_police_ignores_system_masters),
		cmocka_unit_test(kubiscan_wants_get_and_create_for_nodes_proxy),
		cmocka_unit_test(kubiscan_ignores_api_groups),
		cmocka_unit_test(kubiscan_joins_bindings_to_roles_by_name_alone),
		cmocka_unit_test(kubiscan_knows_update_of_controllers_but_not_patch),
		cmocka_unit_test(kubiscan_counts_a_rule_twice),
		cmocka_unit_test(krane_combines_permissions_of_one_role_alone),
		cmocka_unit_test(krane_combines_permissions_of_different_subjects_of_a_role),
		cmocka_unit_test(rbac_tool_never_fires_on_the_core_group),
		cmocka_unit_test(rbac_tool_leaves_out_the_apps_group),
		cmocka_unit_test(rbac_tool_takes_bind_alone_for_an_escalation),
		cmocka_unit_test(rbac_tool_takes_writing_roles_for_escalation),
		cmocka_unit_test(rbac_tool_hides_kube_system_and_names_that_begin_with_system),
		cmocka_unit_test(kubesplaining_takes_writing_bindings_for_cluster_admin),
		cmocka_unit_test(kubesplaining_calls_bind_on_cluster_roles_in_a_namespace_dead),
		cmocka_unit_test(kubesplaining_takes_any_star_for_a_signer),
		cmocka_unit_test(kubesplaining_does_not_match_a_star_before_the_slash),
		cmocka_unit_test(many_take_a_role_binding_for_permission_on_nodes),
		cmocka_unit_test(many_take_create_by_name_for_a_permission),
		cmocka_unit_test(many_miss_that_a_role_binding_relabels_its_own_namespace),
		cmocka_unit_test(many_miss_what_aggregation_adds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
