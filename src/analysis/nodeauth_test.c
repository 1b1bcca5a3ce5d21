#include <kassay/nodeauth.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "model/testing.h"
#include "util/banned.h"

#define POD(ns, name, node, spec)                                                              \
	"{'apiVersion': 'v1', 'kind': 'Pod', 'metadata': {'name': '" name "', 'namespace': '" ns \
	"', 'uid': '" ns "/" name "'}, 'spec': {'nodeName': '" node "', "                      \
	"'serviceAccountName': '" name "-sa', " spec "}}\n"
#define MIRROR(ns, name, node, spec)                                                           \
	"{'apiVersion': 'v1', 'kind': 'Pod', 'metadata': {'name': '" name "', 'namespace': '" ns \
	"', 'annotations': {'kubernetes.io/config.mirror': 'x'}}, 'spec': {'nodeName': '" node \
	"', " spec "}}\n"
#define CONTAINERS(more) "'containers': [{'name': 'c', 'image': 'i'" more "}]"
#define PV(name, ns, claim, source)                                                            \
	"{'apiVersion': 'v1', 'kind': 'PersistentVolume', 'metadata': {'name': '" name "'}, "  \
	"'spec': {'claimRef': {'namespace': '" ns "', 'name': '" claim "'}, " source "}}\n"

static const char cluster[] =
	POD("ns0", "web", "n0",
	    CONTAINERS(", 'env': [{'name': 'A', 'valueFrom': {'secretKeyRef': {'name': 'env', 'key': 'k'}}},"
		       " {'name': 'B', 'valueFrom': {'configMapKeyRef': {'name': 'env-map', 'key': 'k'}}}],"
		       " 'envFrom': [{'secretRef': {'name': 'from'}}, {'configMapRef': {'name': 'from-map'}}]")
	    ", 'initContainers': [{'name': 'i', 'image': 'i', 'envFrom': [{'secretRef': {'name': 'init'}}]}]"
	    ", 'ephemeralContainers': [{'name': 'e', 'image': 'i', 'envFrom': [{'secretRef': {'name': 'debug'}}]}]"
	    ", 'imagePullSecrets': [{'name': 'pull'}], 'volumes': ["
	    "{'name': 's', 'secret': {'secretName': 'mounted'}}, {'name': 'm', 'configMap': {'name': 'mounted-map'}},"
	    "{'name': 'p', 'projected': {'sources': [{'secret': {'name': 'projected'}},"
	    " {'configMap': {'name': 'projected-map'}}]}},"
	    "{'name': 'v', 'persistentVolumeClaim': {'claimName': 'claim'}},"
	    "{'name': 'e', 'ephemeral': {'volumeClaimTemplate': {'spec': {}}}},"
	    "{'name': 'd', 'csi': {'driver': 'x', 'nodePublishSecretRef': {'name': 'inline'}}},"
	    "{'name': 'f', 'flexVolume': {'driver': 'x', 'secretRef': {'name': 'flex'}}},"
	    "{'name': 'z', 'azureFile': {'secretName': 'azure', 'shareName': 's'}},"
	    "{'name': 'h', 'hostPath': {'path': '/'}}]")
	POD("ns0", "done", "n0", CONTAINERS(", 'envFrom': [{'secretRef': {'name': 'of-done'}}]"))
	POD("ns0", "shared", "n1", CONTAINERS(", 'envFrom': [{'secretRef': {'name': 'pull'}}]")
	    ", 'automountServiceAccountToken': false")
	POD("ns1", "other", "n1", CONTAINERS("") ", 'volumes': [{'name': 'v',"
	    " 'persistentVolumeClaim': {'claimName': 'claim'}}]");
static const char cluster_more[] =
	"{'apiVersion': 'v1', 'kind': 'Pod', 'metadata': {'name': 'plain', 'namespace': 'plain', 'uid': 'u'}, "
	"'spec': {'nodeName': 'n0', 'serviceAccountName': 'default', " CONTAINERS("") "}}\n"
	POD("ns0", "waits", "", CONTAINERS(", 'envFrom': [{'secretRef': {'name': 'of-waiting'}}]"))
	MIRROR("kube-system", "static-n0", "n0", CONTAINERS(", 'envFrom': [{'secretRef': {'name': 'x'}}]"))
	PV("pv0", "ns0", "claim", "'csi': {'driver': 'x', 'volumeHandle': 'v',"
	   " 'nodePublishSecretRef': {'namespace': 'csi', 'name': 'publish'},"
	   " 'nodeStageSecretRef': {'namespace': 'csi', 'name': 'stage'},"
	   " 'nodeExpandSecretRef': {'namespace': 'csi', 'name': 'node-expand'},"
	   " 'controllerPublishSecretRef': {'namespace': 'csi', 'name': 'controller'},"
	   " 'controllerExpandSecretRef': {'namespace': 'csi', 'name': 'controller-expand'}}")
	PV("pv0-twin", "ns0", "claim", "'cephfs': {'monitors': [], 'secretRef': {'name': 'ceph'}}")
	PV("pv-e", "ns0", "web-e", "'rbd': {'secretRef': {'namespace': 'rbd', 'name': 'rbd'}}")
	PV("pv1", "ns1", "claim", "'azureFile': {'secretName': 'azure1'}")
	"{'apiVersion': 'v1', 'kind': 'PersistentVolume', 'metadata': {'name': 'free'}, 'spec': {'nfs': {}}}\n";

struct world {
	struct ka_graph *g;
	struct ka_nodeauth *na;
};

static struct world
world(const char *text, const char *more)
{
	char *both = ka_xmalloc(strlen(text) + strlen(more) + 1);
	struct world w;

	memcpy(both, text, strlen(text));
	memcpy(both + strlen(text), more, strlen(more) + 1);
	w.g = test_world(both);
	w.na = ka_nodeauth_new(w.g);
	free(both);
	return w;
}

static void
end(struct world *w)
{
	ka_nodeauth_free(w->na);
	ka_graph_free(w->g);
}

static struct ka_who
node(const char *name)
{
	return (struct ka_who){ .subject = { .kind = KA_SUBJECT_USER, .name = name } };
}

/* OWN: a field selector picks what is on n0. */
enum { NO = KA_NODE_NO_OPINION, YES = KA_NODE_ALLOW, WHO_KNOWS = KA_NODE_UNKNOWN, OWN = 16 };
#define UNRELATED "no relationship found between node 'n0' and this object"
#define PODS_ONLY "can only list/watch pods with spec.nodeName field selector"
#define LEASE     .group = "coordination.k8s.io", .resource = "leases", .namespace = "kube-node-lease"
#define CSINODE   .group = "storage.k8s.io", .resource = "csinodes"
#define SLICE     .group = "resource.k8s.io", .resource = "resourceslices"
#define CERT      .group = "certificates.k8s.io", .resource = "podcertificaterequests", .namespace = "ns0"

/* What n0 may; facts of node_authorizer_test.go, and what its graph code says besides. */
static const struct {
	struct ka_request req;
	int want;
	const char *words;
} table[] = {
	{ { .verb = "get", .resource = "secrets", .namespace = "ns0", .name = "env" }, YES, "" },
	{ { .verb = "list", .resource = "secrets", .namespace = "ns0", .name = "env" }, YES, "" },
	{ { .verb = "watch", .resource = "secrets", .namespace = "ns0", .name = "env" }, YES, "" },
	{ { .verb = "list", .resource = "secrets", .namespace = "ns0" }, NO, "No Object name found" },
	{ { .verb = "watch", .resource = "secrets" }, NO,
	  "can only read namespaced object of this type" },
	{ { .verb = "list", .resource = "secrets", .name = "env" }, NO,
	  "can only read namespaced object of this type" },
	{ { .verb = "update", .resource = "secrets", .namespace = "ns0", .name = "env" }, NO,
	  "can only read resources of this type" },
	{ { .verb = "get", .resource = "secrets", .subresource = "x", .namespace = "ns0", .name = "env" },
	  NO, "cannot read subresource" },
	{ { .verb = "get", .resource = "secrets", .namespace = "ns1", .name = "env" }, NO, UNRELATED },
	{ { .verb = "get", .resource = "secrets", .namespace = "ns0", .name = "from" }, YES, "" },
	{ { .verb = "get", .resource = "secrets", .namespace = "ns0", .name = "init" }, YES, "" },
	{ { .verb = "get", .resource = "secrets", .namespace = "ns0", .name = "debug" }, YES, "" },
	{ { .verb = "get", .resource = "secrets", .namespace = "ns0", .name = "pull" }, YES, "" },
	{ { .verb = "get", .resource = "secrets", .namespace = "ns0", .name = "mounted" }, YES, "" },
	{ { .verb = "get", .resource = "secrets", .namespace = "ns0", .name = "projected" }, YES, "" },
	{ { .verb = "get", .resource = "secrets", .namespace = "ns0", .name = "inline" }, YES, "" },
	{ { .verb = "get", .resource = "secrets", .namespace = "ns0", .name = "flex" }, YES, "" },
	{ { .verb = "get", .resource = "secrets", .namespace = "ns0", .name = "azure" }, YES, "" },
	{ { .verb = "get", .resource = "secrets", .namespace = "ns0", .name = "of-done" }, YES, "" },
	{ { .verb = "get", .resource = "secrets", .namespace = "ns0", .name = "of-waiting" }, NO, UNRELATED },
	{ { .verb = "get", .resource = "secrets", .namespace = "kube-system", .name = "x" }, NO, UNRELATED },
	{ { .verb = "get", .resource = "secrets", .namespace = "csi", .name = "publish" }, YES, "" },
	{ { .verb = "get", .resource = "secrets", .namespace = "csi", .name = "stage" }, YES, "" },
	{ { .verb = "get", .resource = "secrets", .namespace = "csi", .name = "node-expand" }, YES, "" },
	{ { .verb = "get", .resource = "secrets", .namespace = "csi", .name = "controller" }, NO, UNRELATED },
	{ { .verb = "get", .resource = "secrets", .namespace = "ns0", .name = "ceph" }, YES, "" },
	{ { .verb = "get", .resource = "secrets", .namespace = "rbd", .name = "rbd" }, YES, "" },
	{ { .verb = "get", .resource = "secrets", .namespace = "ns1", .name = "azure1" }, NO, UNRELATED },
	{ { .verb = "get", .group = "apps", .resource = "secrets", .namespace = "ns0", .name = "env" }, NO, "" },
	{ { .verb = "get", .resource = "configmaps", .namespace = "ns0", .name = "env-map" }, YES, "" },
	{ { .verb = "get", .resource = "configmaps", .namespace = "ns0", .name = "from-map" }, YES, "" },
	{ { .verb = "watch", .resource = "configmaps", .namespace = "ns0", .name = "mounted-map" }, YES, "" },
	{ { .verb = "get", .resource = "configmaps", .namespace = "ns0", .name = "projected-map" }, YES, "" },
	{ { .verb = "get", .resource = "configmaps", .namespace = "ns0", .name = "kube-root-ca.crt" }, YES, "" },
	{ { .verb = "get", .resource = "configmaps", .namespace = "ns1", .name = "kube-root-ca.crt" }, NO, UNRELATED },
	{ { .verb = "get", .resource = "configmaps", .namespace = "ns0", .name = "env" }, NO, UNRELATED },
	{ { .verb = "get", .resource = "persistentvolumeclaims", .namespace = "ns0", .name = "claim" }, YES, "" },
	{ { .verb = "get", .resource = "persistentvolumeclaims", .namespace = "ns0", .name = "web-e" }, YES, "" },
	{ { .verb = "get", .resource = "persistentvolumeclaims", .namespace = "ns0", .name = "web-f" }, NO, UNRELATED },
	{ { .verb = "get", .resource = "persistentvolumeclaims", .namespace = "ns1", .name = "claim" }, NO, UNRELATED },
	{ { .verb = "list", .resource = "persistentvolumeclaims", .namespace = "ns0" }, NO,
	  "can only get individual resources of this type" },
	{ { .verb = "patch", .resource = "persistentvolumeclaims", .subresource = "status", .namespace = "ns0",
	    .name = "claim" }, YES, "" },
	{ { .verb = "get", .resource = "persistentvolumeclaims", .subresource = "status", .namespace = "ns0",
	    .name = "claim" }, NO, "can only get/update/patch this type" },
	{ { .verb = "get", .resource = "persistentvolumes", .name = "pv0" }, YES, "" },
	{ { .verb = "get", .resource = "persistentvolumes", .name = "pv0-twin" }, YES, "" },
	{ { .verb = "get", .resource = "persistentvolumes", .name = "pv-e" }, YES, "" },
	{ { .verb = "get", .resource = "persistentvolumes", .name = "pv1" }, NO, UNRELATED },
	{ { .verb = "get", .resource = "persistentvolumes", .name = "free" }, NO, UNRELATED },
	{ { .verb = "get", .resource = "persistentvolumes", .subresource = "status", .name = "pv0" }, NO,
	  "cannot get subresource" },
	{ { .verb = "get", .group = "resource.k8s.io", .resource = "resourceclaims", .namespace = "ns0",
	    .name = "a" }, WHO_KNOWS,
	  "the resource claims of pods were not read, and may relate the object to the node" },
	{ { .verb = "update", .group = "resource.k8s.io", .resource = "resourceclaims", .name = "a" }, NO,
	  "can only get individual resources of this type" },
	{ { .verb = "get", .group = "storage.k8s.io", .resource = "volumeattachments", .name = "a" }, WHO_KNOWS,
	  "volumeattachments were not read, and may relate the object to the node" },
	{ { .verb = "list", .group = "storage.k8s.io", .resource = "volumeattachments" }, NO,
	  "can only get individual resources of this type" },
	{ { .verb = "create", .resource = "serviceaccounts", .subresource = "token", .namespace = "ns0",
	    .name = "web-sa" }, YES, "" },
	{ { .verb = "create", .resource = "serviceaccounts", .subresource = "token", .namespace = "ns0",
	    .name = "shared-sa" }, NO, UNRELATED },
	{ { .verb = "create", .resource = "serviceaccounts", .namespace = "ns0", .name = "web-sa" }, NO,
	  "can only create token subresource of serviceaccount" },
	{ { .verb = "create", .resource = "serviceaccounts", .subresource = "token", .namespace = "ns0" }, NO,
	  "can only create tokens for individual service accounts" },
	{ { .verb = "update", .resource = "serviceaccounts", .subresource = "token", .namespace = "ns0",
	    .name = "web-sa" }, NO, "can only create tokens for individual service accounts" },
	{ { .verb = "create", .resource = "serviceaccounts", .subresource = "token", .namespace = "kube-system",
	    .name = "default" }, NO, UNRELATED },
	{ { .verb = "create", .resource = "serviceaccounts", .subresource = "token", .namespace = "plain",
	    .name = "default" }, YES, "" },
	{ { .verb = "get", .resource = "serviceaccounts", .namespace = "ns0", .name = "web-sa" }, YES, "" },
	{ { .verb = "list", .resource = "serviceaccounts", .namespace = "ns0", .name = "web-sa" }, NO,
	  "can only create tokens for individual service accounts" },
	{ { .verb = "get", LEASE, .name = "n0" }, YES, "" },
	{ { .verb = "create", LEASE }, YES, "" },
	{ { .verb = "delete", LEASE, .name = "n0" }, YES, "" },
	{ { .verb = "patch", LEASE, .name = "n1" }, NO,
	  "can only access node lease with the same name as the requesting node" },
	{ { .verb = "list", LEASE }, NO, "can only get, create, update, patch, or delete a node lease" },
	{ { .verb = "get", .group = "coordination.k8s.io", .resource = "leases", .namespace = "ns0", .name = "n0" }, NO,
	  "can only access leases in the \"kube-node-lease\" system namespace" },
	{ { .verb = "create", CSINODE }, YES, "" },
	{ { .verb = "update", CSINODE, .name = "n0" }, YES, "" },
	{ { .verb = "get", CSINODE, .name = "n1" }, NO,
	  "can only access CSINode with the same name as the requesting node" },
	{ { .verb = "get", CSINODE, .subresource = "csidrivers", .name = "n0" }, NO,
	  "cannot authorize CSINode subresources" },
	{ { .verb = "watch", CSINODE }, NO, "can only get, create, update, patch, or delete a CSINode" },
	{ { .verb = "create", SLICE }, YES, "" },
	{ { .verb = "list", SLICE }, NO,
	  "can only list/watch/deletecollection resourceslices with nodeName field selector" },
	{ { .verb = "deletecollection", SLICE }, YES | OWN, "" },
	{ { .verb = "delete", SLICE, .name = "s" }, WHO_KNOWS,
	  "resourceslices were not read, and may relate the object to the node" },
	{ { .verb = "delete", SLICE, .subresource = "x", .name = "s" }, NO,
	  "cannot authorize ResourceSlice subresources" },
	{ { .verb = "create", CERT }, YES, "" },
	{ { .verb = "watch", CERT }, YES | OWN, "" },
	{ { .verb = "watch", CERT }, NO, "can only list/watch podcertificaterequests with nodeName field selector" },
	{ { .verb = "delete", CERT, .name = "c" }, NO, "nodes may not delete podcertificaterequests" },
	{ { .verb = "update", CERT, .subresource = "status", .name = "c" }, NO,
	  "nodes may not access the status subresource of PodCertificateRequests" },
	{ { .verb = "get", .resource = "nodes", .name = "n0" }, YES, "" },
	{ { .verb = "watch", .resource = "nodes", .name = "n0" }, YES, "" },
	{ { .verb = "get", .resource = "nodes", .name = "n1" }, NO,
	  "node 'n0' cannot read 'n1', only its own Node object" },
	{ { .verb = "list", .resource = "nodes" }, NO,
	  "node 'n0' cannot read all nodes, only its own Node object" },
	{ { .verb = "patch", .resource = "nodes", .name = "n1" }, YES, "" },
	{ { .verb = "patch", .resource = "nodes", .subresource = "status", .name = "n0" }, YES, "" },
	{ { .verb = "get", .resource = "nodes", .subresource = "status", .name = "n0" }, NO, "" },
	{ { .verb = "delete", .resource = "nodes", .name = "n0" }, NO, "" },
	{ { .verb = "get", .resource = "nodes", .subresource = "proxy", .name = "n0" }, NO, "" },
	{ { .verb = "get", .resource = "pods", .namespace = "ns0", .name = "web" }, YES, "" },
	{ { .verb = "list", .resource = "pods", .namespace = "ns0", .name = "web" }, YES, "" },
	{ { .verb = "get", .resource = "pods", .namespace = "kube-system", .name = "static-n0" }, YES, "" },
	{ { .verb = "get", .resource = "pods", .namespace = "ns1", .name = "other" }, NO, UNRELATED },
	{ { .verb = "list", .resource = "pods" }, NO, PODS_ONLY },
	{ { .verb = "watch", .resource = "pods", .namespace = "ns0" }, NO, PODS_ONLY },
	{ { .verb = "list", .resource = "pods" }, YES | OWN, "" },
	{ { .verb = "create", .resource = "pods", .namespace = "ns0" }, YES, "" },
	{ { .verb = "delete", .resource = "pods", .namespace = "ns1", .name = "other" }, YES, "" },
	{ { .verb = "patch", .resource = "pods", .namespace = "ns0", .name = "web" }, NO, "" },
	{ { .verb = "deletecollection", .resource = "pods", .namespace = "ns0" }, NO, "" },
	{ { .verb = "update", .resource = "pods", .subresource = "status", .namespace = "ns0", .name = "x" }, YES, "" },
	{ { .verb = "create", .resource = "pods", .subresource = "eviction", .namespace = "ns0", .name = "x" }, YES, "" },
	{ { .verb = "create", .resource = "pods", .subresource = "exec", .namespace = "ns0", .name = "web" }, NO, "" },
	{ { .verb = "list", .resource = "services" }, YES, "" },
	{ { .verb = "create", .resource = "events", .namespace = "ns0" }, YES, "" },
	{ { .verb = "patch", .group = "events.k8s.io", .resource = "events", .namespace = "ns0" }, YES, "" },
	{ { .verb = "create", .group = "certificates.k8s.io", .resource = "certificatesigningrequests" }, YES, "" },
	{ { .verb = "update", .group = "certificates.k8s.io", .resource = "certificatesigningrequests",
	    .subresource = "approval", .name = "x" }, NO, "" },
	{ { .verb = "watch", .group = "certificates.k8s.io", .resource = "clustertrustbundles" }, YES, "" },
	{ { .verb = "create", .group = "authorization.k8s.io", .resource = "subjectaccessreviews" }, YES, "" },
	{ { .verb = "list", .resource = "namespaces" }, NO, "" },
	{ { .verb = "get", .url = "/healthz" }, NO, "" },
};

static void
a_node_may_what_the_node_authorizer_says(void **state)
{
	struct world w = world(cluster, cluster_more);
	struct ka_who who = node("system:node:n0");
	char reason[256];

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		int got = (int)ka_nodeauth_allows(w.na, &who, &table[i].req,
						  table[i].want & OWN, reason);

		if (got != (table[i].want & ~OWN) || strcmp(reason, table[i].words) != 0)
			fail_msg("row %zu, %s %s %s: %d %s", i, table[i].req.verb,
				 table[i].req.resource ? table[i].req.resource : table[i].req.url,
				 table[i].req.name ? table[i].req.name : "", got, reason);
	}
	end(&w);
}

static void
only_nodes_are_answered(void **state)
{
	static const char *const nodes[] = { "system:nodes" };
	static const struct ka_request req = { .verb = "list", .resource = "services" };
	struct world w = world(cluster, cluster_more);
	struct ka_who who = node("system:node:n0"), nobody = node("system:node:"), ann = node("ann");
	char reason[256];

	(void)state;
	assert_int_equal(ka_nodeauth_allows(w.na, &who, &req, false, reason), KA_NODE_ALLOW);
	/* The name alone is not enough, nor is the group. */
	who.as_given = true;
	assert_int_equal(ka_nodeauth_allows(w.na, &who, &req, false, reason), KA_NODE_NO_OPINION);
	who.groups = (struct ka_strs){ 1, nodes };
	assert_int_equal(ka_nodeauth_allows(w.na, &who, &req, false, reason), KA_NODE_ALLOW);
	ann.groups = who.groups;
	assert_int_equal(ka_nodeauth_allows(w.na, &ann, &req, false, reason), KA_NODE_NO_OPINION);
	assert_string_equal(reason, "");
	assert_int_equal(ka_nodeauth_allows(w.na, &nobody, &req, false, reason), KA_NODE_NO_OPINION);
	assert_string_equal(reason, "unknown node for user \"system:node:\"");
	/* A node that is in no list is a node all the same. */
	who.subject.name = "system:node:elsewhere";
	assert_int_equal(ka_nodeauth_allows(w.na, &who, &req, false, reason), KA_NODE_ALLOW);
	end(&w);
}

static void
what_was_not_read_is_not_refused(void **state)
{
	struct world w = world(cluster, "");
	struct ka_who who = node("system:node:n0");
	struct ka_request req = { .verb = "get", .resource = "secrets", .namespace = "csi", .name = "publish" };
	char reason[256];

	(void)state;
	ka_graph_set_evidence(w.g, KA_PERSISTENTVOLUME, KA_EV_FORBIDDEN, "");
	assert_int_equal(ka_nodeauth_allows(w.na, &who, &req, false, reason), KA_NODE_UNKNOWN);
	assert_string_equal(reason, "persistentvolumes were not read, and may relate the object to the node");
	req = (struct ka_request){ .verb = "get", .resource = "configmaps", .namespace = "ns0", .name = "no" };
	assert_int_equal(ka_nodeauth_allows(w.na, &who, &req, false, reason), KA_NODE_NO_OPINION);
	ka_graph_set_evidence(w.g, KA_POD, KA_EV_TRUNCATED, "");
	assert_int_equal(ka_nodeauth_allows(w.na, &who, &req, false, reason), KA_NODE_UNKNOWN);
	/* What is found is found. */
	req.name = "env-map";
	assert_int_equal(ka_nodeauth_allows(w.na, &who, &req, false, reason), KA_NODE_ALLOW);
	end(&w);
}

static void
an_older_server_let_nodes_read_all_pods(void **state)
{
	struct world w = world(cluster, cluster_more);
	struct ka_who who = node("system:node:n0");
	struct ka_request req = { .verb = "list", .resource = "pods" };
	char reason[256];

	(void)state;
	w.g->kubernetes_version = "v1.31.14";
	ka_nodeauth_free(w.na);
	w.na = ka_nodeauth_new(w.g);
	assert_int_equal(ka_nodeauth_allows(w.na, &who, &req, false, reason), KA_NODE_ALLOW);
	req = (struct ka_request){ .verb = "get", .resource = "serviceaccounts", .namespace = "ns0",
				   .name = "web-sa" };
	assert_int_equal(ka_nodeauth_allows(w.na, &who, &req, false, reason), KA_NODE_NO_OPINION);
	assert_string_equal(reason, "can only create tokens for individual service accounts");
	end(&w);
}

static void
all_that_a_node_reaches_is_listed_once(void **state)
{
	static const char *const claims[] = { "claim", "web-e" };
	struct world w = world(cluster, cluster_more);
	struct ka_who who = node("system:node:n0");
	struct ka_reach_list list;
	char reason[256];
	size_t claim = 0;

	(void)state;
	ka_nodeauth_reach(w.na, "n0", &list);
	assert_int_equal(list.of[KA_NODE_POD], 4);
	assert_int_equal(list.of[KA_NODE_ACCOUNT], 3);
	assert_int_equal(list.of[KA_NODE_CLAIM], 2);
	assert_int_equal(list.of[KA_NODE_VOLUME], 3);
	assert_int_equal(list.of[KA_NODE_CONFIGMAP], 6);
	assert_int_equal(list.of[KA_NODE_SECRET], 16);
	for (size_t i = 0; i < list.n; i++) {
		static const char *const resource[] = { "pods", "secrets", "configmaps",
							"persistentvolumeclaims", "persistentvolumes",
							"serviceaccounts" };
		struct ka_request req = { .verb = "get", .resource = resource[list.item[i].kind],
					  .namespace = list.item[i].namespace, .name = list.item[i].name };

		if (list.item[i].kind == KA_NODE_CLAIM)
			assert_string_equal(list.item[i].name, claims[claim++]);
		assert_int_equal(ka_nodeauth_allows(w.na, &who, &req, false, reason), KA_NODE_ALLOW);
	}
	ka_reach_list_release(&list);
	ka_nodeauth_reach(w.na, "nowhere", &list);
	assert_int_equal(list.n, 0);
	ka_reach_list_release(&list);
	end(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_node_may_what_the_node_authorizer_says),
		cmocka_unit_test(only_nodes_are_answered),
		cmocka_unit_test(what_was_not_read_is_not_refused),
		cmocka_unit_test(an_older_server_let_nodes_read_all_pods),
		cmocka_unit_test(all_that_a_node_reaches_is_listed_once),
	};

	return cmocka_run_group_tests_name("nodeauth", tests, NULL, NULL);
}
