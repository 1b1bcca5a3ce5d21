/* Writing objects trimmed; see trim.h for what is left out and why. */
#include <string.h>
#include <strings.h>

#include "model/decode.h"
#include "model/suspect.h"
#include "model/trim.h"
#include "util/banned.h"

/* Where in an object the writer is; decides what happens to the members met there. */
enum place {
	AT_ROOT,
	AT_META,
	AT_ANNOTATIONS,
	AT_STATUS,          /* of a kind whose status is read: only the listed fields */
	AT_CONTAINER_STATUS,
	AT_ENV,             /* a list of name and value */
	AT_WORDS,           /* command, args */
	AT_DATA,            /* a ConfigMap's data */
	AT_FACTS,           /* what kassay itself found out */
	AT_LOOSE,           /* where people may have put a secret under any name, and no check needs the value */
	AT_ANY,
};

struct trim {
	struct ka_out *out;
	struct ka_tape *t;
	const struct ka_object *obj;
	bool keep_data;
};

static void value(struct trim *w, const struct ka_node *n, enum place at);

static void
hidden(struct trim *w, const char *why)
{
	ka_out_str(w->out, "\"" KA_HIDDEN_PREFIX);
	ka_out_str(w->out, why); /* a literal of ours, nothing in it needs escaping */
	ka_out_char(w->out, '"');
}

static bool
is_any(struct ka_tape *t, const struct ka_node *key, const char *const *names)
{
	for (; *names; names++)
		if (ka_tape_is(t, key, *names))
			return true;
	return false;
}

static bool
root_dropped(const struct trim *w, const struct ka_node *key)
{
	static const char *const secret[] = { "data", "stringData", NULL };
	static const char *const always[] = { "apiVersion", "kind", NULL };
	enum ka_kind kind = w->obj->kind;

	if (is_any(w->t, key, always)) /* written first */
		return true;
	if (kind == KA_SECRET && is_any(w->t, key, secret))
		return true;
	if (ka_tape_is(w->t, key, "status"))
		return kind != KA_POD && kind != KA_NODE && kind != KA_NAMESPACE;
	/* Definitions are large, and only their names matter. */
	return kind == KA_OTHER && ka_tape_is(w->t, key, "spec") && w->obj->kind_name &&
	       strcmp(w->obj->kind_name, "CustomResourceDefinition") == 0;
}

/* True when a member is left out at this place. */
static bool
dropped(struct trim *w, const struct ka_node *key, const struct ka_node *v, enum place at)
{
	static const char *const meta[] = { "managedFields", "selfLink", "generation", NULL };
	/* What is added here is also a row of namespace_status, node_status or pod_status in proto_*.c. */
	static const char *const status[] = {
		"phase",
		"podIP",
		"podIPs",
		"containerStatuses",
		"initContainerStatuses",
		"ephemeralContainerStatuses",
		"nodeInfo",
		"addresses",
		NULL,
	};
	static const char *const container[] = { "name", "imageID", NULL };
	const char *text;
	size_t len, value_len = 0;

	switch (at) {
	case AT_ROOT:
		return root_dropped(w, key);
	case AT_META:
		return is_any(w->t, key, meta);
	case AT_STATUS:
		return !is_any(w->t, key, status);
	case AT_CONTAINER_STATUS:
		return !is_any(w->t, key, container);
	case AT_ANNOTATIONS:
		if (v->type == KA_STRING)
			ka_tape_text(w->t, v, &value_len);
		text = ka_tape_text(w->t, key, &len);
		if (w->obj->kind == KA_SECRET && (len < 14 || memcmp(text, "kubernetes.io/", 14) != 0))
			return true; /* tools copy what they were given, the values too */
		return !ka_annotation_kept(text, len, value_len);
	case AT_FACTS:
		return ka_fact_dropped(w->t, key);
	case AT_ENV:
	case AT_WORDS:
	case AT_DATA:
	case AT_LOOSE:
	case AT_ANY:
		return false;
	}
	return false;
}

/* The place that a member's value is. */
static enum place
inside(const struct trim *w, const struct ka_node *key, enum place at)
{
	static const char *const statuses[] = { "containerStatuses", "initContainerStatuses",
						"ephemeralContainerStatuses", NULL };
	static const char *const words[] = { "command", "args", NULL };
	static const char *const pairs[] = { "env", "httpHeaders", NULL };
	static const char *const loose[] = { "volumeAttributes", "options", "mountOptions", "url", NULL };

	if (at == AT_ROOT) {
		if (ka_tape_is(w->t, key, "metadata"))
			return AT_META;
		if (ka_tape_is(w->t, key, "status"))
			return AT_STATUS;
		if ((KA_FACT_KINDS & KA_BIT(w->obj->kind)) && ka_tape_is(w->t, key, "facts"))
			return AT_FACTS;
		if (w->obj->kind == KA_CONFIGMAP && ka_tape_is(w->t, key, "data"))
			return AT_DATA;
		if (w->obj->kind == KA_CONFIGMAP && ka_tape_is(w->t, key, "binaryData"))
			return AT_DATA;
	}
	if (at == AT_META && ka_tape_is(w->t, key, "annotations"))
		return AT_ANNOTATIONS;
	if (at == AT_STATUS)
		return is_any(w->t, key, statuses) ? AT_CONTAINER_STATUS : AT_ANY;
	if (at == AT_ROOT && ka_tape_is(w->t, key, "spec") && w->obj->kind == KA_OTHER)
		return AT_LOOSE;
	if (is_any(w->t, key, pairs))
		return AT_ENV;
	if (ka_tape_is(w->t, key, "annotations")) /* of a pod template */
		return AT_LOOSE;
	if (is_any(w->t, key, words))
		return AT_WORDS;
	return at == AT_LOOSE || at == AT_ANNOTATIONS || is_any(w->t, key, loose) ? AT_LOOSE : AT_ANY;
}

static void
string(struct trim *w, const struct ka_node *n)
{
	size_t len;
	const char *text = ka_tape_text(w->t, n, &len);

	ka_out_json_n(w->out, text, len);
}

/* A value that is hidden when it, or the key it stands under, looks secret. */
static bool
loose(struct trim *w, const struct ka_node *key, const struct ka_node *v)
{
	char name[256] = "";
	const char *text, *why;
	size_t len;

	if (v->type != KA_STRING)
		return false;
	if (key) {
		text = ka_tape_text(w->t, key, &len);
		memcpy(name, text, len < sizeof name ? len : 0);
	}
	text = ka_tape_text(w->t, v, &len);
	why = ka_suspect_name_value(name, text, len);
	if (why)
		hidden(w, why);
	return why != NULL;
}

/* A ConfigMap's value: whole when it configures the cluster, else only that it was there, or that
 * it looks secret. */
static void
data(struct trim *w, const struct ka_node *key, const struct ka_node *v)
{
	char name[256] = "";
	const char *text, *why;
	size_t len;

	text = ka_tape_text(w->t, key, &len);
	if (len < sizeof name)
		memcpy(name, text, len);
	text = v->type == KA_STRING ? ka_tape_text(w->t, v, &len) : (len = 0, "");
	why = ka_suspect_configmap(name, text, len);
	if (why)
		hidden(w, why);
	else if (w->keep_data)
		value(w, v, AT_ANY);
	else
		ka_out_str(w->out, v->type == KA_STRING ? "\"\"" : "null");
}

/* Servers of before 1.33 write a null for a time of creation that was never set, in JSON and not in protobuf. */
static bool
never_set(struct trim *w, const struct ka_node *key, const struct ka_node *v)
{
	return v->type == KA_NULL && ka_tape_is(w->t, key, "creationTimestamp");
}

static void
members(struct trim *w, const struct ka_node *obj, enum place at, bool first)
{
	for (const struct ka_node *k = ka_tape_first(w->t, obj); k;
	     k = ka_tape_after(w->t, obj, k)) {
		const struct ka_node *v = ka_tape_value(w->t, k);
		enum place next;

		if (never_set(w, k, v) || dropped(w, k, v, at))
			continue;
		if (!first)
			ka_out_char(w->out, ',');
		first = false;
		string(w, k);
		ka_out_char(w->out, ':');
		next = at == AT_CONTAINER_STATUS ? AT_ANY : inside(w, k, at);
		if (at == AT_DATA)
			data(w, k, v);
		else if (next != AT_LOOSE || !loose(w, k, v))
			value(w, v, next);
	}
}

/* One environment variable; what looks secret is replaced. */
static bool
secret_env(struct trim *w, const struct ka_node *e)
{
	const struct ka_node *name = ka_tape_get(w->t, e, "name"),
			     *v = ka_tape_get(w->t, e, "value");
	char buf[512];
	const char *text, *why;
	size_t len;

	if (!v || v->type != KA_STRING || !name || name->type != KA_STRING)
		return false;
	text = ka_tape_text(w->t, name, &len);
	if (len >= sizeof buf)
		len = sizeof buf - 1;
	memcpy(buf, text, len);
	buf[len] = '\0';
	text = ka_tape_text(w->t, v, &len);
	why = ka_suspect_name_value(buf, text, len);
	if (!why && strcasecmp(buf, "Authorization") == 0) /* a header of a probe */
		why = "credential";
	if (!why)
		return false;
	ka_out_str(w->out, "{\"name\":");
	string(w, name);
	ka_out_str(w->out, ",\"value\":");
	hidden(w, why);
	ka_out_char(w->out, '}');
	return true;
}

/* A word of a command line; `last` carries an option over to the word that is its value. */
static void
word(struct trim *w, const struct ka_node *e, char last[64])
{
	size_t len;
	const char *text;

	if (e->type != KA_STRING) {
		value(w, e, AT_ANY);
		return;
	}
	text = ka_tape_text(w->t, e, &len);
	if (ka_suspect_arg(last[0] ? last : NULL, text, len)) {
		ka_out_str(w->out, "\"" KA_HIDDEN "\"");
		len = 0;
	} else {
		ka_out_json_n(w->out, text, len);
	}
	last[0] = '\0';
	if (len && len < 64) {
		memcpy(last, text, len);
		last[len] = '\0';
	}
}

static void
elements(struct trim *w, const struct ka_node *arr, enum place at)
{
	char last[64] = "";
	bool first = true;

	ka_out_char(w->out, '[');
	for (const struct ka_node *e = ka_tape_first(w->t, arr); e;
	     e = ka_tape_after(w->t, arr, e)) {
		if (!first)
			ka_out_char(w->out, ',');
		first = false;
		if (at == AT_WORDS)
			word(w, e, last);
		else if (at == AT_LOOSE ? !loose(w, NULL, e)
					: !(at == AT_ENV && e->type == KA_OBJECT && secret_env(w, e)))
			value(w, e, at == AT_CONTAINER_STATUS || at == AT_LOOSE ? at : AT_ANY);
	}
	ka_out_char(w->out, ']');
}

/* Recursion is bounded by the reader's depth limit. */
static void
value(struct trim *w, const struct ka_node *n, enum place at)
{
	const char *text;
	size_t len;

	switch ((enum ka_type)n->type) {
	case KA_NULL:
		ka_out_str(w->out, "null");
		break;
	case KA_FALSE:
		ka_out_str(w->out, "false");
		break;
	case KA_TRUE:
		ka_out_str(w->out, "true");
		break;
	case KA_NUMBER:
		text = ka_tape_text(w->t, n, &len);
		ka_out_bytes(w->out, text, len);
		break;
	case KA_STRING:
		string(w, n);
		break;
	case KA_ARRAY:
		elements(w, n, at);
		break;
	case KA_OBJECT:
		ka_out_char(w->out, '{');
		members(w, n, at, true);
		ka_out_char(w->out, '}');
		break;
	}
}

void
ka_trim_write(struct ka_out *out, struct ka_tape *t, const struct ka_node *root,
	      const struct ka_object *obj)
{
	struct trim w = { out, t, obj, false };

	w.keep_data =
		obj->kind == KA_CONFIGMAP && ka_configmap_data_kept(obj->namespace, obj->name);
	ka_out_str(out, "{\"apiVersion\":");
	ka_out_json(out, obj->api_version);
	ka_out_str(out, ",\"kind\":");
	ka_out_json(out, obj->kind_name);
	/* A list of metadata does not have the type; what asked for it knows. */
	if (obj->kind == KA_SECRET && !ka_tape_get(t, root, "type") && strcmp(ka_as_secret(obj)->type, "Opaque") != 0) {
		ka_out_str(out, ",\"type\":");
		ka_out_json(out, ka_as_secret(obj)->type);
	}
	members(&w, root, AT_ROOT, false);
	ka_out_char(out, '}');
}
