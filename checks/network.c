/* NetworkPolicy: which pods are isolated, by policies that do something, under a plugin that
 * enforces them. */
#include <stdio.h>
#include <string.h>

#include <kassay/check.h>
#include <kassay/net.h>

#include "objects.h"
#include "sets.h"
#include "spaces.h"

enum { BOTH = KA_INGRESS_DIR | KA_EGRESS_DIR };

static const char *
directions(unsigned dirs)
{
	switch (dirs & BOTH) {
	case BOTH:
		return "ingress and egress";
	case KA_INGRESS_DIR:
		return "ingress";
	case KA_EGRESS_DIR:
		return "egress";
	default:
		return "no direction";
	}
}

/* ---- pods ----------------------------------------------------------------------------------- */

/* The pods of one owner, taken together. */
struct owned {
	const struct ka_unit *first; /* the first that policies govern, or NULL */
	unsigned isolated;           /* where all are */
	unsigned undecided;
	uint32_t instances;
};

/* A pod of its own that has run to its end. */
static bool
is_over(const struct ka_unit *u)
{
	return u->object->kind == KA_POD && u->pod && ka_pod_finished(u->pod);
}

static struct owned
look_at(const struct ka_facts *f, size_t from, size_t to)
{
	struct owned o = { .isolated = BOTH };

	for (size_t i = from; i < to; i++) {
		const struct ka_unit *u = &f->g->unit[i];
		unsigned isolated;

		if (is_over(u) || ka_net_unit(f->net, u, &isolated) != KA_NET_GOVERNED)
			continue;
		if (!o.first)
			o.first = u;
		o.isolated &= isolated;
		o.undecided |= ka_net_unit_undecided(f->net, u);
		o.instances += u->instances;
	}
	return o;
}

/* The path of the labels that go with a pod spec: "spec.template.spec" ->
 * "spec.template.metadata.labels". */
static const char *
labels_path(struct ka_run *run, const struct ka_unit *u)
{
	return ka_text(run, "%.*smetadata.labels", (int)(strlen(u->path) - strlen("spec")), u->path);
}

static void
report_open(struct ka_run *run, const struct ka_facts *f, const struct owned *o)
{
	const struct ka_object *obj = o->first->object;
	unsigned open = BOTH & ~o->isolated;
	size_t others = ka_net_other_policies(f->net, obj->namespace);
	struct ka_fault fault = {
		.obj = obj,
		.path = labels_path(run, o->first),
		.observed = ka_text(run, "open for %s", directions(open)),
		.expected = "isolated for ingress and egress",
		.instances = o->instances,
	};
	const char *what = ka_text(run, "No NetworkPolicy isolates the pods of %s for %s", obj->name,
				   directions(open));

	if (others > 0) {
		fault.severity = KA_INFO;
		fault.message = ka_text(run, "%s; of other families (Cilium, Calico, AdminNetworkPolicy "
					"...) %zu may, and were not evaluated", what, others);
	} else if ((o->undecided & open) == open) {
		fault.severity = KA_INFO;
		fault.message = ka_text(run, "%s for certain: a policy asks for labels that only live "
					"pods carry", what);
	} else {
		fault.severity = ka_space_is_system(obj->namespace) ? KA_LOW : KA_SEV_DEFAULT;
		fault.message = what;
	}
	ka_fail(run, &fault);
}

static int
check_isolated(struct ka_run *run, const struct ka_check *check, const struct ka_facts *f,
	       struct ka_err *err)
{
	bool half = check->param != NULL;

	(void)err;
	for (size_t i = 0, end; i < f->g->nunits; i = end) {
		struct owned o;

		end = ka_units_end(f->g, i);
		o = look_at(f, i, end);
		if (!o.first || (half && o.isolated == 0))
			continue;
		ka_saw(run, o.first->object);
		if (half ? o.isolated != BOTH : o.isolated == 0)
			report_open(run, f, &o);
	}
	return 0;
}

/* ---- namespaces ----------------------------------------------------------------------------- */

static void
report_namespace(const struct object_view *v, struct ka_fault *fault)
{
	size_t others = ka_net_other_policies(v->facts->net, fault->obj->name);

	if (others > 0) {
		fault->severity = KA_INFO;
		fault->message = ka_text(v->run, "%s; of other families (Cilium, Calico, AdminNetworkPolicy "
					 "...) %zu bear on it, and were not evaluated", fault->message,
					 others);
	} else if (ka_space_is_system(fault->obj->name)) {
		fault->severity = KA_LOW;
	}
	ka_fail(v->run, fault);
}

static void
default_deny(const struct object_view *v)
{
	const struct ka_object *ns = v->obj;
	unsigned deny = ka_net_default_deny(v->facts->net, ns->name);

	ka_saw(v->run, ns);
	if (deny == BOTH)
		return;
	report_namespace(v, &(struct ka_fault){
		.obj = ns,
		.observed = deny ? ka_text(v->run, "denied by default for %s only", directions(deny))
				 : "nothing is denied by default",
		.expected = "a default-deny policy for ingress and egress",
		.message = ka_text(v->run, "A pod in namespace %s that no other policy selects is "
				   "open for %s", ns->name, directions(BOTH & ~deny)),
	});
}

static void
namespace_none(const struct object_view *v)
{
	const struct ka_object *ns = v->obj;

	ka_saw(v->run, ns);
	if (ka_net_count(v->facts->net, ns->name) > 0)
		return;
	report_namespace(v, &(struct ka_fault){
		.obj = ns,
		.observed = "no NetworkPolicy",
		.expected = "at least one NetworkPolicy",
		.message = ka_text(v->run, "Namespace %s has no NetworkPolicy at all", ns->name),
	});
}

/* ---- policies ------------------------------------------------------------------------------- */

/* A selector that matches nothing today.  An empty one is never at fault: it is there for pods to
 * come. */
static void
selects_nothing(const struct object_view *v)
{
	const struct ka_netpol *p = ka_as_netpol(v->obj);
	struct ka_net_selected s = ka_net_policy(v->facts->net, p);
	/* manifests of an operator: it makes pods that no template here shows */
	bool operator = v->facts->g->source_class == KA_SOURCE_MANIFESTS &&
			ka_space_has_custom(v->facts->g, p->obj.namespace);

	/* Where the source shows no pods at all, nothing can be said. */
	if (!v->facts->g->nunits)
		return;
	ka_saw(v->run, &p->obj);
	if (s.pods || s.host_pods || s.undecidable || ka_selector_empty(p->pods))
		return;
	ka_fail(v->run, &(struct ka_fault){
		.obj = &p->obj,
		.path = "spec.podSelector",
		.observed = ka_selector_valid(p->pods) ? "selects no pod and no pod template"
						       : "not a valid selector",
		.expected = "the labels of some pod of the namespace",
		.message = ka_text(v->run, "NetworkPolicy %s selects nothing in namespace %s%s",
				   p->obj.name, p->obj.namespace,
				   operator ? ", unless custom resources there make pods" : ""),
		.severity = operator ? KA_INFO : KA_SEV_DEFAULT,
	});
}

static void
host_network(const struct object_view *v)
{
	const struct ka_netpol *p = ka_as_netpol(v->obj);
	struct ka_net_selected s = ka_net_policy(v->facts->net, p);

	if (!s.pods && !s.host_pods)
		return;
	ka_saw(v->run, &p->obj);
	if (s.pods || s.undecidable)
		return;
	ka_fail(v->run, &(struct ka_fault){
		.obj = &p->obj,
		.path = "spec.podSelector",
		.observed = "selects only pods on the host network",
		.expected = "pods with a network of their own",
		.message = ka_text(v->run, "NetworkPolicy %s protects nothing: what it selects uses "
				   "the node's own network", p->obj.name),
	});
}

enum opening { CLOSED, OPEN_TO_PODS, OPEN_TO_ALL };

/* Whom a rule lets through, whatever the port. */
static enum opening
rule_opens(const struct ka_netpol_rule *r)
{
	enum opening opens = CLOSED;

	if (r->nports > 0)
		return CLOSED;
	if (r->npeers == 0)
		return OPEN_TO_ALL;
	for (size_t i = 0; i < r->npeers; i++) {
		const struct ka_netpol_peer *p = &r->peer[i];

		if (p->cidr && p->except.n == 0 &&
		    (strcmp(p->cidr, "0.0.0.0/0") == 0 || strcmp(p->cidr, "::/0") == 0))
			return OPEN_TO_ALL;
		if (p->namespaces && ka_selector_empty(p->namespaces) &&
		    (!p->pods || ka_selector_empty(p->pods)))
			opens = OPEN_TO_PODS;
	}
	return opens;
}

static void
check_rules(struct ka_run *run, const struct ka_netpol *p, bool ingress)
{
	size_t n = ingress ? p->ningress : p->negress;
	const struct ka_netpol_rule *rule = ingress ? p->ingress : p->egress;

	for (size_t i = 0; i < n; i++) {
		enum opening opens = rule_opens(&rule[i]);
		const char *who = opens == OPEN_TO_ALL ? "any address" : "every pod of the cluster";

		if (opens == CLOSED)
			continue;
		ka_fail(run, &(struct ka_fault){
			.obj = &p->obj,
			.path = ka_text(run, "spec.%s[%zu]", ingress ? "ingress" : "egress", i),
			.observed = ka_text(run, "%s %s, all ports", ingress ? "from" : "to", who),
			.expected = "the peers and ports that are needed",
			.message = ka_text(run, "NetworkPolicy %s opens every pod of namespace %s for all %s "
					   "%s %s", p->obj.name, p->obj.namespace,
					   ingress ? "ingress" : "egress", ingress ? "from" : "to", who),
			.severity = ingress && opens == OPEN_TO_ALL ? KA_MEDIUM : KA_LOW,
		});
	}
}

static void
allow_all(const struct object_view *v)
{
	const struct ka_netpol *p = ka_as_netpol(v->obj);

	ka_saw(v->run, &p->obj);
	if (!ka_selector_empty(p->pods))
		return;
	if (p->types & KA_INGRESS_DIR)
		check_rules(v->run, p, true);
	if (p->types & KA_EGRESS_DIR)
		check_rules(v->run, p, false);
}

/* ---- the plugin ----------------------------------------------------------------------------- */

static int
check_enforced(struct ka_run *run, const struct ka_check *check, const struct ka_facts *f,
	       struct ka_err *err)
{
	const char *cni;
	const struct ka_object *by;
	enum ka_tri enforced = ka_net_enforced(f->net, &cni, &by);
	size_t policies = f->g->of[KA_NETWORKPOLICY].n;

	(void)check;
	(void)err;
	if (!by && f->g->of[KA_NODE].n > 0)
		by = f->g->of[KA_NODE].v[0]; /* built into the distribution: a node stands for it */
	if (enforced == KA_UNSET || !by)
		return 0;
	ka_saw(run, by);
	if (enforced == KA_YES)
		return 0;
	ka_fail(run, &(struct ka_fault){
		.obj = by,
		.observed = ka_text(run, "%s, which does not enforce NetworkPolicy as installed here", cni),
		.expected = "a network plugin that enforces NetworkPolicy",
		.message = ka_text(run, "The only network plugin seen is %s: the %zu NetworkPolicies of "
				   "this cluster have no effect", cni, policies),
		.severity = policies > 0 ? KA_HIGH : KA_MEDIUM,
	});
	return 0;
}

/* --------------------------------------------------------------------------------------------- */

static const struct ka_check checks[] = {
	{
		.key = "netpol-isolated",
		.title = "Every pod is isolated by a NetworkPolicy in some direction",
		.why = "A pod that no policy selects can be reached from every pod of the cluster and can "
		       "reach everything. Whoever takes over one workload scans and attacks the others from it.",
		.fix = "Add a default-deny policy (empty podSelector, policyTypes Ingress and Egress, no rules) "
		       "to the namespace, then policies that allow the connections in use.",
		.severity = KA_MEDIUM,
		.scope = KA_POD_KINDS,
		.needs = KA_BIT(KA_NETWORKPOLICY),
		.none = "there is no pod or pod template with a network of its own",
		.run = check_isolated,
	},
	{
		.key = "netpol-half-isolated",
		.title = "Pods under a NetworkPolicy are isolated in both directions",
		.why = "Isolation counts per direction. A pod closed for ingress alone can still call home and "
		       "attack its neighbours; one closed for egress alone can still be attacked.",
		.fix = "Let a policy with the missing direction in policyTypes select the pod; a policy without "
		       "policyTypes governs egress only when it has egress rules.",
		.severity = KA_LOW,
		.scope = KA_POD_KINDS,
		.needs = KA_BIT(KA_NETWORKPOLICY),
		.none = "no pod or pod template is selected by a NetworkPolicy",
		.run = check_isolated,
		.param = "half",
	},
	{
		.key = "netpol-default-deny",
		.title = "Every namespace denies ingress and egress by default",
		.why = "Without a default, each new pod is open until somebody writes a policy for it, and a "
		       "typing error in a label opens an old one.",
		.fix = "Create a NetworkPolicy with an empty podSelector, policyTypes Ingress and Egress and no "
		       "rules in the namespace.",
		.severity = KA_MEDIUM,
		.scope = KA_BIT(KA_NAMESPACE),
		.needs = KA_BIT(KA_NETWORKPOLICY),
		.run = objects_run,
		.param = &(const struct object_rule){ KA_BIT(KA_NAMESPACE), default_deny },
	},
	{
		.key = "netpol-namespace-none",
		.title = "Every namespace has a NetworkPolicy",
		.why = "In a namespace without any policy nothing restricts who talks to whom.",
		.fix = "Begin with a default-deny policy and allow what is needed.",
		.severity = KA_MEDIUM,
		.scope = KA_BIT(KA_NAMESPACE),
		.needs = KA_BIT(KA_NETWORKPOLICY),
		.run = objects_run,
		.param = &(const struct object_rule){ KA_BIT(KA_NAMESPACE), namespace_none },
	},
	{
		.key = "netpol-selects-nothing",
		.title = "Every NetworkPolicy selects a pod or a pod template",
		.why = "A policy whose selector matches nothing protects nothing, though it looks as if it did; "
		       "mostly a label was misspelt or renamed.",
		.fix = "Compare spec.podSelector with the labels of the pods (not those of the Deployment), or "
		       "delete the policy.",
		.severity = KA_LOW,
		.scope = KA_BIT(KA_NETWORKPOLICY) | KA_WORKLOAD_KINDS,
		.needs = KA_BIT(KA_POD),
		.none = "there is no NetworkPolicy, or no pod it could be compared with",
		.run = objects_run,
		.param = &(const struct object_rule){ KA_BIT(KA_NETWORKPOLICY), selects_nothing },
	},
	{
		.key = "netpol-host-network",
		.title = "NetworkPolicies do not rely on governing pods on the host network",
		.why = "Traffic of pods with hostNetwork is traffic of the node, which network plugins do not "
		       "match against pod selectors. Such a policy gives a false sense of safety.",
		.fix = "Take the pods off the host network, or protect their ports with the node's firewall.",
		.severity = KA_MEDIUM,
		.scope = KA_BIT(KA_NETWORKPOLICY) | KA_WORKLOAD_KINDS,
		.needs = KA_BIT(KA_POD),
		.none = "no NetworkPolicy selects any pod or pod template",
		.run = objects_run,
		.param = &(const struct object_rule){ KA_BIT(KA_NETWORKPOLICY), host_network },
	},
	{
		.key = "netpol-enforced",
		.title = "A network plugin enforces NetworkPolicies",
		.why = "The API server stores policies whether or not anybody acts on them. Under a plugin that "
		       "does not, every policy of the cluster is void.",
		.fix = "Install a plugin that enforces NetworkPolicy, or turn that part of the present one on.",
		.severity = KA_HIGH,
		.scope = KA_BIT(KA_DAEMONSET),
		.needs = 0,
		.none = "no network plugin that kassay knows was seen, so nobody can tell from here whether "
			"policies are enforced",
		.run = check_enforced,
	},
	{
		.key = "netpol-allow-all",
		.title = "No NetworkPolicy opens a whole namespace to everybody",
		.why = "Policies only ever add up: one that lets everything through to all pods of the namespace "
		       "undoes every other policy there.",
		.fix = "Name peers and ports in the rule, or narrow spec.podSelector; `ingress: []` denies all "
		       "where `ingress: [{}]` allows all.",
		.severity = KA_MEDIUM,
		.scope = KA_BIT(KA_NETWORKPOLICY),
		.run = objects_run,
		.param = &(const struct object_rule){ KA_BIT(KA_NETWORKPOLICY), allow_all },
	},
};

const struct ka_check_set ka_set_network = {
	.name = "Network",
	.check = checks,
	.count = sizeof checks / sizeof checks[0],
};
