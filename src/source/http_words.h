/* What went wrong with a connection, in words that say what to do. */
#ifndef KA_SOURCE_HTTP_WORDS_H
#define KA_SOURCE_HTTP_WORDS_H

#include <stdbool.h>
#include <stddef.h>

struct ka_http_failure {
	int code;         /* CURLcode */
	int verify;       /* X509_V_ERR_*, 0 when the certificate was not the trouble */
	const char *text; /* libcurl's */
	const char *names; /* that the certificate is for; NULL: not known */
	bool too_large;
	size_t max_body;
	unsigned seconds, stall;
};

/* OpenSSL's words for an answer that is no TLS. */
#define KA_HTTP_NO_TLS "wrong version number"

/* One line without a full stop.  libcurl's text holds host names and numbers, never what was sent; where it quotes the
 * address of a proxy, which may hold a password, it is not repeated. */
void ka_http_words(char *buf, size_t size, const struct ka_http_failure *failure);

#endif
