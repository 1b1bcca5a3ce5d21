/* What no list of the API has: the server's version, what it answers to strangers, its metrics, and
 * what its kubelets run with.  Each becomes a document of a kind in KA_FACT_KINDS that says where it
 * was read, and a line of the ledger.
 *
 * In the order of a run: ka_facts_begin() queues what needs no objects; every object that a list
 * brings is shown to ka_facts_object(); once the lists are done and the ledger has what became of
 * them, ka_facts_nodes() queues what is asked for each node.  ka_facts_end() after the last
 * ka_api_run(), also when that failed, writes the ledger. */
#ifndef KA_SOURCE_FACTS_H
#define KA_SOURCE_FACTS_H

#include <stdbool.h>
#include <stddef.h>

#include "model/build.h"
#include "model/snapshot.h"
#include "source/api.h"

struct ka_fact_finder;

struct ka_fact_target {
	struct ka_api *api;
	struct ka_build *b;
	struct ka_snapshot_writer *writer; /* NULL: no snapshot is being made */
	/* after so long no further node is asked when one was silent: many dead nodes, each of which
	 * takes its time, must not take hours.  0: 300 */
	unsigned nodes_seconds;
};

/* All borrowed.  Takes files of the builder of its own, so whoever adds objects afterwards says which
 * file they belong to (ka_build_use_file()). */
struct ka_fact_finder *ka_facts_begin(const struct ka_fact_target *target);
/* An object that ka_build_add() made of a list or a single answer. */
void ka_facts_object(struct ka_fact_finder *f, const struct ka_object *obj);
/* Also asks for the ConfigMaps that configure the cluster by their names, where the list of all did
 * not bring them. */
void ka_facts_nodes(struct ka_fact_finder *f);
/* f is gone. */
void ka_facts_end(struct ka_fact_finder *take_f);

/* What is asked for beyond lists, for --dry-run and `kassay role`. */
struct ka_fact_ask {
	enum ka_kind kind;        /* whose evidence it is; KA_OTHER: of the cluster as a whole */
	const char *path;         /* "/api/v1/nodes/NODE/proxy/configz": NODE is each node's name */
	/* the rule it needs: verb get on a resource of the core group, or, where that is NULL, on the
	 * path itself; both NULL: none */
	const char *resource, *name, *namespace;
	const char *url;
	bool optional;            /* another row may do instead, or something is lost that few checks read */
	const char *what;         /* "what the kubelets run with" */
};
const struct ka_fact_ask *ka_fact_asks(size_t *ret_n);

#endif
