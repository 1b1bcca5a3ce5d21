/* Builds the tape from libyaml's events; yaml.c drives it. */
#ifndef KA_UTIL_YAML_BUILD_H
#define KA_UTIL_YAML_BUILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/map.h"
#include "util/tape_impl.h"

struct ka_yaml_frame {
	uint32_t node;
	uint32_t count;	    /* elements, members */
	const char *anchor; /* of the container, interned */
	bool object;
	bool value_next; /* object: the key is there, its value is not */
	bool merges;	 /* object: has a "<<" key */
};

/* Anchored values are copied here when they end: the tape itself is cut back between list items. */
struct ka_yaml_anchors {
	struct ka_arena *arena; /* of the names; NULL as long as there are none */
	struct ka_intern *names;
	struct ka_map start; /* name -> index in `node`, or ANCHOR_OPEN */
	struct ka_node *node;
	uint32_t *line;
	uint32_t n, cap, line_cap;
};

struct ka_yaml_build {
	struct ka_tape *tape;
	struct ka_limits limits;
	struct ka_err err;
	uint32_t err_line;
	struct ka_yaml_frame *frame;
	uint32_t depth, frame_cap;
	uint32_t copied; /* nodes that came from aliases */
	struct ka_yaml_anchors anchors;
	struct ka_keyset keys;
	/* Working space: ends of open containers, and a mapping that is put together anew. */
	uint32_t *end, end_cap;
	struct ka_node *old_node;
	uint32_t *old_line;
	uint32_t old_cap;
};

struct ka_yaml_text {
	char *text; /* NUL-terminated, may be changed */
	size_t len;
	const char *tag, *anchor; /* or NULL */
	bool plain;
	uint32_t line;
};

void ka_yaml_build_init(struct ka_yaml_build *b, struct ka_tape *tape,
			const struct ka_limits *limits);
void ka_yaml_build_release(struct ka_yaml_build *b);
/* Forgets document and anchors. */
void ka_yaml_build_clear(struct ka_yaml_build *b);

/* All return -1 with b->err and b->err_line. */
int ka_yaml_build_open(struct ka_yaml_build *b, bool object, const char *anchor, uint32_t line);
int ka_yaml_build_close(struct ka_yaml_build *b);
int ka_yaml_build_scalar(struct ka_yaml_build *b, struct ka_yaml_text *scalar);
int ka_yaml_build_alias(struct ka_yaml_build *b, const char *name, uint32_t line);

#endif
