#include <kassay/match.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "util/banned.h"

static void
globs_match_whole_strings(void **state)
{
	static const struct {
		const char *pattern, *s;
		bool want;
	} row[] = {
		{ "", "", true },
		{ "", "a", false },
		{ "*", "", true },
		{ "*", "a/b", true },
		{ "**", "", true },
		{ "?", "", false },
		{ "?", "a", true },
		{ "a", "a", true },
		{ "a", "ab", false },
		{ "ab", "a", false },
		{ "a*", "a", true },
		{ "a*c", "abc", true },
		{ "a*c", "abcd", false },
		{ "a*c", "ac", true },
		{ "a*b*c", "aXbYbZc", true },
		{ "*.example.com", "a.b.example.com", true },
		{ "*.example.com", "example.com", false },
		{ "system:*", "system:node:x", true },
		{ "a?c*", "abcdef", true },
		{ "*aab", "aaaaab", true },
		{ "*a?b", "aacab", false },
		{ "*a?b", "aaacb", true },
		{ "a**b", "ab", true },
		{ "A", "a", false },
		{ "[a]", "[a]", true },
		{ "[a]", "a", false },
		{ "a\\*", "a\\bc", true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		if (ka_glob(row[i].pattern, row[i].s) != row[i].want)
			fail_msg("%s on %s", row[i].pattern, row[i].s);
	}
}

static void
null_matches_the_star_alone(void **state)
{
	(void)state;
	assert_true(ka_glob("*", NULL));
	assert_false(ka_glob("", NULL));
	assert_false(ka_glob("a*", NULL));
	assert_true(ka_glob_nocase("*", NULL));
}

static void
nocase_folds_ascii_alone(void **state)
{
	(void)state;
	assert_true(ka_glob_nocase("*PASSWORD*", "db_Password_1"));
	assert_true(ka_glob_nocase("aZ", "Az"));
	assert_false(ka_glob_nocase("[", "{"));
	assert_false(ka_glob_nocase("@", "`"));
	assert_false(ka_glob_nocase("\xc3\x89", "\xc3\xa9"));
}

/* The naive recursion would not come back from this. */
static void
many_stars_end_soon(void **state)
{
	char s[10001];
	char pattern[2 * 50 + 2] = "";

	(void)state;
	memset(s, 'a', sizeof s - 1);
	s[sizeof s - 1] = '\0';
	for (size_t i = 0; i < 50; i++)
		memcpy(pattern + 2 * i, "*a", 2);
	memcpy(pattern + 100, "b", 2);
	assert_false(ka_glob(pattern, s));
	pattern[100] = '*';
	assert_true(ka_glob(pattern, s));
}

static const struct ka_kv kv[] = {
	{ "app", "web" },
	{ "env", "" },
	{ "tier", "front" },
	{ "zone", "b" },
};
static const struct ka_kvs labels = { sizeof kv / sizeof *kv, kv };

static void
kvs_get_finds_each_key_and_no_other(void **state)
{
	char key[] = "tier";

	(void)state;
	for (size_t i = 0; i < labels.n; i++)
		assert_ptr_equal(ka_kvs_get(&labels, kv[i].key), kv[i].value);
	assert_string_equal(ka_kvs_get(&labels, key), "front");
	assert_null(ka_kvs_get(&labels, ""));
	assert_null(ka_kvs_get(&labels, "ap"));
	assert_null(ka_kvs_get(&labels, "apps"));
	assert_null(ka_kvs_get(&labels, "zz"));
	assert_null(ka_kvs_get(NULL, "app"));
	assert_null(ka_kvs_get(&(struct ka_kvs){ 0, NULL }, "app"));
}

static bool
matches(const char *key, enum ka_sel_op op, const char *const *value, size_t n)
{
	const struct ka_sel_req req = { key, op, n, value };
	const struct ka_selector sel = { 1, &req };

	return ka_selector_match(&sel, &labels);
}

static void
requirements_match_as_kubernetes_matches_them(void **state)
{
	static const char *const web[] = { "api", "web" }, *const none[] = { "x" },
				 *const blank[] = { "" };

	(void)state;
	assert_true(matches("app", KA_SEL_IN, web, 2));
	assert_false(matches("app", KA_SEL_IN, web, 1));
	assert_false(matches("nope", KA_SEL_IN, web, 2));
	assert_true(matches("env", KA_SEL_IN, blank, 1));
	assert_false(matches("nope", KA_SEL_IN, blank, 1));
	assert_false(matches("app", KA_SEL_NOT_IN, web, 2));
	assert_true(matches("app", KA_SEL_NOT_IN, none, 1));
	assert_true(matches("nope", KA_SEL_NOT_IN, none, 1));
	assert_true(matches("env", KA_SEL_EXISTS, NULL, 0));
	assert_false(matches("nope", KA_SEL_EXISTS, NULL, 0));
	assert_false(matches("env", KA_SEL_NOT_EXISTS, NULL, 0));
	assert_true(matches("nope", KA_SEL_NOT_EXISTS, NULL, 0));
}

static void
invalid_requirements_match_nothing(void **state)
{
	static const char *const web[] = { "web" };

	(void)state;
	assert_false(matches("app", KA_SEL_INVALID, web, 1));
	assert_false(matches("nope", KA_SEL_INVALID, NULL, 0));
	assert_false(matches("app", KA_SEL_IN, NULL, 0));
	assert_false(matches("nope", KA_SEL_NOT_IN, NULL, 0));
	assert_false(matches("app", KA_SEL_EXISTS, web, 1));
	assert_false(matches("nope", KA_SEL_NOT_EXISTS, web, 1));
}

static void
all_requirements_must_hold(void **state)
{
	static const char *const web[] = { "web" }, *const back[] = { "back" };
	const struct ka_sel_req req[] = {
		{ "app", KA_SEL_IN, 1, web },
		{ "tier", KA_SEL_NOT_IN, 1, back },
		{ "zone", KA_SEL_NOT_EXISTS, 0, NULL },
	};

	(void)state;
	assert_true(ka_selector_match(&(struct ka_selector){ 2, req }, &labels));
	assert_false(ka_selector_match(&(struct ka_selector){ 3, req }, &labels));
	assert_true(ka_selector_match(&(struct ka_selector){ 2, req + 1 }, NULL));
}

static void
empty_selects_all_and_null_nothing(void **state)
{
	const struct ka_selector empty = { 0, NULL };
	const struct ka_sel_req bad = { "a", KA_SEL_INVALID, 0, NULL };

	(void)state;
	assert_true(ka_selector_match(&empty, &labels));
	assert_true(ka_selector_match(&empty, NULL));
	assert_false(ka_selector_match(NULL, &labels));
	assert_true(ka_selector_empty(&empty));
	assert_false(ka_selector_empty(NULL));
	assert_false(ka_selector_empty(&(struct ka_selector){ 1, &bad }));
	assert_true(ka_selector_valid(&empty));
	assert_true(ka_selector_valid(NULL));
	assert_false(ka_selector_valid(&(struct ka_selector){ 1, &bad }));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(globs_match_whole_strings),
		cmocka_unit_test(null_matches_the_star_alone),
		cmocka_unit_test(nocase_folds_ascii_alone),
		cmocka_unit_test(many_stars_end_soon),
		cmocka_unit_test(kvs_get_finds_each_key_and_no_other),
		cmocka_unit_test(requirements_match_as_kubernetes_matches_them),
		cmocka_unit_test(invalid_requirements_match_nothing),
		cmocka_unit_test(all_requirements_must_hold),
		cmocka_unit_test(empty_selects_all_and_null_nothing),
	};

	return cmocka_run_group_tests_name("match", tests, NULL, NULL);
}
