#include "cli/question.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "model/testing.h"
#include "util/banned.h"

/* ---- subjects ---- */

static void
subjects_as_people_write_them(void **state)
{
	static const struct {
		const char *word;
		enum ka_subject_kind kind;
		const char *namespace, *name; /* name NULL: refused */
	} cases[] = {
		{ "User:ann", KA_SUBJECT_USER, NULL, "ann" },
		{ "ann", KA_SUBJECT_USER, NULL, "ann" },
		{ "oidc:ann@example.com", KA_SUBJECT_USER, NULL, "oidc:ann@example.com" },
		{ "Group:devs", KA_SUBJECT_GROUP, NULL, "devs" },
		{ "Group:system:masters", KA_SUBJECT_GROUP, NULL, "system:masters" },
		{ "ServiceAccount:shop:web", KA_SUBJECT_SERVICEACCOUNT, "shop", "web" },
		{ "system:serviceaccount:shop:web", KA_SUBJECT_SERVICEACCOUNT, "shop", "web" },
		{ "User:system:serviceaccount:shop:web", KA_SUBJECT_SERVICEACCOUNT, "shop", "web" },
		{ "ServiceAccount:web", KA_SUBJECT_USER, NULL, NULL },
		{ "ServiceAccount:shop:", KA_SUBJECT_USER, NULL, NULL },
		{ "ServiceAccount::web", KA_SUBJECT_USER, NULL, NULL },
		{ "ServiceAccount:a:b:c", KA_SUBJECT_USER, NULL, NULL },
		{ "Group:", KA_SUBJECT_USER, NULL, NULL },
		{ "User:", KA_SUBJECT_USER, NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct ka_who who;
		struct ka_err err;
		char *copy;

		if (ka_cli_subject(cases[i].word, &who, &copy, &err)) {
			assert_null(cases[i].name);
			assert_null(copy);
			continue;
		}
		assert_non_null(cases[i].name);
		assert_int_equal(who.subject.kind, cases[i].kind);
		assert_string_equal(who.subject.name, cases[i].name);
		if (cases[i].namespace)
			assert_string_equal(who.subject.namespace, cases[i].namespace);
		free(copy);
	}
}

/* ---- requests ---- */

static const char *
or_none(const char *s)
{
	return s ? s : "-";
}

static void
requests_as_kubectl_understands_them(void **state)
{
	/* the answer: group resource subresource namespace name */
	static const struct {
		const char *word[3], *namespace, *expected;
	} cases[] = {
		{ { "get", "pods" }, "shop", "- pods - shop -" },
		{ { "get", "po", "a" }, "shop", "- pods - shop a" },
		{ { "get", "pod/log" }, NULL, "- pods log - -" },
		{ { "get", "deploy" }, "shop", "apps deployments - shop -" },
		{ { "get", "Deployment" }, "shop", "- Deployment - shop -" },
		{ { "get", "networkpolicy" }, "shop", "networking.k8s.io networkpolicies - shop -" },
		{ { "get", "ingress" }, "shop", "networking.k8s.io ingresses - shop -" },
		{ { "get", "events" }, "shop", "- events - shop -" },
		{ { "get", "events.events.k8s.io" }, "shop", "events.k8s.io events - shop -" },
		{ { "update", "deployments.apps/scale" }, "shop", "apps deployments scale shop -" },
		{ { "get", "nodes" }, "shop", "- nodes - - -" },
		{ { "bind", "clusterroles" }, "shop", "rbac.authorization.k8s.io clusterroles - shop -" },
		{ { "get", "ns", "shop" }, NULL, "- namespaces - shop shop" },
		{ { "list", "ns" }, NULL, "- namespaces - - -" },
		{ { "get", "made-up" }, "shop", "- made-up - shop -" },
		{ { "*", "*" }, NULL, "- * - - -" },
	};
	struct ka_graph *g = test_world("");

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const char *words[3] = { cases[i].word[0], cases[i].word[1], cases[i].word[2] };
		struct ka_cli cli = { .args = { .v = words, .n = words[2] ? 3 : 2 }, .namespace = cases[i].namespace };
		struct ka_question q;
		struct ka_err err;
		char got[256];

		assert_int_equal(ka_cli_question(&cli, g, &q, &err), 0);
		snprintf(got, sizeof got, "%s %s %s %s %s", q.req.group && *q.req.group ? q.req.group : "-",
			 q.req.resource, or_none(q.req.subresource), or_none(q.req.namespace), or_none(q.req.name));
		assert_string_equal(got, cases[i].expected);
		ka_question_release(&q);
	}
	ka_graph_free(g);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(subjects_as_people_write_them),
		cmocka_unit_test(requests_as_kubectl_understands_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
