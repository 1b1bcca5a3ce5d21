#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "model/testing.h"

static void
manifests_are_a_world_of_their_own(void **state)
{
	struct ka_graph *g = test_graph((const char *const[]){
		"{'apiVersion':'v1','kind':'Pod','metadata':{'name':'p'},'spec':{}}", NULL });

	(void)state;
	assert_int_equal(g->source_class, KA_SOURCE_MANIFESTS);
	assert_int_equal(g->ledger[KA_NETWORKPOLICY].status, KA_EV_COMPLETE);
	assert_int_equal(g->ledger[KA_NODE].status, KA_EV_NOT_OFFERED);
	assert_int_equal(g->ledger[KA_POD].count, 1);
	assert_true(g->of[KA_POD].v[0]->namespace_implied);
	ka_graph_free(g);
}

static void
a_dump_only_knows_what_it_holds(void **state)
{
	struct ka_build *b = ka_build_new();
	struct ka_graph *g;

	(void)state;
	ka_build_file(b, "dump");
	test_add(b, "{'apiVersion':'v1','kind':'Pod','metadata':{'name':'p','uid':'1'},'spec':{}}");
	ka_build_listed(b, "networking.k8s.io/v1", "NetworkPolicyList", "77", false);
	g = ka_build_finish(b);
	assert_int_equal(g->source_class, KA_SOURCE_DUMP);
	assert_int_equal(g->ledger[KA_POD].status, KA_EV_COMPLETE);
	assert_int_equal(g->ledger[KA_NETWORKPOLICY].status, KA_EV_COMPLETE);
	assert_string_equal(g->ledger[KA_NETWORKPOLICY].resource_version, "77");
	assert_int_equal(g->ledger[KA_SECRET].status, KA_EV_NOT_OFFERED);
	assert_string_equal(g->ledger[KA_DEPLOYMENT].api_path, "/apis/apps/v1/deployments");
	assert_true(ka_graph_knows(g, KA_POD));
	assert_false(ka_graph_knows(g, KA_SECRET));
	ka_graph_free(g);
}

static void
facts_of_some_nodes_are_not_those_of_all(void **state)
{
	static const char *const docs[] = {
		"{'apiVersion':'kassay/v1','kind':'KubeletConfig','metadata':{'name':'b'},'facts':{}}",
		"{'apiVersion':'v1','kind':'Node','metadata':{'name':'b','uid':'1'}}",
		"{'apiVersion':'v1','kind':'Node','metadata':{'name':'a','uid':'2'}}",
		"{'apiVersion':'kassay/v1','kind':'KubeletConfig','metadata':{'name':'a'},'facts':{}}",
		NULL,
	};
	struct ka_graph *g = test_graph(docs);

	(void)state;
	assert_int_equal(g->ledger[KA_KUBELETCONFIG].status, KA_EV_COMPLETE);
	assert_int_equal(g->ledger[KA_NODEFILES].status, KA_EV_NOT_OFFERED);
	ka_graph_free(g);
	g = test_graph((const char *const[]){ docs[0], docs[1], docs[2], NULL });
	assert_int_equal(g->ledger[KA_KUBELETCONFIG].status, KA_EV_TRUNCATED);
	assert_string_equal(g->ledger[KA_KUBELETCONFIG].reason, "there are none of 1 of 2 nodes: a");
	ka_graph_free(g);
}

static void
what_was_lost_makes_its_kind_incomplete(void **state)
{
	static const struct {
		const char *hint;
		enum ka_kind cut, whole;
	} cases[] = {
		{ "Role", KA_ROLE, KA_ROLEBINDING },
		{ "RoleBindingList", KA_ROLEBINDING, KA_ROLE },
		{ "PodList", KA_POD, KA_ROLE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct ka_build *b = ka_build_new();
		struct ka_graph *g;

		ka_build_file(b, "f");
		ka_build_lost(b, 3, cases[i].hint, "cut");
		g = ka_build_finish(b);
		assert_int_equal(g->ledger[cases[i].cut].status, KA_EV_TRUNCATED);
		assert_int_equal(g->ledger[cases[i].whole].status, KA_EV_COMPLETE);
		ka_graph_free(g);
	}
}

static void
a_cut_list_of_anything_makes_everything_incomplete(void **state)
{
	struct ka_build *b = ka_build_new();
	struct ka_graph *g;

	(void)state;
	ka_build_file(b, "f");
	ka_build_lost(b, 3, "List", "cut");
	g = ka_build_finish(b);
	for (int k = 0; k < KA_OTHER; k++)
		assert_int_equal(g->ledger[k].status, KA_EV_TRUNCATED);
	ka_graph_free(g);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(manifests_are_a_world_of_their_own),
		cmocka_unit_test(a_dump_only_knows_what_it_holds),
		cmocka_unit_test(facts_of_some_nodes_are_not_those_of_all),
		cmocka_unit_test(what_was_lost_makes_its_kind_incomplete),
		cmocka_unit_test(a_cut_list_of_anything_makes_everything_incomplete),
	};
	return cmocka_run_group_tests_name("model/ledger", tests, NULL, NULL);
}
