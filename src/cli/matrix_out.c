#include "cli/matrix_out.h"

#include <stdio.h>
#include <string.h>

#include "util/banned.h"

/* Namespaces that are named one by one before the rest is counted. */
#define NAMESPACES_SHOWN 8

/* Of cluster-scoped and namespaced rows of one name (clusterroles) the first says it all, where
 * both are held. */
static bool
repeats(const struct ka_matrix_scope *s, size_t i)
{
	const struct ka_resource *r = s->cell[i].resource, *before = i ? s->cell[i - 1].resource : NULL;

	return before && !strcmp(r->group, before->group) && !strcmp(r->text, before->text) &&
	       !(s->cell[i].verbs & ~s->cell[i - 1].verbs);
}

/* ---- for people --------------------------------------------------------------------------- */

static void
verbs_text(struct ka_out *out, const struct ka_catalogue *cat, uint64_t verbs, uint64_t wild)
{
	const char *sep = "";

	for (size_t i = 0; i < cat->nverbs; i++) {
		if (!(verbs >> i & 1))
			continue;
		ka_out_str(out, sep);
		ka_out_term(out, cat->verb[i]);
		if (wild >> i & 1)
			ka_out_char(out, '*');
		sep = " ";
	}
}

static size_t
resource_width(const struct ka_resource *r)
{
	return strlen(r->text) + (*r->group ? strlen(r->group) + 1 : 0);
}

/* As kubectl takes it: resource.group/subresource. */
static void
resource_text(struct ka_out *out, const struct ka_resource *r, size_t width)
{
	const char *slash = strchr(r->text, '/');
	char plain[256];

	snprintf(plain, sizeof plain, "%.*s", (int)strcspn(r->text, "/"), r->text);
	ka_out_term(out, plain);
	if (*r->group) {
		ka_out_char(out, '.');
		ka_out_term(out, r->group);
	}
	if (slash)
		ka_out_term(out, slash);
	for (size_t i = resource_width(r); i < width; i++)
		ka_out_char(out, ' ');
}

static void
cell_line(struct ka_out *out, const struct ka_resource *r, size_t width)
{
	ka_out_str(out, "  ");
	resource_text(out, r, width);
	ka_out_str(out, "  ");
}

/* Names with the same verbs share a line. */
static void
names_text(struct ka_out *out, const struct ka_catalogue *cat, const struct ka_matrix_cell *c, size_t width)
{
	for (size_t i = 0; i < c->nnames;) {
		const struct ka_matrix_name *first = &c->name[i];

		cell_line(out, c->resource, width);
		verbs_text(out, cat, first->verbs, first->wild);
		ka_out_str(out, " named ");
		for (const char *sep = ""; i < c->nnames && c->name[i].verbs == first->verbs &&
					   c->name[i].wild == first->wild; i++, sep = ", ") {
			ka_out_str(out, sep);
			ka_out_term(out, c->name[i].name);
		}
		ka_out_char(out, '\n');
	}
}

static void
cell_text(struct ka_out *out, const struct ka_catalogue *cat, const struct ka_matrix_cell *c, size_t width)
{
	if (c->verbs) {
		cell_line(out, c->resource, width);
		verbs_text(out, cat, c->verbs, c->wild);
		ka_out_char(out, '\n');
	}
	if (c->itself) {
		cell_line(out, c->resource, width);
		verbs_text(out, cat, c->itself, 0);
		ka_out_str(out, " of this namespace itself\n");
	}
	names_text(out, cat, c, width);
}

static void
heading(struct ka_out *out, const struct ka_matrix_scope *s)
{
	if (!s->nnamespaces) {
		ka_out_str(out, "\nIn the whole cluster");
	} else {
		ka_out_str(out, s->nnamespaces > 1 ? "\nIn each of the namespaces " : "\nIn namespace ");
		for (size_t i = 0; i < s->nnamespaces && i < NAMESPACES_SHOWN; i++) {
			ka_out_str(out, i ? ", " : "");
			ka_out_term(out, s->namespace[i]);
		}
		if (s->nnamespaces > NAMESPACES_SHOWN)
			ka_out_fmt(out, " and %zu more", s->nnamespaces - NAMESPACES_SHOWN);
	}
	ka_out_str(out, "\n");
}

static void
rules_text(struct ka_out *out, const struct ka_matrix_scope *s, uint32_t grant)
{
	char buf[256];

	for (size_t i = 0; i < s->nrules; i++) {
		if (s->rule[i].grant != grant)
			continue;
		ka_out_str(out, "      ");
		ka_out_term(out, ka_rule_text(s->rule[i].rule, buf));
		if (s->rule[i].dead)
			ka_out_fmt(out, " (gives nothing: %s)", s->rule[i].dead);
		ka_out_char(out, '\n');
	}
}

static void
grant_text(struct ka_out *out, const struct ka_grant *g)
{
	char buf[512];

	ka_out_str(out, "  by ");
	if (g->subject) {
		ka_out_term(out, ka_subject_text(g->subject, buf));
		ka_out_str(out, " <- ");
	}
	ka_out_str(out, g->namespace ? "RoleBinding " : "ClusterRoleBinding ");
	ka_out_term(out, g->binding->obj.name);
	ka_out_str(out, g->role->obj.namespace ? " <- Role " : " <- ClusterRole ");
	ka_out_term(out, g->role->obj.name);
	ka_out_char(out, '\n');
}

static bool
same_other(const struct ka_matrix_other *a, const struct ka_matrix_other *b)
{
	return a->grant == b->grant && !strcmp(a->group, b->group) && !strcmp(a->resource, b->resource);
}

/* The verbs of one resource in a line. */
static void
others_text(struct ka_out *out, const struct ka_matrix_scope *s)
{
	for (size_t i = 0; i < s->nothers;) {
		const struct ka_matrix_other *first = &s->other[i];

		ka_out_str(out, "  never asked: ");
		for (const char *sep = ""; i < s->nothers && same_other(first, &s->other[i]); i++, sep = ", ") {
			ka_out_str(out, sep);
			ka_out_term(out, s->other[i].verb);
		}
		ka_out_str(out, " on ");
		ka_out_term(out, first->resource);
		ka_out_str(out, *first->group ? " in " : "");
		ka_out_term(out, first->group);
		ka_out_char(out, '\n');
	}
}

static void
scope_text(struct ka_out *out, const struct ka_catalogue *cat, const struct ka_matrix_scope *s)
{
	size_t width = 0;

	heading(out, s);
	for (size_t i = 0; i < s->ncells; i++)
		if (resource_width(s->cell[i].resource) > width)
			width = resource_width(s->cell[i].resource);
	for (size_t i = 0; i < s->ncells; i++)
		if (!repeats(s, i))
			cell_text(out, cat, &s->cell[i], width);
	for (size_t i = 0; i < s->nurls; i++) {
		ka_out_str(out, "  ");
		ka_out_term(out, s->url[i].url);
		ka_out_str(out, "  ");
		ka_out_term(out, s->url[i].verb);
		ka_out_str(out, s->url[i].wild ? "*\n" : "\n");
	}
	if (!s->ncells && !s->nurls)
		ka_out_str(out, s->nnamespaces ? "  nothing besides what is held in the whole cluster\n"
					       : "  nothing\n");
	others_text(out, s);
	for (size_t i = 0; i < s->ngrants; i++) {
		grant_text(out, &s->grant[i]);
		rules_text(out, s, (uint32_t)i);
	}
	if (!s->alike)
		ka_out_str(out, "  (bindings and roles are called so in the first of the namespaces)\n");
	if (s->cut)
		ka_out_str(out, "  (and more names than are listed)\n");
}

static bool
any_wild(const struct ka_matrix *m)
{
	for (size_t i = 0; i < m->nscopes; i++)
		for (size_t c = 0; c < m->scope[i].ncells; c++)
			if (m->scope[i].cell[c].wild)
				return true;
	return false;
}

void
ka_matrix_text(struct ka_out *out, const struct ka_answers *from, const struct ka_who *who,
	       const struct ka_catalogue *cat, const struct ka_matrix *m)
{
	char buf[512];

	ka_out_term(out, ka_subject_text(&who->subject, buf));
	ka_out_str(out, m->nscopes ? " can:\n" : m->master ? ":\n" : " can do nothing by RBAC.\n");
	if (m->master)
		ka_out_str(out, "\nEverything: a member of system:masters, whatever the bindings say\n");
	for (size_t i = 0; i < m->nscopes; i++)
		scope_text(out, cat, &m->scope[i]);
	if (any_wild(m))
		ka_out_fmt(out, "\nnote: * after a verb: a star alone gives it; stars stand for %s\n",
			   cat->served ? "what the API server serves"
				       : "Kubernetes' own API, for the source does not tell what is served");
	ka_doubts_text(out, from);
}

/* ---- for machines ------------------------------------------------------------------------- */

static void
verbs_json(struct ka_out *out, const struct ka_catalogue *cat, const char *key, uint64_t verbs)
{
	const char *sep = "";

	if (!verbs)
		return;
	ka_out_fmt(out, ",\"%s\":[", key);
	for (size_t i = 0; i < cat->nverbs; i++) {
		if (!(verbs >> i & 1))
			continue;
		ka_out_str(out, sep);
		ka_out_json(out, cat->verb[i]);
		sep = ",";
	}
	ka_out_char(out, ']');
}

static void
string_json(struct ka_out *out, const char *before, const char *key, const char *value)
{
	ka_out_fmt(out, "%s\"%s\":", before, key);
	ka_out_json(out, value);
}

static void
strings_json(struct ka_out *out, const char *key, const char *const *v, size_t n)
{
	if (!n)
		return;
	ka_out_fmt(out, ",\"%s\":[", key);
	for (size_t i = 0; i < n; i++) {
		ka_out_str(out, i ? "," : "");
		ka_out_json(out, v[i]);
	}
	ka_out_char(out, ']');
}

static void
cell_json(struct ka_out *out, const struct ka_catalogue *cat, const struct ka_matrix_cell *c)
{
	string_json(out, "{", "group", c->resource->group);
	string_json(out, ",", "resource", c->resource->text);
	verbs_json(out, cat, "verbs", c->verbs);
	verbs_json(out, cat, "wildcard", c->wild);
	verbs_json(out, cat, "itself", c->itself);
	if (c->nnames)
		ka_out_str(out, ",\"named\":[");
	for (size_t i = 0; i < c->nnames; i++) {
		string_json(out, i ? ",{" : "{", "name", c->name[i].name);
		verbs_json(out, cat, "verbs", c->name[i].verbs);
		verbs_json(out, cat, "wildcard", c->name[i].wild);
		ka_out_char(out, '}');
	}
	ka_out_str(out, c->nnames ? "],\"grants\":[" : ",\"grants\":[");
	for (size_t i = 0; i < c->ngrants; i++)
		ka_out_fmt(out, i ? ",%u" : "%u", (unsigned)c->grant[i]);
	ka_out_str(out, c->resource->assumed ? "],\"assumed\":true}" : "]}");
}

static void
grant_json(struct ka_out *out, const struct ka_grant *g)
{
	ka_out_char(out, '{');
	if (g->subject) {
		ka_out_str(out, "\"as\":{");
		ka_subject_json(out, g->subject);
		ka_out_str(out, "},");
	}
	string_json(out, "\"binding\":{", "kind", g->namespace ? "RoleBinding" : "ClusterRoleBinding");
	if (g->namespace)
		string_json(out, ",", "namespace", g->namespace);
	string_json(out, ",", "name", g->binding->obj.name);
	string_json(out, "},\"role\":{", "kind", g->role->obj.namespace ? "Role" : "ClusterRole");
	if (g->role->obj.namespace)
		string_json(out, ",", "namespace", g->role->obj.namespace);
	string_json(out, ",", "name", g->role->obj.name);
	ka_out_str(out, "}}");
}

static void
rule_json(struct ka_out *out, const struct ka_matrix_rule *r)
{
	ka_out_fmt(out, "{\"grant\":%u", (unsigned)r->grant);
	strings_json(out, "verbs", r->rule->verbs.v, r->rule->verbs.n);
	strings_json(out, "apiGroups", r->rule->groups.v, r->rule->groups.n);
	strings_json(out, "resources", r->rule->resources.v, r->rule->resources.n);
	strings_json(out, "resourceNames", r->rule->names.v, r->rule->names.n);
	strings_json(out, "nonResourceURLs", r->rule->urls.v, r->rule->urls.n);
	if (r->dead)
		string_json(out, ",", "dead", r->dead);
	ka_out_char(out, '}');
}

static void
extras_json(struct ka_out *out, const struct ka_matrix_scope *s)
{
	ka_out_str(out, "],\n\"urls\":[");
	for (size_t i = 0; i < s->nurls; i++) {
		string_json(out, i ? ",\n{" : "\n{", "url", s->url[i].url);
		string_json(out, ",", "verb", s->url[i].verb);
		ka_out_str(out, s->url[i].wild ? ",\"wildcard\":true}" : "}");
	}
	ka_out_str(out, "],\n\"neverAsked\":[");
	for (size_t i = 0; i < s->nothers; i++) {
		ka_out_fmt(out, "%s{\"grant\":%u", i ? ",\n" : "\n", (unsigned)s->other[i].grant);
		string_json(out, ",", "group", s->other[i].group);
		string_json(out, ",", "resource", s->other[i].resource);
		string_json(out, ",", "verb", s->other[i].verb);
		ka_out_char(out, '}');
	}
	ka_out_char(out, ']');
}

static void
scope_json(struct ka_out *out, const struct ka_catalogue *cat, const struct ka_matrix_scope *s)
{
	const char *sep = "\n";

	ka_out_fmt(out, "{\"cluster\":%s,\"alike\":%s,\"cut\":%s", s->nnamespaces ? "false" : "true",
		   s->alike ? "true" : "false", s->cut ? "true" : "false");
	strings_json(out, "namespaces", s->namespace, s->nnamespaces);
	ka_out_str(out, ",\n\"grants\":[");
	for (size_t i = 0; i < s->ngrants; i++) {
		ka_out_str(out, i ? ",\n" : "\n");
		grant_json(out, &s->grant[i]);
	}
	ka_out_str(out, "],\n\"rules\":[");
	for (size_t i = 0; i < s->nrules; i++) {
		ka_out_str(out, i ? ",\n" : "\n");
		rule_json(out, &s->rule[i]);
	}
	ka_out_str(out, "],\n\"resources\":[");
	for (size_t i = 0; i < s->ncells; i++) {
		if (repeats(s, i))
			continue;
		ka_out_str(out, sep);
		cell_json(out, cat, &s->cell[i]);
		sep = ",\n";
	}
	extras_json(out, s);
	ka_out_char(out, '}');
}

void
ka_matrix_json(struct ka_out *out, const struct ka_answers *from, const struct ka_who *who,
	       const struct ka_catalogue *cat, const struct ka_matrix *m)
{
	ka_out_str(out, "{\"subject\":{");
	ka_subject_json(out, &who->subject);
	ka_out_fmt(out, "},\"catalogue\":\"%s\",\"privileged\":%s", cat->served ? "discovery" : "built-in",
		   m->master ? "true" : "false");
	ka_doubts_json(out, from);
	ka_out_str(out, ",\"scopes\":[");
	for (size_t i = 0; i < m->nscopes; i++) {
		ka_out_str(out, i ? ",\n" : "\n");
		scope_json(out, cat, &m->scope[i]);
	}
	ka_out_str(out, m->nscopes ? "\n]}\n" : "]}\n");
}
