/* Subjects: how they are written, and which are Kubernetes' own. */
#include "analysis/rbac_private.h"

#include <stdio.h>
#include <string.h>

#include "util/alloc.h"
#include "util/str.h"
#include "util/banned.h"

#define SA_USER "system:serviceaccount:"

/* staging/src/k8s.io/apiserver/pkg/authentication/serviceaccount/util.go: SplitUsername. */
bool
ka_username_namespace(const char *username, char **ret_namespace)
{
	const char *ns, *colon;
	char *s;

	if (!ka_str_has_prefix(username, SA_USER))
		return false;
	ns = username + strlen(SA_USER);
	colon = strchr(ns, ':');
	if (!colon || colon == ns || !colon[1] || strchr(colon + 1, ':'))
		return false;
	s = ka_xstrdup(ns);
	s[colon - ns] = '\0';
	*ret_namespace = s;
	return true;
}

char *
ka_username_of(const char *namespace, const char *name)
{
	size_t size = sizeof(SA_USER) + strlen(namespace) + 1 + strlen(name);
	char *s = ka_xmalloc(size);

	snprintf(s, size, SA_USER "%s:%s", namespace, name);
	return s;
}

bool
ka_subject_live(const struct ka_subject *s)
{
	if (s->kind == KA_SUBJECT_UNKNOWN || !s->name || !*s->name)
		return false;
	/* MatchesUsername is never asked without a namespace: validation/rule.go, appliesToUser. */
	return s->kind != KA_SUBJECT_SERVICEACCOUNT || (s->namespace && *s->namespace);
}

const char *
ka_subject_text(const struct ka_subject *s, char buf[512])
{
	const char *name = s->name ? s->name : "";
	const char *kind = s->kind_name ? s->kind_name : "(no kind)";

	switch (s->kind) {
	case KA_SUBJECT_USER:
		snprintf(buf, 512, "User:%s", name);
		break;
	case KA_SUBJECT_GROUP:
		snprintf(buf, 512, "Group:%s", name);
		break;
	case KA_SUBJECT_SERVICEACCOUNT:
		snprintf(buf, 512, "ServiceAccount:%s:%s", s->namespace ? s->namespace : "", name);
		break;
	case KA_SUBJECT_UNKNOWN:
		snprintf(buf, 512, "%s:%s", kind, name);
		break;
	}
	return buf;
}

static bool
listed(const char *const *list, size_t n, const char *s)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(list[i], s))
			return true;
	return false;
}
#define LISTED(list, s) listed((list), sizeof(list) / sizeof *(list), (s))

/* plugin/pkg/auth/authorizer/rbac/bootstrappolicy/{policy,controller_policy,namespace_policy}.go */
static const char *const own_groups[] = { "system:masters", "system:nodes", "system:node-proxier",
					  "system:monitoring" };
static const char *const own_users[] = {
	"system:apiserver", "system:kube-controller-manager", "system:kube-proxy",
	"system:kube-scheduler", "system:cloud-controller-manager",
};
static const char *const own_accounts[] = {
	"attachdetach-controller",
	"bootstrap-signer",
	"certificate-controller",
	"cloud-provider",
	"clusterrole-aggregation-controller",
	"cronjob-controller",
	"daemon-set-controller",
	"deployment-controller",
	"device-taint-eviction-controller",
	"disruption-controller",
	"endpoint-controller",
	"endpointslice-controller",
	"endpointslicemirroring-controller",
	"ephemeral-volume-controller",
	"expand-controller",
	"generic-garbage-collector",
	"horizontal-pod-autoscaler",
	"job-controller",
	"kube-apiserver-serving-clustertrustbundle-publisher",
	"kube-controller-manager",
	"kube-dns",
	"kube-scheduler",
	"leader-election-controller",
	"legacy-service-account-token-cleaner",
	"namespace-controller",
	"node-controller",
	"persistent-volume-binder",
	"pod-garbage-collector",
	"podcertificaterequestcleaner",
	"pv-protection-controller",
	"pvc-protection-controller",
	"replicaset-controller",
	"replication-controller",
	"resource-claim-controller",
	"resourcequota-controller",
	"root-ca-cert-publisher",
	"route-controller",
	"selinux-warning-controller",
	"service-account-controller",
	"service-cidrs-controller",
	"service-controller",
	"statefulset-controller",
	"storage-version-migrator-controller",
	"taint-eviction-controller",
	"token-cleaner",
	"ttl-after-finished-controller",
	"ttl-controller",
	"validatingadmissionpolicy-status-controller",
	"volumeattributesclass-protection-controller",
};

bool
ka_subject_builtin(const struct ka_subject *s)
{
	if (!s->name)
		return false;
	switch (s->kind) {
	case KA_SUBJECT_USER:
		return LISTED(own_users, s->name) || ka_str_has_prefix(s->name, "system:node:");
	case KA_SUBJECT_GROUP:
		return LISTED(own_groups, s->name);
	case KA_SUBJECT_SERVICEACCOUNT:
		return s->namespace && !strcmp(s->namespace, "kube-system") &&
		       LISTED(own_accounts, s->name);
	case KA_SUBJECT_UNKNOWN:
		return false;
	}
	return false;
}
