/* For tests: a graph from JSON text, in which ' stands for " to keep C readable. */
#ifndef KA_MODEL_TESTING_H
#define KA_MODEL_TESTING_H

#include <stdlib.h>
#include <string.h>

#include "model/build.h"
#include "model/graph.h"
#include "util/read.h"
#include "util/alloc.h"

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
		abort();
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

#endif
