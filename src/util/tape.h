/* The node tape: one document (or one item of a List) as a flat, read-only array of nodes in
 * document order, filled by the JSON, the YAML and the protobuf reader alike. */
#ifndef KA_UTIL_TAPE_H
#define KA_UTIL_TAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <kassay/err.h>

enum ka_type {
	KA_NULL,
	KA_FALSE,
	KA_TRUE,
	KA_NUMBER,
	KA_STRING,
	KA_ARRAY,
	KA_OBJECT,
};

/* 16 bytes.  An object's children are key, value, key, value ...; a key is a KA_STRING node whose
 * `next` is its value.  The children of container i run from i + 1 up to node[i].next. */
struct ka_node {
	uint8_t type;  /* enum ka_type */
	uint8_t flags; /* private to the readers and tape.c (text with escapes) */
	uint16_t spare; /* private: a key's hash, to tell keys apart cheaply */
	uint32_t len;  /* string, number: bytes of text; array: elements; object: members */
	uint32_t off;  /* string, number: where the text begins; container: where its bracket is */
	uint32_t next; /* index of the node after this value and all in it */
};

struct ka_tape {
	struct ka_node *node;
	uint32_t n, cap;
	/* what offsets refer to: the input window (JSON) or `aside` (YAML, ka_json_parse) */
	const char *text;
	/* private: `text` where escapes may be resolved in place, NULL when there are none */
	char *edit;
	char *aside;       /* private: text that the tape itself keeps */
	size_t aside_len, aside_cap;
	uint32_t first_line; /* 1-based line of node 0 in its file; 0: it is no text and has no lines */
	/* YAML: the line of each node, else NULL and counted from the text when asked */
	uint32_t *line;
	uint32_t line_cap;
};

void ka_tape_init(struct ka_tape *t);
void ka_tape_release(struct ka_tape *t);
void ka_tape_clear(struct ka_tape *t);

/* Text of a string or number node, NUL-terminated is NOT promised, *ret_len bytes; escapes are
 * resolved (on first use, hence the non-const tape).  Borrowed until the tape is cleared.  Never
 * NULL. */
const char *ka_tape_text(struct ka_tape *t, const struct ka_node *node, size_t *ret_len);

/* True when the node is a string (or number) of just these bytes. */
bool ka_tape_is(struct ka_tape *t, const struct ka_node *node, const char *s);

/* The member's value, or NULL; obj may be NULL or no object (then NULL). */
const struct ka_node *ka_tape_get(struct ka_tape *t, const struct ka_node *obj, const char *key);

/* Whole numbers: true when the text is an integer that fits.  "1.0" and "1e2" are not. */
bool ka_tape_int(struct ka_tape *t, const struct ka_node *node, int64_t *ret);

/* The 1-based line of a node in its file; 0 when that has no lines. */
uint32_t ka_tape_line(const struct ka_tape *t, const struct ka_node *node);

/* Walking, without iterator objects:
 *	for (const struct ka_node *v = ka_tape_first(t, arr); v; v = ka_tape_after(t, arr, v))
 * For an object v is the key; ka_tape_value(t, v) its value, and ka_tape_after steps over both. */
static inline const struct ka_node *
ka_tape_first(const struct ka_tape *t, const struct ka_node *parent)
{
	(void)t;
	return parent && parent->type >= KA_ARRAY && parent->len ? parent + 1 : NULL;
}

static inline const struct ka_node *
ka_tape_value(const struct ka_tape *t, const struct ka_node *key)
{
	return &t->node[key->next];
}

static inline const struct ka_node *
ka_tape_after(const struct ka_tape *t, const struct ka_node *parent, const struct ka_node *child)
{
	uint32_t next = parent->type == KA_OBJECT ? t->node[child->next].next : child->next;

	return next < parent->next ? &t->node[next] : NULL;
}

#endif
