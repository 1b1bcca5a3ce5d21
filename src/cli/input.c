#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cli/cli.h"
#include "model/graph.h"

#include "util/banned.h"

/* testdata/demo, as src/make/embed.sh lists its bytes. */
static const unsigned char demo[] = {
#include "demo_yaml.inc"
};

static const char demo_name[] = "demo.yaml";

/* The demo becomes standard input, so that it goes the way of all input. */
static int
open_demo(struct ka_err *err)
{
	int fd = memfd_create(demo_name, MFD_CLOEXEC);
	bool ok = fd >= 0 && write(fd, demo, sizeof demo) == (ssize_t)sizeof demo &&
		  lseek(fd, 0, SEEK_SET) == 0 && dup2(fd, STDIN_FILENO) == STDIN_FILENO;

	if (fd >= 0)
		close(fd);
	return ok ? 0 : ka_err_set(err, KA_EIO, "no memory file for the demo");
}

struct input {
	const char *const *path;
	size_t n;
	struct ka_files_opts opts;
};

/* An exit status; other than KA_EXIT_DONE it has been explained. */
static int
open_input(const struct ka_cli *cli, struct input *ret)
{
	static const char *const standard_input = "-";
	struct ka_err err;

	*ret = (struct input){ cli->files.v, cli->files.n, cli->input };
	ret->opts.node_facts = (struct ka_strs){ cli->node_facts.n, cli->node_facts.v };
	if (cli->demo && cli->files.n)
		return ka_say(cli->command->name, "--demo and -f do not go together");
	if (cli->cluster_option)
		return ka_say(cli->command->name, "--%s asks a cluster, and does not go with %s",
			      cli->cluster_option, cli->demo ? "--demo" : "-f");
	if (!cli->demo)
		return KA_EXIT_DONE;
	ret->path = &standard_input;
	ret->n = 1;
	ret->opts.stdin_name = demo_name;
	return open_demo(&err) ? ka_say_err("opening the demo", &err) : KA_EXIT_DONE;
}

/* A cluster may take minutes to read: what is missing is told before. */
static int
find_node_facts(const struct ka_cli *cli)
{
	for (size_t i = 0; i < cli->node_facts.n; i++) {
		const char *path = cli->node_facts.v[i];

		if (strcmp(path, "-") != 0 && access(path, R_OK) != 0)
			return ka_say("node facts", "%s: %s", path, strerror(errno));
	}
	return KA_EXIT_DONE;
}

/* Without another source it is the cluster. */
static bool
is_live(const struct ka_cli *cli)
{
	return !cli->demo && !cli->files.n;
}

int
ka_input_load(const struct ka_cli *cli, struct ka_graph **ret)
{
	struct input in;
	struct ka_err err;
	int status = find_node_facts(cli);

	if (status)
		return status;
	if (is_live(cli))
		return ka_live_load(cli, ret);
	status = open_input(cli, &in);
	if (!status && ka_files_load(in.path, in.n, &in.opts, ret, &err))
		status = ka_say_err("reading the source", &err);
	return status;
}

int
ka_input_snapshot(const struct ka_cli *cli, const char *out_path)
{
	struct input in;
	struct ka_err err;
	int status = find_node_facts(cli);

	if (status)
		return status;
	if (is_live(cli))
		return ka_live_snapshot(cli, out_path);
	status = open_input(cli, &in);
	if (!status && ka_files_snapshot(in.path, in.n, &in.opts, out_path, &err))
		status = ka_say_err("taking the snapshot", &err);
	return status;
}
