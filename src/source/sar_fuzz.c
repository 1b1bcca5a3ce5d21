/* Fuzz target: any bytes as a file of SubjectAccessReviews. */
#include <stdint.h>
#include <string.h>

#include "source/sar.h"
#include "util/fuzz_testing.h"

#include "util/banned.h"

static int
look(void *arg, const struct ka_sar *sar, struct ka_err *err)
{
	(void)arg;
	(void)err;
	must(sar->error || (sar->req.verb && sar->who.subject.name), "a review without a verb or a user");
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct ka_limits limits = KA_LIMITS_DEFAULT;
	struct ka_err err;

	ka_sar_read_mem((const char *)data, size, &limits, look, NULL, &err);
	return 0;
}
