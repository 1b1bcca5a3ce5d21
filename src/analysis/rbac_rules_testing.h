/* Rules for tests as one line of text: "get,list|apps|deployments|a,b|/url", fields from the right
 * left out when they are empty, rules apart by ";".  '' is the empty word. */
#ifndef KA_ANALYSIS_RBAC_RULES_TESTING_H
#define KA_ANALYSIS_RBAC_RULES_TESTING_H

#include <stdlib.h>
#include <string.h>

#include <kassay/rbac.h>

#include "util/alloc.h"
#include "util/str.h"

enum { RULES_MAX = 16, WORDS_MAX = 128 };

struct rules {
	size_t n;
	struct ka_rule rule[RULES_MAX];
	const char *word[WORDS_MAX];
	char *text;
};

/* The next piece of *at up to `stop`, which is cut off; NULL after the last. */
static inline char *
rules_piece(char **at, char stop)
{
	char *s = *at, *end = s ? strchr(s, stop) : NULL;

	*at = end ? end + 1 : NULL;
	if (end)
		*end = '\0';
	return s;
}

static inline struct rules *
rules_of(const char *text)
{
	struct rules *r = ka_xcalloc(1, sizeof *r);
	size_t nwords = 0;
	char *at = r->text = ka_xstrdup(text), *one;

	if (!*text)
		at = NULL;
	while ((one = rules_piece(&at, ';'))) {
		struct ka_rule *rule = &r->rule[r->n++];
		struct ka_strs *field[] = { &rule->verbs, &rule->groups, &rule->resources, &rule->names,
					    &rule->urls };
		char *words, *word;

		for (size_t f = 0; f < 5 && (words = rules_piece(&one, '|')); f++) {
			field[f]->v = &r->word[nwords];
			while (*words && (word = rules_piece(&words, ','))) {
				r->word[nwords++] = strcmp(word, "''") ? word : "";
				field[f]->n++;
				if (!words)
					break;
			}
		}
	}
	return r;
}

static inline void
rules_free(struct rules *r)
{
	free(r->text);
	free(r);
}

/* ---- objects for a world, with their rules as such text ---- */

static inline void
put_words(struct ka_buf *b, const char *field, const struct ka_strs *list)
{
	ka_buf_fmt(b, NULL, "'%s': [", field);
	for (size_t i = 0; i < list->n; i++)
		ka_buf_fmt(b, NULL, "%s'%s'", i ? ", " : "", list->v[i]);
	ka_buf_fmt(b, NULL, "]");
}

/* ns NULL: of the whole cluster. */
static inline void
put_head(struct ka_buf *b, const char *kind, const char *ns, const char *name)
{
	ka_buf_fmt(b, NULL, "{'apiVersion': 'rbac.authorization.k8s.io/v1', 'kind': '%s%s', ",
		   ns ? "" : "Cluster", kind);
	ka_buf_fmt(b, NULL, "'metadata': {'name': '%s'", name);
	if (ns)
		ka_buf_fmt(b, NULL, ", 'namespace': '%s'", ns);
	ka_buf_fmt(b, NULL, "}, ");
}

static inline void
put_role(struct ka_buf *b, const char *ns, const char *name, const char *text)
{
	static const char *const fields[] = { "verbs", "apiGroups", "resources", "resourceNames",
					      "nonResourceURLs" };
	struct rules *r = rules_of(text);

	put_head(b, "Role", ns, name);
	ka_buf_fmt(b, NULL, "'rules': [");
	for (size_t i = 0; i < r->n; i++) {
		const struct ka_rule *rule = &r->rule[i];
		const struct ka_strs *list[] = { &rule->verbs, &rule->groups, &rule->resources,
						 &rule->names, &rule->urls };

		for (size_t f = 0; f < 5; f++) {
			ka_buf_fmt(b, NULL, "%s", f ? ", " : i ? ", {" : "{");
			put_words(b, fields[f], list[f]);
		}
		ka_buf_fmt(b, NULL, "}");
	}
	ka_buf_fmt(b, NULL, "]}\n");
	rules_free(r);
}

/* Subjects are "User:ann,Group:devs,ServiceAccount:shop:web". */
static inline void
put_binding(struct ka_buf *b, const char *ns, const char *name, const char *role_kind,
	    const char *role, const char *subjects)
{
	char *text = ka_xstrdup(subjects), *at = *text ? text : NULL, *one;
	const char *between = "";

	put_head(b, "RoleBinding", ns, name);
	ka_buf_fmt(b, NULL, "'roleRef': {'apiGroup': 'rbac.authorization.k8s.io', 'kind': '%s', ",
		   role_kind);
	ka_buf_fmt(b, NULL, "'name': '%s'}, 'subjects': [", role);
	while ((one = rules_piece(&at, ','))) {
		const char *kind = rules_piece(&one, ':');

		ka_buf_fmt(b, NULL, "%s{'kind': '%s'", between, kind);
		if (!strcmp(kind, "ServiceAccount"))
			ka_buf_fmt(b, NULL, ", 'namespace': '%s'", rules_piece(&one, ':'));
		ka_buf_fmt(b, NULL, ", 'name': '%s'}", one);
		between = ", ";
	}
	ka_buf_fmt(b, NULL, "]}\n");
	free(text);
}

/* A role and a binding of the same name. */
static inline void
put_grant(struct ka_buf *b, const char *ns, const char *name, const char *text, const char *subjects)
{
	put_role(b, ns, name, text);
	put_binding(b, ns, name, ns ? "Role" : "ClusterRole", name, subjects);
}

#endif
