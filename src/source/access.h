/* How to reach an API server and as whom: what kubectl would work out from kubeconfig files, flags
 * and the environment, or what a pod finds in its service account. */
#ifndef KA_SOURCE_ACCESS_H
#define KA_SOURCE_ACCESS_H

#include <stdbool.h>
#include <stddef.h>

#include <kassay/err.h>
#include <kassay/graph.h>

struct ka_credential;

/* What the command line says; NULL and empty: nothing. */
struct ka_access_opts {
	const char *kubeconfig;       /* --kubeconfig: this file alone, and it must exist */
	const char *context;          /* --context */
	const char *as_user, *as_uid; /* --as, --as-uid */
	struct ka_strs as_groups;     /* --as-group */
	bool interactive;             /* a plugin may talk to a person: there is a terminal */
	const char *account_dir;      /* for tests: where a pod finds its account; NULL: where pods do */
};

struct ka_access {
	/* one line for reports and errors: "context prod of /home/a/.kube/config" or "the service
	 * account of this pod"; never a secret */
	const char *origin;
	const char *server;          /* "https://10.0.0.1:6443" or with a path; no slash at the end */
	const char *tls_server_name; /* NULL: the host of `server` */
	const char *proxy_url;       /* NULL: as the environment says (HTTPS_PROXY, NO_PROXY) */
	const char *ca_pem;          /* NULL: the system's certificates */
	bool insecure;               /* insecure-skip-tls-verify */
	bool in_cluster;
	bool no_compression;         /* disable-compression; packed answers cost the server less, also nearby */
	const char *namespace;       /* of the context; NULL: none given */
	const char *as_user, *as_uid;
	struct ka_strs as_groups;
	struct ka_strs as_extra;     /* "key=value", from as-user-extra */
	struct ka_credential *credential; /* never NULL */
};

/* Kubernetes: client-go/tools/clientcmd (loader.go, client_config.go, overrides.go): --kubeconfig,
 * else the files of $KUBECONFIG merged (the first to set a value wins), else ~/.kube/config, and,
 * when none of them says anything, the service account of the pod (client-go/rest/config.go
 * InClusterConfig).  Relative paths are relative to the file that names them.  Freed with
 * ka_access_free().  -1 and *err, which says the file, when it cannot be understood or a field asks
 * for what no longer exists (auth-provider). */
int ka_access_load(const struct ka_access_opts *opts, struct ka_access **ret, struct ka_err *err);
/* Secrets are wiped.  NULL is fine. */
void ka_access_free(struct ka_access *access);

#endif
