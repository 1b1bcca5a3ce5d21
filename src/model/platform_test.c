#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/testing.h"

#include "util/banned.h"

#define NODE(meta, spec, info)                                                                      \
	"{'apiVersion':'v1','kind':'Node','metadata':{'name':'n1','uid':'1'" meta "},'spec':{" spec "}," \
	"'status':{'nodeInfo':{" info "}}}"
#define MAP "{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'kubeadm-config','namespace':'kube-system'," \
	    "'uid':'2'}}"

static const struct {
	const char *object[3];
	const char *version;             /* of the API server */
	const char *distribution, *reason;
} cases[] = {
	{ { NODE("", "", "'kubeletVersion':'v1.31.4'") }, "v1.31.4", NULL, NULL },
	{ { NODE("", "", "'kubeletVersion':'v1.31.4+k3s1'"), MAP }, NULL, "k3s", "the kubelet of node n1 is v1.31.4+k3s1" },
	{ { NODE("", "", "") }, "v1.30.2+rke2r1", "RKE2", "the API server's version is v1.30.2+rke2r1" },
	{ { NODE(",'annotations':{'rke2.io/node-args':'[]'}", "", "") }, NULL, "RKE2",
	  "node n1 has the annotation rke2.io/node-args" },
	{ { NODE("", "", "'kubeletVersion':'v1.29.3-eks-adc7111'") }, NULL, "EKS",
	  "the kubelet of node n1 is v1.29.3-eks-adc7111" },
	{ { NODE("", "", "") }, "v1.30.5-gke.1014001", "GKE", "the API server's version is v1.30.5-gke.1014001" },
	{ { NODE(",'labels':{'kubernetes.azure.com/cluster':'mc'}", "", "") }, "v1.30.1", "AKS",
	  "node n1 has the label kubernetes.azure.com/cluster" },
	{ { NODE(",'labels':{'node.openshift.io/os_id':'rhcos'}", "", ""), MAP }, NULL, "OpenShift",
	  "node n1 has the label node.openshift.io/os_id" },
	{ { NODE("", "", ""), "{'apiVersion':'config.openshift.io/v1','kind':'ClusterVersion','metadata':{'name':'version',"
			      "'uid':'3'}}" },
	  NULL, "OpenShift", "ClusterVersion version is of the API group config.openshift.io" },
	{ { NODE("", "'providerID':'kind://docker/kind/n1'", ""), MAP }, NULL, "kind",
	  "the providerID of node n1 is kind://docker/kind/n1" },
	{ { NODE(",'labels':{'minikube.k8s.io/version':'v1.34'}", "", ""), MAP }, NULL, "minikube",
	  "node n1 has the label minikube.k8s.io/version" },
	{ { NODE(",'labels':{'microk8s.io/cluster':'true'}", "", "") }, NULL, "microk8s",
	  "node n1 has the label microk8s.io/cluster" },
	{ { NODE("", "", "'osImage':'Talos (v1.8.0)'") }, NULL, "Talos", "the operating system of node n1 is Talos (v1.8.0)" },
	{ { NODE("", "", ""), MAP }, NULL, "kubeadm", "there is a ConfigMap kube-system/kubeadm-config" },
	/* on Azure is not AKS, an image with a familiar name not its distribution */
	{ { NODE("", "'providerID':'azure:///subscriptions/1/n1'", "") }, NULL, NULL, NULL },
	{ { NODE("", "", "'osImage':'k3OS v0.22'") }, NULL, NULL, NULL },
};

static struct ka_graph *
graph_of(size_t i)
{
	struct ka_build *b = ka_build_new();

	ka_build_file(b, "test");
	ka_build_graph(b)->kubernetes_version = ka_build_str(b, cases[i].version);
	for (size_t k = 0; k < 3 && cases[i].object[k]; k++)
		test_add(b, cases[i].object[k]);
	return ka_build_finish(b);
}

static void
a_distribution_is_known_by_its_mark_and_the_mark_is_told(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct ka_graph *g = graph_of(i);
		const char *d = g->distribution ? g->distribution : "none";
		const char *r = g->distribution_reason ? g->distribution_reason : "none";

		if (strcmp(d, cases[i].distribution ? cases[i].distribution : "none") != 0 ||
		    strcmp(r, cases[i].reason ? cases[i].reason : "none") != 0)
			fail_msg("case %zu: %s, as %s", i, d, r);
		ka_graph_free(g);
	}
}

static void
a_folder_of_manifests_is_of_no_distribution(void **state)
{
	struct ka_graph *g = test_graph((const char *const[]){
		"{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'kubeadm-config','namespace':'kube-system'}}", NULL });

	(void)state;
	assert_null(g->distribution);
	ka_graph_free(g);
}

static void
the_cloud_and_products_are_told_besides(void **state)
{
	struct ka_build *b = ka_build_new();
	const struct ka_served served[] = {
		{ .group = "cilium.io", .version = "v2", .resource = "ciliumnetworkpolicies", .kind = "CiliumNetworkPolicy" },
		{ .group = "gateway.networking.k8s.io", .version = "v1", .resource = "gateways", .kind = "Gateway" },
		{ .group = "projectcalico.org", .version = "v3", .resource = "networkpolicies", .kind = "NetworkPolicy" },
		{ .group = "crd.projectcalico.org", .version = "v1", .resource = "networkpolicies", .kind = "NetworkPolicy" },
	};
	struct ka_graph *g;

	(void)state;
	ka_build_file(b, "test");
	for (size_t i = 0; i < sizeof served / sizeof *served; i++)
		ka_build_served(b, &served[i]);
	test_add(b, NODE("", "'providerID':'aws:///eu-west-1a/i-1'", ""));
	g = ka_build_finish(b);
	assert_string_equal(g->platform, "AWS");
	assert_null(g->distribution);
	assert_int_equal(g->recognised.n, 3);
	assert_string_equal(g->recognised.v[0], "Cilium");
	assert_string_equal(g->recognised.v[1], "Calico");
	assert_string_equal(g->recognised.v[2], "Gateway API");
	ka_graph_free(g);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_distribution_is_known_by_its_mark_and_the_mark_is_told),
		cmocka_unit_test(a_folder_of_manifests_is_of_no_distribution),
		cmocka_unit_test(the_cloud_and_products_are_told_besides),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
