/* What a container may do inside its walls: capabilities, kernel filters, its own files. */
#include <string.h>
#include <strings.h>

#include "pods.h"
#include "sets.h"

/* The list of check_capabilities_baseline.go of pod-security-admission; upper case without a
 * prefix, or it is refused. */
static bool
cap_is_baseline(const char *cap)
{
	static const char *const allowed[] = {
		"AUDIT_WRITE", "CHOWN",	 "DAC_OVERRIDE",     "FOWNER",	"FSETID",
		"KILL",	       "MKNOD",	 "NET_BIND_SERVICE", "SETFCAP", "SETGID",
		"SETPCAP",     "SETUID", "SYS_CHROOT",
	};

	for (size_t i = 0; i < sizeof allowed / sizeof allowed[0]; i++)
		if (strcmp(allowed[i], cap) == 0)
			return true;
	return false;
}

/* Any one of these leads out of the container, or to all data on the node. */
static bool
cap_leads_out(const char *cap)
{
	static const char *const worst[] = {
		"ALL",	     "BPF",	 "DAC_READ_SEARCH", "MAC_ADMIN",  "PERFMON",
		"SYS_ADMIN", "SYS_BOOT", "SYS_MODULE",	    "SYS_PTRACE", "SYS_RAWIO",
	};

	if (strncasecmp(cap, "CAP_", 4) == 0)
		cap += 4;
	for (size_t i = 0; i < sizeof worst / sizeof worst[0]; i++)
		if (strcasecmp(worst[i], cap) == 0)
			return true;
	return false;
}

static void
caps_added(const struct pod_view *v, const struct ka_container *c, const struct ka_effective *eff)
{
	const struct ka_strs *add = &c->security.caps.add;

	(void)eff;
	for (size_t i = 0; i < add->n; i++) {
		struct ka_fault f;

		if (cap_is_baseline(add->v[i]))
			continue;
		f = pod_fault(v, c, "securityContext.capabilities.add");
		f.observed = add->v[i];
		f.expected = "only capabilities of the Pod Security baseline";
		f.message = ka_text(v->run, "%s is given %s", pod_container_text(v, c), add->v[i]);
		f.discriminator = add->v[i];
		f.severity = cap_leads_out(add->v[i]) ? KA_HIGH : KA_SEV_DEFAULT;
		ka_fail(v->run, &f);
	}
}

/* What the restricted level forbids on top: of all capabilities only NET_BIND_SERVICE may come
 * back. */
static void
caps_added_back(const struct pod_view *v, const struct ka_container *c,
		const struct ka_effective *eff)
{
	const struct ka_strs *add = &c->security.caps.add;

	(void)eff;
	for (size_t i = 0; i < add->n; i++) {
		struct ka_fault f;

		if (!cap_is_baseline(add->v[i]) || strcmp(add->v[i], "NET_BIND_SERVICE") == 0)
			continue;
		f = pod_fault(v, c, "securityContext.capabilities.add");
		f.observed = add->v[i];
		f.expected = "NET_BIND_SERVICE at most";
		f.message =
			ka_text(v->run, "%s asks for %s back", pod_container_text(v, c), add->v[i]);
		f.discriminator = add->v[i];
		ka_fail(v->run, &f);
	}
}

static void
caps_not_dropped(const struct pod_view *v, const struct ka_container *c,
		 const struct ka_effective *eff)
{
	struct ka_fault f;

	if (eff->drops_all)
		return;
	f = pod_fault(v, c, "securityContext.capabilities.drop");
	f.observed = pod_join(v, &c->security.caps.drop);
	f.expected = "ALL";
	f.message = ka_text(v->run, "%s keeps the capabilities that the runtime gives",
			    pod_container_text(v, c));
	ka_fail(v->run, &f);
}

static void
net_raw(const struct pod_view *v, const struct ka_container *c, const struct ka_effective *eff)
{
	struct ka_fault f;

	if (!ka_podsec_has_cap(c, "NET_RAW"))
		return;
	f = pod_fault(v, c, "securityContext.capabilities.drop");
	f.observed = eff->privileged ? "privileged" : pod_join(v, &c->security.caps.drop);
	f.expected = "ALL or NET_RAW, and not added again";
	f.message = ka_text(v->run, "%s can open raw sockets", pod_container_text(v, c));
	ka_fail(v->run, &f);
}

static void
privilege_escalation(const struct pod_view *v, const struct ka_container *c,
		     const struct ka_effective *eff)
{
	struct ka_fault f;

	if (!eff->allow_privilege_escalation)
		return;
	f = pod_fault(v, c, "securityContext.allowPrivilegeEscalation");
	f.observed = pod_tri_text(c->security.allow_privilege_escalation);
	f.expected = "false";
	f.message = c->security.allow_privilege_escalation == KA_NO
			    ? ka_text(v->run, "%s says false, but its privileges overrule that",
				      pod_container_text(v, c))
			    : ka_text(v->run, "%s may gain privileges through set-user-ID programs",
				      pod_container_text(v, c));
	ka_fail(v->run, &f);
}

static void
seccomp(const struct pod_view *v, const struct ka_container *c, const struct ka_effective *eff)
{
	const char *type = eff->seccomp.type;
	struct ka_fault f;

	if (type && strcmp(type, "Unconfined") != 0)
		return;
	f = pod_fault(v, c, "securityContext.seccompProfile.type");
	f.path = pod_path_from(v, c, eff->seccomp_from, "securityContext.seccompProfile.type");
	f.observed = type ? type : "absent";
	f.expected = "RuntimeDefault or Localhost";
	f.message =
		ka_text(v->run,
			type ? "%s turns the system call filter off"
			     : "%s has no system call filter unless the node's kubelet adds one",
			pod_container_text(v, c));
	/* Switched off by hand is worse than never thought of. */
	f.severity = type ? KA_MEDIUM : KA_LOW;
	ka_fail(v->run, &f);
}

static const char *
apparmor_path(const struct pod_view *v, const struct ka_container *c,
	      const struct ka_effective *eff)
{
	size_t n = strlen(v->unit->path);

	if (eff->apparmor_from != KA_FROM_ANNOTATION)
		return pod_path_from(v, c, eff->apparmor_from,
				     "securityContext.appArmorProfile.type");
	/* "spec.template.spec" -> "spec.template.metadata"; a pod's "spec" -> "metadata" */
	return ka_text(
		v->run,
		"%.*smetadata.annotations[container.apparmor.security.beta.kubernetes.io/%s]",
		(int)(n - strlen("spec")), v->unit->path, c->name);
}

static void
apparmor(const struct pod_view *v, const struct ka_container *c, const struct ka_effective *eff)
{
	struct ka_fault f;

	if (!eff->apparmor.type || strcmp(eff->apparmor.type, "Unconfined") != 0)
		return;
	f = pod_fault(v, c, "securityContext.appArmorProfile.type");
	f.path = apparmor_path(v, c, eff);
	f.observed = "Unconfined";
	f.expected = "absent, RuntimeDefault or Localhost";
	f.message = ka_text(v->run, "%s is taken out of AppArmor's care", pod_container_text(v, c));
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

static void
read_only_root(const struct pod_view *v, const struct ka_container *c,
	       const struct ka_effective *eff)
{
	struct ka_fault f;

	if (eff->read_only_root)
		return;
	f = pod_fault(v, c, "securityContext.readOnlyRootFilesystem");
	f.observed = pod_tri_text(c->security.read_only_root);
	f.expected = "true";
	f.message =
		ka_text(v->run, "%s can change the files of its image", pod_container_text(v, c));
	ka_fail(v->run, &f);
}

/* An empty object says as little as none; the API server adds one to every pod. */
static bool
says_something(const struct ka_security *s)
{
	return s->privileged != KA_UNSET || s->allow_privilege_escalation != KA_UNSET ||
	       s->read_only_root != KA_UNSET || s->run_as_non_root != KA_UNSET ||
	       s->windows_host_process != KA_UNSET || s->windows_gmsa || s->windows_run_as_user ||
	       s->proc_mount || s->run_as_user.set || s->run_as_group.set || s->caps.add.n ||
	       s->caps.drop.n || s->seccomp.type || s->apparmor.type || s->selinux.set;
}

static void
no_context(const struct pod_view *v, const struct ka_container *c, const struct ka_effective *eff)
{
	const struct ka_podspec *s = v->spec;
	struct ka_fault f;

	(void)eff;
	if (says_something(&s->security) || s->fs_group.set || s->nsupplemental || s->nsysctls ||
	    says_something(&c->security))
		return;
	f = pod_fault(v, c, "securityContext");
	f.observed = c->security.set || s->security.set ? "empty" : "absent";
	f.expected = "a security context of the container or its pod";
	f.message = ka_text(v->run, "nothing restrains %s beyond the defaults",
			    pod_container_text(v, c));
	ka_fail(v->run, &f);
}

static const struct ka_check checks[] = {
	{
		.key = "pod-capabilities-added",
		.title = "Containers add no capability beyond the Pod Security baseline",
		.why = "Capabilities are pieces of root's power. SYS_ADMIN, SYS_PTRACE, "
		       "SYS_MODULE and their like lead out of the container; NET_ADMIN and "
		       "NET_RAW into other pods' traffic.",
		.fix = "Remove the capability from capabilities.add.",
		.severity = KA_MEDIUM,
		.scope = KA_POD_KINDS,
		.run = pods_run,
		.param = &(const struct pod_rule){ .container = caps_added, .linux_only = true },
	},
	{
		.key = "pod-capabilities-not-dropped",
		.title = "Containers drop all capabilities they did not ask for",
		.why = "The runtime gives every container about fourteen capabilities. A program "
		       "that runs as root, or becomes it, can use them against the kernel and the "
		       "network.",
		.fix = "Set capabilities.drop to [ALL] and add back what the program needs.",
		.severity = KA_LOW,
		.scope = KA_POD_KINDS,
		.run = pods_run,
		.param = &(const struct pod_rule){ .container = caps_not_dropped,
						   .linux_only = true },
	},
	{
		.key = "pod-capabilities-added-back",
		.title = "Containers ask for no capability of the default set but "
			 "NET_BIND_SERVICE",
		.why = "To drop all capabilities and add most of them again is to drop none: "
		       "programs with SETUID, SETFCAP or DAC_OVERRIDE can become root in the "
		       "container and read all files in it.",
		.fix = "Remove the capability from capabilities.add; let the program run as the "
		       "user it needs.",
		.severity = KA_LOW,
		.scope = KA_POD_KINDS,
		.run = pods_run,
		.param = &(const struct pod_rule){ .container = caps_added_back,
						   .linux_only = true },
	},
	{
		.key = "pod-net-raw",
		.title = "No container can open raw sockets",
		.why = "NET_RAW allows forging packets: ARP and DNS answers for other pods on the "
		       "node.",
		.fix = "Drop NET_RAW, or ALL, in capabilities.drop.",
		.severity = KA_MEDIUM,
		.scope = KA_POD_KINDS,
		.run = pods_run,
		.param = &(const struct pod_rule){ .container = net_raw, .linux_only = true },
	},
	{
		.key = "pod-privilege-escalation",
		.title = "No process can gain more privileges than its parent",
		.why = "Without no_new_privs a set-user-ID program in the image turns an ordinary "
		       "user into root inside the container.",
		.fix = "Set allowPrivilegeEscalation: false on every container.",
		.severity = KA_MEDIUM,
		.scope = KA_POD_KINDS,
		.run = pods_run,
		.param = &(const struct pod_rule){ .container = privilege_escalation,
						   .linux_only = true },
	},
	{
		.key = "pod-seccomp",
		.title = "Every container has a seccomp profile",
		.why = "The filter keeps hundreds of system calls, and the kernel bugs behind "
		       "them, out of a container's reach. Without a profile most clusters apply "
		       "none.",
		.fix = "Set seccompProfile.type to RuntimeDefault on the pod.",
		.severity = KA_MEDIUM,
		.scope = KA_POD_KINDS,
		.run = pods_run,
		.param = &(const struct pod_rule){ .container = seccomp, .linux_only = true },
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
		.param = &(const struct pod_rule){ .container = apparmor, .linux_only = true },
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
						   .container = container_selinux,
						   .linux_only = true },
	},
	{
		.key = "pod-read-only-root",
		.title = "Containers cannot change their own image's files",
		.why = "An intruder can replace programs and leave tools behind where the root "
		       "file system is writable.",
		.fix = "Set readOnlyRootFilesystem: true and mount an emptyDir where the program "
		       "writes.",
		.severity = KA_LOW,
		.scope = KA_POD_KINDS,
		.run = pods_run,
		.param =
			&(const struct pod_rule){ .container = read_only_root, .linux_only = true },
	},
	{
		.key = "pod-no-security-context",
		.title = "Every container has a security context",
		.why = "Where neither the pod nor the container says anything, all defaults "
		       "apply, and they are lax.",
		.fix = "Start from runAsNonRoot, allowPrivilegeEscalation: false, drop ALL and "
		       "RuntimeDefault.",
		.severity = KA_LOW,
		.scope = KA_POD_KINDS,
		.run = pods_run,
		.param = &(const struct pod_rule){ .container = no_context },
	},
};

const struct ka_check_set ka_set_hardening = { "Pod hardening", checks,
					       sizeof checks / sizeof checks[0] };
