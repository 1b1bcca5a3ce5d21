#include "util/json_scan.h"

#include <string.h>

#include "util/alloc.h"
#include "util/banned.h"

#define LIKELY(x)   __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)

/* Members up to which an object is checked for duplicate keys on the way; a larger one is checked
 * whole at its end. */
#define FEW_KEYS 32

struct ka_json_frame {
	uint64_t bloom[4]; /* the key hashes seen */
	uint32_t node;	   /* the container */
	uint32_t count;
	struct ka_json_span was; /* in the memo, the children of what this one may repeat */
	bool object;
	bool odd; /* a key may have the text of another that is written otherwise */
};

void
ka_json_init(struct ka_json *j, struct ka_tape *tape, const struct ka_limits *limits)
{
	*j = (struct ka_json){ .tape = tape, .limits = ka_limits_effective(limits), .line = 1 };
	ka_keyset_init(&j->keys);
}

void
ka_json_release(struct ka_json *j)
{
	free(j->frame);
	ka_keyset_release(&j->keys);
	ka_json_memo_release(&j->memo);
}

static __attribute__((cold, noinline)) bool
grow_nodes(struct ka_json *j, const char *p)
{
	struct ka_tape *t = j->tape;
	uint32_t cap = t->cap ? t->cap : 512;

	t->n = j->n;
	if (t->n >= j->limits.nodes) {
		j->p = p;
		ka_err_set(&j->err, KA_ELIMIT, "more than %u nodes (--max-object-size)",
			   j->limits.nodes);
		return false;
	}
	if (t->n >= t->cap) {
		t->cap = cap * 2;
		t->node = ka_xreallocarray(t->node, t->cap, sizeof *t->node);
	}
	j->node = t->node;
	j->room = t->cap < j->limits.nodes ? t->cap : j->limits.nodes;
	return true;
}

/* The next node, or NULL at the limit.  To be filled at once: what is on the tape of a value that
 * turns out to be broken is still looked at for its kind. */
static inline struct ka_node *
push(struct ka_json *j, const char *p)
{
	if (UNLIKELY(j->n >= j->room) && !grow_nodes(j, p))
		return NULL;
	return &j->node[j->n++];
}

static inline const char *
skip(struct ka_json *j, const char *p)
{
	return LIKELY((unsigned char)*p > ' ') ? p : ka_json_skip(j, p);
}

const char *
ka_json_skip(struct ka_json *j, const char *p)
{
	for (;;) {
		uint64_t w = ka_load8(p) ^ KA_EACH(' ');

		if (!w) {
			p += 8;
			continue;
		}
		p += __builtin_ctzll(w) >> 3;
		if (*p == '\n')
			j->line++;
		else if (*p != '\t' && *p != '\r')
			return p;
		p++;
	}
}

/* The end of the string that begins at s, behind its opening quote. */
static inline const char *
string_end(struct ka_json *j, const char *s, uint8_t *flags)
{
	const char *p = ka_json_plain_end(s);

	return LIKELY(*p == '"') ? p : ka_json_string_rest(j, p, flags);
}

/* The string whose opening quote is at p; returns what is behind it. */
static inline const char *
string(struct ka_json *j, const char *p)
{
	const char *s = p + 1;
	struct ka_node *n;
	uint8_t flags = 0;

	p = string_end(j, s, &flags);
	if (UNLIKELY(!p))
		return NULL;
	n = push(j, p);
	if (UNLIKELY(!n))
		return NULL;
	*n = (struct ka_node){
		.type = KA_STRING,
		.flags = flags,
		.len = (uint32_t)(p - s),
		.off = (uint32_t)(s - j->base),
		.next = j->n,
	};
	return p + 1;
}

static const char *
digits(const char *p)
{
	while ((unsigned char)(*p - '0') < 10)
		p++;
	return p;
}

static const char *
number(struct ka_json *j, const char *p)
{
	const char *s = p, *d;
	struct ka_node *n;

	d = p += *p == '-';
	p = *p == '0' ? p + 1 : digits(p);
	if (p == d)
		return ka_json_stop(j, p, "a number", "expected a value");
	if (*p == '.') {
		d = p + 1;
		p = digits(d);
		if (p == d)
			return ka_json_stop(j, p, "a number",
					    "a number without digits after its '.'");
	}
	if ((*p | 0x20) == 'e') {
		d = p + 1;
		d += *d == '+' || *d == '-';
		p = digits(d);
		if (p == d)
			return ka_json_stop(j, p, "a number",
					    "a number without digits in its exponent");
	}
	if (p == j->end && !j->eof)
		return ka_json_stop(j, p, "a number", NULL);
	if ((unsigned char)(*p - '0') < 10)
		return ka_json_stop(j, p, NULL, "a number with a leading zero");
	n = push(j, p);
	if (!n)
		return NULL;
	*n = (struct ka_node){
		.type = KA_NUMBER,
		.len = (uint32_t)(p - s),
		.off = (uint32_t)(s - j->base),
		.next = j->n,
	};
	return p;
}

static const char *
literal(struct ka_json *j, const char *p)
{
	static const struct {
		char word[6];
		uint8_t len, type;
	} known[] = { { "true", 4, KA_TRUE }, { "false", 5, KA_FALSE }, { "null", 4, KA_NULL } };
	const char *inside = "a value";
	struct ka_node *n;

	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		size_t left = (size_t)(j->end - p);

		if (*p != known[i].word[0])
			continue;
		if (left < known[i].len && memcmp(p, known[i].word, left) == 0)
			return ka_json_stop(j, j->end, "a value", NULL);
		if (memcmp(p, known[i].word, known[i].len) != 0)
			break;
		n = push(j, p);
		if (!n)
			return NULL;
		*n = (struct ka_node){ .type = known[i].type,
				       .off = (uint32_t)(p - j->base),
				       .next = j->n };
		return p + known[i].len;
	}
	if (j->depth)
		inside = j->frame[j->depth - 1].object ? "an object" : "an array";
	return ka_json_stop(j, p, inside, "expected a value");
}

static const char *
scalar(struct ka_json *j, const char *p)
{
	return *p == '-' || (unsigned char)(*p - '0') < 10 ? number(j, p) : literal(j, p);
}

/* A container with nothing in it, "{}" or "[]", at p. */
static inline const char *
empty(struct ka_json *j, const char *p, uint8_t type)
{
	struct ka_node *n = push(j, p);

	if (UNLIKELY(!n))
		return NULL;
	*n = (struct ka_node){
		.type = type,
		.off = (uint32_t)(p - j->base),
		.next = j->n,
	};
	return p + 2;
}

/* Opens the container whose bracket is at p. */
static inline struct ka_json_frame *
open_container(struct ka_json *j, const char *p, bool object)
{
	struct ka_node *n = push(j, p);
	struct ka_json_frame *f;

	if (UNLIKELY(!n))
		return NULL;
	if (UNLIKELY(j->depth >= j->frame_cap)) {
		KA_GROW(j->frame, j->depth, j->frame_cap);
	}
	if (UNLIKELY(j->depth >= j->limits.depth)) {
		j->p = p;
		ka_err_set(&j->err, KA_ELIMIT, "nested deeper than %u levels (--max-depth)",
			   j->limits.depth);
		return NULL;
	}
	*n = (struct ka_node){
		.type = object ? KA_OBJECT : KA_ARRAY,
		.off = (uint32_t)(p - j->base),
	};
	f = &j->frame[j->depth++];
	*f = (struct ka_json_frame){ .node = j->n - 1, .object = object };
	return f;
}

static __attribute__((cold, noinline)) bool
duplicate(struct ka_json *j, const struct ka_node *key)
{
	uint32_t len = key->len < 100 ? key->len : 100;

	j->p = j->base + key->off;
	/* White space up to here is counted already, but the key may be far behind. */
	j->line = ka_tape_line(j->tape, key);
	ka_err_set(&j->err, KA_EFORMAT, "duplicate key \"%.*s\"", (int)len, j->p);
	return false;
}

/* The key just pushed against those before it in its object. */
static __attribute__((noinline)) bool
compare_keys(struct ka_json *j, const struct ka_json_frame *f, const struct ka_node *key)
{
	const struct ka_node *node = j->node;
	const char *text = j->base;

	for (const struct ka_node *k = &node[f->node + 1]; k < key; k = &node[node[k->next].next])
		if (k->spare == key->spare && k->len == key->len &&
		    memcmp(text + k->off, text + key->off, key->len) == 0)
			return duplicate(j, key);
	return true;
}

/* The key at p, its colon, and the space around it.  Returns where the value begins. */
static inline const char *
key(struct ka_json *j, struct ka_json_frame *f, const char *p)
{
	const char *s = p + 1;
	struct ka_node *k;
	uint64_t bit, *word;
	uint16_t hash;
	uint8_t flags = 0;

	if (UNLIKELY(*p != '"'))
		return ka_json_stop(j, p, "an object",
				    f->count ? "expected a key" : "expected a key or '}'");
	p = string_end(j, s, &flags);
	if (UNLIKELY(!p))
		return NULL;
	k = push(j, p);
	if (UNLIKELY(!k))
		return NULL;
	hash = ka_key_hash(s, (size_t)(p - s));
	*k = (struct ka_node){
		.type = KA_STRING,
		.flags = flags,
		.spare = hash,
		.len = (uint32_t)(p - s),
		.off = (uint32_t)(s - j->base),
		.next = j->n,
	};
	bit = UINT64_C(1) << (hash & 63);
	word = &f->bloom[hash >> 6 & 3];
	if (UNLIKELY(flags & KA_NODE_ODD))
		f->odd = true;
	else if (UNLIKELY(*word & bit) && f->count < FEW_KEYS && !compare_keys(j, f, k))
		return NULL;
	*word |= bit;
	f->count++;
	p = skip(j, p + 1);
	if (UNLIKELY(*p != ':'))
		return ka_json_stop(j, p, "an object", "expected ':'");
	return skip(j, p + 1);
}

/* Ends the container on top, whose bracket is at p.  False: its keys are not unique. */
static inline bool
close_container(struct ka_json *j, const struct ka_json_frame *f, const char *p)
{
	struct ka_node *n = &j->node[f->node];
	size_t len = (size_t)(p + 1 - j->base) - n->off;

	n->len = f->count;
	n->next = j->n;
	n->spare = len <= UINT16_MAX ? (uint16_t)len : 0; /* for the memo */
	j->depth--;
	if (UNLIKELY(f->object && (f->odd || f->count > FEW_KEYS))) {
		uint32_t twice = ka_tape_duplicate(j->tape, f->node, &j->keys);

		if (twice)
			return duplicate(j, &j->node[twice]);
	}
	return true;
}

/* Behind a value at p: closes what ends there.  Returns where the next value begins, or, at the end
 * of it all, what is behind it, with j->depth 0.  NULL when something is wrong. */
static inline const char *
after_value(struct ka_json *j, const char *p)
{
	while (j->depth) {
		struct ka_json_frame *f = &j->frame[j->depth - 1];

		p = skip(j, p);
		f->count += !f->object;
		if (LIKELY(*p == ',')) {
			p = skip(j, p + 1);
			return f->object ? key(j, f, p) : p;
		}
		if (UNLIKELY(*p != (f->object ? '}' : ']')))
			return ka_json_stop(j, p, f->object ? "an object" : "an array",
					    f->object ? "expected ',' or '}'"
						      : "expected ',' or ']'");
		if (UNLIKELY(!close_container(j, f, p)))
			return NULL;
		p++;
	}
	return p;
}

/* The value that begins at p is the array of a top-level "items". */
static bool
at_items(const struct ka_json *j, const char *p)
{
	const struct ka_node *k;

	if (j->depth != 1 || !j->frame[0].object || *p != '[')
		return false;
	k = &j->node[j->n - 1];
	return k->len == 5 && !k->flags && memcmp(j->base + k->off, "items", 5) == 0;
}

/* The container at p, which is not empty.  Returns what is behind it when it could be taken whole,
 * else the first value in it, with *inside set. */
static inline const char *
container(struct ka_json *j, const char *p, bool object, bool *inside)
{
	struct ka_json_span was = { 0 };
	struct ka_json_frame *f;

	if (j->depth) {
		struct ka_json_frame *parent = &j->frame[j->depth - 1];
		const char *end = NULL;

		if (parent->was.at < parent->was.end)
			end = ka_json_repeat(j, p, &parent->was, parent->object, &was);
		if (end)
			return end;
	} else if (j->memo.n && (j->memo.node[0].type == KA_OBJECT) == object) {
		was = (struct ka_json_span){ 1, j->memo.n };
	}
	f = open_container(j, p, object);
	if (UNLIKELY(!f))
		return NULL;
	f->was = was;
	p = skip(j, p + 1);
	if (UNLIKELY(*p == (object ? '}' : ']'))) {
		close_container(j, f, p);
		return p + 1;
	}
	*inside = true;
	return object ? key(j, f, p) : p;
}

/* Parses from p, where a value begins, until all that is open is closed. */
static const char *
run(struct ka_json *j, const char *p, enum ka_json_mode mode)
{
	for (;;) {
		bool inside = false;

		if (LIKELY(*p == '"')) {
			p = string(j, p);
		} else if (*p == '{' && p[1] == '}' && j->depth < j->limits.depth) {
			p = empty(j, p, KA_OBJECT);
		} else if (*p == '{') {
			p = container(j, p, true, &inside);
		} else if (*p == '[') {
			if (UNLIKELY(mode == KA_JSON_DOC && at_items(j, p)))
				return p;
			p = container(j, p, false, &inside);
		} else {
			p = scalar(j, p);
		}
		if (UNLIKELY(!p))
			return NULL;
		if (inside)
			continue;
		p = after_value(j, p);
		if (UNLIKELY(!p) || j->depth == 0)
			return p;
	}
}

enum ka_json_status
ka_json_run(struct ka_json *j, const char *p, enum ka_json_mode mode)
{
	struct ka_tape *t = j->tape;
	struct ka_json_frame *f;

	j->n = 0;
	t->text = j->base;
	t->first_line = j->line;
	j->depth = j->room = 0;
	j->memo.used = 0;
	j->inside = NULL;
	j->err.code = KA_OK;
	if (mode == KA_JSON_TAIL) {
		f = open_container(j, p, true);
		p = skip(j, p + 1);
		p = !f		? NULL
		    : *p == '"' ? key(j, f, p)
				: ka_json_stop(j, p, "an object", "expected a key");
	}
	if (p)
		p = run(j, p, mode);
	t->n = j->n;
	if (!p)
		return j->inside ? KA_JSON_MORE : KA_JSON_BAD;
	j->p = p;
	return j->depth ? KA_JSON_ITEMS : KA_JSON_DONE;
}
