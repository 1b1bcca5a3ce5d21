/* The objects of RBAC for tests, as the JSON text that test_world() takes. */
#ifndef KA_ANALYSIS_RBAC_TESTING_H
#define KA_ANALYSIS_RBAC_TESTING_H

#include <kassay/rbac.h>

#include "model/testing.h"

#define RBAC_API "'apiVersion': 'rbac.authorization.k8s.io/v1', "
#define ROLE(ns, name, rules)                                                                  \
	"{" RBAC_API "'kind': 'Role', 'metadata': {'name': '" name "', 'namespace': '" ns          \
	"'}, 'rules': [" rules "]}\n"
#define CLUSTERROLE(name, rules)                                                               \
	"{" RBAC_API "'kind': 'ClusterRole', 'metadata': {'name': '" name "'}, 'rules': [" rules   \
	"]}\n"
#define RULE(groups, resources, verbs)                                                         \
	"{'apiGroups': [" groups "], 'resources': [" resources "], 'verbs': [" verbs "]}"
#define NAMED_RULE(groups, resources, verbs, names)                                            \
	"{'apiGroups': [" groups "], 'resources': [" resources "], 'verbs': [" verbs               \
	"], 'resourceNames': [" names "]}"
#define URL_RULE(urls, verbs) "{'nonResourceURLs': [" urls "], 'verbs': [" verbs "]}"
#define REF(kind, name)                                                                        \
	"'roleRef': {'apiGroup': 'rbac.authorization.k8s.io', 'kind': '" kind "', 'name': '" name  \
	"'}"
#define RB(ns, name, kind, role, subjects)                                                     \
	"{" RBAC_API "'kind': 'RoleBinding', 'metadata': {'name': '" name "', 'namespace': '" ns   \
	"'}, " REF(kind, role) ", 'subjects': [" subjects "]}\n"
#define CRB(name, role, subjects)                                                              \
	"{" RBAC_API "'kind': 'ClusterRoleBinding', 'metadata': {'name': '" name                   \
	"'}, " REF("ClusterRole", role) ", 'subjects': [" subjects "]}\n"
#define USER(name) "{'kind': 'User', 'name': '" name "'}"
#define GROUP(name) "{'kind': 'Group', 'name': '" name "'}"
#define ACCOUNT(ns, name) "{'kind': 'ServiceAccount', 'namespace': '" ns "', 'name': '" name "'}"

/* ---- a world with its engine ---- */

struct world {
	struct ka_graph *g;
	struct ka_rbac *rbac;
};

static inline struct world
world(const char *text)
{
	struct world w = { test_world(text), NULL };

	w.rbac = ka_rbac_new(w.g);
	return w;
}

static inline void
end(struct world *w)
{
	ka_rbac_free(w->rbac);
	ka_graph_free(w->g);
}

static inline struct ka_who
user(const char *name)
{
	return (struct ka_who){ .subject = { .kind = KA_SUBJECT_USER, .name = name } };
}
static inline struct ka_who
group(const char *name)
{
	return (struct ka_who){ .subject = { .kind = KA_SUBJECT_GROUP, .name = name } };
}
static inline struct ka_who
account(const char *ns, const char *name)
{
	return (struct ka_who){ .subject = { KA_SUBJECT_SERVICEACCOUNT, "ServiceAccount", ns, name } };
}

#endif
