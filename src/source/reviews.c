/* Access reviews of our own requests. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kassay/out.h>

#include "source/facts.h"
#include "source/reviews.h"
#include "util/alloc.h"
#include "util/read.h"
#include "util/banned.h"

#define REVIEWS	     "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
#define DEFAULT_PAGE 500

struct review {
	struct ka_dry_request request;
	char *path, *reason;
	bool optional;
};

/* What the request needs to be allowed; NULL members are not said. */
struct needs {
	const char *verb, *group, *resource, *subresource, *namespace, *name, *url;
};

static void
member(struct ka_out *out, bool *any, const char *key, const char *value)
{
	if (!value)
		return;
	ka_out_fmt(out, "%s\"%s\":", *any ? "," : "", key);
	ka_out_json(out, value);
	*any = true;
}

static char *
body_of(const struct needs *n)
{
	struct ka_out *out = ka_out_mem();
	bool any = false;
	const char *text;
	char *ret;
	size_t len;

	ka_out_str(out, "{\"apiVersion\":\"authorization.k8s.io/v1\",\"kind\":\"SelfSubjectAccessReview\",\"spec\":{");
	ka_out_str(out, n->url ? "\"nonResourceAttributes\":{" : "\"resourceAttributes\":{");
	member(out, &any, "verb", n->verb);
	member(out, &any, "path", n->url);
	member(out, &any, "group", n->group);
	member(out, &any, "resource", n->resource);
	member(out, &any, "subresource", n->subresource);
	member(out, &any, "namespace", n->namespace);
	member(out, &any, "name", n->name);
	ka_out_str(out, "}}}");
	text = ka_out_memory(out, &len);
	ret = ka_xcalloc(len + 1, 1);
	memcpy(ret, text, len);
	ka_out_discard(out);
	return ret;
}

static void
settle(struct review *r, enum ka_evidence_status status, const char *reason, size_t len)
{
	r->request.status = status;
	if (!reason || !len)
		return;
	free(r->reason);
	r->reason = ka_xcalloc(len + 1, 1);
	memcpy(r->reason, reason, len);
	r->request.reason = r->reason;
}

static void
on_review(void *arg, const struct ka_api_answer *answer)
{
	struct review *r = arg;
	const struct ka_node *status, *allowed, *reason;
	const char *text = NULL;
	struct ka_err err;
	struct ka_tape t;
	size_t len = 0;

	if (answer->result != KA_API_OK) {
		settle(r, KA_EV_FAILED, answer->reason, strlen(answer->reason));
		return;
	}
	ka_tape_init(&t);
	if (ka_json_parse(&t, answer->body, answer->len, NULL, &err) != 0) {
		settle(r, KA_EV_FAILED, err.msg, strlen(err.msg));
	} else {
		status = ka_tape_get(&t, t.node, "status");
		allowed = ka_tape_get(&t, status, "allowed");
		reason = ka_tape_get(&t, status, "reason");
		if (reason && reason->type == KA_STRING)
			text = ka_tape_text(&t, reason, &len);
		if (allowed && allowed->type == KA_TRUE)
			settle(r, KA_EV_COMPLETE, NULL, 0);
		else
			settle(r, KA_EV_FORBIDDEN, text, len);
	}
	ka_tape_release(&t);
}

static void
ask(struct ka_api *api, struct review *r, const struct needs *n)
{
	char *body = body_of(n);

	ka_api_get(api, &(struct ka_api_request){ .path = REVIEWS, .post = body, .done = on_review, .arg = r });
	free(body);
}

static void
review_task(struct ka_api *api, struct review *r, const struct ka_task *t, unsigned page_size)
{
	struct needs n = {
		.verb = t->single ? "get" : "list",
		.group = t->ask->group,
		.resource = t->resource,
		.namespace = t->single ? NULL : t->namespace,
		.name = t->single ? t->namespace : NULL,
	};

	r->path = t->status == KA_EV_COMPLETE ? ka_task_request(t, page_size ? page_size : DEFAULT_PAGE, NULL)
					      : ka_xstrdup(t->path);
	r->request = (struct ka_dry_request){
		.kind = t->ask->kind, .path = r->path, .status = t->status, .reason = t->reason };
	if (t->status == KA_EV_COMPLETE)
		ask(api, r, &n);
}

/* "nodes/proxy" is a subresource. */
static void
review_fact(struct ka_api *api, struct review *r, const struct ka_fact_ask *f)
{
	char resource[128] = "";
	struct needs n = { .verb = "get", .namespace = f->namespace, .name = f->name, .url = f->url };
	char *slash;

	r->path = ka_xstrdup(f->path ? f->path : f->url ? f->url : f->resource);
	r->optional = f->optional;
	r->request = (struct ka_dry_request){ .kind = f->kind, .path = r->path, .status = KA_EV_COMPLETE };
	if (!f->resource && !f->url)
		return; /* needs no rule */
	if (f->resource) {
		snprintf(resource, sizeof resource, "%s", f->resource);
		slash = strchr(resource, '/');
		if (slash)
			*slash++ = '\0';
		n.group = "";
		n.resource = resource;
		n.subresource = slash;
		n.url = NULL;
	}
	ask(api, r, &n);
}

/* Of several ways to the same facts one is enough. */
static void
find_spare(struct review *r, size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < n && r[i].optional; k++)
			if (k != i && r[k].optional && r[k].request.kind == r[i].request.kind &&
			    r[k].request.status == KA_EV_COMPLETE)
				r[i].request.spare = true;
}

static size_t
review_facts(struct ka_api *api, struct review *r, bool of_kinds)
{
	const struct ka_fact_ask *facts;
	size_t nfacts, n = 0;

	facts = ka_fact_asks(&nfacts);
	for (size_t i = 0; i < nfacts; i++)
		if ((facts[i].kind != KA_OTHER) == of_kinds)
			review_fact(api, &r[n++], &facts[i]);
	return n;
}

int
ka_reviews(struct ka_api *api, const struct ka_plan *plan, unsigned page_size,
	   void (*tell)(void *arg, const struct ka_dry_request *request), void *arg, struct ka_err *err)
{
	struct review *r;
	size_t n, all;
	int rc;

	ka_fact_asks(&all);
	r = ka_xcalloc(plan->n + all, sizeof *r);
	n = review_facts(api, r, false);
	for (size_t i = 0; i < plan->n; i++)
		review_task(api, &r[n++], &plan->task[i], page_size);
	n += review_facts(api, &r[n], true);
	rc = ka_api_run(api, err);
	find_spare(r, n);
	for (size_t i = 0; i < n; i++) {
		if (rc == 0)
			tell(arg, &r[i].request);
		free(r[i].path);
		free(r[i].reason);
	}
	free(r);
	return rc;
}
