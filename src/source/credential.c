#include "source/credential.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "source/exec_plugin.h"
#include "util/alloc.h"
#include "util/banned.h"

enum {
	REREAD_SECONDS = 60, /* client-go/transport/token_source.go: period */
	EARLY_SECONDS = 10,  /* a credential that ends while a request is on its way is of no use */
	MAX_TOKEN = 1 << 20,
};

struct ka_credential {
	struct ka_credential_spec spec;
	char *file_token; /* as last read */
	int64_t read_at;  /* 0: never, or to be read again */
	struct ka_exec_answer plugin;
	bool have_plugin;
	unsigned generation;
};

struct ka_credential *
ka_credential_new(struct ka_credential_spec take_spec)
{
	struct ka_credential *c = ka_xcalloc(1, sizeof *c);

	c->spec = take_spec;
	c->generation = 1;
	return c;
}

static void
wipe(char *s)
{
	if (s)
		explicit_bzero(s, strlen(s));
	free(s);
}

void
ka_credential_free(struct ka_credential *c)
{
	if (!c)
		return;
	wipe(c->spec.token);
	wipe(c->spec.cert_pem);
	wipe(c->spec.key_pem);
	wipe(c->spec.password);
	free(c->spec.username);
	free(c->spec.token_file);
	ka_exec_spec_free(c->spec.exec);
	wipe(c->file_token);
	ka_exec_answer_release(&c->plugin);
	free(c);
}

static int64_t
seconds_of(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return t.tv_sec;
}

/* New, without the white space around it; NULL and *err. */
static char *
read_token(const char *path, struct ka_err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *s = ka_xcalloc(1, MAX_TOKEN + 1);
	size_t len = 0;
	ssize_t n = 0;

	while (fd >= 0 && len < MAX_TOKEN && (n = read(fd, s + len, MAX_TOKEN - len)) > 0)
		len += (size_t)n;
	if (fd < 0 || n < 0)
		ka_err_sys(err, errno, "reading the token file %s", path);
	if (fd >= 0)
		close(fd);
	while (len && strchr(" \t\r\n", s[len - 1]))
		s[--len] = '\0';
	if (fd >= 0 && n >= 0 && len)
		return s;
	if (fd >= 0 && n >= 0)
		ka_err_set(err, KA_EAUTH, "the token file %s is empty", path);
	wipe(s);
	return NULL;
}

/* A file that cannot be read just now leaves the token of before. */
static int
refresh_file(struct ka_credential *c, struct ka_err *err)
{
	int64_t now = seconds_of(CLOCK_MONOTONIC) + 1;
	char *token;

	if (c->read_at && now - c->read_at < REREAD_SECONDS)
		return 0;
	token = read_token(c->spec.token_file, err);
	if (!token)
		return c->file_token || c->spec.token ? 0 : -1;
	c->read_at = now;
	if (c->file_token && strcmp(c->file_token, token) == 0) {
		wipe(token);
		return 0;
	}
	c->generation += c->file_token != NULL;
	wipe(c->file_token);
	c->file_token = token;
	return 0;
}

static int
refresh_plugin(struct ka_credential *c, struct ka_err *err)
{
	struct ka_exec_answer answer;

	if (c->have_plugin &&
	    (!c->plugin.expires || c->plugin.expires - EARLY_SECONDS > seconds_of(CLOCK_REALTIME)))
		return 0;
	if (ka_exec_run(c->spec.exec, &answer, err))
		return -1;
	c->generation += c->plugin.token || c->plugin.cert_pem;
	ka_exec_answer_release(&c->plugin);
	c->plugin = answer;
	c->have_plugin = true;
	return 0;
}

/* What goes into a header as it is: a line end in it would begin another header. */
static bool
fits_a_header(const char *token)
{
	for (; token && *token; token++)
		if ((unsigned char)*token < ' ' || *token == 0x7f)
			return false;
	return true;
}

int
ka_credential_get(struct ka_credential *c, struct ka_credential_now *ret, struct ka_err *err)
{
	if (c->spec.token_file && refresh_file(c, err))
		return -1;
	if (c->spec.exec && refresh_plugin(c, err))
		return -1;
	*ret = (struct ka_credential_now){
		.bearer = c->plugin.token ? c->plugin.token : c->file_token ? c->file_token : c->spec.token,
		.cert_pem = c->plugin.cert_pem ? c->plugin.cert_pem : c->spec.cert_pem,
		.key_pem = c->plugin.cert_pem ? c->plugin.key_pem : c->spec.key_pem,
		.username = c->spec.username,
		.password = c->spec.password,
		.generation = c->generation,
	};
	if (!fits_a_header(ret->bearer))
		return ka_err_set(err, KA_EAUTH, "the token%s%s has a line end or another control character in it",
				  c->plugin.token ? " of the credential plugin" : c->file_token ? " in " : "",
				  !c->plugin.token && c->file_token ? c->spec.token_file : "");
	return 0;
}

bool
ka_credential_refused(struct ka_credential *c)
{
	c->read_at = 0;
	c->have_plugin = false; /* asked again; what it said stays until then */
	return c->spec.token_file || c->spec.exec;
}
