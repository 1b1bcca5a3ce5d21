#include "util/map.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "util/banned.h"

static char key[1000];

static void
an_empty_map_holds_nothing(void **state)
{
	struct ka_map m;

	(void)state;
	ka_map_init(&m);
	assert_int_equal(ka_map_get(&m, key, NULL), KA_MAP_NONE);
	assert_int_equal(ka_map_get(&m, NULL, NULL), KA_MAP_NONE);
	ka_map_release(&m);
}

static void
add_keeps_the_value_that_was_there(void **state)
{
	struct ka_map m;

	(void)state;
	ka_map_init(&m);
	assert_int_equal(ka_map_add(&m, key, NULL, 5), 5);
	assert_int_equal(ka_map_add(&m, key, NULL, 6), 5);
	assert_int_equal(m.n, 1);
	ka_map_set(&m, key, NULL, 7);
	assert_int_equal(ka_map_get(&m, key, NULL), 7);
	ka_map_set(&m, key + 1, NULL, 8);
	assert_int_equal(ka_map_get(&m, key + 1, NULL), 8);
	assert_int_equal(m.n, 2);
	ka_map_release(&m);
	assert_int_equal(m.cap, 0);
}

static void
both_halves_of_a_pair_count(void **state)
{
	struct ka_map m;

	(void)state;
	ka_map_init(&m);
	ka_map_add(&m, key, key + 1, 1);
	ka_map_add(&m, key + 1, key, 2);
	ka_map_add(&m, key, NULL, 3);
	assert_int_equal(ka_map_get(&m, key, key + 1), 1);
	assert_int_equal(ka_map_get(&m, key + 1, key), 2);
	assert_int_equal(ka_map_get(&m, key, NULL), 3);
	assert_int_equal(ka_map_get(&m, key + 1, NULL), KA_MAP_NONE);
	ka_map_release(&m);
}

static void
a_million_pairs_are_all_found(void **state)
{
	struct ka_map m;

	(void)state;
	ka_map_init(&m);
	for (uint32_t i = 0; i < 1000000; i++)
		assert_int_equal(ka_map_add(&m, key + i / 1000, key + i % 1000, i), i);
	assert_int_equal(m.n, 1000000);
	for (uint32_t i = 0; i < 1000000; i++)
		assert_int_equal(ka_map_get(&m, key + i / 1000, key + i % 1000), i);
	assert_int_equal(ka_map_get(&m, key, key + 1000), KA_MAP_NONE);
	ka_map_release(&m);
}

static struct ka_hash128
hash_of(uint64_t n)
{
	struct ka_hash128 h = ka_hash128_start();

	ka_hash128_feed(&h, n);
	return h;
}

static void
hmap_finds_what_was_put(void **state)
{
	struct ka_hmap m;

	(void)state;
	ka_hmap_init(&m);
	assert_null(ka_hmap_get(&m, hash_of(0)));
	for (size_t i = 0; i < 1000; i++)
		ka_hmap_put(&m, hash_of(i), key + i);
	assert_int_equal(m.n, 1000);
	for (size_t i = 0; i < 1000; i++)
		assert_ptr_equal(ka_hmap_get(&m, hash_of(i)), key + i);
	assert_null(ka_hmap_get(&m, hash_of(1000)));
	ka_hmap_put(&m, hash_of(1), key);
	assert_ptr_equal(ka_hmap_get(&m, hash_of(1)), key);
	assert_int_equal(m.n, 1000);
	ka_hmap_release(&m);
}

static void
hmap_compares_all_128_bits(void **state)
{
	struct ka_hmap m;
	struct ka_hash128 h = hash_of(1), other = h;

	(void)state;
	other.b ^= 1;
	ka_hmap_init(&m);
	ka_hmap_put(&m, h, key);
	assert_null(ka_hmap_get(&m, other));
	ka_hmap_put(&m, other, key + 1);
	assert_ptr_equal(ka_hmap_get(&m, h), key);
	ka_hmap_release(&m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_map_holds_nothing),
		cmocka_unit_test(add_keeps_the_value_that_was_there),
		cmocka_unit_test(both_halves_of_a_pair_count),
		cmocka_unit_test(a_million_pairs_are_all_found),
		cmocka_unit_test(hmap_finds_what_was_put),
		cmocka_unit_test(hmap_compares_all_128_bits),
	};

	return cmocka_run_group_tests_name("map", tests, NULL, NULL);
}
