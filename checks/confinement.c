/* What the kernel holds against a container from outside: seccomp, AppArmor, SELinux. */
#include <string.h>

#include "pods.h"
#include "sets.h"

/* The types that check_seccompProfile_baseline.go and check_appArmorProfile.go of
 * pod-security-admission take: all but Unconfined, and what is no type at all. */
static bool
type_confines(const char *type)
{
	return strcmp(type, "RuntimeDefault") == 0 || strcmp(type, "Localhost") == 0;
}

static const char *
type_text(const char *type)
{
	return *type ? type : "a profile without a type";
}

static void
seccomp_absent(const struct pod_view *v, const struct ka_container *c,
	       const struct ka_effective *eff)
{
	struct ka_fault f;

	if (eff->seccomp.type)
		return;
	f = pod_fault(v, c, "securityContext.seccompProfile.type");
	f.observed = "absent";
	f.expected = "RuntimeDefault or Localhost";
	f.message =
		ka_text(v->run, "%s has no system call filter unless the node's kubelet adds one",
			pod_container_text(v, c));
	ka_fail(v->run, &f);
}

static void
seccomp_unconfined(const struct pod_view *v, const struct ka_container *c,
		   const struct ka_effective *eff)
{
	struct ka_fault f;

	if (!eff->seccomp.type || type_confines(eff->seccomp.type))
		return;
	f = pod_fault(v, c, "securityContext.seccompProfile.type");
	f.path = pod_path_from(v, c, eff->seccomp_from, "securityContext.seccompProfile.type");
	f.observed = type_text(eff->seccomp.type);
	f.expected = "RuntimeDefault or Localhost";
	f.message =
		ka_text(v->run, "%s turns the system call filter off", pod_container_text(v, c));
	ka_fail(v->run, &f);
}

static bool
says_seccomp(const struct ka_security *own)
{
	return own->seccomp.type != NULL;
}

static void
pod_seccomp_unconfined(const struct pod_view *v)
{
	const char *type = v->spec->security.seccomp.type;
	struct ka_fault f;

	if (!type || type_confines(type) || !pod_overridden(v, says_seccomp))
		return;
	f = pod_fault(v, NULL, "securityContext.seccompProfile.type");
	f.observed = type_text(type);
	f.expected = "RuntimeDefault or Localhost";
	f.message = "the pod turns the system call filter off, though each of its containers "
		    "decides for itself";
	f.severity = KA_LOW;
	ka_fail(v->run, &f);
}

#define APPARMOR_PREFIX "container.apparmor.security.beta.kubernetes.io/"

/* "spec.template.spec" -> "spec.template.metadata"; a pod's "spec" -> "metadata" */
static const char *
apparmor_annotation_path(const struct pod_view *v, const char *key)
{
	size_t n = strlen(v->unit->path) - strlen("spec");

	return ka_text(v->run, "%.*smetadata.annotations[%s]", (int)n, v->unit->path, key);
}

static void
apparmor_unconfined(const struct pod_view *v, const struct ka_container *c,
		    const struct ka_effective *eff)
{
	struct ka_fault f;

	if (!eff->apparmor.type || type_confines(eff->apparmor.type))
		return;
	f = pod_fault(v, c, "securityContext.appArmorProfile.type");
	f.path = eff->apparmor_from == KA_FROM_ANNOTATION
			 ? apparmor_annotation_path(v,
						    ka_text(v->run, APPARMOR_PREFIX "%s", c->name))
			 : pod_path_from(v, c, eff->apparmor_from,
					 "securityContext.appArmorProfile.type");
	f.observed = type_text(eff->apparmor.type);
	f.expected = "absent, RuntimeDefault or Localhost";
	f.message = ka_text(v->run, "%s is taken out of AppArmor's care", pod_container_text(v, c));
	ka_fail(v->run, &f);
}

/* Whether a container runs as the annotation for it says. */
static bool
annotation_works(const struct pod_view *v, const char *container)
{
	for (size_t i = 0; i < v->spec->ncontainers; i++) {
		const struct ka_container *c = &v->spec->container[i];
		struct ka_effective eff;

		if (!c->name || strcmp(c->name, container) != 0)
			continue;
		ka_podsec_effective(v->spec, c, &eff);
		if (eff.apparmor_from == KA_FROM_ANNOTATION)
			return true;
	}
	return false;
}

/* Annotations that Pod Security refuses although no container runs by them: a field stands before
 * them, their container is not there, or their value is none that the kubelet knows. */
static void
apparmor_annotations(const struct pod_view *v)
{
	for (size_t i = 0; i < v->spec->annotations->n; i++) {
		const struct ka_kv *kv = &v->spec->annotations->kv[i];
		const size_t n = sizeof APPARMOR_PREFIX - 1;
		struct ka_fault f;

		if (strncmp(kv->key, APPARMOR_PREFIX, n) != 0 || !*kv->value ||
		    strcmp(kv->value, "runtime/default") == 0 ||
		    strncmp(kv->value, "localhost/", 10) == 0 || annotation_works(v, kv->key + n))
			continue;
		f = pod_fault(v, NULL, "");
		f.path = apparmor_annotation_path(v, kv->key);
		f.observed = kv->value;
		f.expected = "absent, runtime/default or localhost/PROFILE";
		f.message = ka_text(v->run, "the pod takes %s out of AppArmor's care, to no effect",
				    kv->key + n);
		f.severity = KA_LOW;
		ka_fail(v->run, &f);
	}
}

static void
pod_apparmor_unconfined(const struct pod_view *v)
{
	const char *type = v->spec->security.apparmor.type;
	struct ka_fault f;

	apparmor_annotations(v);
	if (!type || type_confines(type))
		return;
	for (size_t i = 0; i < v->spec->ncontainers; i++) {
		struct ka_effective eff;

		ka_podsec_effective(v->spec, &v->spec->container[i], &eff);
		if (eff.apparmor_from == KA_FROM_POD)
			return;
	}
	f = pod_fault(v, NULL, "securityContext.appArmorProfile.type");
	f.observed = type_text(type);
	f.expected = "absent, RuntimeDefault or Localhost";
	f.message = "the pod is taken out of AppArmor's care, though each of its containers "
		    "decides for itself";
	f.severity = KA_LOW;
	ka_fail(v->run, &f);
}

/* check_seLinuxOptions.go of pod-security-admission; container_engine_t from 1.31 on. */
static void
selinux_options(const struct pod_view *v, const struct ka_container *c, const struct ka_selinux *o)
{
	static const char *const types[] = { "", "container_t", "container_init_t",
					     "container_kvm_t", "container_engine_t" };
	const char *const fields[] = { "type", "user", "role" };
	const char *const values[] = { o->type, o->user, o->role };

	for (size_t i = 0; i < 3; i++) {
		bool fine = !values[i] || !values[i][0];
		struct ka_fault f;

		for (size_t t = 0; i == 0 && !fine && t < sizeof types / sizeof types[0]; t++)
			fine = strcmp(values[i], types[t]) == 0;
		if (fine)
			continue;
		f = pod_fault(v, c,
			      ka_text(v->run, "securityContext.seLinuxOptions.%s", fields[i]));
		f.observed = values[i];
		f.discriminator = fields[i];
		f.expected = i == 0 ? "a container_*_t type that Pod Security allows, or absent"
				    : "absent";
		f.message = ka_text(v->run, "%s sets its SELinux %s to %s",
				    c ? pod_container_text(v, c) : "the pod", fields[i], values[i]);
		ka_fail(v->run, &f);
	}
}

static void
pod_selinux(const struct pod_view *v)
{
	selinux_options(v, NULL, &v->spec->security.selinux);
}

static void
container_selinux(const struct pod_view *v, const struct ka_container *c,
		  const struct ka_effective *eff)
{
	(void)eff;
	selinux_options(v, c, &c->security.selinux);
}

static const struct ka_check checks[] = {
	{
		.key = "pod-seccomp",
		.title = "Every container has a seccomp profile, its own or its pod's",
		.why = "The filter keeps hundreds of system calls, and the kernel bugs behind "
		       "them, out of a container's reach. Without a profile most clusters apply "
		       "none.",
		.fix = "Set seccompProfile.type to RuntimeDefault on the pod.",
		.severity = KA_LOW,
		.scope = KA_POD_KINDS,
		.run = pods_run,
		.param =
			&(const struct pod_rule){ .container = seccomp_absent, .linux_only = true },
	},
	{
		.key = "pod-seccomp-unconfined",
		.title = "No container asks for an unconfined system call filter",
		.why = "Somebody switched off by hand what keeps hundreds of system calls, and "
		       "the kernel bugs behind them, out of the container's reach; a default of "
		       "the kubelet cannot bring it back.",
		.fix = "Set seccompProfile.type to RuntimeDefault, or to Localhost with a profile "
		       "that allows what the program needs.",
		.severity = KA_MEDIUM,
		.scope = KA_POD_KINDS,
		.run = pods_run,
		.param = &(const struct pod_rule){ .pod = pod_seccomp_unconfined,
						   .container = seccomp_unconfined },
	},
	{
		.key = "pod-apparmor",
		.title = "No container turns AppArmor off",
		.why = "The runtime's AppArmor profile forbids mounts and writes to kernel "
		       "settings that nothing else forbids.",
		.fix = "Remove the Unconfined profile, from the field and from the annotation.",
		.severity = KA_MEDIUM,
		.scope = KA_POD_KINDS,
		.run = pods_run,
		.param = &(const struct pod_rule){ .pod = pod_apparmor_unconfined,
						   .container = apparmor_unconfined },
	},
	{
		.key = "pod-selinux",
		.title = "Containers keep the SELinux context of containers",
		.why = "A type made for the node, such as spc_t, or a user or role of one's own, "
		       "lifts the confinement that keeps container processes from the node's "
		       "files.",
		.fix = "Remove type, user and role from seLinuxOptions; the level may stay.",
		.severity = KA_MEDIUM,
		.scope = KA_POD_KINDS,
		.run = pods_run,
		.param = &(const struct pod_rule){ .pod = pod_selinux,
						   .container = container_selinux },
	},
};

const struct ka_check_set ka_set_confinement = { "Pod confinement", checks,
						 sizeof checks / sizeof checks[0] };
