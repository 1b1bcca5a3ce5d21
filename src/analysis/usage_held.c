/* What a subject holds, against what it did: use of every grant, and of every word of its rules. */
#include "analysis/usage_private.h"

#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"
#include "util/banned.h"

struct holding {
	const struct ka_usage *u;
	const struct ka_rbac *rbac;
	struct ka_held_use *held;
	size_t atoms_cap;
	uint32_t *first_atom;   /* of each grant; one more at the end */
	struct ka_map grant_at; /* binding -> index of the grant */
};

/* ---- atoms -------------------------------------------------------------------------------- */

static void
add_atom(struct holding *h, struct ka_atom_use atom)
{
	struct ka_held_use *held = h->held;

	KA_GROW(held->atom, held->natoms, h->atoms_cap);
	held->atom[held->natoms++] = atom;
}

static void
add_rule(struct holding *h, uint32_t grant, const struct ka_rule *r)
{
	bool everywhere = !h->held->grant[grant].grant.namespace;

	for (size_t v = 0; v < r->verbs.n; v++) {
		struct ka_atom_use atom = { .grant = grant, .rule = r, .verb = r->verbs.v[v] };

		for (size_t g = 0; g < r->groups.n; g++)
			for (size_t k = 0; k < r->resources.n; k++) {
				atom.group = r->groups.v[g];
				atom.resource = r->resources.v[k];
				add_atom(h, atom);
			}
		atom.group = atom.resource = NULL;
		for (size_t k = 0; k < r->urls.n && everywhere; k++) {
			atom.url = r->urls.v[k];
			add_atom(h, atom);
		}
	}
}

static void
add_grants(struct holding *h, const struct ka_who *who)
{
	struct ka_grant *grant;
	size_t n = ka_rbac_grants_of(h->rbac, who, &grant);

	h->held->grant = ka_xcalloc(n + 1, sizeof *h->held->grant);
	h->held->ngrants = n;
	h->first_atom = ka_xcalloc(n + 1, sizeof *h->first_atom);
	for (uint32_t i = 0; i < n; i++) {
		size_t nrules;
		const struct ka_rule *rule = ka_rbac_rules(h->rbac, grant[i].role, &nrules);

		h->held->grant[i].grant = grant[i];
		ka_map_add(&h->grant_at, grant[i].binding, NULL, i);
		h->first_atom[i] = (uint32_t)h->held->natoms;
		for (size_t r = 0; r < nrules; r++)
			add_rule(h, i, &rule[r]);
	}
	h->first_atom[n] = (uint32_t)h->held->natoms;
	free(grant);
}

static bool
atom_allows(const struct ka_atom_use *a, const struct ka_request *req)
{
	struct ka_rule one = { .verbs = { 1, &a->verb } };

	if (a->resource) {
		one.groups = (struct ka_strs){ 1, &a->group };
		one.resources = (struct ka_strs){ 1, &a->resource };
		one.names = a->rule->names;
	} else {
		one.urls = (struct ka_strs){ 1, &a->url };
	}
	return ka_rule_allows(&one, req);
}

/* ---- requests ----------------------------------------------------------------------------- */

static void
widen(const struct ka_used *used, struct ka_atom_use *a)
{
	if (used->first && (!a->first || used->first < a->first))
		a->first = used->first;
	if (used->last > a->last)
		a->last = used->last;
}

static void
use_grant(struct holding *h, const struct ka_allowance *by, const struct ka_used *used, bool alone)
{
	uint32_t at = ka_map_get(&h->grant_at, by->grant.binding, NULL);
	struct ka_grant_use *g;

	if (at == KA_MAP_NONE)
		return;
	g = &h->held->grant[at];
	g->allows += used->allowed;
	g->alone += alone ? used->allowed : 0;
	for (uint32_t i = h->first_atom[at]; i < h->first_atom[at + 1]; i++) {
		struct ka_atom_use *a = &h->held->atom[i];

		if (!atom_allows(a, &used->req))
			continue;
		a->use = KA_USE_USED;
		a->count += used->allowed;
		widen(used, a);
	}
}

static void
attribute(struct holding *h, const struct ka_used *used)
{
	for (size_t i = 0; i < used->nby; i++)
		for (size_t k = 0; k < h->held->ngrants; k++) {
			struct ka_grant_use *g = &h->held->grant[k];
			const char *ns = used->by[i].namespace;

			if (strcmp(g->grant.binding->obj.name, used->by[i].binding) == 0 &&
			    !g->grant.namespace == !ns && (!ns || !strcmp(ns, g->grant.namespace)))
				g->attributed += used->by[i].count;
		}
}

static void
use_request(struct holding *h, const struct ka_who *who, const struct ka_used *used)
{
	struct ka_allowance *by;
	size_t n;

	/* What another authorizer let through says nothing of RBAC's grants. */
	if (!used->allowed || used->other == used->allowed)
		return;
	n = ka_rbac_allowances(h->rbac, who, &used->req, &by);
	if (n)
		h->held->allowed += used->allowed;
	else
		h->held->gone += used->allowed;
	for (size_t i = 0; i < n; i++)
		use_grant(h, &by[i], used, n == 1);
	attribute(h, used);
	free(by);
}

static void
judge_unused(struct holding *h)
{
	for (size_t i = 0; i < h->held->natoms; i++) {
		struct ka_atom_use *a = &h->held->atom[i];

		if (a->count)
			continue;
		a->why = ka_usage_blind(h->u, a->verb, a->group, a->resource);
		a->use = a->why ? KA_USE_UNOBSERVABLE : KA_USE_UNUSED;
	}
}

/* The groups that the caller names, and those that the log has. */
static struct ka_strs
all_groups(const struct ka_who *who, const struct ka_user *user, const char ***ret_copy)
{
	size_t n = who->groups.n + (user ? user->groups.n : 0), at = 0;
	const char **v = ka_xcalloc(n + 1, sizeof *v);

	for (size_t i = 0; i < who->groups.n; i++)
		v[at++] = who->groups.v[i];
	for (size_t i = 0; user && i < user->groups.n; i++)
		v[at++] = user->groups.v[i];
	*ret_copy = v;
	return (struct ka_strs){ at, v };
}

void
ka_usage_of(const struct ka_usage *u, const struct ka_rbac *rbac, const struct ka_who *who,
	    struct ka_held_use *ret)
{
	const struct ka_user *user = ka_usage_user(u, &who->subject);
	struct holding h = { .u = u, .rbac = rbac, .held = ret };
	struct ka_who whole = *who;
	const char **copy;

	*ret = (struct ka_held_use){ 0 };
	whole.groups = all_groups(who, user, &copy);
	ka_map_init(&h.grant_at);
	add_grants(&h, &whole);
	for (size_t i = 0; user && i < user->n; i++)
		use_request(&h, &whole, &user->used[i]);
	judge_unused(&h);
	ka_map_release(&h.grant_at);
	free(h.first_atom);
	free(copy);
}

void
ka_held_use_release(struct ka_held_use *held)
{
	free(held->grant);
	free(held->atom);
	*held = (struct ka_held_use){ 0 };
}
