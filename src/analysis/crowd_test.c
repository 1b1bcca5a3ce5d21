#include <kassay/crowd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "model/testing.h"
#include "util/banned.h"

#define SA(ns, name) "{'apiVersion': 'v1', 'kind': 'ServiceAccount', 'metadata': {'name': '" name "', 'namespace': '" ns "'}}\n"
#define NODE(name) "{'apiVersion': 'v1', 'kind': 'Node', 'metadata': {'name': '" name "'}}\n"
#define POD(ns, name, account, image)                                                                   \
	"{'apiVersion': 'v1', 'kind': 'Pod', 'metadata': {'name': '" name "', 'namespace': '" ns            \
	"'}, 'spec': {'serviceAccountName': '" account "', 'containers': [{'name': 'c', 'image': '" image "'}]}}\n"

static void
behind_a_subject(void **state)
{
	static const struct {
		struct ka_subject s;
		struct ka_crowd expected;
	} cases[] = {
		{ { KA_SUBJECT_GROUP, "Group", NULL, "system:serviceaccounts" }, { false, 4, 3, 0 } },
		{ { KA_SUBJECT_GROUP, "Group", NULL, "system:serviceaccounts:shop" }, { false, 3, 3, 0 } },
		{ { KA_SUBJECT_GROUP, "Group", NULL, "system:serviceaccounts:none" }, { false, 0, 0, 0 } },
		{ { KA_SUBJECT_GROUP, "Group", NULL, "system:authenticated" }, { true, 4, 3, 2 } },
		{ { KA_SUBJECT_GROUP, "Group", NULL, "system:nodes" }, { false, 0, 0, 2 } },
		{ { KA_SUBJECT_GROUP, "Group", NULL, "devs" }, { true, 0, 0, 0 } },
		{ { KA_SUBJECT_SERVICEACCOUNT, "ServiceAccount", "shop", "web" }, { false, 1, 2, 0 } },
		{ { KA_SUBJECT_SERVICEACCOUNT, "ServiceAccount", "shop", "ghost" }, { false, 1, 1, 0 } },
		{ { KA_SUBJECT_SERVICEACCOUNT, "ServiceAccount", "ci", "web" }, { false, 0, 0, 0 } },
		{ { KA_SUBJECT_USER, "User", NULL, "ann" }, { false, 0, 0, 0 } },
	};
	struct ka_graph *g = test_world(SA("shop", "web") SA("shop", "idle") SA("ci", "bot") NODE("a") NODE("b")
						POD("shop", "p", "web", "i") POD("shop", "q", "web", "j")
							POD("shop", "r", "ghost", "k"));
	struct ka_crowds *c = ka_crowds_new(g);

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct ka_crowd got = ka_crowd_of(c, &cases[i].s);

		assert_int_equal(got.open, cases[i].expected.open);
		assert_int_equal(got.accounts, cases[i].expected.accounts);
		assert_int_equal(got.workloads, cases[i].expected.workloads);
		assert_int_equal(got.nodes, cases[i].expected.nodes);
	}
	ka_crowds_free(c);
	ka_graph_free(g);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(behind_a_subject) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
