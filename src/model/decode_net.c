/* NetworkPolicies, Services and Ingresses. */
#include <string.h>

#include "model/decode.h"
#include "util/banned.h"

static void
policy_ports(struct ka_decode *d, const struct ka_node *rule, struct ka_netpol_rule *ret)
{
	const struct ka_node *list = ka_dec_array(d, rule, "ports");
	struct ka_netpol_port *v = ka_arena_array(d->arena, list ? list->len : 0, sizeof *v);

	ret->port = v;
	for (const struct ka_node *e = ka_dec_first(d, list); e; e = ka_dec_after(d, list, e)) {
		const struct ka_node *port = ka_tape_get(d->t, e, "port");
		struct ka_netpol_port *p = &v[ret->nports++];

		p->protocol = ka_dec_str_or(d, e, "protocol", "TCP");
		if (port && port->type == KA_STRING)
			p->name = ka_dec_str(d, e, "port");
		else
			p->port = ka_dec_int(d, e, "port");
		p->end_port = ka_dec_int(d, e, "endPort");
	}
}

static void
policy_peers(struct ka_decode *d, const struct ka_node *rule, const char *key, struct ka_netpol_rule *ret)
{
	const struct ka_node *list = ka_dec_array(d, rule, key);
	struct ka_netpol_peer *v = ka_arena_array(d->arena, list ? list->len : 0, sizeof *v);

	ret->peer = v;
	for (const struct ka_node *e = ka_dec_first(d, list); e; e = ka_dec_after(d, list, e)) {
		const struct ka_node *block = ka_dec_object(d, e, "ipBlock");

		v[ret->npeers++] = (struct ka_netpol_peer){
			.pods = ka_dec_selector(d, e, "podSelector"),
			.namespaces = ka_dec_selector(d, e, "namespaceSelector"),
			.cidr = ka_dec_str(d, block, "cidr"),
			.except = ka_dec_strs(d, block, "except"),
		};
	}
}

static const struct ka_netpol_rule *
policy_rules(struct ka_decode *d, const struct ka_node *spec, const char *key, const char *peers, size_t *ret_n)
{
	const struct ka_node *list = ka_dec_array(d, spec, key);
	struct ka_netpol_rule *v = ka_arena_array(d->arena, list ? list->len : 0, sizeof *v);

	for (const struct ka_node *e = ka_dec_first(d, list); e; e = ka_dec_after(d, list, e)) {
		policy_peers(d, e, peers, &v[*ret_n]);
		policy_ports(d, e, &v[(*ret_n)++]);
	}
	return v;
}

struct ka_object *
ka_dec_netpol(struct ka_decode *d, const struct ka_node *root)
{
	const struct ka_node *spec = ka_dec_object(d, root, "spec");
	struct ka_strs types = ka_dec_strs(d, spec, "policyTypes");
	struct ka_netpol *p = ka_dec_new(d, sizeof *p);

	p->pods = ka_dec_selector_or_all(d, spec, "podSelector");
	p->ingress = policy_rules(d, spec, "ingress", "from", &p->ningress);
	p->egress = policy_rules(d, spec, "egress", "to", &p->negress);
	p->types_given = types.n > 0;
	/* networking/v1 SetDefaults_NetworkPolicy: Ingress always, Egress when there are egress rules. */
	if (!p->types_given)
		p->types = KA_INGRESS_DIR | (p->negress ? KA_EGRESS_DIR : 0u);
	if (ka_strs_has(&types, "Ingress"))
		p->types |= KA_INGRESS_DIR;
	if (ka_strs_has(&types, "Egress"))
		p->types |= KA_EGRESS_DIR;
	return &p->obj;
}

struct ka_object *
ka_dec_service(struct ka_decode *d, const struct ka_node *root)
{
	const struct ka_node *spec = ka_dec_object(d, root, "spec");
	const struct ka_node *ports = ka_dec_array(d, spec, "ports");
	struct ka_service *s = ka_dec_new(d, sizeof *s);
	struct ka_service_port *v = ka_arena_array(d->arena, ports ? ports->len : 0, sizeof *v);
	const struct ka_kvs *selector = ka_dec_kvs(d, spec, "selector", NULL);

	s->type = ka_dec_str_or(d, spec, "type", "ClusterIP");
	s->selector = selector->n ? selector : NULL;
	s->external_ips = ka_dec_strs(d, spec, "externalIPs");
	s->source_ranges = ka_dec_strs(d, spec, "loadBalancerSourceRanges");
	s->cluster_ip = ka_dec_str(d, spec, "clusterIP");
	s->external_name = ka_dec_str(d, spec, "externalName");
	s->external_traffic = ka_dec_str(d, spec, "externalTrafficPolicy");
	s->lb_class = ka_dec_str(d, spec, "loadBalancerClass");
	s->port = v;
	for (const struct ka_node *e = ka_dec_first(d, ports); e; e = ka_dec_after(d, ports, e)) {
		const struct ka_node *target = ka_tape_get(d->t, e, "targetPort");
		struct ka_service_port *p = &v[s->nports++];

		p->name = ka_dec_str(d, e, "name");
		p->protocol = ka_dec_str_or(d, e, "protocol", "TCP");
		p->port = ka_dec_port(d, e, "port");
		p->node_port = ka_dec_port(d, e, "nodePort");
		if (target && target->type == KA_STRING)
			p->target_name = ka_dec_str(d, e, "targetPort");
		else
			p->target = ka_dec_int(d, e, "targetPort");
	}
	return &s->obj;
}

/* networking.k8s.io/v1 backends name service.name; the older versions serviceName. */
static const char *
backend_service(struct ka_decode *d, const struct ka_node *backend)
{
	const char *name = ka_dec_str(d, ka_dec_object(d, backend, "service"), "name");

	return name ? name : ka_dec_str(d, backend, "serviceName");
}

static void
ingress_rules(struct ka_decode *d, const struct ka_node *spec, struct ka_ingress *ing)
{
	const struct ka_node *rules = ka_dec_array(d, spec, "rules");
	struct ka_ingress_rule *v;
	size_t max = 0;

	for (const struct ka_node *e = ka_dec_first(d, rules); e; e = ka_dec_after(d, rules, e)) {
		const struct ka_node *paths = ka_dec_array(d, ka_dec_object(d, e, "http"), "paths");

		max += paths && paths->len ? paths->len : 1;
	}
	v = ka_arena_array(d->arena, max, sizeof *v);
	ing->rule = v;
	for (const struct ka_node *e = ka_dec_first(d, rules); e; e = ka_dec_after(d, rules, e)) {
		const struct ka_node *paths = ka_dec_array(d, ka_dec_object(d, e, "http"), "paths");
		const char *host = ka_dec_str(d, e, "host");
		size_t before = ing->nrules;

		for (const struct ka_node *p = ka_dec_first(d, paths); p; p = ka_dec_after(d, paths, p))
			v[ing->nrules++] = (struct ka_ingress_rule){
				host, ka_dec_str(d, p, "path"),
				backend_service(d, ka_dec_object(d, p, "backend")) };
		if (ing->nrules == before)
			v[ing->nrules++] = (struct ka_ingress_rule){ .host = host };
	}
}

struct ka_object *
ka_dec_ingress(struct ka_decode *d, const struct ka_node *root)
{
	const struct ka_node *spec = ka_dec_object(d, root, "spec");
	const struct ka_node *tls = ka_dec_array(d, spec, "tls");
	const struct ka_node *fallback = ka_dec_object(d, spec, "defaultBackend");
	struct ka_ingress *ing = ka_dec_new(d, sizeof *ing);
	struct ka_ingress_tls *v = ka_arena_array(d->arena, tls ? tls->len : 0, sizeof *v);

	ing->class_name = ka_dec_str(d, spec, "ingressClassName");
	if (!ing->class_name)
		ing->class_name = ka_kvs_get(ing->obj.annotations, "kubernetes.io/ingress.class");
	if (!fallback)
		fallback = ka_dec_object(d, spec, "backend");
	ing->default_service = backend_service(d, fallback);
	ingress_rules(d, spec, ing);
	ing->tls = v;
	for (const struct ka_node *e = ka_dec_first(d, tls); e; e = ka_dec_after(d, tls, e))
		v[ing->ntls++] = (struct ka_ingress_tls){ ka_dec_strs(d, e, "hosts"),
							  ka_dec_str(d, e, "secretName") };
	return &ing->obj;
}
