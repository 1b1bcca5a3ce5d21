/* What the kubelets run with: of each node from its kubelet, else what it was meant to run with. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "source/facts_own.h"
#include "source/node_args.h"
#include "util/read.h"
#include "util/str.h"
#include "util/banned.h"

enum {
	NODE_SECONDS = 20, /* an API server tries 30 s to reach a kubelet that is not there */
	NODES_SECONDS = 300,
	NODES_QUEUED = 16, /* enough to keep all connections busy */
	KUBELET_PORT = 10250,
	MAX_CONFIG = 1u << 20,
};
#define PATH_OF_ALL "/api/v1/nodes/NODE/proxy/configz"
#define CONFIG_MAP  "ConfigMap kube-system/kubelet-config"

/* {"kubeletconfig": {...}}: k8s.io/component-base/configz. */
static bool
take_config(struct ka_fact_node *n, const char *source, const struct ka_api_answer *a)
{
	const struct ka_node *config;
	struct ka_tape t;
	struct ka_err err = { .msg = "" };
	struct ka_out *out = ka_out_mem();
	bool ok = false;

	ka_tape_init(&t);
	if (ka_json_parse(&t, a->body ? a->body : "", a->body ? a->len : 0, NULL, &err) == 0) {
		config = ka_tape_get(&t, t.node, "kubeletconfig");
		if (config && config->type == KA_OBJECT) {
			ka_fact_write(out, &t, config);
			ok = ka_fact_add(n->f, KA_KUBELETCONFIG, n->name, source, ka_out_memory(out, NULL), &err) == 0;
		} else {
			ka_err_set(&err, KA_EFORMAT, "the answer to /configz has no kubeletconfig");
		}
	}
	if (!ok)
		n->reason = ka_arena_fmt(n->f->arena, "%s", err.msg);
	ka_tape_release(&t);
	ka_out_discard(out);
	return ok;
}

static bool
refused(const struct ka_api_answer *a)
{
	return a->result == KA_API_FORBIDDEN || a->result == KA_API_UNAUTHORIZED;
}

/* "https://10.0.0.7:10250" */
static const char *
base_of(const struct ka_fact_node *n, char buf[128])
{
	bool v6 = strchr(n->ip, ':') != NULL;

	snprintf(buf, 128, "https://%s%.64s%s:%d", v6 ? "[" : "", n->ip, v6 ? "]" : "", KUBELET_PORT);
	return buf;
}

static void ask_next(struct ka_fact_finder *f);

static void
on_direct(void *arg, const struct ka_api_answer *a)
{
	struct ka_fact_node *n = arg;
	char base[128], source[160];

	/* The reason stays that of the API server, whose rule is the first to be mended. */
	if (a->result == KA_API_OK) {
		snprintf(source, sizeof source, "%s/configz", base_of(n, base));
		n->answered = take_config(n, source, a);
	}
	n->f->silence |= !a->status;
	ask_next(n->f);
}

/* An address that is nothing else: it becomes part of a URL that a credential is sent to. */
static bool
is_address(const char *ip)
{
	size_t len = ip ? strlen(ip) : 0;

	return len && len <= 45 && strspn(ip, "0123456789abcdefABCDEF.:") == len;
}

static void
on_proxied(void *arg, const struct ka_api_answer *a)
{
	struct ka_fact_node *n = arg;
	char base[128];

	if (a->result == KA_API_OK) {
		n->answered = take_config(n, ka_arena_fmt(n->f->arena, "/api/v1/nodes/%s/proxy/configz", n->name), a);
	} else {
		n->refused = refused(a);
		n->reason = ka_arena_fmt(n->f->arena, "%s", a->reason ? a->reason : "no answer");
	}
	if (n->refused && is_address(n->ip)) {
		ka_api_get(n->f->t.api, &(struct ka_api_request){ .path = "/configz", .base = base_of(n, base),
								  .max_body = MAX_CONFIG, .deadline_seconds = NODE_SECONDS,
								  .done = on_direct, .arg = n });
		return;
	}
	n->f->silence |= !a->status;
	ask_next(n->f);
}

static int64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void
ask_next(struct ka_fact_finder *f)
{
	struct ka_fact_node *n = &f->node[f->next];
	char path[320];

	if (f->next == f->nnodes)
		return;
	if (f->silence && now_ms() >= f->nodes_end) {
		for (; f->next < f->nnodes; f->next++)
			f->node[f->next].reason = "not asked: others did not answer, and took too long for it";
		return;
	}
	f->next++;
	snprintf(path, sizeof path, "/api/v1/nodes/%.253s/proxy/configz", n->name);
	ka_api_get(f->t.api, &(struct ka_api_request){ .path = path, .max_body = MAX_CONFIG,
						       .deadline_seconds = NODE_SECONDS, .done = on_proxied, .arg = n });
}

static int
node_cmp(const void *pa, const void *pb)
{
	const struct ka_fact_node *a = pa, *b = pb;

	return strcmp(a->name, b->name);
}

/* In an order that is the same tomorrow, and each once: a list that began anew brought some twice. */
static void
sort_nodes(struct ka_fact_finder *f)
{
	size_t n = 0;

	if (f->nnodes > 1)
		qsort(f->node, f->nnodes, sizeof *f->node, node_cmp);
	for (size_t i = 0; i < f->nnodes; i++)
		if (!n || strcmp(f->node[n - 1].name, f->node[i].name) != 0)
			f->node[n++] = f->node[i];
	f->nnodes = n;
}

void
ka_fact_nodes_ask(struct ka_fact_finder *f)
{
	f->nodes_asked = true;
	sort_nodes(f);
	f->nodes_end = now_ms() + (int64_t)(f->t.nodes_seconds ? f->t.nodes_seconds : NODES_SECONDS) * 1000;
	for (size_t i = 0; i < NODES_QUEUED; i++)
		ask_next(f);
}

/* ---- what they are meant to run with ------------------------------------------------------------ */

static int
on_document(void *arg, struct ka_tape *t, const struct ka_node *root, const struct ka_list_head *head,
	    struct ka_err *err)
{
	struct ka_fact_finder *f = arg;
	struct ka_out *out = ka_out_mem();

	(void)head;
	(void)err;
	ka_fact_write(out, t, root);
	if (root->type == KA_OBJECT && !f->intended &&
	    ka_fact_add(f, KA_KUBELETCONFIG, "kubelet-config", CONFIG_MAP, ka_out_memory(out, NULL), NULL) == 0)
		f->intended++;
	ka_out_discard(out);
	return 0;
}

static int
on_bad(void *arg, uint32_t line, const char *kind_hint, const struct ka_err *why)
{
	struct ka_fact_finder *f = arg;

	(void)line;
	(void)kind_hint;
	ka_build_use_file(f->t.b, f->of_maps);
	ka_build_problem(f->t.b, 0, CONFIG_MAP, false, why->msg);
	return 0;
}

struct text {
	const char *s;
	size_t len;
};

static int
read_text(void *arg, void *buf, size_t cap, size_t *ret_len, struct ka_err *err)
{
	struct text *t = arg;
	size_t n = t->len < cap ? t->len : cap;

	(void)err;
	memcpy(buf, t->s, n);
	t->s += n;
	t->len -= n;
	*ret_len = n;
	return 0;
}

static void
add_intended(struct ka_fact_finder *f)
{
	const char *yaml = f->kubelet_config ? ka_kvs_get(f->kubelet_config->data, "kubelet") : NULL;
	struct text text = { yaml, yaml ? strlen(yaml) : 0 };
	const struct ka_in in = { .read = read_text, .arg = &text };
	const struct ka_sink sink = { .arg = f, .value = on_document, .bad = on_bad };
	struct ka_limits limits = KA_LIMITS_DEFAULT;
	struct ka_err err;

	if (!yaml)
		return;
	limits.value = MAX_CONFIG;
	ka_yaml_read(&in, &limits, &sink, &err);
}

static void
add_partial(struct ka_fact_node *n)
{
	const char *key = ka_node_args_key(n->obj);
	struct ka_out *out;

	if (n->answered || !key)
		return;
	out = ka_out_mem();
	if (ka_node_args_write(ka_kvs_get(n->obj->annotations, key), out) &&
	    ka_fact_add(n->f, KA_KUBELETCONFIG, n->name,
			ka_arena_fmt(n->f->arena, "annotation %s of Node %s", key, n->name), ka_out_memory(out, NULL),
			NULL) == 0)
		n->f->partial++;
	ka_out_discard(out);
}

/* ---- the ledger ----------------------------------------------------------------------------------- */

static void
judge(struct ka_fact_finder *f, size_t answered, struct ka_evidence *e)
{
	const struct ka_fact_node *silent = NULL;
	const char *more = f->intended ? "; read instead: " CONFIG_MAP
			   : f->partial ? "; read instead: arguments in annotations of nodes" : "";
	bool all_refused = true;

	for (size_t i = 0; i < f->nnodes; i++) {
		all_refused &= f->node[i].refused;
		if (!silent && !f->node[i].answered)
			silent = &f->node[i];
	}
	if (!silent)
		return;
	e->status = KA_EV_TRUNCATED;
	e->reason = ka_arena_fmt(f->arena, "%zu of %zu nodes answered; node %s: %s%s", answered, f->nnodes,
				 silent->name, silent->reason ? silent->reason : "not asked: the run ended before", more);
	if (e->count)
		return;
	e->status = all_refused ? KA_EV_FORBIDDEN : KA_EV_FAILED;
	if (all_refused)
		e->reason = silent->reason;
}

static void
nodes_unknown(struct ka_fact_finder *f, const struct ka_evidence *nodes, struct ka_evidence *e)
{
	if (!f->nodes_asked) {
		e->status = KA_EV_FAILED;
		e->reason = "not asked for: the run ended before";
		return;
	}
	if (nodes->status == KA_EV_COMPLETE || nodes->status == KA_EV_ABSENT)
		return;
	/* Those that were seen may be few. */
	if (e->count)
		e->status = KA_EV_TRUNCATED;
	else
		e->status = nodes->status == KA_EV_FORBIDDEN ? KA_EV_FORBIDDEN : KA_EV_FAILED;
	e->reason = ka_arena_fmt(f->arena, "the nodes are not known%s%s%s%s", nodes->reason ? ": " : "",
				 nodes->reason ? nodes->reason : "", e->reason ? "; " : "", e->reason ? e->reason : "");
}

void
ka_fact_nodes_end(struct ka_fact_finder *f)
{
	struct ka_evidence e = { .status = KA_EV_COMPLETE, .api_path = PATH_OF_ALL };
	size_t answered = 0;

	if (f->nodes_asked) {
		for (size_t i = 0; i < f->nnodes; i++) {
			answered += f->node[i].answered;
			add_partial(&f->node[i]);
		}
		if (answered < f->nnodes || !ka_graph_knows(ka_build_graph(f->t.b), KA_NODE))
			add_intended(f);
	}
	e.count = answered + f->intended + f->partial;
	if (f->nodes_asked)
		judge(f, answered, &e);
	nodes_unknown(f, &ka_build_graph(f->t.b)->ledger[KA_NODE], &e);
	ka_fact_evidence(f, KA_KUBELETCONFIG, &e);
}
