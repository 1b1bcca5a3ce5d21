/* Allocation that aborts when memory is out: nothing sensible can be audited after that. */
#ifndef KA_UTIL_ALLOC_H
#define KA_UTIL_ALLOC_H

#include <stddef.h>

/* Freed with free(). */
void *ka_xmalloc(size_t size);
void *ka_xcalloc(size_t n, size_t size);
/* n * size bytes, aborting on overflow as well. */
void *ka_xreallocarray(void *p, size_t n, size_t size);
char *ka_xstrdup(const char *s);
/* Says that memory is out and aborts. */
_Noreturn void ka_alloc_die(void);

/* Room for one more element in `ptr` (a pointer lvalue) holding `n` of capacity `cap` (an lvalue);
 * doubles.  A macro because it must work for every element type. */
#define KA_GROW(ptr, n, cap)                                                              \
	((n) < (cap) ? (void)0                                                            \
		     : (void)((cap) = (cap) ? (cap) * 2 : 16,                             \
			      (ptr) = ka_xreallocarray((ptr), (cap), sizeof *(ptr))))

#endif
