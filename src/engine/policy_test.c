#include "engine/policy.h"

#include <string.h>

#include "engine/testing.h"

#include "util/banned.h"

static const struct script nothing;
static const struct ka_check rows[] = {
	CHECK("pod-privileged", KA_BIT(KA_POD), 0, &nothing),
	CHECK("pod-host-pid", KA_BIT(KA_POD), 0, &nothing),
};
static const struct ka_check_set set = { "Pods", rows, 2 };
static const struct ka_check_set *const sets[] = { &set, NULL };
static const struct ka_bench_item items[] = { { .id = "5.1.1", .by = KA_BY_PERSON } };
static const struct ka_bench bench = { .name = "cis-1", .item = items, .count = 1 };
static const struct ka_bench *const benches[] = { &bench, NULL };
static const struct ka_catalog catalog = { sets, benches };

#define HEAD "apiVersion: kassay/v1\nkind: Policy\n"

static int
parse(const char *text, struct ka_policy **ret, struct ka_err *err)
{
	return ka_policy_parse(text, strlen(text), "p.yaml", &catalog, ret, err);
}

static void
every_part_is_read(void **state)
{
	static const char text[] =
		HEAD "parameters:\n"
		     "  registries: [registry.shop.example, mirror.shop.example]\n"
		     "severity:\n"
		     "  pod-privileged: critical\n"
		     "disabled:\n"
		     "  pod-host-pid: judged by another tool\n"
		     "waivers:\n"
		     "- check: pod-*\n"
		     "  object: {kind: DaemonSet, namespace: kube-*, name: cni}\n"
		     "  container: agent\n"
		     "  reason: the network plugin needs it\n"
		     "  owner: platform@shop.example\n"
		     "  expires: 2026-12-31\n"
		     "attestations:\n"
		     "- benchmark: cis-1\n"
		     "  control: '5.1.1'\n"
		     "  statement: reviewed\n"
		     "  by: auditor\n"
		     "  date: '2026-01-31'\n"
		     "  holds: false\n";
	struct ka_policy *p = NULL;
	struct ka_err err = { .code = KA_OK };
	const struct ka_waiver *w;

	(void)state;
	if (parse(text, &p, &err))
		fail_msg("%s", err.msg);
	assert_int_equal(strlen(p->sha256), 64);
	assert_int_equal(p->nparams, 1);
	assert_string_equal(p->param->name, "registries");
	assert_int_equal(p->param->value.n, 2);
	assert_string_equal(p->param->value.v[1], "mirror.shop.example");
	assert_int_equal(ka_policy_rule(p, &rows[0])->severity, KA_CRITICAL);
	assert_null(ka_policy_rule(p, &rows[0])->disabled);
	assert_string_equal(ka_policy_rule(p, &rows[1])->disabled, "judged by another tool");
	assert_int_equal(p->nwaivers, 1);
	w = p->waiver;
	assert_string_equal(w->check, "pod-*");
	assert_string_equal(w->kind, "DaemonSet");
	assert_string_equal(w->namespace, "kube-*");
	assert_string_equal(w->name, "cni");
	assert_string_equal(w->container, "agent");
	assert_string_equal(w->owner, "platform@shop.example");
	assert_string_equal(w->expires, "2026-12-31");
	assert_int_equal(w->line, 10);
	assert_int_equal(p->nattestations, 1);
	assert_string_equal(p->attestation->control, "5.1.1");
	assert_false(p->attestation->holds);
	ka_policy_free(p);
}

#define WAIVER HEAD "waivers:\n- {check: pod-privileged, reason: r, owner: o"
#define ATTESTATION HEAD "attestations:\n- {benchmark: cis-1, control: 5.1.1, statement: s, by: b"

static void
what_is_not_understood_is_refused_with_its_line(void **state)
{
	static const struct {
		const char *text, *want;
	} row[] = {
		{ "", "p.yaml: the file is empty" },
		{ "[]", "p.yaml:1: a policy must be a mapping" },
		{ "kind: Policy\n",
		  "p.yaml:1: a policy begins with apiVersion: kassay/v1 and kind: Policy" },
		{ "apiVersion: kassay/v2\nkind: Policy\n", "p.yaml:1: apiVersion is not kassay/v1" },
		{ "apiVersion: kassay/v1\nkind: Pod\n", "p.yaml:2: kind is not Policy" },
		{ HEAD "waiver: []\n",
		  "p.yaml:3: a policy has no member \"waiver\", did you mean waivers?" },
		{ HEAD "---\n" HEAD, "p.yaml:4: a second document: a policy is one" },
		{ HEAD "severity: {pod-privilegd: low}\n",
		  "p.yaml:3: no check is named pod-privilegd, did you mean pod-privileged?" },
		{ HEAD "severity:\n  pod-privileged: dire\n",
		  "p.yaml:4: \"dire\" is no severity (info, low, medium, high, critical)" },
		{ HEAD "severity:\n  pod-privileged: never\n",
		  "p.yaml:4: \"never\" is no severity (info, low, medium, high, critical)" },
		{ HEAD "severity: low\n", "p.yaml:3: severity must map checks to severities" },
		{ HEAD "disabled: {pod-privileged: ''}\n", "p.yaml:3: the reason is empty" },
		{ HEAD "disabled: {pod-privileged: true}\n",
		  "p.yaml:3: the reason must be text (in quotes, when it looks like something else)" },
		{ HEAD "parameters: {registries: one}\n", "p.yaml:3: registries must be a list" },
		{ HEAD "parameters:\n  registries:\n  - [a]\n",
		  "p.yaml:5: registries must be text (in quotes, when it looks like something else)" },
		{ HEAD "waivers: {}\n", "p.yaml:3: waivers must be a list" },
		{ HEAD "waivers:\n- {check: pod-privileged, owner: o}\n", "p.yaml:4: a waiver has no reason" },
		{ HEAD "waivers:\n- {check: pod-privileged, reason: r}\n", "p.yaml:4: a waiver has no owner" },
		{ HEAD "waivers:\n- {reason: r, owner: o}\n", "p.yaml:4: a waiver has no check" },
		{ HEAD "waivers:\n- {check: net-*, reason: r, owner: o}\n", "p.yaml:4: no check is named net-*" },
		{ WAIVER ", until: x}\n", "p.yaml:4: a waiver has no member \"until\"" },
		{ WAIVER ", object: pod}\n", "p.yaml:4: a waiver's object must be a mapping" },
		{ WAIVER ", object: {names: x}}\n",
		  "p.yaml:4: a waiver's object has no member \"names\", did you mean name?" },
		{ WAIVER ", expires: soon}\n", "p.yaml:4: expires: \"soon\" is no date (YYYY-MM-DD)" },
		{ WAIVER ", expires: '2026-02-30'}\n",
		  "p.yaml:4: expires: \"2026-02-30\" is no date (YYYY-MM-DD)" },
		{ WAIVER ", expires: '2026-1-2'}\n", "p.yaml:4: expires: \"2026-1-2\" is no date (YYYY-MM-DD)" },
		{ ATTESTATION ", holds: true}\n", "p.yaml:4: an attestation has no date" },
		{ ATTESTATION ", date: '2026-01-01'}\n", "p.yaml:4: an attestation has no holds" },
		{ ATTESTATION ", date: '2026-01-01', holds: perhaps}\n",
		  "p.yaml:4: holds must be true or false" },
		{ HEAD "attestations:\n- {benchmark: cis-2, control: 5.1.1, statement: s, by: b, date: "
		       "'2026-01-01', holds: true}\n",
		  "p.yaml:4: no benchmark is named cis-2, did you mean cis-1?" },
		{ HEAD "attestations:\n- {benchmark: cis-1, control: 5.1.9, statement: s, by: b, date: "
		       "'2026-01-01', holds: true}\n",
		  "p.yaml:4: cis-1 has no control 5.1.9" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		struct ka_policy *p = NULL;
		struct ka_err err = { .code = KA_OK };

		assert_int_equal(parse(row[i].text, &p, &err), -1);
		assert_string_equal(err.msg, row[i].want);
		assert_null(p);
	}
}

static void
yaml_that_cannot_be_read_names_file_and_line(void **state)
{
	struct ka_policy *p = NULL;
	struct ka_err err = { .code = KA_OK };

	(void)state;
	assert_int_equal(parse(HEAD "severity: {}\nseverity: {}\n", &p, &err), -1);
	assert_ptr_equal(strstr(err.msg, "p.yaml:4: "), err.msg);
	assert_int_equal(parse(HEAD "waivers: [\n", &p, &err), -1);
	assert_ptr_equal(strstr(err.msg, "p.yaml:"), err.msg);
}

static void
a_missing_file_is_named(void **state)
{
	struct ka_policy *p = NULL;
	struct ka_err err = { .code = KA_OK };

	(void)state;
	assert_int_equal(ka_policy_load("/nonexistent/p.yaml", &catalog, &p, &err), -1);
	assert_string_equal(err.msg, "/nonexistent/p.yaml: No such file or directory");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_part_is_read),
		cmocka_unit_test(what_is_not_understood_is_refused_with_its_line),
		cmocka_unit_test(yaml_that_cannot_be_read_names_file_and_line),
		cmocka_unit_test(a_missing_file_is_named),
	};

	return cmocka_run_group_tests_name("engine/policy", tests, NULL, NULL);
}
