#include <kassay/match.h>

#include <string.h>

#include "util/banned.h"

static char
fold(char c, bool nocase)
{
	return nocase && c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* A star takes nothing at first and one byte more each time what follows it fails.  Only the last
 * star is ever tried again: what an earlier one could still yield, the last one can as well. */
static bool
glob(const char *pattern, const char *s, bool nocase)
{
	const char *star = NULL, *star_s = NULL;

	if (!s)
		return strcmp(pattern, "*") == 0;
	while (*s) {
		if (*pattern == '*') {
			star = ++pattern;
			star_s = s;
		} else if (*pattern &&
			   (*pattern == '?' || fold(*pattern, nocase) == fold(*s, nocase))) {
			pattern++;
			s++;
		} else if (star) {
			pattern = star;
			s = ++star_s;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return !*pattern;
}

bool
ka_glob(const char *pattern, const char *s)
{
	return glob(pattern, s, false);
}

bool
ka_glob_nocase(const char *pattern, const char *s)
{
	return glob(pattern, s, true);
}

const char *
ka_kvs_get(const struct ka_kvs *kvs, const char *key)
{
	size_t from = 0, to = kvs ? kvs->n : 0;

	while (from < to) {
		size_t mid = from + (to - from) / 2;
		int order = kvs->kv[mid].key == key ? 0 : strcmp(kvs->kv[mid].key, key);

		if (!order)
			return kvs->kv[mid].value;
		if (order < 0)
			from = mid + 1;
		else
			to = mid;
	}
	return NULL;
}

static bool
one_of(const struct ka_sel_req *req, const char *value)
{
	for (size_t i = 0; i < req->nvalues; i++) {
		if (req->value[i] == value || strcmp(req->value[i], value) == 0)
			return true;
	}
	return false;
}

/* The same rules as NewRequirement: a list of values where one is needed, none where it is not. */
static bool
req_valid(const struct ka_sel_req *req)
{
	switch (req->op) {
	case KA_SEL_IN:
	case KA_SEL_NOT_IN:
		return req->nvalues > 0;
	case KA_SEL_EXISTS:
	case KA_SEL_NOT_EXISTS:
		return req->nvalues == 0;
	case KA_SEL_INVALID:
		return false;
	}
	return false;
}

static bool
req_match(const struct ka_sel_req *req, const struct ka_kvs *labels)
{
	const char *value = ka_kvs_get(labels, req->key);

	switch (req->op) {
	case KA_SEL_IN:
		return value && one_of(req, value);
	case KA_SEL_NOT_IN:
		return !value || !one_of(req, value);
	case KA_SEL_EXISTS:
		return value;
	case KA_SEL_NOT_EXISTS:
		return !value;
	case KA_SEL_INVALID:
		return false;
	}
	return false;
}

bool
ka_selector_match(const struct ka_selector *sel, const struct ka_kvs *labels)
{
	if (!sel)
		return false;
	for (size_t i = 0; i < sel->n; i++) {
		if (!req_valid(&sel->req[i]) || !req_match(&sel->req[i], labels))
			return false;
	}
	return true;
}

bool
ka_selector_empty(const struct ka_selector *sel)
{
	return sel && sel->n == 0;
}

bool
ka_selector_valid(const struct ka_selector *sel)
{
	if (!sel)
		return true;
	for (size_t i = 0; i < sel->n; i++) {
		if (!req_valid(&sel->req[i]))
			return false;
	}
	return true;
}
