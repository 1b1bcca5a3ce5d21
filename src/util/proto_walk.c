/* Messages become objects, by tables. */
#include <string.h>

#include "util/proto_walk.h"
#include "util/str.h"
#include "util/banned.h"

/* --- values -------------------------------------------------------------------------------------- */

/* The next field of a small message.  `types` has a letter for each of its fields: v for a varint, b
 * for bytes.  0 at its end, -1 when it is wrong. */
int
ka_proto_small(struct ka_proto_walk *w, struct ka_wire *msg, const char *types, struct ka_wire_field *ret)
{
	const uint8_t *at = msg->p;
	const char *wrong;

	if (msg->p == msg->end)
		return 0;
	wrong = ka_wire_next(msg, ret);
	if (!wrong && ret->id <= strlen(types) &&
	    ret->type != (types[ret->id - 1] == 'v' ? KA_WIRE_VARINT : KA_WIRE_BYTES))
		wrong = "a field of the wrong wire type";
	if (wrong)
		ka_proto_bad(w, at, wrong);
	return wrong ? -1 : 1;
}

/* resource.Quantity */
static bool
quantity(struct ka_proto_walk *w, struct ka_wire msg)
{
	struct ka_wire_field in;
	struct ka_wire text = { msg.p, msg.p };
	int more;

	while ((more = ka_proto_small(w, &msg, "b", &in)) > 0)
		if (in.id == 1)
			text = in.bytes;
	if (more < 0)
		return false;
	return ka_wire_len(&text) ? ka_proto_string(w, &text) : ka_proto_bad(w, msg.p, "an empty quantity");
}

/* metav1.Time, as time_proto.go reads it: empty is the zero time, fractions of a second are dropped. */
static bool
moment(struct ka_proto_walk *w, struct ka_wire msg)
{
	bool zero = msg.p == msg.end;
	struct ka_wire_field in;
	uint64_t seconds = 0;
	char text[21];
	int more;

	if (zero)
		return ka_proto_mark(w, KA_NULL);
	while ((more = ka_proto_small(w, &msg, "vv", &in)) > 0)
		if (in.id == 1)
			seconds = in.number;
	if (more < 0)
		return false;
	ka_time_format((int64_t)seconds, text);
	return ka_proto_own(w, KA_STRING, text, strlen(text));
}

/* intstr.IntOrString: type, intVal, strVal. */
static bool
int_or_str(struct ka_proto_walk *w, struct ka_wire msg)
{
	struct ka_wire text = { msg.p, msg.p };
	uint64_t n[3] = { 0 };
	struct ka_wire_field in;
	int more;

	while ((more = ka_proto_small(w, &msg, "vvb", &in)) > 0) {
		if (in.id == 3)
			text = in.bytes;
		else if (in.id < 3)
			n[in.id] = in.number;
	}
	if (more < 0)
		return false;
	if (n[1] > 1)
		return ka_proto_bad(w, msg.p, "an IntOrString that is neither");
	return n[1] ? ka_proto_string(w, &text) : ka_proto_number(w, (int64_t)n[2]);
}

static bool
value(struct ka_proto_walk *w, const struct ka_proto_field *f, const struct ka_wire_field *in)
{
	switch ((enum ka_proto_type)f->type) {
	case KA_PB_STR:
		return ka_proto_string(w, &in->bytes);
	case KA_PB_INT:
		return ka_proto_number(w, (int64_t)in->number);
	case KA_PB_BOOL:
		return ka_proto_mark(w, in->number ? KA_TRUE : KA_FALSE);
	case KA_PB_BYTES:
		return ka_proto_base64(w, &in->bytes);
	case KA_PB_MSG:
	case KA_PB_INLINE:
		return ka_proto_part(w, f->message, in->bytes);
	case KA_PB_QUANTITY:
		return quantity(w, in->bytes);
	case KA_PB_TIME:
		return moment(w, in->bytes);
	case KA_PB_INT_OR_STR:
		return int_or_str(w, in->bytes);
	}
	return false;
}

/* --- messages ------------------------------------------------------------------------------------ */

static bool
fits(const struct ka_proto_field *f, const struct ka_wire_field *in)
{
	bool varint = f->type == KA_PB_INT || f->type == KA_PB_BOOL;

	return in->type == (varint && !(f->flags & KA_PB_MAP) ? KA_WIRE_VARINT : KA_WIRE_BYTES);
}

/* Whether the field at msg->p is one more of the same as *in; then that is *in. */
static bool
one_more(struct ka_wire *msg, struct ka_wire_field *in)
{
	struct ka_wire ahead = *msg;
	struct ka_wire_field next;

	if (ahead.p == ahead.end || ka_wire_next(&ahead, &next) || next.id != in->id)
		return false;
	*in = next;
	*msg = ahead;
	return true;
}

static bool
list(struct ka_proto_walk *w, const struct ka_proto_field *f, struct ka_wire_field *in, struct ka_wire *msg)
{
	uint32_t i = ka_proto_begin(w, KA_ARRAY), count = 0;

	if (i == UINT32_MAX)
		return false;
	do {
		if (!fits(f, in))
			return ka_proto_bad(w, msg->p, "a field of the wrong wire type");
		if (!value(w, f, in))
			return false;
		count++;
	} while (one_more(msg, in));
	return ka_proto_end(w, i, count);
}

/* One entry of a map: key and value are fields 1 and 2; either may be left out when it is empty. */
static bool
entry(struct ka_proto_walk *w, const struct ka_proto_field *f, struct ka_wire msg)
{
	struct ka_wire_field in, val = { .bytes = { msg.p, msg.p } };
	struct ka_wire name = { msg.p, msg.p };
	int more;

	while ((more = ka_proto_small(w, &msg, "bb", &in)) > 0) {
		if (in.id == 1)
			name = in.bytes;
		else if (in.id == 2)
			val = in;
	}
	return more == 0 && ka_proto_string(w, &name) && value(w, f, &val);
}

static bool
in_order(const struct ka_tape *t, uint32_t before, uint32_t after)
{
	const struct ka_node *a = &t->node[before], *b = &t->node[after];
	int d = memcmp(t->text + a->off, t->text + b->off, a->len < b->len ? a->len : b->len);

	return d < 0 || (d == 0 && a->len < b->len);
}

static bool
map(struct ka_proto_walk *w, const struct ka_proto_field *f, struct ka_wire_field *in, struct ka_wire *msg)
{
	uint32_t i = ka_proto_begin(w, KA_OBJECT), count = 0, before = 0;
	bool sorted = true; /* as Go writes maps */

	if (i == UINT32_MAX)
		return false;
	do {
		uint32_t k = w->tape.n;

		if (!fits(f, in))
			return ka_proto_bad(w, msg->p, "a field of the wrong wire type");
		if (!entry(w, f, in->bytes))
			return false;
		if (count++ && !in_order(&w->tape, before, k))
			sorted = false;
		before = k;
	} while (one_more(msg, in));
	if (!ka_proto_end(w, i, count))
		return false;
	return sorted || !ka_tape_duplicate(&w->tape, i, &w->keys) ? true
								   : ka_proto_bad(w, msg->p, "a map's key comes twice");
}

static bool
zero(const struct ka_wire_field *in)
{
	return in->type == KA_WIRE_VARINT ? in->number == 0 : in->bytes.p == in->bytes.end;
}

/* A key; its value is the node to come. */
static bool
key(struct ka_proto_walk *w, const struct ka_proto_field *f)
{
	return ka_proto_own(w, KA_STRING, f->name, f->name_len);
}

/* The rows that have not come: JSON says null. */
static bool
nulls(struct ka_proto_walk *w, const struct ka_proto_schema *s, uint64_t seen, uint32_t *count)
{
	for (size_t i = 0; i < s->n; i++) {
		if (!(s->field[i].flags & KA_PB_NULL) || seen >> i & 1)
			continue;
		if (!key(w, &s->field[i]) || !ka_proto_mark(w, KA_NULL))
			return false;
		++*count;
	}
	return true;
}

/* What only JSON has. */
static bool
constants(struct ka_proto_walk *w, const struct ka_proto_schema *s, uint32_t *count)
{
	for (size_t i = 0; i < s->n && !s->field[i].number; i++) {
		const char *text = s->field[i].value;

		if (!key(w, &s->field[i]) || !ka_proto_own(w, KA_STRING, text, strlen(text)))
			return false;
		++*count;
	}
	return true;
}

/* The row of a field number, or NULL.  Fields come in order, so the search goes on at *from. */
static inline const struct ka_proto_field *
row(const struct ka_proto_schema *s, size_t *from, uint32_t id)
{
	size_t i = *from;

	if (i && s->field[i - 1].number >= id)
		i = 0;
	while (i < s->n && s->field[i].number < id)
		i++;
	*from = i;
	return i < s->n && s->field[i].number == id ? &s->field[i] : NULL;
}

static bool
member(struct ka_proto_walk *w, const struct ka_proto_field *f, struct ka_wire_field *in, struct ka_wire *msg,
       uint32_t *count)
{
	if (f->type == KA_PB_INLINE)
		return ka_proto_members(w, f->message, in->bytes, count);
	if (f->flags & KA_PB_OMIT && zero(in))
		return true;
	++*count;
	if (!key(w, f))
		return false;
	if (f->flags & KA_PB_LIST)
		return list(w, f, in, msg);
	if (f->flags & KA_PB_MAP)
		return map(w, f, in, msg);
	return value(w, f, in);
}

/* The fields of a message as members of the object that is open.  Recursion ends where the tables
 * do, which go round in no circle. */
bool
ka_proto_members(struct ka_proto_walk *w, const struct ka_proto_schema *s, struct ka_wire msg, uint32_t *count)
{
	struct ka_wire_field in;
	uint64_t seen = 0;
	size_t at = 0;

	if (!constants(w, s, count))
		return false;
	while (msg.p < msg.end) {
		const uint8_t *start = msg.p;
		const char *wrong = ka_wire_next(&msg, &in);
		const struct ka_proto_field *f = wrong ? NULL : row(s, &at, in.id);

		if (f && !fits(f, &in))
			wrong = "a field of the wrong wire type";
		else if (f && seen >> at & 1)
			wrong = "a field comes twice";
		if (wrong)
			return ka_proto_bad(w, start, wrong);
		if (!f)
			continue;
		seen |= UINT64_C(1) << at;
		if (!member(w, f, &in, &msg, count))
			return false;
	}
	return !s->nulls || nulls(w, s, seen, count);
}

bool
ka_proto_object(struct ka_proto_walk *w, const struct ka_proto_schema *s, struct ka_wire msg)
{
	uint32_t i = ka_proto_begin(w, KA_OBJECT), count = 0;

	return i != UINT32_MAX && ka_proto_members(w, s, msg, &count) && ka_proto_end(w, i, count);
}
