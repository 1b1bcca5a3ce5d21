/* What a container may do inside its walls: capabilities, ways to more of them, its own files. */
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

/* Runtimes read names of capabilities in any case; Pod Security takes nothing but ALL, in capitals.
 */
static void
caps_not_dropped(const struct pod_view *v, const struct ka_container *c,
		 const struct ka_effective *eff)
{
	const struct ka_strs *drop = &c->security.caps.drop;
	bool lower = false;
	struct ka_fault f;

	(void)eff;
	for (size_t i = 0; i < drop->n; i++) {
		if (strcmp(drop->v[i], "ALL") == 0)
			return;
		lower |= strcasecmp(drop->v[i], "ALL") == 0;
	}
	f = pod_fault(v, c, "securityContext.capabilities.drop");
	f.observed = pod_join(v, drop);
	f.expected = "ALL";
	f.message = ka_text(v->run,
			    lower ? "%s drops all capabilities in letters that Pod Security refuses"
				  : "%s keeps the capabilities that the runtime gives",
			    pod_container_text(v, c));
	f.severity = lower ? KA_INFO : KA_SEV_DEFAULT;
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

/* The field alone: that a container is privileged or has SYS_ADMIN, other rows say. */
static void
privilege_escalation(const struct pod_view *v, const struct ka_container *c,
		     const struct ka_effective *eff)
{
	struct ka_fault f;

	(void)eff;
	if (c->security.allow_privilege_escalation == KA_NO)
		return;
	f = pod_fault(v, c, "securityContext.allowPrivilegeEscalation");
	f.observed = pod_tri_text(c->security.allow_privilege_escalation);
	f.expected = "false";
	f.message = ka_text(v->run, "%s may gain privileges through set-user-ID programs",
			    pod_container_text(v, c));
	ka_fail(v->run, &f);
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
		.param = &(const struct pod_rule){ .container = caps_added },
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
