/* The policy file: what one site sets, switches off, excepts and attests. */
#ifndef KA_ENGINE_POLICY_H
#define KA_ENGINE_POLICY_H

#include <stddef.h>

#include <kassay/err.h>
#include <kassay/report.h>

#include "engine/catalog.h"

struct ka_arena;

struct ka_policy_param {
	const char *name;
	struct ka_strs value;
};
/* What the file says of one check. */
struct ka_policy_rule {
	const struct ka_check *check;
	enum ka_severity severity; /* KA_SEV_DEFAULT: the check's own */
	const char *disabled;	   /* the reason, or NULL */
};
struct ka_policy {
	const char *file;
	char sha256[65];
	size_t nparams, nrules, nwaivers, nattestations;
	struct ka_policy_param *param;
	struct ka_policy_rule *rule;
	struct ka_waiver *waiver; /* `expired` and `hits` are the audit's to set */
	struct ka_attestation *attestation;
	struct ka_arena *arena; /* holds all of it */
};

/* Reads the file, and refuses it, naming the line, for anything it does not understand: an
 * exception that silently does nothing would be found out too late.  New; free with _free. */
int ka_policy_load(const char *path, const struct ka_catalog *catalog, struct ka_policy **ret,
		   struct ka_err *err);
/* The same from memory; `file` is for messages and copied. */
int ka_policy_parse(const char *text, size_t len, const char *file,
		    const struct ka_catalog *catalog, struct ka_policy **ret, struct ka_err *err);
void ka_policy_free(struct ka_policy *p);

/* NULL when the file says nothing of the check; p may be NULL. */
const struct ka_policy_rule *ka_policy_rule(const struct ka_policy *p,
					    const struct ka_check *check);

#endif
