/* Covers: staging/src/k8s.io/component-helpers/auth/rbac/validation/policy_comparator.go.
 *
 * Kubernetes breaks the servant's rules into all their parts and looks for an owner rule for each: a
 * product of verbs, groups, resources and names.  Here each word of a servant rule has the set of
 * owner rules that have it; words with equal sets are as good as one, and a set that contains one
 * that was enough needs no second look.  What comes out is the same, down to the first part that is
 * not covered. */
#include <kassay/escalate.h>

#include <stdio.h>
#include <string.h>

#include "util/alloc.h"
#include "util/arena.h"
#include "util/banned.h"

enum { MAX_LEVELS = 4, MAX_ENOUGH = 32 };

/* A set of owner rules is `words` words of bits. */

/* One field of the servant rule. */
struct level {
	size_t n;
	const char *const *word;
	uint64_t **owners;      /* of each word: the rules that have it */
	uint64_t *all_the_rest; /* the rules that have all words of this level and those below */
	uint64_t *picked;       /* scratch: what is left of the owners above */
	size_t nenough;
	uint64_t *enough[MAX_ENOUGH]; /* sets from which everything below was covered */
};

struct comparison {
	const struct ka_rule *owner;
	size_t nowner, words;
	struct ka_arena *arena;
	size_t nlevels;
	struct level level[MAX_LEVELS];
	const char *part[MAX_LEVELS]; /* the first words that nobody covers together */
};

static uint64_t *
new_set(struct comparison *c)
{
	return ka_arena_array(c->arena, c->words, sizeof(uint64_t));
}

static bool
meet(const struct comparison *c, const uint64_t *a, const uint64_t *b)
{
	for (size_t i = 0; i < c->words; i++)
		if (a[i] & b[i])
			return true;
	return false;
}

static bool
contains(const struct comparison *c, const uint64_t *set, const uint64_t *part)
{
	for (size_t i = 0; i < c->words; i++)
		if (part[i] & ~set[i])
			return false;
	return true;
}

/* ---- which owner rules have a word ---- */

/* Finds words of a level; its words sorted, with where they stand. */
struct index {
	size_t n;
	struct entry {
		const char *s;
		size_t at;
	} *entry;
};

static int
entry_cmp(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	return strcmp(x->s, y->s);
}

static void
sort_index(struct index *index)
{
	if (index->n)
		qsort(index->entry, index->n, sizeof *index->entry, entry_cmp);
}

/* The first entry that is not before s. */
static size_t
lower_bound(const struct index *index, const char *s)
{
	size_t low = 0, high = index->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(index->entry[middle].s, s) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void
put(uint64_t *set, size_t owner)
{
	set[owner / 64] |= UINT64_C(1) << (owner % 64);
}

static void
put_all(struct level *l, size_t owner)
{
	for (size_t i = 0; i < l->n; i++)
		put(l->owners[i], owner);
}

/* Equal words, or those that begin with the first `len` bytes of s. */
static void
put_equal(struct level *l, const struct index *index, const char *s, size_t owner)
{
	for (size_t i = lower_bound(index, s); i < index->n && !strcmp(index->entry[i].s, s); i++)
		put(l->owners[index->entry[i].at], owner);
}

static void
put_prefixed(struct level *l, const struct index *index, const char *s, size_t len, size_t owner)
{
	char *prefix = ka_xstrdup(s);

	prefix[len] = '\0';
	for (size_t i = lower_bound(index, prefix);
	     i < index->n && !strncmp(index->entry[i].s, prefix, len); i++)
		put(l->owners[index->entry[i].at], owner);
	free(prefix);
}

static struct level *
add_level(struct comparison *c, const struct ka_strs *list, struct index *ret_index)
{
	struct level *l = &c->level[c->nlevels++];

	*l = (struct level){ .n = list->n, .word = list->v };
	l->owners = ka_arena_array(c->arena, l->n, sizeof *l->owners);
	l->all_the_rest = new_set(c);
	l->picked = new_set(c);
	*ret_index = (struct index){ l->n, ka_arena_array(c->arena, l->n, sizeof(struct entry)) };
	for (size_t i = 0; i < l->n; i++) {
		l->owners[i] = new_set(c);
		ret_index->entry[i] = (struct entry){ l->word[i], i };
	}
	sort_index(ret_index);
	return l;
}

/* Verbs and groups: equal, or a star of the owner's. */
static void
add_plain(struct comparison *c, const struct ka_strs *servant,
	  const struct ka_strs *(*of)(const struct ka_rule *))
{
	struct index index;
	struct level *l = add_level(c, servant, &index);

	for (size_t o = 0; o < c->nowner; o++) {
		const struct ka_strs *list = of(&c->owner[o]);

		if (ka_strs_has(list, "*")) {
			put_all(l, o);
			continue;
		}
		for (size_t i = 0; i < list->n; i++)
			put_equal(l, &index, list->v[i], o);
	}
}

static const struct ka_strs *
verbs_of(const struct ka_rule *rule)
{
	return &rule->verbs;
}

static const struct ka_strs *
groups_of(const struct ka_rule *rule)
{
	return &rule->groups;
}

/* resourceCoversAll: also a star and slash for any resource with what follows the slash. */
static void
add_resources(struct comparison *c, const struct ka_strs *servant)
{
	struct index index, below;
	struct level *l = add_level(c, servant, &index);

	below = (struct index){ 0, ka_arena_array(c->arena, l->n, sizeof(struct entry)) };
	for (size_t i = 0; i < l->n; i++) {
		const char *slash = strchr(l->word[i], '/');

		if (slash)
			below.entry[below.n++] = (struct entry){ slash + 1, i };
	}
	sort_index(&below);
	for (size_t o = 0; o < c->nowner; o++) {
		const struct ka_strs *list = &c->owner[o].resources;

		if (ka_strs_has(list, "*")) {
			put_all(l, o);
			continue;
		}
		for (size_t i = 0; i < list->n; i++) {
			put_equal(l, &index, list->v[i], o);
			if (!strncmp(list->v[i], "*/", 2))
				put_equal(l, &below, list->v[i] + 2, o);
		}
	}
}

/* A servant without names wants all of them, which only an owner without names has. */
static void
add_names(struct comparison *c, const struct ka_strs *servant)
{
	static const char *const whatever[] = { "" };
	const struct ka_strs all = { 1, whatever };
	struct index index;
	struct level *l = add_level(c, servant->n ? servant : &all, &index);

	for (size_t o = 0; o < c->nowner; o++) {
		const struct ka_strs *list = &c->owner[o].names;

		if (!list->n)
			put_all(l, o);
		for (size_t i = 0; servant->n && i < list->n; i++)
			put_equal(l, &index, list->v[i], o);
	}
}

/* nonResourceURLCovers.  An owner rule with resourceNames covers no URL. */
static void
add_urls(struct comparison *c, const struct ka_strs *servant)
{
	struct index index;
	struct level *l = add_level(c, servant, &index);

	for (size_t o = 0; o < c->nowner; o++) {
		const struct ka_strs *list = &c->owner[o].urls;

		for (size_t i = 0; !c->owner[o].names.n && i < list->n; i++) {
			const char *s = list->v[i];
			size_t len = strlen(s), prefix = len;

			while (prefix && s[prefix - 1] == '*')
				prefix--;
			put_equal(l, &index, s, o);
			if (prefix < len)
				put_prefixed(l, &index, s, prefix, o);
		}
	}
}

static void
find_all_the_rest(struct comparison *c)
{
	for (size_t i = c->nlevels; i-- > 0;) {
		struct level *l = &c->level[i];

		for (size_t w = 0; w < c->words; w++) {
			uint64_t bits = i + 1 < c->nlevels ? l[1].all_the_rest[w] : UINT64_MAX;

			for (size_t k = 0; k < l->n; k++)
				bits &= l->owners[k][w];
			l->all_the_rest[w] = bits;
		}
	}
}

/* ---- walking ---- */

static bool
was_enough(const struct comparison *c, const struct level *l, const uint64_t *set)
{
	if (meet(c, set, l->all_the_rest))
		return true;
	for (size_t i = 0; i < l->nenough; i++)
		if (contains(c, set, l->enough[i]))
			return true;
	return false;
}

static void
remember(struct comparison *c, struct level *l, const uint64_t *set)
{
	if (l->nenough < MAX_ENOUGH)
		l->enough[l->nenough++] = ka_arena_copy(c->arena, set, c->words * sizeof *set);
}

/* Whether the rules in `set`, which have the words chosen above, cover all that can be chosen from
 * level `at` on.  Recursion ends after MAX_LEVELS. */
static bool
covers_from(struct comparison *c, size_t at, const uint64_t *set)
{
	struct level *l = &c->level[at];

	if (was_enough(c, l, set))
		return true;
	for (size_t i = 0; i < l->n; i++) {
		bool any = meet(c, set, l->owners[i]);

		for (size_t w = 0; w < c->words; w++)
			l->picked[w] = set[w] & l->owners[i][w];
		c->part[at] = l->word[i];
		if (at + 1 == c->nlevels ? any : covers_from(c, at + 1, l->picked))
			continue;
		return false;
	}
	remember(c, l, set);
	return true;
}

static bool
compare(struct comparison *c)
{
	uint64_t *everybody = new_set(c);

	for (size_t o = 0; o < c->nowner; o++)
		put(everybody, o);
	find_all_the_rest(c);
	return covers_from(c, 0, everybody);
}

static struct comparison
begin(const struct ka_rule *owner, size_t nowner)
{
	return (struct comparison){
		.owner = owner,
		.nowner = nowner,
		.words = nowner / 64 + 1,
		.arena = ka_arena_new(),
	};
}

static bool
resources_covered(const struct ka_rule *owner, size_t nowner, const struct ka_rule *servant,
		  struct ka_rule_part *ret)
{
	struct comparison c = begin(owner, nowner);
	bool covered;

	add_plain(&c, &servant->groups, groups_of);
	add_resources(&c, &servant->resources);
	add_plain(&c, &servant->verbs, verbs_of);
	add_names(&c, &servant->names);
	covered = compare(&c);
	if (!covered)
		*ret = (struct ka_rule_part){
			.group = c.part[0],
			.resource = c.part[1],
			.verb = c.part[2],
			.name = servant->names.n ? c.part[3] : NULL,
		};
	ka_arena_free(c.arena);
	return covered;
}

static bool
urls_covered(const struct ka_rule *owner, size_t nowner, const struct ka_rule *servant,
	     struct ka_rule_part *ret)
{
	struct comparison c = begin(owner, nowner);
	bool covered;

	add_urls(&c, &servant->urls);
	add_plain(&c, &servant->verbs, verbs_of);
	covered = compare(&c);
	if (!covered)
		*ret = (struct ka_rule_part){ .url = c.part[0], .verb = c.part[1] };
	ka_arena_free(c.arena);
	return covered;
}

bool
ka_rules_cover(const struct ka_rule *owner, size_t nowner, const struct ka_rule *servant,
	       size_t nservant, struct ka_rule_part *ret_uncovered)
{
	struct ka_rule_part part;

	for (size_t i = 0; i < nservant; i++) {
		const struct ka_rule *s = &servant[i];

		if ((s->verbs.n && s->groups.n && s->resources.n &&
		     !resources_covered(owner, nowner, s, &part)) ||
		    (s->verbs.n && s->urls.n && !urls_covered(owner, nowner, s, &part))) {
			if (ret_uncovered)
				*ret_uncovered = part;
			return false;
		}
	}
	return true;
}

const char *
ka_rule_part_text(const struct ka_rule_part *part, char buf[256])
{
	const char *group = part->group && *part->group ? part->group : NULL;

	if (part->url)
		snprintf(buf, 256, "%s on URL %s", part->verb, part->url);
	else
		snprintf(buf, 256, "%s on %s%s%s%s%s", part->verb, part->resource,
			 group ? " in " : "", group ? group : "", part->name ? " named " : "",
			 part->name ? part->name : "");
	return buf;
}
