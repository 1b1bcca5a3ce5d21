/* Which service account a pod runs as, and whether its token is in the pod. */
#ifndef KASSAY_IDENTITY_H
#define KASSAY_IDENTITY_H

#include <stdbool.h>

#include <kassay/graph.h>

enum ka_token_why {
	KA_TOKEN_POD,       /* the pod's automountServiceAccountToken says so */
	KA_TOKEN_ACCOUNT,   /* the service account's says so */
	KA_TOKEN_DEFAULT,   /* nobody says: mounted */
	/* not mounted by itself, but a projected volume asks for an API token */
	KA_TOKEN_PROJECTED,
	KA_TOKEN_UNKNOWN,   /* the service account was not seen and the pod says nothing */
};
struct ka_token {
	enum ka_tri mounted; /* KA_UNSET: cannot be told */
	enum ka_token_why why;
	const struct ka_serviceaccount *account; /* NULL: not in the snapshot */
};
/* plugin/pkg/admission/serviceaccount/admission.go: pod over service account over true.  A
 * projected token with the API server's audience (none given) counts; one for another audience does
 * not. */
void ka_identity_token(const struct ka_graph *g, const char *namespace,
		       const struct ka_podspec *spec, struct ka_token *ret);

#endif
