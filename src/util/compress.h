/* Writers that compress on the way to another writer.  The same bytes written give the same bytes:
 * no time, no name, no machine in the header. */
#ifndef KA_UTIL_COMPRESS_H
#define KA_UTIL_COMPRESS_H

#include <kassay/out.h>

/* New; closing (discarding) it closes (discards) the inner one. */
struct ka_out *ka_out_gzip(struct ka_out *take_inner);
struct ka_out *ka_out_zstd(struct ka_out *take_inner);

#endif
