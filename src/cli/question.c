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

/* ---- resources ---------------------------------------------------------------------------- */

/* What kubectl calls them for short: the shortNames of Kubernetes' own API. */
static const struct {
	const char *shorter, *resource;
} short_names[] = {
	{ "cj", "cronjobs" },
	{ "cm", "configmaps" },
	{ "crd", "customresourcedefinitions" },
	{ "cs", "componentstatuses" },
	{ "csr", "certificatesigningrequests" },
	{ "deploy", "deployments" },
	{ "ds", "daemonsets" },
	{ "ep", "endpoints" },
	{ "ev", "events" },
	{ "hpa", "horizontalpodautoscalers" },
	{ "ing", "ingresses" },
	{ "limits", "limitranges" },
	{ "netpol", "networkpolicies" },
	{ "no", "nodes" },
	{ "ns", "namespaces" },
	{ "pc", "priorityclasses" },
	{ "pdb", "poddisruptionbudgets" },
	{ "po", "pods" },
	{ "pv", "persistentvolumes" },
	{ "pvc", "persistentvolumeclaims" },
	{ "quota", "resourcequotas" },
	{ "rc", "replicationcontrollers" },
	{ "rs", "replicasets" },
	{ "sa", "serviceaccounts" },
	{ "sc", "storageclasses" },
	{ "sts", "statefulsets" },
	{ "svc", "services" },
};

static const char *
long_name(const char *word)
{
	for (size_t i = 0; i < sizeof short_names / sizeof *short_names; i++)
		if (!strcmp(short_names[i].shorter, word))
			return short_names[i].resource;
	return word;
}

/* The row to ask of: in the core group if it is there, else one that is known to exist. */
static const struct ka_resource *
find_row(const struct ka_catalogue *cat, const char *text)
{
	const struct ka_resource *found = NULL;

	for (size_t i = 0; i < cat->n; i++)
		if (!strcmp(cat->row[i].text, text) && (!found || (found->assumed && !cat->row[i].assumed)))
			found = &cat->row[i];
	return found;
}

/* The plural of a word that is no resource: "pod", "ingress", "networkpolicy". */
static const struct ka_resource *
find_plural(const struct ka_catalogue *cat, const char *word, struct ka_buf *plural)
{
	size_t len = strlen(word);
	const struct ka_resource *row;

	ka_buf_clear(plural);
	if (len && word[len - 1] == 'y')
		ka_buf_fmt(plural, NULL, "%.*sies", (int)(len - 1), word);
	else
		ka_buf_fmt(plural, NULL, "%ss", word);
	row = find_row(cat, plural->s);
	if (row)
		return row;
	ka_buf_clear(plural);
	ka_buf_fmt(plural, NULL, "%ses", word);
	return find_row(cat, plural->s);
}

/* Fills resource and group from a word without a group. */
static void
resolve(struct ka_question *q, const struct ka_catalogue *cat)
{
	const struct ka_resource *row;
	struct ka_buf plural;

	q->req.group = "";
	q->req.resource = long_name(q->copy);
	if (!strcmp(q->copy, "*"))
		return;
	row = find_row(cat, q->req.resource);
	ka_buf_init(&plural, 1024);
	if (!row)
		row = find_plural(cat, q->copy, &plural);
	ka_buf_release(&plural);
	if (row) {
		q->req.group = row->group;
		q->req.resource = row->text;
	} else {
		q->note = "nothing tells of such a resource: it was asked for in the core group";
	}
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
	q->cat = ka_catalogue_new(g);
	if (!dot)
		resolve(q, q->cat);
	return 0;
}

/* A request for what has no namespace never carries one, whatever was said: but for one Namespace, and for binding
 * a ClusterRole. */
static void
place(struct ka_question *q, const char *namespace)
{
	size_t n, at = ka_catalogue_find(q->cat, q->req.group, q->req.resource, &n);
	bool namespaced = n == 0;

	for (size_t i = 0; i < n; i++)
		namespaced |= q->cat->row[at + i].namespaced;
	q->everywhere = n && namespaced && !namespace;
	q->req.namespace = namespaced || !strcmp(q->req.resource, "namespaces") ? namespace : NULL;
	if (namespace && !q->req.namespace)
		q->note = "it has no namespace, and was asked for without one";
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
	place(ret, cli->namespace);
	ret->req.name = w->n > 2 ? w->v[2] : NULL;
	ret->req = ka_request_as_served(ret->req);
	return 0;
}

void
ka_question_release(struct ka_question *q)
{
	free(q->copy);
	ka_catalogue_free(q->cat);
}
