#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/build.h"
#include "model/graph.h"
#include "model/proto.h"
#include "model/trim.h"
#include "util/proto_testing.h"

/* --- the tables ---------------------------------------------------------------------------------- */

static const struct ka_proto_schema *
table(enum ka_kind kind)
{
	const struct ka_kind_info *info = ka_kind_info(kind);
	char api_version[100];

	snprintf(api_version, sizeof api_version, "%s%s%s", info->group, info->group[0] ? "/" : "",
		 info->version);
	return ka_proto_schema(api_version, info->kind);
}

static void
every_kind_of_the_api_has_a_table_and_no_other(void **state)
{
	(void)state;
	for (int k = 0; k < KA_OTHER; k++) {
		bool fact = ka_kind_info((enum ka_kind)k)->grant != NULL;

		if ((table((enum ka_kind)k) == NULL) != fact)
			fail_msg("%s", ka_kind_info((enum ka_kind)k)->kind);
	}
	assert_non_null(ka_proto_schema("meta.k8s.io/v1", "PartialObjectMetadata"));
	assert_non_null(ka_proto_schema("v1", "Status"));
	assert_null(ka_proto_schema("v1", "Event"));
	assert_null(ka_proto_schema("v1", ""));
	assert_null(ka_proto_schema("v2", "Pod"));
	assert_null(ka_proto_schema("v1beta1", "Pod"));
	assert_null(ka_proto_schema("apps/v1beta1", "Deployment"));
	assert_null(ka_proto_schema("extensions/v1beta1", "Deployment"));
	assert_null(ka_proto_schema("apps", "Deployment"));
	assert_null(ka_proto_schema("v1", "Deployment"));
}

static void
name_is_new(const struct ka_proto_schema *s, const char *name, unsigned *found)
{
	for (size_t i = 0; i < s->n; i++) {
		if (s->field[i].type == KA_PB_INLINE)
			name_is_new(s->field[i].message, name, found);
		else if (strcmp(s->field[i].name, name) == 0)
			++*found;
	}
}

/* In order, no name twice, flags that go together; and the tables below it, which end. */
static void
check_table(const struct ka_proto_schema *s, unsigned depth)
{
	bool nulls = false;

	assert_true(depth < 32);
	assert_true(s->n <= 64);
	for (size_t i = 0; i < s->n; i++) {
		const struct ka_proto_field *f = &s->field[i];
		bool message = f->type == KA_PB_MSG || f->type == KA_PB_INLINE;
		unsigned found = 0;

		if (i)
			assert_true(f->number > s->field[i - 1].number || !f->number);
		assert_int_equal(f->value != NULL, f->number == 0);
		assert_int_equal(f->message != NULL, message);
		assert_int_equal(f->name != NULL, f->type != KA_PB_INLINE);
		if (f->flags & KA_PB_NULL)
			nulls = true;
		if (f->name)
			name_is_new(s, f->name, &found);
		if (f->name && found != 1)
			fail_msg("%s is there %u times", f->name, found);
		if (message)
			check_table(f->message, depth + 1);
	}
	assert_int_equal(s->nulls, nulls);
}

static void
tables_are_in_order_and_have_no_name_twice(void **state)
{
	(void)state;
	for (int k = 0; k < KA_OTHER; k++)
		if (table((enum ka_kind)k))
			check_table(table((enum ka_kind)k), 0);
	check_table(ka_proto_schema("meta.k8s.io/v1", "PartialObjectMetadata"), 0);
	check_table(ka_proto_schema("v1", "Status"), 0);
}

/* --- objects ------------------------------------------------------------------------------------- */

struct taken {
	struct ka_build *b;
	const struct ka_list_hint *hint; /* in place of the list's head, or NULL */
	struct ka_buf trimmed;           /* a line for each object */
};

static int
on_value(void *arg, struct ka_tape *t, const struct ka_node *root, const struct ka_list_head *head,
	 struct ka_err *err)
{
	struct taken *taken = arg;
	struct ka_list_hint of_list = { .api_version = head->api_version, .kind = head->kind };
	const struct ka_object *obj = NULL;
	struct ka_out *out = ka_out_mem();
	const char *text;
	size_t len;

	(void)err;
	ka_build_add(taken->b, t, root, taken->hint ? taken->hint : &of_list, &obj);
	assert_non_null(obj);
	ka_trim_write(out, t, root, obj);
	text = ka_out_memory(out, &len);
	ka_buf_add(&taken->trimmed, text, len, NULL);
	ka_buf_add(&taken->trimmed, "\n", 1, NULL);
	ka_out_discard(out);
	return 0;
}

static int
on_list(void *arg, const struct ka_list_head *head, uint32_t line, struct ka_err *err)
{
	(void)arg;
	(void)head;
	(void)line;
	(void)err;
	return 0;
}

static int
on_bad(void *arg, uint32_t line, const char *kind_hint, const struct ka_err *why)
{
	(void)arg;
	(void)line;
	(void)kind_hint;
	fail_msg("%s", why->msg);
	return -1;
}

static const struct ka_sink sink_of_all = { .value = on_value, .list = on_list, .bad = on_bad };

static void
start(struct taken *taken)
{
	*taken = (struct taken){ .b = ka_build_new() };
	ka_build_file(taken->b, "test");
	ka_buf_init(&taken->trimmed, 1 << 20);
}

static struct ka_graph *
finish(struct taken *taken)
{
	ka_buf_release(&taken->trimmed);
	return ka_build_finish(taken->b);
}

static void
take_proto(struct taken *taken, const char *api_version, const char *kind, const char *message)
{
	struct ka_sink sink = sink_of_all;
	struct ka_err err = { KA_OK, "" };
	struct ka_buf b;

	sink.arg = taken;
	ka_buf_init(&b, 1 << 20);
	put_answer(&b, api_version, kind, message);
	if (ka_proto_read(b.s, b.len, NULL, ka_proto_schema, &sink, &err) < 0)
		fail_msg("%s", err.msg);
	ka_buf_release(&b);
}

/* ' for ". */
static void
take_json(struct taken *taken, const char *json)
{
	struct ka_sink sink = sink_of_all;
	struct ka_err err = { KA_OK, "" };
	struct text_in text = { .len = strlen(json), .piece = SIZE_MAX };
	struct ka_in in = { .read = text_read, .arg = &text };
	char *s = strdup(json);

	assert_non_null(s);
	for (char *p = s; (p = strchr(p, '\''));)
		*p = '"';
	text.s = s;
	sink.arg = taken;
	assert_int_equal(ka_json_read(&in, NULL, &sink, &err), 0);
	free(s);
}

/* What Go writes for pods: every field that is no pointer, empty or not. */
#define POD(name, node, image)                                                                     \
	"2{1{1'" name "' 2'' 3'app' 4'' 5'u-" name "' 6'5' 7=0 8{1=1772352000 2=0}"                \
	"  11{1'app' 2'web'} 17{1'kubectl' 2'Update' 3'v1' 6'FieldsV1' 7{1'{}'} 8''}}"             \
	"2{1{1'data' 2{2{1''}}}"                                                                   \
	"  2{1'c' 2'" image "' 3'sh' 4'-c' 4'' 5'' 6{1'' 2=0 3=8080 4'TCP' 5''}"                       \
	"    7{1'MODE' 2'fast'} 7{1'POD' 2'' 3{1{1'v1' 2'metadata.name'}}}"                        \
	"    8{1{1'cpu' 2{1'100m'}}} 9{1'data' 2=0 3'/data' 4'' 6''}"                              \
	"    10{1{2{1'/ok' 2{1=1 2=0 3'web'} 3'' 4'HTTP'}} 2=5 3=1 4=10 5=1 6=3}"                  \
	"    13'' 14'Always' 15{1{1'NET_RAW'} 6=1 7=0} 16=0 17=0 18=0 20''}"                       \
	"  3'Always' 4=30 6'ClusterFirst' 8'web' 9'web' 10'" node "' 11=0 12=0 13=0 14{5=1}"       \
	"  16'' 17'' 19'default-scheduler'}"                                                       \
	"3{1'Running' 6'10.0.0.9' 8{1'c' 4=1 5=0 6'" image "' 7'sha256:1' 8''} 12{1'10.0.0.9'}"    \
	"  2{1'Ready' 2'True'}}}"

#define POD_JSON(name, node, image)                                                                \
	"{'metadata':{'name':'" name "','namespace':'app','uid':'u-" name                          \
	"','resourceVersion':'5','creationTimestamp':'2026-03-01T08:00:00Z',"                      \
	"'labels':{'app':'web'},'managedFields':[{'manager':'kubectl'}]},"                         \
	"'spec':{'volumes':[{'name':'data','emptyDir':{}}],"                                       \
	"'containers':[{'name':'c','image':'" image "','command':['sh'],'args':['-c',''],"         \
	"'ports':[{'containerPort':8080,'protocol':'TCP'}],"                                       \
	"'env':[{'name':'MODE','value':'fast'},{'name':'POD','valueFrom':{'fieldRef':"             \
	"{'apiVersion':'v1','fieldPath':'metadata.name'}}}],"                                      \
	"'resources':{'limits':{'cpu':'100m'}},"                                                   \
	"'volumeMounts':[{'name':'data','mountPath':'/data'}],"                                    \
	"'livenessProbe':{'httpGet':{'path':'/ok','port':'web','scheme':'HTTP'},"                  \
	"'initialDelaySeconds':5,'timeoutSeconds':1,'periodSeconds':10,'successThreshold':1,"      \
	"'failureThreshold':3},'imagePullPolicy':'Always',"                                        \
	"'securityContext':{'capabilities':{'add':['NET_RAW']},'readOnlyRootFilesystem':true,"     \
	"'allowPrivilegeEscalation':false}}],"                                                     \
	"'restartPolicy':'Always','terminationGracePeriodSeconds':30,'dnsPolicy':'ClusterFirst',"  \
	"'serviceAccountName':'web','serviceAccount':'web','nodeName':'" node "',"                 \
	"'securityContext':{'fsGroup':1},'schedulerName':'default-scheduler'},"                    \
	"'status':{'phase':'Running','podIP':'10.0.0.9','containerStatuses':[{'name':'c',"         \
	"'imageID':'sha256:1'}],'podIPs':[{'ip':'10.0.0.9'}]}}"

static void
pods_from_protobuf_are_those_from_json(void **state)
{
	struct taken proto, json;
	struct ka_graph *g;
	const struct ka_pod *a, *b;

	(void)state;
	start(&proto);
	start(&json);
	take_proto(&proto, "v1", "PodList", "1{1'' 2'9' 3''}" POD("a", "n1", "web:1") POD("b", "n2", "web:2"));
	take_json(&json, "{'kind':'PodList','apiVersion':'v1','metadata':{'resourceVersion':'9'},'items':[" POD_JSON(
				 "a", "n1", "web:1") "," POD_JSON("b", "n2", "web:2") "]}");
	assert_string_equal(proto.trimmed.s, json.trimmed.s);
	/* Into one graph: what is equal is kept once. */
	take_json(&proto, "{'kind':'PodList','apiVersion':'v1','items':[" POD_JSON("c", "n3", "web:1") "]}");
	ka_graph_free(finish(&json));
	g = finish(&proto);
	assert_int_equal(g->nproblems, 0);
	assert_int_equal(g->of[KA_POD].n, 3);
	assert_int_equal(g->npodspecs, 2);
	a = (const struct ka_pod *)g->of[KA_POD].v[0];
	b = (const struct ka_pod *)g->of[KA_POD].v[2];
	assert_string_equal(a->obj.name, "a");
	assert_string_equal(b->obj.name, "c");
	assert_ptr_equal(a->spec, b->spec);
	assert_string_equal(a->node, "n1");
	assert_string_equal(a->phase, "Running");
	assert_string_equal(a->image_id[0], "sha256:1");
	assert_int_equal(a->obj.line, 0);
	ka_graph_free(g);
}

static void
what_is_kept_of_a_status_is_the_same_from_protobuf_as_from_json(void **state)
{
	struct taken proto, json;

	(void)state;
	start(&proto);
	start(&json);
	take_proto(&proto, "v1", "NodeList",
		   "1{} 2{1{1'n'} 2{4=1} 3{1{1'cpu' 2{1'4'}} 3'' 4{1'Ready' 2'True'} 5{1'InternalIP' 2'10.0.0.7'}"
		   " 5{1'Hostname' 2'n'} 6{1{1=10250}} 7{1'' 2'' 3'' 4'6.1' 5'Debian' 6'containerd://2' 7'v1.37.2' 8'' 9'linux' 10'amd64'}}}");
	take_json(&json, "{'kind':'NodeList','apiVersion':'v1','items':[{'metadata':{'name':'n'},'spec':{'unschedulable':true},"
			 "'status':{'capacity':{'cpu':'4'},'conditions':[{'type':'Ready','status':'True'}],"
			 "'addresses':[{'type':'InternalIP','address':'10.0.0.7'},{'type':'Hostname','address':'n'}],"
			 "'daemonEndpoints':{'kubeletEndpoint':{'Port':10250}},'nodeInfo':{'machineID':'','systemUUID':'','bootID':'',"
			 "'kernelVersion':'6.1','osImage':'Debian','containerRuntimeVersion':'containerd://2','kubeletVersion':'v1.37.2',"
			 "'kubeProxyVersion':'','operatingSystem':'linux','architecture':'amd64'}}}]}");
	take_proto(&proto, "v1", "NamespaceList", "1{} 2{1{1'a'} 2{1'kubernetes'} 3{1'Active'}} 2{1{1'b'} 2{} 3{1''}}");
	take_json(&json, "{'kind':'NamespaceList','apiVersion':'v1','items':[{'metadata':{'name':'a'},"
			 "'spec':{'finalizers':['kubernetes']},'status':{'phase':'Active'}},"
			 "{'metadata':{'name':'b'},'spec':{},'status':{}}]}");
	assert_string_equal(proto.trimmed.s, json.trimmed.s);
	ka_graph_free(finish(&proto));
	ka_graph_free(finish(&json));
}

static void
pods_that_differ_by_their_node_share_a_spec_and_others_do_not(void **state)
{
	struct taken proto;
	struct ka_graph *g;

	(void)state;
	start(&proto);
	take_proto(&proto, "v1", "PodList",
		   "1{2'9'}" POD("a", "n1", "web:1") POD("b", "n2", "web:1") POD("c", "n3", "web:2")
			   POD("d", "node-with-a-longer-name", "web:1"));
	g = finish(&proto);
	assert_int_equal(g->of[KA_POD].n, 4);
	assert_int_equal(g->npodspecs, 2);
	ka_graph_free(g);
}

static void
objects_of_their_own_say_their_kind(void **state)
{
	struct taken proto;

	(void)state;
	start(&proto);
	take_proto(&proto, "rbac.authorization.k8s.io/v1", "ClusterRole",
		   "1{1'all' 2''} 2{1'*' 2'' 3'pods'} 2{5'/metrics'}");
	assert_string_equal(proto.trimmed.s,
			    "{\"apiVersion\":\"rbac.authorization.k8s.io/v1\",\"kind\":\"ClusterRole\","
			    "\"metadata\":{\"name\":\"all\"},\"rules\":[{\"verbs\":[\"*\"],"
			    "\"apiGroups\":[\"\"],\"resources\":[\"pods\"]},"
			    "{\"nonResourceURLs\":[\"/metrics\"],\"verbs\":null}]}\n");
	ka_graph_free(finish(&proto));
}

static void
the_addresses_of_a_node_are_read_from_either(void **state)
{
	static const char node[] = "{\"apiVersion\":\"v1\",\"kind\":\"Node\",\"metadata\":{\"name\":\"n\"},"
				   "\"spec\":{},\"status\":{\"addresses\":[{\"type\":\"Hostname\",\"address\":\"n\"},"
				   "{\"type\":\"InternalIP\",\"address\":\"10.0.0.7\"}]}}\n";
	struct taken proto, json;
	struct ka_graph *g;

	(void)state;
	start(&proto);
	take_proto(&proto, "v1", "Node", "1{1'n'} 2{} 3{5{1'Hostname' 2'n'} 5{1'InternalIP' 2'10.0.0.7'}}");
	assert_string_equal(proto.trimmed.s, node);
	g = finish(&proto);
	assert_string_equal(ka_as_node(g->of[KA_NODE].v[0])->internal_ip, "10.0.0.7");
	ka_graph_free(g);
	start(&json);
	take_json(&json, node);
	assert_string_equal(json.trimmed.s, node);
	ka_graph_free(finish(&json));
}

static void
a_secrets_data_never_reaches_the_tape(void **state)
{
	struct taken proto;

	(void)state;
	start(&proto);
	take_proto(&proto, "v1", "SecretList", "1{} 2{1{1's' 3'app'} 2{1'key' 2'canary'} 3'Opaque' 4{1'k' 2'canary'}}");
	assert_string_equal(proto.trimmed.s,
			    "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"name\":\"s\","
			    "\"namespace\":\"app\"},\"type\":\"Opaque\"}\n");
	ka_graph_free(finish(&proto));
}

static void
metadata_of_secrets_is_secrets_when_the_caller_says_so(void **state)
{
	static const struct ka_list_hint list = { .secret_type = "kubernetes.io/tls" };
	struct taken taken;
	struct ka_graph *g;

	(void)state;
	start(&taken);
	taken.hint = &list;
	take_proto(&taken, "meta.k8s.io/v1", "PartialObjectMetadataList", "1{2'7'} 2{1{1'a' 3'app'}}");
	take_json(&taken, "{'kind':'PartialObjectMetadataList','apiVersion':'meta.k8s.io/v1','items':["
			  "{'kind':'PartialObjectMetadata','apiVersion':'meta.k8s.io/v1',"
			  "'metadata':{'name':'b','namespace':'app'}}]}");
	assert_string_equal(taken.trimmed.s,
			    "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"type\":\"kubernetes.io/tls\",\"metadata\":{\"name\":\"a\",\"namespace\":\"app\"}}\n"
			    "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"type\":\"kubernetes.io/tls\",\"metadata\":{\"name\":\"b\",\"namespace\":\"app\"}}\n");
	g = finish(&taken);
	assert_int_equal(g->of[KA_SECRET].n, 2);
	for (size_t i = 0; i < 2; i++)
		assert_string_equal(((const struct ka_secret *)g->of[KA_SECRET].v[i])->type, "kubernetes.io/tls");
	ka_graph_free(g);
}

static void
metadata_without_a_hint_is_of_no_kind_that_is_judged(void **state)
{
	struct taken taken;
	struct ka_graph *g;

	(void)state;
	start(&taken);
	take_proto(&taken, "meta.k8s.io/v1", "PartialObjectMetadataList", "2{1{1'a' 3'app'}}");
	take_json(&taken, "{'kind':'PartialObjectMetadata','apiVersion':'meta.k8s.io/v1','metadata':{'name':'b'}}");
	g = finish(&taken);
	assert_int_equal(g->of[KA_OTHER].n, 2);
	assert_string_equal(g->of[KA_OTHER].v[0]->kind_name, "PartialObjectMetadata");
	ka_graph_free(g);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_of_the_api_has_a_table_and_no_other),
		cmocka_unit_test(tables_are_in_order_and_have_no_name_twice),
		cmocka_unit_test(pods_from_protobuf_are_those_from_json),
		cmocka_unit_test(what_is_kept_of_a_status_is_the_same_from_protobuf_as_from_json),
		cmocka_unit_test(pods_that_differ_by_their_node_share_a_spec_and_others_do_not),
		cmocka_unit_test(objects_of_their_own_say_their_kind),
		cmocka_unit_test(the_addresses_of_a_node_are_read_from_either),
		cmocka_unit_test(a_secrets_data_never_reaches_the_tape),
		cmocka_unit_test(metadata_of_secrets_is_secrets_when_the_caller_says_so),
		cmocka_unit_test(metadata_without_a_hint_is_of_no_kind_that_is_judged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
