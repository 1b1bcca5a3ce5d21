#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "util/proto.h"
#include "util/proto_testing.h"

static const struct ka_proto_field part_rows[] = {
	{ 1, KA_PB_STR, KA_PB_OMIT, KA_PROTO_NAME("a"), NULL, NULL },
	{ 2, KA_PB_INT, 0, KA_PROTO_NAME("n"), NULL, NULL },
};
static const struct ka_proto_schema part = { part_rows, 2, false };

static const struct ka_proto_field typed_rows[] = {
	{ 0, KA_PB_STR, 0, KA_PROTO_NAME("kind"), NULL, "Part" },
	{ 1, KA_PB_STR, KA_PB_NULL, KA_PROTO_NAME("x"), NULL, NULL },
};
static const struct ka_proto_schema typed = { typed_rows, 2, true };

static const struct ka_proto_field pair_rows[] = {
	{ 1, KA_PB_MSG, 0, KA_PROTO_NAME("left"), &part, NULL },
	{ 2, KA_PB_MSG, 0, KA_PROTO_NAME("right"), &part, NULL },
};
static const struct ka_proto_schema pair = { pair_rows, 2, false };

static const struct ka_proto_field thing_rows[] = {
	{ 1, KA_PB_STR, KA_PB_OMIT, KA_PROTO_NAME("name"), NULL, NULL },
	{ 2, KA_PB_INT, KA_PB_OMIT, KA_PROTO_NAME("zero"), NULL, NULL },
	{ 3, KA_PB_INT, 0, KA_PROTO_NAME("number"), NULL, NULL },
	{ 4, KA_PB_BOOL, 0, KA_PROTO_NAME("yes"), NULL, NULL },
	{ 5, KA_PB_STR, KA_PB_LIST, KA_PROTO_NAME("words"), NULL, NULL },
	{ 6, KA_PB_STR, KA_PB_MAP, KA_PROTO_NAME("map"), NULL, NULL },
	{ 7, KA_PB_MSG, 0, KA_PROTO_NAME("part"), &part, NULL },
	{ 8, KA_PB_MSG, KA_PB_LIST, KA_PROTO_NAME("parts"), &part, NULL },
	{ 9, KA_PB_INLINE, 0, 0, NULL, &part, NULL },
	{ 10, KA_PB_QUANTITY, KA_PB_MAP, KA_PROTO_NAME("amounts"), NULL, NULL },
	{ 11, KA_PB_TIME, 0, KA_PROTO_NAME("time"), NULL, NULL },
	{ 12, KA_PB_INT_OR_STR, 0, KA_PROTO_NAME("port"), NULL, NULL },
	{ 13, KA_PB_BYTES, KA_PB_OMIT, KA_PROTO_NAME("bytes"), NULL, NULL },
	{ 14, KA_PB_INT, KA_PB_LIST, KA_PROTO_NAME("numbers"), NULL, NULL },
	{ 20, KA_PB_MSG, 0, KA_PROTO_NAME("typed"), &typed, NULL },
	{ 21, KA_PB_MSG, 0, KA_PROTO_NAME("pair"), &pair, NULL },
};
static const struct ka_proto_schema thing = { thing_rows, sizeof thing_rows / sizeof *thing_rows, false };

static const struct ka_proto_schema *
find(const char *api_version, const char *kind)
{
	return strcmp(api_version, "v1") == 0 && strcmp(kind, "Thing") == 0 ? &thing : NULL;
}

static int
read_answer(const struct ka_buf *b, const struct ka_limits *limits, struct log *log, struct ka_err *err)
{
	struct ka_sink sink = { .arg = log, .value = log_value, .list = log_list, .bad = log_bad };
	char *exact = malloc(b->len ? b->len : 1); /* so that reading past the end is seen */
	int rc;

	assert_non_null(exact);
	memcpy(exact, b->s, b->len);
	*err = (struct ka_err){ KA_OK, "" };
	ka_buf_init(&log->text, 1 << 20);
	rc = ka_proto_read(exact, b->len, limits, find, &sink, err);
	free(exact);
	return rc;
}

/* What a Thing with these fields is on the tape, or why it is none. */
static void
check_thing(const char *fields, const char *want)
{
	struct log log = { 0 };
	struct ka_err err;
	struct ka_buf b;
	char text[1200];
	int rc;

	ka_buf_init(&b, 1 << 20);
	put_answer(&b, "v1", "Thing", fields);
	rc = read_answer(&b, NULL, &log, &err);
	if (want[0] == '!') {
		if (rc == 0)
			fail_msg("%s: taken as %s", fields, log.text.s);
		assert_int_equal(log.values, 0);
		if (!strstr(err.msg, want + 1))
			fail_msg("%s: %s", fields, err.msg);
		assert_int_equal(err.code, KA_EFORMAT);
	} else {
		if (rc != 0)
			fail_msg("%s: %s", fields, err.msg);
		snprintf(text, sizeof text, "0 {\"apiVersion\":\"v1\",\"kind\":\"Thing\"%s%s}\n",
			 want[0] ? "," : "", want);
		assert_string_equal(log.text.s, text);
	}
	ka_buf_release(&log.text);
	ka_buf_release(&b);
}

static void
fields_become_what_json_would_say(void **state)
{
	static const struct {
		const char *fields, *want;
	} cases[] = {
		{ "", "" },
		{ "1'x' 2=7 3=-1", "\"name\":\"x\",\"zero\":7,\"number\":-1" },
		/* zero values: those that are omitempty go, the others stay */
		{ "1'' 2=0 3=0 4=0", "\"number\":0,\"yes\":false" },
		{ "3=9223372036854775807 4=1", "\"number\":9223372036854775807,\"yes\":true" },
		{ "3=-9223372036854775808", "\"number\":-9223372036854775808" },
		{ "5'a' 5'' 5'c'", "\"words\":[\"a\",\"\",\"c\"]" },
		{ "6{1'k' 2'v'} 6{1'l'} 6{}", "\"map\":{\"k\":\"v\",\"l\":\"\",\"\":\"\"}" },
		{ "7{}", "\"part\":{}" },
		{ "7{1'a' 2=3} 8{} 8{2=1}", "\"part\":{\"a\":\"a\",\"n\":3},\"parts\":[{},{\"n\":1}]" },
		{ "1'x' 9{1'b' 2=2} 3=1", "\"name\":\"x\",\"a\":\"b\",\"n\":2,\"number\":1" },
		{ "10{1'cpu' 2{1'100m'}}", "\"amounts\":{\"cpu\":\"100m\"}" },
		{ "11{1=1772352000 2=5}", "\"time\":\"2026-03-01T08:00:00Z\"" },
		{ "11{1=0 2=0}", "\"time\":\"1970-01-01T00:00:00Z\"" },
		{ "11{}", "\"time\":null" },
		{ "12{1=0 2=80 3''}", "\"port\":80" },
		{ "12{1=1 2=0 3'http'}", "\"port\":\"http\"" },
		{ "13''", "" },
		{ "13'f'", "\"bytes\":\"Zg==\"" },
		{ "13'fo'", "\"bytes\":\"Zm8=\"" },
		{ "13'foo'", "\"bytes\":\"Zm9v\"" },
		{ "13{~00ff10fbef}", "\"bytes\":\"AP8Q++8=\"" },
		{ "14=1 14=0 14=-3", "\"numbers\":[1,0,-3]" },
		{ "20{}", "\"typed\":{\"kind\":\"Part\",\"x\":null}" },
		{ "20{1'y'}", "\"typed\":{\"kind\":\"Part\",\"x\":\"y\"}" },
		{ "1'gr\xc3\xbc\xc3\x9f' 5'long enough for a word: \xe2\x82\xac'",
		  "\"name\":\"gr\xc3\xbc\xc3\x9f\",\"words\":[\"long enough for a word: \xe2\x82\xac\"]" },
		/* in another order than the table's */
		{ "3=1 1'x'", "\"number\":1,\"name\":\"x\"" },
		/* text that would be something in JSON */
		{ "1'a\"b\\'", "\"name\":\"a\\22b\\5c\"" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		check_thing(cases[i].fields, cases[i].want);
}

static void
fields_that_no_table_names_are_stepped_over(void **state)
{
	(void)state;
	check_thing("99'x' 1'n' 98=5 536870911{1{2'x'}}", "\"name\":\"n\"");
	check_thing("~19 ~0102030405060708 ~9506 ~01020304 1'n'", "!wrong wire type"); /* 3 as fixed64 */
	check_thing("~9106 ~0102030405060708 ~9506 ~01020304 3=1", "\"number\":1");
	check_thing("6{1'k' 2'v' 3'new'} 12{1=0 2=1 3'' 7=1}", "\"map\":{\"k\":\"v\"},\"port\":1");
}

static void
malformed_fields_are_refused(void **state)
{
	static const struct {
		const char *fields, *why;
	} cases[] = {
		{ "~0a", "cut off" },
		{ "~0a05 ~6162", "past the end" },
		{ "~0aff", "cut off" },
		{ "~0affffffffffffffffff01", "past the end" },
		{ "~0affffffffffffffffff02", "cut off or too large" },
		{ "~18", "cut off or too large" },
		{ "~1880", "cut off or too large" },
		{ "~18ffffffffffffffffff02", "cut off or too large" },
		{ "~18ffffffffffffffffffff01", "cut off or too large" },
		{ "~80", "tag is cut off" },
		{ "~00", "number that there is not" },
		{ "~02 ~00", "number that there is not" },
		{ "~8080808010", "number that there is not" },
		{ "~0b", "group" },
		{ "~0c", "group" },
		{ "~9b06 ~9c06", "group" }, /* also in fields that are not known */
		{ "~0e", "wire type that there is not" },
		{ "~0f", "wire type that there is not" },
		{ "~9106 ~01020304", "past the end" },
		{ "~9506 ~010203", "past the end" },
		{ "1=5", "wrong wire type" },
		{ "3'x'", "wrong wire type" },
		{ "5'a' 5=1", "wrong wire type" },
		{ "6=1", "wrong wire type" },
		{ "6{1=1}", "wrong wire type" },
		{ "7=1", "wrong wire type" },
		{ "9=1", "wrong wire type" },
		{ "10{1'cpu' 2=1}", "wrong wire type" },
		{ "10{1'cpu' 2{1=1}}", "wrong wire type" },
		{ "11{1'x'}", "wrong wire type" },
		{ "12{1'x'}", "wrong wire type" },
		{ "14{~0102}", "wrong wire type" },
		{ "1'a' 1'b'", "twice" },
		{ "5'a' 1'x' 5'b'", "twice" },
		{ "7{2=1 2=2}", "twice" },
		{ "6{1'a'} 6{1'b'} 6{1'a'}", "twice" },
		{ "6{1'a'} 6{1'a'}", "twice" },
		{ "1{~ff}", "no UTF-8" },
		{ "1{~c3}", "no UTF-8" },
		{ "1{~eda080}", "no UTF-8" },
		{ "1{~00}", "NUL" },
		{ "1{~6162636465666768 ~00}", "NUL" },
		{ "1{~6162636465666700 ~6162636465666768}", "NUL" },
		{ "1{~c3bc6162636465666768 ~00}", "NUL" },
		{ "5'a' 5{~ff}", "no UTF-8" },
		{ "6{1{~ff}}", "no UTF-8" },
		{ "6{2{~00}}", "NUL" },
		{ "10{1'cpu' 2{}}", "empty quantity" },
		{ "10{1'cpu'}", "empty quantity" },
		{ "12{1=2}", "neither" },
		{ "12{1=1 3{~ff}}", "no UTF-8" },
		{ "7{~0a05}", "past the end" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char want[100];

		snprintf(want, sizeof want, "!%s", cases[i].why);
		check_thing(cases[i].fields, want);
	}
}

static void
lists_are_handed_over_item_by_item(void **state)
{
	struct log log = { 0 };
	struct ka_err err;
	struct ka_buf b;

	(void)state;
	ka_buf_init(&b, 1 << 20);
	put_answer(&b, "v1", "ThingList", "1{1'' 2'77' 3'next' 4=12} 2{1'a'} 2{} 9'new' 2{1'b'}");
	assert_int_equal(read_answer(&b, NULL, &log, &err), 0);
	assert_string_equal(log.text.s, "0 (v1 ThingList 77 next 1){\"name\":\"a\"}\n"
					"0 (v1 ThingList 77 next 2){}\n"
					"0 (v1 ThingList 77 next 3){\"name\":\"b\"}\n"
					"0 list(v1 ThingList 77 next 3)\n");
	ka_buf_release(&log.text);
	ka_buf_clear(&b);
	put_answer(&b, "v1", "ThingList", "1{2'78'}");
	assert_int_equal(read_answer(&b, NULL, &log, &err), 0);
	assert_string_equal(log.text.s, "0 list(v1 ThingList 78 - 0)\n");
	ka_buf_release(&log.text);
	ka_buf_release(&b);
}

/* Messages of an item that the item before had too are copied from there. */
static void
an_item_is_the_same_behind_any_other_as_alone(void **state)
{
	static const char *const items[] = {
		"",
		"7{1'the first part, long enough' 2=3}",
		"7{1'the first part, long enough' 2=4}",
		"8{1'the first part, long enough' 2=3} 8{1'the second part, long enough' 2=3}",
		"8{1'the second part, long enough' 2=3} 8{1'the first part, long enough' 2=3} 8{1'a third'}",
		"1'x' 7{1'the second part, long enough' 2=3} 20{1'something of another table'}",
		"7{1'the first part, long enough' 2=3} 8{1'the first part, long enough' 2=3} 9{1'inside'}",
		"21{1{1'the first part, long enough' 2=3} 2{1'the second part, long enough' 2=3}}",
		"21{1{1'the first part, long enough' 2=3} 2{1'a second part of that length' 2=3}}",
		"21{2{1'the first part, long enough' 2=3}} 20{1'something of another table'}",
	};
	size_t n = sizeof items / sizeof *items;

	(void)state;
	for (size_t i = 0; i < n * n; i++) {
		struct log alone = { 0 }, behind = { 0 };
		struct ka_err err;
		struct ka_buf b;
		char text[800];

		ka_buf_init(&b, 1 << 20);
		snprintf(text, sizeof text, "2{%s}", items[i % n]);
		put_answer(&b, "v1", "ThingList", text);
		assert_int_equal(read_answer(&b, NULL, &alone, &err), 0);
		ka_buf_clear(&b);
		snprintf(text, sizeof text, "2{%s} 2{%s} 2{%s}", items[i / n], items[i % n], items[i % n]);
		put_answer(&b, "v1", "ThingList", text);
		assert_int_equal(read_answer(&b, NULL, &behind, &err), 0);
		for (int item = 2; item <= 3; item++) {
			const char *want = strchr(alone.text.s, '{'), *got = behind.text.s;

			for (int skip = 1; skip < item; skip++)
				got = strchr(got, '\n') + 1;
			got = strchr(got, '{');
			assert_memory_equal(got, want, strcspn(want, "\n") + 1);
		}
		ka_buf_release(&alone.text);
		ka_buf_release(&behind.text);
		ka_buf_release(&b);
	}
}

static int
keep_remaining(void *arg, const struct ka_list_head *head, uint32_t line, struct ka_err *err)
{
	(void)line;
	(void)err;
	*(uint64_t *)arg = head->remaining;
	return 0;
}

static void
a_list_says_how_many_items_are_left(void **state)
{
	uint64_t remaining = 99;
	struct ka_sink sink = { .arg = &remaining, .list = keep_remaining };
	struct text_in text = {
		.s = "{\"kind\":\"ThingList\",\"metadata\":{\"remainingItemCount\":13},\"items\":[]}", .piece = 9,
	};
	struct ka_in in = { .read = text_read, .arg = &text };
	struct ka_err err;
	struct ka_buf b;

	(void)state;
	ka_buf_init(&b, 1 << 20);
	put_answer(&b, "v1", "ThingList", "1{2'77' 3'next' 4=12}");
	assert_int_equal(ka_proto_read(b.s, b.len, NULL, find, &sink, &err), 0);
	assert_int_equal(remaining, 12);
	ka_buf_clear(&b);
	put_answer(&b, "v1", "ThingList", "1{2'77'}");
	assert_int_equal(ka_proto_read(b.s, b.len, NULL, find, &sink, &err), 0);
	assert_int_equal(remaining, 0);
	ka_buf_release(&b);
	text.len = strlen(text.s);
	assert_int_equal(ka_json_read(&in, NULL, &sink, &err), 0);
	assert_int_equal(remaining, 13);
}

static void
a_list_with_a_bad_item_is_refused(void **state)
{
	struct log log = { 0 };
	struct ka_err err;
	struct ka_buf b;

	(void)state;
	ka_buf_init(&b, 1 << 20);
	put_answer(&b, "v1", "ThingList", "1{} 2{1'a'} 2{1=1}");
	assert_int_equal(read_answer(&b, NULL, &log, &err), -1);
	assert_int_equal(log.values, 1);
	assert_int_equal(log.lists, 0);
	assert_non_null(strstr(err.msg, "wrong wire type"));
	ka_buf_release(&log.text);
	ka_buf_release(&b);
}

static void
answers_that_are_no_kubernetes_protobuf_are_refused(void **state)
{
	static const struct {
		const char *bytes, *why;
	} cases[] = {
		{ "", "no protobuf of Kubernetes" },
		{ "~6b3873", "no protobuf of Kubernetes" },
		{ "~6b387301", "no protobuf of Kubernetes" },
		{ "~7b7d0a0a", "no protobuf of Kubernetes" },
		{ "~6b387300", "does not say what it holds" },
		{ "~6b387300 1{1'v1'} 2{}", "does not say what it holds" },
		{ "~6b387300 1{1'v1' 2'Other'} 2{}", "unknown kind: v1 Other" },
		{ "~6b387300 1{1'v1' 2'OtherList'} 2{}", "unknown kind: v1 OtherList" },
		{ "~6b387300 1{1'v2' 2'Thing'} 2{}", "unknown kind" },
		{ "~6b387300 1{1'v1' 2'List'} 2{}", "unknown kind" },
		{ "~6b387300 1{1'v1' 2'Thing'} 2{} 3'gzip'", "encoded once more" },
		{ "~6b387300 1{1'v1' 2{~ff}} 2{}", "no UTF-8" },
		{ "~6b387300 1{1'v1' 2'Thing'} 2=1", "wrong wire type" },
		{ "~6b387300 1{1'v1' 2'Thing'} ~120a", "past the end" },
		{ "~6b387300 1{1'v1' 2'Thing'}", "holds nothing" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct log log = { 0 };
		struct ka_err err;
		struct ka_buf b;

		ka_buf_init(&b, 1000);
		put_message(&b, cases[i].bytes);
		assert_int_equal(read_answer(&b, NULL, &log, &err), -1);
		if (!strstr(err.msg, cases[i].why))
			fail_msg("%s: %s", cases[i].bytes, err.msg);
		assert_int_equal(log.values + log.lists, 0);
		ka_buf_release(&log.text);
		ka_buf_release(&b);
	}
}

static void
limits_hold(void **state)
{
	static const struct {
		struct ka_limits limits;
		const char *why;
	} cases[] = {
		{ { .depth = 2, .value = 1000, .nodes = 100 }, "nested deeper than 2 levels (--max-depth)" },
		{ { .depth = 9, .value = 1000, .nodes = 8 }, "more than 8 nodes (--max-object-size)" },
		{ { .depth = 9, .value = 20, .nodes = 100 }, "larger than 20 bytes (--max-object-size)" },
		{ { .depth = 9, .value = 40, .nodes = 100 }, "larger than 40 bytes (--max-object-size)" },
	};
	struct ka_limits enough = { .depth = 3, .value = 1000, .nodes = 16 };
	struct log log = { 0 };
	struct ka_err err;
	struct ka_buf b;

	(void)state;
	ka_buf_init(&b, 1 << 20);
	put_answer(&b, "v1", "Thing", "1'twenty bytes of text' 8{2=1} 8{2=2}");
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_int_equal(read_answer(&b, &cases[i].limits, &log, &err), -1);
		assert_int_equal(err.code, KA_ELIMIT);
		assert_string_equal(err.msg, cases[i].why);
		ka_buf_release(&log.text);
	}
	assert_int_equal(read_answer(&b, &enough, &log, &err), 0);
	ka_buf_release(&log.text);
	ka_buf_release(&b);
}

static void
every_cut_of_an_answer_is_refused(void **state)
{
	struct ka_buf b, cut;

	(void)state;
	ka_buf_init(&b, 1 << 20);
	ka_buf_init(&cut, 1 << 20);
	put_answer(&b, "v1", "Thing", "1'x' 3=300 5'a' 6{1'k' 2'v'} 8{1'q'} 10{1'c' 2{1'1'}} 11{1=1 2=1} 12{1=1 3'h'}");
	/* the last four bytes are two empty fields of the envelope */
	for (size_t len = 0; len < b.len - 4; len++) {
		struct log log = { 0 };
		struct ka_err err;

		ka_buf_clear(&cut);
		ka_buf_add(&cut, b.s, len, NULL);
		assert_int_equal(read_answer(&cut, NULL, &log, &err), -1);
		assert_int_equal(err.code, KA_EFORMAT);
		assert_int_equal(log.values, 0);
		ka_buf_release(&log.text);
	}
	ka_buf_release(&b);
	ka_buf_release(&cut);
}

static int
enough(void *arg, struct ka_tape *t, const struct ka_node *root, const struct ka_list_head *head,
       struct ka_err *err)
{
	(void)t;
	(void)root;
	(void)head;
	++*(int *)arg;
	return ka_err_set(err, KA_EIO, "enough");
}

static void
the_sink_can_end_the_reading(void **state)
{
	int calls = 0;
	struct ka_sink sink = { .arg = &calls, .value = enough };
	struct ka_err err;
	struct ka_buf b;

	(void)state;
	ka_buf_init(&b, 1 << 20);
	put_answer(&b, "v1", "ThingList", "2{} 2{}");
	assert_int_equal(ka_proto_read(b.s, b.len, NULL, find, &sink, &err), -1);
	assert_string_equal(err.msg, "enough");
	assert_int_equal(calls, 1);
	ka_buf_release(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_become_what_json_would_say),
		cmocka_unit_test(fields_that_no_table_names_are_stepped_over),
		cmocka_unit_test(malformed_fields_are_refused),
		cmocka_unit_test(lists_are_handed_over_item_by_item),
		cmocka_unit_test(an_item_is_the_same_behind_any_other_as_alone),
		cmocka_unit_test(a_list_says_how_many_items_are_left),
		cmocka_unit_test(a_list_with_a_bad_item_is_refused),
		cmocka_unit_test(answers_that_are_no_kubernetes_protobuf_are_refused),
		cmocka_unit_test(limits_hold),
		cmocka_unit_test(every_cut_of_an_answer_is_refused),
		cmocka_unit_test(the_sink_can_end_the_reading),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
