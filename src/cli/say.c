#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "util/str.h"

#include "util/banned.h"

#define WARN_MAX 20

int
ka_say_err(const char *doing, const struct ka_err *err)
{
	struct ka_out *out = ka_out_fd(STDERR_FILENO);

	ka_out_str(out, "kassay: ");
	ka_out_term(out, doing);
	ka_out_str(out, ": ");
	ka_out_term(out, err->msg);
	ka_out_char(out, '\n');
	ka_out_close(out, NULL);
	return KA_EXIT_TROUBLE;
}

int
ka_say(const char *doing, const char *fmt, ...)
{
	struct ka_err err = { .code = KA_EUSAGE };
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(err.msg, sizeof err.msg, fmt, ap);
	va_end(ap);
	return ka_say_err(doing, &err);
}

void
ka_warn(const char *fmt, ...)
{
	struct ka_err err = { .code = KA_EFORMAT };
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(err.msg, sizeof err.msg, fmt, ap);
	va_end(ap);
	ka_say_err("warning", &err);
}

/* "deploy/web.yaml:12: " and whose field it is. */
static void
warn_at(const struct ka_graph *g, const struct ka_problem *p)
{
	const char *file = p->file < g->nfiles ? g->file[p->file] : "?";

	if (p->line)
		ka_warn("%s:%" PRIu32 ": %s%s%s", file, p->line, p->object ? p->object : "",
			p->object ? ": " : "", p->text);
	else
		ka_warn("%s: %s%s%s", file, p->object ? p->object : "", p->object ? ": " : "",
			p->text);
}

void
ka_warn_input(const struct ka_graph *g)
{
	size_t total = g->nproblems + g->nskipped, told = 0;

	for (size_t i = 0; i < g->nproblems && told < WARN_MAX; i++, told++)
		warn_at(g, &g->problem[i]);
	for (size_t i = 0; i < g->nskipped && told < WARN_MAX; i++, told++) {
		const struct ka_skipped *s = &g->skipped[i];

		warn_at(g,
			&(struct ka_problem){ .file = s->file, .line = s->line, .text = s->text });
	}
	if (total > told)
		ka_warn("... and %zu more, see problems in the JSON report", total - told);
}

/* The file of -o json=FILE, or NULL: standard output. */
static const char *
answer_file(const struct ka_cli *cli)
{
	const char *eq = cli->outputs.n ? strchr(cli->outputs.v[0], '=') : NULL;

	return eq ? eq + 1 : NULL;
}

struct ka_out *
ka_open_answer(const struct ka_cli *cli, bool *ret_json, int *ret_status)
{
	const char *file = answer_file(cli);
	struct ka_out *out;
	struct ka_err err;

	*ret_json = cli->outputs.n > 0;
	if (cli->outputs.n > 1 ||
	    (cli->outputs.n && strcmp(cli->outputs.v[0], "json") != 0 &&
	     !(file && *file && ka_str_has_prefix(cli->outputs.v[0], "json=")))) {
		*ret_status = ka_say(cli->command->name, "-o takes json or json=FILE here");
		return NULL;
	}
	if (!file)
		return ka_out_fd(STDOUT_FILENO);
	out = ka_out_file(file, &err);
	if (!out)
		*ret_status = ka_say_err(cli->command->name, &err);
	return out;
}

int
ka_close_answer(const struct ka_cli *cli, struct ka_out *out)
{
	struct ka_err err;

	return ka_out_close(out, &err) ? ka_say_err(cli->command->name, &err) : KA_EXIT_DONE;
}

void
ka_out_wrapped(struct ka_out *out, const char *text, unsigned indent, unsigned width)
{
	unsigned column = 0;

	for (size_t len; *text; text += len) {
		text += strspn(text, " \n");
		len = strcspn(text, " \n");
		if (!len)
			break;
		if (column && column + 1 + len > width) {
			ka_out_char(out, '\n');
			column = 0;
		}
		ka_out_fmt(out, "%*s%.*s", column ? 1 : (int)indent, "", (int)len, text);
		column += (unsigned)len + (column ? 1 : indent);
	}
	ka_out_char(out, '\n');
}
