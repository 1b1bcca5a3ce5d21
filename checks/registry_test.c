/* The promises of kassay/check.h, kept by every row and every map. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <kassay/check.h>

#define FIXTURES "testdata/checks"

/* Every promise is tried on every row before a test fails, so that one run names all culprits. */
static unsigned broken;

static void __attribute__((format(printf, 2, 3)))
want(bool holds, const char *fmt, ...)
{
	va_list ap;

	if (holds)
		return;
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	broken++;
}

static bool
ends_with(const char *s, char c)
{
	return *s && s[strlen(s) - 1] == c;
}

/* The row after `c`, in registry order; the first for NULL; NULL at the end. */
static const struct ka_check *
next(const struct ka_check *c)
{
	bool take = !c;

	for (size_t s = 0; ka_check_sets[s]; s++)
		for (size_t i = 0; i < ka_check_sets[s]->count; i++) {
			if (take)
				return &ka_check_sets[s]->check[i];
			take = &ka_check_sets[s]->check[i] == c;
		}
	return NULL;
}

static void
every_key_is_well_formed_and_used_once(void **state)
{
	(void)state;
	broken = 0;
	for (const struct ka_check *c = next(NULL); c; c = next(c)) {
		want(*c->key && strspn(c->key, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(c->key),
		     "%s: not [a-z0-9-]+", c->key);
		want(ka_check_find(c->key) == c, "%s: used twice", c->key);
	}
	assert_int_equal(broken, 0);
}

static void
every_check_has_its_texts(void **state)
{
	(void)state;
	broken = 0;
	for (const struct ka_check *c = next(NULL); c; c = next(c)) {
		want(c->title && *c->title, "%s: no title", c->key);
		want(c->why && *c->why, "%s: does not say why", c->key);
		want(c->fix && *c->fix, "%s: does not say how to mend it", c->key);
		if (!c->title || !c->why || !c->fix)
			continue;
		want(!ends_with(c->title, '.'), "%s: the title ends in a full stop", c->key);
		want(!strchr(c->title, '\n'), "%s: the title has two lines", c->key);
		want(!*c->why || ends_with(c->why, '.'), "%s: why ends without a full stop", c->key);
		want(!*c->fix || ends_with(c->fix, '.'), "%s: fix ends without a full stop", c->key);
	}
	assert_int_equal(broken, 0);
}

static void
every_check_says_what_it_judges_and_how_bad_it_is(void **state)
{
	(void)state;
	broken = 0;
	for (const struct ka_check *c = next(NULL); c; c = next(c)) {
		want(c->severity != KA_SEV_DEFAULT, "%s: no severity", c->key);
		want(c->scope, "%s: says nothing of the kinds it judges", c->key);
		want(c->run, "%s: does not run", c->key);
	}
	assert_int_equal(broken, 0);
}

/* Cases of a check whose names begin with `verdict`. */
static unsigned
count_cases(const char *key, const char *verdict)
{
	char path[512];
	unsigned n = 0;
	DIR *dir;

	snprintf(path, sizeof path, FIXTURES "/%s", key);
	dir = opendir(path);
	if (!dir)
		return 0;
	for (const struct dirent *e = readdir(dir); e; e = readdir(dir))
		n += strncmp(e->d_name, verdict, strlen(verdict)) == 0;
	closedir(dir);
	return n;
}

static void
every_check_has_a_case_that_fails_and_one_that_passes(void **state)
{
	(void)state;
	broken = 0;
	for (const struct ka_check *c = next(NULL); c; c = next(c)) {
		want(count_cases(c->key, "fail"), "%s: no " FIXTURES "/%s/fail*", c->key, c->key);
		want(count_cases(c->key, "pass"), "%s: no " FIXTURES "/%s/pass*", c->key, c->key);
	}
	assert_int_equal(broken, 0);
}

static void
every_case_belongs_to_a_check(void **state)
{
	DIR *dir = opendir(FIXTURES);

	(void)state;
	broken = 0;
	assert_non_null(dir);
	for (const struct dirent *e = readdir(dir); e; e = readdir(dir))
		want(e->d_name[0] == '.' || ka_check_find(e->d_name), FIXTURES "/%s: no such check",
		     e->d_name);
	closedir(dir);
	assert_int_equal(broken, 0);
}

static size_t
count_keys(const struct ka_bench *b, const struct ka_bench_item *item)
{
	size_t n = 0;

	for (; n < sizeof item->keys / sizeof item->keys[0] && item->keys[n]; n++)
		want(ka_check_find(item->keys[n]), "%s %s: no check %s", b->name, item->id, item->keys[n]);
	want(n < sizeof item->keys / sizeof item->keys[0], "%s %s: its keys do not end", b->name, item->id);
	return n;
}

static void
look_at_item(const struct ka_bench *b, size_t at)
{
	const struct ka_bench_item *item = &b->item[at];
	size_t keys = count_keys(b, item);

	for (size_t i = 0; i < at; i++)
		want(strcmp(b->item[i].id, item->id) != 0, "%s %s: twice", b->name, item->id);
	want(item->title && *item->title && !ends_with(item->title, '.'), "%s %s: no title, or one that ends in a full stop",
	     b->name, item->id);
	want(item->level <= 2, "%s %s: level %d", b->name, item->id, item->level);
	if (item->by == KA_BY_CHECKS)
		want(keys, "%s %s: decided by checks, but names none", b->name, item->id);
	else
		want(item->note && *item->note, "%s %s: does not say what to look at", b->name, item->id);
}

static void
every_benchmark_item_names_checks_that_exist_or_says_what_to_look_at(void **state)
{
	(void)state;
	broken = 0;
	for (size_t b = 0; ka_benches[b]; b++) {
		want(ka_bench_find(ka_benches[b]->name) == ka_benches[b], "%s: two benchmarks of this name",
		     ka_benches[b]->name);
		want(ka_benches[b]->title && ka_benches[b]->count, "%s: empty", ka_benches[b]->name);
		for (size_t i = 0; i < ka_benches[b]->count; i++)
			look_at_item(ka_benches[b], i);
	}
	assert_int_equal(broken, 0);
}

/* Benchmarks under a licence that is not ours begin their titles with these words. */
static void
titles_are_our_own_words(void **state)
{
	static const char *const theirs[] = { "Ensure ", "Minimize ", "Do not ", "Avoid use of " };

	(void)state;
	broken = 0;
	for (size_t b = 0; ka_benches[b]; b++)
		for (size_t i = 0; i < ka_benches[b]->count; i++)
			for (size_t w = 0; w < sizeof theirs / sizeof theirs[0]; w++)
				want(strncmp(ka_benches[b]->item[i].title, theirs[w], strlen(theirs[w])) != 0,
				     "%s %s: say it in other words", ka_benches[b]->name,
				     ka_benches[b]->item[i].id);
	assert_int_equal(broken, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_key_is_well_formed_and_used_once),
		cmocka_unit_test(every_check_has_its_texts),
		cmocka_unit_test(every_check_says_what_it_judges_and_how_bad_it_is),
		cmocka_unit_test(every_check_has_a_case_that_fails_and_one_that_passes),
		cmocka_unit_test(every_case_belongs_to_a_check),
		cmocka_unit_test(every_benchmark_item_names_checks_that_exist_or_says_what_to_look_at),
		cmocka_unit_test(titles_are_our_own_words),
	};

	return cmocka_run_group_tests_name("checks/registry", tests, NULL, NULL);
}
