/* Sorting and indexing the lists of a graph. */
#include <stdlib.h>
#include <string.h>

#include "model/graph_full.h"
#include "util/str.h"

#include "util/banned.h"

static int
object_cmp(const void *pa, const void *pb)
{
	const struct ka_object *a = *(const struct ka_object *const *)pa;
	const struct ka_object *b = *(const struct ka_object *const *)pb;
	int c = ka_str_cmp(a->namespace, b->namespace);

	if (!c)
		c = ka_str_cmp(a->name, b->name);
	if (!c)
		c = ka_str_cmp(a->kind_name, b->kind_name);
	return c ? c : ka_origin_cmp(a, b);
}

/* The same object read twice, as pages that overlap and files given twice do.  Manifests carry no uid: two of the same
 * name are two variants of one object, and both are judged. */
static size_t
drop_doubles(struct ka_objects *list)
{
	size_t n = 0;

	for (size_t i = 0; i < list->n; i++) {
		const struct ka_object *o = list->v[i], *last = n ? list->v[n - 1] : NULL;

		if (last && o->uid && last->uid && last->name == o->name && last->namespace == o->namespace &&
		    strcmp(o->uid, last->uid) == 0)
			continue;
		list->v[n++] = list->v[i];
	}
	return n;
}

void
ka_graph_sort(struct ka_graph_full *f)
{
	for (int k = 0; k < KA_NKINDS; k++) {
		struct ka_objects *list = &f->of[k];
		size_t n;

		if (list->n > 1)
			qsort(list->v, list->n, sizeof *list->v, object_cmp);
		n = drop_doubles(list);
		f->g.duplicates += list->n - n;
		list->n = n;
		for (size_t i = 0; i < n; i++)
			ka_map_add(&f->index[k], list->v[i]->name, list->v[i]->namespace, (uint32_t)i);
		f->g.of[k] = (struct ka_list){ n, (const struct ka_object *const *)list->v };
	}
}
