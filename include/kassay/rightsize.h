/* Right-sizing: the smallest roles and bindings that give a subject what it was seen to use, and
 * nothing that it has not today; with the proof, and what the evidence for each removal is worth.
 *
 * A request in a namespace gets a Role there, one of the whole cluster a ClusterRole.  Grants to
 * groups stay as they are: what they allow needs no rule. */
#ifndef KASSAY_RIGHTSIZE_H
#define KASSAY_RIGHTSIZE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <kassay/usage.h>

/* Widening that was asked for; each stays within what the subject holds in the same scope. */
enum {
	KA_GENERALIZE_INFORMER = 1 << 0,   /* any of get, list, watch: all three */
	KA_GENERALIZE_APPLY = 1 << 1,      /* patch: get and create too */
	KA_GENERALIZE_NAMES = 1 << 2,      /* more than one name: any name */
	KA_GENERALIZE_NAMESPACES = 1 << 3, /* more than one namespace: all of them */
	/* not asked for: so many names were used that the log's reader did not keep them */
	KA_GENERALIZE_MANY = 1 << 4,
	/* nor this: who names groups to impersonate may have named system:authenticated among them,
	 * which the API server adds anyhow, so that the log has it either way */
	KA_GENERALIZE_ADDED = 1 << 5,
	/* nor this: who writes roles may be asked for escalate, and so on, which is not logged */
	KA_GENERALIZE_UNLOGGED = 1 << 6,
};
enum { KA_GENERALIZE_ALL = (1 << 4) - 1 };
/* "informer" ... : its bit, 0 when there is none; and of one bit what it does, in a clause. */
unsigned ka_generalize_find(const char *name, size_t len);
const char *ka_generalize_name(unsigned bit);
const char *ka_generalize_text(unsigned bit);

struct ka_rightsize_opts {
	unsigned generalize; /* KA_GENERALIZE_* */
	double min_window;   /* days of log below which nothing is advised */
};
#define KA_RIGHTSIZE_OPTS_DEFAULT ((struct ka_rightsize_opts){ .min_window = 30 })

/* A rule of a new role. */
struct ka_new_rule {
	struct ka_rule rule;
	/* the first request that would be denied without it; NULL: it is there by widening alone */
	const struct ka_used *needs;
	const struct ka_user *needs_by; /* whose that is */
	uint64_t requests, events;      /* that it allows: distinct ones, and all */
	unsigned widened;               /* KA_GENERALIZE_* by which some of it is there */
};
/* A new role, and the binding of the same name that gives it to the subject. */
struct ka_new_role {
	const char *namespace; /* NULL: ClusterRole and ClusterRoleBinding */
	const char *name;
	size_t n;
	struct ka_new_rule *rule;
};

enum ka_confidence { KA_CONFIDENCE_LOW, KA_CONFIDENCE_MEDIUM, KA_CONFIDENCE_HIGH };
const char *ka_confidence_name(enum ka_confidence c); /* "low" ... */

/* Something that the subject loses: one word of a rule of today that no new rule covers. */
struct ka_removal {
	const struct ka_atom_use *atom;
	const struct ka_binding *binding;
	const char *namespace; /* where it holds today; NULL: everywhere */
	/* a part of it was used, and that part stays: it loses other names or namespaces */
	bool narrowed;
	enum ka_confidence confidence;
	const char *reason;    /* why not more confidence, or what makes it high */
};

enum ka_rightsize_verdict {
	KA_RIGHTSIZE_CHANGE,  /* do what is proposed */
	KA_RIGHTSIZE_FITS,    /* nothing is too much */
	KA_RIGHTSIZE_NOTHING, /* no binding names the subject */
	KA_RIGHTSIZE_MASTER,  /* a member of system:masters, whom no role confines */
	KA_RIGHTSIZE_THIN,    /* the evidence is too thin: the proposal is what was seen, no advice */
};
const char *ka_rightsize_verdict_name(enum ka_rightsize_verdict v);

struct ka_rightsize {
	struct ka_subject subject;
	enum ka_rightsize_verdict verdict;
	const char *why;              /* of THIN */
	size_t nusers;                /* of the log, whose use counts: of a group there may be many */
	const struct ka_user **user;
	struct ka_strs groups;        /* of the log, whose grants were counted on */
	uint64_t events;

	size_t nroles;
	struct ka_new_role *role;     /* the ClusterRole first */
	size_t nbindings;             /* of today that name the subject, and would no more */
	const struct ka_binding **binding;

	/* The proof: distinct requests, and the events that they stand for. */
	uint64_t requests, request_events; /* allowed, of the log */
	uint64_t before, before_events;    /* of these, what RBAC allows today */
	uint64_t after, after_events;      /* and what it would allow: the same */
	uint64_t by_groups;                /* of the distinct ones, what grants to groups allow */
	uint64_t gone;                     /* and what RBAC as it is today would not allow */
	uint64_t inexpressible;            /* a rule for it would be a wildcard */
	uint64_t denied, denied_after;     /* denied of the log; which today are too, and would not be: 0 */
	bool covered;                      /* every new rule is covered by what the subject holds */
	size_t nrules, nneeded;            /* new rules, and those that some request needs */
	const struct ka_used *broken;      /* the first allowed before and not after: NULL */

	size_t nremovals;
	struct ka_removal *removal;
	size_t natoms, nunused, nunobservable; /* words of today's rules in these bindings */
	enum ka_confidence confidence;         /* the least of the removals */
	size_t nnotes;
	const char **note;                     /* what one should know before doing it */

	struct ka_held_use held;    /* private, as the next */
	struct ka_arena *arena;
};

/* Names of new objects that are taken: those of the graph, and those already given away. */
struct ka_rightsizer;
/* All is borrowed.  The usage is finished. */
struct ka_rightsizer *ka_rightsizer_new(const struct ka_graph *g, const struct ka_rbac *rbac,
					const struct ka_usage *u, const struct ka_rightsize_opts *opts);
void ka_rightsizer_free(struct ka_rightsizer *r);
/* Of one subject; released with ka_rightsize_release() before the rightsizer is freed. */
void ka_rightsize(struct ka_rightsizer *r, const struct ka_subject *s, struct ka_rightsize *ret);
void ka_rightsize_release(struct ka_rightsize *size);
/* True when this entry of a binding is the subject, however it is spelled. */
bool ka_subject_is(const struct ka_subject *entry, const struct ka_subject *s);

/* ---- what configuration alone tells -------------------------------------------------------- */

enum ka_leftover_kind {
	KA_LEFTOVER_ACCOUNT,    /* a service account with grants of its own that no pod runs as */
	KA_LEFTOVER_TOKEN,      /* a token is mounted, and nothing is granted */
	KA_LEFTOVER_ROLE,       /* bound to nothing */
	KA_LEFTOVER_NO_ROLE,    /* a binding of a role that is not there */
	KA_LEFTOVER_NO_ACCOUNT, /* a binding to a service account that is not there */
	KA_LEFTOVER_REDUNDANT,  /* a binding that gives nobody more than he has otherwise */
};
const char *ka_leftover_name(enum ka_leftover_kind kind); /* "unused-account" ... */
struct ka_leftover {
	enum ka_leftover_kind kind;
	const struct ka_object *obj;
	const struct ka_subject *subject; /* NO_ACCOUNT */
	const char *reason;
};
struct ka_leftovers {
	size_t n;
	struct ka_leftover *row; /* by kind, then as in the graph */
	struct ka_arena *arena;  /* private */
};
/* Only what is certain: where a kind was not read completely, nothing is said about its absence. */
void ka_leftovers(const struct ka_graph *g, const struct ka_rbac *rbac, struct ka_leftovers *ret);
void ka_leftovers_release(struct ka_leftovers *left);

#endif
