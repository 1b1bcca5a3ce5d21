/* The checks and benchmarks that an audit chooses from: the program's own, or a test's. */
#ifndef KA_ENGINE_CATALOG_H
#define KA_ENGINE_CATALOG_H

#include <stddef.h>

#include <kassay/check.h>

struct ka_sha256;

struct ka_catalog {
	const struct ka_check_set *const *sets; /* ends with NULL */
	const struct ka_bench *const *benches;	/* ends with NULL */
};
#define KA_CATALOG ((struct ka_catalog){ .sets = ka_check_sets, .benches = ka_benches })

/* All checks in order, and their number. */
size_t ka_catalog_count(const struct ka_catalog *c);
/* NULL when there is none. */
const struct ka_check *ka_catalog_check(const struct ka_catalog *c, const char *key);
const struct ka_bench *ka_catalog_bench(const struct ka_catalog *c, const char *name);
const struct ka_bench_item *ka_bench_item_find(const struct ka_bench *b, const char *id);

/* SHA-256 in hex over everything that decides or words a verdict: keys, texts, severities, maps.
 * `sha` is for use meanwhile. */
void ka_catalog_digest(struct ka_sha256 *sha, const struct ka_catalog *c, char ret[65]);

#endif
