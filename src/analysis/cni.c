#include "analysis/cni.h"

#include <stdbool.h>
#include <string.h>

#include <kassay/match.h>

#include "util/banned.h"

/* One way to recognise a plugin.  All that is given must hold. */
struct mark {
	const char *name;      /* of the plugin, for reports */
	const char *image;     /* glob over the image's path, without tag and digest */
	/* glob over the owner's name, for images that are known by digest only */
	const char *daemonset;
	const char *arg;       /* the container must be started with this argument */
	const char *since;     /* tags before this one do not enforce */
	enum ka_tri enforces;
};

/* First match wins, container by container; see ka_cni_find() for plugin against plugin. */
static const struct mark marks[] = {
	{ .name = "Calico", .image = "*calico/node", .enforces = KA_YES },
	{ .name = "Calico", .image = "*calico-node", .enforces = KA_YES },
	{ .name = "Calico", .image = "*hardened-calico", .enforces = KA_YES },
	{ .name = "Calico", .daemonset = "calico-node", .enforces = KA_YES },
	{ .name = "Cilium", .image = "*cilium/cilium", .enforces = KA_YES },
	{ .name = "Cilium", .image = "*mirrored-cilium-cilium", .enforces = KA_YES },
	{ .name = "Cilium", .daemonset = "cilium", .enforces = KA_YES },
	{ .name = "GKE Dataplane V2", .daemonset = "anetd", .enforces = KA_YES },
	{ .name = "Antrea", .image = "*antrea/antrea-*", .enforces = KA_YES },
	{ .name = "Antrea", .daemonset = "antrea-agent", .enforces = KA_YES },
	{ .name = "OVN-Kubernetes", .daemonset = "ovnkube-node*", .enforces = KA_YES },
	{ .name = "OpenShift SDN", .daemonset = "sdn", .image = "*openshift*", .enforces = KA_YES },
	{ .name = "Kube-OVN", .image = "*kubeovn/kube-ovn", .enforces = KA_YES },
	{ .name = "kube-router", .image = "*kube-router", .arg = "--run-firewall=false",
	  .enforces = KA_NO },
	{ .name = "kube-router", .image = "*kube-router", .enforces = KA_YES },
	{ .name = "Weave Net", .image = "*weave-npc", .enforces = KA_YES },
	{ .name = "Weave Net", .image = "*weave-kube", .enforces = KA_NO },
	{ .name = "Azure NPM", .image = "*azure-npm", .enforces = KA_YES },
	{ .name = "Romana", .image = "*romana/agent", .enforces = KA_YES },
	{ .name = "kube-network-policies", .image = "*kube-network-policies", .enforces = KA_YES },
	{ .name = "Amazon VPC CNI", .image = "*aws-network-policy-agent",
	  .arg = "--enable-network-policy=true", .enforces = KA_YES },
	{ .name = "Amazon VPC CNI", .image = "*amazon-k8s-cni", .enforces = KA_NO },
	{ .name = "kindnet", .image = "*kindnetd", .since = "v20240813", .enforces = KA_YES },
	{ .name = "kindnet", .image = "*kindnetd", .enforces = KA_NO },
	{ .name = "flannel", .image = "*flannel", .enforces = KA_NO },
	{ .name = "flannel", .daemonset = "kube-flannel*", .enforces = KA_NO },
};

/* The image's path and tag: "docker.io/calico/node" and "v3.27"; a digest is dropped. */
static bool
split_image(const char *image, char path[256], char tag[64])
{
	size_t len = strcspn(image, "@");
	size_t start = 0, path_len, tag_len;
	const char *colon;

	for (size_t i = 0; i < len; i++)
		if (image[i] == '/')
			start = i + 1;
	colon = memchr(image + start, ':', len - start);
	path_len = colon ? (size_t)(colon - image) : len;
	tag_len = colon ? len - path_len - 1 : 0;
	if (path_len >= 256 || tag_len >= 64)
		return false;
	memcpy(path, image, path_len);
	path[path_len] = '\0';
	memcpy(tag, image + len - tag_len, tag_len);
	tag[tag_len] = '\0';
	return true;
}

static bool
mark_fits(const struct mark *m, const struct ka_object *owner, const struct ka_container *c)
{
	char path[256] = "", tag[64] = "";

	if (c->image && !split_image(c->image, path, tag))
		return false;
	if (m->image && !ka_glob(m->image, path))
		return false;
	if (m->daemonset && !ka_glob(m->daemonset, owner->name))
		return false;
	if (m->arg && !ka_strs_has(&c->args, m->arg) && !ka_strs_has(&c->command, m->arg))
		return false;
	return !m->since || strcmp(tag, m->since) >= 0;
}

static const struct mark *
find_mark(const struct ka_object *owner, const struct ka_container *c)
{
	if (c->type != KA_REGULAR && !c->sidecar)
		return NULL;
	for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
		if (mark_fits(&marks[i], owner, c))
			return &marks[i];
	return NULL;
}

/* k3s runs kube-router's policy controller inside its own process. */
static bool
is_k3s(const struct ka_graph *g)
{
	const struct ka_list *nodes = &g->of[KA_NODE];

	if (g->kubernetes_version && strstr(g->kubernetes_version, "+k3s"))
		return true;
	for (size_t i = 0; i < nodes->n; i++) {
		const char *v = ka_as_node(nodes->v[i])->kubelet_version;

		if (v && strstr(v, "+k3s"))
			return true;
	}
	return false;
}

void
ka_cni_find(const struct ka_graph *g, struct ka_cni *ret)
{
	*ret = (struct ka_cni){ .enforces = KA_UNSET };
	for (size_t i = 0; i < g->nunits && ret->enforces != KA_YES; i++) {
		const struct ka_unit *u = &g->unit[i];

		if (u->object->kind != KA_DAEMONSET)
			continue;
		for (size_t k = 0; k < u->spec->ncontainers; k++) {
			const struct mark *m = find_mark(u->object, &u->spec->container[k]);

			if (m && (ret->enforces == KA_UNSET || m->enforces == KA_YES))
				*ret = (struct ka_cni){ m->enforces, m->name, u->object };
		}
	}
	if (ret->enforces != KA_YES && is_k3s(g))
		*ret = (struct ka_cni){ KA_YES, "k3s", NULL };
}
