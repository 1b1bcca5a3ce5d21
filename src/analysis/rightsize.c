#include <kassay/rightsize.h>

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/rightsize_private.h"
#include "util/alloc.h"
#include "util/str.h"
#include "util/banned.h"

/* ---- words -------------------------------------------------------------------------------- */

static const struct {
	unsigned bit;
	const char *name, *text;
} generalizations[] = {
	{ KA_GENERALIZE_INFORMER, "informer", "who gets, lists or watches may do all three" },
	{ KA_GENERALIZE_APPLY, "apply", "who patches may create and get too, as kubectl apply does" },
	{ KA_GENERALIZE_NAMES, "names", "more than one name was used, so any name" },
	{ KA_GENERALIZE_NAMESPACES, "namespaces", "it was used in more than one namespace, so in all" },
	{ KA_GENERALIZE_ADDED, "added-group", "the log does not tell whether system:authenticated was named too" },
	{ KA_GENERALIZE_UNLOGGED, "unlogged", "the API server may ask for it beside a request, and does not log that" },
	{ KA_GENERALIZE_MANY, "many-names", "too many names were used to list them" },
};
enum { NGENERALIZATIONS = sizeof generalizations / sizeof *generalizations };

unsigned
ka_generalize_find(const char *name, size_t len)
{
	for (size_t i = 0; i < NGENERALIZATIONS; i++)
		if (strlen(generalizations[i].name) == len && !strncmp(generalizations[i].name, name, len) &&
		    (generalizations[i].bit & KA_GENERALIZE_ALL))
			return generalizations[i].bit;
	return 0;
}

const char *
ka_generalize_name(unsigned bit)
{
	for (size_t i = 0; i < NGENERALIZATIONS; i++)
		if (generalizations[i].bit == bit)
			return generalizations[i].name;
	return "";
}

const char *
ka_generalize_text(unsigned bit)
{
	for (size_t i = 0; i < NGENERALIZATIONS; i++)
		if (generalizations[i].bit == bit)
			return generalizations[i].text;
	return "";
}

const char *
ka_rightsize_verdict_name(enum ka_rightsize_verdict v)
{
	static const char *const names[] = {
		[KA_RIGHTSIZE_CHANGE] = "change",
		[KA_RIGHTSIZE_FITS] = "fits",
		[KA_RIGHTSIZE_NOTHING] = "nothing-held",
		[KA_RIGHTSIZE_MASTER] = "system-masters",
		[KA_RIGHTSIZE_THIN] = "evidence-too-thin",
	};

	return names[v];
}

bool
ka_grants_allow(const struct ka_rbac *rbac, const struct ka_grant *grant, size_t n, const struct ka_request *req)
{
	for (size_t i = 0; i < n; i++) {
		size_t nrules;
		const struct ka_rule *rule = ka_rbac_rules(rbac, grant[i].role, &nrules);

		if (grant[i].namespace && (!req->resource || ka_str_cmp(grant[i].namespace, req->namespace)))
			continue;
		for (size_t k = 0; k < nrules; k++)
			if (ka_rule_allows(&rule[k], req))
				return true;
	}
	return false;
}

/* ---- names of new objects ----------------------------------------------------------------- */

enum { NAME_MAX_LEN = 200 }; /* of the 253 of a DNS name, with room for a number */

/* Lower case letters, digits and "-". */
static void
append_plain(char *buf, const char *s)
{
	size_t len = strlen(buf);

	for (; *s && len < NAME_MAX_LEN; s++)
		buf[len++] = isalnum((unsigned char)*s) ? (char)tolower((unsigned char)*s) : '-';
	buf[len] = '\0';
}

static char *
plain_name(const struct ka_subject *s, char buf[NAME_MAX_LEN + 16])
{
	static const char *const before[] = {
		[KA_SUBJECT_USER] = "kassay-user-",
		[KA_SUBJECT_GROUP] = "kassay-group-",
		[KA_SUBJECT_SERVICEACCOUNT] = "kassay-",
		[KA_SUBJECT_UNKNOWN] = "kassay-",
	};
	size_t len;

	*buf = '\0';
	append_plain(buf, before[s->kind]);
	if (s->kind == KA_SUBJECT_SERVICEACCOUNT && s->namespace) {
		append_plain(buf, s->namespace);
		append_plain(buf, "-");
	}
	append_plain(buf, s->name);
	for (len = strlen(buf); len && buf[len - 1] == '-'; len--)
		buf[len - 1] = '\0';
	return buf;
}

static bool
is_taken(const struct ka_rightsizer *r, const struct ka_rightsize *size, const char *name)
{
	for (size_t i = 0; i < size->nroles; i++) {
		const char *ns = size->role[i].namespace;

		if (ka_graph_find(r->g, ns ? KA_ROLE : KA_CLUSTERROLE, ns, name) ||
		    ka_graph_find(r->g, ns ? KA_ROLEBINDING : KA_CLUSTERROLEBINDING, ns, name))
			return true;
	}
	return false;
}

static void
give_name(struct ka_sizing *s)
{
	struct ka_rightsizer *r = s->r;
	char plain[NAME_MAX_LEN + 16];
	const char *name;

	if (!s->ret->nroles)
		return;
	name = ka_arena_fmt(r->arena, "%s", plain_name(&s->ret->subject, plain));
	for (unsigned n = 2; is_taken(r, s->ret, name) ||
			     ka_keyset_add(&r->given, name, strlen(name), r->ngiven++) != KA_KEYSET_NEW;
	     n++)
		name = ka_arena_fmt(r->arena, "%s-%u", plain, n);
	for (size_t i = 0; i < s->ret->nroles; i++)
		s->ret->role[i].name = name;
}

/* ---- one subject -------------------------------------------------------------------------- */

static void
find_bindings(struct ka_sizing *s)
{
	struct ka_rightsize *ret = s->ret;
	struct ka_grant *grant;
	size_t n = ka_rbac_grants_of(s->r->rbac, &s->who, &grant);

	ret->binding = ka_arena_array(s->arena, n + 1, sizeof *ret->binding);
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < grant[i].binding->nsubjects; k++)
			if (ka_subject_is(&grant[i].binding->subject[k], &ret->subject)) {
				ret->binding[ret->nbindings++] = grant[i].binding;
				break;
			}
	free(grant);
}

static bool
is_master(const struct ka_sizing *s)
{
	if (ka_rbac_is_master(&s->who))
		return true;
	for (size_t i = 0; i < s->nactors; i++)
		if (s->ret->subject.kind != KA_SUBJECT_GROUP && ka_strs_has(&s->actor[i].user->groups, "system:masters"))
			return true;
	return false;
}

static const char *
too_thin(const struct ka_sizing *s)
{
	const struct ka_quality *q = ka_usage_quality(s->r->u);

	if (!s->ret->events)
		return "the log has no request of it";
	if (q->days < s->r->opts.min_window)
		return ka_arena_fmt(s->arena, "the log is of %.1f days, fewer than %g", q->days, s->r->opts.min_window);
	if (!q->reads)
		return "the log has no reading request of anybody: the audit policy leaves them out";
	return NULL;
}

static enum ka_rightsize_verdict
judge(struct ka_sizing *s)
{
	struct ka_rightsize *ret = s->ret;

	if (is_master(s))
		return KA_RIGHTSIZE_MASTER;
	if (!ret->nbindings)
		return KA_RIGHTSIZE_NOTHING;
	ret->why = too_thin(s);
	if (ret->why)
		return KA_RIGHTSIZE_THIN;
	return ret->nremovals ? KA_RIGHTSIZE_CHANGE : KA_RIGHTSIZE_FITS;
}

void
ka_rightsize(struct ka_rightsizer *r, const struct ka_subject *subject, struct ka_rightsize *ret)
{
	struct ka_sizing s = { .r = r, .ret = ret, .arena = ka_arena_new() };

	*ret = (struct ka_rightsize){ .subject = *subject, .arena = s.arena, .confidence = KA_CONFIDENCE_HIGH };
	ka_sizing_actors(&s);
	find_bindings(&s);
	ka_sizing_wants(&s);
	ka_sizing_rules(&s);
	ka_sizing_proof(&s);
	ka_sizing_evidence(&s);
	ret->verdict = judge(&s);
	give_name(&s);
	ka_sizing_release_actors(&s);
	free(s.want);
	free(s.kept);
}

void
ka_rightsize_release(struct ka_rightsize *size)
{
	ka_held_use_release(&size->held);
	ka_arena_free(size->arena);
	*size = (struct ka_rightsize){ 0 };
}

struct ka_rightsizer *
ka_rightsizer_new(const struct ka_graph *g, const struct ka_rbac *rbac, const struct ka_usage *u,
		  const struct ka_rightsize_opts *opts)
{
	struct ka_rightsizer *r = ka_xcalloc(1, sizeof *r);

	r->g = g;
	r->rbac = rbac;
	r->u = u;
	r->opts = *opts;
	r->arena = ka_arena_new();
	ka_keyset_init(&r->given);
	return r;
}

void
ka_rightsizer_free(struct ka_rightsizer *r)
{
	if (!r)
		return;
	ka_keyset_release(&r->given);
	ka_arena_free(r->arena);
	free(r);
}
