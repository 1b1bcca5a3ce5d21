#include <kassay/net.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "util/arena.h"
#include "util/banned.h"
#include "util/intern.h"

/* A small world, built by hand: the engine is tested without any reader. */
struct world {
	struct ka_arena *arena;
	struct ka_intern *intern;
	struct ka_graph g;
	const struct ka_object *object[KA_NKINDS][16];
	struct ka_unit unit[16];
	struct ka_net *net;
};

static int
setup(void **state)
{
	struct world *w = test_calloc(1, sizeof *w);

	w->arena = ka_arena_new();
	w->intern = ka_intern_new(w->arena);
	w->g.unit = w->unit;
	for (size_t k = 0; k < KA_NKINDS; k++)
		w->g.of[k].v = w->object[k];
	*state = w;
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;

	ka_net_free(w->net);
	ka_intern_free(w->intern);
	ka_arena_free(w->arena);
	test_free(w);
	return 0;
}

static const char *
str(struct world *w, const char *s)
{
	return s ? ka_intern(w->intern, s) : NULL;
}

/* "a=1,b=2" in order of keys */
static const struct ka_kvs *
labels(struct world *w, const char *text)
{
	struct ka_kvs *kvs = ka_arena_alloc(w->arena, sizeof *kvs);
	struct ka_kv *kv = ka_arena_array(w->arena, 8, sizeof *kv);

	kvs->kv = kv;
	while (*text) {
		size_t len = strcspn(text, ","), key = strcspn(text, "=");

		kv[kvs->n].key = ka_intern_n(w->intern, text, key);
		kv[kvs->n++].value = ka_intern_n(w->intern, text + key + 1, len - key - 1);
		text += len + (text[len] == ',');
	}
	return kvs;
}

/* "a=1": In; "a!=1": NotIn; "a": Exists; "!a": DoesNotExist; "a=1|2": In of two; separated by
 * commas */
static const struct ka_selector *
selector(struct world *w, const char *text)
{
	struct ka_selector *sel = ka_arena_alloc(w->arena, sizeof *sel);
	struct ka_sel_req *req = ka_arena_array(w->arena, 8, sizeof *req);

	sel->req = req;
	while (*text) {
		struct ka_sel_req *r = &req[sel->n++];
		size_t len = strcspn(text, ","), bang = *text == '!';
		size_t key = strcspn(text + bang, "!=,");
		const char *v = text + bang + key, *end = text + len;

		r->key = ka_intern_n(w->intern, text + bang, key);
		r->op = bang ? KA_SEL_NOT_EXISTS : v == end ? KA_SEL_EXISTS
			: *v == '!' ? KA_SEL_NOT_IN : KA_SEL_IN;
		if (v != end) {
			const char **value = ka_arena_array(w->arena, 4, sizeof *value);

			for (v += r->op == KA_SEL_NOT_IN ? 2 : 1; v <= end;) {
				size_t n = strcspn(v, "|,");

				value[r->nvalues++] = ka_intern_n(w->intern, v, n);
				v += n + 1;
			}
			r->value = value;
		}
		text += len + (text[len] == ',');
	}
	return sel;
}

static void
add(struct world *w, struct ka_object *o, enum ka_kind kind, const char *ns, const char *name)
{
	o->kind = kind;
	o->namespace = str(w, ns);
	o->name = str(w, name);
	if (!o->labels)
		o->labels = labels(w, "");
	w->object[kind][w->g.of[kind].n++] = o;
}

/* `rules`: how many rules in each direction that it governs */
static const struct ka_netpol *
policy(struct world *w, const char *ns, const char *pods, unsigned types, size_t rules)
{
	static const struct ka_netpol_rule rule;
	struct ka_netpol *p = ka_arena_alloc(w->arena, sizeof *p);

	p->pods = selector(w, pods);
	p->types = types;
	p->ningress = (types & KA_INGRESS_DIR) ? rules : 0;
	p->negress = (types & KA_EGRESS_DIR) ? rules : 0;
	p->ingress = p->egress = &rule;
	add(w, &p->obj, KA_NETWORKPOLICY, ns, "p");
	return p;
}

static struct ka_podspec *
spec(struct world *w)
{
	struct ka_podspec *s = ka_arena_alloc(w->arena, sizeof *s);

	s->service_account = "default";
	return s;
}

static struct ka_unit *
template(struct world *w, const char *ns, const char *text)
{
	struct ka_workload *d = ka_arena_alloc(w->arena, sizeof *d);
	struct ka_unit *u = &w->unit[w->g.nunits++];

	d->labels = labels(w, text);
	d->spec = spec(w);
	d->top = &d->obj;
	add(w, &d->obj, KA_DEPLOYMENT, ns, "web");
	*u = (struct ka_unit){ .object = &d->obj, .spec = d->spec, .labels = d->labels,
		.path = "spec.template.spec", .template_only = true };
	return u;
}

/* A live pod under the same owner and with the same spec as `u`, or on its own. */
static struct ka_unit *
pod(struct world *w, struct ka_unit *u, const char *ns, const char *text)
{
	struct ka_pod *p = ka_arena_alloc(w->arena, sizeof *p);

	p->obj.labels = labels(w, text);
	p->spec = u ? u->spec : spec(w);
	p->top = u ? u->object : &p->obj;
	p->phase = "Running";
	add(w, &p->obj, KA_POD, ns, "pod");
	if (!u) {
		u = &w->unit[w->g.nunits++];
		*u = (struct ka_unit){ .object = &p->obj, .spec = p->spec, .path = "spec" };
	}
	if (!u->pod) {
		u->pod = p;
		u->labels = p->obj.labels;
	}
	u->template_only = false;
	u->instances++;
	return u;
}

static void
finish(struct world *w)
{
	w->net = ka_net_new(&w->g);
}

static unsigned
isolation(struct world *w, const struct ka_unit *u)
{
	unsigned isolated;

	assert_int_equal(ka_net_unit(w->net, u, &isolated), KA_NET_GOVERNED);
	return isolated;
}

/* --------------------------------------------------------------------------------------------- */

enum { IN = KA_INGRESS_DIR, OUT = KA_EGRESS_DIR };

static void
selectors_match_as_in_apimachinery(void **state)
{
	static const struct {
		const char *pods, *labels;
		bool selected;
	} rows[] = {
		{ "", "", true },
		{ "", "app=web", true },
		{ "app=web", "app=web,tier=x", true },
		{ "app=web", "app=api", false },
		{ "app=web", "", false },
		{ "app=", "", false },               /* the empty value asks for the key */
		{ "app=", "app=", true },
		{ "app=web|api", "app=api", true },
		{ "app=web,tier=x", "app=web", false },
		{ "app!=web", "", true },            /* NotIn holds when the key is absent */
		{ "app!=web", "app=api", true },
		{ "app!=web", "app=web", false },
		{ "app", "app=web", true },
		{ "app", "tier=x", false },
		{ "!app", "tier=x", true },
		{ "!app", "app=web", false },
	};
	struct world *w = *state;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		w->g.nunits = w->g.of[KA_POD].n = w->g.of[KA_NETWORKPOLICY].n = 0;
		const struct ka_netpol *p = policy(w, "shop", rows[i].pods, IN, 0);
		const struct ka_unit *u = pod(w, NULL, "shop", rows[i].labels);
		finish(w);
		if ((isolation(w, u) == IN) != rows[i].selected)
			fail_msg("\"%s\" over \"%s\"", rows[i].pods, rows[i].labels);
		assert_int_equal(ka_net_policy(w->net, p).pods, rows[i].selected);
		ka_net_free(w->net);
		w->net = NULL;
	}
}

static void
policies_add_up_and_stay_in_their_namespace(void **state)
{
	struct world *w = *state;

	policy(w, "bank", "", IN | OUT, 0);
	policy(w, "shop", "app=web", OUT, 1);
	policy(w, "shop", "tier=x", IN, 1);
	const struct ka_unit *both = pod(w, NULL, "shop", "app=web,tier=x");
	const struct ka_unit *out = pod(w, NULL, "shop", "app=web,tier=y");
	const struct ka_unit *none = pod(w, NULL, "shop", "app=api");
	const struct ka_unit *elsewhere = pod(w, NULL, "lone", "app=web");
	finish(w);
	assert_int_equal(isolation(w, both), IN | OUT);
	assert_int_equal(isolation(w, out), OUT);
	assert_int_equal(isolation(w, none), 0);
	assert_int_equal(isolation(w, elsewhere), 0);
	assert_int_equal(ka_net_count(w->net, str(w, "shop")), 2);
	assert_int_equal(ka_net_count(w->net, str(w, "lone")), 0);
	assert_int_equal(ka_net_isolation(w->net, str(w, "bank"), labels(w, "any=one")), IN | OUT);
}

static void
default_deny_selects_all_and_allows_nothing(void **state)
{
	static const struct {
		const char *pods;
		unsigned types;
		size_t rules;
		unsigned deny;
	} rows[] = {
		{ "", IN | OUT, 0, IN | OUT },
		{ "", IN, 0, IN },
		{ "", OUT, 0, OUT },
		{ "", IN | OUT, 1, 0 },
		{ "app=web", IN | OUT, 0, 0 },
	};
	struct world *w = *state;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		w->g.of[KA_NETWORKPOLICY].n = 0;
		policy(w, "shop", rows[i].pods, rows[i].types, rows[i].rules);
		finish(w);
		assert_int_equal(ka_net_default_deny(w->net, str(w, "shop")), rows[i].deny);
		ka_net_free(w->net);
		w->net = NULL;
	}
}

static void
two_policies_may_deny_one_direction_each(void **state)
{
	struct world *w = *state;

	policy(w, "shop", "", IN, 0);
	policy(w, "shop", "", OUT, 0);
	finish(w);
	assert_int_equal(ka_net_default_deny(w->net, str(w, "shop")), IN | OUT);
	assert_int_equal(ka_net_default_deny(w->net, str(w, "bank")), 0);
}

static void
host_network_pods_are_no_subjects(void **state)
{
	struct world *w = *state;
	unsigned isolated = 99;

	const struct ka_netpol *p = policy(w, "shop", "", IN | OUT, 0);
	struct ka_unit *u = template(w, "shop", "app=web");
	struct ka_podspec *s = spec(w);
	s->host_network = true;
	u->spec = s;
	finish(w);
	assert_int_equal(ka_net_unit(w->net, u, &isolated), KA_NET_HOST);
	assert_int_equal(isolated, 0);
	assert_int_equal(ka_net_policy(w->net, p).pods, 0);
	assert_int_equal(ka_net_policy(w->net, p).host_pods, 1);
}

static void
labels_of_live_pods_cannot_be_decided_from_a_template(void **state)
{
	static const struct {
		const char *pods;
		bool selected, undecidable;
	} rows[] = {
		{ "app=web", true, false },
		{ "app=web,pod-template-hash=abc", false, true },
		{ "!controller-revision-hash", false, true },
		/* no label added later can mend that */
		{ "app=api,pod-template-hash=abc", false, false },
	};
	struct world *w = *state;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		w->g.nunits = w->g.of[KA_DEPLOYMENT].n = w->g.of[KA_NETWORKPOLICY].n = 0;
		const struct ka_netpol *p = policy(w, "shop", rows[i].pods, IN, 0);
		const struct ka_unit *u = template(w, "shop", "app=web");
		finish(w);
		assert_int_equal(isolation(w, u), rows[i].selected ? IN : 0);
		assert_int_equal(ka_net_unit_undecided(w->net, u), rows[i].undecidable ? IN : 0);
		assert_int_equal(ka_net_policy(w->net, p).undecidable, rows[i].undecidable);
		assert_int_equal(ka_net_policy(w->net, p).pods, rows[i].selected);
		ka_net_free(w->net);
		w->net = NULL;
	}
}

static void
a_live_pod_shows_all_its_labels(void **state)
{
	struct world *w = *state;

	const struct ka_netpol *p = policy(w, "shop", "pod-template-hash=abc", IN, 0);
	struct ka_unit *u = template(w, "shop", "app=web");
	pod(w, u, "shop", "app=web,pod-template-hash=abc");
	finish(w);
	assert_int_equal(isolation(w, u), IN);
	assert_int_equal(ka_net_unit_undecided(w->net, u), 0);
	assert_int_equal(ka_net_policy(w->net, p).pods, 1);
	assert_false(ka_net_policy(w->net, p).undecidable);
}

static void
a_unit_is_isolated_only_where_all_its_pods_are(void **state)
{
	struct world *w = *state;

	const struct ka_netpol *p =
		policy(w, "shop", "statefulset.kubernetes.io/pod-name=db-1", IN, 0);
	policy(w, "shop", "app=db", OUT, 0);
	struct ka_unit *u = template(w, "shop", "app=db");
	pod(w, u, "shop", "app=db,statefulset.kubernetes.io/pod-name=db-0");
	pod(w, u, "shop", "app=db,statefulset.kubernetes.io/pod-name=db-1");
	finish(w);
	assert_int_equal(isolation(w, u), OUT);
	assert_int_equal(ka_net_policy(w->net, p).pods, 1); /* and the policy still selects one */
}

static void
finished_pods_are_left_out(void **state)
{
	struct world *w = *state;

	const struct ka_netpol *p = policy(w, "shop", "run=1", IN, 0);
	struct ka_unit *u = pod(w, NULL, "shop", "run=1");
	struct ka_pod *done = ka_arena_alloc(w->arena, sizeof *done);
	*done = *u->pod;
	done->phase = "Succeeded";
	w->object[KA_POD][0] = &done->obj;
	finish(w);
	assert_int_equal(ka_net_policy(w->net, p).pods, 0);
}

static void
policies_of_other_families_are_counted(void **state)
{
	static const struct {
		const char *api, *kind, *ns;
		size_t shop, bank;
	} rows[] = {
		{ "cilium.io/v2", "CiliumNetworkPolicy", "shop", 1, 0 },
		{ "cilium.io/v2", "CiliumClusterwideNetworkPolicy", NULL, 1, 1 },
		{ "crd.projectcalico.org/v1", "NetworkPolicy", "shop", 1, 0 },
		{ "projectcalico.org/v3", "GlobalNetworkPolicy", NULL, 1, 1 },
		{ "policy.networking.k8s.io/v1alpha1", "AdminNetworkPolicy", NULL, 1, 1 },
		{ "policy.networking.k8s.io/v1alpha1", "BaselineAdminNetworkPolicy", NULL, 1, 1 },
		{ "policy.networking.k8s.io/v1alpha2", "ClusterNetworkPolicy", NULL, 1, 1 },
		{ "evilprojectcalico.org/v3", "GlobalNetworkPolicy", NULL, 0, 0 },
		{ "projectcalico.org/v3", "StagedNetworkPolicy", "shop", 0, 0 },
		{ "example.com/v1", "NetworkPolicy", "shop", 0, 0 },
	};
	struct world *w = *state;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		w->g.of[KA_OTHER].n = 0;
		struct ka_custom *c = ka_arena_alloc(w->arena, sizeof *c);
		c->obj.api_version = rows[i].api;
		c->obj.kind_name = rows[i].kind;
		add(w, &c->obj, KA_OTHER, rows[i].ns, "c");
		finish(w);
		assert_int_equal(ka_net_other_policies(w->net, str(w, "shop")), rows[i].shop);
		assert_int_equal(ka_net_other_policies(w->net, str(w, "bank")), rows[i].bank);
		ka_net_free(w->net);
		w->net = NULL;
	}
}

/* A DaemonSet of one container. */
static void
daemonset(struct world *w, const char *name, const char *image, const char *arg)
{
	struct ka_unit *u = template(w, "kube-system", "app=cni");
	struct ka_podspec *s = spec(w);
	struct ka_container *c = ka_arena_alloc(w->arena, sizeof *c);
	struct ka_object *o = ka_arena_alloc(w->arena, sizeof *o);
	const char **args = ka_arena_alloc(w->arena, sizeof *args);

	*args = arg;
	c->type = KA_REGULAR;
	c->image = image;
	c->args = (struct ka_strs){ arg ? 1 : 0, args };
	s->ncontainers = 1;
	s->container = c;
	*o = *u->object;
	o->kind = KA_DAEMONSET;
	o->name = name;
	u->object = o;
	u->spec = s;
}

static void
network_plugins_are_known_by_their_daemonsets(void **state)
{
	static const struct {
		const char *name, *image, *arg;
		enum ka_tri enforces;
		const char *plugin;
	} rows[] = {
		{ "calico-node", "docker.io/calico/node:v3.27.0", NULL, KA_YES, "Calico" },
		{ "canal", "localhost:5000/calico/node", NULL, KA_YES, "Calico" },
		{ "cilium", "quay.io/cilium/cilium@sha256:aa", NULL, KA_YES, "Cilium" },
		{ "kube-flannel-ds", "docker.io/flannel/flannel:v0.24.2", NULL, KA_NO, "flannel" },
		{ "aws-node", "x.amazonaws.com/amazon-k8s-cni:v1.16.0", NULL, KA_NO, "Amazon VPC CNI" },
		{ "aws-node", "x.amazonaws.com/amazon/aws-network-policy-agent:v1.0.7",
		  "--enable-network-policy=true", KA_YES, "Amazon VPC CNI" },
		{ "aws-node", "x.amazonaws.com/amazon/aws-network-policy-agent:v1.0.7",
		  "--enable-network-policy=false", KA_UNSET, NULL },
		{ "kindnet", "docker.io/kindest/kindnetd:v20240513-cbf8", NULL, KA_NO, "kindnet" },
		{ "kindnet", "docker.io/kindest/kindnetd:v20240813-c6f1", NULL, KA_YES, "kindnet" },
		{ "kube-router", "cloudnativelabs/kube-router:v2", "--run-firewall=false", KA_NO, "kube-router" },
		{ "kube-router", "cloudnativelabs/kube-router:v2", NULL, KA_YES, "kube-router" },
		{ "node-exporter", "prom/node-exporter", NULL, KA_UNSET, NULL },
	};
	struct world *w = *state;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const char *name;
		const struct ka_object *by;

		w->g.nunits = w->g.of[KA_DEPLOYMENT].n = 0;
		daemonset(w, rows[i].name, rows[i].image, rows[i].arg);
		finish(w);
		if (ka_net_enforced(w->net, &name, &by) != rows[i].enforces)
			fail_msg("row %zu", i);
		assert_int_equal(by != NULL, rows[i].plugin != NULL);
		if (rows[i].plugin)
			assert_string_equal(name, rows[i].plugin);
		ka_net_free(w->net);
		w->net = NULL;
	}
}

static void
a_plugin_that_enforces_wins(void **state)
{
	struct world *w = *state;
	const char *name;
	const struct ka_object *by;

	daemonset(w, "canal-flannel", "docker.io/flannel/flannel:v0.24.2", NULL);
	daemonset(w, "canal", "docker.io/calico/node:v3.27.0", NULL);
	finish(w);
	assert_int_equal(ka_net_enforced(w->net, &name, &by), KA_YES);
	assert_string_equal(by->name, "canal");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(selectors_match_as_in_apimachinery),
		TEST(policies_add_up_and_stay_in_their_namespace),
		TEST(default_deny_selects_all_and_allows_nothing),
		TEST(two_policies_may_deny_one_direction_each),
		TEST(host_network_pods_are_no_subjects),
		TEST(labels_of_live_pods_cannot_be_decided_from_a_template),
		TEST(a_live_pod_shows_all_its_labels),
		TEST(a_unit_is_isolated_only_where_all_its_pods_are),
		TEST(finished_pods_are_left_out),
		TEST(policies_of_other_families_are_counted),
		TEST(network_plugins_are_known_by_their_daemonsets),
		TEST(a_plugin_that_enforces_wins),
	};

	return cmocka_run_group_tests_name("net", tests, NULL, NULL);
}
