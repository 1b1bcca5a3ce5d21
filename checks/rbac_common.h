/* What the checks of permissions share: whom a binding is judged for, and how it is told. */
#ifndef CHECKS_RBAC_COMMON_H
#define CHECKS_RBAC_COMMON_H

#include <stdbool.h>

#include <kassay/check.h>
#include <kassay/powers.h>
#include <kassay/rbac.h>

/* True for a subject to whom the grant gives something that a person decided.  Not so for one that can
 * never be anybody, for system:masters, who may do all already, and for Kubernetes' own parts
 * holding the roles that it made for them. */
bool ka_subject_judged(const struct ka_grant *grant, const struct ka_subject *s);
/* "User:alice, Group:devs and 3 more": those that `pick` takes (NULL: all that are judged); NULL when
 * there is nobody. */
const char *ka_subjects_judged(struct ka_run *run, const struct ka_grant *grant,
			       bool (*pick)(void *arg, const struct ka_subject *s), void *arg);

/* `steps` below `s`, but never under low. */
enum ka_severity ka_severity_below(enum ka_severity s, unsigned steps);
/* "in namespace shop" or "in the whole cluster". */
const char *ka_scope_text(struct ka_run *run, const struct ka_grant *grant);
/* True when the grant by itself gives a capability that leads further. */
bool ka_grant_dangerous(const struct ka_facts *facts, const struct ka_grant *grant);

#endif
