/* Fuzz target: the JSON reader against jansson: both take a text or both refuse it, and the values are equal.
 * Not compared: what the limits refuse, numbers that jansson cannot hold, and a NUL byte behind a
 * value, which jansson overlooks. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "util/alloc.h"
#include "util/fuzz_testing.h"
#include "util/read.h"
#include "util/read_testing.h"

#include "util/banned.h"

static void
same_number(struct ka_tape *t, const struct ka_node *n, const json_t *j)
{
	char copy[512];
	size_t len;
	const char *s = ka_tape_text(t, n, &len);
	int64_t i = 0;

	must(n->type == KA_NUMBER && json_is_number(j), "not both are numbers");
	if (len >= sizeof copy)
		return;
	memcpy(copy, s, len);
	copy[len] = '\0';
	if (json_is_integer(j)) {
		must(ka_tape_int(t, n, &i), "an integer that is none");
		must(i == json_integer_value(j), "integers differ");
	} else {
		must(strtod(copy, NULL) == json_real_value(j), "reals differ");
	}
}

static void
same_string(struct ka_tape *t, const struct ka_node *n, const char *s, size_t want)
{
	size_t len;
	const char *text = ka_tape_text(t, n, &len);

	must(len == want && memcmp(text, s, len) == 0, "strings differ");
}

static void
same(struct ka_tape *t, const struct ka_node *n, const json_t *j)
{
	size_t i = 0;

	switch (json_typeof(j)) {
	case JSON_NULL:
		must(n->type == KA_NULL, "null");
		break;
	case JSON_TRUE:
		must(n->type == KA_TRUE, "true");
		break;
	case JSON_FALSE:
		must(n->type == KA_FALSE, "false");
		break;
	case JSON_INTEGER:
	case JSON_REAL:
		same_number(t, n, j);
		break;
	case JSON_STRING:
		must(n->type == KA_STRING, "string");
		same_string(t, n, json_string_value(j), json_string_length(j));
		break;
	case JSON_ARRAY:
		must(n->type == KA_ARRAY && n->len == json_array_size(j), "array");
		for (const struct ka_node *c = ka_tape_first(t, n); c; c = ka_tape_after(t, n, c))
			same(t, c, json_array_get(j, i++));
		must(i == n->len, "elements");
		break;
	case JSON_OBJECT:
		must(n->type == KA_OBJECT && n->len == json_object_size(j), "object");
		for (const struct ka_node *c = ka_tape_first(t, n); c;
		     c = ka_tape_after(t, n, c), i++) {
			size_t len;
			const char *key = ka_tape_text(t, c, &len);
			char *copy = strndup(key, len);
			const json_t *value = json_object_get(j, copy);

			must(value != NULL, "a member is missing");
			free(copy);
			same(t, ka_tape_value(t, c), value);
		}
		must(i == n->len, "members");
		break;
	}
}

static void
against_jansson(const char *text, size_t len)
{
	json_error_t why;
	json_t *j = json_loadb(text, len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &why);
	struct ka_tape t;
	struct ka_err err = { KA_OK, "" };
	bool ok;

	ka_tape_init(&t);
	ok = ka_json_parse(&t, text, len, NULL, &err) == 0;
	if (ok && j) {
		same(&t, t.node, j);
	} else if (ok) {
		must(json_error_code(&why) == json_error_numeric_overflow, why.text);
	} else if (j) {
		must(err.code == KA_ELIMIT || memchr(text, 0, len), err.msg);
	}
	ka_tape_release(&t);
	json_decref(j);
}

/* A stream read whole and in pieces gives the same. */
static void
in_pieces(const char *text, size_t len, size_t piece)
{
	struct ka_limits limits = { .depth = 20, .value = 1000, .nodes = 200 };
	struct log whole = { .lines = true }, pieces = { .lines = true };
	struct text_in a = { .s = text, .len = len, .piece = SIZE_MAX };
	struct text_in b = { .s = text, .len = len, .piece = piece };

	ka_buf_init(&whole.text, 1 << 24);
	ka_buf_init(&pieces.text, 1 << 24);
	must(log_read(&whole, ka_json_read, &a, &limits) == 0, "reading whole");
	must(log_read(&pieces, ka_json_read, &b, &limits) == 0, "reading in pieces");
	must(whole.text.len == pieces.text.len &&
		      memcmp(whole.text.s, pieces.text.s, whole.text.len) == 0,
	      "pieces differ");
	ka_buf_release(&whole.text);
	ka_buf_release(&pieces.text);
}

static void
read_lines(struct log *l, const char *text, size_t len)
{
	struct text_in in = { .s = text, .len = len, .piece = SIZE_MAX };

	l->lines = true;
	ka_buf_init(&l->text, 1 << 24);
	must(log_read(l, ka_json_read, &in, NULL) == 0, "reading");
}

/* A document and then one of its kind with a byte changed: the second is what it is alone. */
static void
after_its_like(const char *text, size_t len)
{
	struct log both = { 0 }, first = { 0 }, second = { 0 };
	char *twice = ka_xmalloc(2 * len + 1);

	memcpy(twice, text, len);
	twice[len] = '\n';
	memcpy(twice + len + 1, text, len);
	twice[len + 1 + (unsigned char)text[0] * len / 256] = text[len - 1];
	read_lines(&first, text, len);
	if (first.values == 1 && !first.bads && !first.lists) {
		read_lines(&both, twice, 2 * len + 1);
		for (size_t i = 0; i < len; i++)
			if (twice[i] != '\n')
				twice[i] = ' ';
		read_lines(&second, twice, 2 * len + 1);
		must(both.text.len == first.text.len + second.text.len &&
			      memcmp(both.text.s, first.text.s, first.text.len) == 0 &&
			      memcmp(both.text.s + first.text.len, second.text.s,
				     second.text.len) == 0,
		      "what came before makes a difference");
		ka_buf_release(&both.text);
		ka_buf_release(&second.text);
	}
	ka_buf_release(&first.text);
	free(twice);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;

	against_jansson(text, size);
	in_pieces(text, size, 1 + size % 7);
	if (size)
		after_its_like(text, size);
	return 0;
}
