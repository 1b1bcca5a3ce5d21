/* Worlds for tests: JSON objects, one after another, with ' for " so that they read well in C. */
#ifndef KA_ANALYSIS_RBAC_TESTING_H
#define KA_ANALYSIS_RBAC_TESTING_H

#include <stdlib.h>
#include <string.h>

#include "model/build.h"
#include "model/graph.h"
#include "util/alloc.h"
#include "util/read.h"

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

struct test_text {
	const char *s;
	size_t len;
};

static inline int
test_read(void *arg, void *buf, size_t cap, size_t *ret_len, struct ka_err *err)
{
	struct test_text *t = arg;

	(void)err;
	*ret_len = t->len < cap ? t->len : cap;
	memcpy(buf, t->s, *ret_len);
	t->s += *ret_len;
	t->len -= *ret_len;
	return 0;
}

static inline int
test_value(void *arg, struct ka_tape *tape, const struct ka_node *root,
	   const struct ka_list_head *head, struct ka_err *err)
{
	(void)head;
	(void)err;
	ka_build_add(arg, tape, root, &(struct ka_list_hint){ 0 }, NULL);
	return 0;
}

static inline int
test_list(void *arg, const struct ka_list_head *head, uint32_t line, struct ka_err *err)
{
	(void)line;
	(void)err;
	ka_build_listed(arg, head->api_version, head->kind, head->resource_version, false);
	return 0;
}

static inline int
test_bad(void *arg, uint32_t line, const char *kind_hint, const struct ka_err *why)
{
	(void)arg;
	(void)line;
	(void)kind_hint;
	fail_msg("the world of this test is no JSON: %s", why->msg);
	return -1;
}

/* A new graph of these objects. */
static inline struct ka_graph *
test_world(const char *text)
{
	const struct ka_limits limits = KA_LIMITS_DEFAULT;
	struct ka_build *b = ka_build_new();
	const struct ka_sink sink = { b, test_value, test_list, test_bad };
	char *json = ka_xstrdup(text);
	struct test_text t = { json, strlen(json) };
	const struct ka_in in = { test_read, &t };
	struct ka_err err;

	for (char *c = json; *c; c++)
		if (*c == '\'')
			*c = '"';
	ka_build_file(b, "world");
	assert_int_equal(ka_json_read(&in, &limits, &sink, &err), 0);
	free(json);
	return ka_build_finish(b);
}

#endif
