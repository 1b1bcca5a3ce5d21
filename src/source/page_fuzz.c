/* Fuzz target: any bytes as the answer to a list, in either form; the first byte says of what.  Taken in or not, the
 * graph can be finished, and an answer that is refused says why. */
#include <string.h>

#include "model/graph.h"
#include "source/page.h"
#include "util/alloc.h"
#include "util/fuzz_testing.h"
#include "util/json_scan.h"

#include "util/banned.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct ka_ask pods = { .kind = KA_POD, .group = "" };
	static const struct ka_ask secrets = { .kind = KA_SECRET, .group = "", .secret_type = KA_SECRET_OTHER };
	static const struct ka_ask spaces = { .kind = KA_NAMESPACE, .group = "" };
	static const struct ka_ask custom = { .kind = KA_OTHER, .group = "cilium.io" };
	static const struct ka_task tasks[] = {
		{ .ask = &pods, .api_version = "v1", .kind_name = "Pod" },
		{ .ask = &secrets, .api_version = "v1", .kind_name = "Secret" },
		{ .ask = &spaces, .api_version = "v1", .kind_name = "Namespace", .single = true },
		{ .ask = &custom, .api_version = "cilium.io/v2", .kind_name = "CiliumNetworkPolicy" },
	};
	const struct ka_limits limits = { .depth = 64, .value = 1 << 20, .nodes = 1 << 16 };
	struct ka_page page = { .b = ka_build_new(), .limits = &limits };
	struct ka_api_answer answer = { .result = KA_API_OK };
	struct ka_err err = { KA_OK, "" };

	if (size) {
		page.task = &tasks[data[0] & 3];
		answer.content_type = data[0] & 4 ? "application/vnd.kubernetes.protobuf" : "application/json";
		answer.len = size - 1;
		answer.body = ka_xcalloc(size + KA_JSON_PAD, 1);
		memcpy(answer.body, data + 1, size - 1);
		ka_build_file(page.b, "fuzz");
		if (ka_page_take(&page, &answer, &err) != 0)
			must(err.msg[0] != '\0', "refused without a reason");
		must(page.remaining >= -1, "fewer than none remain");
		free(answer.body);
	}
	ka_graph_free(ka_build_finish(page.b));
	return 0;
}
