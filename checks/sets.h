/* The sets of checks, one a file; registry.c puts them in the order of reports. */
#ifndef CHECKS_SETS_H
#define CHECKS_SETS_H

#include <kassay/check.h>

extern const struct ka_check_set ka_set_rbac;
extern const struct ka_check_set ka_set_rbac_everyone;
extern const struct ka_check_set ka_set_rbac_objects;

#endif
