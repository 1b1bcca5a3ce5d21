#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "source/status.h"

static void
a_status_is_read_in_json(void **state)
{
	static const char text[] = "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{\"continue\":\"abc\"},"
				   "\"status\":\"Failure\",\"message\":\"too old\",\"code\":410}";
	struct ka_status s;

	(void)state;
	ka_status_read(text, strlen(text), &s);
	assert_true(s.is_status);
	assert_string_equal(s.message, "too old");
	assert_string_equal(s.cont, "abc");
}

/* runtime.Unknown{typeMeta{apiVersion, kind}, raw}; raw is Status{metadata{continue}, status, message, code}. */
static const char protobuf[] = "k8s\0"
			       "\x0a\x0c" "\x0a\x02" "v1" "\x12\x06" "Status"
			       "\x12\x1b" "\x0a\x05" "\x1a\x03" "abc" "\x12\x07" "Failure" "\x1a\x06" "t'o'ld" "\x30\x9a\x03"
			       "\x1a\x00";

static void
a_status_is_read_in_protobuf(void **state)
{
	struct ka_status s;

	(void)state;
	ka_status_read(protobuf, sizeof protobuf - 1, &s);
	assert_true(s.is_status);
	assert_string_equal(s.message, "t'o'ld");
	assert_string_equal(s.cont, "abc");
}

static void
anything_else_is_none(void **state)
{
	static const char *const rows[] = { "", "{", "null", "[]", "{\"kind\":\"PodList\"}", "<html>", "k8s", "{\"kind\":7}" };
	struct ka_status s;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		ka_status_read(rows[i], strlen(rows[i]), &s);
		assert_false(s.is_status);
		assert_string_equal(s.message, "");
	}
	ka_status_read(NULL, 0, &s);
	assert_false(s.is_status);
	for (size_t cut = 0; cut < sizeof protobuf - 6; cut++)
		ka_status_read(protobuf, cut, &s);
}

/* Cut, a token would be another. */
static void
a_token_that_is_too_long_is_none(void **state)
{
	char text[6000] = "{\"kind\":\"Status\",\"metadata\":{\"continue\":\"";
	size_t len = strlen(text);
	struct ka_status s;

	(void)state;
	memset(text + len, 'x', 4000);
	memcpy(text + len + 4000, "\"}}", 4);
	ka_status_read(text, strlen(text), &s);
	assert_true(s.is_status);
	assert_string_equal(s.cont, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_status_is_read_in_json),
		cmocka_unit_test(a_status_is_read_in_protobuf),
		cmocka_unit_test(anything_else_is_none),
		cmocka_unit_test(a_token_that_is_too_long_is_none),
	};

	return cmocka_run_group_tests_name("status", tests, NULL, NULL);
}
