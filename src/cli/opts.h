/* The option table, from which parsing, --help and the man page's lint come. */
#ifndef KA_CLI_OPTS_H
#define KA_CLI_OPTS_H

#include "cli/cli.h"

/* Fills *cli from the words after the program's name.  -1 and *err for what cannot be understood.
 * Release in either case. */
int ka_cli_parse(struct ka_cli *cli, int argc, char **argv, struct ka_err *err);
void ka_cli_release(struct ka_cli *cli);

/* The help of one command, or of the program when command is NULL. */
void ka_cli_help(struct ka_out *out, const struct ka_command *command);

#endif
