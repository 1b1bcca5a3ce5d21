/* One answer to a list: its items into the graph, and where the list goes on. */
#ifndef KA_SOURCE_PAGE_H
#define KA_SOURCE_PAGE_H

#include <stdint.h>

#include <kassay/err.h>

#include "model/build.h"
#include "model/snapshot.h"
#include "source/api.h"
#include "source/plan.h"
#include "util/read.h"

struct ka_page {
	struct ka_build *b;
	struct ka_snapshot_writer *writer; /* NULL: none */
	const struct ka_limits *limits;
	const struct ka_task *task;
	uint32_t file; /* objects and problems are said to be from here */
	void (*object)(void *arg, const struct ka_object *obj); /* NULL: not */
	void *arg;

	/* What the answer said; strings are the builder's. */
	uint64_t items;
	uint64_t first;   /* a hash of the first item's name: tells pages apart */
	const char *cont; /* NULL: the end */
	const char *resource_version;
	int64_t remaining; /* items after this page; -1: not told */
};

/* -1 and *err when the answer is not what was asked for: another content type, another kind, text that cannot be
 * read, an item that is no object of the kind.  Items before the bad one are in the graph. */
int ka_page_take(struct ka_page *p, const struct ka_api_answer *answer, struct ka_err *err);

/* What to accept: protobuf where there is a decoder, of Secrets metadata alone. */
const char *ka_page_accept(const struct ka_task *t, bool protobuf);

#endif
