/* The annotation authorization.k8s.io/reason, read back.
 *
 * pkg/registry/rbac/validation/rule.go: RBAC: allowed by RoleBinding "name/namespace" of ... */
#include "analysis/usage_private.h"

#include <string.h>

#include "util/banned.h"

static bool
skip(struct ka_span *s, const char *word)
{
	size_t len = strlen(word);

	if (s->len < len || memcmp(s->s, word, len) != 0)
		return false;
	s->s += len;
	s->len -= len;
	return true;
}

/* A name in Go's quotes; names of RBAC objects need no escapes but these. */
static bool
unquote(struct ka_span *s, char *buf, size_t size)
{
	size_t n = 0, i = 1;

	if (!s->len || s->s[0] != '"')
		return false;
	for (; i < s->len && s->s[i] != '"'; i++) {
		if (s->s[i] == '\\' && ++i == s->len)
			return false;
		if (n + 1 == size)
			return false;
		buf[n++] = s->s[i];
	}
	if (i == s->len)
		return false;
	buf[n] = '\0';
	s->s += i + 1;
	s->len -= i + 1;
	return true;
}

bool
ka_reason_parse(struct ka_span reason, struct ka_reason *ret)
{
	char *slash;

	if (!skip(&reason, "RBAC: allowed by "))
		return false;
	ret->namespace[0] = '\0';
	ret->cluster = skip(&reason, "ClusterRoleBinding ");
	if (ret->cluster)
		return unquote(&reason, ret->binding, sizeof ret->binding);
	if (!skip(&reason, "RoleBinding ") || !unquote(&reason, ret->binding, sizeof ret->binding))
		return false;
	/* Neither part can have a slash. */
	slash = strchr(ret->binding, '/');
	if (!slash || strlen(slash + 1) >= sizeof ret->namespace)
		return false;
	memcpy(ret->namespace, slash + 1, strlen(slash + 1) + 1);
	*slash = '\0';
	return true;
}
