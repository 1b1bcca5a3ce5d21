#include "ciphers.h"

#include <string.h>

#include <kassay/match.h>

/* InsecureCipherSuites and the RSA key exchanges of crypto/tls, by the end or a part of their names.
 */
static const char *const weak_suites[] = {
	"TLS_RSA_WITH_*",
	"*_RC4_128_SHA",
	"*_3DES_EDE_CBC_SHA",
	"*_CBC_SHA",
	"*_CBC_SHA256",
	"*_NULL_*",
	"*_anon_*",
};

static bool
is_weak(const char *suite, size_t len)
{
	char name[96];

	if (len >= sizeof name)
		return false;
	memcpy(name, suite, len);
	name[len] = '\0';
	for (size_t i = 0; i < sizeof weak_suites / sizeof weak_suites[0]; i++)
		if (ka_glob(weak_suites[i], name))
			return true;
	return false;
}

bool
ka_ciphers_weak(const char *list, size_t len)
{
	const char *s = list, *end = list + len;

	while (s < end) {
		const char *comma = memchr(s, ',', (size_t)(end - s));
		size_t n = (size_t)((comma ? comma : end) - s);

		if (is_weak(s, n))
			return true;
		s += n + 1;
	}
	return false;
}
