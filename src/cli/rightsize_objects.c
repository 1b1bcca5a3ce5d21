/* Roles and bindings as YAML.  What comes from the cluster is quoted as JSON, which YAML reads as it is. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/answer.h"
#include "cli/rightsize_out.h"
#include "util/alloc.h"
#include "util/str.h"

#include "util/banned.h"

#define RBAC_GROUP "rbac.authorization.k8s.io"

const char *
ka_new_kind(const struct ka_new_role *role, bool binding)
{
	if (binding)
		return role->namespace ? "RoleBinding" : "ClusterRoleBinding";
	return role->namespace ? "Role" : "ClusterRole";
}

char *
ka_advice_key(const struct ka_subject *s)
{
	static const char *const before[] = {
		[KA_SUBJECT_USER] = "User ",
		[KA_SUBJECT_GROUP] = "Group ",
		[KA_SUBJECT_SERVICEACCOUNT] = "User system:serviceaccount:",
		[KA_SUBJECT_UNKNOWN] = "? ",
	};
	const bool account = s->kind == KA_SUBJECT_SERVICEACCOUNT;
	const char *namespace = account && s->namespace ? s->namespace : "";
	size_t size = strlen(before[s->kind]) + strlen(namespace) + strlen(s->name) + 2;
	char *key = ka_xmalloc(size);

	snprintf(key, size, "%s%s%s%s", before[s->kind], namespace, account ? ":" : "", s->name);
	return key;
}

static int
key_cmp(const void *a, const void *b)
{
	return strcmp(a, *(char *const *)b);
}

bool
ka_advice_drops(const struct ka_advice *a, const struct ka_subject *entry)
{
	char *key = ka_advice_key(entry);
	bool ret = a->nleaving && bsearch(key, a->leaving, a->nleaving, sizeof *a->leaving, key_cmp);

	free(key);
	return ret;
}

void
ka_out_prefixed(struct ka_out *out, const char *text, const char *prefix)
{
	while (*text) {
		size_t len = strcspn(text, "\n");

		ka_out_str(out, prefix);
		ka_out_bytes(out, text, len);
		ka_out_char(out, '\n');
		text += len + (text[len] == '\n');
	}
}

void
ka_used_text(struct ka_out *out, const struct ka_advice *a, const struct ka_used *used)
{
	char time[21];

	ka_request_text(out, &used->req);
	if (used->many_names)
		ka_out_str(out, " of many names");
	ka_out_str(out, " (");
	if (a->log && used->file < a->log->nfiles) {
		ka_out_term(out, a->log->file[used->file].name);
		ka_out_fmt(out, ":%u", (unsigned)used->line);
	} else {
		ka_out_fmt(out, "line %u", (unsigned)used->line);
	}
	if (used->first) {
		ka_time_format(used->first / 1000000, time);
		ka_out_fmt(out, ", %s", time);
	}
	ka_out_char(out, ')');
}

static void
head(struct ka_out *out, const char *kind, const char *namespace, const char *name)
{
	ka_out_fmt(out, "apiVersion: " RBAC_GROUP "/v1\nkind: %s\nmetadata:\n  name: ", kind);
	ka_out_json(out, name);
	if (namespace) {
		ka_out_str(out, "\n  namespace: ");
		ka_out_json(out, namespace);
	}
	ka_out_char(out, '\n');
}

/* ---- roles -------------------------------------------------------------------------------- */

static void
list(struct ka_out *out, const char *lead, const char *key, const struct ka_strs *words)
{
	ka_out_fmt(out, "%s%s: [", lead, key);
	for (size_t i = 0; i < words->n; i++) {
		ka_out_str(out, i ? ", " : "");
		ka_out_json(out, words->v[i]);
	}
	ka_out_str(out, "]\n");
}

static void
explain(struct ka_out *out, const struct ka_advice *a, const struct ka_new_rule *rule)
{
	ka_out_str(out, "  # ");
	if (rule->needs) {
		ka_out_str(out, "needed by ");
		ka_used_text(out, a, rule->needs);
		ka_out_fmt(out, "; %llu requests, %llu events\n", (unsigned long long)rule->requests,
			   (unsigned long long)rule->events);
	} else {
		ka_out_str(out, "no request needs it\n");
	}
	for (unsigned bit = 1; bit <= rule->widened; bit <<= 1)
		if (rule->widened & bit)
			ka_out_fmt(out, "  # wider than the log, %s: %s\n", ka_generalize_name(bit), ka_generalize_text(bit));
}

void
ka_new_role_yaml(struct ka_out *out, const struct ka_advice *a, const struct ka_new_role *role)
{
	head(out, ka_new_kind(role, false), role->namespace, role->name);
	ka_out_str(out, "rules:\n");
	for (size_t i = 0; i < role->n; i++) {
		const struct ka_rule *r = &role->rule[i].rule;

		explain(out, a, &role->rule[i]);
		if (r->urls.n) {
			list(out, "  - ", "nonResourceURLs", &r->urls);
		} else {
			list(out, "  - ", "apiGroups", &r->groups);
			list(out, "    ", "resources", &r->resources);
		}
		if (r->names.n)
			list(out, "    ", "resourceNames", &r->names);
		list(out, "    ", "verbs", &r->verbs);
	}
}

/* ---- bindings ----------------------------------------------------------------------------- */

static void
role_ref(struct ka_out *out, const char *group, const char *kind, const char *name)
{
	ka_out_str(out, "roleRef:\n  apiGroup: ");
	ka_out_json(out, group ? group : RBAC_GROUP);
	ka_out_str(out, "\n  kind: ");
	ka_out_json(out, kind);
	ka_out_str(out, "\n  name: ");
	ka_out_json(out, name);
	ka_out_char(out, '\n');
}

void
ka_subject_yaml(struct ka_out *out, const struct ka_subject *s)
{
	static const char *const kinds[] = {
		[KA_SUBJECT_USER] = "User",
		[KA_SUBJECT_GROUP] = "Group",
		[KA_SUBJECT_SERVICEACCOUNT] = "ServiceAccount",
	};

	ka_out_str(out, "  - kind: ");
	ka_out_json(out, s->kind == KA_SUBJECT_UNKNOWN ? s->kind_name : kinds[s->kind]);
	if (s->kind != KA_SUBJECT_SERVICEACCOUNT) {
		ka_out_str(out, "\n    apiGroup: " RBAC_GROUP);
	} else if (s->namespace) {
		ka_out_str(out, "\n    namespace: ");
		ka_out_json(out, s->namespace);
	}
	ka_out_str(out, "\n    name: ");
	ka_out_json(out, s->name);
	ka_out_char(out, '\n');
}

void
ka_new_binding_yaml(struct ka_out *out, const struct ka_rightsize *size, const struct ka_new_role *role)
{
	head(out, ka_new_kind(role, true), role->namespace, role->name);
	role_ref(out, NULL, ka_new_kind(role, false), role->name);
	ka_out_str(out, "subjects:\n");
	ka_subject_yaml(out, &size->subject);
}

/* kubectl apply takes away labels that it has set and does not find again. */
static void
labels(struct ka_out *out, const struct ka_kvs *kvs)
{
	if (kvs->n)
		ka_out_str(out, "  labels:\n");
	for (size_t i = 0; i < kvs->n; i++) {
		ka_out_str(out, "    ");
		ka_out_json(out, kvs->kv[i].key);
		ka_out_str(out, ": ");
		ka_out_json(out, kvs->kv[i].value);
		ka_out_char(out, '\n');
	}
}

void
ka_binding_head_yaml(struct ka_out *out, const struct ka_binding *b)
{
	head(out, ka_kind_info(b->obj.kind)->kind, b->obj.namespace, b->obj.name);
	labels(out, b->obj.labels);
	role_ref(out, b->role_group, b->role_kind, b->role_name);
}

void
ka_binding_yaml(struct ka_out *out, const struct ka_advice *a, const struct ka_binding *b, bool all)
{
	size_t n = 0;

	ka_binding_head_yaml(out, b);
	for (size_t i = 0; i < b->nsubjects; i++) {
		if (!all && ka_advice_drops(a, &b->subject[i]))
			continue;
		ka_out_str(out, n++ ? "" : "subjects:\n");
		ka_subject_yaml(out, &b->subject[i]);
	}
	ka_out_str(out, n ? "" : "subjects: []\n");
}
