#include "source/exec_plugin.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "util/alloc.h"
#include "util/str.h"
#include "util/banned.h"

enum { MAX_ANSWER = 1 << 20, MAX_COMPLAINT = 4096 };

static void
wipe(char *s)
{
	if (s)
		explicit_bzero(s, strlen(s));
	free(s);
}

void
ka_exec_answer_release(struct ka_exec_answer *a)
{
	wipe(a->token);
	wipe(a->cert_pem);
	wipe(a->key_pem);
	memset(a, 0, sizeof *a);
}

static void
free_all(char **v)
{
	for (size_t i = 0; v && v[i]; i++)
		wipe(v[i]);
	free(v);
}

void
ka_exec_spec_free(struct ka_exec_spec *spec)
{
	if (!spec)
		return;
	free(spec->command);
	free_all(spec->arg);
	free_all(spec->env);
	free(spec->api_version);
	free(spec->install_hint);
	free(spec->cluster_info);
	free(spec);
}

/* ---- the answer ------------------------------------------------------------------------------------- */

static char *
member(const json_t *obj, const char *key)
{
	const char *s = json_string_value(json_object_get(obj, key));

	return s && *s ? ka_xstrdup(s) : NULL;
}

static int
read_status(const json_t *root, const char *api_version, struct ka_exec_answer *ret, struct ka_err *err)
{
	const char *kind = json_string_value(json_object_get(root, "kind"));
	const char *version = json_string_value(json_object_get(root, "apiVersion"));
	const json_t *status = json_object_get(root, "status");
	const char *expires = json_string_value(json_object_get(status, "expirationTimestamp"));

	if (!kind || strcmp(kind, "ExecCredential") != 0)
		return ka_err_set(err, KA_EFORMAT, "it printed no ExecCredential");
	if (!version || strcmp(version, api_version) != 0)
		return ka_err_set(err, KA_EFORMAT, "it answered in %s, the kubeconfig asks for %s",
				  version ? version : "no version", api_version);
	ret->token = member(status, "token");
	ret->cert_pem = member(status, "clientCertificateData");
	ret->key_pem = member(status, "clientKeyData");
	if (!ret->cert_pem != !ret->key_pem)
		return ka_err_set(err, KA_EFORMAT, "it gave a certificate or a key without the other");
	if (!ret->token && !ret->cert_pem)
		return ka_err_set(err, KA_EFORMAT, "it gave neither token nor certificate");
	if (expires && !ka_time_parse(expires, &ret->expires))
		return ka_err_set(err, KA_EFORMAT, "its expirationTimestamp is no time");
	return 0;
}

static void
wiping_free(void *p)
{
	if (p)
		explicit_bzero(p, malloc_usable_size(p));
	free(p);
}

int
ka_exec_read(const char *text, size_t len, const char *api_version, struct ka_exec_answer *ret, struct ka_err *err)
{
	json_malloc_t get;
	json_free_t release;
	json_t *root;
	int status;

	memset(ret, 0, sizeof *ret);
	json_get_alloc_funcs(&get, &release);
	json_set_alloc_funcs(malloc, wiping_free);
	root = json_loadb(text, len, 0, NULL);
	if (root)
		status = read_status(root, api_version, ret, err);
	else
		status = ka_err_set(err, KA_EFORMAT, "what it printed is no JSON");
	json_decref(root);
	json_set_alloc_funcs(get, release);
	if (status)
		ka_exec_answer_release(ret);
	return status;
}

/* ---- the program ------------------------------------------------------------------------------------- */

/* Ours, without what the plugin's own settings replace, then those, then what it is told. */
static char **
environment(const struct ka_exec_spec *spec)
{
	size_t n = 0, nown = 0, size;
	char **env, *info;

	for (size_t i = 0; environ[i]; i++)
		n++;
	while (spec->env && spec->env[nown])
		nown++;
	env = ka_xcalloc(n + nown + 2, sizeof *env);
	n = 0;
	for (size_t i = 0; environ[i]; i++) {
		size_t len = strcspn(environ[i], "=") + 1;
		bool replaced = ka_str_has_prefix(environ[i], "KUBERNETES_EXEC_INFO=");

		for (size_t j = 0; j < nown && !replaced; j++)
			replaced = strncmp(environ[i], spec->env[j], len) == 0;
		if (!replaced)
			env[n++] = ka_xstrdup(environ[i]);
	}
	for (size_t j = 0; j < nown; j++)
		env[n++] = ka_xstrdup(spec->env[j]);
	size = strlen(spec->api_version) + (spec->cluster_info ? strlen(spec->cluster_info) : 0) + 160;
	info = ka_xmalloc(size);
	snprintf(info, size,
		 "KUBERNETES_EXEC_INFO={\"kind\":\"ExecCredential\",\"apiVersion\":\"%s\",\"spec\":{\"interactive\":%s%s%s}}",
		 spec->api_version, spec->interactive ? "true" : "false", spec->cluster_info ? ",\"cluster\":" : "",
		 spec->cluster_info ? spec->cluster_info : "");
	env[n] = info;
	return env;
}

static int
start(const struct ka_exec_spec *spec, int out, int complaints, pid_t *ret_pid)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	sigset_t none;
	char **env = environment(spec);
	int rc;

	sigemptyset(&none);
	posix_spawn_file_actions_init(&actions);
	posix_spawnattr_init(&attr);
	/* A group of its own, so that what it starts can be ended with it; one that talks to a person must
	 * stay in ours, or the terminal stops it. */
	posix_spawnattr_setflags(&attr, (short)(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF |
						(spec->interactive ? 0 : POSIX_SPAWN_SETPGROUP)));
	posix_spawnattr_setpgroup(&attr, 0);
	posix_spawnattr_setsigmask(&attr, &none);
	sigaddset(&none, SIGPIPE);
	posix_spawnattr_setsigdefault(&attr, &none);
	if (!spec->interactive) {
		posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
		posix_spawn_file_actions_adddup2(&actions, complaints, STDERR_FILENO);
	}
	posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	rc = posix_spawnp(ret_pid, spec->command, &actions, &attr, spec->arg, env);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attr);
	free_all(env);
	return rc;
}

static int64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* One of the two pipes; false at its end.  What passes the cap is read and dropped, and counts as too much. */
static bool
drain(int fd, struct ka_buf *b, bool *too_much)
{
	char chunk[4096];
	ssize_t n = read(fd, chunk, sizeof chunk);

	if (n < 0)
		return errno == EINTR || errno == EAGAIN;
	if (n > 0 && ka_buf_add(b, chunk, (size_t)n, NULL))
		*too_much = true;
	explicit_bzero(chunk, sizeof chunk);
	return n > 0;
}

/* -1 when the time is up. */
static int
listen_to(int out, int complaints, struct ka_buf *answer, struct ka_buf *said, int64_t until, bool *too_much)
{
	struct pollfd fd[2] = { { .fd = out, .events = POLLIN }, { .fd = complaints, .events = POLLIN } };
	bool ignored = false;

	while (fd[0].fd >= 0 || fd[1].fd >= 0) {
		int64_t left = until - now_ms();

		if (left <= 0)
			return -1;
		if (poll(fd, 2, (int)left) < 0 && errno != EINTR)
			return -1;
		if (fd[0].fd >= 0 && fd[0].revents && !drain(out, answer, too_much))
			fd[0].fd = -1;
		if (fd[1].fd >= 0 && fd[1].revents && !drain(complaints, said, &ignored))
			fd[1].fd = -1;
	}
	return 0;
}

/* The first line that it wrote to standard error. */
static const char *
first_line(struct ka_buf *said)
{
	char *s = said->s ? said->s : NULL;

	if (!s || !*s)
		return NULL;
	s += strspn(s, "\r\n \t");
	s[strcspn(s, "\r\n")] = '\0';
	return *s ? s : NULL;
}

/* With all that it started, before it is waited for: the group's number is then still its own. */
static void
end(pid_t pid, const struct ka_exec_spec *spec, int *ret_status)
{
	kill(spec->interactive ? pid : -pid, SIGKILL);
	while (waitpid(pid, ret_status, 0) < 0 && errno == EINTR)
		continue;
}

static int
wait_for(pid_t pid, const struct ka_exec_spec *spec, int64_t until, int *ret_status)
{
	const struct timespec nap = { 0, 5000000 };

	for (;;) {
		pid_t got = waitpid(pid, ret_status, WNOHANG);

		if (got == pid)
			return 0;
		if (got < 0 && errno != EINTR)
			return -1;
		if (now_ms() >= until) {
			end(pid, spec, ret_status);
			return -1;
		}
		nanosleep(&nap, NULL);
	}
}

static int
judge(const struct ka_exec_spec *spec, int status, struct ka_buf *answer, struct ka_buf *said,
      struct ka_exec_answer *ret, struct ka_err *err)
{
	const char *line = first_line(said);

	if (WIFSIGNALED(status))
		return ka_err_set(err, KA_EAUTH, "it was ended by signal %d", WTERMSIG(status));
	if (WEXITSTATUS(status))
		return ka_err_set(err, KA_EAUTH, "it failed with status %d%s%s", WEXITSTATUS(status), line ? ": " : "",
				  line ? line : "");
	return ka_exec_read(answer->s ? answer->s : "", answer->len, spec->api_version, ret, err);
}

static int
missing(const struct ka_exec_spec *spec, int errnum, struct ka_err *err)
{
	if (!spec->install_hint)
		return ka_err_sys(err, errnum, "starting it");
	return ka_err_set(err, KA_EAUTH, "starting it: %s. %s", strerror(errnum), spec->install_hint);
}

static int
talk(const struct ka_exec_spec *spec, int out[2], int complaints[2], struct ka_exec_answer *ret, struct ka_err *err)
{
	int64_t until = now_ms() + (int64_t)spec->seconds * 1000;
	struct ka_buf answer, said;
	bool too_much = false;
	int status = 0, rc;
	pid_t pid;

	rc = start(spec, out[1], complaints[1], &pid);
	close(out[1]);
	close(complaints[1]);
	out[1] = complaints[1] = -1;
	if (rc)
		return missing(spec, rc, err);
	ka_buf_init(&answer, MAX_ANSWER);
	ka_buf_init(&said, MAX_COMPLAINT);
	rc = listen_to(out[0], complaints[0], &answer, &said, until, &too_much);
	if (rc)
		end(pid, spec, &status);
	else
		rc = wait_for(pid, spec, until, &status);
	if (rc)
		ka_err_set(err, KA_EAUTH, "it did not end within %u s", spec->seconds);
	else if (too_much)
		rc = ka_err_set(err, KA_ELIMIT, "it printed more than %d bytes", MAX_ANSWER);
	else
		rc = judge(spec, status, &answer, &said, ret, err);
	if (answer.s)
		explicit_bzero(answer.s, answer.len);
	ka_buf_release(&answer);
	ka_buf_release(&said);
	return rc;
}

int
ka_exec_run(const struct ka_exec_spec *spec, struct ka_exec_answer *ret, struct ka_err *err)
{
	int out[2] = { -1, -1 }, complaints[2] = { -1, -1 }, rc;

	memset(ret, 0, sizeof *ret);
	if (pipe2(out, O_CLOEXEC) || pipe2(complaints, O_CLOEXEC))
		rc = ka_err_sys(err, errno, "making a pipe");
	else
		rc = talk(spec, out, complaints, ret, err);
	for (int i = 0; i < 2; i++) {
		if (out[i] >= 0)
			close(out[i]);
		if (complaints[i] >= 0)
			close(complaints[i]);
	}
	if (rc)
		ka_err_wrap(err, "the credential plugin %s", spec->command);
	return rc;
}
