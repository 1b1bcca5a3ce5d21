/* Requests to an API server: many at once over one connection, each tried again as the server
 * asks.  Nothing but GET, and POST of access reviews, which change nothing.
 *
 * The order of things: ka_api_get() queues, ka_api_run() sends and calls back, callbacks may queue
 * more.  Everything runs in the thread that calls ka_api_run(). */
#ifndef KA_SOURCE_API_H
#define KA_SOURCE_API_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <kassay/err.h>

#include "source/access.h"

struct ka_api;

struct ka_api_opts {
	unsigned parallel;        /* requests in flight; 0: 6 */
	size_t max_body;          /* decoded bytes of one answer; 0: 24 MiB */
	unsigned connect_seconds; /* 0: 15 */
	unsigned stall_seconds;   /* no byte for so long, or fewer than a trickle: try again; 0: 30 */
	unsigned deadline_seconds; /* of one request with all its tries; 0: 300 */
	/* asked now and then (Ctrl-C): true ends ka_api_run(); NULL: never */
	bool (*cancelled)(void *arg);
	/* called at most some times a second while waiting, for progress; NULL: not */
	void (*tick)(void *arg);
	void *arg;
};

enum ka_api_result {
	KA_API_OK,           /* 2xx, the body is whole */
	KA_API_UNAUTHORIZED, /* 401, also with a fresh credential */
	KA_API_FORBIDDEN,    /* 403 */
	KA_API_NOT_FOUND,    /* 404 */
	KA_API_GONE,         /* 410: the continue token is too old */
	KA_API_TOO_LARGE,    /* the answer passes max_body */
	KA_API_FAILED,       /* anything else, for good: `reason` says what */
};

struct ka_api_answer {
	enum ka_api_result result;
	int status;               /* of HTTP; 0 when none came */
	const char *content_type; /* "application/json"; "" when none came; parameters cut off */
	/* All borrowed until the callback returns. */
	char *body;               /* KA_JSON_PAD zero bytes follow; NULL when streamed */
	size_t len;
	/* Not OK: one line for people, in the server's words where it has some (metav1.Status), no
	 * secret in it.  Else NULL. */
	const char *reason;
	const char *cont;         /* KA_API_GONE: where the server says to go on, or NULL */
};

struct ka_api_request {
	const char *path;     /* "/api/v1/pods?limit=500"; copied */
	const char *accept;   /* NULL: application/json; copied */
	/* NULL: the API server; else "https://10.0.0.7:10250", a kubelet.  It must show a
	 * certificate of the cluster's CA, or nothing is sent to it. */
	const char *base;
	const char *post;     /* a JSON body to POST; NULL: GET; copied */
	bool anonymous;       /* no credential, no certificate, no impersonation */
	bool once;            /* an answer of any kind will do: never tried again after one */
	size_t max_body;      /* 0: that of the options */
	unsigned deadline_seconds; /* 0: that of the options */
	/* When set, the body is handed over as it comes and never held: len 0 means that a new
	 * try begins.  -1 ends the request as KA_API_FAILED. */
	int (*data)(void *arg, const char *p, size_t len);
	void (*done)(void *arg, const struct ka_api_answer *answer);
	void *arg;
};

/* access is borrowed.  NULL and *err when it cannot be used (a certificate that does not fit its
 * key, no credential to be had). */
struct ka_api *ka_api_open(const struct ka_access *access, const struct ka_api_opts *opts,
			   struct ka_err *err);
/* Requests not answered are forgotten. */
void ka_api_close(struct ka_api *api);

void ka_api_get(struct ka_api *api, const struct ka_api_request *request);

/* Until every queued request has been answered.  -1 and *err when cancelled, or when it is certain
 * that no request can succeed (unknown host, refused connection, certificate that cannot be
 * verified, no credential): the requests left are then not called back.
 *
 * Tried again, after a pause that grows and is jittered: connection loss, stalls, cut bodies, 500,
 * 502, 503, 504 (a GET), 429 after Retry-After; never past the deadline.  429 and Retry-After slow all
 * requests down, not one.  401 once, when ka_credential_refused(). */
int ka_api_run(struct ka_api *api, struct ka_err *err);

struct ka_api_stats {
	uint64_t requests, retries, throttled; /* sent in all; of these, again; answered 429 */
	uint64_t wire_bytes, body_bytes;       /* as received, and decoded */
	bool http2;
};
struct ka_api_stats ka_api_stats(const struct ka_api *api);

#endif
