#include "model/suspect_name.h"

#include <string.h>

#include "util/banned.h"

/* Names longer than this are judged by their end. */
enum { NAME_MAX_LEN = 96, WORDS_MAX = 24 };

/* A name in lower case, once as words and once without anything between them: DB_API_KEY, dbApiKey
 * and db-api-key all are { "db", "api", "key" } and "dbapikey". */
struct name {
	char squashed[NAME_MAX_LEN + 1];
	size_t len;
	unsigned char at[WORDS_MAX], n[WORDS_MAX]; /* words, as slices of squashed */
	size_t nwords;
};

/* Anywhere in the squashed name. */
static const struct ka_says anywhere[] = {
	{ "password", "its name says password", "a line sets a password", true },
	{ "passwd", "its name says password", "a line sets a password", true },
	{ "passphrase", "its name says passphrase", "a line sets a passphrase", true },
	{ "secret", "its name says secret", "a line sets a secret", false },
	{ "credential", "its name says credential", "a line sets credentials", false },
	{ "apikey", "its name says API key", "a line sets an API key", false },
	{ "appkey", "its name says application key", "a line sets an application key", false },
	{ "accesskey", "its name says access key", "a line sets an access key", false },
	{ "privatekey", "its name says private key", "a line sets a private key", false },
	{ "privkey", "its name says private key", "a line sets a private key", false },
	{ "encryptionkey", "its name says encryption key", "a line sets an encryption key", false },
	{ "cryptkey", "its name says encryption key", "a line sets an encryption key", false },
	{ "signingkey", "its name says signing key", "a line sets a signing key", false },
	{ "hmackey", "its name says signing key", "a line sets a signing key", false },
	{ "jwtkey", "its name says signing key", "a line sets a signing key", false },
	{ "masterkey", "its name says master key", "a line sets a master key", false },
	{ "accountkey", "its name says account key", "a line sets an account key", false },
	{ "storagekey", "its name says storage key", "a line sets a storage key", false },
	{ "batchkey", "its name says account key", "a line sets an account key", false },
	{ "sharedkey", "its name says shared key", "a line sets a shared key", false },
	{ "authkey", "its name says authentication key", "a line sets an authentication key",
	  false },
	{ "licensekey", "its name says license key", "a line sets a license key", false },
	{ "sshkey", "its name says SSH key", "a line sets an SSH key", false },
};

/* At the end of a word; words that only look like it are in `innocent`. */
static const struct ka_says at_word_end[] = {
	{ "token", "its name says token", "a line sets a token", false },
	{ "pass", "its name says password", "a line sets a password", true },
	{ "pwd", "its name says password", "a line sets a password", true },
	{ "passcode", "its name says password", "a line sets a password", true },
	{ "cred", "its name says credential", "a line sets credentials", false },
	{ "creds", "its name says credential", "a line sets credentials", false },
	{ "webtoken", "its name says token", "a line sets a token", false },
};
static const char *const innocent[] = { "bypass",  "compass",	"trespass",
					"surpass", "encompass", "sacred" };

/* A last word that says that the value is about a secret, not the secret. */
static const char *const about[] = {
	"addr",	      "address",    "age",	"alg",	       "algo",	     "algorithm",
	"annotation", "arn",	    "aud",	"audience",    "auth",	     "authentication",
	"backend",    "ca",	    "cert",	"certificate", "change",     "claim",
	"class",      "config",	    "count",	"crt",	       "days",	     "dir",
	"directory",  "domain",	    "duration", "enable",      "enabled",    "encoding",
	"endpoint",   "engine",	    "env",	"expiration",  "expire",     "expires",
	"expiry",     "field",	    "file",	"filename",    "files",	     "fingerprint",
	"folder",     "format",	    "group",	"header",      "hint",	     "host",
	"hostname",   "hours",	    "id",	"ids",	       "interval",   "issuer",
	"kind",	      "label",	    "labels",	"len",	       "length",     "lifetime",
	"limit",      "location",   "login",	"manager",     "max",	     "method",
	"min",	      "minutes",    "mode",	"mount",       "name",	     "names",
	"namespace",  "namespaces", "ns",	"options",     "param",	     "params",
	"path",	      "paths",	    "pattern",	"period",      "policies",   "policy",
	"port",	      "prefix",	    "prompt",	"provider",    "realm",	     "ref",
	"reference",  "regex",	    "required", "reset",       "role",	     "rotation",
	"scheme",     "secs",	    "seconds",	"selector",    "server",     "service",
	"size",	      "source",	    "stdin",	"store",       "strategy",   "subject",
	"suffix",
	"template",   "timeout",    "ttl",	"type",	       "types",	     "uri",
	"url",	      "urls",	    "user",	"username",    "validation", "var",
	"variable",   "version",
};

/* A word anywhere that says so. */
static const char *const never[] = { "public", "pub", "existing", "pull", "tls", "min", "max" };

/* Values that say nothing: switches and blanks. */
static const char *const blank[] = {
	"true",	    "false",	"yes",	     "no",	"on",	    "off",    "null",
	"none",	    "nil",	"undefined", "enabled", "disabled", "enable", "disable",
	"required", "optional", "auto",	     "todo",	"redacted",
};

/* Values that say where the secret is. */
static const char *const elsewhere[] = {
	"file:",
	"vault:",
	"ref+",
	"sm://",
	"op://",
	"arn:",
	"awssm:",
	"awsps:",
	"secretref:",
	"secretref+",
	"keyvault:",
	"projects/",
	"gcp:secretmanager:",
	"gcpsm:",
	"env:",
	"kms:",
	"ENC[",
	"enc:",
	"-----BEGIN CERTIFICATE",
	"-----BEGIN PUBLIC",
	"-----BEGIN RSA PUBLIC",
	"ssh-rsa ",
	"ssh-ed25519 ",
	"ecdsa-sha2-",
};

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool
is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

bool
ka_span_is_one_of(const char *s, size_t len, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *p = list[i];
		size_t k = 0;

		while (k < len && p[k] && lower(s[k]) == p[k])
			k++;
		if (k == len && !p[k])
			return true;
	}
	return false;
}

static void
name_split(const char *s, size_t len, struct name *ret)
{
	bool open = false; /* inside a word */

	if (len > NAME_MAX_LEN) {
		s += len - NAME_MAX_LEN;
		len = NAME_MAX_LEN;
	}
	ret->len = ret->nwords = 0;
	for (size_t i = 0; i < len; i++) {
		if (!ka_byte_is_alnum(s[i])) {
			open = false;
			continue;
		}
		/* camelCase: a capital after a small letter, or the last capital of a run before a
		 * small one. */
		if (open && is_upper(s[i]) &&
		    (!is_upper(s[i - 1]) || (i + 1 < len && ka_byte_is_alnum(s[i + 1]) &&
					     !is_upper(s[i + 1]) && !is_digit(s[i + 1]))))
			open = false;
		if (!open && ret->nwords < WORDS_MAX) {
			ret->at[ret->nwords] = (unsigned char)ret->len;
			ret->n[ret->nwords++] = 0;
			open = true;
		}
		ret->squashed[ret->len++] = lower(s[i]);
		ret->n[ret->nwords - 1]++;
	}
	ret->squashed[ret->len] = '\0';
}

static const struct ka_says *
word_says(const char *word, size_t len)
{
	if (KA_SPAN_IN(word, len, innocent))
		return NULL;
	for (size_t i = 0; i < sizeof at_word_end / sizeof at_word_end[0]; i++) {
		size_t n = strlen(at_word_end[i].word);

		if (len >= n && memcmp(word + len - n, at_word_end[i].word, n) == 0)
			return &at_word_end[i];
	}
	return NULL;
}

/* What the name says of its value, or NULL when it says nothing of secrets. */
const struct ka_says *
ka_name_says(const char *s, size_t len)
{
	struct name name;
	const struct ka_says *said = NULL;
	size_t last;

	name_split(s, len, &name);
	if (!name.nwords)
		return NULL;
	for (size_t i = 0; !said && i < sizeof anywhere / sizeof anywhere[0]; i++)
		if (strstr(name.squashed, anywhere[i].word))
			said = &anywhere[i];
	for (size_t i = 0; !said && i < name.nwords; i++)
		said = word_says(name.squashed + name.at[i], name.n[i]);
	if (!said)
		return NULL;
	last = name.nwords - 1;
	if (KA_SPAN_IN(name.squashed + name.at[last], name.n[last], about))
		return NULL;
	for (size_t i = 0; i < name.nwords; i++)
		if (KA_SPAN_IN(name.squashed + name.at[i], name.n[i], never))
			return NULL;
	return said;
}

/* "3600", "1.5", "30s", "1h30m", "16Ki": a number, a time or a size. */
static bool
is_quantity(const char *s, size_t len)
{
	size_t i = 0, letters = 0;

	if (!len || !is_digit(s[0]))
		return false;
	for (; i < len; i++) {
		if (is_digit(s[i]) || s[i] == '.') {
			letters = 0;
			continue;
		}
		if (!strchr("smhdwunKMGTiBk", s[i]) || ++letters > 2)
			return false;
	}
	return true;
}

static bool
all_digits(const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!is_digit(s[i]))
			return false;
	return len > 0;
}

/* "/etc/x/key", "./key", "secret/data/app": where something is.  Base64 may begin with a slash too:
 * then it has both capitals and digits, and is long. */
static bool
is_path(const char *s, size_t len)
{
	bool upper = false, digit = false, slash = false, relative = true;

	for (size_t i = 0; i < len; i++) {
		char c = s[i];

		upper |= is_upper(c);
		digit |= is_digit(c);
		slash |= c == '/';
		relative &= (ka_byte_is_alnum(c) && !is_upper(c)) || strchr("./_-", c);
		if ((unsigned char)c <= ' ' || c == '=' || c == '+')
			return false;
	}
	if (ka_span_starts(s, len, "./") || ka_span_starts(s, len, "~/") ||
	    ka_span_starts(s, len, "../"))
		return true;
	if (s[0] == '/')
		return len < 24 || !(upper && digit);
	return slash && relative && s[len - 1] != '/';
}

/* "$(VAR)", "${VAR}", "{{ .x }}", "<password>", "****": no value, but the place of one. */
static bool
is_placeholder(const char *s, size_t len)
{
	size_t same = 0;

	if (s[0] == '$' || s[0] == '<' || ka_span_starts(s, len, "{{") ||
	    ka_span_starts(s, len, "%("))
		return true;
	for (size_t i = 0; i + 1 < len; i++)
		if (s[i] == '$' && (s[i + 1] == '(' || s[i + 1] == '{'))
			return true;
	while (same < len && lower(s[same]) == lower(s[0]))
		same++;
	return same == len && memchr("*x.-", lower(s[0]), 4);
}

void
ka_span_trim(const char **s, size_t *len)
{
	while (*len && (unsigned char)(*s)[*len - 1] <= ' ')
		--*len;
	while (*len && (unsigned char)**s <= ' ') {
		++*s;
		--*len;
	}
}

/* True when the value can be what the name says. */
bool
ka_says_counts(const struct ka_says *said, const char *s, size_t len)
{
	ka_span_trim(&s, &len);
	if (!len || KA_SPAN_IN(s, len, blank) || is_placeholder(s, len) || is_path(s, len))
		return false;
	for (size_t i = 0; i < sizeof elsewhere / sizeof elsewhere[0]; i++)
		if (ka_span_starts(s, len, elsewhere[i]))
			return false;
	for (size_t i = 0; i + 2 < len; i++)
		if (memcmp(s + i, "://", 3) == 0)
			return false; /* one with a password has been told by its form */
	if (all_digits(s, len))
		return said->password || len > 8;
	return !is_quantity(s, len);
}

const char *
ka_says_reason(const char *s, size_t len)
{
	const struct ka_says *const tables[] = { anywhere, at_word_end };
	const size_t sizes[] = { sizeof anywhere / sizeof anywhere[0],
				 sizeof at_word_end / sizeof at_word_end[0] };

	for (size_t t = 0; t < 2; t++) {
		for (size_t i = 0; i < sizes[t]; i++) {
			const struct ka_says *r = &tables[t][i];

			if (strlen(r->name) == len && memcmp(r->name, s, len) == 0)
				return r->name;
			if (strlen(r->line) == len && memcmp(r->line, s, len) == 0)
				return r->line;
		}
	}
	return NULL;
}
