/* What came before, to be recognised when it comes again. */
#include <string.h>

#include "util/alloc.h"
#include "util/banned.h"
#include "util/json_scan.h"

/* Larger values are not remembered: they are rare, and so are their repetitions.  A container's
 * bytes of text must fit into ka_node.spare. */
#define MEMO_TEXT  UINT16_MAX
/* Shorter containers are parsed faster than they are compared. */
#define MEMO_SHORT 24
/* Containers nested deeper are not compared: each level can cost a comparison of all its text. */
#define MEMO_DEPTH 16
/* Members looked at to find the one of the same name. */
#define MEMO_AHEAD 16

void
ka_json_memo_release(struct ka_json_memo *memo)
{
	free(memo->text);
	free(memo->node);
	*memo = (struct ka_json_memo){ 0 };
}

void
ka_json_remember(struct ka_json *j)
{
	const struct ka_tape *t = j->tape;
	struct ka_json_memo *memo = &j->memo;
	size_t len = (size_t)(j->p - j->base);

	/* What this one repeats for the most part will do for the next one, too. */
	if (memo->used >= len / 4 * 3)
		return;
	memo->n = 0;
	if (len > MEMO_TEXT || t->node[0].type < KA_ARRAY)
		return;
	if (!memo->text)
		memo->text = ka_xmalloc(MEMO_TEXT);
	if (memo->cap < t->n) {
		memo->cap = t->cap;
		memo->node = ka_xreallocarray(memo->node, memo->cap, sizeof *memo->node);
	}
	memcpy(memo->text, j->base, len);
	memcpy(memo->node, t->node, t->n * sizeof *t->node);
	memo->n = t->n;
}

/* The container of the memo that the one about to be opened is likely to repeat, or 0. */
static uint32_t
counterpart(const struct ka_json *j, struct ka_json_span *parent, bool in_object)
{
	const struct ka_node *memo = j->memo.node, *key = &j->node[j->n - 1];
	uint32_t at = parent->at;

	if (!in_object) {
		if (at >= parent->end)
			return 0;
		parent->at = memo[at].next;
		return at;
	}
	for (int i = 0; at < parent->end && i < MEMO_AHEAD; i++) {
		uint32_t value = memo[at].next, after = memo[value].next;

		/* Another key of the same hash does no harm: all that counts is the value's text.
		 */
		if (memo[at].spare == key->spare && memo[at].len == key->len) {
			parent->at = after;
			return value;
		}
		at = after;
	}
	return 0;
}

static uint32_t
newlines(const char *s, const char *end)
{
	uint32_t n = 0;

	while ((s = memchr(s, '\n', (size_t)(end - s)))) {
		n++;
		s++;
	}
	return n;
}

/* Copies a container of the memo when its text is what stands at p. */
static const char *
copy(struct ka_json *j, const char *p, uint32_t was)
{
	const struct ka_node *from = &j->memo.node[was];
	size_t len = from->spare;
	uint32_t count = from->next - was;
	uint32_t moved = j->n - was, off = (uint32_t)(p - j->base) - from->off;
	struct ka_node *to;

	if (len < MEMO_SHORT || len > (size_t)(j->end - p) || count > j->room - j->n ||
	    memcmp(p, j->memo.text + from->off, len) != 0)
		return NULL;
	to = &j->node[j->n];
	for (uint32_t i = 0; i < count; i++) {
		to[i] = from[i];
		to[i].off += off;
		to[i].next += moved;
	}
	j->n += count;
	j->line += newlines(p, p + len);
	j->memo.used += len;
	return p + len;
}

const char *
ka_json_repeat(struct ka_json *j, const char *p, struct ka_json_span *parent, bool in_object,
	       struct ka_json_span *ret)
{
	uint32_t was = counterpart(j, parent, in_object);
	const char *end;

	if (!was || j->memo.node[was].type != (*p == '{' ? KA_OBJECT : KA_ARRAY))
		return NULL;
	end = copy(j, p, was);
	if (!end && j->depth < MEMO_DEPTH)
		*ret = (struct ka_json_span){ was + 1, j->memo.node[was].next };
	return end;
}
