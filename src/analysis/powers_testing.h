/* For tests: what somebody's capabilities are, as a line of text. */
#ifndef KA_ANALYSIS_POWERS_TESTING_H
#define KA_ANALYSIS_POWERS_TESTING_H

#include <stdio.h>

#include <kassay/powers.h>

#include "analysis/rbac_testing.h"
#include "util/str.h"

#define RBAC_GROUP "'rbac.authorization.k8s.io'"
#define CSR_GROUP "'certificates.k8s.io'"
#define NAMESPACE(name, labels)                                                                \
	"{'apiVersion': 'v1', 'kind': 'Namespace', 'metadata': {'name': '" name                    \
	"', 'labels': {" labels "}}}\n"
/* A ClusterRole and its ClusterRoleBinding, a Role and its RoleBinding, both of the same name. */
#define GRANT(name, rules, subject) CLUSTERROLE(name, rules) CRB(name, name, subject)
#define GRANT_IN(ns, name, rules, subject) ROLE(ns, name, rules) RB(ns, name, "Role", name, subject)

/* "bind@* read-secrets@shop(a,b) escalate@shop?": the capability, where, by which names, and a
 * question mark when it lacks something. */
static inline void
power_text(const struct ka_power *power, char buf[512])
{
	size_t len = (size_t)snprintf(buf, 512, "%s@%s", ka_cap_info(power->cap)->key,
				      power->namespace ? power->namespace : "*");

	for (size_t i = 0; i < power->names.n && len < 400; i++)
		len += (size_t)snprintf(buf + len, 512 - len, "%s%s", i ? "," : "(", power->names.v[i]);
	snprintf(buf + len, 512 - len, "%s%s", power->names.n ? ")" : "", power->lacks ? "?" : "");
}

/* Every power once; free() it. */
static inline char *
powers_text(const struct ka_powers *p, struct ka_who who, enum ka_powers_which which)
{
	char *text = ka_xcalloc(1, 16384), last[512] = "", one[512];
	struct ka_power_list list;
	size_t len = 0;

	ka_powers_of(p, &who, which, &list);
	for (size_t i = 0; i < list.n; i++) {
		power_text(&list.power[i], one);
		if (!strcmp(one, last))
			continue;
		len += (size_t)snprintf(text + len, 16384 - len, "%s%s", len ? " " : "", one);
		snprintf(last, sizeof last, "%s", one);
	}
	ka_power_list_release(&list);
	return text;
}

/* In this world somebody may do just this. */
static inline void
expect_powers_of(const char *world_text, struct ka_who who, enum ka_powers_which which,
		 const char *expected)
{
	struct world w = world(world_text);
	struct ka_powers *p = ka_powers_new(w.rbac);
	char *text = powers_text(p, who, which);

	assert_string_equal(text, expected);
	free(text);
	ka_powers_free(p);
	end(&w);
}

static inline void
expect_powers(const char *world_text, struct ka_who who, const char *expected)
{
	expect_powers_of(world_text, who, KA_POWERS_ALL, expected);
}

#endif
