/* Fuzz target: any answers to discovery, separated by NUL bytes, given in turn to whatever is asked.  What is served is
 * in order, and there is an end. */
#include <string.h>

#include "model/graph.h"
#include "source/discovery.h"
#include "util/alloc.h"
#include "util/fuzz_testing.h"
#include "util/json_scan.h"

#include "util/banned.h"

#define MAX_ASKED 64

struct ka_api {
	const char *next, *end;
	struct ka_api_request asked[MAX_ASKED];
	size_t n, answered;
};

void
ka_api_get(struct ka_api *api, const struct ka_api_request *request)
{
	must(request->path[0] == '/' && request->done, "a request to nowhere");
	if (api->n < MAX_ASKED)
		api->asked[api->n++] = *request;
}

int
ka_api_run(struct ka_api *api, struct ka_err *err)
{
	(void)err;
	while (api->answered < api->n) {
		const struct ka_api_request *r = &api->asked[api->answered++];
		const char *stop = memchr(api->next, '\0', (size_t)(api->end - api->next));
		struct ka_api_answer answer = { .result = KA_API_OK, .content_type = "application/json" };

		if (!stop)
			stop = api->end;
		answer.len = (size_t)(stop - api->next);
		answer.body = ka_xcalloc(answer.len + KA_JSON_PAD, 1);
		memcpy(answer.body, api->next, answer.len);
		api->next = stop < api->end ? stop + 1 : stop;
		r->done(r->arg, &answer);
		free(answer.body);
	}
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ka_api *api = ka_xcalloc(1, sizeof *api);
	struct ka_build *b = ka_build_new();
	struct ka_discovery found;
	struct ka_err err = { KA_OK, "" };
	struct ka_graph *g;

	api->next = (const char *)data;
	api->end = api->next + size;
	ka_build_file(b, "fuzz");
	if (size && ka_discover(api, b, &found, &err) != 0)
		must(err.msg[0] != '\0', "refused without a reason");
	g = ka_build_finish(b);
	for (size_t i = 1; i < g->nserved; i++)
		must(strcmp(g->served[i - 1].group, g->served[i].group) <= 0, "what is served is not in order");
	if (size)
		ka_discovery_release(&found);
	ka_graph_free(g);
	free(api);
	return 0;
}
