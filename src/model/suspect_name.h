/* What a name says of its value, and whether the value can be that. */
#ifndef KA_MODEL_SUSPECT_NAME_H
#define KA_MODEL_SUSPECT_NAME_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* What a name may say: by itself, and when it is set on a line of a longer text. */
struct ka_says {
	const char *word;
	const char *name, *line;
	bool password; /* digits alone are one */
};

/* NULL when the name says nothing of secrets, or says that the value is about one
 * ("PASSWORD_FILE"). */
const struct ka_says *ka_name_says(const char *s, size_t len);
/* False for switches, numbers, paths, references and placeholders. */
bool ka_says_counts(const struct ka_says *said, const char *s, size_t len);
/* The literal of a reason given before, or NULL. */
const char *ka_says_reason(const char *s, size_t len);

/* The reason when a line of text sets a secret ("password: x", "export TOKEN=x"), else NULL. */
const char *ka_suspect_line(const char *s, size_t len);

/* The reason when a word of a command line or script does ("--password=x", "sh -c 'TOKEN=x run'"), else NULL. */
const char *ka_suspect_words(const char *s, size_t len);

static inline bool
ka_byte_is_alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static inline bool
ka_span_starts(const char *s, size_t len, const char *prefix)
{
	size_t n = strlen(prefix);

	return len >= n && memcmp(s, prefix, n) == 0;
}

/* Takes white space off both ends. */
void ka_span_trim(const char **s, size_t *len);
/* True when s, without regard to ASCII case, is one of these words in small letters. */
bool ka_span_is_one_of(const char *s, size_t len, const char *const *list, size_t n);
#define KA_SPAN_IN(s, len, list)                                                                   \
	ka_span_is_one_of((s), (len), (list), sizeof(list) / sizeof(list)[0])

#endif
