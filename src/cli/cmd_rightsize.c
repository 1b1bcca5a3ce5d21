#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/log.h"
#include "cli/question.h"
#include "cli/rightsize_out.h"
#include "model/graph.h"
#include "util/alloc.h"
#include "util/nearest.h"
#include "util/str.h"

#include "util/banned.h"

/* ---- formats ------------------------------------------------------------------------------ */

struct format {
	const char *name;
	void (*write)(struct ka_out *out, const struct ka_advice *a);
};
enum { YAML, PATCH, ROLLBACK, JSON, TEXT, NFORMATS };
static const struct format formats[NFORMATS + 1] = {
	[YAML] = { "yaml", ka_advice_yaml },
	[PATCH] = { "patch", ka_advice_patch },
	[ROLLBACK] = { "rollback", ka_advice_rollback },
	[JSON] = { "json", ka_advice_json },
	[TEXT] = { "text", ka_advice_text },
};

/* One -o: NULL as file is standard output. */
struct target {
	const struct format *format;
	const char *file;
	struct ka_out *out;
};
struct targets {
	size_t n;
	struct target *v;
};

static const struct format *
find_format(const char *name, size_t len)
{
	for (const struct format *f = formats; f->name; f++)
		if (strlen(f->name) == len && !strncmp(f->name, name, len))
			return f;
	return NULL;
}

static int
parse_target(const char *word, struct target *ret)
{
	size_t len = strcspn(word, "=");
	struct ka_nearest near;

	*ret = (struct target){ find_format(word, len), word[len] ? word + len + 1 : NULL, NULL };
	if (ret->format && (!ret->file || *ret->file))
		return KA_EXIT_DONE;
	if (ret->format)
		return ka_say("rightsize", "-o %s names no file after the =", word);
	near = ka_nearest_to(word);
	for (const struct format *f = formats; f->name; f++)
		ka_nearest_try(&near, f->name);
	return ka_say("rightsize", "no output format is named %s%s", word, ka_nearest_hint(&near));
}

static int
open_targets(const struct ka_cli *cli, struct targets *ret)
{
	size_t on_stdout = 0;
	struct ka_err err;

	ret->v = ka_xcalloc(cli->outputs.n + 1, sizeof *ret->v);
	ret->n = cli->outputs.n;
	for (size_t i = 0; i < ret->n; i++) {
		if (parse_target(cli->outputs.v[i], &ret->v[i]))
			return KA_EXIT_TROUBLE;
		on_stdout += !ret->v[i].file;
	}
	if (on_stdout > 1)
		return ka_say("rightsize", "more than one -o to standard output: give others a file with =FILE");
	if (!ret->n)
		ret->v[ret->n++].format = &formats[cli->audit_logs.n ? YAML : TEXT];
	for (size_t i = 0; i < ret->n; i++) {
		struct target *t = &ret->v[i];

		t->out = t->file ? ka_out_file(t->file, &err) : ka_out_fd(STDOUT_FILENO);
		if (!t->out)
			return ka_say_err("rightsize", &err);
	}
	return KA_EXIT_DONE;
}

static void
write_advice(const struct target *t, const struct ka_advice *a)
{
	if (t->format && t->out)
		t->format->write(t->out, a);
}

/* Keeps what was written when all went well. */
static int
close_targets(struct targets *t, bool keep)
{
	int status = KA_EXIT_DONE;
	struct ka_err err;

	for (size_t i = 0; i < t->n; i++) {
		if (!t->v[i].out)
			continue;
		if (!keep)
			ka_out_discard(t->v[i].out);
		else if (ka_out_close(t->v[i].out, &err))
			status = ka_say_err("rightsize", &err);
	}
	free(t->v);
	return status;
}

/* ---- whom --------------------------------------------------------------------------------- */

struct subjects {
	struct ka_subject *v;
	size_t n, cap;
	char **copy; /* of those of the command line */
	size_t ncopies;
};

static void
add_subject(struct subjects *s, const struct ka_subject *subject)
{
	for (size_t i = 0; i < s->n; i++)
		if (ka_subject_is(&s->v[i], subject))
			return;
	KA_GROW(s->v, s->n, s->cap);
	s->v[s->n++] = *subject;
}

/* What a member has by himself spares the group a rule, and the other way round: both may not go at once. */
static bool
group_among_others(const struct subjects *s)
{
	for (size_t i = 0; i < s->n && s->n > 1; i++)
		if (s->v[i].kind == KA_SUBJECT_GROUP)
			return true;
	return false;
}

static int
subjects_given(const struct ka_cli *cli, struct subjects *s)
{
	s->copy = ka_xcalloc(cli->subjects.n + 1, sizeof *s->copy);
	for (size_t i = 0; i < cli->subjects.n; i++) {
		struct ka_who who;
		struct ka_err err;

		if (ka_cli_subject(cli->subjects.v[i], &who, &s->copy[s->ncopies++], &err))
			return ka_say_err("rightsize", &err);
		add_subject(s, &who.subject);
	}
	if (group_among_others(s))
		return ka_say("rightsize", "--for: a group goes alone, for its members' grants count on it and it on theirs");
	return KA_EXIT_DONE;
}

static int
subject_cmp(const void *a, const void *b)
{
	const struct ka_subject *x = a, *y = b;
	int c = ka_str_cmp(x->namespace, y->namespace);

	return c ? c : ka_str_cmp(x->name, y->name);
}

static void
append_account(struct subjects *s, const struct ka_subject *subject)
{
	if (subject->kind != KA_SUBJECT_SERVICEACCOUNT || ka_subject_builtin(subject) || !ka_subject_live(subject))
		return;
	KA_GROW(s->v, s->n, s->cap);
	s->v[s->n++] = *subject;
}

/* All service accounts of the log and of bindings, but for those that are Kubernetes' own. */
static void
subjects_found(struct subjects *s, const struct ka_rbac *rbac, const struct ka_usage *u)
{
	size_t n, out = 0;
	const struct ka_user *users = ka_usage_users(u, &n);
	const struct ka_subject *bound;

	for (size_t i = 0; i < n; i++)
		append_account(s, &users[i].subject);
	bound = ka_rbac_subjects(rbac, &n);
	for (size_t i = 0; i < n; i++)
		append_account(s, &bound[i]);
	if (s->n)
		qsort(s->v, s->n, sizeof *s->v, subject_cmp);
	for (size_t i = 0; i < s->n; i++)
		if (!out || subject_cmp(&s->v[out - 1], &s->v[i]))
			s->v[out++] = s->v[i];
	s->n = out;
}

static void
release_subjects(struct subjects *s)
{
	for (size_t i = 0; i < s->ncopies; i++)
		free(s->copy[i]);
	free(s->copy);
	free(s->v);
}

/* ---- the advice --------------------------------------------------------------------------- */

static int
binding_cmp(const void *a, const void *b)
{
	const struct ka_object *x = &(*(const struct ka_binding *const *)a)->obj;
	const struct ka_object *y = &(*(const struct ka_binding *const *)b)->obj;
	int c = ka_str_cmp(x->namespace, y->namespace); /* those of the whole cluster first */

	if (!c)
		c = ka_str_cmp(x->name, y->name);
	if (!c && x->file != y->file)
		c = x->file < y->file ? -1 : 1;
	return c ? c : (x->line > y->line) - (x->line < y->line);
}

static int
key_cmp(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Who leaves which bindings. */
static void
find_changes(struct ka_advice *a)
{
	size_t cap = 0, keys = 0, n = 0;

	for (size_t i = 0; i < a->n; i++) {
		if (!ka_advised(&a->size[i]))
			continue;
		KA_GROW(a->leaving, a->nleaving, keys);
		a->leaving[a->nleaving++] = ka_advice_key(&a->size[i].subject);
		for (size_t k = 0; k < a->size[i].nbindings; k++) {
			KA_GROW(a->binding, a->nbindings, cap);
			a->binding[a->nbindings++] = a->size[i].binding[k];
		}
	}
	if (!a->nbindings)
		return;
	qsort(a->leaving, a->nleaving, sizeof *a->leaving, key_cmp);
	qsort(a->binding, a->nbindings, sizeof *a->binding, binding_cmp);
	for (size_t i = 0; i < a->nbindings; i++)
		if (!n || binding_cmp(&a->binding[n - 1], &a->binding[i]))
			a->binding[n++] = a->binding[i];
	a->nbindings = n;
}

static void
advise(struct ka_advice *a, const struct ka_rbac *rbac, const struct subjects *s)
{
	struct ka_rightsizer *r = ka_rightsizer_new(a->g, rbac, a->usage, &a->opts);

	a->size = ka_xcalloc(s->n + 1, sizeof *a->size);
	for (; a->n < s->n; a->n++)
		ka_rightsize(r, &s->v[a->n], &a->size[a->n]);
	find_changes(a);
	/* The names of new objects are the rightsizer's. */
	a->rightsizer = r;
}

static void
release_advice(struct ka_advice *a)
{
	for (size_t i = 0; i < a->n; i++)
		ka_rightsize_release(&a->size[i]);
	ka_rightsizer_free(a->rightsizer);
	free(a->size);
	free(a->binding);
	for (size_t i = 0; i < a->nleaving; i++)
		free(a->leaving[i]);
	free(a->leaving);
	ka_leftovers_release(&a->leftovers);
}

/* Evidence that is too thin, or that is not all there. */
static int
status_of(const struct ka_cli *cli, const struct ka_advice *a)
{
	int status = KA_EXIT_DONE;

	for (unsigned k = 0; k < KA_NKINDS; k++)
		if ((KA_RBAC_KINDS & KA_BIT(k)) && !ka_graph_knows(a->g, (enum ka_kind)k)) {
			status = KA_EXIT_INCOMPLETE;
			if (!cli->quiet)
				ka_warn("%s were not read completely", ka_kind_info((enum ka_kind)k)->resource);
		}
	for (size_t i = 0; i < a->n; i++)
		if (a->size[i].verdict == KA_RIGHTSIZE_THIN)
			status = KA_EXIT_INCOMPLETE;
	return status;
}

/* ---- the command -------------------------------------------------------------------------- */

static int
check_words(const struct ka_cli *cli)
{
	if (cli->args.n)
		return ka_say("rightsize", "unexpected \"%s\": sources are given with -f", cli->args.v[0]);
	if (cli->subjects.n && !cli->audit_logs.n)
		return ka_say("rightsize", "--for needs an audit log: give one with --audit-log");
	return ka_log_check(cli, "rightsize");
}

static int
answer(const struct ka_cli *cli, const struct ka_graph *g, struct subjects *s, const struct targets *targets)
{
	struct ka_rbac *rbac = ka_rbac_new(g);
	struct ka_usage *u = ka_usage_new();
	struct ka_auditlog log = { 0 };
	struct ka_advice a = { .g = g, .usage = u, .opts = cli->rightsize };
	int status = cli->audit_logs.n ? ka_log_read(cli, u, &log) : KA_EXIT_DONE;

	if (!status) {
		if (cli->audit_logs.n) {
			a.log = &log;
			if (!cli->subjects.n)
				subjects_found(s, rbac, u);
			advise(&a, rbac, s);
		}
		ka_leftovers(g, rbac, &a.leftovers);
		for (size_t i = 0; i < targets->n; i++)
			write_advice(&targets->v[i], &a);
		status = status_of(cli, &a);
		release_advice(&a);
		if (a.log)
			ka_auditlog_release(&log);
	}
	ka_usage_free(u);
	ka_rbac_free(rbac);
	return status;
}

int
ka_cmd_rightsize(const struct ka_cli *cli)
{
	struct targets targets = { 0 };
	struct subjects subjects = { 0 };
	struct ka_graph *g = NULL;
	int status = check_words(cli), closed;

	if (!status)
		status = subjects_given(cli, &subjects);
	if (!status)
		status = open_targets(cli, &targets);
	if (!status)
		status = ka_input_load(cli, &g);
	if (!status && g) {
		if (!cli->quiet)
			ka_warn_input(g);
		status = answer(cli, g, &subjects, &targets);
	}
	ka_graph_free(g);
	release_subjects(&subjects);
	closed = close_targets(&targets, status != KA_EXIT_TROUBLE);
	return closed ? closed : status;
}
