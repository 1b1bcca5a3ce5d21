/* What the API server serves: asked for before anything else, so that only what is there is listed. */
#ifndef KA_SOURCE_DISCOVERY_H
#define KA_SOURCE_DISCOVERY_H

#include <stddef.h>

#include <kassay/err.h>

#include "model/build.h"
#include "source/api.h"
#include "source/plan.h"

struct ka_discovery {
	struct ka_lost_group *lost; /* groups of which nobody knows what they serve */
	size_t nlost, cap;
	struct ka_arena *arena;     /* private */
};

/* Asks /api and /apis for everything at once (kubernetes/api/apidiscovery/v2); a server that does not
 * know that form is asked group by group (apimachinery/pkg/apis/meta/v1 APIGroupList, APIResourceList).  What is
 * served goes to the builder.  A group that does not answer is lost, and told as a problem; a server that refuses
 * discovery altogether has lost them all.  -1 and *err when there is no API, or it does not take the credential.
 * Released with ka_discovery_release() in either case. */
int ka_discover(struct ka_api *api, struct ka_build *b, struct ka_discovery *ret, struct ka_err *err);
void ka_discovery_release(struct ka_discovery *d);

#endif
