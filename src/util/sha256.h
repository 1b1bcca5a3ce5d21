/* SHA-256 of what is read or written: a snapshot's name for itself. */
#ifndef KA_UTIL_SHA256_H
#define KA_UTIL_SHA256_H

#include <stddef.h>

#include <kassay/err.h>

struct ka_sha256;

/* NULL and *err when the crypto library offers no SHA-256 (a broken configuration of it). */
struct ka_sha256 *ka_sha256_new(struct ka_err *err);
void ka_sha256_add(struct ka_sha256 *h, const void *p, size_t len);
/* The digest of what was added so far, in lower case; more may be added after. */
void ka_sha256_hex(const struct ka_sha256 *h, char out[65]);
void ka_sha256_free(struct ka_sha256 *h);

#endif
