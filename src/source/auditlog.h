/* Audit logs of the API server: as it writes them itself, and as EKS, GKE, AKS and log shippers hand
 * them on.  A log of any size is read in one pass and in little memory; each request is handed over
 * as a struct ka_event.
 *
 * What a line is, its content tells, line by line:
 *   - events of audit.k8s.io/v1 (v1beta1 and v1alpha1 too, where their fields are the same): one a line,
 *     in a JSON array, or in an EventList, as the webhook sends it and pretty-printed as well;
 *   - CloudWatch (EKS): what `aws logs filter-log-events`, get-log-events and get-query-results print,
 *     the records of a subscription, and lines of an export to S3 (a time, then the event);
 *   - Cloud Logging (GKE): LogEntry objects whose protoPayload is of service k8s.io;
 *   - Azure (AKS): records of the categories kube-audit and kube-audit-admin, rows of AzureDiagnostics
 *     (log_s), of AKSAudit and of AKSAuditAdmin;
 *   - an event as text or as an object under "log", "message", "@message" or kubernetes.audit, as log
 *     shippers wrap it.
 *
 * What is verified: the syntax of each object down to the fields that are read, that their strings are
 * JSON strings of valid UTF-8, that no key occurs twice among those that are looked for, and that all
 * strings and brackets are closed where the line ends.  What is not: the inside of what is passed over
 * (requestObject, responseObject, user.extra ...), whose strings and brackets are only counted.
 *
 * An event that cannot be trusted whole is not handed over at all: it is counted, and named with its
 * line.  In a line that is damaged no further event is looked for: a body of a request could hold what
 * looks like one. */
#ifndef KA_SOURCE_AUDITLOG_H
#define KA_SOURCE_AUDITLOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <kassay/err.h>
#include <kassay/event.h>
#include <kassay/graph.h>

#include "util/read.h"

struct ka_auditlog_opts {
	struct ka_limits limits; /* value: bytes of one event or record */
	uint64_t max_input;      /* decompressed bytes of one input; 0: the default */
	uint32_t max_ratio;      /* decompressed to compressed; 0: the default */
	const char *stdin_name;  /* what reports call "-"; NULL: "(standard input)" */
};
#define KA_AUDITLOG_OPTS_DEFAULT ((struct ka_auditlog_opts){ .limits = KA_LIMITS_DEFAULT })

/* What was found in a file. */
enum {
	KA_AUDITLOG_EVENTS = 1 << 0,     /* audit.k8s.io events as the API server writes them */
	KA_AUDITLOG_CLOUDWATCH = 1 << 1, /* EKS */
	KA_AUDITLOG_GKE = 1 << 2,
	KA_AUDITLOG_AKS = 1 << 3,
	KA_AUDITLOG_WRAPPED = 1 << 4, /* in the record of a log shipper */
	KA_AUDITLOG_OLD = 1 << 5,     /* of version v1beta1 or v1alpha1 */
};

struct ka_auditlog_counts {
	uint64_t bytes; /* unpacked */
	uint64_t lines;
	uint64_t events;   /* handed over */
	uint64_t received; /* of stage RequestReceived: nothing is decided there, not handed over */
	uint64_t cut;      /* end before they are whole */
	uint64_t not_json; /* begin like no JSON */
	uint64_t bad;      /* damaged, too large, or with fields of wrong types */
	uint64_t unknown;  /* audit events of a version that is not known */
	uint64_t other;    /* other objects, and lines of other logs */
};

struct ka_auditlog_file {
	const char *name;
	unsigned found; /* KA_AUDITLOG_* */
	bool cut;       /* its end could not be read, or was left out */
	struct ka_auditlog_counts n;
	int64_t first, last; /* of the events handed over, microseconds since 1970; 0: none */
};

struct ka_auditlog_problem {
	uint32_t file, line; /* line 0: the file as a whole */
	const char *text;
};

enum {
	KA_AUDITLOG_PROBLEMS = 100,    /* no more are kept */
	KA_AUDITLOG_PROBLEMS_KIND = 5, /* nor of one kind in one file; the counts have them all */
};

/* What was read, and what was not. */
struct ka_auditlog {
	size_t nfiles;
	struct ka_auditlog_file *file;
	struct ka_auditlog_counts n; /* of all files */
	unsigned found;
	int64_t first, last;
	size_t nproblems;
	struct ka_auditlog_problem *problem;
	uint64_t untold; /* problems counted but not kept */
	struct ka_arena *arena; /* private: the strings */
};

/* Reads the paths one after another: files, folders (all files in them, in name order, also those in
 * folders below), "-" for standard input; gzip and zstd are unpacked.  fn takes each event; its spans
 * last until it returns.  0 and *ret, to be released, also when nothing was found.  -1 when a path
 * cannot be opened (*err says which), or when fn returned other than 0 (then err->code is KA_OK);
 * there is nothing to release then. */
int ka_auditlog_read(const struct ka_strs *paths, const struct ka_auditlog_opts *opts, ka_event_fn fn, void *arg,
		     struct ka_auditlog *ret, struct ka_err *err);
void ka_auditlog_release(struct ka_auditlog *log);

#endif
