#include <kassay/out.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "util/out_hook.h"

#include "util/banned.h"

typedef void put_fn(struct ka_out *out, const char *s);

static void
writes(put_fn *put, const char *s, const char *want)
{
	struct ka_out *out = ka_out_mem();
	size_t len;

	put(out, s);
	assert_string_equal(ka_out_memory(out, &len), want);
	assert_int_equal(len, strlen(want));
	assert_int_equal(ka_out_close(out, NULL), 0);
}

static void
numbers_are_written_whole(void **state)
{
	struct ka_out *out = ka_out_mem();

	(void)state;
	ka_out_uint(out, 0);
	ka_out_char(out, ' ');
	ka_out_uint(out, UINT64_MAX);
	ka_out_char(out, ' ');
	ka_out_uint(out, 1000);
	ka_out_fmt(out, " %s=%d", "x", -3);
	assert_string_equal(ka_out_memory(out, NULL), "0 18446744073709551615 1000 x=-3");
	ka_out_discard(out);
}

static void
memory_is_terminated_however_full(void **state)
{
	struct ka_out *out = ka_out_mem();
	size_t len;

	(void)state;
	assert_string_equal(ka_out_memory(out, &len), "");
	ka_out_str(out, "gone");
	ka_out_memory_clear(out);
	assert_string_equal(ka_out_memory(out, &len), "");
	for (size_t i = 1; i <= 5000; i++) {
		ka_out_char(out, 'x');
		assert_int_equal(strlen(ka_out_memory(out, &len)), i);
		assert_int_equal(len, i);
	}
	ka_out_discard(out);
	ka_out_discard(NULL);
}

static void
fmt_writes_what_its_buffer_cannot_hold(void **state)
{
	struct ka_out *out = ka_out_mem();
	char text[3000];
	size_t len;

	(void)state;
	memset(text, 'x', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	ka_out_fmt(out, "<%s>", text);
	ka_out_memory(out, &len);
	assert_int_equal(len, sizeof text + 1);
	assert_int_equal(ka_out_memory(out, NULL)[sizeof text], '>');
	ka_out_discard(out);
}

static void
json_strings_are_escaped(void **state)
{
	(void)state;
	writes(ka_out_json, NULL, "null");
	writes(ka_out_json, "", "\"\"");
	writes(ka_out_json, "kube-system", "\"kube-system\"");
	writes(ka_out_json, "a\"b\\c/d\b\f\n\r\t\x01\x1f\x7f",
	       "\"a\\\"b\\\\c/d\\b\\f\\n\\r\\t\\u0001\\u001f\x7f\"");
	writes(ka_out_json, "<&>'\xc3\xa9\xe2\x80\xa8\xf0\x9f\x98\x80",
	       "\"<&>'\xc3\xa9\xe2\x80\xa8\xf0\x9f\x98\x80\"");
}

static void
a_bad_subpart_becomes_one_replacement_character(void **state)
{
	(void)state;
	writes(ka_out_json,
	       "a\xff"
	       "b\xe2\x82"
	       "c\xed\xa0\x80"
	       "d\xf0\x9f\x98",
	       "\"a\xef\xbf\xbd"
	       "b\xef\xbf\xbd"
	       "c\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"
	       "d\xef\xbf\xbd\"");
	writes(ka_out_html, "a\x80\xc3", "a\xef\xbf\xbd\xef\xbf\xbd");
	writes(ka_out_term, "\xc3(", "?(");
}

static void
json_n_takes_nul_as_a_character(void **state)
{
	struct ka_out *out = ka_out_mem();

	(void)state;
	ka_out_json_n(out, "a\0bc", 3);
	ka_out_json_n(out, NULL, 0);
	assert_string_equal(ka_out_memory(out, NULL), "\"a\\u0000b\"null");
	ka_out_discard(out);
}

static void
html_is_escaped_for_text_and_attributes(void **state)
{
	(void)state;
	writes(ka_out_html, NULL, "");
	writes(ka_out_html, "<a href=\"x\" id='y'>&amp;\t\n",
	       "&lt;a href=&quot;x&quot; id=&#39;y&#39;&gt;&amp;amp;\t\n");
	writes(ka_out_html,
	       "a\x01"
	       "b\r\x7f\xc2\x85\\\xc3\xa9",
	       "a\xef\xbf\xbd"
	       "b\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\\\xc3\xa9");
}

static void
terminals_get_no_control_characters(void **state)
{
	(void)state;
	writes(ka_out_term, NULL, "");
	writes(ka_out_term, "pod <a> & \"b\\c\" '\xc3\xa9'", "pod <a> & \"b\\c\" '\xc3\xa9'");
	writes(ka_out_term, "\033]0;x\007\n\t\r\x7f\xc2\x9b", "?]0;x??????");
	writes(ka_out_term,
	       "a\xe2\x80\xae"
	       "b\xe2\x80\x8b"
	       "c\xe2\x81\xa6"
	       "d\xef\xbb\xbf",
	       "a?b?c?d?");
}

/* Every length before, between and after the escapes: runs must neither be lost nor doubled. */
static void
runs_between_escapes_are_kept_whole(void **state)
{
	(void)state;
	for (size_t before = 0; before < 20; before++) {
		for (size_t after = 0; after < 20; after++) {
			char text[64] = "", want[64] = "\"";

			memset(text, 'a', before);
			text[before] = '"';
			memset(text + before + 1, 'b', after);
			memcpy(want + 1, text, before);
			memcpy(want + 1 + before, "\\\"", 2);
			memset(want + 3 + before, 'b', after);
			want[3 + before + after] = '"';
			writes(ka_out_json, text, want);
		}
	}
}

struct record {
	size_t bytes, writes;
	int fail_at; /* the write that fails, from 1 */
	bool closed, kept;
};

static int
record_write(void *arg, const void *bytes, size_t len, struct ka_err *err)
{
	struct record *r = arg;

	(void)bytes;
	r->bytes += len;
	r->writes++;
	return (int)r->writes == r->fail_at ? ka_err_set(err, KA_EIO, "disk full") : 0;
}

static int
record_close(void *arg, bool keep, struct ka_err *err)
{
	struct record *r = arg;

	(void)err;
	r->closed = true;
	r->kept = keep;
	return 0;
}

static const struct ka_out_hook record_hook = { .write = record_write, .close = record_close };

static void
writes_are_gathered(void **state)
{
	struct record r = { 0 };
	struct ka_out *out = ka_out_hook(&record_hook, &r);
	static char big[1 << 20];

	(void)state;
	for (size_t i = 0; i < 100000; i++)
		ka_out_str(out, "12345678");
	assert_int_equal(r.writes, 3);
	ka_out_bytes(out, big, sizeof big);
	assert_int_equal(r.writes, 5);
	assert_int_equal(ka_out_close(out, NULL), 0);
	assert_int_equal(r.bytes, 800000 + sizeof big);
	assert_true(r.closed && r.kept);
}

static void
the_first_error_sticks_and_is_told_at_the_end(void **state)
{
	struct record r = { .fail_at = 2 };
	struct ka_out *out = ka_out_hook(&record_hook, &r);
	struct ka_err err = { 0 };

	(void)state;
	for (size_t i = 0; i < 1000000; i++)
		ka_out_json(out, "12345678");
	assert_int_equal(r.writes, 2);
	assert_int_equal(ka_out_close(out, &err), -1);
	assert_int_equal(err.code, KA_EIO);
	assert_string_equal(err.msg, "disk full");
	assert_true(r.closed);
	assert_false(r.kept);
}

static void
discard_writes_nothing_more(void **state)
{
	struct record r = { 0 };
	struct ka_out *out = ka_out_hook(&record_hook, &r);

	(void)state;
	ka_out_str(out, "half a report");
	ka_out_discard(out);
	assert_int_equal(r.writes, 0);
	assert_true(r.closed);
	assert_false(r.kept);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_written_whole),
		cmocka_unit_test(memory_is_terminated_however_full),
		cmocka_unit_test(fmt_writes_what_its_buffer_cannot_hold),
		cmocka_unit_test(json_strings_are_escaped),
		cmocka_unit_test(a_bad_subpart_becomes_one_replacement_character),
		cmocka_unit_test(json_n_takes_nul_as_a_character),
		cmocka_unit_test(html_is_escaped_for_text_and_attributes),
		cmocka_unit_test(terminals_get_no_control_characters),
		cmocka_unit_test(runs_between_escapes_are_kept_whole),
		cmocka_unit_test(writes_are_gathered),
		cmocka_unit_test(the_first_error_sticks_and_is_told_at_the_end),
		cmocka_unit_test(discard_writes_nothing_more),
	};

	return cmocka_run_group_tests_name("out", tests, NULL, NULL);
}
