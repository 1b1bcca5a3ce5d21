#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "model/testing.h"

#define SPEC "{'containers':[{'name':'c','image':'i'}]}"
#define POD(name, owner, extra)                                                                     \
	"{'apiVersion':'v1','kind':'Pod','metadata':{'name':'" name "','namespace':'n','labels':{"     \
	"'pod-template-hash':'5d9c'},'ownerReferences':[" owner "]},'spec':{" extra                    \
	"'containers':[{'name':'c','image':'i'}]}}"
#define OWNER(api, kind, name) \
	"{'apiVersion':'" api "','kind':'" kind "','name':'" name "','controller':true,'uid':'u'}"
#define DEPLOYMENT \
	"{'apiVersion':'apps/v1','kind':'Deployment','metadata':{'name':'web','namespace':'n'}," \
	"'spec':{'template':{'spec':" SPEC "}}}"

static void
twenty_pods_are_one_unit_under_their_deployment(void **state)
{
	struct ka_graph *g = test_graph((const char *const[]){
		DEPLOYMENT,
		"{'apiVersion':'apps/v1','kind':'ReplicaSet','metadata':{'name':'web-5d9c','namespace':'n','ownerReferences':["
		OWNER("apps/v1", "Deployment", "web") "]},'spec':{'replicas':2,'template':{'spec':" SPEC "}}}",
		POD("web-5d9c-a", OWNER("apps/v1", "ReplicaSet", "web-5d9c"), "'nodeName':'n1',"),
		POD("web-5d9c-b", OWNER("apps/v1", "ReplicaSet", "web-5d9c"), "'nodeName':'n2','serviceAccountName':'default',"),
		NULL });

	(void)state;
	assert_int_equal(g->npodspecs, 1);
	assert_int_equal(g->nunits, 1);
	assert_string_equal(g->unit[0].object->kind_name, "Deployment");
	assert_string_equal(g->unit[0].path, "spec.template.spec");
	assert_int_equal(g->unit[0].instances, 2);
	assert_false(g->unit[0].template_only);
	assert_string_equal(ka_as_pod(g->of[KA_POD].v[1])->node, "n2");
	ka_graph_free(g);
}

static void
a_missing_replica_set_is_seen_through_by_its_hash(void **state)
{
	struct ka_graph *g = test_graph((const char *const[]){
		DEPLOYMENT, POD("a", OWNER("apps/v1", "ReplicaSet", "web-5d9c"), ""),
		POD("b", OWNER("apps/v1", "ReplicaSet", "web-ffff"), ""), NULL });

	(void)state;
	/* web-ffff does not carry the pod's hash: it may be anybody's ReplicaSet. */
	assert_int_equal(g->nunits, 2);
	assert_string_equal(g->unit[0].object->kind_name, "ReplicaSet");
	assert_true(g->unit[0].object->ghost);
	assert_string_equal(g->unit[1].object->name, "web");
	assert_int_equal(g->unit[1].instances, 1);
	ka_graph_free(g);
}

static void
an_operators_pods_are_grouped_under_what_owns_them(void **state)
{
	struct ka_graph *g = test_graph((const char *const[]){
		POD("a", OWNER("argoproj.io/v1alpha1", "Workflow", "w"), ""),
		POD("b", OWNER("argoproj.io/v1alpha1", "Workflow", "w"), ""),
		POD("c", OWNER("v1", "Node", "node-1"), ""), NULL });

	(void)state;
	assert_int_equal(g->nunits, 2);
	assert_string_equal(g->unit[0].object->name, "c");
	assert_string_equal(g->unit[1].object->kind_name, "Workflow");
	assert_int_equal(g->unit[1].instances, 2);
	ka_graph_free(g);
}

static void
old_replica_sets_are_not_what_runs(void **state)
{
	struct ka_graph *g = test_graph((const char *const[]){
		DEPLOYMENT,
		"{'apiVersion':'apps/v1','kind':'ReplicaSet','metadata':{'name':'web-1','namespace':'n','ownerReferences':["
		OWNER("apps/v1", "Deployment", "web") "]},'spec':{'replicas':0,'template':{'spec':{'hostPID':true}}}}",
		"{'apiVersion':'apps/v1','kind':'ReplicaSet','metadata':{'name':'gone-1','namespace':'n','ownerReferences':["
		OWNER("apps/v1", "Deployment", "gone") "]},'spec':{'replicas':1,'template':{'spec':{'hostIPC':true}}}}",
		NULL });

	(void)state;
	assert_int_equal(g->nunits, 2);
	assert_string_equal(g->unit[0].object->name, "gone");
	assert_true(g->unit[0].spec->host_ipc);
	assert_string_equal(g->unit[1].object->name, "web");
	assert_false(g->unit[1].spec->host_pid);
	ka_graph_free(g);
}

static void
a_pod_that_was_changed_at_admission_is_a_unit_of_its_own(void **state)
{
	struct ka_graph *g = test_graph((const char *const[]){
		DEPLOYMENT,
		"{'apiVersion':'v1','kind':'Pod','metadata':{'name':'a','namespace':'n','labels':{'pod-template-hash':'5d9c'},"
		"'ownerReferences':[" OWNER("apps/v1", "ReplicaSet", "web-5d9c") "]},'spec':{'containers':["
		"{'name':'c','image':'i'},{'name':'proxy','image':'p'}]}}",
		NULL });

	(void)state;
	assert_int_equal(g->nunits, 2);
	assert_true(g->unit[0].template_only);
	assert_int_equal(g->unit[1].instances, 1);
	assert_int_equal(g->unit[1].spec->ncontainers, 2);
	assert_ptr_equal(g->unit[0].object, g->unit[1].object);
	ka_graph_free(g);
}

static void
the_token_volume_of_the_api_server_does_not_make_a_pod_different(void **state)
{
#define TOKEN(x)                                                                                    \
	"{'apiVersion':'v1','kind':'Pod','metadata':{'name':'" x "','namespace':'n'},'spec':{'volumes':[{" \
	"'name':'kube-api-access-" x "','projected':{'sources':[{'serviceAccountToken':{'path':'token'}}]}}]," \
	"'containers':[{'name':'c','image':'i','volumeMounts':[{'name':'kube-api-access-" x                 \
	"','mountPath':'/var/run/secrets/kubernetes.io/serviceaccount'}]}]},'status':{}}"
	struct ka_graph *g = test_graph((const char *const[]){ TOKEN("abcde"), TOKEN("fghij"), NULL });

	(void)state;
	assert_int_equal(g->npodspecs, 1);
	assert_int_equal(g->of[KA_POD].n, 2);
	assert_int_equal(ka_as_pod(g->of[KA_POD].v[0])->spec->nvolumes, 0);
	assert_int_equal(ka_as_pod(g->of[KA_POD].v[0])->spec->container[0].nmounts, 0);
	ka_graph_free(g);
#undef TOKEN
}

/* Words that happen to look like what is left out of the comparison of specs. */
static void
specs_that_differ_in_a_word_are_two(void **state)
{
#define ARGS(x, args)                                                                               \
	"{'apiVersion':'v1','kind':'Pod','metadata':{'name':'" x "','namespace':'n'},'spec':{"       \
	"'containers':[{'name':'c','image':'i','args':[" args "]}],'nodeName':'" x "'},'status':{}}"
	struct ka_graph *g = test_graph((const char *const[]){
		ARGS("a", "'nodeName','one'"), ARGS("b", "'nodeName','two'"),
		ARGS("c", "'kube-api-access-abcde'"), ARGS("d", "'kube-api-access-fghij'"),
		ARGS("e", "'same'"), ARGS("f", "'same'"), NULL });

	(void)state;
	assert_int_equal(g->npodspecs, 5);
	ka_graph_free(g);
#undef ARGS
}

static void
a_volume_that_only_sounds_like_the_token_stays(void **state)
{
	struct ka_graph *g = test_graph((const char *const[]){
		"{'apiVersion':'v1','kind':'Pod','metadata':{'name':'p','namespace':'n'},'spec':{'volumes':[{"
		"'name':'kube-api-access-abcde','hostPath':{'path':'/'}}],'containers':[{'name':'c','image':'i',"
		"'volumeMounts':[{'name':'kube-api-access-abcde','mountPath':'/host'}]}]},'status':{}}", NULL });

	(void)state;
	assert_int_equal(g->unit[0].spec->nvolumes, 1);
	assert_int_equal(g->unit[0].spec->container[0].nmounts, 1);
	ka_graph_free(g);
}

/* Specs are recognised by their text, without what is different on each pod: only that may be left out. */
static void
pods_that_are_alike_but_for_their_node_share_a_spec(void **state)
{
#define ONE(name, spec) \
	"{'apiVersion':'v1','kind':'Pod','metadata':{'name':'" name "','namespace':'n'},'spec':{" spec "},'status':{}}"
	static const struct {
		const char *a, *b;
		size_t specs;
	} cases[] = {
		{ ONE("a", "'containers':[],'nodeName':'x'"), ONE("b", "'containers':[],'nodeName':'yy'"), 1 },
		{ ONE("a", "'hostPID':true,'nodeName':'x'"), ONE("b", "'hostIPC':true,'nodeName':'x'"), 2 },
		{ ONE("a", "'volumes':[{'name':'nodeName','emptyDir':{}}]"),
		  ONE("b", "'volumes':[{'name':'nodeName','hostPath':{}}]"), 2 },
		{ ONE("a", "'containers':[{'name':'c','image':'kube-api-access-abcde'}]"),
		  ONE("b", "'containers':[{'name':'c','image':'kube-api-access-fghij'}]"), 2 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct ka_graph *g = test_graph((const char *const[]){ cases[i].a, cases[i].b, NULL });

		assert_int_equal(g->npodspecs, cases[i].specs);
		ka_graph_free(g);
	}
#undef ONE
}

static void
owners_in_a_circle_end(void **state)
{
	struct ka_graph *g = test_graph((const char *const[]){
		"{'apiVersion':'apps/v1','kind':'ReplicaSet','metadata':{'name':'a','namespace':'n','ownerReferences':["
		OWNER("apps/v1", "ReplicaSet", "b") "]},'spec':{'template':{'spec':" SPEC "}}}",
		"{'apiVersion':'apps/v1','kind':'ReplicaSet','metadata':{'name':'b','namespace':'n','ownerReferences':["
		OWNER("apps/v1", "ReplicaSet", "c") "]},'spec':{'template':{'spec':" SPEC "}}}",
		"{'apiVersion':'apps/v1','kind':'ReplicaSet','metadata':{'name':'c','namespace':'n','ownerReferences':["
		OWNER("apps/v1", "ReplicaSet", "a") "]},'spec':{'template':{'spec':" SPEC "}}}",
		NULL });

	(void)state;
	/* None is lost: a template that nobody can be found for is judged under its own name. */
	assert_int_equal(g->nunits, 3);
	ka_graph_free(g);
}

static void
the_same_object_read_twice_counts_once(void **state)
{
	struct ka_graph *g = test_graph((const char *const[]){
		"{'apiVersion':'v1','kind':'Namespace','metadata':{'name':'a','uid':'1'}}",
		"{'apiVersion':'v1','kind':'Namespace','metadata':{'name':'a','uid':'1'}}",
		"{'apiVersion':'v1','kind':'Namespace','metadata':{'name':'b'}}",
		"{'apiVersion':'v1','kind':'Namespace','metadata':{'name':'b'}}", NULL });

	(void)state;
	assert_int_equal(g->of[KA_NAMESPACE].n, 3);
	assert_int_equal(g->duplicates, 1);
	assert_non_null(ka_graph_find(g, KA_NAMESPACE, NULL, "b"));
	assert_null(ka_graph_find(g, KA_NAMESPACE, NULL, "c"));
	ka_graph_free(g);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(twenty_pods_are_one_unit_under_their_deployment),
		cmocka_unit_test(a_missing_replica_set_is_seen_through_by_its_hash),
		cmocka_unit_test(an_operators_pods_are_grouped_under_what_owns_them),
		cmocka_unit_test(old_replica_sets_are_not_what_runs),
		cmocka_unit_test(a_pod_that_was_changed_at_admission_is_a_unit_of_its_own),
		cmocka_unit_test(the_token_volume_of_the_api_server_does_not_make_a_pod_different),
		cmocka_unit_test(specs_that_differ_in_a_word_are_two),
		cmocka_unit_test(a_volume_that_only_sounds_like_the_token_stays),
		cmocka_unit_test(pods_that_are_alike_but_for_their_node_share_a_spec),
		cmocka_unit_test(owners_in_a_circle_end),
		cmocka_unit_test(the_same_object_read_twice_counts_once),
	};

	return cmocka_run_group_tests_name("model/link", tests, NULL, NULL);
}
