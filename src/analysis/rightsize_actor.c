/* Whose use counts, and which of his grants would go. */
#include "analysis/rightsize_private.h"

#include <stdlib.h>
#include <string.h>

#include "analysis/rbac_private.h"
#include "util/alloc.h"
#include "util/str.h"
#include "util/banned.h"

#define ACCOUNT_USER "system:serviceaccount:"

/* "system:serviceaccount:NS:NAME" is this account. */
static bool
spells(const char *user, const char *namespace, const char *name)
{
	size_t len = namespace ? strlen(namespace) : 0;

	if (!namespace || !ka_str_has_prefix(user, ACCOUNT_USER))
		return false;
	user += strlen(ACCOUNT_USER);
	return !strncmp(user, namespace, len) && user[len] == ':' && !strcmp(user + len + 1, name);
}

bool
ka_subject_is(const struct ka_subject *e, const struct ka_subject *s)
{
	if (!e->name || !s->name)
		return false;
	if (e->kind == s->kind)
		return !strcmp(e->name, s->name) &&
		       (e->kind != KA_SUBJECT_SERVICEACCOUNT || !ka_str_cmp(e->namespace, s->namespace));
	if (e->kind == KA_SUBJECT_USER && s->kind == KA_SUBJECT_SERVICEACCOUNT)
		return spells(e->name, s->namespace, s->name);
	if (e->kind == KA_SUBJECT_SERVICEACCOUNT && s->kind == KA_SUBJECT_USER)
		return spells(s->name, e->namespace, e->name);
	return false;
}

/* ---- grants ------------------------------------------------------------------------------- */

static bool
names(const struct ka_binding *b, const struct ka_subject *s)
{
	for (size_t i = 0; i < b->nsubjects; i++)
		if (ka_subject_is(&b->subject[i], s))
			return true;
	return false;
}

/* The binding without the subject is still one of his. */
static bool
remains(const struct ka_identity *id, const struct ka_binding *b, const struct ka_subject *s)
{
	struct ka_subject *subject = ka_xcalloc(b->nsubjects + 1, sizeof *subject);
	struct ka_binding less = *b;
	bool ret;

	less.subject = subject;
	less.nsubjects = 0;
	for (size_t i = 0; i < b->nsubjects; i++)
		if (!ka_subject_is(&b->subject[i], s))
			subject[less.nsubjects++] = b->subject[i];
	ret = ka_identity_in(id, &less) != NULL;
	free(subject);
	return ret;
}

static void
split_grants(struct ka_sizing *s, struct ka_actor *a)
{
	const struct ka_subject *subject = &s->ret->subject;
	struct ka_identity id;
	struct ka_grant *all;
	size_t n = ka_rbac_grants_of(s->r->rbac, &a->who, &all);

	ka_identify(&id, &a->who);
	a->direct = ka_xcalloc(n + 1, sizeof *a->direct);
	a->rest = ka_xcalloc(n + 1, sizeof *a->rest);
	for (size_t i = 0; i < n; i++) {
		bool direct = names(all[i].binding, subject);

		if (direct)
			a->direct[a->ndirect++] = all[i];
		if (!direct || remains(&id, all[i].binding, subject))
			a->rest[a->nrest++] = all[i];
	}
	ka_identity_release(&id);
	free(all);
}

/* ---- actors ------------------------------------------------------------------------------- */

/* A group that everybody of this user's kind is in. */
static bool
implied(const struct ka_subject *user, const char *group)
{
	const struct ka_who who = { .subject = *user };
	struct ka_identity id;
	bool ret = false;

	ka_identify(&id, &who);
	for (size_t i = 0; i < id.nimplied; i++)
		ret = ret || !strcmp(id.implied[i], group);
	ka_identity_release(&id);
	return ret;
}

/* The groups of the log can be counted on: he was in all of them each time. */
static bool
steady_groups(const struct ka_user *user)
{
	return user->subject.kind == KA_SUBJECT_USER && !user->groups_unknown && !user->impersonated;
}

static struct ka_strs
one_string(struct ka_arena *arena, const char *s)
{
	const char **v = ka_arena_array(arena, 1, sizeof *v);

	*v = s;
	return (struct ka_strs){ 1, v };
}

static void
add_actor(struct ka_sizing *s, const struct ka_user *user)
{
	const struct ka_subject *subject = &s->ret->subject;
	struct ka_actor *a = &s->actor[s->nactors];

	*a = (struct ka_actor){ .user = user, .who.subject = user->subject };
	if (steady_groups(user))
		a->who.groups = user->groups;
	if (subject->kind == KA_SUBJECT_GROUP && !implied(&user->subject, subject->name) &&
	    !ka_strs_has(&a->who.groups, subject->name))
		a->who.groups = one_string(s->arena, subject->name);
	split_grants(s, a);
	s->ret->user[s->nactors++] = user;
	s->ret->events += user->events;
}

static bool
is_actor(const struct ka_subject *s, const struct ka_user *user)
{
	if (s->kind != KA_SUBJECT_GROUP)
		return ka_subject_is(&user->subject, s);
	return ka_strs_has(&user->groups, s->name) || implied(&user->subject, s->name);
}

void
ka_sizing_actors(struct ka_sizing *s)
{
	struct ka_rightsize *ret = s->ret;
	const struct ka_subject *subject = &ret->subject;
	size_t n, nusers = 1;
	const struct ka_user *users = ka_usage_users(s->r->u, &n), *user;

	s->who = (struct ka_who){ .subject = *subject };
	if (subject->kind == KA_SUBJECT_GROUP)
		nusers = n;
	s->actor = ka_xcalloc(nusers + 1, sizeof *s->actor);
	ret->user = ka_arena_array(s->arena, nusers + 1, sizeof *ret->user);
	if (subject->kind != KA_SUBJECT_GROUP) {
		user = ka_usage_user(s->r->u, subject);
		if (user)
			add_actor(s, user);
	} else {
		for (size_t i = 0; i < n; i++)
			if (is_actor(subject, &users[i]))
				add_actor(s, &users[i]);
	}
	ret->nusers = s->nactors;
	if (s->nactors == 1)
		s->who.groups = s->actor->who.groups;
	if (subject->kind == KA_SUBJECT_USER)
		ret->groups = s->who.groups;
}

void
ka_sizing_release_actors(struct ka_sizing *s)
{
	for (size_t i = 0; i < s->nactors; i++) {
		free(s->actor[i].direct);
		free(s->actor[i].rest);
	}
	free(s->actor);
}
