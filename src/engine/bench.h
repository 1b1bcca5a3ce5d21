/* Benchmark results, decided from the results of checks. */
#ifndef KA_ENGINE_BENCH_H
#define KA_ENGINE_BENCH_H

#include <kassay/report.h>

struct ka_arena;

/* Judges every control of `b` by the report's results and attestations.  All in the arena. */
void ka_bench_judge(const struct ka_report *r, const struct ka_bench *b, struct ka_arena *arena,
		    struct ka_bench_result *ret);

#endif
