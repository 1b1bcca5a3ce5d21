#include "analysis/powers_testing.h"

#include "util/banned.h"

/* ---- one rule ---- */

enum given { NONE, NAMED, ALL, PART }; /* PART: something is lacking */

static enum given
given_by(const struct ka_powers *p, const struct ka_grant *grant, enum ka_cap cap)
{
	struct ka_power power;

	if (!ka_powers_through(p, grant, NULL, cap, &power))
		return NONE;
	assert_non_null(power.step[0].rule);
	assert_ptr_equal(power.step[0].grant.binding, grant->binding);
	return power.lacks ? PART : power.width == KA_WIDTH_ALL ? ALL : NAMED;
}

static void
a_rule_gives_these_capabilities(void **state)
{
	static const struct {
		const char *rule;
		enum ka_cap cap;
		enum given cluster, namespaced;
	} cases[] = {
		{ RULE("'*'", "'*'", "'*'"), KA_CAP_EVERYTHING, ALL, ALL },
		{ RULE("'', '*'", "'x', '*'", "'get', '*'"), KA_CAP_EVERYTHING, ALL, ALL },
		{ RULE("'*'", "'*'", "'*'"), KA_CAP_READ_SECRETS, NONE, NONE },
		{ RULE("'*'", "'*'", "'get'"), KA_CAP_EVERYTHING, NONE, NONE },
		{ RULE("''", "'*'", "'*'"), KA_CAP_EVERYTHING, NONE, NONE },
		{ RULE("'*'", "'*/*'", "'*'"), KA_CAP_EVERYTHING, NONE, NONE },
		{ NAMED_RULE("'*'", "'*'", "'*'", "'a'"), KA_CAP_EVERYTHING, NONE, NONE },
		{ NAMED_RULE("'*'", "'*'", "'*'", "'a'"), KA_CAP_READ_SECRETS, NAMED, NAMED },

		{ RULE("''", "'secrets'", "'list'"), KA_CAP_READ_SECRETS, ALL, ALL },
		{ RULE("''", "'secrets'", "'watch'"), KA_CAP_READ_SECRETS, ALL, ALL },
		{ RULE("''", "'secrets'", "'create', 'delete'"), KA_CAP_READ_SECRETS, NONE, NONE },
		{ RULE("'apps'", "'secrets'", "'get'"), KA_CAP_READ_SECRETS, NONE, NONE },
		{ RULE("'*'", "'*'", "'get'"), KA_CAP_READ_SECRETS, ALL, ALL },
		{ RULE("''", "'secrets/*', '*/*'", "'get'"), KA_CAP_READ_SECRETS, NONE, NONE },
		{ NAMED_RULE("''", "'secrets'", "'get'", "'a'"), KA_CAP_READ_SECRETS, NAMED, NAMED },
		{ NAMED_RULE("''", "'secrets'", "'list'", "'a'"), KA_CAP_READ_SECRETS, NAMED, NAMED },
		{ NAMED_RULE("''", "'secrets'", "'get'", "'*'"), KA_CAP_READ_SECRETS, NONE, NONE },
		{ NAMED_RULE("''", "'secrets'", "'list'", "''"), KA_CAP_READ_SECRETS, ALL, ALL },
		{ NAMED_RULE("''", "'secrets'", "'get'", "''"), KA_CAP_READ_SECRETS, NONE, NONE },

		{ RULE("''", "'pods'", "'create'"), KA_CAP_CREATE_PODS, ALL, ALL },
		{ RULE("'apps'", "'deployments'", "'patch'"), KA_CAP_CREATE_PODS, ALL, ALL },
		{ RULE("''", "'deployments'", "'create'"), KA_CAP_CREATE_PODS, NONE, NONE },
		{ RULE("'batch'", "'jobs'", "'update'"), KA_CAP_CREATE_PODS, NONE, NONE },
		{ RULE("'batch'", "'cronjobs'", "'update'"), KA_CAP_CREATE_PODS, ALL, ALL },
		{ RULE("'apps'", "'deployments/scale'", "'*'"), KA_CAP_CREATE_PODS, NONE, NONE },
		{ NAMED_RULE("''", "'pods'", "'create'", "'a'"), KA_CAP_CREATE_PODS, NONE, NONE },
		{ NAMED_RULE("'batch'", "'jobs'", "'create', 'get'", "'a'"), KA_CAP_CREATE_PODS, NONE, NONE },
		{ NAMED_RULE("'batch'", "'jobs'", "'create', 'patch'", "'a'"), KA_CAP_CREATE_PODS, NAMED, NAMED },
		{ NAMED_RULE("'apps'", "'deployments'", "'update'", "'a'"), KA_CAP_CREATE_PODS, NAMED, NAMED },

		{ RULE("''", "'pods/exec'", "'create'"), KA_CAP_EXEC, ALL, ALL },
		{ RULE("''", "'*/exec'", "'create'"), KA_CAP_EXEC, ALL, ALL },
		{ RULE("''", "'pods/*'", "'create'"), KA_CAP_EXEC, NONE, NONE },
		{ RULE("''", "'pods'", "'create'"), KA_CAP_EXEC, NONE, NONE },
		{ RULE("''", "'pods/attach'", "'get'"), KA_CAP_EXEC, ALL, ALL },
		{ RULE("''", "'pods/ephemeralcontainers'", "'patch'"), KA_CAP_EXEC, ALL, ALL },
		{ RULE("''", "'pods/ephemeralcontainers'", "'create'"), KA_CAP_EXEC, NONE, NONE },
		{ NAMED_RULE("''", "'pods/exec'", "'create'", "'a'"), KA_CAP_EXEC, NAMED, NAMED },

		{ RULE(RBAC_GROUP, "'roles'", "'escalate'"), KA_CAP_ESCALATE, PART, PART },
		{ RULE(RBAC_GROUP, "'clusterroles'", "'escalate'"), KA_CAP_ESCALATE, PART, NONE },
		{ RULE(RBAC_GROUP, "'clusterroles'", "'bind'"), KA_CAP_BIND, PART, PART },
		{ RULE(RBAC_GROUP, "'clusterrolebindings'", "'bind'"), KA_CAP_BIND, NONE, NONE },
		{ NAMED_RULE(RBAC_GROUP, "'clusterroles'", "'bind'", "'view'"), KA_CAP_BIND, PART, PART },
		{ RULE(RBAC_GROUP, "'rolebindings'", "'create'"), KA_CAP_WRITE_RBAC, ALL, ALL },
		{ RULE(RBAC_GROUP, "'clusterrolebindings'", "'create'"), KA_CAP_WRITE_RBAC, ALL, NONE },

		{ RULE("''", "'users'", "'impersonate'"), KA_CAP_IMPERSONATE, ALL, NONE },
		{ RULE("''", "'serviceaccounts'", "'impersonate'"), KA_CAP_IMPERSONATE, ALL, ALL },
		{ RULE("'authentication.k8s.io'", "'userextras/scopes'", "'impersonate'"), KA_CAP_IMPERSONATE, PART,
		  NONE },
		{ RULE("'authentication.k8s.io'", "'users'", "'impersonate'"), KA_CAP_IMPERSONATE, NONE, NONE },
		{ NAMED_RULE("''", "'users'", "'impersonate'", "'ann'"), KA_CAP_IMPERSONATE, NAMED, NONE },

		{ RULE("''", "'nodes/proxy'", "'get'"), KA_CAP_NODES_PROXY, ALL, NONE },
		{ RULE("''", "'*/proxy'", "'get'"), KA_CAP_NODES_PROXY, ALL, NONE },
		{ RULE("''", "'nodes/proxy'", "'list'"), KA_CAP_NODES_PROXY, NONE, NONE },
		{ RULE("''", "'nodes'", "'*'"), KA_CAP_NODES_PROXY, NONE, NONE },
		{ NAMED_RULE("''", "'nodes/proxy'", "'create'", "'n1'"), KA_CAP_NODES_PROXY, NAMED, NONE },

		{ RULE("'certificates.k8s.io'", "'certificatesigningrequests/approval'", "'update'"),
		  KA_CAP_CERTIFY_USERS, PART, NONE },
		{ RULE("'certificates.k8s.io'", "'certificatesigningrequests'", "'update'"), KA_CAP_CERTIFY_USERS,
		  NONE, NONE },
		{ NAMED_RULE("'certificates.k8s.io'", "'signers'", "'approve'", "'kubernetes.io/*'"),
		  KA_CAP_CERTIFY_USERS, PART, NONE },
		{ NAMED_RULE("'certificates.k8s.io'", "'signers'", "'sign'", "'example.com/*'"),
		  KA_CAP_SIGN, NONE, NONE },

		{ RULE("'admissionregistration.k8s.io'", "'mutatingwebhookconfigurations'", "'patch'"),
		  KA_CAP_WEBHOOKS, ALL, NONE },
		{ RULE("'admissionregistration.k8s.io'", "'validatingadmissionpolicybindings'", "'delete'"),
		  KA_CAP_WEBHOOKS, ALL, NONE },
		{ RULE("'admissionregistration.k8s.io'", "'*'", "'list'"), KA_CAP_WEBHOOKS, NONE, NONE },
		{ RULE("''", "'serviceaccounts/token'", "'create'"), KA_CAP_TOKENS, ALL, ALL },
		{ NAMED_RULE("''", "'serviceaccounts/token'", "'create'", "'a'"), KA_CAP_TOKENS, NAMED, NAMED },
		{ RULE("''", "'serviceaccounts'", "'create'"), KA_CAP_TOKENS, NONE, NONE },
		{ RULE("''", "'persistentvolumes'", "'create'"), KA_CAP_CREATE_PV, PART, NONE },
		{ RULE("''", "'persistentvolumeclaims'", "'create'"), KA_CAP_CREATE_PV, NONE, NONE },
		{ RULE("''", "'namespaces'", "'patch'"), KA_CAP_WRITE_NAMESPACES, ALL, ALL },
		{ RULE("''", "'namespaces/status'", "'update'"), KA_CAP_WRITE_NAMESPACES, ALL, ALL },
		{ RULE("''", "'namespaces'", "'create', 'delete'"), KA_CAP_WRITE_NAMESPACES, NONE, NONE },
		{ RULE("''", "'nodes'", "'patch'"), KA_CAP_WRITE_NODES, ALL, NONE },
		{ RULE("''", "'pods/portforward'", "'create'"), KA_CAP_PORT_FORWARD, ALL, ALL },
		{ RULE("''", "'services/proxy'", "'get'"), KA_CAP_PORT_FORWARD, ALL, ALL },
		{ RULE("''", "'events'", "'deletecollection'"), KA_CAP_DELETE_EVENTS, ALL, ALL },
		{ RULE("'events.k8s.io'", "'events'", "'delete'"), KA_CAP_DELETE_EVENTS, ALL, ALL },
		{ NAMED_RULE("''", "'events'", "'deletecollection'", "'a'"), KA_CAP_DELETE_EVENTS, NONE, NONE },
		{ RULE("'apiregistration.k8s.io'", "'apiservices'", "'update'"), KA_CAP_WRITE_APISERVICES, ALL,
		  NONE },
		{ RULE("'*'", "'*'", "'get'"), KA_CAP_NODES_PROXY, ALL, NONE },
		{ RULE("''", "'pods'", "'patch'"), KA_CAP_CHANGE_PODS, ALL, ALL },
		{ RULE("''", "'pods'", "'create'"), KA_CAP_CHANGE_PODS, NONE, NONE },
		{ RULE("''", "'pods'", "'update'"), KA_CAP_CREATE_PODS, NONE, NONE },
		{ RULE("''", "'pods/status'", "'patch'"), KA_CAP_RELABEL_PODS, ALL, ALL },
		{ RULE("''", "'pods'", "'patch'"), KA_CAP_RELABEL_PODS, NONE, NONE },
		{ RULE("''", "'services/status'", "'update'"), KA_CAP_DIVERT_TRAFFIC, ALL, ALL },
		{ RULE("'discovery.k8s.io'", "'endpointslices'", "'create'"), KA_CAP_DIVERT_TRAFFIC, ALL, ALL },
		{ RULE("''", "'services'", "'create'"), KA_CAP_EXTERNAL_IPS, ALL, ALL },
		{ RULE("'apiextensions.k8s.io'", "'customresourcedefinitions'", "'patch'"), KA_CAP_WRITE_CRDS, ALL,
		  NONE },
		{ NAMED_RULE("''", "'namespaces'", "'patch'", "'shop'"), KA_CAP_WRITE_NAMESPACES, NAMED, ALL },
		{ NAMED_RULE("''", "'namespaces'", "'patch'", "'bank'"), KA_CAP_WRITE_NAMESPACES, NAMED, NONE },
		{ RULE("''", "'nodes/status'", "'update'"), KA_CAP_WRITE_NODES, ALL, NONE },
		{ RULE("''", "'nodes/status'", "'delete'"), KA_CAP_WRITE_NODES, NONE, NONE },
		{ RULE("''", "'secrets'", "'create'"), KA_CAP_BOOTSTRAP_TOKENS, ALL, NONE },
		{ RULE("''", "'groups'", "'impersonate'"), KA_CAP_IMPERSONATE, PART, NONE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char text[2048];
		const struct ka_grant *grant;
		enum given cluster, namespaced;
		struct ka_powers *p;
		struct world w;
		size_t n;

		snprintf(text, sizeof text,
			 CLUSTERROLE("r", "%s") CRB("b", "r", USER("ann"))
				 RB("shop", "b", "ClusterRole", "r", USER("ann")),
			 cases[i].rule);
		w = world(text);
		p = ka_powers_new(w.rbac);
		grant = ka_rbac_grants(w.rbac, &n);
		cluster = given_by(p, &grant[0], cases[i].cap);
		namespaced = given_by(p, &grant[1], cases[i].cap);
		if (cluster != cases[i].cluster || namespaced != cases[i].namespaced)
			fail_msg("%s: %s is given as %d and %d", cases[i].rule,
				 ka_cap_info(cases[i].cap)->key, cluster, namespaced);
		ka_powers_free(p);
		end(&w);
	}
}

static void
the_widest_rule_gives_the_capability(void **state)
{
	struct world w = world(CLUSTERROLE("r", NAMED_RULE("''", "'secrets'", "'get'", "'a'") "," RULE(
						    "'*'", "'*'", "'*'") "," RULE("''", "'secrets'", "'list'"))
				       RB("shop", "b", "ClusterRole", "r", USER("ann")));
	const struct ka_role *role = ka_as_role(w.g->of[KA_CLUSTERROLE].v[0]);
	struct ka_powers *p = ka_powers_new(w.rbac);
	size_t n;
	const struct ka_grant *grant = ka_rbac_grants(w.rbac, &n);
	struct ka_power power;

	(void)state;
	assert_true(ka_powers_through(p, grant, NULL, KA_CAP_EVERYTHING, &power));
	assert_ptr_equal(power.step[0].rule, &role->rule[1]);
	assert_true(ka_powers_through(p, grant, NULL, KA_CAP_READ_SECRETS, &power));
	assert_int_equal(power.width, KA_WIDTH_ALL);
	ka_powers_free(p);
	end(&w);
}

/* ---- many bindings ---- */

static void
permissions_of_two_bindings_make_one_capability(void **state)
{
	(void)state;
	expect_powers(GRANT("b", RULE(RBAC_GROUP, "'clusterroles'", "'bind'"), USER("ann"))
			      GRANT("w", RULE(RBAC_GROUP, "'clusterrolebindings'", "'create'"), USER("ann")),
		      user("ann"), "bind@* write-rbac@*");
	expect_powers(GRANT("b", RULE(RBAC_GROUP, "'clusterroles'", "'bind'"), USER("ann"))
			      GRANT_IN("shop", "w", RULE(RBAC_GROUP, "'rolebindings'", "'patch'"), USER("ann")),
		      user("ann"), "bind@*? bind@shop write-rbac@shop");
	expect_powers(GRANT_IN("shop", "b", RULE(RBAC_GROUP, "'roles'", "'bind'"), USER("ann"))
			      GRANT_IN("bank", "w", RULE(RBAC_GROUP, "'rolebindings'", "'create'"), USER("ann")),
		      user("ann"), "write-rbac@bank bind@shop?");
}

static void
permissions_of_groups_count(void **state)
{
	static const char text[] =
		GRANT("e", RULE(RBAC_GROUP, "'clusterroles'", "'escalate'"), ACCOUNT("shop", "web"))
			GRANT("w", RULE(RBAC_GROUP, "'clusterroles'", "'update'"), GROUP("system:serviceaccounts"));

	(void)state;
	expect_powers(text, account("shop", "web"), "escalate@* write-rbac@*");
	expect_powers(text, account("shop", "api"), "write-rbac@*");
	expect_powers_of(text, account("shop", "web"), KA_POWERS_OWN, "escalate@*");
	expect_powers_of(text, account("shop", "api"), KA_POWERS_OWN, "");
	expect_powers_of(text, group("system:serviceaccounts"), KA_POWERS_OWN, "write-rbac@*");
}

static void
a_groups_grant_in_a_namespace_completes_ones_own(void **state)
{
	static const char text[] = GRANT("b", RULE(RBAC_GROUP, "'clusterroles'", "'bind'"), USER("ann"))
		GRANT_IN("shop", "w", RULE(RBAC_GROUP, "'rolebindings'", "'create'"),
			 GROUP("system:authenticated"))
			GRANT_IN("bank", "s", RULE("''", "'secrets'", "'get'"), GROUP("system:authenticated"));

	(void)state;
	expect_powers_of(text, user("ann"), KA_POWERS_OWN, "bind@*? bind@shop");
	expect_powers(text, user("ann"), "bind@*? read-secrets@bank bind@shop write-rbac@shop");
}

/* A name that holds much is asked once and remembered, its names lent. */
static void
names_of_a_large_group_are_told_to_each_member(void **state)
{
	char *text = ka_xcalloc(1, 32768);
	size_t len = 0;
	struct world w;
	struct ka_powers *p;

	(void)state;
	for (int i = 1; i <= 17; i++)
		len += (size_t)snprintf(text + len, 32768 - len,
					CLUSTERROLE("g%02d", NAMED_RULE(RBAC_GROUP, "'rolebindings'", "'update'", "'b%02d'"))
						CRB("g%02d", "g%02d", GROUP("system:authenticated")),
					i, i, i, i);
	snprintf(text + len, 32768 - len, "%s",
		 GRANT("k", RULE(RBAC_GROUP, "'roles'", "'bind'"), USER("ann") "," USER("bob")));
	w = world(text);
	p = ka_powers_new(w.rbac);
	for (int i = 0; i < 2; i++) {
		struct ka_who who = user(i ? "ann" : "bob");
		struct ka_power_list list;

		ka_powers_of(p, &who, KA_POWERS_OWN, &list);
		assert_int_equal(list.n, 1);
		assert_int_equal(list.power[0].cap, KA_CAP_BIND);
		assert_int_equal(list.power[0].width, KA_WIDTH_NAMED);
		assert_int_equal(list.power[0].names.n, 17);
		assert_string_equal(list.power[0].names.v[16], "b17");
		assert_string_equal(list.power[0].step[1].grant.binding->obj.name, "g01");
		ka_power_list_release(&list);
	}
	ka_powers_free(p);
	end(&w);
	free(text);
}

static void
what_groups_give_alone_is_not_ones_own(void **state)
{
	static const char text[] = GRANT("g", NAMED_RULE("''", "'secrets'", "'get'", "'a'"), GROUP("system:authenticated"))
		GRANT_IN("shop", "o", NAMED_RULE("''", "'secrets'", "'get'", "'b'"), USER("ann"))
			GRANT_IN("shop", "h", NAMED_RULE("''", "'secrets'", "'get'", "'c'"), GROUP("system:authenticated"))
				GRANT("c", NAMED_RULE("''", "'secrets'", "'get'", "'d'"), USER("bob"));

	(void)state;
	expect_powers_of(text, user("ann"), KA_POWERS_OWN, "read-secrets@shop(b)");
	expect_powers_of(text, user("bob"), KA_POWERS_OWN, "read-secrets@*(d)");
	expect_powers(text, user("ann"), "read-secrets@*(a) read-secrets@shop(a,b,c)");
}

static void
names_of_the_same_object_must_have_one_in_common(void **state)
{
	(void)state;
	expect_powers(GRANT("e", NAMED_RULE(RBAC_GROUP, "'clusterroles'", "'escalate'", "'a', 'b'"), USER("ann"))
			      GRANT("w", NAMED_RULE(RBAC_GROUP, "'clusterroles'", "'patch'", "'c', 'b'"), USER("ann")),
		      user("ann"), "escalate@*(b) write-rbac@*(b,c)");
	expect_powers(GRANT("e", NAMED_RULE(RBAC_GROUP, "'clusterroles'", "'escalate'", "'a'"), USER("ann"))
			      GRANT("w", NAMED_RULE(RBAC_GROUP, "'clusterroles'", "'patch'", "'b'"), USER("ann")),
		      user("ann"), "escalate@*(a)? write-rbac@*(b)");
	expect_powers(GRANT("e", NAMED_RULE(RBAC_GROUP, "'clusterroles'", "'escalate'", "'a'"), USER("ann"))
			      GRANT("w", RULE(RBAC_GROUP, "'clusterroles'", "'patch'"), USER("ann")),
		      user("ann"), "escalate@*(a) write-rbac@*");
}

static void
escalate_by_name_is_of_no_use_to_create(void **state)
{
	(void)state;
	expect_powers(GRANT("e", NAMED_RULE(RBAC_GROUP, "'clusterroles'", "'escalate'", "'a'") ","
				 RULE(RBAC_GROUP, "'clusterroles'", "'create'"), USER("ann")),
		      user("ann"), "escalate@*(a)? write-rbac@*");
	expect_powers(GRANT("e", RULE(RBAC_GROUP, "'clusterroles'", "'escalate', 'create'"), USER("ann")),
		      user("ann"), "escalate@* write-rbac@*");
	expect_powers(GRANT_IN("shop", "e", RULE(RBAC_GROUP, "'roles'", "'escalate', 'create'"), USER("ann")),
		      user("ann"), "escalate@shop? write-rbac@shop");
}

static void
everything_is_told_alone_and_makes_the_rest_complete(void **state)
{
	(void)state;
	expect_powers(GRANT("x", RULE("'*'", "'*'", "'*'"), USER("ann"))
			      GRANT_IN("shop", "s", RULE("''", "'secrets'", "'get'"), USER("ann")),
		      user("ann"), "everything@*");
	expect_powers(GRANT_IN("shop", "x", RULE("'*'", "'*'", "'*'"), USER("ann"))
			      GRANT("n", RULE("''", "'nodes'", "'patch'"), USER("ann")),
		      user("ann"), "write-nodes@* everything@shop");
}

static void
masters_may_do_everything(void **state)
{
	(void)state;
	expect_powers("", group("system:masters"), "everything@*");
}

static void
the_grants_of_each_permission_are_told(void **state)
{
	struct world w = world(
		GRANT("b", RULE(RBAC_GROUP, "'clusterroles'", "'bind'"), USER("ann"))
			GRANT_IN("shop", "w", RULE(RBAC_GROUP, "'rolebindings'", "'patch'"),
				 GROUP("system:authenticated")));
	struct ka_powers *p = ka_powers_new(w.rbac);
	struct ka_who ann = user("ann");
	struct ka_power_list list;
	const struct ka_power *bind;

	(void)state;
	ka_powers_of(p, &ann, KA_POWERS_OWN, &list);
	assert_int_equal(list.n, 2);
	bind = &list.power[1];
	assert_null(bind->lacks);
	assert_int_equal(bind->nsteps, 2);
	assert_string_equal(bind->step[0].grant.binding->obj.name, "b");
	assert_string_equal(bind->step[1].grant.binding->obj.name, "w");
	assert_string_equal(bind->step[1].grant.namespace, "shop");
	assert_string_equal(bind->step[1].rule->verbs.v[0], "patch");
	ka_power_list_release(&list);
	ka_powers_free(p);
	end(&w);
}

static void
a_capability_stands_on_the_grant_of_its_key(void **state)
{
	struct world w = world(
		GRANT("b", RULE(RBAC_GROUP, "'clusterroles'", "'bind'"), USER("ann") "," USER("bob"))
			GRANT_IN("shop", "w", RULE(RBAC_GROUP, "'rolebindings'", "'patch'"), USER("ann"))
				GRANT_IN("bank", "w", RULE(RBAC_GROUP, "'rolebindings'", "'patch'"), USER("ann")));
	struct ka_powers *p = ka_powers_new(w.rbac);
	size_t n;
	const struct ka_grant *grant = ka_rbac_grants(w.rbac, &n);
	const struct ka_subject *ann = &grant[0].binding->subject[0], *bob = &grant[0].binding->subject[1];
	struct ka_power power;

	(void)state;
	assert_true(ka_powers_through(p, &grant[0], ann, KA_CAP_BIND, &power));
	assert_null(power.lacks);
	assert_string_equal(power.namespace, "bank");
	assert_int_equal(power.more_namespaces, 1);
	assert_true(ka_powers_through(p, &grant[0], bob, KA_CAP_BIND, &power));
	assert_non_null(power.lacks);
	assert_null(power.namespace);
	assert_false(ka_powers_through(p, &grant[1], ann, KA_CAP_BIND, &power));
	ka_powers_free(p);
	end(&w);
}

static void
administrators_among_the_accounts_of_a_namespace_are_known(void **state)
{
	struct world w = world(GRANT("x", RULE("'*'", "'*'", "'*'"),
				     ACCOUNT("shop", "web") "," USER("system:serviceaccount:shop:api") "," GROUP("devs"))
			       GRANT_IN("bank", "y", RULE("'*'", "'*'", "'*'"), ACCOUNT("bank", "web")));
	struct ka_powers *p = ka_powers_new(w.rbac);

	(void)state;
	assert_string_equal(ka_powers_admin_in(p, "shop"), "system:serviceaccount:shop:api");
	assert_null(ka_powers_admin_in(p, "bank"));
	assert_null(ka_powers_admin_in(p, "nowhere"));
	ka_powers_free(p);
	end(&w);
}

/* ---- facts ---- */

static void
privileged_pods_need_a_namespace_that_lets_them_in(void **state)
{
#define PODS GRANT_IN("shop", "p", RULE("''", "'pods'", "'create'"), USER("ann"))
	(void)state;
	expect_powers(PODS, user("ann"), "create-pods@shop");
	expect_powers(PODS NAMESPACE("shop", ""), user("ann"), "create-pods@shop take-nodes@shop");
	expect_powers(PODS NAMESPACE("shop", "'pod-security.kubernetes.io/enforce': 'privileged'"), user("ann"),
		      "create-pods@shop take-nodes@shop");
	expect_powers(PODS NAMESPACE("shop", "'pod-security.kubernetes.io/enforce': 'baseline'"), user("ann"),
		      "create-pods@shop");
	expect_powers(PODS NAMESPACE("shop", "'pod-security.kubernetes.io/enforce': 'baseline'")
			      GRANT("n", NAMED_RULE("''", "'namespaces'", "'patch'", "'shop'"), USER("ann")),
		      user("ann"), "write-namespaces@*(shop) create-pods@shop take-nodes@shop");
	expect_powers(PODS NAMESPACE("shop", "'pod-security.kubernetes.io/enforce': 'baseline'")
			      GRANT("n", NAMED_RULE("''", "'namespaces'", "'patch'", "'bank'"), USER("ann")),
		      user("ann"), "write-namespaces@*(bank) create-pods@shop");
	expect_powers(PODS NAMESPACE("shop", "'pod-security.kubernetes.io/enforce': 'baseline'")
			      GRANT_IN("shop", "n", RULE("''", "'namespaces'", "'patch'"), USER("ann")),
		      user("ann"), "create-pods@shop take-nodes@shop write-namespaces@shop");
}

static void
pods_in_the_whole_cluster_reach_some_namespace_that_lets_them_in(void **state)
{
#define ALL_PODS GRANT("p", RULE("''", "'pods'", "'create'"), USER("ann"))
#define SAFE NAMESPACE("shop", "'pod-security.kubernetes.io/enforce': 'restricted'")
	(void)state;
	expect_powers(ALL_PODS, user("ann"), "create-pods@* take-nodes@*");
	expect_powers(ALL_PODS SAFE NAMESPACE("bank", ""), user("ann"), "create-pods@* take-nodes@*");
	expect_powers(ALL_PODS SAFE, user("ann"), "create-pods@*");
	expect_powers(ALL_PODS SAFE GRANT("n", RULE("''", "'namespaces'", "'create'"), USER("ann")), user("ann"),
		      "create-pods@* take-nodes@*");
	expect_powers(PODS SAFE GRANT("n", RULE("''", "'namespaces'", "'create'"), USER("ann")), user("ann"),
		      "create-pods@shop");
}

static void
get_opens_streams_before_version_1_35(void **state)
{
	static const struct {
		const char *version, *expected;
	} cases[] = {
		{ NULL, "exec@shop port-forward@shop" },
		{ "v1.34.2", "exec@shop port-forward@shop" },
		{ "v1.35.0", "" },
		{ "v1.36.1+k3s1", "" },
		{ "v2.0.0", "" },
	};
	struct world w = world(GRANT_IN("shop", "x", RULE("''", "'pods/exec', 'pods/portforward'", "'get'"),
					USER("ann")));

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct ka_powers *p;
		char *text;

		w.g->kubernetes_version = cases[i].version;
		p = ka_powers_new(w.rbac);
		text = powers_text(p, user("ann"), KA_POWERS_ALL);
		assert_string_equal(text, cases[i].expected);
		free(text);
		ka_powers_free(p);
	}
	end(&w);
}

static void
an_unknown_version_is_told_as_an_assumption(void **state)
{
	struct world w = world(GRANT_IN("shop", "x", RULE("''", "'pods/exec'", "'get'"), USER("ann"))
			       GRANT_IN("shop", "y", RULE("''", "'pods/exec'", "'get', 'create'"), USER("ann")));
	struct ka_powers *p = ka_powers_new(w.rbac);
	size_t n;
	const struct ka_grant *grant = ka_rbac_grants(w.rbac, &n);
	struct ka_power power;

	(void)state;
	assert_true(ka_powers_through(p, &grant[0], NULL, KA_CAP_EXEC, &power));
	assert_string_equal(power.assuming, "the API server is older than 1.35");
	assert_true(ka_powers_through(p, &grant[1], NULL, KA_CAP_EXEC, &power));
	assert_null(power.assuming);
	w.g->kubernetes_version = "v1.34.0";
	assert_true(ka_powers_through(p, &grant[0], NULL, KA_CAP_EXEC, &power));
	assert_null(power.assuming);
	ka_powers_free(p);
	end(&w);
}

static void
constrained_impersonation_counts_from_version_1_35(void **state)
{
	struct world w = world(
		GRANT("i", RULE("'authentication.k8s.io'", "'users'", "'impersonate:user-info'"), USER("ann"))
			GRANT_IN("shop", "o", RULE("''", "'secrets'", "'impersonate-on:user-info:get'"), USER("ann")));
	struct ka_powers *p = ka_powers_new(w.rbac);
	char *text = powers_text(p, user("ann"), KA_POWERS_ALL);

	(void)state;
	assert_string_equal(text, "");
	free(text);
	ka_powers_free(p);
	w.g->kubernetes_version = "v1.36.0";
	p = ka_powers_new(w.rbac);
	text = powers_text(p, user("ann"), KA_POWERS_ALL);
	assert_string_equal(text, "impersonate@*");
	free(text);
	ka_powers_free(p);
	end(&w);
}

static void
aws_auth_matters_where_it_is_read(void **state)
{
#define AWS(names) GRANT_IN("kube-system", "m", NAMED_RULE("''", "'configmaps'", "'patch'", names), USER("ann"))
#define AWS_AUTH                                                                               \
	"{'apiVersion': 'v1', 'kind': 'ConfigMap', 'metadata': {'name': 'aws-auth', "          \
	"'namespace': 'kube-system'}}\n"
	(void)state;
	expect_powers(AWS("'aws-auth'"), user("ann"), "");
	expect_powers(AWS("'aws-auth'") AWS_AUTH, user("ann"), "aws-auth@kube-system");
	expect_powers(AWS("'other'") AWS_AUTH, user("ann"), "");
	expect_powers(GRANT("m", RULE("''", "'configmaps'", "'update'"), USER("ann")) AWS_AUTH, user("ann"),
		      "aws-auth@kube-system");
	expect_powers(GRANT_IN("shop", "m", RULE("''", "'configmaps'", "'update'"), USER("ann")) AWS_AUTH,
		      user("ann"), "");
}

/* ---- chains ---- */

#define CSRS(verbs) RULE(CSR_GROUP, "'certificatesigningrequests'", verbs)
#define APPROVAL RULE(CSR_GROUP, "'certificatesigningrequests/approval'", "'update'")
#define SIGNER(verb, names) NAMED_RULE(CSR_GROUP, "'signers'", verb, names)

static void
certificates_take_the_whole_chain(void **state)
{
	(void)state;
	expect_powers(GRANT("a", CSRS("'create', 'get'") "," APPROVAL ","
				 SIGNER("'approve'", "'kubernetes.io/kube-apiserver-client'"), USER("ann")),
		      user("ann"), "certify-users@*");
	expect_powers(GRANT("a", CSRS("'create', 'watch'") "," APPROVAL ","
				 SIGNER("'approve'", "'kubernetes.io/kube-apiserver-client-kubelet'"), USER("ann")),
		      user("ann"), "certify-users@*? certify-nodes@*");
	expect_powers(GRANT("a", CSRS("'create', 'list'") "," APPROVAL "," SIGNER("'approve'", "'kubernetes.io/*'"),
			    USER("ann")),
		      user("ann"), "certify-users@* certify-nodes@*");
	expect_powers(GRANT("a", CSRS("'create'") "," APPROVAL "," SIGNER("'approve'", "'kubernetes.io/*'"),
			    USER("ann")),
		      user("ann"), "certify-users@*?");
	expect_powers(GRANT("a", CSRS("'create', 'get'") "," SIGNER("'approve'", "'kubernetes.io/*'"), USER("ann")),
		      user("ann"), "certify-users@*?");
}

static void
signing_takes_the_status_as_well(void **state)
{
	(void)state;
	expect_powers(GRANT("s", SIGNER("'sign'", "'kubernetes.io/kube-apiserver-client'"), USER("ann")),
		      user("ann"), "sign@*?");
	expect_powers(GRANT("s", SIGNER("'sign'", "'kubernetes.io/*'"), USER("ann"))
			      GRANT("t", RULE(CSR_GROUP, "'certificatesigningrequests/status'", "'patch'"), USER("ann")),
		      user("ann"), "sign@*");
}

static void
tokens_are_minted_by_creating_a_secret_and_reading_it(void **state)
{
	(void)state;
	expect_powers(GRANT_IN("shop", "s", RULE("''", "'secrets'", "'create'"), USER("ann")), user("ann"), "");
	expect_powers(GRANT_IN("shop", "s", RULE("''", "'secrets'", "'create', 'get'"), USER("ann")), user("ann"),
		      "mint-tokens@shop read-secrets@shop");
	expect_powers(GRANT_IN("shop", "s", RULE("''", "'secrets'", "'create'"), USER("ann"))
			      GRANT_IN("shop", "r", NAMED_RULE("''", "'secrets'", "'get'", "'mine'"), USER("ann")),
		      user("ann"), "mint-tokens@shop read-secrets@shop(mine)");
	expect_powers(GRANT_IN("shop", "s", RULE("''", "'secrets'", "'create'"), USER("ann"))
			      GRANT_IN("shop", "j", RULE("'batch'", "'jobs'", "'create'"), USER("ann")),
		      user("ann"), "mint-tokens@shop create-pods@shop");
	expect_powers(GRANT_IN("kube-system", "s", RULE("''", "'secrets'", "'create'"), USER("ann")), user("ann"),
		      "bootstrap-tokens@kube-system");
}

static void
pods_are_stolen_by_removing_them_and_holding_nodes_back(void **state)
{
	(void)state;
	expect_powers(GRANT("n", RULE("''", "'nodes/status'", "'patch'"), USER("ann"))
			      GRANT_IN("shop", "d", RULE("''", "'pods/eviction'", "'create'"), USER("ann")),
		      user("ann"), "write-nodes@* steal-pods@shop");
	expect_powers(GRANT("n", RULE("''", "'nodes'", "'delete'"), USER("ann"))
			      GRANT("d", RULE("''", "'pods'", "'deletecollection'"), USER("ann")),
		      user("ann"), "steal-pods@* write-nodes@*");
	expect_powers(GRANT("d", RULE("''", "'pods'", "'delete'"), USER("ann")), user("ann"), "");
}

static void
groups_are_impersonated_beside_a_user(void **state)
{
	(void)state;
	expect_powers(GRANT("g", NAMED_RULE("''", "'groups'", "'impersonate'", "'system:masters'"), USER("ann")),
		      user("ann"), "impersonate@*(system:masters)?");
	expect_powers(GRANT("g", NAMED_RULE("''", "'groups'", "'impersonate'", "'system:masters'"), USER("ann"))
			      GRANT_IN("shop", "a", RULE("''", "'serviceaccounts'", "'impersonate'"), USER("ann")),
		      user("ann"), "impersonate@*(system:masters) impersonate@shop");
	expect_powers(GRANT("g", RULE("'authentication.k8s.io'", "'uids', 'userextras/scopes'", "'impersonate'"),
			    USER("ann")),
		      user("ann"), "impersonate@*?");
}

static void
a_volume_of_the_host_takes_a_pod_that_claims_it(void **state)
{
	(void)state;
	expect_powers(GRANT("v", RULE("''", "'persistentvolumes'", "'create'"), USER("ann")), user("ann"),
		      "create-pv@*?");
	expect_powers(GRANT("v", RULE("''", "'persistentvolumes'", "'create'"), USER("ann"))
			      GRANT_IN("shop", "p", RULE("'apps'", "'statefulsets'", "'create'"), USER("ann")),
		      user("ann"), "create-pv@* create-pods@shop");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_rule_gives_these_capabilities),
		cmocka_unit_test(the_widest_rule_gives_the_capability),
		cmocka_unit_test(permissions_of_two_bindings_make_one_capability),
		cmocka_unit_test(permissions_of_groups_count),
		cmocka_unit_test(a_groups_grant_in_a_namespace_completes_ones_own),
		cmocka_unit_test(names_of_a_large_group_are_told_to_each_member),
		cmocka_unit_test(what_groups_give_alone_is_not_ones_own),
		cmocka_unit_test(names_of_the_same_object_must_have_one_in_common),
		cmocka_unit_test(escalate_by_name_is_of_no_use_to_create),
		cmocka_unit_test(everything_is_told_alone_and_makes_the_rest_complete),
		cmocka_unit_test(masters_may_do_everything),
		cmocka_unit_test(the_grants_of_each_permission_are_told),
		cmocka_unit_test(a_capability_stands_on_the_grant_of_its_key),
		cmocka_unit_test(administrators_among_the_accounts_of_a_namespace_are_known),
		cmocka_unit_test(privileged_pods_need_a_namespace_that_lets_them_in),
		cmocka_unit_test(pods_in_the_whole_cluster_reach_some_namespace_that_lets_them_in),
		cmocka_unit_test(get_opens_streams_before_version_1_35),
		cmocka_unit_test(an_unknown_version_is_told_as_an_assumption),
		cmocka_unit_test(constrained_impersonation_counts_from_version_1_35),
		cmocka_unit_test(aws_auth_matters_where_it_is_read),
		cmocka_unit_test(certificates_take_the_whole_chain),
		cmocka_unit_test(signing_takes_the_status_as_well),
		cmocka_unit_test(tokens_are_minted_by_creating_a_secret_and_reading_it),
		cmocka_unit_test(pods_are_stolen_by_removing_them_and_holding_nodes_back),
		cmocka_unit_test(groups_are_impersonated_beside_a_user),
		cmocka_unit_test(a_volume_of_the_host_takes_a_pod_that_claims_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
