/* What permissions are worth. */
#include <kassay/measure.h>

#include <string.h>

#include "util/banned.h"

#define RBAC "rbac.authorization.k8s.io"
#define ADMISSION "admissionregistration.k8s.io"
#define WRITE "create update patch"
#define READ "get list watch"

/* The first row that fits counts. */
const struct ka_weight ka_weights[] = {
	/* another's identity, or more rights, in one step */
	{ 10, "", "secrets", READ },
	{ 10, "", "serviceaccounts/token", "create" },
	{ 10, "", "pods/exec", "*" },
	{ 10, "", "pods/attach", "*" },
	{ 10, "", "pods/ephemeralcontainers", "update patch" },
	{ 10, "", "nodes/proxy", "*" },
	{ 10, "", "users", "impersonate" },
	{ 10, "", "groups", "impersonate" },
	{ 10, "", "serviceaccounts", "impersonate" },
	{ 10, "authentication.k8s.io", "uids", "*" },
	{ 10, "authentication.k8s.io", "userextras", "*" },
	{ 10, "authentication.k8s.io", "users", "*" },
	{ 10, "authentication.k8s.io", "groups", "*" },
	{ 10, "authentication.k8s.io", "nodes", "*" },
	{ 10, "authentication.k8s.io", "serviceaccounts", "*" },
	{ 10, RBAC, "roles", "bind escalate" },
	{ 10, RBAC, "clusterroles", "bind escalate" },
	{ 10, "certificates.k8s.io", "signers", "*" },
	{ 10, "certificates.k8s.io", "certificatesigningrequests/approval", "update patch" },
	{ 10, ADMISSION, "mutatingwebhookconfigurations", WRITE },
	{ 10, ADMISSION, "validatingwebhookconfigurations", WRITE },
	{ 10, ADMISSION, "mutatingadmissionpolicies", WRITE },
	{ 10, ADMISSION, "mutatingadmissionpolicybindings", WRITE },
	/* code that runs as somebody, or a setting that others depend on */
	{ 5, "", "pods", WRITE },
	{ 5, "", "pods/portforward", "*" },
	{ 5, "", "pods/proxy", "*" },
	{ 5, "", "services/proxy", "*" },
	{ 5, "", "replicationcontrollers", WRITE },
	{ 5, "", "secrets", WRITE },
	{ 5, "", "namespaces", "update patch" },
	{ 5, "", "nodes", WRITE " delete" },
	{ 5, "", "nodes/status", "update patch" },
	{ 5, "", "persistentvolumes", "create" },
	{ 5, "apps", "daemonsets", WRITE },
	{ 5, "apps", "deployments", WRITE },
	{ 5, "apps", "replicasets", WRITE },
	{ 5, "apps", "statefulsets", WRITE },
	{ 5, "batch", "cronjobs", WRITE },
	{ 5, "batch", "jobs", WRITE },
	{ 5, RBAC, "roles", WRITE },
	{ 5, RBAC, "clusterroles", WRITE },
	{ 5, RBAC, "rolebindings", WRITE },
	{ 5, RBAC, "clusterrolebindings", WRITE },
	{ 5, ADMISSION, "validatingadmissionpolicies", "update patch delete" },
	{ 5, ADMISSION, "validatingadmissionpolicybindings", "update patch delete" },
	{ 5, ADMISSION, "validatingwebhookconfigurations", "delete" },
	{ 5, "apiregistration.k8s.io", "apiservices", WRITE },
	{ 5, "apiextensions.k8s.io", "customresourcedefinitions", WRITE },
	/* all else: the keys of userextras have any name */
	{ 10, NULL, NULL, "impersonate impersonate:user-info" },
	{ 1, NULL, NULL, READ },
	{ 2, NULL, NULL, "*" },
	{ 0, NULL, NULL, NULL },
};

static bool
in_words(const char *words, const char *word)
{
	size_t len = strlen(word);

	for (; *words; words += *words == ' ') {
		size_t n = strcspn(words, " ");

		if (n == len && !strncmp(words, word, n))
			return true;
		words += n;
	}
	return false;
}

static bool
fits(const struct ka_weight *w, const struct ka_resource *r, const char *verb)
{
	if (w->resource && (strcmp(w->resource, r->text) != 0 || strcmp(w->group, r->group) != 0))
		return false;
	return !strcmp(w->verbs, "*") || in_words(w->verbs, verb);
}

unsigned
ka_atom_weight(const struct ka_catalogue *cat, const struct ka_resource *resource, uint64_t bit)
{
	const struct ka_weight *w = ka_weights;
	size_t verb = 0;

	while (verb + 1 < cat->nverbs && !(bit >> verb & 1))
		verb++;
	while (w->weight && !fits(w, resource, cat->verb[verb]))
		w++;
	return w->weight;
}
