/* HTTP as libcurl speaks it: one try at one request, and many of them at a time over few
 * connections.  What to do when a try fails is decided in api.c. */
#ifndef KA_SOURCE_HTTP_H
#define KA_SOURCE_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <kassay/err.h>

#include "source/access.h"

struct ka_http;

struct ka_http_opts {
	unsigned connect_seconds, stall_seconds;
};

/* access is borrowed.  Never NULL. */
struct ka_http *ka_http_new(const struct ka_access *access, const struct ka_http_opts *opts);
/* Tries that have not ended are given up without a word. */
void ka_http_free(struct ka_http *h);

enum ka_http_outcome {
	KA_HTTP_ANSWERED,  /* an answer of any status, its body whole */
	KA_HTTP_BROKEN,    /* lost, cut or stalled on the way: another try may do better */
	KA_HTTP_HOPELESS,  /* no connection, or none that can be trusted */
	KA_HTTP_TOO_LARGE, /* more than max_body */
	KA_HTTP_UNWANTED,  /* data() returned -1 */
};

/* Borrowed until the callback returns. */
struct ka_http_answer {
	enum ka_http_outcome outcome;
	int status;
	const char *content_type; /* without parameters; "" when none came */
	int64_t retry_after;      /* seconds, a day at most; -1 when the server did not say */
	bool stalled;             /* BROKEN: nothing came; the connection may be dead without knowing it */
	char *body;               /* KA_JSON_PAD zero bytes follow; NULL when streamed */
	size_t len;
	char error[400];          /* not ANSWERED: what happened, for people */
};

/* Strings are copied. */
struct ka_http_try {
	const char *base;   /* NULL: the API server */
	const char *path;
	const char *accept;
	const char *post;   /* NULL: GET */
	bool anonymous;
	bool new_connection;
	size_t max_body;
	unsigned seconds;   /* for all of it */
	/* as in struct ka_api_request; called only for a 2xx */
	int (*data)(void *arg, const char *p, size_t len);
	void *data_arg;
	void (*done)(void *arg, const struct ka_http_answer *answer);
	void *arg;
};

/* Begins.  -1 and *err when no credential can be had for it, or it cannot be sent as it is; done is then not called.  *ret_generation
 * is that of the credential shown. */
int ka_http_start(struct ka_http *h, const struct ka_http_try *t, unsigned *ret_generation, struct ka_err *err);
/* Waits at most so long for something to happen, and calls back for the tries that ended.  Returns how
 * many are under way. */
unsigned ka_http_wait(struct ka_http *h, unsigned milliseconds);

struct ka_http_stats {
	uint64_t wire_bytes, body_bytes;
	bool http2;
};
struct ka_http_stats ka_http_stats(const struct ka_http *h);

#endif
