/* Kubernetes' protobuf answers (application/vnd.kubernetes.protobuf) onto the same tape as JSON: a
 * walker over the wire format, driven by tables that say which field is which member.  What the
 * tables do not name is skipped, so servers may be newer.
 *
 * Rules: apimachinery pkg/runtime/serializer/protobuf/protobuf.go (the envelope), generated.proto
 * and the json tags of types.go (the fields), protobuf.dev "Encoding" (the wire format). */
#ifndef KA_UTIL_PROTO_H
#define KA_UTIL_PROTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <kassay/err.h>

#include "util/read.h"

/* How a field's value is encoded, and what it is in JSON. */
enum ka_proto_type {
	KA_PB_STR,        /* a string */
	KA_PB_INT,        /* int32, int64: a number */
	KA_PB_BOOL,
	KA_PB_BYTES,      /* a string in base64 */
	KA_PB_MSG,        /* an object, by a table of its own */
	KA_PB_INLINE,     /* a message whose members are those of the object around it */
	KA_PB_QUANTITY,   /* resource.Quantity: a string, canonical as it comes */
	KA_PB_TIME,       /* metav1.Time: RFC 3339 in UTC; empty: null */
	KA_PB_INT_OR_STR, /* intstr.IntOrString: a number or a string */
};

/* enum ka_proto_field.flags.  Go writes fields that are no pointers always, zero or not, and
 * encoding/json leaves zeros out of those that are "omitempty". */
enum {
	KA_PB_OMIT = 1 << 0, /* left out when zero: omitempty (of a message: omitzero) */
	KA_PB_NULL = 1 << 1, /* null when it does not come: a pointer, list or map without omitempty */
	KA_PB_LIST = 1 << 2, /* repeated */
	KA_PB_MAP = 1 << 3,  /* map<string, type> */
};

struct ka_proto_field {
	uint16_t number;
	uint8_t type; /* enum ka_proto_type */
	uint8_t flags;
	uint8_t name_len;
	const char *name; /* in JSON */
	const struct ka_proto_schema *message; /* KA_PB_MSG, KA_PB_INLINE */
	/* KA_PB_STR with number 0: a member that only JSON has, with this for its value. */
	const char *value;
};

#define KA_PROTO_NAME(name) sizeof(name) - 1, (name) /* name_len and name of a literal */

struct ka_proto_schema {
	const struct ka_proto_field *field; /* at most 64, by ascending number */
	size_t n;
	bool nulls; /* some have KA_PB_NULL */
};

/* The table of a kind ("v1", "Pod"), or NULL.  Never asked about list kinds. */
typedef const struct ka_proto_schema *ka_proto_find(const char *api_version, const char *kind);

/* One answer: "k8s\0" and a runtime.Unknown.  Of a kind XxxList, `sink` gets the items one by one
 * and then the list, as ka_json_read() hands them over: items say nothing of their own kind, the
 * list's head does.  Any other kind is one document with apiVersion and kind.  Tapes have no lines
 * (ka_tape_line() is 0).  limits may be NULL for the usual ones.
 *
 * -1 and *err when the sink had enough, or the answer is not as it must be: cut short, fields of
 * another wire type than the table's, fields or map keys that come twice, groups, text that is no
 * UTF-8 or holds NUL, what the limits forbid, a kind without a table.  Items delivered before that
 * are the sink's to forget.  sink->bad is not called. */
int ka_proto_read(const void *page, size_t len, const struct ka_limits *limits, ka_proto_find *find,
		  const struct ka_sink *sink, struct ka_err *err);

#endif
