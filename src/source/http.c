/* libcurl's multi interface; see http.h.  Certificates and keys go in as memory, never as files. */
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "source/credential.h"
#include "source/http.h"
#include "source/http_words.h"
#include "source/impersonate.h"
#include "util/alloc.h"
#include "util/str.h"
#include "util/tape_impl.h"
#include "util/banned.h"

#define TRICKLE 16 /* bytes a second: less is a stall */
#define LONGEST_REST 86400 /* seconds; beyond it is as good as never */

struct transfer {
	struct ka_http *h;
	struct ka_http_try t;
	CURL *easy;
	struct curl_slist *headers, *connect_to;
	char curl_error[CURL_ERROR_SIZE];
	char *body;
	size_t len, cap;
	bool too_large, unwanted, unfit;
	struct transfer *next, *before;
};

struct ka_http {
	const struct ka_access *access;
	struct ka_http_opts opts;
	CURLM *multi;
	struct transfer *first;
	unsigned running;
	struct ka_http_stats stats;
};

struct ka_http *
ka_http_new(const struct ka_access *access, const struct ka_http_opts *opts)
{
	struct ka_http *h = ka_xcalloc(1, sizeof *h);

	curl_global_init(CURL_GLOBAL_DEFAULT);
	h->access = access;
	h->opts = *opts;
	h->multi = curl_multi_init();
	if (!h->multi)
		ka_alloc_die();
	curl_multi_setopt(h->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_MULTIPLEX);
	return h;
}

static void
transfer_free(struct transfer *x)
{
	struct ka_http *h = x->h;

	curl_multi_remove_handle(h->multi, x->easy);
	curl_easy_cleanup(x->easy);
	/* The list holds the token. */
	for (struct curl_slist *l = x->headers; l; l = l->next)
		explicit_bzero(l->data, strlen(l->data));
	curl_slist_free_all(x->headers);
	curl_slist_free_all(x->connect_to);
	if (x->before)
		x->before->next = x->next;
	else
		h->first = x->next;
	if (x->next)
		x->next->before = x->before;
	free(x->body);
	free(x);
}

void
ka_http_free(struct ka_http *h)
{
	if (!h)
		return;
	while (h->first)
		transfer_free(h->first);
	curl_multi_cleanup(h->multi);
	free(h);
}

struct ka_http_stats
ka_http_stats(const struct ka_http *h)
{
	return h->stats;
}

/* ---- the body --------------------------------------------------------------------------------- */

static bool
is_success(struct transfer *x)
{
	long status = 0;

	curl_easy_getinfo(x->easy, CURLINFO_RESPONSE_CODE, &status);
	return status >= 200 && status < 300;
}

static size_t
on_body(char *p, size_t one, size_t n, void *arg)
{
	struct transfer *x = arg;

	n *= one;
	x->h->stats.body_bytes += n;
	if (x->t.data && is_success(x)) {
		x->unwanted = x->t.data(x->t.data_arg, p, n) != 0;
		return x->unwanted ? CURL_WRITEFUNC_ERROR : n;
	}
	if (n > x->t.max_body - x->len) {
		x->too_large = true;
		return CURL_WRITEFUNC_ERROR;
	}
	if (x->len + n + KA_JSON_PAD > x->cap) {
		x->cap = (x->len + n) * 2 + 4096;
		x->body = ka_xreallocarray(x->body, x->cap, 1);
	}
	memcpy(x->body + x->len, p, n);
	x->len += n;
	return n;
}

/* ---- what to send ----------------------------------------------------------------------------- */

/* A line break would begin another header. */
static void
add_header(void *arg, const char *name, const char *value)
{
	struct transfer *x = arg;
	size_t size = strlen(name) + strlen(value) + 3;
	char *line = ka_xmalloc(size);

	for (const char *p = value; *p; p++)
		x->unfit |= ((unsigned char)*p < 0x20 && *p != '\t') || *p == 0x7f;
	/* As curl wants it: one with nothing behind the colon is left out. */
	snprintf(line, size, *value ? "%s: %s" : "%s;", name, value);
	x->headers = curl_slist_append(x->headers, line);
	explicit_bzero(line, size);
	free(line);
	if (!x->headers)
		ka_alloc_die();
}

static void
set_blob(CURL *easy, CURLoption option, const char *pem)
{
	struct curl_blob blob = { (void *)(uintptr_t)pem, strlen(pem), CURL_BLOB_COPY };

	curl_easy_setopt(easy, option, &blob);
}

static int
add_credential(struct transfer *x, unsigned *ret_generation, struct ka_err *err)
{
	struct ka_credential_now now;
	char *bearer;
	size_t size;

	if (ka_credential_get(x->h->access->credential, &now, err))
		return -1;
	*ret_generation = now.generation;
	if (now.cert_pem) {
		set_blob(x->easy, CURLOPT_SSLCERT_BLOB, now.cert_pem);
		set_blob(x->easy, CURLOPT_SSLKEY_BLOB, now.key_pem);
	}
	if (now.bearer) {
		size = strlen(now.bearer) + sizeof "Bearer ";
		bearer = ka_xmalloc(size);
		snprintf(bearer, size, "Bearer %s", now.bearer);
		add_header(x, "Authorization", bearer);
		explicit_bzero(bearer, size);
		free(bearer);
	} else if (now.username) {
		curl_easy_setopt(x->easy, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
		curl_easy_setopt(x->easy, CURLOPT_USERNAME, now.username);
		curl_easy_setopt(x->easy, CURLOPT_PASSWORD, now.password ? now.password : "");
	}
	if (!x->t.base)
		ka_impersonate(x->h->access, add_header, x);
	return 0;
}

/* ---- where to -------------------------------------------------------------------------------------- */

/* tls-server-name: the certificate and SNI are for that name, the connection and the Host header for the server's. */
static void
set_server_name(struct transfer *x, CURLU *url, const char *name)
{
	char *host = NULL, *port = NULL;
	struct ka_buf line;

	if (curl_url_get(url, CURLUPART_HOST, &host, 0) || curl_url_get(url, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT))
		goto out;
	ka_buf_init(&line, 4096);
	ka_buf_fmt(&line, NULL, "%s:%s", host, port);
	add_header(x, "Host", line.s);
	ka_buf_clear(&line);
	ka_buf_fmt(&line, NULL, "%s:%s:%s:%s", name, port, host, port);
	x->connect_to = curl_slist_append(NULL, line.s);
	ka_buf_release(&line);
	curl_easy_setopt(x->easy, CURLOPT_CONNECT_TO, x->connect_to);
	curl_url_set(url, CURLUPART_HOST, name, 0);
out:
	curl_free(host);
	curl_free(port);
}

static int
set_url(struct transfer *x, struct ka_err *err)
{
	const char *base = x->t.base ? x->t.base : x->h->access->server;
	const char *name = x->t.base ? NULL : x->h->access->tls_server_name;
	size_t size = strlen(base) + strlen(x->t.path) + 1;
	char *whole = ka_xmalloc(size), *final = NULL;
	CURLU *url = curl_url();
	int ret = 0;

	snprintf(whole, size, "%s%s", base, x->t.path);
	if (!url || curl_url_set(url, CURLUPART_URL, whole, 0)) {
		ret = ka_err_set(err, KA_EUSAGE, "no address of a server: %s", base);
		goto out;
	}
	if (name)
		set_server_name(x, url, name);
	if (curl_url_get(url, CURLUPART_URL, &final, 0))
		ka_alloc_die();
	curl_easy_setopt(x->easy, CURLOPT_URL, final);
out:
	curl_free(final);
	curl_url_cleanup(url);
	free(whole);
	return ret;
}

static void
set_trust(struct transfer *x)
{
	const struct ka_access *a = x->h->access;

	if (a->insecure && !x->t.base) {
		curl_easy_setopt(x->easy, CURLOPT_SSL_VERIFYPEER, 0L);
		curl_easy_setopt(x->easy, CURLOPT_SSL_VERIFYHOST, 0L);
		return;
	}
	if (!a->ca_pem)
		return;
	set_blob(x->easy, CURLOPT_CAINFO_BLOB, a->ca_pem);
	curl_easy_setopt(x->easy, CURLOPT_CAPATH, NULL);
}

/* As Go's http.ProxyURL: $NO_PROXY does not count, and a SOCKS proxy looks the names up itself. */
static void
set_proxy(CURL *easy, const char *url)
{
	static const char socks[] = "socks5:";
	size_t size = strlen(url) + 2;
	char *by_name;

	curl_easy_setopt(easy, CURLOPT_NOPROXY, "");
	if (!ka_str_has_prefix(url, socks)) {
		curl_easy_setopt(easy, CURLOPT_PROXY, url);
		return;
	}
	by_name = ka_xmalloc(size);
	snprintf(by_name, size, "socks5h:%s", url + sizeof socks - 1);
	curl_easy_setopt(easy, CURLOPT_PROXY, by_name);
	explicit_bzero(by_name, size);
	free(by_name);
}

static void
set_behaviour(struct transfer *x)
{
	const struct ka_access *a = x->h->access;
	CURL *easy = x->easy;

	curl_easy_setopt(easy, CURLOPT_PRIVATE, x);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, x->curl_error);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR,
			 !x->t.base && ka_str_has_prefix(a->server, "http://") ? "http" : "https");
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
	/* One connection for all, as soon as it is known to carry many requests at a time. */
	curl_easy_setopt(easy, CURLOPT_PIPEWAIT, 1L);
	curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, (long)x->t.new_connection);
	/* Whom a certificate is for, to tell when that is another. */
	curl_easy_setopt(easy, CURLOPT_CERTINFO, 1L);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, (long)x->h->opts.connect_seconds);
	curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, (long)TRICKLE);
	curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, (long)x->h->opts.stall_seconds);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT, (long)x->t.seconds);
	if (!a->no_compression)
		curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "gzip");
	/* The kubelets of a cluster are behind the same proxy as its API server, or behind none. */
	if (a->proxy_url)
		set_proxy(easy, a->proxy_url);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, x);
	curl_easy_setopt(easy, CURLOPT_USERAGENT, "kassay/" KA_VERSION);
	if (x->t.post) {
		curl_easy_setopt(easy, CURLOPT_POST, 1L);
		curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, (long)strlen(x->t.post));
		curl_easy_setopt(easy, CURLOPT_COPYPOSTFIELDS, x->t.post);
	}
}

static int
refuse(const struct transfer *x, struct ka_err *err)
{
	if (x->unfit)
		return ka_err_set(err, KA_EAUTH, "the token, or the user or group to act as, has a line break or another "
						 "control character in it");
	/* The system's authorities vouch for names in the world, not for a node. */
	if (x->t.base && !x->h->access->ca_pem)
		return ka_err_set(err, KA_EAUTH, "%s is not asked: no certificate authority of the cluster is known", x->t.base);
	return 0;
}

int
ka_http_start(struct ka_http *h, const struct ka_http_try *t, unsigned *ret_generation, struct ka_err *err)
{
	struct transfer *x = ka_xcalloc(1, sizeof *x);

	x->h = h;
	x->t = *t;
	x->easy = curl_easy_init();
	if (!x->easy)
		ka_alloc_die();
	x->next = h->first;
	if (h->first)
		h->first->before = x;
	h->first = x;
	*ret_generation = 0;
	add_header(x, "Accept", t->accept);
	if (t->post)
		add_header(x, "Content-Type", "application/json");
	if (set_url(x, err) || (!t->anonymous && add_credential(x, ret_generation, err)) || refuse(x, err)) {
		transfer_free(x);
		return -1;
	}
	set_behaviour(x);
	set_trust(x);
	curl_easy_setopt(x->easy, CURLOPT_HTTPHEADER, x->headers);
	/* The strings are curl's by now, but for these. */
	x->t.base = x->t.path = x->t.accept = x->t.post = NULL;
	curl_multi_add_handle(h->multi, x->easy);
	h->running++;
	return 0;
}

/* ---- what came ------------------------------------------------------------------------------------- */

static enum ka_http_outcome
outcome_of(const struct transfer *x, CURLcode code)
{
	if (x->too_large)
		return KA_HTTP_TOO_LARGE;
	if (x->unwanted)
		return KA_HTTP_UNWANTED;
	switch (code) {
	case CURLE_OK:
		return KA_HTTP_ANSWERED;
	case CURLE_COULDNT_RESOLVE_HOST:
	case CURLE_COULDNT_RESOLVE_PROXY:
	case CURLE_COULDNT_CONNECT:
	case CURLE_PROXY:
	case CURLE_UNSUPPORTED_PROTOCOL:
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CERTPROBLEM:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_CIPHER:
		return KA_HTTP_HOPELESS;
	case CURLE_SSL_CONNECT_ERROR:
		return strstr(x->curl_error, KA_HTTP_NO_TLS) ? KA_HTTP_HOPELESS : KA_HTTP_BROKEN;
	default:
		return KA_HTTP_BROKEN;
	}
}

static void
content_type(struct transfer *x, char buf[128])
{
	char *type = NULL;
	size_t len;

	curl_easy_getinfo(x->easy, CURLINFO_CONTENT_TYPE, &type);
	len = type ? strcspn(type, "; \t") : 0;
	if (len >= 128)
		len = 0;
	if (len)
		memcpy(buf, type, len);
	buf[len] = '\0';
}

/* "DNS:api.example.com, IP Address:10.0.0.1" of the server's own certificate, or NULL. */
static const char *
names_of(struct transfer *x)
{
	static const char field[] = "X509v3 Subject Alternative Name:";
	struct curl_certinfo *info = NULL;

	if (curl_easy_getinfo(x->easy, CURLINFO_CERTINFO, &info) || !info || info->num_of_certs < 1)
		return NULL;
	for (const struct curl_slist *l = info->certinfo[0]; l; l = l->next)
		if (ka_str_has_prefix(l->data, field))
			return l->data + sizeof field - 1;
	return NULL;
}

static void
finished(struct transfer *x, CURLcode code)
{
	struct ka_http_answer a = { .outcome = outcome_of(x, code), .retry_after = -1 };
	curl_off_t wire = 0, wait = 0;
	long status = 0, version = 0, verify = 0;
	char type[128];

	curl_easy_getinfo(x->easy, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(x->easy, CURLINFO_HTTP_VERSION, &version);
	curl_easy_getinfo(x->easy, CURLINFO_SIZE_DOWNLOAD_T, &wire);
	curl_easy_getinfo(x->easy, CURLINFO_SSL_VERIFYRESULT, &verify);
	if (!curl_easy_getinfo(x->easy, CURLINFO_RETRY_AFTER, &wait) && wait > 0)
		a.retry_after = wait < LONGEST_REST ? wait : LONGEST_REST;
	a.stalled = code == CURLE_OPERATION_TIMEDOUT;
	x->h->stats.wire_bytes += (uint64_t)wire;
	x->h->stats.http2 |= version == CURL_HTTP_VERSION_2_0;
	content_type(x, type);
	a.status = (int)status;
	a.content_type = type;
	if (!x->t.data || !is_success(x)) {
		if (!x->body)
			x->body = ka_xmalloc(KA_JSON_PAD);
		memset(x->body + x->len, 0, KA_JSON_PAD);
		a.body = x->body;
		a.len = x->len;
	}
	if (a.outcome != KA_HTTP_ANSWERED)
		ka_http_words(a.error, sizeof a.error,
			      &(struct ka_http_failure){ .code = (int)code, .verify = (int)verify,
							 .text = x->curl_error[0] ? x->curl_error
									    : curl_easy_strerror(code),
							 .names = names_of(x),
							 .too_large = x->too_large, .max_body = x->t.max_body,
							 .seconds = x->t.seconds, .stall = x->h->opts.stall_seconds });
	x->h->running--;
	x->t.done(x->t.arg, &a);
	transfer_free(x);
}

unsigned
ka_http_wait(struct ka_http *h, unsigned milliseconds)
{
	int running, left;
	CURLMsg *m;

	curl_multi_perform(h->multi, &running);
	/* Also with nothing under way: it is how the time until the next try is passed. */
	if ((unsigned)running == h->running && milliseconds)
		curl_multi_poll(h->multi, NULL, 0, (int)milliseconds, NULL);
	curl_multi_perform(h->multi, &running);
	while ((m = curl_multi_info_read(h->multi, &left))) {
		void *x = NULL;

		if (m->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &x);
		finished(x, m->data.result);
	}
	return h->running;
}
