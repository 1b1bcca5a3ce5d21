/* The policy file's fields; policy.c opens the file and hands its one document over. */
#ifndef KA_ENGINE_POLICY_DECODE_H
#define KA_ENGINE_POLICY_DECODE_H

#include <kassay/err.h>

#include "engine/policy.h"
#include "util/tape.h"

/* Fills a policy whose arena and file are set.  -1 and *err ("FILE:LINE: ...") at the first thing
 * that is not understood. */
int ka_policy_decode(struct ka_policy *p, const struct ka_catalog *catalog, struct ka_tape *tape,
		     const struct ka_node *root, struct ka_err *err);

#endif
