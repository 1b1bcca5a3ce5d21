/* What was really done, by the audit log: every distinct request of every subject, and what of its
 * grants that used.
 *
 * Events go in one by one and are forgotten; memory follows the distinct requests, not the events.
 * What a request asked its authorizer for: staging/src/k8s.io/apiserver/pkg/endpoints/request/
 * requestinfo.go, pkg/endpoints/filters/{authorization,audit,impersonation}.go,
 * pkg/endpoints/handlers/{update,patch}.go and pkg/server/config.go (the order of the filters) of
 * Kubernetes. */
#ifndef KASSAY_USAGE_H
#define KASSAY_USAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <kassay/event.h>
#include <kassay/rbac.h>

/* A binding that the API server named as the one that allowed (authorization.k8s.io/reason). */
struct ka_used_by {
	const char *namespace; /* NULL: a ClusterRoleBinding */
	const char *binding;
	uint64_t count;
};

/* One distinct request of one subject. */
struct ka_used {
	/* as the authorizer was asked: create of a whole object and deletecollection have no name */
	struct ka_request req;
	/* so many names were seen that they are not kept: req.name is NULL and stands for many */
	bool many_names;
	/* RBAC was not asked under this verb in a request of its own: impersonation, and the create
	 * that is part of an update or an apply that made the object */
	bool derived;
	uint64_t allowed, denied;
	uint64_t undecided;  /* the log does not say (429 before authorization, no code) */
	uint64_t refused;    /* of the allowed: stopped later, by admission or quota (403 after allow) */
	uint64_t other;      /* of the allowed: by another authorizer than RBAC, or by system:masters */
	int64_t first, last; /* of the allowed, microseconds since 1970; 0: none, or no time told */
	uint32_t file, line; /* of the first allowed event, or of the first at all */
	size_t nby;          /* bindings named; 0 when the log names none */
	const struct ka_used_by *by;
};

/* One subject of the log: a service account, or a user by its name. */
struct ka_user {
	struct ka_subject subject;
	struct ka_strs groups;  /* all that were seen with it; empty when the log has none */
	bool groups_unknown;    /* some of its events do not tell groups */
	uint64_t events;        /* requests of its own and in its name */
	uint64_t impersonated;  /* of these, by somebody else in its name */
	int64_t first, last;
	size_t n;
	const struct ka_used *used; /* sorted: URLs last; group, resource, subresource, verb, namespace, name */
};

/* How far the log can be trusted to have seen everything. */
struct ka_quality {
	int64_t first, last;         /* of all events; 0: none */
	uint64_t events;             /* requests that were counted */
	uint64_t lacks_object, lacks_groups, lacks_decision, lacks_time, lacks_reason;
	uint64_t hours, empty_hours; /* from first to last; and how many of these have no event */
	int64_t gap_first, gap_last; /* the longest time without an event; 0: none over an hour */
	double days;                 /* from first to last */
	bool reads;                  /* some get, list or watch of a resource was logged */
};

struct ka_usage;

struct ka_usage *ka_usage_new(void);
void ka_usage_free(struct ka_usage *u);
/* Takes one event in; a ka_event_fn, arg is the struct ka_usage.  Always 0. */
int ka_usage_event(void *arg, const struct ka_event *event);
/* Sorts what was taken in; no event may follow.  What the functions below return is borrowed. */
void ka_usage_end(struct ka_usage *u);
const struct ka_quality *ka_usage_quality(const struct ka_usage *u);
/* Sorted by kind, namespace, name. */
const struct ka_user *ka_usage_users(const struct ka_usage *u, size_t *ret_n);
/* NULL when the log has nothing of this subject (never a group). */
const struct ka_user *ka_usage_user(const struct ka_usage *u, const struct ka_subject *s);

/* Whether the log could have shown a use: NULL, or why its absence proves nothing. */
const char *ka_usage_blind(const struct ka_usage *u, const char *verb, const char *group, const char *resource);

/* ---- use against grants ------------------------------------------------------------------- */

enum ka_use {
	KA_USE_USED,
	KA_USE_UNUSED,
	KA_USE_UNOBSERVABLE, /* unused as far as was seen; `why` says why that proves nothing */
};
/* One word of a rule each: a verb on a resource of a group, or on a URL, in one grant. */
struct ka_atom_use {
	uint32_t grant;             /* index into ka_held_use.grant */
	const struct ka_rule *rule;
	const char *verb, *group, *resource; /* as in the rule, stars too; group, resource NULL: a URL */
	const char *url;
	enum ka_use use;
	const char *why;            /* KA_USE_UNOBSERVABLE */
	uint64_t count;             /* requests that it allows */
	int64_t first, last;
};
/* One grant of a subject. */
struct ka_grant_use {
	struct ka_grant grant;
	uint64_t attributed; /* requests that the log says it allowed */
	uint64_t allows;     /* requests that it would allow */
	uint64_t alone;      /* of these, those that no other grant of the subject allows */
};
struct ka_held_use {
	size_t ngrants, natoms;
	struct ka_grant_use *grant;
	struct ka_atom_use *atom;
	uint64_t allowed;    /* allowed requests of the subject that RBAC as it is now would allow */
	uint64_t gone;       /* and those that it would not: granted otherwise, or no longer */
};
/* What a subject holds and how much of that was used.  who->groups are used beside those of the log. */
void ka_usage_of(const struct ka_usage *u, const struct ka_rbac *rbac, const struct ka_who *who,
		 struct ka_held_use *ret);
void ka_held_use_release(struct ka_held_use *held);

#endif
