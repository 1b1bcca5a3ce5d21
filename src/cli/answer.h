/* How `can` and `who-can` tell what they found: chains of subject, binding, role and rule. */
#ifndef KA_CLI_ANSWER_H
#define KA_CLI_ANSWER_H

#include <kassay/authorizers.h>
#include <kassay/crowd.h>
#include <kassay/nodeauth.h>
#include <kassay/out.h>
#include <kassay/rbac.h>

/* What answers are given from. */
struct ka_answers {
	const struct ka_graph *g;
	struct ka_rbac *rbac;
	struct ka_authorizers authorizers;
	struct ka_nodeauth *node; /* NULL when the API server does not ask it, or no node is asked about */
	/* a kind of RBAC that was not read completely, or KA_NKINDS: then a no is only "as far as was seen" */
	enum ka_kind missing;
};
/* Released with ka_answers_end(); the graph is borrowed.  nodes: the node authorizer will be asked too. */
void ka_answers_begin(struct ka_answers *ret, const struct ka_graph *g, bool nodes);
void ka_answers_end(struct ka_answers *a);

/* "get pods in namespace shop", as one would say it. */
void ka_request_text(struct ka_out *out, const struct ka_request *req);
/* The members of a JSON object, without braces. */
void ka_request_json(struct ka_out *out, const struct ka_request *req);
void ka_subject_json(struct ka_out *out, const struct ka_subject *s);

/* Which binding of which role, and the rule: one line of text without its end; the members of a JSON object. */
void ka_chain_text(struct ka_out *out, const struct ka_answers *a, const struct ka_allowance *by);
void ka_chain_json(struct ka_out *out, const struct ka_answers *a, const struct ka_allowance *by);

/* What keeps the answer from being the last word: a line each, or members of JSON ("atLeast", "missing"), each after
 * a comma. */
void ka_doubts_text(struct ka_out *out, const struct ka_answers *a);
void ka_doubts_json(struct ka_out *out, const struct ka_answers *a);

#endif
