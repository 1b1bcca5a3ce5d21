/* Roles and bindings as objects: stars, rules and references that lead nowhere, and grants to
 * everybody. */
#include <stdio.h>
#include <string.h>

#include <kassay/rbac.h>

#include "objects.h"
#include "rbac_common.h"
#include "sets.h"

/* ---- wildcards ---- */

enum { PLACES_AT_MOST = 6 };

struct places {
	size_t n;
	char first[96];
	char text[PLACES_AT_MOST * 64];
	size_t len;
};

static void
add_stars(struct places *p, size_t rule, const char *field, const struct ka_strs *list)
{
	for (size_t i = 0; i < list->n; i++) {
		char place[64];
		int wrote;

		if (strcmp(list->v[i], "*") != 0)
			continue;
		snprintf(place, sizeof place, "rules[%zu].%s[%zu]", rule, field, i);
		if (!p->n++)
			snprintf(p->first, sizeof p->first, "%s", place);
		if (p->n > PLACES_AT_MOST)
			continue;
		wrote = snprintf(p->text + p->len, sizeof p->text - p->len, "%s%s",
				 p->len ? ", " : "", place);
		p->len += wrote > 0 ? (size_t)wrote : 0;
	}
}

static struct places
find_stars(const struct ka_role *role)
{
	struct places p = { 0 };

	for (size_t i = 0; i < role->nrules; i++) {
		const struct ka_rule *rule = &role->rule[i];

		add_stars(&p, i, "apiGroups", &rule->groups);
		add_stars(&p, i, "resources", &rule->resources);
		add_stars(&p, i, "verbs", &rule->verbs);
		add_stars(&p, i, "nonResourceURLs", &rule->urls);
	}
	return p;
}

static void
wildcard_role(const struct object_view *v)
{
	static const struct {
		enum ka_severity severity;
		const char *text;
	} bound[] = {
		[KA_REACH_NONE] = { KA_LOW, "is bound to nobody" },
		[KA_REACH_NAMESPACE] = { KA_MEDIUM, "is bound in a namespace" },
		[KA_REACH_CLUSTER] = { KA_HIGH, "is bound in the whole cluster" },
	};
	const struct ka_role *role = ka_as_role(v->obj);
	struct places p = find_stars(role);
	enum ka_reach reach = ka_rbac_reach(v->facts->rbac, role);
	const char *more = "";

	ka_saw(v->run, v->obj);
	if (!p.n || ka_role_bootstrap(role))
		return;
	if (p.n > PLACES_AT_MOST)
		more = ka_text(v->run, " and %zu more", p.n - PLACES_AT_MOST);
	ka_fail(v->run, &(struct ka_fault){
			     .obj = &role->obj,
			     .path = ka_text(v->run, "%s", p.first),
			     .observed = ka_text(v->run, "\"*\" at %s%s", p.text, more),
			     .expected = "verbs, resources and groups by name",
			     .message = ka_text(v->run, "%s %s allows by wildcard and %s",
						role->obj.kind_name, role->obj.name,
						bound[reach].text),
			     .severity = bound[reach].severity,
		     });
}

/* ---- rules that match nothing ---- */

static void
report_dead(struct ka_run *run, const struct ka_role *role, const char *path, const char *observed,
	    const char *why)
{
	ka_fail(run, &(struct ka_fault){
			     .obj = &role->obj,
			     .path = path,
			     .observed = observed,
			     .expected = "something that a request can match",
			     .message = ka_text(run, "%s of %s %s never matches: %s", path,
						role->obj.kind_name, role->obj.name, why),
		     });
}

/* A create that carries a name comes only from server-side apply or an update of what is not there,
 * which take a patch or an update as well. */
static bool
names_bar_create(const struct ka_role *role, const struct ka_rule *rule)
{
	if (!rule->names.n || ka_strs_has(&rule->names, "") || !rule->verbs.n)
		return false;
	for (size_t i = 0; i < rule->verbs.n; i++)
		if (strcmp(rule->verbs.v[i], "create") != 0 &&
		    strcmp(rule->verbs.v[i], "deletecollection") != 0)
			return false;
	for (size_t i = 0; i < rule->resources.n; i++)
		if (strchr(rule->resources.v[i], '/') || !strcmp(rule->resources.v[i], "*"))
			return false;
	for (size_t i = 0; i < role->nrules; i++) {
		const struct ka_strs *verbs = &role->rule[i].verbs;

		if (ka_strs_has(verbs, "*") || ka_strs_has(verbs, "patch") ||
		    ka_strs_has(verbs, "update"))
			return false;
	}
	return true;
}

static void
dead_entries(struct ka_run *run, const struct ka_role *role, size_t at, const char *field,
	     const struct ka_strs *list, const char *(*dead)(const char *))
{
	for (size_t i = 0; i < list->n; i++) {
		const char *why = dead(list->v[i]);

		if (why)
			report_dead(run, role, ka_text(run, "rules[%zu].%s[%zu]", at, field, i),
				    list->v[i], why);
	}
}

static void
entries_without_namespace(struct ka_run *run, const struct ka_role *role, size_t at,
			  const struct ka_rule *rule)
{
	for (size_t i = 0; i < rule->resources.n; i++)
		if (ka_rule_needs_cluster(rule, rule->resources.v[i]))
			report_dead(run, role, ka_text(run, "rules[%zu].resources[%zu]", at, i),
				    rule->resources.v[i],
				    "it is in no namespace, so only a ClusterRoleBinding can grant it");
}

static void
dead_rule(const struct object_view *v)
{
	const struct ka_role *role = ka_as_role(v->obj);
	bool namespaced = role->obj.kind == KA_ROLE;

	ka_saw(v->run, v->obj);
	for (size_t i = 0; i < role->nrules && !ka_role_bootstrap(role); i++) {
		const struct ka_rule *rule = &role->rule[i];
		const char *why = NULL;
		char text[256];

		if (names_bar_create(role, rule))
			why = "a plain create names no object, so resourceNames rule it out";
		if (why || ka_rule_dead(rule, namespaced, &why)) {
			report_dead(v->run, role, ka_text(v->run, "rules[%zu]", i),
				    ka_text(v->run, "%s", ka_rule_text(rule, text)), why);
			continue;
		}
		dead_entries(v->run, role, i, "apiGroups", &rule->groups, ka_group_dead);
		dead_entries(v->run, role, i, "resources", &rule->resources, ka_resource_dead);
		if (namespaced)
			entries_without_namespace(v->run, role, i, rule);
	}
}

/* ---- references to what is not there ---- */

/* A manifest without a namespace may be meant for any. */
static bool
may_be_meant(const struct ka_graph *g, enum ka_kind kind, const char *name)
{
	const struct ka_object *o = ka_graph_find(g, kind, "default", name);

	return o && o->namespace_implied;
}

/* Why the roleRef leads nowhere, or NULL when it may lead somewhere that the source does not
 * show. */
static const char *
why_no_role(struct ka_run *run, const struct ka_facts *facts, const struct ka_grant *grant)
{
	const struct ka_graph *g = facts->g;
	const struct ka_binding *b = grant->binding;
	bool manifests = g->source_class == KA_SOURCE_MANIFESTS;
	const char *kind = b->role_kind ? b->role_kind : "", *name = b->role_name ? b->role_name : "";

	if (!strcmp(kind, "ClusterRole")) {
		if (!ka_graph_knows(g, KA_CLUSTERROLE) || (manifests && ka_role_is_given(NULL, name)))
			return NULL;
		return ka_text(run, "there is no ClusterRole %s", name);
	}
	if (strcmp(kind, "Role") != 0)
		return ka_text(run, "roleRef.kind is \"%s\", which is no role", kind);
	if (!grant->namespace)
		return "a ClusterRoleBinding cannot refer to a Role";
	if (!ka_graph_knows(g, KA_ROLE) ||
	    (manifests && (ka_role_is_given(grant->namespace, name) || may_be_meant(g, KA_ROLE, name))))
		return NULL;
	return ka_text(run, "there is no Role %s in namespace %s", name, grant->namespace);
}

static int
dangling_role(struct ka_run *run, const struct ka_check *check, const struct ka_facts *facts,
	      struct ka_err *err)
{
	size_t n;
	const struct ka_grant *grant = ka_rbac_grants(facts->rbac, &n);

	(void)check;
	(void)err;
	for (size_t i = 0; i < n; i++) {
		const struct ka_binding *b = grant[i].binding;
		const char *why;

		ka_saw(run, &b->obj);
		why = grant[i].role ? NULL : why_no_role(run, facts, &grant[i]);
		if (!why)
			continue;
		ka_fail(run, &(struct ka_fault){
				     .obj = &b->obj,
				     .path = "roleRef",
				     .observed = ka_text(run, "%s %s", b->role_kind, b->role_name),
				     .expected = "a role that exists",
				     .message = ka_text(run, "%s %s grants nothing: %s", b->obj.kind_name,
							b->obj.name, why),
			     });
	}
	return 0;
}

/* Accounts that are there although no file of a manifest folder has them. */
static bool
account_is_given(const struct ka_facts *facts, const struct ka_binding *b, const struct ka_subject *s)
{
	if (b->bootstrap && ka_subject_builtin(s))
		return true;
	return facts->g->source_class == KA_SOURCE_MANIFESTS &&
	       (ka_subject_builtin(s) || !strcmp(s->name, "default") ||
		may_be_meant(facts->g, KA_SERVICEACCOUNT, s->name));
}

static void
judge_account(struct ka_run *run, const struct ka_check *check, const struct ka_facts *facts,
	      const struct ka_grant *grant, size_t at)
{
	const struct ka_binding *b = grant->binding;
	const struct ka_subject *s = &b->subject[at];
	enum ka_severity severity = KA_LOW;
	char name[512];

	if (s->kind != KA_SUBJECT_SERVICEACCOUNT || !ka_subject_live(s) ||
	    account_is_given(facts, b, s) ||
	    ka_graph_find(facts->g, KA_SERVICEACCOUNT, s->namespace, s->name))
		return;
	/* Whoever may create an account of that name gets what is bound to it. */
	if (ka_grant_dangerous(facts, grant))
		severity = check->severity;
	ka_fail(run, &(struct ka_fault){
			     .obj = &b->obj,
			     .path = ka_text(run, "subjects[%zu]", at),
			     .observed = ka_text(run, "%s", ka_subject_text(s, name)),
			     .expected = "a service account that exists",
			     .message = ka_text(run, "%s %s is for service account %s, which is not in "
						     "namespace %s",
						b->obj.kind_name, b->obj.name, s->name, s->namespace),
			     .severity = severity,
			     .via = { grant->role ? &grant->role->obj : NULL },
		     });
}

static int
dangling_subject(struct ka_run *run, const struct ka_check *check, const struct ka_facts *facts,
		 struct ka_err *err)
{
	bool known = ka_graph_knows(facts->g, KA_SERVICEACCOUNT);
	size_t n;
	const struct ka_grant *grant = ka_rbac_grants(facts->rbac, &n);

	(void)err;
	for (size_t i = 0; i < n; i++) {
		ka_saw(run, &grant[i].binding->obj);
		for (size_t s = 0; known && s < grant[i].binding->nsubjects; s++)
			judge_account(run, check, facts, &grant[i], s);
	}
	return 0;
}

/* ---- system:masters ---- */

static bool
is_group(const struct ka_subject *s, const char *name)
{
	return s->kind == KA_SUBJECT_GROUP && s->name && !strcmp(s->name, name);
}

static int
system_masters(struct ka_run *run, const struct ka_check *check, const struct ka_facts *facts,
	       struct ka_err *err)
{
	size_t n;
	const struct ka_grant *grant = ka_rbac_grants(facts->rbac, &n);

	(void)check;
	(void)err;
	for (size_t i = 0; i < n; i++) {
		const struct ka_binding *b = grant[i].binding;

		ka_saw(run, &b->obj);
		if (b->bootstrap && !grant[i].namespace && !strcmp(b->obj.name, "cluster-admin"))
			continue;
		for (size_t s = 0; s < b->nsubjects; s++) {
			if (!is_group(&b->subject[s], "system:masters"))
				continue;
			ka_fail(run, &(struct ka_fault){
					     .obj = &b->obj,
					     .path = ka_text(run, "subjects[%zu]", s),
					     .observed = "Group:system:masters",
					     .expected = "a group of your own",
					     .message = ka_text(
						     run,
						     "%s %s names system:masters, whose members pass every "
						     "authorizer: deleting it takes nothing from them",
						     b->obj.kind_name, b->obj.name),
				     });
		}
	}
	return 0;
}

#define BINDINGS (KA_BIT(KA_ROLEBINDING) | KA_BIT(KA_CLUSTERROLEBINDING))
#define ROLES (KA_BIT(KA_ROLE) | KA_BIT(KA_CLUSTERROLE))

static const struct ka_check checks[] = {
	{
		.key = "rbac-wildcard-role",
		.title = "Roles name their verbs, resources and groups",
		.why = "A star grants what exists now and what any later version or custom resource adds, "
		       "special verbs such as escalate and impersonate included.",
		.fix = "Replace each star by the names that are needed.",
		.severity = KA_HIGH,
		.scope = ROLES,
		.needs = BINDINGS,
		.run = objects_run,
		.param = &(const struct object_rule){ ROLES, wildcard_role },
	},
	{
		.key = "rbac-system-masters",
		.title = "No binding names the group system:masters",
		.why = "Its members pass before any authorizer is asked: the binding adds nothing, its removal "
		       "takes nothing, and it shows that certificates of this group are in use.",
		.fix = "Delete the binding, give administrators a group of your own bound to cluster-admin, and "
		       "replace client certificates that carry system:masters.",
		.severity = KA_LOW,
		.scope = BINDINGS,
		.run = system_masters,
	},
	{
		.key = "rbac-dangling-role",
		.title = "Every binding refers to a role that exists",
		.why = "The binding comes to life with whatever rules somebody later gives a role of that name.",
		.fix = "Delete the binding or create the role it was meant for.",
		.severity = KA_LOW,
		.scope = BINDINGS,
		.needs = ROLES,
		.run = dangling_role,
	},
	{
		.key = "rbac-dangling-subject",
		.title = "Every service account that a binding names exists",
		.why = "Whoever may create service accounts in that namespace creates this one and inherits what "
		       "is bound to it.",
		.fix = "Delete the subject from the binding, or create the account it was meant for.",
		.severity = KA_MEDIUM,
		.scope = BINDINGS,
		.needs = KA_BIT(KA_SERVICEACCOUNT),
		.run = dangling_subject,
	},
	{
		.key = "rbac-dead-rule",
		.title = "Every rule can match a request",
		.why = "A rule that matches nothing was meant to allow something; whoever misses it tends to "
		       "replace it by a star.",
		.fix = "Write what was meant, or delete the rule.",
		.severity = KA_LOW,
		.scope = ROLES,
		.run = objects_run,
		.param = &(const struct object_rule){ ROLES, dead_rule },
	},
};

const struct ka_check_set ka_set_rbac_objects = {
	.name = "Roles and bindings",
	.check = checks,
	.count = sizeof checks / sizeof *checks,
};
