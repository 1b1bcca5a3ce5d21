/* The permission matrix, by hand and against the engine's own answers. */
#include <kassay/matrix.h>

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "analysis/rbac_random_testing.h"

struct matrix_world {
	struct world w;
	struct ka_catalogue *cat;
	struct ka_matrix *m;
};

static struct matrix_world
matrix_of(const char *text, struct ka_who who)
{
	struct matrix_world mw = { .w = world(text) };

	mw.cat = ka_catalogue_new(mw.w.g);
	mw.m = ka_matrix_new(mw.w.rbac, mw.cat, &who, NULL);
	return mw;
}

static void
end_matrix(struct matrix_world *mw)
{
	ka_matrix_free(mw->m);
	ka_catalogue_free(mw->cat);
	end(&mw->w);
}

static const struct ka_matrix_cell *
cell(const struct ka_matrix_scope *s, const char *group, const char *text)
{
	for (size_t i = 0; s && i < s->ncells; i++)
		if (!strcmp(s->cell[i].resource->group, group) && !strcmp(s->cell[i].resource->text, text))
			return &s->cell[i];
	return NULL;
}

static const struct ka_matrix_scope *
scope(const struct ka_matrix *m, const char *ns)
{
	for (size_t i = 0; i < m->nscopes; i++) {
		if (!ns && !m->scope[i].nnamespaces)
			return &m->scope[i];
		for (size_t n = 0; ns && n < m->scope[i].nnamespaces; n++)
			if (!strcmp(m->scope[i].namespace[n], ns))
				return &m->scope[i];
	}
	return NULL;
}

static uint64_t
bits(const struct matrix_world *mw, const char *one, const char *two)
{
	return ka_catalogue_verb(mw->cat, one) | (two ? ka_catalogue_verb(mw->cat, two) : 0);
}

static void
rows_are_by_scope_and_less_what_is_held_everywhere(void **state)
{
	struct matrix_world mw = matrix_of(
		CLUSTERROLE("reader", RULE("''", "'pods', 'nodes'", "'get', 'list'"))
		ROLE("shop", "own", RULE("''", "'pods'", "'get', 'delete'") ", " NAMED_RULE("''", "'secrets'", "'get', 'list', 'create'", "'b', 'a'"))
		CRB("everywhere", "reader", USER("alice"))
		RB("shop", "here", "Role", "own", USER("alice")),
		user("alice"));
	const struct ka_matrix_scope *all = scope(mw.m, NULL), *shop = scope(mw.m, "shop");

	(void)state;
	assert_int_equal(mw.m->nscopes, 2);
	assert_ptr_equal(all, &mw.m->scope[0]);
	assert_int_equal(all->ncells, 2);
	assert_int_equal(cell(all, "", "nodes")->verbs, bits(&mw, "get", "list"));
	assert_int_equal(cell(shop, "", "pods")->verbs, bits(&mw, "delete", NULL));
	assert_int_equal(cell(shop, "", "secrets")->verbs, 0);
	assert_int_equal(cell(shop, "", "secrets")->nnames, 2);
	assert_string_equal(cell(shop, "", "secrets")->name[0].name, "a");
	/* a create names no object yet */
	assert_int_equal(cell(shop, "", "secrets")->name[0].verbs, bits(&mw, "get", "list"));
	assert_int_equal(cell(shop, "", "secrets")->ngrants, 1);
	assert_string_equal(shop->grant[cell(shop, "", "secrets")->grant[0]].binding->obj.name, "here");
	assert_int_equal(shop->nrules, 2);
	end_matrix(&mw);
}

static void
stars_are_written_out_and_marked(void **state)
{
	struct matrix_world mw = matrix_of(
		CLUSTERROLE("all", RULE("'*'", "'*'", "'*'") ", " RULE("''", "'pods'", "'get'") ", " URL_RULE("'*'", "'*'"))
		CRB("all", "all", USER("alice")), user("alice"));
	const struct ka_matrix_scope *all = scope(mw.m, NULL);
	const struct ka_matrix_cell *pods = cell(all, "", "pods");

	(void)state;
	assert_int_equal(all->ncells, mw.cat->n);
	assert_int_equal(pods->verbs, pods->resource->verbs);
	assert_int_equal(pods->wild, pods->verbs & ~bits(&mw, "get", NULL));
	assert_int_equal(cell(all, "certificates.k8s.io", "signers")->verbs & bits(&mw, "get", NULL), 0);
	assert_true(all->nurls > 10);
	assert_true(all->url[0].wild);
	end_matrix(&mw);
}

static void
namespaces_that_hold_the_same_are_one(void **state)
{
	struct matrix_world mw = matrix_of(
		ROLE("a", "r", RULE("''", "'pods'", "'get'")) RB("a", "x", "Role", "r", USER("u"))
		ROLE("b", "r", RULE("''", "'pods'", "'get'")) RB("b", "x", "Role", "r", USER("u"))
		ROLE("c", "other", RULE("''", "'pods'", "'get'")) RB("c", "y", "Role", "other", USER("u"))
		ROLE("d", "r", RULE("''", "'pods'", "'list'")) RB("d", "x", "Role", "r", USER("u")),
		user("u"));

	(void)state;
	assert_int_equal(mw.m->nscopes, 2);
	assert_int_equal(mw.m->scope[0].nnamespaces, 3);
	assert_string_equal(mw.m->scope[0].namespace[2], "c");
	assert_false(mw.m->scope[0].alike);
	assert_int_equal(mw.m->scope[1].nnamespaces, 1);
	assert_true(mw.m->scope[1].alike);
	end_matrix(&mw);
}

static void
rules_that_give_nothing_say_why(void **state)
{
	struct matrix_world mw = matrix_of(
		CLUSTERROLE("c", RULE("''", "'nodes'", "'get'") ", " URL_RULE("'/metrics'", "'get'") ", " RULE("''", "'pods/*'", "'get'")
			    ", " RULE("'apps'", "'pods', 'deployments'", "'get', 'frob'"))
		RB("shop", "x", "ClusterRole", "c", USER("u")) RB("shop", "gone", "Role", "missing", USER("u")),
		user("u"));
	const struct ka_matrix_scope *s = scope(mw.m, "shop");

	(void)state;
	/* what names a role that is not there is no grant */
	assert_int_equal(s->ngrants, 1);
	assert_int_equal(s->ncells, 1);
	assert_int_equal(s->nurls, 0);
	assert_int_equal(s->nrules, 4);
	assert_non_null(strstr(s->rule[0].dead, "has no namespace"));
	assert_non_null(strstr(s->rule[1].dead, "ClusterRoleBinding"));
	assert_non_null(strstr(s->rule[2].dead, "star"));
	assert_null(s->rule[3].dead);
	/* no pods in apps, and nobody asks to frob */
	assert_int_equal(s->nothers, 3);
	assert_string_equal(s->other[0].resource, "pods");
	assert_string_equal(s->other[2].resource, "deployments");
	assert_string_equal(s->other[2].verb, "frob");
	end_matrix(&mw);
}

static void
a_namespace_may_hold_its_own_namespace_object(void **state)
{
	struct matrix_world mw = matrix_of(
		CLUSTERROLE("c", RULE("''", "'namespaces'", "'get', 'list', 'patch'") ", "
				 NAMED_RULE("''", "'namespaces'", "'delete'", "'other'"))
		RB("shop", "x", "ClusterRole", "c", USER("u")), user("u"));

	(void)state;
	assert_int_equal(cell(scope(mw.m, "shop"), "", "namespaces")->itself, bits(&mw, "get", "patch"));
	assert_int_equal(cell(scope(mw.m, "shop"), "", "namespaces")->nnames, 0);
	end_matrix(&mw);
}

/* ---- against the engine ---- */

static bool
cell_says(const struct ka_matrix_cell *c, uint64_t verb, const char *name)
{
	if (!c)
		return false;
	for (size_t i = 0; name && i < c->nnames; i++)
		if (!strcmp(c->name[i].name, name) && (c->name[i].verbs & verb))
			return true;
	return c->verbs & verb;
}

static bool
matrix_says(const struct matrix_world *mw, const struct ka_resource *r, uint64_t verb, const char *ns, const char *name)
{
	const struct ka_matrix_scope *here = ns ? scope(mw->m, ns) : NULL;
	const struct ka_matrix_cell *c = here ? cell(here, r->group, r->text) : NULL;

	return cell_says(cell(scope(mw->m, NULL), r->group, r->text), verb, name) || cell_says(c, verb, name) ||
	       (c && name && !strcmp(name, ns) && (c->itself & verb));
}

static void
compare(const struct matrix_world *mw, const struct ka_who *who, const struct ka_resource *r, size_t v, const char *ns,
	const char *name)
{
	char resource[128];
	const char *slash = strchr(r->text, '/');
	struct ka_request req = { .verb = mw->cat->verb[v], .group = r->group, .namespace = ns, .name = name };
	bool says = matrix_says(mw, r, (uint64_t)1 << v, ns, name);

	snprintf(resource, sizeof resource, "%.*s", (int)strcspn(r->text, "/"), r->text);
	req.resource = resource;
	req.subresource = slash ? slash + 1 : NULL;
	if (ka_rbac_allows(mw->w.rbac, who, &req, NULL, NULL) != says)
		fail_msg("%s %s %s in %s named %s: matrix says %d", req.verb, r->group, r->text, ns ? ns : "-",
			 name ? name : "-", says);
}

static void
compare_row(const struct matrix_world *mw, const struct ka_who *who, const struct ka_resource *r)
{
	const char *const names[] = { NULL, "a", "b", "zz" };
	bool own = !*r->group && !strncmp(r->text, "namespaces", 10);

	for (size_t v = 0; v < mw->cat->nverbs; v++) {
		bool named = strchr(r->text, '/') || (strcmp(mw->cat->verb[v], "create") && strcmp(mw->cat->verb[v], "deletecollection"));

		if (!(r->verbs >> v & 1))
			continue;
		for (size_t n = 0; n < (named ? 4 : 1); n++) {
			if (!r->namespaced)
				compare(mw, who, r, v, NULL, names[n]);
			for (size_t i = 0; r->namespaced && i < RANDOM_NS; i++)
				compare(mw, who, r, v, random_namespaces[i], names[n]);
		}
		for (size_t i = 0; own && named && i < RANDOM_NS; i++)
			if (bits(mw, "list", "watch") >> v & 1)
				continue;
			else
				compare(mw, who, r, v, random_namespaces[i], random_namespaces[i]);
	}
}

static void
the_matrix_says_what_the_engine_answers(void **state)
{
	static struct random_text text;
	struct ka_who who = user("u");

	(void)state;
	for (uint32_t seed = 1; seed <= 60; seed++) {
		struct matrix_world mw = matrix_of(random_world(&text, seed), who);

		for (size_t i = 0; i < mw.cat->n; i++)
			compare_row(&mw, &who, &mw.cat->row[i]);
		end_matrix(&mw);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_by_scope_and_less_what_is_held_everywhere),
		cmocka_unit_test(stars_are_written_out_and_marked),
		cmocka_unit_test(namespaces_that_hold_the_same_are_one),
		cmocka_unit_test(rules_that_give_nothing_say_why),
		cmocka_unit_test(a_namespace_may_hold_its_own_namespace_object),
		cmocka_unit_test(the_matrix_says_what_the_engine_answers),
	};

	return cmocka_run_group_tests_name("matrix", tests, NULL, NULL);
}
