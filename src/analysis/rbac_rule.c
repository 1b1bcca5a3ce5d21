/* One rule against one request: pkg/apis/rbac/v1/evaluation_helpers.go. */
#include <kassay/rbac.h>

#include <stdio.h>
#include <string.h>

#include "util/str.h"
#include "util/banned.h"

struct ka_request
ka_request_as_served(struct ka_request req)
{
	if (!req.resource || strcmp(req.resource, "namespaces") != 0 || (req.group && *req.group))
		return req;
	if (!req.namespace && req.name && *req.name)
		req.namespace = req.name;
	return req;
}

static bool
either(const struct ka_strs *list, const char *star, const char *s)
{
	return ka_strs_has(list, star) || ka_strs_has(list, s);
}

/* Compares "resource/subresource" with an entry without composing it. */
static bool
is_combined(const char *entry, const char *resource, const char *subresource)
{
	size_t len = strlen(resource);

	if (strncmp(entry, resource, len) != 0)
		return false;
	if (!*subresource)
		return !entry[len];
	return entry[len] == '/' && !strcmp(entry + len + 1, subresource);
}

static bool
resource_matches(const struct ka_strs *list, const char *resource, const char *subresource)
{
	for (size_t i = 0; i < list->n; i++) {
		const char *entry = list->v[i];

		if (!strcmp(entry, "*") || is_combined(entry, resource, subresource))
			return true;
		/* Without a subresource in the request even a bare star and slash match nothing. */
		if (*subresource && is_combined(entry, "*", subresource))
			return true;
	}
	return false;
}

static bool
url_matches(const struct ka_strs *list, const char *url)
{
	for (size_t i = 0; i < list->n; i++) {
		const char *entry = list->v[i];
		size_t len = strlen(entry), prefix = len;

		/* strings.TrimRight takes every star off the end, not one. */
		while (prefix && entry[prefix - 1] == '*')
			prefix--;
		if (!strcmp(entry, url) || (prefix < len && !strncmp(entry, url, prefix)))
			return true;
	}
	return false;
}

bool
ka_rule_allows(const struct ka_rule *rule, const struct ka_request *req)
{
	if (!either(&rule->verbs, "*", req->verb))
		return false;
	if (!req->resource)
		return url_matches(&rule->urls, req->url ? req->url : "");
	return either(&rule->groups, "*", req->group ? req->group : "") &&
	       resource_matches(&rule->resources, req->resource,
				req->subresource ? req->subresource : "") &&
	       (!rule->names.n || ka_strs_has(&rule->names, req->name ? req->name : ""));
}

/* ---- rules that can match nothing ---- */

const char *
ka_resource_dead(const char *resource)
{
	const char *slash = strchr(resource, '/');

	if (!strcmp(resource, "*"))
		return NULL;
	if (!*resource)
		return "an empty resource name matches nothing";
	if (!slash)
		return strchr(resource, '*') ? "a star inside a resource name is taken literally"
					     : NULL;
	if (!strcmp(slash, "/*"))
		return "a star is no wildcard for subresources";
	if (!slash[1] || strchr(slash + 1, '/'))
		return "no request has such a subresource";
	if (resource[0] == '*' && slash == resource + 1)
		return strchr(slash, '*') ? "a star inside a subresource is taken literally" : NULL;
	return strchr(resource, '*') ? "a star inside a resource name is taken literally" : NULL;
}

const char *
ka_group_dead(const char *group)
{
	if (!strcmp(group, "*"))
		return NULL;
	if (strchr(group, '/'))
		return "an API group is written without its version";
	if (!strcmp(group, "core") || !strcmp(group, "v1"))
		return "the core API group is written as an empty string";
	return strchr(group, '*') ? "a star inside an API group is taken literally" : NULL;
}

static const char *
url_dead(const char *url)
{
	const char *star = strchr(url, '*');

	if (!strcmp(url, "*"))
		return NULL;
	if (*url != '/')
		return "a URL path begins with a slash";
	return star && star[strspn(star, "*")] ? "a star counts only at the end of a URL" : NULL;
}

/* NULL when one entry can match; else why the last cannot, or `empty` when there is none. */
static const char *
all_dead(const struct ka_strs *list, const char *(*dead)(const char *), const char *empty)
{
	const char *why = empty;

	for (size_t i = 0; i < list->n; i++) {
		why = dead(list->v[i]);
		if (!why)
			return NULL;
	}
	return why;
}

static bool
all_are(const struct ka_strs *list, const char *s)
{
	for (size_t i = 0; i < list->n; i++)
		if (strcmp(list->v[i], s) != 0)
			return false;
	return list->n > 0;
}

/* Roles, bindings and impersonated users may really be named "*": only a slash, a per cent sign and
 * dots are refused there. */
static bool
star_may_be_a_name(const struct ka_rule *rule)
{
	if (either(&rule->groups, "*", "rbac.authorization.k8s.io"))
		return true;
	for (size_t i = 0; i < rule->verbs.n; i++)
		if (ka_str_has_prefix(rule->verbs.v[i], "impersonate"))
			return true;
	return ka_strs_has(&rule->verbs, "*") &&
	       (ka_strs_has(&rule->resources, "*") || ka_strs_has(&rule->resources, "users") ||
		ka_strs_has(&rule->resources, "groups"));
}

static const char *
names_dead(const struct ka_rule *rule)
{
	if (!rule->names.n)
		return NULL;
	if (all_are(&rule->names, "*") && !star_may_be_a_name(rule))
		return "a star in resourceNames is taken literally, and no object has that name";
	if (all_are(&rule->verbs, "deletecollection") && !ka_strs_has(&rule->names, ""))
		return "deletecollection names no object, so resourceNames rule it out";
	return NULL;
}

static const char *
resources_dead(const struct ka_rule *rule)
{
	const char *why = all_dead(&rule->resources, ka_resource_dead, "it names no resources");

	if (!why)
		why = all_dead(&rule->groups, ka_group_dead, "it has resources but no apiGroups");
	return why ? why : names_dead(rule);
}

bool
ka_rule_dead(const struct ka_rule *rule, bool namespaced, const char **ret_why)
{
	const char *why, *url_why = NULL;

	if (!rule->verbs.n)
		why = "it has no verbs";
	else
		why = resources_dead(rule);
	if (why && rule->verbs.n && rule->urls.n) {
		url_why = namespaced ? "nonResourceURLs count only in a ClusterRole"
				     : all_dead(&rule->urls, url_dead, NULL);
		if (!url_why)
			why = NULL;
		else if (!rule->resources.n)
			why = url_why;
	}
	if (why && ret_why)
		*ret_why = why;
	return why != NULL;
}

/* ---- a rule in words ---- */

struct line {
	char *s;
	size_t len, size;
};

static void
add(struct line *l, const char *s)
{
	int n = snprintf(l->s + l->len, l->size - l->len, "%s", s);

	if (n > 0)
		l->len += (size_t)n < l->size - l->len ? (size_t)n : l->size - l->len - 1;
}

static void
add_list(struct line *l, const char *before, const struct ka_strs *list)
{
	if (!list->n)
		return;
	add(l, before);
	for (size_t i = 0; i < list->n; i++) {
		add(l, i ? ", " : "");
		add(l, *list->v[i] ? list->v[i] : "\"\"");
	}
}

const char *
ka_rule_text(const struct ka_rule *rule, char buf[256])
{
	struct line l = { .s = buf, .size = 256 };
	bool core = all_are(&rule->groups, "");

	buf[0] = '\0';
	add_list(&l, "", &rule->verbs);
	add_list(&l, " on ", &rule->resources);
	if (!core && rule->resources.n)
		add_list(&l, " in ", &rule->groups);
	add_list(&l, " named ", &rule->names);
	add_list(&l, rule->resources.n ? " and URLs " : " on URLs ", &rule->urls);
	if (l.len == l.size - 1)
		memcpy(buf + l.len - 3, "...", 3);
	return buf;
}
