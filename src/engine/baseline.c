#include "engine/baseline.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"

#include "util/banned.h"

#define SCHEMA "kassay.report/v1"

static bool
parse_id(const char *s, uint64_t *ret)
{
	char *end;

	if (strlen(s) != 16 || strspn(s, "0123456789abcdef") != 16)
		return false;
	*ret = strtoull(s, &end, 16);
	return true;
}

static int
row_cmp(const void *pa, const void *pb)
{
	const struct ka_baseline_row *a = pa, *b = pb;

	return (a->id > b->id) - (a->id < b->id);
}

static int
read_findings(struct ka_baseline *b, const json_t *findings, struct ka_err *err)
{
	size_t n = json_array_size(findings);

	b->row = ka_xcalloc(n, sizeof *b->row);
	for (size_t i = 0; i < n; i++) {
		const json_t *f = json_array_get(findings, i);
		const char *id = json_string_value(json_object_get(f, "id"));
		const char *check = json_string_value(json_object_get(f, "check"));

		if (!id || !check || !parse_id(id, &b->row[i].id))
			return ka_err_set(err, KA_EFORMAT, "findings[%zu] has no id or check", i);
		b->row[i].check = check;
	}
	if (n)
		qsort(b->row, n, sizeof *b->row, row_cmp);
	for (size_t i = 0; i < n; i++)
		if (!b->n || b->row[b->n - 1].id != b->row[i].id)
			b->row[b->n++] = b->row[i];
	return 0;
}

static json_t *
open_report(const char *path, struct ka_err *err)
{
	json_error_t why;
	json_t *root;
	FILE *f = fopen(path, "re");

	if (!f) {
		ka_err_sys(err, errno, "%s", path);
		return NULL;
	}
	root = json_loadf(f, JSON_REJECT_DUPLICATES, &why);
	fclose(f);
	if (!root)
		ka_err_set(err, KA_EFORMAT, "%s:%d: %s", path, why.line, why.text);
	return root;
}

int
ka_baseline_load(const char *path, struct ka_baseline **ret, struct ka_err *err)
{
	struct ka_baseline *b = ka_xcalloc(1, sizeof *b);
	const char *schema;
	const json_t *findings;

	b->file = path;
	b->json = open_report(path, err);
	if (!b->json)
		goto fail;
	schema = json_string_value(json_object_get(b->json, "schema"));
	findings = json_object_get(b->json, "findings");
	if (!schema || strcmp(schema, SCHEMA) != 0 || !json_is_array(findings)) {
		ka_err_set(err, KA_EFORMAT, "%s: not a report of `kassay audit -o json`", path);
		goto fail;
	}
	if (read_findings(b, findings, err)) {
		ka_err_wrap(err, "%s", path);
		goto fail;
	}
	*ret = b;
	return 0;
fail:
	ka_baseline_free(b);
	return -1;
}

void
ka_baseline_free(struct ka_baseline *b)
{
	if (!b)
		return;
	free(b->row);
	json_decref(b->json);
	free(b);
}

size_t
ka_baseline_find(const struct ka_baseline *b, const char *id)
{
	struct ka_baseline_row key = { .check = NULL };
	const struct ka_baseline_row *at;

	if (!b->n || !parse_id(id, &key.id))
		return SIZE_MAX;
	at = bsearch(&key, b->row, b->n, sizeof *b->row, row_cmp);
	return at ? (size_t)(at - b->row) : SIZE_MAX;
}
