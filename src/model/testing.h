/* For tests: graphs from JSON text, in which ' stands for " to keep C readable. */
#ifndef KA_MODEL_TESTING_H
#define KA_MODEL_TESTING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "model/build.h"
#include "model/graph.h"
#include "util/alloc.h"
#include "util/read.h"
#include "util/read_testing.h"

/* The text with " for '; free() it. */
static inline char *
test_json(const char *quoted)
{
	char *text = ka_xstrdup(quoted);

	for (char *p = text; *p; p++)
		if (*p == '\'')
			*p = '"';
	return text;
}

/* Adds one object (or what claims to be one). */
static inline enum ka_added
test_add(struct ka_build *b, const char *quoted)
{
	struct ka_limits limits = KA_LIMITS_DEFAULT;
	char *text = test_json(quoted);
	struct ka_tape tape;
	struct ka_err err;
	enum ka_added added = KA_NOT_OBJECT;

	ka_tape_init(&tape);
	if (ka_json_parse(&tape, text, strlen(text), &limits, &err) != 0)
		fail_msg("%s: %s", quoted, err.msg);
	added = ka_build_add(b, &tape, tape.node, NULL, NULL);
	ka_tape_release(&tape);
	free(text);
	return added;
}

/* A finished graph of these objects; the list ends with NULL. */
static inline struct ka_graph *
test_graph(const char *const *quoted)
{
	struct ka_build *b = ka_build_new();

	ka_build_file(b, "test");
	for (; *quoted; quoted++)
		test_add(b, *quoted);
	return ka_build_finish(b);
}

static inline int
test_value(void *arg, struct ka_tape *tape, const struct ka_node *root,
	   const struct ka_list_head *head, struct ka_err *err)
{
	(void)head;
	(void)err;
	ka_build_add(arg, tape, root, NULL, NULL);
	return 0;
}

static inline int
test_list(void *arg, const struct ka_list_head *head, uint32_t line, struct ka_err *err)
{
	(void)line;
	(void)err;
	ka_build_listed(arg, head->api_version, head->kind, head->resource_version, false);
	return 0;
}

static inline int
test_bad(void *arg, uint32_t line, const char *kind_hint, const struct ka_err *why)
{
	(void)arg;
	(void)line;
	(void)kind_hint;
	fail_msg("the world of this test is no JSON: %s", why->msg);
	return -1;
}

/* A finished graph of a whole text: objects one after another, Lists among them. */
static inline struct ka_graph *
test_world(const char *quoted)
{
	const struct ka_limits limits = KA_LIMITS_DEFAULT;
	char *json = test_json(quoted);
	struct text_in text = { .s = json, .len = strlen(json), .piece = SIZE_MAX };
	const struct ka_in in = { .read = text_read, .arg = &text };
	struct ka_build *b = ka_build_new();
	const struct ka_sink sink = {
		.arg = b,
		.value = test_value,
		.list = test_list,
		.bad = test_bad,
	};
	struct ka_err err;

	ka_build_file(b, "world");
	assert_int_equal(ka_json_read(&in, &limits, &sink, &err), 0);
	free(json);
	return ka_build_finish(b);
}

#endif
