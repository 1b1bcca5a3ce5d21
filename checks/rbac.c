/* What subjects can really do: the table of capabilities that few should have. */
#include <string.h>

#include <kassay/powers.h>
#include <kassay/rbac.h>

#include "rbac_power.h"
#include "sets.h"

#define BINDINGS (KA_BIT(KA_ROLEBINDING) | KA_BIT(KA_CLUSTERROLEBINDING))
#define ROLES (KA_BIT(KA_ROLE) | KA_BIT(KA_CLUSTERROLE))
#define JUDGED_ANYWHERE .scope = BINDINGS, .needs = ROLES, .run = power_run
#define JUDGED_CLUSTER_WIDE                                                                    \
	.scope = KA_BIT(KA_CLUSTERROLEBINDING), .needs = KA_BIT(KA_CLUSTERROLE), .run = power_run
#define JUDGED_NAMESPACED .scope = KA_BIT(KA_ROLEBINDING), .needs = ROLES, .run = power_run
#define POWER(where_, cap_, expected_)                                                         \
	&(const struct power_rule){ .where = (where_),                                         \
				    .cap = { { (cap_), 0, false } },                           \
				    .ncaps = 1,                                                \
				    .expected = (expected_) }
#define POWERS(...) &(const struct power_rule){ __VA_ARGS__ }

/* Judged where the ConfigMap is read. */
static int
aws_auth(struct ka_run *run, const struct ka_check *check, const struct ka_facts *facts, struct ka_err *err)
{
	const struct ka_graph *g = facts->g;

	if ((!g->distribution || strcmp(g->distribution, "EKS") != 0) &&
	    !ka_graph_find(g, KA_CONFIGMAP, "kube-system", "aws-auth"))
		return 0;
	return power_run(run, check, facts, err);
}

static const struct ka_check checks[] = {
	{
		.key = "rbac-cluster-admin",
		.title = "Nobody but the cluster's administrators may do everything everywhere",
		.why = "Such a subject owns the cluster: every Secret, every node, every workload. A stolen "
		       "token or kubeconfig of theirs ends all other controls.",
		.fix = "Bind a role with the verbs and resources that are needed; keep cluster-admin for "
		       "a break-glass identity.",
		.severity = KA_CRITICAL,
		JUDGED_CLUSTER_WIDE,
		.param = POWER(CLUSTER_WIDE, KA_CAP_EVERYTHING,
			       "no rule of all verbs on all resources"),
	},
	{
		.key = "rbac-namespace-admin",
		.title = "Nobody may do everything in a namespace",
		.why = "All verbs on all resources include reading Secrets, running code as any service "
		       "account there, and giving others any role: the escalate and bind verbs are among them.",
		.fix = "List the verbs and resources that are needed instead of stars.",
		.severity = KA_HIGH,
		JUDGED_NAMESPACED,
		.param = POWER(NAMESPACED, KA_CAP_EVERYTHING,
			       "no rule of all verbs on all resources"),
	},
	{
		.key = "rbac-escalate",
		.title = "Nobody holds the escalate verb on roles",
		.why = "With escalate, whoever can update a role may write rules into it that they do not "
		       "hold, and everybody bound to that role gains them.",
		.fix = "Take the escalate verb out of the rule, and stars that include it.",
		.severity = KA_CRITICAL,
		JUDGED_ANYWHERE,
		.param = POWER(ANYWHERE, KA_CAP_ESCALATE,
			       "no escalate on roles or clusterroles"),
	},
	{
		.key = "rbac-bind",
		.title = "Nobody holds the bind verb on roles",
		.why = "With bind, whoever can write a binding may hand out that role, to themselves too, "
		       "without holding its permissions.",
		.fix = "Take the bind verb out of the rule, or limit it with resourceNames to roles that are "
		       "harmless.",
		.severity = KA_CRITICAL,
		JUDGED_ANYWHERE,
		.param = POWER(ANYWHERE, KA_CAP_BIND,
			       "no bind on roles or clusterroles"),
	},
	{
		.key = "rbac-impersonate",
		.title = "Nobody may act as somebody else",
		.why = "A request made under another name has that one's permissions: a service account's, a "
		       "user's, or those of any group, system:masters included.",
		.fix = "Remove the impersonate verb, or limit it with resourceNames to the identities that a "
		       "proxy has to act as.",
		.severity = KA_CRITICAL,
		JUDGED_ANYWHERE,
		.param = POWER(ANYWHERE, KA_CAP_IMPERSONATE,
			       "no impersonate on users, groups or serviceaccounts"),
	},
	{
		.key = "rbac-secret-readers",
		.title = "Few can read Secrets",
		.why = "Secrets hold tokens, keys and passwords. list and watch return their contents just as "
		       "get does.",
		.fix = "Remove get, list and watch on secrets, or grant get on the named Secrets that are "
		       "needed.",
		.severity = KA_HIGH,
		JUDGED_ANYWHERE,
		.param = POWER(ANYWHERE, KA_CAP_READ_SECRETS,
			       "no get, list or watch on secrets"),
	},
	{
		.key = "rbac-pod-creators",
		.title = "Few can create pods or change what they run",
		.why = "A pod runs as any service account of its namespace and mounts any Secret there; where "
		       "Pod Security does not forbid it, it takes over its node.",
		.fix = "Leave the creation of workloads to the deployment pipeline, and enforce a Pod Security "
		       "level in namespaces where others need it.",
		.severity = KA_HIGH,
		JUDGED_ANYWHERE,
		.param = POWERS(.where = ANYWHERE,
				.cap = { { KA_CAP_TAKE_NODES, 0, true },
					 { KA_CAP_CREATE_PODS, 0, false },
					 { KA_CAP_CHANGE_PODS, 0, false } },
				.ncaps = 3, .base = CAP(CREATE_PODS) | CAP(CHANGE_PODS),
				.expected = "no create, update or patch on pods and their controllers"),
	},
	{
		.key = "rbac-exec",
		.title = "Few can run commands inside other people's containers",
		.why = "exec, attach and ephemeral containers give the files, the memory and the service account "
		       "token of a running pod.",
		.fix = "Remove pods/exec, pods/attach and pods/ephemeralcontainers from the rules; grant them "
		       "for the time of an incident.",
		.severity = KA_HIGH,
		JUDGED_ANYWHERE,
		.param = POWER(ANYWHERE, KA_CAP_EXEC,
			       "no create or get on pods/exec and pods/attach"),
	},
	{
		.key = "rbac-port-forward",
		.title = "Few can reach pods through the API server",
		.why = "Port-forwarding and proxying come from the node or the API server, so they pass by every "
		       "NetworkPolicy and reach ports meant for nobody.",
		.fix = "Remove pods/portforward, pods/proxy and services/proxy from the rules.",
		.severity = KA_MEDIUM,
		JUDGED_ANYWHERE,
		.param = POWER(ANYWHERE, KA_CAP_PORT_FORWARD,
			       "no pods/portforward, pods/proxy or services/proxy"),
	},
	{
		.key = "rbac-nodes-proxy",
		.title = "Nobody may speak to kubelets through nodes/proxy",
		.why = "The kubelet takes this permission, get included, as leave to run commands in every pod of "
		       "the node, without admission and outside the API server's audit log.",
		.fix = "Grant nodes/metrics, nodes/stats or nodes/log, whichever is needed, instead of "
		       "nodes/proxy.",
		.severity = KA_HIGH,
		JUDGED_CLUSTER_WIDE,
		.param = POWER(CLUSTER_WIDE, KA_CAP_NODES_PROXY,
			       "no nodes/proxy"),
	},
	{
		.key = "rbac-csr-approval",
		.title = "Nobody but controllers may approve or sign certificates",
		.why = "A client certificate carries any user name and nearly any group its requester wrote into "
		       "it, and cannot be revoked.",
		.fix = "Remove update on certificatesigningrequests/approval, and approve and sign on signers of "
		       "kubernetes.io.",
		.severity = KA_HIGH,
		JUDGED_CLUSTER_WIDE,
		.param = POWERS(.where = CLUSTER_WIDE,
				.cap = { { KA_CAP_CERTIFY_USERS, 0, false },
					 { KA_CAP_CERTIFY_NODES, 0, false },
					 { KA_CAP_SIGN, 1, false } },
				.ncaps = 3, .expected = "no approval of CertificateSigningRequests"),
	},
	{
		.key = "rbac-webhooks",
		.title = "Few can change admission webhooks and policies",
		.why = "A webhook sees every object that is written, Secrets included, and may rewrite them; "
		       "removing one switches its controls off.",
		.fix = "Leave these objects to the identity that installs the policy engine, or name them in "
		       "resourceNames.",
		.severity = KA_HIGH,
		JUDGED_CLUSTER_WIDE,
		.param = POWER(CLUSTER_WIDE, KA_CAP_WEBHOOKS,
			       "no write to admissionregistration.k8s.io"),
	},
	{
		.key = "rbac-tokens",
		.title = "Few can issue tokens of service accounts",
		.why = "Whoever creates serviceaccounts/token holds a working token of that account, and with it "
		       "all that is bound to it.",
		.fix = "Limit the rule with resourceNames to the accounts it is for, or remove it.",
		.severity = KA_HIGH,
		JUDGED_ANYWHERE,
		.param = POWER(ANYWHERE, KA_CAP_TOKENS,
			       "no create on serviceaccounts/token"),
	},
	{
		.key = "rbac-create-pv",
		.title = "Few can create PersistentVolumes",
		.why = "A volume may point at any folder of a node, and the pod that claims it passes Pod Security, "
		       "which does not look behind claims.",
		.fix = "Let provisioners create volumes from StorageClasses; remove create on persistentvolumes "
		       "elsewhere.",
		.severity = KA_MEDIUM,
		JUDGED_CLUSTER_WIDE,
		.param = POWER(CLUSTER_WIDE, KA_CAP_CREATE_PV,
			       "no create on persistentvolumes"),
	},
	{
		.key = "rbac-write-namespaces",
		.title = "Few can relabel namespaces",
		.why = "Labels of a namespace set its Pod Security level and decide which policies and webhooks "
		       "select it.",
		.fix = "Remove update and patch on namespaces and their subresources.",
		.severity = KA_MEDIUM,
		JUDGED_ANYWHERE,
		.param = POWER(ANYWHERE, KA_CAP_WRITE_NAMESPACES,
			       "no update or patch on namespaces"),
	},
	{
		.key = "rbac-write-rbac",
		.title = "Few can write roles and bindings",
		.why = "They can pass on all that they hold themselves, to anybody and unnoticed; more than that "
		       "the API server refuses, as long as they lack bind and escalate.",
		.fix = "Remove create, update and patch on roles and bindings from identities that do not manage "
		       "access.",
		.severity = KA_MEDIUM,
		JUDGED_ANYWHERE,
		.param = POWERS(.where = ANYWHERE, .cap = { { KA_CAP_WRITE_RBAC, 0, false } }, .ncaps = 1,
				.beside = CAP(BIND) | CAP(ESCALATE),
				.expected = "no create, update or patch in rbac.authorization.k8s.io"),
	},
	{
		.key = "rbac-mint-tokens",
		.title = "Few can have tokens of service accounts put into Secrets",
		.why = "A Secret of type kubernetes.io/service-account-token is filled with a token that never "
		       "expires, for the account that its annotation names; whoever creates one and reads it, or "
		       "mounts it, is that account.",
		.fix = "Separate the two: remove create on secrets, or get, list and watch on them.",
		.severity = KA_HIGH,
		JUDGED_ANYWHERE,
		.param = POWERS(.where = ANYWHERE, .cap = { { KA_CAP_MINT_TOKENS, 0, false } }, .ncaps = 1,
				.beside = CAP(TOKENS) | CAP(CREATE_PODS),
				.expected = "no create on secrets beside a way to read them"),
	},
	{
		.key = "rbac-bootstrap-tokens",
		.title = "Few can create Secrets in kube-system",
		.why = "A Secret of type bootstrap.kubernetes.io/token there is a credential of the group "
		       "system:bootstrappers, which clusters made by kubeadm let ask for a node's certificate.",
		.fix = "Remove create on secrets in kube-system, and in ClusterRoles that are bound to the whole "
		       "cluster.",
		.severity = KA_MEDIUM,
		JUDGED_ANYWHERE,
		.param = POWERS(.where = ANYWHERE, .cap = { { KA_CAP_BOOTSTRAP_TOKENS, 0, true } }, .ncaps = 1,
				.expected = "no create on secrets in kube-system"),
	},
	{
		.key = "rbac-aws-auth",
		.title = "Nobody but administrators may change the ConfigMap aws-auth",
		.why = "On EKS it says which IAM identity is in which group; a line added to it makes anybody a "
		       "member of system:masters.",
		.fix = "Remove update and patch on configmaps in kube-system, or name others in resourceNames; "
		       "access entries of EKS need no ConfigMap.",
		.severity = KA_CRITICAL,
		.scope = BINDINGS,
		.needs = ROLES | KA_BIT(KA_CONFIGMAP),
		.none = "no sign of EKS: neither its version nor a ConfigMap aws-auth",
		.run = aws_auth,
		.param = POWERS(.where = ANYWHERE, .cap = { { KA_CAP_AWS_AUTH, 0, true } }, .ncaps = 1,
				.expected = "no update or patch on ConfigMap kube-system/aws-auth"),
	},
	{
		.key = "rbac-write-nodes",
		.title = "Few can change nodes",
		.why = "Labels and taints decide where pods run: whoever owns one node and makes the others "
		       "unschedulable draws pods to it, and their tokens, all the more if they can evict them.",
		.fix = "Remove update, patch and delete on nodes and nodes/status from identities that do not manage "
		       "nodes.",
		.severity = KA_HIGH,
		JUDGED_CLUSTER_WIDE,
		.param = POWERS(.where = CLUSTER_WIDE,
				.cap = { { KA_CAP_STEAL_PODS, 0, false }, { KA_CAP_WRITE_NODES, 1, false } },
				.ncaps = 2, .expected = "no update, patch or delete on nodes"),
	},
	{
		.key = "rbac-pod-status",
		.title = "Few can write the status of pods",
		.why = "Labels may change through pods/status too: a pod given the labels that a Service selects gets "
		       "its traffic, and one that loses them drops out unnoticed.",
		.fix = "Remove update and patch on pods/status; only kubelets and the scheduler need them.",
		.severity = KA_MEDIUM,
		JUDGED_ANYWHERE,
		.param = POWER(ANYWHERE, KA_CAP_RELABEL_PODS, "no update or patch on pods/status"),
	},
	{
		.key = "rbac-divert-traffic",
		.title = "Few can divert the traffic of Services",
		.why = "Addresses in the status of a Service, in its externalIPs, in Endpoints and EndpointSlices draw "
		       "connections meant for others to a pod of the attacker's (CVE-2020-8554, CVE-2021-25740).",
		.fix = "Remove update and patch on services/status, and create, update and patch on endpoints and "
		       "endpointslices; refuse externalIPs by admission.",
		.severity = KA_MEDIUM,
		JUDGED_ANYWHERE,
		.param = POWERS(.where = ANYWHERE,
				.cap = { { KA_CAP_DIVERT_TRAFFIC, 0, false }, { KA_CAP_EXTERNAL_IPS, 1, false } },
				.ncaps = 2,
				.expected = "no write to services, their status, endpoints or endpointslices"),
	},
	{
		.key = "rbac-apiservices",
		.title = "Few can route API requests to servers of their own",
		.why = "An APIService sends an API group to any server, with the name and groups of each caller; the "
		       "conversion webhook of a CustomResourceDefinition sees and changes every such resource.",
		.fix = "Leave apiservices and customresourcedefinitions to the identity that installs extensions, or "
		       "name them in resourceNames.",
		.severity = KA_HIGH,
		JUDGED_CLUSTER_WIDE,
		.param = POWERS(.where = CLUSTER_WIDE,
				.cap = { { KA_CAP_WRITE_APISERVICES, 0, false }, { KA_CAP_WRITE_CRDS, 1, false } },
				.ncaps = 2, .expected = "no write to apiservices or customresourcedefinitions"),
	},
	{
		.key = "rbac-delete-events",
		.title = "Few can delete events",
		.why = "Events are what an operator looks at first; an intruder who deletes them hides restarts, "
		       "failed mounts and denied pods.",
		.fix = "Remove delete and deletecollection on events.",
		.severity = KA_LOW,
		JUDGED_ANYWHERE,
		.param = POWER(ANYWHERE, KA_CAP_DELETE_EVENTS,
			       "no delete or deletecollection on events"),
	},
};

const struct ka_check_set ka_set_rbac = {
	.name = "Permissions",
	.check = checks,
	.count = sizeof checks / sizeof *checks,
};
