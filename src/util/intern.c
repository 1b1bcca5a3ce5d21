#include "util/intern.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"
#include "util/arena.h"
#include "util/hash.h"

#include "util/banned.h"

#define LOG2_FIRST 10

/* Hash and length stand beside the pointer, so that only a string that is almost surely the right
 * one is ever looked at, and growing looks at none. */
struct slot {
	uint32_t hash;
	uint32_t len;
	const char *s; /* NULL: free */
};

struct ka_intern {
	struct ka_arena *arena;
	struct slot *slot;
	uint64_t seed;
	size_t n;
	unsigned log2; /* of the number of slots */
};

struct ka_intern *
ka_intern_new(struct ka_arena *arena)
{
	struct ka_intern *in = ka_xcalloc(1, sizeof *in);

	in->arena = arena;
	in->seed = ka_hash_seed();
	in->log2 = LOG2_FIRST;
	in->slot = ka_xcalloc((size_t)1 << in->log2, sizeof *in->slot);
	return in;
}

void
ka_intern_free(struct ka_intern *in)
{
	if (!in)
		return;
	free(in->slot);
	free(in);
}

/* The slot is told by the hash's high bits: growing then moves slot i to the neighbourhood of 2i,
 * a walk through both tables in order. */
static inline size_t
home(uint32_t hash, unsigned log2)
{
	return hash >> (32 - log2);
}

static inline uint32_t
hash_of(const struct ka_intern *in, const char *s, size_t len)
{
	return (uint32_t)(ka_hash_bytes(s, len, in->seed) >> 32);
}

/* The slot that holds the string, or the free one where it belongs. */
static struct slot *
probe(const struct ka_intern *in, uint32_t hash, const char *s, size_t len)
{
	size_t mask = ((size_t)1 << in->log2) - 1;

	for (size_t i = home(hash, in->log2);; i = (i + 1) & mask) {
		struct slot *slot = &in->slot[i];

		if (!slot->s)
			return slot;
		if (slot->hash == hash && slot->len == len && memcmp(slot->s, s, len) == 0)
			return slot;
	}
}

static void
grow(struct ka_intern *in)
{
	size_t old_size = (size_t)1 << in->log2, mask = old_size * 2 - 1;
	struct slot *old = in->slot;

	if (in->log2 == 32)
		ka_alloc_die();
	in->log2++;
	in->slot = ka_xcalloc(mask + 1, sizeof *in->slot);
	for (size_t i = 0; i < old_size; i++) {
		size_t to;

		if (!old[i].s)
			continue;
		to = home(old[i].hash, in->log2);
		while (in->slot[to].s)
			to = (to + 1) & mask;
		in->slot[to] = old[i];
	}
	free(old);
}

const char *
ka_intern_n(struct ka_intern *in, const char *s, size_t len)
{
	uint32_t hash = hash_of(in, s, len);
	struct slot *slot = probe(in, hash, s, len);

	if (slot->s)
		return slot->s;
	assert(len <= UINT32_MAX); /* documents are capped far below */
	if (in->n >= ((size_t)1 << in->log2) / 3 * 2) {
		grow(in);
		slot = probe(in, hash, s, len);
	}
	slot->s = ka_arena_strndup(in->arena, s, len);
	slot->hash = hash;
	slot->len = (uint32_t)len;
	in->n++;
	return slot->s;
}

void
ka_intern_soon(const struct ka_intern *in, const char *s, size_t len)
{
	__builtin_prefetch(&in->slot[home(hash_of(in, s, len), in->log2)]);
}

const char *
ka_intern(struct ka_intern *in, const char *s)
{
	return ka_intern_n(in, s, strlen(s));
}

const char *
ka_intern_find(const struct ka_intern *in, const char *s, size_t len)
{
	return probe(in, hash_of(in, s, len), s, len)->s;
}

size_t
ka_intern_count(const struct ka_intern *in)
{
	return in->n;
}
