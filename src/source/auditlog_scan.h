/* One object of an audit log: its members that matter are found, the rest is passed over without
 * being taken apart.  auditlog.h says what that verifies. */
#ifndef KA_SOURCE_AUDITLOG_SCAN_H
#define KA_SOURCE_AUDITLOG_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/json_scan.h"

/* Bytes that must be readable behind the text; those behind the end of a window are zeros. */
#define KA_AL_PAD 128

/* The members that are looked for.  Names of nested ones begin with that of their object. */
enum ka_al_id {
	KA_AL_NONE, /* known, but of no interest */
	/* Event of audit.k8s.io; AKSAudit has the same under other names */
	KA_AL_KIND,
	KA_AL_API_VERSION,
	KA_AL_LEVEL,
	KA_AL_AUDIT_ID,
	KA_AL_AKS_ID, /* the same, of a row of AKSAudit */
	KA_AL_STAGE,
	KA_AL_URI,
	KA_AL_VERB,
	KA_AL_USER,
	KA_AL_USER_NAME,
	KA_AL_USER_GROUPS,
	KA_AL_IMPERSONATED,
	KA_AL_IMPERSONATED_NAME,
	KA_AL_IMPERSONATED_UID,
	KA_AL_IMPERSONATED_GROUPS,
	KA_AL_IMPERSONATED_EXTRA,
	KA_AL_OBJECT,
	KA_AL_OBJECT_RESOURCE,
	KA_AL_OBJECT_NAMESPACE,
	KA_AL_OBJECT_NAME,
	KA_AL_OBJECT_GROUP,
	KA_AL_OBJECT_VERSION,
	KA_AL_OBJECT_SUBRESOURCE,
	KA_AL_STATUS,
	KA_AL_STATUS_CODE,
	KA_AL_RECEIVED,
	KA_AL_STAGE_TIME,
	KA_AL_TIMESTAMP, /* also of other formats */
	KA_AL_ANNOTATIONS,
	KA_AL_DECISION, /* also under the labels of GKE */
	KA_AL_REASON,
	/* lists, and what stands beside them */
	KA_AL_ITEMS,
	KA_AL_EVENTS,
	KA_AL_LOG_EVENTS,
	KA_AL_RESULTS,
	KA_AL_RECORDS,
	KA_AL_MESSAGE_TYPE,
	/* what has an event inside, as text or as an object */
	KA_AL_MESSAGE,
	KA_AL_AT_MESSAGE,
	KA_AL_LOG,
	KA_AL_LOG_S,
	KA_AL_PROPERTIES,
	KA_AL_PROPERTIES_LOG,
	KA_AL_KUBERNETES,
	KA_AL_KUBERNETES_AUDIT,
	KA_AL_FIELD, /* a cell of a query's result */
	KA_AL_VALUE,
	KA_AL_CATEGORY,
	KA_AL_LOG_STREAM,
	/* LogEntry */
	KA_AL_PROTO,
	KA_AL_PROTO_SERVICE,
	KA_AL_PROTO_METHOD,
	KA_AL_PROTO_RESOURCE,
	KA_AL_PROTO_AUTHN,
	KA_AL_PROTO_PRINCIPAL,
	KA_AL_PROTO_SUBJECT,
	KA_AL_PROTO_STATUS,
	KA_AL_PROTO_STATUS_CODE,
	KA_AL_PROTO_AUTHZ,
	KA_AL_INSERT_ID,
	KA_AL_LABELS,
	KA_AL_NIDS,
};
_Static_assert(KA_AL_NIDS <= 64, "struct ka_al_scan.seen has a bit for each");

struct ka_al_value {
	const char *s; /* of a string its text without quotes */
	size_t len;
	char type;    /* the first byte; '"' string, '{', '[', else number, true, false or null */
	bool escaped; /* a string with escapes, checked but not resolved */
};

enum ka_al_status {
	KA_AL_DONE, /* p is behind the object */
	KA_AL_MORE, /* the text ends inside it */
	KA_AL_LIST, /* p is at the bracket of a list of records: v[list] of the object that has it */
	KA_AL_BAD,  /* p is at what is wrong, what says it */
};

struct ka_al_scan {
	const char *end; /* of the text; KA_AL_PAD bytes more are readable, the first of them no part of a string */
	bool lines;	 /* the object may go on behind a newline */
	const char *p;
	const char *what;
	bool in_string; /* KA_AL_MORE: in a string, which goes on behind no newline */
	bool nested;    /* lists of records are values like others */
	enum ka_al_status status;
	enum ka_al_id list;
	uint64_t seen; /* bit id: v[id] is set */
	struct ka_al_value v[KA_AL_NIDS];
	struct ka_json json; /* of which only the checking of strings is used */
};

/* The object whose bracket is at p.  s->end and the flags are set by the caller. */
enum ka_al_status ka_al_object(struct ka_al_scan *s, const char *p);
/* The rest of an object, from behind a list that KA_AL_LIST stopped at; what came before is forgotten. */
enum ka_al_status ka_al_rest(struct ka_al_scan *s, const char *p);
/* Passes over any value at p. */
enum ka_al_status ka_al_skip(struct ka_al_scan *s, const char *p);
/* An object that is a value already found, whose members are looked for as those of an event are. */
enum ka_al_status ka_al_inner(struct ka_al_scan *s, const struct ka_al_value *v, enum ka_al_id as);

/* Past white space, as far as the text may go. */
const char *ka_al_space(const struct ka_al_scan *s, const char *p);

static inline bool
ka_al_has(const struct ka_al_scan *s, enum ka_al_id id)
{
	return s->seen >> id & 1;
}

/* A string of just these bytes; escapes are not looked through. */
static inline bool
ka_al_is(const struct ka_al_scan *s, enum ka_al_id id, const char *text, size_t len)
{
	const struct ka_al_value *v = &s->v[id];

	return ka_al_has(s, id) && v->type == '"' && v->len == len && memcmp(v->s, text, len) == 0;
}

/* From the bracket at p to behind the one that closes it; NULL when that is not before the end, or
 * *bad is set to what is no part of a string.  *in_string says where the end falls. */
const char *ka_al_skip_container(const char *p, const char *end, bool *in_string, const char **bad);

#endif
