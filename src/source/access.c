/* Which cluster, as whom; see access.h. */
#include "source/access_own.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "util/alloc.h"
#include "util/banned.h"

/* What a pod is given (client-go/rest/config.go). */
#define ACCOUNT_DIR "/var/run/secrets/kubernetes.io/serviceaccount"

void
ka_access_free(struct ka_access *access)
{
	struct ka_access_own *w = (struct ka_access_own *)(void *)access;

	if (!w)
		return;
	ka_credential_free(w->a.credential);
	ka_kubeconfig_release(&w->files);
	ka_arena_free(w->arena);
	free(w);
}

/* ---- the cluster ------------------------------------------------------------------------------------ */

/* client-go/rest/url_utils.go, DefaultServerURL: without a scheme it is http. */
static int
set_server(struct ka_access_own *w, const struct ka_kube_entry *cluster, struct ka_err *err)
{
	const char *server = ka_kube_get(cluster, "cluster.server"), *host, *scheme = "http";
	size_t len;

	if (!server)
		return ka_err_set(err, KA_EFORMAT, "%s: cluster \"%s\" has no server", cluster->file, cluster->name);
	host = strstr(server, "://");
	if (!host) {
		host = server;
	} else {
		if (strncasecmp(server, "https:", 6) == 0)
			scheme = "https";
		else if (strncasecmp(server, "http:", 5) != 0)
			return ka_err_set(err, KA_EFORMAT, "%s: the server of cluster \"%s\" is neither https:// nor http://",
					  cluster->file, cluster->name);
		host += 3;
	}
	/* It would be shown wherever the server is. */
	if (memchr(host, '@', strcspn(host, "/?#")))
		return ka_err_set(err, KA_EFORMAT, "%s: the server of cluster \"%s\" has a user in it, which belongs to \"users\"",
				  cluster->file, cluster->name);
	len = strcspn(host, "?#");
	while (len && host[len - 1] == '/')
		len--;
	w->a.server = ka_arena_fmt(w->arena, "%s://%.*s", scheme, (int)len, host);
	return 0;
}

/* clientcmd/helpers.go, parseProxyURL.  The URL may have a password in it and is not quoted. */
static int
set_proxy(struct ka_access_own *w, const struct ka_kube_entry *cluster, struct ka_err *err)
{
	static const char *const schemes[] = { "http://", "https://", "socks5://" };
	const char *url = ka_kube_get(cluster, "cluster.proxy-url");

	for (size_t i = 0; url && i < sizeof schemes / sizeof *schemes; i++)
		if (strncasecmp(url, schemes[i], strlen(schemes[i])) == 0)
			w->a.proxy_url = ka_arena_fmt(w->arena, "%s%s", schemes[i], url + strlen(schemes[i]));
	if (url && !w->a.proxy_url)
		return ka_err_set(err, KA_EFORMAT, "%s: the proxy-url of cluster \"%s\" is none of http://, https:// and socks5://",
				  cluster->file, cluster->name);
	return 0;
}

static int
set_cluster(struct ka_access_own *w, const struct ka_kube_entry *cluster, struct ka_err *err)
{
	struct ka_access *a = &w->a;
	char *ca;

	if (set_server(w, cluster, err) || set_proxy(w, cluster, err))
		return -1;
	a->tls_server_name = ka_access_keep(w, ka_kube_get(cluster, "cluster.tls-server-name"));
	a->insecure = ka_kube_is_true(cluster, "cluster.insecure-skip-tls-verify");
	a->no_compression = ka_kube_is_true(cluster, "cluster.disable-compression");
	w->plugin_config = ka_kube_get(cluster, KA_KUBE_PLUGIN_CONFIG);
	if (ka_access_pem(cluster, "cluster.certificate-authority", "certificate authority", &ca, err))
		return -1;
	a->ca_pem = ka_access_keep(w, ca);
	free(ca);
	/* client-go/transport/transport.go, TLSConfigFor. */
	if (a->insecure && a->ca_pem)
		return ka_err_set(err, KA_EFORMAT, "%s: cluster \"%s\" has a certificate authority and "
						   "insecure-skip-tls-verify; only one is allowed", cluster->file, cluster->name);
	return 0;
}

/* ---- choosing --------------------------------------------------------------------------------------- */

static int
read_files(struct ka_access_own *w, const struct ka_access_opts *opts, struct ka_err *err)
{
	const char *list = getenv("KUBECONFIG"), *home = getenv("HOME");
	char *path;
	int ret = 0;

	if (opts->kubeconfig && *opts->kubeconfig)
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
entry_of(struct ka_access_own *w, const char *list, const char *one, const struct ka_kube_entry *context,
	 const char *name, struct ka_err *err)
{
	const struct ka_kube_entry *e = ka_kubeconfig_find(&w->files, list, name);

	if (!e && !name)
		ka_err_set(err, KA_EUSAGE, "%s: context \"%s\" names no %s", context->file, context->name, one);
	else if (!e)
		ka_err_set(err, KA_EUSAGE, "%s: context \"%s\" names %s \"%s\", which no kubeconfig has",
			   context->file, context->name, one, name);
	return e;
}

/* What --context says, else the first current-context; NULL: nothing. */
static const char *
context_name(const struct ka_access_own *w, const struct ka_access_opts *opts)
{
	return opts->context && *opts->context ? opts->context : w->files.current_context;
}

static int
from_files(struct ka_access_own *w, const struct ka_access_opts *opts, struct ka_err *err)
{
	const char *name = context_name(w, opts), *user_name;
	const struct ka_kube_entry *context, *cluster, *user = NULL;

	if (!name)
		return ka_err_set(err, KA_EUSAGE, "%s: no current-context, and no --context was given", w->files.file[0]);
	context = ka_kubeconfig_find(&w->files, "contexts", name);
	if (!context)
		return ka_err_set(err, KA_EUSAGE, "no context \"%s\" in %s%s", name, w->files.file[0],
				  w->files.nfiles > 1 ? " or the other files of $KUBECONFIG" : "");
	cluster = entry_of(w, "clusters", "cluster", context, ka_kube_get(context, "context.cluster"), err);
	if (!cluster)
		return -1;
	user_name = ka_kube_get(context, "context.user");
	if (user_name) {
		user = entry_of(w, "users", "user", context, user_name, err);
		if (!user)
			return -1;
	}
	w->a.origin = ka_arena_fmt(w->arena, "context %s of %s", name, context->file);
	w->a.namespace = ka_access_keep(w, ka_kube_get(context, "context.namespace"));
	if (set_cluster(w, cluster, err))
		return -1;
	return ka_access_user(w, user, opts, err);
}

static const char *
account_file(struct ka_access_own *w, const struct ka_access_opts *opts, const char *name)
{
	return ka_arena_fmt(w->arena, "%s/%s", opts->account_dir ? opts->account_dir : ACCOUNT_DIR, name);
}

static bool
in_pod(struct ka_access_own *w, const struct ka_access_opts *opts)
{
	const char *host = getenv("KUBERNETES_SERVICE_HOST"), *port = getenv("KUBERNETES_SERVICE_PORT");

	return host && *host && port && *port && access(account_file(w, opts, "token"), F_OK) == 0;
}

/* clientcmd/client_config.go, inClusterClientConfig.Namespace. */
static void
set_pod_namespace(struct ka_access_own *w, const struct ka_access_opts *opts)
{
	const char *given = getenv("POD_NAMESPACE");
	char *text;
	size_t len;

	if (given && *given) {
		w->a.namespace = ka_access_keep(w, given);
		return;
	}
	text = ka_access_file(account_file(w, opts, "namespace"), "namespace", NULL);
	len = text ? strcspn(text, " \t\r\n") : 0;
	if (len)
		w->a.namespace = ka_arena_strndup(w->arena, text, len);
	free(text);
}

/* client-go/rest/config.go, InClusterConfig. */
static int
from_pod(struct ka_access_own *w, const struct ka_access_opts *opts, struct ka_err *err)
{
	const char *host = getenv("KUBERNETES_SERVICE_HOST"), *port = getenv("KUBERNETES_SERVICE_PORT");
	struct ka_credential_spec s = { .token = NULL };
	struct ka_access *a = &w->a;
	bool v6 = host && strchr(host, ':');
	char *text = ka_access_file(account_file(w, opts, "ca.crt"), "certificate authority", err);

	if (!text)
		return -1;
	a->ca_pem = ka_access_keep(w, text);
	free(text);
	set_pod_namespace(w, opts);
	a->origin = "the service account of this pod";
	a->server = ka_arena_fmt(w->arena, "https://%s%s%s:%s", v6 ? "[" : "", host ? host : "", v6 ? "]" : "",
				 port ? port : "");
	a->in_cluster = true;
	a->no_compression = true;
	if (ka_access_impersonate(w, NULL, opts, err))
		return -1;
	s.token_file = ka_xstrdup(account_file(w, opts, "token"));
	a->credential = ka_credential_new(s);
	return 0;
}

/* A file that was named with --kubeconfig, or a context, is never passed over for the pod's own cluster. */
static int
choose(struct ka_access_own *w, const struct ka_access_opts *opts, struct ka_err *err)
{
	bool asked = (opts->kubeconfig && *opts->kubeconfig) || context_name(w, opts);

	if (asked && w->files.nfiles)
		return from_files(w, opts, err);
	if (!asked && in_pod(w, opts))
		return from_pod(w, opts, err);
	return w->files.n ? from_files(w, opts, err) : nowhere(err);
}

int
ka_access_load(const struct ka_access_opts *opts, struct ka_access **ret, struct ka_err *err)
{
	struct ka_access_own *w = ka_xcalloc(1, sizeof *w);

	w->arena = ka_arena_new();
	ka_kubeconfig_init(&w->files);
	if (read_files(w, opts, err) || choose(w, opts, err)) {
		ka_access_free(&w->a);
		return -1;
	}
	*ret = &w->a;
	return 0;
}
