/* Looking at tapes without touching them: duplicate keys, and what a List says of itself. */
#include <string.h>

#include "util/alloc.h"
#include "util/banned.h"
#include "util/str.h"
#include "util/tape_impl.h"

bool
ka_tape_peek_is(const struct ka_tape *t, const struct ka_node *node, const char *s)
{
	size_t want = strlen(s), len = node->len;
	const char *text = t->text + node->off;
	char plain[128];

	if (node->type != KA_STRING)
		return false;
	if (node->flags & KA_NODE_ESCAPED) {
		if (len > sizeof plain)
			return false;
		len = ka_json_unescape(plain, text, len);
		text = plain;
	}
	return len == want && memcmp(text, s, len) == 0;
}

const struct ka_node *
ka_tape_peek(const struct ka_tape *t, const struct ka_node *obj, const char *key)
{
	if (!obj || obj->type != KA_OBJECT)
		return NULL;
	for (const struct ka_node *k = ka_tape_first(t, obj); k; k = ka_tape_after(t, obj, k))
		if (ka_tape_peek_is(t, k, key))
			return ka_tape_value(t, k);
	return NULL;
}

char *
ka_tape_peek_dup(const struct ka_tape *t, const struct ka_node *node)
{
	size_t len;
	char *s;

	if (!node || node->type != KA_STRING || !node->len)
		return NULL;
	s = ka_xmalloc((size_t)node->len + 1);
	len = node->len;
	if (node->flags & KA_NODE_ESCAPED)
		len = ka_json_unescape(s, t->text + node->off, len);
	else
		memcpy(s, t->text + node->off, len);
	s[len] = '\0';
	return s;
}

/* Few keys: compare pairs, by hash first. */
static uint32_t
duplicate_of_few(const struct ka_tape *t, const struct ka_node *obj)
{
	for (const struct ka_node *k = ka_tape_first(t, obj); k; k = ka_tape_after(t, obj, k))
		for (const struct ka_node *i = obj + 1; i < k; i = ka_tape_after(t, obj, i))
			if (i->spare == k->spare && i->len == k->len &&
			    memcmp(t->text + i->off, t->text + k->off, k->len) == 0)
				return (uint32_t)(k - t->node);
	return 0;
}

uint32_t
ka_tape_duplicate(const struct ka_tape *t, uint32_t obj, struct ka_keyset *set)
{
	const struct ka_node *o = &t->node[obj];
	size_t escaped = 0;
	uint32_t found = 0;
	char *plain = NULL, *to;

	for (const struct ka_node *k = ka_tape_first(t, o); k; k = ka_tape_after(t, o, k))
		if (k->flags & KA_NODE_ESCAPED)
			escaped += k->len;
	if (!escaped && o->len <= 8)
		return duplicate_of_few(t, o);
	if (escaped)
		plain = ka_xmalloc(escaped);
	to = plain;
	ka_keyset_clear(set, o->len);
	for (const struct ka_node *k = ka_tape_first(t, o); k && !found;
	     k = ka_tape_after(t, o, k)) {
		const char *s = t->text + k->off;
		size_t len = k->len;

		if (k->flags & KA_NODE_ESCAPED) {
			len = ka_json_unescape(to, s, len);
			s = to;
			to += len;
		}
		if (ka_keyset_add(set, s, len, 0) != KA_KEYSET_NEW)
			found = (uint32_t)(k - t->node);
	}
	free(plain);
	return found;
}

void
ka_list_clear(struct ka_list_state *list)
{
	for (size_t i = 0; i < sizeof list->str / sizeof *list->str; i++)
		free(list->str[i]);
	*list = (struct ka_list_state){ 0 };
}

static void
learn(char **str, const struct ka_tape *t, const struct ka_node *node)
{
	char *s = ka_tape_peek_dup(t, node);

	if (s) {
		free(*str);
		*str = s;
	}
}

/* A whole number above 0, else 0. */
static uint64_t
positive(const struct ka_tape *t, const struct ka_node *node)
{
	char text[24] = "";
	uint64_t v;

	if (!node || node->type != KA_NUMBER || node->len >= sizeof text)
		return 0;
	memcpy(text, t->text + node->off, node->len);
	return ka_str_to_u64(text, &v) ? v : 0;
}

void
ka_list_learn(struct ka_list_state *list, const struct ka_tape *t, const struct ka_node *obj)
{
	const struct ka_node *kind = ka_tape_peek(t, obj, "kind");
	const struct ka_node *meta = ka_tape_peek(t, obj, "metadata");

	learn(&list->str[0], t, ka_tape_peek(t, obj, "apiVersion"));
	learn(&list->str[1], t, kind);
	learn(&list->str[2], t, ka_tape_peek(t, meta, "resourceVersion"));
	learn(&list->str[3], t, ka_tape_peek(t, meta, "continue"));
	if (meta)
		list->head.remaining = positive(t, ka_tape_peek(t, meta, "remainingItemCount"));
	list->kind_known |= kind != NULL;
	list->is_list = list->str[1] && ka_str_has_suffix(list->str[1], "List");
	list->head.api_version = list->str[0];
	list->head.kind = list->str[1];
	list->head.resource_version = list->str[2];
	list->head.cont = list->str[3];
}

bool
ka_list_item_has_kind(const struct ka_tape *t, const struct ka_node *item)
{
	const struct ka_node *kind = ka_tape_peek(t, item, "kind");

	return kind && kind->type == KA_STRING && kind->len;
}

char *
ka_tape_broken_kind(const struct ka_tape *t)
{
	uint32_t i = 1;

	if (!t->n || t->node[0].type != KA_OBJECT)
		return NULL;
	while (i + 1 < t->n) {
		if (ka_tape_peek_is(t, &t->node[i], "kind"))
			return ka_tape_peek_dup(t, &t->node[i + 1]);
		if (t->node[i + 1].next <= i)
			break;
		i = t->node[i + 1].next;
	}
	return NULL;
}

const char *
ka_list_hint(const char *kind)
{
	return kind && ka_str_has_suffix(kind, "List") ? "List" : kind;
}

struct ka_limits
ka_limits_effective(const struct ka_limits *limits)
{
	struct ka_limits l = limits ? *limits : KA_LIMITS_DEFAULT;
	size_t addressable = UINT32_MAX / 2;

	if (l.value > addressable)
		l.value = addressable;
	if (l.nodes > addressable)
		l.nodes = (uint32_t)addressable;
	return l;
}
