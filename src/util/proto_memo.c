/* Messages that come again, byte for byte, at the same place of the next item: their nodes are copied. */
#include <string.h>

#include "util/alloc.h"
#include "util/proto_walk.h"
#include "util/banned.h"

/* Shorter ones are read as quickly as found. */
#define WORTH 16

void
ka_proto_turn(struct ka_proto_walk *w)
{
	struct ka_tape tape = w->before;
	struct ka_proto_parts parts = w->parts_before;

	w->before = w->tape;
	w->parts_before = w->parts;
	w->tape = tape;
	w->parts = parts;
	w->parts.n = 0;
	w->range = (struct ka_proto_range){ 0, w->parts_before.n };
	ka_tape_clear(&w->tape);
	w->tape.first_line = 0;
	w->tape.text = w->tape.aside ? w->tape.aside : "";
	w->depth = 0;
	ka_proto_room(w);
}

void
ka_proto_memo_release(struct ka_proto_walk *w)
{
	ka_tape_release(&w->before);
	free(w->parts.v);
	free(w->parts_before.v);
}

/* The next sibling in the item before that has this table, or NULL. */
static const struct ka_proto_part *
counterpart(struct ka_proto_walk *w, const struct ka_proto_schema *s)
{
	uint32_t i = w->range.at;

	while (i < w->range.end && w->parts_before.v[i].schema != s)
		i = w->parts_before.v[i].after;
	if (i >= w->range.end)
		return NULL;
	w->range.at = w->parts_before.v[i].after;
	return &w->parts_before.v[i];
}

static bool
equal(const struct ka_wire *a, const struct ka_wire *b)
{
	return ka_wire_len(a) == ka_wire_len(b) && memcmp(a->p, b->p, ka_wire_len(a)) == 0;
}

static struct ka_proto_part *
add_part(struct ka_proto_walk *w)
{
	KA_GROW(w->parts.v, w->parts.n, w->parts.cap);
	return &w->parts.v[w->parts.n++];
}

/* Takes over old and what is inside it.  Differences of offsets wrap around. */
static bool
repeat(struct ka_proto_walk *w, const struct ka_proto_part *old)
{
	struct ka_tape *t = &w->tape;
	uint32_t nodes = old->node_end - old->node, part = (uint32_t)(old - w->parts_before.v);
	uint32_t node = t->n - old->node, text, parts = w->parts.n - part;
	size_t len = old->text_end - old->text;
	struct ka_node *to;

	if (!ka_proto_reserve(w, len, nodes))
		return false;
	text = (uint32_t)t->aside_len - old->text;
	memcpy(t->aside + t->aside_len, w->before.aside + old->text, len);
	t->aside_len += len;
	to = &t->node[t->n];
	t->n += nodes;
	for (const struct ka_node *n = &w->before.node[old->node]; nodes; nodes--, n++, to++) {
		*to = *n;
		to->off += text;
		to->next += node;
	}
	for (uint32_t i = part; i < old->after; i++) {
		struct ka_proto_part *p = add_part(w);

		*p = w->parts_before.v[i];
		p->node += node;
		p->node_end += node;
		p->text += text;
		p->text_end += text;
		p->after += parts;
	}
	return true;
}

bool
ka_proto_part(struct ka_proto_walk *w, const struct ka_proto_schema *s, struct ka_wire msg)
{
	const struct ka_proto_part *old;
	struct ka_proto_range siblings;
	struct ka_proto_part *p;
	uint32_t i = w->parts.n;

	if (ka_wire_len(&msg) < WORTH)
		return ka_proto_object(w, s, msg);
	old = counterpart(w, s);
	if (old && equal(&old->msg, &msg))
		return repeat(w, old);
	siblings = w->range;
	w->range = (struct ka_proto_range){ 0, 0 };
	if (old)
		w->range = (struct ka_proto_range){ (uint32_t)(old - w->parts_before.v) + 1, old->after };
	p = add_part(w);
	*p = (struct ka_proto_part){
		.schema = s, .msg = msg, .node = w->tape.n, .text = (uint32_t)w->tape.aside_len,
	};
	if (!ka_proto_object(w, s, msg))
		return false;
	p = &w->parts.v[i];
	p->node_end = w->tape.n;
	p->text_end = (uint32_t)w->tape.aside_len;
	p->after = w->parts.n;
	w->range = siblings;
	return true;
}
