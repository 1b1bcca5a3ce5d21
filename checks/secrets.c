/* Secrets in places that do not keep them.  Values never come this far: the decoder drops them and
 * keeps the reason. */
#include <string.h>

#include "objects.h"
#include "pods.h"
#include "sets.h"

/* Of two entries with one name the last one counts. */
static bool
is_overridden(const struct ka_container *c, size_t i)
{
	for (size_t k = i + 1; k < c->nenv; k++)
		if (c->env[k].name == c->env[i].name)
			return true;
	return false;
}

static void
in_env(const struct pod_view *v, const struct ka_container *c, const struct ka_effective *eff)
{
	(void)eff;
	for (size_t i = 0; i < c->nenv; i++) {
		const struct ka_env *e = &c->env[i];
		struct ka_fault f;

		if (e->from != KA_ENV_VALUE || !e->secret || is_overridden(c, i))
			continue;
		f = pod_fault(v, c, ka_text(v->run, "env[%zu].value", i));
		f.observed = "(hidden)";
		f.expected = "a reference to a Secret, or a mounted one";
		f.message = ka_text(v->run, "%s has a secret written into %s: %s",
				    pod_container_text(v, c),
				    e->name ? e->name : "an unnamed variable", e->secret);
		f.discriminator = e->name;
		ka_fail(v->run, &f);
	}
}

static void
in_words(const struct pod_view *v, const struct ka_container *c, const char *field,
	 const struct ka_strs *words)
{
	for (size_t i = 0; i < words->n; i++) {
		const char *place;
		struct ka_fault f;

		if (strcmp(words->v[i], "(hidden)") != 0)
			continue;
		place = ka_text(v->run, "%s[%zu]", field, i);
		f = pod_fault(v, c, place);
		f.discriminator = place;
		f.observed = "(hidden)";
		f.expected = "a file, or a variable that refers to a Secret";
		f.message = ka_text(v->run, "%s has a secret on its command line",
				    pod_container_text(v, c));
		ka_fail(v->run, &f);
	}
}

static void
in_args(const struct pod_view *v, const struct ka_container *c, const struct ka_effective *eff)
{
	(void)eff;
	in_words(v, c, "command", &c->command);
	in_words(v, c, "args", &c->args);
}

static void
through_env(const struct pod_view *v, const struct ka_container *c, const struct ka_effective *eff)
{
	struct ka_fault f;

	(void)eff;
	for (size_t i = 0; i < c->nenv; i++) {
		const struct ka_env *e = &c->env[i];

		if (e->from != KA_ENV_SECRET)
			continue;
		f = pod_fault(v, c, ka_text(v->run, "env[%zu].valueFrom.secretKeyRef", i));
		f.observed = ka_text(v->run, "%s/%s", e->ref ? e->ref : "", e->key ? e->key : "");
		f.expected = "the Secret mounted as a file";
		f.message = ka_text(v->run, "%s gets %s from Secret %s as a variable",
				    pod_container_text(v, c), e->name ? e->name : "a value",
				    e->ref ? e->ref : "(unnamed)");
		f.discriminator = e->name;
		ka_fail(v->run, &f);
	}
	for (size_t i = 0; i < c->nenv_from; i++) {
		const struct ka_env_source *e = &c->env_from[i];

		if (e->from != KA_ENV_SECRET)
			continue;
		f = pod_fault(v, c, ka_text(v->run, "envFrom[%zu].secretRef", i));
		f.observed = e->ref;
		f.expected = "the Secret mounted as a file";
		f.message = ka_text(v->run, "%s gets all of Secret %s as variables",
				    pod_container_text(v, c), e->ref ? e->ref : "(unnamed)");
		f.discriminator = e->ref;
		ka_fail(v->run, &f);
	}
}

static void
in_configmap(const struct object_view *v)
{
	const struct ka_configmap *m = ka_as_configmap(v->obj);

	ka_saw(v->run, &m->obj);
	for (size_t k = 0; k < m->nsuspects; k++) {
		const struct ka_fault f = {
			.obj = &m->obj,
			.path = ka_text(v->run, "data[%s]", m->suspect[k].key),
			.observed = "(hidden)",
			.expected = "a Secret",
			.message = ka_text(v->run, "key %s holds a secret: %s",
					   m->suspect[k].key, m->suspect[k].what),
		};

		ka_fail(v->run, &f);
	}
}

static const struct ka_check checks[] = {
	{
		.key = "secret-in-env",
		.title = "No secret is written into an environment variable",
		.why = "Whoever may read pods or workloads, or the repository they come from, has "
		       "the secret; it is in backups, diffs and dashboards, and cannot be changed "
		       "alone.",
		.fix = "Move the value to a Secret, refer to it, and replace the value that was "
		       "exposed.",
		.severity = KA_HIGH,
		.scope = KA_POD_KINDS,
		.run = pods_run,
		.param = &(const struct pod_rule){ .container = in_env },
	},
	{
		.key = "secret-in-args",
		.title = "No secret is on a command line",
		.why = "Arguments are readable for whoever may read the pod, and to every process "
		       "that shares its process namespace or its node's.",
		.fix = "Pass the path of a mounted Secret, and replace the value that was "
		       "exposed.",
		.severity = KA_HIGH,
		.scope = KA_POD_KINDS,
		.run = pods_run,
		.param = &(const struct pod_rule){ .container = in_args },
	},
	{
		.key = "secret-in-configmap",
		.title = "No ConfigMap holds a secret",
		.why = "ConfigMaps are granted, shown and logged freely, are not encrypted where "
		       "Secrets are, and many roles that must not read Secrets can read them.",
		.fix = "Move the value to a Secret and replace the one that was exposed.",
		.severity = KA_HIGH,
		.scope = KA_BIT(KA_CONFIGMAP),
		.run = objects_run,
		.param = &(const struct object_rule){ KA_BIT(KA_CONFIGMAP), in_configmap },
	},
	{
		.key = "secret-through-env",
		.title = "Secrets reach containers as files",
		.why = "Variables leak further than files: into child processes, crash reports "
		       "and debug pages, and they keep the old value when the Secret is changed.",
		.fix = "Mount the Secret as a volume and read the file.",
		.severity = KA_LOW,
		.scope = KA_POD_KINDS,
		.run = pods_run,
		.param = &(const struct pod_rule){ .container = through_env },
	},
};

const struct ka_check_set ka_set_secrets = { "Secrets", checks, sizeof checks / sizeof checks[0] };
