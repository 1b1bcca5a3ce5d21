/* Which fields of the protobuf of each kind are which members of its JSON. */
#ifndef KA_MODEL_PROTO_H
#define KA_MODEL_PROTO_H

#include "util/proto.h"

/* For ka_proto_read().  The kinds of ka_kind_info() that an API server has, in the version named
 * there; PartialObjectMetadata of meta.k8s.io/v1; Status of v1.  Else NULL: ask for JSON.
 *
 * What neither the decoders nor snapshots keep is left out and so never leaves the page: a Secret's
 * data, managedFields, most of status.
 *
 * Items of a PartialObjectMetadataList say nothing of their kind, in protobuf not even that they are
 * such: whoever asked tells ka_build_add() (struct ka_list_hint). */
ka_proto_find ka_proto_schema;

#endif
