/* Fuzz target: any bytes as a protobuf answer, through the decoders and the trimmer.  What is written
 * trimmed is JSON, and read again it is the same object; an item of a list is the same when it is alone. */
#include <stdint.h>

#include "model/build.h"
#include "model/graph.h"
#include "model/proto.h"
#include "model/trim.h"
#include "util/alloc.h"
#include "util/fuzz_testing.h"
#include "util/proto_wire.h"
#include "util/read.h"
#include "util/str.h"

#include "util/banned.h"

/* Every node lies inside its parent and its text inside the tape's. */
static uint32_t
check_node(const struct ka_tape *t, uint32_t i, uint32_t end)
{
	const struct ka_node *n = &t->node[i];
	uint32_t children = 0;

	must(i < end && n->next > i && n->next <= end, "a node reaches out of its parent");
	must((size_t)n->off + n->len <= t->aside_len || n->type >= KA_ARRAY, "text past its end");
	if (n->type == KA_STRING)
		must(ka_utf8_valid(t->text + n->off, n->len), "a string that is no UTF-8");
	if (n->type < KA_ARRAY)
		return i + 1;
	for (uint32_t c = i + 1; c < n->next; children++) {
		if (n->type == KA_OBJECT) {
			must(t->node[c].type == KA_STRING && t->node[c].next == c + 1, "a key that is none");
			c++;
		}
		c = check_node(t, c, n->next);
	}
	must(children == n->len, "another number of children than it says");
	return n->next;
}

static void
trim(struct ka_out *out, struct ka_tape *t, const struct ka_node *root, const struct ka_object *obj,
     const char **ret_text, size_t *ret_len)
{
	ka_trim_write(out, t, root, obj);
	*ret_text = ka_out_memory(out, ret_len);
}

static int
add(void *arg, struct ka_tape *tape, const struct ka_node *root, const struct ka_list_head *head,
    struct ka_err *err)
{
	struct ka_list_hint hint = { .api_version = head->api_version, .kind = head->kind };
	const struct ka_object *obj = NULL, *same = NULL;
	struct ka_out *once, *twice;
	const char *a, *b;
	size_t alen, blen;
	struct ka_tape again;
	struct ka_err why;

	(void)err;
	must(check_node(tape, 0, tape->n) == tape->n, "more than one root");
	ka_build_add(arg, tape, root, &hint, &obj);
	if (!obj)
		return 0;
	once = ka_out_mem();
	twice = ka_out_mem();
	trim(once, tape, root, obj, &a, &alen);
	ka_tape_init(&again);
	must(ka_json_parse(&again, a, alen, NULL, &why) == 0, "trimmed to what is no JSON");
	ka_build_add(arg, &again, again.node, NULL, &same);
	must(same != NULL, "trimmed to what is no object");
	trim(twice, &again, again.node, same, &b, &blen);
	must(alen == blen && memcmp(a, b, alen) == 0, "trimmed again it is another");
	ka_tape_release(&again);
	ka_out_discard(once);
	ka_out_discard(twice);
	return 0;
}

static int
list(void *arg, const struct ka_list_head *head, uint32_t line, struct ka_err *err)
{
	(void)line;
	(void)err;
	ka_build_listed(arg, head->api_version, head->kind, head->resource_version, head->cont != NULL);
	return 0;
}

/* --- items alone --------------------------------------------------------------------------------- */

struct copies {
	struct ka_node *node[8];
	char *text[8];
	uint32_t n, nodes[8];
	size_t text_len[8];
	uint32_t compared; /* items read alone */
	bool compare;
};

static int
copy_or_compare(void *arg, struct ka_tape *t, const struct ka_node *root, const struct ka_list_head *head,
		struct ka_err *err)
{
	struct copies *c = arg;
	uint32_t i = c->compared;

	(void)root;
	(void)head;
	if (c->compare) {
		must(t->n == c->nodes[i] && t->aside_len == c->text_len[i], "another size when alone");
		must(memcmp(t->node, c->node[i], t->n * sizeof *t->node) == 0, "other nodes when alone");
		must(memcmp(t->text, c->text[i], t->aside_len) == 0, "other text when alone");
		c->compared++;
		return 0;
	}
	i = c->n++;
	c->node[i] = ka_xreallocarray(NULL, t->n, sizeof *t->node);
	c->text[i] = ka_xmalloc(t->aside_len);
	memcpy(c->node[i], t->node, t->n * sizeof *t->node);
	memcpy(c->text[i], t->text, t->aside_len);
	c->nodes[i] = t->n;
	c->text_len[i] = t->aside_len;
	return c->n < 8 ? 0 : ka_err_set(err, KA_ELIMIT, "enough");
}

static int
any_list(void *arg, const struct ka_list_head *head, uint32_t line, struct ka_err *err)
{
	(void)arg;
	(void)head;
	(void)line;
	(void)err;
	return 0;
}

static void
add_bytes(struct ka_buf *b, uint8_t tag, const struct ka_wire *w)
{
	size_t len = ka_wire_len(w);

	ka_buf_add(b, &tag, 1, NULL);
	for (; len >= 0x80; len >>= 7)
		ka_buf_add(b, &(uint8_t){ (uint8_t)(len | 0x80) }, 1, NULL);
	ka_buf_add(b, &(uint8_t){ (uint8_t)len }, 1, NULL);
	ka_buf_add(b, w->p, ka_wire_len(w), NULL);
}

/* A page of one item; type is the envelope's first field. */
static void
read_alone(const struct ka_wire *type, const struct ka_wire *item, const struct ka_sink *sink)
{
	struct ka_buf raw, page;
	struct ka_err err;

	ka_buf_init(&raw, 1 << 24);
	ka_buf_init(&page, 1 << 24);
	add_bytes(&raw, 2 << 3 | KA_WIRE_BYTES, item);
	ka_buf_add(&page, "k8s", 4, NULL);
	add_bytes(&page, 1 << 3 | KA_WIRE_BYTES, type);
	add_bytes(&page, 2 << 3 | KA_WIRE_BYTES,
		  &(struct ka_wire){ (const uint8_t *)raw.s, (const uint8_t *)raw.s + raw.len });
	must(ka_proto_read(page.s, page.len, NULL, ka_proto_schema, sink, &err) == 0, "refused alone");
	ka_buf_release(&raw);
	ka_buf_release(&page);
}

/* The last field of an id. */
static struct ka_wire
find_field(struct ka_wire msg, uint32_t id)
{
	struct ka_wire found = { NULL, NULL };
	struct ka_wire_field f;

	while (msg.p < msg.end && !ka_wire_next(&msg, &f))
		if (f.id == id && f.type == KA_WIRE_BYTES)
			found = f.bytes;
	return found;
}

static void
items_alone(const uint8_t *data, size_t size)
{
	struct copies c = { .n = 0 };
	struct ka_sink sink = { .arg = &c, .value = copy_or_compare, .list = any_list };
	struct ka_wire page = { data + 4, data + size }, type, raw;
	struct ka_wire_field f;
	struct ka_err err;

	if (ka_proto_read(data, size, NULL, ka_proto_schema, &sink, &err) == 0 && c.n > 1) {
		type = find_field(page, 1);
		raw = find_field(page, 2);
		c.compare = true;
		while (raw.p < raw.end && !ka_wire_next(&raw, &f))
			if (f.id == 2)
				read_alone(&type, &f.bytes, &sink);
		must(c.compared == c.n, "another number of items");
	}
	for (uint32_t i = 0; i < c.n; i++) {
		free(c.node[i]);
		free(c.text[i]);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ka_limits limits = { .depth = 64, .value = 1 << 20, .nodes = 1 << 16 };
	struct ka_build *b = ka_build_new();
	struct ka_sink sink = { .arg = b, .value = add, .list = list };
	struct ka_err err = { KA_OK, "" };

	ka_build_file(b, "fuzz");
	if (ka_proto_read(data, size, &limits, ka_proto_schema, &sink, &err) < 0)
		must(err.code == KA_EFORMAT || err.code == KA_ELIMIT, "an error that says nothing");
	ka_graph_free(ka_build_finish(b));
	items_alone(data, size);
	return 0;
}
