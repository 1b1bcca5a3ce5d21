/* The engine: bindings resolved to roles, and an index of what each name holds in each scope. */
#include "analysis/rbac_private.h"

#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"
#include "util/str.h"
#include "util/banned.h"

/* ---- building ---- */

/* Manifests bind roles that only a cluster holds; so does a dump whose list of ClusterRoles was
 * refused. */
static bool
lacks_clusterroles(const struct ka_graph *g)
{
	return g->source_class == KA_SOURCE_MANIFESTS ||
	       g->ledger[KA_CLUSTERROLE].status != KA_EV_COMPLETE;
}

static void
add_role(struct ka_rbac *rbac, const struct ka_role *role, const char *namespace)
{
	uint32_t at = (uint32_t)rbac->nroles++;
	const char *ns = namespace ? ka_intern(rbac->names, namespace) : NULL;

	rbac->role[at].role = role;
	ka_map_add(&rbac->role_at, role, NULL, at);
	if (role->obj.name)
		ka_map_add(&rbac->role_named, ka_intern(rbac->names, role->obj.name), ns, at);
}

static void
gather_roles(struct ka_rbac *rbac)
{
	const struct ka_list *roles = &rbac->g->of[KA_ROLE];
	const struct ka_list *clusterroles = &rbac->g->of[KA_CLUSTERROLE];
	size_t nbuiltin;
	const struct ka_role *builtin = ka_builtin_roles(&nbuiltin);

	rbac->role = ka_arena_array(rbac->arena, roles->n + clusterroles->n + nbuiltin,
				    sizeof *rbac->role);
	for (size_t i = 0; i < roles->n; i++)
		add_role(rbac, ka_as_role(roles->v[i]),
			 roles->v[i]->namespace ? roles->v[i]->namespace : "");
	rbac->first_clusterrole = rbac->nroles;
	for (size_t i = 0; i < clusterroles->n; i++)
		add_role(rbac, ka_as_role(clusterroles->v[i]), NULL);
	for (size_t i = 0; i < nbuiltin && lacks_clusterroles(rbac->g); i++) {
		const char *name = ka_intern(rbac->names, builtin[i].obj.name);

		if (ka_map_get(&rbac->role_named, name, NULL) == KA_MAP_NONE)
			add_role(rbac, &builtin[i], NULL);
	}
}

/* GetRoleReferenceRules: a Role is looked up in the binding's namespace, so a ClusterRoleBinding
 * never finds one. */
const struct ka_role *
ka_rbac_resolve(const struct ka_rbac *rbac, const struct ka_binding *b)
{
	const char *name = NULL, *namespace = NULL;
	uint32_t at;

	if (!b->role_kind || !b->role_name)
		return NULL;
	if (!strcmp(b->role_kind, "Role")) {
		if (b->obj.kind != KA_ROLEBINDING || !b->obj.namespace)
			return NULL;
		namespace = ka_intern_find(rbac->names, b->obj.namespace, strlen(b->obj.namespace));
		if (!namespace)
			return NULL;
	} else if (strcmp(b->role_kind, "ClusterRole") != 0) {
		return NULL;
	}
	name = ka_intern_find(rbac->names, b->role_name, strlen(b->role_name));
	at = name ? ka_map_get(&rbac->role_named, name, namespace) : KA_MAP_NONE;
	return at == KA_MAP_NONE ? NULL : rbac->role[at].role;
}

static void
gather_grants(struct ka_rbac *rbac)
{
	static const enum ka_kind kinds[] = { KA_CLUSTERROLEBINDING, KA_ROLEBINDING };

	rbac->grant = ka_arena_array(rbac->arena, rbac->g->of[kinds[0]].n + rbac->g->of[kinds[1]].n,
				     sizeof *rbac->grant);
	for (size_t k = 0; k < 2; k++) {
		const struct ka_list *list = &rbac->g->of[kinds[k]];

		for (size_t i = 0; i < list->n; i++) {
			const struct ka_binding *b = ka_as_binding(list->v[i]);
			const char *ns = b->obj.namespace ? b->obj.namespace : "";

			rbac->grant[rbac->ngrants++] = (struct ka_grant){
				.binding = b,
				.role = ka_rbac_resolve(rbac, b),
				.namespace = kinds[k] == KA_ROLEBINDING ? ns : NULL,
			};
		}
	}
}

static void
raise_reach(struct ka_role_facts *facts, enum ka_reach reach)
{
	if (facts->reach < reach)
		facts->reach = reach;
}

static void
work_out_reach(struct ka_rbac *rbac)
{
	for (size_t i = 0; i < rbac->ngrants; i++) {
		const struct ka_grant *grant = &rbac->grant[i];

		if (grant->role && grant->binding->nsubjects)
			raise_reach(&rbac->role[ka_map_get(&rbac->role_at, grant->role, NULL)],
				    grant->namespace ? KA_REACH_NAMESPACE : KA_REACH_CLUSTER);
	}
	for (size_t i = 0; i < rbac->nroles; i++) {
		struct ka_role_facts *facts = &rbac->role[i];

		/* The walk lists all that is reached, so one step along the list is enough. */
		for (size_t k = 0; k < facts->nparts; k++)
			raise_reach(&rbac->role[facts->part[k]], facts->reach);
	}
}

/* ---- who holds what ---- */

/* The name a subject is known by: a service account is its user name, so a User subject spelled
 * like one is the same. */
static const char *
subject_name(struct ka_rbac *rbac, const struct ka_subject *s)
{
	char *username;
	const char *name;

	if (s->kind != KA_SUBJECT_SERVICEACCOUNT)
		return ka_intern(rbac->names, s->name);
	username = ka_username_of(s->namespace, s->name);
	name = ka_intern(rbac->names, username);
	free(username);
	return name;
}

/* An account is told as one however a binding spells it. */
static struct ka_subject
as_known(struct ka_rbac *rbac, const struct ka_subject *s, const char *name)
{
	char *namespace;
	struct ka_subject known = *s;

	if (s->kind != KA_SUBJECT_SERVICEACCOUNT)
		known.namespace = NULL;
	if (s->kind != KA_SUBJECT_USER || !ka_username_namespace(name, &namespace))
		return known;
	known = (struct ka_subject){
		.kind = KA_SUBJECT_SERVICEACCOUNT,
		.kind_name = "ServiceAccount",
		.namespace = ka_intern(rbac->names, namespace),
		.name = strrchr(name, ':') + 1,
	};
	free(namespace);
	return known;
}

static uint32_t
held_by(struct ka_rbac *rbac, const struct ka_grant *grant, const struct ka_subject *s, size_t *n)
{
	struct ka_map *map = s->kind == KA_SUBJECT_GROUP ? &rbac->groups : &rbac->users;
	const char *scope = grant->namespace ? ka_intern(rbac->names, grant->namespace) : NULL;
	const char *name = subject_name(rbac, s);
	uint32_t at = ka_map_add(map, name, scope, (uint32_t)*n), head;

	if (at < *n)
		return at;
	++*n;
	head = ka_map_add(map, name, ka_anywhere, at);
	rbac->held[at] = (struct ka_held){ .next = KA_MAP_NONE,
					   .head = head,
					   .last = at,
					   .group = s->kind == KA_SUBJECT_GROUP,
					   .name = name,
					   .scope = scope };
	if (head == at) {
		rbac->known->subject[rbac->known->n++] = as_known(rbac, s, name);
	} else {
		rbac->held[rbac->held[head].last].next = at;
		rbac->held[head].last = at;
	}
	return at;
}

static int
compare(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "");
}

static int
by_subject(const void *a, const void *b)
{
	const struct ka_subject *x = a, *y = b;
	int order = (x->kind > y->kind) - (x->kind < y->kind);

	if (!order)
		order = compare(x->namespace, y->namespace);
	return order ? order : compare(x->name, y->name);
}

/* Counts, then places: each name's grants end up side by side, in the order of the grants. */
static void
index_subjects(struct ka_rbac *rbac)
{
	size_t total = 0, nheld = 0, first = 0, at = 0;
	uint32_t *held_of;

	for (size_t i = 0; i < rbac->ngrants; i++)
		total += rbac->grant[i].binding->nsubjects;
	rbac->held = ka_arena_array(rbac->arena, total, sizeof *rbac->held);
	rbac->holding = ka_arena_array(rbac->arena, total, sizeof *rbac->holding);
	rbac->known = ka_arena_alloc(rbac->arena, sizeof *rbac->known);
	*rbac->known = (struct ka_known){ .n = 0 };
	rbac->known->subject = ka_arena_array(rbac->arena, total, sizeof *rbac->known->subject);
	held_of = ka_xcalloc(total + 1, sizeof *held_of);

	for (size_t i = 0; i < rbac->ngrants; i++) {
		const struct ka_grant *grant = &rbac->grant[i];

		for (size_t s = 0; s < grant->binding->nsubjects; s++, at++) {
			const struct ka_subject *subject = &grant->binding->subject[s];

			held_of[at] = KA_MAP_NONE;
			if (!ka_subject_live(subject))
				continue;
			held_of[at] = held_by(rbac, grant, subject, &nheld);
			rbac->held[held_of[at]].n++;
		}
	}
	rbac->nheld = nheld;
	for (size_t i = 0; i < nheld; i++) {
		rbac->held[i].first = (uint32_t)first;
		first += rbac->held[i].n;
		rbac->held[i].n = 0;
	}
	at = 0;
	for (size_t i = 0; i < rbac->ngrants; i++) {
		for (size_t s = 0; s < rbac->grant[i].binding->nsubjects; s++, at++) {
			struct ka_held *held;

			if (held_of[at] == KA_MAP_NONE)
				continue;
			held = &rbac->held[held_of[at]];
			rbac->holding[held->first + held->n++] =
				(struct ka_holding){ (uint32_t)i, (uint32_t)s };
		}
	}
	free(held_of);
}

struct ka_rbac *
ka_rbac_new(const struct ka_graph *g)
{
	struct ka_rbac *rbac = ka_xcalloc(1, sizeof *rbac);

	rbac->g = g;
	rbac->arena = ka_arena_new();
	rbac->names = ka_intern_new(rbac->arena);
	ka_map_init(&rbac->role_at);
	ka_map_init(&rbac->role_named);
	ka_map_init(&rbac->users);
	ka_map_init(&rbac->groups);
	gather_roles(rbac);
	ka_rbac_aggregate(rbac);
	gather_grants(rbac);
	work_out_reach(rbac);
	index_subjects(rbac);
	return rbac;
}

void
ka_rbac_free(struct ka_rbac *rbac)
{
	if (!rbac)
		return;
	ka_map_release(&rbac->role_at);
	ka_map_release(&rbac->role_named);
	ka_map_release(&rbac->users);
	ka_map_release(&rbac->groups);
	ka_intern_free(rbac->names);
	ka_arena_free(rbac->arena);
	free(rbac);
}

/* ---- what was worked out ---- */

const struct ka_grant *
ka_rbac_grants(const struct ka_rbac *rbac, size_t *ret_n)
{
	*ret_n = rbac->ngrants;
	return rbac->grant;
}

const struct ka_role_facts *
ka_role_facts(const struct ka_rbac *rbac, const struct ka_role *role)
{
	static const struct ka_ruleset nothing;
	static const struct ka_role_facts none = { .rules = &nothing };
	uint32_t at = ka_map_get(&rbac->role_at, role, NULL);

	return at == KA_MAP_NONE ? &none : &rbac->role[at];
}

const struct ka_rule *
ka_rbac_rules(const struct ka_rbac *rbac, const struct ka_role *role, size_t *ret_n)
{
	const struct ka_ruleset *rules = ka_role_facts(rbac, role)->rules;

	*ret_n = rules->nrules;
	return rules->rule;
}

enum ka_reach
ka_rbac_reach(const struct ka_rbac *rbac, const struct ka_role *role)
{
	return ka_role_facts(rbac, role)->reach;
}

const struct ka_subject *
ka_rbac_subjects(const struct ka_rbac *rbac, size_t *ret_n)
{
	struct ka_known *known = rbac->known;

	if (!known->sorted && known->n)
		qsort(known->subject, known->n, sizeof *known->subject, by_subject);
	known->sorted = true;
	*ret_n = known->n;
	return known->subject;
}
