#include <kassay/authorizers.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "model/testing.h"
#include "util/banned.h"

#define APISERVER(words)                                                                             \
	"{'apiVersion': 'v1', 'kind': 'Pod', 'metadata': {'name': 'kube-apiserver-a', 'namespace': " \
	"'kube-system'}, 'spec': {'containers': [{'name': 'c', 'image': 'i', 'command': [" words "]}]}}\n"
static void
by_flags_and_distribution(void **state)
{
	static const struct {
		const char *world, *distribution;
		enum ka_tri rbac, node, always_allow;
		const char *at_least; /* a word of it; NULL: nobody */
	} cases[] = {
		{ APISERVER("'kube-apiserver', '--authorization-mode=Node,RBAC'"), NULL, KA_YES, KA_YES, KA_NO, NULL },
		{ APISERVER("'/usr/bin/kube-apiserver', '--authorization-mode', 'RBAC'"), NULL, KA_YES, KA_NO, KA_NO, NULL },
		{ APISERVER("'kube-apiserver', '--authorization-mode=Node,RBAC,Webhook'"), NULL, KA_YES, KA_YES, KA_NO,
		  "webhook" },
		{ APISERVER("'kube-apiserver', '--authorization-mode=ABAC'"), NULL, KA_NO, KA_NO, KA_NO, "ABAC" },
		{ APISERVER("'kube-apiserver'"), NULL, KA_NO, KA_NO, KA_YES, NULL },
		{ APISERVER("'kube-apiserver', '--authorization-mode=AlwaysAllow'"), NULL, KA_NO, KA_NO, KA_YES, NULL },
		{ APISERVER("'kube-apiserver', '--authorization-config=/etc/a'"), NULL, KA_UNSET, KA_UNSET, KA_UNSET, "file" },
		{ "", "EKS", KA_UNSET, KA_UNSET, KA_UNSET, "EKS" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct ka_graph *g = test_world(cases[i].world);
		struct ka_authorizers a;

		if (cases[i].distribution)
			g->distribution = cases[i].distribution;
		ka_authorizers(g, &a);
		assert_int_equal(a.rbac, cases[i].rbac);
		assert_int_equal(a.node, cases[i].node);
		assert_int_equal(a.always_allow, cases[i].always_allow);
		assert_int_equal(a.at_least != NULL, cases[i].at_least != NULL);
		if (a.at_least)
			assert_non_null(strstr(a.at_least, cases[i].at_least));
		ka_graph_free(g);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(by_flags_and_distribution) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
