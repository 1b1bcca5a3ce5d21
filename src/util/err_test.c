#include <kassay/err.h>

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "util/banned.h"

static void
set_returns_minus_one_and_fills(void **state)
{
	struct ka_err err = { 0 };

	(void)state;
	assert_int_equal(ka_err_set(&err, KA_EFORMAT, "line %d: %s", 3, "no"), -1);
	assert_int_equal(err.code, KA_EFORMAT);
	assert_string_equal(err.msg, "line 3: no");
}

static void
nobody_listening_is_no_crash(void **state)
{
	(void)state;
	assert_int_equal(ka_err_set(NULL, KA_EIO, "x"), -1);
	assert_int_equal(ka_err_sys(NULL, ENOENT, "x"), -1);
	assert_int_equal(ka_err_wrap(NULL, "x"), -1);
}

static void
set_replaces_control_characters(void **state)
{
	struct ka_err err;

	(void)state;
	ka_err_set(&err, KA_EFORMAT,
		   "a\033[31mb\nc\x7f"
		   "d\xc2\x9b"
		   "e\xe2\x80\xae"
		   "f\xff\xc3\xa9");
	assert_string_equal(err.msg, "a?[31mb?c?d?e?f?\xc3\xa9");
}

static void
set_may_quote_its_own_message(void **state)
{
	struct ka_err err;

	(void)state;
	ka_err_set(&err, KA_EFORMAT, "inner");
	ka_err_set(&err, KA_EIO, "<%s>", err.msg);
	assert_string_equal(err.msg, "<inner>");
	assert_int_equal(err.code, KA_EIO);
}

static void
sys_ends_with_the_system_s_reason(void **state)
{
	struct ka_err err;

	(void)state;
	assert_int_equal(ka_err_sys(&err, ENOENT, "opening %s", "x.json"), -1);
	assert_int_equal(err.code, KA_EIO);
	assert_string_equal(err.msg, "opening x.json: No such file or directory");
}

static void
wrap_puts_context_in_front(void **state)
{
	struct ka_err err;

	(void)state;
	ka_err_set(&err, KA_ELIMIT, "too deep");
	assert_int_equal(ka_err_wrap(&err, "reading %s", "x"), -1);
	assert_string_equal(err.msg, "reading x: too deep");
	assert_int_equal(err.code, KA_ELIMIT);
}

static void
wrap_truncates_rather_than_overruns(void **state)
{
	struct ka_err err;
	char longer[2000];

	(void)state;
	memset(longer, 'x', sizeof longer - 1);
	longer[sizeof longer - 1] = '\0';
	ka_err_set(&err, KA_EIO, "%s", longer);
	assert_int_equal(strlen(err.msg), sizeof err.msg - 1);
	ka_err_wrap(&err, "context");
	assert_int_equal(strlen(err.msg), sizeof err.msg - 1);
	assert_memory_equal(err.msg, "context: xxx", 12);
	ka_err_wrap(&err, "%s", longer);
	assert_int_equal(strlen(err.msg), sizeof err.msg - 1);
}

static void
truncation_leaves_no_half_character(void **state)
{
	struct ka_err err;
	char text[600] = "";

	(void)state;
	memset(text, 'x', 510);
	memcpy(text + 510, "\xc3\xa9", 3);
	ka_err_set(&err, KA_EIO, "%s", text);
	assert_int_equal(err.msg[510], '?');
	assert_int_equal(strlen(err.msg), 511);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(set_returns_minus_one_and_fills),
		cmocka_unit_test(nobody_listening_is_no_crash),
		cmocka_unit_test(set_replaces_control_characters),
		cmocka_unit_test(set_may_quote_its_own_message),
		cmocka_unit_test(sys_ends_with_the_system_s_reason),
		cmocka_unit_test(wrap_puts_context_in_front),
		cmocka_unit_test(wrap_truncates_rather_than_overruns),
		cmocka_unit_test(truncation_leaves_no_half_character),
	};

	return cmocka_run_group_tests_name("err", tests, NULL, NULL);
}
