/* Text format of Prometheus, as k8s.io/component-base/metrics writes it: NAME{LABEL="VALUE",...} NUMBER, a line each. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "source/metrics.h"
#include "util/alloc.h"
#include "util/banned.h"

/* k8s.io/apiserver/pkg/storage/value/metrics.go */
#define WANTED "apiserver_storage_transformation_operations_total"

enum {
	LINE_MAX_BYTES = 4096,
	LABEL_MAX_BYTES = 256,
	ROWS_MAX = 4096, /* resources x providers x directions: some dozens */
};

struct labels {
	char resource[LABEL_MAX_BYTES], prefix[LABEL_MAX_BYTES], type[LABEL_MAX_BYTES], status[LABEL_MAX_BYTES];
};

struct row {
	char *resource, *prefix, *type;
	double count;
};

struct ka_metrics {
	char line[LINE_MAX_BYTES];
	size_t len;
	bool too_long;
	struct row *row;
	size_t n, cap;
	unsigned damaged;
};

struct ka_metrics *
ka_metrics_new(void)
{
	return ka_xcalloc(1, sizeof(struct ka_metrics));
}

void
ka_metrics_reset(struct ka_metrics *m)
{
	for (size_t i = 0; i < m->n; i++) {
		free(m->row[i].resource);
		free(m->row[i].prefix);
		free(m->row[i].type);
	}
	m->n = 0;
	m->len = 0;
	m->damaged = 0;
	m->too_long = false;
}

void
ka_metrics_free(struct ka_metrics *m)
{
	if (!m)
		return;
	ka_metrics_reset(m);
	free(m->row);
	free(m);
}

/* The value between quotes at s, with \\, \" and \n resolved; returns what is behind it, or NULL. */
static const char *
label_value(const char *s, char *ret)
{
	size_t n = 0;

	for (; *s && *s != '"'; s++) {
		char c = *s;

		if (c == '\\') {
			s++;
			if (*s != '\\' && *s != '"' && *s != 'n')
				return NULL;
			c = *s;
			if (c == 'n')
				c = '\n';
		}
		if (n + 1 >= LABEL_MAX_BYTES)
			return NULL;
		ret[n++] = c;
	}
	ret[n] = '\0';
	return *s == '"' ? s + 1 : NULL;
}

/* What stands between the braces; s is behind the first, the result behind the last. */
static const char *
read_labels(const char *s, struct labels *l)
{
	char other[LABEL_MAX_BYTES];

	while (*s != '}') {
		size_t len = strcspn(s, "=\"}");
		const struct {
			const char *name;
			char *value;
		} known[] = {
			{ "resource", l->resource },
			{ "transformer_prefix", l->prefix },
			{ "transformation_type", l->type },
			{ "status", l->status },
		};
		char *value = other;

		if (!len || s[len] != '=' || s[len + 1] != '"')
			return NULL;
		for (size_t i = 0; i < sizeof known / sizeof *known; i++)
			if (strlen(known[i].name) == len && memcmp(known[i].name, s, len) == 0)
				value = known[i].value;
		s = label_value(s + len + 2, value);
		if (!s || (*s != ',' && *s != '}'))
			return NULL;
		s += *s == ',';
	}
	return s + 1;
}

static bool
count(struct ka_metrics *m, const struct labels *l, double n)
{
	/* ALPHA metrics change: 1.31 has no resource. */
	const char *resource = l->resource[0] ? l->resource : "*", *prefix = l->prefix[0] ? l->prefix : "identity";

	for (size_t i = 0; i < m->n; i++) {
		struct row *r = &m->row[i];

		if (strcmp(r->resource, resource) == 0 && strcmp(r->prefix, prefix) == 0 &&
		    strcmp(r->type, l->type) == 0) {
			r->count += n;
			return true;
		}
	}
	if (m->n == ROWS_MAX)
		return false;
	KA_GROW(m->row, m->n, m->cap);
	m->row[m->n++] = (struct row){ ka_xstrdup(resource), ka_xstrdup(prefix), ka_xstrdup(l->type), n };
	return true;
}

/* False when it is of the metric, and not understood. */
static bool
wanted_line(struct ka_metrics *m, const char *s)
{
	struct labels l = { .status = "" };
	char *end;
	double n;

	if (*s != '{')
		return *s != ' '; /* else another, longer name */
	s = read_labels(s + 1, &l);
	if (!s || *s != ' ' || !l.type[0])
		return false;
	n = strtod(s, &end);
	if (end == s || (*end && *end != ' ' && *end != '\r') || !(n >= 0 && n < 1e18))
		return false;
	return strcmp(l.status, "OK") != 0 || count(m, &l, n);
}

static void
end_line(struct ka_metrics *m)
{
	size_t name = strlen(WANTED);

	if (m->len >= name && memcmp(m->line, WANTED, name) == 0) {
		m->line[m->len] = '\0';
		if (m->too_long || strlen(m->line) != m->len || !wanted_line(m, m->line + name))
			m->damaged++;
	}
	m->len = 0;
	m->too_long = false;
}

void
ka_metrics_feed(struct ka_metrics *m, const char *p, size_t len)
{
	while (len) {
		const char *nl = memchr(p, '\n', len);
		size_t piece = nl ? (size_t)(nl - p) : len;
		size_t room = sizeof m->line - 1 - m->len;

		if (piece > room)
			m->too_long = true;
		memcpy(m->line + m->len, p, piece < room ? piece : room);
		m->len += piece < room ? piece : room;
		if (!nl)
			return;
		end_line(m);
		p += piece + 1;
		len -= piece + 1;
	}
}

static int
row_cmp(const void *pa, const void *pb)
{
	const struct row *a = pa, *b = pb;
	int c = strcmp(a->resource, b->resource);

	if (!c)
		c = strcmp(a->prefix, b->prefix);
	return c ? c : strcmp(a->type, b->type);
}

unsigned
ka_metrics_finish(struct ka_metrics *m)
{
	if (m->len)
		end_line(m);
	if (m->n > 1)
		qsort(m->row, m->n, sizeof *m->row, row_cmp);
	return m->damaged;
}

void
ka_metrics_write(const struct ka_metrics *m, struct ka_out *out)
{
	ka_out_str(out, "{\"transformers\":{");
	for (size_t i = 0; i < m->n; i++) {
		const struct row *r = &m->row[i], *before = i ? r - 1 : NULL;
		bool resource = !before || strcmp(before->resource, r->resource) != 0;
		bool prefix = resource || strcmp(before->prefix, r->prefix) != 0;

		if (before)
			ka_out_str(out, resource ? "}}," : prefix ? "}," : ",");
		if (resource) {
			ka_out_json(out, r->resource);
			ka_out_str(out, ":{");
		}
		if (prefix) {
			ka_out_json(out, r->prefix);
			ka_out_str(out, ":{");
		}
		ka_out_json(out, r->type);
		ka_out_fmt(out, ":\"%.0f\"", r->count);
	}
	ka_out_str(out, m->n ? "}}}}" : "}}");
}
