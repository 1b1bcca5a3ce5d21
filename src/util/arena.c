#include "util/arena.h"

#include <assert.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"

#include "util/banned.h"

/* Under AddressSanitizer what is not handed out is poisoned and allocations stand apart, so that
 * running over the end of one is found as it would be with malloc. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WITH_ASAN 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define WITH_ASAN 1
#endif
#ifdef WITH_ASAN
#include <sanitizer/asan_interface.h>
#define REDZONE	      ((size_t)16)
#define hide(p, size) __asan_poison_memory_region((p), (size))
#define show(p, size) __asan_unpoison_memory_region((p), (size))
#else
#define REDZONE	      ((size_t)0)
#define hide(p, size) ((void)(p), (void)(size))
#define show(p, size) ((void)(p), (void)(size))
#endif

#define CHUNK_FIRST ((size_t)64 << 10)
#define CHUNK_LAST  ((size_t)1 << 20)
#define ALIGN	    _Alignof(max_align_t)

struct chunk {
	struct chunk *prev;
	size_t size, used;
	_Alignas(max_align_t) char data[];
};

/* An allocation too large for a chunk.  It takes one byte of the current chunk, so that its place
 * in the order of allocations, which _release needs, is (chunk, used). */
struct large {
	struct large *prev;
	struct chunk *chunk;
	size_t used;
	size_t size;
	_Alignas(max_align_t) char data[];
};

struct ka_arena {
	struct chunk *chunk; /* the one in use */
	struct chunk *spare; /* from _release, so that a loop of it need not malloc */
	struct large *large;
	size_t next_size;
	size_t total;
};

struct ka_arena *
ka_arena_new(void)
{
	struct ka_arena *a = ka_xcalloc(1, sizeof *a);

	a->next_size = CHUNK_FIRST;
	a->total = sizeof *a;
	return a;
}

static void
chunk_free(struct ka_arena *a, struct chunk *c)
{
	a->total -= sizeof *c + c->size;
	show(c->data, c->size);
	free(c);
}

static void
chunk_add(struct ka_arena *a)
{
	struct chunk *c = a->spare;

	a->spare = NULL;
	if (c && c->size < a->next_size / 2) {
		chunk_free(a, c);
		c = NULL;
	}
	if (!c) {
		c = ka_xmalloc(sizeof *c + a->next_size);
		c->size = a->next_size;
		a->total += sizeof *c + c->size;
		if (a->next_size < CHUNK_LAST)
			a->next_size *= 2;
	}
	c->used = 0;
	c->prev = a->chunk;
	a->chunk = c;
	hide(c->data, c->size);
}

static bool
has_room(const struct ka_arena *a, size_t size, size_t align)
{
	size_t start;

	if (!a->chunk)
		return false;
	start = (a->chunk->used + align - 1) & ~(align - 1);
	return start <= a->chunk->size && size <= a->chunk->size - start;
}

static void *
large_add(struct ka_arena *a, size_t size)
{
	struct large *l = ka_xcalloc(1, sizeof *l + size);

	if (!has_room(a, 1, 1))
		chunk_add(a);
	l->chunk = a->chunk;
	l->used = a->chunk->used++;
	l->size = size;
	l->prev = a->large;
	a->large = l;
	a->total += sizeof *l + size;
	return l->data;
}

static void
large_pop(struct ka_arena *a)
{
	struct large *l = a->large;

	a->large = l->prev;
	a->total -= sizeof *l + l->size;
	free(l);
}

/* Not zeroed, unless it is a large one. */
static void *
take(struct ka_arena *a, size_t size, size_t align, bool *ret_zeroed)
{
	struct chunk *c;
	size_t start;

	*ret_zeroed = false;
	if (size > PTRDIFF_MAX / 2)
		ka_alloc_die();
	if (!has_room(a, size + REDZONE, align)) {
		/* A quarter of the next chunk: then at most that much of this one is left. */
		if (size > a->next_size / 4) {
			*ret_zeroed = true;
			return large_add(a, size);
		}
		chunk_add(a);
	}
	c = a->chunk;
	start = (c->used + align - 1) & ~(align - 1);
	c->used = start + size + REDZONE;
	show(c->data + start, size);
	return c->data + start;
}

void *
ka_arena_alloc(struct ka_arena *a, size_t size)
{
	bool zeroed;
	void *p = take(a, size, ALIGN, &zeroed);

	return zeroed ? p : memset(p, 0, size);
}

void *
ka_arena_array(struct ka_arena *a, size_t n, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(n, size, &bytes))
		ka_alloc_die();
	return ka_arena_alloc(a, bytes);
}

void *
ka_arena_copy(struct ka_arena *a, const void *p, size_t size)
{
	bool zeroed;
	void *copy = take(a, size, ALIGN, &zeroed);

	/* p may be NULL when there is nothing to copy. */
	return size ? memcpy(copy, p, size) : copy;
}

char *
ka_arena_strndup(struct ka_arena *a, const char *s, size_t len)
{
	bool zeroed;
	char *copy = take(a, len + 1, 1, &zeroed);

	if (len)
		memcpy(copy, s, len);
	copy[len] = '\0';
	return copy;
}

char *
ka_arena_fmt(struct ka_arena *a, const char *fmt, ...)
{
	char small[256], *s;
	va_list ap;
	bool zeroed;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(small, sizeof small, fmt, ap);
	va_end(ap);
	if (len < 0)
		ka_alloc_die();
	if ((size_t)len < sizeof small)
		return ka_arena_strndup(a, small, (size_t)len);
	s = take(a, (size_t)len + 1, 1, &zeroed);
	va_start(ap, fmt);
	vsnprintf(s, (size_t)len + 1, fmt, ap);
	va_end(ap);
	return s;
}

struct ka_arena_mark
ka_arena_mark(const struct ka_arena *a)
{
	return (struct ka_arena_mark){ a->chunk, a->chunk ? a->chunk->used : 0 };
}

static void
chunk_pop(struct ka_arena *a)
{
	struct chunk *c = a->chunk;

	a->chunk = c->prev;
	if (a->spare && a->spare->size >= c->size) {
		chunk_free(a, c);
		return;
	}
	if (a->spare)
		chunk_free(a, a->spare);
	a->spare = c;
	hide(c->data, c->size);
}

void
ka_arena_release(struct ka_arena *a, struct ka_arena_mark mark)
{
	struct chunk *c;

	while ((c = a->chunk) != mark.chunk) {
		assert(c);
		while (a->large && a->large->chunk == c)
			large_pop(a);
		chunk_pop(a);
	}
	if (!c)
		return;
	while (a->large && a->large->chunk == c && a->large->used >= mark.used)
		large_pop(a);
	assert(mark.used <= c->used);
	hide(c->data + mark.used, c->used - mark.used);
	c->used = mark.used;
}

size_t
ka_arena_size(const struct ka_arena *a)
{
	return a->total;
}

void
ka_arena_free(struct ka_arena *a)
{
	if (!a)
		return;
	ka_arena_release(a, (struct ka_arena_mark){ NULL, 0 });
	if (a->spare)
		chunk_free(a, a->spare);
	free(a);
}
