#include "engine/catalog.h"

#include <string.h>

#include "util/sha256.h"

#include "util/banned.h"

size_t
ka_catalog_count(const struct ka_catalog *c)
{
	size_t n = 0;

	for (const struct ka_check_set *const *set = c->sets; *set; set++)
		n += (*set)->count;
	return n;
}

const struct ka_check *
ka_catalog_check(const struct ka_catalog *c, const char *key)
{
	for (const struct ka_check_set *const *set = c->sets; *set; set++)
		for (size_t i = 0; i < (*set)->count; i++)
			if (strcmp((*set)->check[i].key, key) == 0)
				return &(*set)->check[i];
	return NULL;
}

const struct ka_bench *
ka_catalog_bench(const struct ka_catalog *c, const char *name)
{
	for (const struct ka_bench *const *b = c->benches; *b; b++)
		if (strcmp((*b)->name, name) == 0)
			return *b;
	return NULL;
}

const struct ka_bench_item *
ka_bench_item_find(const struct ka_bench *b, const char *id)
{
	for (size_t i = 0; i < b->count; i++)
		if (strcmp(b->item[i].id, id) == 0)
			return &b->item[i];
	return NULL;
}

static void
feed(struct ka_sha256 *sha, const char *s)
{
	if (s)
		ka_sha256_add(sha, s, strlen(s));
	ka_sha256_add(sha, "", 1);
}

static void
feed_check(struct ka_sha256 *sha, const struct ka_check *check)
{
	feed(sha, check->key);
	feed(sha, check->title);
	feed(sha, check->why);
	feed(sha, check->fix);
	feed(sha, check->none);
	feed(sha, ka_severity_name(check->severity));
}

static void
feed_item(struct ka_sha256 *sha, const struct ka_bench_item *item)
{
	const unsigned char how[4] = { item->level, (unsigned char)item->by,
				       (unsigned char)item->area, item->either };

	feed(sha, item->id);
	feed(sha, item->title);
	feed(sha, item->note);
	ka_sha256_add(sha, how, sizeof how);
	for (const char *const *key = item->keys; *key; key++)
		feed(sha, *key);
	feed(sha, NULL);
}

void
ka_catalog_digest(struct ka_sha256 *sha, const struct ka_catalog *c, char ret[65])
{
	ka_sha256_reset(sha);
	for (const struct ka_check_set *const *set = c->sets; *set; set++) {
		feed(sha, (*set)->name);
		for (size_t i = 0; i < (*set)->count; i++)
			feed_check(sha, &(*set)->check[i]);
	}
	for (const struct ka_bench *const *b = c->benches; *b; b++) {
		feed(sha, (*b)->name);
		feed(sha, (*b)->title);
		for (size_t i = 0; i < (*b)->count; i++)
			feed_item(sha, &(*b)->item[i]);
	}
	ka_sha256_hex(sha, ret);
}
