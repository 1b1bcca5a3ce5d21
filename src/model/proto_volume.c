/* core/v1: volumes of pods, and claims. */
#include "model/proto_tables.h"
#include "util/banned.h"

ROWS(host_path_volume_source) = {
	FIELD(1, STR, "path"),
	FIELD(2, STR, "type"),
};
TABLE(host_path_volume_source);

ROWS(empty_dir_volume_source) = {
	OMIT(1, STR, "medium"),
	FIELD(2, QUANTITY, "sizeLimit"),
	FIELD(3, INT, "mode"),
};
static TABLE(empty_dir_volume_source);

ROWS(gce_persistent_disk_volume_source) = {
	FIELD(1, STR, "pdName"),
	OMIT(2, STR, "fsType"),
	OMIT(3, INT, "partition"),
	OMIT(4, BOOL, "readOnly"),
};
TABLE(gce_persistent_disk_volume_source);

ROWS(aws_elastic_block_store_volume_source) = {
	FIELD(1, STR, "volumeID"),
	OMIT(2, STR, "fsType"),
	OMIT(3, INT, "partition"),
	OMIT(4, BOOL, "readOnly"),
};
TABLE(aws_elastic_block_store_volume_source);

ROWS(git_repo_volume_source) = {
	FIELD(1, STR, "repository"),
	OMIT(2, STR, "revision"),
	OMIT(3, STR, "directory"),
};
static TABLE(git_repo_volume_source);

ROWS(key_to_path) = {
	FIELD(1, STR, "key"),
	FIELD(2, STR, "path"),
	FIELD(3, INT, "mode"),
	FIELD(4, INT, "user"),
};
static TABLE(key_to_path);

ROWS(secret_volume_source) = {
	OMIT(1, STR, "secretName"),
	OBJS(2, "items", key_to_path),
	FIELD(3, INT, "defaultMode"),
	FIELD(4, BOOL, "optional"),
	FIELD(5, INT, "defaultUser"),
};
static TABLE(secret_volume_source);

ROWS(nfs_volume_source) = {
	FIELD(1, STR, "server"),
	FIELD(2, STR, "path"),
	OMIT(3, BOOL, "readOnly"),
};
TABLE(nfs_volume_source);

ROWS(iscsi_volume_source) = {
	FIELD(1, STR, "targetPortal"),
	FIELD(2, STR, "iqn"),
	FIELD(3, INT, "lun"),
	OMIT(4, STR, "iscsiInterface"),
	OMIT(5, STR, "fsType"),
	OMIT(6, BOOL, "readOnly"),
	LIST(7, STR, "portals"),
	OMIT(8, BOOL, "chapAuthDiscovery"),
	OBJ(10, "secretRef", local_object_reference),
	OMIT(11, BOOL, "chapAuthSession"),
	FIELD(12, STR, "initiatorName"),
};
static TABLE(iscsi_volume_source);

ROWS(glusterfs_volume_source) = {
	FIELD(1, STR, "endpoints"),
	FIELD(2, STR, "path"),
	OMIT(3, BOOL, "readOnly"),
};
static TABLE(glusterfs_volume_source);

ROWS(persistent_volume_claim_volume_source) = {
	FIELD(1, STR, "claimName"),
	OMIT(2, BOOL, "readOnly"),
};
static TABLE(persistent_volume_claim_volume_source);

ROWS(rbd_volume_source) = {
	LIST_OR_NULL(1, STR, "monitors"),
	FIELD(2, STR, "image"),
	OMIT(3, STR, "fsType"),
	OMIT(4, STR, "pool"),
	OMIT(5, STR, "user"),
	OMIT(6, STR, "keyring"),
	OBJ(7, "secretRef", local_object_reference),
	OMIT(8, BOOL, "readOnly"),
};
static TABLE_NULLS(rbd_volume_source);

ROWS(flex_volume_source) = {
	FIELD(1, STR, "driver"),
	OMIT(2, STR, "fsType"),
	OBJ(3, "secretRef", local_object_reference),
	OMIT(4, BOOL, "readOnly"),
	MAP(5, STR, "options"),
};
static TABLE(flex_volume_source);

ROWS(cinder_volume_source) = {
	FIELD(1, STR, "volumeID"),
	OMIT(2, STR, "fsType"),
	OMIT(3, BOOL, "readOnly"),
	OBJ(4, "secretRef", local_object_reference),
};
static TABLE(cinder_volume_source);

ROWS(ceph_fs_volume_source) = {
	LIST_OR_NULL(1, STR, "monitors"),
	OMIT(2, STR, "path"),
	OMIT(3, STR, "user"),
	OMIT(4, STR, "secretFile"),
	OBJ(5, "secretRef", local_object_reference),
	OMIT(6, BOOL, "readOnly"),
};
static TABLE_NULLS(ceph_fs_volume_source);

ROWS(flocker_volume_source) = {
	OMIT(1, STR, "datasetName"),
	OMIT(2, STR, "datasetUUID"),
};
TABLE(flocker_volume_source);

ROWS(object_field_selector) = {
	OMIT(1, STR, "apiVersion"),
	FIELD(2, STR, "fieldPath"),
};
TABLE(object_field_selector);

ROWS(resource_field_selector) = {
	OMIT(1, STR, "containerName"),
	FIELD(2, STR, "resource"),
	FIELD(3, QUANTITY, "divisor"),
};
TABLE(resource_field_selector);

ROWS(downward_api_volume_file) = {
	FIELD(1, STR, "path"),
	OBJ(2, "fieldRef", object_field_selector),
	OBJ(3, "resourceFieldRef", resource_field_selector),
	FIELD(4, INT, "mode"),
	FIELD(5, INT, "user"),
};
static TABLE(downward_api_volume_file);

ROWS(downward_api_volume_source) = {
	OBJS(1, "items", downward_api_volume_file),
	FIELD(2, INT, "defaultMode"),
	FIELD(3, INT, "defaultUser"),
};
static TABLE(downward_api_volume_source);

ROWS(fc_volume_source) = {
	LIST(1, STR, "targetWWNs"),
	FIELD(2, INT, "lun"),
	OMIT(3, STR, "fsType"),
	OMIT(4, BOOL, "readOnly"),
	LIST(5, STR, "wwids"),
};
TABLE(fc_volume_source);

ROWS(azure_file_volume_source) = {
	FIELD(1, STR, "secretName"),
	FIELD(2, STR, "shareName"),
	OMIT(3, BOOL, "readOnly"),
};
static TABLE(azure_file_volume_source);

ROWS(config_map_volume_source) = {
	INLINE(1, local_object_reference),
	OBJS(2, "items", key_to_path),
	FIELD(3, INT, "defaultMode"),
	FIELD(4, BOOL, "optional"),
	FIELD(5, INT, "defaultUser"),
};
static TABLE(config_map_volume_source);

ROWS(vsphere_virtual_disk_volume_source) = {
	FIELD(1, STR, "volumePath"),
	OMIT(2, STR, "fsType"),
	OMIT(3, STR, "storagePolicyName"),
	OMIT(4, STR, "storagePolicyID"),
};
TABLE(vsphere_virtual_disk_volume_source);

ROWS(quobyte_volume_source) = {
	FIELD(1, STR, "registry"),
	FIELD(2, STR, "volume"),
	OMIT(3, BOOL, "readOnly"),
	OMIT(4, STR, "user"),
	OMIT(5, STR, "group"),
	OMIT(6, STR, "tenant"),
};
TABLE(quobyte_volume_source);

ROWS(azure_disk_volume_source) = {
	FIELD(1, STR, "diskName"),
	FIELD(2, STR, "diskURI"),
	FIELD(3, STR, "cachingMode"),
	FIELD(4, STR, "fsType"),
	FIELD(5, BOOL, "readOnly"),
	FIELD(6, STR, "kind"),
};
TABLE(azure_disk_volume_source);

ROWS(photon_persistent_disk_volume_source) = {
	FIELD(1, STR, "pdID"),
	OMIT(2, STR, "fsType"),
};
TABLE(photon_persistent_disk_volume_source);

ROWS(portworx_volume_source) = {
	FIELD(1, STR, "volumeID"),
	OMIT(2, STR, "fsType"),
	OMIT(3, BOOL, "readOnly"),
};
TABLE(portworx_volume_source);

ROWS(scale_io_volume_source) = {
	FIELD(1, STR, "gateway"),
	FIELD(2, STR, "system"),
	OBJ_OR_NULL(3, "secretRef", local_object_reference),
	OMIT(4, BOOL, "sslEnabled"),
	OMIT(5, STR, "protectionDomain"),
	OMIT(6, STR, "storagePool"),
	OMIT(7, STR, "storageMode"),
	OMIT(8, STR, "volumeName"),
	OMIT(9, STR, "fsType"),
	OMIT(10, BOOL, "readOnly"),
};
static TABLE_NULLS(scale_io_volume_source);

ROWS(secret_projection) = {
	INLINE(1, local_object_reference),
	OBJS(2, "items", key_to_path),
	FIELD(4, BOOL, "optional"),
};
static TABLE(secret_projection);

ROWS(downward_api_projection) = {
	OBJS(1, "items", downward_api_volume_file),
};
static TABLE(downward_api_projection);

ROWS(config_map_projection) = {
	INLINE(1, local_object_reference),
	OBJS(2, "items", key_to_path),
	FIELD(4, BOOL, "optional"),
};
static TABLE(config_map_projection);

ROWS(service_account_token_projection) = {
	OMIT(1, STR, "audience"),
	FIELD(2, INT, "expirationSeconds"),
	FIELD(3, STR, "path"),
	FIELD(4, INT, "user"),
};
static TABLE(service_account_token_projection);

ROWS(cluster_trust_bundle_projection) = {
	FIELD(1, STR, "name"),
	FIELD(2, STR, "signerName"),
	OBJ(3, "labelSelector", label_selector),
	FIELD(4, STR, "path"),
	FIELD(5, BOOL, "optional"),
	FIELD(6, INT, "user"),
};
static TABLE(cluster_trust_bundle_projection);

ROWS(pod_certificate_projection) = {
	OMIT(1, STR, "signerName"),
	OMIT(2, STR, "keyType"),
	FIELD(3, INT, "maxExpirationSeconds"),
	OMIT(4, STR, "credentialBundlePath"),
	OMIT(5, STR, "keyPath"),
	OMIT(6, STR, "certificateChainPath"),
	MAP(7, STR, "userAnnotations"),
	FIELD(8, INT, "user"),
};
static TABLE(pod_certificate_projection);

ROWS(volume_projection) = {
	OBJ(1, "secret", secret_projection),
	OBJ(2, "downwardAPI", downward_api_projection),
	OBJ(3, "configMap", config_map_projection),
	OBJ(4, "serviceAccountToken", service_account_token_projection),
	OBJ(5, "clusterTrustBundle", cluster_trust_bundle_projection),
	OBJ(6, "podCertificate", pod_certificate_projection),
};
static TABLE(volume_projection);

ROWS(projected_volume_source) = {
	OBJS_OR_NULL(1, "sources", volume_projection),
	FIELD(2, INT, "defaultMode"),
	FIELD(3, INT, "defaultUser"),
};
static TABLE_NULLS(projected_volume_source);

ROWS(storage_os_volume_source) = {
	OMIT(1, STR, "volumeName"),
	OMIT(2, STR, "volumeNamespace"),
	OMIT(3, STR, "fsType"),
	OMIT(4, BOOL, "readOnly"),
	OBJ(5, "secretRef", local_object_reference),
};
static TABLE(storage_os_volume_source);

ROWS(csi_volume_source) = {
	FIELD(1, STR, "driver"),
	FIELD(2, BOOL, "readOnly"),
	FIELD(3, STR, "fsType"),
	MAP(4, STR, "volumeAttributes"),
	OBJ(5, "nodePublishSecretRef", local_object_reference),
};
static TABLE(csi_volume_source);

ROWS(volume_resource_requirements) = {
	MAP(1, QUANTITY, "limits"),
	MAP(2, QUANTITY, "requests"),
};
static TABLE(volume_resource_requirements);

ROWS(typed_local_object_reference) = {
	OR_NULL(1, STR, "apiGroup"),
	FIELD(2, STR, "kind"),
	FIELD(3, STR, "name"),
};
TABLE_NULLS(typed_local_object_reference);

ROWS(typed_object_reference) = {
	OR_NULL(1, STR, "apiGroup"),
	FIELD(2, STR, "kind"),
	FIELD(3, STR, "name"),
	FIELD(4, STR, "namespace"),
};
static TABLE_NULLS(typed_object_reference);

ROWS(persistent_volume_claim_spec) = {
	LIST(1, STR, "accessModes"),
	OBJ(2, "resources", volume_resource_requirements),
	OMIT(3, STR, "volumeName"),
	OBJ(4, "selector", label_selector),
	FIELD(5, STR, "storageClassName"),
	FIELD(6, STR, "volumeMode"),
	OBJ(7, "dataSource", typed_local_object_reference),
	OBJ(8, "dataSourceRef", typed_object_reference),
	FIELD(9, STR, "volumeAttributesClassName"),
};
TABLE(persistent_volume_claim_spec);

ROWS(persistent_volume_claim_template) = {
	OBJ(1, "metadata", object_meta),
	OBJ(2, "spec", persistent_volume_claim_spec),
};
static TABLE(persistent_volume_claim_template);

ROWS(ephemeral_volume_source) = {
	OBJ(1, "volumeClaimTemplate", persistent_volume_claim_template),
};
static TABLE(ephemeral_volume_source);

ROWS(image_volume_source) = {
	OMIT(1, STR, "reference"),
	OMIT(2, STR, "pullPolicy"),
};
static TABLE(image_volume_source);

ROWS(volume_source) = {
	OBJ(1, "hostPath", host_path_volume_source),
	OBJ(2, "emptyDir", empty_dir_volume_source),
	OBJ(3, "gcePersistentDisk", gce_persistent_disk_volume_source),
	OBJ(4, "awsElasticBlockStore", aws_elastic_block_store_volume_source),
	OBJ(5, "gitRepo", git_repo_volume_source),
	OBJ(6, "secret", secret_volume_source),
	OBJ(7, "nfs", nfs_volume_source),
	OBJ(8, "iscsi", iscsi_volume_source),
	OBJ(9, "glusterfs", glusterfs_volume_source),
	OBJ(10, "persistentVolumeClaim", persistent_volume_claim_volume_source),
	OBJ(11, "rbd", rbd_volume_source),
	OBJ(12, "flexVolume", flex_volume_source),
	OBJ(13, "cinder", cinder_volume_source),
	OBJ(14, "cephfs", ceph_fs_volume_source),
	OBJ(15, "flocker", flocker_volume_source),
	OBJ(16, "downwardAPI", downward_api_volume_source),
	OBJ(17, "fc", fc_volume_source),
	OBJ(18, "azureFile", azure_file_volume_source),
	OBJ(19, "configMap", config_map_volume_source),
	OBJ(20, "vsphereVolume", vsphere_virtual_disk_volume_source),
	OBJ(21, "quobyte", quobyte_volume_source),
	OBJ(22, "azureDisk", azure_disk_volume_source),
	OBJ(23, "photonPersistentDisk", photon_persistent_disk_volume_source),
	OBJ(24, "portworxVolume", portworx_volume_source),
	OBJ(25, "scaleIO", scale_io_volume_source),
	OBJ(26, "projected", projected_volume_source),
	OBJ(27, "storageos", storage_os_volume_source),
	OBJ(28, "csi", csi_volume_source),
	OBJ(29, "ephemeral", ephemeral_volume_source),
	OBJ(30, "image", image_volume_source),
};
static TABLE(volume_source);

ROWS(volume) = {
	FIELD(1, STR, "name"),
	INLINE(2, volume_source),
};
TABLE(volume);

ROWS(persistent_volume_claim_condition) = {
	FIELD(1, STR, "type"),
	FIELD(2, STR, "status"),
	FIELD(3, TIME, "lastProbeTime"),
	FIELD(4, TIME, "lastTransitionTime"),
	OMIT(5, STR, "reason"),
	OMIT(6, STR, "message"),
};
static TABLE(persistent_volume_claim_condition);

ROWS(modify_volume_status) = {
	OMIT(1, STR, "targetVolumeAttributesClassName"),
	FIELD(2, STR, "status"),
};
static TABLE(modify_volume_status);

ROWS(volume_health_condition) = {
	FIELD(1, STR, "status"),
	FIELD(2, STR, "reason"),
	OMIT(3, STR, "message"),
};
static TABLE(volume_health_condition);

ROWS(volume_health_status) = {
	OBJS(1, "healthConditions", volume_health_condition),
	FIELD(2, TIME, "lastTransitionTime"),
};
static TABLE(volume_health_status);

ROWS(persistent_volume_claim_status) = {
	OMIT(1, STR, "phase"),
	LIST(2, STR, "accessModes"),
	MAP(3, QUANTITY, "capacity"),
	OBJS(4, "conditions", persistent_volume_claim_condition),
	MAP(5, QUANTITY, "allocatedResources"),
	MAP(7, STR, "allocatedResourceStatuses"),
	FIELD(8, STR, "currentVolumeAttributesClassName"),
	OBJ(9, "modifyVolumeStatus", modify_volume_status),
	OBJ(10, "healthStatus", volume_health_status),
};
TABLE(persistent_volume_claim_status);

ROWS(persistent_volume_claim) = {
	OBJ(1, "metadata", object_meta),
	OBJ(2, "spec", persistent_volume_claim_spec),
	OBJ(3, "status", persistent_volume_claim_status),
};
TABLE(persistent_volume_claim);
