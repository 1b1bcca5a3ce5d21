#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/log.h"
#include "engine/audit.h"
#include "engine/baseline.h"
#include "engine/policy.h"
#include "model/graph.h"
#include "util/alloc.h"
#include "util/nearest.h"

#include "util/banned.h"

#define WIDTH 80

/* One -o: a writer, and the file it goes to (NULL: standard output). */
struct target {
	const struct ka_format *format;
	const char *file;
};

static int
unknown_format(const char *name)
{
	struct ka_nearest near = ka_nearest_to(name);

	for (const struct ka_format *f = ka_formats; f->name; f++)
		ka_nearest_try(&near, f->name);
	return ka_say("audit", "no output format is named %s%s", name, ka_nearest_hint(&near));
}

static int
parse_target(const char *word, struct target *ret)
{
	size_t len = strcspn(word, "=");
	char name[32] = "";
	bool to_file = word[len] == '=';

	if (len < sizeof name)
		memcpy(name, word, len);
	ret->format = ka_format_find(name);
	ret->file = to_file ? word + len + 1 : NULL;
	if (!ret->format)
		return unknown_format(*name ? name : word);
	if (to_file && !*ret->file)
		return ka_say("audit", "-o %s names no file after the =", word);
	return KA_EXIT_DONE;
}

static int
parse_targets(const struct ka_cli *cli, struct target *target)
{
	const char *on_stdout = NULL;

	for (size_t i = 0; i < cli->outputs.n; i++) {
		int status = parse_target(cli->outputs.v[i], &target[i]);

		if (status)
			return status;
		if (target[i].file)
			continue;
		if (on_stdout)
			return ka_say(
				"audit",
				"both %s and %s to standard output: give one a file with =FILE",
				on_stdout, target[i].format->name);
		on_stdout = target[i].format->name;
	}
	return KA_EXIT_DONE;
}

/* Colour and width are for people: where nobody looks, the output is always the same. */
static struct ka_report_opts
report_opts(const struct ka_cli *cli, const struct target *t)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
	struct ka_report_opts ret = { .junit_by_object = cli->junit_by_object, .width = WIDTH };
	struct winsize size;

	if (t->file || !isatty(STDOUT_FILENO))
		return ret;
	ret.color = !cli->no_color && !(no_color && *no_color) && term && strcmp(term, "dumb") != 0;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col)
		ret.width = size.ws_col;
	return ret;
}

static int
write_target(const struct ka_cli *cli, const struct target *t, const struct ka_report *r)
{
	const struct ka_report_opts opts = report_opts(cli, t);
	struct ka_err err;
	struct ka_out *out = t->file ? ka_out_file(t->file, &err) : ka_out_fd(STDOUT_FILENO);

	if (!out)
		return ka_say_err("audit", &err);
	if (t->format->write(out, r, &opts, &err)) {
		ka_out_discard(out);
		ka_err_wrap(&err, "writing %s", t->format->name);
		return ka_say_err("audit", &err);
	}
	return ka_out_close(out, &err) ? ka_say_err("audit", &err) : KA_EXIT_DONE;
}

static void
warn_policy(const struct ka_report *r)
{
	for (size_t i = 0; i < r->nwaivers; i++) {
		const struct ka_waiver *w = &r->waiver[i];

		if (w->expired)
			ka_warn("%s:%u: the waiver of %s expired on %s", r->policy_file, w->line,
				w->check, w->expires);
		else if (!w->hits)
			ka_warn("%s:%u: the waiver of %s covers nothing", r->policy_file, w->line,
				w->check);
	}
	for (size_t i = 0; i < r->unread_params.n; i++)
		ka_warn("%s: no check asks for the parameter %s", r->policy_file,
			r->unread_params.v[i]);
}

/* Judges and writes; the graph and the options are ready. */
static int
judge(const struct ka_cli *cli, const struct ka_graph *g, const struct ka_audit_opts *opts,
      const struct target *target)
{
	static const char *const terminal = "terminal";
	const struct target fallback = { .format = ka_format_find(terminal) };
	struct ka_report *r;
	struct ka_err err;
	int status = KA_EXIT_DONE;

	if (ka_audit(g, opts, &r, &err))
		return ka_say_err("audit", &err);
	if (!cli->quiet) {
		ka_warn_input(g);
		/* A part of the checks cannot tell what is used. */
		if (!opts->nchecks && !opts->nbenches)
			warn_policy(r);
	}
	for (size_t i = 0; i < cli->outputs.n && !status; i++)
		status = write_target(cli, &target[i], r);
	if (!cli->outputs.n)
		status = write_target(cli, &fallback, r);
	if (!status)
		status = ka_report_exit(r);
	ka_report_free(r);
	return status;
}

/* What people wrote is read before what the cluster says: its mistakes are told at once. */
static int
load_settings(const struct ka_cli *cli, struct ka_policy **policy, struct ka_baseline **baseline)
{
	struct ka_err err;

	if (cli->policy && ka_policy_load(cli->policy, &KA_CATALOG, policy, &err))
		return ka_say_err("reading the policy", &err);
	if (cli->baseline && ka_baseline_load(cli->baseline, baseline, &err))
		return ka_say_err("reading the baseline", &err);
	return KA_EXIT_DONE;
}

/* The audit log, when there is one; the report needs no more of it than its use. */
static int
load_usage(const struct ka_cli *cli, struct ka_usage **ret)
{
	struct ka_auditlog log;
	int status;

	if (!cli->audit_logs.n)
		return KA_EXIT_DONE;
	*ret = ka_usage_new();
	status = ka_log_read(cli, *ret, &log);
	if (!status)
		ka_auditlog_release(&log);
	return status;
}

int
ka_cmd_audit(const struct ka_cli *cli)
{
	struct target *target = ka_xcalloc(cli->outputs.n, sizeof *target);
	struct ka_policy *policy = NULL;
	struct ka_baseline *baseline = NULL;
	struct ka_graph *g = NULL;
	struct ka_usage *usage = NULL;
	struct ka_audit_opts opts = {
		.check = cli->checks.v,
		.nchecks = cli->checks.n,
		.bench = cli->benchmarks.v,
		.nbenches = cli->benchmarks.n,
		.fail_on = cli->fail_on,
		.min_coverage = cli->min_coverage,
		.epoch = getenv("SOURCE_DATE_EPOCH"),
	};
	int status;

	if (cli->args.n) {
		status = ka_say("audit", "unexpected \"%s\": sources are given with -f",
				cli->args.v[0]);
		goto out;
	}
	if (cli->dry_run && !cli->files.n && !cli->demo) {
		status = ka_live_dry_run(cli);
		goto out;
	}
	status = parse_targets(cli, target);
	if (!status)
		status = load_settings(cli, &policy, &baseline);
	if (!status)
		status = ka_log_check(cli, "audit");
	if (!status)
		status = ka_input_load(cli, &g);
	if (!status)
		status = load_usage(cli, &usage);
	if (status)
		goto out;
	opts.policy = policy;
	opts.baseline = baseline;
	opts.usage = usage;
	status = judge(cli, g, &opts, target);
out:
	ka_usage_free(usage);
	ka_graph_free(g);
	ka_baseline_free(baseline);
	ka_policy_free(policy);
	free(target);
	return status;
}
