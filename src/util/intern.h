/* Interner: one copy of each string, so that equal strings are equal pointers. */
#ifndef KA_UTIL_INTERN_H
#define KA_UTIL_INTERN_H

#include <stddef.h>
#include <stdint.h>

struct ka_arena;
struct ka_intern;

/* Strings live in `arena` (borrowed); the table itself is freed by _free.  The hash is seeded at
 * random: names come from strangers. */
struct ka_intern *ka_intern_new(struct ka_arena *arena);
void ka_intern_free(struct ka_intern *in);

/* The one copy of these bytes, NUL-terminated.  The bytes hold no NUL (callers have refused
 * that). */
const char *ka_intern_n(struct ka_intern *in, const char *s, size_t len);
const char *ka_intern(struct ka_intern *in, const char *s);
/* These bytes will be asked for in a moment: fetches what the table knows of them meanwhile.  For
 * strings of which there are many; where they belong is in no cache. */
void ka_intern_soon(const struct ka_intern *in, const char *s, size_t len);
/* The one copy, or NULL when the string was never interned: then nothing in the graph equals it. */
const char *ka_intern_find(const struct ka_intern *in, const char *s, size_t len);
size_t ka_intern_count(const struct ka_intern *in);

#endif
