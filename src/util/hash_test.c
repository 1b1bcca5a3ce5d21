#include "util/hash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "util/mix.h"

#include "util/banned.h"

static void
the_seed_is_drawn_once(void **state)
{
	(void)state;
	assert_int_not_equal(ka_hash_seed(), 0);
	assert_true(ka_hash_seed() == ka_hash_seed());
}

static void
hash_depends_on_nothing_but_the_bytes_and_the_seed(void **state)
{
	char at[80];

	(void)state;
	for (size_t len = 0; len < 64; len++) {
		uint64_t first = 0;

		for (size_t shift = 0; shift < 8; shift++) {
			memset(at, (int)(shift + 1), sizeof at);
			memset(at + shift, 'x', len);
			if (!shift)
				first = ka_hash_bytes(at, len, 1);
			assert_true(ka_hash_bytes(at + shift, len, 1) == first);
			assert_true(ka_hash_bytes(at + shift, len, 2) != first);
		}
	}
}

static int
compare(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* Runs of one byte differ in length alone; single bits in one place. */
static void
hash_tells_lengths_and_single_bits_apart(void **state)
{
	static uint64_t h[65 + 64 * 8];
	char text[64] = { 0 };
	size_t n = 0;

	(void)state;
	for (size_t len = 0; len <= 64; len++)
		h[n++] = ka_hash_bytes(text, len, ka_hash_seed());
	for (size_t bit = 0; bit < 64 * 8; bit++) {
		text[bit / 8] = (char)(1 << bit % 8);
		h[n++] = ka_hash_bytes(text, sizeof text, ka_hash_seed());
		text[bit / 8] = 0;
	}
	qsort(h, n, sizeof *h, compare);
	for (size_t i = 1; i < n; i++)
		assert_true(h[i] != h[i - 1]);
}

/* Each input bit turns about half of the output's bits around, in every place. */
static void
hash_spreads_every_bit(void **state)
{
	(void)state;
	for (size_t len = 1; len <= 40; len++) {
		char text[40];
		size_t turned = 0, tries = 0;

		for (unsigned round = 0; round < 50; round++) {
			uint64_t h;

			for (size_t i = 0; i < len; i++)
				text[i] = (char)ka_hash_bytes(&i, sizeof i, round);
			h = ka_hash_bytes(text, len, 7);
			for (size_t bit = 0; bit < len * 8; bit++) {
				text[bit / 8] ^= (char)(1 << bit % 8);
				turned += (size_t)__builtin_popcountll(h ^
								       ka_hash_bytes(text, len, 7));
				text[bit / 8] ^= (char)(1 << bit % 8);
				tries++;
			}
		}
		assert_in_range(turned * 100 / tries, 3050, 3350);
	}
}

/* With a constant in the key's place these would all hash alike. */
static void
no_chosen_word_hides_its_neighbour(void **state)
{
	const uint64_t choice[] = { 0, KA_MIX1, KA_MIX2, KA_MIX3, ~KA_MIX1, ~UINT64_C(0) };

	(void)state;
	for (size_t i = 0; i < sizeof choice / sizeof *choice; i++) {
		uint64_t text[4] = { choice[i], 1, choice[i], 1 }, h;

		h = ka_hash_bytes(text, sizeof text, ka_hash_seed());
		text[1] = 2;
		assert_true(ka_hash_bytes(text, sizeof text, ka_hash_seed()) != h);
		text[1] = 1;
		text[3] = 2;
		assert_true(ka_hash_bytes(text, sizeof text, ka_hash_seed()) != h);
	}
}

static bool
same(struct ka_hash128 x, struct ka_hash128 y)
{
	return x.a == y.a && x.b == y.b;
}

static void
hash128_depends_on_order_and_count(void **state)
{
	struct ka_hash128 x = ka_hash128_start(), y = ka_hash128_start();

	(void)state;
	assert_true(same(x, y));
	ka_hash128_feed(&x, 1);
	ka_hash128_feed(&x, 2);
	ka_hash128_feed(&y, 1);
	assert_false(same(x, y));
	ka_hash128_feed(&y, 2);
	assert_true(same(x, y));
	y = ka_hash128_start();
	ka_hash128_feed(&y, 2);
	ka_hash128_feed(&y, 1);
	assert_false(same(x, y));
	y = x;
	ka_hash128_feed(&y, 0);
	assert_false(same(x, y));
	assert_true(x.a != x.b);
}

static int
compare128(const void *a, const void *b)
{
	const struct ka_hash128 *x = a, *y = b;

	return x->a != y->a ? (x->a > y->a) - (x->a < y->a) : (x->b > y->b) - (x->b < y->b);
}

/* Small neighbouring numbers are what counts and flags are; either lane alone must hold. */
static void
hash128_keeps_a_million_short_contents_apart(void **state)
{
	const size_t n = 1u << 20;
	struct ka_hash128 *h = calloc(n, sizeof *h);

	(void)state;
	assert_non_null(h);
	for (size_t i = 0; i < n; i++) {
		h[i] = ka_hash128_start();
		ka_hash128_feed(&h[i], i & 0x3ff);
		ka_hash128_feed(&h[i], i >> 10);
		ka_hash128_feed(&h[i], 3);
	}
	qsort(h, n, sizeof *h, compare128);
	for (size_t i = 1; i < n; i++)
		assert_true(h[i].a != h[i - 1].a && h[i].b != h[i - 1].b);
	free(h);
}

static void
hash128_takes_a_pointer_as_a_number(void **state)
{
	struct ka_hash128 x = ka_hash128_start(), y = ka_hash128_start();

	(void)state;
	ka_hash128_feed_ptr(&x, &x);
	ka_hash128_feed(&y, (uint64_t)(uintptr_t)&x);
	assert_true(same(x, y));
}

static void
hash128_of_bytes_sees_every_bit_and_the_length(void **state)
{
	unsigned char text[100] = { 0 };

	(void)state;
	for (size_t len = 0; len <= sizeof text; len += 9) {
		struct ka_hash128 plain = ka_hash128_start(), shorter = plain;

		ka_hash128_feed_bytes(&plain, text, len);
		if (len) {
			ka_hash128_feed_bytes(&shorter, text, len - 1);
			assert_false(same(plain, shorter));
		}
		for (size_t i = 0; i < len; i++) {
			struct ka_hash128 other = ka_hash128_start();

			text[i] ^= 0x10;
			ka_hash128_feed_bytes(&other, text, len);
			text[i] ^= 0x10;
			assert_false(same(plain, other));
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_seed_is_drawn_once),
		cmocka_unit_test(hash_depends_on_nothing_but_the_bytes_and_the_seed),
		cmocka_unit_test(hash_tells_lengths_and_single_bits_apart),
		cmocka_unit_test(hash_spreads_every_bit),
		cmocka_unit_test(no_chosen_word_hides_its_neighbour),
		cmocka_unit_test(hash128_depends_on_order_and_count),
		cmocka_unit_test(hash128_of_bytes_sees_every_bit_and_the_length),
		cmocka_unit_test(hash128_keeps_a_million_short_contents_apart),
		cmocka_unit_test(hash128_takes_a_pointer_as_a_number),
	};

	return cmocka_run_group_tests_name("hash", tests, NULL, NULL);
}
