/* What each field of a kubeconfig must be (client-go/tools/clientcmd/api/v1/types.go). */
#include "source/kubeconfig.h"

#include <string.h>

#include "util/str.h"
#include "util/banned.h"

static const struct {
	const char *path; /* [] stands for any index */
	char type;
} fields[] = {
	{ "cluster", 'o' },
	{ "cluster.server", 's' },
	{ "cluster.tls-server-name", 's' },
	{ "cluster.insecure-skip-tls-verify", 'b' },
	{ "cluster.certificate-authority", 's' },
	{ "cluster.certificate-authority-data", 's' },
	{ "cluster.proxy-url", 's' },
	{ "cluster.disable-compression", 'b' },
	{ "context", 'o' },
	{ "context.cluster", 's' },
	{ "context.user", 's' },
	{ "context.namespace", 's' },
	{ "user", 'o' },
	{ "user.client-certificate", 's' },
	{ "user.client-certificate-data", 's' },
	{ "user.client-key", 's' },
	{ "user.client-key-data", 's' },
	{ "user.token", 's' },
	{ "user.tokenFile", 's' },
	{ "user.username", 's' },
	{ "user.password", 's' },
	{ "user.as", 's' },
	{ "user.as-uid", 's' },
	{ "user.as-groups", 'a' },
	{ "user.as-groups[]", 's' },
	{ "user.as-user-extra", 'o' },
	{ "user.auth-provider", 'o' },
	{ "user.exec", 'o' },
	{ "user.exec.apiVersion", 's' },
	{ "user.exec.command", 's' },
	{ "user.exec.args", 'a' },
	{ "user.exec.args[]", 's' },
	{ "user.exec.env", 'a' },
	{ "user.exec.env[]", 'o' },
	{ "user.exec.env[].name", 's' },
	{ "user.exec.env[].value", 's' },
	{ "user.exec.installHint", 's' },
	{ "user.exec.provideClusterInfo", 'b' },
	{ "user.exec.interactiveMode", 's' },
};

static bool
matches(const char *path, const char *pattern)
{
	while (*path && *path == *pattern) {
		if (*path == '[') {
			path += strspn(path + 1, "0123456789");
			if (path[1] != ']')
				return false;
		}
		path++;
		pattern++;
	}
	return !*path && !*pattern;
}

static char
type_of(const char *path)
{
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		if (matches(path, fields[i].path))
			return fields[i].type;
	/* Keys of any name, each with a list of strings. */
	if (ka_str_has_prefix(path, KA_KUBE_EXTRA))
		return ka_str_has_suffix(path, "]") ? 's' : 'a';
	return 0;
}

static const char *
word(char type)
{
	switch (type) {
	case 's':
		return "a string";
	case 'b':
		return "true or false";
	case 'a':
		return "a list";
	default:
		return "a map";
	}
}

int
ka_kube_check_types(const struct ka_kube_entry *e, struct ka_err *err)
{
	for (size_t i = 0; i < e->n; i++) {
		const struct ka_kube_value *v = &e->value[i];
		const char *dot = strchr(v->path, '.');
		char type = type_of(v->path);

		if (type && type != v->type)
			return ka_err_set(err, KA_EFORMAT, "%s: %s of \"%s\" in %s must be %s", e->file,
					  dot ? dot + 1 : v->path, e->name, e->list, word(type));
	}
	return 0;
}
