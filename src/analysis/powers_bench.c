/* powers_bench [NAMESPACES]: how fast the capabilities of all subjects are worked out, in a made-up
 * cluster of that many namespaces (5000), each with ten bindings, ten accounts and thirty pods.
 *
 * It is made to be hard: roles of many rules, capabilities that only bindings together make, groups that
 * everybody is in and that hold something in every namespace. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <kassay/powers.h>

#include "model/build.h"
#include "model/graph.h"
#include "util/read.h"
#include "util/tape.h"

static double
seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* An object from a text in which ' stands for ". */
static void __attribute__((format(printf, 2, 3)))
add(struct ka_build *b, const char *fmt, ...)
{
	struct ka_limits limits = KA_LIMITS_DEFAULT;
	char text[4096];
	struct ka_tape tape;
	struct ka_err err;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	for (char *p = text; *p; p++)
		if (*p == '\'')
			*p = '"';
	ka_tape_init(&tape);
	if (ka_json_parse(&tape, text, strlen(text), &limits, &err) != 0) {
		fprintf(stderr, "%s: %s\n", text, err.msg);
		exit(1);
	}
	ka_build_add(b, &tape, tape.node, NULL, NULL);
	ka_tape_release(&tape);
}

#define RBAC "'apiVersion': 'rbac.authorization.k8s.io/v1', "
#define REF(kind) "'roleRef': {'apiGroup': 'rbac.authorization.k8s.io', 'kind': '" kind "', 'name': '%s'}"
#define ACCOUNT "{'kind': 'ServiceAccount', 'name': 'a%u', 'namespace': 'n%u'}"

static const struct {
	const char *name, *groups, *resources, *verbs;
} kinds_of_role[] = {
	{ "reader", "", "pods', 'configmaps', 'services", "get', 'list', 'watch" },
	{ "secrets", "", "secrets", "get', 'create" },
	{ "deploy", "apps", "deployments', 'statefulsets", "create', 'patch" },
	{ "exec", "", "pods/exec', 'pods/portforward", "create" },
	{ "binder", "rbac.authorization.k8s.io", "roles', 'clusterroles", "bind" },
	{ "writer", "rbac.authorization.k8s.io", "rolebindings", "create" },
	{ "tokens", "", "serviceaccounts/token", "create" },
	{ "events", "", "events", "delete" },
};
enum { NKINDS = sizeof kinds_of_role / sizeof *kinds_of_role };

static const char *
group_role(char buf[16], unsigned i)
{
	snprintf(buf, 16, "g%u", i);
	return buf;
}

static void
add_cluster(struct ka_build *b, unsigned namespaces)
{
	char name[16];

	for (unsigned i = 0; i < NKINDS; i++) {
		add(b, "{" RBAC "'kind': 'ClusterRole', 'metadata': {'name': '%s'}, 'rules': [{'apiGroups': ['%s'], "
		       "'resources': ['%s'], 'verbs': ['%s']}]}",
		    kinds_of_role[i].name, kinds_of_role[i].groups, kinds_of_role[i].resources,
		    kinds_of_role[i].verbs);
		add(b, "{" RBAC "'kind': 'ClusterRoleBinding', 'metadata': {'name': 'all-%s'}, " REF("ClusterRole")
		       ", 'subjects': [{'kind': 'Group', 'name': 'team-%u', 'apiGroup': 'rbac.authorization.k8s.io'}]}",
		    kinds_of_role[i].name, kinds_of_role[i].name, i);
	}
	for (unsigned i = 0; i < namespaces / 5; i++) {
		add(b, "{" RBAC "'kind': 'ClusterRole', 'metadata': {'name': 'g%u'}, 'rules': ["
		       "{'apiGroups': [''], 'resources': ['secrets'], 'verbs': ['get'], 'resourceNames': ['s%u']},"
		       "{'apiGroups': ['rbac.authorization.k8s.io'], 'resources': ['rolebindings'], 'verbs': ['update'], "
		       "'resourceNames': ['b%u']}]}",
		    i, i, i);
		add(b, "{" RBAC "'kind': 'ClusterRoleBinding', 'metadata': {'name': 'g%u'}, " REF("ClusterRole")
		       ", 'subjects': [{'kind': 'Group', 'name': 'system:authenticated', 'apiGroup': "
		       "'rbac.authorization.k8s.io'}]}",
		    i, group_role(name, i));
	}
	for (unsigned i = 0; i < namespaces / 10; i++)
		add(b, "{" RBAC "'kind': 'ClusterRoleBinding', 'metadata': {'name': 'c%u'}, " REF("ClusterRole")
		       ", 'subjects': [" ACCOUNT "]}",
		    i, kinds_of_role[i % NKINDS].name, i % 10, i * 10);
}

static void
add_namespace(struct ka_build *b, unsigned n)
{
	add(b, "{'apiVersion': 'v1', 'kind': 'Namespace', 'metadata': {'name': 'n%u'}}", n);
	add(b, "{" RBAC "'kind': 'Role', 'metadata': {'name': 'own', 'namespace': 'n%u'}, 'rules': ["
	       "{'apiGroups': [''], 'resources': ['secrets'], 'verbs': ['get'], 'resourceNames': ['s%u']},"
	       "{'apiGroups': ['batch'], 'resources': ['jobs'], 'verbs': ['create']}]}",
	    n, n);
	add(b, "{" RBAC "'kind': 'RoleBinding', 'metadata': {'name': 'group', 'namespace': 'n%u'}, " REF("ClusterRole")
	       ", 'subjects': [{'kind': 'Group', 'name': 'system:serviceaccounts', 'apiGroup': "
	       "'rbac.authorization.k8s.io'}]}",
	    n, kinds_of_role[n % NKINDS].name);
	for (unsigned i = 0; i < 9; i++) {
		add(b, "{'apiVersion': 'v1', 'kind': 'ServiceAccount', 'metadata': {'name': 'a%u', 'namespace': 'n%u'}}",
		    i, n);
		add(b, "{" RBAC "'kind': 'RoleBinding', 'metadata': {'name': 'b%u', 'namespace': 'n%u'}, %s"
		       "'name': '%s'}, 'subjects': [" ACCOUNT ", " ACCOUNT "]}",
		    i, n,
		    i ? "'roleRef': {'apiGroup': 'rbac.authorization.k8s.io', 'kind': 'ClusterRole', "
		      : "'roleRef': {'apiGroup': 'rbac.authorization.k8s.io', 'kind': 'Role', ",
		    i ? kinds_of_role[(n + i) % NKINDS].name : "own", i, n, (i + 1) % 9, n);
	}
	for (unsigned i = 0; i < 30; i++)
		add(b, "{'apiVersion': 'v1', 'kind': 'Pod', 'metadata': {'name': 'p%u', 'namespace': 'n%u'}, 'spec': "
		       "{'serviceAccountName': 'a%u', 'nodeName': 'node-%u', 'containers': [{'name': 'c', 'image': 'i'}]}}",
		    i, n, i % 9, (n + i) % 1000);
	add(b, "{'apiVersion': 'v1', 'kind': 'Secret', 'metadata': {'name': 's%u', 'namespace': 'n%u'}}", n, n);
}

static struct ka_graph *
made_up(unsigned namespaces)
{
	struct ka_build *b = ka_build_new();

	ka_build_file(b, "made-up");
	add_cluster(b, namespaces);
	for (unsigned i = 0; i < namespaces; i++)
		add_namespace(b, i);
	return ka_build_finish(b);
}

int
main(int argc, char **argv)
{
	struct ka_graph *g = made_up(argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 5000);
	double start = seconds(), built;
	struct ka_rbac *rbac = ka_rbac_new(g);
	struct ka_powers *p;
	const struct ka_subject *s;
	size_t n, told = 0;
	uint64_t secrets = 0;

	printf("rbac       %6.0f ms\n", (seconds() - start) * 1000);
	built = seconds();
	p = ka_powers_new(rbac);
	printf("powers     %6.0f ms\n", (seconds() - built) * 1000);
	s = ka_rbac_subjects(rbac, &n);
	built = seconds();
	for (size_t i = 0; i < n; i++) {
		const struct ka_who who = { .subject = s[i] };
		struct ka_power_list list;

		ka_powers_of(p, &who, KA_POWERS_OWN, &list);
		told += list.n;
		ka_power_list_release(&list);
	}
	printf("subjects   %6.0f ms: %zu, with %zu capabilities, of %zu bindings\n",
	       (seconds() - built) * 1000, n, told,
	       g->of[KA_ROLEBINDING].n + g->of[KA_CLUSTERROLEBINDING].n);
	built = seconds();
	for (size_t i = 0; i < n; i++) {
		const struct ka_who who = { .subject = s[i] };
		struct ka_blast blast;

		ka_powers_blast(p, &who, KA_POWERS_OWN, &blast);
		secrets += blast.secrets;
	}
	printf("blast      %6.0f ms: %" PRIu64 " secrets, of %zu and %zu pods\n",
	       (seconds() - built) * 1000, secrets, g->of[KA_SECRET].n, g->of[KA_POD].n);
	ka_powers_free(p);
	ka_rbac_free(rbac);
	ka_graph_free(g);
	return 0;
}
