#include "model/testing.h"
#include "source/plan.h"

static const struct ka_strs nothing;

static void
serve(struct ka_build *b, const char *group, const char *version, const char *resource, const char *kind)
{
	static const char *const verbs[] = { "get", "list" };
	const struct ka_served s = { group, version, resource, kind, true, { 2, verbs }, { 0, NULL } };

	ka_build_served(b, &s);
}

static const struct ka_task *
find(const struct ka_plan *plan, const char *path)
{
	for (size_t i = 0; i < plan->n; i++)
		if (strcmp(plan->task[i].path, path) == 0)
			return &plan->task[i];
	return NULL;
}

static void
every_kind_of_the_api_is_asked_for_as_the_model_names_it(void **state)
{
	bool seen[KA_NKINDS] = { false };
	const struct ka_ask *ask;
	size_t n;

	(void)state;
	ask = ka_asks(&n);
	for (size_t i = 0; i < n; i++) {
		const struct ka_kind_info *info = ka_kind_info(ask[i].kind);

		seen[ask[i].kind] = true;
		if (ask[i].kind == KA_OTHER)
			continue;
		assert_string_equal(ask[i].group, info->group);
		assert_string_equal(ask[i].resource, info->resource);
		assert_memory_equal(ask[i].versions, info->version, strlen(info->version));
	}
	for (int k = 0; k < KA_NKINDS; k++)
		assert_int_equal(seen[k], !ka_kind_info((enum ka_kind)k)->grant || k == KA_OTHER);
}

static void
the_best_version_that_is_served_and_understood_is_asked_for(void **state)
{
	struct ka_build *b = ka_build_new();
	const struct ka_task *t;
	struct ka_plan plan;

	(void)state;
	serve(b, "batch", "v2alpha1", "cronjobs", "CronJob");
	serve(b, "batch", "v1beta1", "cronjobs", "CronJob");
	serve(b, "batch", "v1", "cronjobs", "CronJob");
	serve(b, "apps", "v1beta2", "deployments", "Deployment");
	serve(b, "cilium.io", "v3", "ciliumnetworkpolicies", "CiliumNetworkPolicy");
	serve(b, "cilium.io", "v2", "ciliumnetworkpolicies", "CiliumNetworkPolicy");
	ka_plan_make(&plan, ka_build_graph(b), NULL, 0, &nothing);
	assert_int_equal(find(&plan, "/apis/batch/v1/cronjobs")->status, KA_EV_COMPLETE);
	t = find(&plan, "/apis/apps/v1/deployments");
	assert_int_equal(t->status, KA_EV_FAILED);
	assert_non_null(strstr(t->reason, "version"));
	assert_int_equal(find(&plan, "/api/v1/pods")->status, KA_EV_ABSENT);
	t = find(&plan, "/apis/cilium.io/v3/ciliumnetworkpolicies");
	assert_string_equal(t->kind_name, "CiliumNetworkPolicy");
	assert_null(find(&plan, "/apis/cilium.io/v2/ciliumnetworkpolicies"));
	assert_null(find(&plan, "/apis/kyverno.io/?/policies"));
	ka_plan_release(&plan);
	ka_build_free(b);
}

static void
of_a_whole_group_the_kinds_that_fit_are_asked_for_once(void **state)
{
	struct ka_build *b = ka_build_new();
	struct ka_plan plan;
	size_t n = 0;

	(void)state;
	serve(b, "policies.kyverno.io", "v1", "validatingpolicies", "ValidatingPolicy");
	serve(b, "policies.kyverno.io", "v1alpha1", "validatingpolicies", "ValidatingPolicy");
	serve(b, "policies.kyverno.io", "v1", "mutatingpolicies", "MutatingPolicy");
	serve(b, "crd.projectcalico.org", "v1", "networkpolicies", "NetworkPolicy");
	serve(b, "projectcalico.org", "v3", "networkpolicies", "NetworkPolicy");
	ka_plan_make(&plan, ka_build_graph(b), NULL, 0, &nothing);
	for (size_t i = 0; i < plan.n; i++)
		n += plan.task[i].ask->kind == KA_OTHER;
	assert_int_equal(n, 2);
	assert_non_null(find(&plan, "/apis/policies.kyverno.io/v1/validatingpolicies"));
	assert_non_null(find(&plan, "/apis/projectcalico.org/v3/networkpolicies"));
	ka_plan_release(&plan);
	ka_build_free(b);
}

static void
what_could_not_be_discovered_is_no_absence(void **state)
{
	const struct ka_lost_group broken = { "apps", "503", false }, refused = { NULL, "403", true };
	struct ka_build *b = ka_build_new();
	struct ka_plan plan;

	(void)state;
	serve(b, "", "v1", "pods", "Pod");
	ka_plan_make(&plan, ka_build_graph(b), &broken, 1, &nothing);
	assert_int_equal(find(&plan, "/apis/apps/v1/deployments")->status, KA_EV_FAILED);
	assert_int_equal(find(&plan, "/apis/batch/v1/jobs")->status, KA_EV_ABSENT);
	ka_plan_release(&plan);
	ka_plan_make(&plan, ka_build_graph(b), &refused, 1, &nothing);
	assert_int_equal(find(&plan, "/apis/apps/v1/deployments")->status, KA_EV_COMPLETE);
	assert_int_equal(find(&plan, "/apis/kyverno.io/?/policies")->status, KA_EV_FAILED);
	ka_plan_release(&plan);
	ka_build_free(b);
}

static void
namespaces_that_are_named_are_asked_one_by_one(void **state)
{
	static const char *const names[] = { "a", "b" };
	const struct ka_strs namespaces = { 2, names };
	struct ka_build *b = ka_build_new();
	struct ka_plan plan;
	char *request;

	(void)state;
	serve(b, "", "v1", "pods", "Pod");
	serve(b, "", "v1", "secrets", "Secret");
	serve(b, "", "v1", "namespaces", "Namespace");
	ka_plan_make(&plan, ka_build_graph(b), NULL, 0, &namespaces);
	assert_null(find(&plan, "/api/v1/pods"));
	assert_string_equal(find(&plan, "/api/v1/namespaces/b/pods")->namespace, "b");
	assert_true(find(&plan, "/api/v1/namespaces/a")->single);
	request = ka_task_request(find(&plan, "/api/v1/namespaces/a"), 500, NULL);
	assert_string_equal(request, "/api/v1/namespaces/a");
	free(request);
	request = ka_task_request(find(&plan, "/api/v1/namespaces/a/secrets"), 20, "x+/=&");
	assert_string_equal(request, "/api/v1/namespaces/a/secrets?limit=20&fieldSelector=type%3Dkubernetes.io%2F"
				     "service-account-token&continue=x%2B%2F%3D%26");
	free(request);
	ka_plan_release(&plan);
	ka_build_free(b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_of_the_api_is_asked_for_as_the_model_names_it),
		cmocka_unit_test(the_best_version_that_is_served_and_understood_is_asked_for),
		cmocka_unit_test(of_a_whole_group_the_kinds_that_fit_are_asked_for_once),
		cmocka_unit_test(what_could_not_be_discovered_is_no_absence),
		cmocka_unit_test(namespaces_that_are_named_are_asked_one_by_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
