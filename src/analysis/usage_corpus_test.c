/* What a real API server's audit log tells of use, against what its clients are known to have done. */
#include <kassay/usage.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "source/auditlog.h"
#include "util/alloc.h"
#include "util/bytes.h"
#include "util/str.h"
#include "util/banned.h"

static const char *
corpus(const char *name, char buf[4096])
{
	const char *folder = getenv("KASSAY_CORPUS");

	snprintf(buf, 4096, "%s/audit/recorded-1.21/%s", folder ? folder : "", name);
	return buf;
}

static struct ka_usage *
read_log(void)
{
	const struct ka_auditlog_opts opts = KA_AUDITLOG_OPTS_DEFAULT;
	struct ka_usage *u = ka_usage_new();
	struct ka_auditlog log;
	struct ka_err err;
	char buf[4096];
	const char *path = corpus("audit.log.gz", buf);

	if (ka_auditlog_read(&(struct ka_strs){ 1, &path }, &opts, ka_usage_event, u, &log, &err))
		fail_msg("%s", err.msg);
	assert_int_equal(log.n.events + log.n.received, 1844);
	assert_int_equal(log.nproblems, 0);
	ka_auditlog_release(&log);
	ka_usage_end(u);
	return u;
}

/* Copied text of a member; "" when it is absent. */
static void
member(struct ka_tape *t, const struct ka_node *obj, const char *key, char buf[512])
{
	const struct ka_node *node = ka_tape_get(t, obj, key);
	size_t len = 0;
	const char *s = node && node->type == KA_STRING ? ka_tape_text(t, node, &len) : "";

	snprintf(buf, 512, "%.*s", (int)len, s);
}

struct row {
	char verb[512], group[512], resource[512], namespace[512], name[512];
	int64_t count;
};

static void
read_row(struct ka_tape *t, const struct ka_node *obj, struct row *ret)
{
	member(t, obj, "verb", ret->verb);
	member(t, obj, "apiGroup", ret->group);
	member(t, obj, "resource", ret->resource);
	member(t, obj, "namespace", ret->namespace);
	member(t, obj, "name", ret->name);
	assert_true(ka_tape_int(t, ka_tape_get(t, obj, "count"), &ret->count));
	/* what the object was called that was created, no authorizer was asked */
	if (!strcmp(ret->verb, "create") && !strchr(ret->resource, '/'))
		ret->name[0] = '\0';
}

static bool
is_row(const struct ka_request *r, const struct row *row)
{
	char resource[512];

	if (strcmp(r->verb, row->verb) != 0)
		return false;
	if (!r->resource)
		return !strcmp(r->url, row->resource);
	snprintf(resource, sizeof resource, "%s%s%s", r->resource, r->subresource ? "/" : "",
		 r->subresource ? r->subresource : "");
	return !strcmp(resource, row->resource) && !strcmp(r->group, row->group) &&
	       !strcmp(r->namespace ? r->namespace : "", row->namespace) && !strcmp(r->name ? r->name : "", row->name);
}

/* Every expected row is there; what was counted is summed up, since created objects share a row. */
static void
check_user(struct ka_tape *t, const struct ka_node *rows, const struct ka_user *user, bool allowed, uint64_t *total)
{
	uint64_t expected = 0, counted = 0;

	for (const struct ka_node *e = ka_tape_first(t, rows); e; e = ka_tape_after(t, rows, e)) {
		struct row row;
		bool found = false;

		read_row(t, e, &row);
		expected += (uint64_t)row.count;
		for (size_t i = 0; i < user->n && !found; i++)
			found = is_row(&user->used[i].req, &row) &&
				(allowed ? user->used[i].allowed : user->used[i].denied) >= (uint64_t)row.count;
		if (!found)
			fail_msg("%s: %s %s %s/%s is not there", user->subject.name, row.verb, row.resource,
				 row.namespace, row.name);
	}
	for (size_t i = 0; i < user->n; i++)
		if (!user->used[i].derived)
			counted += allowed ? user->used[i].allowed : user->used[i].denied;
	assert_int_equal(counted, expected);
	*total += counted;
}

struct check {
	struct ka_usage *u;
	uint64_t allowed, denied;
};

static int
check(void *arg, struct ka_tape *t, const struct ka_node *root, const struct ka_list_head *head, struct ka_err *err)
{
	static const char *const keys[] = { "denied", "allowed" };
	struct check *c = arg;

	(void)head;
	(void)err;
	for (int allowed = 0; allowed < 2; allowed++) {
		const struct ka_node *users = ka_tape_get(t, root, keys[allowed]);

		for (const struct ka_node *k = ka_tape_first(t, users); k; k = ka_tape_after(t, users, k)) {
			struct ka_subject s = { .kind = KA_SUBJECT_SERVICEACCOUNT };
			const struct ka_user *user;
			char name[512];
			const char *colon;
			size_t len;
			const char *text = ka_tape_text(t, k, &len);

			snprintf(name, sizeof name, "%.*s", (int)len, text);
			s.namespace = name + strlen("system:serviceaccount:");
			colon = strchr(s.namespace, ':');
			assert_non_null(colon);
			s.name = colon + 1;
			name[colon - name] = '\0';
			user = ka_usage_user(c->u, &s);
			assert_non_null(user);
			check_user(t, ka_tape_value(t, k), user, allowed, allowed ? &c->allowed : &c->denied);
		}
	}
	return 0;
}

static void
the_log_tells_what_was_done(void **state)
{
	const struct ka_limits limits = KA_LIMITS_DEFAULT;
	struct check c = { .u = read_log() };
	const struct ka_sink sink = { .arg = &c, .value = check };
	struct ka_bytes *bytes;
	struct ka_in in;
	struct ka_err err;
	char buf[4096];

	(void)state;
	bytes = ka_bytes_open(corpus("expected.json", buf), NULL, &err);
	assert_non_null(bytes);
	in = ka_bytes_in(bytes);
	assert_int_equal(ka_json_read(&in, &limits, &sink, &err), 0);
	ka_bytes_close(bytes);
	assert_int_equal(c.allowed, 155);
	assert_int_equal(c.denied, 10);
	printf("%llu allowed and %llu denied requests as expected\n", (unsigned long long)c.allowed,
	       (unsigned long long)c.denied);
	ka_usage_free(c.u);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(the_log_tells_what_was_done) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
