/* The wire format of protobuf: tags, numbers and pieces of bytes, never past the end. */
#ifndef KA_UTIL_PROTO_WIRE_H
#define KA_UTIL_PROTO_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <kassay/err.h>

enum ka_wire_type {
	KA_WIRE_VARINT = 0,
	KA_WIRE_FIXED64 = 1,
	KA_WIRE_BYTES = 2,
	KA_WIRE_FIXED32 = 5,
};

/* What is left of a message. */
struct ka_wire {
	const uint8_t *p, *end;
};

/* One field.  `bytes` is set for KA_WIRE_BYTES, `number` for KA_WIRE_VARINT. */
struct ka_wire_field {
	uint32_t id;
	enum ka_wire_type type;
	uint64_t number;
	struct ka_wire bytes;
};

bool ka_wire_varint_long(struct ka_wire *w, uint64_t *ret);

/* False when it is cut off or has more than 64 bits. */
static inline bool
ka_wire_varint(struct ka_wire *w, uint64_t *ret)
{
	if (w->p < w->end && *w->p < 0x80) {
		*ret = *w->p++;
		return true;
	}
	return ka_wire_varint_long(w, ret);
}

static inline size_t
ka_wire_len(const struct ka_wire *w)
{
	return (size_t)(w->end - w->p);
}

const char *ka_wire_next_any(struct ka_wire *w, struct ka_wire_field *ret);

/* The field at w->p, which is before w->end; w->p moves past it.  NULL, or what is wrong with it. */
static inline const char *
ka_wire_next(struct ka_wire *w, struct ka_wire_field *ret)
{
	/* Most are bytes with a small number and a small length. */
	if (ka_wire_len(w) >= 2 && (w->p[0] & 0x87) == KA_WIRE_BYTES && w->p[1] < 0x80 && w->p[0] > 7 &&
	    w->p[1] <= ka_wire_len(w) - 2) {
		ret->id = w->p[0] >> 3;
		ret->type = KA_WIRE_BYTES;
		ret->number = 0;
		ret->bytes.p = w->p + 2;
		ret->bytes.end = w->p = w->p + 2 + w->p[1];
		return NULL;
	}
	return ka_wire_next_any(w, ret);
}

#endif
