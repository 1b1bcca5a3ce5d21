#include "pods.h"

#include <string.h>

int
pods_run(struct ka_run *run, const struct ka_check *check, const struct ka_facts *facts,
	 struct ka_err *err)
{
	const struct pod_rule *rule = check->param;
	const struct ka_graph *g = facts->g;

	(void)err;
	for (size_t u = 0; u < g->nunits; u++) {
		const struct ka_unit *unit = &g->unit[u];
		struct pod_view v = { run, facts, unit, unit->spec, false };

		v.windows = v.spec->os && strcmp(v.spec->os, "windows") == 0;
		if (v.windows ? rule->linux_only : rule->windows_only)
			continue;
		ka_saw(run, unit->object);
		if (rule->pod)
			rule->pod(&v);
		for (size_t i = 0; rule->container && i < v.spec->ncontainers; i++) {
			struct ka_effective eff;

			ka_podsec_effective(v.spec, &v.spec->container[i], &eff);
			rule->container(&v, &v.spec->container[i], &eff);
		}
	}
	return 0;
}

struct ka_fault
pod_fault(const struct pod_view *v, const struct ka_container *c, const char *field)
{
	struct ka_fault f = { .obj = v->unit->object, .instances = v->unit->instances };
	char place[48];

	if (c) {
		f.container = c->name;
		f.path = ka_text(v->run, "%s.%s.%s", v->unit->path, ka_container_path(c, place),
				 field);
	} else {
		f.path = ka_text(v->run, "%s.%s", v->unit->path, field);
	}
	return f;
}

const char *
pod_path_from(const struct pod_view *v, const struct ka_container *c, enum ka_source from,
	      const char *field)
{
	return pod_fault(v, from == KA_FROM_POD ? NULL : c, field).path;
}

bool
pod_overridden(const struct pod_view *v, bool (*says)(const struct ka_security *own))
{
	for (size_t i = 0; i < v->spec->ncontainers; i++)
		if (!says(&v->spec->container[i].security))
			return false;
	return true;
}

const char *
pod_container_text(const struct pod_view *v, const struct ka_container *c)
{
	static const char *const what[] = {
		[KA_INIT] = "init container",
		[KA_REGULAR] = "container",
		[KA_EPHEMERAL] = "ephemeral container",
	};

	return ka_text(v->run, "%s %s", c->sidecar ? "sidecar container" : what[c->type],
		       c->name ? c->name : "(unnamed)");
}

const char *
pod_join(const struct pod_view *v, const struct ka_strs *list)
{
	const char *text = list->n ? list->v[0] : "absent";

	for (size_t i = 1; i < list->n; i++)
		text = ka_text(v->run, "%s, %s", text, list->v[i]);
	return text;
}

const char *
pod_tri_text(enum ka_tri t)
{
	return t == KA_UNSET ? "absent" : t == KA_YES ? "true" : "false";
}
