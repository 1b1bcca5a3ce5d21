#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "source/http_words.h"

static void
what_went_wrong_says_what_to_do(void **state)
{
	static const struct {
		struct ka_http_failure failure;
		const char *says;
	} rows[] = {
		{ { .code = 60, .verify = 10, .text = "x" }, "has expired (or the clock" },
		{ { .code = 60, .verify = 9, .text = "x" }, "not valid yet: is the clock" },
		{ { .code = 60, .verify = 18, .text = "x" }, "signed by itself" },
		{ { .code = 60, .verify = 19, .text = "x" }, "not trusted here" },
		{ { .code = 60, .verify = 20, .text = "x" }, "not trusted here" },
		{ { .code = 60, .verify = 1, .text = "no alternative certificate subject name matches" }, "tls-server-name" },
		{ { .code = 77, .text = "error setting certificate file" }, "trusts no certificate authority" },
		{ { .code = 28, .text = "x", .stall = 30, .seconds = 300 }, "stalled for 30 s, or longer than 300 s" },
		{ { .code = 23, .text = "x", .too_large = true, .max_body = 100 }, "larger than 100 bytes" },
		{ { .code = 56, .text = "Recv failure" }, "Recv failure" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char text[400];

		ka_http_words(text, sizeof text, &rows[i].failure);
		if (!strstr(text, rows[i].says))
			fail_msg("\"%s\" says %s", rows[i].says, text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_went_wrong_says_what_to_do),
	};

	return cmocka_run_group_tests_name("http_words", tests, NULL, NULL);
}
