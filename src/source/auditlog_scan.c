#include "source/auditlog_scan.h"

#include "util/banned.h"

#define LIKELY(x)   __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)

/* A key as it stands in compact JSON, `"key":`, to be compared by words. */
struct field {
	char text[40];
	uint8_t len;
	uint8_t id;
	bool list;		   /* of records, at the top */
	const struct table *inner; /* of the object that it is */
};

struct table {
	const struct field *field;
	size_t n;
};

#define FIELD(key, ident)	  { .text = "\"" key "\":", .len = sizeof key + 2, .id = (ident) }
#define LIST(key, ident)	  { .text = "\"" key "\":", .len = sizeof key + 2, .id = (ident), .list = true }
#define INNER(key, ident, fields) { .text = "\"" key "\":", .len = sizeof key + 2, .id = (ident), .inner = (fields) }
#define TABLE(fields)		  { (fields), sizeof(fields) / sizeof *(fields) }

/* Within each table the keys stand as they do in the log: each is looked for first behind the one
 * before.  Those without an id are there for that only. */
static const struct field user_fields[] = {
	FIELD("username", KA_AL_USER_NAME),
	FIELD("uid", KA_AL_NONE),
	FIELD("groups", KA_AL_USER_GROUPS),
	FIELD("extra", KA_AL_NONE),
};
static const struct table user_table = TABLE(user_fields);

static const struct field impersonated_fields[] = {
	FIELD("username", KA_AL_IMPERSONATED_NAME),
	FIELD("uid", KA_AL_IMPERSONATED_UID),
	FIELD("groups", KA_AL_IMPERSONATED_GROUPS),
	FIELD("extra", KA_AL_IMPERSONATED_EXTRA),
};
static const struct table impersonated_table = TABLE(impersonated_fields);

static const struct field object_fields[] = {
	FIELD("resource", KA_AL_OBJECT_RESOURCE), FIELD("namespace", KA_AL_OBJECT_NAMESPACE),
	FIELD("name", KA_AL_OBJECT_NAME),	  FIELD("uid", KA_AL_NONE),
	FIELD("apiGroup", KA_AL_OBJECT_GROUP),	  FIELD("apiVersion", KA_AL_OBJECT_VERSION),
	FIELD("resourceVersion", KA_AL_NONE),	  FIELD("subresource", KA_AL_OBJECT_SUBRESOURCE),
};
static const struct table object_table = TABLE(object_fields);

static const struct field status_fields[] = {
	FIELD("metadata", KA_AL_NONE), FIELD("status", KA_AL_NONE),  FIELD("message", KA_AL_NONE),
	FIELD("reason", KA_AL_NONE),   FIELD("details", KA_AL_NONE), FIELD("code", KA_AL_STATUS_CODE),
};
static const struct table status_table = TABLE(status_fields);

static const struct field annotation_fields[] = {
	FIELD("authorization.k8s.io/decision", KA_AL_DECISION),
	FIELD("authorization.k8s.io/reason", KA_AL_REASON),
};
static const struct table annotation_table = TABLE(annotation_fields);

static const struct field proto_status_fields[] = {
	FIELD("code", KA_AL_PROTO_STATUS_CODE),
};
static const struct table proto_status_table = TABLE(proto_status_fields);

static const struct field authn_fields[] = {
	FIELD("principalEmail", KA_AL_PROTO_PRINCIPAL),
	FIELD("principalSubject", KA_AL_PROTO_SUBJECT),
};
static const struct table authn_table = TABLE(authn_fields);

static const struct field proto_fields[] = {
	FIELD("@type", KA_AL_NONE),
	INNER("authenticationInfo", KA_AL_PROTO_AUTHN, &authn_table),
	FIELD("authorizationInfo", KA_AL_PROTO_AUTHZ),
	FIELD("methodName", KA_AL_PROTO_METHOD),
	FIELD("request", KA_AL_NONE),
	FIELD("requestMetadata", KA_AL_NONE),
	FIELD("resourceName", KA_AL_PROTO_RESOURCE),
	FIELD("response", KA_AL_NONE),
	FIELD("serviceName", KA_AL_PROTO_SERVICE),
	INNER("status", KA_AL_PROTO_STATUS, &proto_status_table),
};
static const struct table proto_table = TABLE(proto_fields);

static const struct field properties_fields[] = {
	FIELD("log", KA_AL_PROPERTIES_LOG),
};
static const struct table properties_table = TABLE(properties_fields);

static const struct field kubernetes_fields[] = {
	FIELD("audit", KA_AL_KUBERNETES_AUDIT),
};
static const struct table kubernetes_table = TABLE(kubernetes_fields);

static const struct field top_fields[] = {
	FIELD("kind", KA_AL_KIND),
	FIELD("apiVersion", KA_AL_API_VERSION),
	FIELD("metadata", KA_AL_NONE),
	FIELD("level", KA_AL_LEVEL),
	FIELD("timestamp", KA_AL_TIMESTAMP),
	FIELD("auditID", KA_AL_AUDIT_ID),
	FIELD("stage", KA_AL_STAGE),
	FIELD("requestURI", KA_AL_URI),
	FIELD("verb", KA_AL_VERB),
	INNER("user", KA_AL_USER, &user_table),
	INNER("impersonatedUser", KA_AL_IMPERSONATED, &impersonated_table),
	FIELD("sourceIPs", KA_AL_NONE),
	FIELD("userAgent", KA_AL_NONE),
	INNER("objectRef", KA_AL_OBJECT, &object_table),
	INNER("responseStatus", KA_AL_STATUS, &status_table),
	FIELD("requestObject", KA_AL_NONE),
	FIELD("responseObject", KA_AL_NONE),
	FIELD("requestReceivedTimestamp", KA_AL_RECEIVED),
	FIELD("stageTimestamp", KA_AL_STAGE_TIME),
	INNER("annotations", KA_AL_ANNOTATIONS, &annotation_table),

	/* EventList, EKS, AKS: lists of them */
	LIST("items", KA_AL_ITEMS),
	LIST("events", KA_AL_EVENTS),
	LIST("logEvents", KA_AL_LOG_EVENTS),
	LIST("results", KA_AL_RESULTS),
	LIST("records", KA_AL_RECORDS),
	FIELD("messageType", KA_AL_MESSAGE_TYPE),
	FIELD("logStream", KA_AL_LOG_STREAM),
	FIELD("logStreamName", KA_AL_LOG_STREAM),
	FIELD("ingestionTime", KA_AL_NONE),
	FIELD("eventId", KA_AL_NONE),

	/* what has an event inside */
	FIELD("message", KA_AL_MESSAGE),
	FIELD("@message", KA_AL_AT_MESSAGE),
	FIELD("field", KA_AL_FIELD),
	FIELD("value", KA_AL_VALUE),
	FIELD("category", KA_AL_CATEGORY),
	FIELD("Category", KA_AL_CATEGORY),
	INNER("properties", KA_AL_PROPERTIES, &properties_table),
	FIELD("log", KA_AL_LOG),
	FIELD("log_s", KA_AL_LOG_S),
	INNER("kubernetes", KA_AL_KUBERNETES, &kubernetes_table),

	/* GKE */
	FIELD("insertId", KA_AL_INSERT_ID),
	INNER("labels", KA_AL_LABELS, &annotation_table),
	INNER("protoPayload", KA_AL_PROTO, &proto_table),

	/* AKSAudit */
	FIELD("Level", KA_AL_LEVEL),
	FIELD("AuditId", KA_AL_AKS_ID),
	FIELD("Stage", KA_AL_STAGE),
	FIELD("RequestUri", KA_AL_URI),
	FIELD("Verb", KA_AL_VERB),
	INNER("User", KA_AL_USER, &user_table),
	INNER("ImpersonatedUser", KA_AL_IMPERSONATED, &impersonated_table),
	INNER("ObjectRef", KA_AL_OBJECT, &object_table),
	INNER("ResponseStatus", KA_AL_STATUS, &status_table),
	FIELD("RequestReceivedTime", KA_AL_RECEIVED),
	FIELD("StageReceivedTime", KA_AL_STAGE_TIME),
	INNER("Annotations", KA_AL_ANNOTATIONS, &annotation_table),
};
static const struct table top_table = TABLE(top_fields);

static const char *object(struct ka_al_scan *s, const char *p, const struct table *t);

/* Stops at p: for want of text when that is the end, else because of `what`. */
static __attribute__((cold)) const char *
stop(struct ka_al_scan *s, const char *p, const char *what)
{
	s->p = p;
	s->what = what;
	s->status = p >= s->end ? KA_AL_MORE : KA_AL_BAD;
	return NULL;
}

const char *
ka_al_space(const struct ka_al_scan *s, const char *p)
{
	while (p < s->end && (*p == ' ' || *p == '\t' || *p == '\r' || (s->lines && *p == '\n')))
		p++;
	return p;
}

static inline const char *
space(const struct ka_al_scan *s, const char *p)
{
	return LIKELY((unsigned char)*p > ' ') ? p : ka_al_space(s, p);
}

/* From the opening quote to the closing one, without looking at escapes and characters. */
static const char *
skip_string(struct ka_al_scan *s, const char *p)
{
	for (p = ka_json_plain_end(p + 1); *p != '"'; p = ka_json_plain_end(p)) {
		if (UNLIKELY(*p == '\\'))
			p += 2;
		else if (*p & 0x80)
			p++;
		else
			break;
		if (p >= s->end)
			break;
	}
	if (LIKELY(p < s->end && *p == '"'))
		return p;
	s->in_string = p >= s->end;
	return stop(s, p, "control character in a string");
}

/* The same for one whose text is wanted. */
static inline const char *
string(struct ka_al_scan *s, const char *p, struct ka_al_value *v)
{
	const char *text = p + 1;
	uint8_t flags = 0;

	p = ka_json_plain_end(text);
	if (UNLIKELY(*p != '"')) {
		s->json.end = s->end;
		p = ka_json_string_rest(&s->json, p, &flags);
		if (!p) {
			s->in_string = s->json.inside != NULL;
			return stop(s, s->in_string ? s->end : s->json.p, s->json.err.msg);
		}
	}
	if (UNLIKELY(p >= s->end)) {
		s->in_string = true;
		return stop(s, s->end, "");
	}
	*v = (struct ka_al_value){ text, (size_t)(p - text), '"', flags != 0 };
	return p;
}

static const char *
skip_container(struct ka_al_scan *s, const char *p)
{
	const char *bad = NULL, *behind = ka_al_skip_container(p, s->end, &s->in_string, &bad);

	if (LIKELY(behind != NULL))
		return behind;
	return stop(s, bad ? bad : s->end, "control character in a string");
}

static inline bool
is_scalar(unsigned char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '-' || c == '+' || c == '.' || c == 'E';
}

static const char *
scalar(struct ka_al_scan *s, const char *p)
{
	const char *from = p;

	while (is_scalar((unsigned char)*p))
		p++;
	if (p >= s->end || p == from)
		return stop(s, p >= s->end ? s->end : p, "expected a value");
	return p;
}

static const char *
skip_value(struct ka_al_scan *s, const char *p)
{
	switch (*p) {
	case '"':
		p = skip_string(s, p);
		return p ? p + 1 : NULL;
	case '{':
	case '[':
		return skip_container(s, p);
	default:
		return scalar(s, p);
	}
}

static bool
first_time(struct ka_al_scan *s, const char *p, enum ka_al_id id)
{
	if (UNLIKELY(ka_al_has(s, id)))
		return stop(s, p, "a key that occurs twice") != NULL;
	s->seen |= UINT64_C(1) << id;
	return true;
}

/* The value of a member that is looked for. */
static const char *
value(struct ka_al_scan *s, const char *p, const struct field *f)
{
	struct ka_al_value *v = &s->v[f->id];
	const char *from = p;

	if (!first_time(s, p, f->id))
		return NULL;
	if (LIKELY(*p == '"')) {
		p = string(s, p, v);
		return LIKELY(p != NULL) ? p + 1 : NULL;
	}
	v->type = *p;
	v->s = p;
	v->escaped = false;
	if (f->list && *p == '[' && !s->nested) {
		s->list = f->id;
		s->p = p;
		s->status = KA_AL_LIST;
		return NULL;
	}
	p = f->inner && *p == '{' ? object(s, p, f->inner) : skip_value(s, p);
	if (p)
		v->len = (size_t)(p - from);
	return p;
}

/* Whether the key at p is f's, with the colon right behind it. */
static inline bool
same(const char *p, const struct field *f)
{
	size_t n = f->len;
	uint64_t differ = ka_load8(p) ^ ka_load8(f->text);

	if (n < 8)
		return (differ << (64 - 8 * n)) == 0;
	differ |= ka_load8(p + n - 8) ^ ka_load8(f->text + n - 8);
	if (n > 16)
		differ |= ka_load8(p + 8) ^ ka_load8(f->text + 8);
	if (n > 24)
		differ |= ka_load8(p + 16) ^ ka_load8(f->text + 16);
	return differ == 0;
}

/* The field whose key is the string from p up to `quote`, the slow way. */
static const struct field *
find_text(const struct table *t, const char *p, const char *quote)
{
	char text[sizeof t->field->text];
	size_t len = (size_t)(quote - p - 1);

	if (len > 6 * sizeof text)
		return NULL;
	if (memchr(p, '\\', len)) {
		char buf[6 * sizeof text];

		len = ka_json_unescape(buf, p + 1, len);
		if (len > sizeof text)
			return NULL;
		memcpy(text, buf, len);
	} else {
		if (len > sizeof text)
			return NULL;
		memcpy(text, p + 1, len);
	}
	for (size_t i = 0; i < t->n; i++)
		if (len + 3 == t->field[i].len && memcmp(text, t->field[i].text + 1, len) == 0)
			return &t->field[i];
	return NULL;
}

/* A key that is none of the table, or is written in an unusual way. */
static __attribute__((noinline)) const char *
other_key(struct ka_al_scan *s, const char *p, const struct table *t, const struct field **ret)
{
	struct ka_al_value v = { .s = NULL };
	const char *quote;

	if (*p != '"')
		return stop(s, p, "expected a key");
	quote = string(s, p, &v);
	if (!quote)
		return NULL;
	*ret = quote[1] != ':' || v.escaped ? find_text(t, p, quote) : NULL;
	p = space(s, quote + 1);
	if (*p != ':')
		return stop(s, p, "expected ':'");
	return p + 1;
}

/* The key at p and its colon. */
static inline const char *
key(struct ka_al_scan *s, const char *p, const struct table *t, const struct field **next)
{
	const struct field *f = *next, *end = t->field + t->n;

	for (; f < end; f++)
		if (same(p, f))
			goto found;
	for (f = t->field; f < *next; f++)
		if (same(p, f))
			goto found;
	*next = NULL;
	return other_key(s, p, t, next);
found:
	*next = f;
	return p + f->len;
}

/* Members, the first of which is at p, up to behind the bracket that ends them. */
static const char *
members(struct ka_al_scan *s, const char *p, const struct table *t)
{
	const struct field *next = t->field;

	for (;;) {
		const struct field *f = next;

		p = key(s, p, t, &f);
		if (UNLIKELY(!p))
			return NULL;
		if (f)
			next = f + 1;
		p = space(s, p);
		p = f && f->id ? value(s, p, f) : skip_value(s, p);
		if (UNLIKELY(!p))
			return NULL;
		p = space(s, p);
		if (*p == '}' && p < s->end)
			return p + 1;
		if (UNLIKELY(*p != ','))
			return stop(s, p, "expected ',' or '}'");
		p = space(s, p + 1);
	}
}

static const char *
object(struct ka_al_scan *s, const char *p, const struct table *t)
{
	p = space(s, p + 1);
	if (*p == '}' && p < s->end)
		return p + 1;
	return members(s, p, t);
}

static enum ka_al_status
came_to(struct ka_al_scan *s, const char *p)
{
	if (!p)
		return s->status;
	s->p = p;
	return s->status = p > s->end ? KA_AL_MORE : KA_AL_DONE;
}

enum ka_al_status
ka_al_object(struct ka_al_scan *s, const char *p)
{
	s->seen = 0;
	s->in_string = false;
	return came_to(s, object(s, p, &top_table));
}

enum ka_al_status
ka_al_rest(struct ka_al_scan *s, const char *p)
{
	s->seen = 0;
	s->in_string = false;
	p = space(s, p);
	if (*p == '}' && p < s->end)
		return came_to(s, p + 1);
	if (*p != ',')
		return came_to(s, stop(s, p, "expected ',' or '}'"));
	return came_to(s, members(s, space(s, p + 1), &top_table));
}

enum ka_al_status
ka_al_skip(struct ka_al_scan *s, const char *p)
{
	s->in_string = false;
	return came_to(s, skip_value(s, p));
}

enum ka_al_status
ka_al_inner(struct ka_al_scan *s, const struct ka_al_value *v, enum ka_al_id as)
{
	const struct table *t = &top_table;

	for (size_t i = 0; i < top_table.n; i++)
		if (top_table.field[i].id == as && top_table.field[i].inner)
			t = top_table.field[i].inner;
	s->in_string = false;
	return came_to(s, object(s, v->s, t));
}
