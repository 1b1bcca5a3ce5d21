/* What a person at a terminal needs first, on two screens at most: the whole is for the other
 * formats.  Every string goes through ka_out_term(). */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <kassay/rbac.h>

#include "common.h"
#include "wrap.h"

enum {
	MAX_GROUPS = 10,
	MAX_EXAMPLES = 3,
	MAX_GAPS = 8,
	MAX_REASONS = 4,
	MAX_PROBLEMS = 3,
	MAX_BENCHES = 6,
	MAX_HOLDERS = 3,
};

struct term {
	struct ka_wrap w;
	const struct ka_report *r;
};

/* For our own words and numbers; names of others go to ka_wrap_text() whole. */
static void __attribute__((format(printf, 2, 3)))
say(struct term *t, const char *fmt, ...)
{
	char s[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(s, sizeof s, fmt, ap);
	va_end(ap);
	ka_wrap_text(&t->w, s);
}

static void
heading(struct term *t, const char *s)
{
	ka_wrap_newline(&t->w);
	ka_wrap_style(&t->w, "1");
	ka_wrap_start(&t->w, 0, 0);
	ka_wrap_text(&t->w, s);
	ka_wrap_style(&t->w, "0");
	ka_wrap_newline(&t->w);
}

static const char *
severity_style(enum ka_severity s)
{
	static const char *const sgr[] = {
		[KA_SEV_DEFAULT] = "0", [KA_INFO] = "2",  [KA_LOW] = "36",
		[KA_MEDIUM] = "33",	[KA_HIGH] = "31", [KA_CRITICAL] = "1;31",
	};

	return sgr[s];
}

/* ---- scope ----------------------------------------------------------------------------- */

static void
fact(struct term *t, const char *label, const char *value)
{
	if (!value || !*value)
		return;
	if (label)
		ka_wrap_text(&t->w, label);
	ka_wrap_text(&t->w, value);
	ka_wrap_glued(&t->w, ";");
}

static void
put_distribution(struct term *t, const struct ka_graph *g)
{
	if (!g->distribution)
		return;
	ka_wrap_text(&t->w, g->distribution);
	if (g->distribution_reason) {
		ka_wrap_text(&t->w, "(");
		ka_wrap_glued(&t->w, g->distribution_reason);
		ka_wrap_glued(&t->w, ")");
	}
	ka_wrap_glued(&t->w, ";");
}

static void
scope(struct term *t)
{
	const struct ka_graph *g = t->r->g;
	size_t workloads = 0;

	for (enum ka_kind k = 0; k < KA_NKINDS; k++)
		if (KA_WORKLOAD_KINDS & KA_BIT(k))
			workloads += g->of[k].n;
	ka_wrap_style(&t->w, "1");
	ka_wrap_start(&t->w, 0, 14);
	ka_wrap_text(&t->w, "kassay");
	ka_wrap_style(&t->w, "0");
	ka_wrap_text(&t->w, t->r->tool_version);
	ka_wrap_pad(&t->w, t->w.col < 12 ? 14 : t->w.col + 2);
	ka_wrap_text(&t->w, g->source ? g->source : "no source");
	ka_wrap_newline(&t->w);
	ka_wrap_start(&t->w, 14, 14);
	fact(t, "cluster", g->cluster_uid);
	fact(t, "Kubernetes", g->kubernetes_version);
	put_distribution(t, g);
	fact(t, "read", g->started);
	say(t, "%zu namespace%s, %zu workload%s, %zu pod%s", g->of[KA_NAMESPACE].n,
	    ka_plural(g->of[KA_NAMESPACE].n), workloads, ka_plural(workloads), g->of[KA_POD].n,
	    ka_plural(g->of[KA_POD].n));
	ka_wrap_newline(&t->w);
}

/* ---- verdict --------------------------------------------------------------------------- */

static void
label(struct term *t, const char *s)
{
	ka_wrap_style(&t->w, "1");
	ka_wrap_start(&t->w, 0, 14);
	ka_wrap_text(&t->w, s);
	ka_wrap_style(&t->w, "0");
	ka_wrap_pad(&t->w, 14);
}

static void
verdict(struct term *t)
{
	const struct ka_report *r = t->r;
	const uint32_t *n = r->status_count;
	uint32_t applicable = n[KA_PASS] + n[KA_FAIL] + n[KA_UNKNOWN];
	bool any = false;

	ka_wrap_newline(&t->w);
	label(t, "Coverage");
	say(t, "%u%% of %u applicable check%s judged: %u pass, %u fail; besides: %u unknown,",
	    ka_percent(r->coverage), applicable, ka_plural(applicable), n[KA_PASS], n[KA_FAIL],
	    n[KA_UNKNOWN]);
	say(t, "%u manual, %u not applicable", n[KA_MANUAL], n[KA_NA]);
	ka_wrap_newline(&t->w);
	label(t, "Findings");
	for (enum ka_severity s = KA_CRITICAL; s > KA_SEV_DEFAULT; s--) {
		if (!r->severity_count[s])
			continue;
		if (any)
			ka_wrap_glued(&t->w, ",");
		any = true;
		ka_wrap_style(&t->w, severity_style(s));
		say(t, "%" PRIu64 " %s", r->severity_count[s], ka_severity_name(s));
		ka_wrap_style(&t->w, "0");
	}
	if (!any)
		say(t, "none");
	if (r->waived_count) {
		ka_wrap_glued(&t->w, ";");
		say(t, "%" PRIu64 " waived", r->waived_count);
	}
	ka_wrap_newline(&t->w);
	if (!r->baseline_file)
		return;
	label(t, "Baseline");
	say(t, "%zu new, %" PRIu64 " known, %" PRIu64 " gone since", ka_new_findings(r, KA_INFO),
	    r->known_count, r->gone_count);
	ka_wrap_text(&t->w, r->baseline_file);
	ka_wrap_newline(&t->w);
}

/* ---- worst findings -------------------------------------------------------------------- */

static void
put_object(struct term *t, const struct ka_object *o)
{
	char name[400];

	snprintf(name, sizeof name, "%.100s%s%.80s/%.160s%s", o->namespace ? o->namespace : "",
		 o->namespace ? "/" : "", o->kind_name, o->name,
		 strlen(o->name) > 160 ? "..." : "");
	ka_wrap_text(&t->w, name);
}

static void
examples(struct term *t, const struct ka_result *res)
{
	const struct ka_object *last = NULL;
	size_t in_force = ka_in_force(res);
	unsigned n = 0;

	ka_wrap_start(&t->w, 10, 10);
	say(t, "%zu finding%s:", in_force, ka_plural(in_force));
	for (size_t i = 0; i < res->nfindings; i++) {
		const struct ka_finding *f = &t->r->finding[res->first + i];

		if (f->waiver || f->obj == last)
			continue;
		last = f->obj;
		if (n++)
			ka_wrap_glued(&t->w, ",");
		if (n > MAX_EXAMPLES) {
			say(t, "...");
			break;
		}
		put_object(t, f->obj);
	}
	ka_wrap_newline(&t->w);
}

static void
group(struct term *t, const struct ka_result *res, enum ka_severity worst)
{
	ka_wrap_style(&t->w, severity_style(worst));
	ka_wrap_start(&t->w, 0, 10);
	ka_wrap_text(&t->w, ka_severity_name(worst));
	ka_wrap_style(&t->w, "0");
	ka_wrap_pad(&t->w, 10);
	ka_wrap_style(&t->w, "1");
	ka_wrap_text(&t->w, res->check->title);
	ka_wrap_style(&t->w, "0");
	say(t, "(%s)", res->check->key);
	ka_wrap_newline(&t->w);
	examples(t, res);
	ka_wrap_start(&t->w, 10, 15);
	ka_wrap_style(&t->w, "2");
	ka_wrap_text(&t->w, "Fix:");
	ka_wrap_style(&t->w, "0");
	ka_wrap_text(&t->w, res->check->fix);
	ka_wrap_newline(&t->w);
}

static const struct ka_result *
worst_findings(struct term *t)
{
	struct ka_worst_walk walk = { 0 };
	const struct ka_result *res, *top = NULL;
	size_t more = 0, n = 0;

	while ((res = ka_worst_next(t->r, &walk)) != NULL) {
		if (++n > MAX_GROUPS) {
			more++;
			continue;
		}
		if (n == 1) {
			heading(t, "What fails, worst first");
			top = res;
		}
		group(t, res, walk.severity);
	}
	if (more) {
		ka_wrap_start(&t->w, 10, 10);
		say(t,
		    more == 1 ? "and %zu more check that fails" : "and %zu more checks that fail",
		    more);
		ka_wrap_newline(&t->w);
	}
	return top;
}

/* ---- what could not be judged ---------------------------------------------------------- */

static void
gap(struct term *t, enum ka_kind kind)
{
	const struct ka_evidence *ev = &t->r->g->ledger[kind];
	size_t blocked = ka_blocked_by(t->r, kind);
	char mend[256];

	ka_mend(mend, sizeof mend, t->r->g, kind);
	ka_wrap_start(&t->w, 2, 10);
	ka_wrap_text(&t->w, ka_kind_info(kind)->kind);
	ka_wrap_glued(&t->w, ":");
	ka_wrap_text(&t->w, ka_evidence_status_name(ev->status));
	if (ev->api_path)
		say(t, "(%s)", ev->api_path);
	if (ev->reason) {
		ka_wrap_glued(&t->w, ",");
		ka_wrap_text(&t->w, ev->reason);
	}
	if (blocked) {
		ka_wrap_glued(&t->w, ";");
		say(t, "%zu check%s unknown for it", blocked, blocked == 1 ? " is" : "s are");
	}
	ka_wrap_newline(&t->w);
	ka_wrap_start(&t->w, 10, 10);
	ka_wrap_style(&t->w, "2");
	ka_wrap_text(&t->w, "Mend:");
	ka_wrap_style(&t->w, "0");
	ka_wrap_text(&t->w, mend);
	ka_wrap_newline(&t->w);
}

static void
problem(struct term *t, const struct ka_problem *p)
{
	char line[16];

	snprintf(line, sizeof line, ":%u:", p->line);
	ka_wrap_start(&t->w, 2, 10);
	ka_wrap_text(&t->w, ka_file_name(t->r->g, p->file));
	ka_wrap_glued(&t->w, line);
	ka_wrap_text(&t->w, p->text);
	ka_wrap_newline(&t->w);
}

/* Unknown for another reason than a gap in the ledger: not offered, or the check itself broke. */
static bool
other_reason(const struct term *t, const struct ka_result *res)
{
	ka_kinds looks_at = res->check->scope | res->check->needs;

	if (res->status != KA_UNKNOWN)
		return false;
	for (enum ka_kind k = 0; k < KA_NKINDS; k++)
		if ((looks_at & KA_BIT(k)) && ka_ledger_gap(t->r->g, k))
			return false;
	return true;
}

static void
and_more(struct term *t, size_t n, size_t shown, const char *what)
{
	if (n <= shown)
		return;
	ka_wrap_start(&t->w, 2, 10);
	say(t, "and %zu more %s", n - shown, what);
	ka_wrap_newline(&t->w);
}

static void
unjudged(struct term *t)
{
	const struct ka_report *r = t->r;
	size_t gaps = 0, lost = 0, unknown = 0, shown = 0;

	for (enum ka_kind k = 0; k < KA_NKINDS; k++)
		gaps += ka_ledger_gap(r->g, k);
	for (size_t i = 0; i < r->g->nproblems; i++)
		lost += r->g->problem[i].fatal;
	for (size_t i = 0; i < r->nresults; i++)
		unknown += other_reason(t, &r->result[i]);
	if (!gaps && !lost && !unknown)
		return;
	heading(t, "What could not be judged");
	for (enum ka_kind k = 0; k < KA_NKINDS; k++)
		if (ka_ledger_gap(r->g, k) && shown++ < MAX_GAPS)
			gap(t, k);
	and_more(t, gaps, MAX_GAPS, "kinds that could not be read");
	for (size_t i = 0, n = 0; i < r->nresults; i++) {
		if (!other_reason(t, &r->result[i]) || n++ >= MAX_REASONS)
			continue;
		ka_wrap_start(&t->w, 2, 10);
		ka_wrap_text(&t->w, r->result[i].check->key);
		ka_wrap_glued(&t->w, ":");
		ka_wrap_text(&t->w, r->result[i].reason ? r->result[i].reason : "no reason given");
		ka_wrap_newline(&t->w);
	}
	and_more(t, unknown, MAX_REASONS, "checks that are unknown");
	for (size_t i = 0, n = 0; i < r->g->nproblems; i++)
		if (r->g->problem[i].fatal && n++ < MAX_PROBLEMS)
			problem(t, &r->g->problem[i]);
	and_more(t, lost, MAX_PROBLEMS, "documents that were lost");
}

/* ---- benchmarks and what to do next ---------------------------------------------------- */

static void
bench(struct term *t, const struct ka_bench_result *b)
{
	ka_wrap_start(&t->w, 2, 6);
	ka_wrap_style(&t->w, "1");
	ka_wrap_text(&t->w, b->bench->name);
	ka_wrap_style(&t->w, "0");
	if (t->w.width >= 70)
		ka_wrap_pad(&t->w, t->w.col < 24 ? 26 : t->w.col + 2);
	say(t, "coverage %u%%,", ka_percent(b->coverage));
	if (b->has_score)
		say(t, "score %u%%:", ka_percent(b->score));
	else
		say(t, "no score (coverage below %u%%):", ka_percent(t->r->min_coverage));
	say(t, "%u pass, %u fail, %u unknown, %u manual, %u not applicable", b->count[KA_PASS],
	    b->count[KA_FAIL], b->count[KA_UNKNOWN], b->count[KA_MANUAL], b->count[KA_NA]);
	ka_wrap_newline(&t->w);
}

/* ---- least privilege ------------------------------------------------------------------- */

static const char *
reached(struct term *t, const char *sep, uint64_t n, const char *what)
{
	if (!n)
		return sep;
	ka_wrap_glued(&t->w, sep);
	say(t, "%s%" PRIu64 " %s%s", *sep == ';' ? "reaches " : "", n, what, ka_plural(n));
	return ",";
}

static void
reach(struct term *t, const struct ka_blast *b)
{
	const char *sep = ";";

	if (b->cluster) {
		ka_wrap_glued(&t->w, sep);
		ka_wrap_text(&t->w, "reaches the whole cluster");
		return;
	}
	sep = reached(t, sep, b->secrets, "Secret");
	sep = reached(t, sep, b->pods, "pod");
	reached(t, sep, b->nodes, "node");
}

static void
holder(struct term *t, const struct ka_holder *h)
{
	const struct ka_measure *m = &h->measure;
	char name[512];

	ka_wrap_start(&t->w, 2, 10);
	ka_wrap_style(&t->w, "1");
	ka_wrap_text(&t->w, ka_subject_text(&h->subject, name));
	ka_wrap_style(&t->w, "0");
	ka_wrap_glued(&t->w, ":");
	if (m->master)
		say(t, "everything, as a member of system:masters;");
	say(t, "%" PRIu64 " granted, weight %" PRIu64 ", %u%% by stars", m->granted.atoms, m->granted.weight,
	    m->granted.atoms ? ka_percent((double)m->granted.wild / (double)m->granted.atoms) : 0);
	if (m->observed) {
		ka_wrap_glued(&t->w, ";");
		say(t, "%" PRIu64 " used, %u%% unused", m->used.atoms,
		    m->granted.atoms ? ka_percent((double)m->unused.atoms / (double)m->granted.atoms) : 0);
		if (m->unobservable.atoms)
			say(t, "(%" PRIu64 " the log cannot show)", m->unobservable.atoms);
	}
	reach(t, &h->blast);
	ka_wrap_newline(&t->w);
}

static void
least_privilege(struct term *t)
{
	const struct ka_least_privilege *l = &t->r->least;
	size_t own = l->nsubjects - l->nbuiltin;

	if (!l->judged || !own)
		return;
	heading(t, "Least privilege");
	ka_wrap_start(&t->w, 2, 2);
	say(t, "%zu subject%s more than everybody (%" PRIu64 " granted)%s", own, own == 1 ? " holds" : "s hold",
	    l->everybody.atoms, own > MAX_HOLDERS ? ", the widest:" : ":");
	ka_wrap_newline(&t->w);
	for (size_t i = 0; i < own && i < MAX_HOLDERS; i++)
		holder(t, &l->subject[i]);
	if (l->log && l->missing == KA_NKINDS)
		return;
	ka_wrap_start(&t->w, 2, 2);
	if (l->missing != KA_NKINDS)
		say(t, "At least: %s were not read to the end.", ka_kind_info(l->missing)->resource);
	if (!l->log)
		say(t, "What of it is used was not observed: there is no audit log.");
	ka_wrap_newline(&t->w);
}

static void
waivers(struct term *t)
{
	const struct ka_report *r = t->r;
	size_t expired = 0, unused = 0;

	for (size_t i = 0; i < r->nwaivers; i++) {
		expired += r->waiver[i].expired;
		unused += !r->waiver[i].hits;
	}
	if (!expired && !unused)
		return;
	ka_wrap_newline(&t->w);
	label(t, "Waivers");
	say(t, "%zu expired (waiving nothing), %zu that match no finding", expired, unused);
	ka_wrap_newline(&t->w);
}

static void
step(struct term *t, const char *command, const char *key, const char *what)
{
	ka_wrap_start(&t->w, 2, 4);
	ka_wrap_style(&t->w, "36");
	ka_wrap_text(&t->w, command);
	if (key)
		ka_wrap_text(&t->w, key);
	ka_wrap_style(&t->w, "0");
	ka_wrap_pad(&t->w, t->w.col + 2 > 40 ? t->w.col + 2 : 40);
	t->w.indent = 4;
	ka_wrap_text(&t->w, what);
	ka_wrap_newline(&t->w);
}

int
ka_write_terminal(struct ka_out *out, const struct ka_report *r, const struct ka_report_opts *opts,
		  struct ka_err *err)
{
	struct term t = {
		.w.out = out,
		.w.width = opts->width,
		.w.color = opts->color,
		.r = r,
	};
	const struct ka_result *top;

	(void)err;
	if (!t.w.width)
		t.w.width = 80;
	if (t.w.width < 40)
		t.w.width = 40;
	scope(&t);
	verdict(&t);
	top = worst_findings(&t);
	unjudged(&t);
	if (r->nbenches)
		heading(&t, "Benchmarks");
	for (size_t i = 0; i < r->nbenches && i < MAX_BENCHES; i++)
		bench(&t, &r->bench[i]);
	and_more(&t, r->nbenches, MAX_BENCHES, "benchmarks");
	least_privilege(&t);
	waivers(&t);
	heading(&t, "Next");
	if (top)
		step(&t, "kassay explain", top->check->key, "why it matters, how to mend it");
	step(&t, "kassay audit ... -o html=report.html", NULL,
	     "every finding, to read and hand over");
	return 0;
}
