#include "util/arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "util/banned.h"

static void
allocations_are_zeroed_aligned_and_apart(void **state)
{
	struct ka_arena *a = ka_arena_new();
	unsigned char *old = NULL;

	(void)state;
	for (size_t size = 0; size < 3000; size++) {
		unsigned char *p = ka_arena_alloc(a, size);

		assert_non_null(p);
		assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
		for (size_t i = 0; i < size; i++)
			assert_int_equal(p[i], 0);
		memset(p, 0xaa, size);
		if (old && size > 1)
			assert_int_equal(old[size - 2], 0xaa);
		old = p;
	}
	ka_arena_free(a);
}

static void
released_memory_comes_back_zeroed(void **state)
{
	struct ka_arena *a = ka_arena_new();
	struct ka_arena_mark mark;
	unsigned char *p, *q;

	(void)state;
	ka_arena_alloc(a, 10);
	mark = ka_arena_mark(a);
	p = ka_arena_alloc(a, 100);
	memset(p, 0xff, 100);
	ka_arena_release(a, mark);
	q = ka_arena_alloc(a, 100);
	assert_ptr_equal(p, q);
	for (size_t i = 0; i < 100; i++)
		assert_int_equal(q[i], 0);
	ka_arena_free(a);
}

static void
strings_and_copies_are_copies(void **state)
{
	struct ka_arena *a = ka_arena_new();
	const int numbers[] = { 1, 2, 3 };
	char *s = ka_arena_strndup(a, "namespace", 4);
	int *copy = ka_arena_copy(a, numbers, sizeof numbers);
	char big[1000];

	(void)state;
	assert_string_equal(s, "name");
	assert_memory_equal(copy, numbers, sizeof numbers);
	assert_int_equal((uintptr_t)copy % _Alignof(max_align_t), 0);
	assert_string_equal(ka_arena_strndup(a, NULL, 0), "");
	assert_non_null(ka_arena_copy(a, NULL, 0));
	assert_string_equal(ka_arena_fmt(a, "%s/%d", "pod", 7), "pod/7");
	memset(big, 'x', sizeof big - 1);
	big[sizeof big - 1] = '\0';
	s = ka_arena_fmt(a, "<%s>", big);
	assert_int_equal(strlen(s), sizeof big + 1);
	assert_int_equal(s[sizeof big], '>');
	ka_arena_free(a);
}

static void
release_goes_back_across_chunks(void **state)
{
	struct ka_arena *a = ka_arena_new();
	struct ka_arena_mark mark;
	char *kept = ka_arena_strndup(a, "kept", 4), *p, *q;
	size_t before;

	(void)state;
	mark = ka_arena_mark(a);
	before = ka_arena_size(a);
	p = ka_arena_alloc(a, 1);
	for (int i = 0; i < 10000; i++)
		memset(ka_arena_alloc(a, 777), 1, 777);
	assert_true(ka_arena_size(a) > 10000 * 777);
	ka_arena_release(a, mark);
	/* One chunk may be kept for next time. */
	assert_true(ka_arena_size(a) < before + (2u << 20));
	q = ka_arena_alloc(a, 1);
	assert_ptr_equal(p, q);
	assert_string_equal(kept, "kept");
	ka_arena_free(a);
}

static void
release_to_an_empty_arena_takes_all_back(void **state)
{
	struct ka_arena *a = ka_arena_new();
	struct ka_arena_mark mark = ka_arena_mark(a);

	(void)state;
	for (int i = 0; i < 100; i++)
		ka_arena_alloc(a, 5u << 20 >> (i % 10));
	ka_arena_release(a, mark);
	assert_true(ka_arena_size(a) < (2u << 20));
	assert_non_null(ka_arena_alloc(a, 3));
	ka_arena_free(a);
}

static void
release_tells_large_allocations_before_the_mark_from_those_after(void **state)
{
	struct ka_arena *a = ka_arena_new();
	struct ka_arena_mark mark;
	const size_t size = 4u << 20;
	char *before = ka_arena_alloc(a, size), *after;
	size_t held;

	(void)state;
	mark = ka_arena_mark(a);
	held = ka_arena_size(a);
	after = ka_arena_alloc(a, size);
	after[size - 1] = 1;
	assert_true(ka_arena_size(a) >= 2 * size);
	ka_arena_release(a, mark);
	assert_int_equal(ka_arena_size(a), held);
	memset(before, 1, size);
	assert_int_equal(before[size - 1], 1);
	ka_arena_free(a);
}

static void
marks_nest(void **state)
{
	struct ka_arena *a = ka_arena_new();
	struct ka_arena_mark mark[200];
	char *first[200];

	(void)state;
	for (size_t i = 0; i < 200; i++) {
		mark[i] = ka_arena_mark(a);
		first[i] = ka_arena_alloc(a, i * 1000 + 1);
		memset(first[i], (int)i, i * 1000 + 1);
	}
	for (size_t i = 200; i-- > 0;) {
		assert_int_equal((unsigned char)first[i][i * 1000], i);
		ka_arena_release(a, mark[i]);
	}
	ka_arena_free(a);
}

static void
a_loop_of_mark_and_release_does_not_grow(void **state)
{
	struct ka_arena *a = ka_arena_new();
	size_t held = 0;

	(void)state;
	ka_arena_alloc(a, 60000);
	for (int i = 0; i < 1000; i++) {
		struct ka_arena_mark mark = ka_arena_mark(a);

		ka_arena_alloc(a, 16000);
		ka_arena_release(a, mark);
		if (i == 10)
			held = ka_arena_size(a);
	}
	assert_int_equal(ka_arena_size(a), held);
	ka_arena_free(a);
}

static void
freeing_nothing_is_fine(void **state)
{
	(void)state;
	ka_arena_free(NULL);
	ka_arena_free(ka_arena_new());
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(allocations_are_zeroed_aligned_and_apart),
		cmocka_unit_test(released_memory_comes_back_zeroed),
		cmocka_unit_test(strings_and_copies_are_copies),
		cmocka_unit_test(release_goes_back_across_chunks),
		cmocka_unit_test(release_to_an_empty_arena_takes_all_back),
		cmocka_unit_test(release_tells_large_allocations_before_the_mark_from_those_after),
		cmocka_unit_test(marks_nest),
		cmocka_unit_test(a_loop_of_mark_and_release_does_not_grow),
		cmocka_unit_test(freeing_nothing_is_fine),
	};

	return cmocka_run_group_tests_name("arena", tests, NULL, NULL);
}
