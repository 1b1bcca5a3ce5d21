/* metadata: what every object has. */
#include <string.h>

#include "model/decode.h"
#include "util/banned.h"

bool
ka_annotation_kept(const char *key, size_t key_len, size_t value_len)
{
	/* What tools write for themselves: large, different on every object, and read by no check. */
	static const char *const dropped[] = {
		"kubectl.kubernetes.io/last-applied-configuration",
		/* whole objects, Secrets' values included, as other tools keep them */
		"kapp.k14s.io/original",
		"objectset.rio.cattle.io/applied",
		"banzaicloud.com/last-applied",
		"kubectl.kubernetes.io/restartedAt",
		"deployment.kubernetes.io/",
		"control-plane.alpha.kubernetes.io/leader",
		"prometheus.io/",
		"checksum/",
		"meta.helm.sh/",
		"endpoints.kubernetes.io/",
		"cni.projectcalico.org/",
		"k8s.v1.cni.cncf.io/network-status",
	};

	/* Long command lines, and yet read: src/source/node_args.c. */
	static const char k3s[] = "k3s.io/node-args", rke2[] = "rke2.io/node-args";

	if ((key_len == strlen(k3s) && memcmp(key, k3s, key_len) == 0) ||
	    (key_len == strlen(rke2) && memcmp(key, rke2, key_len) == 0))
		return true;
	if (value_len > 4096)
		return false;
	for (size_t i = 0; i < sizeof dropped / sizeof *dropped; i++) {
		size_t len = strlen(dropped[i]);

		if (key_len >= len && memcmp(key, dropped[i], len) == 0)
			return false;
	}
	return true;
}

/* The controller among the owners, else the first. */
static void
owner(struct ka_decode *d, const struct ka_node *meta, struct ka_owner_ref *ret)
{
	const struct ka_node *refs = ka_dec_array(d, meta, "ownerReferences"), *best = NULL;

	for (const struct ka_node *e = ka_dec_first(d, refs); e; e = ka_dec_after(d, refs, e)) {
		if (!best || ka_dec_bool(d, e, "controller"))
			best = e;
		if (ka_dec_bool(d, e, "controller"))
			break;
	}
	if (!best)
		return;
	ret->api_version = ka_dec_str(d, best, "apiVersion");
	ret->kind = ka_dec_str(d, best, "kind");
	ret->name = ka_dec_str(d, best, "name");
	if (!ret->kind || !ret->name)
		*ret = (struct ka_owner_ref){ 0 };
}

void
ka_dec_meta(struct ka_decode *d, const struct ka_node *root, struct ka_object *obj)
{
	const struct ka_node *meta = ka_dec_object(d, root, "metadata");
	const struct ka_kind_info *info = ka_kind_info(obj->kind);

	obj->name = ka_dec_str(d, meta, "name");
	obj->namespace = ka_dec_str(d, meta, "namespace");
	if (!obj->name)
		obj->name = ka_dec_str(d, meta, "generateName");
	if (obj->kind != KA_OTHER && !info->namespaced)
		obj->namespace = NULL;
	if (info->namespaced && !obj->namespace) {
		obj->namespace = ka_intern(d->in, "default");
		obj->namespace_implied = true;
	}
	obj->uid = ka_dec_copy(d, meta, "uid");
	obj->resource_version = ka_dec_copy(d, meta, "resourceVersion");
	obj->labels = ka_dec_kvs(d, meta, "labels", NULL);
	obj->annotations = ka_dec_kvs(d, meta, "annotations", ka_annotation_kept);
	owner(d, meta, &obj->owner);
}

void *
ka_dec_new(struct ka_decode *d, size_t size)
{
	struct ka_object *obj = ka_arena_alloc(d->arena, size);

	*obj = *d->obj;
	return obj;
}
