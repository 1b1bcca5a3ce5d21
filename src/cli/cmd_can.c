#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/answer.h"
#include "cli/cli.h"
#include "cli/matrix_out.h"
#include "cli/question.h"
#include "model/graph.h"
#include "source/sar.h"
#include "util/str.h"

#include "util/banned.h"

/* ---- one question ------------------------------------------------------------------------- */

enum verdict { YES, NO, UNKNOWN };
static const char *const verdict_words[] = { "yes", "no", "unknown" };

struct answer {
	const struct ka_answers *from;
	const struct ka_who *who;
	const struct ka_question *q;
	enum verdict verdict;
	enum ka_node_answer node; /* of the node authorizer */
	char node_reason[256];
	struct ka_allowance *by;
	size_t n;
	char *lost; /* what kept it at no, or "" */
};

/* Authorizers only allow: a yes is one however little was read, a no is only as good as what was. */
static enum verdict
judge(const struct answer *a)
{
	const struct ka_answers *from = a->from;

	if (from->authorizers.always_allow == KA_YES || a->node == KA_NODE_ALLOW)
		return YES;
	if (from->authorizers.rbac == KA_NO)
		return UNKNOWN;
	if (a->n)
		return YES;
	return from->missing == KA_NKINDS && a->node != KA_NODE_UNKNOWN ? NO : UNKNOWN;
}

static bool
is_kubelet(const struct ka_subject *s)
{
	return s->kind == KA_SUBJECT_USER && ka_str_has_prefix(s->name, "system:node:");
}

/* A kubelet's user is in system:nodes, whether or not that was said.  on_node: what the request is limited to, or
 * NULL. */
static enum ka_node_answer
ask_node(const struct ka_answers *from, const struct ka_who *who, const struct ka_request *req, const char *on_node,
	 char reason[256])
{
	static const char *const nodes[] = { "system:nodes" };
	struct ka_who kubelet = *who;
	bool own;

	reason[0] = '\0';
	if (!from->node || !is_kubelet(&who->subject))
		return KA_NODE_NO_OPINION;
	if (!who->as_given && !ka_strs_has(&who->groups, nodes[0]))
		kubelet.groups = (struct ka_strs){ 1, nodes };
	own = on_node && !strcmp(on_node, who->subject.name + strlen("system:node:"));
	return ka_nodeauth_allows(from->node, &kubelet, req, own, reason);
}

static void
print_text(struct ka_out *out, const struct answer *a)
{
	ka_out_fmt(out, "%s\n", verdict_words[a->verdict]);
	if (a->from->authorizers.always_allow == KA_YES)
		ka_out_str(out, "note: the API server's --authorization-mode is AlwaysAllow: everybody may do everything\n");
	if (a->node == KA_NODE_ALLOW)
		ka_out_str(out, "  the node authorizer allows it, without a role\n");
	else if (*a->node_reason)
		ka_out_fmt(out, "note: the node authorizer: %s\n", a->node_reason);
	for (size_t i = 0; i < a->n; i++) {
		ka_out_str(out, "  ");
		ka_chain_text(out, a->from, &a->by[i]);
		ka_out_char(out, '\n');
	}
	if (a->verdict != YES && *a->lost) {
		ka_out_str(out, "note: ");
		ka_out_term(out, a->lost);
		ka_out_char(out, '\n');
	}
	if (a->q->note)
		ka_out_fmt(out, "note: %s\n", a->q->note);
	if (a->verdict != YES)
		ka_doubts_text(out, a->from);
}

static void
print_json(struct ka_out *out, const struct answer *a)
{
	ka_out_fmt(out, "{\"answer\":\"%s\",\"subject\":{", verdict_words[a->verdict]);
	ka_subject_json(out, &a->who->subject);
	ka_out_str(out, "},\"request\":{");
	ka_request_json(out, &a->q->req);
	ka_out_char(out, '}');
	ka_doubts_json(out, a->from);
	if (*a->lost) {
		ka_out_str(out, ",\"reason\":");
		ka_out_json(out, a->lost);
	}
	if (a->node == KA_NODE_ALLOW)
		ka_out_str(out, ",\"nodeAuthorizer\":true");
	if (*a->node_reason) {
		ka_out_str(out, ",\"nodeReason\":");
		ka_out_json(out, a->node_reason);
	}
	ka_out_str(out, ",\"via\":[");
	for (size_t i = 0; i < a->n; i++) {
		ka_out_str(out, i ? ",\n{" : "\n{");
		ka_chain_json(out, a->from, &a->by[i]);
		ka_out_char(out, '}');
	}
	ka_out_str(out, a->n ? "\n]}\n" : "]}\n");
}

static int
answer_question(const struct ka_cli *cli, const struct ka_answers *from, const struct ka_who *who, struct ka_out *out,
		bool json)
{
	static const int statuses[] = { KA_EXIT_DONE, KA_EXIT_FINDINGS, KA_EXIT_INCOMPLETE };
	struct answer a = { .from = from, .who = who };
	struct ka_question q;
	struct ka_grant *lost;
	struct ka_err err;
	size_t nlost;

	if (ka_cli_question(cli, from->g, &q, &err)) {
		ka_question_release(&q);
		return ka_say_err("can", &err);
	}
	a.q = &q;
	a.n = ka_rbac_allowances(from->rbac, who, &q.req, &a.by);
	a.node = ask_node(from, who, &q.req, NULL, a.node_reason);
	a.verdict = judge(&a);
	nlost = a.n ? 0 : ka_rbac_lost_grants(from->rbac, who, q.req.namespace, &lost);
	a.lost = ka_rbac_lost_reason(nlost ? lost : NULL, nlost);
	(json ? print_json : print_text)(out, &a);
	if (!a.n)
		free(lost);
	free(a.lost);
	free(a.by);
	ka_question_release(&q);
	return statuses[a.verdict];
}

/* ---- a file of questions ------------------------------------------------------------------ */

struct reviews {
	const struct ka_answers *from;
	struct ka_out *out;
	size_t asked, refused;
};

static void
review_spec(struct ka_out *out, const struct ka_sar *sar)
{
	const struct ka_strs *groups = &sar->who.groups;

	ka_out_str(out, "\"spec\":{\"user\":");
	ka_out_json(out, sar->who.subject.name);
	if (groups->n)
		ka_out_str(out, ",\"groups\":[");
	for (size_t i = 0; i < groups->n; i++) {
		ka_out_str(out, i ? "," : "");
		ka_out_json(out, groups->v[i]);
	}
	ka_out_str(out, groups->n ? "]," : ",");
	ka_out_str(out, sar->req.resource ? "\"resourceAttributes\":{" : "\"nonResourceAttributes\":{");
	ka_request_json(out, &sar->req);
	ka_out_str(out, "}},");
}

struct review {
	bool allowed, unknown;
	char *reason; /* status.reason, new */
};

/* kube-apiserver asks the node authorizer before RBAC; when neither allows, their reasons stand one under the other
 * (authorization/union/union.go). */
static struct review
review(const struct ka_answers *from, const struct ka_sar *sar)
{
	struct review ret = { .allowed = true };
	enum ka_node_answer node;
	char node_reason[256];
	struct ka_grant by, *lost;
	struct ka_buf both;
	size_t n;

	if (ka_rbac_is_master(&sar->who)) {
		ret.reason = ka_rbac_lost_reason(NULL, 0);
		return ret;
	}
	node = ask_node(from, &sar->who, &sar->req, sar->on_node, node_reason);
	ret.allowed = node == KA_NODE_ALLOW;
	if (ret.allowed) {
		ret.reason = ka_rbac_lost_reason(NULL, 0);
		return ret;
	}
	ret.allowed = ka_rbac_allows(from->rbac, &sar->who, &sar->req, &by, NULL);
	if (ret.allowed) {
		ret.reason = ka_rbac_reason(&by);
		return ret;
	}
	ret.unknown = node == KA_NODE_UNKNOWN;
	n = ka_rbac_lost_grants(from->rbac, &sar->who, sar->req.resource ? sar->req.namespace : NULL, &lost);
	ret.reason = ka_rbac_lost_reason(lost, n);
	free(lost);
	if (!*node_reason)
		return ret;
	ka_buf_init(&both, (size_t)1 << 17);
	ka_buf_fmt(&both, NULL, "%s%s%s", node_reason, *ret.reason ? "\n" : "", ret.reason);
	free(ret.reason);
	ret.reason = both.s;
	return ret;
}

static int
answer_review(void *arg, const struct ka_sar *sar, struct ka_err *err)
{
	struct reviews *r = arg;
	struct review answer;

	(void)err;
	ka_out_str(r->out, "{\"apiVersion\":\"authorization.k8s.io/v1\",\"kind\":\"SubjectAccessReview\",");
	r->asked++;
	if (sar->error) {
		r->refused++;
		ka_out_fmt(r->out, "\"line\":%u,\"status\":{\"allowed\":false,\"evaluationError\":", (unsigned)sar->line);
		ka_out_json(r->out, sar->error);
		ka_out_str(r->out, "}}\n");
		return 0;
	}
	answer = review(r->from, sar);
	r->refused += answer.unknown;
	review_spec(r->out, sar);
	ka_out_fmt(r->out, "\"status\":{\"allowed\":%s,\"%s\":", answer.allowed ? "true" : "false",
		   answer.unknown ? "evaluationError" : "reason");
	ka_out_json(r->out, answer.reason);
	ka_out_str(r->out, "}}\n");
	free(answer.reason);
	return 0;
}

static int
answer_reviews(const struct ka_cli *cli, const struct ka_answers *from, struct ka_out *out)
{
	struct reviews r = { .from = from, .out = out };
	struct ka_err err;

	if (ka_sar_read(cli->reviews, &cli->input.limits, answer_review, &r, &err))
		return ka_say_err("reading the reviews", &err);
	if (!r.asked)
		return ka_say("reading the reviews", "no SubjectAccessReview in %s", cli->reviews);
	if (r.refused)
		ka_warn("%zu of %zu reviews could not be answered, see evaluationError", r.refused, r.asked);
	if (from->missing != KA_NKINDS && !cli->quiet)
		ka_warn("%s were not read completely: what is not allowed may be",
			ka_kind_info(from->missing)->resource);
	return r.refused || from->missing != KA_NKINDS ? KA_EXIT_INCOMPLETE : KA_EXIT_DONE;
}

/* ---- all questions at once ---------------------------------------------------------------- */

static int
answer_all(const struct ka_cli *cli, const struct ka_answers *from, const struct ka_who *who, struct ka_out *out,
	   bool json)
{
	struct ka_catalogue *cat = ka_catalogue_new(from->g);
	struct ka_matrix *m = ka_matrix_new(from->rbac, cat, who, cli->namespace);

	(json ? ka_matrix_json : ka_matrix_text)(out, from, who, cat, m);
	ka_matrix_free(m);
	ka_catalogue_free(cat);
	return from->missing != KA_NKINDS ? KA_EXIT_INCOMPLETE : KA_EXIT_DONE;
}

/* ---- the command -------------------------------------------------------------------------- */

static int
check_words(const struct ka_cli *cli)
{
	if (cli->reviews && (cli->subject || cli->args.n || cli->namespace || cli->as_groups.n))
		return ka_say("can", "--reviews brings subjects and questions of its own");
	if (cli->reviews && strcmp(cli->reviews, "-") != 0 && access(cli->reviews, R_OK) != 0)
		return ka_say("can", "%s cannot be read", cli->reviews);
	if (!cli->reviews && !cli->subject)
		return ka_say("can", "say whom with --as SUBJECT, or what with --reviews FILE");
	if (cli->args.n == 1)
		return ka_say("can", "ask VERB RESOURCE[/SUBRESOURCE] [NAME], or VERB /URL");
	return KA_EXIT_DONE;
}

static int
answer(const struct ka_cli *cli, const struct ka_graph *g, const struct ka_who *who, struct ka_out *out, bool json)
{
	struct ka_answers from;
	int status;

	ka_answers_begin(&from, g, cli->reviews || is_kubelet(&who->subject));
	if (cli->reviews)
		status = answer_reviews(cli, &from, out);
	else if (!cli->args.n)
		status = answer_all(cli, &from, who, out, json);
	else
		status = answer_question(cli, &from, who, out, json);
	ka_answers_end(&from);
	return status;
}

int
ka_cmd_can(const struct ka_cli *cli)
{
	struct ka_who who = { .as_given = false };
	char *copy = NULL;
	struct ka_graph *g = NULL;
	struct ka_out *out = NULL;
	struct ka_err err;
	bool json;
	int status = check_words(cli), closed;

	if (!status && cli->subject && ka_cli_subject(cli->subject, &who, &copy, &err))
		status = ka_say_err("can", &err);
	who.groups = (struct ka_strs){ cli->as_groups.n, cli->as_groups.v };
	if (!status)
		out = ka_open_answer(cli, &json, &status);
	if (out)
		status = ka_input_load(cli, &g);
	if (g) {
		if (!cli->quiet)
			ka_warn_input(g);
		status = answer(cli, g, &who, out, json);
		ka_graph_free(g);
	}
	free(copy);
	if (!out || status == KA_EXIT_TROUBLE) {
		ka_out_discard(out);
		return status;
	}
	closed = ka_close_answer(cli, out);
	return closed ? closed : status;
}
