/* Secrets among the words of a value: `sh -c` scripts, and variables that hold options (JAVA_OPTS). */
#include <stdbool.h>
#include <string.h>

#include "model/suspect.h"
#include "model/suspect_name.h"

#include "util/banned.h"

struct word {
	const char *s;
	size_t len;
};

static bool
ends_word(char c)
{
	return strchr(" \t\r\n;|&`()", c) != NULL;
}

/* The next word at *s, which moves behind it; an empty one at the end. */
static struct word
next_word(const char **s, const char *end)
{
	struct word w;

	while (*s < end && ends_word(**s))
		(*s)++;
	w.s = *s;
	while (*s < end && !ends_word(**s))
		(*s)++;
	w.len = (size_t)(*s - w.s);
	return w;
}

static void
unquote(struct word *w)
{
	while (w->len && (w->s[0] == '"' || w->s[0] == '\'')) {
		w->s++;
		w->len--;
	}
	while (w->len && (w->s[w->len - 1] == '"' || w->s[w->len - 1] == '\'' || w->s[w->len - 1] == ','))
		w->len--;
}

static const char *
named(const struct ka_says *said, struct word value)
{
	unquote(&value);
	return said && ka_says_counts(said, value.s, value.len) ? said->name : NULL;
}

/* "--password=x" and "-Ddb.password=x"; "PASSWORD=x". */
static const char *
setting(struct word w)
{
	const char *eq = memchr(w.s, '=', w.len);
	struct word value;

	if (!eq || eq == w.s)
		return NULL;
	if (w.s[0] != '-')
		return ka_suspect_line(w.s, w.len);
	value = (struct word){ eq + 1, (size_t)(w.s + w.len - eq) - 1 };
	return named(ka_name_says(w.s, (size_t)(eq - w.s)), value);
}

const char *
ka_suspect_words(const char *s, size_t len)
{
	const char *end = s + len, *why = NULL;
	const struct ka_says *asked = NULL; /* by the option before */

	while (!why) {
		struct word w = next_word(&s, end);

		if (!w.len)
			break;
		unquote(&w);
		why = ka_suspect_form(w.s, w.len);
		if (!why)
			why = setting(w);
		if (!why && asked && w.len && w.s[0] != '-')
			why = named(asked, w);
		asked = w.len > 2 && w.s[0] == '-' && !memchr(w.s, '=', w.len) ? ka_name_says(w.s, w.len) : NULL;
	}
	return why;
}
