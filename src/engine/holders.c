#include "engine/holders.h"

#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"
#include "util/arena.h"
#include "util/intern.h"
#include "util/str.h"

#include "util/banned.h"

struct judging {
	const struct ka_facts *facts;
	const struct ka_usage *usage;
	struct ka_catalogue *cat;
	struct ka_measurer *m;
	struct ka_crowds *crowds;
	struct ka_least_privilege *ret;
	struct ka_holder *v;
	size_t n, cap;
};

/* ---- who is worth a line ------------------------------------------------------------------ */

static bool
beyond_everybody(const struct judging *j, const struct ka_measure *m)
{
	return m->own && (m->master || m->granted.atoms > j->ret->everybody.atoms);
}

static void
judge_subject(struct judging *j, const struct ka_subject *s)
{
	const struct ka_who who = { .subject = *s };
	struct ka_holder a = { .subject = *s, .builtin = ka_subject_builtin(s) };

	if (ka_subject_everybody(s))
		return;
	ka_measure(j->m, &who, &a.measure);
	if (!beyond_everybody(j, &a.measure)) {
		j->ret->nothing++;
		return;
	}
	a.crowd = ka_crowd_of(j->crowds, s);
	ka_powers_blast(j->facts->powers, &who, KA_POWERS_ALL, &a.blast);
	a.dormant = a.measure.observed && !a.measure.events && s->kind == KA_SUBJECT_SERVICEACCOUNT &&
		    !a.crowd.workloads;
	j->ret->nbuiltin += a.builtin;
	KA_GROW(j->v, j->n, j->cap);
	j->v[j->n++] = a;
}

/* ---- in order ----------------------------------------------------------------------------- */

static int
most_first(uint64_t a, uint64_t b)
{
	return (a < b) - (a > b);
}

static int
holder_cmp(const void *pa, const void *pb)
{
	const struct ka_holder *a = pa, *b = pb;
	int c = a->builtin - b->builtin;

	if (!c)
		c = b->measure.master - a->measure.master;
	if (!c)
		c = most_first(a->measure.granted.weight, b->measure.granted.weight);
	if (!c)
		c = most_first(a->measure.granted.atoms, b->measure.granted.atoms);
	if (!c)
		c = (int)a->subject.kind - (int)b->subject.kind;
	if (!c)
		c = ka_str_cmp(a->subject.namespace, b->subject.namespace);
	return c ? c : ka_str_cmp(a->subject.name, b->subject.name);
}

/* The engine's names go with the engine; the report stays. */
static const char *
keep(struct ka_intern *in, const char *s)
{
	return s ? ka_intern(in, s) : NULL;
}

static void
hand_over(struct judging *j, struct ka_arena *arena, struct ka_intern *in)
{
	if (j->n)
		qsort(j->v, j->n, sizeof *j->v, holder_cmp);
	for (size_t i = 0; i < j->n; i++) {
		struct ka_subject *s = &j->v[i].subject;

		s->kind_name = keep(in, s->kind_name);
		s->namespace = keep(in, s->namespace);
		s->name = keep(in, s->name);
	}
	j->ret->subject = ka_arena_copy(arena, j->v, j->n * sizeof *j->v);
	j->ret->nsubjects = j->n;
}

/* ---- all of them -------------------------------------------------------------------------- */

static void
judge_everybody(struct judging *j)
{
	const struct ka_who everybody = {
		.subject = { KA_SUBJECT_GROUP, "Group", NULL, "system:authenticated" },
	};
	struct ka_measure m;

	ka_measure(j->m, &everybody, &m);
	j->ret->everybody = m.granted;
}

void
ka_holders_judge(const struct ka_facts *facts, const struct ka_usage *usage, struct ka_arena *arena,
		struct ka_intern *in, struct ka_least_privilege *ret)
{
	static const enum ka_kind kinds[] = { KA_CLUSTERROLEBINDING, KA_ROLEBINDING, KA_CLUSTERROLE, KA_ROLE };
	struct judging j = { .facts = facts, .usage = usage, .ret = ret };
	const struct ka_subject *s;
	size_t n;

	*ret = (struct ka_least_privilege){ .judged = true, .missing = KA_NKINDS };
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds && ret->missing == KA_NKINDS; i++)
		if (!ka_graph_knows(facts->g, kinds[i]))
			ret->missing = kinds[i];
	j.cat = ka_catalogue_new(facts->g);
	j.m = ka_measurer_new(facts->rbac, j.cat);
	j.crowds = ka_crowds_new(facts->g);
	if (usage) {
		ka_measurer_usage(j.m, usage);
		ret->log = ka_usage_quality(usage);
	}
	ret->served = j.cat->served;
	ret->nresources = j.cat->n;
	ret->nnamespaces = j.cat->nnamespaces;
	judge_everybody(&j);
	s = ka_rbac_subjects(facts->rbac, &n);
	for (size_t i = 0; i < n; i++)
		judge_subject(&j, &s[i]);
	hand_over(&j, arena, in);
	free(j.v);
	ka_crowds_free(j.crowds);
	ka_measurer_free(j.m);
	ka_catalogue_free(j.cat);
}
