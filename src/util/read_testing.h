/* For the readers' tests: a sink that writes down what it is given, one line a call, and an input
 * that comes in pieces. */
#ifndef KA_UTIL_READ_TESTING_H
#define KA_UTIL_READ_TESTING_H

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "util/read.h"
#include "util/str.h"

struct text_in {
	const char *s;
	size_t len, at;
	size_t piece; /* at most so many bytes at once */
	size_t cut;   /* a read does not go past this offset, 0: nowhere in particular */
};

static inline int
text_read(void *arg, void *buf, size_t cap, size_t *ret_len, struct ka_err *err)
{
	struct text_in *in = arg;
	size_t n = in->len - in->at;

	(void)err;
	if (n > cap)
		n = cap;
	if (n > in->piece)
		n = in->piece;
	if (in->at < in->cut && n > in->cut - in->at)
		n = in->cut - in->at;
	memcpy(buf, in->s + in->at, n);
	in->at += n;
	*ret_len = n;
	return 0;
}

struct log {
	struct ka_buf text;
	unsigned values, lists, bads;
	bool lines; /* write the line of every string value, as "text"@line */
};

static inline __attribute__((format(printf, 2, 3))) void
log_fmt(struct log *l, const char *fmt, ...)
{
	char s[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(s, sizeof s, fmt, ap);
	va_end(ap);
	ka_buf_add(&l->text, s, strlen(s), NULL);
}

/* A node as JSON; control characters and quotes in strings as \xx. */
static inline void
log_node(struct log *l, struct ka_tape *t, const struct ka_node *n)
{
	static const char *const literal[] = { "null", "false", "true" };
	const char *s;
	size_t len;

	if (n->type <= KA_TRUE) {
		log_fmt(l, "%s", literal[n->type]);
	} else if (n->type == KA_NUMBER || n->type == KA_STRING) {
		s = ka_tape_text(t, n, &len);
		if (n->type == KA_STRING)
			log_fmt(l, "\"");
		for (size_t i = 0; i < len; i++) {
			if ((unsigned char)s[i] < ' ' || s[i] == '"' || s[i] == '\\')
				log_fmt(l, "\\%02x", (unsigned)(unsigned char)s[i]);
			else
				ka_buf_add(&l->text, s + i, 1, NULL);
		}
		if (n->type == KA_STRING)
			log_fmt(l, "\"");
	} else {
		const char *sep = "";

		log_fmt(l, "%s", n->type == KA_ARRAY ? "[" : "{");
		for (const struct ka_node *c = ka_tape_first(t, n); c; c = ka_tape_after(t, n, c)) {
			log_fmt(l, "%s", sep);
			log_node(l, t, c);
			if (n->type == KA_OBJECT) {
				log_fmt(l, ":");
				log_node(l, t, ka_tape_value(t, c));
			}
			sep = ",";
		}
		log_fmt(l, "%s", n->type == KA_ARRAY ? "]" : "}");
	}
	if (l->lines)
		log_fmt(l, "@%" PRIu32, ka_tape_line(t, n));
}

static inline void
log_head(struct log *l, const struct ka_list_head *head)
{
	log_fmt(l, "(%s %s %s %s %" PRIu64 ")", head->api_version ? head->api_version : "-",
		head->kind ? head->kind : "-",
		head->resource_version ? head->resource_version : "-",
		head->cont ? head->cont : "-", head->items);
}

static inline int
log_value(void *arg, struct ka_tape *t, const struct ka_node *root, const struct ka_list_head *head,
	  struct ka_err *err)
{
	struct log *l = arg;

	(void)err;
	l->values++;
	log_fmt(l, "%" PRIu32 " ", ka_tape_line(t, root));
	if (head->kind || head->items)
		log_head(l, head);
	log_node(l, t, root);
	log_fmt(l, "\n");
	return 0;
}

static inline int
log_list(void *arg, const struct ka_list_head *head, uint32_t line, struct ka_err *err)
{
	struct log *l = arg;

	(void)err;
	l->lists++;
	log_fmt(l, "%" PRIu32 " list", line);
	log_head(l, head);
	log_fmt(l, "\n");
	return 0;
}

static inline int
log_bad(void *arg, uint32_t line, const char *kind_hint, const struct ka_err *why)
{
	struct log *l = arg;

	l->bads++;
	log_fmt(l, "%" PRIu32 " bad %s: %s\n", line, kind_hint ? kind_hint : "-", why->msg);
	return 0;
}

typedef int ka_reader_fn(const struct ka_in *in, const struct ka_limits *limits,
			 const struct ka_sink *sink, struct ka_err *err);

static inline void
log_clear(struct log *l)
{
	ka_buf_clear(&l->text);
	l->values = l->lists = l->bads = 0;
}

/* Reads text in pieces into the log. */
static inline int
log_read(struct log *l, ka_reader_fn *reader, struct text_in *text, const struct ka_limits *limits)
{
	struct ka_in in = { .read = text_read, .arg = text };
	struct ka_sink sink = { .arg = l, .value = log_value, .list = log_list, .bad = log_bad };
	struct ka_limits usual = KA_LIMITS_DEFAULT;
	struct ka_err err;

	return reader(&in, limits ? limits : &usual, &sink, &err);
}

#endif
