/* What is laid over findings without changing a status: waivers and a baseline. */
#ifndef KA_ENGINE_OVERLAY_H
#define KA_ENGINE_OVERLAY_H

#include <kassay/report.h>

struct ka_arena;
struct ka_baseline;
struct ka_policy;

/* Puts the waivers in force on the findings they cover, counts hits, and lists all of them in the
 * report, whose time tells which have expired.  `result` and `finding` are the report's own,
 * writable.  policy may be NULL. */
void ka_overlay_waivers(struct ka_report *r, struct ka_result *result, struct ka_finding *finding,
			const struct ka_policy *policy, struct ka_arena *arena);

/* Marks findings that the baseline has, and counts those of it that are gone.  A finding of a check
 * that could not judge, or did not run, is not gone.  baseline may be NULL. */
void ka_overlay_baseline(struct ka_report *r, struct ka_finding *finding,
			 const struct ka_baseline *baseline);

#endif
