/* Fuzz target: whatever the bytes, unpacking ends, keeps to its limits and does not depend on how
 * much is asked for at a time. */
#include <stddef.h>
#include <stdint.h>

#include "util/bytes.h"
#include "util/fuzz_testing.h"

#include "util/banned.h"

#define MAX_OUT (1u << 20)

struct result {
	int status;
	uint64_t hash, total;
};

static struct result
drain(const uint8_t *data, size_t size, size_t cap, int peek)
{
	const struct ka_bytes_limits limits = { .max_out = MAX_OUT, .max_ratio = 10 };
	struct ka_bytes *b = ka_bytes_open_mem(data, size, &limits, NULL);
	struct ka_in in = ka_bytes_in(b);
	struct result r = { 0, 0, 0 };
	unsigned char buf[4096];
	const char *head;
	size_t n;

	if (peek)
		ka_bytes_peek(b, &head, &n, NULL);
	while (!(r.status = in.read(in.arg, buf, cap, &n, NULL)) && n) {
		must(n <= cap, "more than was asked for");
		r.total += n;
		for (size_t i = 0; i < n; i++)
			r.hash = (r.hash ^ buf[i]) * UINT64_C(0x100000001b3);
	}
	must(r.total <= MAX_OUT, "past the limit");
	ka_bytes_close(b);
	return r;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct result whole = drain(data, size, 4096, 1), parts = drain(data, size, 509, 0);

	if (whole.status == 0 || parts.status == 0)
		must(whole.status == parts.status && whole.total == parts.total &&
			     whole.hash == parts.hash,
		     "pieces differ");
	return 0;
}
