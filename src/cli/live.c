/* The live cluster: signals, progress, and what would be asked. */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <kassay/check.h>

#include "cli/cli.h"
#include "source/cluster.h"
#include "util/str.h"

#include "util/banned.h"

/* ---- Ctrl-C ------------------------------------------------------------------------------- */

static volatile sig_atomic_t interrupted;

static void
on_signal(int number)
{
	(void)number;
	interrupted = 1;
}

/* The first one ends the reading in good order; a second one, the program. */
static void
catch_signals(void)
{
	struct sigaction action = { .sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND };

	sigemptyset(&action.sa_mask);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

static bool
cancelled(void *arg)
{
	(void)arg;
	return interrupted != 0;
}

/* ---- progress ----------------------------------------------------------------------------- */

struct live {
	const struct ka_cli *cli;
	struct timespec begun;
	bool shown; /* a line of progress stands on the terminal */
};

static double
seconds_since(const struct timespec *begun)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - begun->tv_sec) + (double)(now.tv_nsec - begun->tv_nsec) / 1e9;
}

/* On a terminal only, and when it takes long enough for somebody to wonder. */
static void
progress(void *arg, const struct ka_lists_progress *p)
{
	struct live *live = arg;
	double seconds = seconds_since(&live->begun), rate = (double)p->objects / seconds;
	char left[64] = "";

	if (seconds < 1 || live->cli->quiet || !isatty(STDERR_FILENO))
		return;
	if (p->remaining && rate > 0)
		snprintf(left, sizeof left, ", about %.0f s left", (double)p->remaining / rate + 1);
	fprintf(stderr, "\r\033[K%zu of %zu lists, %" PRIu64 " objects, %.0f a second%s", p->done, p->kinds,
		p->objects, rate, left);
	fflush(stderr);
	live->shown = true;
}

static void
clear_progress(struct live *live)
{
	if (live->shown)
		fprintf(stderr, "\r\033[K");
	live->shown = false;
}

static void
warn(void *arg, const char *text)
{
	struct live *live = arg;

	clear_progress(live);
	if (!live->cli->quiet)
		ka_warn("%s", text);
}

/* ---- the source --------------------------------------------------------------------------- */

/* What a node may do hangs on its pods and their volumes; who asks many questions may ask that too. */
static ka_kinds
kinds_of(const struct ka_cli *cli)
{
	if (cli->reviews || (cli->subject && strstr(cli->subject, "system:node:")))
		return 0;
	return cli->command->kinds;
}

static struct ka_cluster_opts
begin(struct live *live, const struct ka_cli *cli)
{
	struct ka_cluster_opts opts = cli->cluster;

	*live = (struct live){ .cli = cli };
	opts.kinds = kinds_of(cli);
	clock_gettime(CLOCK_MONOTONIC, &live->begun);
	catch_signals();
	opts.access.as_groups = (struct ka_strs){ cli->as_groups.n, cli->as_groups.v };
	opts.access.interactive = isatty(STDIN_FILENO) != 0;
	opts.namespaces = (struct ka_strs){ cli->namespaces.n, cli->namespaces.v };
	opts.limits = cli->input.limits;
	opts.node_facts = (struct ka_strs){ cli->node_facts.n, cli->node_facts.v };
	opts.cancelled = cancelled;
	opts.progress = progress;
	opts.warn = warn;
	opts.arg = live;
	return opts;
}

static int
failed(struct live *live, const struct ka_err *err)
{
	clear_progress(live);
	return interrupted ? ka_say(live->cli->command->name, "interrupted") :
			     ka_say_err("reading the cluster", err);
}

int
ka_live_load(const struct ka_cli *cli, struct ka_graph **ret)
{
	struct live live;
	struct ka_cluster_opts opts = begin(&live, cli);
	struct ka_err err;

	if (ka_cluster_load(&opts, ret, &err))
		return failed(&live, &err);
	clear_progress(&live);
	return KA_EXIT_DONE;
}

int
ka_live_snapshot(const struct ka_cli *cli, const char *out_path)
{
	struct live live;
	struct ka_cluster_opts opts = begin(&live, cli);
	bool incomplete = false;
	struct ka_err err;

	if (ka_cluster_snapshot(&opts, out_path, &incomplete, &err))
		return failed(&live, &err);
	clear_progress(&live);
	return incomplete ? KA_EXIT_INCOMPLETE : KA_EXIT_DONE;
}

/* ---- --dry-run ---------------------------------------------------------------------------- */

#define WIDTH 96

struct dry {
	struct ka_out *out;
	unsigned requests, refused, unclear;
};

/* The keys of the checks that look at a kind; NULL out: only counted. */
static size_t
checks_of(enum ka_kind kind, struct ka_buf *keys)
{
	size_t n = 0;

	for (const struct ka_check_set *const *set = ka_check_sets; *set; set++)
		for (size_t i = 0; i < (*set)->count; i++) {
			const struct ka_check *c = &(*set)->check[i];

			if (!((c->scope | c->needs) & KA_BIT(kind)))
				continue;
			ka_buf_fmt(keys, NULL, "%s%s", n++ ? ", " : "", c->key);
		}
	return n;
}

static const char *
word_for(struct dry *d, const struct ka_dry_request *r)
{
	switch (r->status) {
	case KA_EV_COMPLETE:
		d->requests++;
		return "allowed";
	case KA_EV_FORBIDDEN:
		d->requests++;
		d->refused += !r->spare;
		return r->spare ? "spare" : "refused";
	case KA_EV_ABSENT:
		return "not served";
	case KA_EV_FAILED:
	case KA_EV_TRUNCATED:
	case KA_EV_NOT_OFFERED:
		break;
	}
	d->unclear++;
	return "unclear";
}

static void
tell(void *arg, const struct ka_dry_request *r)
{
	struct dry *d = arg;
	struct ka_buf keys;
	size_t n;

	ka_out_fmt(d->out, "%-11s", word_for(d, r));
	ka_out_term(d->out, r->path);
	ka_out_char(d->out, '\n');
	if (r->reason) {
		ka_out_str(d->out, "           ");
		ka_out_term(d->out, r->reason);
		ka_out_char(d->out, '\n');
	}
	ka_buf_init(&keys, (size_t)1 << 16);
	n = checks_of(r->kind, &keys);
	if (n)
		ka_out_wrapped(d->out, keys.s, 11, WIDTH);
	ka_buf_release(&keys);
}

int
ka_live_dry_run(const struct ka_cli *cli)
{
	struct live live;
	struct ka_cluster_opts opts = begin(&live, cli);
	struct dry d = { .out = ka_out_fd(STDOUT_FILENO) };
	struct ka_err err;
	int status = KA_EXIT_DONE;

	if (ka_cluster_dry_run(&opts, tell, &d, &err)) {
		ka_out_discard(d.out);
		return failed(&live, &err);
	}
	ka_out_fmt(d.out, "%u requests; %u would be refused, of %u nobody can tell\n", d.requests, d.refused,
		   d.unclear);
	if (d.refused || d.unclear)
		status = KA_EXIT_INCOMPLETE;
	return ka_out_close(d.out, &err) ? ka_say_err(cli->command->name, &err) : status;
}
