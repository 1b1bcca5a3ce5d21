/* Effective RBAC: who may do what, and which binding and role say so.
 *
 * Rules: pkg/apis/rbac/v1/evaluation_helpers.go, pkg/registry/rbac/validation/rule.go and
 * plugin/pkg/auth/authorizer/rbac/rbac.go of Kubernetes.  RBAC only allows; another authorizer may
 * allow more, so what this says of a subject is a lower bound. */
#ifndef KASSAY_RBAC_H
#define KASSAY_RBAC_H

#include <stdbool.h>
#include <stddef.h>

#include <kassay/graph.h>

struct ka_request {
	const char *verb;
	const char *group;       /* "" is the core group */
	const char *resource;    /* NULL for a non-resource request */
	const char *subresource; /* NULL or "" when none */
	const char *namespace;   /* NULL: cluster-scoped, or all namespaces */
	const char *name;        /* NULL or "" when the request names no object */
	const char *url;         /* non-resource requests */
};

/* What the API server would ask for: a request for one Namespace object carries that namespace
 * (endpoints/request/requestinfo.go), so a RoleBinding in it counts.  A SubjectAccessReview is
 * taken as it is. */
struct ka_request ka_request_as_served(struct ka_request req);

/* RuleAllows: one rule against one request, scope not considered. */
bool ka_rule_allows(const struct ka_rule *rule, const struct ka_request *req);
/* A rule that no request can ever match (a resource with its subresource a star, no verbs,
 * resources without apiGroups, URLs in a Role ...): *ret_why says why in a clause.  `namespaced`:
 * the rule stands in a Role. */
bool ka_rule_dead(const struct ka_rule *rule, bool namespaced, const char **ret_why);
/* The same for one entry of resources or apiGroups: why it can match nothing, or NULL when it
 * can. */
const char *ka_resource_dead(const char *resource);
const char *ka_group_dead(const char *group);
/* True when this entry of the rule's resources is known to have no namespace in any of its groups,
 * so that a Role, or a ClusterRole through a RoleBinding, gives nothing of it. */
bool ka_rule_needs_cluster(const struct ka_rule *rule, const char *resource);
/* "get, list on secrets, pods/log named a, b": a rule in one line, cut to fit. */
const char *ka_rule_text(const struct ka_rule *rule, char buf[256]);

/* One binding resolved. */
struct ka_grant {
	const struct ka_binding *binding;
	const struct ka_role *role;  /* NULL: the binding names a role that is not there */
	const char *namespace;       /* the scope; NULL: the whole cluster */
	/* in an answer: whom of the binding it is; NULL in the list */
	const struct ka_subject *subject;
};

struct ka_rbac; /* indexes over a finished graph */

/* A new engine; the graph is borrowed and must outlive it. */
struct ka_rbac *ka_rbac_new(const struct ka_graph *g);
void ka_rbac_free(struct ka_rbac *rbac);

/* All bindings resolved (a roleRef to one of the four user-facing ClusterRoles that every cluster
 * has finds a built-in copy when the source does not hold them: manifests, or a list that was
 * refused; the copy is a ghost), ClusterRoleBindings first, each list sorted as in the graph. */
const struct ka_grant *ka_rbac_grants(const struct ka_rbac *rbac, size_t *ret_n);

/* The rules of a role after aggregation: its own, and to a fixed point those of the ClusterRoles
 * that it selects.  An object that a server returned (it has a uid or resourceVersion) has the
 * rules that stand in it, as for the authorizer itself. */
const struct ka_rule *ka_rbac_rules(const struct ka_rbac *rbac, const struct ka_role *role,
				    size_t *ret_n);

/* How far a role reaches through the bindings that name it and have subjects, or name a role that
 * aggregates it. */
enum ka_reach { KA_REACH_NONE, KA_REACH_NAMESPACE, KA_REACH_CLUSTER };
enum ka_reach ka_rbac_reach(const struct ka_rbac *rbac, const struct ka_role *role);

/* Who asks.  A service account's own groups and system:authenticated are implied; so they are for a
 * User named "system:serviceaccount:NS:NAME"; a node's user is in system:nodes, anonymous in
 * system:unauthenticated alone. */
struct ka_who {
	struct ka_subject subject;
	struct ka_strs groups; /* further groups */
	/* nothing is implied: a SubjectAccessReview names all groups itself */
	bool as_given;
};
/* True when RBAC allows the request; *ret_by (may be NULL) gets the first grant that does,
 * *ret_rule the rule.  system:masters is allowed everything with ret_by->binding NULL. */
bool ka_rbac_allows(const struct ka_rbac *rbac, const struct ka_who *who,
		    const struct ka_request *req, struct ka_grant *ret_by,
		    const struct ka_rule **ret_rule);

/* Every grant of an existing role that names somebody or one of his groups, each once, in the order of
 * ka_rbac_grants(): ClusterRoleBindings, then the RoleBindings of all namespaces.  `subject` is the
 * first of the binding that he is.  system:masters is no grant.  A new array of *ret_n rows in
 * *ret; free() it. */
size_t ka_rbac_grants_of(const struct ka_rbac *rbac, const struct ka_who *who, struct ka_grant **ret);
/* True for a member of system:masters, whom kube-apiserver lets do everything before RBAC is
 * asked. */
bool ka_rbac_is_master(const struct ka_who *who);

/* A grant that allows a request, and the rule that does. */
struct ka_allowance {
	struct ka_grant grant; /* binding NULL: the privileged group system:masters */
	const struct ka_rule *rule;
};
/* All grants of somebody's that allow the request, not the first alone: more than one, and each is
 * redundant to it.  A new array in *ret; free() it. */
size_t ka_rbac_allowances(const struct ka_rbac *rbac, const struct ka_who *who,
			  const struct ka_request *req, struct ka_allowance **ret);
/* Who can: a row for every subject of every grant that allows the request, ClusterRoleBindings
 * first; before all the group system:masters.  What subject_locator.go answers, with the chain.  A
 * new array in *ret; free() it. */
size_t ka_rbac_who_can(const struct ka_rbac *rbac, const struct ka_request *req,
		       struct ka_allowance **ret);
/* The grants of somebody's that give nothing because their role does not exist: what the
 * authorizer complains of when it allows nothing.  Those of the whole cluster and of `namespace`
 * (NULL: no other).  A new array in *ret; free() it. */
size_t ka_rbac_lost_grants(const struct ka_rbac *rbac, const struct ka_who *who,
			   const char *namespace, struct ka_grant **ret);
/* The answer in the words of a SubjectAccessReview's status.reason: of the first grant that allows,
 * "RBAC: allowed by RoleBinding "b/ns" of Role "r" to User "u"", or of what kept the answer at no;
 * "" when there is nothing to say.  Freed with free(). */
char *ka_rbac_reason(const struct ka_grant *by);
char *ka_rbac_lost_reason(const struct ka_grant *lost, size_t n);
/* Every subject that a binding names and that can be somebody, each once, sorted by kind, namespace, name; a User spelled like a service account is that account.  Borrowed. */
const struct ka_subject *ka_rbac_subjects(const struct ka_rbac *rbac, size_t *ret_n);

/* A subject that Kubernetes itself owns (system:masters, system:kube-*, system:node*, the
 * controllers' accounts in kube-system that its bootstrap bindings name): grants of bootstrap roles
 * to these are expected. */
bool ka_subject_builtin(const struct ka_subject *s);
/* False for a subject that can never be anybody: an unknown kind, no name, a service account
 * without a namespace. */
bool ka_subject_live(const struct ka_subject *s);
/* A role that every cluster is given by Kubernetes itself, whatever a folder of manifests holds.
 * namespace NULL: a ClusterRole. */
bool ka_role_is_given(const char *namespace, const char *name);
/* Carries the bootstrap label and a name that Kubernetes uses: the label alone, anybody can set. */
bool ka_role_bootstrap(const struct ka_role *role);
/* "ServiceAccount:shop:web", "Group:devs", "User:alice". */
const char *ka_subject_text(const struct ka_subject *s, char buf[512]);

#endif
