/* What proto.c, proto_walk.c and proto_put.c share; nobody else includes this. */
#ifndef KA_UTIL_PROTO_WALK_H
#define KA_UTIL_PROTO_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/proto.h"
#include "util/proto_wire.h"
#include "util/tape_impl.h"

struct ka_proto_walk {
	struct ka_tape tape;
	struct ka_keyset keys; /* working space */
	struct ka_limits limits;
	const struct ka_sink *sink;
	struct ka_err *err;
	const uint8_t *page; /* what messages count bytes from */
	uint32_t depth;
	struct ka_list_state list;
};

/* All that return bool are false when it failed, and the error is set. */

/* Something is wrong at `at`; false. */
bool ka_proto_bad(struct ka_proto_walk *w, const uint8_t *at, const char *what)
	__attribute__((cold));

/* proto_put.c: adding nodes. */

/* A node that is one byte of text: a literal, or the beginning of a container.  NULL on failure. */
struct ka_node *ka_proto_mark(struct ka_proto_walk *w, enum ka_type type);
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
/* A key; its value is the node to come. */
bool ka_proto_key(struct ka_proto_walk *w, const char *name);

/* proto_walk.c: messages. */

/* The next field of a small message.  `types` has a letter for each of its fields: v for a varint,
 * b for bytes; fields past those may be any.  0 at its end, -1 when it is wrong. */
int ka_proto_part(struct ka_proto_walk *w, struct ka_wire *msg, const char *types,
		  struct ka_wire_field *ret);
/* The fields of a message as members of the object that is open.  *count grows. */
bool ka_proto_members(struct ka_proto_walk *w, const struct ka_proto_schema *s, struct ka_wire msg,
		      uint32_t *count);
/* The message as an object. */
bool ka_proto_object(struct ka_proto_walk *w, const struct ka_proto_schema *s, struct ka_wire msg);

#endif
