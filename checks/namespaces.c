/* Namespaces as boundaries: what lives in them, and how much it may take. */
#include <stdbool.h>
#include <string.h>

#include <kassay/check.h>

#include "sets.h"
#include "spaces.h"

static int
check_default(struct ka_run *run, const struct ka_check *check, const struct ka_facts *f,
	      struct ka_err *err)
{
	(void)check, (void)err;
	for (size_t i = 0, end; i < f->g->nunits; i = end) {
		const struct ka_object *o = f->g->unit[i].object;
		uint32_t instances = 0;
		end = ka_units_end(f->g, i);
		for (size_t k = i; k < end; k++)
			instances += f->g->unit[k].instances;
		ka_saw(run, o);
		if (strcmp(o->namespace, "default") != 0)
			continue;
		bool implied = o->namespace_implied;
		ka_fail(run, &(struct ka_fault){
			.obj = o,
			.path = "metadata.namespace",
			.observed = implied ? "absent" : "default",
			.expected = "a namespace of its own",
			.message = implied
				? ka_text(run, "%s %s names no namespace: it goes to default unless whoever "
					  "applies it says otherwise", o->kind_name, o->name)
				: ka_text(run, "%s %s runs in the default namespace", o->kind_name, o->name),
			.severity = implied ? KA_INFO : KA_SEV_DEFAULT,
			.instances = instances,
		});
	}
	return 0;
}

/* A row for each kind of governor. */
struct governed {
	enum ka_kind kind;
	const char *observed, *expected, *effect;
};

static int
check_governed(struct ka_run *run, const struct ka_check *check, const struct ka_facts *f,
	       struct ka_err *err)
{
	const struct governed *by = check->param;
	const struct ka_list *list = &f->g->of[KA_NAMESPACE];

	(void)err;
	for (size_t i = 0; i < list->n; i++) {
		const struct ka_object *ns = list->v[i];
		if (ka_space_is_system(ns->name) || !ka_space_has_units(f->g, ns->name))
			continue;
		ka_saw(run, ns);
		if (ka_space_has(&f->g->of[by->kind], ns->name))
			continue;
		ka_fail(run, &(struct ka_fault){
			.obj = ns,
			.observed = by->observed,
			.expected = by->expected,
			.message = ka_text(run, "Workloads of namespace %s %s", ns->name, by->effect),
		});
	}
	return 0;
}

static const struct governed by_quota = {
	.kind = KA_RESOURCEQUOTA,
	.observed = "no ResourceQuota",
	.expected = "a ResourceQuota",
	.effect = "may together take all that the cluster has",
};
static const struct governed by_limits = {
	.kind = KA_LIMITRANGE,
	.observed = "no LimitRange",
	.expected = "a LimitRange",
	.effect = "that name no limits have none",
};

static const struct ka_check checks[] = {
	{
		.key = "ns-default",
		.title = "No workload runs in the default namespace",
		.why = "What lands in default is there because nobody said where it belongs: policies, quotas and "
		       "rights cannot be set for it apart from its neighbours.",
		.fix = "Give each application a namespace of its own and name it in the manifest.",
		.severity = KA_LOW,
		.scope = KA_POD_KINDS,
		.run = check_default,
	},
	{
		.key = "ns-quota",
		.title = "Every namespace with workloads has a ResourceQuota",
		.why = "Without a quota one namespace can starve all others, by accident or by an attacker who "
		       "mines coins there.",
		.fix = "Create a ResourceQuota for CPU, memory and the number of pods.",
		.severity = KA_LOW,
		.scope = KA_BIT(KA_NAMESPACE) | KA_WORKLOAD_KINDS,
		.needs = KA_BIT(KA_RESOURCEQUOTA) | KA_BIT(KA_POD),
		.none = "no namespace of the source has workloads, beside those of Kubernetes itself",
		.run = check_governed,
		.param = &by_quota,
	},
	{
		.key = "ns-limits",
		.title = "Every namespace with workloads has a LimitRange",
		.why = "A LimitRange gives containers that name no limits some; without it one container can take "
		       "all of its node's memory.",
		.fix = "Create a LimitRange with default requests and limits for containers.",
		.severity = KA_LOW,
		.scope = KA_BIT(KA_NAMESPACE) | KA_WORKLOAD_KINDS,
		.needs = KA_BIT(KA_LIMITRANGE) | KA_BIT(KA_POD),
		.none = "no namespace of the source has workloads, beside those of Kubernetes itself",
		.run = check_governed,
		.param = &by_limits,
	},
};

const struct ka_check_set ka_set_namespaces = {
	.name = "Namespaces",
	.check = checks,
	.count = sizeof checks / sizeof checks[0],
};
