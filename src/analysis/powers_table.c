/* The ways to each capability.  A new one is a row here; a permission that none of them uses yet is a
 * row of powers_atoms.c. */
#include "analysis/powers_private.h"

#include "util/banned.h"

static const struct ka_cap_info caps[KA_NCAPS] = {
	[KA_CAP_EVERYTHING] = { "everything", "do everything" },
	[KA_CAP_ESCALATE] = { "escalate", "escalate roles" },
	[KA_CAP_BIND] = { "bind", "bind roles they do not hold" },
	[KA_CAP_WRITE_RBAC] = { "write-rbac", "write roles or bindings" },
	[KA_CAP_IMPERSONATE] = { "impersonate", "impersonate others" },
	[KA_CAP_TOKENS] = { "tokens", "issue tokens of service accounts" },
	[KA_CAP_MINT_TOKENS] = { "mint-tokens", "mint tokens of service accounts into Secrets" },
	[KA_CAP_BOOTSTRAP_TOKENS] = { "bootstrap-tokens", "create bootstrap tokens" },
	[KA_CAP_READ_SECRETS] = { "read-secrets", "read Secrets" },
	[KA_CAP_CERTIFY_USERS] = { "certify-users", "have client certificates signed for any name" },
	[KA_CAP_CERTIFY_NODES] = { "certify-nodes", "have client certificates signed for nodes" },
	[KA_CAP_SIGN] = { "sign", "sign certificates" },
	[KA_CAP_CREATE_PODS] = { "create-pods", "create pods or change what makes them" },
	[KA_CAP_CHANGE_PODS] = { "change-pods", "change what running pods run" },
	[KA_CAP_TAKE_NODES] = { "take-nodes", "run privileged containers" },
	[KA_CAP_EXEC] = { "exec", "enter running containers" },
	[KA_CAP_PORT_FORWARD] = { "port-forward", "reach ports of pods or services" },
	[KA_CAP_STEAL_PODS] = { "steal-pods", "drive pods from one node to another" },
	[KA_CAP_RELABEL_PODS] = { "relabel-pods", "change the labels of running pods" },
	[KA_CAP_NODES_PROXY] = { "nodes-proxy", "use nodes/proxy" },
	[KA_CAP_WRITE_NODES] = { "write-nodes", "change nodes" },
	[KA_CAP_CREATE_PV] = { "create-pv", "create PersistentVolumes" },
	[KA_CAP_WRITE_NAMESPACES] = { "write-namespaces", "relabel namespaces" },
	[KA_CAP_WEBHOOKS] = { "webhooks", "change admission webhooks or policies" },
	[KA_CAP_WRITE_APISERVICES] = { "write-apiservices", "route API requests to servers of their own" },
	[KA_CAP_WRITE_CRDS] = { "write-crds", "change CustomResourceDefinitions" },
	[KA_CAP_AWS_AUTH] = { "aws-auth", "map IAM identities into the cluster" },
	[KA_CAP_DIVERT_TRAFFIC] = { "divert-traffic", "divert the traffic of services" },
	[KA_CAP_EXTERNAL_IPS] = { "external-ips", "claim external addresses for services" },
	[KA_CAP_DELETE_EVENTS] = { "delete-events", "delete events" },
};

const struct ka_cap_info *
ka_cap_info(enum ka_cap cap)
{
	return &caps[cap];
}

#define KEY KA_CLAUSE_KEY
#define SAME KA_CLAUSE_SAME
#define WHOLE KA_CLAUSE_WHOLE
#define ANYWHERE KA_CLAUSE_ANYWHERE
#define ONE KA_CLAUSE_ONE
#define A KA_ATOM

#define MAKES_PODS (A(PODS_CREATE) | A(CONTROLLERS_CREATE) | A(CONTROLLERS_REWRITE))
#define WRITES_RBAC                                                                            \
	(A(ROLES_CREATE) | A(ROLES_REWRITE) | A(CLUSTERROLES_CREATE) | A(CLUSTERROLES_REWRITE) | \
	 A(BINDINGS_CREATE) | A(BINDINGS_REWRITE) | A(CLUSTERBINDINGS_CREATE) |                \
	 A(CLUSTERBINDINGS_REWRITE))

static const struct ka_way ways[] = {
	{ KA_CAP_EVERYTHING, .what = "all verbs on all resources", .leads_to = "the whole scope",
	  .clause = { { A(EVERYTHING), KEY } } },

	/* role/policybased/storage.go: escalate is asked with the name in the request's path, which a
	 * create has not. */
	{ KA_CAP_ESCALATE, .what = "rewrite Roles with escalate",
	  .leads_to = "any permission in the namespace, for all who are bound to the Role",
	  .clause = { { A(ROLES_ESCALATE), KEY | SAME }, { A(ROLES_REWRITE), SAME } } },
	{ KA_CAP_ESCALATE, .what = "rewrite ClusterRoles with escalate",
	  .leads_to = "any permission, for all who are bound to the ClusterRole",
	  .clause = { { A(CLUSTERROLES_ESCALATE), KEY | SAME }, { A(CLUSTERROLES_REWRITE), SAME } } },
	{ KA_CAP_ESCALATE, .what = "create ClusterRoles with escalate that others aggregate",
	  .leads_to = "any permission, for all who are bound to admin, edit or view",
	  .clause = { { A(CLUSTERROLES_ESCALATE), KEY | WHOLE }, { A(CLUSTERROLES_CREATE), 0 } } },
	{ KA_CAP_ESCALATE, .what = "create Roles with escalate, and bind them",
	  .leads_to = "any permission in the namespace",
	  .clause = { { A(ROLES_ESCALATE), KEY | WHOLE },
		      { A(ROLES_CREATE), SAME },
		      { A(ROLES_BIND), SAME },
		      { A(BINDINGS_CREATE), 0 } } },
	{ KA_CAP_ESCALATE, .what = "escalate on roles", .leads_to = "nothing by itself",
	  .lacks = "a way to write the role",
	  .clause = { { A(ROLES_ESCALATE) | A(CLUSTERROLES_ESCALATE), KEY } } },

	/* A ClusterRole in a RoleBinding is asked for in that binding's namespace. */
	{ KA_CAP_BIND, .what = "bind ClusterRoles in ClusterRoleBindings", .leads_to = "any ClusterRole",
	  .clause = { { A(CLUSTERROLES_BIND), KEY },
		      { A(CLUSTERBINDINGS_CREATE) | A(CLUSTERBINDINGS_REWRITE), 0 } } },
	{ KA_CAP_BIND, .what = "bind roles in RoleBindings", .leads_to = "any role, in the namespace",
	  .clause = { { A(ROLES_BIND) | A(CLUSTERROLES_BIND), KEY },
		      { A(BINDINGS_CREATE) | A(BINDINGS_REWRITE), 0 } } },
	{ KA_CAP_BIND, .what = "bind on roles", .leads_to = "nothing by itself",
	  .lacks = "a way to write a binding",
	  .clause = { { A(ROLES_BIND) | A(CLUSTERROLES_BIND), KEY } } },

	{ KA_CAP_WRITE_RBAC, .what = "write roles or bindings",
	  .leads_to = "others, who get what the writer has", .clause = { { WRITES_RBAC, KEY } } },

	/* Groups, uids and extras count only beside a user name: processImpersonationHeaders. */
	{ KA_CAP_IMPERSONATE, .what = "impersonate groups", .leads_to = "any group, system:masters too",
	  .clause = { { A(BE_GROUP), KEY }, { A(BE_USER) | A(BE_ACCOUNT), ANYWHERE | ONE } } },
	{ KA_CAP_IMPERSONATE, .what = "impersonate users", .leads_to = "any user",
	  .clause = { { A(BE_USER), KEY } } },
	{ KA_CAP_IMPERSONATE, .what = "impersonate service accounts", .leads_to = "any service account",
	  .clause = { { A(BE_ACCOUNT), KEY } } },
	{ KA_CAP_IMPERSONATE, .what = "impersonate users for some requests", .leads_to = "any user",
	  .facts = KA_FACT_CONSTRAINED, .clause = { { A(SEEM_USER), KEY }, { A(AS_USER), ANYWHERE | ONE } } },
	{ KA_CAP_IMPERSONATE, .what = "impersonate service accounts for some requests",
	  .leads_to = "any service account", .facts = KA_FACT_CONSTRAINED,
	  .clause = { { A(SEEM_ACCOUNT), KEY }, { A(AS_ACCOUNT), ANYWHERE | ONE } } },
	{ KA_CAP_IMPERSONATE, .what = "impersonate nodes for some requests", .leads_to = "nodes",
	  .facts = KA_FACT_CONSTRAINED, .clause = { { A(SEEM_NODE), KEY }, { A(AS_NODE), ANYWHERE | ONE } } },
	{ KA_CAP_IMPERSONATE, .what = "impersonate on groups, uids or extras",
	  .leads_to = "nothing by itself", .lacks = "a user or service account to impersonate",
	  .clause = { { A(BE_GROUP) | A(BE_EXTRA), KEY } } },

	{ KA_CAP_TOKENS, .what = "create serviceaccounts/token", .leads_to = "the service account",
	  .clause = { { A(TOKEN), KEY } } },

	/* pkg/controller/serviceaccount/tokens_controller.go fills a Secret of that type, whoever
	 * made it. */
	{ KA_CAP_MINT_TOKENS, .what = "create Secrets and read them",
	  .leads_to = "any service account of the namespace",
	  .clause = { { A(SECRETS_CREATE), KEY | SAME | ONE }, { A(SECRETS_READ), SAME | ONE } } },
	{ KA_CAP_MINT_TOKENS, .what = "create Secrets and mount them into pods",
	  .leads_to = "any service account of the namespace",
	  .clause = { { A(SECRETS_CREATE), KEY | ONE }, { MAKES_PODS, ONE } } },

	{ KA_CAP_BOOTSTRAP_TOKENS, .what = "create Secrets of type bootstrap.kubernetes.io/token",
	  .leads_to = "system:bootstrappers, and a node's certificate", .namespace = "kube-system",
	  .clause = { { A(SECRETS_CREATE), KEY } } },

	{ KA_CAP_READ_SECRETS, .what = "read secrets", .leads_to = "what the Secrets hold",
	  .clause = { { A(SECRETS_READ), KEY } } },

	/* Admission keeps the group system:masters out of this signer's certificates and nothing else:
	 * plugin/pkg/admission/certificates/subjectrestriction. */
	{ KA_CAP_CERTIFY_USERS, .what = "request, approve and fetch a client certificate",
	  .leads_to = "any user, account or group but system:masters", .facts = KA_FACT_SIGNS_CLIENTS,
	  .clause = { { A(APPROVE_CLIENT), KEY },
		      { A(CSR_APPROVAL), KEY | SAME | ONE },
		      { A(CSR_CREATE), SAME | ONE },
		      { A(CSR_READ), SAME | ONE } } },
	{ KA_CAP_CERTIFY_USERS, .what = "approval of certificates", .leads_to = "what others request",
	  .lacks = "the whole chain: create and read the request, update its approval, approve for the signer",
	  .clause = { { A(APPROVE_CLIENT) | A(APPROVE_KUBELET) | A(APPROVE_OTHER) | A(CSR_APPROVAL),
			KEY } } },
	{ KA_CAP_CERTIFY_NODES, .what = "request, approve and fetch a kubelet's certificate",
	  .leads_to = "any node",
	  .clause = { { A(APPROVE_KUBELET), KEY },
		      { A(CSR_APPROVAL), KEY | SAME | ONE },
		      { A(CSR_CREATE), SAME | ONE },
		      { A(CSR_READ), SAME | ONE } } },

	{ KA_CAP_SIGN, .what = "sign requests", .leads_to = "any user, with the key of a trusted CA",
	  .clause = { { A(SIGN), KEY }, { A(CSR_STATUS), ONE } } },
	{ KA_CAP_SIGN, .what = "sign on signers", .leads_to = "nothing by itself",
	  .lacks = "update on certificatesigningrequests/status", .clause = { { A(SIGN), KEY } } },

	{ KA_CAP_CREATE_PODS, .what = "create pods or change what makes them",
	  .leads_to = "every service account, Secret and volume of the namespace",
	  .clause = { { MAKES_PODS, KEY } } },
	/* The image may change, the service account may not: pkg/apis/core/validation. */
	{ KA_CAP_CHANGE_PODS, .what = "change the image of pods",
	  .leads_to = "the service accounts and volumes of running pods",
	  .clause = { { A(PODS_REWRITE), KEY } } },

	{ KA_CAP_TAKE_NODES, .what = "run privileged pods", .leads_to = "the nodes",
	  .facts = KA_FACT_PRIVILEGED, .clause = { { MAKES_PODS, KEY } } },
	{ KA_CAP_TAKE_NODES, .what = "add privileged containers to running pods", .leads_to = "the nodes",
	  .facts = KA_FACT_PRIVILEGED, .clause = { { A(EPHEMERAL), KEY } } },
	{ KA_CAP_TAKE_NODES, .what = "run privileged pods once the Pod Security label is gone",
	  .leads_to = "the nodes",
	  .clause = { { MAKES_PODS | A(EPHEMERAL), KEY }, { A(NAMESPACES_RELABEL), 0 } } },
	{ KA_CAP_TAKE_NODES, .what = "run privileged pods in a namespace of their own",
	  .leads_to = "the nodes", .cluster = true,
	  .clause = { { MAKES_PODS, KEY }, { A(NAMESPACES_CREATE), 0 } } },

	{ KA_CAP_EXEC, .what = "exec or attach", .leads_to = "running containers",
	  .clause = { { A(EXEC_CREATE), KEY } } },
	{ KA_CAP_EXEC, .what = "exec or attach by get, which is enough before 1.35",
	  .leads_to = "running containers", .facts = KA_FACT_GET_UPGRADES,
	  .clause = { { A(EXEC_GET), KEY } } },
	{ KA_CAP_EXEC, .what = "add ephemeral containers", .leads_to = "running pods",
	  .clause = { { A(EPHEMERAL), KEY } } },

	{ KA_CAP_PORT_FORWARD, .what = "forward ports", .leads_to = "ports of pods",
	  .clause = { { A(FORWARD_CREATE), KEY } } },
	{ KA_CAP_PORT_FORWARD, .what = "forward ports by get, which is enough before 1.35",
	  .leads_to = "ports of pods", .facts = KA_FACT_GET_UPGRADES,
	  .clause = { { A(FORWARD_GET), KEY } } },
	{ KA_CAP_PORT_FORWARD, .what = "proxy to pods or services", .leads_to = "ports of pods",
	  .clause = { { A(PROXY), KEY } } },

	{ KA_CAP_STEAL_PODS, .what = "remove pods, and keep other nodes from taking them",
	  .leads_to = "pods that come to a node one owns",
	  .clause = { { A(NODES_WRITE), KEY }, { A(PODS_REMOVE), 0 } } },

	{ KA_CAP_RELABEL_PODS, .what = "write pods/status", .leads_to = "traffic meant for other pods",
	  .clause = { { A(PODS_STATUS), KEY } } },

	{ KA_CAP_NODES_PROXY, .what = "get or create nodes/proxy", .leads_to = "every pod of the node",
	  .clause = { { A(NODES_PROXY), KEY } } },
	{ KA_CAP_WRITE_NODES, .what = "change nodes", .leads_to = "where pods run",
	  .clause = { { A(NODES_WRITE), KEY } } },

	/* No permission on claims is needed: StatefulSets and generic ephemeral volumes make them. */
	{ KA_CAP_CREATE_PV, .what = "create PersistentVolumes and pods that use them",
	  .leads_to = "the nodes' files, past Pod Security",
	  .clause = { { A(VOLUMES_CREATE), KEY }, { MAKES_PODS, ANYWHERE | ONE } } },
	{ KA_CAP_CREATE_PV, .what = "create on persistentvolumes", .leads_to = "nothing by itself",
	  .lacks = "a pod that claims the volume", .clause = { { A(VOLUMES_CREATE), KEY } } },

	{ KA_CAP_WRITE_NAMESPACES, .what = "relabel namespaces",
	  .leads_to = "Pod Security levels and what selects by label",
	  .clause = { { A(NAMESPACES_RELABEL), KEY } } },
	{ KA_CAP_WEBHOOKS, .what = "change admission", .leads_to = "every object that is written",
	  .clause = { { A(ADMISSION), KEY } } },
	{ KA_CAP_WRITE_APISERVICES, .what = "write APIServices",
	  .leads_to = "the requests to an API group, credentials of aggregated ones too",
	  .clause = { { A(APISERVICES), KEY } } },
	{ KA_CAP_WRITE_CRDS, .what = "write CustomResourceDefinitions",
	  .leads_to = "the custom resources, by a conversion webhook", .clause = { { A(CRDS), KEY } } },
	{ KA_CAP_AWS_AUTH, .what = "change ConfigMap aws-auth", .leads_to = "system:masters, by an IAM identity",
	  .namespace = "kube-system", .facts = KA_FACT_AWS_AUTH, .clause = { { A(AWS_AUTH), KEY } } },

	{ KA_CAP_DIVERT_TRAFFIC, .what = "write services/status or endpoints",
	  .leads_to = "traffic meant for others",
	  .clause = { { A(SERVICES_STATUS) | A(ENDPOINTS_WRITE), KEY } } },
	{ KA_CAP_EXTERNAL_IPS, .what = "write services with externalIPs",
	  .leads_to = "traffic meant for others", .clause = { { A(SERVICES_WRITE), KEY } } },

	{ KA_CAP_DELETE_EVENTS, .what = "delete events", .leads_to = "what an operator does not see",
	  .clause = { { A(EVENTS_DELETE), KEY } } },
};

_Static_assert(sizeof ways / sizeof *ways <= KA_WAYS_MAX, "a set of ways is one word");

const struct ka_way *
ka_ways(size_t *ret_n)
{
	*ret_n = sizeof ways / sizeof *ways;
	return ways;
}
