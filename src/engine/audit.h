/* An audit: every selected check over one graph, and the report of it. */
#ifndef KA_ENGINE_AUDIT_H
#define KA_ENGINE_AUDIT_H

#include <stddef.h>

#include <kassay/check.h>
#include <kassay/err.h>
#include <kassay/graph.h>
#include <kassay/report.h>

#include "engine/catalog.h"

struct ka_baseline;
struct ka_policy;
struct ka_usage;

/* All borrowed, and until the report is freed.  Zero is a sensible value for every field. */
struct ka_audit_opts {
	const struct ka_catalog *catalog; /* NULL: KA_CATALOG, all that the program knows */
	const char *const *check;	  /* globs over keys; without any, every check runs */
	size_t nchecks;
	const char *const *bench;	    /* names; only the checks of these benchmarks run */
	size_t nbenches;		    /* 0: all are reported, or none when `check` selects */
	const struct ka_policy *policy;	    /* NULL: none */
	const struct ka_baseline *baseline; /* NULL: none */
	enum ka_severity fail_on;	    /* KA_SEV_DEFAULT: never */
	double min_coverage;		    /* 0..1 */
	const char *epoch;		    /* SOURCE_DATE_EPOCH's value, or NULL */
	const struct ka_usage *usage;	    /* what an audit log tells, sorted; NULL: none */
};

/* Judges the graph, which is borrowed.  -1 when the options make no sense (an unknown benchmark, a
 * glob that no check matches, an epoch that is no number): nothing was judged then.  Free with
 * ka_report_free(). */
int ka_audit(const struct ka_graph *g, const struct ka_audit_opts *opts, struct ka_report **ret,
	     struct ka_err *err);
void ka_report_free(struct ka_report *r);

/* The exit status that a report calls for: 3 when evidence is missing or coverage too low, else 1
 * when a finding that is neither waived nor in the baseline is as severe as fail_on, else 0. */
int ka_report_exit(const struct ka_report *r);

#endif
