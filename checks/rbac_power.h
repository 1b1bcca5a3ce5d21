/* Checks of capabilities: every binding judged by what its role gives beside all else that its
 * subjects hold.  A row says which capabilities are no good; see kassay/powers.h for what makes one. */
#ifndef CHECKS_RBAC_POWER_H
#define CHECKS_RBAC_POWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <kassay/check.h>
#include <kassay/powers.h>

enum where { ANYWHERE, CLUSTER_WIDE, NAMESPACED };
enum { CAPS_AT_MOST = 3 };

struct power_rule {
	enum where where;
	struct {
		enum ka_cap cap;
		unsigned less; /* steps below the check's severity */
		bool open;     /* in a namespace no step below */
	} cap[CAPS_AT_MOST];
	size_t ncaps;
	/* a grant that gives none of these is no matter of the check; 0: none of `cap` */
	uint64_t base;
	/* by itself a grant of one of these already gives as much: not told again */
	uint64_t beside;
	const char *expected;
};
#define CAP(cap) ((uint64_t)1 << KA_CAP_##cap)

/* The run function of a row whose param is a struct power_rule. */
ka_check_fn power_run;

#endif
