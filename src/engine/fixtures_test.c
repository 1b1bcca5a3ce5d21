/* Every case of testdata/checks is a test of its own: its check must say what `expect` says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/fixtures.h"
#include "util/alloc.h"

#include "util/banned.h"

struct fixture_case {
	char *name; /* KEY/CASE */
	char *key, *case_name;
};
struct cases {
	struct CMUnitTest *test;
	size_t n, cap;
};

static void
add_line(struct ka_out *out, const struct ka_finding *f)
{
	ka_out_fmt(out, "%s %s %s/%s %s %s\n", ka_severity_name(f->severity), f->obj->kind_name,
		   f->obj->namespace ? f->obj->namespace : "-", f->obj->name,
		   f->container ? f->container : "-", f->path ? f->path : "-");
}

static struct ka_out *
what_it_said(const struct ka_report *r)
{
	struct ka_out *out = ka_out_mem();

	ka_out_fmt(out, "%s\n", ka_status_name(r->result->status));
	for (size_t i = 0; i < r->nfindings; i++)
		add_line(out, &r->finding[i]);
	return out;
}

static char *
read_expect(const struct fixture *f)
{
	char path[1024], *text = NULL;
	size_t cap = 0;
	FILE *file;

	snprintf(path, sizeof path, "%s/expect", f->dir);
	file = fopen(path, "re");
	if (!file || getdelim(&text, &cap, '\0', file) <= 0)
		fail_msg("%s cannot be read", path);
	fclose(file);
	return text;
}

/* Prints the lines of `a` that `b` has not. */
static void
print_missing(const char *mark, const char *a, const char *b)
{
	for (size_t len; *a; a += len + (a[len] == '\n')) {
		const char *at = b;

		len = strcspn(a, "\n");
		while (*at && !(strcspn(at, "\n") == len && strncmp(at, a, len) == 0)) {
			at += strcspn(at, "\n");
			at += *at == '\n';
		}
		if (!*at)
			print_error("%s %.*s\n", mark, (int)len, a);
	}
}

static void
check_case(const struct fixture *f, const char *case_name, const struct ka_report *r)
{
	const char *status = ka_status_name(r->result->status);
	char *want = read_expect(f);
	struct ka_out *out = what_it_said(r);
	const char *got = ka_out_memory(out, NULL);
	bool same = strcmp(want, got) == 0;

	if (!same) {
		print_error("%s: wanted (-), got (+)%s\n", f->dir,
			    r->result->reason ? r->result->reason : "");
		print_missing("-", want, got);
		print_missing("+", got, want);
		for (size_t i = 0; i < r->nfindings; i++)
			print_error("  because: %s\n", r->finding[i].message ? r->finding[i].message : "");
	}
	free(want);
	ka_out_discard(out);
	if (!same)
		fail_msg("not as expected (or in another order, when nothing is listed above)");
	if (!ka_str_has_prefix(case_name, status))
		fail_msg("the case's name does not begin with its status, %s", status);
}

static void
the_check_says_what_is_expected(void **state)
{
	const struct fixture_case *c = *state;
	struct fixture f;
	struct ka_report *r;
	struct ka_err err = { .code = KA_OK };

	if (fixture_open(&f, c->key, c->case_name, &err))
		fail_msg("%s", err.msg);
	if (fixture_audit(&f, &r, &err))
		fail_msg("%s", err.msg);
	check_case(&f, c->case_name, r);
	ka_report_free(r);
	fixture_close(&f);
}

static int
add_case(void *arg, const char *key, const char *name)
{
	struct cases *cases = arg;
	struct fixture_case *c = ka_xcalloc(1, sizeof *c);
	size_t len = strlen(key) + strlen(name) + 2;

	c->key = ka_xstrdup(key);
	c->case_name = ka_xstrdup(name);
	c->name = ka_xcalloc(len, 1);
	snprintf(c->name, len, "%s/%s", key, name);
	KA_GROW(cases->test, cases->n, cases->cap);
	cases->test[cases->n++] = (struct CMUnitTest){
		.name = c->name, .test_func = the_check_says_what_is_expected, .initial_state = c
	};
	return 0;
}

int
main(void)
{
	struct cases cases = { .n = 0 };
	int rc;

	fixture_each(add_case, &cases);
	if (!cases.n) {
		print_error("no cases below " FIXTURES "\n");
		return 1;
	}
	rc = _cmocka_run_group_tests("engine/fixtures", cases.test, cases.n, NULL, NULL);
	for (size_t i = 0; i < cases.n; i++) {
		struct fixture_case *c = cases.test[i].initial_state;

		free(c->name);
		free(c->key);
		free(c->case_name);
		free(c);
	}
	free(cases.test);
	return rc;
}
