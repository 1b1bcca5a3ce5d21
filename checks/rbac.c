/* What subjects can really do: every binding judged by the rules that its role has after
 * aggregation.
 *
 * One finding a binding: it is what one edits, and its subjects share the fault.  A rule that
 * allows everything is told once, as such, and not again under each capability. */
#include <string.h>

#include <kassay/rbac.h>

#include "rbac_common.h"
#include "sets.h"

enum where { ANYWHERE, CLUSTER_WIDE, NAMESPACED };

struct power_rule {
	enum ka_cap cap;
	enum where where;
	const char *may;      /* "X may ..." */
	const char *expected;
};

/* A RoleBinding reaches one Namespace object, that of its own namespace, if the rule does not name
 * others. */
static bool
reaches_own_namespace(const struct ka_facts *facts, const struct ka_grant *grant)
{
	static const char *const subresources[] = { "", "status", "finalize" };
	struct ka_request req = { .group = "", .resource = "namespaces", .name = grant->namespace };
	size_t n;
	const struct ka_rule *rule = ka_rbac_rules(facts->rbac, grant->role, &n);

	for (size_t i = 0; i < n; i++) {
		for (size_t s = 0; s < 3; s++) {
			req.subresource = subresources[s];
			req.verb = "update";
			if (ka_rule_allows(&rule[i], &req))
				return true;
			req.verb = "patch";
			if (ka_rule_allows(&rule[i], &req))
				return true;
		}
	}
	return false;
}

/* What the grant gives of the capability, or KA_WIDTH_NONE. */
static enum ka_width
given(const struct ka_facts *facts, const struct ka_grant *grant, const struct power_rule *p,
      const struct ka_rule **ret_rule)
{
	const struct ka_power *power;

	if (!grant->role)
		return KA_WIDTH_NONE;
	power = ka_rbac_power(facts->rbac, grant->role, grant->namespace != NULL);
	/* Whoever may bind or escalate is told of that: the cover check does not hold them. */
	if (p->cap == KA_CAP_WRITE_RBAC &&
	    (power->width[KA_CAP_BIND] || power->width[KA_CAP_ESCALATE]))
		return KA_WIDTH_NONE;
	if (p->cap == KA_CAP_WRITE_NAMESPACES && grant->namespace &&
	    !reaches_own_namespace(facts, grant))
		return KA_WIDTH_NONE;
	*ret_rule = power->rule[p->cap];
	return power->width[p->cap];
}

static void
judge(struct ka_run *run, const struct ka_check *check, const struct ka_facts *facts,
      const struct ka_grant *grant)
{
	const struct power_rule *p = check->param;
	const struct ka_rule *rule = NULL;
	enum ka_width width = given(facts, grant, p, &rule);
	const char *who = width ? ka_subjects_judged(run, grant) : NULL;
	unsigned steps = 0;
	char text[256];

	if (!who)
		return;
	if (grant->namespace && p->where == ANYWHERE)
		steps++;
	if (width == KA_WIDTH_NAMED)
		steps++;
	ka_fail(run, &(struct ka_fault){
			     .obj = &grant->binding->obj,
			     .path = "roleRef",
			     .observed = ka_text(run, "%s", ka_rule_text(rule, text)),
			     .expected = p->expected,
			     .message = ka_text(run, "%s may %s %s%s, through %s %s", who, p->may,
						ka_scope_text(run, grant),
						width == KA_WIDTH_NAMED ? ", by name only" : "",
						grant->role->obj.kind_name, grant->role->obj.name),
			     .severity = ka_severity_below(check->severity, steps),
			     .via = { &grant->role->obj },
		     });
}

static int
power(struct ka_run *run, const struct ka_check *check, const struct ka_facts *facts,
      struct ka_err *err)
{
	const struct power_rule *p = check->param;
	size_t n;
	const struct ka_grant *grant = ka_rbac_grants(facts->rbac, &n);

	(void)err;
	for (size_t i = 0; i < n; i++) {
		if (p->where != ANYWHERE && (p->where == NAMESPACED) != (grant[i].namespace != NULL))
			continue;
		ka_saw(run, &grant[i].binding->obj);
		judge(run, check, facts, &grant[i]);
	}
	return 0;
}

#define BINDINGS (KA_BIT(KA_ROLEBINDING) | KA_BIT(KA_CLUSTERROLEBINDING))
#define ROLES (KA_BIT(KA_ROLE) | KA_BIT(KA_CLUSTERROLE))
#define JUDGED_ANYWHERE .scope = BINDINGS, .needs = ROLES, .run = power
#define JUDGED_CLUSTER_WIDE                                                                    \
	.scope = KA_BIT(KA_CLUSTERROLEBINDING), .needs = KA_BIT(KA_CLUSTERROLE), .run = power
#define JUDGED_NAMESPACED .scope = KA_BIT(KA_ROLEBINDING), .needs = ROLES, .run = power
#define POWER(...) &(const struct power_rule){ __VA_ARGS__ }

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
		.param = POWER(KA_CAP_EVERYTHING, CLUSTER_WIDE, "do everything",
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
		.param = POWER(KA_CAP_EVERYTHING, NAMESPACED, "do everything",
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
		.param = POWER(KA_CAP_ESCALATE, ANYWHERE, "escalate roles",
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
		.param = POWER(KA_CAP_BIND, ANYWHERE, "bind roles they do not hold",
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
		.param = POWER(KA_CAP_IMPERSONATE, ANYWHERE, "impersonate others",
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
		.param = POWER(KA_CAP_READ_SECRETS, ANYWHERE, "read Secrets",
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
		.param = POWER(KA_CAP_CREATE_PODS, ANYWHERE, "create pods or change what they run",
			       "no create, update or patch on pods and their controllers"),
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
		.param = POWER(KA_CAP_EXEC, ANYWHERE, "enter running containers",
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
		.param = POWER(KA_CAP_PORT_FORWARD, ANYWHERE, "reach ports of pods or services",
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
		.param = POWER(KA_CAP_NODES_PROXY, CLUSTER_WIDE, "use nodes/proxy", "no nodes/proxy"),
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
		.param = POWER(KA_CAP_APPROVE_CSR, CLUSTER_WIDE, "approve or sign certificates",
			       "no approval of CertificateSigningRequests"),
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
		.param = POWER(KA_CAP_WEBHOOKS, CLUSTER_WIDE, "change admission webhooks or policies",
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
		.param = POWER(KA_CAP_TOKENS, ANYWHERE, "issue tokens of service accounts",
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
		.param = POWER(KA_CAP_CREATE_PV, CLUSTER_WIDE, "create PersistentVolumes",
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
		.param = POWER(KA_CAP_WRITE_NAMESPACES, ANYWHERE, "relabel namespaces",
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
		.param = POWER(KA_CAP_WRITE_RBAC, ANYWHERE, "write roles or bindings",
			       "no create, update or patch in rbac.authorization.k8s.io"),
	},
	{
		.key = "rbac-delete-events",
		.title = "Few can delete events",
		.why = "Events are what an operator looks at first; an intruder who deletes them hides restarts, "
		       "failed mounts and denied pods.",
		.fix = "Remove delete and deletecollection on events.",
		.severity = KA_LOW,
		JUDGED_ANYWHERE,
		.param = POWER(KA_CAP_DELETE_EVENTS, ANYWHERE, "delete events",
			       "no delete or deletecollection on events"),
	},
};

const struct ka_check_set ka_set_rbac = {
	.name = "Permissions",
	.check = checks,
	.count = sizeof checks / sizeof *checks,
};
