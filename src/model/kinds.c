/* The kinds kassay knows, and the names of what the graph counts. */
#include <string.h>

#include <kassay/graph.h>

#include "util/banned.h"

#define RBAC  "rbac.authorization.k8s.io"
#define ADMIT "admissionregistration.k8s.io"

static const struct ka_kind_info kinds[KA_NKINDS] = {
	[KA_NAMESPACE] = { "Namespace", "", "v1", "namespaces", false, NULL },
	[KA_NODE] = { "Node", "", "v1", "nodes", false, NULL },
	[KA_SERVICEACCOUNT] = { "ServiceAccount", "", "v1", "serviceaccounts", true, NULL },
	[KA_ROLE] = { "Role", RBAC, "v1", "roles", true, NULL },
	[KA_CLUSTERROLE] = { "ClusterRole", RBAC, "v1", "clusterroles", false, NULL },
	[KA_ROLEBINDING] = { "RoleBinding", RBAC, "v1", "rolebindings", true, NULL },
	[KA_CLUSTERROLEBINDING] = { "ClusterRoleBinding", RBAC, "v1", "clusterrolebindings", false, NULL },
	[KA_POD] = { "Pod", "", "v1", "pods", true, NULL },
	[KA_REPLICATIONCONTROLLER] = { "ReplicationController", "", "v1", "replicationcontrollers", true, NULL },
	[KA_REPLICASET] = { "ReplicaSet", "apps", "v1", "replicasets", true, NULL },
	[KA_DEPLOYMENT] = { "Deployment", "apps", "v1", "deployments", true, NULL },
	[KA_STATEFULSET] = { "StatefulSet", "apps", "v1", "statefulsets", true, NULL },
	[KA_DAEMONSET] = { "DaemonSet", "apps", "v1", "daemonsets", true, NULL },
	[KA_JOB] = { "Job", "batch", "v1", "jobs", true, NULL },
	[KA_CRONJOB] = { "CronJob", "batch", "v1", "cronjobs", true, NULL },
	[KA_NETWORKPOLICY] = { "NetworkPolicy", "networking.k8s.io", "v1", "networkpolicies", true, NULL },
	[KA_SERVICE] = { "Service", "", "v1", "services", true, NULL },
	[KA_INGRESS] = { "Ingress", "networking.k8s.io", "v1", "ingresses", true, NULL },
	[KA_SECRET] = { "Secret", "", "v1", "secrets", true, NULL },
	[KA_CONFIGMAP] = { "ConfigMap", "", "v1", "configmaps", true, NULL },
	[KA_PERSISTENTVOLUME] = { "PersistentVolume", "", "v1", "persistentvolumes", false, NULL },
	[KA_PERSISTENTVOLUMECLAIM] = { "PersistentVolumeClaim", "", "v1", "persistentvolumeclaims", true, NULL },
	[KA_VALIDATINGWEBHOOKCONFIGURATION] = { "ValidatingWebhookConfiguration", ADMIT, "v1",
						"validatingwebhookconfigurations", false, NULL },
	[KA_MUTATINGWEBHOOKCONFIGURATION] = { "MutatingWebhookConfiguration", ADMIT, "v1",
					      "mutatingwebhookconfigurations", false, NULL },
	[KA_VALIDATINGADMISSIONPOLICY] = { "ValidatingAdmissionPolicy", ADMIT, "v1",
					   "validatingadmissionpolicies", false, NULL },
	[KA_VALIDATINGADMISSIONPOLICYBINDING] = { "ValidatingAdmissionPolicyBinding", ADMIT, "v1",
						  "validatingadmissionpolicybindings", false, NULL },
	[KA_MUTATINGADMISSIONPOLICY] = { "MutatingAdmissionPolicy", ADMIT, "v1",
					 "mutatingadmissionpolicies", false, NULL },
	[KA_MUTATINGADMISSIONPOLICYBINDING] = { "MutatingAdmissionPolicyBinding", ADMIT, "v1",
						"mutatingadmissionpolicybindings", false, NULL },
	[KA_RESOURCEQUOTA] = { "ResourceQuota", "", "v1", "resourcequotas", true, NULL },
	[KA_LIMITRANGE] = { "LimitRange", "", "v1", "limitranges", true, NULL },
	[KA_KUBELETCONFIG] = { "KubeletConfig", "kassay", "v1", "kubelet configurations", false,
			       "get on nodes/proxy in the core apiGroup" },
	[KA_NODEFILES] = { "NodeFiles", "kassay", "v1", "node files", false,
			   "run `kassay node` on the nodes and give its output with --node-facts" },
	[KA_APIENDPOINT] = { "ApiEndpoint", "kassay", "v1", "answers of the API server to strangers", false,
			     "a request without credentials from where kassay runs" },
	[KA_APIMETRICS] = { "ApiMetrics", "kassay", "v1", "metrics of the API server", false,
			    "get on the nonResourceURL /metrics" },
	[KA_OTHER] = { "(other)", "", "", "", false, NULL },
};

const struct ka_kind_info *
ka_kind_info(enum ka_kind kind)
{
	return &kinds[kind < KA_NKINDS ? kind : KA_OTHER];
}

/* Workloads and Ingress began in extensions/v1beta1; old manifests still say so, and mean the same
 * objects. */
static bool
group_fits(const char *wanted, const char *api_version)
{
	const char *slash = strchr(api_version, '/');
	size_t len = slash ? (size_t)(slash - api_version) : 0;

	if (strlen(wanted) == len && memcmp(wanted, api_version, len) == 0)
		return true;
	return len == strlen("extensions") && memcmp(api_version, "extensions", len) == 0 &&
	       (strcmp(wanted, "apps") == 0 || strcmp(wanted, "networking.k8s.io") == 0);
}

enum ka_kind
ka_kind_find(const char *api_version, const char *kind)
{
	if (!api_version || !kind)
		return KA_OTHER;
	for (int k = 0; k < KA_OTHER; k++)
		if (kinds[k].kind[0] == kind[0] && strcmp(kinds[k].kind, kind) == 0 &&
		    group_fits(kinds[k].group, api_version))
			return (enum ka_kind)k;
	return KA_OTHER;
}

const char *
ka_evidence_status_name(enum ka_evidence_status s)
{
	switch (s) {
	case KA_EV_COMPLETE:
		return "complete";
	case KA_EV_FORBIDDEN:
		return "forbidden";
	case KA_EV_ABSENT:
		return "absent";
	case KA_EV_FAILED:
		return "failed";
	case KA_EV_TRUNCATED:
		return "truncated";
	case KA_EV_NOT_OFFERED:
		return "not-offered";
	}
	return "?";
}
