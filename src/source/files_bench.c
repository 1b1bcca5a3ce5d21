/* Measures reading input into the graph: time, objects, memory.  `make bench` runs it. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "model/graph.h"
#include "source/files.h"

int
main(int argc, char **argv)
{
	struct ka_files_opts opts = KA_FILES_OPTS_DEFAULT;
	struct ka_graph *g;
	struct timespec a, b;
	struct rusage use;
	struct ka_err err;
	size_t objects = 0;

	if (argc < 2) {
		fprintf(stderr, "usage: files_bench PATH...\n");
		return 2;
	}
	clock_gettime(CLOCK_MONOTONIC, &a);
	if (ka_files_load((const char *const *)argv + 1, (size_t)argc - 1, &opts, &g, &err) != 0) {
		fprintf(stderr, "files_bench: %s\n", err.msg);
		return 2;
	}
	clock_gettime(CLOCK_MONOTONIC, &b);
	getrusage(RUSAGE_SELF, &use);
	for (int k = 0; k < KA_NKINDS; k++)
		objects += g->of[k].n;
	printf("%.3f s, %zu objects, %zu pod specs, %zu units, %ld MB peak\n",
	       (double)(b.tv_sec - a.tv_sec) + (double)(b.tv_nsec - a.tv_nsec) / 1e9, objects, g->npodspecs,
	       g->nunits, use.ru_maxrss / 1024);
	ka_graph_free(g);
	return 0;
}
