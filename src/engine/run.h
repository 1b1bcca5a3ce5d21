/* One check at work: where what it says is kept. */
#ifndef KA_ENGINE_RUN_H
#define KA_ENGINE_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <kassay/check.h>
#include <kassay/report.h>

#include "util/map.h"

struct ka_arena;
struct ka_intern;
struct ka_policy;
struct ka_sha256;

/* Behind the opaque handle of <kassay/check.h>.  One serves all checks of an audit, one after
 * another. */
struct ka_run {
	struct ka_arena *arena; /* borrowed, as are the next two; lives as long as the report */
	struct ka_intern *in;
	struct ka_sha256 *sha;
	const struct ka_policy *policy; /* NULL: none */
	bool *param_read;		/* one a parameter of the policy */

	struct ka_finding *finding; /* of all checks so far */
	size_t n, cap;
	struct ka_hmap by_id;	   /* id -> index + 1 */
	struct ka_map failed_objs; /* (object, check) */

	const struct ka_check *check; /* at work now */
	enum ka_severity severity;    /* of its findings, unless they bring their own */
	bool severity_fixed;	      /* the policy file has spoken: theirs do not count */
	const struct ka_object *last_seen;
	uint64_t seen, failed;
	size_t first; /* its findings begin here */
};

void ka_run_init(struct ka_run *run, struct ka_arena *arena, struct ka_intern *in,
		 struct ka_sha256 *sha, const struct ka_policy *policy);
/* Frees all but the findings, which are the caller's. */
void ka_run_release(struct ka_run *run);

/* Makes `check` the one at work.  Then call its function, then ka_run_end(), which sorts its
 * findings. */
void ka_run_begin(struct ka_run *run, const struct ka_check *check);
void ka_run_end(struct ka_run *run);

#endif
