/* admissionregistration.k8s.io/v1. */
#include "model/proto_tables.h"
#include "util/banned.h"

ROWS(service_reference) = {
	FIELD(1, STR, "namespace"),
	FIELD(2, STR, "name"),
	FIELD(3, STR, "path"),
	FIELD(4, INT, "port"),
};
static TABLE(service_reference);

ROWS(webhook_client_config) = {
	OBJ(1, "service", service_reference),
	OMIT(2, BYTES, "caBundle"),
	FIELD(3, STR, "url"),
};
static TABLE(webhook_client_config);

ROWS(rule) = {
	LIST(1, STR, "apiGroups"),
	LIST(2, STR, "apiVersions"),
	LIST(3, STR, "resources"),
	FIELD(4, STR, "scope"),
};
static TABLE(rule);

ROWS(rule_with_operations) = {
	LIST(1, STR, "operations"),
	INLINE(2, rule),
};
static TABLE(rule_with_operations);

ROWS(match_condition) = {
	FIELD(1, STR, "name"),
	FIELD(2, STR, "expression"),
};
static TABLE(match_condition);

ROWS(validating_webhook) = {
	FIELD(1, STR, "name"),
	OBJ(2, "clientConfig", webhook_client_config),
	OBJS(3, "rules", rule_with_operations),
	FIELD(4, STR, "failurePolicy"),
	OBJ(5, "namespaceSelector", label_selector),
	OR_NULL(6, STR, "sideEffects"),
	FIELD(7, INT, "timeoutSeconds"),
	LIST_OR_NULL(8, STR, "admissionReviewVersions"),
	FIELD(9, STR, "matchPolicy"),
	OBJ(10, "objectSelector", label_selector),
	OBJS(11, "matchConditions", match_condition),
};
static TABLE_NULLS(validating_webhook);

ROWS(validating_webhook_configuration) = {
	OBJ(1, "metadata", object_meta),
	OBJS(2, "webhooks", validating_webhook),
};
TABLE(validating_webhook_configuration);

ROWS(mutating_webhook) = {
	FIELD(1, STR, "name"),
	OBJ(2, "clientConfig", webhook_client_config),
	OBJS(3, "rules", rule_with_operations),
	FIELD(4, STR, "failurePolicy"),
	OBJ(5, "namespaceSelector", label_selector),
	OR_NULL(6, STR, "sideEffects"),
	FIELD(7, INT, "timeoutSeconds"),
	LIST_OR_NULL(8, STR, "admissionReviewVersions"),
	FIELD(9, STR, "matchPolicy"),
	FIELD(10, STR, "reinvocationPolicy"),
	OBJ(11, "objectSelector", label_selector),
	OBJS(12, "matchConditions", match_condition),
};
static TABLE_NULLS(mutating_webhook);

ROWS(mutating_webhook_configuration) = {
	OBJ(1, "metadata", object_meta),
	OBJS(2, "webhooks", mutating_webhook),
};
TABLE(mutating_webhook_configuration);

ROWS(param_kind) = {
	OMIT(1, STR, "apiVersion"),
	OMIT(2, STR, "kind"),
};
static TABLE(param_kind);

ROWS(named_rule_with_operations) = {
	LIST(1, STR, "resourceNames"),
	INLINE(2, rule_with_operations),
};
static TABLE(named_rule_with_operations);

ROWS(match_resources) = {
	OBJ(1, "namespaceSelector", label_selector),
	OBJ(2, "objectSelector", label_selector),
	OBJS(3, "resourceRules", named_rule_with_operations),
	OBJS(4, "excludeResourceRules", named_rule_with_operations),
	FIELD(7, STR, "matchPolicy"),
};
static TABLE(match_resources);

ROWS(validation) = {
	FIELD(1, STR, "expression"),
	OMIT(2, STR, "message"),
	FIELD(3, STR, "reason"),
	OMIT(4, STR, "messageExpression"),
};
static TABLE(validation);

ROWS(audit_annotation) = {
	FIELD(1, STR, "key"),
	FIELD(2, STR, "valueExpression"),
};
static TABLE(audit_annotation);

ROWS(variable) = {
	FIELD(1, STR, "name"),
	FIELD(2, STR, "expression"),
};
static TABLE(variable);

ROWS(validating_admission_policy_spec) = {
	OBJ(1, "paramKind", param_kind),
	OBJ(2, "matchConstraints", match_resources),
	OBJS(3, "validations", validation),
	FIELD(4, STR, "failurePolicy"),
	OBJS(5, "auditAnnotations", audit_annotation),
	OBJS(6, "matchConditions", match_condition),
	OBJS(7, "variables", variable),
};
static TABLE(validating_admission_policy_spec);

ROWS(validating_admission_policy) = {
	OBJ(1, "metadata", object_meta),
	OBJ(2, "spec", validating_admission_policy_spec),
};
TABLE(validating_admission_policy);

ROWS(param_ref) = {
	OMIT(1, STR, "name"),
	OMIT(2, STR, "namespace"),
	OBJ(3, "selector", label_selector),
	FIELD(4, STR, "parameterNotFoundAction"),
};
static TABLE(param_ref);

ROWS(validating_admission_policy_binding_spec) = {
	OMIT(1, STR, "policyName"),
	OBJ(2, "paramRef", param_ref),
	OBJ(3, "matchResources", match_resources),
	LIST(4, STR, "validationActions"),
};
static TABLE(validating_admission_policy_binding_spec);

ROWS(validating_admission_policy_binding) = {
	OBJ(1, "metadata", object_meta),
	OBJ(2, "spec", validating_admission_policy_binding_spec),
};
TABLE(validating_admission_policy_binding);

ROWS(apply_configuration) = {
	OMIT(1, STR, "expression"),
};
static TABLE(apply_configuration);

ROWS(json_patch) = {
	OMIT(1, STR, "expression"),
};
static TABLE(json_patch);

ROWS(mutation) = {
	FIELD(2, STR, "patchType"),
	OBJ(3, "applyConfiguration", apply_configuration),
	OBJ(4, "jsonPatch", json_patch),
};
static TABLE(mutation);

ROWS(mutating_admission_policy_spec) = {
	OBJ(1, "paramKind", param_kind),
	OBJ(2, "matchConstraints", match_resources),
	OBJS(3, "variables", variable),
	OBJS(4, "mutations", mutation),
	FIELD(5, STR, "failurePolicy"),
	OBJS(6, "matchConditions", match_condition),
	OMIT(7, STR, "reinvocationPolicy"),
};
static TABLE(mutating_admission_policy_spec);

ROWS(mutating_admission_policy) = {
	OBJ(1, "metadata", object_meta),
	OBJ(2, "spec", mutating_admission_policy_spec),
};
TABLE(mutating_admission_policy);

ROWS(mutating_admission_policy_binding_spec) = {
	OMIT(1, STR, "policyName"),
	OBJ(2, "paramRef", param_ref),
	OBJ(3, "matchResources", match_resources),
};
static TABLE(mutating_admission_policy_binding_spec);

ROWS(mutating_admission_policy_binding) = {
	OBJ(1, "metadata", object_meta),
	OBJ(2, "spec", mutating_admission_policy_binding_spec),
};
TABLE(mutating_admission_policy_binding);
