#include "util/map.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"
#include "util/mix.h"

#include "util/banned.h"

#define CAP_FIRST 16

struct ka_map_slot {
	const void *k1; /* NULL: free */
	const void *k2;
	uint32_t value;
	uint32_t hash; /* high bits; growing needs no other */
};

struct ka_hmap_slot {
	struct ka_hash128 h;
	void *p; /* NULL: free */
};

void
ka_map_init(struct ka_map *m)
{
	*m = (struct ka_map){ NULL, 0, 0 };
}

void
ka_map_release(struct ka_map *m)
{
	free(m->slot);
	ka_map_init(m);
}

/* Addresses are not a stranger's to choose, so constants will do. */
static inline uint32_t
pair_hash(const void *k1, const void *k2)
{
	return (uint32_t)(ka_mix((uint64_t)(uintptr_t)k1 ^ KA_MIX1,
				 (uint64_t)(uintptr_t)k2 ^ KA_MIX2) >>
			  32);
}

/* The high bits, as many as the table has. */
static inline size_t
home(uint32_t hash, size_t cap)
{
	return (size_t)(((uint64_t)hash * cap) >> 32);
}

/* The slot of the pair, or the free one where it belongs.  The table is not empty. */
static struct ka_map_slot *
map_probe(const struct ka_map *m, uint32_t hash, const void *k1, const void *k2)
{
	for (size_t i = home(hash, m->cap);; i = (i + 1) & (m->cap - 1)) {
		struct ka_map_slot *slot = &m->slot[i];

		if (!slot->k1 || (slot->k1 == k1 && slot->k2 == k2))
			return slot;
	}
}

static void
map_grow(struct ka_map *m)
{
	struct ka_map_slot *old = m->slot;
	size_t old_cap = m->cap;

	m->cap = old_cap ? old_cap * 2 : CAP_FIRST;
	m->slot = ka_xcalloc(m->cap, sizeof *m->slot);
	for (size_t i = 0; i < old_cap; i++) {
		size_t to;

		if (!old[i].k1)
			continue;
		to = home(old[i].hash, m->cap);
		while (m->slot[to].k1)
			to = (to + 1) & (m->cap - 1);
		m->slot[to] = old[i];
	}
	free(old);
}

uint32_t
ka_map_get(const struct ka_map *m, const void *k1, const void *k2)
{
	struct ka_map_slot *slot;

	if (!m->n || !k1)
		return KA_MAP_NONE;
	slot = map_probe(m, pair_hash(k1, k2), k1, k2);
	return slot->k1 ? slot->value : KA_MAP_NONE;
}

/* The pair's slot, taken if need be; *ret_new tells. */
static struct ka_map_slot *
map_take(struct ka_map *m, const void *k1, const void *k2, bool *ret_new)
{
	uint32_t hash = pair_hash(k1, k2);
	struct ka_map_slot *slot;

	assert(k1);
	if (m->n >= m->cap / 4 * 3)
		map_grow(m);
	slot = map_probe(m, hash, k1, k2);
	*ret_new = !slot->k1;
	if (*ret_new) {
		slot->k1 = k1;
		slot->k2 = k2;
		slot->hash = hash;
		m->n++;
	}
	return slot;
}

uint32_t
ka_map_add(struct ka_map *m, const void *k1, const void *k2, uint32_t value)
{
	bool is_new;
	struct ka_map_slot *slot = map_take(m, k1, k2, &is_new);

	if (is_new)
		slot->value = value;
	return slot->value;
}

void
ka_map_set(struct ka_map *m, const void *k1, const void *k2, uint32_t value)
{
	bool is_new;

	map_take(m, k1, k2, &is_new)->value = value;
}

void
ka_hmap_init(struct ka_hmap *m)
{
	*m = (struct ka_hmap){ NULL, 0, 0 };
}

void
ka_hmap_release(struct ka_hmap *m)
{
	free(m->slot);
	ka_hmap_init(m);
}

static struct ka_hmap_slot *
hmap_probe(const struct ka_hmap *m, struct ka_hash128 h)
{
	/* The high bits are as good as any, and keep growing a walk in order. */
	for (size_t i = home((uint32_t)(h.a >> 32), m->cap);; i = (i + 1) & (m->cap - 1)) {
		struct ka_hmap_slot *slot = &m->slot[i];

		if (!slot->p || (slot->h.a == h.a && slot->h.b == h.b))
			return slot;
	}
}

void *
ka_hmap_get(const struct ka_hmap *m, struct ka_hash128 h)
{
	return m->n ? hmap_probe(m, h)->p : NULL;
}

static void
hmap_grow(struct ka_hmap *m)
{
	struct ka_hmap_slot *old = m->slot;
	size_t old_cap = m->cap;

	m->cap = old_cap ? old_cap * 2 : CAP_FIRST;
	m->slot = ka_xcalloc(m->cap, sizeof *m->slot);
	for (size_t i = 0; i < old_cap; i++) {
		if (old[i].p)
			*hmap_probe(m, old[i].h) = old[i];
	}
	free(old);
}

void
ka_hmap_put(struct ka_hmap *m, struct ka_hash128 h, void *p)
{
	struct ka_hmap_slot *slot;

	assert(p);
	if (m->n >= m->cap / 4 * 3)
		hmap_grow(m);
	slot = hmap_probe(m, h);
	if (!slot->p)
		m->n++;
	*slot = (struct ka_hmap_slot){ h, p };
}
