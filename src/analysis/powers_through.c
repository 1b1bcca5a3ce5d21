/* Capabilities as they stand on one grant: what a finding is about. */
#include "analysis/powers_private.h"

#include <string.h>

#include "analysis/rbac_private.h"
#include "util/banned.h"

/* One question as it goes through ways and scopes. */
struct through {
	const struct ka_powers *p;
	uint32_t grant;
	enum ka_cap cap;
	struct ka_power *best;
};

static bool
keyed(const struct ka_atoms *atoms, const struct ka_clause *clause)
{
	return (clause->flags & KA_CLAUSE_KEY) && ((atoms->all | atoms->named) & clause->any);
}

static bool
reaches(const struct ka_grant *grant, const struct ka_way *way)
{
	return !grant->namespace || !way->namespace || !strcmp(grant->namespace, way->namespace);
}

uint64_t
ka_powers_at(const struct ka_powers *p, const struct ka_grant *grant)
{
	const struct ka_atoms *atoms = &p->grant[grant - p->rbac->grant];
	uint64_t caps = 0;
	size_t nways;
	const struct ka_way *way = ka_ways(&nways);

	if (!(atoms->all | atoms->named))
		return 0;
	for (size_t w = 0; w < nways; w++)
		for (size_t c = 0; c < KA_POWER_STEPS && way[w].clause[c].any; c++)
			if (keyed(atoms, &way[w].clause[c]) && reaches(grant, &way[w]))
				caps |= (uint64_t)1 << way[w].cap;
	return caps;
}

/* Complete before what lacks something, the cluster before a namespace, all before named. */
static int
rank(const struct ka_power *power)
{
	if (!power->width)
		return 0;
	return 1 + (power->lacks ? 0 : 4) + (power->namespace ? 0 : 2) +
	       (power->width == KA_WIDTH_ALL ? 1 : 0);
}

static bool
is_best(const struct through *t)
{
	return t->best->width == KA_WIDTH_ALL && !t->best->lacks &&
	       !t->best->namespace == !t->p->rbac->grant[t->grant].namespace;
}

/* True when the way is open through the grant in this view. */
static bool
try_way(struct through *t, struct ka_view *v, const struct ka_way *way)
{
	bool open = false;

	v->key_grant = t->grant;
	for (size_t c = 0; c < KA_POWER_STEPS && way->clause[c].any; c++) {
		struct ka_power power = { .lacks = way->lacks, .namespace = v->scope };

		if (!keyed(&t->p->grant[t->grant], &way->clause[c]))
			continue;
		v->key_clause = c;
		power.width = ka_view_width(v, way);
		open = open || power.width;
		if (rank(&power) > rank(t->best))
			ka_view_tell(v, way, power.width, NULL, t->best);
	}
	return open;
}

static bool
try_scope(struct through *t, struct ka_view *v)
{
	size_t nways;
	const struct ka_way *way = ka_ways(&nways);
	bool complete = false;

	for (size_t w = 0; w < nways; w++) {
		bool open = way[w].cap == t->cap && try_way(t, v, &way[w]);

		complete = complete || (open && !way[w].lacks);
	}
	return complete;
}

/* The grant as if nobody held anything else. */
static void
try_alone(struct through *t)
{
	const struct ka_grant *grant = &t->p->rbac->grant[t->grant];
	static const struct ka_party nobody;
	struct ka_view v = { .p = t->p, .facts = t->p->facts_of_server, .party = &nobody };

	v.scope = grant->namespace;
	v.have = ka_atoms_effective(t->p->grant[t->grant], grant->namespace != NULL);
	v.anywhere = v.have;
	if (grant->namespace ? ka_powers_privileged(t->p, grant->namespace)
			     : (t->p->facts_of_cluster & KA_FACT_PRIVILEGED))
		v.facts |= KA_FACT_PRIVILEGED;
	try_scope(t, &v);
}

/* A permission of the whole cluster may be completed in some namespaces only. */
static void
try_namespaces(struct through *t, struct ka_party *party)
{
	struct ka_view v;
	size_t complete = 0;

	ka_view_init(&v, t->p, party, NULL);
	v.have = v.anywhere;
	v.facts |= KA_FACT_PRIVILEGED;
	if (!try_scope(&(struct through){ t->p, t->grant, t->cap, &(struct ka_power){ 0 } }, &v))
		return;
	ka_walk_start(party, t->p, false);
	while (ka_walk_next(&v, t->p, party))
		complete += try_scope(t, &v);
	if (complete > 1)
		t->best->more_namespaces = complete - 1;
}

static void
try_subject(struct through *t, const struct ka_subject *subject)
{
	const struct ka_who who = { .subject = *subject };
	const char *namespace = t->p->rbac->grant[t->grant].namespace;
	struct ka_party party;
	struct ka_view v;

	ka_party_init(&party, t->p, &who);
	if (namespace)
		namespace = ka_intern_find(t->p->rbac->names, namespace, strlen(namespace));
	ka_view_init(&v, t->p, &party, namespace);
	try_scope(t, &v);
	if (!namespace && (t->best->lacks || !t->best->width))
		try_namespaces(t, &party);
	ka_party_release(&party);
}

/* True when some way to the capability needs more than one permission. */
static bool
is_made_of_more(enum ka_cap cap)
{
	size_t nways;
	const struct ka_way *way = ka_ways(&nways);

	for (size_t w = 0; w < nways; w++)
		if (way[w].cap == cap && way[w].clause[1].any)
			return true;
	return false;
}

bool
ka_powers_through(const struct ka_powers *p, const struct ka_grant *grant,
		  const struct ka_subject *subject, enum ka_cap cap, struct ka_power *ret)
{
	struct ka_power best = { 0 };
	struct through t = { p, (uint32_t)(grant - p->rbac->grant), cap, &best };

	if (!(ka_powers_at(p, grant) >> cap & 1))
		return false;
	try_alone(&t);
	if (subject && !is_best(&t) && is_made_of_more(cap))
		try_subject(&t, subject);
	if (best.width)
		*ret = best;
	return best.width != KA_WIDTH_NONE;
}
