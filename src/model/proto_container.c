/* core/v1: containers. */
#include "model/proto_tables.h"
#include "util/banned.h"

ROWS(container_port) = {
	OMIT(1, STR, "name"),
	OMIT(2, INT, "hostPort"),
	FIELD(3, INT, "containerPort"),
	OMIT(4, STR, "protocol"),
	OMIT(5, STR, "hostIP"),
};
static TABLE(container_port);

ROWS(config_map_key_selector) = {
	INLINE(1, local_object_reference),
	FIELD(2, STR, "key"),
	FIELD(3, BOOL, "optional"),
};
static TABLE(config_map_key_selector);

ROWS(secret_key_selector) = {
	INLINE(1, local_object_reference),
	FIELD(2, STR, "key"),
	FIELD(3, BOOL, "optional"),
};
static TABLE(secret_key_selector);

ROWS(file_key_selector) = {
	FIELD(1, STR, "volumeName"),
	FIELD(2, STR, "path"),
	FIELD(3, STR, "key"),
	FIELD(4, BOOL, "optional"),
};
static TABLE(file_key_selector);

ROWS(env_var_source) = {
	OBJ(1, "fieldRef", object_field_selector),
	OBJ(2, "resourceFieldRef", resource_field_selector),
	OBJ(3, "configMapKeyRef", config_map_key_selector),
	OBJ(4, "secretKeyRef", secret_key_selector),
	OBJ(5, "fileKeyRef", file_key_selector),
};
static TABLE(env_var_source);

ROWS(env_var) = {
	FIELD(1, STR, "name"),
	OMIT(2, STR, "value"),
	OBJ(3, "valueFrom", env_var_source),
};
static TABLE(env_var);

ROWS(resource_claim) = {
	FIELD(1, STR, "name"),
	OMIT(2, STR, "request"),
};
static TABLE(resource_claim);

ROWS(resource_requirements) = {
	MAP(1, QUANTITY, "limits"),
	MAP(2, QUANTITY, "requests"),
	OBJS(3, "claims", resource_claim),
};
TABLE(resource_requirements);

ROWS(volume_mount) = {
	FIELD(1, STR, "name"),
	OMIT(2, BOOL, "readOnly"),
	FIELD(3, STR, "mountPath"),
	OMIT(4, STR, "subPath"),
	FIELD(5, STR, "mountPropagation"),
	OMIT(6, STR, "subPathExpr"),
	FIELD(7, STR, "recursiveReadOnly"),
	LIST(8, STR, "bindMountOptions"),
};
static TABLE(volume_mount);

ROWS(exec_action) = {
	LIST(1, STR, "command"),
};
static TABLE(exec_action);

ROWS(http_header) = {
	FIELD(1, STR, "name"),
	FIELD(2, STR, "value"),
};
static TABLE(http_header);

ROWS(http_get_action) = {
	OMIT(1, STR, "path"),
	FIELD(2, INT_OR_STR, "port"),
	OMIT(3, STR, "host"),
	OMIT(4, STR, "scheme"),
	OBJS(5, "httpHeaders", http_header),
	FIELD(6, STR, "protocol"),
};
static TABLE(http_get_action);

ROWS(tcp_socket_action) = {
	FIELD(1, INT_OR_STR, "port"),
	OMIT(2, STR, "host"),
};
static TABLE(tcp_socket_action);

ROWS(grpc_action) = {
	FIELD(1, INT, "port"),
	OR_NULL(2, STR, "service"),
	FIELD(3, STR, "mode"),
};
static TABLE_NULLS(grpc_action);

ROWS(probe_handler) = {
	OBJ(1, "exec", exec_action),
	OBJ(2, "httpGet", http_get_action),
	OBJ(3, "tcpSocket", tcp_socket_action),
	OBJ(4, "grpc", grpc_action),
};
static TABLE(probe_handler);

ROWS(probe) = {
	INLINE(1, probe_handler),
	OMIT(2, INT, "initialDelaySeconds"),
	OMIT(3, INT, "timeoutSeconds"),
	OMIT(4, INT, "periodSeconds"),
	OMIT(5, INT, "successThreshold"),
	OMIT(6, INT, "failureThreshold"),
	FIELD(7, INT, "terminationGracePeriodSeconds"),
};
static TABLE(probe);

ROWS(sleep_action) = {
	FIELD(1, INT, "seconds"),
};
static TABLE(sleep_action);

ROWS(lifecycle_handler) = {
	OBJ(1, "exec", exec_action),
	OBJ(2, "httpGet", http_get_action),
	OBJ(3, "tcpSocket", tcp_socket_action),
	OBJ(4, "sleep", sleep_action),
};
static TABLE(lifecycle_handler);

ROWS(lifecycle) = {
	OBJ(1, "postStart", lifecycle_handler),
	OBJ(2, "preStop", lifecycle_handler),
	FIELD(3, STR, "stopSignal"),
};
static TABLE(lifecycle);

ROWS(capabilities) = {
	LIST(1, STR, "add"),
	LIST(2, STR, "drop"),
};
static TABLE(capabilities);

ROWS(se_linux_options) = {
	OMIT(1, STR, "user"),
	OMIT(2, STR, "role"),
	OMIT(3, STR, "type"),
	OMIT(4, STR, "level"),
};
TABLE(se_linux_options);

ROWS(windows_security_context_options) = {
	FIELD(1, STR, "gmsaCredentialSpecName"),
	FIELD(2, STR, "gmsaCredentialSpec"),
	FIELD(3, STR, "runAsUserName"),
	FIELD(4, BOOL, "hostProcess"),
};
TABLE(windows_security_context_options);

ROWS(seccomp_profile) = {
	FIELD(1, STR, "type"),
	FIELD(2, STR, "localhostProfile"),
};
TABLE(seccomp_profile);

ROWS(app_armor_profile) = {
	FIELD(1, STR, "type"),
	FIELD(2, STR, "localhostProfile"),
};
TABLE(app_armor_profile);

ROWS(security_context) = {
	OBJ(1, "capabilities", capabilities),
	FIELD(2, BOOL, "privileged"),
	OBJ(3, "seLinuxOptions", se_linux_options),
	FIELD(4, INT, "runAsUser"),
	FIELD(5, BOOL, "runAsNonRoot"),
	FIELD(6, BOOL, "readOnlyRootFilesystem"),
	FIELD(7, BOOL, "allowPrivilegeEscalation"),
	FIELD(8, INT, "runAsGroup"),
	FIELD(9, STR, "procMount"),
	OBJ(10, "windowsOptions", windows_security_context_options),
	OBJ(11, "seccompProfile", seccomp_profile),
	OBJ(12, "appArmorProfile", app_armor_profile),
};
static TABLE(security_context);

ROWS(config_map_env_source) = {
	INLINE(1, local_object_reference),
	FIELD(2, BOOL, "optional"),
};
static TABLE(config_map_env_source);

ROWS(secret_env_source) = {
	INLINE(1, local_object_reference),
	FIELD(2, BOOL, "optional"),
};
static TABLE(secret_env_source);

ROWS(env_from_source) = {
	OMIT(1, STR, "prefix"),
	OBJ(2, "configMapRef", config_map_env_source),
	OBJ(3, "secretRef", secret_env_source),
};
static TABLE(env_from_source);

ROWS(volume_device) = {
	FIELD(1, STR, "name"),
	FIELD(2, STR, "devicePath"),
};
static TABLE(volume_device);

ROWS(container_resize_policy) = {
	FIELD(1, STR, "resourceName"),
	FIELD(2, STR, "restartPolicy"),
};
static TABLE(container_resize_policy);

ROWS(container_restart_rule_on_exit_codes) = {
	OMIT(1, STR, "operator"),
	LIST(2, INT, "values"),
};
static TABLE(container_restart_rule_on_exit_codes);

ROWS(container_restart_rule) = {
	OMIT(1, STR, "action"),
	OBJ(2, "exitCodes", container_restart_rule_on_exit_codes),
};
static TABLE(container_restart_rule);

ROWS(container) = {
	FIELD(1, STR, "name"),
	OMIT(2, STR, "image"),
	LIST(3, STR, "command"),
	LIST(4, STR, "args"),
	OMIT(5, STR, "workingDir"),
	OBJS(6, "ports", container_port),
	OBJS(7, "env", env_var),
	OBJ(8, "resources", resource_requirements),
	OBJS(9, "volumeMounts", volume_mount),
	OBJ(10, "livenessProbe", probe),
	OBJ(11, "readinessProbe", probe),
	OBJ(12, "lifecycle", lifecycle),
	OMIT(13, STR, "terminationMessagePath"),
	OMIT(14, STR, "imagePullPolicy"),
	OBJ(15, "securityContext", security_context),
	OMIT(16, BOOL, "stdin"),
	OMIT(17, BOOL, "stdinOnce"),
	OMIT(18, BOOL, "tty"),
	OBJS(19, "envFrom", env_from_source),
	OMIT(20, STR, "terminationMessagePolicy"),
	OBJS(21, "volumeDevices", volume_device),
	OBJ(22, "startupProbe", probe),
	OBJS(23, "resizePolicy", container_resize_policy),
	FIELD(24, STR, "restartPolicy"),
	OBJS(25, "restartPolicyRules", container_restart_rule),
};
TABLE(container);

ROWS(ephemeral_container_common) = {
	FIELD(1, STR, "name"),
	OMIT(2, STR, "image"),
	LIST(3, STR, "command"),
	LIST(4, STR, "args"),
	OMIT(5, STR, "workingDir"),
	OBJS(6, "ports", container_port),
	OBJS(7, "env", env_var),
	OBJ(8, "resources", resource_requirements),
	OBJS(9, "volumeMounts", volume_mount),
	OBJ(10, "livenessProbe", probe),
	OBJ(11, "readinessProbe", probe),
	OBJ(12, "lifecycle", lifecycle),
	OMIT(13, STR, "terminationMessagePath"),
	OMIT(14, STR, "imagePullPolicy"),
	OBJ(15, "securityContext", security_context),
	OMIT(16, BOOL, "stdin"),
	OMIT(17, BOOL, "stdinOnce"),
	OMIT(18, BOOL, "tty"),
	OBJS(19, "envFrom", env_from_source),
	OMIT(20, STR, "terminationMessagePolicy"),
	OBJS(21, "volumeDevices", volume_device),
	OBJ(22, "startupProbe", probe),
	OBJS(23, "resizePolicy", container_resize_policy),
	FIELD(24, STR, "restartPolicy"),
	OBJS(25, "restartPolicyRules", container_restart_rule),
};
static TABLE(ephemeral_container_common);

ROWS(ephemeral_container) = {
	INLINE(1, ephemeral_container_common),
	OMIT(2, STR, "targetContainerName"),
};
TABLE(ephemeral_container);
