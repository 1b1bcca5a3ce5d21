/* The parts of the HTML page.  Each fills one slot of report.html; markup is written with
 * ka_out_str(), everything that is not ours with ka_html_text(). */
#ifndef KA_REPORTS_HTML_H
#define KA_REPORTS_HTML_H

#include <kassay/report.h>

void ka_html_text(struct ka_out *out, const char *s);
/* Words of our own: what is in `backticks` becomes <code>. */
void ka_html_prose(struct ka_out *out, const char *s);
/* The word, its mark and its colour. */
void ka_html_status(struct ka_out *out, enum ka_status s);
void ka_html_severity(struct ka_out *out, enum ka_severity s);
/* Opens a table under a heading (or NULL); columns are "One|Two|#Three", where # stands before one
 * of numbers.  Closed by ka_html_table_end(). */
void ka_html_table(struct ka_out *out, const char *heading, const char *class, const char *columns);
void ka_html_table_end(struct ka_out *out);
/* <tr> cells: text, and a number. */
void ka_html_cell(struct ka_out *out, const char *s);
void ka_html_cell_uint(struct ka_out *out, uint64_t n);
/* <dt> and <dd>; nothing when the value is NULL or empty. */
void ka_html_fact(struct ka_out *out, const char *name, const char *value);
/* "file:line" in <code>. */
void ka_html_place(struct ka_out *out, const char *file, uint32_t line);
/* A link to what the page says of a check. */
void ka_html_check_link(struct ka_out *out, const struct ka_check *check);

typedef void ka_html_slot_fn(struct ka_out *out, const struct ka_report *r);
/* html_overview.c */
ka_html_slot_fn ka_html_lead, ka_html_scope, ka_html_glance, ka_html_worst, ka_html_integrity,
	ka_html_footer;
/* html_findings.c */
ka_html_slot_fn ka_html_findings_lead, ka_html_findings, ka_html_checks;
/* html_least.c */
ka_html_slot_fn ka_html_least;
/* html_registers.c */
ka_html_slot_fn ka_html_unjudged, ka_html_benchmarks, ka_html_exceptions, ka_html_input;

#endif
