/* Subjects and requests as people write them on the command line. */
#ifndef KA_CLI_QUESTION_H
#define KA_CLI_QUESTION_H

#include <kassay/catalogue.h>
#include <kassay/err.h>
#include <kassay/rbac.h>

#include "cli/cli.h"

/* "User:ann", "Group:devs", "ServiceAccount:NS:NAME" or any user name, so also
 * "system:serviceaccount:NS:NAME".  Strings of *ret are borrowed from s or live in *ret_copy, a new string to be freed
 * with free() when *ret is no longer needed (may become NULL).  -1 and *err when it says nobody. */
int ka_cli_subject(const char *s, struct ka_who *ret, char **ret_copy, struct ka_err *err);

/* A request: VERB RESOURCE[.GROUP][/SUBRESOURCE] [NAME] or VERB /URL. */
struct ka_question {
	struct ka_request req;
	const char *note; /* how the words were understood when that is not plain, or NULL */
	bool everywhere;  /* in all namespaces: none was named, and there could be one */
	char *copy;                /* private, as the next */
	struct ka_catalogue *cat;
};
/* From the words of the command line and --namespace.  Which group a resource is of the catalogue
 * tells, the core group first; short names and the singular are understood as kubectl understands them.  -1 and *err when it is no question.  Released with ka_question_release(). */
int ka_cli_question(const struct ka_cli *cli, const struct ka_graph *g, struct ka_question *ret, struct ka_err *err);
void ka_question_release(struct ka_question *q);

#endif
