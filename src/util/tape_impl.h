/* What tape.c and the two readers share; nobody else includes this. */
#ifndef KA_UTIL_TAPE_IMPL_H
#define KA_UTIL_TAPE_IMPL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <kassay/err.h>

#include "util/keyset.h"
#include "util/read.h"
#include "util/tape.h"

/* ka_node.flags */
enum {
	KA_NODE_ESCAPED = 1 << 0, /* the text has escapes, checked but not resolved */
	KA_NODE_RESOLVED =
		1 << 1, /* they were resolved in place: a newline in it is no line of the file */
	KA_NODE_ODD =
		1 << 2, /* among the escapes are some that could be spared or written otherwise */
	KA_NODE_MERGE = 1 << 3, /* YAML: the key "<<", until its mapping ends */
};

/* Zero bytes that must follow the text handed to the JSON parser, so that it can read by words and
 * stop at the end without counting. */
#define KA_JSON_PAD 16

/* Appends bytes to the tape's own text; KA_JSON_PAD more are readable (but not cleared) after them.
 */
void ka_tape_keep(struct ka_tape *t, const char *s, size_t len);

/* Resolves checked JSON escapes; dst may be src, as the result is never longer.  Returns its
 * length. */
size_t ka_json_unescape(char *dst, const char *src, size_t len);

/* As ka_tape_is() and ka_tape_get() for JSON, but without resolving anything in place: for text
 * that may have to be read once more. */
bool ka_tape_peek_is(const struct ka_tape *t, const struct ka_node *node, const char *s);
const struct ka_node *ka_tape_peek(const struct ka_tape *t, const struct ka_node *obj,
				   const char *key);
/* A new string, or NULL when node is NULL, no string, or empty. */
char *ka_tape_peek_dup(const struct ka_tape *t, const struct ka_node *node);

/* The first key of a finished object that occurs a second time (its index), or 0.  `set` is working
 * space. */
uint32_t ka_tape_duplicate(const struct ka_tape *t, uint32_t obj, struct ka_keyset *set);

/* What is known of the list being read.  The strings are owned. */
struct ka_list_state {
	struct ka_list_head head;
	char *str[4]; /* what head's strings point to: apiVersion, kind, resourceVersion, continue
		       */
	bool kind_known;
	bool is_list; /* the kind ends in "List" */
};
void ka_list_clear(struct ka_list_state *list);
/* Takes apiVersion, kind and metadata from the members of obj; the object may be unfinished when
 * its `next` is set. */
void ka_list_learn(struct ka_list_state *list, const struct ka_tape *t, const struct ka_node *obj);
/* A list item says what it is by itself. */
bool ka_list_item_has_kind(const struct ka_tape *t, const struct ka_node *item);
/* What kind the broken document on the tape says it is, new or NULL.  Containers still open have
 * `next` 0. */
char *ka_tape_broken_kind(const struct ka_tape *t);
/* "List" for any list kind, else the kind itself; NULL stays NULL. */
const char *ka_list_hint(const char *kind);

/* limits that are NULL are the default ones; sizes are cut to what a tape can address. */
struct ka_limits ka_limits_effective(const struct ka_limits *limits);

/* Eight bytes, the first in the lowest bits. */
static inline uint64_t
ka_load8(const char *p)
{
	uint64_t w;

	memcpy(&w, p, sizeof w);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	w = __builtin_bswap64(w);
#endif
	return w;
}

/* A key's cheap hash: length, first and last eight bytes, and no branch.  Anyone can make two keys
 * collide; that costs a comparison and no more.  Eight bytes after the key must be readable. */
static inline uint16_t
ka_key_hash(const char *s, size_t len)
{
	static const uint64_t mask[9] = {
		0,	    0xff,	  0xffff,	  0xffffff,
		0xffffffff, 0xffffffffff, 0xffffffffffff, 0xffffffffffffff,
		UINT64_MAX,
	};
	size_t tail = len > 8 ? len - 8 : 0;
	uint64_t m = mask[len - tail];
	uint64_t w = (ka_load8(s) & m) ^ len;

	w = w * 0x9e3779b97f4a7c15u + (ka_load8(s + tail) & m) * 0xd6e8feb86659fd93u;
	return (uint16_t)(w >> 48);
}

#endif
