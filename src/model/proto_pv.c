/* core/v1: persistent volumes. */
#include "model/proto_tables.h"
#include "util/banned.h"

ROWS(glusterfs_persistent_volume_source) = {
	FIELD(1, STR, "endpoints"),
	FIELD(2, STR, "path"),
	OMIT(3, BOOL, "readOnly"),
	FIELD(4, STR, "endpointsNamespace"),
};
static TABLE(glusterfs_persistent_volume_source);

ROWS(secret_reference) = {
	OMIT(1, STR, "name"),
	OMIT(2, STR, "namespace"),
};
static TABLE(secret_reference);

ROWS(rbd_persistent_volume_source) = {
	LIST_OR_NULL(1, STR, "monitors"),
	FIELD(2, STR, "image"),
	OMIT(3, STR, "fsType"),
	OMIT(4, STR, "pool"),
	OMIT(5, STR, "user"),
	OMIT(6, STR, "keyring"),
	OBJ(7, "secretRef", secret_reference),
	OMIT(8, BOOL, "readOnly"),
};
static TABLE_NULLS(rbd_persistent_volume_source);

ROWS(iscsi_persistent_volume_source) = {
	FIELD(1, STR, "targetPortal"),
	FIELD(2, STR, "iqn"),
	FIELD(3, INT, "lun"),
	OMIT(4, STR, "iscsiInterface"),
	OMIT(5, STR, "fsType"),
	OMIT(6, BOOL, "readOnly"),
	LIST(7, STR, "portals"),
	OMIT(8, BOOL, "chapAuthDiscovery"),
	OBJ(10, "secretRef", secret_reference),
	OMIT(11, BOOL, "chapAuthSession"),
	FIELD(12, STR, "initiatorName"),
};
static TABLE(iscsi_persistent_volume_source);

ROWS(cinder_persistent_volume_source) = {
	FIELD(1, STR, "volumeID"),
	OMIT(2, STR, "fsType"),
	OMIT(3, BOOL, "readOnly"),
	OBJ(4, "secretRef", secret_reference),
};
static TABLE(cinder_persistent_volume_source);

ROWS(ceph_fs_persistent_volume_source) = {
	LIST_OR_NULL(1, STR, "monitors"),
	OMIT(2, STR, "path"),
	OMIT(3, STR, "user"),
	OMIT(4, STR, "secretFile"),
	OBJ(5, "secretRef", secret_reference),
	OMIT(6, BOOL, "readOnly"),
};
static TABLE_NULLS(ceph_fs_persistent_volume_source);

ROWS(flex_persistent_volume_source) = {
	FIELD(1, STR, "driver"),
	OMIT(2, STR, "fsType"),
	OBJ(3, "secretRef", secret_reference),
	OMIT(4, BOOL, "readOnly"),
	MAP(5, STR, "options"),
};
static TABLE(flex_persistent_volume_source);

ROWS(azure_file_persistent_volume_source) = {
	FIELD(1, STR, "secretName"),
	FIELD(2, STR, "shareName"),
	OMIT(3, BOOL, "readOnly"),
	OR_NULL(4, STR, "secretNamespace"),
};
static TABLE_NULLS(azure_file_persistent_volume_source);

ROWS(scale_io_persistent_volume_source) = {
	FIELD(1, STR, "gateway"),
	FIELD(2, STR, "system"),
	OBJ_OR_NULL(3, "secretRef", secret_reference),
	OMIT(4, BOOL, "sslEnabled"),
	OMIT(5, STR, "protectionDomain"),
	OMIT(6, STR, "storagePool"),
	OMIT(7, STR, "storageMode"),
	OMIT(8, STR, "volumeName"),
	OMIT(9, STR, "fsType"),
	OMIT(10, BOOL, "readOnly"),
};
static TABLE_NULLS(scale_io_persistent_volume_source);

ROWS(local_volume_source) = {
	FIELD(1, STR, "path"),
	FIELD(2, STR, "fsType"),
};
static TABLE(local_volume_source);

ROWS(storage_os_persistent_volume_source) = {
	OMIT(1, STR, "volumeName"),
	OMIT(2, STR, "volumeNamespace"),
	OMIT(3, STR, "fsType"),
	OMIT(4, BOOL, "readOnly"),
	OBJ(5, "secretRef", object_reference),
};
static TABLE(storage_os_persistent_volume_source);

ROWS(csi_persistent_volume_source) = {
	FIELD(1, STR, "driver"),
	FIELD(2, STR, "volumeHandle"),
	OMIT(3, BOOL, "readOnly"),
	OMIT(4, STR, "fsType"),
	MAP(5, STR, "volumeAttributes"),
	OBJ(6, "controllerPublishSecretRef", secret_reference),
	OBJ(7, "nodeStageSecretRef", secret_reference),
	OBJ(8, "nodePublishSecretRef", secret_reference),
	OBJ(9, "controllerExpandSecretRef", secret_reference),
	OBJ(10, "nodeExpandSecretRef", secret_reference),
};
static TABLE(csi_persistent_volume_source);

ROWS(persistent_volume_source) = {
	OBJ(1, "gcePersistentDisk", gce_persistent_disk_volume_source),
	OBJ(2, "awsElasticBlockStore", aws_elastic_block_store_volume_source),
	OBJ(3, "hostPath", host_path_volume_source),
	OBJ(4, "glusterfs", glusterfs_persistent_volume_source),
	OBJ(5, "nfs", nfs_volume_source),
	OBJ(6, "rbd", rbd_persistent_volume_source),
	OBJ(7, "iscsi", iscsi_persistent_volume_source),
	OBJ(8, "cinder", cinder_persistent_volume_source),
	OBJ(9, "cephfs", ceph_fs_persistent_volume_source),
	OBJ(10, "fc", fc_volume_source),
	OBJ(11, "flocker", flocker_volume_source),
	OBJ(12, "flexVolume", flex_persistent_volume_source),
	OBJ(13, "azureFile", azure_file_persistent_volume_source),
	OBJ(14, "vsphereVolume", vsphere_virtual_disk_volume_source),
	OBJ(15, "quobyte", quobyte_volume_source),
	OBJ(16, "azureDisk", azure_disk_volume_source),
	OBJ(17, "photonPersistentDisk", photon_persistent_disk_volume_source),
	OBJ(18, "portworxVolume", portworx_volume_source),
	OBJ(19, "scaleIO", scale_io_persistent_volume_source),
	OBJ(20, "local", local_volume_source),
	OBJ(21, "storageos", storage_os_persistent_volume_source),
	OBJ(22, "csi", csi_persistent_volume_source),
};
static TABLE(persistent_volume_source);

ROWS(volume_node_affinity) = {
	OBJ(1, "required", node_selector),
};
static TABLE(volume_node_affinity);

ROWS(persistent_volume_spec) = {
	MAP(1, QUANTITY, "capacity"),
	INLINE(2, persistent_volume_source),
	LIST(3, STR, "accessModes"),
	OBJ(4, "claimRef", object_reference),
	OMIT(5, STR, "persistentVolumeReclaimPolicy"),
	OMIT(6, STR, "storageClassName"),
	LIST(7, STR, "mountOptions"),
	FIELD(8, STR, "volumeMode"),
	OBJ(9, "nodeAffinity", volume_node_affinity),
	FIELD(10, STR, "volumeAttributesClassName"),
};
static TABLE(persistent_volume_spec);

ROWS(persistent_volume) = {
	OBJ(1, "metadata", object_meta),
	OBJ(2, "spec", persistent_volume_spec),
};
TABLE(persistent_volume);
