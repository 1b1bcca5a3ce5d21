/* A verdict must rest on nothing but the kinds that the check declares: else their absence goes
 * unnoticed, and a pass may be a false one.  Every case is read again without the objects of each
 * kind that its check does not declare. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/fixtures.h"
#include "model/build.h"
#include "util/read.h"

#include "util/banned.h"

struct reading {
	struct ka_build *b;
	enum ka_kind without;
	FILE *file;
};

struct tally {
	unsigned tried, wrong;
};

static int
read_file(void *arg, void *buf, size_t cap, size_t *ret_len, struct ka_err *err)
{
	struct reading *r = arg;

	*ret_len = fread(buf, 1, cap, r->file);
	return ferror(r->file) ? ka_err_set(err, KA_EIO, "reading failed") : 0;
}

static const char *
text(struct ka_tape *t, const struct ka_node *root, const char *key, char *buf, size_t cap)
{
	const struct ka_node *node = ka_tape_get(t, root, key);
	size_t len = 0;
	const char *s = node ? ka_tape_text(t, node, &len) : "";

	snprintf(buf, cap, "%.*s", (int)len, s);
	return buf;
}

static int
take(void *arg, struct ka_tape *t, const struct ka_node *root, const struct ka_list_head *head, struct ka_err *err)
{
	const struct ka_list_hint hint = { .api_version = head->api_version, .kind = head->kind };
	struct reading *r = arg;
	char kind[128], api[128];

	(void)err;
	if (ka_kind_find(text(t, root, "apiVersion", api, sizeof api),
			 text(t, root, "kind", kind, sizeof kind)) != r->without)
		ka_build_add(r->b, t, root, &hint, NULL);
	return 0;
}

static int
take_list(void *arg, const struct ka_list_head *head, uint32_t line, struct ka_err *err)
{
	(void)arg;
	(void)head;
	(void)line;
	(void)err;
	return 0;
}

static int
take_bad(void *arg, uint32_t line, const char *kind_hint, const struct ka_err *why)
{
	struct reading *r = arg;

	ka_build_lost(r->b, line, kind_hint, why->msg);
	return 0;
}

static void
read_manifest(struct reading *r, const char *path)
{
	const struct ka_limits limits = KA_LIMITS_DEFAULT;
	const struct ka_in in = { .read = read_file, .arg = r };
	const struct ka_sink sink = { .arg = r, .value = take, .list = take_list, .bad = take_bad };
	struct ka_err err;
	int rc;

	r->file = fopen(path, "re");
	assert_non_null(r->file);
	ka_build_file(r->b, path);
	rc = ka_str_has_suffix(path, ".json") ? ka_json_read(&in, &limits, &sink, &err)
					      : ka_yaml_read(&in, &limits, &sink, &err);
	if (rc)
		fail_msg("%s: %s", path, err.msg);
	fclose(r->file);
}

/* The case's manifests, without the objects of one kind. */
static struct ka_graph *
load_without(const struct fixture *f, enum ka_kind kind)
{
	struct reading r = { .b = ka_build_new(), .without = kind };
	struct dirent **entry = NULL;
	int n = scandir(f->dir, &entry, fixture_is_manifest, alphasort);
	char path[1024];

	for (int i = 0; i < n; i++) {
		snprintf(path, sizeof path, "%s/%s", f->dir, entry[i]->d_name);
		read_manifest(&r, path);
		free(entry[i]);
	}
	free(entry);
	ka_build_source(r.b, "test");
	return ka_build_finish(r.b);
}

static void
try_without(struct tally *t, struct fixture *f, enum ka_kind kind, enum ka_status with_all)
{
	struct ka_graph *whole = f->g;
	struct ka_report *r;
	struct ka_err err;

	f->g = load_without(f, kind);
	for (int k = 0; k < KA_NKINDS; k++)
		f->g->ledger[k].status = whole->ledger[k].status;
	f->g->source_class = whole->source_class;
	if (fixture_audit(f, &r, &err))
		fail_msg("%s", err.msg);
	if (r->result->status != with_all) {
		t->wrong++;
		print_error("%s: %s rests on %s, and does not declare it: %s becomes %s without\n", f->dir,
			    f->check->key, ka_kind_info(kind)->kind, ka_status_name(with_all),
			    ka_status_name(r->result->status));
	}
	t->tried++;
	ka_report_free(r);
	ka_graph_free(f->g);
	f->g = whole;
}

static int
try_case(void *arg, const char *key, const char *name)
{
	struct tally *t = arg;
	struct fixture f;
	struct ka_report *r = NULL;
	struct ka_err err;
	enum ka_status with_all;

	if (fixture_open(&f, key, name, &err) || fixture_audit(&f, &r, &err))
		fail_msg("%s/%s: %s", key, name, err.msg);
	with_all = r->result->status;
	ka_report_free(r);
	for (int k = 0; k < KA_OTHER; k++)
		if (f.g->of[k].n && !((f.check->scope | f.check->needs) & KA_BIT(k)))
			try_without(t, &f, (enum ka_kind)k, with_all);
	fixture_close(&f);
	return 0;
}

static void
no_verdict_rests_on_a_kind_that_is_not_declared(void **state)
{
	struct tally t = { .wrong = 0 };

	(void)state;
	fixture_each(try_case, &t);
	assert_true(t.tried > 0);
	assert_int_equal(t.wrong, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_verdict_rests_on_a_kind_that_is_not_declared),
	};

	return cmocka_run_group_tests_name("engine/declared", tests, NULL, NULL);
}
