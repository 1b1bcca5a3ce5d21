#include "engine/audit.h"

#include <stdlib.h>
#include <string.h>

#include <kassay/net.h>
#include <kassay/powers.h>
#include <kassay/rbac.h>

#include "engine/holders.h"
#include "engine/baseline.h"
#include "engine/bench.h"
#include "engine/evidence.h"
#include "engine/overlay.h"
#include "engine/policy.h"
#include "engine/run.h"
#include "engine/select.h"
#include "util/alloc.h"
#include "util/arena.h"
#include "util/intern.h"
#include "util/sha256.h"
#include "util/str.h"

#include "util/banned.h"

/* A report and all that it holds.  The report comes first, so that ka_report_free() finds the rest.
 */
struct audit {
	struct ka_report report;
	struct ka_arena *arena;
	struct ka_intern *in;
	struct ka_catalog catalog;
	struct ka_selection selection;
	const struct ka_audit_opts *opts;
	struct ka_facts facts;
	struct ka_sha256 *sha;
	struct ka_run run;
	struct ka_result *result;
	struct ka_finding *finding; /* taken from the run */
};

/* ---- what was asked for --------------------------------------------------------------------- */

static int
check_opts(const struct audit *a, struct ka_err *err)
{
	const struct ka_audit_opts *o = a->opts;
	uint64_t epoch;

	if (ka_selection_check(&a->selection, err))
		return -1;
	if (o->epoch && (!ka_str_to_u64(o->epoch, &epoch) || epoch > 253402300799u))
		return ka_err_set(err, KA_EUSAGE,
				  "SOURCE_DATE_EPOCH is \"%s\", not a number of seconds", o->epoch);
	return 0;
}

/* ---- one check ---------------------------------------------------------------------------- */

/* Runs the function.  What the ledger decided stays; else what was found decides. */
static void
run_function(struct audit *a, struct ka_result *res, const struct ka_verdict *v)
{
	struct ka_run *run = &a->run;
	struct ka_err err = { .code = KA_OK };
	int rc = res->check->run(run, res->check, &a->facts, &err);

	ka_run_end(run);
	res->seen = run->seen;
	res->failed = run->failed;
	res->nfindings = run->n - run->first;
	if (v->decided)
		return;
	res->reason = NULL;
	if (rc) {
		res->status = KA_UNKNOWN;
		res->reason =
			ka_intern(a->in, err.code == KA_OK ? "the check could not judge" : err.msg);
	} else if (res->nfindings) {
		res->status = KA_FAIL;
	} else if (v->gap) {
		res->status = KA_UNKNOWN;
		res->reason = v->gap;
	} else if (res->seen) {
		res->status = KA_PASS;
	} else {
		res->status = KA_NA;
		res->reason = ka_evidence_none(res->check, a->arena);
	}
}

static void
judge(struct audit *a, struct ka_result *res)
{
	const struct ka_policy_rule *rule = ka_policy_rule(a->opts->policy, res->check);
	struct ka_verdict v;

	ka_run_begin(&a->run, res->check);
	res->severity = a->run.severity;
	res->first = a->run.first;
	if (rule && rule->disabled) {
		res->switched_off = true;
		res->status = KA_NA;
		res->reason = ka_arena_fmt(a->arena, "switched off by the policy file: %s",
					   rule->disabled);
		return;
	}
	v = ka_evidence_judge(a->facts.g, res->check, a->arena);
	res->status = v.status;
	res->reason = v.reason;
	if (v.run)
		run_function(a, res, &v);
}

static void
judge_all(struct audit *a)
{
	struct ka_report *r = &a->report;

	a->result = ka_arena_array(a->arena, ka_catalog_count(&a->catalog), sizeof *a->result);
	for (const struct ka_check_set *const *set = a->catalog.sets; *set; set++)
		for (size_t i = 0; i < (*set)->count; i++) {
			struct ka_result *res = &a->result[r->nresults];

			if (!ka_selected(&a->selection, &(*set)->check[i]))
				continue;
			res->check = &(*set)->check[i];
			res->set = *set;
			judge(a, res);
			r->nresults++;
		}
	r->result = a->result;
	r->finding = a->finding = a->run.finding;
	r->nfindings = a->run.n;
}

/* ---- the report --------------------------------------------------------------------------- */

static void
set_time(struct audit *a)
{
	const char *finished = a->report.g->finished;
	uint64_t epoch;
	char buf[21];

	if (!a->opts->epoch && finished) {
		a->report.generated = finished;
		return;
	}
	if (!a->opts->epoch || !ka_str_to_u64(a->opts->epoch, &epoch))
		epoch = (uint64_t)time(NULL);
	ka_time_format((int64_t)epoch, buf);
	a->report.generated = ka_intern(a->in, buf);
}

static void
judge_benches(struct audit *a)
{
	const struct ka_audit_opts *o = a->opts;
	struct ka_report *r = &a->report;
	struct ka_bench_result *bench;
	size_t all = 0;

	while (a->catalog.benches[all])
		all++;
	bench = ka_arena_array(a->arena, all + o->nbenches, sizeof *bench);
	for (size_t i = 0; i < o->nbenches; i++) {
		ka_bench_judge(r, ka_catalog_bench(&a->catalog, o->bench[i]), a->arena, &bench[i]);
		bench[i].asked = true;
		r->nbenches++;
	}
	for (size_t i = 0; i < all && !o->nbenches && !o->nchecks; i++) {
		ka_bench_judge(r, a->catalog.benches[i], a->arena, &bench[i]);
		r->nbenches++;
	}
	r->bench = bench;
}

static bool
lost_evidence(const struct ka_graph *g)
{
	for (unsigned k = 0; k < KA_NKINDS; k++)
		if (ka_evidence_broken(&g->ledger[k]))
			return true;
	for (size_t i = 0; i < g->nproblems; i++)
		if (g->problem[i].fatal)
			return true;
	return false;
}

static void
count(struct ka_report *r)
{
	uint32_t judged, applicable;

	for (size_t i = 0; i < r->nresults; i++)
		r->status_count[r->result[i].status]++;
	judged = r->status_count[KA_PASS] + r->status_count[KA_FAIL];
	applicable = judged + r->status_count[KA_UNKNOWN];
	r->coverage = applicable ? (double)judged / applicable : 0;
	r->incomplete = lost_evidence(r->g);
	for (size_t i = 0; i < r->nfindings; i++) {
		const struct ka_finding *f = &r->finding[i];

		if (f->waiver) {
			r->waived_count++;
			continue;
		}
		r->severity_count[f->severity]++;
		r->known_count += f->known;
	}
}

static void
list_unread_params(struct audit *a)
{
	const struct ka_policy *p = a->opts->policy;
	const char **v;
	size_t n = 0;

	if (!p)
		return;
	v = ka_arena_array(a->arena, p->nparams, sizeof *v);
	for (size_t i = 0; i < p->nparams; i++)
		if (!a->run.param_read[i])
			v[n++] = p->param[i].name;
	a->report.unread_params = (struct ka_strs){ n, v };
}

static void
fill(struct audit *a)
{
	const struct ka_policy *p = a->opts->policy;
	struct ka_report *r = &a->report;
	char digest[65];

	set_time(a);
	r->tool_version = KA_VERSION;
	ka_catalog_digest(a->sha, &a->catalog, digest);
	r->checks_digest = ka_intern(a->in, digest);
	r->fail_on = a->opts->fail_on;
	r->min_coverage = a->opts->min_coverage;
	if (p) {
		r->policy_file = p->file;
		r->policy_sha256 = p->sha256;
		r->attestation = p->attestation;
		r->nattestations = p->nattestations;
	}
}

int
ka_audit(const struct ka_graph *g, const struct ka_audit_opts *opts, struct ka_report **ret,
	 struct ka_err *err)
{
	struct audit *a = ka_xcalloc(1, sizeof *a);
	struct ka_rbac *rbac;
	struct ka_powers *powers;
	struct ka_net *net;

	a->opts = opts;
	a->catalog = opts->catalog ? *opts->catalog : KA_CATALOG;
	a->selection = (struct ka_selection){ a->catalog, opts->check, opts->nchecks, opts->bench, opts->nbenches };
	a->sha = ka_sha256_new(err);
	if (!a->sha || check_opts(a, err)) {
		ka_sha256_free(a->sha);
		free(a);
		return -1;
	}
	a->arena = ka_arena_new();
	a->in = ka_intern_new(a->arena);
	a->report.g = g;
	rbac = ka_rbac_new(g);
	powers = ka_powers_new(rbac);
	net = ka_net_new(g);
	a->facts = (struct ka_facts){ .g = g, .rbac = rbac, .powers = powers, .net = net };
	ka_run_init(&a->run, a->arena, a->in, a->sha, opts->policy);
	fill(a);
	judge_all(a);
	list_unread_params(a);
	a->report.least.missing = KA_NKINDS;
	if (!opts->nchecks)
		ka_holders_judge(&a->facts, opts->usage, a->arena, a->in, &a->report.least);
	ka_run_release(&a->run);
	ka_sha256_free(a->sha);
	ka_net_free(net);
	ka_powers_free(powers);
	ka_rbac_free(rbac);
	ka_overlay_waivers(&a->report, a->result, a->finding, opts->policy, a->arena);
	ka_overlay_baseline(&a->report, a->finding, opts->baseline);
	judge_benches(a);
	count(&a->report);
	*ret = &a->report;
	return 0;
}

void
ka_report_free(struct ka_report *r)
{
	struct audit *a = (struct audit *)(void *)r;

	if (!r)
		return;
	free(a->finding);
	ka_intern_free(a->in);
	ka_arena_free(a->arena);
	free(a);
}

static bool
too_little(const struct ka_report *r)
{
	if (r->incomplete || r->coverage < r->min_coverage)
		return true;
	for (size_t i = 0; i < r->nbenches; i++)
		if (r->bench[i].asked && r->bench[i].coverage < r->min_coverage)
			return true;
	return false;
}

int
ka_report_exit(const struct ka_report *r)
{
	if (too_little(r))
		return 3;
	for (size_t i = 0; i < r->nfindings && r->fail_on != KA_SEV_DEFAULT; i++) {
		const struct ka_finding *f = &r->finding[i];

		if (f->severity >= r->fail_on && !f->waiver && !f->known)
			return 1;
	}
	return 0;
}
