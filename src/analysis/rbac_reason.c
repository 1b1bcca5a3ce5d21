/* Answers in the API server's words: status.reason of a SubjectAccessReview and the annotation
 * authorization.k8s.io/reason of the audit log.
 *
 * pkg/registry/rbac/validation/rule.go (describeSubject and the describers),
 * plugin/pkg/auth/authorizer/rbac/rbac.go (Authorize). */
#include "analysis/rbac_private.h"

#include <string.h>

#include "util/str.h"
#include "util/banned.h"

enum { REASON_AT_MOST = 1 << 16 };

/* Go's %q, as far as names can need it: strconv.Quote leaves what can be printed as it is. */
static void
quote(struct ka_buf *b, const char *s)
{
	static const char controls[] = "\a\b\f\n\r\t\v", letters[] = "abfnrtv";

	ka_buf_add(b, "\"", 1, NULL);
	for (; *s; s++) {
		const char *control = strchr(controls, *s);

		if (*s == '"' || *s == '\\')
			ka_buf_fmt(b, NULL, "\\%c", *s);
		else if (control)
			ka_buf_fmt(b, NULL, "\\%c", letters[control - controls]);
		else if ((unsigned char)*s < ' ' || *s == 0x7f)
			ka_buf_fmt(b, NULL, "\\x%02x", (unsigned)(unsigned char)*s);
		else
			ka_buf_add(b, s, 1, NULL);
	}
	ka_buf_add(b, "\"", 1, NULL);
}

/* "name/namespace" */
static void
quote_pair(struct ka_buf *b, const char *name, const char *namespace)
{
	struct ka_buf pair;

	ka_buf_init(&pair, REASON_AT_MOST);
	ka_buf_fmt(&pair, NULL, "%s/%s", name ? name : "", namespace ? namespace : "");
	quote(b, pair.s);
	ka_buf_release(&pair);
}

static void
describe_subject(struct ka_buf *b, const struct ka_subject *s)
{
	static const char *const kinds[] = { "User", "Group", "ServiceAccount" };

	if (s->kind == KA_SUBJECT_UNKNOWN)
		return;
	ka_buf_fmt(b, NULL, "%s ", kinds[s->kind]);
	if (s->kind == KA_SUBJECT_SERVICEACCOUNT)
		quote_pair(b, s->name, s->namespace);
	else
		quote(b, s->name);
}

char *
ka_rbac_reason(const struct ka_grant *by)
{
	struct ka_buf b;

	ka_buf_init(&b, REASON_AT_MOST);
	if (!by->binding)
		return b.s;
	if (by->namespace) {
		ka_buf_fmt(&b, NULL, "RBAC: allowed by RoleBinding ");
		quote_pair(&b, by->binding->obj.name, by->namespace);
	} else {
		ka_buf_fmt(&b, NULL, "RBAC: allowed by ClusterRoleBinding ");
		quote(&b, by->binding->obj.name);
	}
	ka_buf_fmt(&b, NULL, " of %s ", by->binding->role_kind);
	quote(&b, by->binding->role_name);
	if (by->subject) {
		ka_buf_fmt(&b, NULL, " to ");
		describe_subject(&b, by->subject);
	}
	return b.s;
}

/* apimachinery/pkg/api/errors NewNotFound; other kinds never pass validation. */
static void
describe_lost(struct ka_buf *b, const struct ka_binding *binding)
{
	const char *kind = binding->role_kind ? binding->role_kind : "";
	const char *name = binding->role_name ? binding->role_name : "";

	if (strcmp(kind, "Role") != 0 && strcmp(kind, "ClusterRole") != 0) {
		ka_buf_fmt(b, NULL, "unsupported role reference kind: ");
		quote(b, kind);
		return;
	}
	ka_buf_fmt(b, NULL, "%s.rbac.authorization.k8s.io ",
		   strcmp(kind, "Role") == 0 ? "role" : "clusterrole");
	quote(b, name);
	ka_buf_fmt(b, NULL, " not found");
}

static bool
same_role(const struct ka_binding *a, const struct ka_binding *b)
{
	return !ka_str_cmp(a->role_kind, b->role_kind) && !ka_str_cmp(a->role_name, b->role_name);
}

/* utilerrors.NewAggregate: one error stands alone, several in brackets, and each text once. */
char *
ka_rbac_lost_reason(const struct ka_grant *lost, size_t n)
{
	struct ka_buf list, b;
	size_t told = 0;

	ka_buf_init(&list, REASON_AT_MOST);
	ka_buf_init(&b, REASON_AT_MOST);
	for (size_t i = 0; i < n && list.len < REASON_AT_MOST / 2; i++) {
		bool again = false;

		for (size_t k = 0; k < i && !again; k++)
			again = same_role(lost[k].binding, lost[i].binding);
		if (again)
			continue;
		if (told++)
			ka_buf_fmt(&list, NULL, ", ");
		describe_lost(&list, lost[i].binding);
	}
	if (told)
		ka_buf_fmt(&b, NULL, told > 1 ? "RBAC: [%s]" : "RBAC: %s", list.s);
	ka_buf_release(&list);
	return b.s;
}
