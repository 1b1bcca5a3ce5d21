/* Random roles and bindings for tests that compare with an answer worked out the long way. */
#ifndef KA_ANALYSIS_RBAC_RANDOM_TESTING_H
#define KA_ANALYSIS_RBAC_RANDOM_TESTING_H

#include "analysis/rbac_testing.h"

#include <stdio.h>

static const char *const random_namespaces[] = { "n0", "n1", "n2", "n3" };
static const char *const random_names[] = { "a", "b", "n1" };
enum { RANDOM_NS = 4, RANDOM_NAMES = 3 };

struct random_text {
	char s[1 << 16];
	size_t len;
	uint32_t seed;
};

static inline uint32_t
random_next(struct random_text *t, uint32_t n)
{
	t->seed = t->seed * 1664525u + 1013904223u;
	return (t->seed >> 12) % n;
}

static inline void
random_add(struct random_text *t, const char *s)
{
	t->len += (size_t)snprintf(t->s + t->len, sizeof t->s - t->len, "%s", s);
	assert_true(t->len < sizeof t->s);
}

/* "'key': ['x', 'y']", one to three out of the pool. */
static inline void
random_list(struct random_text *t, const char *key, const char *const *pool, size_t n)
{
	uint32_t count = 1 + random_next(t, 3);

	random_add(t, "'");
	random_add(t, key);
	random_add(t, "': [");
	for (uint32_t i = 0; i < count; i++) {
		random_add(t, i ? ", '" : "'");
		random_add(t, pool[random_next(t, (uint32_t)n)]);
		random_add(t, "'");
	}
	random_add(t, "]");
}

#define POOL(...) (const char *const[]){ __VA_ARGS__ }, sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *)

static inline void
random_rule(struct random_text *t)
{
	random_add(t, "{");
	random_list(t, "verbs",
		    POOL("get", "get", "list", "create", "update", "delete", "*", "deletecollection", "bind",
			 "impersonate", "frob"));
	if (!random_next(t, 8)) {
		random_add(t, ", ");
		random_list(t, "nonResourceURLs", POOL("/healthz", "/healthz*", "/metrics", "/own/*", "*", "bad"));
		random_add(t, "}");
		return;
	}
	random_add(t, ", ");
	random_list(t, "apiGroups", POOL("", "", "apps", "rbac.authorization.k8s.io", "example.org", "*"));
	random_add(t, ", ");
	random_list(t, "resources",
		    POOL("pods", "pods", "secrets", "namespaces", "namespaces/status", "pods/exec", "nodes",
			 "deployments", "deployments/scale", "clusterroles", "roles", "widgets", "*/scale", "*",
			 "pods/*", "users", "serviceaccounts"));
	if (!random_next(t, 3)) {
		random_add(t, ", ");
		random_list(t, "resourceNames", random_names, RANDOM_NAMES);
	}
	random_add(t, "}");
}

static inline void
random_object(struct random_text *t, const char *kind, const char *ns, const char *prefix, int i)
{
	char head[256];

	snprintf(head, sizeof head, "{" RBAC_API "'kind': '%s', 'metadata': {'name': '%s%d'%s%s%s}, ", kind, prefix, i,
		 ns ? ", 'namespace': '" : "", ns ? ns : "", ns ? "'" : "");
	random_add(t, head);
}

static inline void
random_role(struct random_text *t, const char *kind, const char *ns, const char *prefix, int i)
{
	uint32_t n = 1 + random_next(t, 3);

	random_object(t, kind, ns, prefix, i);
	random_add(t, "'rules': [");
	for (uint32_t r = 0; r < n; r++) {
		random_add(t, r ? ", " : "");
		random_rule(t);
	}
	random_add(t, "]}\n");
}

static inline void
random_binding(struct random_text *t, const char *kind, const char *ns, int i)
{
	char ref[512];
	bool local = ns && random_next(t, 2);

	random_object(t, kind, ns, "binding", i);
	snprintf(ref, sizeof ref,
		 "'roleRef': {'apiGroup': 'rbac.authorization.k8s.io', 'kind': '%s', 'name': '%s%u'}, 'subjects': [",
		 local ? "Role" : "ClusterRole", local ? "role" : "c", (unsigned)random_next(t, local ? 2 : 7));
	random_add(t, ref);
	random_add(t, random_next(t, 4) ? USER("u") : GROUP("system:authenticated"));
	random_add(t, "]}\n");
}

/* The same text for the same seed.  Everything is bound to the user "u" or to everybody; role "c6"
 * does not exist. */
static inline const char *
random_world(struct random_text *t, uint32_t seed)
{
	*t = (struct random_text){ .seed = seed };
	for (int i = 0; i < 6; i++)
		random_role(t, "ClusterRole", NULL, "c", i);
	for (int n = 0; n < RANDOM_NS; n++) {
		random_add(t, "{'apiVersion': 'v1', 'kind': 'Namespace', 'metadata': {'name': '");
		random_add(t, random_namespaces[n]);
		random_add(t, "'}}\n");
		for (int i = 0; i < 2; i++)
			random_role(t, "Role", random_namespaces[n], "role", i);
	}
	for (int i = 0; i < 6; i++)
		random_binding(t, "RoleBinding", random_namespaces[random_next(t, RANDOM_NS - 1)], i);
	if (random_next(t, 3))
		random_binding(t, "ClusterRoleBinding", NULL, 0);
	if (random_next(t, 2))
		random_binding(t, "ClusterRoleBinding", NULL, 1);
	return t->s;
}

#endif
