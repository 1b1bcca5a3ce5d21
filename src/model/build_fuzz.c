/* Fuzz target: any JSON through the decoders, the linker and the trimmer.  What is written trimmed
 * must be JSON again. */
#include <stdint.h>

#include "model/build.h"
#include "model/graph.h"
#include "model/trim.h"
#include "util/fuzz_testing.h"
#include "util/read.h"
#include "util/read_testing.h"

#include "util/banned.h"

static void
trimmed_is_json(struct ka_tape *tape, const struct ka_node *root, const struct ka_object *obj)
{
	struct ka_limits limits = KA_LIMITS_DEFAULT;
	struct ka_out *out = ka_out_mem();
	struct ka_tape again;
	struct ka_err err;
	const char *text;
	size_t len;

	ka_trim_write(out, tape, root, obj);
	text = ka_out_memory(out, &len);
	ka_tape_init(&again);
	must(ka_json_parse(&again, text, len, &limits, &err) == 0, "trimmed to what is no JSON");
	ka_tape_release(&again);
	ka_out_discard(out);
}

static int
add(void *arg, struct ka_tape *tape, const struct ka_node *root, const struct ka_list_head *head,
    struct ka_err *err)
{
	struct ka_list_hint hint = { .api_version = head->api_version, .kind = head->kind };
	const struct ka_object *obj = NULL;

	(void)err;
	ka_build_add(arg, tape, root, &hint, &obj);
	if (obj)
		trimmed_is_json(tape, root, obj);
	return 0;
}

static int
bad(void *arg, uint32_t line, const char *kind_hint, const struct ka_err *why)
{
	ka_build_lost(arg, line, kind_hint, why->msg);
	return 0;
}

static int
list(void *arg, const struct ka_list_head *head, uint32_t line, struct ka_err *err)
{
	(void)line;
	(void)err;
	ka_build_listed(arg, head->api_version, head->kind, head->resource_version, false);
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ka_limits limits = KA_LIMITS_DEFAULT;
	struct ka_build *b = ka_build_new();
	struct text_in text = { .s = (const char *)data, .len = size, .piece = SIZE_MAX };
	struct ka_in in = { .read = text_read, .arg = &text };
	struct ka_sink sink = { .arg = b, .value = add, .list = list, .bad = bad };
	struct ka_err err;

	ka_build_file(b, "fuzz");
	ka_json_read(&in, &limits, &sink, &err);
	ka_graph_free(ka_build_finish(b));
	return 0;
}
