/* The role that kassay prints, read back and asked by the RBAC engine: it allows each request of a run, and none of its
 * rules is there for nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <kassay/rbac.h>

#include "engine/role.h"
#include "model/testing.h"
#include "source/facts.h"
#include "source/plan.h"
#include "util/arena.h"
#include "util/str.h"

#include "util/banned.h"

static const struct ka_who auditor = { .subject = { .kind = KA_SUBJECT_USER, .name = "auditor" } };

/* ---- the role ------------------------------------------------------------------------------------------- */

static void
bind(struct ka_build *b, const char *kind, const char *role_kind, const char *role)
{
	char text[1024];

	snprintf(text, sizeof text,
		 "{'apiVersion':'rbac.authorization.k8s.io/v1','kind':'%s','metadata':{'name':'%s','namespace':'shop'},"
		 "'roleRef':{'apiGroup':'rbac.authorization.k8s.io','kind':'%s','name':'%s'},"
		 "'subjects':[{'kind':'User','apiGroup':'rbac.authorization.k8s.io','name':'auditor'}]}",
		 kind, role, role_kind, role);
	test_add(b, text);
}

/* What `kassay role` prints, applied to a cluster and bound. */
static struct ka_graph *
applied(const struct ka_selection *s, const struct ka_strs *namespaces)
{
	const struct ka_limits limits = KA_LIMITS_DEFAULT;
	struct ka_out *out = ka_out_mem();
	struct text_in text = { .piece = SIZE_MAX };
	const struct ka_in in = { .read = text_read, .arg = &text };
	struct ka_build *b = ka_build_new();
	const struct ka_sink sink = { .arg = b, .value = test_value, .list = test_list, .bad = test_bad };
	struct ka_err err;

	ka_role_write(out, s, namespaces);
	text.s = ka_out_memory(out, &text.len);
	ka_build_file(b, "role");
	if (ka_yaml_read(&in, &limits, &sink, &err) != 0)
		fail_msg("%s", err.msg);
	bind(b, "ClusterRoleBinding", "ClusterRole", "kassay");
	bind(b, "ClusterRoleBinding", "ClusterRole", "kassay-kubelets");
	bind(b, "RoleBinding", "Role", "kassay");
	ka_out_discard(out);
	return ka_build_finish(b);
}

/* ---- the requests ---------------------------------------------------------------------------------------- */

struct requests {
	struct ka_arena *arena;
	struct ka_request v[256];
	size_t n;
};

static void
add(struct requests *r, struct ka_request req)
{
	assert_true(r->n < 256);
	r->v[r->n++] = ka_request_as_served(req);
}

static char *
copy(struct requests *r, const char *s)
{
	return ka_arena_strndup(r->arena, s, strlen(s));
}

static void
add_task(struct requests *r, const struct ka_task *t)
{
	const char *slash = strchr(t->api_version, '/');

	add(r, (struct ka_request){
		       .verb = t->single ? "get" : "list",
		       .group = slash ? ka_arena_strndup(r->arena, t->api_version, (size_t)(slash - t->api_version)) : "",
		       .resource = copy(r, t->resource),
		       .namespace = t->namespace,
		       .name = t->single ? t->namespace : NULL,
	       });
}

/* A name that the glob over kinds lets through. */
static const char *
kind_for(const char *only)
{
	if (!only)
		return "Thing";
	return strstr(only, "Admission") ? "ClusterAdmissionPolicy" : "ImageValidatingPolicy";
}

static bool
wanted(const struct ka_ask *ask, ka_kinds kinds, const struct ka_strs *namespaces)
{
	bool wide = ask->kind == KA_OTHER ? ask->cluster_wide : !ka_kind_info(ask->kind)->namespaced;

	return (kinds & KA_BIT(ask->kind)) && !(namespaces->n && wide && ask->kind != KA_NAMESPACE);
}

/* The lists of a run against a server that serves all, or all but one group. */
static void
add_plan(struct requests *r, ka_kinds kinds, const struct ka_strs *namespaces, const char *without)
{
	static const char *const list[] = { "list" };
	struct ka_served served[128];
	struct ka_graph g = { .nserved = 0, .served = served };
	struct ka_plan plan;
	size_t n;
	const struct ka_ask *ask = ka_asks(&n);

	for (size_t i = 0; i < n; i++) {
		if (strcmp(ask[i].group, without) == 0 && *without)
			continue;
		assert_true(g.nserved < 128);
		served[g.nserved++] = (struct ka_served){
			.group = ask[i].group,
			.version = ask[i].versions ? "v1" : "v1beta7",
			.resource = strcmp(ask[i].resource, "*") == 0 ? "things" : ask[i].resource,
			.kind = ask[i].kind == KA_OTHER ? kind_for(ask[i].only) : ka_kind_info(ask[i].kind)->kind,
			.namespaced = ask[i].kind == KA_OTHER ? !ask[i].cluster_wide : ka_kind_info(ask[i].kind)->namespaced,
			.verbs = { 1, list },
		};
	}
	ka_plan_make(&plan, &g, NULL, 0, namespaces);
	for (size_t i = 0; i < plan.n; i++)
		if (wanted(plan.task[i].ask, kinds, namespaces))
			add_task(r, &plan.task[i]);
	ka_plan_release(&plan);
}

static void
add_facts(struct requests *r, ka_kinds kinds)
{
	size_t n;
	const struct ka_fact_ask *ask = ka_fact_asks(&n);

	for (size_t i = 0; i < n; i++) {
		size_t slash = ask[i].resource ? strcspn(ask[i].resource, "/") : 0;

		if (ask[i].kind != KA_OTHER && !(kinds & KA_BIT(ask[i].kind)))
			continue;
		if (ask[i].url)
			add(r, (struct ka_request){ .verb = "get", .url = ask[i].url });
		else
			add(r, (struct ka_request){ .verb = "get", .group = "", .name = "node-1",
						    .resource = ka_arena_strndup(r->arena, ask[i].resource, slash),
						    .subresource = ask[i].resource + slash + 1 });
	}
}

static void
requests_of(struct requests *r, ka_kinds kinds, const struct ka_strs *namespaces)
{
	*r = (struct requests){ .arena = ka_arena_new() };
	add_plan(r, kinds, namespaces, "");
	add_plan(r, kinds, namespaces, "projectcalico.org");
	if (!namespaces->n)
		add_facts(r, kinds);
}

/* ---- tests ------------------------------------------------------------------------------------------------- */

static const char *
text_of(const struct ka_request *q, char buf[256])
{
	snprintf(buf, 256, "%s %s%s%s in %s", q->verb, q->url ? q->url : q->resource, q->subresource ? "/" : "",
		 q->subresource ? q->subresource : "", q->namespace ? q->namespace : "the cluster");
	return buf;
}

static void
expect_all_allowed(const struct ka_graph *g, const struct requests *r)
{
	struct ka_rbac *rbac = ka_rbac_new(g);
	char buf[256];

	for (size_t i = 0; i < r->n; i++)
		if (!ka_rbac_allows(rbac, &auditor, &r->v[i], NULL, NULL))
			fail_msg("refused: %s", text_of(&r->v[i], buf));
	ka_rbac_free(rbac);
}

/* One request at least that only this rule allows. */
static bool
is_needed(const struct ka_graph *g, const struct requests *r, const struct ka_rule *rule)
{
	static const enum ka_kind kinds[] = { KA_ROLE, KA_CLUSTERROLE };

	for (size_t i = 0; i < r->n; i++) {
		bool others = false;

		if (!ka_rule_allows(rule, &r->v[i]))
			continue;
		for (size_t k = 0; k < 2; k++)
			for (size_t o = 0; o < g->of[kinds[k]].n; o++) {
				const struct ka_role *role = ka_as_role(g->of[kinds[k]].v[o]);

				for (size_t j = 0; j < role->nrules; j++)
					others |= &role->rule[j] != rule && ka_rule_allows(&role->rule[j], &r->v[i]);
			}
		if (!others)
			return true;
	}
	return false;
}

static size_t
expect_no_rule_idle(const struct ka_graph *g, const struct requests *r, enum ka_kind kind)
{
	size_t rules = 0;
	const char *why;
	char buf[256];

	for (size_t o = 0; o < g->of[kind].n; o++) {
		const struct ka_role *role = ka_as_role(g->of[kind].v[o]);

		rules += role->nrules;
		for (size_t j = 0; j < role->nrules; j++) {
			if (!is_needed(g, r, &role->rule[j]))
				fail_msg("for nothing: %s", ka_rule_text(&role->rule[j], buf));
			if (ka_rule_dead(&role->rule[j], kind == KA_ROLE, &why))
				fail_msg("dead, %s: %s", why, ka_rule_text(&role->rule[j], buf));
		}
	}
	return rules;
}

static void
the_role_allows_all_that_a_run_asks_and_has_no_rule_for_nothing(void **state)
{
	const struct ka_strs none = { 0, NULL };
	struct ka_graph *g = applied(&(struct ka_selection){ .catalog = KA_CATALOG }, &none);
	struct requests r;

	(void)state;
	requests_of(&r, ~(ka_kinds)0, &none);
	assert_int_equal(g->nproblems, 0);
	assert_int_equal(g->of[KA_CLUSTERROLE].n, 2);
	expect_all_allowed(g, &r);
	assert_true(expect_no_rule_idle(g, &r, KA_CLUSTERROLE) > 30);
	ka_arena_free(r.arena);
	ka_graph_free(g);
}

/* By each check alone: what it needs is allowed, and nothing else. */
static void
each_check_alone_has_a_role_that_suffices(void **state)
{
	const struct ka_strs none = { 0, NULL };
	const struct ka_catalog all = KA_CATALOG;

	(void)state;
	for (const struct ka_check_set *const *set = all.sets; *set; set++)
		for (size_t i = 0; i < (*set)->count; i++) {
			const struct ka_check *c = &(*set)->check[i];
			ka_kinds kinds = c->scope | c->needs;
			struct ka_graph *g =
				applied(&(struct ka_selection){ .catalog = all, .check = &c->key, .nchecks = 1 }, &none);
			struct requests r;

			if (kinds & KA_BIT(KA_KUBELETCONFIG))
				kinds |= KA_BIT(KA_NODE);
			requests_of(&r, kinds, &none);
			expect_all_allowed(g, &r);
			expect_no_rule_idle(g, &r, KA_CLUSTERROLE);
			ka_arena_free(r.arena);
			ka_graph_free(g);
		}
}

static void
a_role_of_one_namespace_allows_all_that_is_asked_there(void **state)
{
	static const char *const shop[] = { "shop" };
	const struct ka_strs namespaces = { 1, shop };
	struct ka_graph *g = applied(&(struct ka_selection){ .catalog = KA_CATALOG }, &namespaces);
	struct requests r;

	(void)state;
	requests_of(&r, ~(ka_kinds)0, &namespaces);
	assert_int_equal(g->of[KA_CLUSTERROLE].n, 0);
	assert_int_equal(g->of[KA_ROLE].n, 1);
	assert_string_equal(g->of[KA_ROLE].v[0]->namespace, "shop");
	expect_all_allowed(g, &r);
	assert_true(expect_no_rule_idle(g, &r, KA_ROLE) > 20);
	ka_arena_free(r.arena);
	ka_graph_free(g);
}

static void
nothing_but_reading_is_asked_for(void **state)
{
	const struct ka_strs none = { 0, NULL };
	struct ka_graph *g = applied(&(struct ka_selection){ .catalog = KA_CATALOG }, &none);

	(void)state;
	for (size_t o = 0; o < g->of[KA_CLUSTERROLE].n; o++) {
		const struct ka_role *role = ka_as_role(g->of[KA_CLUSTERROLE].v[o]);

		for (size_t j = 0; j < role->nrules; j++)
			for (size_t v = 0; v < role->rule[j].verbs.n; v++)
				assert_true(strcmp(role->rule[j].verbs.v[v], "get") == 0 ||
					    strcmp(role->rule[j].verbs.v[v], "list") == 0);
	}
	ka_graph_free(g);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_role_allows_all_that_a_run_asks_and_has_no_rule_for_nothing),
		cmocka_unit_test(each_check_alone_has_a_role_that_suffices),
		cmocka_unit_test(a_role_of_one_namespace_allows_all_that_is_asked_there),
		cmocka_unit_test(nothing_but_reading_is_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
