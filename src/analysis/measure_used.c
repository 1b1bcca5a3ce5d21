/* Which of the atoms that are granted were used: each request falls on the atom that allows it, the
 * widest where there are several. */
#include "analysis/measure_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"
#include "util/str.h"
#include "util/banned.h"

/* ---- what is held where ---- */

static const struct run *
run_of(const struct ka_measurer *m, const struct ka_grant *grant, const char *namespace)
{
	size_t low = 0, high = m->nruns;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (ka_str_cmp(grant[m->run[mid].first].namespace, namespace) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low < m->nruns && !ka_str_cmp(grant[m->run[low].first].namespace, namespace) ? &m->run[low] : NULL;
}

static bool
spans_hold(const struct ka_expansion *e, uint32_t row, uint64_t verb)
{
	size_t low = 0, high = e->nspans;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (e->span[mid].row < row)
			low = mid + 1;
		else
			high = mid;
	}
	return low < e->nspans && e->span[low].row == row && (e->span[low].verbs & verb);
}

static bool
names_hold(const struct ka_name_span *span, size_t n, const struct used_atom *atom)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (span[mid].row < atom->row ||
		    (span[mid].row == atom->row && ka_str_cmp(span[mid].name, atom->name) < 0))
			low = mid + 1;
		else
			high = mid;
	}
	return low < n && span[low].row == atom->row && !ka_str_cmp(span[low].name, atom->name) &&
	       (span[low].verbs & atom->verb);
}

static bool
namespace_counts(const struct ka_catalogue *cat, const char *namespace)
{
	size_t low = 0, high = cat->nnamespaces;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (strcmp(cat->namespace[mid], namespace) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low < cat->nnamespaces && !strcmp(cat->namespace[low], namespace);
}

/* ---- one request ---- */

/* In a namespace, whether on all objects there (the name is then forgotten) or on one. */
static bool
held_here(const struct ka_measurer *m, const struct ka_grant *grant, struct used_atom *atom)
{
	const struct run *run = run_of(m, grant, atom->namespace);

	for (size_t g = run ? run->first : 0; run && g < run->first + run->n; g++)
		if (spans_hold(m->gives[g], atom->row, atom->verb)) {
			atom->name = NULL;
			return true;
		}
	if (!atom->name)
		return false;
	if (names_hold(m->cluster.v, m->cluster.n, atom))
		return true;
	for (size_t g = run ? run->first : 0; run && g < run->first + run->n; g++)
		if (names_hold(m->gives[g]->named, m->gives[g]->nnamed, atom))
			return true;
	return false;
}

/* Sets what the request used, of all that is held; false when it is none of it. */
static bool
find_atom(const struct ka_measurer *m, const struct ka_grant *grant, const struct ka_request *req,
	  struct used_atom *atom)
{
	bool everywhere = m->held[atom->row].verbs & atom->verb;

	atom->name = req->name && *req->name ? req->name : NULL;
	if (!m->cat->row[atom->row].namespaced) {
		/* names in the cluster, Namespace objects of their own namespaces among them */
		if (!everywhere)
			return atom->name && names_hold(m->cluster.v, m->cluster.n, atom);
		atom->name = NULL;
		return true;
	}
	if (!req->namespace || !*req->namespace) {
		atom->all = true;
		atom->name = NULL;
		return everywhere;
	}
	if (!namespace_counts(m->cat, req->namespace))
		return false;
	atom->namespace = req->namespace;
	if (!everywhere)
		return held_here(m, grant, atom);
	atom->name = NULL;
	return true;
}

static void
take_request(struct ka_measurer *m, const struct ka_grant *grant, const struct ka_request *req)
{
	struct used_atom atom = { .verb = ka_catalogue_verb(m->cat, req->verb) };
	bool sub = req->subresource && *req->subresource;
	char text[512];
	size_t n, at;

	snprintf(text, sizeof text, "%s%s%s", req->resource, sub ? "/" : "", sub ? req->subresource : "");
	at = ka_catalogue_find(m->cat, req->group ? req->group : "", text, &n);
	if (!n || !atom.verb)
		return;
	/* of two rows of one name, the one that fits the request */
	if (n > 1 && m->cat->row[at].namespaced != (req->namespace && *req->namespace))
		at++;
	atom.row = (uint32_t)at;
	if (!(m->cat->row[at].verbs & atom.verb) || !find_atom(m, grant, req, &atom))
		return;
	KA_GROW(m->used, m->nused, m->used_cap);
	m->used[m->nused++] = atom;
}

/* ---- each atom once ---- */

static int
atom_cmp(const void *pa, const void *pb)
{
	const struct used_atom *a = pa, *b = pb;
	int c;

	if (a->row != b->row)
		return a->row < b->row ? -1 : 1;
	if (a->verb != b->verb)
		return a->verb < b->verb ? -1 : 1;
	if (a->all != b->all)
		return a->all ? -1 : 1;
	c = ka_str_cmp(a->namespace, b->namespace);
	return c ? c : ka_str_cmp(a->name, b->name);
}

static void
add_atoms(struct ka_measurer *m, struct ka_sum *ret)
{
	const struct used_atom *all = NULL;

	if (m->nused)
		qsort(m->used, m->nused, sizeof *m->used, atom_cmp);
	for (size_t i = 0; i < m->nused; i++) {
		const struct used_atom *a = &m->used[i];

		if (i && !atom_cmp(a, &m->used[i - 1]))
			continue;
		if (all && all->row == a->row && all->verb == a->verb)
			continue;
		all = a->all ? a : NULL;
		for (size_t n = 0; n < (a->all ? m->cat->nnamespaces : 1); n++)
			ka_measure_add(m, ret, a->row, a->verb, 0);
	}
}

/* ---- URLs ---- */

static bool
url_fits(const struct ka_url_span *span, const struct ka_request *req)
{
	const struct ka_rule rule = { .verbs = { 1, &span->verb }, .urls = { 1, &span->url } };

	return ka_rule_allows(&rule, req);
}

/* A path that was asked for falls on the path of that name, or on the pattern that covers it. */
static void
add_urls(struct ka_measurer *m, const struct ka_user *user, struct ka_sum *ret)
{
	for (size_t i = 0; i < m->nurls; i++) {
		bool hit = false;

		if (i && !strcmp(m->url[i].url, m->url[i - 1].url) && !strcmp(m->url[i].verb, m->url[i - 1].verb))
			continue;
		for (size_t u = 0; u < user->n && !hit; u++)
			hit = user->used[u].allowed && !user->used[u].req.resource &&
			      url_fits(&m->url[i], &user->used[u].req);
		ret->all.atoms += hit;
		ret->all.weight += hit;
	}
}

void
ka_measure_used(struct ka_measurer *m, const struct ka_user *user, const struct ka_grant *grant,
		struct ka_sum *ret)
{
	m->nused = 0;
	for (size_t i = 0; i < user->n; i++)
		if (user->used[i].allowed && user->used[i].req.resource)
			take_request(m, grant, &user->used[i].req);
	add_atoms(m, ret);
	add_urls(m, user, ret);
}
