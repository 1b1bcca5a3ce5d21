#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "source/node_args.h"

#include "util/banned.h"

static const struct {
	const char *value, *json; /* NULL: nothing is written */
} cases[] = {
	{ "[\"server\",\"--kubelet-arg\",\"anonymous-auth=true\"]",
	  "{\"partial\":\"true\",\"authentication.anonymous.enabled\":\"true\"}" },
	{ "[\"agent\",\"--kubelet-arg=--read-only-port=10255\",\"--kubelet-arg\",\"v=2\"]",
	  "{\"partial\":\"true\",\"readOnlyPort\":\"10255\"}" },
	/* the last one counts, and makes no second key */
	{ "[\"--kubelet-arg\",\"event-qps=1\",\"--kubelet-arg\",\"event-qps=5\"]",
	  "{\"partial\":\"true\",\"eventRecordQPS\":\"5\"}" },
	{ "[\"--kubelet-arg\",\"feature-gates=A=true,B=false\",\"--kubelet-arg\",\"feature-gates=A=false\"]",
	  "{\"partial\":\"true\",\"featureGates\":{\"A\":\"false\",\"B\":\"false\"}}" },
	/* a value that looks like the option is one */
	{ "[\"--kubelet-arg\",\"--kubelet-arg\",\"anonymous-auth=true\"]", NULL },
	{ "[\"server\",\"--kube-apiserver-arg\",\"anonymous-auth=true\"]", NULL },
	{ "[\"--kubelet-arg\"]", NULL },
	{ "[\"--kubelet-arg\",\"anonymous-auth\"]", NULL },
	{ "[\"--kubelet-arg\",1]", NULL },
	{ "{\"a\":\"--kubelet-arg\"}", NULL },
	{ "[", NULL },
	{ "", NULL },
};

static void
kubelet_arguments_become_fields_of_its_configuration(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct ka_out *out = ka_out_mem();
		bool any = ka_node_args_write(cases[i].value, out);

		if (any != (cases[i].json != NULL))
			fail_msg("%s: written: %d", cases[i].value, any);
		assert_string_equal(ka_out_memory(out, NULL), cases[i].json ? cases[i].json : "");
		ka_out_discard(out);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kubelet_arguments_become_fields_of_its_configuration),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
