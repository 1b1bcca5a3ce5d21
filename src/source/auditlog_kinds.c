/* What an object of a log is: an event, a provider's record of one, a shipper's wrapping, or another
 * thing. */
#include <stdlib.h>
#include <string.h>

#include "source/auditlog_gke.h"
#include "source/auditlog_own.h"
#include "util/alloc.h"
#include "util/banned.h"

#define IS(s, id, text) ka_al_is((s), (id), (text), sizeof(text) - 1)

static int judge(struct ka_al *al, struct ka_al_scan *s, unsigned depth, unsigned found);

/* A member of any length, for a message: cut, and without what is no plain text. */
static const char *
shown(const struct ka_al_scan *s, enum ka_al_id id, char buf[64])
{
	const struct ka_al_value *v = &s->v[id];
	size_t n = 0;

	for (size_t i = 0; ka_al_has(s, id) && v->type == '"' && i < v->len && n < 60; i++)
		buf[n++] = v->s[i] >= ' ' && v->s[i] < 0x7f ? v->s[i] : '?';
	buf[n] = '\0';
	return n ? buf : "(none)";
}

/* ---- events ------------------------------------------------------------------------------- */

static int
kubernetes_event(struct ka_al *al, struct ka_al_scan *s, unsigned found)
{
	char version[64];

	if (IS(s, KA_AL_API_VERSION, "audit.k8s.io/v1"))
		return ka_al_event(al, s, found ? found : KA_AUDITLOG_EVENTS);
	if (IS(s, KA_AL_API_VERSION, "audit.k8s.io/v1beta1") || IS(s, KA_AL_API_VERSION, "audit.k8s.io/v1alpha1"))
		return ka_al_event(al, s, (found ? found : KA_AUDITLOG_EVENTS) | KA_AUDITLOG_OLD);
	if (s->v[KA_AL_API_VERSION].type == '"' && ka_al_has(s, KA_AL_API_VERSION) &&
	    s->v[KA_AL_API_VERSION].len > 13 && !memcmp(s->v[KA_AL_API_VERSION].s, "audit.k8s.io/", 13))
		ka_al_lost(al, KA_AL_UNKNOWN, al->line, "an event of the unknown version %s",
			   shown(s, KA_AL_API_VERSION, version));
	else
		ka_al_lost(al, KA_AL_OTHER, al->line, "an Event of %s, not of audit.k8s.io",
			   shown(s, KA_AL_API_VERSION, version));
	return 0;
}

/* ---- events inside ------------------------------------------------------------------------ */

/* A value as a text of its own, without escapes and with KA_AL_PAD zeros behind it. */
static size_t
open_text(struct ka_al_room *room, const struct ka_al_value *v)
{
	size_t len = v->len;

	if (room->cap < v->len + KA_AL_PAD) {
		free(room->s);
		room->cap = (v->len + KA_AL_PAD) * 2;
		room->s = ka_xmalloc(room->cap);
	}
	if (v->type == '"' && v->escaped)
		len = ka_json_unescape(room->s, v->s, v->len);
	else
		memcpy(room->s, v->s, v->len);
	memset(room->s + len, 0, KA_AL_PAD);
	return len;
}

/* The objects in the text of a member, which goes into the room of this depth: one, most likely. */
static int
unwrap(struct ka_al *al, const struct ka_al_value *v, unsigned depth, unsigned found)
{
	struct ka_al_room *room = &al->text[depth];
	struct ka_al_scan *s = &al->inner[depth];
	const char *p;
	size_t len;
	int rc = 0;

	len = open_text(room, v);
	s->end = room->s + len;
	s->lines = s->nested = true;
	p = ka_al_space(s, room->s);
	if (*p != '{') {
		ka_al_lost(al, KA_AL_OTHER, al->line, "a line of another log");
		return 0;
	}
	for (; !rc && p < s->end; p = ka_al_space(s, s->p)) {
		s->what = "more than an event";
		switch (*p == '{' ? ka_al_object(s, p) : KA_AL_BAD) {
		case KA_AL_DONE:
			rc = judge(al, s, depth + 1, found);
			break;
		case KA_AL_MORE:
			ka_al_lost(al, KA_AL_CUT, al->line, "the event ends before it is whole");
			return 0;
		case KA_AL_LIST:
		case KA_AL_BAD:
			ka_al_lost(al, KA_AL_DAMAGED, al->line, "inside a text: %s", s->what);
			return 0;
		}
	}
	return rc;
}

/* Where events stand inside records, and whose records these are. */
static const struct wrapping {
	enum ka_al_id id;
	unsigned found;
} wrappings[] = {
	{ KA_AL_PROPERTIES_LOG, KA_AUDITLOG_AKS }, { KA_AL_LOG_S, KA_AUDITLOG_AKS },
	{ KA_AL_AT_MESSAGE, KA_AUDITLOG_CLOUDWATCH }, { KA_AL_MESSAGE, KA_AUDITLOG_WRAPPED },
	{ KA_AL_LOG, KA_AUDITLOG_WRAPPED }, { KA_AL_KUBERNETES_AUDIT, KA_AUDITLOG_WRAPPED },
};

/* Azure sends what other parts of the control plane log in the same records. */
static bool
other_category(const struct ka_al_scan *s)
{
	return ka_al_has(s, KA_AL_CATEGORY) && !IS(s, KA_AL_CATEGORY, "kube-audit") &&
	       !IS(s, KA_AL_CATEGORY, "kube-audit-admin");
}

/* CloudWatch says which stream a message is of. */
static bool
other_stream(const struct ka_al_scan *s)
{
	static const char audit[] = "kube-apiserver-audit";
	const struct ka_al_value *v = &s->v[KA_AL_LOG_STREAM];

	return ka_al_has(s, KA_AL_LOG_STREAM) && v->type == '"' && v->len >= 4 && !memcmp(v->s, "kube", 4) &&
	       (v->len < sizeof audit - 1 || memcmp(v->s, audit, sizeof audit - 1) != 0);
}

/* A row of a query's result is one cell after another: {"field": "@message", "value": "..."}. */
static bool
is_cell(const struct ka_al *al, const struct ka_al_scan *s)
{
	return al->list == KA_AL_RESULTS && ka_al_has(s, KA_AL_FIELD);
}

/* The member with the event in it: the first that has an object, else the first that is there. */
static const struct wrapping *
wrapping_of(const struct ka_al_scan *s)
{
	const struct wrapping *first = NULL;

	for (size_t i = 0; i < sizeof wrappings / sizeof *wrappings; i++) {
		const struct ka_al_value *v = &s->v[wrappings[i].id];

		if (!ka_al_has(s, wrappings[i].id) || (v->type != '"' && v->type != '{'))
			continue;
		if (v->type == '{' || (v->len && *v->s == '{'))
			return &wrappings[i];
		first = first ? first : &wrappings[i];
	}
	return first;
}

static bool
in_cloudwatch(const struct ka_al *al, const struct ka_al_scan *s)
{
	return ka_al_has(s, KA_AL_LOG_STREAM) || al->list == KA_AL_EVENTS || al->list == KA_AL_LOG_EVENTS;
}

static int
other(struct ka_al *al, const struct ka_al_scan *s)
{
	char kind[64];

	if (ka_al_has(s, KA_AL_KIND))
		ka_al_lost(al, KA_AL_OTHER, al->line, "an object of kind %s", shown(s, KA_AL_KIND, kind));
	else
		ka_al_lost(al, KA_AL_OTHER, al->line, "an object that is no audit event");
	return 0;
}

static int
judge_wrapped(struct ka_al *al, struct ka_al_scan *s, unsigned depth, unsigned found)
{
	const struct wrapping *wrapping;

	if (!depth && is_cell(al, s)) {
		const struct ka_al_value *v = &s->v[KA_AL_VALUE];

		if (!IS(s, KA_AL_FIELD, "@message"))
			return 0; /* another cell of the row */
		return ka_al_has(s, KA_AL_VALUE) && v->type == '"' ? unwrap(al, v, depth, KA_AUDITLOG_CLOUDWATCH)
								    : other(al, s);
	}
	wrapping = wrapping_of(s);
	if (!wrapping || depth == KA_AL_WRAPS || other_category(s) || other_stream(s))
		return other(al, s);
	if (!found)
		found = in_cloudwatch(al, s) ? KA_AUDITLOG_CLOUDWATCH : wrapping->found;
	return unwrap(al, &s->v[wrapping->id], depth, found);
}

/* ---- all ---------------------------------------------------------------------------------- */

static int
judge(struct ka_al *al, struct ka_al_scan *s, unsigned depth, unsigned found)
{
	if (IS(s, KA_AL_KIND, "Event") || IS(s, KA_AL_KIND, "event"))
		return kubernetes_event(al, s, found);
	if (IS(s, KA_AL_PROTO_SERVICE, "k8s.io"))
		return ka_al_gke(al, s);
	/* The rows of a table, and the items of an EventList, which says kind and version once. */
	if (!ka_al_has(s, KA_AL_KIND) && ka_al_has(s, KA_AL_STAGE) && ka_al_has(s, KA_AL_AKS_ID))
		return ka_al_event(al, s, KA_AUDITLOG_AKS);
	if (!ka_al_has(s, KA_AL_KIND) && ka_al_has(s, KA_AL_STAGE) && ka_al_has(s, KA_AL_AUDIT_ID))
		return ka_al_event(al, s, found ? found : KA_AUDITLOG_EVENTS);
	if (IS(s, KA_AL_KIND, "EventList"))
		return 0;
	return judge_wrapped(al, s, depth, found);
}

int
ka_al_judge(struct ka_al *al, struct ka_al_scan *s)
{
	return judge(al, s, 0, 0);
}
