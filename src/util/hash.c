#include "util/hash.h"

#include <stdatomic.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "util/mix.h"

#include "util/banned.h"

uint64_t
ka_hash_seed(void)
{
	static _Atomic uint64_t seed;
	uint64_t s = atomic_load_explicit(&seed, memory_order_relaxed), none = 0;

	if (s)
		return s;
	if (getrandom(&s, sizeof s, 0) != (ssize_t)sizeof s) {
		/* Seccomp filters do this.  Hard to guess is all that is left to aim for. */
		struct timespec now;

		clock_gettime(CLOCK_MONOTONIC, &now);
		s = ka_mix((uint64_t)now.tv_nsec ^ KA_MIX1, (uint64_t)(uintptr_t)&now ^ KA_MIX2);
	}
	s |= 1; /* 0 means not yet drawn */
	/* Of two threads that draw at once one wins and both use its number. */
	return atomic_compare_exchange_strong(&seed, &none, s) ? s : none;
}

static inline uint64_t
load64(const unsigned char *p)
{
	uint64_t w;

	memcpy(&w, p, sizeof w);
	return w;
}

static inline uint64_t
load32(const unsigned char *p)
{
	uint32_t w;

	memcpy(&w, p, sizeof w);
	return w;
}

/* Every word of input meets a secret before the multiplication.  With a public constant in its
 * place a chosen word would make the product 0 and hide its neighbour, whatever the seed. */
uint64_t
ka_hash_bytes(const void *bytes, size_t len, uint64_t seed)
{
	const unsigned char *p = bytes;
	uint64_t key = (seed ^ KA_MIX1) * KA_MIX2, h = seed ^ KA_MIX3, a, b;
	size_t left = len;

	if (len >= 8) {
		while (left > 16) {
			h = ka_mix(load64(p) ^ key, load64(p + 8) ^ h);
			p += 16;
			left -= 16;
		}
		/* The last 16 bytes, overlapping what was read where there are fewer. */
		if (len >= 16) {
			a = load64(p + left - 16);
			b = load64(p + left - 8);
		} else {
			a = load64(p);
			b = load64(p + left - 8);
		}
	} else if (len >= 4) {
		a = load32(p);
		b = load32(p + len - 4);
	} else if (len) {
		a = (uint64_t)p[0] << 16 | (uint64_t)p[len >> 1] << 8 | p[len - 1];
		b = 0;
	} else {
		a = b = 0;
	}
	h = ka_mix(a ^ key, b ^ h);
	/* The length tells "a" from "aa" and an overlap from a repetition. */
	return ka_mix(h ^ key, (uint64_t)len ^ KA_MIX2);
}

struct ka_hash128
ka_hash128_start(void)
{
	uint64_t seed = ka_hash_seed();

	return (struct ka_hash128){
		.a = ka_mix(seed ^ KA_MIX1, KA_MIX2),
		.b = ka_mix(seed ^ KA_MIX3, KA_MIX1),
	};
}

/* Each lane multiplies two secrets, the word in one of them.  The constants differ, so no word
 * makes the two products one. */
void
ka_hash128_feed(struct ka_hash128 *h, uint64_t word)
{
	uint64_t a = h->a, b = h->b;

	h->a = ka_mix(a ^ word, b ^ KA_MIX1);
	h->b = ka_mix(b ^ word ^ KA_MIX2, a ^ KA_MIX3);
}

/* Two chains over the same words side by side: neither waits for the other's products. */
void
ka_hash128_feed_bytes(struct ka_hash128 *h, const void *bytes, size_t len)
{
	const unsigned char *p = bytes;
	uint64_t a = h->a, b = h->b, key_a = a ^ KA_MIX2, key_b = b ^ KA_MIX1;
	unsigned char last[16] = { 0 };
	size_t left = len;

	for (; left >= 16; left -= 16, p += 16) {
		uint64_t w = load64(p), x = load64(p + 8);

		a = ka_mix(w ^ key_a, x ^ a);
		b = ka_mix(x ^ key_b, w ^ b);
	}
	if (left) {
		memcpy(last, p, left);
		a = ka_mix(load64(last) ^ key_a, load64(last + 8) ^ a);
		b = ka_mix(load64(last + 8) ^ key_b, load64(last) ^ b);
	}
	h->a = a;
	h->b = b;
	ka_hash128_feed(h, len);
}

void
ka_hash128_feed_ptr(struct ka_hash128 *h, const void *interned)
{
	ka_hash128_feed(h, (uint64_t)(uintptr_t)interned);
}
