/* Usage from the inside: shared by the usage*.c files and nobody else. */
#ifndef KA_ANALYSIS_USAGE_PRIVATE_H
#define KA_ANALYSIS_USAGE_PRIVATE_H

#include <kassay/usage.h>

#include "util/arena.h"
#include "util/hash.h"
#include "util/intern.h"
#include "util/map.h"

/* One request as an authorizer is asked for it, before it is known to be new.  Spans are the
 * event's. */
struct ka_asked {
	struct ka_span user, verb, group, resource, subresource, namespace, name, path;
	bool resource_request, derived;
};

/* What is counted: a distinct request under way. */
struct ka_tally {
	struct ka_used used;
	struct ka_tally *next;      /* of the same user */
	uint64_t last_reason;       /* hash of the reason told last, and which of `by` it was */
	size_t last_by;
	size_t by_cap;
	struct ka_used_by *by;
};

/* Of one permission of one subject: verb, resource, namespace. */
struct ka_name_count {
	uint32_t n;
	struct ka_tally *many; /* once there are too many: stands for all */
};

struct ka_user_tally {
	struct ka_user user;
	struct ka_tally *tallies;
	size_t ntallies;
	uint64_t last_groups; /* hash of the groups seen last */
	const char **group;
	size_t ngroups, groups_cap;
};

/* Of one resource, whoever asked. */
enum { KA_SEEN_READ = 1 << 0, KA_SEEN_WRITE = 1 << 1 };

enum {
	KA_NAMES_KEPT = 1024,      /* of one permission of one subject */
	KA_IDS_KEPT = 1 << 20,     /* requests that go on, known again when they end; a power of two */
	KA_HOURS_KEPT = 24 * 3660, /* around the first event */
};

struct ka_usage {
	struct ka_arena *arena;
	struct ka_intern *in;
	struct ka_hmap requests; /* hash of a ka_asked -> struct ka_tally */
	struct ka_hmap names;    /* hash of a ka_asked without its name -> struct ka_name_count */
	struct ka_map user_at;   /* user name -> index */
	struct ka_user_tally *user;
	size_t nusers, users_cap;
	struct ka_map seen;      /* group, resource -> KA_SEEN_* */
	uint64_t *started;       /* hashes of auditIDs, each in the place that it asks for */
	struct ka_quality quality;
	uint64_t *hours;         /* a bit for each hour that has an event */
	int64_t first_hour;      /* of the bitmap; 0: no event yet */
	struct ka_user *sorted;  /* after the end */
};

/* usage_event.c: what the event asked for, one call of `ask` each; `decision` as it is to be
 * counted. */
enum ka_outcome { KA_OUT_ALLOWED, KA_OUT_DENIED, KA_OUT_UNDECIDED };
struct ka_event_view {
	enum ka_outcome outcome;
	bool refused; /* allowed, and stopped later */
};
struct ka_event_view ka_event_outcome(const struct ka_event *e);
void ka_event_asks(const struct ka_event *e, void (*ask)(void *arg, const struct ka_asked *a), void *arg);

/* usage_reason.c: the binding that a reason names; false when it was not RBAC that allowed. */
struct ka_reason {
	bool cluster; /* a ClusterRoleBinding */
	char binding[512], namespace[256];
};
bool ka_reason_parse(struct ka_span reason, struct ka_reason *ret);

#endif
