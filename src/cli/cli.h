/* What the commands share: the parsed command line, and how they talk. */
#ifndef KA_CLI_CLI_H
#define KA_CLI_CLI_H

#include <stdbool.h>
#include <stddef.h>

#include <kassay/err.h>
#include <kassay/graph.h>
#include <kassay/out.h>
#include <kassay/report.h>
#include <kassay/rightsize.h>

#include "source/cluster.h"
#include "source/files.h"

/* Exit statuses, the same for every command and format. */
enum {
	KA_EXIT_DONE = 0,	/* nothing at or above --fail-on */
	KA_EXIT_FINDINGS = 1,	/* findings at or above it; `can`: the answer is no */
	KA_EXIT_TROUBLE = 2,	/* usage, configuration or unreadable input: nothing was judged */
	KA_EXIT_INCOMPLETE = 3, /* judged, but evidence is missing or coverage too low */
};

/* Bits of struct ka_command.bit and struct ka_option.commands. */
enum {
	KA_CMD_AUDIT = 1 << 0,
	KA_CMD_SNAPSHOT = 1 << 1,
	KA_CMD_EXPLAIN = 1 << 2,
	KA_CMD_LIST = 1 << 3,
	KA_CMD_ROLE = 1 << 4,
	KA_CMD_NODE = 1 << 5,
	KA_CMD_CAN = 1 << 6,
	KA_CMD_WHO_CAN = 1 << 7,
	KA_CMD_RIGHTSIZE = 1 << 8,
	KA_CMD_ALL = (1 << 9) - 1,
};

struct ka_cli;

struct ka_command {
	const char *name;
	const char *usage; /* what follows the name */
	const char *what;  /* one line, imperative */
	unsigned bit;
	ka_kinds kinds;    /* what it looks at of a live cluster; 0: all */
	int (*run)(const struct ka_cli *cli); /* the exit status */
};
extern const struct ka_command ka_commands[]; /* main.c; ends with a row whose name is NULL */

/* A repeated option's values, or the words that are no options. */
struct ka_words {
	const char **v;
	size_t n, cap;
};

/* The command line, parsed.  Strings are argv's. */
struct ka_cli {
	const struct ka_command *command;
	struct ka_words args;
	struct ka_words files, node_facts, benchmarks, checks, outputs, namespaces, as_groups;
	struct ka_words audit_logs, subjects;  /* `rightsize`; the logs `audit` too */
	struct ka_rightsize_opts rightsize;
	struct ka_files_opts input;
	struct ka_cluster_opts cluster; /* but for its lists, which are words above */
	const char *cluster_option;     /* the name of one that was given, which only a cluster understands */
	const char *policy, *baseline;
	const char *root, *node_name;   /* `node` */
	const char *subject, *reviews, *namespace; /* `can`, `who-can`: whom and what it is about */
	enum ka_severity fail_on;
	double min_coverage;
	bool demo, quiet, no_color, junit_by_object, dry_run, help, version;
};

/* ---- say.c: standard error and standard output -------------------------------------------- */

/* "kassay: doing: what went wrong"; returns KA_EXIT_TROUBLE. */
int ka_say_err(const char *doing, const struct ka_err *err);
/* The same with a message of one's own. */
int ka_say(const char *doing, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* One line "kassay: warning: ..." */
void ka_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* What of the input was not taken as it is, at most some lines of it. */
void ka_warn_input(const struct ka_graph *g);

/* Where `list` and `explain` answer, by -o json[=FILE] or its absence.  NULL and *ret_status when
 * it cannot be opened. */
struct ka_out *ka_open_answer(const struct ka_cli *cli, bool *ret_json, int *ret_status);
int ka_close_answer(const struct ka_cli *cli, struct ka_out *out);

/* Text broken into lines of at most `width` columns, each after `indent` blanks. */
void ka_out_wrapped(struct ka_out *out, const char *text, unsigned indent, unsigned width);

/* ---- input.c: the source that the command line names -------------------------------------- */

/* Loads -f PATH..., --demo, or the cluster when neither is given.  An exit status other than KA_EXIT_DONE is explained already. */
int ka_input_load(const struct ka_cli *cli, struct ka_graph **ret);
/* Writes the same input as a snapshot. */
int ka_input_snapshot(const struct ka_cli *cli, const char *out_path);

/* ---- live.c: the cluster as a source -------------------------------------------------------- */

/* As the two above.  A snapshot of which something is missing is KA_EXIT_INCOMPLETE. */
int ka_live_load(const struct ka_cli *cli, struct ka_graph **ret);
int ka_live_snapshot(const struct ka_cli *cli, const char *out_path);
/* Prints the requests and what would be refused: then KA_EXIT_INCOMPLETE. */
int ka_live_dry_run(const struct ka_cli *cli);

/* ---- one cmd_*.c a command ---------------------------------------------------------------- */

int ka_cmd_audit(const struct ka_cli *cli);
int ka_cmd_snapshot(const struct ka_cli *cli);
int ka_cmd_explain(const struct ka_cli *cli);
int ka_cmd_list(const struct ka_cli *cli);
int ka_cmd_role(const struct ka_cli *cli);
int ka_cmd_node(const struct ka_cli *cli);
int ka_cmd_can(const struct ka_cli *cli);
int ka_cmd_who_can(const struct ka_cli *cli);
int ka_cmd_rightsize(const struct ka_cli *cli);

#endif
