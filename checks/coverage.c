#include "coverage.h"

#include <stdbool.h>
#include <string.h>

#include <kassay/podsec.h>

#include "sees.h"
#include "spaces.h"

static const struct ka_target pods = { "", "pods", false };

/* Policies of engines that bring their own kinds.  What they say is not evaluated: they count when
 * they name pods, where they must, and are not switched to reporting alone. */
static const struct engine {
	const char *group, *kind, *name; /* globs; NULL: any */
	const char *says[2], *silent[2]; /* parts of its text that must and must not be there */
} engines[] = {
	{ .group = "kyverno.io", .kind = "*Policy", .says = { "Pod\"", "nforce\"" } },
	{ .group = "policies.kyverno.io", .kind = "*ValidatingPolicy", .says = { "\"pods\"" } },
	{ .group = "constraints.gatekeeper.sh", .silent = { "\"dryrun\"", "\"warn\"" } },
	{ .group = "policies.kubewarden.io", .kind = "*AdmissionPolicy*", .says = { "\"pods\"" },
	  .silent = { "\"monitor\"" } },
	{ .group = "security.openshift.io", .kind = "SecurityContextConstraints",
	  .name = "restricted*" },
};

static bool
fits(const struct engine *e, const struct ka_object *o)
{
	size_t len = strcspn(o->api_version, "/");
	const char *json = ka_as_custom(o)->json;

	if (strlen(e->group) != len || memcmp(o->api_version, e->group, len) != 0)
		return false;
	if ((e->kind && !ka_glob(e->kind, o->kind_name)) || (e->name && !ka_glob(e->name, o->name)))
		return false;
	for (size_t i = 0; json && i < 2; i++)
		if ((e->says[i] && !strstr(json, e->says[i])) ||
		    (e->silent[i] && strstr(json, e->silent[i])))
			return false;
	return true;
}

static bool
is_engine_policy(const struct ka_object *o)
{
	if (!o->api_version || !o->kind_name)
		return false;
	for (size_t i = 0; i < sizeof engines / sizeof engines[0]; i++)
		if (fits(&engines[i], o))
			return true;
	return false;
}

static bool
engine_covers(const struct ka_graph *g, const char *namespace)
{
	const struct ka_list *list = &g->of[KA_OTHER];

	for (size_t i = ka_space_first(list, namespace); i < list->n; i++) {
		if (strcmp(list->v[i]->namespace, namespace) != 0)
			break;
		if (is_engine_policy(list->v[i]))
			return true;
	}
	return false;
}

static bool
engine_covers_cluster(const struct ka_graph *g)
{
	const struct ka_list *list = &g->of[KA_OTHER];

	for (size_t i = 0; i < list->n; i++)
		if (!list->v[i]->namespace && is_engine_policy(list->v[i]))
			return true;
	return false;
}

static bool
webhook_covers(const struct ka_graph *g, const struct ka_object *ns)
{
	const struct ka_list *list = &g->of[KA_VALIDATINGWEBHOOKCONFIGURATION];

	for (size_t i = 0; i < list->n; i++) {
		const struct ka_webhook_config *c = ka_as_webhook_config(list->v[i]);

		for (size_t k = 0; k < c->nhooks; k++) {
			const struct ka_webhook *h = &c->hook[k];

			if (strcmp(h->failure_policy, "Fail") == 0 && ka_selector_empty(h->objects) &&
			    ka_rules_see(h->rule, h->nrules, "CREATE", &pods) &&
			    ka_selects_namespace(h->namespaces, ns))
				return true;
		}
	}
	return false;
}

/* Pods of the namespace are matched, whatever their own labels. */
static bool
match_covers(const struct ka_admission_match *m, const struct ka_object *ns)
{
	return ka_selector_empty(m->objects) && ka_selects_namespace(m->namespaces, ns) &&
	       !ka_rules_see(m->excluded, m->nexcluded, "CREATE", &pods);
}

static bool
policy_covers(const struct ka_graph *g, const struct ka_object *ns)
{
	const struct ka_list *list = &g->of[KA_VALIDATINGADMISSIONPOLICYBINDING];

	for (size_t i = 0; i < list->n; i++) {
		const struct ka_admission_binding *b = ka_as_admission_binding(list->v[i]);
		const struct ka_admission_policy *p;
		const struct ka_object *o;

		if (!ka_strs_has(&b->actions, "Deny") || !b->policy || !match_covers(&b->match, ns))
			continue;
		/* a binding's own rules only narrow */
		if (b->match.nrules && !ka_rules_see(b->match.rule, b->match.nrules, "CREATE", &pods))
			continue;
		o = ka_graph_find(g, KA_VALIDATINGADMISSIONPOLICY, NULL, b->policy);
		p = o ? ka_as_admission_policy(o) : NULL;
		if (p && match_covers(&p->match, ns) &&
		    ka_rules_see(p->match.rule, p->match.nrules, "CREATE", &pods))
			return true;
	}
	return false;
}

int
ka_check_covered(struct ka_run *run, const struct ka_check *check, const struct ka_facts *f,
		 struct ka_err *err)
{
	const struct ka_list *list = &f->g->of[KA_NAMESPACE];
	bool cluster = engine_covers_cluster(f->g);

	(void)check;
	(void)err;
	for (size_t i = 0; i < list->n; i++) {
		const struct ka_object *ns = list->v[i];
		struct ka_pss_label label;

		if (ka_space_is_system(ns->name))
			continue;
		ka_saw(run, ns);
		ka_pss_label(ns, KA_PSS_ENFORCE, &label);
		if ((label.present && label.level != KA_PSS_PRIVILEGED) || cluster ||
		    engine_covers(f->g, ns->name) || webhook_covers(f->g, ns) ||
		    policy_covers(f->g, ns))
			continue;
		ka_fail(run, &(struct ka_fault){
			.obj = ns,
			.observed = "no mechanism refuses pods here",
			.expected = "Pod Security, an admission policy or a webhook that refuses unsafe pods",
			.message = ka_text(run, "Whoever may create pods in namespace %s may create "
					   "privileged ones", ns->name),
		});
	}
	return 0;
}
