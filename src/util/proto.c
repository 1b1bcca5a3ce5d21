/* The envelope of an answer; lists, item by item. */
#include "util/proto.h"

#include <string.h>

#include "util/alloc.h"
#include "util/proto_walk.h"
#include "util/str.h"
#include "util/banned.h"

static bool
fresh(struct ka_proto_walk *w, const struct ka_wire *msg)
{
	ka_proto_turn(w);
	if (ka_wire_len(msg) <= w->limits.value)
		return true;
	ka_err_set(w->err, KA_ELIMIT, "larger than %zu bytes (--max-object-size)", w->limits.value);
	return false;
}

static bool
deliver(struct ka_proto_walk *w, const struct ka_list_head *head)
{
	return w->sink->value(w->sink->arg, &w->tape, w->tape.node, head, w->err) >= 0;
}

static bool
document(struct ka_proto_walk *w, const struct ka_proto_schema *s, struct ka_wire msg)
{
	static const struct ka_list_head none;
	const struct ka_list_head *head = &w->list.head;
	uint32_t i, count = 2;

	if (!fresh(w, &msg))
		return false;
	i = ka_proto_begin(w, KA_OBJECT);
	return i != UINT32_MAX && ka_proto_own(w, KA_STRING, "apiVersion", strlen("apiVersion")) &&
	       ka_proto_own(w, KA_STRING, head->api_version, strlen(head->api_version)) && ka_proto_own(w, KA_STRING, "kind", strlen("kind")) &&
	       ka_proto_own(w, KA_STRING, head->kind, strlen(head->kind)) && ka_proto_members(w, s, msg, &count) &&
	       ka_proto_end(w, i, count) && deliver(w, &none);
}

/* A string to keep; NULL stays when it is empty. */
static bool
learn(struct ka_proto_walk *w, unsigned i, const struct ka_wire *b)
{
	size_t len = ka_wire_len(b);
	char *s;

	if (!ka_proto_text_ok(b))
		return ka_proto_bad(w, b->p, "text that is no UTF-8, or holds NUL");
	if (!len)
		return true;
	s = ka_xmalloc(len + 1);
	memcpy(s, b->p, len);
	s[len] = '\0';
	free(w->list.str[i]);
	w->list.str[i] = s;
	w->list.head.api_version = w->list.str[0];
	w->list.head.kind = w->list.str[1];
	w->list.head.resource_version = w->list.str[2];
	w->list.head.cont = w->list.str[3];
	return true;
}

/* metav1.ListMeta: selfLink, resourceVersion, continue, remainingItemCount. */
static bool
list_meta(struct ka_proto_walk *w, struct ka_wire msg)
{
	struct ka_wire_field in;
	int more;

	while ((more = ka_proto_small(w, &msg, "bbb", &in)) > 0) {
		if ((in.id == 2 || in.id == 3) && !learn(w, in.id, &in.bytes))
			return false;
		if (in.id == 4 && in.type == KA_WIRE_VARINT && (int64_t)in.number > 0)
			w->list.head.remaining = in.number;
	}
	return more == 0;
}

static bool
items(struct ka_proto_walk *w, const struct ka_proto_schema *s, struct ka_wire msg)
{
	struct ka_wire_field in;
	int more;

	while ((more = ka_proto_small(w, &msg, "bb", &in)) > 0) {
		if (in.id == 1 && !list_meta(w, in.bytes))
			return false;
		if (in.id != 2)
			continue;
		if (!fresh(w, &in.bytes) || !ka_proto_object(w, s, in.bytes))
			return false;
		w->list.head.items++;
		if (!deliver(w, &w->list.head))
			return false;
	}
	return more == 0 && w->sink->list(w->sink->arg, &w->list.head, 0, w->err) >= 0;
}

/* runtime.TypeMeta: apiVersion, kind. */
static bool
type_meta(struct ka_proto_walk *w, struct ka_wire msg)
{
	struct ka_wire_field in;
	int more;

	while ((more = ka_proto_small(w, &msg, "bb", &in)) > 0)
		if (in.id <= 2 && !learn(w, in.id - 1, &in.bytes))
			return false;
	return more == 0;
}

/* runtime.Unknown: typeMeta, raw, contentEncoding, contentType. */
static bool
envelope(struct ka_proto_walk *w, struct ka_wire msg, struct ka_wire *ret_raw)
{
	struct ka_wire_field in;
	int more;

	*ret_raw = (struct ka_wire){ NULL, NULL };
	while ((more = ka_proto_small(w, &msg, "bbb", &in)) > 0) {
		if (in.id == 1 && !type_meta(w, in.bytes))
			return false;
		if (in.id == 2)
			*ret_raw = in.bytes;
		if (in.id == 3 && ka_wire_len(&in.bytes))
			return ka_proto_bad(w, in.bytes.p, "the object is encoded once more");
	}
	if (more < 0)
		return false;
	if (!w->list.head.api_version || !w->list.head.kind)
		return ka_proto_bad(w, msg.p, "the answer does not say what it holds");
	return ret_raw->p ? true : ka_proto_bad(w, msg.p, "the answer holds nothing");
}

static bool
answer(struct ka_proto_walk *w, struct ka_wire msg, ka_proto_find *find)
{
	const struct ka_proto_schema *s = NULL;
	const struct ka_list_head *head = &w->list.head;
	struct ka_wire raw;
	char kind[128];
	bool is_list;
	size_t len;

	if (ka_wire_len(&msg) < 4 || memcmp(msg.p, "k8s", 4) != 0)
		return ka_proto_bad(w, msg.p, "this is no protobuf of Kubernetes");
	msg.p += 4;
	if (!envelope(w, msg, &raw))
		return false;
	is_list = ka_str_has_suffix(head->kind, "List");
	len = strlen(head->kind) - (is_list ? 4 : 0);
	if (len < sizeof kind) {
		memcpy(kind, head->kind, len);
		kind[len] = '\0';
		s = find(head->api_version, kind);
	}
	if (!s) {
		ka_err_set(w->err, KA_EFORMAT, "protobuf of an unknown kind: %.100s %.100s", head->api_version,
			   head->kind);
		return false;
	}
	return is_list ? items(w, s, raw) : document(w, s, raw);
}

int
ka_proto_read(const void *page, size_t len, const struct ka_limits *limits, ka_proto_find *find,
	      const struct ka_sink *sink, struct ka_err *err)
{
	struct ka_proto_walk w = { .limits = ka_limits_effective(limits), .sink = sink, .err = err, .page = page };
	struct ka_wire msg = { page, w.page + len };
	bool ok;

	ka_tape_init(&w.tape);
	ka_tape_init(&w.before);
	ka_keyset_init(&w.keys);
	ok = answer(&w, msg, find);
	ka_list_clear(&w.list);
	ka_keyset_release(&w.keys);
	ka_tape_release(&w.tape);
	ka_proto_memo_release(&w);
	return ok ? 0 : -1;
}
