#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/answer.h"
#include "cli/cli.h"
#include "cli/question.h"
#include "model/graph.h"
#include "util/alloc.h"
#include "util/str.h"

#include "util/banned.h"

static bool
is_masters(const struct ka_subject *s)
{
	return s->kind == KA_SUBJECT_GROUP && !strcmp(s->name, "system:masters");
}

static int
compare_subjects(const struct ka_subject *s, const struct ka_subject *t)
{
	int order = is_masters(t) - is_masters(s);

	if (!order)
		order = (s->kind > t->kind) - (s->kind < t->kind);
	if (!order)
		order = ka_str_cmp(s->namespace, t->namespace);
	return order ? order : ka_str_cmp(s->name, t->name);
}

/* The privileged group first, then subject by subject; of one, what counts everywhere first. */
static int
by_subject(const void *a, const void *b)
{
	const struct ka_grant *x = &((const struct ka_allowance *)a)->grant;
	const struct ka_grant *y = &((const struct ka_allowance *)b)->grant;
	int order = compare_subjects(x->subject, y->subject);

	if (!order)
		order = (x->binding != NULL) - (y->binding != NULL);
	if (!order)
		order = ka_str_cmp(x->namespace, y->namespace);
	return order || !x->binding ? order : strcmp(x->binding->obj.name, y->binding->obj.name);
}

static bool
same_subject(const struct ka_allowance *x, const struct ka_allowance *y)
{
	return !compare_subjects(x->grant.subject, y->grant.subject);
}

/* The end of the run of rows that are of one subject. */
static size_t
run_end(const struct ka_allowance *list, size_t n, size_t i)
{
	size_t end = i + 1;

	while (end < n && same_subject(&list[i], &list[end]))
		end++;
	return end;
}

static void
count_text(struct ka_out *out, const char **sep, uint64_t n, const char *one, const char *many)
{
	if (!n)
		return;
	ka_out_str(out, *sep);
	ka_out_uint(out, n);
	ka_out_fmt(out, " %s", n == 1 ? one : many);
	*sep = ", ";
}

static void
crowd_text(struct ka_out *out, const struct ka_crowd *c, const struct ka_subject *s)
{
	const char *sep = "  (";

	if (s->kind == KA_SUBJECT_USER)
		return;
	if (s->kind == KA_SUBJECT_GROUP)
		count_text(out, &sep, c->accounts, "account", "accounts");
	count_text(out, &sep, c->workloads, "workload", "workloads");
	count_text(out, &sep, c->nodes, "node", "nodes");
	if (c->open) {
		ka_out_fmt(out, "%s%s", sep, *sep == ',' ? "and others" : "members are not in the cluster");
		sep = ", ";
	} else if (*sep != ',') {
		ka_out_fmt(out, "%s%s", sep, s->kind == KA_SUBJECT_GROUP ? "nobody" : "no workload");
	}
	ka_out_char(out, ')');
}

/* ---- nodes, which need no binding --------------------------------------------------------- */

/* The names of the nodes whose kubelets the node authorizer lets do it. */
struct kubelets {
	const char **name;
	size_t n, cap;
};

static struct kubelets
find_kubelets(const struct ka_answers *a, const struct ka_request *req)
{
	static const char *const nodes[] = { "system:nodes" };
	const struct ka_list *list = &a->g->of[KA_NODE];
	struct kubelets ret = { 0 };

	for (size_t i = 0; a->node && i < list->n; i++) {
		struct ka_who who = { .subject = { .kind = KA_SUBJECT_USER }, .groups = { 1, nodes } };
		char user[512], reason[256];

		snprintf(user, sizeof user, "system:node:%s", list->v[i]->name);
		who.subject.name = user;
		if (ka_nodeauth_allows(a->node, &who, req, false, reason) != KA_NODE_ALLOW)
			continue;
		KA_GROW(ret.name, ret.n, ret.cap);
		ret.name[ret.n++] = list->v[i]->name;
	}
	return ret;
}

static void
kubelets_text(struct ka_out *out, const struct kubelets *k)
{
	enum { NAMED_AT_MOST = 5 };

	if (!k->n)
		return;
	ka_out_fmt(out, "Kubelets of %zu %s:", k->n, k->n == 1 ? "node" : "nodes");
	for (size_t i = 0; i < k->n && i < NAMED_AT_MOST; i++) {
		ka_out_str(out, i ? ", " : " ");
		ka_out_term(out, k->name[i]);
	}
	ka_out_str(out, k->n > NAMED_AT_MOST ? " ...\n" : "\n");
	ka_out_str(out, "  the node authorizer allows it, without a role\n");
}

static void
kubelets_json(struct ka_out *out, const struct kubelets *k)
{
	ka_out_str(out, ",\"kubelets\":[");
	for (size_t i = 0; i < k->n; i++) {
		ka_out_str(out, i ? "," : "");
		ka_out_json(out, k->name[i]);
	}
	ka_out_char(out, ']');
}

/* ---- the answer --------------------------------------------------------------------------- */

struct found {
	const struct ka_answers *from;
	const struct ka_crowds *crowds;
	const struct ka_question *q;
	struct ka_allowance *list;
	size_t n;
	struct kubelets kubelets;
};

static void
print_text(struct ka_out *out, const struct found *f)
{
	const struct ka_question *q = f->q;
	const struct ka_allowance *list = f->list;
	size_t n = f->n;

	ka_out_str(out, "Who can ");
	ka_request_text(out, &q->req);
	ka_out_str(out, q->everywhere ? " in all namespaces:\n" : ":\n");
	for (size_t i = 0, end; i < n; i = end) {
		const struct ka_subject *s = list[i].grant.subject;
		struct ka_crowd crowd = ka_crowd_of(f->crowds, s);
		char buf[512];

		end = run_end(list, n, i);
		ka_out_term(out, ka_subject_text(s, buf));
		crowd_text(out, &crowd, s);
		ka_out_char(out, '\n');
		for (size_t k = i; k < end; k++) {
			struct ka_allowance row = list[k];

			row.grant.subject = NULL;
			ka_out_str(out, "  ");
			if (row.grant.binding)
				ka_chain_text(out, f->from, &row);
			else
				ka_out_str(out, "everything is allowed, whatever the bindings say");
			ka_out_char(out, '\n');
		}
	}
	kubelets_text(out, &f->kubelets);
	if (q->note)
		ka_out_fmt(out, "note: %s\n", q->note);
	ka_doubts_text(out, f->from);
}

static void
print_json(struct ka_out *out, const struct found *f)
{
	const struct ka_allowance *list = f->list;
	size_t n = f->n;

	ka_out_str(out, "{\"request\":{");
	ka_request_json(out, &f->q->req);
	ka_out_char(out, '}');
	ka_doubts_json(out, f->from);
	kubelets_json(out, &f->kubelets);
	ka_out_str(out, ",\"subjects\":[");
	for (size_t i = 0, end; i < n; i = end) {
		struct ka_crowd crowd = ka_crowd_of(f->crowds, list[i].grant.subject);

		end = run_end(list, n, i);
		ka_out_str(out, i ? ",\n{" : "\n{");
		ka_subject_json(out, list[i].grant.subject);
		ka_out_fmt(out, ",\"accounts\":%ju,\"workloads\":%ju,\"nodes\":%ju,\"open\":%s,\"via\":[",
			   (uintmax_t)crowd.accounts, (uintmax_t)crowd.workloads, (uintmax_t)crowd.nodes,
			   crowd.open ? "true" : "false");
		for (size_t k = i; k < end; k++) {
			struct ka_allowance row = list[k];

			row.grant.subject = NULL;
			ka_out_str(out, k > i ? ",{" : "{");
			ka_chain_json(out, f->from, &row);
			ka_out_char(out, '}');
		}
		ka_out_str(out, "]}");
	}
	ka_out_str(out, "\n]}\n");
}

static int
answer(const struct ka_cli *cli, const struct ka_graph *g, struct ka_out *out, bool json)
{
	struct ka_question q;
	struct ka_answers a;
	struct ka_crowds *crowds;
	struct found f;
	struct ka_err err;
	int status = KA_EXIT_DONE;

	if (ka_cli_question(cli, g, &q, &err)) {
		ka_question_release(&q);
		return ka_say_err("who-can", &err);
	}
	ka_answers_begin(&a, g, true);
	crowds = ka_crowds_new(g);
	f = (struct found){ .from = &a, .crowds = crowds, .q = &q, .kubelets = find_kubelets(&a, &q.req) };
	f.n = ka_rbac_who_can(a.rbac, &q.req, &f.list);
	qsort(f.list, f.n, sizeof *f.list, by_subject);
	(json ? print_json : print_text)(out, &f);
	if (a.missing != KA_NKINDS || a.authorizers.rbac == KA_NO)
		status = KA_EXIT_INCOMPLETE;
	free(f.list);
	free(f.kubelets.name);
	ka_crowds_free(crowds);
	ka_answers_end(&a);
	ka_question_release(&q);
	return status;
}

int
ka_cmd_who_can(const struct ka_cli *cli)
{
	struct ka_graph *g;
	struct ka_out *out;
	bool json;
	int status = KA_EXIT_DONE, closed;

	if (cli->args.n < 2)
		return ka_say("who-can", "ask VERB RESOURCE[/SUBRESOURCE] [NAME], or VERB /URL");
	out = ka_open_answer(cli, &json, &status);
	if (!out)
		return status;
	status = ka_input_load(cli, &g);
	if (status) {
		ka_out_discard(out);
		return status;
	}
	if (!cli->quiet)
		ka_warn_input(g);
	status = answer(cli, g, out, json);
	ka_graph_free(g);
	if (status == KA_EXIT_TROUBLE) {
		ka_out_discard(out);
		return status;
	}
	closed = ka_close_answer(cli, out);
	return closed ? closed : status;
}
