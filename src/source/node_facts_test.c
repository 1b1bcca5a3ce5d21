/* What `kassay node` wrote, read beside another source. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "model/graph.h"
#include "source/files.h"

#define FACTS(name)                                                                                         \
	"{\"apiVersion\":\"kassay/v1\",\"kind\":\"NodeFiles\",\"metadata\":{\"name\":\"" name "\"},\"facts\":" \
	"{\"files\":[{\"role\":\"pki\",\"path\":\"/p\",\"type\":\"file\",\"mode\":\"0640\",\"uid\":0,\"gid\":0}]}}\n"
#define NODE(name) \
	"{\"apiVersion\":\"v1\",\"kind\":\"Node\",\"metadata\":{\"name\":\"" name "\",\"uid\":\"" name "\"}}\n"

static char dir[] = "/tmp/kassay-facts-XXXXXX";

static const char *
put(const char *name, const char *text)
{
	static char path[8][128];
	static unsigned turn;
	char *ret = path[turn++ % 8];
	FILE *f;

	snprintf(ret, sizeof path[0], "%s/%s", dir, name);
	f = fopen(ret, "w");
	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
	return ret;
}

static int
begin(void **state)
{
	(void)state;
	return mkdtemp(dir) ? 0 : -1;
}

static int
end(void **state)
{
	char cmd[64];

	(void)state;
	snprintf(cmd, sizeof cmd, "rm -rf %s", dir);
	return system(cmd);
}

static struct ka_graph *
load(const char *source, const char *facts)
{
	struct ka_files_opts opts = KA_FILES_OPTS_DEFAULT;
	struct ka_graph *g;
	struct ka_err err;

	opts.node_facts = (struct ka_strs){ facts ? 1 : 0, &facts };
	if (ka_files_load(&source, 1, &opts, &g, &err))
		fail_msg("%s", err.msg);
	return g;
}

static void
every_node_of_the_source_needs_its_facts(void **state)
{
	const char *nodes = put("nodes.json", NODE("a") NODE("b") NODE("c"));
	struct ka_graph *g = load(nodes, put("all.json", FACTS("c") FACTS("a") FACTS("b")));

	(void)state;
	assert_int_equal(g->ledger[KA_NODEFILES].status, KA_EV_COMPLETE);
	assert_int_equal(g->ledger[KA_NODEFILES].count, 3);
	assert_int_equal(g->nproblems, 0);
	ka_graph_free(g);
	g = load(nodes, put("one.json", FACTS("b")));
	assert_int_equal(g->ledger[KA_NODEFILES].status, KA_EV_TRUNCATED);
	assert_string_equal(g->ledger[KA_NODEFILES].reason, "there are none of 2 of 3 nodes: a and more");
	ka_graph_free(g);
	g = load(nodes, NULL);
	assert_int_equal(g->ledger[KA_NODEFILES].status, KA_EV_NOT_OFFERED);
	ka_graph_free(g);
}

static void
facts_of_a_node_that_is_not_there_are_told(void **state)
{
	struct ka_graph *g = load(put("nodes.json", NODE("a")), put("stray.json", FACTS("a") FACTS("x")));

	(void)state;
	assert_int_equal(g->of[KA_NODEFILES].n, 2);
	assert_int_equal(g->nproblems, 1);
	assert_false(g->problem[0].fatal);
	assert_int_equal(g->problem[0].line, 2);
	assert_string_equal(g->problem[0].text, "no node of the cluster is named x: facts of another one?");
	ka_graph_free(g);
}

static void
among_node_facts_nothing_else_is_taken(void **state)
{
	struct ka_graph *g = load(put("nodes.json", NODE("a")), put("mixed.json", NODE("evil") FACTS("a")));

	(void)state;
	assert_int_equal(g->of[KA_NODE].n, 1);
	assert_int_equal(g->nproblems, 1);
	assert_true(g->problem[0].fatal);
	assert_string_equal(g->problem[0].text, "not what `kassay node` writes");
	assert_int_equal(g->ledger[KA_NODEFILES].status, KA_EV_TRUNCATED);
	ka_graph_free(g);
}

static void
a_snapshot_takes_facts_and_keeps_them(void **state)
{
	struct ka_files_opts opts = KA_FILES_OPTS_DEFAULT;
	const char *nodes = put("nodes.json", NODE("a") NODE("b")), *facts = put("a.json", FACTS("a")),
		   *more = put("b.json", FACTS("b"));
	char snap[64];
	struct ka_graph *g;
	struct ka_err err;

	(void)state;
	snprintf(snap, sizeof snap, "%s/s.json", dir);
	opts.node_facts = (struct ka_strs){ 1, &facts };
	assert_int_equal(ka_files_snapshot(&nodes, 1, &opts, snap, &err), 0);
	g = load(snap, NULL);
	assert_int_equal(g->of[KA_NODEFILES].n, 1);
	assert_int_equal(ka_as_node_files(g->of[KA_NODEFILES].v[0])->file[0].mode.v, 0640);
	assert_int_equal(g->ledger[KA_NODEFILES].status, KA_EV_TRUNCATED);
	ka_graph_free(g);
	g = load(snap, more);
	assert_int_equal(g->of[KA_NODEFILES].n, 2);
	assert_int_equal(g->ledger[KA_NODEFILES].status, KA_EV_COMPLETE);
	assert_string_equal(g->file[g->of[KA_NODEFILES].v[1]->file], more);
	ka_graph_free(g);
}

static void
beside_a_cluster_they_count_when_its_nodes_were_listed(void **state)
{
	static const struct {
		enum ka_evidence_status nodes;
		bool facts;
		enum ka_evidence_status want;
	} rows[] = {
		{ KA_EV_COMPLETE, true, KA_EV_COMPLETE },
		{ KA_EV_FORBIDDEN, true, KA_EV_TRUNCATED },
		{ KA_EV_COMPLETE, false, KA_EV_NOT_OFFERED },
	};
	const char *facts = put("a.json", FACTS("a"));

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct ka_files_opts opts = KA_FILES_OPTS_DEFAULT;
		struct ka_build *b = ka_build_new();
		struct ka_graph *g;
		struct ka_err err;

		opts.node_facts = (struct ka_strs){ rows[i].facts, &facts };
		ka_build_ledger_given(b);
		ka_build_graph(b)->ledger[KA_NODE].status = rows[i].nodes;
		assert_int_equal(ka_files_add_facts(&opts, b, NULL, &err), 0);
		g = ka_build_finish(b);
		assert_int_equal(g->ledger[KA_NODEFILES].status, rows[i].want);
		ka_graph_free(g);
	}
}

static void
facts_that_cannot_be_read_are_an_error(void **state)
{
	struct ka_files_opts opts = KA_FILES_OPTS_DEFAULT;
	const char *nodes = put("nodes.json", NODE("a")), *facts = "/nowhere/at/all";
	struct ka_graph *g;
	struct ka_err err;

	(void)state;
	opts.node_facts = (struct ka_strs){ 1, &facts };
	assert_int_equal(ka_files_load(&nodes, 1, &opts, &g, &err), -1);
	assert_string_equal(err.msg, "node facts: /nowhere/at/all: No such file or directory");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_node_of_the_source_needs_its_facts),
		cmocka_unit_test(facts_of_a_node_that_is_not_there_are_told),
		cmocka_unit_test(among_node_facts_nothing_else_is_taken),
		cmocka_unit_test(a_snapshot_takes_facts_and_keeps_them),
		cmocka_unit_test(beside_a_cluster_they_count_when_its_nodes_were_listed),
		cmocka_unit_test(facts_that_cannot_be_read_are_an_error),
	};

	return cmocka_run_group_tests_name("source/node_facts", tests, begin, end);
}
