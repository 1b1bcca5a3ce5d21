/* Every check there is, in the order of reports. */
#include <string.h>

#include "sets.h"

const struct ka_check_set *const ka_check_sets[] = {
	&ka_set_isolation,
	&ka_set_hardening,
	&ka_set_hostpath,
	&ka_set_identity,
	&ka_set_images,
	&ka_set_secrets,
	NULL,
};

const struct ka_check *
ka_check_find(const char *key)
{
	for (size_t s = 0; ka_check_sets[s]; s++)
		for (size_t i = 0; i < ka_check_sets[s]->count; i++)
			if (strcmp(ka_check_sets[s]->check[i].key, key) == 0)
				return &ka_check_sets[s]->check[i];
	return NULL;
}
