#include "util/sha256.h"

#include <stdlib.h>

#include <openssl/evp.h>

#include "util/alloc.h"

#include "util/banned.h"

struct ka_sha256 {
	EVP_MD_CTX *ctx;
};

struct ka_sha256 *
ka_sha256_new(struct ka_err *err)
{
	struct ka_sha256 *h = ka_xmalloc(sizeof *h);

	h->ctx = EVP_MD_CTX_new();
	if (!h->ctx)
		ka_alloc_die();
	if (!EVP_DigestInit_ex(h->ctx, EVP_sha256(), NULL)) {
		ka_sha256_free(h);
		ka_err_set(err, KA_EIO, "the crypto library has no SHA-256");
		return NULL;
	}
	return h;
}

/* Once begun a digest of memory fails for want of memory alone. */
static void
must(int ok)
{
	if (!ok)
		ka_alloc_die();
}

void
ka_sha256_add(struct ka_sha256 *h, const void *p, size_t len)
{
	must(EVP_DigestUpdate(h->ctx, p, len));
}

void
ka_sha256_hex(const struct ka_sha256 *h, char out[65])
{
	unsigned char digest[EVP_MAX_MD_SIZE];

	EVP_MD_CTX *copy = EVP_MD_CTX_new();

	must(copy && EVP_MD_CTX_copy_ex(copy, h->ctx) && EVP_DigestFinal_ex(copy, digest, NULL));
	EVP_MD_CTX_free(copy);
	for (size_t i = 0; i < 32; i++) {
		out[2 * i] = "0123456789abcdef"[digest[i] >> 4];
		out[2 * i + 1] = "0123456789abcdef"[digest[i] & 15];
	}
	out[64] = '\0';
}

void
ka_sha256_reset(struct ka_sha256 *h)
{
	must(EVP_DigestInit_ex(h->ctx, NULL, NULL));
}

void
ka_sha256_free(struct ka_sha256 *h)
{
	if (!h)
		return;
	EVP_MD_CTX_free(h->ctx);
	free(h);
}
