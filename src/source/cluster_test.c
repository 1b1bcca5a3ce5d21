#include <stdio.h>
#include <unistd.h>

#include "source/fake_api.h"

#include "source/cluster.h"
#include "source/files.h"

static struct ka_access fake_access = {
	.origin = "context c of kubeconfig", .server = "https://example:6443", .insecure = true,
};

int
ka_access_load(const struct ka_access_opts *opts, struct ka_access **ret, struct ka_err *err)
{
	if (opts->context)
		return ka_err_set(err, KA_EUSAGE, "no context \"%s\"", opts->context);
	*ret = &fake_access;
	return 0;
}

void
ka_access_free(struct ka_access *access)
{
	(void)access;
}

#define RESOURCE(name, kind)                                                                       \
	"{'resource':'" name "','responseKind':{'kind':'" kind "'},'scope':'Namespaced','verbs':['get','list']}"
#define LIST(kind, items) "{'kind':'" kind "List','apiVersion':'v1','metadata':{'resourceVersion':'9'},'items':[" items "]}"
#define METADATA(items)                                                                            \
	"{'kind':'PartialObjectMetadataList','apiVersion':'meta.k8s.io/v1','metadata':{},'items':[" items "]}"
#define SECRET(name)                                                                               \
	"{'metadata':{'name':'" name "','namespace':'shop','annotations':{'kubernetes.io/service-account.name':'x'}}}"
#define SECRETS "/api/v1/secrets?limit=500&fieldSelector=type%"

#define WHO "{'kind':'Status','apiVersion':'v1','status':'Failure','message':'Unauthorized','reason':'Unauthorized','code':401}"
#define SERVER                                                                                     \
	{ .path = "/version", .body = "{'gitVersion':'v1.31.14'}" },                               \
	{ .path = "/api",                                                                          \
	  .body = "{'kind':'APIGroupDiscoveryList','items':[{'metadata':{},'versions':[{'version':'v1','resources':["          \
		  RESOURCE("namespaces", "Namespace") "," RESOURCE("pods", "Pod") "," RESOURCE("secrets", "Secret")           \
		  "]}]}]}" },                                                                      \
	{ .path = "/apis", .body = "{'kind':'APIGroupDiscoveryList','items':[]}" }

static const struct fake_answer server[] = {
	SERVER,
	{ .path = "/api/v1/namespaces?limit=500",
	  .body = LIST("Namespace", "{'metadata':{'name':'kube-system','uid':'u-1'}},{'metadata':{'name':'shop'}}") },
	{ .path = "/api/v1/pods?limit=500", .body = LIST("Pod", "{'metadata':{'name':'p','namespace':'shop'},'spec':{}}") },
	{ .path = SECRETS "3Dkubernetes.io%2Fservice-account-token", .body = METADATA(SECRET("t")) },
	{ .path = SECRETS "21%3Dkubernetes.io%2Fservice-account-token", .body = METADATA(SECRET("o")) },
	{ .path = "/api", .result = KA_API_UNAUTHORIZED, .body = WHO },
	{ .path = "/version", .result = KA_API_UNAUTHORIZED, .body = WHO },
	{ .path = "/healthz", .result = KA_API_UNAUTHORIZED, .body = WHO },
	{ .path = "/metrics", .body = "apiserver_storage_transformation_operations_total{transformation_type='to_storage'} 1\n",
	  .type = "text/plain" },
	{ 0 },
};
static const struct fake_answer mean_server[] = {
	SERVER,
	{ .path = "/api/v1/namespaces?limit=500", .body = LIST("Namespace", "") },
	{ .path = "/api/v1/pods?limit=500", .result = KA_API_FORBIDDEN, .reason = "pods is forbidden" },
	{ .path = SECRETS "3Dkubernetes.io%2Fservice-account-token", .body = METADATA("") },
	{ .path = SECRETS "21%3Dkubernetes.io%2Fservice-account-token", .body = METADATA("") },
	{ 0 },
};

static char said[1024];

static void
say(void *arg, const char *text)
{
	(void)arg;
	strncat(said, text, sizeof said - strlen(said) - 1);
	strncat(said, "\n", sizeof said - strlen(said) - 1);
}

static struct ka_cluster_opts usual = { .json = true, .warn = say };

static void
assert_same_cluster(const struct ka_graph *g)
{
	assert_int_equal(g->source_class, KA_SOURCE_CLUSTER);
	assert_string_equal(g->source, "cluster: https://example:6443 (context c of kubeconfig)");
	assert_string_equal(g->cluster_uid, "u-1");
	assert_string_equal(g->kubernetes_version, "v1.31.14");
	assert_int_equal(strlen(g->started), 20);
	assert_int_equal(strlen(g->finished), 20);
	assert_int_equal(g->nserved, 3);
	assert_string_equal(g->served[1].resource, "pods");
	assert_int_equal(g->served[1].verbs.n, 2);
	assert_int_equal(g->ledger[KA_POD].status, KA_EV_COMPLETE);
	assert_int_equal(g->ledger[KA_POD].count, 1);
	assert_int_equal(g->ledger[KA_SECRET].count, 2);
	assert_int_equal(g->ledger[KA_NODE].status, KA_EV_ABSENT);
	assert_int_equal(g->ledger[KA_OTHER].status, KA_EV_COMPLETE);
	assert_string_equal(ka_as_secret(ka_graph_find(g, KA_SECRET, "shop", "t"))->type,
			    "kubernetes.io/service-account-token");
	assert_string_equal(ka_as_secret(ka_graph_find(g, KA_SECRET, "shop", "o"))->type, KA_SECRET_OTHER);
}

static void
the_graph_says_which_cluster_it_is_of(void **state)
{
	struct ka_graph *g;
	struct ka_err err;

	(void)state;
	fake_start(server);
	said[0] = '\0';
	assert_int_equal(ka_cluster_load(&usual, &g, &err), 0);
	assert_same_cluster(g);
	assert_non_null(strstr(said, "insecure-skip-tls-verify"));
	ka_graph_free(g);
}

/* A request that is not scripted fails the test. */
static const struct fake_answer narrow_server[] = {
	SERVER,
	{ .path = "/api/v1/pods?limit=500", .body = LIST("Pod", "{'metadata':{'name':'p','namespace':'shop'},'spec':{}}") },
	{ 0 },
};

static void
a_question_reads_what_it_needs_alone(void **state)
{
	struct ka_cluster_opts opts = usual;
	struct ka_graph *g;
	struct ka_err err;

	(void)state;
	opts.kinds = KA_BIT(KA_POD) | KA_BIT(KA_NODE);
	fake_start(narrow_server);
	assert_int_equal(ka_cluster_load(&opts, &g, &err), 0);
	assert_int_equal(g->ledger[KA_POD].status, KA_EV_COMPLETE);
	assert_int_equal(g->ledger[KA_NODE].status, KA_EV_ABSENT);
	assert_int_equal(g->ledger[KA_SECRET].status, KA_EV_NOT_OFFERED);
	assert_int_equal(g->of[KA_POD].n, 1);
	ka_graph_free(g);
}

static void
a_snapshot_is_read_back_as_what_was_live(void **state)
{
	char path[] = "/tmp/kassay-cluster-test-XXXXXX";
	const char *const paths[] = { path };
	const struct ka_files_opts files = KA_FILES_OPTS_DEFAULT;
	int fd = mkstemp(path);
	struct ka_graph *g;
	bool incomplete;
	struct ka_err err;

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	fake_start(server);
	fake_access.insecure = false;
	said[0] = '\0';
	assert_int_equal(ka_cluster_snapshot(&usual, path, &incomplete, &err), 0);
	assert_string_equal(said, "");
	assert_false(incomplete);
	assert_int_equal(ka_files_load(paths, 1, &files, &g, &err), 0);
	assert_same_cluster(g);
	ka_graph_free(g);
	unlink(path);
}

static void
what_a_snapshot_lacks_is_told_when_it_is_taken(void **state)
{
	bool incomplete = false;
	struct ka_err err;

	(void)state;
	fake_start(mean_server);
	said[0] = '\0';
	assert_int_equal(ka_cluster_snapshot(&usual, "/dev/null", &incomplete, &err), 0);
	assert_true(incomplete);
	assert_non_null(strstr(said, "Pod: forbidden: pods is forbidden\n"));
}

static void
a_server_that_cannot_be_reached_is_an_error_and_no_empty_cluster(void **state)
{
	struct ka_cluster_opts opts = usual;
	struct ka_graph *g;
	struct ka_err err;

	(void)state;
	fake_start(server);
	fake_api.broken = true;
	assert_int_equal(ka_cluster_load(&opts, &g, &err), -1);
	assert_string_equal(err.msg, "connection refused");
	opts.access.context = "x";
	assert_int_equal(ka_cluster_load(&opts, &g, &err), -1);
	assert_string_equal(err.msg, "no context \"x\"");
}

#define REVIEWS "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"

static const struct fake_answer reviewer[] = {
	SERVER,
	{ .path = REVIEWS, .post = "'verb':'list','group':'','resource':'pods'}", .body = "{'status':{'allowed':false,'reason':'not you'}}" },
	{ .path = REVIEWS, .post = "'resource':'namespaces'}", .result = KA_API_FAILED, .reason = "500" },
	{ .path = REVIEWS, .always = true, .body = "{'status':{'allowed':true}}" },
	{ 0 },
};

static char told[65536];

static void
tell(void *arg, const struct ka_dry_request *r)
{
	size_t at = strlen(told);

	(void)arg;
	snprintf(told + at, sizeof told - at, "%s %s %s\n", ka_evidence_status_name(r->status), r->path,
		 r->reason ? r->reason : "-");
}

static void
a_dry_run_asks_what_would_be_refused_and_lists_nothing(void **state)
{
	struct ka_err err;

	(void)state;
	fake_start(reviewer);
	told[0] = '\0';
	assert_int_equal(ka_cluster_dry_run(&usual, tell, NULL, &err), 0);
	assert_non_null(strstr(told, "forbidden /api/v1/pods?limit=500 not you\n"));
	assert_non_null(strstr(told, "failed /api/v1/namespaces?limit=500 500\n"));
	assert_non_null(strstr(told, "complete " SECRETS "3Dkubernetes.io%2Fservice-account-token -\n"));
	assert_non_null(strstr(told, "absent /api/v1/nodes -\n"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_graph_says_which_cluster_it_is_of),
		cmocka_unit_test(a_question_reads_what_it_needs_alone),
		cmocka_unit_test(a_snapshot_is_read_back_as_what_was_live),
		cmocka_unit_test(what_a_snapshot_lacks_is_told_when_it_is_taken),
		cmocka_unit_test(a_server_that_cannot_be_reached_is_an_error_and_no_empty_cluster),
		cmocka_unit_test(a_dry_run_asks_what_would_be_refused_and_lists_nothing),
	};

	usual.limits = KA_LIMITS_DEFAULT;
	return cmocka_run_group_tests_name("source/cluster", tests, NULL, NULL);
}
