/* The findings of an earlier report, so that only new ones count. */
#ifndef KA_ENGINE_BASELINE_H
#define KA_ENGINE_BASELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <kassay/err.h>

struct ka_baseline_row {
	uint64_t id;
	const char *check;
};
struct ka_baseline {
	const char *file;
	size_t n;
	struct ka_baseline_row *row; /* by id, each once */
	void *json;		     /* owns the strings */
};

/* Reads a JSON report that kassay wrote.  New; free with _free. */
int ka_baseline_load(const char *path, struct ka_baseline **ret, struct ka_err *err);
void ka_baseline_free(struct ka_baseline *b);

/* The index of a finding's id ("0123456789abcdef"), or SIZE_MAX. */
size_t ka_baseline_find(const struct ka_baseline *b, const char *id);

#endif
