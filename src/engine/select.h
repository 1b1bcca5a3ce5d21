/* Which checks are meant: those of --check and --benchmark. */
#ifndef KA_ENGINE_SELECT_H
#define KA_ENGINE_SELECT_H

#include <stdbool.h>
#include <stddef.h>

#include <kassay/err.h>

#include "engine/catalog.h"

/* Borrowed.  Without globs every check, without benchmarks those of all and of none. */
struct ka_selection {
	struct ka_catalog catalog;
	const char *const *check; /* globs over keys */
	size_t nchecks;
	const char *const *bench; /* names */
	size_t nbenches;
};

/* -1 for an unknown benchmark, and for a glob that no check matches. */
int ka_selection_check(const struct ka_selection *s, struct ka_err *err);
bool ka_selected(const struct ka_selection *s, const struct ka_check *check);

#endif
