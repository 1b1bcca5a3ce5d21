/* What configuration alone shows to be too much. */
#include <kassay/escalate.h>
#include <kassay/identity.h>
#include <kassay/rightsize.h>

#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"
#include "util/arena.h"
#include "util/map.h"
#include "util/str.h"
#include "util/banned.h"

struct finder {
	const struct ka_graph *g;
	const struct ka_rbac *rbac;
	struct ka_leftovers *ret;
	size_t cap;
};

const char *
ka_leftover_name(enum ka_leftover_kind kind)
{
	static const char *const names[] = {
		[KA_LEFTOVER_ACCOUNT] = "unused-account",     [KA_LEFTOVER_TOKEN] = "useless-token",
		[KA_LEFTOVER_ROLE] = "unbound-role",	      [KA_LEFTOVER_NO_ROLE] = "role-missing",
		[KA_LEFTOVER_NO_ACCOUNT] = "account-missing", [KA_LEFTOVER_REDUNDANT] = "redundant-binding",
	};

	return names[kind];
}

static void
found(struct finder *f, enum ka_leftover_kind kind, const struct ka_object *obj, const struct ka_subject *subject,
      const char *reason)
{
	KA_GROW(f->ret->row, f->ret->n, f->cap);
	f->ret->row[f->ret->n++] = (struct ka_leftover){ kind, obj, subject, reason };
}

static bool
all_known(const struct ka_graph *g, ka_kinds kinds)
{
	for (unsigned k = 0; k < KA_NKINDS; k++)
		if ((kinds & KA_BIT(k)) && !ka_graph_knows(g, (enum ka_kind)k))
			return false;
	return true;
}

static struct ka_who
account_of(const struct ka_object *obj, const char *name)
{
	return (struct ka_who){ .subject = { KA_SUBJECT_SERVICEACCOUNT, "ServiceAccount", obj->namespace, name } };
}

/* Grants that name it, not those of groups that everybody is in. */
static size_t
own_grants(const struct finder *f, const struct ka_who *who)
{
	struct ka_grant *grant;
	size_t n = ka_rbac_grants_of(f->rbac, who, &grant), own = 0;

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < grant[i].binding->nsubjects; k++)
			if (ka_subject_is(&grant[i].binding->subject[k], &who->subject)) {
				own++;
				break;
			}
	free(grant);
	return own;
}

/* Grants of its own, or of the accounts of its namespace or of all. */
static bool
holds_something(const struct finder *f, const struct ka_who *who)
{
	struct ka_grant *grant;
	size_t n = ka_rbac_grants_of(f->rbac, who, &grant);
	bool ret = false;

	for (size_t i = 0; i < n; i++)
		ret = ret || !grant[i].subject || grant[i].subject->kind != KA_SUBJECT_GROUP ||
		      strcmp(grant[i].subject->name, "system:authenticated") != 0;
	free(grant);
	return ret;
}

/* ---- accounts ----------------------------------------------------------------------------- */

static void
find_accounts(struct finder *f)
{
	const struct ka_list *accounts = &f->g->of[KA_SERVICEACCOUNT];
	struct ka_map used;

	if (!all_known(f->g, KA_POD_KINDS))
		return;
	ka_map_init(&used);
	for (size_t i = 0; i < f->g->nunits; i++)
		if (f->g->unit[i].spec && f->g->unit[i].object->namespace)
			ka_map_add(&used, f->g->unit[i].object->namespace, f->g->unit[i].spec->service_account, 1);
	for (size_t i = 0; i < accounts->n; i++) {
		const struct ka_object *obj = accounts->v[i];
		const struct ka_who who = account_of(obj, obj->name);

		if (ka_map_get(&used, obj->namespace, obj->name) != KA_MAP_NONE || ka_subject_builtin(&who.subject))
			continue;
		if (own_grants(f, &who))
			found(f, KA_LEFTOVER_ACCOUNT, obj, NULL,
			      "no pod and no workload runs as it, and bindings name it; clients outside the cluster may use it");
	}
	ka_map_release(&used);
}

static bool
is_static(const struct ka_unit *u)
{
	return (u->pod && u->pod->mirror) || (u->object->kind == KA_POD && ka_as_pod(u->object)->mirror);
}

static void
find_tokens(struct finder *f)
{
	if (!all_known(f->g, KA_RBAC_KINDS))
		return;
	for (size_t i = 0; i < f->g->nunits; i++) {
		const struct ka_unit *u = &f->g->unit[i];
		struct ka_token token;
		struct ka_who who;

		/* A static pod has none: the kubelet cannot ask for one in its name. */
		if (!u->spec || !u->object->namespace || is_static(u))
			continue;
		ka_identity_token(f->g, u->object->namespace, u->spec, &token);
		who = account_of(u->object, u->spec->service_account);
		if (token.mounted == KA_YES && token.why != KA_TOKEN_PROJECTED && !holds_something(f, &who))
			found(f, KA_LEFTOVER_TOKEN, u->object, NULL,
			      ka_arena_fmt(f->ret->arena, "the token of service account %s is in its pods, and gives "
							  "nothing that everybody has not",
					   u->spec->service_account));
	}
}

/* ---- roles and bindings ------------------------------------------------------------------- */

static void
find_roles(struct finder *f)
{
	static const enum ka_kind kinds[] = { KA_ROLE, KA_CLUSTERROLE };

	if (!all_known(f->g, KA_BIT(KA_ROLEBINDING) | KA_BIT(KA_CLUSTERROLEBINDING) | KA_BIT(KA_CLUSTERROLE)))
		return;
	for (size_t k = 0; k < 2; k++)
		for (size_t i = 0; i < f->g->of[kinds[k]].n; i++) {
			const struct ka_role *role = ka_as_role(f->g->of[kinds[k]].v[i]);

			if (role->obj.ghost || role->bootstrap || ka_role_is_given(role->obj.namespace, role->obj.name))
				continue;
			if (ka_rbac_reach(f->rbac, role) == KA_REACH_NONE)
				found(f, KA_LEFTOVER_ROLE, &role->obj, NULL, "no binding with a subject gives it to anybody");
		}
}

static void
find_no_role(struct finder *f, const struct ka_grant *grant, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct ka_binding *b = grant[i].binding;
		const bool cluster = !ka_str_cmp(b->role_kind, "ClusterRole");

		if (grant[i].role || !ka_graph_knows(f->g, cluster ? KA_CLUSTERROLE : KA_ROLE))
			continue;
		found(f, KA_LEFTOVER_NO_ROLE, &b->obj, NULL,
		      ka_arena_fmt(f->ret->arena, "there is no %s %s: it gives nothing, until somebody makes one",
				   b->role_kind ? b->role_kind : "role", b->role_name ? b->role_name : ""));
	}
}

static void
find_no_account(struct finder *f, const struct ka_grant *grant, size_t n)
{
	if (!ka_graph_knows(f->g, KA_SERVICEACCOUNT))
		return;
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < grant[i].binding->nsubjects; k++) {
			const struct ka_subject *s = &grant[i].binding->subject[k];
			char text[512];

			if (s->kind != KA_SUBJECT_SERVICEACCOUNT || !ka_subject_live(s) || ka_subject_builtin(s) ||
			    ka_graph_find(f->g, KA_SERVICEACCOUNT, s->namespace, s->name))
				continue;
			found(f, KA_LEFTOVER_NO_ACCOUNT, &grant[i].binding->obj, s,
			      ka_arena_fmt(f->ret->arena, "there is no %s: who makes it has what this binding gives",
					   ka_subject_text(s, text)));
		}
}

/* The subject has all rules of the grant by others of his. */
static bool
spared_by(const struct finder *f, const struct ka_grant *g, const struct ka_subject *s)
{
	const struct ka_who who = { .subject = *s };
	size_t n, nown, nrules = 0, cap = 0;
	struct ka_grant *grant;
	struct ka_rule *rules = NULL;
	const struct ka_rule *own = ka_rbac_rules(f->rbac, g->role, &nown);
	bool ret;

	n = ka_rbac_grants_of(f->rbac, &who, &grant);
	for (size_t i = 0; i < n; i++) {
		size_t more;
		const struct ka_rule *rule = ka_rbac_rules(f->rbac, grant[i].role, &more);

		if (grant[i].binding == g->binding ||
		    (grant[i].namespace && ka_str_cmp(grant[i].namespace, g->namespace)))
			continue;
		for (size_t k = 0; k < more; k++) {
			KA_GROW(rules, nrules, cap);
			rules[nrules++] = rule[k];
		}
	}
	ret = ka_rules_cover(rules, nrules, own, nown, NULL);
	free(rules);
	free(grant);
	return ret;
}

static bool
is_redundant(const struct finder *f, const struct ka_grant *g)
{
	size_t live = 0, nrules;

	if (!g->role || g->binding->bootstrap)
		return false;
	ka_rbac_rules(f->rbac, g->role, &nrules);
	for (size_t i = 0; i < g->binding->nsubjects && nrules; i++) {
		if (!ka_subject_live(&g->binding->subject[i]))
			continue;
		live++;
		if (!spared_by(f, g, &g->binding->subject[i]))
			return false;
	}
	return live > 0;
}

static void
find_redundant(struct finder *f, const struct ka_grant *grant, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (is_redundant(f, &grant[i]))
			found(f, KA_LEFTOVER_REDUNDANT, &grant[i].binding->obj, NULL,
			      "all its subjects have what it gives by other bindings; of two that spare each other only "
			      "one can go");
}

void
ka_leftovers(const struct ka_graph *g, const struct ka_rbac *rbac, struct ka_leftovers *ret)
{
	struct finder f = { .g = g, .rbac = rbac, .ret = ret };
	size_t n;
	const struct ka_grant *grant = ka_rbac_grants(rbac, &n);

	*ret = (struct ka_leftovers){ .arena = ka_arena_new() };
	find_accounts(&f);
	find_tokens(&f);
	find_roles(&f);
	find_no_role(&f, grant, n);
	find_no_account(&f, grant, n);
	find_redundant(&f, grant, n);
}

void
ka_leftovers_release(struct ka_leftovers *left)
{
	free(left->row);
	ka_arena_free(left->arena);
	*left = (struct ka_leftovers){ 0 };
}
