/* Secrets that a line of a longer text sets. */
#include <stdbool.h>
#include <string.h>

#include "model/suspect_name.h"

#include "util/banned.h"

/* What a line sets: `name: value`, `"name": "value",`, `export NAME=value`. */
struct setting {
	const char *name, *value;
	size_t name_len, value_len;
	bool quoted;
};

static bool
line_parse(const char *s, size_t len, struct setting *ret)
{
	size_t i = 0;
	char quote = 0;

	ka_span_trim(&s, &len);
	if (ka_span_starts(s, len, "- ") || ka_span_starts(s, len, "-D"))
		i = 2;
	else if (ka_span_starts(s, len, "export "))
		i = 7;
	if (i < len && (s[i] == '"' || s[i] == '\''))
		quote = s[i++];
	ret->name = s + i;
	while (i < len && (ka_byte_is_alnum(s[i]) || strchr("_.-", s[i])))
		i++;
	ret->name_len = (size_t)(s + i - ret->name);
	if (quote && (i >= len || s[i++] != quote))
		return false;
	while (i < len && s[i] == ' ')
		i++;
	if (!ret->name_len || i + 1 >= len || (s[i] != '=' && s[i] != ':'))
		return false;
	/* A colon sets only before a blank: what follows "https:" is no value. */
	if (s[i] == ':' && s[i + 1] != ' ' && s[i + 1] != '"')
		return false;
	i++;
	while (i < len && s[i] == ' ')
		i++;
	ret->value = s + i;
	ret->value_len = len - i;
	return ret->value_len > 0;
}

/* Strips quotes and a comma; false for a value that is code, a block or prose rather than a string.
 */
static bool
line_value(struct setting *set)
{
	const char *end;

	if (set->value_len && set->value[set->value_len - 1] == ',')
		set->value_len--;
	set->quoted = set->value[0] == '"' || set->value[0] == '\'';
	if (set->quoted) {
		end = memchr(set->value + 1, set->value[0], set->value_len - 1);
		if (!end)
			return false;
		set->value_len = (size_t)(end - set->value) - 1;
		set->value++;
		return set->value_len > 0;
	}
	end = set->value_len > 2 ? memchr(set->value, '#', set->value_len) : NULL;
	if (end && end > set->value && end[-1] == ' ') {
		set->value_len = (size_t)(end - set->value);
		ka_span_trim(&set->value, &set->value_len);
	}
	for (size_t i = 0; i < set->value_len; i++)
		if (strchr(" ()[]{}|<>&;\\`\t", set->value[i]))
			return false;
	return set->value_len > 0;
}

/* In a longer text `secret: my-app` is far more often the name of a Secret than one. */
static bool
is_reference(const struct ka_says *said, const struct setting *set)
{
	if (said->password)
		return false;
	for (size_t i = 0; i < set->value_len; i++) {
		char c = set->value[i];

		if (!((c >= 'a' && c <= 'z') || c == '-' || c == '.' || c == '_'))
			return false;
	}
	return true;
}

const char *
ka_suspect_line(const char *s, size_t len)
{
	struct setting set;
	const struct ka_says *said;

	if (!line_parse(s, len, &set) || !(said = ka_name_says(set.name, set.name_len)) ||
	    !line_value(&set))
		return NULL;
	if (is_reference(said, &set) || !ka_says_counts(said, set.value, set.value_len))
		return NULL;
	return said->line;
}
