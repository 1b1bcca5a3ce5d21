#include "util/sha256.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "util/banned.h"

static void
digests_are_those_of_the_standard(void **state)
{
	struct ka_sha256 *h = ka_sha256_new(NULL);
	char hex[65];

	(void)state;
	assert_non_null(h);
	ka_sha256_hex(h, hex);
	assert_string_equal(hex,
			    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	ka_sha256_add(h, "abc", 3);
	ka_sha256_hex(h, hex);
	assert_string_equal(hex,
			    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	ka_sha256_free(h);
}

static void
pieces_and_whole_are_the_same(void **state)
{
	struct ka_sha256 *h = ka_sha256_new(NULL);
	char hex[65];

	(void)state;
	ka_sha256_add(h, "abcdbcdecdefdefgefghfghighij", 28);
	/* Asking on the way changes nothing. */
	ka_sha256_hex(h, hex);
	ka_sha256_add(h, NULL, 0);
	ka_sha256_add(h, "hijkijkljklmklmnlmnomnopnopq", 28);
	ka_sha256_hex(h, hex);
	assert_string_equal(hex,
			    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
	ka_sha256_free(h);
	ka_sha256_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(digests_are_those_of_the_standard),
		cmocka_unit_test(pieces_and_whole_are_the_same),
	};

	return cmocka_run_group_tests_name("sha256", tests, NULL, NULL);
}
