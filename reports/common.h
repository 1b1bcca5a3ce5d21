/* What the writers share: what a reader asks of a report, answered once. */
#ifndef KA_REPORTS_COMMON_H
#define KA_REPORTS_COMMON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <kassay/report.h>

int ka_write_terminal(struct ka_out *out, const struct ka_report *r,
		      const struct ka_report_opts *opts, struct ka_err *err);
int ka_write_json(struct ka_out *out, const struct ka_report *r, const struct ka_report_opts *opts,
		  struct ka_err *err);
int ka_write_junit(struct ka_out *out, const struct ka_report *r, const struct ka_report_opts *opts,
		   struct ka_err *err);
int ka_write_html(struct ka_out *out, const struct ka_report *r, const struct ka_report_opts *opts,
		  struct ka_err *err);

/* For people: "Not applicable"; for machines there is ka_status_name(). */
const char *ka_status_word(enum ka_status s);
const char *ka_severity_word(enum ka_severity s);	  /* "Critical" */
const char *ka_source_class_name(enum ka_source_class c); /* "manifests" "dump" "cluster" */
/* "" for 1, else "s". */
const char *ka_plural(uint64_t n);

/* A share of 1 in whole percent and in ten-thousandths, both rounded down: what is not
 * complete never reads 100 %. */
unsigned ka_percent(double share);
unsigned ka_myriad(double share);

/* Findings that no waiver covers. */
size_t ka_in_force(const struct ka_result *res);
/* Every finding is waived, and there is one. */
bool ka_all_waived(const struct ka_result *res);
/* Findings in force that the baseline does not have, and that therefore count for fail_on. */
size_t ka_new_findings(const struct ka_report *r, enum ka_severity least);

/* Why what fails need not turn a build red. */
enum ka_excuse { KA_NO_EXCUSE, KA_WAIVED, KA_KNOWN };
enum ka_excuse ka_excuse_of(const struct ka_finding *f);
/* All findings of a check that fails have one: KA_WAIVED when all are waived. */
enum ka_excuse ka_result_excuse(const struct ka_report *r, const struct ka_result *res);
/* The same for all that makes a control fail. */
enum ka_excuse ka_control_excuse(const struct ka_report *r, const struct ka_control *c);

/* Walks the results with findings in force, worst severity first and in registry order within
 * it.  Start with { 0 }. */
struct ka_worst_walk {
	enum ka_severity severity; /* of the result returned last */
	size_t next;
};
const struct ka_result *ka_worst_next(const struct ka_report *r, struct ka_worst_walk *w);

/* Where an object came from: a file, a resourceVersion, or neither.  Facts read live have a
 * resourceVersion even when they came through a snapshot: both give the same report. */
struct ka_origin {
	const char *file; /* NULL: none */
	uint32_t line;
	const char *resource_version;
};
struct ka_origin ka_origin_of(const struct ka_graph *g, const struct ka_object *obj);
/* The display name of a file by its index; "" when there is none. */
const char *ka_file_name(const struct ka_graph *g, uint32_t file);

/* The ledger line of a kind is worth showing: KA_OTHER is when something of it was seen. */
bool ka_ledger_shown(const struct ka_graph *g, enum ka_kind kind);
/* Asked for, and not seen to the end. */
bool ka_ledger_gap(const struct ka_graph *g, enum ka_kind kind);
/* Checks that are unknown and look at this kind. */
size_t ka_blocked_by(const struct ka_report *r, enum ka_kind kind);
/* What would mend a gap, as one sentence without full stop. */
void ka_mend(char *buf, size_t size, const struct ka_graph *g, enum ka_kind kind);

/* Passes s on to `put` with bidirectional controls spelt out ("<U+202E>"), so that no name can
 * turn around the text beside it. */
void ka_put_visible(struct ka_out *out, const char *s,
		    void (*put)(struct ka_out *out, const char *s));

#endif
