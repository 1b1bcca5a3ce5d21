/* Seeded hashing of bytes and of running content. */
#ifndef KA_UTIL_HASH_H
#define KA_UTIL_HASH_H

#include <stddef.h>
#include <stdint.h>

/* The process's random seed (getrandom, once).  Never reaches any output. */
uint64_t ka_hash_seed(void);
uint64_t ka_hash_bytes(const void *bytes, size_t len, uint64_t seed);

/* 128 bits of running hash: two structures with the same one are taken to be the same.  Feed every field
 * and every count in order. */
struct ka_hash128 {
	uint64_t a, b;
};
struct ka_hash128 ka_hash128_start(void);
void ka_hash128_feed(struct ka_hash128 *h, uint64_t word);
/* A run of bytes, its length included. */
void ka_hash128_feed_bytes(struct ka_hash128 *h, const void *bytes, size_t len);
void ka_hash128_feed_ptr(struct ka_hash128 *h, const void *interned);

#endif
