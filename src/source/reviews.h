/* Asking the API server what it would refuse, without trying. */
#ifndef KA_SOURCE_REVIEWS_H
#define KA_SOURCE_REVIEWS_H

#include "source/api.h"
#include "source/cluster.h"
#include "source/plan.h"

/* One SelfSubjectAccessReview (kubernetes/api/authorization/v1) for each request of a run: the lists of the plan, then
 * what is asked for beyond lists.  Told in the order of the run; -1 and *err when the API server went away. */
int ka_reviews(struct ka_api *api, const struct ka_plan *plan, unsigned page_size,
	       void (*tell)(void *arg, const struct ka_dry_request *request), void *arg, struct ka_err *err);

#endif
