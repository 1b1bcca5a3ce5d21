/* Volumes of a pod. */
#include <string.h>

#include "model/decode_pod.h"
#include "util/str.h"
#include "util/banned.h"

/* The ServiceAccount admission plugin adds this volume to every pod that mounts a token, with five random characters at the
 * end.  It says nothing that the effective token mount does not, and would make every pod's spec different. */
bool
ka_is_token_volume(const char *name)
{
	return name && ka_str_has_prefix(name, "kube-api-access-") && strlen(name) == strlen("kube-api-access-") + 5;
}

static bool
added_by_server(const struct ka_volume *v)
{
	return ka_is_token_volume(v->name) && strcmp(v->type, "projected") == 0;
}

static void
projected(struct ka_decode *d, const struct ka_node *src, struct ka_volume *v)
{
	const struct ka_node *list = ka_dec_array(d, src, "sources");
	size_t max = list ? list->len : 0;
	struct ka_token_source *token = ka_arena_array(d->arena, max, sizeof *token);
	const char **secret = ka_arena_array(d->arena, max, sizeof *secret);
	const char **map = ka_arena_array(d->arena, max, sizeof *map);

	for (const struct ka_node *e = ka_dec_first(d, list); e; e = ka_dec_after(d, list, e)) {
		const struct ka_node *t = ka_dec_object(d, e, "serviceAccountToken");
		const char *s = ka_dec_str(d, ka_dec_object(d, e, "secret"), "name");
		const char *m = ka_dec_str(d, ka_dec_object(d, e, "configMap"), "name");

		if (t)
			token[v->ntokens++] = (struct ka_token_source){
				ka_dec_str(d, t, "audience"), ka_dec_str(d, t, "path"),
				ka_dec_int(d, t, "expirationSeconds") };
		if (s)
			secret[v->secrets.n++] = s;
		if (m)
			map[v->configmaps.n++] = m;
	}
	v->token = token;
	v->secrets.v = secret;
	v->configmaps.v = map;
}

/* VisitPodSecretNames of pkg/api/v1/pod/util.go: the Secret that stands beside what is mounted. */
static void
driver_secret(struct ka_decode *d, const struct ka_node *src, struct ka_volume *v)
{
	static const char *const types[] = { "cephfs",	"cinder", "flexVolume", "rbd",
					     "scaleIO", "iscsi",  "storageos" };
	const char *name = NULL, **list;

	if (strcmp(v->type, "azureFile") == 0)
		name = ka_dec_str(d, src, "secretName");
	else if (strcmp(v->type, "csi") == 0)
		name = ka_dec_str(d, ka_dec_object(d, src, "nodePublishSecretRef"), "name");
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (strcmp(v->type, types[i]) == 0)
			name = ka_dec_str(d, ka_dec_object(d, src, "secretRef"), "name");
	if (!name || !*name)
		return;
	list = ka_arena_array(d->arena, 1, sizeof *list);
	list[0] = name;
	v->secrets = (struct ka_strs){ 1, list };
}

/* The name of the field that says where a volume comes from, and what it points at. */
static void
source(struct ka_decode *d, const struct ka_node *vol, const struct ka_node *key, struct ka_volume *v)
{
	static const struct {
		const char *type, *ref;
	} refs[] = {
		{ "secret", "secretName" },
		{ "configMap", "name" },
		{ "persistentVolumeClaim", "claimName" },
		{ "csi", "driver" },
	};
	const struct ka_node *src;

	v->type = ka_dec_intern(d, key);
	src = ka_dec_object(d, vol, v->type);
	for (size_t i = 0; i < sizeof refs / sizeof *refs; i++)
		if (strcmp(v->type, refs[i].type) == 0)
			v->ref = ka_dec_str(d, src, refs[i].ref);
	if (strcmp(v->type, "hostPath") == 0) {
		v->path = ka_dec_str_or(d, src, "path", "");
		v->path_type = ka_dec_str(d, src, "type");
	} else if (strcmp(v->type, "projected") == 0) {
		projected(d, src, v);
	} else {
		driver_secret(d, src, v);
	}
}

void
ka_dec_volumes(struct ka_decode *d, const struct ka_node *spec, struct ka_podspec *ret)
{
	const struct ka_node *list = ka_dec_array(d, spec, "volumes");
	struct ka_volume *vol = ka_arena_array(d->arena, list ? list->len : 0, sizeof *vol);

	ret->volume = vol;
	for (const struct ka_node *e = ka_dec_first(d, list); e; e = ka_dec_after(d, list, e)) {
		struct ka_volume *v = &vol[ret->nvolumes];

		*v = (struct ka_volume){ .name = ka_dec_str_or(d, e, "name", ""), .type = "" };
		for (const struct ka_node *k = ka_tape_first(d->t, e); k; k = ka_tape_after(d->t, e, k))
			if (!ka_tape_is(d->t, k, "name") && ka_tape_value(d->t, k)->type != KA_NULL)
				source(d, e, k, v);
		if (!v->type[0])
			v->type = ka_intern(d->in, "");
		/* A pod that asks for no token gets none: there the volume is its author's. */
		if (!(added_by_server(v) && ret->automount_token != KA_NO))
			ret->nvolumes++;
	}
}
