/* One value in memory. */
#include "util/banned.h"
#include "util/json_scan.h"
#include "util/read.h"

int
ka_json_parse(struct ka_tape *tape, const char *text, size_t len, const struct ka_limits *limits,
	      struct ka_err *err)
{
	static const char pad[KA_JSON_PAD];
	struct ka_json j;
	int rc = -1;

	ka_tape_clear(tape);
	ka_json_init(&j, tape, limits);
	if (len > j.limits.value) {
		ka_err_set(err, KA_ELIMIT, "larger than %zu bytes (--max-object-size)",
			   j.limits.value);
		goto out;
	}
	ka_tape_keep(tape, text, len);
	ka_tape_keep(tape, pad, sizeof pad);
	j.base = tape->aside;
	j.end = j.base + len;
	j.eof = true;
	j.p = ka_json_skip(&j, j.base);
	if (j.p == j.end) {
		ka_err_set(err, KA_EFORMAT, "no value");
		goto out;
	}
	switch (ka_json_run(&j, j.p, KA_JSON_VALUE)) {
	case KA_JSON_DONE:
	case KA_JSON_ITEMS:
		break;
	case KA_JSON_MORE:
		ka_err_set(err, KA_EFORMAT, "the input ends inside %s", j.inside);
		goto out;
	case KA_JSON_BAD:
		if (err)
			*err = j.err;
		goto out;
	}
	if (ka_json_skip(&j, j.p) != j.end) {
		ka_err_set(err, KA_EFORMAT, "more text after the value");
		goto out;
	}
	tape->edit = tape->aside;
	rc = 0;
out:
	ka_json_release(&j);
	return rc;
}
