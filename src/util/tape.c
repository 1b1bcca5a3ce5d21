#include "util/tape.h"

#include <string.h>

#include "util/alloc.h"
#include "util/banned.h"
#include "util/tape_impl.h"

void
ka_tape_init(struct ka_tape *t)
{
	*t = (struct ka_tape){ .text = "", .first_line = 1 };
}

void
ka_tape_release(struct ka_tape *t)
{
	free(t->node);
	free(t->aside);
	free(t->line);
	ka_tape_init(t);
}

void
ka_tape_clear(struct ka_tape *t)
{
	t->n = 0;
	t->aside_len = 0;
	t->text = "";
	t->edit = NULL;
	t->first_line = 1;
}

void
ka_tape_keep(struct ka_tape *t, const char *s, size_t len)
{
	if (t->aside_cap - t->aside_len < len + KA_JSON_PAD) {
		size_t cap = t->aside_cap ? t->aside_cap : 256;

		while (cap - t->aside_len < len + KA_JSON_PAD)
			cap *= 2;
		t->aside = ka_xreallocarray(t->aside, cap, 1);
		t->aside_cap = cap;
	}
	if (len)
		memcpy(t->aside + t->aside_len, s, len);
	t->aside_len += len;
	t->text = t->aside;
}

static unsigned
hex4(const char *p)
{
	unsigned v = 0;

	for (int i = 0; i < 4; i++) {
		unsigned c = (unsigned char)p[i];

		v = v << 4 | (c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
	}
	return v;
}

static char *
put_utf8(char *d, unsigned c)
{
	if (c < 0x80) {
		*d++ = (char)c;
	} else if (c < 0x800) {
		*d++ = (char)(0xc0 | c >> 6);
		*d++ = (char)(0x80 | (c & 0x3f));
	} else if (c < 0x10000) {
		*d++ = (char)(0xe0 | c >> 12);
		*d++ = (char)(0x80 | (c >> 6 & 0x3f));
		*d++ = (char)(0x80 | (c & 0x3f));
	} else {
		*d++ = (char)(0xf0 | c >> 18);
		*d++ = (char)(0x80 | (c >> 12 & 0x3f));
		*d++ = (char)(0x80 | (c >> 6 & 0x3f));
		*d++ = (char)(0x80 | (c & 0x3f));
	}
	return d;
}

/* The escape at p, which is behind its backslash; moves *p past it. */
static char *
put_escape(char *d, const char **p)
{
	const char *s = *p;
	unsigned c;

	*p = s + 1;
	switch (*s) {
	case 'b':
		*d++ = '\b';
		return d;
	case 'f':
		*d++ = '\f';
		return d;
	case 'n':
		*d++ = '\n';
		return d;
	case 'r':
		*d++ = '\r';
		return d;
	case 't':
		*d++ = '\t';
		return d;
	case 'u':
		break;
	default:
		*d++ = *s;
		return d;
	}
	c = hex4(s + 1);
	*p = s + 5;
	if (c >= 0xd800 && c < 0xdc00) {
		c = 0x10000 + ((c - 0xd800) << 10) + (hex4(s + 7) - 0xdc00);
		*p = s + 11;
	}
	return put_utf8(d, c);
}

size_t
ka_json_unescape(char *dst, const char *src, size_t len)
{
	const char *end = src + len;
	char *d = dst;

	while (src < end) {
		const char *b = memchr(src, '\\', (size_t)(end - src));
		size_t run = (size_t)((b ? b : end) - src);

		memmove(d, src, run);
		d += run;
		src += run;
		if (b) {
			src++;
			d = put_escape(d, &src);
		}
	}
	return (size_t)(d - dst);
}

const char *
ka_tape_text(struct ka_tape *t, const struct ka_node *node, size_t *ret_len)
{
	if (!node || (node->type != KA_STRING && node->type != KA_NUMBER)) {
		*ret_len = 0;
		return "";
	}
	if (node->flags & KA_NODE_ESCAPED) {
		struct ka_node *own = &t->node[node - t->node];
		char *s = t->edit + own->off;

		own->len = (uint32_t)ka_json_unescape(s, s, own->len);
		own->flags = KA_NODE_RESOLVED;
	}
	*ret_len = node->len;
	return t->text + node->off;
}

bool
ka_tape_is(struct ka_tape *t, const struct ka_node *node, const char *s)
{
	size_t len, want = strlen(s);
	const char *text;

	if (!node || (node->type != KA_STRING && node->type != KA_NUMBER))
		return false;
	text = ka_tape_text(t, node, &len);
	return len == want && memcmp(text, s, want) == 0;
}

const struct ka_node *
ka_tape_get(struct ka_tape *t, const struct ka_node *obj, const char *key)
{
	size_t want = strlen(key);

	if (!obj || obj->type != KA_OBJECT)
		return NULL;
	for (const struct ka_node *k = ka_tape_first(t, obj); k; k = ka_tape_after(t, obj, k)) {
		if (k->flags & KA_NODE_ESCAPED) {
			if (ka_tape_is(t, k, key))
				return ka_tape_value(t, k);
		} else if (k->len == want && memcmp(t->text + k->off, key, want) == 0) {
			return ka_tape_value(t, k);
		}
	}
	return NULL;
}

bool
ka_tape_int(struct ka_tape *t, const struct ka_node *node, int64_t *ret)
{
	const char *s, *end;
	uint64_t v = 0, max = INT64_MAX;
	bool minus;
	size_t len;

	if (!node || node->type != KA_NUMBER)
		return false;
	s = ka_tape_text(t, node, &len);
	end = s + len;
	minus = len && *s == '-';
	if (minus) {
		s++;
		max++;
	}
	if (s == end)
		return false;
	for (; s < end; s++) {
		unsigned digit = (unsigned)(unsigned char)*s - '0';

		if (digit > 9 || v > (max - digit) / 10)
			return false;
		v = v * 10 + digit;
	}
	*ret = minus ? (int64_t)(0 - v) : (int64_t)v;
	return true;
}

static uint32_t
newlines(const char *s, size_t len)
{
	const char *end = s + len;
	uint32_t n = 0;

	while (s < end && (s = memchr(s, '\n', (size_t)(end - s)))) {
		n++;
		s++;
	}
	return n;
}

uint32_t
ka_tape_line(const struct ka_tape *t, const struct ka_node *node)
{
	uint32_t from, line;

	if (!t->first_line)
		return 0;
	if (t->line)
		return t->line[node - t->node];
	from = t->node[0].off;
	line = t->first_line + newlines(t->text + from, node->off - from);
	for (const struct ka_node *i = t->node; i < node; i++)
		if (i->flags & KA_NODE_RESOLVED)
			line -= newlines(t->text + i->off, i->len);
	return line;
}
