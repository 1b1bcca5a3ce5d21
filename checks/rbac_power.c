/* What subjects can really do, judged binding by binding.
 *
 * One finding a binding: it is what one edits, and its subjects share the fault.  A capability that
 * several bindings make together is told of the one that gives it its meaning, the others in `via`.
 * A rule that allows everything is told once, as such, and not again under each capability. */
#include "rbac_power.h"

#include <string.h>

#include <kassay/rbac.h>

#include "rbac_common.h"

/* What is found on one grant. */
struct found {
	const struct ka_facts *facts;
	const struct ka_grant *grant;
	struct ka_power power;
	enum ka_severity severity;
};

/* ---- how bad ---- */

/* What gives any service account of the namespace, and with the strongest of them perhaps the
 * cluster: that account, or NULL. */
static const char *
admin_within_reach(const struct ka_facts *facts, const struct ka_power *power)
{
	const uint64_t any_account = CAP(CREATE_PODS) | CAP(TAKE_NODES) | CAP(TOKENS) | CAP(MINT_TOKENS) |
				     CAP(IMPERSONATE);

	if (!power->namespace || power->lacks || power->width != KA_WIDTH_ALL ||
	    !(any_account >> power->cap & 1))
		return NULL;
	return ka_powers_admin_in(facts->powers, power->namespace);
}

static enum ka_severity
severity_of(const struct ka_check *check, const struct ka_facts *facts, size_t cap,
	    const struct ka_power *power)
{
	const struct power_rule *p = check->param;
	enum ka_severity s = ka_severity_below(check->severity, p->cap[cap].less);

	if (power->namespace && p->where == ANYWHERE && !p->cap[cap].open &&
	    !admin_within_reach(facts, power))
		s = ka_severity_below(s, 1);
	if (power->width == KA_WIDTH_NAMED)
		s = ka_severity_below(s, 1);
	if (power->lacks) {
		s = ka_severity_below(s, 1);
		if (s > KA_MEDIUM)
			s = KA_MEDIUM;
	}
	return s;
}

/* The worst that the grant gives to the subject; NULL: to anybody. */
static struct found
worst_for(const struct ka_check *check, const struct ka_facts *facts, const struct ka_grant *grant,
	  const struct ka_subject *subject)
{
	const struct power_rule *p = check->param;
	struct found worst = { .facts = facts, .grant = grant };

	for (size_t i = 0; i < p->ncaps; i++) {
		struct ka_power power;
		enum ka_severity s;

		if (!ka_powers_through(facts->powers, grant, subject, p->cap[i].cap, &power))
			continue;
		s = severity_of(check, facts, i, &power);
		if (s <= worst.severity)
			continue;
		worst.severity = s;
		worst.power = power;
	}
	return worst;
}

/* ---- who ---- */

struct having {
	const struct ka_check *check;
	struct found *worst;
};

static bool
same_power(const struct ka_power *a, const struct ka_power *b)
{
	return a->cap == b->cap && a->what == b->what && !a->lacks == !b->lacks &&
	       (a->namespace == b->namespace ||
		(a->namespace && b->namespace && !strcmp(a->namespace, b->namespace)));
}

static bool
has_it(void *arg, const struct ka_subject *s)
{
	const struct having *h = arg;
	struct found one = worst_for(h->check, h->worst->facts, h->worst->grant, s);

	return one.severity == h->worst->severity && same_power(&one.power, &h->worst->power);
}

/* True when what the grant gives by itself cannot be more for anybody, whatever else they hold. */
static bool
stands_alone(const struct ka_check *check, const struct found *alone)
{
	const struct power_rule *p = check->param;
	struct ka_power most = { .namespace = alone->grant->namespace, .width = KA_WIDTH_ALL };
	uint64_t at = ka_powers_at(alone->facts->powers, alone->grant);

	if (!alone->severity || alone->power.lacks)
		return false;
	for (size_t i = 0; i < p->ncaps; i++) {
		most.cap = p->cap[i].cap;
		if ((at >> most.cap & 1) && most.cap != alone->power.cap &&
		    severity_of(check, alone->facts, i, &most) > alone->severity)
			return false;
	}
	return true;
}

static const char *
find_worst(struct ka_run *run, const struct ka_check *check, struct found *worst)
{
	const struct ka_binding *b = worst->grant->binding;

	*worst = worst_for(check, worst->facts, worst->grant, NULL);
	if (stands_alone(check, worst))
		return ka_subjects_judged(run, worst->grant, NULL, NULL);
	*worst = (struct found){ .facts = worst->facts, .grant = worst->grant };
	for (size_t i = 0; i < b->nsubjects; i++) {
		struct found one;

		if (!ka_subject_judged(worst->grant, &b->subject[i]))
			continue;
		one = worst_for(check, worst->facts, worst->grant, &b->subject[i]);
		if (one.severity > worst->severity)
			*worst = one;
	}
	if (!worst->severity)
		return NULL;
	return ka_subjects_judged(run, worst->grant, has_it,
				  &(struct having){ .check = check, .worst = worst });
}

/* ---- telling ---- */

static const char *
scope_of(struct ka_run *run, const struct ka_power *power)
{
	if (!power->namespace)
		return "in the whole cluster";
	if (power->more_namespaces)
		return ka_text(run, "in namespace %s and %zu more", power->namespace,
			       power->more_namespaces);
	return ka_text(run, "in namespace %s", power->namespace);
}

/* The other bindings that take part, each once, after the grant's role. */
static const char *
others(struct ka_run *run, const struct found *f, struct ka_fault *fault)
{
	const char *text = "";
	size_t n = 0;

	fault->via[n++] = &f->grant->role->obj;
	for (size_t i = 0; i < f->power.nsteps; i++) {
		const struct ka_object *b = &f->power.step[i].grant.binding->obj;
		bool told = b == &f->grant->binding->obj;

		for (size_t k = 0; k < n; k++)
			told = told || fault->via[k] == b;
		if (told || n == sizeof fault->via / sizeof *fault->via)
			continue;
		fault->via[n++] = b;
		text = ka_text(run, "%s, together with %s %s", text, b->kind_name, b->name);
	}
	return text;
}

static const struct ka_rule *
rule_of(const struct found *f)
{
	for (size_t i = 0; i < f->power.nsteps; i++)
		if (f->power.step[i].grant.binding == f->grant->binding)
			return f->power.step[i].rule;
	return f->power.step[0].rule;
}

static void
tell(struct ka_run *run, const struct ka_check *check, const struct found *f, const char *who)
{
	const struct power_rule *p = check->param;
	const struct ka_power *power = &f->power;
	const struct ka_object *role = &f->grant->role->obj;
	const char *name = power->width == KA_WIDTH_NAMED ? ", by name only" : "";
	const char *scope = scope_of(run, power), *with, *admin = admin_within_reach(f->facts, power);
	struct ka_fault fault = {
		.obj = &f->grant->binding->obj,
		.path = "roleRef",
		.expected = p->expected,
		.severity = f->severity,
	};
	char text[256];

	fault.observed = ka_text(run, "%s", ka_rule_text(rule_of(f), text));
	with = others(run, f, &fault);
	if (admin)
		with = ka_text(run, "%s; %s there may do everything", with, admin);
	if (power->assuming)
		with = ka_text(run, "%s, if %s", with, power->assuming);
	if (power->lacks)
		fault.message = ka_text(run, "%s: %s %s%s, through %s %s, but without %s", who,
					power->what, scope, name, role->kind_name, role->name,
					power->lacks);
	else
		fault.message = ka_text(run, "%s may %s %s%s, through %s %s%s", who,
					ka_cap_info(power->cap)->may, scope, name, role->kind_name,
					role->name, with);
	ka_fail(run, &fault);
}

/* ---- judging ---- */

static uint64_t
caps_of(const struct power_rule *p)
{
	uint64_t caps = 0;

	for (size_t i = 0; i < p->ncaps; i++)
		caps |= (uint64_t)1 << p->cap[i].cap;
	return caps;
}

/* Whoever may do more by the same grant is told of that. */
static bool
told_elsewhere(const struct ka_facts *facts, const struct ka_grant *grant, uint64_t caps)
{
	struct ka_power power;

	caps &= ka_powers_at(facts->powers, grant);
	for (int cap = 0; cap < KA_NCAPS; cap++)
		if ((caps >> cap & 1) &&
		    ka_powers_through(facts->powers, grant, NULL, (enum ka_cap)cap, &power) &&
		    !power.lacks)
			return true;
	return false;
}

static void
judge(struct ka_run *run, const struct ka_check *check, const struct ka_facts *facts,
      const struct ka_grant *grant)
{
	const struct power_rule *p = check->param;
	struct found worst = { .facts = facts, .grant = grant };
	const char *who;

	if (!(ka_powers_at(facts->powers, grant) & (p->base ? p->base : caps_of(p))) ||
	    told_elsewhere(facts, grant, p->beside))
		return;
	who = find_worst(run, check, &worst);
	if (who)
		tell(run, check, &worst, who);
}

int
power_run(struct ka_run *run, const struct ka_check *check, const struct ka_facts *facts,
	  struct ka_err *err)
{
	const struct power_rule *p = check->param;
	size_t n;
	const struct ka_grant *grant = ka_rbac_grants(facts->rbac, &n);

	(void)err;
	for (size_t i = 0; i < n; i++) {
		if (p->where != ANYWHERE && (p->where == NAMESPACED) != (grant[i].namespace != NULL))
			continue;
		ka_saw(run, &grant[i].binding->obj);
		judge(run, check, facts, &grant[i]);
	}
	return 0;
}
