/* Every check and every benchmark there is, in the order of reports. */
#include <string.h>

#include "sets.h"

const struct ka_check_set *const ka_check_sets[] = {
	&ka_set_isolation,
	&ka_set_users,
	&ka_set_hardening,
	&ka_set_confinement,
	&ka_set_hostpath,
	&ka_set_identity,
	&ka_set_images,
	&ka_set_secrets,
	&ka_set_network,
	&ka_set_exposure,
	&ka_set_admission,
	&ka_set_namespaces,
	&ka_set_apiserver,
	&ka_set_control_plane,
	&ka_set_endpoint,
	&ka_set_kubelet,
	&ka_set_nodefiles,
	&ka_set_rbac,
	&ka_set_rbac_everyone,
	&ka_set_rbac_objects,
	NULL,
};

const struct ka_bench *const ka_benches[] = {
	&ka_bench_cis_2_0_1,
	&ka_bench_nsa,
	&ka_bench_pss_baseline,
	&ka_bench_pss_restricted,
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

const struct ka_bench *
ka_bench_find(const char *name)
{
	for (size_t i = 0; ka_benches[i]; i++)
		if (strcmp(ka_benches[i]->name, name) == 0)
			return ka_benches[i];
	return NULL;
}
