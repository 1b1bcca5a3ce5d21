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

bool
ka_subject_judged(const struct ka_grant *grant, const struct ka_subject *s)
{
	if (!ka_subject_live(s) || expected(grant, s))
		return false;
	return s->kind != KA_SUBJECT_GROUP || strcmp(s->name, "system:masters") != 0;
}

const char *
ka_subjects_judged(struct ka_run *run, const struct ka_grant *grant,
		   bool (*pick)(void *arg, const struct ka_subject *s), void *arg)
{
	char list[NAMED_AT_MOST * 520] = "", one[512];
	size_t n = 0, len = 0;

	for (size_t i = 0; i < grant->binding->nsubjects; i++) {
		const struct ka_subject *s = &grant->binding->subject[i];
		int wrote;

		if (!ka_subject_judged(grant, s) || (pick && !pick(arg, s)) || ++n > NAMED_AT_MOST)
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
ka_grant_dangerous(const struct ka_facts *facts, const struct ka_grant *grant)
{
	/* What many roles give in passing, and what matters on one platform. */
	const uint64_t minor = (uint64_t)1 << KA_CAP_EXTERNAL_IPS | (uint64_t)1 << KA_CAP_AWS_AUTH;
	uint64_t caps = ka_powers_at(facts->powers, grant) & ~minor;
	struct ka_power power;

	for (int cap = 0; cap < KA_NCAPS; cap++)
		if ((caps >> cap & 1) &&
		    ka_powers_through(facts->powers, grant, NULL, (enum ka_cap)cap, &power))
			return true;
	return false;
}
