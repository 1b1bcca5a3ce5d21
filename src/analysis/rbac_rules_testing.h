/* Rules for tests as one line of text: "get,list|apps|deployments|a,b|/url", fields from the right
 * left out when they are empty, rules apart by ";".  '' is the empty word. */
#ifndef KA_ANALYSIS_RBAC_RULES_TESTING_H
#define KA_ANALYSIS_RBAC_RULES_TESTING_H

#include <stdlib.h>
#include <string.h>

#include <kassay/rbac.h>

#include "util/alloc.h"

enum { RULES_MAX = 16, WORDS_MAX = 128 };

struct rules {
	size_t n;
	struct ka_rule rule[RULES_MAX];
	const char *word[WORDS_MAX];
	char *text;
};

/* The next piece of *at up to `stop`, which is cut off; NULL after the last. */
static inline char *
rules_piece(char **at, char stop)
{
	char *s = *at, *end = s ? strchr(s, stop) : NULL;

	*at = end ? end + 1 : NULL;
	if (end)
		*end = '\0';
	return s;
}

static inline struct rules *
rules_of(const char *text)
{
	struct rules *r = ka_xcalloc(1, sizeof *r);
	size_t nwords = 0;
	char *at = r->text = ka_xstrdup(text), *one;

	if (!*text)
		at = NULL;
	while ((one = rules_piece(&at, ';'))) {
		struct ka_rule *rule = &r->rule[r->n++];
		struct ka_strs *field[] = { &rule->verbs, &rule->groups, &rule->resources, &rule->names,
					    &rule->urls };
		char *words, *word;

		for (size_t f = 0; f < 5 && (words = rules_piece(&one, '|')); f++) {
			field[f]->v = &r->word[nwords];
			while (*words && (word = rules_piece(&words, ','))) {
				r->word[nwords++] = strcmp(word, "''") ? word : "";
				field[f]->n++;
				if (!words)
					break;
			}
		}
	}
	return r;
}

static inline void
rules_free(struct rules *r)
{
	free(r->text);
	free(r);
}

#endif
