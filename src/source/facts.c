#include "source/facts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "source/facts_own.h"
#include "source/status.h"
#include "util/alloc.h"
#include "util/read.h"
#include "util/str.h"
#include "util/banned.h"

#define MAPS_PATH "/api/v1/namespaces/kube-system/configmaps"
#define STRANGER  "requests without credentials"

static const struct ka_fact_ask asks[] = {
	{ .kind = KA_OTHER, .url = "/api", .what = "what is served" },
	{ .kind = KA_OTHER, .url = "/api/*", .what = "what is served" },
	{ .kind = KA_OTHER, .url = "/apis", .what = "what is served" },
	{ .kind = KA_OTHER, .url = "/apis/*", .what = "what is served" },
	{ .kind = KA_OTHER, .url = "/version", .what = "the server's version" },
	{ .kind = KA_APIMETRICS, .url = "/metrics", .optional = true, .what = "encryption at rest" },
	{ .kind = KA_KUBELETCONFIG, .resource = "nodes/proxy", .optional = true,
	  .what = "what the kubelets run with, by way of the API server" },
	{ .kind = KA_KUBELETCONFIG, .resource = "nodes/configz", .optional = true,
	  .what = "what the kubelets run with, asked of each node (Kubernetes 1.33 and later)" },
};

const struct ka_fact_ask *
ka_fact_asks(size_t *ret_n)
{
	*ret_n = sizeof asks / sizeof *asks;
	return asks;
}

/* The ConfigMaps whose values checks read: ka_configmap_data_kept() in the model. */
static const char *const kept_maps[KA_KEPT_MAPS] = {
	"kube-proxy", "kubeadm-config", "extension-apiserver-authentication", "aws-auth", "kubelet-config",
};

/* ---- documents --------------------------------------------------------------------------------- */

static void
add_object(struct ka_fact_finder *f, uint32_t file, struct ka_tape *t, const struct ka_list_hint *hint)
{
	const struct ka_object *obj = NULL;

	ka_build_use_file(f->t.b, file);
	ka_build_add(f->t.b, t, t->node, hint, &obj);
	if (!obj)
		return;
	if (f->t.writer)
		ka_snapshot_writer_add(f->t.writer, t, t->node, obj);
	ka_facts_object(f, obj);
}

int
ka_fact_add(struct ka_fact_finder *f, enum ka_kind kind, const char *name, const char *source, const char *json,
	    struct ka_err *err)
{
	struct ka_out *out = ka_out_mem();
	struct ka_tape t;
	const char *text;
	size_t len;
	int ret;

	ka_out_fmt(out, "{\"apiVersion\":\"kassay/v1\",\"kind\":\"%s\",\"metadata\":{\"name\":",
		   ka_kind_info(kind)->kind);
	ka_out_json(out, name);
	ka_out_str(out, "},\"source\":");
	ka_out_json(out, source);
	ka_out_str(out, ",\"facts\":");
	ka_out_str(out, json);
	ka_out_char(out, '}');
	text = ka_out_memory(out, &len);
	ka_tape_init(&t);
	ret = ka_json_parse(&t, text, len, NULL, err);
	if (ret == 0)
		add_object(f, kind == KA_KUBELETCONFIG ? f->of_kubelets : f->of_server, &t, NULL);
	ka_tape_release(&t);
	ka_out_discard(out);
	return ret;
}

/* Recursion is bounded by the reader's depth limit. */
void
ka_fact_write(struct ka_out *out, struct ka_tape *t, const struct ka_node *v)
{
	static const char *const plain[] = { [KA_NULL] = "null", [KA_FALSE] = "false", [KA_TRUE] = "true" };
	bool first = true;
	const char *text;
	size_t len;

	if (v->type == KA_STRING || v->type == KA_NUMBER) {
		text = ka_tape_text(t, v, &len);
		if (v->type == KA_STRING)
			ka_out_json_n(out, text, len);
		else
			ka_out_bytes(out, text, len);
		return;
	}
	if (v->type != KA_ARRAY && v->type != KA_OBJECT) {
		ka_out_str(out, plain[v->type]);
		return;
	}
	ka_out_char(out, v->type == KA_ARRAY ? '[' : '{');
	for (const struct ka_node *e = ka_tape_first(t, v); e; e = ka_tape_after(t, v, e)) {
		if (v->type == KA_OBJECT && ka_tape_is(t, e, "staticPodURLHeader"))
			continue;
		if (!first)
			ka_out_char(out, ',');
		first = false;
		if (v->type == KA_OBJECT) {
			text = ka_tape_text(t, e, &len);
			ka_out_json_n(out, text, len);
			ka_out_char(out, ':');
		}
		ka_fact_write(out, t, v->type == KA_OBJECT ? ka_tape_value(t, e) : e);
	}
	ka_out_char(out, v->type == KA_ARRAY ? ']' : '}');
}

void
ka_fact_evidence(struct ka_fact_finder *f, enum ka_kind kind, const struct ka_evidence *e)
{
	char now[21];

	ka_time_format((int64_t)time(NULL), now);
	ka_build_graph(f->t.b)->ledger[kind] = (struct ka_evidence){
		.status = e->status,
		.count = e->count,
		.api_path = ka_build_str(f->t.b, e->api_path),
		.reason = ka_build_str(f->t.b, e->reason),
		.time = ka_build_str(f->t.b, now),
	};
}

/* ---- the version -------------------------------------------------------------------------------- */

static const char *
member_of(struct ka_fact_finder *f, const struct ka_api_answer *a, const char *key)
{
	const char *ret = NULL;
	struct ka_tape t;
	struct ka_err err;

	ka_tape_init(&t);
	if (a->body && ka_json_parse(&t, a->body, a->len, NULL, &err) == 0)
		ret = ka_build_member(f->t.b, &t, t.node, key);
	ka_tape_release(&t);
	return ret;
}

static void
on_version(void *arg, const struct ka_api_answer *a)
{
	struct ka_fact_finder *f = arg;
	const char *version = a->result == KA_API_OK ? member_of(f, a, "gitVersion") : NULL;
	char why[512];

	if (version) {
		ka_build_graph(f->t.b)->kubernetes_version = version;
		return;
	}
	snprintf(why, sizeof why, "the version of the API server is not known: %.400s",
		 a->reason ? a->reason : "its answer has no gitVersion");
	ka_build_use_file(f->t.b, f->of_server);
	ka_build_problem(f->t.b, 0, NULL, false, why);
}

/* ---- strangers ---------------------------------------------------------------------------------- */

/* What only an API server says: a proxy in front of it has errors and pages of its own. */
static bool
is_api_server(struct ka_probe *p, const struct ka_api_answer *a)
{
	struct ka_status s;
	const char *v;

	if (a->result != KA_API_OK) {
		ka_status_read(a->body ? a->body : "", a->body ? a->len : 0, &s);
		return s.is_status;
	}
	if (strcmp(p->path, "/healthz") == 0)
		return a->body && a->len == 2 && memcmp(a->body, "ok", 2) == 0;
	if (strcmp(p->path, "/version") == 0)
		return member_of(p->f, a, "gitVersion") != NULL;
	v = member_of(p->f, a, "kind");
	return v && (strcmp(v, "APIVersions") == 0 || strcmp(v, "APIGroupDiscoveryList") == 0);
}

static void
on_probe(void *arg, const struct ka_api_answer *a)
{
	struct ka_probe *p = arg;

	/* One that has too much to do has not looked who asks. */
	if (a->status && a->status < 500 && a->status != 429 && is_api_server(p, a))
		snprintf(p->status, sizeof p->status, "%d", a->status);
	else if (a->status)
		snprintf(p->reason, sizeof p->reason, "status %d, which tells nothing of who is let in", a->status);
	else
		snprintf(p->reason, sizeof p->reason, "%s", a->reason ? a->reason : "no answer");
}

static void
end_probes(struct ka_fact_finder *f)
{
	struct ka_evidence e = { .status = KA_EV_COMPLETE, .api_path = STRANGER };
	struct ka_out *out = ka_out_mem();
	size_t n = 0;
	char why[512];

	ka_out_str(out, "{\"anonymous\":{");
	for (size_t i = 0; i < KA_PROBES; i++) {
		const struct ka_probe *p = &f->probe[i];

		if (p->status[0]) {
			ka_out_fmt(out, "%s\"%s\":\"%s\"", n++ ? "," : "", p->path, p->status);
		} else if (!e.reason) {
			snprintf(why, sizeof why, "%s without credentials: %s", p->path,
				 p->reason[0] ? p->reason : "not asked for: the run ended before");
			e.reason = why;
		}
	}
	ka_out_str(out, "}}");
	if (n < KA_PROBES)
		e.status = n ? KA_EV_TRUNCATED : KA_EV_FAILED;
	e.count = n > 0;
	if (n)
		ka_fact_add(f, KA_APIENDPOINT, "api-server", STRANGER, ka_out_memory(out, NULL), NULL);
	ka_fact_evidence(f, KA_APIENDPOINT, &e);
	ka_out_discard(out);
}

/* ---- metrics -------------------------------------------------------------------------------------- */

static int
on_metrics_data(void *arg, const char *p, size_t len)
{
	struct ka_fact_finder *f = arg;

	if (!len)
		ka_metrics_reset(f->metrics);
	ka_metrics_feed(f->metrics, p, len);
	return 0;
}

static void
on_metrics(void *arg, const struct ka_api_answer *a)
{
	struct ka_fact_finder *f = arg;
	struct ka_evidence *e = &f->metrics_found;
	struct ka_out *out;
	struct ka_err err;
	unsigned damaged;

	if (a->result != KA_API_OK) {
		e->status = a->result == KA_API_FORBIDDEN || a->result == KA_API_UNAUTHORIZED ? KA_EV_FORBIDDEN
											       : KA_EV_FAILED;
		e->reason = ka_arena_fmt(f->arena, "%s", a->reason ? a->reason : "no answer");
		return;
	}
	damaged = ka_metrics_finish(f->metrics);
	out = ka_out_mem();
	ka_metrics_write(f->metrics, out);
	if (ka_fact_add(f, KA_APIMETRICS, "api-server", "/metrics", ka_out_memory(out, NULL), &err) == 0) {
		e->count = 1;
		e->status = damaged ? KA_EV_TRUNCATED : KA_EV_COMPLETE;
		e->reason = damaged ? ka_arena_fmt(f->arena, "%u lines could not be understood", damaged) : NULL;
	} else {
		e->status = KA_EV_FAILED;
		e->reason = ka_arena_fmt(f->arena, "%s", err.msg);
	}
	ka_out_discard(out);
}

/* ---- ConfigMaps by name ---------------------------------------------------------------------------- */

static void
on_map(void *arg, const struct ka_api_answer *a)
{
	struct ka_fact_finder *f = arg;
	const struct ka_list_hint hint = { .api_version = "v1", .kind = "ConfigMapList" };
	struct ka_tape t;
	struct ka_err err;

	/* Refused like the list, or not there: the ledger says already that not all were seen. */
	if (a->result != KA_API_OK || !a->body)
		return;
	ka_tape_init(&t);
	if (ka_json_parse(&t, a->body, a->len, NULL, &err) == 0) {
		add_object(f, f->of_maps, &t, &hint);
		ka_build_graph(f->t.b)->ledger[KA_CONFIGMAP].count++;
	} else {
		ka_build_use_file(f->t.b, f->of_maps);
		ka_build_problem(f->t.b, 0, NULL, true, err.msg);
	}
	ka_tape_release(&t);
}

static void
ask_maps(struct ka_fact_finder *f)
{
	const struct ka_evidence *e = &ka_build_graph(f->t.b)->ledger[KA_CONFIGMAP];
	char path[160];

	if (e->status == KA_EV_COMPLETE || e->status == KA_EV_ABSENT)
		return;
	for (size_t i = 0; i < KA_KEPT_MAPS; i++) {
		if (f->map_seen[i])
			continue;
		snprintf(path, sizeof path, MAPS_PATH "/%s", kept_maps[i]);
		ka_api_get(f->t.api, &(struct ka_api_request){ .path = path, .done = on_map, .arg = f });
	}
}

/* ---- the whole ---------------------------------------------------------------------------------------- */

struct ka_fact_finder *
ka_facts_begin(const struct ka_fact_target *target)
{
	static const char *const paths[KA_PROBES] = { "/api", "/version", "/healthz" };
	struct ka_fact_finder *f = ka_xcalloc(1, sizeof *f);
	const struct ka_graph *g = ka_build_graph(target->b);

	f->t = *target;
	f->arena = ka_arena_new();
	f->metrics = ka_metrics_new();
	f->metrics_found = (struct ka_evidence){ .status = KA_EV_FAILED, .api_path = "/metrics",
						 .reason = "not asked for: the run ended before" };
	f->of_server = (uint32_t)g->nfiles;
	ka_build_file(f->t.b, "(API server)");
	f->of_kubelets = (uint32_t)g->nfiles;
	ka_build_file(f->t.b, "(kubelets)");
	f->of_maps = (uint32_t)g->nfiles;
	ka_build_file(f->t.b, MAPS_PATH);
	ka_api_get(f->t.api, &(struct ka_api_request){ .path = "/version", .done = on_version, .arg = f });
	for (size_t i = 0; i < KA_PROBES; i++) {
		f->probe[i] = (struct ka_probe){ .f = f, .path = paths[i] };
		ka_api_get(f->t.api, &(struct ka_api_request){ .path = paths[i], .anonymous = true, .once = true,
							       .done = on_probe, .arg = &f->probe[i],
							       .deadline_seconds = 20, .max_body = 1u << 20 });
	}
	ka_api_get(f->t.api, &(struct ka_api_request){ .path = "/metrics", .accept = "text/plain",
						       .data = on_metrics_data, .done = on_metrics, .arg = f });
	return f;
}

/* A list that is read again, because its continue token had expired, brings its nodes again. */
static void
meet_node(struct ka_fact_finder *f, const struct ka_object *obj)
{
	size_t i = 0;

	while (i < f->nnodes && f->node[i].name != obj->name)
		i++;
	if (i == f->nnodes) {
		KA_GROW(f->node, f->nnodes, f->cap);
		f->nnodes++;
	}
	f->node[i] = (struct ka_fact_node){
		.f = f, .name = obj->name, .ip = ka_as_node(obj)->internal_ip, .obj = obj };
}

void
ka_facts_object(struct ka_fact_finder *f, const struct ka_object *obj)
{
	if (obj->kind == KA_NODE && !f->nodes_asked)
		meet_node(f, obj);
	if (obj->kind != KA_CONFIGMAP || strcmp(obj->namespace, "kube-system") != 0)
		return;
	for (size_t i = 0; i < KA_KEPT_MAPS; i++)
		f->map_seen[i] |= strcmp(kept_maps[i], obj->name) == 0;
	if (strcmp(obj->name, "kubelet-config") == 0)
		f->kubelet_config = ka_as_configmap(obj);
}

void
ka_facts_nodes(struct ka_fact_finder *f)
{
	ask_maps(f);
	ka_fact_nodes_ask(f);
}

void
ka_facts_end(struct ka_fact_finder *take_f)
{
	end_probes(take_f);
	ka_fact_evidence(take_f, KA_APIMETRICS, &take_f->metrics_found);
	ka_fact_nodes_end(take_f);
	ka_metrics_free(take_f->metrics);
	ka_arena_free(take_f->arena);
	free(take_f->node);
	free(take_f);
}
