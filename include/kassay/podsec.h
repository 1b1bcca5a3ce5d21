/* What a container really runs with: container over pod over default. */
#ifndef KASSAY_PODSEC_H
#define KASSAY_PODSEC_H

#include <stdbool.h>
#include <stddef.h>

#include <kassay/graph.h>

enum ka_source { /* where an effective value comes from */
	KA_FROM_DEFAULT,
	KA_FROM_POD,
	KA_FROM_CONTAINER,
	KA_FROM_ANNOTATION,
};

struct ka_effective {
	bool windows;                 /* spec.os.name says so */
	bool privileged;
	bool read_only_root;
	enum ka_tri run_as_non_root;  /* KA_UNSET when nobody says */
	enum ka_source run_as_non_root_from;
	struct ka_optint run_as_user; /* not set: the image decides, and we cannot see it */
	enum ka_source run_as_user_from;
	struct ka_optint run_as_group;
	/* type NULL: no profile asked for (the kubelet's default applies: Unconfined unless
	 * seccompDefault) */
	struct ka_profile seccomp;
	enum ka_source seccomp_from;
	struct ka_profile apparmor;   /* type NULL: none asked for; old annotations are read too */
	enum ka_source apparmor_from;
	bool host_process;            /* Windows */
	const char *proc_mount;       /* never NULL: "Default" */
};
/* core/v1 SecurityContext and PodSecurityContext; pkg/securitycontext/util.go
 * (DetermineEffectiveSecurityContext). */
void ka_podsec_effective(const struct ka_podspec *spec, const struct ka_container *c,
			 struct ka_effective *ret);

/* Whether a container may run as root: KA_YES for uid 0, KA_NO when a non-zero uid or runAsNonRoot
 * true says so, KA_UNSET when the image decides. */
enum ka_tri ka_podsec_root(const struct ka_effective *eff);

/* True when the capability is in what the container ends up with: added (or ALL added), or in the
 * runtime's default set and not dropped, or the container is privileged.  `cap` without CAP_. */
bool ka_podsec_has_cap(const struct ka_container *c, const char *cap);

enum ka_pss_level { KA_PSS_PRIVILEGED, KA_PSS_BASELINE, KA_PSS_RESTRICTED };
/* pod-security.kubernetes.io/{enforce,audit,warn}[-version] of a namespace, read as
 * pod-security-admission/api/helpers.go reads them: a bad enforce level is restricted, a bad audit
 * or warn level privileged, a bad version latest. */
struct ka_pss_label {
	bool present;
	bool valid;
	enum ka_pss_level level;      /* effective */
	const char *text;             /* as written, or NULL */
	bool version_present, version_valid;
	const char *version_text;
	bool pinned;                  /* a valid version other than latest; that of enforce where warn inherits it */
};
enum ka_pss_mode { KA_PSS_ENFORCE, KA_PSS_AUDIT, KA_PSS_WARN };
void ka_pss_label(const struct ka_object *ns, enum ka_pss_mode mode, struct ka_pss_label *ret);
const char *ka_pss_level_name(enum ka_pss_level level);

#endif
