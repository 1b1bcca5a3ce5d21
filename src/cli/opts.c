#include "cli/opts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/opts_table.h"
#include "util/alloc.h"
#include "util/nearest.h"

#include "util/banned.h"

/* ---- parsing ------------------------------------------------------------------------------ */

static void
add_word(struct ka_words *w, const char *s)
{
	KA_GROW(w->v, w->n, w->cap);
	w->v[w->n++] = s;
}

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
takes(const struct ka_cli *cli, const struct ka_opt *o)
{
	return cli->command ? (o->commands & cli->command->bit) != 0 : o->group == KA_OPT_OTHER;
}

static int
unknown_option(struct parser *p, const char *name)
{
	struct ka_nearest near = ka_nearest_to(name);

	for (const struct ka_opt *o = ka_opts; o->name; o++)
		if (takes(p->cli, o))
			ka_nearest_try(&near, o->name);
	if (!near.best)
		return ka_err_set(p->err, KA_EUSAGE, "unknown option --%s", name);
	return ka_err_set(p->err, KA_EUSAGE, "unknown option --%s, did you mean --%s?", name,
			  near.best);
}

static const struct ka_opt *
find_long(const struct ka_cli *cli, const char *name, size_t len)
{
	for (const struct ka_opt *o = ka_opts; o->name; o++)
		if (takes(cli, o) && strncmp(o->name, name, len) == 0 &&
		    !o->name[len])
			return o;
	return NULL;
}

static const struct ka_opt *
find_letter(const struct ka_cli *cli, char letter)
{
	for (const struct ka_opt *o = ka_opts; o->name; o++)
		if (takes(cli, o) && o->letter && *o->letter == letter)
			return o;
	return NULL;
}

/* `value` is what was glued to the option, or NULL: then the next word is taken if one is
 * needed. */
static int
set_option(struct parser *p, const struct ka_opt *o, const char *value)
{
	char *at = (char *)p->cli + o->offset;

	if (!o->arg && value)
		return ka_err_set(p->err, KA_EUSAGE, "--%s takes no value", o->name);
	if (o->arg && !value)
		value = *p->argv ? *p->argv++ : NULL;
	if (o->arg && (!value || !*value))
		return ka_err_set(p->err, KA_EUSAGE, "--%s needs %s", o->name, o->arg);
	if (o->group == KA_OPT_CLUSTER)
		p->cli->cluster_option = o->name;
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
	const struct ka_opt *o = find_long(p->cli, word, len);
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
		const struct ka_opt *o = find_letter(p->cli, *letters);

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

	*cli = (struct ka_cli){ .input = KA_FILES_OPTS_DEFAULT, .fail_on = KA_HIGH,
				.rightsize = KA_RIGHTSIZE_OPTS_DEFAULT };
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
	free(cli->node_facts.v);
	free(cli->benchmarks.v);
	free(cli->checks.v);
	free(cli->outputs.v);
	free(cli->namespaces.v);
	free(cli->as_groups.v);
	free(cli->audit_logs.v);
	free(cli->subjects.v);
}

/* ---- help --------------------------------------------------------------------------------- */

#define HELP_COLUMN 30

static void
help_option(struct ka_out *out, const struct ka_opt *o)
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
help_group(struct ka_out *out, enum ka_opt_group group, unsigned commands)
{
	bool any = false;

	for (const struct ka_opt *o = ka_opts; o->name; o++) {
		if (o->group != group || !(o->commands & commands))
			continue;
		if (!any)
			ka_out_fmt(out, "\n%s:\n", ka_opt_titles[group]);
		any = true;
		help_option(out, o);
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
	for (const struct ka_opt *o = ka_opts; o->name; o++)
		if (o->group == KA_OPT_OTHER)
			help_option(out, o);
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
	for (int g = 0; g < KA_OPT_NGROUPS; g++)
		help_group(out, (enum ka_opt_group)g, command->bit);
	ka_out_str(out,
		   "\nExit status: 0 done; 1 findings at or above --fail-on; 2 usage, "
		   "configuration or\n"
		   "unreadable input, nothing was judged; 3 judged, but evidence is incomplete.\n");
}
