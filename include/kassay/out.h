/* Buffered writer, the only way reports and commands write.  Errors stick: write freely,
 * then ask once, at ka_out_close(). */
#ifndef KASSAY_OUT_H
#define KASSAY_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <kassay/err.h>

struct ka_out;

/* A new writer on an open descriptor (not closed by us). */
struct ka_out *ka_out_fd(int fd);
/* A new writer on `path`: what is written goes to a temporary file beside it that replaces it
 * at ka_out_close(), so that a reader never meets half a report. */
struct ka_out *ka_out_file(const char *path, struct ka_err *err);
/* A new writer into memory; see ka_out_memory(). */
struct ka_out *ka_out_mem(void);
/* What a memory writer holds so far, NUL-terminated, borrowed until the next write.  *ret_len may
 * be NULL. */
const char *ka_out_memory(struct ka_out *out, size_t *ret_len);

/* Empties a memory writer, to write the next thing into it. */
void ka_out_memory_clear(struct ka_out *out);

/* Flushes, closes and frees.  -1 and *err when any write failed (the temporary file is then
 * gone). */
int ka_out_close(struct ka_out *out, struct ka_err *err);
/* Frees without keeping: a file writer leaves no file behind. */
void ka_out_discard(struct ka_out *out);

void ka_out_bytes(struct ka_out *out, const void *bytes, size_t len);
void ka_out_str(struct ka_out *out, const char *s);
void ka_out_char(struct ka_out *out, char c);
void ka_out_uint(struct ka_out *out, uint64_t n);
void ka_out_fmt(struct ka_out *out, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* A JSON string with its quotes; NULL writes null.  Bytes that are not UTF-8 become U+FFFD. */
void ka_out_json(struct ka_out *out, const char *s);
void ka_out_json_n(struct ka_out *out, const char *s, size_t len);
/* HTML text and double-quoted attribute values: & < > " ' escaped, bad UTF-8 and control
 * characters other than \t and \n become U+FFFD.  NULL writes nothing. */
void ka_out_html(struct ka_out *out, const char *s);
/* Text for a terminal: control characters (escape sequences in names!) and bad UTF-8 become '?'. */
void ka_out_term(struct ka_out *out, const char *s);

#endif
