/* For tests: an API server in a table.  Takes the place of the functions of api.h. */
#ifndef KA_SOURCE_FAKE_API_H
#define KA_SOURCE_FAKE_API_H

#include "model/testing.h"
#include "source/api.h"
#include "util/json_scan.h"

/* One answer to one request; ' stands for " in the body.  The first row of a path that is not used up answers. */
struct fake_answer {
	const char *path; /* with query */
	const char *body;
	enum ka_api_result result;
	const char *reason, *cont, *type; /* type NULL: application/json */
	bool always;      /* answers again and again */
	const char *post; /* the body must have this in it */
	size_t len;       /* not 0: so many bytes of the body, as they are */
};

struct fake_request {
	char *path, *accept, *post;
	int (*data)(void *arg, const char *p, size_t len);
	void (*done)(void *arg, const struct ka_api_answer *answer);
	void *arg;
	struct fake_request *next;
};

struct ka_api {
	const struct fake_answer *answer; /* ends with a row without path */
	bool used[64];
	struct fake_request *head, **tail;
	unsigned asked, twice; /* requests; those made while another of their resource was in flight */
	char last_accept[256];
	bool broken;           /* ka_api_run() fails */
	/* for answers that are made up as one goes: after the table */
	const char *(*make)(const char *path, unsigned n);
};

static struct ka_api fake_api;

static inline void
fake_start(const struct fake_answer *answer)
{
	fake_api = (struct ka_api){ .answer = answer };
	fake_api.tail = &fake_api.head;
}

static inline bool
fake_same_resource(const char *a, const char *b)
{
	size_t len = strcspn(a, "?");

	return len == strcspn(b, "?") && memcmp(a, b, len) == 0;
}

void
ka_api_get(struct ka_api *api, const struct ka_api_request *request)
{
	struct fake_request *r = ka_xcalloc(1, sizeof *r);

	for (const struct fake_request *q = api->head; q; q = q->next)
		if (!request->post && fake_same_resource(q->path, request->path))
			api->twice++;
	r->path = ka_xstrdup(request->path);
	r->accept = ka_xstrdup(request->accept ? request->accept : "application/json");
	r->post = ka_xstrdup(request->post ? request->post : "");
	r->data = request->data;
	r->done = request->done;
	r->arg = request->arg;
	*api->tail = r;
	api->tail = &r->next;
}

/* ' stands for " in what is looked for. */
static inline bool
fake_has(const char *text, const char *quoted)
{
	char *wanted = test_json(quoted);
	bool found = strstr(text, wanted) != NULL;

	free(wanted);
	return found;
}

static inline const struct fake_answer *
fake_find(struct ka_api *api, const struct fake_request *r)
{
	for (size_t i = 0; api->answer[i].path; i++) {
		const struct fake_answer *a = &api->answer[i];

		if (strcmp(a->path, r->path) != 0 || api->used[i] || (a->post && !fake_has(r->post, a->post)))
			continue;
		api->used[i] = !a->always;
		return a;
	}
	return NULL;
}

static inline int
fake_status(enum ka_api_result result)
{
	switch (result) {
	case KA_API_OK:
	case KA_API_TOO_LARGE:
		return 200;
	case KA_API_UNAUTHORIZED:
		return 401;
	case KA_API_FORBIDDEN:
		return 403;
	case KA_API_NOT_FOUND:
		return 404;
	case KA_API_GONE:
		return 410;
	case KA_API_FAILED:
		return 500;
	}
	return 0;
}

static inline void
fake_reply(struct ka_api *api, const struct fake_request *r)
{
	const struct fake_answer *a = fake_find(api, r);
	const char *text = a ? a->body : api->make ? api->make(r->path, api->asked) : NULL;
	struct ka_api_answer answer = {
		.result = a ? a->result : text ? KA_API_OK : KA_API_NOT_FOUND,
		.content_type = a && a->type ? a->type : "application/json",
		.reason = a ? a->reason : text ? NULL : "the server could not find the requested resource",
		.cont = a ? a->cont : NULL,
	};

	if (answer.result != KA_API_OK && !answer.reason)
		answer.reason = "scripted";
	answer.status = fake_status(answer.result);
	answer.len = a && a->len ? a->len : text ? strlen(text) : 0;
	answer.body = ka_xcalloc(answer.len + KA_JSON_PAD, 1);
	for (size_t i = 0; i < answer.len; i++)
		answer.body[i] = text[i] == '\'' && !(a && a->len) ? '"' : text[i];
	if (r->data && answer.len)
		r->data(r->arg, answer.body, answer.len);
	r->done(r->arg, &answer);
	free(answer.body);
}

static inline void
fake_request_free(struct fake_request *r)
{
	free(r->path);
	free(r->accept);
	free(r->post);
	free(r);
}

int
ka_api_run(struct ka_api *api, struct ka_err *err)
{
	while (api->head && !api->broken) {
		struct fake_request *r = api->head;

		api->head = r->next;
		if (!api->head)
			api->tail = &api->head;
		api->asked++;
		strncpy(api->last_accept, r->accept, sizeof api->last_accept - 1);
		fake_reply(api, r);
		fake_request_free(r);
	}
	return api->broken ? ka_err_set(err, KA_EIO, "connection refused") : 0;
}

struct ka_api *
ka_api_open(const struct ka_access *access, const struct ka_api_opts *opts, struct ka_err *err)
{
	(void)access;
	(void)opts;
	(void)err;
	return &fake_api;
}

void
ka_api_close(struct ka_api *api)
{
	if (!api)
		return;
	for (struct fake_request *r = api->head, *next; r; r = next) {
		next = r->next;
		fake_request_free(r);
	}
	api->head = NULL;
	api->tail = &api->head;
}

#endif
