/* Manifests of static pods, and the kubelet's configuration file. */
#include <stdlib.h>
#include <string.h>

#include "source/node_start.h"
#include "util/alloc.h"
#include "util/bytes.h"
#include "util/read.h"
#include "util/banned.h"

#define FILE_MAX ((size_t)1 << 20)

/* ---- reading ------------------------------------------------------------------------------ */

typedef void document(void *arg, struct ka_tape *t, const struct ka_node *root);

struct reading {
	document *fn;
	void *arg;
};

static int
on_value(void *arg, struct ka_tape *t, const struct ka_node *root, const struct ka_list_head *head,
	 struct ka_err *err)
{
	const struct reading *r = arg;

	(void)head;
	(void)err;
	r->fn(r->arg, t, root);
	return 0;
}

static int
on_list(void *arg, const struct ka_list_head *head, uint32_t line, struct ka_err *err)
{
	(void)arg;
	(void)head;
	(void)line;
	(void)err;
	return 0;
}

/* What the kubelet cannot read it does not start, and others do not judge. */
static int
on_bad(void *arg, uint32_t line, const char *kind_hint, const struct ka_err *why)
{
	(void)arg;
	(void)line;
	(void)kind_hint;
	(void)why;
	return 0;
}

static int
read_documents(const struct ka_node_root *r, const char *path, document *fn, void *arg)
{
	struct ka_limits limits = { .depth = 64, .value = FILE_MAX, .nodes = 1u << 18 };
	struct reading reading = { fn, arg };
	struct ka_sink sink = { &reading, on_value, on_list, on_bad };
	struct ka_buf text;
	int rc;

	ka_buf_init(&text, FILE_MAX);
	rc = ka_node_read(r, path, &text);
	if (rc == 0 && text.len) {
		struct ka_bytes *bytes = ka_bytes_open_mem(text.s, text.len, NULL, NULL);
		struct ka_in in = ka_bytes_in(bytes);

		ka_yaml_read(&in, &limits, &sink, NULL);
		ka_bytes_close(bytes);
	}
	ka_buf_release(&text);
	return rc;
}

static void
add_word(struct ka_node_args *args, const char *s, size_t len)
{
	char *word = ka_xmalloc(len + 1);

	memcpy(word, s, len);
	word[len] = '\0';
	KA_GROW(args->v, args->n, args->cap);
	args->v[args->n++] = word;
}

static char *
string_of(struct ka_tape *t, const struct ka_node *obj, const char *key)
{
	const struct ka_node *v = ka_tape_get(t, obj, key);
	const char *text;
	size_t len;
	char *ret;

	if (!v || v->type != KA_STRING)
		return NULL;
	text = ka_tape_text(t, v, &len);
	ret = ka_xmalloc(len + 1);
	memcpy(ret, text, len);
	ret[len] = '\0';
	return ret;
}

/* ---- static pods -------------------------------------------------------------------------- */

/* One word may be a whole shell command. */
static void
add_words(struct ka_node_args *args, struct ka_tape *t, const struct ka_node *list)
{
	static const char blanks[] = " \t\n\r'\";";

	for (const struct ka_node *e = ka_tape_first(t, list); e; e = ka_tape_after(t, list, e)) {
		size_t len, at = 0;
		const char *s;

		if (list->type != KA_ARRAY || e->type != KA_STRING)
			continue;
		s = ka_tape_text(t, e, &len);
		while (at < len) {
			size_t n = 0;

			while (at + n < len && !strchr(blanks, s[at + n]))
				n++;
			if (n)
				add_word(args, s + at, n);
			at += n + 1;
		}
	}
}

static enum ka_node_part
part_of(const char *name)
{
	static const struct {
		const char *name;
		enum ka_node_part part;
	} parts[] = {
		{ "kube-apiserver", KA_PART_APISERVER },
		{ "kube-controller-manager", KA_PART_CONTROLLERS },
		{ "kube-scheduler", KA_PART_SCHEDULER },
		{ "kube-proxy", KA_PART_PROXY },
		{ "etcd", KA_PART_ETCD },
	};
	const char *slash = strrchr(name, '/');

	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (strcmp(slash ? slash + 1 : name, parts[i].name) == 0)
			return parts[i].part;
	return KA_NPARTS;
}

/* By its program, else by the container's name. */
static enum ka_node_part
part_of_container(const struct ka_node_args *words, struct ka_tape *t, const struct ka_node *c)
{
	enum ka_node_part part = KA_NPARTS;
	char *name;

	for (size_t i = 0; i < words->n && part == KA_NPARTS; i++)
		if (words->v[i][0] != '-')
			part = part_of(words->v[i]);
	if (part != KA_NPARTS)
		return part;
	name = string_of(t, c, "name");
	part = name ? part_of(name) : KA_NPARTS;
	free(name);
	return part;
}

/* The hostPath of a volume, or NULL. */
static char *
host_path(struct ka_tape *t, const struct ka_node *spec, const char *volume)
{
	const struct ka_node *all = ka_tape_get(t, spec, "volumes");

	for (const struct ka_node *v = ka_tape_first(t, all); v; v = ka_tape_after(t, all, v)) {
		const struct ka_node *name = ka_tape_get(t, v, "name");

		if (name && ka_tape_is(t, name, volume))
			return string_of(t, ka_tape_get(t, v, "hostPath"), "path");
	}
	return NULL;
}

static void
add_mounts(struct ka_node_pod *pod, struct ka_tape *t, const struct ka_node *spec, const struct ka_node *c)
{
	const struct ka_node *all = ka_tape_get(t, c, "volumeMounts");

	for (const struct ka_node *m = ka_tape_first(t, all); m; m = ka_tape_after(t, all, m)) {
		char *name = string_of(t, m, "name"), *inside = string_of(t, m, "mountPath");
		char *outside = name ? host_path(t, spec, name) : NULL;

		if (inside && outside) {
			add_word(&pod->mounts, inside, strlen(inside));
			add_word(&pod->mounts, outside, strlen(outside));
		}
		free(name);
		free(inside);
		free(outside);
	}
}

static char *
env_value(struct ka_tape *t, const struct ka_node *c, const char *name)
{
	const struct ka_node *all = ka_tape_get(t, c, "env");

	for (const struct ka_node *e = ka_tape_first(t, all); e; e = ka_tape_after(t, all, e)) {
		const struct ka_node *n = ka_tape_get(t, e, "name");

		if (n && ka_tape_is(t, n, name))
			return string_of(t, e, "value");
	}
	return NULL;
}

static void
on_pod(void *arg, struct ka_tape *t, const struct ka_node *root)
{
	const struct ka_node *spec = ka_tape_get(t, root, "spec"), *all = ka_tape_get(t, spec, "containers");
	struct ka_node_pods *pods = arg;

	for (const struct ka_node *c = ka_tape_first(t, all); c; c = ka_tape_after(t, all, c)) {
		struct ka_node_pod pod = { .args = { .seen = true } };

		add_words(&pod.args, t, ka_tape_get(t, c, "command"));
		add_words(&pod.args, t, ka_tape_get(t, c, "args"));
		pod.part = part_of_container(&pod.args, t, c);
		if (pod.part == KA_NPARTS) {
			ka_node_args_release(&pod.args);
			continue;
		}
		add_mounts(&pod, t, spec, c);
		pod.data_dir = env_value(t, c, "ETCD_DATA_DIR");
		KA_GROW(pods->v, pods->n, pods->cap);
		pods->v[pods->n++] = pod;
	}
}

int
ka_node_manifest(const struct ka_node_root *r, const char *path, struct ka_node_pods *ret)
{
	return read_documents(r, path, on_pod, ret);
}

void
ka_node_pods_release(struct ka_node_pods *pods)
{
	for (size_t i = 0; i < pods->n; i++) {
		ka_node_args_release(&pods->v[i].args);
		ka_node_args_release(&pods->v[i].mounts);
		free(pods->v[i].data_dir);
	}
	free(pods->v);
}

bool
ka_node_pod_path(const struct ka_node_pod *pod, const char *path, char ret[PATH_MAX])
{
	size_t best = 0;
	const char *outside = NULL;
	int len;

	for (size_t i = 0; i + 1 < pod->mounts.n; i += 2) {
		const char *inside = pod->mounts.v[i];
		size_t n = strlen(inside);

		while (n && inside[n - 1] == '/')
			n--;
		if (strncmp(path, inside, n) != 0 || (path[n] && path[n] != '/') || (outside && n < best))
			continue;
		best = n;
		outside = pod->mounts.v[i + 1];
	}
	if (!outside)
		return false;
	len = snprintf(ret, PATH_MAX, "%s%s", outside, path + best);
	return len > 0 && len < PATH_MAX;
}

/* ---- the kubelet -------------------------------------------------------------------------- */

static void
on_config(void *arg, struct ka_tape *t, const struct ka_node *root)
{
	const struct ka_node *x509 = ka_tape_get(t, ka_tape_get(t, root, "authentication"), "x509");
	struct ka_node_kubelet *k = arg;

	if (!k->client_ca)
		k->client_ca = string_of(t, x509, "clientCAFile");
	if (!k->manifests)
		k->manifests = string_of(t, root, "staticPodPath");
}

int
ka_node_kubelet_config(const struct ka_node_root *r, const char *path, struct ka_node_kubelet *ret)
{
	*ret = (struct ka_node_kubelet){ .client_ca = NULL };
	return read_documents(r, path, on_config, ret);
}

void
ka_node_kubelet_release(struct ka_node_kubelet *k)
{
	free(k->client_ca);
	free(k->manifests);
}
