#include "source/sar.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "util/str.h"
#include "util/banned.h"

static const char *
or_none(const char *s)
{
	return s ? s : "-";
}

/* One line a review. */
static int
note(void *arg, const struct ka_sar *sar, struct ka_err *err)
{
	struct ka_buf *b = arg;

	if (sar->error)
		return ka_buf_fmt(b, err, "%u! %s\n", (unsigned)sar->line, sar->error);
	ka_buf_fmt(b, err, "%u %s", (unsigned)sar->line, sar->who.subject.name);
	for (size_t i = 0; i < sar->who.groups.n; i++)
		ka_buf_fmt(b, err, "+%s", sar->who.groups.v[i]);
	if (sar->req.url)
		return ka_buf_fmt(b, err, " %s %s\n", sar->req.verb, sar->req.url);
	if (sar->on_node)
		ka_buf_fmt(b, err, " @%s", sar->on_node);
	return ka_buf_fmt(b, err, " %s %s %s %s %s %s\n", sar->req.verb, or_none(sar->req.group),
			  or_none(sar->req.resource), or_none(sar->req.subresource),
			  or_none(sar->req.namespace), or_none(sar->req.name));
}

static void
reads(const char *text, const char *expected)
{
	const struct ka_limits limits = KA_LIMITS_DEFAULT;
	struct ka_buf b;
	struct ka_err err;

	ka_buf_init(&b, 1 << 16);
	assert_int_equal(ka_sar_read_mem(text, strlen(text), &limits, note, &b, &err), 0);
	assert_string_equal(b.s, expected);
	ka_buf_release(&b);
}

#define SPEC "{\"user\":\"ann\",\"groups\":[\"devs\"],\"resourceAttributes\":{\"verb\":\"get\",\"resource\":\"pods\"," \
	     "\"namespace\":\"shop\"}}"
#define ANSWER "ann+devs get - pods - shop -\n"

static void
objects_and_bare_specs(void **state)
{
	(void)state;
	reads(SPEC, "1 " ANSWER);
	reads("{\"kind\":\"SubjectAccessReview\",\"spec\":" SPEC "}\n" SPEC "\n", "1 " ANSWER "2 " ANSWER);
	reads("{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[{\"kind\":\"LocalSubjectAccessReview\",\"spec\":" SPEC
	      "}]}",
	      "1 " ANSWER);
	reads("[" SPEC "," SPEC "]", "1 " ANSWER "1 " ANSWER);
	reads("{\"spec\":" SPEC "}", "1 " ANSWER);
	reads("kind: SubjectAccessReview\nspec:\n  user: bob\n  nonResourceAttributes: {path: /healthz, verb: get}\n---\n"
	      "groups: [a, b]\nresourceAttributes:\n  {verb: create, group: apps, resource: deployments, subresource: "
	      "scale, name: web}\n",
	      "1 bob get /healthz\n6 +a+b create apps deployments scale - web\n");
}

#define ON(selector)                                                                                       \
	"{\"user\":\"n\",\"resourceAttributes\":{\"verb\":\"list\",\"resource\":\"pods\",\"fieldSelector\":" selector "}}"
#define LIST_PODS "list - pods - - -\n"

static void
selectors_of_a_node(void **state)
{
	(void)state;
	reads(ON("{\"rawSelector\":\"spec.nodeName=a\"}"), "1 n @a " LIST_PODS);
	reads(ON("{\"rawSelector\":\"x=y,spec.nodeName==a\"}"), "1 n @a " LIST_PODS);
	reads(ON("{\"rawSelector\":\"spec.nodeName!=a\"}"), "1 n " LIST_PODS);
	reads(ON("{\"requirements\":[{\"key\":\"spec.nodeName\",\"operator\":\"In\",\"values\":[\"a\"]}]}"),
	      "1 n @a " LIST_PODS);
	reads(ON("{\"requirements\":[{\"key\":\"spec.nodeName\",\"operator\":\"NotIn\",\"values\":[\"a\"]}]}"),
	      "1 n " LIST_PODS);
	reads(ON("{\"requirements\":[{\"key\":\"spec.nodeName\",\"operator\":\"In\",\"values\":[\"a\",\"b\"]}]}"),
	      "1 n " LIST_PODS);
	reads(ON("7"), "1 n " LIST_PODS);
}

static void
what_no_server_would_answer(void **state)
{
	(void)state;
	reads("{\"kind\":\"Pod\"}", "1! Pod is no SubjectAccessReview\n");
	reads("{\"user\":\"ann\"}",
	      "1! spec: exactly one of nonResourceAttributes or resourceAttributes must be specified\n");
	reads("{\"resourceAttributes\":{\"verb\":\"get\"}}", "1! spec: at least one of user or group must be specified\n");
	reads("{\"user\":7,\"groups\":[\"g\"],\"resourceAttributes\":{}}", "1! user is no string\n");
	reads("{\"user\":\"a\",\"groups\":[7],\"resourceAttributes\":{}}", "1! a group is no string\n");
	reads("[7]", "1! no SubjectAccessReview, and no spec of one\n");
}

static void
a_bad_document_does_not_lose_the_next(void **state)
{
	(void)state;
	reads(SPEC "\n{\"user\": }\n" SPEC "\n", "1 " ANSWER "2! expected a value\n3 " ANSWER);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(objects_and_bare_specs),
		cmocka_unit_test(selectors_of_a_node),
		cmocka_unit_test(what_no_server_would_answer),
		cmocka_unit_test(a_bad_document_does_not_lose_the_next),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
