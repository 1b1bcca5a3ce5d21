#include <kassay/authorizers.h>

#include <string.h>

#include "util/str.h"
#include "util/banned.h"

#define MODE   "--authorization-mode"
#define CONFIG "--authorization-config"

/* Authorizers of the providers' own, beside RBAC in every cluster of theirs or by choice. */
static const struct {
	const char *distribution, *clause;
} providers[] = {
	{ "EKS", "EKS access policies may allow more" },
	{ "GKE", "Google Cloud IAM allows what its roles for GKE say" },
	{ "AKS", "Azure RBAC may allow more, where the cluster uses it" },
	{ "OpenShift", "OpenShift's scope and node authorizers stand beside RBAC" },
};

/* The value of a flag among words, however it is spelled; NULL when it is not there. */
static const char *
flag(const struct ka_strs *words, const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < words->n; i++) {
		const char *w = words->v[i];

		if (!w || strncmp(w, name, len) != 0)
			continue;
		if (w[len] == '=')
			return w + len + 1;
		if (!w[len] && i + 1 < words->n)
			return words->v[i + 1];
	}
	return NULL;
}

static const char *
flag_of(const struct ka_container *c, const char *name)
{
	const char *value = flag(&c->command, name);

	return value ? value : flag(&c->args, name);
}

/* The static pod of kubeadm and its like: the program's name is the first word. */
static const struct ka_container *
apiserver_in(const struct ka_podspec *spec)
{
	for (size_t i = 0; spec && i < spec->ncontainers; i++) {
		const struct ka_strs *words = &spec->container[i].command;

		if (!words->n)
			words = &spec->container[i].args;
		if (words->n && (!strcmp(words->v[0], "kube-apiserver") ||
				 ka_str_has_suffix(words->v[0], "/kube-apiserver")))
			return &spec->container[i];
	}
	return NULL;
}

static const struct ka_container *
find_apiserver(const struct ka_graph *g)
{
	for (size_t i = 0; i < g->nunits; i++) {
		const struct ka_object *o = g->unit[i].object;
		const struct ka_container *c;

		if (!o->namespace || strcmp(o->namespace, "kube-system") != 0)
			continue;
		c = apiserver_in(g->unit[i].spec);
		if (c)
			return c;
	}
	return NULL;
}

static bool
lists_mode(const char *modes, const char *mode)
{
	size_t len = strlen(mode);

	for (const char *s = modes; s; s = strchr(s, ',') ? strchr(s, ',') + 1 : NULL)
		if (!strncmp(s, mode, len) && (s[len] == ',' || !s[len]))
			return true;
	return false;
}

/* pkg/kubeapiserver/authorizer/modes/modes.go: without the flag, AlwaysAllow. */
static void
by_modes(const char *modes, struct ka_authorizers *ret)
{
	ret->rbac = lists_mode(modes, "RBAC") ? KA_YES : KA_NO;
	ret->node = lists_mode(modes, "Node") ? KA_YES : KA_NO;
	ret->always_allow = lists_mode(modes, "AlwaysAllow") ? KA_YES : KA_NO;
	if (lists_mode(modes, "Webhook"))
		ret->at_least = "the API server also asks a webhook, which may allow more";
	else if (lists_mode(modes, "ABAC"))
		ret->at_least = "the API server also has an ABAC policy, which may allow more";
}

void
ka_authorizers(const struct ka_graph *g, struct ka_authorizers *ret)
{
	const struct ka_container *c = find_apiserver(g);
	const char *modes = c ? flag_of(c, MODE) : NULL;

	*ret = (struct ka_authorizers){ .rbac = KA_UNSET, .node = KA_UNSET, .always_allow = KA_UNSET };
	if (c && !modes && flag_of(c, CONFIG))
		ret->at_least = "the API server's authorizers stand in a file that was not seen";
	else if (c)
		by_modes(modes ? modes : "AlwaysAllow", ret);
	if (ret->at_least || c)
		return;
	for (size_t i = 0; g->distribution && i < sizeof providers / sizeof *providers; i++)
		if (!strcmp(g->distribution, providers[i].distribution))
			ret->at_least = providers[i].clause;
	if (!ret->at_least && g->source_class != KA_SOURCE_MANIFESTS)
		ret->at_least = "which authorizers the API server has was not seen; others may allow more";
}
