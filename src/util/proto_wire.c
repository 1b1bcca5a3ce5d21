#include "util/proto_wire.h"

#include "util/banned.h"

bool
ka_wire_varint_long(struct ka_wire *w, uint64_t *ret)
{
	uint64_t v = 0;

	for (unsigned shift = 0; shift < 70 && w->p < w->end; shift += 7) {
		uint8_t b = *w->p++;

		if (shift == 63 && b > 1)
			return false;
		v |= (uint64_t)(b & 0x7f) << shift;
		if (b < 0x80) {
			*ret = v;
			return true;
		}
	}
	return false;
}

static const char *
bytes(struct ka_wire *w, struct ka_wire_field *ret)
{
	uint64_t len;

	if (!ka_wire_varint(w, &len))
		return "a length is cut off or too large";
	if (len > ka_wire_len(w))
		return "a field goes on past the end of what holds it";
	ret->bytes.p = w->p;
	w->p += len;
	ret->bytes.end = w->p;
	return NULL;
}

static const char *
fixed(struct ka_wire *w, size_t len)
{
	if (ka_wire_len(w) < len)
		return "a field goes on past the end of what holds it";
	w->p += len;
	return NULL;
}

const char *
ka_wire_next_any(struct ka_wire *w, struct ka_wire_field *ret)
{
	uint64_t tag;

	if (!ka_wire_varint(w, &tag))
		return "a field's tag is cut off or too large";
	if (tag > UINT32_MAX || tag >> 3 == 0)
		return "a field has a number that there is not";
	ret->id = (uint32_t)(tag >> 3);
	ret->type = (enum ka_wire_type)(tag & 7);
	ret->number = 0;
	switch (ret->type) {
	case KA_WIRE_VARINT:
		return ka_wire_varint(w, &ret->number) ? NULL : "a number is cut off or too large";
	case KA_WIRE_BYTES:
		return bytes(w, ret);
	case KA_WIRE_FIXED64:
		return fixed(w, 8);
	case KA_WIRE_FIXED32:
		return fixed(w, 4);
	}
	return "a group, or a wire type that there is not"; /* groups: 3 and 4 */
}
