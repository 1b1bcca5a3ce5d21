#include <kassay/podsec.h>

#include <string.h>
#include <strings.h>

#include "util/banned.h"

/* What containerd gives a container that asks for nothing (oci/spec.go, defaultUnixCaps).  CRI-O's
 * own default leaves out AUDIT_WRITE, MKNOD, NET_RAW, SETFCAP and SYS_CHROOT; which runtime a pod
 * meets cannot be told from its spec, so the wider set counts. */
static const char *const default_caps[] = {
	"AUDIT_WRITE",	    "CHOWN",   "DAC_OVERRIDE", "FOWNER", "FSETID",  "KILL",   "MKNOD",
	"NET_BIND_SERVICE", "NET_RAW", "SETFCAP",      "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
};

static enum ka_tri
over(enum ka_tri container, enum ka_tri pod)
{
	return container != KA_UNSET ? container : pod;
}

/* Runtimes compare without regard to case.  `prefixed`: CRI-O takes CAP_X for X, containerd does
 * not; what adds is then believed, what drops is not. */
static bool
has(const struct ka_strs *list, const char *cap, bool prefixed)
{
	for (size_t i = 0; i < list->n; i++) {
		const char *c = list->v[i];

		if (prefixed && strncasecmp(c, "CAP_", 4) == 0)
			c += 4;
		if (strcasecmp(c, cap) == 0)
			return true;
	}
	return false;
}

bool
ka_podsec_has_cap(const struct ka_container *c, const char *cap)
{
	const struct ka_capabilities *caps = &c->security.caps;

	/* pkg/cri/opts WithCapabilities of containerd: ALL first, then single ones added, then
	 * single ones dropped. */
	if (c->security.privileged == KA_YES)
		return true;
	if (has(&caps->drop, cap, false))
		return false;
	if (has(&caps->add, cap, true))
		return true;
	if (has(&caps->drop, "ALL", false))
		return false;
	if (has(&caps->add, "ALL", true))
		return true;
	for (size_t i = 0; i < sizeof default_caps / sizeof default_caps[0]; i++)
		if (strcasecmp(default_caps[i], cap) == 0)
			return true;
	return false;
}

static void
effective_user(const struct ka_security *pod, const struct ka_security *own,
	       struct ka_effective *ret)
{
	if (own->run_as_non_root != KA_UNSET) {
		ret->run_as_non_root = own->run_as_non_root;
		ret->run_as_non_root_from = KA_FROM_CONTAINER;
	} else if (pod->run_as_non_root != KA_UNSET) {
		ret->run_as_non_root = pod->run_as_non_root;
		ret->run_as_non_root_from = KA_FROM_POD;
	}
	if (own->run_as_user.set) {
		ret->run_as_user = own->run_as_user;
		ret->run_as_user_from = KA_FROM_CONTAINER;
	} else if (pod->run_as_user.set) {
		ret->run_as_user = pod->run_as_user;
		ret->run_as_user_from = KA_FROM_POD;
	}
	ret->run_as_group = own->run_as_group.set ? own->run_as_group : pod->run_as_group;
}

/* The profile that an annotation of the old form asks for; false when it asks for none. */
static bool
annotated_apparmor(const struct ka_podspec *spec, const char *container, struct ka_profile *ret)
{
	static const char prefix[] = "container.apparmor.security.beta.kubernetes.io/";

	for (size_t i = 0; container && i < spec->annotations->n; i++) {
		const struct ka_kv *kv = &spec->annotations->kv[i];
		const char *value = kv->value;

		if (strncmp(kv->key, prefix, sizeof prefix - 1) != 0 ||
		    strcmp(kv->key + sizeof prefix - 1, container) != 0)
			continue;
		if (strcmp(value, "runtime/default") == 0)
			*ret = (struct ka_profile){ "RuntimeDefault", NULL };
		else if (strcmp(value, "unconfined") == 0)
			*ret = (struct ka_profile){ "Unconfined", NULL };
		else if (strncmp(value, "localhost/", 10) == 0)
			*ret = (struct ka_profile){ "Localhost", value + 10 };
		else
			return false;
		return true;
	}
	return false;
}

/* pkg/security/apparmor/helpers.go, GetProfile: the annotation names the container, so it stands
 * before the pod's field. */
static void
effective_apparmor(const struct ka_podspec *spec, const struct ka_container *c,
		   struct ka_effective *ret)
{
	if (c->security.apparmor.type) {
		ret->apparmor = c->security.apparmor;
		ret->apparmor_from = KA_FROM_CONTAINER;
	} else if (annotated_apparmor(spec, c->name, &ret->apparmor)) {
		ret->apparmor_from = KA_FROM_ANNOTATION;
	} else if (spec->security.apparmor.type) {
		ret->apparmor = spec->security.apparmor;
		ret->apparmor_from = KA_FROM_POD;
	}
}

void
ka_podsec_effective(const struct ka_podspec *spec, const struct ka_container *c,
		    struct ka_effective *ret)
{
	const struct ka_security *pod = &spec->security, *own = &c->security;

	*ret = (struct ka_effective){ .proc_mount = "Default" };
	ret->windows = spec->os && strcmp(spec->os, "windows") == 0;
	ret->privileged = own->privileged == KA_YES;
	ret->read_only_root = own->read_only_root == KA_YES;
	ret->host_process = over(own->windows_host_process, pod->windows_host_process) == KA_YES;
	if (own->proc_mount)
		ret->proc_mount = own->proc_mount;
	effective_user(pod, own, ret);
	/* Seccomp annotations have had no effect since 1.27. */
	if (own->seccomp.type) {
		ret->seccomp = own->seccomp;
		ret->seccomp_from = KA_FROM_CONTAINER;
	} else if (pod->seccomp.type) {
		ret->seccomp = pod->seccomp;
		ret->seccomp_from = KA_FROM_POD;
	}
	effective_apparmor(spec, c, ret);
}

enum ka_tri
ka_podsec_root(const struct ka_effective *eff)
{
	/* The kubelet does not start a container that says both (verifyRunAsNonRoot in
	 * pkg/kubelet/kuberuntime). */
	if (eff->run_as_non_root == KA_YES)
		return KA_NO;
	if (eff->run_as_user.set)
		return eff->run_as_user.v == 0 ? KA_YES : KA_NO;
	return KA_UNSET;
}

/* ---- Pod Security labels
 * -------------------------------------------------------------------------------------- */

const char *
ka_pss_level_name(enum ka_pss_level level)
{
	switch (level) {
	case KA_PSS_PRIVILEGED:
		return "privileged";
	case KA_PSS_BASELINE:
		return "baseline";
	case KA_PSS_RESTRICTED:
		return "restricted";
	}
	return "restricted";
}

/* ParseLevel: false for a text that is no level; *ret_level is then restricted. */
static bool
parse_level(const char *text, enum ka_pss_level *ret_level)
{
	for (int l = KA_PSS_PRIVILEGED; l <= KA_PSS_RESTRICTED; l++) {
		if (strcmp(text, ka_pss_level_name((enum ka_pss_level)l)) == 0) {
			*ret_level = (enum ka_pss_level)l;
			return true;
		}
	}
	*ret_level = KA_PSS_RESTRICTED;
	return false;
}

/* ParseVersion: "latest", or v1. and a number without leading zeros that fits an int of 64 bits. */
static bool
parse_version(const char *text, bool *ret_pinned)
{
	static const char largest[] = "9223372036854775807";
	size_t n;

	*ret_pinned = false;
	if (strcmp(text, "latest") == 0)
		return true;
	if (strncmp(text, "v1.", 3) != 0)
		return false;
	text += 3;
	n = strspn(text, "0123456789");
	if (!n || text[n] || (n > 1 && text[0] == '0'))
		return false;
	if (n >= sizeof largest || (n == sizeof largest - 1 && strcmp(text, largest) > 0))
		return false;
	*ret_pinned = true;
	return true;
}

/* Without a warn label, warnings are as strict as what is enforced, and by the same version unless
 * one is given.  An enforce label that is no level is not followed. */
static void
inherit_enforce(const struct ka_object *ns, struct ka_pss_label *ret)
{
	struct ka_pss_label enforce;

	ka_pss_label(ns, KA_PSS_ENFORCE, &enforce);
	if (!enforce.valid || enforce.level == KA_PSS_PRIVILEGED)
		return;
	ret->level = enforce.level;
	if (!ret->version_present)
		ret->pinned = enforce.pinned;
}

/* PolicyToEvaluate.  The defaults come from a file of the control plane that no API shows: the
 * built-in ones are taken, privileged and latest. */
void
ka_pss_label(const struct ka_object *ns, enum ka_pss_mode mode, struct ka_pss_label *ret)
{
	static const char *const level_key[] = {
		"pod-security.kubernetes.io/enforce",
		"pod-security.kubernetes.io/audit",
		"pod-security.kubernetes.io/warn",
	};
	static const char *const version_key[] = {
		"pod-security.kubernetes.io/enforce-version",
		"pod-security.kubernetes.io/audit-version",
		"pod-security.kubernetes.io/warn-version",
	};

	*ret = (struct ka_pss_label){ .level = KA_PSS_PRIVILEGED };
	ret->text = ka_kvs_get(ns->labels, level_key[mode]);
	ret->version_text = ka_kvs_get(ns->labels, version_key[mode]);
	ret->present = ret->text != NULL;
	ret->version_present = ret->version_text != NULL;
	if (ret->version_present)
		ret->version_valid = parse_version(ret->version_text, &ret->pinned);
	if (ret->present) {
		ret->valid = parse_level(ret->text, &ret->level);
		if (!ret->valid && mode != KA_PSS_ENFORCE)
			ret->level = KA_PSS_PRIVILEGED;
	} else if (mode == KA_PSS_WARN) {
		inherit_enforce(ns, ret);
	}
}
