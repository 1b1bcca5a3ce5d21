/* Bounded strings and small text helpers. */
#ifndef KA_UTIL_STR_H
#define KA_UTIL_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <kassay/err.h>

/* Growing byte buffer with a hard cap; always NUL-terminated. */
struct ka_buf {
	char *s;
	size_t len, cap, max;
};
void ka_buf_init(struct ka_buf *b, size_t max); /* max: bytes of text, without the NUL */
void ka_buf_release(struct ka_buf *b);
void ka_buf_clear(struct ka_buf *b);
/* -1 and KA_ELIMIT when max would be passed; the buffer is then unchanged. */
int ka_buf_add(struct ka_buf *b, const void *p, size_t len, struct ka_err *err);
int ka_buf_fmt(struct ka_buf *b, struct ka_err *err, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* strcmp() where NULL comes first; quick about equal pointers, as interned strings have them. */
static inline int
ka_str_cmp(const char *a, const char *b)
{
	if (a == b)
		return 0;
	if (!a || !b)
		return a ? 1 : -1;
	return strcmp(a, b);
}

bool ka_str_has_prefix(const char *s, const char *prefix);
bool ka_str_has_suffix(const char *s, const char *suffix);
/* The whole of s as a number; false when it is anything else or too large. */
bool ka_str_to_u64(const char *s, uint64_t *ret);
/* Well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms, up to U+10FFFF). */
bool ka_utf8_valid(const char *s, size_t len);
/* The character at the start of s, which has len > 0 bytes: how many bytes it takes.  Where there
 * is none *ret is KA_UTF8_BAD, and the number that of the bytes that one U+FFFD stands for
 * (Unicode's maximal subpart). */
#define KA_UTF8_BAD UINT32_MAX
size_t ka_utf8_next(const char *s, size_t len, uint32_t *ret);
/* Can go to a terminal as it is: no control character, none that turns the direction of the text
 * around or takes no room, and not KA_UTF8_BAD. */
bool ka_term_safe(uint32_t c);

/* RFC 3339 "2026-03-01T08:00:00Z" (fractions and offsets accepted) <-> Unix seconds.  A fraction is
 * cut off, second 60 is the next minute's first, years outside 0000 to 9999 are written as the
 * nearest moment inside. */
bool ka_time_parse(const char *s, int64_t *ret);
void ka_time_format(int64_t t, char out[21]);

#endif
