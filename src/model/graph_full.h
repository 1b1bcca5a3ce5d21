/* The whole of a graph: the public part and what only the model sees. */
#ifndef KA_MODEL_GRAPH_FULL_H
#define KA_MODEL_GRAPH_FULL_H

#include <kassay/graph.h>

#include "util/arena.h"
#include "util/intern.h"
#include "util/map.h"

/* An array of objects while it grows; ka_list.v is const. */
struct ka_objects {
	size_t n, cap;
	struct ka_object **v;
};

struct ka_graph_full {
	struct ka_graph g; /* first: a ka_graph is cast back to this */
	struct ka_arena *arena, *keep;
	struct ka_intern *in;
	struct ka_objects of[KA_NKINDS];
	struct ka_map index[KA_NKINDS]; /* (namespace, name) -> position in of[] */
	struct ka_objects ghosts;
	struct ka_unit *unit;
	struct ka_problem *problem;
	struct ka_skipped *skipped;
	struct ka_served *served;
	const char **file;
	size_t problem_cap, skipped_cap, served_cap, file_cap;
};

/* By where they were read: what tells apart objects of the same name. */
static inline int
ka_origin_cmp(const struct ka_object *a, const struct ka_object *b)
{
	if (a->file != b->file)
		return a->file < b->file ? -1 : 1;
	return (a->line > b->line) - (a->line < b->line);
}

/* finish.c: sorts the lists, drops what was met twice, indexes. */
void ka_graph_sort(struct ka_graph_full *f);
void ka_graph_sort_served(struct ka_graph_full *f);
/* link.c: owners, units. */
void ka_graph_link(struct ka_graph_full *f);
/* ledger.c: what was seen of each kind, worked out from what came. */
struct ka_seen_lists {
	bool listed[KA_NKINDS]; /* a typed list of the kind was read to its end */
	bool cut[KA_NKINDS];    /* something of the kind was lost */
	bool cut_any;           /* something of an unknown kind was lost from a list */
	const char *resource_version[KA_NKINDS];
};
void ka_graph_ledger(struct ka_graph_full *f, const struct ka_seen_lists *lists);
/* The line of NodeFiles, in a ledger that was given. */
void ka_graph_facts_beside(struct ka_graph_full *f, const struct ka_seen_lists *lists);
/* Tells of NodeFiles whose node is not there. */
void ka_graph_strays(struct ka_graph_full *f);
/* platform.c: distribution, platform, products. */
void ka_graph_platform(struct ka_graph_full *f);

#endif
