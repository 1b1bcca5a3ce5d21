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

/* RBAC only allows: a yes is one however little was read, a no is only as good as what was. */
static enum verdict
judge(const struct ka_answers *a, size_t allowances)
{
	if (a->authorizers.always_allow == KA_YES)
		return YES;
	if (a->authorizers.rbac == KA_NO)
		return UNKNOWN;
	if (allowances)
		return YES;
	return a->missing == KA_NKINDS ? NO : UNKNOWN;
}

struct answer {
	const struct ka_answers *from;
	const struct ka_who *who;
	const struct ka_question *q;
	enum verdict verdict;
	struct ka_allowance *by;
	size_t n;
	char *lost; /* what kept it at no, or "" */
};

static void
print_text(struct ka_out *out, const struct answer *a)
{
	ka_out_fmt(out, "%s\n", verdict_words[a->verdict]);
	if (a->from->authorizers.always_allow == KA_YES)
		ka_out_str(out, "note: the API server's --authorization-mode is AlwaysAllow: everybody may do everything\n");
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
	a.verdict = judge(from, a.n);
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

/* status.reason: of the grant that allows, or of the missing roles that may be why nothing does. */
static char *
review_reason(const struct ka_rbac *rbac, const struct ka_sar *sar, bool *ret_allowed)
{
	struct ka_grant by, *lost;
	char *reason;
	size_t n;

	*ret_allowed = ka_rbac_allows(rbac, &sar->who, &sar->req, &by, NULL);
	if (*ret_allowed)
		return ka_rbac_reason(&by);
	n = ka_rbac_lost_grants(rbac, &sar->who, sar->req.resource ? sar->req.namespace : NULL, &lost);
	reason = ka_rbac_lost_reason(lost, n);
	free(lost);
	return reason;
}

static int
answer_review(void *arg, const struct ka_sar *sar, struct ka_err *err)
{
	struct reviews *r = arg;
	char *reason = NULL;
	bool allowed = false;

	(void)err;
	ka_out_str(r->out, "{\"apiVersion\":\"authorization.k8s.io/v1\",\"kind\":\"SubjectAccessReview\",");
	r->asked++;
	if (sar->error) {
		r->refused++;
		ka_out_fmt(r->out, "\"line\":%u,\"status\":{\"allowed\":false,\"evaluationError\":", (unsigned)sar->line);
		ka_out_json(r->out, sar->error);
	} else {
		reason = review_reason(r->from->rbac, sar, &allowed);
		review_spec(r->out, sar);
		ka_out_fmt(r->out, "\"status\":{\"allowed\":%s,\"reason\":", allowed ? "true" : "false");
		ka_out_json(r->out, reason);
	}
	ka_out_str(r->out, "}}\n");
	free(reason);
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

	ka_answers_begin(&from, g);
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
