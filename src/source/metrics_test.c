#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "source/metrics.h"

#include "util/banned.h"

#define METRIC "apiserver_storage_transformation_operations_total"

/* Fed in pieces of so many bytes. */
static void
expect_pieces(const char *text, const char *json, unsigned damaged, size_t piece)
{
	struct ka_metrics *m = ka_metrics_new();
	struct ka_out *out = ka_out_mem();
	size_t len = strlen(text);

	for (size_t at = 0; at < len; at += piece)
		ka_metrics_feed(m, text + at, len - at < piece ? len - at : piece);
	assert_int_equal(ka_metrics_finish(m), damaged);
	ka_metrics_write(m, out);
	assert_string_equal(ka_out_memory(out, NULL), json);
	ka_out_discard(out);
	ka_metrics_free(m);
}

static void
expect(const char *text, const char *json, unsigned damaged)
{
	expect_pieces(text, json, damaged, SIZE_MAX / 2);
	expect_pieces(text, json, damaged, 1);
	expect_pieces(text, json, damaged, 7);
}

static void
what_an_api_server_of_1_31_says_is_understood(void **state)
{
	(void)state;
	expect("# HELP " METRIC " [ALPHA] Total number of transformations.\n"
	       "# TYPE " METRIC " counter\n" METRIC
	       "{status=\"OK\",transformation_type=\"from_storage\",transformer_prefix=\"k8s:enc:aescbc:v1:\"} 7\n" METRIC
	       "{status=\"OK\",transformation_type=\"to_storage\",transformer_prefix=\"k8s:enc:aescbc:v1:\"} 1.2e+06\n"
	       "apiserver_storage_size_bytes{storage_cluster_id=\"etcd-0\"} 4.1\n",
	       "{\"transformers\":{\"*\":{\"k8s:enc:aescbc:v1:\":{\"from_storage\":\"7\",\"to_storage\":\"1200000\"}}}}", 0);
}

static void
resources_of_1_37_are_told_apart_and_identity_is_named(void **state)
{
	(void)state;
	expect(METRIC "{resource=\"secrets\",status=\"OK\",transformation_type=\"to_storage\",transformer_prefix=\"\"} 2\n" METRIC
		      "{resource=\"configmaps\",status=\"OK\",transformation_type=\"to_storage\","
		      "transformer_prefix=\"k8s:enc:kms:v2:\"} 3 1700000000000\n" METRIC
		      "{resource=\"secrets\",status=\"OK\",transformation_type=\"from_storage\",transformer_prefix=\"identity\"} 4\r\n",
	       "{\"transformers\":{\"configmaps\":{\"k8s:enc:kms:v2:\":{\"to_storage\":\"3\"}},"
	       "\"secrets\":{\"identity\":{\"from_storage\":\"4\",\"to_storage\":\"2\"}}}}",
	       0);
}

static void
failed_operations_are_not_counted(void **state)
{
	(void)state;
	expect(METRIC "{status=\"Unknown\",transformation_type=\"from_storage\",transformer_prefix=\"unknown\"} 9\n",
	       "{\"transformers\":{}}", 0);
}

static void
a_text_without_the_metric_says_so(void **state)
{
	(void)state;
	expect("", "{\"transformers\":{}}", 0);
	expect("up 1\n" METRIC "_more{a=\"b\"} 1\n", "{\"transformers\":{}}", 0);
}

static void
labels_may_be_escaped(void **state)
{
	(void)state;
	expect(METRIC "{status=\"OK\",transformation_type=\"to_storage\",transformer_prefix=\"a\\\"\\\\\\nb\"} 1",
	       "{\"transformers\":{\"*\":{\"a\\\"\\\\\\nb\":{\"to_storage\":\"1\"}}}}", 0);
}

static void
lines_that_are_not_understood_are_counted(void **state)
{
	static const char *const bad[] = {
		METRIC "{status=\"OK\",transformation_type=\"to_storage\"\n",
		METRIC "{status=\"OK\",transformation_type=\"to_storage} 1\n",
		METRIC "{status=OK} 1\n",
		METRIC "{status=\"OK\",transformation_type=\"to_storage\"} x\n",
		METRIC "{status=\"OK\",transformation_type=\"to_storage\"} NaN\n",
		METRIC "{status=\"OK\",transformation_type=\"to_storage\"} -1\n",
		METRIC "{status=\"OK\"} 1\n",
		METRIC "{status=\"\\x\",transformation_type=\"to_storage\"} 1\n",
		METRIC " 1\n",
	};
	static char lengthy[6000];

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		expect(bad[i], "{\"transformers\":{}}", 1);
	memset(lengthy, 'x', sizeof lengthy - 1);
	memcpy(lengthy, METRIC "{", strlen(METRIC "{"));
	expect(lengthy, "{\"transformers\":{}}", 1);
	memset(lengthy, 'x', sizeof lengthy - 1);
	expect(lengthy, "{\"transformers\":{}}", 0);
}

static void
a_new_try_forgets_the_old(void **state)
{
	static const char line[] = METRIC "{status=\"OK\",transformation_type=\"to_storage\",transformer_prefix=\"p\"} 5\n";
	struct ka_metrics *m = ka_metrics_new();
	struct ka_out *out = ka_out_mem();

	(void)state;
	ka_metrics_feed(m, line, sizeof line - 1);
	ka_metrics_feed(m, line, 60);
	ka_metrics_reset(m);
	ka_metrics_feed(m, line, sizeof line - 1);
	assert_int_equal(ka_metrics_finish(m), 0);
	ka_metrics_write(m, out);
	assert_string_equal(ka_out_memory(out, NULL), "{\"transformers\":{\"*\":{\"p\":{\"to_storage\":\"5\"}}}}");
	ka_out_discard(out);
	ka_metrics_free(m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_an_api_server_of_1_31_says_is_understood),
		cmocka_unit_test(resources_of_1_37_are_told_apart_and_identity_is_named),
		cmocka_unit_test(failed_operations_are_not_counted),
		cmocka_unit_test(a_text_without_the_metric_says_so),
		cmocka_unit_test(labels_may_be_escaped),
		cmocka_unit_test(lines_that_are_not_understood_are_counted),
		cmocka_unit_test(a_new_try_forgets_the_old),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
