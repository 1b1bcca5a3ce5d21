#include "cli/question.h"

#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"
#include "util/str.h"

#include "util/banned.h"

/* ---- subjects ----------------------------------------------------------------------------- */

#define ACCOUNT_USER "system:serviceaccount:"

/* NS:NAME, both there. */
static int
account(const char *s, const char *whole, struct ka_who *ret, char **ret_copy, struct ka_err *err)
{
	const char *colon = strchr(s, ':');
	char *copy;

	if (!colon || colon == s || !colon[1] || strchr(colon + 1, ':'))
		return ka_err_set(err, KA_EUSAGE, "\"%s\": a service account is written ServiceAccount:NAMESPACE:NAME",
				  whole);
	copy = ka_xstrdup(s);
	copy[colon - s] = '\0';
	ret->subject = (struct ka_subject){
		.kind = KA_SUBJECT_SERVICEACCOUNT,
		.kind_name = "ServiceAccount",
		.namespace = copy,
		.name = copy + (colon - s) + 1,
	};
	*ret_copy = copy;
	return 0;
}

int
ka_cli_subject(const char *s, struct ka_who *ret, char **ret_copy, struct ka_err *err)
{
	*ret = (struct ka_who){ .subject = { .kind = KA_SUBJECT_USER, .kind_name = "User", .name = s } };
	*ret_copy = NULL;
	if (ka_str_has_prefix(s, "ServiceAccount:"))
		return account(s + strlen("ServiceAccount:"), s, ret, ret_copy, err);
	if (ka_str_has_prefix(s, ACCOUNT_USER))
		return account(s + strlen(ACCOUNT_USER), s, ret, ret_copy, err);
	if (ka_str_has_prefix(s, "Group:")) {
		ret->subject.kind = KA_SUBJECT_GROUP;
		ret->subject.kind_name = "Group";
		ret->subject.name = s + strlen("Group:");
	} else if (ka_str_has_prefix(s, "User:")) {
		ret->subject.name = s + strlen("User:");
		if (ka_str_has_prefix(ret->subject.name, ACCOUNT_USER))
			return ka_cli_subject(ret->subject.name, ret, ret_copy, err);
	}
	if (!*ret->subject.name)
		return ka_err_set(err, KA_EUSAGE, "\"%s\" names nobody", s);
	return 0;
}

/* ---- requests ----------------------------------------------------------------------------- */

/* RESOURCE[.GROUP][/SUBRESOURCE], taken apart in a copy of it. */
static int
resource(struct ka_question *q, const char *word, const struct ka_graph *g, struct ka_err *err)
{
	char *slash, *dot;

	q->copy = ka_xstrdup(word);
	slash = strchr(q->copy, '/');
	if (slash) {
		*slash = '\0';
		q->req.subresource = slash + 1;
	}
	dot = strchr(q->copy, '.');
	if (dot) {
		*dot = '\0';
		q->req.group = dot + 1;
	}
	q->req.resource = q->copy;
	if (!*q->copy || (slash && (!slash[1] || strchr(slash + 1, '/'))))
		return ka_err_set(err, KA_EUSAGE, "\"%s\" is no RESOURCE[.GROUP][/SUBRESOURCE]", word);
	(void)g;
	if (!dot)
		q->req.group = "";
	return 0;
}

int
ka_cli_question(const struct ka_cli *cli, const struct ka_graph *g, struct ka_question *ret, struct ka_err *err)
{
	const struct ka_words *w = &cli->args;

	*ret = (struct ka_question){ .req = { .verb = w->n ? w->v[0] : NULL } };
	if (w->n < 2)
		return ka_err_set(err, KA_EUSAGE, "ask VERB RESOURCE[/SUBRESOURCE] [NAME], or VERB /URL");
	if (w->v[1][0] == '/') {
		ret->req.url = w->v[1];
		if (w->n > 2)
			return ka_err_set(err, KA_EUSAGE, "unexpected \"%s\" after a URL", w->v[2]);
		if (cli->namespace)
			return ka_err_set(err, KA_EUSAGE, "a URL has no namespace");
		return 0;
	}
	if (w->n > 3)
		return ka_err_set(err, KA_EUSAGE, "unexpected \"%s\"", w->v[3]);
	if (resource(ret, w->v[1], g, err))
		return -1;
	ret->req.namespace = cli->namespace;
	ret->req.name = w->n > 2 ? w->v[2] : NULL;
	ret->req = ka_request_as_served(ret->req);
	return 0;
}

void
ka_question_release(struct ka_question *q)
{
	free(q->copy);
	free(q->note_copy);
}
