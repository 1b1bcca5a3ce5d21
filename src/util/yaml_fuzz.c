/* The YAML reader: what it hands over is well formed, and the same whatever pieces the input comes
 * in. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/banned.h"
#include "util/read.h"
#include "util/read_testing.h"

static void
check(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "%s\n", what);
	abort();
}

static void
check_node(struct ka_tape *t, const struct ka_node *n, const struct ka_node *end)
{
	uint32_t count = 0;
	size_t len;
	const char *s;

	check(n < end && &t->node[n->next] <= end && n->next > (uint32_t)(n - t->node), "bounds");
	check(ka_tape_line(t, n) > 0, "no line");
	if (n->type == KA_STRING || n->type == KA_NUMBER) {
		s = ka_tape_text(t, n, &len);
		check(!memchr(s, 0, len) && ka_utf8_valid(s, len), "text");
	}
	for (const struct ka_node *c = ka_tape_first(t, n); c;
	     c = ka_tape_after(t, n, c), count++) {
		check_node(t, c, &t->node[n->next]);
		if (n->type == KA_OBJECT) {
			check(c->type == KA_STRING && ka_tape_value(t, c) == c + 1, "key");
			ka_tape_text(t, c, &len);
			check_node(t, ka_tape_value(t, c), &t->node[n->next]);
		}
	}
	check(n->type < KA_ARRAY || count == n->len, "count");
}

static int
on_value(void *arg, struct ka_tape *t, const struct ka_node *root, const struct ka_list_head *head,
	 struct ka_err *err)
{
	check_node(t, root, t->node + t->n);
	return log_value(arg, t, root, head, err);
}

static void
read_text(struct log *l, const char *text, size_t len, size_t piece)
{
	struct ka_limits limits = { .depth = 20, .value = 4000, .nodes = 500 };
	struct text_in in_text = { .s = text, .len = len, .piece = piece };
	struct ka_in in = { .read = text_read, .arg = &in_text };
	struct ka_sink sink = { .arg = l, .value = on_value, .list = log_list, .bad = log_bad };

	ka_buf_init(&l->text, 1 << 24);
	check(ka_yaml_read(&in, &limits, &sink, NULL) == 0, "reading");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	struct log whole = { .lines = true }, pieces = { .lines = true };

	read_text(&whole, text, size, SIZE_MAX);
	read_text(&pieces, text, size, 1 + size % 7);
	check(whole.text.len == pieces.text.len &&
		      memcmp(whole.text.s, pieces.text.s, whole.text.len) == 0,
	      "pieces differ");
	ka_buf_release(&whole.text);
	ka_buf_release(&pieces.text);
	return 0;
}
