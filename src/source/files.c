/* Files as a source: which files, what is in them, and handing each document to the builder. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "model/build.h"
#include "model/graph.h"
#include "model/snapshot.h"
#include "source/files.h"
#include "source/hash_in.h"
#include "source/walk.h"
#include "util/bytes.h"
#include "util/map.h"
#include "util/str.h"
#include "util/banned.h"

struct load {
	const struct ka_files_opts *opts;
	struct ka_build *b;
	struct ka_snapshot_writer *writer;  /* NULL unless a snapshot is being made */
	struct ka_snapshot_reader *reader;  /* NULL unless one is being read */
	const char *file;
	struct ka_err *err;
	uint64_t objects;
	bool listed;       /* an empty list is an answer too */
	int64_t newest;    /* when the last changed of the files was changed; 0: unknown */
	bool facts;        /* now come node facts, beside what was read */
	bool stopped;      /* err says why the whole reading ends */
	size_t ninputs;
	struct ka_hmap met; /* the files read so far, by device and inode */
};

static int
stop(struct load *l, uint32_t line, const char *why)
{
	l->stopped = true;
	if (line)
		return ka_err_set(l->err, KA_EFORMAT, "%s:%u: %s", l->file, (unsigned)line, why);
	return ka_err_set(l->err, KA_EFORMAT, "%s: %s", l->file, why);
}

/* A document that could not be used. */
static int
lost(struct load *l, uint32_t line, const char *kind_hint, const char *why)
{
	if (l->opts->strict || l->reader)
		return stop(l, line, why);
	ka_build_lost(l->b, line, kind_hint, why);
	return 0;
}

static const char *
last_problem(const struct load *l)
{
	const struct ka_graph *g = ka_build_graph(l->b);

	return g->problem[g->nproblems - 1].text;
}

/* Operators' own workloads, and PodTemplates: what they run is judged as pods, when there are any. */
static void
tell_unjudged(struct load *l, struct ka_tape *t, const struct ka_node *root, const struct ka_object *obj)
{
	const struct ka_node *spec = ka_tape_get(t, root, "spec");
	const struct ka_node *template = ka_tape_get(t, spec ? spec : root, "template");
	const struct ka_node *containers = ka_tape_get(t, ka_tape_get(t, template, "spec"), "containers");
	char what[512];

	if (!containers || containers->type != KA_ARRAY)
		return;
	snprintf(what, sizeof what, "%.100s %.100s: no check reads the pod template of this kind, only its pods",
		 obj->kind_name, obj->name);
	ka_build_skipped(l->b, obj->line, what);
}

/* A folder of node facts holds nothing else: what is there by mistake must not pass for the cluster. */
static bool
is_fact(struct load *l, struct ka_tape *t, const struct ka_node *root)
{
	const char *api = ka_build_member(l->b, t, root, "apiVersion"), *kind = ka_build_member(l->b, t, root, "kind");

	return api && kind && ka_kind_find(api, kind) == KA_NODEFILES;
}

static int
add_object(struct load *l, struct ka_tape *t, const struct ka_node *root, const struct ka_list_head *head)
{
	struct ka_list_hint hint = { .api_version = head->api_version, .kind = head->kind };
	const struct ka_object *obj;

	if (l->facts && !is_fact(l, t, root))
		return lost(l, ka_tape_line(t, root), "NodeFiles", "not what `kassay node` writes");
	switch (ka_build_add(l->b, t, root, &hint, &obj)) {
	case KA_LOST:
		return l->opts->strict ? stop(l, ka_tape_line(t, root), last_problem(l)) : 0;
	case KA_NOT_OBJECT:
		return 0;
	case KA_ADDED_OTHER:
		tell_unjudged(l, t, root, obj);
		break;
	case KA_ADDED:
		break;
	}
	l->objects++;
	if (l->writer)
		ka_snapshot_writer_add(l->writer, t, root, obj);
	return 0;
}

static int
end_list(struct load *l, const struct ka_list_head *head, uint32_t line)
{
	bool cut = head->cont && head->cont[0];

	l->listed = true;
	ka_build_listed(l->b, head->api_version, head->kind, head->resource_version, cut);
	if (!cut)
		return 0;
	return lost(l, line, head->kind, "a list that goes on elsewhere: its metadata has a continue token");
}

/* A list that is a value of its own: inside another, as `jq -s` makes of pages, or without items.  An object whose
 * kind merely ends so has a name. */
static bool
is_list(struct load *l, struct ka_tape *t, const struct ka_node *root)
{
	const char *kind = ka_build_member(l->b, t, root, "kind");

	return kind && ka_str_has_suffix(kind, "List") &&
	       !ka_tape_get(t, ka_tape_get(t, root, "metadata"), "name");
}

/* Recursion is bounded by the reader's depth limit. */
static int
add_value(struct load *l, struct ka_tape *t, const struct ka_node *root, const struct ka_list_head *head)
{
	struct ka_list_head inner = { .kind = NULL };
	const struct ka_node *items = root, *meta;
	int ret = 0;

	if (root->type != KA_ARRAY) {
		if (!is_list(l, t, root))
			return add_object(l, t, root, head);
		meta = ka_tape_get(t, root, "metadata");
		inner.api_version = ka_build_member(l->b, t, root, "apiVersion");
		inner.kind = ka_build_member(l->b, t, root, "kind");
		inner.resource_version = ka_build_member(l->b, t, meta, "resourceVersion");
		inner.cont = ka_build_member(l->b, t, meta, "continue");
		items = ka_tape_get(t, root, "items");
		if (items && items->type != KA_ARRAY && items->type != KA_NULL)
			return lost(l, ka_tape_line(t, items), inner.kind, "a list whose items are no list");
	}
	for (const struct ka_node *e = ka_tape_first(t, items); e && ret == 0; e = ka_tape_after(t, items, e))
		ret = add_value(l, t, e, &inner);
	return ret == 0 && inner.kind ? end_list(l, &inner, ka_tape_line(t, root)) : ret;
}

static int
snapshot_line(struct load *l, struct ka_tape *t, const struct ka_node *root)
{
	const struct ka_object *obj = NULL;
	struct ka_err why;

	if (ka_snapshot_reader_line(l->reader, t, root, &obj, &why) != 0)
		return stop(l, ka_tape_line(t, root), why.msg);
	l->objects += obj != NULL;
	l->listed = true;
	if (l->writer && obj)
		ka_snapshot_writer_add(l->writer, t, root, obj);
	return 0;
}

static int
on_value(void *arg, struct ka_tape *t, const struct ka_node *root, const struct ka_list_head *head,
	 struct ka_err *err)
{
	struct load *l = arg;

	(void)err;
	if (l->reader)
		return snapshot_line(l, t, root);
	if (!l->facts && ka_snapshot_is_header(t, root)) {
		if (l->ninputs > 1 || l->objects || l->listed)
			return stop(l, 1, "a snapshot cannot be read together with other input");
		l->reader = ka_snapshot_reader_new(l->b);
		return snapshot_line(l, t, root);
	}
	return add_value(l, t, root, head);
}

static int
on_list(void *arg, const struct ka_list_head *head, uint32_t line, struct ka_err *err)
{
	(void)err;
	return end_list(arg, head, line);
}

static int
on_bad(void *arg, uint32_t line, const char *kind_hint, const struct ka_err *why)
{
	return lost(arg, line, kind_hint, why->msg);
}

/* --- one input ------------------------------------------------------------------------------------------------- */

enum form { FORM_JSON, FORM_YAML, FORM_TEMPLATE, FORM_EMPTY, FORM_UTF16 };

static enum form
form_of(const char *s, size_t len)
{
	size_t i = len >= 3 && memcmp(s, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;

	if (len >= 2 && (memcmp(s, "\xff\xfe", 2) == 0 || memcmp(s, "\xfe\xff", 2) == 0))
		return FORM_UTF16;
	while (i < len && strchr(" \t\r\n", s[i]) && s[i])
		i++;
	if (i == len)
		return len < 4096 ? FORM_EMPTY : FORM_YAML;
	if (s[i] == '{' && i + 1 < len && s[i + 1] == '{')
		return FORM_TEMPLATE;
	return s[i] == '{' || s[i] == '[' ? FORM_JSON : FORM_YAML;
}

static int
read_documents(struct load *l, const struct ka_in *in, enum form form)
{
	struct ka_sink sink = { l, on_value, on_list, on_bad };
	struct ka_err why = { .code = KA_OK };
	int ret;

	ret = form == FORM_JSON ? ka_json_read(in, &l->opts->limits, &sink, &why)
				: ka_yaml_read(in, &l->opts->limits, &sink, &why);
	if (ret == 0 || l->stopped)
		return ret;
	/* The bytes themselves could not be had: nobody knows what was to come. */
	return lost(l, 0, "List", why.msg);
}

static int
read_bytes(struct load *l, struct ka_bytes *bytes)
{
	struct ka_hash_in *hash;
	struct ka_in in;
	const char *head;
	struct ka_err why;
	char digest[65];
	size_t len;
	int ret;

	if (ka_bytes_peek(bytes, &head, &len, &why) != 0)
		return lost(l, 0, "List", why.msg);
	switch (form_of(head, len)) {
	case FORM_EMPTY:
		ka_build_skipped(l->b, 1, "an empty file");
		return 0;
	case FORM_TEMPLATE:
		return lost(l, 1, NULL, "a template, not YAML: render it first");
	case FORM_UTF16: /* what > makes in Windows PowerShell */
		return lost(l, 1, "List", "UTF-16 text: save it as UTF-8");
	case FORM_YAML:
		in = ka_bytes_in(bytes);
		return read_documents(l, &in, FORM_YAML);
	case FORM_JSON:
		break;
	}
	/* Only a snapshot is hashed; it names itself in its first bytes. */
	if (!memmem(head, len, "kassay.snapshot/", strlen("kassay.snapshot/"))) {
		in = ka_bytes_in(bytes);
		return read_documents(l, &in, FORM_JSON);
	}
	hash = ka_hash_in_new(ka_bytes_in(bytes), l->err);
	if (!hash) {
		l->stopped = true;
		return -1;
	}
	in = ka_hash_in(hash);
	ret = read_documents(l, &in, FORM_JSON);
	ka_hash_in_digest(hash, digest);
	ka_hash_in_free(hash);
	if (ret == 0 && l->reader && ka_snapshot_reader_end(l->reader, digest, &why) != 0)
		return stop(l, 0, why.msg);
	return ret;
}

/* What reports call a path. */
static const char *
shown(const struct load *l, const char *path)
{
	if (strcmp(path, "-") != 0)
		return path;
	return l->opts->stdin_name ? l->opts->stdin_name : "(standard input)";
}

static void
skip_file(void *arg, const char *path, const char *why)
{
	struct load *l = arg;

	ka_build_file(l->b, path);
	ka_build_skipped(l->b, 0, why);
}

/* A file given twice, or a link to one of the same folder: its objects are not there twice.  Files carry no time of
 * their own but that of their last change, and a report of the same files is to be the same tomorrow. */
static bool
met_before(struct load *l, const char *path)
{
	struct ka_hash128 h = ka_hash128_start();
	struct stat st;

	if (strcmp(path, "-") == 0 || stat(path, &st) != 0 || !S_ISREG(st.st_mode))
		return false;
	if (st.st_mtime > l->newest)
		l->newest = st.st_mtime;
	ka_hash128_feed(&h, (uint64_t)st.st_dev);
	ka_hash128_feed(&h, (uint64_t)st.st_ino);
	if (ka_hmap_get(&l->met, h))
		return true;
	ka_hmap_put(&l->met, h, l);
	return false;
}

static int
read_file(void *arg, const char *path, struct ka_err *err)
{
	struct load *l = arg;
	struct ka_bytes_limits limits = KA_BYTES_LIMITS_DEFAULT;
	struct ka_bytes *bytes;
	int ret;

	if (l->opts->max_input)
		limits.max_out = l->opts->max_input;
	if (l->opts->max_ratio)
		limits.max_ratio = l->opts->max_ratio;
	l->file = shown(l, path);
	if (l->reader)
		return stop(l, 0, "a snapshot cannot be read together with other input");
	if (met_before(l, path)) {
		skip_file(l, path, "read already, under this or another name");
		return 0;
	}
	bytes = ka_bytes_open(path, &limits, err);
	if (!bytes)
		return -1;
	ka_build_file(l->b, l->file);
	ret = read_bytes(l, bytes);
	ka_bytes_close(bytes);
	return ret;
}

/* --- all inputs ------------------------------------------------------------------------------------------------ */

static void
describe(struct load *l, const char *const *path, size_t n)
{
	char text[512];
	size_t used = (size_t)snprintf(text, sizeof text, "files: ");

	for (size_t i = 0; i < n && used < sizeof text; i++)
		used += (size_t)snprintf(text + used, sizeof text - used, "%s%s", i ? ", " : "",
					 shown(l, path[i]));
	ka_build_source(l->b, text);
}

static int
nothing_read(struct load *l, const char *const *path, size_t n, struct ka_err *err)
{
	const struct ka_graph *g = ka_build_graph(l->b);

	if (l->objects || l->listed)
		return 0;
	if (g->nproblems) {
		const struct ka_problem *p = &g->problem[0];

		if (p->line)
			return ka_err_set(err, KA_EFORMAT, "%s:%u: %s", g->file[p->file], (unsigned)p->line,
					  p->text);
		return ka_err_set(err, KA_EFORMAT, "%s: %s", g->file[p->file], p->text);
	}
	return ka_err_set(err, KA_EFORMAT, "no Kubernetes object in %s%s", path[0],
			  n > 1 ? " or the other inputs" : "");
}

static int
load_facts(struct load *l)
{
	struct ka_walk walk = { l, read_file, skip_file, false };
	const struct ka_strs *paths = &l->opts->node_facts;
	int ret = 0;

	l->facts = true;
	for (size_t i = 0; i < paths->n && ret == 0; i++)
		ret = ka_walk(paths->v[i], &walk, l->err);
	if (ret)
		ka_err_wrap(l->err, "node facts");
	return ret;
}

int
ka_files_add_facts(const struct ka_files_opts *opts, struct ka_build *b, struct ka_snapshot_writer *writer,
		   struct ka_err *err)
{
	struct load l = { .opts = opts, .b = b, .writer = writer, .err = err };
	int ret;

	ka_hmap_init(&l.met);
	ret = load_facts(&l);
	ka_hmap_release(&l.met);
	ka_build_facts_beside(b);
	return ret;
}

/* A snapshot has its own ledger and times, to which facts may be added. */
static int
load_facts_beside(struct load *l)
{
	bool snapshot = l->reader != NULL;
	int64_t newest = l->newest;
	int ret;

	if (!l->opts->node_facts.n)
		return 0;
	ka_snapshot_reader_free(l->reader);
	l->reader = NULL;
	ret = load_facts(l);
	if (snapshot) {
		l->newest = newest;
		ka_build_facts_beside(l->b);
	}
	return ret;
}

static int
load_all(struct load *l, const char *const *path, size_t n)
{
	struct ka_walk walk = { l, read_file, skip_file, false };
	bool snapshot;
	int ret = 0;

	describe(l, path, n);
	ka_hmap_init(&l->met);
	for (size_t i = 0; i < n && ret == 0; i++)
		ret = ka_walk(path[i], &walk, l->err);
	snapshot = l->reader != NULL;
	if (ret == 0)
		ret = load_facts_beside(l);
	ka_hmap_release(&l->met);
	if (l->newest && !snapshot) {
		char text[21];

		ka_time_format(l->newest, text);
		ka_build_graph(l->b)->finished = ka_build_str(l->b, text);
	}
	return ret ? ret : nothing_read(l, path, n, l->err);
}

int
ka_files_load(const char *const *path, size_t n, const struct ka_files_opts *opts, struct ka_graph **ret,
	      struct ka_err *err)
{
	struct load l = { .opts = opts, .b = ka_build_new(), .err = err, .ninputs = n };
	int status = load_all(&l, path, n);

	ka_snapshot_reader_free(l.reader);
	if (status != 0) {
		ka_build_free(l.b);
		return -1;
	}
	*ret = ka_build_finish(l.b);
	return 0;
}

int
ka_files_snapshot(const char *const *path, size_t n, const struct ka_files_opts *opts, const char *out_path,
		  struct ka_err *err)
{
	struct load l = { .opts = opts, .b = ka_build_new(), .err = err, .ninputs = n };
	struct ka_graph *g = NULL;
	int ret = -1;

	l.writer = ka_snapshot_writer_new(err);
	if (!l.writer || load_all(&l, path, n) != 0)
		goto out;
	g = ka_build_finish(l.b);
	l.b = NULL;
	ret = ka_snapshot_writer_save(l.writer, g, out_path, err);
out:
	ka_snapshot_reader_free(l.reader);
	ka_snapshot_writer_free(l.writer);
	ka_build_free(l.b);
	ka_graph_free(g);
	return ret;
}
