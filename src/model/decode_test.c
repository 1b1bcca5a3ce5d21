#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "model/testing.h"

static const struct ka_podspec *
spec_of(struct ka_graph **ret_g, const char *spec)
{
	char text[4096];

	snprintf(text, sizeof text,
		 "{'apiVersion':'v1','kind':'Pod','metadata':{'name':'p','namespace':'n'},'spec':%s}", spec);
	*ret_g = test_graph((const char *const[]){ text, NULL });
	assert_int_equal((*ret_g)->of[KA_POD].n, 1);
	return ka_as_pod((*ret_g)->of[KA_POD].v[0])->spec;
}

static void
a_field_of_the_wrong_type_is_told_and_left_out(void **state)
{
	static const struct {
		const char *spec, *what;
	} cases[] = {
		{ "{'hostPID':'true'}", "field \"hostPID\" must be true or false, not a string" },
		{ "{'hostPID':1}", "field \"hostPID\" must be true or false, not a number" },
		{ "{'containers':{}}", "field \"containers\" must be a list, not an object" },
		{ "{'containers':['a']}", "a list holds a string where an object is expected" },
		{ "{'containers':[{'name':'c','image':[]}]}", "field \"image\" must be a string, not a list" },
		{ "{'containers':[{'securityContext':'x'}]}",
		  "field \"securityContext\" must be an object, not a string" },
		{ "{'containers':[{'securityContext':{'runAsUser':'0'}}]}",
		  "field \"runAsUser\" must be a whole number, not a string" },
		{ "{'containers':[{'securityContext':{'capabilities':{'add':'ALL'}}}]}",
		  "field \"add\" must be a list, not a string" },
		{ "{'containers':[{'ports':[{'hostPort':70000}]}]}", "field \"hostPort\" is no port number" },
		{ "{'volumes':[{'name':'v','hostPath':'/'}]}",
		  "field \"hostPath\" must be an object, not a string" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct ka_graph *g;

		spec_of(&g, cases[i].spec);
		assert_int_equal(g->nproblems, 1);
		assert_string_equal(g->problem[0].text, cases[i].what);
		assert_string_equal(g->problem[0].object, "Pod n/p");
		assert_true(g->problem[0].fatal);
		ka_graph_free(g);
	}
}

static void
null_is_the_same_as_absent(void **state)
{
	struct ka_graph *g;
	const struct ka_podspec *s = spec_of(
		&g, "{'hostPID':null,'containers':null,'securityContext':null,'serviceAccountName':null}");

	(void)state;
	assert_int_equal(g->nproblems, 0);
	assert_false(s->host_pid);
	assert_int_equal(s->ncontainers, 0);
	assert_string_equal(s->service_account, "default");
	ka_graph_free(g);
}

static void
the_three_container_lists_keep_their_own_numbers(void **state)
{
	struct ka_graph *g;
	char path[48];
	const struct ka_podspec *s = spec_of(
		&g, "{'ephemeralContainers':[{'name':'e'}],'containers':[{'name':'a'},{'name':'b'}],"
		    "'initContainers':[{'name':'i','restartPolicy':'Always'}]}");

	(void)state;
	assert_int_equal(s->ncontainers, 4);
	assert_true(s->container[0].sidecar);
	assert_string_equal(ka_container_path(&s->container[0], path), "initContainers[0]");
	assert_string_equal(ka_container_path(&s->container[2], path), "containers[1]");
	assert_string_equal(ka_container_path(&s->container[3], path), "ephemeralContainers[0]");
	ka_graph_free(g);
}

static void
what_looks_secret_is_not_kept(void **state)
{
	struct ka_graph *g;
	const struct ka_podspec *s = spec_of(
		&g, "{'containers':[{'name':'c','args':['--password','hunter2hunter2','--x=1'],'env':["
		    "{'name':'DB_PASSWORD','value':'hunter2hunter2'},{'name':'LOG','value':'info'},"
		    "{'name':'T','valueFrom':{'secretKeyRef':{'name':'s','key':'k'}}}]}]}");
	const struct ka_container *c = &s->container[0];

	(void)state;
	assert_null(c->env[0].value);
	assert_non_null(c->env[0].secret);
	assert_string_equal(c->env[1].value, "info");
	assert_null(c->env[1].secret);
	assert_int_equal(c->env[2].from, KA_ENV_SECRET);
	assert_string_equal(c->env[2].ref, "s");
	assert_string_equal(c->args.v[1], "(hidden)");
	assert_string_equal(c->args.v[2], "--x=1");
	assert_null(ka_graph_str(g, "hunter2hunter2"));
	ka_graph_free(g);
}

static void
host_network_gives_ports_their_host_port(void **state)
{
	struct ka_graph *g;
	const struct ka_podspec *s = spec_of(
		&g, "{'hostNetwork':true,'containers':[{'name':'c','ports':[{'containerPort':80}]}]}");

	(void)state;
	assert_int_equal(s->container[0].port[0].host_port, 80);
	assert_string_equal(s->container[0].port[0].protocol, "TCP");
	ka_graph_free(g);
}

static void
a_secret_keeps_no_value(void **state)
{
	struct ka_graph *g = test_graph((const char *const[]){
		"{'apiVersion':'v1','kind':'Secret','metadata':{'name':'s','namespace':'n','annotations':"
		"{'kubectl.kubernetes.io/last-applied-configuration':'canary-1'}},"
		"'data':{'k':'canary-2'},'stringData':{'k':'canary-3'}}",
		NULL });

	(void)state;
	assert_string_equal(ka_as_secret(g->of[KA_SECRET].v[0])->type, "Opaque");
	for (const char *const *s = (const char *const[]){ "canary-1", "canary-2", "canary-3", NULL }; *s; s++)
		assert_null(ka_graph_str(g, *s));
	ka_graph_free(g);
}

static void
policy_types_are_filled_in_as_the_api_server_does(void **state)
{
	static const struct {
		const char *spec;
		unsigned types;
	} cases[] = {
		{ "{'podSelector':{}}", KA_INGRESS_DIR },
		{ "{'podSelector':{},'egress':[]}", KA_INGRESS_DIR },
		{ "{'podSelector':{},'egress':[{}]}", KA_INGRESS_DIR | KA_EGRESS_DIR },
		{ "{'podSelector':{},'policyTypes':['Egress'],'ingress':[{}]}", KA_EGRESS_DIR },
		{ "{'podSelector':{},'policyTypes':['Ingress','Egress']}", KA_INGRESS_DIR | KA_EGRESS_DIR },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char text[512];
		struct ka_graph *g;

		snprintf(text, sizeof text,
			 "{'apiVersion':'networking.k8s.io/v1','kind':'NetworkPolicy','metadata':{'name':'p'},'spec':%s}",
			 cases[i].spec);
		g = test_graph((const char *const[]){ text, NULL });
		assert_int_equal(ka_as_netpol(g->of[KA_NETWORKPOLICY].v[0])->types, cases[i].types);
		assert_int_equal(g->nproblems, 0);
		ka_graph_free(g);
	}
}

/* A policy that selects by something unreadable protects nothing for sure. */
static void
a_label_that_is_no_string_matches_nothing(void **state)
{
	struct ka_graph *g = test_graph((const char *const[]){
		"{'apiVersion':'networking.k8s.io/v1','kind':'NetworkPolicy','metadata':{'name':'p'},"
		"'spec':{'podSelector':{'matchLabels':{'app':true}}}}", NULL });
	const struct ka_selector *sel = ka_as_netpol(g->of[KA_NETWORKPOLICY].v[0])->pods;

	(void)state;
	assert_int_equal(g->nproblems, 1);
	assert_int_equal(sel->n, 1);
	assert_int_equal(sel->req[0].op, KA_SEL_INVALID);
	ka_graph_free(g);
}

/* encoding/json fills a null element with nothing, and an empty rule lets everybody in. */
static void
a_null_rule_is_an_empty_rule(void **state)
{
	struct ka_graph *g = test_graph((const char *const[]){
		"{'apiVersion':'networking.k8s.io/v1','kind':'NetworkPolicy','metadata':{'name':'p'},"
		"'spec':{'podSelector':{},'ingress':[null]}}", NULL });

	(void)state;
	assert_int_equal(ka_as_netpol(g->of[KA_NETWORKPOLICY].v[0])->ningress, 1);
	assert_int_equal(g->nproblems, 0);
	ka_graph_free(g);
}

static void
only_a_role_binding_lends_its_namespace_to_an_account(void **state)
{
	struct ka_graph *g = test_graph((const char *const[]){
		"{'apiVersion':'rbac.authorization.k8s.io/v1','kind':'RoleBinding','metadata':{'name':'a','namespace':'n'},"
		"'roleRef':{'kind':'Role','name':'r'},'subjects':[{'kind':'ServiceAccount','name':'s'}]}",
		"{'apiVersion':'rbac.authorization.k8s.io/v1','kind':'ClusterRoleBinding','metadata':{'name':'b'},"
		"'roleRef':{'kind':'ClusterRole','name':'r'},'subjects':[{'kind':'ServiceAccount','name':'s'},{'kind':'Robot','name':'x'}]}",
		NULL });

	(void)state;
	assert_string_equal(ka_as_binding(g->of[KA_ROLEBINDING].v[0])->subject[0].namespace, "n");
	assert_null(ka_as_binding(g->of[KA_CLUSTERROLEBINDING].v[0])->subject[0].namespace);
	assert_int_equal(ka_as_binding(g->of[KA_CLUSTERROLEBINDING].v[0])->subject[1].kind, KA_SUBJECT_UNKNOWN);
	ka_graph_free(g);
}

static void
what_is_no_object_is_named(void **state)
{
	static const struct {
		const char *json, *what;
		bool lost; /* a kind that checks judge: its evidence is incomplete */
	} cases[] = {
		{ "[1]", "no object at all", false },
		{ "{'a':1}", "an object without kind", false },
		{ "{'apiVersion':'v1','kind':'Pod'}", "kind Pod without apiVersion or name", true },
		{ "{'kind':'Pod','metadata':{'name':'x'}}", "kind Pod without apiVersion or name", true },
		{ "{'apiVersion':'v1','kind':'Pod','metadata':{}}", "kind Pod without apiVersion or name", true },
		{ "{'kind':'Service'}", "kind Service without apiVersion or name", false },
		{ "{'apiVersion':'x.io/v1','kind':'Chart'}", "kind Chart without apiVersion or name", false },
		{ "{'apiVersion':1,'kind':2,'metadata':{'name':'x'}}", "an object without kind", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct ka_graph *g = test_graph((const char *const[]){ cases[i].json, NULL });

		assert_int_equal(g->nskipped, !cases[i].lost);
		assert_int_equal(g->nproblems, cases[i].lost);
		assert_string_equal(cases[i].lost ? g->problem[0].text : g->skipped[0].text, cases[i].what);
		assert_int_equal(g->ledger[KA_POD].status, cases[i].lost ? KA_EV_TRUNCATED : KA_EV_COMPLETE);
		ka_graph_free(g);
	}
}

static void
facts_are_found_by_their_path(void **state)
{
	static const struct {
		const char *path, *value;
	} rows[] = {
		{ "authentication.anonymous.enabled", "false" },
		{ "readOnlyPort", "0" },
		{ "tlsCipherSuites", "A,B" },
		{ "empty", "" },
		{ "list[1].name", "b" },
		{ "nothing", NULL },
		{ "authentication", NULL },
		/* holds tokens */
		{ "staticPodURLHeader.Authorization", NULL },
	};
	struct ka_graph *g = test_graph((const char *const[]){
		"{'apiVersion':'kassay/v1','kind':'KubeletConfig','metadata':{'name':'n'},'source':'/x','facts':"
		"{'authentication':{'anonymous':{'enabled':false}},'readOnlyPort':0,'tlsCipherSuites':['A','B'],"
		"'empty':{},'nothing':null,'staticPodURLHeader':{'Authorization':['Bearer abcdefghijklmnop1']},"
		"'list':[{'name':'a'},{'name':'b'}]}}",
		NULL });
	const struct ka_fact *fact;

	(void)state;
	assert_int_equal(g->of[KA_KUBELETCONFIG].n, 1);
	assert_int_equal(g->ledger[KA_KUBELETCONFIG].status, KA_EV_COMPLETE);
	assert_int_equal(g->ledger[KA_NODEFILES].status, KA_EV_NOT_OFFERED);
	fact = ka_as_fact(g->of[KA_KUBELETCONFIG].v[0]);
	assert_string_equal(fact->source, "/x");
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const char *value = ka_kvs_get(fact->value, rows[i].path);

		if (!rows[i].value)
			assert_null(value);
		else
			assert_string_equal(value, rows[i].value);
	}
	ka_graph_free(g);
}

static void
files_of_a_node_are_told_by_role(void **state)
{
	struct ka_graph *g = test_graph((const char *const[]){
		"{'apiVersion':'kassay/v1','kind':'NodeFiles','metadata':{'name':'n'},'source':'kassay node','facts':{"
		"'kubelet':{'seen':true,'args':['--token','s3cr3t-s3cr3t','--v=2']},'files':["
		"{'role':'pki','path':'/a','type':'file','mode':'4755','uid':0,'gid':7,'owner':'root','group':'7'},"
		"{'role':'pki','path':'/b','type':'file','mode':'0689'},{'role':'pki','path':'/c','mode':384},"
		"{'role':'cni','absent':true},{'role':'etcd-data','path':'/e','error':'permission denied','mode':'9'},"
		"{'path':'/d'}]}}",
		NULL });
	const struct ka_node_files *n;

	(void)state;
	assert_int_equal(g->of[KA_NODEFILES].n, 1);
	n = ka_as_node_files(g->of[KA_NODEFILES].v[0]);
	assert_int_equal(n->kubelet_seen, KA_YES);
	assert_int_equal(n->kubelet_args.n, 3);
	assert_string_equal(n->kubelet_args.v[1], "(hidden)");
	assert_int_equal(n->nfiles, 5);
	assert_int_equal(n->file[0].mode.v, 04755);
	assert_int_equal(n->file[0].gid.v, 7);
	assert_false(n->file[1].mode.set);
	assert_false(n->file[2].mode.set);
	assert_true(n->file[3].absent);
	assert_string_equal(n->file[4].error, "permission denied");
	assert_int_equal(g->nproblems, 3);
	assert_string_equal(g->problem[2].text, "a file without role or path");
	ka_graph_free(g);
}

static void
bindings_and_cron_jobs_tell_times(void **state)
{
	static const char *const world[] = {
		"{'apiVersion':'rbac.authorization.k8s.io/v1','kind':'RoleBinding','metadata':{'name':'a','namespace':'n',"
		"'creationTimestamp':'1970-01-02T00:00:00Z'}}",
		"{'apiVersion':'rbac.authorization.k8s.io/v1','kind':'RoleBinding','metadata':{'name':'b','namespace':'n',"
		"'creationTimestamp':null}}",
		"{'apiVersion':'rbac.authorization.k8s.io/v1','kind':'RoleBinding','metadata':{'name':'c','namespace':'n',"
		"'creationTimestamp':'yesterday'}}",
		"{'apiVersion':'batch/v1','kind':'CronJob','metadata':{'name':'a','namespace':'n'},'spec':{'schedule':'@monthly'}}",
		"{'apiVersion':'batch/v1','kind':'CronJob','metadata':{'name':'b','namespace':'n'},'spec':{}}",
		NULL,
	};
	struct ka_graph *g = test_graph(world);

	(void)state;
	assert_int_equal(ka_as_binding(g->of[KA_ROLEBINDING].v[0])->created, 86400);
	assert_int_equal(ka_as_binding(g->of[KA_ROLEBINDING].v[1])->created, 0);
	assert_int_equal(ka_as_binding(g->of[KA_ROLEBINDING].v[2])->created, 0);
	assert_string_equal(ka_as_workload(g->of[KA_CRONJOB].v[0])->schedule, "@monthly");
	assert_null(ka_as_workload(g->of[KA_CRONJOB].v[1])->schedule);
	ka_graph_free(g);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(facts_are_found_by_their_path),
		cmocka_unit_test(files_of_a_node_are_told_by_role),
		cmocka_unit_test(a_field_of_the_wrong_type_is_told_and_left_out),
		cmocka_unit_test(null_is_the_same_as_absent),
		cmocka_unit_test(the_three_container_lists_keep_their_own_numbers),
		cmocka_unit_test(what_looks_secret_is_not_kept),
		cmocka_unit_test(host_network_gives_ports_their_host_port),
		cmocka_unit_test(a_secret_keeps_no_value),
		cmocka_unit_test(policy_types_are_filled_in_as_the_api_server_does),
		cmocka_unit_test(a_label_that_is_no_string_matches_nothing),
		cmocka_unit_test(a_null_rule_is_an_empty_rule),
		cmocka_unit_test(only_a_role_binding_lends_its_namespace_to_an_account),
		cmocka_unit_test(bindings_and_cron_jobs_tell_times),
		cmocka_unit_test(what_is_no_object_is_named),
	};
	return cmocka_run_group_tests_name("model/decode", tests, NULL, NULL);
}
