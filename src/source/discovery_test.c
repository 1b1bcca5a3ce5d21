#include "source/fake_api.h"

#include "source/discovery.h"

struct found {
	struct ka_graph *g;
	struct ka_discovery d;
	struct ka_err err;
	int rc;
};

static struct found
discover(const struct fake_answer *answer)
{
	struct ka_build *b = ka_build_new();
	struct found f = { 0 };

	fake_start(answer);
	ka_build_file(b, "discovery");
	ka_build_ledger_given(b);
	f.rc = ka_discover(&fake_api, b, &f.d, &f.err);
	f.g = ka_build_finish(b);
	ka_api_close(&fake_api);
	return f;
}

static void
done(struct found *f)
{
	ka_discovery_release(&f->d);
	ka_graph_free(f->g);
}

static const struct ka_served *
served(const struct ka_graph *g, const char *group, const char *version, const char *resource)
{
	for (size_t i = 0; i < g->nserved; i++)
		if (strcmp(g->served[i].group, group) == 0 && strcmp(g->served[i].version, version) == 0 &&
		    strcmp(g->served[i].resource, resource) == 0)
			return &g->served[i];
	return NULL;
}

#define POD_RESOURCE                                                                               \
	"{'resource':'pods','responseKind':{'group':'','version':'v1','kind':'Pod'},'scope':'Namespaced',"                  \
	"'verbs':['get','list'],'subresources':[{'subresource':'exec'},{'subresource':'log'}]}"
#define CORE                                                                                       \
	{ .path = "/api", .body = "{'kind':'APIGroupDiscoveryList','items':[{'metadata':{},'versions':["     \
				  "{'version':'v1','resources':[" POD_RESOURCE "],'freshness':'Current'}]}]}" }

static void
one_answer_tells_of_all_groups(void **state)
{
	static const struct fake_answer script[] = {
		CORE,
		{ .path = "/apis",
		  .body = "{'kind':'APIGroupDiscoveryList','items':[{'metadata':{'name':'batch'},'versions':["
			  "{'version':'v1','resources':[{'resource':'jobs','responseKind':{'kind':'Job'},"
			  "'scope':'Namespaced','verbs':['list']}]},{'version':'v1beta1','resources':[{'resource':'jobs',"
			  "'responseKind':{'kind':'Job'},'scope':'Cluster','verbs':['list']}]}]}]}" },
		{ 0 },
	};
	struct found f = discover(script);
	const struct ka_served *pods = served(f.g, "", "v1", "pods");

	(void)state;
	assert_int_equal(f.rc, 0);
	assert_int_equal(fake_api.asked, 2);
	assert_int_equal(f.g->nserved, 3);
	assert_string_equal(pods->kind, "Pod");
	assert_true(pods->namespaced);
	assert_true(ka_strs_has(&pods->verbs, "list"));
	assert_int_equal(pods->subresources.n, 2);
	assert_string_equal(pods->subresources.v[1], "log");
	assert_string_equal(f.g->served[1].version, "v1");
	assert_false(served(f.g, "batch", "v1beta1", "jobs")->namespaced);
	assert_int_equal(f.d.nlost, 0);
	done(&f);
}

static void
an_old_server_is_asked_group_by_group(void **state)
{
	static const struct fake_answer script[] = {
		{ .path = "/api", .body = "{'kind':'APIVersions','versions':['v1']}" },
		{ .path = "/apis",
		  .body = "{'kind':'APIGroupList','groups':[{'name':'batch','versions':[{'version':'v1beta1'},"
			  "{'version':'v1'}],'preferredVersion':{'version':'v1'}},"
			  "{'name':'metrics.k8s.io','versions':[{'version':'v1beta1'}]}]}" },
		{ .path = "/api/v1",
		  .body = "{'kind':'APIResourceList','resources':[{'name':'pods/status','kind':'Pod'},"
			  "{'name':'pods','kind':'Pod','namespaced':true,'verbs':['list']}]}" },
		{ .path = "/apis/batch/v1beta1",
		  .body = "{'kind':'APIResourceList','resources':[{'name':'jobs','kind':'Job','verbs':['list']}]}" },
		{ .path = "/apis/batch/v1",
		  .body = "{'kind':'APIResourceList','resources':[{'name':'jobs','kind':'Job','verbs':['list']}]}" },
		{ .path = "/apis/metrics.k8s.io/v1beta1", .result = KA_API_FAILED, .reason = "503 no endpoints" },
		{ 0 },
	};
	struct found f = discover(script);

	(void)state;
	assert_int_equal(f.rc, 0);
	assert_int_equal(f.g->nserved, 3);
	assert_string_equal(f.g->served[0].subresources.v[0], "status");
	assert_string_equal(f.g->served[1].version, "v1");
	assert_string_equal(f.g->served[2].version, "v1beta1");
	assert_int_equal(f.d.nlost, 1);
	assert_string_equal(f.d.lost[0].group, "metrics.k8s.io");
	assert_false(f.d.lost[0].refused);
	assert_int_equal(f.g->nproblems, 1);
	assert_string_equal(f.g->problem[0].text, "metrics.k8s.io/v1beta1: 503 no endpoints");
	assert_false(f.g->problem[0].fatal);
	done(&f);
}

static void
a_group_whose_server_is_away_is_lost_and_not_empty(void **state)
{
	static const struct fake_answer script[] = {
		CORE,
		{ .path = "/apis",
		  .body = "{'kind':'APIGroupDiscoveryList','items':[{'metadata':{'name':'projectcalico.org'},"
			  "'versions':[{'version':'v3','freshness':'Stale'}]}]}" },
		{ 0 },
	};
	struct found f = discover(script);

	(void)state;
	assert_int_equal(f.rc, 0);
	assert_int_equal(f.d.nlost, 1);
	assert_string_equal(f.d.lost[0].group, "projectcalico.org");
	done(&f);
}

static void
discovery_that_is_refused_loses_every_group(void **state)
{
	static const struct fake_answer script[] = {
		{ .path = "/api", .result = KA_API_FORBIDDEN, .reason = "no" },
		{ .path = "/apis", .result = KA_API_FORBIDDEN, .reason = "no" },
		{ 0 },
	};
	struct found f = discover(script);

	(void)state;
	assert_int_equal(f.rc, 0);
	assert_int_equal(f.d.nlost, 2);
	assert_true(f.d.lost[0].refused && f.d.lost[1].refused);
	done(&f);
}

static void
what_is_no_api_server_is_told_in_one_line(void **state)
{
	static const struct fake_answer html[] = {
		{ .path = "/api", .body = "<html>", .type = "text/html" }, { .path = "/apis", .body = "[]" }, { 0 },
	};
	static const struct fake_answer stranger[] = {
		{ .path = "/api", .result = KA_API_UNAUTHORIZED, .reason = "Unauthorized" }, { 0 },
	};
	struct found f = discover(html);

	(void)state;
	assert_int_equal(f.rc, -1);
	assert_non_null(strstr(f.err.msg, "/api"));
	done(&f);
	f = discover(stranger);
	assert_int_equal(f.rc, -1);
	assert_int_equal(f.err.code, KA_EAUTH);
	assert_string_equal(f.err.msg, "discovery (/api): Unauthorized");
	done(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_answer_tells_of_all_groups),
		cmocka_unit_test(an_old_server_is_asked_group_by_group),
		cmocka_unit_test(a_group_whose_server_is_away_is_lost_and_not_empty),
		cmocka_unit_test(discovery_that_is_refused_loses_every_group),
		cmocka_unit_test(what_is_no_api_server_is_told_in_one_line),
	};

	return cmocka_run_group_tests_name("source/discovery", tests, NULL, NULL);
}
