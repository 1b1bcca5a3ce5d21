#include "source/fake_api.h"

#include "source/lists.h"
#include "source/page.h"

static const struct ka_strs nothing;

/* Pods, secrets and Cilium's policies of a scripted server, read. */
struct reading {
	struct ka_build *b;
	struct ka_plan plan;
	struct ka_graph *g;
	unsigned seen;
};

static void
serve(struct ka_build *b, const char *group, const char *version, const char *resource, const char *kind)
{
	static const char *const verbs[] = { "list" };
	const struct ka_served s = { group, version, resource, kind, true, { 1, verbs }, { 0, NULL } };

	ka_build_served(b, &s);
}

static void
see(void *arg, const struct ka_object *obj)
{
	(void)obj;
	((struct reading *)arg)->seen++;
}

static struct reading
read_in(const struct fake_answer *answer, const struct ka_strs *namespaces, const struct ka_lost_group *lost)
{
	struct reading r = { .b = ka_build_new() };
	const struct ka_lists_opts opts = {
		.page_size = 2, .json = true, .limits = KA_LIMITS_DEFAULT, .object = see, .arg = &r,
	};
	struct ka_lists *l;

	if (answer)
		fake_start(answer);
	if (!lost) {
		serve(r.b, "", "v1", "pods", "Pod");
		serve(r.b, "", "v1", "secrets", "Secret");
		serve(r.b, "", "v1", "namespaces", "Namespace");
		serve(r.b, "cilium.io", "v2", "ciliumnetworkpolicies", "CiliumNetworkPolicy");
	}
	ka_build_file(r.b, "discovery");
	ka_build_ledger_given(r.b);
	ka_plan_make(&r.plan, ka_build_graph(r.b), lost, lost ? 2 : 0, namespaces);
	l = ka_lists_new(&fake_api, r.b, NULL, &r.plan, &opts);
	ka_lists_start(l);
	assert_int_equal(ka_api_run(&fake_api, NULL), 0);
	ka_lists_ledger(l, namespaces);
	ka_lists_free(l);
	r.g = ka_build_finish(r.b);
	return r;
}

static void
done(struct reading *r)
{
	ka_plan_release(&r->plan);
	ka_graph_free(r->g);
}

static const struct ka_evidence *
pods_after(const struct fake_answer *answer, struct reading *ret)
{
	*ret = read_in(answer, &nothing, NULL);
	return &ret->g->ledger[KA_POD];
}

#define PODS(meta, items) "{'kind':'PodList','apiVersion':'v1','metadata':{" meta "},'items':[" items "]}"
#define POD(name)	  "{'metadata':{'name':'" name "','namespace':'n','uid':'" name "'},'spec':{'containers':[]}}"
#define FIRST		  { .path = "/api/v1/pods?limit=2", .body = PODS("'resourceVersion':'7','continue':'A'", POD("a") "," POD("b")) }

static void
pages_follow_each_other_to_the_end(void **state)
{
	static const struct fake_answer script[] = {
		FIRST,
		{ .path = "/api/v1/pods?limit=2&continue=A",
		  .body = PODS("'resourceVersion':'7','continue':'B'", POD("c") "," POD("d")) },
		{ .path = "/api/v1/pods?limit=2&continue=B", .body = PODS("'resourceVersion':'7'", POD("e")) },
		{ 0 },
	};
	struct reading r;
	const struct ka_evidence *e = pods_after(script, &r);

	(void)state;
	assert_int_equal(e->status, KA_EV_COMPLETE);
	assert_int_equal(e->count, 5);
	assert_int_equal(r.seen, 5);
	assert_string_equal(e->api_path, "/api/v1/pods");
	assert_string_equal(e->resource_version, "7");
	assert_null(e->reason);
	assert_int_equal(strlen(e->time), 20);
	assert_int_equal(r.g->of[KA_POD].n, 5);
	assert_string_equal(r.g->of[KA_POD].v[0]->api_version, "v1");
	assert_int_equal(fake_api.twice, 0);
	assert_int_equal(r.g->ledger[KA_DEPLOYMENT].status, KA_EV_ABSENT);
	done(&r);
}

static void
an_expired_token_is_exchanged_for_the_one_that_is_offered(void **state)
{
	static const struct fake_answer script[] = {
		FIRST,
		{ .path = "/api/v1/pods?limit=2&continue=A", .result = KA_API_GONE, .cont = "A2" },
		{ .path = "/api/v1/pods?limit=2&continue=A2", .body = PODS("'resourceVersion':'9'", POD("c")) },
		{ 0 },
	};
	struct reading r;
	const struct ka_evidence *e = pods_after(script, &r);

	(void)state;
	assert_int_equal(e->status, KA_EV_COMPLETE);
	assert_int_equal(r.g->of[KA_POD].n, 3);
	done(&r);
}

static void
without_another_token_the_kind_is_read_again_and_nothing_is_there_twice(void **state)
{
	static const struct fake_answer script[] = {
		FIRST,
		{ .path = "/api/v1/pods?limit=2&continue=A", .result = KA_API_GONE },
		{ .path = "/api/v1/pods?limit=2",
		  .body = PODS("'resourceVersion':'9','continue':'A'", POD("b") "," POD("c")) },
		{ .path = "/api/v1/pods?limit=2&continue=A", .body = PODS("'resourceVersion':'9'", POD("d")) },
		{ 0 },
	};
	struct reading r;
	const struct ka_evidence *e = pods_after(script, &r);

	(void)state;
	assert_int_equal(e->status, KA_EV_COMPLETE);
	assert_int_equal(e->count, 3);
	assert_int_equal(r.g->of[KA_POD].n, 3);
	assert_int_equal(r.g->duplicates, 0);
	assert_null(ka_graph_find(r.g, KA_POD, "n", "a"));
	done(&r);
}

static void
tokens_that_always_expire_fail_the_kind(void **state)
{
	static const struct fake_answer script[] = {
		{ .path = "/api/v1/pods?limit=2", .always = true, .body = PODS("'continue':'A'", POD("a")) },
		{ .path = "/api/v1/pods?limit=2&continue=A", .always = true, .result = KA_API_GONE, .cont = "A" },
		{ 0 },
	};
	struct reading r;
	const struct ka_evidence *e = pods_after(script, &r);

	(void)state;
	assert_int_equal(e->status, KA_EV_FAILED);
	assert_non_null(strstr(e->reason, "expired each time"));
	assert_true(fake_api.asked < 40);
	done(&r);
}

static void
a_list_that_goes_round_in_circles_fails(void **state)
{
	static const struct fake_answer same_token[] = {
		FIRST,
		{ .path = "/api/v1/pods?limit=2&continue=A", .always = true, .body = PODS("'continue':'A'", POD("c")) },
		{ 0 },
	};
	static const struct fake_answer same_page[] = {
		FIRST,
		{ .path = "/api/v1/pods?limit=2&continue=A", .body = PODS("'continue':'B'", POD("c")) },
		{ .path = "/api/v1/pods?limit=2&continue=B", .body = PODS("'continue':'C'", POD("a")) },
		{ 0 },
	};
	struct reading r;
	const struct ka_evidence *e = pods_after(same_token, &r);

	(void)state;
	assert_int_equal(e->status, KA_EV_FAILED);
	assert_non_null(strstr(e->reason, "same continue token"));
	done(&r);
	e = pods_after(same_page, &r);
	assert_int_equal(e->status, KA_EV_FAILED);
	assert_non_null(strstr(e->reason, "began like an earlier one"));
	done(&r);
}

/* A new token each time, and never a pod. */
static const char *
endless(const char *path, unsigned n)
{
	static char text[256];

	if (strncmp(path, "/api/v1/pods?", 13) != 0)
		return NULL;
	snprintf(text, sizeof text, PODS("'continue':'T%u'", ""), n);
	return text;
}

static void
empty_pages_without_end_fail_the_kind(void **state)
{
	static const struct fake_answer none[] = { { 0 } };
	struct reading r;

	(void)state;
	fake_start(none);
	fake_api.make = endless;
	r = read_in(NULL, &nothing, NULL);
	assert_int_equal(r.g->ledger[KA_POD].status, KA_EV_FAILED);
	assert_string_equal(r.g->ledger[KA_POD].reason, "the list does not get on: 16 pages without an item");
	done(&r);
}

static void
a_page_that_is_too_large_is_asked_for_in_smaller_ones(void **state)
{
	static const struct fake_answer script[] = {
		{ .path = "/api/v1/pods?limit=2", .result = KA_API_TOO_LARGE },
		{ .path = "/api/v1/pods?limit=1", .body = PODS("'continue':'A'", POD("a")) },
		{ .path = "/api/v1/pods?limit=1&continue=A", .body = PODS("", POD("b")) },
		{ 0 },
	};
	static const struct fake_answer never[] = {
		{ .path = "/api/v1/pods?limit=2", .result = KA_API_TOO_LARGE },
		{ .path = "/api/v1/pods?limit=1", .result = KA_API_TOO_LARGE, .reason = "more than 24 MiB" },
		{ 0 },
	};
	struct reading r;
	const struct ka_evidence *e = pods_after(script, &r);

	(void)state;
	assert_int_equal(e->status, KA_EV_COMPLETE);
	assert_int_equal(e->count, 2);
	done(&r);
	e = pods_after(never, &r);
	assert_int_equal(e->status, KA_EV_FAILED);
	assert_string_equal(e->reason, "a single object is too large to read: more than 24 MiB");
	done(&r);
}

static void
what_is_no_list_of_the_kind_fails_it(void **state)
{
	static const struct {
		const char *body, *type, *reason;
	} row[] = {
		{ "<html>", "text/html", "answered with text/html" },
		{ PODS("", POD("a")), "", "no content type" },
		{ "{'kind':'PodList','apiVersion':'v1','items':[" POD("a"), NULL, "cannot be read" },
		{ "{'kind':'PodList','apiVersion':'v1','items':[" POD("a") "]} []", NULL, "follows the list" },
		{ "not json", NULL, "cannot be read" },
		{ "", NULL, "answered with nothing" },
		{ "{'kind':'Status','apiVersion':'v1'}", NULL, "something else than a list: Status" },
		{ "{'kind':'NodeList','apiVersion':'v1','items':[]}", NULL, "another kind of list: NodeList" },
		{ "{'kind':'PodList','apiVersion':'apps/v1','items':[]}", NULL, "another kind of list" },
		{ PODS("", "{'kind':'Node','apiVersion':'v1','metadata':{'name':'x'}}"), NULL,
		  "another kind: Node" },
		{ PODS("", "{'spec':{}}"), NULL, "no object of the kind" },
		{ "[1]", NULL, "no object" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		const struct fake_answer script[] = {
			{ .path = "/api/v1/pods?limit=2", .body = row[i].body, .type = row[i].type }, { 0 },
		};
		struct reading r;
		const struct ka_evidence *e = pods_after(script, &r);

		assert_int_equal(e->status, KA_EV_FAILED);
		if (!strstr(e->reason, row[i].reason))
			fail_msg("\"%s\" lacks \"%s\"", e->reason, row[i].reason);
		done(&r);
	}
}

static void
a_list_whose_items_are_null_is_empty(void **state)
{
	static const struct fake_answer script[] = {
		{ .path = "/api/v1/pods?limit=2",
		  .body = "{'kind':'PodList','apiVersion':'v1','metadata':{'resourceVersion':'3'},'items':null}" },
		{ 0 },
	};
	struct reading r;
	const struct ka_evidence *e = pods_after(script, &r);

	(void)state;
	assert_int_equal(e->status, KA_EV_COMPLETE);
	assert_string_equal(e->resource_version, "3");
	done(&r);
}

static void
refusals_and_failures_are_in_the_ledger_in_the_servers_words(void **state)
{
	static const struct fake_answer script[] = {
		{ .path = "/api/v1/pods?limit=2", .result = KA_API_FORBIDDEN, .reason = "pods is forbidden" },
		{ .path = "/api/v1/namespaces?limit=2", .result = KA_API_FAILED, .reason = "500 etcd" },
		{ .path = "/apis/cilium.io/v2/ciliumnetworkpolicies?limit=2", .result = KA_API_FORBIDDEN, .reason = "no" },
		{ 0 },
	};
	struct reading r = read_in(script, &nothing, NULL);

	(void)state;
	assert_int_equal(r.g->ledger[KA_POD].status, KA_EV_FORBIDDEN);
	assert_string_equal(r.g->ledger[KA_POD].reason, "pods is forbidden");
	assert_int_equal(r.g->ledger[KA_NAMESPACE].status, KA_EV_FAILED);
	assert_string_equal(r.g->ledger[KA_NAMESPACE].reason, "500 etcd");
	assert_int_equal(r.g->ledger[KA_OTHER].status, KA_EV_FORBIDDEN);
	assert_string_equal(r.g->ledger[KA_OTHER].reason, "/apis/cilium.io/v2/ciliumnetworkpolicies: no");
	/* served, and then not found */
	assert_int_equal(r.g->ledger[KA_SECRET].status, KA_EV_FAILED);
	done(&r);
}

static void
without_discovery_the_answers_tell_what_is_served(void **state)
{
	static const struct fake_answer script[] = {
		{ .path = "/api/v1/pods?limit=2", .body = PODS("", POD("a")) }, { 0 },
	};
	static const struct ka_lost_group lost[] = { { "", "no", true }, { NULL, "no", true } };
	struct reading r = read_in(script, &nothing, lost);

	(void)state;
	assert_int_equal(r.g->ledger[KA_POD].status, KA_EV_COMPLETE);
	assert_int_equal(r.g->ledger[KA_DEPLOYMENT].status, KA_EV_ABSENT);
	assert_int_equal(r.g->ledger[KA_CRONJOB].status, KA_EV_FAILED);
	assert_int_equal(r.g->ledger[KA_OTHER].status, KA_EV_FAILED);
	done(&r);
}

#define METADATA(items) "{'kind':'PartialObjectMetadataList','apiVersion':'meta.k8s.io/v1','metadata':{},'items':[" items "]}"
#define META(name)	"{'kind':'PartialObjectMetadata','apiVersion':'meta.k8s.io/v1','metadata':{'name':'" name "','namespace':'n'}}"
#define TOKENS		"/api/v1/secrets?limit=2&fieldSelector=type%3Dkubernetes.io%2Fservice-account-token"
#define OTHERS		"/api/v1/secrets?limit=2&fieldSelector=type%21%3Dkubernetes.io%2Fservice-account-token"

static void
of_secrets_only_metadata_comes_and_the_question_tells_the_type(void **state)
{
	static const struct fake_answer script[] = {
		{ .path = TOKENS, .body = METADATA(META("a")) }, { .path = OTHERS, .body = METADATA(META("b")) }, { 0 },
	};
	static const struct fake_answer whole[] = {
		{ .path = TOKENS, .body = METADATA("") },
		{ .path = OTHERS,
		  .body = "{'kind':'SecretList','apiVersion':'v1','items':[{'metadata':{'name':'b'},'data':{'p':'eA=='}}]}" },
		{ 0 },
	};
	struct reading r = read_in(script, &nothing, NULL);

	(void)state;
	assert_int_equal(r.g->ledger[KA_SECRET].status, KA_EV_COMPLETE);
	assert_int_equal(r.g->ledger[KA_SECRET].count, 2);
	assert_string_equal(ka_as_secret(ka_graph_find(r.g, KA_SECRET, "n", "a"))->type,
			    "kubernetes.io/service-account-token");
	assert_string_equal(ka_as_secret(ka_graph_find(r.g, KA_SECRET, "n", "b"))->type, KA_SECRET_OTHER);
	assert_string_equal(r.g->of[KA_SECRET].v[0]->api_version, "v1");
	assert_int_equal(fake_api.twice, 0);
	done(&r);
	r = read_in(whole, &nothing, NULL);
	assert_int_equal(r.g->ledger[KA_SECRET].status, KA_EV_FAILED);
	done(&r);
}

static void
namespaces_alone_are_never_the_whole_cluster(void **state)
{
	static const char *const names[] = { "n", "m" };
	static const struct ka_strs both = { 2, names };
	static const struct fake_answer script[] = {
		{ .path = "/api/v1/namespaces/n", .body = "{'kind':'Namespace','apiVersion':'v1','metadata':{'name':'n'}}" },
		{ .path = "/api/v1/namespaces/m", .result = KA_API_FORBIDDEN, .reason = "no" },
		{ .path = "/api/v1/namespaces/n/pods?limit=2", .body = PODS("'continue':'A'", POD("a")) },
		{ .path = "/api/v1/namespaces/n/pods?limit=2&continue=A", .body = PODS("", POD("b")) },
		{ .path = "/api/v1/namespaces/m/pods?limit=2", .body = PODS("", "") },
		{ 0 },
	};
	struct reading r = read_in(script, &both, NULL);

	(void)state;
	assert_int_equal(r.g->ledger[KA_POD].status, KA_EV_TRUNCATED);
	assert_string_equal(r.g->ledger[KA_POD].reason, "only namespaces n, m were read");
	assert_int_equal(r.g->of[KA_POD].n, 2);
	assert_int_equal(r.g->ledger[KA_NAMESPACE].status, KA_EV_FORBIDDEN);
	assert_int_equal(r.g->of[KA_NAMESPACE].n, 1);
	assert_int_equal(fake_api.twice, 0);
	done(&r);
}

static void
custom_resources_name_their_kind_after_their_items(void **state)
{
	static const struct fake_answer script[] = {
		{ .path = "/apis/cilium.io/v2/ciliumnetworkpolicies?limit=2",
		  .body = "{'apiVersion':'cilium.io/v2','items':[{'apiVersion':'cilium.io/v2','kind':'CiliumNetworkPolicy',"
			  "'metadata':{'name':'x','namespace':'n'}}],'kind':'CiliumNetworkPolicyList',"
			  "'metadata':{'continue':'','resourceVersion':'5'}}" },
		{ 0 },
	};
	struct reading r = read_in(script, &nothing, NULL);

	(void)state;
	assert_int_equal(r.g->ledger[KA_OTHER].status, KA_EV_COMPLETE);
	assert_int_equal(r.g->of[KA_OTHER].n, 1);
	assert_non_null(ka_as_custom(r.g->of[KA_OTHER].v[0])->json);
	done(&r);
}

/* A PodList of version 7 with the pod n/a, in its envelope. */
#define PROTOBUF                                                                                   \
	"k8s\0" "\x0a\x0d\x0a\x02v1\x12\x07PodList" "\x12\x0f" "\x0a\x03\x12\x01" "7" "\x12\x08\x0a\x06\x0a\x01" "a\x1a\x01n"

static void
protobuf_is_taken_in_like_json(void **state)
{
	static const char type[] = "application/vnd.kubernetes.protobuf";
	static const struct fake_answer script[] = {
		{ .path = "/api/v1/pods?limit=2", .body = PROTOBUF, .len = sizeof PROTOBUF - 1, .type = type }, { 0 },
	};
	static const struct fake_answer cut[] = {
		{ .path = "/api/v1/pods?limit=2", .body = PROTOBUF, .len = sizeof PROTOBUF - 2, .type = type }, { 0 },
	};
	struct reading r;
	const struct ka_evidence *e = pods_after(script, &r);

	(void)state;
	assert_int_equal(e->status, KA_EV_COMPLETE);
	assert_string_equal(e->resource_version, "7");
	assert_non_null(ka_graph_find(r.g, KA_POD, "n", "a"));
	done(&r);
	e = pods_after(cut, &r);
	assert_int_equal(e->status, KA_EV_FAILED);
	assert_non_null(strstr(e->reason, "cannot be read: "));
	done(&r);
}

/* The same with a token, and 300 items to come. */
#define MORE                                                                                       \
	"k8s\0" "\x0a\x0d\x0a\x02v1\x12\x07PodList" "\x12\x15" "\x0a\x09\x12\x01" "7\x1a\x01" "A\x20\xac\x02" "\x12\x08\x0a\x06\x0a\x01" "a\x1a\x01n"

static void
what_remains_is_told_in_either_form(void **state)
{
	static const struct ka_ask pods = { .kind = KA_POD, .group = "" };
	const struct ka_task task = { .ask = &pods, .api_version = "v1", .kind_name = "Pod" };
	const struct ka_limits limits = KA_LIMITS_DEFAULT;
	struct {
		const char *body, *type;
		size_t len;
		int64_t want;
	} row[] = {
		{ MORE, "application/vnd.kubernetes.protobuf", sizeof MORE - 1, 300 },
		{ PROTOBUF, "application/vnd.kubernetes.protobuf", sizeof PROTOBUF - 1, -1 },
		{ "{\"kind\":\"PodList\",\"apiVersion\":\"v1\",\"metadata\":{\"remainingItemCount\":300},\"items\":[]}",
		  "application/json", 0, 300 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		struct ka_page page = { .b = ka_build_new(), .limits = &limits, .task = &task };
		size_t len = row[i].len ? row[i].len : strlen(row[i].body);
		char *body = ka_xcalloc(len + KA_JSON_PAD, 1);
		struct ka_err err;

		memcpy(body, row[i].body, len);
		assert_int_equal(ka_page_take(&page, &(struct ka_api_answer){ .body = body, .len = len,
					      .content_type = row[i].type }, &err), 0);
		assert_int_equal(page.remaining, row[i].want);
		free(body);
		ka_build_free(page.b);
	}
}

static void
protobuf_is_asked_for_where_there_is_a_decoder(void **state)
{
	static const struct ka_ask pods = { .kind = KA_POD, .group = "" };
	static const struct ka_ask secrets = { .kind = KA_SECRET, .group = "", .secret_type = KA_SECRET_OTHER };
	const struct ka_task pod = { .ask = &pods, .api_version = "v1", .kind_name = "Pod" };
	const struct ka_task secret = { .ask = &secrets, .api_version = "v1", .kind_name = "Secret" };
	const struct ka_task other = { .ask = &pods, .api_version = "cilium.io/v2", .kind_name = "CiliumNetworkPolicy" };

	(void)state;
	assert_string_equal(ka_page_accept(&pod, true), "application/vnd.kubernetes.protobuf,application/json");
	assert_string_equal(ka_page_accept(&pod, false), "application/json");
	assert_string_equal(ka_page_accept(&other, true), "application/json");
	/* never a whole Secret */
	assert_string_equal(ka_page_accept(&secret, true),
			    "application/vnd.kubernetes.protobuf;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,"
			    "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1");
	assert_string_equal(ka_page_accept(&secret, false),
			    "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages_follow_each_other_to_the_end),
		cmocka_unit_test(an_expired_token_is_exchanged_for_the_one_that_is_offered),
		cmocka_unit_test(without_another_token_the_kind_is_read_again_and_nothing_is_there_twice),
		cmocka_unit_test(tokens_that_always_expire_fail_the_kind),
		cmocka_unit_test(a_list_that_goes_round_in_circles_fails),
		cmocka_unit_test(empty_pages_without_end_fail_the_kind),
		cmocka_unit_test(a_page_that_is_too_large_is_asked_for_in_smaller_ones),
		cmocka_unit_test(what_is_no_list_of_the_kind_fails_it),
		cmocka_unit_test(a_list_whose_items_are_null_is_empty),
		cmocka_unit_test(refusals_and_failures_are_in_the_ledger_in_the_servers_words),
		cmocka_unit_test(without_discovery_the_answers_tell_what_is_served),
		cmocka_unit_test(of_secrets_only_metadata_comes_and_the_question_tells_the_type),
		cmocka_unit_test(namespaces_alone_are_never_the_whole_cluster),
		cmocka_unit_test(custom_resources_name_their_kind_after_their_items),
		cmocka_unit_test(protobuf_is_taken_in_like_json),
		cmocka_unit_test(what_remains_is_told_in_either_form),
		cmocka_unit_test(protobuf_is_asked_for_where_there_is_a_decoder),
	};

	return cmocka_run_group_tests_name("source/lists", tests, NULL, NULL);
}
