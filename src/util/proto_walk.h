/* What proto.c, proto_walk.c and proto_put.c share; nobody else includes this. */
#ifndef KA_UTIL_PROTO_WALK_H
#define KA_UTIL_PROTO_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/proto.h"
#include "util/proto_wire.h"
#include "util/tape_impl.h"

/* A message that became an object, to recognise it when it comes again: the pods of a workload are alike
 * but for a few names.  Parts are in the order of their beginnings, those inside one behind it. */
struct ka_proto_part {
	const struct ka_proto_schema *schema;
	struct ka_wire msg;
	uint32_t node, node_end; /* on the tape */
	uint32_t text, text_end;
	uint32_t after;          /* the part that follows those inside */
};

struct ka_proto_parts {
	struct ka_proto_part *v;
	uint32_t n, cap;
};

/* Where among the parts of the item before to look for one like it: between its siblings. */
struct ka_proto_range {
	uint32_t at, end;
};

struct ka_proto_walk {
	struct ka_tape tape;
	struct ka_tape before; /* the item before */
	struct ka_proto_parts parts, parts_before;
	struct ka_proto_range range;
	struct ka_keyset keys; /* working space */
	struct ka_limits limits;
	const struct ka_sink *sink;
	struct ka_err *err;
	const uint8_t *page; /* what messages count bytes from */
	uint32_t depth;
	/* Up to where text and nodes may go without asking for more; 0 at first. */
	size_t text_max;
	uint32_t node_max;
	struct ka_list_state list;
};

/* All that return bool are false when it failed, and the error is set. */

/* Something is wrong at `at`; false. */
bool ka_proto_bad(struct ka_proto_walk *w, const uint8_t *at, const char *what)
	__attribute__((cold));

/* proto_put.c: adding nodes. */

/* A node that is one byte of text: a literal, or the beginning of a container. */
bool ka_proto_mark(struct ka_proto_walk *w, enum ka_type type);
/* Text known to be good. */
bool ka_proto_own(struct ka_proto_walk *w, enum ka_type type, const char *s, size_t len);
/* UTF-8 without NUL? */
bool ka_proto_text_ok(const struct ka_wire *b);
/* Text of the answer, checked. */
bool ka_proto_string(struct ka_proto_walk *w, const struct ka_wire *b);
bool ka_proto_number(struct ka_proto_walk *w, int64_t v);
bool ka_proto_base64(struct ka_proto_walk *w, const struct ka_wire *b);
/* Opens a container; its index, UINT32_MAX on failure. */
uint32_t ka_proto_begin(struct ka_proto_walk *w, enum ka_type type);
bool ka_proto_end(struct ka_proto_walk *w, uint32_t i, uint32_t count);

/* Makes room for so much text and so many nodes, or says that there may be none. */
bool ka_proto_grow(struct ka_proto_walk *w, size_t text, uint32_t nodes) __attribute__((cold));

/* proto_memo.c: recognising what came before. */

/* A new item: what was read becomes the item before. */
void ka_proto_turn(struct ka_proto_walk *w);
void ka_proto_memo_release(struct ka_proto_walk *w);
/* The message as an object; as ka_proto_object(), which it calls when the item before had no such. */
bool ka_proto_part(struct ka_proto_walk *w, const struct ka_proto_schema *s, struct ka_wire msg);

/* proto_walk.c: messages. */

/* The next field of a small message.  `types` has a letter for each of its fields: v for a varint,
 * b for bytes; fields past those may be any.  0 at its end, -1 when it is wrong. */
int ka_proto_small(struct ka_proto_walk *w, struct ka_wire *msg, const char *types,
		   struct ka_wire_field *ret);
/* The fields of a message as members of the object that is open.  *count grows. */
bool ka_proto_members(struct ka_proto_walk *w, const struct ka_proto_schema *s, struct ka_wire msg,
		      uint32_t *count);
/* The message as an object. */
bool ka_proto_object(struct ka_proto_walk *w, const struct ka_proto_schema *s, struct ka_wire msg);

/* After the tape's buffers have changed. */
static inline void
ka_proto_room(struct ka_proto_walk *w)
{
	size_t cap = w->tape.aside_cap ? w->tape.aside_cap - KA_JSON_PAD : 0;

	w->text_max = cap < w->limits.value ? cap : w->limits.value;
	w->node_max = w->tape.cap < w->limits.nodes ? w->tape.cap : w->limits.nodes;
}

static inline bool
ka_proto_reserve(struct ka_proto_walk *w, size_t text, uint32_t nodes)
{
	return (w->tape.aside_len + text <= w->text_max && nodes <= w->node_max &&
		w->tape.n <= w->node_max - nodes) ||
	       ka_proto_grow(w, text, nodes);
}

#endif
