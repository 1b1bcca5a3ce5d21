#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>

#include <cmocka.h>

#include "sample_testing.h"

static size_t
count_lines(const char *s)
{
	size_t n = 0;

	for (; *s; s++)
		n += *s == '\n';
	return n;
}

static void
no_control_character_of_a_name_reaches_the_terminal(void **state)
{
	char *text = render("terminal", &sample_report, &(struct ka_report_opts){ .width = 80 });

	(void)state;
	for (const char *s = text; *s; s++)
		assert_true(*s == '\n' || ((unsigned char)*s >= 0x20 && *s != 0x7f));
	assert_null(strstr(text, "\xE2\x80\xAE"));
	free(text);
}

static void
colour_is_only_there_when_asked_for_and_changes_no_word(void **state)
{
	char *plain = render("terminal", &sample_report, &(struct ka_report_opts){ .width = 80 });
	char *color = render("terminal", &sample_report,
			     &(struct ka_report_opts){ .width = 80, .color = true });
	char *to = color;

	(void)state;
	assert_null(strchr(plain, '\033'));
	assert_non_null(strchr(color, '\033'));
	for (const char *from = color; *from;) {
		if (*from == '\033')
			from += strcspn(from, "m") + 1;
		else
			*to++ = *from++;
	}
	*to = '\0';
	assert_string_equal(color, plain);
	free(plain);
	free(color);
}

static void
lines_stay_within_the_width(void **state)
{
	static const unsigned widths[] = { 40, 80, 100, 200 };

	(void)state;
	for (size_t i = 0; i < COUNT(widths); i++) {
		char *text = render("terminal", &sample_report,
				    &(struct ka_report_opts){ .width = widths[i] });

		for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
			assert_in_range(strlen(line), 1, widths[i]);
		free(text);
	}
}

static void
an_absurd_width_is_not_taken_literally(void **state)
{
	char *narrow = render("terminal", &sample_report, &(struct ka_report_opts){ .width = 1 });
	char *forty = render("terminal", &sample_report, &(struct ka_report_opts){ .width = 40 });
	char *none = render("terminal", &sample_report, &(struct ka_report_opts){ .width = 0 });
	char *eighty = render("terminal", &sample_report, &(struct ka_report_opts){ .width = 80 });

	(void)state;
	assert_string_equal(narrow, forty);
	assert_string_equal(none, eighty);
	free(narrow);
	free(forty);
	free(none);
	free(eighty);
}

static void
a_large_cluster_takes_two_screens_at_most(void **state)
{
	struct sample_big big;
	char *text;

	(void)state;
	sample_big_make(&big, 20000);
	text = render("terminal", &big.report, &(struct ka_report_opts){ .width = 100 });
	assert_in_range(count_lines(text), 20, 80);
	assert_non_null(strstr(text, "and 4 more checks that fail"));
	free(text);
	sample_big_free(&big);
}

static void
what_is_missing_is_named_with_what_mends_it(void **state)
{
	char *text = render("terminal", &sample_report, &(struct ka_report_opts){ .width = 200 });

	(void)state;
	assert_non_null(strstr(text, "Secret: forbidden (/api/v1/secrets)"));
	assert_non_null(strstr(text, "grant verbs [get, list] on resources [secrets]"));
	assert_non_null(strstr(text, "deploy/shop & billing.yaml:233: duplicate key"));
	assert_non_null(strstr(text, "no score (coverage below 60%)"));
	assert_non_null(strstr(text, "14 new, 1 known, 3 gone since last/report.json"));
	assert_non_null(strstr(text, "1 expired (waiving nothing), 1 that match no finding"));
	free(text);
}

static void
a_check_whose_findings_are_waived_is_not_among_the_worst(void **state)
{
	char *text = render("terminal", &sample_report, &(struct ka_report_opts){ .width = 80 });

	(void)state;
	assert_null(strstr(text, "rbac-escalate"));
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_control_character_of_a_name_reaches_the_terminal),
		cmocka_unit_test(colour_is_only_there_when_asked_for_and_changes_no_word),
		cmocka_unit_test(lines_stay_within_the_width),
		cmocka_unit_test(an_absurd_width_is_not_taken_literally),
		cmocka_unit_test(a_large_cluster_takes_two_screens_at_most),
		cmocka_unit_test(what_is_missing_is_named_with_what_mends_it),
		cmocka_unit_test(a_check_whose_findings_are_waived_is_not_among_the_worst),
	};

	return cmocka_run_group_tests_name("reports/terminal", tests, NULL, NULL);
}
