#include "cli/answer.h"

#include <string.h>

#include "util/banned.h"

/* A role or binding of which a field could not be taken may say more than was read. */
static bool
damaged(const struct ka_graph *g, enum ka_kind kind)
{
	const char *name = ka_kind_info(kind)->kind;
	size_t len = strlen(name);

	for (size_t i = 0; i < g->nproblems; i++) {
		const char *object = g->problem[i].object;

		if (object && !strncmp(object, name, len) && object[len] == ' ')
			return true;
	}
	return false;
}

void
ka_answers_begin(struct ka_answers *ret, const struct ka_graph *g, bool nodes)
{
	static const enum ka_kind kinds[] = { KA_CLUSTERROLEBINDING, KA_ROLEBINDING, KA_CLUSTERROLE, KA_ROLE };

	*ret = (struct ka_answers){ .g = g, .rbac = ka_rbac_new(g), .missing = KA_NKINDS };
	ka_authorizers(g, &ret->authorizers);
	if (nodes && ret->authorizers.node != KA_NO)
		ret->node = ka_nodeauth_new(g);
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds && ret->missing == KA_NKINDS; i++)
		if (!ka_graph_knows(g, kinds[i]) || damaged(g, kinds[i]))
			ret->missing = kinds[i];
}

void
ka_answers_end(struct ka_answers *a)
{
	ka_nodeauth_free(a->node);
	ka_rbac_free(a->rbac);
}

/* ---- the question ------------------------------------------------------------------------- */

void
ka_request_text(struct ka_out *out, const struct ka_request *req)
{
	ka_out_term(out, req->verb);
	ka_out_char(out, ' ');
	if (!req->resource) {
		ka_out_term(out, req->url);
		return;
	}
	ka_out_term(out, req->resource);
	if (req->group && *req->group) {
		ka_out_char(out, '.');
		ka_out_term(out, req->group);
	}
	if (req->subresource && *req->subresource) {
		ka_out_char(out, '/');
		ka_out_term(out, req->subresource);
	}
	if (req->name && *req->name) {
		ka_out_char(out, ' ');
		ka_out_term(out, req->name);
	}
	if (req->namespace && *req->namespace) {
		ka_out_str(out, " in namespace ");
		ka_out_term(out, req->namespace);
	}
}

/* "key":"value", after a comma unless it is the first; nothing for what is absent. */
static void
member(struct ka_out *out, const char *key, const char *value, bool first)
{
	if (!value)
		return;
	ka_out_fmt(out, "%s\"%s\":", first ? "" : ",", key);
	ka_out_json(out, value);
}

void
ka_request_json(struct ka_out *out, const struct ka_request *req)
{
	member(out, "verb", req->verb, true);
	if (!req->resource) {
		member(out, "path", req->url ? req->url : "", false);
		return;
	}
	member(out, "group", req->group ? req->group : "", false);
	member(out, "resource", req->resource, false);
	member(out, "subresource", req->subresource, false);
	member(out, "namespace", req->namespace, false);
	member(out, "name", req->name, false);
}

void
ka_subject_json(struct ka_out *out, const struct ka_subject *s)
{
	static const char *const kinds[] = { "User", "Group", "ServiceAccount", NULL };

	member(out, "kind", kinds[s->kind] ? kinds[s->kind] : s->kind_name, true);
	if (s->kind == KA_SUBJECT_SERVICEACCOUNT)
		member(out, "namespace", s->namespace, false);
	member(out, "name", s->name, false);
}

/* ---- the chain ---------------------------------------------------------------------------- */

/* The rule's place in the role after aggregation, from 0. */
static size_t
rule_index(const struct ka_answers *a, const struct ka_allowance *by)
{
	size_t n;

	return (size_t)(by->rule - ka_rbac_rules(a->rbac, by->grant.role, &n));
}

static void
object_text(struct ka_out *out, const char *kind, const char *namespace, const char *name)
{
	ka_out_str(out, kind);
	ka_out_char(out, ' ');
	if (namespace) {
		ka_out_term(out, namespace);
		ka_out_char(out, '/');
	}
	ka_out_term(out, name);
}

void
ka_chain_text(struct ka_out *out, const struct ka_answers *a, const struct ka_allowance *by)
{
	const struct ka_grant *g = &by->grant;
	char buf[512];

	if (!g->binding) {
		ka_out_str(out, "Group:system:masters may do everything, whatever the bindings say");
		return;
	}
	if (g->subject) {
		ka_out_term(out, ka_subject_text(g->subject, buf));
		ka_out_str(out, " <- ");
	}
	object_text(out, g->namespace ? "RoleBinding" : "ClusterRoleBinding", g->namespace, g->binding->obj.name);
	ka_out_str(out, " <- ");
	object_text(out, g->role->obj.namespace ? "Role" : "ClusterRole", g->role->obj.namespace, g->role->obj.name);
	ka_out_fmt(out, ", rule %zu: ", rule_index(a, by) + 1);
	ka_out_term(out, ka_rule_text(by->rule, buf));
}

static void
object_json(struct ka_out *out, const char *key, const char *kind, const char *namespace, const char *name)
{
	ka_out_fmt(out, "\"%s\":{", key);
	member(out, "kind", kind, true);
	member(out, "namespace", namespace, false);
	member(out, "name", name, false);
	ka_out_char(out, '}');
}

static void
strings_json(struct ka_out *out, const char *key, const struct ka_strs *list, const char *sep)
{
	if (!list->n)
		return;
	ka_out_fmt(out, "%s\"%s\":[", sep, key);
	for (size_t i = 0; i < list->n; i++) {
		ka_out_str(out, i ? "," : "");
		ka_out_json(out, list->v[i]);
	}
	ka_out_char(out, ']');
}

void
ka_chain_json(struct ka_out *out, const struct ka_answers *a, const struct ka_allowance *by)
{
	const struct ka_grant *g = &by->grant;
	const struct ka_rule *r = by->rule;

	if (g->subject) {
		ka_out_str(out, "\"as\":{");
		ka_subject_json(out, g->subject);
		ka_out_str(out, "},");
	}
	if (!g->binding) {
		ka_out_str(out, "\"privileged\":true");
		return;
	}
	object_json(out, "binding", g->namespace ? "RoleBinding" : "ClusterRoleBinding", g->namespace,
		    g->binding->obj.name);
	ka_out_char(out, ',');
	object_json(out, "role", g->role->obj.namespace ? "Role" : "ClusterRole", g->role->obj.namespace,
		    g->role->obj.name);
	ka_out_fmt(out, ",\"rule\":{\"index\":%zu", rule_index(a, by));
	strings_json(out, "verbs", &r->verbs, ",");
	strings_json(out, "apiGroups", &r->groups, ",");
	strings_json(out, "resources", &r->resources, ",");
	strings_json(out, "resourceNames", &r->names, ",");
	strings_json(out, "nonResourceURLs", &r->urls, ",");
	ka_out_char(out, '}');
}

/* ---- doubts ------------------------------------------------------------------------------- */

void
ka_doubts_text(struct ka_out *out, const struct ka_answers *a)
{
	if (a->authorizers.rbac == KA_NO)
		ka_out_str(out, "note: RBAC is not among the API server's authorizers, so these grants have no effect\n");
	if (a->authorizers.at_least)
		ka_out_fmt(out, "note: at least: %s\n", a->authorizers.at_least);
	if (a->missing != KA_NKINDS)
		ka_out_fmt(out, "note: %s were not read completely: there may be more\n",
			   ka_kind_info(a->missing)->resource);
}

void
ka_doubts_json(struct ka_out *out, const struct ka_answers *a)
{
	if (a->authorizers.rbac == KA_NO)
		ka_out_str(out, ",\"rbac\":false");
	member(out, "atLeast", a->authorizers.at_least, false);
	if (a->missing != KA_NKINDS)
		member(out, "missing", ka_kind_info(a->missing)->resource, false);
}
