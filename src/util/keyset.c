#include "util/keyset.h"

#include <string.h>

#include "util/alloc.h"
#include "util/banned.h"
#include "util/hash.h"

struct ka_keyset_slot {
	const char *s; /* NULL: free */
	uint32_t len;
	uint32_t id;
	uint64_t hash;
};

void
ka_keyset_init(struct ka_keyset *set)
{
	*set = (struct ka_keyset){ 0 };
}

void
ka_keyset_release(struct ka_keyset *set)
{
	free(set->slot);
	ka_keyset_init(set);
}

static void
resize(struct ka_keyset *set, size_t cap)
{
	struct ka_keyset_slot *old = set->slot;
	size_t old_cap = set->cap;

	set->slot = ka_xcalloc(cap, sizeof *set->slot);
	set->cap = cap;
	for (size_t i = 0; i < old_cap && set->n; i++) {
		size_t at;

		if (!old[i].s)
			continue;
		at = old[i].hash & (cap - 1);
		while (set->slot[at].s)
			at = (at + 1) & (cap - 1);
		set->slot[at] = old[i];
	}
	free(old);
}

void
ka_keyset_clear(struct ka_keyset *set, size_t n)
{
	size_t cap = 64;

	while (cap / 2 < n)
		cap *= 2;
	set->n = 0;
	/* One object of a million keys must not make each small one after it pay for its size. */
	if (set->cap < cap || set->cap > cap * 4)
		resize(set, cap);
	else
		memset(set->slot, 0, set->cap * sizeof *set->slot);
}

uint32_t
ka_keyset_add(struct ka_keyset *set, const char *s, size_t len, uint32_t id)
{
	uint64_t hash = ka_hash_bytes(s, len, ka_hash_seed());
	struct ka_keyset_slot *slot;
	size_t at;

	if (set->n >= set->cap / 2)
		resize(set, set->cap ? set->cap * 2 : 64);
	for (at = hash & (set->cap - 1);; at = (at + 1) & (set->cap - 1)) {
		slot = &set->slot[at];
		if (!slot->s)
			break;
		if (slot->hash == hash && slot->len == len && memcmp(slot->s, s, len) == 0)
			return slot->id;
	}
	*slot = (struct ka_keyset_slot){ .s = s, .len = (uint32_t)len, .id = id, .hash = hash };
	set->n++;
	return KA_KEYSET_NEW;
}
