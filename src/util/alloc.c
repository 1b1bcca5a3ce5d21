#include "util/alloc.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/banned.h"

_Noreturn void
ka_alloc_die(void)
{
	/* fputs on an unbuffered stream allocates nothing. */
	fputs("kassay: out of memory\n", stderr);
	abort();
}

static void *
checked(void *p)
{
	if (!p)
		ka_alloc_die();
	return p;
}

void *
ka_xmalloc(size_t size)
{
	return checked(malloc(size ? size : 1));
}

void *
ka_xcalloc(size_t n, size_t size)
{
	return checked(n && size ? calloc(n, size) : calloc(1, 1));
}

void *
ka_xreallocarray(void *p, size_t n, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(n, size, &bytes))
		ka_alloc_die();
	return checked(realloc(p, bytes ? bytes : 1));
}

char *
ka_xstrdup(const char *s)
{
	size_t size = strlen(s) + 1;

	return memcpy(ka_xmalloc(size), s, size);
}
