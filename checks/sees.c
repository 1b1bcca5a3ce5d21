#include "sees.h"

#include <string.h>

/* admissionregistration/v1 Rule: "*" is every resource but no subresource, "*" and a slash and "*"
 * is everything. */
static bool
rule_sees(const struct ka_admission_rule *r, const char *operation, const struct ka_target *t)
{
	if (r->scope && strcmp(r->scope, "*") != 0 &&
	    strcmp(r->scope, t->cluster ? "Cluster" : "Namespaced") != 0)
		return false;
	if (!ka_strs_has(&r->operations, operation) && !ka_strs_has(&r->operations, "*"))
		return false;
	if (!ka_strs_has(&r->groups, t->group) && !ka_strs_has(&r->groups, "*"))
		return false;
	return ka_strs_has(&r->resources, t->resource) || ka_strs_has(&r->resources, "*") ||
	       ka_strs_has(&r->resources, "*/*");
}

bool
ka_rules_see(const struct ka_admission_rule *rule, size_t n, const char *operation,
	     const struct ka_target *t)
{
	for (size_t i = 0; i < n; i++)
		if (rule[i].names.n == 0 && rule_sees(&rule[i], operation, t))
			return true;
	return false;
}

/* A namespace always carries its name as a label, though its manifest need not say so
 * (NamespaceDefaultLabelName). */
bool
ka_selects_namespace(const struct ka_selector *sel, const struct ka_object *ns)
{
	static const char name_label[] = "kubernetes.io/metadata.name";
	const struct ka_kv kv = { .key = name_label, .value = ns->name };
	const struct ka_kvs named = { .n = 1, .kv = &kv };

	for (size_t i = 0; i < sel->n; i++) {
		const struct ka_selector one = { .n = 1, .req = &sel->req[i] };
		bool own = strcmp(sel->req[i].key, name_label) == 0;

		if (!ka_selector_match(&one, own ? &named : ns->labels))
			return false;
	}
	return true;
}
