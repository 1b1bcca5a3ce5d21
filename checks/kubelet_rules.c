/* Judging one field of what kubelets run with.  What an absent field means is in
 * SetDefaults_KubeletConfiguration (pkg/kubelet/apis/config/v1beta1/defaults.go of Kubernetes); the
 * configz leaves out what is false, 0 or empty, unless that could be told from absence. */
#include <stdlib.h>
#include <string.h>

#include "ciphers.h"
#include "kubelet_rules.h"

enum outcome { FINE, FAULT, UNSEEN };

struct verdict {
	enum outcome outcome;
	const char *value;  /* NULL: absent */
	const char *path;   /* the field at fault: the rule's, or its other */
	const char *absent; /* FAULT: what holds without the field */
	const char *why;    /* UNSEEN: what stands in the way */
};

static bool
holds(const struct ka_kvs *conf, const struct ka_conf_is *is)
{
	const char *v = is->path ? ka_kvs_get(conf, is->path) : NULL;

	return v && strcmp(v, is->value) == 0;
}

/* What the ConfigMap tells kubelets that join, not what one of them runs with. */
static bool
is_intended(const struct ka_object *o)
{
	return strcmp(o->name, "kubelet-config") == 0;
}

/* Some fields only: no field's absence means anything. */
static bool
is_partial(const struct ka_kvs *conf)
{
	static const struct ka_conf_is partial = { "partial", "true" };

	return holds(conf, &partial);
}

/* Every configz has these fields, every file the kind; a document with neither is something else. */
static bool
is_configuration(const struct ka_kvs *conf)
{
	static const struct ka_conf_is kind = { "kind", "KubeletConfiguration" };

	return is_partial(conf) || holds(conf, &kind) || ka_kvs_get(conf, "enableServer") ||
	       ka_kvs_get(conf, "authentication.anonymous.enabled");
}

static bool
is_windows(const struct ka_kvs *conf)
{
	const char *runtime = ka_kvs_get(conf, "containerRuntimeEndpoint");

	return runtime && strncmp(runtime, "npipe:", strlen("npipe:")) == 0;
}

/* Something else where the path leads: a value on the way to it, or more below it. */
static bool
is_misshapen(const struct ka_kvs *conf, const char *path)
{
	size_t len = strlen(path);

	for (size_t i = 0; i < conf->n; i++) {
		const struct ka_kv *kv = &conf->kv[i];
		size_t n = strlen(kv->key);

		if (n < len && path[n] == '.' && memcmp(path, kv->key, n) == 0 && *kv->value)
			return true;
		if (n > len && (kv->key[len] == '.' || kv->key[len] == '[') &&
		    memcmp(path, kv->key, len) == 0)
			return true;
	}
	return false;
}

/* ---- the value of a field ------------------------------------------------------------------- */

static enum outcome
judge_word(const char *v, const char *good, const char *bad)
{
	return strcmp(v, good) == 0 ? FINE : strcmp(v, bad) == 0 ? FAULT : UNSEEN;
}

static enum outcome
judge_number(const char *v, const struct ka_conf_rule *rule)
{
	char *end;
	long n = strtol(v, &end, 10);

	if (end == v || *end)
		return UNSEEN;
	if (n == 0 && rule->zero_unlimited)
		return FINE;
	return (rule->op == KA_CONF_ZERO ? n == 0 : n >= rule->least) ? FINE : FAULT;
}

/* As metav1.Duration prints them: "4h0m0s". */
static enum outcome
judge_timeout(const char *v)
{
	if (*v < '0' || *v > '9')
		return UNSEEN;
	return strpbrk(v, "123456789") ? FINE : FAULT;
}

/* Without a certificate the kubelet signs one itself and then says that these files were configured
 * (InitializeTLS in cmd/kubelet/app/server.go); somebody may have put better ones in their place. */
static bool
is_self_made(const char *cert, const char *key)
{
	const char *c = strrchr(cert, '/'), *k = strrchr(key, '/');

	return c && k && strcmp(c, "/kubelet.crt") == 0 && strcmp(k, "/kubelet.key") == 0;
}

static enum outcome
judge_value(const struct ka_conf_rule *rule, const char *v)
{
	switch (rule->op) {
	case KA_CONF_TRUE:
		return judge_word(v, "true", "false");
	case KA_CONF_FALSE:
		return judge_word(v, "false", "true");
	case KA_CONF_IS:
		return judge_word(v, rule->value, rule->wrong);
	case KA_CONF_ZERO:
	case KA_CONF_AT_LEAST:
		return judge_number(v, rule);
	case KA_CONF_TIMEOUT:
		return judge_timeout(v);
	case KA_CONF_STRONG:
		return ka_ciphers_weak(v, strlen(v)) ? FAULT : FINE;
	case KA_CONF_SET:
	case KA_CONF_CERT:
		return FINE;
	}
	return UNSEEN;
}

static bool
is_text(enum ka_conf_op op)
{
	return op == KA_CONF_IS || op == KA_CONF_SET || op == KA_CONF_STRONG || op == KA_CONF_CERT;
}

static struct verdict
judge_absent(const struct ka_conf_rule *rule, const struct ka_kvs *conf, const char *path)
{
	bool fault = rule->absent && (!rule->spoils.path || holds(conf, &rule->spoils));

	if (is_partial(conf))
		return (struct verdict){ .outcome = UNSEEN, .why = "only arguments of this kubelet were read" };
	return (struct verdict){ .outcome = fault ? FAULT : FINE, .path = path,
				 .absent = rule->absent };
}

/* A kubelet does not start with a value of the wrong type: where we see one, something else is
 * wrong. */
static struct verdict
judge(const struct ka_conf_rule *rule, const struct ka_kvs *conf)
{
	const char *v = ka_kvs_get(conf, rule->path);
	const char *o = rule->other ? ka_kvs_get(conf, rule->other) : NULL;
	struct verdict ret = { .outcome = FINE, .value = v, .path = rule->path };

	if (!is_configuration(conf))
		return (struct verdict){ .outcome = UNSEEN, .why = "the document is no KubeletConfiguration" };
	if (holds(conf, &rule->instead))
		return ret;
	if (is_misshapen(conf, rule->path))
		return (struct verdict){ .outcome = UNSEEN, .why = "no kubelet takes a value of this shape" };
	if (!v || (!*v && is_text(rule->op)))
		return judge_absent(rule, conf, rule->path);
	if (rule->other && (!o || !*o))
		return judge_absent(rule, conf, rule->other);
	if (rule->op == KA_CONF_CERT && o && is_self_made(v, o))
		return (struct verdict){ .outcome = UNSEEN,
					 .why = "kubelet.crt is also what a kubelet calls a certificate that "
						"it signed itself" };
	ret.outcome = judge_value(rule, v);
	if (ret.outcome == UNSEEN)
		ret.why = "no kubelet takes such a value";
	return ret;
}

/* ---- saying so ------------------------------------------------------------------------------ */

static const char *
message(struct ka_run *run, const struct ka_object *o, const struct verdict *v, const char *worse)
{
	const char *who = is_intended(o) ? "what new kubelets are told"
					 : ka_text(run, "the kubelet of %s", o->name);
	const char *end = is_intended(o) ? "; what runs may differ" : "";

	if (v->absent)
		return ka_text(run, "%s has no %s: %s%s", who, v->path, v->absent, end);
	return ka_text(run, "%s has %s %s%s%s", who, v->path, v->value, worse, end);
}

static void
report(struct ka_run *run, const struct ka_fact *fact, const struct ka_conf_rule *rule,
       const struct verdict *v)
{
	bool worse = holds(fact->value, &rule->worse);
	const char *and = worse ? ka_text(run, " together with %s %s", rule->worse.path,
					  rule->worse.value)
				: "";

	ka_fail(run, &(struct ka_fault){
		.obj = &fact->obj,
		.path = ka_text(run, "facts.%s", v->path),
		.observed = v->absent ? "absent" : v->value,
		.expected = rule->expected,
		.message = message(run, &fact->obj, v, and),
		.severity = worse ? KA_CRITICAL : KA_SEV_DEFAULT,
	});
}

/* A timeout of 0 in a file means the default, only as a flag it means none. */
static bool
is_default(const struct ka_conf_rule *rule, const struct ka_object *o)
{
	return rule->op == KA_CONF_TIMEOUT && is_intended(o);
}

int
ka_check_kubelet(struct ka_run *run, const struct ka_check *check, const struct ka_facts *facts,
		 struct ka_err *err)
{
	const struct ka_conf_rule *rule = check->param;
	const struct ka_list *all = &facts->g->of[KA_KUBELETCONFIG];
	const struct ka_kvs *judged = NULL; /* most kubelets of a cluster run with the same */
	const struct ka_object *unseen = NULL;
	const char *why = NULL;
	struct verdict v = { .outcome = FINE };
	size_t faults = 0;

	for (size_t i = 0; i < all->n; i++) {
		const struct ka_fact *fact = ka_as_fact(all->v[i]);

		if (rule->linux_only && is_windows(fact->value))
			continue;
		ka_saw(run, &fact->obj);
		if (fact->value != judged)
			v = judge(rule, fact->value);
		judged = fact->value;
		if (v.outcome == FAULT && !is_default(rule, &fact->obj)) {
			report(run, fact, rule, &v);
			faults++;
		} else if (v.outcome == UNSEEN) {
			unseen = &fact->obj;
			why = v.why;
		}
	}
	if (unseen && faults == 0)
		return ka_err_set(err, KA_EFORMAT, "%s of %s cannot be judged: %s", rule->path,
				  unseen->name, why);
	return 0;
}
