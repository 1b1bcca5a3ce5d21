/* Sorting and indexing the lists of a graph. */
#include <stdlib.h>
#include <string.h>

#include "model/graph_full.h"
#include "util/alloc.h"
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

static int
served_cmp(const struct ka_served *a, const struct ka_served *b)
{
	int c = strcmp(a->group, b->group);

	return c ? c : strcmp(a->resource, b->resource);
}

/* Stable: the versions of one resource stay in the server's order.  Insertion would be slow over thousands, so equal
 * ones are told apart by where they were. */
static int
served_ptr_cmp(const void *pa, const void *pb)
{
	const struct ka_served *a = *(const struct ka_served *const *)pa;
	const struct ka_served *b = *(const struct ka_served *const *)pb;
	int c = served_cmp(a, b);

	return c ? c : (a > b) - (a < b);
}

void
ka_graph_sort_served(struct ka_graph_full *f)
{
	size_t n = f->g.nserved;
	const struct ka_served **order;
	struct ka_served *sorted;

	if (n < 2)
		return;
	order = ka_xcalloc(n, sizeof *order);
	sorted = ka_xcalloc(n, sizeof *sorted);
	for (size_t i = 0; i < n; i++)
		order[i] = &f->served[i];
	qsort(order, n, sizeof *order, served_ptr_cmp);
	for (size_t i = 0; i < n; i++)
		sorted[i] = *order[i];
	free(order);
	free(f->served);
	f->served = sorted;
	f->served_cap = n;
	f->g.served = sorted;
}
