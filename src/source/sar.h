/* Questions as a file of SubjectAccessReviews: what `kubectl create -f` would ask the API server. */
#ifndef KA_SOURCE_SAR_H
#define KA_SOURCE_SAR_H

#include <stdint.h>

#include <kassay/err.h>
#include <kassay/rbac.h>

#include "util/read.h"

/* One review.  Strings last until the callback returns.  staging/src/k8s.io/api/authorization/v1. */
struct ka_sar {
	struct ka_who who; /* as_given: a review names all groups itself */
	struct ka_request req;
	/* the node that spec.nodeName is selected to be, or NULL: all that an authorizer looks at of
	 * selectors (plugin/pkg/auth/authorizer/node/node_authorizer.go) */
	const char *on_node;
	/* NULL, or why no API server would answer it
	 * (pkg/apis/authorization/validation/validation.go) */
	const char *error;
	uint32_t line;
};

/* Reads SubjectAccessReview and LocalSubjectAccessReview objects, or their specs alone: JSON, JSON
 * lines, YAML documents, lists of them, told apart by content; "-" is standard input.  A document
 * that cannot be read is a review with an error, and the rest is read.  -1 and *err when the file
 * cannot be read at all, or when fn() returned other than 0. */
int ka_sar_read(const char *path, const struct ka_limits *limits,
		int (*fn)(void *arg, const struct ka_sar *sar, struct ka_err *err), void *arg,
		struct ka_err *err);
/* The same on memory, for tests. */
int ka_sar_read_mem(const char *p, size_t len, const struct ka_limits *limits,
		    int (*fn)(void *arg, const struct ka_sar *sar, struct ka_err *err), void *arg,
		    struct ka_err *err);

#endif
