/* For the tables of proto_*.c: a row is a field of a message of generated.proto, named as its json
 * tag in types.go says.  Rows are in the order of numbers, tables below those they use. */
#ifndef KA_MODEL_PROTO_TABLES_H
#define KA_MODEL_PROTO_TABLES_H

#include "util/proto.h"

#define ROWS(table) static const struct ka_proto_field table##_rows[]
#define NROWS(table)       (sizeof table##_rows / sizeof *table##_rows)
#define TABLE(table)       const struct ka_proto_schema ka_pb_##table = { table##_rows, NROWS(table), false }
/* Some of the rows are OR_NULL. */
#define TABLE_NULLS(table) const struct ka_proto_schema ka_pb_##table = { table##_rows, NROWS(table), true }
/* A message that has no fields. */
#define EMPTY_TABLE(table) const struct ka_proto_schema ka_pb_##table = { NULL, 0, false }

/* Written whenever it comes: a pointer, or a value without omitempty. */
#define FIELD(number, type, name)        { number, KA_PB_##type, 0, KA_PROTO_NAME(name), NULL, NULL }
/* Left out when zero. */
#define OMIT(number, type, name)         { number, KA_PB_##type, KA_PB_OMIT, KA_PROTO_NAME(name), NULL, NULL }
/* null when it does not come. */
#define OR_NULL(number, type, name)      { number, KA_PB_##type, KA_PB_NULL, KA_PROTO_NAME(name), NULL, NULL }
#define LIST(number, type, name)         { number, KA_PB_##type, KA_PB_LIST, KA_PROTO_NAME(name), NULL, NULL }
#define LIST_OR_NULL(number, type, name)                                                           \
	{ number, KA_PB_##type, KA_PB_LIST | KA_PB_NULL, KA_PROTO_NAME(name), NULL, NULL }
/* A map of strings to values of the type. */
#define MAP(number, type, name)          { number, KA_PB_##type, KA_PB_MAP, KA_PROTO_NAME(name), NULL, NULL }
/* Messages, with their table. */
#define OBJ(number, name, table)         { number, KA_PB_MSG, 0, KA_PROTO_NAME(name), &ka_pb_##table, NULL }
#define OBJ_OR_NULL(number, name, table) { number, KA_PB_MSG, KA_PB_NULL, KA_PROTO_NAME(name), &ka_pb_##table, NULL }
#define OBJS(number, name, table)        { number, KA_PB_MSG, KA_PB_LIST, KA_PROTO_NAME(name), &ka_pb_##table, NULL }
#define OBJS_OR_NULL(number, name, table)                                                          \
	{ number, KA_PB_MSG, KA_PB_LIST | KA_PB_NULL, KA_PROTO_NAME(name), &ka_pb_##table, NULL }
#define INLINE(number, table)            { number, KA_PB_INLINE, 0, 0, NULL, &ka_pb_##table, NULL }
/* A member that JSON has and protobuf has not; such rows come first. */
#define TEXT(name, value)                { 0, KA_PB_STR, 0, KA_PROTO_NAME(name), NULL, value }

/* proto_meta.c */
extern const struct ka_proto_schema ka_pb_object_meta, ka_pb_partial_object_metadata,
	ka_pb_status, ka_pb_label_selector;
/* proto_core.c */
extern const struct ka_proto_schema ka_pb_namespace, ka_pb_node, ka_pb_object_reference,
	ka_pb_local_object_reference, ka_pb_service_account, ka_pb_pod_template_spec,
	ka_pb_replication_controller, ka_pb_service, ka_pb_secret, ka_pb_config_map,
	ka_pb_resource_quota, ka_pb_limit_range;
/* proto_volume.c */
extern const struct ka_proto_schema ka_pb_host_path_volume_source,
	ka_pb_gce_persistent_disk_volume_source, ka_pb_aws_elastic_block_store_volume_source,
	ka_pb_nfs_volume_source, ka_pb_flocker_volume_source, ka_pb_object_field_selector,
	ka_pb_resource_field_selector, ka_pb_fc_volume_source,
	ka_pb_vsphere_virtual_disk_volume_source, ka_pb_quobyte_volume_source,
	ka_pb_azure_disk_volume_source, ka_pb_photon_persistent_disk_volume_source,
	ka_pb_portworx_volume_source, ka_pb_typed_local_object_reference,
	ka_pb_persistent_volume_claim_spec, ka_pb_volume, ka_pb_persistent_volume_claim_status,
	ka_pb_persistent_volume_claim;
/* proto_container.c */
extern const struct ka_proto_schema ka_pb_resource_requirements, ka_pb_se_linux_options,
	ka_pb_windows_security_context_options, ka_pb_seccomp_profile, ka_pb_app_armor_profile,
	ka_pb_container, ka_pb_ephemeral_container;
/* proto_pod.c */
extern const struct ka_proto_schema ka_pb_node_selector, ka_pb_pod_spec, ka_pb_pod;
/* proto_pv.c */
extern const struct ka_proto_schema ka_pb_persistent_volume;
/* proto_apps.c */
extern const struct ka_proto_schema ka_pb_replica_set, ka_pb_deployment, ka_pb_stateful_set,
	ka_pb_daemon_set;
/* proto_batch.c */
extern const struct ka_proto_schema ka_pb_job, ka_pb_cron_job;
/* proto_rbac.c */
extern const struct ka_proto_schema ka_pb_role, ka_pb_cluster_role, ka_pb_role_binding,
	ka_pb_cluster_role_binding;
/* proto_net.c */
extern const struct ka_proto_schema ka_pb_network_policy, ka_pb_ingress;
/* proto_admission.c */
extern const struct ka_proto_schema ka_pb_validating_webhook_configuration,
	ka_pb_mutating_webhook_configuration, ka_pb_validating_admission_policy,
	ka_pb_validating_admission_policy_binding, ka_pb_mutating_admission_policy,
	ka_pb_mutating_admission_policy_binding;

#endif
