/* batch/v1, and the part of scheduling.k8s.io/v1alpha3 that jobs carry. */
#include "model/proto_tables.h"
#include "util/banned.h"

ROWS(pod_failure_policy_on_exit_codes_requirement) = {
	FIELD(1, STR, "containerName"),
	FIELD(2, STR, "operator"),
	LIST_OR_NULL(3, INT, "values"),
};
static TABLE_NULLS(pod_failure_policy_on_exit_codes_requirement);

ROWS(pod_failure_policy_on_pod_conditions_pattern) = {
	FIELD(1, STR, "type"),
	FIELD(2, STR, "status"),
};
static TABLE(pod_failure_policy_on_pod_conditions_pattern);

ROWS(pod_failure_policy_rule) = {
	FIELD(1, STR, "action"),
	OBJ(2, "onExitCodes", pod_failure_policy_on_exit_codes_requirement),
	OBJS(3, "onPodConditions", pod_failure_policy_on_pod_conditions_pattern),
};
static TABLE(pod_failure_policy_rule);

ROWS(pod_failure_policy) = {
	OBJS_OR_NULL(1, "rules", pod_failure_policy_rule),
};
static TABLE_NULLS(pod_failure_policy);

ROWS(success_policy_rule) = {
	FIELD(1, STR, "succeededIndexes"),
	FIELD(2, INT, "succeededCount"),
};
static TABLE(success_policy_rule);

ROWS(success_policy) = {
	OBJS_OR_NULL(1, "rules", success_policy_rule),
};
static TABLE_NULLS(success_policy);

static EMPTY_TABLE(workload_pod_group_basic_scheduling_policy);

ROWS(workload_pod_group_gang_scheduling_policy) = {
	FIELD(1, INT, "minCount"),
};
static TABLE(workload_pod_group_gang_scheduling_policy);

ROWS(workload_pod_group_scheduling_policy) = {
	OBJ(1, "basic", workload_pod_group_basic_scheduling_policy),
	OBJ(2, "gang", workload_pod_group_gang_scheduling_policy),
};
static TABLE(workload_pod_group_scheduling_policy);

ROWS(topology_constraint) = {
	FIELD(1, STR, "key"),
};
static TABLE(topology_constraint);

ROWS(workload_pod_group_scheduling_constraints) = {
	OBJS(1, "topology", topology_constraint),
};
static TABLE(workload_pod_group_scheduling_constraints);

static EMPTY_TABLE(workload_pod_group_single_disruption_mode);

static EMPTY_TABLE(workload_pod_group_all_disruption_mode);

ROWS(workload_pod_group_disruption_mode) = {
	OBJ(1, "single", workload_pod_group_single_disruption_mode),
	OBJ(2, "all", workload_pod_group_all_disruption_mode),
};
static TABLE(workload_pod_group_disruption_mode);

ROWS(workload_pod_group_resource_claim) = {
	FIELD(1, STR, "name"),
	FIELD(2, STR, "resourceClaimName"),
	FIELD(3, STR, "resourceClaimTemplateName"),
};
static TABLE(workload_pod_group_resource_claim);

ROWS(job_scheduling_configuration) = {
	OBJ(1, "schedulingPolicy", workload_pod_group_scheduling_policy),
	OBJ(2, "schedulingConstraints", workload_pod_group_scheduling_constraints),
	OBJ(3, "disruptionMode", workload_pod_group_disruption_mode),
	OBJS(4, "resourceClaims", workload_pod_group_resource_claim),
};
static TABLE(job_scheduling_configuration);

ROWS(job_spec) = {
	FIELD(1, INT, "parallelism"),
	FIELD(2, INT, "completions"),
	FIELD(3, INT, "activeDeadlineSeconds"),
	OBJ(4, "selector", label_selector),
	FIELD(5, BOOL, "manualSelector"),
	OBJ(6, "template", pod_template_spec),
	FIELD(7, INT, "backoffLimit"),
	FIELD(8, INT, "ttlSecondsAfterFinished"),
	FIELD(9, STR, "completionMode"),
	FIELD(10, BOOL, "suspend"),
	OBJ(11, "podFailurePolicy", pod_failure_policy),
	FIELD(12, INT, "backoffLimitPerIndex"),
	FIELD(13, INT, "maxFailedIndexes"),
	FIELD(14, STR, "podReplacementPolicy"),
	FIELD(15, STR, "managedBy"),
	OBJ(16, "successPolicy", success_policy),
	OBJ(17, "scheduling", job_scheduling_configuration),
};
static TABLE(job_spec);

ROWS(job) = {
	OBJ(1, "metadata", object_meta),
	OBJ(2, "spec", job_spec),
};
TABLE(job);

ROWS(job_template_spec) = {
	OBJ(1, "metadata", object_meta),
	OBJ(2, "spec", job_spec),
};
static TABLE(job_template_spec);

ROWS(cron_job_spec) = {
	FIELD(1, STR, "schedule"),
	FIELD(2, INT, "startingDeadlineSeconds"),
	OMIT(3, STR, "concurrencyPolicy"),
	FIELD(4, BOOL, "suspend"),
	OBJ(5, "jobTemplate", job_template_spec),
	FIELD(6, INT, "successfulJobsHistoryLimit"),
	FIELD(7, INT, "failedJobsHistoryLimit"),
	FIELD(8, STR, "timeZone"),
};
static TABLE(cron_job_spec);

ROWS(cron_job) = {
	OBJ(1, "metadata", object_meta),
	OBJ(2, "spec", cron_job_spec),
};
TABLE(cron_job);
