#include "analysis/powers_testing.h"

#include "util/banned.h"

#define OBJECT(kind, ns, name)                                                                 \
	"{'apiVersion': 'v1', 'kind': '" kind "', 'metadata': {'name': '" name "', 'namespace': '" ns \
	"'}}\n"
#define TOKEN_OF(ns, name, account)                                                            \
	"{'apiVersion': 'v1', 'kind': 'Secret', 'type': 'kubernetes.io/service-account-token', "   \
	"'metadata': {'name': '" name "', 'namespace': '" ns                                       \
	"', 'annotations': {'kubernetes.io/service-account.name': '" account "'}}}\n"
#define POD(ns, name, account)                                                                 \
	"{'apiVersion': 'v1', 'kind': 'Pod', 'metadata': {'name': '" name "', 'namespace': '" ns   \
	"'}, 'spec': {'serviceAccountName': '" account                                             \
	"', 'containers': [{'name': 'c', 'image': 'i'}]}}\n"
#define NODE(name) "{'apiVersion': 'v1', 'kind': 'Node', 'metadata': {'name': '" name "'}}\n"
#define SAFE "'pod-security.kubernetes.io/enforce': 'restricted'"

/* Two namespaces, three nodes; bank lets privileged pods in. */
static const char objects[] =
	NAMESPACE("shop", SAFE) NAMESPACE("bank", "") NODE("n1") NODE("n2") NODE("n3")
	OBJECT("ServiceAccount", "shop", "web") OBJECT("ServiceAccount", "shop", "api")
	OBJECT("ServiceAccount", "shop", "old") OBJECT("ServiceAccount", "bank", "web")
	OBJECT("Secret", "shop", "a") OBJECT("Secret", "shop", "b") TOKEN_OF("shop", "old-token", "old")
	OBJECT("Secret", "bank", "a")
	POD("shop", "web-1", "web") POD("shop", "web-2", "web") POD("shop", "api-1", "api")
	POD("bank", "web-1", "web");

struct expected {
	uint64_t secrets, pods, pod_namespaces, nodes, accounts;
	bool cluster;
};

static void
expect_blast(const char *grants, struct ka_who who, enum ka_powers_which which, struct expected e)
{
	char *text = ka_xcalloc(1, strlen(objects) + strlen(grants) + 1);
	struct ka_powers *p;
	struct ka_blast b;
	struct world w;

	memcpy(text, objects, strlen(objects));
	memcpy(text + strlen(objects), grants, strlen(grants));
	w = world(text);
	p = ka_powers_new(w.rbac);
	ka_powers_blast(p, &who, which, &b);
	if (b.secrets != e.secrets || b.pods != e.pods || b.pod_namespaces != e.pod_namespaces ||
	    b.nodes != e.nodes || b.accounts != e.accounts || b.cluster != e.cluster)
		fail_msg("%s: secrets %d, pods %d, pod namespaces %d, nodes %d, accounts %d, cluster %d", grants,
			 (int)b.secrets, (int)b.pods, (int)b.pod_namespaces, (int)b.nodes, (int)b.accounts,
			 b.cluster);
	ka_powers_free(p);
	end(&w);
	free(text);
}

static void
objects_are_counted_by_what_reaches_them(void **state)
{
	static const struct {
		const char *grants;
		struct expected e;
	} cases[] = {
		{ "", { 0 } },
		{ GRANT("r", RULE("'*'", "'*'", "'*'"), USER("ann")), { 4, 4, 2, 3, 4, true } },
		{ GRANT("r", RULE("''", "'secrets'", "'list'"), USER("ann")), { .secrets = 4, .accounts = 1 } },
		{ GRANT_IN("shop", "r", RULE("''", "'secrets'", "'get'"), USER("ann")),
		  { .secrets = 3, .accounts = 1 } },
		{ GRANT_IN("shop", "r", RULE("''", "'pods/exec'", "'create'"), USER("ann")),
		  { .pods = 3, .accounts = 2 } },
		{ GRANT_IN("shop", "r", RULE("''", "'pods/exec', 'secrets'", "'create', 'get'"), USER("ann")),
		  { .secrets = 3, .pods = 3, .accounts = 3 } },
		{ GRANT_IN("shop", "r", RULE("''", "'pods'", "'create'"), USER("ann")),
		  { .secrets = 3, .pod_namespaces = 1, .accounts = 3 } },
		{ GRANT_IN("bank", "r", RULE("''", "'pods'", "'create'"), USER("ann")),
		  { .secrets = 1, .pod_namespaces = 1, .nodes = 3, .accounts = 1 } },
		{ GRANT("r", RULE("'apps'", "'deployments'", "'patch'"), USER("ann")),
		  { .secrets = 4, .pod_namespaces = 2, .nodes = 3, .accounts = 4 } },
		{ GRANT_IN("shop", "r", RULE("''", "'serviceaccounts/token'", "'create'"), USER("ann")),
		  { .accounts = 3 } },
		{ GRANT("r", RULE("''", "'nodes/proxy'", "'get'"), USER("ann")),
		  { .pods = 4, .nodes = 3, .accounts = 3 } },
		{ GRANT("r", RULE(RBAC_GROUP, "'clusterroles', 'clusterrolebindings'", "'bind', 'create'"),
			USER("ann")),
		  { .cluster = true } },
		{ GRANT_IN("shop", "r", RULE(RBAC_GROUP, "'roles', 'rolebindings'", "'bind', 'create'"), USER("ann")),
		  { 0 } },
		{ GRANT_IN("shop", "r", RULE("''", "'secrets'", "'create'"), USER("ann"))
			  GRANT_IN("shop", "s", NAMED_RULE("''", "'secrets'", "'get'", "'mine'"), USER("ann")),
		  { .accounts = 3 } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		expect_blast(cases[i].grants, user("ann"), KA_POWERS_ALL, cases[i].e);
}

static void
names_count_as_far_as_they_exist(void **state)
{
	(void)state;
	expect_blast(GRANT_IN("shop", "r", NAMED_RULE("''", "'secrets'", "'get'", "'a', 'gone'"), USER("ann")),
		     user("ann"), KA_POWERS_ALL, (struct expected){ .secrets = 1 });
	expect_blast(GRANT("r", NAMED_RULE("''", "'secrets'", "'get'", "'a', 'gone'"), USER("ann")), user("ann"),
		     KA_POWERS_ALL, (struct expected){ .secrets = 2 });
	expect_blast(GRANT_IN("shop", "r", NAMED_RULE("''", "'serviceaccounts/token'", "'create'", "'web'"),
			      USER("ann")),
		     user("ann"), KA_POWERS_ALL, (struct expected){ .accounts = 1 });
	expect_blast(GRANT_IN("shop", "r", NAMED_RULE("''", "'pods/exec'", "'create'", "'api-1', 'x'"), USER("ann")),
		     user("ann"), KA_POWERS_ALL, (struct expected){ .pods = 1 });
	expect_blast(GRANT("r", NAMED_RULE("''", "'nodes/proxy'", "'get'", "'n1', 'n9'"), USER("ann")), user("ann"),
		     KA_POWERS_ALL, (struct expected){ .nodes = 1 });
}

static void
what_several_grants_give_is_counted_once(void **state)
{
	(void)state;
	expect_blast(GRANT("r", NAMED_RULE("''", "'secrets'", "'get'", "'a'"), USER("ann"))
			     GRANT_IN("shop", "s", RULE("''", "'secrets'", "'get'"), USER("ann")),
		     user("ann"), KA_POWERS_ALL, (struct expected){ .secrets = 4, .accounts = 1 });
	expect_blast(GRANT("r", RULE("''", "'secrets'", "'get'"), USER("ann"))
			     GRANT_IN("shop", "s", RULE("''", "'secrets'", "'get'"), USER("ann")),
		     user("ann"), KA_POWERS_ALL, (struct expected){ .secrets = 4, .accounts = 1 });
	expect_blast(GRANT_IN("shop", "r", RULE("''", "'secrets'", "'get'"), USER("ann"))
			     GRANT_IN("bank", "s", RULE("''", "'secrets'", "'get'"), USER("ann")),
		     user("ann"), KA_POWERS_ALL, (struct expected){ .secrets = 4, .accounts = 1 });
}

static void
groups_count_unless_ones_own_is_asked_for(void **state)
{
	static const char grants[] = GRANT("r", RULE("''", "'secrets'", "'get'"), GROUP("system:serviceaccounts"))
		GRANT_IN("bank", "e", RULE("''", "'pods/attach'", "'create'"), ACCOUNT("shop", "web"));

	(void)state;
	expect_blast(grants, account("shop", "web"), KA_POWERS_ALL,
		     (struct expected){ .secrets = 4, .pods = 1, .accounts = 2 });
	expect_blast(grants, account("shop", "web"), KA_POWERS_OWN, (struct expected){ .pods = 1, .accounts = 1 });
	expect_blast(grants, group("system:serviceaccounts"), KA_POWERS_OWN,
		     (struct expected){ .secrets = 4, .accounts = 1 });
	expect_blast(grants, group("system:masters"), KA_POWERS_OWN, (struct expected){ 4, 4, 2, 3, 4, true });
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(objects_are_counted_by_what_reaches_them),
		cmocka_unit_test(names_count_as_far_as_they_exist),
		cmocka_unit_test(what_several_grants_give_is_counted_once),
		cmocka_unit_test(groups_count_unless_ones_own_is_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
