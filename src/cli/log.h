/* --audit-log: what the API server wrote of requests. */
#ifndef KA_CLI_LOG_H
#define KA_CLI_LOG_H

#include <kassay/usage.h>

#include "cli/cli.h"
#include "source/auditlog.h"

/* The files can be read, and standard input is asked for only once; else says so. */
int ka_log_check(const struct ka_cli *cli, const char *command);
/* Takes all of them in and ends the usage; warns of what could not be read, unless --quiet.  *ret is
 * to be released when this is KA_EXIT_DONE. */
int ka_log_read(const struct ka_cli *cli, struct ka_usage *u, struct ka_auditlog *ret);

#endif
