/* Values that look secret by their own form, whatever their name. */
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "model/suspect.h"
#include "util/banned.h"

struct span {
	const char *s;
	size_t len;
};

enum {
	C_UPPER = 1 << 0,
	C_LOWER = 1 << 1,
	C_DIGIT = 1 << 2,
	C_DASH = 1 << 3, /* - and _ */
	C_PLUS = 1 << 4, /* + / and = */
	C_DOT = 1 << 5,
	C_ALNUM = C_UPPER | C_LOWER | C_DIGIT,
	C_WORD = C_ALNUM | C_DASH,
	C_BASE64 = C_ALNUM | C_PLUS,
};

static unsigned
class_of(char c)
{
	if (c >= 'a' && c <= 'z')
		return C_LOWER;
	if (c >= 'A' && c <= 'Z')
		return C_UPPER;
	if (c >= '0' && c <= '9')
		return C_DIGIT;
	if (c == '-' || c == '_')
		return C_DASH;
	if (c == '+' || c == '/' || c == '=')
		return C_PLUS;
	return c == '.' ? C_DOT : 0;
}

/* How many bytes at the start are of these classes; *ret_seen gets the classes met. */
static size_t
run_of(struct span v, unsigned classes, unsigned *ret_seen)
{
	size_t i = 0;
	unsigned seen = 0;

	for (; i < v.len; i++) {
		unsigned c = class_of(v.s[i]);

		if (!(c & classes))
			break;
		seen |= c;
	}
	if (ret_seen)
		*ret_seen = seen;
	return i;
}

static struct span
from(struct span v, size_t n)
{
	return (struct span){ v.s + n, v.len - n };
}

static bool
starts(struct span v, const char *prefix)
{
	size_t n = strlen(prefix);

	return v.len >= n && memcmp(v.s, prefix, n) == 0;
}

static bool
starts_nocase(struct span v, const char *lower)
{
	size_t n = strlen(lower);

	if (v.len < n)
		return false;
	for (size_t i = 0; i < n; i++) {
		char c = v.s[i];

		if (c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		if (c != lower[i])
			return false;
	}
	return true;
}

/* Keys told by their prefix: the rest is at least `min` bytes of `classes`, at most `max` (0: any).
 */
struct prefixed {
	const char *prefix;
	unsigned classes;
	unsigned short min, max;
	const char *why;
};

/* Sorted by first byte only for the reader; the table is short. */
static const struct prefixed keys[] = {
	{ "AGE-SECRET-KEY-1", C_ALNUM, 40, 0, "age private key" },
	{ "AIza", C_WORD, 35, 35, "Google API key" },
	{ "AKIA", C_UPPER | C_DIGIT, 16, 16, "AWS access key id" },
	{ "ASIA", C_UPPER | C_DIGIT, 16, 16, "AWS access key id" },
	{ "AccountKey=", C_BASE64, 40, 0, "Azure storage key" },
	{ "SG.", C_WORD | C_DOT, 40, 0, "SendGrid key" },
	{ "SharedAccessKey=", C_BASE64, 40, 0, "Azure shared access key" },
	{ "dop_v1_", C_ALNUM, 40, 0, "DigitalOcean token" },
	{ "dckr_pat_", C_WORD, 20, 0, "Docker token" },
	{ "ghp_", C_ALNUM, 30, 0, "GitHub token" },
	{ "gho_", C_ALNUM, 30, 0, "GitHub token" },
	{ "ghu_", C_ALNUM, 30, 0, "GitHub token" },
	{ "ghs_", C_ALNUM, 30, 0, "GitHub token" },
	{ "ghr_", C_ALNUM, 30, 0, "GitHub token" },
	{ "github_pat_", C_WORD, 30, 0, "GitHub token" },
	{ "glpat-", C_WORD, 20, 0, "GitLab token" },
	{ "https://hooks.slack.com/services/T", C_WORD | C_PLUS, 20, 0, "Slack webhook" },
	{ "hvs.", C_WORD, 24, 0, "Vault token" },
	{ "npm_", C_ALNUM, 36, 36, "npm token" },
	{ "pypi-AgEI", C_WORD, 40, 0, "PyPI token" },
	{ "rk_live_", C_ALNUM, 16, 0, "Stripe key" },
	{ "sk_live_", C_ALNUM, 16, 0, "Stripe key" },
	{ "sk_test_", C_ALNUM, 16, 0, "Stripe key" },
	{ "sk-proj-", C_WORD, 32, 0, "OpenAI key" },
	{ "sk-ant-", C_WORD, 32, 0, "Anthropic key" },
	{ "xapp-", C_WORD, 20, 0, "Slack token" },
	{ "xoxa-", C_WORD, 10, 0, "Slack token" },
	{ "xoxb-", C_WORD, 10, 0, "Slack token" },
	{ "xoxp-", C_WORD, 10, 0, "Slack token" },
	{ "xoxr-", C_WORD, 10, 0, "Slack token" },
	{ "xoxs-", C_WORD, 10, 0, "Slack token" },
};

static const char why_jwt[] = "JSON Web Token";
static const char why_pem[] = "private key";
static const char why_basic[] = "basic credentials";
static const char why_bearer[] = "bearer token";
static const char why_registry[] = "registry credentials";
static const char why_url[] = "URL with a password";

static const char *
prefixed_key(struct span v)
{
	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
		const struct prefixed *k = &keys[i];
		size_t n;

		if (k->prefix[0] != v.s[0] || !starts(v, k->prefix))
			continue;
		v = from(v, strlen(k->prefix));
		n = run_of(v, k->classes, NULL);
		if (n < k->min || (k->max && n > k->max))
			return NULL;
		/* The vendors' own documentation keys. */
		return n >= 7 && memcmp(v.s + n - 7, "EXAMPLE", 7) == 0 ? NULL : k->why;
	}
	return NULL;
}

/* RFC 7515 compact form: a header and a payload that are JSON objects ("eyJ" is {" in base64url),
 * and a signature. */
static const char *
web_token(struct span v)
{
	size_t n = run_of(v, C_WORD, NULL);

	if (n < 12 || n >= v.len || v.s[n] != '.')
		return NULL;
	v = from(v, n + 1);
	n = run_of(v, C_WORD, NULL);
	return starts(v, "eyJ") && n < v.len && v.s[n] == '.' ? why_jwt : NULL;
}

static const char *
pem_block(struct span v)
{
	static const char tail[] = "PRIVATE KEY-----";
	size_t line = v.len < 64 ? v.len : 64;

	if (!starts(v, "-----BEGIN "))
		return NULL;
	for (size_t i = 11; i + sizeof tail - 1 <= line; i++)
		if (memcmp(v.s + i, tail, sizeof tail - 1) == 0)
			return why_pem;
	return NULL;
}

static int
base64_digit(char c)
{
	switch (class_of(c)) {
	case C_UPPER:
		return c - 'A';
	case C_LOWER:
		return c - 'a' + 26;
	case C_DIGIT:
		return c - '0' + 52;
	}
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* True when the base64 text says "user:password" in printable characters. */
static bool
base64_pair(struct span v)
{
	uint32_t acc = 0;
	unsigned bits = 0;
	size_t out = 0, colon = 0;

	for (size_t i = 0; i < v.len && v.s[i] != '='; i++) {
		int d = base64_digit(v.s[i]);

		if (d < 0)
			return false;
		acc = (acc << 6 | (uint32_t)d) & 0xffffff;
		bits += 6;
		if (bits >= 8) {
			unsigned char c = (unsigned char)(acc >> (bits -= 8));

			if (c < 0x20 || c > 0x7e)
				return false;
			out++;
			if (c == ':' && !colon)
				colon = out;
		}
	}
	return colon > 1 && out > colon;
}

/* "Basic dXNlcjpwYXNz", "Bearer abc123": what follows Authorization. */
static const char *
authorization(struct span v)
{
	unsigned seen;
	size_t n;

	if (starts_nocase(v, "basic ")) {
		v = from(v, 6);
		v.len = run_of(v, C_BASE64, NULL);
		return v.len >= 4 && base64_pair(v) ? why_basic : NULL;
	}
	if (!starts_nocase(v, "bearer "))
		return NULL;
	v = from(v, 7);
	n = run_of(v, C_BASE64 | C_WORD | C_DOT, &seen);
	return n >= 8 && (seen & C_DIGIT) ? why_bearer : NULL;
}

/* `"auth": "dXNlcjpwYXNz"` of a registry's config.json. */
static const char *
registry_auth(struct span v)
{
	if (!starts(v, "\"auth\""))
		return NULL;
	v = from(v, 6);
	while (v.len && (*v.s == ' ' || *v.s == ':'))
		v = from(v, 1);
	if (!v.len || *v.s != '"')
		return NULL;
	v = from(v, 1);
	v.len = run_of(v, C_BASE64, NULL);
	return v.len >= 4 && base64_pair(v) ? why_registry : NULL;
}

/* At "://": user:password@ before the host.  A password that is a reference or a blank to fill in
 * does not count. */
static const char *
url_password(struct span v)
{
	const char *colon = NULL;

	v = from(v, 3);
	for (size_t i = 0; i < v.len; i++) {
		char c = v.s[i];

		if (c == '@') {
			size_t n = colon ? (size_t)(v.s + i - colon) - 1 : 0;

			if (!n || memchr("$<{%*[", colon[1], 6))
				return NULL;
			return why_url;
		}
		if (c == ':' && !colon)
			colon = v.s + i;
		if (c == '/' || c == '?' || c == '#' || c == '"' || c == '\'' ||
		    (unsigned char)c <= ' ')
			return NULL;
	}
	return NULL;
}

static const char *
form_at(struct span v)
{
	switch (*v.s) {
	case '-':
		return pem_block(v);
	case ':':
		return starts(v, "://") ? url_password(v) : NULL;
	case '"':
		return registry_auth(v);
	case 'e':
		return starts(v, "eyJ") ? web_token(v) : NULL;
	case 'B':
	case 'b':
		return authorization(v);
	case 'A':
	case 'S':
	case 'd':
	case 'g':
	case 'h':
	case 'n':
	case 'p':
	case 'r':
	case 's':
	case 'x':
		return prefixed_key(v);
	}
	return NULL;
}

const char *
ka_suspect_form(const char *value, size_t len)
{
	bool boundary = true;

	for (size_t i = 0; i < len; i++) {
		bool word = class_of(value[i]) & C_WORD;

		/* A key begins where a word begins, a dash counted in: no byte is then scanned
		 * twice as part of a key.  PEM blocks and other punctuation begin anywhere. */
		if (boundary || !word || value[i] == '-') {
			const char *why = form_at((struct span){ value + i, len - i });

			if (why)
				return why;
		}
		boundary = !word;
	}
	return NULL;
}

const char *
ka_suspect_form_reason(const char *s, size_t len)
{
	static const char *const others[] = { why_jwt,	  why_pem,	why_basic,
					      why_bearer, why_registry, why_url };

	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
		if (strlen(keys[i].why) == len && memcmp(keys[i].why, s, len) == 0)
			return keys[i].why;
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
		if (strlen(others[i]) == len && memcmp(others[i], s, len) == 0)
			return others[i];
	return NULL;
}
