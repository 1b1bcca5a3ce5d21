#include "wrap.h"

#include <string.h>

#include "common.h"

void
ka_wrap_style(struct ka_wrap *w, const char *sgr)
{
	if (w->color)
		ka_out_fmt(w->out, "\033[%sm", sgr);
}

void
ka_wrap_newline(struct ka_wrap *w)
{
	ka_out_char(w->out, '\n');
	w->col = 0;
	w->glue = false;
}

/* A paragraph starts here; its further lines are indented by `indent`. */
void
ka_wrap_start(struct ka_wrap *w, unsigned first, unsigned indent)
{
	for (w->col = 0; w->col < first; w->col++)
		ka_out_char(w->out, ' ');
	w->indent = indent;
	w->glue = true;
}

static void
wrap(struct ka_wrap *w)
{
	unsigned indent = w->indent;

	ka_wrap_newline(w);
	ka_wrap_start(w, indent, indent);
}

/* Bytes of s up to a space or `max` columns, whichever is first; *ret_cols counts characters. */
static size_t
word_len(const char *s, unsigned max, unsigned *ret_cols)
{
	size_t n = 0;

	*ret_cols = 0;
	while (s[n] && s[n] != ' ' && s[n] != '\n') {
		size_t next = n + 1;

		while (((unsigned char)s[next] & 0xC0) == 0x80 && next - n < 4)
			next++;
		if (*ret_cols == max)
			break;
		n = next;
		++*ret_cols;
	}
	return n;
}

static void
put_word(struct ka_wrap *w, const char *s, size_t len)
{
	char part[256];

	while (len) {
		size_t n = len < sizeof part ? len : sizeof part - 1;

		while (n < len && n > sizeof part / 2 && ((unsigned char)s[n] & 0xC0) == 0x80)
			n--;
		memcpy(part, s, n);
		part[n] = '\0';
		ka_put_visible(w->out, part, ka_out_term);
		s += n;
		len -= n;
	}
}

/* The last column is kept for glued commas, so that none starts a line. */
void
ka_wrap_text(struct ka_wrap *w, const char *s)
{
	for (bool more = true; more; w->glue = false) {
		unsigned room = w->width - w->indent - 1, cols;
		size_t len;

		for (; *s == ' ' || *s == '\n'; s++)
			w->glue = false;
		if (!*s)
			return;
		len = word_len(s, room, &cols);
		if (w->col > w->indent && w->col + !w->glue + cols > w->width - !w->glue)
			wrap(w);
		if (!w->glue) {
			ka_out_char(w->out, ' ');
			w->col++;
		}
		put_word(w, s, len);
		w->col += cols;
		s += len;
		more = *s != '\0';
	}
}

/* As text(), right behind what was written last. */
void
ka_wrap_glued(struct ka_wrap *w, const char *s)
{
	w->glue = true;
	ka_wrap_text(w, s);
}

void
ka_wrap_pad(struct ka_wrap *w, unsigned col)
{
	for (; w->col < col; w->col++)
		ka_out_char(w->out, ' ');
	w->indent = col;
	w->glue = true;
}
