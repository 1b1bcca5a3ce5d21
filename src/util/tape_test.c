#include "util/tape.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "util/banned.h"
#include "util/read.h"

static const struct ka_node *
parse(struct ka_tape *t, const char *text)
{
	struct ka_err err;

	if (ka_json_parse(t, text, strlen(text), NULL, &err) < 0)
		fail_msg("%s", err.msg);
	return t->node;
}

static void
members_are_found_by_name(void **state)
{
	struct ka_tape t;
	const struct ka_node *root;
	int64_t i;

	(void)state;
	ka_tape_init(&t);
	root = parse(&t, "{\"a\":{\"b\":1},\"b\":2,\"\\u0063\":3,\"\":4}");
	assert_true(ka_tape_int(&t, ka_tape_get(&t, root, "b"), &i) && i == 2);
	assert_true(ka_tape_int(&t, ka_tape_get(&t, root, "c"), &i) && i == 3);
	assert_true(ka_tape_int(&t, ka_tape_get(&t, root, "c"), &i) && i == 3);
	assert_true(ka_tape_int(&t, ka_tape_get(&t, root, ""), &i) && i == 4);
	assert_true(ka_tape_int(&t, ka_tape_get(&t, ka_tape_get(&t, root, "a"), "b"), &i) &&
		    i == 1);
	assert_null(ka_tape_get(&t, root, "d"));
	assert_null(ka_tape_get(&t, NULL, "a"));
	assert_null(ka_tape_get(&t, ka_tape_get(&t, root, "b"), "a"));
	assert_null(ka_tape_get(&t, parse(&t, "[\"a\",1]"), "a"));
	ka_tape_release(&t);
}

static void
text_comes_without_its_escapes_and_stays_where_it_is(void **state)
{
	static const char *const want[] = { "plain", "a\"\\/\b\f\n\r\tz", "\xc3\xa4\xe2\x82\xac",
					    "\xf0\x9f\x98\x80!", "" };
	const char *first[5];
	struct ka_tape t;
	const struct ka_node *root;
	size_t i, len;

	(void)state;
	ka_tape_init(&t);
	root = parse(&t, "[\"plain\",\"a\\\"\\\\\\/\\b\\f\\n\\r\\tz\",\"\\u00e4\\u20AC\","
			 "\"\\ud83d\\ude00!\",\"\"]");
	for (int round = 0; round < 2; round++) {
		i = 0;
		for (const struct ka_node *v = ka_tape_first(&t, root); v;
		     v = ka_tape_after(&t, root, v), i++) {
			const char *s = ka_tape_text(&t, v, &len);

			assert_int_equal(len, strlen(want[i]));
			assert_memory_equal(s, want[i], len);
			assert_true(ka_tape_is(&t, v, want[i]));
			assert_false(ka_tape_is(&t, v, "other"));
			if (round == 0)
				first[i] = s;
			assert_ptr_equal(s, first[i]);
		}
		assert_int_equal(i, 5);
	}
	ka_tape_release(&t);
}

static void
what_has_no_text_has_an_empty_one(void **state)
{
	struct ka_tape t;
	const struct ka_node *root;
	size_t len = 1;

	(void)state;
	ka_tape_init(&t);
	root = parse(&t, "[null,{},[]]");
	for (const struct ka_node *v = ka_tape_first(&t, root); v; v = ka_tape_after(&t, root, v)) {
		assert_non_null(ka_tape_text(&t, v, &len));
		assert_int_equal(len, 0);
		assert_false(ka_tape_is(&t, v, ""));
	}
	assert_non_null(ka_tape_text(&t, NULL, &len));
	assert_false(ka_tape_is(&t, NULL, ""));
	ka_tape_release(&t);
}

static void
whole_numbers_are_exact_or_refused(void **state)
{
	static const struct {
		const char *text;
		bool ok;
		int64_t want;
	} row[] = {
		{ "0", true, 0 },
		{ "-0", true, 0 },
		{ "-12", true, -12 },
		{ "9223372036854775807", true, INT64_MAX },
		{ "9223372036854775808", false, 0 },
		{ "-9223372036854775808", true, INT64_MIN },
		{ "-9223372036854775809", false, 0 },
		{ "99999999999999999999999", false, 0 },
		{ "1.0", false, 0 },
		{ "1e2", false, 0 },
		{ "\"1\"", false, 0 },
		{ "true", false, 0 },
	};
	struct ka_tape t;

	(void)state;
	ka_tape_init(&t);
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		int64_t got = 77;

		assert_int_equal(ka_tape_int(&t, parse(&t, row[i].text), &got), row[i].ok);
		assert_true(got == (row[i].ok ? row[i].want : 77));
	}
	assert_false(ka_tape_int(&t, NULL, &(int64_t){ 0 }));
	ka_tape_release(&t);
}

static void
lines_are_those_of_the_file_even_after_escapes_were_resolved(void **state)
{
	struct ka_tape t;
	const struct ka_node *root, *c;
	size_t len;

	(void)state;
	ka_tape_init(&t);
	root = parse(&t, "{\n\"a\": \"x\\n\\n\\ny\",\n\n\"b\": {\n\"c\": null}}");
	c = ka_tape_get(&t, ka_tape_get(&t, root, "b"), "c");
	assert_int_equal(ka_tape_line(&t, root), 1);
	for (int round = 0; round < 2; round++) {
		assert_int_equal(ka_tape_line(&t, ka_tape_get(&t, root, "a")), 2);
		assert_int_equal(ka_tape_line(&t, ka_tape_get(&t, root, "b")), 4);
		assert_int_equal(ka_tape_line(&t, c), 5);
		ka_tape_text(&t, ka_tape_get(&t, root, "a"), &len);
		assert_int_equal(len, 5);
	}
	t.first_line = 100;
	assert_int_equal(ka_tape_line(&t, c), 104);
	ka_tape_release(&t);
}

static void
a_tape_can_be_used_again(void **state)
{
	struct ka_tape t;

	(void)state;
	ka_tape_init(&t);
	assert_int_equal(parse(&t, "[1,2,3]")->len, 3);
	assert_int_equal(parse(&t, "{\"a\":[]}")->len, 1);
	assert_int_equal(ka_json_parse(&t, "[", 1, NULL, NULL), -1);
	ka_tape_clear(&t);
	assert_int_equal(t.n, 0);
	assert_true(ka_tape_is(&t, parse(&t, "\"x\""), "x"));
	ka_tape_release(&t);
	ka_tape_release(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(members_are_found_by_name),
		cmocka_unit_test(text_comes_without_its_escapes_and_stays_where_it_is),
		cmocka_unit_test(what_has_no_text_has_an_empty_one),
		cmocka_unit_test(whole_numbers_are_exact_or_refused),
		cmocka_unit_test(lines_are_those_of_the_file_even_after_escapes_were_resolved),
		cmocka_unit_test(a_tape_can_be_used_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
