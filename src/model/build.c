/* Taking objects in; see build.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/build.h"
#include "model/decode.h"
#include "model/graph.h"
#include "model/graph_full.h"
#include "util/alloc.h"
#include "util/str.h"
#include "util/banned.h"

struct ka_build {
	struct ka_graph_full *f;
	struct ka_hmap kvs, specs, raw_specs;
	struct ka_seen_lists lists;
	uint32_t nspecs;
	uint32_t file;
	bool ledger_given, facts_beside;
	/* The kind of the object before: items of a list are alike. */
	const char *last_api, *last_name;
	enum ka_kind last_kind;
};

static ka_decoder *const decoders[KA_NKINDS] = {
	[KA_NAMESPACE] = ka_dec_namespace,
	[KA_NODE] = ka_dec_node,
	[KA_SERVICEACCOUNT] = ka_dec_serviceaccount,
	[KA_ROLE] = ka_dec_role,
	[KA_CLUSTERROLE] = ka_dec_role,
	[KA_ROLEBINDING] = ka_dec_binding,
	[KA_CLUSTERROLEBINDING] = ka_dec_binding,
	[KA_POD] = ka_dec_pod,
	[KA_REPLICATIONCONTROLLER] = ka_dec_workload,
	[KA_REPLICASET] = ka_dec_workload,
	[KA_DEPLOYMENT] = ka_dec_workload,
	[KA_STATEFULSET] = ka_dec_workload,
	[KA_DAEMONSET] = ka_dec_workload,
	[KA_JOB] = ka_dec_workload,
	[KA_CRONJOB] = ka_dec_workload,
	[KA_NETWORKPOLICY] = ka_dec_netpol,
	[KA_SERVICE] = ka_dec_service,
	[KA_INGRESS] = ka_dec_ingress,
	[KA_SECRET] = ka_dec_secret,
	[KA_CONFIGMAP] = ka_dec_configmap,
	[KA_PERSISTENTVOLUME] = ka_dec_volume_object,
	[KA_PERSISTENTVOLUMECLAIM] = ka_dec_volume_object,
	[KA_VALIDATINGWEBHOOKCONFIGURATION] = ka_dec_webhook_config,
	[KA_MUTATINGWEBHOOKCONFIGURATION] = ka_dec_webhook_config,
	[KA_VALIDATINGADMISSIONPOLICY] = ka_dec_admission_policy,
	[KA_VALIDATINGADMISSIONPOLICYBINDING] = ka_dec_admission_binding,
	[KA_MUTATINGADMISSIONPOLICY] = ka_dec_admission_policy,
	[KA_MUTATINGADMISSIONPOLICYBINDING] = ka_dec_admission_binding,
	[KA_RESOURCEQUOTA] = ka_dec_governor,
	[KA_LIMITRANGE] = ka_dec_governor,
	[KA_KUBELETCONFIG] = ka_dec_fact,
	[KA_NODEFILES] = ka_dec_node_files,
	[KA_APIENDPOINT] = ka_dec_fact,
	[KA_APIMETRICS] = ka_dec_fact,
	[KA_OTHER] = ka_dec_custom,
};

struct ka_build *
ka_build_new(void)
{
	struct ka_build *b = ka_xcalloc(1, sizeof *b);
	struct ka_graph_full *f = ka_xcalloc(1, sizeof *f);

	b->f = f;
	f->arena = ka_arena_new();
	f->keep = ka_arena_new();
	f->in = ka_intern_new(f->keep);
	for (int k = 0; k < KA_NKINDS; k++)
		ka_map_init(&f->index[k]);
	ka_hmap_init(&b->kvs);
	ka_hmap_init(&b->specs);
	ka_hmap_init(&b->raw_specs);
	return b;
}

static struct ka_graph_full *
take(struct ka_build *b)
{
	struct ka_graph_full *f = b->f;

	ka_hmap_release(&b->kvs);
	ka_hmap_release(&b->specs);
	ka_hmap_release(&b->raw_specs);
	free(b);
	return f;
}

void
ka_build_free(struct ka_build *b)
{
	if (b)
		ka_graph_free(&take(b)->g);
}

struct ka_graph *
ka_build_graph(struct ka_build *b)
{
	return &b->f->g;
}

const char *
ka_build_str(struct ka_build *b, const char *s)
{
	return s ? ka_intern(b->f->in, s) : NULL;
}

const char *
ka_build_str_n(struct ka_build *b, const char *s, size_t len)
{
	return ka_intern_n(b->f->in, s, len);
}

const char *
ka_build_member(struct ka_build *b, struct ka_tape *tape, const struct ka_node *obj, const char *key)
{
	const struct ka_node *v = ka_tape_get(tape, obj, key);
	const char *text;
	size_t len;

	if (!v || v->type != KA_STRING)
		return NULL;
	text = ka_tape_text(tape, v, &len);
	return ka_intern_n(b->f->in, text, len);
}

void
ka_build_ledger_given(struct ka_build *b)
{
	b->ledger_given = true;
}

void
ka_build_facts_beside(struct ka_build *b)
{
	b->facts_beside = true;
}

void
ka_build_source(struct ka_build *b, const char *text)
{
	b->f->g.source = ka_build_str(b, text);
}

void
ka_build_file(struct ka_build *b, const char *name)
{
	struct ka_graph_full *f = b->f;

	KA_GROW(f->file, f->g.nfiles, f->file_cap);
	f->file[f->g.nfiles] = ka_build_str(b, name);
	f->g.file = f->file;
	b->file = (uint32_t)f->g.nfiles++;
}

void
ka_build_forget_files(struct ka_build *b)
{
	b->f->g.nfiles = 0;
}

void
ka_build_use_file(struct ka_build *b, uint32_t file)
{
	b->file = file;
}

void
ka_build_forget_problems(struct ka_build *b, size_t n)
{
	if (n < b->f->g.nproblems)
		b->f->g.nproblems = n;
}

void
ka_build_problem(struct ka_build *b, uint32_t line, const char *object, bool fatal, const char *why)
{
	struct ka_graph_full *f = b->f;

	KA_GROW(f->problem, f->g.nproblems, f->problem_cap);
	f->problem[f->g.nproblems++] = (struct ka_problem){
		b->file, line, fatal, ka_build_str(b, object), ka_build_str(b, why) };
	f->g.problem = f->problem;
}

void
ka_build_skipped(struct ka_build *b, uint32_t line, const char *what)
{
	struct ka_graph_full *f = b->f;

	KA_GROW(f->skipped, f->g.nskipped, f->skipped_cap);
	f->skipped[f->g.nskipped++] = (struct ka_skipped){ b->file, line, ka_build_str(b, what) };
	f->g.skipped = f->skipped;
}

void
ka_build_forget(struct ka_build *b, enum ka_kind kind, uint32_t file)
{
	struct ka_graph_full *f = b->f;
	struct ka_objects *list = &f->of[kind];
	size_t n = 0;

	for (size_t i = 0; i < list->n; i++)
		if (list->v[i]->file != file)
			list->v[n++] = list->v[i];
	list->n = n;
	n = 0;
	for (size_t i = 0; i < f->g.nproblems; i++)
		if (f->problem[i].file != file)
			f->problem[n++] = f->problem[i];
	f->g.nproblems = n;
}

static struct ka_strs
keep_strs(struct ka_build *b, const struct ka_strs *list)
{
	const char **v = ka_arena_array(b->f->arena, list->n, sizeof *v);

	for (size_t i = 0; i < list->n; i++)
		v[i] = ka_build_str(b, list->v[i]);
	return (struct ka_strs){ list->n, v };
}

void
ka_build_served(struct ka_build *b, const struct ka_served *served)
{
	struct ka_graph_full *f = b->f;

	KA_GROW(f->served, f->g.nserved, f->served_cap);
	f->served[f->g.nserved++] = (struct ka_served){
		.group = ka_build_str(b, served->group),
		.version = ka_build_str(b, served->version),
		.resource = ka_build_str(b, served->resource),
		.kind = ka_build_str(b, served->kind),
		.namespaced = served->namespaced,
		.verbs = keep_strs(b, &served->verbs),
		.subresources = keep_strs(b, &served->subresources),
	};
	f->g.served = f->served;
}

/* "PodList" is a list of Pods; false for "List" and for kinds that are no list. */
static bool
list_kind(const char *api_version, const char *kind, enum ka_kind *ret)
{
	char item[128];
	size_t len = kind ? strlen(kind) : 0;

	if (len <= 4 || len - 4 >= sizeof item || !ka_str_has_suffix(kind, "List"))
		return false;
	memcpy(item, kind, len - 4);
	item[len - 4] = '\0';
	*ret = ka_kind_find(api_version, item);
	return true;
}

void
ka_build_listed(struct ka_build *b, const char *api_version, const char *kind, const char *resource_version,
		bool cut)
{
	enum ka_kind k;

	if (!list_kind(api_version, kind, &k))
		return;
	b->lists.listed[k] = true;
	b->lists.resource_version[k] = ka_build_str(b, resource_version);
	if (cut)
		b->lists.cut[k] = true;
}

void
ka_build_lost(struct ka_build *b, uint32_t line, const char *kind_hint, const char *why)
{
	ka_build_problem(b, line, NULL, true, why);
	if (!kind_hint)
		return;
	if (strcmp(kind_hint, "List") == 0)
		b->lists.cut_any = true;
	for (int k = 0; k < KA_OTHER; k++) {
		const char *name = ka_kind_info((enum ka_kind)k)->kind;
		size_t len = strlen(name);

		if (strncmp(kind_hint, name, len) == 0 &&
		    (!kind_hint[len] || strcmp(kind_hint + len, "List") == 0))
			b->lists.cut[k] = true;
	}
}

/* --- one object ------------------------------------------------------------------------------------------------ */

/* apiVersion and kind, from the object itself or from its list. */
static bool
identify(struct ka_decode *d, const struct ka_node *root, const struct ka_list_hint *hint,
	 struct ka_object *obj)
{
	const struct ka_node *api = ka_tape_get(d->t, root, "apiVersion");
	const struct ka_node *kind = ka_tape_get(d->t, root, "kind");
	char item[128];
	size_t len;

	if (hint && hint->secret_type) {
		obj->kind_name = ka_intern(d->in, "Secret");
		obj->api_version = ka_intern(d->in, "v1");
		d->secret_type = hint->secret_type;
		return true;
	}
	if (kind && kind->type == KA_STRING && kind->len)
		obj->kind_name = ka_dec_intern(d, kind);
	if (api && api->type == KA_STRING && api->len)
		obj->api_version = ka_dec_intern(d, api);
	if (!obj->kind_name && hint && hint->kind) {
		len = strlen(hint->kind);
		if (len > 4 && len - 4 < sizeof item && ka_str_has_suffix(hint->kind, "List")) {
			memcpy(item, hint->kind, len - 4);
			item[len - 4] = '\0';
			obj->kind_name = ka_intern(d->in, item);
		}
	}
	if (!obj->api_version && hint && hint->api_version)
		obj->api_version = ka_intern(d->in, hint->api_version);
	return obj->kind_name && obj->api_version;
}

/* The kind (or that of the list) when, by what can be told, it is one that checks judge, else NULL.
 * An item of a list always may be. */
static const char *
judged_kind(struct ka_build *b, struct ka_tape *t, const struct ka_node *root, const struct ka_list_hint *hint)
{
	const char *kind = ka_build_member(b, t, root, "kind");
	const char *api = ka_build_member(b, t, root, "apiVersion");

	if (!kind)
		return hint ? hint->kind : NULL;
	if (api)
		return ka_kind_find(api, kind) != KA_OTHER ? kind : NULL;
	if (!ka_tape_get(t, root, "metadata"))
		return NULL;
	for (int k = 0; k < KA_OTHER; k++)
		if (strcmp(ka_kind_info((enum ka_kind)k)->kind, kind) == 0)
			return kind;
	return NULL;
}

/* The kind whose plural the API uses in URLs: "secrets". */
static const char *
kind_of_resource(const char *resource)
{
	for (int k = 0; resource && k < KA_OTHER; k++)
		if (strcmp(ka_kind_info((enum ka_kind)k)->resource, resource) == 0)
			return ka_kind_info((enum ka_kind)k)->kind;
	return NULL;
}

/* What an API server answers instead of a list (metav1.Status): saved to a file it is no absence, but a refusal. */
static bool
refusal(struct ka_build *b, struct ka_tape *t, const struct ka_node *root)
{
	const char *kind = ka_build_member(b, t, root, "kind"), *status, *message;
	const struct ka_node *details = ka_tape_get(t, root, "details");
	char why[400];

	if (!kind || strcmp(kind, "Status") != 0)
		return false;
	status = ka_build_member(b, t, root, "status");
	if (!status || strcmp(status, "Failure") != 0)
		return false;
	message = ka_build_member(b, t, root, "message");
	snprintf(why, sizeof why, "the API server refused: %.300s", message ? message : "it does not say why");
	ka_build_lost(b, ka_tape_line(t, root),
		      details ? kind_of_resource(ka_build_member(b, t, details, "kind")) : NULL, why);
	return true;
}

/* Text that nobody meant for a cluster is passed over; an object that is not whole is lost, and its kind incomplete. */
static enum ka_added
not_object(struct ka_build *b, struct ka_tape *t, const struct ka_node *root, const struct ka_list_hint *hint)
{
	const char *kind = ka_build_member(b, t, root, "kind");
	const char *judged = judged_kind(b, t, root, hint);
	uint32_t line = ka_tape_line(t, root);
	char what[160];

	if (root->type == KA_OBJECT && refusal(b, t, root))
		return KA_LOST;
	if (root->type != KA_OBJECT)
		snprintf(what, sizeof what, "no object at all");
	else if (!kind)
		snprintf(what, sizeof what, "an object without kind");
	else
		snprintf(what, sizeof what, "kind %.100s without apiVersion or name", kind);
	if (judged) {
		ka_build_lost(b, line, judged, what);
		return KA_LOST;
	}
	ka_build_skipped(b, line, what);
	return KA_NOT_OBJECT;
}

static enum ka_kind
kind_of(struct ka_build *b, const struct ka_object *head)
{
	if (head->api_version != b->last_api || head->kind_name != b->last_name) {
		b->last_api = head->api_version;
		b->last_name = head->kind_name;
		b->last_kind = ka_kind_find(head->api_version, head->kind_name);
	}
	return b->last_kind;
}

enum ka_added
ka_build_add(struct ka_build *b, struct ka_tape *tape, const struct ka_node *root,
	     const struct ka_list_hint *hint, const struct ka_object **ret_obj)
{
	struct ka_graph_full *f = b->f;
	struct ka_object head = { .kind = KA_OTHER }, *obj;
	struct ka_decode d = {
		b, tape, f->arena, f->keep, f->in, &b->kvs, &b->specs, &b->raw_specs, &b->nspecs, &head, NULL,
	};
	const struct ka_node *meta;
	struct ka_objects *list;

	if (root->type != KA_OBJECT)
		return not_object(b, tape, root, hint);
	meta = ka_tape_get(tape, root, "metadata");
	ka_dec_soon(&d, ka_tape_get(tape, meta, "name"));
	if (!identify(&d, root, hint, &head))
		return not_object(b, tape, root, hint);
	if (!meta || meta->type != KA_OBJECT)
		return not_object(b, tape, root, hint);
	head.kind = kind_of(b, &head);
	head.file = hint && hint->line ? hint->file : b->file;
	head.line = hint && hint->line ? hint->line : ka_tape_line(tape, root);
	ka_dec_meta(&d, root, &head);
	if (!head.name)
		return not_object(b, tape, root, hint);
	obj = decoders[head.kind](&d, root);
	list = &f->of[head.kind];
	KA_GROW(list->v, list->n, list->cap);
	list->v[list->n++] = obj;
	if (ret_obj)
		*ret_obj = obj;
	return head.kind == KA_OTHER ? KA_ADDED_OTHER : KA_ADDED;
}

struct ka_graph *
ka_build_finish(struct ka_build *take_b)
{
	struct ka_seen_lists lists = take_b->lists;
	bool ledger_given = take_b->ledger_given, facts_beside = take_b->facts_beside;
	struct ka_graph_full *f;

	take_b->f->g.npodspecs = take_b->nspecs;
	f = take(take_b);
	ka_graph_sort(f);
	ka_graph_sort_served(f);
	ka_graph_link(f);
	if (!ledger_given)
		ka_graph_ledger(f, &lists);
	if (!ledger_given || facts_beside)
		ka_graph_strays(f);
	if (ledger_given && facts_beside)
		ka_graph_facts_beside(f, &lists);
	ka_graph_platform(f);
	return &f->g;
}
