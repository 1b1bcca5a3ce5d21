/* For fuzz targets: the function that libFuzzer calls, and what to say when a promise is broken. */
#ifndef KA_UTIL_FUZZ_TESTING_H
#define KA_UTIL_FUZZ_TESTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Says what does not hold and aborts, so that libFuzzer keeps the input. */
static inline void
must(bool ok, const char *broken)
{
	if (ok)
		return;
	fprintf(stderr, "%s\n", broken);
	abort();
}

#endif
