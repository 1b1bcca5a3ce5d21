#include "util/bitset.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "util/banned.h"

static void
bits_are_set_one_by_one(void **state)
{
	struct ka_bitset b;

	(void)state;
	ka_bitset_init(&b, 130);
	for (size_t i = 0; i < 130; i++) {
		assert_false(ka_bitset_test(&b, i));
		ka_bitset_set(&b, i);
		assert_true(ka_bitset_test(&b, i));
		assert_int_equal(ka_bitset_count(&b), i + 1);
	}
	ka_bitset_unset(&b, 64);
	assert_false(ka_bitset_test(&b, 64));
	assert_true(ka_bitset_test(&b, 63));
	assert_true(ka_bitset_test(&b, 65));
	ka_bitset_clear(&b);
	assert_int_equal(ka_bitset_count(&b), 0);
	ka_bitset_release(&b);
}

static void
next_finds_the_set_bits_and_then_the_end(void **state)
{
	static const size_t want[] = { 0, 63, 64, 127, 200, 299 };
	struct ka_bitset b;
	size_t n = 0;

	(void)state;
	ka_bitset_init(&b, 300);
	assert_int_equal(ka_bitset_next(&b, 0), 300);
	for (size_t i = 0; i < sizeof want / sizeof *want; i++)
		ka_bitset_set(&b, want[i]);
	for (size_t i = ka_bitset_next(&b, 0); i < 300; i = ka_bitset_next(&b, i + 1))
		assert_int_equal(i, want[n++]);
	assert_int_equal(n, sizeof want / sizeof *want);
	assert_int_equal(ka_bitset_next(&b, 300), 300);
	assert_int_equal(ka_bitset_next(&b, 1000), 300);
	ka_bitset_release(&b);
}

static void
or_and_and_work_bit_by_bit(void **state)
{
	struct ka_bitset a, b;

	(void)state;
	ka_bitset_init(&a, 200);
	ka_bitset_init(&b, 200);
	for (size_t i = 0; i < 200; i++) {
		if (i % 2 == 0)
			ka_bitset_set(&a, i);
		if (i % 3 == 0)
			ka_bitset_set(&b, i);
	}
	ka_bitset_and(&a, &b);
	for (size_t i = 0; i < 200; i++)
		assert_int_equal(ka_bitset_test(&a, i), i % 6 == 0);
	ka_bitset_or(&a, &b);
	for (size_t i = 0; i < 200; i++)
		assert_int_equal(ka_bitset_test(&a, i), i % 3 == 0);
	ka_bitset_release(&a);
	ka_bitset_release(&b);
}

static void
a_set_of_no_bits_is_fine(void **state)
{
	struct ka_bitset a, b;

	(void)state;
	ka_bitset_init(&a, 0);
	ka_bitset_init(&b, 0);
	ka_bitset_clear(&a);
	ka_bitset_or(&a, &b);
	assert_int_equal(ka_bitset_count(&a), 0);
	assert_int_equal(ka_bitset_next(&a, 0), 0);
	ka_bitset_release(&a);
	ka_bitset_release(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bits_are_set_one_by_one),
		cmocka_unit_test(next_finds_the_set_bits_and_then_the_end),
		cmocka_unit_test(or_and_and_work_bit_by_bit),
		cmocka_unit_test(a_set_of_no_bits_is_fine),
	};

	return cmocka_run_group_tests_name("bitset", tests, NULL, NULL);
}
