/* apps/v1. */
#include "model/proto_tables.h"
#include "util/banned.h"

ROWS(replica_set_spec) = {
	FIELD(1, INT, "replicas"),
	OBJ_OR_NULL(2, "selector", label_selector),
	OBJ(3, "template", pod_template_spec),
	OMIT(4, INT, "minReadySeconds"),
};
static TABLE_NULLS(replica_set_spec);

ROWS(replica_set) = {
	OBJ(1, "metadata", object_meta),
	OBJ(2, "spec", replica_set_spec),
};
TABLE(replica_set);

ROWS(rolling_update_deployment) = {
	FIELD(1, INT_OR_STR, "maxUnavailable"),
	FIELD(2, INT_OR_STR, "maxSurge"),
};
static TABLE(rolling_update_deployment);

ROWS(deployment_strategy) = {
	OMIT(1, STR, "type"),
	OBJ(2, "rollingUpdate", rolling_update_deployment),
};
static TABLE(deployment_strategy);

ROWS(deployment_spec) = {
	FIELD(1, INT, "replicas"),
	OBJ_OR_NULL(2, "selector", label_selector),
	OBJ(3, "template", pod_template_spec),
	OBJ(4, "strategy", deployment_strategy),
	OMIT(5, INT, "minReadySeconds"),
	FIELD(6, INT, "revisionHistoryLimit"),
	OMIT(7, BOOL, "paused"),
	FIELD(9, INT, "progressDeadlineSeconds"),
};
static TABLE_NULLS(deployment_spec);

ROWS(deployment) = {
	OBJ(1, "metadata", object_meta),
	OBJ(2, "spec", deployment_spec),
};
TABLE(deployment);

ROWS(rolling_update_stateful_set_strategy) = {
	FIELD(1, INT, "partition"),
	FIELD(2, INT_OR_STR, "maxUnavailable"),
};
static TABLE(rolling_update_stateful_set_strategy);

ROWS(stateful_set_update_strategy) = {
	OMIT(1, STR, "type"),
	OBJ(2, "rollingUpdate", rolling_update_stateful_set_strategy),
};
static TABLE(stateful_set_update_strategy);

ROWS(stateful_set_persistent_volume_claim_retention_policy) = {
	OMIT(1, STR, "whenDeleted"),
	OMIT(2, STR, "whenScaled"),
};
static TABLE(stateful_set_persistent_volume_claim_retention_policy);

ROWS(stateful_set_ordinals) = {
	FIELD(1, INT, "start"),
};
static TABLE(stateful_set_ordinals);

/* Stored without them, the API server writes them into JSON: pkg/apis/apps/v1/conversion.go. */
ROWS(stateful_set_claim) = {
	TEXT("apiVersion", "v1"),
	TEXT("kind", "PersistentVolumeClaim"),
	OBJ(1, "metadata", object_meta),
	OBJ(2, "spec", persistent_volume_claim_spec),
	OBJ(3, "status", persistent_volume_claim_status),
};
static TABLE(stateful_set_claim);

ROWS(stateful_set_spec) = {
	FIELD(1, INT, "replicas"),
	OBJ_OR_NULL(2, "selector", label_selector),
	OBJ(3, "template", pod_template_spec),
	OBJS(4, "volumeClaimTemplates", stateful_set_claim),
	FIELD(5, STR, "serviceName"),
	OMIT(6, STR, "podManagementPolicy"),
	OBJ(7, "updateStrategy", stateful_set_update_strategy),
	FIELD(8, INT, "revisionHistoryLimit"),
	OMIT(9, INT, "minReadySeconds"),
	OBJ(10, "persistentVolumeClaimRetentionPolicy", stateful_set_persistent_volume_claim_retention_policy),
	OBJ(11, "ordinals", stateful_set_ordinals),
};
static TABLE_NULLS(stateful_set_spec);

ROWS(stateful_set) = {
	OBJ(1, "metadata", object_meta),
	OBJ(2, "spec", stateful_set_spec),
};
TABLE(stateful_set);

ROWS(rolling_update_daemon_set) = {
	FIELD(1, INT_OR_STR, "maxUnavailable"),
	FIELD(2, INT_OR_STR, "maxSurge"),
};
static TABLE(rolling_update_daemon_set);

ROWS(daemon_set_update_strategy) = {
	OMIT(1, STR, "type"),
	OBJ(2, "rollingUpdate", rolling_update_daemon_set),
};
static TABLE(daemon_set_update_strategy);

ROWS(daemon_set_spec) = {
	OBJ_OR_NULL(1, "selector", label_selector),
	OBJ(2, "template", pod_template_spec),
	OBJ(3, "updateStrategy", daemon_set_update_strategy),
	OMIT(4, INT, "minReadySeconds"),
	FIELD(6, INT, "revisionHistoryLimit"),
};
static TABLE_NULLS(daemon_set_spec);

ROWS(daemon_set) = {
	OBJ(1, "metadata", object_meta),
	OBJ(2, "spec", daemon_set_spec),
};
TABLE(daemon_set);
