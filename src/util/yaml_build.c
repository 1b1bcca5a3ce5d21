#include "util/yaml_build.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "util/alloc.h"
#include "util/arena.h"
#include "util/banned.h"
#include "util/intern.h"
#include "util/str.h"
#include "util/yaml_scalar.h"

#define ANCHOR_OPEN (KA_MAP_NONE - 1)

/* Nodes that aliases may add to a document.  Real files stay far below; what is above is a bomb. */
#define MAX_COPIED (1u << 20)

void
ka_yaml_build_init(struct ka_yaml_build *b, struct ka_tape *tape, const struct ka_limits *limits)
{
	*b = (struct ka_yaml_build){ .tape = tape, .limits = ka_limits_effective(limits) };
	ka_map_init(&b->anchors.start);
	ka_keyset_init(&b->keys);
}

void
ka_yaml_build_clear(struct ka_yaml_build *b)
{
	struct ka_yaml_anchors *a = &b->anchors;

	ka_tape_clear(b->tape);
	b->depth = b->copied = 0;
	b->err.code = KA_OK;
	a->n = 0;
	if (a->arena) {
		ka_map_release(&a->start);
		ka_map_init(&a->start);
		ka_intern_free(a->names);
		ka_arena_free(a->arena);
		a->arena = NULL;
	}
}

void
ka_yaml_build_release(struct ka_yaml_build *b)
{
	ka_yaml_build_clear(b);
	ka_map_release(&b->anchors.start);
	ka_keyset_release(&b->keys);
	free(b->anchors.node);
	free(b->anchors.line);
	free(b->frame);
	free(b->end);
	free(b->old_node);
	free(b->old_line);
}

static __attribute__((format(printf, 4, 5))) int
fail(struct ka_yaml_build *b, uint32_t line, enum ka_errc code, const char *fmt, ...)
{
	char msg[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(msg, sizeof msg, fmt, ap);
	va_end(ap);
	b->err_line = line;
	return ka_err_set(&b->err, code, "%s", msg);
}

/* Room for n more nodes. */
static int
reserve(struct ka_yaml_build *b, uint32_t n, uint32_t line)
{
	struct ka_tape *t = b->tape;

	if (n > b->limits.nodes || t->n > b->limits.nodes - n)
		return fail(b, line, KA_ELIMIT, "more than %u nodes (--max-object-size)",
			    b->limits.nodes);
	while (t->cap - t->n < n) {
		t->cap = t->cap ? t->cap * 2 : 256;
		t->node = ka_xreallocarray(t->node, t->cap, sizeof *t->node);
	}
	if (t->line_cap < t->cap) {
		t->line = ka_xreallocarray(t->line, t->cap, sizeof *t->line);
		t->line_cap = t->cap;
	}
	return 0;
}

static struct ka_yaml_frame *
top(struct ka_yaml_build *b)
{
	return b->depth ? &b->frame[b->depth - 1] : NULL;
}

static bool
at_key(struct ka_yaml_build *b)
{
	struct ka_yaml_frame *f = top(b);

	return f && f->object && !f->value_next;
}

static const char *
intern_name(struct ka_yaml_anchors *a, const char *name)
{
	if (!a->arena) {
		a->arena = ka_arena_new();
		a->names = ka_intern_new(a->arena);
	}
	return ka_intern(a->names, name);
}

/* Copies nodes that are one value from src[from..] to the end of dst, which has room. */
static void
copy_value(struct ka_node *dst, uint32_t at, const struct ka_node *src, uint32_t from)
{
	uint32_t n = src[from].next - from;

	memcpy(dst + at, src + from, n * sizeof *dst);
	for (uint32_t i = at; i < at + n; i++)
		dst[i].next += at - from;
}

/* The value at node is complete: remember it under its anchor. */
static int
keep_anchor(struct ka_yaml_build *b, const char *name, uint32_t node)
{
	struct ka_yaml_anchors *a = &b->anchors;
	struct ka_tape *t = b->tape;
	uint32_t n = t->node[node].next - node;

	if (n > b->limits.nodes || a->n > b->limits.nodes - n)
		return fail(b, t->line[node], KA_ELIMIT,
			    "more than %u nodes under anchors (--max-object-size)", b->limits.nodes);
	while (a->cap - a->n < n) {
		a->cap = a->cap ? a->cap * 2 : 64;
		a->node = ka_xreallocarray(a->node, a->cap, sizeof *a->node);
		a->line = ka_xreallocarray(a->line, a->cap, sizeof *a->line);
	}
	copy_value(a->node, a->n, t->node, node);
	memcpy(a->line + a->n, t->line + node, n * sizeof *a->line);
	ka_map_set(&a->start, name, NULL, a->n);
	a->n += n;
	return 0;
}

/* The value at node is complete: counts it where it belongs. */
static int
value_done(struct ka_yaml_build *b, uint32_t node, const char *anchor)
{
	struct ka_yaml_frame *f = top(b);

	b->tape->node[node].next = b->tape->n;
	if (f) {
		f->count++;
		f->value_next = false;
	}
	return anchor ? keep_anchor(b, anchor, node) : 0;
}

int
ka_yaml_build_open(struct ka_yaml_build *b, bool object, const char *anchor, uint32_t line)
{
	struct ka_tape *t = b->tape;
	struct ka_yaml_frame *f;

	if (at_key(b))
		return fail(b, line, KA_EFORMAT, "a %s as a mapping key",
			    object ? "mapping" : "sequence");
	if (b->depth >= b->limits.depth)
		return fail(b, line, KA_ELIMIT, "nested deeper than %u levels (--max-depth)",
			    b->limits.depth);
	if (reserve(b, 1, line) < 0)
		return -1;
	KA_GROW(b->frame, b->depth, b->frame_cap);
	f = &b->frame[b->depth++];
	*f = (struct ka_yaml_frame){ .node = t->n, .object = object };
	if (anchor) {
		f->anchor = intern_name(&b->anchors, anchor);
		ka_map_set(&b->anchors.start, f->anchor, NULL, ANCHOR_OPEN);
	}
	t->line[t->n] = line;
	t->node[t->n++] = (struct ka_node){ .type = object ? KA_OBJECT : KA_ARRAY };
	return 0;
}

/* The text of a string or number node, and the key's hash. */
static void
set_text(struct ka_tape *t, struct ka_node *n, const char *text, size_t len)
{
	n->off = (uint32_t)t->aside_len;
	n->len = (uint32_t)len;
	ka_tape_keep(t, text, len);
	n->spare = ka_key_hash(t->text + n->off, len);
}

static int
add_key(struct ka_yaml_build *b, struct ka_yaml_scalar *s, bool merge, uint32_t line)
{
	struct ka_tape *t = b->tape;
	struct ka_yaml_frame *f = top(b);

	if (ka_yaml_to_key(s, &b->err) < 0) {
		b->err_line = line;
		return -1;
	}
	f->merges |= merge;
	f->value_next = true;
	t->line[t->n] = line;
	t->node[t->n] = (struct ka_node){ .type = KA_STRING,
					  .flags = merge ? KA_NODE_MERGE : 0,
					  .next = t->n + 1 };
	set_text(t, &t->node[t->n], s->text, s->len);
	t->n++;
	return 0;
}

int
ka_yaml_build_scalar(struct ka_yaml_build *b, struct ka_yaml_text *scalar)
{
	static const char merge_tag[] = "tag:yaml.org,2002:merge";
	struct ka_tape *t = b->tape;
	struct ka_yaml_scalar s;
	const char *anchor = NULL;
	bool merge, is_key = at_key(b);
	uint32_t node = t->n;

	if (ka_yaml_type(&s, scalar->text, scalar->len, scalar->tag, scalar->plain, &b->err) < 0) {
		b->err_line = scalar->line;
		return -1;
	}
	if (s.type == KA_STRING && (memchr(s.text, 0, s.len) || !ka_utf8_valid(s.text, s.len)))
		return fail(b, scalar->line, KA_EFORMAT,
			    memchr(s.text, 0, s.len) ? "NUL in a string"
						     : "invalid UTF-8 in a string");
	if (reserve(b, 1, scalar->line) < 0)
		return -1;
	merge = is_key && strcmp(scalar->text, "<<") == 0 &&
		(scalar->tag ? strcmp(scalar->tag, merge_tag) == 0 : scalar->plain);
	if (!is_key && s.special)
		return fail(b, scalar->line, KA_EFORMAT, "%s cannot be written in JSON", s.text);
	if (scalar->anchor)
		anchor = intern_name(&b->anchors, scalar->anchor);
	if (is_key) {
		if (add_key(b, &s, merge, scalar->line) < 0)
			return -1;
		return anchor ? keep_anchor(b, anchor, node) : 0;
	}
	t->line[node] = scalar->line;
	t->node[node] = (struct ka_node){ .type = s.type };
	if (s.type >= KA_NUMBER)
		set_text(t, &t->node[node], s.text, s.len);
	t->n++;
	return value_done(b, node, anchor);
}

/* How deep the containers of an anchored value are nested: no more than `max`, or false. */
static bool
fits_depth(struct ka_yaml_build *b, uint32_t from, uint32_t max)
{
	const struct ka_node *node = b->anchors.node;
	uint32_t depth = 0;

	for (uint32_t i = from; i < node[from].next; i++) {
		while (depth && b->end[depth - 1] <= i)
			depth--;
		if (node[i].type < KA_ARRAY)
			continue;
		if (depth >= max)
			return false;
		KA_GROW(b->end, depth, b->end_cap);
		b->end[depth++] = node[i].next;
	}
	return true;
}

static int
alias_as_key(struct ka_yaml_build *b, const struct ka_node *node, uint32_t line)
{
	struct ka_tape *t = b->tape;
	struct ka_yaml_scalar s = { .type = node->type };
	char *copy;
	int rc;

	if (node->type >= KA_ARRAY)
		return fail(b, line, KA_EFORMAT, "an alias of a %s as a mapping key",
			    node->type == KA_OBJECT ? "mapping" : "sequence");
	/* The text moves when more is kept. */
	copy = ka_xmalloc((size_t)node->len + 1);
	memcpy(copy, t->text + node->off, node->len);
	s.text = copy;
	s.len = node->len;
	rc = add_key(b, &s, false, line);
	free(copy);
	return rc;
}

int
ka_yaml_build_alias(struct ka_yaml_build *b, const char *name, uint32_t line)
{
	struct ka_yaml_anchors *a = &b->anchors;
	struct ka_tape *t = b->tape;
	const char *known = a->arena ? ka_intern_find(a->names, name, strlen(name)) : NULL;
	uint32_t from = known ? ka_map_get(&a->start, known, NULL) : KA_MAP_NONE, n, node = t->n;

	if (from == KA_MAP_NONE)
		return fail(b, line, KA_EFORMAT, "unknown anchor \"%.60s\"", name);
	if (from == ANCHOR_OPEN)
		return fail(b, line, KA_EFORMAT, "anchor \"%.60s\" holds itself", name);
	n = a->node[from].next - from;
	if (n > MAX_COPIED - b->copied)
		return fail(b, line, KA_ELIMIT, "aliases for more than %u nodes (--max-object-size)",
			    MAX_COPIED);
	if (reserve(b, n, line) < 0)
		return -1;
	b->copied += n;
	if (at_key(b))
		return alias_as_key(b, &a->node[from], line);
	if (!fits_depth(b, from, b->limits.depth - b->depth))
		return fail(b, line, KA_ELIMIT, "nested deeper than %u levels (--max-depth)",
			    b->limits.depth);
	copy_value(t->node, t->n, a->node, from);
	memcpy(t->line + t->n, a->line + from, n * sizeof *t->line);
	t->n += n;
	return value_done(b, node, NULL);
}

/* Puts a member of the old mapping at the end of the tape. */
static void
put_member(struct ka_yaml_build *b, uint32_t key)
{
	struct ka_tape *t = b->tape;
	const struct ka_node *old = b->old_node;
	uint32_t end = old[old[key].next].next, shift = t->n - key;

	memcpy(t->line + t->n, b->old_line + key, (end - key) * sizeof *t->line);
	for (uint32_t i = key; i < end; i++) {
		t->node[t->n] = old[i];
		t->node[t->n++].next += shift;
	}
}

/* Puts those members of the old node `from` that are not there yet; returns their number. */
static uint32_t
put_absent(struct ka_yaml_build *b, uint32_t from)
{
	const struct ka_node *old = b->old_node;
	uint32_t count = 0;

	for (uint32_t k = from + 1; k < old[from].next; k = old[old[k].next].next) {
		if (ka_keyset_add(&b->keys, b->tape->text + old[k].off, old[k].len, 0) !=
		    KA_KEYSET_NEW)
			continue;
		put_member(b, k);
		count++;
	}
	return count;
}

/* The value of a "<<" key: a mapping, or a sequence of them, the earlier the stronger. */
static int
put_merged(struct ka_yaml_build *b, uint32_t from, uint32_t *count)
{
	const struct ka_node *old = b->old_node;

	if (old[from].type == KA_OBJECT) {
		*count += put_absent(b, from);
		return 0;
	}
	for (uint32_t i = from + 1; old[from].type == KA_ARRAY && i < old[from].next;
	     i = old[i].next) {
		if (old[i].type != KA_OBJECT)
			return fail(b, b->old_line[i], KA_EFORMAT,
				    "\"<<\" wants a mapping or a sequence of mappings");
		*count += put_absent(b, i);
	}
	if (old[from].type != KA_ARRAY)
		return fail(b, b->old_line[from], KA_EFORMAT,
			    "\"<<\" wants a mapping or a sequence of mappings");
	return 0;
}

/* Replaces "<<" keys by what they bring: first the mapping's own members, then those it lacks. */
static int
merge(struct ka_yaml_build *b, uint32_t obj)
{
	struct ka_tape *t = b->tape;
	uint32_t n = t->n - obj, count = 0;

	if (b->old_cap < n) {
		b->old_cap = n * 2;
		b->old_node = ka_xreallocarray(b->old_node, b->old_cap, sizeof *b->old_node);
		b->old_line = ka_xreallocarray(b->old_line, b->old_cap, sizeof *b->old_line);
	}
	copy_value(b->old_node, 0, t->node, obj);
	memcpy(b->old_line, t->line + obj, n * sizeof *b->old_line);
	t->n = obj + 1;
	ka_keyset_clear(&b->keys, t->node[obj].len);
	for (uint32_t k = 1; k < n; k = b->old_node[b->old_node[k].next].next) {
		const struct ka_node *key = &b->old_node[k];

		if (key->flags & KA_NODE_MERGE)
			continue;
		if (ka_keyset_add(&b->keys, t->text + key->off, key->len, 0) != KA_KEYSET_NEW)
			return fail(b, b->old_line[k], KA_EFORMAT, "duplicate key \"%.*s\"",
				    key->len < 100 ? (int)key->len : 100, t->text + key->off);
		put_member(b, k);
		count++;
	}
	for (uint32_t k = 1; k < n; k = b->old_node[b->old_node[k].next].next)
		if ((b->old_node[k].flags & KA_NODE_MERGE) &&
		    put_merged(b, b->old_node[k].next, &count) < 0)
			return -1;
	t->node[obj].len = count;
	t->node[obj].next = t->n;
	return 0;
}

int
ka_yaml_build_close(struct ka_yaml_build *b)
{
	struct ka_tape *t = b->tape;
	struct ka_yaml_frame f = *top(b);
	uint32_t twice;

	t->node[f.node].len = f.count;
	t->node[f.node].next = t->n;
	if (f.merges) {
		if (merge(b, f.node) < 0)
			return -1;
	} else if (f.object && f.count > 1) {
		twice = ka_tape_duplicate(t, f.node, &b->keys);
		if (twice)
			return fail(b, t->line[twice], KA_EFORMAT, "duplicate key \"%.*s\"",
				    t->node[twice].len < 100 ? (int)t->node[twice].len : 100,
				    t->text + t->node[twice].off);
	}
	b->depth--;
	return value_done(b, f.node, f.anchor);
}
