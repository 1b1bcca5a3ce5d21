#include "util/yaml_split.h"

#include <string.h>

#include "util/alloc.h"
#include "util/banned.h"

#define BUFFER (64u << 10)
/* So much of a line is looked at to see what it is. */
#define AHEAD  512u

void
ka_yaml_split_init(struct ka_yaml_split *s, const struct ka_in *in, struct ka_err *err)
{
	*s = (struct ka_yaml_split){ .in = in, .err = err, .line = 1, .line_start = true };
	s->buf = ka_xmalloc(BUFFER);
}

void
ka_yaml_split_release(struct ka_yaml_split *s)
{
	free(s->buf);
}

static void
fill(struct ka_yaml_split *s)
{
	memmove(s->buf, s->buf + s->at, s->len - s->at);
	s->len -= s->at;
	s->at = 0;
	while (!s->eof && s->len < BUFFER) {
		size_t got = 0;

		if (s->in->read(s->in->arg, s->buf + s->len, BUFFER - s->len, &got, s->err) < 0) {
			s->failed = true;
			got = 0;
		}
		s->eof = got == 0;
		s->len += got;
	}
}

/* The line at p begins with three times c, and then ends or goes on after a space. */
static bool
is_marker(const char *p, size_t left, char c)
{
	return left >= 3 && p[0] == c && p[1] == c && p[2] == c &&
	       (left == 3 || (p[3] && strchr(" \t\r\n", p[3])));
}

/* "kind: Pod", quoted or not, with a comment or not. */
static void
note_kind(struct ka_yaml_split *s, const char *p, size_t left)
{
	char quote = '\0';
	size_t n = 0;

	for (p += 5, left -= 5; left && (*p == ' ' || *p == '\t'); left--)
		p++;
	if (left && (*p == '"' || *p == '\'')) {
		quote = *p++;
		left--;
	}
	while (n < left && n < sizeof s->kind - 1 && p[n] != quote && !strchr(" \t\r\n#", p[n]))
		n++;
	memcpy(s->kind, p, n);
	s->kind[n] = '\0';
}

/* Looks at the line that begins at s->at, and says so when the segment ends before it. */
static void
look(struct ka_yaml_split *s)
{
	const char *p = s->buf + s->at;
	size_t left = s->len - s->at, blank = 0;

	if (is_marker(p, left, '-')) {
		s->ended = s->content;
		s->content = true;
		return;
	}
	if (is_marker(p, left, '.')) {
		const char *nl;

		while (!(nl = memchr(s->buf + s->at, '\n', s->len - s->at)) && !s->eof) {
			s->at = s->len;
			fill(s);
		}
		s->at = nl ? (size_t)(nl - s->buf) + 1 : s->len;
		s->line++;
		s->ended = true;
		return;
	}
	if (left >= 6 && memcmp(p, "kind:", 5) == 0)
		note_kind(s, p, left);
	while (blank < left && blank < AHEAD && strchr(" \t\r\n", p[blank]) && p[blank])
		blank++;
	if (blank < left && blank < AHEAD && p[blank] != '#' && p[0] != '%')
		s->content = true;
}

bool
ka_yaml_split_next(struct ka_yaml_split *s)
{
	if (s->len - s->at < AHEAD && !s->eof)
		fill(s);
	/* A mark may stand before any document, as when files were put one after another. */
	if (s->line_start && s->len - s->at >= 3 && memcmp(s->buf + s->at, "\xef\xbb\xbf", 3) == 0)
		s->at += 3;
	s->content = s->ended = false;
	s->first_line = s->last_line = s->line;
	s->given = s->last_offset = 0;
	s->last = "";
	s->kind[0] = '\0';
	return s->at < s->len && !s->failed;
}

size_t
ka_yaml_split_read(struct ka_yaml_split *s, char *to, size_t cap)
{
	size_t n = 0;

	s->last = to;
	s->last_offset = s->given;
	s->last_line = s->line;
	while (n < cap && !s->ended) {
		const char *nl;
		size_t piece;

		if (s->len - s->at < AHEAD && !s->eof)
			fill(s);
		if (s->at == s->len || s->failed) {
			s->ended = true;
			break;
		}
		if (s->line_start) {
			look(s);
			if (s->ended)
				break;
		}
		piece = s->len - s->at < cap - n ? s->len - s->at : cap - n;
		nl = memchr(s->buf + s->at, '\n', piece);
		if (nl) {
			piece = (size_t)(nl - (s->buf + s->at)) + 1;
			s->line++;
		}
		memcpy(to + n, s->buf + s->at, piece);
		s->at += piece;
		n += piece;
		s->line_start = nl != NULL;
	}
	s->given += n;
	return n;
}

void
ka_yaml_split_drain(struct ka_yaml_split *s)
{
	char waste[4096];

	while (ka_yaml_split_read(s, waste, sizeof waste) > 0)
		;
}

uint32_t
ka_yaml_split_line_at(const struct ka_yaml_split *s, uint64_t offset)
{
	uint32_t line = s->last_line;

	for (uint64_t i = s->last_offset; i < offset && i < s->given; i++)
		line += s->last[i - s->last_offset] == '\n';
	return line;
}
