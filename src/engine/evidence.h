/* What the evidence ledger says of a check before it runs. */
#ifndef KA_ENGINE_EVIDENCE_H
#define KA_ENGINE_EVIDENCE_H

#include <stdbool.h>

#include <kassay/check.h>
#include <kassay/report.h>

struct ka_arena;

struct ka_verdict {
	bool run;	       /* the check can look at what there is */
	bool decided;	       /* `status` stands, whatever the check finds */
	enum ka_status status; /* KA_UNKNOWN or KA_NA */
	const char *reason;
	const char *gap; /* undecided: why there can be no pass, NULL when there can */
};

/* unknown: a kind in scope or needs was refused, failed or cut, or one in needs is not offered by
 * the source.  na: manifests offer nothing in scope.  A saved answer that does not hold a kind in
 * scope says nothing of it: a fault elsewhere is one, but no fault is no pass.  The reason lives in
 * the arena. */
struct ka_verdict ka_evidence_judge(const struct ka_graph *g, const struct ka_check *check,
				    struct ka_arena *arena);
/* Why a check that saw nothing is not applicable. */
const char *ka_evidence_none(const struct ka_check *check, struct ka_arena *arena);

/* A kind was asked for and not read to the end. */
bool ka_evidence_broken(const struct ka_evidence *ev);

#endif
