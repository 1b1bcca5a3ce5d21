/* Cuts a YAML stream at its "---" and "..." lines, so that each document is parsed by itself. */
#ifndef KA_UTIL_YAML_SPLIT_H
#define KA_UTIL_YAML_SPLIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/read.h"

struct ka_yaml_split {
	const struct ka_in *in;
	struct ka_err *err;
	char *buf;
	size_t at, len;
	bool eof;
	bool failed;	     /* reading did, *err is set */
	bool line_start;     /* at is the first byte of a line */
	bool content;	     /* the segment has more than comments and directives */
	bool ended;	     /* the segment is over */
	uint32_t line;	     /* of `at` */
	uint32_t first_line; /* of the segment */
	uint64_t given;	     /* bytes of the segment handed out */
	char kind[64];	     /* what its last top-level "kind:" line said, "" if there was none */
	/* The last piece handed out, to find the line of an offset in it. */
	const char *last;
	uint64_t last_offset;
	uint32_t last_line;
};

void ka_yaml_split_init(struct ka_yaml_split *s, const struct ka_in *in, struct ka_err *err);
void ka_yaml_split_release(struct ka_yaml_split *s);
/* On to the next segment; false at the end of the input, or when reading failed. */
bool ka_yaml_split_next(struct ka_yaml_split *s);
/* Bytes of the segment, 0 at its end. */
size_t ka_yaml_split_read(struct ka_yaml_split *s, char *to, size_t cap);
/* The rest of the segment is not wanted (but its kind is). */
void ka_yaml_split_drain(struct ka_yaml_split *s);
/* The line of a byte offset in the segment that was handed out last or is before it. */
uint32_t ka_yaml_split_line_at(const struct ka_yaml_split *s, uint64_t offset);

#endif
