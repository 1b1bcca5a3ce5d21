/* What subjects can really do: every binding judged by what its role gives beside all else that its
 * subjects hold.
 *
 * One finding a binding: it is what one edits, and its subjects share the fault.  A capability that
 * several bindings make together is told of the one that gives it its meaning, the others in `via`.
 * A rule that allows everything is told once, as such, and not again under each capability. */
#include <string.h>

#include <kassay/powers.h>
#include <kassay/rbac.h>

#include "rbac_common.h"
#include "sets.h"

enum where { ANYWHERE, CLUSTER_WIDE, NAMESPACED };
enum { CAPS_AT_MOST = 3 };

struct power_rule {
	enum where where;
	struct {
		enum ka_cap cap;
		unsigned less; /* steps below the check's severity */
		bool open;     /* in a namespace no step below */
	} cap[CAPS_AT_MOST];
	size_t ncaps;
	/* a grant that gives none of these is no matter of the check; 0: none of `cap` */
	uint64_t base;
	/* by itself a grant of one of these already gives as much: not told again */
	uint64_t beside;
	const char *expected;
};

#define BIT(cap) ((uint64_t)1 << (cap))

/* What is found on one grant. */
struct found {
	const struct ka_facts *facts;
	const struct ka_grant *grant;
	struct ka_power power;
	enum ka_severity severity;
};

/* ---- how bad ---- */

static enum ka_severity
severity_of(const struct ka_check *check, size_t cap, const struct ka_power *power)
{
	const struct power_rule *p = check->param;
	enum ka_severity s = ka_severity_below(check->severity, p->cap[cap].less);

	if (power->namespace && p->where == ANYWHERE && !p->cap[cap].open)
		s = ka_severity_below(s, 1);
	if (power->width == KA_WIDTH_NAMED)
		s = ka_severity_below(s, 1);
	if (power->lacks) {
		s = ka_severity_below(s, 1);
		if (s > KA_MEDIUM)
			s = KA_MEDIUM;
	}
	return s;
}

/* The worst that the grant gives to the subject; NULL: to anybody. */
static struct found
worst_for(const struct ka_check *check, const struct ka_facts *facts, const struct ka_grant *grant,
	  const struct ka_subject *subject)
{
	const struct power_rule *p = check->param;
	struct found worst = { .facts = facts, .grant = grant };

	for (size_t i = 0; i < p->ncaps; i++) {
		struct ka_power power;
		enum ka_severity s;

		if (!ka_powers_through(facts->powers, grant, subject, p->cap[i].cap, &power))
			continue;
		s = severity_of(check, i, &power);
		if (s <= worst.severity)
			continue;
		worst.severity = s;
		worst.power = power;
	}
	return worst;
}

/* ---- who ---- */

struct having {
	const struct ka_check *check;
	struct found *worst;
};

static bool
same_power(const struct ka_power *a, const struct ka_power *b)
{
	return a->cap == b->cap && a->what == b->what && !a->lacks == !b->lacks &&
	       (a->namespace == b->namespace ||
		(a->namespace && b->namespace && !strcmp(a->namespace, b->namespace)));
}

static bool
has_it(void *arg, const struct ka_subject *s)
{
	const struct having *h = arg;
	struct found one = worst_for(h->check, h->worst->facts, h->worst->grant, s);

	return one.severity == h->worst->severity && same_power(&one.power, &h->worst->power);
}

/* True when what the grant gives by itself cannot be more for anybody, whatever else they hold. */
static bool
stands_alone(const struct ka_check *check, const struct found *alone)
{
	const struct power_rule *p = check->param;
	const struct ka_power most = { .namespace = alone->grant->namespace, .width = KA_WIDTH_ALL };
	uint64_t at = ka_powers_at(alone->facts->powers, alone->grant);

	if (!alone->severity || alone->power.lacks)
		return false;
	for (size_t i = 0; i < p->ncaps; i++)
		if ((at >> p->cap[i].cap & 1) && p->cap[i].cap != alone->power.cap &&
		    severity_of(check, i, &most) > alone->severity)
			return false;
	return true;
}

static const char *
find_worst(struct ka_run *run, const struct ka_check *check, struct found *worst)
{
	const struct ka_binding *b = worst->grant->binding;

	*worst = worst_for(check, worst->facts, worst->grant, NULL);
	if (stands_alone(check, worst))
		return ka_subjects_judged(run, worst->grant, NULL, NULL);
	*worst = (struct found){ .facts = worst->facts, .grant = worst->grant };
	for (size_t i = 0; i < b->nsubjects; i++) {
		struct found one;

		if (!ka_subject_judged(worst->grant, &b->subject[i]))
			continue;
		one = worst_for(check, worst->facts, worst->grant, &b->subject[i]);
		if (one.severity > worst->severity)
			*worst = one;
	}
	if (!worst->severity)
		return NULL;
	return ka_subjects_judged(run, worst->grant, has_it,
				  &(struct having){ .check = check, .worst = worst });
}

/* ---- telling ---- */

static const char *
scope_of(struct ka_run *run, const struct ka_power *power)
{
	if (!power->namespace)
		return "in the whole cluster";
	if (power->more_namespaces)
		return ka_text(run, "in namespace %s and %zu more", power->namespace,
			       power->more_namespaces);
	return ka_text(run, "in namespace %s", power->namespace);
}

/* The other bindings that take part, each once, after the grant's role. */
static const char *
others(struct ka_run *run, const struct found *f, struct ka_fault *fault)
{
	const char *text = "";
	size_t n = 0;

	fault->via[n++] = &f->grant->role->obj;
	for (size_t i = 0; i < f->power.nsteps; i++) {
		const struct ka_object *b = &f->power.step[i].grant.binding->obj;
		bool told = b == &f->grant->binding->obj;

		for (size_t k = 0; k < n; k++)
			told = told || fault->via[k] == b;
		if (told || n == sizeof fault->via / sizeof *fault->via)
			continue;
		fault->via[n++] = b;
		text = ka_text(run, "%s, together with %s %s", text, b->kind_name, b->name);
	}
	return text;
}

static const struct ka_rule *
rule_of(const struct found *f)
{
	for (size_t i = 0; i < f->power.nsteps; i++)
		if (f->power.step[i].grant.binding == f->grant->binding)
			return f->power.step[i].rule;
	return f->power.step[0].rule;
}

static void
tell(struct ka_run *run, const struct ka_check *check, const struct found *f, const char *who)
{
	const struct power_rule *p = check->param;
	const struct ka_power *power = &f->power;
	const struct ka_object *role = &f->grant->role->obj;
	const char *name = power->width == KA_WIDTH_NAMED ? ", by name only" : "";
	const char *scope = scope_of(run, power), *with;
	struct ka_fault fault = {
		.obj = &f->grant->binding->obj,
		.path = "roleRef",
		.expected = p->expected,
		.severity = f->severity,
	};
	char text[256];

	fault.observed = ka_text(run, "%s", ka_rule_text(rule_of(f), text));
	with = others(run, f, &fault);
	if (power->lacks)
		fault.message = ka_text(run, "%s: %s %s%s, through %s %s, but without %s", who,
					power->what, scope, name, role->kind_name, role->name,
					power->lacks);
	else
		fault.message = ka_text(run, "%s may %s %s%s, through %s %s%s", who,
					ka_cap_info(power->cap)->may, scope, name, role->kind_name,
					role->name, with);
	ka_fail(run, &fault);
}

/* ---- judging ---- */

static uint64_t
caps_of(const struct power_rule *p)
{
	uint64_t caps = 0;

	for (size_t i = 0; i < p->ncaps; i++)
		caps |= BIT(p->cap[i].cap);
	return caps;
}

/* Whoever may do more by the same grant is told of that. */
static bool
told_elsewhere(const struct ka_facts *facts, const struct ka_grant *grant, uint64_t caps)
{
	struct ka_power power;

	caps &= ka_powers_at(facts->powers, grant);
	for (int cap = 0; cap < KA_NCAPS; cap++)
		if ((caps >> cap & 1) &&
		    ka_powers_through(facts->powers, grant, NULL, (enum ka_cap)cap, &power) &&
		    !power.lacks)
			return true;
	return false;
}

static void
judge(struct ka_run *run, const struct ka_check *check, const struct ka_facts *facts,
      const struct ka_grant *grant)
{
	const struct power_rule *p = check->param;
	struct found worst = { .facts = facts, .grant = grant };
	const char *who;

	if (!(ka_powers_at(facts->powers, grant) & (p->base ? p->base : caps_of(p))) ||
	    told_elsewhere(facts, grant, p->beside))
		return;
	who = find_worst(run, check, &worst);
	if (who)
		tell(run, check, &worst, who);
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
#define POWER(where_, cap_, expected_)                                                         \
	&(const struct power_rule){ .where = (where_),                                         \
				    .cap = { { (cap_), 0, false } },                           \
				    .ncaps = 1,                                                \
				    .expected = (expected_) }
#define POWERS(...) &(const struct power_rule){ __VA_ARGS__ }

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
				.ncaps = 3, .base = BIT(KA_CAP_CREATE_PODS) | BIT(KA_CAP_CHANGE_PODS),
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
				.beside = BIT(KA_CAP_BIND) | BIT(KA_CAP_ESCALATE),
				.expected = "no create, update or patch in rbac.authorization.k8s.io"),
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
