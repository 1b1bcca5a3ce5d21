#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <kassay/identity.h>

#include "model/testing.h"

#define POD(spec)                                                                                  \
	"{'apiVersion':'v1','kind':'Pod','metadata':{'name':'p','namespace':'n'},'spec':{" spec    \
	"'containers':[{'name':'c','image':'i'}]}}"
#define ACCOUNT(name, ns, more)                                                                    \
	"{'apiVersion':'v1','kind':'ServiceAccount','metadata':{'name':'" name                     \
	"','namespace':'" ns "'}" more "}"
#define TOKEN_VOLUME(source)                                                                       \
	"'volumes':[{'name':'t','projected':{'sources':[{'serviceAccountToken':{" source           \
	"'path':'t'}}]}}],"
#define OFF "'automountServiceAccountToken':false"
#define ON  "'automountServiceAccountToken':true"

struct row {
	const char *what, *pod, *account;
	enum ka_evidence_status accounts;
	enum ka_tri mounted;
	enum ka_token_why why;
};

static const struct row rows[] = {
	{ "nobody says", POD(""), ACCOUNT("default", "n", ""), KA_EV_COMPLETE, KA_YES,
	  KA_TOKEN_DEFAULT },
	{ "the pod says no", POD(OFF ","), ACCOUNT("default", "n", "," ON), KA_EV_COMPLETE, KA_NO,
	  KA_TOKEN_POD },
	{ "the pod says yes", POD(ON ","), ACCOUNT("default", "n", "," OFF), KA_EV_COMPLETE, KA_YES,
	  KA_TOKEN_POD },
	{ "the account says no", POD(""), ACCOUNT("default", "n", "," OFF), KA_EV_COMPLETE, KA_NO,
	  KA_TOKEN_ACCOUNT },
	{ "another namespace's account says no", POD(""), ACCOUNT("default", "m", "," OFF),
	  KA_EV_COMPLETE, KA_YES, KA_TOKEN_DEFAULT },
	{ "another account says no", POD("'serviceAccountName':'web',"),
	  ACCOUNT("default", "n", "," OFF), KA_EV_COMPLETE, KA_UNSET, KA_TOKEN_UNKNOWN },
	{ "default exists unseen", POD(""), NULL, KA_EV_COMPLETE, KA_YES, KA_TOKEN_DEFAULT },
	{ "accounts were refused", POD(""), NULL, KA_EV_FORBIDDEN, KA_UNSET, KA_TOKEN_UNKNOWN },
	{ "accounts were refused, the pod says no", POD(OFF ","), NULL, KA_EV_FORBIDDEN, KA_NO,
	  KA_TOKEN_POD },
	{ "a projected token", POD(OFF "," TOKEN_VOLUME("")), NULL, KA_EV_COMPLETE, KA_YES,
	  KA_TOKEN_PROJECTED },
	{ "a projected token with an empty audience", POD(OFF "," TOKEN_VOLUME("'audience':'',")),
	  NULL, KA_EV_COMPLETE, KA_YES, KA_TOKEN_PROJECTED },
	{ "a token for somebody else", POD(OFF "," TOKEN_VOLUME("'audience':'vault',")), NULL,
	  KA_EV_COMPLETE, KA_NO, KA_TOKEN_POD },
	{ "a token for the API server by name",
	  POD(OFF "," TOKEN_VOLUME("'audience':'https://kubernetes.default.svc',")), NULL,
	  KA_EV_COMPLETE, KA_YES, KA_TOKEN_PROJECTED },
	{ "a token under the name that the API server uses",
	  POD(OFF ",'volumes':[{'name':'kube-api-access-abcde','projected':{'sources':["
		  "{'serviceAccountToken':{'path':'t'}}]}}],"), NULL,
	  KA_EV_COMPLETE, KA_YES, KA_TOKEN_PROJECTED },
	{ "mounted before it is projected", POD(TOKEN_VOLUME("")), NULL, KA_EV_COMPLETE, KA_YES,
	  KA_TOKEN_DEFAULT },
};

static void
the_pod_speaks_before_its_account_before_the_default(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const struct row *r = &rows[i];
		struct ka_graph *g = test_graph((const char *const[]){ r->pod, r->account, NULL });
		struct ka_token t;

		ka_graph_set_evidence(g, KA_SERVICEACCOUNT, r->accounts, "said so");
		ka_identity_token(g, "n", ka_as_pod(g->of[KA_POD].v[0])->spec, &t);
		if (t.mounted != r->mounted || t.why != r->why)
			fail_msg("%s: mounted %d, why %d", r->what, t.mounted, t.why);
		ka_graph_free(g);
	}
}

static void
the_account_is_named_when_it_was_seen(void **state)
{
	struct ka_graph *g = test_graph((const char *const[]){ POD("'serviceAccountName':'web',"),
							       ACCOUNT("web", "n", ""), NULL });
	struct ka_token t;

	(void)state;
	ka_identity_token(g, "n", ka_as_pod(g->of[KA_POD].v[0])->spec, &t);
	assert_ptr_equal(t.account, g->of[KA_SERVICEACCOUNT].v[0]);
	ka_graph_free(g);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_pod_speaks_before_its_account_before_the_default),
		cmocka_unit_test(the_account_is_named_when_it_was_seen),
	};
	return cmocka_run_group_tests_name("analysis/identity", tests, NULL, NULL);
}
