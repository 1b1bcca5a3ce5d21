#include "engine/select.h"

#include <string.h>

#include <kassay/match.h>

#include "util/nearest.h"

#include "util/banned.h"

static int
unknown_bench(const struct ka_catalog *c, const char *name, struct ka_err *err)
{
	struct ka_nearest near = ka_nearest_to(name);

	for (const struct ka_bench *const *b = c->benches; *b; b++)
		ka_nearest_try(&near, (*b)->name);
	return ka_err_set(err, KA_EUSAGE, "no benchmark is named %s%s", name,
			  ka_nearest_hint(&near));
}

static bool
in_bench(const struct ka_bench *b, const char *key)
{
	for (size_t i = 0; i < b->count; i++)
		for (const char *const *k = b->item[i].keys; *k; k++)
			if (strcmp(*k, key) == 0)
				return true;
	return false;
}

bool
ka_selected(const struct ka_selection *s, const struct ka_check *check)
{
	bool by_glob = s->nchecks == 0, by_bench = s->nbenches == 0;

	for (size_t i = 0; i < s->nchecks && !by_glob; i++)
		by_glob = ka_glob(s->check[i], check->key);
	for (size_t i = 0; i < s->nbenches && !by_bench; i++)
		by_bench = in_bench(ka_catalog_bench(&s->catalog, s->bench[i]), check->key);
	return by_glob && by_bench;
}

static int
glob_matches_something(const struct ka_catalog *c, const char *glob, struct ka_err *err)
{
	struct ka_nearest near = ka_nearest_to(glob);

	for (const struct ka_check_set *const *set = c->sets; *set; set++)
		for (size_t i = 0; i < (*set)->count; i++) {
			if (ka_glob(glob, (*set)->check[i].key))
				return 0;
			ka_nearest_try(&near, (*set)->check[i].key);
		}
	return ka_err_set(err, KA_EUSAGE, "no check is named %s%s", glob, ka_nearest_hint(&near));
}

int
ka_selection_check(const struct ka_selection *s, struct ka_err *err)
{
	for (size_t i = 0; i < s->nbenches; i++)
		if (!ka_catalog_bench(&s->catalog, s->bench[i]))
			return unknown_bench(&s->catalog, s->bench[i], err);
	for (size_t i = 0; i < s->nchecks; i++)
		if (glob_matches_something(&s->catalog, s->check[i], err))
			return -1;
	return 0;
}
