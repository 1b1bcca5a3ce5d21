/* Judging one flag of a control plane component: what is given, what holds when it is not, what
 * cannot be seen. */
#include <stdlib.h>
#include <string.h>

#include "ciphers.h"
#include "controlplane.h"
#include "flags.h"

enum outcome { FINE, FAULT, UNSEEN };

static bool
is_loopback(const struct ka_flag *f)
{
	return ka_flag_is(f, "localhost") || ka_flag_is(f, "::1") ||
	       (f->len > 4 && memcmp(f->s, "127.", 4) == 0);
}

static bool
is_at_least(const struct ka_flag *f, long least)
{
	char text[16], *end;
	long n;

	if (f->len == 0 || f->len >= sizeof text)
		return false;
	memcpy(text, f->s, f->len);
	text[f->len] = '\0';
	n = strtol(text, &end, 10);
	return *end == '\0' && n >= least;
}

static bool
is_boolean(enum ka_flag_op op)
{
	return op == KA_FLAG_TRUE || op == KA_FLAG_FALSE;
}

static bool
is_given(const struct ka_command *cmd, const char *flag)
{
	struct ka_flag f = ka_command_flag(cmd, flag, false);

	return f.found && (f.len > 0 || f.opaque);
}

/* Lists add up over repeated flags; everything else is decided by the last one. */
static bool
list_has(const struct ka_command *cmd, const struct ka_flag_rule *rule, struct ka_flag *ret)
{
	size_t pos = 0;

	for (;;) {
		struct ka_flag f = ka_command_next(cmd, rule->flag, false, &pos);

		if (!f.found)
			return false;
		*ret = f;
		if (ka_flag_has(&f, rule->value))
			return true;
	}
}

static bool
in_file(const struct ka_command *cmd, const struct ka_flag_rule *rule)
{
	return rule->hidden_by && is_given(cmd, rule->hidden_by);
}

/* Whether a flag that was not found may stand where we cannot look. */
static bool
may_be_elsewhere(const struct ka_command *cmd, const struct ka_flag_rule *rule)
{
	bool variables = cmd->etcd && cmd->container->nenv_from > 0;

	return cmd->cut || variables || in_file(cmd, rule);
}

static bool
value_fits(const struct ka_command *cmd, const struct ka_flag_rule *rule, struct ka_flag *f)
{
	switch (rule->op) {
	case KA_FLAG_SET:
		return f->len > 0 && (!rule->other || is_given(cmd, rule->other));
	case KA_FLAG_UNSET:
		return f->len == 0;
	case KA_FLAG_TRUE:
		return ka_flag_bool(f) == KA_YES;
	case KA_FLAG_FALSE:
		return ka_flag_bool(f) == KA_NO;
	case KA_FLAG_HAS:
		return list_has(cmd, rule, f);
	case KA_FLAG_LACKS:
		return !list_has(cmd, rule, f);
	case KA_FLAG_AT_LEAST:
		return is_at_least(f, rule->least);
	case KA_FLAG_LOOPBACK:
		return is_loopback(f);
	case KA_FLAG_STRONG:
		return !ka_ciphers_weak(f->s, f->len);
	}
	return false;
}

static enum outcome
judge(const struct ka_command *cmd, const struct ka_flag_rule *rule, struct ka_flag *ret)
{
	bool presence = rule->op == KA_FLAG_SET || rule->op == KA_FLAG_UNSET;

	*ret = ka_command_flag(cmd, rule->flag, is_boolean(rule->op));
	if (rule->file_wins && in_file(cmd, rule))
		return UNSEEN;
	if (rule->instead && is_given(cmd, rule->instead))
		return FINE;
	if (!ret->found)
		return may_be_elsewhere(cmd, rule) ? UNSEEN : rule->absent ? FAULT : FINE;
	if (ret->opaque && !presence)
		return UNSEEN;
	if (ret->opaque && !rule->other)
		return rule->op == KA_FLAG_SET ? FINE : FAULT;
	return value_fits(cmd, rule, ret) ? FINE : FAULT;
}

/* ---- saying so ------------------------------------------------------------------------------ */

static const char *
path_of(struct ka_run *run, const struct ka_command *cmd, const struct ka_flag *f)
{
	char c[48];

	ka_container_path(cmd->container, c);
	if (f->env)
		return ka_text(run, "spec.%s.env[name=%s]", c, f->env);
	if (f->word)
		return ka_text(run, "spec.%s.%s[%zu]", c, f->word->list, f->word->index);
	return ka_text(run, "spec.%s.%s", c, cmd->container->args.n ? "args" : "command");
}

static void
report(struct ka_run *run, const struct ka_unit *u, const struct ka_command *cmd,
       const struct ka_flag_rule *rule, const struct ka_flag *f)
{
	const char *observed = ka_text(run, "--%s=%.*s", rule->flag, (int)f->len, f->s);
	bool half = rule->op == KA_FLAG_SET && f->found && (f->len > 0 || f->opaque);

	if (!f->found)
		observed = ka_text(run, "--%s absent", rule->flag);
	else if (half)
		observed = ka_text(run, "--%s absent", rule->other);
	else if (f->opaque)
		observed = ka_text(run, "--%s given", rule->flag);
	ka_fail(run, &(struct ka_fault){
		.obj = u->object,
		.container = cmd->container->name,
		.path = path_of(run, cmd, f),
		.observed = observed,
		.expected = rule->expected,
		.message = f->found || !rule->absent
			? ka_text(run, "%s runs with %s", rule->component, observed)
			: ka_text(run, "%s runs without --%s: %s", rule->component, rule->flag, rule->absent),
		.instances = u->instances,
	});
}

/* Control planes of this cluster only: hosted ones of other clusters are pods of other namespaces.
 * A static pod's manifest need not name its namespace. */
static bool
is_ours(const struct ka_object *o)
{
	return strcmp(o->namespace, "kube-system") == 0 || o->namespace_implied;
}

int
ka_check_flag(struct ka_run *run, const struct ka_check *check, const struct ka_facts *facts,
	      struct ka_err *err)
{
	const struct ka_flag_rule *rule = check->param;
	const struct ka_object *unseen = NULL;
	size_t faults = 0;

	for (size_t i = 0; i < facts->g->nunits; i++) {
		const struct ka_unit *u = &facts->g->unit[i];
		struct ka_command cmd;
		struct ka_flag f;

		if (!is_ours(u->object) || !ka_command_find(u, rule->component, &cmd))
			continue;
		if (rule->moot && is_given(&cmd, rule->moot) && !is_given(&cmd, rule->unless))
			continue;
		ka_saw(run, u->object);
		switch (judge(&cmd, rule, &f)) {
		case FINE:
			break;
		case FAULT:
			report(run, u, &cmd, rule, &f);
			faults++;
			break;
		case UNSEEN:
			unseen = u->object;
			break;
		}
	}
	if (unseen && faults == 0)
		return ka_err_set(err, KA_EFORMAT, "what --%s is for %s cannot be seen from its pod: a "
				  "file or variable decides", rule->flag, unseen->name);
	return 0;
}
