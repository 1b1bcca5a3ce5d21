#include "source/status.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "util/read.h"
#include "util/tape.h"
#include "util/banned.h"

#define LARGEST (1u << 20) /* a Status is a few hundred bytes */

static void
copy(char *dst, size_t size, const char *s, size_t len)
{
	/* A token that does not fit is of no use cut. */
	if (len >= size && size > sizeof ((struct ka_status *)0)->message)
		len = 0;
	if (len >= size)
		len = size - 1;
	memcpy(dst, s, len);
	dst[len] = '\0';
}

/* ---- JSON ------------------------------------------------------------------------------------- */

static void
copy_member(struct ka_tape *t, const struct ka_node *obj, const char *key, char *dst, size_t size)
{
	const struct ka_node *v = ka_tape_get(t, obj, key);
	const char *text;
	size_t len;

	if (!v || v->type != KA_STRING)
		return;
	text = ka_tape_text(t, v, &len);
	copy(dst, size, text, len);
}

static void
read_json(const char *body, size_t len, struct ka_status *ret)
{
	struct ka_tape t;

	ka_tape_init(&t);
	if (ka_json_parse(&t, body, len, NULL, NULL) == 0 && t.node->type == KA_OBJECT) {
		const struct ka_node *kind = ka_tape_get(&t, t.node, "kind");

		ret->is_status = kind && ka_tape_is(&t, kind, "Status");
		if (ret->is_status) {
			copy_member(&t, t.node, "message", ret->message, sizeof ret->message);
			copy_member(&t, ka_tape_get(&t, t.node, "metadata"), "continue", ret->cont,
				    sizeof ret->cont);
		}
	}
	ka_tape_release(&t);
}

/* ---- protobuf ---------------------------------------------------------------------------------- */

struct bytes {
	const unsigned char *p;
	size_t len;
};

static bool
varint(struct bytes *b, uint64_t *ret)
{
	*ret = 0;
	for (unsigned shift = 0; shift < 64 && b->len; shift += 7) {
		unsigned char c = *b->p++;

		b->len--;
		*ret |= (uint64_t)(c & 0x7f) << shift;
		if (!(c & 0x80))
			return true;
	}
	return false;
}

/* The first length-delimited field of this number; false when there is none. */
static bool
field(struct bytes b, uint64_t number, struct bytes *ret)
{
	uint64_t key, n;

	while (b.len && varint(&b, &key)) {
		switch (key & 7) {
		case 0:
			n = 0;
			if (!varint(&b, &key))
				return false;
			break;
		case 1:
			n = 8;
			break;
		case 2:
			if (!varint(&b, &n) || n > b.len)
				return false;
			if (key >> 3 == number) {
				*ret = (struct bytes){ b.p, (size_t)n };
				return true;
			}
			break;
		case 5:
			n = 4;
			break;
		default:
			return false;
		}
		if (n > b.len)
			return false;
		b.p += n;
		b.len -= (size_t)n;
	}
	return false;
}

static bool
is(struct bytes b, const char *s)
{
	return b.len == strlen(s) && memcmp(b.p, s, b.len) == 0;
}

static void
copy_text(struct bytes b, uint64_t number, char *dst, size_t size)
{
	if (field(b, number, &b))
		copy(dst, size, (const char *)b.p, b.len);
}

/* runtime.Unknown: 1 typeMeta {2 kind}, 2 raw; Status: 1 metadata {3 continue}, 3 message. */
static void
read_protobuf(const char *body, size_t len, struct ka_status *ret)
{
	struct bytes unknown = { (const unsigned char *)body + 4, len - 4 }, type, raw, part;

	if (!field(unknown, 1, &type) || !field(unknown, 2, &raw) || !field(type, 2, &part) || !is(part, "Status"))
		return;
	ret->is_status = true;
	copy_text(raw, 3, ret->message, sizeof ret->message);
	if (field(raw, 1, &part))
		copy_text(part, 3, ret->cont, sizeof ret->cont);
}

void
ka_status_read(const char *body, size_t len, struct ka_status *ret)
{
	memset(ret, 0, sizeof *ret);
	if (!body || len < 4 || len > LARGEST)
		return;
	if (memcmp(body, "k8s\0", 4) == 0)
		read_protobuf(body, len, ret);
	else
		read_json(body, len, ret);
}
