#include "source/http_words.h"

#include <stdio.h>
#include <string.h>

#include "util/banned.h"

/* Of curl/curl.h and openssl/x509_vfy.h, which are stable numbers of their interfaces. */
enum {
	TIMED_OUT = 28,
	PEER_FAILED = 60,
	NO_AUTHORITIES = 77,
};

static const struct {
	int verify;
	const char *words;
} certificates[] = {
	{ 9, "the server's certificate is not valid yet: is the clock of this machine right?" },
	{ 10, "the server's certificate has expired (or the clock of this machine is wrong)" },
	{ 18, "the server's certificate is signed by itself, not by the cluster's certificate authority" },
	{ 19, "the server's certificate comes from a certificate authority that is not trusted here: "
	      "certificate-authority of the kubeconfig is another" },
	{ 20, "the server's certificate comes from a certificate authority that is not trusted here: "
	      "certificate-authority of the kubeconfig is another" },
	{ 21, "the server's certificate comes from a certificate authority that is not trusted here: "
	      "certificate-authority of the kubeconfig is another" },
	{ 62, "the server's certificate is for another name: tls-server-name of the kubeconfig says which to expect" },
	{ 64, "the server's certificate is for another address: tls-server-name of the kubeconfig says which name "
	      "to expect" },
};

static const char *
certificate_words(const struct ka_http_failure *f)
{
	/* Without verification, what OpenSSL found is no failure. */
	if (f->code != PEER_FAILED)
		return NULL;
	for (size_t i = 0; i < sizeof certificates / sizeof *certificates; i++)
		if (f->verify == certificates[i].verify)
			return certificates[i].words;
	/* curl compares names itself, after OpenSSL was content. */
	if (strstr(f->text, "subject name"))
		return certificates[sizeof certificates / sizeof *certificates - 2].words;
	return NULL;
}

void
ka_http_words(char *buf, size_t size, const struct ka_http_failure *f)
{
	const char *certificate = certificate_words(f);

	if (f->too_large)
		snprintf(buf, size, "the answer is larger than %zu bytes", f->max_body);
	else if (strstr(f->text, "Unsupported proxy"))
		snprintf(buf, size, "the address of the proxy cannot be used: proxy-url of the kubeconfig, or HTTPS_PROXY");
	else if (strstr(f->text, KA_HTTP_NO_TLS))
		snprintf(buf, size, "the server does not speak TLS: is it an http:// address? (%s)", f->text);
	else if (certificate && f->names && strstr(f->text, "subject name"))
		snprintf(buf, size, "%s (it is for %.150s)", certificate, f->names);
	else if (certificate)
		snprintf(buf, size, "%s (%s)", certificate, f->text);
	else if (f->code == NO_AUTHORITIES)
		snprintf(buf, size, "this machine trusts no certificate authority (package ca-certificates), and "
				    "the kubeconfig names none (%s)", f->text);
	else if (f->code == TIMED_OUT)
		snprintf(buf, size, "no whole answer in time (stalled for %u s, or longer than %u s in all): %s", f->stall,
			 f->seconds, f->text);
	else
		snprintf(buf, size, "%s", f->text);
}
