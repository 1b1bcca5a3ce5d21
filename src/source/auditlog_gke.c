/* Cloud Logging's entries of GKE: google.cloud.audit.AuditLog with what the API server said in it. */
#include <string.h>

#include "source/auditlog_gke.h"
#include "source/auditlog_path.h"
#include "util/banned.h"

enum { PATH_AT_MOST = 4096 };

/* google/rpc/code.proto to HTTP, as far as it matters whether a request passed. */
static int
http_code(int code)
{
	switch (code) {
	case 0:
		return 200;
	case 3:
	case 9:
	case 11:
		return 400; /* what admission refuses, too */
	case 4:
		return 504;
	case 5:
		return 404;
	case 6:
	case 10:
		return 409;
	case 7:
		return 403;
	case 8:
		return 429;
	case 14:
		return 503;
	case 16:
		return 401;
	default:
		return 500;
	}
}

/* "io.k8s.core.v1.pods.create": the verb stands last. */
static struct ka_span
verb_of(struct ka_span method)
{
	size_t at = method.len;

	while (at && method.s[at - 1] != '.')
		at--;
	return (struct ka_span){ method.s + at, method.len - at };
}

/* "core/v1/namespaces/shop/pods/web/exec" is the URL's path but for its beginning; without a version
 * it is the path of a request for no resource. */
static void
object_of(struct ka_al *al, struct ka_span name)
{
	struct ka_event *e = &al->event;
	char *path = ka_al_room(&al->room, name.len + 8);
	struct ka_request_info info;
	size_t len = 0;
	bool core = name.len >= 5 && !memcmp(name.s, "core/", 5);

	memcpy(path, core ? "/api/" : "/apis/", core ? 5 : 6);
	len = core ? 5 : 6;
	memcpy(path + len, name.s + (core ? 5 : 0), name.len - (core ? 5 : 0));
	len += name.len - (core ? 5 : 0);
	ka_request_info((struct ka_span){ path, len }, &info);
	if (!info.resource_request || !info.version.len || info.version.s[0] != 'v') {
		path[0] = '/';
		memcpy(path + 1, name.s, name.len);
		e->path = (struct ka_span){ path, name.len + 1 };
		return;
	}
	e->path = (struct ka_span){ path, len };
	e->resource_request = true;
	e->api_group = info.api_group;
	e->resource = info.resource;
	e->subresource = info.subresource;
	e->namespace = info.namespace;
	e->name = info.name;
}

static bool
code_of(const struct ka_al_scan *s, int *ret)
{
	const struct ka_al_value *v = &s->v[KA_AL_PROTO_STATUS_CODE];
	int code = 0;

	if (ka_al_has(s, KA_AL_PROTO_STATUS_CODE)) {
		if (v->len < 1 || v->len > 2)
			return false;
		for (size_t i = 0; i < v->len; i++) {
			if (v->s[i] < '0' || v->s[i] > '9')
				return false;
			code = code * 10 + (v->s[i] - '0');
		}
	}
	*ret = http_code(code);
	return true;
}

/* People of another identity provider have no address: they are told by their subject, which is also
 * what Kubernetes calls them. */
static enum ka_al_id
principal_of(const struct ka_al_scan *s)
{
	bool address = ka_al_has(s, KA_AL_PROTO_PRINCIPAL) && s->v[KA_AL_PROTO_PRINCIPAL].len > 0;

	return address ? KA_AL_PROTO_PRINCIPAL : KA_AL_PROTO_SUBJECT;
}

int
ka_al_gke(struct ka_al *al, struct ka_al_scan *s)
{
	struct ka_event *e = ka_al_fresh(al, s);
	struct ka_span method, name, time;

	e->stage = KA_STAGE_COMPLETE;
	e->lacks = KA_LACKS_GROUPS;
	if (!ka_al_text(al, s, KA_AL_PROTO_METHOD, &method) || !ka_al_text(al, s, KA_AL_PROTO_RESOURCE, &name) ||
	    !ka_al_text(al, s, principal_of(s), &e->user) || !ka_al_text(al, s, KA_AL_INSERT_ID, &e->id) ||
	    !ka_al_text(al, s, KA_AL_TIMESTAMP, &time) || !ka_al_decision(al, s) || !code_of(s, &e->code) ||
	    name.len > PATH_AT_MOST) {
		ka_al_lost(al, KA_AL_DAMAGED, al->line, "an entry with a field of the wrong type");
		return 0;
	}
	e->time = ka_al_time(al, time);
	if (!e->time)
		e->lacks |= KA_LACKS_TIME;
	e->verb = verb_of(method);
	object_of(al, name);
	if (!e->user.len || !e->verb.len) {
		ka_al_lost(al, KA_AL_DAMAGED, al->line, "an entry without %s", e->user.len ? "a method" : "a principal");
		return 0;
	}
	return ka_al_deliver(al, KA_AUDITLOG_GKE);
}
