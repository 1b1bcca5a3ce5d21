/* Checks: const tables of rows, and what a row's function may say. */
#ifndef KASSAY_CHECK_H
#define KASSAY_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <kassay/err.h>
#include <kassay/graph.h>

enum ka_severity { KA_SEV_DEFAULT, KA_INFO, KA_LOW, KA_MEDIUM, KA_HIGH, KA_CRITICAL };
/* "info" ... "critical"; "never" for KA_SEV_DEFAULT, a threshold */
const char *ka_severity_name(enum ka_severity s);
enum ka_severity ka_severity_find(const char *name); /* KA_SEV_DEFAULT when unknown */

struct ka_run;
struct ka_check;
struct ka_rbac;
struct ka_powers;
struct ka_net;

/* All a check may look at. */
struct ka_facts {
	const struct ka_graph *g;
	const struct ka_rbac *rbac;
	const struct ka_powers *powers;
	const struct ka_net *net;
};

/* 0, or -1 and *err when the check could not judge (then it is unknown, whatever it found). */
typedef int ka_check_fn(struct ka_run *run, const struct ka_check *check,
			const struct ka_facts *facts, struct ka_err *err);

struct ka_check {
	const char *key;    /* [a-z0-9-]+, stable for ever: policies and reports quote it */
	const char *title;  /* what holds when it passes; one line, no full stop */
	const char *why;    /* what an attacker gains when it fails */
	const char *fix;    /* what to change, in the imperative */
	enum ka_severity severity;
	/* the kinds it judges (calls ka_saw for), and those it can do without but not lose */
	ka_kinds scope;
	ka_kinds needs;     /* other kinds whose absence it relies on */
	/* why there was nothing to judge, when that can be said better than "no ... in the source";
	 * or NULL */
	const char *none;
	ka_check_fn *run;
	const void *param;  /* for a run function that serves many rows */
};
struct ka_check_set {
	const char *name; /* "Pod isolation": the heading in reports */
	const struct ka_check *check;
	size_t count;
};
/* checks/registry.c; ends with NULL. */
extern const struct ka_check_set *const ka_check_sets[];
const struct ka_check *ka_check_find(const char *key);

/* --- what a run function says ----------------------------------------------------------------
 *
 * It never says "pass": findings make a fail; none, and something seen, a pass; nothing seen, not
 * applicable.  A kind in scope or needs that was refused, failed or cut makes the check unknown; so
 * does one in needs that the source does not offer.  With every missing kind in scope the function
 * runs all the same, and what it finds stands. */

/* An object in scope was looked at.  Twice in a row for the same object counts once. */
void ka_saw(struct ka_run *run, const struct ka_object *obj);

/* One thing at fault.  Strings are copied unless they are interned or literals: use ka_text() for
 * composed ones. */
struct ka_fault {
	const struct ka_object *obj;  /* reported on; needed */
	const char *container;        /* its name, when the fault is in one */
	/* "spec.template.spec.containers[0].securityContext.privileged" */
	const char *path;
	const char *observed;         /* "true"; never a secret value */
	const char *expected;         /* "false or absent" */
	/* one sentence for people, no full stop; names the thing at fault */
	const char *message;
	/* tells apart two findings with the same check, object, container and path; or NULL */
	const char *discriminator;
	enum ka_severity severity;    /* KA_SEV_DEFAULT: the check's */
	uint32_t instances;           /* live pods concerned; 0 when that is no question */
	/* bindings, roles, policies, claims that explain it; NULL-ended */
	const struct ka_object *via[4];
};
void ka_fail(struct ka_run *run, const struct ka_fault *fault);

/* A formatted string that lives as long as the report. */
const char *ka_text(struct ka_run *run, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* A list parameter of the policy file ("registries"), or an empty list. */
struct ka_strs ka_param(const struct ka_run *run, const char *name);

/* --- benchmarks ------------------------------------------------------------------------------ */

enum ka_bench_decision {
	KA_BY_CHECKS, /* the keys decide */
	KA_BY_PERSON, /* only a person can tell */
	KA_BY_ABSENT, /* needs facts that no source gives yet; `note` says which */
};
enum ka_bench_area { KA_AREA_OBJECTS, KA_AREA_CONTROL_PLANE, KA_AREA_NODE, KA_AREA_PEOPLE };
struct ka_bench_item {
	const char *id;              /* "5.1.1" */
	const char *title;           /* own words */
	unsigned char level;         /* 1 or 2; 0 when the benchmark has none */
	enum ka_bench_decision by;
	/* control plane and node items are na where the source has neither */
	enum ka_bench_area area;
	const char *keys[12];        /* NULL-ended */
	/* each check looks at another place where the same shows: one that passes is enough, unless
	 * another one finds a fault */
	bool either;
	/* what a person looks at, or which facts are missing; or NULL */
	const char *note;
};
struct ka_bench {
	const char *name;  /* "cis-kubernetes-2.0.1" */
	const char *title; /* "CIS Kubernetes Benchmark 2.0.1" */
	const struct ka_bench_item *item;
	size_t count;
};
extern const struct ka_bench *const ka_benches[]; /* ends with NULL */
const struct ka_bench *ka_bench_find(const char *name);

#endif
