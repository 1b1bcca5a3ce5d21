/* Impersonation: staging/src/k8s.io/apiserver/pkg/endpoints/filters/impersonation/mode.go. */
#include <kassay/impersonate.h>

#include <ctype.h>
#include <string.h>

#include "util/arena.h"
#include "util/str.h"
#include "util/banned.h"

#define AUTHENTICATION "authentication.k8s.io"
#define NODE_USER "system:node:"
#define ACCOUNT_USER "system:serviceaccount:"

/* From so many values on, leave for all of them is asked for first. */
enum { MANY = 4 };

const char *
ka_impersonation_mode_name(enum ka_impersonation_mode mode)
{
	switch (mode) {
	case KA_IMPERSONATE_ASSOCIATED_NODE:
		return "associated-node";
	case KA_IMPERSONATE_ARBITRARY_NODE:
		return "arbitrary-node";
	case KA_IMPERSONATE_SERVICEACCOUNT:
		return "serviceaccount";
	case KA_IMPERSONATE_USER_INFO:
		return "user-info";
	case KA_IMPERSONATE_LEGACY:
	case KA_IMPERSONATION_NMODES:
		break;
	}
	return "legacy";
}

void
ka_impersonation_release(struct ka_impersonation *i)
{
	ka_arena_free(i->arena);
	*i = (struct ka_impersonation){ .mode = KA_IMPERSONATE_LEGACY };
}

/* ---- what a name says ---- */

/* A DNS label, of at most `max` bytes. */
static bool
is_label(const char *s, size_t len, size_t max)
{
	if (!len || len > max || s[0] == '-' || s[len - 1] == '-')
		return false;
	for (size_t i = 0; i < len; i++)
		if (!islower((unsigned char)s[i]) && !isdigit((unsigned char)s[i]) && s[i] != '-')
			return false;
	return true;
}

/* NameIsDNSSubdomain */
static bool
is_subdomain(const char *s, size_t len)
{
	if (len > 253)
		return false;
	for (size_t at = 0; at <= len; at++) {
		size_t label = strcspn(s + at, ".");

		if (label > len - at)
			label = len - at;
		if (!is_label(s + at, label, 253))
			return false;
		at += label;
	}
	return true;
}

/* The node of a node's user name, or NULL. */
static const char *
node_of(const char *user)
{
	const char *name = user + strlen(NODE_USER);

	return ka_str_has_prefix(user, NODE_USER) && is_subdomain(name, strlen(name)) ? name : NULL;
}

/* serviceaccount.SplitUsername: *ret_namespace is in the arena; the name, or NULL. */
static const char *
account_of(struct ka_arena *arena, const char *user, const char **ret_namespace)
{
	const char *ns = user + strlen(ACCOUNT_USER), *colon, *name;

	if (!ka_str_has_prefix(user, ACCOUNT_USER))
		return NULL;
	colon = strchr(ns, ':');
	name = colon ? colon + 1 : "";
	if (!is_subdomain(name, strlen(name)) || !is_label(ns, (size_t)(colon - ns), 63))
		return NULL;
	*ret_namespace = ka_arena_strndup(arena, ns, (size_t)(colon - ns));
	return name;
}

/* validation.IsDomainPrefixedPath, in lower case. */
static bool
is_extra_key(const char *key)
{
	const char *slash = strchr(key, '/');

	if (!slash || !slash[1] || !is_subdomain(key, (size_t)(slash - key)))
		return false;
	for (const char *p = slash + 1; *p; p++)
		if (isupper((unsigned char)*p) ||
		    (!isalnum((unsigned char)*p) && !strchr("/-._~%!$&'()*+,;=:", *p)))
			return false;
	return true;
}

/* ---- asking ---- */

struct asking {
	const struct ka_rbac *rbac;
	const struct ka_who *who;
	const struct ka_impersonated *wanted;
	const struct ka_request *req;
	bool constrained;
	const char *verb, *user_group; /* of what names users, accounts, nodes and groups */
	struct ka_impersonation *ret;
};

/* Asks; without `must`, a no leaves no trace. */
static bool
ask(struct asking *a, struct ka_request req, bool must)
{
	struct ka_impersonation_need need = { .req = req };

	need.allowed = ka_rbac_allows(a->rbac, a->who, &req, &need.by.grant, &need.by.rule);
	if (need.allowed || must)
		a->ret->need[a->ret->nneeds++] = need;
	return need.allowed;
}

static struct ka_request
need_of(const struct asking *a, const char *group, const char *resource, const char *name)
{
	return (struct ka_request){ .verb = a->verb, .group = group, .resource = resource, .name = name };
}

static bool
refuse(struct asking *a, const char *why)
{
	a->ret->refusal = why;
	return false;
}

/* Also sets the groups that go with the name. */
static bool
ask_user(struct asking *a, enum ka_impersonation_mode mode)
{
	struct ka_arena *arena = a->ret->arena;
	const struct ka_impersonated *w = a->wanted;
	const char **groups = ka_arena_array(arena, w->groups.n + 4, sizeof *groups);
	const char *node = node_of(w->user), *namespace, *account = account_of(arena, w->user, &namespace);
	struct ka_request req = need_of(a, a->user_group, "users", w->user);
	size_t n = w->groups.n;

	if (n)
		memcpy(groups, w->groups.v, n * sizeof *groups);
	if (a->constrained && node) {
		req.resource = "nodes";
		/* What is remembered of one node must hold for all, so the name is not asked for. */
		req.name = mode == KA_IMPERSONATE_ASSOCIATED_NODE ? "*" : node;
		groups[n++] = "system:nodes";
	}
	if (account) {
		req.resource = "serviceaccounts";
		req.namespace = namespace;
		req.name = account;
		if (!w->groups.n) {
			groups[n++] = "system:serviceaccounts";
			groups[n++] = ka_arena_fmt(arena, "system:serviceaccounts:%s", namespace);
		}
	}
	a->ret->groups = (struct ka_strs){ n, groups };
	return ask(a, req, true);
}

static bool
ask_groups(struct asking *a)
{
	const struct ka_strs *groups = &a->wanted->groups;

	if (!groups->n)
		return true;
	if (a->constrained && ka_strs_has(groups, ""))
		return refuse(a, "the empty string is no group");
	if (a->constrained && ka_strs_has(groups, "system:masters"))
		return refuse(a, "system:masters is impersonated only in the legacy mode");
	if (a->constrained && groups->n >= MANY &&
	    ask(a, need_of(a, a->user_group, "groups", "*"), false))
		return true;
	for (size_t i = 0; i < groups->n; i++)
		if (!ask(a, need_of(a, a->user_group, "groups", groups->v[i]), true))
			return false;
	return true;
}

static const char *
extra_fault(const struct ka_impersonated *w)
{
	for (size_t i = 0; i < w->nextras; i++) {
		if (!is_extra_key(w->extra[i].key))
			return "a key of extra is no path below a domain in lower case";
		if (!w->extra[i].values.n || ka_strs_has(&w->extra[i].values, ""))
			return "a key of extra has no value";
	}
	return NULL;
}

static bool
many_extras(const struct ka_impersonated *w)
{
	size_t n = 0;

	for (size_t i = 0; i < w->nextras; i++)
		n += w->extra[i].values.n;
	return w->nextras >= MANY || n >= MANY;
}

static bool
ask_extra(struct asking *a)
{
	const struct ka_impersonated *w = a->wanted;
	struct ka_request req = need_of(a, AUTHENTICATION, "userextras", "*");

	if (!w->nextras)
		return true;
	if (a->constrained && extra_fault(w))
		return refuse(a, extra_fault(w));
	req.subresource = "*";
	if (a->constrained && many_extras(w) && ask(a, req, false))
		return true;
	for (size_t i = 0; i < w->nextras; i++) {
		req.subresource = w->extra[i].key;
		for (size_t k = 0; k < w->extra[i].values.n; k++) {
			req.name = w->extra[i].values.v[k];
			if (!ask(a, req, true))
				return false;
		}
	}
	return true;
}

static bool
ask_all(struct asking *a, enum ka_impersonation_mode mode)
{
	const char *uid = a->wanted->uid;

	if (a->constrained) {
		struct ka_request on = *a->req;

		on.verb = ka_arena_fmt(a->ret->arena, "impersonate-on:%s:%s",
				       ka_impersonation_mode_name(mode), on.verb);
		if (!ask(a, on, true))
			return false;
	}
	return ask_user(a, mode) &&
	       (!uid || !*uid || ask(a, need_of(a, AUTHENTICATION, "uids", uid), true)) &&
	       ask_groups(a) && ask_extra(a);
}

/* Groups that every user has who is not told to be in the other one. */
static void
add_common_group(struct ka_impersonation *i, const char *user)
{
	const char *group = "system:authenticated", **v;

	if (!strcmp(user, "system:anonymous"))
		group = "system:unauthenticated";
	else if (ka_strs_has(&i->groups, "system:unauthenticated"))
		return;
	if (ka_strs_has(&i->groups, group))
		return;
	v = ka_arena_array(i->arena, i->groups.n + 1, sizeof *v);
	if (i->groups.n)
		memcpy(v, i->groups.v, i->groups.n * sizeof *v);
	v[i->groups.n] = group;
	i->groups = (struct ka_strs){ i->groups.n + 1, v };
}

/* ---- modes ---- */

static bool
only_user(const struct ka_impersonated *w)
{
	return (!w->uid || !*w->uid) && !w->groups.n && !w->nextras;
}

static bool
speaks_of(enum ka_impersonation_mode mode, const struct ka_impersonator *caller,
	  const struct ka_impersonated *w, struct ka_arena *arena)
{
	const struct ka_subject *s = &caller->who.subject;
	const char *node = node_of(w->user), *namespace;

	switch (mode) {
	case KA_IMPERSONATE_ASSOCIATED_NODE:
		return only_user(w) && node && caller->node && !strcmp(caller->node, node) &&
		       (s->kind == KA_SUBJECT_SERVICEACCOUNT ||
			(s->kind == KA_SUBJECT_USER && s->name &&
			 account_of(arena, s->name, &namespace)));
	case KA_IMPERSONATE_ARBITRARY_NODE:
		return only_user(w) && node;
	case KA_IMPERSONATE_SERVICEACCOUNT:
		return only_user(w) && account_of(arena, w->user, &namespace);
	case KA_IMPERSONATE_USER_INFO:
		return !node && !account_of(arena, w->user, &namespace);
	case KA_IMPERSONATE_LEGACY:
		return true;
	case KA_IMPERSONATION_NMODES:
		break;
	}
	return false;
}

static size_t
most_needs(const struct ka_impersonated *w)
{
	size_t n = 4 + w->groups.n; /* on, user, uid, a star */

	for (size_t i = 0; i < w->nextras; i++)
		n += w->extra[i].values.n;
	return n;
}

bool
ka_rbac_impersonate_in(const struct ka_rbac *rbac, enum ka_impersonation_mode mode,
		       const struct ka_impersonator *caller, const struct ka_impersonated *wanted,
		       const struct ka_request *req, struct ka_impersonation *ret)
{
	bool constrained = mode != KA_IMPERSONATE_LEGACY;
	struct asking a = {
		.rbac = rbac,
		.who = &caller->who,
		.wanted = wanted,
		.req = req,
		.constrained = constrained,
		.user_group = constrained ? AUTHENTICATION : "",
		.ret = ret,
	};

	*ret = (struct ka_impersonation){ .mode = mode, .arena = ka_arena_new() };
	if (!wanted->user || !*wanted->user) {
		ret->refusal = "Impersonate-User is missing";
		return !constrained;
	}
	if (!speaks_of(mode, caller, wanted, ret->arena) || (constrained && !req))
		return false;
	a.verb = constrained ? ka_arena_fmt(ret->arena, "impersonate:%s",
					    ka_impersonation_mode_name(mode))
			     : "impersonate";
	ret->need = ka_arena_array(ret->arena, most_needs(wanted), sizeof *ret->need);
	ret->allowed = ask_all(&a, mode);
	if (ret->allowed)
		add_common_group(ret, wanted->user);
	else
		ret->groups = (struct ka_strs){ 0, NULL };
	return true;
}

void
ka_rbac_impersonate(const struct ka_rbac *rbac, const struct ka_impersonator *caller,
		    const struct ka_impersonated *wanted, const struct ka_request *req,
		    struct ka_impersonation *ret)
{
	struct ka_impersonation first = { .arena = NULL };
	bool refused = false;

	for (int mode = 0; mode < KA_IMPERSONATION_NMODES; mode++) {
		if (!ka_rbac_impersonate_in(rbac, (enum ka_impersonation_mode)mode, caller, wanted,
					    req, ret)) {
			ka_impersonation_release(ret);
			continue;
		}
		if (ret->allowed)
			break;
		if (!refused)
			first = *ret;
		else
			ka_impersonation_release(ret);
		refused = true;
	}
	if (ret->allowed)
		ka_impersonation_release(&first);
	else
		*ret = first;
}

struct ka_who
ka_impersonated_who(const struct ka_impersonated *wanted, const struct ka_impersonation *i)
{
	return (struct ka_who){
		.subject = { .kind = KA_SUBJECT_USER, .kind_name = "User", .name = wanted->user },
		.groups = i->groups,
		.as_given = true,
	};
}
