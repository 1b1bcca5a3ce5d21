#include "common.h"
int ka_write_html(struct ka_out *out, const struct ka_report *r, const struct ka_report_opts *opts, struct ka_err *err)
{ (void)out;(void)r;(void)opts;(void)err; return 0; }
