/* The window over a log, and the lists in it, whose records are looked at one by one. */
#include <string.h>

#include "source/auditlog_own.h"
#include "util/alloc.h"
#include "util/banned.h"

/* Small enough to stay in the cache between being read and being looked at. */
#define CHUNK	  ((size_t)256 << 10)
#define MAX_LISTS 16
/* A time before an event is no longer than this. */
#define PREFIX	  64

struct stream {
	struct ka_al *al;
	const struct ka_in *in;
	char *buf;
	size_t at, len, cap;
	bool eof;
	uint64_t line;	/* of buf[counted] */
	size_t counted;
	struct {
		char bracket;
		uint8_t list; /* enum ka_al_id: what it is, or is in */
	} open[MAX_LISTS];    /* the lists that are open, and the objects that have them */
	unsigned nopen;
	bool lost; /* the rest of a list could not be read: what closes it may follow */
	/* Bytes of the input before buf, and those that were looked at for an object of several lines in
	 * vain: what begins there is not followed over its line again, or damage would cost its square. */
	uint64_t before, tried;
};

/* --- the window ------------------------------------------------------------------------------------------------ */

/* The line of p, which is behind all that was asked for before. */
static uint32_t
line_of(struct stream *st, const char *p)
{
	const char *from = st->buf + st->counted, *nl;

	while (from < p && (nl = memchr(from, '\n', (size_t)(p - from)))) {
		st->line++;
		from = nl + 1;
	}
	if (p > st->buf + st->counted)
		st->counted = (size_t)(p - st->buf);
	return st->line < UINT32_MAX ? (uint32_t)st->line : UINT32_MAX;
}

/* Lines are counted where they are in order; this is for one ahead. */
static uint32_t
line_ahead(const struct stream *st, const char *p)
{
	struct stream copy = *st;

	return line_of(&copy, p);
}

/* More text behind the window, from which what is done goes. */
static void
fill(struct stream *st)
{
	struct ka_err why;

	if (st->at) {
		line_of(st, st->buf + st->at);
		memmove(st->buf, st->buf + st->at, st->len - st->at);
		st->counted -= st->at;
		st->before += st->at;
		st->len -= st->at;
		st->at = 0;
	}
	if (!st->cap || st->len > st->cap / 2) {
		st->cap = st->cap ? st->cap * 2 : CHUNK;
		st->buf = ka_xreallocarray(st->buf, st->cap + KA_AL_PAD, 1);
	}
	while (!st->eof && st->len < st->cap) {
		size_t got = 0;

		if (st->in->read(st->in->arg, st->buf + st->len, st->cap - st->len, &got, &why)) {
			ka_al_tell(st->al, 0, "the rest could not be read: %s", why.msg);
			st->al->file->cut = true;
			got = 0;
		}
		st->len += got;
		st->al->file->n.bytes += got;
		st->eof = got == 0;
	}
	memset(st->buf + st->len, 0, KA_AL_PAD);
}

/* To the next byte that is no white space; false at the end of the input. */
static bool
next_byte(struct stream *st)
{
	for (;;) {
		const char *p = st->buf + st->at, *end = st->buf + st->len;

		while (p < end && (*p == '\n' || *p == ' ' || *p == '\t' || *p == '\r'))
			p++;
		st->at = (size_t)(p - st->buf);
		if (p < end)
			return true;
		if (st->eof)
			return false;
		fill(st);
	}
}

/* The newline that ends the line at st->at; NULL when the window ends before it. */
static char *
line_end(struct stream *st)
{
	char *nl = st->len > st->at ? memchr(st->buf + st->at, '\n', st->len - st->at) : NULL;

	if (!nl && !st->eof) {
		fill(st);
		nl = memchr(st->buf + st->at, '\n', st->len - st->at);
	}
	return nl;
}

/* On to the line behind the one at st->at, however long that is. */
static void
skip_line(struct stream *st)
{
	for (;;) {
		char *nl = st->len > st->at ? memchr(st->buf + st->at, '\n', st->len - st->at) : NULL;

		st->at = nl ? (size_t)(nl - st->buf) : st->len;
		if (nl || st->eof)
			return;
		fill(st);
	}
}

/* --- what cannot be read --------------------------------------------------------------------------------------- */

/* Goes on at the next line; out of a document of several lines at the next one that begins with a
 * bracket, as those inside do in no way of writing that is common. */
static void
give_up(struct stream *st, bool several)
{
	if (st->nopen) {
		ka_al_tell(st->al, line_ahead(st, st->buf + st->at), "the rest of the list is not read");
		st->al->file->cut = true;
		st->lost = several = true;
	}
	st->nopen = 0;
	for (;;) {
		skip_line(st);
		if (st->at + 1 >= st->len && !st->eof)
			fill(st);
		if (st->at + 1 >= st->len)
			st->at = st->len;
		if (st->at == st->len || !several || st->buf[st->at + 1] == '{')
			return;
		st->at++;
	}
}

static void
tried_to(struct stream *st, const char *p)
{
	st->tried = st->before + (uint64_t)(p - st->buf);
}

static void
bad(struct stream *st, const struct ka_al_scan *s)
{
	ka_al_lost(st->al, KA_AL_DAMAGED, line_ahead(st, s->p), "%s", s->what);
	if (s->lines && st->tried < st->before + (uint64_t)(s->p - st->buf))
		tried_to(st, s->p);
	give_up(st, s->lines);
}

static void
cut(struct stream *st, const char *p)
{
	bool last = st->eof && !memchr(p, '\n', (size_t)(st->buf + st->len - p));

	ka_al_lost(st->al, KA_AL_CUT, line_ahead(st, p), "%s",
		   last ? "the log ends inside an object" : "the line ends inside an object");
	if (st->al->scan.lines)
		tried_to(st, st->buf + st->len);
	give_up(st, false);
}

/* --- objects and lists ----------------------------------------------------------------------------------------- */

static bool
push(struct stream *st, char bracket, enum ka_al_id list)
{
	if (st->nopen == MAX_LISTS) {
		ka_al_lost(st->al, KA_AL_DAMAGED, line_ahead(st, st->buf + st->at),
			   "lists inside lists, more than %d deep", MAX_LISTS);
		give_up(st, true);
		return false;
	}
	if (!list && st->nopen)
		list = (enum ka_al_id)st->open[st->nopen - 1].list;
	st->open[st->nopen].bracket = bracket;
	st->open[st->nopen++].list = (uint8_t)list;
	return true;
}

enum part {
	OBJECT,
	REST, /* of an object, behind a list in it */
	ANY,
};

static enum ka_al_status
scan_part(struct ka_al_scan *s, enum part part, const char *p)
{
	switch (part) {
	case OBJECT:
		return ka_al_object(s, p);
	case REST:
		return ka_al_rest(s, p);
	case ANY:
		break;
	}
	return ka_al_skip(s, p);
}

/* Scans what is at st->at, which may go on behind the window and on other lines. */
static enum ka_al_status
scan(struct stream *st, enum part part)
{
	struct ka_al_scan *s = &st->al->scan;
	enum ka_al_status status;

	s->lines = true;
	for (;;) {
		s->end = st->buf + st->len;
		status = scan_part(s, part, st->buf + st->at);
		if (status != KA_AL_MORE || st->eof)
			return status;
		if (st->len - st->at > st->al->opts->limits.value) {
			tried_to(st, s->end);
			s->p = st->buf + st->at;
			s->what = "larger than an event may be (--max-object-size)";
			return KA_AL_BAD;
		}
		fill(st);
	}
}

/* Goes on as a scan that is not finished with KA_AL_DONE asks for. */
static void
unfinished(struct stream *st, enum ka_al_status status)
{
	const struct ka_al_scan *s = &st->al->scan;

	switch (status) {
	case KA_AL_LIST:
		st->at = (size_t)(s->p - st->buf);
		if (push(st, '{', s->list) && push(st, '[', s->list))
			st->at++;
		break;
	case KA_AL_BAD:
		bad(st, s);
		break;
	case KA_AL_MORE:
		cut(st, st->buf + st->at);
		break;
	case KA_AL_DONE:
		break;
	}
}

/* The object at st->at, just scanned. */
static int
judge(struct stream *st)
{
	struct ka_al *al = st->al;
	const char *p = st->buf + st->at;

	al->line = line_of(st, p);
	al->list = st->nopen ? (enum ka_al_id)st->open[st->nopen - 1].list : KA_AL_NONE;
	st->at = (size_t)(al->scan.p - st->buf);
	return ka_al_judge(al, &al->scan);
}

static int
object(struct stream *st)
{
	enum ka_al_status status = scan(st, OBJECT);

	if (status == KA_AL_DONE)
		return judge(st);
	unfinished(st, status);
	return 0;
}

/* A line that is cut, and not the first one of a document of several lines: it has more than its
 * bracket, and it ends inside a string or the next line begins like another. */
static bool
is_cut(struct stream *st, const char *nl)
{
	size_t next = (size_t)(nl - st->buf) - st->at + 1;
	const char *p = st->buf + st->at + 1;

	while (*p == ' ' || *p == '\t' || *p == '\r')
		p++;
	if (p >= nl)
		return false;
	if (st->al->scan.in_string || st->before + st->at < st->tried)
		return true;
	if (st->at + next >= st->len && !st->eof)
		fill(st);
	return st->at + next >= st->len || st->buf[st->at + next] == '{';
}

/* The object at st->at, at the top: most likely it ends with the line. */
static int
top_object(struct stream *st)
{
	struct ka_al_scan *s = &st->al->scan;
	char *nl = line_end(st);
	enum ka_al_status status;

	if (!nl)
		return object(st);
	s->lines = false;
	s->end = nl;
	status = ka_al_object(s, st->buf + st->at);
	if (status == KA_AL_DONE)
		return judge(st);
	if (status != KA_AL_MORE)
		unfinished(st, status);
	else if (is_cut(st, nl))
		cut(st, st->buf + st->at);
	else
		return object(st);
	return 0;
}

static int
lost_line(struct stream *st, enum ka_al_loss loss, const char *what)
{
	ka_al_lost(st->al, loss, line_of(st, st->buf + st->at), "%s", what);
	skip_line(st);
	return 0;
}

/* A time, and the event behind it: what CloudWatch exports to S3; container runtimes write two words
 * more in between. */
static int
after_time(struct stream *st)
{
	const char *nl = line_end(st), *p = st->buf + st->at, *brace, *blank;
	size_t len = nl ? (size_t)(nl - p) : st->len - st->at;

	if (len < 20 || p[4] != '-' || p[7] != '-' || p[10] != 'T')
		return lost_line(st, KA_AL_NOT_JSON, "neither JSON nor an event behind a time");
	len = len < PREFIX ? len : PREFIX;
	brace = memchr(p, '{', len);
	if (!brace)
		return lost_line(st, KA_AL_OTHER, "a line of another log");
	blank = memchr(p, ' ', len);
	st->al->file->found |= blank && blank + 1 == brace ? KA_AUDITLOG_CLOUDWATCH : KA_AUDITLOG_WRAPPED;
	line_of(st, p);
	st->at = (size_t)(brace - st->buf);
	return top_object(st);
}

static int
at_top(struct stream *st)
{
	const char *p = st->buf + st->at;

	switch (*p) {
	case '{':
		return top_object(st);
	case '[':
		if (push(st, '[', KA_AL_NONE))
			st->at++;
		return 0;
	case ',': /* an array without its brackets */
		st->at++;
		return 0;
	case ']':
	case '}':
		if (st->lost) {
			st->at++;
			return 0;
		}
		break;
	default:
		if (*p >= '0' && *p <= '9')
			return after_time(st);
		break;
	}
	return lost_line(st, KA_AL_NOT_JSON, "neither JSON nor an event behind a time");
}

static int
in_list(struct stream *st)
{
	const char *p = st->buf + st->at;
	enum ka_al_status status;

	switch (*p) {
	case ',':
		st->at++;
		return 0;
	case ']':
		st->nopen--;
		st->at++;
		return 0;
	case '{':
		return object(st);
	case '[':
		if (push(st, '[', KA_AL_NONE))
			st->at++;
		return 0;
	default:
		break;
	}
	status = scan(st, ANY);
	if (status == KA_AL_DONE) {
		ka_al_lost(st->al, KA_AL_OTHER, line_of(st, st->buf + st->at), "a list of what are no objects");
		st->at = (size_t)(st->al->scan.p - st->buf);
	} else {
		unfinished(st, status);
	}
	return 0;
}

/* In an object, behind a list in it. */
static void
behind_list(struct stream *st)
{
	enum ka_al_status status = scan(st, REST);

	if (status == KA_AL_DONE || status == KA_AL_LIST)
		st->nopen--;
	if (status == KA_AL_DONE)
		st->at = (size_t)(st->al->scan.p - st->buf);
	else
		unfinished(st, status);
}

int
ka_al_stream(struct ka_al *al, const struct ka_in *in)
{
	struct stream st = { .al = al, .in = in, .line = 1 };
	int ret = 0;

	fill(&st);
	if (st.len >= 3 && memcmp(st.buf, "\xef\xbb\xbf", 3) == 0)
		st.at = 3;
	while (ret == 0 && next_byte(&st)) {
		if (!st.nopen)
			ret = at_top(&st);
		else if (st.open[st.nopen - 1].bracket == '[')
			ret = in_list(&st);
		else
			behind_list(&st);
	}
	if (ret == 0 && st.nopen) {
		ka_al_lost(al, KA_AL_CUT, line_ahead(&st, st.buf + st.len), "the log ends inside a list");
		al->file->cut = true;
	}
	line_of(&st, st.buf + st.len);
	al->file->n.lines = st.line - (st.len == 0 || st.buf[st.len - 1] == '\n');
	free(st.buf);
	return ret;
}
