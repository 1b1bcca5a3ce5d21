/* Whether anything at all refuses unsafe pods in a namespace. */
#ifndef CHECKS_COVERAGE_H
#define CHECKS_COVERAGE_H

#include <kassay/check.h>

/* run function of admission-covered */
int ka_check_covered(struct ka_run *run, const struct ka_check *check, const struct ka_facts *f,
		     struct ka_err *err);

#endif
