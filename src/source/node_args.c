#include "source/node_args.h"

#include <string.h>

#include "util/read.h"
#include "util/banned.h"

enum { FEATURES_MAX = 64 };

static const struct {
	const char *flag, *field;
} fields[] = {
	{ "anonymous-auth", "authentication.anonymous.enabled" },
	{ "authentication-token-webhook", "authentication.webhook.enabled" },
	{ "client-ca-file", "authentication.x509.clientCAFile" },
	{ "authorization-mode", "authorization.mode" },
	{ "read-only-port", "readOnlyPort" },
	{ "streaming-connection-idle-timeout", "streamingConnectionIdleTimeout" },
	{ "protect-kernel-defaults", "protectKernelDefaults" },
	{ "make-iptables-util-chains", "makeIPTablesUtilChains" },
	{ "event-qps", "eventRecordQPS" },
	{ "event-burst", "eventBurst" },
	{ "tls-cert-file", "tlsCertFile" },
	{ "tls-private-key-file", "tlsPrivateKeyFile" },
	{ "tls-cipher-suites", "tlsCipherSuites" },
	{ "tls-min-version", "tlsMinVersion" },
	{ "rotate-certificates", "rotateCertificates" },
	{ "rotate-server-certificates", "serverTLSBootstrap" },
	{ "pod-max-pids", "podPidsLimit" },
	{ "seccomp-default", "seccompDefault" },
	{ "enable-debugging-handlers", "enableDebuggingHandlers" },
	{ "pod-manifest-path", "staticPodPath" },
	{ "allowed-unsafe-sysctls", "allowedUnsafeSysctls" },
};
enum { NFIELDS = sizeof fields / sizeof *fields };

struct text {
	const char *s;
	size_t len;
};

struct args {
	struct text value[NFIELDS]; /* the last one given counts */
	struct text feature[FEATURES_MAX], feature_value[FEATURES_MAX];
	size_t nfeatures;
	bool any;
};

const char *
ka_node_args_key(const struct ka_object *node)
{
	static const char *const keys[] = { "rke2.io/node-args", "k3s.io/node-args" };

	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		if (ka_kvs_get(node->annotations, keys[i]))
			return keys[i];
	return NULL;
}

/* "A=true,B=false" */
static void
features(struct args *a, struct text v)
{
	while (v.len) {
		const char *comma = memchr(v.s, ',', v.len);
		size_t len = comma ? (size_t)(comma - v.s) : v.len;
		const char *eq = memchr(v.s, '=', len);
		size_t i = 0, name = eq ? (size_t)(eq - v.s) : 0;

		while (i < a->nfeatures && !(a->feature[i].len == name && memcmp(a->feature[i].s, v.s, name) == 0))
			i++;
		if (name && i < FEATURES_MAX) {
			a->feature[i] = (struct text){ v.s, name };
			a->feature_value[i] = (struct text){ eq + 1, len - name - 1 };
			a->nfeatures += i == a->nfeatures;
		}
		v.s += len + (comma != NULL);
		v.len -= len + (comma != NULL);
	}
}

/* "anonymous-auth=false", with or without dashes before it. */
static void
kubelet_arg(struct args *a, struct text arg)
{
	const char *eq;
	size_t name;

	while (arg.len && *arg.s == '-') {
		arg.s++;
		arg.len--;
	}
	eq = memchr(arg.s, '=', arg.len);
	if (!eq)
		return;
	name = (size_t)(eq - arg.s);
	if (name == strlen("feature-gates") && memcmp(arg.s, "feature-gates", name) == 0)
		features(a, (struct text){ eq + 1, arg.len - name - 1 });
	for (size_t i = 0; i < NFIELDS; i++)
		if (strlen(fields[i].flag) == name && memcmp(fields[i].flag, arg.s, name) == 0)
			a->value[i] = (struct text){ eq + 1, arg.len - name - 1 };
	for (size_t i = 0; i < NFIELDS; i++)
		a->any |= a->value[i].s != NULL;
}

static bool
read_args(struct args *a, struct ka_tape *t)
{
	static const char option[] = "--kubelet-arg";
	size_t n = strlen(option);
	bool value = false;

	if (t->node->type != KA_ARRAY)
		return false;
	for (const struct ka_node *e = ka_tape_first(t, t->node); e; e = ka_tape_after(t, t->node, e)) {
		struct text word;

		if (e->type != KA_STRING)
			return false;
		word.s = ka_tape_text(t, e, &word.len);
		if (value)
			kubelet_arg(a, word);
		value = !value && word.len == n && memcmp(word.s, option, n) == 0;
		if (word.len > n && memcmp(word.s, option, n) == 0 && word.s[n] == '=')
			kubelet_arg(a, (struct text){ word.s + n + 1, word.len - n - 1 });
	}
	return true;
}

bool
ka_node_args_write(const char *value, struct ka_out *out)
{
	struct args a = { .nfeatures = 0 };
	struct ka_tape t;
	struct ka_err err;
	bool ok;

	ka_tape_init(&t);
	ok = ka_json_parse(&t, value, strlen(value), NULL, &err) == 0 && read_args(&a, &t) && (a.any || a.nfeatures);
	if (ok) {
		ka_out_str(out, "{\"partial\":\"true\"");
		for (size_t i = 0; i < NFIELDS; i++) {
			if (!a.value[i].s)
				continue;
			ka_out_fmt(out, ",\"%s\":", fields[i].field);
			ka_out_json_n(out, a.value[i].s, a.value[i].len);
		}
		if (a.nfeatures)
			ka_out_str(out, ",\"featureGates\":");
		for (size_t i = 0; i < a.nfeatures; i++) {
			ka_out_char(out, i ? ',' : '{');
			ka_out_json_n(out, a.feature[i].s, a.feature[i].len);
			ka_out_char(out, ':');
			ka_out_json_n(out, a.feature_value[i].s, a.feature_value[i].len);
		}
		ka_out_str(out, a.nfeatures ? "}}" : "}");
	}
	ka_tape_release(&t);
	return ok;
}
