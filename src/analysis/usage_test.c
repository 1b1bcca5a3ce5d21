#include "analysis/usage_private.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "analysis/rbac_testing.h"
#include "util/banned.h"

#define DAY INT64_C(86400000000)

static struct ka_span
sp(const char *s)
{
	return (struct ka_span){ s ? s : "", s ? strlen(s) : 0 };
}

/* An allowed request of a namespace's pods, to be changed. */
static struct ka_event
event(const char *user, const char *verb, const char *resource, const char *namespace, const char *name)
{
	return (struct ka_event){
		.stage = KA_STAGE_COMPLETE, .level = KA_LEVEL_METADATA, .decision = KA_DECISION_ALLOW, .code = 200,
		.time = DAY, .id = sp(""), .user = sp(user), .impersonated = sp(""), .verb = sp(verb),
		.resource_request = true, .api_group = sp(""), .resource = sp(resource), .subresource = sp(""),
		.namespace = sp(namespace), .name = sp(name), .path = sp(""), .query = sp(""),
		.reason = sp("RBAC: allowed by RoleBinding \"b/shop\" of Role \"r\" to User \"ann\""), .line = 1,
	};
}

static const struct ka_user *
user_of(const struct ka_usage *u, enum ka_subject_kind kind, const char *ns, const char *name)
{
	const struct ka_subject s = { kind, "", ns, name };

	return ka_usage_user(u, &s);
}

static const struct ka_used *
used_of(const struct ka_user *user, const char *verb, const char *resource, const char *name)
{
	for (size_t i = 0; user && i < user->n; i++) {
		const struct ka_request *r = &user->used[i].req;

		if (!strcmp(r->verb, verb) && (r->resource ? !strcmp(r->resource, resource) : !strcmp(r->url, resource)) &&
		    !strcmp(r->name ? r->name : "", name ? name : ""))
			return &user->used[i];
	}
	return NULL;
}

/* ---- what came of it ---- */

static void
outcomes(void **state)
{
	static const struct {
		enum ka_decision decision;
		int code;
		enum ka_outcome outcome;
		bool refused;
	} cases[] = {
		{ KA_DECISION_ALLOW, 200, KA_OUT_ALLOWED, false },
		{ KA_DECISION_ALLOW, 404, KA_OUT_ALLOWED, false },
		{ KA_DECISION_ALLOW, 409, KA_OUT_ALLOWED, false },
		{ KA_DECISION_ALLOW, 403, KA_OUT_ALLOWED, true },  /* admission */
		{ KA_DECISION_ALLOW, 429, KA_OUT_ALLOWED, false }, /* eviction against a budget */
		{ KA_DECISION_ALLOW, 0, KA_OUT_ALLOWED, false },
		{ KA_DECISION_FORBID, 403, KA_OUT_DENIED, false },
		{ KA_DECISION_NONE, 403, KA_OUT_DENIED, false },
		{ KA_DECISION_NONE, 401, KA_OUT_UNDECIDED, false },
		{ KA_DECISION_NONE, 429, KA_OUT_UNDECIDED, false },
		{ KA_DECISION_NONE, 0, KA_OUT_UNDECIDED, false },
		{ KA_DECISION_NONE, 500, KA_OUT_ALLOWED, false },
		{ KA_DECISION_NONE, 200, KA_OUT_ALLOWED, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct ka_event e = { .decision = cases[i].decision, .code = cases[i].code };
		struct ka_event_view v = ka_event_outcome(&e);

		assert_int_equal(v.outcome, cases[i].outcome);
		assert_int_equal(v.refused, cases[i].refused);
	}
}

/* ---- what was asked ---- */

static void
note(void *arg, const struct ka_asked *a)
{
	char *line = arg;
	size_t len = strlen(line);

	snprintf(line + len, 1024 - len, "%s%.*s: %.*s %.*s%s%.*s %.*s/%.*s%.*s%s", len ? "; " : "", (int)a->user.len,
		 a->user.s ? a->user.s : "", (int)a->verb.len, a->verb.s, (int)a->resource.len,
		 a->resource.s ? a->resource.s : "", a->subresource.len ? "/" : "", (int)a->subresource.len,
		 a->subresource.s ? a->subresource.s : "", (int)a->namespace.len, a->namespace.s ? a->namespace.s : "",
		 (int)a->name.len, a->name.s ? a->name.s : "", (int)a->path.len, a->path.s ? a->path.s : "",
		 a->derived ? " (derived)" : "");
}

static void
asks(struct ka_event e, const char *expected)
{
	char line[1024] = "";

	ka_event_asks(&e, note, line);
	assert_string_equal(line, expected);
}

static void
questions_of_one_event(void **state)
{
	struct ka_event e = event("ann", "create", "pods", "shop", "web-1");

	(void)state;
	asks(e, "ann: create pods shop/");
	e.subresource = sp("exec");
	asks(e, "ann: create pods/exec shop/web-1");
	asks(event("ann", "deletecollection", "pods", "shop", "x"), "ann: deletecollection pods shop/");
	asks(event("ann", "list", "pods", "shop", "one"), "ann: list pods shop/one");
	e = event("ann", "patch", "pods", "shop", "web");
	asks(e, "ann: patch pods shop/web");
	e.code = 201;
	asks(e, "ann: patch pods shop/web; ann: create pods shop/web (derived)");
	e = event("ann", "get", "", "", "");
	e.resource_request = false;
	e.path = sp("/healthz");
	asks(e, "ann: get  //healthz");
}

static void
impersonation_is_asked_for(void **state)
{
	static const struct {
		const char *as;
		const char *groups[4];
		const char *expected; /* what the caller is asked for */
	} cases[] = {
		{ "bob", { "system:authenticated" }, "ann: impersonate users /bob (derived)" },
		{ "bob",
		  { "devs", "system:authenticated" },
		  "ann: impersonate users /bob (derived); ann: impersonate groups /devs (derived)" },
		{ "bob",
		  { "system:authenticated", "devs" },
		  "ann: impersonate users /bob (derived); ann: impersonate groups /system:authenticated (derived); "
		  "ann: impersonate groups /devs (derived)" },
		{ "system:serviceaccount:ci:bot",
		  { "system:serviceaccounts", "system:serviceaccounts:ci", "system:authenticated" },
		  "ann: impersonate serviceaccounts ci/bot (derived)" },
		{ "system:serviceaccount:ci:bot",
		  { "devs", "system:authenticated" },
		  "ann: impersonate serviceaccounts ci/bot (derived); ann: impersonate groups /devs (derived)" },
		{ "system:anonymous", { "system:unauthenticated" }, "ann: impersonate users /system:anonymous (derived)" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct ka_event e = event("ann", "get", "pods", "shop", "x");
		char line[1024];

		e.impersonated = sp(cases[i].as);
		while (e.nimpersonated_groups < 4 && cases[i].groups[e.nimpersonated_groups]) {
			e.impersonated_group[e.nimpersonated_groups] = sp(cases[i].groups[e.nimpersonated_groups]);
			e.nimpersonated_groups++;
		}
		snprintf(line, sizeof line, "%s: get pods shop/x; %s", cases[i].as, cases[i].expected);
		asks(e, line);
	}
}

static void
uids_and_extras_are_asked_for(void **state)
{
	static const char bob[] = "bob: get pods shop/x; ann: impersonate users /bob (derived)";
	struct ka_event e = event("ann", "get", "pods", "shop", "x");
	char line[1024];

	(void)state;
	e.impersonated = sp("bob");
	e.impersonated_uid = sp("7");
	e.impersonated_extra = sp("{\"scopes\":[\"a\",\"b/c\",7],\"example.com/team\":[\"x\"],\"odd\":\"x\"}");
	snprintf(line, sizeof line, "%s; %s; %s; %s; %s", bob, "ann: impersonate uids /7 (derived)",
		 "ann: impersonate userextras/scopes /a (derived)",
		 "ann: impersonate userextras/scopes /b/c (derived)",
		 "ann: impersonate userextras/example.com/team /x (derived)");
	asks(e, line);
	e.impersonated_uid = sp("");
	e.impersonated_extra = sp("{\"scopes\":");
	asks(e, bob);
}

static void
reasons_name_bindings(void **state)
{
	static const struct {
		const char *reason;
		bool rbac, cluster;
		const char *namespace, *binding;
	} cases[] = {
		{ "RBAC: allowed by ClusterRoleBinding \"system:discovery\" of ClusterRole \"x\" to Group \"g\"", true, true, "",
		  "system:discovery" },
		{ "RBAC: allowed by RoleBinding \"b/shop\" of Role \"r\" to ServiceAccount \"web/shop\"", true, false, "shop", "b" },
		{ "RBAC: allowed by ClusterRoleBinding \"a\\\"b\" of ClusterRole \"x\" to Group \"g\"", true, true, "", "a\"b" },
		{ "", false, false, "", "" },
		{ "EKS access policy", false, false, "", "" },
		{ "RBAC: allowed by RoleBinding \"b\" of", false, false, "", "" },
		{ "RBAC: allowed by RoleBinding \"b/shop", false, false, "", "" },
		{ "RBAC: allowed by ClusterRoleBinding ", false, false, "", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct ka_reason r;

		assert_int_equal(ka_reason_parse(sp(cases[i].reason), &r), cases[i].rbac);
		if (!cases[i].rbac)
			continue;
		assert_int_equal(r.cluster, cases[i].cluster);
		assert_string_equal(r.binding, cases[i].binding);
		assert_string_equal(r.namespace, cases[i].namespace);
	}
}

/* ---- counting ---- */

static void
counts_by_request(void **state)
{
	struct ka_usage *u = ka_usage_new();
	struct ka_event e = event("ann", "get", "pods", "shop", "a");
	const struct ka_user *ann;
	const struct ka_used *a;

	(void)state;
	e.decision = KA_DECISION_FORBID;
	e.line = 7;
	ka_usage_event(u, &e);
	e.decision = KA_DECISION_ALLOW;
	e.line = 8;
	e.time = 3 * DAY;
	ka_usage_event(u, &e);
	e.line = 9;
	e.time = 2 * DAY;
	ka_usage_event(u, &e);
	e.stage = KA_STAGE_RECEIVED;
	ka_usage_event(u, &e);
	ka_usage_end(u);
	ann = user_of(u, KA_SUBJECT_USER, NULL, "ann");
	assert_non_null(ann);
	assert_int_equal(ann->events, 3);
	assert_int_equal(ann->n, 1);
	a = used_of(ann, "get", "pods", "a");
	assert_int_equal(a->allowed, 2);
	assert_int_equal(a->denied, 1);
	assert_int_equal(a->line, 8);
	assert_true(a->first == 2 * DAY && a->last == 3 * DAY);
	assert_int_equal(a->nby, 1);
	assert_string_equal(a->by[0].binding, "b");
	assert_int_equal(a->by[0].count, 2);
	assert_int_equal(ka_usage_quality(u)->events, 3);
	ka_usage_free(u);
}

static void
a_watch_is_counted_once(void **state)
{
	struct ka_usage *u = ka_usage_new();
	struct ka_event e = event("ann", "watch", "pods", "shop", NULL);

	(void)state;
	e.id = sp("11111111-0000-0000-0000-000000000000");
	e.stage = KA_STAGE_STARTED;
	ka_usage_event(u, &e);
	e.stage = KA_STAGE_COMPLETE;
	ka_usage_event(u, &e);
	e.id = sp("22222222-0000-0000-0000-000000000000");
	e.stage = KA_STAGE_STARTED; /* still open when the log ends */
	ka_usage_event(u, &e);
	e.id = sp("33333333-0000-0000-0000-000000000000");
	e.stage = KA_STAGE_COMPLETE; /* a policy that omits ResponseStarted */
	ka_usage_event(u, &e);
	ka_usage_end(u);
	assert_int_equal(used_of(user_of(u, KA_SUBJECT_USER, NULL, "ann"), "watch", "pods", NULL)->allowed, 3);
	ka_usage_free(u);
}

static void
impersonation_counts_for_both(void **state)
{
	struct ka_usage *u = ka_usage_new();
	struct ka_event e = event("ann", "delete", "pods", "shop", "a");
	const struct ka_used *used;

	(void)state;
	e.impersonated = sp("system:serviceaccount:ci:bot");
	e.decision = KA_DECISION_FORBID; /* of the request, not of the impersonation */
	ka_usage_event(u, &e);
	ka_usage_end(u);
	used = used_of(user_of(u, KA_SUBJECT_SERVICEACCOUNT, "ci", "bot"), "delete", "pods", "a");
	assert_int_equal(used->denied, 1);
	assert_int_equal(user_of(u, KA_SUBJECT_SERVICEACCOUNT, "ci", "bot")->impersonated, 1);
	used = used_of(user_of(u, KA_SUBJECT_USER, NULL, "ann"), "impersonate", "serviceaccounts", "bot");
	assert_int_equal(used->allowed, 1);
	assert_true(used->derived);
	assert_string_equal(used->req.namespace, "ci");
	ka_usage_free(u);
}

static void
too_many_names_become_one(void **state)
{
	struct ka_usage *u = ka_usage_new();
	const struct ka_user *ann;
	uint64_t many = 0;

	(void)state;
	for (int i = 0; i < KA_NAMES_KEPT + 10; i++) {
		char name[16];
		struct ka_event e;

		snprintf(name, sizeof name, "n-%d", i);
		e = event("ann", "get", "pods", "shop", name);
		ka_usage_event(u, &e);
	}
	ka_usage_end(u);
	ann = user_of(u, KA_SUBJECT_USER, NULL, "ann");
	assert_int_equal(ann->n, KA_NAMES_KEPT + 1);
	for (size_t i = 0; i < ann->n; i++)
		many += ann->used[i].many_names ? ann->used[i].allowed : 0;
	assert_int_equal(many, 10);
	ka_usage_free(u);
}

static void
another_authorizer_is_told_apart(void **state)
{
	struct ka_usage *u = ka_usage_new();
	struct ka_event e = event("ann", "get", "pods", "shop", "a");
	const struct ka_used *used;

	(void)state;
	ka_usage_event(u, &e);
	e.reason = sp("access granted by a policy of the provider");
	ka_usage_event(u, &e);
	e.reason = sp("");
	ka_usage_event(u, &e);
	e.decision = KA_DECISION_NONE; /* a log without annotations says nothing of it */
	ka_usage_event(u, &e);
	ka_usage_end(u);
	used = used_of(user_of(u, KA_SUBJECT_USER, NULL, "ann"), "get", "pods", "a");
	assert_int_equal(used->allowed, 4);
	assert_int_equal(used->other, 2);
	ka_usage_free(u);
}

static void
gaps_in_the_log(void **state)
{
	static const int hours[] = { 0, 1, 5, 6, 9 };
	struct ka_usage *u = ka_usage_new();
	const struct ka_quality *q;

	(void)state;
	for (size_t i = 0; i < sizeof hours / sizeof *hours; i++) {
		struct ka_event e = event("ann", "get", "pods", "shop", "a");

		e.time = 100 * DAY + hours[i] * (DAY / 24);
		e.lacks = i ? 0 : KA_LACKS_GROUPS;
		ka_usage_event(u, &e);
	}
	ka_usage_end(u);
	q = ka_usage_quality(u);
	assert_int_equal(q->hours, 10);
	assert_int_equal(q->empty_hours, 5);
	assert_true(q->gap_first == 100 * DAY + 2 * (DAY / 24) && q->gap_last == 100 * DAY + 5 * (DAY / 24));
	assert_int_equal(q->lacks_groups, 1);
	ka_usage_free(u);
}

/* ---- against grants ---- */

#define SHOP_ROLE ROLE("shop", "r", RULE("''", "'pods', 'secrets'", "'get', 'list'") "," RULE("''", "'roles'", "'bind'"))

static void
grants_shared_and_redundant(void **state)
{
	struct world w = world(SHOP_ROLE RB("shop", "b", "Role", "r", USER("ann"))
				       RB("shop", "c", "Role", "r", GROUP("devs"))
					       CLUSTERROLE("n", RULE("''", "'nodes'", "'get'")) CRB("n", "n", USER("ann")));
	struct ka_usage *u = ka_usage_new();
	struct ka_who ann = user("ann");
	struct ka_held_use held;
	struct ka_event e = event("ann", "get", "pods", "shop", "a");
	size_t used = 0, unused = 0, blind = 0;

	(void)state;
	e.group[0] = sp("devs");
	e.ngroups = 1;
	ka_usage_event(u, &e);
	e = event("eve", "get", "secrets", "shop", "x"); /* so that reads of secrets are known to be logged */
	ka_usage_event(u, &e);
	e = event("ann", "get", "pods", "elsewhere", "a"); /* nothing allows that any more */
	ka_usage_event(u, &e);
	ka_usage_end(u);
	ka_usage_of(u, w.rbac, &ann, &held);
	assert_int_equal(held.ngrants, 3);
	assert_string_equal(held.grant[0].grant.binding->obj.name, "n");
	assert_int_equal(held.grant[0].allows, 0);
	assert_int_equal(held.grant[1].allows, 1);
	assert_int_equal(held.grant[1].alone, 0);
	assert_int_equal(held.grant[1].attributed, 2);
	assert_int_equal(held.grant[2].allows, 1);
	assert_int_equal(held.grant[2].attributed, 0);
	assert_int_equal(held.allowed, 1);
	assert_int_equal(held.gone, 1);
	for (size_t i = 0; i < held.natoms; i++) {
		used += held.atom[i].use == KA_USE_USED;
		unused += held.atom[i].use == KA_USE_UNUSED;
		blind += held.atom[i].use == KA_USE_UNOBSERVABLE;
	}
	/* get pods, twice; list pods and both on secrets, twice; bind, twice, and nodes */
	assert_int_equal(used, 2);
	assert_int_equal(unused, 6);
	assert_int_equal(blind, 3);
	ka_held_use_release(&held);
	ka_usage_free(u);
	end(&w);
}

static void
absence_that_proves_nothing(void **state)
{
	struct ka_usage *u = ka_usage_new();
	struct ka_event e = event("ann", "create", "pods", "shop", NULL);

	(void)state;
	ka_usage_event(u, &e);
	e = event("ann", "get", "configmaps", "shop", "x");
	ka_usage_event(u, &e);
	ka_usage_end(u);
	assert_non_null(ka_usage_blind(u, "bind", "rbac.authorization.k8s.io", "roles"));
	assert_non_null(ka_usage_blind(u, "get", "", "pods"));
	assert_null(ka_usage_blind(u, "delete", "", "pods"));
	assert_null(ka_usage_blind(u, "list", "", "configmaps"));
	assert_non_null(ka_usage_blind(u, "list", "", "secrets"));
	assert_non_null(ka_usage_blind(u, "get", "", "nodes/proxy"));
	assert_null(ka_usage_blind(u, "get", "*", "*"));
	assert_null(ka_usage_blind(u, "get", NULL, NULL));
	ka_usage_free(u);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(outcomes),
		cmocka_unit_test(questions_of_one_event),
		cmocka_unit_test(impersonation_is_asked_for),
		cmocka_unit_test(uids_and_extras_are_asked_for),
		cmocka_unit_test(reasons_name_bindings),
		cmocka_unit_test(counts_by_request),
		cmocka_unit_test(a_watch_is_counted_once),
		cmocka_unit_test(impersonation_counts_for_both),
		cmocka_unit_test(too_many_names_become_one),
		cmocka_unit_test(another_authorizer_is_told_apart),
		cmocka_unit_test(gaps_in_the_log),
		cmocka_unit_test(grants_shared_and_redundant),
		cmocka_unit_test(absence_that_proves_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
