/* The files source: manifests, kubectl dumps, List objects and snapshots, told apart by content. */
#ifndef KA_SOURCE_FILES_H
#define KA_SOURCE_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <kassay/err.h>
#include <kassay/graph.h>

#include "model/build.h"
#include "model/snapshot.h"
#include "util/read.h"

struct ka_files_opts {
	struct ka_limits limits;
	uint64_t max_input;      /* decompressed bytes of one input; 0: the default */
	uint32_t max_ratio;      /* decompressed to compressed; 0: the default */
	const char *stdin_name;  /* what reports call "-"; NULL: "(standard input)" */
	struct ka_strs node_facts; /* more paths: what `kassay node` wrote, and nothing else */
	bool strict;             /* a bad document is an error, not a problem in the graph */
};
#define KA_FILES_OPTS_DEFAULT ((struct ka_files_opts){ .limits = KA_LIMITS_DEFAULT })

/* Reads every path (a file, a folder walked recursively in name order, or "-" for standard input)
 * into a new graph, to be freed with ka_graph_free().  A bad document becomes a problem in the
 * graph and the rest is read; -1 when nothing could be read at all, a path is missing, or a
 * snapshot is damaged. */
int ka_files_load(const char *const *path, size_t n, const struct ka_files_opts *opts,
		  struct ka_graph **ret, struct ka_err *err);

/* Reads the same input and writes a snapshot to out_path (".gz", ".zst" by its ending; "-" for
 * standard output). */
int ka_files_snapshot(const char *const *path, size_t n, const struct ka_files_opts *opts,
		      const char *out_path, struct ka_err *err);

/* Adds what opts->node_facts name to what another source has read, before ka_build_finish(); with none,
 * the ledger says that there are none.  writer: NULL, or the snapshot that is being made. */
int ka_files_add_facts(const struct ka_files_opts *opts, struct ka_build *b, struct ka_snapshot_writer *writer,
		       struct ka_err *err);

#endif
