/* The lists of a plan, read to their ends: page by page, of several kinds at a time. */
#ifndef KA_SOURCE_LISTS_H
#define KA_SOURCE_LISTS_H

#include <stdbool.h>
#include <stdint.h>

#include "model/build.h"
#include "model/snapshot.h"
#include "source/api.h"
#include "source/plan.h"
#include "util/read.h"

struct ka_lists_opts {
	unsigned page_size;       /* 0: 500 */
	bool json;                /* no protobuf */
	struct ka_limits limits;
	/* shown every object; NULL: nobody wants to see them */
	void (*object)(void *arg, const struct ka_object *obj);
	void *arg;
};

struct ka_lists;

/* All that is given is borrowed; writer may be NULL. */
struct ka_lists *ka_lists_new(struct ka_api *api, struct ka_build *b, struct ka_snapshot_writer *writer,
			      const struct ka_plan *plan, const struct ka_lists_opts *opts);
void ka_lists_free(struct ka_lists *l);

/* Queues the first page of each kind; ka_api_run() does the rest.  Of each kind one page at most is in flight: what is
 * cut short costs one page and is asked for again by ka_api_run().  A page that is too large is asked for in smaller
 * ones; an expired token is exchanged for the one the server offers, else the kind is read again from the beginning,
 * at most three times; a list that goes round in circles fails. */
void ka_lists_start(struct ka_lists *l);

/* What became of them, into the ledger.  With --namespace no namespaced kind is complete. */
void ka_lists_ledger(const struct ka_lists *l, const struct ka_strs *namespaces);

struct ka_lists_progress {
	size_t kinds, done;  /* lists to read and read to their ends */
	uint64_t objects, remaining;
};
struct ka_lists_progress ka_lists_progress(const struct ka_lists *l);

#endif
