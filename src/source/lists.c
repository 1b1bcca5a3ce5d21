/* Paginated lists; see lists.h.  Each struct run is one list, which asks for its next page when one is taken in. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "source/lists.h"
#include "source/page.h"
#include "util/alloc.h"
#include "util/hash.h"
#include "util/str.h"
#include "util/banned.h"

#define PAGE_SIZE    500
#define MAX_RESTARTS 3
#define MAX_EMPTY    16 /* pages without an item, one after another */

struct run {
	struct ka_lists *l;
	const struct ka_task *task;
	uint32_t file;
	unsigned limit;
	char *cont;                /* of the page to ask for; NULL: the first */
	unsigned restarts, empty;
	unsigned gone;             /* expired tokens since the last page */
	uint64_t items;
	int64_t remaining;
	/* Hashes of the tokens and of the first items of the pages so far. */
	uint64_t *seen;
	size_t nseen, seen_cap;
	bool finished;
	struct ka_evidence result; /* strings are the builder's */
	struct run *next;          /* of the same kind: asked for when this one is read */
};

struct ka_lists {
	struct ka_api *api;
	struct ka_build *b;
	struct ka_snapshot_writer *writer;
	const struct ka_plan *plan;
	struct ka_lists_opts opts;
	struct run *run; /* as many as the plan has tasks */
};

static void ask(struct run *r);

/* --- the end of a list ----------------------------------------------------------------------------------------- */

static void
finish(struct run *r, enum ka_evidence_status status, const char *reason)
{
	char now[21];

	ka_time_format((int64_t)time(NULL), now);
	r->finished = true;
	r->result.status = status;
	r->result.reason = ka_build_str(r->l->b, reason);
	r->result.time = ka_build_str(r->l->b, now);
	r->remaining = 0;
	if (r->next)
		ask(r->next);
}

static __attribute__((format(printf, 2, 3))) void
fail(struct run *r, const char *fmt, ...)
{
	char why[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, sizeof why, fmt, ap);
	va_end(ap);
	finish(r, KA_EV_FAILED, why);
}

/* --- one page after another ------------------------------------------------------------------------------------ */

static void
go_on(struct run *r, const char *cont)
{
	free(r->cont);
	r->cont = cont ? ka_xstrdup(cont) : NULL;
	ask(r);
}

/* True when this was met before: a list that goes round in circles has no end. */
static bool
again(struct run *r, uint64_t hash)
{
	for (size_t i = 0; i < r->nseen; i++)
		if (r->seen[i] == hash)
			return true;
	KA_GROW(r->seen, r->nseen, r->seen_cap);
	r->seen[r->nseen++] = hash;
	return false;
}

static void
take(struct run *r, const struct ka_api_answer *answer)
{
	struct ka_lists *l = r->l;
	struct ka_page page = {
		.b = l->b,
		.writer = l->writer,
		.limits = &l->opts.limits,
		.task = r->task,
		.file = r->file,
		.object = l->opts.object,
		.arg = l->opts.arg,
	};
	struct ka_err err;
	int rc = ka_page_take(&page, answer, &err);

	r->items += page.items;
	if (rc != 0) {
		fail(r, "%s", err.msg);
		return;
	}
	r->gone = 0;
	r->remaining = page.remaining;
	r->result.resource_version = page.resource_version;
	if (page.items && again(r, page.first)) {
		fail(r, "the list goes round in circles: a page began like an earlier one");
		return;
	}
	if (!page.cont) {
		finish(r, KA_EV_COMPLETE, NULL);
		return;
	}
	r->empty = page.items ? 0 : r->empty + 1;
	if (again(r, ka_hash_bytes(page.cont, strlen(page.cont), ka_hash_seed())))
		fail(r, "the list goes round in circles: the server gave the same continue token again");
	else if (r->empty >= MAX_EMPTY)
		fail(r, "the list does not get on: %d pages without an item", MAX_EMPTY);
	else
		go_on(r, page.cont);
}

/* The token is too old.  What the server offers instead goes on where the list was, in today's state
 * (apiserver/pkg/storage/etcd3/store.go, inconsistent continue); without it nobody knows what was missed. */
static void
gone(struct run *r, const struct ka_api_answer *answer)
{
	struct ka_lists *l = r->l;

	if (answer->cont && *answer->cont && r->gone++ < MAX_RESTARTS) {
		go_on(r, answer->cont);
		return;
	}
	if (r->restarts++ == MAX_RESTARTS) {
		fail(r, "begun anew %d times, and the continue token expired each time: %s", MAX_RESTARTS,
		     answer->reason);
		return;
	}
	if (l->writer)
		ka_snapshot_writer_forget(l->writer, r->task->ask->kind, r->file);
	ka_build_forget(l->b, r->task->ask->kind, r->file);
	r->items = r->nseen = r->gone = r->empty = 0;
	go_on(r, NULL);
}

static void
too_large(struct run *r, const struct ka_api_answer *answer)
{
	if (r->limit == 1 || r->task->single) {
		fail(r, "a single object is too large to read: %s", answer->reason);
		return;
	}
	r->limit = r->limit < 4 ? 1 : r->limit / 4;
	ask(r);
}

/* Where discovery was refused the answer tells what is served; a kind that has had other versions may be served as one
 * of those. */
static void
not_found(struct run *r, const struct ka_api_answer *answer)
{
	const char *versions = r->task->ask->versions;

	if (!r->task->assumed)
		fail(r, "%s", answer->reason);
	else if (versions && strchr(versions, ' '))
		fail(r, "not served as %s, and discovery is refused: %s", r->task->api_version, answer->reason);
	else
		finish(r, KA_EV_ABSENT, answer->reason);
}

static void
on_page(void *arg, const struct ka_api_answer *answer)
{
	struct run *r = arg;

	switch (answer->result) {
	case KA_API_OK:
		take(r, answer);
		break;
	case KA_API_GONE:
		gone(r, answer);
		break;
	case KA_API_TOO_LARGE:
		too_large(r, answer);
		break;
	case KA_API_FORBIDDEN:
		finish(r, KA_EV_FORBIDDEN, answer->reason);
		break;
	case KA_API_NOT_FOUND:
		not_found(r, answer);
		break;
	case KA_API_UNAUTHORIZED:
	case KA_API_FAILED:
		fail(r, "%s", answer->reason);
		break;
	}
}

/* What need not be asked for is settled at once. */
static void
ask(struct run *r)
{
	char *path;

	if (r->task->status != KA_EV_COMPLETE) {
		finish(r, r->task->status, r->task->reason);
		return;
	}
	path = ka_task_request(r->task, r->limit, r->cont);
	ka_api_get(r->l->api, &(struct ka_api_request){
		.path = path,
		.accept = ka_page_accept(r->task, !r->l->opts.json),
		.done = on_page,
		.arg = r,
	});
	free(path);
}

/* --- all of them ----------------------------------------------------------------------------------------------- */

struct ka_lists *
ka_lists_new(struct ka_api *api, struct ka_build *b, struct ka_snapshot_writer *writer, const struct ka_plan *plan,
	     const struct ka_lists_opts *opts)
{
	struct ka_lists *l = ka_xcalloc(1, sizeof *l);

	*l = (struct ka_lists){ .api = api, .b = b, .writer = writer, .plan = plan, .opts = *opts };
	l->run = ka_xcalloc(plan->n, sizeof *l->run);
	for (size_t i = 0; i < plan->n; i++) {
		ka_build_file(b, plan->task[i].path);
		l->run[i] = (struct run){
			.l = l,
			.task = &plan->task[i],
			.file = (uint32_t)ka_build_graph(b)->nfiles - 1,
			.limit = opts->page_size ? opts->page_size : PAGE_SIZE,
			.remaining = -1,
		};
	}
	return l;
}

void
ka_lists_free(struct ka_lists *l)
{
	if (!l)
		return;
	for (size_t i = 0; i < l->plan->n; i++) {
		free(l->run[i].cont);
		free(l->run[i].seen);
	}
	free(l->run);
	free(l);
}

static bool
same_resource(const struct ka_task *a, const struct ka_task *b)
{
	return strcmp(a->resource, b->resource) == 0 && strcmp(a->ask->group, b->ask->group) == 0;
}

/* The kinds with the most and the largest objects: begun first, so that their pages come while the others are read. */
static bool
is_large(const struct run *r)
{
	static const ka_kinds large = KA_BIT(KA_POD) | KA_BIT(KA_REPLICASET) | KA_BIT(KA_CONFIGMAP) | KA_BIT(KA_SECRET);

	return (large & KA_BIT(r->task->ask->kind)) != 0;
}

/* Tasks of one kind follow each other in the plan; all but the first wait for the one before. */
void
ka_lists_start(struct ka_lists *l)
{
	size_t n = l->plan->n;

	for (size_t i = 0; i + 1 < n; i++)
		if (same_resource(l->run[i].task, l->run[i + 1].task))
			l->run[i].next = &l->run[i + 1];
	for (int large = 1; large >= 0; large--)
		for (size_t i = 0; i < n; i++)
			if (is_large(&l->run[i]) == (large == 1) &&
			    (!i || !same_resource(l->run[i - 1].task, l->run[i].task)))
				ask(&l->run[i]);
}

struct ka_lists_progress
ka_lists_progress(const struct ka_lists *l)
{
	struct ka_lists_progress p = { .kinds = l->plan->n };

	for (size_t i = 0; i < l->plan->n; i++) {
		const struct run *r = &l->run[i];

		p.done += r->finished;
		p.objects += r->items;
		p.remaining += r->remaining > 0 ? (uint64_t)r->remaining : 0;
	}
	return p;
}

/* --- the ledger ------------------------------------------------------------------------------------------------ */

/* Of the parts of a kind the worst decides. */
static unsigned
badness(enum ka_evidence_status s)
{
	switch (s) {
	case KA_EV_ABSENT:
		return 1;
	case KA_EV_COMPLETE:
		return 2;
	case KA_EV_NOT_OFFERED:
	case KA_EV_TRUNCATED:
		return 3;
	case KA_EV_FORBIDDEN:
		return 4;
	case KA_EV_FAILED:
		return 5;
	}
	return 5;
}

static void
merge(struct ka_build *b, struct ka_evidence *e, const struct run *r, bool first)
{
	char why[600];

	e->count += r->items;
	if (!first && badness(r->result.status) <= badness(e->status))
		return;
	e->status = r->result.status;
	e->api_path = ka_build_str(b, r->task->path);
	e->resource_version = r->result.resource_version;
	e->reason = r->result.reason;
	e->time = r->result.time;
	/* The one line for all custom resources does not say of which it speaks. */
	if (r->task->ask->kind == KA_OTHER && e->reason) {
		snprintf(why, sizeof why, "%s: %s", r->task->path, e->reason);
		e->reason = ka_build_str(b, why);
	}
}

/* What was read is all of these namespaces and nothing of the others. */
static const char *
narrowed(struct ka_build *b, const struct ka_strs *namespaces)
{
	const char *ret;
	struct ka_buf text;

	ka_buf_init(&text, 400);
	ka_buf_fmt(&text, NULL, "only namespace%s ", namespaces->n > 1 ? "s" : "");
	for (size_t i = 0; i < namespaces->n; i++)
		ka_buf_fmt(&text, NULL, "%s%s", i ? ", " : "", namespaces->v[i]);
	ka_buf_fmt(&text, NULL, " %s read", namespaces->n > 1 ? "were" : "was");
	ret = ka_build_str(b, text.s);
	ka_buf_release(&text);
	return ret;
}

static bool
by_namespace(enum ka_kind k)
{
	return k == KA_NAMESPACE || k == KA_OTHER || ka_kind_info(k)->namespaced;
}

void
ka_lists_ledger(const struct ka_lists *l, const struct ka_strs *namespaces)
{
	struct ka_graph *g = ka_build_graph(l->b);
	bool met[KA_NKINDS] = { false };

	for (size_t i = 0; i < l->plan->n; i++) {
		enum ka_kind k = l->run[i].task->ask->kind;

		if (!met[k])
			g->ledger[k] = (struct ka_evidence){ .status = KA_EV_COMPLETE };
		merge(l->b, &g->ledger[k], &l->run[i], !met[k]);
		met[k] = true;
	}
	if (!met[KA_OTHER])
		g->ledger[KA_OTHER] = (struct ka_evidence){ .status = KA_EV_COMPLETE };
	for (int k = 0; k < KA_NKINDS && namespaces->n; k++) {
		struct ka_evidence *e = &g->ledger[k];

		if (!met[k] || e->status != KA_EV_COMPLETE || !by_namespace((enum ka_kind)k))
			continue;
		e->status = KA_EV_TRUNCATED;
		e->reason = narrowed(l->b, namespaces);
	}
}
