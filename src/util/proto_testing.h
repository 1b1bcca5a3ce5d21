/* For tests: protobuf from a notation that people can read.
 *
 *	1'text'      field 1, bytes
 *	2=-5         field 2, varint
 *	3{1'x'}      field 3, bytes: a message
 *	~0aff        bytes as they are */
#ifndef KA_UTIL_PROTO_TESTING_H
#define KA_UTIL_PROTO_TESTING_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/read_testing.h"
#include "util/str.h"

static inline void
put_varint(struct ka_buf *b, uint64_t v)
{
	for (; v >= 0x80; v >>= 7)
		ka_buf_add(b, &(uint8_t){ (uint8_t)(v | 0x80) }, 1, NULL);
	ka_buf_add(b, &(uint8_t){ (uint8_t)v }, 1, NULL);
}

static inline void
put_bytes(struct ka_buf *b, unsigned id, const void *p, size_t len)
{
	put_varint(b, (uint64_t)id << 3 | 2);
	put_varint(b, len);
	ka_buf_add(b, p, len, NULL);
}

static inline const char *put_message(struct ka_buf *b, const char *s);

static inline const char *
put_field(struct ka_buf *b, const char *s)
{
	char *after;
	unsigned id = (unsigned)strtoul(s, &after, 10);

	s = after + 1;
	if (*after == '=') {
		put_varint(b, (uint64_t)id << 3);
		put_varint(b, (uint64_t)strtoll(s, &after, 10));
		return after;
	}
	if (*after == '\'') {
		put_bytes(b, id, s, strcspn(s, "'"));
		return s + strcspn(s, "'") + 1;
	}
	if (*after == '{') {
		struct ka_buf inner;

		ka_buf_init(&inner, 1 << 20);
		s = put_message(&inner, s);
		put_bytes(b, id, inner.s, inner.len);
		ka_buf_release(&inner);
		return s + 1;
	}
	fprintf(stderr, "what is %s?\n", after);
	abort();
}

/* To the end or the '}'. */
static inline const char *
put_message(struct ka_buf *b, const char *s)
{
	unsigned byte;

	for (;;) {
		s += strspn(s, " \n\t");
		if (!*s || *s == '}')
			return s;
		if (*s == '~') {
			for (s++; sscanf(s, "%2x", &byte) == 1 && *s != ' '; s += 2)
				ka_buf_add(b, &(uint8_t){ (uint8_t)byte }, 1, NULL);
		} else {
			s = put_field(b, s);
		}
	}
}

/* What an API server would send: `message` in its envelope. */
static inline void
put_answer(struct ka_buf *b, const char *api_version, const char *kind, const char *message)
{
	struct ka_buf type, raw;

	ka_buf_init(&type, 1000);
	ka_buf_init(&raw, 1 << 20);
	put_bytes(&type, 1, api_version, strlen(api_version));
	put_bytes(&type, 2, kind, strlen(kind));
	put_message(&raw, message);
	ka_buf_add(b, "k8s", 4, NULL);
	put_bytes(b, 1, type.s, type.len);
	put_bytes(b, 2, raw.s, raw.len);
	put_bytes(b, 3, "", 0);
	put_bytes(b, 4, "", 0);
	ka_buf_release(&type);
	ka_buf_release(&raw);
}

#endif
