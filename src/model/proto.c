#include "model/proto.h"

#include <string.h>

#include <kassay/graph.h>

#include "model/proto_tables.h"
#include "util/banned.h"

static const struct ka_proto_schema *const tables[KA_NKINDS] = {
	[KA_NAMESPACE] = &ka_pb_namespace,
	[KA_NODE] = &ka_pb_node,
	[KA_SERVICEACCOUNT] = &ka_pb_service_account,
	[KA_ROLE] = &ka_pb_role,
	[KA_CLUSTERROLE] = &ka_pb_cluster_role,
	[KA_ROLEBINDING] = &ka_pb_role_binding,
	[KA_CLUSTERROLEBINDING] = &ka_pb_cluster_role_binding,
	[KA_POD] = &ka_pb_pod,
	[KA_REPLICATIONCONTROLLER] = &ka_pb_replication_controller,
	[KA_REPLICASET] = &ka_pb_replica_set,
	[KA_DEPLOYMENT] = &ka_pb_deployment,
	[KA_STATEFULSET] = &ka_pb_stateful_set,
	[KA_DAEMONSET] = &ka_pb_daemon_set,
	[KA_JOB] = &ka_pb_job,
	[KA_CRONJOB] = &ka_pb_cron_job,
	[KA_NETWORKPOLICY] = &ka_pb_network_policy,
	[KA_SERVICE] = &ka_pb_service,
	[KA_INGRESS] = &ka_pb_ingress,
	[KA_SECRET] = &ka_pb_secret,
	[KA_CONFIGMAP] = &ka_pb_config_map,
	[KA_PERSISTENTVOLUME] = &ka_pb_persistent_volume,
	[KA_PERSISTENTVOLUMECLAIM] = &ka_pb_persistent_volume_claim,
	[KA_VALIDATINGWEBHOOKCONFIGURATION] = &ka_pb_validating_webhook_configuration,
	[KA_MUTATINGWEBHOOKCONFIGURATION] = &ka_pb_mutating_webhook_configuration,
	[KA_VALIDATINGADMISSIONPOLICY] = &ka_pb_validating_admission_policy,
	[KA_VALIDATINGADMISSIONPOLICYBINDING] = &ka_pb_validating_admission_policy_binding,
	[KA_MUTATINGADMISSIONPOLICY] = &ka_pb_mutating_admission_policy,
	[KA_MUTATINGADMISSIONPOLICYBINDING] = &ka_pb_mutating_admission_policy_binding,
	[KA_RESOURCEQUOTA] = &ka_pb_resource_quota,
	[KA_LIMITRANGE] = &ka_pb_limit_range,
};

/* "apps/v1" of group "apps" and version "v1"; the core group has no name and no slash. */
static bool
is_version(const char *api_version, const struct ka_kind_info *info)
{
	size_t len = strlen(info->group);

	if (strncmp(api_version, info->group, len) != 0)
		return false;
	if (len && api_version[len++] != '/')
		return false;
	return strcmp(api_version + len, info->version) == 0;
}

const struct ka_proto_schema *
ka_proto_schema(const char *api_version, const char *kind)
{
	enum ka_kind k = ka_kind_find(api_version, kind);

	if (strcmp(kind, "PartialObjectMetadata") == 0 && strcmp(api_version, "meta.k8s.io/v1") == 0)
		return &ka_pb_partial_object_metadata;
	if (strcmp(kind, "Status") == 0 && strcmp(api_version, "v1") == 0)
		return &ka_pb_status;
	return is_version(api_version, ka_kind_info(k)) ? tables[k] : NULL;
}
