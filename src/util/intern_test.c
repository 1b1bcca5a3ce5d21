#include "util/intern.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "util/alloc.h"
#include "util/arena.h"

#include "util/banned.h"

struct fixture {
	struct ka_arena *arena;
	struct ka_intern *in;
};

static int
setup(void **state)
{
	struct fixture *f = ka_xmalloc(sizeof *f);

	f->arena = ka_arena_new();
	f->in = ka_intern_new(f->arena);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	ka_intern_free(f->in);
	ka_arena_free(f->arena);
	free(f);
	return 0;
}

static void
equal_strings_are_equal_pointers(void **state)
{
	struct fixture *f = *state;
	char text[] = "kube-system";
	const char *s = ka_intern(f->in, text);

	assert_ptr_not_equal(s, text);
	assert_string_equal(s, "kube-system");
	assert_ptr_equal(ka_intern(f->in, "kube-system"), s);
	assert_ptr_equal(ka_intern_n(f->in, "kube-system-2", 11), s);
	assert_ptr_not_equal(ka_intern(f->in, "kube-syste"), s);
	assert_ptr_not_equal(ka_intern(f->in, "kube-system2"), s);
	assert_int_equal(ka_intern_count(f->in), 3);
}

static void
the_empty_string_is_a_string(void **state)
{
	struct fixture *f = *state;
	const char *s = ka_intern(f->in, "");

	assert_string_equal(s, "");
	assert_ptr_equal(ka_intern_n(f->in, "abc", 0), s);
	assert_int_equal(ka_intern_count(f->in), 1);
}

static void
find_adds_nothing(void **state)
{
	struct fixture *f = *state;
	const char *s;

	assert_null(ka_intern_find(f->in, "pod", 3));
	assert_int_equal(ka_intern_count(f->in), 0);
	s = ka_intern(f->in, "pod");
	assert_ptr_equal(ka_intern_find(f->in, "pods", 3), s);
	assert_null(ka_intern_find(f->in, "pods", 4));
}

static void
pointers_stay_while_the_table_grows(void **state)
{
	struct fixture *f = *state;
	const size_t n = 200000;
	const char **s = ka_xcalloc(n, sizeof *s);
	char text[64];

	for (size_t i = 0; i < n; i++) {
		snprintf(text, sizeof text, "deployment-%zu-%x", i, (unsigned)i * 2654435761u);
		s[i] = ka_intern(f->in, text);
	}
	assert_int_equal(ka_intern_count(f->in), n);
	for (size_t i = 0; i < n; i++) {
		snprintf(text, sizeof text, "deployment-%zu-%x", i, (unsigned)i * 2654435761u);
		assert_string_equal(s[i], text);
		assert_ptr_equal(ka_intern(f->in, text), s[i]);
	}
	assert_int_equal(ka_intern_count(f->in), n);
	free(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(equal_strings_are_equal_pointers, setup, teardown),
		cmocka_unit_test_setup_teardown(the_empty_string_is_a_string, setup, teardown),
		cmocka_unit_test_setup_teardown(find_adds_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(pointers_stay_while_the_table_grows, setup,
						teardown),
	};

	return cmocka_run_group_tests_name("intern", tests, NULL, NULL);
}
