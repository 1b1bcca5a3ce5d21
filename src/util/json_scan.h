/* The JSON parser proper: one value in a window of text onto the tape.  json.c moves the window. */
#ifndef KA_UTIL_JSON_SCAN_H
#define KA_UTIL_JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/tape_impl.h"

enum ka_json_status {
	KA_JSON_DONE,
	KA_JSON_ITEMS, /* stopped before the top-level "items" array; what came before it is on the tape */
	KA_JSON_MORE,  /* the window ends inside the value: start again with more of it */
	KA_JSON_BAD,   /* see err and line */
};

enum ka_json_mode {
	KA_JSON_VALUE,
	KA_JSON_DOC,  /* a value, stopping with KA_JSON_ITEMS */
	KA_JSON_TAIL, /* from the ',' after a member to the end of its object; onto the tape as an object */
};

struct ka_json_frame;

struct ka_json {
	struct ka_tape *tape;
	struct ka_limits limits;
	const char *base;  /* what offsets count from */
	const char *end;   /* KA_JSON_PAD zero bytes begin here */
	bool eof;          /* nothing follows the window */
	uint32_t line;     /* of p */
	const char *p;     /* where the last run ended: behind the value, or at what is wrong */
	const char *inside; /* after KA_JSON_MORE: "a string", "an object" ... */
	struct ka_err err;
	struct ka_json_frame *frame; /* the open containers */
	uint32_t depth, frame_cap;
	struct ka_node *node; /* the tape's nodes while a run is on */
	uint32_t n;
	uint32_t room; /* nodes the tape has memory for and the limit allows */
	struct ka_keyset keys;
};

void ka_json_init(struct ka_json *j, struct ka_tape *tape, const struct ka_limits *limits);
void ka_json_release(struct ka_json *j);

/* Parses one value at p, which is no white space, between base and end.  `line` is set by the caller to
 * that of p.  The tape is cleared first and filled from node 0. */
enum ka_json_status ka_json_run(struct ka_json *j, const char *p, enum ka_json_mode mode);

/* Past white space, counting lines. */
const char *ka_json_skip(struct ka_json *j, const char *p);

#endif
