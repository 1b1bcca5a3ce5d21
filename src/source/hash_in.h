/* A reader that hashes what passes through it, but for the last line: the line that holds the
 * hash. */
#ifndef KA_SOURCE_HASH_IN_H
#define KA_SOURCE_HASH_IN_H

#include <kassay/err.h>

#include "util/read.h"

struct ka_hash_in;

struct ka_hash_in *ka_hash_in_new(struct ka_in inner, struct ka_err *err);
struct ka_in ka_hash_in(struct ka_hash_in *h);
/* SHA-256, in hex, of all lines read so far but the last. */
void ka_hash_in_digest(const struct ka_hash_in *h, char out[65]);
void ka_hash_in_free(struct ka_hash_in *h);

#endif
