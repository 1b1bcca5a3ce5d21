#include "spaces.h"

#include <string.h>

bool
ka_space_is_system(const char *namespace)
{
	return namespace && (strcmp(namespace, "kube-system") == 0 ||
			     strcmp(namespace, "kube-public") == 0 ||
			     strcmp(namespace, "kube-node-lease") == 0);
}

size_t
ka_space_first(const struct ka_list *list, const char *namespace)
{
	size_t lo = 0, hi = list->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		const char *at = list->v[mid]->namespace; /* cluster-scoped ones come first */

		if (!at || strcmp(at, namespace) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

bool
ka_space_has(const struct ka_list *list, const char *namespace)
{
	size_t at = ka_space_first(list, namespace);

	return at < list->n && strcmp(list->v[at]->namespace, namespace) == 0;
}

bool
ka_space_has_custom(const struct ka_graph *g, const char *namespace)
{
	return ka_space_has(&g->of[KA_OTHER], namespace);
}

bool
ka_space_has_units(const struct ka_graph *g, const char *namespace)
{
	size_t lo = 0, hi = g->nunits;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int cmp = strcmp(g->unit[mid].object->namespace, namespace);

		if (cmp == 0)
			return true;
		if (cmp < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return false;
}

size_t
ka_units_end(const struct ka_graph *g, size_t i)
{
	size_t end = i + 1;

	while (end < g->nunits && g->unit[end].object == g->unit[i].object)
		end++;
	return end;
}
