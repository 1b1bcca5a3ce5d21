/* Fuzz target: any text as the schedule of a CronJob. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/schedule.h"
#include "util/alloc.h"
#include "util/fuzz_testing.h"

#include "util/banned.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = ka_xmalloc(size + 1);
	int days;

	memcpy(text, data, size);
	text[size] = '\0';
	days = ka_schedule_days(text);
	must(days == -1 || days > 0, "no number of days");
	free(text);
	return 0;
}
