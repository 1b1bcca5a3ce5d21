#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "util/base64.h"

/* RFC 4648, section 10. */
static const struct {
	const char *plain, *encoded;
} rows[] = {
	{ "", "" },           { "f", "Zg==" },         { "fo", "Zm8=" },        { "foo", "Zm9v" },
	{ "foob", "Zm9vYg==" }, { "fooba", "Zm9vYmE=" }, { "foobar", "Zm9vYmFy" },
};

static void
what_is_encoded_is_decoded_again(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char *text = ka_base64_encode(rows[i].plain, strlen(rows[i].plain));
		size_t len;

		assert_string_equal(text, rows[i].encoded);
		assert_true(ka_base64_decode(text, strlen(text), &len));
		assert_int_equal(len, strlen(rows[i].plain));
		assert_memory_equal(text, rows[i].plain, len);
		free(text);
	}
}

static void
what_is_no_base64_is_refused(void **state)
{
	static const char *const bad[] = { "Zg", "Zg=", "Z", "Zg==Zg==", "Zm9!", "=", "Zm 8=" };

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		char text[32];
		size_t len = strlen(bad[i]);

		memcpy(text, bad[i], len + 1);
		assert_false(ka_base64_decode(text, len, &len));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_encoded_is_decoded_again),
		cmocka_unit_test(what_is_no_base64_is_refused),
	};

	return cmocka_run_group_tests_name("base64", tests, NULL, NULL);
}
