/* The result of an audit, as every writer gets it, and the table of writers. */
#ifndef KASSAY_REPORT_H
#define KASSAY_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <kassay/check.h>
#include <kassay/crowd.h>
#include <kassay/graph.h>
#include <kassay/measure.h>
#include <kassay/out.h>
#include <kassay/powers.h>

enum ka_status { KA_PASS, KA_FAIL, KA_NA, KA_MANUAL, KA_UNKNOWN, KA_NSTATUSES };
const char *ka_status_name(enum ka_status s); /* "pass" "fail" "na" "manual" "unknown" */

/* An exception from the policy file.  It never changes a status. */
struct ka_waiver {
	const char *check;   /* glob */
	const char *kind, *namespace, *name; /* globs; NULL: any */
	const char *container;
	const char *reason, *owner, *expires; /* expires: "2026-12-31", or NULL */
	bool expired;        /* at the run's time: it then waives nothing */
	uint32_t hits;       /* findings it covers (or would, had it not expired) */
	uint32_t line;       /* in the policy file */
};
/* What a person has attested for a manual control. */
struct ka_attestation {
	const char *benchmark, *control; /* "cis-kubernetes-2.0.1", "3.1.1" */
	const char *statement, *by, *date;
	bool holds;          /* "holds: false" records a known failure */
};

struct ka_finding {
	char id[17];                  /* 16 hex digits, stable from run to run */
	const struct ka_check *check;
	enum ka_severity severity;
	const struct ka_object *obj;
	const char *container, *path, *observed, *expected, *message; /* NULL when not given */
	uint32_t instances;
	const struct ka_object *via[4]; /* NULL-ended */
	const struct ka_waiver *waiver; /* NULL, or the one in force */
	bool known;                   /* the baseline has it: it does not count for fail_on */
};

struct ka_result { /* one check */
	const struct ka_check *check;
	const struct ka_check_set *set;
	enum ka_status status;
	const char *reason; /* for na and unknown; NULL for pass and fail */
	bool switched_off;  /* by the policy file: na, but no part of a pass */
	/* objects; `failed` counts distinct objects with findings, waived ones too */
	uint64_t seen, failed;
	size_t first, nfindings;      /* its slice of ka_report.finding */
	size_t nwaived;
	enum ka_severity severity;    /* the check's, or what the policy file made it */
};

struct ka_control { /* one item of a benchmark */
	const struct ka_bench_item *item;
	enum ka_status status;
	const char *reason;
	const struct ka_attestation *attestation;
	const struct ka_result *result[12]; /* NULL-ended */
};
struct ka_bench_result {
	const struct ka_bench *bench;
	size_t ncontrols;
	const struct ka_control *control;
	uint32_t count[KA_NSTATUSES];
	double coverage;   /* (pass + fail) / all but na, 0..1 */
	/* named on the command line: then its coverage must reach min_coverage too */
	bool asked;
	bool has_score;    /* false below the coverage that was asked for */
	double score;      /* pass / (pass + fail), 0..1 */
};

/* How much a subject is granted, and where that leads: kassay(1) has the formulas. */
struct ka_holder {
	struct ka_subject subject;
	bool builtin;        /* Kubernetes' own */
	struct ka_measure measure;
	struct ka_crowd crowd; /* who is behind it */
	struct ka_blast blast;
	/* an account: the audit log has nothing of it, and no workload runs as it */
	bool dormant;
};
struct ka_least_privilege {
	bool judged;          /* false: single checks were asked for */
	enum ka_kind missing; /* of RBAC, not read to the end; KA_NKINDS: none */
	bool served;          /* stars stand for what the API server says it serves */
	size_t nresources, nnamespaces;
	struct ka_atom_tally everybody; /* what everybody holds who is known: all hold it besides */
	const struct ka_quality *log;   /* of the audit log; NULL: there is none */
	/* Who holds more than everybody: Kubernetes' own last, then by weight, by atoms (most
	 * first), kind, namespace, name. */
	size_t nsubjects, nbuiltin;
	const struct ka_holder *subject;
	size_t nothing;       /* subjects with bindings that give no more than everybody has */
};

struct ka_report {
	const struct ka_graph *g;
	const char *tool_version;
	/* RFC 3339: SOURCE_DATE_EPOCH, else the facts' own time, else now */
	const char *generated;
	const char *checks_digest;    /* SHA-256 over keys, texts and maps: which rules judged */
	const char *policy_file;      /* NULL: none */
	const char *policy_sha256;
	enum ka_severity fail_on;     /* KA_SEV_DEFAULT: never */
	double min_coverage;          /* 0..1 */

	size_t nresults;
	const struct ka_result *result;   /* in registry order */
	size_t nfindings;
	/* by result, then severity (worst first), namespace, kind, name, container, path */
	const struct ka_finding *finding;
	size_t nbenches;
	const struct ka_bench_result *bench;
	size_t nwaivers;
	const struct ka_waiver *waiver;
	size_t nattestations;
	const struct ka_attestation *attestation;
	/* the policy file's, asked for by none of the checks that ran */
	struct ka_strs unread_params;
	struct ka_least_privilege least;

	uint32_t status_count[KA_NSTATUSES];        /* checks */
	uint64_t severity_count[KA_CRITICAL + 1];   /* findings in force */
	uint64_t waived_count;
	const char *baseline_file;    /* NULL: none */
	/* findings in force that the baseline has; the others in force are new */
	uint64_t known_count;
	/* the baseline's findings that are no more, of checks that could judge */
	uint64_t gone_count;
	double coverage;              /* of checks: (pass + fail) / (all but na and manual) */
	/* evidence was refused, failed or cut, or a document was lost */
	bool incomplete;
};

struct ka_report_opts {
	bool junit_by_object;
	bool color;   /* terminal */
	unsigned width; /* terminal columns */
};

struct ka_format {
	const char *name;   /* "json" */
	const char *what;   /* one line for `kassay list formats` */
	/* Writes the whole report.  Write errors stick in out. */
	int (*write)(struct ka_out *out, const struct ka_report *r,
		     const struct ka_report_opts *opts, struct ka_err *err);
};
/* reports/registry.c; ends with a row whose name is NULL. */
extern const struct ka_format ka_formats[];
const struct ka_format *ka_format_find(const char *name);

#endif
