/* Fuzz target: any text as a policy file.  It is refused with a reason, or all that it says has
 * what an audit and its reports rely on. */
#include <stdint.h>
#include <string.h>

#include "engine/policy.h"
#include "util/fuzz_testing.h"

#include "util/banned.h"

static void
whole(const struct ka_policy *p)
{
	for (size_t i = 0; i < p->nrules; i++)
		must(p->rule[i].check != NULL, "a rule without its check");
	for (size_t i = 0; i < p->nparams; i++)
		must(p->param[i].name != NULL, "a parameter without a name");
	for (size_t i = 0; i < p->nwaivers; i++) {
		const struct ka_waiver *w = &p->waiver[i];

		must(w->check && w->reason && w->owner, "a waiver that nobody answers for");
		must(w->line > 0, "a waiver without a line");
		must(!w->expires || strlen(w->expires) == strlen("2026-12-31"),
		     "no day to expire on");
	}
	for (size_t i = 0; i < p->nattestations; i++) {
		const struct ka_attestation *a = &p->attestation[i];

		must(a->benchmark && a->control, "an attestation of nothing");
		must(a->statement && a->by && a->date, "an attestation by nobody");
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ka_policy *p = NULL;
	struct ka_err err = { .code = KA_OK };

	if (ka_policy_parse((const char *)data, size, "fuzz", &KA_CATALOG, &p, &err)) {
		must(err.code != KA_OK && *err.msg, "refused without a reason");
		must(!p, "refused and handed over");
		return 0;
	}
	whole(p);
	ka_policy_free(p);
	return 0;
}
