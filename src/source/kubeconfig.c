#include "source/kubeconfig.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <kassay/out.h>

#include "source/facts_own.h"
#include "util/alloc.h"
#include "util/bytes.h"
#include "util/read.h"
#include "util/str.h"
#include "util/banned.h"

enum { MAX_FILE = 16 << 20, MAX_PATH = 4096 };

void
ka_kubeconfig_init(struct ka_kubeconfig *k)
{
	memset(k, 0, sizeof *k);
}

static void
wipe(char *s)
{
	if (s)
		explicit_bzero(s, strlen(s));
	free(s);
}

void
ka_kubeconfig_release(struct ka_kubeconfig *k)
{
	for (size_t i = 0; i < k->n; i++) {
		struct ka_kube_entry *e = &k->entry[i];

		for (size_t j = 0; j < e->n; j++) {
			free(e->value[j].path);
			wipe(e->value[j].text);
		}
		free(e->value);
		free(e->list);
		free(e->name);
	}
	for (size_t i = 0; i < k->nfiles; i++)
		free(k->file[i]);
	free(k->file);
	free(k->entry);
	free(k->current_context);
	memset(k, 0, sizeof *k);
}

/* ---- reading ------------------------------------------------------------------------------------- */

struct reading {
	struct ka_kubeconfig *k;
	const char *file;
	struct ka_tape *t;
	struct ka_kube_entry *entry;
	struct ka_buf path;
	bool seen;         /* the document */
	uint32_t bad_line; /* 0: none was bad */
};

static char *
dup_text(struct ka_tape *t, const struct ka_node *v)
{
	size_t len;
	const char *text = ka_tape_text(t, v, &len);
	char *s = ka_xmalloc(len + 1);

	memcpy(s, text, len);
	s[len] = '\0';
	return s;
}

/* take_text is the value's from now on. */
static void
put(struct reading *r, const char *path, char *take_text, char type)
{
	struct ka_kube_entry *e = r->entry;

	KA_GROW(e->value, e->n, e->cap);
	e->value[e->n++] = (struct ka_kube_value){ ka_xstrdup(path), take_text, type };
}

static void flatten(struct reading *r, const struct ka_node *v);

static void
flatten_list(struct reading *r, const struct ka_node *v)
{
	size_t before = r->path.len, i = 0;

	for (const struct ka_node *e = ka_tape_first(r->t, v); e; e = ka_tape_after(r->t, v, e)) {
		if (ka_buf_fmt(&r->path, NULL, "[%zu]", i++) == 0) {
			/* Go reads null among strings as "". */
			if (e->type == KA_NULL)
				put(r, r->path.s, ka_xstrdup(""), 's');
			flatten(r, e);
		}
		r->path.len = before;
		r->path.s[before] = '\0';
	}
}

static void
flatten_map(struct reading *r, const struct ka_node *v)
{
	size_t before = r->path.len, len;

	for (const struct ka_node *key = ka_tape_first(r->t, v); key; key = ka_tape_after(r->t, v, key)) {
		const char *name = ka_tape_text(r->t, key, &len);

		if (ka_buf_fmt(&r->path, NULL, "%s%.*s", before ? "." : "", (int)len, name) == 0)
			flatten(r, ka_tape_value(r->t, key));
		r->path.len = before;
		r->path.s[before] = '\0';
	}
}

/* Recursion is bounded by the reader's depth limit, the path by its cap: what lies deeper is nothing of ours. */
static void
flatten(struct reading *r, const struct ka_node *v)
{
	const char *path = r->path.s;

	switch ((enum ka_type)v->type) {
	case KA_NULL:
		return;
	case KA_TRUE:
	case KA_FALSE:
		put(r, path, ka_xstrdup(v->type == KA_TRUE ? "true" : "false"), 'b');
		return;
	case KA_NUMBER:
		put(r, path, dup_text(r->t, v), 'n');
		return;
	case KA_STRING:
		put(r, path, dup_text(r->t, v), 's');
		return;
	case KA_ARRAY:
		put(r, path, ka_xstrdup(""), 'a');
		flatten_list(r, v);
		return;
	case KA_OBJECT:
		put(r, path, ka_xstrdup(""), 'o');
		flatten_map(r, v);
		return;
	}
}

/* client-go/tools/clientcmd/client_config.go, clusterExtensionKey. */
static void
keep_plugin_config(struct reading *r, const struct ka_node *entry)
{
	const struct ka_node *cluster = ka_tape_get(r->t, entry, "cluster"), *list;

	list = cluster && cluster->type == KA_OBJECT ? ka_tape_get(r->t, cluster, "extensions") : NULL;
	if (!list || list->type != KA_ARRAY)
		return;
	for (const struct ka_node *e = ka_tape_first(r->t, list); e; e = ka_tape_after(r->t, list, e)) {
		const struct ka_node *name = e->type == KA_OBJECT ? ka_tape_get(r->t, e, "name") : NULL;
		const struct ka_node *config = e->type == KA_OBJECT ? ka_tape_get(r->t, e, "extension") : NULL;
		struct ka_out *out;

		if (!name || !config || !ka_tape_is(r->t, name, "client.authentication.k8s.io/exec"))
			continue;
		out = ka_out_mem();
		ka_fact_write(out, r->t, config);
		put(r, KA_KUBE_PLUGIN_CONFIG, ka_xstrdup(ka_out_memory(out, NULL)), 's');
		ka_out_discard(out);
		return;
	}
}

static int
read_entry(struct reading *r, const struct ka_node *e, const char *list, struct ka_err *err)
{
	const struct ka_node *name = e->type == KA_OBJECT ? ka_tape_get(r->t, e, "name") : NULL;
	struct ka_kubeconfig *k = r->k;

	if (!name || name->type != KA_STRING)
		return ka_err_set(err, KA_EFORMAT, "%s:%u: an element of \"%s\" without a name", r->file,
				  (unsigned)ka_tape_line(r->t, e), list);
	KA_GROW(k->entry, k->n, k->cap);
	r->entry = &k->entry[k->n++];
	*r->entry = (struct ka_kube_entry){ .list = ka_xstrdup(list), .name = dup_text(r->t, name), .file = r->file };
	/* clientcmd/api/v1/conversion.go: the same name again is an error, in one file. */
	for (const struct ka_kube_entry *o = k->entry; o < r->entry; o++)
		if (o->file == r->file && strcmp(o->list, list) == 0 && strcmp(o->name, r->entry->name) == 0)
			return ka_err_set(err, KA_EFORMAT, "%s:%u: \"%s\" is twice in \"%s\"", r->file,
					  (unsigned)ka_tape_line(r->t, e), o->name, list);
	ka_buf_clear(&r->path);
	flatten_map(r, e);
	keep_plugin_config(r, e);
	return ka_kube_check_types(r->entry, err);
}

static int
read_list(struct reading *r, const struct ka_node *root, const char *list, struct ka_err *err)
{
	const struct ka_node *arr = ka_tape_get(r->t, root, list);

	if (!arr || arr->type == KA_NULL)
		return 0;
	if (arr->type != KA_ARRAY)
		return ka_err_set(err, KA_EFORMAT, "%s:%u: \"%s\" is no list", r->file,
				  (unsigned)ka_tape_line(r->t, arr), list);
	for (const struct ka_node *e = ka_tape_first(r->t, arr); e; e = ka_tape_after(r->t, arr, e))
		if (read_entry(r, e, list, err))
			return -1;
	return 0;
}

static bool
is_or_unsaid(struct reading *r, const struct ka_node *root, const char *key, const char *want)
{
	const struct ka_node *v = ka_tape_get(r->t, root, key);

	if (!v || v->type == KA_NULL || (v->type == KA_STRING && !v->len))
		return true;
	return v->type == KA_STRING && ka_tape_is(r->t, v, want);
}

static int
on_value(void *arg, struct ka_tape *t, const struct ka_node *root, const struct ka_list_head *head, struct ka_err *err)
{
	static const char *const lists[] = { "clusters", "contexts", "users" };
	struct reading *r = arg;
	const struct ka_node *current;

	(void)head;
	if (r->seen)
		return 0;
	r->seen = true;
	r->t = t;
	if (root->type != KA_OBJECT || !is_or_unsaid(r, root, "kind", "Config") ||
	    !is_or_unsaid(r, root, "apiVersion", "v1"))
		return ka_err_set(err, KA_EFORMAT, "%s: no kubeconfig, or none of version v1", r->file);
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		if (read_list(r, root, lists[i], err))
			return -1;
	current = ka_tape_get(t, root, "current-context");
	if (!current || current->type == KA_NULL)
		return 0;
	if (current->type != KA_STRING)
		return ka_err_set(err, KA_EFORMAT, "%s:%u: current-context must be a string", r->file,
				  (unsigned)ka_tape_line(t, current));
	if (current->len && !r->k->current_context)
		r->k->current_context = dup_text(t, current);
	return 0;
}

static int
on_list(void *arg, const struct ka_list_head *head, uint32_t line, struct ka_err *err)
{
	struct reading *r = arg;

	(void)head;
	return ka_err_set(err, KA_EFORMAT, "%s:%u: a list of objects, no kubeconfig", r->file, (unsigned)line);
}

/* What the reader says of bad syntax may quote what stands there, perhaps a token; the line is enough. */
static int
on_bad(void *arg, uint32_t line, const char *kind_hint, const struct ka_err *why)
{
	struct reading *r = arg;

	(void)kind_hint;
	(void)why;
	if (r->seen)
		return 0; /* kubectl reads the first document and no more */
	r->bad_line = line ? line : 1;
	return -1;
}

int
ka_kubeconfig_read(struct ka_kubeconfig *k, const char *path, bool needed, struct ka_err *err)
{
	struct ka_bytes_limits limits = { .max_out = MAX_FILE };
	struct reading r = { .k = k };
	struct ka_sink sink = { &r, on_value, on_list, on_bad };
	struct ka_err why = { .code = KA_OK };
	struct ka_bytes *bytes;
	struct ka_in in;
	int ret;

	if (!needed && access(path, F_OK) != 0 && (errno == ENOENT || errno == ENOTDIR))
		return 0;
	bytes = ka_bytes_open(path, &limits, err);
	if (!bytes)
		return -1;
	KA_GROW(k->file, k->nfiles, k->file_cap);
	r.file = k->file[k->nfiles++] = ka_xstrdup(path);
	ka_buf_init(&r.path, MAX_PATH);
	in = ka_bytes_in(bytes);
	ret = ka_yaml_read(&in, NULL, &sink, &why);
	if (r.bad_line)
		ret = ka_err_set(err, KA_EFORMAT, "%s:%u: neither YAML nor JSON, or a key is given twice", path,
				 (unsigned)r.bad_line);
	else if (ret != 0 && err)
		*err = why;
	ka_buf_release(&r.path);
	ka_bytes_close(bytes);
	return ret;
}

/* ---- asking -------------------------------------------------------------------------------------- */

const struct ka_kube_entry *
ka_kubeconfig_find(const struct ka_kubeconfig *k, const char *list, const char *name)
{
	for (size_t i = 0; name && i < k->n; i++)
		if (strcmp(k->entry[i].list, list) == 0 && strcmp(k->entry[i].name, name) == 0)
			return &k->entry[i];
	return NULL;
}

const char *
ka_kube_get(const struct ka_kube_entry *e, const char *path)
{
	for (size_t i = 0; e && i < e->n; i++)
		if (strcmp(e->value[i].path, path) == 0)
			return e->value[i].text[0] ? e->value[i].text : NULL;
	return NULL;
}

bool
ka_kube_is_true(const struct ka_kube_entry *e, const char *path)
{
	const char *v = ka_kube_get(e, path);

	return v && strcmp(v, "true") == 0;
}

bool
ka_kube_has(const struct ka_kube_entry *e, const char *path)
{
	size_t len = strlen(path);

	for (size_t i = 0; e && i < e->n; i++)
		if (strncmp(e->value[i].path, path, len) == 0 && strchr(".[", e->value[i].path[len]))
			return true;
	return false;
}

char *
ka_kube_path(const struct ka_kube_entry *e, const char *path)
{
	const char *name = ka_kube_get(e, path), *slash = e ? strrchr(e->file, '/') : NULL;
	size_t size;
	char *whole;

	if (!name)
		return NULL;
	if (name[0] == '/' || !slash)
		return ka_xstrdup(name);
	size = (size_t)(slash - e->file) + strlen(name) + 2;
	whole = ka_xmalloc(size);
	snprintf(whole, size, "%.*s/%s", (int)(slash - e->file), e->file, name);
	return whole;
}
