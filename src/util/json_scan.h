/* The JSON parser proper: one value in a window of text onto the tape.  json.c moves the window. */
#ifndef KA_UTIL_JSON_SCAN_H
#define KA_UTIL_JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/tape_impl.h"

enum ka_json_status {
	KA_JSON_DONE,
	KA_JSON_ITEMS, /* stopped before the top-level "items" array; what came before it is on the
			  tape */
	KA_JSON_MORE,  /* the window ends inside the value: start again with more of it */
	KA_JSON_BAD,   /* see err and line */
};

enum ka_json_mode {
	KA_JSON_VALUE,
	KA_JSON_DOC,  /* a value, stopping with KA_JSON_ITEMS */
	KA_JSON_TAIL, /* from the ',' after a member to the end of its object; onto the tape as an
			 object */
};

struct ka_json_frame;

/* The value before, to recognise parts that come again: the pods of a workload are alike but for a
 * few names, and text that was found in order once need not be looked at twice. */
struct ka_json_memo {
	char *text;
	struct ka_node *node; /* offsets count from text */
	uint32_t n;	      /* nodes, 0: there is none */
	uint32_t cap;
	size_t used; /* bytes of text that this run recognised */
};

struct ka_json {
	struct ka_tape *tape;
	struct ka_limits limits;
	const char *base;   /* what offsets count from */
	const char *end;    /* KA_JSON_PAD zero bytes begin here */
	bool eof;	    /* nothing follows the window */
	uint32_t line;	    /* of p */
	const char *p;	    /* where the last run ended: behind the value, or at what is wrong */
	const char *inside; /* after KA_JSON_MORE: "a string", "an object" ... */
	struct ka_err err;
	struct ka_json_frame *frame; /* the open containers */
	uint32_t depth, frame_cap;
	struct ka_node *node; /* the tape's nodes while a run is on */
	uint32_t n;
	uint32_t room; /* nodes the tape has memory for and the limit allows */
	struct ka_keyset keys;
	struct ka_json_memo memo;
};

void ka_json_init(struct ka_json *j, struct ka_tape *tape, const struct ka_limits *limits);
void ka_json_release(struct ka_json *j);

/* Parses one value at p, which is no white space, between base and end.  `line` is set by the
 * caller to that of p.  The tape is cleared first and filled from node 0. */
enum ka_json_status ka_json_run(struct ka_json *j, const char *p, enum ka_json_mode mode);

/* Takes note of the value just parsed for the runs to come; to be called before its text changes.
 */
void ka_json_remember(struct ka_json *j);

/* Past white space, counting lines. */
const char *ka_json_skip(struct ka_json *j, const char *p);

/* The rest is between json_scan.c, json_string.c and json_memo.c. */

/* The children of a container of the memo. */
struct ka_json_span {
	uint32_t at, end;
};

/* The container at p, whose own container has `parent` as its counterpart in the memo: when its
 * text is that of its counterpart there (the member of the same name, the next element) it goes
 * onto the tape, and what is behind it is returned.  Else NULL, and *ret is the children of its
 * counterpart, if any. */
const char *ka_json_repeat(struct ka_json *j, const char *p, struct ka_json_span *parent,
			   bool in_object, struct ka_json_span *ret);

void ka_json_memo_release(struct ka_json_memo *memo);

/* The parser stops at p: for want of text when that is the end of the window, else because of
 * `what`. Returns NULL, for its callers to return. */
const char *ka_json_stop(struct ka_json *j, const char *p, const char *inside, const char *what)
	__attribute__((cold));

/* From the first byte of a string that is not plain to its closing quote; NULL when it has none. */
const char *ka_json_string_rest(struct ka_json *j, const char *p, uint8_t *flags);

#define KA_EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

/* The next byte of a string that is not plain ASCII text: quote, backslash, control or above 0x7f.
 * The zeros after the window end every scan.  A borrow can flag a byte wrongly, but only above one
 * that is flagged rightly. (SSE2, 32 bytes at a time, was measured and is no faster: most strings
 * of Kubernetes are short.) */
static inline const char *
ka_json_plain_end(const char *p)
{
	for (;;) {
		uint64_t w = ka_load8(p);
		uint64_t hit = ((w ^ KA_EACH('"')) - KA_EACH(1)) |
			       ((w ^ KA_EACH('\\')) - KA_EACH(1)) | (w - KA_EACH(' ')) | w;

		hit &= KA_EACH(0x80);
		if (hit)
			return p + (__builtin_ctzll(hit) >> 3);
		p += 8;
	}
}

#endif
