/* Aggregated ClusterRoles: pkg/controller/clusterroleaggregation.
 *
 * A role with an aggregationRule gets the rules of all ClusterRoles that one of its selectors
 * picks, and those may aggregate others.  Running the controller until nothing changes ends with
 * the rules of every role that can be reached, so that is what is computed: one walk per
 * aggregating role, cycles included.  Selectors are resolved through an index of labels, once per
 * distinct selector, so the cost is that of reading the roles, not of pairing them.
 *
 * An object that a server returned is the exception: the authorizer goes by the rules that stand in
 * it, whether the controller has been there or not, so they are taken as they are. */
#include "analysis/rbac_private.h"

#include <string.h>

#include "util/alloc.h"
#include "util/banned.h"

/* The ClusterRoles that one selector picks. */
struct pick {
	uint32_t *role;
	uint32_t n;
	uint32_t seen; /* the walk that came here last */
};
struct link {
	uint32_t role, next;
};
struct aggregation {
	struct ka_rbac *rbac;
	struct ka_map by_label; /* key and value, or key alone -> head of a chain of links */
	struct link *link;
	size_t nlinks, linkcap;
	struct ka_hmap picks;   /* by content of the selector */
	struct ka_hmap filled;  /* by the roles found: facts to copy */
	struct pick ***picked;  /* per role and selector, once resolved */
	uint32_t *seen;         /* per role */
	uint32_t walk;
	uint32_t *stack, *found;
	size_t nstack, stackcap, nfound, foundcap;
};

static void
link_role(struct aggregation *a, const char *key, const char *value, uint32_t role)
{
	KA_GROW(a->link, a->nlinks, a->linkcap);
	a->link[a->nlinks] = (struct link){ role, ka_map_get(&a->by_label, key, value) };
	ka_map_set(&a->by_label, key, value, (uint32_t)a->nlinks++);
}

/* From the last to the first, so that every chain comes out in the graph's order. */
static void
index_labels(struct aggregation *a)
{
	struct ka_rbac *rbac = a->rbac;

	for (size_t i = rbac->nroles; i-- > rbac->first_clusterrole;) {
		const struct ka_kvs *labels = rbac->role[i].role->obj.labels;

		for (size_t k = 0; labels && k < labels->n; k++) {
			const char *key = ka_intern(rbac->names, labels->kv[k].key);
			const char *value = labels->kv[k].value ? labels->kv[k].value : "";

			link_role(a, key, ka_intern(rbac->names, value), (uint32_t)i);
			link_role(a, key, NULL, (uint32_t)i);
		}
	}
}

static struct ka_hash128
hash_selector(const struct aggregation *a, const struct ka_selector *sel)
{
	struct ka_intern *names = a->rbac->names;
	struct ka_hash128 h = ka_hash128_start();

	ka_hash128_feed(&h, sel->n);
	for (size_t i = 0; i < sel->n; i++) {
		const struct ka_sel_req *req = &sel->req[i];

		ka_hash128_feed(&h, (uint64_t)req->op);
		ka_hash128_feed_ptr(&h, ka_intern(names, req->key ? req->key : ""));
		ka_hash128_feed(&h, req->nvalues);
		for (size_t v = 0; v < req->nvalues; v++)
			ka_hash128_feed_ptr(&h, ka_intern(names, req->value[v]));
	}
	return h;
}

/* Where to look for roles that may match: the chain of a label that must be there, or KA_MAP_NONE.
 * *ret_all: every role must be looked at, because the selector only says what must not be there. */
static uint32_t
chain_for(const struct aggregation *a, const struct ka_selector *sel, bool *ret_all)
{
	struct ka_intern *names = a->rbac->names;

	*ret_all = false;
	for (size_t i = 0; i < sel->n; i++) {
		const struct ka_sel_req *req = &sel->req[i];

		if (req->op == KA_SEL_IN && req->nvalues == 1)
			return ka_map_get(&a->by_label, ka_intern(names, req->key),
					  ka_intern(names, req->value[0]));
	}
	for (size_t i = 0; i < sel->n; i++) {
		const struct ka_sel_req *req = &sel->req[i];

		if (req->op == KA_SEL_IN || req->op == KA_SEL_EXISTS)
			return ka_map_get(&a->by_label, ka_intern(names, req->key), NULL);
	}
	*ret_all = true;
	return KA_MAP_NONE;
}

static void
consider(struct aggregation *a, struct pick *pick, size_t *cap, const struct ka_selector *sel,
	 size_t role)
{
	static const struct ka_kvs none;
	const struct ka_kvs *labels = a->rbac->role[role].role->obj.labels;

	if (!ka_selector_match(sel, labels ? labels : &none))
		return;
	KA_GROW(pick->role, pick->n, *cap);
	pick->role[pick->n++] = (uint32_t)role;
}

static struct pick *
resolve(struct aggregation *a, const struct ka_selector *sel)
{
	struct ka_hash128 h = hash_selector(a, sel);
	struct pick *pick = ka_hmap_get(&a->picks, h), found = { 0 };
	size_t cap = 0;
	bool all;
	uint32_t at;

	if (pick)
		return pick;
	at = chain_for(a, sel, &all);
	for (; at != KA_MAP_NONE; at = a->link[at].next)
		consider(a, &found, &cap, sel, a->link[at].role);
	for (size_t i = a->rbac->first_clusterrole; all && i < a->rbac->nroles; i++)
		consider(a, &found, &cap, sel, i);

	pick = ka_arena_copy(a->rbac->arena, &found, sizeof found);
	pick->role = ka_arena_copy(a->rbac->arena, found.role, found.n * sizeof *found.role);
	free(found.role);
	ka_hmap_put(&a->picks, h, pick);
	return pick;
}

/* What each selector of a role picks. */
static struct pick **
picks_of(struct aggregation *a, uint32_t role)
{
	const struct ka_role *r = a->rbac->role[role].role;
	struct pick **picks = a->picked[role];

	if (picks || !r->naggregate)
		return picks;
	picks = ka_arena_array(a->rbac->arena, r->naggregate, sizeof(struct pick *));
	for (size_t i = 0; i < r->naggregate; i++)
		picks[i] = resolve(a, &r->aggregate[i]);
	a->picked[role] = picks;
	return picks;
}

static void
visit(struct aggregation *a, uint32_t role)
{
	if (a->seen[role] == a->walk)
		return;
	a->seen[role] = a->walk;
	KA_GROW(a->stack, a->nstack, a->stackcap);
	a->stack[a->nstack++] = role;
}

/* Lists in found every role whose rules `role` has in the end, itself among them. */
static void
walk(struct aggregation *a, uint32_t role)
{
	a->walk++;
	a->nfound = 0;
	visit(a, role);
	while (a->nstack) {
		uint32_t at = a->stack[--a->nstack];
		struct pick **picks = picks_of(a, at);

		KA_GROW(a->found, a->nfound, a->foundcap);
		a->found[a->nfound++] = at;
		for (size_t s = a->rbac->role[at].role->naggregate; s-- > 0;) {
			struct pick *pick = picks[s];

			if (pick->seen == a->walk)
				continue;
			pick->seen = a->walk;
			for (uint32_t i = pick->n; i-- > 0;)
				visit(a, pick->role[i]);
		}
	}
}

static const struct ka_ruleset *
new_ruleset(struct ka_rbac *rbac, const struct ka_rule *rule, size_t n)
{
	struct ka_ruleset *set = ka_arena_alloc(rbac->arena, sizeof *set);

	*set = (struct ka_ruleset){ .rule = rule, .nrules = n, .next = rbac->sets };
	rbac->sets = set;
	return set;
}

void
ka_rbac_atoms(const struct ka_rbac *rbac)
{
	for (struct ka_ruleset *set = rbac->sets; set; set = set->next)
		if (!set->given)
			set->given = ka_rules_atoms(rbac->arena, set->rule, set->nrules, &set->atoms);
}

static const struct ka_ruleset *
gather_rules(struct aggregation *a)
{
	struct ka_rbac *rbac = a->rbac;
	struct ka_rule *rule;
	size_t n = 0, at = 0;

	for (size_t i = 0; i < a->nfound; i++)
		n += rbac->role[a->found[i]].role->nrules;
	rule = ka_arena_array(rbac->arena, n, sizeof *rule);
	for (size_t i = 0; i < a->nfound; i++) {
		const struct ka_role *part = rbac->role[a->found[i]].role;

		if (part->nrules)
			memcpy(rule + at, part->rule, part->nrules * sizeof *rule);
		at += part->nrules;
	}
	return new_ruleset(rbac, rule, n);
}

/* The same for the same roles in any order. */
static struct ka_hash128
hash_found(const struct aggregation *a)
{
	struct ka_hash128 sum = { 0, 0 };

	for (size_t i = 0; i < a->nfound; i++) {
		struct ka_hash128 h = ka_hash128_start();

		ka_hash128_feed(&h, a->found[i]);
		sum.a += h.a;
		sum.b += h.b;
	}
	return sum;
}

/* Many roles that select each other all end with the same rules: those are kept once. */
static void
fill(struct aggregation *a, struct ka_role_facts *facts)
{
	const struct ka_object *obj = &facts->role->obj;
	struct ka_hash128 h = hash_found(a);
	struct ka_role_facts *same = ka_hmap_get(&a->filled, h);

	if (!same) {
		same = ka_arena_alloc(a->rbac->arena, sizeof *same);
		same->rules = gather_rules(a);
		same->part = ka_arena_copy(a->rbac->arena, a->found, a->nfound * sizeof *a->found);
		same->nparts = a->nfound;
		ka_hmap_put(&a->filled, h, same);
	}
	facts->part = same->part;
	facts->nparts = same->nparts;
	if (!obj->uid && !obj->resource_version)
		facts->rules = same->rules;
	else
		facts->rules = new_ruleset(a->rbac, facts->role->rule, facts->role->nrules);
}

void
ka_rbac_aggregate(struct ka_rbac *rbac)
{
	struct aggregation a = { .rbac = rbac };

	ka_map_init(&a.by_label);
	ka_hmap_init(&a.picks);
	ka_hmap_init(&a.filled);
	a.picked = ka_xcalloc(rbac->nroles + 1, sizeof *a.picked);
	a.seen = ka_xcalloc(rbac->nroles + 1, sizeof *a.seen);
	index_labels(&a);
	for (size_t i = 0; i < rbac->nroles; i++) {
		struct ka_role_facts *facts = &rbac->role[i];

		if (i < rbac->first_clusterrole || !facts->role->naggregate) {
			facts->rules = new_ruleset(rbac, facts->role->rule, facts->role->nrules);
			continue;
		}
		walk(&a, (uint32_t)i);
		fill(&a, facts);
	}
	free(a.link);
	free(a.picked);
	free(a.seen);
	free(a.stack);
	free(a.found);
	ka_hmap_release(&a.picks);
	ka_hmap_release(&a.filled);
	ka_map_release(&a.by_label);
}
