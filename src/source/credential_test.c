/* Credentials as they are read, made and made anew; plugins are small shell scripts. */
#include "source/access_testing.h"

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

/* A projected token is swapped by the kubelet; for a moment it may not be there. */
static void
a_token_file_that_went_away_leaves_what_was_read(void **state)
{
	struct ka_credential_now now;
	struct ka_access *a;
	struct ka_err err;

	(void)state;
	write_file("token", "first\n");
	assert_int_equal(load(one_context("server: 'https://h'", "tokenFile: token"), NULL, &a, &err), 0);
	assert_int_equal(ka_credential_get(a->credential, &now, &err), 0);
	assert_int_equal(unlink(write_file("token", "")), 0);
	assert_true(ka_credential_refused(a->credential));
	assert_int_equal(ka_credential_get(a->credential, &now, &err), 0);
	assert_str(now.bearer, "first");
	ka_access_free(a);
}

/* A plugin that proves by its token what it was told. */
static const char *
with_plugin(const char *more_of_cluster, const char *more_of_user, const char *script)
{
	static char user[2048], cluster[512];
	char path[160];

	snprintf(path, sizeof path, "%s/bin", folder);
	mkdir(path, 0700);
	chmod(write_file("bin/plugin", script), 0700);
	snprintf(cluster, sizeof cluster, "server: 'https://h'%s", more_of_cluster);
	snprintf(user, sizeof user,
		 "exec: {command: bin/plugin, apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never, "
		 "args: [one, '', null, 'two words'], env: [{name: MARK, value: m}], provideClusterInfo: true}%s",
		 more_of_user);
	return one_context(cluster, user);
}

#define ANSWER "{\"apiVersion\":\"client.authentication.k8s.io/v1\",\"kind\":\"ExecCredential\",\"status\":"

static void
a_plugin_beside_the_kubeconfig_is_told_of_the_cluster(void **state)
{
	struct ka_credential_now now;
	struct ka_access *a;
	struct ka_err err;

	(void)state;
	assert_int_equal(
		load(with_plugin(", disable-compression: true, " CA_DATA ", extensions: [{name: other, extension: 1}, "
				 "{name: client.authentication.k8s.io/exec, extension: {audience: [a, 1, true, null]}}]",
				 "",
				 "#!/bin/sh\ntest $# = 4 -a -z \"$2\" -a -z \"$3\" -a \"$4\" = 'two words' -a $MARK = m || exit 7\n"
				 "case $KUBERNETES_EXEC_INFO in *'\"cluster\":{\"server\":\"https://h\",\"disable-compression\":true,"
				 "\"certificate-authority-data\":\"Y2EK\",\"config\":{\"audience\":[\"a\",1,true,null]}}}}') ;;\n"
				 "*) exit 8;; esac\necho '" ANSWER "{\"token\":\"made\"}}'\n"),
		     NULL, &a, &err),
		0);
	if (ka_credential_get(a->credential, &now, &err))
		fail_msg("%s", err.msg);
	assert_str(now.bearer, "made");
	ka_access_free(a);
}

static void
a_plugin_is_not_asked_when_there_is_a_token(void **state)
{
	struct ka_credential_now now;
	struct ka_access *a;
	struct ka_err err;

	(void)state;
	assert_int_equal(load(with_plugin("", ", token: t", "#!/bin/sh\nexit 7\n"), NULL, &a, &err), 0);
	assert_int_equal(ka_credential_get(a->credential, &now, &err), 0);
	assert_str(now.bearer, "t");
	assert_false(ka_credential_refused(a->credential));
	ka_access_free(a);
}

/* What the plugin says the n-th time it is asked. */
static void
ask_twice(const char *end, bool refused, const char *want)
{
	struct ka_credential_now now;
	struct ka_access *a;
	struct ka_err err;
	char script[1024];
	unsigned before;

	snprintf(script, sizeof script,
		 "#!/bin/sh\necho x >>'%s/asked'\nn=$(wc -l <'%s/asked')\n"
		 "echo '" ANSWER "{\"token\":\"t'$n'\"%s}}'\n", folder, folder, end);
	write_file("asked", "");
	assert_int_equal(load(with_plugin("", "", script), NULL, &a, &err), 0);
	assert_int_equal(ka_credential_get(a->credential, &now, &err), 0);
	assert_str(now.bearer, "t1");
	before = now.generation;
	if (refused)
		assert_true(ka_credential_refused(a->credential));
	assert_int_equal(ka_credential_get(a->credential, &now, &err), 0);
	assert_str(now.bearer, want);
	assert_int_equal(now.generation != before, strcmp(want, "t1") != 0);
	ka_access_free(a);
}

static void
a_plugin_is_asked_again_when_its_answer_has_ended_or_was_refused(void **state)
{
	(void)state;
	ask_twice("", false, "t1");
	ask_twice("", true, "t2");
	ask_twice(",\"expirationTimestamp\":\"2999-01-01T00:00:00Z\"", false, "t1");
	ask_twice(",\"expirationTimestamp\":null", false, "t1");
	ask_twice(",\"expirationTimestamp\":\"2020-01-01T00:00:00Z\"", false, "t2");
}

static void
a_token_that_would_begin_another_header_is_not_sent(void **state)
{
	struct ka_credential_now now;
	struct ka_access *a;
	struct ka_err err;

	(void)state;
	for (int i = 0; i < 3; i++) {
		write_file("lines", "sekrit\nX: sekrit\n");
		assert_int_equal(load(i == 0   ? one_context("server: 'https://h'", "token: \"sekrit\\nX: y\"") :
				      i == 1 ? one_context("server: 'https://h'", "tokenFile: lines") :
						 with_plugin("", "", "#!/bin/sh\nprintf %s '" ANSWER "{\"token\":\"sekrit\\r\\nX: y\"}}'\n"),
				      NULL, &a, &err),
				 0);
		assert_int_equal(ka_credential_get(a->credential, &now, &err), -1);
		assert_non_null(strstr(err.msg, "control character"));
		assert_null(strstr(err.msg, "sekrit"));
		ka_access_free(a);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_token_file_is_read_again_when_it_was_refused),
		cmocka_unit_test(a_token_file_that_is_empty_or_missing_is_an_error),
		cmocka_unit_test(a_token_file_that_went_away_leaves_what_was_read),
		cmocka_unit_test(a_plugin_beside_the_kubeconfig_is_told_of_the_cluster),
		cmocka_unit_test(a_plugin_is_not_asked_when_there_is_a_token),
		cmocka_unit_test(a_plugin_is_asked_again_when_its_answer_has_ended_or_was_refused),
		cmocka_unit_test(a_token_that_would_begin_another_header_is_not_sent),
	};

	return cmocka_run_group_tests_name("credential", tests, make_folder, remove_folder);
}
