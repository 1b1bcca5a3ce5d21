/* What the API server asks for beside a request, and does not log: without it a request of the log
 * may fail, so what the subject holds of it today stays.
 *
 * Rules: pkg/registry/rbac/escalation_check.go and pkg/registry/rbac/{role,rolebinding}/policybased,
 * plugin/pkg/admission/certificates/{approval,signing,ctbattest} of Kubernetes. */
#include "analysis/rightsize_private.h"

#include <string.h>

#include "util/banned.h"

#define RBAC  "rbac.authorization.k8s.io"
#define CERTS "certificates.k8s.io"

static const struct beside {
	const char *group, *resource; /* what is written */
	const char *verb, *on;        /* what is asked for, in the same group */
	bool same;                    /* for the written object itself; else for whatever it names */
} table[] = {
	{ RBAC, "roles", "escalate", "roles", true },
	{ RBAC, "clusterroles", "escalate", "clusterroles", true },
	{ RBAC, "rolebindings", "bind", "roles", false },
	{ RBAC, "rolebindings", "bind", "clusterroles", false },
	{ RBAC, "clusterrolebindings", "bind", "clusterroles", false },
	{ CERTS, "certificatesigningrequests/approval", "approve", "signers", false },
	{ CERTS, "certificatesigningrequests/status", "sign", "signers", false },
	{ CERTS, "clustertrustbundles", "attest", "signers", false },
};

static bool
is_write(const char *verb)
{
	return !strcmp(verb, "create") || !strcmp(verb, "update") || !strcmp(verb, "patch");
}

/* Of any name when it is held so, else of the names that rules have. */
static void
keep_names(struct ka_sizing *s, struct ka_want want)
{
	want.name = NULL;
	if (ka_sizing_widen(s, want, KA_GENERALIZE_UNLOGGED))
		return;
	for (size_t a = 0; a < s->nactors; a++)
		for (size_t i = 0; i < s->actor[a].ndirect; i++) {
			size_t n;
			const struct ka_rule *rule = ka_rbac_rules(s->r->rbac, s->actor[a].direct[i].role, &n);

			for (size_t k = 0; k < n; k++)
				for (size_t j = 0; j < rule[k].names.n; j++) {
					want.name = rule[k].names.v[j];
					ka_sizing_widen(s, want, KA_GENERALIZE_UNLOGGED);
				}
		}
}

void
ka_sizing_unlogged(struct ka_sizing *s)
{
	for (size_t i = 0, n = s->nwants; i < n; i++)
		for (size_t k = 0; k < sizeof table / sizeof *table; k++) {
			struct ka_want want = s->want[i];

			if (want.url || !is_write(want.verb) || strcmp(want.group, table[k].group) != 0 ||
			    strcmp(want.resource, table[k].resource) != 0)
				continue;
			want.verb = table[k].verb;
			want.resource = table[k].on;
			if (table[k].same)
				ka_sizing_widen(s, want, KA_GENERALIZE_UNLOGGED);
			else
				keep_names(s, want);
		}
}

bool
ka_sizing_writes_rbac(const struct ka_sizing *s)
{
	for (size_t i = 0; i < s->nkept; i++) {
		const struct ka_request *req = &s->kept[i].req;

		for (size_t k = 0; req->resource && is_write(req->verb) && k < sizeof table / sizeof *table; k++)
			if (!strcmp(table[k].group, RBAC) && !strcmp(req->group ? req->group : "", RBAC) &&
			    !strcmp(req->resource, table[k].resource))
				return true;
	}
	return false;
}
