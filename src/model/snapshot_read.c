/* Reading snapshots back. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/graph.h"
#include "model/snapshot.h"
#include "util/alloc.h"
#include "util/banned.h"

struct ka_snapshot_reader {
	struct ka_build *b;
	bool header, trailer;
	uint32_t *origin; /* file, line of each object */
	size_t norigins, next;
	uint32_t last_line;
	char digest[65];
};

bool
ka_snapshot_is_header(struct ka_tape *tape, const struct ka_node *root)
{
	const struct ka_node *schema = root->type == KA_OBJECT ? ka_tape_get(tape, root, "schema") : NULL;
	const char *text;
	size_t len;

	if (!schema || schema->type != KA_STRING)
		return false;
	text = ka_tape_text(tape, schema, &len);
	return len > strlen("kassay.snapshot/") &&
	       memcmp(text, "kassay.snapshot/", strlen("kassay.snapshot/")) == 0;
}

struct ka_snapshot_reader *
ka_snapshot_reader_new(struct ka_build *b)
{
	struct ka_snapshot_reader *r = ka_xcalloc(1, sizeof *r);

	r->b = b;
	return r;
}

void
ka_snapshot_reader_free(struct ka_snapshot_reader *r)
{
	if (!r)
		return;
	free(r->origin);
	free(r);
}

/* --- the header ------------------------------------------------------------------------------------------------ */

static const char *
str(struct ka_snapshot_reader *r, struct ka_tape *t, const struct ka_node *obj, const char *key)
{
	return ka_build_member(r->b, t, obj, key);
}

static uint32_t
number(struct ka_tape *t, const struct ka_node *obj, const char *key)
{
	const struct ka_node *v = ka_tape_get(t, obj, key);
	int64_t n;

	return v && ka_tape_int(t, v, &n) && n >= 0 && n <= UINT32_MAX ? (uint32_t)n : 0;
}

static int
evidence(struct ka_snapshot_reader *r, struct ka_tape *t, const struct ka_node *arr, struct ka_err *err)
{
	struct ka_graph *g = ka_build_graph(r->b);
	bool seen[KA_NKINDS] = { false };

	for (const struct ka_node *e = ka_tape_first(t, arr); e; e = ka_tape_after(t, arr, e)) {
		const char *kind = str(r, t, e, "kind"), *status = str(r, t, e, "status");
		int k = 0, s = 0;

		while (k < KA_NKINDS && (!kind || strcmp(kind, ka_kind_info((enum ka_kind)k)->kind) != 0))
			k++;
		while (s <= KA_EV_NOT_OFFERED &&
		       (!status || strcmp(status, ka_evidence_status_name((enum ka_evidence_status)s)) != 0))
			s++;
		if (s > KA_EV_NOT_OFFERED)
			return ka_err_set(err, KA_EFORMAT, "the ledger says \"%s\" of %s",
					  status ? status : "nothing", kind ? kind : "no kind");
		if (k == KA_NKINDS)
			continue; /* a kind that a newer kassay knows */
		seen[k] = true;
		g->ledger[k] = (struct ka_evidence){
			.status = (enum ka_evidence_status)s,
			.count = number(t, e, "count"),
			.api_path = str(r, t, e, "apiPath"),
			.resource_version = str(r, t, e, "resourceVersion"),
			.reason = str(r, t, e, "reason"),
			.time = str(r, t, e, "time"),
		};
	}
	/* Kinds that the writer did not know were not asked for. */
	for (int k = 0; k < KA_NKINDS; k++)
		if (!seen[k])
			g->ledger[k] = (struct ka_evidence){ .status = KA_EV_NOT_OFFERED,
							     .reason = "the snapshot does not mention it" };
	return 0;
}

static struct ka_strs
strings(struct ka_snapshot_reader *r, struct ka_tape *t, const struct ka_node *obj, const char *key,
	const char *v[KA_SERVED_STRS])
{
	const struct ka_node *arr = ka_tape_get(t, obj, key);
	struct ka_strs list = { 0, v };

	for (const struct ka_node *e = ka_tape_first(t, arr); e && list.n < KA_SERVED_STRS;
	     e = ka_tape_after(t, arr, e)) {
		size_t len;
		const char *text = ka_tape_text(t, e, &len);

		if (e->type == KA_STRING)
			v[list.n++] = ka_build_str_n(r->b, text, len);
	}
	return list;
}

static void
served(struct ka_snapshot_reader *r, struct ka_tape *t, const struct ka_node *arr)
{
	const char *verbs[KA_SERVED_STRS], *subresources[KA_SERVED_STRS];

	for (const struct ka_node *e = ka_tape_first(t, arr); e; e = ka_tape_after(t, arr, e)) {
		const struct ka_node *namespaced = ka_tape_get(t, e, "namespaced");
		struct ka_served s = {
			.group = str(r, t, e, "group"),
			.version = str(r, t, e, "version"),
			.resource = str(r, t, e, "resource"),
			.kind = str(r, t, e, "kind"),
			.namespaced = namespaced && namespaced->type == KA_TRUE,
			.verbs = strings(r, t, e, "verbs", verbs),
			.subresources = strings(r, t, e, "subresources", subresources),
		};

		if (s.group && s.version && s.resource && s.kind)
			ka_build_served(r->b, &s);
	}
}

/* Problems and skipped documents come with the file they were in, which ka_build_problem() takes from the current file. */
static void
notes(struct ka_snapshot_reader *r, struct ka_tape *t, const struct ka_node *root)
{
	const struct ka_node *arr = ka_tape_get(t, root, "problems");

	for (const struct ka_node *e = ka_tape_first(t, arr); e; e = ka_tape_after(t, arr, e)) {
		const struct ka_node *fatal = ka_tape_get(t, e, "fatal");

		ka_build_use_file(r->b, number(t, e, "file"));
		ka_build_problem(r->b, number(t, e, "line"), str(r, t, e, "object"),
				 fatal && fatal->type == KA_TRUE, str(r, t, e, "text"));
	}
	arr = ka_tape_get(t, root, "skipped");
	for (const struct ka_node *e = ka_tape_first(t, arr); e; e = ka_tape_after(t, arr, e)) {
		ka_build_use_file(r->b, number(t, e, "file"));
		ka_build_skipped(r->b, number(t, e, "line"), str(r, t, e, "text"));
	}
}

static void
files(struct ka_snapshot_reader *r, struct ka_tape *t, const struct ka_node *root)
{
	const struct ka_node *names = ka_tape_get(t, root, "files"), *arr = ka_tape_get(t, root, "origins");

	ka_build_forget_files(r->b);
	for (const struct ka_node *e = ka_tape_first(t, names); e; e = ka_tape_after(t, names, e)) {
		size_t len;
		const char *text = ka_tape_text(t, e, &len);
		char name[4096];

		snprintf(name, sizeof name, "%.*s", (int)(len < sizeof name ? len : sizeof name - 1), text);
		ka_build_file(r->b, name);
	}
	r->origin = ka_xcalloc(arr && arr->len ? arr->len : 1, sizeof *r->origin);
	for (const struct ka_node *e = ka_tape_first(t, arr); e; e = ka_tape_after(t, arr, e)) {
		int64_t n = 0;

		ka_tape_int(t, e, &n);
		r->origin[r->norigins++] = n >= 0 && n <= UINT32_MAX ? (uint32_t)n : 0;
	}
}

static int
header(struct ka_snapshot_reader *r, struct ka_tape *t, const struct ka_node *root, struct ka_err *err)
{
	struct ka_graph *g = ka_build_graph(r->b);
	const struct ka_node *arr = ka_tape_get(t, root, "evidence");
	const char *class = str(r, t, root, "class"), *schema = str(r, t, root, "schema");

	if (strcmp(schema, KA_SNAPSHOT_SCHEMA) != 0)
		return ka_err_set(err, KA_EFORMAT, "a snapshot of format \"%s\"; this kassay reads " KA_SNAPSHOT_SCHEMA,
				  schema);
	if (!arr || arr->type != KA_ARRAY || !class)
		return ka_err_set(err, KA_EFORMAT, "the snapshot's header lacks its ledger or its class");
	g->source_class = strcmp(class, "cluster") == 0 ? KA_SOURCE_CLUSTER
			  : strcmp(class, "dump") == 0  ? KA_SOURCE_DUMP
							: KA_SOURCE_MANIFESTS;
	g->source = str(r, t, root, "source");
	g->cluster_uid = str(r, t, root, "clusterUid");
	g->kubernetes_version = str(r, t, root, "kubernetesVersion");
	g->distribution = str(r, t, root, "distribution");
	g->distribution_reason = str(r, t, root, "distributionReason");
	g->platform = str(r, t, root, "platform");
	g->started = str(r, t, root, "started");
	g->finished = str(r, t, root, "finished");
	g->duplicates = number(t, root, "duplicates");
	files(r, t, root);
	notes(r, t, root);
	served(r, t, ka_tape_get(t, root, "served"));
	ka_build_ledger_given(r->b);
	return evidence(r, t, arr, err);
}

/* --- the lines ------------------------------------------------------------------------------------------------- */

static int
object(struct ka_snapshot_reader *r, struct ka_tape *t, const struct ka_node *root, const struct ka_object **ret_obj,
       struct ka_err *err)
{
	struct ka_list_hint hint = { .line = 0 };
	size_t before = ka_build_graph(r->b)->nproblems;

	if (r->next + 1 < r->norigins) {
		hint.file = r->origin[r->next];
		hint.line = r->origin[r->next + 1];
		r->next += 2;
	}
	*ret_obj = NULL;
	ka_build_add(r->b, t, root, &hint, ret_obj);
	if (!*ret_obj)
		return ka_err_set(err, KA_EFORMAT, "a line of the snapshot is no Kubernetes object");
	/* What was wrong with this object when the snapshot was made is in the header already. */
	ka_build_forget_problems(r->b, before);
	return 0;
}

int
ka_snapshot_reader_line(struct ka_snapshot_reader *r, struct ka_tape *tape, const struct ka_node *root,
			const struct ka_object **ret_obj, struct ka_err *err)
{
	const struct ka_node *sha;
	const char *text;
	size_t len;

	r->last_line = ka_tape_line(tape, root);
	if (r->trailer)
		return ka_err_set(err, KA_EFORMAT, "the snapshot goes on after its last line");
	if (!r->header) {
		r->header = true;
		return header(r, tape, root, err);
	}
	sha = root->type == KA_OBJECT ? ka_tape_get(tape, root, "sha256") : NULL;
	if (!sha)
		return object(r, tape, root, ret_obj, err);
	r->trailer = true;
	text = ka_tape_text(tape, sha, &len);
	if (sha->type != KA_STRING || len != 64)
		return ka_err_set(err, KA_EFORMAT, "the snapshot's checksum is none");
	memcpy(r->digest, text, 64);
	return 0;
}

int
ka_snapshot_reader_end(struct ka_snapshot_reader *r, const char digest[65], struct ka_err *err)
{
	if (!r->trailer)
		return ka_err_set(err, KA_EFORMAT, "line %u: the snapshot is cut: its last line, the checksum, is missing",
				  (unsigned)r->last_line + 1);
	if (strcmp(r->digest, digest) != 0)
		return ka_err_set(err, KA_EFORMAT,
				  "line %u: the checksum does not fit the lines before it: the snapshot was changed or damaged",
				  (unsigned)r->last_line);
	ka_build_graph(r->b)->snapshot_sha256 = ka_build_str(r->b, digest);
	return 0;
}
