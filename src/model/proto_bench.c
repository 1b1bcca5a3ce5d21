/* What a page of a list costs, as JSON (FILE.json) and as protobuf (FILE.pb): milliseconds of
 * processor time onto the tape, and into a graph; the best of several rounds.  The pages are those of
 * an API server: curl -H 'Accept: application/vnd.kubernetes.protobuf' .../api/v1/pods?limit=500 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/build.h"
#include "model/graph.h"
#include "model/proto.h"
#include "util/alloc.h"
#include "util/banned.h"
#include "util/read_testing.h"
#include "util/str.h"

struct page {
	const char *path;
	char *s;
	size_t len;
	bool proto;
};

struct count {
	struct ka_build *b; /* NULL: only onto the tape */
	uint64_t items, nodes;
};

static int
on_value(void *arg, struct ka_tape *t, const struct ka_node *root, const struct ka_list_head *head,
	 struct ka_err *err)
{
	struct ka_list_hint hint = { .api_version = head->api_version, .kind = head->kind };
	struct count *c = arg;

	(void)err;
	c->items++;
	c->nodes += t->n;
	if (c->b)
		ka_build_add(c->b, t, root, &hint, NULL);
	return 0;
}

static int
on_list(void *arg, const struct ka_list_head *head, uint32_t line, struct ka_err *err)
{
	(void)arg, (void)head, (void)line, (void)err;
	return 0;
}

static int
on_bad(void *arg, uint32_t line, const char *kind_hint, const struct ka_err *why)
{
	(void)arg, (void)kind_hint;
	fprintf(stderr, "line %" PRIu32 ": %s\n", line, why->msg);
	return -1;
}

static double
milliseconds(const struct page *p, struct count *c)
{
	struct ka_sink sink = { .arg = c, .value = on_value, .list = on_list, .bad = on_bad };
	struct text_in text = { .s = p->s, .len = p->len, .piece = SIZE_MAX };
	struct ka_in in = { .read = text_read, .arg = &text };
	struct timespec a, b;
	struct ka_err err;
	int rc;

	c->items = c->nodes = 0;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &a);
	rc = p->proto ? ka_proto_read(p->s, p->len, NULL, ka_proto_schema, &sink, &err)
		      : ka_json_read(&in, NULL, &sink, &err);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &b);
	if (rc < 0) {
		fprintf(stderr, "%s: %s\n", p->path, err.msg);
		exit(1);
	}
	return (double)(b.tv_sec - a.tv_sec) * 1e3 + (double)(b.tv_nsec - a.tv_nsec) / 1e6;
}

static void
measure(const struct page *p)
{
	double tape = 1e9, graph = 1e9, ms;
	struct count c;

	for (int round = 0; round < 15; round++) {
		c = (struct count){ 0 };
		ms = milliseconds(p, &c);
		if (ms < tape)
			tape = ms;
		c.b = ka_build_new();
		ka_build_file(c.b, p->path);
		ms = milliseconds(p, &c);
		if (ms < graph)
			graph = ms;
		ka_build_free(c.b);
	}
	printf("%-8s %zu bytes, %" PRIu64 " items, %" PRIu64 " nodes: %.2f ms onto the tape, %.2f ms into a graph\n",
	       p->proto ? "protobuf" : "json", p->len, c.items, c.nodes, tape, graph);
}

int
main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		size_t cap = 64 << 20;
		struct page p = { .path = argv[i], .s = ka_xmalloc(cap), .proto = ka_str_has_suffix(argv[i], ".pb") };
		FILE *f = fopen(argv[i], "rb");

		if (!f) {
			perror(argv[i]);
			return 1;
		}
		p.len = fread(p.s, 1, cap, f);
		fclose(f);
		measure(&p);
		free(p.s);
	}
	return 0;
}
