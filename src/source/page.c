/* Pages of lists, as JSON or protobuf. */
#include <stdlib.h>
#include <string.h>

#include "model/proto.h"
#include "source/page.h"
#include "util/hash.h"
#include "util/str.h"
#include "util/banned.h"

#define JSON	 "application/json"
#define PROTOBUF "application/vnd.kubernetes.protobuf"
#define METADATA ";as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"

struct take {
	struct ka_page *p;
	struct ka_err *err;
	bool listed; /* the list's own head was seen, at its end */
	bool told;   /* err says what is wrong */
};

static int
wrong(struct take *t, const char *what, const char *which)
{
	t->told = true;
	return ka_err_set(t->err, KA_EFORMAT, "%s%s%.200s", what, which ? " " : "", which ? which : "");
}

/* "v1" and "apps/v1" -> "" and "apps". */
static bool
same_group(const char *a, const char *b)
{
	size_t la = strchr(a, '/') ? strcspn(a, "/") : 0, lb = strchr(b, '/') ? strcspn(b, "/") : 0;

	return la == lb && memcmp(a, b, la) == 0;
}

/* The names of the lists of custom resources are their authors'. */
static bool
expected_list(const struct ka_task *task, const char *api_version, const char *kind)
{
	size_t len = strlen(task->kind_name);

	if (!api_version || !kind)
		return false;
	if (task->ask->secret_type)
		return strcmp(kind, "PartialObjectMetadataList") == 0;
	if (!same_group(api_version, task->api_version))
		return false;
	if (task->ask->kind == KA_OTHER)
		return ka_str_has_suffix(kind, "List");
	return strncmp(kind, task->kind_name, len) == 0 && strcmp(kind + len, "List") == 0;
}

static int
end_list(struct take *t, const char *api_version, const char *kind, const char *resource_version, const char *cont)
{
	struct ka_page *p = t->p;

	if (!expected_list(p->task, api_version, kind))
		return wrong(t, "the server answered with another kind of list:", kind ? kind : "one without kind");
	t->listed = true;
	p->resource_version = ka_build_str(p->b, resource_version);
	p->cont = cont && *cont ? ka_build_str(p->b, cont) : NULL;
	return 0;
}

static int
on_list(void *arg, const struct ka_list_head *head, uint32_t line, struct ka_err *err)
{
	(void)line;
	(void)err;
	return end_list(arg, head->api_version, head->kind, head->resource_version, head->cont);
}

static uint64_t
name_hash(const struct ka_object *o)
{
	uint64_t h = ka_hash_bytes(o->name, strlen(o->name), ka_hash_seed());

	return o->namespace ? ka_hash_bytes(o->namespace, strlen(o->namespace), h) : h;
}

static int
add(struct take *t, struct ka_tape *tape, const struct ka_node *root, const struct ka_list_hint *hint)
{
	struct ka_page *p = t->p;
	const struct ka_object *obj = NULL;
	enum ka_added added = ka_build_add(p->b, tape, root, hint, &obj);

	if (added == KA_LOST || added == KA_NOT_OBJECT)
		return wrong(t, "the list holds something that is no object of the kind", NULL);
	if (obj->kind != p->task->ask->kind)
		return wrong(t, "the list holds an object of another kind:", obj->kind_name);
	if (p->writer)
		ka_snapshot_writer_add(p->writer, tape, root, obj);
	if (p->object)
		p->object(p->arg, obj);
	if (p->items++ == 0)
		p->first = name_hash(obj);
	return 0;
}

/* A document that was not taken apart: one object that was asked for by name, or a list whose items are null. */
static int
whole(struct take *t, struct ka_tape *tape, const struct ka_node *root, const struct ka_list_hint *hint)
{
	const struct ka_node *items = ka_tape_get(tape, root, "items"), *meta = ka_tape_get(tape, root, "metadata");
	struct ka_build *b = t->p->b;
	const char *kind = ka_build_member(b, tape, root, "kind");

	if (t->p->task->single) {
		t->listed = true;
		return add(t, tape, root, hint);
	}
	if (!kind || !ka_str_has_suffix(kind, "List") || (items && items->type != KA_NULL))
		return wrong(t, "the server answered with something else than a list:", kind ? kind : "no object");
	return end_list(t, ka_build_member(b, tape, root, "apiVersion"), kind,
			ka_build_member(b, tape, meta, "resourceVersion"), ka_build_member(b, tape, meta, "continue"));
}

static int
on_value(void *arg, struct ka_tape *tape, const struct ka_node *root, const struct ka_list_head *head,
	 struct ka_err *err)
{
	struct take *t = arg;
	const struct ka_task *task = t->p->task;
	struct ka_list_hint hint = {
		.api_version = head->api_version,
		.kind = head->kind,
		.line = 1,
		.file = t->p->file,
		.secret_type = task->ask->secret_type,
	};

	(void)err;
	if (t->listed)
		return wrong(t, "more text follows the list", NULL);
	if (!head->items)
		return whole(t, tape, root, &hint);
	return add(t, tape, root, &hint);
}

static int
on_bad(void *arg, uint32_t line, const char *kind_hint, const struct ka_err *why)
{
	struct take *t = arg;

	(void)line;
	(void)kind_hint;
	return wrong(t, "the answer cannot be read:", why->msg);
}

struct text {
	const char *s;
	size_t len;
};

static int
text_read(void *arg, void *buf, size_t cap, size_t *ret_len, struct ka_err *err)
{
	struct text *in = arg;
	size_t n = in->len < cap ? in->len : cap;

	(void)err;
	memcpy(buf, in->s, n);
	in->s += n;
	in->len -= n;
	*ret_len = n;
	return 0;
}

/* Only for progress, so a look at the text will do; it stands before the items or, of custom resources, at the end. */
static int64_t
remaining(const char *body, size_t len)
{
	static const char key[] = "\"remainingItemCount\":";
	size_t head = len < 1024 ? len : 1024;
	const char *at = memmem(body, head, key, sizeof key - 1);
	int64_t n = 0;

	if (!at)
		at = memmem(body + len - head, head, key, sizeof key - 1);
	if (!at)
		return -1;
	for (at += sizeof key - 1; *at >= '0' && *at <= '9' && n < INT64_MAX / 100; at++)
		n = n * 10 + (*at - '0');
	return n;
}

static int
take_json(struct take *t, const struct ka_api_answer *answer)
{
	struct ka_sink sink = { t, on_value, on_list, on_bad };
	struct text text = { answer->body, answer->len };
	struct ka_in in = { text_read, &text };
	struct ka_err why = { .code = KA_OK };

	if (ka_json_read(&in, t->p->limits, &sink, &why) != 0)
		return t->told ? -1 : wrong(t, "the answer cannot be read:", why.msg);
	if (!t->listed)
		return wrong(t, "the server answered with nothing", NULL);
	t->p->remaining = remaining(answer->body, answer->len);
	return 0;
}

/* A stretch of protobuf's wire format (protobuf.dev, "Encoding"). */
struct wire {
	const unsigned char *p, *end;
};

static bool
varint(struct wire *w, uint64_t *ret)
{
	*ret = 0;
	for (unsigned shift = 0; shift < 64 && w->p < w->end; shift += 7) {
		unsigned char byte = *w->p++;

		*ret |= (uint64_t)(byte & 0x7f) << shift;
		if (byte < 0x80)
			return true;
	}
	return false;
}

/* On to the field of this number; what comes before it is passed over.  *ret is its number, or its bytes in *inside. */
static bool
field(struct wire *w, uint64_t number, uint64_t *ret, struct wire *inside)
{
	uint64_t key;

	while (varint(w, &key) && varint(w, ret)) {
		if ((key & 7) == 2 && *ret <= (uint64_t)(w->end - w->p)) {
			*inside = (struct wire){ w->p, w->p + *ret };
			w->p += *ret;
		} else if ((key & 7) != 0) {
			return false;
		}
		if (key >> 3 == number)
			return true;
	}
	return false;
}

/* As remaining(): field 4 of the list's metadata, field 1 of what field 2 of the envelope holds
 * (apimachinery/pkg/apis/meta/v1/generated.proto ListMeta). */
static int64_t
wire_remaining(const char *body, size_t len)
{
	struct wire w = { (const unsigned char *)body, (const unsigned char *)body + len }, raw = { 0 }, meta = { 0 };
	uint64_t n;

	if (len < 4)
		return -1;
	w.p += 4;
	if (!field(&w, 2, &n, &raw) || !field(&raw, 1, &n, &meta) || !field(&meta, 4, &n, &w) || n > INT64_MAX)
		return -1;
	return (int64_t)n;
}

static int
take_protobuf(struct take *t, const struct ka_api_answer *answer)
{
	struct ka_sink sink = { t, on_value, on_list, on_bad };
	struct ka_err why = { .code = KA_OK };

	if (ka_proto_read(answer->body, answer->len, t->p->limits, ka_proto_schema, &sink, &why) != 0)
		return t->told ? -1 : wrong(t, "the answer cannot be read:", why.msg);
	if (!t->listed)
		return wrong(t, "the server answered with nothing", NULL);
	t->p->remaining = wire_remaining(answer->body, answer->len);
	return 0;
}

int
ka_page_take(struct ka_page *p, const struct ka_api_answer *answer, struct ka_err *err)
{
	struct take t = { .p = p, .err = err };

	p->items = p->first = 0;
	p->cont = p->resource_version = NULL;
	p->remaining = -1;
	ka_build_use_file(p->b, p->file);
	if (strcmp(answer->content_type, JSON) == 0)
		return take_json(&t, answer);
	if (strcmp(answer->content_type, PROTOBUF) == 0)
		return take_protobuf(&t, answer);
	return wrong(&t, "the server answered with", *answer->content_type ? answer->content_type : "no content type");
}

const char *
ka_page_accept(const struct ka_task *t, bool protobuf)
{
	if (t->ask->secret_type)
		return protobuf ? PROTOBUF METADATA "," JSON METADATA : JSON METADATA;
	return protobuf && ka_proto_schema(t->api_version, t->kind_name) ? PROTOBUF "," JSON : JSON;
}
