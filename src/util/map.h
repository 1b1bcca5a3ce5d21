/* Hash maps, open addressing.  Keys are interned strings compared by pointer, or pairs of them. */
#ifndef KA_UTIL_MAP_H
#define KA_UTIL_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/hash.h"

/* (k1, k2) -> u32.  k2 may be NULL: a map over one string leaves it so.  Storage is the
 * caller's. */
struct ka_map {
	struct ka_map_slot *slot;
	size_t n, cap; /* cap is 0 or a power of two */
};
#define KA_MAP_NONE UINT32_MAX

void ka_map_init(struct ka_map *m);
void ka_map_release(struct ka_map *m);
/* The value, or KA_MAP_NONE. */
uint32_t ka_map_get(const struct ka_map *m, const void *k1, const void *k2);
/* Adds when absent.  Returns the value now stored: `value` when it was new. */
uint32_t ka_map_add(struct ka_map *m, const void *k1, const void *k2, uint32_t value);
void ka_map_set(struct ka_map *m, const void *k1, const void *k2, uint32_t value);

/* ka_hash128 -> pointer, for content that is kept once. */
struct ka_hmap {
	struct ka_hmap_slot *slot;
	size_t n, cap;
};
void ka_hmap_init(struct ka_hmap *m);
void ka_hmap_release(struct ka_hmap *m);
/* The pointer stored under h, or NULL. */
void *ka_hmap_get(const struct ka_hmap *m, struct ka_hash128 h);
void ka_hmap_put(struct ka_hmap *m, struct ka_hash128 h, void *p);

#endif
