/* Fixed-size bit sets. */
#ifndef KA_UTIL_BITSET_H
#define KA_UTIL_BITSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ka_bitset {
	uint64_t *word;
	size_t nbits;
};
void ka_bitset_init(struct ka_bitset *b, size_t nbits); /* all clear */
void ka_bitset_release(struct ka_bitset *b);
void ka_bitset_set(struct ka_bitset *b, size_t i);
void ka_bitset_unset(struct ka_bitset *b, size_t i);
bool ka_bitset_test(const struct ka_bitset *b, size_t i);
void ka_bitset_clear(struct ka_bitset *b);
void ka_bitset_or(struct ka_bitset *b, const struct ka_bitset *other);  /* same nbits */
void ka_bitset_and(struct ka_bitset *b, const struct ka_bitset *other); /* same nbits */
size_t ka_bitset_count(const struct ka_bitset *b);
/* The first set bit at or after i, or nbits. */
size_t ka_bitset_next(const struct ka_bitset *b, size_t i);

#endif
