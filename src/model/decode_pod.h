/* Parts of the pod spec decoder, one file each; only decode_*.c include this. */
#ifndef KA_MODEL_DECODE_POD_H
#define KA_MODEL_DECODE_POD_H

#include "model/decode.h"
#include "util/hash.h"

/* decode_security.c */
void ka_dec_security(struct ka_decode *d, const struct ka_node *parent, struct ka_security *ret);
void ka_dec_pod_security(struct ka_decode *d, const struct ka_node *spec, struct ka_podspec *ret);

/* decode_container.c: all three lists; ret->container and ret->ncontainers. */
void ka_dec_containers(struct ka_decode *d, const struct ka_node *spec, struct ka_podspec *ret);

/* decode_volume.c */
void ka_dec_volumes(struct ka_decode *d, const struct ka_node *spec, struct ka_podspec *ret);

/* podspec_hash.c: the content of a spec; equal hashes are taken as equal specs. */
struct ka_hash128 ka_podspec_hash(const struct ka_podspec *spec);

#endif
