/* The fact finder against an API server that is a table in this file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

#include <cmocka.h>

#include "model/testing.h"
#include "source/facts.h"
#include "util/str.h"

#include "util/banned.h"

/* ---- the server ------------------------------------------------------------------------------------- */

#define STATUS(code, message)                                                                        \
	"{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\",\"message\":\"" message "\",\"code\":" #code "}"
#define VERSION_BODY "{\"major\":\"1\",\"gitVersion\":\"v1.31.14\"}"
#define CONFIGZ	     "{\"kubeletconfig\":{\"readOnlyPort\":0,\"authentication\":{\"anonymous\":{\"enabled\":false}}," \
		     "\"staticPodURLHeader\":{\"Authorization\":[\"canary\"]},\"tlsCipherSuites\":[\"A\",\"B\"]}}"
#define OPERATIONS   "apiserver_storage_transformation_operations_total{status=\"OK\",transformation_type=\"to_storage\"," \
		     "transformer_prefix=\"k8s:enc:aescbc:v1:\"} 3\n"

struct reply {
	const char *path; /* a glob over base and path; "anonymous:" in front of those without credentials */
	enum ka_api_result result;
	int status;
	const char *body, *reason;
};
static const struct reply usual[] = {
	{ "anonymous:/api", KA_API_UNAUTHORIZED, 401, STATUS(401, "Unauthorized"), "Unauthorized" },
	{ "anonymous:/version", KA_API_OK, 200, VERSION_BODY, NULL },
	{ "anonymous:/healthz", KA_API_FORBIDDEN, 403, STATUS(403, "no"), "no" },
	{ "/version", KA_API_OK, 200, VERSION_BODY, NULL },
	{ "/metrics", KA_API_OK, 200, OPERATIONS, NULL },
	{ NULL, 0, 0, NULL, NULL },
};

struct asked {
	struct ka_api_request req;
	char *path, *base;
};
struct ka_api {
	const struct reply *table;
	struct asked *queue;
	size_t n, cap, done;
	long silence_ns; /* how long it takes not to answer */
	char log[16384];
};

void
ka_api_get(struct ka_api *api, const struct ka_api_request *request)
{
	KA_GROW(api->queue, api->n, api->cap);
	api->queue[api->n] = (struct asked){ *request, ka_xstrdup(request->path), NULL };
	if (request->base)
		api->queue[api->n].base = ka_xstrdup(request->base);
	api->n++;
}

static void
reply_with(struct ka_api_request *req, const struct reply *r)
{
	size_t len = r->body ? strlen(r->body) : 0;
	char *body = ka_xcalloc(1, len + 64);
	struct ka_api_answer a = { .result = r->result, .status = r->status, .content_type = "application/json",
				   .body = body, .len = len, .reason = r->reason };

	if (len)
		memcpy(body, r->body, len);
	if (req->data && r->result == KA_API_OK) {
		req->data(req->arg, "", 0);
		req->data(req->arg, "half of a first try", 19);
		req->data(req->arg, "", 0);
		req->data(req->arg, body, len);
		a.body = NULL;
	}
	req->done(req->arg, &a);
	free(body);
}

/* Answers all that is asked, also what callbacks ask. */
static void
run(struct ka_api *api)
{
	while (api->done < api->n) {
		struct asked a = api->queue[api->done++];
		static const struct reply nothing = { NULL, KA_API_FAILED, 0, NULL, "no route to host, after 3 tries in 20 s" };
		const struct reply *r = api->table, *found = &nothing;
		char name[512];

		snprintf(name, sizeof name, "%s%s%s", a.req.anonymous ? "anonymous:" : "", a.base ? a.base : "", a.path);
		snprintf(api->log + strlen(api->log), sizeof api->log - strlen(api->log), "%s\n", name);
		for (; r && r->path && found == &nothing; r++)
			if (ka_glob(r->path, name))
				found = r;
		for (r = usual; r->path && found == &nothing; r++)
			if (ka_glob(r->path, name))
				found = r;
		if (found == &nothing)
			nanosleep(&(struct timespec){ .tv_nsec = api->silence_ns }, NULL);
		reply_with(&a.req, found);
		free(a.path);
		free(a.base);
	}
}

/* ---- a run --------------------------------------------------------------------------------------------- */

struct world {
	unsigned nodes_seconds;
	const char *const *objects; /* quoted, of the lists; ends with NULL */
	enum ka_evidence_status nodes, maps;
	const struct reply *table;
};

static void
list_objects(struct ka_build *b, struct ka_fact_finder *f, const char *const *objects)
{
	for (; objects && *objects; objects++) {
		char *text = test_json(*objects);
		const struct ka_object *obj = NULL;
		struct ka_tape t;
		struct ka_err err;

		ka_tape_init(&t);
		assert_int_equal(ka_json_parse(&t, text, strlen(text), NULL, &err), 0);
		ka_build_use_file(b, 0);
		ka_build_add(b, &t, t.node, NULL, &obj);
		assert_non_null(obj);
		ka_facts_object(f, obj);
		ka_tape_release(&t);
		free(text);
	}
}

static struct ka_graph *
find(const struct world *w, struct ka_api *api)
{
	struct ka_build *b = ka_build_new();
	struct ka_fact_finder *f;

	*api = (struct ka_api){ .table = w->table, .silence_ns = w->nodes_seconds ? 30000000L : 0 };
	ka_build_file(b, "lists");
	ka_build_ledger_given(b);
	f = ka_facts_begin(&(struct ka_fact_target){ .api = api, .b = b, .nodes_seconds = w->nodes_seconds });
	run(api);
	list_objects(b, f, w->objects);
	ka_build_graph(b)->ledger[KA_NODE].status = w->nodes;
	ka_build_graph(b)->ledger[KA_CONFIGMAP].status = w->maps;
	ka_facts_nodes(f);
	run(api);
	ka_facts_end(f);
	free(api->queue);
	return ka_build_finish(b);
}

static void
expect_ledger(const struct ka_graph *g, enum ka_kind kind, enum ka_evidence_status status, uint64_t count,
	      const char *reason)
{
	const struct ka_evidence *e = &g->ledger[kind];

	if (e->status != status || e->count != count || ka_str_cmp(e->reason, reason) != 0)
		fail_msg("%s: %s, %llu, because: %s", ka_kind_info(kind)->kind, ka_evidence_status_name(e->status),
			 (unsigned long long)e->count, e->reason ? e->reason : "(none)");
}

static const struct ka_fact *
fact(const struct ka_graph *g, enum ka_kind kind, const char *name)
{
	const struct ka_object *o = ka_graph_find(g, kind, NULL, name);

	if (!o)
		fail_msg("no %s %s", ka_kind_info(kind)->kind, name);
	return ka_as_fact(o);
}

#define NODE(name, ip) "{'apiVersion':'v1','kind':'Node','metadata':{'name':'" name "'},'status':{'addresses':["    \
		       "{'type':'Hostname','address':'x'},{'type':'InternalIP','address':'" ip "'}]}}"
#define K3S_NODE "{'apiVersion':'v1','kind':'Node','metadata':{'name':'k','annotations':{'k3s.io/node-args':"         \
		 "'[\\'agent\\',\\'--kubelet-arg\\',\\'anonymous-auth=true\\']'}}}"
#define MAP	 "{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'kubelet-config','namespace':'kube-system'}," \
	    "'data':{'kubelet':'readOnlyPort: 10255\\nauthorization: {mode: Webhook}\\n'}}"
#define FORBIDDEN_NODE "nodes \"a\" is forbidden: User \"x\" cannot get resource \"nodes/proxy\""

static const char *const two_nodes[] = { NODE("b", "10.0.0.2"), NODE("a", "10.0.0.1"), NODE("a", "10.0.0.1"), NULL };

/* ---- tests ---------------------------------------------------------------------------------------------- */

static void
what_the_server_says_of_itself_is_kept(void **state)
{
	struct ka_api api;
	struct ka_graph *g = find(&(struct world){ .nodes = KA_EV_COMPLETE }, &api);
	const struct ka_fact *f = fact(g, KA_APIENDPOINT, "api-server");

	(void)state;
	assert_string_equal(g->kubernetes_version, "v1.31.14");
	assert_string_equal(ka_kvs_get(f->value, "anonymous./api"), "401");
	assert_string_equal(ka_kvs_get(f->value, "anonymous./version"), "200");
	assert_string_equal(ka_kvs_get(f->value, "anonymous./healthz"), "403");
	expect_ledger(g, KA_APIENDPOINT, KA_EV_COMPLETE, 1, NULL);
	f = fact(g, KA_APIMETRICS, "api-server");
	assert_string_equal(ka_kvs_get(f->value, "transformers.*.k8s:enc:aescbc:v1:.to_storage"), "3");
	assert_string_equal(f->source, "/metrics");
	expect_ledger(g, KA_APIMETRICS, KA_EV_COMPLETE, 1, NULL);
	expect_ledger(g, KA_KUBELETCONFIG, KA_EV_COMPLETE, 0, NULL);
	ka_graph_free(g);
}

static void
a_page_of_a_proxy_is_no_answer_to_a_stranger(void **state)
{
	static const struct reply table[] = {
		{ "anonymous:/api", KA_API_OK, 200, "<html>log in</html>", NULL },
		{ "anonymous:/version", KA_API_FORBIDDEN, 403, "<html>no</html>", "HTTP status 403" },
		{ "anonymous:/healthz", KA_API_FAILED, 429, STATUS(429, "busy"), "busy" },
		{ NULL, 0, 0, NULL, NULL },
	};
	struct ka_api api;
	struct ka_graph *g = find(&(struct world){ .table = table }, &api);

	(void)state;
	assert_int_equal(g->of[KA_APIENDPOINT].n, 0);
	expect_ledger(g, KA_APIENDPOINT, KA_EV_FAILED, 0,
		      "/api without credentials: status 200, which tells nothing of who is let in");
	ka_graph_free(g);
}

static void
refused_metrics_are_told_in_the_servers_words(void **state)
{
	static const struct reply table[] = {
		{ "/metrics", KA_API_FORBIDDEN, 403, NULL, "forbidden: User \"x\" cannot get path \"/metrics\"" },
		{ "/version", KA_API_FAILED, 500, NULL, "HTTP status 500" },
		{ NULL, 0, 0, NULL, NULL },
	};
	struct ka_api api;
	struct ka_graph *g = find(&(struct world){ .table = table }, &api);

	(void)state;
	expect_ledger(g, KA_APIMETRICS, KA_EV_FORBIDDEN, 0, "forbidden: User \"x\" cannot get path \"/metrics\"");
	assert_null(g->kubernetes_version);
	assert_int_equal(g->nproblems, 1);
	assert_string_equal(g->problem[0].text, "the version of the API server is not known: HTTP status 500");
	ka_graph_free(g);
}

static void
every_kubelet_is_asked_once_through_the_api_server(void **state)
{
	static const struct reply table[] = {
		{ "/api/v1/nodes/*/proxy/configz", KA_API_OK, 200, CONFIGZ, NULL },
		{ NULL, 0, 0, NULL, NULL },
	};
	struct ka_api api;
	struct ka_graph *g = find(&(struct world){ .objects = two_nodes, .nodes = KA_EV_COMPLETE, .table = table }, &api);
	const struct ka_fact *f = fact(g, KA_KUBELETCONFIG, "a");

	(void)state;
	expect_ledger(g, KA_KUBELETCONFIG, KA_EV_COMPLETE, 2, NULL);
	assert_int_equal(g->of[KA_KUBELETCONFIG].n, 2);
	assert_string_equal(f->source, "/api/v1/nodes/a/proxy/configz");
	assert_string_equal(ka_kvs_get(f->value, "readOnlyPort"), "0");
	assert_string_equal(ka_kvs_get(f->value, "authentication.anonymous.enabled"), "false");
	assert_string_equal(ka_kvs_get(f->value, "tlsCipherSuites"), "A,B");
	assert_null(ka_graph_str(g, "canary"));
	ka_graph_free(g);
}

static void
where_the_proxy_is_refused_the_kubelet_itself_is_asked(void **state)
{
	static const struct reply table[] = {
		{ "/api/v1/nodes/*/proxy/configz", KA_API_FORBIDDEN, 403, NULL, FORBIDDEN_NODE },
		{ "https://10.0.0.?:10250/configz", KA_API_OK, 200, CONFIGZ, NULL },
		{ NULL, 0, 0, NULL, NULL },
	};
	struct ka_api api;
	struct ka_graph *g = find(&(struct world){ .objects = two_nodes, .nodes = KA_EV_COMPLETE, .table = table }, &api);

	(void)state;
	expect_ledger(g, KA_KUBELETCONFIG, KA_EV_COMPLETE, 2, NULL);
	assert_string_equal(fact(g, KA_KUBELETCONFIG, "b")->source, "https://10.0.0.2:10250/configz");
	ka_graph_free(g);
}

static void
a_node_address_that_is_no_address_gets_no_request(void **state)
{
	static const struct reply table[] = {
		{ "/api/v1/nodes/*/proxy/configz", KA_API_FORBIDDEN, 403, NULL, FORBIDDEN_NODE },
		{ NULL, 0, 0, NULL, NULL },
	};
	static const char *const objects[] = { NODE("a", "evil.example/x?"), NODE("v6", "fd00::7"), NULL };
	struct ka_api api;
	struct ka_graph *g = find(&(struct world){ .objects = objects, .nodes = KA_EV_COMPLETE, .table = table }, &api);

	(void)state;
	assert_null(strstr(api.log, "evil"));
	assert_non_null(strstr(api.log, "https://[fd00::7]:10250/configz\n"));
	expect_ledger(g, KA_KUBELETCONFIG, KA_EV_FORBIDDEN, 0, FORBIDDEN_NODE);
	ka_graph_free(g);
}

static void
a_node_that_does_not_answer_cuts_the_evidence_short(void **state)
{
	static const struct reply table[] = {
		{ "/api/v1/nodes/a/proxy/configz", KA_API_OK, 200, CONFIGZ, NULL },
		{ NULL, 0, 0, NULL, NULL },
	};
	struct ka_api api;
	struct ka_graph *g = find(&(struct world){ .objects = two_nodes, .nodes = KA_EV_COMPLETE, .table = table }, &api);

	(void)state;
	expect_ledger(g, KA_KUBELETCONFIG, KA_EV_TRUNCATED, 1,
		      "1 of 2 nodes answered; node b: no route to host, after 3 tries in 20 s");
	ka_graph_free(g);
}

static void
many_dead_nodes_do_not_take_the_time_of_the_run(void **state)
{
	const char *objects[101] = { NULL };
	static char text[100][128];
	struct ka_api api;
	struct ka_graph *g;

	(void)state;
	for (size_t i = 0; i < 100; i++) {
		snprintf(text[i], sizeof text[i], "{'apiVersion':'v1','kind':'Node','metadata':{'name':'n%03zu'}}", i);
		objects[i] = text[i];
	}
	g = find(&(struct world){ .objects = objects, .nodes = KA_EV_COMPLETE, .nodes_seconds = 1 }, &api);
	assert_non_null(strstr(api.log, "/n020/"));
	assert_null(strstr(api.log, "/n099/"));
	expect_ledger(g, KA_KUBELETCONFIG, KA_EV_FAILED, 0,
		      "0 of 100 nodes answered; node n000: no route to host, after 3 tries in 20 s");
	ka_graph_free(g);
}

static void
an_answer_that_is_no_configuration_is_none(void **state)
{
	static const struct reply table[] = {
		{ "/api/v1/nodes/a/proxy/configz", KA_API_OK, 200, "{\"kind\":\"NodeList\"}", NULL },
		{ "/api/v1/nodes/b/proxy/configz", KA_API_OK, 200, "{\"kubeletconfig\":", NULL },
		{ NULL, 0, 0, NULL, NULL },
	};
	struct ka_api api;
	struct ka_graph *g = find(&(struct world){ .objects = two_nodes, .nodes = KA_EV_COMPLETE, .table = table }, &api);

	(void)state;
	expect_ledger(g, KA_KUBELETCONFIG, KA_EV_FAILED, 0,
		      "0 of 2 nodes answered; node a: the answer to /configz has no kubeletconfig");
	ka_graph_free(g);
}

static void
what_kubelets_are_meant_to_run_with_is_read_when_they_do_not_answer(void **state)
{
	static const char *const objects[] = { NODE("a", "10.0.0.1"), MAP, NULL };
	struct ka_api api;
	struct ka_graph *g = find(&(struct world){ .objects = objects, .nodes = KA_EV_COMPLETE }, &api);
	const struct ka_fact *f = fact(g, KA_KUBELETCONFIG, "kubelet-config");

	(void)state;
	assert_string_equal(ka_kvs_get(f->value, "readOnlyPort"), "10255");
	assert_string_equal(ka_kvs_get(f->value, "authorization.mode"), "Webhook");
	expect_ledger(g, KA_KUBELETCONFIG, KA_EV_TRUNCATED, 1,
		      "0 of 1 nodes answered; node a: no route to host, after 3 tries in 20 s; "
		      "read instead: ConfigMap kube-system/kubelet-config");
	ka_graph_free(g);
}

static void
arguments_of_k3s_stand_in_for_a_kubelet_that_does_not_answer(void **state)
{
	static const char *const objects[] = { K3S_NODE, NULL };
	struct ka_api api;
	struct ka_graph *g = find(&(struct world){ .objects = objects, .nodes = KA_EV_COMPLETE }, &api);
	const struct ka_fact *f = fact(g, KA_KUBELETCONFIG, "k");

	(void)state;
	assert_string_equal(f->source, "annotation k3s.io/node-args of Node k");
	assert_string_equal(ka_kvs_get(f->value, "authentication.anonymous.enabled"), "true");
	assert_string_equal(ka_kvs_get(f->value, "partial"), "true");
	assert_int_equal(g->ledger[KA_KUBELETCONFIG].status, KA_EV_TRUNCATED);
	ka_graph_free(g);
}

static void
without_the_nodes_nobody_knows_whom_to_ask(void **state)
{
	static const char *const objects[] = { MAP, NULL };
	struct ka_api api;
	struct ka_graph *g = find(&(struct world){ .nodes = KA_EV_FORBIDDEN }, &api);

	(void)state;
	expect_ledger(g, KA_KUBELETCONFIG, KA_EV_FORBIDDEN, 0, "the nodes are not known");
	ka_graph_free(g);
	g = find(&(struct world){ .objects = objects, .nodes = KA_EV_FORBIDDEN }, &api);
	expect_ledger(g, KA_KUBELETCONFIG, KA_EV_TRUNCATED, 1, "the nodes are not known");
	ka_graph_free(g);
}

static void
the_maps_of_the_cluster_are_asked_for_by_name_when_the_list_is_refused(void **state)
{
	static const struct reply table[] = {
		{ "*/configmaps/aws-auth", KA_API_OK, 200,
		  "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"aws-auth\",\"namespace\":"
		  "\"kube-system\"},\"data\":{\"mapRoles\":\"[]\"}}", NULL },
		{ "*/configmaps/*", KA_API_NOT_FOUND, 404, NULL, "not found" },
		{ NULL, 0, 0, NULL, NULL },
	};
	static const char *const objects[] = { MAP, NULL };
	struct ka_api api;
	struct ka_graph *g = find(&(struct world){ .objects = objects, .maps = KA_EV_FORBIDDEN, .table = table }, &api);
	const struct ka_object *o = ka_graph_find(g, KA_CONFIGMAP, "kube-system", "aws-auth");

	(void)state;
	assert_non_null(o);
	assert_string_equal(ka_kvs_get(ka_as_configmap(o)->data, "mapRoles"), "[]");
	assert_int_equal(g->ledger[KA_CONFIGMAP].status, KA_EV_FORBIDDEN);
	assert_int_equal(g->ledger[KA_CONFIGMAP].count, 1);
	assert_non_null(strstr(api.log, "/api/v1/namespaces/kube-system/configmaps/kubeadm-config\n"));
	assert_null(strstr(api.log, "configmaps/kubelet-config")); /* it came with the list */
	ka_graph_free(g);
	g = find(&(struct world){ .maps = KA_EV_COMPLETE }, &api);
	assert_null(strstr(api.log, "configmaps/"));
	ka_graph_free(g);
}

static void
a_run_that_ends_early_leaves_no_evidence_that_looks_complete(void **state)
{
	struct ka_api api = { .table = NULL };
	struct ka_build *b = ka_build_new();
	struct ka_fact_finder *f;
	struct ka_graph *g;

	(void)state;
	ka_build_ledger_given(b);
	f = ka_facts_begin(&(struct ka_fact_target){ .api = &api, .b = b });
	ka_facts_end(f);
	g = ka_build_finish(b);
	assert_int_equal(g->ledger[KA_APIENDPOINT].status, KA_EV_FAILED);
	assert_int_equal(g->ledger[KA_APIMETRICS].status, KA_EV_FAILED);
	assert_int_equal(g->ledger[KA_KUBELETCONFIG].status, KA_EV_FAILED);
	ka_graph_free(g);
	for (size_t i = 0; i < api.n; i++)
		free(api.queue[i].path);
	free(api.queue);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_the_server_says_of_itself_is_kept),
		cmocka_unit_test(a_page_of_a_proxy_is_no_answer_to_a_stranger),
		cmocka_unit_test(refused_metrics_are_told_in_the_servers_words),
		cmocka_unit_test(every_kubelet_is_asked_once_through_the_api_server),
		cmocka_unit_test(where_the_proxy_is_refused_the_kubelet_itself_is_asked),
		cmocka_unit_test(a_node_address_that_is_no_address_gets_no_request),
		cmocka_unit_test(a_node_that_does_not_answer_cuts_the_evidence_short),
		cmocka_unit_test(many_dead_nodes_do_not_take_the_time_of_the_run),
		cmocka_unit_test(an_answer_that_is_no_configuration_is_none),
		cmocka_unit_test(what_kubelets_are_meant_to_run_with_is_read_when_they_do_not_answer),
		cmocka_unit_test(arguments_of_k3s_stand_in_for_a_kubelet_that_does_not_answer),
		cmocka_unit_test(without_the_nodes_nobody_knows_whom_to_ask),
		cmocka_unit_test(the_maps_of_the_cluster_are_asked_for_by_name_when_the_list_is_refused),
		cmocka_unit_test(a_run_that_ends_early_leaves_no_evidence_that_looks_complete),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
