#include <kassay/out.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"
#include "util/out_hook.h"
#include "util/str.h"

#include "util/banned.h"

#define BUF_SIZE ((size_t)256 << 10)

struct ka_out {
	char *buf;
	size_t len, cap;
	const struct ka_out_hook *hook; /* NULL: into memory */
	void *arg;
	struct ka_err err; /* the first failure; code KA_OK while there is none */
};

struct ka_out *
ka_out_hook(const struct ka_out_hook *hook, void *take_arg)
{
	struct ka_out *out = ka_xcalloc(1, sizeof *out);

	out->hook = hook;
	out->arg = take_arg;
	out->cap = hook ? BUF_SIZE : 256;
	out->buf = ka_xmalloc(out->cap);
	return out;
}

struct ka_out *
ka_out_mem(void)
{
	return ka_out_hook(NULL, NULL);
}

const char *
ka_out_memory(struct ka_out *out, size_t *ret_len)
{
	if (out->len == out->cap) {
		out->buf = ka_xreallocarray(out->buf, out->cap, 2);
		out->cap *= 2;
	}
	out->buf[out->len] = '\0';
	if (ret_len)
		*ret_len = out->len;
	return out->buf;
}

void
ka_out_memory_clear(struct ka_out *out)
{
	out->len = 0;
}

/* Also when it fails: then what cannot be written is dropped. */
static void
send(struct ka_out *out, const char *bytes, size_t len)
{
	if (out->err.code == KA_OK && len)
		out->hook->write(out->arg, bytes, len, &out->err);
}

static void
flush(struct ka_out *out)
{
	send(out, out->buf, out->len);
	out->len = 0;
}

/* Makes room for `len` bytes, of which there are not enough, if a buffer can hold them. */
static void
make_room(struct ka_out *out, size_t len)
{
	size_t cap = out->cap;

	if (out->hook) {
		flush(out);
		return;
	}
	while (cap - out->len < len) {
		if (__builtin_mul_overflow(cap, 2, &cap))
			ka_alloc_die();
	}
	out->buf = ka_xreallocarray(out->buf, cap, 1);
	out->cap = cap;
}

static int
finish(struct ka_out *out, bool keep, struct ka_err *err)
{
	int r = 0;

	if (out->hook) {
		if (keep)
			flush(out);
		keep = keep && out->err.code == KA_OK;
		r = out->hook->close(out->arg, keep, keep ? &out->err : NULL);
	}
	if (out->err.code != KA_OK)
		r = ka_err_set(err, out->err.code, "%s", out->err.msg);
	free(out->buf);
	free(out);
	return r;
}

int
ka_out_close(struct ka_out *out, struct ka_err *err)
{
	return finish(out, true, err);
}

void
ka_out_discard(struct ka_out *out)
{
	if (out)
		finish(out, false, NULL);
}

void
ka_out_bytes(struct ka_out *out, const void *bytes, size_t len)
{
	if (len > out->cap - out->len)
		make_room(out, len);
	if (len > out->cap - out->len) {
		send(out, bytes, len);
		return;
	}
	if (len)
		memcpy(out->buf + out->len, bytes, len);
	out->len += len;
}

void
ka_out_str(struct ka_out *out, const char *s)
{
	if (s)
		ka_out_bytes(out, s, strlen(s));
}

void
ka_out_char(struct ka_out *out, char c)
{
	if (out->len == out->cap)
		make_room(out, 1);
	out->buf[out->len++] = c;
}

void
ka_out_uint(struct ka_out *out, uint64_t n)
{
	char digits[20];
	size_t i = sizeof digits;

	do
		digits[--i] = (char)('0' + n % 10);
	while (n /= 10);
	ka_out_bytes(out, digits + i, sizeof digits - i);
}

void
ka_out_fmt(struct ka_out *out, const char *fmt, ...)
{
	size_t room = out->cap - out->len;
	char *whole;
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(out->buf + out->len, room, fmt, ap);
	va_end(ap);
	if (len < 0) {
		if (out->err.code == KA_OK)
			ka_err_set(&out->err, KA_EIO, "text is longer than a format can make");
		return;
	}
	if ((size_t)len < room) {
		out->len += (size_t)len;
		return;
	}
	whole = ka_xmalloc((size_t)len + 1);
	va_start(ap, fmt);
	vsnprintf(whole, (size_t)len + 1, fmt, ap);
	va_end(ap);
	ka_out_bytes(out, whole, (size_t)len);
	free(whole);
}

/* Bytes at which each style has to stop and look; all others go through in one run. */
enum {
	J = 1 << 0, /* JSON */
	H = 1 << 1, /* HTML */
	T = 1 << 2, /* terminal */
	ALL = J | H | T,
};
#define TIMES4(x)  x, x, x, x
#define TIMES16(x) TIMES4(x), TIMES4(x), TIMES4(x), TIMES4(x)
/* clang-format off */
static const unsigned char stop[256] = {
	TIMES4(ALL), TIMES4(ALL), ALL, J | T, J | T, ALL, TIMES4(ALL),     /* \t, \n */
	TIMES16(ALL),
	0, 0, J | H, 0, 0, 0, H, H, 0, 0, 0, 0, 0, 0, 0, 0,                /* " & ' */
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, H, 0, H, 0,                    /* < > */
	TIMES16(0),
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, J, 0, 0, 0,                    /* \ */
	TIMES16(0),
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, H | T,                /* DEL */
	TIMES16(ALL), TIMES16(ALL), TIMES16(ALL), TIMES16(ALL),
	TIMES16(ALL), TIMES16(ALL), TIMES16(ALL), TIMES16(ALL),
};
/* clang-format on */

#define REPLACEMENT "\xef\xbf\xbd"

/* What to write in place of character c, or NULL to write it as it is. */
typedef const char *escape_fn(uint32_t c, char scratch[8]);

static const char *
escape_json(uint32_t c, char scratch[8])
{
	switch (c) {
	case KA_UTF8_BAD:
		return REPLACEMENT;
	case '"':
		return "\\\"";
	case '\\':
		return "\\\\";
	case '\n':
		return "\\n";
	case '\r':
		return "\\r";
	case '\t':
		return "\\t";
	case '\b':
		return "\\b";
	case '\f':
		return "\\f";
	default:
		if (c >= 0x20)
			return NULL;
		snprintf(scratch, 8, "\\u%04x", (unsigned)c);
		return scratch;
	}
}

static const char *
escape_html(uint32_t c, char scratch[8])
{
	(void)scratch;
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	case '\t':
	case '\n':
		return NULL;
	default:
		return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == KA_UTF8_BAD ? REPLACEMENT : NULL;
	}
}

static const char *
escape_term(uint32_t c, char scratch[8])
{
	(void)scratch;
	return ka_term_safe(c) ? NULL : "?";
}

static void
escaped(struct ka_out *out, const char *s, size_t len, unsigned style, escape_fn *escape)
{
	size_t run = 0;

	for (size_t i = 0; i < len;) {
		char scratch[8];
		const char *instead;
		uint32_t c;
		size_t n;

		if (!(stop[(unsigned char)s[i]] & style)) {
			i++;
			continue;
		}
		n = ka_utf8_next(s + i, len - i, &c);
		instead = escape(c, scratch);
		if (instead) {
			ka_out_bytes(out, s + run, i - run);
			ka_out_str(out, instead);
			run = i + n;
		}
		i += n;
	}
	ka_out_bytes(out, s + run, len - run);
}

void
ka_out_json_n(struct ka_out *out, const char *s, size_t len)
{
	if (!s) {
		ka_out_str(out, "null");
		return;
	}
	ka_out_char(out, '"');
	escaped(out, s, len, J, escape_json);
	ka_out_char(out, '"');
}

void
ka_out_json(struct ka_out *out, const char *s)
{
	ka_out_json_n(out, s, s ? strlen(s) : 0);
}

void
ka_out_html(struct ka_out *out, const char *s)
{
	if (s)
		escaped(out, s, strlen(s), H, escape_html);
}

void
ka_out_term(struct ka_out *out, const char *s)
{
	if (s)
		escaped(out, s, strlen(s), T, escape_term);
}
