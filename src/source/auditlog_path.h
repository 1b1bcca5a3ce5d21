/* What a request asks for, as far as its URL tells.
 *
 * Rules: staging/src/k8s.io/apiserver/pkg/endpoints/request/requestinfo.go of Kubernetes. */
#ifndef KA_SOURCE_AUDITLOG_PATH_H
#define KA_SOURCE_AUDITLOG_PATH_H

#include <stdbool.h>
#include <stddef.h>

#include <kassay/event.h>

struct ka_request_info {
	bool resource_request;
	struct ka_span api_group, version, resource, subresource, namespace, name;
};

/* A path, already decoded: the spans point into it. */
void ka_request_info(struct ka_span path, struct ka_request_info *ret);

/* The name that a list, watch or deletecollection is narrowed to by "fieldSelector=metadata.name=X"
 * in its query (still encoded).  Written to buf, which has room for query.len bytes; len 0 when there
 * is none, or none that could be a name in a path. */
struct ka_span ka_request_name(struct ka_span query, char *buf);

/* Resolves %XX from s to dst, which may be s; returns the length.  What is no such escape stays. */
size_t ka_url_decode(char *dst, const char *s, size_t len);

#endif
