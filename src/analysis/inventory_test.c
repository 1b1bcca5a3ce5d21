#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <kassay/inventory.h>

#include "model/testing.h"

#define POD(name, image, id, phase)                                                                \
	"{'apiVersion':'v1','kind':'Pod','metadata':{'name':'" name "','namespace':'n'},'spec':{"  \
	"'containers':[{'name':'c','image':'" image "'}]},'status':{'phase':'" phase "',"          \
	"'containerStatuses':[{'name':'c','imageID':'" id "'}]}}"
#define PV(name, spec)                                                                             \
	"{'apiVersion':'v1','kind':'PersistentVolume','metadata':{'name':'" name                   \
	"'},'spec':{" spec "}}"
#define PVC(ns, name, spec)                                                                        \
	"{'apiVersion':'v1','kind':'PersistentVolumeClaim','metadata':{'name':'" name              \
	"','namespace':'" ns "'},'spec':{" spec "}}"
#define CLAIM(ns, name) "'claimRef':{'namespace':'" ns "','name':'" name "'}"

static void
a_claim_leads_to_the_volume_it_names_else_to_the_one_that_names_it(void **state)
{
	struct ka_graph *g = test_graph((const char *const[]){
		PV("a", CLAIM("n", "one")), PV("b", CLAIM("n", "two")), PV("c", CLAIM("m", "one")),
		PV("d", "'capacity':{}"), PVC("n", "one", "'volumeName':'d'"), PVC("n", "two", ""),
		PVC("n", "lost", "'volumeName':'gone'"), NULL });
	struct ka_claimed *list;
	size_t n = ka_claimed_volumes(g, &list);

	(void)state;
	assert_int_equal(n, 3);
	assert_string_equal(ka_claim_volume(g, list, n, "n", "one")->obj.name, "d");
	assert_string_equal(ka_claim_volume(g, list, n, "n", "two")->obj.name, "b");
	assert_string_equal(ka_claim_volume(g, list, n, "m", "one")->obj.name, "c");
	assert_null(ka_claim_volume(g, list, n, "n", "lost"));
	assert_null(ka_claim_volume(g, list, n, "n", "three"));
	assert_null(ka_claim_volume(g, list, n, "z", "one"));
	free(list);
	ka_graph_free(g);
}

static void
only_a_tag_that_runs_with_two_digests_drifts(void **state)
{
	struct ka_graph *g = test_graph((const char *const[]){
		POD("a", "r/x:1", "r/x@sha256:aa", "Running"),
		POD("b", "r/x:1", "docker-pullable://r/x@sha256:aa", "Running"),
		POD("c", "r/x:1", "r/x@sha256:bb", "Failed"),
		POD("d", "r/y:1", "r/y@sha256:aa", "Running"),
		POD("e", "r/y:1", "r/y@sha256:bb", "Pending"),
		POD("f", "r/z:1", "sha256:cc", "Running"),
		POD("g", "r/z:1", "r/z@sha256:dd", "Running"),
		POD("h", "r/w@sha256:aa", "r/w@sha256:aa", "Running"), NULL });
	struct ka_drift *row;
	size_t n = ka_image_drift(g, &row);

	(void)state;
	assert_int_equal(n, 2);
	assert_string_equal(row[0].image, "r/y:1");
	assert_string_equal(row[0].digest, "sha256:aa");
	assert_string_equal(row[0].top->name, "d");
	assert_string_equal(row[1].digest, "sha256:bb");
	assert_string_equal(row[1].container, "c");
	free(row);
	ka_graph_free(g);
}

static void
nothing_drifts_in_an_empty_graph(void **state)
{
	struct ka_graph *g = test_graph((const char *const[]){ NULL });
	struct ka_drift *row;
	struct ka_account *account;

	(void)state;
	assert_int_equal(ka_image_drift(g, &row), 0);
	assert_int_equal(ka_bound_accounts(g, &account), 0);
	assert_false(ka_account_in(account, 0, "n", "web"));
	free(row);
	free(account);
	ka_graph_free(g);
}

static void
accounts_that_bindings_name_are_listed_once(void **state)
{
	struct ka_graph *g = test_graph((const char *const[]){
		"{'apiVersion':'rbac.authorization.k8s.io/"
		"v1','kind':'RoleBinding','metadata':{'name':'a','namespace':'n'},"
		"'roleRef':{'apiGroup':'rbac.authorization.k8s.io','kind':'Role','name':'r'},'"
		"subjects':["
		"{'kind':'ServiceAccount','name':'web'},{'kind':'ServiceAccount','name':'web','"
		"namespace':'n'},"
		"{'kind':'User','name':'api'},{'kind':'ServiceAccount','name':'web','namespace':'m'"
		"}]}",
		NULL });
	struct ka_account *account;
	size_t n = ka_bound_accounts(g, &account);

	(void)state;
	assert_int_equal(n, 2);
	assert_true(ka_account_in(account, n, "n", "web"));
	assert_true(ka_account_in(account, n, "m", "web"));
	assert_false(ka_account_in(account, n, "n", "api"));
	free(account);
	ka_graph_free(g);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			a_claim_leads_to_the_volume_it_names_else_to_the_one_that_names_it),
		cmocka_unit_test(only_a_tag_that_runs_with_two_digests_drifts),
		cmocka_unit_test(nothing_drifts_in_an_empty_graph),
		cmocka_unit_test(accounts_that_bindings_name_are_listed_once),
	};

	return cmocka_run_group_tests_name("analysis/inventory", tests, NULL, NULL);
}
