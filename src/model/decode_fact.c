/* Facts of kassay's own: whatever their shape, values by path. */
#include <stdlib.h>
#include <string.h>

#include "model/decode.h"
#include "model/trim.h"
#include "util/alloc.h"
#include "util/str.h"
#include "util/banned.h"

#define PATH_MAX_BYTES (64u << 10)

struct flat {
	struct ka_decode *d;
	struct ka_buf path;
	struct ka_kv *kv;
	size_t n, cap;
};

static void
put(struct flat *f, const char *value, size_t len)
{
	KA_GROW(f->kv, f->n, f->cap);
	f->kv[f->n++] = (struct ka_kv){ ka_intern_n(f->d->in, f->path.s, f->path.len),
					ka_intern_n(f->d->in, value, len) };
}

static const char *
scalar(struct flat *f, const struct ka_node *v, size_t *len)
{
	switch ((enum ka_type)v->type) {
	case KA_TRUE:
		*len = strlen("true");
		return "true";
	case KA_FALSE:
		*len = strlen("false");
		return "false";
	case KA_NUMBER:
	case KA_STRING:
		return ka_tape_text(f->d->t, v, len);
	case KA_NULL:
	case KA_ARRAY:
	case KA_OBJECT:
		break;
	}
	return NULL;
}

/* ["a", "b"] is "a,b"; false when an element is no plain value. */
static bool
joined(struct flat *f, const struct ka_node *arr)
{
	struct ka_buf b;
	bool plain = true;

	ka_buf_init(&b, 1u << 20);
	for (const struct ka_node *e = ka_tape_first(f->d->t, arr); e && plain; e = ka_tape_after(f->d->t, arr, e)) {
		size_t len;
		const char *text = scalar(f, e, &len);

		plain = text && (!b.len || ka_buf_add(&b, ",", 1, NULL) == 0) && ka_buf_add(&b, text, len, NULL) == 0;
	}
	if (plain)
		put(f, b.len ? b.s : "", b.len);
	ka_buf_release(&b);
	return plain;
}

bool
ka_fact_dropped(struct ka_tape *t, const struct ka_node *key)
{
	return ka_tape_is(t, key, "staticPodURLHeader");
}

/* Recursion is bounded by the reader's depth limit. */
static void
flatten(struct flat *f, const struct ka_node *v)
{
	struct ka_tape *t = f->d->t;
	size_t before = f->path.len, len, i = 0;
	const char *text = scalar(f, v, &len);

	if (text) {
		put(f, text, len);
	} else if (v->type == KA_OBJECT && !v->len) {
		put(f, "", 0);
	} else if (v->type == KA_OBJECT) {
		for (const struct ka_node *k = ka_tape_first(t, v); k; k = ka_tape_after(t, v, k)) {
			if (!before && ka_fact_dropped(t, k))
				continue;
			text = ka_tape_text(t, k, &len);
			if ((!before || ka_buf_add(&f->path, ".", 1, NULL) == 0) &&
			    ka_buf_add(&f->path, text, len, NULL) == 0)
				flatten(f, ka_tape_value(t, k));
			else
				ka_dec_problem(f->d, k, "the path of a fact is too long");
			f->path.len = before;
		}
	} else if (v->type == KA_ARRAY && !joined(f, v)) {
		for (const struct ka_node *e = ka_tape_first(t, v); e; e = ka_tape_after(t, v, e)) {
			if (ka_buf_fmt(&f->path, NULL, "[%zu]", i++) == 0)
				flatten(f, e);
			f->path.len = before;
		}
	}
}

struct ka_object *
ka_dec_fact(struct ka_decode *d, const struct ka_node *root)
{
	const struct ka_node *facts = ka_dec_object(d, root, "facts");
	struct flat f = { .d = d };
	struct ka_fact *fact = ka_dec_new(d, sizeof *fact);

	fact->source = ka_dec_str(d, root, "source");
	ka_buf_init(&f.path, PATH_MAX_BYTES);
	if (facts && facts->len)
		flatten(&f, facts);
	fact->value = ka_dec_kvs_keep(d, f.kv, f.n);
	ka_buf_release(&f.path);
	free(f.kv);
	return &fact->obj;
}
