#include "cli/opts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"
#include "util/nearest.h"
#include "util/str.h"

#include "util/banned.h"

/* ---- values ------------------------------------------------------------------------------- */

static void
add_word(struct ka_words *w, const char *s)
{
	KA_GROW(w->v, w->n, w->cap);
	w->v[w->n++] = s;
}

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

/* ---- the table ---------------------------------------------------------------------------- */

enum group { SOURCE, JUDGING, OUTPUT, LIMITS, OTHER, NGROUPS };

/* clang-format off */
static const char *const group_title[NGROUPS] = {
	[SOURCE] = "Source",
	[JUDGING] = "Judging",
	[OUTPUT] = "Output",
	[LIMITS] = "Limits on input",
	[OTHER] = "Other",
};
/* clang-format on */

struct option {
	const char *name;
	const char *letter; /* NULL: none */
	const char *arg;    /* NULL: a switch */
	const char *help;
	enum group group;
	unsigned commands;
	/* Where the value goes, one of: a bool, a string, a list of strings in struct ka_cli; or a
	 * function, which returns -1 for a value that is not what `arg` asks for. */
	enum { TO_BOOL, TO_STRING, TO_WORDS, TO_FUNCTION } to;
	size_t offset;
	int (*set)(struct ka_cli *cli, const char *value);
};

#define READS	       (KA_CMD_AUDIT | KA_CMD_SNAPSHOT)
#define BOOL(member)   .to = TO_BOOL, .offset = offsetof(struct ka_cli, member)
#define STRING(member) .to = TO_STRING, .offset = offsetof(struct ka_cli, member)
#define WORDS(member)  .to = TO_WORDS, .offset = offsetof(struct ka_cli, member)
#define FUNCTION(fn)   .to = TO_FUNCTION, .set = fn

/* clang-format off */
static const struct option options[] = {
	{ "file", "f", "PATH", "a file, a folder, or - for standard input;\n"
	  "repeatable",
	  SOURCE, READS, WORDS(files) },
	{ "demo", NULL, NULL, "read the small cluster inside kassay instead",
	  SOURCE, READS, BOOL(demo) },
	{ "strict", NULL, NULL, "stop at the first document that cannot be read",
	  SOURCE, READS, BOOL(input.strict) },

	{ "benchmark", NULL, "NAME", "judge by this benchmark and its checks alone;\n"
	  "repeatable",
	  JUDGING, KA_CMD_AUDIT, WORDS(benchmarks) },
	{ "check", NULL, "GLOB", "run only the checks that match; repeatable",
	  JUDGING, KA_CMD_AUDIT, WORDS(checks) },
	{ "policy", NULL, "FILE", "waivers, parameters, severities, attestations",
	  JUDGING, KA_CMD_AUDIT, STRING(policy) },
	{ "baseline", NULL, "FILE", "an earlier JSON report: findings that it has do\n"
	  "not count for --fail-on",
	  JUDGING, KA_CMD_AUDIT, STRING(baseline) },
	{ "fail-on", NULL, "SEVERITY", "exit 1 for findings this severe: info, low,\n"
	  "medium, high (the default), critical or never",
	  JUDGING, KA_CMD_AUDIT, FUNCTION(set_fail_on) },
	{ "min-coverage", NULL, "PERCENT", "exit 3 when less than this could be judged",
	  JUDGING, KA_CMD_AUDIT, FUNCTION(set_min_coverage) },

	{ "output", "o", "FORMAT[=FILE]", "write the report in this format; repeatable\n"
	  "(terminal to standard output is the default)",
	  OUTPUT, KA_CMD_AUDIT, WORDS(outputs) },
	{ "output", "o", "FILE", "the snapshot; .gz and .zst are compressed",
	  OUTPUT, KA_CMD_SNAPSHOT, WORDS(outputs) },
	{ "output", "o", "json[=FILE]", "JSON instead of text",
	  OUTPUT, KA_CMD_EXPLAIN | KA_CMD_LIST, WORDS(outputs) },
	{ "junit-by", NULL, "WHAT", "a JUnit test case for every check (the default)\n"
	  "or object",
	  OUTPUT, KA_CMD_AUDIT, FUNCTION(set_junit_by) },
	{ "quiet", "q", NULL, "no warnings",
	  OUTPUT, READS, BOOL(quiet) },
	{ "no-color", NULL, NULL, "no colour on a terminal either",
	  OUTPUT, KA_CMD_AUDIT, BOOL(no_color) },

	{ "max-input-size", NULL, "SIZE", "bytes of one input, decompressed; K, M or G may\n"
	  "follow",
	  LIMITS, READS, FUNCTION(set_max_input) },
	{ "max-input-ratio", NULL, "N", "decompressed to compressed bytes",
	  LIMITS, READS, FUNCTION(set_max_ratio) },
	{ "max-depth", NULL, "N", "nesting of lists and mappings",
	  LIMITS, READS, FUNCTION(set_max_depth) },
	{ "max-object-size", NULL, "SIZE", "bytes of one object",
	  LIMITS, READS, FUNCTION(set_max_object) },

	{ "help", "h", NULL, "print this", OTHER, KA_CMD_ALL, BOOL(help) },
	{ "version", NULL, NULL, "print the version", OTHER, KA_CMD_ALL, BOOL(version) },
};
/* clang-format on */

#define NOPTIONS (sizeof options / sizeof *options)

/* ---- parsing ------------------------------------------------------------------------------ */

struct parser {
	struct ka_cli *cli;
	char **argv; /* what is left */
	struct ka_err *err;
};

static const char *
command_name(const struct ka_cli *cli)
{
	return cli->command ? cli->command->name : "kassay";
}

/* Before the command only --help and --version have a meaning. */
static bool
takes(const struct ka_cli *cli, const struct option *o)
{
	return cli->command ? (o->commands & cli->command->bit) != 0 : o->group == OTHER;
}

static int
unknown_option(struct parser *p, const char *name)
{
	struct ka_nearest near = ka_nearest_to(name);

	for (size_t i = 0; i < NOPTIONS; i++)
		if (takes(p->cli, &options[i]))
			ka_nearest_try(&near, options[i].name);
	if (!near.best)
		return ka_err_set(p->err, KA_EUSAGE, "unknown option --%s", name);
	return ka_err_set(p->err, KA_EUSAGE, "unknown option --%s, did you mean --%s?", name,
			  near.best);
}

static const struct option *
find_long(const struct ka_cli *cli, const char *name, size_t len)
{
	for (size_t i = 0; i < NOPTIONS; i++)
		if (takes(cli, &options[i]) && strncmp(options[i].name, name, len) == 0 &&
		    !options[i].name[len])
			return &options[i];
	return NULL;
}

static const struct option *
find_letter(const struct ka_cli *cli, char letter)
{
	for (size_t i = 0; i < NOPTIONS; i++)
		if (takes(cli, &options[i]) && options[i].letter && *options[i].letter == letter)
			return &options[i];
	return NULL;
}

/* `value` is what was glued to the option, or NULL: then the next word is taken if one is
 * needed. */
static int
set_option(struct parser *p, const struct option *o, const char *value)
{
	char *at = (char *)p->cli + o->offset;

	if (!o->arg && value)
		return ka_err_set(p->err, KA_EUSAGE, "--%s takes no value", o->name);
	if (o->arg && !value)
		value = *p->argv ? *p->argv++ : NULL;
	if (o->arg && (!value || !*value))
		return ka_err_set(p->err, KA_EUSAGE, "--%s needs %s", o->name, o->arg);
	switch (o->to) {
	case TO_BOOL:
		*(bool *)at = true;
		break;
	case TO_STRING:
		*(const char **)(void *)at = value;
		break;
	case TO_WORDS:
		add_word((struct ka_words *)(void *)at, value);
		break;
	case TO_FUNCTION:
		if (o->set(p->cli, value))
			return ka_err_set(p->err, KA_EUSAGE, "--%s: \"%s\" is no %s", o->name,
					  value, o->arg);
		break;
	}
	return 0;
}

static int
parse_long(struct parser *p, const char *word)
{
	size_t len = strcspn(word, "=");
	const struct option *o = find_long(p->cli, word, len);
	char name[64];

	if (o)
		return set_option(p, o, word[len] ? word + len + 1 : NULL);
	snprintf(name, sizeof name, "%.*s", (int)(len < sizeof name ? len : sizeof name - 1), word);
	return unknown_option(p, name);
}

/* "-q", "-fPATH", "-qf PATH". */
static int
parse_short(struct parser *p, const char *letters)
{
	for (; *letters; letters++) {
		const struct option *o = find_letter(p->cli, *letters);

		if (!o)
			return ka_err_set(p->err, KA_EUSAGE, "unknown option -%c", *letters);
		if (o->arg)
			return set_option(p, o, letters[1] ? letters + 1 : NULL);
		if (set_option(p, o, NULL))
			return -1;
	}
	return 0;
}

static int
set_command(struct parser *p, const char *name)
{
	struct ka_nearest near = ka_nearest_to(name);

	for (const struct ka_command *c = ka_commands; c->name; c++) {
		if (strcmp(c->name, name) == 0) {
			p->cli->command = c;
			return 0;
		}
		ka_nearest_try(&near, c->name);
	}
	return ka_err_set(p->err, KA_EUSAGE, "unknown command %s%s", name, ka_nearest_hint(&near));
}

int
ka_cli_parse(struct ka_cli *cli, int argc, char **argv, struct ka_err *err)
{
	struct parser p = { .cli = cli, .argv = argc ? argv + 1 : argv, .err = err };
	bool only_words = false;

	*cli = (struct ka_cli){ .input = KA_FILES_OPTS_DEFAULT, .fail_on = KA_HIGH };
	while (*p.argv) {
		const char *word = *p.argv++;
		int rc = 0;

		if (only_words || word[0] != '-' || !word[1]) {
			if (cli->command)
				add_word(&cli->args, word);
			else
				rc = set_command(&p, word);
		} else if (strcmp(word, "--") == 0) {
			only_words = true;
		} else if (word[1] == '-') {
			rc = parse_long(&p, word + 2);
		} else {
			rc = parse_short(&p, word + 1);
		}
		if (rc)
			return cli->command ? ka_err_wrap(err, "%s", command_name(cli)) : -1;
	}
	return 0;
}

void
ka_cli_release(struct ka_cli *cli)
{
	free(cli->args.v);
	free(cli->files.v);
	free(cli->benchmarks.v);
	free(cli->checks.v);
	free(cli->outputs.v);
}

/* ---- help --------------------------------------------------------------------------------- */

#define HELP_COLUMN 30

static void
help_option(struct ka_out *out, const struct option *o)
{
	char head[64];
	const char *s = o->help;
	int len = snprintf(head, sizeof head, "  %s%s%s --%s%s%s", o->letter ? "-" : " ",
			   o->letter ? o->letter : " ", o->letter ? "," : " ", o->name,
			   o->arg ? " " : "", o->arg ? o->arg : "");

	ka_out_str(out, head);
	for (;;) {
		size_t line = strcspn(s, "\n");

		ka_out_fmt(out, "%*s%.*s\n", len < HELP_COLUMN ? HELP_COLUMN - len : 2, "",
			   (int)line, s);
		if (!s[line])
			return;
		s += line + 1;
		len = 0;
	}
}

static void
help_group(struct ka_out *out, enum group group, unsigned commands)
{
	bool any = false;

	for (size_t i = 0; i < NOPTIONS; i++) {
		if (options[i].group != group || !(options[i].commands & commands))
			continue;
		if (!any)
			ka_out_fmt(out, "\n%s:\n", group_title[group]);
		any = true;
		help_option(out, &options[i]);
	}
}

static void
help_program(struct ka_out *out)
{
	ka_out_str(
		out,
		"kassay audits how a Kubernetes cluster is configured and who may do what in it.\n"
		"\nUsage: kassay COMMAND [OPTION]...\n\nCommands:\n");
	for (const struct ka_command *c = ka_commands; c->name; c++)
		ka_out_fmt(out, "  %-10s %s\n", c->name, c->what);
	ka_out_str(out, "\nOther:\n");
	for (size_t i = 0; i < NOPTIONS; i++)
		if (options[i].group == OTHER)
			help_option(out, &options[i]);
	ka_out_str(out, "\n`kassay COMMAND --help` tells more.  Try `kassay audit --demo`.\n");
}

void
ka_cli_help(struct ka_out *out, const struct ka_command *command)
{
	if (!command) {
		help_program(out);
		return;
	}
	ka_out_fmt(out, "kassay %s: %s\n\nUsage: kassay %s %s\n", command->name, command->what,
		   command->name, command->usage);
	for (int g = 0; g < NGROUPS; g++)
		help_group(out, (enum group)g, command->bit);
	ka_out_str(out,
		   "\nExit status: 0 done; 1 findings at or above --fail-on; 2 usage, "
		   "configuration or\n"
		   "unreadable input, nothing was judged; 3 judged, but evidence is incomplete.\n");
}
