#include <ctype.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>

#include <cmocka.h>

#include "sample_testing.h"

static char *
page(const struct ka_report *r)
{
	char *text = render("html", r, &(struct ka_report_opts){ 0 });

	assert_non_null(text);
	return text;
}

static size_t
times(const char *text, const char *what)
{
	size_t n = 0;

	for (const char *s = text; (s = strstr(s, what)) != NULL; s += strlen(what))
		n++;
	return n;
}

static void
every_slot_is_filled(void **state)
{
	char *text = page(&sample_report);

	(void)state;
	assert_null(strstr(text, "<!--"));
	assert_null(strstr(text, "-hash}"));
	free(text);
	text = page(&sample_empty);
	assert_null(strstr(text, "<!--"));
	assert_non_null(strstr(text, "No check has a finding in force."));
	assert_non_null(strstr(text, "No benchmark was asked for."));
	free(text);
}

static void
no_name_becomes_markup(void **state)
{
	char *text = page(&sample_report);

	(void)state;
	assert_int_equal(times(text, "<script"), 1);
	assert_int_equal(times(text, "</script"), 1);
	assert_null(strstr(text, "<b>bold"));
	assert_non_null(
		strstr(text, "&lt;script&gt;alert(1)&lt;/script&gt;]]&gt;&amp;&quot;&#39;"));
	assert_null(strstr(text, "\xE2\x80\xAE"));
	assert_non_null(strstr(text, "turned&lt;U+202E&gt;around&lt;U+2066&gt;!"));
	for (const char *s = text; *s; s++)
		assert_true((unsigned char)*s >= 0x20 || *s == '\n' || *s == '\t');
	free(text);
}

static void
nothing_is_asked_for_from_anywhere(void **state)
{
	static const char *const never[] = {
		"http:", "https:", "src=",    "@import", "url(",
		"<link", "<img",   "<iframe", " style=", "onclick=\""
	};
	char *text = page(&sample_report);

	(void)state;
	for (size_t i = 0; i < COUNT(never); i++)
		assert_null(strstr(text, never[i]));
	assert_non_null(strstr(text, "default-src 'none'; style-src 'sha256-"));
	assert_non_null(strstr(text, "script-src 'sha256-"));
	assert_null(strstr(text, "unsafe-inline"));
	free(text);
}

/* Copies the value that starts at s, up to a quote, a space or a '>'. */
static void
value(const char *s, char *buf, size_t size)
{
	size_t n = strcspn(s, "\" >\n");

	assert_true(n < size);
	memcpy(buf, s, n);
	buf[n] = '\0';
}

static void
every_link_leads_somewhere_and_every_id_is_there_once(void **state)
{
	char *text = page(&sample_report), id[300], quoted[4096], bare[4096];

	(void)state;
	for (const char *s = text; (s = strstr(s, "href=\"#")) != NULL; s++) {
		value(s + strlen("href=\"#"), id, sizeof id);
		snprintf(quoted, sizeof quoted, "id=\"%.300s\"", id);
		snprintf(bare, sizeof bare, "id=%.300s>", id);
		if (times(text, quoted) + times(text, bare) != 1)
			fail_msg("#%s is there %zu times", id,
				 times(text, quoted) + times(text, bare));
	}
	for (size_t i = 0; i < NCHECKS; i++) {
		snprintf(quoted, sizeof quoted, "id=\"check-%s\"", sample_check[i].key);
		assert_int_equal(times(text, quoted), 1);
	}
	for (size_t i = 0; i < COUNT(sample_finding); i++) {
		snprintf(bare, sizeof bare, "<tr id=f%s", sample_finding[i].id);
		assert_int_equal(times(text, bare), 1);
	}
	free(text);
}

static void
what_an_auditor_asks_for_is_there(void **state)
{
	static const char *const words[] = {
		"6f1c2d0e-91ab-4b7e-8a55-3f2b6f0a7c11",
		"v1.31.4",
		"2026-03-01T08:00:07Z",
		"Example Baseline 1.0",
		"91f0ab3c5d7e2f4488c2d9e3b1a0756432f1e0d9c8b7a695847362514f3e2d1c", /* rules */
		"c2b5e0d1f49a7a63a4cbf7b6f0c9a1e8d7264c1f3b0e5a9988776655443322ff", /* snapshot */
		"The evidence is incomplete.",
		"410 Gone after page 1",
		"No score: coverage is below the 60&nbsp;% asked for",
		"Attested not to hold:",
		"change 118; owner platform@example.org; until 2026-12-31",
		"Expired:</span> waives nothing",
		"Unused:</span> matches no finding",
		"Known:</em> in the baseline",
		"duplicate key &quot;spec&quot;",
		"no kind: a Helm values file?",
		"a lower bound",
		"via RoleBinding <code>ci/runner-edit</code>",
		"<code>deploy/shop &amp; billing.yaml:12</code>",
		"<code>kassay rightsize</code>",
		"source has no control plane",
		"registries",
	};
	char *text = page(&sample_report);

	(void)state;
	for (size_t i = 0; i < COUNT(words); i++)
		if (!strstr(text, words[i]))
			fail_msg("not there: %s", words[i]);
	free(text);
}

static void
many_findings_are_cut_into_tables_that_need_not_be_drawn(void **state)
{
	struct sample_big big;
	char *text;

	(void)state;
	sample_big_make(&big, 14 * 250);
	text = page(&big.report);
	assert_int_equal(times(text, "<tr id=f"), 14 * 250);
	assert_int_equal(times(text, "<div class=c>"), 14 * 3);
	assert_int_equal(times(text, "<details open>"), 0);
	free(text);
	sample_big_free(&big);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_slot_is_filled),
		cmocka_unit_test(no_name_becomes_markup),
		cmocka_unit_test(nothing_is_asked_for_from_anywhere),
		cmocka_unit_test(every_link_leads_somewhere_and_every_id_is_there_once),
		cmocka_unit_test(what_an_auditor_asks_for_is_there),
		cmocka_unit_test(many_findings_are_cut_into_tables_that_need_not_be_drawn),
	};

	return cmocka_run_group_tests_name("reports/html", tests, NULL, NULL);
}
