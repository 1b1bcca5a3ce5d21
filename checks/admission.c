/* What stands between a request and the cluster's state: Pod Security labels, webhooks, admission
 * policies. */
#include <stdbool.h>
#include <string.h>

#include <kassay/check.h>
#include <kassay/podsec.h>

#include "coverage.h"
#include "objects.h"
#include "sees.h"
#include "sets.h"
#include "spaces.h"

/* ---- Pod Security labels -------------------------------------------------------------------- */

static const char *const modes[] = {
	[KA_PSS_ENFORCE] = "enforce",
	[KA_PSS_AUDIT] = "audit",
	[KA_PSS_WARN] = "warn",
};

static void
psa_enforce(const struct object_view *v)
{
	const struct ka_object *ns = v->obj;
	struct ka_pss_label label;

	ka_pss_label(ns, KA_PSS_ENFORCE, &label);
	ka_saw(v->run, ns);
	if (label.present)
		return;
	ka_fail(v->run, &(struct ka_fault){
		.obj = ns,
		.path = "metadata.labels[pod-security.kubernetes.io/enforce]",
		.observed = "absent",
		.expected = "baseline or restricted",
		.message = ka_text(v->run, "Namespace %s does not say which pods it admits; without a "
				   "cluster-wide default that is all", ns->name),
		.severity = ka_space_is_system(ns->name) ? KA_LOW : KA_SEV_DEFAULT,
	});
}

static void
psa_privileged(const struct object_view *v)
{
	const struct ka_object *ns = v->obj;
	struct ka_pss_label label;

	ka_pss_label(ns, KA_PSS_ENFORCE, &label);
	if (!label.present)
		return;
	ka_saw(v->run, ns);
	if (label.level != KA_PSS_PRIVILEGED)
		return;
	ka_fail(v->run, &(struct ka_fault){
		.obj = ns,
		.path = "metadata.labels[pod-security.kubernetes.io/enforce]",
		.observed = "privileged",
		.expected = "baseline or restricted",
		.message = ka_text(v->run, "Namespace %s admits every pod, also one that owns its node",
				   ns->name),
		.severity = ka_space_is_system(ns->name) ? KA_LOW : KA_SEV_DEFAULT,
	});
}

/* One of the six labels; what is made of it is api/helpers.go of pod-security-admission, that it is
 * refused when it is new, admission/admission.go (ValidateNamespace). */
static void
report_label(struct ka_run *run, const struct ka_object *ns, enum ka_pss_mode mode, bool version,
	     const char *text)
{
	const char *label = ka_text(run, "pod-security.kubernetes.io/%s%s", modes[mode],
				    version ? "-version" : "");
	const char *taken = version ? "latest" : mode == KA_PSS_ENFORCE ? "restricted" : "privileged";

	ka_fail(run, &(struct ka_fault){
		.obj = ns,
		.path = ka_text(run, "metadata.labels[%s]", label),
		.observed = ka_text(run, "\"%s\"", text),
		.expected = version ? "latest or v1.N" : "privileged, baseline or restricted",
		.message = ka_text(run, "The API server refuses to set this label on namespace %s; where it "
				   "is set already, it is taken as %s", ns->name, taken),
		/* an enforce label errs on the safe side, the others switch themselves off */
		.severity = version || mode == KA_PSS_ENFORCE ? KA_LOW : KA_SEV_DEFAULT,
	});
}

static void
psa_invalid(const struct object_view *v)
{
	for (enum ka_pss_mode m = KA_PSS_ENFORCE; m <= KA_PSS_WARN; m++) {
		struct ka_pss_label label;

		ka_pss_label(v->obj, m, &label);
		if (!label.present && !label.version_present)
			continue;
		ka_saw(v->run, v->obj);
		if (label.present && !label.valid)
			report_label(v->run, v->obj, m, false, label.text);
		if (label.version_present && !label.version_valid)
			report_label(v->run, v->obj, m, true, label.version_text);
	}
}

static void
psa_pinned(const struct object_view *v)
{
	const struct ka_object *ns = v->obj;
	struct ka_pss_label label;

	ka_pss_label(ns, KA_PSS_ENFORCE, &label);
	if (!label.present || label.level == KA_PSS_PRIVILEGED)
		return;
	ka_saw(v->run, ns);
	if (label.pinned)
		return;
	ka_fail(v->run, &(struct ka_fault){
		.obj = ns,
		.path = "metadata.labels[pod-security.kubernetes.io/enforce-version]",
		.observed = label.version_present ? label.version_text : "absent",
		.expected = "a version such as v1.34",
		.message = ka_text(v->run, "The rules of namespace %s change with every upgrade of the "
				   "API server", ns->name),
	});
}

/* ---- webhooks ------------------------------------------------------------------------------- */

/* What an attacker would slip past a webhook. */
static const struct ka_target sensitive[] = {
	{ "", "pods", false },
	{ "", "replicationcontrollers", false },
	{ "apps", "deployments", false },
	{ "apps", "statefulsets", false },
	{ "apps", "daemonsets", false },
	{ "apps", "replicasets", false },
	{ "batch", "jobs", false },
	{ "batch", "cronjobs", false },
	{ "rbac.authorization.k8s.io", "roles", false },
	{ "rbac.authorization.k8s.io", "rolebindings", false },
	{ "rbac.authorization.k8s.io", "clusterroles", true },
	{ "rbac.authorization.k8s.io", "clusterrolebindings", true },
};

/* The first sensitive resource the webhook is asked about, or NULL. */
static const struct ka_target *
sees_sensitive(const struct ka_webhook *h)
{
	for (size_t i = 0; i < sizeof sensitive / sizeof sensitive[0]; i++)
		if (ka_rules_see(h->rule, h->nrules, "CREATE", &sensitive[i]) ||
		    ka_rules_see(h->rule, h->nrules, "UPDATE", &sensitive[i]))
			return &sensitive[i];
	return NULL;
}

/* False when the source shows namespaces and the webhook is asked about none of them. */
static bool
selects_some_namespace(const struct ka_graph *g, const struct ka_selector *sel)
{
	const struct ka_list *list = &g->of[KA_NAMESPACE];

	for (size_t i = 0; i < list->n; i++)
		if (ka_selects_namespace(sel, list->v[i]))
			return true;
	return list->n == 0;
}

static void
report_fail_open(const struct object_view *v, const struct ka_webhook_config *c, size_t i)
{
	const struct ka_webhook *h = &c->hook[i];
	const struct ka_target *t = sees_sensitive(h);

	if (t && !t->cluster && !selects_some_namespace(v->facts->g, h->namespaces))
		t = NULL;
	ka_fail(v->run, &(struct ka_fault){
		.obj = &c->obj,
		.path = ka_text(v->run, "webhooks[%zu].failurePolicy", i),
		.observed = "Ignore",
		.expected = "Fail",
		.message = ka_text(v->run, "While webhook %s is out of reach, requests pass it unseen%s%s%s",
				   h->name ? h->name : "(unnamed)", t ? ", those for " : "",
				   t ? t->resource : "", t ? " too" : ""),
		.discriminator = h->name,
		.severity = t ? KA_SEV_DEFAULT : KA_LOW,
	});
}

static void
fail_open(const struct object_view *v)
{
	const struct ka_webhook_config *c = ka_as_webhook_config(v->obj);

	ka_saw(v->run, &c->obj);
	for (size_t h = 0; h < c->nhooks; h++)
		if (strcmp(c->hook[h].failure_policy, "Ignore") == 0)
			report_fail_open(v, c, h);
}

/* --------------------------------------------------------------------------------------------- */

static const struct ka_check checks[] = {
	{
		.key = "psa-enforce",
		.title = "Every namespace says which Pod Security level it enforces",
		.why = "Without the label the cluster's default applies, which is to admit every pod; the default "
		       "is kept in a file of the control plane where those who own the namespace cannot see it.",
		.fix = "Label the namespace pod-security.kubernetes.io/enforce=restricted, or baseline where the "
		       "workloads need more; try with the warn label first.",
		.severity = KA_MEDIUM,
		.scope = KA_BIT(KA_NAMESPACE),
		.run = objects_run,
		.param = &(const struct object_rule){ KA_BIT(KA_NAMESPACE), psa_enforce },
	},
	{
		.key = "psa-enforce-privileged",
		.title = "No namespace enforces the privileged level, which admits everything",
		.why = "The level privileged refuses nothing: one who may create a pod there may take over its "
		       "node.",
		.fix = "Raise the label to baseline, and move the few workloads that need more to a namespace of "
		       "their own.",
		.severity = KA_MEDIUM,
		.scope = KA_BIT(KA_NAMESPACE),
		.none = "no namespace carries the enforce label",
		.run = objects_run,
		.param = &(const struct object_rule){ KA_BIT(KA_NAMESPACE), psa_privileged },
	},
	{
		.key = "psa-label-invalid",
		.title = "Pod Security labels hold valid levels and versions",
		.why = "A misspelt label does not do what its author meant: a bad enforce level counts as "
		       "restricted, a bad audit or warn level as privileged, a bad version as latest.",
		.fix = "Write privileged, baseline or restricted as level, and latest or v1.N as version.",
		.severity = KA_MEDIUM,
		.scope = KA_BIT(KA_NAMESPACE),
		.none = "no namespace carries a Pod Security label",
		.run = objects_run,
		.param = &(const struct object_rule){ KA_BIT(KA_NAMESPACE), psa_invalid },
	},
	{
		.key = "psa-version-pinned",
		.title = "Enforced Pod Security levels name a version",
		.why = "An unpinned level means the rules of whatever version the API server has, so that an "
		       "upgrade may refuse pods that ran before it.",
		.fix = "Set pod-security.kubernetes.io/enforce-version to the version the workloads were tested "
		       "with, and raise it deliberately.",
		.severity = KA_INFO,
		.scope = KA_BIT(KA_NAMESPACE),
		.none = "no namespace enforces baseline or restricted",
		.run = objects_run,
		.param = &(const struct object_rule){ KA_BIT(KA_NAMESPACE), psa_pinned },
	},
	{
		.key = "webhook-fail-open",
		.title = "Admission webhooks refuse requests while they are out of reach",
		.why = "With failurePolicy Ignore an attacker need only overload or block the webhook, or wait for "
		       "its restart, to get past it.",
		.fix = "Set failurePolicy to Fail, run several replicas, and leave out kube-system and the "
		       "webhook's own namespace with a namespaceSelector.",
		.severity = KA_MEDIUM,
		.scope = KA_BIT(KA_VALIDATINGWEBHOOKCONFIGURATION) |
			 KA_BIT(KA_MUTATINGWEBHOOKCONFIGURATION),
		.none = "there is no admission webhook",
		.run = objects_run,
		.param = &(const struct object_rule){
			KA_BIT(KA_VALIDATINGWEBHOOKCONFIGURATION) |
				KA_BIT(KA_MUTATINGWEBHOOKCONFIGURATION),
			fail_open,
		},
	},
	{
		.key = "admission-covered",
		.title = "In every namespace something refuses unsafe pods",
		.why = "Where nothing judges pods when they are made, the right to create pods is the right to "
		       "take over nodes.",
		.fix = "Enforce a Pod Security level in the namespace, or bind a ValidatingAdmissionPolicy or a "
		       "policy engine to it.",
		.severity = KA_MEDIUM,
		.scope = KA_BIT(KA_NAMESPACE),
		.needs = KA_BIT(KA_VALIDATINGWEBHOOKCONFIGURATION) |
			 KA_BIT(KA_VALIDATINGADMISSIONPOLICY) |
			 KA_BIT(KA_VALIDATINGADMISSIONPOLICYBINDING) | KA_BIT(KA_OTHER),
		.none = "there is no namespace beside those of Kubernetes itself",
		.run = ka_check_covered,
	},
};

const struct ka_check_set ka_set_admission = {
	.name = "Admission",
	.check = checks,
	.count = sizeof checks / sizeof checks[0],
};
