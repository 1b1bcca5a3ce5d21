/* Which authorizers the API server asks: whether RBAC's no is the last word. */
#ifndef KASSAY_AUTHORIZERS_H
#define KASSAY_AUTHORIZERS_H

#include <kassay/graph.h>

struct ka_authorizers {
	/* KA_UNSET: not told, so taken to be on, as every distribution has them */
	enum ka_tri rbac, node;
	enum ka_tri always_allow; /* KA_YES: nothing is refused, whatever RBAC says */
	/* NULL when nobody but RBAC and the node authorizer can allow; else a clause that says who
	 * might: then a no of RBAC's is "no, unless", and who-can answers "at least" */
	const char *at_least;
};
/* By --authorization-mode of the API server's pods, else by the distribution. */
void ka_authorizers(const struct ka_graph *g, struct ka_authorizers *ret);

#endif
