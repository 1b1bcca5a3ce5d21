/* Least privilege: who holds more than everybody, how much, and where it leads. */
#include "common.h"
#include "html.h"

/* What a page can show; all of them are in the JSON report. */
#define MAX_ROWS 500

static void
put_intro(struct ka_out *out, const struct ka_least_privilege *l)
{
	ka_out_fmt(out,
		   "<p>%zu subject%s more than everybody holds who is known; %zu of them %s Kubernetes' own, listed "
		   "last. One grant here is one verb on one resource in one namespace, or on one object where a rule "
		   "names objects; stars are written out over %zu resources (%s) and %zu namespace%s. The weight "
		   "counts what leads further more: <code>man kassay</code> has the formulas.</p>\n",
		   l->nsubjects, l->nsubjects == 1 ? " holds" : "s hold", l->nbuiltin, l->nbuiltin == 1 ? "is" : "are",
		   l->nresources,
		   l->served ? "what the API server serves" : "Kubernetes' own API and what rules name besides",
		   l->nnamespaces, ka_plural(l->nnamespaces));
	ka_out_fmt(out, "<p>Everybody holds %llu grants, which the numbers include. ",
		   (unsigned long long)l->everybody.atoms);
	if (l->nothing)
		ka_out_fmt(out, "%zu more subject%s bindings that give nothing beyond that. ", l->nothing,
			   l->nothing == 1 ? " has" : "s have");
	if (l->log)
		ka_out_fmt(out, "The audit log has %llu requests over %llu hours, %llu of them without any.",
			   (unsigned long long)l->log->events, (unsigned long long)l->log->hours,
			   (unsigned long long)l->log->empty_hours);
	else
		ka_out_str(out, "There was no audit log: what of it is used was not observed.");
	ka_out_str(out, "</p>\n");
	if (l->missing != KA_NKINDS)
		ka_out_fmt(out,
			   "<p><span class=flag>At least:</span> %s were not read to the end, and there may be "
			   "more.</p>\n",
			   ka_kind_info(l->missing)->resource);
}

static void
put_subject(struct ka_out *out, const struct ka_holder *h)
{
	static const char *const kinds[] = { "User", "Group", "ServiceAccount", "" };

	ka_out_fmt(out, "<tr data-own=%d><th scope=row>", h->builtin);
	ka_html_text(out, h->subject.name);
	ka_out_fmt(out, "<br><span class=soft>%s", kinds[h->subject.kind]);
	if (h->subject.kind == KA_SUBJECT_SERVICEACCOUNT) {
		ka_out_str(out, ", <i>");
		ka_html_text(out, h->subject.namespace);
		ka_out_str(out, "</i>");
	}
	ka_out_str(out, h->builtin ? ", Kubernetes' own</span>" : "</span>");
}

static void
put_scope(struct ka_out *out, const struct ka_measure *m)
{
	ka_out_str(out, m->cluster ? "<td>Cluster" : "<td>");
	if (m->namespaces)
		ka_out_fmt(out, "%s%u namespace%s", m->cluster ? " and " : "", m->namespaces,
			   ka_plural(m->namespaces));
	ka_out_fmt(out, "<br><span class=soft>%u binding%s, %u rule%s", m->grants, ka_plural(m->grants), m->rules,
		   ka_plural(m->rules));
	if (m->dead)
		ka_out_fmt(out, ", %u without effect", m->dead);
	ka_out_str(out, m->cut ? ", and more names than were counted</span>" : "</span>");
}

static const char *
put_count(struct ka_out *out, const char *sep, uint64_t n, const char *what)
{
	if (!n)
		return sep;
	ka_out_fmt(out, "%s%llu %s%s", sep, (unsigned long long)n, what, ka_plural(n));
	return ", ";
}

static void
put_reach(struct ka_out *out, const struct ka_blast *b)
{
	const char *sep = "";

	ka_out_str(out, b->cluster ? "<td><span class=flag>The whole cluster</span><br>" : "<td>");
	sep = put_count(out, sep, b->secrets, "Secret");
	sep = put_count(out, sep, b->pods, "pod");
	sep = put_count(out, sep, b->nodes, "node");
	put_count(out, sep, b->accounts, "account");
}

static void
put_use(struct ka_out *out, const struct ka_holder *h)
{
	const struct ka_measure *m = &h->measure;

	if (!m->observed) {
		ka_out_str(out, "<td><span class=soft>Not observed</span>");
		return;
	}
	ka_out_fmt(out, "<td>%llu used, %u&nbsp;%% unused", (unsigned long long)m->used.atoms,
		   m->granted.atoms ? ka_percent((double)m->unused.atoms / (double)m->granted.atoms) : 0);
	if (m->unobservable.atoms)
		ka_out_fmt(out, "<br><span class=soft>%llu the log cannot show</span>",
			   (unsigned long long)m->unobservable.atoms);
	if (h->dormant)
		ka_out_str(out, "<br><span class=flag>Dormant</span>");
}

static void
put_row(struct ka_out *out, const struct ka_holder *h)
{
	const struct ka_atom_tally *g = &h->measure.granted;

	put_subject(out, h);
	if (h->measure.master)
		ka_out_str(out, "<br><span class=flag>May do everything</span>");
	ka_html_cell_uint(out, g->atoms);
	ka_html_cell_uint(out, g->atoms ? ka_percent((double)g->wild / (double)g->atoms) : 0);
	ka_html_cell_uint(out, g->weight);
	put_scope(out, &h->measure);
	put_reach(out, &h->blast);
	put_use(out, h);
	ka_out_char(out, '\n');
}

void
ka_html_least(struct ka_out *out, const struct ka_report *r)
{
	const struct ka_least_privilege *l = &r->least;
	size_t shown = l->nsubjects < MAX_ROWS ? l->nsubjects : MAX_ROWS;

	if (!l->judged) {
		ka_out_str(out, "<p>Only single checks were asked for: what subjects hold was not counted.</p>\n");
		return;
	}
	put_intro(out, l);
	if (!shown)
		return;
	ka_out_str(out, "<form class=\"tools plain\" id=\"stools\" hidden>\n<input type=search id=sq placeholder=\"Search "
			"subjects\" aria-label=\"Search subjects\" autocomplete=off>\n<label><input type=checkbox id=sown "
			"checked> Kubernetes' own</label>\n<span id=scount role=status aria-live=polite></span>\n</form>\n");
	ka_html_table(out, NULL, "subj", "Subject|#Granted|#By star, %|#Weight|Held in|Reaches at once|Use");
	for (size_t i = 0; i < shown; i++)
		put_row(out, &l->subject[i]);
	ka_html_table_end(out);
	if (shown < l->nsubjects)
		ka_out_fmt(out, "<p>%zu more are in the JSON report.</p>\n", l->nsubjects - shown);
}
