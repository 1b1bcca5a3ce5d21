/* Whom the client believes, and what it shows to whom. */
#include "source/api_testing.h"

/* No request can succeed, and that is clear at once. */
static void
hopeless(const char *words)
{
	struct ka_api_request r[2] = { { .path = "/ok-hopeless" }, { .path = "/ok-hopeless" } };
	struct got g[2] = { 0 };

	assert_int_equal(ask(r, g, 2), -1);
	assert_int_equal(g[0].calls + g[1].calls, 0);
	if (!strstr(run.err.msg, words))
		fail_msg("%s", run.err.msg);
	assert_true(run.seconds < 4);
}

static void
a_server_without_tls_is_asked_only_when_its_address_says_so(void **state)
{
	struct got g;
	char https[64];

	(void)state;
	run.access.server = url_of("plain");
	g = ask_for("/ok-plain", KA_API_OK);
	free(g.body);
	snprintf(https, sizeof https, "https%s", run.access.server + strlen("http"));
	run.access.server = https;
	run.credential.token = (char *)(uintptr_t)CANARY;
	hopeless("does not speak TLS");
}

/* ---- trust -------------------------------------------------------------------------------------------- */

static void
a_certificate_that_cannot_be_trusted_is_told_at_once(void **state)
{
	(void)state;
	run.credential.token = (char *)(uintptr_t)CANARY;
	run.access.server = url_of("expired");
	hopeless("has expired");
	run.access.server = url_of("future");
	hopeless("not valid yet: is the clock");
	run.access.server = url_of("stranger");
	hopeless("not trusted");
	run.access.server = url_of("otherhost");
	hopeless("api.example.com");
	hopeless("tls-server-name");
	assert_int_equal(logged("/ok-hopeless", "", NULL), 0);
}

static void
tls_server_name_is_verified_in_place_of_the_host(void **state)
{
	char *line;

	(void)state;
	run.access.server = url_of("otherhost");
	run.access.tls_server_name = "api.example.com";
	free(ask_for("/ok-named", KA_API_OK).body);
	/* The server sees its own address. */
	assert_int_equal(logged("/ok-named", strstr(run.access.server, "127"), &line), 1);
	free(line);
	run.access.server = url_of("both");
	hopeless("for another name");
}

static void
unverified_servers_are_asked_when_told_so(void **state)
{
	(void)state;
	run.access.ca_pem = NULL;
	run.access.insecure = true;
	run.access.server = url_of("stranger");
	free(ask_for("/ok-insecure", KA_API_OK).body);
	/* What OpenSSL thinks of the certificate is then no reason for anything. */
	run.opts.deadline_seconds = 1;
	refused(KA_API_FAILED, "/stuck", "no whole answer in time");
}

static void
a_refused_connection_is_told_at_once(void **state)
{
	(void)state;
	run.access.server = "https://127.0.0.1:1";
	hopeless("127.0.0.1 port 1");
}

static void
a_client_certificate_is_shown_but_not_by_the_anonymous(void **state)
{
	struct ka_api_request r[2] = { { .path = "/ok-cert" }, { .path = "/ok-no-cert", .anonymous = true } };
	struct got g[2] = { 0 };

	(void)state;
	run.access.server = url_of("client");
	run.credential.cert_pem = server.cert;
	run.credential.key_pem = server.key;
	run.opts.parallel = 1;
	run.opts.deadline_seconds = 2;
	assert_int_equal(ask(r, g, 2), 0);
	assert_int_equal(g[0].result, KA_API_OK);
	assert_int_equal(g[1].result, KA_API_FAILED);
	assert_int_equal(logged("/ok-no-cert", "", NULL), 0);
	free(g[0].body);
	free(g[1].body);
}

/* ---- who asks ------------------------------------------------------------------------------------------ */

static void
only_the_named_are_impersonated_and_the_anonymous_send_nothing(void **state)
{
	char *groups[] = { (char *)(uintptr_t)"one", (char *)(uintptr_t)"two" };
	char *extra[] = { (char *)(uintptr_t)"example.com/scope%a=x y", (char *)(uintptr_t)"empty=" };
	struct ka_api_request r[2] = { { .path = "/ok-as" }, { .path = "/ok-anonymous", .anonymous = true } };
	struct got g[2] = { 0 };

	(void)state;
	run.credential.token = (char *)(uintptr_t)CANARY;
	run.access.as_user = "jane";
	run.access.as_uid = "u-1";
	run.access.as_groups = (struct ka_strs){ .v = (void *)groups, .n = 2 };
	run.access.as_extra = (struct ka_strs){ .v = (void *)extra, .n = 2 };
	assert_int_equal(ask(r, g, 2), 0);
	free(g[0].body);
	free(g[1].body);
	assert_int_equal(logged("/ok-as", "\"authorization\": \"sent\"", NULL), 1);
	assert_int_equal(logged("/ok-as", "\"impersonate-user\": \"jane\"", NULL), 1);
	assert_int_equal(logged("/ok-as", "\"impersonate-uid\": \"u-1\"", NULL), 1);
	assert_int_equal(logged("/ok-as", "\"impersonate-group\": \"one,two\"", NULL), 1);
	assert_int_equal(logged("/ok-as", "\"impersonate-extra-example.com%2fscope%25a\": \"x y\"", NULL), 1);
	assert_int_equal(logged("/ok-as", "\"impersonate-extra-empty\": \"\"", NULL), 1);
	assert_int_equal(logged("/ok-as", "\"user-agent\": \"kassay/", NULL), 1);
	assert_int_equal(logged("/ok-anonymous", "", NULL), 1);
	assert_int_equal(logged("/ok-anonymous", "authorization", NULL), 0);
	assert_int_equal(logged("/ok-anonymous", "impersonate", NULL), 0);
}

static void
line_breaks_never_become_headers(void **state)
{
	(void)state;
	run.credential.token = (char *)(uintptr_t)CANARY "\r\nImpersonate-User: root";
	hopeless("token");
	run.credential.token = NULL;
	run.access.as_user = "jane\nImpersonate-Group: system:masters";
	hopeless("control character");
}

static void
write_token(const char *path, const char *token)
{
	FILE *f = fopen(path, "we");

	assert_non_null(f);
	fputs(token, f);
	fclose(f);
}

static void
rotate(void *arg, const struct ka_api_answer *a)
{
	on_done(arg, a);
	write_token(run.credential.token_file, CANARY "-2\n");
}

static void
a_token_that_rotated_is_read_again_once(void **state)
{
	struct ka_api_request r[2] = { { .path = "/ok-old-token", .done = rotate }, { .path = "/fresh" } };
	struct got g[2] = { 0 };
	char path[192];

	(void)state;
	snprintf(path, sizeof path, "%s/token", server.folder);
	write_token(path, CANARY "-1\n");
	run.credential.token_file = path;
	run.opts.parallel = 1;
	assert_int_equal(ask(r, g, 2), 0);
	assert_int_equal(g[1].result, KA_API_OK);
	assert_int_equal(run.stats.requests, 3);
	free(g[0].body);
	free(g[1].body);
	refused(KA_API_UNAUTHORIZED, "/401", "401");
	assert_int_equal(run.stats.requests, 2);
	run.credential.token_file = NULL;
	run.credential.token = (char *)(uintptr_t)CANARY;
	refused(KA_API_UNAUTHORIZED, "/401", "401");
	assert_int_equal(run.stats.requests, 1);
}

/* ---- others than the API server --------------------------------------------------------------------------- */

static struct got
ask_kubelet(const char *base, const char *path)
{
	struct ka_api_request r = { .path = path, .base = base };
	struct got g = { 0 };

	assert_int_equal(ask(&r, &g, 1), 0);
	assert_int_equal(g.calls, 1);
	free(g.body);
	g.body = NULL;
	return g;
}

static void
a_kubelet_is_shown_a_credential_only_after_it_is_verified(void **state)
{
	(void)state;
	run.credential.token = (char *)(uintptr_t)CANARY;
	assert_int_equal(ask_kubelet(url_of("old"), "/ok-kubelet").result, KA_API_OK);
	assert_int_equal(logged("old", "/ok-kubelet", NULL), 1);
	assert_int_equal(ask_kubelet(url_of("stranger"), "/ok-strange").result, KA_API_FAILED);
	/* Nor when the API server itself need not be. */
	run.access.ca_pem = NULL;
	run.access.insecure = true;
	assert_non_null(strstr(ask_kubelet(url_of("stranger"), "/ok-strange").reason, "no certificate authority"));
	assert_int_equal(logged("/ok-strange", "", NULL), 0);
}

static void
a_kubelet_that_refuses_is_asked_once(void **state)
{
	char path[192];

	(void)state;
	snprintf(path, sizeof path, "%s/token", server.folder);
	write_token(path, CANARY "-1\n");
	run.credential.token_file = path;
	assert_int_equal(ask_kubelet(url_of("old"), "/401").result, KA_API_UNAUTHORIZED);
	assert_int_equal(run.stats.requests, 1);
	assert_int_equal(ask_kubelet(url_of("old"), "/never").result, KA_API_FAILED);
	assert_int_equal(run.stats.requests, 1);
}

static void
a_proxy_sees_no_credential(void **state)
{
	char proxy[64];

	(void)state;
	run.credential.token = (char *)(uintptr_t)CANARY;
	snprintf(proxy, sizeof proxy, "http%s", url_of("proxy") + strlen("https"));
	run.access.proxy_url = proxy;
	free(ask_for("/ok-proxied", KA_API_OK).body);
	assert_int_equal(logged("proxy http/1.1", strstr(run.access.server, "127"), NULL), 1);
	assert_int_equal(logged("proxy http/1.1", "uthorization", NULL), 0);
	assert_int_equal(logged("/ok-proxied", "\"authorization\": \"sent\"", NULL), 1);
}

static void
the_password_of_a_proxy_is_not_told(void **state)
{
	(void)state;
	run.access.proxy_url = "ftp://me:canary-password@127.0.0.1:1";
	hopeless("the address of the proxy cannot be used");
	run.access.proxy_url = "http://me:canary-password@127.0.0.1:99999";
	hopeless("the address of the proxy cannot be used");
	run.access.proxy_url = "http://me:canary-password@127.0.0.1:1";
	hopeless("127.0.0.1 port 1");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_server_without_tls_is_asked_only_when_its_address_says_so),
		T(a_certificate_that_cannot_be_trusted_is_told_at_once),
		T(tls_server_name_is_verified_in_place_of_the_host),
		T(unverified_servers_are_asked_when_told_so),
		T(a_refused_connection_is_told_at_once),
		T(a_client_certificate_is_shown_but_not_by_the_anonymous),
		T(only_the_named_are_impersonated_and_the_anonymous_send_nothing),
		T(line_breaks_never_become_headers),
		T(a_token_that_rotated_is_read_again_once),
		T(a_kubelet_is_shown_a_credential_only_after_it_is_verified),
		T(a_kubelet_that_refuses_is_asked_once),
		T(a_proxy_sees_no_credential),
		T(the_password_of_a_proxy_is_not_told),
	};

	return cmocka_run_group_tests(tests, start_server, stop_server);
}
