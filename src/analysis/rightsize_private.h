/* Right-sizing's inside: shared by the rightsize*.c files and nobody else. */
#ifndef KA_ANALYSIS_RIGHTSIZE_PRIVATE_H
#define KA_ANALYSIS_RIGHTSIZE_PRIVATE_H

#include <kassay/rightsize.h>

#include "util/arena.h"
#include "util/keyset.h"

/* Whose use counts: the subject itself, or a member of a group. */
struct ka_actor {
	const struct ka_user *user;
	struct ka_who who;
	/* his grants that name the subject, and those that he keeps whatever becomes of these */
	size_t ndirect, nrest;
	struct ka_grant *direct, *rest;
};

/* The smallest thing that a rule can give.  Compared field by field; NULL comes first. */
struct ka_want {
	const char *namespace; /* NULL: the cluster */
	const char *url;       /* NULL: a resource */
	const char *group, *resource, *verb;
	const char *name;      /* NULL: whatever the name */
	unsigned widened;      /* KA_GENERALIZE_*; 0: a request asked for just this */
};

/* A request that the new roles must allow. */
struct ka_kept {
	const struct ka_used *used;
	const struct ka_actor *actor;
	struct ka_request req; /* as it is replayed */
};

struct ka_rightsizer {
	const struct ka_graph *g;
	const struct ka_rbac *rbac;
	const struct ka_usage *u;
	struct ka_rightsize_opts opts;
	struct ka_arena *arena;  /* of the names given away */
	struct ka_keyset given;
	uint32_t ngiven;
};

/* The work on one subject. */
struct ka_sizing {
	struct ka_rightsizer *r;
	struct ka_rightsize *ret;
	struct ka_arena *arena;  /* that of ret */
	size_t nactors;
	struct ka_actor *actor;
	struct ka_who who;       /* the subject itself */
	size_t nwants, wants_cap;
	struct ka_want *want;
	size_t nkept, kept_cap;
	struct ka_kept *kept;
};

/* rightsize.c: whether one of these grants allows the request. */
bool ka_grants_allow(const struct ka_rbac *rbac, const struct ka_grant *grant, size_t n, const struct ka_request *req);
/* rightsize_actor.c: fills actor, who, and of ret the users and the groups. */
void ka_sizing_actors(struct ka_sizing *s);
void ka_sizing_release_actors(struct ka_sizing *s);
/* rightsize_want.c: from the log to wants, sorted, each needed; counts requests in ret. */
void ka_sizing_wants(struct ka_sizing *s);
int ka_want_cmp(const void *a, const void *b);
/* Adds a want that no request asked for, when the subject holds it in this very scope; else false. */
bool ka_sizing_widen(struct ka_sizing *s, struct ka_want want, unsigned how);
/* rightsize_unlogged.c: adds wants for what the API server asks beside the wanted, without logging it. */
void ka_sizing_unlogged(struct ka_sizing *s);
/* True when a request wrote roles or bindings, and with that may have needed all that these grant. */
bool ka_sizing_writes_rbac(const struct ka_sizing *s);
/* rightsize_rules.c: from wants to the roles of ret, without names. */
void ka_sizing_rules(struct ka_sizing *s);
/* rightsize_proof.c */
void ka_sizing_proof(struct ka_sizing *s);
/* rightsize_evidence.c: removals, notes and confidence. */
void ka_sizing_evidence(struct ka_sizing *s);

#endif
