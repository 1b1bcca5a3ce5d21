/* Kubeconfigs written by the test, and what comes of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "source/access.h"
#include "source/credential.h"

#define CA_DATA "certificate-authority-data: Y2EK"

static char folder[64];

static int
make_folder(void **state)
{
	(void)state;
	snprintf(folder, sizeof folder, "/tmp/kassay-access-XXXXXX");
	unsetenv("KUBERNETES_SERVICE_HOST");
	setenv("HOME", "/nonexistent", 1);
	return mkdtemp(folder) ? 0 : -1;
}

static int
remove_folder(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof command, "rm -rf '%s'", folder);
	return system(command);
}

static const char *
write_file(const char *name, const char *text)
{
	static char path[4][160];
	static unsigned turn;
	char *p = path[turn++ % 4];
	FILE *f;

	snprintf(p, 160, "%s/%s", folder, name);
	f = fopen(p, "we");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	return p;
}

/* The cluster's and the user's fields, in flow style. */
static const char *
one_context(const char *cluster, const char *user)
{
	static char text[4096];

	snprintf(text, sizeof text,
		 "current-context: x\nclusters: [{name: c, cluster: {%s}}]\nusers: [{name: u, user: {%s}}]\n"
		 "contexts: [{name: x, context: {cluster: c, user: u, namespace: shop}}]\n",
		 cluster, user);
	return text;
}

static int
load(const char *text, const struct ka_access_opts *more, struct ka_access **ret, struct ka_err *err)
{
	struct ka_access_opts opts = more ? *more : (struct ka_access_opts){ .context = NULL };

	opts.kubeconfig = write_file("config", text);
	return ka_access_load(&opts, ret, err);
}

static void
assert_str(const char *a, const char *b)
{
	if (b)
		assert_string_equal(a, b);
	else
		assert_null(a);
}

static void
a_context_tells_where_and_as_whom(void **state)
{
	struct ka_credential_now now;
	struct ka_access *a;
	struct ka_err err;

	(void)state;
	assert_int_equal(load(one_context("server: 'https://h:6443/x//', " CA_DATA
					  ", tls-server-name: n.x, proxy-url: 'socks5://p:1', disable-compression: true",
					  "token: t, as: joe, as-uid: '7', as-groups: [g1, g2], "
					  "as-user-extra: {a.b/c: [x, y]}"),
			      NULL, &a, &err),
			 0);
	assert_str(a->server, "https://h:6443/x");
	assert_str(a->ca_pem, "ca\n");
	assert_str(a->tls_server_name, "n.x");
	assert_str(a->proxy_url, "socks5://p:1");
	assert_str(a->namespace, "shop");
	assert_true(a->no_compression);
	assert_str(a->as_user, "joe");
	assert_str(a->as_uid, "7");
	assert_int_equal(a->as_groups.n, 2);
	assert_str(a->as_groups.v[1], "g2");
	assert_int_equal(a->as_extra.n, 2);
	assert_str(a->as_extra.v[0], "a.b/c=x");
	assert_int_equal(ka_credential_get(a->credential, &now, &err), 0);
	assert_str(now.bearer, "t");
	assert_false(ka_credential_refused(a->credential));
	ka_access_free(a);
}

static void
what_the_command_line_says_of_impersonation_goes_first(void **state)
{
	const char *groups[] = { "ops" };
	struct ka_access_opts opts = { .as_user = "ann", .as_groups = { 1, groups } };
	struct ka_access *a;
	struct ka_err err;

	(void)state;
	assert_int_equal(load(one_context("server: 'https://h'", "token: t, as: joe, as-groups: [g1, g2]"), &opts, &a, &err),
			 0);
	assert_str(a->as_user, "ann");
	assert_int_equal(a->as_groups.n, 1);
	ka_access_free(a);
}

static void
what_cannot_be_used_is_one_clear_line(void **state)
{
	static const struct {
		const char *cluster, *user, *says;
	} rows[] = {
		{ "", "token: sekrit", "cluster \"c\" has no server" },
		{ "server: 'https://h', insecure-skip-tls-verify: true, " CA_DATA, "", "only one is allowed" },
		{ "server: 'https://h', certificate-authority: nofile", "", "certificate authority" },
		{ "server: 'https://h', certificate-authority-data: '!!'", "", "certificate-authority-data of \"c\" is no base64" },
		{ "server: 'https://h'", "auth-provider: {name: gcp}", "auth-provider, which Kubernetes clients no longer know" },
		{ "server: 'https://h'", "token: sekrit, username: a, password: sekrit", "both a token and a password" },
		{ "server: 'https://h'", "client-certificate-data: Y2EK", "a client certificate without its key" },
		{ "server: 'https://h'", "exec: {command: x}", "lacks its apiVersion" },
		{ "server: 'https://h'", "exec: {command: x, apiVersion: client.authentication.k8s.io/v1alpha1}", "v1alpha1; v1 and v1beta1" },
		{ "server: 'https://h'", "exec: {command: x, apiVersion: client.authentication.k8s.io/v1}", "lacks interactiveMode" },
		{ "server: 'https://h'",
		  "exec: {command: x, apiVersion: client.authentication.k8s.io/v1, interactiveMode: Always}",
		  "there is no terminal" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct ka_access *a;
		struct ka_err err;

		assert_int_equal(load(one_context(rows[i].cluster, rows[i].user), NULL, &a, &err), -1);
		if (!strstr(err.msg, rows[i].says))
			fail_msg("\"%s\" says %s", rows[i].says, err.msg);
		assert_null(strstr(err.msg, "sekrit"));
	}
}

static void
a_broken_file_is_named_and_not_quoted(void **state)
{
	struct ka_access *a;
	struct ka_err err;

	(void)state;
	assert_int_equal(load("users:\n- name: u\n  user: {token: \"sekrit\n\tsekrit: [}\n", NULL, &a, &err), -1);
	assert_non_null(strstr(err.msg, "/config:"));
	assert_null(strstr(err.msg, "sekrit"));
	assert_int_equal(load("clusters: {a: b}\n", NULL, &a, &err), -1);
	assert_non_null(strstr(err.msg, "\"clusters\" is no list"));
}

static void
names_that_lead_nowhere_are_told(void **state)
{
	struct ka_access_opts opts = { .context = "y" };
	struct ka_access *a;
	struct ka_err err;

	(void)state;
	assert_int_equal(load(one_context("server: 'https://h'", ""), &opts, &a, &err), -1);
	assert_non_null(strstr(err.msg, "no context \"y\""));
	assert_int_equal(load("contexts: [{name: x, context: {cluster: c, user: u}}]\ncurrent-context: x\n", NULL, &a, &err), -1);
	assert_non_null(strstr(err.msg, "names cluster \"c\", which no kubeconfig has"));
	assert_int_equal(load("contexts: [{name: x, context: {cluster: c}}]\n", NULL, &a, &err), -1);
	assert_non_null(strstr(err.msg, "no current-context"));
	opts = (struct ka_access_opts){ .kubeconfig = "/nonexistent/config" };
	assert_int_equal(ka_access_load(&opts, &a, &err), -1);
	assert_non_null(strstr(err.msg, "/nonexistent/config"));
}

static void
of_several_files_the_first_to_say_something_counts(void **state)
{
	struct ka_access_opts opts = { .context = NULL };
	char list[512];
	const char *one, *two;
	struct ka_credential_now now;
	struct ka_access *a;
	struct ka_err err;

	(void)state;
	snprintf(list, sizeof list, "%s/sub", folder);
	mkdir(list, 0700);
	write_file("sub/ca", "relative\n");
	one = write_file("one", "clusters: [{name: c, cluster: {server: 'https://one', certificate-authority: sub/ca}}]\n");
	two = write_file("two", one_context("server: 'https://two'", "token: t"));
	snprintf(list, sizeof list, "/nonexistent/file::%s:%s", one, two);
	setenv("KUBECONFIG", list, 1);
	assert_int_equal(ka_access_load(&opts, &a, &err), 0);
	unsetenv("KUBECONFIG");
	assert_str(a->server, "https://one");
	assert_str(a->ca_pem, "relative\n");
	assert_int_equal(ka_credential_get(a->credential, &now, &err), 0);
	assert_str(now.bearer, "t");
	ka_access_free(a);
}

static void
nothing_configured_is_said(void **state)
{
	struct ka_access_opts opts = { .context = NULL };
	struct ka_access *a;
	struct ka_err err;

	(void)state;
	unsetenv("KUBECONFIG");
	assert_int_equal(ka_access_load(&opts, &a, &err), -1);
	assert_non_null(strstr(err.msg, "no cluster is configured"));
}

static void
a_token_file_is_read_again_when_it_was_refused(void **state)
{
	struct ka_credential_now now;
	struct ka_access *a;
	struct ka_err err;
	unsigned before;

	(void)state;
	write_file("token", "first\n");
	assert_int_equal(load(one_context("server: 'https://h'", "token: never, tokenFile: token"), NULL, &a, &err), 0);
	assert_int_equal(ka_credential_get(a->credential, &now, &err), 0);
	assert_str(now.bearer, "first");
	before = now.generation;
	write_file("token", "second");
	assert_int_equal(ka_credential_get(a->credential, &now, &err), 0);
	assert_str(now.bearer, "first");
	assert_int_equal(now.generation, before);
	assert_true(ka_credential_refused(a->credential));
	assert_int_equal(ka_credential_get(a->credential, &now, &err), 0);
	assert_str(now.bearer, "second");
	assert_int_not_equal(now.generation, before);
	ka_access_free(a);
}

static void
a_token_file_that_is_empty_or_missing_is_an_error(void **state)
{
	static const char *const says[] = { "is empty", "No such file" };
	struct ka_credential_now now;
	struct ka_access *a;
	struct ka_err err;

	(void)state;
	for (int i = 0; i < 2; i++) {
		write_file("hollow", " \n");
		assert_int_equal(load(one_context("server: 'https://h'", i ? "tokenFile: gone" : "tokenFile: hollow"), NULL,
				      &a, &err),
				 0);
		assert_int_equal(ka_credential_get(a->credential, &now, &err), -1);
		assert_non_null(strstr(err.msg, says[i]));
		ka_access_free(a);
	}
}

static void
a_pod_uses_its_service_account(void **state)
{
	struct ka_access_opts opts = { .account_dir = folder };
	struct ka_credential_now now;
	struct ka_access *a;
	struct ka_err err;

	(void)state;
	write_file("token", "of the pod\n");
	write_file("ca.crt", "ca\n");
	write_file("namespace", "shop");
	setenv("KUBERNETES_SERVICE_HOST", "fd00::1", 1);
	setenv("KUBERNETES_SERVICE_PORT", "443", 1);
	assert_int_equal(ka_access_load(&opts, &a, &err), 0);
	unsetenv("KUBERNETES_SERVICE_HOST");
	assert_str(a->server, "https://[fd00::1]:443");
	assert_str(a->ca_pem, "ca\n");
	assert_str(a->namespace, "shop");
	assert_true(a->in_cluster);
	assert_int_equal(ka_credential_get(a->credential, &now, &err), 0);
	assert_str(now.bearer, "of the pod");
	ka_access_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_context_tells_where_and_as_whom),
		cmocka_unit_test(what_the_command_line_says_of_impersonation_goes_first),
		cmocka_unit_test(what_cannot_be_used_is_one_clear_line),
		cmocka_unit_test(a_broken_file_is_named_and_not_quoted),
		cmocka_unit_test(names_that_lead_nowhere_are_told),
		cmocka_unit_test(of_several_files_the_first_to_say_something_counts),
		cmocka_unit_test(nothing_configured_is_said),
		cmocka_unit_test(a_pod_uses_its_service_account),
		cmocka_unit_test(a_token_file_is_read_again_when_it_was_refused),
		cmocka_unit_test(a_token_file_that_is_empty_or_missing_is_an_error),
	};

	return cmocka_run_group_tests_name("access", tests, make_folder, remove_folder);
}
