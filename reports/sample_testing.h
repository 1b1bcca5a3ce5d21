/* Reports made by hand, for the tests of the writers: a plausible cluster with every status, every
 * kind of reason and some names that nobody should have; one without findings; one as large as asked. */
#ifndef KA_REPORTS_SAMPLE_TESTING_H
#define KA_REPORTS_SAMPLE_TESTING_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kassay/report.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* ---- objects --------------------------------------------------------------------------- */

enum {
	O_WEB, O_AGENT, O_BACKUP, O_LEGACY, O_DEPLOYER, O_ADMINS, O_CI, O_CIBIND, O_SHOP, O_NETPOL,
	O_SCRIPT, O_CONTROL, O_BADUTF8, O_BIDI, O_LONG, O_GHOST, NOBJECTS,
};

static const char long_name[] =
	"a-name-that-goes-on-and-on-and-on-and-on-and-on-and-on-and-on-and-on-and-on-and-on-and-on-"
	"and-on-and-on-and-on-and-on-and-on-and-on-and-on-and-on-and-on-and-on-and-on-and-on-to-253";

#define OBJ(k, av, kn, ns, nm, f, l) \
	{ .kind = (k), .api_version = (av), .kind_name = (kn), .namespace = (ns), .name = (nm), \
	  .resource_version = "4711", .file = (f), .line = (l) }
static const struct ka_object sample_object[NOBJECTS] = {
	[O_WEB] = OBJ(KA_DEPLOYMENT, "apps/v1", "Deployment", "shop", "web", 0, 12),
	[O_AGENT] = OBJ(KA_DAEMONSET, "apps/v1", "DaemonSet", "monitoring", "node-agent", 1, 3),
	[O_BACKUP] = OBJ(KA_CRONJOB, "batch/v1", "CronJob", "shop", "backup", 0, 88),
	[O_LEGACY] = OBJ(KA_STATEFULSET, "apps/v1", "StatefulSet", "billing", "ledger-db", 0, 140),
	[O_DEPLOYER] = OBJ(KA_CLUSTERROLE, "rbac.authorization.k8s.io/v1", "ClusterRole", NULL,
			   "deployer", 2, 1),
	[O_ADMINS] = OBJ(KA_CLUSTERROLEBINDING, "rbac.authorization.k8s.io/v1", "ClusterRoleBinding",
			 NULL, "team-admins", 2, 31),
	[O_CI] = OBJ(KA_SERVICEACCOUNT, "v1", "ServiceAccount", "ci", "runner", 2, 52),
	[O_CIBIND] = OBJ(KA_ROLEBINDING, "rbac.authorization.k8s.io/v1", "RoleBinding", "ci",
			 "runner-edit", 2, 60),
	[O_SHOP] = OBJ(KA_NAMESPACE, "v1", "Namespace", NULL, "shop", 0, 1),
	[O_NETPOL] = OBJ(KA_NETWORKPOLICY, "networking.k8s.io/v1", "NetworkPolicy", "shop",
			 "allow-from-anywhere", 0, 201),
	[O_SCRIPT] = OBJ(KA_POD, "v1", "Pod", "odd", "<script>alert(1)</script>]]>&\"'", 3, 1),
	[O_CONTROL] = OBJ(KA_POD, "v1", "Pod", "odd", "esc\033[31mred\001\r\nnext\x7f", 3, 9),
	[O_BADUTF8] = OBJ(KA_POD, "v1", "Pod", "odd", "cut\xC3 lone\xFF surrogate\xED\xA0\x80 "
			  "overlong\xC0\xAF noncharacter\xEF\xBF\xBF", 3, 17),
	[O_BIDI] = OBJ(KA_POD, "v1", "Pod", "odd", "turned\xE2\x80\xAE" "around\xE2\x81\xA6!", 3, 25),
	[O_LONG] = OBJ(KA_POD, "v1", "Pod", "odd", long_name, 3, 33),
	[O_GHOST] = { .kind = KA_JOB, .ghost = true, .api_version = "batch/v1", .kind_name = "Job",
		      .namespace = "ci", .name = "build-1742" },
};
#undef OBJ

/* ---- checks ---------------------------------------------------------------------------- */

enum {
	C_PRIVILEGED, C_HOSTPATH, C_ROOT, C_LIMITS, C_TAG,
	C_WILDCARD, C_ADMIN, C_ESCALATE, C_TOKEN,
	C_ISOLATED, C_OPEN,
	C_SECRETENV, C_SECRETCM, C_PSA, NCHECKS,
};

static const struct ka_check sample_check[NCHECKS] = {
	[C_PRIVILEGED] = { .key = "container-privileged", .title = "No container is privileged",
		.why = "A privileged container has every capability and every device of its node: whoever gets into it owns "
		       "the node and, through it, all pods there.",
		.fix = "Remove securityContext.privileged, and add the single capability the program needs.",
		.severity = KA_CRITICAL, .scope = KA_POD_KINDS },
	[C_HOSTPATH] = { .key = "pod-host-path", .title = "Pods do not mount folders of their node",
		.why = "A writable folder of the node is a way to change what the node runs.",
		.fix = "Use an emptyDir, a ConfigMap or a PersistentVolumeClaim instead of the hostPath volume.",
		.severity = KA_HIGH, .scope = KA_POD_KINDS },
	[C_ROOT] = { .key = "container-runs-as-root", .title = "Containers run as a user other than root",
		.why = "Root in a container is root for every hole in the kernel or the runtime.",
		.fix = "Set securityContext.runAsNonRoot: true and give a numeric runAsUser.",
		.severity = KA_MEDIUM, .scope = KA_POD_KINDS },
	[C_LIMITS] = { .key = "container-memory-limit", .title = "Containers have a memory limit",
		.why = "One leaking container can starve its neighbours.",
		.fix = "Set resources.limits.memory.", .severity = KA_LOW, .scope = KA_POD_KINDS },
	[C_TAG] = { .key = "image-pinned", .title = "Images are named by digest",
		.why = "A tag can be moved to other contents after review.",
		.fix = "Name images as name@sha256:...", .severity = KA_INFO, .scope = KA_POD_KINDS },
	[C_WILDCARD] = { .key = "rbac-wildcard", .title = "Roles name what they allow instead of using wildcards",
		.why = "A wildcard allows what does not exist yet: every resource that is added later is granted too.",
		.fix = "List the verbs and resources in use; `kassay explain rbac-wildcard` says more.",
		.severity = KA_HIGH, .scope = KA_RBAC_KINDS },
	[C_ADMIN] = { .key = "rbac-cluster-admin", .title = "Only break-glass accounts are cluster-admin",
		.why = "cluster-admin can read every secret and change every rule, this report's included.",
		.fix = "Bind the group to a role with what it uses.", .severity = KA_CRITICAL,
		.scope = KA_RBAC_KINDS },
	[C_ESCALATE] = { .key = "rbac-escalate", .title = "Nobody may grant more than they hold",
		.why = "The verbs bind and escalate lift the rule that nobody can hand out rights they do not have.",
		.fix = "Remove the verbs bind, escalate and impersonate.", .severity = KA_HIGH,
		.scope = KA_RBAC_KINDS },
	[C_TOKEN] = { .key = "token-automount", .title = "Pods that do not call the API carry no token",
		.why = "A token that nobody needs is a key left in the door.",
		.fix = "Set automountServiceAccountToken: false.", .severity = KA_MEDIUM,
		.scope = KA_POD_KINDS, .needs = KA_BIT(KA_SERVICEACCOUNT) },
	[C_ISOLATED] = { .key = "net-default-deny", .title = "Every namespace denies what it does not allow",
		.why = "Without a policy every pod may talk to every other, across namespaces.",
		.fix = "Add a NetworkPolicy that selects all pods and allows nothing.",
		.severity = KA_MEDIUM, .scope = KA_BIT(KA_NAMESPACE), .needs = KA_BIT(KA_NETWORKPOLICY) },
	[C_OPEN] = { .key = "net-open-ingress", .title = "No policy opens pods to every address",
		.why = "0.0.0.0/0 is the internet where the cluster is reachable from it.",
		.fix = "Name the ranges in ipBlock.cidr.", .severity = KA_HIGH,
		.scope = KA_BIT(KA_NETWORKPOLICY) },
	[C_SECRETENV] = { .key = "secret-in-env", .title = "Secrets are mounted, not put in the environment",
		.why = "The environment ends up in logs and crash reports.",
		.fix = "Mount the Secret as a volume.", .severity = KA_MEDIUM,
		.scope = KA_POD_KINDS, .needs = KA_BIT(KA_SECRET) },
	[C_SECRETCM] = { .key = "configmap-secret", .title = "ConfigMaps hold no secrets",
		.why = "ConfigMaps are readable by many and encrypted by nobody.",
		.fix = "Move the value to a Secret and rotate it.", .severity = KA_HIGH,
		.scope = KA_BIT(KA_CONFIGMAP) },
	[C_PSA] = { .key = "admission-policy-params", .title = "Admission policies name their parameters",
		.why = "A policy without its parameters admits everything.",
		.fix = "Set paramRef in the binding.", .severity = KA_LOW,
		.scope = KA_BIT(KA_VALIDATINGADMISSIONPOLICY) },
};

static const struct ka_check_set sample_set[] = {
	{ "Pod isolation", sample_check + C_PRIVILEGED, 5 },
	{ "Roles and bindings", sample_check + C_WILDCARD, 4 },
	{ "Network", sample_check + C_ISOLATED, 2 },
	{ "Secrets & admission", sample_check + C_SECRETENV, 3 },
};

/* ---- waivers, findings, results -------------------------------------------------------- */

enum { W_AGENT, W_DEPLOYER, W_EXPIRED, W_UNUSED };
static const struct ka_waiver sample_waiver[] = {
	[W_AGENT] = { .check = "container-*", .namespace = "monitoring", .name = "node-agent",
		.reason = "reads the node's journal; reviewed under change 118", .owner = "platform@example.org",
		.expires = "2026-12-31", .hits = 1, .line = 4 },
	[W_DEPLOYER] = { .check = "rbac-escalate", .kind = "ClusterRole", .name = "deployer",
		.reason = "bootstraps tenants", .owner = "security@example.org", .hits = 1, .line = 11 },
	[W_EXPIRED] = { .check = "pod-host-path", .namespace = "shop", .container = "dump",
		.reason = "until the new backup is in place", .owner = "shop <shop@example.org>",
		.expires = "2026-01-31", .expired = true, .hits = 1, .line = 17 },
	[W_UNUSED] = { .check = "net-*", .namespace = "gone", .reason = "namespace was removed",
		.owner = NULL, .expires = "2027-06-30", .line = 24 },
};

#define F(n, c, sev, o, ...) \
	{ .id = n, .check = &sample_check[c], .severity = (sev), .obj = &sample_object[o], __VA_ARGS__ }
static const struct ka_finding sample_finding[] = {
	F("00a1c4d2e5f60718", C_PRIVILEGED, KA_CRITICAL, O_AGENT, .container = "agent",
	  .path = "spec.template.spec.containers[0].securityContext.privileged", .observed = "true",
	  .expected = "false or absent", .message = "container agent is privileged", .instances = 24,
	  .waiver = &sample_waiver[W_AGENT]),
	F("1b2c3d4e5f607182", C_PRIVILEGED, KA_CRITICAL, O_WEB, .container = "sidecar",
	  .path = "spec.template.spec.initContainers[1].securityContext.privileged", .observed = "true",
	  .expected = "false or absent", .message = "container sidecar is privileged", .instances = 6),
	F("2c3d4e5f60718293", C_HOSTPATH, KA_HIGH, O_LEGACY, .path = "spec.template.spec.volumes[2].hostPath",
	  .observed = "/var/lib/kubelet", .expected = "no hostPath volume",
	  .message = "mounts /var/lib/kubelet of the node, writable", .instances = 3),
	F("3d4e5f6071829304", C_HOSTPATH, KA_HIGH, O_BACKUP, .container = "dump",
	  .path = "spec.jobTemplate.spec.template.spec.volumes[0].hostPath", .observed = "/srv/backup",
	  .expected = "no hostPath volume", .message = "mounts /srv/backup of the node, writable"),
	F("4e5f607182930415", C_ROOT, KA_MEDIUM, O_LEGACY, .container = "db",
	  .path = "spec.template.spec.containers[0].securityContext", .observed = "runAsNonRoot absent, image decides",
	  .expected = "runAsNonRoot: true", .message = "container db may run as root", .instances = 3),
	F("5f60718293041526", C_ROOT, KA_MEDIUM, O_LONG, .container = "main",
	  .path = "spec.containers[0].securityContext.runAsUser", .observed = "0", .expected = "1 or more",
	  .message = "container main runs as root", .instances = 1),
	F("6071829304152637", C_ROOT, KA_MEDIUM, O_SCRIPT, .container = "<b>bold</b>",
	  .path = "spec.containers[0].securityContext.runAsUser", .observed = "</script><!-- 0", .expected = "1 or more",
	  .message = "container <b>bold</b> runs as root ]]>", .instances = 1),
	F("7182930415263748", C_ROOT, KA_MEDIUM, O_CONTROL, .container = "c\033]0;title\007",
	  .path = "spec.containers[0].securityContext.runAsUser", .observed = "0\n<U+202E>", .expected = "1 or more",
	  .message = "container c\033]0;title\007 runs as root", .instances = 1),
	F("8293041526374859", C_ROOT, KA_MEDIUM, O_BADUTF8, .path = "spec.securityContext.runAsUser",
	  .observed = "0", .expected = "1 or more", .message = "runs as root", .instances = 1),
	F("930415263748596a", C_ROOT, KA_LOW, O_BIDI, .path = "spec.securityContext.runAsUser",
	  .observed = "\xE2\x80\xAE" "1000", .expected = "1 or more", .message = "runs as root in name only",
	  .instances = 1),
	F("0415263748596a7b", C_WILDCARD, KA_HIGH, O_DEPLOYER, .path = "rules[0]",
	  .observed = "verbs [*] on resources [*] in apiGroups [apps]", .expected = "named verbs and resources",
	  .message = "ClusterRole deployer allows every verb on every resource of apps",
	  .via = { &sample_object[O_CIBIND] }),
	F("15263748596a7b8c", C_ADMIN, KA_CRITICAL, O_ADMINS, .path = "subjects[0]",
	  .observed = "Group developers", .expected = "a break-glass account",
	  .message = "Group developers is cluster-admin", .via = { &sample_object[O_ADMINS] }),
	F("263748596a7b8c9d", C_ESCALATE, KA_HIGH, O_DEPLOYER, .path = "rules[3].verbs", .observed = "bind",
	  .expected = "neither bind nor escalate nor impersonate",
	  .message = "ClusterRole deployer may bind any ClusterRole", .waiver = &sample_waiver[W_DEPLOYER]),
	F("3748596a7b8c9dae", C_TOKEN, KA_MEDIUM, O_CI, .path = "automountServiceAccountToken",
	  .observed = "absent", .expected = "false",
	  .message = "ServiceAccount ci/runner can edit Deployments and its token is in every pod",
	  .via = { &sample_object[O_CIBIND], &sample_object[O_DEPLOYER] }, .instances = 11),
	F("48596a7b8c9daebf", C_TOKEN, KA_MEDIUM, O_GHOST, .path = "spec.template.spec.automountServiceAccountToken",
	  .observed = "absent", .expected = "false", .message = "carries a token it does not use", .instances = 1),
	F("596a7b8c9daebfc0", C_ISOLATED, KA_MEDIUM, O_SHOP, .observed = "no policy selects all pods",
	  .expected = "a default-deny policy for ingress", .message = "Namespace shop lets everything in", .known = true),
	F("6a7b8c9daebfc0d1", C_SECRETENV, KA_MEDIUM, O_WEB, .container = "web",
	  .path = "spec.template.spec.containers[0].env[3].valueFrom.secretKeyRef", .observed = "Secret db, key password",
	  .expected = "a mounted Secret", .message = "container web takes Secret db from its environment",
	  .instances = 6),
};
#undef F

#define R(c, s, st, ...) \
	{ .check = &sample_check[c], .set = &sample_set[s], .status = (st), __VA_ARGS__ }
static const struct ka_result sample_result[NCHECKS] = {
	R(C_PRIVILEGED, 0, KA_FAIL, .severity = KA_CRITICAL, .seen = 61, .failed = 2, .first = 0, .nfindings = 2,
	  .nwaived = 1),
	R(C_HOSTPATH, 0, KA_FAIL, .severity = KA_HIGH, .seen = 61, .failed = 2, .first = 2, .nfindings = 2),
	R(C_ROOT, 0, KA_FAIL, .severity = KA_MEDIUM, .seen = 61, .failed = 6, .first = 4, .nfindings = 6),
	R(C_LIMITS, 0, KA_PASS, .severity = KA_LOW, .seen = 61),
	R(C_TAG, 0, KA_PASS, .severity = KA_INFO, .seen = 61),
	R(C_WILDCARD, 1, KA_FAIL, .severity = KA_HIGH, .seen = 143, .failed = 1, .first = 10, .nfindings = 1),
	R(C_ADMIN, 1, KA_FAIL, .severity = KA_CRITICAL, .seen = 77, .failed = 1, .first = 11, .nfindings = 1),
	R(C_ESCALATE, 1, KA_FAIL, .severity = KA_HIGH, .seen = 143, .failed = 1, .first = 12, .nfindings = 1,
	  .nwaived = 1),
	R(C_TOKEN, 1, KA_FAIL, .severity = KA_MEDIUM, .seen = 61, .failed = 2, .first = 13, .nfindings = 2),
	R(C_ISOLATED, 2, KA_FAIL, .severity = KA_MEDIUM, .seen = 9, .failed = 1, .first = 15, .nfindings = 1),
	R(C_OPEN, 2, KA_PASS, .severity = KA_HIGH, .seen = 14),
	R(C_SECRETENV, 3, KA_UNKNOWN, .severity = KA_MEDIUM, .seen = 61, .failed = 1, .first = 16, .nfindings = 1,
	  .reason = "Secret: forbidden (GET /api/v1/secrets)"),
	R(C_SECRETCM, 3, KA_UNKNOWN, .severity = KA_HIGH, .seen = 120,
	  .reason = "ConfigMap: truncated after 120 objects"),
	R(C_PSA, 3, KA_NA, .severity = KA_LOW, .reason = "no ValidatingAdmissionPolicy in the source"),
};
#undef R

/* ---- benchmarks ------------------------------------------------------------------------ */

static const struct ka_bench_item sample_item[] = {
	{ .id = "1.1", .title = "Nodes are protected from their pods", .level = 1,
	  .keys = { "container-privileged", "pod-host-path" } },
	{ .id = "1.2", .title = "Programs run with little privilege", .level = 2,
	  .keys = { "container-memory-limit" } },
	{ .id = "2.1", .title = "Rights do not grow by themselves", .level = 1, .keys = { "rbac-escalate" } },
	{ .id = "2.2", .title = "Access is reviewed every quarter", .level = 1, .by = KA_BY_PERSON,
	  .area = KA_AREA_PEOPLE, .note = "ask for the record of the last review" },
	{ .id = "2.3", .title = "Leavers lose access within a day", .level = 1, .by = KA_BY_PERSON,
	  .area = KA_AREA_PEOPLE, .note = "compare the directory with the bindings" },
	{ .id = "3.1", .title = "Secrets are kept out of the environment", .level = 1,
	  .keys = { "secret-in-env", "configmap-secret" } },
	{ .id = "4.1", .title = "The API server turns anonymous requests away", .level = 1,
	  .area = KA_AREA_CONTROL_PLANE, .by = KA_BY_ABSENT, .note = "flags of kube-apiserver" },
};
static const struct ka_bench sample_bench[] = {
	{ "example-baseline-1.0", "Example Baseline 1.0", sample_item, COUNT(sample_item) },
	{ "example-people-1.0", "Example & People 1.0", sample_item + 3, 2 },
};
static const struct ka_attestation sample_attestation[] = {
	{ "example-baseline-1.0", "2.2", "reviewed with the team leads, record in the wiki", "a.auditor", "2026-02-12",
	  true },
	{ "example-baseline-1.0", "2.3", "two accounts were still active after a week", "a.auditor", "2026-02-12",
	  false },
};
static const struct ka_control sample_control[] = {
	{ &sample_item[0], KA_FAIL, NULL, NULL, { &sample_result[C_PRIVILEGED], &sample_result[C_HOSTPATH] } },
	{ &sample_item[1], KA_PASS, NULL, NULL, { &sample_result[C_LIMITS] } },
	{ &sample_item[2], KA_FAIL, NULL, NULL, { &sample_result[C_ESCALATE] } },
	{ &sample_item[3], KA_MANUAL, "ask for the record of the last review", &sample_attestation[0], { NULL } },
	{ &sample_item[4], KA_FAIL, "attested not to hold", &sample_attestation[1], { NULL } },
	{ &sample_item[5], KA_UNKNOWN, "Secret: forbidden (GET /api/v1/secrets)", NULL,
	  { &sample_result[C_SECRETENV], &sample_result[C_SECRETCM] } },
	{ &sample_item[6], KA_NA, "source has no control plane", NULL, { NULL } },
};
static const struct ka_bench_result sample_bench_result[] = {
	{ .bench = &sample_bench[0], .asked = true, .ncontrols = 7, .control = sample_control,
	  .count = { [KA_PASS] = 1, [KA_FAIL] = 3, [KA_MANUAL] = 1, [KA_UNKNOWN] = 1, [KA_NA] = 1 },
	  .coverage = 4 / 6.0, .has_score = true, .score = 0.25 },
	{ .bench = &sample_bench[1], .ncontrols = 2, .control = sample_control + 3,
	  .count = { [KA_FAIL] = 1, [KA_MANUAL] = 1 }, .coverage = 0.5, .has_score = false },
};

/* ---- the reports ----------------------------------------------------------------------- */

static const char *const sample_file[] = {
	"deploy/shop & billing.yaml", "deploy/agent.yaml", "rbac.yaml", "odd/<names>.json",
};
static const struct ka_problem sample_problem[] = {
	{ .file = 0, .line = 233, .fatal = true, .text = "duplicate key \"spec\" (first at line 219)" },
	{ .file = 3, .line = 40, .object = "Pod odd/\033[2J", .text = "spec.hostNetwork is a string, expected a boolean" },
};
static const struct ka_skipped sample_skipped[] = {
	{ .file = 1, .line = 60, .text = "no kind: a Helm values file?" },
};
static const struct ka_graph sample_graph = {
	.of = { [KA_NAMESPACE] = { .n = 9 }, [KA_NODE] = { .n = 0 }, [KA_DEPLOYMENT] = { .n = 41 },
		[KA_STATEFULSET] = { .n = 8 }, [KA_DAEMONSET] = { .n = 4 }, [KA_CRONJOB] = { .n = 8 },
		[KA_POD] = { .n = 214 } },
	.nfiles = COUNT(sample_file),
	.file = sample_file,
	.ledger = {
		[KA_NAMESPACE] = { .count = 9, .api_path = "/api/v1/namespaces", .resource_version = "48213",
				   .time = "2026-03-01T08:00:01Z" },
		[KA_NODE] = { .status = KA_EV_FAILED, .api_path = "/api/v1/nodes",
			      .reason = "connection reset by peer after 3 attempts", .time = "2026-03-01T08:00:02Z" },
		[KA_POD] = { .count = 214, .api_path = "/api/v1/pods", .resource_version = "48219" },
		[KA_DEPLOYMENT] = { .count = 41, .api_path = "/apis/apps/v1/deployments" },
		[KA_SECRET] = { .status = KA_EV_FORBIDDEN, .api_path = "/api/v1/secrets",
				.reason = "User \"audit\" cannot list resource \"secrets\" at the cluster scope" },
		[KA_CONFIGMAP] = { .status = KA_EV_TRUNCATED, .count = 120, .api_path = "/api/v1/configmaps",
				   .reason = "410 Gone after page 1" },
		[KA_MUTATINGADMISSIONPOLICY] = { .status = KA_EV_ABSENT },
		[KA_MUTATINGADMISSIONPOLICYBINDING] = { .status = KA_EV_ABSENT },
		[KA_PERSISTENTVOLUME] = { .status = KA_EV_NOT_OFFERED, .reason = "the dump has none" },
	},
	.source_class = KA_SOURCE_DUMP,
	.source = "files: deploy/, rbac.yaml, odd/",
	.cluster_uid = "6f1c2d0e-91ab-4b7e-8a55-3f2b6f0a7c11",
	.kubernetes_version = "v1.31.4",
	.distribution = "kubeadm",
	.distribution_reason = "there is a ConfigMap kube-system/kubeadm-config",
	.platform = "AWS",
	.recognised = { 2, (const char *const[]){ "Cilium", "Gateway API" } },
	.started = "2026-03-01T08:00:00Z",
	.finished = "2026-03-01T08:00:07Z",
	.snapshot_sha256 = "c2b5e0d1f49a7a63a4cbf7b6f0c9a1e8d7264c1f3b0e5a9988776655443322ff",
	.nproblems = COUNT(sample_problem),
	.problem = sample_problem,
	.nskipped = COUNT(sample_skipped),
	.skipped = sample_skipped,
	.duplicates = 2,
};

/* ---- who holds what -------------------------------------------------------------------- */

static const struct ka_holder sample_holder[] = {
	{ .subject = { KA_SUBJECT_SERVICEACCOUNT, "ServiceAccount", "ci", "runner" },
	  .measure = { .granted = { 4200, 3150, 16800 }, .grants = 3, .own = 2, .rules = 9, .dead = 1, .cluster = true,
		       .namespaces = 2, .observed = true, .events = 1200, .used = { 12, 0, 40 },
		       .unused = { 4088, 0, 16000 }, .unobservable = { 100, 0, 760 } },
	  .crowd = { false, 1, 3, 0 }, .blast = { 40, 12, 4, 3, 9, true } },
	{ .subject = { KA_SUBJECT_GROUP, "Group", NULL, "<b>team</b> \033[31mred" },
	  .measure = { .granted = { 300, 0, 410 }, .urls = 2, .grants = 1, .own = 1, .rules = 2, .namespaces = 1 },
	  .crowd = { true, 0, 0, 0 }, .blast = { .pods = 1 } },
	{ .subject = { KA_SUBJECT_SERVICEACCOUNT, "ServiceAccount", "shop", "forgotten" },
	  .measure = { .granted = { 2, 2, 2 }, .grants = 1, .own = 1, .rules = 1, .namespaces = 1, .observed = true,
		       .unused = { 2, 0, 2 }, .cut = true },
	  .crowd = { false, 1, 0, 0 }, .dormant = true },
	{ .subject = { KA_SUBJECT_GROUP, "Group", NULL, "system:masters" }, .builtin = true,
	  .measure = { .master = true, .granted = { 9000, 9000, 30000 }, .urls = 16, .grants = 1, .own = 1, .rules = 2,
		       .cluster = true },
	  .crowd = { true, 0, 0, 0 }, .blast = { 50, 20, 4, 3, 10, true } },
};
static const struct ka_quality sample_quality = { .events = 52000, .hours = 720, .empty_hours = 3, .days = 30 };

static const struct ka_report sample_report = {
	.g = &sample_graph,
	.tool_version = "0.1.0",
	.generated = "2026-03-01T08:00:07Z",
	.checks_digest = "91f0ab3c5d7e2f4488c2d9e3b1a0756432f1e0d9c8b7a695847362514f3e2d1c",
	.policy_file = "policy.yaml",
	.policy_sha256 = "0d1e2f3a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f6",
	.fail_on = KA_HIGH,
	.min_coverage = 0.6,
	.nresults = NCHECKS,
	.result = sample_result,
	.nfindings = COUNT(sample_finding),
	.finding = sample_finding,
	.nbenches = COUNT(sample_bench_result),
	.bench = sample_bench_result,
	.nwaivers = COUNT(sample_waiver),
	.waiver = sample_waiver,
	.nattestations = COUNT(sample_attestation),
	.attestation = sample_attestation,
	.status_count = { [KA_PASS] = 3, [KA_FAIL] = 8, [KA_NA] = 1, [KA_UNKNOWN] = 2 },
	.severity_count = { [KA_CRITICAL] = 2, [KA_HIGH] = 3, [KA_MEDIUM] = 9, [KA_LOW] = 1 },
	.waived_count = 2,
	.baseline_file = "last/report.json",
	.known_count = 1,
	.gone_count = 3,
	.unread_params = { 1, (const char *const[]){ "registries" } },
	.least = { .judged = true, .missing = KA_ROLE, .served = true, .nresources = 214, .nnamespaces = 6,
		   .everybody = { 30, 4, 30 }, .log = &sample_quality, .nsubjects = COUNT(sample_holder), .nbuiltin = 1,
		   .subject = sample_holder, .nothing = 5 },
	.coverage = 11 / 13.0,
	.incomplete = true,
};

/* Nothing found, no benchmark, everything read; most strings absent. */
static const struct ka_graph sample_empty_graph = { .source_class = KA_SOURCE_MANIFESTS };
static const struct ka_result sample_empty_result[] = {
	{ .check = &sample_check[C_LIMITS], .set = &sample_set[0], .status = KA_PASS, .severity = KA_LOW, .seen = 1 },
};
static const struct ka_report sample_empty = {
	.g = &sample_empty_graph,
	.tool_version = "0.1.0",
	.generated = "2026-03-01T08:00:00Z",
	.checks_digest = "91f0ab3c",
	.fail_on = KA_HIGH,
	.nresults = 1,
	.result = sample_empty_result,
	.status_count = { [KA_PASS] = 1 },
	.coverage = 1,
};

/* The text a writer makes, for free(). */
static inline char *
render(const char *format, const struct ka_report *r, const struct ka_report_opts *opts)
{
	struct ka_out *out = ka_out_mem();
	const struct ka_format *f = ka_format_find(format);
	struct ka_err err = { KA_OK, "" };
	char *text = NULL;

	if (f && f->write(out, r, opts, &err) == 0)
		text = strdup(ka_out_memory(out, NULL));
	ka_out_discard(out);
	return text;
}

/* ---- a large one ----------------------------------------------------------------------- */

struct sample_big {
	struct ka_report report;
	struct ka_object *object;
	struct ka_finding *finding;
	struct ka_result result[NCHECKS];
	char (*name)[32];
	char ns[40][16];
};

static inline void
sample_big_make(struct sample_big *b, size_t n)
{
	size_t each = n / NCHECKS;

	b->object = calloc(n + 1, sizeof *b->object);
	b->finding = calloc(n + 1, sizeof *b->finding);
	b->name = calloc(n + 1, sizeof *b->name);
	b->report = sample_report;
	for (size_t i = 0; i < COUNT(b->ns); i++)
		snprintf(b->ns[i], sizeof b->ns[i], "team-%zu", i);
	for (size_t i = 0; i < n; i++) {
		size_t c = each && i / each < NCHECKS ? i / each : NCHECKS - 1;

		snprintf(b->name[i], sizeof b->name[i], "workload-%06zu", i);
		b->object[i] = sample_object[O_WEB];
		b->object[i].name = b->name[i];
		b->object[i].namespace = b->ns[(i - c * each) * COUNT(b->ns) / (n - c * each)];
		b->object[i].line = (uint32_t)i + 1;
		b->finding[i] = sample_finding[1];
		b->finding[i].check = &sample_check[c];
		b->finding[i].severity = sample_check[c].severity;
		b->finding[i].obj = &b->object[i];
		b->finding[i].waiver = NULL;
		snprintf(b->finding[i].id, sizeof b->finding[i].id, "%016zx", i * 2654435761u);
	}
	for (size_t c = 0; c < NCHECKS; c++) {
		size_t end = c == NCHECKS - 1 ? n : (c + 1) * each;

		b->result[c] = sample_result[c];
		b->result[c].status = KA_FAIL;
		b->result[c].severity = sample_check[c].severity;
		b->result[c].reason = NULL;
		b->result[c].nwaived = 0;
		b->result[c].first = c * each;
		b->result[c].nfindings = end - c * each;
		b->result[c].failed = b->result[c].nfindings;
		b->result[c].seen = n;
	}
	b->report.result = b->result;
	b->report.finding = b->finding;
	b->report.nfindings = n;
	for (enum ka_severity s = KA_INFO; s <= KA_CRITICAL; s++)
		b->report.severity_count[s] = 0;
	for (size_t i = 0; i < n; i++)
		b->report.severity_count[b->finding[i].severity]++;
	memset(b->report.status_count, 0, sizeof b->report.status_count);
	b->report.status_count[KA_FAIL] = NCHECKS;
	b->report.waived_count = 0;
	b->report.baseline_file = NULL;
	b->report.nbenches = 0;
}

static inline void
sample_big_free(struct sample_big *b)
{
	free(b->object);
	free(b->finding);
	free(b->name);
}

#endif
