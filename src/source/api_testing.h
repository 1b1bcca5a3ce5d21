/* For tests of the client: testdata/server/script.py beside it, and a way to ask. */
#ifndef KA_SOURCE_API_TESTING_H
#define KA_SOURCE_API_TESTING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "source/api.h"
#include "source/credential.h"
#include "util/alloc.h"
#include "util/str.h"
#include "util/tape_impl.h"

/* In no reason and no error. */
#define CANARY "canary-token"

/* In JSON, with ' for the quotes and ~ for those inside a body. */
static const char script[] =
	"{'listeners':{'both':{},'old':{'http':['http/1.1']},'expired':{'certificate':'expired'},"
	"'future':{'certificate':'future'},'otherhost':{'certificate':'otherhost'},'stranger':{'certificate':'stranger'},"
	"'client':{'client':true},'plain':{'plain':true},'proxy':{'proxy':true},'mortal':{}},"
	"'rules':["
	"{'path':'/ok*'},{'path':'/slow*','delay':0.2},"
	"{'path':'/busy','times':1,'status':429,'headers':{'retry-after':'1'}},{'path':'/busy'},"
	"{'path':'/date','times':1,'status':429,'headers':{'retry-after':'@+3'}},{'path':'/date'},"
	"{'path':'/never','status':429,'headers':{'retry-after':'9223372036854775807'}},"
	"{'path':'/rest','times':1,'status':503,'headers':{'retry-after':'1'}},{'path':'/rest'},"
	"{'path':'/500','times':2,'status':500},{'path':'/500','body':'whole'},"
	"{'path':'/down','status':500,'body':'{~kind~:~Status~,~apiVersion~:~v1~,~message~:~etcd is away~}'},"
	"{'path':'/cut*','times':2,'cut':3,'body':'{~a~:1}'},{'path':'/cut*','body':'whole'},"
	"{'path':'/short*','times':1,'length':100,'body':'{}'},{'path':'/short*','body':'whole'},"
	"{'path':'/gone','status':410,'body':'{~kind~:~Status~,~apiVersion~:~v1~,~message~:~too old~,"
	"~metadata~:{~continue~:~go-on~}}'},"
	"{'path':'/no','status':403,'body':'{~kind~:~Status~,~apiVersion~:~v1~,~message~:~robot may not~}'},"
	"{'path':'/else','status':302,'headers':{'location':'/ok'}},"
	"{'path':'/packed','size':100000,'gzip':true},{'path':'/bomb','size':8000000,'gzip':true},"
	"{'path':'/silent*','times':1,'fault':'silent'},{'path':'/silent*','body':'whole'},"
	"{'path':'/deaf','times':1,'fault':'deaf'},{'path':'/deaf','body':'whole'},"
	"{'path':'/close*','times':1,'fault':'close'},{'path':'/close*','body':'whole'},"
	"{'path':'/trickle*','times':1,'trickle':0.3,'size':100},{'path':'/trickle*','body':'whole'},"
	"{'path':'/stuck','fault':'silent'},"
	"{'path':'/hide','times':1,'fault':'hide'},{'path':'/hide','body':'whole'},"
	"{'path':'/fresh','need':{'authorization':'Bearer " CANARY "-2'},'body':'whole'},"
	"{'path':'/fresh','status':401},{'path':'/401','status':401}"
	"]}\n";

/* ---- the server -------------------------------------------------------------------------------------- */

static struct {
	int in;
	pid_t pid;
	char name[16][16], folder[128];
	int port[16], n;
	char *ca, *stranger, *cert, *key;
} server;

static char *
read_all(const char *name)
{
	char path[192], *text = ka_xcalloc(1, 1 << 20);
	FILE *f;

	snprintf(path, sizeof path, "%s/%s", server.folder, name);
	f = fopen(path, "re");
	assert_non_null(f);
	assert_true(fread(text, 1, (1 << 20) - 1, f) > 0);
	fclose(f);
	return text;
}

static int
start_server(void **state)
{
	static const char *const proxies[] = { "http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY" };
	int in[2], out[2];
	char word[128], value[128], *json = ka_xcalloc(2, sizeof script), *to = json;
	FILE *f;

	(void)state;
	for (const char *p = script; *p; p++) {
		if (*p == '~')
			*to++ = '\\';
		*to++ = *p == '\'' || *p == '~' ? '"' : *p;
	}
	for (size_t i = 0; i < sizeof proxies / sizeof *proxies; i++)
		unsetenv(proxies[i]);
	assert_int_equal(pipe(in) + pipe(out), 0);
	server.pid = fork();
	if (server.pid == 0) {
		dup2(in[0], 0);
		dup2(out[1], 1);
		close(in[1]);
		close(out[0]);
		execl("/usr/bin/python3", "python3", "testdata/server/script.py", (char *)NULL);
		_exit(127);
	}
	close(in[0]);
	close(out[1]);
	server.in = in[1];
	assert_int_equal(write(in[1], json, strlen(json)), (ssize_t)strlen(json));
	free(json);
	f = fdopen(out[0], "re");
	while (fscanf(f, "%127s %127s", word, value) == 2 && strcmp(word, "ready") != 0) {
		snprintf(server.name[server.n], sizeof server.name[0], "%.15s", word);
		server.port[server.n++] = (int)strtol(value, NULL, 10);
	}
	fclose(f);
	if (strcmp(word, "ready") != 0) {
		fprintf(stderr, "testdata/server/script.py did not start\n");
		return -1;
	}
	snprintf(server.folder, sizeof server.folder, "%s", value);
	server.ca = read_all("ca.crt");
	server.stranger = read_all("otherca.crt");
	server.cert = read_all("client.crt");
	server.key = read_all("client.key");
	return 0;
}

static int
stop_server(void **state)
{
	(void)state;
	close(server.in);
	free(server.ca);
	free(server.stranger);
	free(server.cert);
	free(server.key);
	return waitpid(server.pid, NULL, 0) == server.pid ? 0 : -1;
}

static const char *
url_of(const char *name)
{
	static char url[4][64];
	static int turn;

	turn = (turn + 1) % 4;
	for (int i = 0; i < server.n; i++)
		if (strcmp(server.name[i], name) == 0)
			snprintf(url[turn], sizeof url[0], "http%s://127.0.0.1:%d", strcmp(name, "plain") ? "s" : "",
				 server.port[i]);
	return url[turn];
}

/* How many lines of the server's log hold both; *ret_last, when wanted, is the last of them: free it. */
static int
logged(const char *one, const char *other, char **ret_last)
{
	char *log = read_all("log"), *last = NULL;
	int n = 0;

	for (char *line = strtok(log, "\n"); line; line = strtok(NULL, "\n")) {
		if (!strstr(line, one) || !strstr(line, other))
			continue;
		n++;
		last = line;
	}
	if (ret_last)
		*ret_last = last ? ka_xstrdup(last) : NULL;
	free(log);
	return n;
}

/* ---- asking --------------------------------------------------------------------------------------------- */

struct got {
	int calls, status;
	enum ka_api_result result;
	char *body, reason[512], cont[64];
	size_t len;
};

static struct {
	struct ka_access access;
	struct ka_credential_spec credential;
	struct ka_api_opts opts;
	struct ka_api_stats stats;
	struct ka_err err;
	double seconds;
} run;

static void
on_done(void *arg, const struct ka_api_answer *a)
{
	struct got *g = arg;

	g->calls++;
	g->status = a->status;
	g->result = a->result;
	free(g->body);
	g->body = NULL;
	g->len = a->len;
	if (a->body) {
		for (size_t i = 0; i < KA_JSON_PAD; i++)
			assert_int_equal(a->body[a->len + i], 0);
		g->body = ka_xstrdup(a->body);
	}
	snprintf(g->reason, sizeof g->reason, "%s", a->reason ? a->reason : "");
	snprintf(g->cont, sizeof g->cont, "%s", a->cont ? a->cont : "");
	assert_null(strstr(g->reason, "canary"));
	assert_null(strchr(g->reason, '\n'));
	assert_true(a->result == KA_API_OK ? !a->reason : g->reason[0] != '\0');
}

/* Before each test. */
static int
anew(void **state)
{
	(void)state;
	memset(&run, 0, sizeof run);
	run.access.server = url_of("both");
	run.access.ca_pem = server.ca;
	run.opts = (struct ka_api_opts){ .connect_seconds = 3, .stall_seconds = 2, .deadline_seconds = 12 };
	return 0;
}

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* All of the requests; `done` and `arg` are filled in from got where there are none. */
static int
ask(struct ka_api_request *r, struct got *got, size_t n)
{
	struct ka_credential_spec s = run.credential;
	struct ka_api *api;
	double start = now();
	int rc;

	s.token = s.token ? ka_xstrdup(s.token) : NULL;
	s.token_file = s.token_file ? ka_xstrdup(s.token_file) : NULL;
	s.cert_pem = s.cert_pem ? ka_xstrdup(s.cert_pem) : NULL;
	s.key_pem = s.key_pem ? ka_xstrdup(s.key_pem) : NULL;
	run.access.credential = ka_credential_new(s);
	api = ka_api_open(&run.access, &run.opts, &run.err);
	if (!api) {
		ka_credential_free(run.access.credential);
		assert_null(strstr(run.err.msg, "canary"));
		return -1;
	}
	for (size_t i = 0; i < n; i++) {
		if (!r[i].done)
			r[i].done = on_done;
		if (!r[i].arg)
			r[i].arg = &got[i];
		ka_api_get(api, &r[i]);
	}
	run.err.msg[0] = '\0';
	rc = ka_api_run(api, &run.err);
	run.stats = ka_api_stats(api);
	run.seconds = now() - start;
	ka_api_close(api);
	ka_credential_free(run.access.credential);
	assert_null(strstr(run.err.msg, "canary"));
	return rc;
}

/* One request, answered so. */
static struct got
ask_for(const char *path, enum ka_api_result result)
{
	struct ka_api_request r = { .path = path };
	struct got g = { 0 };

	if (ask(&r, &g, 1) != 0)
		fail_msg("%s: %s", path, run.err.msg);
	assert_int_equal(g.calls, 1);
	if (g.result != result)
		fail_msg("%s: %d, %s", path, (int)g.result, g.reason);
	return g;
}

static void
refused(enum ka_api_result result, const char *path, const char *reason)
{
	struct got g = ask_for(path, result);

	if (!strstr(g.reason, reason))
		fail_msg("%s: %s", path, g.reason);
	free(g.body);
}

#define T(f) cmocka_unit_test_setup(f, anew)

#endif
