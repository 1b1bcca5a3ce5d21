/* Usage: events counted by distinct request, and the log's own quality. */
#include "analysis/usage_private.h"

#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"
#include "util/str.h"
#include "util/banned.h"

#define HOUR INT64_C(3600000000)

struct ka_usage *
ka_usage_new(void)
{
	struct ka_usage *u = ka_xcalloc(1, sizeof *u);

	u->arena = ka_arena_new();
	u->in = ka_intern_new(u->arena);
	ka_hmap_init(&u->requests);
	ka_hmap_init(&u->names);
	ka_map_init(&u->user_at);
	ka_map_init(&u->seen);
	u->started = ka_xcalloc(KA_IDS_KEPT, sizeof *u->started);
	u->hours = ka_xcalloc(KA_HOURS_KEPT / 64 + 1, sizeof *u->hours);
	return u;
}

static void
free_user(struct ka_user_tally *t)
{
	struct ka_tally *next;

	for (struct ka_tally *tally = t->tallies; tally; tally = next) {
		next = tally->next;
		free(tally->by);
	}
	free(t->group);
}

void
ka_usage_free(struct ka_usage *u)
{
	if (!u)
		return;
	for (size_t i = 0; i < u->nusers; i++)
		free_user(&u->user[i]);
	free(u->user);
	free(u->started);
	free(u->hours);
	ka_hmap_release(&u->requests);
	ka_hmap_release(&u->names);
	ka_map_release(&u->user_at);
	ka_map_release(&u->seen);
	ka_intern_free(u->in);
	ka_arena_free(u->arena);
	free(u);
}

/* ---- small things ------------------------------------------------------------------------- */

static const char *
intern(struct ka_usage *u, struct ka_span s)
{
	return ka_intern_n(u->in, s.s, s.len);
}

static const char *
intern_or_null(struct ka_usage *u, struct ka_span s)
{
	return s.len ? intern(u, s) : NULL;
}

static void
feed(struct ka_hash128 *h, struct ka_span s)
{
	ka_hash128_feed_bytes(h, s.s, s.len);
}

/* ---- users -------------------------------------------------------------------------------- */

/* A service account is told as one. */
static struct ka_subject
subject_of(struct ka_usage *u, const char *name)
{
	static const char account[] = "system:serviceaccount:";
	struct ka_subject s = { .kind = KA_SUBJECT_USER, .kind_name = "User", .name = name };
	const char *ns = name + strlen(account), *colon;

	if (!ka_str_has_prefix(name, account))
		return s;
	colon = strchr(ns, ':');
	if (!colon || colon == ns || !colon[1] || strchr(colon + 1, ':'))
		return s;
	s.kind = KA_SUBJECT_SERVICEACCOUNT;
	s.kind_name = "ServiceAccount";
	s.namespace = ka_intern_n(u->in, ns, (size_t)(colon - ns));
	s.name = ka_intern(u->in, colon + 1);
	return s;
}

static struct ka_user_tally *
user_at(struct ka_usage *u, struct ka_span name)
{
	const char *key = intern(u, name);
	uint32_t at = ka_map_add(&u->user_at, key, NULL, (uint32_t)u->nusers);

	if (at == u->nusers) {
		KA_GROW(u->user, u->nusers, u->users_cap);
		u->user[u->nusers++] = (struct ka_user_tally){ .user.subject = subject_of(u, key) };
	}
	return &u->user[at];
}

static void
add_group(struct ka_usage *u, struct ka_user_tally *t, struct ka_span group)
{
	const char *name = intern(u, group);

	for (size_t i = 0; i < t->ngroups; i++)
		if (t->group[i] == name)
			return;
	KA_GROW(t->group, t->ngroups, t->groups_cap);
	t->group[t->ngroups++] = name;
}

/* Groups seldom change from one event of a user's to the next. */
static void
meet_groups(struct ka_usage *u, struct ka_user_tally *t, const struct ka_event *e)
{
	const struct ka_span *group = e->impersonated.len ? e->impersonated_group : e->group;
	size_t n = e->impersonated.len ? e->nimpersonated_groups : e->ngroups;
	uint64_t hash = n + 1;

	if (n > KA_EVENT_GROUPS)
		n = KA_EVENT_GROUPS;
	for (size_t i = 0; i < n; i++)
		hash = ka_hash_bytes(group[i].s, group[i].len, hash);
	if (hash == t->last_groups)
		return;
	t->last_groups = hash;
	for (size_t i = 0; i < n; i++)
		add_group(u, t, group[i]);
}

static void
widen(int64_t time, int64_t *first, int64_t *last)
{
	if (!time)
		return;
	if (!*first || time < *first)
		*first = time;
	if (time > *last)
		*last = time;
}

/* ---- requests ----------------------------------------------------------------------------- */

static struct ka_hash128
hash_permission(const struct ka_asked *a)
{
	struct ka_hash128 h = ka_hash128_start();

	ka_hash128_feed(&h, a->resource_request ? 1 : 2);
	feed(&h, a->user);
	feed(&h, a->verb);
	feed(&h, a->group);
	feed(&h, a->resource);
	feed(&h, a->subresource);
	feed(&h, a->namespace);
	return h;
}

static struct ka_hash128
hash_request(struct ka_hash128 permission, const struct ka_asked *a)
{
	ka_hash128_feed(&permission, a->derived ? 4 : 3);
	feed(&permission, a->resource_request ? a->name : a->path);
	return permission;
}

static void
meet_resource(struct ka_usage *u, const struct ka_request *req)
{
	bool read = !strcmp(req->verb, "get") || !strcmp(req->verb, "list") || !strcmp(req->verb, "watch");
	uint32_t bits;

	if (!req->resource)
		return;
	bits = ka_map_get(&u->seen, req->group, req->resource);
	if (bits == KA_MAP_NONE)
		bits = 0;
	ka_map_set(&u->seen, req->group, req->resource, bits | (read ? KA_SEEN_READ : KA_SEEN_WRITE));
	u->quality.reads |= read;
}

static struct ka_tally *
new_tally(struct ka_usage *u, const struct ka_asked *a, bool many_names)
{
	struct ka_user_tally *t = user_at(u, a->user);
	struct ka_tally *tally = ka_arena_array(u->arena, 1, sizeof *tally);

	*tally = (struct ka_tally){ .next = t->tallies };
	tally->used.req = (struct ka_request){ .verb = intern(u, a->verb) };
	if (a->resource_request) {
		tally->used.req.group = intern(u, a->group);
		tally->used.req.resource = intern(u, a->resource);
		tally->used.req.subresource = intern_or_null(u, a->subresource);
		tally->used.req.namespace = intern_or_null(u, a->namespace);
		tally->used.req.name = many_names ? NULL : intern_or_null(u, a->name);
	} else {
		tally->used.req.url = many_names ? "" : intern(u, a->path);
	}
	tally->used.many_names = many_names;
	tally->used.derived = a->derived;
	t->tallies = tally;
	t->ntallies++;
	meet_resource(u, &tally->used.req);
	return tally;
}

/* The place where a request is counted; beyond KA_NAMES_KEPT names all further ones share one. */
static struct ka_tally *
tally_of(struct ka_usage *u, const struct ka_asked *a)
{
	struct ka_hash128 permission = hash_permission(a), whole = hash_request(permission, a);
	struct ka_tally *tally = ka_hmap_get(&u->requests, whole);
	struct ka_name_count *names;

	if (tally)
		return tally;
	names = ka_hmap_get(&u->names, permission);
	if (!names) {
		names = ka_arena_array(u->arena, 1, sizeof *names);
		*names = (struct ka_name_count){ 0 };
		ka_hmap_put(&u->names, permission, names);
	}
	if (names->n < KA_NAMES_KEPT) {
		names->n++;
		tally = new_tally(u, a, false);
		ka_hmap_put(&u->requests, whole, tally);
		return tally;
	}
	if (!names->many)
		names->many = new_tally(u, a, true);
	return names->many;
}

/* ---- who allowed -------------------------------------------------------------------------- */

static void
attribute(struct ka_usage *u, struct ka_tally *t, struct ka_span reason)
{
	uint64_t hash = ka_hash_bytes(reason.s, reason.len, 1);
	struct ka_reason r;
	const char *binding, *namespace;

	if (t->used.nby && hash == t->last_reason) {
		t->by[t->last_by].count++;
		return;
	}
	if (!ka_reason_parse(reason, &r)) {
		t->used.other++;
		return;
	}
	binding = ka_intern(u->in, r.binding);
	namespace = r.cluster ? NULL : ka_intern(u->in, r.namespace);
	for (t->last_by = 0; t->last_by < t->used.nby; t->last_by++)
		if (t->by[t->last_by].binding == binding && t->by[t->last_by].namespace == namespace)
			break;
	if (t->last_by == t->used.nby) {
		KA_GROW(t->by, t->used.nby, t->by_cap);
		t->by[t->used.nby++] = (struct ka_used_by){ .namespace = namespace, .binding = binding };
	}
	t->by[t->last_by].count++;
	t->last_reason = hash;
}

/* ---- one event ---------------------------------------------------------------------------- */

struct counting {
	struct ka_usage *u;
	const struct ka_event *e;
	struct ka_event_view view;
};

static void
count_allowed(struct counting *c, struct ka_tally *t)
{
	struct ka_used *used = &t->used;

	used->allowed++;
	used->refused += c->view.refused;
	widen(c->e->time, &used->first, &used->last);
	/* The reason is that of the request itself. */
	if (used->derived)
		return;
	if (c->e->reason.len)
		attribute(c->u, t, c->e->reason);
	else if (c->e->decision == KA_DECISION_ALLOW)
		used->other++;
}

/* Where it can be looked up: the first event that was allowed, else the first at all. */
static void
keep_place(struct ka_used *used, const struct ka_event *e, uint64_t allowed_before)
{
	if (used->allowed + used->denied + used->undecided > 1 && !(used->allowed == 1 && !allowed_before))
		return;
	used->file = e->file;
	used->line = e->line;
}

static void
count(void *arg, const struct ka_asked *a)
{
	struct counting *c = arg;
	struct ka_tally *t = tally_of(c->u, a);
	uint64_t before = t->used.allowed;

	/* Whoever was refused in somebody's name had become that somebody. */
	if (a->derived || c->view.outcome == KA_OUT_ALLOWED)
		count_allowed(c, t);
	else if (c->view.outcome == KA_OUT_DENIED)
		t->used.denied++;
	else
		t->used.undecided++;
	keep_place(&t->used, c->e, before);
}

/* A watch is told twice, when it begins and when it ends; ids are kept in the one place that their
 * hash asks for, so that memory stays the same: one that is pushed out is counted twice. */
static bool
told_before(struct ka_usage *u, const struct ka_event *e)
{
	uint64_t hash, *place;

	if (!e->id.len)
		return false;
	hash = ka_hash_bytes(e->id.s, e->id.len, ka_hash_seed()) | 1;
	place = &u->started[(hash >> 1) & (KA_IDS_KEPT - 1)];
	if (e->stage == KA_STAGE_STARTED) {
		*place = hash;
		return false;
	}
	if (*place != hash)
		return false;
	*place = 0;
	return true;
}

static void
meet_time(struct ka_usage *u, int64_t time)
{
	int64_t hour = time / HOUR;

	if (!time)
		return;
	widen(time, &u->quality.first, &u->quality.last);
	if (!u->first_hour)
		u->first_hour = hour - KA_HOURS_KEPT / 2;
	hour -= u->first_hour;
	if (hour >= 0 && hour < KA_HOURS_KEPT)
		u->hours[hour / 64] |= UINT64_C(1) << (hour % 64);
}

static void
meet_lacks(struct ka_quality *q, unsigned lacks)
{
	q->lacks_object += (lacks & KA_LACKS_OBJECT) != 0;
	q->lacks_groups += (lacks & KA_LACKS_GROUPS) != 0;
	q->lacks_decision += (lacks & KA_LACKS_DECISION) != 0;
	q->lacks_time += (lacks & KA_LACKS_TIME) != 0;
	q->lacks_reason += (lacks & KA_LACKS_REASON) != 0;
}

int
ka_usage_event(void *arg, const struct ka_event *e)
{
	struct ka_usage *u = arg;
	struct counting c = { .u = u, .e = e, .view = ka_event_outcome(e) };
	struct ka_user_tally *t;

	if (e->stage == KA_STAGE_RECEIVED || !e->user.len || !e->verb.len)
		return 0;
	meet_time(u, e->time);
	if (told_before(u, e))
		return 0;
	u->quality.events++;
	meet_lacks(&u->quality, e->lacks);
	ka_event_asks(e, count, &c);
	t = user_at(u, e->impersonated.len ? e->impersonated : e->user);
	t->user.events++;
	t->user.impersonated += e->impersonated.len != 0;
	t->user.groups_unknown |= (e->lacks & KA_LACKS_GROUPS) != 0;
	widen(e->time, &t->user.first, &t->user.last);
	meet_groups(u, t, e);
	if (e->impersonated.len) {
		t = user_at(u, e->user);
		widen(e->time, &t->user.first, &t->user.last);
	}
	return 0;
}

/* ---- the end ------------------------------------------------------------------------------ */

static int
compare_request(const struct ka_request *x, const struct ka_request *y)
{
	int order = (x->resource == NULL) - (y->resource == NULL);

	if (!order)
		order = ka_str_cmp(x->group, y->group);
	if (!order)
		order = ka_str_cmp(x->resource, y->resource);
	if (!order)
		order = ka_str_cmp(x->subresource, y->subresource);
	if (!order)
		order = ka_str_cmp(x->verb, y->verb);
	if (!order)
		order = ka_str_cmp(x->namespace, y->namespace);
	if (!order)
		order = ka_str_cmp(x->name, y->name);
	return order ? order : ka_str_cmp(x->url, y->url);
}

static int
by_request(const void *a, const void *b)
{
	const struct ka_used *x = a, *y = b;
	int order = compare_request(&x->req, &y->req);

	if (!order)
		order = x->many_names - y->many_names;
	return order ? order : x->derived - y->derived;
}

static int
by_subject(const void *a, const void *b)
{
	const struct ka_subject *x = &((const struct ka_user *)a)->subject;
	const struct ka_subject *y = &((const struct ka_user *)b)->subject;
	int order = (x->kind > y->kind) - (x->kind < y->kind);

	if (!order)
		order = ka_str_cmp(x->namespace, y->namespace);
	return order ? order : ka_str_cmp(x->name, y->name);
}

static int
by_count(const void *a, const void *b)
{
	const struct ka_used_by *x = a, *y = b;
	int order = (x->count < y->count) - (x->count > y->count);

	if (!order)
		order = ka_str_cmp(x->namespace, y->namespace);
	return order ? order : ka_str_cmp(x->binding, y->binding);
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void
end_user(struct ka_usage *u, struct ka_user_tally *t, struct ka_user *ret)
{
	struct ka_used *used = ka_arena_array(u->arena, t->ntallies, sizeof *used);
	size_t n = 0;

	for (struct ka_tally *tally = t->tallies; tally; tally = tally->next) {
		if (tally->used.nby > 1)
			qsort(tally->by, tally->used.nby, sizeof *tally->by, by_count);
		used[n] = tally->used;
		used[n++].by = tally->by;
	}
	if (n)
		qsort(used, n, sizeof *used, by_request);
	if (t->ngroups)
		qsort(t->group, t->ngroups, sizeof *t->group, by_text);
	*ret = t->user;
	ret->groups = (struct ka_strs){ t->ngroups, t->group };
	ret->n = n;
	ret->used = used;
}

/* Hours between the first and the last event, those without any, and the longest run of them. */
static void
end_quality(struct ka_usage *u)
{
	struct ka_quality *q = &u->quality;
	int64_t first = q->first / HOUR - u->first_hour, last = q->last / HOUR - u->first_hour;
	int64_t run = 0, longest = 0;

	if (!q->first)
		return;
	q->days = (double)(q->last - q->first) / (24.0 * (double)HOUR);
	if (first < 0)
		first = 0;
	if (last >= KA_HOURS_KEPT)
		last = KA_HOURS_KEPT - 1;
	for (int64_t h = first; h <= last; h++) {
		q->hours++;
		if (u->hours[h / 64] >> (h % 64) & 1) {
			run = 0;
			continue;
		}
		q->empty_hours++;
		if (++run > longest) {
			longest = run;
			q->gap_first = (u->first_hour + h - run + 1) * HOUR;
			q->gap_last = (u->first_hour + h + 1) * HOUR;
		}
	}
}

void
ka_usage_end(struct ka_usage *u)
{
	u->sorted = ka_arena_array(u->arena, u->nusers, sizeof *u->sorted);
	for (size_t i = 0; i < u->nusers; i++)
		end_user(u, &u->user[i], &u->sorted[i]);
	if (u->nusers)
		qsort(u->sorted, u->nusers, sizeof *u->sorted, by_subject);
	end_quality(u);
}

const struct ka_quality *
ka_usage_quality(const struct ka_usage *u)
{
	return &u->quality;
}

const struct ka_user *
ka_usage_users(const struct ka_usage *u, size_t *ret_n)
{
	*ret_n = u->nusers;
	return u->sorted;
}

const struct ka_user *
ka_usage_user(const struct ka_usage *u, const struct ka_subject *s)
{
	const struct ka_user key = { .subject = *s };

	if (s->kind == KA_SUBJECT_GROUP || !u->nusers)
		return NULL;
	return bsearch(&key, u->sorted, u->nusers, sizeof key, by_subject);
}

/* ---- what the log could not show ---------------------------------------------------------- */

static bool
any_of(const char *s, const char *const *list)
{
	for (; *list; list++)
		if (!strcmp(s, *list))
			return true;
	return false;
}

const char *
ka_usage_blind(const struct ka_usage *u, const char *verb, const char *group, const char *resource)
{
	static const char *const unlogged[] = { "bind", "escalate", "approve", "sign", "attest", "use", NULL };
	static const char *const reads[] = { "get", "list", "watch", NULL };
	size_t len = resource ? strcspn(resource, "/") : 0;
	const char *g = group ? ka_intern_find(u->in, group, strlen(group)) : NULL;
	const char *r = resource ? ka_intern_find(u->in, resource, len) : NULL;
	uint32_t seen;

	if (any_of(verb, unlogged))
		return "the API server asks for this verb beside the request, and does not log that";
	if (!resource || !strcmp(resource, "*") || (group && !strcmp(group, "*")))
		return NULL;
	if (!strncmp(resource, "nodes/", 6) && (!group || !*group))
		return "calls to kubelets themselves are not in this log";
	seen = g && r ? ka_map_get(&u->seen, g, r) : KA_MAP_NONE;
	if (seen == KA_MAP_NONE)
		return "nobody's request for this resource is in the log: it may be left out of it";
	if (any_of(verb, reads) && !(seen & KA_SEEN_READ))
		return "writes of this resource are in the log, but nobody's reads: they may be left out of it";
	return NULL;
}
