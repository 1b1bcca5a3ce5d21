/* Every finding under its check, and the register of all checks.  There may be 100,000 rows: end
 * tags that HTML lets one leave out are left out. */
#include "common.h"
#include "html.h"

enum {
	ROWS_A_TABLE =
		100, /* a browser lays out whole tables: small ones can stay undrawn off screen */
	OPEN_UP_TO = 10, /* findings of a check that are shown without being asked for */
};

void
ka_html_findings_lead(struct ka_out *out, const struct ka_report *r)
{
	if (!r->nfindings) {
		ka_out_str(out, "<p>There is no finding.</p>");
		return;
	}
	ka_out_fmt(out,
		   "<p>%zu finding%s, worst check first. Waived ones are listed and marked.</p>",
		   r->nfindings, ka_plural(r->nfindings));
}

static void
put_labelled(struct ka_out *out, const char *label, const char *value)
{
	if (!value)
		return;
	ka_out_str(out, "<br>");
	ka_out_str(out, label);
	ka_out_str(out, " <code>");
	ka_html_text(out, value);
	ka_out_str(out, "</code>");
}

/* The page's script relies on: name, <br>, "Kind in " and the namespace in <i>. */
static void
put_object(struct ka_out *out, const struct ka_finding *f)
{
	ka_out_str(out, "<td><b>");
	ka_html_text(out, f->obj->name);
	ka_out_str(out, "</b><br>");
	ka_html_text(out, f->obj->kind_name);
	if (f->obj->namespace) {
		ka_out_str(out, " in <i>");
		ka_html_text(out, f->obj->namespace);
		ka_out_str(out, "</i>");
	}
	if (f->instances)
		ka_out_fmt(out, "<br>%u instance%s", f->instances, ka_plural(f->instances));
}

static void
put_fault(struct ka_out *out, const struct ka_finding *f)
{
	ka_out_str(out, "<td>");
	ka_html_text(out, f->message);
	put_labelled(out, "observed", f->observed);
	put_labelled(out, "expected", f->expected);
	if (!f->waiver) {
		ka_out_str(out, f->known ? "<br><em>Known:</em> in the baseline" : "");
		return;
	}
	ka_out_str(out, "<br><em>Waived:</em> ");
	ka_html_text(out, f->waiver->reason);
	ka_out_str(out, f->waiver->owner ? "; owner " : "");
	ka_html_text(out, f->waiver->owner);
	ka_out_str(out, f->waiver->expires ? "; until " : "");
	ka_html_text(out, f->waiver->expires);
}

static void
put_evidence(struct ka_out *out, const struct ka_graph *g, const struct ka_finding *f)
{
	struct ka_origin from = ka_origin_of(g, f->obj);

	ka_out_str(out, "<td>id <code>");
	ka_out_str(out, f->id);
	ka_out_str(out, "</code>");
	put_labelled(out, "container", f->container);
	if (f->path) {
		ka_out_str(out, "<br>at <code class=p>");
		ka_html_text(out, f->path);
		ka_out_str(out, "</code>");
	}
	if (from.file) {
		ka_out_str(out, "<br>in ");
		ka_html_place(out, from.file, from.line);
	} else {
		put_labelled(out, "resourceVersion", from.resource_version);
	}
	for (size_t i = 0; i < sizeof f->via / sizeof *f->via && f->via[i]; i++) {
		ka_out_str(out, "<br>via ");
		ka_html_text(out, f->via[i]->kind_name);
		ka_out_str(out, " <code>");
		ka_html_text(out, f->via[i]->namespace);
		ka_out_str(out, f->via[i]->namespace ? "/" : "");
		ka_html_text(out, f->via[i]->name);
		ka_out_str(out, "</code>");
	}
	ka_out_char(out, '\n');
}

/* A row group for each severity: the script filters by its data-s. */
static void
put_group(struct ka_out *out, enum ka_severity s, bool named)
{
	ka_out_fmt(out, "<tbody class=%s data-s=%s>\n", ka_severity_name(s), ka_severity_name(s));
	if (!named)
		return;
	ka_out_str(out, "<tr><th colspan=3 scope=rowgroup>");
	ka_html_severity(out, s);
	ka_out_char(out, '\n');
}

static void
put_tables(struct ka_out *out, const struct ka_report *r, const struct ka_result *res)
{
	const struct ka_finding *f = &r->finding[res->first];
	size_t n = res->nfindings;
	bool mixed = f[0].severity != res->severity || f[n - 1].severity != res->severity;

	for (size_t i = 0; i < n; i++) {
		bool new_table = i % ROWS_A_TABLE == 0;

		if (new_table) {
			if (i)
				ka_html_table_end(out);
			ka_out_str(out, n > ROWS_A_TABLE / 2 ? "<div class=c>" : "<div>");
			ka_out_str(out, "<table class=fixed rules=rows "
					"cellpadding=4><thead><tr><th scope=col>Object<th "
					"scope=col>Finding<th scope=col>Evidence</thead>\n");
		}
		if (new_table || f[i].severity != f[i - 1].severity)
			put_group(out, f[i].severity, mixed);
		ka_out_str(out, "<tr id=f");
		ka_out_str(out, f[i].id);
		ka_out_str(out, f[i].waiver ? " class=w>" : f[i].known ? " class=k>" : ">");
		put_object(out, &f[i]);
		put_fault(out, &f[i]);
		put_evidence(out, r->g, &f[i]);
	}
	ka_html_table_end(out);
}

static void
put_why(struct ka_out *out, const struct ka_check *check)
{
	ka_out_str(out, "<dl class=why><dt>Why it matters</dt><dd>");
	ka_html_prose(out, check->why);
	ka_out_str(out, "</dd><dt>How to mend it</dt><dd>");
	ka_html_prose(out, check->fix);
	ka_out_str(out, "</dd></dl>\n");
}

static void
put_meta(struct ka_out *out, const struct ka_result *res, enum ka_severity worst)
{
	ka_out_str(out, "<p class=meta>");
	ka_html_severity(out, worst);
	ka_out_char(out, ' ');
	ka_html_status(out, res->status);
	ka_out_fmt(out, " <span>%llu of %llu objects at fault</span> ",
		   (unsigned long long)res->failed, (unsigned long long)res->seen);
	if (ka_all_waived(res))
		ka_out_str(out, "<span>every finding waived</span> ");
	else if (res->nwaived)
		ka_out_fmt(out, "<span>%zu waived</span> ", res->nwaived);
	ka_out_str(out, "<span>");
	ka_html_text(out, res->set->name);
	ka_out_str(out, "</span> <code>");
	ka_html_text(out, res->check->key);
	ka_out_str(out, "</code></p>\n");
}

static void
put_article(struct ka_out *out, const struct ka_report *r, const struct ka_result *res,
	    enum ka_severity worst)
{
	ka_out_str(out, "<article class=check id=\"check-");
	ka_html_text(out, res->check->key);
	ka_out_str(out, "\" data-key=\"");
	ka_html_text(out, res->check->key);
	ka_out_fmt(out, "\" data-status=%s>\n<h3>", ka_status_name(res->status));
	ka_html_text(out, res->check->title);
	ka_out_str(out, "</h3>\n");
	put_meta(out, res, worst);
	put_why(out, res->check);
	if (res->reason) {
		ka_out_str(out, "<p class=note>");
		ka_html_text(out, res->reason);
		ka_out_str(out, "</p>\n");
	}
	ka_out_fmt(out, "<details%s><summary>%zu finding%s</summary>\n",
		   res->nfindings <= OPEN_UP_TO ? " open" : "", res->nfindings,
		   ka_plural(res->nfindings));
	put_tables(out, r, res);
	ka_out_str(out, "</details>\n</article>\n");
}

void
ka_html_findings(struct ka_out *out, const struct ka_report *r)
{
	struct ka_worst_walk walk = { 0 };
	const struct ka_result *res;

	while ((res = ka_worst_next(r, &walk)) != NULL)
		put_article(out, r, res, walk.severity);
	for (size_t i = 0; i < r->nresults; i++)
		if (ka_all_waived(&r->result[i]))
			put_article(out, r, &r->result[i], r->result[i].severity);
}

/* ---- the register of checks ------------------------------------------------------------ */

static void
put_register_row(struct ka_out *out, const struct ka_result *res)
{
	ka_out_fmt(out, "<tr data-status=%s data-sev=%s", ka_status_name(res->status),
		   ka_severity_name(res->severity));
	if (!res->nfindings) { /* otherwise the article above has the id */
		ka_out_str(out, " id=\"check-");
		ka_html_text(out, res->check->key);
		ka_out_char(out, '"');
	}
	ka_out_str(out, "><td><details><summary>");
	ka_html_text(out, res->check->title);
	ka_out_str(out, "</summary><p>");
	ka_html_prose(out, res->check->why);
	ka_out_str(out, "</p><p>");
	ka_html_prose(out, res->check->fix);
	ka_out_str(out, "</p></details> <code class=soft>");
	ka_html_text(out, res->check->key);
	ka_out_str(out, "</code><td>");
	ka_html_severity(out, res->severity);
	ka_out_str(out, "<td>");
	ka_html_status(out, res->status);
	ka_html_cell_uint(out, res->seen);
	ka_out_str(out, "<td>");
	if (res->nfindings) {
		ka_out_str(out, "<a href=\"#check-");
		ka_html_text(out, res->check->key);
		ka_out_fmt(out, "\">%zu finding%s</a>", res->nfindings, ka_plural(res->nfindings));
		if (res->nwaived)
			ka_out_fmt(out, ", %zu waived", res->nwaived);
		ka_out_str(out, res->reason ? "<br>" : "");
	}
	ka_html_text(out, res->reason);
	ka_out_char(out, '\n');
}

void
ka_html_checks(struct ka_out *out, const struct ka_report *r)
{
	ka_html_table(out, NULL, "reg", "Check|Severity|Verdict|#Objects|Findings, reason");
	for (size_t i = 0; i < r->nresults; i++) {
		if (!i || r->result[i].set != r->result[i - 1].set) {
			ka_out_str(out, "<tbody><tr><th colspan=5 scope=rowgroup>");
			ka_html_text(out, r->result[i].set->name);
			ka_out_char(out, '\n');
		}
		put_register_row(out, &r->result[i]);
	}
	ka_html_table_end(out);
}
