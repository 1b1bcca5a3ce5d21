/* What a real kube-apiserver let be written and impersonated, asked again here: testdata/rbac, made by
 * testdata/live/record_gifts.py, which says how the rows read. */
#include <kassay/escalate.h>
#include <kassay/impersonate.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "analysis/rbac_rules_testing.h"
#include "analysis/rbac_testing.h"
#include "util/banned.h"

enum { MAX_FIELDS = 12, MAX_LIST = 16 };

static char *
file_text(const char *path)
{
	FILE *f = fopen(path, "r");
	size_t size = 1 << 20, len;
	char *s = ka_xmalloc(size);

	assert_non_null(f);
	len = fread(s, 1, size - 1, f);
	assert_true(feof(f));
	s[len] = '\0';
	fclose(f);
	return s;
}

/* "-" is an empty list. */
static struct ka_strs
list_of(char *text, const char *word[MAX_LIST])
{
	struct ka_strs list = { 0, word };
	char *at = strcmp(text, "-") ? text : NULL, *one;

	while ((one = rules_piece(&at, ','))) {
		assert_true(list.n < MAX_LIST);
		word[list.n++] = strcmp(one, "''") ? one : "";
	}
	return list;
}

static const char *
or_null(const char *field)
{
	return strcmp(field, "-") ? field : NULL;
}

static bool
role_written(const struct ka_rbac *rbac, const struct ka_who *who, char *const *f)
{
	struct rules *rules = rules_of(or_null(f[3]) ? f[3] : "");
	const struct ka_role role = {
		.obj = { .kind = or_null(f[1]) ? KA_ROLE : KA_CLUSTERROLE,
			 .namespace = or_null(f[1]),
			 .name = f[2] },
		.nrules = rules->n,
		.rule = rules->rule,
		.naggregate = !strcmp(f[4], "yes"),
	};
	struct ka_may_write may;
	bool yes;

	ka_rbac_may_write_role(rbac, who, f[0], &role, NULL, &may);
	yes = ka_write_allowed(may.how);
	ka_may_write_release(&may);
	rules_free(rules);
	return yes;
}

static bool
binding_written(const struct ka_rbac *rbac, const struct ka_who *who, char *const *f)
{
	const struct ka_binding binding = {
		.obj = { .kind = or_null(f[0]) ? KA_ROLEBINDING : KA_CLUSTERROLEBINDING,
			 .namespace = or_null(f[0]),
			 .name = "new" },
		.role_group = "rbac.authorization.k8s.io",
		.role_kind = f[1],
		.role_name = f[2],
	};
	struct ka_may_write may;
	bool yes;

	ka_rbac_may_write_binding(rbac, who, "create", &binding, &may);
	yes = ka_write_allowed(may.how);
	ka_may_write_release(&may);
	return yes;
}

/* The groups as one text, "no" when it is refused; free() it. */
static char *
impersonated(const struct ka_rbac *rbac, const struct ka_who *who, char *const *f, bool any_groups)
{
	static const struct ka_request req = { .verb = "create", .group = "authentication.k8s.io",
					       .resource = "selfsubjectreviews" };
	const struct ka_impersonator caller = { .who = *who };
	const char *groups[MAX_LIST], *values[MAX_LIST];
	const struct ka_extra extra = { f[3], list_of(f[4], values) };
	const struct ka_impersonated wanted = {
		.user = f[0],
		.uid = or_null(f[1]),
		.groups = list_of(f[2], groups),
		.nextras = or_null(f[3]) ? 1 : 0,
		.extra = &extra,
	};
	struct ka_impersonation i;
	struct ka_buf b;

	ka_buf_init(&b, 4096);
	ka_rbac_impersonate(rbac, &caller, &wanted, &req, &i);
	if (!i.allowed)
		ka_buf_fmt(&b, NULL, "no");
	else if (any_groups)
		ka_buf_fmt(&b, NULL, "*");
	for (size_t k = 0; i.allowed && !any_groups && k < i.groups.n; k++)
		ka_buf_fmt(&b, NULL, "%s%s", k ? "," : "", i.groups.v[k]);
	ka_impersonation_release(&i);
	return b.s;
}

/* False when the row is answered otherwise. */
static bool
agrees(const struct ka_rbac *rbac, char *row)
{
	char *f[MAX_FIELDS], *at = row, *now;
	const char *groups[MAX_LIST];
	struct ka_who who;
	size_t n = 0;
	bool same;

	while (at && n < MAX_FIELDS)
		f[n++] = rules_piece(&at, '\t');
	assert_true(n > 5);
	who = user(f[1]);
	who.as_given = true;
	who.groups = list_of(f[2], groups);
	if (!strcmp(f[0], "role"))
		return role_written(rbac, &who, f + 3) == !strcmp(f[n - 1], "yes");
	if (!strcmp(f[0], "binding"))
		return binding_written(rbac, &who, f + 3) == !strcmp(f[n - 1], "yes");
	assert_string_equal(f[0], "impersonate");
	now = impersonated(rbac, &who, f + 3, !strcmp(f[n - 1], "*"));
	same = !strcmp(now, f[n - 1]);
	free(now);
	return same;
}

static void
a_real_server_answers_the_same(void **state)
{
	char *world_text = file_text("testdata/rbac/world.jsonl");
	char *rows = file_text("testdata/rbac/answers.tsv"), *at = rows, *row;
	struct world w = world(world_text);
	size_t n = 0;

	(void)state;
	while ((row = rules_piece(&at, '\n'))) {
		char *copy;

		if (!*row || *row == '#')
			continue;
		copy = ka_xstrdup(row);
		if (!agrees(w.rbac, copy))
			fail_msg("otherwise than by the server: %s", row);
		free(copy);
		n++;
	}
	assert_true(n >= 1000);
	end(&w);
	free(rows);
	free(world_text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_real_server_answers_the_same),
	};

	return cmocka_run_group_tests_name("rbac_recorded", tests, NULL, NULL);
}
