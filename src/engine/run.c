#include "engine/run.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/fingerprint.h"
#include "engine/policy.h"
#include "util/alloc.h"
#include "util/arena.h"
#include "util/intern.h"
#include "util/str.h"

#include "util/banned.h"

#define TEXT_MAX 4096

void
ka_run_init(struct ka_run *run, struct ka_arena *arena, struct ka_intern *in, struct ka_sha256 *sha,
	    const struct ka_policy *policy)
{
	*run = (struct ka_run){ .arena = arena, .in = in, .sha = sha, .policy = policy };
	ka_hmap_init(&run->by_id);
	ka_map_init(&run->failed_objs);
	run->param_read = ka_xcalloc(policy ? policy->nparams : 0, sizeof *run->param_read);
}

void
ka_run_release(struct ka_run *run)
{
	ka_hmap_release(&run->by_id);
	ka_map_release(&run->failed_objs);
	free(run->param_read);
}

void
ka_run_begin(struct ka_run *run, const struct ka_check *check)
{
	const struct ka_policy_rule *rule = ka_policy_rule(run->policy, check);

	run->check = check;
	run->severity_fixed = rule && rule->severity != KA_SEV_DEFAULT;
	run->severity = run->severity_fixed ? rule->severity : check->severity;
	run->last_seen = NULL;
	run->seen = run->failed = 0;
	run->first = run->n;
}

void
ka_saw(struct ka_run *run, const struct ka_object *obj)
{
	if (obj == run->last_seen)
		return;
	run->last_seen = obj;
	run->seen++;
}

static const char *
keep(struct ka_run *run, const char *s)
{
	return s ? ka_intern(run->in, s) : NULL;
}

/* The id's digits are the key: what is printed is what is told apart. */
static struct ka_hash128
id_hash(const struct ka_finding *f)
{
	struct ka_hash128 h = ka_hash128_start();
	uint64_t half[2];

	/* Hex digits spread too little by themselves. */
	memcpy(half, f->id, sizeof half);
	ka_hash128_feed(&h, half[0]);
	ka_hash128_feed(&h, half[1]);
	return h;
}

static void
count_object(struct ka_run *run, const struct ka_object *obj)
{
	size_t before = run->failed_objs.n;

	ka_map_add(&run->failed_objs, obj, run->check, 0);
	run->failed += run->failed_objs.n - before;
}

void
ka_fail(struct ka_run *run, const struct ka_fault *fault)
{
	struct ka_finding f = { .check = run->check,
				.obj = fault->obj,
				.instances = fault->instances };
	void *at;

	ka_fingerprint(run->sha, run->check, fault, f.id);
	at = ka_hmap_get(&run->by_id, id_hash(&f));
	if (at) {
		run->finding[(uintptr_t)at - 1].instances += fault->instances;
		return;
	}
	f.severity = fault->severity != KA_SEV_DEFAULT && !run->severity_fixed ? fault->severity
									       : run->severity;
	f.container = keep(run, fault->container);
	f.path = keep(run, fault->path);
	f.observed = keep(run, fault->observed);
	f.expected = keep(run, fault->expected);
	f.message = keep(run, fault->message);
	memcpy(f.via, fault->via, sizeof f.via);
	KA_GROW(run->finding, run->n, run->cap);
	run->finding[run->n++] = f;
	ka_hmap_put(&run->by_id, id_hash(&f), (void *)(uintptr_t)run->n);
	count_object(run, fault->obj);
}

const char *
ka_text(struct ka_run *run, const char *fmt, ...)
{
	char buf[TEXT_MAX];
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(buf, sizeof buf, fmt, ap);
	va_end(ap);
	if (len >= (int)sizeof buf) /* names in an object have no limit once it is a file */
		memcpy(buf + sizeof buf - 4, "...", 4);
	return ka_intern(run->in, buf);
}

struct ka_strs
ka_param(const struct ka_run *run, const char *name)
{
	for (size_t i = 0; run->policy && i < run->policy->nparams; i++)
		if (strcmp(run->policy->param[i].name, name) == 0) {
			run->param_read[i] = true;
			return run->policy->param[i].value;
		}
	return (struct ka_strs){ 0, NULL };
}

/* By the numbers in them, so that [2] comes before [10]; NULL comes first. */
static int
path_cmp(const char *a, const char *b)
{
	if (!a || !b)
		return (a != NULL) - (b != NULL);
	return a == b ? 0 : strverscmp(a, b);
}

static int
object_cmp(const struct ka_object *a, const struct ka_object *b)
{
	int c = ka_str_cmp(a->namespace, b->namespace);

	if (!c)
		c = (a->kind > b->kind) - (a->kind < b->kind);
	if (!c)
		c = ka_str_cmp(a->kind_name, b->kind_name);
	return c ? c : ka_str_cmp(a->name, b->name);
}

static int
finding_cmp(const void *pa, const void *pb)
{
	const struct ka_finding *a = pa, *b = pb;
	int c = (a->severity < b->severity) - (a->severity > b->severity);

	if (!c && a->obj != b->obj)
		c = object_cmp(a->obj, b->obj);
	if (!c)
		c = ka_str_cmp(a->container, b->container);
	if (!c)
		c = path_cmp(a->path, b->path);
	if (!c)
		c = path_cmp(a->message, b->message);
	return c ? c : strcmp(a->id, b->id);
}

void
ka_run_end(struct ka_run *run)
{
	if (run->n > run->first)
		qsort(run->finding + run->first, run->n - run->first, sizeof *run->finding,
		      finding_cmp);
	if (run->seen < run->failed)
		run->seen = run->failed;
}
