/* Writing snapshots. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "model/graph_full.h"
#include "model/snapshot.h"
#include "model/trim.h"
#include "util/alloc.h"
#include "util/compress.h"
#include "util/sha256.h"
#include "util/str.h"
#include "util/banned.h"

struct line {
	const struct ka_object *obj;
	uint64_t off;
	uint32_t len;
};

struct ka_snapshot_writer {
	FILE *spool;
	struct ka_out *out; /* on the spool */
	struct ka_out *one; /* one object, whose length must be known */
	uint64_t end;
	struct line *line;
	size_t n, cap;
};

struct ka_snapshot_writer *
ka_snapshot_writer_new(struct ka_err *err)
{
	struct ka_snapshot_writer *w;
	FILE *spool = tmpfile();

	if (!spool) {
		ka_err_sys(err, errno, "making a temporary file");
		return NULL;
	}
	w = ka_xcalloc(1, sizeof *w);
	w->spool = spool;
	w->out = ka_out_fd(fileno(spool));
	w->one = ka_out_mem();
	return w;
}

void
ka_snapshot_writer_free(struct ka_snapshot_writer *w)
{
	if (!w)
		return;
	if (w->out)
		ka_out_discard(w->out);
	ka_out_discard(w->one);
	fclose(w->spool);
	free(w->line);
	free(w);
}

void
ka_snapshot_writer_add(struct ka_snapshot_writer *w, struct ka_tape *tape,
		       const struct ka_node *root, const struct ka_object *obj)
{
	const char *text;
	size_t len;

	ka_out_memory_clear(w->one);
	ka_trim_write(w->one, tape, root, obj);
	text = ka_out_memory(w->one, &len);
	ka_out_bytes(w->out, text, len);
	KA_GROW(w->line, w->n, w->cap);
	w->line[w->n++] = (struct line){ obj, w->end, (uint32_t)len };
	w->end += len;
}

void
ka_snapshot_writer_forget(struct ka_snapshot_writer *w, enum ka_kind kind, uint32_t file)
{
	size_t n = 0;

	for (size_t i = 0; i < w->n; i++)
		if (w->line[i].obj->kind != kind || w->line[i].obj->file != file)
			w->line[n++] = w->line[i];
	w->n = n;
}

static int
line_cmp(const void *pa, const void *pb)
{
	const struct ka_object *a = ((const struct line *)pa)->obj;
	const struct ka_object *b = ((const struct line *)pb)->obj;
	int c = (int)a->kind - (int)b->kind;

	if (!c)
		c = ka_str_cmp(a->kind_name, b->kind_name);
	if (!c)
		c = ka_str_cmp(a->namespace, b->namespace);
	if (!c)
		c = ka_str_cmp(a->name, b->name);
	if (!c)
		c = ka_str_cmp(a->uid, b->uid);
	return c ? c : ka_origin_cmp(a, b);
}

/* As the graph does: an object read twice is kept once. */
static bool
doubled(const struct line *a, const struct line *b)
{
	return a->obj->uid && b->obj->uid && a->obj->kind == b->obj->kind &&
	       a->obj->namespace == b->obj->namespace && a->obj->name == b->obj->name &&
	       a->obj->kind_name == b->obj->kind_name && strcmp(a->obj->uid, b->obj->uid) == 0;
}

/* --- the header ------------------------------------------------------------------------------ */

static void
member(struct ka_out *out, const char *key, const char *value)
{
	if (!value)
		return;
	ka_out_char(out, ',');
	ka_out_json(out, key);
	ka_out_char(out, ':');
	ka_out_json(out, value);
}

static void
evidence(struct ka_out *out, const struct ka_graph *g)
{
	ka_out_str(out, ",\"evidence\":[");
	for (int k = 0; k < KA_NKINDS; k++) {
		const struct ka_evidence *e = &g->ledger[k];

		ka_out_str(out, k ? ",{\"kind\":" : "{\"kind\":");
		ka_out_json(out, ka_kind_info((enum ka_kind)k)->kind);
		member(out, "status", ka_evidence_status_name(e->status));
		ka_out_str(out, ",\"count\":");
		ka_out_uint(out, e->count);
		member(out, "apiPath", e->api_path);
		member(out, "resourceVersion", e->resource_version);
		member(out, "reason", e->reason);
		member(out, "time", e->time);
		ka_out_char(out, '}');
	}
	ka_out_char(out, ']');
}

static void
problems(struct ka_out *out, const struct ka_graph *g)
{
	ka_out_str(out, ",\"problems\":[");
	for (size_t i = 0; i < g->nproblems; i++) {
		const struct ka_problem *p = &g->problem[i];

		ka_out_fmt(out, "%s{\"file\":%u,\"line\":%u,\"fatal\":%s", i ? "," : "",
			   (unsigned)p->file, (unsigned)p->line, p->fatal ? "true" : "false");
		member(out, "object", p->object);
		member(out, "text", p->text);
		ka_out_char(out, '}');
	}
	ka_out_str(out, "],\"skipped\":[");
	for (size_t i = 0; i < g->nskipped; i++) {
		const struct ka_skipped *s = &g->skipped[i];

		ka_out_fmt(out, "%s{\"file\":%u,\"line\":%u", i ? "," : "", (unsigned)s->file,
			   (unsigned)s->line);
		member(out, "text", s->text);
		ka_out_char(out, '}');
	}
	ka_out_char(out, ']');
}

static void
strings(struct ka_out *out, const char *key, const struct ka_strs *list)
{
	if (!list->n)
		return;
	ka_out_fmt(out, ",\"%s\":[", key);
	for (size_t i = 0; i < list->n; i++) {
		if (i)
			ka_out_char(out, ',');
		ka_out_json(out, list->v[i]);
	}
	ka_out_char(out, ']');
}

static void
served(struct ka_out *out, const struct ka_graph *g)
{
	if (!g->nserved)
		return;
	ka_out_str(out, ",\"served\":[");
	for (size_t i = 0; i < g->nserved; i++) {
		const struct ka_served *s = &g->served[i];

		ka_out_fmt(out, "%s{\"namespaced\":%s", i ? "," : "", s->namespaced ? "true" : "false");
		member(out, "group", s->group);
		member(out, "version", s->version);
		member(out, "resource", s->resource);
		member(out, "kind", s->kind);
		strings(out, "verbs", &s->verbs);
		strings(out, "subresources", &s->subresources);
		ka_out_char(out, '}');
	}
	ka_out_char(out, ']');
}

static void
header(struct ka_out *out, const struct ka_snapshot_writer *w, const struct ka_graph *g)
{
	static const char *const classes[] = {
		[KA_SOURCE_MANIFESTS] = "manifests",
		[KA_SOURCE_DUMP] = "dump",
		[KA_SOURCE_CLUSTER] = "cluster",
	};

	ka_out_str(out, "{\"schema\":\"" KA_SNAPSHOT_SCHEMA "\"");
	member(out, "tool", "kassay " KA_VERSION);
	member(out, "class", classes[g->source_class]);
	member(out, "source", g->source);
	member(out, "clusterUid", g->cluster_uid);
	member(out, "kubernetesVersion", g->kubernetes_version);
	member(out, "distribution", g->distribution);
	member(out, "distributionReason", g->distribution_reason);
	member(out, "platform", g->platform);
	member(out, "started", g->started);
	member(out, "finished", g->finished);
	evidence(out, g);
	served(out, g);
	problems(out, g);
	ka_out_fmt(out, ",\"duplicates\":%llu,\"files\":[", (unsigned long long)g->duplicates);
	for (size_t i = 0; i < g->nfiles; i++) {
		if (i)
			ka_out_char(out, ',');
		ka_out_json(out, g->file[i]);
	}
	ka_out_str(out, "],\"origins\":[");
	for (size_t i = 0; i < w->n; i++)
		ka_out_fmt(out, "%s%u,%u", i ? "," : "", (unsigned)w->line[i].obj->file,
			   (unsigned)w->line[i].obj->line);
	ka_out_str(out, "]}\n");
}

/* --- the file -------------------------------------------------------------------------------- */

static void
emit(struct ka_out *out, struct ka_sha256 *sha, const void *p, size_t len)
{
	ka_sha256_add(sha, p, len);
	ka_out_bytes(out, p, len);
}

static int
objects(struct ka_snapshot_writer *w, struct ka_out *out, struct ka_sha256 *sha, struct ka_err *err)
{
	size_t cap = 0;
	char *buf = NULL;
	int ret = 0;

	for (size_t i = 0; i < w->n && ret == 0; i++) {
		const struct line *l = &w->line[i];
		size_t need = (size_t)l->len + 1;

		if (need > cap) {
			cap = need;
			buf = ka_xreallocarray(buf, cap, 1);
		}
		if (pread(fileno(w->spool), buf, l->len, (off_t)l->off) != (ssize_t)l->len)
			ret = ka_err_sys(err, errno, "reading the spooled objects back");
		buf[l->len] = '\n';
		emit(out, sha, buf, need);
	}
	free(buf);
	return ret;
}

static struct ka_out *
open_out(const char *path, struct ka_err *err)
{
	struct ka_out *out =
		strcmp(path, "-") == 0 ? ka_out_fd(STDOUT_FILENO) : ka_out_file(path, err);

	if (out && ka_str_has_suffix(path, ".gz"))
		out = ka_out_gzip(out);
	else if (out && ka_str_has_suffix(path, ".zst"))
		out = ka_out_zstd(out);
	return out;
}

static void
sort_lines(struct ka_snapshot_writer *w)
{
	size_t n = 0;

	if (w->n > 1)
		qsort(w->line, w->n, sizeof *w->line, line_cmp);
	for (size_t i = 0; i < w->n; i++)
		if (!n || !doubled(&w->line[n - 1], &w->line[i]))
			w->line[n++] = w->line[i];
	w->n = n;
}

int
ka_snapshot_writer_save(struct ka_snapshot_writer *w, const struct ka_graph *g, const char *path,
			struct ka_err *err)
{
	struct ka_out *out = NULL, *head = ka_out_mem(), *spooled = w->out;
	struct ka_sha256 *sha = ka_sha256_new(err);
	const char *text;
	char hex[65];
	size_t len;
	int ret = -1;

	w->out = NULL;
	if (ka_out_close(spooled, err) != 0 || !sha)
		goto out;
	out = open_out(path, err);
	if (!out)
		goto out;
	sort_lines(w);
	header(head, w, g);
	text = ka_out_memory(head, &len);
	emit(out, sha, text, len);
	if (objects(w, out, sha, err) != 0)
		goto out;
	ka_sha256_hex(sha, hex);
	ka_out_fmt(out, "{\"sha256\":\"%s\"}\n", hex);
	ret = ka_out_close(out, err);
	out = NULL;
out:
	if (out)
		ka_out_discard(out);
	ka_out_discard(head);
	ka_sha256_free(sha);
	return ret;
}
