#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <setjmp.h>

#include <cmocka.h>

#include "sample_testing.h"

struct golden {
	const char *format, *file;
};

static char *
read_file(const char *path)
{
	FILE *f = fopen(path, "re");
	char *text;
	long len;

	if (!f)
		return NULL;
	assert_int_equal(fseek(f, 0, SEEK_END), 0);
	len = ftell(f);
	assert_true(len >= 0);
	rewind(f);
	text = calloc((size_t)len + 1, 1);
	assert_non_null(text);
	assert_int_equal(fread(text, 1, (size_t)len, f), len);
	fclose(f);
	return text;
}

static void
write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "we");

	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, strlen(text), f), strlen(text));
	assert_int_equal(fclose(f), 0);
}

/* Names the first line that differs: nobody reads two pages side by side. */
static void
assert_same(const char *file, const char *got, const char *want)
{
	size_t line = 1, start = 0, i = 0;

	for (; got[i] && got[i] == want[i]; i++)
		if (got[i] == '\n') {
			line++;
			start = i + 1;
		}
	if (got[i] == want[i])
		return;
	fail_msg("%s:%zu differs (make golden rewrites it)\n  is:  %.*s\n  was: %.*s", file, line,
		 (int)strcspn(got + start, "\n"), got + start, (int)strcspn(want + start, "\n"),
		 want + start);
}

static void
the_sample_reads_as_it_did(void **state)
{
	const struct golden *g = *state;
	char *got = render(g->format, &sample_report, &(struct ka_report_opts){ .width = 80 });
	const char *mode = getenv("KASSAY_GOLDEN");
	char *want;

	assert_non_null(got);
	if (mode && !strcmp(mode, "rewrite"))
		write_file(g->file, got);
	want = read_file(g->file);
	assert_non_null(want);
	assert_same(g->file, got, want);
	free(got);
	free(want);
}

static void
the_same_report_gives_the_same_bytes(void **state)
{
	const struct golden *g = *state;
	struct ka_report_opts opts = { .width = 80 };
	char *a = render(g->format, &sample_report, &opts),
	     *b = render(g->format, &sample_report, &opts);

	assert_string_equal(a, b);
	free(a);
	free(b);
}

static void
a_report_without_findings_is_written_too(void **state)
{
	const struct golden *g = *state;
	char *text = render(g->format, &sample_empty, &(struct ka_report_opts){ .width = 80 });

	assert_non_null(text);
	assert_true(strlen(text) > 100);
	free(text);
}

int
main(void)
{
	static struct golden g[] = {
		{ "terminal", "testdata/golden/report.txt" },
		{ "json", "testdata/golden/report.json" },
		{ "junit", "testdata/golden/report.xml" },
		{ "html", "testdata/golden/report.html" },
	};
#define EACH(test)                                                                                 \
	cmocka_unit_test_prestate(test, &g[0]), cmocka_unit_test_prestate(test, &g[1]),            \
		cmocka_unit_test_prestate(test, &g[2]), cmocka_unit_test_prestate(test, &g[3])
	const struct CMUnitTest tests[] = {
		EACH(the_sample_reads_as_it_did),
		EACH(the_same_report_gives_the_same_bytes),
		EACH(a_report_without_findings_is_written_too),
	};

	return cmocka_run_group_tests_name("reports/golden", tests, NULL, NULL);
}
