/* kassay.report/v1, streamed: nothing is built up, so a report of any size costs no memory.
 * Its keys are a promise: testdata/report.schema.json. */
#include <string.h>

#include "common.h"

/* Blocks open on lines of their own; objects with `flat` set stay on one line, so that a
 * finding is a dozen lines and a diff of two reports is readable. */
struct js {
	struct ka_out *out;
	unsigned depth;
	unsigned flat; /* depth at which one-line mode began; 0: not in it */
	bool first;
};

static void
js_sep(struct js *j)
{
	static const char indent[] = "\n                ";

	if (!j->first)
		ka_out_char(j->out, ',');
	if (j->flat) {
		if (!j->first)
			ka_out_char(j->out, ' ');
	} else {
		ka_out_bytes(j->out, indent, 1 + (size_t)j->depth * 2);
	}
	j->first = false;
}

static void
js_key(struct js *j, const char *key)
{
	js_sep(j);
	ka_out_char(j->out, '"');
	ka_out_str(j->out, key);
	ka_out_str(j->out, "\": ");
}

static void
js_begin(struct js *j, char bracket, bool flat)
{
	ka_out_char(j->out, bracket);
	j->depth++;
	if (flat && !j->flat)
		j->flat = j->depth;
	j->first = true;
}

static void
js_end(struct js *j, char bracket)
{
	bool empty = j->first, flat = j->flat != 0;

	if (j->flat == j->depth)
		j->flat = 0;
	j->depth--;
	if (!empty && !flat) {
		j->first = true;
		js_sep(j);
	}
	ka_out_char(j->out, bracket);
	j->first = false;
}

static void
js_list(struct js *j, const char *key)
{
	js_key(j, key);
	js_begin(j, '[', false);
}

static void
js_str(struct js *j, const char *key, const char *s)
{
	js_key(j, key);
	ka_out_json(j->out, s);
}

static void
js_uint(struct js *j, const char *key, uint64_t n)
{
	js_key(j, key);
	ka_out_uint(j->out, n);
}

static void
js_bool(struct js *j, const char *key, bool b)
{
	js_key(j, key);
	ka_out_str(j->out, b ? "true" : "false");
}

static void
js_null(struct js *j, const char *key)
{
	js_key(j, key);
	ka_out_str(j->out, "null");
}

/* Four decimals, rounded down, whatever the locale. */
static void
js_share(struct js *j, const char *key, double share)
{
	unsigned m = ka_myriad(share);

	js_key(j, key);
	ka_out_fmt(j->out, "%u.%04u", m / 10000, m % 10000);
}

static void
put_strs(struct js *j, const char *key, const struct ka_strs *list)
{
	js_key(j, key);
	js_begin(j, '[', true);
	for (size_t i = 0; i < list->n; i++) {
		js_sep(j);
		ka_out_json(j->out, list->v[i]);
	}
	js_end(j, ']');
}

static void
put_run(struct js *j, const struct ka_report *r)
{
	const struct ka_graph *g = r->g;

	js_key(j, "tool");
	js_begin(j, '{', false);
	js_str(j, "name", "kassay");
	js_str(j, "version", r->tool_version);
	js_str(j, "checksDigest", r->checks_digest);
	js_end(j, '}');

	js_key(j, "run");
	js_begin(j, '{', false);
	js_str(j, "generated", r->generated);
	js_str(j, "started", g->started);
	js_str(j, "finished", g->finished);
	js_str(j, "source", g->source);
	js_str(j, "sourceClass", ka_source_class_name(g->source_class));
	js_str(j, "clusterUid", g->cluster_uid);
	js_str(j, "kubernetesVersion", g->kubernetes_version);
	js_str(j, "distribution", g->distribution);
	js_str(j, "distributionReason", g->distribution_reason);
	js_str(j, "platform", g->platform);
	put_strs(j, "recognised", &g->recognised);
	js_str(j, "snapshotSha256", g->snapshot_sha256);
	js_str(j, "policyFile", r->policy_file);
	js_str(j, "policySha256", r->policy_sha256);
	put_strs(j, "policyParamsUnread", &r->unread_params);
	js_str(j, "baselineFile", r->baseline_file);
	js_str(j, "failOn", ka_severity_name(r->fail_on));
	js_share(j, "minCoverage", r->min_coverage);
	js_uint(j, "duplicates", g->duplicates);
	js_end(j, '}');
}

static void
put_evidence(struct js *j, const struct ka_graph *g)
{
	js_list(j, "evidence");
	for (enum ka_kind k = 0; k < KA_NKINDS; k++) {
		const struct ka_evidence *ev = &g->ledger[k];
		const struct ka_kind_info *info = ka_kind_info(k);

		if (!ka_ledger_shown(g, k))
			continue;
		js_sep(j);
		js_begin(j, '{', true);
		js_str(j, "kind", info->kind);
		js_str(j, "group", info->group);
		js_str(j, "resource", info->resource);
		js_str(j, "status", ka_evidence_status_name(ev->status));
		js_uint(j, "count", ev->count);
		js_str(j, "apiPath", ev->api_path);
		js_str(j, "resourceVersion", ev->resource_version);
		js_str(j, "reason", ev->reason);
		js_str(j, "time", ev->time);
		js_end(j, '}');
	}
	js_end(j, ']');
}

static void
put_counts(struct js *j, const char *key, const uint32_t *count)
{
	js_key(j, key);
	js_begin(j, '{', true);
	for (enum ka_status s = 0; s < KA_NSTATUSES; s++)
		js_uint(j, ka_status_name(s), count[s]);
	js_end(j, '}');
}

static void
put_summary(struct js *j, const struct ka_report *r)
{
	js_key(j, "summary");
	js_begin(j, '{', false);
	put_counts(j, "checks", r->status_count);
	js_key(j, "findings");
	js_begin(j, '{', true);
	for (enum ka_severity s = KA_CRITICAL; s > KA_SEV_DEFAULT; s--)
		js_uint(j, ka_severity_name(s), r->severity_count[s]);
	js_uint(j, "waived", r->waived_count);
	js_end(j, '}');
	if (r->baseline_file) {
		js_key(j, "baseline");
		js_begin(j, '{', true);
		js_uint(j, "known", r->known_count);
		js_uint(j, "gone", r->gone_count);
		js_end(j, '}');
	} else {
		js_null(j, "baseline");
	}
	js_share(j, "coverage", r->coverage);
	js_bool(j, "incomplete", r->incomplete);
	js_end(j, '}');
}

static void
put_attestation(struct js *j, const struct ka_attestation *a)
{
	js_str(j, "statement", a->statement);
	js_str(j, "by", a->by);
	js_str(j, "date", a->date);
	js_bool(j, "holds", a->holds);
	js_end(j, '}');
}

static void
put_control(struct js *j, const struct ka_control *c)
{
	js_sep(j);
	js_begin(j, '{', false);
	js_str(j, "id", c->item->id);
	js_str(j, "title", c->item->title);
	js_uint(j, "level", c->item->level);
	js_str(j, "status", ka_status_name(c->status));
	js_str(j, "reason", c->reason);
	js_key(j, "checks");
	js_begin(j, '[', true);
	for (size_t i = 0; i < sizeof c->item->keys / sizeof *c->item->keys && c->item->keys[i];
	     i++) {
		js_sep(j);
		ka_out_json(j->out, c->item->keys[i]);
	}
	js_end(j, ']');
	if (c->attestation) {
		js_key(j, "attestation");
		js_begin(j, '{', true);
		put_attestation(j, c->attestation);
	} else {
		js_null(j, "attestation");
	}
	js_end(j, '}');
}

static void
put_benchmarks(struct js *j, const struct ka_report *r)
{
	js_list(j, "benchmarks");
	for (size_t i = 0; i < r->nbenches; i++) {
		const struct ka_bench_result *b = &r->bench[i];

		js_sep(j);
		js_begin(j, '{', false);
		js_str(j, "name", b->bench->name);
		js_str(j, "title", b->bench->title);
		js_bool(j, "asked", b->asked);
		put_counts(j, "counts", b->count);
		js_share(j, "coverage", b->coverage);
		if (b->has_score)
			js_share(j, "score", b->score);
		else
			js_null(j, "score");
		js_list(j, "controls");
		for (size_t k = 0; k < b->ncontrols; k++)
			put_control(j, &b->control[k]);
		js_end(j, ']');
		js_end(j, '}');
	}
	js_end(j, ']');
}

static void
put_checks(struct js *j, const struct ka_report *r)
{
	js_list(j, "checks");
	for (size_t i = 0; i < r->nresults; i++) {
		const struct ka_result *res = &r->result[i];

		js_sep(j);
		js_begin(j, '{', false);
		js_str(j, "key", res->check->key);
		js_str(j, "title", res->check->title);
		js_str(j, "set", res->set->name);
		js_str(j, "severity", ka_severity_name(res->severity));
		js_str(j, "status", ka_status_name(res->status));
		js_str(j, "reason", res->reason);
		js_uint(j, "seen", res->seen);
		js_uint(j, "failed", res->failed);
		js_uint(j, "findings", res->nfindings);
		js_uint(j, "waived", res->nwaived);
		js_str(j, "why", res->check->why);
		js_str(j, "fix", res->check->fix);
		js_end(j, '}');
	}
	js_end(j, ']');
}

static void
put_origin(struct js *j, const struct ka_graph *g, const struct ka_object *obj)
{
	struct ka_origin from = ka_origin_of(g, obj);

	if (!from.file && !from.resource_version) {
		js_null(j, "origin");
		return;
	}
	js_key(j, "origin");
	js_begin(j, '{', true);
	if (from.file) {
		js_str(j, "file", from.file);
		js_uint(j, "line", from.line);
	} else {
		js_str(j, "resourceVersion", from.resource_version);
	}
	js_end(j, '}');
}

static void
put_via(struct js *j, const struct ka_finding *f)
{
	js_key(j, "via");
	js_begin(j, '[', true);
	for (size_t i = 0; i < sizeof f->via / sizeof *f->via && f->via[i]; i++) {
		js_sep(j);
		js_begin(j, '{', true);
		js_str(j, "kind", f->via[i]->kind_name);
		js_str(j, "namespace", f->via[i]->namespace);
		js_str(j, "name", f->via[i]->name);
		js_end(j, '}');
	}
	js_end(j, ']');
}

static void
put_finding(struct js *j, const struct ka_graph *g, const struct ka_finding *f)
{
	js_sep(j);
	js_begin(j, '{', false);
	js_str(j, "id", f->id);
	js_str(j, "check", f->check->key);
	js_str(j, "severity", ka_severity_name(f->severity));
	js_key(j, "object");
	js_begin(j, '{', true);
	js_str(j, "apiVersion", f->obj->api_version);
	js_str(j, "kind", f->obj->kind_name);
	js_str(j, "namespace", f->obj->namespace);
	js_str(j, "name", f->obj->name);
	js_end(j, '}');
	js_str(j, "container", f->container);
	js_str(j, "path", f->path);
	js_str(j, "observed", f->observed);
	js_str(j, "expected", f->expected);
	js_str(j, "message", f->message);
	js_uint(j, "instances", f->instances);
	put_origin(j, g, f->obj);
	put_via(j, f);
	if (f->waiver) {
		js_key(j, "waiver");
		js_begin(j, '{', true);
		js_str(j, "reason", f->waiver->reason);
		js_str(j, "owner", f->waiver->owner);
		js_str(j, "expires", f->waiver->expires);
		js_end(j, '}');
	} else {
		js_null(j, "waiver");
	}
	js_bool(j, "known", f->known);
	js_end(j, '}');
}

/* ---- least privilege: the formulas are in kassay(1) ---------------------------------------- */

/* A share of two counts; null of nothing. */
static void
js_part(struct js *j, const char *key, uint64_t part, uint64_t whole)
{
	if (whole)
		js_share(j, key, (double)part / (double)whole);
	else
		js_null(j, key);
}

static void
put_use(struct js *j, const struct ka_holder *h)
{
	const struct ka_measure *m = &h->measure;
	uint64_t used = m->used.atoms ? m->used.atoms : 1;

	if (!m->observed) {
		js_null(j, "usage");
		return;
	}
	js_key(j, "usage");
	js_begin(j, '{', true);
	js_uint(j, "events", m->events);
	js_uint(j, "used", m->used.atoms);
	js_uint(j, "unused", m->unused.atoms);
	js_uint(j, "unobservable", m->unobservable.atoms);
	js_part(j, "unusedShare", m->unused.atoms, m->granted.atoms);
	js_uint(j, "unusedWeight", m->unused.weight);
	js_part(j, "unusedWeightShare", m->unused.weight, m->granted.weight);
	js_key(j, "overBreadth");
	ka_out_fmt(j->out, "%llu.%02llu", (unsigned long long)(m->granted.atoms / used),
		   (unsigned long long)(m->granted.atoms % used * 100 / used));
	js_bool(j, "dormant", h->dormant);
	js_end(j, '}');
}

static void
put_granted(struct js *j, const struct ka_measure *m)
{
	js_key(j, "granted");
	js_begin(j, '{', true);
	js_uint(j, "atoms", m->granted.atoms);
	js_uint(j, "wildcard", m->granted.wild);
	js_part(j, "wildcardShare", m->granted.wild, m->granted.atoms);
	js_uint(j, "weight", m->granted.weight);
	js_uint(j, "urls", m->urls);
	js_uint(j, "bindings", m->grants);
	js_uint(j, "rules", m->rules);
	js_uint(j, "deadRules", m->dead);
	js_bool(j, "cluster", m->cluster);
	js_uint(j, "namespaces", m->namespaces);
	js_bool(j, "cut", m->cut);
	js_end(j, '}');
}

static void
put_holder(struct js *j, const struct ka_holder *h)
{
	static const char *const kinds[] = { "User", "Group", "ServiceAccount", NULL };
	const struct ka_subject *s = &h->subject;

	js_sep(j);
	js_begin(j, '{', false);
	js_str(j, "kind", kinds[s->kind]);
	js_str(j, "namespace", s->kind == KA_SUBJECT_SERVICEACCOUNT ? s->namespace : NULL);
	js_str(j, "name", s->name);
	js_bool(j, "builtin", h->builtin);
	js_bool(j, "privileged", h->measure.master);
	put_granted(j, &h->measure);
	put_use(j, h);
	js_key(j, "behind");
	js_begin(j, '{', true);
	js_uint(j, "accounts", h->crowd.accounts);
	js_uint(j, "workloads", h->crowd.workloads);
	js_uint(j, "nodes", h->crowd.nodes);
	js_bool(j, "others", h->crowd.open);
	js_end(j, '}');
	js_key(j, "reaches");
	js_begin(j, '{', true);
	js_bool(j, "cluster", h->blast.cluster);
	js_uint(j, "secrets", h->blast.secrets);
	js_uint(j, "pods", h->blast.pods);
	js_uint(j, "podNamespaces", h->blast.pod_namespaces);
	js_uint(j, "nodes", h->blast.nodes);
	js_uint(j, "accounts", h->blast.accounts);
	js_end(j, '}');
	js_end(j, '}');
}

static void
put_log(struct js *j, const struct ka_quality *q)
{
	if (!q) {
		js_null(j, "auditLog");
		return;
	}
	js_key(j, "auditLog");
	js_begin(j, '{', true);
	js_uint(j, "events", q->events);
	js_uint(j, "hours", q->hours);
	js_uint(j, "emptyHours", q->empty_hours);
	js_end(j, '}');
}

static void
put_least(struct js *j, const struct ka_least_privilege *l)
{
	if (l->judged) {
		js_key(j, "leastPrivilege");
		js_begin(j, '{', false);
		js_str(j, "catalogue", l->served ? "discovery" : "built-in");
		js_uint(j, "resources", l->nresources);
		js_uint(j, "namespaces", l->nnamespaces);
		js_str(j, "missing", l->missing == KA_NKINDS ? NULL : ka_kind_info(l->missing)->kind);
		js_key(j, "everybody");
		js_begin(j, '{', true);
		js_uint(j, "atoms", l->everybody.atoms);
		js_uint(j, "weight", l->everybody.weight);
		js_end(j, '}');
		js_uint(j, "noMoreThanEverybody", l->nothing);
		put_log(j, l->log);
		js_end(j, '}');
	} else {
		js_null(j, "leastPrivilege");
	}
	js_list(j, "subjects");
	for (size_t i = 0; i < l->nsubjects; i++)
		put_holder(j, &l->subject[i]);
	js_end(j, ']');
}

static void
put_policy(struct js *j, const struct ka_report *r)
{
	js_list(j, "waivers");
	for (size_t i = 0; i < r->nwaivers; i++) {
		const struct ka_waiver *w = &r->waiver[i];

		js_sep(j);
		js_begin(j, '{', false);
		js_str(j, "check", w->check);
		js_str(j, "kind", w->kind);
		js_str(j, "namespace", w->namespace);
		js_str(j, "name", w->name);
		js_str(j, "container", w->container);
		js_str(j, "reason", w->reason);
		js_str(j, "owner", w->owner);
		js_str(j, "expires", w->expires);
		js_bool(j, "expired", w->expired);
		js_uint(j, "hits", w->hits);
		js_uint(j, "line", w->line);
		js_end(j, '}');
	}
	js_end(j, ']');
	js_list(j, "attestations");
	for (size_t i = 0; i < r->nattestations; i++) {
		js_sep(j);
		js_begin(j, '{', true);
		js_str(j, "benchmark", r->attestation[i].benchmark);
		js_str(j, "control", r->attestation[i].control);
		put_attestation(j, &r->attestation[i]);
	}
	js_end(j, ']');
}

static void
put_input(struct js *j, const struct ka_graph *g)
{
	js_list(j, "problems");
	for (size_t i = 0; i < g->nproblems; i++) {
		const struct ka_problem *p = &g->problem[i];

		js_sep(j);
		js_begin(j, '{', true);
		js_str(j, "file", ka_file_name(g, p->file));
		js_uint(j, "line", p->line);
		js_bool(j, "fatal", p->fatal);
		js_str(j, "object", p->object);
		js_str(j, "text", p->text);
		js_end(j, '}');
	}
	js_end(j, ']');
	js_list(j, "skipped");
	for (size_t i = 0; i < g->nskipped; i++) {
		js_sep(j);
		js_begin(j, '{', true);
		js_str(j, "file", ka_file_name(g, g->skipped[i].file));
		js_uint(j, "line", g->skipped[i].line);
		js_str(j, "text", g->skipped[i].text);
		js_end(j, '}');
	}
	js_end(j, ']');
}

int
ka_write_json(struct ka_out *out, const struct ka_report *r, const struct ka_report_opts *opts,
	      struct ka_err *err)
{
	struct js j = { .out = out };

	(void)opts;
	(void)err;
	js_begin(&j, '{', false);
	js_str(&j, "schema", "kassay.report/v1");
	put_run(&j, r);
	put_evidence(&j, r->g);
	put_summary(&j, r);
	put_benchmarks(&j, r);
	put_checks(&j, r);
	js_list(&j, "findings");
	for (size_t i = 0; i < r->nfindings; i++)
		put_finding(&j, r->g, &r->finding[i]);
	js_end(&j, ']');
	put_least(&j, &r->least);
	put_policy(&j, r);
	put_input(&j, r->g);
	js_end(&j, '}');
	ka_out_char(out, '\n');
	return 0;
}
