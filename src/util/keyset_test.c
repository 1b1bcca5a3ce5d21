#include "util/keyset.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "util/banned.h"

static void
a_string_is_new_once(void **state)
{
	struct ka_keyset set;

	(void)state;
	ka_keyset_init(&set);
	assert_int_equal(ka_keyset_add(&set, "a", 1, 7), KA_KEYSET_NEW);
	assert_int_equal(ka_keyset_add(&set, "a", 1, 8), 7);
	assert_int_equal(ka_keyset_add(&set, "ab", 2, 9), KA_KEYSET_NEW);
	assert_int_equal(ka_keyset_add(&set, "", 0, 10), KA_KEYSET_NEW);
	assert_int_equal(ka_keyset_add(&set, "x", 0, 11), 10);
	ka_keyset_clear(&set, 0);
	assert_int_equal(ka_keyset_add(&set, "a", 1, 1), KA_KEYSET_NEW);
	ka_keyset_release(&set);
}

static void
it_grows_with_what_is_put_into_it(void **state)
{
	static char s[20000][8];
	struct ka_keyset set;

	(void)state;
	ka_keyset_init(&set);
	for (unsigned i = 0; i < 20000; i++) {
		snprintf(s[i], sizeof s[i], "%u", i);
		assert_int_equal(ka_keyset_add(&set, s[i], strlen(s[i]), i), KA_KEYSET_NEW);
	}
	for (unsigned i = 0; i < 20000; i++)
		assert_int_equal(ka_keyset_add(&set, s[i], strlen(s[i]), 0), i);
	ka_keyset_clear(&set, 10);
	assert_true(set.cap < 1000);
	ka_keyset_release(&set);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_string_is_new_once),
		cmocka_unit_test(it_grows_with_what_is_put_into_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
