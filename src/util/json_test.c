#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "util/alloc.h"
#include "util/banned.h"
#include "util/read.h"
#include "util/read_testing.h"

/* RFC 8259, by section.  why: NULL when the text is JSON. */
static const struct {
	const char *text;
	const char *why;
} grammar[] = {
	/* 2: structure and white space */
	{ "{}", NULL },
	{ "[]", NULL },
	{ " \t\r\n[ \t\r\n] \t\r\n", NULL },
	{ "[[], {}, [{}]]", NULL },
	{ "\v[]", "expected a value" },
	{ "\f[]", "expected a value" },
	{ "[]\v", "more text after the value" },
	{ "\xc2\xa0[]", "expected a value" },
	{ "", "no value" },
	{ " ", "no value" },
	{ "[] []", "more text after the value" },
	{ "1 2", "more text after the value" },
	{ "]", "expected a value" },
	{ "[}", "expected a value" },
	{ "{]", "expected a key or '}'" },
	{ "[1}", "expected ',' or ']'" },
	{ "{\"a\":1]", "expected ',' or '}'" },
	{ "[", "the input ends inside an array" },
	{ "[1", "the input ends inside an array" },
	{ "[1,", "the input ends inside an array" },
	{ "{", "the input ends inside an object" },
	{ "{\"a\"", "the input ends inside an object" },
	{ "{\"a\":", "the input ends inside an object" },
	/* 3: values */
	{ "true", NULL },
	{ "false", NULL },
	{ "null", NULL },
	{ "True", "expected a value" },
	{ "nul", "the input ends inside a value" },
	{ "nulx", "expected a value" },
	{ "nullx", "more text after the value" },
	{ "[truefalse]", "expected ',' or ']'" },
	{ "NaN", "expected a value" },
	{ "Infinity", "expected a value" },
	{ "-Infinity", "expected a value" },
	{ "'a'", "expected a value" },
	{ "undefined", "expected a value" },
	/* 4: objects */
	{ "{\"\":0}", NULL },
	{ "{\"a\":1,\"b\":2}", NULL },
	{ "{ \"a\" : 1 , \"b\" : 2 }", NULL },
	{ "{\"a\":1,}", "expected a key" },
	{ "{,\"a\":1}", "expected a key or '}'" },
	{ "{\"a\" 1}", "expected ':'" },
	{ "{\"a\"::1}", "expected a value" },
	{ "{\"a\":1 \"b\":2}", "expected ',' or '}'" },
	{ "{\"a\"}", "expected ':'" },
	{ "{a:1}", "expected a key or '}'" },
	{ "{1:1}", "expected a key or '}'" },
	{ "{\"a\":}", "expected a value" },
	{ "{\"a\":1,\"a\":2}", "duplicate key \"a\"" },
	{ "{\"a\":1,\"\\u0061\":2}", "duplicate key \"\\u0061\"" },
	{ "{\"\\n\":1,\"\\u000a\":2}", "duplicate key \"\\u000a\"" },
	{ "{\"a\":{\"a\":1},\"b\":{\"a\":1}}", NULL },
	{ "{\"a\":1,\"A\":2}", NULL },
	{ "{\"12345678\":1,\"123456789\":2,\"1234567890123456\":3}", NULL },
	/* 5: arrays */
	{ "[1,\"a\",null,[],{}]", NULL },
	{ "[1,]", "expected a value" },
	{ "[,1]", "expected a value" },
	{ "[1,,2]", "expected a value" },
	{ "[1 2]", "expected ',' or ']'" },
	{ "[1;2]", "expected ',' or ']'" },
	/* 6: numbers */
	{ "0", NULL },
	{ "-0", NULL },
	{ "-1", NULL },
	{ "10", NULL },
	{ "1.0", NULL },
	{ "-0.0e-0", NULL },
	{ "1E+5", NULL },
	{ "1e05", NULL },
	{ "123456789012345678901234567890", NULL },
	{ "1e999", NULL },
	{ "01", "a number with a leading zero" },
	{ "-01", "a number with a leading zero" },
	{ "00", "a number with a leading zero" },
	{ "+1", "expected a value" },
	{ ".5", "expected a value" },
	{ "-", "the input ends inside a number" },
	{ "--1", "expected a value" },
	{ "[-]", "expected a value" },
	{ "[1.]", "a number without digits after its '.'" },
	{ "[1.e5]", "a number without digits after its '.'" },
	{ "[1e]", "a number without digits in its exponent" },
	{ "[1e+]", "a number without digits in its exponent" },
	{ "1.", "the input ends inside a number" },
	{ "0x10", "more text after the value" },
	{ "1_000", "more text after the value" },
	/* 7: strings */
	{ "\"\"", NULL },
	{ "\"a/b\"", NULL },
	{ "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\"", NULL },
	{ "\"\\uD83D\\uDe00\"", NULL },
	{ "\"\x7f\"", NULL },
	{ "\"", "the input ends inside a string" },
	{ "\"abcdefgh", "the input ends inside a string" },
	{ "\"\\\"", "the input ends inside a string" },
	{ "\"\\", "the input ends inside a string" },
	{ "\"\\u", "the input ends inside a string" },
	{ "\"\\u00", "the input ends inside a string" },
	{ "\"\\x41\"", "unknown escape in a string" },
	{ "\"\\U0041\"", "unknown escape in a string" },
	{ "\"\\'\"", "unknown escape in a string" },
	{ "\"\\u004\"", "\\u without four hexadecimal digits" },
	{ "\"\\u00g0\"", "\\u without four hexadecimal digits" },
	{ "\"a\tb\"", "control character in a string" },
	{ "\"a\nb\"", "control character in a string" },
	{ "\"\x1f\"", "control character in a string" },
	{ "\"\\u0000\"", "NUL in a string" },
	{ "\"\\ud800\"", "unpaired surrogate in a string" },
	{ "\"\\ud800x\"", "unpaired surrogate in a string" },
	{ "\"\\ud800\\n\"", "unpaired surrogate in a string" },
	{ "\"\\ud800\\u0041\"", "unpaired surrogate in a string" },
	{ "\"\\ud800\\ud800\"", "unpaired surrogate in a string" },
	{ "\"\\udc00\"", "unpaired surrogate in a string" },
	{ "\"\\udc00\\ud800\"", "unpaired surrogate in a string" },
	/* 8.1: UTF-8 */
	{ "\"\xc3\xa4 \xe2\x82\xac \xf0\x9f\x98\x80 \xef\xbf\xbf \xf4\x8f\xbf\xbf\"", NULL },
	{ "\"\xed\x9f\xbf\xee\x80\x80\"", NULL },
	{ "\"\x80\"", "invalid UTF-8 in a string" },
	{ "\"\xc3\"", "invalid UTF-8 in a string" },
	{ "\"\xe2\x82\"", "invalid UTF-8 in a string" },
	{ "\"\xc0\x80\"", "invalid UTF-8 in a string" },
	{ "\"\xc1\xbf\"", "invalid UTF-8 in a string" },
	{ "\"\xe0\x80\x80\"", "invalid UTF-8 in a string" },
	{ "\"\xe0\x9f\xbf\"", "invalid UTF-8 in a string" },
	{ "\"\xed\xa0\x80\"", "invalid UTF-8 in a string" },
	{ "\"\xf0\x8f\xbf\xbf\"", "invalid UTF-8 in a string" },
	{ "\"\xf4\x90\x80\x80\"", "invalid UTF-8 in a string" },
	{ "\"\xf5\x80\x80\x80\"", "invalid UTF-8 in a string" },
	{ "\"\xff\"", "invalid UTF-8 in a string" },
	{ "\"\xc3", "the input ends inside a string" },
	{ "\"\xf0\x9f\x98", "the input ends inside a string" },
	{ "\xef\xbb\xbf{}", "expected a value" },
};

static void
the_grammar_is_that_of_rfc_8259(void **state)
{
	struct ka_tape t;

	(void)state;
	ka_tape_init(&t);
	for (size_t i = 0; i < sizeof grammar / sizeof *grammar; i++) {
		const char *text = grammar[i].text;
		struct ka_err err = { KA_OK, "" };
		int rc = ka_json_parse(&t, text, strlen(text), NULL, &err);

		if (rc != (grammar[i].why ? -1 : 0) ||
		    strcmp(err.msg, grammar[i].why ? grammar[i].why : "") != 0)
			fail_msg("row %zu, %s: %d, \"%s\"", i, text, rc, err.msg);
	}
	ka_tape_release(&t);
}

static void
a_nul_byte_is_refused_wherever_it_stands(void **state)
{
	static const char text[] = "{\"a\":[1,\"b\",true]}";
	char copy[sizeof text];
	struct ka_tape t;
	struct ka_err err;

	(void)state;
	ka_tape_init(&t);
	for (size_t i = 0; i < sizeof text - 1; i++) {
		memcpy(copy, text, sizeof text);
		copy[i] = '\0';
		assert_int_equal(ka_json_parse(&t, copy, sizeof text - 1, NULL, &err), -1);
		assert_null(strstr(err.msg, "ends inside"));
	}
	assert_int_equal(ka_json_parse(&t, "1\0", 2, NULL, &err), -1);
	ka_tape_release(&t);
}

/* Streams, and what the sink is told; see read_testing.h for the notation. */
static const struct {
	const char *what, *text, *log;
} streams[] = {
	{ "nothing", "", "" },
	{ "white space", " \n\n", "" },
	{ "a byte order mark", "\xef\xbb\xbf{}", "1 {}\n" },
	{ "only a byte order mark", "\xef\xbb\xbf", "" },
	{ "one document", "{\"kind\":\"Pod\",\"a\":[1,-2.5e3,true,null,\"x\\ny\"]}",
	  "1 {\"kind\":\"Pod\",\"a\":[1,-2.5e3,true,null,\"x\\0ay\"]}\n" },
	{ "JSON lines", "{\"a\":1}\n{\"b\":2}\n\n  3 \"x\"\n",
	  "1 {\"a\":1}\n2 {\"b\":2}\n4 3\n4 \"x\"\n" },
	{ "values that touch", "{}{}[]1", "1 {}\n1 {}\n1 []\n1 1\n" },
	{ "scalars that touch", "12true\n{}",
	  "1 12\n1 bad -: more text right after a value\n2 {}\n" },
	{ "a list as the API prints it",
	  "{\"kind\":\"PodList\",\"apiVersion\":\"v1\",\"metadata\":{\"resourceVersion\":\"7\"},\n"
	  "\"items\":[{\"a\":1},\n{\"a\":2}]}\n",
	  "2 (v1 PodList 7 - 1){\"a\":1}\n3 (v1 PodList 7 - 2){\"a\":2}\n1 list(v1 PodList 7 - "
	  "2)\n" },
	{ "a list as kubectl prints it",
	  "{\n\"apiVersion\": \"v1\",\n\"items\": [\n{\"kind\": \"Pod\"},\n{\"kind\": "
	  "\"Node\"}\n],\n"
	  "\"kind\": \"List\",\n\"metadata\": {\"resourceVersion\": \"\", \"continue\": "
	  "\"c\"}\n}\n",
	  "4 (v1 - - - 1){\"kind\":\"Pod\"}\n5 (v1 - - - 2){\"kind\":\"Node\"}\n"
	  "1 list(v1 List - c 2)\n" },
	{ "items held until the list's kind is known",
	  "{\"items\":[{\"a\":1},\n{\"a\\u0062\":2}],\"kind\":\"PodList\",\"apiVersion\":\"v1\"}{}",
	  "1 (v1 PodList - - 1){\"a\":1}\n2 (v1 PodList - - 2){\"ab\":2}\n"
	  "1 list(v1 PodList - - 2)\n2 {}\n" },
	{ "items held after some that were not",
	  "{\"items\":[{\"kind\":\"A\"},\n{\"a\":2},{\"kind\":\"B\"}\n],\"kind\":\"XList\"}\n3",
	  "1 (- - - - 1){\"kind\":\"A\"}\n2 (- XList - - 2){\"a\":2}\n2 (- XList - - "
	  "3){\"kind\":\"B\"}\n"
	  "1 list(- XList - - 3)\n4 3\n" },
	{ "an empty list", "{\"items\":[ ],\"kind\":\"List\"}", "1 list(- List - - 0)\n" },
	{ "an empty list, kind first", "{\"kind\":\"PodList\",\"items\":[]}",
	  "1 list(- PodList - - 0)\n" },
	{ "items of another kind", "{\"kind\":\"Foo\",\"items\":[{\"kind\":\"A\"}]}",
	  "1 {\"kind\":\"Foo\",\"items\":[{\"kind\":\"A\"}]}\n" },
	{ "items of another kind that comes late", "{\"items\":[1,\n2],\"kind\":\"Foo\"}",
	  "1 {\"items\":[1,2],\"kind\":\"Foo\"}\n" },
	{ "items without any kind", "\n{\"items\":[]}", "2 {\"items\":[]}\n" },
	{ "items without any kind but their own", "{\"items\":[{\"kind\":\"A\"}]}",
	  "1 (- - - - 1){\"kind\":\"A\"}\n1 list(- - - - 1)\n" },
	{ "items that are no array", "{\"kind\":\"PodList\",\"items\":{\"a\":1}}",
	  "1 {\"kind\":\"PodList\",\"items\":{\"a\":1}}\n" },
	{ "items further in", "{\"kind\":\"Pod\",\"spec\":{\"items\":[1]},\"x\":[{\"items\":[2]}]}",
	  "1 {\"kind\":\"Pod\",\"spec\":{\"items\":[1]},\"x\":[{\"items\":[2]}]}\n" },
	{ "a list in a list",
	  "{\"kind\":\"List\",\"items\":[{\"kind\":\"PodList\",\"items\":[{}]}]}",
	  "1 (- List - - 1){\"kind\":\"PodList\",\"items\":[{}]}\n1 list(- List - - 1)\n" },
	{ "a list whose head has duplicate keys",
	  "{\"kind\":\"List\",\"items\":[1],\"kind\":\"List\"}\n{}",
	  "1 (- List - - 1)1\n1 bad List: duplicate key \"kind\"\n2 {}\n" },
	{ "items twice", "{\"kind\":\"List\",\"items\":[1],\n\"items\":[2]}",
	  "1 (- List - - 1)1\n2 bad List: duplicate key \"items\"\n" },
	{ "a comma too many after the items", "{\"kind\":\"List\",\"items\":[1],}",
	  "1 (- List - - 1)1\n1 bad List: expected a key\n" },
	{ "a comma too many among the items", "{\"kind\":\"List\",\"items\":[1,]}",
	  "1 (- List - - 1)1\n1 bad List: expected a value\n" },
	{ "no comma among the items", "{\"kind\":\"List\",\"items\":[1 2]}",
	  "1 (- List - - 1)1\n1 bad List: expected ',' or ']'\n" },
	{ "a list that is cut", "{\"kind\":\"List\",\"items\":[{\"a\":1},\n{\"b\":[1,",
	  "1 (- List - - 1){\"a\":1}\n2 bad List: the input ends inside an array\n" },
	{ "a list cut between its items", "{\"kind\":\"List\",\"items\":[1,\n2",
	  "1 (- List - - 1)1\n2 (- List - - 2)2\n2 bad List: the input ends inside an array\n" },
	{ "a list cut after its items", "{\"kind\":\"List\",\"items\":[1]\n",
	  "1 (- List - - 1)1\n2 bad List: the input ends inside an object\n" },
	{ "a cut document", "{}\n{\"kind\":\"Pod\",\n\"a\":\"b",
	  "1 {}\n2 bad Pod: the input ends inside a string\n" },
	{ "a cut list before its items", "{\"kind\":\"PodList\",\"metadata\":{",
	  "1 bad List: the input ends inside an object\n" },
	{ "one bad line among good ones", "{\"a\":1}\n{\"kind\":\"Role\",\"b\" 2}\n \n{\"c\":3}\n",
	  "1 {\"a\":1}\n2 bad Role: expected ':'\n4 {\"c\":3}\n" },
	{ "an error far inside", "{\n \"kind\": \"Pod\",\n \"spec\": {\n  \"a\": tru\n }\n}\n{}",
	  "4 bad Pod: expected a value\n7 {}\n" },
	{ "a duplicate far inside", "{\"m\":{\n\"a\":1,\n\"b\":2,\n\"a\":3\n}}",
	  "4 bad -: duplicate key \"a\"\n" },
	{ "a kind that is broken itself", "{\"kind\":\"Pod\"}\n{\"kind\":\"Po\td\"}\n",
	  "1 {\"kind\":\"Pod\"}\n2 bad -: control character in a string\n" },
	{ "text that is no JSON", "hello\nworld\n", "1 bad -: expected a value\n" },
};

static void
streams_are_told_apart_and_lists_taken_apart(void **state)
{
	struct log l = { 0 };

	(void)state;
	ka_buf_init(&l.text, 1 << 20);
	for (size_t i = 0; i < sizeof streams / sizeof *streams; i++) {
		struct text_in in = { .s = streams[i].text,
				      .len = strlen(streams[i].text),
				      .piece = SIZE_MAX };

		log_clear(&l);
		assert_int_equal(log_read(&l, ka_json_read, &in, NULL), 0);
		if (strcmp(l.text.s, streams[i].log) != 0)
			fail_msg("%s: got\n%swanted\n%s", streams[i].what, l.text.s,
				 streams[i].log);
	}
	ka_buf_release(&l.text);
}

static void
the_pieces_input_comes_in_make_no_difference(void **state)
{
	struct log l = { 0 };

	(void)state;
	ka_buf_init(&l.text, 1 << 20);
	for (size_t i = 0; i < sizeof streams / sizeof *streams; i++) {
		size_t len = strlen(streams[i].text);

		for (size_t cut = 0; cut <= len; cut++) {
			struct text_in in = { .s = streams[i].text,
					      .len = len,
					      .piece = cut ? SIZE_MAX : 1,
					      .cut = cut };

			log_clear(&l);
			assert_int_equal(log_read(&l, ka_json_read, &in, NULL), 0);
			assert_string_equal(l.text.s, streams[i].log);
		}
	}
	ka_buf_release(&l.text);
}

static void
every_cut_of_a_document_is_bad_or_nothing(void **state)
{
	static const char text[] =
		"{\"kind\":\"Pod\",\"a\":[1,-0.5e+7,true,false,null,{}],\n"
		"\"b\":\"\\u00e4\\ud83d\\ude00\\n\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\"}";
	struct log l = { 0 };

	(void)state;
	ka_buf_init(&l.text, 1 << 20);
	for (size_t len = 0; len < sizeof text - 1; len++) {
		/* A copy of just that size, so that a sanitizer sees a read past its end. */
		char *copy = ka_xmalloc(len + !len);
		struct text_in in = { .s = copy, .len = len, .piece = SIZE_MAX };

		memcpy(copy, text, len);
		log_clear(&l);
		assert_int_equal(log_read(&l, ka_json_read, &in, NULL), 0);
		assert_int_equal(l.values, 0);
		assert_int_equal(l.bads, len > 0);
		if (len)
			assert_non_null(strstr(l.text.s, "the input ends inside"));
		free(copy);
	}
	ka_buf_release(&l.text);
}

/* An endless input: a beginning, then one byte again and again. */
struct flood {
	const char *start;
	char byte;
	uint64_t left;
};

static int
flood_read(void *arg, void *buf, size_t cap, size_t *ret_len, struct ka_err *err)
{
	struct flood *f = arg;
	size_t n = strlen(f->start);

	(void)err;
	if (n) {
		memcpy(buf, f->start, n);
		f->start = "";
	} else {
		n = f->left < cap ? (size_t)f->left : cap;
		memset(buf, f->byte, n);
		f->left -= n;
	}
	*ret_len = n;
	return 0;
}

static void
floods_end_at_a_limit(void **state)
{
	static const struct {
		const char *start;
		char byte;
		const char *log;
	} row[] = {
		{ "", '[', "1 bad -: nested deeper than 128 levels (--max-depth)\n" },
		{ "{\"kind\":\"Pod\",\"a\":\"", 'x',
		  "1 bad Pod: larger than 3000000 bytes (--max-object-size)\n" },
		{ "{\"kind\":\"Pod\",\"a\":", '1',
		  "1 bad Pod: larger than 3000000 bytes (--max-object-size)\n" },
		{ "{\"items\":[1,\n", ' ',
		  "2 bad List: larger than 3000000 bytes (--max-object-size)\n" },
		{ "", ' ', "" },
	};
	struct ka_limits limits = KA_LIMITS_DEFAULT;
	struct log l = { 0 };
	struct ka_sink sink = { .arg = &l, .value = log_value, .list = log_list, .bad = log_bad };

	(void)state;
	limits.value = 3000000;
	ka_buf_init(&l.text, 1 << 20);
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		struct flood f = { .start = row[i].start, .byte = row[i].byte, .left = 20000000 };
		struct ka_in in = { .read = flood_read, .arg = &f };

		log_clear(&l);
		assert_int_equal(ka_json_read(&in, &limits, &sink, NULL), 0);
		assert_string_equal(l.text.s, row[i].log);
	}
	ka_buf_release(&l.text);
}

static void
small_limits_hold_too(void **state)
{
	static const struct {
		const char *text;
		struct ka_limits limits;
		const char *log;
	} row[] = {
		{ "[[[]]] [[[[]]]]",
		  { 3, 100, 100 },
		  "1 [[[]]]\n1 bad -: nested deeper than 3 levels (--max-depth)\n" },
		{ "[12345678] [123456789]",
		  { 3, 10, 100 },
		  "1 [12345678]\n1 bad -: larger than 10 bytes (--max-object-size)\n" },
		{ "[1,2] [1,2,3]",
		  { 3, 100, 3 },
		  "1 [1,2]\n1 bad -: more than 3 nodes (--max-object-size)\n" },
		{ "{\"kind\":\"List\",\"items\":[1,[22],\n[333]]}",
		  { 3, 23, 100 },
		  "1 (- List - - 1)1\n1 (- List - - 2)[22]\n2 (- List - - 3)[333]\n"
		  "1 list(- List - - 3)\n" },
	};
	struct log l = { 0 };

	(void)state;
	ka_buf_init(&l.text, 1 << 20);
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		struct text_in in = { .s = row[i].text,
				      .len = strlen(row[i].text),
				      .piece = SIZE_MAX };

		log_clear(&l);
		assert_int_equal(log_read(&l, ka_json_read, &in, &row[i].limits), 0);
		assert_string_equal(l.text.s, row[i].log);
	}
	ka_buf_release(&l.text);
}

static void
duplicates_are_found_in_objects_of_any_size(void **state)
{
	struct ka_buf b;
	struct ka_tape t;
	struct ka_err err;

	(void)state;
	ka_buf_init(&b, 1 << 24);
	ka_tape_init(&t);
	for (unsigned n = 1; n < 300; n = n < 70 ? n + 1 : n * 2) {
		for (unsigned twice = 0; twice <= n; twice += n < 70 ? 1 : 17) {
			ka_buf_clear(&b);
			ka_buf_add(&b, "{", 1, NULL);
			for (unsigned i = 0; i < n; i++)
				ka_buf_fmt(&b, NULL, "\"%skey%u\":{\"x\":%u},",
					   i % 3 ? "long-long-" : "", i, i);
			ka_buf_fmt(&b, NULL, "\"%skey%u\":[]}", twice % 3 ? "long-long-" : "",
				   twice);
			assert_int_equal(ka_json_parse(&t, b.s, b.len, NULL, &err),
					 twice == n ? 0 : -1);
			if (twice < n)
				assert_non_null(strstr(err.msg, "duplicate key"));
		}
	}
	ka_tape_release(&t);
	ka_buf_release(&b);
}

static void
values_larger_than_the_window_are_read(void **state)
{
	struct ka_buf b;
	struct log l = { 0 };
	struct text_in in = { .piece = 100000 };

	(void)state;
	ka_buf_init(&b, 1 << 25);
	ka_buf_init(&l.text, 1 << 25);
	ka_buf_fmt(&b, NULL, "{\"kind\":\"List\",\"items\":[");
	for (unsigned i = 0; i < 60; i++) {
		ka_buf_fmt(&b, NULL, "%s\n{\"n\":%u,\"s\":\"", i ? "," : "", i);
		for (unsigned k = 0; k < i * i * 20; k++)
			ka_buf_add(&b, k % 7 ? "0123456789" : "01234567\\n", 10, NULL);
		ka_buf_fmt(&b, NULL, "\"}");
	}
	ka_buf_fmt(&b, NULL, "]}\n{}");
	in.s = b.s;
	in.len = b.len;
	assert_int_equal(log_read(&l, ka_json_read, &in, NULL), 0);
	assert_int_equal(l.values, 61);
	assert_int_equal(l.lists, 1);
	assert_int_equal(l.bads, 0);
	assert_non_null(strstr(l.text.s, "\n61 (- List - - 60){\"n\":59"));
	assert_non_null(strstr(l.text.s, "\n62 {}\n"));
	ka_buf_release(&l.text);
	ka_buf_release(&b);
}

/* Reads what is written as before, and returns its log from `skip` on. */
static const char *
log_of(struct log *l, const struct ka_buf *text, size_t skip)
{
	struct text_in in = { .s = text->s, .len = text->len, .piece = SIZE_MAX };

	log_clear(l);
	assert_int_equal(log_read(l, ka_json_read, &in, NULL), 0);
	assert_true(skip <= l->text.len);
	return l->text.s + skip;
}

#define BYTES	"\"\\{}[],: \n0x"
#define CHANGES (2 * sizeof BYTES - 1)

/* A line of text, in which byte `at` has one of BYTES in its place or before it, or is gone. */
static void
add_changed(struct ka_buf *b, const char *text, size_t at, size_t change)
{
	static const char bytes[] = BYTES;
	size_t n = sizeof bytes - 1;
	const char *rest = text + at + (change >= n && change < 2 * n ? 0 : 1);

	ka_buf_add(b, "\n", 1, NULL);
	ka_buf_add(b, text, at, NULL);
	if (change < 2 * n)
		ka_buf_add(b, &bytes[change % n], 1, NULL);
	ka_buf_add(b, rest, strlen(rest), NULL);
}

/* The reader recognises what it has seen in the value before.  Whatever changes in between, the
 * second value must be what it is when nothing came before it. */
static void
what_came_before_changes_nothing(void **state)
{
	static const char pod[] =
		"{\"metadata\": {\"name\": \"web-1\",\n"
		" \"labels\": {\"app\": \"web\", \"tier\": \"front-end\", \"x\": {}},\n"
		" \"managedFields\": [{\"f:spec\": {\"k:{\\\"name\\\":\\\"c\\\"}\": {\".\": "
		"{}}}},\n"
		"  {\"f:status\": {\"f:phase\": {}, \"f:podIP\": [1, [2, 3, \"\\u00fc\"]]}}]},\n"
		" \"spec\": {\"containers\": [{\"name\": \"c\", \"env\": [{\"name\": \"A\",\n"
		"  \"value\": \"a long enough value\"}, {\"name\": \"B\", \"value\": null}]}]}}";
	size_t len = sizeof pod - 1, skip;
	struct ka_buf after, alone;
	struct log got = { .lines = true }, want = { .lines = true };

	(void)state;
	ka_buf_init(&after, 1 << 20);
	ka_buf_init(&alone, 1 << 20);
	ka_buf_init(&got.text, 1 << 20);
	ka_buf_init(&want.text, 1 << 20);
	ka_buf_add(&after, pod, len, NULL);
	log_of(&want, &after, 0);
	skip = want.text.len;
	for (size_t i = 0; i < len * CHANGES; i++) {
		ka_buf_clear(&after);
		ka_buf_clear(&alone);
		ka_buf_add(&after, pod, len, NULL);
		ka_buf_add(&alone, "\n\n\n\n\n", 5, NULL); /* as many as pod has */
		add_changed(&after, pod, i / CHANGES, i % CHANGES);
		add_changed(&alone, pod, i / CHANGES, i % CHANGES);
		assert_string_equal(log_of(&got, &after, skip), log_of(&want, &alone, 0));
	}
	ka_buf_release(&after);
	ka_buf_release(&alone);
	ka_buf_release(&got.text);
	ka_buf_release(&want.text);
}

/* As many lines as an item has are counted for one that is recognised whole. */
static void
lines_are_counted_in_what_is_recognised(void **state)
{
	struct ka_buf b;
	struct log l = { .lines = true };

	(void)state;
	ka_buf_init(&b, 1 << 20);
	ka_buf_init(&l.text, 1 << 20);
	ka_buf_fmt(&b, NULL, "{\"kind\":\"List\",\"items\":[");
	for (int i = 0; i < 3; i++)
		ka_buf_fmt(&b, NULL, "%s\n{\"a\":[\"long enough to be\",\n\"compared\"]}",
			   i ? "," : "");
	ka_buf_fmt(&b, NULL, "]}");
	log_of(&l, &b, 0);
	assert_non_null(strstr(l.text.s, "[\"long enough to be\"@2,\"compared\"@3]"));
	assert_non_null(strstr(l.text.s, "[\"long enough to be\"@4,\"compared\"@5]"));
	assert_non_null(strstr(l.text.s, "[\"long enough to be\"@6,\"compared\"@7]"));
	ka_buf_release(&b);
	ka_buf_release(&l.text);
}

static int
refuse_value(void *arg, struct ka_tape *t, const struct ka_node *root,
	     const struct ka_list_head *head, struct ka_err *err)
{
	(void)arg, (void)t, (void)root, (void)head;
	return ka_err_set(err, KA_EUSAGE, "enough");
}

static int
refuse_bad(void *arg, uint32_t line, const char *kind_hint, const struct ka_err *why)
{
	(void)arg, (void)line, (void)kind_hint, (void)why;
	return -1;
}

static int
fail_read(void *arg, void *buf, size_t cap, size_t *ret_len, struct ka_err *err)
{
	(void)arg, (void)buf, (void)cap, (void)ret_len;
	return ka_err_set(err, KA_EIO, "the disk is gone");
}

static void
the_sink_and_the_input_can_end_the_reading(void **state)
{
	struct text_in text = { .s = "{}", .len = 2, .piece = 1 };
	struct text_in broken = { .s = "}{", .len = 2, .piece = 1 };
	struct ka_in in = { .read = text_read, .arg = &text };
	struct ka_sink sink = { .value = refuse_value, .bad = refuse_bad };
	struct ka_err err;

	(void)state;
	assert_int_equal(ka_json_read(&in, NULL, &sink, &err), -1);
	assert_string_equal(err.msg, "enough");
	in.arg = &broken;
	assert_int_equal(ka_json_read(&in, NULL, &sink, &err), -1);
	assert_string_equal(err.msg, "expected a value");
	in.read = fail_read;
	assert_int_equal(ka_json_read(&in, NULL, &sink, &err), -1);
	assert_string_equal(err.msg, "the disk is gone");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_grammar_is_that_of_rfc_8259),
		cmocka_unit_test(a_nul_byte_is_refused_wherever_it_stands),
		cmocka_unit_test(streams_are_told_apart_and_lists_taken_apart),
		cmocka_unit_test(the_pieces_input_comes_in_make_no_difference),
		cmocka_unit_test(every_cut_of_a_document_is_bad_or_nothing),
		cmocka_unit_test(floods_end_at_a_limit),
		cmocka_unit_test(small_limits_hold_too),
		cmocka_unit_test(duplicates_are_found_in_objects_of_any_size),
		cmocka_unit_test(values_larger_than_the_window_are_read),
		cmocka_unit_test(what_came_before_changes_nothing),
		cmocka_unit_test(lines_are_counted_in_what_is_recognised),
		cmocka_unit_test(the_sink_and_the_input_can_end_the_reading),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
