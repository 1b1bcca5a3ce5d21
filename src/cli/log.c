#include "cli/log.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "util/banned.h"

/* Told before the cluster is read: a mistyped name costs no time then. */
int
ka_log_check(const struct ka_cli *cli, const char *command)
{
	size_t on_stdin = 0;

	for (size_t i = 0; i < cli->audit_logs.n; i++) {
		const char *path = cli->audit_logs.v[i];

		on_stdin += !strcmp(path, "-");
		if (strcmp(path, "-") != 0 && access(path, R_OK) != 0)
			return ka_say("audit log", "%s: %s", path, strerror(errno));
	}
	for (size_t i = 0; i < cli->files.n; i++)
		on_stdin += !strcmp(cli->files.v[i], "-");
	return on_stdin > 1 ? ka_say(command, "standard input can be read only once") : KA_EXIT_DONE;
}

enum { PROBLEMS = 10 }; /* told; JSON has more */

static void
warn_counts(const struct ka_auditlog_counts *n)
{
	const struct {
		uint64_t n;
		const char *what;
	} rows[] = {
		{ n->cut, "end before they are whole" },
		{ n->not_json, "are no JSON" },
		{ n->bad, "are damaged" },
		{ n->unknown, "are events of an unknown version" },
		{ n->other, "are something else" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (rows[i].n)
			ka_warn("audit log: %llu lines or objects %s, and were passed over", (unsigned long long)rows[i].n,
				rows[i].what);
}

static void
warn_log(const struct ka_auditlog *log, const struct ka_quality *q)
{
	for (size_t i = 0; i < log->nproblems && i < PROBLEMS; i++) {
		const struct ka_auditlog_problem *p = &log->problem[i];
		const char *name = p->file < log->nfiles ? log->file[p->file].name : "audit log";

		if (p->line)
			ka_warn("%s:%u: %s", name, (unsigned)p->line, p->text);
		else
			ka_warn("%s: %s", name, p->text);
	}
	warn_counts(&log->n);
	if (!q->events)
		ka_warn("audit log: no request was found");
}

int
ka_log_read(const struct ka_cli *cli, struct ka_usage *u, struct ka_auditlog *ret)
{
	const struct ka_strs paths = { cli->audit_logs.n, cli->audit_logs.v };
	struct ka_auditlog_opts opts = KA_AUDITLOG_OPTS_DEFAULT;
	struct ka_err err;

	opts.max_input = cli->input.max_input;
	opts.max_ratio = cli->input.max_ratio;
	if (ka_auditlog_read(&paths, &opts, ka_usage_event, u, ret, &err))
		return ka_say_err("reading the audit log", &err);
	ka_usage_end(u);
	if (!cli->quiet)
		warn_log(ret, ka_usage_quality(u));
	return KA_EXIT_DONE;
}
