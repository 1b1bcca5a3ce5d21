#include "engine/evidence.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "util/arena.h"
#include "util/str.h"

#include "util/banned.h"

#define REASON_MAX 16384

bool
ka_evidence_broken(const struct ka_evidence *ev)
{
	return ev->status == KA_EV_FORBIDDEN || ev->status == KA_EV_FAILED ||
	       ev->status == KA_EV_TRUNCATED;
}

static ka_kinds
with_status(const struct ka_graph *g, ka_kinds among, enum ka_evidence_status status)
{
	ka_kinds ret = 0;

	for (unsigned k = 0; k < KA_NKINDS; k++)
		if ((among & KA_BIT(k)) && g->ledger[k].status == status)
			ret |= KA_BIT(k);
	return ret;
}

/* "list pods", "list deployments.apps": as kubectl names them. */
static void
add_resource(struct ka_buf *b, enum ka_kind kind)
{
	const struct ka_kind_info *info = ka_kind_info(kind);

	if (info->grant)
		ka_buf_fmt(b, NULL, "%s", info->resource);
	else
		ka_buf_fmt(b, NULL, "list %s%s%s", info->resource, *info->group ? "." : "", info->group);
}

/* "the listing of pods (/api/v1/pods) was refused; grant `list` on pods in the core apiGroup" */
static void
add_refused(struct ka_buf *b, const struct ka_graph *g, enum ka_kind kind)
{
	const struct ka_evidence *ev = &g->ledger[kind];
	const struct ka_kind_info *info = ka_kind_info(kind);

	add_resource(b, kind);
	if (ev->api_path)
		ka_buf_fmt(b, NULL, " (%s)", ev->api_path);
	if (info->grant) {
		ka_buf_fmt(b, NULL, ": refused; what lets them be read: %s", info->grant);
		return;
	}
	ka_buf_fmt(b, NULL, " was refused; grant `list` on %s in ", info->resource);
	ka_buf_fmt(b, NULL, *info->group ? "apiGroup %s" : "the core apiGroup%s", info->group);
}

static void
add_broken(struct ka_buf *b, const struct ka_graph *g, enum ka_kind kind)
{
	const struct ka_evidence *ev = &g->ledger[kind];

	/* Many kinds in one line of the ledger: its reason says which. */
	if (kind == KA_OTHER) {
		ka_buf_fmt(b, NULL, "custom resources: %s: %s", ka_evidence_status_name(ev->status),
			   ev->reason ? ev->reason : "it is not known why");
		return;
	}
	if (ev->status == KA_EV_FORBIDDEN) {
		add_refused(b, g, kind);
		return;
	}
	add_resource(b, kind);
	if (ev->api_path)
		ka_buf_fmt(b, NULL, " (%s)", ev->api_path);
	if (ev->status == KA_EV_FAILED)
		ka_buf_fmt(b, NULL, ka_kind_info(kind)->grant ? " could not be read" : " failed");
	else
		ka_buf_fmt(b, NULL, ka_kind_info(kind)->grant ? ": only %" PRIu64 " could be read"
							      : " was cut short after %" PRIu64, ev->count);
	if (ev->reason)
		ka_buf_fmt(b, NULL, ": %s", ev->reason);
}

/* One clause a kind, so that each missing grant can be copied from the report. */
static const char *
broken_reason(const struct ka_graph *g, ka_kinds broken, struct ka_arena *arena)
{
	const char *ret;
	struct ka_buf b;

	ka_buf_init(&b, REASON_MAX);
	for (unsigned k = 0; k < KA_NKINDS; k++) {
		if (!(broken & KA_BIT(k)))
			continue;
		if (b.len)
			ka_buf_fmt(&b, NULL, "; ");
		add_broken(&b, g, (enum ka_kind)k);
	}
	ret = ka_arena_strndup(arena, b.s, b.len);
	ka_buf_release(&b);
	return ret;
}

/* "ConfigMap, Secret or Pod".  The kinds with a pod template and Pod itself are one thing to a
 * reader. */
static void
add_kinds(struct ka_buf *b, ka_kinds kinds)
{
	bool pods = (kinds & KA_POD_KINDS) == KA_POD_KINDS;
	ka_kinds rest = pods ? kinds & ~KA_POD_KINDS : kinds;
	size_t left = (size_t)__builtin_popcountll(rest) + pods;

	if (pods) {
		ka_buf_fmt(b, NULL, "pod or pod template");
		left--;
	}
	for (unsigned k = 0; k < KA_NKINDS; k++) {
		if (!(rest & KA_BIT(k)))
			continue;
		left--;
		if (b->len)
			ka_buf_fmt(b, NULL, left ? ", " : " or ");
		ka_buf_fmt(b, NULL, "%s", ka_kind_info((enum ka_kind)k)->kind);
	}
}

static const char *
absence(ka_kinds kinds, const char *head, const char *tail, struct ka_arena *arena)
{
	const char *ret;
	struct ka_buf b;

	ka_buf_init(&b, REASON_MAX);
	add_kinds(&b, kinds);
	ret = ka_arena_fmt(arena, "%s%s%s", head, b.s, tail);
	ka_buf_release(&b);
	return ret;
}

/* The first of these kinds whose ledger line says why, in the source's words. */
static const char *
ledger_reason(const struct ka_graph *g, ka_kinds kinds)
{
	for (unsigned k = 0; k < KA_NKINDS; k++)
		if ((kinds & KA_BIT(k)) && g->ledger[k].reason)
			return g->ledger[k].reason;
	return NULL;
}

/* Kinds in scope that a saved answer does not hold: perhaps nobody asked for them.  Manifests are a
 * world of their own, but for what is true of nodes where there are nodes; and what workloads run is
 * seen in their pods. */
static ka_kinds
not_asked_for(const struct ka_graph *g, const struct ka_check *check)
{
	ka_kinds absent = with_status(g, check->scope, KA_EV_NOT_OFFERED);
	bool sees_pods = ((check->scope | check->needs) & KA_BIT(KA_POD)) &&
			 g->ledger[KA_POD].status != KA_EV_NOT_OFFERED;

	if (g->source_class == KA_SOURCE_MANIFESTS)
		return g->of[KA_NODE].n ? absent & (KA_BIT(KA_KUBELETCONFIG) | KA_BIT(KA_NODEFILES)) : 0;
	if (sees_pods)
		absent &= ~KA_WORKLOAD_KINDS;
	return absent;
}

static const char *
not_told(const struct ka_graph *g, ka_kinds absent, struct ka_arena *arena)
{
	const char *why = ledger_reason(g, absent);
	const char *text = absence(absent, "the source does not tell of any ", why ? ": " : "", arena);

	return why ? ka_arena_fmt(arena, "%s%s", text, why) : text;
}

struct ka_verdict
ka_evidence_judge(const struct ka_graph *g, const struct ka_check *check, struct ka_arena *arena)
{
	ka_kinds all = check->scope | check->needs, broken, absent;
	struct ka_verdict ret = { .run = true };

	broken = with_status(g, all, KA_EV_FORBIDDEN) | with_status(g, all, KA_EV_FAILED) |
		 with_status(g, all, KA_EV_TRUNCATED);
	if (broken) {
		ret.run = !(broken & check->needs) &&
			  !with_status(g, check->needs, KA_EV_NOT_OFFERED);
		ret.decided = true;
		ret.status = KA_UNKNOWN;
		ret.reason = broken_reason(g, broken, arena);
		return ret;
	}
	absent = with_status(g, check->needs, KA_EV_NOT_OFFERED);
	if (absent)
		return (struct ka_verdict){ .decided = true,
					    .status = KA_UNKNOWN,
					    .reason = not_told(g, absent, arena) };
	absent = not_asked_for(g, check);
	if (absent)
		ret.gap = not_told(g, absent, arena);
	if (absent && absent == check->scope)
		return (struct ka_verdict){ .decided = true,
					    .status = KA_UNKNOWN,
					    .reason = ret.gap };
	absent = with_status(g, check->scope, KA_EV_NOT_OFFERED);
	if (check->scope && absent == check->scope)
		return (struct ka_verdict){ .decided = true,
					    .status = KA_NA,
					    .reason = ka_evidence_none(check, arena) };
	return ret;
}

const char *
ka_evidence_none(const struct ka_check *check, struct ka_arena *arena)
{
	if (check->none)
		return check->none;
	return absence(check->scope, "no ", " in the source", arena);
}
