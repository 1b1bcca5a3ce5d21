/* The rarer parts of strings: escapes and what is not ASCII. */
#include "util/banned.h"
#include "util/json_scan.h"

const char *
ka_json_stop(struct ka_json *j, const char *p, const char *inside, const char *what)
{
	j->p = p;
	j->inside = p >= j->end ? inside : NULL;
	if (p < j->end)
		ka_err_set(&j->err, KA_EFORMAT, "%s", what);
	return NULL;
}

static bool
is_hex4(const char *p)
{
	for (int i = 0; i < 4; i++) {
		unsigned c = (unsigned char)p[i];

		if (c - '0' > 9 && (c | 0x20) - 'a' > 5)
			return false;
	}
	return true;
}

static unsigned
hex4(const char *p)
{
	unsigned v = 0;

	for (int i = 0; i < 4; i++) {
		unsigned c = (unsigned char)p[i];

		v = v << 4 | (c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
	}
	return v;
}

/* Past the escape whose backslash is at p. */
static inline const char *
escape(struct ka_json *j, const char *p, uint8_t *flags)
{
	unsigned c;

	switch (p[1]) {
	case '/':
		*flags |= KA_NODE_ODD;
		return p + 2;
	case '"':
	case '\\':
	case 'b':
	case 'f':
	case 'n':
	case 'r':
	case 't':
		return p + 2;
	case 'u':
		*flags |= KA_NODE_ODD;
		break;
	default:
		return ka_json_stop(j, p + 1 >= j->end ? j->end : p, "a string",
				    "unknown escape in a string");
	}
	if (j->end - p < 6 && !memchr(p, '"', (size_t)(j->end - p)))
		return ka_json_stop(j, j->end, "a string", NULL);
	if (!is_hex4(p + 2))
		return ka_json_stop(j, p, NULL, "\\u without four hexadecimal digits");
	c = hex4(p + 2);
	if (c == 0)
		return ka_json_stop(j, p, NULL, "NUL in a string");
	if (c >= 0xdc00 && c < 0xe000)
		return ka_json_stop(j, p, NULL, "unpaired surrogate in a string");
	if (c < 0xd800 || c >= 0xe000)
		return p + 6;
	if (j->end - p < 12 && !memchr(p, '"', (size_t)(j->end - p)))
		return ka_json_stop(j, j->end, "a string", NULL);
	if (p[6] != '\\' || p[7] != 'u' || !is_hex4(p + 8) || (hex4(p + 8) & 0xfc00) != 0xdc00)
		return ka_json_stop(j, p, NULL, "unpaired surrogate in a string");
	return p + 12;
}

/* Past the sequence of two to four bytes at p. */
static const char *
utf8(struct ka_json *j, const char *p)
{
	const unsigned char *s = (const unsigned char *)p;
	unsigned low = 0x80, high = 0xbf;
	int more;

	if (s[0] >= 0xc2 && s[0] < 0xe0)
		more = 1;
	else if (s[0] >= 0xe0 && s[0] < 0xf0)
		more = 2;
	else if (s[0] >= 0xf0 && s[0] < 0xf5)
		more = 3;
	else
		return ka_json_stop(j, p, NULL, "invalid UTF-8 in a string");
	if (s[0] == 0xe0)
		low = 0xa0;
	else if (s[0] == 0xed)
		high = 0x9f; /* surrogates */
	else if (s[0] == 0xf0)
		low = 0x90;
	else if (s[0] == 0xf4)
		high = 0x8f; /* above U+10FFFF */
	for (int i = 1; i <= more; i++) {
		if (s[i] < low || s[i] > high)
			return p + i >= j->end
				       ? ka_json_stop(j, j->end, "a string", NULL)
				       : ka_json_stop(j, p, NULL, "invalid UTF-8 in a string");
		low = 0x80;
		high = 0xbf;
	}
	return p + more + 1;
}

const char *
ka_json_string_rest(struct ka_json *j, const char *p, uint8_t *flags)
{
	while (*p != '"') {
		unsigned char c = (unsigned char)*p;

		if (c == '\\') {
			*flags |= KA_NODE_ESCAPED;
			p = escape(j, p, flags);
		} else if (c >= 0x80) {
			p = utf8(j, p);
		} else {
			return ka_json_stop(j, p, "a string",
					    c ? "control character in a string"
					      : "NUL in a string");
		}
		if (!p)
			return NULL;
		if (*p != '"' && *p != '\\' && (signed char)*p >= ' ')
			p = ka_json_plain_end(p);
	}
	return p;
}
