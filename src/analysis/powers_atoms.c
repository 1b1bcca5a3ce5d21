/* From rules to permissions: what each rule gives of the things that capabilities are made of.  One
 * look at a rule sorts its verbs and resources into bits; the table then only compares bits. */
#include "analysis/powers_private.h"

#include <string.h>

#include "util/str.h"
#include "util/banned.h"

/* ---- verbs ---- */

enum {
	GET = 1 << 0,
	LIST = 1 << 1,
	WATCH = 1 << 2,
	CREATE = 1 << 3,
	UPDATE = 1 << 4,
	PATCH = 1 << 5,
	DELETE = 1 << 6,
	DELETECOLLECTION = 1 << 7,
	ESCALATE = 1 << 8,
	BIND = 1 << 9,
	IMPERSONATE = 1 << 10,
	APPROVE = 1 << 11,
	SIGN = 1 << 12,
	SEEM_USER = 1 << 13,
	SEEM_ACCOUNT = 1 << 14,
	SEEM_NODE = 1 << 15,
	AS_USER = 1 << 16,
	AS_ACCOUNT = 1 << 17,
	AS_NODE = 1 << 18,
	ALL_VERBS = (1 << 19) - 1,

	READ = GET | LIST | WATCH,
	REWRITE = UPDATE | PATCH,
	WRITE = CREATE | REWRITE,
	HTTP = GET | CREATE | UPDATE | PATCH | DELETE, /* what a proxy maps methods to */
};
/* Constrained impersonation: endpoints/filters/impersonation/mode.go. */
static const struct {
	const char *name;
	unsigned bit;
	bool prefix; /* the verb goes on with what may be done */
} verbs[] = {
	{ "get", GET, false },
	{ "list", LIST, false },
	{ "watch", WATCH, false },
	{ "create", CREATE, false },
	{ "update", UPDATE, false },
	{ "patch", PATCH, false },
	{ "delete", DELETE, false },
	{ "deletecollection", DELETECOLLECTION, false },
	{ "escalate", ESCALATE, false },
	{ "bind", BIND, false },
	{ "impersonate", IMPERSONATE, false },
	{ "approve", APPROVE, false },
	{ "sign", SIGN, false },
	{ "impersonate:user-info", SEEM_USER, false },
	{ "impersonate:serviceaccount", SEEM_ACCOUNT, false },
	{ "impersonate:arbitrary-node", SEEM_NODE, false },
	{ "impersonate:associated-node", SEEM_NODE, false },
	{ "impersonate-on:user-info:", AS_USER, true },
	{ "impersonate-on:serviceaccount:", AS_ACCOUNT, true },
	{ "impersonate-on:arbitrary-node:", AS_NODE, true },
	{ "impersonate-on:associated-node:", AS_NODE, true },
};

static unsigned
verb_bits(const struct ka_strs *list)
{
	unsigned bits = 0;

	for (size_t i = 0; i < list->n; i++) {
		if (!strcmp(list->v[i], "*"))
			return ALL_VERBS;
		for (size_t v = 0; v < sizeof verbs / sizeof *verbs; v++)
			if (verbs[v].prefix ? ka_str_has_prefix(list->v[i], verbs[v].name)
					    : !strcmp(list->v[i], verbs[v].name))
				bits |= verbs[v].bit;
	}
	return bits;
}

/* ---- resources ---- */

enum resource {
	SECRETS,
	PODS,
	REPLICATIONCONTROLLERS,
	DEPLOYMENTS,
	DAEMONSETS,
	STATEFULSETS,
	REPLICASETS,
	JOBS,
	CRONJOBS,
	PODS_EXEC,
	PODS_ATTACH,
	PODS_EPHEMERAL,
	PODS_PORTFORWARD,
	PODS_PROXY,
	PODS_EVICTION,
	PODS_STATUS,
	SERVICES,
	SERVICES_STATUS,
	SERVICES_PROXY,
	ENDPOINTS,
	ENDPOINTSLICES,
	ROLES,
	CLUSTERROLES,
	ROLEBINDINGS,
	CLUSTERROLEBINDINGS,
	SERVICEACCOUNTS,
	SERVICEACCOUNTS_TOKEN,
	USERS,
	GROUPS,
	UIDS,
	USEREXTRAS,
	SEEM_USERS,
	SEEM_ACCOUNTS,
	SEEM_NODES,
	NODES,
	NODES_STATUS,
	NODES_PROXY,
	CSRS,
	CSRS_APPROVAL,
	CSRS_STATUS,
	SIGNERS,
	VALIDATING_WEBHOOKS,
	MUTATING_WEBHOOKS,
	VALIDATING_POLICIES,
	VALIDATING_POLICY_BINDINGS,
	MUTATING_POLICIES,
	MUTATING_POLICY_BINDINGS,
	PERSISTENTVOLUMES,
	NAMESPACES,
	NAMESPACES_STATUS,
	NAMESPACES_FINALIZE,
	EVENTS,
	NEW_EVENTS,
	APISERVICES,
	CRDS,
	CONFIGMAPS,
	NRESOURCES,
};
_Static_assert(NRESOURCES < 64, "a set of resources is one word");
#define R(r) ((uint64_t)1 << (r))
/* Anything at all: impersonate-on goes with every resource. */
#define ANYTHING R(NRESOURCES)

#define RBAC "rbac.authorization.k8s.io"
#define CSR "certificates.k8s.io"
#define ADMISSION "admissionregistration.k8s.io"
#define AUTHN "authentication.k8s.io"

static const char any_key[] = "any"; /* of userextras */

static const struct {
	const char *group, *resource, *subresource;
} resources[NRESOURCES] = {
	[SECRETS] = { "", "secrets", "" },
	[PODS] = { "", "pods", "" },
	[REPLICATIONCONTROLLERS] = { "", "replicationcontrollers", "" },
	[DEPLOYMENTS] = { "apps", "deployments", "" },
	[DAEMONSETS] = { "apps", "daemonsets", "" },
	[STATEFULSETS] = { "apps", "statefulsets", "" },
	[REPLICASETS] = { "apps", "replicasets", "" },
	[JOBS] = { "batch", "jobs", "" },
	[CRONJOBS] = { "batch", "cronjobs", "" },
	[PODS_EXEC] = { "", "pods", "exec" },
	[PODS_ATTACH] = { "", "pods", "attach" },
	[PODS_EPHEMERAL] = { "", "pods", "ephemeralcontainers" },
	[PODS_PORTFORWARD] = { "", "pods", "portforward" },
	[PODS_PROXY] = { "", "pods", "proxy" },
	[PODS_EVICTION] = { "", "pods", "eviction" },
	[PODS_STATUS] = { "", "pods", "status" },
	[SERVICES] = { "", "services", "" },
	[SERVICES_STATUS] = { "", "services", "status" },
	[SERVICES_PROXY] = { "", "services", "proxy" },
	[ENDPOINTS] = { "", "endpoints", "" },
	[ENDPOINTSLICES] = { "discovery.k8s.io", "endpointslices", "" },
	[ROLES] = { RBAC, "roles", "" },
	[CLUSTERROLES] = { RBAC, "clusterroles", "" },
	[ROLEBINDINGS] = { RBAC, "rolebindings", "" },
	[CLUSTERROLEBINDINGS] = { RBAC, "clusterrolebindings", "" },
	[SERVICEACCOUNTS] = { "", "serviceaccounts", "" },
	[SERVICEACCOUNTS_TOKEN] = { "", "serviceaccounts", "token" },
	[USERS] = { "", "users", "" },
	[GROUPS] = { "", "groups", "" },
	[UIDS] = { AUTHN, "uids", "" },
	[USEREXTRAS] = { AUTHN, "userextras", any_key },
	[SEEM_USERS] = { AUTHN, "users", "" },
	[SEEM_ACCOUNTS] = { AUTHN, "serviceaccounts", "" },
	[SEEM_NODES] = { AUTHN, "nodes", "" },
	[NODES] = { "", "nodes", "" },
	[NODES_STATUS] = { "", "nodes", "status" },
	[NODES_PROXY] = { "", "nodes", "proxy" },
	[CSRS] = { CSR, "certificatesigningrequests", "" },
	[CSRS_APPROVAL] = { CSR, "certificatesigningrequests", "approval" },
	[CSRS_STATUS] = { CSR, "certificatesigningrequests", "status" },
	[SIGNERS] = { CSR, "signers", "" },
	[VALIDATING_WEBHOOKS] = { ADMISSION, "validatingwebhookconfigurations", "" },
	[MUTATING_WEBHOOKS] = { ADMISSION, "mutatingwebhookconfigurations", "" },
	[VALIDATING_POLICIES] = { ADMISSION, "validatingadmissionpolicies", "" },
	[VALIDATING_POLICY_BINDINGS] = { ADMISSION, "validatingadmissionpolicybindings", "" },
	[MUTATING_POLICIES] = { ADMISSION, "mutatingadmissionpolicies", "" },
	[MUTATING_POLICY_BINDINGS] = { ADMISSION, "mutatingadmissionpolicybindings", "" },
	[PERSISTENTVOLUMES] = { "", "persistentvolumes", "" },
	[NAMESPACES] = { "", "namespaces", "" },
	[NAMESPACES_STATUS] = { "", "namespaces", "status" },
	[NAMESPACES_FINALIZE] = { "", "namespaces", "finalize" },
	[EVENTS] = { "", "events", "" },
	[NEW_EVENTS] = { "events.k8s.io", "events", "" },
	[APISERVICES] = { "apiregistration.k8s.io", "apiservices", "" },
	[CRDS] = { "apiextensions.k8s.io", "customresourcedefinitions", "" },
	[CONFIGMAPS] = { "", "configmaps", "" },
};

/* ---- permissions ---- */

enum reach { ANYWHERE, CLUSTER_ONLY }; /* CLUSTER_ONLY: the request has no namespace */
enum signer { NO_SIGNER, CLIENT, KUBELET, OTHER, ANY_SIGNER };

#define CONTROLLERS                                                                            \
	(R(REPLICATIONCONTROLLERS) | R(DEPLOYMENTS) | R(DAEMONSETS) | R(STATEFULSETS) |        \
	 R(REPLICASETS) | R(CRONJOBS))

static const struct permission {
	unsigned verbs;
	uint64_t resources;
	enum reach reach;
	enum signer signer;
	const char *name; /* an object that must be among those meant */
} permissions[KA_NATOMS] = {
	[KA_ATOM_EVERYTHING] = { 0 }, /* see is_everything() */
	[KA_ATOM_SECRETS_READ] = { .verbs = READ, .resources = R(SECRETS) },
	[KA_ATOM_SECRETS_CREATE] = { .verbs = CREATE, .resources = R(SECRETS) },

	[KA_ATOM_PODS_CREATE] = { .verbs = CREATE, .resources = R(PODS) },
	[KA_ATOM_PODS_REWRITE] = { .verbs = REWRITE, .resources = R(PODS) },
	/* The eviction subresource is created, the pods themselves are deleted; a create on pods or a
	 * delete on pods/eviction does neither, so there are two rows: see extra[]. */
	[KA_ATOM_PODS_REMOVE] = { .verbs = DELETE | DELETECOLLECTION, .resources = R(PODS) },
	[KA_ATOM_PODS_STATUS] = { .verbs = REWRITE, .resources = R(PODS_STATUS) },
	/* The template of a Job cannot change. */
	[KA_ATOM_CONTROLLERS_CREATE] = { .verbs = CREATE, .resources = CONTROLLERS | R(JOBS) },
	[KA_ATOM_CONTROLLERS_REWRITE] = { .verbs = REWRITE, .resources = CONTROLLERS },
	[KA_ATOM_EXEC_CREATE] = { .verbs = CREATE, .resources = R(PODS_EXEC) | R(PODS_ATTACH) },
	[KA_ATOM_EXEC_GET] = { .verbs = GET, .resources = R(PODS_EXEC) | R(PODS_ATTACH) },
	[KA_ATOM_EPHEMERAL] = { .verbs = REWRITE, .resources = R(PODS_EPHEMERAL) },
	[KA_ATOM_FORWARD_CREATE] = { .verbs = CREATE, .resources = R(PODS_PORTFORWARD) },
	[KA_ATOM_FORWARD_GET] = { .verbs = GET, .resources = R(PODS_PORTFORWARD) },
	[KA_ATOM_PROXY] = { .verbs = HTTP, .resources = R(PODS_PROXY) | R(SERVICES_PROXY) },

	/* escalate on a ClusterRole is asked without a namespace, bind in that of the binding:
	 * pkg/registry/rbac/escalation_check.go. */
	[KA_ATOM_ROLES_ESCALATE] = { .verbs = ESCALATE, .resources = R(ROLES) },
	[KA_ATOM_ROLES_BIND] = { .verbs = BIND, .resources = R(ROLES) },
	[KA_ATOM_ROLES_CREATE] = { .verbs = CREATE, .resources = R(ROLES) },
	[KA_ATOM_ROLES_REWRITE] = { .verbs = REWRITE, .resources = R(ROLES) },
	[KA_ATOM_CLUSTERROLES_ESCALATE] = { .verbs = ESCALATE, .resources = R(CLUSTERROLES), .reach = CLUSTER_ONLY },
	[KA_ATOM_CLUSTERROLES_BIND] = { .verbs = BIND, .resources = R(CLUSTERROLES) },
	[KA_ATOM_CLUSTERROLES_CREATE] = { .verbs = CREATE, .resources = R(CLUSTERROLES), .reach = CLUSTER_ONLY },
	[KA_ATOM_CLUSTERROLES_REWRITE] = { .verbs = REWRITE, .resources = R(CLUSTERROLES), .reach = CLUSTER_ONLY },
	[KA_ATOM_BINDINGS_CREATE] = { .verbs = CREATE, .resources = R(ROLEBINDINGS) },
	[KA_ATOM_BINDINGS_REWRITE] = { .verbs = REWRITE, .resources = R(ROLEBINDINGS) },
	[KA_ATOM_CLUSTERBINDINGS_CREATE] = { .verbs = CREATE, .resources = R(CLUSTERROLEBINDINGS), .reach = CLUSTER_ONLY },
	[KA_ATOM_CLUSTERBINDINGS_REWRITE] = { .verbs = REWRITE, .resources = R(CLUSTERROLEBINDINGS), .reach = CLUSTER_ONLY },

	/* endpoints/filters/impersonation/mode.go: authorizeUsername and its neighbours. */
	[KA_ATOM_BE_USER] = { .verbs = IMPERSONATE, .resources = R(USERS), .reach = CLUSTER_ONLY },
	[KA_ATOM_BE_GROUP] = { .verbs = IMPERSONATE, .resources = R(GROUPS), .reach = CLUSTER_ONLY },
	[KA_ATOM_BE_ACCOUNT] = { .verbs = IMPERSONATE, .resources = R(SERVICEACCOUNTS) },
	[KA_ATOM_BE_EXTRA] = { .verbs = IMPERSONATE, .resources = R(UIDS) | R(USEREXTRAS), .reach = CLUSTER_ONLY },
	[KA_ATOM_SEEM_USER] = { .verbs = SEEM_USER, .resources = R(SEEM_USERS), .reach = CLUSTER_ONLY },
	[KA_ATOM_SEEM_ACCOUNT] = { .verbs = SEEM_ACCOUNT, .resources = R(SEEM_ACCOUNTS) },
	[KA_ATOM_SEEM_NODE] = { .verbs = SEEM_NODE, .resources = R(SEEM_NODES), .reach = CLUSTER_ONLY },
	[KA_ATOM_AS_USER] = { .verbs = AS_USER, .resources = ANYTHING },
	[KA_ATOM_AS_ACCOUNT] = { .verbs = AS_ACCOUNT, .resources = ANYTHING },
	[KA_ATOM_AS_NODE] = { .verbs = AS_NODE, .resources = ANYTHING },
	[KA_ATOM_TOKEN] = { .verbs = CREATE, .resources = R(SERVICEACCOUNTS_TOKEN) },

	[KA_ATOM_CSR_CREATE] = { .verbs = CREATE, .resources = R(CSRS), .reach = CLUSTER_ONLY },
	[KA_ATOM_CSR_READ] = { .verbs = READ, .resources = R(CSRS), .reach = CLUSTER_ONLY },
	[KA_ATOM_CSR_APPROVAL] = { .verbs = REWRITE, .resources = R(CSRS_APPROVAL), .reach = CLUSTER_ONLY },
	[KA_ATOM_CSR_STATUS] = { .verbs = REWRITE, .resources = R(CSRS_STATUS), .reach = CLUSTER_ONLY },
	[KA_ATOM_APPROVE_CLIENT] = { .verbs = APPROVE, .resources = R(SIGNERS), .reach = CLUSTER_ONLY, .signer = CLIENT },
	[KA_ATOM_APPROVE_KUBELET] = { .verbs = APPROVE, .resources = R(SIGNERS), .reach = CLUSTER_ONLY, .signer = KUBELET },
	[KA_ATOM_APPROVE_OTHER] = { .verbs = APPROVE, .resources = R(SIGNERS), .reach = CLUSTER_ONLY, .signer = OTHER },
	[KA_ATOM_SIGN] = { .verbs = SIGN, .resources = R(SIGNERS), .reach = CLUSTER_ONLY, .signer = ANY_SIGNER },

	/* The kubelet maps methods to verbs itself and runs commands for GET and POST:
	 * pkg/kubelet/server/auth.go. */
	[KA_ATOM_NODES_PROXY] = { .verbs = GET | CREATE, .resources = R(NODES_PROXY), .reach = CLUSTER_ONLY },
	[KA_ATOM_NODES_WRITE] = { .verbs = REWRITE | DELETE | DELETECOLLECTION, .resources = R(NODES), .reach = CLUSTER_ONLY },
	[KA_ATOM_VOLUMES_CREATE] = { .verbs = CREATE, .resources = R(PERSISTENTVOLUMES), .reach = CLUSTER_ONLY },
	[KA_ATOM_NAMESPACES_CREATE] = { .verbs = CREATE, .resources = R(NAMESPACES), .reach = CLUSTER_ONLY },
	/* A request for one Namespace object carries its name as the namespace, so a RoleBinding
	 * counts; labels may change through both subresources as well:
	 * pkg/registry/core/namespace/strategy.go. */
	[KA_ATOM_NAMESPACES_RELABEL] = { .verbs = REWRITE, .resources = R(NAMESPACES) | R(NAMESPACES_STATUS) },
	[KA_ATOM_ADMISSION] = {
		.verbs = WRITE | DELETE | DELETECOLLECTION,
		.resources = R(VALIDATING_WEBHOOKS) | R(MUTATING_WEBHOOKS) | R(VALIDATING_POLICIES) |
			     R(VALIDATING_POLICY_BINDINGS) | R(MUTATING_POLICIES) | R(MUTATING_POLICY_BINDINGS),
		.reach = CLUSTER_ONLY,
	},
	[KA_ATOM_APISERVICES] = { .verbs = WRITE, .resources = R(APISERVICES), .reach = CLUSTER_ONLY },
	[KA_ATOM_CRDS] = { .verbs = WRITE, .resources = R(CRDS), .reach = CLUSTER_ONLY },
	[KA_ATOM_AWS_AUTH] = { .verbs = REWRITE, .resources = R(CONFIGMAPS), .name = "aws-auth" },
	[KA_ATOM_SERVICES_WRITE] = { .verbs = WRITE, .resources = R(SERVICES) },
	[KA_ATOM_SERVICES_STATUS] = { .verbs = REWRITE, .resources = R(SERVICES_STATUS) },
	[KA_ATOM_ENDPOINTS_WRITE] = { .verbs = WRITE, .resources = R(ENDPOINTS) | R(ENDPOINTSLICES) },
	[KA_ATOM_EVENTS_DELETE] = { .verbs = DELETE | DELETECOLLECTION, .resources = R(EVENTS) | R(NEW_EVENTS) },
};
/* A second set of verbs and resources that gives the same. */
static const struct {
	enum ka_atom atom;
	struct permission p;
} extra[] = {
	{ KA_ATOM_PODS_REMOVE, { .verbs = CREATE, .resources = R(PODS_EVICTION) } },
	{ KA_ATOM_NODES_WRITE, { .verbs = REWRITE, .resources = R(NODES_STATUS), .reach = CLUSTER_ONLY } },
	{ KA_ATOM_NAMESPACES_RELABEL, { .verbs = UPDATE, .resources = R(NAMESPACES_FINALIZE) } },
};

uint64_t
ka_atoms_namespaced(void)
{
	uint64_t atoms = 0;

	for (size_t i = 0; i < KA_NATOMS; i++)
		if (permissions[i].reach == ANYWHERE)
			atoms |= (uint64_t)1 << i;
	return atoms;
}

struct ka_atoms
ka_atoms_effective(struct ka_atoms atoms, bool namespaced)
{
	uint64_t reach = namespaced ? ka_atoms_namespaced() : UINT64_MAX;

	if (atoms.all & KA_ATOM(EVERYTHING))
		atoms.all = UINT64_MAX;
	return (struct ka_atoms){ atoms.all & reach, atoms.named & reach };
}

/* ---- a rule ---- */

struct reading {
	const struct ka_rule *rule;
	unsigned verbs;
	uint64_t plain, sub; /* resources, and subresources */
	bool unnamed;        /* a request without a name matches */
	bool named;          /* some request with a name matches */
};

/* "resource/sub", and star-slash-sub. */
static bool
is_resource(const char *entry, const char *resource, const char *subresource)
{
	size_t len = strlen(resource);
	const char *rest;

	if (!strncmp(entry, resource, len) && (!entry[len] || entry[len] == '/'))
		rest = entry + len;
	else if (entry[0] == '*' && entry[1] == '/')
		rest = entry + 1;
	else
		return false;
	if (subresource == any_key)
		return *rest == '/' && !ka_resource_dead(entry);
	return *subresource ? *rest == '/' && !strcmp(rest + 1, subresource) : !*rest;
}

static bool
names_resource(const struct ka_rule *rule, enum resource r)
{
	for (size_t i = 0; i < rule->resources.n; i++)
		if (is_resource(rule->resources.v[i], resources[r].resource,
				resources[r].subresource))
			return true;
	return false;
}

static void
read_resources(struct reading *r)
{
	bool any_group = ka_strs_has(&r->rule->groups, "*");
	bool any_resource = ka_strs_has(&r->rule->resources, "*");
	bool any = false;

	for (size_t i = 0; i < NRESOURCES; i++) {
		if (!any_group && !ka_strs_has(&r->rule->groups, resources[i].group))
			continue;
		if (!any_resource && !names_resource(r->rule, (enum resource)i))
			continue;
		*(*resources[i].subresource ? &r->sub : &r->plain) |= R(i);
	}
	for (size_t i = 0; i < r->rule->resources.n && !any; i++)
		any = r->rule->groups.n && !ka_resource_dead(r->rule->resources.v[i]);
	if (any)
		r->sub |= ANYTHING;
}

static struct reading
read_rule(const struct ka_rule *rule)
{
	struct reading r = {
		.rule = rule,
		.verbs = verb_bits(&rule->verbs),
		.unnamed = !rule->names.n || ka_strs_has(&rule->names, ""),
		.named = !rule->names.n,
	};

	/* A star is no wildcard here and no name that an object could have. */
	for (size_t i = 0; i < rule->names.n && !r.named; i++)
		r.named = *rule->names.v[i] && strcmp(rule->names.v[i], "*") != 0;
	if (r.verbs)
		read_resources(&r);
	return r;
}

/* IsAuthorizedForSignerName of plugin/pkg/admission/certificates/util.go: the name itself, or its
 * domain with a star; no other star counts. */
static bool
names_signer(const struct ka_rule *rule, enum signer signer)
{
	static const char *const well_known[] = {
		[CLIENT] = "kubernetes.io/kube-apiserver-client",
		[KUBELET] = "kubernetes.io/kube-apiserver-client-kubelet",
	};

	if (!rule->names.n || ka_strs_has(&rule->names, "kubernetes.io/*"))
		return true;
	if (signer == CLIENT || signer == KUBELET)
		return ka_strs_has(&rule->names, well_known[signer]);
	for (size_t i = 0; i < rule->names.n; i++) {
		const char *name = rule->names.v[i];

		if (signer == OTHER && (!strcmp(name, well_known[CLIENT]) || !strcmp(name, well_known[KUBELET])))
			continue;
		/* Signers of other domains make certificates that the API server does not trust. */
		if (ka_str_has_prefix(name, "kubernetes.io/"))
			return true;
	}
	return false;
}

/* How widely the verbs are of use when the rule is limited to names. */
static enum ka_width
width_by_name(const struct reading *r, unsigned use, uint64_t plain, uint64_t sub)
{
	/* list and watch of everything, create of anything: requests that carry no name. */
	const unsigned nameless = LIST | WATCH | DELETECOLLECTION;
	unsigned named = use & ~(unsigned)DELETECOLLECTION;

	if (r->unnamed && ((plain && (use & (nameless | CREATE))) || (sub && (use & nameless))))
		return KA_WIDTH_ALL;
	if (!r->named)
		return KA_WIDTH_NONE;
	if (sub && named)
		return KA_WIDTH_NAMED;
	/* Server-side apply creates by a patch with a name, and asks for create with that name:
	 * endpoints/handlers/patch.go.  Any other create has none. */
	if (!(r->verbs & PATCH))
		named &= ~(unsigned)CREATE;
	return plain && named ? KA_WIDTH_NAMED : KA_WIDTH_NONE;
}

static enum ka_width
width(const struct reading *r, const struct permission *p)
{
	unsigned use = r->verbs & p->verbs;
	uint64_t plain = r->plain & p->resources, sub = r->sub & p->resources;

	if (!use || !(plain | sub))
		return KA_WIDTH_NONE;
	if (p->signer)
		return names_signer(r->rule, p->signer) ? KA_WIDTH_ALL : KA_WIDTH_NONE;
	if (!r->rule->names.n)
		return KA_WIDTH_ALL;
	if (p->name)
		return ka_strs_has(&r->rule->names, p->name) ? KA_WIDTH_ALL : KA_WIDTH_NONE;
	/* "associated-node" is asked with a star for a name. */
	if (p->verbs == SEEM_NODE && ka_strs_has(&r->rule->names, "*"))
		return KA_WIDTH_ALL;
	return width_by_name(r, use, plain, sub);
}

static bool
is_everything(const struct ka_rule *rule)
{
	return !rule->names.n && ka_strs_has(&rule->verbs, "*") && ka_strs_has(&rule->groups, "*") &&
	       ka_strs_has(&rule->resources, "*");
}

static void
add(struct ka_atoms *atoms, enum ka_atom atom, enum ka_width w)
{
	if (w == KA_WIDTH_ALL)
		atoms->all |= (uint64_t)1 << atom;
	else if (w == KA_WIDTH_NAMED)
		atoms->named |= (uint64_t)1 << atom;
}

static struct ka_atoms
rule_atoms(const struct ka_rule *rule)
{
	struct ka_atoms atoms = { 0, 0 };
	struct reading r;

	if (is_everything(rule))
		return (struct ka_atoms){ KA_ATOM(EVERYTHING), 0 };
	r = read_rule(rule);
	if (!(r.plain | r.sub))
		return atoms;
	for (size_t i = 0; i < KA_NATOMS; i++)
		add(&atoms, (enum ka_atom)i, width(&r, &permissions[i]));
	for (size_t i = 0; i < sizeof extra / sizeof *extra; i++)
		add(&atoms, extra[i].atom, width(&r, &extra[i].p));
	return atoms;
}

const struct ka_atoms *
ka_rules_atoms(struct ka_arena *arena, const struct ka_rule *rule, size_t n, struct ka_atoms *ret_all)
{
	struct ka_atoms *given = ka_arena_array(arena, n, sizeof *given);
	struct ka_atoms sum = { 0, 0 };

	for (size_t i = 0; i < n; i++) {
		given[i] = rule_atoms(&rule[i]);
		sum.all |= given[i].all;
		sum.named |= given[i].named;
	}
	sum.named &= ~sum.all;
	*ret_all = sum;
	return given;
}

enum ka_width
ka_atoms_width(const struct ka_atoms *atoms, uint64_t any)
{
	if (atoms->all & (any | KA_ATOM(EVERYTHING)))
		return KA_WIDTH_ALL;
	return atoms->named & any ? KA_WIDTH_NAMED : KA_WIDTH_NONE;
}
