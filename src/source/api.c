/* Requests, queued and tried again; see api.h.  Kubernetes clients' own rules are in
 * client-go/rest/request.go (429 and Retry-After) and apimachinery/pkg/util/net/http.go. */
#include "source/api.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "source/credential.h"
#include "source/http.h"
#include "source/status.h"
#include "util/alloc.h"
#include "util/banned.h"

enum {
	PARALLEL = 6,
	CONNECT_SECONDS = 15,
	STALL_SECONDS = 30,
	DEADLINE_SECONDS = 300,
	FIRST_PAUSE_MS = 200,
	LONGEST_PAUSE_MS = 15000,
	TICK_MS = 200,
};
#define MAX_BODY ((size_t)24 << 20)

struct pending {
	struct ka_api *api;
	struct ka_api_request req;
	char *path, *accept, *base, *post;
	unsigned tries, generation;
	bool fresh;           /* tried again with another credential already */
	bool stalled;         /* the last try */
	int64_t not_before, begun, deadline; /* milliseconds; deadline 0: not begun */
	struct pending *next;
	struct pending *beside[2]; /* in flight: the one before, the one after */
};

struct ka_api {
	const struct ka_access *access;
	struct ka_api_opts opts;
	struct ka_http *http;
	struct pending *first, **last;
	struct pending *sent;
	unsigned flying, parallel; /* in flight; how many may be, now */
	int64_t gate;              /* nothing is sent before: the server asked for rest */
	bool answered;             /* the server exists */
	bool hopeless;
	struct ka_err why;
	uint64_t noise;
	struct ka_api_stats stats;
};

static int64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Between half and one and a half times ms: clients that failed together do not come back together.  xorshift64. */
static int64_t
jittered(struct ka_api *api, int64_t ms)
{
	api->noise ^= api->noise << 13;
	api->noise ^= api->noise >> 7;
	api->noise ^= api->noise << 17;
	return ms / 2 + (int64_t)(api->noise % (uint64_t)(ms + 1));
}

static unsigned
or_default(unsigned v, unsigned otherwise)
{
	return v ? v : otherwise;
}

struct ka_api *
ka_api_open(const struct ka_access *access, const struct ka_api_opts *opts, struct ka_err *err)
{
	struct ka_credential_now now;
	struct ka_api *api;

	if (ka_credential_get(access->credential, &now, err))
		return NULL;
	api = ka_xcalloc(1, sizeof *api);
	api->access = access;
	api->opts = *opts;
	api->opts.parallel = or_default(opts->parallel, PARALLEL);
	api->opts.max_body = opts->max_body ? opts->max_body : MAX_BODY;
	api->opts.deadline_seconds = or_default(opts->deadline_seconds, DEADLINE_SECONDS);
	api->parallel = api->opts.parallel;
	api->last = &api->first;
	api->noise = (uint64_t)now_ms() * 2654435761u + (uint64_t)(uintptr_t)api + 1;
	api->http = ka_http_new(access, &(struct ka_http_opts){
						.connect_seconds = or_default(opts->connect_seconds, CONNECT_SECONDS),
						.stall_seconds = or_default(opts->stall_seconds, STALL_SECONDS) });
	return api;
}

static void
pending_free(struct pending *p)
{
	free(p->path);
	free(p->accept);
	free(p->base);
	free(p->post);
	free(p);
}

void
ka_api_close(struct ka_api *api)
{
	if (!api)
		return;
	/* First those in flight, whose transfers refer to the rest. */
	ka_http_free(api->http);
	for (struct pending *p = api->first, *next; p; p = next) {
		next = p->next;
		pending_free(p);
	}
	for (struct pending *p = api->sent, *next; p; p = next) {
		next = p->beside[1];
		pending_free(p);
	}
	free(api);
}

static char *
copy(const char *s)
{
	return s ? ka_xstrdup(s) : NULL;
}

static void
enqueue(struct ka_api *api, struct pending *p)
{
	p->next = NULL;
	*api->last = p;
	api->last = &p->next;
}

void
ka_api_get(struct ka_api *api, const struct ka_api_request *request)
{
	struct pending *p = ka_xcalloc(1, sizeof *p);

	p->api = api;
	p->req = *request;
	p->req.path = p->path = copy(request->path);
	p->req.accept = p->accept = copy(request->accept ? request->accept : "application/json");
	p->req.base = p->base = copy(request->base);
	p->req.post = p->post = copy(request->post);
	if (!p->req.max_body)
		p->req.max_body = api->opts.max_body;
	if (!p->req.deadline_seconds)
		p->req.deadline_seconds = api->opts.deadline_seconds;
	enqueue(api, p);
}

struct ka_api_stats
ka_api_stats(const struct ka_api *api)
{
	struct ka_http_stats h = ka_http_stats(api->http);
	struct ka_api_stats s = api->stats;

	s.wire_bytes = h.wire_bytes;
	s.body_bytes = h.body_bytes;
	s.http2 = h.http2;
	return s;
}

/* ---- an answer, for good ----------------------------------------------------------------------- */

static void
answer(struct pending *p, enum ka_api_result result, const struct ka_http_answer *h, const char *reason,
       const char *cont)
{
	const struct ka_api_answer a = {
		.result = result,
		.status = h ? h->status : 0,
		.content_type = h ? h->content_type : "",
		.body = h ? h->body : NULL,
		.len = h ? h->len : 0,
		.reason = reason,
		.cont = cont && *cont ? cont : NULL,
	};

	p->req.done(p->req.arg, &a);
	pending_free(p);
}

static enum ka_api_result
result_of(int status)
{
	if (status >= 200 && status < 300)
		return KA_API_OK;
	switch (status) {
	case 401:
		return KA_API_UNAUTHORIZED;
	case 403:
		return KA_API_FORBIDDEN;
	case 404:
		return KA_API_NOT_FOUND;
	case 410:
		return KA_API_GONE;
	default:
		return KA_API_FAILED;
	}
}

/* In the server's words where it has some; a body that is no Status may be anything, and is not quoted. */
static void
answer_status(struct pending *p, const struct ka_http_answer *h)
{
	enum ka_api_result result = result_of(h->status);
	struct ka_status s;
	struct ka_err line;

	if (result == KA_API_OK) {
		answer(p, result, h, NULL, NULL);
		return;
	}
	ka_status_read(h->body, h->len, &s);
	/* By way of an error, whose text is fit to be printed. */
	if (s.is_status && s.message[0])
		ka_err_set(&line, KA_EAUTH, "%s", s.message);
	else if (result == KA_API_FAILED && h->status >= 300 && h->status < 400)
		ka_err_set(&line, KA_EIO, "HTTP status %d: a redirection, which no API server answers", h->status);
	else
		ka_err_set(&line, KA_EIO, "HTTP status %d%s%s", h->status, *h->content_type ? " with " : "",
			   h->content_type);
	answer(p, result, h, line.msg, s.cont);
}

/* ---- another try ------------------------------------------------------------------------------- */

static int64_t
pause_ms(struct pending *p)
{
	int64_t ms = FIRST_PAUSE_MS;

	for (unsigned i = 1; i < p->tries && ms < LONGEST_PAUSE_MS; i++)
		ms *= 2;
	return jittered(p->api, ms < LONGEST_PAUSE_MS ? ms : LONGEST_PAUSE_MS);
}

/* False when there is no time left for it. */
static bool
try_again(struct pending *p, int64_t pause)
{
	int64_t at = now_ms() + pause;

	if (at >= p->deadline)
		return false;
	p->not_before = at;
	enqueue(p->api, p);
	return true;
}

static void
give_up(struct pending *p, const struct ka_http_answer *h, const char *what)
{
	struct ka_err line;

	ka_err_set(&line, KA_EIO, "%s, after %u %s in %u s", what, p->tries, p->tries == 1 ? "try" : "tries",
		   (unsigned)((now_ms() - p->begun) / 1000));
	answer(p, h->outcome == KA_HTTP_TOO_LARGE ? KA_API_TOO_LARGE : KA_API_FAILED, h, line.msg, NULL);
}

/* The server asked for it: all that is asked of it waits.  Returns how long. */
static int64_t
rest(struct pending *p, int64_t seconds)
{
	int64_t wait = seconds * 1000 + jittered(p->api, FIRST_PAUSE_MS), at = now_ms() + wait;

	if (at < p->deadline && p->api->gate < at)
		p->api->gate = at;
	return wait;
}

/* The server has too much to do: less is asked at a time, too. */
static void
throttled(struct pending *p, const struct ka_http_answer *h)
{
	struct ka_api *api = p->api;

	api->stats.throttled++;
	if (api->parallel > 1)
		api->parallel /= 2;
	if (!try_again(p, rest(p, h->retry_after > 0 ? h->retry_after : 1)))
		give_up(p, h, "the API server has too many requests (429)");
}

static bool
worth_another(int status)
{
	return status == 500 || status == 502 || status == 503 || status == 504;
}

/* 401: a token that was rotated or a plugin's that ran out.  One of many that were in flight with the old credential
 * drops it, and the others see that there is another.  A kubelet's no says nothing about the credential. */
static bool
refreshed(struct pending *p)
{
	struct ka_credential_now now;

	if (p->req.anonymous || p->req.base || p->fresh)
		return false;
	p->fresh = true;
	if (ka_credential_get(p->api->access->credential, &now, NULL) == 0 && now.generation != p->generation)
		return true;
	return ka_credential_refused(p->api->access->credential);
}

static void
answered(struct pending *p, const struct ka_http_answer *h)
{
	struct ka_api *api = p->api;
	struct ka_status s;
	char what[480];

	if (!p->req.base)
		api->answered = true;
	if (p->req.once) {
		answer_status(p, h);
		return;
	}
	if (h->status == 429 && !p->req.base) {
		throttled(p, h);
		return;
	}
	if (api->parallel < api->opts.parallel)
		api->parallel++;
	if (h->status == 401 && refreshed(p)) {
		enqueue(api, p);
		return;
	}
	if (!worth_another(h->status) || p->req.base) {
		answer_status(p, h);
		return;
	}
	if (try_again(p, h->retry_after > 0 ? rest(p, h->retry_after) : pause_ms(p)))
		return;
	ka_status_read(h->body, h->len, &s);
	snprintf(what, sizeof what, "HTTP status %d%s%s", h->status, s.message[0] ? ": " : "", s.message);
	give_up(p, h, what);
}

static void
take_off(struct pending *p)
{
	p->beside[0] = NULL;
	p->beside[1] = p->api->sent;
	if (p->api->sent)
		p->api->sent->beside[0] = p;
	p->api->sent = p;
	p->api->flying++;
}

static void
land(struct pending *p)
{
	if (p->beside[0])
		p->beside[0]->beside[1] = p->beside[1];
	else
		p->api->sent = p->beside[1];
	if (p->beside[1])
		p->beside[1]->beside[0] = p->beside[0];
	p->api->flying--;
}

static void
on_done(void *arg, const struct ka_http_answer *h)
{
	struct pending *p = arg;
	struct ka_api *api = p->api;
	bool hopeless = h->outcome == KA_HTTP_HOPELESS;

	land(p);
	p->stalled = h->stalled;
	switch (h->outcome) {
	case KA_HTTP_ANSWERED:
		answered(p, h);
		return;
	case KA_HTTP_TOO_LARGE:
	case KA_HTTP_UNWANTED:
		answer(p, h->outcome == KA_HTTP_TOO_LARGE ? KA_API_TOO_LARGE : KA_API_FAILED, h, h->error, NULL);
		return;
	case KA_HTTP_HOPELESS:
	case KA_HTTP_BROKEN:
		break;
	}
	/* Nobody home, or a stranger: no request will fare better, unless one has before. */
	if (hopeless && !api->answered && !p->req.base) {
		if (!api->hopeless)
			ka_err_set(&api->why, KA_EIO, "%s: %s", api->access->server, h->error);
		api->hopeless = true;
		pending_free(p);
		return;
	}
	if ((hopeless && p->req.base) || !try_again(p, pause_ms(p)))
		give_up(p, h, h->error);
}

/* ---- sending ---------------------------------------------------------------------------------------- */

static void
send_one(struct ka_api *api, struct pending *p)
{
	int64_t now = now_ms();
	struct ka_err err;
	struct ka_http_try t = {
		.base = p->base, .path = p->path, .accept = p->accept, .post = p->post,
		.anonymous = p->req.anonymous, .new_connection = p->stalled, .max_body = p->req.max_body,
		.data = p->req.data, .data_arg = p->req.arg, .done = on_done, .arg = p,
	};

	if (!p->deadline) {
		p->begun = now;
		p->deadline = now + (int64_t)p->req.deadline_seconds * 1000;
	}
	t.seconds = (unsigned)((p->deadline - now) / 1000 + 1);
	if (p->req.data)
		p->req.data(p->req.arg, "", 0);
	api->stats.requests++;
	api->stats.retries += p->tries > 0;
	p->tries++;
	take_off(p);
	if (ka_http_start(api->http, &t, &p->generation, &err) == 0)
		return;
	land(p);
	if (api->answered || p->req.base || p->req.anonymous) {
		answer(p, KA_API_FAILED, NULL, err.msg, NULL);
		return;
	}
	api->why = err;
	api->hopeless = true;
	pending_free(p);
}

/* Takes the first that may be sent now; *ret_wait is how long until the next may be. */
static struct pending *
take_ready(struct ka_api *api, int64_t now, int64_t *ret_wait)
{
	for (struct pending **at = &api->first; *at; at = &(*at)->next) {
		struct pending *p = *at;
		int64_t when = p->not_before > api->gate ? p->not_before : api->gate;

		if (when > now) {
			if (when - now < *ret_wait)
				*ret_wait = when - now;
			continue;
		}
		*at = p->next;
		if (!p->next)
			api->last = at;
		return p;
	}
	return NULL;
}

int
ka_api_run(struct ka_api *api, struct ka_err *err)
{
	int64_t ticked = 0;

	while ((api->first || api->flying) && !api->hopeless) {
		int64_t wait = TICK_MS, now = now_ms();
		struct pending *p;

		if (api->opts.cancelled && api->opts.cancelled(api->opts.arg))
			return ka_err_set(err, KA_EUSAGE, "cancelled");
		if (api->opts.tick && now - ticked >= TICK_MS) {
			ticked = now;
			api->opts.tick(api->opts.arg);
		}
		while (!api->hopeless && api->flying < api->parallel && (p = take_ready(api, now, &wait)))
			send_one(api, p);
		if (api->first || api->flying)
			ka_http_wait(api->http, (unsigned)wait);
	}
	if (!api->hopeless)
		return 0;
	if (err)
		*err = api->why;
	return -1;
}
