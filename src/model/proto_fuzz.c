/* Fuzz target: any bytes as a protobuf answer, through the decoders and the trimmer.  What is written
 * trimmed is JSON, and read again it is the same object. */
#include <stdint.h>

#include "model/build.h"
#include "model/graph.h"
#include "model/proto.h"
#include "model/trim.h"
#include "util/fuzz_testing.h"
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
	return 0;
}
