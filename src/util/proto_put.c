/* Nodes of the tape and their text.
 *
 * All text is copied into the tape's own, with a byte in front that says what it is: '{' and '}',
 * '[' and ']', '"' and a string or key up to a NUL, '#' and a number likewise, one letter for true,
 * false and null.  So offsets go up as in JSON, and equal text means equal nodes: decode_pod.c
 * counts on both. */
#include <string.h>

#include "util/alloc.h"
#include "util/base64.h"
#include "util/proto_walk.h"
#include "util/str.h"
#include "util/banned.h"

bool
ka_proto_bad(struct ka_proto_walk *w, const uint8_t *at, const char *what)
{
	ka_err_set(w->err, KA_EFORMAT, "protobuf, byte %zu: %s", (size_t)(at - w->page), what);
	return false;
}

bool
ka_proto_grow(struct ka_proto_walk *w, size_t text, uint32_t nodes)
{
	struct ka_tape *t = &w->tape;
	size_t cap = t->aside_cap ? t->aside_cap : 8192;

	if (t->aside_len + text > w->limits.value) {
		ka_err_set(w->err, KA_ELIMIT, "larger than %zu bytes (--max-object-size)", w->limits.value);
		return false;
	}
	if (nodes > w->limits.nodes || t->n > w->limits.nodes - nodes) {
		ka_err_set(w->err, KA_ELIMIT, "more than %u nodes (--max-object-size)", w->limits.nodes);
		return false;
	}
	while (cap - t->aside_len < text + KA_JSON_PAD)
		cap *= 2;
	t->aside = ka_xreallocarray(t->aside, cap, 1);
	t->aside_cap = cap;
	t->text = t->aside;
	while (t->cap - t->n < nodes)
		KA_GROW(t->node, t->cap, t->cap);
	ka_proto_room(w);
	return true;
}

static inline struct ka_node *
node(struct ka_proto_walk *w, enum ka_type type, size_t off, size_t len)
{
	struct ka_tape *t = &w->tape;
	struct ka_node *n = &t->node[t->n++];

	*n = (struct ka_node){
		.type = (uint8_t)type, .len = (uint32_t)len, .off = (uint32_t)off, .next = t->n,
	};
	return n;
}

bool
ka_proto_mark(struct ka_proto_walk *w, enum ka_type type)
{
	static const char marks[] = { [KA_NULL] = 'n', [KA_FALSE] = 'f', [KA_TRUE] = 't',
				      [KA_NUMBER] = '#', [KA_STRING] = '"', [KA_ARRAY] = '[',
				      [KA_OBJECT] = '{' };

	if (!ka_proto_reserve(w, 1, 1))
		return false;
	w->tape.aside[w->tape.aside_len] = marks[type];
	node(w, type, w->tape.aside_len++, 0);
	return true;
}

/* memcpy() for what is mostly short. */
static inline void
copy(char *to, const char *s, size_t len)
{
	if (len > 16) {
		memcpy(to, s, len);
	} else if (len >= 8) {
		memcpy(to, s, 8);
		memcpy(to + len - 8, s + len - 8, 8);
	} else if (len >= 4) {
		memcpy(to, s, 4);
		memcpy(to + len - 4, s + len - 4, 4);
	} else {
		while (len--)
			*to++ = *s++;
	}
}

bool
ka_proto_own(struct ka_proto_walk *w, enum ka_type type, const char *s, size_t len)
{
	char *to;

	if (!ka_proto_reserve(w, len + 2, 1))
		return false;
	to = w->tape.aside + w->tape.aside_len;
	*to++ = type == KA_STRING ? '"' : '#';
	copy(to, s, len);
	to[len] = '\0';
	node(w, type, w->tape.aside_len + 1, len);
	w->tape.aside_len += len + 2;
	return true;
}

/* Eight bytes of ASCII without NUL.  A borrow can only refuse too much, and then the slow way decides. */
static inline bool
plain(uint64_t v)
{
	return !((v | (v - UINT64_C(0x0101010101010101))) & UINT64_C(0x8080808080808080));
}

bool
ka_proto_text_ok(const struct ka_wire *b)
{
	size_t len = ka_wire_len(b);
	const uint8_t *p = b->p;

	for (; len >= 8; p += 8, len -= 8)
		if (!plain(ka_load8((const char *)p)))
			break;
	if (len < 8 && ka_wire_len(b) >= 8 && plain(ka_load8((const char *)b->end - 8)))
		return true;
	while (len && *p && *p < 0x80) {
		p++;
		len--;
	}
	return !len || (!memchr(p, '\0', len) && ka_utf8_valid((const char *)p, len));
}

bool
ka_proto_string(struct ka_proto_walk *w, const struct ka_wire *b)
{
	if (!ka_proto_text_ok(b))
		return ka_proto_bad(w, b->p, "text that is no UTF-8, or holds NUL");
	return ka_proto_own(w, KA_STRING, (const char *)b->p, ka_wire_len(b));
}

bool
ka_proto_number(struct ka_proto_walk *w, int64_t v)
{
	uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
	char text[24], *p = text + sizeof text;

	do
		*--p = (char)('0' + u % 10);
	while ((u /= 10));
	if (v < 0)
		*--p = '-';
	return ka_proto_own(w, KA_NUMBER, p, (size_t)(text + sizeof text - p));
}

bool
ka_proto_base64(struct ka_proto_walk *w, const struct ka_wire *b)
{
	char *text = ka_base64_encode((const char *)b->p, ka_wire_len(b));
	bool ok = ka_proto_own(w, KA_STRING, text, strlen(text));

	free(text);
	return ok;
}

/* Returns the container's index, UINT32_MAX on failure. */
uint32_t
ka_proto_begin(struct ka_proto_walk *w, enum ka_type type)
{
	if (w->depth >= w->limits.depth) {
		ka_err_set(w->err, KA_ELIMIT, "nested deeper than %u levels (--max-depth)", w->limits.depth);
		return UINT32_MAX;
	}
	w->depth++;
	return ka_proto_mark(w, type) ? w->tape.n - 1 : UINT32_MAX;
}

bool
ka_proto_end(struct ka_proto_walk *w, uint32_t i, uint32_t count)
{
	struct ka_node *n;

	if (!ka_proto_reserve(w, 1, 1))
		return false;
	n = &w->tape.node[i];
	w->tape.aside[w->tape.aside_len++] = n->type == KA_OBJECT ? '}' : ']';
	n->len = count;
	n->next = w->tape.n;
	w->depth--;
	return true;
}
