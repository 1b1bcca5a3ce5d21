/* Judging files of nodes by their mode and owner. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "nodefiles_rules.h"

/* What stands in the way of a verdict, the first of it. */
struct unseen {
	const struct ka_object *node;
	const char *path; /* NULL: nothing was told of the role */
	const char *why;
};

static bool
in_scope(const struct ka_file_rule *rule, const struct ka_node_file *f)
{
	size_t len, end = rule->ending ? strlen(rule->ending) : 0;

	if (strcmp(f->role, rule->role) != 0)
		return false;
	if (f->error || f->absent)
		return true;
	if (rule->files && f->type && (strcmp(f->type, "dir") == 0 || strcmp(f->type, "other") == 0))
		return false;
	len = strlen(f->path);
	return len >= end && strcmp(f->path + len - end, rule->ending ? rule->ending : "") == 0;
}

static bool
is_named(struct ka_optint id, const char *name, const char *wanted)
{
	if (!wanted)
		return id.set ? id.v == 0 : strcmp(name, "root") == 0;
	return name && strcmp(name, wanted) == 0;
}

/* NULL when all is well, else what was observed.  *ret_why: what is missing to tell. */
static const char *
fault_of(struct ka_run *run, const struct ka_file_rule *rule, const struct ka_node_file *f, const char **ret_why)
{
	if (rule->mode) {
		if (!f->mode.set)
			*ret_why = "its mode was not told";
		else if (f->mode.v & ~(int64_t)rule->mode)
			return ka_text(run, "%04" PRIo64, (uint64_t)f->mode.v);
		return NULL;
	}
	if ((!f->uid.set && !f->owner) || (!f->gid.set && !f->group)) {
		*ret_why = "its owner was not told";
		return NULL;
	}
	if (is_named(f->uid, f->owner, rule->owner) && is_named(f->gid, f->group, rule->owner))
		return NULL;
	return ka_text(run, "%s:%s", f->owner ? f->owner : ka_text(run, "%" PRId64, f->uid.v),
		       f->group ? f->group : ka_text(run, "%" PRId64, f->gid.v));
}

static void
report(struct ka_run *run, const struct ka_file_rule *rule, const struct ka_object *node,
       const struct ka_node_file *f, const char *observed)
{
	const char *link = f->target ? ka_text(run, ", a link to %s,", f->target) : "";

	ka_fail(run, &(struct ka_fault){
		.obj = node,
		.path = ka_text(run, "facts.files[%s].%s", f->path, rule->mode ? "mode" : "owner"),
		.observed = observed,
		.expected = rule->mode ? ka_text(run, "%04o, or fewer bits", rule->mode)
				       : ka_text(run, "%s:%s", rule->owner ? rule->owner : "root",
						 rule->owner ? rule->owner : "root"),
		.message = rule->mode ? ka_text(run, "%s%s on %s has mode %s", f->path, link, node->name, observed)
				      : ka_text(run, "%s%s on %s is owned by %s", f->path, link, node->name,
						observed),
	});
}

/* How many faults a node has. */
static size_t
judge_node(struct ka_run *run, const struct ka_file_rule *rule, const struct ka_node_files *n, struct unseen *unseen)
{
	bool told = false;
	size_t faults = 0;

	for (size_t i = 0; i < n->nfiles; i++) {
		const struct ka_node_file *f = &n->file[i];
		const char *observed, *why = f->error;

		told |= strcmp(f->role, rule->role) == 0;
		if (!in_scope(rule, f) || (f->absent && !why))
			continue;
		ka_saw(run, &n->obj);
		observed = why ? NULL : fault_of(run, rule, f, &why);
		if (observed) {
			report(run, rule, &n->obj, f, observed);
			faults++;
		} else if (why && !unseen->node) {
			*unseen = (struct unseen){ &n->obj, f->path ? f->path : rule->role, why };
		}
	}
	if (!told && !unseen->node)
		*unseen = (struct unseen){ &n->obj, NULL, NULL };
	return faults;
}

int
ka_check_node_files(struct ka_run *run, const struct ka_check *check, const struct ka_facts *facts,
		    struct ka_err *err)
{
	const struct ka_list *all = &facts->g->of[KA_NODEFILES];
	struct unseen unseen = { .node = NULL };
	size_t faults = 0;

	for (size_t i = 0; i < all->n; i++)
		faults += judge_node(run, check->param, ka_as_node_files(all->v[i]), &unseen);
	if (!unseen.node || faults)
		return 0;
	if (!unseen.path)
		return ka_err_set(err, KA_EFORMAT, "the facts of %s do not tell of such files", unseen.node->name);
	return ka_err_set(err, KA_EFORMAT, "%s on %s: %s", unseen.path, unseen.node->name, unseen.why);
}

/* The value of "--flag=value" or "--flag value"; "" for a bare flag; NULL when it is not there. */
static const char *
value_of(const struct ka_strs *args, const char *flag)
{
	size_t len = strlen(flag);

	for (size_t i = 0; i < args->n; i++) {
		const char *s = args->v[i];

		if (*s != '-')
			continue;
		s += strspn(s, "-");
		if (strncmp(s, flag, len) == 0 && s[len] == '=')
			return s + len + 1;
		if (strcmp(s, flag) == 0)
			return i + 1 < args->n && *args->v[i + 1] != '-' ? args->v[i + 1] : "";
	}
	return NULL;
}

int
ka_check_kubelet_no_flag(struct ka_run *run, const struct ka_check *check, const struct ka_facts *facts,
			 struct ka_err *err)
{
	const struct ka_list *all = &facts->g->of[KA_NODEFILES];
	const struct ka_object *unseen = NULL;
	const char *flag = check->param;
	size_t faults = 0;

	for (size_t i = 0; i < all->n; i++) {
		const struct ka_node_files *n = ka_as_node_files(all->v[i]);
		const char *value = value_of(&n->kubelet_args, flag);

		ka_saw(run, &n->obj);
		if (n->kubelet_seen != KA_YES)
			unseen = &n->obj;
		else if (value) {
			ka_fail(run, &(struct ka_fault){
				.obj = &n->obj,
				.path = ka_text(run, "facts.kubelet.args[--%s]", flag),
				.observed = value,
				.expected = "absent",
				.message = ka_text(run, "the kubelet of %s runs with --%s=%s", n->obj.name, flag,
						   value),
			});
			faults++;
		}
	}
	if (unseen && !faults)
		return ka_err_set(err, KA_EFORMAT, "the process of the kubelet of %s was not seen", unseen->name);
	return 0;
}
