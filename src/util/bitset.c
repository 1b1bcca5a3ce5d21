#include "util/bitset.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"

#include "util/banned.h"

/* Bits past nbits in the last word are never set, so whole words can be counted and searched. */

static size_t
words(const struct ka_bitset *b)
{
	return b->nbits / 64 + (b->nbits % 64 != 0);
}

void
ka_bitset_init(struct ka_bitset *b, size_t nbits)
{
	b->nbits = nbits;
	b->word = ka_xcalloc(words(b), sizeof *b->word);
}

void
ka_bitset_release(struct ka_bitset *b)
{
	free(b->word);
	*b = (struct ka_bitset){ NULL, 0 };
}

void
ka_bitset_set(struct ka_bitset *b, size_t i)
{
	assert(i < b->nbits);
	b->word[i / 64] |= UINT64_C(1) << (i % 64);
}

void
ka_bitset_unset(struct ka_bitset *b, size_t i)
{
	assert(i < b->nbits);
	b->word[i / 64] &= ~(UINT64_C(1) << (i % 64));
}

bool
ka_bitset_test(const struct ka_bitset *b, size_t i)
{
	assert(i < b->nbits);
	return b->word[i / 64] >> (i % 64) & 1;
}

void
ka_bitset_clear(struct ka_bitset *b)
{
	if (b->nbits)
		memset(b->word, 0, words(b) * sizeof *b->word);
}

void
ka_bitset_or(struct ka_bitset *b, const struct ka_bitset *other)
{
	assert(b->nbits == other->nbits);
	for (size_t i = 0; i < words(b); i++)
		b->word[i] |= other->word[i];
}

void
ka_bitset_and(struct ka_bitset *b, const struct ka_bitset *other)
{
	assert(b->nbits == other->nbits);
	for (size_t i = 0; i < words(b); i++)
		b->word[i] &= other->word[i];
}

size_t
ka_bitset_count(const struct ka_bitset *b)
{
	size_t n = 0;

	for (size_t i = 0; i < words(b); i++)
		n += (size_t)__builtin_popcountll(b->word[i]);
	return n;
}

size_t
ka_bitset_next(const struct ka_bitset *b, size_t i)
{
	uint64_t w;

	if (i >= b->nbits)
		return b->nbits;
	w = b->word[i / 64] >> (i % 64);
	if (w)
		return i + (size_t)__builtin_ctzll(w);
	for (size_t at = i / 64 + 1; at < words(b); at++) {
		if (b->word[at])
			return at * 64 + (size_t)__builtin_ctzll(b->word[at]);
	}
	return b->nbits;
}
