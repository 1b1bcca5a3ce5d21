#include "cli/opts_table.h"

#include <stdlib.h>
#include <string.h>

#include "util/str.h"

#include "util/banned.h"

/* ---- values ------------------------------------------------------------------------------- */

/* "64M" and the like: bytes, with an optional K, M or G. */
static bool
parse_size(const char *s, uint64_t *ret)
{
	static const char units[] = "KMG";
	size_t len = strlen(s);
	unsigned shift = 0;
	const char *unit;
	char digits[24];

	if (!len || len >= sizeof digits)
		return false;
	memcpy(digits, s, len + 1);
	unit = strchr(units, digits[len - 1]);
	if (unit) {
		shift = 10 * (unsigned)(unit - units + 1);
		digits[len - 1] = '\0';
	}
	if (!ka_str_to_u64(digits, ret) || *ret == 0 || *ret > (UINT64_MAX >> shift))
		return false;
	*ret <<= shift;
	return true;
}

static int
set_max_input(struct ka_cli *cli, const char *value)
{
	return parse_size(value, &cli->input.max_input) ? 0 : -1;
}

static int
set_max_object(struct ka_cli *cli, const char *value)
{
	uint64_t n;

	/* Offsets on a tape are 32 bits wide. */
	if (!parse_size(value, &n) || n > (1u << 31))
		return -1;
	cli->input.limits.value = (size_t)n;
	/* A node takes two bytes at least, and four in what people write. */
	if (n / 4 > cli->input.limits.nodes)
		cli->input.limits.nodes = (uint32_t)(n / 4);
	return 0;
}

static int
set_u32(const char *value, uint32_t *ret)
{
	uint64_t n;

	if (!ka_str_to_u64(value, &n) || n == 0 || n > UINT32_MAX)
		return -1;
	*ret = (uint32_t)n;
	return 0;
}

static int
set_max_ratio(struct ka_cli *cli, const char *value)
{
	return set_u32(value, &cli->input.max_ratio);
}

static int
set_max_depth(struct ka_cli *cli, const char *value)
{
	uint32_t n;

	/* Decoders recurse over what the reader lets through. */
	if (set_u32(value, &n) || n > 10000)
		return -1;
	cli->input.limits.depth = n;
	return 0;
}

static int
set_fail_on(struct ka_cli *cli, const char *value)
{
	cli->fail_on = ka_severity_find(value);
	return cli->fail_on != KA_SEV_DEFAULT || strcmp(value, "never") == 0 ? 0 : -1;
}

static int
set_min_coverage(struct ka_cli *cli, const char *value)
{
	char *end;
	double percent = strtod(value, &end);

	if (end == value || (*end && strcmp(end, "%") != 0) || !(percent >= 0 && percent <= 100))
		return -1;
	cli->min_coverage = percent / 100;
	return 0;
}

static int
set_junit_by(struct ka_cli *cli, const char *value)
{
	cli->junit_by_object = strcmp(value, "object") == 0;
	return cli->junit_by_object || strcmp(value, "check") == 0 ? 0 : -1;
}

static int
set_up_to(const char *value, unsigned max, unsigned *ret)
{
	uint32_t n;

	if (set_u32(value, &n) || n > max)
		return -1;
	*ret = n;
	return 0;
}

static int
set_parallel(struct ka_cli *cli, const char *value)
{
	return set_up_to(value, 100, &cli->cluster.parallel);
}

static int
set_page_size(struct ka_cli *cli, const char *value)
{
	return set_up_to(value, 100000, &cli->cluster.page_size);
}

static int
set_request_timeout(struct ka_cli *cli, const char *value)
{
	return set_up_to(value, 86400, &cli->cluster.stall_seconds);
}

static int
set_deadline(struct ka_cli *cli, const char *value)
{
	return set_up_to(value, 86400, &cli->cluster.deadline_seconds);
}

/* Names, with commas between them. */
static int
set_generalize(struct ka_cli *cli, const char *value)
{
	for (;;) {
		size_t len = strcspn(value, ",");
		unsigned bit = ka_generalize_find(value, len);

		if (!bit)
			return -1;
		cli->rightsize.generalize |= bit;
		if (!value[len])
			return 0;
		value += len + 1;
	}
}

static int
set_min_window(struct ka_cli *cli, const char *value)
{
	char *end;
	double days = strtod(value, &end);

	if (end == value || *end || !(days >= 0 && days <= 36500))
		return -1;
	cli->rightsize.min_window = days;
	return 0;
}

static int
set_wire(struct ka_cli *cli, const char *value)
{
	cli->cluster.json = strcmp(value, "json") == 0;
	return cli->cluster.json || strcmp(value, "protobuf") == 0 ? 0 : -1;
}

/* ---- the table ---------------------------------------------------------------------------- */

/* clang-format off */
const char *const ka_opt_titles[KA_OPT_NGROUPS] = {
	[KA_OPT_SOURCE] = "Source",
	[KA_OPT_CLUSTER] = "The live cluster, which is the source when no other is given",
	[KA_OPT_QUESTION] = "The question",
	[KA_OPT_JUDGING] = "Judging",
	[KA_OPT_OUTPUT] = "Output",
	[KA_OPT_LIMITS] = "Limits on input",
	[KA_OPT_OTHER] = "Other",
};
/* clang-format on */

#define ASKS	       (KA_CMD_CAN | KA_CMD_WHO_CAN)
#define COLLECTS       (KA_CMD_AUDIT | KA_CMD_SNAPSHOT)
#define READS	       (COLLECTS | ASKS | KA_CMD_RIGHTSIZE)
#define BOOL(member)   .to = TO_BOOL, .offset = offsetof(struct ka_cli, member)
#define STRING(member) .to = TO_STRING, .offset = offsetof(struct ka_cli, member)
#define WORDS(member)  .to = TO_WORDS, .offset = offsetof(struct ka_cli, member)
#define FUNCTION(fn)   .to = TO_FUNCTION, .set = fn

/* clang-format off */
const struct ka_opt ka_opts[] = {
	{ "file", "f", "PATH", "a file, a folder, or - for standard input;\n"
	  "repeatable",
	  KA_OPT_SOURCE, READS, WORDS(files) },
	{ "node-facts", NULL, "PATH", "beside the source, what `kassay node` wrote: a file\n"
	  "or a folder; repeatable",
	  KA_OPT_SOURCE, COLLECTS, WORDS(node_facts) },
	{ "root", NULL, "DIR", "where the root of the node is mounted (/)",
	  KA_OPT_SOURCE, KA_CMD_NODE, STRING(root) },
	{ "node-name", NULL, "NAME", "what the cluster calls the node; else $NODE_NAME,\n"
	  "the kubelet's --hostname-override, or the host's name",
	  KA_OPT_SOURCE, KA_CMD_NODE, STRING(node_name) },
	{ "audit-log", NULL, "FILE", "what the API server wrote of requests: a file, a\n"
	  "folder, or -; repeatable",
	  KA_OPT_SOURCE, KA_CMD_AUDIT | KA_CMD_RIGHTSIZE, WORDS(audit_logs) },
	{ "demo", NULL, NULL, "read the small cluster inside kassay instead",
	  KA_OPT_SOURCE, READS, BOOL(demo) },
	{ "strict", NULL, NULL, "stop at the first document that cannot be read",
	  KA_OPT_SOURCE, READS, BOOL(input.strict) },

	{ "kubeconfig", NULL, "FILE", "instead of $KUBECONFIG, ~/.kube/config, or what a\n"
	  "pod is given",
	  KA_OPT_CLUSTER, READS, STRING(cluster.access.kubeconfig) },
	{ "context", NULL, "NAME", "of the kubeconfig",
	  KA_OPT_CLUSTER, READS, STRING(cluster.access.context) },
	{ "namespace", "n", "NAME", "read this namespace and what is in none; repeatable",
	  KA_OPT_CLUSTER, COLLECTS, WORDS(namespaces) },
	{ "as", NULL, "USER", "impersonate this user",
	  KA_OPT_CLUSTER, COLLECTS, STRING(cluster.access.as_user) },
	{ "as-group", NULL, "GROUP", "and this group; repeatable",
	  KA_OPT_CLUSTER, COLLECTS, WORDS(as_groups) },
	{ "as-uid", NULL, "UID", "and this uid",
	  KA_OPT_CLUSTER, COLLECTS, STRING(cluster.access.as_uid) },
	{ "dry-run", NULL, NULL, "print each request, which checks need it, and whether\n"
	  "it would be refused; read nothing",
	  KA_OPT_CLUSTER, COLLECTS, BOOL(dry_run) },
	{ "parallel", NULL, "N", "requests at a time (6)",
	  KA_OPT_CLUSTER, READS, FUNCTION(set_parallel) },
	{ "page-size", NULL, "N", "objects of one answer (500)",
	  KA_OPT_CLUSTER, READS, FUNCTION(set_page_size) },
	{ "request-timeout", NULL, "SECS", "ask again when an answer stands still so long\n"
	  "(30)",
	  KA_OPT_CLUSTER, READS, FUNCTION(set_request_timeout) },
	{ "deadline", NULL, "SECS", "of one request with all its tries (300)",
	  KA_OPT_CLUSTER, READS, FUNCTION(set_deadline) },
	{ "wire", NULL, "FORMAT", "protobuf (the default) or json",
	  KA_OPT_CLUSTER, READS, FUNCTION(set_wire) },

	{ "as", NULL, "SUBJECT", "whom it is about: User:NAME, Group:NAME,\n"
	  "ServiceAccount:NAMESPACE:NAME, or a user name",
	  KA_OPT_QUESTION, KA_CMD_CAN, STRING(subject) },
	{ "as-group", NULL, "GROUP", "who is in this group too; repeatable",
	  KA_OPT_QUESTION, KA_CMD_CAN, WORDS(as_groups) },
	{ "reviews", NULL, "FILE", "answer each SubjectAccessReview in this file, in a\n"
	  "line of JSON; - is standard input",
	  KA_OPT_QUESTION, KA_CMD_CAN, STRING(reviews) },
	{ "namespace", "n", "NAME", "what is asked for is in this namespace",
	  KA_OPT_QUESTION, ASKS, STRING(namespace) },

	{ "for", NULL, "SUBJECT", "whom, as with can --as; repeatable (all service\n"
	  "accounts)",
	  KA_OPT_QUESTION, KA_CMD_RIGHTSIZE, WORDS(subjects) },
	{ "generalize", NULL, "LIST", "give more than was used: informer, apply, names,\n"
	  "namespaces; with commas between",
	  KA_OPT_QUESTION, KA_CMD_RIGHTSIZE, FUNCTION(set_generalize) },
	{ "min-window", NULL, "DAYS", "advise nothing on a log of fewer days (30)",
	  KA_OPT_QUESTION, KA_CMD_RIGHTSIZE, FUNCTION(set_min_window) },

	{ "benchmark", NULL, "NAME", "what the checks of this benchmark need;\n"
	  "repeatable",
	  KA_OPT_JUDGING, KA_CMD_ROLE, WORDS(benchmarks) },
	{ "check", NULL, "GLOB", "what the checks that match need; repeatable",
	  KA_OPT_JUDGING, KA_CMD_ROLE, WORDS(checks) },
	{ "namespace", "n", "NAME", "a Role for this namespace instead; repeatable",
	  KA_OPT_JUDGING, KA_CMD_ROLE, WORDS(namespaces) },
	{ "benchmark", NULL, "NAME", "judge by this benchmark and its checks alone;\n"
	  "repeatable",
	  KA_OPT_JUDGING, KA_CMD_AUDIT, WORDS(benchmarks) },
	{ "check", NULL, "GLOB", "run only the checks that match; repeatable",
	  KA_OPT_JUDGING, KA_CMD_AUDIT, WORDS(checks) },
	{ "policy", NULL, "FILE", "waivers, parameters, severities, attestations",
	  KA_OPT_JUDGING, KA_CMD_AUDIT, STRING(policy) },
	{ "baseline", NULL, "FILE", "an earlier JSON report: findings that it has do\n"
	  "not count for --fail-on",
	  KA_OPT_JUDGING, KA_CMD_AUDIT, STRING(baseline) },
	{ "fail-on", NULL, "SEVERITY", "exit 1 for findings this severe: info, low,\n"
	  "medium, high (the default), critical or never",
	  KA_OPT_JUDGING, KA_CMD_AUDIT, FUNCTION(set_fail_on) },
	{ "min-coverage", NULL, "PERCENT", "exit 3 when less than this could be judged",
	  KA_OPT_JUDGING, KA_CMD_AUDIT, FUNCTION(set_min_coverage) },

	{ "output", "o", "FORMAT[=FILE]", "write the report in this format; repeatable\n"
	  "(terminal to standard output is the default)",
	  KA_OPT_OUTPUT, KA_CMD_AUDIT, WORDS(outputs) },
	{ "output", "o", "FILE", "the snapshot; .gz and .zst are compressed",
	  KA_OPT_OUTPUT, KA_CMD_SNAPSHOT, WORDS(outputs) },
	{ "output", "o", "FORMAT[=FILE]", "yaml, patch, rollback, json or text; repeatable",
	  KA_OPT_OUTPUT, KA_CMD_RIGHTSIZE, WORDS(outputs) },
	{ "output", "o", "json[=FILE]", "JSON instead of text",
	  KA_OPT_OUTPUT, KA_CMD_EXPLAIN | KA_CMD_LIST | ASKS, WORDS(outputs) },
	{ "junit-by", NULL, "WHAT", "a JUnit test case for every check (the default)\n"
	  "or object",
	  KA_OPT_OUTPUT, KA_CMD_AUDIT, FUNCTION(set_junit_by) },
	{ "quiet", "q", NULL, "no warnings",
	  KA_OPT_OUTPUT, READS, BOOL(quiet) },
	{ "no-color", NULL, NULL, "no colour on a terminal either",
	  KA_OPT_OUTPUT, KA_CMD_AUDIT, BOOL(no_color) },

	{ "max-input-size", NULL, "SIZE", "bytes of one input, decompressed; K, M or G may\n"
	  "follow",
	  KA_OPT_LIMITS, READS, FUNCTION(set_max_input) },
	{ "max-input-ratio", NULL, "N", "decompressed to compressed bytes",
	  KA_OPT_LIMITS, READS, FUNCTION(set_max_ratio) },
	{ "max-depth", NULL, "N", "nesting of lists and mappings",
	  KA_OPT_LIMITS, READS, FUNCTION(set_max_depth) },
	{ "max-object-size", NULL, "SIZE", "bytes of one object",
	  KA_OPT_LIMITS, READS, FUNCTION(set_max_object) },

	{ "help", "h", NULL, "print this", KA_OPT_OTHER, KA_CMD_ALL, BOOL(help) },
	{ "version", NULL, NULL, "print the version", KA_OPT_OTHER, KA_CMD_ALL, BOOL(version) },
	{ .name = NULL },
};
/* clang-format on */
