#include "cli/cli.h"

#include "util/banned.h"

int
ka_cmd_snapshot(const struct ka_cli *cli)
{
	if (cli->args.n)
		return ka_say("snapshot", "unexpected \"%s\": sources are given with -f",
			      cli->args.v[0]);
	if (cli->dry_run && !cli->files.n && !cli->demo)
		return ka_live_dry_run(cli);
	if (cli->outputs.n != 1)
		return ka_say("snapshot", "give one file to write with -o FILE");
	return ka_input_snapshot(cli, cli->outputs.v[0]);
}
