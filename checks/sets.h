/* The sets of checks, one a file; registry.c puts them in the order of reports. */
#ifndef CHECKS_SETS_H
#define CHECKS_SETS_H

#include <kassay/check.h>

extern const struct ka_check_set ka_set_isolation;
extern const struct ka_check_set ka_set_hardening;
extern const struct ka_check_set ka_set_hostpath;
extern const struct ka_check_set ka_set_identity;
extern const struct ka_check_set ka_set_images;
extern const struct ka_check_set ka_set_secrets;

#endif
