/* Counting what is granted, by arithmetic: the cluster's share once, multiplied by the namespaces;
 * then, for each different set of rules that is held in namespaces, what it adds to that. */
#include "analysis/measure_private.h"

#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"
#include "util/hash.h"
#include "util/map.h"
#include "util/str.h"
#include "util/banned.h"

/* ---- making one ---- */

static void
set_weights(struct ka_measurer *m)
{
	static const unsigned weight[NWEIGHTS] = { 1, 2, 5, 10 };

	memcpy(m->weight, weight, sizeof weight);
	m->weights = ka_xcalloc(m->cat->n + 1, sizeof *m->weights);
	for (size_t i = 0; i < m->cat->n; i++)
		for (size_t v = 0; v < m->cat->nverbs; v++) {
			uint64_t bit = (uint64_t)1 << v;
			unsigned w;

			if (!(m->cat->row[i].verbs & bit))
				continue;
			w = ka_atom_weight(m->cat, &m->cat->row[i], bit);
			for (size_t k = 0; k < NWEIGHTS; k++)
				if (weight[k] == w)
					m->weights[i].mask[k] |= bit;
		}
}

struct ka_measurer *
ka_measurer_new(const struct ka_rbac *rbac, const struct ka_catalogue *cat)
{
	struct ka_measurer *m = ka_xcalloc(1, sizeof *m);

	m->rbac = rbac;
	m->cat = cat;
	m->x = ka_expander_new(rbac, cat);
	m->held = ka_xcalloc(cat->n + 1, sizeof *m->held);
	set_weights(m);
	return m;
}

void
ka_measurer_free(struct ka_measurer *m)
{
	if (!m)
		return;
	ka_expander_free(m->x);
	free(m->weights);
	free(m->held);
	free(m->touched);
	free(m->touched_here);
	free(m->cluster.v);
	free(m->here.v);
	free(m->url);
	free(m->gives);
	free(m->run);
	free(m->ids);
	free(m->blind);
	free(m->used);
	free(m);
}

void
ka_measurer_usage(struct ka_measurer *m, const struct ka_usage *usage)
{
	m->usage = usage;
	m->blind = ka_xcalloc(m->cat->n + 1, sizeof *m->blind);
	for (size_t i = 0; i < m->cat->n; i++) {
		const struct ka_resource *row = &m->cat->row[i];

				for (size_t v = 0; v < m->cat->nverbs; v++)
			if ((row->verbs >> v & 1) &&
			    ka_usage_blind(usage, m->cat->verb[v], row->group, row->text))
				m->blind[i] |= (uint64_t)1 << v;
	}
}

/* ---- sums ---- */

static void
tally_verbs(const struct ka_measurer *m, struct ka_atom_tally *sum, uint32_t row, uint64_t verbs, uint64_t exact)
{
	sum->atoms += (uint64_t)__builtin_popcountll(verbs);
	sum->wild += (uint64_t)__builtin_popcountll(verbs & ~exact);
	for (size_t k = 0; k < NWEIGHTS; k++)
		sum->weight += (uint64_t)__builtin_popcountll(verbs & m->weights[row].mask[k]) * m->weight[k];
}

void
ka_measure_add(const struct ka_measurer *m, struct ka_sum *sum, uint32_t row, uint64_t verbs, uint64_t exact)
{
	tally_verbs(m, &sum->all, row, verbs, exact);
	if (m->blind && (verbs & m->blind[row]))
		tally_verbs(m, &sum->blind, row, verbs & m->blind[row], exact);
}

static void
tally_times(struct ka_atom_tally *sum, const struct ka_atom_tally *more, uint64_t times)
{
	sum->atoms += more->atoms * times;
	sum->wild += more->wild * times;
	sum->weight += more->weight * times;
}

static void
add_times(struct ka_sum *sum, const struct ka_sum *more, uint64_t times)
{
	tally_times(&sum->all, &more->all, times);
	tally_times(&sum->blind, &more->blind, times);
}

/* Less what is a part of it. */
static struct ka_atom_tally
less(struct ka_atom_tally a, const struct ka_atom_tally *b)
{
	return (struct ka_atom_tally){ a.atoms - b->atoms, a.wild - b->wild, a.weight - b->weight };
}

static void
subtract(struct ka_sum *sum, const struct ka_sum *part)
{
	sum->all = less(sum->all, &part->all);
	sum->blind = less(sum->blind, &part->blind);
}

/* ---- names ---- */

static void
push_named(struct nameds *list, const struct ka_name_span *span)
{
	KA_GROW(list->v, list->n, list->cap);
	list->v[list->n++] = *span;
}

static int
named_cmp(const void *pa, const void *pb)
{
	const struct ka_name_span *a = pa, *b = pb;

	if (a->row != b->row)
		return a->row < b->row ? -1 : 1;
	return ka_str_cmp(a->name, b->name);
}

static void
unite_named(struct nameds *list)
{
	size_t n = 0;

	if (list->n)
		qsort(list->v, list->n, sizeof *list->v, named_cmp);
	for (size_t i = 0; i < list->n; i++) {
		if (n && !named_cmp(&list->v[n - 1], &list->v[i])) {
			list->v[n - 1].verbs |= list->v[i].verbs;
			list->v[n - 1].exact |= list->v[i].exact;
		} else {
			list->v[n++] = list->v[i];
		}
	}
	list->n = n;
}

/* Names of rows with a namespace, or without, less what is held on all objects. */
static void
add_named(const struct ka_measurer *m, struct ka_sum *sum, const struct nameds *list, bool namespaced)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct ka_name_span *s = &list->v[i];
		const struct held *held = &m->held[s->row];

		if (m->cat->row[s->row].namespaced == namespaced)
			ka_measure_add(m, sum, s->row, s->verbs & ~(held->verbs | held->here), s->exact);
	}
}

/* ---- the cluster ---- */

static void
hold(struct ka_measurer *m, const struct ka_expansion *e)
{
	for (size_t i = 0; i < e->nspans; i++) {
		struct held *held = &m->held[e->span[i].row];

		if (!held->verbs) {
			KA_GROW(m->touched, m->ntouched, m->touched_cap);
			m->touched[m->ntouched++] = e->span[i].row;
		}
		held->verbs |= e->span[i].verbs;
		held->exact |= e->span[i].exact;
	}
	for (size_t i = 0; i < e->nnamed; i++)
		push_named(&m->cluster, &e->named[i]);
	for (size_t i = 0; i < e->nurls; i++) {
		KA_GROW(m->url, m->nurls, m->url_cap);
		m->url[m->nurls++] = e->url[i];
	}
}

static int
url_cmp(const void *pa, const void *pb)
{
	const struct ka_url_span *a = pa, *b = pb;
	int c = ka_str_cmp(a->url, b->url);

	return c ? c : ka_str_cmp(a->verb, b->verb);
}

static void
count_urls(struct ka_measurer *m, struct ka_sum *sum, struct ka_measure *ret)
{
	if (m->nurls)
		qsort(m->url, m->nurls, sizeof *m->url, url_cmp);
	for (size_t i = 0; i < m->nurls;) {
		bool exact = false;
		size_t first = i;

		for (; i < m->nurls && !url_cmp(&m->url[first], &m->url[i]); i++)
			exact = exact || m->url[i].exact;
		ret->urls++;
		sum->all.atoms++;
		sum->all.weight++;
		sum->all.wild += !exact;
	}
}

/* ---- namespaces ---- */

/* Each namespace object may be held through a binding in its namespace. */
static void
hold_itself(struct ka_measurer *m, const struct run *run, const struct ka_grant *grant)
{
	const char *namespace = grant[run->first].namespace;

	for (size_t g = run->first; g < run->first + run->n; g++) {
		const struct ka_expansion *e = m->gives[g];

		for (size_t i = 0; i < e->nspans; i++) {
			uint64_t verbs = ka_own_namespace_verbs(m->cat, e->span[i].row, e->span[i].verbs);
			const struct ka_name_span span = { e->span[i].row, namespace, verbs, e->span[i].exact };

			if (verbs)
				push_named(&m->cluster, &span);
		}
		for (size_t i = 0; i < e->nnamed; i++) {
			struct ka_name_span span = e->named[i];

			span.verbs = ka_own_namespace_verbs(m->cat, span.row, span.verbs);
			if (span.verbs && !strcmp(span.name, namespace))
				push_named(&m->cluster, &span);
		}
	}
}

static void
hold_here(struct ka_measurer *m, const struct ka_expansion *e)
{
	for (size_t i = 0; i < e->nspans; i++) {
		const struct ka_row_span *span = &e->span[i];
		struct held *held = &m->held[span->row];

		if (!m->cat->row[span->row].namespaced)
			continue;
		if (!held->here) {
			KA_GROW(m->touched_here, m->ntouched_here, m->touched_here_cap);
			m->touched_here[m->ntouched_here++] = span->row;
		}
		held->here |= span->verbs;
		held->here_exact |= span->exact;
	}
	for (size_t i = 0; i < e->nnamed; i++)
		if (m->cat->row[e->named[i].row].namespaced)
			push_named(&m->here, &e->named[i]);
}

/* What one namespace of this run holds, `base` being what every namespace does by the cluster's. */
static void
count_run(struct ka_measurer *m, const struct run *run, const struct ka_sum *base, const struct ka_sum *base_named,
	  struct ka_sum *ret)
{
	*ret = *base;
	m->ntouched_here = m->here.n = 0;
	for (size_t g = run->first; g < run->first + run->n; g++)
		hold_here(m, m->gives[g]);
	for (size_t i = 0; i < m->ntouched_here; i++) {
		uint32_t row = m->touched_here[i];
		const struct held *held = &m->held[row];
		struct ka_sum before = { 0 };

		ka_measure_add(m, &before, row, held->verbs, held->exact);
		subtract(ret, &before);
		ka_measure_add(m, ret, row, held->verbs | held->here, held->exact | held->here_exact);
	}
	if (m->here.n || (base_named->all.atoms && m->ntouched_here)) {
		for (size_t i = 0; i < m->cluster.n; i++)
			push_named(&m->here, &m->cluster.v[i]);
		unite_named(&m->here);
		add_named(m, ret, &m->here, true);
	} else {
		add_times(ret, base_named, 1);
	}
	for (size_t i = 0; i < m->ntouched_here; i++)
		m->held[m->touched_here[i]].here = m->held[m->touched_here[i]].here_exact = 0;
}

static int
id_cmp(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static struct ka_hash128
run_hash(struct ka_measurer *m, const struct run *run)
{
	struct ka_hash128 h = ka_hash128_start();
	size_t n = 0;

	for (size_t i = 0; i < run->n; i++) {
		KA_GROW(m->ids, n, m->ids_cap);
		m->ids[n++] = m->gives[run->first + i]->id;
	}
	qsort(m->ids, n, sizeof *m->ids, id_cmp);
	for (size_t i = 0; i < n; i++)
		if (!i || m->ids[i] != m->ids[i - 1])
			ka_hash128_feed(&h, m->ids[i]);
	return h;
}

/* Namespaces of the same rules, found together. */
static void
unite_runs(struct ka_measurer *m)
{
	struct ka_hmap seen;

	ka_hmap_init(&seen);
	for (size_t i = 0; i < m->nruns; i++) {
		struct ka_hash128 h = run_hash(m, &m->run[i]);
		struct run *same = ka_hmap_get(&seen, h);

		if (!same)
			ka_hmap_put(&seen, h, same = &m->run[i]);
		m->run[i].same = same;
		same->times++;
	}
	ka_hmap_release(&seen);
}

static void
count_namespaces(struct ka_measurer *m, struct ka_sum *ret)
{
	struct ka_sum base = { 0 }, named = { 0 }, one;
	uint64_t left = m->cat->nnamespaces;

	for (size_t i = 0; i < m->ntouched; i++)
		if (m->cat->row[m->touched[i]].namespaced)
			ka_measure_add(m, &base, m->touched[i], m->held[m->touched[i]].verbs,
				  m->held[m->touched[i]].exact);
	add_named(m, &named, &m->cluster, true);
	unite_runs(m);
	for (size_t i = 0; i < m->nruns; i++) {
		if (m->run[i].same != &m->run[i])
			continue;
		count_run(m, &m->run[i], &base, &named, &one);
		add_times(ret, &one, m->run[i].times);
		left -= m->run[i].times;
	}
	add_times(ret, &base, left);
	add_times(ret, &named, left);
}

static void
count_cluster(struct ka_measurer *m, struct ka_sum *ret)
{
	for (size_t i = 0; i < m->ntouched; i++)
		if (!m->cat->row[m->touched[i]].namespaced)
			ka_measure_add(m, ret, m->touched[i], m->held[m->touched[i]].verbs,
				  m->held[m->touched[i]].exact);
	unite_named(&m->cluster);
	add_named(m, ret, &m->cluster, false);
}

/* ---- somebody ---- */

bool
ka_subject_everybody(const struct ka_subject *s)
{
	return s->kind == KA_SUBJECT_GROUP && !strcmp(s->name, "system:authenticated");
}

static uint32_t
dead_rules(const struct ka_expansion *e, const struct ka_grant *grant)
{
	uint32_t n = 0;

	for (size_t i = 0; i < e->nrules; i++)
		n += ka_dead_here(&e->rule[i], grant) != NULL;
	return n;
}

/* Sorts the grants out: the cluster's are held at once, the others become runs. */
static void
take_grant(struct ka_measurer *m, const struct ka_grant *grant, size_t i, struct ka_measure *ret)
{
	const struct ka_expansion *e = ka_expand(m->x, grant[i].role);

	KA_GROW(m->gives, m->ngives, m->gives_cap);
	m->gives[m->ngives++] = e;
	ret->grants++;
	ret->own += !ka_subject_everybody(grant[i].subject);
	ret->rules += (uint32_t)e->nrules;
	ret->dead += dead_rules(e, &grant[i]);
	ret->cut = ret->cut || e->cut;
	if (!grant[i].namespace) {
		ret->cluster = true;
		hold(m, e);
		return;
	}
	if (i && m->nruns && !ka_str_cmp(grant[i].namespace, grant[i - 1].namespace)) {
		m->run[m->nruns - 1].n++;
		return;
	}
	KA_GROW(m->run, m->nruns, m->run_cap);
	m->run[m->nruns++] = (struct run){ .first = i, .n = 1 };
}

/* What the log says of the grants that were sorted out. */
static void
count_used(struct ka_measurer *m, const struct ka_who *who, const struct ka_grant *grant, const struct ka_sum *granted,
	   struct ka_measure *ret)
{
	const struct ka_user *user;
	struct ka_sum used = { 0 };

	if (!m->usage || who->subject.kind == KA_SUBJECT_GROUP)
		return;
	ret->observed = true;
	user = ka_usage_user(m->usage, &who->subject);
	if (user) {
		ret->events = user->events;
		ka_measure_used(m, user, grant, &used);
	}
	ret->used = used.all;
	ret->unobservable = less(granted->blind, &used.blind);
	ret->unused = less(less(granted->all, &used.all), &ret->unobservable);
	/* Whether a star alone gives it may differ from namespace to namespace. */
	ret->used.wild = ret->unobservable.wild = ret->unused.wild = 0;
}

void
ka_measure(struct ka_measurer *m, const struct ka_who *who, struct ka_measure *ret)
{
	struct ka_sum sum = { 0 };
	struct ka_grant *grant;
	size_t n = ka_rbac_grants_of(m->rbac, who, &grant);

	*ret = (struct ka_measure){ .master = ka_rbac_is_master(who) };
	m->ntouched = m->nurls = m->ngives = m->nruns = m->cluster.n = 0;
	for (size_t i = 0; i < n; i++)
		take_grant(m, grant, i, ret);
	for (size_t i = 0; i < m->nruns; i++)
		hold_itself(m, &m->run[i], grant);
	ret->namespaces = (uint32_t)m->nruns;
	count_urls(m, &sum, ret);
	count_cluster(m, &sum);
	count_namespaces(m, &sum);
	ret->granted = sum.all;
	count_used(m, who, grant, &sum, ret);
	for (size_t i = 0; i < m->ntouched; i++)
		m->held[m->touched[i]] = (struct held){ 0 };
	free(grant);
}
