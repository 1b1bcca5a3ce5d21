#include "util/base64.h"

#include <string.h>

#include "util/alloc.h"
#include "util/banned.h"

bool
ka_base64_decode(char *s, size_t len, size_t *ret_len)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	unsigned bits = 0, have = 0, pad = 0, count = 0;
	char *to = s;

	for (size_t i = 0; i < len; i++) {
		const char *d;

		if (s[i] == '\n' || s[i] == '\r')
			continue;
		count++;
		if (s[i] == '=') {
			pad++;
			continue;
		}
		d = s[i] ? strchr(digits, s[i]) : NULL;
		if (!d || pad)
			return false;
		bits = bits << 6 | (unsigned)(d - digits);
		have += 6;
		if (have >= 8) {
			have -= 8;
			*to++ = (char)(bits >> have & 0xff);
		}
	}
	*ret_len = (size_t)(to - s);
	return count % 4 == 0 && pad <= 2 && have == pad * 2;
}

char *
ka_base64_encode(const char *s, size_t len)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	char *text = ka_xmalloc((len + 2) / 3 * 4 + 1), *to = text;

	for (size_t i = 0; i < len; i += 3) {
		unsigned n = len - i < 3 ? (unsigned)(len - i) : 3, bits = 0;

		for (unsigned j = 0; j < 3; j++)
			bits = bits << 8 | (j < n ? (unsigned char)s[i + j] : 0);
		for (unsigned j = 0; j < 4; j++)
			*to++ = j <= n ? digits[bits >> (18 - 6 * j) & 63] : '=';
	}
	*to = '\0';
	return text;
}
