#include "objects.h"

int
objects_run(struct ka_run *run, const struct ka_check *check, const struct ka_facts *facts,
	    struct ka_err *err)
{
	const struct object_rule *rule = check->param;

	(void)err;
	for (unsigned k = 0; k < KA_NKINDS; k++) {
		const struct ka_list *list = &facts->g->of[k];

		for (size_t i = 0; (rule->kinds & KA_BIT(k)) && i < list->n; i++)
			rule->judge(&(struct object_view){ run, facts, list->v[i] });
	}
	return 0;
}
