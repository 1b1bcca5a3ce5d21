/* The sets of checks, one a file; registry.c puts them in the order of reports. */
#ifndef CHECKS_SETS_H
#define CHECKS_SETS_H

#include <kassay/check.h>

extern const struct ka_check_set ka_set_isolation;
extern const struct ka_check_set ka_set_users;
extern const struct ka_check_set ka_set_hardening;
extern const struct ka_check_set ka_set_confinement;
extern const struct ka_check_set ka_set_hostpath;
extern const struct ka_check_set ka_set_identity;
extern const struct ka_check_set ka_set_images;
extern const struct ka_check_set ka_set_secrets;
extern const struct ka_check_set ka_set_network;
extern const struct ka_check_set ka_set_exposure;
extern const struct ka_check_set ka_set_admission;
extern const struct ka_check_set ka_set_namespaces;
extern const struct ka_check_set ka_set_apiserver;
extern const struct ka_check_set ka_set_control_plane;
extern const struct ka_check_set ka_set_endpoint;
extern const struct ka_check_set ka_set_kubelet;
extern const struct ka_check_set ka_set_nodefiles;

extern const struct ka_bench ka_bench_pss_baseline;
extern const struct ka_bench ka_bench_pss_restricted;
extern const struct ka_bench ka_bench_cis_2_0_1;
extern const struct ka_bench ka_bench_nsa;
extern const struct ka_check_set ka_set_rbac;
extern const struct ka_check_set ka_set_rbac_everyone;
extern const struct ka_check_set ka_set_rbac_objects;

#endif
