/* One request as the API server's audit log tells of it: what a reader of such logs hands on, and
 * what the analysis of use takes in.
 *
 * Rules: staging/src/k8s.io/apiserver/pkg/apis/audit/v1/types.go (Event), pkg/audit/request.go and
 * pkg/endpoints/filters/{audit,authorization,impersonation}.go of Kubernetes. */
#ifndef KASSAY_EVENT_H
#define KASSAY_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Text that ends where its length says; no NUL is promised.  s is never NULL, absent is len 0. */
struct ka_span {
	const char *s;
	size_t len;
};

enum ka_stage {
	KA_STAGE_UNKNOWN,
	KA_STAGE_RECEIVED, /* nothing is decided yet */
	KA_STAGE_STARTED,  /* a watch or another long answer has begun: it was allowed */
	KA_STAGE_COMPLETE,
	KA_STAGE_PANIC,
};

enum ka_level { KA_LEVEL_UNKNOWN, KA_LEVEL_METADATA, KA_LEVEL_REQUEST, KA_LEVEL_RESPONSE };

/* annotation authorization.k8s.io/decision */
enum ka_decision { KA_DECISION_NONE, KA_DECISION_ALLOW, KA_DECISION_FORBID };

/* What this kind of log cannot tell, or this line of it does not. */
enum {
	KA_LACKS_GROUPS = 1 << 0,   /* the caller's groups (GKE's export has none) */
	KA_LACKS_OBJECT = 1 << 1,   /* a resource request without its objectRef */
	KA_LACKS_DECISION = 1 << 2, /* neither decision nor response code */
	KA_LACKS_TIME = 1 << 3,
	KA_LACKS_REASON = 1 << 4,
};

enum { KA_EVENT_GROUPS = 64 }; /* more than these are counted, not kept */

struct ka_event {
	enum ka_stage stage;
	enum ka_level level;
	enum ka_decision decision;
	unsigned lacks;   /* KA_LACKS_* */
	int code;         /* of the response; 0: not told */
	int64_t time;     /* microseconds since 1970, when the request came in; 0: not told */

	struct ka_span id; /* auditID: the stages of one request share it */
	struct ka_span user, impersonated; /* impersonated len 0: nobody */
	/* a prefix of user.groups and of impersonatedUser.groups; the counts are the real ones */
	struct ka_span group[KA_EVENT_GROUPS], impersonated_group[KA_EVENT_GROUPS];
	size_t ngroups, nimpersonated_groups;
	/* impersonatedUser.uid and .extra, the latter as it stands: a JSON object of lists */
	struct ka_span impersonated_uid, impersonated_extra;

	struct ka_span verb;
	bool resource_request;
	struct ka_span api_group, resource, subresource, namespace, name; /* objectRef */
	struct ka_span path; /* requestURI without its query: what a non-resource rule is asked with */
	struct ka_span query; /* and the query, without "?" */
	struct ka_span reason; /* annotation authorization.k8s.io/reason */

	/* where it stands: an index of file that the reader gave, and a 1-based line (0: none) */
	uint32_t file, line;
};

/* Takes one event; the spans last until it returns.  Non-zero stops the reading. */
typedef int (*ka_event_fn)(void *arg, const struct ka_event *event);

#endif
