#include <kassay/escalate.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "analysis/rbac_rules_testing.h"
#include "util/banned.h"

/* Facts of pkg/registry/rbac/validation/policy_comparator_test.go, and what that leaves out. */
static const struct {
	const char *what, *owner, *servant;
	const char *missing; /* NULL: covered */
} covers_table[] = {
	{ "the same rule", "get|v1|builds", "get|v1|builds", NULL },
	{ "three rules for one",
	  "delete|v1|deployments;delete|v1|builds;update|v1|builds,deployments",
	  "delete,update|v1|builds,deployments", NULL },
	{ "six rules for one of two groups",
	  "delete|g1|deployments;delete|g1|builds;update|g1|builds,deployments;"
	  "delete|g2|deployments;delete|g2|builds;update|g2|builds,deployments",
	  "delete,update|g1,g2|builds,deployments", NULL },
	{ "one rule of two groups for six", "delete,update|g1,g2|builds,deployments",
	  "delete|g1|deployments;delete|g1|builds;update|g1|builds,deployments;"
	  "delete|g2|deployments;delete|g2|builds;update|g2|builds,deployments", NULL },
	{ "one verb on one resource lacks", "delete,update|v1|builds,deployments;delete|v1|pods",
	  "delete,update|v1|builds,deployments,pods", "update on pods in v1" },
	{ "a star of groups covers groups", "get|*|roles", "get|g1,g2|roles", NULL },
	{ "a group does not cover a star", "get|g|roles", "get|*|roles", "get on roles in *" },
	{ "a star of groups covers a star", "get|*|roles", "get|*|roles", NULL },
	{ "a star of verbs covers verbs", "*|v1|roles", "watch,list|v1|roles", NULL },
	{ "no list of verbs covers a star", "get,list,watch,create,update,delete,exec|v1|roles",
	  "*|v1|roles", "* on roles in v1" },
	{ "a star of verbs covers a star", "*|v1|roles", "*|v1|roles", NULL },
	{ "a star of resources covers a resource", "get|v1|*", "get|v1|resourcegroup:deployments", NULL },
	{ "no list of resources covers a star", "get|v1|roles,resourcegroup:deployments", "get|v1|*",
	  "get on * in v1" },
	{ "a star of resources covers a star", "get|v1|*", "get|v1|*", NULL },
	{ "all names cover some", "get|v1|pods", "get|v1|pods|foo,bar", NULL },
	{ "some names do not cover all", "get|v1|pods|foo,bar", "get|v1|pods", "get on pods in v1" },
	{ "a URL covers itself", "*||||/apis", "*||||/apis", NULL },
	{ "a star covers all URLs", "*||||*", "*||||/apis,/apis/v1,/", NULL },
	{ "a prefix does not cover itself without its slash", "*||||/apis/*", "get||||/apis,/apis/v1",
	  "get on URL /apis" },
	{ "a prefix covers what is below", "*||||/apis/*", "get||||/apis/v1/foo,/apis/v1", NULL },
	{ "resources and URLs in one rule", "get|v1|builds||/apis", "get|v1|builds||/apis", NULL },
	{ "the URL of such a rule lacks", "get|v1|builds", "get|v1|builds||/apis", "get on URL /apis" },
	/* nonResourceURLCovers, one by one */
	{ "star", "get||||*", "get||||/api", NULL },
	{ "longer", "get||||/apis", "get||||/api", "get on URL /api" },
	{ "below", "get||||/api/v1", "get||||/api", "get on URL /api" },
	{ "prefix and below", "get||||/api/*", "get||||/api/v1", NULL },
	{ "prefix and itself", "get||||/api/*", "get||||/api", "get on URL /api" },
	{ "two stars", "get||||/api/*/*", "get||||/api/v1", "get on URL /api/v1" },
	{ "star in front", "get||||/*/v1/*", "get||||/api/v1", "get on URL /api/v1" },
	/* and of our own */
	{ "a wider prefix covers a narrower", "get||||/a*", "get||||/ab*", NULL },
	{ "a narrower prefix no wider", "get||||/ab*", "get||||/a*", "get on URL /a*" },
	{ "star and subresource cover a subresource", "*|''|*/exec", "create|''|pods/exec", NULL },
	{ "star and subresource cover themselves", "*|''|*/exec", "create|''|*/exec", NULL },
	{ "star and subresource cover no other", "*|''|*/exec", "create|''|pods/log", "create on pods/log" },
	{ "star and subresource cover no resource", "*|''|*/exec", "create|''|pods", "create on pods" },
	{ "star and scale cover scale", "get|v1|*/scale", "get|v1|foo/scale", NULL },
	{ "a star covers star and subresource", "*|''|*", "create|''|*/exec", NULL },
	{ "a resource covers no subresource", "*|''|pods", "get|''|pods/log", "get on pods/log" },
	{ "a star of subresources is only itself", "*|''|pods/*", "get|''|pods/log", "get on pods/log" },
	{ "what follows the first slash counts", "*|''|*/a/b", "get|''|x/a/b", NULL },
	{ "one name of two lacks", "get|''|secrets|a", "get|''|secrets|a,b", "get on secrets named b" },
	{ "a star as a name covers no name", "get|''|secrets|*", "get|''|secrets|a", "get on secrets named a" },
	{ "a star as a name does not cover all", "get|''|secrets|*", "get|''|secrets", "get on secrets" },
	{ "names of two rules", "get|''|secrets|a;get|''|secrets|b", "get|''|secrets|a,b", NULL },
	{ "an owner's URLs do not help when it has names", "get|''|secrets|a|/x", "get||||/x",
	  "get on URL /x" },
	{ "nothing covers nothing", "", "", NULL },
	{ "a rule without verbs needs no cover", "", "|''|pods", NULL },
	{ "a rule without groups needs no cover", "", "get||pods", NULL },
	{ "nobody covers something", "", "get,list|''|pods", "get on pods" },
	{ "no owner has both verb and resource", "get|''|pods;list|''|secrets", "get|''|secrets",
	  "get on secrets" },
};

static void
rules_cover_as_in_kubernetes(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof covers_table / sizeof *covers_table; i++) {
		struct rules *owner = rules_of(covers_table[i].owner);
		struct rules *servant = rules_of(covers_table[i].servant);
		struct ka_rule_part part;
		char buf[256];
		bool covered = ka_rules_cover(owner->rule, owner->n, servant->rule, servant->n, &part);
		const char *missing = covered ? NULL : ka_rule_part_text(&part, buf);

		if (!missing != !covers_table[i].missing ||
		    (missing && strcmp(missing, covers_table[i].missing) != 0))
			fail_msg("%s: %s", covers_table[i].what, missing ? missing : "covered");
		rules_free(owner);
		rules_free(servant);
	}
}

/* ---- against the product itself ---- */

static bool
part_resource_covered(const struct ka_strs *owner, const char *resource)
{
	const char *slash = strchr(resource, '/');
	char star[64];

	if (ka_strs_has(owner, "*") || ka_strs_has(owner, resource))
		return true;
	snprintf(star, sizeof star, "*%s", slash ? slash : "");
	return slash && ka_strs_has(owner, star);
}

static bool
part_url_covered(const struct ka_strs *owner, const char *url)
{
	for (size_t i = 0; i < owner->n; i++) {
		size_t len = strlen(owner->v[i]), cut = len;

		while (cut && owner->v[i][cut - 1] == '*')
			cut--;
		if (!strcmp(owner->v[i], url) || (cut < len && !strncmp(owner->v[i], url, cut)))
			return true;
	}
	return false;
}

static bool
part_covered(const struct rules *owner, const struct ka_rule_part *part)
{
	for (size_t i = 0; i < owner->n; i++) {
		const struct ka_rule *o = &owner->rule[i];

		if (!ka_strs_has(&o->verbs, "*") && !ka_strs_has(&o->verbs, part->verb))
			continue;
		if (part->url ? !o->names.n && part_url_covered(&o->urls, part->url)
			      : (ka_strs_has(&o->groups, "*") || ka_strs_has(&o->groups, part->group)) &&
					part_resource_covered(&o->resources, part->resource) &&
					(!o->names.n || (part->name && ka_strs_has(&o->names, part->name))))
			return true;
	}
	return false;
}

/* Every part of one servant rule, in Kubernetes' order; the number of parts looked at. */
static bool
product_covered(const struct rules *owner, const struct ka_rule *s, struct ka_rule_part *ret)
{
	size_t nnames = s->names.n ? s->names.n : 1;
	size_t total = s->groups.n * s->resources.n * s->verbs.n * nnames;

	for (size_t i = 0; i < total; i++) {
		size_t at = i;

		ret->url = NULL;
		ret->name = s->names.n ? s->names.v[at % nnames] : NULL;
		at /= nnames;
		ret->verb = s->verbs.v[at % s->verbs.n];
		at /= s->verbs.n;
		ret->resource = s->resources.v[at % s->resources.n];
		ret->group = s->groups.v[at / s->resources.n];
		if (!part_covered(owner, ret))
			return false;
	}
	for (size_t i = 0; i < s->urls.n * s->verbs.n; i++) {
		*ret = (struct ka_rule_part){ .url = s->urls.v[i / s->verbs.n],
					      .verb = s->verbs.v[i % s->verbs.n] };
		if (!part_covered(owner, ret))
			return false;
	}
	return true;
}

static uint32_t
pick(uint64_t *seed, uint32_t below)
{
	*seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(*seed >> 33) % below;
}

struct text {
	char s[1024];
	size_t len;
};

static void
add(struct text *t, const char *word)
{
	t->len += (size_t)snprintf(t->s + t->len, sizeof t->s - t->len, "%s", word);
}

static void
some_words(uint64_t *seed, struct text *t, const char *const *word, uint32_t n, uint32_t max)
{
	uint32_t count = pick(seed, max + 1);

	for (uint32_t i = 0; i < count; i++) {
		add(t, i ? "," : "");
		add(t, word[pick(seed, n)]);
	}
}

#define WORDS(list) (list), sizeof(list) / sizeof *(list)

static struct rules *
some_rules(uint64_t *seed, uint32_t max_rules, uint32_t max_words)
{
	static const char *const verbs[] = { "get", "list", "*" };
	static const char *const groups[] = { "''", "apps", "*" };
	static const char *const resources[] = { "pods", "pods/log", "*/log", "*", "jobs/log", "pods/*" };
	static const char *const names[] = { "a", "b", "*" };
	static const char *const urls[] = { "/a", "/a/*", "/ab", "*", "/a**", "/a/b" };
	struct text t = { "", 0 };
	uint32_t n = pick(seed, max_rules + 1);

	for (uint32_t i = 0; i < n; i++) {
		add(&t, i ? ";" : "");
		some_words(seed, &t, WORDS(verbs), max_words);
		add(&t, "|");
		some_words(seed, &t, WORDS(groups), max_words);
		add(&t, "|");
		some_words(seed, &t, WORDS(resources), max_words);
		add(&t, "|");
		some_words(seed, &t, WORDS(names), pick(seed, 2) * max_words);
		add(&t, "|");
		some_words(seed, &t, WORDS(urls), pick(seed, 2) * max_words);
	}
	return rules_of(t.s);
}

static bool
same(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

static void
cover_is_that_of_the_product(void **state)
{
	uint64_t seed = 20260301;
	size_t yes = 0, no = 0;

	(void)state;
	for (size_t round = 0; round < 60000; round++) {
		struct rules *owner = some_rules(&seed, 5, 3), *servant = some_rules(&seed, 2, 3);
		struct ka_rule_part want = { NULL, NULL, NULL, NULL, NULL }, got = want;
		bool covered = true, answer;

		for (size_t i = 0; i < servant->n && covered; i++)
			covered = product_covered(owner, &servant->rule[i], &want);
		answer = ka_rules_cover(owner->rule, owner->n, servant->rule, servant->n, &got);
		if (answer != covered)
			fail_msg("round %zu: %d, by the product %d", round, answer, covered);
		if (!covered && (!same(want.verb, got.verb) || !same(want.group, got.group) ||
				 !same(want.resource, got.resource) || !same(want.name, got.name) ||
				 !same(want.url, got.url)))
			fail_msg("round %zu: another part lacks", round);
		yes += covered && servant->n && servant->rule[0].verbs.n;
		no += !covered;
		rules_free(owner);
		rules_free(servant);
	}
	assert_true(yes > 2000 && no > 2000);
}

/* 300 x 300 x 300 x 300 parts: nobody waits for eight thousand million of them. */
static void
a_great_product_is_no_great_matter(void **state)
{
	enum { N = 300 };
	static char text[4 * N][8];
	static const char *word[4 * N];
	struct ka_rule servant, owner[N + 1];
	struct ka_rule_part part;

	(void)state;
	for (size_t i = 0; i < 4 * N; i++) {
		snprintf(text[i], sizeof text[i], "w%zu", i);
		word[i] = text[i];
	}
	servant = (struct ka_rule){ .verbs = { N, word }, .groups = { N, word + N },
				    .resources = { N, word + 2 * N }, .names = { N, word + 3 * N } };
	for (size_t i = 0; i < N; i++) {
		owner[i] = servant;
		owner[i].resources = (struct ka_strs){ 1, word + 2 * N + i };
	}
	assert_true(ka_rules_cover(owner, N, &servant, 1, &part));
	owner[N - 1].names.n--;
	assert_false(ka_rules_cover(owner, N, &servant, 1, &part));
	assert_string_equal(part.resource, word[3 * N - 1]);
	assert_string_equal(part.name, word[4 * N - 1]);
	for (size_t i = 0; i < N; i++) {
		owner[i] = servant;
		owner[i].verbs = (struct ka_strs){ N - i, word + i };
		owner[i].names = (struct ka_strs){ i + 1, word + 3 * N };
	}
	assert_false(ka_rules_cover(owner, N, &servant, 1, &part));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rules_cover_as_in_kubernetes),
		cmocka_unit_test(cover_is_that_of_the_product),
		cmocka_unit_test(a_great_product_is_no_great_matter),
	};

	return cmocka_run_group_tests_name("rbac_covers", tests, NULL, NULL);
}
