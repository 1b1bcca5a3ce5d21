/* Keys below are made up; their prefixes are written apart from the rest where scanners of source
 * code would trip. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "model/suspect.h"

#define D10 "0123456789"
#define D40 D10 D10 D10 D10

struct row {
	const char *name, *value;
	const char *why; /* NULL: not suspect */
};

static const struct row named[] = {
	{ "LOG_LEVEL", "info", NULL },
	{ "JAVA_OPTS", "-Xmx1g -Ddb.password=S3cr3t-0000002a", "its name says password" },
	{ "JAVA_OPTS", "-Xmx1g -Ddb.password=${DB_PASSWORD}", NULL },
	{ "OPTS", "--password=hunter2", "its name says password" },
	{ "OPTS", "--password \"$DB_PASSWORD\" --user root", NULL },
	{ "HELP", "Set the password and the token, then restart", NULL },
	{ "FEATURE_FLAGS", "a=1,b=0,c=experimental,d=off", NULL },
	{ "DB_PASSWORD", "S3cr3t-0000002a", "its name says password" },
	{ "DB_PASSWORD", "", NULL },
	{ "DB_PASSWORD", "changeme", "its name says password" },
	{ "DB_PASSWORD", "12345", "its name says password" },
	{ "DB_PASSWORD", "$(OTHER)", NULL },
	{ "DB_PASSWORD", "${OTHER}", NULL },
	{ "DB_PASSWORD", "<password>", NULL },
	{ "DB_PASSWORD", "{{ .Values.password }}", NULL },
	{ "DB_PASSWORD", "********", NULL },
	{ "PGPASSWORD", "admin", "its name says password" },
	{ "MYSQL_PWD", "admin", "its name says password" },
	{ "PWD", "/app", NULL },
	{ "redisPass", "hunter2", "its name says password" },
	{ "BYPASS", "hunter2", NULL },
	{ "COMPASS_MODE", "hunter2", NULL },
	{ "PASSWORD_FILE", "/run/secrets/db", NULL },
	{ "PASSWORD_FILE", "hunter2", NULL },
	{ "PASSWORD_MIN_LENGTH", "8", NULL },
	{ "PASSWORD_AUTH", "required", NULL },
	{ "ENABLE_PASSWORD", "true", NULL },
	{ "SECRET", "/etc/secret-volume/aws", NULL },
	{ "aws_secret", "my/secret/file/path", NULL },
	{ "AWS_SECRET_ACCESS_KEY", "/bQ3xT9vLm2Kp8Rw5Zs1Yc7Nd4Hf6Jg0AbCdEfGh",
	  "its name says secret" },
	{ "AWS_ACCESS_KEY_ID",
	  "AKIA"
	  "Q3XT9VLM2KP8RW5Z",
	  "AWS access key id" },
	{ "AWS_ACCESS_KEY_ID",
	  "AKIA"
	  "IOSFODNN7EXAMPLE",
	  NULL },
	{ "METALLB_ML_SECRET_NAME", "memberlist", NULL },
	{ "TLS_SECRET", "web-tls", NULL },
	{ "IMAGE_PULL_SECRET", "regcred", NULL },
	{ "PUBLIC_KEY_SECRET", "abc", NULL },
	{ "TOKEN", "3600", NULL },
	{ "TOKEN_TTL", "3600", NULL },
	{ "TOKEN_EXPIRY_SECONDS", "3600", NULL },
	{ "ACCESS_TOKEN", "30m", NULL },
	{ "MAX_TOKENS", "4096", NULL },
	{ "TOKENIZER", "wordpiece", NULL },
	{ "accessToken", "q7Fh2", "its name says token" },
	{ "GITHUB_TOKEN_URL", "https://example.com/token", NULL },
	{ "stripe-api-key", "abc123", "its name says API key" },
	{ "k8svaultapikey", "azhzLWdvYXQ=", "its name says API key" },
	{ "ENCRYPTION_KEY", "abc123", "its name says encryption key" },
	{ "MONKEY", "banana", NULL },
	{ "KEY", "banana", NULL },
	{ "GOOGLE_APPLICATION_CREDENTIALS", "/var/secrets/key.json", NULL },
	{ "CREDENTIALS_MODE", "mint", NULL },
	{ "DB_SECRET", "arn:aws:secretsmanager:eu-west-1:1:secret:x", NULL },
	{ "DB_SECRET", "vault:secret/data/db#password", NULL },
	{ "CLIENT_SECRET", "ENC[AES256_GCM,data:abc]", NULL },
	{ "SIGNER_SECRET", "-----BEGIN CERTIFICATE-----\nMII", NULL },
	{ "DATABASE_URL", "postgres://app:hunter2@db:5432/app", "URL with a password" },
	{ "DATABASE_URL", "postgres://app:$(PASS)@db:5432/app", NULL },
	{ "DATABASE_URL", "postgres://app@db:5432/app", NULL },
	{ "PROXY", "http://proxy:3128/a@b", NULL },
	{ "DB_PASSWORD", "(hidden)", "hidden by the snapshot" },
	{ "DB_PASSWORD", "kassay-hidden:its name says password", "its name says password" },
	{ "X", "kassay-hidden:GitHub token", "GitHub token" },
	{ "X", "kassay-hidden:a line sets a token", "a line sets a token" },
	{ "X", "kassay-hidden:something newer", "hidden by the snapshot" },
};

static const struct row forms[] = {
	{ NULL, "--workers=4", NULL },
	{ NULL, "export PGPASSWORD=hunter2; psql", "a line sets a password" },
	{ NULL, "exec mysql --password 'hunter2' -h db", "its name says password" },
	{ NULL, "PASSWORD=$(cat /run/p) TOKEN=`cat /t` run", NULL },
	{ NULL, "PASSWORD=\"$1\"; export PASSWORD", NULL },
	{ NULL, "docker login --password-stdin registry.example.com", NULL },
	{ NULL, "if [ -z \"$TOKEN\" ]; then exit 1; fi", NULL },
	{ NULL, "--token-ttl 24h --auth-token-ttl=3600", NULL },
	{ NULL, "--listen=:8080", NULL },
	{ NULL, "--password=hunter2", "its name says password" },
	{ NULL, "--password=$(PASS)", NULL },
	{ NULL, "--password-file=/etc/p", NULL },
	{ NULL, "--enable-bootstrap-token-auth=true", NULL },
	{ NULL, "--tls-private-key=/etc/tls.key", NULL },
	{ NULL, "--url=redis://:hunter2@cache/0", "URL with a password" },
	{ NULL, "ghp_" D40, "GitHub token" },
	{ NULL, "xghp_" D40, NULL },
	{ NULL, "ghp_short", NULL },
	{ NULL, "--token=glpat-" D10 D10, "GitLab token" },
	{ NULL, "xoxb-" D10 "-" D10, "Slack token" },
	{ NULL, "https://hooks.slack.com/services/T00000000/B00000000/" D10 D10, "Slack webhook" },
	{ NULL, "AIza" D10 D10 D10 "abcde", "Google API key" },
	{ NULL, "AIza" D10, NULL },
	{ NULL, "sk_live_" D10 D10, "Stripe key" },
	{ NULL, "x;AccountKey=" D40 D40 "==;y", "Azure storage key" },
	{ NULL, "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl", "JSON Web Token" },
	{ NULL, "eyJhbGciOiJIUzI1NiJ9", NULL },
	{ NULL, "a: b\n-----BEGIN RSA PRIVATE KEY-----\nMII", "private key" },
	{ NULL, "-----BEGIN PRIVATE KEY-----", "private key" },
	{ NULL, "-----BEGIN CERTIFICATE-----", NULL },
	{ NULL, "-----BEGIN PUBLIC KEY-----", NULL },
	{ NULL, "Authorization: Basic dXNlcjpwYXNz", "basic credentials" },
	{ NULL, "Basic authentication", NULL },
	{ NULL, "bearer abc123def", "bearer token" },
	{ NULL, "Bearer authentication", NULL },
	{ NULL, "{\"auths\":{\"r.io\":{\"auth\": \"dXNlcjpwYXNz\"}}}", "registry credentials" },
	{ NULL, "{\"auth\": \"none\"}", NULL },
	{ NULL, "", NULL },
	{ NULL, "-", NULL },
	{ NULL, "://", NULL },
};

static const struct row configmaps[] = {
	{ "pwd", "hi", "its name says password" },
	{ "password", "hi\n", "its name says password" },
	{ "aws_access_key_id_file", "/etc/secret-volume/aws", NULL },
	{ "ui_properties_file_name", "user-interface.properties", NULL },
	{ "password-reset.sh", "echo", NULL },
	{ "app.yaml", "db:\n  host: x\n  password: hunter2\n", "a line sets a password" },
	{ "app.yaml", "db:\n  password: \"hunter 2\"  # default\n", "a line sets a password" },
	{ "app.yaml", "db:\n  password:\n  passwordFile: /x\n", NULL },
	{ "app.yaml", "auth:\n  token: abc-def\n", NULL },
	{ "app.yaml", "auth:\n  token: q7Fh29zz\n", "a line sets a token" },
	{ "app.yaml", "description: the password\npassword: the one you were given\n", NULL },
	{ "app.yaml", "# password: hunter2\n", NULL },
	{ "app.yaml", "password: {{ .Values.password }}\n", NULL },
	{ "app.json", "{\n \"user\": \"a\",\n \"password\": \"hunter2\",\n}",
	  "a line sets a password" },
	{ "app.properties", "a=b\nspring.datasource.password=hunter2", "a line sets a password" },
	{ "run.sh", "set -e\nexport DB_PASSWORD=hunter2\n", "a line sets a password" },
	{ "run.sh", "DB_PASSWORD=$1\nPASSWORD=$(cat /x)\n", NULL },
	{ "app.py", "password = os.getenv(\"PASSWORD\")\n", NULL },
	{ "oidc.yaml", "a: b\ntokenURL: https://x/token\nclientSecretName: x\n", NULL },
	{ "tls.key", "-----BEGIN EC PRIVATE KEY-----\n", "private key" },
	{ "ca.crt", "-----BEGIN CERTIFICATE-----\n", NULL },
	{ "password", "kassay-hidden:its name says password", "its name says password" },
	{ "empty", "", NULL },
};

static void
same(const struct row *r, const char *got)
{
	if ((got == NULL) != (r->why == NULL) || (got && strcmp(got, r->why) != 0))
		fail_msg("%s=%s: expected %s, got %s", r->name ? r->name : "", r->value,
			 r->why ? r->why : "nothing", got ? got : "nothing");
}

static void
a_name_and_its_value_tell_a_secret(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof named / sizeof named[0]; i++)
		same(&named[i],
		     ka_suspect_name_value(named[i].name, named[i].value, strlen(named[i].value)));
}

static void
a_value_tells_a_secret_by_its_form(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++)
		same(&forms[i], ka_suspect_value(forms[i].value, strlen(forms[i].value)));
}

static void
a_configmap_is_read_line_by_line(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof configmaps / sizeof configmaps[0]; i++)
		same(&configmaps[i], ka_suspect_configmap(configmaps[i].name, configmaps[i].value,
							  strlen(configmaps[i].value)));
}

static void
an_argument_is_named_by_the_option_before_it(void **state)
{
	(void)state;
	assert_string_equal(ka_suspect_arg("--password", "hunter2", 7), "its name says password");
	assert_null(ka_suspect_arg("--password", "--verbose", 9));
	assert_null(ka_suspect_arg("--password=x", "hunter2", 7));
	assert_null(ka_suspect_arg("--user", "hunter2", 7));
	assert_null(ka_suspect_arg("password", "hunter2", 7));
	assert_null(ka_suspect_arg(NULL, "hunter2", 7));
	assert_null(ka_suspect_arg("--password", "", 0));
}

static void
a_value_is_read_only_to_its_length(void **state)
{
	(void)state;
	assert_null(ka_suspect_value("ghp_" D40, 12));
	assert_null(ka_suspect_value("x://a:b@c", 6));
	assert_null(ka_suspect_name_value("DB_PASSWORD", "hunter2", 0));
}

static void
a_very_long_name_is_judged_by_its_end(void **state)
{
	char name[400];

	(void)state;
	memset(name, 'A', sizeof name);
	memcpy(name + sizeof name - 10, "_PASSWORD", 10);
	assert_string_equal(ka_suspect_name_value(name, "hunter2", 7), "its name says password");
	memset(name, 'A', sizeof name - 1);
	for (size_t i = 1; i < sizeof name - 1; i += 2)
		name[i] = '_';
	name[sizeof name - 1] = '\0';
	assert_null(ka_suspect_name_value(name, "hunter2", 7));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_and_its_value_tell_a_secret),
		cmocka_unit_test(a_value_tells_a_secret_by_its_form),
		cmocka_unit_test(a_configmap_is_read_line_by_line),
		cmocka_unit_test(an_argument_is_named_by_the_option_before_it),
		cmocka_unit_test(a_value_is_read_only_to_its_length),
		cmocka_unit_test(a_very_long_name_is_judged_by_its_end),
	};

	return cmocka_run_group_tests_name("model/suspect", tests, NULL, NULL);
}
