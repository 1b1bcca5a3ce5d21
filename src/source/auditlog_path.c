#include "source/auditlog_path.h"

#include <string.h>

#include "util/banned.h"

static const struct ka_span empty = { "", 0 };

static bool
is(struct ka_span s, const char *text)
{
	return s.len == strlen(text) && memcmp(s.s, text, s.len) == 0;
}

/* The part up to the next slash; false when there is no more.  An empty part counts: "a//b" has three. */
static bool
next_part(struct ka_span *rest, struct ka_span *ret)
{
	const char *slash;

	*ret = empty;
	if (!rest->s)
		return false;
	slash = memchr(rest->s, '/', rest->len);
	ret->s = rest->s;
	ret->len = slash ? (size_t)(slash - rest->s) : rest->len;
	rest->len -= slash ? ret->len + 1 : ret->len;
	rest->s = slash ? slash + 1 : NULL;
	return true;
}

static struct ka_span
trim_slashes(struct ka_span path)
{
	while (path.len && path.s[0] == '/') {
		path.s++;
		path.len--;
	}
	while (path.len && path.s[path.len - 1] == '/')
		path.len--;
	if (!path.len)
		path.s = NULL;
	return path;
}

void
ka_request_info(struct ka_span path, struct ka_request_info *ret)
{
	struct ka_span rest = trim_slashes(path), part, after, sub;
	bool proxy;

	*ret = (struct ka_request_info){ false, empty, empty, empty, empty, empty, empty };
	next_part(&rest, &part);
	if (is(part, "apis")) {
		if (!next_part(&rest, &ret->api_group))
			return;
	} else if (!is(part, "api")) {
		return;
	}
	if (!next_part(&rest, &ret->version) || !next_part(&rest, &part)) {
		ret->api_group = ret->version = empty;
		return;
	}
	ret->resource_request = true;
	/* What was /proxy/ and /watch/ before a resource once. */
	proxy = is(part, "proxy");
	if ((proxy || is(part, "watch")) && !next_part(&rest, &part))
		return;
	if (is(part, "namespaces")) {
		after = rest;
		if (next_part(&after, &ret->namespace)) {
			struct ka_span behind = after;

			if (next_part(&behind, &sub) && !is(sub, "status") && !is(sub, "finalize")) {
				part = sub;
				rest = behind;
			}
		}
	}
	ret->resource = part;
	next_part(&rest, &ret->name);
	if (!proxy)
		next_part(&rest, &ret->subresource);
}

static int
hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

size_t
ka_url_decode(char *dst, const char *s, size_t len)
{
	char *d = dst;

	for (size_t i = 0; i < len; i++) {
		int high = s[i] == '%' && len - i > 2 ? hex(s[i + 1]) : -1;
		int low = high >= 0 ? hex(s[i + 2]) : -1;

		if (low >= 0)
			i += 2;
		*d++ = low >= 0 ? (char)(high << 4 | low) : s[i];
	}
	return (size_t)(d - dst);
}

/* What metadata.name must be, in a field selector without its escapes; len 0 when it may be several. */
static struct ka_span
selected_name(const char *s, size_t len)
{
	static const char field[] = "metadata.name";
	struct ka_span name = empty;

	while (len) {
		const char *comma = memchr(s, ',', len);
		size_t n = comma ? (size_t)(comma - s) : len, skip = sizeof field - 1;

		if (n > skip && memcmp(s, field, skip) == 0 && s[skip] == '=') {
			skip += n > skip + 1 && s[skip + 1] == '=' ? 2 : 1;
			if (!name.len)
				name = (struct ka_span){ s + skip, n - skip };
		}
		s += comma ? n + 1 : n;
		len -= comma ? n + 1 : n;
	}
	/* A name that has escapes, or could be no part of a path, is none. */
	if (memchr(name.s, '\\', name.len) || memchr(name.s, '/', name.len) || memchr(name.s, '%', name.len) ||
	    is(name, ".") || is(name, ".."))
		return empty;
	return name;
}

struct ka_span
ka_request_name(struct ka_span query, char *buf)
{
	static const char key[] = "fieldSelector=";
	const char *s = query.s, *end = query.s + query.len;

	while (s < end) {
		const char *amp = memchr(s, '&', (size_t)(end - s));
		size_t n = (size_t)((amp ? amp : end) - s);

		if (n >= sizeof key - 1 && memcmp(s, key, sizeof key - 1) == 0) {
			n = ka_url_decode(buf, s + sizeof key - 1, n - (sizeof key - 1));
			return selected_name(buf, n);
		}
		s += amp ? n + 1 : n;
	}
	return empty;
}
