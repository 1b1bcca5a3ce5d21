/* The protobuf of every kind against its JSON, both as the API's own types write them:
 * KASSAY_CORPUS/api/VERSION has GROUP.VERSION.KIND.json and .pb with every field filled. */
#include <dirent.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "model/build.h"
#include "model/graph.h"
#include "model/proto.h"
#include "model/trim.h"
#include "util/alloc.h"
#include "util/banned.h"
#include "util/str.h"

struct got {
	struct ka_build *b;
	json_t *trimmed;
};

static int
on_value(void *arg, struct ka_tape *t, const struct ka_node *root, const struct ka_list_head *head,
	 struct ka_err *err)
{
	struct got *got = arg;
	struct ka_out *out = ka_out_mem();
	const struct ka_object *obj = NULL;
	json_error_t why;
	const char *text;
	size_t len;

	(void)head;
	(void)err;
	assert_int_not_equal(ka_build_add(got->b, t, root, NULL, &obj), KA_LOST);
	assert_non_null(obj);
	ka_trim_write(out, t, root, obj);
	text = ka_out_memory(out, &len);
	got->trimmed = json_loadb(text, len, 0, &why);
	if (!got->trimmed)
		fail_msg("trimmed to what is no JSON: %s", why.text);
	ka_out_discard(out);
	return 0;
}

static int
on_bad(void *arg, uint32_t line, const char *kind_hint, const struct ka_err *why)
{
	(void)arg;
	(void)line;
	(void)kind_hint;
	fail_msg("%s", why->msg);
	return -1;
}

static char *
slurp(const char *path, size_t *ret_len)
{
	size_t cap = 1 << 20;
	char *s = ka_xmalloc(cap);
	FILE *f = fopen(path, "rb");

	if (!f)
		fail_msg("%s: %s", path, strerror(errno));
	*ret_len = fread(s, 1, cap, f);
	assert_true(*ret_len < cap);
	fclose(f);
	return s;
}

struct memory {
	const char *s;
	size_t len;
};

static int
from_memory(void *arg, void *buf, size_t cap, size_t *ret_len, struct ka_err *err)
{
	struct memory *m = arg;

	(void)err;
	*ret_len = m->len < cap ? m->len : cap;
	memcpy(buf, m->s, *ret_len);
	m->s += *ret_len;
	m->len -= *ret_len;
	return 0;
}

static void
read_one(const char *path, bool proto, struct got *got)
{
	struct ka_sink sink = { .arg = got, .value = on_value, .bad = on_bad };
	struct ka_err err = { KA_OK, "" };
	size_t len;
	char *s = slurp(path, &len);
	struct memory m = { s, len };
	struct ka_in in = { from_memory, &m };
	int rc;

	got->b = ka_build_new();
	ka_build_file(got->b, "corpus");
	rc = proto ? ka_proto_read(s, len, NULL, ka_proto_schema, &sink, &err)
		   : ka_json_read(&in, NULL, &sink, &err);
	if (rc < 0)
		fail_msg("%s: %s", path, err.msg);
	free(s);
}

/* Absent and null are the same to every reader; which of the two servers write differs by version
 * (creationTimestamp).  managedFields, which snapshots keep in the metadata of templates, where no server has
 * any, are in no table. */
static void
drop_unread(json_t *j)
{
	const char *key;
	json_t *v;
	void *next;
	size_t i;

	json_array_foreach(j, i, v)
		drop_unread(v);
	json_object_foreach_safe(j, next, key, v) {
		if (json_is_null(v) || strcmp(key, "managedFields") == 0)
			json_object_del(j, key);
		else
			drop_unread(v);
	}
}

/* Claims in a StatefulSet have these in the JSON of a server, but not in that of the bare types. */
static void
drop_claim_types(json_t *j)
{
	json_t *claims = json_object_get(json_object_get(j, "spec"), "volumeClaimTemplates"), *v;
	size_t i;

	json_array_foreach(claims, i, v) {
		json_object_del(v, "apiVersion");
		json_object_del(v, "kind");
	}
}

static char *
canonical(json_t *j)
{
	drop_unread(j);
	drop_claim_types(j);
	return json_dumps(j, JSON_SORT_KEYS | JSON_INDENT(1));
}

static void
say_difference(const char *name, const char *json, const char *proto)
{
	size_t i = 0;

	while (json[i] == proto[i])
		i++;
	i = i > 200 ? i - 200 : 0;
	print_error("%s\njson:  ...%.400s\nproto: ...%.400s\n", name, json + i, proto + i);
}

static bool
same(const char *dir, const char *name)
{
	struct got json = { 0 }, proto = { 0 };
	char path[1200], *a, *b;
	bool equal;

	snprintf(path, sizeof path, "%s/%s.json", dir, name);
	read_one(path, false, &json);
	snprintf(path, sizeof path, "%s/%s.pb", dir, name);
	read_one(path, true, &proto);
	assert_non_null(json.trimmed);
	assert_non_null(proto.trimmed);
	a = canonical(json.trimmed);
	b = canonical(proto.trimmed);
	equal = strcmp(a, b) == 0;
	if (!equal)
		say_difference(name, a, b);
	free(a);
	free(b);
	json_decref(json.trimmed);
	json_decref(proto.trimmed);
	ka_graph_free(ka_build_finish(json.b));
	ka_graph_free(ka_build_finish(proto.b));
	return equal;
}

/* "apps.v1.Deployment.pb" is of a kind that has a table. */
static bool
of_interest(const char *file, char name[256])
{
	const char *dot = strrchr(file, '.');
	char api[256], *kind, *version;

	if (!dot || strcmp(dot, ".pb") != 0 || (size_t)(dot - file) >= sizeof api)
		return false;
	snprintf(name, 256, "%.*s", (int)(dot - file), file);
	snprintf(api, sizeof api, "%s", name);
	kind = strrchr(api, '.');
	*kind++ = '\0';
	version = strrchr(api, '.');
	*version = '/';
	return ka_proto_schema(ka_str_has_prefix(api, "core/") ? version + 1 : api, kind) != NULL;
}

static void
folder(const char *version)
{
	const char *corpus = getenv("KASSAY_CORPUS");
	struct dirent **d;
	char dir[900], name[256];
	int wrong = 0, compared = 0, n;

	if (!corpus || !*corpus) {
		print_message("KASSAY_CORPUS is not set\n");
		skip();
	}
	snprintf(dir, sizeof dir, "%s/api/%s", corpus ? corpus : "", version);
	n = scandir(dir, &d, NULL, alphasort);
	assert_true(n > 0);
	for (int i = 0; i < n; i++) {
		if (of_interest(d[i]->d_name, name)) {
			wrong += !same(dir, name);
			compared++;
		}
		free(d[i]);
	}
	free(d);
	assert_int_equal(wrong, 0);
	assert_true(compared >= 25);
}

static void
the_newest_types_are_the_same_from_protobuf_as_from_json(void **state)
{
	(void)state;
	folder("HEAD");
}

static void
older_types_are_the_same_from_protobuf_as_from_json(void **state)
{
	(void)state;
	folder("v1.33.0");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_newest_types_are_the_same_from_protobuf_as_from_json),
		cmocka_unit_test(older_types_are_the_same_from_protobuf_as_from_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
