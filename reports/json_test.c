#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>

#include <cmocka.h>
#include <jansson.h>

#include "sample_testing.h"

/* Strict: duplicate keys are refused; jansson also refuses bad UTF-8. */
static json_t *
parsed(const struct ka_report *r)
{
	char *text = render("json", r, &(struct ka_report_opts){ 0 });

	json_error_t why;
	json_t *root;

	assert_non_null(text);
	root = json_loads(text, JSON_REJECT_DUPLICATES, &why);
	if (!root)
		fail_msg("line %d: %s", why.line, why.text);
	free(text);
	return root;
}

static const char *
str(const json_t *o, const char *key)
{
	return json_string_value(json_object_get(o, key));
}

static const json_t *
finding(const json_t *root, const char *id)
{
	const json_t *list = json_object_get(root, "findings");

	for (size_t i = 0; i < json_array_size(list); i++)
		if (!strcmp(str(json_array_get(list, i), "id"), id))
			return json_array_get(list, i);
	fail_msg("no finding %s", id);
	return NULL;
}

static void
the_keys_are_those_of_the_contract(void **state)
{
	static const char *const keys[] = { "schema",  "tool",	       "run",	   "evidence",
					    "summary", "benchmarks",   "checks",   "findings",
					    "leastPrivilege", "subjects",
					    "waivers", "attestations", "problems", "skipped" };

	json_t *root = parsed(&sample_report);

	(void)state;
	assert_int_equal(json_object_size(root), COUNT(keys));
	for (size_t i = 0; i < COUNT(keys); i++)
		assert_non_null(json_object_get(root, keys[i]));
	assert_string_equal(str(root, "schema"), "kassay.report/v1");
	assert_int_equal(json_array_size(json_object_get(root, "findings")), COUNT(sample_finding));
	assert_int_equal(json_array_size(json_object_get(root, "checks")), NCHECKS);
	json_decref(root);
}

static void
what_was_not_observed_is_null(void **state)
{
	json_t *root = parsed(&sample_report), *subjects = json_object_get(root, "subjects"), *use;

	(void)state;
	assert_int_equal(json_array_size(subjects), COUNT(sample_holder));
	use = json_object_get(json_array_get(subjects, 0), "usage");
	assert_int_equal(json_integer_value(json_object_get(use, "unused")), 4088);
	assert_true(json_real_value(json_object_get(use, "overBreadth")) == 350.0);
	assert_true(json_is_null(json_object_get(json_array_get(subjects, 1), "usage")));
	json_decref(root);
	root = parsed(&sample_empty);
	assert_true(json_is_null(json_object_get(root, "leastPrivilege")));
	assert_int_equal(json_array_size(json_object_get(root, "subjects")), 0);
	json_decref(root);
}

static void
a_finding_says_where_it_comes_from(void **state)
{
	json_t *root = parsed(&sample_report);
	const json_t *f = finding(root, "3748596a7b8c9dae"), *via = json_object_get(f, "via");

	(void)state;
	assert_string_equal(str(json_object_get(f, "object"), "apiVersion"), "v1");
	assert_string_equal(str(json_object_get(f, "origin"), "file"), "rbac.yaml");
	assert_int_equal(json_integer_value(json_object_get(json_object_get(f, "origin"), "line")),
			 52);
	assert_int_equal(json_array_size(via), 2);
	assert_string_equal(str(json_array_get(via, 0), "name"), "runner-edit");
	assert_true(json_is_null(json_object_get(json_array_get(via, 1), "namespace")));
	assert_true(json_is_null(json_object_get(finding(root, "48596a7b8c9daebf"), "origin")));
	json_decref(root);
}

static void
a_waiver_stands_beside_its_finding(void **state)
{
	json_t *root = parsed(&sample_report);
	const json_t *w = json_object_get(finding(root, "00a1c4d2e5f60718"), "waiver");

	(void)state;
	assert_string_equal(str(w, "owner"), "platform@example.org");
	assert_true(json_is_null(json_object_get(finding(root, "1b2c3d4e5f607182"), "waiver")));
	assert_true(json_is_true(json_object_get(finding(root, "596a7b8c9daebfc0"), "known")));
	json_decref(root);
}

static void
hostile_names_survive_as_data(void **state)
{
	json_t *root = parsed(&sample_report);

	(void)state;
	assert_string_equal(
		str(json_object_get(finding(root, "6071829304152637"), "object"), "name"),
		"<script>alert(1)</script>]]>&\"'");
	assert_string_equal(
		str(json_object_get(finding(root, "7182930415263748"), "object"), "name"),
		"esc\033[31mred\001\r\nnext\x7f");
	assert_non_null(
		strstr(str(json_object_get(finding(root, "8293041526374859"), "object"), "name"),
		       "\xEF\xBF\xBD"));
	assert_string_equal(
		str(json_object_get(finding(root, "5f60718293041526"), "object"), "name"),
		long_name);
	json_decref(root);
}

static void
a_score_is_null_below_the_coverage_asked_for(void **state)
{
	json_t *root = parsed(&sample_report);
	const json_t *benches = json_object_get(root, "benchmarks");

	(void)state;
	assert_true(json_is_real(json_object_get(json_array_get(benches, 0), "score")));
	assert_true(json_is_null(json_object_get(json_array_get(benches, 1), "score")));
	json_decref(root);
}

static void
absent_lists_are_empty_not_missing(void **state)
{
	json_t *root = parsed(&sample_empty);

	(void)state;
	assert_int_equal(json_array_size(json_object_get(root, "findings")), 0);
	assert_true(json_is_array(json_object_get(root, "findings")));
	assert_true(json_is_array(json_object_get(root, "waivers")));
	assert_true(json_is_null(json_object_get(json_object_get(root, "summary"), "baseline")));
	json_decref(root);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_keys_are_those_of_the_contract),
		cmocka_unit_test(what_was_not_observed_is_null),
		cmocka_unit_test(a_finding_says_where_it_comes_from),
		cmocka_unit_test(a_waiver_stands_beside_its_finding),
		cmocka_unit_test(hostile_names_survive_as_data),
		cmocka_unit_test(a_score_is_null_below_the_coverage_asked_for),
		cmocka_unit_test(absent_lists_are_empty_not_missing),
	};

	return cmocka_run_group_tests_name("reports/json", tests, NULL, NULL);
}
