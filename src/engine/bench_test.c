#include "engine/bench.h"

#include "engine/testing.h"
#include "util/arena.h"

#include "util/banned.h"

/* Checks whose results are set by hand: the decision is what is tested. */
static const struct ka_check pass = { .key = "pass" }, failing = { .key = "fail" }, na = { .key = "na" },
			     unknown = { .key = "unknown" }, off = { .key = "off" };
static const struct ka_result results[] = {
	{ .check = &pass, .status = KA_PASS },
	{ .check = &failing, .status = KA_FAIL },
	{ .check = &na, .status = KA_NA, .reason = "nothing there" },
	{ .check = &unknown, .status = KA_UNKNOWN, .reason = "refused" },
	{ .check = &off, .status = KA_NA, .reason = "switched off", .switched_off = true },
};
enum { NRESULTS = sizeof results / sizeof *results };

#define CONTROL_PLANE KA_AREA_CONTROL_PLANE
static const struct {
	struct ka_bench_item item;
	enum ka_status manifests, cluster;
	const char *reason; /* on a cluster */
} row[] = {
	{ { .id = "1", .keys = { "pass" } }, KA_PASS, KA_PASS, NULL },
	{ { .id = "2", .keys = { "pass", "fail" } }, KA_FAIL, KA_FAIL, NULL },
	{ { .id = "3", .keys = { "na" } }, KA_NA, KA_NA, "nothing there" },
	{ { .id = "4", .keys = { "na", "pass" } }, KA_PASS, KA_PASS, NULL },
	{ { .id = "5", .keys = { "pass", "unknown" } }, KA_UNKNOWN, KA_UNKNOWN, "refused" },
	{ { .id = "6", .keys = { "unknown", "fail" } }, KA_FAIL, KA_FAIL, NULL },
	{ { .id = "7", .keys = { "absent" } }, KA_UNKNOWN, KA_UNKNOWN, "the check absent was not run" },
	{ { .id = "8", .by = KA_BY_PERSON, .note = "look" }, KA_MANUAL, KA_MANUAL, "look" },
	{ { .id = "9", .by = KA_BY_PERSON, .note = "look", .keys = { "pass" } }, KA_MANUAL, KA_MANUAL,
	  "look" },
	{ { .id = "10", .by = KA_BY_PERSON, .note = "look", .keys = { "fail" } }, KA_FAIL, KA_FAIL, NULL },
	{ { .id = "11", .by = KA_BY_PERSON, .keys = { "unknown" } }, KA_UNKNOWN, KA_UNKNOWN, "refused" },
	{ { .id = "12", .by = KA_BY_ABSENT, .note = "node facts" }, KA_UNKNOWN, KA_UNKNOWN, "node facts" },
	{ { .id = "13", .by = KA_BY_ABSENT, .note = "node facts", .area = KA_AREA_NODE }, KA_NA,
	  KA_UNKNOWN, "node facts" },
	{ { .id = "14", .by = KA_BY_PERSON, .note = "look", .area = CONTROL_PLANE }, KA_NA, KA_MANUAL,
	  "look" },
	{ { .id = "15", .keys = { "unknown" }, .area = CONTROL_PLANE }, KA_NA, KA_UNKNOWN, "refused" },
	/* A finding is one, wherever the map says that it belongs. */
	{ { .id = "16", .keys = { "fail" }, .area = CONTROL_PLANE }, KA_FAIL, KA_FAIL, NULL },
	/* A part of the checks does not make a pass of the whole. */
	{ { .id = "18", .keys = { "pass", "off" } }, KA_UNKNOWN, KA_UNKNOWN, "off: switched off" },
	{ { .id = "19", .keys = { "off" } }, KA_NA, KA_NA, "switched off" },
	{ { .id = "20", .keys = { "off", "fail" } }, KA_FAIL, KA_FAIL, NULL },
	/* Two places where the same shows: the second may be out of sight, but not at fault. */
	{ { .id = "21", .either = true, .keys = { "pass", "unknown" } }, KA_PASS, KA_PASS, NULL },
	{ { .id = "22", .either = true, .keys = { "unknown", "pass" } }, KA_PASS, KA_PASS, NULL },
	{ { .id = "23", .either = true, .keys = { "pass", "fail" } }, KA_FAIL, KA_FAIL, NULL },
	{ { .id = "24", .either = true, .keys = { "unknown", "fail", "pass" } }, KA_FAIL, KA_FAIL, NULL },
	{ { .id = "25", .either = true, .keys = { "na", "unknown" } }, KA_UNKNOWN, KA_UNKNOWN, "refused" },
	{ { .id = "26", .either = true, .keys = { "na", "pass" } }, KA_PASS, KA_PASS, NULL },
	{ { .id = "27", .either = true, .keys = { "pass", "off" } }, KA_UNKNOWN, KA_UNKNOWN,
	  "off: switched off" },
	{ { .id = "28", .either = true, .keys = { "pass", "unknown", "absent" } }, KA_UNKNOWN, KA_UNKNOWN,
	  "refused" },
	{ { .id = "29", .either = true, .by = KA_BY_PERSON, .note = "look", .keys = { "pass", "unknown" } },
	  KA_MANUAL, KA_MANUAL, "look" },
	{ { .id = "17", .by = KA_BY_PERSON, .note = "ask", .area = KA_AREA_PEOPLE }, KA_MANUAL, KA_MANUAL,
	  "ask" },
};
enum { NROWS = sizeof row / sizeof *row };

static void
judge(const struct ka_graph *g, struct ka_arena *arena, struct ka_bench_result *ret)
{
	struct ka_bench_item *item = ka_arena_array(arena, NROWS, sizeof *item);
	struct ka_bench *b = ka_arena_alloc(arena, sizeof *b);
	const struct ka_report r = { .g = g, .nresults = NRESULTS, .result = results };

	for (size_t i = 0; i < NROWS; i++)
		item[i] = row[i].item;
	*b = (struct ka_bench){ .name = "test-1", .item = item, .count = NROWS };
	ka_bench_judge(&r, b, arena, ret);
}

static void
controls_are_decided_by_the_strongest_status(void **state)
{
	const struct ka_graph cluster = { .source_class = KA_SOURCE_CLUSTER };
	const struct ka_graph files = { .source_class = KA_SOURCE_MANIFESTS };
	struct ka_arena *arena = ka_arena_new();
	struct ka_bench_result on_cluster, on_files;

	(void)state;
	judge(&cluster, arena, &on_cluster);
	judge(&files, arena, &on_files);
	for (size_t i = 0; i < NROWS; i++) {
		const struct ka_control *c = &on_cluster.control[i];

		assert_string_equal(c->item->id, row[i].item.id);
		assert_int_equal(c->status, row[i].cluster);
		assert_int_equal(on_files.control[i].status, row[i].manifests);
		if (row[i].reason)
			assert_string_equal(c->reason, row[i].reason);
		else
			assert_null(c->reason);
	}
	ka_arena_free(arena);
}

static void
static_pods_in_a_folder_are_a_control_plane(void **state)
{
	const struct ka_pod apiserver = {
		.obj = OBJECT(KA_POD, "Pod", "kube-system", "kube-apiserver"), .mirror = true
	};
	const struct ka_object *const pods[] = { &apiserver.obj };
	const struct ka_graph g = { .source_class = KA_SOURCE_MANIFESTS, .of[KA_POD] = { 1, pods } };
	struct ka_arena *arena = ka_arena_new();
	struct ka_bench_result b;

	(void)state;
	judge(&g, arena, &b);
	assert_int_equal(b.control[13].status, KA_MANUAL);
	assert_int_equal(b.control[12].status, KA_NA);
	assert_string_equal(b.control[12].reason, "the source has no nodes");
	ka_arena_free(arena);
}

static void
facts_beside_manifests_are_of_a_control_plane_and_nodes(void **state)
{
	const struct ka_fact kubelet = { .obj = OBJECT(KA_KUBELETCONFIG, "KubeletConfig", NULL, "node-1") };
	const struct ka_fact api = { .obj = OBJECT(KA_APIENDPOINT, "ApiEndpoint", NULL, "api-server") };
	const struct ka_object *const kubelets[] = { &kubelet.obj }, *const apis[] = { &api.obj };
	const struct ka_graph g = { .source_class = KA_SOURCE_MANIFESTS,
				    .of[KA_KUBELETCONFIG] = { 1, kubelets },
				    .of[KA_APIENDPOINT] = { 1, apis } };
	struct ka_arena *arena = ka_arena_new();
	struct ka_bench_result b;

	(void)state;
	judge(&g, arena, &b);
	assert_int_equal(b.control[12].status, KA_UNKNOWN);
	assert_int_equal(b.control[13].status, KA_MANUAL);
	ka_arena_free(arena);
}

static void
a_lost_pod_might_have_been_the_control_plane(void **state)
{
	const struct ka_graph g = { .source_class = KA_SOURCE_MANIFESTS,
				    .ledger[KA_POD] = { .status = KA_EV_TRUNCATED } };
	struct ka_arena *arena = ka_arena_new();
	struct ka_bench_result b;

	(void)state;
	judge(&g, arena, &b);
	assert_int_equal(b.control[14].status, KA_UNKNOWN);
	ka_arena_free(arena);
}

static void
the_score_is_withheld_below_the_coverage_asked_for(void **state)
{
	static const struct ka_bench_item item[] = {
		{ .id = "1", .keys = { "pass" } },
		{ .id = "2", .keys = { "fail" } },
		{ .id = "3", .keys = { "na" } },
		{ .id = "4", .by = KA_BY_PERSON },
		{ .id = "5", .keys = { "unknown" } },
	};
	static const struct ka_bench b = { .name = "test-1", .item = item, .count = 5 };
	static const struct ka_graph g;
	static const struct ka_attestation said = { .benchmark = "test-1", .control = "4" };
	struct ka_report r = { .g = &g, .nresults = NRESULTS, .result = results, .min_coverage = 0.5,
			       .attestation = &said, .nattestations = 1 };
	struct ka_arena *arena = ka_arena_new();
	struct ka_bench_result ret;

	(void)state;
	ka_bench_judge(&r, &b, arena, &ret);
	assert_true(ret.coverage == 0.5);
	assert_true(ret.has_score);
	assert_true(ret.score == 0.5);
	assert_ptr_equal(ret.control[3].attestation, &said);
	assert_null(ret.control[0].attestation);
	assert_int_equal(ret.control[3].status, KA_MANUAL);
	r.min_coverage = 0.51;
	ka_bench_judge(&r, &b, arena, &ret);
	assert_false(ret.has_score);
	ka_arena_free(arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(controls_are_decided_by_the_strongest_status),
		cmocka_unit_test(static_pods_in_a_folder_are_a_control_plane),
		cmocka_unit_test(facts_beside_manifests_are_of_a_control_plane_and_nodes),
		cmocka_unit_test(a_lost_pod_might_have_been_the_control_plane),
		cmocka_unit_test(the_score_is_withheld_below_the_coverage_asked_for),
	};

	return cmocka_run_group_tests_name("engine/bench", tests, NULL, NULL);
}
