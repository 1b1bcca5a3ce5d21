#include <kassay/net.h>

#include <string.h>

#include "analysis/cni.h"
#include "util/alloc.h"
#include "util/banned.h"
#include "util/map.h"

enum { BOTH = KA_INGRESS_DIR | KA_EGRESS_DIR };

/* A namespace that has policies, or pods. */
struct space {
	const char *namespace;
	uint32_t first, n;   /* its slice of the sorted list of policies */
	uint32_t classes;    /* head of the chain of its classes, or KA_MAP_NONE */
	unsigned deny;       /* directions that a default-deny policy closes */
	size_t other;        /* policies of other families */
};

/* The pods and templates of one namespace that carry the same labels: policies cannot tell them
 * apart. */
struct class {
	const struct ka_kvs *labels;
	uint32_t next;
	uint32_t pods, host_pods, templates, host_templates;
	unsigned isolated;   /* taking the labels as they are: right for pods */
	unsigned certain, possible; /* whatever labels a controller may add: right for templates */
};

struct unit_state {
	bool seen; /* it has live pods */
	unsigned isolated, undecided;
};

struct ka_net {
	const struct ka_graph *g;
	struct space *space;
	size_t nspaces, space_cap;
	struct class *class;
	size_t nclasses, class_cap;
	struct ka_map by_namespace; /* namespace -> space */
	struct ka_map by_labels;    /* (namespace, labels) -> class */
	struct ka_map by_policy;    /* policy -> selected */
	struct ka_map by_unit;      /* (object, spec) -> unit */
	struct ka_net_selected *selected;
	struct unit_state *state;
	size_t other;               /* cluster-scoped policies of other families */
	struct ka_cni cni;
};

/* Labels that controllers put on the pods they make; a template does not show their values.
 * pkg/controller: deployment, daemon, statefulset, job. */
static const char *const live_labels[] = {
	"apps.kubernetes.io/pod-index",
	"batch.kubernetes.io/controller-uid",
	"batch.kubernetes.io/job-completion-index",
	"batch.kubernetes.io/job-name",
	"controller-revision-hash",
	"controller-uid",
	"job-name",
	"pod-template-generation",
	"pod-template-hash",
	"statefulset.kubernetes.io/pod-name",
};

/* Policies of other families, by the end of their API group. */
static const struct other_family {
	const char *group, *kind;
} other_families[] = {
	{ "cilium.io", "CiliumNetworkPolicy" },
	{ "cilium.io", "CiliumClusterwideNetworkPolicy" },
	{ "projectcalico.org", "NetworkPolicy" },
	{ "projectcalico.org", "GlobalNetworkPolicy" },
	{ "policy.networking.k8s.io", "AdminNetworkPolicy" },
	{ "policy.networking.k8s.io", "BaselineAdminNetworkPolicy" },
	{ "policy.networking.k8s.io", "ClusterNetworkPolicy" },
	{ "antrea.io", "NetworkPolicy" },
	{ "antrea.io", "ClusterNetworkPolicy" },
	{ "antrea.tanzu.vmware.com", "NetworkPolicy" },
	{ "antrea.tanzu.vmware.com", "ClusterNetworkPolicy" },
};

/* ---- matching ------------------------------------------------------------------------------- */

static bool
is_live_label(const char *key)
{
	for (size_t i = 0; i < sizeof live_labels / sizeof live_labels[0]; i++)
		if (strcmp(key, live_labels[i]) == 0)
			return true;
	return false;
}

/* Does the selector match a pod made from a template with these labels?  KA_UNSET: it depends on
 * labels that the controller will add.  A user may also write such a label in a template; then it
 * is taken as it stands. */
static enum ka_tri
match_template(const struct ka_selector *sel, const struct ka_kvs *labels)
{
	bool unsure = false;

	if (!ka_selector_valid(sel))
		return KA_NO;
	for (size_t i = 0; i < sel->n; i++) {
		const struct ka_selector one = { .n = 1, .req = &sel->req[i] };

		if (is_live_label(sel->req[i].key) && !ka_kvs_get(labels, sel->req[i].key))
			unsure = true;
		else if (!ka_selector_match(&one, labels))
			return KA_NO;
	}
	return unsure ? KA_UNSET : KA_YES;
}

static const struct ka_netpol *
policy_at(const struct ka_net *net, size_t i)
{
	return ka_as_netpol(net->g->of[KA_NETWORKPOLICY].v[i]);
}

static void
apply(struct ka_net *net, struct class *c, uint32_t policy)
{
	const struct ka_netpol *p = policy_at(net, policy);
	struct ka_net_selected *sel = &net->selected[policy];
	enum ka_tri template = match_template(p->pods, c->labels);

	if (template != KA_NO && ka_selector_match(p->pods, c->labels)) {
		c->isolated |= p->types;
		sel->pods += c->pods;
		sel->host_pods += c->host_pods;
	}
	if (template == KA_YES) {
		c->certain |= p->types;
		sel->pods += c->templates;
		sel->host_pods += c->host_templates;
	}
	if (template != KA_NO)
		c->possible |= p->types;
	if (template == KA_UNSET && c->templates + c->host_templates > 0)
		sel->undecidable = true;
}

/* ---- policies of a namespace by one label that they ask for --------------------------------- */

/* So that a namespace with thousands of policies is not walked for each of its label sets: a policy
 * is only looked at for labels that meet one of its In requirements; those without such a
 * requirement stand in `always`. */
struct label_index {
	struct ka_map head;           /* (key, value) -> entry */
	struct { uint32_t policy, next; } *entry;
	size_t n, cap;
	uint32_t *always;
	size_t nalways, always_cap;
};

static const struct ka_sel_req *
index_req(const struct ka_selector *sel)
{
	for (size_t i = 0; i < sel->n; i++)
		if (sel->req[i].op == KA_SEL_IN && !is_live_label(sel->req[i].key))
			return &sel->req[i];
	return NULL;
}

static void
label_index_add(struct label_index *ix, const struct ka_selector *sel, uint32_t policy)
{
	const struct ka_sel_req *req = index_req(sel);

	if (!req) {
		KA_GROW(ix->always, ix->nalways, ix->always_cap);
		ix->always[ix->nalways++] = policy;
		return;
	}
	for (size_t i = 0; i < req->nvalues; i++) {
		uint32_t head = ka_map_get(&ix->head, req->key, req->value[i]);

		if (head != KA_MAP_NONE && ix->entry[head].policy == policy)
			continue; /* the same value twice in one list */
		KA_GROW(ix->entry, ix->n, ix->cap);
		ix->entry[ix->n].policy = policy;
		ix->entry[ix->n].next = head;
		ka_map_set(&ix->head, req->key, req->value[i], (uint32_t)ix->n++);
	}
}

static void
label_index_release(struct label_index *ix)
{
	ka_map_release(&ix->head);
	free(ix->entry);
	free(ix->always);
}

static void
evaluate_class(struct ka_net *net, const struct label_index *ix, struct class *c)
{
	for (size_t i = 0; i < ix->nalways; i++)
		apply(net, c, ix->always[i]);
	for (size_t i = 0; i < c->labels->n; i++) {
		const struct ka_kv *kv = &c->labels->kv[i];
		uint32_t e = ka_map_get(&ix->head, kv->key, kv->value);

		for (; e != KA_MAP_NONE; e = ix->entry[e].next)
			apply(net, c, ix->entry[e].policy);
	}
}

static void
evaluate_space(struct ka_net *net, const struct space *s)
{
	struct label_index ix = { .n = 0 };

	if (s->n == 0 || s->classes == KA_MAP_NONE)
		return;
	ka_map_init(&ix.head);
	for (uint32_t i = s->first; i < s->first + s->n; i++)
		label_index_add(&ix, policy_at(net, i)->pods, i);
	for (uint32_t c = s->classes; c != KA_MAP_NONE; c = net->class[c].next)
		evaluate_class(net, &ix, &net->class[c]);
	label_index_release(&ix);
}

/* ---- building ------------------------------------------------------------------------------- */

static struct space *
space_of(struct ka_net *net, const char *namespace)
{
	uint32_t i = ka_map_add(&net->by_namespace, namespace, NULL, (uint32_t)net->nspaces);

	if (i == net->nspaces) {
		KA_GROW(net->space, net->nspaces, net->space_cap);
		net->space[net->nspaces++] =
			(struct space){ .namespace = namespace, .classes = KA_MAP_NONE };
	}
	return &net->space[i];
}

static struct class *
class_of(struct ka_net *net, const char *namespace, const struct ka_kvs *labels)
{
	uint32_t i = ka_map_add(&net->by_labels, namespace, labels, (uint32_t)net->nclasses);

	if (i == net->nclasses) {
		struct space *s = space_of(net, namespace);

		KA_GROW(net->class, net->nclasses, net->class_cap);
		net->class[net->nclasses++] =
			(struct class){ .labels = labels, .next = s->classes };
		s->classes = i;
	}
	return &net->class[i];
}

static void
add_policies(struct ka_net *net)
{
	const struct ka_list *list = &net->g->of[KA_NETWORKPOLICY];

	net->selected = ka_xcalloc(list->n ? list->n : 1, sizeof *net->selected);
	for (size_t i = 0; i < list->n; i++) {
		const struct ka_netpol *p = ka_as_netpol(list->v[i]);
		struct space *s = space_of(net, p->obj.namespace);

		if (s->n++ == 0)
			s->first = (uint32_t)i;
		ka_map_set(&net->by_policy, p, NULL, (uint32_t)i);
		if (!ka_selector_empty(p->pods))
			continue;
		if ((p->types & KA_INGRESS_DIR) && p->ningress == 0)
			s->deny |= KA_INGRESS_DIR;
		if ((p->types & KA_EGRESS_DIR) && p->negress == 0)
			s->deny |= KA_EGRESS_DIR;
	}
}

static bool
group_is(const char *api_version, const char *group)
{
	size_t len = strcspn(api_version, "/"), want = strlen(group);

	if (len < want || memcmp(api_version + len - want, group, want) != 0)
		return false;
	return len == want || api_version[len - want - 1] == '.';
}

static bool
is_other_policy(const struct ka_object *o)
{
	if (!o->api_version || !o->kind_name)
		return false;
	for (size_t i = 0; i < sizeof other_families / sizeof other_families[0]; i++)
		if (strcmp(o->kind_name, other_families[i].kind) == 0 &&
		    group_is(o->api_version, other_families[i].group))
			return true;
	return false;
}

static void
add_other_policies(struct ka_net *net)
{
	const struct ka_list *list = &net->g->of[KA_OTHER];

	for (size_t i = 0; i < list->n; i++) {
		const struct ka_object *o = list->v[i];

		if (!is_other_policy(o))
			continue;
		if (o->namespace)
			space_of(net, o->namespace)->other++;
		else
			net->other++;
	}
}

static void
add_pods(struct ka_net *net)
{
	const struct ka_graph *g = net->g;

	for (size_t i = 0; i < g->of[KA_POD].n; i++) {
		const struct ka_pod *p = ka_as_pod(g->of[KA_POD].v[i]);
		struct class *c;

		/* It has no network left to govern. */
		if (ka_pod_finished(p))
			continue;
		c = class_of(net, p->obj.namespace, p->obj.labels);
		if (p->spec->host_network)
			c->host_pods++;
		else
			c->pods++;
	}
	for (size_t i = 0; i < g->nunits; i++) {
		const struct ka_unit *u = &g->unit[i];
		struct class *c;

		ka_map_set(&net->by_unit, u->object, u->spec, (uint32_t)i);
		if (u->pod)
			continue;
		c = class_of(net, u->object->namespace, u->labels);
		if (u->spec->host_network)
			c->host_templates++;
		else
			c->templates++;
	}
}

/* A unit is isolated where all of its pods are: replicas may carry labels of their own
 * (StatefulSet). */
static void
judge_units(struct ka_net *net)
{
	const struct ka_graph *g = net->g;

	net->state = ka_xcalloc(g->nunits ? g->nunits : 1, sizeof *net->state);
	for (size_t i = 0; i < g->of[KA_POD].n; i++) {
		const struct ka_pod *p = ka_as_pod(g->of[KA_POD].v[i]);
		uint32_t unit = ka_map_get(&net->by_unit, p->top, p->spec);
		struct unit_state *st;
		unsigned isolated;

		if (unit == KA_MAP_NONE || ka_pod_finished(p))
			continue;
		st = &net->state[unit];
		isolated = class_of(net, p->obj.namespace, p->obj.labels)->isolated;
		st->isolated = st->seen ? st->isolated & isolated : isolated;
		st->seen = true;
	}
	for (size_t i = 0; i < g->nunits; i++) {
		const struct ka_unit *u = &g->unit[i];
		struct unit_state *st = &net->state[i];
		const struct class *c;

		if (st->seen)
			continue;
		if (u->pod) { /* all of its pods are finished */
			st->isolated = ka_net_isolation(net, u->object->namespace, u->labels);
			continue;
		}
		c = class_of(net, u->object->namespace, u->labels);
		st->isolated = c->certain;
		st->undecided = c->possible & ~c->certain;
	}
}

struct ka_net *
ka_net_new(const struct ka_graph *g)
{
	struct ka_net *net = ka_xcalloc(1, sizeof *net);

	net->g = g;
	ka_map_init(&net->by_namespace);
	ka_map_init(&net->by_labels);
	ka_map_init(&net->by_policy);
	ka_map_init(&net->by_unit);
	add_policies(net);
	add_other_policies(net);
	add_pods(net);
	for (size_t i = 0; i < net->nspaces; i++)
		evaluate_space(net, &net->space[i]);
	judge_units(net);
	ka_cni_find(g, &net->cni);
	return net;
}

void
ka_net_free(struct ka_net *net)
{
	if (!net)
		return;
	ka_map_release(&net->by_namespace);
	ka_map_release(&net->by_labels);
	ka_map_release(&net->by_policy);
	ka_map_release(&net->by_unit);
	free(net->space);
	free(net->class);
	free(net->selected);
	free(net->state);
	free(net);
}

/* ---- answers -------------------------------------------------------------------------------- */

static const struct space *
find_space(const struct ka_net *net, const char *namespace)
{
	uint32_t i = ka_map_get(&net->by_namespace, namespace, NULL);

	return i == KA_MAP_NONE ? NULL : &net->space[i];
}

unsigned
ka_net_isolation(const struct ka_net *net, const char *namespace, const struct ka_kvs *labels)
{
	const struct space *s = find_space(net, namespace);
	uint32_t c = ka_map_get(&net->by_labels, namespace, labels);
	unsigned isolated = 0;

	if (c != KA_MAP_NONE)
		return net->class[c].isolated;
	for (uint32_t i = 0; s && i < s->n && isolated != BOTH; i++) {
		const struct ka_netpol *p = policy_at(net, s->first + i);

		if (ka_selector_match(p->pods, labels))
			isolated |= p->types;
	}
	return isolated;
}

enum ka_net_scope
ka_net_unit(const struct ka_net *net, const struct ka_unit *unit, unsigned *ret_isolated)
{
	if (unit->spec->host_network) {
		*ret_isolated = 0;
		return KA_NET_HOST;
	}
	*ret_isolated = net->state[unit - net->g->unit].isolated;
	return KA_NET_GOVERNED;
}

unsigned
ka_net_unit_undecided(const struct ka_net *net, const struct ka_unit *unit)
{
	return unit->spec->host_network ? 0 : net->state[unit - net->g->unit].undecided;
}

struct ka_net_selected
ka_net_policy(const struct ka_net *net, const struct ka_netpol *policy)
{
	uint32_t i = ka_map_get(&net->by_policy, policy, NULL);

	if (i == KA_MAP_NONE)
		return (struct ka_net_selected){ 0 };
	return net->selected[i];
}

unsigned
ka_net_default_deny(const struct ka_net *net, const char *namespace)
{
	const struct space *s = find_space(net, namespace);

	return s ? s->deny : 0;
}

size_t
ka_net_count(const struct ka_net *net, const char *namespace)
{
	const struct space *s = find_space(net, namespace);

	return s ? s->n : 0;
}

size_t
ka_net_other_policies(const struct ka_net *net, const char *namespace)
{
	const struct space *s = find_space(net, namespace);

	return net->other + (s ? s->other : 0);
}

enum ka_tri
ka_net_enforced(const struct ka_net *net, const char **ret_cni, const struct ka_object **ret_by)
{
	*ret_cni = net->cni.name;
	*ret_by = net->cni.by;
	return net->cni.enforces;
}
