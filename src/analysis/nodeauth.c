/* What the node authorizer says: plugin/pkg/auth/authorizer/node/node_authorizer.go. */
#include "analysis/nodeauth_private.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "analysis/rbac_private.h"
#include "util/str.h"
#include "util/banned.h"

#define NODE_USER "system:node:"

/* Since which minor release the gates are on by default, or gone. */
enum {
	SINCE_SELECTORS = 32,     /* AuthorizeNodeWithSelectors */
	SINCE_ACCOUNTS = 34,      /* KubeletServiceAccountTokenForCredentialProviders */
	SINCE_CERTIFICATES = 37,  /* PodCertificateRequest, ClusterTrustBundle */
};

/* NodeRules(), those that are asked: of all other resources the functions below decide alone. */
#define COUNT(a)   (sizeof(a) / sizeof *(a))
#define LIST(name) { COUNT(name), name }
static const char *const create[] = { "create" };
static const char *const get[] = { "get" };
static const char *const read_verbs[] = { "get", "list", "watch" };
static const char *const create_read[] = { "create", "get", "list", "watch" };
static const char *const create_update[] = { "create", "update", "patch" };
static const char *const update[] = { "update", "patch" };
static const char *const create_delete[] = { "create", "delete" };
static const char *const core[] = { "" };
static const char *const core_events[] = { "", "events.k8s.io" };
static const char *const authentication[] = { "authentication.k8s.io" };
static const char *const authorization[] = { "authorization.k8s.io" };
static const char *const certificates[] = { "certificates.k8s.io" };
static const char *const storage[] = { "storage.k8s.io" };
static const char *const node_group[] = { "node.k8s.io" };
static const char *const tokenreviews[] = { "tokenreviews" };
static const char *const accessreviews[] = { "subjectaccessreviews", "localsubjectaccessreviews" };
static const char *const services[] = { "services" };
static const char *const events[] = { "events" };
static const char *const endpoints[] = { "endpoints" };
static const char *const requests[] = { "certificatesigningrequests" };
static const char *const drivers[] = { "csidrivers" };
static const char *const runtimeclasses[] = { "runtimeclasses" };
static const char *const bundles[] = { "clustertrustbundles" };
static const char *const nodes[] = { "nodes" };
static const char *const nodes_status[] = { "nodes/status" };
static const char *const pods[] = { "pods" };
static const char *const pods_status[] = { "pods/status" };
static const char *const pods_eviction[] = { "pods/eviction" };

static const struct {
	unsigned since, before; /* minor releases; before 0: to this day */
	struct ka_rule rule;
} node_rules[] = {
	{ 0, 0, { LIST(create), LIST(authentication), LIST(tokenreviews), { 0 }, { 0 } } },
	{ 0, 0, { LIST(create), LIST(authorization), LIST(accessreviews), { 0 }, { 0 } } },
	{ 0, 0, { LIST(read_verbs), LIST(core), LIST(services), { 0 }, { 0 } } },
	{ 0, 35, { LIST(create_update), LIST(core), LIST(events), { 0 }, { 0 } } },
	{ 35, 0, { LIST(create_update), LIST(core_events), LIST(events), { 0 }, { 0 } } },
	{ 0, 0, { LIST(get), LIST(core), LIST(endpoints), { 0 }, { 0 } } },
	{ 0, 0, { LIST(create_read), LIST(certificates), LIST(requests), { 0 }, { 0 } } },
	{ 0, 0, { LIST(read_verbs), LIST(storage), LIST(drivers), { 0 }, { 0 } } },
	{ 0, 0, { LIST(read_verbs), LIST(node_group), LIST(runtimeclasses), { 0 }, { 0 } } },
	{ SINCE_CERTIFICATES, 0,
	  { LIST(read_verbs), LIST(certificates), LIST(bundles), { 0 }, { 0 } } },
	{ 0, SINCE_SELECTORS, { LIST(create_read), LIST(core), LIST(nodes), { 0 }, { 0 } } },
	{ 0, SINCE_SELECTORS, { LIST(update), LIST(core), LIST(nodes), { 0 }, { 0 } } },
	{ 0, SINCE_SELECTORS, { LIST(update), LIST(core), LIST(nodes_status), { 0 }, { 0 } } },
	{ 0, SINCE_SELECTORS, { LIST(read_verbs), LIST(core), LIST(pods), { 0 }, { 0 } } },
	{ 0, SINCE_SELECTORS, { LIST(create_delete), LIST(core), LIST(pods), { 0 }, { 0 } } },
	{ 0, SINCE_SELECTORS, { LIST(update), LIST(core), LIST(pods_status), { 0 }, { 0 } } },
	{ 0, SINCE_SELECTORS, { LIST(create), LIST(core), LIST(pods_eviction), { 0 }, { 0 } } },
};

/* A request on its way through. */
struct asked {
	const struct ka_nodeauth *na;
	const struct ka_request *req;
	const char *node, *namespace, *name, *subresource; /* never NULL */
	bool own_node;
	char *reason;
};

static enum ka_node_answer __attribute__((format(printf, 2, 3)))
no(const struct asked *a, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(a->reason, 256, fmt, ap);
	va_end(ap);
	return KA_NODE_NO_OPINION;
}

static bool
verb_in(const struct asked *a, const char *verbs)
{
	size_t len = strlen(a->req->verb);

	for (const char *s = verbs; (s = strstr(s, a->req->verb)); s += len)
		if (len && (s == verbs || s[-1] == ' ') && (!s[len] || s[len] == ' '))
			return true;
	return false;
}

/* ---- objects that pods lead to ---- */

static enum ka_node_answer
not_read(const struct asked *a, const char *what)
{
	snprintf(a->reason, 256, "%s were not read, and may relate the object to the node", what);
	return KA_NODE_UNKNOWN;
}

static enum ka_node_answer
related(const struct asked *a, enum ka_reached_kind kind)
{
	enum ka_kind unread;

	if (!*a->name)
		return no(a, "No Object name found");
	if (ka_node_reaches(a->na, a->node, kind, *a->namespace ? a->namespace : NULL, a->name))
		return KA_NODE_ALLOW;
	unread = ka_node_unread(a->na, kind);
	if (unread != KA_NKINDS)
		return not_read(a, ka_kind_info(unread)->resource);
	return no(a, "no relationship found between node '%s' and this object", a->node);
}

/* An object of a kind that the graph has not got. */
static enum ka_node_answer
untold(const struct asked *a, const char *what)
{
	return *a->name ? not_read(a, what) : no(a, "No Object name found");
}

static enum ka_node_answer
read_namespaced(const struct asked *a, enum ka_reached_kind kind)
{
	if (!verb_in(a, "get list watch"))
		return no(a, "can only read resources of this type");
	if (*a->subresource)
		return no(a, "cannot read subresource");
	if (!*a->namespace)
		return no(a, "can only read namespaced object of this type");
	return related(a, kind);
}

/* True, with the words, when it is anything but a plain get. */
static bool
no_get(const struct asked *a)
{
	if (!verb_in(a, "get"))
		no(a, "can only get individual resources of this type");
	else if (*a->subresource)
		no(a, "cannot get subresource");
	else
		return false;
	return true;
}

static enum ka_node_answer
get_related(const struct asked *a, enum ka_reached_kind kind)
{
	return no_get(a) ? KA_NODE_NO_OPINION : related(a, kind);
}

static enum ka_node_answer
on_secret(const struct asked *a)
{
	return read_namespaced(a, KA_NODE_SECRET);
}

static enum ka_node_answer
on_configmap(const struct asked *a)
{
	return read_namespaced(a, KA_NODE_CONFIGMAP);
}

static enum ka_node_answer
on_claim(const struct asked *a)
{
	if (strcmp(a->subresource, "status") != 0)
		return get_related(a, KA_NODE_CLAIM);
	if (!verb_in(a, "update patch"))
		return no(a, "can only get/update/patch this type");
	return related(a, KA_NODE_CLAIM);
}

static enum ka_node_answer
on_volume(const struct asked *a)
{
	return get_related(a, KA_NODE_VOLUME);
}

static enum ka_node_answer
on_resourceclaim(const struct asked *a)
{
	return no_get(a) ? KA_NODE_NO_OPINION : untold(a, "the resource claims of pods");
}

static enum ka_node_answer
on_attachment(const struct asked *a)
{
	return no_get(a) ? KA_NODE_NO_OPINION : untold(a, "volumeattachments");
}

static enum ka_node_answer
on_account(const struct asked *a)
{
	if (a->na->minor >= SINCE_ACCOUNTS && verb_in(a, "get") && !*a->subresource)
		return read_namespaced(a, KA_NODE_ACCOUNT);
	if (!verb_in(a, "create") || !*a->name)
		return no(a, "can only create tokens for individual service accounts");
	if (strcmp(a->subresource, "token") != 0)
		return no(a, "can only create token subresource of serviceaccount");
	return related(a, KA_NODE_ACCOUNT);
}

/* ---- objects of the node's own name ---- */

static enum ka_node_answer
on_lease(const struct asked *a)
{
	if (!verb_in(a, "get create update patch delete"))
		return no(a, "can only get, create, update, patch, or delete a node lease");
	if (strcmp(a->namespace, "kube-node-lease") != 0)
		return no(a, "can only access leases in the \"kube-node-lease\" system namespace");
	/* the name of what is created is not known here */
	if (!verb_in(a, "create") && strcmp(a->name, a->node) != 0)
		return no(a, "can only access node lease with the same name as the requesting node");
	return KA_NODE_ALLOW;
}

static enum ka_node_answer
on_csinode(const struct asked *a)
{
	if (!strcmp(a->subresource, "status"))
		return no(a, "CSINode status access requires CSIVolumeHealth feature");
	if (*a->subresource)
		return no(a, "cannot authorize CSINode subresources");
	if (!verb_in(a, "get create update patch delete"))
		return no(a, "can only get, create, update, patch, or delete a CSINode");
	if (!verb_in(a, "create") && strcmp(a->name, a->node) != 0)
		return no(a, "can only access CSINode with the same name as the requesting node");
	return KA_NODE_ALLOW;
}

static enum ka_node_answer
on_slice(const struct asked *a)
{
	if (*a->subresource)
		return no(a, "cannot authorize ResourceSlice subresources");
	if (verb_in(a, "create"))
		return KA_NODE_ALLOW;
	if (verb_in(a, "get update patch delete"))
		return untold(a, "resourceslices");
	if (!verb_in(a, "watch list deletecollection"))
		return no(a, "only the following verbs are allowed for a ResourceSlice: get, watch, "
			     "list, create, update, patch, delete, deletecollection");
	if (a->own_node || a->na->minor < SINCE_SELECTORS)
		return KA_NODE_ALLOW;
	return no(a, "can only list/watch/deletecollection resourceslices with nodeName field "
		     "selector");
}

static enum ka_node_answer
on_certificate(const struct asked *a)
{
	if (a->na->minor < SINCE_CERTIFICATES)
		return KA_NODE_NO_OPINION;
	if (*a->subresource)
		return no(a, "nodes may not access the status subresource of PodCertificateRequests");
	if (verb_in(a, "create"))
		return KA_NODE_ALLOW;
	if (verb_in(a, "get"))
		return untold(a, "podcertificaterequests");
	if (!verb_in(a, "list watch"))
		return no(a, "nodes may not %s podcertificaterequests", a->req->verb);
	if (a->own_node)
		return KA_NODE_ALLOW;
	return no(a, "can only list/watch podcertificaterequests with nodeName field selector");
}

static enum ka_node_answer
on_node(const struct asked *a)
{
	if (!strcmp(a->subresource, "status"))
		return verb_in(a, "update patch") ? KA_NODE_ALLOW : KA_NODE_NO_OPINION;
	if (*a->subresource)
		return KA_NODE_NO_OPINION;
	if (verb_in(a, "create update patch"))
		return KA_NODE_ALLOW;
	if (!verb_in(a, "get list watch"))
		return KA_NODE_NO_OPINION;
	if (!strcmp(a->name, a->node))
		return KA_NODE_ALLOW;
	if (!*a->name)
		return no(a, "node '%s' cannot read all nodes, only its own Node object", a->node);
	return no(a, "node '%s' cannot read '%s', only its own Node object", a->node, a->name);
}

static enum ka_node_answer
on_pod(const struct asked *a)
{
	if (!strcmp(a->subresource, "status"))
		return verb_in(a, "update patch") ? KA_NODE_ALLOW : KA_NODE_NO_OPINION;
	if (!strcmp(a->subresource, "eviction"))
		return verb_in(a, "create") ? KA_NODE_ALLOW : KA_NODE_NO_OPINION;
	if (*a->subresource)
		return KA_NODE_NO_OPINION;
	if (verb_in(a, "create delete"))
		return KA_NODE_ALLOW;
	if (!verb_in(a, "get list watch"))
		return KA_NODE_NO_OPINION;
	if (!verb_in(a, "get") && a->own_node)
		return KA_NODE_ALLOW;
	if (!verb_in(a, "get") && !*a->name)
		return no(a, "can only list/watch pods with spec.nodeName field selector");
	return related(a, KA_NODE_POD);
}

/* ---- which of them ---- */

static const struct {
	const char *group, *resource;
	enum ka_node_answer (*decide)(const struct asked *a);
	unsigned since;
} subdivided[] = {
	{ "", "secrets", on_secret, 0 },
	{ "", "configmaps", on_configmap, 0 },
	{ "", "persistentvolumeclaims", on_claim, 0 },
	{ "", "persistentvolumes", on_volume, 0 },
	{ "resource.k8s.io", "resourceclaims", on_resourceclaim, 0 },
	{ "storage.k8s.io", "volumeattachments", on_attachment, 0 },
	{ "", "serviceaccounts", on_account, 0 },
	{ "coordination.k8s.io", "leases", on_lease, 0 },
	{ "storage.k8s.io", "csinodes", on_csinode, 0 },
	{ "resource.k8s.io", "resourceslices", on_slice, 0 },
	{ "", "nodes", on_node, SINCE_SELECTORS },
	{ "", "pods", on_pod, SINCE_SELECTORS },
	{ "certificates.k8s.io", "podcertificaterequests", on_certificate, 0 },
};

static enum ka_node_answer
decide(const struct asked *a)
{
	const char *group = a->req->group ? a->req->group : "";

	for (size_t i = 0; a->req->resource && i < COUNT(subdivided); i++)
		if (a->na->minor >= subdivided[i].since && !strcmp(group, subdivided[i].group) &&
		    !strcmp(a->req->resource, subdivided[i].resource))
			return subdivided[i].decide(a);
	for (size_t i = 0; i < COUNT(node_rules); i++)
		if (a->na->minor >= node_rules[i].since &&
		    (!node_rules[i].before || a->na->minor < node_rules[i].before) &&
		    ka_rule_allows(&node_rules[i].rule, a->req))
			return KA_NODE_ALLOW;
	return KA_NODE_NO_OPINION;
}

/* pkg/auth/nodeidentifier/default.go: the user's name; *ret_node is inside it. */
static bool
is_node(const struct ka_who *who, const char **ret_node)
{
	const struct ka_subject *s = &who->subject;
	struct ka_identity id;
	bool yes = false;

	if (s->kind != KA_SUBJECT_USER || !s->name || !ka_str_has_prefix(s->name, NODE_USER))
		return false;
	ka_identify(&id, who);
	for (size_t i = 0; i < id.nimplied; i++)
		yes = yes || !strcmp(id.implied[i], "system:nodes");
	ka_identity_release(&id);
	*ret_node = s->name + strlen(NODE_USER);
	return yes || ka_strs_has(&who->groups, "system:nodes");
}

enum ka_node_answer
ka_nodeauth_allows(const struct ka_nodeauth *na, const struct ka_who *who,
		   const struct ka_request *req, bool own_node, char reason[256])
{
	struct asked a = {
		.na = na,
		.req = req,
		.namespace = req->namespace ? req->namespace : "",
		.name = req->name ? req->name : "",
		.subresource = req->subresource ? req->subresource : "",
		.own_node = own_node,
		.reason = reason,
	};

	reason[0] = '\0';
	if (!is_node(who, &a.node))
		return KA_NODE_NO_OPINION;
	if (!*a.node)
		return no(&a, "unknown node for user \"%s\"", who->subject.name);
	return decide(&a);
}
