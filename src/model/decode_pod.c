/* Pods, pod templates and the workloads that carry them. */
#include <string.h>

#include "model/build.h"
#include "model/decode_pod.h"
#include "util/banned.h"

static bool
spec_annotation(const char *key, size_t key_len, size_t value_len)
{
	static const char *const prefixes[] = {
		"container.apparmor.security.beta.kubernetes.io/",
		"container.seccomp.security.alpha.kubernetes.io/",
		"seccomp.security.alpha.kubernetes.io/pod",
	};

	(void)value_len;
	for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
		size_t len = strlen(prefixes[i]);

		if (key_len >= len && memcmp(key, prefixes[i], len) == 0)
			return true;
	}
	return false;
}

static void
host_aliases(struct ka_decode *d, const struct ka_node *spec, struct ka_podspec *ret)
{
	const struct ka_node *list = ka_dec_array(d, spec, "hostAliases");

	ret->nhost_aliases = list ? list->len : 0;
}

static void
pull_secrets(struct ka_decode *d, const struct ka_node *spec, struct ka_podspec *ret)
{
	const struct ka_node *list = ka_dec_array(d, spec, "imagePullSecrets");
	const char **v = ka_arena_array(d->arena, list ? list->len : 0, sizeof *v);

	for (const struct ka_node *e = ka_dec_first(d, list); e; e = ka_dec_after(d, list, e)) {
		const char *name = ka_dec_str(d, e, "name");

		if (name)
			v[ret->pull_secrets.n++] = name;
	}
	ret->pull_secrets.v = v;
}

/* Decodes in full.  Values that the API server fills in where a template says nothing are taken as nothing. */
static struct ka_podspec *
decode_spec(struct ka_decode *d, const struct ka_node *spec)
{
	struct ka_podspec *s = ka_arena_alloc(d->arena, sizeof *s);
	const char *account = ka_dec_str(d, spec, "serviceAccountName");

	if (!account)
		account = ka_dec_str(d, spec, "serviceAccount"); /* the deprecated alias */
	s->service_account = account ? account : ka_intern(d->in, "default");
	s->service_account_given = account && strcmp(account, "default") != 0;
	s->host_network = ka_dec_bool(d, spec, "hostNetwork");
	s->host_pid = ka_dec_bool(d, spec, "hostPID");
	s->host_ipc = ka_dec_bool(d, spec, "hostIPC");
	s->share_process_namespace = ka_dec_bool(d, spec, "shareProcessNamespace");
	s->host_users = ka_dec_tri(d, spec, "hostUsers");
	s->automount_token = ka_dec_tri(d, spec, "automountServiceAccountToken");
	s->runtime_class = ka_dec_str(d, spec, "runtimeClassName");
	s->os = ka_dec_str(d, ka_dec_object(d, spec, "os"), "name");
	s->scheduler = ka_dec_str(d, spec, "schedulerName");
	if (s->scheduler && strcmp(s->scheduler, "default-scheduler") == 0)
		s->scheduler = NULL;
	ka_dec_pod_security(d, spec, s);
	host_aliases(d, spec, s);
	pull_secrets(d, spec, s);
	ka_dec_volumes(d, spec, s);
	ka_dec_containers(d, spec, s);
	return s;
}

/* --- one copy of each spec -------------------------------------------------------------------------------------- */

struct run { /* hashes pieces of the input that lie one after the other, leaving gaps out */
	struct ka_hash128 h;
	const char *text;
	uint32_t from;
};

static void
run_to(struct run *r, uint32_t to, uint32_t resume)
{
	ka_hash128_feed_bytes(&r->h, r->text + r->from, to - r->from);
	r->from = resume;
}

/* n is the name of a volume that the API server adds, where it is defined or mounted. */
static bool
token_volume_name(const struct ka_tape *t, const struct ka_node *n)
{
	return n->len == 21 && n->type == KA_STRING && !n->flags &&
	       memcmp(t->text + n->off, "kube-api-access-", 16) == 0 && n[-1].len == 4 &&
	       memcmp(t->text + n[-1].off, "name", 4) == 0;
}

/* The text of a spec without what differs from pod to pod: spec.nodeName and the names of the volumes that the API server adds.
 * Twenty replicas then cost one decoding and nineteen walks over bytes.  Only for JSON, whose nodes point into one text
 * in order; false when the end of the spec cannot be told. */
static bool
raw_hash(const struct ka_decode *d, const struct ka_node *spec, struct ka_hash128 *ret)
{
	const struct ka_tape *t = d->t;
	const struct ka_node *end = spec->next < t->n ? &t->node[spec->next] : NULL;
	const struct ka_node *node = ka_tape_get(d->t, spec, "nodeName");
	struct run r = { ka_hash128_start(), t->text, spec->off };

	if (t->line || !end || end->off < spec->off || end->flags)
		return false;
	if (node && (node->type != KA_STRING || node->flags))
		node = NULL;
	ka_dec_soon(d, node);
	for (const struct ka_node *n = spec + 1; n < end; n++) {
		if (n == node)
			run_to(&r, n->off, n->off + n->len);
		else if (token_volume_name(t, n))
			run_to(&r, n->off + 16, n->off + 21);
	}
	run_to(&r, end->off, end->off);
	*ret = r.h;
	return true;
}

const struct ka_podspec *
ka_dec_podspec(struct ka_decode *d, const struct ka_node *spec, const struct ka_node *meta)
{
	const struct ka_kvs *annotations = ka_dec_kvs(d, meta, "annotations", spec_annotation);
	struct ka_arena_mark mark = ka_arena_mark(d->arena);
	struct ka_hash128 raw, content;
	struct ka_podspec *s, *same;
	bool has_raw = spec && raw_hash(d, spec, &raw);

	if (has_raw) {
		ka_hash128_feed_ptr(&raw, annotations);
		same = ka_hmap_get(d->raw_specs, raw);
		if (same)
			return same;
	}
	s = decode_spec(d, spec);
	s->annotations = annotations;
	content = ka_podspec_hash(s);
	same = ka_hmap_get(d->specs, content);
	if (same) {
		ka_arena_release(d->arena, mark);
		s = same;
	} else {
		s->id = (*d->nspecs)++;
		ka_hmap_put(d->specs, content, s);
	}
	if (has_raw)
		ka_hmap_put(d->raw_specs, raw, s);
	return s;
}

/* --- objects --------------------------------------------------------------------------------------------------- */

static void
pod_ips(struct ka_decode *d, const struct ka_node *status, struct ka_pod *pod)
{
	const struct ka_node *list = ka_dec_array(d, status, "podIPs");
	const char **v = ka_arena_array(d->arena, list && list->len ? list->len : 1, sizeof *v);

	for (const struct ka_node *e = ka_dec_first(d, list); e; e = ka_dec_after(d, list, e)) {
		const char *ip = ka_dec_copy(d, e, "ip");

		if (ip)
			v[pod->nips++] = ip;
	}
	if (!pod->nips) {
		v[0] = ka_dec_copy(d, status, "podIP");
		pod->nips = v[0] != NULL;
	}
	pod->ip = v;
}

/* imageID of each container, by name: the status lists them in an order of its own. */
static void
image_ids(struct ka_decode *d, const struct ka_node *status, struct ka_pod *pod)
{
	static const char *const keys[] = { "initContainerStatuses", "containerStatuses",
					    "ephemeralContainerStatuses" };
	const char **id = NULL;

	for (size_t k = 0; k < sizeof keys / sizeof *keys; k++) {
		const struct ka_node *list = ka_dec_array(d, status, keys[k]);

		for (const struct ka_node *e = ka_dec_first(d, list); e; e = ka_dec_after(d, list, e)) {
			const char *name = ka_dec_str(d, e, "name"), *image = ka_dec_str(d, e, "imageID");

			for (size_t i = 0; image && i < pod->spec->ncontainers; i++) {
				if (pod->spec->container[i].name != name)
					continue;
				if (!id)
					id = ka_arena_array(d->arena, pod->spec->ncontainers, sizeof *id);
				id[i] = image;
			}
		}
	}
	pod->image_id = id;
}

struct ka_object *
ka_dec_pod(struct ka_decode *d, const struct ka_node *root)
{
	const struct ka_node *spec = ka_dec_object(d, root, "spec");
	const struct ka_node *status = ka_dec_object(d, root, "status");
	const struct ka_podspec *s = ka_dec_podspec(d, spec, ka_dec_object(d, root, "metadata"));
	struct ka_pod *pod = ka_dec_new(d, sizeof *pod);

	pod->spec = s;
	pod->node = ka_dec_str(d, spec, "nodeName");
	pod->phase = ka_dec_str(d, status, "phase");
	pod->mirror = ka_kvs_get(pod->obj.annotations, "kubernetes.io/config.mirror") != NULL;
	pod_ips(d, status, pod);
	image_ids(d, status, pod);
	return &pod->obj;
}

struct ka_object *
ka_dec_workload(struct ka_decode *d, const struct ka_node *root)
{
	const struct ka_node *spec = ka_dec_object(d, root, "spec"), *job = spec, *template, *meta;
	enum ka_kind kind = d->obj->kind;
	const struct ka_podspec *s;
	struct ka_workload *w;

	if (kind == KA_CRONJOB)
		job = ka_dec_object(d, ka_dec_object(d, spec, "jobTemplate"), "spec");
	template = ka_dec_object(d, job, "template");
	meta = ka_dec_object(d, template, "metadata");
	s = ka_dec_podspec(d, ka_dec_object(d, template, "spec"), meta);
	w = ka_dec_new(d, sizeof *w);
	w->spec = s;
	w->labels = ka_dec_kvs(d, meta, "labels", NULL);
	w->selector = kind == KA_REPLICATIONCONTROLLER ? ka_dec_map_selector(d, spec, "selector")
						       : ka_dec_selector(d, job, "selector");
	w->replicas = ka_dec_int(d, spec, "replicas");
	w->suspended = ka_dec_bool(d, spec, "suspend");
	if (kind == KA_CRONJOB)
		w->schedule = ka_dec_str(d, spec, "schedule");
	return &w->obj;
}
