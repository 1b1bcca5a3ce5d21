/* Measures reading an audit log, alone and with what was used counted: `make bench` runs it. */
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include <kassay/usage.h>

#include "source/auditlog.h"

static int
nothing(void *arg, const struct ka_event *event)
{
	(void)arg;
	(void)event;
	return 0;
}

static double
cpu_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int
main(int argc, char **argv)
{
	const struct ka_auditlog_opts opts = KA_AUDITLOG_OPTS_DEFAULT;
	bool alone = argc > 1 && strcmp(argv[1], "--alone") == 0;
	struct ka_usage *usage = ka_usage_new();
	double begun = cpu_seconds(), took;
	struct ka_auditlog log;
	struct ka_strs paths;
	struct rusage use;
	struct ka_err err;

	if (argc < 2 + alone) {
		fprintf(stderr, "usage: auditlog_bench [--alone] PATH...\n");
		return 2;
	}
	paths.n = (size_t)(argc - 1 - alone);
	paths.v = (const char *const *)argv + 1 + alone;
	if (ka_auditlog_read(&paths, &opts, alone ? nothing : ka_usage_event, usage, &log, &err)) {
		fprintf(stderr, "auditlog_bench: %s\n", err.msg);
		return 2;
	}
	ka_usage_end(usage);
	took = cpu_seconds() - begun;
	getrusage(RUSAGE_SELF, &use);
	printf("%.0f MB/s, %.2f s, %llu events, %llu not handed over, %zu problems, %ld MB peak\n",
	       (double)log.n.bytes / 1e6 / took, took, (unsigned long long)log.n.events,
	       (unsigned long long)log.n.received, log.nproblems, use.ru_maxrss / 1024);
	ka_auditlog_release(&log);
	ka_usage_free(usage);
	return 0;
}
