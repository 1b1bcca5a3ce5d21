/* What checks of pods share: walking the units, and naming the place of a fault. */
#ifndef CHECKS_PODS_H
#define CHECKS_PODS_H

#include <stdbool.h>
#include <stddef.h>

#include <kassay/check.h>
#include <kassay/podsec.h>

/* One pod spec under one owner, as a rule gets it. */
struct pod_view {
	struct ka_run *run;
	const struct ka_facts *facts;
	const struct ka_unit *unit;
	const struct ka_podspec *spec; /* unit->spec */
	bool windows;
};

/* What a row of pods_run() judges: the pod once, each of its containers, or both. */
struct pod_rule {
	void (*pod)(const struct pod_view *v);
	void (*container)(const struct pod_view *v, const struct ka_container *c,
			  const struct ka_effective *eff);
	bool linux_only;   /* pods that say they are for Windows are out of scope */
	bool windows_only; /* all others are */
};

/* The run function of rows whose param is a struct pod_rule. */
ka_check_fn pods_run;

/* A fault of the container, or of the pod when c is NULL.  `field` is below the container or the
 * pod's spec. */
struct ka_fault pod_fault(const struct pod_view *v, const struct ka_container *c,
			  const char *field);

/* Where an effective value was said: the container's field, or the pod's when it comes from there.
 */
const char *pod_path_from(const struct pod_view *v, const struct ka_container *c,
			  enum ka_source from, const char *field);

/* True when every container has a value of its own in place of the pod's; `says` tells whether a
 * container's context has one.  Pod Security refuses a bad value of the pod all the same: the next
 * container to be added would have it. */
bool pod_overridden(const struct pod_view *v, bool (*says)(const struct ka_security *own));

/* "container web", "init container setup", "ephemeral container debug". */
const char *pod_container_text(const struct pod_view *v, const struct ka_container *c);

/* "NET_ADMIN, SYS_TIME", or "absent". */
const char *pod_join(const struct pod_view *v, const struct ka_strs *list);
/* "true", "false" or "absent". */
const char *pod_tri_text(enum ka_tri t);

#endif
