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
	bool stopped;      /* err says why the whole reading ends */
	size_t ninputs;
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

static void
add_object(struct load *l, struct ka_tape *t, const struct ka_node *root, const struct ka_list_head *head)
{
	struct ka_list_hint hint = { head->api_version, head->kind, 0, 0 };
	const struct ka_object *obj;

	if (ka_build_add(l->b, t, root, &hint, &obj) == KA_NOT_OBJECT)
		return;
	l->objects++;
	if (l->writer)
		ka_snapshot_writer_add(l->writer, t, root, obj);
}

/* The items of a list inside a list, or of a plain array; such are rare and small. */
static const struct ka_node *
nested_items(struct ka_tape *t, const struct ka_node *root)
{
	const struct ka_node *kind, *items;
	const char *text;
	size_t len;

	if (root->type == KA_ARRAY)
		return root;
	if (root->type != KA_OBJECT)
		return NULL;
	kind = ka_tape_get(t, root, "kind");
	items = ka_tape_get(t, root, "items");
	if (!kind || kind->type != KA_STRING || !items || items->type != KA_ARRAY)
		return NULL;
	text = ka_tape_text(t, kind, &len);
	return len >= 4 && memcmp(text + len - 4, "List", 4) == 0 ? items : NULL;
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
	const struct ka_node *items;

	(void)err;
	if (l->reader)
		return snapshot_line(l, t, root);
	if (ka_snapshot_is_header(t, root)) {
		if (l->ninputs > 1 || l->objects)
			return stop(l, 1, "a snapshot cannot be read together with other input");
		l->reader = ka_snapshot_reader_new(l->b);
		return snapshot_line(l, t, root);
	}
	items = nested_items(t, root);
	if (!items) {
		add_object(l, t, root, head);
		return 0;
	}
	for (const struct ka_node *e = ka_tape_first(t, items); e; e = ka_tape_after(t, items, e))
		add_object(l, t, e, head);
	return 0;
}

static int
on_list(void *arg, const struct ka_list_head *head, uint32_t line, struct ka_err *err)
{
	struct load *l = arg;
	bool cut = head->cont && head->cont[0];

	(void)err;
	l->listed = true;
	ka_build_listed(l->b, head->api_version, head->kind, head->resource_version, cut);
	if (cut)
		ka_build_problem(l->b, line, NULL, true,
				 "a list that goes on elsewhere: its metadata has a continue token");
	return 0;
}

static int
on_bad(void *arg, uint32_t line, const char *kind_hint, const struct ka_err *why)
{
	return lost(arg, line, kind_hint, why->msg);
}

/* --- one input ------------------------------------------------------------------------------------------------- */

enum form { FORM_JSON, FORM_YAML, FORM_TEMPLATE, FORM_EMPTY };

static enum form
form_of(const char *s, size_t len)
{
	size_t i = len >= 3 && memcmp(s, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;

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

/* Files carry no time of their own but that of their last change, and a report of the same files is to be the same
 * tomorrow. */
static void
note_time(struct load *l, const char *path)
{
	struct stat st;

	if (strcmp(path, "-") != 0 && stat(path, &st) == 0 && S_ISREG(st.st_mode) &&
	    st.st_mtime > l->newest)
		l->newest = st.st_mtime;
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
	bytes = ka_bytes_open(path, &limits, err);
	if (!bytes)
		return -1;
	note_time(l, path);
	l->file = shown(l, path);
	ka_build_file(l->b, l->file);
	ret = read_bytes(l, bytes);
	ka_bytes_close(bytes);
	return ret;
}

static void
skip_file(void *arg, const char *path, const char *why)
{
	struct load *l = arg;

	ka_build_file(l->b, path);
	ka_build_skipped(l->b, 0, why);
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
load_all(struct load *l, const char *const *path, size_t n)
{
	struct ka_walk walk = { l, read_file, skip_file };

	describe(l, path, n);
	for (size_t i = 0; i < n; i++)
		if (ka_walk(path[i], &walk, l->err) != 0)
			return -1;
	if (l->newest && !l->reader) {
		char text[21];

		ka_time_format(l->newest, text);
		ka_build_graph(l->b)->finished = ka_build_str(l->b, text);
	}
	return nothing_read(l, path, n, l->err);
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
