/* One node: how its parts were started tells where its files are. */
#include "source/node.h"

#include <string.h>
#include <unistd.h>

#include "model/suspect.h"
#include "source/node_files.h"
#include "source/node_paths.h"
#include "source/node_start.h"
#include "util/banned.h"

enum { MANIFESTS_MAX = 200 };

struct node {
	struct ka_node_root root;
	struct ka_node_args process[KA_NPARTS];
	struct ka_node_files_found files;
	bool by_pod[KA_NPARTS]; /* a static pod starts it */
};

/* ---- where files are ---------------------------------------------------------------------- */

static const struct {
	enum ka_node_part part;
	const char *role, *flag;
	bool folder; /* the folder that the file is in, with all in it */
} flags[] = {
	{ KA_PART_APISERVER, "pki", "client-ca-file", true },
	{ KA_PART_APISERVER, "pki", "tls-private-key-file", true },
	{ KA_PART_CONTROLLERS, "controller-manager-kubeconfig", "kubeconfig", false },
	{ KA_PART_SCHEDULER, "scheduler-kubeconfig", "kubeconfig", false },
	{ KA_PART_PROXY, "kube-proxy-kubeconfig", "kubeconfig", false },
	{ KA_PART_ETCD, "etcd-data", "data-dir", false },
};
enum { NFLAGS = sizeof flags / sizeof *flags };

static void
name_file(struct node *n, size_t flag, const char *path, bool sure)
{
	if (flags[flag].folder)
		ka_node_name_folder_of(&n->files, flags[flag].role, path);
	else
		ka_node_name_path(&n->files, flags[flag].role, path, sure);
}

/* A process may be in a container, where its paths mean other files: they count when they are there. */
static void
name_by_processes(struct node *n)
{
	for (size_t i = 0; i < NFLAGS; i++)
		if (!n->by_pod[flags[i].part])
			name_file(n, i, ka_node_flag(&n->process[flags[i].part], flags[i].flag), false);
}

static void
name_by_pod(struct node *n, const struct ka_node_pod *pod, const char *manifest)
{
	static const char *const roles[KA_NPARTS] = {
		[KA_PART_APISERVER] = "apiserver-manifest",
		[KA_PART_CONTROLLERS] = "controller-manager-manifest",
		[KA_PART_SCHEDULER] = "scheduler-manifest",
		[KA_PART_ETCD] = "etcd-manifest",
	};
	char path[PATH_MAX];

	n->by_pod[pod->part] = true;
	if (roles[pod->part])
		ka_node_name_path(&n->files, roles[pod->part], manifest, true);
	for (size_t i = 0; i < NFLAGS; i++) {
		const char *value = flags[i].part == pod->part ? ka_node_flag(&pod->args, flags[i].flag) : NULL;

		if (value && ka_node_pod_path(pod, value, path))
			name_file(n, i, path, true);
	}
	if (pod->part == KA_PART_ETCD && pod->data_dir && ka_node_pod_path(pod, pod->data_dir, path))
		ka_node_name_path(&n->files, "etcd-data", path, true);
}

static void
name_by_manifests(struct node *n, const char *folder)
{
	struct ka_node_names names;

	ka_node_list(&n->root, folder, MANIFESTS_MAX, &names);
	for (size_t i = 0; i < names.n; i++) {
		struct ka_node_pods pods = { .v = NULL };
		char path[PATH_MAX];

		if (names.v[i][0] == '.') /* as the kubelet does: pkg/kubelet/config/file.go */
			continue;
		snprintf(path, sizeof path, "%s/%s", folder, names.v[i]);
		ka_node_manifest(&n->root, path, &pods);
		for (size_t j = 0; j < pods.n; j++)
			name_by_pod(n, &pods.v[j], path);
		ka_node_pods_release(&pods);
	}
	ka_node_names_release(&names);
}

/* The configuration file that the kubelet names, or the first of the usual ones that is there. */
static void
read_config(struct node *n, struct ka_node_kubelet *ret)
{
	const char *named = ka_node_named_path(&n->files, "kubelet-config");
	struct ka_node_look look;

	*ret = (struct ka_node_kubelet){ .client_ca = NULL };
	if (named) {
		ka_node_kubelet_config(&n->root, named, ret);
		return;
	}
	for (const struct ka_node_place *p = ka_node_places; p->role; p++)
		if (strcmp(p->role, "kubelet-config") == 0 && ka_node_look(&n->root, p->path, &look) == 0) {
			ka_node_kubelet_config(&n->root, p->path, ret);
			return;
		}
}

/* Flags win over the file (cmd/kubelet/app/server.go). */
static void
name_by_kubelet(struct node *n)
{
	const struct ka_node_args *args = &n->process[KA_PART_KUBELET];
	const char *ca = ka_node_flag(args, "client-ca-file"), *manifests = ka_node_flag(args, "pod-manifest-path");
	struct ka_node_kubelet config;

	ka_node_name_path(&n->files, "kubelet-config", ka_node_flag(args, "config"), true);
	ka_node_name_path(&n->files, "kubelet-kubeconfig", ka_node_flag(args, "kubeconfig"), true);
	read_config(n, &config);
	ka_node_name_path(&n->files, "kubelet-client-ca", ca ? ca : config.client_ca, true);
	if (!manifests)
		manifests = config.manifests;
	if (manifests && *manifests == '/')
		name_by_manifests(n, manifests);
	for (const char *const *f = ka_node_manifest_folders; *f && !manifests; f++)
		name_by_manifests(n, *f);
	ka_node_kubelet_release(&config);
}

/* ---- the document ------------------------------------------------------------------------- */

static int
node_name(const struct node *n, const struct ka_node_opts *opts, struct ka_buf *ret, struct ka_err *err)
{
	const char *name = opts->name ? opts->name :
					ka_node_flag(&n->process[KA_PART_KUBELET], "hostname-override");
	size_t len;

	if (name)
		return ka_buf_add(ret, name, strlen(name), err);
	if (ka_node_read(&n->root, "/etc/hostname", ret) != 0)
		ka_buf_clear(ret);
	len = ret->len ? strcspn(ret->s, " \t\r\n") : 0;
	if (!len)
		return ka_err_set(err, KA_EUSAGE,
				  "no etc/hostname there tells the node's name: give it with --node-name or NODE_NAME");
	/* As the kubelet does with it: pkg/util/node GetHostname(). */
	for (size_t i = 0; i < len; i++)
		if (ret->s[i] >= 'A' && ret->s[i] <= 'Z')
			ret->s[i] = (char)(ret->s[i] - 'A' + 'a');
	ret->s[len] = '\0';
	ret->len = len;
	return 0;
}

static void
write_kubelet(const struct ka_node_args *args, struct ka_out *out)
{
	ka_out_fmt(out, "{\"seen\": %s", args->seen ? "true" : "false");
	for (size_t i = 0; i < args->n; i++) {
		const char *s = args->v[i];
		bool hide = ka_suspect_arg(i ? args->v[i - 1] : NULL, s, strlen(s)) != NULL;

		ka_out_str(out, i ? ", " : ", \"args\": [");
		ka_out_json(out, hide ? KA_HIDDEN : s);
	}
	ka_out_str(out, args->n ? "]}" : "}");
}

int
ka_node_write(const struct ka_node_opts *opts, struct ka_out *out, struct ka_err *err)
{
	struct node n = { .files = { .r = &n.root } };
	struct ka_buf name;
	int rc;

	if (ka_node_root_open(&n.root, opts->root ? opts->root : "/", err) != 0)
		return -1;
	ka_buf_init(&name, 4096);
	ka_node_processes(&n.root, n.process);
	rc = node_name(&n, opts, &name, err);
	if (rc == 0) {
		name_by_kubelet(&n);
		name_by_processes(&n);
		ka_node_files_look(&n.files);
		ka_out_str(out, "{\n  \"apiVersion\": \"kassay/v1\",\n  \"kind\": \"NodeFiles\",\n"
				"  \"metadata\": {\"name\": ");
		ka_out_json(out, name.s);
		ka_out_str(out, "},\n  \"source\": \"kassay node\",\n  \"facts\": {\n    \"kubelet\": ");
		write_kubelet(&n.process[KA_PART_KUBELET], out);
		ka_out_str(out, ",\n    \"files\": ");
		ka_node_files_write(&n.files, out);
		ka_out_str(out, "\n  }\n}\n");
	}
	for (int p = 0; p < KA_NPARTS; p++)
		ka_node_args_release(&n.process[p]);
	ka_node_files_release(&n.files);
	ka_buf_release(&name);
	ka_node_root_close(&n.root);
	return rc;
}
