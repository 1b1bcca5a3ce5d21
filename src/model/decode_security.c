/* securityContext of pods and containers. */
#include <string.h>

#include "model/decode.h"
#include "model/decode_pod.h"
#include "util/banned.h"

static struct ka_profile
profile(struct ka_decode *d, const struct ka_node *sc, const char *key)
{
	const struct ka_node *p = ka_dec_object(d, sc, key);

	/* The API server wants a type; Pod Security takes a profile without one for a bad one. */
	return (struct ka_profile){ p ? ka_dec_str_or(d, p, "type", "") : NULL,
				    ka_dec_str(d, p, "localhostProfile") };
}

void
ka_dec_security(struct ka_decode *d, const struct ka_node *parent, struct ka_security *ret)
{
	const struct ka_node *sc = ka_dec_object(d, parent, "securityContext");
	const struct ka_node *caps = ka_dec_object(d, sc, "capabilities");
	const struct ka_node *se = ka_dec_object(d, sc, "seLinuxOptions");
	const struct ka_node *win = ka_dec_object(d, sc, "windowsOptions");

	if (!sc)
		return;
	/* The API server fills in an empty securityContext for pods: that is nobody's decision. */
	ret->set = sc->len > 0;
	ret->privileged = ka_dec_tri(d, sc, "privileged");
	ret->allow_privilege_escalation = ka_dec_tri(d, sc, "allowPrivilegeEscalation");
	ret->read_only_root = ka_dec_tri(d, sc, "readOnlyRootFilesystem");
	ret->run_as_non_root = ka_dec_tri(d, sc, "runAsNonRoot");
	ret->run_as_user = ka_dec_int(d, sc, "runAsUser");
	ret->run_as_group = ka_dec_int(d, sc, "runAsGroup");
	ret->proc_mount = ka_dec_str(d, sc, "procMount");
	ret->caps.add = ka_dec_strs(d, caps, "add");
	ret->caps.drop = ka_dec_strs(d, caps, "drop");
	ret->seccomp = profile(d, sc, "seccompProfile");
	ret->apparmor = profile(d, sc, "appArmorProfile");
	ret->windows_host_process = ka_dec_tri(d, win, "hostProcess");
	ret->windows_gmsa = ka_dec_str(d, win, "gmsaCredentialSpecName");
	ret->windows_run_as_user = ka_dec_str(d, win, "runAsUserName");
	ret->selinux = (struct ka_selinux){
		.set = se != NULL,
		.user = ka_dec_str(d, se, "user"),
		.role = ka_dec_str(d, se, "role"),
		.type = ka_dec_str(d, se, "type"),
		.level = ka_dec_str(d, se, "level"),
	};
}

void
ka_dec_pod_security(struct ka_decode *d, const struct ka_node *spec, struct ka_podspec *ret)
{
	const struct ka_node *sc = ka_dec_object(d, spec, "securityContext");
	const struct ka_node *groups = ka_dec_array(d, sc, "supplementalGroups");
	const struct ka_node *sysctls = ka_dec_array(d, sc, "sysctls");
	int64_t *group = ka_arena_array(d->arena, groups ? groups->len : 0, sizeof *group);
	struct ka_sysctl *sysctl = ka_arena_array(d->arena, sysctls ? sysctls->len : 0, sizeof *sysctl);

	ka_dec_security(d, spec, &ret->security);
	ret->fs_group = ka_dec_int(d, sc, "fsGroup");
	for (const struct ka_node *e = ka_tape_first(d->t, groups); e; e = ka_tape_after(d->t, groups, e)) {
		if (ka_tape_int(d->t, e, &group[ret->nsupplemental]))
			ret->nsupplemental++;
		else
			ka_dec_problem(d, e, "supplementalGroups holds something that is no whole number");
	}
	for (const struct ka_node *e = ka_dec_first(d, sysctls); e; e = ka_dec_after(d, sysctls, e))
		sysctl[ret->nsysctls++] = (struct ka_sysctl){ ka_dec_str_or(d, e, "name", ""),
							      ka_dec_text(d, e, "value") };
	ret->supplemental = group;
	ret->sysctl = sysctl;
}
