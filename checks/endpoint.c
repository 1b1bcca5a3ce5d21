/* What the API server shows of its configuration where its flags cannot be seen: in its answers, its
 * metrics, and a ConfigMap that it writes. */
#include <string.h>

#include "sets.h"

/* What follows the prefix, or NULL. */
static const char *
after(const char *s, const char *prefix)
{
	size_t n = strlen(prefix);

	return strncmp(s, prefix, n) == 0 ? s + n : NULL;
}

/* ---- requests without credentials ----------------------------------------------------------- */

/* What load balancers ask; an AuthenticationConfiguration may leave just these open. */
static bool
is_health(const char *path)
{
	static const char *const health[] = { "/healthz", "/livez", "/readyz" };

	for (size_t i = 0; i < sizeof health / sizeof health[0]; i++) {
		const char *rest = after(path, health[i]);

		if (rest && (*rest == '\0' || *rest == '/'))
			return true;
	}
	return false;
}

/* An anonymous request that is refused was still let in: it got as far as authorization. */
static bool
let_in(const char *status)
{
	return strcmp(status, "200") == 0 || strcmp(status, "403") == 0;
}

static void
stranger_let_in(struct ka_run *run, const struct ka_fact *fact, const struct ka_kv *kv)
{
	ka_fail(run, &(struct ka_fault){
		.obj = &fact->obj,
		.path = ka_text(run, "facts.%s", kv->key),
		.observed = kv->value,
		.expected = "401",
		.message = ka_text(run, "the API server lets a request without credentials in as "
				   "system:anonymous: it answers %s with %s",
				   after(kv->key, "anonymous."), kv->value),
	});
}

/* The first path, in their order, that a stranger is let in to; NULL when there is none. */
static const struct ka_kv *
open_path(const struct ka_kvs *facts)
{
	for (size_t i = 0; i < facts->n; i++) {
		const char *path = after(facts->kv[i].key, "anonymous.");

		if (path && !is_health(path) && let_in(facts->kv[i].value))
			return &facts->kv[i];
	}
	return NULL;
}

static int
anonymous_access(struct ka_run *run, const struct ka_check *check, const struct ka_facts *facts,
		 struct ka_err *err)
{
	const struct ka_list *all = &facts->g->of[KA_APIENDPOINT];
	const char *answer = "401";
	size_t faults = 0;

	(void)check;
	for (size_t i = 0; i < all->n; i++) {
		const struct ka_fact *fact = ka_as_fact(all->v[i]);
		const char *api = ka_kvs_get(fact->value, "anonymous./api");
		const struct ka_kv *open = open_path(fact->value);

		ka_saw(run, &fact->obj);
		if (open) {
			stranger_let_in(run, fact, open);
			faults++;
		} else if (!api || strcmp(api, "401") != 0) {
			answer = api ? api : "";
		}
	}
	if (faults || strcmp(answer, "401") == 0)
		return 0;
	return *answer ? ka_err_set(err, KA_EFORMAT, "the API server answers a request without "
				    "credentials for /api with %s, which says nothing", answer)
		       : ka_err_set(err, KA_EFORMAT, "no request without credentials for /api was "
				    "answered");
}

/* ---- encryption of Secrets ------------------------------------------------------------------ */

/* How Secrets were written since the API server started.  Only those resources have a transformer,
 * and a line in the metrics, that an EncryptionConfiguration names. */
struct written {
	const struct ka_kv *encrypted, *plain;
	bool unnamed; /* something was written, by an API server that does not say what */
};

static bool
ends_in(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n >= m && strcmp(s + n - m, end) == 0;
}

static struct written
how_written(const struct ka_kvs *facts)
{
	struct written ret = { .unnamed = false };

	for (size_t i = 0; i < facts->n; i++) {
		const struct ka_kv *kv = &facts->kv[i];
		const char *secrets = after(kv->key, "transformers.secrets.");

		if (!ends_in(kv->key, ".to_storage") || strcmp(kv->value, "0") == 0)
			continue;
		if (secrets && after(secrets, "k8s:enc:"))
			ret.encrypted = kv;
		else if (secrets && strcmp(secrets, "identity.to_storage") == 0)
			ret.plain = kv;
		else if (after(kv->key, "transformers.*."))
			ret.unnamed = true;
	}
	return ret;
}

static const char *
undecided(const struct written *w)
{
	if (w->plain)
		return "the API server wrote Secrets both encrypted and as plain text since it "
		       "started";
	if (w->unnamed)
		return "the API server's metrics do not say which resources it encrypted";
	return "the API server's metrics show no Secret written since it started, or none that an "
	       "encryption configuration is about";
}

static int
secrets_encrypted(struct ka_run *run, const struct ka_check *check, const struct ka_facts *facts,
		  struct ka_err *err)
{
	const struct ka_list *all = &facts->g->of[KA_APIMETRICS];
	const char *unseen = NULL;
	size_t faults = 0;

	(void)check;
	for (size_t i = 0; i < all->n; i++) {
		const struct ka_fact *fact = ka_as_fact(all->v[i]);
		struct written w = how_written(fact->value);

		ka_saw(run, &fact->obj);
		if (w.plain && !w.encrypted) {
			ka_fail(run, &(struct ka_fault){
				.obj = &fact->obj,
				.path = ka_text(run, "facts.%s", w.plain->key),
				.observed = w.plain->value,
				.expected = "0: all Secrets written by a provider that encrypts",
				.message = "the API server stores Secrets as plain text: the identity "
					   "provider comes first for them",
			});
			faults++;
		} else if (w.plain || !w.encrypted) {
			unseen = undecided(&w);
		}
	}
	return unseen && !faults ? ka_err_set(err, KA_EFORMAT, "%s", unseen) : 0;
}

/* ---- the CA of client certificates ---------------------------------------------------------- */

/* The API server writes what --client-ca-file holds there, for aggregated ones to read
 * (pkg/controlplane/controller/clusterauthenticationtrust of Kubernetes). */
static int
client_ca(struct ka_run *run, const struct ka_check *check, const struct ka_facts *facts,
	  struct ka_err *err)
{
	const struct ka_object *o = ka_graph_find(facts->g, KA_CONFIGMAP, "kube-system",
						  "extension-apiserver-authentication");
	const char *ca;

	(void)check;
	if (!o)
		return 0;
	ka_saw(run, o);
	if (!ka_as_configmap(o)->nkeys)
		return ka_err_set(err, KA_EFORMAT, "the ConfigMap kube-system/%s came without its data",
				  o->name);
	ca = ka_kvs_get(ka_as_configmap(o)->data, "client-ca-file");
	if (!ca || !*ca)
		ka_fail(run, &(struct ka_fault){
			.obj = o,
			.path = "data.client-ca-file",
			.observed = ca ? "empty" : "absent",
			.expected = "a certificate authority",
			.message = "the API server has no authority for client certificates: they mean "
				   "nothing to it",
		});
	return 0;
}

static const struct ka_check checks[] = {
	{
		.key = "api-anonymous-access",
		.title = "The API server turns strangers away",
		.why = "A request without credentials that is let in becomes system:anonymous. One "
		       "careless role binding, or a fault in a path that needs no rights, is then "
		       "open to everybody who can reach the port.",
		.fix = "Set --anonymous-auth=false on the API server, or list just the health paths "
		       "under anonymous in --authentication-config.",
		.severity = KA_MEDIUM,
		.scope = KA_BIT(KA_APIENDPOINT),
		.none = "no request without credentials was made",
		.run = anonymous_access,
	},
	{
		.key = "api-client-ca",
		.title = "The API server publishes an authority for client certificates",
		.why = "Without a CA for clients, components and people must use weaker "
		       "credentials.",
		.fix = "Set --client-ca-file on the API server.",
		.severity = KA_MEDIUM,
		.scope = KA_BIT(KA_CONFIGMAP),
		.none = "there is no ConfigMap kube-system/extension-apiserver-authentication",
		.run = client_ca,
	},
	{
		.key = "api-secrets-encrypted",
		.title = "The API server is seen to encrypt the Secrets that it stores",
		.why = "Without encryption every backup, disk image and member of etcd holds all "
		       "secrets as plain text.",
		.fix = "Put a KMS, secretbox or aescbc provider first for secrets in the "
		       "EncryptionConfiguration, and rewrite existing secrets.",
		.severity = KA_MEDIUM,
		.scope = KA_BIT(KA_APIMETRICS),
		.none = "no metrics of the API server were read",
		.run = secrets_encrypted,
	},
};

const struct ka_check_set ka_set_endpoint = {
	.name = "API server, from outside",
	.check = checks,
	.count = sizeof checks / sizeof checks[0],
};
