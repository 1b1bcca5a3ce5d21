/* A set of byte strings that tells whether one was there before: duplicate keys, merged mappings.
 */
#ifndef KA_UTIL_KEYSET_H
#define KA_UTIL_KEYSET_H

#include <stddef.h>
#include <stdint.h>

struct ka_keyset_slot;

/* The strings are borrowed and must outlive the set, or its next clearing. */
struct ka_keyset {
	struct ka_keyset_slot *slot;
	size_t n, cap;
};
#define KA_KEYSET_NEW UINT32_MAX

void ka_keyset_init(struct ka_keyset *set);
void ka_keyset_release(struct ka_keyset *set);
/* Empties the set and makes room for n strings; its cost goes with the larger of n and what was in
 * it. */
void ka_keyset_clear(struct ka_keyset *set, size_t n);
/* The id given with the same bytes before, or KA_KEYSET_NEW when they are now added with this id.
 */
uint32_t ka_keyset_add(struct ka_keyset *set, const char *s, size_t len, uint32_t id);

#endif
