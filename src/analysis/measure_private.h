/* What measure.c counts and measure_used.c looks use up in. */
#ifndef KA_ANALYSIS_MEASURE_PRIVATE_H
#define KA_ANALYSIS_MEASURE_PRIVATE_H

#include <kassay/measure.h>

#include "analysis/expand.h"

enum { NWEIGHTS = 4 };

/* The verbs of a row that weigh so much. */
struct row_weights {
	uint64_t mask[NWEIGHTS];
};
/* What is held on all objects of a row: in the cluster, in the namespaces at hand. */
struct held {
	uint64_t verbs, exact, here, here_exact;
};
struct nameds {
	struct ka_name_span *v;
	size_t n, cap;
};
/* A tally, and of it what the log could not have shown. */
struct ka_sum {
	struct ka_atom_tally all, blind;
};
/* An atom that was used. */
struct used_atom {
	uint32_t row;
	uint64_t verb;
	bool all;          /* in every namespace */
	const char *name, *namespace;
};
/* One namespace's grants. */
struct run {
	size_t first, n;
	struct run *same;   /* the first run of the same rules; itself */
	uint32_t times;     /* of that one: how many namespaces */
};

struct ka_measurer {
	const struct ka_rbac *rbac;
	const struct ka_catalogue *cat;
	struct ka_expander *x;
	unsigned weight[NWEIGHTS];
	struct row_weights *weights;
	struct held *held; /* by row; all zero between calls */
	uint32_t *touched, *touched_here;
	size_t ntouched, ntouched_here, touched_cap, touched_here_cap;
	struct nameds cluster, here;
	struct ka_url_span *url;
	size_t nurls, url_cap;
	const struct ka_expansion **gives;
	size_t ngives, gives_cap;
	struct run *run;
	size_t nruns, run_cap;
	uint32_t *ids;
	size_t ids_cap;
	const struct ka_usage *usage; /* NULL: none */
	uint64_t *blind;              /* by row: verbs whose use the log could not have shown */
	struct used_atom *used;
	size_t nused, used_cap;
};

/* Adds the atoms of these verbs of a row. */
void ka_measure_add(const struct ka_measurer *m, struct ka_sum *sum, uint32_t row, uint64_t verbs, uint64_t exact);
/* measure_used.c: what of the grants at hand the subject's requests used. */
void ka_measure_used(struct ka_measurer *m, const struct ka_user *user, const struct ka_grant *grant,
		     struct ka_sum *ret);

#endif
