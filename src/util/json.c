/* The window over the input, and lists, item by item.  A value that the window cuts is parsed again
 * from its beginning once there is more; as the window is far larger than most values that costs
 * little, and it keeps the parser free of states to resume. */
#include <inttypes.h>
#include <string.h>

#include "util/alloc.h"
#include "util/banned.h"
#include "util/json_scan.h"
#include "util/read.h"

#define CHUNK (256u << 10)

struct reader {
	const struct ka_in *in;
	const struct ka_sink *sink;
	struct ka_err *err;
	struct ka_json j;
	struct ka_tape tape;
	struct ka_list_state list;
	struct ka_keyset top; /* keys of the list object, borrowed from top_key */
	char **top_key;
	size_t ntop, top_cap;
	/* The window: buf[keep..len) is still needed, buf[at..] not yet read. */
	char *buf;
	size_t keep, at, len, cap;
	uint32_t line; /* of buf[at] */
	bool in_list;  /* else white space need not be kept */
};

/* What a step of the reading came to; END has r->err set, or the sink had enough. */
enum step {
	GO_ON,
	BAD, /* r->j.err, .line and .p tell */
	END,
};

/* Where an array of items begins, to come back to. */
struct place {
	size_t at; /* from r->keep */
	uint32_t line;
};

/* Gets more text behind the window, throwing away what is before `keep`.  False: reading failed. */
static bool
fill(struct reader *r)
{
	if (r->keep) {
		memmove(r->buf, r->buf + r->keep, r->len - r->keep);
		r->at -= r->keep;
		r->len -= r->keep;
		r->keep = 0;
	}
	if (!r->cap || r->cap - r->len < r->cap / 2) {
		r->cap = r->cap ? r->cap * 2 : CHUNK;
		r->buf = ka_xreallocarray(r->buf, r->cap + KA_JSON_PAD, 1);
	}
	while (!r->j.eof && r->len < r->cap) {
		size_t got = 0;

		if (r->in->read(r->in->arg, r->buf + r->len, r->cap - r->len, &got, r->err) < 0)
			return false;
		r->len += got;
		r->j.eof = got == 0;
	}
	memset(r->buf + r->len, 0, KA_JSON_PAD);
	return true;
}

static enum step
too_large(struct reader *r)
{
	ka_err_set(&r->j.err, KA_ELIMIT, "larger than %zu bytes (--max-object-size)",
		   r->j.limits.value);
	r->j.line = r->line;
	r->j.p = r->buf + r->len;
	return BAD;
}

/* To the next byte that is no white space, reading on as needed.  True when there is one; else
 * *step says whether that is more than the end of the input. */
static bool
next_byte(struct reader *r, enum step *step)
{
	*step = GO_ON;
	for (;;) {
		if (r->at < r->len) {
			r->j.line = r->line;
			r->at = (size_t)(ka_json_skip(&r->j, r->buf + r->at) - r->buf);
			r->line = r->j.line;
		}
		if (r->at < r->len)
			return true;
		if (r->j.eof)
			return false;
		if (!r->in_list)
			r->keep = r->at;
		if (r->at - r->keep > r->j.limits.value)
			*step = too_large(r);
		else if (!fill(r))
			*step = END;
		if (*step != GO_ON)
			return false;
	}
}

static enum step
cut(struct reader *r, const char *inside)
{
	ka_err_set(&r->j.err, KA_EFORMAT, "the input ends inside %s", inside);
	r->j.line = r->line;
	r->j.p = r->j.end;
	return BAD;
}

/* Parses the value at r->at.  GO_ON: it is on the tape, r->j.p behind it; *ret_items when it is a
 * list, up to its items. */
static enum step
parse(struct reader *r, enum ka_json_mode mode, bool *ret_items)
{
	struct ka_json *j = &r->j;

	for (;;) {
		enum ka_json_status st;

		j->base = r->buf + r->at;
		j->end = r->buf + r->len;
		j->line = r->line;
		st = ka_json_run(j, j->base, mode);
		if (st == KA_JSON_BAD)
			return BAD;
		if (st != KA_JSON_MORE && (size_t)(j->p - j->base) > j->limits.value)
			return too_large(r);
		r->tape.edit = r->buf + r->at;
		if (ret_items)
			*ret_items = st == KA_JSON_ITEMS;
		if (st == KA_JSON_DONE && mode != KA_JSON_TAIL)
			ka_json_remember(j);
		if (st != KA_JSON_MORE)
			return GO_ON;
		if (j->eof)
			return cut(r, j->inside);
		if (r->len - r->keep > j->limits.value)
			return too_large(r);
		if (!fill(r))
			return END;
	}
}

/* Behind what parse() parsed. */
static void
advance(struct reader *r)
{
	r->at = (size_t)(r->j.p - r->buf);
	r->line = r->j.line;
}

static enum step
deliver(struct reader *r, const struct ka_list_head *head)
{
	return r->sink->value(r->sink->arg, &r->tape, r->tape.node, head, r->err) < 0 ? END : GO_ON;
}

/* Adds the keys of a part of the list object; false when one was there before. */
static bool
learn_keys(struct reader *r, const struct ka_node *obj)
{
	const struct ka_tape *t = &r->tape;

	ka_list_learn(&r->list, t, obj);
	for (const struct ka_node *k = ka_tape_first(t, obj); k; k = ka_tape_after(t, obj, k)) {
		char *s = k->len ? ka_tape_peek_dup(t, k) : ka_xstrdup("");

		KA_GROW(r->top_key, r->ntop, r->top_cap);
		r->top_key[r->ntop++] = s;
		if (ka_keyset_add(&r->top, s, strlen(s), 0) != KA_KEYSET_NEW) {
			r->j.line = ka_tape_line(t, k);
			ka_err_set(&r->j.err, KA_EFORMAT, "duplicate key \"%.100s\"", s);
			return false;
		}
	}
	return true;
}

static void
forget_list(struct reader *r)
{
	ka_list_clear(&r->list);
	for (size_t i = 0; i < r->ntop; i++)
		free(r->top_key[i]);
	r->ntop = 0;
	r->in_list = false;
}

/* One item, just parsed.  From the first one on that says nothing of its kind while the list has
 * not yet either, they are held: left in the window, to be parsed again when more is known. */
static enum step
item(struct reader *r, bool known, bool *held)
{
	enum step step = GO_ON;

	if (!known && !*held && !ka_list_item_has_kind(&r->tape, r->tape.node))
		*held = true;
	if (!*held) {
		r->list.head.items++;
		step = deliver(r, &r->list.head);
	}
	advance(r);
	if (!*held)
		r->keep = r->at;
	return step;
}

/* The items at r->at, which is behind their '['; then the ']'.  *held_from is where delivery
 * stopped, if it did. */
static enum step
items(struct reader *r, bool known, bool *held, struct place *held_from)
{
	enum step step;

	if (next_byte(r, &step) && r->buf[r->at] == ']') {
		r->at++;
		return GO_ON;
	}
	for (;;) {
		struct place here = { .at = r->at - r->keep, .line = r->line };
		bool was_held = *held;

		if (step != GO_ON)
			return step;
		if (r->at == r->len)
			return cut(r, "an array");
		if (!*held && r->list.head.items)
			r->keep = r->at;
		here.at = r->at - r->keep;
		step = parse(r, KA_JSON_VALUE, NULL);
		if (step == GO_ON)
			step = item(r, known, held);
		if (step != GO_ON)
			return step;
		if (*held && !was_held)
			*held_from = here;
		if (next_byte(r, &step) && r->buf[r->at] == ']') {
			r->at++;
			return GO_ON;
		}
		if (step == GO_ON && r->at < r->len) {
			if (r->buf[r->at] != ',') {
				r->j.p = r->buf + r->at;
				r->j.line = r->line;
				ka_err_set(&r->j.err, KA_EFORMAT, "expected ',' or ']'");
				return BAD;
			}
			r->at++;
			next_byte(r, &step);
		}
	}
}

/* What follows the items: more members or the end of the list object. */
static enum step
tail(struct reader *r, bool again)
{
	enum step step;

	if (!next_byte(r, &step))
		return step == GO_ON ? cut(r, "an object") : step;
	if (r->buf[r->at] == '}') {
		r->at++;
		return GO_ON;
	}
	if (r->buf[r->at] != ',') {
		r->j.p = r->buf + r->at;
		r->j.line = r->line;
		ka_err_set(&r->j.err, KA_EFORMAT, "expected ',' or '}'");
		return BAD;
	}
	step = parse(r, KA_JSON_TAIL, NULL);
	if (step == GO_ON && !again && !learn_keys(r, r->tape.node))
		step = BAD;
	if (step == GO_ON)
		advance(r);
	return step;
}

static enum step
plain_document(struct reader *r)
{
	static const struct ka_list_head none;
	enum step step = parse(r, KA_JSON_VALUE, NULL);

	if (step == GO_ON)
		step = deliver(r, &none);
	if (step == GO_ON)
		advance(r);
	return step;
}

/* A list whose head is on the tape.  Until its first item is delivered r->keep stays at its
 * beginning, so that it can still turn out to be an ordinary document. */
static enum step
list(struct reader *r, uint32_t line)
{
	bool known = r->list.kind_known, held = false, again = false;
	struct place from = { 0 };
	enum step step;

	advance(r);
	r->at++; /* '[' */
	r->in_list = true;
	step = items(r, known, &held, &from);
	if (step == GO_ON)
		step = tail(r, false);
	if (step == GO_ON && !r->list.is_list && r->list.head.items == 0) {
		r->at = r->keep;
		r->line = line;
		return plain_document(r);
	}
	if (step == GO_ON && held) {
		r->at = r->keep + from.at;
		r->line = from.line;
		held = false;
		again = true;
		step = items(r, true, &held, &from);
		if (step == GO_ON)
			step = tail(r, again);
	}
	if (step == GO_ON && r->sink->list(r->sink->arg, &r->list.head, line, r->err) < 0)
		step = END;
	return step;
}

/* To the next line that begins with '{', or the end. */
static enum step
recover(struct reader *r)
{
	r->at = (size_t)(r->j.p - r->buf);
	r->line = r->j.line;
	for (;;) {
		const char *nl =
			r->at < r->len ? memchr(r->buf + r->at, '\n', r->len - r->at) : NULL;

		r->at = nl ? (size_t)(nl - r->buf) : r->len;
		r->keep = r->at;
		if (r->at + 1 >= r->len) {
			if (r->j.eof) {
				r->at = r->keep = r->len;
				return GO_ON;
			}
			if (!fill(r))
				return END;
			continue;
		}
		r->line++;
		r->at++;
		if (r->buf[r->at] == '{')
			return GO_ON;
	}
}

static enum step
report(struct reader *r, bool in_list)
{
	char *kind = in_list ? NULL : ka_tape_broken_kind(&r->tape);
	const char *hint = in_list ? "List" : ka_list_hint(kind);
	int rc = r->sink->bad(r->sink->arg, r->j.line, hint, &r->j.err);

	free(kind);
	if (rc < 0) {
		if (r->err)
			*r->err = r->j.err;
		return END;
	}
	return recover(r);
}

/* The document at r->at. */
static enum step
document(struct reader *r)
{
	uint32_t line = r->line;
	bool is_list = false;
	enum step step;

	r->keep = r->at;
	step = parse(r, KA_JSON_DOC, &is_list);
	if (step == GO_ON && is_list) {
		struct ka_node *root = r->tape.node;

		/* The last node is the key "items", whose value was not parsed. */
		root->next = r->tape.n;
		root->len = 1;
		r->tape.node[r->tape.n - 1].next = r->tape.n;
		KA_GROW(r->tape.node, r->tape.n, r->tape.cap);
		r->tape.node[r->tape.n] = (struct ka_node){ .next = r->tape.n + 1 };
		root = r->tape.node;
		ka_keyset_clear(&r->top, 0);
		learn_keys(r, root);
		is_list = !r->list.kind_known || r->list.is_list;
		if (is_list)
			step = list(r, line);
		else
			step = plain_document(r);
	} else if (step == GO_ON) {
		static const struct ka_list_head none;

		step = deliver(r, &none);
		if (step == GO_ON)
			advance(r);
	}
	if (step == BAD)
		step = report(r, is_list);
	forget_list(r);
	return step;
}

/* After a document: what follows a bare scalar must not touch it. */
static enum step
boundary(struct reader *r)
{
	char last = r->at ? r->buf[r->at - 1] : '\0';

	r->keep = r->at;
	if (last == '}' || last == ']' || last == '\n')
		return GO_ON;
	if (r->at == r->len && !r->j.eof && !fill(r))
		return END;
	if (r->at == r->len || strchr(" \t\r\n", r->buf[r->at]))
		return GO_ON;
	ka_err_set(&r->j.err, KA_EFORMAT, "more text right after a value");
	r->j.line = r->line;
	r->j.p = r->buf + r->at;
	r->tape.n = 0;
	return report(r, false);
}

int
ka_json_read(const struct ka_in *in, const struct ka_limits *limits, const struct ka_sink *sink,
	     struct ka_err *err)
{
	struct reader r = { .in = in, .sink = sink, .err = err, .line = 1 };
	enum step step = GO_ON;

	ka_tape_init(&r.tape);
	ka_json_init(&r.j, &r.tape, limits);
	ka_keyset_init(&r.top);
	if (!fill(&r))
		step = END;
	else if (r.len >= 3 && memcmp(r.buf, "\xef\xbb\xbf", 3) == 0)
		r.at = 3;
	while (step == GO_ON) {
		r.keep = r.at;
		if (!next_byte(&r, &step))
			break;
		step = document(&r);
		if (step == GO_ON)
			step = boundary(&r);
	}
	free(r.buf);
	free(r.top_key);
	ka_keyset_release(&r.top);
	ka_json_release(&r.j);
	ka_tape_release(&r.tape);
	return step == GO_ON ? 0 : -1;
}
