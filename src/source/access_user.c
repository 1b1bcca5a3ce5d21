/* As whom; see access.h. */
#include "source/access_own.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kassay/out.h>

#include "source/exec_plugin.h"
#include "util/alloc.h"
#include "util/base64.h"
#include "util/str.h"
#include "util/banned.h"

enum { PLUGIN_SECONDS = 60, PERSON_SECONDS = 300 };

/* ---- plugins ---------------------------------------------------------------------------------------- */

static char **
exec_args(const struct ka_kube_entry *user, const char *command)
{
	/* Every argument is a value of the entry. */
	char **v = ka_xcalloc(user->n + 2, sizeof *v), path[64];
	size_t n = 0;

	v[n++] = ka_xstrdup(command);
	for (size_t i = 0; i < user->n; i++) {
		const char *arg;

		snprintf(path, sizeof path, "user.exec.args[%zu]", i);
		if (!ka_kube_has(user, path))
			break;
		arg = ka_kube_get(user, path);
		v[n++] = ka_xstrdup(arg ? arg : "");
	}
	return v;
}

static void
free_wiped(char **v)
{
	for (size_t i = 0; v[i]; i++) {
		explicit_bzero(v[i], strlen(v[i]));
		free(v[i]);
	}
	free(v);
}

/* new; NULL and *err */
static char **
exec_env(const struct ka_kube_entry *user, struct ka_err *err)
{
	char **v = ka_xcalloc(user->n + 1, sizeof *v), path[64];
	size_t size;

	for (size_t i = 0; i < user->n; i++) {
		const char *name, *value;

		snprintf(path, sizeof path, "user.exec.env[%zu]", i);
		if (!ka_kube_has(user, path))
			break;
		snprintf(path, sizeof path, "user.exec.env[%zu].name", i);
		name = ka_kube_get(user, path);
		if (!name) {
			ka_err_set(err, KA_EFORMAT, "%s: the plugin of user \"%s\" has an env without a name",
				   user->file, user->name);
			free_wiped(v);
			return NULL;
		}
		snprintf(path, sizeof path, "user.exec.env[%zu].value", i);
		value = ka_kube_get(user, path);
		size = strlen(name) + (value ? strlen(value) : 0) + 2;
		v[i] = ka_xmalloc(size);
		snprintf(v[i], size, "%s=%s", name, value ? value : "");
	}
	return v;
}

static void
info_member(struct ka_out *out, const char *key, const char *value)
{
	if (!value)
		return;
	ka_out_char(out, ',');
	ka_out_json(out, key);
	ka_out_char(out, ':');
	ka_out_json(out, value);
}

/* client-go/pkg/apis/clientauthentication, Cluster: what is needed to reach the API server. */
static char *
cluster_info(const struct ka_access_own *w)
{
	const struct ka_access *a = &w->a;
	char *ca = a->ca_pem ? ka_base64_encode(a->ca_pem, strlen(a->ca_pem)) : NULL;
	struct ka_out *out = ka_out_mem();
	const char *text;
	size_t len;
	char *copy;

	ka_out_str(out, "{\"server\":");
	ka_out_json(out, a->server);
	if (a->insecure)
		ka_out_str(out, ",\"insecure-skip-tls-verify\":true");
	if (a->no_compression)
		ka_out_str(out, ",\"disable-compression\":true");
	info_member(out, "tls-server-name", a->tls_server_name);
	info_member(out, "proxy-url", a->proxy_url);
	info_member(out, "certificate-authority-data", ca);
	if (w->plugin_config)
		ka_out_fmt(out, ",\"config\":%s", w->plugin_config);
	ka_out_char(out, '}');
	text = ka_out_memory(out, &len);
	copy = ka_xmalloc(len + 1);
	memcpy(copy, text, len);
	copy[len] = '\0';
	ka_out_discard(out);
	free(ca);
	return copy;
}

static int
interactive_mode(const struct ka_kube_entry *user, bool terminal, bool *ret, struct ka_err *err)
{
	const char *mode = ka_kube_get(user, "user.exec.interactiveMode");
	const char *version = ka_kube_get(user, "user.exec.apiVersion");

	*ret = false;
	if (!mode && version && strcmp(version, "client.authentication.k8s.io/v1") == 0)
		return ka_err_set(err, KA_EFORMAT, "%s: the plugin of user \"%s\" lacks interactiveMode, which v1 requires",
				  user->file, user->name);
	if (!mode || strcmp(mode, "IfAvailable") == 0) {
		*ret = terminal;
		return 0;
	}
	if (strcmp(mode, "Never") == 0)
		return 0;
	if (strcmp(mode, "Always") != 0)
		return ka_err_set(err, KA_EFORMAT, "%s: user \"%s\": interactiveMode \"%s\" is none", user->file,
				  user->name, mode);
	*ret = true;
	if (terminal)
		return 0;
	return ka_err_set(err, KA_EAUTH, "the credential plugin of user \"%s\" wants to talk to a person, and there is "
					 "no terminal", user->name);
}

/* new; NULL and *err */
static struct ka_exec_spec *
exec_of(struct ka_access_own *w, const struct ka_kube_entry *user, const struct ka_access_opts *opts, struct ka_err *err)
{
	const char *command = ka_kube_get(user, "user.exec.command");
	const char *version = ka_kube_get(user, "user.exec.apiVersion");
	struct ka_exec_spec *x;
	bool interactive;
	char **env;

	if (!command || !version) {
		ka_err_set(err, KA_EFORMAT, "%s: the plugin of user \"%s\" lacks its %s", user->file, user->name,
			   command ? "apiVersion" : "command");
		return NULL;
	}
	if (strcmp(version, "client.authentication.k8s.io/v1") != 0 &&
	    strcmp(version, "client.authentication.k8s.io/v1beta1") != 0) {
		ka_err_set(err, KA_EFORMAT, "%s: the plugin of user \"%s\" speaks %s; v1 and v1beta1 are what clients speak today",
			   user->file, user->name, version);
		return NULL;
	}
	if (interactive_mode(user, opts->interactive, &interactive, err))
		return NULL;
	env = exec_env(user, err);
	if (!env)
		return NULL;
	x = ka_xcalloc(1, sizeof *x);
	/* clientcmd/loader.go: with a slash in it, it is relative to the kubeconfig; without, PATH is searched. */
	x->command = strchr(command, '/') ? ka_kube_path(user, "user.exec.command") : ka_xstrdup(command);
	x->arg = exec_args(user, x->command);
	x->env = env;
	x->api_version = ka_xstrdup(version);
	x->install_hint = ka_kube_get(user, "user.exec.installHint")
				  ? ka_xstrdup(ka_kube_get(user, "user.exec.installHint"))
				  : NULL;
	x->interactive = interactive;
	x->seconds = interactive ? PERSON_SECONDS : PLUGIN_SECONDS;
	if (ka_kube_is_true(user, "user.exec.provideClusterInfo"))
		x->cluster_info = cluster_info(w);
	return x;
}

/* ---- the user --------------------------------------------------------------------------------------- */

static char *
dup_value(const struct ka_kube_entry *e, const char *path)
{
	const char *v = ka_kube_get(e, path);

	return v ? ka_xstrdup(v) : NULL;
}

static struct ka_strs
strings_at(struct ka_access_own *w, const struct ka_kube_entry *e, const char *path)
{
	struct ka_strs list = { 0 };
	const char **v = ka_arena_array(w->arena, e->n, sizeof *v);
	size_t len = strlen(path);

	for (size_t i = 0; i < e->n; i++)
		if (strncmp(e->value[i].path, path, len) == 0 && e->value[i].path[len] == '[')
			v[list.n++] = ka_access_keep(w, e->value[i].text);
	list.v = v;
	return list;
}

/* "user.as-user-extra.scopes[0]" is "scopes=..." */
static struct ka_strs
extras(struct ka_access_own *w, const struct ka_kube_entry *user)
{
	static const char prefix[] = KA_KUBE_EXTRA;
	struct ka_strs list = { 0 };
	const char **v = ka_arena_array(w->arena, user->n, sizeof *v);

	for (size_t i = 0; i < user->n; i++) {
		const char *key = user->value[i].path + sizeof prefix - 1, *bracket;

		if (!ka_str_has_prefix(user->value[i].path, prefix))
			continue;
		bracket = strrchr(key, '[');
		if (bracket && user->value[i].type == 's')
			v[list.n++] = ka_arena_fmt(w->arena, "%.*s=%s", (int)(bracket - key), key,
						   user->value[i].text);
	}
	list.v = v;
	return list;
}

static bool
fits_a_header(const char *s)
{
	for (; s && *s; s++)
		if ((unsigned char)*s < ' ' || *s == 0x7f)
			return false;
	return true;
}

static int
check_impersonation(const struct ka_access *a, struct ka_err *err)
{
	bool fits = fits_a_header(a->as_user) && fits_a_header(a->as_uid);

	for (size_t i = 0; i < a->as_groups.n; i++)
		fits = fits && fits_a_header(a->as_groups.v[i]);
	for (size_t i = 0; i < a->as_extra.n; i++)
		fits = fits && fits_a_header(a->as_extra.v[i]);
	if (!fits)
		return ka_err_set(err, KA_EUSAGE, "whom to impersonate has a control character in it");
	if (!a->as_user && (a->as_uid || a->as_groups.n || a->as_extra.n))
		return ka_err_set(err, KA_EUSAGE, "a uid, groups or extra fields are to be impersonated, and no user (--as)");
	return 0;
}

/* clientcmd/client_config.go, getAuthInfo: each flag stands in for its own field.  A pod has no fields. */
int
ka_access_impersonate(struct ka_access_own *w, const struct ka_kube_entry *user, const struct ka_access_opts *opts,
		      struct ka_err *err)
{
	struct ka_access *a = &w->a;

	a->as_user = ka_access_keep(w, opts->as_user && *opts->as_user ? opts->as_user : ka_kube_get(user, "user.as"));
	a->as_uid = ka_access_keep(w, opts->as_uid && *opts->as_uid ? opts->as_uid : ka_kube_get(user, "user.as-uid"));
	a->as_groups = opts->as_groups;
	if (user && !opts->as_groups.n)
		a->as_groups = strings_at(w, user, "user.as-groups");
	if (user)
		a->as_extra = extras(w, user);
	if (check_impersonation(a, err) == 0)
		return 0;
	if (user)
		ka_err_wrap(err, "%s: user \"%s\"", user->file, user->name);
	return -1;
}

static void
spec_free(struct ka_credential_spec s)
{
	ka_credential_free(ka_credential_new(s));
}

/* clientcmd/validation.go, validateAuthInfo. */
static int
check_user(const struct ka_kube_entry *user, const struct ka_credential_spec *s, struct ka_err *err)
{
	if (ka_kube_has(user, "user.auth-provider"))
		return ka_err_set(err, KA_EFORMAT, "%s: user \"%s\" has an auth-provider, which Kubernetes clients no longer "
						   "know: use a credential plugin (exec) instead", user->file, user->name);
	if ((s->token || s->token_file) && (s->username || s->password))
		return ka_err_set(err, KA_EFORMAT, "%s: user \"%s\" has both a token and a password; only one is allowed",
				  user->file, user->name);
	if (s->cert_pem && !s->key_pem)
		return ka_err_set(err, KA_EFORMAT, "%s: user \"%s\" has a client certificate without its key",
				  user->file, user->name);
	return 0;
}

/* plugin/pkg/client/auth/exec/exec.go, UpdateTransportConfig: a plugin is not asked when there is a credential. */
static bool
needs_no_plugin(const struct ka_credential_spec *s)
{
	return s->token || s->token_file || s->username || s->cert_pem;
}

static int
credential_of(struct ka_access_own *w, const struct ka_kube_entry *user, const struct ka_access_opts *opts,
	      struct ka_credential_spec *s, struct ka_err *err)
{
	s->token = dup_value(user, "user.token");
	s->token_file = ka_kube_path(user, "user.tokenFile");
	s->username = dup_value(user, "user.username");
	s->password = dup_value(user, "user.password");
	if (ka_access_pem(user, "user.client-certificate", "client certificate", &s->cert_pem, err))
		return -1;
	/* A key without a certificate is of no use, and no error (getUserIdentificationPartialConfig). */
	if (s->cert_pem && ka_access_pem(user, "user.client-key", "client key", &s->key_pem, err))
		return -1;
	if (check_user(user, s, err))
		return -1;
	if (!ka_kube_has(user, "user.exec"))
		return 0;
	s->exec = exec_of(w, user, opts, err);
	if (!s->exec)
		return -1;
	if (needs_no_plugin(s)) {
		ka_exec_spec_free(s->exec);
		s->exec = NULL;
	}
	return 0;
}

int
ka_access_user(struct ka_access_own *w, const struct ka_kube_entry *user, const struct ka_access_opts *opts,
	       struct ka_err *err)
{
	struct ka_credential_spec s = { .token = NULL };

	if (ka_access_impersonate(w, user, opts, err))
		return -1;
	if (user && credential_of(w, user, opts, &s, err)) {
		spec_free(s);
		return -1;
	}
	/* client_config.go, ClientConfig: nothing that identifies the user goes over a line that can be read. */
	if (ka_str_has_prefix(w->a.server, "http://")) {
		spec_free(s);
		s = (struct ka_credential_spec){ .token = NULL };
	}
	w->a.credential = ka_credential_new(s);
	return 0;
}
