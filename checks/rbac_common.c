/* What the checks of permissions share. */
#include "rbac_common.h"

#include <stdio.h>
#include <string.h>

enum { NAMED_AT_MOST = 4 };

/* The four user-facing roles are made for people, so only the system: roles are Kubernetes' own
 * business. */
static bool
expected(const struct ka_grant *grant, const struct ka_subject *s)
{
	return grant->role && grant->binding->bootstrap && ka_role_bootstrap(grant->role) &&
	       !strncmp(grant->role->obj.name, "system:", 7) && ka_subject_builtin(s);
}

static bool
judged(const struct ka_grant *grant, const struct ka_subject *s)
{
	if (!ka_subject_live(s) || expected(grant, s))
		return false;
	return s->kind != KA_SUBJECT_GROUP || strcmp(s->name, "system:masters") != 0;
}

const char *
ka_subjects_judged(struct ka_run *run, const struct ka_grant *grant)
{
	char list[NAMED_AT_MOST * 520] = "", one[512];
	size_t n = 0, len = 0;

	for (size_t i = 0; i < grant->binding->nsubjects; i++) {
		const struct ka_subject *s = &grant->binding->subject[i];
		int wrote;

		if (!judged(grant, s) || ++n > NAMED_AT_MOST)
			continue;
		wrote = snprintf(list + len, sizeof list - len, "%s%s", len ? ", " : "",
				 ka_subject_text(s, one));
		len += wrote > 0 ? (size_t)wrote : 0;
	}
	if (!n)
		return NULL;
	if (n > NAMED_AT_MOST)
		return ka_text(run, "%s and %zu more", list, n - NAMED_AT_MOST);
	return ka_text(run, "%s", list);
}

enum ka_severity
ka_severity_below(enum ka_severity s, unsigned steps)
{
	while (steps-- && s > KA_LOW)
		s = (enum ka_severity)(s - 1);
	return s;
}

const char *
ka_scope_text(struct ka_run *run, const struct ka_grant *grant)
{
	if (grant->namespace)
		return ka_text(run, "in namespace %s", grant->namespace);
	return "in the whole cluster";
}

bool
ka_power_any(const struct ka_power *power)
{
	for (size_t cap = 0; cap < KA_NCAPS; cap++)
		if (power->width[cap])
			return true;
	return false;
}
