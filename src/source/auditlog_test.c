#include "source/auditlog.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <kassay/out.h>

#include "source/auditlog_path.h"
#include "util/str.h"
#include "util/banned.h"

/* One line an event: user[+groups] [as user[+groups]] verb what time=... decision code reason !lacks @line */
static void
note_span(struct ka_buf *b, const char *before, struct ka_span s)
{
	ka_buf_fmt(b, NULL, "%s%.*s", before, (int)s.len, s.s);
}

static int
note(void *arg, const struct ka_event *e)
{
	static const char *const decisions[] = { "?", "allow", "forbid" };
	struct ka_buf *b = arg;

	note_span(b, "", e->user);
	for (size_t i = 0; i < e->ngroups; i++)
		note_span(b, "+", e->group[i]);
	if (e->impersonated.len)
		note_span(b, " as ", e->impersonated);
	for (size_t i = 0; i < e->nimpersonated_groups; i++)
		note_span(b, "+", e->impersonated_group[i]);
	if (e->impersonated_uid.len)
		note_span(b, " uid ", e->impersonated_uid);
	if (e->impersonated_extra.len)
		note_span(b, " extra ", e->impersonated_extra);
	note_span(b, " ", e->verb);
	if (e->resource_request) {
		note_span(b, " ", e->api_group);
		note_span(b, ":", e->resource);
		note_span(b, "/", e->subresource);
		note_span(b, " ", e->namespace);
		note_span(b, "/", e->name);
	} else {
		note_span(b, " ", e->path);
	}
	ka_buf_fmt(b, NULL, " %s %d", decisions[e->decision], e->code);
	if (e->time)
		ka_buf_fmt(b, NULL, " t=%lld", (long long)e->time);
	if (e->lacks)
		ka_buf_fmt(b, NULL, " !%x", e->lacks);
	return ka_buf_fmt(b, NULL, " @%u\n", (unsigned)e->line);
}

static char path[] = "/tmp/kassay-auditlog-test-XXXXXX";

static void
write_file(const char *text, size_t len)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
}

/* The events of a log, then what the report has of losses. */
static unsigned
reads_bytes(const char *text, size_t len, const char *expected)
{
	const struct ka_auditlog_opts opts = KA_AUDITLOG_OPTS_DEFAULT;
	const char *const paths[] = { path };
	struct ka_auditlog log;
	struct ka_buf b;
	struct ka_err err;
	unsigned found;

	write_file(text, len);
	ka_buf_init(&b, 1 << 20);
	assert_int_equal(ka_auditlog_read(&(struct ka_strs){ 1, paths }, &opts, note, &b, &log, &err), 0);
	if (log.n.received)
		ka_buf_fmt(&b, NULL, "%llu received\n", (unsigned long long)log.n.received);
	if (log.n.cut + log.n.not_json + log.n.bad + log.n.unknown + log.n.other)
		ka_buf_fmt(&b, NULL, "cut %llu, not JSON %llu, bad %llu, unknown %llu, other %llu\n",
			   (unsigned long long)log.n.cut, (unsigned long long)log.n.not_json,
			   (unsigned long long)log.n.bad, (unsigned long long)log.n.unknown,
			   (unsigned long long)log.n.other);
	for (size_t i = 0; i < log.nproblems; i++)
		ka_buf_fmt(&b, NULL, "%u: %s\n", (unsigned)log.problem[i].line, log.problem[i].text);
	assert_string_equal(b.s, expected);
	ka_buf_release(&b);
	found = log.found;
	ka_auditlog_release(&log);
	return found;
}

static unsigned
reads(const char *text, const char *expected)
{
	return reads_bytes(text, strlen(text), expected);
}

/* ' stands for ". */
static char *
json(const char *text)
{
	char *s = strdup(text);

	for (char *p = s; *p; p++)
		if (*p == '\'')
			*p = '"';
	return s;
}

static unsigned
reads_json(const char *text, const char *expected)
{
	char *s = json(text);
	unsigned found = reads(s, expected);

	free(s);
	return found;
}

#define EVENT(version, rest)                                                                                     \
	"{'kind':'Event','apiVersion':'audit.k8s.io/" version "','level':'Metadata','auditID':'a-1',"             \
	"'stage':'ResponseComplete','requestURI':'/api/v1/namespaces/shop/pods/web?x=y','verb':'get',"             \
	"'user':{'username':'ann','groups':['devs','system:authenticated']}," rest                                 \
	"'objectRef':{'resource':'pods','namespace':'shop','name':'web','apiVersion':'v1'},"                       \
	"'responseStatus':{'metadata':{},'code':200},'requestReceivedTimestamp':'2026-01-02T03:04:05.000006Z',"    \
	"'stageTimestamp':'2026-01-02T03:04:06.000000Z','annotations':{'authorization.k8s.io/decision':'allow',"   \
	"'authorization.k8s.io/reason':'RBAC: x'}}"
#define GROUPS(groups)                                                                                           \
	"{'kind':'Event','apiVersion':'audit.k8s.io/v1','stage':'ResponseComplete','verb':'get','requestURI':'/x',"    \
	"'user':{'username':'ann','groups':[" groups "]}}\n"
#define PLAIN  EVENT("v1", "")
#define ANSWER "ann+devs+system:authenticated get :pods/ shop/web allow 200 t=1767323045000006"

/* ---- as the API server writes it ---- */

static void
lines_and_lists(void **state)
{
	(void)state;
	reads_json(PLAIN "\n" PLAIN "\n", ANSWER " @1\n" ANSWER " @2\n");
	reads_json(PLAIN, ANSWER " @1\n");
	reads_json("[" PLAIN ",\n" PLAIN "]", ANSWER " @1\n" ANSWER " @2\n");
	reads_json("{'kind':'EventList','apiVersion':'audit.k8s.io/v1','metadata':{},'items':[\n" PLAIN "," PLAIN "\n]}\n",
		   ANSWER " @2\n" ANSWER " @2\n");
	reads_json("{'items':[" PLAIN "],'kind':'EventList','apiVersion':'audit.k8s.io/v1'}\n" PLAIN, ANSWER " @1\n" ANSWER " @2\n");
	reads_json("{\n  'kind': 'Event',\n  'apiVersion': 'audit.k8s.io/v1',\n  'stage': 'ResponseComplete',\n"
		   "  'verb': 'get',\n  'requestURI': '/healthz',\n  'user': {\n    'username': 'ann',\n    'groups': [\n"
		   "      'a',\n      'b'\n    ]\n  },\n  'responseStatus': {\n    'code': 200\n  }\n}\n",
		   "ann+a+b get /healthz ? 200 !18 @1\n");
	reads_json(EVENT("v1beta1", "") "\n", ANSWER " @1\n");
	reads("", "");
	reads("\n\n", "");
}

static void
who_and_in_whose_name(void **state)
{
	(void)state;
	reads_json(EVENT("v1", "'impersonatedUser':{'username':'bob','groups':['x']},"),
		   "ann+devs+system:authenticated as bob+x get :pods/ shop/web allow 200 t=1767323045000006 @1\n");
	reads_json(EVENT("v1", "'impersonatedUser':{'username':'bob','uid':'7','groups':['x'],'extra':{'Scopes':['a','b']}},"),
		   "ann+devs+system:authenticated as bob+x uid 7 extra {\"Scopes\":[\"a\",\"b\"]} get :pods/ shop/web allow 200 "
		   "t=1767323045000006 @1\n");
	/* what is passed over may hold anything */
	reads_json(EVENT("v1", "'requestObject':{'user':{'username':'eve'},'s':'}]{['},'sourceIPs':['1.2.3.4'],"), ANSWER " @1\n");
	/* escapes are resolved */
	reads_json("{'kind':'Event','apiVersion':'audit.k8s.io/v1','stage':'ResponseComplete','verb':'get',"
		   "'requestURI':'/a%2Fb%20c?d','user':{'username':'a\\u0026b\\\\','groups':['g\\/h']},"
		   "'responseStatus':{'code':403}}",
		   "a&b\\+g/h get /a/b c ? 403 !18 @1\n");
	/* a request that nobody vouched for */
	reads_json("{'kind':'Event','apiVersion':'audit.k8s.io/v1','stage':'ResponseStarted','verb':'list','user':{},"
		   "'requestURI':'/api/v1/nodes','objectRef':{'resource':'nodes'},'responseStatus':{'code':401}}",
		   " list :nodes/ / ? 401 !19 @1\n");
}

static void
requests_without_objectref_are_told_by_their_path(void **state)
{
	(void)state;
	reads_json("{'kind':'Event','apiVersion':'audit.k8s.io/v1','stage':'ResponseComplete','verb':'list',"
		   "'requestURI':'/apis/apps/v1/namespaces/shop/deployments?fieldSelector=metadata.name%3Dweb',"
		   "'user':{'username':'ann','groups':[]},'responseStatus':{'code':200}}",
		   "ann list apps:deployments/ shop/web ? 200 !1a @1\n");
}

static void
received_stages_are_counted_alone(void **state)
{
	(void)state;
	reads_json("{'kind':'Event','apiVersion':'audit.k8s.io/v1','stage':'RequestReceived','verb':'get','user':{'username':'a'}}\n" PLAIN,
		   ANSWER " @2\n1 received\n");
}

static void
times(void **state)
{
	static const struct {
		const char *text, *expected;
	} cases[] = {
		{ "2026-01-02T03:04:05Z", " t=1767323045000000" },
		{ "2026-01-02T03:04:05.5Z", " t=1767323045500000" },
		{ "2026-01-02T03:04:05.123456789Z", " t=1767323045123456" },
		{ "2026-01-02T05:04:05+02:00", " t=1767323045000000" },
		{ "2026-01-02 03:04:05", " t=1767323045000000" },
		{ "1970-01-01T00:00:01Z", " t=1000000" },
		{ "yesterday, in the afternoon", " !c" },
		{ "2026-01-02T25:00:00Z", " !c" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		bool lacks = cases[i].expected[1] == '!';
		char text[512], expected[256];

		snprintf(text, sizeof text,
			 "{'kind':'Event','apiVersion':'audit.k8s.io/v1','stage':'Panic','verb':'get','requestURI':'/x','user':"
			 "{'username':'a','groups':[]},'requestReceivedTimestamp':'%s'}",
			 cases[i].text);
		snprintf(expected, sizeof expected, "a get /x ? 0%s !%s @1\n", lacks ? "" : cases[i].expected,
			 lacks ? "1c" : "14");
		reads_json(text, expected);
	}
}

/* ---- as others hand it on ---- */

#define ESCAPED                                                                                                  \
	"{\\'kind\\':\\'Event\\',\\'apiVersion\\':\\'audit.k8s.io/v1\\',\\'stage\\':\\'ResponseComplete\\',"       \
	"\\'verb\\':\\'get\\',\\'requestURI\\':\\'/x\\',\\'user\\':{\\'username\\':\\'ann\\',\\'groups\\':[]},"    \
	"\\'responseStatus\\':{\\'code\\':200}}"
#define INSIDE "ann get /x ? 200 !18"

static void
providers_and_shippers(void **state)
{
	static const struct {
		const char *text;
		unsigned found;
		const char *expected;
	} cases[] = {
		/* EKS: filter-log-events, a subscription, a query's rows, an export */
		{ "{'events':[{'logStreamName':'kube-apiserver-audit-1','timestamp':1,'message':'" ESCAPED
		  "','ingestionTime':2},\n{'logStreamName':'authenticator-1','message':'time=x'}],'nextToken':'n'}",
		  KA_AUDITLOG_CLOUDWATCH, INSIDE " @1\ncut 0, not JSON 0, bad 0, unknown 0, other 1\n2: a line of another log\n" },
		{ "{'messageType':'DATA_MESSAGE','owner':'1','logGroup':'g','logStream':'kube-apiserver-audit-1',"
		  "'logEvents':[{'id':'1','timestamp':1,'message':'" ESCAPED "'}]}",
		  KA_AUDITLOG_CLOUDWATCH,
		  INSIDE " @1\n" },
		{ "{'results':[[{'field':'@timestamp','value':'x'},{'field':'@message','value':'" ESCAPED
		  "'},{'field':'@ptr','value':'y'}]],'status':'Complete'}",
		  KA_AUDITLOG_CLOUDWATCH, INSIDE " @1\n" },
		{ "2026-01-02T03:04:05.000Z {'kind':'Event','apiVersion':'audit.k8s.io/v1','stage':'ResponseComplete','verb':"
		  "'get','requestURI':'/x','user':{'username':'ann','groups':[]},'responseStatus':{'code':200}}",
		  KA_AUDITLOG_CLOUDWATCH | KA_AUDITLOG_EVENTS, INSIDE " @1\n" },
		/* AKS: diagnostics, rows of tables */
		{ "{'records':[{'category':'kube-audit','time':'x','properties':{'log':'" ESCAPED "','stream':'stdout'}},"
		  "{'category':'kube-scheduler','properties':{'log':'I0102'}}]}",
		  KA_AUDITLOG_AKS, INSIDE " @1\ncut 0, not JSON 0, bad 0, unknown 0, other 1\n1: an object that is no audit event\n" },
		{ "{'Category':'kube-audit-admin','log_s':'" ESCAPED "'}", KA_AUDITLOG_AKS, INSIDE " @1\n" },
		{ "{'AuditId':'a','Stage':'ResponseComplete','RequestUri':'/api/v1/nodes/n','Verb':'get','User':{'username':'ann',"
		  "'groups':[]},'ObjectRef':{'resource':'nodes','name':'n'},'ResponseStatus':{'code':200}}",
		  KA_AUDITLOG_AKS, "ann get :nodes/ /n ? 200 !18 @1\n" },
		/* what `az monitor log-analytics query` prints: objects as texts */
		{ "[{'AuditId':'a','Stage':'ResponseComplete','RequestUri':'/api/v1/nodes/n','Verb':'get','User':'{\\'username\\':"
		  "\\'ann\\',\\'groups\\':[\\'devs\\']}','ImpersonatedUser':'','ObjectRef':'{\\'resource\\':\\'nodes\\',"
		  "\\'name\\':\\'n\\'}','ResponseStatus':'{\\'code\\':403}','Annotations':null},\n"
		  "{'AuditId':'a','Stage':'ResponseComplete','RequestUri':'/x','Verb':'get','User':'ann'},\n"
		  "{'AuditId':'a','Stage':'ResponseComplete','RequestUri':'/x','Verb':'get','User':'{\\'username\\':'}]",
		  KA_AUDITLOG_AKS,
		  "ann+devs get :nodes/ /n ? 403 !18 @1\ncut 0, not JSON 0, bad 2, unknown 0, other 0\n"
		  "2: an event with a field of the wrong type\n3: an event with a field of the wrong type\n" },
		/* shippers */
		{ "{'message':'an audit event','log':'" ESCAPED "'}", KA_AUDITLOG_WRAPPED, INSIDE " @1\n" },
		{ "{'field':'a','value':'b'}", 0,
		  "cut 0, not JSON 0, bad 0, unknown 0, other 1\n1: an object that is no audit event\n" },
		{ "2026-01-02T03:04:05.000000000Z stdout F {'kind':'Event','apiVersion':'audit.k8s.io/v1','stage':"
		  "'ResponseComplete','verb':'get','requestURI':'/x','user':{'username':'ann','groups':[]},"
		  "'responseStatus':{'code':200}}",
		  KA_AUDITLOG_WRAPPED | KA_AUDITLOG_EVENTS, INSIDE " @1\n" },
		/* the webhook: kind and version stand outside */
		{ "{'kind':'EventList','apiVersion':'audit.k8s.io/v1','metadata':{},'items':[{'level':'Metadata','auditID':'a','stage':"
		  "'ResponseComplete','verb':'get','requestURI':'/x','user':{'username':'ann','groups':[]},"
		  "'responseStatus':{'code':200}}]}",
		  KA_AUDITLOG_EVENTS, INSIDE " @1\n" },
		{ "{'kind':'Event','apiVersion':'audit.k8s.io/v1alpha1','stage':'ResponseComplete','verb':'get','requestURI':"
		  "'/apis/apps/v1/deployments','user':{'username':'ann','groups':[]},'objectRef':{'resource':'deployments',"
		  "'apiVersion':'apps/v1'},'responseStatus':{'code':200}}",
		  KA_AUDITLOG_EVENTS | KA_AUDITLOG_OLD, "ann get apps:deployments/ / ? 200 !18 @1\n" },
		{ "{'log':'" ESCAPED "\\n','stream':'stdout'}", KA_AUDITLOG_WRAPPED, INSIDE " @1\n" },
		{ "{'@timestamp':'x','message':{'kind':'Event','apiVersion':'audit.k8s.io/v1','stage':'ResponseComplete','verb':"
		  "'get','requestURI':'/x','user':{'username':'ann','groups':[]},'responseStatus':{'code':200}}}",
		  KA_AUDITLOG_WRAPPED, INSIDE " @1\n" },
		/* GKE */
		{ "[{'insertId':'i','labels':{'authorization.k8s.io/decision':'allow','authorization.k8s.io/reason':'access granted'},"
		  "'protoPayload':{'@type':'type.googleapis.com/google.cloud.audit.AuditLog','authenticationInfo':{'principalEmail':"
		  "'system:serviceaccount:shop:web'},'methodName':'io.k8s.apps.v1.deployments.patch','resourceName':"
		  "'apps/v1/namespaces/shop/deployments/web','serviceName':'k8s.io','status':{}},'timestamp':"
		  "'2026-01-02T03:04:05Z'},\n"
		  "{'insertId':'j','labels':{'authorization.k8s.io/decision':'forbid'},'protoPayload':{'authenticationInfo':"
		  "{'principalEmail':'ann@example.com'},'methodName':'io.k8s.core.v1.pods.exec.create','resourceName':"
		  "'core/v1/namespaces/shop/pods/web/exec','serviceName':'k8s.io','status':{'code':7}}},\n"
		  "{'protoPayload':{'authenticationInfo':{'principalEmail':'p'},'methodName':'io.k8s.get','resourceName':'healthz',"
		  "'serviceName':'k8s.io'}},\n"
		  "{'protoPayload':{'authenticationInfo':{'principalSubject':'principal://iam.googleapis.com/x'},'methodName':"
		  "'io.k8s.core.v1.pods.create','resourceName':'core/v1/namespaces/shop/pods/web','serviceName':'k8s.io','status':"
		  "{'code':3}}},"
		  "{'protoPayload':{'serviceName':'compute.googleapis.com'}}]",
		  KA_AUDITLOG_GKE,
		  "system:serviceaccount:shop:web patch apps:deployments/ shop/web allow 200 t=1767323045000000 !1 @1\n"
		  "ann@example.com create :pods/exec shop/web forbid 403 !9 @2\n"
		  "p get /healthz ? 200 !19 @3\n"
		  "principal://iam.googleapis.com/x create :pods/ shop/web ? 400 !19 @4\n"
		  "cut 0, not JSON 0, bad 0, unknown 0, other 1\n4: an object that is no audit event\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_int_equal(reads_json(cases[i].text, cases[i].expected), cases[i].found);
}

/* ---- damage ---- */

static void
what_is_lost_is_counted_and_named(void **state)
{
	static const struct {
		const char *text, *expected;
	} cases[] = {
		{ "{'kind':'Event','apiVersion':'audit.k8s.io/v1','lev\n" PLAIN "\n",
		  ANSWER " @2\ncut 1, not JSON 0, bad 0, unknown 0, other 0\n1: the line ends inside an object\n" },
		{ PLAIN "\n{'kind':'Event','apiVersion':'audit.k8s.io/v1','stage':'Resp",
		  ANSWER " @1\ncut 1, not JSON 0, bad 0, unknown 0, other 0\n2: the log ends inside an object\n" },
		{ "hello\n" PLAIN "\n", ANSWER " @2\ncut 0, not JSON 1, bad 0, unknown 0, other 0\n"
					"1: neither JSON nor an event behind a time\n" },
		{ "{'kind':'Event','apiVersion':'audit.k8s.io/v7','stage':'ResponseComplete'}\n" PLAIN "\n",
		  ANSWER " @2\ncut 0, not JSON 0, bad 0, unknown 1, other 0\n1: an event of the unknown version audit.k8s.io/v7\n" },
		{ "{'kind':'Event','apiVersion':'v1','reason':'Scheduled'}\n{'kind':'Pod','apiVersion':'v1'}\n{'a':1}\n",
		  "cut 0, not JSON 0, bad 0, unknown 0, other 3\n1: an Event of v1, not of audit.k8s.io\n2: an object of kind Pod\n"
		  "3: an object that is no audit event\n" },
		{ "{'kind':'Event','apiVersion':'audit.k8s.io/v1','stage':'ResponseComplete','verb':7,'user':{'username':'a'}}\n",
		  "cut 0, not JSON 0, bad 1, unknown 0, other 0\n1: an event with a field of the wrong type\n" },
		/* groups are strings like others: no list without commas, no NUL, no UTF-8 that is none */
		{ GROUPS("'a' 'b'") GROUPS("'\\u0000'") GROUPS("'\\q'") GROUPS("'\xff'") GROUPS("'\\ud800'") GROUPS("7")
		  GROUPS(" 'a' , '\\u0062' "),
		  "ann+a+b get /x ? 0 !1c @7\ncut 0, not JSON 0, bad 6, unknown 0, other 0\n"
		  "1: an event with a field of the wrong type\n2: an event with a field of the wrong type\n"
		  "3: an event with a field of the wrong type\n4: an event with a field of the wrong type\n"
		  "5: an event with a field of the wrong type\n" },
		{ "{'kind':'Event','apiVersion':'audit.k8s.io/v1','kind':'Event'}\n" PLAIN,
		  ANSWER " @2\ncut 0, not JSON 0, bad 1, unknown 0, other 0\n1: a key that occurs twice\n" },
		{ "{'kind':'EventList','items':[" PLAIN ",",
		  ANSWER " @1\ncut 1, not JSON 0, bad 0, unknown 0, other 0\n1: the log ends inside a list\n" },
		{ "{'log':'" ESCAPED ESCAPED "'}\n{'log':'not json'}\n",
		  INSIDE " @1\n" INSIDE " @1\ncut 0, not JSON 0, bad 0, unknown 0, other 1\n2: a line of another log\n" },
		{ "{'log':'" ESCAPED " and more'}\n{'log':'{\\'kind\\':'}\n",
		  INSIDE " @1\ncut 1, not JSON 0, bad 1, unknown 0, other 0\n1: inside a text: more than an event\n"
		  "2: the event ends before it is whole\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		reads_json(cases[i].text, cases[i].expected);
}

/* Each line looks like the beginning of an object of many lines: were each followed to the end of the
 * log, a megabyte would take hours. */
static void
damage_costs_no_more_than_its_length(void **state)
{
	static const char part[] = "{\"a\":[\n1,\n";
	const struct ka_auditlog_opts opts = KA_AUDITLOG_OPTS_DEFAULT;
	const char *const paths[] = { path };
	size_t times = 200000, len = times * (sizeof part - 1);
	char *text = malloc(len);
	struct ka_auditlog log;
	struct ka_err err;

	(void)state;
	assert_non_null(text);
	for (size_t i = 0; i < times; i++)
		memcpy(text + i * (sizeof part - 1), part, sizeof part - 1);
	write_file(text, len);
	free(text);
	assert_int_equal(ka_auditlog_read(&(struct ka_strs){ 1, paths }, &opts, note, NULL, &log, &err), 0);
	assert_int_equal(log.n.cut + log.n.not_json + log.n.bad, 2 * times);
	ka_auditlog_release(&log);
}

/* A document of several lines that is damaged is one loss, not one for each line of it. */
static void
a_damaged_document_is_one_loss(void **state)
{
	(void)state;
	reads_json("{\n 'kind': 'Event',\n 'apiVersion' 'audit.k8s.io/v1',\n 'level': 'Metadata',\n 'verb': 'get'\n}\n" PLAIN "\n",
		   ANSWER " @7\ncut 0, not JSON 0, bad 1, unknown 0, other 0\n3: expected ':'\n");
}

static void
many_of_a_kind_are_named_a_few_times(void **state)
{
	const struct ka_auditlog_opts opts = KA_AUDITLOG_OPTS_DEFAULT;
	const char *const paths[] = { path };
	struct ka_auditlog log;
	struct ka_buf text, b;
	struct ka_err err;

	(void)state;
	ka_buf_init(&text, 1 << 20);
	ka_buf_init(&b, 1 << 20);
	for (int i = 0; i < 100; i++)
		ka_buf_fmt(&text, NULL, "{\"a\":1}\n");
	write_file(text.s, text.len);
	assert_int_equal(ka_auditlog_read(&(struct ka_strs){ 1, paths }, &opts, note, &b, &log, &err), 0);
	assert_int_equal(log.n.other, 100);
	assert_int_equal(log.nproblems, KA_AUDITLOG_PROBLEMS_KIND);
	assert_int_equal(log.untold, 100 - KA_AUDITLOG_PROBLEMS_KIND);
	assert_int_equal(log.n.lines, 100);
	ka_auditlog_release(&log);
	ka_buf_release(&text);
	ka_buf_release(&b);
}

/* ---- files ---- */

static void
packed_logs(void **state)
{
	static const char *const endings[] = { ".gz", ".zst" };
	char *text = json(PLAIN "\n");

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		char packed[64];
		const struct ka_auditlog_opts opts = KA_AUDITLOG_OPTS_DEFAULT;
		const char *const paths[] = { packed };
		struct ka_out *out;
		struct ka_auditlog log;
		struct ka_buf b;
		struct ka_err err;

		snprintf(packed, sizeof packed, "%s%s", path, endings[i]);
		out = ka_out_file(packed, &err);
		assert_non_null(out);
		ka_out_str(out, text);
		assert_int_equal(ka_out_close(out, &err), 0);
		ka_buf_init(&b, 1 << 16);
		assert_int_equal(ka_auditlog_read(&(struct ka_strs){ 1, paths }, &opts, note, &b, &log, &err), 0);
		assert_string_equal(b.s, ANSWER " @1\n");
		ka_buf_release(&b);
		ka_auditlog_release(&log);
		unlink(packed);
	}
	free(text);
}

static int
enough(void *arg, const struct ka_event *e)
{
	(void)e;
	++*(int *)arg;
	return 1;
}

static void
what_cannot_be_opened_and_who_has_enough(void **state)
{
	const struct ka_auditlog_opts opts = KA_AUDITLOG_OPTS_DEFAULT;
	const char *const nowhere[] = { "/nonexistent/audit.log" }, *const paths[] = { path };
	char *text = json(PLAIN "\n" PLAIN "\n");
	struct ka_auditlog log;
	struct ka_err err;
	int n = 0;

	(void)state;
	assert_int_equal(ka_auditlog_read(&(struct ka_strs){ 1, nowhere }, &opts, enough, &n, &log, &err), -1);
	assert_non_null(strstr(err.msg, "/nonexistent/audit.log"));
	write_file(text, strlen(text));
	assert_int_equal(ka_auditlog_read(&(struct ka_strs){ 1, paths }, &opts, enough, &n, &log, &err), -1);
	assert_int_equal(err.code, KA_OK);
	assert_int_equal(n, 1);
	assert_int_equal(ka_auditlog_read(&(struct ka_strs){ 1, paths }, &opts, enough, &n, &log, NULL), -1);
	free(text);
}

static void
a_file_given_twice_is_read_once(void **state)
{
	const struct ka_auditlog_opts opts = KA_AUDITLOG_OPTS_DEFAULT;
	const char *const paths[] = { path, path };
	char *text = json(PLAIN "\n");
	struct ka_auditlog log;
	struct ka_buf b;
	struct ka_err err;

	(void)state;
	write_file(text, strlen(text));
	free(text);
	ka_buf_init(&b, 1 << 16);
	assert_int_equal(ka_auditlog_read(&(struct ka_strs){ 2, paths }, &opts, note, &b, &log, &err), 0);
	assert_string_equal(b.s, ANSWER " @1\n");
	assert_int_equal(log.nproblems, 1);
	assert_string_equal(log.problem[0].text, "read already, under this or another name");
	ka_auditlog_release(&log);
	ka_buf_release(&b);
}

/* ---- paths: requestinfo_test.go's cases, in our words ---- */

static void
requests_by_path(void **state)
{
	static const struct {
		const char *path, *expected; /* group resource subresource namespace name; "-": no resource */
	} cases[] = {
		{ "/api/v1/namespaces", ":namespaces/ /" },
		{ "/api/v1/namespaces/shop", ":namespaces/ shop/shop" },
		{ "/api/v1/namespaces/shop/status", ":namespaces/status shop/shop" },
		{ "/api/v1/namespaces/shop/finalize", ":namespaces/finalize shop/shop" },
		{ "/api/v1/namespaces/shop/pods", ":pods/ shop/" },
		{ "/api/v1/namespaces/shop/pods/web", ":pods/ shop/web" },
		{ "/api/v1/namespaces/shop/pods/web/log", ":pods/log shop/web" },
		{ "/api/v1/pods", ":pods/ /" },
		{ "/api/v1/watch/namespaces/shop/pods", ":pods/ shop/" },
		{ "/api/v1/proxy/namespaces/shop/pods/web/x", ":pods/ shop/web" },
		{ "/apis/apps/v1/namespaces/shop/deployments/web/scale", "apps:deployments/scale shop/web" },
		{ "/apis/apps/v1/deployments", "apps:deployments/ /" },
		{ "/api/v1/nodes/n/proxy/metrics", ":nodes/proxy /n" },
		{ "/healthz", "-" },
		{ "/api", "-" },
		{ "/api/v1", "-" },
		{ "/apis/apps", "-" },
		{ "/apis/apps/v1", "-" },
		{ "/", "-" },
		{ "", "-" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct ka_request_info r;
		char got[256] = "-";

		ka_request_info((struct ka_span){ cases[i].path, strlen(cases[i].path) }, &r);
		if (r.resource_request)
			snprintf(got, sizeof got, "%.*s:%.*s/%.*s %.*s/%.*s", (int)r.api_group.len, r.api_group.s,
				 (int)r.resource.len, r.resource.s, (int)r.subresource.len, r.subresource.s,
				 (int)r.namespace.len, r.namespace.s, (int)r.name.len, r.name.s);
		assert_string_equal(got, cases[i].expected);
	}
}

static void
names_by_field_selectors(void **state)
{
	static const struct {
		const char *query, *name;
	} cases[] = {
		{ "fieldSelector=metadata.name%3Dweb", "web" },
		{ "limit=1&fieldSelector=metadata.name==web&x=y", "web" },
		{ "fieldSelector=spec.nodeName%3Da%2Cmetadata.name%3Dweb", "web" },
		{ "fieldSelector=metadata.name!%3Dweb", "" },
		{ "fieldSelector=metadata.namespace%3Dweb", "" },
		{ "labelSelector=metadata.name%3Dweb", "" },
		{ "", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char buf[128];
		struct ka_span name = ka_request_name((struct ka_span){ cases[i].query, strlen(cases[i].query) }, buf);

		assert_int_equal(name.len, strlen(cases[i].name));
		assert_memory_equal(name.s, cases[i].name, name.len);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_and_lists),
		cmocka_unit_test(who_and_in_whose_name),
		cmocka_unit_test(requests_without_objectref_are_told_by_their_path),
		cmocka_unit_test(received_stages_are_counted_alone),
		cmocka_unit_test(times),
		cmocka_unit_test(providers_and_shippers),
		cmocka_unit_test(what_is_lost_is_counted_and_named),
		cmocka_unit_test(damage_costs_no_more_than_its_length),
		cmocka_unit_test(a_damaged_document_is_one_loss),
		cmocka_unit_test(many_of_a_kind_are_named_a_few_times),
		cmocka_unit_test(packed_logs),
		cmocka_unit_test(what_cannot_be_opened_and_who_has_enough),
		cmocka_unit_test(a_file_given_twice_is_read_once),
		cmocka_unit_test(requests_by_path),
		cmocka_unit_test(names_by_field_selectors),
	};
	int fd = mkstemp(path), failed;

	if (fd < 0)
		return 1;
	close(fd);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	unlink(path);
	return failed;
}
