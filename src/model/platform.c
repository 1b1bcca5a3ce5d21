/* Whose Kubernetes it is, where it runs, and what is built on it: by marks that nothing else leaves. */
#include <stdio.h>
#include <string.h>

#include "model/graph_full.h"
#include "util/str.h"
#include "util/banned.h"

enum where {
	IN_VERSION,    /* of the API server, or of a kubelet */
	IN_GROUP,      /* an API group that is served, or that an object is of */
	IN_LABEL,      /* a node has this label */
	IN_ANNOTATION, /* a node has this annotation */
	IN_PROVIDER,   /* spec.providerID of a node */
	IN_OS,         /* the name of a node's operating system */
	IN_CONFIGMAP,  /* kube-system has one of this name */
};

struct mark {
	const char *name;
	enum where where;
	const char *glob;
};

/* First match wins: what builds on another stands above it (RKE2 on k3s' code, kind and minikube on kubeadm). */
static const struct mark marks[] = {
	{ "OpenShift", IN_GROUP, "config.openshift.io" },
	{ "OpenShift", IN_LABEL, "node.openshift.io/os_id" },
	{ "RKE2", IN_VERSION, "*+rke2*" },
	{ "RKE2", IN_ANNOTATION, "rke2.io/node-args" },
	{ "k3s", IN_VERSION, "*+k3s*" },
	{ "k0s", IN_VERSION, "*+k0s*" },
	{ "EKS", IN_VERSION, "*-eks-*" },
	{ "EKS", IN_LABEL, "eks.amazonaws.com/nodegroup" },
	{ "EKS", IN_LABEL, "eks.amazonaws.com/compute-type" },
	{ "GKE", IN_VERSION, "*-gke.*" },
	{ "GKE", IN_LABEL, "cloud.google.com/gke-nodepool" },
	{ "AKS", IN_LABEL, "kubernetes.azure.com/cluster" },
	{ "AKS", IN_LABEL, "kubernetes.azure.com/agentpool" },
	{ "microk8s", IN_LABEL, "microk8s.io/cluster" },
	{ "minikube", IN_LABEL, "minikube.k8s.io/version" },
	{ "kind", IN_PROVIDER, "kind://*" },
	{ "Talos", IN_OS, "Talos (*" },
	{ "kubeadm", IN_CONFIGMAP, "kubeadm-config" },
};

/* The cloud, by the scheme of providerID (k8s.io/cloud-provider and the providers' own trees). */
static const struct mark platforms[] = {
	{ "AWS", IN_PROVIDER, "aws://*" },
	{ "Google Cloud", IN_PROVIDER, "gce://*" },
	{ "Azure", IN_PROVIDER, "azure://*" },
	{ "vSphere", IN_PROVIDER, "vsphere://*" },
	{ "OpenStack", IN_PROVIDER, "openstack://*" },
	{ "IBM Cloud", IN_PROVIDER, "ibm://*" },
	{ "DigitalOcean", IN_PROVIDER, "digitalocean://*" },
	{ "Hetzner Cloud", IN_PROVIDER, "hcloud://*" },
	{ "Oracle Cloud", IN_PROVIDER, "ocid1.instance.*" },
};

/* What brings policies of its own, or reports that say more. */
static const struct mark products[] = {
	{ "Cilium", IN_GROUP, "cilium.io" },
	{ "Calico", IN_GROUP, "projectcalico.org" },
	{ "Calico", IN_GROUP, "crd.projectcalico.org" },
	{ "Antrea", IN_GROUP, "crd.antrea.io" },
	{ "AdminNetworkPolicy", IN_GROUP, "policy.networking.k8s.io" },
	{ "Kyverno", IN_GROUP, "kyverno.io" },
	{ "Kyverno", IN_GROUP, "policies.kyverno.io" },
	{ "Gatekeeper", IN_GROUP, "templates.gatekeeper.sh" },
	{ "Kubewarden", IN_GROUP, "policies.kubewarden.io" },
	{ "Gateway API", IN_GROUP, "gateway.networking.k8s.io" },
	{ "Trivy Operator", IN_GROUP, "aquasecurity.github.io" },
};
enum { NMARKS = sizeof marks / sizeof *marks, NPLATFORMS = sizeof platforms / sizeof *platforms };
enum { NPRODUCTS = sizeof products / sizeof *products };

struct proof {
	const struct ka_graph *g;
	char text[512]; /* the fact that decided it, for people */
};

static bool
in_version(struct proof *p, const char *glob)
{
	const struct ka_list *nodes = &p->g->of[KA_NODE];

	if (p->g->kubernetes_version && ka_glob(glob, p->g->kubernetes_version)) {
		snprintf(p->text, sizeof p->text, "the API server's version is %.100s", p->g->kubernetes_version);
		return true;
	}
	for (size_t i = 0; i < nodes->n; i++) {
		const char *v = ka_as_node(nodes->v[i])->kubelet_version;

		if (v && ka_glob(glob, v)) {
			snprintf(p->text, sizeof p->text, "the kubelet of node %.253s is %.100s", nodes->v[i]->name, v);
			return true;
		}
	}
	return false;
}

/* The group of "apps/v1". */
static bool
is_group(const char *api_version, const char *group)
{
	size_t len = strlen(group);

	return strncmp(api_version, group, len) == 0 && api_version[len] == '/';
}

static bool
in_group(struct proof *p, const char *group)
{
	const struct ka_list *others = &p->g->of[KA_OTHER];

	for (size_t i = 0; i < p->g->nserved; i++)
		if (strcmp(p->g->served[i].group, group) == 0) {
			snprintf(p->text, sizeof p->text, "the API group %s is served", group);
			return true;
		}
	for (size_t i = 0; i < others->n; i++)
		if (is_group(others->v[i]->api_version, group)) {
			snprintf(p->text, sizeof p->text, "%.100s %.253s is of the API group %s",
				 others->v[i]->kind_name, others->v[i]->name, group);
			return true;
		}
	return false;
}

static bool
node_has(struct proof *p, const struct ka_object *o, const struct mark *m)
{
	const struct ka_node_object *n = ka_as_node(o);
	const char *value = m->where == IN_PROVIDER ? n->provider_id : n->os_image;

	if (m->where == IN_LABEL || m->where == IN_ANNOTATION) {
		value = ka_kvs_get(m->where == IN_LABEL ? o->labels : o->annotations, m->glob);
		snprintf(p->text, sizeof p->text, "node %.253s has the %s %s", o->name,
			 m->where == IN_LABEL ? "label" : "annotation", m->glob);
		return value != NULL;
	}
	if (!value || !ka_glob(m->glob, value))
		return false;
	snprintf(p->text, sizeof p->text, "the %s of node %.253s is %.200s",
		 m->where == IN_PROVIDER ? "providerID" : "operating system", o->name, value);
	return true;
}

static bool
fits(struct proof *p, const struct mark *m)
{
	const struct ka_list *nodes = &p->g->of[KA_NODE];

	switch (m->where) {
	case IN_VERSION:
		return in_version(p, m->glob);
	case IN_GROUP:
		return in_group(p, m->glob);
	case IN_CONFIGMAP:
		snprintf(p->text, sizeof p->text, "there is a ConfigMap kube-system/%s", m->glob);
		return ka_graph_find(p->g, KA_CONFIGMAP, "kube-system", m->glob) != NULL;
	case IN_LABEL:
	case IN_ANNOTATION:
	case IN_PROVIDER:
	case IN_OS:
		break;
	}
	for (size_t i = 0; i < nodes->n; i++)
		if (node_has(p, nodes->v[i], m))
			return true;
	return false;
}

static const char *
first_of(struct proof *p, const struct mark *m, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (fits(p, &m[i]))
			return m[i].name;
	return NULL;
}

static void
find_products(struct ka_graph_full *f, struct proof *p)
{
	const char **v = ka_arena_array(f->keep, NPRODUCTS, sizeof *v);
	struct ka_strs list = { 0, v };

	for (size_t i = 0; i < NPRODUCTS; i++)
		if (fits(p, &products[i]) && !ka_strs_has(&list, products[i].name))
			v[list.n++] = products[i].name;
	f->g.recognised = list;
}

/* What a snapshot's header says stands: it was worked out from more than the snapshot holds.  A folder of manifests
 * says nothing of the cluster it will be sent to. */
void
ka_graph_platform(struct ka_graph_full *f)
{
	struct proof p = { .g = &f->g };

	find_products(f, &p);
	if (f->g.source_class == KA_SOURCE_MANIFESTS)
		return;
	if (!f->g.platform)
		f->g.platform = first_of(&p, platforms, NPLATFORMS);
	if (f->g.distribution)
		return;
	f->g.distribution = first_of(&p, marks, NMARKS);
	if (f->g.distribution)
		f->g.distribution_reason = ka_arena_strndup(f->keep, p.text, strlen(p.text));
}
