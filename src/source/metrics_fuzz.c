/* Fuzz target: any text as metrics, in two cuts; what is written must be JSON, and the same. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "source/metrics.h"
#include "util/fuzz_testing.h"
#include "util/read.h"

#include "util/banned.h"

static struct ka_out *
written(const char *text, size_t size, size_t piece)
{
	struct ka_metrics *m = ka_metrics_new();
	struct ka_out *out = ka_out_mem();

	for (size_t at = 0; at < size; at += piece)
		ka_metrics_feed(m, text + at, size - at < piece ? size - at : piece);
	ka_metrics_finish(m);
	ka_metrics_write(m, out);
	ka_metrics_free(m);
	return out;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ka_out *whole = written((const char *)data, size, size ? size : 1);
	struct ka_out *bits = written((const char *)data, size, 3);
	const char *text = ka_out_memory(whole, NULL);
	struct ka_tape t;
	struct ka_err err;

	ka_tape_init(&t);
	must(strcmp(text, ka_out_memory(bits, NULL)) == 0, "the cut of the text changes what it says");
	/* Two keys that differ in bytes that are not UTF-8 are one when written. */
	must(ka_json_parse(&t, text, strlen(text), NULL, &err) == 0 || strstr(text, "\xef\xbf\xbd") ||
		     strstr(text, "\\u0000"),
	     "written is no JSON");
	ka_tape_release(&t);
	ka_out_discard(whole);
	ka_out_discard(bits);
	return 0;
}
