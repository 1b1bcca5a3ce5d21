/* What somebody holds in one scope. */
#include "analysis/powers_private.h"

#include <stdlib.h>
#include <string.h>

#include "analysis/rbac_private.h"
#include "util/alloc.h"
#include "util/banned.h"

/* ---- somebody ---- */

static void
add_name(struct ka_party *party, const struct ka_powers *p, const struct ka_map *map, const char *name)
{
	const char *known = name ? ka_intern_find(p->rbac->names, name, strlen(name)) : NULL;
	uint32_t head = known ? ka_map_get(map, known, ka_anywhere) : KA_MAP_NONE;

	if (head == KA_MAP_NONE)
		return;
	party->head[party->n++] = head;
	party->anywhere.all |= p->anywhere[head].all;
	party->anywhere.named |= p->anywhere[head].named;
}

void
ka_party_init(struct ka_party *party, const struct ka_powers *p, const struct ka_who *who)
{
	const struct ka_rbac *rbac = p->rbac;
	struct ka_identity id;
	size_t implied = 0;

	ka_identify(&id, who);
	*party = (struct ka_party){ .master = ka_identity_is_master(&id) };
	/* heads, cursors and two helds for each name */
	party->head = ka_xcalloc(4 * (1 + id.nimplied + id.groups->n), sizeof *party->head);
	party->cursor = party->head + 1 + id.nimplied + id.groups->n;
	party->held = party->cursor + 1 + id.nimplied + id.groups->n;
	if (id.user)
		add_name(party, p, &rbac->users, id.user);
	else if (id.nimplied)
		add_name(party, p, &rbac->groups, id.implied[implied++]);
	party->own = party->n;
	party->own_anywhere = party->anywhere;
	for (; implied < id.nimplied; implied++)
		add_name(party, p, &rbac->groups, id.implied[implied]);
	for (size_t i = 0; i < id.groups->n; i++)
		add_name(party, p, &rbac->groups, id.groups->v[i]);
	ka_identity_release(&id);
}

void
ka_party_release(struct ka_party *party)
{
	free(party->head);
}

/* ---- a view ---- */

/* The chain of a name may be long, so the maps are asked. */
static uint32_t
held_in(const struct ka_rbac *rbac, uint32_t head, const char *scope)
{
	const struct ka_held *held = &rbac->held[head];

	return ka_map_get(held->group ? &rbac->groups : &rbac->users, held->name, scope);
}

static void
add_held(struct ka_view *v, struct ka_party *party, uint32_t at, bool own)
{
	const struct ka_atoms *atoms = &v->p->held[at];

	party->held[v->nheld++] = at;
	v->have.all |= atoms->all;
	v->have.named |= atoms->named;
	if (v->p->rbac->held[at].scope) {
		v->there.all |= atoms->all;
		v->there.named |= atoms->named;
		v->facts |= v->p->facts[at];
		v->own_scope = v->own_scope || own;
		if (own)
			v->own_there = *atoms;
	}
	if (own) {
		v->nown = v->nheld;
		v->own.all |= atoms->all;
		v->own.named |= atoms->named;
	}
}

static void
start_view(struct ka_view *v, const struct ka_powers *p, struct ka_party *party, const char *scope)
{
	*v = (struct ka_view){ .p = p,
			       .scope = scope,
			       .anywhere = party->anywhere,
			       .facts = p->facts_of_server,
			       .held = party->held,
			       .party = party,
			       .key_grant = KA_MAP_NONE };
	if (!scope)
		v->facts |= p->facts_of_cluster;
}

/* What a name holds in the scope, and after it what it holds in the whole cluster. */
static void
add_name_held(struct ka_view *v, struct ka_party *party, size_t i, uint32_t there)
{
	uint32_t head = party->head[i];

	if (there != KA_MAP_NONE)
		add_held(v, party, there, i < party->own);
	if (!v->p->rbac->held[head].scope)
		add_held(v, party, head, i < party->own);
}

void
ka_view_init(struct ka_view *v, const struct ka_powers *p, struct ka_party *party, const char *scope)
{
	start_view(v, p, party, scope);
	for (size_t i = 0; i < party->n; i++)
		add_name_held(v, party, i,
			      scope ? held_in(p->rbac, party->head[i], scope) : KA_MAP_NONE);
}

void
ka_walk_start(struct ka_party *party, const struct ka_powers *p, bool own)
{
	const struct ka_held *held = p->rbac->held;

	party->leading = own ? party->own : party->n;
	for (size_t i = 0; i < party->leading; i++) {
		party->cursor[i] = party->head[i];
		if (!held[party->head[i]].scope)
			party->cursor[i] = held[party->head[i]].next;
	}
}

bool
ka_walk_next(struct ka_view *v, const struct ka_powers *p, struct ka_party *party)
{
	const struct ka_held *held = p->rbac->held;
	const char *scope = NULL;

	for (size_t i = 0; i < party->leading; i++) {
		uint32_t at = party->cursor[i];

		if (at != KA_MAP_NONE && (!scope || strcmp(held[at].scope, scope) < 0))
			scope = held[at].scope;
	}
	if (!scope)
		return false;
	start_view(v, p, party, scope);
	for (size_t i = 0; i < party->n; i++) {
		uint32_t at = party->cursor[i], there = KA_MAP_NONE;

		if (i >= party->leading) {
			there = held_in(p->rbac, party->head[i], scope);
		} else if (at != KA_MAP_NONE && held[at].scope == scope) {
			there = at;
			party->cursor[i] = held[at].next;
		}
		add_name_held(v, party, i, there);
	}
	return true;
}
