/* The proof: every request again, against what would be there. */
#include "analysis/rightsize_private.h"

#include <stdlib.h>
#include <string.h>

#include <kassay/escalate.h>

#include "util/alloc.h"
#include "util/str.h"
#include "util/banned.h"

/* The first of two that a reader of the log meets. */
static bool
earlier(const struct ka_used *a, const struct ka_used *b)
{
	if (a->first && b->first && a->first != b->first)
		return a->first < b->first;
	return a->file != b->file ? a->file < b->file : a->line < b->line;
}

/* How many of the new rules allow it, *ret_last is one of them. */
static size_t
allowing(const struct ka_rightsize *size, const struct ka_kept *k, struct ka_new_rule **ret_last)
{
	size_t n = 0;

	for (size_t i = 0; i < size->nroles; i++) {
		const struct ka_new_role *role = &size->role[i];

		if (role->namespace && ka_str_cmp(role->namespace, k->req.namespace))
			continue;
		for (size_t j = 0; j < role->n; j++) {
			if (!ka_rule_allows(&role->rule[j].rule, &k->req))
				continue;
			role->rule[j].requests++;
			role->rule[j].events += k->used->allowed;
			*ret_last = &role->rule[j];
			n++;
		}
	}
	return n;
}

static void
replay(struct ka_sizing *s, const struct ka_kept *k)
{
	struct ka_rightsize *ret = s->ret;
	struct ka_new_rule *rule = NULL;
	bool rest = ka_grants_allow(s->r->rbac, k->actor->rest, k->actor->nrest, &k->req);
	size_t n = allowing(ret, k, &rule);

	ret->before++;
	ret->before_events += k->used->allowed;
	if (!rest && !n) {
		if (!ret->broken)
			ret->broken = k->used;
		return;
	}
	ret->after++;
	ret->after_events += k->used->allowed;
	if (!rest && n == 1 && (!rule->needs || earlier(k->used, rule->needs))) {
		rule->needs = k->used;
		rule->needs_by = k->actor->user;
	}
}

/* What was refused and would be today: nothing new may allow it. */
static void
replay_denied(struct ka_sizing *s, const struct ka_actor *a)
{
	struct ka_rightsize *ret = s->ret;

	for (size_t i = 0; i < a->user->n; i++) {
		const struct ka_used *used = &a->user->used[i];
		struct ka_kept k = { used, a, used->req };
		bool allowed = false;

		if (used->allowed || !used->denied)
			continue;
		ret->denied++;
		if (ka_grants_allow(s->r->rbac, a->direct, a->ndirect, &used->req) ||
		    ka_grants_allow(s->r->rbac, a->rest, a->nrest, &used->req))
			continue;
		for (size_t r = 0; r < ret->nroles && !allowed; r++) {
			const struct ka_new_role *role = &ret->role[r];

			if (role->namespace && ka_str_cmp(role->namespace, k.req.namespace))
				continue;
			for (size_t j = 0; j < role->n; j++)
				allowed = allowed || ka_rule_allows(&role->rule[j].rule, &k.req);
		}
		ret->denied_after += allowed;
	}
}

/* ---- nothing that is not held today ------------------------------------------------------- */

/* The rules of today that hold in a scope: a new array. */
static struct ka_rule *
rules_in(const struct ka_sizing *s, const struct ka_actor *a, const char *namespace, size_t *ret_n)
{
	struct ka_rule *all = NULL;
	size_t n = 0, cap = 0;

	for (size_t i = 0; i < a->ndirect; i++) {
		size_t nrules;
		const struct ka_rule *rule = ka_rbac_rules(s->r->rbac, a->direct[i].role, &nrules);

		if (a->direct[i].namespace && ka_str_cmp(a->direct[i].namespace, namespace))
			continue;
		for (size_t k = 0; k < nrules; k++) {
			KA_GROW(all, n, cap);
			all[n++] = rule[k];
		}
	}
	*ret_n = n;
	return all;
}

static bool
covered(const struct ka_sizing *s, const struct ka_new_role *role)
{
	struct ka_rule *new = ka_xcalloc(role->n + 1, sizeof *new);
	bool ret = false;

	for (size_t i = 0; i < role->n; i++)
		new[i] = role->rule[i].rule;
	/* All actors hold what names the subject. */
	for (size_t i = 0; i < s->nactors && !ret; i++) {
		size_t n;
		struct ka_rule *held = rules_in(s, &s->actor[i], role->namespace, &n);

		ret = ka_rules_cover(held, n, new, role->n, NULL);
		free(held);
	}
	free(new);
	return ret;
}

void
ka_sizing_proof(struct ka_sizing *s)
{
	struct ka_rightsize *ret = s->ret;

	for (size_t i = 0; i < s->nkept; i++)
		replay(s, &s->kept[i]);
	for (size_t i = 0; i < s->nactors; i++)
		replay_denied(s, &s->actor[i]);
	ret->covered = true;
	for (size_t i = 0; i < ret->nroles; i++) {
		ret->covered = ret->covered && covered(s, &ret->role[i]);
		for (size_t k = 0; k < ret->role[i].n; k++)
			ret->nneeded += ret->role[i].rule[k].needs != NULL;
	}
}
