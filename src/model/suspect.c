#include "model/suspect.h"

#include <stdbool.h>
#include <string.h>

#include "model/suspect_name.h"

#include "util/banned.h"

/* The literal of a reason that a snapshot kept. */
static const char *
hidden_reason(const char *s, size_t len)
{
	const char *form = ka_suspect_form_reason(s, len);
	const char *says = form ? form : ka_says_reason(s, len);

	return says ? says : "hidden by the snapshot";
}

static const char *
hidden(const char *s, size_t len)
{
	const size_t prefix = sizeof KA_HIDDEN_PREFIX - 1;

	if (ka_span_starts(s, len, KA_HIDDEN_PREFIX))
		return hidden_reason(s + prefix, len - prefix);
	if (len == sizeof KA_HIDDEN - 1 && ka_span_starts(s, len, KA_HIDDEN))
		return "hidden by the snapshot";
	return NULL;
}

const char *
ka_suspect_name_value(const char *name, const char *value, size_t len)
{
	const char *why = hidden(value, len);
	const struct ka_says *said;

	if (!why)
		why = ka_suspect_form(value, len);
	if (why || !name)
		return why;
	said = ka_name_says(name, strlen(name));
	return said && ka_says_counts(said, value, len) ? said->name : ka_suspect_words(value, len);
}

const char *
ka_suspect_value(const char *value, size_t len)
{
	const char *why = hidden(value, len);

	if (!why)
		why = ka_suspect_form(value, len);
	return why ? why : ka_suspect_words(value, len);
}

const char *
ka_suspect_arg(const char *previous, const char *value, size_t len)
{
	const char *why = ka_suspect_value(value, len);
	const struct ka_says *said;

	if (why || !previous || previous[0] != '-' || strchr(previous, '=') || !len ||
	    value[0] == '-')
		return why;
	said = ka_name_says(previous, strlen(previous));
	return said && ka_says_counts(said, value, len) ? said->name : NULL;
}

/* A script or a page named password-reset.sh is not a password. */
static bool
is_file_key(const char *key)
{
	static const char *const ext[] = {
		"sh",	"py",	      "js",   "ts",   "rb",  "go",  "lua",  "sql",  "html",
		"css",	"md",	      "conf", "cfg",  "ini", "xml", "json", "yaml", "yml",
		"toml", "properties", "tpl",  "tmpl", "crt", "cer", "pub",
	};
	const char *dot = strrchr(key, '.');

	return dot && KA_SPAN_IN(dot + 1, strlen(dot + 1), ext);
}

const char *
ka_suspect_configmap(const char *key, const char *value, size_t len)
{
	const char *why = hidden(value, len), *end = value + len, *line = value;

	if (!why)
		why = ka_suspect_form(value, len);
	if (why)
		return why;
	while (len && (value[len - 1] == '\n' || value[len - 1] == '\r'))
		len--;
	if (key && !is_file_key(key) && !memchr(value, '\n', len)) {
		const struct ka_says *said = ka_name_says(key, strlen(key));

		if (said && ka_says_counts(said, value, len))
			return said->name;
	}
	for (; line < end; line++) {
		const char *nl = memchr(line, '\n', (size_t)(end - line));
		size_t n = (size_t)((nl ? nl : end) - line);

		why = ka_suspect_line(line, n);
		if (why)
			return why;
		line += n;
	}
	return NULL;
}
