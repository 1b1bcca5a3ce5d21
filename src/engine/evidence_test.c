/* No false pass: whatever a check looks at, when it could not be read the check says unknown, and
 * says why. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/evidence.h"
#include "engine/fixtures.h"
#include "util/arena.h"

#include "util/banned.h"

static const enum ka_evidence_status broken[] = { KA_EV_FORBIDDEN, KA_EV_FAILED, KA_EV_TRUNCATED };

/* Every case is tried before the test fails, so that one run names all culprits. */
struct tally {
	const char *prefix;
	unsigned cases, wrong;
};

static bool
names(const char *reason, enum ka_kind kind)
{
	return reason && strstr(reason, ka_kind_info(kind)->resource);
}

static bool
looks_at(const struct ka_check *check, enum ka_kind kind)
{
	return ((check->scope | check->needs) & KA_BIT(kind)) != 0;
}

/* What the check says while the ledger says `status` of `kind`, against what it says with all
 * evidence. */
static void
try_one(struct tally *t, struct fixture *f, enum ka_kind kind, enum ka_evidence_status status,
	enum ka_status with_all)
{
	const struct ka_evidence before = f->g->ledger[kind];
	bool looks = looks_at(f->check, kind);
	struct ka_report *r;
	struct ka_err err;
	bool right;

	ka_graph_set_evidence(f->g, kind, status, "it broke");
	if (fixture_audit(f, &r, &err))
		fail_msg("%s", err.msg);
	right = looks ? r->result->status == KA_UNKNOWN && names(r->result->reason, kind)
		      : r->result->status == with_all;
	if (!right) {
		t->wrong++;
		print_error("%s: %s is %s, which it %s, and it says %s: %s\n", f->dir,
			    ka_kind_info(kind)->kind, ka_evidence_status_name(status),
			    looks ? "looks at" : "does not look at", ka_status_name(r->result->status),
			    r->result->reason ? r->result->reason : "");
	}
	ka_report_free(r);
	f->g->ledger[kind] = before;
}

static int
try_case(void *arg, const char *key, const char *name)
{
	struct tally *t = arg;
	struct fixture f;
	struct ka_report *r = NULL;
	struct ka_err err;
	enum ka_status with_all;

	if (!ka_str_has_prefix(name, t->prefix))
		return 0;
	if (fixture_open(&f, key, name, &err) || fixture_audit(&f, &r, &err))
		fail_msg("%s/%s: %s", key, name, err.msg);
	with_all = r->result->status;
	ka_report_free(r);
	for (int k = 0; k < KA_OTHER; k++) {
		/* What it does not look at is one case; how that came about is no matter to it. */
		size_t n = looks_at(f.check, (enum ka_kind)k) ? sizeof broken / sizeof *broken : 1;

		for (size_t i = 0; i < n; i++)
			try_one(t, &f, (enum ka_kind)k, broken[i], with_all);
	}
	fixture_close(&f);
	t->cases++;
	return 0;
}

static void
a_pass_becomes_unknown_without_what_it_rests_on(void **state)
{
	struct tally t = { .prefix = "pass" };

	(void)state;
	fixture_each(try_case, &t);
	assert_true(t.cases > 0);
	assert_int_equal(t.wrong, 0);
}

static void
a_fail_becomes_unknown_without_what_it_rests_on(void **state)
{
	struct tally t = { .prefix = "fail" };

	(void)state;
	fixture_each(try_case, &t);
	assert_true(t.cases > 0);
	assert_int_equal(t.wrong, 0);
}

/* A report that names the grant is of use only when that grant is right. */
static void
every_kind_refused_names_the_grant_that_would_mend_it(void **state)
{
	(void)state;
	for (int k = 0; k < KA_OTHER; k++) {
		const struct ka_kind_info *info = ka_kind_info((enum ka_kind)k);
		const struct ka_check check = { .key = "x", .scope = KA_BIT(k) };
		struct ka_graph g = { .source = "test" };
		struct ka_arena *arena = ka_arena_new();
		struct ka_verdict v;
		char want[256];

		g.ledger[k].status = KA_EV_FORBIDDEN;
		v = ka_evidence_judge(&g, &check, arena);
		snprintf(want, sizeof want, *info->group ? "grant `list` on %s in apiGroup %s"
							 : "grant `list` on %s in the core apiGroup%s",
			 info->resource, info->group);
		if (info->grant)
			snprintf(want, sizeof want, "%s: refused; what lets them be read: %s", info->resource,
				 info->grant);
		assert_true(v.run);
		assert_true(v.decided);
		assert_int_equal(v.status, KA_UNKNOWN);
		assert_non_null(strstr(v.reason, want));
		ka_arena_free(arena);
	}
}

/* A dump of half of what a check looks at: the other half was perhaps not asked for. */
static void
a_dump_without_a_kind_in_scope_gives_no_pass(void **state)
{
	const ka_kinds bindings = KA_BIT(KA_ROLEBINDING) | KA_BIT(KA_CLUSTERROLEBINDING);
	const struct {
		enum ka_source_class source;
		ka_kinds scope;
		enum ka_kind missing;
		bool gap;
	} cases[] = {
		{ KA_SOURCE_DUMP, bindings, KA_CLUSTERROLEBINDING, true },
		{ KA_SOURCE_CLUSTER, bindings, KA_ROLEBINDING, true },
		{ KA_SOURCE_MANIFESTS, bindings, KA_ROLEBINDING, false },
		{ KA_SOURCE_DUMP, bindings, KA_NODE, false },
		{ KA_SOURCE_DUMP, KA_POD_KINDS, KA_DAEMONSET, false },
		{ KA_SOURCE_DUMP, KA_POD_KINDS, KA_POD, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct ka_check check = { .key = "x", .scope = cases[i].scope };
		struct ka_graph g = { .source = "test", .source_class = cases[i].source };
		struct ka_arena *arena = ka_arena_new();
		struct ka_verdict v;

		g.ledger[cases[i].missing].status = KA_EV_NOT_OFFERED;
		v = ka_evidence_judge(&g, &check, arena);
		assert_true(v.run);
		assert_false(v.decided);
		assert_int_equal(v.gap != NULL, cases[i].gap);
		if (v.gap)
			assert_non_null(strstr(v.gap, ka_kind_info(cases[i].missing)->kind));
		ka_arena_free(arena);
	}
}

static void
a_dump_without_all_that_a_check_looks_at_says_unknown(void **state)
{
	const struct ka_check check = { .key = "x", .scope = KA_BIT(KA_SECRET) };
	struct ka_graph g = { .source = "test", .source_class = KA_SOURCE_DUMP };
	struct ka_arena *arena = ka_arena_new();
	struct ka_verdict v;

	(void)state;
	g.ledger[KA_SECRET].status = KA_EV_NOT_OFFERED;
	v = ka_evidence_judge(&g, &check, arena);
	assert_true(v.decided);
	assert_int_equal(v.status, KA_UNKNOWN);
	g.source_class = KA_SOURCE_MANIFESTS;
	v = ka_evidence_judge(&g, &check, arena);
	assert_int_equal(v.status, KA_NA);
	ka_arena_free(arena);
}

static void
manifests_of_nodes_without_their_facts_give_no_pass(void **state)
{
	static const struct ka_object node = { .kind = KA_NODE, .name = "node-1" };
	static const struct ka_object *const nodes[] = { &node };
	const struct ka_check check = { .key = "x", .scope = KA_BIT(KA_KUBELETCONFIG) };
	struct ka_graph g = { .source = "test", .source_class = KA_SOURCE_MANIFESTS };
	struct ka_arena *arena = ka_arena_new();

	(void)state;
	g.ledger[KA_KUBELETCONFIG].status = KA_EV_NOT_OFFERED;
	assert_int_equal(ka_evidence_judge(&g, &check, arena).status, KA_NA);
	g.of[KA_NODE] = (struct ka_list){ 1, nodes };
	assert_int_equal(ka_evidence_judge(&g, &check, arena).status, KA_UNKNOWN);
	ka_arena_free(arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_pass_becomes_unknown_without_what_it_rests_on),
		cmocka_unit_test(a_fail_becomes_unknown_without_what_it_rests_on),
		cmocka_unit_test(every_kind_refused_names_the_grant_that_would_mend_it),
		cmocka_unit_test(a_dump_without_a_kind_in_scope_gives_no_pass),
		cmocka_unit_test(manifests_of_nodes_without_their_facts_give_no_pass),
		cmocka_unit_test(a_dump_without_all_that_a_check_looks_at_says_unknown),
	};

	return cmocka_run_group_tests_name("engine/evidence", tests, NULL, NULL);
}
