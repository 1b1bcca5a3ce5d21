/* Answers that a real API server gave to SubjectAccessReviews about its own RBAC objects, asked
 * again. */
#include <kassay/rbac.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "analysis/rbac_testing.h"
#include "util/bytes.h"
#include "util/banned.h"

enum { GROUPS_AT_MOST = 16 };

struct replay {
	struct ka_rbac *rbac;
	size_t asked, wrong;
};

static void
read_file(const char *name, const struct ka_sink *sink)
{
	const struct ka_limits limits = KA_LIMITS_DEFAULT;
	const char *corpus = getenv("KASSAY_CORPUS");
	struct ka_bytes *bytes;
	struct ka_in in;
	struct ka_err err;
	char path[4096];

	snprintf(path, sizeof path, "%s/audit/recorded-1.21/%s", corpus ? corpus : "", name);
	bytes = ka_bytes_open(path, NULL, &err);
	if (!bytes)
		fail_msg("%s", err.msg);
	in = ka_bytes_in(bytes);
	if (ka_json_read(&in, &limits, sink, &err))
		fail_msg("%s: %s", path, err.msg);
	ka_bytes_close(bytes);
}

/* A copy of a member's text, or NULL. */
static char *
member(struct ka_tape *tape, const struct ka_node *obj, const char *key)
{
	const struct ka_node *node = ka_tape_get(tape, obj, key);
	size_t len;
	const char *text;
	char *copy;

	if (!node || node->type != KA_STRING)
		return NULL;
	text = ka_tape_text(tape, node, &len);
	copy = ka_xmalloc(len + 1);
	memcpy(copy, text, len);
	copy[len] = '\0';
	return copy;
}

static size_t
read_groups(struct ka_tape *tape, const struct ka_node *spec, const char **group)
{
	const struct ka_node *list = ka_tape_get(tape, spec, "groups"), *e = list + 1;
	size_t n = 0, len;

	for (; list && n < list->len && n < GROUPS_AT_MOST; n++, e++) {
		const char *text = ka_tape_text(tape, e, &len);
		char *copy = ka_xmalloc(len + 1);

		memcpy(copy, text, len);
		copy[len] = '\0';
		group[n] = copy;
	}
	return n;
}

/* Takes what was copied for one review back. */
static void
forget(const char *const *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		union {
			const char *ours;
			void *to_free;

		} u = { s[i] };

		free(u.to_free);
	}
}

static int
ask(void *arg, struct ka_tape *tape, const struct ka_node *root, const struct ka_list_head *head,
    struct ka_err *err)
{
	struct replay *r = arg;
	const struct ka_node *spec = ka_tape_get(tape, root, "spec");
	const struct ka_node *res = ka_tape_get(tape, spec, "resourceAttributes");
	const struct ka_node *url = ka_tape_get(tape, spec, "nonResourceAttributes");
	const struct ka_node *answer = ka_tape_get(tape, root, "allowed");
	const char *group[GROUPS_AT_MOST];
	size_t ngroups = read_groups(tape, spec, group);
	struct ka_request req = {
		.verb = member(tape, res ? res : url, "verb"),
		.group = member(tape, res, "group"),
		.resource = member(tape, res, "resource"),
		.subresource = member(tape, res, "subresource"),
		.namespace = member(tape, res, "namespace"),
		.name = member(tape, res, "name"),
		.url = member(tape, url, "path"),
	};
	struct ka_who who = {
		.subject = { .kind = KA_SUBJECT_USER, .name = member(tape, spec, "user") },
		.groups = { ngroups, group },
		.as_given = true,
	};

	(void)head;
	(void)err;
	r->asked++;
	if (ka_rbac_allows(r->rbac, &who, &req, NULL, NULL) != (answer->type == KA_TRUE)) {
		print_error("%s: %s %s %s/%s in %s named %s: the server says %d\n", who.subject.name,
			    req.verb, req.url ? req.url : req.group, req.resource, req.subresource,
			    req.namespace, req.name, answer->type == KA_TRUE);
		r->wrong++;
	}
	forget((const char *const[]){ req.verb, req.group, req.resource, req.subresource, req.namespace,
				      req.name, req.url, who.subject.name },
	       8);
	forget(group, ngroups);
	return 0;
}

static void
every_review_gets_the_servers_answer(void **state)
{
	struct ka_build *b = ka_build_new();
	const struct ka_sink objects = { b, test_value, test_list, test_bad };
	struct replay r = { 0 };
	const struct ka_sink reviews = { &r, ask, test_list, test_bad };
	struct ka_graph *g;

	(void)state;
	ka_build_file(b, "objects.json");
	read_file("objects.json", &objects);
	g = ka_build_finish(b);
	r.rbac = ka_rbac_new(g);
	read_file("reviews.jsonl.gz", &reviews);
	ka_rbac_free(r.rbac);
	ka_graph_free(g);
	assert_int_equal(r.asked, 4000);
	assert_int_equal(r.wrong, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_review_gets_the_servers_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
