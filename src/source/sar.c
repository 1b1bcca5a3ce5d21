#include "source/sar.h"

#include <stdlib.h>
#include <string.h>

#include "util/arena.h"
#include "util/bytes.h"
#include "util/str.h"
#include "util/banned.h"

struct reading {
	int (*fn)(void *arg, const struct ka_sar *sar, struct ka_err *err);
	void *arg;
	struct ka_arena *arena; /* the strings of one review */
	struct ka_tape *tape;
	bool stopped;
};

static const char *
text(struct reading *r, const struct ka_node *node)
{
	size_t len;
	const char *s = ka_tape_text(r->tape, node, &len);

	return ka_arena_strndup(r->arena, s, len);
}

/* A member's text; NULL when it is absent or null.  *error when it is something else. */
static const char *
member(struct reading *r, const struct ka_node *obj, const char *key, const char **error)
{
	const struct ka_node *node = ka_tape_get(r->tape, obj, key);

	if (!node || node->type == KA_NULL)
		return NULL;
	if (node->type != KA_STRING)
		*error = ka_arena_fmt(r->arena, "%s is no string", key);
	return node->type == KA_STRING ? text(r, node) : NULL;
}

static struct ka_strs
members(struct reading *r, const struct ka_node *spec, const char **error)
{
	const struct ka_node *list = ka_tape_get(r->tape, spec, "groups");
	struct ka_strs ret = { 0 };
	const char **v;

	/* v1beta1 called it otherwise. */
	if (!list)
		list = ka_tape_get(r->tape, spec, "group");
	if (!list || list->type == KA_NULL)
		return ret;
	if (list->type != KA_ARRAY) {
		*error = "groups is no list";
		return ret;
	}
	v = ka_arena_array(r->arena, list->len, sizeof *v);
	for (const struct ka_node *e = ka_tape_first(r->tape, list); e;
	     e = ka_tape_after(r->tape, list, e)) {
		if (e->type == KA_STRING)
			v[ret.n++] = text(r, e);
		else
			*error = "a group is no string";
	}
	ret.v = v;
	return ret;
}

/* A requirement {key, operator, values} that says spec.nodeName=NAME. */
static const char *
required_node(struct reading *r, const struct ka_node *requirement)
{
	const struct ka_node *values = ka_tape_get(r->tape, requirement, "values");

	if (!values || values->type != KA_ARRAY || values->len != 1 || values[1].type != KA_STRING ||
	    !ka_tape_is(r->tape, ka_tape_get(r->tape, requirement, "key"), "spec.nodeName") ||
	    !ka_tape_is(r->tape, ka_tape_get(r->tape, requirement, "operator"), "In"))
		return NULL;
	return text(r, &values[1]);
}

/* pkg/registry/authorization/util/helpers.go: the requirements win over the raw selector. */
static const char *
selected_node(struct reading *r, const struct ka_node *res)
{
	static const char key[] = "spec.nodeName=";
	const struct ka_node *selector = ka_tape_get(r->tape, res, "fieldSelector");
	const struct ka_node *list = ka_tape_get(r->tape, selector, "requirements");
	const struct ka_node *raw = ka_tape_get(r->tape, selector, "rawSelector");
	const char *name = NULL, *s;

	if (list && list->type == KA_ARRAY && list->len) {
		for (const struct ka_node *e = ka_tape_first(r->tape, list); e && !name;
		     e = ka_tape_after(r->tape, list, e))
			name = required_node(r, e);
		return name;
	}
	if (!raw || raw->type != KA_STRING)
		return NULL;
	for (s = text(r, raw); s; s = *s == ',' ? s + 1 : NULL) {
		size_t len = strcspn(s, ",");

		if (!strncmp(s, key, strlen(key))) {
			s += strlen(key);
			s += *s == '='; /* "==" is the same */
			len = strcspn(s, ",");
			name = ka_arena_strndup(r->arena, s, len);
		}
		s += len;
	}
	return name;
}

static bool
is_object(const struct ka_node *node)
{
	return node && node->type == KA_OBJECT;
}

static void
read_spec(struct reading *r, const struct ka_node *spec, struct ka_sar *sar)
{
	const struct ka_node *res = ka_tape_get(r->tape, spec, "resourceAttributes");
	const struct ka_node *url = ka_tape_get(r->tape, spec, "nonResourceAttributes");
	const char *user = member(r, spec, "user", &sar->error);

	sar->who = (struct ka_who){
		.subject = { .kind = KA_SUBJECT_USER, .kind_name = "User", .name = user ? user : "" },
		.groups = members(r, spec, &sar->error),
		.as_given = true,
	};
	if (is_object(res) == is_object(url))
		sar->error = "spec: exactly one of nonResourceAttributes or resourceAttributes must be specified";
	else if (!(user && *user) && !sar->who.groups.n)
		sar->error = "spec: at least one of user or group must be specified";
	if (is_object(url)) {
		sar->req.url = member(r, url, "path", &sar->error);
		sar->req.verb = member(r, url, "verb", &sar->error);
	} else {
		sar->req = (struct ka_request){
			.verb = member(r, res, "verb", &sar->error),
			.group = member(r, res, "group", &sar->error),
			.resource = member(r, res, "resource", &sar->error),
			.subresource = member(r, res, "subresource", &sar->error),
			.namespace = member(r, res, "namespace", &sar->error),
			.name = member(r, res, "name", &sar->error),
		};
		sar->on_node = selected_node(r, res);
		/* Without one it is a question about no resource, not about a URL. */
		if (!sar->req.resource)
			sar->req.resource = "";
	}
	if (!sar->req.verb)
		sar->req.verb = "";
}

static bool
is_review(const char *kind)
{
	return !strcmp(kind, "SubjectAccessReview") || !strcmp(kind, "LocalSubjectAccessReview");
}

static int
hand_on(struct reading *r, const struct ka_sar *sar, struct ka_err *err)
{
	int rc = r->fn(r->arg, sar, err);

	r->stopped |= rc != 0;
	return rc;
}

static int
read_review(struct reading *r, const struct ka_node *root, struct ka_err *err)
{
	struct ka_sar sar = { .line = ka_tape_line(r->tape, root) };
	struct ka_arena_mark mark = ka_arena_mark(r->arena);
	const struct ka_node *spec = root;
	const char *kind = NULL;
	int rc;

	if (root->type != KA_OBJECT) {
		sar.error = "no SubjectAccessReview, and no spec of one";
	} else {
		kind = member(r, root, "kind", &sar.error);
		if (kind || ka_tape_get(r->tape, root, "spec"))
			spec = ka_tape_get(r->tape, root, "spec");
	}
	if (!sar.error && kind && !is_review(kind))
		sar.error = ka_arena_fmt(r->arena, "%.100s is no SubjectAccessReview", kind);
	if (!sar.error)
		read_spec(r, spec, &sar);
	rc = hand_on(r, &sar, err);
	ka_arena_release(r->arena, mark);
	return rc;
}

/* A JSON array of reviews, or one of a List in it; depth is the reader's limit. */
static int
on_value(void *arg, struct ka_tape *tape, const struct ka_node *root, const struct ka_list_head *head,
	 struct ka_err *err)
{
	struct reading *r = arg;
	int rc = 0;

	(void)head;
	r->tape = tape;
	if (root->type != KA_ARRAY)
		return read_review(r, root, err);
	for (const struct ka_node *e = ka_tape_first(tape, root); e && !rc; e = ka_tape_after(tape, root, e))
		rc = read_review(r, e, err);
	return rc;
}

static int
on_list(void *arg, const struct ka_list_head *head, uint32_t line, struct ka_err *err)
{
	(void)arg;
	(void)head;
	(void)line;
	(void)err;
	return 0;
}

static int
on_bad(void *arg, uint32_t line, const char *kind_hint, const struct ka_err *why)
{
	struct reading *r = arg;
	struct ka_sar sar = { .line = line, .error = why->msg };
	struct ka_err err;

	(void)kind_hint;
	return hand_on(r, &sar, &err);
}

static bool
looks_like_json(const char *s, size_t len)
{
	size_t i = len >= 3 && !memcmp(s, "\xef\xbb\xbf", 3) ? 3 : 0;

	while (i < len && (s[i] == ' ' || s[i] == '\t' || s[i] == '\r' || s[i] == '\n'))
		i++;
	return i < len && (s[i] == '{' || s[i] == '[');
}

static int
read_bytes(struct ka_bytes *bytes, const struct ka_limits *limits, struct reading *r, struct ka_err *err)
{
	const struct ka_sink sink = { r, on_value, on_list, on_bad };
	struct ka_in in;
	const char *head;
	size_t len;
	int rc;

	if (ka_bytes_peek(bytes, &head, &len, err))
		return -1;
	r->arena = ka_arena_new();
	in = ka_bytes_in(bytes);
	rc = looks_like_json(head, len) ? ka_json_read(&in, limits, &sink, err)
					: ka_yaml_read(&in, limits, &sink, err);
	ka_arena_free(r->arena);
	return rc;
}

int
ka_sar_read(const char *path, const struct ka_limits *limits,
	    int (*fn)(void *arg, const struct ka_sar *sar, struct ka_err *err), void *arg, struct ka_err *err)
{
	struct reading r = { .fn = fn, .arg = arg };
	struct ka_bytes *bytes = ka_bytes_open(path, NULL, err);
	int rc;

	if (!bytes)
		return -1;
	rc = read_bytes(bytes, limits, &r, err);
	ka_bytes_close(bytes);
	/* What fn() said stands as it is; a file that breaks off is named. */
	return rc && !r.stopped ? ka_err_wrap(err, "%s", path) : rc;
}

int
ka_sar_read_mem(const char *p, size_t len, const struct ka_limits *limits,
		int (*fn)(void *arg, const struct ka_sar *sar, struct ka_err *err), void *arg,
		struct ka_err *err)
{
	struct reading r = { .fn = fn, .arg = arg };
	struct ka_bytes *bytes = ka_bytes_open_mem(p, len, NULL, err);
	int rc = read_bytes(bytes, limits, &r, err);

	ka_bytes_close(bytes);
	return rc;
}
