#include <kassay/identity.h>

#include <string.h>

#include "util/banned.h"

/* The API server's own audience is its issuer, by most installers one of the names of its Service. */
static bool
for_api_server(const char *audience)
{
	return !audience || !audience[0] || strstr(audience, "kubernetes.default");
}

/* A projected token for the API server: kubelet asks for the server's own audience when none is
 * given. */
static bool
projects_api_token(const struct ka_podspec *spec)
{
	for (size_t i = 0; i < spec->nvolumes; i++) {
		const struct ka_volume *v = &spec->volume[i];

		for (size_t t = 0; t < v->ntokens; t++)
			if (for_api_server(v->token[t].audience))
				return true;
	}
	return false;
}

static void
decide(const struct ka_graph *g, const struct ka_podspec *spec, struct ka_token *ret)
{
	if (spec->automount_token != KA_UNSET) {
		ret->mounted = spec->automount_token;
		ret->why = KA_TOKEN_POD;
	} else if (ret->account) {
		bool said = ret->account->automount_token != KA_UNSET;

		ret->mounted = said ? ret->account->automount_token : KA_YES;
		ret->why = said ? KA_TOKEN_ACCOUNT : KA_TOKEN_DEFAULT;
	} else if (ka_graph_knows(g, KA_SERVICEACCOUNT) &&
		   strcmp(spec->service_account, "default") == 0) {
		/* The controller manager makes it in every namespace, with nothing set. */
		ret->mounted = KA_YES;
		ret->why = KA_TOKEN_DEFAULT;
	} else {
		ret->mounted = KA_UNSET;
		ret->why = KA_TOKEN_UNKNOWN;
	}
}

void
ka_identity_token(const struct ka_graph *g, const char *namespace, const struct ka_podspec *spec,
		  struct ka_token *ret)
{
	const struct ka_object *account =
		ka_graph_find(g, KA_SERVICEACCOUNT, namespace, spec->service_account);

	ret->account = account ? ka_as_serviceaccount(account) : NULL;
	decide(g, spec, ret);
	if (ret->mounted != KA_YES && projects_api_token(spec)) {
		ret->mounted = KA_YES;
		ret->why = KA_TOKEN_PROJECTED;
	}
}
