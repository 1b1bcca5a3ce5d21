#include "util/nearest.h"

#include <stdio.h>
#include <string.h>

#include "util/banned.h"

#define LONGEST 64

struct ka_nearest
ka_nearest_to(const char *word)
{
	/* A third of the letters may be wrong; beyond that a suggestion only puzzles. */
	return (struct ka_nearest){ .word = word, .distance = strlen(word) / 3 + 1 };
}

static size_t
min3(size_t a, size_t b, size_t c)
{
	if (b < a)
		a = b;
	return c < a ? c : a;
}

/* Optimal string alignment: insertions, deletions, substitutions, and neighbours swapped. */
static size_t
distance(const char *a, const char *b)
{
	size_t rows[3][LONGEST + 1], la = strlen(a), lb = strlen(b);
	size_t *before = rows[0], *last = rows[1], *now = rows[2];

	if (la > LONGEST || lb > LONGEST)
		return LONGEST;
	memset(rows, 0, sizeof rows);
	for (size_t j = 0; j <= lb; j++)
		last[j] = j;
	for (size_t i = 1; i <= la; i++) {
		size_t *spare = before;

		now[0] = i;
		for (size_t j = 1; j <= lb; j++) {
			size_t cost = a[i - 1] != b[j - 1];

			now[j] = min3(last[j] + 1, now[j - 1] + 1, last[j - 1] + cost);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
			    before[j - 2] + 1 < now[j])
				now[j] = before[j - 2] + 1;
		}
		before = last;
		last = now;
		now = spare;
	}
	return last[lb];
}

void
ka_nearest_try(struct ka_nearest *n, const char *known)
{
	size_t d = distance(n->word, known);

	if (d > n->distance || (d == n->distance && n->best))
		return;
	n->distance = d;
	n->best = known;
}

const char *
ka_nearest_hint(struct ka_nearest *n)
{
	n->hint[0] = '\0';
	if (n->best)
		snprintf(n->hint, sizeof n->hint, ", did you mean %s?", n->best);
	return n->hint;
}
