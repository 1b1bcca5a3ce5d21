/* What to apply, what undoes it, and the difference. */
#include <string.h>

#include "cli/answer.h"
#include "cli/rightsize_out.h"
#include "util/str.h"

#include "util/banned.h"

/* ---- the proof, as comments --------------------------------------------------------------- */

static void
count(struct ka_out *out, const char *what, uint64_t requests, uint64_t events)
{
	ka_out_fmt(out, "# %s: %llu distinct, %llu events\n", what, (unsigned long long)requests, (unsigned long long)events);
}

static void
proof(struct ka_out *out, const struct ka_advice *a, const struct ka_rightsize *s)
{
	count(out, "allowed requests in the log", s->requests, s->request_events);
	count(out, "  of these allowed by RBAC before", s->before, s->before_events);
	count(out, "  and after", s->after, s->after_events);
	ka_out_fmt(out, "# refused requests: %llu, of these newly allowed: %llu\n", (unsigned long long)s->denied,
		   (unsigned long long)s->denied_after);
	ka_out_fmt(out, "# new rules: %zu, needed by some request: %zu; all %scovered by what it has today\n", s->nrules,
		   s->nneeded, s->covered ? "" : "NOT ");
	if (s->broken) {
		ka_out_str(out, "# DENIED AFTERWARDS: ");
		ka_used_text(out, a, s->broken);
		ka_out_char(out, '\n');
	}
	for (size_t i = 0; i < s->nnotes; i++) {
		ka_out_str(out, "# note: ");
		ka_out_term(out, s->note[i]);
		ka_out_char(out, '\n');
	}
}

static void
atom_text(struct ka_out *out, const struct ka_removal *r)
{
	const struct ka_atom_use *atom = r->atom;

	ka_out_term(out, atom->verb);
	ka_out_char(out, ' ');
	ka_out_term(out, atom->resource ? atom->resource : atom->url);
	if (atom->group && *atom->group) {
		ka_out_char(out, '.');
		ka_out_term(out, atom->group);
	}
	if (r->namespace) {
		ka_out_str(out, " in namespace ");
		ka_out_term(out, r->namespace);
	}
	ka_out_str(out, ", by ");
	ka_out_str(out, ka_kind_info(r->binding->obj.kind)->kind);
	ka_out_char(out, ' ');
	ka_out_term(out, r->binding->obj.name);
}

enum { LOSSES = 40 }; /* told of one subject; JSON has them all */

static void
losses(struct ka_out *out, const struct ka_rightsize *s)
{
	if (!s->nremovals)
		return;
	ka_out_fmt(out, "# taken away, confidence %s at least:\n", ka_confidence_name(s->confidence));
	for (size_t i = 0; i < s->nremovals && i < LOSSES; i++) {
		const struct ka_removal *r = &s->removal[i];

		ka_out_fmt(out, "#   %s ", r->narrowed ? "the rest of" : "all of");
		atom_text(out, r);
		ka_out_fmt(out, "; %s: ", ka_confidence_name(r->confidence));
		ka_out_term(out, r->reason);
		ka_out_char(out, '\n');
	}
	if (s->nremovals > LOSSES)
		ka_out_fmt(out, "#   and %zu more, which -o json has\n", s->nremovals - LOSSES);
}

static void
title(struct ka_out *out, const struct ka_rightsize *s)
{
	static const char *const words[] = {
		[KA_RIGHTSIZE_CHANGE] = "can have less",
		[KA_RIGHTSIZE_FITS] = "uses all that it has: nothing to do",
		[KA_RIGHTSIZE_NOTHING] = "no binding names it: nothing to do",
		[KA_RIGHTSIZE_MASTER] = "in system:masters, whom no role confines: nothing to do",
		[KA_RIGHTSIZE_THIN] = "evidence too thin, nothing is advised",
	};
	char text[512];

	ka_out_str(out, "# ");
	ka_out_term(out, ka_subject_text(&s->subject, text));
	ka_out_fmt(out, ": %s", words[s->verdict]);
	if (s->why) {
		ka_out_str(out, ": ");
		ka_out_term(out, s->why);
	}
	ka_out_char(out, '\n');
}

/* ---- objects ------------------------------------------------------------------------------ */

static void
new_objects(struct ka_out *out, const struct ka_advice *a, const struct ka_rightsize *s)
{
	for (size_t i = 0; i < s->nroles; i++) {
		ka_out_str(out, "---\n");
		ka_new_role_yaml(out, a, &s->role[i]);
		ka_out_str(out, "---\n");
		ka_new_binding_yaml(out, s, &s->role[i]);
	}
}

/* As comments: nobody shall apply them unseen. */
static void
mere_comments(struct ka_out *out, const struct ka_advice *a, const struct ka_rightsize *s)
{
	struct ka_out *mem = ka_out_mem();

	if (s->nroles)
		ka_out_str(out, "# what was seen would need:\n");
	new_objects(mem, a, s);
	ka_out_prefixed(out, ka_out_memory(mem, NULL), "#   ");
	ka_out_discard(mem);
}

static void
leftovers(struct ka_out *out, const struct ka_advice *a)
{
	if (!a->leftovers.n)
		return;
	ka_out_str(out, "# By configuration alone, whatever the log says:\n");
	for (size_t i = 0; i < a->leftovers.n; i++) {
		const struct ka_leftover *l = &a->leftovers.row[i];

		ka_out_fmt(out, "#   %s: %s ", ka_leftover_name(l->kind), l->obj->kind_name);
		if (l->obj->namespace) {
			ka_out_term(out, l->obj->namespace);
			ka_out_char(out, '/');
		}
		ka_out_term(out, l->obj->name);
		ka_out_str(out, ": ");
		ka_out_term(out, l->reason);
		ka_out_char(out, '\n');
	}
}

static void
window(struct ka_out *out, const struct ka_advice *a)
{
	const struct ka_quality *q;
	char first[21], last[21];

	if (!a->log) {
		ka_out_str(out, "# Without an audit log (--audit-log FILE) nothing is known of use.\n");
		return;
	}
	q = ka_usage_quality(a->usage);
	if (!q->events) {
		ka_out_str(out, "# The audit log has no requests.\n");
		return;
	}
	ka_time_format(q->first / 1000000, first);
	ka_time_format(q->last / 1000000, last);
	ka_out_fmt(out, "# By %llu requests from %s to %s, %.1f days.\n", (unsigned long long)q->events, first, last, q->days);
}

void
ka_advice_yaml(struct ka_out *out, const struct ka_advice *a)
{
	window(out, a);
	for (size_t i = 0; i < a->n; i++) {
		const struct ka_rightsize *s = &a->size[i];

		ka_out_char(out, '\n');
		title(out, s);
		if (s->verdict == KA_RIGHTSIZE_FITS || ka_advised(s) || s->events)
			proof(out, a, s);
		if (ka_advised(s)) {
			losses(out, s);
			new_objects(out, a, s);
		} else if (s->verdict == KA_RIGHTSIZE_THIN) {
			mere_comments(out, a, s);
		}
	}
	if (a->nbindings)
		ka_out_str(out, "\n# The bindings of today, without those who have their own now.\n");
	for (size_t i = 0; i < a->nbindings; i++) {
		ka_out_str(out, "---\n");
		ka_binding_yaml(out, a, a->binding[i], false);
	}
	if (a->leftovers.n)
		ka_out_char(out, '\n');
	leftovers(out, a);
}

/* For a shell: the name of a namespace has no other characters. */
static void
shell_word(struct ka_out *out, const char *s)
{
	for (; *s; s++)
		ka_out_char(out, strchr("abcdefghijklmnopqrstuvwxyz0123456789-", *s) ? *s : '?');
}

static void
delete_line(struct ka_out *out, const struct ka_new_role *role, bool binding)
{
	static const char *const resources[2][2] = { { "clusterrole", "clusterrolebinding" }, { "role", "rolebinding" } };

	ka_out_fmt(out, "#   kubectl delete %s %s", resources[role->namespace != NULL][binding], role->name);
	if (role->namespace) {
		ka_out_str(out, " -n ");
		shell_word(out, role->namespace);
	}
	ka_out_char(out, '\n');
}

void
ka_advice_rollback(struct ka_out *out, const struct ka_advice *a)
{
	ka_out_str(out, "# The bindings as they were: apply this first.  Then what was new can go:\n");
	for (size_t i = 0; i < a->n; i++)
		for (size_t k = 0; ka_advised(&a->size[i]) && k < a->size[i].nroles; k++) {
			delete_line(out, &a->size[i].role[k], true);
			delete_line(out, &a->size[i].role[k], false);
		}
	for (size_t i = 0; i < a->nbindings; i++) {
		ka_out_str(out, "---\n");
		ka_binding_yaml(out, a, a->binding[i], true);
	}
}

/* ---- the difference ----------------------------------------------------------------------- */

static void
diff_head(struct ka_out *out, const char *kind, const char *namespace, const char *name, bool made)
{
	for (size_t i = 0; i < 2; i++) {
		ka_out_str(out, i ? "+++ " : "--- ");
		if (!i && made) {
			ka_out_str(out, "/dev/null\n");
			continue;
		}
		ka_out_str(out, kind);
		ka_out_char(out, ' ');
		if (namespace) {
			ka_out_term(out, namespace);
			ka_out_char(out, '/');
		}
		ka_out_term(out, name);
		ka_out_char(out, '\n');
	}
}

static void
diff_new(struct ka_out *out, const struct ka_advice *a, const struct ka_rightsize *s)
{
	struct ka_out *mem = ka_out_mem();

	for (size_t i = 0; i < s->nroles; i++) {
		const struct ka_new_role *role = &s->role[i];

		for (int binding = 0; binding < 2; binding++) {
			ka_out_memory_clear(mem);
			if (binding)
				ka_new_binding_yaml(mem, s, role);
			else
				ka_new_role_yaml(mem, a, role);
			diff_head(out, ka_new_kind(role, binding), role->namespace, role->name, true);
			ka_out_prefixed(out, ka_out_memory(mem, NULL), "+");
		}
	}
	ka_out_discard(mem);
}

static void
diff_binding(struct ka_out *out, const struct ka_advice *a, const struct ka_binding *b)
{
	struct ka_out *mem = ka_out_mem();
	size_t left = 0;

	for (size_t i = 0; i < b->nsubjects; i++)
		left += !ka_advice_drops(a, &b->subject[i]);
	diff_head(out, ka_kind_info(b->obj.kind)->kind, b->obj.namespace, b->obj.name, false);
	ka_binding_head_yaml(mem, b);
	ka_out_prefixed(out, ka_out_memory(mem, NULL), " ");
	ka_out_str(out, left ? " subjects:\n" : "-subjects:\n");
	for (size_t i = 0; i < b->nsubjects; i++) {
		ka_out_memory_clear(mem);
		ka_subject_yaml(mem, &b->subject[i]);
		ka_out_prefixed(out, ka_out_memory(mem, NULL), ka_advice_drops(a, &b->subject[i]) ? "-" : " ");
	}
	ka_out_str(out, left ? "" : "+subjects: []\n");
	ka_out_discard(mem);
}

void
ka_advice_patch(struct ka_out *out, const struct ka_advice *a)
{
	for (size_t i = 0; i < a->n; i++)
		if (ka_advised(&a->size[i]))
			diff_new(out, a, &a->size[i]);
	for (size_t i = 0; i < a->nbindings; i++)
		diff_binding(out, a, a->binding[i]);
}
