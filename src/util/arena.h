/* Arena: everything of one snapshot is allocated here and freed at once. */
#ifndef KA_UTIL_ARENA_H
#define KA_UTIL_ARENA_H

#include <stddef.h>

struct ka_arena;

struct ka_arena *ka_arena_new(void);
void ka_arena_free(struct ka_arena *a);

/* Zeroed, aligned for any object type.  size 0 gives a valid pointer. */
void *ka_arena_alloc(struct ka_arena *a, size_t size);
void *ka_arena_array(struct ka_arena *a, size_t n, size_t size);
void *ka_arena_copy(struct ka_arena *a, const void *p, size_t size);
char *ka_arena_strndup(struct ka_arena *a, const char *s, size_t len);
char *ka_arena_fmt(struct ka_arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* What was allocated after a mark can be given back in one go: the decoder builds a pod spec, finds
 * that it has seen it before, and takes the copy back. */
struct ka_arena_mark {
	void *chunk;
	size_t used;
};
struct ka_arena_mark ka_arena_mark(const struct ka_arena *a);
void ka_arena_release(struct ka_arena *a, struct ka_arena_mark mark);

/* Bytes held from the system. */
size_t ka_arena_size(const struct ka_arena *a);

#endif
