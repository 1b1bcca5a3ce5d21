/* Measures questions about a large cluster once it is read: `make bench` runs it. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <kassay/crowd.h>
#include <kassay/matrix.h>
#include <kassay/measure.h>
#include <kassay/rbac.h>

#include "model/graph.h"
#include "source/files.h"

static double
ms_since(const struct timespec *begun)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)(now.tv_sec - begun->tv_sec) * 1e3 + (double)(now.tv_nsec - begun->tv_nsec) / 1e6;
}

static void
tell(const char *what, const struct timespec *begun, size_t n, const char *of)
{
	printf("%-34s %9.2f ms   %zu %s\n", what, ms_since(begun), n, of);
}

/* All that one subject holds; and how much every subject does. */
static void
tell_all_held(const struct ka_graph *g, const struct ka_rbac *rbac, const struct ka_who *who)
{
	const struct ka_subject *subject;
	struct ka_catalogue *cat;
	struct ka_measurer *m;
	struct ka_matrix *matrix;
	struct ka_measure one;
	struct timespec begun;
	size_t n;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &begun);
	cat = ka_catalogue_new(g);
	matrix = ka_matrix_new(rbac, cat, who, NULL);
	tell("can, without a question", &begun, matrix->nscopes, "scopes");
	ka_matrix_free(matrix);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &begun);
	m = ka_measurer_new(rbac, cat);
	subject = ka_rbac_subjects(rbac, &n);
	for (size_t i = 0; i < n; i++)
		ka_measure(m, &(struct ka_who){ .subject = subject[i] }, &one);
	tell("how much all are granted", &begun, n, "subjects");
	ka_measurer_free(m);
	ka_catalogue_free(cat);
}

int
main(int argc, char **argv)
{
	struct ka_files_opts opts = KA_FILES_OPTS_DEFAULT;
	const struct ka_request req = { .verb = "get", .resource = "secrets", .namespace = "rbac-00007" };
	const struct ka_request every = { .verb = "create", .resource = "pods" };
	struct ka_who who = { .subject = { KA_SUBJECT_SERVICEACCOUNT, "ServiceAccount", "rbac-00007", "sa-1" } };
	struct ka_graph *g;
	struct ka_rbac *rbac;
	struct ka_crowds *crowds;
	struct ka_allowance *list;
	struct timespec begun;
	struct ka_err err;
	size_t n;

	if (argc < 2) {
		fprintf(stderr, "usage: rbac_bench PATH...\n");
		return 2;
	}
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &begun);
	if (ka_files_load((const char *const *)argv + 1, (size_t)argc - 1, &opts, &g, &err) != 0) {
		fprintf(stderr, "rbac_bench: %s\n", err.msg);
		return 2;
	}
	tell("reading", &begun, g->of[KA_ROLEBINDING].n + g->of[KA_CLUSTERROLEBINDING].n, "bindings");
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &begun);
	rbac = ka_rbac_new(g);
	tell("the engine's indexes", &begun, g->of[KA_ROLE].n + g->of[KA_CLUSTERROLE].n, "roles");
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &begun);
	n = ka_rbac_allowances(rbac, &who, &req, &list);
	tell("can, all grants", &begun, n, "rows");
	free(list);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &begun);
	n = ka_rbac_who_can(rbac, &req, &list);
	tell("who-can in a namespace", &begun, n, "rows");
	free(list);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &begun);
	n = ka_rbac_who_can(rbac, &every, &list);
	tell("who-can in the cluster", &begun, n, "rows");
	free(list);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &begun);
	crowds = ka_crowds_new(g);
	tell("who is behind groups", &begun, g->nunits, "units");
	ka_crowds_free(crowds);
	tell_all_held(g, rbac, &who);
	ka_rbac_free(rbac);
	ka_graph_free(g);
	return 0;
}
