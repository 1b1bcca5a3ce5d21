/* The registers: evidence, benchmarks, exceptions, input. */
#include <string.h>

#include "common.h"
#include "html.h"

/* ---- evidence -------------------------------------------------------------------------- */

static void
put_gap(struct ka_out *out, const struct ka_report *r, enum ka_kind k)
{
	const struct ka_evidence *ev = &r->g->ledger[k];
	char mend[512];

	ka_mend(mend, sizeof mend, r->g, k);
	ka_out_str(out, "<tr><th scope=row>");
	ka_html_text(out, ka_kind_info(k)->kind);
	ka_out_str(out, "<br><code class=soft>");
	ka_html_text(out, ev->api_path);
	ka_out_str(out, "</code><td><span class=flag>");
	ka_out_str(out, ka_evidence_status_name(ev->status));
	ka_out_str(out, "</span><br>");
	ka_html_text(out, ev->reason);
	ka_out_str(out, "<td>");
	ka_html_prose(out, mend);
	ka_html_cell_uint(out, ka_blocked_by(r, k));
	ka_out_char(out, '\n');
}

static void
put_gaps(struct ka_out *out, const struct ka_report *r)
{
	bool any = false;

	for (enum ka_kind k = 0; k < KA_NKINDS; k++) {
		if (!ka_ledger_gap(r->g, k))
			continue;
		if (!any)
			ka_html_table(out, "Evidence that is missing", "plain",
				      "Kind|What happened|What would mend it|#Checks left unknown");
		any = true;
		put_gap(out, r, k);
	}
	if (any)
		ka_html_table_end(out);
	else
		ka_out_str(out,
			   "<p>Every kind of object that was asked for was read to the end.</p>\n");
}

static void
put_unknown(struct ka_out *out, const struct ka_report *r)
{
	bool any = false;

	for (size_t i = 0; i < r->nresults; i++) {
		const struct ka_result *res = &r->result[i];

		if (res->status != KA_UNKNOWN)
			continue;
		if (!any)
			ka_html_table(out, "Checks that are unknown", "plain",
				      "Check|Severity|Reason");
		any = true;
		ka_out_str(out, "<tr><td>");
		ka_html_text(out, res->check->title);
		ka_out_str(out, "<br>");
		ka_html_check_link(out, res->check);
		ka_out_str(out, "<td>");
		ka_html_severity(out, res->severity);
		ka_html_cell(out, res->reason);
		ka_out_char(out, '\n');
	}
	if (any)
		ka_html_table_end(out);
}

static void
put_ledger(struct ka_out *out, const struct ka_graph *g)
{
	ka_out_str(out, "<details><summary>The whole evidence ledger</summary>\n");
	ka_html_table(out, NULL, "led",
		      "Kind|Status|#Objects|API path|resourceVersion|Time|Reason");
	for (enum ka_kind k = 0; k < KA_NKINDS; k++) {
		const struct ka_evidence *ev = &g->ledger[k];

		if (!ka_ledger_shown(g, k))
			continue;
		ka_out_str(out, "<tr><th scope=row>");
		ka_html_text(out, ka_kind_info(k)->kind);
		ka_html_cell(out, ka_evidence_status_name(ev->status));
		ka_html_cell_uint(out, ev->count);
		ka_html_cell(out, ev->api_path);
		ka_html_cell(out, ev->resource_version);
		ka_html_cell(out, ev->time);
		ka_html_cell(out, ev->reason);
		ka_out_char(out, '\n');
	}
	ka_html_table_end(out);
	ka_out_str(out, "</details>");
}

static void
put_lost(struct ka_out *out, const struct ka_graph *g)
{
	size_t lost = 0;

	for (size_t i = 0; i < g->nproblems; i++)
		lost += g->problem[i].fatal;
	if (lost)
		ka_out_fmt(out,
			   "<p><span class=flag>%zu document%s could not be read</span> and what "
			   "is in "
			   "them was not judged: <a href=\"#input\">see Input</a>.</p>\n",
			   lost, ka_plural(lost));
}

static bool
same_reason(const struct ka_control *a, const struct ka_control *b)
{
	return a->status == b->status && a->reason && b->reason && !strcmp(a->reason, b->reason);
}

/* One row for all controls of a benchmark that are unknown for the same reason. */
static size_t
put_unknown_controls(struct ka_out *out, const struct ka_bench_result *b, size_t nrows)
{
	for (size_t i = 0; i < b->ncontrols; i++) {
		const struct ka_control *c = &b->control[i];
		size_t before = 0, n = 0;

		if (c->status != KA_UNKNOWN)
			continue;
		for (size_t k = 0; k < b->ncontrols; k++) {
			bool same = k == i || same_reason(c, &b->control[k]);

			before += same && k < i;
			n += same;
		}
		if (before)
			continue;
		if (!nrows++)
			ka_html_table(out, "Benchmark controls that are unknown", "plain",
				      "Benchmark|Reason|#Controls");
		ka_out_str(out, "<tr><td>");
		ka_html_text(out, b->bench->title);
		ka_html_cell(out, c->reason);
		ka_html_cell_uint(out, n);
		ka_out_char(out, '\n');
	}
	return nrows;
}

void
ka_html_unjudged(struct ka_out *out, const struct ka_report *r)
{
	size_t nrows = 0;

	put_gaps(out, r);
	put_lost(out, r->g);
	put_unknown(out, r);
	for (size_t i = 0; i < r->nbenches; i++)
		nrows = put_unknown_controls(out, &r->bench[i], nrows);
	if (nrows)
		ka_html_table_end(out);
	put_ledger(out, r->g);
}

/* ---- benchmarks ------------------------------------------------------------------------ */

static const struct ka_result *
result_of(const struct ka_control *c, const char *key)
{
	for (size_t i = 0; i < sizeof c->result / sizeof *c->result && c->result[i]; i++)
		if (!strcmp(c->result[i]->check->key, key))
			return c->result[i];
	return NULL;
}

static void
put_deciders(struct ka_out *out, const struct ka_control *c)
{
	for (size_t i = 0; i < sizeof c->result / sizeof *c->result && c->result[i]; i++) {
		ka_html_check_link(out, c->result[i]->check);
		ka_out_str(out, ": ");
		ka_out_str(out, ka_status_name(c->result[i]->status));
		ka_out_str(out, ka_all_waived(c->result[i]) ? ", waived<br>" : "<br>");
	}
	/* Keys without a result were not run. */
	for (size_t i = 0; i < sizeof c->item->keys / sizeof *c->item->keys && c->item->keys[i];
	     i++) {
		if (result_of(c, c->item->keys[i]))
			continue;
		ka_html_text(out, c->item->keys[i]);
		ka_out_str(out, ": not run<br>");
	}
}

static void
put_control(struct ka_out *out, const struct ka_control *c)
{
	const struct ka_attestation *a = c->attestation;

	ka_out_str(out, "<tr><th scope=row>");
	ka_html_text(out, c->item->id);
	ka_html_cell(out, c->item->title);
	ka_out_str(out, "<td>");
	if (c->item->level)
		ka_out_uint(out, c->item->level);
	ka_out_str(out, "<td>");
	ka_html_status(out, c->status);
	ka_out_str(out, "<td>");
	put_deciders(out, c);
	ka_html_text(out, c->reason);
	if (a) {
		ka_out_str(out, a->holds ? "<br><span class=flag>Attested:</span> "
					 : "<br><span class=flag>Attested not to hold:</span> ");
		ka_html_text(out, a->statement);
		ka_out_str(out, " (");
		ka_html_text(out, a->by);
		ka_out_str(out, ", ");
		ka_html_text(out, a->date);
		ka_out_char(out, ')');
	}
	ka_out_char(out, '\n');
}

void
ka_html_benchmarks(struct ka_out *out, const struct ka_report *r)
{
	if (!r->nbenches)
		ka_out_str(out, "<p>No benchmark was asked for.</p>");
	for (size_t i = 0; i < r->nbenches; i++) {
		const struct ka_bench_result *b = &r->bench[i];

		ka_out_fmt(out, "<h3 id=\"bench-%zu\">", i + 1);
		ka_html_text(out, b->bench->title);
		ka_out_fmt(out, "</h3>\n<p class=meta><span>Coverage %u&nbsp;%%</span> ",
			   ka_percent(b->coverage));
		if (b->has_score)
			ka_out_fmt(out, "<span>Score %u&nbsp;%% of what was judged</span> ",
				   ka_percent(b->score));
		else
			ka_out_fmt(out,
				   "<span>No score: coverage is below the %u&nbsp;%% asked "
				   "for</span> ",
				   ka_percent(r->min_coverage));
		ka_out_str(out, "<code>");
		ka_html_text(out, b->bench->name);
		ka_out_str(out, "</code></p>\n");
		ka_html_table(out, NULL, "ctl", "Control|Requirement|Level|Verdict|Decided by");
		for (size_t k = 0; k < b->ncontrols; k++)
			put_control(out, &b->control[k]);
		ka_html_table_end(out);
	}
}

/* ---- exceptions ------------------------------------------------------------------------ */

static void
put_match(struct ka_out *out, const char *what, const char *glob)
{
	if (!glob)
		return;
	ka_out_str(out, "<br>");
	ka_out_str(out, what);
	ka_out_str(out, " <code>");
	ka_html_text(out, glob);
	ka_out_str(out, "</code>");
}

static void
put_waiver(struct ka_out *out, const struct ka_waiver *w)
{
	ka_out_str(out, "<tr><td><code>");
	ka_html_text(out, w->check);
	ka_out_str(out, "</code>");
	put_match(out, "kind", w->kind);
	put_match(out, "namespace", w->namespace);
	put_match(out, "name", w->name);
	put_match(out, "container", w->container);
	ka_html_cell(out, w->reason);
	ka_html_cell(out, w->owner ? w->owner : "nobody");
	ka_html_cell(out, w->expires ? w->expires : "never");
	ka_html_cell_uint(out, w->hits);
	ka_out_str(out, "<td>");
	if (w->expired)
		ka_out_str(out, "<span class=flag>Expired:</span> waives nothing<br>");
	if (!w->hits)
		ka_out_str(out, "<span class=flag>Unused:</span> matches no finding");
	if (!w->expired && w->hits)
		ka_out_str(out, "In force");
	ka_html_cell_uint(out, w->line);
	ka_out_char(out, '\n');
}

static void
put_attestation(struct ka_out *out, const struct ka_attestation *a)
{
	ka_out_str(out, "<tr><td>");
	ka_html_text(out, a->benchmark);
	ka_out_char(out, ' ');
	ka_html_text(out, a->control);
	ka_html_cell(out, a->holds ? "holds" : "does not hold");
	ka_html_cell(out, a->statement);
	ka_html_cell(out, a->by);
	ka_html_cell(out, a->date);
	ka_out_char(out, '\n');
}

void
ka_html_exceptions(struct ka_out *out, const struct ka_report *r)
{
	ka_out_str(out, "<p>What people have decided, from the policy file. A waiver changes no "
			"verdict and raises no "
			"score.</p>\n");
	if (r->nwaivers)
		ka_html_table(out, "Waivers", "plain",
			      "Waives|Reason|Owner|Expires|#Findings|State|#Line");
	else
		ka_out_str(out, "<p>There are no waivers.</p>\n");
	for (size_t i = 0; i < r->nwaivers; i++)
		put_waiver(out, &r->waiver[i]);
	if (r->nwaivers)
		ka_html_table_end(out);
	if (r->nattestations)
		ka_html_table(out, "Attestations", "plain", "Control|Verdict|Statement|By|Date");
	else
		ka_out_str(out, "<p>There are no attestations.</p>");
	for (size_t i = 0; i < r->nattestations; i++)
		put_attestation(out, &r->attestation[i]);
	if (r->nattestations)
		ka_html_table_end(out);
	for (size_t i = 0; i < r->unread_params.n; i++) {
		ka_out_str(out,
			   i ? ", <code>"
			     : "\n<p>Parameters of the policy file that no check that ran asks "
			       "for: <code>");
		ka_html_text(out, r->unread_params.v[i]);
		ka_out_str(out, "</code>");
	}
	ka_out_str(out, r->unread_params.n ? "</p>" : "");
}

/* ---- input ----------------------------------------------------------------------------- */

static void
put_problems(struct ka_out *out, const struct ka_graph *g)
{
	if (!g->nproblems)
		return;
	ka_html_table(out, "Problems", "plain", "Where|What was lost|Problem");
	for (size_t i = 0; i < g->nproblems; i++) {
		const struct ka_problem *p = &g->problem[i];

		ka_out_str(out, "<tr><td>");
		ka_html_place(out, ka_file_name(g, p->file), p->line);
		ka_out_str(out, p->fatal ? "<td><span class=flag>The document</span><td>"
					 : "<td>A field<td>");
		if (p->object) {
			ka_html_text(out, p->object);
			ka_out_str(out, ": ");
		}
		ka_html_text(out, p->text);
		ka_out_char(out, '\n');
	}
	ka_html_table_end(out);
}

void
ka_html_input(struct ka_out *out, const struct ka_report *r)
{
	const struct ka_graph *g = r->g;

	if (!g->nproblems && !g->nskipped)
		ka_out_str(out, "<p>Every document was read and understood.</p>\n");
	put_problems(out, g);
	if (g->nskipped)
		ka_html_table(out, "Skipped: not Kubernetes objects, not judged", "plain",
			      "Where|What it is");
	for (size_t i = 0; i < g->nskipped; i++) {
		ka_out_str(out, "<tr><td>");
		ka_html_place(out, ka_file_name(g, g->skipped[i].file), g->skipped[i].line);
		ka_html_cell(out, g->skipped[i].text);
		ka_out_char(out, '\n');
	}
	if (g->nskipped)
		ka_html_table_end(out);
	if (g->duplicates)
		ka_out_fmt(
			out, "<p>%llu object%s met again with the same uid and counted once.</p>",
			(unsigned long long)g->duplicates, g->duplicates == 1 ? " was" : "s were");
}
