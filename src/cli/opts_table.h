/* All options of all commands, in one table. */
#ifndef KA_CLI_OPTS_TABLE_H
#define KA_CLI_OPTS_TABLE_H

#include "cli/cli.h"

/* As --help prints them. */
enum ka_opt_group { KA_OPT_SOURCE, KA_OPT_CLUSTER, KA_OPT_QUESTION, KA_OPT_JUDGING, KA_OPT_OUTPUT, KA_OPT_LIMITS, KA_OPT_OTHER, KA_OPT_NGROUPS };
extern const char *const ka_opt_titles[KA_OPT_NGROUPS];

struct ka_opt {
	const char *name;
	const char *letter; /* NULL: none */
	const char *arg;    /* NULL: a switch */
	const char *help;
	enum ka_opt_group group;
	unsigned commands;
	/* Where the value goes, one of: a bool, a string, a list of strings in struct ka_cli; or a
	 * function, which returns -1 for a value that is not what `arg` asks for. */
	enum { TO_BOOL, TO_STRING, TO_WORDS, TO_FUNCTION } to;
	size_t offset;
	int (*set)(struct ka_cli *cli, const char *value);
};

extern const struct ka_opt ka_opts[]; /* ends with a row without name */

#endif
