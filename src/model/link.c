/* Linking pods and workloads to the owner that a person would look for, and making the units that
 * checks judge. */
#include <stdlib.h>
#include <string.h>

#include "model/graph_full.h"
#include "util/alloc.h"
#include "util/str.h"

#include "util/banned.h"

/* Pod, ReplicaSet, Deployment and what may come: a cycle of owners ends here. */
#define MAX_OWNERS 8

struct linker {
	struct ka_graph_full *f;
	struct ka_map ghosts; /* "namespace/kind/name" -> index into f->ghosts */
	struct ka_map units;  /* (object, spec) -> index into f->unit */
	size_t nunits, unit_cap;
};

static bool
is_workload(enum ka_kind kind)
{
	return (KA_BIT(kind) & KA_WORKLOAD_KINDS) != 0;
}

static struct ka_object *
find(struct ka_graph_full *f, enum ka_kind kind, const char *namespace, const char *name)
{
	uint32_t i = name ? ka_map_get(&f->index[kind], name, namespace) : KA_MAP_NONE;

	return i == KA_MAP_NONE ? NULL : f->of[kind].v[i];
}

/* An owner that is named but was not read.  One for each (kind, namespace, name). */
static struct ka_object *
ghost(struct linker *l, enum ka_kind kind, const struct ka_owner_ref *ref, const char *namespace)
{
	struct ka_graph_full *f = l->f;
	char *composed = ka_arena_fmt(f->arena, "%s/%s/%s", namespace ? namespace : "", ref->kind,
				      ref->name);
	const char *key = ka_intern(f->in, composed);
	uint32_t i = ka_map_add(&l->ghosts, key, NULL, (uint32_t)f->ghosts.n);
	struct ka_workload *w;

	if (i < f->ghosts.n)
		return f->ghosts.v[i];
	w = ka_arena_alloc(f->arena, sizeof *w);
	w->obj = (struct ka_object){
		.kind = kind,
		.ghost = true,
		.api_version = ref->api_version,
		.kind_name = ref->kind,
		.namespace = namespace,
		.name = ref->name,
		.labels = ka_arena_alloc(f->arena, sizeof(struct ka_kvs)),
		.annotations = ka_arena_alloc(f->arena, sizeof(struct ka_kvs)),
	};
	w->labels = w->obj.labels;
	w->top = &w->obj;
	KA_GROW(f->ghosts.v, f->ghosts.n, f->ghosts.cap);
	f->ghosts.v[f->ghosts.n++] = &w->obj;
	return &w->obj;
}

/* The Deployment of a ReplicaSet that was not read: the deployment controller names a ReplicaSet
 * after its Deployment and the hash that is also in the pods' label
 * (pkg/controller/deployment/sync.go).  Likewise a CronJob names its Jobs after itself and the
 * minute they are for (pkg/controller/cronjob/utils.go). */
static struct ka_object *
guess_owner(struct ka_graph_full *f, enum ka_kind kind, const char *namespace, const char *name,
	    const struct ka_kvs *labels)
{
	const char *dash = strrchr(name, '-'), *hash = ka_kvs_get(labels, "pod-template-hash");
	const char *base;
	size_t digits;

	if (!dash || dash == name)
		return NULL;
	base = ka_intern_find(f->in, name, (size_t)(dash - name));
	if (kind == KA_REPLICASET && hash && strcmp(dash + 1, hash) == 0)
		return find(f, KA_DEPLOYMENT, namespace, base);
	digits = strspn(dash + 1, "0123456789");
	if (kind == KA_JOB && digits >= 8 && !dash[1 + digits])
		return find(f, KA_CRONJOB, namespace, base);
	return NULL;
}

/* The owner of an object, NULL when it has none that counts. */
static struct ka_object *
owner_of(struct linker *l, const struct ka_object *o, const struct ka_kvs *labels)
{
	const struct ka_owner_ref *ref = &o->owner;
	enum ka_kind kind;
	struct ka_object *found;

	if (!ref->kind)
		return NULL;
	kind = ka_kind_find(ref->api_version, ref->kind);
	if (is_workload(kind)) {
		found = find(l->f, kind, o->namespace, ref->name);
		if (!found)
			found = guess_owner(l->f, kind, o->namespace, ref->name, labels);
		return found ? found : ghost(l, kind, ref, o->namespace);
	}
	/* A pod that some operator owns directly is reported under what owns it; a workload under
	 * itself, since that is what people look for.  A mirror pod's Node says nothing. */
	if (o->kind == KA_POD && kind == KA_OTHER)
		return ghost(l, kind, ref, o->namespace);
	return NULL;
}

static struct ka_object *
top_of(struct linker *l, struct ka_object *start, const struct ka_kvs *labels)
{
	struct ka_object *o = start;

	for (int i = 0; i < MAX_OWNERS; i++) {
		struct ka_object *up = owner_of(l, o, labels);

		if (!up || o->ghost)
			return o;
		o = up;
	}
	return start; /* owners in a circle: it stands for itself, or nobody would judge it */
}

static const char *
spec_path(const struct ka_object *o)
{
	if (o->kind == KA_CRONJOB)
		return "spec.jobTemplate.spec.template.spec";
	return is_workload(o->kind) ? "spec.template.spec" : "spec";
}

static struct ka_unit *
unit(struct linker *l, const struct ka_object *top, const struct ka_podspec *spec,
     const struct ka_kvs *labels)
{
	uint32_t i = ka_map_add(&l->units, top, spec, (uint32_t)l->nunits);
	struct ka_graph_full *f = l->f;

	if (i == l->nunits) {
		KA_GROW(f->unit, l->nunits, l->unit_cap);
		f->unit[l->nunits++] = (struct ka_unit){
			.object = top,
			.spec = spec,
			.labels = labels,
			.path = spec_path(top),
		};
	}
	return &f->unit[i];
}

static void
link_pods(struct linker *l)
{
	struct ka_objects *pods = &l->f->of[KA_POD];

	for (size_t i = 0; i < pods->n; i++) {
		struct ka_pod *pod = (struct ka_pod *)pods->v[i];
		struct ka_object *top = top_of(l, &pod->obj, pod->obj.labels);
		struct ka_unit *u = unit(l, top, pod->spec, pod->obj.labels);

		pod->top = top;
		if (!u->instances++)
			u->pod = pod;
		if (is_workload(top->kind))
			((struct ka_workload *)top)->pods++;
	}
}

/* Templates: of every workload that nobody in the snapshot owns.  An owned one says nothing that
 * its owner does not; the ReplicaSets that a Deployment keeps for rollback are not what runs. */
static void
link_workloads(struct linker *l, enum ka_kind kind)
{
	struct ka_objects *list = &l->f->of[kind];

	for (size_t i = 0; i < list->n; i++) {
		struct ka_workload *w = (struct ka_workload *)list->v[i];
		bool idle = w->replicas.set && w->replicas.v == 0;

		w->top = top_of(l, &w->obj, w->labels);
		if (w->top == &w->obj || (w->top->ghost && !idle)) {
			size_t before = l->nunits;
			struct ka_unit *u = unit(l, w->top, w->spec, w->labels);

			if (l->nunits > before)
				u->template_only = true;
			else
				u->labels = w->labels;
		}
	}
}

static int
unit_cmp(const void *pa, const void *pb)
{
	const struct ka_unit *a = pa, *b = pb;
	int c;

	if (a->object != b->object) {
		c = ka_str_cmp(a->object->namespace, b->object->namespace);
		if (!c)
			c = (int)a->object->kind - (int)b->object->kind;
		if (!c)
			c = ka_str_cmp(a->object->name, b->object->name);
		if (!c)
			c = ka_str_cmp(a->object->kind_name, b->object->kind_name);
		if (!c)
			c = ka_origin_cmp(a->object, b->object);
		if (c)
			return c;
	}
	/* Ids of specs follow the order of the input, which is the same each time. */
	c = (int)b->template_only - (int)a->template_only;
	return c ? c : a->spec->id < b->spec->id ? -1 : a->spec->id > b->spec->id;
}

void
ka_graph_link(struct ka_graph_full *f)
{
	struct linker l = { .f = f };

	ka_map_init(&l.ghosts);
	ka_map_init(&l.units);
	link_pods(&l);
	for (int k = 0; k < KA_NKINDS; k++)
		if (is_workload((enum ka_kind)k))
			link_workloads(&l, (enum ka_kind)k);
	if (l.nunits > 1)
		qsort(f->unit, l.nunits, sizeof *f->unit, unit_cmp);
	f->g.unit = f->unit;
	f->g.nunits = l.nunits;
	ka_map_release(&l.ghosts);
	ka_map_release(&l.units);
}
