/* An event of audit.k8s.io: its members become a struct ka_event. */
#include <stdlib.h>
#include <string.h>

#include "source/auditlog_own.h"
#include "source/auditlog_path.h"
#include "util/alloc.h"
#include "util/str.h"
#include "util/banned.h"

static const struct ka_span none = { "", 0 };

/* ---- room --------------------------------------------------------------------------------- */

/* What an event needs is known beforehand: its escapes only make it shorter. */
static void
room_for(struct ka_al_room *room, size_t len)
{
	if (room->cap < len) {
		free(room->s);
		room->cap = len * 2;
		room->s = ka_xmalloc(room->cap);
	}
	room->used = 0;
}

char *
ka_al_room(struct ka_al_room *room, size_t len)
{
	char *s = room->s + room->used;

	room->used += len;
	return s;
}

struct ka_event *
ka_al_fresh(struct ka_al *al, const struct ka_al_scan *s)
{
	struct ka_event *e = &al->event;
	size_t size = 0;

	for (int i = 0; i < KA_AL_NIDS; i++)
		if (ka_al_has(s, (enum ka_al_id)i))
			size += s->v[i].len;
	/* resolved, and a path and a query decoded, or objects copied out of texts and resolved */
	room_for(&al->room, 4 * size + (size_t)8 * KA_AL_PAD);
	e->stage = KA_STAGE_UNKNOWN;
	e->level = KA_LEVEL_UNKNOWN;
	e->decision = KA_DECISION_NONE;
	e->lacks = 0;
	e->code = 0;
	e->time = 0;
	e->id = e->user = e->impersonated = e->verb = none;
	e->ngroups = e->nimpersonated_groups = 0;
	e->impersonated_uid = e->impersonated_extra = none;
	e->resource_request = false;
	e->api_group = e->resource = e->subresource = e->namespace = e->name = none;
	e->path = e->query = e->reason = none;
	e->file = (uint32_t)(al->file - al->log->file);
	e->line = al->line;
	return e;
}

/* ---- values ------------------------------------------------------------------------------- */

static struct ka_span
resolved(struct ka_al *al, const char *s, size_t len, bool escaped)
{
	char *text;

	if (!escaped)
		return (struct ka_span){ s, len };
	text = ka_al_room(&al->room, len);
	return (struct ka_span){ text, ka_json_unescape(text, s, len) };
}

/* Past white space; a bracket is sure to come. */
static const char *
blank_end(const char *p)
{
	return p + strspn(p, " \t\r\n");
}

bool
ka_al_text(struct ka_al *al, const struct ka_al_scan *s, enum ka_al_id id, struct ka_span *ret)
{
	const struct ka_al_value *v = &s->v[id];

	*ret = none;
	if (!ka_al_has(s, id) || v->type == 'n')
		return true;
	if (v->type != '"')
		return false;
	*ret = resolved(al, v->s, v->len, v->escaped);
	return true;
}

/* A list of strings, of which the scan has matched brackets and quotes only: they are held against the
 * same rules as other strings here. */
static bool
texts(struct ka_al *al, const struct ka_al_scan *s, enum ka_al_id id, struct ka_span *ret, size_t *ret_n)
{
	const struct ka_al_value *v = &s->v[id];
	struct ka_json json = { 0 };
	const char *p, *from;

	*ret_n = 0;
	if (!ka_al_has(s, id) || v->type == 'n')
		return true;
	if (v->type != '[')
		return false;
	json.end = v->s + v->len;
	for (p = blank_end(v->s + 1); *p != ']'; p = blank_end(p)) {
		uint8_t flags = 0;

		if (*ret_n && *p != ',')
			return false;
		p = *ret_n ? blank_end(p + 1) : p;
		if (*p != '"')
			return false;
		from = p + 1;
		p = ka_json_string_rest(&json, ka_json_plain_end(from), &flags);
		if (!p)
			return false;
		if (*ret_n < KA_EVENT_GROUPS)
			ret[*ret_n] = resolved(al, from, (size_t)(p - from), flags != 0);
		++*ret_n;
		p++;
	}
	return true;
}

static bool
number(const struct ka_al_scan *s, enum ka_al_id id, int *ret)
{
	const struct ka_al_value *v = &s->v[id];

	if (!ka_al_has(s, id) || v->type == 'n')
		return true;
	if (v->len > 6)
		return false;
	*ret = 0;
	for (size_t i = 0; i < v->len; i++) {
		if (v->s[i] < '0' || v->s[i] > '9')
			return false;
		*ret = *ret * 10 + (v->s[i] - '0');
	}
	return v->len > 0;
}

/* ---- times -------------------------------------------------------------------------------- */

/* Two digits, or -1. */
static int
two(const char *s)
{
	return s[0] >= '0' && s[0] <= '9' && s[1] >= '0' && s[1] <= '9' ? (s[0] - '0') * 10 + s[1] - '0' : -1;
}

/* When the day of the first ten characters begins, in seconds: most events are of the day before. */
static bool
day_start(struct ka_al *al, const char *s, int64_t *ret)
{
	int64_t key = 0;
	char text[32];

	memcpy(&key, s + 2, sizeof key); /* the century aside */
	if (al->day == key && s[0] == '2' && s[1] == '0') {
		*ret = al->day_start;
		return true;
	}
	memcpy(text, s, 10);
	memcpy(text + 10, "T00:00:00Z", sizeof "T00:00:00Z");
	if (!ka_time_parse(text, ret))
		return false;
	if (s[0] == '2' && s[1] == '0') {
		al->day = key;
		al->day_start = *ret;
	}
	return true;
}

/* The microseconds of a fraction; *p ends behind it. */
static int64_t
fraction(const char **p, const char *end)
{
	int64_t us = 0, unit = 100000;

	if (*p == end || **p != '.')
		return 0;
	for (++*p; *p < end && **p >= '0' && **p <= '9'; ++*p) {
		us += (**p - '0') * unit;
		unit /= 10;
	}
	return us;
}

int64_t
ka_al_time(struct ka_al *al, struct ka_span text)
{
	const char *s = text.s, *p, *end = s + text.len;
	int64_t day, us, offset = 0;
	int h, m, sec;

	if (text.len < 19 || (s[10] != 'T' && s[10] != ' ') || s[4] != '-' || !day_start(al, s, &day))
		return 0;
	h = two(s + 11);
	m = two(s + 14);
	sec = two(s + 17);
	if (h < 0 || h > 23 || m < 0 || m > 59 || sec < 0 || sec > 60)
		return 0;
	p = s + 19;
	us = fraction(&p, end);
	if (end - p == 6 && (*p == '+' || *p == '-') && two(p + 1) >= 0 && two(p + 4) >= 0)
		offset = ((int64_t)two(p + 1) * 60 + two(p + 4)) * (*p == '-' ? -60 : 60);
	else if (p != end && !(*p == 'Z' && p + 1 == end))
		return 0;
	return (day + (int64_t)h * 3600 + (int64_t)m * 60 + sec - offset) * 1000000 + us;
}

/* ---- the event ---------------------------------------------------------------------------- */

void
ka_al_uri(struct ka_al *al, struct ka_span uri)
{
	struct ka_event *e = &al->event;
	const char *mark = memchr(uri.s, '?', uri.len);
	char *text;

	e->path = (struct ka_span){ uri.s, mark ? (size_t)(mark - uri.s) : uri.len };
	if (mark)
		e->query = (struct ka_span){ mark + 1, uri.len - e->path.len - 1 };
	if (!memchr(e->path.s, '%', e->path.len))
		return;
	text = ka_al_room(&al->room, e->path.len);
	e->path = (struct ka_span){ text, ka_url_decode(text, e->path.s, e->path.len) };
}

static bool
is(struct ka_span s, const char *word)
{
	return s.len == strlen(word) && !memcmp(s.s, word, s.len);
}

bool
ka_al_decision(struct ka_al *al, const struct ka_al_scan *s)
{
	struct ka_event *e = &al->event;
	struct ka_span decision;

	if (!ka_al_text(al, s, KA_AL_DECISION, &decision) || !ka_al_text(al, s, KA_AL_REASON, &e->reason))
		return false;
	if (is(decision, "allow"))
		e->decision = KA_DECISION_ALLOW;
	else if (is(decision, "forbid"))
		e->decision = KA_DECISION_FORBID;
	return true;
}

static enum ka_stage
stage_of(struct ka_span s)
{
	if (is(s, "ResponseComplete"))
		return KA_STAGE_COMPLETE;
	if (is(s, "RequestReceived"))
		return KA_STAGE_RECEIVED;
	if (is(s, "ResponseStarted"))
		return KA_STAGE_STARTED;
	return is(s, "Panic") ? KA_STAGE_PANIC : KA_STAGE_UNKNOWN;
}

static enum ka_level
level_of(struct ka_span s)
{
	if (is(s, "Metadata"))
		return KA_LEVEL_METADATA;
	if (is(s, "Request"))
		return KA_LEVEL_REQUEST;
	return is(s, "RequestResponse") ? KA_LEVEL_RESPONSE : KA_LEVEL_UNKNOWN;
}

/* A log without objectRef still has the URL: requestinfo.go worked with no more. */
static void
object_of_path(struct ka_al *al)
{
	struct ka_event *e = &al->event;
	struct ka_request_info info;

	ka_request_info(e->path, &info);
	if (!info.resource_request)
		return;
	e->lacks |= KA_LACKS_OBJECT;
	e->resource_request = true;
	e->api_group = info.api_group;
	e->resource = info.resource;
	e->subresource = info.subresource;
	e->namespace = info.namespace;
	e->name = info.name;
	if (!e->name.len && e->query.len)
		e->name = ka_request_name(e->query, ka_al_room(&al->room, e->query.len));
}

/* Of v1alpha1, where it has the group too: "apps/v1". */
static void
group_of_version(struct ka_event *e, struct ka_span version)
{
	const char *slash = e->api_group.len ? NULL : memchr(version.s, '/', version.len);

	if (slash)
		e->api_group = (struct ka_span){ version.s, (size_t)(slash - version.s) };
}

static bool
read_object(struct ka_al *al, const struct ka_al_scan *s)
{
	struct ka_event *e = &al->event;
	struct ka_span version;

	if (!ka_al_text(al, s, KA_AL_OBJECT_RESOURCE, &e->resource) ||
	    !ka_al_text(al, s, KA_AL_OBJECT_GROUP, &e->api_group) ||
	    !ka_al_text(al, s, KA_AL_OBJECT_NAMESPACE, &e->namespace) ||
	    !ka_al_text(al, s, KA_AL_OBJECT_NAME, &e->name) ||
	    !ka_al_text(al, s, KA_AL_OBJECT_VERSION, &version) ||
	    !ka_al_text(al, s, KA_AL_OBJECT_SUBRESOURCE, &e->subresource))
		return false;
	group_of_version(e, version);
	e->resource_request = e->resource.len > 0;
	if (!e->resource_request) {
		e->api_group = e->namespace = e->name = e->subresource = none;
		object_of_path(al);
	}
	return true;
}

static bool
read_people(struct ka_al *al, const struct ka_al_scan *s)
{
	struct ka_event *e = &al->event;

	if (!ka_al_text(al, s, KA_AL_USER_NAME, &e->user) ||
	    !ka_al_text(al, s, KA_AL_IMPERSONATED_NAME, &e->impersonated) ||
	    !ka_al_text(al, s, KA_AL_IMPERSONATED_UID, &e->impersonated_uid) ||
	    !texts(al, s, KA_AL_USER_GROUPS, e->group, &e->ngroups) ||
	    !texts(al, s, KA_AL_IMPERSONATED_GROUPS, e->impersonated_group, &e->nimpersonated_groups))
		return false;
	if (ka_al_has(s, KA_AL_IMPERSONATED_EXTRA) && s->v[KA_AL_IMPERSONATED_EXTRA].type == '{')
		e->impersonated_extra = (struct ka_span){ s->v[KA_AL_IMPERSONATED_EXTRA].s,
							  s->v[KA_AL_IMPERSONATED_EXTRA].len };
	if (!ka_al_has(s, KA_AL_USER_GROUPS))
		e->lacks |= KA_LACKS_GROUPS;
	return true;
}

static bool
read_times(struct ka_al *al, const struct ka_al_scan *s)
{
	static const enum ka_al_id ids[] = { KA_AL_RECEIVED, KA_AL_STAGE_TIME, KA_AL_TIMESTAMP };
	struct ka_event *e = &al->event;
	struct ka_span text;

	for (size_t i = 0; i < sizeof ids / sizeof *ids && !e->time; i++) {
		if (!ka_al_has(s, ids[i]) || s->v[ids[i]].type != '"')
			continue;
		if (!ka_al_text(al, s, ids[i], &text))
			return false;
		e->time = ka_al_time(al, text);
	}
	if (!e->time)
		e->lacks |= KA_LACKS_TIME;
	return true;
}

/* Tables are printed with their objects as texts; these become objects again. */
static bool
open_columns(struct ka_al *al, struct ka_al_scan *s)
{
	static const enum ka_al_id ids[] = { KA_AL_USER, KA_AL_IMPERSONATED, KA_AL_OBJECT, KA_AL_STATUS, KA_AL_ANNOTATIONS };
	const char *end = s->end;
	bool good = true;

	for (size_t i = 0; good && i < sizeof ids / sizeof *ids; i++) {
		struct ka_al_value *v = &s->v[ids[i]];
		struct ka_span text;
		char *room;

		if (!ka_al_has(s, ids[i]) || v->type == '{' || v->type == 'n')
			continue;
		if (v->type != '"')
			return false;
		if (!v->len)
			continue;
		room = ka_al_room(&al->room, v->len + KA_AL_PAD);
		text = resolved(al, v->s, v->len, v->escaped);
		memcpy(room, text.s, text.len);
		memset(room + text.len, 0, KA_AL_PAD);
		*v = (struct ka_al_value){ .s = room, .len = text.len, .type = '{' };
		s->end = room + text.len;
		good = *room == '{' && ka_al_inner(s, v, ids[i]) == KA_AL_DONE && s->p == s->end;
	}
	s->end = end;
	return good;
}

static bool
read_id(struct ka_al *al, const struct ka_al_scan *s)
{
	return ka_al_text(al, s, ka_al_has(s, KA_AL_AKS_ID) ? KA_AL_AKS_ID : KA_AL_AUDIT_ID, &al->event.id);
}

/* False when a member is not of the type that it must have. */
static bool
read_event(struct ka_al *al, const struct ka_al_scan *s)
{
	struct ka_event *e = &al->event;
	struct ka_span level, uri;

	if (!ka_al_text(al, s, KA_AL_LEVEL, &level) || !read_id(al, s) ||
	    !ka_al_text(al, s, KA_AL_VERB, &e->verb) || !ka_al_text(al, s, KA_AL_URI, &uri) ||
	    !number(s, KA_AL_STATUS_CODE, &e->code))
		return false;
	e->level = level_of(level);
	ka_al_uri(al, uri);
	return read_people(al, s) && read_object(al, s) && read_times(al, s) && ka_al_decision(al, s);
}

int
ka_al_deliver(struct ka_al *al, unsigned found)
{
	struct ka_event *e = &al->event;

	al->file->found |= found;
	al->file->n.events++;
	if (e->decision == KA_DECISION_NONE && !e->code)
		e->lacks |= KA_LACKS_DECISION;
	if (e->decision == KA_DECISION_NONE && !e->reason.len)
		e->lacks |= KA_LACKS_REASON;
	if (e->time && (!al->file->first || e->time < al->file->first))
		al->file->first = e->time;
	if (e->time > al->file->last)
		al->file->last = e->time;
	if (!al->fn(al->arg, e))
		return 0;
	al->stopped = true;
	return -1;
}

int
ka_al_event(struct ka_al *al, struct ka_al_scan *s, unsigned found)
{
	struct ka_event *e;
	struct ka_span stage;

	if (ka_al_is(s, KA_AL_STAGE, "RequestReceived", strlen("RequestReceived"))) {
		al->file->found |= found;
		al->file->n.received++;
		return 0;
	}
	e = ka_al_fresh(al, s);
	if (!open_columns(al, s) || !ka_al_text(al, s, KA_AL_STAGE, &stage) || !read_event(al, s)) {
		ka_al_lost(al, KA_AL_DAMAGED, al->line, "an event with a field of the wrong type");
		return 0;
	}
	e->stage = stage_of(stage);
	/* A request that nobody vouched for (401) has no user. */
	if (!e->verb.len) {
		ka_al_lost(al, KA_AL_DAMAGED, al->line, "an event without a verb");
		return 0;
	}
	return ka_al_deliver(al, found);
}
