/* What the API server asks besides RBAC before it stores a role or a binding: nobody gives away what
 * he has not got.
 *
 * Rules: pkg/registry/rbac/{role,clusterrole,rolebinding,clusterrolebinding}/policybased/storage.go,
 * pkg/registry/rbac/{escalation_check.go,validation/rule.go} and
 * staging/src/k8s.io/component-helpers/auth/rbac/validation/policy_comparator.go of Kubernetes. */
#ifndef KASSAY_ESCALATE_H
#define KASSAY_ESCALATE_H

#include <stdbool.h>
#include <stddef.h>

#include <kassay/rbac.h>

/* The smallest part of a rule: one verb on one resource of one group, perhaps of one name, or one
 * verb on one URL.  Its words are the rule's. */
struct ka_rule_part {
	const char *verb;
	const char *group, *resource; /* NULL: it is about a URL */
	const char *name;             /* NULL: whatever the name */
	const char *url;
};
/* "get on secrets in apps named a", "get on URL /metrics". */
const char *ka_rule_part_text(const struct ka_rule_part *part, char buf[256]);

/* Covers: every part of every servant rule is covered by one owner rule.  Words are compared, not
 * what they stand for: a star is covered only by a star, all names only by all names.  Else
 * *ret_uncovered (may be NULL) gets the first part that is not, in the order of Kubernetes. */
bool ka_rules_cover(const struct ka_rule *owner, size_t nowner, const struct ka_rule *servant,
		    size_t nservant, struct ka_rule_part *ret_uncovered);

/* Why a role or a binding may be written, or may not. */
enum ka_write {
	KA_WRITE_MASTER,    /* a member of system:masters: nothing is asked */
	KA_WRITE_ESCALATE,  /* verb escalate on the role */
	KA_WRITE_BIND,      /* verb bind on the role that the binding names */
	KA_WRITE_COVERED,   /* he has all of it himself, in this scope */
	KA_WRITE_NO_VERB,   /* create, update or patch of the object itself is refused */
	KA_WRITE_UNCOVERED, /* he lacks `missing` */
	/* he has the rules, but an aggregationRule takes every verb on everything and every URL;
	 * he lacks `missing` of it */
	KA_WRITE_AGGREGATION,
	KA_WRITE_NO_ROLE,   /* the binding names a role that is not there, and he may not bind it */
};
static inline bool
ka_write_allowed(enum ka_write how)
{
	return how <= KA_WRITE_COVERED;
}
/* "holds escalate on the role" ... : a clause for people. */
const char *ka_write_text(enum ka_write how);

struct ka_may_write {
	enum ka_write how;
	struct ka_allowance verb;     /* what allows the write itself; unset for MASTER, NO_VERB */
	struct ka_allowance special;  /* ESCALATE, BIND: what allows that */
	/* COVERED: grants of his that cover it together, none of which can be spared; their order is
	 * that of ka_rbac_grants().  Empty when there is nothing to cover.  */
	size_t ngrants;
	struct ka_grant *grant;
	struct ka_rule_part missing;  /* UNCOVERED, AGGREGATION */
};
void ka_may_write_release(struct ka_may_write *may);

/* May this subject write the role?  `verb` is "create", "update" or "patch"; only the first has no
 * name to ask with.  `role` is as it shall be and need not be in the graph; `old` is as it is, or
 * NULL.  An update of owner references and finalizers alone is let through by the API server
 * whatever the rules, and is not asked here. */
void ka_rbac_may_write_role(const struct ka_rbac *rbac, const struct ka_who *who, const char *verb,
			    const struct ka_role *role, const struct ka_role *old,
			    struct ka_may_write *ret);
/* May this subject write the binding?  Likewise; the role is looked up in the graph. */
void ka_rbac_may_write_binding(const struct ka_rbac *rbac, const struct ka_who *who,
			       const char *verb, const struct ka_binding *binding,
			       struct ka_may_write *ret);

#endif
