/* The one mixing step that hashes and tables are made of. */
#ifndef KA_UTIL_MIX_H
#define KA_UTIL_MIX_H

#include <stdint.h>

/* Odd numbers without a pattern: the fractions of pi, e and the square root of 2. */
#define KA_MIX1 UINT64_C(0x243f6a8885a308d3)
#define KA_MIX2 UINT64_C(0xb7e151628aed2a6b)
#define KA_MIX3 UINT64_C(0x6a09e667f3bcc909)

/* The two halves of the 128-bit product, folded: every bit of both operands reaches every bit. */
static inline uint64_t
ka_mix(uint64_t a, uint64_t b)
{
#ifdef __SIZEOF_INT128__
	__extension__ typedef unsigned __int128 u128;
	u128 product = (u128)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
#else
	uint64_t al = (uint32_t)a, ah = a >> 32, bl = (uint32_t)b, bh = b >> 32;
	uint64_t low = al * bl, mid = ah * bl + (low >> 32), mid2 = al * bh + (uint32_t)mid;

	return (mid2 << 32 | (uint32_t)low) ^ (ah * bh + (mid >> 32) + (mid2 >> 32));
#endif
}

#endif
