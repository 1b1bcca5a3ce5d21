/* What one event of the audit log asked the authorizer, and what came of it. */
#include "analysis/usage_private.h"

#include <string.h>

#include "util/read.h"
#include "util/banned.h"

static bool
is(struct ka_span s, const char *word)
{
	return s.len == strlen(word) && !memcmp(s.s, word, s.len);
}

static bool
begins(struct ka_span s, const char *word)
{
	size_t len = strlen(word);

	return s.len >= len && !memcmp(s.s, word, len);
}

static struct ka_span
span(const char *s)
{
	return (struct ka_span){ s, strlen(s) };
}

/* ---- the outcome -------------------------------------------------------------------------- */

/* The annotation is the authorizer's own word.  Without it the code tells: 401 and 429 come from
 * filters that stand before it (pkg/server/config.go), 403 mostly from it; with any other answer the
 * request has passed. */
struct ka_event_view
ka_event_outcome(const struct ka_event *e)
{
	struct ka_event_view v = { .outcome = KA_OUT_UNDECIDED };

	switch (e->decision) {
	case KA_DECISION_ALLOW:
		v.outcome = KA_OUT_ALLOWED;
		v.refused = e->code == 403;
		return v;
	case KA_DECISION_FORBID:
		v.outcome = KA_OUT_DENIED;
		return v;
	case KA_DECISION_NONE:
		break;
	}
	if (e->code == 403)
		v.outcome = KA_OUT_DENIED;
	else if (e->code && e->code != 401 && e->code != 429)
		v.outcome = KA_OUT_ALLOWED;
	return v;
}

/* ---- the request itself ------------------------------------------------------------------- */

/* objectRef.name of a create is filled in from the object once it is read (audit/request.go,
 * LogRequestObject); the URL had none, and so had the question.  A subresource's URL has. */
static bool
asked_without_name(const struct ka_event *e)
{
	return is(e->verb, "deletecollection") || (is(e->verb, "create") && !e->subresource.len);
}

/* Nothing is asked yet, and no span is without text. */
static struct ka_asked
blank(void)
{
	const struct ka_span none = { "", 0 };

	return (struct ka_asked){ none, none, none, none, none, none, none, none, false, false };
}

static struct ka_asked
of_event(const struct ka_event *e)
{
	struct ka_asked a = blank();

	a.user = e->impersonated.len ? e->impersonated : e->user;
	a.verb = e->verb;
	a.resource_request = e->resource_request;
	if (!e->resource_request) {
		a.path = e->path;
		return a;
	}
	a.group = e->api_group;
	a.resource = e->resource;
	a.subresource = e->subresource;
	a.namespace = e->namespace;
	if (!asked_without_name(e))
		a.name = e->name;
	return a;
}

/* An update or an apply that makes the object asks for create too, with the name
 * (handlers/update.go, handlers/patch.go): told by the answer 201. */
static bool
also_created(const struct ka_event *e)
{
	return e->resource_request && e->code == 201 && (is(e->verb, "update") || is(e->verb, "patch"));
}

/* ---- impersonation ------------------------------------------------------------------------ */

#define ACCOUNT	 "system:serviceaccount:"
#define ACCOUNTS "system:serviceaccounts"

/* The groups that a service account has when its impersonator names none. */
static bool
account_has(struct ka_span user, struct ka_span group)
{
	size_t prefix = strlen(ACCOUNTS ":");
	struct ka_span namespace = { user.s + strlen(ACCOUNT), user.len - strlen(ACCOUNT) };
	const char *colon = memchr(namespace.s, ':', namespace.len);

	if (is(group, ACCOUNTS) || is(group, "system:authenticated"))
		return true;
	namespace.len = colon ? (size_t)(colon - namespace.s) : 0;
	return begins(group, ACCOUNTS ":") && group.len - prefix == namespace.len &&
	       !memcmp(group.s + prefix, namespace.s, namespace.len);
}

/* What goes without saying is not asked for: system:authenticated, which is added at the end, and
 * an account's own groups, all of them. */
static bool
implied_group(const struct ka_event *e, size_t i, size_t n, bool account)
{
	struct ka_span group = e->impersonated_group[i];

	if (account) {
		for (size_t k = 0; k < n; k++)
			if (!account_has(e->impersonated, e->impersonated_group[k]))
				return i + 1 == n && is(group, "system:authenticated");
		return true;
	}
	return i + 1 == n && (is(group, "system:authenticated") || is(group, "system:unauthenticated"));
}

/* Each key of the extra, and of each the values: userextras/KEY VALUE. */
static void
ask_values(struct ka_tape *t, const struct ka_node *root, struct ka_asked a,
	   void (*ask)(void *arg, const struct ka_asked *a), void *arg)
{
	const struct ka_node *key = ka_tape_first(t, root);

	a.resource = span("userextras");
	for (uint32_t i = 0; i < root->len; i++, key = ka_tape_after(t, root, key)) {
		const struct ka_node *list = ka_tape_value(t, key), *v = ka_tape_first(t, list);

		a.subresource.s = ka_tape_text(t, key, &a.subresource.len);
		for (uint32_t k = 0; list->type == KA_ARRAY && k < list->len; k++, v = ka_tape_after(t, list, v)) {
			if (v->type != KA_STRING)
				continue;
			a.name.s = ka_tape_text(t, v, &a.name.len);
			ask(arg, &a);
		}
	}
}

/* What the other person is given beside groups. */
static void
ask_extra(const struct ka_event *e, struct ka_asked a, void (*ask)(void *arg, const struct ka_asked *a), void *arg)
{
	struct ka_tape t;
	struct ka_err err;

	a.group = span("authentication.k8s.io");
	a.resource = span("uids");
	a.name = e->impersonated_uid;
	if (a.name.len)
		ask(arg, &a);
	if (!e->impersonated_extra.len)
		return;
	ka_tape_init(&t);
	if (!ka_json_parse(&t, e->impersonated_extra.s, e->impersonated_extra.len, NULL, &err) && t.node &&
	    t.node->type == KA_OBJECT)
		ask_values(&t, t.node, a, ask, arg);
	ka_tape_release(&t);
}

/* pkg/endpoints/filters/impersonation: one question for the user, and one for each group, for the uid
 * and for each value of the extra. */
static void
ask_impersonation(const struct ka_event *e, void (*ask)(void *arg, const struct ka_asked *a), void *arg)
{
	struct ka_asked a = blank();
	bool account = begins(e->impersonated, ACCOUNT) && e->impersonated.len > strlen(ACCOUNT);
	size_t n = e->nimpersonated_groups < KA_EVENT_GROUPS ? e->nimpersonated_groups : KA_EVENT_GROUPS;
	const char *colon = NULL;

	a.user = e->user;
	a.verb = span("impersonate");
	a.resource_request = a.derived = true;
	if (account) {
		a.namespace.s = e->impersonated.s + strlen(ACCOUNT);
		a.namespace.len = e->impersonated.len - strlen(ACCOUNT);
		colon = memchr(a.namespace.s, ':', a.namespace.len);
	}
	if (colon) {
		a.resource = span("serviceaccounts");
		a.name.s = colon + 1;
		a.name.len = (size_t)(a.namespace.s + a.namespace.len - colon - 1);
		a.namespace.len = (size_t)(colon - a.namespace.s);
	} else {
		account = false;
		a.namespace.len = 0;
		a.resource = span("users");
		a.name = e->impersonated;
	}
	ask(arg, &a);
	a.namespace.len = 0;
	a.resource = span("groups");
	for (size_t i = 0; i < n; i++) {
		if (implied_group(e, i, n, account))
			continue;
		a.name = e->impersonated_group[i];
		ask(arg, &a);
	}
	ask_extra(e, a, ask, arg);
}

void
ka_event_asks(const struct ka_event *e, void (*ask)(void *arg, const struct ka_asked *a), void *arg)
{
	struct ka_asked a = of_event(e);

	ask(arg, &a);
	if (also_created(e)) {
		a.verb = span("create");
		a.derived = true;
		ask(arg, &a);
	}
	if (e->impersonated.len)
		ask_impersonation(e, ask, arg);
}
