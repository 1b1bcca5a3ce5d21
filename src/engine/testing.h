/* For the engine's tests: a catalog whose checks say what a script tells them to, and a graph made by hand. */
#ifndef KA_ENGINE_TESTING_H
#define KA_ENGINE_TESTING_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>

#include <kassay/check.h>
#include <kassay/report.h>

#include "engine/audit.h"

/* What a check does when it runs. */
struct script {
	const struct ka_object *const *saw; /* NULL-ended */
	const struct ka_fault *fault;
	size_t nfaults;
	const char *error; /* fails with it in the end */
};

static inline int
play(struct ka_run *run, const struct ka_check *check, const struct ka_facts *facts, struct ka_err *err)
{
	const struct script *s = check->param;

	(void)facts;
	for (size_t i = 0; s->saw && s->saw[i]; i++)
		ka_saw(run, s->saw[i]);
	for (size_t i = 0; i < s->nfaults; i++)
		ka_fail(run, &s->fault[i]);
	return s->error ? ka_err_set(err, KA_EFORMAT, "%s", s->error) : 0;
}

static const struct ka_kvs no_kvs = { 0, NULL };

#define OBJECT(kind_, kind_name_, ns_, name_)                                                      \
	{                                                                                          \
		.kind = kind_, .api_version = "v1", .kind_name = kind_name_, .namespace = ns_,     \
		.name = name_, .labels = &no_kvs, .annotations = &no_kvs                           \
	}

#define CHECK(key_, scope_, needs_, script_)                                                       \
	{                                                                                          \
		.key = key_, .title = "It holds", .why = "Because.", .fix = "Do it.",              \
		.severity = KA_MEDIUM, .scope = scope_, .needs = needs_, .run = play,              \
		.param = script_                                                                   \
	}

/* Audits, and fails the test when that is refused. */
static inline struct ka_report *
audit(const struct ka_graph *g, const struct ka_audit_opts *opts)
{
	struct ka_report *r = NULL;
	struct ka_err err = { .code = KA_OK };

	if (ka_audit(g, opts, &r, &err))
		fail_msg("%s", err.msg);
	return r;
}

#endif
