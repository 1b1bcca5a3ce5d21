/* The cluster source: discovery, then the lists, then what no list has. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "model/build.h"
#include "model/graph.h"
#include "model/snapshot.h"
#include "source/access.h"
#include "source/api.h"
#include "source/cluster.h"
#include "source/discovery.h"
#include "source/facts.h"
#include "source/files.h"
#include "source/reviews.h"
#include "util/str.h"
#include "util/banned.h"

struct cluster {
	const struct ka_cluster_opts *opts;
	struct ka_access *access;
	struct ka_api *api;
	struct ka_build *b;
	struct ka_snapshot_writer *writer; /* NULL unless a snapshot is being made */
	struct ka_discovery discovery;
	struct ka_plan plan;
	struct ka_lists *lists;            /* NULL before and after they are read */
	struct ka_fact_finder *facts;
};

static bool
cancelled(void *arg)
{
	const struct cluster *c = arg;

	return c->opts->cancelled && c->opts->cancelled(c->opts->arg);
}

static void
tick(void *arg)
{
	const struct cluster *c = arg;
	struct ka_lists_progress p;

	if (!c->opts->progress || !c->lists)
		return;
	p = ka_lists_progress(c->lists);
	c->opts->progress(c->opts->arg, &p);
}

/* A name that goes into paths: a DNS label (apimachinery/pkg/api/validation ValidateNamespaceName). */
static bool
namespace_name(const char *s)
{
	size_t len = strlen(s);

	return len && len <= 63 && strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == len;
}

static const char *
now(struct ka_build *b)
{
	char text[21];

	ka_time_format((int64_t)time(NULL), text);
	return ka_build_str(b, text);
}

static int
connect_to(struct cluster *c, struct ka_err *err)
{
	const struct ka_cluster_opts *o = c->opts;
	const struct ka_api_opts api = {
		.parallel = o->parallel,
		.stall_seconds = o->stall_seconds,
		.deadline_seconds = o->deadline_seconds,
		.cancelled = cancelled,
		.tick = tick,
		.arg = c,
	};
	char text[1024];

	for (size_t i = 0; i < o->namespaces.n; i++)
		if (!namespace_name(o->namespaces.v[i]))
			return ka_err_set(err, KA_EUSAGE, "\"%s\" is no name of a namespace", o->namespaces.v[i]);
	if (ka_access_load(&o->access, &c->access, err) != 0)
		return -1;
	if (c->access->insecure && o->warn)
		o->warn(o->arg, "insecure-skip-tls-verify: whoever is between here and the API server can read the "
				"credential and forge the answers");
	c->api = ka_api_open(c->access, &api, err);
	if (!c->api)
		return -1;
	snprintf(text, sizeof text, "cluster: %.400s (%.400s)", c->access->server, c->access->origin);
	ka_build_source(c->b, text);
	ka_build_file(c->b, "discovery");
	ka_build_ledger_given(c->b);
	return 0;
}

/* Who has one question does not wait for all the rest. */
static void
keep_kinds(struct ka_plan *plan, ka_kinds kinds, struct ka_graph *g)
{
	size_t n = 0;

	for (int k = 0; k < KA_NKINDS; k++)
		if (!(kinds & KA_BIT(k)))
			g->ledger[k] = (struct ka_evidence){ .status = KA_EV_NOT_OFFERED, .reason = "not asked for" };

	for (size_t i = 0; i < plan->n; i++)
		if (kinds & KA_BIT(plan->task[i].ask->kind))
			plan->task[n++] = plan->task[i];
	plan->n = n;
}

/* What is served, and so what is to be asked for. */
static int
discover(struct cluster *c, struct ka_err *err)
{
	if (connect_to(c, err) != 0 || ka_discover(c->api, c->b, &c->discovery, err) != 0)
		return -1;
	ka_plan_make(&c->plan, ka_build_graph(c->b), c->discovery.lost, c->discovery.nlost, &c->opts->namespaces);
	if (c->opts->kinds)
		keep_kinds(&c->plan, c->opts->kinds, ka_build_graph(c->b));
	return 0;
}

static void
show_fact_finder(void *arg, const struct ka_object *obj)
{
	ka_facts_object(arg, obj);
}

static int
read_lists(struct cluster *c, struct ka_err *err)
{
	struct ka_lists_opts opts = {
		.page_size = c->opts->page_size,
		.json = c->opts->json,
		.limits = c->opts->limits,
		.object = c->facts ? show_fact_finder : NULL,
		.arg = c->facts,
	};
	int rc;

	c->lists = ka_lists_new(c->api, c->b, c->writer, &c->plan, &opts);
	ka_lists_start(c->lists);
	rc = ka_api_run(c->api, err);
	if (rc == 0)
		ka_lists_ledger(c->lists, &c->opts->namespaces);
	ka_lists_free(c->lists);
	c->lists = NULL;
	return rc;
}

/* The lists with what no list has. */
static int
read_with_facts(struct cluster *c, struct ka_err *err)
{
	struct ka_fact_target target;
	int rc;

	target = (struct ka_fact_target){ .api = c->api, .b = c->b, .writer = c->writer };
	c->facts = ka_facts_begin(&target);
	rc = read_lists(c, err);
	if (rc == 0) {
		ka_facts_nodes(c->facts);
		/* The lists are read: whatever happens now, there is something to judge. */
		rc = ka_api_run(c->api, err) != 0 && cancelled(c) ? -1 : 0;
	}
	ka_facts_end(c->facts);
	if (rc == 0) {
		struct ka_files_opts files = KA_FILES_OPTS_DEFAULT;

		files.limits = c->opts->limits;
		files.node_facts = c->opts->node_facts;
		rc = ka_files_add_facts(&files, c->b, c->writer, err);
	}
	return rc;
}

static int
read_all(struct cluster *c, struct ka_err *err)
{
	struct ka_graph *g = ka_build_graph(c->b);
	int rc;

	g->source_class = KA_SOURCE_CLUSTER;
	g->started = now(c->b);
	if (discover(c, err) != 0)
		return -1;
	rc = c->opts->kinds ? read_lists(c, err) : read_with_facts(c, err);
	g->finished = now(c->b);
	return rc;
}

static void
release(struct cluster *c)
{
	ka_api_close(c->api);
	ka_access_free(c->access);
	ka_discovery_release(&c->discovery);
	if (c->plan.arena)
		ka_plan_release(&c->plan);
	ka_build_free(c->b);
	ka_snapshot_writer_free(c->writer);
}

/* What is known once all objects are linked. */
static struct ka_graph *
finish(struct cluster *c)
{
	struct ka_graph *g = ka_build_finish(c->b);
	const struct ka_object *system = ka_graph_find(g, KA_NAMESPACE, NULL, "kube-system");

	c->b = NULL;
	if (system)
		g->cluster_uid = system->uid;
	for (int k = 0; k < KA_NKINDS; k++)
		g->ledger[k].count = g->of[k].n;
	return g;
}

int
ka_cluster_load(const struct ka_cluster_opts *opts, struct ka_graph **ret, struct ka_err *err)
{
	struct cluster c = { .opts = opts, .b = ka_build_new() };
	int rc = read_all(&c, err);

	if (rc == 0)
		*ret = finish(&c);
	release(&c);
	return rc;
}

/* Nobody reads a snapshot's ledger at once; whoever takes it is told what it lacks. */
static bool
tell_gaps(const struct ka_cluster_opts *opts, const struct ka_graph *g)
{
	const char *last = NULL;
	bool any = false;
	char text[600];

	for (int k = 0; k < KA_NKINDS; k++) {
		const struct ka_evidence *e = &g->ledger[k];

		if (e->status != KA_EV_FORBIDDEN && e->status != KA_EV_FAILED && e->status != KA_EV_TRUNCATED)
			continue;
		any = true;
		if (e->status == KA_EV_TRUNCATED && e->reason == last)
			continue; /* --namespace: of all kinds the same */
		last = e->reason;
		snprintf(text, sizeof text, "%s: %s: %.500s", ka_kind_info((enum ka_kind)k)->kind,
			 ka_evidence_status_name(e->status), e->reason ? e->reason : "no reason given");
		if (opts->warn)
			opts->warn(opts->arg, text);
	}
	return any;
}

int
ka_cluster_snapshot(const struct ka_cluster_opts *opts, const char *out_path, bool *ret_incomplete,
		    struct ka_err *err)
{
	struct cluster c = { .opts = opts, .b = ka_build_new(), .writer = ka_snapshot_writer_new(err) };
	struct ka_graph *g;
	int rc = c.writer ? read_all(&c, err) : -1;

	if (rc == 0) {
		g = finish(&c);
		*ret_incomplete = tell_gaps(opts, g);
		rc = ka_snapshot_writer_save(c.writer, g, out_path, err);
		ka_graph_free(g);
	}
	release(&c);
	return rc;
}

/* --- what would be asked --------------------------------------------------------------------------------------- */

int
ka_cluster_dry_run(const struct ka_cluster_opts *opts, void (*tell)(void *arg, const struct ka_dry_request *request),
		   void *arg, struct ka_err *err)
{
	struct cluster c = { .opts = opts, .b = ka_build_new() };
	int rc = discover(&c, err);

	if (rc == 0)
		rc = ka_reviews(c.api, &c.plan, opts->page_size, tell, arg, err);
	release(&c);
	return rc;
}
