/* Kubeconfig files as they are written; which of their entries count is decided in access.c. */
#ifndef KA_SOURCE_KUBECONFIG_H
#define KA_SOURCE_KUBECONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include <kassay/err.h>

/* A value by its path: "cluster.server", "user.exec.args[0]". */
struct ka_kube_value {
	char *path, *text;
	char type; /* 's'tring, 'b'oolean, 'n'umber; 'o'bject and 'a'rray, whose text is "" */
};
/* An element of clusters, contexts or users. */
struct ka_kube_entry {
	char *list, *name; /* "clusters", "prod" */
	const char *file;  /* the path it came from, borrowed */
	struct ka_kube_value *value;
	size_t n, cap;
};
struct ka_kubeconfig {
	struct ka_kube_entry *entry; /* in the order of the files: the first of a name counts */
	size_t n, cap;
	char *current_context; /* of the first file that has one; NULL: none */
	char **file;
	size_t nfiles, file_cap;
};

void ka_kubeconfig_init(struct ka_kubeconfig *k);
/* Wipes what it held. */
void ka_kubeconfig_release(struct ka_kubeconfig *k);

#define KA_KUBE_EXTRA "user.as-user-extra."
/* Of a cluster: what its extension "client.authentication.k8s.io/exec" has for plugins, as JSON. */
#define KA_KUBE_PLUGIN_CONFIG "plugin-config"

/* Adds one file, YAML or JSON.  A file that does not exist is passed over unless it is `needed`.  An
 * error names the file and the entry, and quotes nothing else: secrets stand in these files. */
int ka_kubeconfig_read(struct ka_kubeconfig *k, const char *path, bool needed, struct ka_err *err);

/* -1 and *err when a field that is known has another type than it must. */
int ka_kube_check_types(const struct ka_kube_entry *e, struct ka_err *err);

/* client-go/tools/clientcmd/loader.go: an entry of the same name in a later file does not count. */
const struct ka_kube_entry *ka_kubeconfig_find(const struct ka_kubeconfig *k, const char *list, const char *name);
/* NULL when absent.  "" counts as absent, as for Go. */
const char *ka_kube_get(const struct ka_kube_entry *e, const char *path);
bool ka_kube_is_true(const struct ka_kube_entry *e, const char *path);
/* Something stands at this path or below it. */
bool ka_kube_has(const struct ka_kube_entry *e, const char *path);
/* The path of a file that the entry names, relative to the kubeconfig's own folder; new, NULL when absent. */
char *ka_kube_path(const struct ka_kube_entry *e, const char *path);

#endif
