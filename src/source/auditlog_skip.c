/* Passing over an object or an array by looking at 64 bytes at once: which of them are inside
 * strings, and how many brackets open and close outside.  The bit tricks are those of simdjson
 * (Langdale and Lemire, "Parsing gigabytes of JSON per second", 2019). */
#include "source/auditlog_scan.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "util/banned.h"

#define BLOCK 64

/* Bit i is about byte i. */
struct masks {
	uint64_t quote, backslash, open, close, control;
};

#ifdef __SSE2__
static inline void
masks_of(const char *p, struct masks *m)
{
	const __m128i quote = _mm_set1_epi8('"'), backslash = _mm_set1_epi8('\\');
	const __m128i open = _mm_set1_epi8('{'), close = _mm_set1_epi8('}');
	const __m128i bit = _mm_set1_epi8(0x20), control = _mm_set1_epi8(0x1f);

	*m = (struct masks){ 0 };
	for (int i = 0; i < BLOCK; i += 16) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)(p + i));
		__m128i b = _mm_or_si128(v, bit); /* '[' becomes '{', ']' becomes '}', no other byte does */

		m->quote |= (uint64_t)(unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(v, quote)) << i;
		m->backslash |= (uint64_t)(unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(v, backslash)) << i;
		m->open |= (uint64_t)(unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(b, open)) << i;
		m->close |= (uint64_t)(unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(b, close)) << i;
		m->control |= (uint64_t)(unsigned)_mm_movemask_epi8(
				      _mm_cmpeq_epi8(_mm_min_epu8(v, control), v))
			      << i;
	}
}
#else
static inline void
masks_of(const char *p, struct masks *m)
{
	*m = (struct masks){ 0 };
	for (int i = 0; i < BLOCK; i++) {
		unsigned char c = (unsigned char)p[i];

		m->quote |= (uint64_t)(c == '"') << i;
		m->backslash |= (uint64_t)(c == '\\') << i;
		m->open |= (uint64_t)((c | 0x20) == '{') << i;
		m->close |= (uint64_t)((c | 0x20) == '}') << i;
		m->control |= (uint64_t)(c < 0x20) << i;
	}
}
#endif

/* The bytes behind a backslash that is not itself behind one.  *carry: the first byte of the block is
 * one of them; set for the block to come. */
static inline uint64_t
escaped(uint64_t backslash, uint64_t *carry)
{
	const uint64_t even = UINT64_C(0x5555555555555555);
	uint64_t follows, odd_starts, sum;

	backslash &= ~*carry;
	follows = backslash << 1 | *carry;
	odd_starts = backslash & ~even & ~follows;
	*carry = __builtin_add_overflow(odd_starts, backslash, &sum);
	return (even ^ sum << 1) & follows;
}

/* Bit i: whether an odd number of bits up to and with i is set. */
static inline uint64_t
parity(uint64_t x)
{
	for (int i = 1; i < BLOCK; i *= 2)
		x ^= x << i;
	return x;
}

static inline unsigned
count(uint64_t x)
{
	x -= x >> 1 & UINT64_C(0x5555555555555555);
	x = (x & UINT64_C(0x3333333333333333)) + (x >> 2 & UINT64_C(0x3333333333333333));
	x = (x + (x >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
	return (unsigned)(x * UINT64_C(0x0101010101010101) >> 56);
}

/* Where the last open bracket closes in this block, or -1. */
static int
closing(uint64_t open, uint64_t close, uint64_t *depth)
{
	for (uint64_t all = open | close; all; all &= all - 1) {
		int i = __builtin_ctzll(all);

		if (open >> i & 1)
			++*depth;
		else if (--*depth == 0)
			return i;
	}
	return -1;
}

const char *
ka_al_skip_container(const char *p, const char *end, bool *in_string, const char **bad)
{
	uint64_t carry = 0, inside = 0, depth = 0;

	for (; p < end; p += BLOCK) {
		uint64_t valid = end - p < BLOCK ? (UINT64_C(1) << (end - p)) - 1 : UINT64_MAX;
		uint64_t strings, wrong;
		struct masks m;
		int at = -1;

		masks_of(p, &m);
		m.quote &= valid & ~escaped(m.backslash, &carry);
		strings = parity(m.quote) ^ inside;
		inside = (uint64_t)0 - (strings >> 63);
		m.open &= valid & ~strings;
		m.close &= valid & ~strings;
		wrong = m.control & strings & valid;
		if (depth > count(m.close))
			depth = depth + count(m.open) - count(m.close);
		else
			at = closing(m.open, m.close, &depth);
		if (wrong && (at < 0 || __builtin_ctzll(wrong) < at)) {
			*bad = p + __builtin_ctzll(wrong);
			return NULL;
		}
		if (at >= 0)
			return p + at + 1;
	}
	*in_string = inside != 0;
	return NULL;
}
