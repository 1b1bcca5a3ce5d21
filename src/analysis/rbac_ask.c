/* Questions: may somebody, who may, and what holds somebody at all.
 *
 * pkg/registry/rbac/validation/rule.go (VisitRulesFor) walks all ClusterRoleBindings and the
 * RoleBindings of the namespace; here a question looks only at what its user and groups are named
 * in. */
#include "analysis/rbac_private.h"

#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"
#include "util/banned.h"

const char ka_anywhere[] = "";

/* RoleBindings are asked about requests in their namespace, and never about URLs. */
static const char *
namespace_of(const struct ka_request *req)
{
	return req->resource && req->namespace && *req->namespace ? req->namespace : NULL;
}

static const struct ka_rule *
rule_of_role(const struct ka_rbac *rbac, const struct ka_role *role, const struct ka_request *req)
{
	const struct ka_ruleset *rules = ka_role_facts(rbac, role)->rules;

	for (size_t i = 0; i < rules->nrules; i++)
		if (ka_rule_allows(&rules->rule[i], req))
			return &rules->rule[i];
	return NULL;
}

/* ---- may somebody ---- */

/* A question as it goes through the scopes. */
struct question {
	const struct ka_rbac *rbac;
	const struct ka_request *req;
	const struct ka_grant *by;
	const struct ka_rule *rule;
};

static uint32_t
held_at(const struct ka_rbac *rbac, const struct ka_map *map, const char *name, const char *scope)
{
	const char *key = name ? ka_intern_find(rbac->names, name, strlen(name)) : NULL;

	return key ? ka_map_get(map, key, scope) : KA_MAP_NONE;
}

static bool
name_allows(struct question *q, const struct ka_map *map, const char *name, const char *scope)
{
	const struct ka_rbac *rbac = q->rbac;
	uint32_t at = held_at(rbac, map, name, scope);
	const struct ka_held *held;

	if (at == KA_MAP_NONE)
		return false;
	held = &rbac->held[at];
	for (uint32_t i = held->first; i < held->first + held->n; i++) {
		const struct ka_grant *grant = &rbac->grant[rbac->holding[i].grant];

		q->rule = rule_of_role(rbac, grant->role, q->req);
		if (q->rule) {
			q->by = grant;
			return true;
		}
	}
	return false;
}

static bool
scope_allows(struct question *q, const struct ka_identity *id, const char *scope)
{
	if (name_allows(q, &q->rbac->users, id->user, scope))
		return true;
	for (size_t i = 0; i < id->nimplied; i++)
		if (name_allows(q, &q->rbac->groups, id->implied[i], scope))
			return true;
	for (size_t i = 0; i < id->groups->n; i++)
		if (name_allows(q, &q->rbac->groups, id->groups->v[i], scope))
			return true;
	return false;
}

static bool
id_allows(struct question *q, const struct ka_identity *id)
{
	const char *namespace = namespace_of(q->req), *scope;

	if (scope_allows(q, id, NULL))
		return true;
	scope = namespace ? ka_intern_find(q->rbac->names, namespace, strlen(namespace)) : NULL;
	return scope && scope_allows(q, id, scope);
}

bool
ka_rbac_allows(const struct ka_rbac *rbac, const struct ka_who *who, const struct ka_request *req,
	       struct ka_grant *ret_by, const struct ka_rule **ret_rule)
{
	struct question q = { .rbac = rbac, .req = req };
	struct ka_identity id;
	bool yes;

	ka_identify(&id, who);
	/* kube-apiserver's authorizer union begins with the privileged group, whatever the bindings
	 * say. */
	yes = ka_identity_is_master(&id) || id_allows(&q, &id);
	if (yes && ret_by) {
		*ret_by = q.by ? *q.by : (struct ka_grant){ 0 };
		if (q.by)
			ret_by->subject = ka_identity_in(&id, q.by->binding);
	}
	if (yes && ret_rule)
		*ret_rule = q.rule;
	ka_identity_release(&id);
	return yes;
}

bool
ka_rbac_is_master(const struct ka_who *who)
{
	struct ka_identity id;
	bool yes;

	ka_identify(&id, who);
	yes = ka_identity_is_master(&id);
	ka_identity_release(&id);
	return yes;
}

/* ---- what somebody holds ---- */

/* Indexes of grants, gathered name by name. */
struct indexes {
	uint32_t *v;
	size_t n, cap;
};

static void
gather_held(const struct ka_rbac *rbac, uint32_t at, bool all, struct indexes *ret)
{
	for (; at != KA_MAP_NONE; at = all ? rbac->held[at].next : KA_MAP_NONE) {
		const struct ka_held *held = &rbac->held[at];

		for (uint32_t i = held->first; i < held->first + held->n; i++) {
			KA_GROW(ret->v, ret->n, ret->cap);
			ret->v[ret->n++] = rbac->holding[i].grant;
		}
	}
}

/* `scope` as in the maps: NULL for the whole cluster, ka_anywhere for all scopes. */
static void
gather_scope(const struct ka_rbac *rbac, const struct ka_identity *id, const char *scope,
	     struct indexes *ret)
{
	bool all = scope == ka_anywhere;

	gather_held(rbac, held_at(rbac, &rbac->users, id->user, scope), all, ret);
	for (size_t i = 0; i < id->nimplied; i++)
		gather_held(rbac, held_at(rbac, &rbac->groups, id->implied[i], scope), all, ret);
	for (size_t i = 0; i < id->groups->n; i++)
		gather_held(rbac, held_at(rbac, &rbac->groups, id->groups->v[i], scope), all, ret);
}

static int
by_index(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void
sort_and_unite(struct indexes *list)
{
	size_t n = 0;

	if (list->n)
		qsort(list->v, list->n, sizeof *list->v, by_index);
	for (size_t i = 0; i < list->n; i++)
		if (!n || list->v[n - 1] != list->v[i])
			list->v[n++] = list->v[i];
	list->n = n;
}

/* Those of existing roles, or those of missing ones. */
static size_t
take_grants(const struct ka_rbac *rbac, const struct ka_identity *id, struct indexes *list, bool lost,
	    struct ka_grant **ret)
{
	size_t n = 0;

	sort_and_unite(list);
	*ret = ka_xcalloc(list->n + 1, sizeof **ret);
	for (size_t i = 0; i < list->n; i++) {
		const struct ka_grant *grant = &rbac->grant[list->v[i]];

		if (lost != !grant->role)
			continue;
		(*ret)[n] = *grant;
		(*ret)[n++].subject = ka_identity_in(id, grant->binding);
	}
	free(list->v);
	return n;
}

/* Of the whole cluster, and of one namespace if one is asked about. */
static void
gather_scopes(const struct ka_rbac *rbac, const struct ka_identity *id, const char *namespace,
	      struct indexes *ret)
{
	const char *scope = namespace ? ka_intern_find(rbac->names, namespace, strlen(namespace)) : NULL;

	gather_scope(rbac, id, NULL, ret);
	if (scope)
		gather_scope(rbac, id, scope, ret);
}

size_t
ka_rbac_grants_of(const struct ka_rbac *rbac, const struct ka_who *who, struct ka_grant **ret)
{
	struct indexes list = { 0 };
	struct ka_identity id;
	size_t n;

	ka_identify(&id, who);
	gather_scope(rbac, &id, ka_anywhere, &list);
	n = take_grants(rbac, &id, &list, false, ret);
	ka_identity_release(&id);
	return n;
}

size_t
ka_rbac_lost_grants(const struct ka_rbac *rbac, const struct ka_who *who, const char *namespace,
		    struct ka_grant **ret)
{
	struct indexes list = { 0 };
	struct ka_identity id;
	size_t n;

	ka_identify(&id, who);
	gather_scopes(rbac, &id, namespace, &list);
	n = take_grants(rbac, &id, &list, true, ret);
	ka_identity_release(&id);
	return n;
}

/* ---- all that allows ---- */

struct allowances {
	struct ka_allowance *v;
	size_t n, cap;
};

static void
add_allowance(struct allowances *list, const struct ka_grant *grant, const struct ka_subject *subject,
	      const struct ka_rule *rule)
{
	KA_GROW(list->v, list->n, list->cap);
	list->v[list->n] = (struct ka_allowance){ .grant = *grant, .rule = rule };
	list->v[list->n++].grant.subject = subject;
}

static void
add_masters(struct allowances *list)
{
	static const struct ka_subject masters = { KA_SUBJECT_GROUP, "Group", NULL, "system:masters" };
	static const struct ka_grant none;

	add_allowance(list, &none, &masters, NULL);
}

size_t
ka_rbac_allowances(const struct ka_rbac *rbac, const struct ka_who *who, const struct ka_request *req,
		   struct ka_allowance **ret)
{
	struct indexes list = { 0 };
	struct allowances yes = { 0 };
	struct ka_identity id;

	ka_identify(&id, who);
	if (ka_identity_is_master(&id))
		add_masters(&yes);
	gather_scopes(rbac, &id, namespace_of(req), &list);
	sort_and_unite(&list);
	for (size_t i = 0; i < list.n; i++) {
		const struct ka_grant *grant = &rbac->grant[list.v[i]];
		const struct ka_rule *rule = rule_of_role(rbac, grant->role, req);

		if (rule)
			add_allowance(&yes, grant, ka_identity_in(&id, grant->binding), rule);
	}
	ka_identity_release(&id);
	free(list.v);
	*ret = yes.v;
	return yes.n;
}

/* ---- who can ---- */

/* What a role says of the request, asked once however many bindings name it. */
struct verdicts {
	const struct ka_rule **rule;
	bool *known;
};

static const struct ka_rule *
verdict(const struct ka_rbac *rbac, struct verdicts *v, const struct ka_role *role,
	const struct ka_request *req)
{
	uint32_t at = ka_map_get(&rbac->role_at, role, NULL);

	if (!v->known[at]) {
		v->rule[at] = rule_of_role(rbac, role, req);
		v->known[at] = true;
	}
	return v->rule[at];
}

size_t
ka_rbac_who_can(const struct ka_rbac *rbac, const struct ka_request *req, struct ka_allowance **ret)
{
	const char *namespace = namespace_of(req);
	struct verdicts v = {
		.rule = ka_xcalloc(rbac->nroles + 1, sizeof *v.rule),
		.known = ka_xcalloc(rbac->nroles + 1, sizeof *v.known),
	};
	struct allowances list = { 0 };

	add_masters(&list);
	for (size_t i = 0; i < rbac->ngrants; i++) {
		const struct ka_grant *grant = &rbac->grant[i];
		const struct ka_rule *rule;

		if (!grant->role || (grant->namespace && (!namespace || strcmp(grant->namespace, namespace) != 0)))
			continue;
		rule = verdict(rbac, &v, grant->role, req);
		for (size_t s = 0; rule && s < grant->binding->nsubjects; s++)
			if (ka_subject_live(&grant->binding->subject[s]))
				add_allowance(&list, grant, &grant->binding->subject[s], rule);
	}
	free(v.rule);
	free(v.known);
	*ret = list.v;
	return list.n;
}
