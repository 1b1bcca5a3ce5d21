/* Which users and groups containers run as. */
#include <string.h>
#include <strings.h>

#include "pods.h"
#include "sets.h"

/* The rows on root share the containers out between them, so that together they say what
 * check_runAsNonRoot.go and check_runAsUser.go of pod-security-admission say, and nothing twice.
 * Root in a user namespace of the pod's own is nobody on the node: Pod Security does not look any
 * more from 1.35 on. */
enum user {
	USER_FINE,	/* runAsNonRoot says so, or nobody cares */
	USER_ROOT,	/* uid 0 */
	USER_ROOT_IDLE, /* uid 0, but runAsNonRoot keeps it from starting */
	USER_ADMIN,	/* Windows: ContainerAdministrator */
	USER_NAMED,	/* another user, but no runAsNonRoot */
	USER_OF_IMAGE,	/* the image decides */
};

/* Windows has no uids: the account's name, which the kubelet compares when runAsNonRoot says so. */
static const char *
windows_user(const struct pod_view *v, const struct ka_container *c)
{
	const char *own = c->security.windows_run_as_user;

	return own ? own : v->spec->security.windows_run_as_user;
}

static enum user
user_of(const struct pod_view *v, const struct ka_container *c, const struct ka_effective *eff)
{
	const char *account = v->windows ? windows_user(v, c) : NULL;

	if (v->spec->host_users == KA_NO)
		return USER_FINE;
	if (eff->run_as_user.set && eff->run_as_user.v == 0)
		return eff->run_as_non_root == KA_YES ? USER_ROOT_IDLE : USER_ROOT;
	if (eff->run_as_non_root == KA_YES)
		return USER_FINE;
	if (account)
		return strcasecmp(account, "ContainerAdministrator") == 0 ? USER_ADMIN : USER_NAMED;
	return eff->run_as_user.set ? USER_NAMED : USER_OF_IMAGE;
}

static void
zero_user(const struct pod_view *v, const struct ka_container *c, const struct ka_effective *eff,
	  const char *message)
{
	struct ka_fault f = pod_fault(v, c, "securityContext.runAsUser");

	f.path = pod_path_from(v, c, eff->run_as_user_from, "securityContext.runAsUser");
	f.observed = "0";
	f.expected = "any other user id";
	f.message = message;
	ka_fail(v->run, &f);
}

static void
run_as_root(const struct pod_view *v, const struct ka_container *c, const struct ka_effective *eff)
{
	if (user_of(v, c, eff) == USER_ROOT)
		zero_user(v, c, eff, ka_text(v->run, "%s runs as root", pod_container_text(v, c)));
}

static void
idle_root(const struct pod_view *v, const struct ka_container *c, const struct ka_effective *eff)
{
	if (user_of(v, c, eff) == USER_ROOT_IDLE)
		zero_user(v, c, eff,
			  ka_text(v->run, "%s asks for root and forbids it: it cannot start",
				  pod_container_text(v, c)));
}

static bool
says_user(const struct ka_security *own)
{
	return own->run_as_user.set;
}

static void
pod_idle_root(const struct pod_view *v)
{
	const struct ka_security *pod = &v->spec->security;
	struct ka_fault f;

	if (v->spec->host_users == KA_NO || !pod->run_as_user.set || pod->run_as_user.v != 0 ||
	    !pod_overridden(v, says_user))
		return;
	f = pod_fault(v, NULL, "securityContext.runAsUser");
	f.observed = "0";
	f.expected = "any other user id";
	f.message = "the pod asks for root, though each of its containers has a user of its own";
	ka_fail(v->run, &f);
}

static void
windows_admin(const struct pod_view *v, const struct ka_container *c,
	      const struct ka_effective *eff)
{
	bool own = c->security.windows_run_as_user != NULL;
	struct ka_fault f;

	if (user_of(v, c, eff) != USER_ADMIN)
		return;
	f = pod_fault(v, c, "securityContext.windowsOptions.runAsUserName");
	f.path = pod_path_from(v, c, own ? KA_FROM_CONTAINER : KA_FROM_POD,
			       "securityContext.windowsOptions.runAsUserName");
	f.observed = windows_user(v, c);
	f.expected = "another account than ContainerAdministrator";
	f.message = ka_text(v->run, "%s runs as the container's administrator",
			    pod_container_text(v, c));
	ka_fail(v->run, &f);
}

/* What rows on a missing runAsNonRoot say alike; they add the message. */
static struct ka_fault
non_root_fault(const struct pod_view *v, const struct ka_container *c,
	       const struct ka_effective *eff, const char *expected)
{
	struct ka_fault f = pod_fault(v, c, "securityContext.runAsNonRoot");

	f.path = pod_path_from(v, c, eff->run_as_non_root_from, "securityContext.runAsNonRoot");
	f.observed = pod_tri_text(eff->run_as_non_root);
	f.expected = expected;
	return f;
}

static void
image_user(const struct pod_view *v, const struct ka_container *c, const struct ka_effective *eff)
{
	struct ka_fault f;

	if (user_of(v, c, eff) != USER_OF_IMAGE)
		return;
	f = non_root_fault(v, c, eff,
			   v->windows ? "true, or a runAsUserName"
				      : "true, or a runAsUser other than 0");
	f.message =
		ka_text(v->run,
			v->windows ? "%s runs as the container's administrator if its image says so"
				   : "%s runs as root if its image says so",
			pod_container_text(v, c));
	ka_fail(v->run, &f);
}

static void
undeclared(const struct pod_view *v, const struct ka_container *c, const struct ka_effective *eff)
{
	struct ka_fault f;

	if (user_of(v, c, eff) != USER_NAMED)
		return;
	f = non_root_fault(v, c, eff, "true");
	f.message = ka_text(v->run, "%s has a user, but does not declare that it is not root",
			    pod_container_text(v, c));
	ka_fail(v->run, &f);
}

static bool
declares_non_root(const struct ka_security *own)
{
	return own->run_as_non_root == KA_YES;
}

/* Where a container does not declare it, that container is the finding. */
static void
pod_undeclared(const struct pod_view *v)
{
	struct ka_fault f;

	if (v->spec->host_users == KA_NO || v->spec->security.run_as_non_root != KA_NO ||
	    !pod_overridden(v, declares_non_root))
		return;
	f = pod_fault(v, NULL, "securityContext.runAsNonRoot");
	f.observed = "false";
	f.expected = "true or absent";
	f.message = "the pod allows root, though each of its containers forbids it";
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
		.title = "No container asks to run as root",
		.why = "Root in a container is root to the kernel: whatever breaks the wall "
		       "between them finds itself with all rights on the node.",
		.fix = "Give runAsUser another id than 0, and set runAsNonRoot: true.",
		.severity = KA_MEDIUM,
		.scope = KA_POD_KINDS,
		.run = pods_run,
		.param = &(const struct pod_rule){ .container = run_as_root },
	},
	{
		.key = "pod-run-as-image-user",
		.title = "No container leaves it to its image whether it is root",
		.why = "Most images start as root unless they say otherwise, and the next build of "
		       "one that does may not: no review of the manifest would show it.",
		.fix = "Set runAsNonRoot: true, and runAsUser where the image's user is root or a "
		       "name.",
		.severity = KA_LOW,
		.scope = KA_POD_KINDS,
		.run = pods_run,
		.param = &(const struct pod_rule){ .container = image_user },
	},
	{
		.key = "pod-windows-administrator",
		.title = "No Windows container asks to run as its administrator",
		.why = "The administrator of a container may change everything in it, and stands "
		       "nearest to the next hole in the wall around it.",
		.fix = "Set windowsOptions.runAsUserName to ContainerUser, and runAsNonRoot: true.",
		.severity = KA_MEDIUM,
		.scope = KA_POD_KINDS,
		.none = "no pod in the source says that it is for Windows",
		.run = pods_run,
		.param = &(const struct pod_rule){ .container = windows_admin,
						   .windows_only = true },
	},
	{
		.key = "pod-non-root-undeclared",
		.title = "Containers that choose their user declare that it is not root",
		.why = "A user id is one edit away from 0. With runAsNonRoot the kubelet refuses "
		       "to start such a container; Pod Security's restricted level refuses pods "
		       "that do not ask for this.",
		.fix = "Set runAsNonRoot: true on the pod, and remove it where it is false.",
		.severity = KA_LOW,
		.scope = KA_POD_KINDS,
		.run = pods_run,
		.param = &(const struct pod_rule){ .pod = pod_undeclared, .container = undeclared },
	},
	{
		.key = "pod-root-without-effect",
		.title = "No pod asks for user 0 where that has no effect",
		.why = "The setting waits for its moment: a container that is added without a user "
		       "becomes root; one that is forbidden to be root does not start. Pod "
		       "Security's restricted level refuses the pod either way.",
		.fix = "Remove runAsUser: 0.",
		.severity = KA_LOW,
		.scope = KA_POD_KINDS,
		.run = pods_run,
		.param = &(const struct pod_rule){ .pod = pod_idle_root, .container = idle_root },
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
