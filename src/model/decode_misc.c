/* The other kinds: namespaces, nodes, secrets' metadata, config maps, volumes, quotas, and what kassay only keeps. */
#include <string.h>

#include "model/decode.h"
#include "model/suspect.h"
#include "model/trim.h"
#include "util/str.h"
#include "util/banned.h"

struct ka_object *
ka_dec_namespace(struct ka_decode *d, const struct ka_node *root)
{
	struct ka_namespace *ns = ka_dec_new(d, sizeof *ns);

	ns->phase = ka_dec_str(d, ka_dec_object(d, root, "status"), "phase");
	return &ns->obj;
}

static const char *
internal_ip(struct ka_decode *d, const struct ka_node *addresses)
{
	for (const struct ka_node *e = ka_dec_first(d, addresses); e; e = ka_dec_after(d, addresses, e)) {
		const struct ka_node *type = ka_tape_get(d->t, e, "type");

		if (type && ka_tape_is(d->t, type, "InternalIP"))
			return ka_dec_copy(d, e, "address");
	}
	return NULL;
}

struct ka_object *
ka_dec_node(struct ka_decode *d, const struct ka_node *root)
{
	const struct ka_node *info = ka_dec_object(d, ka_dec_object(d, root, "status"), "nodeInfo");
	struct ka_node_object *n = ka_dec_new(d, sizeof *n);

	n->kubelet_version = ka_dec_str(d, info, "kubeletVersion");
	n->os = ka_dec_str(d, info, "operatingSystem");
	n->os_image = ka_dec_str(d, info, "osImage");
	n->runtime = ka_dec_str(d, info, "containerRuntimeVersion");
	n->arch = ka_dec_str(d, info, "architecture");
	n->provider_id = ka_dec_str(d, ka_dec_object(d, root, "spec"), "providerID");
	n->internal_ip = internal_ip(d, ka_dec_array(d, ka_dec_object(d, root, "status"), "addresses"));
	return &n->obj;
}

struct ka_object *
ka_dec_secret(struct ka_decode *d, const struct ka_node *root)
{
	struct ka_secret *s = ka_dec_new(d, sizeof *s);

	s->type = d->secret_type ? ka_intern(d->in, d->secret_type) : ka_dec_str_or(d, root, "type", "Opaque");
	return &s->obj;
}

bool
ka_configmap_data_kept(const char *namespace, const char *name)
{
	/* What configures the cluster itself, and so is read by checks. */
	static const char *const names[] = {
		"kube-proxy",      "kubeadm-config", "kubelet-config", "aws-auth",
		"extension-apiserver-authentication", "coredns", "kube-proxy-config",
	};

	if (!namespace || strcmp(namespace, "kube-system") != 0 || !name)
		return false;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

struct ka_object *
ka_dec_configmap(struct ka_decode *d, const struct ka_node *root)
{
	const struct ka_node *data = ka_dec_object(d, root, "data");
	const struct ka_node *binary = ka_dec_object(d, root, "binaryData");
	struct ka_configmap *m = ka_dec_new(d, sizeof *m);
	bool kept = ka_configmap_data_kept(m->obj.namespace, m->obj.name);
	struct ka_suspect *suspect = ka_arena_array(d->arena, data ? data->len : 0, sizeof *suspect);

	m->nkeys = (data ? data->len : 0) + (binary ? binary->len : 0);
	for (const struct ka_node *k = ka_tape_first(d->t, data); k; k = ka_tape_after(d->t, data, k)) {
		const struct ka_node *v = ka_tape_value(d->t, k);
		const char *key, *text, *what;
		size_t len;

		if (v->type != KA_STRING) {
			ka_dec_problem(d, v, "ConfigMap data must be strings");
			kept = false;
			continue;
		}
		text = ka_tape_text(d->t, v, &len);
		key = ka_dec_intern(d, k);
		what = ka_suspect_configmap(key, text, len);
		if (what)
			suspect[m->nsuspects++] = (struct ka_suspect){ key, what };
	}
	m->suspect = suspect;
	if (kept && !m->nsuspects)
		m->data = ka_dec_kvs(d, root, "data", NULL);
	return &m->obj;
}

/* VisitPVSecretNames of pkg/api/v1/persistentvolume/util.go, those that a kubelet sees: where no
 * namespace is given, some are in the claim's. */
static void
volume_secrets(struct ka_decode *d, const struct ka_node *src, struct ka_volume_object *v)
{
	static const struct {
		const char *type, *field;
		bool near_claim;
	} refs[] = {
		{ "cephfs", "secretRef", true },
		{ "cinder", "secretRef", false },
		{ "flexVolume", "secretRef", true },
		{ "rbd", "secretRef", true },
		{ "scaleIO", "secretRef", true },
		{ "iscsi", "secretRef", true },
		{ "storageos", "secretRef", false },
		{ "csi", "nodePublishSecretRef", false },
		{ "csi", "nodeStageSecretRef", false },
		{ "csi", "nodeExpandSecretRef", false },
	};
	struct ka_secret_ref found[4], *s = found;

	if (strcmp(v->type, "azureFile") == 0) {
		*s = (struct ka_secret_ref){ ka_dec_str(d, src, "secretNamespace"),
					     ka_dec_str(d, src, "secretName") };
		if (!s->namespace || !*s->namespace)
			s->namespace = v->claim_namespace;
		s += s->name && *s->name;
	}
	for (size_t i = 0; i < sizeof refs / sizeof *refs; i++) {
		const struct ka_node *ref;

		if (strcmp(v->type, refs[i].type) != 0)
			continue;
		ref = ka_dec_object(d, src, refs[i].field);
		*s = (struct ka_secret_ref){ ka_dec_str(d, ref, "namespace"), ka_dec_str(d, ref, "name") };
		if (refs[i].near_claim && (!s->namespace || !*s->namespace))
			s->namespace = v->claim_namespace;
		s += s->name && *s->name;
	}
	v->nsecrets = (size_t)(s - found);
	v->secret = v->nsecrets ? ka_arena_copy(d->arena, found, v->nsecrets * sizeof *found) : NULL;
}

struct ka_object *
ka_dec_volume_object(struct ka_decode *d, const struct ka_node *root)
{
	static const char *const not_sources[] = {
		"capacity", "accessModes", "claimRef", "persistentVolumeReclaimPolicy", "storageClassName",
		"mountOptions", "volumeMode", "nodeAffinity", "volumeAttributesClassName",
	};
	const struct ka_node *spec = ka_dec_object(d, root, "spec");
	const struct ka_node *claim = ka_dec_object(d, spec, "claimRef");
	struct ka_volume_object *v = ka_dec_new(d, sizeof *v);

	v->storage_class = ka_dec_str(d, spec, "storageClassName");
	v->volume_name = ka_dec_str(d, spec, "volumeName");
	v->claim_namespace = ka_dec_str(d, claim, "namespace");
	v->claim_name = ka_dec_str(d, claim, "name");
	if (v->obj.kind != KA_PERSISTENTVOLUME)
		return &v->obj;
	for (const struct ka_node *k = ka_tape_first(d->t, spec); k; k = ka_tape_after(d->t, spec, k)) {
		bool is_source = ka_tape_value(d->t, k)->type == KA_OBJECT;

		for (size_t i = 0; i < sizeof not_sources / sizeof *not_sources; i++)
			if (ka_tape_is(d->t, k, not_sources[i]))
				is_source = false;
		if (is_source) {
			const struct ka_node *src = ka_tape_value(d->t, k);

			v->type = ka_dec_intern(d, k);
			v->path = ka_dec_str(d, src, "path");
			v->csi_driver = ka_dec_str(d, src, "driver");
			volume_secrets(d, src, v);
		}
	}
	return &v->obj;
}

struct ka_object *
ka_dec_governor(struct ka_decode *d, const struct ka_node *root)
{
	const struct ka_node *spec = ka_dec_object(d, root, "spec");
	const struct ka_node *hard = ka_dec_object(d, spec, "hard");
	const struct ka_node *limits = ka_dec_array(d, spec, "limits");
	struct ka_governor *g = ka_dec_new(d, sizeof *g);
	const char **v = ka_arena_array(d->arena, (hard ? hard->len : 0) + (limits ? limits->len : 0), sizeof *v);

	for (const struct ka_node *k = ka_tape_first(d->t, hard); k; k = ka_tape_after(d->t, hard, k))
		v[g->keys.n++] = ka_dec_intern(d, k);
	for (const struct ka_node *e = ka_dec_first(d, limits); e; e = ka_dec_after(d, limits, e))
		v[g->keys.n++] = ka_dec_str_or(d, e, "type", "");
	g->keys.v = v;
	return &g->obj;
}

/* Kubernetes' own groups end in .k8s.io or have no dot at all; CustomResourceDefinitions live in such a group too. */
static bool
custom_group(const char *api_version)
{
	const char *slash = api_version ? strchr(api_version, '/') : NULL;
	char group[256];

	if (!slash || (size_t)(slash - api_version) >= sizeof group)
		return false;
	memcpy(group, api_version, (size_t)(slash - api_version));
	group[slash - api_version] = '\0';
	return (strchr(group, '.') && !ka_str_has_suffix(group, ".k8s.io")) ||
	       strcmp(group, "policy.networking.k8s.io") == 0 || strcmp(group, "gateway.networking.k8s.io") == 0;
}

struct ka_object *
ka_dec_custom(struct ka_decode *d, const struct ka_node *root)
{
	struct ka_custom *c = ka_dec_new(d, sizeof *c);

	if (custom_group(c->obj.api_version)) {
		struct ka_out *out = ka_out_mem();
		const char *json;
		size_t len;

		ka_trim_write(out, d->t, root, &c->obj);
		json = ka_out_memory(out, &len);
		c->json = ka_arena_strndup(d->arena, json, len);
		ka_out_discard(out);
	}
	return &c->obj;
}
