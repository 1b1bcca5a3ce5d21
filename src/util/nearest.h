/* "Did you mean": the known word nearest to an unknown one. */
#ifndef KA_UTIL_NEAREST_H
#define KA_UTIL_NEAREST_H

#include <stddef.h>

struct ka_nearest {
	const char *word; /* what was written */
	const char *best; /* NULL: nothing is near */
	size_t distance;
	char hint[128];
};
struct ka_nearest ka_nearest_to(const char *word);
void ka_nearest_try(struct ka_nearest *n, const char *known);
/* ", did you mean X?", or "".  Borrowed from *n. */
const char *ka_nearest_hint(struct ka_nearest *n);

#endif
