/* What the parts of the reader of audit logs share. */
#ifndef KA_SOURCE_AUDITLOG_OWN_H
#define KA_SOURCE_AUDITLOG_OWN_H

#include "source/auditlog.h"
#include "source/auditlog_scan.h"
#include "util/map.h"

/* Why something is no event that is handed over; what is counted of it, and named a few times. */
enum ka_al_loss {
	KA_AL_CUT,
	KA_AL_NOT_JSON,
	KA_AL_DAMAGED,
	KA_AL_UNKNOWN,
	KA_AL_OTHER,
	KA_AL_NLOSSES,
};

/* Room for texts without their escapes, for one event at a time. */
struct ka_al_room {
	char *s;
	size_t used, cap;
};

enum { KA_AL_WRAPS = 3 }; /* events inside texts inside texts */

struct ka_al {
	const struct ka_auditlog_opts *opts;
	ka_event_fn fn;
	void *arg;
	struct ka_err *err;
	bool stopped; /* fn had enough */
	struct ka_auditlog *log;
	struct ka_auditlog_file *file;
	size_t files_cap, problems_cap;
	struct ka_hmap met; /* the files that were read, by device and inode */
	unsigned told[KA_AL_NLOSSES]; /* problems of this file that were kept */
	uint32_t line;		      /* of the object being looked at */
	enum ka_al_id list;	      /* that the object is in, or KA_AL_NONE */
	int64_t day, day_start;	      /* the last date that was read, and when it began */
	struct ka_event event;
	struct ka_al_room room;			/* of the event */
	struct ka_al_room text[KA_AL_WRAPS];	/* of what is unwrapped */
	struct ka_al_scan scan, inner[KA_AL_WRAPS];
};

/* Counts it and, as long as there are few, names it. */
void ka_al_lost(struct ka_al *al, enum ka_al_loss loss, uint32_t line, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
/* Something to be known about a file that loses nothing by itself. */
void ka_al_tell(struct ka_al *al, uint32_t line, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* --- auditlog_stream.c: reads al->file from its bytes; -1 when fn had enough */
int ka_al_stream(struct ka_al *al, const struct ka_in *in);

/* --- auditlog_kinds.c: what an object that was found is.  -1 when fn had enough. */
int ka_al_judge(struct ka_al *al, struct ka_al_scan *s);

/* --- auditlog_event.c: an event of audit.k8s.io in s, by whatever name its fields go */
int ka_al_event(struct ka_al *al, struct ka_al_scan *s, unsigned found);
/* Hands the event over; -1 when fn had enough. */
int ka_al_deliver(struct ka_al *al, unsigned found);
/* The event made empty. */
struct ka_event *ka_al_fresh(struct ka_al *al, const struct ka_al_scan *s);
/* Room for len bytes more, until the event is done; never moved. */
char *ka_al_room(struct ka_al_room *room, size_t len);
/* A string, without escapes; absent or null is empty.  False when it is anything else. */
bool ka_al_text(struct ka_al *al, const struct ka_al_scan *s, enum ka_al_id id, struct ka_span *ret);
/* path and query of the event from its URI. */
void ka_al_uri(struct ka_al *al, struct ka_span uri);
/* "2026-03-01T08:00:00.123456Z", or with a blank and an offset; 0 when it is no time. */
int64_t ka_al_time(struct ka_al *al, struct ka_span text);
/* decision and reason, from annotations or labels; false when one is no string. */
bool ka_al_decision(struct ka_al *al, const struct ka_al_scan *s);

#endif
