/* What the checks of permissions share: whom a binding is judged for, and how it is told. */
#ifndef CHECKS_RBAC_COMMON_H
#define CHECKS_RBAC_COMMON_H

#include <stdbool.h>

#include <kassay/check.h>
#include <kassay/rbac.h>

/* "User:alice, Group:devs and 3 more": to whom the grant gives something that a person decided; NULL
 * when there is nobody.  Not so for a subject that can never be anybody, for system:masters, who
 * may do all already, and for Kubernetes' own parts holding the roles that it made for them. */
const char *ka_subjects_judged(struct ka_run *run, const struct ka_grant *grant);

/* `steps` below `s`, but never under low. */
enum ka_severity ka_severity_below(enum ka_severity s, unsigned steps);
/* " in namespace shop" or " in the whole cluster". */
const char *ka_scope_text(struct ka_run *run, const struct ka_grant *grant);
/* True when the role gives at least one of the capabilities in that scope. */
bool ka_power_any(const struct ka_power *power);

#endif
