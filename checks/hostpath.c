/* Pieces of the node's file system that pods are given: by hostPath, or by a claim on a volume that
 * is one. */
#include <stdlib.h>
#include <string.h>

#include <kassay/inventory.h>

#include "places.h"
#include "pods.h"
#include "sets.h"

/* How the pod's containers have a volume, and the first that has it so. */
enum access { NOT_MOUNTED, READ_ONLY, WRITABLE };

static enum access
volume_access(const struct pod_view *v, const struct ka_volume *vol,
	      const struct ka_container **ret_c)
{
	enum access best = NOT_MOUNTED;

	*ret_c = NULL;
	for (size_t i = 0; i < v->spec->ncontainers; i++) {
		const struct ka_container *c = &v->spec->container[i];

		for (size_t m = 0; m < c->nmounts; m++) {
			enum access a = c->mount[m].read_only ? READ_ONLY : WRITABLE;

			if (c->mount[m].volume != vol->name || !vol->name || a <= best)
				continue;
			best = a;
			*ret_c = c;
		}
	}
	return best;
}

static const char *
access_text(const struct pod_view *v, enum access a, const struct ka_container *c)
{
	switch (a) {
	case NOT_MOUNTED:
		return "mounted by no container yet";
	case READ_ONLY:
		return ka_text(v->run, "read-only in %s", pod_container_text(v, c));
	case WRITABLE:
		return ka_text(v->run, "writable in %s", pod_container_text(v, c));
	}
	return "";
}

/* What the three hostPath checks say alike; they add message and severity. */
static struct ka_fault
volume_fault(const struct pod_view *v, size_t index, const char *expected)
{
	const struct ka_volume *vol = &v->spec->volume[index];
	struct ka_fault f =
		pod_fault(v, NULL, ka_text(v->run, "volumes[%zu].hostPath.path", index));

	f.observed = vol->path ? vol->path : "absent";
	f.expected = expected;
	return f;
}

static bool
is_host_path(const struct ka_volume *vol)
{
	return strcmp(vol->type, "hostPath") == 0;
}

static void
host_path(const struct pod_view *v)
{
	for (size_t i = 0; i < v->spec->nvolumes; i++) {
		const struct ka_volume *vol = &v->spec->volume[i];
		const struct ka_container *c;
		enum access a;
		struct ka_fault f;

		if (!is_host_path(vol))
			continue;
		a = volume_access(v, vol, &c);
		f = volume_fault(v, i, "another kind of volume");
		f.message = ka_text(v->run, "volume %s is %s of the node, %s",
				    vol->name ? vol->name : "(unnamed)",
				    vol->path ? vol->path : "a path", access_text(v, a, c));
		f.severity = a == WRITABLE ? KA_MEDIUM : KA_LOW;
		ka_fail(v->run, &f);
	}
}

static void
host_path_sensitive(const struct pod_view *v)
{
	for (size_t i = 0; i < v->spec->nvolumes; i++) {
		const struct ka_volume *vol = &v->spec->volume[i];
		const struct place *p;
		const struct ka_container *c;
		char path[PLACE_PATH_LEN];
		enum access a;
		struct ka_fault f;

		if (!is_host_path(vol) || !vol->path)
			continue;
		place_clean(vol->path, path);
		p = place_find(path);
		if (!p)
			continue;
		a = volume_access(v, vol, &c);
		f = volume_fault(v, i, "no path that holds what the node lives on");
		f.message =
			ka_text(v->run, "volume %s holds %s, %s",
				vol->name ? vol->name : "(unnamed)", p->what, access_text(v, a, c));
		f.severity = a == WRITABLE ? p->write : a == READ_ONLY ? p->read : KA_LOW;
		ka_fail(v->run, &f);
	}
}

/* Sockets of runtimes belong to root.  True when no container with the volume can be root. */
static bool
mounted_by_users_only(const struct pod_view *v, const struct ka_volume *vol)
{
	for (size_t i = 0; i < v->spec->ncontainers; i++) {
		const struct ka_container *c = &v->spec->container[i];
		struct ka_effective eff;

		ka_podsec_effective(v->spec, c, &eff);
		for (size_t m = 0; m < c->nmounts; m++)
			if (c->mount[m].volume == vol->name && ka_podsec_root(&eff) != KA_NO)
				return false;
	}
	return true;
}

/* Read-only mounts do not help: connecting to a socket is no write. */
static void
runtime_socket(const struct pod_view *v)
{
	for (size_t i = 0; i < v->spec->nvolumes; i++) {
		const struct ka_volume *vol = &v->spec->volume[i];
		const struct ka_container *c;
		char path[PLACE_PATH_LEN];
		enum access a;
		struct ka_fault f;

		if (!is_host_path(vol) || !vol->path)
			continue;
		place_clean(vol->path, path);
		if (!place_is_runtime_socket(path))
			continue;
		a = volume_access(v, vol, &c);
		f = volume_fault(v, i, "no socket of the container runtime, nor its folder");
		f.message = ka_text(v->run, "volume %s gives access to the container runtime, %s",
				    vol->name ? vol->name : "(unnamed)", access_text(v, a, c));
		/* The socket's group may let users in: they still count. */
		f.severity = a == NOT_MOUNTED		     ? KA_LOW
			     : mounted_by_users_only(v, vol) ? KA_HIGH
							     : KA_SEV_DEFAULT;
		ka_fail(v->run, &f);
	}
}

/* check_restrictedVolumes.go of pod-security-admission.  A volume without a source is an emptyDir;
 * what hostPath volumes are, pod-host-path says. */
static bool
volume_type_allowed(const char *type)
{
	static const char *const allowed[] = {
		"",	     "configMap", "csi",      "downwardAPI",
		"emptyDir",  "ephemeral", "hostPath", "image",
		"projected", "secret",	  "persistentVolumeClaim",
	};

	for (size_t i = 0; i < sizeof allowed / sizeof allowed[0]; i++)
		if (strcmp(type, allowed[i]) == 0)
			return true;
	return false;
}

static void
volume_types(const struct pod_view *v)
{
	for (size_t i = 0; i < v->spec->nvolumes; i++) {
		const struct ka_volume *vol = &v->spec->volume[i];
		struct ka_fault f;

		if (volume_type_allowed(vol->type))
			continue;
		f = pod_fault(v, NULL, ka_text(v->run, "volumes[%zu]", i));
		f.observed = vol->type;
		f.expected = "configMap, csi, downwardAPI, emptyDir, ephemeral, image, "
			     "persistentVolumeClaim, "
			     "projected or secret";
		f.message = ka_text(v->run, "volume %s is of type %s",
				    vol->name ? vol->name : "(unnamed)", vol->type);
		ka_fail(v->run, &f);
	}
}

/* The claim behind a volume, or NULL.  That of an ephemeral one is named after the pod and the volume
 * (pkg/volume/util, via component-helpers' ephemeral.VolumeClaimName); pods of one spec are alike in what it leads to. */
static const char *
claim_of(const struct pod_view *v, const struct ka_volume *vol)
{
	if (strcmp(vol->type, "persistentVolumeClaim") == 0)
		return vol->ref;
	if (strcmp(vol->type, "ephemeral") == 0 && v->unit->pod)
		return ka_text(v->run, "%s-%s", v->unit->pod->obj.name, vol->name);
	return NULL;
}

static void
claim_fault(const struct pod_view *v, size_t index, const char *claim, const struct ka_volume_object *pv)
{
	struct ka_fault f = pod_fault(
		v, NULL, ka_text(v->run, "volumes[%zu].%s", index, v->spec->volume[index].type));
	const char *path = pv->path ? pv->path : "a path";
	const struct place *p = NULL;
	char clean[PLACE_PATH_LEN];

	if (pv->path) {
		place_clean(pv->path, clean);
		p = place_find(clean);
	}
	f.observed = ka_text(v->run, "PersistentVolume %s: %s %s", pv->obj.name, pv->type, path);
	f.expected = "a volume that is no piece of the node";
	f.message =
		ka_text(v->run, "claim %s leads to %s of the node%s%s", claim, path,
			p ? ", which holds " : "", p ? p->what : "");
	f.severity = p ? KA_HIGH : strcmp(pv->type, "local") == 0 ? KA_LOW : KA_SEV_DEFAULT;
	f.via[0] = &pv->obj;
	ka_fail(v->run, &f);
}

static int
host_path_pv(struct ka_run *run, const struct ka_check *check, const struct ka_facts *facts,
	     struct ka_err *err)
{
	const struct ka_graph *g = facts->g;
	struct ka_claimed *claimed;
	size_t n = ka_claimed_volumes(g, &claimed);

	(void)check;
	(void)err;
	for (size_t u = 0; u < g->nunits; u++) {
		const struct pod_view v = { run, facts, &g->unit[u], g->unit[u].spec, false };

		ka_saw(run, v.unit->object);
		for (size_t i = 0; i < v.spec->nvolumes; i++) {
			const struct ka_volume *vol = &v.spec->volume[i];
			const struct ka_volume_object *pv;
			const char *claim = claim_of(&v, vol);

			if (!claim)
				continue;
			pv = ka_claim_volume(g, claimed, n, v.unit->object->namespace, claim);
			if (pv && pv->type &&
			    (strcmp(pv->type, "hostPath") == 0 || strcmp(pv->type, "local") == 0))
				claim_fault(&v, i, claim, pv);
		}
	}
	free(claimed);
	return 0;
}

static const struct ka_check checks[] = {
	{
		.key = "pod-host-path",
		.title = "No pod mounts a path of its node",
		.why = "A hostPath volume goes around every limit on storage: it outlives the "
		       "pod, is shared with whatever else uses the path, and ties the pod's "
		       "security to what lies there.",
		.fix = "Use a PersistentVolumeClaim, an emptyDir or a ConfigMap; where the path "
		       "is needed, mount it read-only.",
		.severity = KA_MEDIUM,
		.scope = KA_POD_KINDS,
		.run = pods_run,
		.param = &(const struct pod_rule){ .pod = host_path },
	},
	{
		.key = "pod-host-path-sensitive",
		.title = "No pod mounts a path that its node's security rests on",
		.why = "Credentials, programs and devices of the node are the node: to read them "
		       "is often, and to write them always, enough to become root on it and to "
		       "act for its other pods.",
		.fix = "Remove the volume, or mount the one file that is needed, read-only.",
		.severity = KA_HIGH,
		.scope = KA_POD_KINDS,
		.run = pods_run,
		.param = &(const struct pod_rule){ .pod = host_path_sensitive },
	},
	{
		.key = "pod-runtime-socket",
		.title = "No pod can reach the container runtime's socket",
		.why = "Whoever can talk to the runtime can start a privileged container with the "
		       "node's disk in it, and enter every other container. A read-only mount "
		       "changes nothing.",
		.fix = "Remove the volume; build images and list containers by other means.",
		.severity = KA_CRITICAL,
		.scope = KA_POD_KINDS,
		.run = pods_run,
		.param = &(const struct pod_rule){ .pod = runtime_socket },
	},
	{
		.key = "pod-host-path-pv",
		.title = "No claim of a pod leads to a path of a node",
		.why = "A PersistentVolume of type hostPath or local is the node's file system "
		       "behind another name, and Pod Security does not look there.",
		.fix = "Bind the claim to a volume of a storage system.",
		.severity = KA_MEDIUM,
		.scope = KA_POD_KINDS,
		.needs = KA_BIT(KA_PERSISTENTVOLUME) | KA_BIT(KA_PERSISTENTVOLUMECLAIM),
		.run = host_path_pv,
	},
	{
		.key = "pod-volume-types",
		.title = "Pods use no kind of volume, hostPath aside, that Pod Security's "
			 "restricted level refuses",
		.why = "Other volume sources talk to the node, or to storage with credentials of "
		       "the node, outside the control of claims and storage classes.",
		.fix = "Use a PersistentVolumeClaim for storage outside the pod.",
		.severity = KA_LOW,
		.scope = KA_POD_KINDS,
		.run = pods_run,
		.param = &(const struct pod_rule){ .pod = volume_types },
	},
};

const struct ka_check_set ka_set_hostpath = { "Pod volumes", checks,
					      sizeof checks / sizeof checks[0] };
