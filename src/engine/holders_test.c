#include "engine/holders.h"

#include <string.h>

#include "analysis/rbac_testing.h"
#include "util/arena.h"
#include "util/intern.h"

#include "util/banned.h"

struct judged {
	struct world w;
	struct ka_powers *powers;
	struct ka_arena *arena;
	struct ka_intern *in;
	struct ka_least_privilege least;
};

static struct judged
judge(const char *text, const struct ka_usage *usage)
{
	struct judged j = { .w = world(text), .arena = ka_arena_new() };
	struct ka_facts facts = { .g = j.w.g, .rbac = j.w.rbac };

	j.in = ka_intern_new(j.arena);
	facts.powers = j.powers = ka_powers_new(j.w.rbac);
	ka_holders_judge(&facts, usage, j.arena, j.in, &j.least);
	return j;
}

static void
done(struct judged *j)
{
	ka_powers_free(j->powers);
	ka_intern_free(j->in);
	ka_arena_free(j->arena);
	end(&j->w);
}

static const struct ka_holder *
holder(const struct judged *j, const char *name)
{
	for (size_t i = 0; i < j->least.nsubjects; i++)
		if (!strcmp(j->least.subject[i].subject.name, name))
			return &j->least.subject[i];
	return NULL;
}

static void
the_widest_comes_first_and_kubernetes_own_last(void **state)
{
	struct judged j = judge(
		CLUSTERROLE("all", RULE("'*'", "'*'", "'*'")) CLUSTERROLE("few", RULE("''", "'pods'", "'get'"))
		CLUSTERROLE("some", RULE("''", "'secrets'", "'get'"))
		CRB("a", "all", GROUP("system:masters")) CRB("b", "few", USER("ann")) CRB("c", "some", USER("bob")),
		NULL);

	(void)state;
	assert_true(j.least.judged);
	assert_int_equal(j.least.nsubjects, 3);
	assert_int_equal(j.least.nbuiltin, 1);
	assert_string_equal(j.least.subject[0].subject.name, "bob");
	assert_string_equal(j.least.subject[1].subject.name, "ann");
	assert_string_equal(j.least.subject[2].subject.name, "system:masters");
	assert_true(j.least.subject[2].builtin);
	assert_true(j.least.subject[2].measure.master);
	assert_null(j.least.log);
	assert_false(j.least.subject[0].measure.observed);
	done(&j);
}

static void
who_holds_no_more_than_everybody_is_only_counted(void **state)
{
	struct judged j = judge(
		CLUSTERROLE("few", RULE("''", "'pods'", "'get'")) CLUSTERROLE("more", RULE("''", "'pods'", "'get', 'list'"))
		CRB("a", "few", GROUP("system:authenticated")) CRB("b", "few", USER("ann")) CRB("c", "more", USER("bob")),
		NULL);

	(void)state;
	assert_int_equal(j.least.everybody.atoms, 1);
	assert_int_equal(j.least.nsubjects, 1);
	assert_int_equal(j.least.nothing, 1);
	assert_int_equal(holder(&j, "bob")->measure.granted.atoms, 2);
	done(&j);
}

static void
dormant_is_who_neither_asks_nor_runs(void **state)
{
	struct ka_usage *usage = ka_usage_new();
	struct judged j;

	(void)state;
	ka_usage_end(usage);
	j = judge(ROLE("shop", "r", RULE("''", "'secrets'", "'get'"))
		  RB("shop", "a", "Role", "r", ACCOUNT("shop", "idle")) RB("shop", "b", "Role", "r", ACCOUNT("shop", "web"))
		  RB("shop", "c", "Role", "r", USER("ann")) RB("shop", "d", "Role", "r", GROUP("devs"))
		  "{'apiVersion': 'v1', 'kind': 'Pod', 'metadata': {'name': 'p', 'namespace': 'shop'}, 'spec': "
		  "{'serviceAccountName': 'web', 'containers': [{'name': 'c', 'image': 'i'}]}}\n",
		  usage);
	assert_non_null(j.least.log);
	assert_true(holder(&j, "idle")->dormant);
	assert_false(holder(&j, "web")->dormant);
	assert_false(holder(&j, "ann")->dormant);
	assert_true(holder(&j, "ann")->measure.observed);
	assert_false(holder(&j, "devs")->measure.observed);
	done(&j);
	ka_usage_free(usage);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_widest_comes_first_and_kubernetes_own_last),
		cmocka_unit_test(who_holds_no_more_than_everybody_is_only_counted),
		cmocka_unit_test(dormant_is_who_neither_asks_nor_runs),
	};

	return cmocka_run_group_tests_name("holders", tests, NULL, NULL);
}
