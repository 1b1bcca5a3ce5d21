/* The table behind the catalogue. */
#ifndef KA_ANALYSIS_CATALOGUE_PRIVATE_H
#define KA_ANALYSIS_CATALOGUE_PRIVATE_H

#include <stddef.h>

enum { KA_API_NAMESPACED = 1 << 0, KA_API_VIRTUAL = 1 << 1 };

struct ka_api_row {
	const char *group, *text, *verbs; /* verbs: joined by spaces */
	unsigned flags;
};
/* catalogue_table.c: sorted by group, text. */
extern const struct ka_api_row ka_api_rows[];
extern const size_t ka_api_nrows;

#endif
