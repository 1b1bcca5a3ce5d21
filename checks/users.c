/* Which users and groups containers run as. */
#include <string.h>
#include <strings.h>

#include "pods.h"
#include "sets.h"

/* Windows has no uids: the account's name, which the kubelet compares when runAsNonRoot says so. */
static void
windows_admin(const struct pod_view *v, const struct ka_container *c,
	      const struct ka_effective *eff)
{
	const char *own = c->security.windows_run_as_user,
		   *user = own ? own : v->spec->security.windows_run_as_user;
	struct ka_fault f;

	if (eff->run_as_non_root == KA_YES ||
	    (user && strcasecmp(user, "ContainerAdministrator") != 0))
		return;
	f = pod_fault(v, c, "securityContext.windowsOptions.runAsUserName");
	f.observed = user ? user : "absent";
	f.expected = "another account than ContainerAdministrator";
	f.message = ka_text(v->run, "%s may run as the container's administrator",
			    pod_container_text(v, c));
	f.severity = user ? KA_MEDIUM : KA_LOW;
	ka_fail(v->run, &f);
}

/* Root in a user namespace of the pod's own is nobody on the node: Pod Security does not look any
 * more from 1.35 on. With runAsNonRoot beside uid 0 the kubelet refuses to start the container; Pod
 * Security refuses the pod. */
static void
run_as_root(const struct pod_view *v, const struct ka_container *c, const struct ka_effective *eff)
{
	bool zero = eff->run_as_user.set && eff->run_as_user.v == 0;
	struct ka_fault f;

	if (v->windows) {
		windows_admin(v, c, eff);
		return;
	}
	if (v->spec->host_users == KA_NO || (ka_podsec_root(eff) == KA_NO && !zero))
		return;
	if (zero) {
		bool starts = eff->run_as_non_root != KA_YES;

		f = pod_fault(v, c, "securityContext.runAsUser");
		f.path = pod_path_from(v, c, eff->run_as_user_from, "securityContext.runAsUser");
		f.observed = "0";
		f.expected = "any other user id";
		f.message = ka_text(v->run,
				    starts ? "%s runs as root"
					   : "%s asks for root and forbids it: it cannot start",
				    pod_container_text(v, c));
		f.severity = starts ? KA_SEV_DEFAULT : KA_LOW;
	} else {
		f = pod_fault(v, c, "securityContext.runAsNonRoot");
		f.path = pod_path_from(v, c, eff->run_as_non_root_from,
				       "securityContext.runAsNonRoot");
		f.observed = pod_tri_text(eff->run_as_non_root);
		f.expected = "true, or a runAsUser other than 0";
		f.message = ka_text(v->run, "%s runs as root if its image says so",
				    pod_container_text(v, c));
		f.severity = KA_LOW;
	}
	ka_fail(v->run, &f);
}

static void
zero_group(const struct pod_view *v, const struct ka_container *c, const char *field)
{
	struct ka_fault f = pod_fault(v, c, field);

	f.observed = "0";
	f.expected = "any other group id";
	f.message = c ? ka_text(v->run, "%s runs with the root group", pod_container_text(v, c))
		      : "the pod runs with the root group";
	ka_fail(v->run, &f);
}

static void
pod_root_group(const struct pod_view *v)
{
	const struct ka_podspec *s = v->spec;

	if (s->security.run_as_group.set && s->security.run_as_group.v == 0) {
		bool inherited = false;

		/* Pods whose containers all say otherwise are not at fault. */
		for (size_t i = 0; i < s->ncontainers; i++)
			inherited |= !s->container[i].security.run_as_group.set;
		if (inherited)
			zero_group(v, NULL, "securityContext.runAsGroup");
	}
	if (s->fs_group.set && s->fs_group.v == 0)
		zero_group(v, NULL, "securityContext.fsGroup");
	for (size_t i = 0; i < s->nsupplemental; i++)
		if (s->supplemental[i] == 0)
			zero_group(v, NULL,
				   ka_text(v->run, "securityContext.supplementalGroups[%zu]", i));
}

static void
container_root_group(const struct pod_view *v, const struct ka_container *c,
		     const struct ka_effective *eff)
{
	(void)eff;
	if (c->security.run_as_group.set && c->security.run_as_group.v == 0)
		zero_group(v, c, "securityContext.runAsGroup");
}

static const struct ka_check checks[] = {
	{
		.key = "pod-run-as-root",
		.title = "No container can run as root",
		.why = "Root in a container is root to the kernel: whatever breaks the wall "
		       "between them finds itself with all rights on the node.",
		.fix = "Set runAsNonRoot: true, and runAsUser where the image's user is root or a "
		       "name.",
		.severity = KA_MEDIUM,
		.scope = KA_POD_KINDS,
		.run = pods_run,
		.param = &(const struct pod_rule){ .container = run_as_root },
	},
	{
		.key = "pod-root-group",
		.title = "No pod asks for the root group",
		.why = "Files of the root group in images and on host paths become readable, and "
		       "often writable, to a program that is not root.",
		.fix = "Give runAsGroup, fsGroup and supplementalGroups ids other than 0.",
		.severity = KA_LOW,
		.scope = KA_POD_KINDS,
		.run = pods_run,
		.param = &(const struct pod_rule){ .pod = pod_root_group,
						   .container = container_root_group,
						   .linux_only = true },
	},
};

const struct ka_check_set ka_set_users = { "Pod users", checks, sizeof checks / sizeof checks[0] };
