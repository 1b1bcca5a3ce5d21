/* Kubeconfigs written by the test, and what comes of them. */
#include "source/access_testing.h"

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
					  "as-user-extra: {a.b/c: [x, z]}"),
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
	struct ka_access_opts opts = { .as_user = "ann", .as_uid = "" };
	struct ka_access *a;
	struct ka_err err;

	(void)state;
	assert_int_equal(load(one_context("server: 'https://h'", "token: t, as: joe, as-groups: [g1, g2]"), &opts, &a, &err),
			 0);
	assert_str(a->as_user, "ann");
	assert_int_equal(a->as_groups.n, 2);
	ka_access_free(a);
	opts = (struct ka_access_opts){ .as_uid = "8", .as_groups = { 1, groups } };
	assert_int_equal(load(one_context("server: 'https://h'", "token: t, as: joe, as-uid: '7', as-groups: [g1, g2]"), &opts,
			      &a, &err),
			 0);
	assert_str(a->as_user, "joe");
	assert_str(a->as_uid, "8");
	assert_int_equal(a->as_groups.n, 1);
	assert_str(a->as_groups.v[0], "ops");
	ka_access_free(a);
	assert_int_equal(load(one_context("server: 'https://h'", "token: t"), &opts, &a, &err), -1);
	assert_non_null(strstr(err.msg, "no user (--as)"));
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
		{ "server: 'https://root:sekrit@h'", "", "has a user in it" },
		{ "server: 'ftp://h'", "", "neither https:// nor http://" },
		{ "server: 'https://h', proxy-url: 'socks4://a:sekrit@h'", "", "proxy-url of cluster \"c\" is none of" },
		{ "server: 443", "", "server of \"c\" in clusters must be a string" },
		{ "server: 'https://h', insecure-skip-tls-verify: 'true'", "", "must be true or false" },
		{ "server: 'https://h'", "token: 1234567890", "token of \"u\" in users must be a string" },
		{ "server: 'https://h'", "token: {sekrit: sekrit}", "token of \"u\" in users must be a string" },
		{ "server: 'https://h'", "as: joe, as-groups: ops", "as-groups of \"u\" in users must be a list" },
		{ "server: 'https://h'", "as: joe, as-groups: [1]", "as-groups[0] of \"u\" in users must be a string" },
		{ "server: 'https://h'", "as: joe, as-user-extra: {k: v}", "as-user-extra.k of \"u\" in users must be a list" },
		{ "server: 'https://h'", "as: \"joe\\r\\nX: y\"", "control character" },
		{ "server: 'https://h'", "as-groups: [ops]", "/config: user \"u\": a uid, groups or" },
		{ "server: 'https://h'", "exec: {}", "lacks its command" },
		{ "server: 'https://h'",
		  "exec: {command: x, apiVersion: client.authentication.k8s.io/v1beta1, env: [{value: sekrit}]}",
		  "an env without a name" },
		{ "server: 'https://h'", "auth-provider: {}", "auth-provider, which" },
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
	assert_int_equal(load("users: [{name: u, user: {token: sekrit}}, {name: u, user: {token: sekrit}}]\n", NULL, &a, &err), -1);
	assert_non_null(strstr(err.msg, "\"u\" is twice in \"users\""));
	assert_null(strstr(err.msg, "sekrit"));
	assert_int_equal(load("current-context: 7\n", NULL, &a, &err), -1);
	assert_non_null(strstr(err.msg, "current-context must be a string"));
	assert_int_equal(load("kind: Pod\n", NULL, &a, &err), -1);
	assert_non_null(strstr(err.msg, "no kubeconfig"));
	assert_int_equal(load("apiVersion: v2\nkind: Config\n", NULL, &a, &err), -1);
	assert_non_null(strstr(err.msg, "none of version v1"));
	assert_int_equal(load("users: [sekrit]\n", NULL, &a, &err), -1);
	assert_non_null(strstr(err.msg, "without a name"));
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
	assert_non_null(strstr(err.msg, "/config: context \"x\""));
	assert_int_equal(load("contexts: [{name: x, context: {cluster: c, user: u}}]\nclusters: [{name: c, cluster: {server: 'https://h'}}]\n"
			      "current-context: x\n", NULL, &a, &err),
			 -1);
	assert_non_null(strstr(err.msg, "names user \"u\", which no kubeconfig has"));
	assert_int_equal(load("contexts: [{name: x, context: {user: u}}]\ncurrent-context: x\n", NULL, &a, &err), -1);
	assert_non_null(strstr(err.msg, "names no cluster"));
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

/* kubectl sends nothing that identifies the user over a line that can be read. */
static void
a_server_without_tls_is_shown_no_credential(void **state)
{
	static const char *const servers[] = { "server: 'http://h:8080/'", "server: 'HTTP://h:8080'", "server: 'h:8080'" };
	struct ka_credential_now now;
	struct ka_access *a;
	struct ka_err err;

	(void)state;
	for (int i = 0; i < 3; i++) {
		assert_int_equal(load(one_context(servers[i], "token: t, as: joe"), NULL, &a, &err), 0);
		assert_str(a->server, "http://h:8080");
		assert_str(a->as_user, "joe");
		assert_int_equal(ka_credential_get(a->credential, &now, &err), 0);
		assert_null(now.bearer);
		ka_access_free(a);
	}
}

static void
data_goes_before_a_file_and_a_key_alone_is_nothing(void **state)
{
	struct ka_credential_now now;
	struct ka_access *a;
	struct ka_err err;

	(void)state;
	write_file("key", "the key\n");
	assert_int_equal(load(one_context("server: 'https://h', certificate-authority: nofile, " CA_DATA,
					  "client-certificate-data: Y2EK, client-key: key, username: ann, password: p"),
			      NULL, &a, &err),
			 0);
	assert_str(a->ca_pem, "ca\n");
	assert_int_equal(ka_credential_get(a->credential, &now, &err), 0);
	assert_str(now.cert_pem, "ca\n");
	assert_str(now.key_pem, "the key\n");
	assert_str(now.username, "ann");
	assert_str(now.password, "p");
	ka_access_free(a);
	assert_int_equal(load(one_context("server: 'https://h'", "client-key: nofile"), NULL, &a, &err), 0);
	assert_int_equal(ka_credential_get(a->credential, &now, &err), 0);
	assert_null(now.key_pem);
	ka_access_free(a);
}

static void
a_kubeconfig_may_be_json_and_end_with_other_documents(void **state)
{
	struct ka_access *a;
	struct ka_err err;

	(void)state;
	assert_int_equal(load("{\"apiVersion\": \"v1\", \"kind\": \"Config\", \"current-context\": \"x\", \"clusters\": [{\"name\": \"c\", \"cluster\": {\"server\": "
			      "\"https://h\", \"insecure-skip-tls-verify\": true}}], \"users\": null, "
			      "\"contexts\": [{\"name\": \"x\", \"context\": {\"cluster\": \"c\"}}]}",
			      NULL, &a, &err),
			 0);
	assert_true(a->insecure);
	assert_null(a->namespace);
	ka_access_free(a);
	assert_int_equal(load("---\n---\ncurrent-context: x\nclusters: [{name: c, cluster: {server: 'https://h'}}]\n"
			      "contexts: [{name: x, context: {cluster: c}}]\n---\n[other: {\n",
			      NULL, &a, &err),
			 0);
	ka_access_free(a);
}

static void
a_kubeconfig_without_a_context_leaves_a_pod_its_own_cluster(void **state)
{
	struct ka_access_opts opts = { .account_dir = folder };
	struct ka_access *a;
	struct ka_err err;

	(void)state;
	write_file("token", "t");
	write_file("ca.crt", "ca\n");
	write_file("namespace", "shop\n");
	setenv("KUBERNETES_SERVICE_HOST", "10.0.0.1", 1);
	setenv("KUBERNETES_SERVICE_PORT", "443", 1);
	setenv("KUBECONFIG", write_file("bare", "contexts: [{name: x, context: {cluster: c}}]\n"), 1);
	assert_int_equal(ka_access_load(&opts, &a, &err), 0);
	assert_str(a->server, "https://10.0.0.1:443");
	assert_str(a->namespace, "shop");
	ka_access_free(a);
	setenv("POD_NAMESPACE", "told", 1);
	assert_int_equal(ka_access_load(&opts, &a, &err), 0);
	assert_str(a->namespace, "told");
	ka_access_free(a);
	opts.context = "x";
	assert_int_equal(ka_access_load(&opts, &a, &err), -1);
	assert_non_null(strstr(err.msg, "names cluster \"c\""));
	unsetenv("KUBERNETES_SERVICE_HOST");
	unsetenv("POD_NAMESPACE");
	unsetenv("KUBECONFIG");
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
		cmocka_unit_test(a_server_without_tls_is_shown_no_credential),
		cmocka_unit_test(data_goes_before_a_file_and_a_key_alone_is_nothing),
		cmocka_unit_test(a_kubeconfig_may_be_json_and_end_with_other_documents),
		cmocka_unit_test(a_kubeconfig_without_a_context_leaves_a_pod_its_own_cluster),
	};

	return cmocka_run_group_tests_name("access", tests, make_folder, remove_folder);
}
