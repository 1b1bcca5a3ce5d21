/* The cluster source: what an API server holds now. */
#ifndef KA_SOURCE_CLUSTER_H
#define KA_SOURCE_CLUSTER_H

#include <stdbool.h>
#include <stdint.h>

#include <kassay/err.h>
#include <kassay/graph.h>

#include "source/access.h"
#include "source/lists.h"
#include "source/plan.h"
#include "util/read.h"

struct ka_cluster_opts {
	struct ka_access_opts access;
	struct ka_strs namespaces;  /* --namespace: only these */
	ka_kinds kinds;             /* only these, and nothing of nodes themselves; 0: all there is */
	unsigned parallel;          /* requests at a time; 0: the default */
	unsigned page_size;         /* objects of a page; 0: the default */
	unsigned stall_seconds;     /* an answer that stands still so long is asked for again; 0: the default */
	unsigned deadline_seconds;  /* of one request with all its tries; 0: the default */
	bool json;                  /* no protobuf */
	struct ka_limits limits;
	struct ka_strs node_facts;  /* paths: what `kassay node` wrote */
	/* All may be NULL.  cancelled: true ends the reading.  warn: one line for people. */
	bool (*cancelled)(void *arg);
	void (*progress)(void *arg, const struct ka_lists_progress *p);
	void (*warn)(void *arg, const char *text);
	void *arg;
};

/* Reads the cluster into a new graph, to be freed with ka_graph_free().  What is refused or fails is in its ledger;
 * -1 and *err when nothing could be read at all, or it was cancelled. */
int ka_cluster_load(const struct ka_cluster_opts *opts, struct ka_graph **ret, struct ka_err *err);

/* Reads the same and writes a snapshot to out_path (".gz", ".zst" by its ending; "-" for standard output).
 * *ret_incomplete: something was refused or failed, and warn() was told. */
int ka_cluster_snapshot(const struct ka_cluster_opts *opts, const char *out_path, bool *ret_incomplete,
			struct ka_err *err);

/* One request that a run would make. */
struct ka_dry_request {
	enum ka_kind kind;         /* whose evidence it is; KA_OTHER: of custom resources or of none */
	const char *path;
	enum ka_evidence_status status; /* COMPLETE: allowed; FORBIDDEN; FAILED: cannot be told; ABSENT: not made */
	const char *reason;        /* the server's, or NULL */
	bool spare;                /* another request, which is allowed, brings the same */
};
/* Discovers, and asks the API server of each request whether it would be refused (SelfSubjectAccessReview, which
 * changes nothing), in the order of the run.  -1 as ka_cluster_load(). */
int ka_cluster_dry_run(const struct ka_cluster_opts *opts,
		       void (*tell)(void *arg, const struct ka_dry_request *request), void *arg, struct ka_err *err);

#endif
