/* Which cluster, as whom; see access.h. */
#include "source/access.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <kassay/out.h>

#include "source/credential.h"
#include "source/exec_plugin.h"
#include "source/kubeconfig.h"
#include "util/alloc.h"
#include "util/arena.h"
#include "util/base64.h"
#include "util/bytes.h"
#include "util/str.h"
#include "util/banned.h"

enum { MAX_PEM = 4 << 20, MAX_ARGS = 1000, PLUGIN_SECONDS = 60, PERSON_SECONDS = 300 };

/* What a pod is given (client-go/rest/config.go). */
#define ACCOUNT_DIR "/var/run/secrets/kubernetes.io/serviceaccount"

/* The part that callers see comes first. */
struct whole {
	struct ka_access a;
	struct ka_arena *arena;
	struct ka_kubeconfig files;
};

void
ka_access_free(struct ka_access *access)
{
	struct whole *w = (struct whole *)(void *)access;

	if (!w)
		return;
	ka_credential_free(w->a.credential);
	ka_kubeconfig_release(&w->files);
	ka_arena_free(w->arena);
	free(w);
}

static const char *
keep(struct whole *w, const char *s)
{
	return s ? ka_arena_strndup(w->arena, s, strlen(s)) : NULL;
}

/* ---- files and encoded values --------------------------------------------------------------------- */

/* A whole file, new; NULL and *err. */
static char *
read_file(const char *path, const char *what, struct ka_err *err)
{
	struct ka_bytes_limits limits = { .max_out = MAX_PEM };
	struct ka_bytes *bytes = ka_bytes_open(path, &limits, err);
	char *s = NULL;
	size_t len = 0, n = 1;
	struct ka_in in;

	if (!bytes) {
		ka_err_wrap(err, "reading the %s", what);
		return NULL;
	}
	in = ka_bytes_in(bytes);
	s = ka_xcalloc(1, MAX_PEM + 1);
	while (n && len < MAX_PEM) {
		if (in.read(in.arg, s + len, MAX_PEM - len, &n, err)) {
			ka_err_wrap(err, "reading the %s %s", what, path);
			explicit_bzero(s, len);
			free(s);
			s = NULL;
			break;
		}
		len += n;
	}
	ka_bytes_close(bytes);
	return s;
}

/* The value of "NAME-data", else the content of the file that "NAME" names; *ret is new, NULL when neither is there. */
static int
pem_of(const struct ka_kube_entry *e, const char *path, const char *what, char **ret, struct ka_err *err)
{
	char data[128], *file = ka_kube_path(e, path);
	const char *encoded;
	size_t len;

	*ret = NULL;
	snprintf(data, sizeof data, "%s-data", path);
	encoded = ka_kube_get(e, data);
	if (encoded) {
		*ret = ka_xstrdup(encoded);
		if (ka_base64_decode(*ret, strlen(*ret), &len)) {
			(*ret)[len] = '\0';
		} else {
			explicit_bzero(*ret, strlen(*ret));
			free(*ret);
			*ret = NULL;
			ka_err_set(err, KA_EFORMAT, "%s: %s of \"%s\" is no base64", e->file,
				   strchr(data, '.') + 1, e->name);
		}
	} else if (file) {
		*ret = read_file(file, what, err);
	}
	free(file);
	return *ret || (!encoded && !ka_kube_get(e, path)) ? 0 : -1;
}

/* ---- plugins ---------------------------------------------------------------------------------------- */

static char **
exec_args(const struct ka_kube_entry *user, const char *command)
{
	char **v = ka_xcalloc(MAX_ARGS + 2, sizeof *v), path[64];
	size_t n = 0;

	v[n++] = ka_xstrdup(command);
	for (size_t i = 0; i < MAX_ARGS; i++) {
		const char *arg;

		snprintf(path, sizeof path, "user.exec.args[%zu]", i);
		if (!ka_kube_has(user, path) && !ka_kube_get(user, path))
			break;
		arg = ka_kube_get(user, path);
		v[n++] = ka_xstrdup(arg ? arg : "");
	}
	return v;
}

static char **
exec_env(const struct ka_kube_entry *user)
{
	char **v = ka_xcalloc(MAX_ARGS + 1, sizeof *v), path[64];
	size_t n = 0, size;

	for (size_t i = 0; i < MAX_ARGS; i++) {
		const char *name, *value;

		snprintf(path, sizeof path, "user.exec.env[%zu].name", i);
		name = ka_kube_get(user, path);
		if (!name)
			break;
		snprintf(path, sizeof path, "user.exec.env[%zu].value", i);
		value = ka_kube_get(user, path);
		size = strlen(name) + (value ? strlen(value) : 0) + 2;
		v[n] = ka_xmalloc(size);
		snprintf(v[n++], size, "%s=%s", name, value ? value : "");
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
cluster_info(const struct ka_access *a)
{
	char *ca = a->ca_pem ? ka_base64_encode(a->ca_pem, strlen(a->ca_pem)) : NULL;
	struct ka_out *out = ka_out_mem();
	const char *text;
	size_t len;
	char *copy;

	ka_out_str(out, "{\"server\":");
	ka_out_json(out, a->server);
	ka_out_fmt(out, ",\"insecure-skip-tls-verify\":%s", a->insecure ? "true" : "false");
	info_member(out, "tls-server-name", a->tls_server_name);
	info_member(out, "proxy-url", a->proxy_url);
	info_member(out, "certificate-authority-data", ca);
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
exec_of(struct whole *w, const struct ka_kube_entry *user, const struct ka_access_opts *opts, struct ka_err *err)
{
	const char *command = ka_kube_get(user, "user.exec.command");
	const char *version = ka_kube_get(user, "user.exec.apiVersion");
	struct ka_exec_spec *x;
	bool interactive;

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
	x = ka_xcalloc(1, sizeof *x);
	/* clientcmd/loader.go: with a slash in it, it is relative to the kubeconfig; without, PATH is searched. */
	x->command = strchr(command, '/') ? ka_kube_path(user, "user.exec.command") : ka_xstrdup(command);
	x->arg = exec_args(user, x->command);
	x->env = exec_env(user);
	x->api_version = ka_xstrdup(version);
	x->install_hint = ka_kube_get(user, "user.exec.installHint")
				  ? ka_xstrdup(ka_kube_get(user, "user.exec.installHint"))
				  : NULL;
	x->interactive = interactive;
	x->seconds = interactive ? PERSON_SECONDS : PLUGIN_SECONDS;
	if (ka_kube_is_true(user, "user.exec.provideClusterInfo"))
		x->cluster_info = cluster_info(&w->a);
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
strings_at(struct whole *w, const struct ka_kube_entry *e, const char *path)
{
	struct ka_strs list = { 0 };
	const char **v = ka_arena_array(w->arena, e->n, sizeof *v);
	size_t len = strlen(path);

	for (size_t i = 0; i < e->n; i++)
		if (strncmp(e->value[i].path, path, len) == 0 && e->value[i].path[len] == '[')
			v[list.n++] = keep(w, e->value[i].text);
	list.v = v;
	return list;
}

/* "user.as-user-extra.scopes[0]" is "scopes=..." */
static struct ka_strs
extras(struct whole *w, const struct ka_kube_entry *user)
{
	static const char prefix[] = "user.as-user-extra.";
	struct ka_strs list = { 0 };
	const char **v = ka_arena_array(w->arena, user->n, sizeof *v);

	for (size_t i = 0; i < user->n; i++) {
		const char *key = user->value[i].path + sizeof prefix - 1, *bracket;

		if (!ka_str_has_prefix(user->value[i].path, prefix))
			continue;
		bracket = strrchr(key, '[');
		if (bracket)
			v[list.n++] = ka_arena_fmt(w->arena, "%.*s=%s", (int)(bracket - key), key,
						   user->value[i].text);
	}
	list.v = v;
	return list;
}

static void
impersonation(struct whole *w, const struct ka_kube_entry *user, const struct ka_access_opts *opts)
{
	struct ka_access *a = &w->a;

	if (user && !opts->as_user && !opts->as_uid && !opts->as_groups.n) {
		a->as_user = keep(w, ka_kube_get(user, "user.as"));
		a->as_uid = keep(w, ka_kube_get(user, "user.as-uid"));
		a->as_groups = strings_at(w, user, "user.as-groups");
		a->as_extra = extras(w, user);
		return;
	}
	a->as_user = keep(w, opts->as_user);
	a->as_uid = keep(w, opts->as_uid);
	a->as_groups = opts->as_groups;
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
	if (!s->cert_pem != !s->key_pem)
		return ka_err_set(err, KA_EFORMAT, "%s: user \"%s\" has a client %s without its %s", user->file, user->name,
				  s->cert_pem ? "certificate" : "key", s->cert_pem ? "key" : "certificate");
	return 0;
}

static int
set_user(struct whole *w, const struct ka_kube_entry *user, const struct ka_access_opts *opts, struct ka_err *err)
{
	struct ka_credential_spec s = { .token = NULL };

	impersonation(w, user, opts);
	if (user) {
		s.token = dup_value(user, "user.token");
		s.token_file = ka_kube_path(user, "user.tokenFile");
		s.username = dup_value(user, "user.username");
		s.password = dup_value(user, "user.password");
		if (pem_of(user, "user.client-certificate", "client certificate", &s.cert_pem, err) ||
		    pem_of(user, "user.client-key", "client key", &s.key_pem, err) || check_user(user, &s, err))
			goto bad;
		if (ka_kube_has(user, "user.exec")) {
			s.exec = exec_of(w, user, opts, err);
			if (!s.exec)
				goto bad;
		}
	}
	w->a.credential = ka_credential_new(s);
	return 0;
bad:
	spec_free(s);
	return -1;
}

/* ---- the cluster ------------------------------------------------------------------------------------ */

static int
set_cluster(struct whole *w, const struct ka_kube_entry *cluster, struct ka_err *err)
{
	struct ka_access *a = &w->a;
	const char *server = ka_kube_get(cluster, "cluster.server");
	size_t len;
	char *ca;

	if (!server)
		return ka_err_set(err, KA_EFORMAT, "%s: cluster \"%s\" has no server", cluster->file, cluster->name);
	len = strlen(server);
	while (len && server[len - 1] == '/')
		len--;
	/* client-go/rest/url_utils.go, DefaultServerURL. */
	if (strstr(server, "://"))
		a->server = ka_arena_strndup(w->arena, server, len);
	else
		a->server = ka_arena_fmt(w->arena, "https://%.*s", (int)len, server);
	a->tls_server_name = keep(w, ka_kube_get(cluster, "cluster.tls-server-name"));
	a->proxy_url = keep(w, ka_kube_get(cluster, "cluster.proxy-url"));
	a->insecure = ka_kube_is_true(cluster, "cluster.insecure-skip-tls-verify");
	a->no_compression = ka_kube_is_true(cluster, "cluster.disable-compression");
	if (pem_of(cluster, "cluster.certificate-authority", "certificate authority", &ca, err))
		return -1;
	a->ca_pem = keep(w, ca);
	free(ca);
	if (a->insecure && a->ca_pem)
		return ka_err_set(err, KA_EFORMAT, "%s: cluster \"%s\" has a certificate authority and "
						   "insecure-skip-tls-verify; only one is allowed", cluster->file, cluster->name);
	return 0;
}

/* ---- choosing --------------------------------------------------------------------------------------- */

static int
read_files(struct whole *w, const struct ka_access_opts *opts, struct ka_err *err)
{
	const char *list = getenv("KUBECONFIG"), *home = getenv("HOME");
	char *path;
	int ret = 0;

	if (opts->kubeconfig)
		return ka_kubeconfig_read(&w->files, opts->kubeconfig, true, err);
	if (!list || !*list) {
		path = ka_arena_fmt(w->arena, "%s/.kube/config", home ? home : "");
		return home && *home ? ka_kubeconfig_read(&w->files, path, false, err) : 0;
	}
	path = ka_xstrdup(list);
	for (char *p = path, *next; p && ret == 0; p = next) {
		next = strchr(p, ':');
		if (next)
			*next++ = '\0';
		if (*p)
			ret = ka_kubeconfig_read(&w->files, p, false, err);
	}
	free(path);
	return ret;
}

static int
nowhere(struct ka_err *err)
{
	return ka_err_set(err, KA_EUSAGE, "no cluster is configured: there is no kubeconfig (--kubeconfig, $KUBECONFIG, "
					  "~/.kube/config) and this is no pod; or give files with -f");
}

static const struct ka_kube_entry *
entry_of(struct whole *w, const char *list, const char *one, const char *name, const char *context, struct ka_err *err)
{
	const struct ka_kube_entry *e = ka_kubeconfig_find(&w->files, list, name);

	if (!e)
		ka_err_set(err, KA_EUSAGE, "context \"%s\" names %s \"%s\", which no kubeconfig has", context, one,
			   name ? name : "");
	return e;
}

static int
from_files(struct whole *w, const struct ka_access_opts *opts, struct ka_err *err)
{
	const char *name = opts->context ? opts->context : w->files.current_context, *user_name;
	const struct ka_kube_entry *context, *cluster, *user = NULL;

	if (!name)
		return ka_err_set(err, KA_EUSAGE, "%s: no current-context, and no --context was given", w->files.file[0]);
	context = ka_kubeconfig_find(&w->files, "contexts", name);
	if (!context)
		return ka_err_set(err, KA_EUSAGE, "no context \"%s\" in %s", name,
				  w->files.nfiles ? w->files.file[0] : "any kubeconfig");
	cluster = entry_of(w, "clusters", "cluster", ka_kube_get(context, "context.cluster"), name, err);
	if (!cluster)
		return -1;
	user_name = ka_kube_get(context, "context.user");
	if (user_name) {
		user = entry_of(w, "users", "user", user_name, name, err);
		if (!user)
			return -1;
	}
	w->a.origin = ka_arena_fmt(w->arena, "context %s of %s", name, context->file);
	w->a.namespace = keep(w, ka_kube_get(context, "context.namespace"));
	if (set_cluster(w, cluster, err))
		return -1;
	return set_user(w, user, opts, err);
}

static const char *
account_file(struct whole *w, const struct ka_access_opts *opts, const char *name)
{
	return ka_arena_fmt(w->arena, "%s/%s", opts->account_dir ? opts->account_dir : ACCOUNT_DIR, name);
}

static bool
in_pod(struct whole *w, const struct ka_access_opts *opts)
{
	const char *host = getenv("KUBERNETES_SERVICE_HOST"), *port = getenv("KUBERNETES_SERVICE_PORT");

	return host && *host && port && *port && access(account_file(w, opts, "token"), F_OK) == 0;
}

/* client-go/rest/config.go, InClusterConfig. */
static int
from_pod(struct whole *w, const struct ka_access_opts *opts, struct ka_err *err)
{
	const char *host = getenv("KUBERNETES_SERVICE_HOST"), *port = getenv("KUBERNETES_SERVICE_PORT");
	struct ka_credential_spec s = { .token = NULL };
	struct ka_access *a = &w->a;
	bool v6 = host && strchr(host, ':');
	char *text = read_file(account_file(w, opts, "ca.crt"), "certificate authority", err);

	if (!text)
		return -1;
	a->ca_pem = keep(w, text);
	free(text);
	text = read_file(account_file(w, opts, "namespace"), "namespace", NULL);
	a->namespace = keep(w, text);
	free(text);
	a->origin = "the service account of this pod";
	a->server = ka_arena_fmt(w->arena, "https://%s%s%s:%s", v6 ? "[" : "", host ? host : "", v6 ? "]" : "",
				 port ? port : "");
	a->in_cluster = true;
	s.token_file = ka_xstrdup(account_file(w, opts, "token"));
	impersonation(w, NULL, opts);
	a->credential = ka_credential_new(s);
	return 0;
}

int
ka_access_load(const struct ka_access_opts *opts, struct ka_access **ret, struct ka_err *err)
{
	struct whole *w = ka_xcalloc(1, sizeof *w);
	int status;

	w->arena = ka_arena_new();
	ka_kubeconfig_init(&w->files);
	status = read_files(w, opts, err);
	if (!status && (w->files.n || opts->kubeconfig || opts->context))
		status = w->files.nfiles ? from_files(w, opts, err) : nowhere(err);
	else if (!status)
		status = in_pod(w, opts) ? from_pod(w, opts, err) : nowhere(err);
	if (status) {
		ka_access_free(&w->a);
		return -1;
	}
	*ret = &w->a;
	return 0;
}
