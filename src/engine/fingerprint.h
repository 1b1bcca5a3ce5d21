/* The identity of a finding, the same from run to run. */
#ifndef KA_ENGINE_FINGERPRINT_H
#define KA_ENGINE_FINGERPRINT_H

#include <kassay/check.h>

struct ka_sha256;

/* The first 16 hex digits of SHA-256 over check key, group/kind, namespace, name, container (or
 * path, without one) and discriminator, each ended by NUL.  Never the uid, the API version or the
 * line: those change when nothing did. `sha` is for use meanwhile. */
void ka_fingerprint(struct ka_sha256 *sha, const struct ka_check *check,
		    const struct ka_fault *fault, char ret[17]);

#endif
