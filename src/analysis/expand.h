/* Rules over the catalogue: what the rules of a role give once their stars are written out.  Where
 * they are bound is not looked at here. */
#ifndef KA_ANALYSIS_EXPAND_H
#define KA_ANALYSIS_EXPAND_H

#include <kassay/catalogue.h>
#include <kassay/rbac.h>

/* Verbs on all objects of a row of the catalogue.  `exact`: those for which a rule spells out verb,
 * group and resource; the others come from a star alone. */
struct ka_row_span {
	uint32_t row;
	uint64_t verbs, exact;
};
/* Verbs on the object of one name. */
struct ka_name_span {
	uint32_t row;
	const char *name;
	uint64_t verbs, exact;
};
struct ka_url_span {
	const char *verb, *url;
	bool exact;
};
struct ka_expansion {
	uint32_t id;       /* dense; equal rules have one expansion */
	size_t nrules;
	const struct ka_rule *rule;
	/* each sorted, without duplicates: by row; row and name; URL and verb */
	size_t nspans, nnamed, nurls;
	const struct ka_row_span *span;
	const struct ka_name_span *named;
	const struct ka_url_span *url;
	bool cut;          /* more names than are written out */
};

struct ka_expander;

/* All borrowed. */
struct ka_expander *ka_expander_new(const struct ka_rbac *rbac, const struct ka_catalogue *cat);
void ka_expander_free(struct ka_expander *x);
/* What the role's rules, after aggregation, give; it lives as long as the expander.  Worked out
 * once for all roles of equal rules. */
const struct ka_expansion *ka_expand(struct ka_expander *x, const struct ka_role *role);
/* Rules of a row: the verbs that a binding in a namespace gives on that namespace's own Namespace
 * object, of `verbs` on this row; 0 for any other row. */
uint64_t ka_own_namespace_verbs(const struct ka_catalogue *cat, uint32_t row, uint64_t verbs);
/* Why the rule gives nothing, for itself or where it is bound; NULL when it may. */
const char *ka_dead_here(const struct ka_rule *rule, const struct ka_grant *grant);

#endif
