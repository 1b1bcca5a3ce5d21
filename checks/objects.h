/* What checks of single objects share: walking all objects of a kind. */
#ifndef CHECKS_OBJECTS_H
#define CHECKS_OBJECTS_H

#include <kassay/check.h>

/* One object, as a rule gets it. */
struct object_view {
	struct ka_run *run;
	const struct ka_facts *facts;
	const struct ka_object *obj;
};

/* What a row of objects_run() judges.  The function says ka_saw() of what is in scope. */
struct object_rule {
	ka_kinds kinds;
	void (*judge)(const struct object_view *v);
};

/* The run function of rows whose param is a struct object_rule. */
ka_check_fn objects_run;

#endif
