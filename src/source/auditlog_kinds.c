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

/* Another object in the text of a member, which goes into the room of this depth. */
static int
unwrap(struct ka_al *al, const struct ka_al_value *v, unsigned depth, unsigned found)
{
	struct ka_al_room *room = &al->text[depth];
	struct ka_al_scan *s = &al->inner[depth];
	const char *p;
	size_t len;

	if (room->cap < v->len + KA_AL_PAD) {
		free(room->s);
		room->cap = (v->len + KA_AL_PAD) * 2;
		room->s = ka_xmalloc(room->cap);
	}
	len = v->type == '"' && v->escaped ? ka_json_unescape(room->s, v->s, v->len) : v->len;
	if (len == v->len)
		memcpy(room->s, v->s, v->len);
	memset(room->s + len, 0, KA_AL_PAD);
	s->end = room->s + len;
	s->lines = s->nested = true;
	p = ka_al_space(s, room->s);
	if (*p != '{') {
		ka_al_lost(al, KA_AL_OTHER, al->line, "a line of another log");
		return 0;
	}
	switch (ka_al_object(s, p)) {
	case KA_AL_DONE:
		return judge(al, s, depth + 1, found);
	case KA_AL_MORE:
		ka_al_lost(al, KA_AL_CUT, al->line, "the event ends before it is whole");
		return 0;
	case KA_AL_LIST:
	case KA_AL_BAD:
		break;
	}
	ka_al_lost(al, KA_AL_DAMAGED, al->line, "%s", s->what ? s->what : "no event");
	return 0;
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
static const struct ka_al_value *
cell(const struct ka_al_scan *s)
{
	return IS(s, KA_AL_FIELD, "@message") && ka_al_has(s, KA_AL_VALUE) ? &s->v[KA_AL_VALUE] : NULL;
}

static int
judge_wrapped(struct ka_al *al, struct ka_al_scan *s, unsigned depth, unsigned found)
{
	const struct ka_al_value *v = cell(s);
	unsigned whose = KA_AUDITLOG_CLOUDWATCH;
	char kind[64];

	for (size_t i = 0; !v && i < sizeof wrappings / sizeof *wrappings; i++) {
		if (!ka_al_has(s, wrappings[i].id))
			continue;
		v = &s->v[wrappings[i].id];
		whose = wrappings[i].found;
	}
	if (v && ka_al_has(s, KA_AL_LOG_STREAM))
		whose = KA_AUDITLOG_CLOUDWATCH;
	if (!v && ka_al_has(s, KA_AL_FIELD))
		return 0; /* another cell of the row */
	if (v && (other_category(s) || other_stream(s)))
		v = NULL;
	if (v && (v->type == '"' || v->type == '{') && depth < KA_AL_WRAPS)
		return unwrap(al, v, depth, found ? found : whose);
	if (ka_al_has(s, KA_AL_KIND))
		ka_al_lost(al, KA_AL_OTHER, al->line, "an object of kind %s", shown(s, KA_AL_KIND, kind));
	else
		ka_al_lost(al, KA_AL_OTHER, al->line, "an object that is no audit event");
	return 0;
}

/* ---- all ---------------------------------------------------------------------------------- */

static int
judge(struct ka_al *al, struct ka_al_scan *s, unsigned depth, unsigned found)
{
	if (IS(s, KA_AL_KIND, "Event") || IS(s, KA_AL_KIND, "event"))
		return kubernetes_event(al, s, found);
	if (IS(s, KA_AL_PROTO_SERVICE, "k8s.io"))
		return ka_al_gke(al, s);
	/* AKSAudit: the columns of a table, without kind and version */
	if (!ka_al_has(s, KA_AL_KIND) && ka_al_has(s, KA_AL_STAGE) && ka_al_has(s, KA_AL_AUDIT_ID))
		return ka_al_event(al, s, KA_AUDITLOG_AKS);
	if (IS(s, KA_AL_KIND, "EventList"))
		return 0;
	return judge_wrapped(al, s, depth, found);
}

int
ka_al_judge(struct ka_al *al, struct ka_al_scan *s)
{
	return judge(al, s, 0, 0);
}
