/* Who pods are to the API server, and which credentials of theirs lie about. */
#include <stdlib.h>
#include <string.h>

#include <kassay/identity.h>
#include <kassay/inventory.h>

#include "objects.h"
#include "pods.h"
#include "sets.h"

/* A static pod has no service account: the admission plugin lets its mirror through only without
 * one. */
static bool
has_account(const struct ka_unit *u)
{
	return !(u->pod && u->pod->mirror);
}

static const char *
token_path(const struct pod_view *v, const struct ka_token *t)
{
	if (t->why == KA_TOKEN_PROJECTED)
		return ka_text(v->run, "%s.volumes", v->unit->path);
	return ka_text(v->run, "%s.automountServiceAccountToken", v->unit->path);
}

static const char *
token_why(const struct ka_token *t)
{
	switch (t->why) {
	case KA_TOKEN_POD:
		return "the pod says so";
	case KA_TOKEN_ACCOUNT:
		return "the account says so";
	case KA_TOKEN_DEFAULT:
		return "nobody turns it off";
	case KA_TOKEN_PROJECTED:
		return "a projected volume asks for one";
	case KA_TOKEN_UNKNOWN:
		return "the account is not there to turn it off";
	}
	return "";
}

static void
token_fault(const struct pod_view *v, const struct ka_token *t, bool bound)
{
	const char *account = v->spec->service_account;
	struct ka_fault f = pod_fault(v, NULL, "automountServiceAccountToken");

	f.path = token_path(v, t);
	f.observed = t->why == KA_TOKEN_PROJECTED ? "a projected token"
		     : t->why == KA_TOKEN_POD	  ? "true"
						  : "absent";
	f.expected = "false";
	f.message = ka_text(v->run, "the token of service account %s is in the pod: %s%s", account,
			    token_why(t), bound ? "; bindings grant it more than discovery" : "");
	f.severity = bound ? KA_MEDIUM : KA_SEV_DEFAULT;
	f.via[0] = t->account ? &t->account->obj : NULL;
	ka_fail(v->run, &f);
}

static int
token_mounted(struct ka_run *run, const struct ka_check *check, const struct ka_facts *facts,
	      struct ka_err *err)
{
	const struct ka_graph *g = facts->g;
	struct ka_account *bound;
	size_t nbound = ka_bound_accounts(g, &bound);

	(void)check;
	(void)err;
	for (size_t u = 0; u < g->nunits; u++) {
		const struct pod_view v = { run, facts, &g->unit[u], g->unit[u].spec, false };
		const char *ns = v.unit->object->namespace;
		struct ka_token t;

		if (!has_account(v.unit))
			continue;
		ka_saw(run, v.unit->object);
		ka_identity_token(g, ns, v.spec, &t);
		/* What cannot be told is no fault: without the accounts the check is unknown
		 * anyway.  An account that is known to be missing turns nothing off. */
		if (t.mounted == KA_NO ||
		    (t.mounted == KA_UNSET && !ka_graph_knows(g, KA_SERVICEACCOUNT)))
			continue;
		token_fault(&v, &t, ka_account_in(bound, nbound, ns, v.spec->service_account));
	}
	free(bound);
	return 0;
}

static bool
is_default(const char *account)
{
	return strcmp(account, "default") == 0;
}

static int
default_used(struct ka_run *run, const struct ka_check *check, const struct ka_facts *facts,
	     struct ka_err *err)
{
	const struct ka_graph *g = facts->g;

	(void)check;
	(void)err;
	for (size_t u = 0; u < g->nunits; u++) {
		const struct pod_view v = { run, facts, &g->unit[u], g->unit[u].spec, false };
		struct ka_fault f;

		if (!has_account(v.unit))
			continue;
		ka_saw(run, v.unit->object);
		if (!is_default(v.spec->service_account))
			continue;
		f = pod_fault(&v, NULL, "serviceAccountName");
		f.observed = v.spec->service_account_given ? "default" : "absent, so default";
		f.expected = "an account of its own";
		f.message = "the pod runs as its namespace's default service account";
		ka_fail(run, &f);
	}
	return 0;
}

static int
account_missing(struct ka_run *run, const struct ka_check *check, const struct ka_facts *facts,
		struct ka_err *err)
{
	const struct ka_graph *g = facts->g;

	(void)check;
	(void)err;
	for (size_t u = 0; u < g->nunits; u++) {
		const struct pod_view v = { run, facts, &g->unit[u], g->unit[u].spec, false };
		const char *account = v.spec->service_account;
		struct ka_fault f;

		if (!has_account(v.unit))
			continue;
		ka_saw(run, v.unit->object);
		/* The controller manager makes `default` wherever there is a namespace. */
		if (is_default(account) || !ka_graph_knows(g, KA_SERVICEACCOUNT) ||
		    ka_graph_find(g, KA_SERVICEACCOUNT, v.unit->object->namespace, account))
			continue;
		f = pod_fault(&v, NULL, "serviceAccountName");
		f.observed = account;
		f.expected = "a service account that exists";
		f.message = ka_text(run, "service account %s is not in the source", account);
		ka_fail(run, &f);
	}
	return 0;
}

static void
default_bound(const struct object_view *v)
{
	const struct ka_binding *b = ka_as_binding(v->obj);

	ka_saw(v->run, &b->obj);
	for (size_t s = 0; s < b->nsubjects; s++) {
		const struct ka_subject *who = &b->subject[s];
		struct ka_fault f = { .obj = &b->obj };

		if (who->kind != KA_SUBJECT_SERVICEACCOUNT || !who->name || !is_default(who->name))
			continue;
		f.path = ka_text(v->run, "subjects[%zu]", s);
		f.observed = ka_text(v->run, "ServiceAccount:%s:default",
				     who->namespace ? who->namespace : "");
		f.expected = "an account made for the purpose";
		f.message = ka_text(
			v->run,
			"%s %s is granted to every pod of namespace %s that names no account",
			b->role_kind ? b->role_kind : "role", b->role_name ? b->role_name : "",
			who->namespace ? who->namespace : "(none)");
		f.discriminator = f.observed;
		ka_fail(v->run, &f);
	}
}

static void
default_automount(const struct object_view *v)
{
	const struct ka_serviceaccount *sa = ka_as_serviceaccount(v->obj);
	struct ka_fault f = { .obj = &sa->obj, .path = "automountServiceAccountToken" };

	if (!is_default(sa->obj.name))
		return;
	ka_saw(v->run, &sa->obj);
	if (sa->automount_token == KA_NO)
		return;
	f.observed = sa->automount_token == KA_YES ? "true" : "absent";
	f.expected = "false";
	f.message = "pods that name no account get a token of this one";
	ka_fail(v->run, &f);
}

static void
legacy_token(const struct object_view *v)
{
	const struct ka_secret *s = ka_as_secret(v->obj);
	const char *account =
		ka_kvs_get(s->obj.annotations, "kubernetes.io/service-account.name");
	struct ka_fault f = { .obj = &s->obj, .path = "type" };

	ka_saw(v->run, &s->obj);
	if (strcmp(s->type, "kubernetes.io/service-account-token") != 0)
		return;
	f.observed = s->type;
	f.expected = "no stored token";
	f.message =
		ka_text(v->run, "it holds a token of service account %s that never expires",
			account ? account : "(not named)");
	ka_fail(v->run, &f);
}

static const struct ka_check checks[] = {
	{
		.key = "sa-token-mounted",
		.title = "Pods carry a service account token only where it is needed",
		.why = "Whoever reads a file in the pod can speak to the API server as its "
		       "account.",
		.fix = "Set automountServiceAccountToken: false on pods that do not call the API "
		       "server.",
		.severity = KA_LOW,
		.scope = KA_POD_KINDS,
		.needs = KA_BIT(KA_SERVICEACCOUNT),
		.run = token_mounted,
	},
	{
		.key = "sa-default-used",
		.title = "Workloads run as a service account of their own",
		.why = "What is granted to the default account is granted to every pod that names "
		       "none, and audit logs cannot tell those pods apart.",
		.fix = "Create a service account for the workload and name it in "
		       "serviceAccountName.",
		.severity = KA_LOW,
		.scope = KA_POD_KINDS,
		.run = default_used,
	},
	{
		.key = "sa-default-bound",
		.title = "No binding grants anything to a default service account",
		.why = "Every pod of the namespace that names no account has the grant, the next "
		       "one deployed included.",
		.fix = "Bind the role to a service account made for the workload that needs it.",
		.severity = KA_MEDIUM,
		.scope = KA_BIT(KA_ROLEBINDING) | KA_BIT(KA_CLUSTERROLEBINDING),
		.run = objects_run,
		.param = &(const struct object_rule){
			KA_BIT(KA_ROLEBINDING) | KA_BIT(KA_CLUSTERROLEBINDING),
			default_bound,
		},
	},
	{
		.key = "sa-default-automount",
		.title = "Default service accounts do not hand out tokens",
		.why = "A pod that says nothing of accounts then carries a credential that nobody "
		       "asked for.",
		.fix = "Set automountServiceAccountToken: false on the ServiceAccount named "
		       "default.",
		.severity = KA_LOW,
		.scope = KA_BIT(KA_SERVICEACCOUNT),
		.none = "no ServiceAccount named default in the source",
		.run = objects_run,
		.param = &(const struct object_rule){ KA_BIT(KA_SERVICEACCOUNT), default_automount },
	},
	{
		.key = "sa-missing",
		.title = "Service accounts that pods name exist",
		.why = "Pods that name a missing account are not admitted; and whoever may create "
		       "the account decides what they can do.",
		.fix = "Create the service account, or name the right one.",
		.severity = KA_LOW,
		.scope = KA_POD_KINDS,
		.needs = KA_BIT(KA_SERVICEACCOUNT),
		.run = account_missing,
	},
	{
		.key = "sa-legacy-token",
		.title = "No Secret holds a service account token",
		.why = "Such a token does not expire and is tied to no pod: one leaked copy, or "
		       "one reader of Secrets, is the account until the Secret is deleted.",
		.fix = "Delete the Secret; ask for tokens with the TokenRequest API or a "
		       "projected volume.",
		.severity = KA_MEDIUM,
		.scope = KA_BIT(KA_SECRET),
		.run = objects_run,
		.param = &(const struct object_rule){ KA_BIT(KA_SECRET), legacy_token },
	},
};

const struct ka_check_set ka_set_identity = { "Service accounts", checks,
					      sizeof checks / sizeof checks[0] };
