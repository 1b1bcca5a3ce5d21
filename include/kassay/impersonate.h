/* Impersonation: what one must be allowed to act as somebody else, and who one then is.
 *
 * Rules: staging/src/k8s.io/apiserver/pkg/endpoints/filters/impersonation/{mode,
 * constrained_impersonation}.go of Kubernetes.  The modes before KA_IMPERSONATE_LEGACY are those of
 * KEP-5284: off before 1.35, on by default since 1.36. */
#ifndef KASSAY_IMPERSONATE_H
#define KASSAY_IMPERSONATE_H

#include <stdbool.h>
#include <stddef.h>

#include <kassay/rbac.h>

/* In the order in which the API server tries them. */
enum ka_impersonation_mode {
	KA_IMPERSONATE_ASSOCIATED_NODE, /* the node that the caller, a service account, runs on */
	KA_IMPERSONATE_ARBITRARY_NODE,
	KA_IMPERSONATE_SERVICEACCOUNT,
	KA_IMPERSONATE_USER_INFO, /* anybody else, with groups, uid and extra */
	KA_IMPERSONATE_LEGACY,    /* verb impersonate; whatever is done then */
	KA_IMPERSONATION_NMODES,
};
/* "associated-node", as in the verbs; "legacy". */
const char *ka_impersonation_mode_name(enum ka_impersonation_mode mode);

/* Whom the headers ask for.  Without a user there is no impersonation, and a request with one of the
 * others alone is a bad one. */
struct ka_extra {
	const char *key; /* in lower case, as the header's name is read */
	struct ka_strs values;
};
struct ka_impersonated {
	const char *user;      /* Impersonate-User */
	const char *uid;       /* Impersonate-Uid, or NULL */
	struct ka_strs groups; /* Impersonate-Group; his own groups are never added */
	size_t nextras;
	const struct ka_extra *extra; /* Impersonate-Extra-KEY */
};

/* One permission of the caller's that is asked for. */
struct ka_impersonation_need {
	struct ka_request req;
	bool allowed;
	struct ka_allowance by; /* when allowed */
};
struct ka_impersonation {
	bool allowed;
	/* the mode that lets it through; else the first that speaks of this user, whose refusal the
	 * API server answers with.  It begins with the mode by which the same caller came through
	 * last, so where the legacy mode allows it too, a node may find itself without system:nodes */
	enum ka_impersonation_mode mode;
	/* All of them are needed.  Refused: as far as it went, the last is the one that lacks, unless
	 * `refusal` says what else is wrong. */
	size_t nneeds;
	struct ka_impersonation_need *need;
	const char *refusal;
	struct ka_strs groups; /* what groups the impersonated has, when allowed */
	struct ka_arena *arena;
};
void ka_impersonation_release(struct ka_impersonation *i);

struct ka_impersonator {
	struct ka_who who;
	const char *node; /* the one that the caller's token is bound to, or NULL */
};
/* May somebody do `req` as `wanted`?  Only the caller's side is asked: the impersonated must be
 * allowed the request besides.  req NULL: whatever he may do, so only the legacy mode counts. */
void ka_rbac_impersonate(const struct ka_rbac *rbac, const struct ka_impersonator *caller,
			 const struct ka_impersonated *wanted, const struct ka_request *req,
			 struct ka_impersonation *ret);
/* The same in one mode alone.  False: the mode does not speak of this user; nothing is set but the
 * mode then. */
bool ka_rbac_impersonate_in(const struct ka_rbac *rbac, enum ka_impersonation_mode mode,
			    const struct ka_impersonator *caller,
			    const struct ka_impersonated *wanted, const struct ka_request *req,
			    struct ka_impersonation *ret);
/* Who that is then, for a question to RBAC; borrows from both. */
struct ka_who ka_impersonated_who(const struct ka_impersonated *wanted,
				  const struct ka_impersonation *i);

#endif
