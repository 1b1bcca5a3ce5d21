/* Snapshots: one file that holds what an audit needs, and is audited like its source.
 *
 * JSON lines.  The first is a header ("schema": "kassay.snapshot/v1": tool, source, ledger, times,
 * problems, and the file and line of each object); then one trimmed object a line (trim.h), sorted
 * by kind, namespace and name; the last line is {"sha256": "..."} over all bytes before it.  The
 * same facts give the same bytes. */
#ifndef KA_MODEL_SNAPSHOT_H
#define KA_MODEL_SNAPSHOT_H

#include <stdbool.h>

#include <kassay/err.h>
#include <kassay/graph.h>

#include "model/build.h"
#include "util/read.h"
#include "util/tape.h"

#define KA_SNAPSHOT_SCHEMA "kassay.snapshot/v1"

/* --- writing --------------------------------------------------------------------------------- */

struct ka_snapshot_writer;

/* Objects are spooled to an unnamed temporary file until all are there to be sorted, so memory
 * holds only their names. */
struct ka_snapshot_writer *ka_snapshot_writer_new(struct ka_err *err);
void ka_snapshot_writer_free(struct ka_snapshot_writer *w);
/* The object that ka_build_add() has just made of this tape. */
void ka_snapshot_writer_add(struct ka_snapshot_writer *w, struct ka_tape *tape,
			    const struct ka_node *root, const struct ka_object *obj);
/* As ka_build_forget(); to be called before it. */
void ka_snapshot_writer_forget(struct ka_snapshot_writer *w, enum ka_kind kind, uint32_t file);
/* Writes the file, packed as its name ends (.gz, .zst); "-" is standard output.  g must still be
 * there. */
int ka_snapshot_writer_save(struct ka_snapshot_writer *w, const struct ka_graph *g,
			    const char *path, struct ka_err *err);

/* --- reading --------------------------------------------------------------------------------- */

/* True when a document is a snapshot's header. */
bool ka_snapshot_is_header(struct ka_tape *tape, const struct ka_node *root);

struct ka_snapshot_reader;

struct ka_snapshot_reader *ka_snapshot_reader_new(struct ka_build *b);
void ka_snapshot_reader_free(struct ka_snapshot_reader *r);
/* Each line in turn, the header first.  -1 when the line does not belong. */
int ka_snapshot_reader_line(struct ka_snapshot_reader *r, struct ka_tape *tape,
			    const struct ka_node *root, const struct ka_object **ret_obj,
			    struct ka_err *err);
/* After the last line: `digest` is what the bytes before the last line hash to. */
int ka_snapshot_reader_end(struct ka_snapshot_reader *r, const char digest[65], struct ka_err *err);

#endif
