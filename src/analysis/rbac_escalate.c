/* Writing roles and bindings: policybased/storage.go of the four kinds, and escalation_check.go, both
 * below pkg/registry/rbac. */
#include <kassay/escalate.h>

#include <string.h>

#include "analysis/rbac_private.h"
#include "util/alloc.h"
#include "util/banned.h"

#define RBAC_GROUP "rbac.authorization.k8s.io"

/* What one must have to set an aggregationRule, which can gather anything. */
static const char *const star[] = { "*" };
static const struct ka_rule full_authority[] = {
	{ .verbs = { 1, star }, .groups = { 1, star }, .resources = { 1, star } },
	{ .verbs = { 1, star }, .urls = { 1, star } },
};

const char *
ka_write_text(enum ka_write how)
{
	switch (how) {
	case KA_WRITE_MASTER:
		return "is in system:masters, which is asked nothing";
	case KA_WRITE_ESCALATE:
		return "may escalate the role";
	case KA_WRITE_BIND:
		return "may bind the role";
	case KA_WRITE_COVERED:
		return "holds all of it already";
	case KA_WRITE_NO_VERB:
		return "may not write the object at all";
	case KA_WRITE_UNCOVERED:
		return "lacks part of it, and may neither escalate nor bind";
	case KA_WRITE_AGGREGATION:
		return "lacks the full authority that an aggregationRule takes";
	case KA_WRITE_NO_ROLE:
		return "may not bind a role that does not exist";
	}
	return "";
}

void
ka_may_write_release(struct ka_may_write *may)
{
	free(may->grant);
	*may = (struct ka_may_write){ .how = KA_WRITE_NO_VERB };
}

static bool
allowed(const struct ka_rbac *rbac, const struct ka_who *who, const struct ka_request *req,
	struct ka_allowance *ret)
{
	return ka_rbac_allows(rbac, who, req, &ret->grant, &ret->rule);
}

/* ---- cover ---- */

/* The grants of somebody in one scope, and their rules side by side: those of grant i are
 * rule[first[i]] to rule[first[i + 1] - 1]. */
struct holdings {
	size_t n;
	struct ka_grant *grant;
	size_t *first;
	struct ka_rule *rule;
};

static bool
in_scope(const struct ka_grant *grant, const char *namespace)
{
	return !grant->namespace ||
	       (namespace && *namespace && !strcmp(grant->namespace, namespace));
}

/* RulesFor: missing roles are passed over, URLs of a ClusterRole count in a namespace too. */
static struct holdings
holdings_in(const struct ka_rbac *rbac, const struct ka_who *who, const char *namespace)
{
	struct holdings h = { 0 };
	size_t ngrants = ka_rbac_grants_of(rbac, who, &h.grant), nrules = 0, n;
	const struct ka_rule *rule;

	for (size_t i = 0; i < ngrants; i++) {
		if (!in_scope(&h.grant[i], namespace))
			continue;
		h.grant[h.n++] = h.grant[i];
		ka_rbac_rules(rbac, h.grant[i].role, &n);
		nrules += n;
	}
	h.first = ka_xcalloc(h.n + 1, sizeof *h.first);
	h.rule = ka_xcalloc(nrules + 1, sizeof *h.rule);
	for (size_t i = 0; i < h.n; i++) {
		rule = ka_rbac_rules(rbac, h.grant[i].role, &n);
		if (n)
			memcpy(h.rule + h.first[i], rule, n * sizeof *rule);
		h.first[i + 1] = h.first[i] + n;
	}
	return h;
}

static void
holdings_release(struct holdings *h)
{
	free(h->grant);
	free(h->first);
	free(h->rule);
}

/* What shall be given. */
struct gift {
	const struct ka_rule *rule;
	size_t n;
	bool everything; /* and full authority besides */
};

static bool
covers_gift(const struct ka_rule *owner, size_t nowner, const struct gift *gift,
	    struct ka_rule_part *ret_missing)
{
	return ka_rules_cover(owner, nowner, gift->rule, gift->n, ret_missing) &&
	       (!gift->everything || ka_rules_cover(owner, nowner, full_authority, 2, ret_missing));
}

/* The first `n` of the holdings, and those that are needed in any case. */
static bool
prefix_covers(const struct holdings *h, size_t n, const size_t *needed, size_t nneeded,
	      const struct gift *gift)
{
	struct ka_rule *owner = ka_xcalloc(h->first[h->n] + 1, sizeof *owner);
	size_t nowner = h->first[n];
	bool yes;

	memcpy(owner, h->rule, nowner * sizeof *owner);
	for (size_t i = 0; i < nneeded; i++) {
		size_t at = needed[i], nrules = h->first[at + 1] - h->first[at];

		memcpy(owner + nowner, h->rule + h->first[at], nrules * sizeof *owner);
		nowner += nrules;
	}
	yes = covers_gift(owner, nowner, gift, NULL);
	free(owner);
	return yes;
}

/* Of all grants, which together cover, a few of which none can be spared: the last of the shortest
 * prefix that is enough is needed, then the last of the shortest that is enough with that one. */
static void
pick_needed(const struct holdings *h, const struct gift *gift, struct ka_may_write *ret)
{
	size_t *needed = ka_xcalloc(h->n + 1, sizeof *needed), n = 0, end = h->n;

	while (!prefix_covers(h, 0, needed, n, gift)) {
		size_t low = 1, high = end;

		while (low < high) {
			size_t middle = low + (high - low) / 2;

			if (prefix_covers(h, middle, needed, n, gift))
				high = middle;
			else
				low = middle + 1;
		}
		needed[n++] = low - 1;
		end = low - 1;
	}
	ret->ngrants = n;
	ret->grant = ka_xcalloc(n + 1, sizeof *ret->grant);
	for (size_t i = 0; i < n; i++)
		ret->grant[i] = h->grant[needed[n - 1 - i]];
	free(needed);
}

/* ConfirmNoEscalation */
static void
confirm_covered(const struct ka_rbac *rbac, const struct ka_who *who, const char *namespace,
		const struct gift *gift, struct ka_may_write *ret)
{
	struct holdings h = holdings_in(rbac, who, namespace);
	size_t nrules = h.first[h.n];

	if (!ka_rules_cover(h.rule, nrules, gift->rule, gift->n, &ret->missing)) {
		ret->how = KA_WRITE_UNCOVERED;
	} else if (!covers_gift(h.rule, nrules, gift, &ret->missing)) {
		ret->how = KA_WRITE_AGGREGATION;
	} else {
		ret->how = KA_WRITE_COVERED;
		pick_needed(&h, gift, ret);
	}
	holdings_release(&h);
}

/* ---- what is asked, and in which order ---- */

/* True when the answer is found already. */
static bool
write_itself(const struct ka_rbac *rbac, const struct ka_who *who, const struct ka_request *req,
	     struct ka_may_write *ret)
{
	*ret = (struct ka_may_write){ .how = KA_WRITE_NO_VERB };
	if (ka_rbac_is_master(who)) {
		ret->how = KA_WRITE_MASTER;
		return true;
	}
	return !allowed(rbac, who, req, &ret->verb);
}

static struct ka_request
write_request(const char *verb, const struct ka_object *obj, const char *resource)
{
	return (struct ka_request){
		.verb = verb,
		.group = RBAC_GROUP,
		.resource = resource,
		.namespace = obj->namespace,
		/* the name of what is created stands in the body, not in the URL */
		.name = strcmp(verb, "create") ? obj->name : NULL,
	};
}

void
ka_rbac_may_write_role(const struct ka_rbac *rbac, const struct ka_who *who, const char *verb,
		       const struct ka_role *role, const struct ka_role *old,
		       struct ka_may_write *ret)
{
	bool namespaced = role->obj.kind == KA_ROLE;
	struct ka_request req = write_request(verb, &role->obj, namespaced ? "roles" : "clusterroles");
	const struct gift gift = {
		.rule = role->rule,
		.n = role->nrules,
		.everything = !namespaced && (role->naggregate || (old && old->naggregate)),
	};

	if (write_itself(rbac, who, &req, ret))
		return;
	req.verb = "escalate";
	if (allowed(rbac, who, &req, &ret->special))
		ret->how = KA_WRITE_ESCALATE;
	else
		confirm_covered(rbac, who, req.namespace, &gift, ret);
}

/* BindingAuthorized */
static bool
may_bind(const struct ka_rbac *rbac, const struct ka_who *who, const struct ka_binding *binding,
	 struct ka_allowance *ret)
{
	struct ka_request req = {
		.verb = "bind",
		.group = binding->role_group && *binding->role_group ? binding->role_group : RBAC_GROUP,
		.namespace = binding->obj.namespace,
		.name = binding->role_name,
	};

	if (!binding->role_kind)
		return false;
	if (!strcmp(binding->role_kind, "ClusterRole"))
		req.resource = "clusterroles";
	else if (!strcmp(binding->role_kind, "Role"))
		req.resource = "roles";
	else
		return false;
	return allowed(rbac, who, &req, ret);
}

void
ka_rbac_may_write_binding(const struct ka_rbac *rbac, const struct ka_who *who, const char *verb,
			  const struct ka_binding *binding, struct ka_may_write *ret)
{
	bool namespaced = binding->obj.kind == KA_ROLEBINDING;
	struct ka_request req = write_request(verb, &binding->obj,
					      namespaced ? "rolebindings" : "clusterrolebindings");
	const struct ka_role *role;
	struct gift gift = { 0 };

	if (write_itself(rbac, who, &req, ret))
		return;
	if (may_bind(rbac, who, binding, &ret->special)) {
		ret->how = KA_WRITE_BIND;
		return;
	}
	role = ka_rbac_resolve(rbac, binding);
	if (!role) {
		ret->how = KA_WRITE_NO_ROLE;
		return;
	}
	gift.rule = ka_rbac_rules(rbac, role, &gift.n);
	confirm_covered(rbac, who, req.namespace, &gift, ret);
}
