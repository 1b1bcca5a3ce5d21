/* meta.k8s.io/v1: what all objects have, and what is no object of a cluster. */
#include "model/proto_tables.h"
#include "util/banned.h"

ROWS(owner_reference) = {
	FIELD(1, STR, "kind"),
	FIELD(3, STR, "name"),
	FIELD(4, STR, "uid"),
	FIELD(5, STR, "apiVersion"),
	FIELD(6, BOOL, "controller"),
	FIELD(7, BOOL, "blockOwnerDeletion"),
};
static TABLE(owner_reference);

/* Without managedFields: much of every object, and read by nobody. */
ROWS(object_meta) = {
	OMIT(1, STR, "name"),
	OMIT(2, STR, "generateName"),
	OMIT(3, STR, "namespace"),
	OMIT(4, STR, "selfLink"),
	OMIT(5, STR, "uid"),
	OMIT(6, STR, "resourceVersion"),
	OMIT(7, INT, "generation"),
	OMIT(8, TIME, "creationTimestamp"),
	FIELD(9, TIME, "deletionTimestamp"),
	FIELD(10, INT, "deletionGracePeriodSeconds"),
	MAP(11, STR, "labels"),
	MAP(12, STR, "annotations"),
	OBJS(13, "ownerReferences", owner_reference),
	LIST(14, STR, "finalizers"),
};
TABLE(object_meta);

ROWS(partial_object_metadata) = {
	OBJ(1, "metadata", object_meta),
};
TABLE(partial_object_metadata);

ROWS(shard_info) = {
	FIELD(1, STR, "selector"),
};
static TABLE(shard_info);

ROWS(list_meta) = {
	OMIT(1, STR, "selfLink"),
	OMIT(2, STR, "resourceVersion"),
	OMIT(3, STR, "continue"),
	FIELD(4, INT, "remainingItemCount"),
	OBJ(5, "shardInfo", shard_info),
};
static TABLE(list_meta);

ROWS(status_cause) = {
	OMIT(1, STR, "reason"),
	OMIT(2, STR, "message"),
	OMIT(3, STR, "field"),
};
static TABLE(status_cause);

ROWS(status_details) = {
	OMIT(1, STR, "name"),
	OMIT(2, STR, "group"),
	OMIT(3, STR, "kind"),
	OBJS(4, "causes", status_cause),
	OMIT(5, INT, "retryAfterSeconds"),
	OMIT(6, STR, "uid"),
};
static TABLE(status_details);

ROWS(status) = {
	OBJ(1, "metadata", list_meta),
	OMIT(2, STR, "status"),
	OMIT(3, STR, "message"),
	OMIT(4, STR, "reason"),
	OBJ(5, "details", status_details),
	OMIT(6, INT, "code"),
};
TABLE(status);

ROWS(label_selector_requirement) = {
	FIELD(1, STR, "key"),
	FIELD(2, STR, "operator"),
	LIST(3, STR, "values"),
};
static TABLE(label_selector_requirement);

ROWS(label_selector) = {
	MAP(1, STR, "matchLabels"),
	OBJS(2, "matchExpressions", label_selector_requirement),
};
TABLE(label_selector);
