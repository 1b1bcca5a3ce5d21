#include <stdlib.h>
#include <unistd.h>

#include "cli/cli.h"
#include "source/node.h"

#include "util/banned.h"

int
ka_cmd_node(const struct ka_cli *cli)
{
	const char *env = getenv("NODE_NAME"); /* what a Job is given by the downward API */
	const struct ka_node_opts opts = {
		.root = cli->root,
		.name = cli->node_name ? cli->node_name : env && *env ? env : NULL,
	};
	struct ka_out *out;
	struct ka_err err;

	if (cli->args.n)
		return ka_say("node", "unexpected \"%s\": the root of the node is given with --root", cli->args.v[0]);
	out = ka_out_fd(STDOUT_FILENO);
	if (ka_node_write(&opts, out, &err)) {
		ka_out_discard(out);
		return ka_say_err("node", &err);
	}
	return ka_out_close(out, &err) ? ka_say_err("node", &err) : KA_EXIT_DONE;
}
