/* The rules are those of go-yaml v2 below sigs.k8s.io/yaml, oddities included: what kubectl and the
 * API server make of a manifest is what has to be audited. */
#include "util/yaml_scalar.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/base64.h"
#include "util/banned.h"
#include "util/tape.h"

enum meaning {
	M_STRING,
	M_NULL,
	M_TRUE,
	M_FALSE,
	M_INT,
	M_FLOAT,
	M_INF,
	M_MINUS_INF,
	M_NAN,
};

static const struct {
	char word[6];
	uint8_t meaning;
} words[] = {
	{ "", M_NULL },		  { "~", M_NULL },	    { "null", M_NULL },
	{ "Null", M_NULL },	  { "NULL", M_NULL },	    { "y", M_TRUE },
	{ "Y", M_TRUE },	  { "yes", M_TRUE },	    { "Yes", M_TRUE },
	{ "YES", M_TRUE },	  { "true", M_TRUE },	    { "True", M_TRUE },
	{ "TRUE", M_TRUE },	  { "on", M_TRUE },	    { "On", M_TRUE },
	{ "ON", M_TRUE },	  { "n", M_FALSE },	    { "N", M_FALSE },
	{ "no", M_FALSE },	  { "No", M_FALSE },	    { "NO", M_FALSE },
	{ "false", M_FALSE },	  { "False", M_FALSE },	    { "FALSE", M_FALSE },
	{ "off", M_FALSE },	  { "Off", M_FALSE },	    { "OFF", M_FALSE },
	{ ".nan", M_NAN },	  { ".NaN", M_NAN },	    { ".NAN", M_NAN },
	{ ".inf", M_INF },	  { ".Inf", M_INF },	    { ".INF", M_INF },
	{ "+.inf", M_INF },	  { "+.Inf", M_INF },	    { "+.INF", M_INF },
	{ "-.inf", M_MINUS_INF }, { "-.Inf", M_MINUS_INF }, { "-.INF", M_MINUS_INF },
};

/* Integers as Go's ParseInt with base 0 reads them. */
enum int_result {
	NO_INT,
	INT,
	WIDE, /* fits 64 bits without a sign only */
	TOO_LARGE,
};

static enum int_result
to_int(const char *s, bool *ret_minus, uint64_t *ret)
{
	unsigned base = 10;
	uint64_t v = 0;
	bool minus = *s == '-', sign = minus || *s == '+', over = false;

	s += sign;
	if (!*s)
		return NO_INT;
	if (*s == '0') {
		int c = s[1] | 0x20;

		base = !s[1] || !s[2] ? 8 : c == 'x' ? 16 : c == 'o' ? 8 : c == 'b' ? 2 : 8;
		s += s[1] && s[2] && (c == 'x' || c == 'o' || c == 'b') ? 2 : 1;
	}
	for (; *s; s++) {
		unsigned c = (unsigned char)*s;
		unsigned d = c - '0' < 10	    ? c - '0'
			     : (c | 0x20) - 'a' < 6 ? (c | 0x20) - 'a' + 10
						    : 99;

		if (d >= base)
			return NO_INT;
		over |= __builtin_mul_overflow(v, base, &v);
		over |= __builtin_add_overflow(v, d, &v);
	}
	*ret = v;
	*ret_minus = minus;
	if (over || v > (uint64_t)INT64_MAX + minus)
		return over || sign ? TOO_LARGE : WIDE;
	return INT;
}

/* [-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)? and nothing else. */
static bool
looks_float(const char *s)
{
	size_t whole, part = 0;

	s += *s == '-' || *s == '+';
	whole = strspn(s, "0123456789");
	s += whole;
	if (*s == '.') {
		part = strspn(++s, "0123456789");
		s += part;
	}
	if (!whole && !part)
		return false;
	if (*s == 'e' || *s == 'E') {
		s++;
		s += *s == '-' || *s == '+';
		whole = strspn(s, "0123456789");
		s += whole;
		if (!whole)
			return false;
	}
	return !*s;
}

/* The fewest digits that read back as v, in "d.ddde[+-]xx"; *ret_exp its exponent, the digits
 * without the point. */
static int
shortest(double v, bool single, char digits[32], int *ret_exp)
{
	char s[48];
	char *e;
	int n = 0;

	for (int precision = 0; precision < 17; precision++) {
		snprintf(s, sizeof s, "%.*e", precision, fabs(v));
		if (single ? strtof(s, NULL) == (float)fabs(v) : strtod(s, NULL) == fabs(v))
			break;
	}
	e = strchr(s, 'e');
	*ret_exp = (int)strtol(e + 1, NULL, 10);
	for (const char *c = s; c < e; c++)
		if (*c != '.')
			digits[n++] = *c;
	while (n > 1 && digits[n - 1] == '0')
		n--;
	digits[n] = '\0';
	return n;
}

/* As Go prints it: in JSON, or as a key ("%g" of a float32, of all things). */
static size_t
print_float(char out[48], double v, bool as_key)
{
	char digits[32];
	int exp, n, len;
	const char *sign = signbit(v) ? "-" : "";
	bool e_form;

	if (v == 0)
		return (size_t)snprintf(out, 48, "%s0", sign);
	n = shortest(v, as_key, digits, &exp);
	e_form = as_key ? exp < -4 || exp >= 6 : fabs(v) < 1e-6 || fabs(v) >= 1e21;
	if (e_form)
		len = snprintf(out, 48, "%s%c%s%se%c%0*d", sign, digits[0], n > 1 ? "." : "",
			       digits + 1, exp < 0 ? '-' : '+', exp < 0 && !as_key ? 1 : 2,
			       abs(exp));
	else if (exp < 0)
		len = snprintf(out, 48, "%s0.%.*s%s", sign, -exp - 1, "0000000", digits);
	else if (n <= exp + 1)
		len = snprintf(out, 48, "%s%s%.*s", sign, digits, exp + 1 - n,
			       "000000000000000000000");
	else
		len = snprintf(out, 48, "%s%.*s.%s", sign, exp + 1, digits, digits + exp + 1);
	return (size_t)len;
}

static enum meaning
float_meaning(struct ka_yaml_scalar *ret, const char *s)
{
	double v;

	if (!looks_float(s))
		return M_STRING;
	v = strtod(s, NULL);
	if (isinf(v))
		return M_STRING;
	ret->value = v;
	return M_FLOAT;
}

static enum meaning
number_meaning(struct ka_yaml_scalar *ret, const char *s, size_t len)
{
	char plain[400];
	size_t n = 0;
	uint64_t v = 0;
	bool minus = false;

	/* A longer one is beyond every integer and float that Go would take. */
	for (size_t i = 0; i < len; i++) {
		if (s[i] == '_')
			continue;
		if (n == sizeof plain - 1)
			return M_STRING;
		plain[n++] = s[i];
	}
	plain[n] = '\0';
	switch (to_int(plain, &minus, &v)) {
	case INT:
		n = (size_t)snprintf(ret->num, sizeof ret->num, "%s%" PRIu64, minus && v ? "-" : "",
				     v);
		ret->value = minus ? -(double)v : (double)v;
		break;
	case WIDE:
		n = (size_t)snprintf(ret->num, sizeof ret->num, "%" PRIu64, v);
		ret->wide = true;
		break;
	case NO_INT:
	case TOO_LARGE:
		return float_meaning(ret, plain);
	}
	ret->text = ret->num;
	ret->len = n;
	return M_INT;
}

static enum meaning
resolve(struct ka_yaml_scalar *ret, const char *s, size_t len)
{
	if (len < sizeof words[0].word)
		for (size_t i = 0; i < sizeof words / sizeof *words; i++)
			if (strcmp(s, words[i].word) == 0)
				return words[i].meaning;
	if (*s == '.')
		return float_meaning(ret, s);
	if (*s == '+' || *s == '-' || (unsigned char)(*s - '0') < 10)
		return number_meaning(ret, s, len);
	return M_STRING;
}

static int
decode_base64(struct ka_yaml_scalar *ret, char *s, size_t len, struct ka_err *err)
{
	if (!ka_base64_decode(s, len, &ret->len))
		return ka_err_set(err, KA_EFORMAT, "invalid base64 in a !!binary value");
	ret->type = KA_STRING;
	ret->text = s;
	return 0;
}

static void
set_meaning(struct ka_yaml_scalar *ret, enum meaning m)
{
	switch (m) {
	case M_STRING:
		ret->type = KA_STRING;
		return;
	case M_NULL:
		ret->type = KA_NULL;
		return;
	case M_TRUE:
	case M_FALSE:
		ret->type = m == M_TRUE ? KA_TRUE : KA_FALSE;
		return;
	case M_INT:
		ret->type = KA_NUMBER;
		return;
	case M_FLOAT:
		ret->type = KA_NUMBER;
		ret->is_float = true;
		ret->text = ret->num;
		ret->len = print_float(ret->num, ret->value, false);
		return;
	case M_INF:
	case M_MINUS_INF:
	case M_NAN:
		ret->type = KA_NUMBER;
		ret->is_float = ret->special = true;
		ret->text = m == M_INF ? ".inf" : m == M_NAN ? ".nan" : "-.inf";
		ret->len = strlen(ret->text);
		return;
	}
}

/* The tag and what the text means must agree, but for an integer that is to be a float. */
static int
apply_tag(struct ka_yaml_scalar *ret, enum meaning m, const char *tag, const char *text,
	  struct ka_err *err)
{
	bool is_float = m == M_FLOAT || m == M_INF || m == M_MINUS_INF || m == M_NAN;

	if ((strcmp(tag, "int") == 0 && m == M_INT) || (strcmp(tag, "float") == 0 && is_float) ||
	    (strcmp(tag, "bool") == 0 && (m == M_TRUE || m == M_FALSE)) ||
	    (strcmp(tag, "null") == 0 && m == M_NULL)) {
		set_meaning(ret, m);
		return 0;
	}
	if (strcmp(tag, "float") == 0 && m == M_INT && !ret->wide) {
		set_meaning(ret, M_FLOAT);
		return 0;
	}
	return ka_err_set(err, KA_EFORMAT, "\"%.60s\" is not of its type !!%s", text, tag);
}

int
ka_yaml_type(struct ka_yaml_scalar *ret, char *text, size_t len, const char *tag, bool plain,
	     struct ka_err *err)
{
	static const char prefix[] = "tag:yaml.org,2002:";
	static const char *const typed[] = { "int", "float", "bool", "null" };
	const char *name = NULL;

	*ret = (struct ka_yaml_scalar){ .type = KA_STRING, .text = text, .len = len };
	if (tag && strncmp(tag, prefix, sizeof prefix - 1) == 0)
		name = tag + sizeof prefix - 1;
	if (!tag) {
		if (plain)
			set_meaning(ret, resolve(ret, text, len));
		return 0;
	}
	if (!name)
		return 0; /* a tag of somebody's own: the text as it is */
	if (strcmp(name, "binary") == 0)
		return decode_base64(ret, text, len, err);
	for (size_t i = 0; i < sizeof typed / sizeof *typed; i++)
		if (strcmp(name, typed[i]) == 0)
			return apply_tag(ret, resolve(ret, text, len), name, text, err);
	return 0; /* !!str, !!timestamp, and what go-yaml does not know */
}

int
ka_yaml_to_key(struct ka_yaml_scalar *scalar, struct ka_err *err)
{
	static const char *const words_of[] = { NULL, "false", "true" };

	if (scalar->type == KA_NULL)
		return ka_err_set(err, KA_EFORMAT, "null as a mapping key");
	if (scalar->wide)
		return ka_err_set(err, KA_EFORMAT, "the mapping key %s is too large", scalar->text);
	if (scalar->type == KA_FALSE || scalar->type == KA_TRUE) {
		scalar->text = words_of[scalar->type];
		scalar->len = strlen(scalar->text);
	} else if (scalar->is_float && !scalar->special) {
		/* Beyond a float32 Go's conversion says infinity. */
		if (isinf((float)scalar->value))
			scalar->len = (size_t)snprintf(scalar->num, sizeof scalar->num, "%s.inf",
						       scalar->value < 0 ? "-" : "");
		else
			scalar->len = print_float(scalar->num, (double)(float)scalar->value, true);
		scalar->text = scalar->num;
	}
	scalar->type = KA_STRING;
	return 0;
}
