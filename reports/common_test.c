#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>

#include <cmocka.h>

#include "common.h"
#include "sample_testing.h"

static void
shares_are_rounded_down(void **state)
{
	static const struct {
		double share;
		unsigned percent, myriad;
	} t[] = {
		{ 0, 0, 0 },	    { 1, 100, 10000 },	   { 0.999999, 99, 9999 },
		{ 0.29, 29, 2900 }, { 1 / 3.0, 33, 3333 }, { 0.00001, 0, 0 },
		{ -1, 0, 0 },	    { 2, 100, 10000 },	   { 0.07, 7, 700 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		assert_int_equal(ka_percent(t[i].share), t[i].percent);
		assert_int_equal(ka_myriad(t[i].share), t[i].myriad);
	}
	assert_int_equal(ka_percent(0 / 1e-320 * 1e308 * 10 - 1e308 * 10),
			 0); /* not a number, or less */
}

static void
the_worst_check_comes_first_and_waived_ones_never(void **state)
{
	static const unsigned want[] = { C_PRIVILEGED, C_ADMIN, C_HOSTPATH, C_WILDCARD,
					 C_ROOT,       C_TOKEN, C_ISOLATED, C_SECRETENV };
	struct ka_worst_walk walk = { 0 };
	const struct ka_result *res;
	size_t n = 0;

	(void)state;
	while ((res = ka_worst_next(&sample_report, &walk)) != NULL) {
		assert_in_range(n, 0, COUNT(want) - 1);
		assert_ptr_equal(res->check, &sample_check[want[n++]]);
	}
	assert_int_equal(n, COUNT(want));
	assert_null(ka_worst_next(&sample_empty, &(struct ka_worst_walk){ 0 }));
}

static void
an_excuse_needs_every_finding(void **state)
{
	(void)state;
	assert_int_equal(ka_result_excuse(&sample_report, &sample_result[C_ESCALATE]), KA_WAIVED);
	assert_int_equal(ka_result_excuse(&sample_report, &sample_result[C_ISOLATED]), KA_KNOWN);
	assert_int_equal(ka_result_excuse(&sample_report, &sample_result[C_PRIVILEGED]),
			 KA_NO_EXCUSE);
	assert_int_equal(ka_result_excuse(&sample_report, &sample_result[C_LIMITS]), KA_NO_EXCUSE);
	assert_int_equal(ka_control_excuse(&sample_report, &sample_control[2]), KA_WAIVED);
	assert_int_equal(ka_control_excuse(&sample_report, &sample_control[0]), KA_NO_EXCUSE);
}

static void
a_control_that_a_person_found_broken_has_no_excuse(void **state)
{
	(void)state;
	assert_int_equal(ka_control_excuse(&sample_report, &sample_control[4]), KA_NO_EXCUSE);
}

static void
new_findings_are_neither_waived_nor_known(void **state)
{
	(void)state;
	assert_int_equal(ka_new_findings(&sample_report, KA_INFO), 14);
	assert_int_equal(ka_new_findings(&sample_report, KA_HIGH), 5);
	assert_int_equal(ka_new_findings(&sample_report, KA_CRITICAL), 2);
}

static void
a_live_object_has_a_resource_version_even_through_a_snapshot(void **state)
{
	struct ka_graph g = sample_graph;
	struct ka_origin from;

	(void)state;
	from = ka_origin_of(&g, &sample_object[O_AGENT]);
	assert_string_equal(from.file, "deploy/agent.yaml");
	assert_int_equal(from.line, 3);
	g.source_class = KA_SOURCE_CLUSTER;
	from = ka_origin_of(&g, &sample_object[O_AGENT]);
	assert_null(from.file);
	assert_string_equal(from.resource_version, "4711");
}

static void
a_ghost_comes_from_nowhere(void **state)
{
	struct ka_origin from = ka_origin_of(&sample_graph, &sample_object[O_GHOST]);

	(void)state;
	assert_null(from.file);
	assert_null(from.resource_version);
}

static void
what_is_refused_names_the_rule_that_mends_it(void **state)
{
	char mend[512];

	(void)state;
	ka_mend(mend, sizeof mend, &sample_graph, KA_SECRET);
	assert_non_null(strstr(mend, "resources [secrets] in apiGroups [\"\"]"));
	assert_true(ka_ledger_gap(&sample_graph, KA_SECRET));
	assert_false(ka_ledger_gap(&sample_graph, KA_PERSISTENTVOLUME));
	assert_int_equal(ka_blocked_by(&sample_report, KA_SECRET), 1);
	assert_int_equal(ka_blocked_by(&sample_report, KA_NODE), 0);
}

static void
visible(const char *s, const char *want)
{
	struct ka_out *out = ka_out_mem();

	ka_put_visible(out, s, ka_out_str);
	assert_string_equal(ka_out_memory(out, NULL), want);
	ka_out_discard(out);
}

static void
bidirectional_controls_are_spelt_out(void **state)
{
	char longer[2000], again[2000];

	(void)state;
	visible("plain", "plain");
	visible("a\xE2\x80\xAE"
		"b",
		"a<U+202E>b");
	visible("\xE2\x81\xA9", "<U+2069>");
	visible("\xE2\x82\xAC euro", "\xE2\x82\xAC euro");
	visible("cut \xE2", "cut \xE2");
	visible("cut \xE2\x80", "cut \xE2\x80");
	visible("", "");
	/* No character is torn where the text is passed on in parts. */
	for (size_t pad = 0; pad < 8; pad++) {
		memset(longer, 'x', pad);
		for (size_t i = pad; i + 3 < sizeof longer; i += 3)
			memcpy(longer + i, "\xE2\x82\xAC", 4);
		snprintf(again, sizeof again, "%s", longer);
		visible(longer, again);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shares_are_rounded_down),
		cmocka_unit_test(the_worst_check_comes_first_and_waived_ones_never),
		cmocka_unit_test(an_excuse_needs_every_finding),
		cmocka_unit_test(a_control_that_a_person_found_broken_has_no_excuse),
		cmocka_unit_test(new_findings_are_neither_waived_nor_known),
		cmocka_unit_test(a_live_object_has_a_resource_version_even_through_a_snapshot),
		cmocka_unit_test(a_ghost_comes_from_nowhere),
		cmocka_unit_test(what_is_refused_names_the_rule_that_mends_it),
		cmocka_unit_test(bidirectional_controls_are_spelt_out),
	};

	return cmocka_run_group_tests_name("reports/common", tests, NULL, NULL);
}
