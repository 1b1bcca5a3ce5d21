/* Who asks: the user and all groups that go without saying. */
#include "analysis/rbac_private.h"

#include <stdio.h>
#include <string.h>

#include "util/alloc.h"
#include "util/str.h"
#include "util/banned.h"

#define MASTERS "system:masters"

static void
imply(struct ka_identity *id, const char *group)
{
	id->implied[id->nimplied++] = group;
}

static void
imply_for_account(struct ka_identity *id, const char *namespace)
{
	size_t size = sizeof "system:serviceaccounts:" + strlen(namespace);

	id->group = ka_xmalloc(size);
	snprintf(id->group, size, "system:serviceaccounts:%s", namespace);
	imply(id, "system:serviceaccounts");
	imply(id, id->group);
}

static void
identify_user(struct ka_identity *id, const char *name, bool imply_groups)
{
	char *namespace;

	id->user = ka_xstrdup(name);
	if (!imply_groups)
		return;
	if (!strcmp(name, "system:anonymous")) {
		imply(id, "system:unauthenticated");
		return;
	}
	if (ka_username_namespace(name, &namespace)) {
		imply_for_account(id, namespace);
		free(namespace);
	} else if (ka_str_has_prefix(name, "system:node:")) {
		imply(id, "system:nodes");
	}
	imply(id, "system:authenticated");
}

static void
identify_group(struct ka_identity *id, const char *name, bool imply_groups)
{
	id->group = ka_xstrdup(name);
	imply(id, id->group);
	if (!imply_groups || !strcmp(name, "system:unauthenticated"))
		return;
	if (ka_str_has_prefix(name, "system:serviceaccounts:"))
		imply(id, "system:serviceaccounts");
	imply(id, "system:authenticated");
}

void
ka_identify(struct ka_identity *id, const struct ka_who *who)
{
	const struct ka_subject *s = &who->subject;
	char *username;

	*id = (struct ka_identity){ .groups = &who->groups };
	if (!s->name)
		return;
	switch (s->kind) {
	case KA_SUBJECT_USER:
		identify_user(id, s->name, !who->as_given);
		break;
	case KA_SUBJECT_GROUP:
		identify_group(id, s->name, !who->as_given);
		break;
	case KA_SUBJECT_SERVICEACCOUNT:
		username = ka_username_of(s->namespace ? s->namespace : "", s->name);
		identify_user(id, username, !who->as_given);
		free(username);
		break;
	case KA_SUBJECT_UNKNOWN:
		break;
	}
}

bool
ka_identity_is_master(const struct ka_identity *id)
{
	for (size_t i = 0; i < id->nimplied; i++)
		if (!strcmp(id->implied[i], MASTERS))
			return true;
	return ka_strs_has(id->groups, MASTERS);
}

void
ka_identity_release(struct ka_identity *id)
{
	free(id->user);
	free(id->group);
}

/* ---- as a subject of a binding ---- */

static bool
in_group(const struct ka_identity *id, const char *group)
{
	for (size_t i = 0; i < id->nimplied; i++)
		if (!strcmp(id->implied[i], group))
			return true;
	return ka_strs_has(id->groups, group);
}

/* MatchesUsername of apiserver/pkg/authentication/serviceaccount/util.go: without composing it. */
static bool
is_account(const char *user, const char *namespace, const char *name)
{
	size_t prefix = strlen("system:serviceaccount:"), len = strlen(namespace);

	return !strncmp(user, "system:serviceaccount:", prefix) &&
	       !strncmp(user + prefix, namespace, len) && user[prefix + len] == ':' &&
	       !strcmp(user + prefix + len + 1, name);
}

const struct ka_subject *
ka_identity_in(const struct ka_identity *id, const struct ka_binding *binding)
{
	for (size_t i = 0; i < binding->nsubjects; i++) {
		const struct ka_subject *s = &binding->subject[i];

		if (!ka_subject_live(s))
			continue;
		if (s->kind == KA_SUBJECT_GROUP ? in_group(id, s->name)
		    : !id->user		     ? false
		    : s->kind == KA_SUBJECT_USER ? !strcmp(s->name, id->user)
						 : is_account(id->user, s->namespace, s->name))
			return s;
	}
	return NULL;
}
