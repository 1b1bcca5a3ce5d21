#include "util/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "util/banned.h"

static void
buf_grows_and_stays_terminated(void **state)
{
	struct ka_buf b;

	(void)state;
	ka_buf_init(&b, 10000);
	assert_string_equal(b.s, "");
	for (int i = 0; i < 1000; i++)
		assert_int_equal(ka_buf_fmt(&b, NULL, "%03d,", i), 0);
	assert_int_equal(b.len, 4000);
	assert_int_equal(strlen(b.s), 4000);
	assert_memory_equal(b.s + 3992, "998,999,", 9);
	ka_buf_clear(&b);
	assert_string_equal(b.s, "");
	assert_int_equal(ka_buf_add(&b, "a\0b", 3, NULL), 0);
	assert_int_equal(b.len, 3);
	assert_memory_equal(b.s, "a\0b", 4);
	ka_buf_release(&b);
}

static void
buf_past_its_cap_is_unchanged(void **state)
{
	struct ka_buf b;
	struct ka_err err;
	char text[300];

	(void)state;
	memset(text, 'x', sizeof text);
	ka_buf_init(&b, 200);
	assert_int_equal(ka_buf_add(&b, text, 199, &err), 0);
	assert_int_equal(ka_buf_add(&b, text, 2, &err), -1);
	assert_int_equal(err.code, KA_ELIMIT);
	assert_int_equal(ka_buf_fmt(&b, &err, "%s", "yz"), -1);
	assert_int_equal(b.len, 199);
	assert_int_equal(strlen(b.s), 199);
	assert_int_equal(ka_buf_fmt(&b, &err, "%s", "y"), 0);
	assert_int_equal(b.s[199], 'y');
	assert_int_equal(strlen(b.s), 200);
	assert_int_equal(ka_buf_add(&b, text, SIZE_MAX, &err), -1);
	ka_buf_release(&b);
}

static void
buf_of_no_room_holds_nothing(void **state)
{
	struct ka_buf b;

	(void)state;
	ka_buf_init(&b, 0);
	assert_int_equal(ka_buf_add(&b, "", 0, NULL), 0);
	assert_int_equal(ka_buf_add(&b, "a", 1, NULL), -1);
	assert_int_equal(ka_buf_fmt(&b, NULL, "%s", "a"), -1);
	assert_string_equal(b.s, "");
	ka_buf_release(&b);
}

static void
prefixes_and_suffixes_are_found_at_the_ends(void **state)
{
	(void)state;
	assert_true(ka_str_has_prefix("system:node", "system:"));
	assert_true(ka_str_has_prefix("a", ""));
	assert_false(ka_str_has_prefix("sys", "system"));
	assert_true(ka_str_has_suffix("PodList", "List"));
	assert_true(ka_str_has_suffix("List", "List"));
	assert_false(ka_str_has_suffix("ist", "List"));
	assert_false(ka_str_has_suffix("Lists", "List"));
}

static void
strings_sort_with_null_first(void **state)
{
	(void)state;
	assert_int_equal(ka_str_cmp(NULL, NULL), 0);
	assert_true(ka_str_cmp(NULL, "") < 0);
	assert_true(ka_str_cmp("", NULL) > 0);
	assert_true(ka_str_cmp("", "a") < 0);
	assert_true(ka_str_cmp("b", "a") > 0);
	assert_int_equal(ka_str_cmp("name", (char[]){ "name" }), 0);
}

static void
numbers_are_the_whole_string_or_none(void **state)
{
	uint64_t u = 1;

	(void)state;
	assert_true(ka_str_to_u64("18446744073709551615", &u));
	assert_true(u == UINT64_MAX);
	assert_true(ka_str_to_u64("007", &u));
	assert_int_equal(u, 7);
	assert_false(ka_str_to_u64("18446744073709551616", &u));
	assert_false(ka_str_to_u64("99999999999999999999", &u));
	assert_false(ka_str_to_u64("", &u));
	assert_false(ka_str_to_u64("-1", &u));
	assert_false(ka_str_to_u64("+1", &u));
	assert_false(ka_str_to_u64(" 1", &u));
	assert_false(ka_str_to_u64("1 ", &u));
	assert_false(ka_str_to_u64("0x1", &u));
	assert_int_equal(u, 7);
}

static void
utf8_is_as_the_rfc_has_it(void **state)
{
	static const char *const good[] = {
		"",
		"plain ascii, longer than eight bytes",
		"\x7f",
		"\xc2\x80",
		"\xdf\xbf",
		"\xe0\xa0\x80",
		"\xed\x9f\xbf",
		"\xee\x80\x80",
		"\xef\xbf\xbf",
		"\xf0\x90\x80\x80",
		"\xf4\x8f\xbf\xbf",
		("12345678\xc3\xa9"
		 "12345678"),
	};
	static const char *const bad[] = {
		"\x80",
		"\xc0\x80",
		"\xc1\xbf",
		"\xc3",
		"\xc3(",
		"\xe0\x9f\xbf",
		"\xed\xa0\x80",
		"\xe2\x82",
		"\xf0\x8f\xbf\xbf",
		"\xf4\x90\x80\x80",
		"\xf5\x80\x80\x80",
		"\xff",
		"12345678\xc3",
		"\xf0\x9f\x98",
	};

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		assert_true(ka_utf8_valid(good[i], strlen(good[i])));
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(ka_utf8_valid(bad[i], strlen(bad[i])));
	assert_true(ka_utf8_valid("a\0b", 3));
}

/* The example of the Unicode standard, section 3.9, table 3-11 (and its neighbours). */
static void
utf8_next_takes_maximal_subparts(void **state)
{
	static const char text[] =
		"\xe1\x80\xe2\xf0\x91\x92\xf1\xbf\x41\xc0\xaf\xe2\x82\xac\xf0\x9f\x98\x80";
	static const size_t want_len[] = { 2, 1, 3, 2, 1, 1, 1, 3, 4 };
	static const uint32_t want[] = {
		KA_UTF8_BAD, KA_UTF8_BAD, KA_UTF8_BAD, KA_UTF8_BAD, 0x41,
		KA_UTF8_BAD, KA_UTF8_BAD, 0x20ac,      0x1f600,
	};
	size_t at = 0;

	(void)state;
	for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
		uint32_t c;
		size_t n = ka_utf8_next(text + at, sizeof text - 1 - at, &c);

		assert_int_equal(n, want_len[i]);
		assert_int_equal(c, want[i]);
		at += n;
	}
	assert_int_equal(at, sizeof text - 1);
}

static void
terminals_get_no_tricks(void **state)
{
	static const uint32_t unsafe[] = {
		0,	'\n',	0x1b,	0x1f,	0x7f,	0x80,	0x9b,	0x9f,	 0x61c,
		0x200b, 0x200f, 0x202a, 0x202e, 0x2066, 0x2069, 0xfeff, 0xe0041, KA_UTF8_BAD,
	};
	static const uint32_t safe[] = {
		' ',	'~',	0xa0,	0xe9,	0x61b,	0x200a,	 0x2010,
		0x2027, 0x205f, 0x20ac, 0xfefe, 0xffff, 0x1f600, 0x10ffff
	};

	(void)state;
	for (size_t i = 0; i < sizeof unsafe / sizeof *unsafe; i++)
		assert_false(ka_term_safe(unsafe[i]));
	for (size_t i = 0; i < sizeof safe / sizeof *safe; i++)
		assert_true(ka_term_safe(safe[i]));
}

static void
times_are_read(void **state)
{
	static const struct {
		const char *s;
		int64_t t;
	} good[] = {
		{ "1970-01-01T00:00:00Z", 0 },
		{ "1969-12-31T23:59:59Z", -1 },
		{ "2026-03-01T08:00:00Z", 1772352000 },
		{ "2026-03-01T08:00:00.999999999Z", 1772352000 },
		{ "2026-03-01T09:30:00+01:30", 1772352000 },
		{ "2026-02-28T23:00:00-09:00", 1772352000 },
		{ "2000-02-29T00:00:00Z", 951782400 },
		{ "2016-12-31T23:59:60Z", 1483228800 },
		{ "2026-03-01t08:00:00z", 1772352000 },
		{ "0000-01-01T00:00:00Z", INT64_C(-62167219200) },
		{ "9999-12-31T23:59:59Z", INT64_C(253402300799) },
	};

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		int64_t t = 12345;

		assert_true(ka_time_parse(good[i].s, &t));
		assert_true(t == good[i].t);
	}
}

static void
what_is_no_time_is_refused(void **state)
{
	static const char *const bad[] = {
		"",
		"2026",
		"2026-03-01",
		"2026-03-01T08:00:00",
		"2026-03-01 08:00:00Z",
		"2026-13-01T08:00:00Z",
		"2026-00-01T08:00:00Z",
		"2026-02-29T08:00:00Z",
		"1900-02-29T08:00:00Z",
		"2026-03-00T08:00:00Z",
		"2026-03-01T24:00:00Z",
		"2026-03-01T08:60:00Z",
		"2026-03-01T08:00:61Z",
		"2026-03-01T08:00:00.Z",
		"2026-03-01T08:00:00Z ",
		"2026-03-01T08:00:00+0100",
		"2026-03-01T08:00:00+24:00",
		"-026-03-01T08:00:00Z",
		"2026-3-01T08:00:00Z",
		"2026-03-01T08:00:00+01:00Z",
		"T",
		"null",
	};
	int64_t t = 5;

	(void)state;
	assert_false(ka_time_parse(NULL, &t));
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(ka_time_parse(bad[i], &t));
	assert_int_equal(t, 5);
}

static void
times_are_written(void **state)
{
	char s[21];

	(void)state;
	ka_time_format(1772352000, s);
	assert_string_equal(s, "2026-03-01T08:00:00Z");
	ka_time_format(-1, s);
	assert_string_equal(s, "1969-12-31T23:59:59Z");
	ka_time_format(INT64_MIN, s);
	assert_string_equal(s, "0000-01-01T00:00:00Z");
	ka_time_format(INT64_MAX, s);
	assert_string_equal(s, "9999-12-31T23:59:59Z");
}

static void
every_day_goes_there_and_back(void **state)
{
	char s[21], before[21] = "";
	int64_t t;

	(void)state;
	for (int64_t day = -719528; day <= 2932896; day += 1) {
		int64_t want = day * 86400 + (day & 0xffff);

		ka_time_format(want, s);
		if (!ka_time_parse(s, &t) || t != want || strcmp(before, s) >= 0)
			fail_msg("%s", s);
		memcpy(before, s, sizeof s);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(buf_grows_and_stays_terminated),
		cmocka_unit_test(buf_past_its_cap_is_unchanged),
		cmocka_unit_test(buf_of_no_room_holds_nothing),
		cmocka_unit_test(prefixes_and_suffixes_are_found_at_the_ends),
		cmocka_unit_test(strings_sort_with_null_first),
		cmocka_unit_test(numbers_are_the_whole_string_or_none),
		cmocka_unit_test(utf8_is_as_the_rfc_has_it),
		cmocka_unit_test(utf8_next_takes_maximal_subparts),
		cmocka_unit_test(terminals_get_no_tricks),
		cmocka_unit_test(times_are_read),
		cmocka_unit_test(what_is_no_time_is_refused),
		cmocka_unit_test(times_are_written),
		cmocka_unit_test(every_day_goes_there_and_back),
	};

	return cmocka_run_group_tests_name("str", tests, NULL, NULL);
}
