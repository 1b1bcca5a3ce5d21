#include "util/nearest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "util/banned.h"

static const char *const known[] = { "audit", "snapshot", "explain", "list" };

static const char *
nearest(const char *word)
{
	struct ka_nearest n = ka_nearest_to(word);

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		ka_nearest_try(&n, known[i]);
	return n.best;
}

static void
a_slip_of_the_finger_finds_its_word(void **state)
{
	(void)state;
	assert_string_equal(nearest("adit"), "audit");
	assert_string_equal(nearest("aduit"), "audit");
	assert_string_equal(nearest("snapshots"), "snapshot");
	assert_string_equal(nearest("explian"), "explain");
	assert_string_equal(nearest("lsit"), "list");
}

static void
a_word_far_from_all_finds_none(void **state)
{
	(void)state;
	assert_null(nearest("frobnicate"));
	assert_null(nearest("x"));
	assert_null(nearest("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"));
}

static void
the_hint_is_empty_without_a_match(void **state)
{
	struct ka_nearest far = ka_nearest_to("frobnicate"), close = ka_nearest_to("lst");

	(void)state;
	ka_nearest_try(&far, "list");
	ka_nearest_try(&close, "list");
	assert_string_equal(ka_nearest_hint(&far), "");
	assert_string_equal(ka_nearest_hint(&close), ", did you mean list?");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_slip_of_the_finger_finds_its_word),
		cmocka_unit_test(a_word_far_from_all_finds_none),
		cmocka_unit_test(the_hint_is_empty_without_a_match),
	};

	return cmocka_run_group_tests_name("util/nearest", tests, NULL, NULL);
}
