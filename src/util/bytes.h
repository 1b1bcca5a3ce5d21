/* Input as bytes: files, standard input and memory, gzip and zstd unpacked on the way. */
#ifndef KA_UTIL_BYTES_H
#define KA_UTIL_BYTES_H

#include <stddef.h>
#include <stdint.h>

#include <kassay/err.h>

#include "util/read.h"

struct ka_bytes;

/* A small file can unpack to anything, so what comes out is capped: in all, and, past 64 MiB, as a
 * multiple of what went in: 200, three times what zstd -19 makes of the most uniform dumps (68), and a
 * fifth of what a bomb of blanks reaches. */
struct ka_bytes_limits {
	uint64_t max_out;   /* bytes; also of input that is not packed; --max-input-size */
	uint32_t max_ratio; /* 0: any; --max-input-ratio */
};
#define KA_BYTES_LIMITS_DEFAULT                                                                    \
	((struct ka_bytes_limits){ .max_out = UINT64_C(64) << 30, .max_ratio = 200 })

/* New; `path` "-" is standard input.  limits NULL: the default ones.  NULL and *err when the file
 * cannot be opened; whether it can be unpacked is found out by reading. */
struct ka_bytes *ka_bytes_open(const char *path, const struct ka_bytes_limits *limits,
			       struct ka_err *err);
/* The same on memory, which is borrowed.  Never fails. */
struct ka_bytes *ka_bytes_open_mem(const void *p, size_t len, const struct ka_bytes_limits *limits,
				   struct ka_err *err);
/* The reader; valid until ka_bytes_close().  Whether the bytes are packed is told by their first
 * ones.  KA_EFORMAT when a packed stream is cut or damaged, KA_ELIMIT when a limit is passed; an
 * error comes again when asked again. */
struct ka_in ka_bytes_in(struct ka_bytes *b);
/* The first bytes, unpacked, up to 4096 (fewer only when there are no more), without consuming
 * them: to tell JSON from YAML.  Before anything else is read.  Borrowed until the next read.  -1
 * and *err only when there is none to show; an error behind them waits for the reader. */
int ka_bytes_peek(struct ka_bytes *b, const char **ret, size_t *ret_len, struct ka_err *err);
void ka_bytes_close(struct ka_bytes *b);

#endif
