#include "engine/audit.h"

#include <stdlib.h>
#include <string.h>

#include "engine/baseline.h"
#include "engine/fingerprint.h"
#include "engine/policy.h"
#include "engine/testing.h"
#include "util/sha256.h"

#include "util/banned.h"

static const struct ka_object web = OBJECT(KA_POD, "Pod", "shop", "web");
static const struct ka_object db = OBJECT(KA_POD, "Pod", "shop", "db");
static const struct ka_object job = OBJECT(KA_JOB, "Job", "batch", "job");
static const struct ka_object admin = OBJECT(KA_CLUSTERROLE, "ClusterRole", NULL, "admin");

static const struct ka_object *const saw_web[] = { &web, &web, NULL };

static const struct script nothing;
static const struct script clean = { .saw = saw_web };
static const struct ka_fault web_fault[] = {
	{ .obj = &web, .container = "app", .message = "app is at fault" },
};
static const struct script faulty = { saw_web, web_fault, 1, NULL };
static const struct script broken = { saw_web, web_fault, 1, "a field was not understood" };
static const struct script lost = { .error = "nothing could be told" };

enum { CLEAN, FAULTY, NOTHING, BROKEN, LOST };
static const struct ka_check rows[] = {
	[CLEAN] = CHECK("clean", KA_BIT(KA_POD), KA_BIT(KA_SECRET), &clean),
	[FAULTY] = CHECK("faulty", KA_BIT(KA_POD), KA_BIT(KA_SECRET), &faulty),
	[NOTHING] = CHECK("nothing", KA_BIT(KA_SERVICE) | KA_BIT(KA_INGRESS), 0, &nothing),
	[BROKEN] = CHECK("broken", KA_BIT(KA_POD), 0, &broken),
	[LOST] = CHECK("lost", KA_BIT(KA_POD), 0, &lost),
};
static const struct ka_check_set set = { "All", rows, sizeof rows / sizeof *rows };
static const struct ka_check_set *const sets[] = { &set, NULL };
static const struct ka_bench *const no_bench[] = { NULL };
static const struct ka_catalog catalog = { sets, no_bench };

/* ---- statuses ----------------------------------------------------------------------------- */

static void
statuses_follow_from_what_was_seen_and_found(void **state)
{
	static const struct {
		enum ka_status status;
		unsigned seen, failed;
		const char *reason;
	} want[] = {
		[CLEAN] = { KA_PASS, 1, 0, NULL },
		[FAULTY] = { KA_FAIL, 1, 1, NULL },
		[NOTHING] = { KA_NA, 0, 0, "no Service or Ingress in the source" },
		[BROKEN] = { KA_UNKNOWN, 1, 1, "a field was not understood" },
		[LOST] = { KA_UNKNOWN, 0, 0, "nothing could be told" },
	};
	const struct ka_audit_opts opts = { .catalog = &catalog };
	struct ka_graph g = { .source = "test" };
	struct ka_report *r = audit(&g, &opts);

	(void)state;
	assert_int_equal(r->nresults, 5);
	for (size_t i = 0; i < r->nresults; i++) {
		const struct ka_result *res = &r->result[i];

		assert_ptr_equal(res->check, &rows[i]);
		assert_int_equal(res->status, want[i].status);
		assert_int_equal(res->seen, want[i].seen);
		assert_int_equal(res->failed, want[i].failed);
		if (want[i].reason)
			assert_string_equal(res->reason, want[i].reason);
		else
			assert_null(res->reason);
	}
	assert_int_equal(r->nfindings, 2);
	assert_int_equal(r->status_count[KA_UNKNOWN], 2);
	assert_true(r->coverage == 0.5);
	ka_report_free(r);
}

/* The one result of the only check selected, after the ledger said `status` of `kind`. */
static struct ka_report *
audit_one(const char *key, struct ka_graph *g, enum ka_kind kind, enum ka_evidence_status status)
{
	const struct ka_audit_opts opts = { .catalog = &catalog, .check = &key, .nchecks = 1 };

	*g = (struct ka_graph){ .source = "test" };
	g->ledger[kind].status = status;
	g->ledger[kind].api_path = "/path";
	return audit(g, &opts);
}

static void
missing_evidence_decides_before_the_check(void **state)
{
	static const struct {
		const char *key;
		enum ka_kind kind;
		enum ka_evidence_status ledger;
		enum ka_status want;
		size_t findings;
		const char *reason;
	} row[] = {
		{ "clean", KA_POD, KA_EV_FORBIDDEN, KA_UNKNOWN, 0,
		  "list pods (/path) was refused; grant `list` on pods in the core apiGroup" },
		{ "faulty", KA_POD, KA_EV_FORBIDDEN, KA_UNKNOWN, 1,
		  "list pods (/path) was refused; grant `list` on pods in the core apiGroup" },
		{ "faulty", KA_SECRET, KA_EV_FAILED, KA_UNKNOWN, 0, "list secrets (/path) failed" },
		{ "faulty", KA_SECRET, KA_EV_TRUNCATED, KA_UNKNOWN, 0,
		  "list secrets (/path) was cut short after 0" },
		{ "clean", KA_SECRET, KA_EV_NOT_OFFERED, KA_UNKNOWN, 0,
		  "the source does not tell of any Secret" },
		{ "clean", KA_SECRET, KA_EV_ABSENT, KA_PASS, 0, NULL },
		{ "clean", KA_POD, KA_EV_NOT_OFFERED, KA_NA, 0, "no Pod in the source" },
		{ "nothing", KA_SERVICE, KA_EV_NOT_OFFERED, KA_NA, 0,
		  "no Service or Ingress in the source" },
		{ "nothing", KA_INGRESS, KA_EV_FORBIDDEN, KA_UNKNOWN, 0,
		  "list ingresses.networking.k8s.io (/path) was refused; grant `list` on ingresses in "
		  "apiGroup networking.k8s.io" },
		{ "clean", KA_NODE, KA_EV_FORBIDDEN, KA_PASS, 0, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		struct ka_graph g;
		struct ka_report *r = audit_one(row[i].key, &g, row[i].kind, row[i].ledger);

		assert_int_equal(r->nresults, 1);
		assert_int_equal(r->result->status, row[i].want);
		assert_int_equal(r->nfindings, row[i].findings);
		if (row[i].reason)
			assert_string_equal(r->result->reason, row[i].reason);
		else
			assert_null(r->result->reason);
		ka_report_free(r);
	}
}

/* ---- findings ----------------------------------------------------------------------------- */

static const struct ka_fault many[] = {
	{ .obj = &web, .path = "spec.rules[10]", .message = "ten", .severity = KA_LOW },
	{ .obj = &web, .path = "spec.rules[2]", .message = "two", .severity = KA_LOW, .instances = 3 },
	{ .obj = &db, .container = "b", .message = "b" },
	{ .obj = &db, .container = "a", .message = "a" },
	{ .obj = &job, .message = "job" },
	{ .obj = &admin, .message = "admin" },
	{ .obj = &admin, .message = "other", .discriminator = "other" },
	{ .obj = &web, .path = "spec.rules[2]", .message = "two again", .severity = KA_LOW, .instances = 4 },
};
static const struct script many_faults = { NULL, many, sizeof many / sizeof *many, NULL };
static const struct ka_check many_row = CHECK("many", KA_BIT(KA_POD), 0, &many_faults);
static const struct ka_check_set many_set = { "Many", &many_row, 1 };
static const struct ka_check_set *const many_sets[] = { &many_set, NULL };
static const struct ka_catalog many_catalog = { many_sets, no_bench };

static void
findings_are_merged_and_sorted(void **state)
{
	static const char *const want[] = { "admin", "other", "job", "a", "b", "two", "ten" };
	const struct ka_audit_opts opts = { .catalog = &many_catalog };
	struct ka_graph g = { .source = "test" };
	struct ka_report *r = audit(&g, &opts);

	(void)state;
	assert_int_equal(r->nfindings, 7);
	for (size_t i = 0; i < 7; i++)
		assert_string_equal(r->finding[i].message, want[i]);
	assert_int_equal(r->finding[5].instances, 7);
	assert_int_equal(r->result->failed, 4);
	/* A check that fails what it never saw has seen it. */
	assert_int_equal(r->result->seen, 4);
	ka_report_free(r);
}

static void
what_a_check_says_is_kept_when_its_buffer_is_not(void **state)
{
	char message[] = "first", path[] = "spec";
	struct ka_fault fault = { .obj = &web, .message = message, .path = path };
	const struct script script = { NULL, &fault, 1, NULL };
	const struct ka_check row = CHECK("copies", KA_BIT(KA_POD), 0, &script);
	const struct ka_check_set one = { "One", &row, 1 };
	const struct ka_check_set *const ones[] = { &one, NULL };
	const struct ka_catalog c = { ones, no_bench };
	const struct ka_audit_opts opts = { .catalog = &c };
	struct ka_graph g = { .source = "test" };
	struct ka_report *r = audit(&g, &opts);

	(void)state;
	memset(message, 'x', sizeof message - 1);
	memset(path, 'x', sizeof path - 1);
	assert_string_equal(r->finding->message, "first");
	assert_string_equal(r->finding->path, "spec");
	ka_report_free(r);
}

/* ---- identity ----------------------------------------------------------------------------- */

static void
fingerprint(const struct ka_fault *fault, char id[17])
{
	struct ka_sha256 *sha = ka_sha256_new(NULL);

	ka_fingerprint(sha, &rows[FAULTY], fault, id);
	ka_sha256_free(sha);
}

static void
an_identity_outlives_uid_line_and_api_version(void **state)
{
	struct ka_object moved = web;
	struct ka_fault fault = { .obj = &web, .container = "app", .path = "spec.containers[0]" };
	char id[17], other[17];

	(void)state;
	fingerprint(&fault, id);
	/* sha256 of "faulty\0/Pod\0shop\0web\0app\0\0", for ever. */
	assert_string_equal(id, "de42075eda73b75b");
	moved.uid = "0b1c";
	moved.line = 77;
	moved.resource_version = "9";
	moved.api_version = "v2";
	fault.obj = &moved;
	fault.path = "spec.containers[3]";
	fault.message = "other words";
	fingerprint(&fault, other);
	assert_string_equal(id, other);
}

static void
an_identity_differs_where_it_must(void **state)
{
	struct ka_object other_ns = web, other_kind = web;
	const struct ka_fault fault[] = {
		{ .obj = &web },
		{ .obj = &db },
		{ .obj = &other_ns },
		{ .obj = &other_kind },
		{ .obj = &web, .container = "app" },
		{ .obj = &web, .path = "spec.hostPID" },
		{ .obj = &web, .discriminator = "app" },
	};
	char id[sizeof fault / sizeof *fault][17];

	(void)state;
	other_ns.namespace = "shop2";
	other_kind.kind = KA_OTHER;
	other_kind.api_version = "example.com/v1";
	for (size_t i = 0; i < sizeof fault / sizeof *fault; i++) {
		fingerprint(&fault[i], id[i]);
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(id[i], id[j]);
	}
}

/* ---- policy and baseline ------------------------------------------------------------------ */

static struct ka_policy *
policy(const char *members)
{
	char text[2048];
	struct ka_policy *p = NULL;
	struct ka_err err = { .code = KA_OK };

	snprintf(text, sizeof text, "apiVersion: kassay/v1\nkind: Policy\n%s", members);
	if (ka_policy_parse(text, strlen(text), "policy.yaml", &catalog, &p, &err))
		fail_msg("%s", err.msg);
	return p;
}

/* Audits on 2026-03-01 under a policy, which the caller frees after the report. */
static struct ka_report *
audit_under(const struct ka_graph *g, struct ka_policy **ret, const char *members)
{
	struct ka_audit_opts opts = { .catalog = &catalog, .fail_on = KA_LOW, .epoch = "1772323200" };

	*ret = policy(members);
	opts.policy = *ret;
	return audit(g, &opts);
}

#define WAIVER(check, more)                                                                        \
	"- {check: " check ", reason: agreed, owner: ops" more "}\n"

static void
a_waiver_covers_what_it_names_and_no_more(void **state)
{
	struct ka_graph g = { .source = "test" };
	struct ka_policy *p;
	struct ka_report *r = audit_under(&g, &p,
					  "waivers:\n" WAIVER("'faul*'", ", object: {namespace: 'sh?p', kind: Pod}")
					  WAIVER("broken", ", object: {name: 'db*'}")
					  WAIVER("broken", ", container: other"));

	(void)state;
	assert_int_equal(r->nwaivers, 3);
	assert_int_equal(r->waiver[0].hits, 1);
	assert_int_equal(r->waiver[1].hits, 0);
	assert_int_equal(r->waiver[2].hits, 0);
	assert_ptr_equal(r->finding[0].waiver, &r->waiver[0]);
	assert_null(r->finding[1].waiver);
	assert_int_equal(r->result[FAULTY].status, KA_FAIL);
	assert_int_equal(r->result[FAULTY].nwaived, 1);
	assert_int_equal(r->waived_count, 1);
	assert_int_equal(r->severity_count[KA_MEDIUM], 1);
	ka_report_free(r);
	ka_policy_free(p);
}

static void
a_waiver_holds_through_its_last_day(void **state)
{
	struct ka_graph g = { .source = "test" };
	struct ka_policy *p;
	struct ka_report *r = audit_under(&g, &p,
					  "waivers:\n" WAIVER("faulty", ", expires: '2026-02-28'")
					  WAIVER("broken", ", expires: '2026-03-01'"));

	(void)state;
	assert_string_equal(r->generated, "2026-03-01T00:00:00Z");
	assert_true(r->waiver[0].expired);
	assert_int_equal(r->waiver[0].hits, 1);
	assert_null(r->finding[0].waiver);
	assert_false(r->waiver[1].expired);
	assert_non_null(r->finding[1].waiver);
	ka_report_free(r);
	ka_policy_free(p);
}

static void
the_policy_file_sets_severities_and_switches_checks_off(void **state)
{
	struct ka_graph g = { .source = "test" };
	struct ka_policy *p;
	struct ka_report *r = audit_under(&g, &p,
					  "severity: {faulty: critical}\n"
					  "disabled: {broken: 'not ours'}\n"
					  "parameters: {registries: [a]}\n");

	(void)state;
	assert_int_equal(r->result[FAULTY].severity, KA_CRITICAL);
	assert_int_equal(r->finding[0].severity, KA_CRITICAL);
	assert_int_equal(r->result[BROKEN].status, KA_NA);
	assert_string_equal(r->result[BROKEN].reason, "switched off by the policy file: not ours");
	assert_int_equal(r->nfindings, 1);
	assert_int_equal(r->unread_params.n, 1);
	assert_string_equal(r->unread_params.v[0], "registries");
	ka_report_free(r);
	ka_policy_free(p);
}

static void
a_baseline_tells_new_from_known_and_gone(void **state)
{
	struct ka_audit_opts opts = { .catalog = &catalog };
	struct ka_graph g = { .source = "test" };
	struct ka_baseline_row row[] = {
		{ 0x1, "faulty" },     /* gone */
		{ 0x2, "broken" },     /* its check cannot judge now */
		{ 0x3, "not-a-check" }, /* nor can this */
		{ 0, "faulty" },
	};
	struct ka_baseline baseline = { "old.json", 4, row, NULL };
	struct ka_report *r = audit(&g, &opts);

	(void)state;
	row[3].id = strtoull(r->finding[0].id, NULL, 16);
	ka_report_free(r);
	opts.baseline = &baseline;
	r = audit(&g, &opts);
	assert_true(r->finding[0].known);
	assert_false(r->finding[1].known);
	assert_int_equal(r->known_count, 1);
	assert_int_equal(r->gone_count, 1);
	ka_report_free(r);
}

/* ---- time and exit ------------------------------------------------------------------------ */

static void
the_time_is_that_of_the_epoch_or_of_the_facts(void **state)
{
	struct ka_audit_opts opts = { .catalog = &catalog };
	struct ka_graph g = { .source = "test", .finished = "2026-02-03T04:05:06Z" };
	struct ka_report *r = audit(&g, &opts);
	struct ka_err err;

	(void)state;
	assert_string_equal(r->generated, "2026-02-03T04:05:06Z");
	ka_report_free(r);
	opts.epoch = "0";
	r = audit(&g, &opts);
	assert_string_equal(r->generated, "1970-01-01T00:00:00Z");
	ka_report_free(r);
	opts.epoch = "yesterday";
	assert_int_equal(ka_audit(&g, &opts, &r, &err), -1);
	assert_int_equal(err.code, KA_EUSAGE);
}

static void
the_exit_status_is_a_function_of_the_report(void **state)
{
	static const struct {
		enum ka_severity fail_on, found;
		bool waived, known, incomplete;
		double coverage, min, bench_coverage;
		bool asked;
		int want;
	} row[] = {
		{ KA_HIGH, KA_HIGH, false, false, false, 1, 0, 1, false, 1 },
		{ KA_HIGH, KA_CRITICAL, false, false, false, 1, 0, 1, false, 1 },
		{ KA_HIGH, KA_MEDIUM, false, false, false, 1, 0, 1, false, 0 },
		{ KA_HIGH, KA_HIGH, true, false, false, 1, 0, 1, false, 0 },
		{ KA_HIGH, KA_HIGH, false, true, false, 1, 0, 1, false, 0 },
		{ KA_SEV_DEFAULT, KA_CRITICAL, false, false, false, 1, 0, 1, false, 0 },
		{ KA_HIGH, KA_HIGH, false, false, true, 1, 0, 1, false, 3 },
		{ KA_HIGH, KA_LOW, false, false, true, 1, 0, 1, false, 3 },
		{ KA_HIGH, KA_HIGH, false, false, false, 0.5, 0.9, 1, false, 3 },
		{ KA_HIGH, KA_HIGH, false, false, false, 0.9, 0.9, 0.5, false, 1 },
		{ KA_HIGH, KA_LOW, false, false, false, 0.9, 0.9, 0.5, true, 3 },
		{ KA_HIGH, KA_LOW, false, false, false, 0.9, 0.9, 0.9, true, 0 },
	};
	static const struct ka_waiver waiver;

	(void)state;
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		const struct ka_finding f = { .severity = row[i].found,
					      .waiver = row[i].waived ? &waiver : NULL,
					      .known = row[i].known };
		const struct ka_bench_result b = { .coverage = row[i].bench_coverage, .asked = row[i].asked };
		const struct ka_report r = {
			.fail_on = row[i].fail_on,   .min_coverage = row[i].min,
			.coverage = row[i].coverage, .incomplete = row[i].incomplete,
			.nfindings = 1,		     .finding = &f,
			.nbenches = 1,		     .bench = &b,
		};

		assert_int_equal(ka_report_exit(&r), row[i].want);
	}
}

static void
lost_documents_and_refused_kinds_make_a_report_incomplete(void **state)
{
	const struct ka_audit_opts opts = { .catalog = &catalog };
	struct ka_problem problem = { .text = "odd" };
	struct ka_graph g = { .source = "test", .nproblems = 1, .problem = &problem };
	struct ka_report *r = audit(&g, &opts);

	(void)state;
	assert_false(r->incomplete);
	ka_report_free(r);
	problem.fatal = true;
	r = audit(&g, &opts);
	assert_true(r->incomplete);
	ka_report_free(r);
	problem.fatal = false;
	g.ledger[KA_LIMITRANGE].status = KA_EV_FORBIDDEN;
	r = audit(&g, &opts);
	assert_true(r->incomplete);
	ka_report_free(r);
}

static void
options_that_name_nothing_are_refused(void **state)
{
	static const struct {
		const char *check, *bench, *want;
	} row[] = {
		{ "cleen", NULL, "no check is named cleen, did you mean clean?" },
		{ "zzzz*", NULL, "no check is named zzzz*" },
		{ NULL, "cis", "no benchmark is named cis" },
	};
	struct ka_graph g = { .source = "test" };

	(void)state;
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		const struct ka_audit_opts opts = {
			.catalog = &catalog,
			.check = &row[i].check, .nchecks = row[i].check != NULL,
			.bench = &row[i].bench, .nbenches = row[i].bench != NULL,
		};
		struct ka_report *r = NULL;
		struct ka_err err;

		assert_int_equal(ka_audit(&g, &opts, &r, &err), -1);
		assert_string_equal(err.msg, row[i].want);
		assert_null(r);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(statuses_follow_from_what_was_seen_and_found),
		cmocka_unit_test(missing_evidence_decides_before_the_check),
		cmocka_unit_test(findings_are_merged_and_sorted),
		cmocka_unit_test(what_a_check_says_is_kept_when_its_buffer_is_not),
		cmocka_unit_test(an_identity_outlives_uid_line_and_api_version),
		cmocka_unit_test(an_identity_differs_where_it_must),
		cmocka_unit_test(a_waiver_covers_what_it_names_and_no_more),
		cmocka_unit_test(a_waiver_holds_through_its_last_day),
		cmocka_unit_test(the_policy_file_sets_severities_and_switches_checks_off),
		cmocka_unit_test(a_baseline_tells_new_from_known_and_gone),
		cmocka_unit_test(the_time_is_that_of_the_epoch_or_of_the_facts),
		cmocka_unit_test(the_exit_status_is_a_function_of_the_report),
		cmocka_unit_test(lost_documents_and_refused_kinds_make_a_report_incomplete),
		cmocka_unit_test(options_that_name_nothing_are_refused),
	};

	return cmocka_run_group_tests_name("engine/audit", tests, NULL, NULL);
}
