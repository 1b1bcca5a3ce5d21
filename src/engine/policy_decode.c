#include "engine/policy_decode.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "util/arena.h"
#include "util/nearest.h"
#include "util/str.h"

#include "util/banned.h"

#define API_VERSION "kassay/v1"
#define KIND	    "Policy"

struct reader {
	struct ka_policy *p;
	const struct ka_catalog *catalog;
	struct ka_tape *t;
	struct ka_err *err;
};

/* A member of an object: a string kept at an offset of the row, or whatever `read` makes of it. */
struct field {
	const char *name;
	size_t offset;
	int (*read)(struct reader *r, const struct ka_node *value, void *row);
};
struct fields {
	const char *what; /* "a waiver" */
	size_t n;
	const struct field *v;
};
#define FIELDS(what, table)                                                                        \
	{                                                                                          \
		what, sizeof(table) / sizeof *(table), table                                       \
	}

static int __attribute__((format(printf, 3, 4)))
fail_at(struct reader *r, const struct ka_node *node, const char *fmt, ...)
{
	char msg[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(msg, sizeof msg, fmt, ap);
	va_end(ap);
	return ka_err_set(r->err, KA_EUSAGE, "%s:%u: %s", r->p->file, ka_tape_line(r->t, node),
			  msg);
}

static const char *
text(struct reader *r, const struct ka_node *node)
{
	size_t len;
	const char *s = ka_tape_text(r->t, node, &len);

	return ka_arena_strndup(r->p->arena, s, len);
}

static int
read_str(struct reader *r, const struct ka_node *value, const char *name, const char **ret)
{
	if (value->type != KA_STRING)
		return fail_at(r, value,
			       "%s must be text (in quotes, when it looks like something else)",
			       name);
	if (!value->len)
		return fail_at(r, value, "%s is empty", name);
	*ret = text(r, value);
	return 0;
}

/* ---- objects and lists -------------------------------------------------------------------- */

static const struct field *
find_field(struct reader *r, const struct fields *fields, const struct ka_node *key)
{
	const char *name = text(r, key);
	struct ka_nearest near = ka_nearest_to(name);

	for (size_t i = 0; i < fields->n; i++) {
		if (strcmp(fields->v[i].name, name) == 0)
			return &fields->v[i];
		ka_nearest_try(&near, fields->v[i].name);
	}
	fail_at(r, key, "%s has no member \"%s\"%s", fields->what, name, ka_nearest_hint(&near));
	return NULL;
}

static int
read_object(struct reader *r, const struct ka_node *obj, const struct fields *fields, void *row)
{
	if (obj->type != KA_OBJECT)
		return fail_at(r, obj, "%s must be a mapping", fields->what);
	for (const struct ka_node *k = ka_tape_first(r->t, obj); k;
	     k = ka_tape_after(r->t, obj, k)) {
		const struct ka_node *value = ka_tape_value(r->t, k);
		const struct field *f = find_field(r, fields, k);
		int rc;

		if (!f)
			return -1;
		if (f->read)
			rc = f->read(r, value, row);
		else
			rc = read_str(r, value, f->name,
				      (const char **)(void *)((char *)row + f->offset));
		if (rc)
			return -1;
	}
	return 0;
}

/* Zeroed rows for all elements of a list. */
static void *
rows_for(struct reader *r, const struct ka_node *list, const char *what, size_t size)
{
	if (list->type == KA_ARRAY)
		return ka_arena_array(r->p->arena, list->len, size);
	fail_at(r, list, "%s must be a list", what);
	return NULL;
}

static int
missing(struct reader *r, const struct ka_node *obj, const char *what, const char *member,
	const char *value)
{
	return value ? 0 : fail_at(r, obj, "%s has no %s", what, member);
}

/* YYYY-MM-DD, and a day that exists. */
static int
check_date(struct reader *r, const struct ka_node *node, const char *name, const char *date)
{
	char stamp[32], back[21];
	int64_t t;

	if (!date)
		return 0;
	if (strlen(date) == 10) {
		snprintf(stamp, sizeof stamp, "%sT00:00:00Z", date);
		if (ka_time_parse(stamp, &t)) {
			ka_time_format(t, back);
			if (strcmp(back, stamp) == 0)
				return 0;
		}
	}
	return fail_at(r, node, "%s: \"%s\" is no date (YYYY-MM-DD)", name, date);
}

/* ---- checks ------------------------------------------------------------------------------- */

static int
no_such_check(struct reader *r, const struct ka_node *node, const char *key)
{
	struct ka_nearest near = ka_nearest_to(key);

	for (const struct ka_check_set *const *set = r->catalog->sets; *set; set++)
		for (size_t i = 0; i < (*set)->count; i++)
			ka_nearest_try(&near, (*set)->check[i].key);
	return fail_at(r, node, "no check is named %s%s", key, ka_nearest_hint(&near));
}

/* The rule of the check that a key names, added when there is none yet. */
static struct ka_policy_rule *
rule_for(struct reader *r, const struct ka_node *key)
{
	const char *name = text(r, key);
	const struct ka_check *check = ka_catalog_check(r->catalog, name);

	if (!check) {
		no_such_check(r, key, name);
		return NULL;
	}
	for (size_t i = 0; i < r->p->nrules; i++)
		if (r->p->rule[i].check == check)
			return &r->p->rule[i];
	r->p->rule[r->p->nrules].check = check;
	return &r->p->rule[r->p->nrules++];
}

static int
read_severity(struct reader *r, const struct ka_node *value, void *row)
{
	(void)row;
	if (value->type != KA_OBJECT)
		return fail_at(r, value, "severity must map checks to severities");
	for (const struct ka_node *k = ka_tape_first(r->t, value); k;
	     k = ka_tape_after(r->t, value, k)) {
		struct ka_policy_rule *rule = rule_for(r, k);
		const char *name = NULL;

		if (!rule || read_str(r, ka_tape_value(r->t, k), "a severity", &name))
			return -1;
		rule->severity = ka_severity_find(name);
		if (rule->severity == KA_SEV_DEFAULT)
			return fail_at(r, k,
				       "\"%s\" is no severity (info, low, medium, high, critical)",
				       name);
	}
	return 0;
}

static int
read_disabled(struct reader *r, const struct ka_node *value, void *row)
{
	(void)row;
	if (value->type != KA_OBJECT)
		return fail_at(r, value, "disabled must map checks to reasons");
	for (const struct ka_node *k = ka_tape_first(r->t, value); k;
	     k = ka_tape_after(r->t, value, k)) {
		struct ka_policy_rule *rule = rule_for(r, k);

		if (!rule || read_str(r, ka_tape_value(r->t, k), "the reason", &rule->disabled))
			return -1;
	}
	return 0;
}

/* ---- parameters --------------------------------------------------------------------------- */

static int
read_param(struct reader *r, const struct ka_node *key, struct ka_policy_param *param)
{
	const struct ka_node *list = ka_tape_value(r->t, key);
	const char **v;
	size_t n = 0;

	param->name = text(r, key);
	v = rows_for(r, list, param->name, sizeof *v);
	if (!v)
		return -1;
	for (const struct ka_node *e = ka_tape_first(r->t, list); e;
	     e = ka_tape_after(r->t, list, e))
		if (read_str(r, e, param->name, &v[n++]))
			return -1;
	param->value = (struct ka_strs){ n, v };
	return 0;
}

static int
read_params(struct reader *r, const struct ka_node *value, void *row)
{
	struct ka_policy *p = row;

	if (value->type != KA_OBJECT)
		return fail_at(r, value, "parameters must map names to lists");
	p->param = ka_arena_array(p->arena, value->len, sizeof *p->param);
	for (const struct ka_node *k = ka_tape_first(r->t, value); k;
	     k = ka_tape_after(r->t, value, k))
		if (read_param(r, k, &p->param[p->nparams++]))
			return -1;
	return 0;
}

/* ---- waivers ------------------------------------------------------------------------------ */

#define AT(type, member) .offset = offsetof(struct type, member)

static const struct field object_field[] = {
	{ .name = "kind", AT(ka_waiver, kind) },
	{ .name = "namespace", AT(ka_waiver, namespace) },
	{ .name = "name", AT(ka_waiver, name) },
};

static int
read_waived_object(struct reader *r, const struct ka_node *value, void *row)
{
	static const struct fields fields = FIELDS("a waiver's object", object_field);

	return read_object(r, value, &fields, row);
}

static const struct field waiver_field[] = {
	{ .name = "check", AT(ka_waiver, check) },
	{ .name = "object", .read = read_waived_object },
	{ .name = "container", AT(ka_waiver, container) },
	{ .name = "reason", AT(ka_waiver, reason) },
	{ .name = "owner", AT(ka_waiver, owner) },
	{ .name = "expires", AT(ka_waiver, expires) },
};

static int
check_glob(struct reader *r, const struct ka_node *node, const char *glob)
{
	for (const struct ka_check_set *const *set = r->catalog->sets; *set; set++)
		for (size_t i = 0; i < (*set)->count; i++)
			if (ka_glob(glob, (*set)->check[i].key))
				return 0;
	return no_such_check(r, node, glob);
}

static int
read_waiver(struct reader *r, const struct ka_node *node, struct ka_waiver *w)
{
	static const struct fields fields = FIELDS("a waiver", waiver_field);

	w->line = ka_tape_line(r->t, node);
	if (read_object(r, node, &fields, w) || missing(r, node, fields.what, "check", w->check) ||
	    missing(r, node, fields.what, "reason", w->reason) ||
	    missing(r, node, fields.what, "owner", w->owner))
		return -1;
	return check_glob(r, node, w->check) || check_date(r, node, "expires", w->expires) ? -1 : 0;
}

static int
read_waivers(struct reader *r, const struct ka_node *value, void *row)
{
	struct ka_policy *p = row;

	p->waiver = rows_for(r, value, "waivers", sizeof *p->waiver);
	if (!p->waiver)
		return -1;
	for (const struct ka_node *e = ka_tape_first(r->t, value); e;
	     e = ka_tape_after(r->t, value, e))
		if (read_waiver(r, e, &p->waiver[p->nwaivers++]))
			return -1;
	return 0;
}

/* ---- attestations ------------------------------------------------------------------------- */

/* holds: has no default, for a statement that says neither yes nor no attests nothing. */
struct attestation_row {
	struct ka_attestation a;
	bool holds_given;
};

static int
read_holds(struct reader *r, const struct ka_node *value, void *row)
{
	struct attestation_row *a = row;

	if (value->type != KA_TRUE && value->type != KA_FALSE)
		return fail_at(r, value, "holds must be true or false");
	a->a.holds = value->type == KA_TRUE;
	a->holds_given = true;
	return 0;
}

static const struct field attestation_field[] = {
	{ .name = "benchmark", AT(ka_attestation, benchmark) },
	{ .name = "control", AT(ka_attestation, control) },
	{ .name = "statement", AT(ka_attestation, statement) },
	{ .name = "by", AT(ka_attestation, by) },
	{ .name = "date", AT(ka_attestation, date) },
	{ .name = "holds", .read = read_holds },
};

static int
check_control(struct reader *r, const struct ka_node *node, const struct ka_attestation *a)
{
	const struct ka_bench *b = ka_catalog_bench(r->catalog, a->benchmark);
	struct ka_nearest near = ka_nearest_to(a->benchmark);

	if (b && ka_bench_item_find(b, a->control))
		return 0;
	if (b)
		return fail_at(r, node, "%s has no control %s", b->name, a->control);
	for (const struct ka_bench *const *known = r->catalog->benches; *known; known++)
		ka_nearest_try(&near, (*known)->name);
	return fail_at(r, node, "no benchmark is named %s%s", a->benchmark, ka_nearest_hint(&near));
}

static int
read_attestation(struct reader *r, const struct ka_node *node, struct ka_attestation *ret)
{
	static const struct fields fields = FIELDS("an attestation", attestation_field);
	struct attestation_row row = { .holds_given = false };

	if (read_object(r, node, &fields, &row) ||
	    missing(r, node, fields.what, "benchmark", row.a.benchmark) ||
	    missing(r, node, fields.what, "control", row.a.control) ||
	    missing(r, node, fields.what, "statement", row.a.statement) ||
	    missing(r, node, fields.what, "by", row.a.by) ||
	    missing(r, node, fields.what, "date", row.a.date) ||
	    missing(r, node, fields.what, "holds", row.holds_given ? "given" : NULL) ||
	    check_date(r, node, "date", row.a.date))
		return -1;
	*ret = row.a;
	return check_control(r, node, ret);
}

static int
read_attestations(struct reader *r, const struct ka_node *value, void *row)
{
	struct ka_policy *p = row;

	p->attestation = rows_for(r, value, "attestations", sizeof *p->attestation);
	if (!p->attestation)
		return -1;
	for (const struct ka_node *e = ka_tape_first(r->t, value); e;
	     e = ka_tape_after(r->t, value, e))
		if (read_attestation(r, e, &p->attestation[p->nattestations++]))
			return -1;
	return 0;
}

/* ---- the document ------------------------------------------------------------------------- */

static int
read_api_version(struct reader *r, const struct ka_node *value, void *row)
{
	(void)row;
	return ka_tape_is(r->t, value, API_VERSION)
		       ? 0
		       : fail_at(r, value, "apiVersion is not " API_VERSION);
}

static int
read_kind(struct reader *r, const struct ka_node *value, void *row)
{
	(void)row;
	return ka_tape_is(r->t, value, KIND) ? 0 : fail_at(r, value, "kind is not " KIND);
}

static const struct field policy_field[] = {
	{ .name = "apiVersion", .read = read_api_version },
	{ .name = "kind", .read = read_kind },
	{ .name = "parameters", .read = read_params },
	{ .name = "severity", .read = read_severity },
	{ .name = "disabled", .read = read_disabled },
	{ .name = "waivers", .read = read_waivers },
	{ .name = "attestations", .read = read_attestations },
};

int
ka_policy_decode(struct ka_policy *p, const struct ka_catalog *catalog, struct ka_tape *tape,
		 const struct ka_node *root, struct ka_err *err)
{
	static const struct fields fields = FIELDS("a policy", policy_field);
	struct reader r = { .p = p, .catalog = catalog, .t = tape, .err = err };

	p->rule = ka_arena_array(p->arena, ka_catalog_count(catalog), sizeof *p->rule);
	if (root->type != KA_OBJECT)
		return fail_at(&r, root, "a policy must be a mapping");
	if (!ka_tape_get(tape, root, "apiVersion") || !ka_tape_get(tape, root, "kind"))
		return fail_at(&r, root,
			       "a policy begins with apiVersion: " API_VERSION " and kind: " KIND);
	return read_object(&r, root, &fields, p);
}
