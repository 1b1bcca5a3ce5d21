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

static const struct {
	const char *what, *text, *log;
} streams[] = {
	{ "nothing", "", "" },
	{ "empty lines", "\n\n", "" },
	{ "only comments", "# a\n  # b\n", "" },
	{ "markers and comments only", "---\n# a\n---\n\n--- # b\n...\n---\n", "" },
	{ "one document", "kind: Pod\na: [1, x, ~]\nb:\n- c: yes\n",
	  "1 {\"kind\":\"Pod\",\"a\":[1,\"x\",null],\"b\":[{\"c\":true}]}\n" },
	{ "several documents", "a: 1\n---\nb: 2\n--- # c\nc: 3\n---\td\n--- \"e\"\n",
	  "1 {\"a\":1}\n3 {\"b\":2}\n5 {\"c\":3}\n6 \"d\"\n7 \"e\"\n" },
	{ "carriage returns", "a: 1\r\n---\r\nb: 2\r\n...\r\n---\r\nc: 3\r\n",
	  "1 {\"a\":1}\n3 {\"b\":2}\n6 {\"c\":3}\n" },
	{ "a byte order mark",
	  "\xef\xbb\xbf"
	  "a: 1\n",
	  "1 {\"a\":1}\n" },
	{ "no newline at the end", "a: 1\n---\nb: 2", "1 {\"a\":1}\n3 {\"b\":2}\n" },
	{ "a marker at the very end", "a: 1\n---", "1 {\"a\":1}\n" },
	{ "dashes that are no marker", "a: |\n  ---\n  x\nb: ---x\n----: 1\n",
	  "1 {\"a\":\"---\\0ax\\0a\",\"b\":\"---x\",\"----\":1}\n" },
	{ "directives", "%YAML 1.1\n# c\n---\na: 1\n...\n%YAML 1.1\n---\nb: 2\n",
	  "4 {\"a\":1}\n8 {\"b\":2}\n" },
	{ "text after an end marker", "a: 1\n...\nb: 2\n", "1 {\"a\":1}\n3 {\"b\":2}\n" },
	{ "JSON", "{\"a\": \"\\u00e4\\n\", \"b\": [1.50, true]}\n",
	  "1 {\"a\":\"\xc3\xa4\\0a\",\"b\":[1.5,true]}\n" },
	{ "block scalars", "a: |\n  x\n   y\nb: >-\n  x\n  y\nc: 'it''s'\n",
	  "1 {\"a\":\"x\\0a y\\0a\",\"b\":\"x y\",\"c\":\"it's\"}\n" },
	{ "one bad document among good ones", "a: 1\n---\nkind: Role\nb: [1\nc: }\n---\nd: 4\n",
	  "1 {\"a\":1}\n5 bad Role: did not find expected ',' or ']' while parsing a flow "
	  "sequence\n"
	  "7 {\"d\":4}\n" },
	{ "a bad document whose kind comes after the fault", "a: b: c\nkind: \"Pod\" # x\n---\n1\n",
	  "1 bad Pod: mapping values are not allowed in this context\n4 1\n" },
	{ "duplicate keys", "a:\n  x: 1\n  p: 2\n  x: 3\n", "4 bad -: duplicate key \"x\"\n" },
	{ "duplicate keys once they are strings", "1: a\n'1': b\n",
	  "2 bad -: duplicate key \"1\"\n" },
	{ "scalar keys", "1: a\ntrue: b\n1.5: c\n0x10: d\n",
	  "1 {\"1\":\"a\",\"true\":\"b\",\"1.5\":\"c\",\"16\":\"d\"}\n" },
	{ "a null key", "~: a\n", "1 bad -: null as a mapping key\n" },
	{ "an empty key in a block", "a: 1\n: b\n",
	  "2 bad -: did not find expected key while parsing a block mapping\n" },
	{ "a sequence as a key", "[a]: b\n", "1 bad -: a sequence as a mapping key\n" },
	{ "a mapping as a key", "? {a: 1}\n: b\n", "1 bad -: a mapping as a mapping key\n" },
	{ "infinity", "a: .inf\n", "1 bad -: .inf cannot be written in JSON\n" },
	{ "a tag that does not fit", "a: !!int x\n", "1 bad -: \"x\" is not of its type !!int\n" },
	{ "binary that is no text", "a: !!binary gA==\n", "1 bad -: invalid UTF-8 in a string\n" },
	{ "NUL by an escape", "a: 1\nb: \"\\0\"\n", "2 bad -: NUL in a string\n" },
	{ "a control character", "a: 1\nb: \x01\n---\nc: 1\n",
	  "2 bad -: control characters are not allowed\n4 {\"c\":1}\n" },
	{ "invalid UTF-8", "a: 1\nkind: Pod\nb: \xff\n---\nc: 1\n",
	  "3 bad Pod: invalid leading UTF-8 octet\n5 {\"c\":1}\n" },
	{ "aliases", "a: &x {b: [1, 2]}\nc: *x\nd: &y 5\ne: [*y, *x]\n*y : f\n",
	  "1 "
	  "{\"a\":{\"b\":[1,2]},\"c\":{\"b\":[1,2]},\"d\":5,\"e\":[5,{\"b\":[1,2]}],\"5\":\"f\"}"
	  "\n" },
	{ "an anchored key", "&k a: *k\n", "1 {\"a\":\"a\"}\n" },
	{ "an anchor given twice", "- &a 1\n- *a\n- &a 2\n- *a\n", "1 [1,1,2,2]\n" },
	{ "an unknown anchor", "a: *b\n", "1 bad -: unknown anchor \"b\"\n" },
	{ "an anchor of another document", "a: &b 1\n---\na: *b\n",
	  "1 {\"a\":1}\n3 bad -: unknown anchor \"b\"\n" },
	{ "an anchor that holds itself", "a: &b [*b]\n", "1 bad -: anchor \"b\" holds itself\n" },
	{ "an alias of a mapping as a key", "a: &b {}\n*b : 1\n",
	  "2 bad -: an alias of a mapping as a mapping key\n" },
	{ "merged mappings", "a: &a {x: 1, p: 2}\nb:\n  <<: *a\n  p: 3\n  z: 4\n",
	  "1 {\"a\":{\"x\":1,\"p\":2},\"b\":{\"p\":3,\"z\":4,\"x\":1}}\n" },
	{ "several merged mappings", "<<: [{a: 1, b: {c: [2]}}, {a: 3, d: 4}]\nd: 5\n",
	  "1 {\"d\":5,\"a\":1,\"b\":{\"c\":[2]}}\n" },
	{ "a merged mapping that merges", "a: &a {<<: {x: 1}, p: 2}\nb: {<<: *a}\n",
	  "1 {\"a\":{\"p\":2,\"x\":1},\"b\":{\"p\":2,\"x\":1}}\n" },
	{ "an anchor beside a merge", "<<: {a: 1}\nb: &b [1]\nc: *b\n",
	  "1 {\"b\":[1],\"c\":[1],\"a\":1}\n" },
	{ "a quoted merge key is a key", "'<<': 1\n", "1 {\"<<\":1}\n" },
	{ "merging no mapping", "<<: 1\n",
	  "1 bad -: \"<<\" wants a mapping or a sequence of mappings\n" },
	{ "merging a sequence of something else", "<<: [{a: 1}, 2]\n",
	  "1 bad -: \"<<\" wants a mapping or a sequence of mappings\n" },
	{ "duplicate keys beside a merge", "<<: {a: 1}\nb: 1\nb: 2\n",
	  "3 bad -: duplicate key \"b\"\n" },
	{ "a list, kind first",
	  "apiVersion: v1\nkind: PodList\nmetadata: {resourceVersion: \"7\"}\nitems:\n- a: 1\n- "
	  "b\n",
	  "5 (v1 PodList 7 - 1){\"a\":1}\n6 (v1 PodList 7 - 2)\"b\"\n1 list(v1 PodList 7 - 2)\n" },
	{ "a list as kubectl prints it",
	  "apiVersion: v1\nitems:\n- kind: Pod\n- kind: Node\n  x: [1]\nkind: List\nmetadata:\n"
	  "  resourceVersion: \"\"\n  continue: c\n",
	  "3 (v1 - - - 1){\"kind\":\"Pod\"}\n4 (v1 - - - 2){\"kind\":\"Node\",\"x\":[1]}\n"
	  "1 list(v1 List - c 2)\n" },
	{ "items held until the list's kind is known",
	  "items:\n- kind: A\n- b: 1\n- kind: C\nkind: XList\n",
	  "2 (- - - - 1){\"kind\":\"A\"}\n3 (- XList - - 2){\"b\":1}\n"
	  "4 (- XList - - 3){\"kind\":\"C\"}\n1 list(- XList - - 3)\n" },
	{ "an empty list", "items: []\nkind: List\n", "1 list(- List - - 0)\n" },
	{ "items of another kind", "kind: Foo\nitems: [{kind: A}]\n",
	  "1 {\"kind\":\"Foo\",\"items\":[{\"kind\":\"A\"}]}\n" },
	{ "items of another kind that comes late", "items: [1, {a: 2}]\nkind: Foo\n",
	  "1 {\"items\":[1,{\"a\":2}],\"kind\":\"Foo\"}\n" },
	{ "items that are no sequence", "kind: List\nitems: {a: 1}\n",
	  "1 {\"kind\":\"List\",\"items\":{\"a\":1}}\n" },
	{ "items further in", "kind: Pod\na:\n  items: [1]\n",
	  "1 {\"kind\":\"Pod\",\"a\":{\"items\":[1]}}\n" },
	{ "an anchor used in a later item",
	  "kind: List\nitems:\n- &a {x: one}\n- {p: *a, z: two}\n- *a\n",
	  "3 (- List - - 1){\"x\":\"one\"}\n4 (- List - - 2){\"p\":{\"x\":\"one\"},\"z\":\"two\"}\n"
	  "3 (- List - - 3){\"x\":\"one\"}\n1 list(- List - - 3)\n" },
	{ "a list that is cut", "kind: List\nitems:\n- a: 1\n- b: [\n---\nc: 1\n",
	  "3 (- List - - 1){\"a\":1}\n"
	  "5 bad List: did not find expected node content while parsing a flow node\n6 "
	  "{\"c\":1}\n" },
	{ "a list with a bad item", "kind: List\nitems:\n- a: 1\n- b: 1\n  b: 2\n- c: 1\n",
	  "3 (- List - - 1){\"a\":1}\n5 bad List: duplicate key \"b\"\n" },
};

static void
streams_are_split_and_lists_taken_apart(void **state)
{
	struct log l = { 0 };

	(void)state;
	ka_buf_init(&l.text, 1 << 20);
	for (size_t i = 0; i < sizeof streams / sizeof *streams; i++) {
		struct text_in in = { .s = streams[i].text,
				      .len = strlen(streams[i].text),
				      .piece = SIZE_MAX };

		log_clear(&l);
		assert_int_equal(log_read(&l, ka_yaml_read, &in, NULL), 0);
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
			assert_int_equal(log_read(&l, ka_yaml_read, &in, NULL), 0);
			assert_string_equal(l.text.s, streams[i].log);
		}
	}
	ka_buf_release(&l.text);
}

static void
every_cut_of_a_stream_ends_well(void **state)
{
	struct log l = { 0 };

	(void)state;
	ka_buf_init(&l.text, 1 << 20);
	for (size_t i = 0; i < sizeof streams / sizeof *streams; i++) {
		for (size_t len = 0; len < strlen(streams[i].text); len++) {
			char *copy = ka_xmalloc(len + !len);
			struct text_in in = { .s = copy, .len = len, .piece = SIZE_MAX };

			memcpy(copy, streams[i].text, len);
			log_clear(&l);
			assert_int_equal(log_read(&l, ka_yaml_read, &in, NULL), 0);
			free(copy);
		}
	}
	ka_buf_release(&l.text);
}

static void
every_node_has_its_line(void **state)
{
	static const char text[] =
		"# c\n---\na:\n  - x\n  -\n    k: 1\nb: >\n  z\nc: {d: e,\n f: g}\n";
	struct text_in in = { .s = text, .len = sizeof text - 1, .piece = SIZE_MAX };
	struct log l = { .lines = true };

	(void)state;
	ka_buf_init(&l.text, 1 << 20);
	assert_int_equal(log_read(&l, ka_yaml_read, &in, NULL), 0);
	assert_string_equal(l.text.s, "3 {\"a\"@3:[\"x\"@4,{\"k\"@6:1@6}@6]@4,\"b\"@7:\"z\\0a\"@7,"
				      "\"c\"@9:{\"d\"@9:\"e\"@9,\"f\"@10:\"g\"@10}@9}@3\n");
	ka_buf_release(&l.text);
}

static void
limits_hold(void **state)
{
	static const struct {
		const char *text;
		struct ka_limits limits;
		const char *log;
	} row[] = {
		{ "[[[]]]\n---\n[[[[]]]]\n---\n- - - - a\n",
		  { 3, 100, 100 },
		  "1 [[[]]]\n3 bad -: nested deeper than 3 levels (--max-depth)\n"
		  "5 bad -: nested deeper than 3 levels (--max-depth)\n" },
		{ "[1, 2]\n---\n[1, 2, 3]\n",
		  { 3, 100, 3 },
		  "1 [1,2]\n3 bad -: more than 3 nodes (--max-object-size)\n" },
		{ "a: 12345\n---\na: 1234567890\n",
		  { 3, 10, 100 },
		  "1 {\"a\":12345}\n3 bad -: larger than 10 bytes (--max-object-size)\n" },
		{ "kind: List\nitems:\n- 12345678\n- 12345678\n- 12345678\n",
		  { 3, 28, 6 },
		  "3 (- List - - 1)12345678\n4 (- List - - 2)12345678\n5 (- List - - 3)12345678\n"
		  "1 list(- List - - 3)\n" },
		{ "a: &a [[]]\nb: {c: *a}\n",
		  { 3, 100, 100 },
		  "2 bad -: nested deeper than 3 levels (--max-depth)\n" },
	};
	struct log l = { 0 };

	(void)state;
	ka_buf_init(&l.text, 1 << 20);
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		struct text_in in = { .s = row[i].text,
				      .len = strlen(row[i].text),
				      .piece = SIZE_MAX };

		log_clear(&l);
		assert_int_equal(log_read(&l, ka_yaml_read, &in, &row[i].limits), 0);
		assert_string_equal(l.text.s, row[i].log);
	}
	ka_buf_release(&l.text);
}

static void
an_alias_bomb_is_defused(void **state)
{
	struct ka_buf b;
	struct log l = { 0 };
	struct text_in in = { .piece = SIZE_MAX };

	(void)state;
	ka_buf_init(&b, 1 << 20);
	ka_buf_init(&l.text, 1 << 20);
	ka_buf_fmt(&b, NULL, "a0: &a0 [x,x,x,x,x,x,x,x,x]\n");
	for (unsigned i = 1; i < 30; i++) {
		ka_buf_fmt(&b, NULL, "a%u: &a%u [", i, i);
		for (unsigned k = 0; k < 9; k++)
			ka_buf_fmt(&b, NULL, "*a%u,", i - 1);
		ka_buf_fmt(&b, NULL, "]\n");
	}
	in.s = b.s;
	in.len = b.len;
	assert_int_equal(log_read(&l, ka_yaml_read, &in, NULL), 0);
	assert_int_equal(l.values, 0);
	assert_int_equal(l.bads, 1);
	assert_non_null(strstr(l.text.s, "(--max-object-size)"));
	ka_buf_release(&l.text);
	ka_buf_release(&b);
}

static void
large_documents_and_lists_are_read(void **state)
{
	struct ka_buf b;
	struct log l = { 0 };
	struct text_in in = { .piece = 70000 };
	struct ka_limits limits = KA_LIMITS_DEFAULT;

	(void)state;
	ka_buf_init(&b, 1 << 25);
	ka_buf_init(&l.text, 1 << 25);
	ka_buf_fmt(&b, NULL, "apiVersion: v1\nitems:\n");
	for (unsigned i = 0; i < 20000; i++)
		ka_buf_fmt(&b, NULL, "- kind: Pod\n  k: %u\n  s: 'some text to fill the line'\n",
			   i);
	ka_buf_fmt(&b, NULL, "kind: List\n---\nx: 1\n");
	in.s = b.s;
	in.len = b.len;
	limits.value = 1000; /* of an item, not of the list */
	limits.nodes = 20;
	assert_int_equal(log_read(&l, ka_yaml_read, &in, &limits), 0);
	assert_int_equal(l.values, 20001);
	assert_int_equal(l.lists, 1);
	assert_int_equal(l.bads, 0);
	assert_non_null(strstr(l.text.s, "\n60000 (v1 - - - 20000){\"kind\":\"Pod\",\"k\":19999"));
	ka_buf_release(&l.text);
	ka_buf_release(&b);
}

static int
fail_late(void *arg, void *buf, size_t cap, size_t *ret_len, struct ka_err *err)
{
	struct text_in *in = arg;

	if (in->at == in->len)
		return ka_err_set(err, KA_EIO, "the disk is gone");
	return text_read(arg, buf, cap, ret_len, err);
}

static void
a_failing_input_is_no_end_of_a_document(void **state)
{
	struct text_in text = { .s = "a: 1\n", .len = 5, .piece = 1 };
	struct ka_in in = { .read = fail_late, .arg = &text };
	struct log l = { 0 };
	struct ka_sink sink = { .arg = &l, .value = log_value, .list = log_list, .bad = log_bad };
	struct ka_err err;

	(void)state;
	ka_buf_init(&l.text, 1 << 20);
	assert_int_equal(ka_yaml_read(&in, NULL, &sink, &err), -1);
	assert_string_equal(err.msg, "the disk is gone");
	assert_string_equal(l.text.s, "");
	ka_buf_release(&l.text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(streams_are_split_and_lists_taken_apart),
		cmocka_unit_test(the_pieces_input_comes_in_make_no_difference),
		cmocka_unit_test(every_cut_of_a_stream_ends_well),
		cmocka_unit_test(every_node_has_its_line),
		cmocka_unit_test(limits_hold),
		cmocka_unit_test(an_alias_bomb_is_defused),
		cmocka_unit_test(large_documents_and_lists_are_read),
		cmocka_unit_test(a_failing_input_is_no_end_of_a_document),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
