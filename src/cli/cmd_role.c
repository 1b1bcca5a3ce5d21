#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "engine/role.h"

#include "util/banned.h"

/* A name that goes into YAML: a DNS label (apimachinery/pkg/util/validation IsDNS1123Label). */
static bool
namespace_name(const char *s)
{
	size_t len = strlen(s);

	return len && len <= 63 && strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == len && s[0] != '-' &&
	       s[len - 1] != '-';
}

int
ka_cmd_role(const struct ka_cli *cli)
{
	const struct ka_selection selection = {
		.catalog = KA_CATALOG,
		.check = cli->checks.v,
		.nchecks = cli->checks.n,
		.bench = cli->benchmarks.v,
		.nbenches = cli->benchmarks.n,
	};
	const struct ka_strs namespaces = { cli->namespaces.n, cli->namespaces.v };
	struct ka_out *out;
	struct ka_err err;

	if (cli->args.n)
		return ka_say("role", "unexpected \"%s\": checks are chosen with --check and --benchmark",
			      cli->args.v[0]);
	for (size_t i = 0; i < namespaces.n; i++)
		if (!namespace_name(namespaces.v[i]))
			return ka_say("role", "\"%s\" is no name of a namespace", namespaces.v[i]);
	if (ka_selection_check(&selection, &err))
		return ka_say_err("role", &err);
	out = ka_out_fd(STDOUT_FILENO);
	ka_role_write(out, &selection, &namespaces);
	return ka_out_close(out, &err) ? ka_say_err("role", &err) : KA_EXIT_DONE;
}
