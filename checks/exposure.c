/* Ways into the cluster: services that are open to the outside, and ingresses without TLS. */
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include <kassay/check.h>

#include "objects.h"
#include "sets.h"
#include "spaces.h"

/* An annotation that changes what an object means; value is a glob without regard to case. */
struct mark {
	const char *key, *value;
};

static bool
has_mark(const struct ka_object *obj, const struct mark *marks, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *v = ka_kvs_get(obj->annotations, marks[i].key);

		if (v && ka_glob_nocase(marks[i].value, v))
			return true;
	}
	return false;
}

/* ---- services ------------------------------------------------------------------------------- */

/* Load balancers with an address of the private network only, as each cloud's controller documents
 * it. */
static const struct mark internal_marks[] = {
	{ "service.beta.kubernetes.io/aws-load-balancer-scheme", "internal" },
	{ "service.beta.kubernetes.io/aws-load-balancer-internal", "true" },
	{ "service.beta.kubernetes.io/aws-load-balancer-internal", "0.0.0.0/0" },
	{ "service.beta.kubernetes.io/azure-load-balancer-internal", "true" },
	{ "networking.gke.io/load-balancer-type", "internal" },
	{ "cloud.google.com/load-balancer-type", "internal" },
	{ "service.beta.kubernetes.io/openstack-internal-load-balancer", "true" },
	{ "service.beta.kubernetes.io/oci-load-balancer-internal", "true" },
	{ "oci-network-load-balancer.oraclecloud.com/internal", "true" },
	{ "service.beta.kubernetes.io/alibaba-cloud-loadbalancer-address-type", "intranet" },
	{ "service.kubernetes.io/ibm-load-balancer-cloud-provider-ip-type", "private" },
	{ "service.kubernetes.io/qcloud-loadbalancer-internal-subnetid", "?*" },
	{ "service.beta.kubernetes.io/do-loadbalancer-network", "internal" },
	{ "service.beta.kubernetes.io/scw-loadbalancer-private", "true" },
	{ "load-balancer.hetzner.cloud/disable-public-network", "true" },
	{ "yandex.cloud/load-balancer-type", "internal" },
	{ "service.beta.kubernetes.io/cce-load-balancer-internal-vpc", "true" },
};

/* The AWS Load Balancer Controller makes internal balancers unless it is told otherwise; these hand
 * a Service to it. */
static const struct mark aws_controller_marks[] = {
	{ "service.beta.kubernetes.io/aws-load-balancer-type", "external" },
	{ "service.beta.kubernetes.io/aws-load-balancer-type", "nlb-ip" },
};

static bool
is_internal(const struct ka_service *s)
{
	const struct ka_object *o = &s->obj;

	if (has_mark(o, internal_marks, sizeof internal_marks / sizeof internal_marks[0]))
		return true;
	if (ka_kvs_get(o->annotations, "service.beta.kubernetes.io/aws-load-balancer-scheme"))
		return false;
	if (s->lb_class && (strcmp(s->lb_class, "service.k8s.aws/nlb") == 0 ||
			    strcmp(s->lb_class, "tailscale") == 0))
		return true;
	return has_mark(o, aws_controller_marks,
			sizeof aws_controller_marks / sizeof aws_controller_marks[0]);
}

static bool
is_everywhere(const char *cidr)
{
	return strcmp(cidr, "0.0.0.0/0") == 0 || strcmp(cidr, "::/0") == 0;
}

/* Who may use the balancer is limited.  The annotation is the older form of the field
 * (service/helper of cloud-provider reads it when the field is empty); a range of everything is no
 * limit. */
static bool
is_limited(const struct ka_service *s)
{
	const char *old = ka_kvs_get(s->obj.annotations,
				     "service.beta.kubernetes.io/load-balancer-source-ranges");

	for (size_t i = 0; i < s->source_ranges.n; i++)
		if (is_everywhere(s->source_ranges.v[i]))
			return false;
	if (s->source_ranges.n > 0)
		return true;
	return old && *old && !strstr(old, "0.0.0.0/0") && !strstr(old, "::/0");
}

static void
report_balancer(struct ka_run *run, const struct ka_service *s)
{
	bool internal = is_internal(s);

	ka_fail(run, &(struct ka_fault){
		.obj = &s->obj,
		.path = "spec.loadBalancerSourceRanges",
		.observed = s->source_ranges.n > 0 ? "all addresses" : "absent",
		.expected = "the address ranges of those who use the service",
		.message = ka_text(run, "Service %s asks for %s load balancer that takes connections from %s",
				   s->obj.name, internal ? "an internal" : "a",
				   internal ? "the whole private network" : "anywhere"),
		.severity = internal ? KA_LOW : KA_SEV_DEFAULT,
	});
}

static void
exposed(const struct object_view *v)
{
	const struct ka_service *s = ka_as_service(v->obj);

	ka_saw(v->run, &s->obj);
	if (strcmp(s->type, "LoadBalancer") == 0 && !is_limited(s))
		report_balancer(v->run, s);
	else if (strcmp(s->type, "NodePort") == 0)
		ka_fail(v->run, &(struct ka_fault){
			.obj = &s->obj,
			.path = "spec.type",
			.observed = "NodePort",
			.expected = "ClusterIP behind an ingress or gateway",
			.message = ka_text(v->run, "Service %s opens its ports on every node, past "
					   "ingress controllers and load balancers", s->obj.name),
		});
}

static void
external_ips(const struct object_view *v)
{
	const struct ka_service *s = ka_as_service(v->obj);

	ka_saw(v->run, &s->obj);
	if (s->external_ips.n == 0)
		return;
	ka_fail(v->run, &(struct ka_fault){
		.obj = &s->obj,
		.path = "spec.externalIPs",
		.observed = s->external_ips.n == 1
			? s->external_ips.v[0]
			: ka_text(v->run, "%s and %zu more", s->external_ips.v[0], s->external_ips.n - 1),
		.expected = "absent",
		.message = ka_text(v->run, "Service %s draws what pods send to these addresses to its "
				   "own pods", s->obj.name),
	});
}

/* ---- ingresses ------------------------------------------------------------------------------ */

/* TLS that a controller gets from elsewhere than spec.tls. */
static const struct mark tls_marks[] = {
	{ "alb.ingress.kubernetes.io/certificate-arn", "?*" },
	{ "appgw.ingress.kubernetes.io/appgw-ssl-certificate", "?*" },
	{ "haproxy.org/ssl-passthrough", "true" },
	{ "ingress.gcp.kubernetes.io/pre-shared-cert", "?*" },
	{ "ingress.kubernetes.io/ssl-passthrough", "true" },
	{ "networking.gke.io/certmap", "?*" },
	{ "networking.gke.io/managed-certificates", "?*" },
	{ "nginx.ingress.kubernetes.io/ssl-passthrough", "true" },
	{ "route.openshift.io/termination", "?*" },
	{ "traefik.ingress.kubernetes.io/router.tls", "true" },
};

/* networking/v1: a wildcard stands for exactly one label.  The certificate of a rule's wildcard
 * host must be a wildcard too. */
static bool
host_covered(const char *cert_host, const char *host)
{
	const char *dot = strchr(host, '.');

	if (strcasecmp(cert_host, host) == 0)
		return true;
	if (strncmp(cert_host, "*.", 2) != 0 || host[0] == '*')
		return false;
	return dot && dot != host && strcasecmp(dot, cert_host + 1) == 0;
}

/* A tls entry without hosts takes the controller's own wildcard host: it may serve any rule. */
static bool
has_tls_for(const struct ka_ingress *in, const char *host)
{
	for (size_t i = 0; i < in->ntls; i++) {
		const struct ka_strs *hosts = &in->tls[i].hosts;

		if (hosts->n == 0)
			return true;
		for (size_t k = 0; host && k < hosts->n; k++)
			if (host_covered(hosts->v[k], host))
				return true;
	}
	return false;
}

static void
report_host(struct ka_run *run, const struct ka_ingress *in, const char *host)
{
	const char *name = host ? host : "any host";

	ka_fail(run, &(struct ka_fault){
		.obj = &in->obj,
		.path = "spec.tls",
		.observed = in->ntls == 0 ? "absent" : ka_text(run, "no entry covers %s", name),
		.expected = ka_text(run, "an entry with a certificate for %s", name),
		.message = ka_text(run, "Ingress %s serves %s without TLS", in->obj.name, name),
		.discriminator = host ? host : "*",
	});
}

static void
ingress_tls(const struct object_view *v)
{
	const struct ka_ingress *in = ka_as_ingress(v->obj);

	if (ka_kvs_get(in->obj.labels, "acme.cert-manager.io/http01-solver"))
		return; /* answers certificate challenges, which come over plain HTTP */
	ka_saw(v->run, &in->obj);
	if (has_mark(&in->obj, tls_marks, sizeof tls_marks / sizeof tls_marks[0]))
		return;
	for (size_t k = 0; k < in->nrules; k++) {
		const char *host = in->rule[k].host;

		/* one row a path: the same host follows itself */
		if (k > 0 && in->rule[k - 1].host == host)
			continue;
		if (!has_tls_for(in, host))
			report_host(v->run, in, host);
	}
	if (in->nrules == 0 && in->default_service && !has_tls_for(in, NULL))
		report_host(v->run, in, NULL);
}

/* --------------------------------------------------------------------------------------------- */

static const struct ka_check checks[] = {
	{
		.key = "service-exposed",
		.title = "Services are not open to the outside without limits",
		.why = "A load balancer without source ranges and a node port can be reached by whoever reaches "
		       "the balancer's address or any node; network policies often do not see the real client.",
		.fix = "Set spec.loadBalancerSourceRanges, make the balancer internal, or use ClusterIP behind an "
		       "ingress that authenticates.",
		.severity = KA_MEDIUM,
		.scope = KA_BIT(KA_SERVICE),
		.run = objects_run,
		.param = &(const struct object_rule){ KA_BIT(KA_SERVICE), exposed },
	},
	{
		.key = "service-external-ips",
		.title = "No Service claims external IP addresses",
		.why = "Kubernetes does not check who owns an address in externalIPs: anybody who may write a "
		       "Service can catch the traffic of pods to any address (CVE-2020-8554).",
		.fix = "Remove spec.externalIPs and use a LoadBalancer; turn on the DenyServiceExternalIPs "
		       "admission plugin.",
		.severity = KA_MEDIUM,
		.scope = KA_BIT(KA_SERVICE),
		.run = objects_run,
		.param = &(const struct object_rule){ KA_BIT(KA_SERVICE), external_ips },
	},
	{
		.key = "ingress-tls",
		.title = "Every host of every Ingress is served over TLS",
		.why = "Without a certificate the controller serves the host over plain HTTP (or with its own "
		       "self-signed one): sessions and passwords can be read and changed on the way.",
		.fix = "Add an entry to spec.tls that names the host and a Secret with its certificate.",
		.severity = KA_MEDIUM,
		.scope = KA_BIT(KA_INGRESS),
		.run = objects_run,
		.param = &(const struct object_rule){ KA_BIT(KA_INGRESS), ingress_tls },
	},
};

const struct ka_check_set ka_set_exposure = {
	.name = "Exposure",
	.check = checks,
	.count = sizeof checks / sizeof checks[0],
};
