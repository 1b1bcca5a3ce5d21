/* kassay: audit a Kubernetes cluster's configuration and permissions.
 *
 * A map of the program, from here downwards:
 *
 *	src/cli/        the command line: this file has the commands, opts.c and opts_table.c the options,
 *	                cmd_*.c one command each
 *	src/engine/     runs the checks over the graph: what evidence allows (evidence.c),
 *	                findings (run.c), benchmarks (bench.c), the policy file (policy.c),
 *	                waivers and baselines (overlay.c), the whole (audit.c)
 *	checks/         what is judged: tables of rows, a file a subject; registry.c lists them,
 *	                bench_*.c have the benchmarks' numbers
 *	reports/        how it is told: a file a format; registry.c lists them
 *	src/analysis/   what checks ask: effective RBAC, pod security, isolation, identities
 *	src/source/     where facts come from: files of every kind (files.c), a live cluster
 *	                (cluster.c: access, api, discovery, plan, lists, facts), a node's own (node.c)
 *	src/model/      objects decoded into the graph, and snapshots of it
 *	src/util/       memory, strings, maps, the JSON and YAML readers
 *	include/kassay/ the contract between all of these; all that checks/ and reports/ may
 *	                include
 *
 * `kassay audit` goes through cmd_audit.c: ka_files_load() or ka_cluster_load() fills a graph, ka_audit() judges
 * it and builds a struct ka_report, and the writers of ka_formats[] print that. */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/opts.h"

#include "util/banned.h"

const struct ka_command ka_commands[] = {
	{
		.name = "audit",
		.usage = "[-f PATH]... [OPTION]...",
		.what = "judge a cluster by every check and benchmark",
		.bit = KA_CMD_AUDIT,
		.run = ka_cmd_audit,
	},
	{
		.name = "snapshot",
		.usage = "[-f PATH]... -o FILE [OPTION]...",
		.what = "write what an audit needs into one file",
		.bit = KA_CMD_SNAPSHOT,
		.run = ka_cmd_snapshot,
	},
	{
		.name = "can",
		.usage = "--as SUBJECT [VERB RESOURCE[/SUB] [NAME]] | --reviews FILE",
		.what = "say whether a subject may do something, and by which grants",
		.bit = KA_CMD_CAN,
		.kinds = KA_RBAC_KINDS | KA_BIT(KA_NAMESPACE) | KA_BIT(KA_SERVICEACCOUNT),
		.run = ka_cmd_can,
	},
	{
		.name = "who-can",
		.usage = "VERB RESOURCE[/SUB] [NAME] | VERB /URL",
		.what = "say who may do something, and by which grants",
		.bit = KA_CMD_WHO_CAN,
		.kinds = KA_RBAC_KINDS | KA_BIT(KA_NAMESPACE) | KA_BIT(KA_SERVICEACCOUNT) | KA_BIT(KA_NODE) |
			 KA_POD_KINDS | KA_BIT(KA_PERSISTENTVOLUMECLAIM) | KA_BIT(KA_PERSISTENTVOLUME),
		.run = ka_cmd_who_can,
	},
	{
		.name = "rightsize",
		.usage = "[-f PATH]... [--audit-log FILE]... [--for SUBJECT]...",
		.what = "find the smallest roles for what was really used",
		.bit = KA_CMD_RIGHTSIZE,
		.kinds = KA_RBAC_KINDS | KA_BIT(KA_NAMESPACE) | KA_BIT(KA_SERVICEACCOUNT) | KA_POD_KINDS,
		.run = ka_cmd_rightsize,
	},
	{
		.name = "explain",
		.usage = "CHECK | BENCHMARK CONTROL",
		.what = "say what a check or a control means, and what to do",
		.bit = KA_CMD_EXPLAIN,
		.run = ka_cmd_explain,
	},
	{
		.name = "list",
		.usage = "checks | benchmarks | formats",
		.what = "list what there is",
		.bit = KA_CMD_LIST,
		.run = ka_cmd_list,
	},
	{
		.name = "role",
		.usage = "[--check GLOB]... [--benchmark NAME]... [-n NAME]...",
		.what = "print the ClusterRole that kassay needs, as YAML",
		.bit = KA_CMD_ROLE,
		.run = ka_cmd_role,
	},
	{
		.name = "node",
		.usage = "[--root DIR] [--node-name NAME]",
		.what = "tell of the files of the node it runs on",
		.bit = KA_CMD_NODE,
		.run = ka_cmd_node,
	},
	{ .name = NULL },
};

/* Were a standard stream closed, the next file opened would take its place, and a report go into
 * it.  Standard output gets something that refuses to be written, so that its absence is told. */
static void
guard_streams(void)
{
	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0 &&
		    open("/dev/null", fd == 2 ? O_WRONLY : O_RDONLY) != fd)
			_exit(KA_EXIT_TROUBLE);
}

static int
run(const struct ka_cli *cli)
{
	struct ka_out *out;
	struct ka_err err;

	if (!cli->help && !cli->version && cli->command)
		return cli->command->run(cli);
	if (!cli->help && !cli->version)
		return ka_say("reading the command line", "no command given, see kassay --help");
	out = ka_out_fd(STDOUT_FILENO);
	if (cli->help)
		ka_cli_help(out, cli->command);
	else
		ka_out_str(out, "kassay " KA_VERSION "\n");
	return ka_out_close(out, &err) ? ka_say_err(cli->help ? "help" : "version", &err)
				       : KA_EXIT_DONE;
}

int
main(int argc, char **argv)
{
	struct ka_cli cli;
	struct ka_err err;
	int status;

	guard_streams();
	/* A reader that goes away is a write error like any other: then temporary files are
	 * removed. */
	signal(SIGPIPE, SIG_IGN);
	if (ka_cli_parse(&cli, argc, argv, &err))
		status = ka_say_err("reading the command line", &err);
	else
		status = run(&cli);
	ka_cli_release(&cli);
	return status;
}
