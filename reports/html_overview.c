/* The first page: what was audited, how much of it could be judged, and what is worst. */
#include <stdio.h>

#include "common.h"
#include "html.h"

void
ka_html_lead(struct ka_out *out, const struct ka_report *r)
{
	ka_out_str(out, "<p class=lead>");
	ka_html_text(out, r->g->source ? r->g->source : "No source");
	ka_out_str(out, "<br>");
	ka_html_text(out, r->generated);
	ka_out_str(out, "</p>");
}

static const char *
source_class_words(enum ka_source_class c)
{
	switch (c) {
	case KA_SOURCE_MANIFESTS:
		return "Manifests: files people wrote, judged as a world of their own";
	case KA_SOURCE_DUMP:
		return "Dump: what an API server returned, saved to files";
	case KA_SOURCE_CLUSTER:
		break;
	}
	return "Cluster: read from its API server by get and list only";
}

static void
put_contents(struct ka_out *out, const struct ka_graph *g)
{
	uint64_t workloads = 0, access = 0;

	for (enum ka_kind k = 0; k < KA_NKINDS; k++) {
		if (KA_WORKLOAD_KINDS & KA_BIT(k))
			workloads += g->of[k].n;
		if (KA_RBAC_KINDS & KA_BIT(k))
			access += g->of[k].n;
	}
	ka_out_fmt(out,
		   "<div><dt>Contents</dt><dd>%zu namespaces, %zu nodes, %llu workloads, %zu pods, "
		   "%llu roles and bindings, %zu network policies</dd></div>\n",
		   g->of[KA_NAMESPACE].n, g->of[KA_NODE].n, (unsigned long long)workloads,
		   g->of[KA_POD].n, (unsigned long long)access, g->of[KA_NETWORKPOLICY].n);
}

static void
put_distribution(struct ka_out *out, const struct ka_graph *g)
{
	if (g->distribution) {
		ka_out_str(out, "<div><dt>Distribution</dt><dd>");
		ka_html_text(out, g->distribution);
		if (g->distribution_reason) {
			ka_out_str(out, ": ");
			ka_html_text(out, g->distribution_reason);
		}
		ka_out_str(out, "</dd></div>\n");
	}
	ka_html_fact(out, "Platform", g->platform);
	if (!g->recognised.n)
		return;
	ka_out_str(out, "<div><dt>Recognised</dt><dd>");
	for (size_t i = 0; i < g->recognised.n; i++) {
		ka_out_str(out, i ? ", " : "");
		ka_html_text(out, g->recognised.v[i]);
	}
	ka_out_str(out, "</dd></div>\n");
}

void
ka_html_scope(struct ka_out *out, const struct ka_report *r)
{
	const struct ka_graph *g = r->g;

	ka_out_str(out, "<dl class=facts>\n");
	ka_html_fact(out, "Source", g->source);
	ka_html_fact(out, "Kind of source", source_class_words(g->source_class));
	ka_html_fact(out, "Cluster (uid of namespace kube-system)", g->cluster_uid);
	ka_html_fact(out, "Kubernetes version", g->kubernetes_version);
	put_distribution(out, g);
	put_contents(out, g);
	if (g->started) {
		ka_out_str(out, "<div><dt>Facts read</dt><dd>");
		ka_html_text(out, g->started);
		ka_out_str(out, "<br>to ");
		ka_html_text(out, g->finished ? g->finished : "an unknown time");
		ka_out_str(out, "</dd></div>\n");
	}
	ka_html_fact(out, "Report time", r->generated);
	ka_out_str(out, "<div><dt>Benchmarks</dt><dd>");
	for (size_t i = 0; i < r->nbenches; i++) {
		ka_out_str(out, i ? "<br>" : "");
		ka_html_text(out, r->bench[i].bench->title);
	}
	ka_out_str(out, r->nbenches ? "</dd></div>\n" : "None asked for</dd></div>\n");
	ka_out_fmt(out, "<div><dt>Checks run</dt><dd>%zu</dd></div>\n", r->nresults);
	ka_html_fact(out, "Policy file",
		     r->policy_file ? r->policy_file : "None: no waivers, no overrides");
	ka_out_str(out, "<div><dt>Tool</dt><dd>kassay ");
	ka_html_text(out, r->tool_version);
	ka_out_str(out, "</dd></div>\n</dl>");
}

/* ---- at a glance ----------------------------------------------------------------------- */

static const enum ka_status in_order[] = { KA_PASS, KA_FAIL, KA_UNKNOWN, KA_MANUAL, KA_NA };
enum { NORDER = sizeof in_order / sizeof *in_order };

/* A picture of the table below it; sized by attributes, as styles may be blocked. */
static void
put_bar(struct ka_out *out, const uint32_t *count)
{
	static const char *const fill[KA_NSTATUSES] = {
		[KA_PASS] = "#27633f",	 [KA_FAIL] = "#9b1c31", [KA_UNKNOWN] = "#6b4a9b",
		[KA_MANUAL] = "#2b5c82", [KA_NA] = "#d8dee5",
	};
	uint64_t total = 0, x = 0;

	for (size_t i = 0; i < NORDER; i++)
		total += count[in_order[i]];
	if (!total)
		return;
	ka_out_str(out, "<svg class=bar width=400 height=10 viewBox=\"0 0 1000 10\" "
			"preserveAspectRatio=none aria-hidden=true>");
	for (size_t i = 0; i < NORDER; i++) {
		enum ka_status s = in_order[i];
		uint64_t w = (uint64_t)count[s] * 1000 / total;

		ka_out_fmt(out, "<rect class=%s x=%llu width=%llu height=10 fill=\"%s\"/>",
			   ka_status_name(s), (unsigned long long)x, (unsigned long long)w,
			   fill[s]);
		x += w;
	}
	ka_out_str(out, "</svg>\n");
}

static void
put_coverage(struct ka_out *out, const struct ka_report *r)
{
	const uint32_t *n = r->status_count;

	ka_out_fmt(out,
		   "<div class=card><h3>Coverage</h3><p class=big>%u&nbsp;%%</p>\n"
		   "<p>%u of %u applicable checks could be judged.</p></div>\n",
		   ka_percent(r->coverage), n[KA_PASS] + n[KA_FAIL],
		   n[KA_PASS] + n[KA_FAIL] + n[KA_UNKNOWN]);
}

static void
put_verdicts(struct ka_out *out, const struct ka_report *r)
{
	ka_out_str(out, "<div class=card><h3>Checks by verdict</h3>\n");
	put_bar(out, r->status_count);
	ka_out_str(out, "<table>\n");
	for (size_t i = 0; i < NORDER; i++) {
		ka_out_str(out, "<tr><th scope=row>");
		ka_html_status(out, in_order[i]);
		ka_html_cell_uint(out, r->status_count[in_order[i]]);
		ka_out_char(out, '\n');
	}
	ka_html_table_end(out);
}

static void
put_severities(struct ka_out *out, const struct ka_report *r)
{
	ka_out_str(out, "<div class=card><h3>Findings in force by severity</h3>\n<table>\n");
	for (enum ka_severity s = KA_CRITICAL; s > KA_SEV_DEFAULT; s--) {
		ka_out_str(out, "<tr><th scope=row>");
		ka_html_severity(out, s);
		ka_html_cell_uint(out, r->severity_count[s]);
		ka_out_char(out, '\n');
	}
	ka_out_str(out, "<tr><th scope=row class=soft>Waived, counted apart");
	ka_html_cell_uint(out, r->waived_count);
	ka_out_str(out, "\n</table></div>\n");
}

static void
put_bench_summary(struct ka_out *out, const struct ka_report *r)
{
	ka_html_table(out, "Benchmarks", "plain",
		      "Benchmark|#Coverage|#Score|#Pass|#Fail|#Unknown|#Manual|#Not applicable");
	for (size_t i = 0; i < r->nbenches; i++) {
		const struct ka_bench_result *b = &r->bench[i];

		ka_out_fmt(out, "<tr><th scope=row><a href=\"#bench-%zu\">", i + 1);
		ka_html_text(out, b->bench->title);
		ka_out_fmt(out, "</a><td class=n>%u&nbsp;%%<td class=n>", ka_percent(b->coverage));
		if (b->has_score)
			ka_out_fmt(out, "%u&nbsp;%%", ka_percent(b->score));
		else
			ka_out_str(out, "none");
		for (size_t k = 0; k < NORDER; k++)
			ka_html_cell_uint(out, b->count[in_order[k]]);
		ka_out_char(out, '\n');
	}
	ka_html_table_end(out);
}

void
ka_html_glance(struct ka_out *out, const struct ka_report *r)
{
	enum ka_severity least = r->fail_on ? r->fail_on : KA_INFO;
	size_t at_stake = ka_new_findings(r, least);
	const char *what = r->baseline_file ? "new finding" : "finding";

	if (r->incomplete)
		ka_out_str(
			out,
			"<p class=note><strong>The evidence is incomplete.</strong> Something was "
			"refused, failed, was cut short or could not be read, so this report is no "
			"proof of what it does not show. <a href=\"#unjudged\">See what is "
			"missing</a>.</p>\n");
	ka_out_str(out, "<p class=verdict>");
	if (at_stake)
		ka_out_fmt(out, "%zu %s%s in force at severity %s%s.", at_stake, what,
			   ka_plural(at_stake), ka_severity_word(least),
			   least < KA_CRITICAL ? " or above" : "");
	else
		ka_out_fmt(out, "No %s in force at severity %s%s%s.", what, ka_severity_word(least),
			   least < KA_CRITICAL ? " or above" : "",
			   r->status_count[KA_UNKNOWN] ? " in what could be judged" : "");
	if (r->fail_on)
		ka_out_fmt(out, " From %s up, a run counts as failed.",
			   ka_severity_word(r->fail_on));
	if (r->baseline_file) {
		ka_out_fmt(out, " %llu known and %llu gone since the baseline <code>",
			   (unsigned long long)r->known_count, (unsigned long long)r->gone_count);
		ka_html_text(out, r->baseline_file);
		ka_out_str(out, "</code>.");
	}
	ka_out_str(out, "</p>\n<div class=cards>\n");
	put_coverage(out, r);
	put_verdicts(out, r);
	put_severities(out, r);
	ka_out_str(out, "</div>\n");
	if (r->nbenches)
		put_bench_summary(out, r);
}

/* ---- worst first ----------------------------------------------------------------------- */

enum { MAX_WORST = 10, MAX_EXAMPLES = 3 };

static void
put_examples(struct ka_out *out, const struct ka_report *r, const struct ka_result *res)
{
	const struct ka_object *last = NULL;
	size_t in_force = ka_in_force(res), n = 0;

	ka_out_fmt(out, "<p>%zu finding%s: ", in_force, ka_plural(in_force));
	for (size_t i = 0; i < res->nfindings; i++) {
		const struct ka_finding *f = &r->finding[res->first + i];

		if (f->waiver || f->obj == last)
			continue;
		last = f->obj;
		ka_out_str(out, n ? ", " : "");
		if (n++ == MAX_EXAMPLES) {
			ka_out_str(out, "&hellip;");
			break;
		}
		ka_out_str(out, "<bdi>");
		ka_html_text(out, f->obj->kind_name);
		ka_out_char(out, ' ');
		ka_html_text(out, f->obj->namespace);
		ka_out_str(out, f->obj->namespace ? "/" : "");
		ka_html_text(out, f->obj->name);
		ka_out_str(out, "</bdi>");
	}
	ka_out_str(out, "</p>\n");
}

void
ka_html_worst(struct ka_out *out, const struct ka_report *r)
{
	struct ka_worst_walk walk = { 0 };
	const struct ka_result *res;
	size_t n = 0;

	while ((res = ka_worst_next(r, &walk)) != NULL) {
		if (++n > MAX_WORST)
			continue;
		ka_out_str(out,
			   n == 1 ? "<p>Requirements that do not hold, with what mends each.</p>\n"
				    "<ol class=worst>\n<li>"
				  : "<li>");
		ka_html_severity(out, walk.severity);
		ka_out_str(out, " <a href=\"#check-");
		ka_html_text(out, res->check->key);
		ka_out_str(out, "\">");
		ka_html_text(out, res->check->title);
		ka_out_str(out, "</a>\n");
		put_examples(out, r, res);
		ka_out_str(out, "<p class=soft>");
		ka_html_prose(out, res->check->fix);
		ka_out_str(out, "</p></li>\n");
	}
	if (!n) {
		ka_out_str(out, "<p>No check has a finding in force.</p>");
		return;
	}
	ka_out_str(out, "</ol>");
	if (n > MAX_WORST)
		ka_out_fmt(
			out,
			"<p>%zu more check%s below, under <a href=\"#findings\">Findings</a>.</p>",
			n - MAX_WORST, n - MAX_WORST == 1 ? " fails:" : "s fail:");
}

/* ---- the end of the page --------------------------------------------------------------- */

static void
put_digest(struct ka_out *out, const char *name, const char *digest)
{
	if (!digest)
		return;
	ka_out_str(out, "<div><dt>");
	ka_out_str(out, name);
	ka_out_str(out, "</dt><dd><code>");
	ka_html_text(out, digest);
	ka_out_str(out, "</code></dd></div>\n");
}

void
ka_html_integrity(struct ka_out *out, const struct ka_report *r)
{
	ka_out_str(
		out,
		"<p>The same facts judged by the same rules give this report again, byte for byte. "
		"The digests name both.</p>\n<dl class=facts>\n");
	put_digest(out, "Rules: SHA-256 of all checks, their texts and the benchmark maps",
		   r->checks_digest);
	put_digest(out, "Facts: SHA-256 of the snapshot", r->g->snapshot_sha256);
	put_digest(out, "Policy file: SHA-256", r->policy_sha256);
	ka_out_str(out, "</dl>\n");
	if (!r->g->snapshot_sha256)
		ka_out_str(out, "<p>The facts were not read from a snapshot, so there is no digest "
				"of them. "
				"<code>kassay snapshot</code> keeps them in one file that can be "
				"audited again.</p>");
}

void
ka_html_footer(struct ka_out *out, const struct ka_report *r)
{
	ka_out_str(out, "<p>Written by kassay ");
	ka_html_text(out, r->tool_version);
	ka_out_str(out,
		   ". It reads by get and list only and never reads the value of a Secret. Finding "
		   "ids stay the same from run to run.</p>");
}
