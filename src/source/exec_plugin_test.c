/* Plugins are small shell scripts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "source/exec_plugin.h"
#include "util/str.h"

/* What posix_spawn() takes is not const, and not written to. */
#define S(s)  ((char *)(uintptr_t)(s))
#define V1    "client.authentication.k8s.io/v1"
#define HEAD  "{\"apiVersion\":\"" V1 "\",\"kind\":\"ExecCredential\",\"status\":"
#define TOKEN HEAD "{\"token\":\"sekrit\",\"expirationTimestamp\":\"2030-01-01T00:00:00Z\"}}"

static int
run(const char *script, unsigned seconds, struct ka_exec_answer *ret, struct ka_err *err)
{
	char *arg[] = { S("sh"), S("-c"), S(script), NULL };
	char *env[] = { S("MARK=two words"), S("TOKEN=" TOKEN), NULL };
	const struct ka_exec_spec spec = { .command = S("sh"), .arg = arg, .env = env, .api_version = S(V1),
					   .install_hint = S("install it"), .seconds = seconds,
					   .cluster_info = S("{\"server\":\"https://h\"}") };

	return ka_exec_run(&spec, ret, err);
}

static void
a_plugin_gives_a_token_and_its_end(void **state)
{
	struct ka_exec_answer a;
	struct ka_err err;
	int64_t end;

	(void)state;
	assert_int_equal(run("printf %s \"$TOKEN\"", 10, &a, &err), 0);
	assert_string_equal(a.token, "sekrit");
	assert_true(ka_time_parse("2030-01-01T00:00:00Z", &end));
	assert_int_equal(a.expires, end);
	ka_exec_answer_release(&a);
}

static void
a_plugin_is_told_what_the_protocol_says(void **state)
{
	struct ka_exec_answer a;
	struct ka_err err;

	(void)state;
	assert_int_equal(run("test \"$MARK\" = 'two words' || exit 8\n"
			     "case $KUBERNETES_EXEC_INFO in *'\"interactive\":false,\"cluster\":{\"server\":\"https://h\"}}}') ;; "
			     "*) exit 9;; esac\nprintf %s \"$TOKEN\"", 10, &a, &err),
			 0);
	ka_exec_answer_release(&a);
}

static void
what_goes_wrong_is_said_and_no_output_quoted(void **state)
{
	static const struct {
		const char *script, *says;
	} rows[] = {
		{ "echo sekrit; echo >&2; echo 'no session: log in' >&2; echo more >&2; exit 3", "failed with status 3: no session: log in" },
		{ "echo sekrit; exit 0", "no JSON" },
		{ "exit 0", "no JSON" },
		{ "kill -9 $$", "signal 9" },
		{ "head -c 3000000 /dev/zero", "more than 1048576 bytes" },
		{ "echo '{\"kind\":\"Secret\"}'", "no ExecCredential" },
		{ "echo '{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/v1beta1\"}'", "it answered in" },
		{ "echo '" HEAD "{}}'", "neither token nor certificate" },
		{ "echo '" HEAD "{\"clientKeyData\":\"sekrit\"}}'", "without the other" },
		{ "echo '" HEAD "{\"token\":\"sekrit\",\"expirationTimestamp\":\"soon\"}}'", "is no time" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct ka_exec_answer a;
		struct ka_err err;

		assert_int_equal(run(rows[i].script, 10, &a, &err), -1);
		if (!strstr(err.msg, rows[i].says))
			fail_msg("\"%s\" says %s", rows[i].says, err.msg);
		assert_null(strstr(err.msg, "sekrit"));
		assert_non_null(strstr(err.msg, "the credential plugin sh"));
		assert_null(a.token);
	}
}

static void
a_plugin_that_hangs_is_ended_with_what_it_started(void **state)
{
	struct timespec before, after;
	struct ka_exec_answer a;
	struct ka_err err;

	(void)state;
	clock_gettime(CLOCK_MONOTONIC, &before);
	assert_int_equal(run("sleep 60 & sleep 60", 1, &a, &err), -1);
	clock_gettime(CLOCK_MONOTONIC, &after);
	assert_non_null(strstr(err.msg, "did not end within 1 s"));
	assert_true(after.tv_sec - before.tv_sec < 10);
}

/* It ends at once, what it started has its output and goes on. */
static void
what_a_plugin_leaves_behind_is_ended_too(void **state)
{
	char path[] = "/tmp/kassay-plugin-XXXXXX", script[128];
	int fd = mkstemp(path);
	struct ka_exec_answer a;
	struct ka_err err;

	(void)state;
	assert_true(fd >= 0);
	snprintf(script, sizeof script, "(sleep 3; echo alive >%s) &", path);
	assert_int_equal(run(script, 1, &a, &err), -1);
	assert_non_null(strstr(err.msg, "did not end within 1 s"));
	sleep(3);
	assert_int_equal(lseek(fd, 0, SEEK_END), 0);
	close(fd);
	unlink(path);
}

static void
a_plugin_that_is_missing_names_the_way_to_get_it(void **state)
{
	char *arg[] = { S("no-such-plugin"), NULL }, *env[] = { NULL };
	const struct ka_exec_spec spec = { .command = arg[0], .arg = arg, .env = env, .api_version = S(V1),
					   .install_hint = S("see the wiki"), .seconds = 5 };
	struct ka_exec_answer a;
	struct ka_err err;

	(void)state;
	assert_int_equal(ka_exec_run(&spec, &a, &err), -1);
	assert_non_null(strstr(err.msg, "no-such-plugin"));
	assert_non_null(strstr(err.msg, "see the wiki"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_plugin_gives_a_token_and_its_end),
		cmocka_unit_test(a_plugin_is_told_what_the_protocol_says),
		cmocka_unit_test(what_goes_wrong_is_said_and_no_output_quoted),
		cmocka_unit_test(a_plugin_that_hangs_is_ended_with_what_it_started),
		cmocka_unit_test(what_a_plugin_leaves_behind_is_ended_too),
		cmocka_unit_test(a_plugin_that_is_missing_names_the_way_to_get_it),
	};

	return cmocka_run_group_tests_name("exec_plugin", tests, NULL, NULL);
}
