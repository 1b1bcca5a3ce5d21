/* One self-contained page: report.html, with its slots filled.  It asks for nothing from anywhere,
 * is complete where scripts and styles are blocked, and its policy admits no script or style but
 * its own. */
#include "html.h"

#include <string.h>

#include "common.h"

/* report.html, sealed by seal.sh when the program is built. */
static const char page[] = {
#include "report_html.inc"
	0,
};

static void
put_title(struct ka_out *out, const struct ka_report *r)
{
	ka_out_str(out, "Cluster audit report: ");
	ka_html_text(out, r->g->source);
}

static const struct {
	const char *name; /* as in <!--{name}--> */
	ka_html_slot_fn *fill;
} slots[] = {
	{ "title", put_title },
	{ "lead", ka_html_lead },
	{ "scope", ka_html_scope },
	{ "glance", ka_html_glance },
	{ "worst", ka_html_worst },
	{ "unjudged", ka_html_unjudged },
	{ "benchmarks", ka_html_benchmarks },
	{ "findings-lead", ka_html_findings_lead },
	{ "findings", ka_html_findings },
	{ "checks", ka_html_checks },
	{ "least", ka_html_least },
	{ "exceptions", ka_html_exceptions },
	{ "input", ka_html_input },
	{ "integrity", ka_html_integrity },
	{ "footer", ka_html_footer },
};

/* -1 for a slot that nobody fills. */
static int
fill(struct ka_out *out, const struct ka_report *r, const char *name, size_t len)
{
	for (size_t i = 0; i < sizeof slots / sizeof *slots; i++)
		if (strlen(slots[i].name) == len && !memcmp(slots[i].name, name, len)) {
			slots[i].fill(out, r);
			return 0;
		}
	return -1;
}

int
ka_write_html(struct ka_out *out, const struct ka_report *r, const struct ka_report_opts *opts,
	      struct ka_err *err)
{
	const char *at = page, *slot, *end;

	(void)opts;
	while ((slot = strstr(at, "<!--{")) != NULL && (end = strstr(slot, "}-->")) != NULL) {
		ka_out_bytes(out, at, (size_t)(slot - at));
		slot += strlen("<!--{");
		if (fill(out, r, slot, (size_t)(end - slot)) < 0)
			return ka_err_set(err, KA_EFORMAT, "report.html: no slot \"%.*s\"",
					  (int)(end - slot), slot);
		at = end + strlen("}-->");
	}
	ka_out_str(out, at);
	return 0;
}

/* ---- pieces ---------------------------------------------------------------------------- */

void
ka_html_text(struct ka_out *out, const char *s)
{
	ka_put_visible(out, s, ka_out_html);
}

void
ka_html_prose(struct ka_out *out, const char *s)
{
	char part[512];
	bool code = false;

	while (s && *s) {
		size_t n = strcspn(s, "`");

		if (n >= sizeof part)
			break; /* no such word of ours: as it is */
		memcpy(part, s, n);
		part[n] = '\0';
		ka_html_text(out, part);
		s += n;
		if (*s == '`') {
			code = !code;
			ka_out_str(out, code ? "<code>" : "</code>");
			s++;
		}
	}
	ka_html_text(out, s);
	ka_out_str(out, code ? "</code>" : "");
}

void
ka_html_status(struct ka_out *out, enum ka_status s)
{
	ka_out_str(out, "<span class=\"st ");
	ka_out_str(out, ka_status_name(s));
	ka_out_str(out, "\">");
	ka_out_str(out, ka_status_word(s));
	ka_out_str(out, "</span>");
}

void
ka_html_severity(struct ka_out *out, enum ka_severity s)
{
	ka_out_str(out, "<span class=\"sev ");
	ka_out_str(out, ka_severity_name(s));
	ka_out_str(out, "\">");
	ka_out_str(out, ka_severity_word(s));
	ka_out_str(out, "</span>");
}

void
ka_html_table(struct ka_out *out, const char *heading, const char *class, const char *columns)
{
	if (heading)
		ka_out_fmt(out, "<h3>%s</h3>\n", heading);
	ka_out_fmt(out, "<div class=scroll><table class=%s rules=rows cellpadding=4><thead><tr>",
		   class);
	while (*columns) {
		size_t n = strcspn(columns, "|");

		if (*columns == '#')
			ka_out_str(out, "<th scope=col class=n>");
		else
			ka_out_str(out, "<th scope=col>");
		ka_out_bytes(out, columns + (*columns == '#'), n - (*columns == '#'));
		columns += n + (columns[n] == '|');
	}
	ka_out_str(out, "</thead>\n");
}

void
ka_html_table_end(struct ka_out *out)
{
	ka_out_str(out, "</table></div>\n");
}

void
ka_html_cell(struct ka_out *out, const char *s)
{
	ka_out_str(out, "<td>");
	ka_html_text(out, s);
}

void
ka_html_cell_uint(struct ka_out *out, uint64_t n)
{
	ka_out_str(out, "<td class=n>");
	ka_out_uint(out, n);
}

void
ka_html_fact(struct ka_out *out, const char *name, const char *value)
{
	if (!value || !*value)
		return;
	ka_out_str(out, "<div><dt>");
	ka_out_str(out, name);
	ka_out_str(out, "</dt><dd>");
	ka_html_text(out, value);
	ka_out_str(out, "</dd></div>\n");
}

void
ka_html_place(struct ka_out *out, const char *file, uint32_t line)
{
	ka_out_str(out, "<code>");
	ka_html_text(out, file);
	ka_out_char(out, ':');
	ka_out_uint(out, line);
	ka_out_str(out, "</code>");
}

void
ka_html_check_link(struct ka_out *out, const struct ka_check *check)
{
	ka_out_str(out, "<a href=\"#check-");
	ka_html_text(out, check->key);
	ka_out_str(out, "\">");
	ka_html_text(out, check->key);
	ka_out_str(out, "</a>");
}
