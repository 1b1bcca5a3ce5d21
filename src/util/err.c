#include <kassay/err.h>

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "util/str.h"

#include "util/banned.h"

/* Also cures the half character that truncation leaves at the end. */
static void
make_printable(char *msg)
{
	size_t len = strlen(msg), to = 0;

	for (size_t i = 0; i < len;) {
		uint32_t cp;
		size_t n = ka_utf8_next(msg + i, len - i, &cp);

		if (ka_term_safe(cp)) {
			memmove(msg + to, msg + i, n);
			to += n;
		} else {
			msg[to++] = '?';
		}
		i += n;
	}
	msg[to] = '\0';
}

int
ka_err_set(struct ka_err *err, enum ka_errc code, const char *fmt, ...)
{
	char msg[sizeof err->msg];
	va_list ap;

	if (!err)
		return -1;
	/* By way of a copy, for an argument may be the old message. */
	va_start(ap, fmt);
	vsnprintf(msg, sizeof msg, fmt, ap);
	va_end(ap);
	make_printable(msg);
	err->code = code;
	memcpy(err->msg, msg, strlen(msg) + 1);
	return -1;
}

/* Puts `head` and ": " in front of `tail`, both at most a message long; what does not fit is cut
 * from the end. */
static void
join(struct ka_err *err, const char *head, const char *tail)
{
	char msg[2 * sizeof err->msg + 2];

	snprintf(msg, sizeof msg, "%s: %s", head, tail);
	msg[sizeof err->msg - 1] = '\0';
	make_printable(msg);
	memcpy(err->msg, msg, strlen(msg) + 1);
}

int
ka_err_sys(struct ka_err *err, int errnum, const char *fmt, ...)
{
	char head[sizeof err->msg];
	va_list ap;

	if (!err)
		return -1;
	va_start(ap, fmt);
	vsnprintf(head, sizeof head, fmt, ap);
	va_end(ap);
	err->code = KA_EIO;
	join(err, head, strerror(errnum));
	return -1;
}

int
ka_err_wrap(struct ka_err *err, const char *fmt, ...)
{
	char head[sizeof err->msg];
	va_list ap;

	if (!err)
		return -1;
	va_start(ap, fmt);
	vsnprintf(head, sizeof head, fmt, ap);
	va_end(ap);
	join(err, head, err->msg);
	return -1;
}
