#include "util/alloc.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "util/banned.h"

static void
nothing_asked_for_still_gives_a_pointer(void **state)
{
	void *p = ka_xmalloc(0), *q = ka_xcalloc(0, 8), *r = ka_xreallocarray(NULL, 0, 8);

	(void)state;
	assert_non_null(p);
	assert_non_null(q);
	assert_non_null(r);
	free(p);
	free(q);
	free(r);
}

static void
calloc_zeroes(void **state)
{
	unsigned char *p = ka_xcalloc(100, 10);

	(void)state;
	for (size_t i = 0; i < 1000; i++)
		assert_int_equal(p[i], 0);
	free(p);
}

static void
strdup_makes_a_copy_of_its_own(void **state)
{
	const char *s = "kube-system";
	char *copy = ka_xstrdup(s);

	(void)state;
	assert_string_equal(copy, s);
	assert_ptr_not_equal(copy, s);
	free(copy);
}

static void
grow_keeps_what_is_there(void **state)
{
	size_t n = 0, cap = 0;
	size_t *v = NULL;

	(void)state;
	for (; n < 1000; n++) {
		KA_GROW(v, n, cap);
		v[n] = n;
	}
	for (size_t i = 0; i < n; i++)
		assert_int_equal(v[i], i);
	assert_int_equal(cap, 1024);
	free(v);
}

static void
a_size_that_overflows_aborts(void **state)
{
	int status;

	pid_t pid = fork();

	(void)state;
	assert_int_not_equal(pid, -1);
	if (!pid) {
		close(STDERR_FILENO);
		signal(SIGABRT, SIG_DFL);
		free(ka_xreallocarray(NULL, SIZE_MAX / 2, 4));
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) || WEXITSTATUS(status) != 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_asked_for_still_gives_a_pointer),
		cmocka_unit_test(calloc_zeroes),
		cmocka_unit_test(strdup_makes_a_copy_of_its_own),
		cmocka_unit_test(grow_keeps_what_is_there),
		cmocka_unit_test(a_size_that_overflows_aborts),
	};

	return cmocka_run_group_tests_name("alloc", tests, NULL, NULL);
}
