/* What would be lost, and what the evidence that nobody misses it is worth. */
#include "analysis/rightsize_private.h"

#include <stdlib.h>
#include <string.h>

#include <kassay/escalate.h>
#include <kassay/out.h>

#include "analysis/schedule.h"
#include "util/alloc.h"
#include "util/str.h"
#include "util/banned.h"

const char *
ka_confidence_name(enum ka_confidence c)
{
	static const char *const names[] = {
		[KA_CONFIDENCE_LOW] = "low",
		[KA_CONFIDENCE_MEDIUM] = "medium",
		[KA_CONFIDENCE_HIGH] = "high",
	};

	return names[c];
}

/* ---- what would still be there ------------------------------------------------------------ */

/* All rules of a scope that the subject would have: new ones, and those of grants that stay. */
struct remaining {
	const char *namespace;
	bool built;
	struct ka_rule *rule;
	size_t n, cap;
};

static void
add_rule(struct remaining *r, const struct ka_rule *rule)
{
	KA_GROW(r->rule, r->n, r->cap);
	r->rule[r->n++] = *rule;
}

/* Grants that every actor keeps: of one actor, his. */
static void
build(const struct ka_sizing *s, struct remaining *r, const char *namespace)
{
	if (r->built && !ka_str_cmp(r->namespace, namespace))
		return;
	r->built = true;
	r->namespace = namespace;
	r->n = 0;
	for (size_t i = 0; i < s->ret->nroles; i++) {
		const struct ka_new_role *role = &s->ret->role[i];

		for (size_t k = 0; k < role->n; k++)
			if (!role->namespace || !ka_str_cmp(role->namespace, namespace))
				add_rule(r, &role->rule[k].rule);
	}
	if (s->nactors != 1)
		return;
	for (size_t i = 0; i < s->actor->nrest; i++) {
		size_t n;
		const struct ka_grant *g = &s->actor->rest[i];
		const struct ka_rule *rule = ka_rbac_rules(s->r->rbac, g->role, &n);

		for (size_t k = 0; k < n; k++)
			if (!g->namespace || !ka_str_cmp(g->namespace, namespace))
				add_rule(r, &rule[k]);
	}
}

static struct ka_rule
rule_of(const struct ka_atom_use *a)
{
	struct ka_rule one = { .verbs = { 1, &a->verb } };

	if (a->resource) {
		one.groups = (struct ka_strs){ 1, &a->group };
		one.resources = (struct ka_strs){ 1, &a->resource };
		one.names = a->rule->names;
	} else {
		one.urls = (struct ka_strs){ 1, &a->url };
	}
	return one;
}

enum { TRUSTED_DAYS = 30 }; /* whatever --min-window says */

/* ---- doubts ------------------------------------------------------------------------------- */

struct doubts {
	enum ka_confidence confidence;
	struct ka_out *out; /* the reasons, after each other */
};

static void
doubt(struct doubts *d, enum ka_confidence no_more_than)
{
	size_t len;

	if (no_more_than < d->confidence)
		d->confidence = no_more_than;
	ka_out_memory(d->out, &len);
	ka_out_str(d->out, len ? "; " : "");
}

static bool
pods_known(const struct ka_graph *g)
{
	for (unsigned k = 0; k < KA_NKINDS; k++)
		if ((KA_POD_KINDS & KA_BIT(k)) && !ka_graph_knows(g, (enum ka_kind)k))
			return false;
	return true;
}

/* Its work may not have come round in the time of the log. */
static void
doubt_cronjob(const struct ka_sizing *s, struct doubts *d, const struct ka_workload *job)
{
	const double days = ka_usage_quality(s->r->u)->days;
	int period = job->schedule ? ka_schedule_days(job->schedule) : -1;

	if (job->suspended) {
		doubt(d, KA_CONFIDENCE_LOW);
		ka_out_fmt(d->out, "CronJob %s, which runs as it, is suspended", job->obj.name);
	} else if (period < 0) {
		doubt(d, KA_CONFIDENCE_LOW);
		ka_out_fmt(d->out, "CronJob %s runs as it, nobody knows when", job->obj.name);
	} else if (period > days) {
		doubt(d, KA_CONFIDENCE_LOW);
		ka_out_fmt(d->out, "CronJob %s, which runs as it, may pause for %d days", job->obj.name, period);
	}
}

static void
doubt_workloads(const struct ka_sizing *s, struct doubts *d)
{
	const struct ka_subject *subject = &s->ret->subject;
	const struct ka_graph *g = s->r->g;
	size_t running = 0;

	if (subject->kind != KA_SUBJECT_SERVICEACCOUNT)
		return;
	for (size_t i = 0; i < g->nunits; i++) {
		const struct ka_unit *u = &g->unit[i];

		if (!u->spec || ka_str_cmp(u->object->namespace, subject->namespace) ||
		    strcmp(u->spec->service_account, subject->name) != 0)
			continue;
		running++;
		if (u->object->kind == KA_CRONJOB && !u->object->ghost)
			doubt_cronjob(s, d, ka_as_workload(u->object));
	}
	if (!running && pods_known(g)) {
		doubt(d, KA_CONFIDENCE_HIGH);
		ka_out_str(d->out, "no pod or workload runs as it now");
	}
}

static void
doubt_log(const struct ka_sizing *s, struct doubts *d)
{
	const struct ka_quality *q = ka_usage_quality(s->r->u);

	if (q->days < TRUSTED_DAYS) {
		doubt(d, KA_CONFIDENCE_LOW);
		ka_out_fmt(d->out, "fewer than %d days show little", TRUSTED_DAYS);
	}
	if (q->empty_hours * 10 > q->hours) {
		doubt(d, KA_CONFIDENCE_MEDIUM);
		ka_out_fmt(d->out, "%llu of %llu hours of the log are empty", (unsigned long long)q->empty_hours,
			   (unsigned long long)q->hours);
	}
	if (q->lacks_object) {
		doubt(d, KA_CONFIDENCE_MEDIUM);
		ka_out_fmt(d->out, "%llu events do not tell the object", (unsigned long long)q->lacks_object);
	}
	if (q->lacks_time) {
		doubt(d, KA_CONFIDENCE_MEDIUM);
		ka_out_fmt(d->out, "%llu events do not tell the time", (unsigned long long)q->lacks_time);
	}
}

static void
doubt_unlogged(const struct ka_sizing *s, struct doubts *d)
{
	if (!ka_sizing_writes_rbac(s))
		return;
	doubt(d, KA_CONFIDENCE_LOW);
	ka_out_str(d->out, "it writes roles or bindings, and must hold what they grant");
}

/* ---- removals ----------------------------------------------------------------------------- */

static bool
would_go(const struct ka_rightsize *ret, const struct ka_binding *b)
{
	for (size_t i = 0; i < ret->nbindings; i++)
		if (ret->binding[i] == b)
			return true;
	return false;
}

/* How many days of the log the binding was there; all of them when its age is not told. */
static double
days_bound(const struct ka_quality *q, const struct ka_binding *b)
{
	double days = ((double)q->last / 1e6 - (double)b->created) / 86400;

	if (!b->created || !q->last || days > q->days)
		return q->days;
	return days > 0 ? days : 0;
}

static const char *
reason_of(struct ka_sizing *s, const struct ka_removal *r, const char *doubts)
{
	const struct ka_quality *q = ka_usage_quality(s->r->u);
	const double days = q->days, bound = days_bound(q, r->binding);

	if (r->atom->use == KA_USE_UNOBSERVABLE)
		return ka_arena_fmt(s->arena, "no use seen, which proves nothing: %s", r->atom->why);
	if (bound < days)
		return ka_arena_fmt(s->arena, "%s in the %.1f days of log since the binding was made%s%s",
				    r->narrowed ? "no other use seen" : "no use seen", bound, *doubts ? "; " : "", doubts);
	return ka_arena_fmt(s->arena, "%s in %.1f days of log%s%s", r->narrowed ? "no other use seen" : "no use seen",
			    days, *doubts ? "; " : "", doubts);
}

static void
add_removal(struct ka_sizing *s, const struct ka_atom_use *a, const struct ka_grant *g, const struct doubts *d)
{
	struct ka_rightsize *ret = s->ret;
	struct ka_removal *r = &ret->removal[ret->nremovals++];

	*r = (struct ka_removal){
		.atom = a,
		.binding = g->binding,
		.namespace = g->namespace,
		.narrowed = a->use == KA_USE_USED,
		.confidence = a->use == KA_USE_UNOBSERVABLE ? KA_CONFIDENCE_LOW : d->confidence,
	};
	if (days_bound(ka_usage_quality(s->r->u), g->binding) < TRUSTED_DAYS)
		r->confidence = KA_CONFIDENCE_LOW;
	r->reason = reason_of(s, r, ka_out_memory(d->out, NULL));
	if (ret->nremovals == 1 || r->confidence < ret->confidence)
		ret->confidence = r->confidence;
}

static void
count_atom(struct ka_rightsize *ret, const struct ka_atom_use *a)
{
	ret->natoms++;
	ret->nunused += a->use == KA_USE_UNUSED;
	ret->nunobservable += a->use == KA_USE_UNOBSERVABLE;
}

static void
find_removals(struct ka_sizing *s, const struct doubts *d)
{
	struct ka_rightsize *ret = s->ret;
	struct remaining left = { .built = false };

	ret->removal = ka_arena_array(s->arena, ret->held.natoms + 1, sizeof *ret->removal);
	for (size_t i = 0; i < ret->held.natoms; i++) {
		const struct ka_atom_use *a = &ret->held.atom[i];
		const struct ka_grant *g = &ret->held.grant[a->grant].grant;
		struct ka_rule one;

		if (!would_go(ret, g->binding))
			continue;
		count_atom(ret, a);
		build(s, &left, g->namespace);
		one = rule_of(a);
		if (!ka_rules_cover(left.rule, left.n, &one, 1, NULL))
			add_removal(s, a, g, d);
	}
	free(left.rule);
}

/* A group's use is that of its members, which the log does not have under its name. */
static void
use_of_members(struct ka_sizing *s)
{
	struct ka_held_use *held = &s->ret->held;

	for (size_t i = 0; i < held->natoms; i++) {
		struct ka_atom_use *a = &held->atom[i];
		const struct ka_rule one = rule_of(a);
		const char *ns = held->grant[a->grant].grant.namespace;

		for (size_t k = 0; k < s->nkept; k++) {
			const struct ka_kept *kept = &s->kept[k];

			if ((ns && ka_str_cmp(ns, kept->req.namespace)) || !ka_rule_allows(&one, &kept->req))
				continue;
			a->use = KA_USE_USED;
			a->count += kept->used->allowed;
		}
	}
}

/* ---- notes -------------------------------------------------------------------------------- */

static void
note(struct ka_sizing *s, const char *text)
{
	s->ret->note[s->ret->nnotes++] = text;
}

static unsigned
widened(const struct ka_rightsize *ret)
{
	unsigned bits = 0;

	for (size_t i = 0; i < ret->nroles; i++)
		for (size_t k = 0; k < ret->role[i].n; k++)
			bits |= ret->role[i].rule[k].widened;
	return bits;
}

static void
note_requests(struct ka_sizing *s)
{
	const struct ka_rightsize *ret = s->ret;

	if (ret->by_groups)
		note(s, ka_arena_fmt(s->arena, "%llu of the requests need no rule: %s allow them, and stay",
				     (unsigned long long)ret->by_groups,
				     ret->subject.kind == KA_SUBJECT_GROUP ? "other grants of its members" : "grants to groups"));
	if (ret->gone)
		note(s, ka_arena_fmt(s->arena, "%llu of the requests RBAC as it is now would not allow: they get no rule",
				     (unsigned long long)ret->gone));
	if (ret->inexpressible)
		note(s, ka_arena_fmt(s->arena, "%llu of the requests have a * in their path: a rule for them would be a wildcard, "
					       "so they would be denied",
				     (unsigned long long)ret->inexpressible));
	if (ka_sizing_writes_rbac(s))
		note(s, "it writes roles or bindings: the API server refuses that of who neither holds what they grant nor "
			"may escalate or bind, and the log does not show what they granted");
	if (widened(ret) & KA_GENERALIZE_MANY)
		note(s, "so many names were used that their rule has none");
}

static bool
groups_unknown(const struct ka_sizing *s)
{
	for (size_t i = 0; i < s->nactors; i++)
		if (s->actor[i].user->subject.kind == KA_SUBJECT_USER &&
		    (s->actor[i].user->groups_unknown || s->actor[i].user->impersonated))
			return true;
	return false;
}

static void
add_notes(struct ka_sizing *s)
{
	struct ka_rightsize *ret = s->ret;

	ret->note = ka_arena_array(s->arena, ret->nbindings + 8, sizeof *ret->note);
	note_requests(s);
	if (groups_unknown(s))
		note(s, "the log does not tell for sure which groups it is always in: their grants were not counted on");
	for (size_t i = 0; i < ret->nbindings; i++)
		if (ret->binding[i]->bootstrap)
			note(s, ka_arena_fmt(s->arena, "the API server restores the subjects of %s %s when it starts, "
						       "unless its annotation rbac.authorization.kubernetes.io/autoupdate "
						       "is \"false\"",
					     ret->binding[i]->obj.kind_name, ret->binding[i]->obj.name));
}

void
ka_sizing_evidence(struct ka_sizing *s)
{
	struct doubts d = { KA_CONFIDENCE_HIGH, ka_out_mem() };

	ka_usage_of(s->r->u, s->r->rbac, &s->who, &s->ret->held);
	if (s->ret->subject.kind == KA_SUBJECT_GROUP)
		use_of_members(s);
	doubt_log(s, &d);
	doubt_workloads(s, &d);
	doubt_unlogged(s, &d);
	find_removals(s, &d);
	add_notes(s);
	ka_out_discard(d.out);
}
