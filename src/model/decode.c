/* Typed access to the fields of a tape, telling what has the wrong type. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/build.h"
#include "model/decode.h"
#include "util/banned.h"

static const char *const type_names[] = {
	[KA_NULL] = "null",      [KA_FALSE] = "a boolean", [KA_TRUE] = "a boolean", [KA_NUMBER] = "a number",
	[KA_STRING] = "a string", [KA_ARRAY] = "a list",    [KA_OBJECT] = "an object",
};

void
ka_dec_problem(struct ka_decode *d, const struct ka_node *node, const char *fmt, ...)
{
	char why[256], object[320];
	const struct ka_object *o = d->obj;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, sizeof why, fmt, ap);
	va_end(ap);
	snprintf(object, sizeof object, "%s %s%s%s", o->kind_name ? o->kind_name : "?",
		 o->namespace ? o->namespace : "", o->namespace ? "/" : "", o->name ? o->name : "?");
	ka_build_problem(d->b, ka_tape_line(d->t, node), object, true, why);
}

static const struct ka_node *
field(struct ka_decode *d, const struct ka_node *parent, const char *key)
{
	const struct ka_node *v = parent ? ka_tape_get(d->t, parent, key) : NULL;

	return v && v->type != KA_NULL ? v : NULL;
}

static const struct ka_node *
wrong(struct ka_decode *d, const struct ka_node *v, const char *key, const char *expected)
{
	ka_dec_problem(d, v, "field \"%s\" must be %s, not %s", key, expected, type_names[v->type]);
	return NULL;
}

const struct ka_node *
ka_dec_object(struct ka_decode *d, const struct ka_node *parent, const char *key)
{
	const struct ka_node *v = field(d, parent, key);

	return v && v->type != KA_OBJECT ? wrong(d, v, key, "an object") : v;
}

const struct ka_node *
ka_dec_array(struct ka_decode *d, const struct ka_node *parent, const char *key)
{
	const struct ka_node *v = field(d, parent, key);

	return v && v->type != KA_ARRAY ? wrong(d, v, key, "a list") : v;
}

const char *
ka_dec_intern(struct ka_decode *d, const struct ka_node *node)
{
	size_t len;
	const char *text = ka_tape_text(d->t, node, &len);

	return ka_intern_n(d->in, text, len);
}

void
ka_dec_soon(const struct ka_decode *d, const struct ka_node *node)
{
	if (node && node->type == KA_STRING)
		ka_intern_soon(d->in, d->t->text + node->off, node->len);
}

const char *
ka_dec_copy(struct ka_decode *d, const struct ka_node *parent, const char *key)
{
	const struct ka_node *v = field(d, parent, key);
	const char *text;
	size_t len;

	if (v && v->type != KA_STRING)
		v = wrong(d, v, key, "a string");
	if (!v || !v->len)
		return NULL;
	text = ka_tape_text(d->t, v, &len);
	return ka_arena_strndup(d->keep, text, len);
}

const char *
ka_dec_str(struct ka_decode *d, const struct ka_node *parent, const char *key)
{
	const struct ka_node *v = field(d, parent, key);

	if (v && v->type != KA_STRING)
		v = wrong(d, v, key, "a string");
	return v && v->len ? ka_dec_intern(d, v) : NULL;
}

const char *
ka_dec_str_or(struct ka_decode *d, const struct ka_node *parent, const char *key, const char *otherwise)
{
	const char *s = ka_dec_str(d, parent, key);

	return s ? s : ka_intern(d->in, otherwise);
}

const char *
ka_dec_text(struct ka_decode *d, const struct ka_node *parent, const char *key)
{
	const struct ka_node *v = field(d, parent, key);

	if (v && v->type != KA_STRING && v->type != KA_NUMBER)
		v = wrong(d, v, key, "a string or a number");
	return v && v->len ? ka_dec_intern(d, v) : NULL;
}

enum ka_tri
ka_dec_tri(struct ka_decode *d, const struct ka_node *parent, const char *key)
{
	const struct ka_node *v = field(d, parent, key);

	if (v && v->type != KA_TRUE && v->type != KA_FALSE)
		v = wrong(d, v, key, "true or false");
	return !v ? KA_UNSET : v->type == KA_TRUE ? KA_YES : KA_NO;
}

bool
ka_dec_bool(struct ka_decode *d, const struct ka_node *parent, const char *key)
{
	return ka_dec_tri(d, parent, key) == KA_YES;
}

struct ka_optint
ka_dec_int(struct ka_decode *d, const struct ka_node *parent, const char *key)
{
	const struct ka_node *v = field(d, parent, key);
	struct ka_optint i = { .set = false };

	if (v && !ka_tape_int(d->t, v, &i.v))
		v = wrong(d, v, key, "a whole number");
	i.set = v != NULL;
	return i;
}

uint16_t
ka_dec_port(struct ka_decode *d, const struct ka_node *parent, const char *key)
{
	struct ka_optint i = ka_dec_int(d, parent, key);

	if (i.set && (i.v < 0 || i.v > UINT16_MAX)) {
		ka_dec_problem(d, field(d, parent, key), "field \"%s\" is no port number", key);
		return 0;
	}
	return i.set ? (uint16_t)i.v : 0;
}

struct ka_strs
ka_dec_strs(struct ka_decode *d, const struct ka_node *parent, const char *key)
{
	const struct ka_node *arr = ka_dec_array(d, parent, key);
	struct ka_strs list = { 0 };
	const char **v;

	if (!arr || !arr->len)
		return list;
	v = ka_arena_array(d->arena, arr->len, sizeof *v);
	for (const struct ka_node *e = ka_tape_first(d->t, arr); e; e = ka_tape_after(d->t, arr, e)) {
		if (e->type == KA_STRING)
			v[list.n++] = ka_dec_intern(d, e);
		else
			wrong(d, e, key, "a list of strings");
	}
	list.v = v;
	return list;
}

/* The first object at or after element e of a list.  A null is an empty object, as it is to Go: "ingress: [null]" is a
 * rule that allows everything. */
static const struct ka_node *
object_from(struct ka_decode *d, const struct ka_node *arr, const struct ka_node *e)
{
	for (; e && e->type != KA_OBJECT && e->type != KA_NULL; e = ka_tape_after(d->t, arr, e))
		ka_dec_problem(d, e, "a list holds %s where an object is expected", type_names[e->type]);
	return e;
}

const struct ka_node *
ka_dec_first(struct ka_decode *d, const struct ka_node *arr)
{
	return arr ? object_from(d, arr, ka_tape_first(d->t, arr)) : NULL;
}

const struct ka_node *
ka_dec_after(struct ka_decode *d, const struct ka_node *arr, const struct ka_node *e)
{
	return object_from(d, arr, ka_tape_after(d->t, arr, e));
}

/* --- string maps and selectors --------------------------------------------------------------------------------- */

/* The few labels of an object come nearly sorted: the API server writes maps in order. */
static void
kvs_sort(struct ka_kv *kv, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		struct ka_kv x = kv[i];
		size_t j = i;

		for (; j && strcmp(kv[j - 1].key, x.key) > 0; j--)
			kv[j] = kv[j - 1];
		kv[j] = x;
	}
}

static int
kv_cmp(const void *a, const void *b)
{
	return strcmp(((const struct ka_kv *)a)->key, ((const struct ka_kv *)b)->key);
}

/* One copy of each label set: most pods of a workload share theirs. */
const struct ka_kvs *
ka_dec_kvs_keep(struct ka_decode *d, struct ka_kv *kv, size_t n)
{
	struct ka_hash128 h = ka_hash128_start();
	struct ka_kvs *kvs;

	if (n > 32)
		qsort(kv, n, sizeof *kv, kv_cmp);
	else
		kvs_sort(kv, n);
	ka_hash128_feed(&h, n);
	for (size_t i = 0; i < n; i++) {
		ka_hash128_feed_ptr(&h, kv[i].key);
		ka_hash128_feed_ptr(&h, kv[i].value);
	}
	kvs = ka_hmap_get(d->kvs, h);
	if (!kvs) {
		kvs = ka_arena_alloc(d->keep, sizeof *kvs);
		kvs->n = n;
		kvs->kv = ka_arena_copy(d->keep, kv, n * sizeof *kv);
		ka_hmap_put(d->kvs, h, kvs);
	}
	return kvs;
}

const struct ka_kvs *
ka_dec_kvs(struct ka_decode *d, const struct ka_node *parent, const char *key,
	   bool (*keep)(const char *key, size_t key_len, size_t value_len))
{
	const struct ka_node *obj = ka_dec_object(d, parent, key);
	struct ka_arena_mark mark = ka_arena_mark(d->arena);
	const struct ka_kvs *kvs;
	struct ka_kv *kv;
	size_t n = 0;

	kv = ka_arena_array(d->arena, obj ? obj->len : 0, sizeof *kv);
	for (const struct ka_node *k = ka_tape_first(d->t, obj); k; k = ka_tape_after(d->t, obj, k)) {
		const struct ka_node *v = ka_tape_value(d->t, k);
		const char *name, *value = "";
		size_t name_len, len = 0;

		name = ka_tape_text(d->t, k, &name_len);
		if (v->type == KA_STRING) {
			value = ka_tape_text(d->t, v, &len);
		} else if (v->type != KA_NULL) {
			ka_dec_problem(d, v, "\"%.*s\" in \"%s\" must be a string, not %s",
				       (int)(name_len < 128 ? name_len : 128), name, key,
				       type_names[v->type]);
			continue;
		}
		if (!keep || keep(name, name_len, len))
			kv[n++] = (struct ka_kv){ ka_intern_n(d->in, name, name_len),
						  ka_intern_n(d->in, value, len) };
	}
	kvs = ka_dec_kvs_keep(d, kv, n);
	ka_arena_release(d->arena, mark);
	return kvs;
}

static enum ka_sel_op
selector_op(const char *op, size_t nvalues)
{
	static const struct {
		const char *name;
		enum ka_sel_op op;
		bool values;
	} ops[] = {
		{ "In", KA_SEL_IN, true },
		{ "NotIn", KA_SEL_NOT_IN, true },
		{ "Exists", KA_SEL_EXISTS, false },
		{ "DoesNotExist", KA_SEL_NOT_EXISTS, false },
	};

	for (size_t i = 0; op && i < sizeof ops / sizeof *ops; i++)
		if (strcmp(op, ops[i].name) == 0)
			return ops[i].values == (nvalues > 0) ? ops[i].op : KA_SEL_INVALID;
	return KA_SEL_INVALID;
}

static size_t
match_labels(struct ka_decode *d, const struct ka_node *labels, struct ka_sel_req *req)
{
	size_t n = 0;

	for (const struct ka_node *k = ka_tape_first(d->t, labels); k; k = ka_tape_after(d->t, labels, k)) {
		const struct ka_node *v = ka_tape_value(d->t, k);
		const char **value = ka_arena_alloc(d->arena, sizeof *value);

		if (v->type != KA_STRING) {
			wrong(d, v, "matchLabels", "a map of strings");
			/* Left out, it would widen what is selected. */
			req[n++] = (struct ka_sel_req){ ka_dec_intern(d, k), KA_SEL_INVALID, 0, NULL };
			continue;
		}
		*value = ka_dec_intern(d, v);
		req[n++] = (struct ka_sel_req){ ka_dec_intern(d, k), KA_SEL_IN, 1, value };
	}
	return n;
}

const struct ka_selector *
ka_dec_selector_node(struct ka_decode *d, const struct ka_node *obj)
{
	const struct ka_node *labels = ka_dec_object(d, obj, "matchLabels");
	const struct ka_node *exprs = ka_dec_array(d, obj, "matchExpressions");
	struct ka_selector *sel = ka_arena_alloc(d->arena, sizeof *sel);
	struct ka_sel_req *req;

	req = ka_arena_array(d->arena, (labels ? labels->len : 0) + (exprs ? exprs->len : 0), sizeof *req);
	sel->n = match_labels(d, labels, req);
	for (const struct ka_node *e = ka_dec_first(d, exprs); e; e = ka_dec_after(d, exprs, e)) {
		struct ka_strs values = ka_dec_strs(d, e, "values");
		struct ka_sel_req *r = &req[sel->n++];

		*r = (struct ka_sel_req){ ka_dec_str_or(d, e, "key", ""),
					  selector_op(ka_dec_str(d, e, "operator"), values.n), values.n,
					  values.v };
		if (r->op == KA_SEL_INVALID)
			ka_dec_problem(d, e, "selector on \"%s\": unknown operator, or values that do not go with it",
				       r->key);
	}
	sel->req = req;
	return sel;
}

const struct ka_selector *
ka_dec_selector(struct ka_decode *d, const struct ka_node *parent, const char *key)
{
	const struct ka_node *obj = ka_dec_object(d, parent, key);

	return obj ? ka_dec_selector_node(d, obj) : NULL;
}

const struct ka_selector *
ka_dec_selector_or_all(struct ka_decode *d, const struct ka_node *parent, const char *key)
{
	const struct ka_selector *sel = ka_dec_selector(d, parent, key);

	return sel ? sel : ka_arena_alloc(d->arena, sizeof *sel);
}

const struct ka_selector *
ka_dec_map_selector(struct ka_decode *d, const struct ka_node *parent, const char *key)
{
	const struct ka_node *obj = ka_dec_object(d, parent, key);
	struct ka_selector *sel;
	struct ka_sel_req *req;

	if (!obj)
		return NULL;
	sel = ka_arena_alloc(d->arena, sizeof *sel);
	req = ka_arena_array(d->arena, obj->len, sizeof *req);
	sel->n = match_labels(d, obj, req);
	sel->req = req;
	return sel;
}
