/* Grants to everybody: those without credentials, and those with any. */
#include <string.h>

#include <kassay/rbac.h>

#include "rbac_common.h"
#include "sets.h"

/* Everybody, and how much of everybody. */
struct everyone {
	const char *users[2], *groups[3]; /* NULL-ended */
	const char *group_prefix;         /* or NULL */
	bool authenticated;
};

/* What a grant gives beyond what Kubernetes gives to everybody. */
enum beyond { NOTHING, PUBLIC_URLS, MORE };

static bool
is_one_of(const char *const *list, const char *s)
{
	for (; *list; list++)
		if (!strcmp(*list, s))
			return true;
	return false;
}

static bool
is_everyone(const struct everyone *e, const struct ka_subject *s)
{
	if (!s->name)
		return false;
	if (s->kind == KA_SUBJECT_USER)
		return is_one_of(e->users, s->name);
	if (s->kind != KA_SUBJECT_GROUP)
		return false;
	return is_one_of(e->groups, s->name) ||
	       (e->group_prefix && !strncmp(s->name, e->group_prefix, strlen(e->group_prefix)));
}

/* ClusterRoles system:public-info-viewer, system:discovery and
 * system:service-account-issuer-discovery. */
static const char *const health_urls[] = {
	"/healthz", "/healthz/*", "/livez", "/livez/*", "/readyz", "/readyz/*", "/version", "/version/", NULL,
};
static const char *const discovery_urls[] = {
	"/api",
	"/api/*",
	"/apis",
	"/apis/*",
	"/openapi",
	"/openapi/*",
	"/swagger*",
	"/swagger.json",
	"/swagger-2.0.0.pb-v1",
	"/swaggerapi",
	"/swaggerapi/*",
	"/.well-known/openid-configuration",
	"/.well-known/openid-configuration/",
	"/openid/v1/jwks",
	"/openid/v1/jwks/",
	NULL,
};

static bool
only(const struct ka_strs *list, const char *const *allowed)
{
	for (size_t i = 0; i < list->n; i++)
		if (!is_one_of(allowed, list->v[i]))
			return false;
	return list->n > 0;
}

static enum beyond
urls_beyond(const struct ka_rule *rule, bool authenticated)
{
	static const char *const reading[] = { "get", "head", NULL };
	bool discovery = false;

	if (!only(&rule->verbs, reading))
		return MORE;
	for (size_t i = 0; i < rule->urls.n; i++) {
		if (is_one_of(health_urls, rule->urls.v[i]))
			continue;
		if (!is_one_of(discovery_urls, rule->urls.v[i]))
			return MORE;
		discovery = true;
	}
	return discovery && !authenticated ? PUBLIC_URLS : NOTHING;
}

/* system:basic-user: asking about oneself. */
static bool
asks_about_oneself(const struct ka_rule *rule)
{
	static const char *const create[] = { "create", NULL };
	static const char *const groups[] = { "authorization.k8s.io", "authentication.k8s.io", NULL };
	static const char *const reviews[] = { "selfsubjectaccessreviews", "selfsubjectrulesreviews",
					       "selfsubjectreviews", NULL };

	return only(&rule->verbs, create) && only(&rule->groups, groups) &&
	       only(&rule->resources, reviews);
}

/* What kubeadm publishes for joining nodes. */
static bool
reads_cluster_info(const struct ka_rule *rule, const char *namespace)
{
	static const char *const get[] = { "get", NULL }, *const core[] = { "", NULL };
	static const char *const configmaps[] = { "configmaps", NULL };
	static const char *const info[] = { "cluster-info", NULL };

	return namespace && !strcmp(namespace, "kube-public") && only(&rule->verbs, get) &&
	       only(&rule->groups, core) && only(&rule->resources, configmaps) &&
	       only(&rule->names, info);
}

static enum beyond
rule_beyond(const struct ka_rule *rule, const struct everyone *e, const char *namespace)
{
	enum beyond b = NOTHING;

	if (ka_rule_dead(rule, namespace != NULL, NULL))
		return NOTHING;
	if (rule->urls.n && !namespace)
		b = urls_beyond(rule, e->authenticated);
	if (!rule->resources.n || reads_cluster_info(rule, namespace))
		return b;
	return e->authenticated && asks_about_oneself(rule) ? b : MORE;
}

static enum beyond
grant_beyond(const struct ka_facts *facts, const struct ka_grant *grant, const struct everyone *e,
	     const struct ka_rule **ret_rule)
{
	enum beyond most = NOTHING;
	const struct ka_rule *rule;
	size_t n = 0;

	rule = grant->role ? ka_rbac_rules(facts->rbac, grant->role, &n) : NULL;
	for (size_t i = 0; i < n; i++) {
		enum beyond b = rule_beyond(&rule[i], e, grant->namespace);

		if (b <= most)
			continue;
		most = b;
		*ret_rule = &rule[i];
	}
	return most;
}

static enum ka_severity
how_bad(const struct ka_check *check, const struct ka_facts *facts, const struct ka_grant *grant,
	enum beyond beyond)
{
	if (beyond == PUBLIC_URLS)
		return KA_LOW;
	if ((ka_powers_at(facts->powers, grant) >> KA_CAP_EVERYTHING & 1) && !grant->namespace)
		return KA_CRITICAL;
	return ka_severity_below(check->severity, (ka_grant_dangerous(facts, grant) ? 0 : 1) +
							  (grant->namespace ? 1 : 0));
}

static void
judge(struct ka_run *run, const struct ka_check *check, const struct ka_facts *facts,
      const struct ka_grant *grant)
{
	const struct everyone *e = check->param;
	const struct ka_binding *b = grant->binding;
	const struct ka_rule *rule = NULL;
	enum beyond beyond;
	char text[256], name[512];
	size_t s = 0;

	while (s < b->nsubjects && !is_everyone(e, &b->subject[s]))
		s++;
	if (s == b->nsubjects)
		return;
	beyond = grant_beyond(facts, grant, e, &rule);
	if (beyond == NOTHING)
		return;
	ka_rule_text(rule, text);
	ka_fail(run, &(struct ka_fault){
			     .obj = &b->obj,
			     .path = ka_text(run, "subjects[%zu]", s),
			     .observed = ka_text(run, "%s", ka_subject_text(&b->subject[s], name)),
			     .expected = "nothing beyond discovery and health",
			     .message = ka_text(run, "%s may %s %s, through %s %s",
						ka_subject_text(&b->subject[s], name), text,
						ka_scope_text(run, grant), grant->role->obj.kind_name,
						grant->role->obj.name),
			     .severity = how_bad(check, facts, grant, beyond),
			     .via = { &grant->role->obj },
		     });
}

static int
everyone(struct ka_run *run, const struct ka_check *check, const struct ka_facts *facts,
	 struct ka_err *err)
{
	size_t n;
	const struct ka_grant *grant = ka_rbac_grants(facts->rbac, &n);

	(void)err;
	for (size_t i = 0; i < n; i++) {
		ka_saw(run, &grant[i].binding->obj);
		judge(run, check, facts, &grant[i]);
	}
	return 0;
}

#define BINDINGS (KA_BIT(KA_ROLEBINDING) | KA_BIT(KA_CLUSTERROLEBINDING))
#define ROLES (KA_BIT(KA_ROLE) | KA_BIT(KA_CLUSTERROLE))

static const struct ka_check checks[] = {
	{
		.key = "rbac-anonymous",
		.title = "Requests without credentials get no more than health and version",
		.why = "Whoever reaches the API server's port may do this, without a token and without a name in "
		       "the audit log.",
		.fix = "Take system:anonymous and system:unauthenticated out of the binding.",
		.severity = KA_CRITICAL,
		.scope = BINDINGS,
		.needs = ROLES,
		.run = everyone,
		.param = &(const struct everyone){ .users = { "system:anonymous" },
						   .groups = { "system:unauthenticated" } },
	},
	{
		.key = "rbac-authenticated",
		.title = "Being authenticated alone gives no more than discovery",
		.why = "Every user and every service account has this permission, the account of the least "
		       "trusted pod included.",
		.fix = "Bind the subjects that need the role instead of system:authenticated or "
		       "system:serviceaccounts.",
		.severity = KA_HIGH,
		.scope = BINDINGS,
		.needs = ROLES,
		.run = everyone,
		.param = &(const struct everyone){ .groups = { "system:authenticated",
							       "system:serviceaccounts" },
						   .group_prefix = "system:serviceaccounts:",
						   .authenticated = true },
	},
};

const struct ka_check_set ka_set_rbac_everyone = {
	.name = "Permissions of everybody",
	.check = checks,
	.count = sizeof checks / sizeof *checks,
};
